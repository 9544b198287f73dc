"""What is drawn below the results: streets by class, water, green, buildings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from planning.inputs.roads.ways import like_the_one_before, whole_runs
from planning.network.roads import Floats, Longs, Roads

DRAWN_KEYS = ("natural", "waterway", "leisure", "landuse", "building")
"""The OSM keys that, beside highway, put a way on the base map."""

_MAJOR = frozenset(
    ["motorway", "trunk", "primary", "secondary", "motorway_link", "trunk_link", "primary_link"]
)
_PATH = frozenset(
    ["footway", "path", "steps", "pedestrian", "cycleway", "track", "corridor", "bridleway"]
)
_WATERWAYS = frozenset(["river", "canal", "riverbank"])
_GREEN = {
    "leisure": frozenset(["park", "garden", "pitch", "golf_course", "nature_reserve"]),
    "landuse": frozenset(["grass", "forest", "recreation_ground", "meadow", "cemetery"]),
    "natural": frozenset(["wood", "scrub", "grassland"]),
}


def kind_of(tag: Callable[[str], str | None]) -> str | None:
    """What a way that is no road is on the base map, None if nothing; `tag` looks up a key."""
    if tag("natural") == "water" or tag("waterway") in _WATERWAYS:
        return "water"
    if any(tag(key) in values for key, values in _GREEN.items()):
        return "green"
    return "building" if tag("building") is not None else None


def basemap_of(roads: Roads, shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Roads and what lies between them: kind, geometry; EPSG:4326."""
    lines = shapely.linestrings(
        np.column_stack([roads.lon[roads.nodes], roads.lat[roads.nodes]]),
        indices=np.repeat(np.arange(roads.n_lines), np.diff(roads.starts)),
    )
    of_tags = [_road_kind(tags.get("highway", "")) for tags in roads.tag_sets]
    kinds = np.array(of_tags, dtype=object)[roads.line_tags]
    drawn = gpd.GeoDataFrame({"kind": kinds}, geometry=lines, crs=4326)
    return gpd.GeoDataFrame(pd.concat([drawn, shapes], ignore_index=True), crs=4326)


def no_shapes() -> gpd.GeoDataFrame:
    """What sources without water, green and buildings have of them."""
    return gpd.GeoDataFrame({"kind": []}, geometry=[], crs=4326)


def drawn_shapes(kinds: Sequence[str], starts: Longs, lonlat: Floats) -> gpd.GeoDataFrame:
    """Water, green and buildings: shape k runs over ``lonlat[starts[k]:starts[k + 1]]``, (p, 2).

    Rings become polygons; what lacks a corner is cut there, and drawn as lines.
    """
    of = np.repeat(np.arange(len(kinds)), np.diff(starts))
    inside = np.all(np.abs(lonlat) <= (180.0, 90.0), axis=1)
    kept, starts = whole_runs(of, inside, like_the_one_before(lonlat))
    lonlat, sizes = lonlat[kept], np.diff(starts)
    first, last = lonlat[starts[:-1]], lonlat[starts[1:] - 1]
    is_ring = (first == last).all(axis=1) & (sizes > 3)
    shapes = np.empty(len(sizes), dtype=object)
    for chosen, make in ((is_ring, _polygons), (~is_ring, shapely.linestrings)):
        if chosen.any():
            which = np.repeat(np.arange(chosen.sum()), sizes[chosen])
            shapes[chosen] = make(lonlat[np.repeat(chosen, sizes)], indices=which)
    drawn = np.array(kinds, dtype=object)[of[kept[starts[:-1]]]]
    return gpd.GeoDataFrame({"kind": drawn}, geometry=shapes, crs=4326)


def _polygons(corners: Floats, *, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    polygons: npt.NDArray[np.object_] = shapely.polygons(
        shapely.linearrings(corners, indices=indices)
    )
    return polygons


def _road_kind(highway: str) -> str:
    if highway in _MAJOR:
        return "road_major"
    return "path" if highway in _PATH else "road_minor"
