"""Points find their place on the network: on an EDGE, with the access leg walked (DESIGN §4.2).

A point inside a walled compound stands on a street inside it; one outside, on a street outside. A
street that leads nowhere (an island) is passed over for one that belongs to the larger network, as
long as that is within the maximum distance too; every such move is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from planning.network.graph import StreetNetwork
from planning.network.nearest_edge import EdgeCells, Found, edge_cells, nearest_edges
from planning.network.roads import Flags, Floats, Ints, Longs
from planning.units import MS_PER_S


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
        self._all = edge_cells(network, np.ones_like(self._on_island))

    def snap(self, x_m: Floats, y_m: Floats) -> Snaps:
        """Where points [m] stand, shape (n,)."""
        x_m, y_m = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
        network, max_snap_m = self._network, self._max_snap_m
        zone = _zones(network, x_m, y_m)
        near = nearest_edges(network, self._all, x_m, y_m, zone, max_snap_m)
        astray = near.edge >= 0
        astray[astray] = self._on_island[near.edge[astray]]
        place = np.where(near.edge >= 0, Place.NEAREST, Place.TOO_FAR).astype(np.int32)
        place[(near.edge < 0) & (zone >= 0)] = Place.WALLED_IN
        place[astray] = Place.ISLAND
        moved_m = np.zeros(len(x_m))
        rows = np.flatnonzero(astray)
        if len(rows):
            other = nearest_edges(
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
    def _mainland(self) -> EdgeCells | None:
        return edge_cells(self._network, ~self._on_island)


def at_nodes(network: StreetNetwork, nodes: Longs) -> Snaps:
    """Points that stand exactly on nodes of the network, without an access leg, shape (nodes,)."""
    # As in `snap`: a public edge before a private one, then the first.
    rank = np.lexsort((np.arange(network.n_edges), network.private)).astype(np.int32)
    edge_at = np.full(network.n_nodes, -1, dtype=np.int32)
    both = np.column_stack([network.tail[rank], network.head[rank]])[::-1]
    edge_at[both.ravel()] = np.repeat(rank[::-1], 2)
    edge = edge_at[nodes]
    share = np.where(network.tail[edge] == nodes, 0.0, 1.0)
    found = Found(edge=edge, share=share, leg_m=np.zeros(len(nodes)))
    place = np.full(len(nodes), Place.NEAREST, dtype=np.int32)
    return _timed(network, found, np.zeros(len(nodes)), place, 0.0, 0.0)


def _timed(
    network: StreetNetwork,
    found: Found,
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
