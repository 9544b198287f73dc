"""All that clauses may be held against: people, what stands, who reaches it, figures typed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

from planning.access import Coverage
from planning.area import StudyArea
from planning.demand import Demand
from planning.facilities import Candidates, Facilities
from planning.standards.figures import Figures
from planning.standards.terms import Mode

Base = Literal["residents", "registered"]

BASES: Mapping[Base, tuple[str, str]] = {
    "residents": ("常住人口", "residents"),
    "registered": ("户籍人口", "registered people"),
}
"""Who is counted, as reports name them."""


Ground = Mode | Literal["metres"]
"""A mode of travel, or the counting of metres."""


class Walk(NamedTuple):
    """Whom travel times are for: how people go, and to which facilities (`Which.text`).

    `at_most` is to those that may count as well as to those that do.
    """

    mode: Ground
    which: str
    at_most: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is so in one year, or with a plan.

    `base` says who is counted in `demand`. `functions` and `group`, by service, which facilities
    offer it and whom it is for; `coverage` who is within the service's limit. `walks` are the
    travel times that clauses ask about, where they were worked out. `goals` are shares that the
    study sets where a document prints none, by clause id. `absent` are functions that nothing in
    the town does yet: those of a study's services where it names no register.
    """

    area: StudyArea
    demand: Demand
    facilities: Facilities
    functions: Mapping[str, frozenset[str]]
    group: Mapping[str, str]
    coverage: Mapping[str, Coverage]
    goals: Mapping[str, Fraction]
    base: Base = "residents"
    candidates: Candidates | None = None
    walks: Mapping[Walk, Coverage] = field(default_factory=dict)
    figures: Figures = field(default_factory=Figures)
    year: int | None = None
    absent: frozenset[str] = frozenset()
