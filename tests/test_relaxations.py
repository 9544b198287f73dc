"""What would meet an unmet requirement: done, posed again and solved again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import test_posing
import test_siting
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_posing import after, towns
from test_reasons import plan_of, told_apart
from test_siting import CIRCLE, ELDER, NEW, SERVICES, problems, solved

from planning.facilities import Candidates
from planning.siting import SitingProblem, Unmet, pose, solve
from planning.siting.modules import Module
from planning.siting.problem import Budget
from planning.siting.reasons import Due, Loosening, Relaxation, ground_of
from planning.siting.reasons.money import cheapest_beside
from planning.siting.stopping import NEVER, Seconds
from planning.standards import Profile, load_standard, profile_of
from planning.travel import reach
from planning.units import limit_ms

thorough = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


# --- money ----------------------------------------------------------------------------------------


@thorough
@given(problem=problems(), purse=st.sampled_from([0.0, 800.0, 2_000.0, 5_000.0]))
def test_the_money_is_the_least_that_meets_it_beside_the_plan(
    problem: SitingProblem, purse: float
) -> None:
    """Every plan that keeps what is planned, or makes it larger, and harms nothing else."""
    problem = replace(told_apart(problem), budgets=(Budget(yuan=purse),))
    size = solve(problem, stop=lambda: Seconds(20.0)).size
    plan = plan_of(problem, size)
    was = test_siting.shortages(problem, size.tolist())
    spent = test_siting.yuan(problem, size.tolist())
    more = [
        (test_siting.yuan(problem, other), test_siting.shortages(problem, other))
        for other in test_siting.plans(problem)
        if all(a >= b for a, b in zip(other, size, strict=True))
    ]
    for at, due in enumerate(plan.dues):
        if due.missing <= 1e-6:
            continue
        found = cheapest_beside(plan, due)
        enough = [
            cost - spent for cost, short in more
            if short[at] <= 1e-6 and all(a <= b + 1e-4 for a, b in zip(short, was, strict=True))
        ]  # fmt: skip
        assert (found is not None) == bool(enough)
        if found is None:
            continue
        assert found.is_proven and found.yuan == pytest.approx(min(enough), abs=1e-3)
        # With that much more money, and this requirement before all others, it is met.
        richer = replace(
            problem,
            budgets=(Budget(yuan=spent + found.yuan + 1e-3),),
            requirements=tuple(
                replace(one, weight=1e6) if n == at else one
                for n, one in enumerate(problem.requirements)
            ),
        )
        again = solve(richer, stop=lambda: Seconds(20.0), aims=("people_left",)).size
        assert test_siting.shortages(problem, again.tolist())[at] <= 1e-5


@pytest.fixture(scope="module")
def poor() -> test_siting.Town:
    """All of the town's plan costs 450,000 yuan; there are 300,000."""
    town = test_siting.a_town()
    return replace(town, problem=replace(town.problem, budgets=(Budget(yuan=300_000.0),)))


def test_a_budget_that_does_not_suffice_says_how_much_more_would(poor: test_siting.Town) -> None:
    plan = poor.audited(solved(poor.problem))
    assert plan.unmet
    for unmet in plan.unmet:
        (one,) = unmet.relaxations
        assert one.kind == "budget" and one.unit == "yuan" and one.suffices and one.is_least
        assert "万元即可满足" in one.because_zh and "more in the budget" in one.because_en
        richer = replace(
            poor.problem,
            budgets=(Budget(yuan=300_000.0 + one.amount),),
            requirements=tuple(
                replace(r, weight=1e6)
                if (r.finding.clause_id, r.finding.unit_id) == (unmet.clause_id, unmet.unit_id)
                else r
                for r in poor.problem.requirements
            ),
        )
        met = replace(poor, problem=richer)
        left = {(u.clause_id, u.unit_id) for u in met.audited(solved(richer)).unmet}
        assert (unmet.clause_id, unmet.unit_id) not in left


# --- premises and kinds --------------------------------------------------------------------------


def loosened(town: test_posing.Town, size: np.ndarray) -> tuple[Due, tuple[Relaxation, ...]]:
    plan = plan_of(town.problem, size)
    (due,) = plan.dues
    problem = town.problem
    ground = ground_of(town.profile, town.situation, problem.candidates, problem.options)
    loosening = Loosening(plan=plan, ground=ground, after=town.situation, ways={}, stop=NEVER)
    return due, loosening.of(due)


