"""Points and sites as the search meets them: on links, with what each end of the link costs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planning.kernels import kernel
from planning.network import IMPASSABLE, Snaps, StreetNetwork
from planning.network.roads import Flags, Ints, Longs
from planning.network.routing import paces


class Seats(NamedTuple):
    """Snapped points on links, in the order of the points, shape (n,) each.

    `link` is −1 off the network. `out_ms` and `back_ms` are what the search pays from the link's
    tail to the point's foot, and from there back to the tail; `leg_ms` is the access leg.
    `from_tail` and `from_head` are what it pays from either end to the point, `to_tail` and
    `to_head` from the point to either end, access leg included [ms]; `IMPASSABLE` where the street
    does not allow it, except at the very end of it, which is the junction.
    """

    link: Ints
    out_ms: Ints
    back_ms: Ints
    leg_ms: Ints
    from_tail: Ints
    from_head: Ints
    to_tail: Ints
    to_head: Ints


class Audience(NamedTuple):
    """Demand points by link: those of link l in rows ``start[l]:start[l + 1]``, shape (p,) each.

    `point` is the point's number; one on a private street sits on both copies of it. `link`,
    `from_tail`, `from_head`, `out_ms`, `back_ms` and `leg_ms` are as in `Seats`.
    """

    start: Longs
    link: Ints
    point: Ints
    from_tail: Ints
    from_head: Ints
    out_ms: Ints
    back_ms: Ints
    leg_ms: Ints
    n_points: int

    @property
    def on_network(self) -> Flags:
        """Which points stand on a street, shape (n_points,)."""
        on = np.zeros(self.n_points, dtype=bool)
        on[self.point] = True
        return on


def seats(network: StreetNetwork, snaps: Snaps) -> Seats:
    """Where snapped points sit on the links; of a private street on its leaving copy."""
    graph = network.routing
    on = snaps.on_network
    edge = np.where(on, snaps.edge, 0)
    if not network.n_edges:
        none = np.zeros(len(snaps), dtype=np.int32)
        return Seats(
            link=none - 1, out_ms=none, back_ms=none, leg_ms=snaps.leg_ms,
            from_tail=none, from_head=none, to_tail=none, to_head=none,
        )  # fmt: skip
    up, down = snaps.forward_ms, snaps.backward_ms
    whole_up, whole_down = paces(network.forward_ms[edge], network.backward_ms[edge])
    flipped = graph.edge_flipped[edge]
    along = np.where(flipped, whole_down - down, up)
    against = np.where(flipped, whole_up - up, down)
    if network.profile.direction == "to_site":
        along, against = against, along
    link = graph.edge_link[edge]
    out_ms, back_ms = graph.edge_out_ms[edge] + along, graph.edge_back_ms[edge] + against
    out_open, back_open = graph.out_ms[link] < IMPASSABLE, graph.back_ms[link] < IMPASSABLE
    whole_out, whole_back = paces(graph.out_ms[link], graph.back_ms[link])
    at_tail = (out_ms == 0) & (back_ms == 0)
    at_head = (out_ms == whole_out) & (back_ms == whole_back)

    def if_open(ms: Ints, is_open: Flags) -> Ints:
        return np.where(is_open, ms + snaps.leg_ms, IMPASSABLE).astype(np.int32)

    return Seats(
        link=np.where(on, link, -1).astype(np.int32),
        out_ms=out_ms.astype(np.int32),
        back_ms=back_ms.astype(np.int32),
        leg_ms=snaps.leg_ms,
        from_tail=if_open(out_ms, out_open | at_tail),
        from_head=if_open(whole_back - back_ms, back_open | at_head),
        to_tail=if_open(back_ms, back_open | at_tail),
        to_head=if_open(whole_out - out_ms, out_open | at_head),
    )


def audience(network: StreetNetwork, snaps: Snaps) -> Audience:
    """Demand points sorted by the link they sit on."""
    graph = network.routing
    seat = seats(network, snaps)
    on = np.flatnonzero(seat.link >= 0)
    twin = graph.twin[seat.link[on]] if len(on) else np.empty(0, dtype=np.int32)
    behind = np.flatnonzero(twin >= 0)
    point = np.concatenate([on, on[behind]])
    link = np.concatenate([seat.link[on], twin[behind]])
    order = np.argsort(link.astype(np.int64) << 32 | seat.out_ms[point], kind="stable")
    point, link = point[order], link[order]
    return Audience(
        start=np.searchsorted(link, np.arange(graph.n_links + 1)).astype(np.int64),
        link=link.astype(np.int32),
        point=point.astype(np.int32),
        from_tail=seat.from_tail[point],
        from_head=seat.from_head[point],
        out_ms=seat.out_ms[point],
        back_ms=seat.back_ms[point],
        leg_ms=seat.leg_ms[point],
        n_points=len(snaps),
    )


@kernel
def straight_ms(graph: Any, sites: Any, crowd: Any, site: int, row: int) -> Any:
    """From a site to a point on its own street without leaving it; `IMPASSABLE` if forbidden."""
    ahead = np.int64(crowd.out_ms[row]) - sites.out_ms[site]
    behind = np.int64(sites.back_ms[site]) - crowd.back_ms[row]
    leg, link = np.int64(sites.leg_ms[site]) + crowd.leg_ms[row], sites.link[site]
    ms = np.int64(IMPASSABLE)
    if ahead - behind >= 0 and graph.out_ms[link] < IMPASSABLE:
        ms = min(ms, ahead + leg)
    if ahead - behind <= 0 and graph.back_ms[link] < IMPASSABLE:
        ms = min(ms, behind + leg)
    return ms
