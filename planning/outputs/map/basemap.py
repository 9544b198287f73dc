"""Lines and areas as the page carries them: boundaries, and the base map below the results.

They are for looking at: rounded to a metre, and the buildings only as far as the page has room.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

PATH_UNIT = 1e-5
"""Of boundaries and streets [degree], about 1 m."""
MOST_BUILDING_CORNERS = 40_000
"""Corners of buildings on one page, about 0.3 MB; the largest buildings come first."""

_MOST_DETAIL = 8_000  # a city drawn whole needs no metre: so many steps across the map are enough

Drawn = dict[str, dict[str, list[list[int]]]]


def tolerance_of(box: Sequence[float]) -> float:
    """How far a drawn line may lie from the true one [degree]."""
    return max(2 * PATH_UNIT, (box[2] - box[0]) / _MOST_DETAIL)


def drawn_basemap(base: gpd.GeoDataFrame, box: Sequence[float]) -> Drawn:
    """Lines and areas by kind, as steps from the south-west corner of the map."""
    drawn: Drawn = {}
    # Holes run against their outline, so that areas which overlap are still filled.
    simple = shapely.simplify(base.geometry.to_numpy(), tolerance_of(box))
    for kind, shape in zip(base["kind"], shapely.orient_polygons(simple), strict=True):
        of_kind = drawn.setdefault(str(kind), {"lines": [], "areas": []})
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                of_kind["areas"] += [steps(ring, box) for ring in rings(part)]
            elif part.geom_type == "LineString":
                of_kind["lines"].append(steps(part, box))
    return drawn


def with_room_for_buildings(
    base: gpd.GeoDataFrame,
) -> tuple[gpd.GeoDataFrame, list[tuple[str, str]]]:
    """The base map with as many buildings as a page has room for, and what to say of the rest."""
    is_building = (base["kind"] == "building").to_numpy(dtype=bool)
    outlines = base.geometry.to_numpy()[is_building]
    corners = shapely.get_num_coordinates(shapely.simplify(outlines, 2 * PATH_UNIT))
    by_size = np.argsort(-shapely.area(outlines), kind="stable")
    fits = np.cumsum(corners[by_size]) <= MOST_BUILDING_CORNERS
    if fits.all():
        return base, []
    kept = np.sort(np.flatnonzero(is_building)[by_size[fits]])
    whole = pd.concat([base[~is_building], base.iloc[kept]], ignore_index=True)
    n, of = int(fits.sum()), len(outlines)
    note = (
        f"底图只画出最大的 {n:,} 栋建筑（共 {of:,} 栋），以免文件过大",
        f"of {of:,} buildings the base map shows the {n:,} largest, to keep the file small",
    )
    return gpd.GeoDataFrame(whole, crs=base.crs), [note]


def polygons(shape: Any) -> list[Any]:
    """The parts of a shape that are areas."""
    return [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and not p.is_empty]


def rings(shape: Any) -> list[Any]:
    """Outlines and holes of the areas of a shape."""
    return [ring for part in polygons(shape) for ring in (part.exterior, *part.interiors)]


def steps(line: Any, box: Sequence[float]) -> list[int]:
    """A line as integer steps from the south-west corner of the map, repeated points left out."""
    grid = np.rint((shapely.get_coordinates(line) - np.array(box[:2])) / PATH_UNIT).astype(int)
    moves = np.diff(grid, axis=0, prepend=np.zeros((1, 2), dtype=int))
    kept = moves.any(axis=1)
    kept[:1] = True
    return [int(step) for step in moves[kept].ravel()]
