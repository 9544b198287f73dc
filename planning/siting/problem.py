"""Findings become requirements: the same clauses, seen from what must still be added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.area import RESIDENTIAL, Index
from planning.demand import TOTAL
from planning.facilities import Candidates
from planning.siting.aims import AIMS, Aim
from planning.siting.changes import Change
from planning.siting.modules import Module
from planning.siting.need import Amount, Covered, Need, Units
from planning.siting.options import Options, changes_of, options_of
from planning.siting.posing import POSERS, UNPOSED, Ground, WalksTo, asked, asked_for
from planning.siting.posing.amounts import additions_of
from planning.siting.posing.serving import serving
from planning.siting.requirement import NotPosed, Requirement
from planning.siting.served import ServedBy
from planning.standards import Clause, Finding, Profile, Situation
from planning.standards.accounts import Accounts
from planning.standards.asks import Compliance, YearlyAdditions
from planning.standards.measures import NotAssessableError

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that may be spent [yuan] on some candidates (rows), on all where None."""

    yuan: float
    candidates: Longs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingProblem:
    """Open options so that the requirements are met at least cost.

    `candidates` are those where something may be built, then the facilities that may be changed.
    `not_posed` are requirements that are not met and that no site can be asked to meet.
    `required` candidates are opened in every plan, `forbidden` ones in none (rows of candidates).
    Of candidates of one number in `alternatives` (candidates,) at most one is opened, and one is
    where any of them is required; −1 is by itself. Every one of the `budgets` is kept. `served` is
    what aims count beside the requirements, None where none does.
    """

    candidates: Candidates
    options: Options
    requirements: tuple[Requirement, ...]
    not_posed: tuple[NotPosed, ...] = ()
    required: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()
    alternatives: Index | None = None
    budgets: tuple[Budget, ...] = ()
    served: ServedBy | None = None


def pose(
    *,
    profile: Profile,
    findings: Sequence[Finding],
    situation: Situation,
    candidates: Candidates,
    walks_to: WalksTo,
    modules: Sequence[Module],
    changes: Sequence[Change] = (),
    aims: Sequence[Aim] = AIMS,
) -> SitingProblem:
    """Requirements from every binding clause, options from every candidate and facility.

    What is not met must be added; what is met is asked for where something that may be opened or
    changed could end it. What cannot be assessed is no requirement: nobody knows whether anything
    is missing there. Whom services reach is worked out where one of the `aims` counts it.
    """
    standing, of_standing = changes_of(situation.facilities, changes)
    options = options_of(candidates, modules).joined(of_standing, n_candidates=len(candidates))
    ground = Ground(
        profile=profile,
        situation=situation,
        candidates=candidates.joined(standing),
        options=options,
        walks_to=walks_to,
        accounts=Accounts(situation, profile.readings),
    )
    found: list[Requirement | NotPosed] = []
    of_areas: list[tuple[Clause, Finding]] = []
    for finding in findings:
        clause = profile.clause(finding.clause_id)
        if clause is None or finding.role != "requirement":
            continue
        if finding.verdict == "not_met" and isinstance(clause.measure, Compliance):
            of_areas.append((clause, finding))
        elif finding.verdict == "not_met":
            found.append(_posed(ground, clause, finding))
        elif finding.verdict == "met" and _may_end(ground, clause):
            found += _held(ground, clause, finding)
    found += [_compliance(ground, clause, finding, found, findings) for clause, finding in of_areas]
    return SitingProblem(
        candidates=ground.candidates,
        options=ground.options,
        requirements=tuple(one for one in found if isinstance(one, Requirement)),
        not_posed=tuple(one for one in found if isinstance(one, NotPosed)),
        served=_served(ground, aims),
    )


def _served(ground: Ground, aims: Sequence[Aim]) -> ServedBy | None:
    """Whom services reach, by streets where there are any, where an aim counts it."""
    if not {"uncovered", "person_minutes", "worst_unit"} & set(aims):
        return None
    levels = [level.level for level in ground.situation.area.levels]
    level = "street" if "street" in levels else levels[-1]
    return serving(ground, level=level, by_minute="person_minutes" in aims)


_OF_BOTH_SIDES = ("share_of_capacity", "share_of_facilities", "co_location")
"""Measures that whatever is built may bring down."""


def _may_end(ground: Ground, clause: Clause) -> bool:
    """Whether something that may be opened could end what a clause has today."""
    return (
        clause.measure.kind in _OF_BOTH_SIDES
        or clause.operator in ("<=", "<")
        or bool((ground.options.facility >= 0).any())
    )


def _held(ground: Ground, clause: Clause, finding: Finding) -> list[Requirement]:
    """What is met and has to stay so; nothing where nothing could end it."""
    if finding.measured is None or finding.required is None:
        return []
    one = _posed(ground, clause, finding)
    if isinstance(one, NotPosed) or one.need.worst(ground.options) <= 0:
        return []
    return [one]


