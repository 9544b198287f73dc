"""How many people are within reach of each of very many sites, without writing down who.

Neighbouring sites share one search: a label is a row of `LANES` times, one a site, and every step
is taken for all of them at once. Labels only ever fall, so each lane ends as its own search would.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from planning.kernels import kernel
from planning.network import IMPASSABLE, Snaps, StreetNetwork
from planning.network.roads import Floats, Longs
from planning.travel.places import Audience, seats
from planning.travel.search import BAND_MS

LANES = 32
"""Sites that share a search: their times fill two lines of the cache, and four vector registers."""

_FAR_MS = 1 << 29
"""A time nobody takes; together with `IMPASSABLE` it still fits 32 bits."""

PER_PERSON = 1_000_000
"""People are added in whole millionths, so that their sum does not depend on the order."""


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
def _add(
    people: int, from_tail: int, from_head: int, by_tail: Any, by_head: Any, total: Any,
    limit_ms: int,
) -> None:  # fmt: skip
    tail, head, most = np.int32(from_tail), np.int32(from_head), np.int32(limit_ms)
    for lane in range(LANES):
        ms = min(np.int32(by_tail[lane] + tail), np.int32(by_head[lane] + head))
        total[lane] += people if ms <= most else 0


@kernel
def _add_private(
    people: int, from_tail: int, from_head: int, by_tail: Any, by_head: Any,
    by_tail_2: Any, by_head_2: Any, total: Any, limit_ms: int,
) -> None:  # fmt: skip
    """A point on a private street, which is there twice, counts once."""
    tail, head, most = np.int32(from_tail), np.int32(from_head), np.int32(limit_ms)
    for lane in range(LANES):
        by_tail_best = min(by_tail[lane], by_tail_2[lane])
        by_head_best = min(by_head[lane], by_head_2[lane])
        ms = min(np.int32(by_tail_best + tail), np.int32(by_head_best + head))
        total[lane] += people if ms <= most else 0


@kernel
def _people_of_groups(
    arc_start: Any, arcs: Any, link_tail: Any, link_head: Any, link_out: Any, link_back: Any,
    twin: Any, primary: Any,
    site_link: Any, site_out: Any, site_back: Any, site_leg: Any, to_tail: Any, to_head: Any,
    start: Any, from_tail: Any, from_head: Any, point_out: Any, point_back: Any, point_leg: Any,
    people: Any, order: Any, limit_ms: int, found: Any,
) -> None:  # fmt: skip
    """Sums for the sites in `order`, whose positions are written to `found`."""
    n = len(arc_start) - 1
    label = np.full((n, LANES), _FAR_MS, dtype=np.int32)
    touched = np.empty(n, dtype=np.int32)
    near, far = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    seen, in_far = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    waits = np.full(n, _FAR_MS, dtype=np.int32)
    met = np.full(len(link_tail), -1, dtype=np.int64)
    total = np.empty(LANES, dtype=np.int64)
    for begin in range(0, len(order), LANES):
        size = min(LANES, len(order) - begin)
        count, n_near, n_far, band_end = 0, 0, 0, BAND_MS
        for lane in range(size):
            site = order[begin + lane]
            own = site_link[site]
            if own < 0:
                continue
            for end in range(2):
                node = link_tail[own] if end == 0 else link_head[own]
                ms = to_tail[site] if end == 0 else to_head[site]
                if ms <= limit_ms and ms < label[node, lane]:
                    label[node, lane] = ms
                    if not seen[node]:
                        seen[node] = True
                        touched[count] = node
                        near[n_near] = node
                        count, n_near = count + 1, n_near + 1
                    waits[node] = 0
        # The piles of `search.spread`; a node waits with the least of its times that fell.
        while n_near > 0:
            while n_near > 0:
                n_near -= 1
                node = near[n_near]
                waits[node] = _FAR_MS
                mine = label[node]
                for arc in range(arc_start[node], arc_start[node + 1]):
                    if arcs[arc, 1] > limit_ms:
                        continue
                    head = arcs[arc, 0]
                    least = _relax(mine, label[head], arcs[arc, 1])
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
                    elif waits[head] == _FAR_MS and not in_far[head]:
                        in_far[head] = True
                        far[n_far] = head
                        n_far += 1
                    waits[head] = least
            next_ms = _FAR_MS
            for i in range(n_far):
                next_ms = min(next_ms, waits[far[i]])
            band_end = next_ms + BAND_MS
            kept = 0
            for i in range(n_far):
                node = far[i]
                if waits[node] < band_end:
                    near[n_near] = node
                    n_near += 1
                    in_far[node] = False
                elif waits[node] == _FAR_MS:
                    in_far[node] = False
                else:
                    far[kept] = node
                    kept += 1
            n_far = kept
        total[:] = 0
        for k in range(count):
            node = touched[k]
            for arc in range(arc_start[node], arc_start[node + 1]):
                if arcs[arc, 2] < 0:
                    continue
                link = primary[arcs[arc, 2] >> 1]
                if met[link] == begin:
                    continue
                met[link] = begin
                other = twin[link]
                by_tail, by_head = label[link_tail[link]], label[link_head[link]]
                if other < 0:
                    for i in range(start[link], start[link + 1]):
                        _add(
                            people[i], from_tail[i], from_head[i], by_tail, by_head, total, limit_ms
                        )
                else:
                    by_tail_2, by_head_2 = label[link_tail[other]], label[link_head[other]]
                    for i in range(start[link], start[link + 1]):
                        _add_private(
                            people[i], from_tail[i], from_head[i], by_tail, by_head,
                            by_tail_2, by_head_2, total, limit_ms,
                        )  # fmt: skip
        for lane in range(size):
            site = order[begin + lane]
            own = site_link[site]
            if own < 0:
                continue
            # On the site's own street the straight way counts too, where the ends did not reach.
            leg, other = np.int64(site_leg[site]), twin[own]
            tail, head = label[link_tail[own], lane], label[link_head[own], lane]
            if other >= 0:
                tail = min(tail, label[link_tail[other], lane])
                head = min(head, label[link_head[other], lane])
            counted = met[own] == begin
            for i in range(start[own], start[own + 1]):
                if counted and min(tail + from_tail[i], head + from_head[i]) <= limit_ms:
                    continue
                ahead = np.int64(point_out[i]) - site_out[site]
                behind = np.int64(site_back[site]) - point_back[i]
                straight = False
                if ahead - behind >= 0 and link_out[own] < IMPASSABLE:
                    straight = ahead + leg + point_leg[i] <= limit_ms
                if ahead - behind <= 0 and link_back[own] < IMPASSABLE:
                    straight = straight or behind + leg + point_leg[i] <= limit_ms
                if straight:
                    total[lane] += people[i]
            found[site] = total[lane]
        for k in range(count):
            label[touched[k]] = _FAR_MS
            seen[touched[k]] = False


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
    primary = np.arange(graph.n_links, dtype=np.int32)
    twins = np.flatnonzero(graph.twin >= 0)
    primary[graph.twin[twins]] = twins
    order = np.argsort(seat.link, kind="stable")
    found: Longs = np.zeros(len(sites), dtype=np.int64)
    workers = threads or os.cpu_count() or 1
    # Whole groups for each thread, so that how many there are does not move a border.
    chunk = LANES * max(1, -(-len(order) // (LANES * workers * 4)))

    def work(begin: int) -> None:
        _people_of_groups(
            graph.arc_start, graph.arcs, graph.tail, graph.head, graph.out_ms, graph.back_ms,
            graph.twin, primary,
            seat.link, seat.out_ms, seat.back_ms, seat.leg_ms, seat.to_tail, seat.to_head,
            crowd.start, crowd.from_tail, crowd.from_head,
            crowd.out_ms, crowd.back_ms, crowd.leg_ms,
            weight[crowd.point], order[begin : begin + chunk], limit_ms, found,
        )  # fmt: skip

    begins = range(0, len(order), chunk)
    if workers == 1:
        for begin in begins:
            work(begin)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, begins))
    return found / PER_PERSON
