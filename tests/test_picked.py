"""A plan picked by hand: built row by row, judged and audited like one that was sought."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from test_changes import study_with

from planning import workflow
from planning.errors import InputError, StudyError

TOWN = Path(__file__).parent / "tiny_town"


def study_of(tmp_path: Path, rows: str, *, siting: str = "") -> Path:
    folder = tmp_path / "picked"
    shutil.copytree(TOWN, folder)
    study = folder / "study.yaml"
    text = study.read_text(encoding="utf-8")
    assert "siting: {gap: 0.0}" in text
    said = f"siting: {{gap: 0.0, picked: {{path: mine.csv}}{siting}}}"
    study.write_text(text.replace("siting: {gap: 0.0}", said), encoding="utf-8")
    (folder / "mine.csv").write_text(rows, encoding="utf-8")
    return study


def test_the_programs_own_plan_comes_back_as_it_was(tmp_path: Path) -> None:
    """plan.csv, read as a plan picked by hand, is the same plan; but nothing is proven of it."""
    sought, folder = workflow.run(TOWN / "study.yaml", out_dir=tmp_path / "one")
    study = study_of(tmp_path, (folder / "plan.csv").read_text(encoding="utf-8-sig"))
    again, written = workflow.run(study, out_dir=tmp_path / "two")
    assert sought.plan is not None and again.plan is not None
    mine, own = again.plan, sought.plan
    assert [(s.candidate_id, s.module, s.places, s.floor_m2, s.year) for s in mine.sites] == [
        (s.candidate_id, s.module, s.places, s.floor_m2, s.year) for s in own.sites
    ]
    assert (mine.objective_yuan, mine.people_short) == (own.objective_yuan, own.people_short)
    assert [f.verdict for f in mine.findings] == [f.verdict for f in own.findings]
    assert mine.status == "picked" and mine.bound_yuan == 0.0 and mine.stages == ()
    assert (written / "reasons.html").exists()
    assert len(pd.read_csv(written / "plan.csv")) == len(own.sites)


def test_a_table_typed_in_by_a_planner(tmp_path: Path) -> None:
    """Chinese headings, floor or places as they say it; the rest stays unmet, with its reason."""
    study = study_of(
        tmp_path, "候选编号,设施种类,托位,建筑面积\nK4,nursery,20,\nK1,elder_care,,300\n"
    )
    result, _ = workflow.run(study, out_dir=tmp_path / "out")
    assert result.plan is not None
    assert {(s.candidate_id, s.module, s.places, s.floor_m2) for s in result.plan.sites} == {
        ("K4", "nursery", 20, 200.0),
        ("K1", "elder_care", 0, 300.0),
    }
    left = {one.clause_id for one in result.plan.unmet}
    assert "SC-2021-57/2.1/nursery-built" in left
    assert all(one.because_zh and one.because_en for one in result.plan.unmet)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("K9,nursery,20,,", "K9"),
        ("K4,castle,20,,", "elder_care|nursery"),
        ("K4,nursery,2000,,", "2,000"),
        ("K4,nursery,,,", "空"),
        ("K4,nursery,20,,\nK4,nursery,21,,", "两行"),
        ("K4,nursery,20,,1999", "1999"),
    ],
)
def test_a_row_that_cannot_be_built_is_refused_and_says_what_can(
    tmp_path: Path, rows: str, said: str
) -> None:
    study = study_of(tmp_path, f"candidate_id,module,places,floor_m2,year\n{rows}\n")
    with pytest.raises(StudyError, match=said):
        workflow.run(study, out_dir=tmp_path / "out")


@pytest.mark.parametrize(
    ("rows", "said"),
    [(",nursery,20", "空白"), ("K4,,20", "空白"), ("K4,nursery,many", "many")],
)
def test_a_cell_that_says_nothing_is_refused(tmp_path: Path, rows: str, said: str) -> None:
    study = study_of(tmp_path, f"candidate_id,module,places\n{rows}\n")
    with pytest.raises(InputError, match=said):
        workflow.run(study, out_dir=tmp_path / "out")


def test_more_than_the_floor_holds_is_refused(tmp_path: Path) -> None:
    """K4 has 250 m²: 20 places and 20 of another kind would take 400."""
    rows = "candidate_id,module,places\nK4,nursery,20\nK4,twin,20\n"
    study = study_of(tmp_path, rows)
    text = study.read_text(encoding="utf-8")
    twin = "twin: {min_floor_m2: 200, floor_m2_per_place: 10, source: 虚构}, "
    study.write_text(text.replace("build: {nursery", f"build: {{{twin}nursery"), encoding="utf-8")
    with pytest.raises(StudyError, match="400 平方米"):
        workflow.run(study, out_dir=tmp_path / "out")


@pytest.mark.parametrize(("second", "refused"), [("", False), ("2025", False), ("2024", True)])
def test_a_year_that_is_not_said_is_the_last(tmp_path: Path, second: str, refused: bool) -> None:
    """All that opens in one place opens in one year; a blank is the year of the study."""
    rows = f"candidate_id,module,places,year\nK4,nursery,20,\nK4,twin,3,{second}\n"
    study = study_of(tmp_path, rows)
    text = study.read_text(encoding="utf-8")
    twin = "twin: {min_floor_m2: 30, floor_m2_per_place: 10, source: 虚构}, "
    text = text.replace("build: {nursery", f"build: {{{twin}nursery")
    study.write_text(text.replace("gap: 0.0", "gap: 0.0, years: [2024, 2025]"), encoding="utf-8")
    if refused:
        with pytest.raises(StudyError, match="年份不同"):
            workflow.run(study, out_dir=tmp_path / "out")
        return
    result, _ = workflow.run(study, out_dir=tmp_path / "out")
    assert result.plan is not None and {s.year for s in result.plan.sites} == {2025}


def test_what_stands_may_be_changed_by_hand_too(tmp_path: Path) -> None:
    said = "      both: {which: {does: nursery}, adds: [elder_community], yuan: 1, source: 示意}\n"
    study = study_with(tmp_path, said)
    text = study.read_text(encoding="utf-8")
    study.write_text(
        text.replace("gap: 0.0", "gap: 0.0, picked: {path: mine.csv}"), encoding="utf-8"
    )
    (study.parent / "mine.csv").write_text("candidate_id,module\nF2,both\n", encoding="utf-8")
    result, _ = workflow.run(study, out_dir=tmp_path / "out")
    assert result.plan is not None
    (site,) = result.plan.sites
    assert (site.candidate_id, site.action, site.cost_yuan) == ("F2", "change", 1.0)


def test_a_frontier_of_a_plan_picked_by_hand_is_refused(tmp_path: Path) -> None:
    study = study_of(tmp_path, "candidate_id,module,places\nK4,nursery,20\n")
    with pytest.raises(StudyError, match="frontier"):
        workflow.run(study, out_dir=tmp_path / "out", budgets=3)
