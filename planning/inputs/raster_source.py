"""Rasters that hold their own data, opened; GDAL would open anything else too.

GDAL goes by content. Some of its formats (VRT, WMS, STAC) only say which files and servers are to
be asked, whatever the name of the file is, and no record of a run would tell of them.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader

from planning.errors import InputError, PlanningError, fail

_DRIVERS = frozenset({
    "GTiff", "COG", "AAIGrid", "GRASSASCIIGrid", "HFA", "ENVI", "EHdr", "ERS", "RST", "SAGA", "SGI",
    "netCDF", "HDF5", "HDF5Image", "BAG", "PNG", "JPEG", "JP2OpenJPEG", "WEBP", "BMP", "SRTMHGT",
    "DTED", "USGSDEM", "GSAG", "GSBG", "GS7BG", "XYZ", "BT", "RMF", "PCIDSK", "GRIB", "GPKG",
})  # fmt: skip
"""Formats that hold their own data."""
BROKEN = (RasterioError, CRSError, CPLE_BaseError, MemoryError, UnicodeDecodeError)
"""What rasterio raises of a damaged file; some of GDAL's errors come as they are (CPLE)."""
_LOOKED_AT = 1 << 16
_SMALLEST_CELL = 1e-30
"""Smaller cells [units of the CRS, squared] are no cells: their rows cannot be told apart."""
_ELSEWHERE = re.compile(
    rb"\A[\xef\xbb\xbf\s]*[<{]|<(?:VRTDataset|GDAL_WMS|WCS_GDAL|GDAL_WMTS|GDALTileIndex|WMT_MS)"
)
"""XML and JSON: no raster of cells is either."""


def open_source(path: Path, where: str) -> DatasetReader:
    """The raster. Raises InputError where its data lie elsewhere, `BROKEN` where it is damaged."""
    if path.is_file():
        with path.open("rb") as file:
            if _ELSEWHERE.search(file.read(_LOOKED_AT)):
                raise _refused(where, "XML/JSON")
    with warnings.catch_warnings():
        # Who reads it says so as a fault, in two languages.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        source: DatasetReader = rasterio.open(path)
    affine = tuple(source.transform)[:6]
    if not np.all(np.isfinite(affine)) or abs(source.transform.determinant) < _SMALLEST_CELL:
        source.close()
        raise fail(
            InputError,
            where,
            found=(f"无法定位的仿射变换 {affine}", f"a transform that leads nowhere: {affine}"),
            expected=("有限的左上角坐标与像元大小", "a corner and a cell size that are numbers"),
            to_do=("重新导出", "export it again"),
        )
    if source.driver not in _DRIVERS:
        source.close()
        raise _refused(where, source.driver)
    return source


def _refused(where: str, kind: str) -> PlanningError:
    return fail(
        InputError,
        where,
        found=(
            f"格式 {kind}，其数据可能在别处",
            f"a file of the format {kind}, whose data may lie elsewhere",
        ),
        expected=("像元都在文件之内的栅格，如 GeoTIFF", "a raster that holds its cells: a GeoTIFF"),
        to_do=("用 gdal_translate 转为 GeoTIFF", "make a GeoTIFF of it (gdal_translate)"),
    )
