"""The time of an edge can be reckoned anew at any speed from what the network keeps of it."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streets import charging, cone, plans

from planning.network import IMPASSABLE, PROFILES, StreetNetwork
from planning.network.timing import edge_ms

WHOLE = st.integers(0, 10**13)


def retimed(network: StreetNetwork, factor_speed_m_s: float) -> list[np.ndarray]:
    """Times there and back of a walker's network as another speed makes them [ms]."""
    of_line = [
        factor_speed_m_s * (1.0 if speed == network.profile.speed_m_s else 0.6)
        for speed in network.speeds_m_s
    ]
    speed_m_s = np.array([*of_line, 1.0])[network.speed]
    return [
        np.where(ms < IMPASSABLE, edge_ms(flat_um, speed_m_s, network.extra_us), IMPASSABLE)
        for ms, flat_um in (
            (network.forward_ms, network.flat_forward_um),
            (network.backward_ms, network.flat_backward_um),
        )
    ]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data(), speed_m_s=st.floats(0.3, 3.0))
def test_a_network_says_its_own_times_at_every_speed(data: st.DataObject, speed_m_s: float) -> None:
    plan = data.draw(plans())
    options = data.draw(st.sampled_from([{}, {"dem": cone(0.2, cell_m=300.0), "slope": "tobler"}]))
    here = plan.network(charging("elder", crossing=7.3, signal=20.0), **options)
    there = plan.network(
        charging("elder", crossing=7.3, signal=20.0).at_speed(
            speed_m_s, source_zh="试验", source_en="a test"
        ),
        **options,
    )
    for found, built in zip(
        retimed(here, speed_m_s), (there.forward_ms, there.backward_ms), strict=True
    ):
        np.testing.assert_array_equal(found, built)


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(data=st.data())
def test_on_the_flat_the_way_is_the_street_and_its_speed_the_line_s(
    profile: str, data: st.DataObject
) -> None:
    network = data.draw(plans()).network(profile)
    np.testing.assert_array_equal(network.flat_forward_um, network.flat_backward_um)
    np.testing.assert_array_equal(network.flat_forward_um / 1e6, network.length_m)
    np.testing.assert_array_equal(np.rint(network.length_m * 1e6), network.flat_forward_um)
    speed_m_s = np.array([*network.speeds_m_s, 1.0])[network.speed]
    exact_ms = network.length_m / speed_m_s * 1_000 + network.extra_us / 1_000
    is_open = network.forward_ms < IMPASSABLE
    assert np.all(np.abs(network.forward_ms - exact_ms)[is_open] <= 0.501)


@settings(derandomize=True, max_examples=300)
@given(flat_um=WHOLE, extra_us=st.integers(0, 10**9), speed_m_s=st.floats(0.1, 40.0))
def test_a_time_is_the_nearest_whole_millisecond(
    flat_um: int, extra_us: int, speed_m_s: float
) -> None:
    found = int(edge_ms(np.array([flat_um]), np.array([speed_m_s]), np.array([extra_us]))[0])
    exact = (Fraction(flat_um) / Fraction(speed_m_s) + extra_us) / 1_000
    slack = Fraction(1, 2) + 2 * Fraction(math.ulp(float(exact)))
    assert abs(found - exact) <= slack


def test_half_a_millisecond_counts_as_one() -> None:
    whole = [edge_ms(np.array([um]), np.array([1.0]), np.array([0]))[0] for um in (499, 500, 1_500)]
    assert whole == [0, 1, 2]
    charged = edge_ms(np.array([300]), np.array([1.0]), np.array([200]))
    assert charged[0] == 1
