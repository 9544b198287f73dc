"""The mixed-integer model, straight into HiGHS as sparse arrays; only this file knows the solver.

Lexicographic: first the fewest people left without (every requirement is elastic, so an answer
always comes), then the least cost among the plans that leave no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from planning.errors import SolverError, fail
from planning.siting.problem import Requirement, SitingProblem

Floats = npt.NDArray[np.float64]
_FREE = highspy.kHighsInf
_TICK_S = 0.2


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    NOTHING_TO_DO = "nothing_to_do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What the solver claims; nobody believes it before the audit.

    `size` by option (0 = not opened); `shortage` by requirement, in its own unit; `objective` and
    `bound` are yuan, `people_short` and its bound persons (summed over requirements).
    """

    status: Status
    size: npt.NDArray[np.int64]
    shortage: Floats
    objective: float
    bound: float
    people_short: float
    people_short_bound: float


@dataclass(slots=True)
class _Rows:
    """Sparse rows as they are written down: lower ≤ Σ value · column ≤ upper."""

    start: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(
        self,
        columns: list[int],
        values: list[float],
        *,
        at_least: float = -_FREE,
        at_most: float = _FREE,
    ) -> None:
        self.index += columns
        self.value += values
        self.start.append(len(self.index))
        self.lower.append(at_least)
        self.upper.append(at_most)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Where each family of variables begins."""

    candidate: int
    opened: int
    size: int
    covered: int
    short: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Effort:
    """How long a solve may take [s], from which seed, and who is told of the seconds spent."""

    time_limit_s: float
    seed: int
    tick: Callable[[float], None]


def _unheard(seconds: float) -> None:
    """Nobody waits for the clock."""
    del seconds


def solve(
    problem: SitingProblem,
    *,
    time_limit_s: float,
    relative_gap: float,
    seed: int,
    tick: Callable[[float], None] = _unheard,
) -> Solution:
    """Solve both objectives in order, each within `time_limit_s` [s].

    One thread, so that the same seed gives the same plan. A solve cut short gives what it found,
    with its bound and status `TIME_LIMIT`. `tick` is called with seconds newly spent.
    """
    if not problem.requirements:
        return _nothing(problem)
    columns = _columns(problem)
    rows = _rows(problem, columns)
    people, yuan = _objectives(problem, columns)
    effort = _Effort(time_limit_s=time_limit_s, seed=seed, tick=tick)
    first = _run(problem, columns, rows, people, effort, relative_gap=0.0, start=None)
    rows.add(
        [int(c) for c in np.flatnonzero(people)],
        [float(v) for v in people[np.flatnonzero(people)]],
        at_most=first.objective * (1 + 1e-9) + 1e-6,
    )
    start = _tidy(problem, columns, first)
    second = _run(problem, columns, rows, yuan, effort, relative_gap=relative_gap, start=start)
    size = _sizes(columns, second)
    found = _measured(problem, size)
    return Solution(
        status=Status.OPTIMAL if first.proven and second.proven else Status.TIME_LIMIT,
        size=size,
        shortage=found.shortage,
        objective=found.yuan,
        bound=min(second.bound, found.yuan),
        people_short=found.people_short,
        people_short_bound=min(first.bound, found.people_short),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """What sizes amount to, by plain arithmetic."""

    shortage: Floats
    people_short: float
    yuan: float


def _measured(problem: SitingProblem, size: npt.NDArray[np.int64]) -> _Measured:
    used = size > 0
    shortage = np.array([max(0.0, r.short - _added(r, size)) for r in problem.requirements])
    weight = np.array([r.people_per_unit for r in problem.requirements])
    opened = np.unique(problem.options.candidate[used])
    return _Measured(
        shortage=shortage,
        people_short=float(np.dot(weight, shortage)),
        yuan=float(np.sum(problem.candidates.fixed_yuan[opened]))
        + float(np.dot(problem.options.yuan_per_unit, size)),
    )


def _added(requirement: Requirement, size: npt.NDArray[np.int64]) -> float:
    """What sizes add to one requirement, in its own unit."""
    if requirement.cover_start is None or requirement.cover_people is None:
        assert requirement.amount is not None
        return float(np.dot(requirement.amount, size[requirement.options]))
    groups = zip(requirement.cover_start[:-1], requirement.cover_start[1:], strict=True)
    covered = [bool((size[requirement.options[a:b]] > 0).any()) for a, b in groups]
    return float(np.sum(requirement.cover_people[np.array(covered, dtype=bool)]))


def _sizes(columns: _Columns, answer: _Answer) -> npt.NDArray[np.int64]:
    return np.rint(answer.values[columns.size : columns.covered]).astype(np.int64)


def _tidy(problem: SitingProblem, columns: _Columns, answer: _Answer) -> Floats:
    """The first answer with everything closed that has no size: it cost nothing there."""
    values = answer.values.copy()
    used = _sizes(columns, answer) > 0
    values[columns.opened : columns.size] = used
    values[: columns.opened] = 0.0
    values[problem.options.candidate[used]] = 1.0
    return values


def _nothing(problem: SitingProblem) -> Solution:
    return Solution(
        status=Status.NOTHING_TO_DO,
        size=np.zeros(len(problem.options), dtype=np.int64),
        shortage=np.empty(0),
        objective=0.0,
        bound=0.0,
        people_short=0.0,
        people_short_bound=0.0,
    )


def _columns(problem: SitingProblem) -> _Columns:
    n, k = len(problem.candidates), len(problem.options)
    groups = sum(len(r.cover_people) for r in problem.requirements if r.cover_people is not None)
    short = n + 2 * k + groups
    return _Columns(
        candidate=0,
        opened=n,
        size=n + k,
        covered=n + 2 * k,
        short=short,
        total=short + len(problem.requirements),
    )


def _rows(problem: SitingProblem, columns: _Columns) -> _Rows:
    rows = _Rows()
    options = problem.options
    for k in range(len(options)):
        used, size = columns.opened + k, columns.size + k
        rows.add([used, int(options.candidate[k])], [1.0, -1.0], at_most=0.0)
        rows.add([size, used], [1.0, -float(options.min_size[k])], at_least=0.0)
        rows.add([size, used], [1.0, -float(options.max_size[k])], at_most=0.0)
    for candidate in np.unique(options.candidate):
        here = np.flatnonzero(options.candidate == candidate)
        if len(here) > 1:
            rows.add(
                [columns.size + int(k) for k in here],
                [float(v) for v in options.floor_per_unit[here]],
                at_most=float(problem.candidates.floor_m2[candidate]),
            )
    group = columns.covered
    for r, requirement in enumerate(problem.requirements):
        short = columns.short + r
        if requirement.cover_start is None or requirement.cover_people is None:
            assert requirement.amount is not None
            rows.add(
                [columns.size + int(k) for k in requirement.options] + [short],
                [*(float(a) for a in requirement.amount), 1.0],
                at_least=requirement.short,
            )
            continue
        count = len(requirement.cover_people)
        rows.add(
            [*range(group, group + count), short],
            [*(float(p) for p in requirement.cover_people), 1.0],
            at_least=requirement.short,
        )
        for g in range(count):
            able = requirement.options[requirement.cover_start[g] : requirement.cover_start[g + 1]]
            rows.add(
                [group + g, *(columns.opened + int(k) for k in able)],
                [1.0, *(-1.0 for _ in able)],
                at_most=0.0,
            )
        group += count
    return rows


def _objectives(problem: SitingProblem, columns: _Columns) -> tuple[Floats, Floats]:
    """Costs by column: people left without, and yuan."""
    people, yuan = np.zeros(columns.total), np.zeros(columns.total)
    people[columns.short :] = [r.people_per_unit for r in problem.requirements]
    yuan[: columns.opened] = problem.candidates.fixed_yuan
    yuan[columns.size : columns.covered] = problem.options.yuan_per_unit
    return people, yuan


def _tell(solver: Any, tick: Callable[[float], None]) -> None:
    """Pass on the solver's own clock, in steps that a bar can show."""
    told = 0.0

    def running(event: Any) -> None:
        nonlocal told
        now = float(event.data_out.running_time)
        if now - told >= _TICK_S:
            tick(now - told)
            told = now

    solver.cbMipInterrupt.subscribe(running)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    values: Floats
    objective: float
    bound: float
    proven: bool


