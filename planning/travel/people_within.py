"""How many people are within reach of each of very many sites, without writing down who.

Neighbouring sites share one search (`group_search`), and are told apart only on those links that
not all of them reach as a whole.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np

from planning.kernels import kernel
from planning.network import Snaps, StreetNetwork
from planning.network.roads import Floats, Longs
from planning.network.routing import HEAD, SLOT
from planning.travel.group_search import LANES, forget_group, group_workspace, search_group
from planning.travel.places import Audience, seats, straight_ms
from planning.travel.threads import in_threads

PER_PERSON = 1_000_000
"""People are added in whole millionths, so that their sum does not depend on the order."""

_ONE = np.uint32(1)


class _Streets(NamedTuple):
    """Who lives on the links: millionths of people by row of the audience, the rest by link (k,).

    `people` are all who live on the link; `most_from_tail` and `most_from_head` [ms] what the
    search pays to the farthest of them; `other_copy` of a private link, −1 elsewhere.
    """

    people_of_row: Any
    other_copy: Any
    people: Any
    most_from_tail: Any
    most_from_head: Any


@kernel
def _streets(graph: Any, crowd: Any, weight: Any) -> Any:
    n, people_of_row = len(graph.tail), weight[crowd.point]
    other_copy, people = graph.twin.copy(), np.zeros(n, dtype=np.int64)
    by_tail, by_head = np.zeros(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    for link in range(n):
        if graph.twin[link] >= 0:
            other_copy[graph.twin[link]] = link
        for row in range(crowd.start[link], crowd.start[link + 1]):
            people[link] += people_of_row[row]
            by_tail[link] = max(by_tail[link], crowd.from_tail[row])
            by_head[link] = max(by_head[link], crowd.from_head[row])
    return _Streets(people_of_row, other_copy, people, by_tail, by_head)


@kernel
def _add(people: int, tail_ms: Any, head_ms: Any, from_tail: int, from_head: int,
         limit_ms: int, total: Any) -> None:  # fmt: skip
    """Count people at one place for all sites that reach it."""
    tail, head, most = np.int32(from_tail), np.int32(from_head), np.int32(limit_ms)
    for lane in range(LANES):
        ms = min(np.int32(tail_ms[lane] + tail), np.int32(head_ms[lane] + head))
        total[lane] += people if ms <= most else 0


@kernel
def _reached_by_all(
    tail_ms: Any, head_ms: Any, from_tail: int, from_head: int, limit_ms: int
) -> bool:
    """Whether every site reaches a place so far from the ends."""
    tail, head, most = np.int32(from_tail), np.int32(from_head), np.int32(limit_ms)
    late = np.int32(0)
    for lane in range(LANES):
        ms = min(np.int32(tail_ms[lane] + tail), np.int32(head_ms[lane] + head))
        late += np.int32(1) if ms > most else np.int32(0)
    return bool(late == 0)


@kernel
def _add_to_all(people: int, total: Any) -> None:
    for lane in range(LANES):
        total[lane] += people


@kernel
def _earlier(one: Any, other: Any, out: Any) -> None:
    """The earlier of two times, for every site."""
    for lane in range(LANES):
        out[lane] = min(one[lane], other[lane])


@kernel
def _links_met(graph: Any, crowd: Any, other_copy: Any, lanes: Any, count: int, out: Any) -> int:
    """Write the links with people that a search met, each once, either copy; how many."""
    arc_start, arcs, tails, heads = graph.arc_start, graph.arcs, graph.tail, graph.head
    start, seen, touched = crowd.start, lanes.seen, lanes.touched
    n, n_first = 0, len(graph.link_start) - 1
    for i in range(count):
        node = touched[i]
        for arc in range(np.uint64(arc_start[node]), np.uint64(arc_start[node + _ONE])):
            slot = arcs[arc, SLOT]
            # A link met at both ends is taken from its tail.
            if slot < 0 or (slot & 1 == 1 and seen[np.uint32(arcs[arc, HEAD])]):
                continue
            link = np.uint32(slot >> 1)
            if start[link] == start[link + _ONE]:
                continue
            if link >= n_first:
                first = other_copy[link]
                if seen[tails[first]] or seen[heads[first]]:
                    continue
            out[n] = link
            n += 1
    return n


@kernel
def _add_links(
    graph: Any, crowd: Any, streets: Any, ms: Any, links: Any, n: int, limit_ms: int, total: Any
) -> None:
    """Count the people of links for all sites, together where every site reaches all of them."""
    tails, heads, start = graph.tail, graph.head, crowd.start
    from_tail, from_head = crowd.from_tail, crowd.from_head
    people_of_row, other_copy, people, most_from_tail, most_from_head = streets
    tail_of_both, head_of_both = np.empty(LANES, dtype=np.int32), np.empty(LANES, dtype=np.int32)
    for i in range(n):
        link = links[i]
        tail_ms, head_ms, other = ms[tails[link]], ms[heads[link]], other_copy[link]
        if other >= 0:
            _earlier(tail_ms, ms[tails[other]], tail_of_both)
            _earlier(head_ms, ms[heads[other]], head_of_both)
            tail_ms, head_ms = tail_of_both, head_of_both
        if _reached_by_all(tail_ms, head_ms, most_from_tail[link], most_from_head[link], limit_ms):
            _add_to_all(people[link], total)
            continue
        for row in range(np.uint64(start[link]), np.uint64(start[link + _ONE])):
            _add(
                people_of_row[row], tail_ms, head_ms, from_tail[row], from_head[row],
                limit_ms, total,
            )  # fmt: skip


@kernel
def _add_straight(
    graph: Any, sites: Any, crowd: Any, streets: Any, group: Any, ms: Any, limit_ms: int, total: Any
) -> None:
    """Count people on a site's own link within the limit straight on, but not by its ends."""
    tails, heads, link_of, start = graph.tail, graph.head, sites.link, crowd.start
    from_tail, from_head = crowd.from_tail, crowd.from_head
    people_of_row, other_copy, _, most_from_tail, most_from_head = streets
    for lane in range(len(group)):
        site = group[lane]
        own = link_of[site]
        if own < 0:
            continue
        other = other_copy[own] if other_copy[own] >= 0 else own
        by_tail = min(ms[tails[own], lane], ms[tails[other], lane])
        by_head = min(ms[heads[own], lane], ms[heads[other], lane])
        if by_tail + most_from_tail[own] <= limit_ms or by_head + most_from_head[own] <= limit_ms:
            continue
        for row in range(start[own], start[own + 1]):
            by_ends = min(by_tail + from_tail[row], by_head + from_head[row])
            if by_ends > limit_ms and straight_ms(graph, sites, crowd, site, row) <= limit_ms:
                total[lane] += people_of_row[row]


