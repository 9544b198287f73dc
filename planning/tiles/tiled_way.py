"""People on a network, asked over tiles: the answers are those of the whole network, to the bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from planning.access import Way
from planning.network import Snaps
from planning.progress import Progress, silent
from planning.provenance import program_digest
from planning.stages import Arrays, Stages
from planning.tiles.gathering import Gathered
from planning.tiles.ground import Ground
from planning.tiles.pool import Pool
from planning.tiles.walking import NearestTask, ReachTask, nearest_of, reach_of
from planning.travel import Nearest, Reach, audience, nearest_k

Longs = npt.NDArray[np.int64]
Task = TypeVar("Task", ReachTask, NearestTask)

HALO_MS = 3_600_000
"""An hour."""
SITES_AT_ONCE = 2_000
"""Sites of one tile, at most, whose reach is found in one task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TiledWay(Way):
    """A way whose people stand in tiles: shape (n,) of `tile`; `pool` does the work of each.

    What a tile took long for is kept in `stages`. Nearest sites are sought within `halo_ms` of a
    tile at first; that changes speed only.
    """

    ground: Ground
    tile: npt.NDArray[np.int32]
    pool: Pool
    stages: Stages
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
        for _, one in self._each("nearest", nearest_of, tasks):
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
        batches = self._batches(sites)
        tasks = [
            ReachTask(ground=self.ground, sites=sites.take(rows), limit_ms=limit_ms)
            for rows in batches
        ]
        gathered = Gathered(batches, len(sites), max_memory_bytes)
        with (progress or silent()).step("步行可达", "walking reach", len(sites)) as step:
            for number, one in self._each("reach", reach_of, tasks):
                gathered.take(number, one["count"], one["demand"], one["ms"])
                step.advance(len(batches[number]))
        return gathered.reach(limit_ms=limit_ms, n_demand=len(self.tile))

    def _each(
        self, name: str, job: Callable[[Task], dict[str, Any]], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Arrays]]:
        """What came of every task: kept by an earlier run, or made now."""
        left: list[int] = []
        for number, task in enumerate(tasks):
            kept = self.stages.kept(f"tile-{name}", _key(task))
            if kept is None:
                left.append(number)
            else:
                yield number, kept
        for at, (seconds, made) in self.pool.each(job, [tasks[number] for number in left]):
            if seconds >= _WORTH_KEEPING_S:
                self.stages.keep(f"tile-{name}", _key(tasks[left[at]]), made)
            yield left[at], made

    def _batches(self, sites: Snaps) -> list[Longs]:
        """Sites that stand near each other, rows of all of them, in few batches."""
        on = np.flatnonzero(sites.on_network)
        on = on[np.argsort(self.network.routing.edge_link[sites.edge[on]], kind="stable")]
        return [on[at : at + SITES_AT_ONCE] for at in range(0, len(on), SITES_AT_ONCE)]


_WORTH_KEEPING_S = 1.0
"""What took less is made anew sooner than it is kept."""


def _key(task: ReachTask | NearestTask) -> dict[str, Any]:
    """All that a task's result is made from."""
    return {"program": program_digest(), "ground": task.ground.digest, **task.said()}
