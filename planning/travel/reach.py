"""Who reaches what, and in how many milliseconds: bounded many-to-many, as CSR."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from planning.kernels import kernel
from planning.network import IMPASSABLE, Snaps, StreetNetwork
from planning.network.roads import Ints, Longs
from planning.progress import Progress, Step, silent
from planning.travel.places import Audience, Seats, seats
from planning.travel.search import OWNER_BITS, UNSEEN, seed_site, spread, workspace

BLOCK = 256
"""Sites a thread works off at a time; changes speed and memory only."""

BYTES_PER_PAIR = 8


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


class Forecast(NamedTuple):
    """What a reach will hold, told from a sample of its sites."""

    pairs: int
    n_bytes: int
    """of the finished reach and of the blocks it is put together from"""


_POINT = np.uint64(32)
"""A pair while it is put in order: the point above these bits, the time [ms] in them."""
_MS = np.uint64((1 << 32) - 1)
_DIGIT = np.uint64(10)
_VALUES = np.uint64(1 << 10)
_ONE = np.uint64(1)


@kernel
def _reach_block(
    arc_start: Any, arcs: Any, link_tail: Any, link_head: Any, link_out: Any, link_back: Any,
    site_link: Any, site_out: Any, site_back: Any, site_leg: Any,
    site_to_tail: Any, site_to_head: Any,
    start: Any, point_of: Any, from_tail: Any, from_head: Any,
    point_out: Any, point_back: Any, point_leg: Any,
    n_points: int, order: Any, limit_ms: int,
) -> Any:  # fmt: skip
    """Bounded searches from the sites in `order`: counts, points and times, site by site."""
    n = len(arc_start) - 1
    label, touched, near, far, flag = workspace(n)
    counts = np.zeros(len(order), dtype=np.int64)
    pairs, spare = np.empty(4096, dtype=np.uint64), np.empty(4096, dtype=np.uint64)
    points, times = np.empty(4096, dtype=np.int32), np.empty(4096, dtype=np.int32)
    tally = np.empty(_VALUES, dtype=np.uint64)
    kept = 0
    for position in range(len(order)):
        site = order[position]
        own = site_link[site]
        if own < 0 or site_leg[site] > limit_ms:
            continue
        leg = np.int64(site_leg[site])
        count, n_near = 0, 0
        count, n_near = seed_site(
            label, touched, count, near, n_near, link_tail[own], link_head[own],
            site_to_tail[site], site_to_head[site], 0, limit_ms,
        )  # fmt: skip
        count = spread(arc_start, arcs, label, touched, count, near, n_near, far, flag, limit_ms)
        z = np.uint64(0)
        for k in range(count):
            node = touched[k]
            here = label[node] >> OWNER_BITS
            for arc in range(arc_start[node], arc_start[node + 1]):
                slot = arcs[arc, 2]
                link = slot >> 1
                if slot < 0 or link == own:
                    continue
                first, last = np.uint64(start[link]), np.uint64(start[link + 1])
                other = label[arcs[arc, 0]]
                # A link met at both ends is worked off from its tail.
                if first == last or (slot & 1 == 1 and other != UNSEEN):
                    continue
                if z + last - first > len(pairs):
                    pairs = _grown(pairs, z + last - first)
                there = other >> OWNER_BITS
                by_tail, by_head = (here, there) if slot & 1 == 0 else (there, here)
                for i in range(first, last):
                    ms = min(by_tail + from_tail[i], by_head + from_head[i])
                    if ms <= limit_ms:
                        pairs[z] = np.uint64(point_of[i]) << _POINT | np.uint64(ms)
                        z += _ONE
        first, last = np.uint64(start[own]), np.uint64(start[own + 1])
        if z + last - first > len(pairs):
            pairs = _grown(pairs, z + last - first)
        by_tail = label[link_tail[own]] >> OWNER_BITS
        by_head = label[link_head[own]] >> OWNER_BITS
        for i in range(first, last):
            # On the site's own street the straight way counts too.
            ms = min(by_tail + from_tail[i], by_head + from_head[i])
            ahead = np.int64(point_out[i]) - site_out[site]
            behind = np.int64(site_back[site]) - point_back[i]
            if ahead - behind >= 0 and link_out[own] < IMPASSABLE:
                ms = min(ms, ahead + leg + point_leg[i])
            if ahead - behind <= 0 and link_back[own] < IMPASSABLE:
                ms = min(ms, behind + leg + point_leg[i])
            if ms <= limit_ms:
                pairs[z] = np.uint64(point_of[i]) << _POINT | np.uint64(ms)
                z += _ONE
        for k in range(count):
            label[touched[k]] = UNSEEN
        if z > len(spare):
            spare = _grown(spare, z)
        if kept + z > len(points):
            points, times = _grown(points, kept + z), _grown(times, kept + z)
        counts[position] = _by_point(pairs[:z], spare, tally, n_points, points[kept:], times[kept:])
        kept += counts[position]
    return counts, points[:kept].copy(), times[:kept].copy()


@kernel
def _grown(values: Any, size: Any) -> Any:
    """The array with room for `size` values and as many again as it had."""
    more = np.empty(len(values) + np.int64(size), dtype=values.dtype)
    more[: len(values)] = values
    return more


@kernel
def _by_point(pairs: Any, spare: Any, tally: Any, n_points: int, points: Any, times: Any) -> int:
    """Points and times of a site in the order of points, sorted digit by digit; how many.

    A point met on both copies of a private street counts once, with its shorter time. Numbers are
    unsigned because numba looks at the sign of every index that has one.
    """
    n, one, other = np.uint64(len(pairs)), pairs, spare
    shift = _POINT
    while n and np.uint64(n_points - 1) >> (shift - _POINT):
        tally[:] = 0
        for i in range(n):
            tally[(one[i] >> shift) % _VALUES] += _ONE
        total = np.uint64(0)
        for digit in range(_VALUES):
            total, tally[digit] = total + tally[digit], total
        for i in range(n):
            digit = (one[i] >> shift) % _VALUES
            other[tally[digit]] = one[i]
            tally[digit] += _ONE
        one, other = other, one
        shift += _DIGIT
    kept = 0
    for i in range(n):
        point, ms = np.int32(one[i] >> _POINT), np.int32(one[i] & _MS)
        if kept and points[kept - 1] == point:
            times[kept - 1] = min(times[kept - 1], ms)
        else:
            points[kept], times[kept] = point, ms
            kept += 1
    return kept


class _Job(NamedTuple):
    """Everything a block needs, so that threads share it."""

    network: StreetNetwork
    sites: Seats
    crowd: Audience
    limit_ms: int

    def block(self, order: Longs) -> tuple[Longs, Ints, Ints]:
        """Counts, points and times of some sites."""
        graph, sites, crowd = self.network.routing, self.sites, self.crowd
        found: tuple[Longs, Ints, Ints] = _reach_block(
            graph.arc_start, graph.arcs, graph.tail, graph.head, graph.out_ms, graph.back_ms,
            sites.link, sites.out_ms, sites.back_ms, sites.leg_ms, sites.to_tail, sites.to_head,
            crowd.start, crowd.point, crowd.from_tail, crowd.from_head,
            crowd.out_ms, crowd.back_ms, crowd.leg_ms,
            crowd.n_points, order, self.limit_ms,
        )  # fmt: skip
        return found


_SAMPLE = 64


def _forecast(job: _Job) -> Forecast:
    n = len(job.sites.link)
    if n == 0:
        return Forecast(pairs=0, n_bytes=0)
    counts, _, _ = job.block(np.unique(np.linspace(0, n - 1, min(n, _SAMPLE)).astype(np.int64)))
    pairs = int(np.ceil(counts.mean() * n))
    return Forecast(pairs=pairs, n_bytes=2 * pairs * BYTES_PER_PAIR)


def forecast(network: StreetNetwork, sites: Snaps, crowd: Audience, *, limit_ms: int) -> Forecast:
    """How many pairs a reach will hold and how much memory it takes, from up to 64 of its sites."""
    return _forecast(_Job(network, seats(network, sites), crowd, limit_ms))


def reach(
    network: StreetNetwork,
    sites: Snaps,
    crowd: Audience,
    *,
    limit_ms: int,
    threads: int | None = None,
    max_memory_bytes: int | None = None,
    progress: Progress | None = None,
) -> Reach:
    """Every demand point within `limit_ms` of every site, door to door, both access legs walked.

    Times are those of the profile's direction: people walk to the facility, so uphill counts on the
    way there. `threads` (all cores if None) and blocks change nothing in the result, bit for bit.
    Where the forecast exceeds `max_memory_bytes`, finished blocks go to an unnamed temporary file
    and the reach is read from there.
    """
    job = _Job(network, seats(network, sites), crowd, limit_ms)
    workers = threads or os.cpu_count() or 1
    n = len(sites)
    with (progress or silent()).step("步行可达", "walking reach", n) as step:
        if max_memory_bytes is not None and _forecast(job).n_bytes > max_memory_bytes:
            counts, points, ms = _on_disk(job, n, step)
        else:
            counts, points, ms = _in_memory(job, n, workers, step)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Reach(start=start, demand=points, ms=ms, limit_ms=limit_ms, n_demand=crowd.n_points)


def _blocks(job: _Job, orders: list[Longs], workers: int, step: Step) -> Iterator[Any]:
    """The blocks in order, worked off by threads: the kernel holds no lock."""
    if workers == 1:
        for order in orders:
            yield job.block(order)
            step.advance(len(order))
        return
    with ThreadPoolExecutor(workers) as pool:
        for order, found in zip(orders, pool.map(job.block, orders), strict=True):
            yield found
            step.advance(len(order))


def _in_memory(job: _Job, n: int, workers: int, step: Step) -> tuple[Longs, Ints, Ints]:
    """Neighbouring sites together, as they share the streets in the cache; then back in order."""
    along = np.argsort(job.sites.link, kind="stable")
    orders = [along[begin : begin + BLOCK] for begin in range(0, n, BLOCK)]
    found = list(_blocks(job, orders, workers, step))
    counts = np.zeros(n, dtype=np.int64)
    for order, (sizes, _, _) in zip(orders, found, strict=True):
        counts[order] = sizes
    start = np.concatenate([[0], np.cumsum(counts)])
    points = np.empty(start[-1], dtype=np.int32)
    ms = np.empty(start[-1], dtype=np.int32)
    for order, (sizes, block_points, block_ms) in zip(orders, found, strict=True):
        _put(start[order], sizes, block_points, block_ms, points, ms)
    return counts, points, ms


@kernel
def _put(at: Any, sizes: Any, block_points: Any, block_ms: Any, points: Any, ms: Any) -> None:
    """Copy the rows of a block to their places."""
    done = 0
    for row in range(len(sizes)):
        for i in range(sizes[row]):
            points[at[row] + i] = block_points[done + i]
            ms[at[row] + i] = block_ms[done + i]
        done += sizes[row]


def _on_disk(job: _Job, n: int, step: Step) -> tuple[Longs, Ints, Ints]:
    """Blocks in the order of the sites, one at a time, appended to two files."""
    counts = np.zeros(n, dtype=np.int64)
    orders = [np.arange(begin, min(begin + BLOCK, n)) for begin in range(0, n, BLOCK)]
    with tempfile.TemporaryFile() as points_file, tempfile.TemporaryFile() as ms_file:
        for order, (sizes, points, ms) in zip(orders, _blocks(job, orders, 1, step), strict=True):
            counts[order] = sizes
            points_file.write(points.tobytes())
            ms_file.write(ms.tobytes())
        total = int(counts.sum())
        if not total:
            return counts, np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32)
        points_file.flush()
        ms_file.flush()
        # The maps keep the unnamed files alive after they are closed.
        found = np.memmap(points_file, dtype=np.int32, mode="r", shape=(total,))
        times = np.memmap(ms_file, dtype=np.int32, mode="r", shape=(total,))
    return counts, found, times
