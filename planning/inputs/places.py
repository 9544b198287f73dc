"""Registers of facilities and candidates, in a bureau's words and coordinates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from planning.area import StudyArea
from planning.errors import Fault, InputError, fail, raise_all
from planning.facilities import ELDER_FUNCTIONS, Candidates, Facilities
from planning.inputs.areas import to_metric
from planning.inputs.datum import wgs84_from_gcj02
from planning.inputs.vectors import read_layer
from planning.inputs.vocabulary import column_words, meaning, vocabulary
from planning.study import PlacesSpec

_YUAN_PER_WAN = 10_000
_ALSO_ELDER = frozenset({"meals"})


class _Table:
    """A register with our field names; collects every fault before it raises."""

    def __init__(self, path: Path, spec: PlacesSpec, kind: str) -> None:
        self.where = f"{kind}: {path.name}"
        self.faults: list[Fault] = []
        raw = _read(path, spec, kind)
        words = column_words(kind)
        self.names = {
            field: spec.columns.get(field) or next((w for w in known if w in raw.columns), None)
            for field, known in words.items()
        }
        missing = {f: n for f, n in self.names.items() if n and n not in raw.columns}
        for name in missing.values():
            self._fault(
                "", f"没有字段“{name}”", f"no column '{name}'", "表中已有的字段", "a column there"
            )
        raise_all(InputError, self.faults)
        self.raw = raw

    def __len__(self) -> int:
        return len(self.raw)

    def text(self, field: str, default: str | None = None) -> list[str]:
        """A column as text without surrounding blanks; `default` where there is no such column."""
        name = self.names[field]
        if name is None:
            if default is None:
                self._lacks(field)
            return [default or ""] * len(self)
        return ["" if pd.isna(v) else str(v).strip() for v in self.raw[name]]

    def number(self, field: str, default: float | None = None, *, least: float = 0.0) -> Any:
        """A column of numbers [unit of the field]; a text or a number below `least` is a fault."""
        name = self.names[field]
        if name is None:
            if default is None:
                self._lacks(field)
            return np.full(len(self), np.nan if default is None else default)
        values = pd.to_numeric(self.raw[name], errors="coerce").to_numpy(dtype=np.float64)
        for row in np.flatnonzero(~(values >= least)):
            said = self.raw[name].iloc[row]
            self._fault(
                f" 第{row + 2}行 row {row + 2}",
                f"{name}=“{said}”",
                f"{name} = '{said}'",
                f"不小于 {least:g} 的数" if np.isfinite(least) else "数字",
                f"a number ≥ {least:g}" if np.isfinite(least) else "a number",
            )
        return values

    def known(self, field: str, section: str, default: str) -> list[str]:
        """A column of register words translated by a section of the vocabulary."""
        found = []
        for row, word in enumerate(self.text(field, default)):
            means = meaning(section, word)
            if means is None:
                listed = "、".join(w for words in vocabulary()[section].values() for w in words)
                self._fault(
                    f" 第{row + 2}行 row {row + 2}", f"“{word}”", f"'{word}'", listed, listed
                )
            found.append(means or "")
        return found

    def check_ids(self, ids: list[str]) -> None:
        """Every row has an id, and no two the same."""
        seen: set[str] = set()
        for row, name in enumerate(ids):
            if not name or name in seen:
                self._fault(
                    f" 第{row + 2}行 row {row + 2}",
                    f"编号“{name}”为空或重复",
                    f"id '{name}' empty or twice",
                    "唯一编号",
                    "one id a row",
                )
            seen.add(name)

    def fault_at(self, row: int, zh: str, en: str, expected_zh: str, expected_en: str) -> None:
        """Note a fault of one row (0 = the first below the header)."""
        self._fault(f" 第{row + 2}行 row {row + 2}", zh, en, expected_zh, expected_en)

    def _lacks(self, field: str) -> None:
        kind = self.where.split(":")[0]
        known = "、".join(column_words(kind)[field])
        self._fault("", f"缺少字段 {field}", f"no column for {field}", known, known)

    def _fault(self, at: str, zh: str, en: str, expected_zh: str, expected_en: str) -> None:
        self.faults.append(
            Fault(
                where=self.where + at,
                found=(zh, en),
                expected=(expected_zh, expected_en),
                to_do=("改正后重试", "mend it and run again"),
            )
        )

    def check(self) -> None:
        """Raise everything that was found."""
        raise_all(InputError, self.faults)


def _read(path: Path, spec: PlacesSpec, kind: str) -> pd.DataFrame:
    suffix = path.suffix.lower()
    try:
        if suffix == ".csv":
            raw = pd.read_csv(path, encoding=_encoding(path), dtype=str, keep_default_na=False)
        elif suffix in (".xlsx", ".xls", ".xlsm", ".ods"):
            raw = pd.read_excel(path, sheet_name=spec.sheet or 0, engine="calamine")
        else:
            layer: gpd.GeoDataFrame = read_layer(path, kind, layer=spec.sheet).to_crs(4326)
            raw = pd.DataFrame(layer.drop(columns=layer.geometry.name))
            middle = layer.geometry.representative_point()
            raw["lon"], raw["lat"] = middle.x.to_numpy(), middle.y.to_numpy()
    except (
        pd.errors.ParserError,
        pd.errors.EmptyDataError,
        UnicodeDecodeError,
        ValueError,
    ) as error:
        if isinstance(error, InputError):
            raise
        raise fail(
            InputError,
            f"{kind}: {path.name}",
            found=(f"无法读取的表（{error}）", f"a table that cannot be read ({error})"),
            expected=("CSV（UTF-8 或 GB18030）、Excel 或矢量图层", "CSV, Excel or a vector layer"),
            to_do=("重新导出", "export it again"),
        ) from None
    raw = raw.dropna(how="all").reset_index(drop=True)
    raw.columns = [str(name).strip() for name in raw.columns]
    return raw


def _encoding(path: Path) -> str:
    """UTF-8 (with or without BOM) where the bytes are UTF-8, else GB18030, as Excel saves here."""
    try:
        path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _positions(table: _Table, spec: PlacesSpec, area: StudyArea) -> tuple[Any, Any]:
    """Coordinates in the metric CRS of the area [m]."""
    x = table.number("x", least=-np.inf)
    y = table.number("y", least=-np.inf)
    table.check()
    said = spec.coords.lower()
    if said == "gcj02":
        x, y = wgs84_from_gcj02(x, y)
    if said in ("gcj02", "wgs84"):
        for row in np.flatnonzero((np.abs(x) > 180) | (np.abs(y) > 90)):
            table.fault_at(
                int(row),
                f"坐标 ({x[row]:g}, {y[row]:g})",
                f"coordinates ({x[row]:g}, {y[row]:g})",
                "经度、纬度（度）；投影坐标请在 coords 中写 EPSG 号",
                "longitude, latitude [degrees]; name an EPSG under coords if projected",
            )
        table.check()
        return to_metric(area.epsg).transform(x, y)
    try:
        crs = CRS.from_user_input(spec.coords)
    except CRSError:
        raise fail(
            InputError,
            f"{table.where} coords",
            found=(f"“{spec.coords}”", f"'{spec.coords}'"),
            expected=("wgs84、gcj02 或 EPSG:nnnn", "wgs84, gcj02 or EPSG:nnnn"),
            to_do=("改正 coords", "mend coords"),
        ) from None
    return Transformer.from_crs(crs, area.epsg, always_xy=True).transform(x, y)


def _by_id(ids: list[str]) -> list[int]:
    return sorted(range(len(ids)), key=lambda i: ids[i])


def read_facilities(spec: PlacesSpec, path: Path, area: StudyArea) -> Facilities:
    """The register of what stands, in the order of ids; rows that cannot be right are refused.

    Elder-care land is the independent plot of buildings that serve the old alone. A complex that
    also serves others counts only what its own column of elder-care land says (STANDARDS A-2).
    """
    table = _Table(path, spec, "facilities")
    ids = table.text("id")
    table.check_ids(ids)
    types = table.text("type")
    functions = []
    for row, kind in enumerate(types):
        does = vocabulary()["functions"].get(kind)
        if does is None:
            listed = "、".join(vocabulary()["functions"])
            table.fault_at(row, f"类型“{kind}”", f"type '{kind}'", listed, listed)
        functions.append(frozenset(does or ()))
    status = table.known("status", "status", "运营")
    places = table.number("places", 0.0)
    land = table.number("land_m2", 0.0)
    floor = table.number("floor_m2", 0.0)
    elder_land = table.number("elder_land_m2", 0.0)
    independent = [word in vocabulary()["yes"] for word in table.text("independent", "是")]
    x_m, y_m = _positions(table, spec, area)
    table.check()
    alone = np.array(
        [bool(f & ELDER_FUNCTIONS) and f <= ELDER_FUNCTIONS | _ALSO_ELDER for f in functions],
        dtype=bool,
    )
    elder_m2 = np.where(
        table.names["elder_land_m2"] is not None,
        elder_land,
        np.where(alone & np.array(independent, dtype=bool), land, 0.0),
    )
    order = _by_id(ids)
    names = table.text("name", "")
    return Facilities(
        ids=tuple(ids[i] for i in order),
        names=tuple(names[i] or ids[i] for i in order),
        types=tuple(types[i] for i in order),
        functions=tuple(functions[i] for i in order),
        x_m=np.asarray(x_m)[order],
        y_m=np.asarray(y_m)[order],
        places=places[order],
        elder_land_m2=elder_m2[order],
        floor_m2=floor[order],
        is_open=np.array([status[i] == "open" for i in order], dtype=bool),
        place=area.locate(np.asarray(x_m)[order], np.asarray(y_m)[order]),
    )


def no_facilities(area: StudyArea) -> Facilities:
    """A town in which nothing stands yet."""
    none = np.empty(0)
    return Facilities(
        ids=(), names=(), types=(), functions=(), x_m=none, y_m=none, places=none,
        elder_land_m2=none, floor_m2=none, is_open=np.empty(0, dtype=bool),
        place=area.locate(none, none),
    )  # fmt: skip


def read_candidates(spec: PlacesSpec, path: Path, area: StudyArea) -> Candidates:
    """The list of premises and parcels, in the order of ids."""
    table = _Table(path, spec, "candidates")
    ids = table.text("id")
    table.check_ids(ids)
    services = []
    for row, said in enumerate(table.text("services")):
        words = [word.strip() for word in said.replace("、", "|").replace(",", "|").split("|")]
        for word in words:
            if word not in vocabulary()["services"]:
                listed = "、".join(vocabulary()["services"])
                table.fault_at(row, f"服务“{word}”", f"service '{word}'", listed, listed)
        services.append(frozenset(vocabulary()["services"].get(word, "") for word in words))
    source_classes = table.text("source_class", "")
    floor = table.number("floor_m2")
    land = table.number("land_m2", 0.0)
    price = table.number("yuan_per_m2")
    fixed = table.number("fixed_wan", 0.0)
    x_m, y_m = _positions(table, spec, area)
    table.check()
    order = _by_id(ids)
    return Candidates(
        ids=tuple(ids[i] for i in order),
        source_classes=tuple(source_classes[i] for i in order),
        services=tuple(services[i] for i in order),
        x_m=np.asarray(x_m)[order],
        y_m=np.asarray(y_m)[order],
        floor_m2=floor[order],
        land_m2=land[order],
        yuan_per_m2=price[order],
        fixed_yuan=fixed[order] * _YUAN_PER_WAN,
        place=area.locate(np.asarray(x_m)[order], np.asarray(y_m)[order]),
    )
