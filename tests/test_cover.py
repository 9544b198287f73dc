"""Covers against sets written out, and searches and bounds against every plan."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from location_cases import LIMIT_MS, Town, towns
from reaches import NOT, reach_of

from planning.siting import cover_models
from planning.siting.cover import Cover, cover_of, needed_groups, useful_sites
from planning.siting.cover_bounds import Priced, first_priced, first_walk, price_groups
from planning.siting.cover_search import Table, cheapest, table_of
from planning.siting.cover_swaps import improve, path, shake
from planning.siting.covering import grain, least_cost, most_covered
from planning.siting.highs import Relaxation, Status, minimise
from planning.siting.stopping import Gap, Sofar


def priced(
    found: Cover, table: Table, steps: int, *, need: float = 0.0, best_known: float = 0.0
) -> Priced:
    """Prices after so many steps, from where no site is open."""
    none = np.zeros(found.n_sites, dtype=bool)
    walk = first_walk(none, found.times_covered(none))
    first: Priced = first_priced(table, walk.share, need)
    last: Priced = price_groups(table, walk, first, need, best_known, steps)
    return last


often = settings(max_examples=120, deadline=None, derandomize=True)


def cover(town: Town, at_least: int = 1) -> Cover:
    return cover_of(town.reach, town.people, limit_ms=LIMIT_MS, at_least=at_least)


@often
@given(town=towns(sites=5, points=9), at_least=st.integers(1, 2))
def test_points_of_the_same_sites_are_one_group_and_nobody_is_lost(
    town: Town, at_least: int
) -> None:
    found = cover(town, at_least)
    groups: dict[tuple[int, ...], float] = {}
    for i in range(len(town.people)):
        sites = tuple(np.flatnonzero(town.near[:, i]).tolist())
        if len(sites) < at_least:
            assert found.group[i] == -1
            continue
        groups[sites] = groups.get(sites, 0.0) + town.people[i]
        assert found.sites.of(found.group[i]).tolist() == list(sites)
    listed = {tuple(found.sites.of(g).tolist()): found.weight[g] for g in range(found.n_groups)}
    assert listed == pytest.approx(groups) and len(listed) == found.n_groups
    assert found.weight.sum() + found.uncoverable == pytest.approx(town.people.sum())
    for s in range(found.n_sites):
        expected = [g for g in range(found.n_groups) if s in found.sites.of(g)]
        assert found.groups.of(s).tolist() == expected


@often
@given(town=towns(), data=st.data())
def test_a_narrowed_cover_is_that_of_fewer_sites_and_points(
    town: Town, data: st.DataObject
) -> None:
    whole = cover(town)
    sites = np.array(data.draw(st.lists(st.booleans(), min_size=whole.n_sites,
                                        max_size=whole.n_sites)), dtype=bool)  # fmt: skip
    groups = np.array(data.draw(st.lists(st.booleans(), min_size=whole.n_groups,
                                         max_size=whole.n_groups)), dtype=bool)  # fmt: skip
    found = whole.narrowed(sites, groups)
    left = {i for i in range(len(town.people)) if whole.group[i] >= 0 and groups[whole.group[i]]}
    for i in range(len(town.people)):
        near = town.near[sites, i]
        if i in left and near.any():
            assert found.sites.of(found.group[i]).tolist() == np.flatnonzero(near).tolist()
        else:
            assert found.group[i] == -1
    inside = [i for i in left if found.group[i] >= 0]
    assert found.weight.sum() == pytest.approx(town.people[inside].sum())


@often
@given(town=towns())
def test_dominated_sites_and_groups_that_follow(town: Town) -> None:
    found = cover(town)
    of_site = [frozenset(found.groups.of(s).tolist()) for s in range(found.n_sites)]
    useful = useful_sites(found, town.cost)
    for s, mine in enumerate(of_site):
        better = [
            t
            for t, other in enumerate(of_site)
            if mine <= other
            and town.cost[t] <= town.cost[s]
            and ((mine, town.cost[s]) != (other, town.cost[t]) or t < s)
        ]
        assert useful[s] == (bool(mine) and not any(t != s for t in better))
    of_group = [frozenset(found.sites.of(g).tolist()) for g in range(found.n_groups)]
    expected = [not any(other < mine for other in of_group) for mine in of_group]
    assert needed_groups(found).tolist() == expected


@often
@given(town=towns(), budget=st.floats(0.0, 10.0), steps=st.integers(1, 60))
def test_no_plan_covers_more_than_prices_allow(town: Town, budget: float, steps: int) -> None:
    found = cover(town)
    table = table_of(found, town.cost, budget)
    best = max(
        float(town.people[town.near[plan].any(axis=0)].sum())
        for plan in Town.plans(town_free(town))
        if town.cost[plan].sum() <= budget
    )
    assert priced(found, table, steps).bound >= best - 1e-9 * max(1.0, best)
    opened, weight = improve(table, np.zeros(found.n_sites, dtype=bool), 1e-9)
    assert town.cost[opened].sum() <= budget * (1 + 1e-12)
    assert weight == pytest.approx(found.weight[found.times_covered(opened) > 0].sum())
    assert weight <= best + 1e-9 * max(1.0, best)
    again, more = shake(table, opened, 5, 2, 1e-9, math.inf, 1)
    assert weight <= more <= best + 1e-9 * max(1.0, best)
    assert town.cost[again].sum() <= budget * (1 + 1e-12)


@often
@given(town=towns(), steps=st.lists(st.floats(0.0, 10.0), min_size=1, max_size=4), data=st.data())
def test_a_path_keeps_every_budget(town: Town, steps: list[float], data: st.DataObject) -> None:
    found = cover(town)
    budgets = np.unique(steps)
    at = data.draw(st.integers(0, len(budgets) - 1))
    table = table_of(found, town.cost, float(budgets[at]))
    begin, weight = improve(table, np.zeros(found.n_sites, dtype=bool), 1e-9)
    plans, weights = path(table, budgets, begin, at, 1e-9)
    assert weights[at] >= weight - 1e-9
    for plan, covered, budget in zip(plans, weights, budgets, strict=True):
        assert town.cost[plan].sum() <= budget * (1 + 1e-12)
        assert covered == pytest.approx(found.weight[found.times_covered(plan) > 0].sum())


def town_free(town: Town) -> Town:
    """The town with no site fixed."""
    return Town(
        ms=town.ms, people=town.people, cost=town.cost, capacity=town.capacity, must=[], never=[],
        p=town.p,
    )  # fmt: skip


@often
@given(town=towns(), share=st.floats(0.05, 1.0), steps=st.integers(1, 60))
def test_no_plan_is_cheaper_than_prices_allow(town: Town, share: float, steps: int) -> None:
    found = cover(town)
    found = found.narrowed(np.ones(found.n_sites, dtype=bool), found.weight > 0)
    need = share * float(found.weight.sum())
    costs = [
        float(town.cost[plan].sum())
        for plan in town_free(town).plans()
        if town.people[town.near[plan].any(axis=0)].sum() >= need
    ]
    table = table_of(found, town.cost, math.inf)
    opened, weight = cheapest(table, np.zeros(found.n_sites, dtype=bool), need)
    assert weight >= need * (1 - 1e-12)
    paid = float(town.cost[opened].sum())
    assert paid >= min(costs) - 1e-9
    bound = priced(found, table, steps, need=need, best_known=paid).bound
    assert bound <= min(costs) + 1e-9 * max(1.0, min(costs))


def city(n: int = 60, m: int = 900) -> Cover:
    rng = np.random.default_rng(11)
    x, y = rng.random((2, m, 1))
    a, b = rng.random((2, n))
    near = np.hypot(x - a, y - b).T <= 0.14
    people = np.floor(rng.pareto(1.6, m) * 40)
    return cover_of(reach_of(np.where(near, 1, NOT).tolist(), n_demand=m), people, limit_ms=1)


def test_prices_come_close_to_the_linear_bound() -> None:
    found = city()
    ones = np.ones(found.n_sites)
    linear = Relaxation(cover_models.most_weight(found, ones, 8.0)).solve()
    most = priced(found, table_of(found, ones, 8.0), 3_000)
    assert -linear.objective <= most.bound * (1 + 1e-9) <= -linear.objective * 1.00001
    need = 0.8 * float(found.weight.sum())
    linear = Relaxation(cover_models.least_cost(found, ones, need)).solve()
    table = table_of(found, ones, math.inf)
    least = priced(found, table, 3_000, need=need, best_known=40.0)
    assert linear.objective * 0.9999 <= least.bound <= linear.objective * (1 + 1e-9)
    everybody = cover_models.full_cover(found, ones)
    once = replace(found, weight=np.ones(found.n_groups))
    full = priced(
        once, table_of(once, ones, math.inf), 3_000, need=float(once.n_groups), best_known=math.inf
    )
    linear = Relaxation(everybody).solve()
    assert linear.objective * 0.999 <= full.bound <= linear.objective * (1 + 1e-9)


def test_a_city_is_proven_as_highs_alone_proves_it() -> None:
    found = city()
    ones = np.ones(found.n_sites)
    most = most_covered(found, cost=ones, budget=8.0)
    alone = minimise(cover_models.most_weight(found, ones, 8.0))
    assert most.status == alone.status == Status.OPTIMAL
    assert most.objective == most.bound == -alone.objective
    need = 0.8 * float(found.weight.sum())
    least = least_cost(found, cost=ones, need=need)
    assert least.objective == minimise(cover_models.least_cost(found, ones, need)).objective
    full = least_cost(found, cost=ones, need=math.inf)
    assert full.objective == minimise(cover_models.full_cover(found, ones)).objective


def test_bounds_only_ever_close_and_a_gap_ends_it() -> None:
    heard: list[Sofar] = []
    found = most_covered(city(), cost=np.ones(60), budget=8.0, stop=Gap(0.05), watch=heard.append)
    assert found.bound <= found.objective * 1.05
    bounds, best = [s.bound for s in heard], [s.objective for s in heard]
    assert bounds == sorted(bounds, reverse=True) and best == sorted(best)


@pytest.mark.parametrize(
    ("values", "step"), [([4, 6, 0], 2.0), ([3, 5], 1.0), ([0, 0], 1.0), ([2.5], 0.0), ([], 0.0)]
)
def test_sums_of_whole_numbers_have_a_grain(values: list[float], step: float) -> None:
    assert grain(np.array(values, dtype=float)) == pytest.approx(step, abs=1e-3)
