"""HiGHS by arrays against every point of a small box, SciPy's own solvers, and the clock."""

from __future__ import annotations

import itertools
import math
import os
import signal
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from planning.errors import SolverError
from planning.siting.highs import FREE, Model, Relaxation, Status, minimise
from planning.siting.stopping import Gap, Interrupted, Seconds, Sofar, first_of


def model_of(
    cost: list[float],
    table: list[list[float]],
    *,
    at_least: list[float],
    at_most: float = FREE,
    upper: float = 3.0,
    whole: bool = True,
) -> Model:
    dense = np.array(table, dtype=float).reshape(len(table), len(cost))
    row, column = np.nonzero(dense)
    counts = np.bincount(row, minlength=len(dense))
    return Model(
        cost=np.array(cost, dtype=float),
        lower=np.zeros(len(cost)),
        upper=np.full(len(cost), upper),
        whole=np.full(len(cost), whole),
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        column=column,
        value=dense[row, column],
        row_lower=np.array(at_least, dtype=float),
        row_upper=np.full(len(at_least), at_most),
    )


@st.composite
def models(draw: st.DrawFn, *, whole: bool = True) -> Model:
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    number = st.integers(-3, 5).map(float)
    return model_of(
        draw(st.lists(number, min_size=n, max_size=n)),
        draw(st.lists(st.lists(number, min_size=n, max_size=n), min_size=m, max_size=m)),
        at_least=draw(st.lists(st.integers(-4, 8).map(float), min_size=m, max_size=m)),
        at_most=draw(st.sampled_from([FREE, 9.0])),
        whole=whole,
    )


def knapsack(n: int = 120, m: int = 60) -> Model:
    """A cover that no tree ends in a second."""
    rng = np.random.default_rng(7)
    table = (rng.random((m, n)) < 0.2) * rng.integers(1, 30, (m, n))
    cost = rng.integers(20, 40, n).astype(float)
    return model_of(cost.tolist(), table.tolist(), at_least=[97.0] * m, upper=1.0)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(model=models(), seed=st.integers(0, 3))
def test_whole_values_are_the_best_of_the_whole_box(model: Model, seed: int) -> None:
    every = [np.array(p, dtype=float) for p in itertools.product(range(4), repeat=len(model.cost))]
    allowed = [float(model.cost @ point) for point in every if model.allows(point)]
    found = minimise(model, seed=seed)
    if not allowed:
        assert found.status == Status.INFEASIBLE
        assert math.isnan(found.objective) and not found.found
        return
    assert found.status == Status.OPTIMAL
    assert found.objective == pytest.approx(min(allowed))
    assert model.allows(found.values)
    assert found.bound <= found.objective
    again = minimise(model, seed=seed)
    np.testing.assert_array_equal(again.values, found.values)


def by_scipy(model: Model) -> tuple[float, np.ndarray] | None:
    """The linear optimum, rows above and below apart."""
    dense = np.zeros((model.n_rows, model.n_columns))
    np.add.at(
        dense,
        (np.repeat(np.arange(model.n_rows), np.diff(model.start)), model.column),
        model.value,
    )
    above, below = np.isfinite(model.row_upper), np.isfinite(model.row_lower)
    found = linprog(
        model.cost,
        A_ub=np.vstack([dense[above], -dense[below]]),
        b_ub=np.concatenate([model.row_upper[above], -model.row_lower[below]]),
        bounds=np.column_stack([model.lower, model.upper]),
        method="highs-ds",
    )
    return (float(found.fun), dense) if found.status == 0 else None


@settings(max_examples=150, deadline=None, derandomize=True)
@given(model=models(whole=False), more=models(whole=False), fixed=st.integers(0, 3))
def test_a_relaxation_that_grows_stays_equal_to_scipy(
    model: Model, more: Model, fixed: int
) -> None:
    linear = Relaxation(model)
    for step in ("first", "rows", "fixed", "dropped"):
        expected, found = by_scipy(model), linear.solve()
        if expected is None:
            assert found.status == Status.INFEASIBLE
        else:
            assert found.status == Status.OPTIMAL
            assert found.objective == pytest.approx(expected[0], abs=1e-6)
            priced = model.cost - expected[1].T @ found.row_dual
            np.testing.assert_allclose(found.reduced_cost, priced, atol=1e-7)
            # Duality: the prices alone give the objective, so they are prices.
            at_low, at_high = found.reduced_cost > 1e-9, found.reduced_cost < -1e-9
            np.testing.assert_allclose(found.values[at_low], model.lower[at_low], atol=1e-7)
            np.testing.assert_allclose(found.values[at_high], model.upper[at_high], atol=1e-7)
        if step == "first":
            keep = more.column < model.n_columns
            row = np.repeat(np.arange(more.n_rows), np.diff(more.start))[keep]
            start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=more.n_rows))])
            column, value = more.column[keep], more.value[keep]
            linear.add_rows(
                start=start, column=column, value=value, lower=more.row_lower, upper=more.row_upper
            )
            before, model = (
                model,
                replace(
                    model,
                    start=np.concatenate([model.start, model.start[-1] + start[1:]]),
                    column=np.concatenate([model.column, column]),
                    value=np.concatenate([model.value, value]),
                    row_lower=np.concatenate([model.row_lower, more.row_lower]),
                    row_upper=np.concatenate([model.row_upper, more.row_upper]),
                ),
            )
        elif step == "rows":
            column = np.array([fixed % model.n_columns])
            linear.fix(column, np.array([1.0]), np.array([1.0]))
            lower, upper = model.lower.copy(), model.upper.copy()
            lower[column] = upper[column] = 1.0
            model = replace(model, lower=lower, upper=upper)
        elif step == "fixed":
            linear.drop_rows(np.arange(before.n_rows, model.n_rows))
            model = replace(before, lower=model.lower, upper=model.upper)


