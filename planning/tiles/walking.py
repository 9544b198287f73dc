"""What a worker does for a tile: whom its sites reach, which sites its people have nearest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.network import Snaps
from planning.tiles.ground import Ground, Opened, on_part, snaps_digest
from planning.travel import audience, nearest_k, reach

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

Arrays = dict[str, npt.NDArray[Any]]

WIDENINGS = 3
"""How often a halo is doubled for whoever has no site yet; the rest is left to be found at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachTask:
    """Whom some sites reach within the limit [ms]."""

    ground: Ground
    sites: Snaps
    limit_ms: int

    def said(self) -> dict[str, Any]:
        """What the result is made from beside the ground, as JSON has it."""
        return {"sites": snaps_digest(self.sites), "limit_ms": self.limit_ms}


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestTask:
    """The k nearest of all sites for the people of one tile, within a halo of so much at first."""

    ground: Ground
    tile: int
    sites: Snaps
    k: int
    halo_ms: int

    def said(self) -> dict[str, Any]:
        """What the result is made from beside the ground, as JSON has it."""
        return {
            "tile": self.tile,
            "sites": snaps_digest(self.sites),
            "k": self.k,
            "halo_ms": self.halo_ms,
        }


def reach_of(task: ReachTask) -> Arrays:
    """`count` by site, and for each in turn the `demand` it reaches, rising, in `ms`.

    As `travel.reach` on the whole network finds it: nobody within the limit is beyond the halo.
    """
    ground = task.ground.opened()
    on = np.unique(task.sites.edge[task.sites.on_network])
    if not len(on):
        none = np.zeros(0, dtype=np.int32)
        return {"count": np.zeros(len(task.sites), np.int64), "demand": none, "ms": none}
    edges = ground.around(on.astype(np.int64), task.ground.halo_m(task.limit_ms))
    part = ground.part(edges)
    people, crowd = on_part(ground.demand, edges)
    rows, stands = on_part(task.sites, edges)
    found = reach(part, stands, audience(part, crowd), limit_ms=task.limit_ms, threads=1)
    count = np.zeros(len(task.sites), dtype=np.int64)
    count[rows] = np.diff(found.start)
    return {
        "count": count,
        "demand": people[found.demand].astype(np.int32),
        "ms": np.asarray(found.ms),
    }


def nearest_of(task: NearestTask) -> Arrays:
    """Of the tile's `point`s on a street the nearest `site`s and `ms` (p, k), and who is `left`.

    What is not left is as `travel.nearest_k` on the whole network finds it: every site that is
    nearer than the farthest found is within the halo, or the point's part of the network has no
    more sites.
    """
    ground = task.ground.opened()
    own = np.flatnonzero((np.asarray(ground.tile) == task.tile) & (ground.demand.edge >= 0))
    site = np.full((len(own), task.k), -1, dtype=np.int32)
    ms = np.full((len(own), task.k), -1, dtype=np.int32)
    most = np.minimum(_sites_in_part(ground, task.sites, own), task.k)
    todo = np.flatnonzero(most > 0)
    halo_ms = task.halo_ms
    for _ in range(1 + WIDENINGS):
        if not len(todo):
            break
        on = np.unique(ground.demand.edge[own[todo]]).astype(np.int64)
        edges = ground.around(on, task.ground.halo_m(halo_ms))
        site[todo], ms[todo] = _nearest_on(ground, edges, own[todo], task)
        within = (site[todo] >= 0) & (ms[todo] <= halo_ms)
        settled = within.sum(axis=1) >= most[todo]
        if len(edges) == len(ground.box):
            settled[:] = True
        todo = todo[~settled]
        halo_ms *= 2
    left = np.zeros(len(own), dtype=bool)
    left[todo] = True
    return {"point": own, "site": site, "ms": ms, "left": left}


def _sites_in_part(ground: Opened, sites: Snaps, own: Longs) -> Longs:
    """How many sites stand on the connected part of the network that each point stands on."""
    component, tail = ground.network.component, ground.network.tail
    of_site = component[tail[np.asarray(sites.edge)[sites.on_network]]]
    of_point = component[tail[np.asarray(ground.demand.edge)[own]]]
    parts, how_many = np.unique(of_site, return_counts=True)
    at = np.minimum(np.searchsorted(parts, of_point), max(len(parts) - 1, 0))
    if not len(parts):
        return np.zeros(len(own), dtype=np.int64)
    return np.where(parts[at] == of_point, how_many[at], 0)


def _nearest_on(
    ground: Opened, edges: Longs, points: Longs, task: NearestTask
) -> tuple[Ints, Ints]:
    """The nearest sites of some points on some edges, and the times; −1 where there is none."""
    part = ground.part(edges)
    rows, stands = on_part(task.sites, edges)
    at = np.searchsorted(edges, ground.demand.edge[points])
    crowd = replace(ground.demand.take(points), edge=at.astype(np.int32))
    found = nearest_k(part, stands, audience(part, crowd), k=task.k)
    number = np.append(rows, -1).astype(np.int32)
    return number[found.site], found.ms
