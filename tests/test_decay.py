"""Decay functions: their formulas at times worked out by hand, their limits, what they refuse."""

import math

import numpy as np
import pytest
from access import weights as pysal
from hypothesis import given, settings
from hypothesis import strategies as st
from reaches import MIN

from planning.access import (
    Butterworth,
    Decay,
    EndingGaussian,
    Exponential,
    Gaussian,
    Kernel,
    Power,
    Step,
    Zones,
)
from planning.errors import InputError

LIMIT = 30 * MIN

EVERY: list[Decay] = [
    Step(limit_ms=LIMIT),
    Zones(until_ms=(10 * MIN, 20 * MIN, LIMIT), weights=(1.0, 0.68, 0.22)),
    Gaussian(limit_ms=LIMIT, sigma_ms=10 * MIN),
    EndingGaussian(limit_ms=LIMIT),
    Exponential(limit_ms=LIMIT, tau_ms=10 * MIN),
    Power(limit_ms=LIMIT, unit_ms=MIN, exponent=1.5),
    Butterworth(limit_ms=LIMIT, half_ms=10 * MIN, power=4.0),
    Kernel(limit_ms=LIMIT),
]
ENDING = (EndingGaussian, Kernel)


def at(decay: Decay, *minutes: float) -> list[float]:
    return [float(w) for w in decay.weight(np.array([int(m * MIN) for m in minutes]))]


@pytest.mark.parametrize(
    ("decay", "minutes", "expected"),
    [
        (EVERY[0], (0, 30), (1, 1)),
        (EVERY[1], (0, 10, 15, 20, 25, 30), (1, 1, 0.68, 0.68, 0.22, 0.22)),
        (EVERY[2], (0, 10, 20), (1, math.exp(-0.5), math.exp(-2))),
        (EVERY[3], (0, 30), (1, 0)),
        (EVERY[3], (15,), ((math.exp(-1 / 8) - math.exp(-0.5)) / (1 - math.exp(-0.5)),)),
        (EVERY[4], (0, 10, 20), (1, 1 / math.e, 1 / math.e**2)),
        (EVERY[5], (0, 0.5, 1, 4, 9), (1, 1, 1, 1 / 8, 1 / 27)),
        (EVERY[6], (0, 10, 20), (1, 1 / 2, 1 / 17)),
        (EVERY[7], (0, 15, 30), (0.75, 0.5625, 0)),
    ],
)
def test_weights_worked_out_by_hand(
    decay: Decay, minutes: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    assert at(decay, *minutes) == pytest.approx(expected, abs=1e-15)


def test_the_weights_of_the_3sfca_paper_are_a_gaussian_at_the_middles_of_its_zones() -> None:
    """Wan et al. (2012): 0.962, 0.704, 0.377, 0.042 for 0-10, 10-20, 20-30 and 30-60 minutes."""
    gaussian = Gaussian(limit_ms=60 * MIN, sigma_ms=math.sqrt(640 / 2) * MIN)
    assert [round(w, 3) for w in at(gaussian, 5, 15, 25, 45)] == [0.962, 0.704, 0.377, 0.042]


@pytest.mark.parametrize("decay", EVERY, ids=lambda decay: type(decay).__name__)
def test_a_time_at_the_limit_is_inside_and_a_millisecond_more_is_not(decay: Decay) -> None:
    at_limit, beyond = decay.weight(np.array([LIMIT, LIMIT + 1], dtype=np.int32))
    assert at_limit == 0 if isinstance(decay, ENDING) else at_limit > 0
    assert beyond == 0


def test_the_end_of_a_zone_belongs_to_it() -> None:
    zones = Zones(until_ms=(100, 200), weights=(1.0, 0.5))
    assert zones.weight(np.array([100, 101, 200, 201])).tolist() == [1.0, 0.5, 0.5, 0.0]


@pytest.mark.parametrize("decay", EVERY, ids=lambda decay: type(decay).__name__)
@settings(derandomize=True, database=None, deadline=None, max_examples=50)
@given(times=st.lists(st.integers(0, 2 * LIMIT), min_size=1))
def test_no_weight_is_negative_and_none_rises_with_time(decay: Decay, times: list[int]) -> None:
    weight = decay.weight(np.array(sorted(times), dtype=np.int32))
    assert weight.dtype == np.float64
    assert np.all((weight >= 0) & (weight <= 1))
    assert np.all(np.diff(weight) <= 0)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (EVERY[1], pysal.step_fn({10: 1, 20: 0.68, 30: 0.22})),
        (EVERY[2], pysal.gaussian(sigma=10)),
        (EVERY[5], pysal.gravity(scale=1, alpha=-1.5, min_dist=1)),
    ],
)
def test_weights_equal_those_of_pysal(ours: Decay, theirs: object) -> None:
    assert callable(theirs)
    for minute in range(31):
        assert at(ours, minute) == pytest.approx([theirs(minute)], rel=1e-14)


def test_a_power_too_high_for_a_float_is_a_step() -> None:
    steep = Butterworth(limit_ms=LIMIT, half_ms=2.0, power=1e3)
    assert steep.weight(np.array([1, LIMIT])).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("make", "faults"),
    [
        (lambda: Step(limit_ms=0), 1),
        (lambda: Kernel(limit_ms=-5), 1),
        (lambda: EndingGaussian(limit_ms=0), 1),
        (lambda: Gaussian(limit_ms=0, sigma_ms=0.0), 2),
        (lambda: Exponential(limit_ms=LIMIT, tau_ms=math.inf), 1),
        (lambda: Power(limit_ms=LIMIT, unit_ms=0.0, exponent=-1.0), 2),
        (lambda: Butterworth(limit_ms=LIMIT, half_ms=math.nan, power=0.0), 2),
        (lambda: Zones(until_ms=(), weights=()), 1),
        (lambda: Zones(until_ms=(2, 1), weights=(0.5, 0.7)), 2),
        (lambda: Zones(until_ms=(1, 2), weights=(1.0,)), 1),
        (lambda: Zones(until_ms=(1, 2), weights=(1.0, -0.1)), 1),
        (lambda: Zones(until_ms=(1, 2), weights=(math.nan, 0.1)), 1),
    ],
)
def test_parameters_that_mean_nothing_are_refused_all_at_once(make: object, faults: int) -> None:
    assert callable(make)
    with pytest.raises(InputError) as refused:
        make()
    assert len(refused.value.faults) == faults
