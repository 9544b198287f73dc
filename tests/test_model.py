"""The model of the clauses, with fixed sizes, shared floors, losses and whole units: every plan."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_siting import a_finding, premises

from planning.siting import Module, Requirement, SitingProblem, solve
from planning.siting.conflicts import conflicts
from planning.siting.highs import Relaxation
from planning.siting.model import model_of
from planning.siting.need import Adds, Amount, Covered, Units
from planning.siting.objectives import cost_of
from planning.siting.options import Options
from planning.siting.stopping import NEVER

thorough = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow],
)

KINDS = ("home", "day", "nursery")


@st.composite
def problems(draw: st.DrawFn) -> SitingProblem:
    """Up to 3 candidates, of each up to 3 kinds, each in fixed sizes or in a range of them."""
    n = draw(st.integers(1, 3))
    rows: list[tuple[int, int, int, int, int, float]] = []
    slots = 0
    for j in range(n):
        for m in range(len(KINDS)):
            unit_m2 = draw(st.sampled_from([1.0, 2.0]))
            if draw(st.booleans()):
                sizes = draw(st.sets(st.integers(1, 5), max_size=2))
                rows += [(j, m, slots, size, size, unit_m2) for size in sorted(sizes)]
            else:
                least = draw(st.integers(1, 3))
                rows.append((j, m, slots, least, least + draw(st.integers(0, 2)), unit_m2))
            slots += 1
    options = Options(
        modules=tuple(Module(name=k, service=k, functions=frozenset({k})) for k in KINDS),
        candidate=np.array([row[0] for row in rows], dtype=np.int32),
        module=np.array([row[1] for row in rows], dtype=np.int32),
        slot=np.array([row[2] for row in rows], dtype=np.int32),
        min_size=np.array([row[3] for row in rows], dtype=np.int64),
        max_size=np.array([row[4] for row in rows], dtype=np.int64),
        floor_per_unit=np.array([row[5] for row in rows], dtype=np.float64),
        land_per_unit=np.zeros(len(rows)),
        yuan_per_unit=np.array([float(draw(st.integers(0, 3))) for _ in rows]),
    )
    floors = [float(draw(st.integers(1, 9))) for _ in range(n)]
    fixed = [float(draw(st.integers(0, 5))) for _ in range(n)]
    k = len(rows)

    def adds(least: int) -> Adds:
        some = sorted(draw(st.sets(st.integers(0, k - 1)))) if k else []
        return Adds(
            option=np.array(some, dtype=np.int64),
            from_size=np.array([draw(st.integers(1, 5)) for _ in some], dtype=np.int64),
            per_open=np.array([float(draw(st.integers(least, 3))) for _ in some]),
            per_unit=np.array([float(draw(st.integers(0, 2))) for _ in some]),
        )

    def amount(least_short: int) -> Amount:
        parts = [adds(draw(st.sampled_from([0, 0, -3]))) for _ in range(draw(st.integers(1, 2)))]
        return Amount(short=float(draw(st.integers(least_short, 8))), adds=tuple(parts))

    def need() -> Amount | Units | Covered:
        kind = draw(st.sampled_from(["amount", "units", "covered"]))
        if kind == "units":
            each = tuple(
                tuple(amount(-2) for _ in range(draw(st.integers(1, 2))))
                for _ in range(draw(st.integers(1, 3)))
            )
            return Units(short=float(draw(st.integers(1, 3))), each=each)
        if kind == "covered" and k:
            sets = [sorted(draw(st.sets(st.integers(0, k - 1), min_size=1))) for _ in range(3)]
            return Covered(
                short=float(draw(st.integers(1, 9))),
                start=np.cumsum([0, *map(len, sets)]).astype(np.int64),
                option=np.array([row for own in sets for row in own], dtype=np.int64),
                people=np.array([float(draw(st.integers(1, 5))) for _ in sets]),
                from_size=np.array([draw(st.integers(1, 4)) for _ in rows], dtype=np.int64),
            )
        return amount(1)

    asked = tuple(
        Requirement(
            finding=a_finding(), service="nursery", weight=float(draw(st.integers(1, 4))),
            need=need(),
        )
        for _ in range(draw(st.integers(1, 3)))
    )  # fmt: skip
    return SitingProblem(candidates=premises(floors, fixed), options=options, requirements=asked)


def plans(problem: SitingProblem) -> Iterator[np.ndarray]:
    """Every combination of sizes that the rules allow."""
    o = problem.options
    by_candidate = []
    for j, floor in enumerate(problem.candidates.floor_m2.tolist()):
        slots = [np.flatnonzero(o.slot == slot) for slot in np.unique(o.slot[o.candidate == j])]
        choices: list[list[tuple[int, int]]] = [
            [(-1, 0), *((k, s) for k in own for s in range(o.min_size[k], o.max_size[k] + 1))]
            for own in slots
        ]
        by_candidate.append(
            [
                chosen
                for chosen in itertools.product(*choices)
                if sum(o.floor_per_unit[k] * size for k, size in chosen if size) <= floor
            ]
        )
    for every in itertools.product(*by_candidate):
        size = np.zeros(len(o), dtype=np.int64)
        for k, of in itertools.chain(*every):
            if of:
                size[k] = of
        yield size


def left(problem: SitingProblem, size: np.ndarray) -> float:
    return sum(one.weight * one.need.missing(size) for one in problem.requirements)


def yuan(problem: SitingProblem, size: np.ndarray) -> float:
    opened = np.unique(problem.options.candidate[size > 0])
    fixed = float(problem.candidates.fixed_yuan[opened].sum())
    return fixed + float(problem.options.yuan_per_unit @ size)


@thorough
@given(problem=problems())
def test_of_every_plan_the_best_is_found(problem: SitingProblem) -> None:
    each = [(left(problem, size), yuan(problem, size)) for size in plans(problem)]
    fewest = min(people for people, _ in each)
    least = min(cost for people, cost in each if people <= fewest + 1e-6)
    found = solve(problem, stop=lambda: NEVER)
    first, second = found.stage("people_left"), found.stage("yuan")
    assert first is not None and second is not None
    assert (first.found, second.found) == pytest.approx((fewest, least), abs=1e-5)
    assert (first.bound, second.bound) == pytest.approx((fewest, least), abs=1e-5)


@thorough
@given(problem=problems())
def test_the_model_allows_every_plan_and_counts_it_as_it_is(problem: SitingProblem) -> None:
    model = model_of(problem)
    for size in itertools.islice(plans(problem), 200):
        values = model.completed(size)
        assert model.model.allows(values)
        assert cost_of("people_left", model) @ values == pytest.approx(left(problem, size))


# --- floors that do not fit together -------------------------------------------------------------


@thorough
@given(problem=problems())
def test_of_options_in_conflict_no_two_fit(problem: SitingProblem) -> None:
    o = problem.options
    sets = [set(one.tolist()) for one in conflicts(o, problem.candidates.floor_m2)]
    least_m2 = o.floor_per_unit * o.min_size

    def fit(a: int, b: int) -> bool:
        floor = problem.candidates.floor_m2[o.candidate[a]]
        return bool(o.slot[a] != o.slot[b] and least_m2[a] + least_m2[b] <= floor)

    for one in sets:
        assert len({int(o.candidate[k]) for k in one}) == 1 < len({int(o.slot[k]) for k in one})
        assert not any(fit(a, b) for a, b in itertools.combinations(sorted(one), 2))
    # Every two that do not fit are in one of the sets.
    for a, b in itertools.combinations(range(len(o)), 2):
        of_one = o.candidate[a] == o.candidate[b] and o.slot[a] != o.slot[b]
        if of_one and not fit(a, b):
            assert any({a, b} <= one for one in sets)


def one_room(floors: Sequence[float]) -> SitingProblem:
    """A room of 10 m² in which each of several kinds would do, each in one size."""
    n = len(floors)
    options = Options(
        modules=tuple(
            Module(name=f"kind{m}", service="nursery", functions=frozenset({f"kind{m}"}))
            for m in range(n)
        ),
        candidate=np.zeros(n, dtype=np.int32),
        module=np.arange(n, dtype=np.int32),
        slot=np.arange(n, dtype=np.int32),
        min_size=np.ones(n, dtype=np.int64),
        max_size=np.ones(n, dtype=np.int64),
        floor_per_unit=np.array(floors),
        land_per_unit=np.zeros(n),
        yuan_per_unit=np.zeros(n),
    )
    asked = tuple(
        Requirement(
            finding=a_finding(), service="nursery", weight=1.0,
            need=Amount(short=1.0, adds=(Adds(
                option=np.array([k]), from_size=np.array([1]), per_open=np.array([1.0]),
                per_unit=np.array([0.0]),
            ),)),
        )
        for k in range(n)
    )  # fmt: skip
    return SitingProblem(candidates=premises([10.0], [0.0]), options=options, requirements=asked)


@pytest.mark.parametrize(
    ("floors", "left_out"),
    [([6.0, 6.0, 6.0], 2.0), ([9.0, 2.0, 2.0], 1.0), ([6.0, 5.0, 5.0], 1.0), ([5.0, 5.0], 0.0)],
)
def test_the_linear_bound_knows_that_halves_of_rooms_are_none(
    floors: list[float], left_out: float
) -> None:
    problem = one_room(floors)
    model = model_of(problem)
    relaxed = Relaxation(replace(model.model, cost=cost_of("people_left", model))).solve()
    assert relaxed.objective == pytest.approx(left_out)


def test_a_unit_that_can_never_have_enough_is_not_had_in_part() -> None:
    problem = one_room([6.0])
    (one,) = problem.requirements
    assert isinstance(one.need, Amount)
    # Three are short, and there is room for one: a third of the unit is none of it.
    need = Units(short=1.0, each=((replace(one.need, short=3.0),),))
    problem = replace(problem, requirements=(replace(one, need=need),))
    model = model_of(problem)
    relaxed = Relaxation(replace(model.model, cost=cost_of("people_left", model))).solve()
    assert relaxed.objective == pytest.approx(1.0)
