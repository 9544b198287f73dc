"""One search for a group of neighbouring sites, who share most of their streets.

A label is a row of `LANES` times, one a site, and every step is taken for all of them at once.
Labels only ever fall, so each lane ends as its own search would (see `search`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planning.kernels import kernel
from planning.network.routing import HEAD, MS

LANES = 32
"""Sites that share a search: their times fill two lines of the cache, and four vector registers."""

BAND_MS = 80_000
"""Width of the band [ms], see `search`: narrower, as a correction costs all lanes."""

_FAR_MS = 1 << 29
"""A time nobody takes; together with `IMPASSABLE` it still fits 32 bits."""

_ONE = np.uint32(1)


class Lanes(NamedTuple):
    """What a search of a group on n junctions writes in: times (n, LANES) [ms], the rest (n,).

    `waits` is the least of a junction's times that fell since it was worked off.
    """

    ms: Any
    waits: Any
    touched: Any
    seen: Any
    near: Any
    far: Any
    in_far: Any


@kernel
def group_workspace(graph: Any) -> Any:
    """A workspace for searches of groups on a routing graph."""
    n = len(graph.arc_start) - 1
    return Lanes(
        np.full((n, LANES), _FAR_MS, dtype=np.int32),
        np.full(n, _FAR_MS, dtype=np.int32),
        np.empty(n, dtype=np.uint32),
        np.zeros(n, dtype=np.bool_),
        np.empty(n, dtype=np.uint32),
        np.empty(n, dtype=np.uint32),
        np.zeros(n, dtype=np.bool_),
    )


@kernel
def _relax(mine: Any, theirs: Any, step_ms: int) -> int:
    """Let a neighbour's times fall; the least that did, or a time nobody takes."""
    least, step, far = np.int32(_FAR_MS), np.int32(step_ms), np.int32(_FAR_MS)
    for lane in range(LANES):
        new, old = np.int32(mine[lane] + step), theirs[lane]
        least = min(least, new if new < old else far)
        theirs[lane] = min(new, old)
    return int(least)


@kernel
def _seed(graph: Any, sites: Any, group: Any, limit_ms: int, lanes: Any) -> int:
    """Time both ends of the links of a group's sites; how many junctions were touched."""
    tails, heads, link_of, to_tail, to_head = (
        graph.tail, graph.head, sites.link, sites.to_tail, sites.to_head
    )  # fmt: skip
    times, waits, touched, seen = lanes.ms, lanes.waits, lanes.touched, lanes.seen
    count = 0
    for lane in range(len(group)):
        site = group[lane]
        own = link_of[site]
        if own < 0:
            continue
        for end in range(2):
            node = tails[own] if end == 0 else heads[own]
            ms = to_tail[site] if end == 0 else to_head[site]
            if ms <= limit_ms and ms < times[node, lane]:
                times[node, lane] = ms
                waits[node] = min(waits[node], ms)
                if not seen[node]:
                    seen[node] = True
                    touched[count] = node
                    count += 1
    return count


@kernel
def search_group(graph: Any, sites: Any, group: Any, limit_ms: int, lanes: Any) -> int:
    """Time everything within the limit of a group of sites; how many junctions were touched.

    The piles of `search.spread`; a junction waits with the least of its times that fell.
    """
    arc_start, arcs = graph.arc_start, graph.arcs
    ms, waits, touched, seen, near, far, in_far = lanes
    count = _seed(graph, sites, group, limit_ms, lanes)
    n_far = count
    for i in range(count):
        far[i] = touched[i]
        in_far[far[i]] = True
    while n_far > 0:
        next_ms = _FAR_MS
        for i in range(n_far):
            next_ms = min(next_ms, waits[far[i]])
        band_end = next_ms + BAND_MS
        n_near, kept = 0, 0
        for i in range(n_far):
            node = far[i]
            if band_end <= waits[node] < _FAR_MS:
                far[kept] = node
                kept += 1
                continue
            in_far[node] = False
            if waits[node] < band_end:
                near[n_near] = node
                n_near += 1
        n_far = kept
        while n_near > 0:
            n_near -= 1
            node = near[n_near]
            waits[node] = _FAR_MS
            for arc in range(np.uint64(arc_start[node]), np.uint64(arc_start[node + _ONE])):
                if arcs[arc, MS] > limit_ms:
                    continue
                head = np.uint32(arcs[arc, HEAD])
                least = _relax(ms[node], ms[head], arcs[arc, MS])
                if not seen[head]:
                    seen[head] = True
                    touched[count] = head
                    count += 1
                if least > limit_ms or least >= waits[head]:
                    continue
                if least < band_end:
                    if waits[head] >= band_end:
                        near[n_near] = head
                        n_near += 1
                elif not in_far[head]:
                    in_far[head] = True
                    far[n_far] = head
                    n_far += 1
                waits[head] = least
    return count


@kernel
def forget_group(ms: Any, seen: Any, touched: Any) -> None:
    """Make what a search wrote in fit for the next."""
    for node in touched:
        ms[node] = _FAR_MS
        seen[node] = False
