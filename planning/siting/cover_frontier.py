"""The most that each of several budgets covers: prices, parts and plans shared between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from planning.siting.cover import Cover, useful_sites
from planning.siting.cover_hunt import Covering
from planning.siting.cover_most import Most, least_swap
from planning.siting.cover_search import table_of
from planning.siting.cover_swaps import path
from planning.siting.stopping import NEVER, Stop, Watch

Floats = npt.NDArray[np.float64]


def most_covered_by(
    cover: Cover,
    *,
    cost: Floats,
    budgets: Sequence[float],
    stop: Stop = NEVER,
    seed: int = 0,
    threads: int = 1,
    watch: Watch | None = None,
) -> list[Covering]:
    """For each of the budgets the sites that cover most; `cost` (s,) is ≥ 0.

    `stop` and `watch` are told of the budget whose gap is widest. One greedy path with swaps begins
    all plans; prices of one budget bound every other (they are prices of groups, whatever the
    budget), and the next budget goes on from them. What a smaller budget covers a larger one does,
    and no smaller covers more than a larger may.
    """
    useful = useful_sites(cover, cost)
    core = cover.narrowed(useful, cover.weight > 0)
    rising = np.unique(np.asarray(budgets, dtype=np.float64))
    table = table_of(core, cost[useful], float("nan"))
    begun = path(table, rising, least_swap(core.weight))
    points = [
        Most(
            core, table._replace(budget=float(budget)), begin=(opened, float(weight)), seed=seed,
            threads=threads, stop=stop,
        )
        for budget, opened, weight in zip(rising, *begun, strict=True)
    ]  # fmt: skip
    proven = _searched(points, stop, watch)
    by_budget = {
        float(budget): point.hunt.result(done).widened(useful)
        for budget, point, done in zip(rising, points, proven, strict=True)
    }
    return [by_budget[float(budget)] for budget in budgets]


def _searched(points: list[Most], stop: Stop, watch: Watch | None) -> list[bool]:
    """Turns of the widest gap, until one may stop or all are tired; then proofs. Who is proven."""
    proven = [False] * len(points)
    while not _stopped(points, stop, watch):
        awake = [point for point in points if not (point.hunt.over or point.tired)]
        if not awake:
            break
        widest = max(awake, key=_gap)
        before = widest.hunt.objective, widest.hunt.bound
        widest.turn()
        if before != (widest.hunt.objective, widest.hunt.bound):
            _tell(points, widest)
    for k, point in enumerate(points):
        if _stopped(points, stop, watch):
            break
        if not point.hunt.over:
            proven[k] = point.prove()
            _tell(points, point)
    return proven


def _tell(points: list[Most], news: Most) -> None:
    for point in points:
        if point is not news:
            point.learn(news)


def _gap(point: Most) -> float:
    return point.hunt.sofar.gap


def _stopped(points: list[Most], stop: Stop, watch: Watch | None) -> bool:
    """Whether to stop here, by the widest gap."""
    widest = max(points, key=_gap, default=None)
    if widest is None:
        return True
    if watch is not None:
        watch(widest.hunt.sofar)
    return widest.hunt.over or stop(widest.hunt.sofar)