def test_no_time_gives_the_start_or_says_that_there_is_nothing() -> None:
    model = knapsack()
    everything = np.ones(model.n_columns)
    given_back = minimise(model, stop=Seconds(0), start=everything)
    assert given_back.status == Status.STOPPED
    np.testing.assert_array_equal(given_back.values, everything)
    nothing = minimise(model, stop=Seconds(0))
    assert nothing.status == Status.STOPPED and not nothing.found
    assert np.isnan(nothing.values).all() and nothing.bound == -math.inf and nothing.gap == math.inf


def test_a_solve_cut_short_has_an_incumbent_no_worse_than_its_start_and_a_bound() -> None:
    model = knapsack()
    start = np.ones(model.n_columns)
    found = minimise(model, stop=Seconds(0.5), start=start)
    assert found.status == Status.STOPPED
    assert model.allows(found.values)
    assert -math.inf < found.bound < found.objective <= model.cost.sum()


def test_a_stop_is_asked_with_what_is_known_and_ends_the_search() -> None:
    heard: list[Sofar] = []
    found = minimise(knapsack(), stop=first_of(Gap(0.5), Seconds(60)), watch=heard.append, seed=3)
    assert found.gap <= 0.5
    assert heard and all(sofar.seconds >= 0 for sofar in heard)
    assert all(sofar.bound <= sofar.objective for sofar in heard)


@pytest.fixture
def in_the_foreground() -> Iterator[None]:
    """Ctrl-C as a terminal has it, wherever the tests run: in the background it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("in_the_foreground")
def test_ctrl_c_keeps_what_is_found_and_gives_the_handler_back() -> None:
    model, before = knapsack(), signal.getsignal(signal.SIGINT)
    start = np.ones(model.n_columns)

    def press(sofar: Sofar) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    pressed = iter([press])

    def once(sofar: Sofar) -> None:
        for action in pressed:
            action(sofar)

    with Interrupted() as stop:
        found = minimise(model, stop=stop, start=start, watch=once)
    assert signal.getsignal(signal.SIGINT) is before
    assert found.status == Status.STOPPED and model.allows(found.values)


@pytest.mark.usefixtures("in_the_foreground")
def test_the_second_ctrl_c_is_pythons_own() -> None:
    def press(sofar: Sofar) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt), Interrupted() as stop:
        minimise(knapsack(), stop=lambda sofar: stop(sofar) and False, watch=press)


def test_a_job_in_the_background_goes_on_ignoring_ctrl_c() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupted() as stop:
            os.kill(os.getpid(), signal.SIGINT)
            assert not stop(Sofar(0.0, math.inf, -math.inf))
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_error_of_a_watch_comes_out() -> None:
    def broken(sofar: Sofar) -> None:
        raise ZeroDivisionError("watch")

    with pytest.raises(ZeroDivisionError, match="watch"):
        minimise(knapsack(), watch=broken)


def test_nothing_to_choose() -> None:
    empty = model_of([], [], at_least=[])
    assert minimise(empty).status == Status.NOTHING_TO_DO
    assert minimise(empty).objective == 0.0
    assert minimise(model_of([], [[]], at_least=[1.0])).status == Status.INFEASIBLE
    rowless = model_of([1.0, -1.0, 0.0], [], at_least=[])
    np.testing.assert_array_equal(minimise(rowless).values, [0.0, 3.0, 0.0])


def test_an_unbounded_model_is_an_error_and_a_start_must_fit() -> None:
    unbounded = model_of([-1.0], [[1.0]], at_least=[0.0], upper=FREE, whole=False)
    with pytest.raises(SolverError, match=r"HiGHS.*没有上限|HiGHS"):
        minimise(unbounded)
    with pytest.raises(SolverError):
        minimise(model_of([-1.0], [], at_least=[], upper=FREE))
    with pytest.raises(ValueError, match="start"):
        minimise(model_of([1.0], [[1.0]], at_least=[1.0]), start=np.zeros(1))


def test_a_relaxation_can_be_stopped() -> None:
    found = Relaxation(knapsack(400, 300)).solve(stop=Seconds(0))
    assert found.status in (Status.STOPPED, Status.OPTIMAL)
    stopped = Relaxation(knapsack(400, 300)).solve(stop=Gap(math.inf))
    assert stopped.status == Status.STOPPED and math.isnan(stopped.objective)
