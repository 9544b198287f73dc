"""One town in several worlds: other people, other walking speeds; every plan held against each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.errors import StudyError, fail
from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.judging import findings_of, situation_of
from planning.keeping import Keeper, digest_of_arrays
from planning.network import PROFILES
from planning.progress import Progress
from planning.proposing import audited, propose
from planning.result import Town
from planning.siting import Proposal, SitingPlan, SitingProblem, Solution, Status
from planning.siting.frontier import met_of
from planning.siting.problem import Budget
from planning.siting.regret import (
    Contender,
    LeastRegret,
    Outcome,
    Robustness,
    World,
    WorldKind,
    least_regret,
    least_worst,
)
from planning.siting.stopping import Interrupted, Seconds, first_of
from planning.standards import Situation
from planning.study import Study

_ABOUT_PEOPLE = frozenset(
    {"title", "population", "ages", "groups", "projection", "residential_areas", "network"}
)
"""Keys of a study that say who lives where and how they walk; all else is the same everywhere."""

Longs = npt.NDArray[np.int64]
Says = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variant:
    """A world as a study would say it."""

    kind: WorldKind
    name: str
    label: Says
    study: Study


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lived:
    """A world that was read: its town today, and what is proposed for it."""

    kind: WorldKind
    name: str
    label: Says
    town: Town
    situation: Situation
    proposal: Proposal

    @property
    def year(self) -> int | None:
        """The last year of the plan."""
        return list(self.proposal.asked)[-1]

    @property
    def problem(self) -> SitingProblem:
        """What the last year asks."""
        asked = tuple(self.proposal.asked[self.year])
        return replace(self.proposal.problem, requirements=asked)

    @property
    def bound(self) -> float:
        """No plan leaves fewer; NaN where the years are planned together."""
        if len(self.proposal.asked) > 1:
            return np.nan
        stage = self.proposal.solution.stage("people_left")
        return 0.0 if stage is None else stage.bound


def robustness(
    town: Town,
    situation: Situation,
    proposal: Proposal,
    *,
    study_path: Path,
    data_dir: Path,
    documents: Sequence[str],
    max_memory_bytes: int | None,
    progress: Progress,
    keeper: Keeper | None = None,
) -> Robustness:
    """The plan of a study, and those made for each of its worlds, in every world.

    Worlds are the study itself, the scenarios that change people or walking, and the slow and the
    fast walking speed of the profile; a plan made for all of them at once comes last. Scenarios
    that change anything else are left out, and named. Every figure is the evaluator's, for the last
    year of the study. The `keeper` may know what an earlier run found in any of them.

    Raises StudyError where there is no world beside the study's own.
    """
    own_label = ("本研究", "the study") if town.scenario is None else (town.scenario,) * 2
    lived = [
        _Lived(
            kind="own", name=town.scenario or "", label=own_label, town=town, situation=situation,
            proposal=proposal,
        )
    ]  # fmt: skip
    kept = keeper or Keeper(town)
    variants, left_out = _variants(town, study_path)
    for variant in variants:
        other = _live(town, variant, data_dir, documents, max_memory_bytes, progress, kept)
        different = _difference(proposal.problem, other.proposal.problem)
        if different:
            left_out.append((variant.name, different))
        else:
            lived.append(other)
    if len(lived) == 1:
        raise _alone(left_out)
    plans = [one.proposal for one in lived]
    with progress.step("逐世界复核", "auditing in every world", float(len(lived))) as step:
        audits = [[_audited(one, plan) for one in lived] for plan in plans]
        step.advance(float(len(lived)))
    together = _together(lived, plans, audits, progress, kept)
    contenders = [_contender(one, row[0]) for one, row in zip(lived, audits, strict=True)]
    if together.size is not None:
        made = _opened_last(lived[0], together.size, together.status)
        audits.append([_audited(one, made) for one in lived])
        contenders.append(
            replace(
                _contender(lived[0], audits[-1][0]),
                kind="all",
                name="",
                label=("兼顾各情形", "all of them"),
                status=together.status,
            )
        )
    return Robustness(
        worlds=tuple(
            World(kind=one.kind, name=one.name, label=one.label, bound=one.bound) for one in lived
        ),
        plans=tuple(contenders),
        outcomes=tuple(tuple(map(_outcome, row)) for row in audits),
        left_out=tuple(left_out),
        regret_bound=together.bound,
    )


def _variants(town: Town, study_path: Path) -> tuple[list[_Variant], list[tuple[str, Says]]]:
    """The worlds beside the study's own, and the scenarios that are none."""
    found: list[_Variant] = []
    left_out: list[tuple[str, Says]] = []
    laid = town.study.laid_over
    base = town.scenario if laid is None else laid.base
    own = {**town.study.scenarios.get(base or "", {}), **({} if laid is None else laid.under)}
    for name, change in town.study.scenarios.items():
        if name == base:
            continue
        why = _not_of_people(change, own)
        if why is not None:
            left_out.append((name, why))
            continue
        other = read_study(study_path, name)
        study = town.study.model_copy(update={key: getattr(other, key) for key in change})
        found.append(_Variant(kind="scenario", name=name, label=(name, name), study=study))
    for speed in _speeds(town):
        if not any(_same(speed.study, one.study) for one in found):
            found.append(speed)
    return found, left_out


