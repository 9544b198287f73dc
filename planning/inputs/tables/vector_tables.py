"""Vector layers as registers: one place for every feature, and what is no place named by row."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely

from planning.errors import Fault, InputError, raise_all
from planning.inputs.mending import mended
from planning.inputs.tables.headings import name_of, stripped
from planning.inputs.tables.sheet import Remark, Sheet, unreadable
from planning.inputs.vectors import read_rows
from planning.projection import WGS84, transformer
from planning.provenance import Note

_MOST_FAULTS = 50
_FIRST = 2
_AREAS = frozenset({"Polygon", "MultiPolygon"})


def read_vector_table(path: Path, key: str, *, layer: str | None) -> Sheet:
    """The features of a layer: the one named, else the only one with geometry.

    Polygons give a point inside them. Lines, several points in one feature, and features without
    geometry are no place: all of them are listed. A table without geometry has no places, only
    columns.
    """
    where = f"{key}: {path.name}"
    if path.suffix.lower() == ".dxf":
        return _read_dxf(path, where)
    told: list[Note] = []
    frame = read_rows(path, key, layer=layer, tell=told.append, word="sheet")
    numbers = np.arange(len(frame)) + _FIRST
    if not isinstance(frame, gpd.GeoDataFrame):
        remarks = tuple((note.zh, note.en) for note in told)
        return Sheet(rows=_cells(frame), numbers=numbers, remarks=remarks)
    frame = mended(frame, where, about=key, tell=told.append)
    points, areas = _points(frame.geometry.to_numpy(), where)
    xy = shapely.get_coordinates(points)
    lon, lat = transformer(frame.crs, WGS84).transform(xy[:, 0], xy[:, 1])
    return Sheet(
        rows=_cells(pd.DataFrame(frame.drop(columns=frame.geometry.name))),
        numbers=numbers,
        lon=np.asarray(lon, dtype=np.float64),
        lat=np.asarray(lat, dtype=np.float64),
        remarks=(*((note.zh, note.en) for note in told), *areas),
    )


def _points(
    shapes: npt.NDArray[np.object_], where: str
) -> tuple[npt.NDArray[np.object_], list[Remark]]:
    """One point for each shape."""
    points = shapes.copy()
    faults: list[Fault] = []
    areas = 0
    for k, shape in enumerate(shapes):
        if shape is not None and shape.geom_type.startswith("Multi") and len(shape.geoms) == 1:
            shape = points[k] = shape.geoms[0]
        wrong = _wrong(shape)
        if wrong is not None and len(faults) < _MOST_FAULTS:
            faults.append(_no_place(k, wrong, where))
        elif wrong is None and shape.geom_type in _AREAS:
            areas += 1
            points[k] = shape.representative_point()
    raise_all(InputError, faults)
    remark = (f"{areas} 个面取其内一点", f"{areas} polygons stand for a point inside them")
    return points, [remark] if areas else []


def _wrong(shape: Any) -> Remark | None:
    """Why a shape is no place, if it is none."""
    if shape is None:
        return "没有几何", "no geometry"
    if shape.is_empty:
        return "空几何", "empty geometry"
    kind = shape.geom_type
    if kind == "MultiPoint":
        return f"{len(shape.geoms)} 个点合为一个要素", f"{len(shape.geoms)} points in one feature"
    if kind != "Point" and kind not in _AREAS:
        return f"几何类型 {kind}", f"geometry of type {kind}"
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return "坐标不是数字", "coordinates that are no numbers"
    return None


def _no_place(row: int, wrong: Remark, where: str) -> Fault:
    return Fault(
        where=f"{where} 第{row + _FIRST}行 row {row + _FIRST}",
        found=wrong,
        expected=("一个点或一个面", "a point or a polygon"),
        to_do=("在 GIS 中改正该要素", "mend the feature in your GIS"),
    )


def _cells(table: pd.DataFrame) -> pd.DataFrame:
    """Attributes as plain cells, None where there is nothing."""
    cells = {
        name_of(name): pd.Series(
            [None if gone else stripped(v) for v, gone in zip(column, column.isna(), strict=True)],
            dtype=object,
        )
        for name, column in table.items()
    }
    return pd.DataFrame(cells, index=range(len(table)), dtype=object)


# --- DXF ------------------------------------------------------------------------------------

_ESCAPE = re.compile(r"\\U\+([0-9A-Fa-f]{4})")


def _read_dxf(path: Path, where: str) -> Sheet:
    """Points and inserted blocks of a drawing, with x, y in whatever CRS it was drawn.

    Attributes of a block become columns under their tags.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, _blocks_apart():
        drawing = _in_utf8(path, Path(folder) / "drawing.dxf", where)
        try:
            frame = gpd.read_file(drawing, layer="entities")
        except (
            pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError,
            shapely.errors.ShapelyError, MemoryError, RuntimeError, ValueError,
        ) as error:  # fmt: skip
            raise unreadable(where, f"不完整的 DXF：{error}", f"a DXF cut short: {error}") from None
    classes = frame["SubClasses"].fillna("").astype(str)
    wanted = classes.str.contains("AcDbPoint|AcDbBlockReference").to_numpy(dtype=bool)
    is_place = wanted & (frame.geometry.geom_type == "Point").to_numpy()
    left = int((~is_place).sum())
    if not is_place.any():
        raise unreadable(
            where, "没有点，也没有插入的块", "neither points nor inserted blocks",
            expected=("点或块参照", "points or block references"),
            to_do=("把设施画成点或块", "draw each place as a point or a block"),
        )  # fmt: skip
    places = frame[is_place]
    xy = shapely.get_coordinates(places.geometry.to_numpy())
    rows = _cells(pd.DataFrame(places.drop(columns=places.geometry.name)))
    rows = _with_attributes(rows)
    rows["x"], rows["y"] = xy[:, 0].astype(object), xy[:, 1].astype(object)
    remark = (
        f"DXF 没有坐标系，x、y 按 coords 理解；另有 {left} 个图元不是点或块，未读取",
        f"a DXF has no CRS: x, y are read as coords says; {left} entities are neither points nor "
        "blocks, and left out",
    )
    return Sheet(rows=rows, numbers=np.arange(len(rows)) + _FIRST, remarks=(remark,))


