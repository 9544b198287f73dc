"""Linear and mixed-integer models straight into HiGHS as sparse arrays; only this file knows it.

Q. Huangfu, J. A. J. Hall, Parallelizing the dual revised simplex method, Mathematical Programming
Computation 10 (2018) 119–142.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from planning.errors import SolverError, fail
from planning.siting.stopping import NEVER, Sofar, Stop, Watch, relative_gap, seconds_allowed

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FREE = highspy.kHighsInf
"""No limit on this side of a column or row."""

_FEASIBLE = 1e-6
"""How far a row or column may pass its limit, per unit of the limit; HiGHS allows as much."""
_FOUND = 2
"""A primal solution that keeps all rows, in HiGHS's numbers."""
_ROW_WISE, _LEAST = int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize)


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    STOPPED = "stopped"
    INFEASIBLE = "infeasible"
    NOTHING_TO_DO = "nothing_to_do"
    PICKED = "picked"
    """Nothing was sought: somebody picked it by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Least ``cost · x`` with ``row_lower ≤ A x ≤ row_upper`` and ``lower ≤ x ≤ upper``.

    Columns have shape (n,), `whole` says which of them are integers; rows have shape (m,), row i of
    A is ``value[start[i]:start[i + 1]]`` at ``column[start[i]:start[i + 1]]``. ±`FREE` is no limit.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    whole: Flags
    start: Longs
    column: npt.NDArray[np.integer]
    value: Floats
    row_lower: Floats
    row_upper: Floats

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return len(self.cost)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    def rows(self, values: Floats) -> Floats:
        """A x, shape (m,)."""
        row = np.repeat(np.arange(self.n_rows), np.diff(self.start))
        sums: Floats = np.bincount(
            row, weights=self.value * values[self.column], minlength=self.n_rows
        ).astype(np.float64)
        return sums

    def with_at_most(self, row: Floats, upper: float) -> Model:
        """The model with one more row: ``row · x`` ≤ `upper`, its coefficients (n,)."""
        used = np.flatnonzero(row)
        return replace(
            self,
            start=np.append(self.start, self.start[-1] + len(used)),
            column=np.append(self.column, used),
            value=np.append(self.value, row[used]),
            row_lower=np.append(self.row_lower, -FREE),
            row_upper=np.append(self.row_upper, upper),
        )

    def allows(self, values: Floats) -> bool:
        """Whether values (n,) keep every limit, to 1e-6 of it, and whole columns are whole."""
        return (
            _between(values, self.lower, self.upper)
            and _between(self.rows(values), self.row_lower, self.row_upper)
            and bool(np.all(np.abs(values - np.rint(values))[self.whole] <= _FEASIBLE))
        )


def _between(values: Floats, lower: Floats, upper: Floats) -> bool:
    low = np.where(np.isfinite(lower), lower - _FEASIBLE * np.maximum(1, np.abs(lower)), lower)
    high = np.where(np.isfinite(upper), upper + _FEASIBLE * np.maximum(1, np.abs(upper)), upper)
    return bool(np.all((low <= values) & (values <= high)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What a solve gives: `values` (n,), their `objective`, and a `bound` that none goes below.

    Without a solution values and objective are NaN; without a bound it is −inf.
    """

    status: Status
    values: Floats
    objective: float
    bound: float
    seconds: float
    nodes: int

    @property
    def found(self) -> bool:
        """Whether there is a solution."""
        return not np.isnan(self.objective)

    @property
    def gap(self) -> float:
        """|objective − bound| / |objective|."""
        return relative_gap(self.objective, self.bound)


