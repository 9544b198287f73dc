"""Who reaches what on foot, and in how many milliseconds: exact, on integer times.

One search serves everything: a label is ``time << OWNER_BITS | owner``, so that comparing labels
compares times first and, at equal times, the lower owner. Dijkstra (1959) with a binary heap and
lazy deletion, stopped at the limit; only touched labels are cleared between sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from planning.network import Snaps, StreetNetwork
from planning.progress import Progress, silent

OWNER_BITS = 20
_OWNER_MASK = (1 << OWNER_BITS) - 1
_FAR = np.int64(np.iinfo(np.int64).max)

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Sites × demand points within a limit, as CSR.

    Site s reaches ``demand[start[s]:start[s + 1]]`` (rising) in ``ms`` milliseconds each. A pair
    that is not listed is farther than `limit_ms`, or not connected; at the limit is inside.
    """

    start: Longs
    demand: Ints
    ms: Ints
    limit_ms: int
    n_demand: int

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.start) - 1

    def of_site(self, site: int) -> Ints:
        """Demand points within the limit of one site, rising."""
        return self.demand[self.start[site] : self.start[site + 1]]

    def part(self, sites: slice, *, limit_ms: int) -> Reach:
        """The reach of a run of sites within a shorter limit [ms]."""
        begin, end, _ = sites.indices(self.n_sites)
        pairs = slice(self.start[begin], self.start[max(begin, end)])
        owner = np.repeat(np.arange(end - begin), np.diff(self.start[begin : end + 1]))
        keep = self.ms[pairs] <= limit_ms
        counts = np.bincount(owner[keep], minlength=end - begin)
        return Reach(
            start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            demand=self.demand[pairs][keep],
            ms=self.ms[pairs][keep],
            limit_ms=min(limit_ms, self.limit_ms),
            n_demand=self.n_demand,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The nearest site of every demand point and its time [ms], shape (n,); −1 where none."""

    site: Ints
    ms: Ints


@numba.njit(cache=True, nogil=True)
def _push(keys: Any, items: Any, size: int, key: int, item: int) -> int:
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at], items[at] = keys[above], items[above]
        at = above
    keys[at], items[at] = key, item
    return size + 1


@numba.njit(cache=True, nogil=True)
def _drop_top(keys: Any, items: Any, size: int) -> int:
    size -= 1
    key, item = keys[size], items[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at], items[at] = keys[below], items[below]
        at = below
    keys[at], items[at] = key, item
    return size


@numba.njit(cache=True, nogil=True)
def _search(
    arc_start: Any, arc_head: Any, arc_ms: Any, label: Any, touched: Any, count: int,
    keys: Any, items: Any, size: int, limit_ms: int,
) -> int:  # fmt: skip
    """Settle every node within the limit from the seeds in the heap; returns how many touched."""
    while size > 0:
        key, node = keys[0], items[0]
        size = _drop_top(keys, items, size)
        if key != label[node]:
            continue
        for arc in range(arc_start[node], arc_start[node + 1]):
            new = key + (np.int64(arc_ms[arc]) << OWNER_BITS)
            head = arc_head[arc]
            if new >> OWNER_BITS <= limit_ms and new < label[head]:
                if label[head] == _FAR:
                    touched[count] = head
                    count += 1
                label[head] = new
                size = _push(keys, items, size, new, head)
    return count


@numba.njit(cache=True, nogil=True)
def _seed(
    label: Any, touched: Any, count: int, keys: Any, items: Any, size: int, node: int, key: int
) -> tuple[int, int]:
    if key < label[node]:
        if label[node] == _FAR:
            touched[count] = node
            count += 1
        label[node] = key
        size = _push(keys, items, size, key, node)
    return count, size


@numba.njit(cache=True, nogil=True)
def _point_key(label: Any, tail: Any, head: Any, to_tail: Any, to_head: Any, leg: Any) -> Any:
    """Best label of a point from the labels at both ends of its edge, access leg included."""
    best = _FAR
    if label[tail] != _FAR:
        best = label[tail] + ((np.int64(to_tail) + leg) << OWNER_BITS)
    if label[head] != _FAR:
        best = min(best, label[head] + ((np.int64(to_head) + leg) << OWNER_BITS))
    return best


@numba.njit(cache=True, nogil=True)
def _reach_all(
    arc_start: Any, arc_head: Any, arc_ms: Any, arc_edge: Any, tail: Any, head: Any,
    site_edge: Any, site_tail: Any, site_head: Any, site_leg: Any,
    point_start: Any, point_of: Any, point_tail: Any, point_head: Any, point_leg: Any,
    limit_ms: int, begin: int, end: int,
) -> Any:  # fmt: skip
    """Bounded search from sites [begin, end): counts, demand indices and times, site by site."""
    n, m = len(arc_start) - 1, len(tail)
    label = np.full(n, _FAR, dtype=np.int64)
    touched = np.empty(n, dtype=np.int64)
    keys = np.empty(len(arc_head) + 2, dtype=np.int64)
    items = np.empty(len(arc_head) + 2, dtype=np.int64)
    seen = np.full(m, -1, dtype=np.int64)
    counts = np.zeros(end - begin, dtype=np.int64)
    found = np.empty(1024, dtype=np.int32)
    times = np.empty(1024, dtype=np.int32)
    z = 0
    for site in range(begin, end):
        own = site_edge[site]
        if own < 0 or site_leg[site] > limit_ms:
            continue
        count, size = 0, 0
        key = (np.int64(site_tail[site]) + site_leg[site]) << OWNER_BITS
        count, size = _seed(label, touched, count, keys, items, size, tail[own], key)
        key = (np.int64(site_head[site]) + site_leg[site]) << OWNER_BITS
        count, size = _seed(label, touched, count, keys, items, size, head[own], key)
        count = _search(
            arc_start, arc_head, arc_ms, label, touched, count, keys, items, size, limit_ms
        )
        z_before = z
        # k = -1 is the site's own edge, which may be too long for either end to be reached.
        for k in range(-1, count):
            node = touched[k] if k >= 0 else tail[own]
            for arc in range(arc_start[node], arc_start[node + 1]):
                edge = arc_edge[arc]
                if seen[edge] == site or (k < 0 and edge != own):
                    continue
                seen[edge] = site
                for at in range(point_start[edge], point_start[edge + 1]):
                    point = point_of[at]
                    leg = np.int64(point_leg[point])
                    key = _point_key(
                        label, tail[edge], head[edge], point_tail[point], point_head[point], leg
                    )
                    best = key >> OWNER_BITS
                    if edge == own:
                        direct = abs(np.int64(point_tail[point]) - site_tail[site])
                        best = min(best, direct + leg + site_leg[site])
                    if best <= limit_ms:
                        if z == len(found):
                            found = np.concatenate((found, np.empty(z, dtype=np.int32)))
                            times = np.concatenate((times, np.empty(z, dtype=np.int32)))
                        found[z], times[z] = point, best
                        z += 1
        order = np.argsort(found[z_before:z])
        found[z_before:z] = found[z_before:z][order]
        times[z_before:z] = times[z_before:z][order]
        counts[site - begin] = z - z_before
        for k in range(count):
            label[touched[k]] = _FAR
    return counts, found[:z].copy(), times[:z].copy()


@numba.njit(cache=True, nogil=True)
def _labels(
    arc_start: Any, arc_head: Any, arc_ms: Any, tail: Any, head: Any,
    site_edge: Any, site_tail: Any, site_head: Any, site_leg: Any, limit_ms: int,
) -> Any:  # fmt: skip
    """Labels of all nodes from all sites at once, owner = position among the sites."""
    n = len(arc_start) - 1
    label = np.full(n, _FAR, dtype=np.int64)
    touched = np.empty(n, dtype=np.int64)
    keys = np.empty(len(arc_head) + 2 * len(site_edge), dtype=np.int64)
    items = np.empty(len(keys), dtype=np.int64)
    count, size = 0, 0
    for site in range(len(site_edge)):
        own = site_edge[site]
        if own < 0:
            continue
        for end in range(2):
            part = np.int64(site_tail[site]) if end == 0 else np.int64(site_head[site])
            node = tail[own] if end == 0 else head[own]
            if part + site_leg[site] <= limit_ms:
                key = (part + site_leg[site]) << OWNER_BITS | site
                count, size = _seed(label, touched, count, keys, items, size, node, key)
    _search(arc_start, arc_head, arc_ms, label, touched, count, keys, items, size, limit_ms)
    return label


@numba.njit(cache=True, nogil=True)
def _nearest_keys(
    label: Any, tail: Any, head: Any,
    point_edge: Any, point_tail: Any, point_head: Any, point_leg: Any,
    site_start: Any, site_of: Any, site_tail: Any, site_leg: Any,
) -> Any:  # fmt: skip
    keys = np.full(len(point_edge), _FAR, dtype=np.int64)
    for point in range(len(point_edge)):
        edge = point_edge[point]
        if edge < 0:
            continue
        leg = np.int64(point_leg[point])
        best = _point_key(label, tail[edge], head[edge], point_tail[point], point_head[point], leg)
        for at in range(site_start[edge], site_start[edge + 1]):
            site = site_of[at]
            direct = abs(np.int64(point_tail[point]) - site_tail[site])
            best = min(best, (direct + leg + site_leg[site]) << OWNER_BITS | site)
        keys[point] = best
    return keys


def _by_edge(edge: Ints, n_edges: int) -> tuple[Longs, Longs]:
    """CSR from edges to the points that stand on them."""
    on = np.flatnonzero(edge >= 0)
    order = on[np.argsort(edge[on], kind="stable")]
    start = np.concatenate([[0], np.cumsum(np.bincount(edge[on], minlength=n_edges))])
    return start.astype(np.int64), order.astype(np.int64)


_BLOCK = 256


def reach(
    network: StreetNetwork,
    sites: Snaps,
    demand: Snaps,
    *,
    limit_ms: int,
    progress: Progress | None = None,
) -> Reach:
    """Every demand point within `limit_ms` of every site, door to door, both access legs walked.

    The elder walks to the facility; on this undirected network both directions take equally long,
    so the search starts at the site.
    """
    point_start, point_of = _by_edge(demand.edge, network.n_edges)
    blocks = []
    with (progress or silent()).step("步行可达", "walking reach", len(sites)) as step:
        for begin in range(0, len(sites), _BLOCK):
            end = min(begin + _BLOCK, len(sites))
            blocks.append(
                _reach_all(
                    network.arc_start,
                    network.arc_head,
                    network.arc_ms,
                    network.arc_edge,
                    network.tail,
                    network.head,
                    sites.edge,
                    sites.to_tail_ms,
                    sites.to_head_ms,
                    sites.leg_ms,
                    point_start,
                    point_of,
                    demand.to_tail_ms,
                    demand.to_head_ms,
                    demand.leg_ms,
                    limit_ms,
                    begin,
                    end,
                )
            )
            step.advance(end - begin)
    counts = np.concatenate([b[0] for b in blocks]) if blocks else np.empty(0, dtype=np.int64)
    return Reach(
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        demand=np.concatenate([b[1] for b in blocks]) if blocks else np.empty(0, dtype=np.int32),
        ms=np.concatenate([b[2] for b in blocks]) if blocks else np.empty(0, dtype=np.int32),
        limit_ms=limit_ms,
        n_demand=len(demand),
    )


def _site_labels(network: StreetNetwork, sites: Snaps, limit_ms: int) -> Longs:
    labels: Longs = _labels(
        network.arc_start, network.arc_head, network.arc_ms, network.tail, network.head,
        sites.edge, sites.to_tail_ms, sites.to_head_ms, sites.leg_ms, limit_ms,
    )  # fmt: skip
    return labels


_UNBOUNDED_MS = (1 << (62 - OWNER_BITS)) - 1


def nearest(network: StreetNetwork, sites: Snaps, demand: Snaps) -> Nearest:
    """The nearest site of every demand point, however far; ties go to the first site.

    One search from all sites together.
    """
    if len(sites) > _OWNER_MASK:
        raise ValueError(f"found {len(sites)} sites, expected at most {_OWNER_MASK}")
    site_start, site_of = _by_edge(sites.edge, network.n_edges)
    keys = _nearest_keys(
        _site_labels(network, sites, _UNBOUNDED_MS), network.tail, network.head,
        demand.edge, demand.to_tail_ms, demand.to_head_ms, demand.leg_ms,
        site_start, site_of, sites.to_tail_ms, sites.leg_ms,
    )  # fmt: skip
    found = keys != _FAR
    return Nearest(
        site=np.where(found, keys & _OWNER_MASK, -1).astype(np.int32),
        ms=np.where(found, keys >> OWNER_BITS, -1).astype(np.int32),
    )


def node_labels_ms(network: StreetNetwork, sites: Snaps, *, limit_ms: int) -> Longs:
    """Time from the nearest site to every node within `limit_ms` [ms], shape (n,); −1 beyond."""
    labels = _site_labels(network, sites, limit_ms)
    return np.where(labels == _FAR, -1, labels >> OWNER_BITS).astype(np.int64)
