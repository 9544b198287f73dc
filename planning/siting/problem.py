"""Findings become requirements: the same clauses, seen from what must still be added."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planning.area import Index
from planning.facilities import Candidates
from planning.standards import Clause, Finding, Profile, Situation, Walk, Which, does_any_of
from planning.standards.asks import LandPerResident, PerThousand, TravelTimeCoverage
from planning.standards.conditions import only_in
from planning.standards.measures.travel_time_coverage import counted_group
from planning.travel import Reach
from planning.units import limit_ms, rational, whole_persons

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Ask = PerThousand | LandPerResident | TravelTimeCoverage

NO_WALK = Walk("walk", "")
_HALF_PERSON = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRule:
    """How a new site of a service is sized.

    With `floor_m2_per_place` a site is sized in places, else in whole m² of floor; `min_floor_m2`
    is the smallest that is worth opening.
    """

    service: str
    min_floor_m2: float
    floor_m2_per_place: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may be opened: one service in one candidate, shape (k,).

    A site of `size` units has ``size · floor_per_unit`` m² of floor, and so on; size is 0 or
    between `min_size` and `max_size`. Land is the part of the candidate's own parcel that goes with
    the floor used.
    """

    candidate: Index
    service: tuple[str, ...]
    min_size: Longs
    max_size: Longs
    floor_per_unit: Floats
    places_per_unit: Longs
    land_per_unit: Floats
    yuan_per_unit: Floats

    def __len__(self) -> int:
        return len(self.candidate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A clause not met in one unit: `short` must be added, in the unit of what is counted.

    Where capacity or land is missing, option ``options[i]`` adds ``amount[i]`` a unit of size.
    Where people are to be covered, group g of ``cover_people[g]`` persons is covered once any of
    ``options[cover_start[g]:cover_start[g + 1]]`` is open, within `limit_ms`.
    `people_per_unit` turns a shortage into people left without, of whom a study may count some as
    several; `group` is whom a coverage counts, `walk` to what.
    """

    finding: Finding
    service: str
    short: float
    people_per_unit: float
    options: Longs
    limit_ms: int = 0
    group: str = ""
    walk: Walk = NO_WALK
    amount: Floats | None = None
    cover_start: Longs | None = None
    cover_people: Floats | None = None

    @property
    def is_coverage(self) -> bool:
        """Whether people are counted rather than places or land."""
        return self.cover_start is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingProblem:
    """Open options so that the requirements are met at least cost.

    `not_posed` are requirements that are not met and that opening sites is not yet asked to meet.
    """

    candidates: Candidates
    options: Options
    requirements: tuple[Requirement, ...]
    not_posed: tuple[Finding, ...] = ()


def pose(
    *,
    profile: Profile,
    findings: Sequence[Finding],
    situation: Situation,
    candidates: Candidates,
    reach: Mapping[str, Reach],
    rules: Sequence[BuildRule],
) -> SitingProblem:
    """Requirements from every binding clause that is not met, options from every candidate.

    What cannot be assessed is no requirement: nobody knows whether anything is missing there.
    `reach` holds, by clause id, who walks to each candidate within that clause's limit.
    """
    options = _options(candidates, rules)
    strict_tiers = profile.readings["tiers"] == "strict"
    requirements, not_posed = [], []
    for finding in findings:
        clause = profile.clause(finding.clause_id)
        if clause is None or finding.role != "requirement" or finding.verdict != "not_met":
            continue
        ask = clause.measure
        if not _is_met_by_more(clause, finding.level, strict_tiers=strict_tiers):
            not_posed.append(finding)
        elif isinstance(ask, TravelTimeCoverage) and is_a_walk(ask):
            found = _coverage(clause, ask, finding, situation, options, reach[clause.id])
            requirements.append(found)
        elif isinstance(ask, LandPerResident) or (
            isinstance(ask, PerThousand) and ask.amount == "places"
        ):
            requirements.append(_amount(clause, ask, finding, situation, candidates, options))
        else:
            not_posed.append(finding)
    return SitingProblem(
        candidates=candidates,
        options=options,
        requirements=tuple(requirements),
        not_posed=tuple(not_posed),
    )


def _is_met_by_more(clause: Clause, level: str, *, strict_tiers: bool) -> bool:
    """Whether any site of the service brings the clause nearer, wherever in the unit it stands.

    So it is where its functions alone make a facility count: of a site to come nobody knows who
    will run it, at what price. And where the clause is about all of the unit, not some parts of it.
    """
    ask = clause.measure
    if not isinstance(ask, Ask) or clause.operator not in (">=", None):
        return False
    told = Which(does=ask.which.does, tier_min=None if strict_tiers else ask.which.tier_min)
    return ask.which.text == told.text and not only_in(clause.applies, level)


def is_a_walk(ask: TravelTimeCoverage) -> bool:
    """Whether a coverage asks for one walk to one kind of facility: what sites can be posed for."""
    return ask.mode == "walk" and ask.limit_min is not None and ask.also is None


def _options(candidates: Candidates, rules: Sequence[BuildRule]) -> Options:
    rows: list[tuple[int, str, int, int, float, int, float, float]] = []
    for at in range(len(candidates)):
        for rule in rules:
            if rule.service not in candidates.services[at]:
                continue
            unit_m2 = rule.floor_m2_per_place or 1.0
            floor_m2 = float(candidates.floor_m2[at])
            least = max(1, math.ceil(rational(rule.min_floor_m2) / rational(unit_m2)))
            most = math.floor(rational(floor_m2) / rational(unit_m2))
            if most < least:
                continue
            rows.append(
                (
                    at,
                    rule.service,
                    least,
                    most,
                    unit_m2,
                    1 if rule.floor_m2_per_place else 0,
                    float(candidates.land_m2[at]) * unit_m2 / floor_m2,
                    float(candidates.yuan_per_m2[at]) * unit_m2,
                )
            )
    return Options(
        candidate=np.array([r[0] for r in rows], dtype=np.int32),
        service=tuple(r[1] for r in rows),
        min_size=np.array([r[2] for r in rows], dtype=np.int64),
        max_size=np.array([r[3] for r in rows], dtype=np.int64),
        floor_per_unit=np.array([r[4] for r in rows], dtype=np.float64),
        places_per_unit=np.array([r[5] for r in rows], dtype=np.int64),
        land_per_unit=np.array([r[6] for r in rows], dtype=np.float64),
        yuan_per_unit=np.array([r[7] for r in rows], dtype=np.float64),
    )


def _serving(options: Options, ask: Ask, situation: Situation) -> npt.NDArray[np.bool_]:
    """Options whose service makes a building that counts for the clause."""
    wanted = does_any_of(ask.which.does)
    offered = situation.functions
    return np.array(
        [any(some <= offered[name] for some in wanted) for name in options.service], dtype=bool
    )


def _amount(
    clause: Clause,
    ask: PerThousand | LandPerResident,
    finding: Finding,
    situation: Situation,
    candidates: Candidates,
    options: Options,
) -> Requirement:
    """Places or land missing in a unit: what candidates inside it can add."""
    assert finding.gap and finding.people_short is not None
    per_unit = (
        options.places_per_unit.astype(np.float64)
        if isinstance(ask, PerThousand)
        else options.land_per_unit
    )
    at = _unit_index(situation, finding)
    inside = candidates.place[finding.level][options.candidate] == at
    usable = np.flatnonzero(inside & _serving(options, ask, situation) & (per_unit > 0))
    return Requirement(
        finding=finding,
        service=clause.service,
        short=float(finding.gap),
        people_per_unit=float(finding.people_short / finding.gap),
        options=usable.astype(np.int64),
        amount=per_unit[usable],
    )


def _coverage(
    clause: Clause,
    ask: TravelTimeCoverage,
    finding: Finding,
    situation: Situation,
    options: Options,
    reach: Reach,
) -> Requirement:
    """People of a unit to be brought inside the limit; equal covering sets are merged."""
    assert finding.required is not None and ask.limit_min is not None
    group = counted_group(ask, clause, situation)
    people = situation.demand.people[group]
    inside = situation.demand.place[finding.level] == _unit_index(situation, finding)
    within = replace(
        situation.walks[Walk("walk", ask.which.text)], limit_ms=limit_ms(ask.limit_min)
    )
    covered = within.covered
    open_points = np.flatnonzero(inside & ~covered & (people > 0))
    need = math.ceil(finding.required * whole_persons(float(np.sum(people[inside]))))
    # Whole persons are rounded half up: half a person below the need counts as the need.
    short = need - _HALF_PERSON - float(np.sum(people[inside & covered]))

    covering: dict[int, list[int]] = {int(point): [] for point in open_points}
    for option in np.flatnonzero(_serving(options, ask, situation)):
        for point in reach.of_site(int(options.candidate[option])):
            if int(point) in covering:
                covering[int(point)].append(int(option))
    merged: dict[tuple[int, ...], float] = {}
    for point, able in covering.items():
        if able:
            merged[tuple(able)] = merged.get(tuple(able), 0.0) + float(people[point])
    return Requirement(
        finding=finding,
        service=clause.service,
        short=short,
        people_per_unit=float(clause.weight),
        options=np.array([option for able in merged for option in able], dtype=np.int64),
        limit_ms=within.limit_ms,
        group=group,
        walk=Walk("walk", ask.which.text),
        cover_start=np.cumsum([0, *(len(able) for able in merged)]).astype(np.int64),
        cover_people=np.array(list(merged.values()), dtype=np.float64),
    )


def _unit_index(situation: Situation, finding: Finding) -> int:
    level = situation.area.level(finding.level) or situation.area.residential
    assert level is not None
    return level.ids.index(finding.unit_id)


def most_possible(problem: SitingProblem, requirement: Requirement) -> float:
    """The most all candidates together could add, each at its largest, floor shared by nobody."""
    if requirement.is_coverage:
        assert requirement.cover_people is not None
        return float(np.sum(requirement.cover_people))
    assert requirement.amount is not None
    return float(np.sum(requirement.amount * problem.options.max_size[requirement.options]))
