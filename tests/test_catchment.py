"""Floating catchments: a town by hand, a plain double loop, PySAL; no place is lost or made."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from access import fca as pysal
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reaches import LIMIT_MS, MIN, NOT, Case, Floats, cases, nan, reach_of, weights_of
from streets import Plan, standing, tilted, times_ms

from planning.access import (
    Butterworth,
    Catchments,
    Decay,
    Exponential,
    Gaussian,
    Kernel,
    Step,
    Zones,
    enhanced_two_step,
    three_step,
    two_step,
)
from planning.access.pairs import Pairs
from planning.errors import InputError, OurFaultError
from planning.travel import Reach, audience, reach

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=200)

ZONES = Zones(until_ms=(10 * MIN, 20 * MIN, 30 * MIN), weights=(1.0, 0.68, 0.22))
GAUSSIAN = Gaussian(limit_ms=30 * MIN, sigma_ms=12 * MIN)
DECAYS: list[Decay] = [
    Step(limit_ms=20 * MIN),
    ZONES,
    GAUSSIAN,
    Exponential(limit_ms=25 * MIN, tau_ms=6 * MIN),
    Butterworth(limit_ms=30 * MIN, half_ms=10 * MIN, power=4.0),
    Kernel(limit_ms=30 * MIN),
]
decays = st.sampled_from(DECAYS)

Method = Callable[[Reach, Floats, Floats, Decay], Catchments]


def e2sfca(reach: Reach, people: Floats, supply: Floats, decay: Decay) -> Catchments:
    return enhanced_two_step(reach, people, supply, decay=decay)


def sfca3(reach: Reach, people: Floats, supply: Floats, decay: Decay) -> Catchments:
    return three_step(reach, people, supply, decay=decay)


METHODS: list[Method] = [e2sfca, sfca3]
both = pytest.mark.parametrize("method", METHODS)


# --- a plain double loop ---------------------------------------------------------------------


def selected(weight: list[list[float]], supply: Floats) -> list[list[float]]:
    """G_ij by site and point: the part of a person of i who goes to j, of known supply."""
    share = [[0.0] * len(row) for row in weight]
    for i in range(len(weight[0]) if weight else 0):
        sites = [j for j in range(len(supply)) if not math.isnan(supply[j])]
        whole = math.fsum(weight[j][i] for j in sites)
        for j in sites:
            share[j][i] = weight[j][i] / whole if whole > 0 else 0.0
    return share


def by_loops(case: Case, decay: Decay, *, selecting: bool) -> tuple[list[float], list[float]]:
    """Access by point and potential by site, one number after the other."""
    weight = weights_of(case.table, decay)
    if selecting:
        share = selected(weight, case.supply)
        weight = [
            [w * g for w, g in zip(*row, strict=True)] for row in zip(weight, share, strict=True)
        ]
    access, potential = [0.0] * len(case.people), [math.nan] * len(case.supply)
    for j, places in enumerate(case.supply):
        if math.isnan(places):
            continue
        potential[j] = sum(p * w for p, w in zip(case.people, weight[j], strict=True))
        if potential[j] > 0:
            for i, w in enumerate(weight[j]):
                access[i] += places / potential[j] * w
    return access, potential


@exactly
@given(case=cases(), decay=decays)
@both
def test_equals_the_double_loop(method: Method, case: Case, decay: Decay) -> None:
    found = method(case.reach, case.people, case.supply, decay)
    access, potential = by_loops(case, decay, selecting=method is sfca3)
    np.testing.assert_allclose(found.access, access, rtol=1e-12)
    np.testing.assert_allclose(found.potential, potential, rtol=1e-12)


@exactly
@given(case=cases(), limit_ms=st.sampled_from([1, 5 * MIN, 20 * MIN, LIMIT_MS]))
def test_2sfca_equals_the_double_loop(case: Case, limit_ms: int) -> None:
    found = two_step(case.reach, case.people, case.supply, limit_ms=limit_ms)
    access, _ = by_loops(case, Step(limit_ms=limit_ms), selecting=False)
    np.testing.assert_allclose(found.access, access, rtol=1e-12)


# --- what is conserved -------------------------------------------------------------------------


@exactly
@given(case=cases(), decay=decays)
@both
def test_the_supply_of_all_sites_that_anybody_comes_to_is_shared_out(
    method: Method, case: Case, decay: Decay
) -> None:
    found = method(case.reach, case.people, case.supply, decay)
    weight = np.array(weights_of(case.table, decay)).reshape(len(case.supply), len(case.people))
    known = ~np.isnan(case.supply)
    visited = (weight * case.people).sum(axis=1) > 0
    assert found.supply == pytest.approx(case.supply[known & visited].sum(), rel=1e-12)
    assert (found.access * case.people).sum() == pytest.approx(found.supply, rel=1e-9)
    assert found.idle.tolist() == np.flatnonzero(known & ~visited).tolist()
    assert found.unknown.tolist() == np.flatnonzero(~known).tolist()
    assert np.all(np.isfinite(found.access) & (found.access >= 0))
    assert np.all(found.access[~found.reached] == 0)
    assert found.reached.tolist() == np.any(weight[known] > 0, axis=0).tolist()
    assert found.understated.tolist() == np.any(weight[~known] > 0, axis=0).tolist()


@exactly
@given(case=cases(), decay=decays)
def test_3sfca_also_keeps_everybody_who_has_a_choice_once(case: Case, decay: Decay) -> None:
    found = three_step(case.reach, case.people, case.supply, decay=decay)
    assert found.choosing is not None
    known = ~np.isnan(case.supply)
    assert np.isnan(found.choosing).tolist() == (~known).tolist()
    reached = case.people[found.reached].sum()
    assert found.choosing[known].sum() == pytest.approx(reached, rel=1e-9)
    share = np.array(selected(weights_of(case.table, decay), case.supply))
    by_site = share.reshape(len(case.supply), len(case.people)) @ case.people
    np.testing.assert_allclose(found.choosing[known], by_site[known], rtol=1e-12)


def test_2sfca_counts_whoever_reaches_two_sites_twice_and_3sfca_once() -> None:
    reach = reach_of([[0], [0]], n_demand=1)
    people, supply = np.array([100.0]), np.array([10.0, 30.0])
    twice = two_step(reach, people, supply, limit_ms=LIMIT_MS)
    once = three_step(reach, people, supply, decay=Step(limit_ms=LIMIT_MS))
    assert twice.potential.tolist() == [100, 100]
    assert twice.choosing is None
    assert once.choosing is not None
    assert once.choosing.tolist() == [50, 50]
    assert twice.access.tolist() == once.access.tolist() == [0.4]


def test_supply_that_was_lost_on_the_way_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    by_demand = Pairs.by_demand
    monkeypatch.setattr(Pairs, "by_demand", lambda self, values: by_demand(self, values) * 0.999)
    with pytest.raises(OurFaultError, match="given to people"):
        two_step(reach_of([[0]], n_demand=1), np.ones(1), np.ones(1), limit_ms=MIN)


# --- a town by hand ------------------------------------------------------------------------------

TOWN = [
    [5 * MIN, 15 * MIN, NOT, NOT],
    [NOT, 10 * MIN, 20 * MIN, 25 * MIN],
]
PEOPLE = np.array([100.0, 300.0, 50.0, 0.0])
PLACES = np.array([20.0, 35.0])


def test_2sfca_of_a_town_by_hand() -> None:
    """20 places for 100 + 300, 35 for 300 + 50: 0.05 and 0.1 a person; the second point has both.

    The last point is 25 minutes away, beyond the 20.
    """
    found = two_step(reach_of(TOWN, n_demand=4), PEOPLE, PLACES, limit_ms=20 * MIN)
    assert found.potential.tolist() == [400, 350]
    assert found.ratio.tolist() == [0.05, 0.1]
    assert found.access.tolist() == pytest.approx([0.05, 0.15, 0.1, 0])
    assert found.reached.tolist() == [True, True, True, False]
    assert found.supply == 55


def test_e2sfca_of_a_town_by_hand() -> None:
    """Luo & Qi's first weights: 20 / (100 + 0.68 · 300), 35 / (300 + 0.68 · 50 + 0.22 · 0)."""
    found = enhanced_two_step(reach_of(TOWN, n_demand=4), PEOPLE, PLACES, decay=ZONES)
    first, second = 20 / 304, 35 / 334
    assert found.potential.tolist() == pytest.approx([304, 334])
    expected = [first, 0.68 * first + second, 0.68 * second, 0.22 * second]
    assert found.access.tolist() == pytest.approx(expected)


