"""Situations that a planner can read: a document, a town of a few units, and what must come out.

Every file below `tests/situations` is a list of them; `situation_form` says what may stand there.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest
from situation_form import Case, Expected, Situation, Together, situations
from situation_siting import siting_faults
from situation_sums import answer
from situation_town import profile_for, town

from planning.standards import (
    Finding,
    Profile,
    binding_levels,
    evaluate,
    explain,
    load_standard,
    standards_in_library,
)
from planning.standards import Situation as Town
from planning.standards.asks import TravelTimeCoverage
from planning.standards.measures import JUDGES
from planning.standards.readings import questions
from planning.standards.words import plain
from planning.units import written

FOUND = list(situations())


@pytest.mark.parametrize(
    ("file", "line", "situation"),
    FOUND,
    ids=[f"{file.removesuffix('.yaml')}:{line}" for file, line, _ in FOUND],
)
def test_what_must_come_out_comes_out(file: str, line: int, situation: Situation) -> None:
    wrong = list(faults(situation))
    if wrong:
        title = f"tests/situations/{file}:{line} {situation.zh}\n{situation.en}"
        pytest.fail("\n".join([title, *wrong]), pytrace=False)


def faults(situation: Situation) -> Iterator[str]:
    """Everything that came out otherwise, a line each."""
    yield from _sums(situation)
    if not (situation.units or situation.in_force):
        return
    profile = profile_for(situation)
    yield from _in_force(situation, profile)
    if situation.units:
        here, profile = town(situation)
        levels = binding_levels(profile, situation.adopted, situation.year)
        found = evaluate(profile, here, levels)
        for row in situation.then:
            for number in range(1, row.times + 1):
                expected = row.model_copy(update={"unit": row.unit.replace("#", str(number))})
                yield from _finding(expected, found, profile, here, levels)
        for together in situation.together:
            yield from _together(together, found)
        for sought in situation.siting:
            yield from siting_faults(sought, situation)


def _sums(situation: Situation) -> Iterator[str]:
    for row in situation.sums:
        came = answer(row.of, row.given)
        if came != _value(row.gives):
            yield f"  {row.of}({row.given}): expected {row.gives}, came {_said(came)}"


def _in_force(situation: Situation, profile: Profile) -> Iterator[str]:
    ids = {one.clause.id: one for one in profile.effective}
    for row in situation.in_force:
        one = ids.get(row.clause)
        if one is None or row.absent:
            if (one is None) != row.absent:
                yield f"  {row.clause}: {'not in force' if one is None else 'in force'}"
            continue
        came = {"via": one.via, "document": one.standard.document, "value": one.clause.value}
        for name in came.keys() & row.model_fields_set:
            if came[name] != getattr(row, name):
                expected = _said(getattr(row, name))
                yield f"  {row.clause}: {name}: expected {expected}, came {_said(came[name])}"
        for word in row.reading:
            if word not in one.clause.reading_zh:
                yield f"  {row.clause}: reading without “{word}”: {one.clause.reading_zh}"


def _finding(
    expected: Expected,
    found: tuple[Finding, ...],
    profile: Profile,
    here: Town,
    levels: dict[str, tuple[str, ...]],
) -> Iterator[str]:
    where = f"  {expected.clause} @ {expected.unit or '–'}"
    mine = [
        f for f in found
        if (f.clause_id, f.unit_id) == (expected.clause, expected.unit)
        and expected.level in (None, f.level)
    ]  # fmt: skip
    if expected.absent:
        yield from (f"{where}: expected no finding, came {f.verdict} {f.because_zh}" for f in mine)
        return
    if len(mine) != 1:
        units = [f.unit_id for f in found if f.clause_id == expected.clause]
        yield f"{where}: expected one finding, came {len(mine)}; the clause has units {units}"
        return
    wrong = list(_differences(expected, mine[0]))
    again = explain(profile, here, expected.clause, expected.unit, levels)
    if again is None or again[0] != mine[0]:
        wrong.append(f"explained otherwise: {again and again[0].because_zh}")
    else:
        told = "\n".join(part for step in again[1].steps for part in step)
        wrong += [f"no step says “{word}”: {told}" for word in expected.steps if word not in told]
    yield from (f"{where}: {one}" for one in wrong)
    if wrong:
        yield f"    {mine[0].verdict}: {mine[0].because_zh} | {mine[0].because_en}"


def _together(together: Together, found: tuple[Finding, ...]) -> Iterator[str]:
    mine = [f for f in found if f.clause_id in together.clauses]
    came: dict[str, Fraction | int] = {
        name: sum((n for f in mine if (n := getattr(f, name)) is not None), Fraction(0))
        for name in ("measured", "required", "gap")
    }
    came |= {name: [f.verdict for f in mine].count(name) for name in ("met", "not_met")}
    for name in came.keys() & together.model_fields_set:
        if came[name] != getattr(together, name):
            expected = _said(getattr(together, name))
            yield f"  {together.clauses}: {name}: expected {expected}, came {_said(came[name])}"


def _differences(expected: Expected, finding: Finding) -> Iterator[str]:
    came = {
        "verdict": finding.verdict, "role": finding.role, "via": finding.via,
        "counted_in": finding.unit, "measured": finding.measured, "at_most": finding.at_most,
        "required": finding.required, "gap": finding.gap, "people_short": finding.people_short,
    }  # fmt: skip
    for name in came:
        if name in expected.model_fields_set and came[name] != getattr(expected, name):
            yield f"{name}: expected {_said(getattr(expected, name))}, came {_said(came[name])}"
    for words, sentence in ((expected.zh, finding.because_zh), (expected.en, finding.because_en)):
        yield from (f"without “{word}”" for word in words if word not in sentence)
    yield from (f"with “{word}”" for word in expected.not_zh if word in finding.because_zh)


def _value(said: Any) -> Any:
    is_figure = isinstance(said, int | float) or str(said).endswith("%")
    return written(str(said)) if is_figure else said


def _said(value: object) -> str:
    return f"{value} ({plain(value)})" if isinstance(value, Fraction) else str(value)


# --- that nothing is left out --------------------------------------------------------------------


def shown() -> dict[str, set[str]]:
    """By kind of measure the cases that some line shows."""
    found: dict[str, set[str]] = {kind: set() for kind in JUDGES}
    for _, _, situation in FOUND:
        kinds: dict[str, str] = {}
        if situation.units and any(row.shows for row in situation.then):
            kinds = {c.id: c.measure.kind for c in profile_for(situation).clauses}
        for row in situation.then:
            for case in row.shows:
                found[kinds[row.clause]].add(case)
    return found


COUNTS_NOBODY = (
    "presence", "count", "total", "yearly_additions", "share_of_units", "share_of_capacity",
    "share_of_facilities", "hierarchy", "co_location", "attached", "candidates", "exposure",
    "compliance", "on_time", "completeness", "scorecard", "cost", "typed_in", "budget", "listed",
)  # fmt: skip
"""They count facilities, units or all residents, and ask for no group."""
CANNOT_BE: dict[str, set[Case]] = {
    **{kind: {"no_such_group"} for kind in COUNTS_NOBODY},
    "people": {"no_facility"},
    "typed_in": {"no_such_group", "no_facility"},
    "budget": {"no_such_group", "no_facility"},
    "cost": {"no_such_group", "at_the_figure", "below", "above"},
    "listed": {"no_such_group", "no_facility", "at_the_figure", "below", "above"},
}
"""Cases that a measure cannot come to: people and typed-in figures need no facility, the figure of
a cost is its rate, of what is only listed nothing is held against anything."""


def test_every_measure_has_its_ties_and_nulls() -> None:
    missing = {
        kind: sorted(set(get_args(Case)) - CANNOT_BE.get(kind, set()) - seen)
        for kind, seen in shown().items()
    }
    assert {kind: some for kind, some in missing.items() if some} == {}


def test_no_case_is_excused_that_some_line_shows() -> None:
    seen = shown()
    assert set(CANNOT_BE) <= set(seen)
    assert {kind: some & seen[kind] for kind, some in CANNOT_BE.items() if some & seen[kind]} == {}


@pytest.mark.parametrize("number", range(1, 23))
def test_every_worked_example_is_there(number: int) -> None:
    name = f"D-{number}"
    assert any(name in situation.shows.split() for _, _, situation in FOUND), name


# --- the ambiguities of the documents (STANDARDS A) ----------------------------------------------

AMBIGUITIES = [f"A-{number}" for number in range(1, 29)]
DECISIONS = Path(__file__).resolve().parents[1] / "docs" / "decisions"


def named(text: str) -> set[str]:
    return set(re.findall(r"A-\d+", text))


@pytest.mark.parametrize("ambiguity", AMBIGUITIES)
def test_every_ambiguity_has_its_situation(ambiguity: str) -> None:
    assert any(ambiguity in situation.shows.split() for _, _, situation in FOUND)


def test_every_ambiguity_is_a_switch_a_reading_or_a_decision() -> None:
    switches = {question.ambiguity for question in questions().values()}
    documents = [load_standard(name) for name in standards_in_library()]
    readings = named(" ".join(c.reading_zh for one in documents for c in one.clauses))
    days = named(" ".join(one.new_since.source for one in documents if one.new_since))
    decisions = named(" ".join(p.read_text(encoding="utf-8") for p in DECISIONS.glob("*.md")))
    assert [a for a in AMBIGUITIES if a not in switches | readings | days | decisions] == []


def test_every_choice_of_a_reading_is_tried() -> None:
    """The default wherever nothing is said, and each other choice, or another figure, somewhere."""
    said = {(name, answer) for _, _, one in FOUND for name, answer in one.readings.items()}
    untried = [
        (name, choice)
        for name, question in questions().items()
        for choice in question.choices or ("another figure",)
        if choice != question.default
        and not any(
            n == name and (a == choice or not question.choices) and a != question.default
            for n, a in said
        )
    ]
    assert untried == []


def test_jiangsu_has_no_time_standard() -> None:
    """A-9: the document prints no minutes, so none are invented."""
    asked = [c.measure for c in load_standard("jiangsu-2021-75").clauses]
    circles = [ask for ask in asked if isinstance(ask, TravelTimeCoverage)]
    assert circles
    assert {(ask.limit_min, ask.limit_m, len(ask.limit_by_zone)) for ask in circles} == {
        (None, None, 0)
    }
