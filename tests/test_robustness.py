"""Regret against plain sums and every plan; the tiny town in worlds worked out by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_siting import people_left, plans, problems, yuan

from planning import workflow
from planning.errors import StudyError
from planning.outputs.frames.robustness import verdict_of
from planning.result import StudyResult
from planning.siting import SitingProblem, Status
from planning.siting.need import Amount, Covered
from planning.siting.problem import Budget
from planning.siting.regret import least_regret, least_worst, regrets
from planning.siting.stopping import Seconds
from planning.tables import TABLES

thorough = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
TOWN = Path(__file__).parent / "tiny_town"
NORTH = "  north: {population: {path: north.asc, official_total: 5528}}\n"


# --- sums ----------------------------------------------------------------------------------------


@thorough
@given(
    left=st.integers(1, 4).flatmap(
        lambda worlds: st.lists(
            st.lists(st.integers(0, 9).map(float), min_size=worlds, max_size=worlds),
            min_size=1,
            max_size=5,
        )
    ),
    cost=st.lists(st.sampled_from([1.0, 2.0, 3.0]), min_size=5, max_size=5),
)
def test_regret_is_what_plain_sums_give(left: list[list[float]], cost: list[float]) -> None:
    worlds = range(len(left[0]))
    best = [min(row[w] for row in left) for w in worlds]
    plain = [[row[w] - best[w] for w in worlds] for row in left]
    assert regrets(np.array(left)).tolist() == plain
    worst = [max(row) for row in plain]
    tied = [p for p, one in enumerate(worst) if one == min(worst)]
    cheapest = min(cost[p] for p in tied)
    assert least_worst(np.array(left), cost) == next(p for p in tied if cost[p] == cheapest)
    assert all(min(row[w] for row in plain) == 0 for w in worlds)


def another_world(problem: SitingProblem, times: Sequence[float]) -> SitingProblem:
    """The same candidates, of which other people ask more or less of each requirement."""
    asked = []
    for at, one in enumerate(problem.requirements):
        more = times[at % len(times)]
        if more == 0:
            continue
        need = one.need
        if isinstance(need, Covered):
            need = replace(need, people=need.people * more, short=need.short * more)
        else:
            assert isinstance(need, Amount)
            need = replace(need, short=need.short * more)
        asked.append(replace(one, need=need))
    return replace(problem, requirements=tuple(asked))


@thorough
@given(
    problem=problems(),
    times=st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=3, max_size=3),
    budget=st.sampled_from([0.0, 1_100.0, 2_600.0, 5_000.0, 40_000.0]),
)
def test_the_least_regret_is_that_of_every_plan(
    problem: SitingProblem, times: list[float], budget: float
) -> None:
    worlds = [problem, another_world(problem, times)]
    worlds = [replace(one, budgets=(Budget(yuan=budget),)) for one in worlds]
    paid = [size for size in plans(problem) if yuan(problem, size) <= budget]
    left = np.array([[people_left(one, size) for one in worlds] for size in paid])
    best = left.min(axis=0)
    found = least_regret(worlds, best=best.tolist(), stop=lambda: Seconds(20.0))
    worst = (left - best).max(axis=1)
    assert found.status is Status.OPTIMAL
    assert found.regret == pytest.approx(worst.min(), rel=1e-6, abs=1e-4)
    assert found.bound == pytest.approx(worst.min(), rel=1e-6, abs=1e-4)
    assert found.bound <= found.regret
    assert found.size is not None
    size = [int(s) for s in found.size]
    assert max(
        people_left(one, size) - b for one, b in zip(worlds, best, strict=True)
    ) == pytest.approx(worst.min(), rel=1e-6, abs=1e-4)
    cheapest = min(yuan(problem, s) for s, w in zip(paid, worst, strict=True) if w <= worst.min())
    assert yuan(problem, size) <= cheapest + 1e-3


@thorough
@given(problem=problems())
def test_without_time_the_plan_at_hand_is_kept_and_nothing_is_proven(
    problem: SitingProblem,
) -> None:
    worlds = [problem, another_world(problem, [0.5, 3.0])]
    nothing = np.zeros(len(problem.options), dtype=np.int64)
    size = [0] * len(problem.options)
    best = [people_left(one, size) / 2 for one in worlds]
    found = least_regret(worlds, best=best, stop=lambda: Seconds(0.0), start=nothing)
    regret = max(people_left(one, size) - b for one, b in zip(worlds, best, strict=True))
    assert found.size is not None
    assert found.regret == pytest.approx(regret, rel=1e-6, abs=1e-5)
    assert found.bound <= found.regret


# --- the tiny town -------------------------------------------------------------------------------


def a_town(folder: Path, **changes: str) -> Path:
    """The tiny town with 250,000 yuan to spend, and 5,000 people in its north in one scenario.

    R2 東新区 lacks 13 places for 1,260 people, which K4 gives for all the money. With 5,000 people
    R1 北里 lacks 40 for 5,000: K3 gives 20 of them, 2,500 people, for all the money.
    """
    shutil.copytree(TOWN, folder)
    cells = (folder / "people.asc").read_text(encoding="utf-8")
    assert cells.count(" 200 ") == 1
    (folder / "north.asc").write_text(cells.replace(" 200 ", " 5000 "), encoding="utf-8")
    shutil.copy(folder / "people.prj", folder / "north.prj")
    study = (folder / "study.yaml").read_text(encoding="utf-8")
    siting = changes.get("siting", "{gap: 0.0, budget_yuan: 250000}")
    study = study.replace("siting: {gap: 0.0}", f"siting: {siting}")
    study = study.replace("max_snap_m: 200,", f"max_snap_m: 200, {changes.get('network', '')}")
    study += changes.get(
        "scenarios", "  north: {population: {path: north.asc, official_total: 5528}}\n"
    )
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    return folder / "study.yaml"


@pytest.fixture(scope="module")
def robust(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path, Path]:
    study = a_town(tmp_path_factory.mktemp("town") / "town")
    result, folder = workflow.run(study, robust=True, out_dir=tmp_path_factory.mktemp("out"))
    return result, folder, study


def test_the_worlds_are_the_study_its_people_and_its_speeds(
    robust: tuple[StudyResult, Path, Path],
) -> None:
    found = robust[0].robustness
    assert found is not None
    kinds = [(world.kind, world.name) for world in found.worlds]
    assert kinds == [
        ("own", ""), ("scenario", "north"), ("speed", "0.8 m/s"), ("speed", "1.2 m/s"),
    ]  # fmt: skip
    assert [plan.kind for plan in found.plans] == ["own", "scenario", "speed", "speed", "all"]
    assert [name for name, _ in found.left_out] == ["opened"]
    assert "standards" in found.left_out[0][1][0]


def test_a_plan_that_is_bad_on_purpose_is_regretted(
    robust: tuple[StudyResult, Path, Path],
) -> None:
    """K4 brings 1,260 people in every world, K3 200 people, and 2,500 where the north is full."""
    result = robust[0]
    found, plan = result.robustness, result.plan
    assert found is not None and plan is not None
    assert [site.candidate_id for site in plan.sites] == ["K4"]
    own, north = found.regret[0], found.regret[1]
    assert own.tolist() == pytest.approx([0, 2_500 - 1_260, 0, 0])
    assert north.tolist() == pytest.approx([1_260 - 200, 0, 1_260 - 200, 1_260 - 200])
    assert found.chosen == 1
    assert found.regret_bound == pytest.approx(1_060)
    assert found.plans[-1].yuan == 250_000
    for row, line in zip(found.left, found.regret, strict=True):
        assert row - line == pytest.approx(found.left.min(axis=0))


def test_no_plan_leaves_fewer_than_the_bound_of_a_world(
    robust: tuple[StudyResult, Path, Path],
) -> None:
    found = robust[0].robustness
    assert found is not None
    for w, world in enumerate(found.worlds):
        assert found.left[:, w].min() >= world.bound - 1e-6
        assert found.left[w, w] == pytest.approx(world.bound)


@pytest.mark.parametrize(
    ("plan", "scenario", "world", "speed"),
    [
        ("K4", None, 0, None),
        ("K4", "north", 1, None),
        ("K3", None, 0, None),
        ("K3", "north", 1, None),
        ("K4", None, 2, 0.8),
        ("K3", None, 3, 1.2),
    ],
)
def test_an_outcome_is_that_of_a_run_which_may_build_nothing_else(
    robust: tuple[StudyResult, Path, Path],
    tmp_path: Path,
    plan: str,
    scenario: str | None,
    world: int,
    speed: float | None,
) -> None:
    """The same site, required in a study of that world and alone in it."""
    found = robust[0].robustness
    assert found is not None
    barred = [name for name in ("K1", "K2", "K3", "K4", "K5") if name != plan]
    study = a_town(
        tmp_path / "town",
        siting=f"{{gap: 0.0, budget_yuan: 250000, required: [{plan}], forbidden: {barred}}}",
        network="" if speed is None else f"speed_m_s: {speed}, ",
    )
    alone, _ = workflow.run(study, scenario=scenario, out_dir=tmp_path / "out")
    assert alone.plan is not None
    outcome = found.outcomes[0 if plan == "K4" else 1][world]
    assert outcome.people_short == pytest.approx(alone.plan.people_short)
    verdicts = [f.verdict for f in alone.plan.findings if f.role == "requirement"]
    assert (outcome.met, outcome.asked) == (
        verdicts.count("met"),
        verdicts.count("met") + verdicts.count("not_met"),
    )
    for service, group in (("elder_care", "elderly"), ("nursery", "total")):
        people = alone.plan.situation.demand.people[group]
        assert outcome.coverage[service] == alone.plan.situation.coverage[service].ledger(people)


def test_the_tables_say_what_was_found(robust: tuple[StudyResult, Path, Path]) -> None:
    result, folder, _ = robust
    found = result.robustness
    assert found is not None
    for name in ("robustness", "robustness_coverage"):
        frame = pd.read_csv(folder / f"{name}.csv")
        assert list(frame.columns) == [column.name for column in TABLES[name]]
    frame = pd.read_csv(folder / "robustness.csv")
    matrix = frame.pivot(index="plan", columns="world", values="people_short")
    names = ["own", "north", "0.8 m/s", "1.2 m/s"]
    assert matrix.loc[[*names, "all"], names].to_numpy() == pytest.approx(found.left)
    assert set(frame.loc[frame["chosen"] == "yes", "plan"]) == {"north"}
    beyond = frame["people_short"] - frame.groupby("world")["people_short"].transform("min")
    assert frame["regret"].to_numpy() == pytest.approx(beyond.to_numpy())
    page = (folder / "tradeoffs.html").read_text(encoding="utf-8")
    assert "最稳健的是“north”的方案" in page
    assert "情景 opened 不在其列" in page


def test_the_same_study_gives_the_same_bytes(
    robust: tuple[StudyResult, Path, Path], tmp_path: Path
) -> None:
    _, folder, study = robust
    _, again = workflow.run(study, robust=True, out_dir=tmp_path / "out")
    assert again.name == folder.name
    for name in ("robustness.csv", "robustness_coverage.csv", "tradeoffs.html", "summary.json"):
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_command_tells_the_matrix(planning_cli: Callable[..., Any], tmp_path: Path) -> None:
    study = a_town(tmp_path / "town")
    done = planning_cli("site", study, "--robust", "--out", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    told = done.out.partition("稳健性 robustness")[2]
    for text in ("+1,240", "+1,060", "●", "north", "slow 0.8", "tradeoffs.html"):
        assert text in told, text
    assert "…" not in told


def test_a_plan_that_no_world_regrets_is_kept(
    robust: tuple[StudyResult, Path, Path],
) -> None:
    found = robust[0].robustness
    assert found is not None
    alike = replace(found, outcomes=(found.outcomes[0],) * len(found.plans), regret_bound=0.0)
    first, second, *_ = verdict_of(alike)
    assert "不必另选" in first[0]
    assert "后悔值：" in second[0]


def test_where_there_is_but_one_world_nobody_is_asked_to_choose(tmp_path: Path) -> None:
    study = a_town(tmp_path / "town", network="profile: adult, ", scenarios="")
    with pytest.raises(StudyError, match=r"--robust.*opened"):
        workflow.run(study, robust=True, out_dir=tmp_path / "out")
