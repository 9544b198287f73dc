"""The audit: a plan recomputed from the roads up, by the evaluator that made the findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planning.access import Way
from planning.siting.audit_checks import (
    agreed,
    check_served,
    check_sizes,
    check_stages,
    check_years,
)
from planning.siting.built import built, given_up, rows_of
from planning.siting.changes import Change, Held, brought
from planning.siting.modules import Module
from planning.siting.need import Covered
from planning.siting.options import conversion_yuan
from planning.siting.plan import Action, PlannedSite, PlanYear, SitingPlan, Unmet
from planning.siting.proposal import Proposal
from planning.siting.reasons import (
    Due,
    Loosening,
    Plan,
    best_alternative,
    ground_of,
    last_of_each,
    losses,
    touched_by,
    why_not,
    why_site,
)
from planning.siting.requirement import Requirement
from planning.siting.stopping import Seconds
from planning.standards import Finding, Profile, Situation, evaluate, in_year

Longs = npt.NDArray[np.int64]

_RELAXING_S = 60.0
"""How long the cheapest ways to meet what stays unmet are looked for at most, all together [s]."""


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
    check_sizes(problem, solution.size)
    check_stages(problem, solution)
    check_sizes(problem, proposal.size)
    after = _situation_after(proposal, profile, situation, ways, situation.year)
    made = _as_made(proposal)
    sites = _sites(proposal, made, situation, after, ways["walk"])
    if np.array_equal(proposal.size, solution.size):
        check_served(problem, solution, after)
    years: list[PlanYear] = []
    unmet: tuple[Unmet, ...] = ()
    for year in proposal.asked:
        then = _then(proposal, profile, situation, after, ways, year)
        findings = evaluate(profile, then, levels(year))
        unmet = _check_requirements(proposal, year, findings)
        years.append(_year(proposal, year, sites, findings))
    check_years(proposal, sites, years)
    unmet = _relaxed(unmet, made, profile, situation, after, ways)
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
        alternatives_sought=made.is_searchable,
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
    proposal: Proposal, plan: Plan, before: Situation, after: Situation, way: Way
) -> tuple[PlannedSite, ...]:
    problem, sizes = proposal.problem, proposal.size
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
                conversion_yuan=conversion_yuan(options, candidates, k, size),
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
    # One array for all for which the same counts: a town has thousands of requirements.
    sizes = {
        key: proposal.counting(one, year)
        for year, asked in proposal.asked.items()
        for key, one in {(year, one.window): one for one in asked}.items()
    }
    return Plan(
        problem=proposal.problem,
        size=proposal.size,
        opened=proposal.opened,
        dues=tuple(
            Due(requirement=one, year=year, size=sizes[year, one.window])
            for year, asked in proposal.asked.items()
            for one in asked
        ),
        budgets=proposal.budgets,
    )


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
        missing = agreed(requirement, claimed, now)
        if now.verdict != "met" and now.measured is not None:
            unmet.append(_unmet(proposal, requirement, missing))
    return tuple(unmet)


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
    plan: Plan,
    profile: Profile,
    before: Situation,
    after: Situation,
    ways: Mapping[str, Way],
) -> tuple[Unmet, ...]:
    """What stays unmet, each with what would meet it."""
    problem = plan.problem
    due = {
        (d.requirement.finding.clause_id, d.requirement.finding.level,
         d.requirement.finding.unit_id): d
        for d in last_of_each(plan.dues)
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
