"""Vector layers of any format GDAL reads, checked before anybody uses them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyproj import CRS, Proj
from pyproj.exceptions import CRSError

from planning.errors import InputError, fail
from planning.inputs.old_datums import refuse_old_datum
from planning.inputs.tables.shapefile_text import code_page

_MOST_STRETCH = 0.002
_AREA = 2


def read_layer(path: Path, key: str, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """One layer with a CRS and at least one row; invalid polygons are made valid.

    Attributes of a Shapefile are read in the encoding `shapefile_text` finds.
    """
    where = f"{key}: {path.name}"
    try:
        frame = gpd.read_file(path, layer=layer, encoding=code_page(path, where).encoding)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise fail(
            InputError,
            where,
            found=(f"无法读取（{error}）", f"it cannot be read ({error})"),
            expected=("GeoPackage、GeoJSON、Shapefile 等矢量图层", "a vector layer GDAL reads"),
            to_do=("检查文件与图层名", "check the file and the layer's name"),
        ) from None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise fail(
            InputError,
            where,
            found=("没有几何的表", "a table without geometry"),
            expected=("矢量图层", "a vector layer"),
            to_do=("检查图层名", "check the layer's name"),
        )
    if frame.empty:
        raise fail(
            InputError,
            where,
            found=("没有任何要素", "no feature"),
            expected=("至少一个要素", "at least one feature"),
            to_do=("检查图层名与导出过程", "check the layer's name and how it was exported"),
        )
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
    return _mended(frame, where)


def _mended(frame: gpd.GeoDataFrame, where: str) -> gpd.GeoDataFrame:
    """The same with invalid polygons made valid; points and lines stay as they are."""
    shapes = frame.geometry.to_numpy()
    bad = ~shapely.is_valid(shapes) & (shapely.get_dimensions(shapes) == _AREA)
    if not bad.any():
        return frame
    for row in np.flatnonzero(bad):
        if not np.isfinite(shapely.get_coordinates(shapes[row])).all():
            raise fail(
                InputError,
                where,
                found=(f"第{row + 1}个要素的坐标不是数字", f"no numbers in feature {row + 1}"),
                expected=("有限的坐标", "finite coordinates"),
                to_do=("在 GIS 中改正该要素", "mend the feature in your GIS"),
            )
    mended = shapes.copy()
    mended[bad] = [_areal(shape) for shape in shapely.make_valid(shapes[bad])]
    return frame.set_geometry(gpd.GeoSeries(mended, index=frame.index, crs=frame.crs))


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    """A mended polygon without the lines that its spikes have become; what has no area stays."""
    parts = shapely.get_parts(shape)
    areas = parts[shapely.get_dimensions(parts) == _AREA]
    return shapely.union_all(areas) if 0 < len(areas) < len(parts) else shape


def read_polygons(path: Path, key: str, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """A layer of polygons; points, lines and rows without geometry are refused."""
    frame = read_layer(path, key, layer=layer)
    none = np.flatnonzero(frame.geometry.isna())
    if len(none):
        raise fail(
            InputError,
            f"{key}: {path.name}",
            found=(
                f"第{none[0] + 1}个要素没有几何（共 {len(none)} 个）",
                f"no geometry in feature {none[0] + 1} ({len(none)} such)",
            ),
            expected=("每个要素一个面", "a polygon in every feature"),
            to_do=("补上几何，或删去该要素", "draw it, or delete the feature"),
        )
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
    names = [chosen] if chosen else words
    for name in names:
        if name in frame.columns:
            return np.asarray(frame[name].to_numpy())
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
