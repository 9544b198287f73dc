"""What is not met becomes a problem, the problem a proposal, and the proposal is audited."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planning.buildable import changes_of, modules_of
from planning.errors import Fault, StudyError, raise_all
from planning.facilities import Candidates
from planning.keeping import Keeper, Sought
from planning.progress import Progress, Step
from planning.result import Town
from planning.siting import Requirement, SitingPlan, SitingProblem, Solution, pose, solve
from planning.siting.aims import Aim
from planning.siting.audit import audit
from planning.siting.highs import Status
from planning.siting.phasing import phases_of, settled, with_pooled
from planning.siting.picked import as_picked
from planning.siting.problem import Budget
from planning.siting.proposal import Proposal
from planning.siting.stopping import Interrupted, Seconds, Sofar, Stop, first_of
from planning.standards import Finding, Situation, binding_levels, evaluate, in_year
from planning.standards.alike import alike
from planning.standards.situation import Ground
from planning.study import SitingSpec
from planning.travel import Reach


def propose(
    town: Town,
    situation: Situation,
    findings: tuple[Finding, ...],
    found: Reach,
    progress: Progress,
    *,
    keeper: Keeper | None = None,
) -> Proposal:
    """What to build for everything that is not met of the study's own document, to be audited.

    `found` is who walks to each facility, then to each candidate. The `keeper` may know what an
    earlier run found. Raises StudyError for candidates
    that the study names and nobody lists.
    """
    siting = town.study.siting
    assert siting is not None
    raise_all(
        StudyError, [*_unknown_candidates(town), *_unknown_facilities(town), *_wrong_years(town)]
    )
    years = _years(town)
    posed = {year: _posed(town, _at(town, situation, year), findings, found) for year in years}
    problem = posed[years[-1]]
    asked = {year: one.requirements for year, one in posed.items()}
    if town.picked is not None:
        return _picked(town, problem, asked)
    aims = _aims(siting)

    def until(interrupted: Interrupted) -> Callable[[], Stop]:
        return lambda: first_of(Seconds(siting.time_limit_s), interrupted)

    problem = problem if len(years) == 1 else with_pooled(problem, asked)
    said = (
        "求解选址（至多）", "solving the siting (at most)", len(aims) * siting.time_limit_s
    )  # fmt: skip
    # Who ends the search wants what was found: it is still shared out among the years, and may be
    # ended by another Ctrl-C.
    first, then = Interrupted(), Interrupted()

    def seek() -> Sought:
        with progress.step(*said) as step:
            with first:
                solution = solve(
                    problem,
                    stop=until(first),
                    relative_gap=siting.gap,
                    seed=siting.seed,
                    aims=aims,
                    watch=_told(step),
                )
            with then:
                return solution, *_opened(town, problem, solution, asked, until(then))

    solution, opened, shared = (keeper or Keeper(town)).sought(seek, (first, then))
    # What nothing asks for, and no year can pay for, is not built.
    size = np.where((opened < 0) & (len(years) > 1), 0, solution.size)
    return Proposal(
        problem=problem,
        solution=solution,
        size=size,
        opened=opened,
        asked=asked,
        shared=shared,
        budgets=siting.budgets_yuan,
    )


def _picked(
    town: Town, problem: SitingProblem, asked: Mapping[int | None, tuple[Requirement, ...]]
) -> Proposal:
    """The plan that somebody picked by hand, whatever it spends: there is nothing to be sought."""
    assert town.picked is not None
    picked = as_picked(problem, town.picked, list(asked))
    return Proposal(
        problem=replace(problem, required=(), forbidden=(), budgets=(), served=None),
        solution=Solution(status=Status.PICKED, size=picked.size, stages=()),
        size=picked.size,
        opened=picked.opened,
        asked=asked,
    )


def audited(town: Town, situation: Situation, proposal: Proposal) -> SitingPlan:
    """The plan of a proposal, recomputed from the roads up.

    Raises AuditError where it is not what the solver says.
    """
    return audit(
        proposal=proposal,
        profile=town.profile,
        levels=lambda year: _levels(town, year),
        situation=situation,
        ways=town.ways,
    )


def _aims(siting: SitingSpec) -> tuple[Aim, ...]:
    """All aims in their order: what clauses leave people without comes first."""
    return ("people_left", *dict.fromkeys(siting.aims))


def _years(town: Town) -> tuple[int | None, ...]:
    """The years of the plan, the study's last; that one alone where none are given."""
    siting = town.study.siting
    assert siting is not None
    return siting.years or (town.study.standards.year,)


def _at(town: Town, situation: Situation, year: int | None) -> Situation:
    """Today's town as it stands in a year of the plan."""
    is_now = year == situation.year
    return situation if is_now else in_year(situation, town.profile, town.ways, year)


def _levels(town: Town, year: int | None) -> Mapping[str, tuple[str, ...]]:
    return binding_levels(town.profile, town.study.standards.levels, year)


def _opened(
    town: Town,
    problem: SitingProblem,
    solution: Solution,
    asked: Mapping[int | None, tuple[Requirement, ...]],
    stop: Callable[[], Stop],
) -> tuple[npt.NDArray[np.int64], Solution | None]:
    """The year in which each option opens, (k,), and what the solver claims of the years.

    −1 for no year, or where none is named; no claim where there is one year or nothing is built.
    """
    siting = town.study.siting
    assert siting is not None
    years = [year for year in asked if year is not None]
    built = solution.size > 0
    if len(years) < 2 or not built.any():
        alone = years[-1] if years else -1
        return np.where(built, alone, -1).astype(np.int64), None
    by_year = {year: one for year, one in asked.items() if year is not None}
    phases = phases_of(problem, solution.size, by_year, siting.budgets_yuan)
    shared = solve(phases.problem, stop=stop, seed=siting.seed, aims=("people_left",))
    # Where money is counted by the year, what no year asks for opens in none.
    return settled(
        phases, shared, problem.options.candidate, solution.size,
        may_wait=not siting.budgets_yuan,
    )  # fmt: skip


