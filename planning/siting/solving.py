"""One aim after the other: fewest people left without, then least cost, then fewest sites.

Every requirement is elastic, so an answer always comes; each aim is held at its best while the next
is sought.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planning.errors import SolverError, fail
from planning.siting.aims import AIMS, Aim
from planning.siting.blocks import blocks_of, minimise_blocks
from planning.siting.highs import Solved, Status
from planning.siting.model import SitingModel, model_of
from planning.siting.objectives import constant_of, cost_of
from planning.siting.problem import SitingProblem
from planning.siting.stopping import Sofar, Stop

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What came of one aim: `found` and the proven `bound` below which it cannot be."""

    aim: Aim
    found: float
    bound: float
    status: Status
    seconds: float

    @property
    def gap(self) -> float:
        """How far the bound is from what was found, relative to it."""
        return max(0.0, self.found - self.bound) / self.found if self.found > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What the solver claims; nobody believes it before the audit.

    `size` by option, 0 where it is not opened; `stages` one for each aim, in order, none where
    there was nothing to do.
    """

    status: Status
    size: Longs
    stages: tuple[Stage, ...]

    def stage(self, aim: Aim) -> Stage | None:
        """What came of an aim, None where it was not sought."""
        return next((stage for stage in self.stages if stage.aim == aim), None)


def solve(
    problem: SitingProblem,
    *,
    stop: Callable[[], Stop],
    relative_gap: float = 0.0,
    first_gap: float = 0.0,
    seed: int = 0,
    aims: Sequence[Aim] = AIMS,
    watch: Callable[[Aim, Sofar], None] | None = None,
    start: Longs | None = None,
) -> Solution:
    """Reach the aims in their order, each until `stop` (made anew for each) says so.

    `relative_gap` is for all but the first: how many are left without is settled as exactly as
    time allows, or to `first_gap`. `start` (k,) are the sizes of a plan to begin from. One thread,
    so that the same seed gives the same plan.
    """
    k = len(problem.options)
    if not problem.requirements and not problem.required and problem.served is None:
        return Solution(status=Status.NOTHING_TO_DO, size=np.zeros(k, dtype=np.int64), stages=())
    model = model_of(problem)
    blocks, stages = blocks_of(model.model), []
    values = model.completed(_least(problem) if start is None else start)
    for aim in aims:
        cost = cost_of(aim, model)
        found = minimise_blocks(
            blocks,
            cost,
            start=values,
            stop=stop(),
            seed=seed,
            relative_gap=first_gap if aim == aims[0] else relative_gap,
            watch=None if watch is None else _told(watch, aim),
        )
        if not found.found:
            raise _impossible(problem)
        values = model.completed(model.sizes(found.values))
        best = float(cost @ values)
        stages.append(_stage(aim, found, best, beside=constant_of(aim, problem)))
        blocks = tuple(block.held(cost, values) for block in blocks)
    statuses = {stage.status for stage in stages}
    return Solution(
        status=Status.OPTIMAL if statuses == {Status.OPTIMAL} else Status.STOPPED,
        size=model.sizes(values),
        stages=tuple(_at_last(stage, model, values) for stage in stages),
    )


def _least(problem: SitingProblem) -> Longs:
    """Nothing opened but what must be, at its smallest: a plan to begin from."""
    options = problem.options
    size = np.zeros(len(options), dtype=np.int64)
    for j in problem.required:
        first = np.flatnonzero(options.candidate == j)[:1]
        size[first] = options.min_size[first]
    return size


def _impossible(problem: SitingProblem) -> Exception:
    """What must be opened costs more than there is, or has no floor for it."""
    names = [problem.candidates.ids[j] for j in problem.required]
    return fail(
        SolverError,
        "siting.required",
        found=(
            f"必选候选点 {'、'.join(names)} 无法全部建成",
            f"no plan opens all of {', '.join(names)}",
        ),
        expected=(
            "候选点有可建的设施，预算容得下",
            "required candidates that may host something, within the budgets",
        ),
        to_do=(
            "提高 siting.budget_yuan 或 budgets_yuan，或减少必选点",
            "raise siting.budget_yuan or budgets_yuan, or require fewer",
        ),
    )


def _told(watch: Callable[[Aim, Sofar], None], aim: Aim) -> Callable[[Sofar], None]:
    return lambda sofar: watch(aim, sofar)


def _stage(aim: Aim, found: Solved, best: float, *, beside: float) -> Stage:
    return Stage(
        aim=aim,
        found=best + beside,
        bound=max(0.0, min(found.bound, best) + beside),
        status=found.status,
        seconds=found.seconds,
    )


def _at_last(stage: Stage, model: SitingModel, values: Floats) -> Stage:
    """The stage with what the last plan reaches: a later aim may do better where one was cut short.

    The bound stands: it is one on all plans, or on all that are as good in the aims before.
    """
    found = float(cost_of(stage.aim, model) @ values) + constant_of(stage.aim, model.problem)
    return replace(stage, found=found, bound=min(stage.bound, found))
