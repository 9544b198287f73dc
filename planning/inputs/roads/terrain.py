"""Elevation models from rasters: one band of heights in metres, every gap declared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.errors import InputError, fail
from planning.inputs.raster_crs import known_crs
from planning.inputs.raster_source import BROKEN, open_source
from planning.network.terrain import Dem

Floats = npt.NDArray[np.float64]

_LOWEST_M, _HIGHEST_M = -500.0, 9_000.0
"""No ground lies lower or higher: the shore of the Dead Sea at −430 m, Qomolangma at 8,849 m."""
_MOST_CELLS = 250_000_000
"""Two gigabytes of heights: a city at 2 m, a province at 30 m. More is a mosaic to be clipped."""
_METRES = frozenset({"", "m", "metre", "meter", "metres", "meters", "米"})


def read_dem(path: Path) -> Dem:
    """The heights of a raster; NoData becomes NaN, scale and offset are applied."""
    where = f"network.dem: {path.name}"
    try:
        with open_source(path, where) as source:
            _check_form(source, where)
            heights_m = _heights(source)
            affine, crs = tuple(source.transform)[:6], _crs(source)
    except BROKEN as error:
        raise fail(
            InputError,
            where,
            found=(f"无法读取的栅格（{error}）", f"a raster that cannot be read ({error})"),
            expected=("GeoTIFF 等高程栅格", "a raster of heights such as a GeoTIFF"),
            to_do=("重新下载或导出", "download or export it again"),
        ) from None
    _check_heights(heights_m, where)
    return Dem(heights_m=heights_m, affine=affine, crs=crs)


def _heights(source: Any) -> Floats:
    """The band in metres, NaN in its gaps; in place, for there may be gigabytes of it."""
    band = source.read(1, masked=True)
    heights_m: Floats = band.data.astype(np.float64)
    heights_m[np.ma.getmaskarray(band)] = np.nan
    with np.errstate(all="ignore"):  # what no height can be is refused by `_check_heights`
        heights_m *= source.scales[0]
        heights_m += source.offsets[0]
    return heights_m


def _crs(source: Any) -> str:
    """The CRS by its EPSG code where it has one: two libraries read a code alike, seldom WKT."""
    epsg = source.crs.to_epsg()
    return f"EPSG:{epsg}" if epsg else str(source.crs.to_wkt())


def _check_form(source: Any, where: str) -> None:
    """One band of real numbers in metres, north up, in a known CRS."""
    if source.count != 1:
        raise fail(
            InputError,
            where,
            found=(f"{source.count} 个波段", f"{source.count} bands"),
            expected=("一个波段：地面高程", "one band: the height of the ground"),
            to_do=("导出其中的高程波段", "export the band of heights"),
        )
    known_crs(source, where)
    if source.transform.is_identity:
        raise fail(
            InputError,
            where,
            found=("没有地理位置的栅格", "a raster without a place on the ground"),
            expected=("带左上角坐标与像元大小的栅格", "a raster with its corner and cell size"),
            to_do=("从原数据重新导出", "export it again from its source"),
        )
    if source.transform.b or source.transform.d:
        raise fail(
            InputError,
            where,
            found=("旋转的栅格", "a raster that is rotated"),
            expected=("行列与坐标轴平行的栅格", "rows and columns along the axes of its CRS"),
            to_do=("用 gdalwarp 重新采样为正北朝上", "resample it north up with gdalwarp"),
        )
    if min(source.shape) < 2:
        raise fail(
            InputError,
            where,
            found=(
                f"{source.width} 列 {source.height} 行",
                f"{source.width} × {source.height} cells",
            ),
            expected=("至少 2 × 2 个像元", "at least 2 × 2 cells"),
            to_do=("检查裁剪范围", "check how it was clipped"),
        )
    if source.width * source.height > _MOST_CELLS:
        raise fail(
            InputError,
            where,
            found=(
                f"{source.width:,} × {source.height:,} 个像元",
                f"{source.width:,} × {source.height:,} cells",
            ),
            expected=(f"不超过 {_MOST_CELLS:,} 个像元", f"at most {_MOST_CELLS:,} cells"),
            to_do=(
                "裁剪到研究范围及其周边（gdalwarp -te）",
                "clip it to the area and its surroundings (gdalwarp -te)",
            ),
        )
    if np.dtype(source.dtypes[0]).kind not in "iuf":
        raise fail(
            InputError,
            where,
            found=(f"像元类型 {source.dtypes[0]}", f"cells of type {source.dtypes[0]}"),
            expected=("整数或浮点高程", "heights as whole or real numbers"),
            to_do=("重新导出为 Float32 或 Int16", "export it as Float32 or Int16"),
        )
    unit = source.units[0] or ""
    if unit.strip().lower() not in _METRES:
        raise fail(
            InputError,
            where,
            found=(f"高程单位“{unit}”", f"heights in '{unit}'"),
            expected=("以米为单位的高程", "heights in metres"),
            to_do=("换算为米后重新导出", "convert them to metres and export again"),
        )


def _check_heights(heights_m: Floats, where: str) -> None:
    """Some height is known, and none is one that no ground has."""
    known = heights_m[~np.isnan(heights_m)]
    if not len(known):
        raise fail(
            InputError,
            where,
            found=("没有一个像元有高程（全部为 NoData）", "no cell with a height (all NoData)"),
            expected=("研究范围的地面高程", "heights of the ground in the study area"),
            to_do=("检查裁剪范围与 NoData", "check how it was clipped, and NoData"),
        )
    absurd = known[(known < _LOWEST_M) | (known > _HIGHEST_M)]
    if len(absurd):
        worst = float(absurd[np.argmax(np.abs(absurd))])
        raise fail(
            InputError,
            where,
            found=(
                f"{len(absurd):,} 个像元的高程不可能（如 {worst:g} 米）",
                f"{len(absurd):,} cells of impossible height (such as {worst:g} m)",
            ),
            expected=(
                f"{_LOWEST_M:g} 至 {_HIGHEST_M:g} 米，空值登记为 NoData",
                f"{_LOWEST_M:g} to {_HIGHEST_M:g} m, gaps declared as NoData",
            ),
            to_do=(
                f"若 {worst:g} 表示空值，用 gdal_edit.py -a_nodata {worst:g} 登记；否则检查单位",
                f"if {worst:g} stands for a gap, declare it (gdal_edit.py -a_nodata {worst:g}); "
                "if not, check the unit",
            ),
        )
