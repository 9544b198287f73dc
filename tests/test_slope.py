"""Walking time on a slope: exactly 1 on the flat, the published values, and no surprises."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.network.slope import FASTEST_FACTOR, SLOPE_FUNCTIONS, SlopeFunction

EVERY = pytest.mark.parametrize("function", SLOPE_FUNCTIONS.values(), ids=SLOPE_FUNCTIONS)


def tobler_km_h(grade: float) -> float:
    """Speed of a walker who does 6·exp(−0.175) km/h on the flat, as Tobler's does."""
    return 6 * math.exp(-0.175) / float(SLOPE_FUNCTIONS["tobler"].time_factor(grade))


def test_each_is_found_by_its_name_and_names_its_paper() -> None:
    assert list(SLOPE_FUNCTIONS) == ["tobler", "minetti", "campbell2019"]
    for name, function in SLOPE_FUNCTIONS.items():
        assert function.name == name
        assert any(year in function.citation for year in ("1993", "2002", "2019"))
        assert function.label_zh
        assert function.label_en


@EVERY
def test_a_level_street_costs_exactly_what_it_costs_without_heights(
    function: SlopeFunction,
) -> None:
    assert function.time_factor(0.0) == 1.0
    assert function.time_factor(-0.0) == 1.0
    assert np.array_equal(function.time_factor(np.zeros(33)), np.ones(33))


@EVERY
def test_an_unknown_height_counts_as_flat(function: SlopeFunction) -> None:
    factors = function.time_factor([math.nan, 0.1, math.nan])
    assert list(factors == 1.0) == [True, False, True]


@EVERY
def test_the_steeper_uphill_the_longer(function: SlopeFunction) -> None:
    uphill = function.time_factor(np.linspace(0.0, function.steepest, 500))
    assert np.all(np.diff(uphill) > 0)


@EVERY
def test_up_takes_longer_than_down(function: SlopeFunction) -> None:
    grade = np.linspace(0.01, function.steepest, 100)
    assert np.all(function.time_factor(grade) > function.time_factor(-grade))


@EVERY
def test_steeper_than_streets_are_counts_as_the_steepest(function: SlopeFunction) -> None:
    ends = function.time_factor([-function.steepest, function.steepest])
    assert np.array_equal(function.time_factor([-9.0, 9.0]), ends)
    assert np.array_equal(function.time_factor([-np.inf, np.inf]), ends)


@EVERY
def test_one_grade_or_a_whole_street_net_at_once(function: SlopeFunction) -> None:
    grade = np.array([[-0.1, 0.0], [0.05, 0.3]])
    together = function.time_factor(grade)
    assert together.shape == (2, 2)
    singly = [float(function.time_factor(g)) for g in grade.ravel()]
    assert np.allclose(together.ravel(), singly, rtol=1e-15)


@EVERY
@given(grade=st.floats(allow_nan=True, allow_infinity=True))
def test_nobody_is_ever_faster_than_tobler_s_best_descent(
    function: SlopeFunction, grade: float
) -> None:
    factor = float(function.time_factor(grade))
    assert math.isfinite(factor)
    assert factor >= FASTEST_FACTOR * (1 - 1e-12)


@pytest.mark.parametrize(
    ("degrees", "km_h"),
    [  # the table of speeds that goes with Tobler's function
        (-25, 1.40),
        (-15, 2.80),
        (-5, 5.26),
        (0, 5.04),
        (1, 4.74),
        (5, 3.71),
        (10, 2.72),
        (20, 1.41),
    ],
)
def test_tobler_gives_his_published_speeds(degrees: float, km_h: float) -> None:
    assert tobler_km_h(math.tan(math.radians(degrees))) == pytest.approx(km_h, abs=0.005)


def test_tobler_is_fastest_at_5_percent_downhill_with_6_km_h() -> None:
    assert tobler_km_h(-0.05) == pytest.approx(6.0, rel=1e-12)
    assert max(tobler_km_h(g) for g in np.linspace(-0.5, 0.5, 2001)) <= 6.0 + 1e-9


def test_minetti_multiplies_the_cost_of_2_5_joules_on_the_flat() -> None:
    # 280.5·1e-5 − 58.7·1e-4 − 76.8·1e-3 + 51.9·1e-2 + 19.6·0.1 + 2.5 = 4.899135 J/kg/m at 10 %
    assert SLOPE_FUNCTIONS["minetti"].time_factor(0.1) == pytest.approx(4.899135 / 2.5, rel=1e-12)


def test_minetti_is_held_at_the_steepest_treadmill() -> None:
    assert SLOPE_FUNCTIONS["minetti"].steepest == 0.45


def test_minetti_does_not_send_walkers_running_downhill() -> None:
    # constant power alone would give 1.1269 / 2.5 = 0.45 of the time at 10 % down
    assert SLOPE_FUNCTIONS["minetti"].time_factor(-0.1) == FASTEST_FACTOR


def test_campbell_walks_1_14_m_s_on_the_flat_and_slower_up() -> None:
    factor = SLOPE_FUNCTIONS["campbell2019"].time_factor
    # v(10°) = 36.813 / (π·14.041·(1 + (11.527 / 14.041)²)) + 0.32 − 0.0273 = 0.7912 m/s
    assert factor(math.tan(math.radians(10))) == pytest.approx(1.1448 / 0.7912, rel=1e-3)
