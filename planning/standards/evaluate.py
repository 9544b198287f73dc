"""Clauses against a situation: one finding for each clause and unit, with its reason.

The same function judges the present, the plan, and the audit of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt

from planning.access import Coverage
from planning.area import LEVELS, RESIDENTIAL, StudyArea
from planning.demand import TOTAL, Demand
from planning.facilities import Facilities
from planning.standards import measures
from planning.standards.clauses import Clause, Standard
from planning.units import limit_ms, whole_persons

Verdict = Literal["met", "not_met", "not_assessable"]
Role = Literal["requirement", "benchmark"]
Base = Literal["residents", "registered"]

BASES: Mapping[Base, tuple[str, str]] = {
    "residents": ("常住人口", "residents"),
    "registered": ("户籍人口", "registered people"),
}
"""Who is counted, as reports name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a clause may be held against: people, what stands, and who reaches it.

    `base` says who is counted in `demand`; `functions` and `group`, by service, which facilities
    offer it and whom it is for; `coverage` who is within the service's limit. `goals` are shares
    the study sets where the document prints none, by clause id.
    """

    area: StudyArea
    demand: Demand
    facilities: Facilities
    functions: Mapping[str, frozenset[str]]
    group: Mapping[str, str]
    coverage: Mapping[str, Coverage]
    goals: Mapping[str, Fraction]
    base: Base = "residents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One clause in one unit; `measured`, `required`, `gap` exact, in `unit`; None is absent."""

    clause_id: str
    document: str
    article: str
    level: str
    unit_id: str
    unit_name: str
    role: Role
    verdict: Verdict
    measured: Fraction | None
    required: Fraction | None
    gap: Fraction | None
    unit: str
    people_short: int | None
    because_zh: str
    because_en: str


def binding_levels(
    standard: Standard, adopted: Mapping[str, Sequence[str]], year: int | None
) -> dict[str, tuple[str, ...]]:
    """Where each clause binds in `year`, by clause id.

    `adopted` replaces the document's own levels. A target of a later year binds nowhere yet and is
    only shown; without a year every clause binds.
    """
    return {
        clause.id: ()
        if year is not None and clause.year is not None and clause.year > year
        else tuple(adopted.get(clause.id, clause.levels))
        for clause in standard.clauses
    }


UNIT_OF = {
    "places_per_1000": "places",
    "land_per_resident": "m2",
    "travel_time_coverage": "share",
}
"""In what a measure's figures are given."""


