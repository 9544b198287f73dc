"""Points find their place on the network: on an EDGE, with the access leg walked (DESIGN §4.2).

A point inside a walled compound stands on a street inside it; one outside, on a street outside. A
street that leads nowhere (an island) is passed over for one that belongs to the larger network, as
long as that is within the maximum distance too; every such move is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import IntEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import shapely

from planning.kernels import kernel
from planning.network.graph import StreetNetwork
from planning.network.roads import Flags, Floats, Ints, Longs
from planning.units import MS_PER_S

CELL_M = 100.0
"""Side of the cells in which segments are looked up [m]; changes speed only."""


class Place(IntEnum):
    """How a point came to stand where it stands, or why it stands nowhere."""

    NEAREST = 0
    MOVED = 1
    """its nearest street is an island; it stands on the nearest other one"""
    ISLAND = 2
    """its nearest street is an island, and no other is within reach"""
    TOO_FAR = 3
    WALLED_IN = 4
    """inside a compound, and none of its streets is within the maximum distance"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snaps:
    """Where points stand on the network, shape (n,) each.

    `edge` is −1 for a point that stands nowhere, and `place` (a `Place`) says how or why.
    `forward_ms` is the time from the edge's tail to the foot of the point, `backward_ms` from
    there back to the tail; the rest to the head is what remains of the edge's times, so that both
    add up exactly. `leg_ms` is the walk from the point to the edge, straight, at the profile's
    speed; `leg_m` its length, NaN off the network; `moved_m` how much longer it is for the move.
    """

    edge: Ints
    forward_ms: Ints
    backward_ms: Ints
    leg_ms: Ints
    leg_m: Floats
    moved_m: Floats
    place: Ints
    max_snap_m: float
    island_km: float

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def on_network(self) -> Flags:
        """Which points found a street."""
        return self.edge >= 0

    def take(self, rows: Longs) -> Snaps:
        """The snaps of some points."""
        part: dict[str, Any] = {name: getattr(self, name)[rows] for name in _ARRAYS}
        return replace(self, **part)

    def joined(self, other: Snaps) -> Snaps:
        """These snaps followed by `other`."""
        both: dict[str, Any] = {
            name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in _ARRAYS
        }
        return replace(self, **both)

    def component(self, network: StreetNetwork) -> Ints:
        """The connected part each point stands on; −1 for a point off the network."""
        on = self.on_network
        part = np.full(len(self), -1, dtype=np.int32)
        part[on] = network.component[network.tail[self.edge[on]]]
        return part


_ARRAYS = tuple(f.name for f in fields(Snaps) if f.name not in ("max_snap_m", "island_km"))


def snap(
    network: StreetNetwork,
    x_m: Floats,
    y_m: Floats,
    *,
    max_snap_m: float,
    island_km: float,
) -> Snaps:
    """Place points on their nearest edge within `max_snap_m` [m].

    Of edges equally near (at a corner) a public one before a private one, then the first in the
    network; of places equally near on one edge the one nearest its tail. Points inside a compound
    of the network keep to its streets. Connected parts shorter than `island_km` are islands; the
    largest part never is one. A coordinate that is not finite is too far from everything.
    """
    return Snapper(network, max_snap_m=max_snap_m, island_km=island_km).snap(x_m, y_m)


class Snapper:
    """Places points as `snap` does; for whoever has a few to place again and again."""

    def __init__(self, network: StreetNetwork, *, max_snap_m: float, island_km: float) -> None:
        """Sort the segments of the network into cells, once; of all edges and, if need be, of
        those on no island."""
        self._network, self._max_snap_m, self._island_km = network, max_snap_m, island_km
        island = network.component_km() < island_km
        island[:1] = False
        self._on_island = island[network.component[network.tail]]
        self._all = _cells(network, np.ones_like(self._on_island))

    def snap(self, x_m: Floats, y_m: Floats) -> Snaps:
        """Where points [m] stand, shape (n,)."""
        x_m, y_m = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
        network, max_snap_m = self._network, self._max_snap_m
        zone = _zones(network, x_m, y_m)
        near = _nearest_edges(network, self._all, x_m, y_m, zone, max_snap_m)
        astray = near.edge >= 0
        astray[astray] = self._on_island[near.edge[astray]]
        place = np.where(near.edge >= 0, Place.NEAREST, Place.TOO_FAR).astype(np.int32)
        place[(near.edge < 0) & (zone >= 0)] = Place.WALLED_IN
        place[astray] = Place.ISLAND
        moved_m = np.zeros(len(x_m))
        rows = np.flatnonzero(astray)
        if len(rows):
            other = _nearest_edges(
                network, self._mainland, x_m[rows], y_m[rows], zone[rows], max_snap_m
            )
            found = other.edge >= 0
            moved_m[rows[found]] = other.leg_m[found] - near.leg_m[rows[found]]
            place[rows[found]] = Place.MOVED
            near.edge[rows[found]] = other.edge[found]
            near.share[rows[found]] = other.share[found]
            near.leg_m[rows[found]] = other.leg_m[found]
        return _timed(network, near, moved_m, place, max_snap_m, self._island_km)

    @cached_property
    def _mainland(self) -> _Cells | None:
        return _cells(self._network, ~self._on_island)


