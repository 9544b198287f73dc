"""The closed list of measures: how each is computed, one module a measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from planning.standards.measures import (
    areas,
    average,
    candidate_classes,
    closure,
    co_location,
    completeness,
    cost,
    evenness,
    floor_per_100_households,
    hierarchy,
    land_needed,
    land_per_resident,
    people,
    per_thousand,
    presence,
    scorecard,
    share_of_capacity,
    share_of_units,
    total,
    travel_time_coverage,
    typed_in,
)
from planning.standards.measures.case import (
    Before,
    Case,
    Earlier,
    NotAssessableError,
    Place,
    Role,
    Trail,
)
from planning.standards.outcome import Outcome

JUDGES: Mapping[str, Callable[[Any, Case], Outcome]] = {
    "per_thousand": per_thousand.judge,
    "land_per_resident": land_per_resident.judge,
    "floor_per_100_households": floor_per_100_households.judge,
    "presence": presence.judge,
    "count": presence.judge,
    "total": total.judge,
    "yearly_additions": total.judge_additions,
    "share_of_units": share_of_units.judge,
    "share_of_capacity": share_of_capacity.judge,
    "share_of_facilities": share_of_capacity.judge_facilities,
    "travel_time_coverage": travel_time_coverage.judge,
    "hierarchy": hierarchy.judge,
    "co_location": co_location.judge,
    "attached": co_location.judge_attached,
    "candidates": candidate_classes.judge,
    "exposure": candidate_classes.judge_exposure,
    "people": people.judge,
    "evenness": evenness.judge,
    "compliance": areas.judge,
    "on_time": areas.judge_on_time,
    "closure": closure.judge,
    "land_needed": land_needed.judge,
    "average": average.judge,
    "completeness": completeness.judge,
    "scorecard": scorecard.judge,
    "cost": cost.judge,
    "typed_in": typed_in.judge,
    "budget": typed_in.judge,
    "enrolment": typed_in.judge_enrolment,
    "listed": typed_in.judge_listed,
}
"""By `kind`: what answers a clause in a unit."""

ROUNDS: tuple[frozenset[str], ...] = (
    frozenset(JUDGES) - {"candidates", "compliance", "land_needed", "scorecard"},
    frozenset({"candidates", "compliance", "land_needed"}),
    frozenset({"scorecard"}),
)
"""Measures in the rounds they are judged in: a later round looks at what earlier ones found."""

__all__ = [
    "JUDGES",
    "ROUNDS",
    "Before",
    "Case",
    "Earlier",
    "NotAssessableError",
    "Outcome",
    "Place",
    "Role",
    "Trail",
]
