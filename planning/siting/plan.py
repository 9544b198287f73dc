"""The plan and its audit: recomputed from the roads up, by the evaluator that made the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planning.access import Way
from planning.errors import AuditError, fail
from planning.facilities import ELDER_FUNCTIONS, Facilities
from planning.siting.model import Solution, Status
from planning.siting.problem import Requirement, SitingProblem, most_possible
from planning.standards import Finding, Profile, Situation, evaluate, walks

_YUAN_TOLERANCE = 1.0
_AMOUNT_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSite:
    """One service opened in one candidate: places, floor and land [m²], cost [yuan].

    `opening_yuan` is the candidate's fixed cost, on its first service only.
    """

    candidate: int
    candidate_id: str
    source_class: str
    service: str
    places: int
    floor_m2: float
    land_m2: float
    conversion_yuan: float
    opening_yuan: float
    because_zh: str
    because_en: str

    @property
    def cost_yuan(self) -> float:
        """All of it [yuan]."""
        return self.conversion_yuan + self.opening_yuan


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A requirement that the plan leaves short: by how much [the finding's unit], and why."""

    clause_id: str
    level: str
    unit_id: str
    missing: float
    unit: str
    because_zh: str
    because_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingPlan:
    """The recommendation. `objective` and `bound` [yuan]; `gap` their relative distance.

    `not_posed` are requirements not met that it was not asked to meet.
    """

    status: Status
    objective_yuan: float
    bound_yuan: float
    gap: float
    people_short: float
    people_short_bound: float
    sites: tuple[PlannedSite, ...]
    unmet: tuple[Unmet, ...]
    situation: Situation
    findings: tuple[Finding, ...]
    not_posed: tuple[Finding, ...]


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
    after = _situation_after(problem, solution, profile, situation, ways)
    findings = evaluate(profile, after, levels)
    sites = _sites(problem, solution, situation, after)
    _check_sizes(problem, solution)
    cost = sum(site.cost_yuan for site in sites)
    _agree("cost / 投资（元）", solution.objective, cost, _YUAN_TOLERANCE + 1e-6 * cost)
    unmet = _check_requirements(problem, solution, findings)
    _check_bounds(problem, solution)
    return SitingPlan(
        status=solution.status,
        objective_yuan=cost,
        bound_yuan=min(solution.bound, cost),
        gap=(cost - min(solution.bound, cost)) / cost if cost > 0 else 0.0,
        people_short=solution.people_short,
        people_short_bound=solution.people_short_bound,
        sites=sites,
        unmet=unmet,
        situation=after,
        findings=findings,
        not_posed=problem.not_posed,
    )


def _situation_after(
    problem: SitingProblem,
    solution: Solution,
    profile: Profile,
    situation: Situation,
    ways: Mapping[str, Way],
) -> Situation:
    """The town with the plan built: new sites among the facilities, every walk walked again."""
    facilities = situation.facilities.joined(_as_facilities(problem, solution, situation))
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


def _as_facilities(problem: SitingProblem, solution: Solution, situation: Situation) -> Facilities:
    """Opened options as facilities, one row each, in the order of options; they bring no beds."""
    candidates, options = problem.candidates, problem.options
    used = np.flatnonzero(solution.size > 0)
    at = options.candidate[used]
    size = solution.size[used]
    functions = [situation.functions[options.service[k]] for k in used]
    is_elder = np.array([bool(does & ELDER_FUNCTIONS) for does in functions], dtype=bool)
    floor_m2 = options.floor_per_unit[used] * size
    return Facilities(
        ids=tuple(candidates.ids[j] for j in at),
        names=tuple(candidates.ids[j] for j in at),
        types=tuple(candidates.source_classes[j] for j in at),
        functions=tuple(functions),
        x_m=candidates.x_m[at],
        y_m=candidates.y_m[at],
        places=(options.places_per_unit[used] * size).astype(np.float64),
        beds=np.zeros(len(used)),
        elder_land_m2=np.where(is_elder, options.land_per_unit[used] * size, 0.0),
        floor_m2=floor_m2,
        elder_floor_m2=np.where(is_elder, floor_m2, 0.0),
        is_open=np.ones(len(used), dtype=bool),
        place={level: index[at] for level, index in candidates.place.items()},
    )


def _sites(
    problem: SitingProblem, solution: Solution, before: Situation, after: Situation
) -> tuple[PlannedSite, ...]:
    candidates, options = problem.candidates, problem.options
    opened: set[int] = set()
    sites = []
    for row, k in enumerate(np.flatnonzero(solution.size > 0)):
        j, size = int(options.candidate[k]), int(solution.size[k])
        why_zh, why_en = _why(problem, before, after, int(k), size, row)
        sites.append(
            PlannedSite(
                candidate=j,
                candidate_id=candidates.ids[j],
                source_class=candidates.source_classes[j],
                service=options.service[k],
                places=int(options.places_per_unit[k]) * size,
                floor_m2=float(options.floor_per_unit[k]) * size,
                land_m2=float(options.land_per_unit[k]) * size,
                conversion_yuan=float(candidates.yuan_per_m2[j])
                * float(options.floor_per_unit[k])
                * size,
                opening_yuan=0.0 if j in opened else float(candidates.fixed_yuan[j]),
                because_zh=why_zh,
                because_en=why_en,
            )
        )
        opened.add(j)
    return tuple(sites)


