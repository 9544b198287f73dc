"""The streets of a province: those of each tile cut at its edge, and roads laid over the seams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import osmium
from osmium.osm import mutable
from province_city import City, Way
from province_layout import Tile
from pyproj import Transformer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

SEAM_ROADS = 8
"""So many roads at most lead over the seam of two tiles, besides the shortest."""
SEAM_REACH_M = 600.0
"""A road over a seam is no longer than this, but for the shortest where all are."""
SEAM_SPACING_M = 300.0
"""Roads over one seam begin at least so far from each other."""
SEAM_TAGS = {"highway": "residential", "name": "接缝路 seam road"}

_JOINED = frozenset(
    ("primary", "secondary", "tertiary", "unclassified", "residential", "living_street")
)
_ID_STEP = 10_000_000
"""Ids of a tile begin at this times its number, counted from one."""
_WRITTEN = datetime(2020, 1, 1, tzinfo=UTC)

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Streets:
    """The streets of one tile: rows of the city's nodes that are kept (n,), and the cut ways."""

    tile: Tile
    rows: Rows
    ways: tuple[Way, ...]

    def id_of(self, row: int) -> int:
        """The id of a node."""
        return _ID_STEP * (self.tile.number + 1) + row


def cut(city: City, tile: Tile, tiles: Sequence[Tile]) -> Streets:
    """A city's streets on the tile, and beyond it where no other tile is nearer.

    The streets beyond a province's edge are what people near it walk on; those of two tiles do
    not lie over each other.
    """
    own_m = _away_m(city, 0, 0)
    kept = np.ones(len(own_m), dtype=bool)
    for other in tiles:
        column, row = other.column - tile.column, other.row - tile.row
        # The streets of a city end within one tile of its own.
        if max(abs(column), abs(row)) == 1:
            away_m = _away_m(city, column, row)
            kept &= (own_m < away_m) | ((own_m == away_m) & (tile.number < other.number))
    ways = tuple(part for way in city.ways for part in _runs(way, kept))
    rows = np.unique(np.concatenate([way.nodes for way in ways]))
    return Streets(tile=tile, rows=rows, ways=ways)


def _away_m(city: City, column: int, row: int) -> npt.NDArray[np.float64]:
    """How far the city's nodes are from the tile so many columns and rows away, 0 on it."""
    west, south, east, north = city.box
    x_m = city.node_x_m - column * (east - west)
    y_m = city.node_y_m - row * (north - south)
    beside = np.maximum(0, np.maximum(west - x_m, x_m - east))
    return np.hypot(beside, np.maximum(0, np.maximum(south - y_m, y_m - north)))


def _runs(way: Way, kept: npt.NDArray[np.bool_]) -> Iterator[Way]:
    """The parts of a way along which all nodes are kept."""
    inside = kept[way.nodes]
    if inside.all():
        yield way
        return
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    for first, past in zip(edges[::2], edges[1::2], strict=True):
        if past - first > 1:
            yield Way(tags=way.tags, nodes=way.nodes[first:past])


def seams(city: City, streets: Mapping[tuple[int, int], Streets]) -> list[tuple[int, int]]:
    """Roads between neighbouring tiles as pairs of node ids; the first of each pair is shortest.

    They begin and end at plain streets of the largest part of a tile that hangs together, so that
    a walk over the border leads somewhere.
    """
    ends = {at: _main_rows(city, cut) for at, cut in streets.items()}
    found = []
    for (column, row), here in sorted(streets.items()):
        for at in ((column + 1, row), (column, row + 1)):
            if at in streets:
                pairs = _pairs(city, here, ends[column, row], streets[at], ends[at])
                found += [(here.id_of(a), streets[at].id_of(b)) for a, b in pairs]
    return found


def _main_rows(city: City, streets: Streets) -> Rows:
    """Nodes of the plain streets in the largest part."""
    n = len(city.node_x_m)
    first = np.concatenate([way.nodes[:-1] for way in streets.ways])
    second = np.concatenate([way.nodes[1:] for way in streets.ways])
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(n, n))
    _, part = connected_components(graph, directed=False)
    largest = np.bincount(part[streets.rows]).argmax()
    plain = [
        way.nodes
        for way in streets.ways
        if way.tags["highway"] in _JOINED and not {"access", "foot", "tunnel"} & set(way.tags)
    ]
    rows = np.unique(np.concatenate(plain))
    return rows[part[rows] == largest]


def _pairs(
    city: City, here: Streets, mine: Rows, there: Streets, theirs: Rows
) -> list[tuple[int, int]]:
    """The nearest nodes of two tiles, the shortest first, apart from each other."""
    my_xy, their_xy = _places(city, here.tile, mine), _places(city, there.tile, theirs)
    away_m, nearest = cKDTree(their_xy).query(my_xy)
    chosen: list[tuple[int, int]] = []
    starts = np.empty((0, 2))
    for i in np.lexsort((mine, away_m)).tolist():
        if (chosen and away_m[i] > SEAM_REACH_M) or len(chosen) > SEAM_ROADS:
            break
        if len(starts) and np.hypot(*(starts - my_xy[i]).T).min() < SEAM_SPACING_M:
            continue
        chosen.append((int(mine[i]), int(theirs[nearest[i]])))
        starts = np.vstack([starts, my_xy[i]])
    return chosen


def _places(city: City, tile: Tile, rows: Rows) -> npt.NDArray[np.float64]:
    shift = [tile.shift_x_m, tile.shift_y_m]
    return np.stack([city.node_x_m[rows], city.node_y_m[rows]], axis=1) + shift


def write_roads(path: Path, city: City, tiles: Sequence[Tile]) -> int:
    """Write all streets as OSM PBF, nodes before ways and both by id; returns the seam roads."""
    cuts = {(tile.column, tile.row): cut(city, tile, tiles) for tile in tiles}
    over = seams(city, cuts)
    header = osmium.io.Header()
    header.set("generator", "scripts/make_province.py")
    degrees = Transformer.from_crs(city.epsg, 4326, always_xy=True)
    in_order = sorted(cuts.values(), key=lambda streets: streets.tile.number)
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        for streets in in_order:
            for node in _nodes(city, streets, degrees):
                writer.add_node(node)
        for streets in in_order:
            ids = (_ID_STEP * (streets.tile.number + 1) + i for i in range(len(streets.ways)))
            for way_id, way in zip(ids, streets.ways, strict=True):
                refs = [streets.id_of(row) for row in way.nodes.tolist()]
                writer.add_way(_way(way_id, refs, way.tags))
        first = _ID_STEP * (len(tiles) + 1)
        for i, pair in enumerate(over):
            writer.add_way(_way(first + i, pair, SEAM_TAGS))
    return len(over)


def _nodes(city: City, streets: Streets, degrees: Transformer) -> Iterator[mutable.Node]:
    xy = _places(city, streets.tile, streets.rows)
    lon, lat = degrees.transform(xy[:, 0], xy[:, 1])
    for row, x, y in zip(streets.rows.tolist(), lon.tolist(), lat.tolist(), strict=True):
        yield mutable.Node(
            id=streets.id_of(row),
            location=(x, y),
            tags=dict(city.node_tags.get(row, {})),
            version=1,
            timestamp=_WRITTEN,
        )


def _way(way_id: int, refs: Iterable[int], tags: Mapping[str, str]) -> mutable.Way:
    return mutable.Way(id=way_id, nodes=list(refs), tags=dict(tags), version=1, timestamp=_WRITTEN)
