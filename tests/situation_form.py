"""The form of a situation in `tests/situations`: every key that may stand there, others refused.

A town of a few units, what stands in it, how far people walk; then what must come out.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML, YAMLError

from planning.standards import Verdict
from planning.units import written

FOLDER = Path(__file__).parent / "situations"
UNKNOWN = "?"

Case = Literal[
    "at_the_figure", "below", "above", "nobody_there", "no_facility", "not_said", "no_such_group",
    "no_such_level", "no_figure",
]  # fmt: skip
"""What a line of a measure's file shows: the figure itself, the next amount below and above it, a
unit where nobody lives, one without a facility, a fact that nobody says, a group and a level that
the study does not have, a clause that prints no figure."""


def _exact(value: object) -> Fraction | None:
    if isinstance(value, str) and "/" in value:
        return Fraction(value)
    return None if value in (None, UNKNOWN) else written(str(value))


Number = Annotated[Fraction, BeforeValidator(_exact)]
MaybeNumber = Annotated[Fraction | None, BeforeValidator(_exact)]
"""A number as people write it ("55%", "1,259.9"); ``?`` is one that nobody knows."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Row(BaseModel):
    """Unknown keys are refused: a misspelt expectation would expect nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class UnitRow(Row):
    """A planning unit or residential area, named under its level: ``{street: 东街道, in: 甲县}``.

    `people` and `groups` live there and in none of the units inside it. With `times` there are so
    many, and ``#`` in its name is their number. Homes stand in an area that is built, or new and
    without planned people.
    """

    province: str | None = None
    city: str | None = None
    county: str | None = None
    street: str | None = None
    community: str | None = None
    residential_area: str | None = None
    within: str | None = Field(default=None, alias="in")
    times: int = 1
    people: Number = Fraction(0)
    groups: dict[str, Number] = {}
    zone: str = ""
    town: str = ""
    form: str = ""
    central: str = ""
    agricultural: str = ""
    central_town: str = ""
    eligible: str = ""
    poverty: str = ""
    migrants: str = ""
    status: Literal["new", "built"] = "new"
    planned: MaybeNumber = None
    households: MaybeNumber = None
    delivered: int = -1


class HomeRow(Row):
    """People at one place, how many such places there are, and their ways to what stands.

    `walk_min`, `step_free_min`, `delivery_min` are minutes, `away_m` metres by the name of a
    facility or candidate; one that is not named cannot be reached. `x_m` is metres east of the
    middle of the unit.
    """

    at: str
    people: Number = Fraction(0)
    groups: dict[str, Number] = {}
    times: int = 1
    x_m: float = 0.0
    walk_min: dict[str, Number] | None = None
    step_free_min: dict[str, Number] | None = None
    delivery_min: dict[str, Number] | None = None
    away_m: dict[str, Number] | None = None


class StandsRow(Row):
    """A facility of the register, or `count` alike; what is left out the register does not say.

    ``#`` in `at` and in `name` is the number of each.
    """

    at: str
    does: str
    name: str = ""
    count: int = 1
    state: Literal["open", "preparing", "closed"] = "open"
    places: MaybeNumber = None
    beds: MaybeNumber = None
    nursing_beds: MaybeNumber = None
    floor_m2: MaybeNumber = None
    elder_floor_m2: MaybeNumber = None
    elder_land_m2: MaybeNumber = None
    far: MaybeNumber = None
    operator: str = ""
    opened: int = -1
    tier: int = -1
    grade: int = -1
    hub: str = ""
    is_so: dict[str, Literal["yes", "no"]] = {}
    x_m: float = 0.0


class CouldRow(Row):
    """Premises or land that could host a service."""

    at: str
    name: str
    source: str
    hosts: tuple[str, ...] = ("elder_care", "nursery")
    floor_m2: MaybeNumber = None
    x_m: float = 0.0


class FigureRow(Row):
    """A figure typed in."""

    figure: str
    unit: str = ""
    value: Number
    year: int | None = None
    source: str = "统计局"


class Expected(Row):
    """One finding: what is not written here is not looked at; null is that there is none.

    With `times` it holds in so many units, and ``#`` is the number of each.
    """

    clause: str
    unit: str = ""
    times: int = 1
    shows: tuple[Case, ...] = ()
    absent: bool = False
    verdict: Verdict | None = None
    role: str | None = None
    via: str | None = None
    level: str | None = None
    counted_in: str | None = None
    measured: MaybeNumber = None
    at_most: MaybeNumber = None
    required: MaybeNumber = None
    gap: MaybeNumber = None
    people_short: int | None = None
    zh: Words = ()
    en: Words = ()
    not_zh: Words = ()
    steps: Words = ()


class Together(Row):
    """What the findings of some clauses come to in all units together, those that have figures."""

    clauses: tuple[str, ...]
    measured: MaybeNumber = None
    required: MaybeNumber = None
    gap: MaybeNumber = None
    met: int | None = None
    not_met: int | None = None


class Siting(Row):
    """Which candidates cover the most, and how many people of the clause's group that is.

    By trying all sets of `sites` (best), by taking the one that adds most each time (greedy), or
    as the solver opens them for a goal at least cost (posed), where `opens` may be one of several.
    """

    clause: str
    by: Literal["best", "greedy", "posed"]
    sites: int | None = None
    goal: Number | None = None
    opens: tuple[tuple[str, ...], ...]
    covers: int


class InForce(Row):
    """A clause of a profile: its figure, the document it is from, and how it came into force."""

    clause: str
    absent: bool = False
    via: str | None = None
    document: str | None = None
    value: MaybeNumber = None
    reading: Words = ()


class Sum(Row):
    """A bare function of the measures, what it is given, what it gives."""

    of: str
    given: dict[str, Any]
    gives: Any


class Situation(Row):
    """One town under one document in one year, and what must come out."""

    zh: str
    en: str
    shows: str = ""
    document: str | dict[str, Any] | None = None
    clauses: tuple[dict[str, Any], ...] = ()
    readings: dict[str, str] = {}
    year: int | None = None
    counted: Literal["residents", "registered"] = "residents"
    adopted: dict[str, tuple[str, ...]] = {}
    goals: dict[str, Number] = {}
    serves: dict[str, str] = {}
    walking_m_s: MaybeNumber = None
    units: tuple[UnitRow, ...] = ()
    homes: tuple[HomeRow, ...] = ()
    stands: tuple[StandsRow, ...] = ()
    could: tuple[CouldRow, ...] | None = None
    figures: tuple[FigureRow, ...] = ()
    sums: tuple[Sum, ...] = ()
    in_force: tuple[InForce, ...] = ()
    then: tuple[Expected, ...] = ()
    together: tuple[Together, ...] = ()
    siting: tuple[Siting, ...] = ()


def situations() -> Iterator[tuple[str, int, Situation]]:
    """Every situation: its file below the folder, its line, and itself."""
    for path in sorted(FOLDER.rglob("*.yaml")):
        text, file = path.read_text(encoding="utf-8"), path.relative_to(FOLDER).as_posix()
        try:
            plain = YAML(typ="safe", pure=True).load(text)
            lines = YAML(typ="rt", pure=True).load(text).lc
        except YAMLError as error:
            raise ValueError(f"tests/situations/{file} is no YAML: {error}") from None
        for at, row in enumerate(plain):
            line = lines.item(at)[0] + 1
            try:
                yield file, line, Situation.model_validate(row)
            except ValidationError as error:
                raise ValueError(f"tests/situations/{file}:{line} {error}") from None