def test_3sfca_of_a_town_by_hand() -> None:
    """Of the 300, who are 15 and 10 minutes away, 0.68 / 1.68 choose the first site."""
    found = three_step(reach_of(TOWN, n_demand=4), PEOPLE, PLACES, decay=ZONES)
    part = 0.68 / 1.68
    first = 20 / (100 + part * 0.68 * 300)
    second = 35 / ((1 - part) * 300 + 0.68 * 50)
    expected = [first, part * 0.68 * first + (1 - part) * second, 0.68 * second, 0.22 * second]
    assert found.access.tolist() == pytest.approx(expected)
    assert found.choosing is not None
    assert found.choosing.tolist() == pytest.approx([100 + part * 300, (1 - part) * 300 + 50])


def test_at_the_limit_is_inside_and_a_millisecond_more_is_not() -> None:
    reach = reach_of([[MIN, MIN + 1]], n_demand=2)
    found = two_step(reach, np.array([10.0, 10.0]), np.array([5.0]), limit_ms=MIN)
    assert found.access.tolist() == [0.5, 0]
    assert found.reached.tolist() == [True, False]


def test_the_way_counts_from_home_to_the_site_in_both_steps() -> None:
    """Two places with homes and a site each; downhill from A to B, too far uphill from B to A.

    Site A is for the people of A alone, site B for all. The transpose says the opposite
    (pysal/access#18: the direction of the table matters).
    """
    a_to_b, b_to_a = 20 * MIN, NOT
    people, places = np.array([100.0, 300.0]), np.array([10.0, 40.0])
    table = [[0, b_to_a], [a_to_b, 0]]
    found = two_step(reach_of(table, n_demand=2), people, places, limit_ms=LIMIT_MS)
    assert found.potential.tolist() == [100, 400]
    assert found.access.tolist() == pytest.approx([0.1 + 0.1, 0.1])
    everywhere = Step(limit_ms=LIMIT_MS)
    np.testing.assert_allclose(found.access, by_pysal(table, people, places, everywhere))
    back = reach_of([[0, a_to_b], [b_to_a, 0]], n_demand=2)
    assert two_step(back, people, places, limit_ms=LIMIT_MS).potential.tolist() == [400, 300]


