"""The CRS of a raster, without which nobody knows where it lies."""

from __future__ import annotations

from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.io import DatasetReader

from planning.errors import InputError, fail
from planning.inputs.old_datums import refuse_old_datum


def known_crs(source: DatasetReader, where: str) -> CRS:
    """The CRS of an open raster; refused are none, one that PROJ cannot read, and an old datum."""
    if source.crs is None:
        raise fail(
            InputError,
            where,
            found=("栅格没有坐标系", "a raster without a CRS"),
            expected=("带坐标系的栅格", "a raster with a CRS"),
            to_do=(
                "用 gdal_edit.py -a_srs 或 GIS 定义投影",
                "define it (gdal_edit.py -a_srs EPSG:…)",
            ),
        )
    try:
        crs = CRS.from_wkt(source.crs.to_wkt())
    except CRSError as error:
        raise fail(
            InputError,
            where,
            found=(f"无法识别的坐标系（{error}）", f"a CRS nobody knows ({error})"),
            expected=("EPSG 或 ESRI 登记的坐标系", "a CRS of EPSG or ESRI"),
            to_do=("重新定义投影", "define it anew"),
        ) from None
    refuse_old_datum(crs, where)
    return crs