@kernel
def _people_of_groups(
    graph: Any, sites: Any, crowd: Any, streets: Any, order: Any, limit_ms: int, found: Any
) -> None:
    """Sums for the sites in `order`, whose positions are written to `found`."""
    lanes, total = group_workspace(graph), np.empty(LANES, dtype=np.int64)
    links = np.empty(len(graph.tail), dtype=np.uint32)
    for begin in range(0, len(order), LANES):
        group = order[begin : begin + LANES]
        count = search_group(graph, sites, group, limit_ms, lanes)
        n = _links_met(graph, crowd, streets.other_copy, lanes, count, links)
        total[:] = 0
        _add_links(graph, crowd, streets, lanes.ms, links, n, limit_ms, total)
        _add_straight(graph, sites, crowd, streets, group, lanes.ms, limit_ms, total)
        for lane in range(len(group)):
            found[group[lane]] = total[lane]
        forget_group(lanes.ms, lanes.seen, lanes.touched[:count])


def people_within(
    network: StreetNetwork,
    sites: Snaps,
    crowd: Audience,
    people: Floats,
    *,
    limit_ms: int,
    threads: int | None = None,
) -> Floats:
    """People within `limit_ms` of each site, shape (sites,), in whole millionths of a person.

    `people` (n_points,) [persons]. Equals the sum over each site's reach; for thousands of
    neighbouring sites (every junction of a city) it is many times faster, as nothing is written
    down. The order of sites and the threads change nothing.
    """
    graph, seat = network.routing, seats(network, sites)
    weight = np.rint(np.asarray(people, dtype=np.float64) * PER_PERSON).astype(np.int64)
    streets = _streets(graph, crowd, weight)
    order = np.argsort(seat.link, kind="stable")
    found: Longs = np.zeros(len(sites), dtype=np.int64)
    workers = threads or os.cpu_count() or 1
    # Whole groups for each thread, so that how many there are does not move a border.
    chunk = LANES * max(1, -(-len(order) // (LANES * workers * 4)))

    def work(begin: int) -> None:
        some = order[begin : begin + chunk]
        _people_of_groups(graph, seat, crowd, streets, some, limit_ms, found)

    for _ in in_threads(work, range(0, len(order), chunk), threads=workers):
        pass
    return found / PER_PERSON