_AIM_WORDS: Mapping[Aim, tuple[str, str, float]] = {
    "people_left": ("仍缺服务人次", "people left without", 1.0),
    "yuan": ("万元", "10,000 yuan", 10_000.0),
    "uncovered": ("圈外人次", "people outside", 1.0),
    "person_minutes": ("万人分钟", "10,000 person-minutes", 10_000.0),
    "worst_unit": ("最差单元圈外占比", "outside in the worst unit", 1.0),
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
                {
                    "aim": aim,
                    "found": sofar.objective,
                    "bound": sofar.bound,
                    "gap": sofar.gap,
                    "seconds": sofar.seconds,
                },
            )

    return watch


def _posed(
    town: Town, situation: Situation, findings: tuple[Finding, ...], found: Reach
) -> SitingProblem:
    """What is asked of sites in a year, of the kinds that the study may build."""
    siting, candidates = town.study.siting, _candidates(town)
    assert siting is not None
    if situation.year != town.study.standards.year:
        findings = evaluate(town.profile, situation, _levels(town, situation.year))

    def walks_to(mode: Ground, limit: int) -> Reach:
        if mode == "walk" and limit <= found.limit_ms:
            return found.part(slice(None), limit_ms=limit)
        way, stands = town.ways[mode], town.facilities
        sites = way.sites(np.r_[stands.x_m, candidates.x_m], np.r_[stands.y_m, candidates.y_m])
        return way.reach(sites, limit_ms=limit)

    problem = pose(
        profile=town.profile,
        findings=findings,
        situation=situation,
        candidates=candidates,
        walks_to=walks_to,
        modules=modules_of(town.study),
        changes=changes_of(town.study),
        aims=_aims(siting),
    )
    row = {name: at for at, name in enumerate(candidates.ids)}
    return replace(
        problem,
        required=tuple(row[name] for name in siting.required),
        forbidden=(*(row[name] for name in siting.forbidden), *_too_late(town)),
        budgets=tuple(Budget(yuan=most) for most in _budgets(siting)),
    )


def _too_late(town: Town) -> list[int]:
    """The candidates that can be had only after the last year of the plan, by row."""
    last = _years(town)[-1]
    return np.flatnonzero(~_candidates(town).is_available(last)).tolist()


def _candidates(town: Town) -> Candidates:
    """Where something may be built; nowhere, where the study only changes what stands."""
    return town.candidates or Candidates.none(town.facilities.place)


def _budgets(siting: SitingSpec) -> Iterator[float]:
    """What all of the plan may cost [yuan]: a year that is alone pays for everything."""
    if siting.budget_yuan is not None:
        yield siting.budget_yuan
    if len(siting.years) == 1:
        yield from siting.budgets_yuan.values()


def _unknown_candidates(town: Town) -> Iterator[Fault]:
    """Candidates that the study requires or forbids and that no register lists."""
    siting, candidates = town.study.siting, _candidates(town)
    assert siting is not None
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
    late = {candidates.ids[j] for j in _too_late(town)}
    for name in siting.required:
        if name in late:
            first = candidates.available_year[candidates.ids.index(name)]
            yield Fault(
                where="siting.required",
                found=(f"候选点“{name}”{first} 年起可用", f"'{name}', to be had from {first} on"),
                expected=(f"{_years(town)[-1]} 年或更早", f"{_years(town)[-1]} or earlier"),
                to_do=("改正可用年份，或不列为必选", "mend the year, or do not require it"),
            )
    for name in sorted(set(siting.required) & set(siting.forbidden)):
        yield Fault(
            where="siting",
            found=(f"“{name}”既必选又不得选", f"'{name}' is required and forbidden"),
            expected=("只列其一", "one of the two"),
            to_do=("改正", "mend it"),
        )


def _unknown_facilities(town: Town) -> Iterator[Fault]:
    """Facilities that a change is for and that no register lists."""
    ids = town.facilities.ids
    for service, of in town.study.services.items():
        for change, spec in of.change.items():
            for name in spec.ids:
                if name not in ids:
                    near = alike(name, ids) or ids[:3]
                    yield Fault(
                        where=f"services.{service}.change.{change}.ids",
                        found=(f"设施“{name}”", f"facility '{name}'"),
                        expected=(
                            f"现有设施编号，如 {'、'.join(near)}",
                            f"an id such as {', '.join(near)}",
                        ),
                        to_do=("改正编号", "mend the id"),
                    )


def _wrong_years(town: Town) -> Iterator[Fault]:
    """Years rise and end with the study's; a year with a budget is one of them."""
    siting, year = town.study.siting, town.study.standards.year
    assert siting is not None
    years = siting.years
    said = "、".join(map(str, years))
    if years and (list(years) != sorted(set(years)) or years[-1] != year):
        yield Fault(
            where="siting.years",
            found=(f"{said}，评估年份 {year}", f"{said}, the study's year {year}"),
            expected=(
                "由早到晚、末年为 standards.year",
                "rising years, the last of them standards.year",
            ),
            to_do=("改正年份", "mend the years"),
        )
    strange = sorted(set(siting.budgets_yuan) - set(years))
    if strange:
        yield Fault(
            where="siting.budgets_yuan",
            found=("、".join(map(str, strange)), ", ".join(map(str, strange))),
            expected=(f"siting.years 中的年份：{said}", f"years of siting.years: {said}"),
            to_do=("改正年份", "mend the years"),
        )
