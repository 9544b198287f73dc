"""Rates and shares as people write them: with a sign, under a heading, or as a bare number."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.demand import is_rate, rate_of
from planning.units import written

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=100)


@pytest.mark.parametrize(
    ("said", "per", "means"),
    [
        ("1.2%", 1, Fraction(12, 1000)),
        ("１.２％", 1, Fraction(12, 1000)),
        (" 1.2 % ", 1, Fraction(12, 1000)),
        ("12‰", 1, Fraction(12, 1000)),
        ("0.012", 1, Fraction(12, 1000)),
        ("1.2", 100, Fraction(12, 1000)),
        ("12", 1000, Fraction(12, 1000)),
        ("1.2%", 1000, Fraction(12, 1000)),  # the cell's own sign comes first
        ("-0.5%", 1, Fraction(-5, 1000)),
        ("−0.5%", 1, Fraction(-5, 1000)),
        ("+3", 100, Fraction(3, 100)),
        (".5", 100, Fraction(5, 1000)),
        ("1e-05", 1, Fraction(1, 100_000)),  # as a workbook's float is written out
        ("0", 1, Fraction(0)),
    ],
)
def test_what_a_part_means(said: str, per: int, means: Fraction) -> None:
    assert written(said, per=per) == means


@pytest.mark.parametrize(
    "said", ["", "%", "nan", "inf", "1 2%", "1,2%", "1.2%%", "一", "1/3", "1e999", "--1", "0x1"]
)
def test_what_is_no_part(said: str) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        written(said)


@pytest.mark.parametrize(
    ("said", "per", "rate"),
    [("1.2%", 1, 0.012), ("0.012", 1, 0.012), ("0.2", 1, 0.2), ("25%", 1, 0.25), ("25", 100, 0.25)],
)
def test_a_rate(said: str, per: int, rate: float) -> None:
    assert rate_of(said, per=per) == rate


@pytest.mark.parametrize("said", ["1.2", "0.201", "-0.3", "100", " 1.2 "])
def test_a_bare_number_that_may_be_per_cent_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="a share or per cent"):
        rate_of(said)


@pytest.mark.parametrize("said", ["-100%", "-50.1%", "100.1%", "1200%"])
def test_a_rate_nobody_assumes_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="a rate of"):
        rate_of(said)


def test_nan_is_no_rate() -> None:
    assert not is_rate(float("nan"))


@exactly
@given(st.decimals(-50, 100, places=4, allow_nan=False))
def test_the_three_ways_of_writing_a_rate_mean_one(percent: object) -> None:
    """1.2% in a cell, 1.2 under a heading in %, 12 under one in ‰."""
    text = f"{percent:f}"
    exact = Fraction(text) / 100
    ways = rate_of(f"{text}%"), rate_of(text, per=100), rate_of(f"{float(exact * 1000)!r}‰")
    assert ways[0] == ways[1] == float(exact)
    assert ways[2] == pytest.approx(float(exact), rel=1e-12)
    if abs(exact) <= Fraction(1, 5):
        assert rate_of(f"{exact.numerator / exact.denominator:.6f}") == float(exact)
