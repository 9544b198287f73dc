"""Siting: the model against a brute force, the plan against an audit from the roads up."""

import functools
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from planning.access import Way
from planning.area import ResidentialAreas, StudyArea, UnitLevel
from planning.demand import Demand
from planning.errors import AuditError
from planning.facilities import Candidates, Facilities
from planning.network import PROFILES, Roads, StreetNetwork, build_network, snap
from planning.siting import (
    Change,
    Module,
    Proposal,
    Requirement,
    SitingPlan,
    SitingProblem,
    Solution,
    Stage,
    Status,
    audit,
    pose,
    solve,
)
from planning.siting.aims import AIMS, Aim
from planning.siting.need import Adds, Amount, Covered
from planning.siting.options import Options
from planning.siting.stopping import Seconds
from planning.standards import (
    Finding,
    Profile,
    Situation,
    evaluate,
    load_standard,
    profile_of,
    walks,
)
from planning.standards.outcome import Unit
from planning.travel import reach
from planning.units import limit_ms

thorough = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow],
)
quick = settings(thorough, max_examples=100)

LIMIT_S = 20.0


def solved(problem: SitingProblem, *, seed: int = 0) -> Solution:
    return solve(problem, stop=lambda: Seconds(LIMIT_S), seed=seed)


def found(solution: Solution, aim: Aim) -> float:
    """What the solver claims to have reached; nothing where nothing was to be done."""
    stage = solution.stage(aim)
    return 0.0 if stage is None else stage.found


def bound(solution: Solution, aim: Aim) -> float:
    """What the solver claims cannot be less."""
    stage = solution.stage(aim)
    return 0.0 if stage is None else stage.bound


def claiming(solution: Solution, aim: Aim, **changed: float) -> Solution:
    """The solution with something else said of one aim."""
    stages = (replace(s, **changed) if s.aim == aim else s for s in solution.stages)
    return replace(solution, stages=tuple(stages))


# --- problems written down as arrays -------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """One line of `Options`, as a test writes it."""

    candidate: int
    service: str
    least: int
    most: int
    floor: float
    land: float
    yuan: float


def a_finding(unit: Unit = "places") -> Finding:
    return Finding(
        profile="SC", clause_id="clause", key="key", document="document", article="article",
        via="own", level="county", unit_id="U", unit_name="unit", year=None, role="requirement",
        verdict="not_met", measured=Fraction(0), at_most=Fraction(0), required=Fraction(1),
        gap=Fraction(1), unit=unit, people_short=1, because_zh="", because_en="",
    )  # fmt: skip


def premises(floor_m2: Sequence[float], fixed_yuan: Sequence[float]) -> Candidates:
    n = len(floor_m2)
    return Candidates(
        ids=tuple(f"C{number}" for number in range(n)),
        source_classes=("premises",) * n,
        services=(frozenset({"nursery", "elder_care"}),) * n,
        x_m=np.zeros(n),
        y_m=np.zeros(n),
        floor_m2=np.array(floor_m2, dtype=np.float64),
        land_m2=np.zeros(n),
        yuan_per_m2=np.zeros(n),
        fixed_yuan=np.array(fixed_yuan, dtype=np.float64),
        assumed=(frozenset(),) * n,
        place={},
    )


def options(offers: Sequence[Offer]) -> Options:
    modules = (
        Module(name="nursery", service="nursery", functions=frozenset({"nursery"})),
        Module(name="elder", service="elder_care", functions=frozenset({"elder_community"})),
    )
    return Options(
        modules=modules,
        candidate=np.array([o.candidate for o in offers], dtype=np.int32),
        module=np.array([o.service != "nursery" for o in offers], dtype=np.int32),
        slot=np.arange(len(offers), dtype=np.int32),
        min_size=np.array([o.least for o in offers], dtype=np.int64),
        max_size=np.array([o.most for o in offers], dtype=np.int64),
        floor_per_unit=np.array([o.floor for o in offers], dtype=np.float64),
        land_per_unit=np.array([o.land for o in offers], dtype=np.float64),
        yuan_per_unit=np.array([o.yuan for o in offers], dtype=np.float64),
    )


def adds(able: Sequence[int], each: Sequence[float]) -> Adds:
    """So much of each unit of size, from the first on."""
    return Adds(
        option=np.array(able, dtype=np.int64),
        from_size=np.ones(len(able), dtype=np.int64),
        per_open=np.zeros(len(able)),
        per_unit=np.array(each, dtype=np.float64),
    )


def amount(short: float, weight: float, able: Sequence[int], each: Sequence[float]) -> Requirement:
    return Requirement(
        finding=a_finding("m2"),
        service="elder_care",
        weight=weight,
        need=Amount(short=short, adds=(adds(able, each),)),
    )


def cover(short: float, groups: Sequence[tuple[float, Sequence[int]]], n: int) -> Requirement:
    return Requirement(
        finding=a_finding("share"),
        service="elder_care",
        weight=1.0,
        need=Covered(
            short=short,
            option=np.array([k for _, able in groups for k in able], dtype=np.int64),
            start=np.cumsum([0, *(len(able) for _, able in groups)]).astype(np.int64),
            people=np.array([people for people, _ in groups], dtype=np.float64),
            from_size=np.ones(n, dtype=np.int64),
            limit_ms=900_000,
        ),
    )


@st.composite
def problems(draw: st.DrawFn) -> SitingProblem:
    """Up to 4 candidates × 2 services: places and land in a town and its two parts, coverage."""
    n = draw(st.integers(0, 4))
    part = [draw(st.integers(0, 1)) for _ in range(n)]
    floor, fixed, offers = [], [], []
    for j in range(n):
        rooms = draw(st.integers(1, 3))
        floor.append(10.0 * rooms + draw(st.sampled_from([0.0, 4.0])))
        fixed.append(draw(st.sampled_from([0.0, 1000.0, 2500.0, 7000.0])))
        price = draw(st.sampled_from([0.0, 30.0, 100.0, 250.0]))
        for service in draw(
            st.sampled_from([("nursery",), ("elder_care",), ("elder_care", "nursery")])
        ):
            land = draw(st.sampled_from([0.0, 0.25, 1.5, 2.0])) if service == "elder_care" else 0.0
            least = draw(st.integers(1, rooms))
            offers.append(Offer(j, service, least, rooms, 10.0, land, price))

    def of(service: str, parts: Sequence[int]) -> list[int]:
        return [
            k for k, o in enumerate(offers) if o.service == service and part[o.candidate] in parts
        ]

    asked: list[Requirement] = []
    for parts, weight in (((0, 1), 1000 / 4.5), ((0,), 125.0), ((1,), 100.0)):
        short = draw(st.integers(0, 7))
        if short:
            able = of("nursery", parts)
            asked.append(amount(float(short), weight, able, [1.0] * len(able)))
    for parts in ((0, 1), (0,), (1,)):
        short_m2 = draw(st.sampled_from([0.0, 0.1, 1.25, 3.0, 5.5]))
        if short_m2:
            able = [k for k in of("elder_care", parts) if offers[k].land > 0]
            asked.append(amount(short_m2, 10.0, able, [offers[k].land for k in able]))
    elder = of("elder_care", (0, 1))
    if elder and draw(st.booleans()):
        groups = draw(
            st.lists(
                st.tuples(
                    st.sampled_from([1.25, 3.0, 4.5, 7.0]),
                    st.sets(st.sampled_from(elder), min_size=1).map(sorted),
                ),
                max_size=4,
            )
        )
        people = sum(p for p, _ in groups)
        share = draw(st.sampled_from([0.5, 0.8, 0.9, 1.0]))
        unreachable = draw(st.sampled_from([0.0, 2.0]))
        short = math.ceil(share * (people + unreachable)) + 0.501
        asked.append(cover(short, groups, len(offers)))
    return SitingProblem(
        candidates=premises(floor, fixed), options=options(offers), requirements=tuple(asked)
    )


