"""The closed list of measures: bare, exact, each with its formula (STANDARDS §2, D).

Every measure answers with `Measured`; None where the question has no answer (nobody lives there).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from planning.units import hundredths, required_count, whole_persons


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is, what must be, and what is missing, all exact.

    `gap` is in the unit of `required`; `people_short` is the number of people whom the gap leaves
    without (persons, rounded up).
    """

    measured: Fraction
    required: Fraction
    gap: Fraction
    people_short: int


def places_per_1000(*, people: float, places: int, per_1000: Fraction) -> Measured | None:
    """Places held against ``ceil(per_1000 · P / 1000)`` with P in whole persons (D-1, D-4).

    `people` [persons], `places` [places].
    """
    persons = whole_persons(people)
    if persons == 0:
        return None
    required = required_count(rate=per_1000 / 1000, persons=persons)
    gap = max(0, required - places)
    return Measured(
        measured=Fraction(places),
        required=Fraction(required),
        gap=Fraction(gap),
        people_short=min(persons, math.ceil(gap * 1000 / per_1000)) if per_1000 else 0,
    )


def land_per_resident(*, people: float, land_m2: float, m2_per_person: Fraction) -> Measured | None:
    """Land held against ``m2_per_person · P``, compared at 0.01 m², not rounded up (D-1, D-18).

    `people` [persons], `land_m2` [m²].
    """
    persons = whole_persons(people)
    if persons == 0:
        return None
    held = hundredths(land_m2)
    required = m2_per_person * persons
    gap = max(Fraction(0), required - held)
    return Measured(
        measured=held,
        required=required,
        gap=gap,
        people_short=min(persons, math.ceil(gap / m2_per_person)) if m2_per_person else 0,
    )


def travel_time_coverage(*, people: float, covered: float, goal: Fraction) -> Measured | None:
    """Share of the group within the limit against `goal`, on whole persons (D-14).

    `people`, `covered` [persons]; `measured`, `required` and `gap` are shares.
    """
    persons = whole_persons(people)
    if persons == 0:
        return None
    share = Fraction(min(whole_persons(covered), persons), persons)
    gap = max(Fraction(0), goal - share)
    return Measured(measured=share, required=goal, gap=gap, people_short=math.ceil(gap * persons))
