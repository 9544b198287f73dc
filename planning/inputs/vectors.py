"""Vector layers of any format GDAL reads, checked before anybody uses them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS, Proj
from pyproj.exceptions import CRSError

from planning.errors import InputError, PlanningError, fail
from planning.inputs.layer_kinds import refuse_other_kinds
from planning.inputs.mending import NO_NUMBERS, is_finite, mended, refuse_features, with_shapes
from planning.inputs.old_datums import refuse_old_datum
from planning.inputs.tables.archives import opened_up
from planning.inputs.tables.shapefile_text import code_page
from planning.provenance import Note, Tell

LAYERS = (".gpkg", ".shp", ".geojson", ".json", ".kml", ".dxf", ".fgb", ".gml", ".tab", ".mif")
"""How files of layers end; a geodatabase is a folder, and any may come in a zip archive."""

_UNREADABLE = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.CRSError,
    shapely.errors.ShapelyError,
    CRSError,
    MemoryError,
    OverflowError,
    RuntimeError,
    ValueError,
)
MOST_FEATURES = 20_000_000
"""A layer may have so many; GDAL gives memory to as many as a header says, forged or not."""
_MOST_STRETCH = 0.002
_MEASURED = "Measured (M) geometry types are not supported"
_MAY_HOLD_ARCS = frozenset({".gpkg", ".gdb", ".gml", ".fgb"})
_ARCS = ("CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE")


def read_rows(
    path: Path, key: str, *, layer: str | None, tell: Tell, word: str = "layer"
) -> gpd.GeoDataFrame | pd.DataFrame:
    """The rows of one layer as they stand, at least one: the layer named, else the only one.

    A GeoDataFrame in the plane, with a CRS; a plain one where the table has no geometry. `word` is
    the key of the study under which a layer is named. Attributes of a Shapefile are read in the
    encoding `shapefile_text` finds. What was guessed or left out is told.
    """
    where = f"{key}: {path.name}"
    with opened_up(path, where, LAYERS) as (file, remarks):
        refuse_other_kinds(file, where)
        page = code_page(file, where)
        for zh, en in (*remarks, *page.remarks):
            tell(Note(about=key, zh=zh, en=en))
        name = _chosen_layer(file, layer, where, word)
        _refuse_many(file, name, page.encoding, where)
        frame = _read(file, name, page.encoding, where, key, tell)
    if frame.empty:
        raise fail(
            InputError,
            where,
            found=("没有任何要素", "no feature"),
            expected=("至少一个要素", "at least one feature"),
            to_do=("检查图层名与导出过程", "check the layer's name and how it was exported"),
        )
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame
    if frame.crs is None:
        raise fail(
            InputError,
            where,
            found=("没有坐标系", "no CRS"),
            expected=("带坐标系的图层（如 EPSG:4490、EPSG:4549）", "a CRS such as EPSG:4490"),
            to_do=(
                "在 GIS 中定义投影后重新导出",
                "define the projection in your GIS and export again",
            ),
        )
    refuse_old_datum(CRS.from_user_input(frame.crs), where)
    return _flat(frame, key, tell)


def _read(
    path: Path, layer: str, encoding: str | None, where: str, key: str, tell: Tell
) -> gpd.GeoDataFrame | pd.DataFrame:
    """A layer as GDAL reads it; whatever it changes or says on the way is told."""
    # What coordinates are no numbers is told by feature, not by a warning of NumPy.
    with _refusing(where), warnings.catch_warnings(record=True) as heard, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        frame = gpd.read_file(path, layer=layer, encoding=encoding)
        has_arcs = isinstance(frame, gpd.GeoDataFrame) and _has_arcs(path, layer)
    if has_arcs:
        tell(Note(about=key, zh="弧线按折线读取", en="arcs are read as chains of straight pieces"))
    for text in dict.fromkeys(" ".join(str(warning.message).split()) for warning in heard):
        zh, en = f"GDAL 提示：{text}", f"GDAL says: {text}"
        if text.startswith(_MEASURED):
            zh, en = "几何中的 M 值未使用", "measures (M) of its geometry are not used"
        tell(Note(about=key, zh=zh, en=en))
    return frame


def _has_arcs(path: Path, layer: str) -> bool:
    """Whether any feature is curved, of which pyogrio makes straight pieces without a word."""
    if path.suffix.lower() not in _MAY_HOLD_ARCS:
        return False
    name = layer.replace('"', '\\"')
    kinds = pyogrio.read_dataframe(
        path, sql=f'SELECT DISTINCT OGR_GEOMETRY FROM "{name}"', sql_dialect="OGRSQL"
    )
    return any(str(kind).startswith(_ARCS) for kind in kinds["OGR_GEOMETRY"])


def _refuse_many(path: Path, layer: str, encoding: str | None, where: str) -> None:
    """Refuse a layer of which nobody could hold the rows."""
    with _refusing(where), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is said again when the layer is read
        count = pyogrio.read_info(path, layer=layer, encoding=encoding)["features"]
    if count > MOST_FEATURES:
        raise fail(
            InputError,
            where,
            found=(f"{count:,} 个要素", f"{count:,} features"),
            expected=(f"至多 {MOST_FEATURES:,} 个", f"{MOST_FEATURES:,} at most"),
            to_do=("裁剪到研究范围后重新导出", "clip it to the area and export it again"),
        )


@contextmanager
def _refusing(where: str) -> Iterator[None]:
    """Turns what GDAL, or GEOS of a geometry that it does not know, raises into a refusal."""
    try:
        yield
    except UnboundLocalError:
        # What pyogrio ends with where the name of a CRS is no UTF-8.
        raise fail(
            InputError,
            where,
            found=("坐标系说明（.prj）读不出", "its coordinate system (.prj) cannot be read"),
            expected=("UTF-8 或英文的坐标系名称", "names in UTF-8 or plain letters"),
            to_do=(
                "在 GIS 软件中重新指定坐标系后导出，或删去 .prj 并在研究文件中注明坐标系",
                "set the CRS anew in a GIS and export it, or drop the .prj and say which it is",
            ),
        ) from None
    except _UNREADABLE as error:
        if isinstance(error, PlanningError):
            raise
        raise fail(
            InputError,
            where,
            found=(f"无法读取（{error}）", f"it cannot be read ({error})"),
            expected=("GeoPackage、GeoJSON、Shapefile 等矢量图层", "a vector layer GDAL reads"),
            to_do=("检查文件与图层名", "check the file and the layer's name"),
        ) from None


def _chosen_layer(path: Path, named: str | None, where: str, word: str) -> str:
    """The layer to read; beside layers, tables without geometry (styles, say) are no choice."""
    with _refusing(where), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is said again when the layer is read
        listed = {str(name): kind for name, kind in pyogrio.list_layers(path)}
    if named is not None and named in listed:
        return named
    names = [name for name, kind in listed.items() if kind is not None] or list(listed)
    if named is None and len(names) == 1:
        return names[0]
    found = (f"{len(names)} 个图层", f"{len(names)} layers")
    if named is not None:
        found = (f"没有图层“{named}”", f"no layer '{named}'")
    raise fail(
        InputError,
        where,
        found=found,
        expected=(f"其中一个图层：{'、'.join(names)}", f"one of the layers {', '.join(names)}"),
        to_do=(f"在 {word} 中写明图层", f"name it under {word}"),
    )


def _flat(frame: gpd.GeoDataFrame, key: str, tell: Tell) -> gpd.GeoDataFrame:
    """The same without heights."""
    shapes = frame.geometry.to_numpy()
    if not shapely.has_z(shapes).any():
        return frame
    tell(
        Note(about=key, zh="几何中的高程（Z）未使用", en="heights (Z) of its geometry are not used")
    )
    return with_shapes(frame, shapely.force_2d(shapes))


def read_layer(path: Path, key: str, *, layer: str | None = None, tell: Tell) -> gpd.GeoDataFrame:
    """One layer of which every feature has a place; invalid polygons are made valid, and told."""
    where = f"{key}: {path.name}"
    frame = read_rows(path, key, layer=layer, tell=tell)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise fail(
            InputError,
            where,
            found=("没有几何的表", "a table without geometry"),
            expected=("矢量图层", "a vector layer"),
            to_do=("检查图层名", "check the layer's name"),
        )
    shapes = frame.geometry.to_numpy()
    nothing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    refuse_features(where, np.flatnonzero(nothing), ("没有几何", "no geometry"))
    refuse_features(where, np.flatnonzero(~is_finite(shapes)), NO_NUMBERS)
    return mended(frame, where, about=key, tell=tell)


def read_polygons(
    path: Path, key: str, *, layer: str | None = None, tell: Tell
) -> gpd.GeoDataFrame:
    """A layer of polygons; points, lines and rows without geometry are refused."""
    frame = read_layer(path, key, layer=layer, tell=tell)
    kinds = sorted(set(frame.geometry.geom_type) - {"Polygon", "MultiPolygon"})
    if kinds:
        listed = "、".join(kinds)
        raise fail(
            InputError,
            f"{key}: {path.name}",
            found=(f"几何类型 {listed}", f"geometry of type {listed}"),
            expected=("面（Polygon）", "polygons"),
            to_do=("改用面图层", "give a layer of polygons"),
        )
    return frame


def check_columns(columns: dict[str, str], fields: Iterable[str], key: str) -> None:
    """The fields a study names columns for are fields we know."""
    known = list(fields)
    for field in columns:
        if field not in known:
            raise fail(
                InputError,
                f"{key} columns",
                found=(f"“{field}”", f"'{field}'"),
                expected=(f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
                to_do=("改正研究文件", "mend the study file"),
            )


def column(
    frame: gpd.GeoDataFrame,
    words: list[str],
    chosen: str | None,
    *,
    where: str,
    needed: bool = True,
) -> np.ndarray | None:
    """Values of the column the study chose, else of the first known name; None where optional."""
    name = column_name(frame, words, chosen, where=where, needed=needed)
    return None if name is None else np.asarray(frame[name].to_numpy())


def column_name(
    frame: gpd.GeoDataFrame,
    words: list[str],
    chosen: str | None,
    *,
    where: str,
    needed: bool = True,
) -> str | None:
    """The column the study chose, else the first known name; None where optional."""
    names = [chosen] if chosen else words
    for name in names:
        if name in frame.columns:
            return name
    if not needed and not chosen:
        return None
    raise fail(
        InputError,
        where,
        found=(f"字段 {list(map(str, frame.columns))}", f"columns {list(map(str, frame.columns))}"),
        expected=(f"其中之一：{names}", f"one of {names}"),
        to_do=("在研究文件 columns 中指明字段名", "name the column under `columns` in the study"),
    )


def metric_epsg(lon: float, lat: float) -> int:
    """The metric CRS for a place: CGCS2000 3-degree Gauss-Krüger in China, else UTM.

    EPSG 4509 + zone is the form without zone prefix, zone = round(lon / 3), 25…45.
    """
    if 73.5 <= lon <= 136.5 and 17.0 <= lat <= 54.0:
        return 4509 + min(max(round(lon / 3), 25), 45)
    zone = int((lon + 180) // 6) % 60 + 1
    return (32600 if lat >= 0 else 32700) + zone


def is_metric(epsg: int, lon: float, lat: float) -> bool:
    """Whether a CRS is projected, in metres, and true to scale within 0.2 % at a place."""
    try:
        crs = CRS.from_epsg(epsg)
    except CRSError:
        return False
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        return False
    scale = Proj(crs).get_factors(lon, lat)
    stretch = (scale.meridional_scale, scale.parallel_scale)
    return all(abs(factor - 1.0) <= _MOST_STRETCH for factor in stretch)
