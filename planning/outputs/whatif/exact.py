"""Exact figures as the page reads them: a numerator over a denominator."""

from __future__ import annotations

from fractions import Fraction

_SAFE = 2**53
"""Beyond it a number of JavaScript is not every whole number: it is written out as text."""

Pair = list[int | str]


def exact_pair(value: Fraction | None) -> Pair | None:
    """``[numerator, denominator]``, a large one as its digits; None where there is no figure."""
    if value is None:
        return None
    return [_whole(value.numerator), _whole(value.denominator)]


def _whole(number: int) -> int | str:
    return number if abs(number) <= _SAFE else str(number)
