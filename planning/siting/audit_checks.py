"""What the audit holds a proposal to: sizes, money, claims and years, each recomputed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from planning.errors import AuditError, fail
from planning.siting.need import Covered
from planning.siting.options import conversion_yuan
from planning.siting.plan import PlannedSite, PlanYear
from planning.siting.problem import SitingProblem
from planning.siting.proposal import Proposal
from planning.siting.requirement import Requirement
from planning.siting.solving import Solution
from planning.standards import Finding, Situation
from planning.units import MS_PER_MIN

Longs = npt.NDArray[np.int64]

_YUAN_TOLERANCE = 1.0
_AMOUNT_TOLERANCE = 0.01


def check_sizes(problem: SitingProblem, size: Longs) -> None:
    """Sizes fit options, floors and slots; nothing is barred or left out; budgets are kept."""
    options = problem.options
    used = size > 0
    outside = used & ((size < options.min_size) | (size > options.max_size))
    floor = np.bincount(
        options.candidate, weights=options.floor_per_unit * size, minlength=len(problem.candidates)
    )
    crowded = floor > problem.candidates.floor_m2 + _AMOUNT_TOLERANCE
    twice = np.bincount(options.slot[used], minlength=1) > 1
    at = options.candidate[used]
    barred = np.isin(list(problem.forbidden), at)
    closed = ~np.isin(list(problem.required), at)
    wrong = sum(int(np.sum(flags)) for flags in (outside, crowded, twice, barred, closed))
    _agree("sizes / 规模", 0.0, float(wrong), 0.0)
    for budget in problem.budgets:
        spent = _yuan(problem, size, budget.candidates)
        over = max(0.0, spent - budget.yuan - _YUAN_TOLERANCE)
        _agree("budget / 预算（元）", over, 0.0, 0.0)


def _yuan(problem: SitingProblem, size: Longs, rows: Longs | None = None) -> float:
    """What sizes cost, at the prices of modules and candidates [yuan]."""
    options, candidates = problem.options, problem.candidates
    used = np.flatnonzero(size > 0)
    if rows is not None:
        used = used[np.isin(options.candidate[used], rows)]
    total = float(np.sum(candidates.fixed_yuan[np.unique(options.candidate[used])]))
    total += sum(conversion_yuan(options, candidates, k, int(size[k])) for k in used.tolist())
    return total


def check_stages(problem: SitingProblem, solution: Solution) -> None:
    """What the solver claims is what comes out, and no bound is better than what was found."""
    left = sum(one.weight * one.need.missing(solution.size) for one in problem.requirements)
    recomputed = {"yuan": _yuan(problem, solution.size), "people_left": left}
    for stage in solution.stages:
        value = recomputed.get(stage.aim)
        if value is None:
            continue
        slack = _YUAN_TOLERANCE + 1e-6 * value
        _agree(f"{stage.aim} / 目标值", stage.found, value, slack)
        above = max(0.0, stage.bound - value) if np.isfinite(stage.bound) else stage.bound
        _agree(f"{stage.aim} bound / 下界", above, 0.0, slack)


def check_served(problem: SitingProblem, solution: Solution, after: Situation) -> None:
    """What aims count of whom services reach, by the walks of the town with the plan."""
    if problem.served is None:
        return
    outside, minutes, worst = 0.0, 0.0, 0.0
    for one in problem.served.at_limit:
        people = after.demand.people[after.group[one.service]]
        coverage = after.coverage[one.service]
        left = np.where(coverage.covered, 0.0, people)
        outside += float(left.sum())
        most = math.ceil(coverage.limit_ms / MS_PER_MIN)
        begun = np.ceil(coverage.nearest.ms / MS_PER_MIN)
        begun = np.where(coverage.covered, np.clip(begun, 1, most), most)
        minutes += float(np.sum(begun * people))
        unit = after.demand.place[problem.served.level]
        for at in np.unique(unit[(unit >= 0) & (people > 0)]).tolist():
            worst = max(worst, float(left[unit == at].sum() / people[unit == at].sum()))
    recomputed = {"uncovered": outside, "person_minutes": minutes, "worst_unit": worst}
    for stage in solution.stages:
        if stage.aim in recomputed:
            value = recomputed[stage.aim]
            _agree(f"{stage.aim} / 目标值", stage.found, value, 1e-6 * max(1.0, value))


def check_years(
    proposal: Proposal, sites: Sequence[PlannedSite], years: Sequence[PlanYear]
) -> None:
    """Every year keeps its budget, a candidate opens once, and the years leave what is claimed."""
    for year in years:
        most = np.inf if year.year is None else proposal.budgets.get(year.year, np.inf)
        _agree(f"{year.year} budget / 预算（元）", max(0.0, year.yuan - most), 0.0, _YUAN_TOLERANCE)
    opened: dict[int, set[int | None]] = {}
    for site in sites:
        opened.setdefault(site.candidate, set()).add(site.year)
    _agree("years / 年份", 0.0, float(sum(len(when) > 1 for when in opened.values())), 0.0)
    first = proposal.problem.candidates.available_year
    each = ((j, year) for j, when in opened.items() for year in when if year is not None)
    early = sum(year < first[j] for j, year in each)
    _agree("available years / 可用年份", 0.0, float(early), 0.0)
    claimed = None if proposal.shared is None else proposal.shared.stage("people_left")
    if claimed is not None:
        left = sum(year.people_short for year in years)
        _agree("people left over years / 历年", claimed.found, left, _YUAN_TOLERANCE + 1e-6 * left)


def agreed(requirement: Requirement, claimed: float, now: Finding) -> float:
    """What is missing by the finding, which must be what was claimed."""
    where = f"{now.clause_id} {now.unit_id}"
    if requirement.finding.unit == "share" and now.measured is None:
        # Nothing is left to take a share of.
        return 0.0
    if now.required is None or now.measured is None:
        _agree(where, claimed, float("nan"), 0.0)
    assert now.required is not None and now.measured is not None
    if isinstance(requirement.need, Covered):
        # Whole persons: the model may be up to one person beside the finding.
        missing = float(now.people_short or 0)
        _agree(where, claimed, missing, 1.0)
        return missing
    missing = max(0.0, float(abs(now.required - now.measured))) if now.verdict != "met" else 0.0
    if now.unit == "share":
        _agree(f"{where} 达标 met", float(claimed <= _AMOUNT_TOLERANCE), float(not missing), 0.0)
        return missing
    # A figure that must be passed asks for one step more than its gap.
    _agree(where, max(0.0, claimed - requirement.step), missing, _AMOUNT_TOLERANCE)
    return missing


def _agree(what: str, claimed: float, recomputed: float, tolerance: float) -> None:
    if not abs(claimed - recomputed) <= tolerance:  # so that NaN is a difference too
        raise fail(
            AuditError,
            f"audit / 复核 {what}",
            found=(f"求解器 {claimed:,.4f}", f"{claimed:,.4f} claimed by the solver"),
            expected=(f"复算 {recomputed:,.4f}", f"{recomputed:,.4f} as recomputed"),
            to_do=("把研究文件发给我们", "send us the study, this is our fault"),
        )