@contextmanager
def _blocks_apart() -> Iterator[None]:
    """GDAL gives where a block is inserted, not what is drawn in it, and takes text as UTF-8."""
    pyogrio.set_gdal_config_options({"DXF_INLINE_BLOCKS": "NO", "DXF_ENCODING": "UTF-8"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"DXF_INLINE_BLOCKS": None, "DXF_ENCODING": None})


def _in_utf8(path: Path, target: Path, where: str) -> Path:
    """The drawing in UTF-8: GDAL leaves names of blocks in the code page of the drawing."""
    data = path.read_bytes()
    if data.startswith(b"AutoCAD Binary DXF"):
        raise unreadable(
            where, "二进制 DXF", "a binary DXF",
            to_do=("另存为文本（ASCII）DXF", "save it as an ASCII DXF"),
        )  # fmt: skip
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise unreadable(where, "文字编码未知", "text in an unknown encoding")
    if not text.lstrip()[:1].isdecimal():
        raise unreadable(where, "不是 DXF", "no DXF")  # what GDAL would take it for, nobody knows
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    target.write_text(text, encoding="utf-8")
    return target


def _with_attributes(rows: pd.DataFrame) -> pd.DataFrame:
    """The same with a column for every tag among the attributes of blocks."""
    if "BlockAttributes" not in rows:
        return rows
    found = [dict(_attributes(cell)) for cell in rows["BlockAttributes"]]
    tags = dict.fromkeys(tag for row in found for tag in row)
    for tag in tags:
        if tag and tag not in rows:
            rows[tag] = pd.Series([row.get(tag) for row in found], dtype=object)
    return rows


def _attributes(cell: object) -> Iterator[tuple[str, str]]:
    """Tag and value of ``TAG value`` for each attribute of a block."""
    for said in [] if cell is None else np.atleast_1d(np.asarray(cell, dtype=object)):
        tag, _, value = str(said).partition(" ")
        yield name_of(tag), value.strip()
