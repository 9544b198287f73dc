"""A district cut to a rectangle, so that its copies meet along their whole edges.

Districts touch their bounding boxes at corners only: repeated whole, nobody would live within a
walk of the next tile, and the walks over borders, which a tiling can get wrong, would be missing.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely
from province_city import Box, X, Y

_SMALLEST_M2 = 50_000.0
"""What the rectangle leaves of a community, where it is less, goes to a neighbour."""


def clipped_units(units: gpd.GeoDataFrame, box: Box) -> gpd.GeoDataFrame:
    """Communities within the box, and the streets and counties that they make up."""
    lowest = units[units["level"] == "community"].copy()
    lowest.geometry = [_polygons(shape) for shape in lowest.intersection(shapely.box(*box))]
    lowest = _joined(lowest[lowest.area > 0])
    levels = [lowest]
    for level in ("street", "county"):
        above = units[units["level"] == level].set_index("unit_id", drop=False)
        parts = levels[0].dissolve("parent_id").geometry
        kept = above.loc[parts.index].copy()
        kept.geometry = [_polygons(shape) for shape in parts]
        levels.insert(0, kept)
    return pd.concat([levels[0], levels[1], lowest], ignore_index=True)


def _joined(lowest: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Slivers given to the community they share the longest edge with."""
    small = lowest.area < _SMALLEST_M2
    kept = lowest[~small].copy()
    for shape in lowest.geometry[small]:
        edge_m = kept.intersection(shape.boundary).length
        best = edge_m.idxmax()
        if edge_m[best] > 0:
            kept.loc[best, "geometry"] = _polygons(shapely.union(kept.geometry[best], shape))
    return kept


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """The areas of a shape, without the points and lines at which it only touches the box."""
    areas = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    parts = [part for part in areas if part.area > 1.0]
    return shapely.MultiPolygon(parts) if len(parts) != 1 else parts[0]


def within(table: pd.DataFrame, box: Box) -> pd.DataFrame:
    """The rows of a register that lie in the box."""
    west, south, east, north = box
    inside = table[X].between(west, east) & table[Y].between(south, north)
    return table[inside].reset_index(drop=True)
