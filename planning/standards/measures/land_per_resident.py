"""Elder-care land a person, by two accounts."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from planning.demand import TOTAL
from planning.standards.accounts import Held
from planning.standards.asks import LandPerResident
from planning.standards.measures.case import Case, there
from planning.standards.outcome import NOTHING, Outcome, Range
from planning.standards.terms import Group
from planning.standards.words import plain
from planning.units import hundredths, rational


def required_land_m2(*, persons: int, m2_per_person: Fraction) -> Fraction:
    """``m2_per_person · P``, not rounded up, compared at 0.01 m² (STANDARDS D-1, D-18)."""
    return m2_per_person * persons


def apportioned_m2(*, floor_m2: float, far: float) -> Fraction:
    """Land of rooms in a building: their floor over its floor-area ratio; 0 where that is unknown.

    STANDARDS A-2, D-18: 1,000 m² of rooms at a ratio of 2.5 are 400 m².
    """
    return rational(floor_m2) / rational(far) if far > 0 else NOTHING


def judge(ask: LandPerResident, case: Case) -> Outcome:
    """The land in the unit against its people, by the account that the reading names."""
    readings = case.accounts.readings
    group: Group = "elderly" if readings["land_denominator"] == "elderly" else TOTAL
    persons = case.persons(group)
    own = case.held(ask.which, "elder_land_m2")
    shared = _shared_m2(ask, case)
    counts_both = readings["land_account"] == "apportioned"
    land = _plus(own, shared) if counts_both else own
    who_zh, who_en = case.who(group, persons)
    there_zh, there_en = there(own, "elder_land_m2")
    if shared.low or not shared.is_known:
        more = plain(shared.low) + ("" if shared.is_known else "+")
        there_zh += f"，另按容积率分摊{more}平方米{'' if counts_both else '（不计）'}"
        there_en += f", {more} m² apportioned" + ("" if counts_both else " (not counted)")
    figure = case.clause.value
    if figure is None:
        return Outcome(
            zh=f"{who_zh}，{there_zh}，人均{plain(land.amount.low / persons)}平方米",
            en=f"{who_en}; {there_en}", unit="m2", measured=land.amount, of_one=Fraction(persons),
        )  # fmt: skip
    required = required_land_m2(persons=persons, m2_per_person=figure)
    if case.trail is not None:
        case.trail.say(
            f"需要：{plain(figure)}×{persons:,}＝{plain(required)}平方米；"
            f"{'含分摊' if counts_both else '只计独立占地'}{plain(land.amount.low)}平方米",
            f"required: {plain(figure)} × {persons:,} = {plain(required)} m²; "
            f"{'plots and apportioned land' if counts_both else 'plots only'}: "
            f"{plain(land.amount.low)} m²",
        )
    return Outcome(
        zh=f"{who_zh}×{plain(figure)}平方米，需{plain(required)}平方米，{there_zh}",
        en=f"{who_en} × {plain(figure)} m²: {plain(required)} m² needed; {there_en}",
        unit="m2",
        measured=land.amount,
        required=required,
        people=persons,
        per_person=figure,
        of_one=Fraction(persons),
    )


def _plus(own: Held, more: Range) -> Held:
    low, high = own.amount
    most = None if high is None or more.high is None else high + more.high
    return own._replace(amount=Range(low + more.low, most))


def _shared_m2(ask: LandPerResident, case: Case) -> Range:
    """Land apportioned to rooms in buildings that have no elder-care plot of their own [m²].

    A ratio that nobody knows gives none (A-2); rooms of unknown size, and those of facilities that
    may count, leave open how much.
    """
    facilities = case.accounts.situation.facilities
    sure, maybe = case.chosen(ask.which)
    shares = case.inside() & (facilities.elder_land_m2 == 0) & (facilities.far > 0)
    blank = np.isnan(facilities.elder_floor_m2)
    low, more = (
        sum(
            (
                apportioned_m2(floor_m2=facilities.elder_floor_m2[row], far=facilities.far[row])
                for row in np.flatnonzero(shares & counts & ~blank)
            ),
            NOTHING,
        )
        for counts in (sure, maybe)
    )
    is_open = bool((shares & (sure | maybe) & blank).any())
    return Range(hundredths(low), None if is_open else hundredths(low + more))