# --- the slow, plain recomputation ---------------------------------------------------------------


def shortages(problem: SitingProblem, size: Sequence[int]) -> list[float]:
    """What every requirement still lacks with these sizes, in its own unit."""
    return [max(0.0, r.need.short - _has(r, size)) for r in problem.requirements]


def _has(r: Requirement, size: Sequence[int]) -> float:
    if isinstance(r.need, Amount):
        (one,) = r.need.adds
        return sum(float(a) * size[k] for k, a in zip(one.option, one.per_unit, strict=True))
    assert isinstance(r.need, Covered)
    has = 0.0
    for g, people in enumerate(r.need.people):
        able = r.need.option[r.need.start[g] : r.need.start[g + 1]]
        if any(size[k] > 0 for k in able):
            has += float(people)
    return has


def people_left(problem: SitingProblem, size: Sequence[int]) -> float:
    missing = shortages(problem, size)
    return sum(r.weight * m for r, m in zip(problem.requirements, missing, strict=True))


def yuan(problem: SitingProblem, size: Sequence[int]) -> float:
    opened = {int(problem.options.candidate[k]) for k in range(len(size)) if size[k] > 0}
    return sum(float(problem.candidates.fixed_yuan[j]) for j in opened) + sum(
        float(problem.options.yuan_per_unit[k]) * size[k] for k in range(len(size))
    )


def plans(problem: SitingProblem) -> Iterator[list[int]]:
    """Every combination of sizes that the rules allow."""
    o = problem.options
    by_candidate = []
    for j in range(len(problem.candidates)):
        own = [k for k in range(len(o)) if o.candidate[k] == j]
        ranges = [[0, *range(int(o.min_size[k]), int(o.max_size[k]) + 1)] for k in own]
        by_candidate.append(
            [
                dict(zip(own, sizes, strict=True))
                for sizes in itertools.product(*ranges)
                if sum(o.floor_per_unit[k] * s for k, s in zip(own, sizes, strict=True))
                <= problem.candidates.floor_m2[j]
            ]
        )
    for chosen in itertools.product(*by_candidate):
        size = [0] * len(o)
        for part in chosen:
            for k, s in part.items():
                size[k] = s
        yield size


def brute_force(problem: SitingProblem) -> tuple[float, float]:
    """Fewest people left without, then least yuan, over every plan there is."""
    found = [(people_left(problem, size), size) for size in plans(problem)]
    fewest = min(people for people, _ in found)
    return fewest, min(yuan(problem, s) for people, s in found if people <= fewest + 1e-5)


def assert_sizes_allowed(problem: SitingProblem, size: np.ndarray) -> None:
    o, used = problem.options, size > 0
    assert np.all(size >= 0)
    assert np.all(size[used] >= o.min_size[used])
    assert np.all(size[used] <= o.max_size[used])
    floor = np.bincount(
        o.candidate, weights=o.floor_per_unit * size, minlength=len(problem.candidates)
    )
    assert np.all(floor <= problem.candidates.floor_m2 + 1e-9)


def assert_says_what_it_did(problem: SitingProblem, solution: Solution) -> None:
    """The claims of a solution are those of its sizes, and no bound is above what was found."""
    size = [int(s) for s in solution.size]
    assert_sizes_allowed(problem, solution.size)
    # A later aim may leave a billionth more people without than the first.
    left = people_left(problem, size)
    assert found(solution, "people_left") == pytest.approx(left, rel=1e-6, abs=1e-5 + 2e-9 * left)
    assert found(solution, "yuan") == pytest.approx(yuan(problem, size), rel=1e-6, abs=0.1)
    opened = {int(problem.options.candidate[k]) for k in range(len(size)) if size[k] > 0}
    assert found(solution, "sites") == len(opened)
    for stage in solution.stages:
        assert 0 <= stage.bound <= stage.found and stage.gap >= 0


def kept(problem: SitingProblem, order: Sequence[int]) -> SitingProblem:
    """The problem with only the candidates of `order`, in that order."""
    old = problem.options
    rows = [k for j in order for k in range(len(old)) if old.candidate[k] == j]
    number = {k: at for at, k in enumerate(rows)}
    asked = []
    for r in problem.requirements:
        if isinstance(r.need, Amount):
            (one,) = r.need.adds
            pairs = sorted(
                (number[int(k)], float(a))
                for k, a in zip(one.option, one.per_unit, strict=True)
                if int(k) in number
            )
            asked.append(
                amount(r.need.short, r.weight, [k for k, _ in pairs], [a for _, a in pairs])
            )
        else:
            assert isinstance(r.need, Covered)
            groups = [
                (
                    float(people),
                    sorted(
                        number[int(k)]
                        for k in r.need.option[r.need.start[g] : r.need.start[g + 1]]
                        if int(k) in number
                    ),
                )
                for g, people in enumerate(r.need.people)
            ]
            left = [group for group in groups if group[1]]
            asked.append(cover(r.need.short, left, len(rows)))
    return SitingProblem(
        candidates=premises(
            problem.candidates.floor_m2[list(order)].tolist(),
            problem.candidates.fixed_yuan[list(order)].tolist(),
        ),
        options=options(
            [
                Offer(
                    list(order).index(int(old.candidate[k])),
                    old.service[k],
                    int(old.min_size[k]),
                    int(old.max_size[k]),
                    float(old.floor_per_unit[k]),
                    float(old.land_per_unit[k]),
                    float(old.yuan_per_unit[k]),
                )
                for k in rows
            ]
        ),
        requirements=tuple(asked),
    )


# --- the model -----------------------------------------------------------------------------------


@thorough
@given(problem=problems())
def test_the_model_finds_what_a_brute_force_finds(problem: SitingProblem) -> None:
    solution = solved(problem)
    people, cost = brute_force(problem)
    assert found(solution, "people_left") == pytest.approx(people, rel=1e-6, abs=1e-5)
    assert found(solution, "yuan") == pytest.approx(cost, rel=1e-6, abs=1e-5)
    assert_says_what_it_did(problem, solution)


@thorough
@given(problem=problems())
def test_an_optimum_is_certified_by_its_bounds(problem: SitingProblem) -> None:
    solution = solved(problem)
    assert solution.status is (Status.OPTIMAL if problem.requirements else Status.NOTHING_TO_DO)
    for stage in solution.stages:
        assert stage.bound == pytest.approx(stage.found, rel=1e-6, abs=1e-4)


