"""The frontier: every budget against every plan there is, and against its neighbours."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_siting import Offer as Offer
from test_siting import amount, options, people_left, plans, premises, problems, yuan

from planning.errors import SolverError
from planning.siting import SitingProblem, Solution, Status, solve
from planning.siting.frontier import Point, frontier, knee_of, least_yuan, round_budgets
from planning.siting.stopping import Seconds

thorough = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow],
)
BUDGETS = (0.0, 700.0, 1_000.0, 2_600.0, 3_500.0, 7_100.0, 9_999.5, 40_000.0)


def budgeted(
    problem: SitingProblem,
    budgets: Sequence[float] = BUDGETS,
    *,
    limit_s: float = 20.0,
    known: Solution | None = None,
) -> tuple[Point, ...]:
    return frontier(problem, budgets_yuan=budgets, stop=lambda: Seconds(limit_s), known=known)


def all_plans(problem: SitingProblem) -> list[tuple[float, float]]:
    """What every plan leaves and costs."""
    must = set(problem.required)
    return [
        (people_left(problem, size), yuan(problem, size))
        for size in plans(problem)
        if must <= {int(problem.options.candidate[k]) for k, s in enumerate(size) if s > 0}
    ]


def best(found: Sequence[tuple[float, float]], budget_yuan: float) -> tuple[float, float]:
    """Fewest left without, then least money, of the plans that a budget pays for."""
    paid = [(left, cost) for left, cost in found if cost <= budget_yuan + 1e-6]
    fewest = min(left for left, _ in paid)
    return fewest, min(cost for left, cost in paid if left <= fewest + 1e-5)


def assert_like_a_frontier(problem: SitingProblem, points: Sequence[Point]) -> None:
    """Claims are those of the sizes; more money never leaves more; no bound above what is found."""
    for point in points:
        size = [int(s) for s in point.size]
        assert point.people_left == pytest.approx(people_left(problem, size), rel=1e-6, abs=1e-5)
        assert point.yuan == pytest.approx(yuan(problem, size), rel=1e-6, abs=0.1)
        assert point.yuan <= point.budget_yuan + 0.1
        assert point.sites == len({int(problem.options.candidate[k]) for k in np.flatnonzero(size)})
        assert 0 <= point.people_left_bound <= point.people_left
        assert 0 <= point.gap <= 1
    for less, more in itertools.pairwise(points):
        assert less.budget_yuan < more.budget_yuan
        assert more.people_left <= less.people_left * (1 + 1e-8) + 1e-5
        assert more.people_left_bound <= less.people_left_bound


@thorough
@given(problem=problems())
def test_every_point_is_what_all_plans_give(problem: SitingProblem) -> None:
    points = budgeted(problem)
    found = all_plans(problem)
    for point in points:
        left, cost = best(found, point.budget_yuan)
        assert point.people_left == pytest.approx(left, rel=1e-6, abs=1e-5)
        assert point.yuan == pytest.approx(cost, rel=1e-6, abs=1e-3)
        assert point.people_left_bound == pytest.approx(left, rel=1e-6, abs=1e-4)
    assert_like_a_frontier(problem, points)


@thorough
@given(problem=problems(), data=st.data())
def test_what_must_be_opened_is_opened_by_every_budget(
    problem: SitingProblem, data: st.DataObject
) -> None:
    able = sorted({int(j) for j in problem.options.candidate})
    if not able:
        return
    must = tuple(sorted(data.draw(st.sets(st.sampled_from(able), min_size=1))))
    held = replace(problem, required=must)
    found = all_plans(held)
    least = least_yuan(held, stop=lambda: Seconds(20.0))
    assert least == pytest.approx(min(cost for _, cost in found), abs=1e-3)
    points = budgeted(held, [np.ceil(least), np.ceil(least) + 3_000.0])
    for point in points:
        left, cost = best(found, point.budget_yuan)
        assert point.people_left == pytest.approx(left, rel=1e-6, abs=1e-5)
        assert point.yuan == pytest.approx(cost, rel=1e-6, abs=1e-3)


@thorough
@given(problem=problems())
def test_a_known_plan_is_the_point_of_every_budget_that_pays_for_it(problem: SitingProblem) -> None:
    known = solve(problem, stop=lambda: Seconds(20.0))
    points = budgeted(problem, known=known)
    for point, alone in zip(points, budgeted(problem), strict=True):
        assert point.people_left == pytest.approx(alone.people_left, rel=1e-6, abs=1e-5)
        assert point.yuan == pytest.approx(alone.yuan, rel=1e-6, abs=1e-3)
    assert points[-1].solution.size.tolist() == known.size.tolist()


@thorough
@given(problem=problems())
def test_without_time_every_budget_still_has_a_plan_and_no_false_bound(
    problem: SitingProblem,
) -> None:
    points = budgeted(problem, limit_s=0.0)
    assert_like_a_frontier(problem, points)
    found = all_plans(problem)
    for point in points:
        left, _ = best(found, point.budget_yuan)
        assert point.people_left_bound <= left + 1e-5
        if problem.requirements:
            # A search that was not made proves nothing: what is left is the whole of the gap.
            assert point.status is Status.STOPPED
            assert point.gap == (1.0 if point.people_left > 0 else 0.0)


@thorough
@given(problem=problems(), gap=st.sampled_from([0.05, 0.3, 0.7]))
def test_a_search_to_a_gap_keeps_its_word(problem: SitingProblem, gap: float) -> None:
    """Where the fewest are sought to a gap, the search for least money may still find fewer."""
    points = frontier(problem, budgets_yuan=BUDGETS, stop=lambda: Seconds(20.0), relative_gap=gap)
    assert_like_a_frontier(problem, points)
    found = all_plans(problem)
    for point in points:
        left, _ = best(found, point.budget_yuan)
        assert point.people_left_bound <= left + 1e-4
        assert point.people_left >= left - 1e-4
        assert point.gap <= gap + 1e-6


@thorough
@given(problem=problems())
def test_a_larger_budgets_bound_holds_for_the_smaller(problem: SitingProblem) -> None:
    """The last budget alone is proven; its bound is that of all."""
    known = solve(problem, stop=lambda: Seconds(20.0))
    points = budgeted(problem, limit_s=0.0, known=known)
    stage = known.stage("people_left")
    if stage is not None:
        assert all(p.people_left_bound >= stage.bound - 1e-9 for p in points)
    assert_like_a_frontier(problem, points)


def test_the_same_seed_gives_the_same_sizes() -> None:
    offers = [Offer(j, "elder_care", 1, 3, 10.0, 1.0, 50.0 + j) for j in range(4)]
    problem = SitingProblem(
        candidates=premises([30.0] * 4, [1000.0] * 4),
        options=options(offers),
        requirements=(amount(7.0, 3.0, range(4), [1.0] * 4),),
    )
    one, two = budgeted(problem), budgeted(problem)
    for a, b in zip(one, two, strict=True):
        assert a.size.tolist() == b.size.tolist()


def test_one_candidate_is_bought_or_not() -> None:
    problem = SitingProblem(
        candidates=premises([20.0], [1_000.0]),
        options=options([Offer(0, "elder_care", 1, 2, 10.0, 1.0, 500.0)]),
        requirements=(amount(5.0, 10.0, [0], [1.0]),),
    )
    points = budgeted(problem, [0.0, 1_499.0, 1_500.0, 2_000.0, 9_000.0])
    assert [p.people_left for p in points] == [50.0, 50.0, 40.0, 30.0, 30.0]
    assert [p.yuan for p in points] == [0.0, 0.0, 1_500.0, 2_000.0, 2_000.0]
    assert [p.sites for p in points] == [0, 0, 1, 1, 1]
    assert [p.people_left_bound for p in points] == [50.0, 50.0, 40.0, 30.0, 30.0]


def test_where_nothing_is_to_be_done_nothing_is_bought() -> None:
    problem = SitingProblem(
        candidates=premises([20.0], [1_000.0]),
        options=options([Offer(0, "nursery", 1, 2, 10.0, 0.0, 500.0)]),
        requirements=(),
    )
    for point in budgeted(problem):
        assert point.status is Status.NOTHING_TO_DO
        assert (point.yuan, point.people_left, point.sites, point.gap) == (0.0, 0.0, 0, 0.0)


def test_a_budget_that_does_not_pay_for_what_must_be_opened_is_refused() -> None:
    problem = SitingProblem(
        candidates=premises([20.0], [1_000.0]),
        options=options([Offer(0, "elder_care", 1, 2, 10.0, 1.0, 500.0)]),
        requirements=(),
        required=(0,),
    )
    assert least_yuan(problem, stop=lambda: Seconds(20.0)) == 1_500.0
    with pytest.raises(SolverError):
        budgeted(problem, [1_000.0])


# --- budgets and knees ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("least", "most", "n", "expected"),
    [
        (0, 100, 6, (0, 20, 40, 60, 80, 100)),
        (0, 230_854_554, 12, (*(a * 25e6 for a in range(10)), 230_854_554)),
        (0, 297_047_471, 12, (*(a * 30e6 for a in range(10)), 297_047_471)),
        (1_500, 9_400, 5, (1_500, 2_500, 5_000, 7_500, 9_400)),
        (0, 0, 12, (0,)),
        (700.25, 700.25, 12, (701,)),
        (0, 5, 2, (0, 5)),
        (0, 5, 1, (0, 5)),
    ],
)
def test_budgets_are_round(least: float, most: float, n: int, expected: tuple[float, ...]) -> None:
    assert round_budgets(least, most, n) == pytest.approx(expected)


@thorough
@given(least=st.floats(0, 1e9), more=st.floats(0, 1e9), n=st.integers(2, 60))
def test_budgets_rise_from_the_least_to_the_most(least: float, more: float, n: int) -> None:
    found = round_budgets(least, least + more, n)
    assert found[0] == np.ceil(least) and found[-1] == np.ceil(least + more)
    assert len(found) <= n
    assert list(found) == sorted(set(found))


@pytest.mark.parametrize(
    ("yuan", "left", "knee"),
    [
        ((0, 1, 2, 3, 4), (100, 40, 20, 10, 0), 1),
        ((0, 1, 2, 3, 4), (100, 75, 50, 25, 0), -1),  # every yuan brings the same
        ((0, 1, 2, 3, 4), (100, 95, 80, 50, 0), -1),  # and here each brings more
        ((0, 1, 2, 4), (100, 50, 25, 0), 1),  # as far below in two places: the cheaper
        ((0, 1), (100, 0), -1),
        ((0, 0, 0), (100, 100, 100), -1),
        ((5,), (100,), -1),
        ((), (), -1),
    ],
)
def test_the_knee_is_where_money_begins_to_bring_less(
    yuan: Sequence[float], left: Sequence[float], knee: int
) -> None:
    assert knee_of(yuan, left) == knee
