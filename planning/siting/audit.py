"""The audit: a plan recomputed from the roads up, by the evaluator that made the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from planning.access import Way
from planning.errors import AuditError, fail
from planning.siting.explain import why_not, why_site
from planning.siting.need import Covered
from planning.siting.options import as_facilities
from planning.siting.plan import PlannedSite, SitingPlan, Unmet
from planning.siting.problem import SitingProblem
from planning.siting.requirement import Requirement
from planning.siting.solving import Solution
from planning.standards import Finding, Profile, Situation, evaluate, walks

_YUAN_TOLERANCE = 1.0
_AMOUNT_TOLERANCE = 0.01


def audit(
    *,
    problem: SitingProblem,
    solution: Solution,
    profile: Profile,
    levels: Mapping[str, Sequence[str]],
    situation: Situation,
    ways: Mapping[str, Way],
) -> SitingPlan:
    """Turn a solution into a plan by recomputing all of it; raise `AuditError` where it differs.

    Nothing of the solver's arithmetic is used but which option has which size: cost, land, places
    and walking times are computed again, and every clause is evaluated again.
    """
    after = situation_after(problem, solution, profile, situation, ways)
    findings = evaluate(profile, after, levels)
    sites = _sites(problem, solution, situation, after)
    _check_sizes(problem, solution)
    cost = sum(site.cost_yuan for site in sites)
    unmet = _check_requirements(problem, solution, findings)
    people = _people_short(problem, solution)
    _check_stages(solution, {"yuan": cost, "people_left": people})
    bounds = {stage.aim: stage.bound for stage in solution.stages}
    bound = min(bounds.get("yuan", cost), cost)
    return SitingPlan(
        status=solution.status,
        objective_yuan=cost,
        bound_yuan=bound,
        gap=(cost - bound) / cost if cost > 0 else 0.0,
        people_short=people,
        people_short_bound=min(bounds.get("people_left", people), people),
        stages=solution.stages,
        sites=sites,
        unmet=unmet,
        situation=after,
        findings=findings,
        not_posed=problem.not_posed,
    )


def situation_after(
    problem: SitingProblem,
    solution: Solution,
    profile: Profile,
    situation: Situation,
    ways: Mapping[str, Way],
) -> Situation:
    """The town with the plan built: new sites among the facilities, every walk walked again."""
    used = np.flatnonzero(solution.size > 0)
    facilities = situation.facilities.joined(
        as_facilities(
            problem.options,
            problem.candidates,
            used,
            solution.size[used],
            opened_year=situation.year,
        )
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
    return replace(
        situation,
        facilities=facilities,
        coverage=within,
        walks=walks(
            profile.clauses,
            facilities,
            ways,
            year=situation.year,
            strict_tiers=profile.readings["tiers"] == "strict",
        ),
    )


def _sites(
    problem: SitingProblem, solution: Solution, before: Situation, after: Situation
) -> tuple[PlannedSite, ...]:
    candidates, options = problem.candidates, problem.options
    built = after.facilities
    opened: set[int] = set()
    sites = []
    for row, k in enumerate(np.flatnonzero(solution.size > 0).tolist()):
        j, size = int(options.candidate[k]), int(solution.size[k])
        module = options.modules[options.module[k]]
        at = len(before.facilities) + row
        zh, en = why_site(problem, before, after, solution.size, k, row)
        price = candidates.yuan_per_m2[j] if module.yuan_per_m2 is None else module.yuan_per_m2
        floor_m2 = float(options.floor_per_unit[k]) * size
        sites.append(
            PlannedSite(
                candidate=j,
                candidate_id=candidates.ids[j],
                source_class=candidates.source_classes[j],
                service=module.service,
                module=module.name,
                places=int(built.places[at]),
                beds=int(built.beds[at]),
                floor_m2=floor_m2,
                land_m2=float(options.land_per_unit[k]) * size,
                conversion_yuan=float(price) * floor_m2,
                opening_yuan=0.0 if j in opened else float(candidates.fixed_yuan[j]),
                year=before.year,
                because_zh=zh,
                because_en=en,
            )
        )
        opened.add(j)
    return tuple(sites)


def _check_sizes(problem: SitingProblem, solution: Solution) -> None:
    options, size = problem.options, solution.size
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


def _people_short(problem: SitingProblem, solution: Solution) -> float:
    """People left without, by the requirements' own sums."""
    return sum(one.weight * one.need.missing(solution.size) for one in problem.requirements)


def _check_stages(solution: Solution, recomputed: Mapping[str, float]) -> None:
    """What the solver claims is what comes out, and no bound is better than what was found."""
    for stage in solution.stages:
        value = recomputed.get(stage.aim)
        if value is None:
            continue
        slack = _YUAN_TOLERANCE + 1e-6 * value
        _agree(f"{stage.aim} / 目标值", stage.found, value, slack)
        above = max(0.0, stage.bound - value) if np.isfinite(stage.bound) else stage.bound
        _agree(f"{stage.aim} bound / 下界", above, 0.0, slack)


def _check_requirements(
    problem: SitingProblem, solution: Solution, findings: Sequence[Finding]
) -> tuple[Unmet, ...]:
    """Hold the claimed shortages against the findings recomputed; list what stays short."""
    judged = {(f.clause_id, f.level, f.unit_id): f for f in findings}
    unmet = []
    for requirement in problem.requirements:
        was = requirement.finding
        now = judged[was.clause_id, was.level, was.unit_id]
        claimed = requirement.need.missing(solution.size)
        missing = _agreed(requirement, claimed, now)
        if now.verdict != "met":
            unmet.append(_unmet(problem, requirement, missing, solution))
    return tuple(unmet)


def _agreed(requirement: Requirement, claimed: float, now: Finding) -> float:
    """What is missing by the finding, which must be what was claimed."""
    where = f"{now.clause_id} {now.unit_id}"
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
    assert requirement.finding.gap is not None
    # A figure that must be passed asks for one step more than its gap.
    step = max(0.0, requirement.need.short - float(requirement.finding.gap))
    _agree(where, max(0.0, claimed - step), missing, _AMOUNT_TOLERANCE)
    return missing


def _unmet(
    problem: SitingProblem, requirement: Requirement, missing: float, solution: Solution
) -> Unmet:
    finding = requirement.finding
    zh, en = why_not(problem, requirement, solution.status)
    return Unmet(
        clause_id=finding.clause_id,
        level=finding.level,
        unit_id=finding.unit_id,
        missing=missing,
        unit="persons" if isinstance(requirement.need, Covered) else finding.unit,
        because_zh=zh,
        because_en=en,
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
