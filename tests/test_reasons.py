"""What is lost without a site and what could take its place, against every plan there is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
import test_posing
import test_siting
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_posing import YEAR, after, towns
from test_siting import C2, C3, elder_care, problems, solved

from planning.siting import SitingPlan, SitingProblem
from planning.siting.problem import Budget
from planning.siting.reasons import Due, Plan, best_alternative
from planning.siting.reasons.due import changing
from planning.siting.reasons.loss import shorter

thorough = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
SAME = 1e-4


def told_apart(problem: SitingProblem) -> SitingProblem:
    """The same problem, every requirement of a unit of its own."""
    return replace(
        problem,
        requirements=tuple(
            replace(one, finding=replace(one.finding, unit_id=f"U{at}"))
            for at, one in enumerate(problem.requirements)
        ),
    )


def plan_of(problem: SitingProblem, size: np.ndarray) -> Plan:
    return Plan(
        problem=problem,
        size=size,
        opened=np.full(len(size), -1),
        dues=tuple(Due(requirement=one, year=None, size=size) for one in problem.requirements),
        budgets={},
    )


def without(problem: SitingProblem, size: np.ndarray, candidate: int) -> np.ndarray:
    return np.where(problem.options.candidate == candidate, 0, size)


def opened(problem: SitingProblem, size: np.ndarray) -> list[int]:
    return np.unique(problem.options.candidate[size > 0]).tolist()


# --- lost without it ------------------------------------------------------------------------------


@thorough
@given(town=towns(), skip=st.integers(0, 40))
def test_clauses_fall_where_evaluate_finds_them_not_met_without_the_site(
    town: test_posing.Town, skip: int
) -> None:
    problem = town.problem
    for size in itertools.islice(test_posing.plans(problem), skip, skip + 8):
        plan = plan_of(problem, size)
        for j in opened(problem, size):
            was, now = after(town, size), after(town, without(problem, size, j))
            lost = list(shorter(plan.dues, plan.rows_of(j)))
            assert any(one.falls for one in lost) == (
                bool(problem.requirements) and was.verdict == "met" and now.verdict != "met"
            )
            for one in lost:
                assert one.article and one.because_zh and one.because_en
                if one.without is not None:
                    assert one.without == pytest.approx(float(now.gap or 0), abs=0.01)
                    assert one.missing == pytest.approx(float(was.gap or 0), abs=0.01)


SMALL = replace(elder_care(50.0), name="small")


def planned(town: test_siting.Town, size: np.ndarray) -> SitingPlan:
    """Some plan of the town, audited as what it is."""
    solution = solved(town.problem)
    left = test_siting.people_left(town.problem, size.tolist())
    cost = test_siting.yuan(town.problem, size.tolist())
    solution = test_siting.claiming(replace(solution, size=size), "yuan", found=cost, bound=0.0)
    return town.audited(test_siting.claiming(solution, "people_left", found=left, bound=0.0))


@pytest.fixture(scope="module")
def town() -> test_siting.Town:
    return test_siting.a_town(modules=(*test_siting.MODULES, SMALL))


@pytest.mark.parametrize("seed", range(8))
def test_people_lose_the_circle_whom_nobody_else_reaches(town: test_siting.Town, seed: int) -> None:
    """Every site closed in turn, and the whole town walked anew."""
    random = np.random.default_rng(seed)
    options = town.problem.options
    size = np.where(random.random(len(options)) < 0.6, options.min_size, 0)
    # The floor of C1 to C4 holds the smallest of each kind together.
    plan = planned(town, size)
    facilities, n = plan.situation.facilities, len(town.situation.facilities)
    at = [site.candidate for site in plan.sites]
    for site in plan.sites:
        stays = np.ones(len(facilities), dtype=bool)
        stays[n:] = np.array(at) != site.candidate
        said = {(one.service, one.group): one.people for one in site.loss.people}
        for service, now in plan.situation.coverage.items():
            counting = facilities.offering(plan.situation.functions[service]) & stays
            then = town.ways["walk"].coverage(
                facilities.x_m, facilities.y_m, counting=counting, limit_ms=now.limit_ms
            )
            group = plan.situation.group[service]
            people = plan.situation.demand.people[group]
            lost = float(np.sum(people[now.covered & ~then.covered]))
            assert said.get((service, group), 0.0) == pytest.approx(lost)


def test_two_kinds_of_one_service_in_one_candidate_close_together(town: test_siting.Town) -> None:
    """Nobody keeps C2's circle because a second module stands beside the first."""
    options = town.problem.options
    size = np.where((options.candidate == C2) & (options.module != 1), options.min_size, 0)
    plan = planned(town, size)
    assert [site.module for site in plan.sites] == ["elder_care", "small"]
    one, two = plan.sites
    assert one.loss == two.loss
    (lost,) = one.loss.people
    assert (lost.service, lost.people) == ("elder_care", 40 + 50)
    assert "90人失去15分钟步行圈" in one.loss.because_zh
    assert "90 people of 60 and over lose the 15 min circle" in one.loss.because_en


def test_the_towns_plan_says_what_each_site_is_worth() -> None:
    town = test_siting.a_town()
    plan = town.audited(solved(town.problem))
    loss = {site.candidate_id: site.loss for site in plan.sites}
    falls = {name: {(c.clause_id, c.unit_id) for c in one.clauses} for name, one in loss.items()}
    assert falls["C1"] == {(test_siting.BUILT, "old")}  # the ten places of C3 do for the county
    assert all(clause.falls for one in loss.values() for clause in one.clauses)
    assert falls["C2"] == {
        (test_siting.LAND, "County"), (test_siting.LAND, "South")
    }  # fmt: skip
    assert [one.people for one in loss["C2"].people] == [40.0]