def test_on_a_hill_people_walk_down_to_a_site_that_they_could_not_climb_to() -> None:
    """One street of 600 m, 10 % up to the east; a home and a site at either end."""
    plan = Plan(places=[(0, 0), (600, 0)], runs=[[0, 1]])
    network = plan.network(dem=tilted(0.1), slope="tobler")
    ends = standing(network, plan.places)
    down, up = (times_ms(network, ends, ends)[site, 1 - site] for site in (0, 1))
    assert down < up
    reached = reach(network, ends, audience(network, ends), limit_ms=int(down))
    found = two_step(reached, np.array([100.0, 300.0]), np.array([10.0, 40.0]), limit_ms=int(down))
    assert found.potential.tolist() == [400, 300]
    assert found.access.tolist() == pytest.approx([10 / 400, 10 / 400 + 40 / 300])


# --- PySAL ---------------------------------------------------------------------------------------

of_its_own = pytest.mark.filterwarnings("ignore:The inplace keyword")
"""PySAL's 3SFCA drops columns in a way that pandas is going to forget; its figures are right."""


def by_pysal(
    table: list[list[int]], people: Floats, supply: Floats, decay: Decay, *, stages: int = 2
) -> Floats:
    """What `access` of PySAL makes of a table."""
    rows = [
        {"origin": i, "dest": j, "cost": ms}
        for j, row in enumerate(table)
        for i, ms in enumerate(row)
        if ms != NOT and decay.weight(np.array([ms]))[0] > 0
    ]
    method = pysal.three_stage_fca if stages == 3 else pysal.two_stage_fca
    found = method(
        demand_df=pd.DataFrame(
            {"demand": people}, index=pd.Index(range(len(people)), name="geoid")
        ),
        supply_df=pd.DataFrame(
            {"supply": supply}, index=pd.Index(range(len(supply)), name="geoid")
        ),
        cost_df=pd.DataFrame(rows, columns=["origin", "dest", "cost"]),
        max_cost=decay.limit_ms,
        weight_fn=lambda ms: float(decay.weight(np.array([ms]))[0]),
    )
    access: Floats = found.reindex(range(len(people))).fillna(0.0).to_numpy()
    return access


