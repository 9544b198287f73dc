"""Rasters and areas that several tests of population read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from pyproj import Transformer

from planning.area import StudyArea
from planning.demand import Demand, PopulationCells, demand_points
from planning.inputs.population.counts import read_population
from planning.study import PopulationSpec

EPSG = 4545  # CGCS2000, 3-degree Gauss-Krüger about 108° E
LON, LAT = 108.0, 30.0
CELL = 1 / 1200  # 3 arc-seconds [degrees]

Affine = rasterio.Affine
NORTH_UP = Affine(CELL, 0, LON - 10 * CELL, 0, -CELL, LAT + 10 * CELL)


def area_of(shape: shapely.Geometry) -> StudyArea:
    return StudyArea(name="x", epsg=EPSG, boundary=shape, levels=(), residential=None)


def square(half_m: float = 2_000.0, east_m: float = 0.0, north_m: float = 0.0) -> StudyArea:
    x, y = Transformer.from_crs(4326, EPSG, always_xy=True).transform(LON, LAT)
    x, y = x + east_m, y + north_m
    return area_of(shapely.box(x - half_m, y - half_m, x + half_m, y + half_m))


def write(path: Path, values: Any, *, mask: Any = None, **profile: Any) -> Path:
    """A raster of one band or several; `values` of shape (rows, columns) or (bands, …)."""
    values = np.asarray(values)
    bands = values if values.ndim == 3 else values[None]
    settings = {
        "driver": "GTiff", "dtype": bands.dtype, "count": len(bands), "crs": "EPSG:4326",
        "height": bands.shape[1], "width": bands.shape[2], "transform": NORTH_UP, **profile,
    }  # fmt: skip
    with rasterio.open(path, "w", **settings) as raster:
        raster.write(bands)
        if mask is not None:
            raster.write_mask(np.asarray(mask))
    return path


def read(path: Path, area: StudyArea | None = None, **spec: Any) -> PopulationCells:
    given_spec = PopulationSpec(path=path.name, **{"unit": "persons", **spec})
    return read_population(given_spec, {"population": path}, area or square())[0]


def demand(path: Path, area: StudyArea | None = None, **spec: Any) -> Demand:
    area = area or square()
    return demand_points(read(path, area, **spec), area)


def people(seed: int = 0, shape: tuple[int, int] = (20, 20)) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.5, 80, shape).astype(np.float32)


def turned(degrees: float, crs_cell: float, x: float, y: float) -> Affine:
    turn = np.radians(degrees)
    return Affine(
        crs_cell * np.cos(turn), crs_cell * np.sin(turn), x,
        crs_cell * np.sin(turn), -crs_cell * np.cos(turn), y,
    )  # fmt: skip


PLACES = {
    "degrees": ("EPSG:4326", NORTH_UP),
    "CGCS2000 degrees": ("EPSG:4490", NORTH_UP),
    "south up": ("EPSG:4326", Affine(CELL, 0, LON - 10 * CELL, 0, CELL, LAT - 10 * CELL)),
    "east to west": ("EPSG:4326", Affine(-CELL, 0, LON + 10 * CELL, 0, -CELL, LAT + 10 * CELL)),
    "Mollweide": ("ESRI:54009", None),
    "Web Mercator": ("EPSG:3857", None),
    "UTM": ("EPSG:32648", None),
    "turned": ("EPSG:32649", 30.0),
}


def grid_at(place: str) -> tuple[str, Affine]:
    """The CRS of a place, and a grid of 20 × 20 cells of 100 m about the middle of the area."""
    crs, transform = PLACES[place]
    if isinstance(transform, Affine):
        return crs, transform
    x, y = Transformer.from_crs(4326, crs, always_xy=True).transform(LON, LAT)
    return crs, turned(transform or 0.0, 100.0, x - 1000, y + 1000)