# --- what could take its place -------------------------------------------------------------------


@dataclass(frozen=True)
class Swap:
    """One other candidate at some sizes, in a site's place."""

    candidate: int
    size: np.ndarray
    yuan: float
    short: list[float]


def swaps(problem: SitingProblem, size: np.ndarray, j: int) -> Iterator[Swap]:
    """Every candidate at every sizes, the rest as it is, if it has to do with anything lost."""
    rest = without(problem, size, j)
    taken = opened(problem, size)
    was, gone = (test_siting.shortages(problem, s.tolist()) for s in (size, rest))
    about = {
        int(problem.options.candidate[k])
        for one, a, b in zip(problem.requirements, was, gone, strict=True)
        if b > a + 1e-6
        for rows in changing(one.need)
        for k in rows
    }
    for other in test_siting.plans(problem):
        added = np.array(other, dtype=np.int64)
        (*at,) = opened(problem, added)
        if len(at) == 1 and at[0] in about - {*taken, *problem.forbidden}:
            both = rest + added
            yield Swap(
                candidate=at[0],
                size=added,
                yuan=test_siting.yuan(problem, other),
                short=test_siting.shortages(problem, both.tolist()),
            )


@thorough
@given(problem=problems(), pick=st.integers(0, 10_000), forbids=st.booleans())
def test_the_alternative_is_the_best_of_all_single_candidates(
    problem: SitingProblem, pick: int, forbids: bool
) -> None:
    problem = told_apart(problem)
    every = [np.array(size, dtype=np.int64) for size in test_siting.plans(problem)]
    size = every[pick % len(every)]
    n = len(problem.candidates)
    if forbids and n and n - 1 not in opened(problem, size):
        problem = replace(problem, forbidden=(n - 1,))
    plan = plan_of(problem, size)
    was = test_siting.shortages(problem, size.tolist())
    weight = [one.weight for one in problem.requirements]
    for j in opened(problem, size):
        own = test_siting.yuan(problem, np.where(problem.options.candidate == j, size, 0).tolist())
        gone = test_siting.shortages(problem, without(problem, size, j).tolist())
        found = best_alternative(plan, j)
        if all(a <= b + 1e-6 for a, b in zip(gone, was, strict=True)):
            assert found is None
            continue
        others = list(swaps(problem, size, j))
        good = [
            one for one in others
            if all(a <= b + SAME for a, b in zip(one.short, was, strict=True))
        ]  # fmt: skip
        if good:
            assert found is not None and found.leaves == () and found.people_short == 0.0
            best = min(one.yuan for one in good)
            assert found.yuan == pytest.approx(best, abs=1e-3)
            assert found.extra_yuan == pytest.approx(best - own, abs=1e-3)
            continue

        def people(short: list[float]) -> float:
            return sum(w * s for w, s in zip(weight, short, strict=True))

        fewest = min((people(one.short) for one in others), default=people(gone))
        if fewest >= people(gone) - SAME:
            assert found is None
            continue
        assert found is not None and found.leaves
        cheapest = min(one.yuan for one in others if people(one.short) <= fewest + SAME)
        assert found.yuan == pytest.approx(cheapest, abs=1e-3)
        assert found.candidate in {
            one.candidate for one in others if people(one.short) <= fewest + SAME
        }
        same = next(
            one for one in others
            if one.candidate == found.candidate and people(one.short) <= fewest + SAME
            and one.yuan <= cheapest + 1e-3
        )  # fmt: skip
        more = [max(0.0, a - b) for a, b in zip(same.short, was, strict=True)]
        assert found.people_short == pytest.approx(people(more), abs=1e-2)


def test_an_alternative_tells_its_price_its_kinds_and_what_it_would_cost_too_much() -> None:
    """For C3 only C4 has a circle of its own, but no land and not the new area."""
    town = test_siting.a_town()
    solution = solved(town.problem)
    plan = town.audited(solution)
    site = next(s for s in plan.sites if s.candidate_id == "C3")
    other = site.alternative
    assert other is not None and other.candidate_id == "C4"
    assert {one.clause_id for one in other.leaves} >= {test_siting.NEW, test_siting.LAND_NEW}
    assert other.people_short > 0 and "C4" in other.because_zh and "C4" in other.because_en
    assert sum(one.floor_m2 for one in other.builds) > 0
    assert other.yuan - other.extra_yuan == pytest.approx(
        sum(s.cost_yuan for s in plan.sites if s.candidate_id == "C3")
    )
    tight = replace(town.problem, budgets=(Budget(yuan=450_000.0),))
    held = best_alternative(plan_of(tight, solution.size), C3)
    assert held is not None
    assert held.over_budget_yuan == pytest.approx(max(0.0, held.extra_yuan))


def test_a_required_site_has_no_alternative() -> None:
    town = test_siting.a_town()
    size = solved(town.problem).size
    assert best_alternative(plan_of(town.problem, size), C3) is not None
    required = replace(town.problem, required=(C3,))
    assert best_alternative(plan_of(required, size), C3) is None
    assert YEAR == 2025


def test_of_a_plan_too_large_no_alternative_is_looked_for_and_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town = test_siting.a_town()
    found = test_siting.solved(town.problem)
    sought = town.audited(found)
    assert sought.alternatives_sought and any(site.alternative for site in sought.sites)
    monkeypatch.setattr("planning.siting.reasons.made_plan._MOST_PAIRS", 0)
    plan = town.audited(found)
    assert not plan.alternatives_sought
    assert all(site.alternative is None for site in plan.sites)
    assert [site.loss for site in plan.sites] == [site.loss for site in sought.sites]
