"""What is not met becomes a problem, the problem a plan, and the plan is audited."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from planning.errors import Fault, StudyError, raise_all
from planning.judging import levels_of
from planning.progress import Progress, Step
from planning.result import Town
from planning.siting import Module, SitingPlan, SitingProblem, audit, pose, solve
from planning.siting.modules import SizedIn
from planning.siting.solving import AIMS, Aim
from planning.siting.stopping import Interrupted, Seconds, Sofar, first_of
from planning.standards import Finding, Situation
from planning.standards.alike import alike
from planning.standards.situation import Ground
from planning.study import BuildSpec, ServiceSpec, Study
from planning.travel import Reach, reach


def propose(
    town: Town,
    situation: Situation,
    findings: tuple[Finding, ...],
    found: Reach,
    progress: Progress,
) -> SitingPlan:
    """A plan for everything that is not met of the study's own document.

    `found` is who walks to each facility, then to each candidate. Raises StudyError for candidates
    that the study names and nobody lists, AuditError where the plan is not what the solver says.
    """
    siting = town.study.siting
    assert siting is not None
    problem = _problem(town, situation, findings, found)
    most_s = len(AIMS) * siting.time_limit_s
    with (
        progress.step("求解选址（至多）", "solving the siting (at most)", most_s) as step,
        Interrupted() as interrupted,
    ):
        solution = solve(
            problem,
            stop=lambda: first_of(Seconds(siting.time_limit_s), interrupted),
            relative_gap=siting.gap,
            seed=siting.seed,
            watch=_told(step),
        )
    with progress.step("独立复核", "auditing the plan"):
        return audit(
            problem=problem,
            solution=solution,
            profile=town.profile,
            levels=levels_of(town, town.profile),
            situation=situation,
            ways=town.ways,
        )


_AIM_WORDS: Mapping[Aim, tuple[str, str, float]] = {
    "people_left": ("仍缺服务人次", "people left without", 1.0),
    "yuan": ("万元", "10,000 yuan", 10_000.0),
    "sites": ("处", "sites", 1.0),
}
"""How each aim is told, and in what unit."""


def _told(step: Step) -> Callable[[Aim, Sofar], None]:
    """How far the search is: the best found, the bound, the gap between them."""
    spent: dict[Aim, float] = {}

    def watch(aim: Aim, sofar: Sofar) -> None:
        step.advance(max(0.0, sofar.seconds - spent.get(aim, 0.0)))
        spent[aim] = sofar.seconds
        zh, en, unit = _AIM_WORDS[aim]
        if math.isfinite(sofar.gap):
            found, bound = sofar.objective / unit, sofar.bound / unit
            step.say(
                f"{zh} {found:,.0f}，下界 {bound:,.0f}，差距 {sofar.gap:.2%}；Ctrl-C 取目前最好的",
                f"{en} {found:,.0f}, bound {bound:,.0f}, gap {sofar.gap:.2%}; Ctrl-C ends it",
            )

    return watch


def _problem(
    town: Town, situation: Situation, findings: tuple[Finding, ...], found: Reach
) -> SitingProblem:
    """What is asked of sites, of the kinds that the study may build."""
    assert town.candidates is not None and town.study.siting is not None
    siting, candidates = town.study.siting, town.candidates
    raise_all(StudyError, list(_unknown_candidates(town)))

    def walks_to(mode: Ground, limit: int) -> Reach:
        if mode == "walk" and limit <= found.limit_ms:
            return found.part(slice(len(town.facilities), None), limit_ms=limit)
        way = town.ways[mode]
        sites = way.sites(candidates.x_m, candidates.y_m)
        return reach(way.network, sites, way.crowd, limit_ms=limit)

    problem = pose(
        profile=town.profile,
        findings=findings,
        situation=situation,
        candidates=candidates,
        walks_to=walks_to,
        modules=modules_of(town.study),
    )
    row = {name: at for at, name in enumerate(candidates.ids)}
    return replace(
        problem,
        required=tuple(row[name] for name in siting.required),
        forbidden=tuple(row[name] for name in siting.forbidden),
        budget_yuan=siting.budget_yuan,
    )


def modules_of(study: Study) -> list[Module]:
    """The kinds of facility that a study may build, in its order."""
    return [
        _module(name, service, of, spec)
        for service, of in study.services.items()
        for name, spec in of.build.items()
    ]


def _module(name: str, service: str, of: ServiceSpec, spec: BuildSpec) -> Module:
    sized: dict[SizedIn, float | None] = {
        "places": spec.floor_m2_per_place,
        "beds": spec.floor_m2_per_bed,
        "m2": 1.0,
    }
    sized_in = next(kind for kind, floor_m2 in sized.items() if floor_m2 is not None)
    return Module(
        name=name,
        service=service,
        functions=frozenset(spec.functions or of.functions),
        sized_in=sized_in,
        floor_m2_per_unit=sized[sized_in] or 1.0,
        min_floor_m2=spec.min_floor_m2,
        max_floor_m2=spec.max_floor_m2,
        sizes_m2=spec.sizes_m2,
        places=spec.places,
        beds=spec.beds,
        is_nursing=spec.nursing,
        traits=dict(spec.traits),
        operator=spec.operator or "",
        grade=-1 if spec.grade is None else spec.grade,
        tier_min=-1 if spec.tier_min is None else spec.tier_min,
        yuan_per_m2=spec.yuan_per_m2,
    )


def _unknown_candidates(town: Town) -> Iterator[Fault]:
    """Candidates that the study requires or forbids and that no register lists."""
    siting, candidates = town.study.siting, town.candidates
    assert siting is not None and candidates is not None
    for key, names in (("required", siting.required), ("forbidden", siting.forbidden)):
        for name in names:
            if name not in candidates.ids:
                near = alike(name, candidates.ids) or candidates.ids[:3]
                yield Fault(
                    where=f"siting.{key}",
                    found=(f"候选点“{name}”", f"candidate '{name}'"),
                    expected=(
                        f"候选点编号，如 {'、'.join(near)}",
                        f"an id such as {', '.join(near)}",
                    ),
                    to_do=("改正编号", "mend the id"),
                )
    for name in sorted(set(siting.required) & set(siting.forbidden)):
        yield Fault(
            where="siting",
            found=(f"“{name}”既必选又不得选", f"'{name}' is required and forbidden"),
            expected=("只列其一", "one of the two"),
            to_do=("改正", "mend it"),
        )
