"""Which pieces of street are reached: whole edges, and edges cut where the time runs out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planning.kernels import kernel
from planning.network import IMPASSABLE, Snaps, StreetNetwork
from planning.network.roads import Floats, Ints, Longs
from planning.network.routing import HEAD, MS, SLOT
from planning.travel.nearest import junction_labels
from planning.travel.places import seats
from planning.travel.search import OWNER_BITS, UNSEEN, forget, search_from, workspace


class LinkShapes(NamedTuple):
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
        graph, up, down, network.profile.direction == "to_site",
        network.shape_xy, network.shape_start, sizes.sum(),
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
    graph: Any, up: Any, down: Any, to_site: bool, shape_xy: Any, shape_start: Any, n_segments: int
) -> Any:
    """Ends and times of all segments, (z, 4) each, edge by edge in the direction of the links."""
    xy, ms = np.empty((n_segments, 4)), np.empty((n_segments, 4))
    z = 0
    for edge in graph.link_edges:
        first, last = shape_start[edge], shape_start[edge + 1] - 1
        flipped = graph.edge_flipped[edge]
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
                ms[i, end] = graph.edge_out_ms[edge] + share * out
                ms[i, 2 + end] = graph.edge_back_ms[edge] + share * back
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
    pieces: Any, z: int, shapes: Any, link: int, left_tail: float, left_head: float
) -> Any:
    """Pieces of one link reached from its ends with so much time left there; negative: not."""
    ms = shapes.ms
    first, last = shapes.start[shapes.shape[link]], shapes.start[shapes.shape[link] + 1]
    pieces, whole_back = _with_room(pieces, z + 2 * (last - first)), ms[last - 1, 3]
    for i in range(first, last):
        a = _share(ms[i, 0], ms[i, 1], left_tail)
        b = _share(whole_back - ms[i, 3], whole_back - ms[i, 2], left_head)
        if a + b >= 1.0:
            z = _cut(pieces, z, shapes.xy, i, 0.0, 1.0)
        else:
            z = _cut(pieces, z, shapes.xy, i, 0.0, a)
            z = _cut(pieces, z, shapes.xy, i, 1.0 - b, 1.0)
    return pieces, z


@kernel
def _around(
    pieces: Any, z: int, shapes: Any, graph: Any, sites: Any, site: int, limit_ms: int
) -> Any:
    """Pieces of the site's own link, reached straight from the site."""
    link, ms = sites.link[site], shapes.ms
    out_ms, back_ms = float(sites.out_ms[site]), float(sites.back_ms[site])
    left_ms = float(limit_ms - sites.leg_ms[site])
    first, last = shapes.start[shapes.shape[link]], shapes.start[shapes.shape[link] + 1]
    pieces = _with_room(pieces, z + 2 * (last - first))
    for i in range(first, last):
        # The shares of the segment that lie before the site, by the clock of either direction.
        here_out = _share(ms[i, 0], ms[i, 1], out_ms)
        here_back = _share(ms[i, 2], ms[i, 3], back_ms)
        here = here_out if ms[i, 1] > ms[i, 0] else here_back
        if graph.out_ms[link] < IMPASSABLE:
            there = _share(ms[i, 0], ms[i, 1], out_ms + left_ms)
            z = _cut(pieces, z, shapes.xy, i, here, there)
        if graph.back_ms[link] < IMPASSABLE:
            there = _share(ms[i, 2], ms[i, 3], back_ms - left_ms)
            z = _cut(pieces, z, shapes.xy, i, there, here)
    return pieces, z


@kernel
def _with_room(pieces: Any, size: int) -> Any:
    """The pieces, in an array with room for so many and for twice as many as it had."""
    if size <= len(pieces):
        return pieces
    more = np.empty((len(pieces) + size, 4))
    more[: len(pieces)] = pieces
    return more


@kernel
def _pieces_of_each(graph: Any, sites: Any, shapes: Any, limit_ms: int) -> Any:
    """Pieces reached from each of the sites: counts, then x0 y0 x1 y1."""
    arc_start, arcs, work = graph.arc_start, graph.arcs, workspace(graph)
    label = work.label
    counts = np.zeros(len(sites.link), dtype=np.int64)
    pieces = np.empty((1024, 4))
    z = 0
    for site in range(len(sites.link)):
        before = z
        if sites.link[site] < 0 or sites.leg_ms[site] > limit_ms:
            continue
        count = search_from(graph, sites, site, limit_ms, work)
        for k in range(count):
            node = work.touched[k]
            here = limit_ms - (label[node] >> OWNER_BITS)
            for arc in range(arc_start[node], arc_start[node + np.uint32(1)]):
                slot = arcs[arc, SLOT]
                if slot < 0 or arcs[arc, MS] >= IMPASSABLE:
                    continue
                link, other = slot >> 1, label[arcs[arc, HEAD]]
                there = -1 if other == UNSEEN else limit_ms - (other >> OWNER_BITS)
                if slot & 1 == 0:
                    left_tail = here
                    left_head = there if graph.back_ms[link] < IMPASSABLE else -1
                elif there < 0 or graph.out_ms[link] >= IMPASSABLE:
                    left_tail, left_head = -1, here
                else:
                    continue
                pieces, z = _of_link(pieces, z, shapes, link, left_tail, left_head)
        pieces, z = _around(pieces, z, shapes, graph, sites, site, limit_ms)
        counts[site] = z - before
        forget(work, count)
    return counts, pieces[:z].copy()


@kernel
def _pieces_of_all(graph: Any, sites: Any, shapes: Any, label: Any, limit_ms: int) -> Any:
    """Pieces reached from the nearest of all sites, from the labels of all junctions."""
    pieces = np.empty((1024, 4))
    z = 0
    for link in range(len(graph.tail)):
        by_tail, by_head = label[graph.tail[link]], label[graph.head[link]]
        left_tail = left_head = -1
        if by_tail != UNSEEN and graph.out_ms[link] < IMPASSABLE:
            left_tail = limit_ms - (by_tail >> OWNER_BITS)
        if by_head != UNSEEN and graph.back_ms[link] < IMPASSABLE:
            left_head = limit_ms - (by_head >> OWNER_BITS)
        if left_tail >= 0 or left_head >= 0:
            pieces, z = _of_link(pieces, z, shapes, link, left_tail, left_head)
    for site in range(len(sites.link)):
        if sites.link[site] >= 0 and sites.leg_ms[site] <= limit_ms:
            pieces, z = _around(pieces, z, shapes, graph, sites, site, limit_ms)
    return pieces[:z].copy()


def pieces_of_all(network: StreetNetwork, sites: Snaps, *, limit_ms: int) -> Floats:
    """Pieces of street within `limit_ms` of the nearest of the sites, (z, 4) x0 y0 x1 y1 [m]."""
    seat = seats(network, sites)
    label = junction_labels(network, seat, limit_ms=limit_ms)
    pieces: Floats = _pieces_of_all(network.routing, seat, link_shapes(network), label, limit_ms)
    return pieces


def pieces_of_each(network: StreetNetwork, sites: Snaps, *, limit_ms: int) -> tuple[Longs, Floats]:
    """Pieces of street within `limit_ms` of each site: CSR start (sites + 1,) and pieces (z, 4)."""
    seat = seats(network, sites)
    counts, pieces = _pieces_of_each(network.routing, seat, link_shapes(network), limit_ms)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), pieces
