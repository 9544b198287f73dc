"""Which pieces of street are reached: whole edges, and edges cut where the time runs out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planning.kernels import kernel
from planning.network import IMPASSABLE, Snaps, StreetNetwork
from planning.network.roads import Floats, Ints, Longs
from planning.travel.nearest import by_link, junction_labels
from planning.travel.places import seats
from planning.travel.search import OWNER_BITS, UNSEEN, seed_site, spread, workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkShapes:
    """Straight segments of all links in the direction of the link.

    Those of link l are rows ``start[shape[l]]:start[shape[l] + 1]`` of `xy` (z, 4), x0 y0 x1 y1
    [m], and `ms` (z, 4): what the search pays from the link's tail to the segment's begin and end,
    and from there back [ms]. Both copies of a private link share one shape.
    """

    shape: Ints
    start: Longs
    xy: Floats
    ms: Floats


def link_shapes(network: StreetNetwork) -> LinkShapes:
    """The shapes of all links of a network."""
    graph = network.routing
    sizes = np.diff(network.shape_start)[graph.link_edges] - 1
    up, down = network.paces()
    xy, ms = _along_links(
        graph.link_edges, graph.edge_flipped, graph.edge_out_ms, graph.edge_back_ms, up, down,
        network.profile.direction == "to_site", network.shape_xy, network.shape_start, sizes.sum(),
    )  # fmt: skip
    n_chains = len(graph.link_start) - 1
    shape = np.arange(graph.n_links, dtype=np.int32)
    twins = np.flatnonzero(graph.twin >= 0)
    shape[graph.twin[twins]] = twins
    segments = np.concatenate([[0], np.cumsum(sizes)])
    start = segments[graph.link_start[: n_chains + 1]].astype(np.int64)
    return LinkShapes(shape=shape, start=start, xy=xy, ms=ms)


@kernel
def _along_links(
    link_edges: Any, edge_flipped: Any, edge_out: Any, edge_back: Any, up: Any, down: Any,
    to_site: bool, shape_xy: Any, shape_start: Any, n_segments: int,
) -> Any:  # fmt: skip
    """Ends and times of all segments, (z, 4) each, edge by edge in the direction of the links."""
    xy, ms = np.empty((n_segments, 4)), np.empty((n_segments, 4))
    z = 0
    for edge in link_edges:
        first, last = shape_start[edge], shape_start[edge + 1] - 1
        flipped = edge_flipped[edge]
        out, back = (up[edge], down[edge]) if flipped == to_site else (down[edge], up[edge])
        begin = z
        along_m = 0.0
        for k in range(last - first):
            a, b = (last - k, last - k - 1) if flipped else (first + k, first + k + 1)
            xy[z, 0], xy[z, 1] = shape_xy[a, 0], shape_xy[a, 1]
            xy[z, 2], xy[z, 3] = shape_xy[b, 0], shape_xy[b, 1]
            ms[z, 0] = along_m
            along_m += np.hypot(xy[z, 2] - xy[z, 0], xy[z, 3] - xy[z, 1])
            ms[z, 1] = along_m
            z += 1
        for i in range(begin, z):
            for end in range(2):
                share = ms[i, end] / along_m if along_m > 0.0 else 0.0
                ms[i, end] = edge_out[edge] + share * out
                ms[i, 2 + end] = edge_back[edge] + share * back
    return xy, ms


@kernel
def _cut(out: Any, z: int, xy: Any, i: int, low: float, high: float) -> int:
    """Write down the part of a segment between two shares of its length."""
    if high > low:
        dx, dy = xy[i, 2] - xy[i, 0], xy[i, 3] - xy[i, 1]
        out[z, 0], out[z, 1] = xy[i, 0] + low * dx, xy[i, 1] + low * dy
        out[z, 2], out[z, 3] = xy[i, 0] + high * dx, xy[i, 1] + high * dy
        z += 1
    return z


@kernel
def _share(from_ms: float, to_ms: float, left_ms: float) -> float:
    """How much of a segment is reached, walking on from `from_ms`, before `left_ms` runs out."""
    if left_ms >= to_ms:
        return 1.0
    return 0.0 if left_ms <= from_ms else (left_ms - from_ms) / (to_ms - from_ms)


@kernel
def _of_link(
    pieces: Any, z: int, xy: Any, ms: Any, first: int, last: int,
    left_tail: float, left_head: float, whole_back: float,
) -> Any:  # fmt: skip
    """Pieces of one link reached from its ends with so much time left there; negative: not."""
    if z + 2 * (last - first) > len(pieces):
        pieces = np.concatenate((pieces, np.empty((len(pieces) + 2 * (last - first), 4))))
    for i in range(first, last):
        a = _share(ms[i, 0], ms[i, 1], left_tail)
        b = _share(whole_back - ms[i, 3], whole_back - ms[i, 2], left_head)
        if a + b >= 1.0:
            z = _cut(pieces, z, xy, i, 0.0, 1.0)
        else:
            z = _cut(pieces, z, xy, i, 0.0, a)
            z = _cut(pieces, z, xy, i, 1.0 - b, 1.0)
    return pieces, z


@kernel
def _around(
    pieces: Any, z: int, xy: Any, ms: Any, first: int, last: int,
    out_ms: float, back_ms: float, left_ms: float, out_open: bool, back_open: bool,
) -> Any:  # fmt: skip
    """Pieces of the site's own link, reached straight from the site."""
    if z + 2 * (last - first) > len(pieces):
        pieces = np.concatenate((pieces, np.empty((len(pieces) + 2 * (last - first), 4))))
    for i in range(first, last):
        # The shares of the segment that lie before the site, by the clock of either direction.
        here_out = _share(ms[i, 0], ms[i, 1], out_ms)
        here_back = _share(ms[i, 2], ms[i, 3], back_ms)
        here = here_out if ms[i, 1] > ms[i, 0] else here_back
        if out_open:
            z = _cut(pieces, z, xy, i, here, _share(ms[i, 0], ms[i, 1], out_ms + left_ms))
        if back_open:
            z = _cut(pieces, z, xy, i, _share(ms[i, 2], ms[i, 3], back_ms - left_ms), here)
    return pieces, z


