"""The most that each of several budgets covers: prices, parts and plans shared between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from planning.siting.cover import Cover, useful_sites
from planning.siting.cover_hunt import Covering, Hunt, grain
from planning.siting.cover_most import Most
from planning.siting.cover_search import table_of
from planning.siting.cover_swaps import path
from planning.siting.cover_turns import least_swap
from planning.siting.stopping import NEVER, Sofar, Stop, Watch

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

    `stop` is asked for each, `watch` told of the one whose gap is widest. One greedy path with
    swaps begins all plans; prices of one budget bound every other (they are prices of groups,
    whatever the budget), and the next budget goes on from them. What a smaller budget covers a
    larger one does, and no smaller covers more than a larger may.
    """
    useful = useful_sites(cover, cost)
    core = cover.narrowed(useful, cover.weight > 0)
    rising = np.unique(np.asarray(budgets, dtype=np.float64))
    table = table_of(core, cost[useful], float("nan"))
    none = np.zeros(core.n_sites, dtype=bool)
    begun = path(table, rising, none, 0, least_swap(core.weight))
    step = grain(core.weight)
    points = [
        Most(
            core, table._replace(budget=float(budget)), Hunt(sense=-1, grain=step, stop=stop),
            begin=(opened, float(weight)), seed=seed, threads=threads,
        )
        for budget, opened, weight in zip(rising, *begun, strict=True)
    ]  # fmt: skip
    proven = _searched(points, watch)
    by_budget = {
        float(budget): point.hunt.result(done).widened(useful)
        for budget, point, done in zip(rising, points, proven, strict=True)
    }
    return [by_budget[float(budget)] for budget in budgets]


def _searched(points: list[Most], watch: Watch | None) -> list[bool]:
    """Turns of the widest gap, then proofs, until every point may stop. Who is proven."""
    proven = [False] * len(points)
    tried: set[int] = set()
    afresh: set[int] = set()
    while True:
        if watch is not None and points:
            watch(max(points, key=_gap).hunt.sofar)
        going = [k for k, point in enumerate(points) if not point.hunt.stopped()]
        awake = [k for k in going if not points[k].tired]
        left = awake or [k for k in going if k not in tried]
        if not left:
            return proven
        widest = max(left, key=lambda k: _gap(points[k]))
        before = points[widest].hunt.sofar
        if awake:
            if points[widest].walked and widest not in afresh:
                # The path came here by small steps, and may have come astray.
                afresh.add(widest)
                points[widest].begin_afresh()
            points[widest].turn()
        else:
            tried.add(widest)
            proven[widest] = points[widest].prove()
        _tell(points, widest, before)


def _tell(points: list[Most], of: int, before: Sofar) -> None:
    """What is new of one point, to all others: plans beside a better one may be better, too."""
    hunt, table = points[of].hunt, points[of].table
    if hunt.objective > before.objective:
        budgets = np.array([point.table.budget for point in points])
        least = least_swap(table.weight)
        plans = path(table, budgets, hunt.opened, of, least)
        for point, opened, weight in zip(points, *plans, strict=True):
            point.hunt.found(opened, float(weight))
    if hunt.bound < before.bound:
        _share(points, of, range(of - 1, -1, -1))
        _share(points, of, range(of + 1, len(points)))
    for below, above in pairwise(points):
        above.hunt.found(below.hunt.opened, below.hunt.objective)
    for above, below in pairwise(reversed(points)):
        below.hunt.proved(above.hunt.bound)


def _share(points: list[Most], of: int, others: range) -> None:
    """Prices of one point, as far as the next with prices of its own; between, the mean of both."""
    here = points[of]
    end = next((k for k in others if points[k].walked), None)
    for k in others:
        points[k].learn(here.priced.price, here.priced.worth, here)
        if end is None or k == end:
            if k == end:
                break
            continue
        there = points[end]
        part = (points[k].table.budget - here.table.budget) / (
            there.table.budget - here.table.budget
        )
        points[k].learn(
            (1 - part) * here.priced.price + part * there.priced.price,
            (1 - part) * here.priced.worth + part * there.priced.worth,
            here,
        )


def _gap(point: Most) -> float:
    return point.hunt.sofar.gap
