"""The two GDALs, of pyogrio and of rasterio, and the formats that are read and written by them."""

from __future__ import annotations

from collections.abc import Mapping

from planning.doctor.verdict import Verdict, Words, judged

VECTOR_DRIVERS: dict[str, str] = {
    "GPKG": "rw",
    "ESRI Shapefile": "rw",
    "GeoJSON": "rw",
    "FlatGeobuf": "rw",
    "OpenFileGDB": "r",
    "DXF": "r",
    "GML": "r",
    "KML": "r",
    "MapInfo File": "r",
}
"""What layers are read from (r) and written to (w)."""
_NOT_BY_GDAL: Words = (
    "PBF 由 osmium、Excel 由 calamine 读，不经 GDAL",
    "PBF is read by osmium and Excel by calamine, without GDAL",
)
_TO_DO: Words = (
    "取消环境变量 GDAL_SKIP、OGR_SKIP、GDAL_DRIVER_PATH 后再试；仍不行则重新安装 {}",
    "unset GDAL_SKIP, OGR_SKIP and GDAL_DRIVER_PATH and try again; where that does not help, "
    "install {} anew",
)


def vector_drivers(listed: Mapping[str, str] | None = None) -> Verdict:
    """Whether pyogrio's GDAL knows the vector formats."""
    import pyogrio

    known = pyogrio.list_drivers() if listed is None else listed
    lacking = [
        f"{name} ({how})"
        for name, how in VECTOR_DRIVERS.items()
        if not set(how) <= set(known.get(name, "").replace("a", ""))
    ]
    gdal = pyogrio.__gdal_version_string__
    return _verdict(
        f"pyogrio {pyogrio.__version__}, GDAL {gdal}", lacking, "pyogrio", VECTOR_DRIVERS
    )


def raster_drivers(listed: Mapping[str, str] | None = None) -> Verdict:
    """Whether rasterio's GDAL knows GeoTIFF."""
    import rasterio

    if listed is None:
        with rasterio.Env() as env:
            listed = env.drivers()
    lacking = [name for name in ("GTiff",) if name not in listed]
    told = f"rasterio {rasterio.__version__}, GDAL {rasterio.__gdal_version__}"
    return _verdict(told, lacking, "rasterio", {"GTiff": "rw"})


def _verdict(told: str, lacking: list[str], package: str, wanted: Mapping[str, str]) -> Verdict:
    names = ", ".join(wanted)
    note = _NOT_BY_GDAL if package == "pyogrio" else ("", "")
    without = ", ".join(lacking)
    return judged(
        fault=bool(lacking),
        found=(f"{told}；缺 {without}", f"{told}; lacks {without}") if lacking else (told, told),
        expected=(f"{names}。{note[0]}" if note[0] else names, f"{names}. {note[1]}".rstrip(" .")),
        to_do=(_TO_DO[0].format(package), _TO_DO[1].format(package)),
    )