@quick
@given(problem=problems(), random=st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_change_the_answer(
    problem: SitingProblem, random: Any
) -> None:
    order = list(range(len(problem.candidates)))
    random.shuffle(order)
    here, there = solved(problem), solved(kept(problem, order))
    for aim in ("people_left", "yuan", "sites"):
        assert found(there, aim) == pytest.approx(found(here, aim), rel=1e-6, abs=1e-5)


@quick
@given(problem=problems())
def test_one_more_candidate_never_makes_it_worse(problem: SitingProblem) -> None:
    more = solved(problem)
    fewer = solved(kept(problem, range(len(problem.candidates) - 1)))
    left, was = found(more, "people_left"), found(fewer, "people_left")
    assert left <= was + 1e-5
    if left == pytest.approx(was, rel=1e-6, abs=1e-5):
        assert found(more, "yuan") <= found(fewer, "yuan") + 1e-5


@quick
@given(problem=problems(), seed=st.integers(0, 1000))
def test_the_same_seed_gives_the_same_plan(problem: SitingProblem, seed: int) -> None:
    first, second = solved(problem, seed=seed), solved(problem, seed=seed)
    assert np.array_equal(first.size, second.size)
    for one, two in zip(first.stages, second.stages, strict=True):
        assert replace(one, seconds=0.0) == replace(two, seconds=0.0)


# STANDARDS D-16: cells a=4, b=4, c=3, d=3; P covers a, c; Q covers b, d; G covers a, b.
P, Q, G = 0, 1, 2


def greedy_trap(short: float) -> SitingProblem:
    return SitingProblem(
        candidates=premises([10.0] * 3, [1000.0] * 3),
        options=options([Offer(j, "elder_care", 1, 10, 1.0, 0.0, 0.0) for j in (P, Q, G)]),
        requirements=(cover(short, [(4.0, [P, G]), (4.0, [Q, G]), (3.0, [P]), (3.0, [Q])], 3),),
    )


@pytest.mark.parametrize(
    ("people", "sites"),
    [(8.0, {G}), (11.0, None), (12.0, {P, Q}), (14.0, {P, Q})],
)
def test_the_greedy_trap_of_d_16(people: float, sites: set[int] | None) -> None:
    solution = solved(greedy_trap(people))
    opened = {int(k) for k in np.flatnonzero(solution.size)}
    assert found(solution, "people_left") == pytest.approx(0.0, abs=1e-6)
    assert len(opened) == (1 if sites == {G} else 2)
    assert found(solution, "yuan") == pytest.approx(1000.0 * len(opened))
    if sites is not None:
        assert opened == sites


def test_nothing_to_do_costs_nothing() -> None:
    problem = SitingProblem(
        candidates=premises([50.0], [0.0]),
        options=options([Offer(0, "nursery", 1, 5, 10.0, 0.0, 0.0)]),
        requirements=(),
    )
    solution = solved(problem)
    assert solution.status is Status.NOTHING_TO_DO
    assert solution.size.tolist() == [0]
    assert solution.stages == ()


def test_without_options_everything_stays_short_and_that_is_proven() -> None:
    problem = SitingProblem(
        candidates=premises([], []),
        options=options([]),
        requirements=(amount(5.0, 100.0, [], []), cover(30.501, [], 0)),
    )
    solution = solved(problem)
    assert solution.status is Status.OPTIMAL
    assert found(solution, "people_left") == pytest.approx(530.501)
    assert bound(solution, "people_left") == pytest.approx(530.501)
    assert found(solution, "yuan") == 0.0


def test_candidates_that_cannot_help_stay_closed() -> None:
    problem = SitingProblem(
        candidates=premises([50.0, 50.0], [1.0, 1.0]),
        options=options(
            [
                Offer(0, "nursery", 1, 5, 10.0, 0.0, 1.0),
                Offer(1, "elder_care", 1, 5, 10.0, 0.0, 1.0),
            ]
        ),
        requirements=(amount(3.0, 100.0, [], []), amount(2.0, 100.0, [0], [1.0])),
    )
    solution = solved(problem)
    assert solution.size.tolist() == [2, 0]
    assert found(solution, "people_left") == pytest.approx(300.0)
    assert bound(solution, "people_left") == pytest.approx(300.0)


def test_candidates_that_cost_nothing_serve_and_cost_nothing() -> None:
    problem = SitingProblem(
        candidates=premises([50.0, 50.0], [0.0, 10.0]),
        options=options([Offer(j, "nursery", 1, 5, 10.0, 0.0, 10.0 * j) for j in (0, 1)]),
        requirements=(amount(7.0, 100.0, [0, 1], [1.0, 1.0]),),
    )
    solution = solved(problem)
    assert solution.size.tolist() == [5, 2]
    assert found(solution, "yuan") == pytest.approx(30.0)
    assert_says_what_it_did(problem, solution)


def test_of_two_equal_candidates_one_is_opened_and_always_the_same() -> None:
    problem = SitingProblem(
        candidates=premises([50.0, 50.0], [500.0, 500.0]),
        options=options([Offer(j, "nursery", 1, 5, 10.0, 0.0, 10.0) for j in (0, 1)]),
        requirements=(amount(4.0, 125.0, [0, 1], [1.0, 1.0]),),
    )
    plans = [solved(problem, seed=7) for _ in range(3)]
    assert sorted(plans[0].size.tolist()) == [0, 4]
    assert yuan(problem, plans[0].size.tolist()) == 540.0
    assert all(other.size.tolist() == plans[0].size.tolist() for other in plans)


def test_two_services_share_the_floor_of_one_candidate() -> None:
    """100 m²: 6 places of 10 m² (125 people each) and 50 m² of land (10 people each) need 110."""
    problem = SitingProblem(
        candidates=premises([100.0], [1000.0]),
        options=options(
            [
                Offer(0, "nursery", 1, 10, 10.0, 0.0, 10.0),
                Offer(0, "elder_care", 1, 100, 1.0, 1.0, 1.0),
            ]
        ),
        requirements=(amount(6.0, 125.0, [0], [1.0]), amount(50.0, 10.0, [1], [1.0])),
    )
    solution = solved(problem)
    assert solution.size.tolist() == [6, 40]
    assert shortages(problem, solution.size.tolist()) == [0.0, 10.0]
    assert found(solution, "people_left") == pytest.approx(100.0)
    assert found(solution, "yuan") == pytest.approx(1100.0)


def test_a_smallest_size_is_kept_even_where_less_would_do() -> None:
    problem = SitingProblem(
        candidates=premises([200.0], [0.0]),
        options=options([Offer(0, "nursery", 12, 20, 10.0, 0.0, 10.0)]),
        requirements=(amount(1.0, 125.0, [0], [1.0]),),
    )
    assert solved(problem).size.tolist() == [12]


def hard_problem(seed: int) -> SitingProblem:
    """60 candidates × 2 services and 200 groups of people: more than a moment's work."""
    random = np.random.default_rng(seed)
    n, groups = 60, 200
    floor = random.integers(200, 3000, n).astype(np.float64)
    price = random.integers(500, 4000, n)
    offers = []
    for j in range(n):
        land = float(random.integers(0, 3000) / floor[j])
        offers.append(Offer(j, "elder_care", 200, int(floor[j]), 1.0, land, float(price[j])))
        offers.append(Offer(j, "nursery", 20, int(floor[j] // 10), 10.0, 0.0, 10.0 * price[j]))
    elder, nursery = np.arange(0, 2 * n, 2), np.arange(1, 2 * n, 2)
    unit = random.integers(0, 6, n)
    asked = [amount(float(np.sum(floor)) * 0.04, 1000 / 4.5, nursery.tolist(), [1.0] * n)]
    for u in range(6):
        here = np.flatnonzero(unit == u).tolist()
        land_m2 = [offers[2 * j].land for j in here]
        most = sum(m * offers[2 * j].most for m, j in zip(land_m2, here, strict=True))
        asked.append(amount(0.7 * most, 10.0, [2 * j for j in here], land_m2))
        room = float(np.sum(floor[here]))
        asked.append(amount(0.06 * room, 125.0, [2 * j + 1 for j in here], [1.0] * len(here)))
    people = random.random(groups) * 50
    able = [
        sorted(random.choice(elder, size=random.integers(1, 4), replace=False).tolist())
        for _ in range(groups)
    ]
    asked.append(
        cover(float(np.sum(people)) * 0.9, list(zip(people.tolist(), able, strict=True)), 2 * n)
    )
    return SitingProblem(
        candidates=premises(floor.tolist(), (random.integers(1, 50, n) * 1e4).tolist()),
        options=options(offers),
        requirements=tuple(asked),
    )


@pytest.mark.parametrize("seed", [0, 2, 3])
@pytest.mark.parametrize("time_limit_s", [1e-3, 3e-3, 0.01, 0.02, 0.03, 0.05, 0.1])
def test_out_of_time_there_is_still_an_honest_answer(seed: int, time_limit_s: float) -> None:
    problem = hard_problem(seed)
    solution = solve(problem, stop=lambda: Seconds(time_limit_s))
    assert solution.status in (Status.STOPPED, Status.OPTIMAL)
    assert_says_what_it_did(problem, solution)
    if solution.status is Status.OPTIMAL:
        assert bound(solution, "yuan") == pytest.approx(found(solution, "yuan"), rel=1e-6)


@pytest.mark.parametrize("gap", [0.0, 0.01, 0.2])
def test_an_optimum_is_within_the_gap_that_was_asked_for(gap: float) -> None:
    problem = SitingProblem(
        candidates=premises([100.0] * 12, [1000.0 + 37.0 * j for j in range(12)]),
        options=options(
            [Offer(j, "nursery", 3, 10, 10.0, 0.0, 90.0 + 7.0 * (j % 5)) for j in range(12)]
        ),
        requirements=(amount(61.0, 100.0, list(range(12)), [1.0] * 12),),
    )
    solution = solve(problem, stop=lambda: Seconds(LIMIT_S), relative_gap=gap)
    assert solution.status is Status.OPTIMAL
    cost = found(solution, "yuan")
    assert cost - bound(solution, "yuan") <= gap * cost + 1e-5
    assert_says_what_it_did(problem, solution)


# --- a tiny town on one meridian, its plan worked out by hand ------------------------------------
#
# One street of 4 km along 105°E northwards from 30°N; places are metres north of its south end.
# South is 0–2000 m, North the rest; "old" (built) lies at 200–600 m, "new" at 2500–3000 m.
#
#   people      100:400  500:600  900:300  1500:200 | 2400:250  3500:500      = 1,500 + 750
#   elderly     a fifth: 80, 120, 60, 40 | 50, 100                            = 450
#   stands      0: home with 30 m² of land        700: nursery with 5 places
#
#   county  nursery ceil(4.5‰ · 2250) = 11, 6 missing         land 225 m², 195 missing
#   South   land 150 m², 120 missing                           North land 75 m², 75 missing
#   old     nursery ceil(8‰ · 600) = 5, 5 missing
#   new     990 planned: nursery ceil(10‰ · 990) = 10, 10 missing; land 99 m², 99 missing
#   circle  900 m at 1.0 m/s; the home serves 100, 500 and 900 m (just): 260 of 450, 90 % is 405
#
#   C1  450 m, 400 m², no land       C2 1800 m, 500 m² with 500 m² of land
#   C3 2750 m, 300 m² with 300 m²    C4 3500 m, 400 m², no land
#   every m² costs 1,000 yuan, every opening 10,000; the smallest site is 100 m², 10 m² a place
#
#   Least: C3 with 100 m² of each service (10 places, land 100, and 50 + 100 elderly walk there),
#   C2 with 120 m² for South, C1 with 10 places: 3 · 10,000 + 420 · 1,000 = 450,000 yuan.

RATE, LAND = "SC-2021-57/1.0/nursery-rate-2025", "SC-2021-57/2.1/elder-land"
LAND_NEW = "SC-2021-57/2.1/elder-land#new-areas"
NEW, BUILT = "SC-2021-57/2.1/nursery-new", "SC-2021-57/2.1/nursery-built"
CIRCLE = "SC-2021-57/2.3/circle-15min"
SERVICES = {"elder_care": frozenset({"elder_community"}), "nursery": frozenset({"nursery"})}
BOTH = frozenset(SERVICES)


def elder_care(min_floor_m2: float) -> Module:
    return Module(
        name="elder_care",
        service="elder_care",
        functions=SERVICES["elder_care"],
        min_floor_m2=min_floor_m2,
    )


def nursery(min_floor_m2: float, m2_per_place: float) -> Module:
    return Module(
        name="nursery",
        service="nursery",
        functions=SERVICES["nursery"],
        sized_in="places",
        floor_m2_per_unit=m2_per_place,
        min_floor_m2=min_floor_m2,
    )


MODULES = (elder_care(100.0), nursery(100.0, 10.0))
LEVELS = {RATE: ("county",)}
EPSG = 4544
ELDER = PROFILES["elder"]
C1, C2, C3, C4 = range(4)


def on_street(north_m: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of places on the street [degrees]."""
    n = len(north_m)
    lon, lat, _ = Geod(ellps="WGS84").fwd(
        np.full(n, 105.0), np.full(n, 30.0), np.zeros(n), np.array(north_m, dtype=np.float64)
    )
    return np.asarray(lon), np.asarray(lat)


@functools.cache
def to_metric() -> Transformer:
    return Transformer.from_crs(4326, EPSG, always_xy=True)


def metric(north_m: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = on_street(north_m)
    x_m, y_m = to_metric().transform(lon, lat)
    return np.asarray(x_m), np.asarray(y_m)


def strip(south_m: float, north_m: float) -> shapely.Geometry:
    x_m, y_m = metric([south_m, north_m])
    return shapely.box(x_m[0] - 500, y_m[0], x_m[0] + 500, y_m[1])


def geometries(*shapes: shapely.Geometry) -> np.ndarray:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def unit_level(level: str, names: Sequence[str], *shapes: shapely.Geometry) -> UnitLevel:
    n = len(names)
    return UnitLevel(
        level=level,
        ids=tuple(names),
        names=tuple(names),
        parent_ids=(None,) * n,
        geometry=geometries(*shapes),
    )


@functools.cache
def town_area() -> StudyArea:
    return StudyArea(
        name="town",
        epsg=EPSG,
        boundary=strip(-50, 4050),
        levels=(
            unit_level("county", ["County"], strip(-50, 4050)),
            unit_level("street", ["North", "South"], strip(2000, 4050), strip(-50, 2000)),
        ),
        residential=ResidentialAreas(
            ids=("new", "old"),
            names=("new", "old"),
            status=("new", "built"),
            status_by=("status", "status"),
            dated=("", ""),
            built=np.array([False, True]),
            planned_people=np.array([990, 0]),
            households=np.array([-1, -1]),
            delivery_year=np.array([2025, -1], dtype=np.int32),
            stays=np.ones(2, dtype=bool),
            geometry=geometries(strip(2500, 3000), strip(200, 600)),
        ),
    )


@functools.cache
def town_network() -> StreetNetwork:
    lon, lat = on_street([0, 1000, 2000, 3000, 4000])
    return build_network(
        Roads.from_runs(
            lon, lat, [[0, 1], [1, 2], [2, 3], [3, 4]], tags={"highway": "residential"}
        ),
        epsg=EPSG,
        profile=ELDER,
    )


@dataclass(frozen=True)
class Town:
    profile: Profile
    ways: Mapping[str, Way]
    situation: Situation
    findings: tuple[Finding, ...]
    problem: SitingProblem

    def audited(self, solution: Solution) -> SitingPlan:
        return audit(
            proposal=Proposal(
                problem=self.problem,
                solution=solution,
                size=solution.size,
                opened=np.full(len(solution.size), -1),
                asked={None: self.problem.requirements},
            ),
            profile=self.profile,
            levels=lambda _: LEVELS,
            situation=self.situation,
            ways=self.ways,
        )


GROUPS = {"elderly": 5}
"""Every fifth is elderly."""
NO_GOALS: Mapping[str, Fraction] = {}
PEOPLE = {100: 400.0, 500: 600.0, 900: 300.0, 1500: 200.0, 2400: 250.0, 3500: 500.0}


def a_town(
    *,
    at: Sequence[float] = (450, 1800, 2750, 3500),
    floor: Sequence[float] = (400, 500, 300, 400),
    land: Sequence[float] = (0, 500, 300, 0),
    services: Sequence[frozenset[str]] = (BOTH, frozenset({"elder_care"}), BOTH, BOTH),
    fixed: Sequence[float] = (10_000, 10_000, 10_000, 10_000),
    price: Sequence[float] = (1000, 1000, 1000, 1000),
    people: dict[int, float] = PEOPLE,
    goal: Fraction = Fraction(9, 10),
    home_land_m2: float = 30.0,
    nursery_places: float = 5.0,
    modules: Sequence[Module] = MODULES,
    profile: Profile | None = None,
    groups: Mapping[str, int] = GROUPS,
    goals: Mapping[str, Fraction] = NO_GOALS,
    area: StudyArea | None = None,
    stands: Sequence[tuple[float, str]] = ((0, "elder_care"), (700, "nursery")),
    changes: Sequence[Change] = (),
    aims: Sequence[Aim] = AIMS,
) -> Town:
    area, network, profile = area or town_area(), town_network(), profile or sichuan()
    x_m, y_m = metric(list(people))
    count = np.array(list(people.values()))
    demand = Demand(
        x_m=x_m,
        y_m=y_m,
        people={"total": count, **{name: count / part for name, part in groups.items()}},
        place=area.locate(x_m, y_m),
        outline=geometries(*shapely.points(x_m, y_m)),
        people_in_source=float(count.sum()),
        people_outside=0.0,
    )
    way = Way.of(network, x_m, y_m, max_snap_m=50.0, island_km=1)
    ways = {"walk": way}
    x_m, y_m = metric([north_m for north_m, _ in stands])
    n = len(stands)
    is_home = np.array([service == "elder_care" for _, service in stands], dtype=bool)
    facilities = Facilities(
        ids=tuple(f"{service} {number}" for number, (_, service) in enumerate(stands)),
        names=tuple(service for _, service in stands),
        types=tuple(service for _, service in stands),
        functions=tuple(SERVICES[service] for _, service in stands),
        x_m=x_m,
        y_m=y_m,
        places=np.where(is_home, 0.0, nursery_places),
        elder_land_m2=np.where(is_home, home_land_m2, 0.0),
        floor_m2=np.where(is_home, 500.0, 200.0),
        is_open=np.ones(n, dtype=bool),
        place=area.locate(x_m, y_m),
    )
    sites = snap(network, x_m, y_m, max_snap_m=50.0, island_km=1)
    situation = Situation(
        area=area,
        demand=demand,
        facilities=facilities,
        functions=SERVICES,
        group={"elder_care": "elderly", "nursery": "total"},
        coverage={
            service: way.coverage_by(
                sites,
                counting=facilities.offering(functions),
                limit_ms=limit_ms(15.0),
            )
            for service, functions in SERVICES.items()
        },
        goals={CIRCLE: goal, **goals},
        walks=walks(profile.clauses, facilities, ways, year=None, strict_tiers=False),
    )
    n = len(at)
    x_m, y_m = metric(at)
    candidates = Candidates(
        ids=tuple(f"C{number}" for number in range(1, n + 1)),
        source_classes=("premises",) * n,
        services=tuple(services[:n]),
        x_m=x_m,
        y_m=y_m,
        floor_m2=np.array(floor[:n], dtype=np.float64),
        land_m2=np.array(land[:n], dtype=np.float64),
        yuan_per_m2=np.array(price[:n], dtype=np.float64),
        fixed_yuan=np.array(fixed[:n], dtype=np.float64),
        assumed=(frozenset(),) * n,
        place=area.locate(x_m, y_m),
    )
    findings = evaluate(profile, situation, LEVELS)
    every = np.r_[facilities.x_m, x_m], np.r_[facilities.y_m, y_m]
    snaps = snap(network, *every, max_snap_m=50.0, island_km=1)
    near = reach(network, snaps, way.crowd, limit_ms=limit_ms(15.0))
    return Town(
        profile=profile,
        ways=ways,
        situation=situation,
        findings=findings,
        problem=pose(
            profile=profile,
            findings=findings,
            situation=situation,
            candidates=candidates,
            walks_to=lambda _, limit: near.part(slice(None), limit_ms=limit),
            modules=modules,
            changes=changes,
            aims=aims,
        ),
    )


@functools.cache
def sichuan() -> Profile:
    return profile_of([load_standard("sichuan-2021-57")])


@pytest.fixture(scope="module")
def town() -> Town:
    return a_town()


@pytest.fixture(scope="module")
def solution(town: Town) -> Solution:
    return solved(town.problem)


def option(town: Town, candidate: int, service: str) -> int:
    o = town.problem.options
    return next(k for k in range(len(o)) if o.candidate[k] == candidate and o.service[k] == service)


def requirement(town: Town, clause_id: str, unit_id: str) -> Requirement:
    return next(
        r
        for r in town.problem.requirements
        if (r.finding.clause_id, r.finding.unit_id) == (clause_id, unit_id)
    )


def resized(town: Town, solution: Solution, changes: dict[int, int]) -> Solution:
    """Other sizes, with the cost that goes with them, so that only the sizes can be at fault."""
    size = solution.size.copy()
    for k, s in changes.items():
        size[k] = s
    cost = yuan(town.problem, size.tolist())
    return claiming(replace(solution, size=size), "yuan", found=cost, bound=0.0)


def test_the_town_is_posed_as_worked_out_by_hand(town: Town) -> None:
    short = {
        (r.finding.clause_id, r.finding.unit_id): r.need.short
        for r in town.problem.requirements
        if isinstance(r.need, Amount)
    }
    assert short == {
        (RATE, "County"): 6.0,
        (LAND, "County"): 195.0,
        (LAND, "North"): 75.0,
        (LAND, "South"): 120.0,
        (LAND_NEW, "new"): 99.0,
        (NEW, "new"): 10.0,
        (BUILT, "old"): 5.0,
    }
    circle = requirement(town, CIRCLE, "County")
    assert 144.5 <= circle.need.short <= 145.0
    assert len(town.problem.requirements) == 8
    assert town.problem.not_posed == ()


def test_a_requirement_counts_only_candidates_of_its_unit_that_can_add(town: Town) -> None:
    o = town.problem.options

    def able(clause_id: str, unit_id: str) -> set[tuple[int, str]]:
        need = requirement(town, clause_id, unit_id).need
        rows = need.option if isinstance(need, Covered) else need.adds[0].option
        return {(int(o.candidate[k]), o.service[k]) for k in rows}

    assert able(RATE, "County") == {(C1, "nursery"), (C3, "nursery"), (C4, "nursery")}
    assert able(LAND, "County") == {(C2, "elder_care"), (C3, "elder_care")}
    assert able(LAND, "South") == {(C2, "elder_care")}
    assert able(LAND_NEW, "new") == {(C3, "elder_care")}
    assert able(NEW, "new") == {(C3, "nursery")}
    assert able(BUILT, "old") == {(C1, "nursery")}
    assert able(CIRCLE, "County") == {(j, "elder_care") for j in (C2, C3, C4)}


def test_what_new_sites_cannot_be_known_to_be_stays_unmet_and_says_so() -> None:
    """Public homes first for those of 80: nobody knows who will run a site."""
    first = "SC-2021-57/2.4/priority-residents"
    town = a_town(groups={"elderly": 5, "aged_80": 50}, goals={first: Fraction(9, 10)})
    assert not requirement(town, first, "County").is_buildable
    assert len(town.problem.requirements) == 9
    (unmet,) = town.audited(solved(town.problem)).unmet
    assert unmet.clause_id == first
    assert "no kind of facility that may be built" in unmet.because_en


def test_a_kind_that_is_said_to_be_public_is_public() -> None:
    """The same with a kind of home that the study says will be public: 40 of 45 in the circle."""
    first = "SC-2021-57/2.4/priority-residents"
    public = replace(
        elder_care(100.0), functions=frozenset({"elder_institution"}), traits={"public": True}
    )
    town = a_town(
        groups={"elderly": 5, "aged_80": 50},
        goals={first: Fraction(9, 10)},
        modules=(*MODULES, public),
    )
    assert requirement(town, first, "County").is_buildable
    assert town.audited(solved(town.problem)).unmet == ()


def test_what_is_asked_of_parts_of_a_unit_is_asked_of_them_alone() -> None:
    """Guizhou's circle is one of towns: 260 of the 300 elderly of South, whatever North has."""
    circle = "GZ-2022-6/2.5/circle-quarter-hour"
    county, streets = town_area().levels
    streets = replace(streets, attributes={"zone": ("rural", "urban")})
    town = a_town(
        profile=profile_of([load_standard("guizhou-2022-6")]),
        area=replace(town_area(), levels=(county, streets)),
        goals={circle: Fraction(9, 10)},
    )
    asked = requirement(town, circle, "County")
    assert asked.finding.measured == Fraction(260, 300)
    assert asked.need.short == 270 - 0.5 - 260
    assert isinstance(asked.need, Covered) and asked.need.people.tolist() == [40.0]
    assert circle not in {unmet.clause_id for unmet in town.audited(solved(town.problem)).unmet}


def test_a_shortage_weighs_what_its_finding_says_in_people(town: Town) -> None:
    for r in town.problem.requirements:
        assert r.finding.people_short is not None
        assert r.weight * r.need.short == pytest.approx(r.finding.people_short, abs=1.0)


def test_end_to_end_the_least_plan_of_the_town(town: Town, solution: Solution) -> None:
    plan = town.audited(solution)
    assert plan.status is Status.OPTIMAL
    assert plan.objective_yuan == pytest.approx(450_000.0)
    assert plan.gap == pytest.approx(0.0, abs=1e-6)
    assert plan.people_short == pytest.approx(0.0, abs=1e-6)
    assert plan.unmet == ()
    built = {(s.candidate_id, s.service): (s.places, s.floor_m2, s.land_m2) for s in plan.sites}
    assert built == {
        ("C1", "nursery"): (10, 100.0, 0.0),
        ("C2", "elder_care"): (0, 120.0, 120.0),
        ("C3", "elder_care"): (0, 100.0, 100.0),
        ("C3", "nursery"): (10, 100.0, 100.0),
    }
    assert sum(s.cost_yuan for s in plan.sites) == pytest.approx(450_000.0)
    after = plan.situation.facilities
    new = slice(len(town.situation.facilities), None)
    assert after.elder_floor_m2[new].tolist() == [0.0, 120.0, 100.0, 0.0]
    assert after.beds[new].tolist() == after.nursing_beds[new].tolist() == [0.0] * 4
    assert np.isnan(after.far[new]).all() and set(after.operator[new]) == set(after.hub[new]) == {
        ""
    }
    assert after.opened_year[new].tolist() == after.grade[new].tolist() == [-1] * 4
    assert after.is_open[new].all() and not after.is_preparing[new].any()
    assert [s.opening_yuan for s in plan.sites if s.candidate_id == "C3"] == [10_000.0, 0.0]


def test_after_the_plan_every_requirement_is_met_with_the_figures_by_hand(
    town: Town, solution: Solution
) -> None:
    plan = town.audited(solution)
    measured = {(f.clause_id, f.unit_id): f.measured for f in plan.findings}
    assert measured[RATE, "County"] == 25
    assert measured[LAND, "County"] == 250
    assert measured[LAND, "North"] == 100
    assert measured[LAND, "South"] == 150
    assert measured[LAND_NEW, "new"] == 100
    assert measured[NEW, "new"] == measured[BUILT, "old"] == 10
    assert measured[CIRCLE, "County"] == Fraction(450, 450)
    bound = [f for f in plan.findings if f.role == "requirement"]
    assert [f.verdict for f in bound].count("met") == 8
    # Nobody says of the county whether it is agricultural, or what the lottery gave.
    assert {f.key for f in bound if f.verdict != "met"} == {
        "rural_three_tier", "lottery_55",
    }  # fmt: skip
    assert len(plan.situation.facilities) == 2 + 4


def test_every_site_says_what_it_is_for(town: Town, solution: Solution) -> None:
    reasons = {
        (s.candidate_id, s.service): (s.because_zh, s.because_en)
        for s in town.audited(solution).sites
    }
    assert all(zh and en for zh, en in reasons.values())
    assert "40 people newly within the limit" in reasons["C2", "elder_care"][1]
    assert "150 people newly within the limit" in reasons["C3", "elder_care"][1]
    assert "+100 m² in North" in reasons["C3", "elder_care"][1]
    assert "为old增10个托位" in reasons["C1", "nursery"][0]


def test_a_plan_does_not_change_the_town_it_is_for(town: Town, solution: Solution) -> None:
    before = len(town.situation.facilities)
    town.audited(solution)
    assert len(town.situation.facilities) == before
    assert evaluate(town.profile, town.situation, LEVELS) == town.findings


def test_the_audit_takes_an_honest_plan_that_is_not_the_best(
    town: Town, solution: Solution
) -> None:
    dearer = resized(town, solution, {option(town, C2, "elder_care"): 130})
    plan = town.audited(dearer)
    assert plan.objective_yuan == pytest.approx(460_000.0)
    assert plan.unmet == ()


# --- the audit catches what is not so ------------------------------------------------------------


def test_audit_catches_a_size_one_too_large_for_its_price(town: Town, solution: Solution) -> None:
    size = solution.size.copy()
    size[option(town, C2, "elder_care")] += 1
    with pytest.raises(AuditError, match="yuan"):
        town.audited(replace(solution, size=size))


@pytest.mark.parametrize(
    ("candidate", "service", "size"),
    [(C2, "elder_care", 119), (C3, "nursery", 0), (C2, "elder_care", 0), (C3, "elder_care", 0)],
)
def test_audit_catches_a_size_too_small_for_the_claim(
    town: Town, solution: Solution, candidate: int, service: str, size: int
) -> None:
    with pytest.raises(AuditError, match="people_left"):
        town.audited(resized(town, solution, {option(town, candidate, service): size}))


def test_audit_catches_a_size_above_the_largest(town: Town, solution: Solution) -> None:
    k = option(town, C2, "elder_care")
    largest = int(town.problem.options.max_size[k])
    with pytest.raises(AuditError, match="规模"):
        town.audited(resized(town, solution, {k: largest + 1}))


def test_audit_catches_a_size_below_the_smallest(town: Town, solution: Solution) -> None:
    """99 m² in C3 would do for every clause, but 100 m² is the smallest that is worth opening."""
    with pytest.raises(AuditError, match="规模"):
        town.audited(resized(town, solution, {option(town, C3, "elder_care"): 99}))


def test_audit_catches_a_floor_used_twice(town: Town, solution: Solution) -> None:
    """C1 has 400 m²: 10 places take 100, 301 m² of elder care is one too many, each alone fits."""
    k = option(town, C1, "elder_care")
    assert town.audited(resized(town, solution, {k: 300})).unmet == ()
    with pytest.raises(AuditError, match="规模"):
        town.audited(resized(town, solution, {k: 301}))


@pytest.mark.parametrize("claimed", [0.0, 449_990.0, 450_010.0, 900_000.0, math.nan, math.inf])
def test_audit_catches_a_wrong_cost(town: Town, solution: Solution, claimed: float) -> None:
    with pytest.raises(AuditError, match="yuan"):
        town.audited(claiming(solution, "yuan", found=claimed, bound=0.0))


def test_audit_catches_a_bound_above_what_was_found(town: Town, solution: Solution) -> None:
    """Taken as it is, or cut down to the cost, such a bound would certify a gap of 0."""
    for aim in ("people_left", "yuan"):
        with pytest.raises(AuditError):
            town.audited(claiming(solution, aim, bound=1_000_000.0))


@pytest.fixture(scope="module")
def poorer() -> Town:
    """The town where C2, the only plot in South, has 50 m² of land of the 120 that are missing."""
    return a_town(land=(0, 50, 300, 0))


@pytest.fixture(scope="module")
def poor_solution(poorer: Town) -> Solution:
    return solved(poorer.problem)


def test_what_cannot_be_met_is_listed_with_what_is_missing_and_why(
    poorer: Town, poor_solution: Solution
) -> None:
    plan = poorer.audited(poor_solution)
    assert plan.status is Status.OPTIMAL
    unmet = {(u.clause_id, u.unit_id): u for u in plan.unmet}
    assert set(unmet) == {(LAND, "South")}
    south = unmet[LAND, "South"]
    assert south.missing == pytest.approx(70.0)
    assert south.unit == "m2" and south.level == "street"
    assert south.because_zh == "全部候选点用足也只能增加50，需要120"
    assert south.because_en == "all candidates at their largest add 50, 120 needed"


def test_audit_catches_people_left_without_that_are_not_counted(
    poorer: Town, poor_solution: Solution
) -> None:
    """70 of the 120 m² that South lacks stay missing: that is 700 people, not none."""
    assert poorer.audited(poor_solution).people_short == pytest.approx(700.0)
    with pytest.raises(AuditError):
        poorer.audited(claiming(poor_solution, "people_left", found=0.0, bound=0.0))


def test_no_candidate_can_serve() -> None:
    """Only C1 is there: nothing for the new area, no land at all, nobody newly in the circle."""
    town = a_town(at=(450,))
    plan = town.audited(solved(town.problem))
    unmet = {(u.clause_id, u.unit_id): u for u in plan.unmet}
    assert set(unmet) == {
        (LAND, "County"), (LAND, "North"), (LAND, "South"), (LAND_NEW, "new"), (NEW, "new"),
        (CIRCLE, "County"),
    }  # fmt: skip
    missing = {key: u.missing for key, u in unmet.items()}
    assert missing[LAND, "County"] == pytest.approx(195.0)
    assert missing[NEW, "new"] == 10 and unmet[NEW, "new"].unit == "places"
    assert missing[CIRCLE, "County"] == 145 and unmet[CIRCLE, "County"].unit == "persons"
    assert unmet[NEW, "new"].because_zh == "new没有可设该服务的候选点"
    assert unmet[NEW, "new"].because_en == "no candidate of new can host it"
    assert unmet[LAND, "North"].because_zh == "North没有带独立用地的候选点"
    assert missing[LAND_NEW, "new"] == pytest.approx(99.0)
    assert unmet[LAND_NEW, "new"].because_zh == "new没有带独立用地的候选点"
    assert {s.candidate_id for s in plan.sites} == {"C1"}


def test_no_candidate_at_all() -> None:
    town = a_town(at=())
    assert len(town.problem.options) == 0
    plan = town.audited(solved(town.problem))
    assert plan.sites == () and plan.objective_yuan == 0.0
    assert len(plan.unmet) == 8
    assert {u.missing for u in plan.unmet} == {6, 195, 120, 75, 99, 10, 5, 145}


def test_coverage_that_falls_short_says_how_many_could_be_reached() -> None:
    """Only C4 (3500 m) may host elder care: its 100 elderly newly within, 145 needed."""
    town = a_town(services=(frozenset({"nursery"}),) * 3 + (BOTH,))
    plan = town.audited(solved(town.problem))
    circle = next(u for u in plan.unmet if u.clause_id == CIRCLE)
    assert circle.missing == 45 and circle.unit == "persons"
    assert "100" in circle.because_en


def test_floor_that_two_requirements_need_is_named_as_the_reason() -> None:
    """C3 with 150 m²: 10 places and 100 m² of elder care need 200; one has to stay away."""
    town = a_town(floor=(400, 500, 150, 400))
    plan = town.audited(solved(town.problem))
    at_c3 = [s.service for s in plan.sites if s.candidate_id == "C3"]
    assert len(at_c3) == 1
    assert {u.because_en for u in plan.unmet} == {
        "candidates' floor has to be shared between requirements"
    }


def test_a_plan_cut_short_does_not_blame_the_candidates(town: Town) -> None:
    """Nothing was opened because time ran out; every requirement alone could have been met."""
    left = sum(r.need.short * r.weight for r in town.problem.requirements)
    nothing = Solution(
        status=Status.STOPPED,
        size=np.zeros(len(town.problem.options), dtype=np.int64),
        stages=(
            Stage(aim="people_left", found=left, bound=0.0, status=Status.STOPPED, seconds=0.0),
            Stage(aim="yuan", found=0.0, bound=0.0, status=Status.STOPPED, seconds=0.0),
        ),
    )
    plan = town.audited(nothing)
    assert len(plan.unmet) == 8
    assert not any("shared between" in u.because_en for u in plan.unmet)


def test_a_town_where_all_is_met_needs_nothing() -> None:
    town = a_town(
        people={100: 400.0},
        home_land_m2=40.0,
        nursery_places=2.0,
        at=(450, 1800),
    )
    asked = [(r.finding.clause_id, r.finding.unit_id) for r in town.problem.requirements]
    assert asked == [(LAND_NEW, "new"), (NEW, "new")]
    without = replace(town, problem=replace(town.problem, requirements=()))
    nothing = solved(without.problem)
    plan = without.audited(nothing)
    assert plan.status is Status.NOTHING_TO_DO
    assert plan.sites == () and plan.unmet == () and plan.gap == 0.0
    assert plan.findings == town.findings


def test_sites_that_cost_nothing_pass_the_audit_and_give_a_reason() -> None:
    town = a_town(fixed=(0, 0, 0, 0), price=(0, 0, 0, 0))
    plan = town.audited(solved(town.problem))
    assert plan.objective_yuan == 0.0 and plan.gap == 0.0 and plan.unmet == ()
    assert all(site.because_zh and site.because_en for site in plan.sites)


def test_half_a_person_is_not_bought_twice() -> None:
    """Whole persons, half up: 89.5 of 99.5 elderly are 90 of 100, and 90 % is met without C2.

    The home serves 40 of them; C4 adds 49.5 and C2 10. Opening C4 is enough.
    """
    town = a_town(
        people={100: 200.0, 1500: 50.0, 3500: 247.5},
        home_land_m2=1000.0,
        nursery_places=100.0,
        services=(frozenset(),) + (frozenset({"elder_care"}),) * 3,
        land=(0, 0, 0, 0),
        at=(450, 1800, 450, 3500),
    )
    alone = next(
        r
        for r in town.problem.requirements
        if isinstance(r.need, Covered) and r.finding.level == "county"
    )
    coverage_only = replace(town, problem=replace(town.problem, requirements=(alone,)))
    plan = coverage_only.audited(solved(coverage_only.problem))
    assert next(f for f in plan.findings if f.clause_id == CIRCLE).verdict == "met"
    assert [site.candidate_id for site in plan.sites] == ["C4"]


@quick
@given(
    shape=st.tuples(
        st.tuples(*[st.sampled_from([0.0, 90.0, 150.0, 400.5]) for _ in range(4)]),
        st.tuples(*[st.sampled_from([0.0, 50.0, 133.3, 500.0]) for _ in range(4)]),
    ),
    price=st.tuples(*[st.sampled_from([0.0, 800.0, 1234.56]) for _ in range(4)]),
    goal=st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(1)]),
    scale=st.sampled_from([1.0, 1.37, 0.1]),
)
def test_whatever_the_town_the_plan_passes_its_audit(
    shape: tuple[tuple[float, ...], tuple[float, ...]],
    price: tuple[float, ...],
    goal: Fraction,
    scale: float,
) -> None:
    floor, land = (tuple(max(50.0, f) for f in shape[0]), shape[1])
    town = a_town(
        floor=floor,
        land=land,
        price=price,
        goal=goal,
        services=(BOTH,) * 4,
        people={at: count * scale for at, count in PEOPLE.items()},
    )
    solution = solved(town.problem)
    assert_says_what_it_did(town.problem, solution)
    plan = town.audited(solution)
    short = {(f.clause_id, f.unit_id) for f in plan.findings if f.verdict == "not_met"}
    bound = {(r.finding.clause_id, r.finding.unit_id) for r in town.problem.requirements}
    assert {(u.clause_id, u.unit_id) for u in plan.unmet} == short & bound
    assert plan.bound_yuan <= plan.objective_yuan


# --- how an option is sized ----------------------------------------------------------------------


def sizes_of(floor_m2: float, module: Module) -> tuple[int, int] | None:
    """Smallest and largest size of the one candidate of a town, None where it is too small."""
    problem = a_town(at=(450,), floor=(floor_m2,), modules=(module,)).problem
    o = problem.options
    return (int(o.min_size[0]), int(o.max_size[0])) if len(o) else None


def test_a_candidate_is_sized_in_whole_places_or_whole_square_metres() -> None:
    by_place = nursery(205.0, 10.0)
    assert sizes_of(429.0, by_place) == (21, 42)
    assert sizes_of(204.0, by_place) is None
    by_floor = elder_care(200.0)
    assert sizes_of(429.9, by_floor) == (200, 429)
    assert sizes_of(200.0, by_floor) == (200, 200)
    assert sizes_of(199.0, by_floor) is None
    assert sizes_of(50.0, elder_care(0.0)) == (1, 50)


@pytest.mark.parametrize(
    ("floor_m2", "m2_per_place", "places"), [(880.0, 8.8, 100), (264.0, 8.8, 30), (282.9, 12.3, 23)]
)
def test_the_last_place_is_not_lost_to_binary_fractions(
    floor_m2: float, m2_per_place: float, places: int
) -> None:
    """880 m² hold 100 places of 8.8 m², although 880 / 8.8 is 99.99999999999999 in floats."""
    module = nursery(0.0, m2_per_place)
    assert sizes_of(floor_m2, module) == (1, places)


@pytest.mark.parametrize(
    ("min_floor_m2", "m2_per_place", "places"), [(268.8, 9.6, 28), (336.0, 11.2, 30)]
)
def test_no_place_too_many_is_asked_for_by_binary_fractions(
    min_floor_m2: float, m2_per_place: float, places: int
) -> None:
    module = nursery(min_floor_m2, m2_per_place)
    found = sizes_of(min_floor_m2, module)
    assert found == (places, places)


def test_land_goes_with_the_floor_that_is_used(town: Town) -> None:
    o = town.problem.options
    assert o.land_per_unit[option(town, C2, "elder_care")] == pytest.approx(1.0)
    assert o.land_per_unit[option(town, C4, "elder_care")] == 0.0
