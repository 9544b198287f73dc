"""Every classic location model against all sets of sites of small towns."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from location_cases import LIMIT_MS, Town, towns
from reaches import NOT, reach_of
from scipy.optimize import linprog

from planning.errors import InputError
from planning.siting.classic import (
    Costs,
    Effort,
    Location,
    capacitated_lscp,
    capacitated_mclp,
    capacitated_p_median,
    coverage_frontier,
    facility_location,
    k_coverage,
    lscp,
    lscpb,
    max_capture,
    mclp,
    p_center,
    p_median,
)
from planning.siting.highs import Status
from planning.siting.stopping import Gap, Seconds

INF = math.inf
often = settings(max_examples=120, deadline=None, derandomize=True)
seldom = settings(max_examples=50, deadline=None, derandomize=True)


def check(found: Location, town: Town, best: float, *, sense: int = 1) -> None:
    """The optimum, a bound that is none the worse, and only what was allowed."""
    if math.isinf(best):
        assert found.status == Status.INFEASIBLE
        assert math.isnan(found.objective) and not len(found.opened)
        assert np.all(found.site == -1)
        return
    assert found.status == Status.OPTIMAL
    assert found.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert sense * (found.objective - found.bound) >= 0 and found.gap <= 1e-6
    assert set(town.must) <= set(found.opened.tolist()) and not set(town.never) & set(found.opened)
    assert set(found.site[found.served].tolist()) <= set(found.opened.tolist())


def where(town: Town) -> dict[str, list[int]]:
    return {"predefined": town.must, "forbidden": town.never}


@often
@given(town=towns(), share=st.sampled_from([1.0, 0.0, 0.3, 0.8, 0.95]), priced=st.booleans())
def test_lscp(town: Town, share: float, priced: bool) -> None:
    cost = town.cost if priced else np.ones(len(town.cost))

    def value(plan: list[int]) -> float:
        covered = town.near[plan].any(axis=0)
        enough = covered.all() if share == 1 else (
            town.people[covered].sum() >= share * town.people.sum() * (1 - 1e-12)
        )  # fmt: skip
        return float(cost[plan].sum()) if enough else INF

    found = lscp(
        town.reach, limit_ms=LIMIT_MS, share=share, people=town.people,
        cost=town.cost if priced else None, **where(town),
    )  # fmt: skip
    check(found, town, town.best(value))
    if found.status == Status.OPTIMAL:
        assert value(found.opened.tolist()) == pytest.approx(found.objective)
    able = np.delete(town.near, town.never, axis=0).any(axis=0)
    np.testing.assert_array_equal(found.uncoverable, np.flatnonzero(~able))


@often
@given(town=towns(), budget=st.floats(0.0, 12.0), by_number=st.booleans())
def test_mclp(town: Town, budget: float, by_number: bool) -> None:
    budget += float(town.cost[town.must].sum())

    def value(plan: list[int]) -> float:
        if not by_number and town.cost[plan].sum() > budget * (1 + 1e-12):
            return INF
        return -float(town.people[town.near[plan].any(axis=0)].sum())

    what = {"p": town.p} if by_number else {"cost": town.cost, "budget": budget}
    found = mclp(town.reach, town.people, limit_ms=LIMIT_MS, **what, **where(town))
    best = town.best(value, most=town.p if by_number else None)
    check(found, town, -best, sense=-1)
    assert found.objective == pytest.approx(-value(found.opened.tolist()))


@seldom
@given(town=towns(), others=towns())
def test_mclp_beside_existing_facilities(town: Town, others: Town) -> None:
    m = min(len(town.people), len(others.people))
    town = replace(town, ms=town.ms[:, :m], people=town.people[:m])
    others = replace(others, ms=others.ms[:, :m], people=others.people[:m])
    had = others.near.any(axis=0)

    def value(plan: list[int]) -> float:
        return -float(town.people[town.near[plan].any(axis=0) & ~had].sum())

    found = mclp(
        town.reach, town.people, limit_ms=LIMIT_MS, p=town.p, existing=others.reach, **where(town)
    )
    check(found, town, -town.best(value, most=town.p), sense=-1)


@often
@given(town=towns(), rivals=towns(), own=towns(), has_own=st.booleans())
def test_max_capture(town: Town, rivals: Town, own: Town, has_own: bool) -> None:
    m = min(len(one.people) for one in (town, rivals, own))
    town, rivals, own = (
        replace(one, ms=one.ms[:, :m], people=one.people[:m]) for one in (town, rivals, own)
    )

    def captured(plan: list[int]) -> float:
        """Everybody to the nearest within the limit, halved where two are as near."""
        people = 0.0
        for i in range(m):
            ours = [int(town.ms[s, i]) for s in plan if town.near[s, i]]
            ours += [int(t) for t, near in zip(own.ms[:, i], own.near[:, i], strict=True)
                     if near and has_own]  # fmt: skip
            theirs = [int(t) for t, near in zip(rivals.ms[:, i], rivals.near[:, i], strict=True)
                      if near]  # fmt: skip
            nearest, rival = min(ours, default=INF), min(theirs, default=INF)
            if nearest < rival:
                people += town.people[i]
            elif nearest == rival < INF:
                people += town.people[i] / 2
        return people

    today = captured([])
    found = max_capture(
        town.reach, town.people, competitors=rivals.reach, limit_ms=LIMIT_MS, p=town.p,
        existing=own.reach if has_own else None, **where(town),
    )  # fmt: skip
    best = town.best(lambda plan: today - captured(plan), most=town.p)
    check(found, town, -best, sense=-1)
    assert found.objective == pytest.approx(captured(found.opened.tolist()) - today, abs=1e-9)
    rival_ms = np.where(rivals.near, rivals.ms, INF).min(axis=0, initial=INF)
    draws = town.near & (town.ms <= rival_ms)
    able = np.delete(draws, town.never, axis=0).any(axis=0)
    np.testing.assert_array_equal(found.uncoverable, np.flatnonzero(~able))
    np.testing.assert_array_equal(found.served, draws[found.opened].any(axis=0))


@often
@given(
    town=towns(),
    steps=st.lists(st.floats(0.0, 6.0), min_size=1, max_size=5),
    by_number=st.booleans(),
    hurry=st.booleans(),
)
def test_every_point_of_a_frontier(
    town: Town, steps: list[float], by_number: bool, hurry: bool
) -> None:
    """Each is the best plan of its budget, in the order asked; in a hurry no bound is below it."""
    paid = float(town.cost[town.must].sum())
    p, budgets = [town.p + int(step) for step in steps], [paid + step for step in steps]
    what = {"p": p} if by_number else {"cost": town.cost, "budgets": budgets}
    effort = Effort(stop=Seconds(0)) if hurry else None
    points = coverage_frontier(
        town.reach, town.people, limit_ms=LIMIT_MS, **what, **where(town), effort=effort
    )
    cost = np.ones(len(town.cost)) if by_number else town.cost
    assert len(points) == len(steps)
    for found, budget in zip(points, p if by_number else budgets, strict=True):
        best = max(
            float(town.people[town.near[plan].any(axis=0)].sum())
            for plan in town.plans()
            if cost[plan].sum() <= budget * (1 + 1e-12)
        )
        covered = town.people[town.near[found.opened].any(axis=0)].sum()
        assert found.objective == pytest.approx(covered)
        assert cost[found.opened].sum() <= budget * (1 + 1e-12)
        assert found.objective <= best * (1 + 1e-9) and best <= found.bound * (1 + 1e-9)
        if not hurry:
            check(found, town, best, sense=-1)
    rising = sorted(zip(p if by_number else budgets, points, strict=True), key=lambda at: at[0])
    for (_, less), (_, more) in pairwise(rising):
        assert less.objective <= more.objective and less.bound <= more.bound


def test_a_frontier_of_a_city_is_what_its_points_are_alone() -> None:
    rng = np.random.default_rng(7)
    x, y, a, b = rng.random((4, 600))
    near = np.hypot(x[:40, None] - a, y[:40, None] - b) <= 0.16
    reach = reach_of(np.where(near, 5, NOT).tolist(), n_demand=600)
    people = np.floor(rng.pareto(1.6, 600) * 40)
    points = coverage_frontier(reach, people, limit_ms=5, p=[9, 3, 6, 3])
    alone = [mclp(reach, people, limit_ms=5, p=p).objective for p in (9, 3, 6, 3)]
    assert [found.objective for found in points] == alone
    assert [found.bound for found in points] == alone
    near_enough = coverage_frontier(
        reach, people, limit_ms=5, p=[9, 3, 6], effort=Effort(stop=Gap(0.02))
    )
    assert all(found.gap <= 0.02 for found in near_enough)


@seldom
@given(town=towns(), k=st.integers(0, 3))
def test_k_coverage(town: Town, k: int) -> None:
    def value(plan: list[int]) -> float:
        enough = np.all(town.near[plan].sum(axis=0) >= k)
        return float(town.cost[plan].sum()) if enough else INF

    found = k_coverage(town.reach, k, limit_ms=LIMIT_MS, cost=town.cost, **where(town))
    check(found, town, town.best(value))


@seldom
@given(town=towns())
def test_lscpb(town: Town) -> None:
    plans = [p for p in town.plans() if town.near[p].any(axis=0).all()]
    fewest = min(map(len, plans), default=0)
    twice = [
        float(town.people[town.near[p].sum(axis=0) > 1].sum()) for p in plans if len(p) == fewest
    ]
    found = lscpb(town.reach, limit_ms=LIMIT_MS, people=town.people, **where(town))
    check(found, town, max(twice, default=INF), sense=-1)


def walked(town: Town, plan: list[int]) -> np.ndarray:
    """Time of each point to the nearest of a plan, inf where none."""
    ms = np.where(town.ms == NOT, INF, town.ms)
    return np.min(ms[plan], axis=0, initial=INF) if len(plan) else np.full(ms.shape[1], INF)


@often
@given(town=towns())
def test_p_median(town: Town) -> None:
    def value(plan: list[int]) -> float:
        ms = walked(town, plan)
        return float(town.people @ ms) if np.isfinite(ms).all() else INF

    found = p_median(town.reach, town.people, town.p, **where(town))
    check(found, town, town.best(value, most=town.p))


@often
@given(town=towns())
def test_p_center(town: Town) -> None:
    def value(plan: list[int]) -> float:
        return float(walked(town, plan).max(initial=0.0))

    found = p_center(town.reach, town.p, **where(town))
    check(found, town, town.best(value, most=town.p))


def flow(town: Town, plan: list[int], cost: np.ndarray, *, everybody: bool) -> float:
    """The cheapest way to share people among the sites of a plan, by SciPy; cost inf is none."""
    n, m = cost.shape
    able = np.isfinite(cost) & np.isin(np.arange(n), plan)[:, None]
    share = np.eye(m)[:, np.tile(np.arange(m), n)]
    load = np.repeat(np.eye(n), m, axis=1) * np.tile(town.people, n)
    found = linprog(
        np.where(np.isfinite(cost), cost, 0.0).ravel(),
        A_ub=np.vstack([load, share]),
        b_ub=np.concatenate([town.capacity, np.ones(m)]),
        A_eq=share if everybody else None,
        b_eq=np.ones(m) if everybody else None,
        bounds=np.column_stack([np.zeros(n * m), able.ravel().astype(float)]),
    )
    return float(found.fun) if found.status == 0 else INF


small = towns(sites=4, points=4)


def nonempty(town: Town) -> bool:
    return len(town.people) > 0


@seldom
@given(town=small.filter(nonempty))
def test_capacitated_lscp(town: Town) -> None:
    cost = np.where(town.near, 0.0, INF)

    def value(plan: list[int]) -> float:
        return flow(town, plan, cost, everybody=True) + float(town.cost[plan].sum())

    found = capacitated_lscp(
        town.reach, town.people, town.capacity, limit_ms=LIMIT_MS, cost=town.cost, **where(town)
    )
    check(found, town, town.best(value))


@seldom
@given(town=small.filter(nonempty))
def test_capacitated_mclp(town: Town) -> None:
    cost = np.where(town.near, -town.people, INF)
    found = capacitated_mclp(
        town.reach, town.people, town.capacity, limit_ms=LIMIT_MS, p=town.p, **where(town)
    )
    best = town.best(lambda plan: flow(town, plan, cost, everybody=False), most=town.p)
    check(found, town, -best, sense=-1)
    assert found.shares is not None
    load = np.zeros(len(town.capacity))
    point = np.repeat(np.arange(len(town.people)), np.diff(found.shares.start))
    np.add.at(load, found.shares.site, town.people[point] * found.shares.share)
    assert np.all(load <= town.capacity + 1e-5)


@seldom
@given(town=small.filter(nonempty))
def test_capacitated_p_median(town: Town) -> None:
    cost = np.where(town.ms == NOT, INF, town.ms * town.people)
    found = capacitated_p_median(
        town.reach, town.people, town.capacity, town.p, single=False, **where(town)
    )
    best = town.best(lambda plan: flow(town, plan, cost, everybody=True), most=town.p)
    check(found, town, best)


@seldom
@given(town=small.filter(nonempty))
def test_capacitated_p_median_with_every_point_in_one_site(town: Town) -> None:
    ms = np.where(town.ms == NOT, INF, town.ms).astype(float)

    def value(plan: list[int]) -> float:
        best = INF
        for sites in np.ndindex(*(len(plan),) * len(town.people)) if plan else ():
            to = np.array(plan)[list(sites)]
            load = np.bincount(to, weights=town.people, minlength=len(ms))
            if np.all(load <= town.capacity + 1e-9):
                far = ms[to, np.arange(len(to))]
                if np.isfinite(far).all():
                    best = min(best, float(far @ town.people))
        return best

    found = capacitated_p_median(town.reach, town.people, town.capacity, town.p, **where(town))
    check(found, town, town.best(value, most=town.p))


@seldom
@given(town=small.filter(nonempty), limited=st.booleans())
def test_facility_location(town: Town, limited: bool) -> None:
    town = town if limited else replace(town, capacity=np.full(len(town.cost), 1e4))
    cost = np.where(town.ms == NOT, INF, town.ms).astype(float)

    def value(plan: list[int]) -> float:
        return flow(town, plan, cost, everybody=True) + float(town.cost[plan].sum())

    found = facility_location(
        Costs.of_table(cost), town.cost, demand=town.people,
        capacity=town.capacity if limited else None, **where(town),
    )  # fmt: skip
    check(found, town, town.best(value))


# --- D-16, corners and errors --------------------------------------------------------------------

P, Q, G = [5, NOT, 5, NOT], [NOT, 5, NOT, 5], [5, 5, NOT, NOT]
D_16 = reach_of([P, Q, G], n_demand=4)
D_16_PEOPLE = [4.0, 4.0, 3.0, 3.0]


def test_d_16_is_no_trap() -> None:
    two = mclp(D_16, D_16_PEOPLE, limit_ms=5, p=2)
    assert (two.objective, two.bound, two.opened.tolist()) == (14.0, 14.0, [0, 1])
    one = mclp(D_16, D_16_PEOPLE, limit_ms=5, p=1)
    assert (one.objective, one.opened.tolist()) == (8.0, [2])
    everybody = lscp(D_16, limit_ms=5)
    assert (everybody.objective, everybody.opened.tolist()) == (2.0, [0, 1])


def test_at_the_limit_is_inside() -> None:
    assert mclp(D_16, D_16_PEOPLE, limit_ms=4, p=2).objective == 0.0


def test_a_point_within_reach_of_a_forbidden_site_alone_is_far_all_the_same() -> None:
    """The required site is 3 and 1 from the points; the forbidden one is at the first."""
    found = p_center(reach_of([[3, 1], [0, NOT]], n_demand=2), 1, predefined=(0,), forbidden=(1,))
    assert (found.status, found.objective, found.bound) == (Status.OPTIMAL, 3.0, 3.0)


@pytest.mark.parametrize("n_demand", [0, 3])
def test_no_sites(n_demand: int) -> None:
    reach, people = reach_of([], n_demand=n_demand), np.ones(n_demand)
    assert mclp(reach, people, limit_ms=5, p=2).objective == 0.0
    ends = [
        lscp(reach, limit_ms=5), k_coverage(reach, 1, limit_ms=5), p_center(reach, 1),
        p_median(reach, people, 1), capacitated_lscp(reach, people, [], limit_ms=5),
    ]  # fmt: skip
    expected = Status.INFEASIBLE if n_demand else Status.OPTIMAL
    for found in ends:
        assert found.status in (expected, Status.NOTHING_TO_DO) and not len(found.opened)
        assert found.status == expected or n_demand == 0


def test_ten_thousand_candidates_alike_are_one() -> None:
    reach = reach_of([[5, 5, NOT]] * 10_000 + [[NOT, NOT, 5]], n_demand=3)
    found = mclp(reach, [1.0, 1.0, 1.0], limit_ms=5, p=2)
    assert found.opened.tolist() == [0, 10_000], "the first of equals"
    assert lscp(reach, limit_ms=5).opened.tolist() == [0, 10_000]


@given(town=towns(), seed=st.integers(0, 5))
@seldom
def test_the_same_seed_gives_the_same_plan(town: Town, seed: int) -> None:
    for solve in (
        lambda effort: mclp(town.reach, town.people, limit_ms=10, p=town.p, **where(town),
                            effort=effort),
        lambda effort: lscp(town.reach, limit_ms=10, share=0.8, people=town.people, effort=effort),
        lambda effort: p_median(town.reach, town.people, town.p, **where(town), effort=effort),
    ):  # fmt: skip
        first, again = solve(Effort(seed=seed)), solve(Effort(seed=seed))
        np.testing.assert_array_equal(first.opened, again.opened)
        assert first.seed == seed


def test_no_time_still_gives_a_plan_and_a_bound() -> None:
    rng = np.random.default_rng(4)
    reach = reach_of(np.where(rng.random((60, 400)) < 0.1, 5, NOT).tolist(), n_demand=400)
    people = rng.integers(1, 50, 400).astype(float)
    at_once = Effort(stop=Seconds(0))
    most = mclp(reach, people, limit_ms=5, p=9, effort=at_once)
    assert 0 < most.objective <= most.bound <= people.sum() and len(most.opened) <= 9
    least = lscp(reach, limit_ms=5, share=0.9, people=people, effort=at_once)
    assert least.bound <= least.objective <= 60
    covered = people[least.served].sum()
    assert covered >= 0.9 * people.sum()


def test_what_cannot_be_asked() -> None:
    with pytest.raises(InputError, match=r"cost\[1\] = -1.0"):
        lscp(D_16, limit_ms=5, cost=[1.0, -1.0, 1.0])
    with pytest.raises(InputError, match="people"):
        mclp(D_16, [1.0], limit_ms=5, p=1)
    with pytest.raises(InputError, match="people"):
        mclp(D_16, [1.0, math.nan, 1.0, 1.0], limit_ms=5, p=1)
    with pytest.raises(InputError, match=r"(?s)predefined.*forbidden"):
        lscp(D_16, limit_ms=5, predefined=[7], forbidden=[-1])
    with pytest.raises(InputError, match="forbidden"):
        lscp(D_16, limit_ms=5, predefined=[1], forbidden=[1])
    with pytest.raises(InputError, match="at least 2"):
        mclp(D_16, D_16_PEOPLE, limit_ms=5, p=1, predefined=[0, 1])
    with pytest.raises(InputError, match="p / budget"):
        mclp(D_16, D_16_PEOPLE, limit_ms=5)
    with pytest.raises(InputError, match="budget"):
        mclp(D_16, D_16_PEOPLE, limit_ms=5, cost=[2, 2, 2], budget=1.0, predefined=[0])
    with pytest.raises(InputError, match="p / budgets"):
        coverage_frontier(D_16, D_16_PEOPLE, limit_ms=5)
    with pytest.raises(InputError, match="p / budgets"):
        coverage_frontier(D_16, D_16_PEOPLE, limit_ms=5, p=[1], budgets=[1.0])
    with pytest.raises(InputError, match="at least 1"):
        coverage_frontier(D_16, D_16_PEOPLE, limit_ms=5, p=[2, 0], predefined=[0])
    with pytest.raises(InputError, match="share"):
        lscp(D_16, limit_ms=5, share=1.1)