def _not_of_people(change: Mapping[str, Any], own: Mapping[str, Any]) -> Says | None:
    """Why a scenario is no world of a study of which `own` is already changed; None if it is."""
    others = sorted(set(change) - _ABOUT_PEOPLE)
    if others:
        return f"还改变了 {'、'.join(others)}", f"changes {', '.join(others)} too"
    both = sorted(set(change) & set(own) - {"title"})
    if both:
        return f"与本情景改的同是 {'、'.join(both)}", f"changes {', '.join(both)}, as this one does"
    return None


def _speeds(town: Town) -> Iterator[_Variant]:
    """The study at the slow and the fast speed of its profile; none where it has no band."""
    band = PROFILES[town.study.network.profile].band_m_s or ()
    for speed_m_s, word in zip(band, (("慢行", "slow"), ("快行", "fast")), strict=False):
        if speed_m_s == town.network.profile.speed_m_s:
            continue
        spec = town.study.network.model_copy(update={"speed_m_s": speed_m_s})
        yield _Variant(
            kind="speed",
            name=f"{speed_m_s:g} m/s",
            label=(f"{word[0]} {speed_m_s:g} 米/秒", f"{word[1]} {speed_m_s:g} m/s"),
            study=town.study.model_copy(update={"network": spec}),
        )


def _same(one: Study, other: Study) -> bool:
    """Whether two studies ask the same, whatever they are called."""
    aside = {"name", "title", "scenarios"}
    return one.model_dump(exclude=aside) == other.model_dump(exclude=aside)


def _live(
    town: Town,
    variant: _Variant,
    data_dir: Path,
    documents: Sequence[str],
    max_memory_bytes: int | None,
    progress: Progress,
    keeper: Keeper,
) -> _Lived:
    """Read a world, judge it, and propose what it asks for."""
    there, _ = read_town(
        variant.study, data_dir, scenario=town.scenario, documents=documents, progress=progress
    )
    kept = keeper.of(there)
    found = kept.reach(max_memory_bytes=max_memory_bytes, progress=progress)
    situation = situation_of(there)
    findings = findings_of(there, situation, there.profile)
    return _Lived(
        kind=variant.kind,
        name=variant.name,
        label=variant.label,
        town=there,
        situation=situation,
        proposal=propose(there, situation, findings, found, progress, keeper=kept),
    )


def _difference(one: SitingProblem, other: SitingProblem) -> Says | None:
    """Why plans of one world cannot be built in another; None where they can."""
    same = one.candidates.ids == other.candidates.ids and len(one.options) == len(other.options)
    arrays = [
        (getattr(one.options, field.name), getattr(other.options, field.name))
        for field in fields(one.options)
        if field.name != "modules"
    ]
    arrays.append((one.candidates.fixed_yuan, other.candidates.fixed_yuan))
    if same and all(np.array_equal(a, b) for a, b in arrays):
        return None
    return "候选点与本研究不同", "its candidates are not those of the study"


