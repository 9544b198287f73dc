"""A yearly rate as people write it: "1.2%", "12‰", or the bare number 0.012."""

from __future__ import annotations

from fractions import Fraction

from planning.units import written

_MOST_BARE = 0.2
"""The greatest bare number that is read as a share a year.

A plausibility bound, not a policy number: whoever writes 1.2 means per cent, whoever writes 0.012
a share. Above 20 % a year nobody can tell the two apart, and the sign has to be written.
"""
_LEAST, _MOST = -0.5, 1.0
"""Half of everybody gone in a year, and twice as many: what no projection assumes year by year."""
RATE = (
    "年增长率，如 1.2% 或 0.012（不带百分号的须在 ±0.2 以内），-50% 至 100%",
    "a yearly rate such as 1.2% or 0.012 (without its sign within ±0.2), from -50% to 100%",
)
"""What a rate has to be, for those who wrote another."""


def rate_of(text: str, *, per: int | Fraction = 1) -> float:
    """The yearly rate [share a year] in a text.

    `per` is what a heading says of the bare numbers below it: 100 under %, 1000 under ‰. A sign in
    the text itself comes first. Raises ValueError for what is no rate, for a rate nobody assumes
    (−100 %), and for a bare number that may be per cent or a share.
    """
    rate = written(text, per=per)
    if per == 1 and text.rstrip()[-1:] not in "%％‰" and abs(rate) > _MOST_BARE:
        raise ValueError(f"found {text!r}, a share or per cent")
    if not is_rate(float(rate)):
        raise ValueError(f"found a rate of {float(rate):.0%} a year")
    return float(rate)


def is_rate(rate: float) -> bool:
    """Whether a projection may assume such a rate [share a year]; NaN is none."""
    return _LEAST <= rate <= _MOST
