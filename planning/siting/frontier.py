"""Cost against coverage: what each of many budgets buys at best, with a bound on every one.

Budgets are ε-constraints on the cost (Y. Y. Haimes, L. S. Lasdon, D. A. Wismer, IEEE Trans. SMC 1
(1971) 296–297); people served against money is the curve of R. Church, C. ReVelle, The maximal
covering location problem, Papers of the Regional Science Association 32 (1974) 101–118.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from planning.siting.aims import Aim
from planning.siting.highs import Status
from planning.siting.plan import SitingPlan
from planning.siting.problem import Budget, SitingProblem
from planning.siting.solving import Solution, Stage, solve
from planning.siting.stopping import Sofar, Stop
from planning.standards import Finding

Longs = npt.NDArray[np.int64]
Keep = Callable[[float, Longs | None, Callable[[], Solution]], Solution]

AIMS: tuple[Aim, ...] = ("people_left", "yuan")
"""What a point of the frontier seeks: the number of its sites it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What one budget [yuan] buys: as few people left without as can be, then for least money.

    `solution` is what the solver claims; its bound on people left takes in what larger budgets
    have proven, as no smaller one can do better.
    """

    budget_yuan: float
    sites: int
    solution: Solution

    @property
    def size(self) -> Longs:
        """The size of every option, (k,)."""
        return self.solution.size

    @property
    def status(self) -> Status:
        """How the search ended."""
        return self.solution.status

    @property
    def yuan(self) -> float:
        """What the plan of the point costs [yuan], the budget at most."""
        return _found(self.solution, "yuan")

    @property
    def people_left(self) -> float:
        """People left without [persons], summed over requirements."""
        return _found(self.solution, "people_left")

    @property
    def people_left_bound(self) -> float:
        """No plan within the budget leaves fewer [persons]."""
        stage = self.solution.stage("people_left")
        return 0.0 if stage is None else stage.bound

    @property
    def gap(self) -> float:
        """How far the bound is from what was found, relative to it."""
        stage = self.solution.stage("people_left")
        return 0.0 if stage is None else stage.gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Funded:
    """One point of a frontier, and its plan recomputed from the roads up."""

    point: Point
    plan: SitingPlan


def frontier(
    problem: SitingProblem,
    *,
    budgets_yuan: Sequence[float],
    stop: Callable[[], Stop],
    relative_gap: float = 0.0,
    seed: int = 0,
    watch: Callable[[float, Sofar], None] | None = None,
    known: Solution | None = None,
    keep: Keep | None = None,
) -> tuple[Point, ...]:
    """What each budget [yuan] buys beside the problem's own ones, from the smallest up.

    Each search begins from the plan of the budget below, so that more money never leaves more
    people without; `stop` is made anew for each of its two aims. `known` is a solution of the
    problem itself: where a budget pays for it, it is the point. `watch` is told the budget.
    `keep` is given every budget, the sizes that its search begins from, and the search: it may
    know what comes of it.

    Raises SolverError where a budget does not pay for the required candidates, see `least_yuan`.
    """
    points: list[Point] = []
    for budget_yuan in sorted(set(budgets_yuan)):
        before = points[-1].solution if points else None
        if _is_best(known, before, budget_yuan):
            assert known is not None
            solution = known
        else:
            start = None if before is None else before.size
            seek = partial(
                solve,
                replace(problem, budgets=(*problem.budgets, Budget(yuan=budget_yuan))),
                stop=stop,
                relative_gap=relative_gap,
                first_gap=relative_gap,
                seed=seed,
                aims=AIMS,
                watch=None if watch is None else _told(watch, budget_yuan),
                start=start,
            )
            solution = seek() if keep is None else keep(budget_yuan, start, seek)
        used = np.unique(problem.options.candidate[solution.size > 0])
        points.append(Point(budget_yuan=budget_yuan, sites=len(used), solution=solution))
    return _bounded(points)


def least_yuan(problem: SitingProblem, *, stop: Callable[[], Stop], seed: int = 0) -> float:
    """What the candidates that every plan opens cost at least [yuan], as far as was found.

    Raises SolverError where no plan opens them all.
    """
    if not problem.required:
        return 0.0
    return _found(solve(problem, stop=stop, seed=seed, aims=("yuan",)), "yuan")


def round_budgets(least_yuan: float, most_yuan: float, n: int) -> tuple[float, ...]:
    """At most `n` budgets [yuan] from the least to the most, at steps a person would take.

    Between the ends they are multiples of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of
    ten; the ends stand as they are, up to the next yuan.
    """
    low, high = float(math.ceil(least_yuan)), float(math.ceil(most_yuan))
    if high <= low:
        return (low,)
    if n <= 2:
        return (low, high)
    step = _step(low, high, n)
    first, last = math.floor(low / step) + 1, math.ceil(high / step) - 1
    return (low, *(at * step for at in range(first, last + 1)), high)


def knee_of(yuan: Sequence[float], people_left: Sequence[float]) -> int:
    """The point after which money brings clearly less, −1 where there is none.

    The farthest below the line from the first point to the last, both axes from 0 to 1 (V. Satopää
    et al., Finding a "Kneedle" in a haystack, ICDCS Workshops 2011, 166–171, for a falling curve);
    of several the cheapest.
    """
    spent, left = np.asarray(yuan, dtype=np.float64), np.asarray(people_left, dtype=np.float64)
    if len(spent) < 3 or spent[-1] <= spent[0] or left[0] <= left[-1]:
        return -1
    along = (spent - spent[0]) / (spent[-1] - spent[0])
    down = (left[0] - left) / (left[0] - left[-1])
    below = down - along
    at = int(np.argmax(below > np.max(below) - _TINY))
    return at if below[at] > _TINY else -1


def met_of(findings: Sequence[Finding]) -> tuple[int, int]:
    """How many requirements are met, of how many that are met or not; benchmarks do not count."""
    verdicts = [f.verdict for f in findings if f.role == "requirement"]
    return verdicts.count("met"), verdicts.count("met") + verdicts.count("not_met")


_TINY = 1e-9
_MANTISSAS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


def _step(low: float, high: float, n: int) -> float:
    """The smallest round step of which no more than n − 2 multiples lie strictly between."""
    power = math.floor(math.log10((high - low) / n))
    steps = (m * 10.0**e for e in range(power, power + 3) for m in _MANTISSAS)
    return next(
        step for step in steps if math.ceil(high / step) - 1 - math.floor(low / step) <= n - 2
    )


def _found(solution: Solution, aim: Aim) -> float:
    stage = solution.stage(aim)
    return 0.0 if stage is None else stage.found


def _is_best(known: Solution | None, before: Solution | None, budget_yuan: float) -> bool:
    """Whether a budget pays for the known solution, and it is no worse than what is there."""
    if known is None or _found(known, "yuan") > budget_yuan:
        return False
    return before is None or _found(known, "people_left") <= _found(before, "people_left")


def _bounded(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points, each with the best bound that any larger budget has proven."""
    found: list[Point] = []
    most = 0.0
    for point in reversed(points):
        most = max(most, point.people_left_bound)
        stages = tuple(_with_bound(stage, most) for stage in point.solution.stages)
        found.append(replace(point, solution=replace(point.solution, stages=stages)))
    return tuple(reversed(found))


def _with_bound(stage: Stage, bound: float) -> Stage:
    if stage.aim != "people_left":
        return stage
    return replace(stage, bound=max(stage.bound, min(bound, stage.found)))


def _told(
    watch: Callable[[float, Sofar], None], budget_yuan: float
) -> Callable[[Aim, Sofar], None]:
    def tell(aim: Aim, sofar: Sofar) -> None:
        if aim == "people_left":
            watch(budget_yuan, sofar)

    return tell