def _why(
    problem: SitingProblem, before: Situation, after: Situation, option: int, size: int, row: int
) -> tuple[str, str]:
    """What one site adds: amounts for each requirement it serves, people newly nearest to it."""
    zh, en = [], []
    for requirement in problem.requirements:
        hit = np.flatnonzero(requirement.options == option)
        if not len(hit):
            continue
        finding = requirement.finding
        if requirement.is_coverage:
            was = replace(before.walks[requirement.walk], limit_ms=requirement.limit_ms)
            now = replace(after.walks[requirement.walk], limit_ms=requirement.limit_ms)
            facility = len(before.facilities) + row
            newly = now.covered & ~was.covered & (now.nearest.site == facility)
            people = float(np.sum(after.demand.people[requirement.group][newly]))
            if people > 0:
                zh.append(f"{finding.article}：新纳入步行圈{people:,.0f}人")
                en.append(f"{finding.article}: {people:,.0f} people newly within the limit")
        elif requirement.amount is not None:
            adds = float(requirement.amount[hit[0]]) * size
            unit = {"places": "个托位", "m2": "平方米用地"}[finding.unit]
            zh.append(f"{finding.article}：为{finding.unit_name}增{adds:,.0f}{unit}")
            en.append(f"{finding.article}: +{adds:,.0f} {finding.unit} in {finding.unit_name}")
    return "；".join(zh), "; ".join(en)


def _check_sizes(problem: SitingProblem, solution: Solution) -> None:
    options, used = problem.options, solution.size > 0
    outside = used & ((solution.size < options.min_size) | (solution.size > options.max_size))
    floor = np.bincount(
        options.candidate,
        weights=options.floor_per_unit * solution.size,
        minlength=len(problem.candidates),
    )
    crowded = floor > problem.candidates.floor_m2 + _AMOUNT_TOLERANCE
    _agree("sizes / 规模", 0.0, float(np.sum(outside) + np.sum(crowded)), 0.0)


def _check_bounds(problem: SitingProblem, solution: Solution) -> None:
    """A bound is never better than what was found, and people short are those of the shortages."""
    weight = [requirement.people_per_unit for requirement in problem.requirements]
    people = float(np.dot(weight, solution.shortage))
    slack = _AMOUNT_TOLERANCE + 1e-6 * people
    _agree("people short / 仍缺服务人次", solution.people_short, people, slack)
    for what, bound, found in (
        ("bound / 下界（元）", solution.bound, solution.objective),
        ("bound / 下界（人）", solution.people_short_bound, people),
    ):
        above = max(0.0, bound - found) if np.isfinite(bound) else bound
        _agree(what, above, 0.0, _YUAN_TOLERANCE + 1e-6 * found)


def _check_requirements(
    problem: SitingProblem, solution: Solution, findings: Sequence[Finding]
) -> tuple[Unmet, ...]:
    """Hold the claimed shortages against the findings recomputed; list what stays short."""
    judged = {(f.clause_id, f.level, f.unit_id): f for f in findings}
    unmet = []
    for requirement, claimed in zip(problem.requirements, solution.shortage, strict=True):
        was = requirement.finding
        now = judged[was.clause_id, was.level, was.unit_id]
        assert now.gap is not None and now.people_short is not None
        missing = float(now.people_short) if requirement.is_coverage else float(now.gap)
        # Whole persons: the model may be up to one person beside the finding.
        tolerance = 1.0 if requirement.is_coverage else _AMOUNT_TOLERANCE
        _agree(f"{was.clause_id} {was.unit_id}", float(claimed), missing, tolerance)
        if now.verdict != "met":
            unmet.append(_unmet(problem, requirement, missing, solution.status))
    return tuple(unmet)


def _unmet(
    problem: SitingProblem, requirement: Requirement, missing: float, status: Status
) -> Unmet:
    finding = requirement.finding
    most = most_possible(problem, requirement)
    if most == 0:
        zh, en = _why_nothing(problem, requirement)
    elif most < requirement.short:
        zh = f"全部候选点用足也只能增加{most:,.0f}，需要{requirement.short:,.0f}"
        en = f"all candidates at their largest add {most:,.0f}, {requirement.short:,.0f} needed"
    elif status is Status.TIME_LIMIT:
        zh = "求解到时停止，可能仍有办法；可加大 siting.time_limit_s"
        en = "the search was cut short, there may be a way; raise siting.time_limit_s"
    else:
        zh = "候选点的面积须在多项要求之间分配，无法同时满足"
        en = "candidates' floor has to be shared between requirements"
    return Unmet(
        clause_id=finding.clause_id,
        level=finding.level,
        unit_id=finding.unit_id,
        missing=missing,
        unit="persons" if requirement.is_coverage else finding.unit,
        because_zh=zh,
        because_en=en,
    )


def _why_nothing(problem: SitingProblem, requirement: Requirement) -> tuple[str, str]:
    """Why no candidate can add anything to a requirement."""
    name = requirement.finding.unit_name
    if requirement.service in problem.options.service and requirement.is_coverage:
        return "候选点的步行圈内没有尚未覆盖的居民", "no candidate reaches anybody who is left out"
    if requirement.finding.unit == "m2":
        zh, en = f"{name}没有带独立用地的候选点", f"no candidate of {name} can host it"
        return zh, en + " on land of its own"
    return f"{name}没有可设该服务的候选点", f"no candidate of {name} can host it"


def _agree(what: str, claimed: float, recomputed: float, tolerance: float) -> None:
    if not abs(claimed - recomputed) <= tolerance:  # so that NaN is a difference too
        raise fail(
            AuditError,
            f"audit / 复核 {what}",
            found=(f"求解器 {claimed:,.4f}", f"{claimed:,.4f} claimed by the solver"),
            expected=(f"复算 {recomputed:,.4f}", f"{recomputed:,.4f} as recomputed"),
            to_do=("把研究文件发给我们", "send us the study, this is our fault"),
        )