@kernel
def _pieces_of_each(
    arc_start: Any, arcs: Any, link_tail: Any, link_head: Any, link_out: Any, link_back: Any,
    site_link: Any, site_out: Any, site_back: Any, site_leg: Any,
    site_to_tail: Any, site_to_head: Any,
    shape: Any, start: Any, xy: Any, shape_ms: Any, limit_ms: int, begin: int, end: int,
) -> Any:  # fmt: skip
    """Pieces reached from each of the sites [begin, end): counts, then x0 y0 x1 y1."""
    n = len(arc_start) - 1
    label, touched, near, far, flag = workspace(n)
    counts = np.zeros(end - begin, dtype=np.int64)
    pieces = np.empty((1024, 4))
    z = 0
    for site in range(begin, end):
        own, before = site_link[site], z
        leg = int(site_leg[site])
        if own < 0 or leg > limit_ms:
            continue
        count, n_near = 0, 0
        count, n_near = seed_site(
            label, touched, count, near, n_near, link_tail[own], link_head[own],
            site_to_tail[site], site_to_head[site], 0, limit_ms,
        )  # fmt: skip
        count = spread(arc_start, arcs, label, touched, count, near, n_near, far, flag, limit_ms)
        for k in range(count):
            node = touched[k]
            here = limit_ms - (label[node] >> OWNER_BITS)
            for arc in range(arc_start[node], arc_start[node + 1]):
                slot = arcs[arc, 2]
                if slot < 0:
                    continue
                link, other = slot >> 1, label[arcs[arc, 0]]
                there = -1 if other == UNSEEN else limit_ms - (other >> OWNER_BITS)
                if arcs[arc, 1] >= IMPASSABLE:
                    continue
                if slot & 1 == 0:
                    left_tail = here
                    left_head = there if link_back[link] < IMPASSABLE else -1
                elif there < 0 or link_out[link] >= IMPASSABLE:
                    left_tail, left_head = -1, here
                else:
                    continue
                first, last = start[shape[link]], start[shape[link] + 1]
                whole = shape_ms[last - 1, 3]
                pieces, z = _of_link(
                    pieces, z, xy, shape_ms, first, last, left_tail, left_head, whole
                )
        first, last = start[shape[own]], start[shape[own] + 1]
        pieces, z = _around(
            pieces, z, xy, shape_ms, first, last, site_out[site], site_back[site],
            limit_ms - leg, link_out[own] < IMPASSABLE, link_back[own] < IMPASSABLE,
        )  # fmt: skip
        counts[site - begin] = z - before
        for k in range(count):
            label[touched[k]] = UNSEEN
    return counts, pieces[:z].copy()