def _run(
    problem: SitingProblem,
    columns: _Columns,
    rows: _Rows,
    cost: Floats,
    effort: _Effort,
    *,
    relative_gap: float,
    start: Floats | None,
) -> _Answer:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns.total, len(rows.lower)
    lp.col_cost_ = cost
    lp.col_lower_ = np.zeros(columns.total)
    upper = np.ones(columns.total)
    upper[columns.size : columns.covered] = problem.options.max_size
    upper[columns.short :] = _FREE
    lp.col_upper_ = upper
    lp.row_lower_, lp.row_upper_ = np.array(rows.lower), np.array(rows.upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(rows.start, dtype=np.int32)
    lp.a_matrix_.index_ = np.array(rows.index, dtype=np.int32)
    lp.a_matrix_.value_ = np.array(rows.value)
    whole = np.arange(columns.total) < columns.covered
    lp.integrality_ = [
        highspy.HighsVarType.kInteger if w else highspy.HighsVarType.kContinuous for w in whole
    ]
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for option, value in (
        ("threads", 1),
        ("random_seed", effort.seed),
        ("time_limit", float(effort.time_limit_s)),
        ("mip_rel_gap", float(relative_gap)),
        ("mip_abs_gap", 1e-6),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    if start is not None:
        guess = highspy.HighsSolution()
        guess.col_value = list(start)
        solver.setSolution(guess)
    _tell(solver, effort.tick)
    solver.run()
    ended = solver.getModelStatus()
    if ended not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit):
        raise fail(
            SolverError,
            "siting / 选址",
            found=(f"求解器状态 {ended.name}", f"solver status {ended.name}"),
            expected=("最优或到时", "optimal, or the time limit"),
            to_do=("把研究文件发给我们", "send us the study, this is our fault"),
        )
    info = solver.getInfo()
    values = np.array(solver.getSolution().col_value, dtype=np.float64)
    if len(values) != columns.total or info.primal_solution_status != 2:
        # Opening nothing and leaving every requirement short is always feasible.
        values = np.zeros(columns.total) if start is None else start.copy()
        if start is None:
            values[columns.short :] = [r.short for r in problem.requirements]
    objective = float(cost @ values)
    # Without a candidate the model is linear, and HiGHS sets no bound of a tree.
    dual_bound = info.mip_dual_bound if whole.any() else objective
    return _Answer(
        values=values,
        objective=objective,
        bound=float(max(0.0, dual_bound)) if np.isfinite(dual_bound) else 0.0,
        proven=ended == highspy.HighsModelStatus.kOptimal,
    )
