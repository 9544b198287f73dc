"""Years: the sites of a plan shared out over them, against every way of sharing them out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning import workflow
from planning.errors import SolverError, StudyError
from planning.facilities import Candidates
from planning.sample import write_sample
from planning.siting import (
    Module,
    Requirement,
    SitingProblem,
    Solution,
    Stage,
    Status,
    solve,
)
from planning.siting.need import Adds, Amount, Covered, Units
from planning.siting.options import Options
from planning.siting.phasing import phases_of, settled, with_pooled
from planning.siting.stopping import Seconds
from planning.standards import Finding, load_standard

thorough = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow],
)
YEARS = (2023, 2024, 2025)
FINDING = Finding(
    profile="T", clause_id="c", key="k", document="d", article="1", via="own", level="county",
    unit_id="K", unit_name="K", year=2025, role="requirement", verdict="not_met", measured=None,
    at_most=None, required=None, gap=None, unit="places", people_short=None, because_zh="",
    because_en="",
)  # fmt: skip


def candidates(fixed_yuan: Sequence[float], first_year: Sequence[int] = ()) -> Candidates:
    n = len(fixed_yuan)
    return Candidates(
        ids=tuple(f"C{i}" for i in range(n)), source_classes=("",) * n,
        services=(frozenset({"nursery"}),) * n, x_m=np.zeros(n), y_m=np.zeros(n),
        floor_m2=np.full(n, 100.0), land_m2=np.zeros(n), yuan_per_m2=np.zeros(n),
        fixed_yuan=np.array(fixed_yuan, dtype=np.float64), assumed=(frozenset(),) * n, place={},
        available_year=np.array(first_year or [-1] * n, dtype=np.int32),
    )  # fmt: skip


def options(at: Sequence[int], yuan: Sequence[float]) -> Options:
    k = len(at)
    return Options(
        modules=(Module(name="n", service="nursery", functions=frozenset({"nursery"})),),
        candidate=np.array(at, dtype=np.int32), module=np.zeros(k, dtype=np.int32),
        slot=np.arange(k, dtype=np.int32), min_size=np.ones(k, dtype=np.int64),
        max_size=np.full(k, 5, dtype=np.int64), floor_per_unit=np.ones(k),
        land_per_unit=np.zeros(k), yuan_per_unit=np.array(yuan, dtype=np.float64),
    )  # fmt: skip


def asked(
    need: Amount | Units | Covered, *, weight: float, window: tuple[int, int] | None
) -> Requirement:
    return Requirement(finding=FINDING, service="nursery", weight=weight, need=need, window=window)


def adds(rows: Sequence[int], draw: st.DrawFn) -> Adds:
    n = len(rows)
    return Adds(
        option=np.array(rows, dtype=np.int64),
        from_size=np.array([draw(st.integers(1, 4)) for _ in range(n)], dtype=np.int64),
        per_open=np.array([float(draw(st.integers(0, 2))) for _ in range(n)]),
        per_unit=np.array([float(draw(st.integers(0, 2))) for _ in range(n)]),
    )


@dataclass(frozen=True)
class Case:
    problem: SitingProblem
    size: np.ndarray
    by_year: Mapping[int, tuple[Requirement, ...]]
    budgets: Mapping[int, float]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    n = draw(st.integers(1, 3))
    at = sorted(draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=4)))
    k = len(at)
    size = np.array([draw(st.integers(0, 5)) for _ in range(k)], dtype=np.int64)

    def some() -> list[int]:
        return sorted(draw(st.sets(st.integers(0, k - 1), min_size=1)))

    def amount() -> Amount:
        return Amount(short=float(draw(st.integers(1, 8))), adds=(adds(some(), draw),))

    def need() -> Amount | Units | Covered:
        kind = draw(st.sampled_from(["amount", "units", "covered"]))
        if kind == "amount":
            return amount()
        if kind == "units":
            each = tuple(
                tuple(amount() for _ in range(draw(st.integers(1, 2))))
                for _ in range(draw(st.integers(1, 2)))
            )
            return Units(short=float(draw(st.integers(1, 2))), each=each)
        sets = [some() for _ in range(draw(st.integers(1, 3)))]
        return Covered(
            short=float(draw(st.integers(1, 9))),
            start=np.cumsum([0, *map(len, sets)]).astype(np.int64),
            option=np.array([row for rows in sets for row in rows], dtype=np.int64),
            people=np.array([float(draw(st.integers(1, 5))) for _ in sets]),
            from_size=np.array([draw(st.integers(1, 3)) for _ in range(k)], dtype=np.int64),
        )

    by_year = {
        year: tuple(
            asked(
                need(),
                weight=float(draw(st.integers(1, 4))),
                window=draw(st.sampled_from([None, None, (year, year), (2023, year)])),
            )
            for _ in range(draw(st.integers(0, 2)))
        )
        for year in YEARS
    }
    budgets = draw(st.dictionaries(st.sampled_from(YEARS), st.sampled_from([0.0, 6.0, 20.0])))
    problem = SitingProblem(
        candidates=candidates(
            [float(draw(st.integers(0, 5))) for _ in range(n)],
            [draw(st.sampled_from([-1, -1, *YEARS])) for _ in range(n)],
        ),
        options=options(at, [float(draw(st.integers(0, 3))) for _ in range(k)]),
        requirements=by_year[YEARS[-1]],
    )
    return Case(problem, size, by_year, budgets)


def left(case: Case, opened: np.ndarray) -> float:
    """People left without, over all years, by the years in which options open (−1: never)."""
    total = 0.0
    for year, requirements in case.by_year.items():
        for one in requirements:
            first, last = one.window or (YEARS[0], year)
            counts = (opened >= first) & (opened <= min(last, year))
            total += one.weight * one.need.missing(np.where(counts, case.size, 0))
    return total


def spent(case: Case, opened: np.ndarray, year: int) -> float:
    options = case.problem.options
    now = (opened == year) & (case.size > 0)
    fixed = case.problem.candidates.fixed_yuan[np.unique(options.candidate[now])]
    return float(np.sum(fixed) + np.dot(options.yuan_per_unit[now], case.size[now]))


def ways(case: Case) -> Iterator[np.ndarray]:
    """Every way of sharing out: a candidate opens in one year; what opens there may be less.

    In none before it is to be had.
    """
    options, k = case.problem.options, len(case.size)
    first = case.problem.candidates.available_year[options.candidate]
    for chosen in itertools.product((-1, *YEARS), repeat=k):
        opened = np.array(chosen)
        opened[case.size == 0] = -1
        if ((opened >= 0) & (opened < first)).any():
            continue
        by_candidate: dict[int, set[int]] = {}
        for row in np.flatnonzero(opened >= 0).tolist():
            by_candidate.setdefault(int(options.candidate[row]), set()).add(int(opened[row]))
        if any(len(years) > 1 for years in by_candidate.values()):
            continue
        if all(spent(case, opened, year) <= most for year, most in case.budgets.items()):
            yield opened


@thorough
@given(case=cases())
def test_the_years_leave_as_few_without_as_any_sharing_out_does(case: Case) -> None:
    phases = phases_of(case.problem, case.size, case.by_year, case.budgets)
    shared = solve(phases.problem, stop=lambda: Seconds(20.0), aims=("people_left",))
    opened = phases.years_of(shared.size, len(case.size))
    assert np.all(opened[case.size == 0] == -1)
    for year, most in case.budgets.items():
        assert spent(case, opened, year) <= most + 1e-6
    best = min(left(case, way) for way in ways(case))
    assert left(case, opened) == pytest.approx(best, abs=1e-5)


@thorough
@given(case=cases(), data=st.data())
def test_wherever_the_search_stops_a_candidate_opens_once_and_what_is_left_is_claimed(
    case: Case, data: st.DataObject
) -> None:
    """Any sharing out, some asked for by no year: these open with their candidate, or last."""
    phases = phases_of(case.problem, case.size, case.by_year, {})
    ways_there = list(ways(replace(case, budgets={})))
    way = data.draw(st.sampled_from(ways_there))
    size = np.zeros(len(phases.problem.options), dtype=np.int64)
    for u, k in enumerate(phases.used.tolist()):
        if way[k] >= 0:
            size[u * len(YEARS) + YEARS.index(int(way[k]))] = case.size[k]
    stage = Stage(aim="people_left", found=1e9, bound=0.0, status=Status.STOPPED, seconds=0.0)
    stopped = Solution(status=Status.STOPPED, size=size, stages=(stage,))
    at = case.problem.options.candidate
    opened, shared = settled(phases, stopped, at, case.size, may_wait=True)
    assert np.all((opened >= 0) == (case.size > 0))
    for j in np.unique(at):
        years = {*opened[(at == j) & (case.size > 0)].tolist()}
        asked_in = {*way[(at == j) & (way >= 0)].tolist()}
        assert years <= (asked_in or {YEARS[-1]})
    assert shared.stages[0].found == pytest.approx(left(case, opened), abs=1e-6)
    kept, _ = settled(phases, stopped, at, case.size, may_wait=False)
    assert kept.tolist() == way.tolist()


def test_years_that_each_ask_for_additions_ask_for_all_of_them_together() -> None:
    """Chengdu's 1.1, 1.4, 1.6 and 1.6 of ten thousand places are 5.7 (STANDARDS D-17).

    They are clauses of four keys, and what is told of the stock besides asks for nothing more.
    """
    one = Adds(
        option=np.array([0]), from_size=np.array([1]), per_open=np.zeros(1), per_unit=np.ones(1)
    )
    two = replace(one, option=np.array([1]))
    by_year = {}
    for clause in load_standard("chengdu-yilao").clauses:
        if clause.id.startswith("CD-YLYX/2.5/phase-"):
            assert clause.year is not None and clause.value is not None
            of = asked(
                Amount(short=float(clause.value), adds=(one,)),
                weight=1.0,
                window=(clause.year, clause.year),
            )
            finding = replace(FINDING, key=clause.key)
            less = replace(of, need=Amount(short=1.0, adds=(one,)))
            other = replace(of, need=Amount(short=7.0, adds=(two,)))
            by_year[clause.year] = (replace(of, finding=finding), less, other)
    assert list(by_year) == [2022, 2023, 2024, 2025]
    standing = asked(Amount(short=5.0, adds=(one,)), weight=1.0, window=None)
    problem = SitingProblem(
        candidates=candidates([0.0]),
        options=options([0, 0], [0.0, 0.0]),
        requirements=(standing, *by_year[2025]),
    )
    kept, together, others = with_pooled(problem, by_year).requirements
    assert kept == standing
    assert together.need.short == 57_000 and together.window is None
    assert others.need.short == 4 * 7


def test_a_required_site_opens_in_a_year_that_can_pay_for_it() -> None:
    """Nothing asks for it, and only the second year has the money."""
    problem = SitingProblem(
        candidates=candidates([5.0]), options=options([0], [1.0]), requirements=(), required=(0,)
    )
    size = np.array([2], dtype=np.int64)
    phases = phases_of(problem, size, dict.fromkeys(YEARS, ()), {2023: 6.0, 2025: 3.0})
    shared = solve(phases.problem, stop=lambda: Seconds(20.0), aims=("people_left",))
    assert phases.years_of(shared.size, 1).tolist() == [2024]
    poor = phases_of(problem, size, dict.fromkeys(YEARS, ()), dict.fromkeys(YEARS, 6.0))
    with pytest.raises(SolverError, match=r"siting\.required"):
        solve(poor.problem, stop=lambda: Seconds(20.0), aims=("people_left",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_sample(tmp_path)
    return tmp_path


def laid_over(folder: Path, *lines: str) -> Path:
    study = folder / "study.yaml"
    text = study.read_text(encoding="utf-8")
    more = "".join(f"\n  {line}" for line in lines)
    (folder / "years.yaml").write_text(
        text.replace("\nsiting:", f"\nsiting:{more}", 1), encoding="utf-8"
    )
    return folder / "years.yaml"


def test_a_plan_over_years_costs_what_it_costs_in_one_and_keeps_each_years_budget(
    folder: Path, tmp_path: Path
) -> None:
    once, _ = workflow.run(folder / "study.yaml", out_dir=tmp_path / "once")
    assert once.plan is not None
    year = once.town.study.standards.year
    assert year is not None
    most = int(once.plan.objective_yuan * 0.6)
    study = laid_over(
        folder, f"years: [{year - 1}, {year}]", f"budgets_yuan: {{{year - 1}: {most}}}"
    )
    twice, out = workflow.run(study, out_dir=tmp_path / "twice")
    assert twice.plan is not None
    assert twice.plan.objective_yuan == pytest.approx(once.plan.objective_yuan)
    first, last = twice.plan.years
    assert (first.year, last.year) == (year - 1, year)
    assert 0 < first.yuan <= most and first.yuan + last.yuan == pytest.approx(
        twice.plan.objective_yuan
    )
    # What is left without falls from year to year, and ends where the plan of one year ends.
    assert first.people_short >= last.people_short
    assert last.people_short == pytest.approx(once.plan.people_short, abs=1e-3)
    table = pd.read_csv(out / "plan.csv")
    assert table[table["year"] == year - 1]["cost_yuan"].sum() == pytest.approx(first.yuan)
    assert set(table["year"]) == {year - 1, year}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("years: [2025, 2024]",), "siting.years"),
        (("years: [2019]",), "siting.years"),
        (("budgets_yuan: {2019: 5}",), "siting.budgets_yuan"),
        (("required: [nowhere]",), "siting.required"),
    ],
)
def test_years_and_names_that_cannot_be_are_told(
    folder: Path, tmp_path: Path, lines: tuple[str, ...], told: str
) -> None:
    with pytest.raises(StudyError, match=told):
        workflow.run(laid_over(folder, *lines), out_dir=tmp_path / "out")


def test_what_no_year_can_pay_for_is_not_built_and_is_not_called_the_best(
    folder: Path, tmp_path: Path
) -> None:
    once, _ = workflow.run(folder / "study.yaml", out_dir=tmp_path / "once")
    assert once.plan is not None
    year = once.town.study.standards.year
    assert year is not None
    most = int(once.plan.objective_yuan * 0.3)
    study = laid_over(
        folder,
        f"years: [{year - 1}, {year}]",
        f"budgets_yuan: {{{year - 1}: {most}, {year}: {most}}}",
    )
    poor, _ = workflow.run(study, out_dir=tmp_path / "poor")
    assert poor.plan is not None
    assert all(one.yuan <= most for one in poor.plan.years)
    assert poor.plan.people_short > once.plan.people_short
    assert poor.plan.bound_yuan == 0.0 and poor.plan.gap == 1.0
    assert any("budget" in unmet.because_en for unmet in poor.plan.unmet)
    alone = laid_over(folder, f"years: [{year}]", f"budgets_yuan: {{{year}: {most}}}")
    single, _ = workflow.run(alone, out_dir=tmp_path / "single")
    assert single.plan is not None and single.plan.objective_yuan <= most
