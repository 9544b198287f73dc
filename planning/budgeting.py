"""What less money would buy: the plan of every budget of a range, each audited."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from planning.errors import Fault, StudyError, raise_all
from planning.keeping import Keeper, digest_of_arrays, digest_of_claims
from planning.progress import Progress, Step
from planning.proposing import audited
from planning.result import Town
from planning.siting import Proposal, SitingPlan, SitingProblem, Solution, solve
from planning.siting.frontier import AIMS, Funded, Point, frontier, least_yuan, round_budgets
from planning.siting.problem import Budget
from planning.siting.stopping import Interrupted, Seconds, Sofar, Stop, first_of
from planning.standards import Situation

Longs = npt.NDArray[np.int64]

YUAN_PER_WAN = 10_000.0


def funded(
    town: Town,
    situation: Situation,
    proposal: Proposal,
    budgets: int | Sequence[float],
    progress: Progress,
    *,
    keeper: Keeper | None = None,
) -> tuple[Funded, ...]:
    """The frontier of a study: about so many budgets up to what everything costs, or these [yuan].

    It is the problem of the last year, in which all of a plan opens, whatever the study may spend
    in all or in a year; of a plan of one year and no budget the last point is that plan. A budget
    of the study's own is among the points, unless they are given. Every point is sought to the
    study's gap, each of its two aims for the study's time at most. The `keeper` may know what an
    earlier run found.

    Raises StudyError for budgets that do not pay for what must be opened, AuditError where a point
    is not what the solver says.
    """
    siting = town.study.siting
    assert siting is not None
    year = list(proposal.asked)[-1]
    problem = replace(
        proposal.problem, requirements=tuple(proposal.asked[year]), budgets=(), served=None
    )
    said = progress.step(
        "各档投资求解",
        "solving by budget",
        float(budgets if isinstance(budgets, int) else len(budgets)),
    )
    with said as step, Interrupted() as interrupted:

        def stop() -> Stop:
            return first_of(Seconds(siting.time_limit_s), interrupted)

        kept = keeper or Keeper(town)
        own = digest_of_claims(proposal.solution)

        def keep(budget_yuan: float, start: Longs | None, seek: Callable[[], Solution]) -> Solution:
            beside = {"yuan": budget_yuan, "start": digest_of_arrays(start), "plan": own}
            return kept.solution("budget", beside, seek, interrupted)

        unbounded = partial(
            _unbounded, proposal, problem, stop=stop, seed=siting.seed, gap=siting.gap
        )
        known = kept.solution("unbounded", {"plan": own}, unbounded, interrupted)
        least = least_yuan(problem, stop=stop, seed=siting.seed)
        points = frontier(
            problem,
            budgets_yuan=_budgets(budgets, known, least, siting.budget_yuan),
            stop=stop,
            relative_gap=siting.gap,
            seed=siting.seed,
            watch=_told(step),
            known=known,
            keep=keep,
        )
    with progress.step("逐档复核", "auditing every budget", float(len(points))) as step:
        found = []
        for point in points:
            found.append(Funded(point=point, plan=_audited(town, situation, problem, point, year)))
            step.advance()
    return tuple(found)


def _unbounded(
    proposal: Proposal, problem: SitingProblem, *, stop: Callable[[], Stop], seed: int, gap: float
) -> Solution:
    """The plan of the problem without a budget: the proposal's own where it had none."""
    aims = tuple(stage.aim for stage in proposal.solution.stages[: len(AIMS)])
    if len(proposal.asked) == 1 and not proposal.problem.budgets and aims in ((), AIMS):
        return proposal.solution
    return solve(
        problem,
        stop=stop,
        relative_gap=gap,
        first_gap=gap,
        seed=seed,
        aims=AIMS,
        start=proposal.solution.size,
    )


def _budgets(
    asked: int | Sequence[float], known: Solution, least: float, own: float | None
) -> tuple[float, ...]:
    """The budgets of the frontier [yuan]."""
    if isinstance(asked, int):
        stage = known.stage("yuan")
        most = 0.0 if stage is None else stage.found
        rounded = round_budgets(least, most, asked)
        return rounded if own is None or own >= most else tuple(sorted({*rounded, own}))
    said = f"{least / YUAN_PER_WAN:,.1f}"
    raise_all(
        StudyError,
        [
            Fault(
                where="--budgets",
                found=(f"{yuan / YUAN_PER_WAN:,g} 万元", f"{yuan / YUAN_PER_WAN:,g}"),
                expected=(
                    f"不少于必选候选点所需的 {said} 万元",
                    f"{said} or more, which the required candidates cost (10,000 yuan)",
                ),
                to_do=("提高该档投资，或减少 siting.required", "raise it, or require fewer"),
            )
            for yuan in asked
            if math.ceil(least) > yuan
        ],
    )
    return tuple(sorted({float(math.ceil(least)), *asked}))


def _audited(
    town: Town, situation: Situation, problem: SitingProblem, point: Point, year: int | None
) -> SitingPlan:
    opened = np.where(point.size > 0, -1 if year is None else year, -1).astype(np.int64)
    proposal = Proposal(
        problem=replace(problem, budgets=(Budget(yuan=point.budget_yuan),)),
        solution=point.solution,
        size=point.size,
        opened=opened,
        asked={year: problem.requirements},
    )
    return audited(town, situation, proposal)


def _told(step: Step) -> Callable[[float, Sofar], None]:
    """Which budget is sought, and how far the search is."""
    seen: list[float] = []

    def watch(budget_yuan: float, sofar: Sofar) -> None:
        if budget_yuan not in seen:
            step.advance(float(bool(seen)))
            seen.append(budget_yuan)
        if math.isfinite(sofar.gap):
            wan = f"{budget_yuan / YUAN_PER_WAN:,.0f}"
            step.say(
                f"{wan} 万元：仍缺服务人次 {sofar.objective:,.0f}，差距 {sofar.gap:.2%}；"
                "Ctrl-C 取目前最好的",
                f"{wan}: people left without {sofar.objective:,.0f}, gap {sofar.gap:.2%}; "
                "Ctrl-C ends it",
            )

    return watch