def at_nodes(network: StreetNetwork, nodes: Longs) -> Snaps:
    """Points that stand exactly on nodes of the network, without an access leg, shape (nodes,)."""
    # As in `snap`: a public edge before a private one, then the first.
    rank = np.lexsort((np.arange(network.n_edges), network.private)).astype(np.int32)
    edge_at = np.full(network.n_nodes, -1, dtype=np.int32)
    both = np.column_stack([network.tail[rank], network.head[rank]])[::-1]
    edge_at[both.ravel()] = np.repeat(rank[::-1], 2)
    edge = edge_at[nodes]
    share = np.where(network.tail[edge] == nodes, 0.0, 1.0)
    found = _Found(edge=edge, share=share, leg_m=np.zeros(len(nodes)))
    place = np.full(len(nodes), Place.NEAREST, dtype=np.int32)
    return _timed(network, found, np.zeros(len(nodes)), place, 0.0, 0.0)


class _Found(NamedTuple):
    """Nearest edges: `edge` (−1 none), `share` of its planar length, `leg_m`, shape (n,) each."""

    edge: Ints
    share: Floats
    leg_m: Floats


def _timed(
    network: StreetNetwork,
    found: _Found,
    moved_m: Floats,
    place: Ints,
    max_snap_m: float,
    island_km: float,
) -> Snaps:
    on = found.edge >= 0
    edge = np.where(on, found.edge, 0) if network.n_edges else np.zeros(len(on), dtype=np.int32)
    forward, backward = network.paces()
    if not network.n_edges:
        forward = backward = np.zeros(1, dtype=np.int32)
    share = np.where(on, found.share, 0.0)
    leg_m = np.where(on, found.leg_m, np.nan)
    leg_s = np.nan_to_num(leg_m) / network.profile.speed_m_s
    return Snaps(
        edge=found.edge,
        forward_ms=np.rint(share * forward[edge]).astype(np.int32),
        backward_ms=np.rint(share * backward[edge]).astype(np.int32),
        leg_ms=np.rint(leg_s * MS_PER_S).astype(np.int32),
        leg_m=leg_m,
        moved_m=moved_m,
        place=place,
        max_snap_m=max_snap_m,
        island_km=island_km,
    )


def _zones(network: StreetNetwork, x_m: Floats, y_m: Floats) -> Ints:
    """The compound each point lies in, −1 outside; the first of overlapping ones."""
    zone = np.full(len(x_m), -1, dtype=np.int32)
    if len(network.compounds) and len(x_m):
        point, which = shapely.STRtree(network.compounds).query(
            shapely.points(x_m, y_m), predicate="intersects"
        )
        order = np.lexsort((-which, point))
        zone[point[order]] = which[order]
    return zone


class _Cells(NamedTuple):
    """Segments (s,) by the square cells that they touch: those of cell c in
    ``start[c]:start[c + 1]``; `edge_m` are the planar lengths of all edges."""

    xy: Floats
    segment_edge: Ints
    before_m: Floats
    edge_m: Floats
    start: Longs
    low_x: float
    low_y: float
    columns: int
    rows: int