@kernel
def _pieces_of_all(
    label: Any, link_tail: Any, link_head: Any, link_out: Any, link_back: Any,
    site_start: Any, site_of: Any, site_out: Any, site_back: Any, site_leg: Any,
    shape: Any, start: Any, xy: Any, shape_ms: Any, limit_ms: int,
) -> Any:  # fmt: skip
    """Pieces reached from the nearest of all sites, from the labels of all junctions."""
    pieces = np.empty((1024, 4))
    z = 0
    for link in range(len(link_tail)):
        by_tail, by_head = label[link_tail[link]], label[link_head[link]]
        left_tail = left_head = -1
        if by_tail != UNSEEN and link_out[link] < IMPASSABLE:
            left_tail = limit_ms - (by_tail >> OWNER_BITS)
        if by_head != UNSEEN and link_back[link] < IMPASSABLE:
            left_head = limit_ms - (by_head >> OWNER_BITS)
        first, last = start[shape[link]], start[shape[link] + 1]
        if left_tail >= 0 or left_head >= 0:
            whole = shape_ms[last - 1, 3]
            pieces, z = _of_link(pieces, z, xy, shape_ms, first, last, left_tail, left_head, whole)
        for at in range(site_start[link], site_start[link + 1]):
            site = site_of[at]
            if site_leg[site] <= limit_ms:
                pieces, z = _around(
                    pieces, z, xy, shape_ms, first, last, site_out[site], site_back[site],
                    limit_ms - site_leg[site],
                    link_out[link] < IMPASSABLE, link_back[link] < IMPASSABLE,
                )  # fmt: skip
    return pieces[:z].copy()


def _links(network: StreetNetwork) -> tuple[Any, Any, Any, Any]:
    graph = network.routing
    return graph.tail, graph.head, graph.out_ms, graph.back_ms


def pieces_of_all(network: StreetNetwork, sites: Snaps, *, limit_ms: int) -> Floats:
    """Pieces of street within `limit_ms` of the nearest of the sites, (z, 4) x0 y0 x1 y1 [m]."""
    seat, shapes = seats(network, sites), link_shapes(network)
    pieces: Floats = _pieces_of_all(
        junction_labels(network, seat, limit_ms=limit_ms), *_links(network),
        *by_link(seat, network.routing.n_links), seat.out_ms, seat.back_ms, seat.leg_ms,
        shapes.shape, shapes.start, shapes.xy, shapes.ms, limit_ms,
    )  # fmt: skip
    return pieces


def pieces_of_each(network: StreetNetwork, sites: Snaps, *, limit_ms: int) -> tuple[Longs, Floats]:
    """Pieces of street within `limit_ms` of each site: CSR start (sites + 1,) and pieces (z, 4)."""
    graph, seat, shapes = network.routing, seats(network, sites), link_shapes(network)
    counts, pieces = _pieces_of_each(
        graph.arc_start, graph.arcs, *_links(network),
        seat.link, seat.out_ms, seat.back_ms, seat.leg_ms, seat.to_tail, seat.to_head,
        shapes.shape, shapes.start, shapes.xy, shapes.ms, limit_ms, 0, len(sites),
    )  # fmt: skip
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), pieces
