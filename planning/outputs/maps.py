"""The interactive map of a run: one HTML file, opened by double click on a PC without a network.

Here the tables become the JSON that the page carries; `page` makes the page around it, and what is
in `static/` draws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planning.errors import Fault, InputError, fail, raise_all
from planning.outputs.inlining import inert_json

UNREACHABLE = 65_535
"""Code of a cell from which no facility can be reached."""
NO_FACILITY = 65_534
"""Code of a cell on the network while no such facility is open anywhere."""
_CELL_UNIT = 1e-6  # [degree] about 0.1 m: cells may be small residential areas
_PATH_UNIT = 1e-5  # [degree] about 1 m: boundaries and streets are for looking at
_MOST_VERTICES = 12  # of one drawn cell

_COLUMNS = {
    "units": "unit_id level name parent_id geometry",
    "findings": "state clause_id article clause_zh service unit_id level verdict measured"
    " required gap unit because_zh",
    "cells": "people geometry",
    "facilities": "facility_id name type services places floor_m2 elder_land_m2 status geometry",
    "sites": "candidate_id service places floor_m2 land_m2 cost_wan because_zh source_class"
    " assumed geometry",
    "basemap": "kind geometry",
}
_VERDICTS = frozenset({"met", "not_met", "not_assessable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MapService:
    """One service the map can be switched to.

    Parameters
    ----------
    key
        Name of the service in the tables (`people_<key>`, `minutes_now_<key>`).
    label_zh
        What a planner reads, e.g. 日间照料.
    group_label_zh, group_label_en
        Whom the service is for, e.g. 60岁及以上: the people that are counted.
    limit_min
        Walking time of the standard [min]; a time equal to it is within.
    """

    key: str
    label_zh: str
    group_label_zh: str
    group_label_en: str
    limit_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MapContent:
    """Everything the page shows. Tables may be empty but carry their columns; any CRS is welcome.

    Parameters
    ----------
    title, subtitle
        Heading of the sheet.
    of_year
        Of which year the people are, in Chinese and English.
    services
        The services, in the order of the switch; at least one.
    units
        Planning units: unit_id, level, name, parent_id.
    findings
        One row a state (one of `states`), clause and unit: state, clause_id, article, clause_zh,
        service, unit_id, level, verdict (met · not_met · not_assessable), measured, required, gap,
        unit, because_zh.
    cells
        Population polygons: people [persons], and for each service people_<key> [persons], those
        of its group, and minutes_now_<key> [min]; minutes_after_<key> [min] as well where `sites`
        is not empty. NaN cannot be reached; infinite is a cell on the network while no such
        facility is open, which counts as beyond.
    facilities
        Points: facility_id, name, type, services (keys joined by `|`), places, floor_m2 [m²],
        elder_land_m2 [m²], status.
    sites
        Points of proposed sites: candidate_id, service, places, floor_m2 [m²], land_m2 [m²],
        cost_wan [10 000 yuan], because_zh, source_class, assumed (fields joined by `|`;
        a site whose `place` is assumed is made).
    basemap
        Lines and polygons by kind: road_major, road_minor, path, water, green, building.
    attribution
        Credits printed on the page, e.g. © OpenStreetMap contributors (ODbL).
    notes
        Sentences a reader must know (years, models, limits of the data), in Chinese and English.
    """

    title: str
    subtitle: str
    of_year: tuple[str, str]
    services: tuple[MapService, ...]
    units: gpd.GeoDataFrame
    findings: pd.DataFrame
    cells: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    basemap: gpd.GeoDataFrame
    attribution: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        raise_all(InputError, list(_faults(self)))

    @property
    def states(self) -> tuple[str, ...]:
        """The states the cells carry: now, and after where sites are proposed."""
        return ("now", "after") if len(self.sites) else ("now",)


def write_map(path: Path, content: MapContent) -> None:
    """Write the page; the same content gives the same bytes.

    Parameters
    ----------
    path
        File to write, usually `map.html`.
    content
        What the page shows.

    Raises
    ------
    OutsideReferenceError
        When the finished page would request anything beyond itself.
    """
    # Only here: folium takes a third of a second to import, and only a map needs it.
    from planning.outputs.page import offline_page

    path.write_text(offline_page(content.title, _payload(content)), encoding="utf-8", newline="\n")


# ---- what is checked ---------------------------------------------------------------------------


def _faults(content: MapContent) -> Iterable[Fault]:
    people = ["people", *(f"people_{service.key}" for service in content.services)]
    minutes = [f"minutes_{s}_{v.key}" for s in content.states for v in content.services]
    for table in _COLUMNS:
        frame, columns = getattr(content, table), _COLUMNS[table].split()
        wanted = [*columns, *people, *minutes] if table == "cells" else columns
        missing = [name for name in wanted if name not in frame.columns]
        if missing:
            names = ", ".join(missing)
            yield _fault(table, (f"缺少列 {names}", f"no column {names}"), "全部约定的列")
        if "geometry" in columns and getattr(frame, "crs", None) is None:
            yield _fault(table, ("没有坐标系", "no CRS"), "带坐标系的图层")
    if not content.services:
        yield _fault("services", ("没有服务", "no service"), "至少一项服务")
    for name in content.cells.columns.intersection(people):
        persons = pd.to_numeric(content.cells[name], errors="coerce")
        if not (np.isfinite(persons) & (persons >= 0)).all():
            found = (f"{name} 空缺或为负", f"absent or negative {name}")
            yield _fault("cells", found, "非负人数")
    strange = sorted(set(map(str, content.findings.get("verdict", ()))) - _VERDICTS)
    if strange:
        yield _fault("findings", (f"未知结论 {strange}", f"verdicts {strange}"), "三种结论之一")
    strange = sorted(set(map(str, content.findings.get("state", ()))) - set(content.states))
    if strange:
        named = "、".join(content.states)
        yield _fault("findings", (f"未知状态 {strange}", f"states {strange}"), f"状态 {named}")


def _fault(table: str, found: tuple[str, str], expected_zh: str) -> Fault:
    return Fault(
        where=f"MapContent.{table}",
        found=found,
        expected=(expected_zh, "what the docstring of MapContent lists"),
        to_do=("检查调用 write_map 的程序", "correct the caller of write_map"),
    )


# ---- what the page carries ---------------------------------------------------------------------


def _payload(content: MapContent) -> str:
    """The content as JSON that is inert inside HTML."""
    units, cells = content.units.to_crs(4326), content.cells.to_crs(4326)
    box = _bounds(units if len(units) else cells)
    # A city drawn whole needs no metre: the tolerance grows with the extent, and so does the file.
    tolerance = max(2 * _PATH_UNIT, (box[2] - box[0]) / 8_000)
    data = {
        "title": content.title,
        "subtitle": content.subtitle,
        "of_year": content.of_year,
        "attribution": content.attribution,
        "notes": content.notes,
        "bounds": [round(value, 6) for value in box],
        "states": content.states,
        "services": [_service(service) for service in content.services],
        "cells": _cells(cells, content, box),
        "units": _units(units, box, tolerance),
        "findings": _rows(content.findings, _COLUMNS["findings"].split()),
        "facilities": _points(content, "facilities"),
        "sites": _points(content, "sites"),
        "basemap": _basemap(content.basemap.to_crs(4326), box, tolerance),
    }
    return inert_json(data)


def _bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = (float(value) for value in frame.total_bounds)
    if not np.isfinite([west, south, east, north]).all():
        raise fail(
            InputError,
            "MapContent",
            found=("没有单元也没有人口格网", "neither units nor cells"),
            expected=("至少一个图形", "at least one geometry"),
            to_do=("检查研究范围", "check the study area"),
        )
    return west, south, east, north


def _limit_code(limit_min: float) -> int:
    """The last code [0.1 min] that is within the limit.

    A limit such as 4.04 min lies between two codes; its own code is then kept apart from that of
    4 min, so that the whole minutes of the slider and the limit are both told exactly.
    """
    tenths = round(limit_min * 10, 6)
    code = int(tenths)
    return code + 1 if code != tenths and code % 10 == 0 else code


def _minute_codes(minutes: np.ndarray[Any, Any], limit_min: float) -> list[int]:
    """Minutes as integers [0.1 min] that fall on the true side of every whole minute and the limit.

    Rounded up, because within means <=: 15.04 min is beyond 15 and must not read as 15.0.
    """
    timed = np.isfinite(minutes)
    safe = np.where(timed, minutes, 0.0)
    codes = np.ceil(np.round(safe * 10, 6))
    last = _limit_code(limit_min)
    codes = np.where(safe <= limit_min, np.minimum(codes, last), np.maximum(codes, last + 1))
    codes = np.where(timed, np.minimum(codes, NO_FACILITY - 1), NO_FACILITY)
    codes = np.where(np.isnan(minutes), UNREACHABLE, codes)
    return [int(code) for code in codes]


def _service(service: MapService) -> dict[str, Any]:
    return {
        "key": service.key,
        "label": service.label_zh,
        "group": [service.group_label_zh, service.group_label_en],
        "limit": service.limit_min,
        "limitCode": _limit_code(service.limit_min),
    }


def _cells(cells: gpd.GeoDataFrame, content: MapContent, box: Sequence[float]) -> dict[str, Any]:
    counts: list[int] = []
    steps: list[int] = []
    last = np.rint(np.array(box[:2]) / _CELL_UNIT).astype(np.int64)
    for corners in _corners(cells.geometry.to_numpy()):
        grid = np.rint(corners / _CELL_UNIT).astype(np.int64)
        counts.append(len(grid))
        if len(grid):
            steps += np.diff(grid, axis=0, prepend=last[None]).ravel().tolist()
            last = grid[0]
    minutes = {
        f"{state}:{service.key}": _minute_codes(
            cells[f"minutes_{state}_{service.key}"].to_numpy(dtype=float, na_value=np.nan),
            service.limit_min,
        )
        for state in content.states
        for service in content.services
    }
    people = {"people": _persons(cells["people"])}
    counted = {}  # the column that holds the people of each service; a group is carried once
    for service in content.services:
        persons = _persons(cells[f"people_{service.key}"])
        known = (name for name, column in people.items() if column == persons)
        counted[service.key] = next(known, f"people_{service.key}")
        people[counted[service.key]] = persons
    return {
        "count": counts, "step": steps, "people": people, "counted": counted, "minutes": minutes,
    }  # fmt: skip


def _persons(column: Iterable[Any]) -> list[int | float]:
    rounded = (round(float(value), 6) for value in column)
    return [int(value) if value.is_integer() else value for value in rounded]


def _corners(geometry: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """Corners of each cell as drawn [degree]; none for an empty cell, whose people still count."""
    largest = [_largest_part(shape) for shape in geometry]
    drawn = shapely.simplify(np.array(largest, dtype=object), _CELL_UNIT / 10)
    corners = []
    for shape in drawn:
        tolerance = np.sqrt(shape.area) / 50
        while shapely.get_num_coordinates(shape) - 1 > _MOST_VERTICES:
            shape, tolerance = shapely.simplify(shape, tolerance), tolerance * 2
        corners.append(shapely.get_coordinates(shape.exterior)[:-1])
    return corners


def _largest_part(shape: Any) -> Any:
    largest = max(_polygons(shape), key=lambda part: part.area, default=shapely.Polygon())
    return shapely.Polygon(largest.exterior)


def _units(units: gpd.GeoDataFrame, box: Sequence[float], tolerance: float) -> list[dict[str, Any]]:
    inside = shapely.get_coordinates(units.geometry.representative_point().to_numpy())
    shapes = shapely.simplify(units.geometry.to_numpy(), tolerance)
    return [
        {
            "id": str(row.unit_id),
            "level": str(row.level),
            "name": str(row.name),
            "parent": _plain(row.parent_id),
            "at": [round(float(lon), 6), round(float(lat), 6)],
            "rings": [_steps(ring, box) for ring in _rings(shape)],
        }
        for row, (lon, lat), shape in zip(
            units.drop(columns="geometry").itertuples(index=False), inside, shapes, strict=True
        )
    ]


def _basemap(
    base: gpd.GeoDataFrame, box: Sequence[float], tolerance: float
) -> dict[str, dict[str, list[list[int]]]]:
    drawn: dict[str, dict[str, list[list[int]]]] = {}
    # Holes run against their outline, so that areas which overlap are still filled.
    shapes = shapely.orient_polygons(shapely.simplify(base.geometry.to_numpy(), tolerance))
    for kind, shape in zip(base["kind"], shapes, strict=True):
        of_kind = drawn.setdefault(str(kind), {"lines": [], "areas": []})
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                of_kind["areas"] += [_steps(ring, box) for ring in _rings(part)]
            elif part.geom_type == "LineString":
                of_kind["lines"].append(_steps(part, box))
    return drawn


def _polygons(shape: Any) -> list[Any]:
    return [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and not p.is_empty]


def _rings(shape: Any) -> list[Any]:
    return [ring for part in _polygons(shape) for ring in (part.exterior, *part.interiors)]


def _steps(line: Any, box: Sequence[float]) -> list[int]:
    """A line as integer steps from the south-west corner of the map, repeated points left out."""
    grid = np.rint((shapely.get_coordinates(line) - np.array(box[:2])) / _PATH_UNIT).astype(int)
    steps = np.diff(grid, axis=0, prepend=np.zeros((1, 2), dtype=int))
    moves = steps.any(axis=1)
    moves[:1] = True
    return [int(step) for step in steps[moves].ravel()]


def _points(content: MapContent, table: str) -> list[dict[str, Any]]:
    frame = getattr(content, table).to_crs(4326)
    rows = _rows(frame, [name for name in _COLUMNS[table].split() if name != "geometry"])
    for row, point in zip(rows, frame.geometry, strict=True):
        row["at"] = [round(float(point.x), 6), round(float(point.y), 6)]
    return rows


def _rows(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    values = zip(*(frame[name] for name in columns), strict=True)
    return [{name: _plain(v) for name, v in zip(columns, row, strict=True)} for row in values]


def _plain(value: Any) -> str | int | float | None:
    """One table entry for JSON; absent stays absent."""
    if value is None or value is pd.NA or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, int | str):
        return value
    return round(value, 6) if isinstance(value, float) else str(value)
