"""Points find their place on the network: on an EDGE, with the access leg walked (DESIGN §4.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from planning.network.graph import Floats, Ints, StreetNetwork
from planning.units import MS_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Snaps:
    """Where points stand on the network, shape (n,) each.

    `edge` is −1 for a point farther than `max_snap_m` from any street. `to_tail_ms` and
    `to_head_ms` split the edge's time at the foot of the point, so that they add up to it exactly;
    `leg_ms` is the walk from the point to the edge, straight, at the profile's speed [ms].
    """

    edge: Ints
    to_tail_ms: Ints
    to_head_ms: Ints
    leg_ms: Ints
    leg_m: Floats
    max_snap_m: float

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def on_network(self) -> npt.NDArray[np.bool_]:
        """Which points found a street."""
        return self.edge >= 0

    def take(self, rows: npt.NDArray[np.int64]) -> Snaps:
        """The snaps of some points."""
        return Snaps(
            edge=self.edge[rows],
            to_tail_ms=self.to_tail_ms[rows],
            to_head_ms=self.to_head_ms[rows],
            leg_ms=self.leg_ms[rows],
            leg_m=self.leg_m[rows],
            max_snap_m=self.max_snap_m,
        )

    def joined(self, other: Snaps) -> Snaps:
        """These snaps followed by `other`."""
        return Snaps(
            edge=np.r_[self.edge, other.edge],
            to_tail_ms=np.r_[self.to_tail_ms, other.to_tail_ms],
            to_head_ms=np.r_[self.to_head_ms, other.to_head_ms],
            leg_ms=np.r_[self.leg_ms, other.leg_ms],
            leg_m=np.r_[self.leg_m, other.leg_m],
            max_snap_m=self.max_snap_m,
        )

    def component(self, network: StreetNetwork) -> Ints:
        """The connected part each point stands on; −1 for a point off the network."""
        part = network.component[network.tail[self.edge]]
        return np.where(self.on_network, part, -1).astype(np.int32)


def snap(network: StreetNetwork, x_m: Floats, y_m: Floats, *, max_snap_m: float) -> Snaps:
    """Place points on their nearest edge within `max_snap_m` [m].

    Two edges equally near: the one that stands first in the network.
    """
    n = len(x_m)
    edge = np.full(n, -1, dtype=np.int32)
    lines = network.lines()
    points = shapely.points(x_m, y_m)
    if n and len(lines):
        who, where = shapely.STRtree(lines).query_nearest(points, max_distance=max_snap_m)
        order = np.lexsort((where, who))
        who, where = who[order], where[order]
        first = np.r_[True, who[1:] != who[:-1]] if len(who) else np.empty(0, dtype=bool)
        edge[who[first]] = where[first]

    on = np.flatnonzero(edge >= 0)
    touched = lines[edge[on]]
    along = np.zeros(n)
    leg_m = np.full(n, np.nan)
    along[on] = shapely.line_locate_point(touched, points[on], normalized=True)
    leg_m[on] = shapely.distance(touched, points[on])
    edge_ms = np.where(edge >= 0, network.ms[edge], 0) if network.n_edges else np.zeros(n, np.int32)
    to_tail_ms = np.rint(along * edge_ms).astype(np.int32)
    leg_s = np.nan_to_num(leg_m) / network.profile.speed_m_s
    return Snaps(
        edge=edge,
        to_tail_ms=to_tail_ms,
        to_head_ms=(edge_ms - to_tail_ms).astype(np.int32),
        leg_ms=np.rint(leg_s * MS_PER_S).astype(np.int32),
        leg_m=leg_m,
        max_snap_m=max_snap_m,
    )