@settings(exactly, max_examples=60)
@given(case=cases(unknown=False), decay=decays)
@of_its_own
@pytest.mark.parametrize("stages", [2, 3])
def test_equals_pysal(stages: int, case: Case, decay: Decay) -> None:
    """It divides by nobody where nobody lives, so people are put everywhere."""
    people = case.people + 1.0
    weight = np.array(weights_of(case.table, decay)).reshape(len(case.supply), len(people))
    assume(np.any(weight > 0))
    found = METHODS[stages - 2](case.reach, people, case.supply, decay)
    theirs = by_pysal(case.table, people, case.supply, decay, stages=stages)
    np.testing.assert_allclose(found.access, theirs, rtol=1e-9)


@of_its_own
def test_the_town_by_hand_equals_pysal_with_every_decay() -> None:
    reach, people = reach_of(TOWN, n_demand=4), PEOPLE + 1.0
    for decay in DECAYS:
        for stages, method in zip((2, 3), METHODS, strict=True):
            np.testing.assert_allclose(
                method(reach, people, PLACES, decay).access,
                by_pysal(TOWN, people, PLACES, decay, stages=stages),
                rtol=1e-12,
            )


# --- zeros and nulls -----------------------------------------------------------------------------


@both
def test_a_site_whom_nobody_reaches_serves_nobody_and_is_named(method: Method) -> None:
    """The second reaches a point without people, the third no point."""
    table = [[MIN, NOT], [NOT, MIN], [NOT, NOT]]
    people, places = np.array([10.0, 0.0]), np.array([5.0, 7.0, 9.0])
    found = method(reach_of(table, n_demand=2), people, places, GAUSSIAN)
    assert found.idle.tolist() == [1, 2]
    assert found.supply == 5
    assert found.access.tolist() == pytest.approx([0.5, 0])
    assert np.isnan(found.ratio).tolist() == [False, True, True]


@both
def test_unknown_supply_is_neither_zero_nor_shared_out(method: Method) -> None:
    table = [[MIN, MIN, NOT], [NOT, MIN, MIN]]
    people = np.array([10.0, 10.0, 10.0])
    found = method(reach_of(table, n_demand=3), people, np.array([6.0, nan]), GAUSSIAN)
    assert found.unknown.tolist() == [1]
    assert found.idle.tolist() == []
    assert found.understated.tolist() == [False, True, True]
    assert found.reached.tolist() == [True, True, False]
    assert found.access.tolist() == pytest.approx([0.3, 0.3, 0])
    assert np.isnan(found.potential).tolist() == np.isnan(found.ratio).tolist() == [False, True]


@both
def test_a_site_known_to_have_no_places_gives_none_and_is_not_idle(method: Method) -> None:
    found = method(reach_of([[MIN]], n_demand=1), np.array([4.0]), np.array([0.0]), GAUSSIAN)
    assert found.access.tolist() == [0]
    assert found.reached.tolist() == [True]
    assert (found.idle.tolist(), found.unknown.tolist(), found.supply) == ([], [], 0)


@both
@pytest.mark.parametrize(("n_sites", "n_demand"), [(0, 0), (0, 3), (2, 0), (2, 3)])
def test_without_sites_or_points_or_pairs_there_is_no_access(
    method: Method, n_sites: int, n_demand: int
) -> None:
    reach = reach_of([[NOT] * n_demand] * n_sites, n_demand=n_demand)
    found = method(reach, np.ones(n_demand), np.ones(n_sites), GAUSSIAN)
    assert found.access.tolist() == [0] * n_demand
    assert found.access.dtype == np.float64
    assert found.idle.tolist() == list(range(n_sites))
    assert found.supply == 0


@both
def test_nobody_at_all_leaves_every_site_idle(method: Method) -> None:
    found = method(reach_of(TOWN, n_demand=4), np.zeros(4), PLACES, GAUSSIAN)
    assert found.idle.tolist() == [0, 1]
    assert found.access.tolist() == [0, 0, 0, 0]


@both
def test_pairs_of_no_weight_are_not_within_reach(method: Method) -> None:
    kernel = Kernel(limit_ms=20 * MIN)
    found = method(reach_of(TOWN, n_demand=4), PEOPLE, PLACES, kernel)
    assert found.reached.tolist() == [True, True, False, False]


