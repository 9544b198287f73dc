"""The layers as Shapefiles in GBK, with a table that says what their short field names mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pandas.api.types import is_numeric_dtype, is_object_dtype

from planning.outputs.gis.fields import Field
from planning.outputs.gis.isochrone_files import FIXED_DAY
from planning.outputs.inert_csv import write_csv

FIELD_TABLE, CUT_TABLE = "字段对照表.csv", "截断文字.csv"
_GBK, _RARE = "GBK", "GB18030"
_MOST_FIELDS, _MOST_TEXT_BYTES = 255, 254
_LDID_AT, _LDID_GBK = 29, 0x4D
_ABSENT = Field(
    name="", alias="absent", unit="",
    zh="本行没有数据的数值字段（本格式不能存空值，有的软件把空显示成 0：以此列为准）",
    en="numeric fields without a value in this row: the format has no nulls, and some programs "
    "show 0; this column is right",
)  # fmt: skip
_PLAIN = str.maketrans("²", "2")
"""What GBK lacks and every sentence in English has: m² becomes m2."""
_SHAPES = ("point", "line", "polygon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapefile:
    """One Shapefile as written: of which layer, in which encoding, how many texts were cut."""

    path: Path
    layer: str
    encoding: str
    rows: int
    cut: int


def write_shapefiles(
    layers: Mapping[str, gpd.GeoDataFrame], fields: Mapping[str, Sequence[Field]], folder: Path
) -> tuple[Shapefile, ...]:
    """Write every layer, by its name, into a new `folder`; what did not fit stands beside them.

    `fields` are those of each layer, in the order of its columns. Text is GBK, in GB18030 where a
    layer has characters that GBK lacks; text beyond 254 bytes is cut between two characters and
    given whole in ``截断文字.csv``. A layer of more than 255 fields is several Shapefiles, and one
    whose geometries are of several kinds likewise. The same layers give the same bytes.
    """
    folder.mkdir()
    written: list[Shapefile] = []
    table: list[dict[str, str]] = []
    cuts: list[dict[str, str | int]] = []
    for layer, frame in layers.items():
        for name, part, of in _parts(layer, _plain(frame), fields[layer]):
            encoding = _encoding(part)
            fit, cut = _fitting(part, encoding)
            _write(fit, folder / f"{name}.shp", encoding)
            cuts += [{"shapefile": name, **one} for one in cut]
            table += [_row(name, layer, field, part, encoding, cut) for field in of]
            written.append(
                Shapefile(
                    path=folder / f"{name}.shp", layer=layer, encoding=encoding, rows=len(part),
                    cut=len(cut),
                )
            )  # fmt: skip
    write_csv(pd.DataFrame(table), folder / FIELD_TABLE)
    if cuts:
        write_csv(pd.DataFrame(cuts), folder / CUT_TABLE)
    return tuple(written)


def _plain(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame with texts as objects, None where there is none, and m² as m2."""
    texts = set(frame.drop(columns="geometry").select_dtypes(["object", "string"]).columns)

    def one(column: pd.Series) -> pd.Series:
        said = [None if pd.isna(text) else str(text).translate(_PLAIN) for text in column]
        return pd.Series(said, dtype=object, index=column.index)

    return _with_columns(frame, {str(name): one(frame[name]) for name in texts})


def _with_columns(frame: gpd.GeoDataFrame, new: Mapping[str, pd.Series]) -> gpd.GeoDataFrame:
    """The frame with some of its columns replaced, all at once: there may be hundreds."""
    columns = {name: new.get(str(name), frame[name]) for name in frame.columns}
    return gpd.GeoDataFrame(columns, geometry="geometry", crs=frame.crs)


_Part = tuple[str, gpd.GeoDataFrame, list[Field]]


