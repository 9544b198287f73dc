"""The town's people, counted in a raster as WorldPop writes it."""

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.features import rasterize
from shapely.geometry import Polygon

from planning.sample.town import (
    COMPOUNDS,
    block,
    blocks,
    box,
    lake,
    river,
    to_degrees,
    verges,
    walls,
)

_CELL = 0.000833333333  # 3 arc-seconds, as WorldPop writes it [degrees]
_SHAPE = (42, 56)  # raster rows, columns
_WEST, _NORTH = 105 - _SHAPE[1] / 2 * _CELL, 30.6 + _SHAPE[0] / 2 * _CELL
_GRID = rasterio.Affine(_CELL, 0, _WEST, 0, -_CELL, _NORTH)
_NODATA = -99999.0

# Negative: nobody can live there, and the raster has no data. 0: nobody lives there yet.
_PEOPLE_PER_KM2 = {"o": 10_500, "g": 4_000, "c": 8_500, "n": 5_000, "e": 3_000} | {
    "k": 0,
    "p": 0,
    "i": 0,
    "h": -1,
    "f": -1,
    "~": -1,
}
_COMPOUND_PEOPLE_PER_KM2 = 19_500
# People outside the area, and the hamlet no street leads to: plan rectangle [m], persons per km2.
_FRINGE = (
    (-1310, 1300, -140, 1720, 6_000),
    (0, 1300, 850, 1720, 5_000),
    (1700, -510, 2120, 390, 5_000),
    (-1250, -1760, -560, -1480, 5_000),
    (-1600, 570, -1440, 770, 1_500),
)


def people_per_cell() -> npt.NDArray[np.float32]:
    """Persons per cell; `_NODATA` on water, hill and farmland, 0 where nobody lives yet."""
    shapes = [(box(*edges), density) for *edges, density in _FRINGE[:-1]]
    for letter, column, row in blocks():
        shapes.append((box(*block(column, row)), _PEOPLE_PER_KM2[letter]))
    for _, _, column, row, _, _ in COMPOUNDS:
        shapes.append((walls(column, row), _COMPOUND_PEOPLE_PER_KM2))
    *hamlet, few = _FRINGE[-1]
    shapes += [(box(*hamlet), few), (lake(), -1), (river(), -1)]
    shapes.append((verges(), -1))
    density = _rasterized([(Polygon(to_degrees(ring)), value) for ring, value in shapes], -1)
    cell_km2 = (_CELL * 111.2) ** 2 * math.cos(math.radians(30.6))
    uneven = 0.7 + 0.6 * np.random.default_rng(2025).random(_SHAPE)
    people = np.where(density < 0, _NODATA, np.round(density * cell_km2 * uneven, 2))
    return people.astype(np.float32)


def people_in(people: npt.NDArray[np.float32], place: Polygon | None = None) -> int:
    """Persons in all cells, or in those whose centre lies in `place` (lon, lat)."""
    counted = np.where(people == _NODATA, 0, people).astype(float)
    inside = _rasterized([(place, 1)], 0) == 1 if place else np.full(_SHAPE, True)
    return round(float(counted[inside].sum()))


def _rasterized(shapes: Iterable[tuple[Polygon, float]], fill: float) -> npt.NDArray[np.float64]:
    """What lies under the centre of each cell; of shapes that overlap, the last one."""
    found = rasterize(shapes, out_shape=_SHAPE, transform=_GRID, fill=fill, dtype="float64")
    return np.asarray(found)


def write_population(path: Path, people: npt.NDArray[np.float32]) -> None:
    """Write the persons per cell as GeoTIFF."""
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:4326"}
    profile |= {"height": _SHAPE[0], "width": _SHAPE[1], "transform": _GRID}
    profile |= {"nodata": _NODATA, "compress": "deflate"}
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(people, 1)
        raster.update_tags(NOTE="invented, for trying out and testing", UNIT="persons per cell")
