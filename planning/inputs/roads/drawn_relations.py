"""Multipolygons of OpenStreetMap that are only drawn: rivers, parks and buildings of many ways.

Read apart from the roads, and only where there are any: relations, then the ways they are made of,
then the nodes of these, whatever their order in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import osmium
import pandas as pd
import shapely
from osmium.filter import IdFilter, KeyFilter
from osmium.osm import NODE, RELATION, WAY, Node, Relation, Way

from planning.inputs.roads.basemap import DRAWN_KEYS, kind_of
from planning.network.roads import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRelation:
    """What an area is, and the ways it is made of: corners [degrees], shape (p, 2), NaN unknown."""

    kind: str
    ways: tuple[Floats, ...]


def read_drawn_relations(path: Path) -> list[DrawnRelation]:
    """The multipolygons of a file that the base map shows, as far as the file has their ways."""
    found = [
        (kind, [member.ref for member in relation.members if member.type == "w"])
        for relation in osmium.FileProcessor(str(path), RELATION).with_filter(
            KeyFilter(*DRAWN_KEYS)
        )
        if isinstance(relation, Relation)
        and relation.tags.get("type") == "multipolygon"
        and (kind := kind_of(relation.tags.get)) is not None
    ]
    wanted = {ref for _, refs in found for ref in refs}
    if not wanted:
        return []
    nodes = {
        way.id: [node.ref for node in way.nodes]
        for way in osmium.FileProcessor(str(path), WAY).with_filter(IdFilter(wanted))
        if isinstance(way, Way)
    }
    places = _places(path, {ref for refs in nodes.values() for ref in refs})
    nowhere = (np.nan, np.nan)
    ways = {
        way: np.array([places.get(ref, nowhere) for ref in refs], dtype=np.float64).reshape(-1, 2)
        for way, refs in nodes.items()
    }
    return [
        DrawnRelation(kind=kind, ways=tuple(ways[ref] for ref in refs if ref in ways))
        for kind, refs in found
    ]


def _places(path: Path, refs: set[int]) -> dict[int, tuple[float, float]]:
    return {
        node.id: (node.location.lon, node.location.lat)
        for node in osmium.FileProcessor(str(path), NODE).with_filter(IdFilter(refs))
        if isinstance(node, Node) and node.location.valid()
    }


def drawn_areas(relations: Iterable[DrawnRelation]) -> gpd.GeoDataFrame:
    """Relations as polygons with their holes; what does not close (a clipped extract) as lines."""
    kinds: list[str] = []
    shapes: list[shapely.Geometry] = []
    for relation in relations:
        for shape in _areas_and_rest(relation.ways):
            kinds.append(relation.kind)
            shapes.append(shape)
    return gpd.GeoDataFrame({"kind": kinds}, geometry=shapes, crs=4326)


def with_areas(shapes: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What is drawn of ways, then of relations."""
    if not len(areas):
        return shapes
    return gpd.GeoDataFrame(pd.concat([shapes, areas], ignore_index=True), crs=4326)


def _areas_and_rest(ways: Sequence[Floats]) -> npt.NDArray[np.object_]:
    known = [way[~np.isnan(way).any(axis=1)] for way in ways]
    lines = [shapely.LineString(way) for way in known if len(way) > 1]
    pieces = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(lines)))
    closed = np.array([line.is_closed and len(line.coords) > 3 for line in pieces], dtype=bool)
    rings = np.array([shapely.make_valid(shapely.Polygon(line)) for line in pieces[closed]], object)
    parts = shapely.get_parts(_even_and_odd(rings))
    areas = parts[shapely.get_dimensions(parts) == 2]
    return np.concatenate([areas, pieces[~closed]])


def _even_and_odd(rings: npt.NDArray[np.object_]) -> shapely.Geometry:
    """In one ring is inside, in two a hole, in three an island, whatever the roles say."""
    lies_in, _ = shapely.STRtree(rings).query(rings, predicate="within")
    depth = np.bincount(lies_in, minlength=len(rings)) - 1
    area: shapely.Geometry = shapely.GeometryCollection()
    for level in range(int(depth.max(initial=-1)) + 1):
        here = shapely.union_all(rings[depth == level])
        area = shapely.difference(area, here) if level % 2 else shapely.union(area, here)
    return area
