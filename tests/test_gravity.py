"""Gravity, cumulative opportunities and the k nearest: by hand, by a plain loop, by PySAL."""

import math

import numpy as np
import pandas as pd
import pytest
from access import fca as pysal
from hypothesis import given, settings
from hypothesis import strategies as st
from reaches import LIMIT_MS, MIN, NOT, Case, cases, nan, reach_of, weights_of
from streets import GridCity

from planning.access import (
    Decay,
    Exponential,
    Gaussian,
    Kernel,
    Power,
    Step,
    cumulative,
    gravity,
    k_nearest,
    mean_of_nearest,
)
from planning.errors import InputError
from planning.travel import audience, nearest_k, reach

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=200)

HANSEN = Power(limit_ms=LIMIT_MS, unit_ms=MIN, exponent=2.0)
DECAYS: list[Decay] = [
    HANSEN,
    Step(limit_ms=15 * MIN),
    Exponential(limit_ms=LIMIT_MS, tau_ms=5 * MIN),
    Gaussian(limit_ms=20 * MIN, sigma_ms=8 * MIN),
    Kernel(limit_ms=20 * MIN),
]
decays = st.sampled_from(DECAYS)


@exactly
@given(case=cases(), decay=decays)
def test_gravity_equals_the_double_loop(case: Case, decay: Decay) -> None:
    found = gravity(case.reach, case.supply, decay=decay)
    weight = weights_of(case.table, decay)
    known = [j for j, places in enumerate(case.supply) if not math.isnan(places)]
    for i in range(len(case.people)):
        expected = math.fsum(case.supply[j] * weight[j][i] for j in known)
        assert found.access[i] == pytest.approx(expected, rel=1e-12)
        unsure = any(weight[j][i] > 0 for j in range(len(case.supply)) if j not in known)
        assert found.understated[i] == unsure
    assert found.idle.tolist() == [j for j in known if not any(weight[j])]
    assert sorted([*found.unknown.tolist(), *known]) == list(range(len(case.supply)))


@exactly
@given(case=cases(unknown=False), decay=decays)
def test_gravity_equals_pysal(case: Case, decay: Decay) -> None:
    """A weighted catchment of the supply: PySAL groups by origin what stands at `dest`."""
    found = gravity(case.reach, case.supply, decay=decay)
    rows = [
        {"origin": i, "dest": j, "cost": ms}
        for j, row in enumerate(case.table)
        for i, ms in enumerate(row)
        if ms != NOT
    ]
    index = pd.Index(range(len(case.supply)), name="geoid")
    theirs = pysal.weighted_catchment(
        pd.DataFrame({"supply": case.supply}, index=index),
        pd.DataFrame(rows, columns=["origin", "dest", "cost"]).astype({"dest": index.dtype}),
        max_cost=decay.limit_ms,
        cost_source="dest",
        cost_dest="origin",
        loc_index=True,
        loc_value="supply",
        weight_fn=lambda ms: float(decay.weight(np.array([ms]))[0]),
    )
    expected = theirs.reindex(range(len(case.people))).fillna(0.0).to_numpy(dtype=np.float64)
    np.testing.assert_allclose(found.access, expected, rtol=1e-12)


def test_hansen_s_sum_by_hand() -> None:
    """40 places 2 minutes away, 90 places 3 minutes away: 40 / 2² + 90 / 3²."""
    found = gravity(
        reach_of([[2 * MIN], [3 * MIN]], n_demand=1), np.array([40.0, 90.0]), decay=HANSEN
    )
    assert found.access.tolist() == pytest.approx([20])


def test_cumulative_counts_places_or_sites_and_a_time_at_the_limit_is_inside() -> None:
    table = [[5 * MIN, NOT], [10 * MIN, 10 * MIN], [10 * MIN + 1, 1]]
    reached = reach_of(table, n_demand=2)
    places = cumulative(reached, np.array([3.0, 20.0, 100.0]), limit_ms=10 * MIN)
    sites = cumulative(reached, np.ones(3), limit_ms=10 * MIN)
    assert places.access.tolist() == [23, 120]
    assert sites.access.tolist() == [2, 2]