def minimise(
    model: Model,
    *,
    stop: Stop = NEVER,
    seed: int = 0,
    threads: int = 1,
    start: Floats | None = None,
    relative_gap: float = 0.0,
    absolute_gap: float = 1e-6,
    watch: Watch | None = None,
) -> Solved:
    """The least-cost values of a model, proven to the gaps, or the best found when `stop` says so.

    `start` (n,) is a solution to begin with; nothing worse is given back. One thread and one seed
    give one answer unless a clock stops it. HiGHS asks `stop` some times a second, less often in
    its first steps, and looks at the seconds of `stop` by itself.

    Raises ValueError where `start` breaks the model; SolverError where the model is unbounded or
    HiGHS ends in a way it should not.
    """
    began = time.perf_counter()
    if start is not None and not model.allows(start):
        raise ValueError("found a start that breaks the model, expected a solution of it")
    if not model.n_columns or not model.n_rows or np.any(model.lower > model.upper):
        return _by_limits(model, began)
    solver = _loaded(model, seed=seed, threads=threads)
    solver.setOptionValue("mip_rel_gap", float(relative_gap))
    solver.setOptionValue("mip_abs_gap", float(absolute_gap))
    solver.setOptionValue("time_limit", float(seconds_allowed(stop)))
    if start is not None:
        columns = np.arange(model.n_columns, dtype=np.int32)
        solver.setSolution(model.n_columns, columns, np.ascontiguousarray(start, dtype=np.float64))
    first = np.inf if start is None else float(model.cost @ start)
    best = Sofar(0.0, first, -np.inf)
    if stop(best) and seconds_allowed(stop) <= 0:
        return _solved(model, Status.STOPPED, start, -np.inf, began, 0)
    asking = _Asking(stop, watch, first)
    asking.listen(solver)
    ended = asking.run(solver)
    if ended == Status.INFEASIBLE:
        return _solved(model, ended, None, np.inf, began, 0)
    info = solver.getInfo()
    values = _values(model, solver) if info.primal_solution_status == _FOUND else None
    bound = float(info.mip_dual_bound)
    if not model.whole.any():
        bound = float(info.objective_function_value) if ended == Status.OPTIMAL else -np.inf
    if start is not None and (values is None or model.cost @ values > first):
        values = start
    return _solved(model, ended, values, bound, began, max(0, int(info.mip_node_count)))


class Relaxation:
    """A linear model that stays in memory, each solve beginning where the last one ended.

    For cutting planes (J. E. Kelley, 1960) and for fixing columns by their reduced costs. Whether
    columns of the model are whole is left aside.
    """

    def __init__(self, model: Model, *, seed: int = 0, threads: int = 1) -> None:
        self._solver = _loaded(model, seed=seed, threads=threads, relaxed=True)
        self._cost = model.cost

    def solve(self, *, stop: Stop = NEVER) -> Relaxed:
        """The least cost and its prices; STOPPED, without either, where `stop` came first.

        Raises SolverError where the model is unbounded.
        """
        began = time.perf_counter()
        asking = _Asking(stop, None, np.inf)
        for event in (self._solver.cbSimplexInterrupt, self._solver.cbIpmInterrupt):
            event.clear()
        asking.listen(self._solver)
        status = asking.run(self._solver)
        found = status == Status.OPTIMAL
        solution = self._solver.getSolution()
        nan = np.full(len(self._cost), np.nan)
        return Relaxed(
            status=status,
            values=np.array(solution.col_value, dtype=np.float64) if found else nan,
            objective=float(self._solver.getInfo().objective_function_value) if found else np.nan,
            row_dual=np.array(solution.row_dual if found else [], dtype=np.float64),
            reduced_cost=np.array(solution.col_dual, dtype=np.float64) if found else nan,
            seconds=time.perf_counter() - began,
        )

    def add_rows(
        self, *, start: Longs, column: Longs, value: Floats, lower: Floats, upper: Floats
    ) -> None:
        """More rows, as in `Model`; their numbers follow on."""
        _must(
            self._solver.addRows(
                len(lower), lower, upper, len(column), start[:-1].astype(np.int32),
                column.astype(np.int32), value,
            )
        )  # fmt: skip

    def drop_rows(self, rows: Longs) -> None:
        """Rows away, by number; those behind them move up."""
        _must(self._solver.deleteRows(len(rows), np.sort(rows).astype(np.int32)))

    def fix(self, columns: Longs, lower: Floats, upper: Floats) -> None:
        """Other limits for some columns."""
        _must(self._solver.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper))


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """What a relaxation gives: values and reduced costs (n,), duals of rows (m,).

    At the optimum ``reduced_cost == cost − Aᵀ row_dual``: what the objective rises per unit of a
    column, or of a row's limit. NaN, and no duals, where it was stopped or is infeasible.
    """

    status: Status
    values: Floats
    objective: float
    row_dual: Floats
    reduced_cost: Floats
    seconds: float