def with_more(
    town: test_posing.Town, one: Relaxation, modules: tuple[Module, ...], street: int
) -> test_posing.Town:
    """The town posed again with the candidates that are said to be wanted, for nothing."""
    n = int(one.amount) if one.kind == "candidates" else 1
    assert one.floor_m2 is not None and one.land_m2 is not None
    new = Candidates(
        ids=tuple(f"N{i}" for i in range(n)), source_classes=("",) * n,
        services=(frozenset({"elder_care", "nursery"}),) * n,
        # Where nothing stands, so that nobody's neighbour is changed.
        x_m=np.full(n, 0.5), y_m=np.full(n, 0.5),
        floor_m2=np.full(n, one.floor_m2), land_m2=np.full(n, one.land_m2),
        yuan_per_m2=np.zeros(n), fixed_yuan=np.zeros(n), assumed=(frozenset(),) * n,
        place=test_posing.places(n, [street] * n),
    )  # fmt: skip
    problem = pose(
        profile=town.profile, findings=[town.finding], situation=town.situation,
        candidates=town.problem.candidates.joined(new),
        walks_to=lambda *_: pytest.fail("nobody walks here"), modules=modules,
    )  # fmt: skip
    return replace(town, problem=problem)


@thorough
@given(town=towns(), purse=st.sampled_from([0.0, 15.0, 40.0]))
def test_money_that_is_said_to_suffice_does(town: test_posing.Town, purse: float) -> None:
    """Of every kind of clause: with so much more the clause is met, as `evaluate` finds it."""
    if not town.problem.requirements:
        return
    poor = replace(town.problem, budgets=(Budget(yuan=purse),))
    solution = solve(poor, stop=lambda: Seconds(20.0))
    if after(town, solution.size).verdict == "met":
        return
    _, found = loosened(replace(town, problem=poor), solution.size)
    if not found:
        assert is_too_much(town)
        return
    if found[0].kind == "budget":
        richer = replace(poor, budgets=(Budget(yuan=purse + found[0].amount + 1e-6),))
        assert met_in(replace(town, problem=richer))
        assert found[0].amount > 0 and found[0].suffices
    else:
        assert found[0].kind != "listed"


def is_too_much(town: test_posing.Town) -> bool:
    """Whether the clause sets a most, which nothing that is built keeps."""
    return town.profile.clauses[0].operator in ("<=", "<")


def test_premises_that_are_said_to_suffice_do() -> None:
    """Of every kind of clause; and the random towns do lack premises, and kinds."""
    seen: set[str] = set()

    @thorough
    @given(town=towns())
    def each(town: test_posing.Town) -> None:
        seen.update(suffices(town))

    each()
    assert {"candidates", "kind"} <= seen


def suffices(town: test_posing.Town) -> Iterator[str]:
    """What is relaxed in a town, once it is seen to be enough, or needed."""
    if not town.problem.requirements:
        return
    solution = solve(town.problem, stop=lambda: Seconds(20.0))
    if after(town, solution.size).verdict == "met":
        return
    _, found = loosened(town, solution.size)
    if not found:
        assert is_too_much(town)
        return
    (one,) = found
    yield one.kind
    assert one.kind in ("candidates", "units", "max_floor", "kind")
    assert one.because_zh and one.because_en and one.suffices == (one.kind == "candidates")
    modules = town.problem.options.modules
    if one.kind == "candidates":
        richer = with_more(town, one, modules, 0)
        assert met_in(richer)
    if one.kind == "max_floor":
        larger = tuple(
            replace(m, max_floor_m2=None, sizes_m2=()) if m.name == one.module else m
            for m in modules
        )
        assert met_in(with_more(town, one, larger, 0))
    if one.kind == "kind":
        huge = Relaxation(
            kind="candidates", amount=3, unit="", module="", floor_m2=200.0, land_m2=200.0,
            suffices=True, is_least=True, because_zh="", because_en="",
        )  # fmt: skip
        assert not met_in(with_more(town, huge, modules, 0))


def met_in(town: test_posing.Town) -> bool:
    """Whether the best plan meets the clause."""
    return after(town, solve(town.problem, stop=lambda: Seconds(20.0)).size).verdict == "met"


