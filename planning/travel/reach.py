"""Who reaches what, and in how many milliseconds: bounded many-to-many, as CSR."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from planning.kernels import kernel
from planning.network import Snaps, StreetNetwork
from planning.network.roads import Ints, Longs
from planning.network.routing import HEAD, SLOT
from planning.progress import Progress, Step, silent
from planning.travel.met import meet, nobody_met, take
from planning.travel.places import Audience, Seats, seats, straight_ms
from planning.travel.search import OWNER_BITS, UNSEEN, forget, search_from, workspace
from planning.travel.threads import in_threads

BLOCK = 1_024
"""Sites a thread works off at a time, at most; changes speed and memory only."""

BYTES_PER_PAIR = 8

_ROOM = 1 << 16
"""Pairs a block has room for before it has to grow."""


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

    def take(self, sites: Longs) -> Reach:
        """The reach of some sites, in the order given."""
        counts = np.diff(self.start)[sites]
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        pairs = np.arange(start[-1]) + np.repeat(self.start[:-1][sites] - start[:-1], counts)
        return Reach(
            start=start,
            demand=self.demand[pairs],
            ms=self.ms[pairs],
            limit_ms=self.limit_ms,
            n_demand=self.n_demand,
        )


class Forecast(NamedTuple):
    """What a reach will hold, told from a sample of its sites."""

    pairs: int
    n_bytes: int
    """of the finished reach and of the blocks it is put together from"""


@kernel
def _reach_block(graph: Any, sites: Any, crowd: Any, order: Any, limit_ms: int) -> Any:
    """Bounded searches from the sites in `order`: counts, points and times, site by site."""
    work, met = workspace(graph), nobody_met(crowd.n_points)
    counts = np.zeros(len(order), dtype=np.int64)
    points, times = np.empty(_ROOM, dtype=np.int32), np.empty(_ROOM, dtype=np.int32)
    kept = 0
    for position in range(len(order)):
        site = order[position]
        if sites.link[site] < 0 or sites.leg_ms[site] > limit_ms:
            continue
        count = search_from(graph, sites, site, limit_ms, work)
        most = _meet_on_streets(graph, sites.link[site], crowd, limit_ms, work, count, met)
        most += _meet_on_own_street(graph, sites, site, crowd, limit_ms, work, met)
        forget(work, count)
        if kept + most > len(points):
            points, times = _grown(points, kept + most), _grown(times, kept + most)
        counts[position] = take(met, points[kept:], times[kept:])
        kept += counts[position]
    return counts, points[:kept], times[:kept]


@kernel
def _meet_on_streets(
    graph: Any, own: int, crowd: Any, limit_ms: int, work: Any, count: int, met: Any
) -> int:
    """Meet everybody within the limit on the links searched but the site's own; how often."""
    arc_start, arcs, label, touched = graph.arc_start, graph.arcs, work.label, work.touched
    start, point = crowd.start, crowd.point
    from_tail, from_head = crowd.from_tail, crowd.from_head
    times_met = 0
    for i in range(count):
        node = touched[i]
        here = label[node] >> OWNER_BITS
        for arc in range(np.uint64(arc_start[node]), np.uint64(arc_start[node + np.uint32(1)])):
            slot = arcs[arc, SLOT]
            link = np.uint32(slot >> 1)
            other = label[np.uint32(arcs[arc, HEAD])]
            # A link met at both ends is worked off from its tail.
            if slot < 0 or link == own or (slot & 1 == 1 and other != UNSEEN):
                continue
            there = other >> OWNER_BITS
            by_tail, by_head = (here, there) if slot & 1 == 0 else (there, here)
            for row in range(np.uint64(start[link]), np.uint64(start[link + np.uint32(1)])):
                ms = min(by_tail + from_tail[row], by_head + from_head[row])
                if ms <= limit_ms:
                    meet(met, point[row], ms)
                    times_met += 1
    return times_met


@kernel
def _meet_on_own_street(
    graph: Any, sites: Any, site: int, crowd: Any, limit_ms: int, work: Any, met: Any
) -> int:
    """Meet everybody within the limit on the site's own link, where the straight way counts too."""
    own, times_met = sites.link[site], 0
    by_tail = work.label[graph.tail[own]] >> OWNER_BITS
    by_head = work.label[graph.head[own]] >> OWNER_BITS
    for row in range(crowd.start[own], crowd.start[own + 1]):
        round_ms = min(by_tail + crowd.from_tail[row], by_head + crowd.from_head[row])
        ms = min(round_ms, straight_ms(graph, sites, crowd, site, row))
        if ms <= limit_ms:
            meet(met, crowd.point[row], ms)
            times_met += 1
    return times_met


@kernel
def _grown(values: Any, size: int) -> Any:
    """The array with room for `size` values and as many again as it had."""
    more = np.empty(len(values) + size, dtype=values.dtype)
    more[: len(values)] = values
    return more


class _Job(NamedTuple):
    """Everything a block needs, so that threads share it."""

    network: StreetNetwork
    sites: Seats
    crowd: Audience
    limit_ms: int

    def block(self, order: Longs) -> tuple[Longs, Ints, Ints]:
        """Counts, points and times of some sites."""
        found: tuple[Longs, Ints, Ints] = _reach_block(
            self.network.routing, self.sites, self.crowd, order, self.limit_ms
        )
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
        n_bytes = 0 if max_memory_bytes is None else _forecast(job).n_bytes
        if max_memory_bytes is not None and n_bytes > max_memory_bytes:
            # The forecast has room for two of each pair, a block that grows for some three.
            sites_at_once = n * max_memory_bytes // (2 * n_bytes)
            counts, points, ms = _on_disk(job, n, max(1, min(BLOCK, sites_at_once)), step)
        else:
            counts, points, ms = _in_memory(job, n, workers, step)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Reach(start=start, demand=points, ms=ms, limit_ms=limit_ms, n_demand=crowd.n_points)


def _blocks(job: _Job, orders: list[Longs], workers: int, step: Step) -> Iterator[Any]:
    """The blocks in order."""
    done = in_threads(job.block, orders, threads=workers)
    for order, found in zip(orders, done, strict=True):
        yield found
        step.advance(len(order))


def _in_memory(job: _Job, n: int, workers: int, step: Step) -> tuple[Longs, Ints, Ints]:
    """Neighbouring sites together, as they share the streets in the cache; then back in order."""
    along = np.argsort(job.sites.link, kind="stable")
    size = max(1, min(BLOCK, -(-n // workers)))
    orders = [along[begin : begin + size] for begin in range(0, n, size)]
    found = list(_blocks(job, orders, workers, step))
    counts = np.zeros(n, dtype=np.int64)
    for order, (sizes, _, _) in zip(orders, found, strict=True):
        counts[order] = sizes
    start = np.concatenate([[0], np.cumsum(counts)])
    points = np.empty(start[-1], dtype=np.int32)
    ms = np.empty(start[-1], dtype=np.int32)

    def put(block: int) -> None:
        sizes, block_points, block_ms = found[block]
        _put(start[orders[block]], sizes, block_points, block_ms, points, ms)

    for _ in in_threads(put, range(len(orders)), threads=workers):
        pass
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


def _on_disk(job: _Job, n: int, size: int, step: Step) -> tuple[Longs, Ints, Ints]:
    """Blocks of so many sites, in their order, one at a time, appended to two files."""
    counts = np.zeros(n, dtype=np.int64)
    orders = [np.arange(begin, min(begin + size, n)) for begin in range(0, n, size)]
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
