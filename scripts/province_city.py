"""One real city as it is repeated in a synthetic province: all of it in metres of one zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import osmium
import pandas as pd
import rasterio
import shapely
from pyproj import Transformer
from ruamel.yaml import YAML

GRID_M = 100
"""Tiles, and so the cells of people, lie on multiples of this [m]."""
X, Y = "东坐标", "北坐标"
"""Columns of registers in the metres of the zone: easting and northing."""

Floats = npt.NDArray[np.float64]
Box = tuple[int, int, int, int]
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way of OpenStreetMap: its tags, and its nodes (k,) as rows of the city's nodes."""

    tags: Mapping[str, str]
    nodes: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """What is repeated. Nodes and cells are arrays (n,) [m], tables have the columns X and Y.

    `box` is west, south, east, north of the land that one tile takes [m]: all units lie in it.
    `people` are counts of cells of GRID_M in the box, row 0 in the north, NaN where nobody counted.
    The ages are None where the study has the groups as shares.
    """

    name: str
    epsg: int
    box: Box
    node_x_m: Floats
    node_y_m: Floats
    node_tags: Mapping[int, Mapping[str, str]]
    ways: tuple[Way, ...]
    units: gpd.GeoDataFrame
    people: Floats
    facilities: pd.DataFrame
    candidates: pd.DataFrame
    areas: gpd.GeoDataFrame | None
    ages: pd.DataFrame | None
    study: dict[str, Any]

    @property
    def residents(self) -> int:
        """All people of a tile."""
        return round(float(np.nansum(self.people)))


def template() -> dict[str, Any]:
    """The study of Huangpu, whose services, clauses and scenarios every province has."""
    text = (_HERE / "studies" / "huangpu.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


def read_ways(
    path: Path, epsg: int
) -> tuple[tuple[Floats, Floats], dict[int, dict[str, str]], tuple[Way, ...]]:
    """Every way tagged highway: its nodes in metres, their tags by row, and the ways."""
    lon, lat, tags, row_of, raw = [], [], {}, {}, []
    for thing in osmium.FileProcessor(str(path)):
        if thing.is_node():
            row_of[thing.id] = len(lon)
            if len(thing.tags):
                tags[len(lon)] = {tag.k: tag.v for tag in thing.tags}
            lon.append(thing.location.lon)
            lat.append(thing.location.lat)
        elif thing.is_way() and "highway" in thing.tags:
            raw.append(({tag.k: tag.v for tag in thing.tags}, [node.ref for node in thing.nodes]))
    ways = tuple(
        Way(tags=said, nodes=np.array([row_of[ref] for ref in refs], dtype=np.int64))
        for said, refs in raw
        if all(ref in row_of for ref in refs)
    )
    x_m, y_m = metres(epsg).transform(np.array(lon), np.array(lat))
    return (x_m, y_m), tags, ways


def metres(epsg: int) -> Transformer:
    """From degrees of WGS 84 to metres of a projection."""
    return Transformer.from_crs(4326, epsg, always_xy=True)


def cells(path: Path, epsg: int, box: Box, units: gpd.GeoDataFrame) -> Floats:
    """The counts of a raster that lie in the box, each moved whole to a cell of GRID_M.

    Counts are never resampled. Where the middle of the cell they would go to is outside all units,
    the nearest inside is taken, so that nobody is lost or given to the next tile.
    """
    with rasterio.open(path) as raster:
        counts = raster.read(1, masked=True).astype(float).filled(0.0)
        row, column = np.nonzero(counts > 0)
        wide, _, left, _, high, top, *_ = raster.transform
    lon, lat = left + (column + 0.5) * wide, top + (row + 0.5) * high
    x_m, y_m = metres(epsg).transform(lon, lat)
    west, south, east, north = box
    inside = (x_m >= west) & (x_m < east) & (y_m >= south) & (y_m < north)
    count = counts[row, column][inside]
    return on_grid(x_m[inside], y_m[inside], count, box, units)


def on_grid(x_m: Floats, y_m: Floats, count: Floats, box: Box, units: gpd.GeoDataFrame) -> Floats:
    """People at places (n,) summed into the cells of the box; cells outside all units are NaN."""
    west, south, east, north = box
    middle_x = np.arange(west, east, GRID_M) + GRID_M / 2
    middle_y = np.arange(north, south, -GRID_M) - GRID_M / 2
    all_x, all_y = (each.ravel() for each in np.meshgrid(middle_x, middle_y))
    land = shapely.union_all(units.geometry.to_numpy())
    inside = np.flatnonzero(shapely.contains_xy(land, all_x, all_y))
    tree = shapely.STRtree(shapely.points(all_x[inside], all_y[inside]))
    nearest = inside[tree.nearest(shapely.points(x_m, y_m))]
    found = np.full(len(all_x), np.nan)
    found[inside] = np.bincount(nearest, weights=count, minlength=len(all_x))[inside]
    return found.reshape(len(middle_y), len(middle_x))