def evaluate(
    standard: Standard, situation: Situation, levels: Mapping[str, Sequence[str]] | None = None
) -> tuple[Finding, ...]:
    """Findings of every clause, in the order of clauses, levels (top down) and units.

    `levels` replaces, by clause id, where a clause binds: a study adopts a parent's target, or sets
    a clause aside; where the document has it bind, it is still shown.
    """
    findings: list[Finding] = []
    for clause in standard.clauses:
        binding = tuple((levels or {}).get(clause.id, clause.levels))
        for place in _places(clause, situation, binding):
            findings.append(_judge(standard, clause, situation, place))
    return tuple(findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    level: str
    unit_id: str
    name: str
    role: Role
    at: int
    planned: int | None = None
    said: tuple[str, str] = ("", "")


def _places(clause: Clause, situation: Situation, binding: Sequence[str]) -> Iterator[_Place]:
    """Where a clause is to be judged; a nameless place for a level the study ought to have."""
    seen = False
    for name in [*(level.level for level in situation.area.levels), RESIDENTIAL]:
        if name in {*binding, *clause.levels, *clause.benchmark_levels}:
            for place in _units(clause, situation, name, _role(name, binding)):
                seen = True
                yield place
    for name in dict.fromkeys(binding or clause.levels):
        is_there = situation.area.level(name) or (
            name == RESIDENTIAL and situation.area.residential
        )
        if not is_there and (not seen or _is_within(name, situation)):
            seen = True
            yield _Place(level=name, unit_id="", name="", role=_role(name, binding), at=-1)


def _role(level: str, binding: Sequence[str]) -> Role:
    return "requirement" if level in binding else "benchmark"


def _is_within(level: str, situation: Situation) -> bool:
    """Whether a level lies below the top of the study, so that its units could have been given."""
    order = [*LEVELS, RESIDENTIAL]
    top = situation.area.levels[0].level
    return top in order and level in order and order.index(level) > order.index(top)


def _units(clause: Clause, situation: Situation, level_name: str, role: Role) -> Iterator[_Place]:
    """The units of one level, or the residential areas of the clause's status."""
    level, areas = situation.area.level(level_name), situation.area.residential
    if level is not None:
        for at in range(len(level)):
            unit, name = level.ids[at], level.names[at]
            yield _Place(level=level_name, unit_id=unit, name=name, role=role, at=at)
    elif level_name == RESIDENTIAL and areas is not None:
        by_plan = areas.by_plan
        for at in range(len(areas)):
            if clause.status in (None, areas.status[at]):
                yield _Place(
                    level=RESIDENTIAL,
                    unit_id=areas.ids[at],
                    name=areas.names[at],
                    role=role,
                    at=at,
                    planned=int(areas.planned_people[at]) if by_plan[at] else None,
                    said=areas.described(at),
                )


def _judge(standard: Standard, clause: Clause, situation: Situation, place: _Place) -> Finding:
    outcome, why_zh, why_en = (
        _NO_UNITS if place.at < 0 else _MEASURES[clause.measure](clause, situation, place)
    )
    if any(place.said):
        why_zh, why_en = f"{why_zh}；{place.said[0]}", f"{why_en}; {place.said[1]}"
    verdict: Verdict = "not_assessable"
    if outcome is not None and outcome.required is not None:
        verdict = "met" if outcome.gap == 0 else "not_met"
    return Finding(
        clause_id=clause.id,
        document=clause.document or standard.document,
        article=clause.article,
        level=place.level,
        unit_id=place.unit_id,
        unit_name=place.name,
        role=place.role,
        verdict=verdict,
        measured=outcome.measured if outcome else None,
        required=outcome.required if outcome else None,
        gap=outcome.gap if outcome else None,
        unit=UNIT_OF[clause.measure],
        people_short=outcome.people_short if outcome else None,
        because_zh=why_zh,
        because_en=why_en,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    measured: Fraction
    required: Fraction | None
    gap: Fraction | None
    people_short: int | None


_Judgement = tuple[_Outcome | None, str, str]
_NO_UNITS: _Judgement = (
    None,
    "研究中没有该层级的单元，无法评估",
    "the study has no units of this level",
)
_NOBODY: _Judgement = (None, "无居民，不评估", "nobody lives there, not assessed")


def _outcome(answer: measures.Measured) -> _Outcome:
    return _Outcome(
        measured=answer.measured,
        required=answer.required,
        gap=answer.gap,
        people_short=answer.people_short,
    )


def _without_verdict(answer: measures.Measured) -> _Outcome:
    """What is known, where the unknown may be just what is missing, or no pass mark is printed.

    Neither a pass nor a fail (DESIGN §4.7).
    """
    return _Outcome(measured=answer.measured, required=None, gap=None, people_short=None)


def _places_per_1000(clause: Clause, situation: Situation, place: _Place) -> _Judgement:
    assert clause.value is not None
    people = _people(situation, place)
    facilities = situation.facilities
    held = facilities.offering(situation.functions[clause.service]) & _of(facilities.place, place)
    places = facilities.places[held]
    answer = measures.places_per_1000(
        people=people, places=int(np.nansum(places)), per_1000=clause.value
    )
    if answer is None:
        return _NOBODY
    rate = _plain(clause.value)
    who_zh, who_en = _who(situation, place, people)
    needed, there = _plain(answer.required), _plain(answer.measured)
    zh = f"{who_zh}×{rate}/千人，进位需{needed}个托位，"
    en = f"{who_en} × {rate} per 1,000, rounded up: {needed} places; "
    unknown = int(np.isnan(places).sum())
    if unknown:
        return (
            _without_verdict(answer) if answer.gap else _outcome(answer),
            f"{zh}已知{there}个，另有{unknown}处托位数未知",
            f"{en}{there} known, those of {unknown} more are not",
        )
    return (
        _outcome(answer),
        f"{zh}现有{there}个" + _missing_zh(answer.gap, "个"),
        f"{en}{there} there" + _missing_en(answer.gap, "places"),
    )


def _people(situation: Situation, place: _Place) -> float:
    """Planned people of an area that answers for them, else residents (STANDARDS A-1)."""
    if place.planned is not None:
        return place.planned
    return situation.demand.total(TOTAL, _of(situation.demand.place, place))


def _who(situation: Situation, place: _Place, people: float) -> tuple[str, str]:
    """Which people are counted, and how many of them have moved into planned areas."""
    persons = whole_persons(people)
    if place.planned is not None:
        return f"规划人口{persons:,}人", f"{persons:,} planned people"
    base_zh, base_en = BASES[situation.base]
    demand = situation.demand
    arrived = demand.total(TOTAL, _of(demand.place, place) & demand.is_planned)
    if arrived == 0:
        return f"{base_zh}{persons:,}人", f"{persons:,} {base_en}"
    new = whole_persons(arrived)
    return (
        f"{base_zh}{persons:,}人（含规划居住区{new:,}人）",
        f"{persons:,} {base_en} ({new:,} of planned areas)",
    )


def _land_per_resident(clause: Clause, situation: Situation, place: _Place) -> _Judgement:
    assert clause.value is not None
    people = _people(situation, place)
    facilities = situation.facilities
    held = facilities.offering(situation.functions[clause.service]) & _of(facilities.place, place)
    answer = measures.land_per_resident(
        people=people,
        land_m2=float(np.nansum(facilities.elder_land_m2[held])),
        m2_per_person=clause.value,
    )
    if answer is None:
        return _NOBODY
    rate = _plain(clause.value)
    who_zh, who_en = _who(situation, place, people)
    unknown = int(np.isnan(facilities.elder_land_m2[held]).sum())
    if answer.gap and unknown:
        return (
            _without_verdict(answer),
            f"需{_plain(answer.required)}平方米，已知独立占地{_plain(answer.measured)}平方米，"
            f"另有{unknown}处用地未知",
            f"{_plain(answer.required)} m² needed, {_plain(answer.measured)} m² known, the land of "
            f"{unknown} more is not",
        )
    return (
        _outcome(answer),
        f"{who_zh}×{rate}平方米，需{_plain(answer.required)}平方米，"
        f"现有独立占地{_plain(answer.measured)}平方米" + _missing_zh(answer.gap, "平方米"),
        f"{who_en} × {rate} m²: {_plain(answer.required)} m² needed; "
        f"independent plots {_plain(answer.measured)} m²" + _missing_en(answer.gap, "m²"),
    )


def _travel_time_coverage(clause: Clause, situation: Situation, place: _Place) -> _Judgement:
    assert clause.limit_min is not None
    group = clause.group or situation.group[clause.service]
    within = replace(situation.coverage[clause.service], limit_ms=limit_ms(clause.limit_min))
    ledger = within.ledger(situation.demand.people[group], _of(situation.demand.place, place))
    goal = situation.goals.get(clause.id, clause.value)
    answer = measures.travel_time_coverage(
        people=ledger.people, covered=ledger.covered, goal=goal if goal is not None else Fraction(0)
    )
    if answer is None:
        return _NOBODY
    persons, covered = whole_persons(ledger.people), whole_persons(ledger.covered)
    minutes, share = _plain(clause.limit_min), _percent(answer.measured, unlike=goal)
    zh = f"{minutes}分钟内{covered:,}人，共{persons:,}人，占{share}"
    en = f"{covered:,} of {persons:,} within {minutes} min, {share}"
    if group == TOTAL:
        zh, en = zh + "（按全体居民计）", en + " (of all residents)"
    if goal is None:
        zh, en = zh + "；文件未定合格线", en + "; the document prints no pass mark"
        return _without_verdict(answer), zh, en
    return (
        _outcome(answer),
        f"{zh}；目标{_percent(goal)}" + (f"，差{answer.people_short:,}人" if answer.gap else ""),
        f"{en}; goal {_percent(goal)}" + (f", {answer.people_short:,} short" if answer.gap else ""),
    )


_MEASURES = {
    "places_per_1000": _places_per_1000,
    "land_per_resident": _land_per_resident,
    "travel_time_coverage": _travel_time_coverage,
}


def _of(places: Mapping[str, npt.NDArray[np.int32]], place: _Place) -> npt.NDArray[np.bool_]:
    return np.asarray(places[place.level] == place.at, dtype=bool)


def _plain(value: Fraction) -> str:
    """A figure with at most two decimals and thousands separators."""
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")


def _percent(value: Fraction, unlike: Fraction | None = None) -> str:
    """One decimal, or as many as tell it from a goal that it does not reach."""
    text = ""
    for decimals in (1, 2, 4):
        text = f"{float(value * 100):.{decimals}f}%"
        if unlike is None or value >= unlike or text != f"{float(unlike * 100):.{decimals}f}%":
            break
    return text


def _missing_zh(gap: Fraction, unit: str) -> str:
    return f"，缺{_plain(gap)}{unit}" if gap else ""


def _missing_en(gap: Fraction, unit: str) -> str:
    return f", {_plain(gap)} {unit} short" if gap else ""