def _audited(world: _Lived, proposal: Proposal) -> SitingPlan:
    """A proposal, wherever it was made, built in a world and judged there."""
    here = Proposal(
        problem=world.problem,
        solution=Solution(status=proposal.status, size=proposal.size, stages=()),
        size=proposal.size,
        opened=proposal.opened,
        asked={world.year: world.problem.requirements},
    )
    return audited(world.town, world.situation, here)


def _outcome(plan: SitingPlan) -> Outcome:
    situation = plan.situation
    met, asked = met_of(plan.findings)
    return Outcome(
        people_short=plan.people_short,
        met=met,
        asked=asked,
        coverage={
            service: covered.ledger(situation.demand.people[situation.group[service]])
            for service, covered in situation.coverage.items()
        },
    )


def _contender(world: _Lived, plan: SitingPlan) -> Contender:
    return Contender(
        kind=world.kind,
        name=world.name,
        label=world.label,
        yuan=plan.objective_yuan,
        sites=len({site.candidate for site in plan.sites}),
        status=plan.status,
    )


def _together(
    lived: Sequence[_Lived],
    plans: Sequence[Proposal],
    audits: Sequence[Sequence[SitingPlan]],
    progress: Progress,
    keeper: Keeper,
) -> LeastRegret:
    """A plan for all worlds at once, from the least regretted of those at hand."""
    siting = lived[0].town.study.siting
    assert siting is not None
    left = np.array([[plan.people_short for plan in row] for row in audits])
    start = least_worst(left, [row[0].objective_yuan for row in audits])
    best = left.min(axis=0).tolist()

    def seek() -> LeastRegret:
        return least_regret(
            [replace(one.problem, budgets=_all_years(one)) for one in lived],
            best=best,
            stop=lambda: first_of(Seconds(siting.time_limit_s), interrupted),
            relative_gap=siting.gap,
            seed=siting.seed,
            start=plans[start].size,
        )

    with (
        progress.step(
            "求解兼顾各情形的方案（至多）",
            "solving for all worlds (at most)",
            2 * siting.time_limit_s,
        ),
        Interrupted() as interrupted,
    ):
        worlds = [keeper.of(one.town).digest for one in lived]
        beside = {"worlds": worlds, "best": best, "start": digest_of_arrays(plans[start].size)}
        return keeper.least_regret(beside, seek, interrupted)


def _all_years(world: _Lived) -> tuple[Budget, ...]:
    """The budgets of a plan that is not laid over years: each year's money is spent together."""
    siting = world.town.study.siting
    assert siting is not None
    if not siting.budgets_yuan or set(siting.budgets_yuan) != set(siting.years):
        return world.problem.budgets
    return (*world.problem.budgets, Budget(yuan=sum(siting.budgets_yuan.values())))


def _opened_last(world: _Lived, size: Longs, status: Status) -> Proposal:
    """A plan for all worlds as a proposal, all of it opened in the last year."""
    year = -1 if world.year is None else world.year
    return replace(
        world.proposal,
        solution=Solution(status=status, size=size, stages=()),
        size=size,
        opened=np.where(size > 0, year, -1).astype(np.int64),
        shared=None,
    )


def _alone(left_out: Sequence[tuple[str, Says]]) -> Exception:
    names = "、".join(name for name, _ in left_out)
    return fail(
        StudyError,
        "--robust",
        found=(
            "没有可比的情形" + (f"（{names} 还改变了别的）" if names else ""),
            "no other world" + (f" ({names} change more than people)" if names else ""),
        ),
        expected=(
            "只改变人口或步行的情景，或有步速区间的步行档案",
            "a scenario that changes people or walking only, or a profile with a band of speeds",
        ),
        to_do=(
            "在 scenarios 中写一个人口情景，或去掉 --robust",
            "write a scenario of people, or leave --robust",
        ),
    )