@both
def test_weights_too_small_to_divide_by_are_none(method: Method) -> None:
    """exp(-720) has lost digits: divided by itself, a place in ten would be gone."""
    steep = Gaussian(limit_ms=LIMIT_MS, sigma_ms=0.79 * MIN)
    assert 0 < steep.weight(np.array([LIMIT_MS]))[0] < 1e-300
    reach = reach_of([[LIMIT_MS, NOT], [0, LIMIT_MS]], n_demand=2)
    found = method(reach, np.array([3.0, 7.0]), np.array([5.0, 6.0]), steep)
    assert found.idle.tolist() == [0]
    assert found.access.tolist() == [2, 0]


# --- order and bytes -----------------------------------------------------------------------------


def shuffled(case: Case, order: npt.NDArray[np.intp]) -> Case:
    table = [case.table[site] for site in order]
    return Case(table=table, people=case.people, supply=case.supply[order])


@exactly
@given(case=cases(), decay=decays, seed=st.integers(0, 2**32 - 1))
@both
def test_the_order_of_sites_changes_no_bit(
    method: Method, case: Case, decay: Decay, seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(case.supply))
    other = shuffled(case, order)
    one = method(case.reach, case.people, case.supply, decay)
    two = method(other.reach, other.people, other.supply, decay)
    assert one.access.tobytes() == two.access.tobytes()
    assert one.potential[order].tobytes() == two.potential.tobytes()
    assert one.supply == two.supply
    assert sorted(order[two.idle].tolist()) == one.idle.tolist()


@both
def test_many_random_pairs_equal_the_dense_product_in_any_order(method: Method) -> None:
    rng = np.random.default_rng(7)
    table = np.where(rng.random((60, 900)) < 0.3, rng.integers(0, LIMIT_MS + 1, (60, 900)), NOT)
    people, supply = rng.integers(0, 400, 900).astype(float), rng.random(60) * 90
    weight = np.where(table == NOT, 0.0, GAUSSIAN.weight(table))
    if method is sfca3:
        weight = weight * weight / weight.sum(axis=0)
    dense = (supply / (weight @ people)) @ weight
    case = Case(table=table.tolist(), people=people, supply=supply)
    found = method(case.reach, people, supply, GAUSSIAN)
    np.testing.assert_allclose(found.access, dense, rtol=1e-12)
    for order in (np.arange(60), np.arange(60)[::-1], rng.permutation(60)):
        other = shuffled(case, order)
        again = method(other.reach, people, other.supply, GAUSSIAN)
        assert again.access.tobytes() == found.access.tobytes()
        assert again.potential.tobytes() == found.potential[order].tobytes()
        assert again.supply == found.supply


# --- what is refused -----------------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    ("people", "supply", "named"),
    [
        ([1.0, 1.0, 1.0], [1.0, 1.0], "people"),
        ([1.0, -1.0, 1.0, 1.0], [1.0, 1.0], "people"),
        ([1.0, nan, 1.0, 1.0], [1.0, 1.0], "people"),
        ([1.0, 1.0, 1.0, 1.0], [1.0], "supply"),
        ([1.0, 1.0, 1.0, 1.0], [1.0, -2.0], "supply"),
        ([1.0, 1.0, 1.0, 1.0], [1.0, math.inf], "supply"),
    ],
)
def test_arrays_that_cannot_be_are_refused(
    method: Method, people: list[float], supply: list[float], named: str
) -> None:
    with pytest.raises(InputError, match=named):
        method(reach_of(TOWN, n_demand=4), np.array(people), np.array(supply), GAUSSIAN)


def test_a_catchment_wider_than_the_reach_is_refused() -> None:
    reach = reach_of(TOWN, n_demand=4, limit_ms=25 * MIN)
    two_step(reach, PEOPLE, PLACES, limit_ms=25 * MIN)
    with pytest.raises(InputError, match="at most the limit of the reach, 1500000 ms"):
        two_step(reach, PEOPLE, PLACES, limit_ms=25 * MIN + 1)


def test_arguments_stay_as_they_were() -> None:
    people, supply = PEOPLE.copy(), np.array([20.0, nan])
    reach = reach_of(TOWN, n_demand=4)
    for array in (people, supply, reach.start, reach.demand, reach.ms):
        array.flags.writeable = False
    for method in METHODS:
        method(reach, people, supply, ZONES)