def _posed(ground: Ground, clause: Clause, finding: Finding) -> Requirement | NotPosed:
    kind = clause.measure.kind
    one = asked(ground, clause, finding)
    if kind not in POSERS:
        return one.not_posed(*UNPOSED.get(kind, ("不靠选址解决", "no site changes it")))
    try:
        need = POSERS[kind](clause.measure, one)
    except NotAssessableError as reason:
        return one.not_posed(reason.zh, reason.en)
    if isinstance(need, NotPosed):
        return need
    return _requirement(ground, clause, finding, need)


def _requirement(ground: Ground, clause: Clause, finding: Finding, need: Need) -> Requirement:
    return Requirement(
        finding=finding,
        service=clause.service,
        weight=_weight(ground, clause, finding, need),
        need=need,
        is_buildable=_is_buildable(ground, clause),
        window=_window(ground, clause),
        step=asked(ground, clause, finding).step,
    )


def _window(ground: Ground, clause: Clause) -> tuple[int, int] | None:
    """The years in which what opens counts, where it is not all that stands."""
    ask = clause.measure
    if isinstance(ask, YearlyAdditions):
        return additions_of(ask, clause, ground.situation.year)
    year = clause.year if clause.when == "in" else ground.situation.year
    in_year = any(which.opened_in_year for which in asked_for(ask))
    return (year, year) if in_year and year is not None else None


def _is_buildable(ground: Ground, clause: Clause) -> bool:
    """Whether any option counts for what the clause asks for."""
    year = clause.year if clause.when == "in" else ground.situation.year
    kinds = asked_for(clause.measure)
    return not kinds or any(bool((ground.counts_from(one, year) >= 0).any()) for one in kinds)


def _weight(ground: Ground, clause: Clause, finding: Finding, need: Need) -> float:
    """People left without for one unit of what is short.

    Those that the finding counts; where it counts none, all who live in the unit, as a requirement
    about a whole unit is one of them all. Where it is met, all of them once as much is lost as can
    be.
    """
    if isinstance(need, Covered):
        return float(clause.weight)
    people = finding.people_short or _residents(ground, finding)
    short = need.worst(ground.options) if finding.verdict == "met" else need.short
    return max(1.0, float(people)) / max(short, _LEAST_SHORT)


_LEAST_SHORT = 0.01
"""The least that can be short of anything: what is counted in hundredths."""


def _residents(ground: Ground, finding: Finding) -> int:
    level = ground.situation.area.level(finding.level) or ground.situation.area.residential
    assert level is not None
    return ground.accounts.persons(finding.level, TOTAL)[level.ids.index(finding.unit_id)]


def _compliance(
    ground: Ground,
    clause: Clause,
    finding: Finding,
    found: Sequence[Requirement | NotPosed],
    findings: Sequence[Finding],
) -> Requirement | NotPosed:
    """Areas in which everything binding is to be met: all that is posed of one of them (A-19)."""
    ask = clause.measure
    assert isinstance(ask, Compliance)
    residential = ground.situation.area.residential
    assert residential is not None
    inside = np.ones(len(residential), dtype=bool)
    if finding.level != RESIDENTIAL:
        above = ground.accounts.ancestors(RESIDENTIAL, finding.level)
        level = ground.situation.area.level(finding.level)
        assert level is not None
        inside = above == level.ids.index(finding.unit_id)
    wanted = {
        name
        for name, status, here in zip(residential.ids, residential.status, inside, strict=True)
        if status == ask.status and here
    }
    posed = {
        (one.finding.unit_id, one.finding.clause_id): one
        for one in found
        if isinstance(one, Requirement) and one.finding.level == RESIDENTIAL
    }
    parts: dict[str, list[Requirement]] = {name: [] for name in wanted}
    for of in findings:
        about = ground.profile.clause(of.clause_id)
        if of.level != RESIDENTIAL or of.role != "requirement" or about is None:
            continue
        if about.service not in ask.services or of.unit_id not in parts:
            continue
        one = posed.get((of.unit_id, of.clause_id))
        if one is not None:
            parts[of.unit_id].append(one)
        elif of.verdict not in ("met", "not_applicable"):
            # Nobody knows, or no site changes it.
            del parts[of.unit_id]
    if not all(isinstance(one.need, Amount) for needs in parts.values() for one in needs):
        return asked(ground, clause, finding).not_posed(
            "居住区另有步行圈要求，选址时尚不合并求解",
            "areas have to be within a walk as well, which is not posed together",
        )
    each = [needs for needs in parts.values() if needs]
    kept = sum(all(one.is_held for one in needs) for needs in each)
    assert finding.gap is not None
    need = Units(
        short=float(finding.gap) + kept,
        each=tuple(
            tuple(one.need for one in needs if isinstance(one.need, Amount)) for needs in each
        ),
    )
    return _requirement(ground, clause, finding, need)
