"""Who is covered by which sites, with all demand points of the same sites merged into one group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.kernels import kernel
from planning.travel import Reach

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


class Lists(NamedTuple):
    """Lists of numbers one after the other, as CSR: list i is ``item[start[i]:start[i + 1]]``."""

    start: Longs
    item: Ints

    def __len__(self) -> int:
        return len(self.start) - 1

    def of(self, i: int) -> Ints:
        """List i."""
        return self.item[self.start[i] : self.start[i + 1]]

    @property
    def owner(self) -> Ints:
        """The list that every item is in."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.start))

    def turned(self, n: int) -> Lists:
        """For each of n numbers the lists it is in, rising."""
        start, item = _turned(self.start, self.item, n)
        return Lists(start, item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Groups of demand points and the sites that cover them.

    `sites` lists the sites of every group, `groups` the groups of every site, both rising; `weight`
    (g,) is what a group counts [persons]. `group` (n,) is the group of each demand point, −1 of one
    that fewer sites cover than are needed; `uncoverable` is what those count together.
    """

    sites: Lists
    groups: Lists
    weight: Floats
    group: Ints
    uncoverable: float

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.groups)

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.sites)

    def times_covered(self, opened: Flags) -> Longs:
        """How many of the sites opened (s,) cover each group, shape (g,)."""
        return np.bincount(
            self.groups.item[opened[self.groups.owner]], minlength=self.n_groups
        ).astype(np.int64)

    def narrowed(self, sites: Flags, groups: Flags) -> Cover:
        """The cover of some sites (s,) and groups (g,), both renumbered, and merged again.

        A group that keeps none of its sites is in no group any more, and counts as uncoverable.
        """
        new_site = (np.cumsum(sites) - 1).astype(np.int32)
        owner, item = self.sites.owner, self.sites.item
        keep = groups[owner] & sites[item]
        counts = np.bincount(owner[keep], minlength=self.n_groups)
        left = Lists(_starts(counts), new_site[item[keep]])
        weight = np.where(groups, self.weight, 0.0)
        cover = _cover(left, weight, n_sites=int(sites.sum()), at_least=1)
        known = self.group >= 0
        point = self.group.copy()
        point[known] = cover.group[self.group[known]]
        return replace(cover, group=point, uncoverable=self.uncoverable + cover.uncoverable)


def cover_of(reach: Reach, weight: Floats, *, limit_ms: int, at_least: int = 1) -> Cover:
    """Demand points of `weight` (n,) [persons] merged by the sites within `limit_ms`, exactly.

    Within is `<=`. Points with fewer than `at_least` sites are in no group. Points are looked up by
    a hash of their sites and compared site by site, so a group has one set of sites for certain;
    groups are numbered by their first point.
    """
    within = Lists(*_within(reach.start, reach.demand, reach.ms, limit_ms))
    of_point = within.turned(reach.n_demand)
    return _cover(of_point, weight, n_sites=reach.n_sites, at_least=at_least)


def _cover(of_point: Lists, weight: Floats, *, n_sites: int, at_least: int) -> Cover:
    """Points of the same sites merged."""
    group, first = _merged(of_point.start, of_point.item, at_least)
    counts = np.diff(of_point.start)[first]
    sites = Lists(_starts(counts), _gathered(of_point.start, of_point.item, first, counts))
    inside = group >= 0
    sums = np.bincount(group[inside], weights=weight[inside], minlength=len(first))
    return Cover(
        sites=sites,
        groups=sites.turned(n_sites),
        weight=sums.astype(np.float64),
        group=group,
        uncoverable=float(weight[~inside].sum()),
    )


def needed_groups(cover: Cover) -> Flags:
    """Groups (g,) whose cover covers all others: those of which no other has part of the sites.

    For covers of all groups only (C. Toregas, C. ReVelle, Location under time or distance
    constraints, Papers of the Regional Science Association 28 (1972), row reduction).
    """
    flags: Flags = _not_containing(*cover.sites, *cover.groups)
    return flags


def useful_sites(cover: Cover, cost: Floats) -> Flags:
    """Sites (s,) such that no other covers as much for no more of `cost` (s,); first of equals."""
    flags: Flags = _not_contained(*cover.groups, *cover.sites, cost)
    return flags


def _starts(counts: npt.NDArray[np.integer]) -> Longs:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


@kernel
def _within(start: Any, item: Any, ms: Any, limit_ms: int) -> Any:
    """The lists with only what is within the limit."""
    short = np.zeros(len(start), dtype=np.int64)
    kept = np.empty(len(item), dtype=np.int32)
    n = 0
    for i in range(len(start) - 1):
        for at in range(start[i], start[i + 1]):
            if ms[at] <= limit_ms:
                kept[n] = item[at]
                n += 1
        short[i + 1] = n
    return short, kept[:n]


@kernel
def _turned(start: Any, item: Any, n: int) -> Any:
    """The transpose of lists, by counting."""
    turned_start = np.zeros(n + 1, dtype=np.int64)
    for i in item:
        turned_start[i + 1] += 1
    for i in range(n):
        turned_start[i + 1] += turned_start[i]
    at = turned_start[:-1].copy()
    turned = np.empty(len(item), dtype=np.int32)
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            turned[at[item[k]]] = i
            at[item[k]] += 1
    return turned_start, turned


@kernel
def _hash(start: Any, item: Any, i: int) -> Any:
    """64 bits of a list: each item stirred in as splitmix64 stirs its counter."""
    digest = np.uint64(start[i + 1] - start[i])
    for at in range(start[i], start[i + 1]):
        digest = (digest + np.uint64(item[at])) * np.uint64(0x9E3779B97F4A7C15)
        digest ^= digest >> np.uint64(29)
    return digest


@kernel
def _same(start: Any, item: Any, i: int, j: int) -> bool:
    """Whether two lists have the same items."""
    length = start[i + 1] - start[i]
    if start[j + 1] - start[j] != length:
        return False
    for k in range(length):  # noqa: SIM110 - numba has no all()
        if item[start[i] + k] != item[start[j] + k]:
            return False
    return True


@kernel
def _merged(start: Any, item: Any, at_least: int) -> Any:
    """The group of every list, and the first list of every group: an open hash table."""
    n = len(start) - 1
    room = 1
    while room < 2 * n:
        room *= 2
    table = np.full(room, -1, dtype=np.int32)
    digests = np.empty(n, dtype=np.uint64)
    group = np.full(n, -1, dtype=np.int32)
    first = np.empty(n, dtype=np.int64)
    n_groups = 0
    for i in range(n):
        if start[i + 1] - start[i] < max(1, at_least):
            continue
        digest = _hash(start, item, i)
        slot = np.int64(digest & np.uint64(room - 1))
        while table[slot] >= 0:
            g = table[slot]
            if digests[g] == digest and _same(start, item, first[g], i):
                break
            slot = (slot + 1) & (room - 1)
        if table[slot] < 0:
            table[slot] = n_groups
            digests[n_groups] = digest
            first[n_groups] = i
            n_groups += 1
        group[i] = table[slot]
    return group, first[:n_groups].copy()


@kernel
def _gathered(start: Any, item: Any, chosen: Any, counts: Any) -> Any:
    """Some lists, one after the other."""
    gathered = np.empty(counts.sum(), dtype=np.int32)
    n = 0
    for i in chosen:
        for at in range(start[i], start[i + 1]):
            gathered[n] = item[at]
            n += 1
    return gathered


@kernel
def _inside(start: Any, item: Any, i: int, j: int) -> bool:
    """Whether list i is part of list j; both rise."""
    b = start[j]
    for a in range(start[i], start[i + 1]):
        while b < start[j + 1] and item[b] < item[a]:
            b += 1
        if b == start[j + 1] or item[b] != item[a]:
            return False
    return True


@kernel
def _rarest(start: Any, item: Any, i: int, other_start: Any) -> int:
    """The item of a list that is in the fewest lists."""
    best = item[start[i]]
    for at in range(start[i], start[i + 1]):
        one = item[at]
        if other_start[one + 1] - other_start[one] < other_start[best + 1] - other_start[best]:
            best = one
    return int(best)


@kernel
def _not_contained(start: Any, item: Any, other_start: Any, other: Any, cost: Any) -> Any:
    """Lists that are not part of another that costs no more; of equals the first stays."""
    n = len(start) - 1
    keep = np.ones(n, dtype=np.bool_)
    for i in range(n):
        length = start[i + 1] - start[i]
        if length == 0:
            keep[i] = False
            continue
        rare = _rarest(start, item, i, other_start)
        for at in range(other_start[rare], other_start[rare + 1]):
            j = other[at]
            longer = start[j + 1] - start[j]
            if j == i or longer < length or cost[j] > cost[i]:
                continue
            equal = longer == length and cost[j] == cost[i]
            if not (equal and j > i) and _inside(start, item, i, j):
                keep[i] = False
                break
    return keep


@kernel
def _not_containing(start: Any, item: Any, other_start: Any, other: Any) -> Any:
    """Lists that contain no other; of equals the first stays."""
    n = len(start) - 1
    keep = np.ones(n, dtype=np.bool_)
    for i in range(n):
        length = start[i + 1] - start[i]
        if length == 0 or not keep[i]:
            continue
        rare = _rarest(start, item, i, other_start)
        for at in range(other_start[rare], other_start[rare + 1]):
            j = other[at]
            longer = start[j + 1] - start[j]
            if j == i or longer < length or not keep[j]:
                continue
            if not (longer == length and j < i) and _inside(start, item, i, j):
                keep[j] = False
    return keep