def _cells(network: StreetNetwork, allowed: Flags) -> _Cells | None:
    """The segments of the allowed edges; None where there are none."""
    if not allowed.any():
        return None
    segment_edge, xy, before_m, edge_m = _segments(network)
    keep = allowed[segment_edge]
    segment_edge, xy, before_m = segment_edge[keep], xy[keep], before_m[keep]
    low = xy.reshape(-1, 2).min(axis=0)
    columns, rows = (np.ptp(xy.reshape(-1, 2), axis=0) // CELL_M).astype(np.int64) + 1
    start, inside = _binned(xy, low[0], low[1], columns, rows)
    return _Cells(
        xy=xy[inside], segment_edge=segment_edge[inside], before_m=before_m[inside], edge_m=edge_m,
        start=start, low_x=low[0], low_y=low[1], columns=int(columns), rows=int(rows),
    )  # fmt: skip


def _nearest_edges(
    network: StreetNetwork,
    cells: _Cells | None,
    x_m: Floats,
    y_m: Floats,
    zone: Ints,
    max_snap_m: float,
) -> _Found:
    """The nearest edge in the cells of the point's own zone, exactly."""
    n = len(x_m)
    if not n or cells is None:
        return _Found(edge=np.full(n, -1, np.int32), share=np.zeros(n), leg_m=np.full(n, np.nan))
    edge, share, leg_m = _look_up(
        np.where(np.isfinite(x_m), x_m, np.inf), np.where(np.isfinite(y_m), y_m, np.inf), zone,
        cells.xy, cells.segment_edge, cells.before_m,
        network.compound, network.private, cells.edge_m, cells.start,
        cells.low_x, cells.low_y, cells.columns, cells.rows, max_snap_m,
    )  # fmt: skip
    return _Found(edge=edge, share=share, leg_m=leg_m)


def _segments(network: StreetNetwork) -> tuple[Ints, Floats, Floats, Floats]:
    """Straight pieces (z,) of all edges: whose, x0 y0 x1 y1, metres before; planar lengths (m,)."""
    begin = np.ones(len(network.shape_xy), dtype=bool)
    begin[network.shape_start[1:] - 1] = False
    at = np.flatnonzero(begin)
    edge = np.repeat(np.arange(network.n_edges, dtype=np.int32), np.diff(network.shape_start) - 1)
    xy = np.column_stack([network.shape_xy[at], network.shape_xy[at + 1]])
    before_m, edge_m = _along_edges(edge, xy, network.n_edges)
    return edge, xy, before_m, edge_m


@kernel
def _along_edges(edge: Any, xy: Any, n_edges: int) -> Any:
    """Metres before each segment on its edge, and of every edge, summed from its tail on.

    By itself, edge by edge and with no more than a root: what stands elsewhere in the network
    changes no bit, and the page (static/whatif/snapping.js) finds the same.
    """
    before_m, edge_m = np.empty(len(xy)), np.zeros(n_edges)
    for i in range(len(xy)):
        dx, dy = xy[i, 2] - xy[i, 0], xy[i, 3] - xy[i, 1]
        before_m[i] = edge_m[edge[i]]
        edge_m[edge[i]] += np.sqrt(dx * dx + dy * dy)
    return before_m, edge_m


@kernel
def _cells_of(xy: Any, i: int, low_x: float, low_y: float) -> tuple[int, int, int, int]:
    """Columns and rows of the box around a segment."""
    x0, x1 = min(xy[i, 0], xy[i, 2]), max(xy[i, 0], xy[i, 2])
    y0, y1 = min(xy[i, 1], xy[i, 3]), max(xy[i, 1], xy[i, 3])
    return (
        int((x0 - low_x) // CELL_M), int((x1 - low_x) // CELL_M),
        int((y0 - low_y) // CELL_M), int((y1 - low_y) // CELL_M),
    )  # fmt: skip


@kernel
def _crosses(xy: Any, i: int, west: float, south: float) -> bool:
    """Whether a segment may touch a cell: its corners do not all lie on one side of the line."""
    dx, dy = xy[i, 2] - xy[i, 0], xy[i, 3] - xy[i, 1]
    a = dx * (south - xy[i, 1]) - dy * (west - xy[i, 0])
    b, c = dx * CELL_M, dy * CELL_M
    least = min(a, a + b, a - c, a + b - c)
    most = max(a, a + b, a - c, a + b - c)
    slack = 1e-6 * (abs(dx) + abs(dy)) * CELL_M
    return bool(least <= slack and most >= -slack)


@kernel
def _binned(xy: Any, low_x: float, low_y: float, columns: int, rows: int) -> Any:
    """CSR from cells to the segments that touch them, rising."""
    counts = np.zeros(columns * rows + 1, dtype=np.int64)
    for fill in range(2):
        if fill == 1:
            start = np.cumsum(counts)
            inside = np.empty(start[-1], dtype=np.int64)
            at = start.copy()
        for i in range(len(xy)):
            west, east, south, north = _cells_of(xy, i, low_x, low_y)
            for row in range(south, north + 1):
                for column in range(west, east + 1):
                    if _crosses(xy, i, low_x + column * CELL_M, low_y + row * CELL_M):
                        cell = row * columns + column
                        if fill == 0:
                            counts[cell + 1] += 1
                        else:
                            inside[at[cell]] = i
                            at[cell] += 1
    return start, inside


@kernel
def _goes_before(e: int, along_m: float, best_edge: int, best_m: float, private: Any) -> bool:
    """Of places equally near: public before private, then the first edge, then nearest its tail."""
    if best_edge < 0:
        return True
    if private[e] != private[best_edge]:
        return bool(private[e] < private[best_edge])
    return bool(e < best_edge or (e == best_edge and along_m < best_m))


@kernel
def _look_up(
    x_m: Any, y_m: Any, zone: Any, xy: Any, segment_edge: Any, before_m: Any,
    compound: Any, private: Any, edge_m: Any,
    start: Any, low_x: float, low_y: float, columns: int, rows: int, max_m: float,
) -> Any:  # fmt: skip
    """Rings of cells around each point, until nothing nearer can follow."""
    n = len(x_m)
    edge = np.full(n, -1, dtype=np.int32)
    share = np.zeros(n)
    leg_m = np.full(n, np.nan)
    rings = int(max_m // CELL_M) + 2
    for i in range(n):
        x, y = x_m[i], y_m[i]
        if not (low_x - max_m <= x <= low_x + columns * CELL_M + max_m) or not (
            low_y - max_m <= y <= low_y + rows * CELL_M + max_m
        ):
            continue
        column, row = int((x - low_x) // CELL_M), int((y - low_y) // CELL_M)
        off_x, off_y = x - low_x - column * CELL_M, y - low_y - row * CELL_M
        inner_m = min(min(off_x, CELL_M - off_x), min(off_y, CELL_M - off_y))
        best2, best_edge, best_m = max_m * max_m, -1, 0.0
        for ring in range(rings):
            # All that lies within `seen_m` was met in the rings before.
            seen_m = (ring - 1) * CELL_M + inner_m
            if ring > 0 and best2 < seen_m * seen_m:
                break
            for r in range(max(0, row - ring), min(rows - 1, row + ring) + 1):
                stride = 1 if abs(r - row) == ring else max(1, 2 * ring)
                for c in range(column - ring, column + ring + 1, stride):
                    if c < 0 or c >= columns:
                        continue
                    for s in range(start[r * columns + c], start[r * columns + c + 1]):
                        e = segment_edge[s]
                        if compound[e] != zone[i]:
                            continue
                        dx, dy = xy[s, 2] - xy[s, 0], xy[s, 3] - xy[s, 1]
                        px, py = x - xy[s, 0], y - xy[s, 1]
                        long2 = dx * dx + dy * dy
                        t = 0.0
                        if long2 > 0.0:
                            t = min(1.0, max(0.0, (px * dx + py * dy) / long2))
                        # From the corner itself where it is the nearest place, so that edges
                        # that share it are exactly equally near.
                        qx, qy = px - t * dx, py - t * dy
                        if t == 1.0:
                            qx, qy = x - xy[s, 2], y - xy[s, 3]
                        d2 = qx * qx + qy * qy
                        if d2 > best2:
                            continue
                        along_m = before_m[s] + t * np.sqrt(long2)
                        if d2 < best2 or _goes_before(e, along_m, best_edge, best_m, private):
                            best2, best_edge, best_m = d2, e, along_m
        if best_edge >= 0:
            edge[i], leg_m[i] = best_edge, np.sqrt(best2)
            if edge_m[best_edge] > 0.0:
                share[i] = min(1.0, best_m / edge_m[best_edge])
    return edge, share, leg_m
