"""The nearest site, and the next nearest, of every demand point, with its identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planning.kernels import kernel
from planning.network import Snaps, StreetNetwork
from planning.network.roads import Ints, Longs
from planning.network.routing import HEAD, MS
from planning.travel.places import Audience, Seats, seats, straight_ms
from planning.travel.search import (
    MOST_OWNERS,
    OWNER_BITS,
    UNBOUNDED_MS,
    UNSEEN,
    seed,
    spread,
    workspace,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """Sites by rising time and the times [ms]; −1 where there is none.

    Shape (n,) from `nearest`, (n, k) from `nearest_k`.
    """

    site: Ints
    ms: Ints

    @classmethod
    def of(cls, keys: Longs) -> Nearest:
        """What labels (see `search`) say, in their shape."""
        site, ms = _told_apart(keys.ravel())
        return cls(site=site.reshape(keys.shape), ms=ms.reshape(keys.shape))


@kernel
def _told_apart(keys: Any) -> Any:
    """Owners and times of labels, −1 where nothing was reached."""
    site, ms = np.empty(len(keys), dtype=np.int32), np.empty(len(keys), dtype=np.int32)
    for i in range(len(keys)):
        found = keys[i] < UNSEEN
        site[i] = keys[i] & MOST_OWNERS if found else -1
        ms[i] = keys[i] >> OWNER_BITS if found else -1
    return site, ms


@kernel
def _labels(graph: Any, sites: Any, limit_ms: int) -> Any:
    """Labels of all junctions from all sites at once, owner = position among the sites."""
    work, count = workspace(graph), 0
    for site in range(len(sites.link)):
        if sites.link[site] >= 0:
            count = seed(graph, sites, site, site, limit_ms, work, count)
    spread(graph, limit_ms, work, count)
    return work.label


@kernel
def _keys(graph: Any, sites: Any, crowd: Any, label: Any) -> Any:
    """The least label of every point; one on a private street has two copies."""
    tails, heads, links, points = graph.tail, graph.head, crowd.link, crowd.point
    from_tail, from_head = crowd.from_tail, crowd.from_head
    keys = np.full(crowd.n_points, UNSEEN, dtype=np.int64)
    for row in range(len(points)):
        link, point = np.uint32(links[row]), np.uint32(points[row])
        by_tail = label[np.uint32(tails[link])] + (np.int64(from_tail[row]) << OWNER_BITS)
        by_head = label[np.uint32(heads[link])] + (np.int64(from_head[row]) << OWNER_BITS)
        keys[point] = min(keys[point], by_tail, by_head)
    for site in range(len(sites.link)):
        own = sites.link[site]
        if own >= 0:
            for row in range(crowd.start[own], crowd.start[own + 1]):
                ms = straight_ms(graph, sites, crowd, site, row)
                keys[crowd.point[row]] = min(keys[crowd.point[row]], ms << OWNER_BITS | site)
    return keys


@kernel
def _insert(row: Any, key: Any) -> bool:
    """Put a key among the k smallest of different owners; tells whether anything changed."""
    owner, at = key & MOST_OWNERS, len(row) - 1
    for i in range(len(row)):
        if row[i] != UNSEEN and row[i] & MOST_OWNERS == owner:
            at = i
            break
    if key >= row[at]:
        return False
    while at > 0 and row[at - 1] > key:
        row[at] = row[at - 1]
        at -= 1
    row[at] = key
    return True


@kernel
def _k_labels(graph: Any, sites: Any, k: int) -> Any:
    """Every junction keeps its k best labels of different owners; a queue works off the changes."""
    arc_start, arcs = graph.arc_start, graph.arcs
    n = len(arc_start) - 1
    label = np.full((n, k), UNSEEN, dtype=np.int64)
    queue, waits = np.empty(n + 1, dtype=np.int32), np.zeros(n, dtype=np.bool_)
    first, last = 0, 0
    for site in range(len(sites.link)):
        own = sites.link[site]
        if own < 0:
            continue
        for end in range(2):
            node = graph.tail[own] if end == 0 else graph.head[own]
            ms = np.int64(sites.to_tail[site] if end == 0 else sites.to_head[site])
            if _insert(label[node], ms << OWNER_BITS | site) and not waits[node]:
                waits[node] = True
                queue[last] = node
                last = last + 1 if last < n else 0
    while first != last:
        node = queue[first]
        first = first + 1 if first < n else 0
        waits[node] = False
        for arc in range(arc_start[node], arc_start[node + 1]):
            head, ms = arcs[arc, HEAD], np.int64(arcs[arc, MS]) << OWNER_BITS
            changed = False
            for i in range(k):
                if label[node, i] == UNSEEN:
                    break
                changed |= _insert(label[head], label[node, i] + ms)
            if changed and not waits[head]:
                waits[head] = True
                queue[last] = head
                last = last + 1 if last < n else 0
    return label


@kernel
def _k_keys(graph: Any, sites: Any, crowd: Any, label: Any) -> Any:
    """The k least labels of different owners of every point."""
    k = label.shape[1]
    keys = np.full((crowd.n_points, k), UNSEEN, dtype=np.int64)
    for row in range(len(crowd.point)):
        link, mine = crowd.link[row], keys[crowd.point[row]]
        by_tail, by_head = label[graph.tail[link]], label[graph.head[link]]
        for i in range(k):
            _insert(mine, by_tail[i] + (np.int64(crowd.from_tail[row]) << OWNER_BITS))
            _insert(mine, by_head[i] + (np.int64(crowd.from_head[row]) << OWNER_BITS))
    for site in range(len(sites.link)):
        own = sites.link[site]
        if own >= 0:
            for row in range(crowd.start[own], crowd.start[own + 1]):
                ms = straight_ms(graph, sites, crowd, site, row)
                _insert(keys[crowd.point[row]], ms << OWNER_BITS | site)
    return keys


def _nameable(sites: Seats) -> Seats:
    """The sites; raises ValueError where they are more than a label can name."""
    if len(sites.link) > MOST_OWNERS:
        raise ValueError(f"found {len(sites.link)} sites, expected at most {MOST_OWNERS}")
    return sites


def junction_labels(network: StreetNetwork, sites: Seats, *, limit_ms: int) -> Longs:
    """Labels (see `search`) of all junctions from the nearest of the sites within the limit.

    Raises ValueError for more sites than a label can name.
    """
    labels: Longs = _labels(network.routing, _nameable(sites), limit_ms)
    return labels


def nearest(network: StreetNetwork, sites: Snaps, crowd: Audience) -> Nearest:
    """The nearest site of every demand point, however far; ties go to the first site.

    One search from all sites together; shapes (n,).
    """
    seat = seats(network, sites)
    label = junction_labels(network, seat, limit_ms=UNBOUNDED_MS)
    return Nearest.of(_keys(network.routing, seat, crowd, label))


def nearest_k(network: StreetNetwork, sites: Snaps, crowd: Audience, *, k: int) -> Nearest:
    """The k nearest different sites of every demand point, nearest first; shapes (n, k).

    Ties go to the site that stands first; −1 fills rows with fewer than k sites in reach.
    """
    seat = _nameable(seats(network, sites))
    label = _k_labels(network.routing, seat, k)
    return Nearest.of(_k_keys(network.routing, seat, crowd, label))