def test_unknown_supply_is_left_out_and_told() -> None:
    table = [[MIN, MIN, NOT], [NOT, MIN, NOT], [NOT, NOT, NOT]]
    found = cumulative(reach_of(table, n_demand=3), np.array([4.0, nan, 5.0]), limit_ms=MIN)
    assert found.access.tolist() == [4, 4, 0]
    assert found.understated.tolist() == [False, True, False]
    assert (found.unknown.tolist(), found.idle.tolist()) == ([1], [2])


def test_what_cannot_be_is_refused() -> None:
    reached = reach_of([[MIN]], n_demand=1, limit_ms=MIN)
    with pytest.raises(InputError, match="supply"):
        cumulative(reached, np.array([-1.0]), limit_ms=MIN)
    with pytest.raises(InputError, match="supply"):
        cumulative(reached, np.ones(2), limit_ms=MIN)
    with pytest.raises(InputError, match="limit of the reach"):
        cumulative(reached, np.ones(1), limit_ms=MIN + 1)
    with pytest.raises(ValueError, match="k = 0"):
        k_nearest(reached, k=0)


@exactly
@given(case=cases(), decay=decays, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_sites_changes_no_bit(case: Case, decay: Decay, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(case.supply))
    table = [case.table[site] for site in order]
    other = reach_of(table, n_demand=len(case.people))
    one = gravity(case.reach, case.supply, decay=decay)
    two = gravity(other, case.supply[order], decay=decay)
    assert one.access.tobytes() == two.access.tobytes()
    assert k_nearest(case.reach, k=2).mean_ms.tobytes() == k_nearest(other, k=2).mean_ms.tobytes()


# --- the k nearest -------------------------------------------------------------------------------


@exactly
@given(case=cases(), k=st.integers(1, 4))
def test_the_k_nearest_equal_a_plain_sort(case: Case, k: int) -> None:
    found = k_nearest(case.reach, k=k)
    for i in range(len(case.people)):
        there = sorted((row[i], j) for j, row in enumerate(case.table) if row[i] != NOT)[:k]
        listed = [*there, *[(-1, -1)] * (k - len(there))]
        assert found.nearest.ms[i].tolist() == [ms for ms, _ in listed]
        assert found.nearest.site[i].tolist() == [j for _, j in listed]
        if len(there) == k:
            assert found.mean_ms[i] == pytest.approx(sum(ms for ms, _ in there) / k, rel=1e-15)
        else:
            assert math.isnan(found.mean_ms[i])


def test_the_k_nearest_of_a_reach_are_those_that_a_search_finds_ties_included() -> None:
    city = GridCity(columns=7, rows=7)
    network = city.network()
    crowd = audience(network, city.nodes(network, city.crossings))
    sites = city.nodes(network, [(1, 1), (5, 5), (1, 5), (5, 1), (3, 3)])
    reached = reach(network, sites, crowd, limit_ms=100 * MIN)
    expected = nearest_k(network, sites, crowd, k=3)
    found = k_nearest(reached, k=3).nearest
    assert np.array_equal(found.site, expected.site)
    assert np.array_equal(found.ms, expected.ms)
    assert len(np.unique(expected.ms[:, 0])) < len(expected.ms), "there are ties"


@exactly
@given(case=cases(), k=st.integers(1, 4), data=st.data())
def test_the_mean_time_to_the_first_of_more_is_that_to_so_many(
    case: Case, k: int, data: st.DataObject
) -> None:
    more = k_nearest(case.reach, k=data.draw(st.integers(k, 6))).nearest
    expected = k_nearest(case.reach, k=k).mean_ms
    np.testing.assert_allclose(mean_of_nearest(more, k=k), expected, rtol=1e-15)
