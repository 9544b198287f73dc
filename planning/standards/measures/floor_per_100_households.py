"""Elder-care rooms by households."""

from __future__ import annotations

from fractions import Fraction

from planning.standards.asks import FloorPer100Households
from planning.standards.measures.case import Case, NotAssessableError, there
from planning.standards.outcome import Outcome
from planning.standards.words import plain


def required_floor_m2(*, households: int, m2_per_100: Fraction) -> Fraction:
    """``m2_per_100 · H / 100``, pro rata, not by started hundreds (STANDARDS A-18, D-9)."""
    return m2_per_100 * households / 100


def judge(ask: FloorPer100Households, case: Case) -> Outcome:
    """The rooms in the unit against its planned homes, else the households counted there."""
    households, figure = _households(case), case.clause.value
    held = case.held(ask.which, "elder_floor_m2")
    there_zh, there_en = there(held, "elder_floor_m2")
    if figure is None:
        return Outcome(
            zh=f"{households:,}户，{there_zh}", en=f"{households:,} households; {there_en}",
            unit="m2", measured=held.amount, of_one=Fraction(households, 100),
        )  # fmt: skip
    required = required_floor_m2(households=households, m2_per_100=figure)
    if case.trail is not None:
        case.trail.say(
            f"需要：{plain(figure)}×{households:,}÷100＝{plain(required)}平方米（按比例，不进位到百户）",
            f"required: {plain(figure)} × {households:,} / 100 = {plain(required)} m², pro rata",
        )
    return Outcome(
        zh=f"{households:,}户×{plain(figure)}平方米/百户，需{plain(required)}平方米，{there_zh}",
        en=f"{households:,} households × {plain(figure)} m² per 100: {plain(required)} m² needed; "
        f"{there_en}",
        unit="m2",
        measured=held.amount,
        required=required,
        of_one=Fraction(households, 100),
    )


def _households(case: Case) -> int:
    place, accounts = case.place, case.accounts
    if place.households is not None:
        found = place.households
    elif accounts.has_group("households"):
        found = accounts.persons(place.level, "households")[place.at]
    else:
        raise NotAssessableError("户数未知", "the number of households is not known")
    if found == 0:
        raise NotAssessableError("无住户，不评估", "no households, not assessed")
    return found
