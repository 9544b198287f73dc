"""The frontier of a whole study: each budget against a run of its own, the page, the command."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planning import workflow
from planning.cli.budgets import budgets_of, completed
from planning.errors import AuditError, StudyError
from planning.outputs.frontier_words import headline, last_step
from planning.outputs.pages.tradeoffs import tradeoffs_page
from planning.result import StudyResult
from planning.siting.frontier import knee_of
from planning.tables import TABLES

Cli = Callable[..., Any]
TOWN = Path(__file__).parent / "tiny_town"
BUDGETS = (110_000.0, 250_000.0, 700_000.0, 900_000.0, 2_000_000.0)
HOSTILE = "</script><img src=x onerror=alert(1)> url(http://x.y) @import 养老"


def a_town(folder: Path, *, siting: str = "{gap: 0.0}", label: str = "养老服务") -> Path:
    shutil.copytree(TOWN, folder)
    study = (folder / "study.yaml").read_text(encoding="utf-8")
    study = study.replace("siting: {gap: 0.0}", f"siting: {siting}")
    study = study.replace("label: 养老服务", f"label: {json.dumps(label, ensure_ascii=False)}")
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    return folder / "study.yaml"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    out = tmp_path_factory.mktemp("out")
    return workflow.run(TOWN / "study.yaml", budgets=BUDGETS, out_dir=out)


def test_each_budget_is_what_a_run_with_that_budget_gives(
    run: tuple[StudyResult, Path], tmp_path: Path
) -> None:
    result, _ = run
    assert [one.point.budget_yuan for one in result.frontier] == [0.0, *BUDGETS]
    for one in result.frontier:
        study = a_town(
            tmp_path / f"{one.point.budget_yuan:.0f}",
            siting=f"{{gap: 0.0, budget_yuan: {one.point.budget_yuan:.0f}}}",
        )
        alone, _ = workflow.run(study, out_dir=tmp_path / "out")
        assert alone.plan is not None
        assert one.plan.people_short == pytest.approx(alone.plan.people_short)
        assert one.plan.objective_yuan == pytest.approx(alone.plan.objective_yuan)
        assert one.plan.people_short_bound == pytest.approx(alone.plan.people_short_bound)


def test_no_money_leaves_the_town_as_it_stands_and_enough_is_the_plan(
    run: tuple[StudyResult, Path],
) -> None:
    result, _ = run
    assert result.plan is not None
    first, last = result.frontier[0].plan, result.frontier[-1].plan
    assert first.findings == result.findings
    assert (first.sites, first.objective_yuan) == ((), 0.0)
    assert last.findings == result.plan.findings
    assert last.objective_yuan == 1_000_000
    assert [s.candidate_id for s in last.sites] == [s.candidate_id for s in result.plan.sites]


def test_the_tables_are_the_evaluators(run: tuple[StudyResult, Path]) -> None:
    result, folder = run
    for name in ("frontier", "frontier_coverage"):
        frame = pd.read_csv(folder / f"{name}.csv")
        assert list(frame.columns) == [column.name for column in TABLES[name]]
    frame = pd.read_csv(folder / "frontier.csv")
    coverage = pd.read_csv(folder / "frontier_coverage.csv")
    for (_, row), one in zip(frame.iterrows(), result.frontier, strict=True):
        plan = one.plan
        verdicts = [f.verdict for f in plan.findings if f.role == "requirement"]
        assert row["requirements_met"] == verdicts.count("met")
        assert row["requirements"] == verdicts.count("met") + verdicts.count("not_met")
        assert row["people_short"] == pytest.approx(plan.people_short)
        assert row["people_short_bound"] <= row["people_short"] + 1e-9
        own = coverage[coverage["budget_yuan"] == row["budget_yuan"]].set_index("service")
        ledger = plan.situation.coverage["elder_care"].ledger(result.town.demand.people["elderly"])
        assert own.loc["elder_care", "covered"] == ledger.covered
        assert own.loc["elder_care", "share"] == pytest.approx(float(ledger.share or 0))
    # By hand: with K2 or K1 165 of 182 are inside, before that 115.
    inside = coverage[coverage["service"] == "elder_care"].set_index("budget_yuan")["covered"]
    assert inside.loc[0.0] == 115
    assert inside.loc[2_000_000.0] == 165
    knee = knee_of(frame["cost_yuan"].tolist(), frame["people_short"].tolist())
    assert frame.index[frame["knee"] == "yes"].tolist() == ([knee] if knee >= 0 else [])
    said = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["plan"]
    assert [row["budget_yuan"] for row in said["frontier"]] == frame["budget_yuan"].tolist()


def test_the_same_budgets_give_the_same_bytes(
    run: tuple[StudyResult, Path], tmp_path: Path
) -> None:
    _, folder = run
    _, again = workflow.run(TOWN / "study.yaml", budgets=BUDGETS, out_dir=tmp_path / "out")
    assert again.name == folder.name
    for name in ("frontier.csv", "frontier_coverage.csv", "tradeoffs.html", "summary.json"):
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name
    _, other = workflow.run(TOWN / "study.yaml", out_dir=tmp_path / "out")
    assert other.name != folder.name
    assert not (other / "tradeoffs.html").exists()


def test_the_sentences_add_up(run: tuple[StudyResult, Path]) -> None:
    funded = run[0].frontier
    (zh, en), step = headline(funded), last_step(funded)
    first, last = funded[0].plan, funded[-1].plan
    helped = [int(n.replace(",", "")) for n in re.findall(r"解决 ([\d,]+)", zh)]
    assert len(helped) == 2
    assert sum(helped) == pytest.approx(first.people_short - last.people_short, abs=1.1)
    assert "million yuan" in en
    assert step is None or "万元" in step[0]


def test_the_years_own_budgets_are_left_aside_and_it_is_said(tmp_path: Path) -> None:
    study = a_town(
        tmp_path / "town",
        siting="{gap: 0.0, years: [2024, 2025], budgets_yuan: {2024: 250000, 2025: 250000}}",
    )
    result, folder = workflow.run(study, budgets=5, out_dir=tmp_path / "out")
    assert result.plan is not None
    assert result.plan.objective_yuan <= 500_000
    assert result.frontier[-1].plan.objective_yuan == 1_000_000
    assert [year.year for year in result.frontier[-1].plan.years] == [2025]
    assert "全部在末年建成" in (folder / "tradeoffs.html").read_text(encoding="utf-8")


def test_the_studys_own_budget_is_a_point(tmp_path: Path) -> None:
    study = a_town(tmp_path / "town", siting="{gap: 0.0, budget_yuan: 333000}")
    result, _ = workflow.run(study, budgets=4, out_dir=tmp_path / "out")
    by_budget = {one.point.budget_yuan: one.plan for one in result.frontier}
    assert result.plan is not None
    assert by_budget[333_000.0].people_short == pytest.approx(result.plan.people_short)
    assert max(by_budget) == 1_000_000


def test_a_search_without_time_still_gives_every_point(tmp_path: Path) -> None:
    study = a_town(tmp_path / "town", siting="{gap: 0.0, time_limit_s: 1.0e-9}")
    result, folder = workflow.run(study, budgets=BUDGETS, out_dir=tmp_path / "out")
    assert len(result.frontier) == 1 + len(BUDGETS)
    for one in result.frontier:
        assert one.plan.status == "stopped"
        assert one.plan.people_short_bound == 0.0
    assert set(pd.read_csv(folder / "frontier.csv")["gap"]) == {1.0}


def test_a_point_that_is_not_what_the_solver_says_is_not_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from planning import budgeting
    from planning.siting.frontier import frontier

    def boasting(*args: Any, **named: Any) -> Any:
        *points, last = frontier(*args, **named)
        stages = tuple(replace(stage, found=stage.found / 2) for stage in last.solution.stages)
        return (*points, replace(last, solution=replace(last.solution, stages=stages)))

    monkeypatch.setattr(budgeting, "frontier", boasting)
    with pytest.raises(AuditError):
        workflow.run(TOWN / "study.yaml", budgets=BUDGETS, out_dir=tmp_path / "out")
    assert not list((tmp_path / "out").glob("*"))


def test_a_budget_below_what_must_be_opened_is_refused(tmp_path: Path) -> None:
    study = a_town(tmp_path / "town", siting="{gap: 0.0, required: [K2]}")
    with pytest.raises(StudyError, match=r"--budgets.*11\.0 万元"):
        workflow.run(study, budgets=(100_000.0,), out_dir=tmp_path / "out")
    result, _ = workflow.run(study, budgets=3, out_dir=tmp_path / "out")
    assert result.frontier[0].point.budget_yuan == 110_000
    assert [site.candidate_id for site in result.frontier[0].plan.sites] == ["K2"]


# --- the page ------------------------------------------------------------------------------------


def test_the_page_asks_for_nothing_and_runs_nothing(run: tuple[StudyResult, Path]) -> None:
    page = (run[1] / "tradeoffs.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert not re.search(r"https?://|url\(|@import", page)
    assert page == tradeoffs_page(run[0])
    zh, en = page.count('class="zh'), page.count('class="en')
    assert zh == en > 20


def test_a_hostile_name_is_only_a_name(tmp_path: Path) -> None:
    study = a_town(tmp_path / "town", label=HOSTILE)
    _, folder = workflow.run(study, budgets=(250_000.0,), out_dir=tmp_path / "out")
    page = (folder / "tradeoffs.html").read_text(encoding="utf-8")
    assert "&lt;/script&gt;&lt;img src&#61;x" in page
    assert "<img" not in page


def test_where_everything_is_met_the_page_says_so(run: tuple[StudyResult, Path]) -> None:
    """Nothing is short at all: no curve is drawn."""
    result, _ = run
    met = tuple(
        replace(one, plan=replace(one.plan, people_short=0.0, people_short_bound=0.0))
        for one in result.frontier
    )
    page = tradeoffs_page(replace(result, frontier=met))
    assert "现状已满足全部可由选址满足的要求" in page
    assert 'class="wide"' not in page


def test_where_no_budget_helps_the_page_says_so(run: tuple[StudyResult, Path]) -> None:
    result, _ = run
    page = tradeoffs_page(replace(result, frontier=(result.frontier[0],) * 3))
    assert "都不能减少" in page


# --- the command ---------------------------------------------------------------------------------


def test_the_command_tells_every_budget(planning_cli: Cli, tmp_path: Path) -> None:
    study, out = TOWN / "study.yaml", tmp_path / "out"
    done = planning_cli("site", study, "--frontier", "6", "--out", out)
    assert (done.code, done.err) == (0, "")
    assert "投资与成效 cost against coverage" in done.out
    assert "tradeoffs.html" in done.out
    assert "…" not in done.out.partition("投资与成效")[2]
    for figure in ("3,136", "860"):
        assert figure in done.out


def test_the_command_prints_json(planning_cli: Cli, tmp_path: Path) -> None:
    study, out = TOWN / "study.yaml", tmp_path / "out"
    done = planning_cli("site", study, "--budgets", "25,70", "--json", "--out", out)
    assert [row["budget_yuan"] for row in json.loads(done.out)["frontier"]] == [0, 250e3, 700e3]


def test_a_number_behind_the_option_is_taken_if_there_is_one() -> None:
    assert completed(["a.yaml", "--frontier"]) == ["a.yaml", "--frontier", "12"]
    assert completed(["--frontier", "5", "a.yaml"]) == ["--frontier", "5", "a.yaml"]
    assert completed(["--frontier", "a.yaml"]) == ["--frontier", "12", "a.yaml"]
    assert completed(["--frontier", "--json"]) == ["--frontier", "12", "--json"]
    assert budgets_of(None, None) is None
    assert budgets_of(7, None) == 7
    assert budgets_of(7, "300, 20.5,300") == (205_000.0, 3_000_000.0)


@pytest.mark.parametrize(
    ("count", "wan", "named"),
    [(1, None, "--frontier"), (500, None, "--frontier"), (None, "x", "--budgets"),
     (None, "-5", "--budgets"), (None, "nan", "--budgets"), (None, "", "--budgets"),
     (None, "inf", "--budgets")],
)  # fmt: skip
def test_budgets_that_are_none_are_refused(count: int | None, wan: str | None, named: str) -> None:
    with pytest.raises(StudyError, match=named):
        budgets_of(count, wan)


@pytest.mark.parametrize("option", ["--frontier", "--robust"])
def test_a_study_that_sites_nothing_has_no_trade_off(
    planning_cli: Cli, tmp_path: Path, option: str
) -> None:
    study = a_town(tmp_path / "town", siting="null")
    done = planning_cli("site", study, option, "--out", tmp_path / "out")
    assert done.code == 2
    assert option in done.err
