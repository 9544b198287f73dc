"""PROJ: the variables other programs leave behind, and whether a known transform comes out."""

from __future__ import annotations

import math
import os
import sqlite3
from pathlib import Path

import planning
from planning.doctor.verdict import Verdict, Words, judged

OSGB_DEGREES = (0.5, 50.5)
OSGB_METRES = (577_274.99, 69_740.50)
"""Longitude and latitude on EPSG:4277, and the same in EPSG:27700: the worked example of Transverse
Mercator in IOGP Publication 373-7-2, Geomatics Guidance Note 7, part 2 (EPSG method 9807)."""
_NEAR_M = 0.02
"""The example prints centimetres."""
_MERIDIAN_DEGREES, _MERIDIAN_EASTING_M = (120.0, 31.0), 500_000.0
"""The central meridian of EPSG:4549 (CGCS2000, 3-degree, 120°E) has the false easting."""

_VARIABLES = ("PROJ_DATA", "PROJ_LIB")
"""Where PROJ looks first; one that lies within the environment is not let go of."""

_REINSTALL: Words = (
    "删去 .venv 后运行 python3 run.py demo 重新安装；conda 与 pip 的 GDAL、PROJ 不要混装",
    "install anew (remove .venv, run python3 run.py demo); never mix GDAL and PROJ of conda with "
    "those of pip",
)


def proj_variables() -> Verdict:
    """Whether PROJ_DATA or PROJ_LIB pointed elsewhere when the program began.

    PostGIS, QGIS and OSGeo4W set them to the database of another version, and rasterio breaks on
    it; the package lets go of them when it is imported, for itself alone.
    """
    shunned = planning.SHUNNED_PROJ
    said = "; ".join(f"{name}={value}" for name, value in shunned.items())
    return judged(
        warning=bool(shunned),
        found=(f"{said}，已不采用", f"{said}, not used") if shunned else ("没有", "none"),
        expected=(
            "没有指向别处坐标库的 PROJ_DATA、PROJ_LIB",
            "no PROJ_DATA or PROJ_LIB that points to a database elsewhere",
        ),
        to_do=(
            "在别的 Python 程序里用 rasterio 之前取消这两个环境变量；本程序已自行避开",
            "unset both before other Python programs use rasterio; this one has shunned them",
        ),
    )


def vector_transform() -> Verdict:
    """Whether pyproj, which moves layers and registers, gives the printed result of an example."""
    import pyproj
    from pyproj.datadir import get_data_dir

    folder = get_data_dir()
    told = f"pyproj {pyproj.__version__}, PROJ {pyproj.proj_version_str}, {folder}"
    try:
        metres = pyproj.Transformer.from_crs(4277, 27700, always_xy=True).transform(*OSGB_DEGREES)
        meridian = pyproj.Transformer.from_crs(4490, 4549, always_xy=True).transform(
            *_MERIDIAN_DEGREES
        )
    except pyproj.exceptions.ProjError as error:
        return _broken(f"{told}: {_first_line(error)}", Path(folder))
    return _held(told, metres, meridian[0])


def raster_transform() -> Verdict:
    """The same of rasterio, which moves rasters and has a PROJ of its own."""
    import rasterio
    from rasterio.env import PROJDataFinder
    from rasterio.errors import RasterioError
    from rasterio.warp import transform

    folder = next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), None)
    folder = folder or PROJDataFinder().search() or ""
    told = f"rasterio {rasterio.__version__}, PROJ {rasterio.__proj_version__}, {folder}"
    try:
        metres = _moved(transform, 4277, 27700, OSGB_DEGREES)
        meridian = _moved(transform, 4490, 4549, _MERIDIAN_DEGREES)
    except (RasterioError, ValueError, RuntimeError) as error:
        return _broken(f"{told}: {_first_line(error)}", Path(folder) if folder else None)
    return _held(told, metres, meridian[0])


def _moved(transform, source: int, target: int, at: tuple[float, float]) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    x, y = transform(f"EPSG:{source}", f"EPSG:{target}", [at[0]], [at[1]])
    return x[0], y[0]


def _held(told: str, metres: tuple[float, float], easting_m: float) -> Verdict:
    off_m = math.dist(metres, OSGB_METRES)
    off_east_m = abs(easting_m - _MERIDIAN_EASTING_M)
    wrong = not (off_m <= _NEAR_M and off_east_m <= _NEAR_M)
    return judged(
        fault=wrong,
        found=(
            f"{told}；与 IOGP 算例差 {off_m:.3f} 米，与中央子午线差 {off_east_m:.3f} 米",
            f"{told}; {off_m:.3f} m from the example of IOGP, {off_east_m:.3f} m from the meridian",
        ),
        expected=_EXPECTED,
        to_do=_REINSTALL,
    )


_EXPECTED: Words = (
    f"EPSG:27700 与 EPSG:4549 的已知点差不过 {_NEAR_M} 米",
    f"known points of EPSG:27700 and EPSG:4549 to {_NEAR_M} m",
)


def _broken(told: str, folder: Path | None) -> Verdict:
    version = _database(folder / "proj.db") if folder else ("没有 proj.db", "no proj.db")
    return judged(
        fault=True,
        found=(f"{told}；{version[0]}", f"{told}; {version[1]}"),
        expected=_EXPECTED,
        to_do=(
            f"取消环境变量 PROJ_DATA、PROJ_LIB 后再试；仍不行则{_REINSTALL[0]}",
            f"unset PROJ_DATA PROJ_LIB and try again; where that does not help {_REINSTALL[1]}",
        ),
    )


def _database(file: Path) -> Words:
    """What a proj.db says of itself."""
    if not file.is_file():
        return f"没有 {file}", f"no {file}"
    try:
        with sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True) as database:
            rows = dict(database.execute("SELECT key, value FROM metadata"))
    except sqlite3.Error as error:
        return f"{file} 不是坐标库（{error}）", f"{file} is no database ({error})"
    said = (
        f"{rows.get('DATABASE.LAYOUT.VERSION.MAJOR')}.{rows.get('DATABASE.LAYOUT.VERSION.MINOR')}"
    )
    return f"{file} 版式 {said}", f"{file} of layout {said}"


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