class _Asking:
    """HiGHS's callbacks, passed on to a stop and a watch; their errors come out of `run`."""

    def __init__(self, stop: Stop, watch: Watch | None, first: float) -> None:
        self._stop, self._watch, self._first = stop, watch, first
        self._began = time.perf_counter()
        self._error: BaseException | None = None

    def listen(self, solver: Any) -> None:
        solver.cbMipInterrupt.subscribe(self._in_tree)
        solver.cbSimplexInterrupt.subscribe(self._in_lp)
        solver.cbIpmInterrupt.subscribe(self._in_lp)

    def run(self, solver: Any) -> Status:
        solver.run()
        if self._error is not None:
            raise self._error
        return _status(solver)

    def _in_tree(self, event: Any) -> None:
        out = event.data_out
        self._ask(event, min(float(out.mip_primal_bound), self._first), float(out.mip_dual_bound))

    def _in_lp(self, event: Any) -> None:
        self._ask(event, self._first, -np.inf)

    def _ask(self, event: Any, objective: float, bound: float) -> None:
        # An error must not fly through HiGHS's own frames.
        try:
            sofar = Sofar(time.perf_counter() - self._began, objective, bound)
            if self._watch is not None:
                self._watch(sofar)
            if self._stop(sofar):
                event.interrupt()
        except BaseException as error:
            self._error = error
            event.interrupt()


_ENDS = {
    "kOptimal": Status.OPTIMAL,
    "kInfeasible": Status.INFEASIBLE,
    "kTimeLimit": Status.STOPPED,
    "kInterrupt": Status.STOPPED,
}


def _status(solver: Any) -> Status:
    ended = solver.getModelStatus().name
    if ended not in _ENDS:
        raise fail(
            SolverError,
            "HiGHS",
            found=(f"求解器状态 {ended}", f"solver status {ended}"),
            expected=("、".join(_ENDS), " or ".join(_ENDS)),
            to_do=(
                "检查模型有无不设上限而费用为负的列",
                "look for a column of negative cost without a limit",
            ),
        )
    return _ENDS[ended]


def _loaded(model: Model, *, seed: int, threads: int, relaxed: bool = False) -> Any:
    """A silent solver with the model in it."""
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", threads)
    solver.setOptionValue("random_seed", seed)
    whole = np.zeros(model.n_columns) if relaxed else model.whole
    _must(
        solver.passModel(
            model.n_columns, model.n_rows, len(model.column), _ROW_WISE, _LEAST, 0.0,
            model.cost, model.lower, model.upper, model.row_lower, model.row_upper,
            model.start[:-1].astype(np.int32), model.column.astype(np.int32), model.value,
            whole.astype(np.int32),
        )
    )  # fmt: skip
    return solver


def _must(status: Any) -> None:
    if status == highspy.HighsStatus.kError:
        raise fail(
            SolverError,
            "HiGHS",
            found=("拒收的数组", "arrays it refuses"),
            expected=("有限的系数、存在的列", "finite coefficients in columns that exist"),
            to_do=("检查模型", "check the model"),
        )


def _by_limits(model: Model, began: float) -> Solved:
    """A model that its limits alone decide: no column, no row, or limits that cross."""
    nothing = np.zeros(model.n_rows)
    if np.any(model.lower > model.upper) or not (
        model.n_columns or _between(nothing, model.row_lower, model.row_upper)
    ):
        return _solved(model, Status.INFEASIBLE, None, np.inf, began, 0)
    lower = np.where(model.whole, np.ceil(model.lower - _FEASIBLE), model.lower)
    upper = np.where(model.whole, np.floor(model.upper + _FEASIBLE), model.upper)
    free = np.clip(0.0, lower, upper)
    values = np.where(model.cost > 0, lower, np.where(model.cost < 0, upper, free))
    if np.any(lower > upper):
        return _solved(model, Status.INFEASIBLE, None, np.inf, began, 0)
    if not np.all(np.isfinite(values)):
        raise fail(
            SolverError,
            "HiGHS",
            found=("费用可以无限下降", "a cost that falls without end"),
            expected=("有下限的模型", "a bounded model"),
            to_do=("给费用为负的列设上限", "limit the columns of negative cost"),
        )
    status = Status.OPTIMAL if model.n_columns else Status.NOTHING_TO_DO
    return _solved(model, status, values, float(model.cost @ values), began, 0)


def _values(model: Model, solver: Any) -> Floats:
    values = np.array(solver.getSolution().col_value, dtype=np.float64)
    return np.where(model.whole, np.rint(values), values)


def _solved(
    model: Model, status: Status, values: Floats | None, bound: float, began: float, nodes: int
) -> Solved:
    objective = np.nan if values is None else float(model.cost @ values)
    return Solved(
        status=status,
        values=np.full(model.n_columns, np.nan) if values is None else values,
        objective=objective,
        bound=bound if values is None else min(bound, objective),
        seconds=time.perf_counter() - began,
        nodes=nodes,
    )
