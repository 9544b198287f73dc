"""The audit: a plan recomputed from the roads up, by the evaluator that made the findings."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from planning.access import Way
from planning.errors import AuditError, fail
from planning.siting.built import built, given_up, rows_of
from planning.siting.changes import Change, Held, brought
from planning.siting.highs import Status
from planning.siting.modules import Module
from planning.siting.need import Covered
from planning.siting.plan import Action, PlannedSite, PlanYear, SitingPlan, Unmet
from planning.siting.problem import SitingProblem
from planning.siting.reasons import (
    Due,
    Loosening,
    Plan,
    best_alternative,
    ground_of,
    losses,
    touched_by,
    why_not,
    why_site,
)
from planning.siting.requirement import Requirement
from planning.siting.solving import Solution
from planning.siting.stopping import Seconds
from planning.standards import Finding, Profile, Situation, evaluate, in_year
from planning.units import MS_PER_MIN

Longs = npt.NDArray[np.int64]

_YUAN_TOLERANCE = 1.0
_AMOUNT_TOLERANCE = 0.01
_RELAXING_S = 60.0
"""How long the cheapest ways to meet what stays unmet are looked for at most, all together [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is to be audited: sizes (k,) of options, the year in which each opens, what was asked.

    `opened` (k,) is −1 for what does not open, and all −1 where the study names no year. `asked`
    are the requirements of every year, in the order of years; the last is the study's. `shared` is
    what the solver claims of the years, None where there is one; `budgets` [yuan] are theirs.
    """

    problem: SitingProblem
    solution: Solution
    size: Longs
    opened: Longs
    asked: Mapping[int | None, Sequence[Requirement]]
    shared: Solution | None = None
    budgets: Mapping[int, float] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """How the search ended, for the plan and for its years."""
        cut_short = self.shared is not None and self.shared.status is Status.STOPPED
        return Status.STOPPED if cut_short else self.solution.status

    def by(self, year: int | None) -> Longs:
        """The sizes of what is open at the end of a year."""
        return self.size if year is None else np.where(self.opened <= year, self.size, 0)

    def counting(self, one: Requirement, year: int | None) -> Longs:
        """The sizes of what counts for a requirement of a year."""
        if one.window is None or year is None:
            return self.by(year)
        first, last = one.window
        # What stands counts by the year in which it opened itself.
        counts = (self.opened >= first) & (self.opened <= last)
        return np.where(counts | (self.problem.options.facility >= 0), self.by(year), 0)


def audit(
    *,
    proposal: Proposal,
    profile: Profile,
    levels: Callable[[int | None], Mapping[str, Sequence[str]]],
    situation: Situation,
    ways: Mapping[str, Way],
) -> SitingPlan:
    """Turn a proposal into a plan by recomputing all of it; raise `AuditError` where it differs.

    Nothing of the solver's arithmetic is used but which option has which size and year: cost, land,
    places and walking times are computed again, and every clause is evaluated again, for every
    year. `levels` says where each clause binds in a year.
    """
    problem, solution = proposal.problem, proposal.solution
    _check_sizes(problem, solution.size)
    _check_stages(problem, solution)
    _check_sizes(problem, proposal.size)
    after = _situation_after(proposal, profile, situation, ways, situation.year)
    sites = _sites(proposal, situation, after, ways["walk"])
    if np.array_equal(proposal.size, solution.size):
        _check_served(problem, solution, after)
    years: list[PlanYear] = []
    unmet: tuple[Unmet, ...] = ()
    for year in proposal.asked:
        then = _then(proposal, profile, situation, after, ways, year)
        findings = evaluate(profile, then, levels(year))
        unmet = _check_requirements(proposal, year, findings)
        years.append(_year(proposal, year, sites, findings))
    _check_years(proposal, sites, years)
    unmet = _relaxed(unmet, proposal, profile, situation, after, ways)
    cost = sum(site.cost_yuan for site in sites)
    bounds = {stage.aim: stage.bound for stage in solution.stages}
    # The bound is one on plans that build all of it: where a year could not pay, there is none;
    # nor where nothing was sought.
    is_whole = bool(np.array_equal(proposal.size, solution.size))
    bound = min(bounds.get("yuan", 0.0), cost) if is_whole else 0.0
    left = years[-1].people_short
    return SitingPlan(
        status=proposal.status,
        objective_yuan=cost,
        bound_yuan=bound,
        gap=(cost - bound) / cost if cost > 0 else 0.0,
        people_short=left,
        people_short_bound=min(bounds.get("people_left", 0.0), left),
        stages=solution.stages,
        years=tuple(years),
        sites=sites,
        unmet=unmet,
        alternatives_sought=_as_made(proposal).is_searchable,
        candidates=problem.candidates,
        situation=after,
        findings=years[-1].findings,
        not_posed=problem.not_posed,
    )


def _then(
    proposal: Proposal,
    profile: Profile,
    situation: Situation,
    after: Situation,
    ways: Mapping[str, Way],
    year: int | None,
) -> Situation:
    """The town at the end of a year of the plan, `after` all of which it is in its last."""
    if year == situation.year:
        return after
    if (proposal.problem.options.facility[proposal.size > 0] >= 0).any():
        return _situation_after(proposal, profile, situation, ways, year)
    return in_year(after, profile, ways, year)


def _situation_after(
    proposal: Proposal,
    profile: Profile,
    situation: Situation,
    ways: Mapping[str, Way],
    year: int | None,
) -> Situation:
    """The town at the end of a year of the plan: every walk walked again.

    What opens later is among the facilities, and does not stand yet; what is changed later is as
    it was.
    """
    problem, size = proposal.problem, proposal.size
    options, stands = problem.options, situation.facilities
    later = (options.facility >= 0) & (size > proposal.by(year))
    used = np.flatnonzero((size > 0) & ~later)
    facilities = built(
        options, problem.candidates, stands, used, size[used], opened=proposal.opened[used]
    )
    way = ways["walk"]
    within = {
        service: way.coverage(
            facilities.x_m,
            facilities.y_m,
            counting=facilities.offering(situation.functions[service]),
            limit_ms=before.limit_ms,
        )
        for service, before in situation.coverage.items()
    }
    absent = situation.absent | given_up(stands, facilities)
    after = replace(situation, facilities=facilities, coverage=within, absent=absent)
    return in_year(after, profile, ways, year)


def _year(
    proposal: Proposal,
    year: int | None,
    sites: Sequence[PlannedSite],
    findings: tuple[Finding, ...],
) -> PlanYear:
    """What opens in a year, and what all that is due by then leaves short."""
    own = [site for site in sites if site.year == year]
    left = sum(
        one.weight * one.need.missing(proposal.counting(one, year)) for one in proposal.asked[year]
    )
    return PlanYear(
        year=year,
        sites=len({site.candidate for site in own}),
        yuan=sum(site.cost_yuan for site in own),
        people_short=left,
        findings=findings,
    )


def _sites(
    proposal: Proposal, before: Situation, after: Situation, way: Way
) -> tuple[PlannedSite, ...]:
    problem, sizes = proposal.problem, proposal.size
    plan = _as_made(proposal)
    lost = losses(plan, before, after, way)
    sought = plan.is_searchable
    instead = {j: best_alternative(plan, j) if sought else None for j in lost}
    candidates, options = problem.candidates, problem.options
    used = np.flatnonzero(sizes > 0)
    rows = rows_of(options, used, len(before.facilities))
    touched = touched_by(problem, used)
    opened: set[int] = set()
    sites = []
    for k, at in zip(used.tolist(), rows.tolist(), strict=True):
        j, size = int(options.candidate[k]), int(sizes[k])
        module = options.modules[options.module[k]]
        purposes = why_site(touched[k], before, after, sizes, k, at)
        floor_m2 = float(options.floor_per_unit[k]) * size
        year = int(proposal.opened[k])
        sites.append(
            PlannedSite(
                candidate=j,
                candidate_id=candidates.ids[j],
                source_class=candidates.source_classes[j],
                service=module.service,
                module=module.name,
                places=_brought(module, after, at, size, "places"),
                beds=_brought(module, after, at, size, "beds"),
                nursing_beds=_brought(module, after, at, size, "nursing_beds"),
                floor_m2=floor_m2,
                land_m2=float(options.land_per_unit[k]) * size,
                conversion_yuan=_conversion_yuan(problem, k, size),
                opening_yuan=0.0 if j in opened else float(candidates.fixed_yuan[j]),
                year=None if year < 0 else year,
                because_zh="；".join(f"{one.article}：{one.because_zh}" for one in purposes),
                because_en="; ".join(f"{one.article}: {one.because_en}" for one in purposes),
                purposes=purposes,
                loss=lost[j],
                alternative=instead[j],
                action=_action(module),
                facility=at,
            )
        )
        opened.add(j)
    return tuple(sites)


def _action(module: Module | Change) -> Action:
    if isinstance(module, Module):
        return "build"
    return "close" if module.closes else "change"


def _brought(module: Module | Change, after: Situation, at: int, size: int, kind: Held) -> int:
    """How many places or beds something new has, or a change brings."""
    if isinstance(module, Change):
        return int(brought([module], np.array([size]), kind)[0])
    return int(getattr(after.facilities, kind)[at])


def _as_made(proposal: Proposal) -> Plan:
    """The plan as its reasons look at it."""
    return Plan(
        problem=proposal.problem,
        size=proposal.size,
        opened=proposal.opened,
        dues=tuple(
            Due(requirement=one, year=year, size=proposal.counting(one, year))
            for year, asked in proposal.asked.items()
            for one in asked
        ),
        budgets=proposal.budgets,
    )


def _check_sizes(problem: SitingProblem, size: Longs) -> None:
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
    total += sum(_conversion_yuan(problem, k, int(size[k])) for k in used.tolist())
    return total


def _conversion_yuan(problem: SitingProblem, k: int, size: int) -> float:
    """What an option costs: its floor at its module's price or the candidate's, or its change."""
    options, j = problem.options, problem.options.candidate[k]
    module = options.modules[options.module[k]]
    if isinstance(module, Change):
        return module.yuan + module.yuan_per_unit * size
    price = module.yuan_per_m2
    if price is None:
        price = float(problem.candidates.yuan_per_m2[j])
    return float(price) * float(options.floor_per_unit[k]) * size


def _check_stages(problem: SitingProblem, solution: Solution) -> None:
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


def _check_served(problem: SitingProblem, solution: Solution, after: Situation) -> None:
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


def _check_years(
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
    claimed = None if proposal.shared is None else proposal.shared.stage("people_left")
    if claimed is not None:
        left = sum(year.people_short for year in years)
        _agree("people left over years / 历年", claimed.found, left, _YUAN_TOLERANCE + 1e-6 * left)


def _check_requirements(
    proposal: Proposal, year: int | None, findings: Sequence[Finding]
) -> tuple[Unmet, ...]:
    """Hold the claimed shortages against the findings recomputed; list what stays short."""
    judged = {(f.clause_id, f.level, f.unit_id): f for f in findings}
    unmet = []
    for requirement in proposal.asked[year]:
        was = requirement.finding
        now = judged[was.clause_id, was.level, was.unit_id]
        claimed = requirement.need.missing(proposal.counting(requirement, year))
        missing = _agreed(requirement, claimed, now)
        if now.verdict != "met" and now.measured is not None:
            unmet.append(_unmet(proposal, requirement, missing))
    return tuple(unmet)


def _agreed(requirement: Requirement, claimed: float, now: Finding) -> float:
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


def _unmet(proposal: Proposal, requirement: Requirement, missing: float) -> Unmet:
    finding = requirement.finding
    yuan = [budget.yuan for budget in proposal.problem.budgets] or [*proposal.budgets.values()]
    zh, en = why_not(
        proposal.problem, requirement, proposal.status, budget_yuan=sum(yuan) if yuan else None
    )
    return Unmet(
        clause_id=finding.clause_id,
        level=finding.level,
        unit_id=finding.unit_id,
        missing=missing,
        unit="persons" if isinstance(requirement.need, Covered) else finding.unit,
        because_zh=zh,
        because_en=en,
    )


def _relaxed(
    unmet: tuple[Unmet, ...],
    proposal: Proposal,
    profile: Profile,
    before: Situation,
    after: Situation,
    ways: Mapping[str, Way],
) -> tuple[Unmet, ...]:
    """What stays unmet, each with what would meet it."""
    problem, plan = proposal.problem, _as_made(proposal)
    last = [*proposal.asked][-1]
    due = {
        (d.requirement.finding.clause_id, d.requirement.finding.level,
         d.requirement.finding.unit_id): d
        for d in plan.dues
        if d.year == last
    }  # fmt: skip
    loosening = Loosening(
        plan=plan,
        ground=ground_of(profile, before, problem.candidates, problem.options),
        after=after,
        ways=ways,
        stop=Seconds(_RELAXING_S / max(1, len(unmet))),
    )
    return tuple(
        replace(one, relaxations=loosening.of(due[one.clause_id, one.level, one.unit_id]))
        for one in unmet
    )


def _agree(what: str, claimed: float, recomputed: float, tolerance: float) -> None:
    if not abs(claimed - recomputed) <= tolerance:  # so that NaN is a difference too
        raise fail(
            AuditError,
            f"audit / 复核 {what}",
            found=(f"求解器 {claimed:,.4f}", f"{claimed:,.4f} claimed by the solver"),
            expected=(f"复算 {recomputed:,.4f}", f"{recomputed:,.4f} as recomputed"),
            to_do=("把研究文件发给我们", "send us the study, this is our fault"),
        )
