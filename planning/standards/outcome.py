"""What a measure finds: how much there is, how much there must be, and whether it is enough."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal, NamedTuple, Self

from planning.standards.clauses import Operator

Verdict = Literal["met", "not_met", "not_assessable", "not_applicable"]
Unit = Literal[
    "places", "beds", "m2", "facilities", "units", "share", "persons", "yuan", "levels", "areas",
    "candidates", "figure", "clauses",
]  # fmt: skip
"""In what a finding's figures are given."""

NOTHING = Fraction(0)


class Range(NamedTuple):
    """An exact quantity of which not all need be known: at least `low`, at most `high`.

    `high` is None where nobody knows how much more there is.
    """

    low: Fraction
    high: Fraction | None

    @classmethod
    def exactly(cls, value: Fraction | int) -> Self:
        """A quantity that is known."""
        known = Fraction(value)
        return cls(known, known)

    @property
    def is_known(self) -> bool:
        """Whether there is nothing more to know."""
        return self.low == self.high


def held(measured: Range, operator: Operator, required: Fraction) -> Verdict:
    """Whether the measured is as required; 以上 includes the figure, 超过 does not (C-12).

    What is unknown decides nothing: where it might tip the scales, there is no verdict (DESIGN
    §4.7).
    """
    low, high = measured
    match operator:
        case ">=":
            sure, lost = low >= required, high is not None and high < required
        case ">":
            sure, lost = low > required, high is not None and high <= required
        case "<=":
            sure, lost = high is not None and high <= required, low > required
        case "<":
            sure, lost = high is not None and high < required, low >= required
        case "=":
            sure = low == required == high
            lost = low > required or (high is not None and high < required)
    return "met" if sure else "not_met" if lost else "not_assessable"


def whole_bound(figure: Fraction, operator: Operator | None) -> int:
    """The whole number that decides for whole things: they pass it as they pass the figure.

    6.6 units or more are 7 (STANDARDS D), more than 6.6 are more than 6, at most 6.6 are at most 6.
    """
    return math.floor(figure) if operator in (">", "<=") else math.ceil(figure)


def gap(measured: Range, operator: Operator, required: Fraction) -> Fraction:
    """What is missing, or too much; how far from the figure itself where it must be passed."""
    missing, over = required - measured.low, measured.low - required
    if operator in (">=", ">"):
        return max(NOTHING, missing)
    return abs(over) if operator == "=" else max(NOTHING, over)


class Outcome(NamedTuple):
    """What a measure answers about one unit.

    `measured` and `required` are in `unit`; None where nothing is known, or no figure is printed.
    `of_one` is how much in `unit` one in the clause's own unit comes to: P / 1000 places for one
    place per 1,000.
    `per_person` turns a gap into people left without: so many of `unit` for one of them.
    `zh` and `en` say what was found.
    """

    zh: str
    en: str
    unit: Unit
    measured: Range | None = None
    required: Fraction | None = None
    people: int = 0
    per_person: Fraction | None = None
    of_one: Fraction = Fraction(1)


def nothing_known(zh: str, en: str, unit: Unit = "figure") -> Outcome:
    """No answer, and why."""
    return Outcome(zh=zh, en=en, unit=unit)
