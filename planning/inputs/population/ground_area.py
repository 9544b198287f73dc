"""True area on the ground, by which declared densities become counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Geod

from planning.area import Geometries
from planning.inputs.population.raster_band import Grid
from planning.projection import WGS84, transformer

Floats = npt.NDArray[np.float64]

_EQUAL_AREA = 6933
"""EASE-Grid 2.0, the cylindrical equal-area projection of the WGS 84 ellipsoid."""
_CHUNK = 1 << 18


def cell_areas_m2(grid: Grid, row: npt.NDArray[np.int32], col: npt.NDArray[np.int32]) -> Floats:
    """Ground area of cells of a raster [m²], shape (n,), whatever its projection does to areas.

    The area of the four corners in an equal-area projection of the ellipsoid. There meridians and
    parallels are straight, so cells in degrees are exact; of others the sides bend, which changes
    the area by about the square of (side / radius of the earth): 2e-8 for 1 km.
    """
    to_equal = transformer(grid.crs, _EQUAL_AREA)
    area_m2 = np.empty(len(row))
    for first in range(0, len(row), _CHUNK):
        some = slice(first, first + _CHUNK)
        east = col[some, None] + np.array([0, 1, 1, 0])
        south = row[some, None] + np.array([0, 0, 1, 1])
        x_m, y_m = to_equal.transform(*grid.xy(east, south))
        # Two diagonals span twice the area.
        across = (x_m[:, 2] - x_m[:, 0]) * (y_m[:, 3] - y_m[:, 1])
        area_m2[some] = np.abs(across - (x_m[:, 3] - x_m[:, 1]) * (y_m[:, 2] - y_m[:, 0])) / 2
    return area_m2


def polygon_areas_m2(polygons: Geometries, crs: CRS) -> Floats:
    """Ground area of polygons [m²], shape (n,), their sides taken for geodesics."""
    to_degrees = transformer(crs, WGS84)
    lon_lat = shapely.transform(polygons, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
    ellipsoid = Geod(ellps="WGS84")
    return np.array([abs(ellipsoid.geometry_area_perimeter(shape)[0]) for shape in lon_lat])
