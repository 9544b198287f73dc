"""Places, beds or facilities per 1,000 people."""

from __future__ import annotations

from fractions import Fraction

from planning.standards.asks import PerThousand
from planning.standards.clauses import Operator
from planning.standards.measures.case import Case, there
from planning.standards.outcome import Outcome, whole_bound
from planning.standards.words import AMOUNT_UNITS, amount_words, plain


def required_per_thousand(
    *, persons: int, per_1000: Fraction, operator: Operator | None = ">="
) -> int:
    """``ceil(per_1000 · P / 1000)``, P in whole persons (STANDARDS D-1, D-4).

    `persons` [persons], `per_1000` [amount per 1,000 persons]. The floor of it where it is to be
    passed, or not to be.
    """
    return whole_bound(per_1000 * persons / 1000, operator)


def rate_per_thousand(*, persons: int, amount: Fraction) -> Fraction | None:
    """``1000 · N / P``; None where nobody lives (STANDARDS D-5)."""
    return None if persons == 0 else 1000 * amount / persons


def judge(ask: PerThousand, case: Case) -> Outcome:
    """The amount in the unit against what its people need; floor is not rounded (STANDARDS D)."""
    persons = case.persons(ask.group)
    held = case.held(ask.which, ask.amount)
    who_zh, who_en = case.who(ask.group, persons)
    there_zh, there_en = there(held, ask.amount)
    rate = rate_per_thousand(persons=persons, amount=held.amount.low)
    assert rate is not None
    if case.clause.value is None:
        return Outcome(
            zh=f"{who_zh}，{there_zh}，每千人{plain(rate)}",
            en=f"{who_en}; {there_en}: {plain(rate)} per 1,000",
            unit=AMOUNT_UNITS[ask.amount],
            measured=held.amount,
            of_one=Fraction(persons, 1000),
        )
    figure = case.clause.value
    is_area = AMOUNT_UNITS[ask.amount] == "m2"
    required = (
        figure * persons / 1000
        if is_area
        else Fraction(
            required_per_thousand(persons=persons, per_1000=figure, operator=case.clause.operator)
        )
    )
    is_down = case.clause.operator in (">", "<=")
    if case.trail is not None:
        up, down = ("", "") if is_area else ("⌊", "⌋") if is_down else ("⌈", "⌉")
        whole = "" if is_area else "floor" if is_down else "ceil"
        case.trail.say(
            f"需要：{up}{plain(figure)}×{persons:,}÷1000{down}＝{plain(required)}",
            f"required: {whole}({plain(figure)} × {persons:,} / 1000) = {plain(required)}",
        )
    zh, en = amount_words(ask.amount, required)
    rounded_zh, rounded_en = (
        ("", "") if is_area else ("舍尾", ", rounded down") if is_down else ("进位", ", rounded up")
    )
    return Outcome(
        zh=f"{who_zh}×{plain(figure)}/千人，{rounded_zh}需{zh}，{there_zh}",
        en=f"{who_en} × {plain(figure)} per 1,000{rounded_en}: {en}; {there_en}",
        unit=AMOUNT_UNITS[ask.amount],
        measured=held.amount,
        required=required,
        people=persons,
        per_person=figure / 1000,
        of_one=Fraction(persons, 1000),
    )