def _parts(layer: str, frame: gpd.GeoDataFrame, fields: Sequence[Field]) -> Iterator[_Part]:
    """The Shapefiles of a layer: one kind of geometry each, under short names, few enough."""
    short = frame.rename(columns={field.name: field.alias for field in fields})
    first, *others = fields
    numbers = {f.alias for f in fields if is_numeric_dtype(short[f.alias])}
    room = _MOST_FIELDS - 2
    several = len(others) > room
    for kind, rows in _kinds(short):
        for n, start in enumerate(range(0, max(len(others), 1), room), start=1):
            own = [first, *others[start : start + room]]
            part = rows[[*(field.alias for field in own), "geometry"]].reset_index(drop=True)
            unsaid = [f.alias for f in own if f.alias in numbers and not f.alias.endswith("_gap")]
            missing = part[unsaid].isna()
            if missing.any(axis=None):
                part.insert(len(own), _ABSENT.alias, _named(missing))
                own = [*own, _ABSENT]
            yield f"{layer}{kind}{f'_{n}' if several else ''}", part, own


def _kinds(frame: gpd.GeoDataFrame) -> Iterator[tuple[str, gpd.GeoDataFrame]]:
    """A frame by the kind of its geometries; the suffix is "" where there is but one kind."""
    dimension = shapely.get_dimensions(frame.geometry.array)
    found = np.unique(dimension)
    for one in found:
        yield f"_{_SHAPES[one]}" if len(found) > 1 else "", frame[dimension == one]


def _named(missing: pd.DataFrame) -> list[str | None]:
    """The names of the columns that are missing in each row; None where none is."""
    names = np.array(missing.columns)
    return [" ".join(names[row]) or None for row in missing.to_numpy()]


def _encoding(frame: gpd.GeoDataFrame) -> str:
    """GBK, or GB18030 where a text has a character that GBK lacks."""
    for name in _texts(frame):
        try:
            "".join(frame[name].dropna()).encode(_GBK)
        except UnicodeEncodeError:
            return _RARE
    return _GBK


def _fitting(
    frame: gpd.GeoDataFrame, encoding: str
) -> tuple[gpd.GeoDataFrame, list[dict[str, str | int]]]:
    """The frame with every text short enough, and what was cut: row, field and the whole text."""
    fit, cut = {}, []
    for name in _texts(frame):
        kept = [text and _cut(text, encoding) for text in frame[name]]
        for row, (whole, part) in enumerate(zip(frame[name], kept, strict=True), start=1):
            if whole != part:
                cut.append({"row": row, "field": name, "text": whole})
        fit[name] = pd.Series(kept, dtype=object)
    return _with_columns(frame, fit), cut


def _texts(frame: gpd.GeoDataFrame) -> list[str]:
    return [str(name) for name, dtype in frame.dtypes.items() if is_object_dtype(dtype)]


def _cut(text: str, encoding: str) -> str:
    """As much of a text as fits, whole characters only."""
    kept = text.encode(encoding)[:_MOST_TEXT_BYTES]
    return kept.decode(encoding, errors="ignore")


def _write(frame: gpd.GeoDataFrame, path: Path, encoding: str) -> None:
    pyogrio.write_dataframe(
        frame, path, driver="ESRI Shapefile", encoding=encoding, RESIZE="YES",
        DBF_DATE_LAST_UPDATE=FIXED_DAY,
    )  # fmt: skip
    # GDAL names the encoding in the .cpg alone and reads it first; ArcGIS reads this byte first,
    # and takes the text for UTF-8 where it is 0. GB18030 is GBK but for the rare characters.
    with path.with_suffix(".dbf").open("r+b") as table:
        table.seek(_LDID_AT)
        table.write(bytes([_LDID_GBK]))


def _row(
    name: str, layer: str, field: Field, part: gpd.GeoDataFrame, encoding: str,
    cut: list[dict[str, str | int]],
) -> dict[str, str]:  # fmt: skip
    texts = sum(one["field"] == field.alias for one in cut)
    return {
        "Shapefile": name,
        "字段 field": field.alias,
        "result.gpkg 图层 layer": layer,
        "result.gpkg 字段 column": field.name or "–",
        "含义": field.zh,
        "meaning": field.en,
        "单位 unit": field.unit or "–",
        "文字编码 encoding": encoding,
        "空值行数 rows without": str(int(part[field.alias].isna().sum())),
        "截断行数 texts cut": str(texts),
    }
