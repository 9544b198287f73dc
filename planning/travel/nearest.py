"""The nearest site, and the next nearest, of every demand point, with its identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planning.kernels import kernel
from planning.network import IMPASSABLE, Snaps, StreetNetwork
from planning.network.roads import Ints, Longs
from planning.travel.places import Audience, Seats, seats
from planning.travel.search import (
    MOST_OWNERS,
    OWNER_BITS,
    UNBOUNDED_MS,
    UNSEEN,
    seed_site,
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


@kernel
def _labels(
    arc_start: Any, arcs: Any, link_tail: Any, link_head: Any,
    site_link: Any, site_to_tail: Any, site_to_head: Any, limit_ms: int,
) -> Any:  # fmt: skip
    """Labels of all junctions from all sites at once, owner = position among the sites."""
    n = len(arc_start) - 1
    label, touched, near, far, flag = workspace(n)
    count, n_near = 0, 0
    for site in range(len(site_link)):
        own = site_link[site]
        if own < 0:
            continue
        count, n_near = seed_site(
            label, touched, count, near, n_near, link_tail[own], link_head[own],
            site_to_tail[site], site_to_head[site], site, limit_ms,
        )  # fmt: skip
    spread(arc_start, arcs, label, touched, count, near, n_near, far, flag, limit_ms)
    return label


@kernel
def _nearest_of_each(
    label: Any, link_tail: Any, link_head: Any, link_out: Any, link_back: Any,
    start: Any, point_of: Any, from_tail: Any, from_head: Any,
    point_out: Any, point_back: Any, point_leg: Any, n_points: int,
    site_start: Any, site_of: Any, site_out: Any, site_back: Any, site_leg: Any,
) -> Any:  # fmt: skip
    """Site and time of every point, −1 where there is none."""
    of_point, ms = np.full(n_points, -1, dtype=np.int32), np.full(n_points, -1, dtype=np.int32)
    far = np.int64(UNBOUNDED_MS) << OWNER_BITS
    for link in range(len(link_tail)):
        by_tail, by_head = label[link_tail[link]], label[link_head[link]]
        sites, last_site = site_start[link], site_start[link + 1]
        if by_tail == UNSEEN and by_head == UNSEEN and sites == last_site:
            continue
        for i in range(start[link], start[link + 1]):
            best = UNSEEN
            if by_tail < far and from_tail[i] < IMPASSABLE:
                best = by_tail + (np.int64(from_tail[i]) << OWNER_BITS)
            if by_head < far and from_head[i] < IMPASSABLE:
                best = min(best, by_head + (np.int64(from_head[i]) << OWNER_BITS))
            for at in range(sites, last_site):
                site = site_of[at]
                ahead = np.int64(point_out[i]) - site_out[site]
                behind = np.int64(site_back[site]) - point_back[i]
                leg = np.int64(site_leg[site]) + point_leg[i]
                if ahead - behind >= 0 and link_out[link] < IMPASSABLE:
                    best = min(best, (ahead + leg) << OWNER_BITS | site)
                if ahead - behind <= 0 and link_back[link] < IMPASSABLE:
                    best = min(best, (behind + leg) << OWNER_BITS | site)
            point = point_of[i]
            if of_point[point] >= 0:  # met before, on the other copy of a private street
                best = min(best, np.int64(ms[point]) << OWNER_BITS | of_point[point])
            if best < UNSEEN:
                of_point[point], ms[point] = best & MOST_OWNERS, best >> OWNER_BITS
    return of_point, ms


@kernel
def _insert(row: Any, key: int) -> bool:
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
def _k_nearest_keys(
    arc_start: Any, arcs: Any, link_tail: Any, link_head: Any, link_out: Any, link_back: Any,
    start: Any, point_of: Any, from_tail: Any, from_head: Any,
    point_out: Any, point_back: Any, point_leg: Any, n_points: int,
    site_start: Any, site_of: Any, site_out: Any, site_back: Any, site_leg: Any,
    site_link: Any, site_to_tail: Any, site_to_head: Any, k: int,
) -> Any:  # fmt: skip
    """Every junction keeps its k best labels of different owners; a queue works off the changes."""
    n = len(arc_start) - 1
    label = np.full((n, k), UNSEEN, dtype=np.int64)
    queue, waits = np.empty(n + 1, dtype=np.int32), np.zeros(n, dtype=np.bool_)
    first, last = 0, 0
    for site in range(len(site_link)):
        own = site_link[site]
        if own < 0:
            continue
        for end in range(2):
            node = link_tail[own] if end == 0 else link_head[own]
            to_end = int(site_to_tail[site] if end == 0 else site_to_head[site])
            if to_end >= IMPASSABLE or not _insert(label[node], to_end << OWNER_BITS | site):
                continue
            if not waits[node]:
                waits[node] = True
                queue[last] = node
                last = last + 1 if last < n else 0
    while first != last:
        node = queue[first]
        first = first + 1 if first < n else 0
        waits[node] = False
        for arc in range(arc_start[node], arc_start[node + 1]):
            head, ms = arcs[arc, 0], np.int64(arcs[arc, 1]) << OWNER_BITS
            if arcs[arc, 1] >= IMPASSABLE:
                continue
            changed = False
            for i in range(k):
                if label[node, i] == UNSEEN:
                    break
                changed |= _insert(label[head], label[node, i] + ms)
            if changed and not waits[head]:
                waits[head] = True
                queue[last] = head
                last = last + 1 if last < n else 0
    keys = np.full((n_points, k), UNSEEN, dtype=np.int64)
    for link in range(len(link_tail)):
        by_tail, by_head = label[link_tail[link]], label[link_head[link]]
        for i in range(start[link], start[link + 1]):
            row = keys[point_of[i]]
            for j in range(k):
                if by_tail[j] != UNSEEN and from_tail[i] < IMPASSABLE:
                    _insert(row, by_tail[j] + (np.int64(from_tail[i]) << OWNER_BITS))
                if by_head[j] != UNSEEN and from_head[i] < IMPASSABLE:
                    _insert(row, by_head[j] + (np.int64(from_head[i]) << OWNER_BITS))
            for at in range(site_start[link], site_start[link + 1]):
                site = site_of[at]
                ahead = np.int64(point_out[i]) - site_out[site]
                behind = np.int64(site_back[site]) - point_back[i]
                leg = np.int64(site_leg[site]) + point_leg[i]
                if ahead - behind >= 0 and link_out[link] < IMPASSABLE:
                    _insert(row, (ahead + leg) << OWNER_BITS | site)
                if ahead - behind <= 0 and link_back[link] < IMPASSABLE:
                    _insert(row, (behind + leg) << OWNER_BITS | site)
    return keys


def by_link(sites: Seats, n_links: int) -> tuple[Longs, Ints]:
    """CSR from links to the sites that sit on them."""
    on = np.flatnonzero(sites.link >= 0)
    order = on[np.argsort(sites.link[on], kind="stable")]
    counts = np.bincount(sites.link[on], minlength=n_links)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), order.astype(np.int32)


def junction_labels(network: StreetNetwork, sites: Seats, *, limit_ms: int) -> Longs:
    """Labels (see `search`) of all junctions from the nearest of the sites within the limit.

    Raises ValueError for more sites than a label can name.
    """
    if len(sites.link) > MOST_OWNERS:
        raise ValueError(f"found {len(sites.link)} sites, expected at most {MOST_OWNERS}")
    graph = network.routing
    labels: Longs = _labels(
        graph.arc_start, graph.arcs, graph.tail, graph.head,
        sites.link, sites.to_tail, sites.to_head, limit_ms,
    )  # fmt: skip
    return labels


def nearest(network: StreetNetwork, sites: Snaps, crowd: Audience) -> Nearest:
    """The nearest site of every demand point, however far; ties go to the first site.

    One search from all sites together; shapes (n,).
    """
    graph = network.routing
    seat = seats(network, sites)
    label = junction_labels(network, seat, limit_ms=UNBOUNDED_MS)
    site, ms = _nearest_of_each(
        label, graph.tail, graph.head, graph.out_ms, graph.back_ms,
        *_points(crowd), *_sites(seat, graph.n_links),
    )  # fmt: skip
    return Nearest(site=site, ms=ms)


def nearest_k(network: StreetNetwork, sites: Snaps, crowd: Audience, *, k: int) -> Nearest:
    """The k nearest different sites of every demand point, nearest first; shapes (n, k).

    Ties go to the site that stands first; −1 fills rows with fewer than k sites in reach.
    """
    graph = network.routing
    seat = seats(network, sites)
    if len(seat.link) > MOST_OWNERS:
        raise ValueError(f"found {len(seat.link)} sites, expected at most {MOST_OWNERS}")
    keys = _k_nearest_keys(
        graph.arc_start, graph.arcs, graph.tail, graph.head, graph.out_ms, graph.back_ms,
        *_points(crowd), *_sites(seat, graph.n_links),
        seat.link, seat.to_tail, seat.to_head, k,
    )  # fmt: skip
    found = keys != UNSEEN
    return Nearest(
        site=np.where(found, keys & MOST_OWNERS, -1).astype(np.int32),
        ms=np.where(found, keys >> OWNER_BITS, -1).astype(np.int32),
    )


def _points(crowd: Audience) -> tuple[Any, Any, Any, Any, Any, Any, Any, int]:
    return (
        crowd.start, crowd.point, crowd.from_tail, crowd.from_head,
        crowd.out_ms, crowd.back_ms, crowd.leg_ms, crowd.n_points,
    )  # fmt: skip


def _sites(seat: Seats, n_links: int) -> tuple[Any, Any, Any, Any, Any]:
    return *by_link(seat, n_links), seat.out_ms, seat.back_ms, seat.leg_ms
