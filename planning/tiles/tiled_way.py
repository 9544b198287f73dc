"""People on a network, asked over tiles: the answers are those of the whole network, to the bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.access import Way
from planning.network import Snaps
from planning.progress import Progress, silent
from planning.tiles.ground import Ground
from planning.tiles.pool import Pool
from planning.tiles.walking import Arrays, NearestTask, ReachTask, nearest_of, reach_of
from planning.travel import Nearest, Reach, audience, nearest_k

Longs = npt.NDArray[np.int64]

HALO_MS = 3_600_000
"""An hour."""
SITES_AT_ONCE = 2_000
"""Sites of one tile, at most, whose reach is found in one task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TiledWay(Way):
    """A way whose people stand in tiles: shape (n,) of `tile`; `pool` does the work of each.

    Nearest sites are sought within `halo_ms` of a tile at first; that changes speed only.
    """

    ground: Ground
    tile: npt.NDArray[np.int32]
    pool: Pool
    halo_ms: int = HALO_MS

    def nearest_k(self, sites: Snaps, *, k: int) -> Nearest:
        """The k nearest of the sites for every demand point, however far; see `travel.nearest`.

        Who has none in the widest halo is looked after on the whole network.
        """
        n = len(self.tile)
        found = Nearest(
            site=np.full((n, k), -1, dtype=np.int32), ms=np.full((n, k), -1, dtype=np.int32)
        )
        if not sites.on_network.any():
            return found
        tasks = [
            NearestTask(ground=self.ground, tile=tile, sites=sites, k=k, halo_ms=self.halo_ms)
            for tile in range(int(self.tile.max(initial=-1)) + 1)
        ]
        left: list[Longs] = []
        for _, one in self.pool.each(nearest_of, tasks):
            found.site[one["point"]], found.ms[one["point"]] = one["site"], one["ms"]
            left.append(one["point"][one["left"]])
        rest = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *left]))
        if len(rest):
            crowd = audience(self.network, self.demand.take(rest))
            whole = nearest_k(self.network, sites, crowd, k=k)
            found.site[rest], found.ms[rest] = whole.site, whole.ms
        return found

    def reach(
        self,
        sites: Snaps,
        *,
        limit_ms: int,
        max_memory_bytes: int | None = None,
        progress: Progress | None = None,
    ) -> Reach:
        """Every demand point within the limit [ms] of every site; see `travel.reach`."""
        del max_memory_bytes
        batches = self._batches(sites)
        tasks = [
            ReachTask(ground=self.ground, sites=sites.take(rows), limit_ms=limit_ms)
            for rows in batches
        ]
        done: dict[int, Arrays] = {}
        with (progress or silent()).step("步行可达", "walking reach", len(sites)) as step:
            for number, one in self.pool.each(reach_of, tasks):
                done[number] = one
                step.advance(len(batches[number]))
        return _put_together(batches, done, len(sites), limit_ms, len(self.tile))

    def _batches(self, sites: Snaps) -> list[Longs]:
        """Sites that stand near each other, rows of all of them, in few batches."""
        on = np.flatnonzero(sites.on_network)
        on = on[np.argsort(self.network.routing.edge_link[sites.edge[on]], kind="stable")]
        return [on[at : at + SITES_AT_ONCE] for at in range(0, len(on), SITES_AT_ONCE)]


def _put_together(
    batches: Sequence[Longs], done: dict[int, Arrays], n_sites: int, limit_ms: int, n_demand: int
) -> Reach:
    """The reach of all sites in their order, out of that of batches."""
    counts = np.zeros(n_sites, dtype=np.int64)
    for number, rows in enumerate(batches):
        counts[rows] = done[number]["count"]
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    pairs: dict[str, npt.NDArray[Any]] = {
        name: np.empty(start[-1], dtype=np.int32) for name in ("demand", "ms")
    }
    for number, rows in enumerate(batches):
        own = counts[rows]
        first = np.cumsum(own) - own
        at = np.arange(own.sum()) + np.repeat(start[rows] - first, own)
        for name, all_of_them in pairs.items():
            all_of_them[at] = done[number][name]
    return Reach(
        start=start, demand=pairs["demand"], ms=pairs["ms"], limit_ms=limit_ms, n_demand=n_demand
    )
