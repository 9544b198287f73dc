"""The search: exact times on the routing graph, in whole milliseconds, bounded by a limit.

A label is ``time << OWNER_BITS | owner``, so that comparing labels compares times first and, at
equal times, the lower owner. Two piles stand for a priority queue (the near-far scheme of Davidson,
Baxter, Garland & Owens 2014, IPDPS, here on one thread): all labels below the band's end are worked
off in any order, then the band moves on. Labels only ever fall, so the result is that of
Dijkstra (1959) whatever the band, and does not depend on the order of anything.

Kernels here and beside take arrays out of their tuples before a loop, as numba counts references
whenever one is taken out; and number junctions without a sign, as it looks at every sign.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planning.kernels import kernel
from planning.network.routing import HEAD, IMPASSABLE, MS

OWNER_BITS = 20
MOST_OWNERS = (1 << OWNER_BITS) - 1
UNSEEN = np.int64(IMPASSABLE << OWNER_BITS)
"""The label of a junction that was not reached; any sum with it, or with a way that nobody may
take, is no less, and fits 64 bits."""

UNBOUNDED_MS = IMPASSABLE - 1
"""Farther than anybody walks [ms]."""

BAND_MS = 200_000
"""Width of the band [ms]: some four streets. Changes speed only."""

_NEAR, _FAR, _ONE = np.uint8(1), np.uint8(2), np.uint32(1)


class Workspace(NamedTuple):
    """What a search on n junctions writes in, shape (n,) each.

    `label` is `UNSEEN` and `flag` 0 before a search; `touched` lists the junctions with a label.
    """

    label: Any
    touched: Any
    near: Any
    far: Any
    flag: Any


@kernel
def workspace(graph: Any) -> Any:
    """A workspace for searches on a routing graph."""
    n = len(graph.arc_start) - 1
    return Workspace(
        np.full(n, UNSEEN, dtype=np.int64),
        np.empty(n, dtype=np.uint32),
        np.empty(n, dtype=np.uint32),
        np.empty(n, dtype=np.uint32),
        np.zeros(n, dtype=np.uint8),
    )


@kernel
def seed(
    graph: Any, sites: Any, site: int, owner: int, limit_ms: int, work: Any, count: int
) -> int:
    """Label both ends of the link a site sits on, as far as the street and the limit allow.

    Returns how many junctions are touched, of which `count` were before.
    """
    own = sites.link[site]
    for end in range(2):
        node = graph.tail[own] if end == 0 else graph.head[own]
        ms = np.int64(sites.to_tail[site] if end == 0 else sites.to_head[site])
        key = ms << OWNER_BITS | owner
        if ms <= limit_ms and key < work.label[node]:
            if work.label[node] == UNSEEN:
                work.touched[count] = node
                count += 1
            work.label[node] = key
    return count


@kernel
def spread(graph: Any, limit_ms: int, work: Any, count: int) -> int:
    """Label everything within the limit from the `count` junctions touched; returns how many are.

    Near junctions are worked off first in, first out, which corrects fewer labels than last in,
    first out.
    """
    arc_start, arcs = graph.arc_start, graph.arcs
    label, touched, near, far, flag = work
    most = ((np.int64(limit_ms) + 1) << OWNER_BITS) - 1
    band, band_end = np.int64(BAND_MS) << OWNER_BITS, np.int64(0)
    size, n_far = len(label), count
    for i in range(count):
        far[i] = touched[i]
        flag[far[i]] = _FAR
    while True:
        # Whoever fell below the band's end was worked off there; the others wait for the next.
        kept, least = 0, UNSEEN
        for i in range(n_far):
            node = far[i]
            if label[node] < band_end:
                flag[node] = 0
            else:
                far[kept] = node
                kept += 1
                least = min(least, label[node])
        if kept == 0:
            return count
        band_end = least + band
        n_near, n_far = 0, 0
        for i in range(kept):
            node = far[i]
            if label[node] < band_end:
                flag[node] = _NEAR
                near[n_near] = node
                n_near += 1
            else:
                far[n_far] = node
                n_far += 1
        first, last = 0, n_near if n_near < size else 0
        while n_near > 0:
            node = near[first]
            first = first + 1 if first + 1 < size else 0
            n_near -= 1
            flag[node] &= ~_NEAR
            key = label[node]
            for arc in range(np.uint64(arc_start[node]), np.uint64(arc_start[node + _ONE])):
                new = key + (np.int64(arcs[arc, MS]) << OWNER_BITS)
                head = np.uint32(arcs[arc, HEAD])
                old = label[head]
                if new >= old or new > most:
                    continue
                if old == UNSEEN:
                    touched[count] = head
                    count += 1
                label[head] = new
                if new < band_end:
                    if not flag[head] & _NEAR:
                        flag[head] |= _NEAR
                        near[last] = head
                        last = last + 1 if last + 1 < size else 0
                        n_near += 1
                elif not flag[head] & _FAR:
                    flag[head] |= _FAR
                    far[n_far] = head
                    n_far += 1


@kernel
def search_from(graph: Any, sites: Any, site: int, limit_ms: int, work: Any) -> int:
    """Label everything within the limit of one site; returns how many junctions were touched."""
    return spread(graph, limit_ms, work, seed(graph, sites, site, 0, limit_ms, work, 0))


@kernel
def forget(work: Any, count: int) -> None:
    """Make the workspace fit for the next search."""
    for i in range(count):
        work.label[work.touched[i]] = UNSEEN