def unmet_of(town: test_siting.Town) -> dict[tuple[str, str], Unmet]:
    plan = town.audited(solved(town.problem))
    return {(one.clause_id, one.unit_id): one for one in plan.unmet}


def test_floor_and_land_are_as_much_as_is_missing() -> None:
    """C1 alone: the new area lacks 10 places of 10 m² each, 99 m² of land and more."""
    unmet = unmet_of(test_siting.a_town(at=(450,)))
    (places,) = unmet[NEW, "new"].relaxations
    assert (places.kind, places.amount, places.module) == ("candidates", 1, "nursery")
    assert (places.floor_m2, places.land_m2, places.suffices) == (100.0, 0.0, True)
    assert places.because_zh == "在new再有1处候选点，可建nursery，建筑面积100平方米，即可满足"
    assert "1 candidate more in new for nursery, 100 m² of floor" in places.because_en
    (land,) = unmet[test_siting.LAND_NEW, "new"].relaxations
    assert (land.kind, land.floor_m2, land.land_m2) == ("candidates", 100.0, 99.0)
    assert "带独立用地99平方米" in land.because_zh


def test_a_kind_that_nobody_may_build_is_named() -> None:
    first = "SC-2021-57/2.4/priority-residents"
    town = test_siting.a_town(groups={"elderly": 5, "aged_80": 50}, goals={first: Fraction(9, 10)})
    (one,) = unmet_of(town)[first, "County"].relaxations
    assert one.kind == "kind" and not one.suffices
    assert "services.*.build" in one.because_zh and "公立" in one.because_zh


def test_no_candidate_at_all_still_says_what_is_needed() -> None:
    unmet = unmet_of(test_siting.a_town(at=()))
    assert all(one.relaxations for one in unmet.values())
    (circle,) = unmet[CIRCLE, "County"].relaxations
    assert (circle.kind, circle.floor_m2, circle.suffices) == ("candidates", 100.0, False)


# --- the circle ----------------------------------------------------------------------------------


def far_town(**changed: Any) -> test_siting.Town:
    """Only C4 may host elder care, and walks are looked at up to an hour."""
    services = (frozenset({"nursery"}),) * 3 + (frozenset(SERVICES),)
    town = test_siting.a_town(services=services, **changed)
    candidates = town.problem.candidates
    way, stands = town.ways["walk"], town.situation.facilities
    sites = way.sites(np.r_[stands.x_m, candidates.x_m], np.r_[stands.y_m, candidates.y_m])
    near = reach(way.network, sites, way.crowd, limit_ms=limit_ms(60.0))
    problem = pose(
        profile=town.profile, findings=town.findings, situation=town.situation,
        candidates=candidates, walks_to=lambda _, limit: near.part(slice(None), limit_ms=limit),
        modules=test_siting.MODULES,
    )  # fmt: skip
    assert way.network.profile == ELDER
    return replace(town, problem=problem)


def within(minutes: Fraction) -> Profile:
    """Sichuan's plan with another limit to its circle."""
    standard = load_standard("sichuan-2021-57")
    clauses = tuple(
        one.model_copy(update={"measure": one.measure.model_copy(update={"limit_min": minutes})})
        if one.id == CIRCLE
        else one
        for one in standard.clauses
    )
    return profile_of([standard.model_copy(update={"clauses": clauses})])


def test_a_share_that_can_be_reached_can_be_and_no_more() -> None:
    share, _ = unmet_of(far_town())[CIRCLE, "County"].relaxations
    assert (share.kind, share.amount, share.suffices) == ("share", 0.8, True)
    assert "80.0%" in share.because_zh
    at = Fraction(share.amount).limit_denominator(1000)
    assert (CIRCLE, "County") not in unmet_of(far_town(goal=at))
    assert (CIRCLE, "County") in unmet_of(far_town(goal=at + Fraction(1, 100)))


def test_a_limit_that_would_do_does_and_a_tenth_less_does_not() -> None:
    _, limit = unmet_of(far_town())[CIRCLE, "County"].relaxations
    assert limit.kind == "limit" and limit.suffices and limit.amount > 15
    minutes = Fraction(limit.amount).limit_denominator(10)
    assert (CIRCLE, "County") not in unmet_of(far_town(profile=within(minutes)))
    tighter = within(minutes - Fraction(1, 10))
    assert (CIRCLE, "County") in unmet_of(far_town(profile=tighter))
