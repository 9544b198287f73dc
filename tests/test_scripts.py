"""The scenario scripts: each runs on the sample, and prints what the run folder says."""

from __future__ import annotations

import json
import runpy
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "scripts"
JOBS = ("assess", "siting", "new_district", "compare", "deliver")

Script = Callable[..., str]


@pytest.fixture
def script(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Script:
    """`python scripts/NAME.py ARGUMENTS` in this process and an empty folder; what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(SCRIPTS))

    def run(name: str, *arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", [f"{name}.py", *map(str, arguments)])
        runpy.run_path(str(SCRIPTS / f"{name}.py"), run_name="__main__")
        return capsys.readouterr().out

    return run


def every_summary(folder: Path) -> list[dict[str, Any]]:
    """The summary of each run below a folder."""
    return [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("data/processed/*/summary.json"))
    ]


def summaries(folder: Path) -> dict[str, Any]:
    """The summaries by scenario, where each was run once."""
    return {one["scenario"] or "": one for one in every_summary(folder)}


def covered(said: dict[str, Any], service: str, state: str, *, group: str) -> str:
    """People inside a circle as the scripts print them."""
    (row,) = (
        row
        for row in said["coverage"]
        if (row["service"], row["state"], row["group"]) == (service, state, group)
        and row["level"] == "area"
        and row["limit_min"] == 15
    )
    return f"{row['covered']:,.0f}"


def test_assess_prints_who_is_inside_and_what_is_missing(script: Script, tmp_path: Path) -> None:
    out = script("assess")
    said = summaries(tmp_path)[""]
    assert said["plan"] is None
    assert f"inside {covered(said, 'elder_care', 'now', group='elderly')}" in out
    verdicts = [f["verdict"] for f in said["findings"] if f["role"] == "requirement"]
    assert f"未达标 not met: {verdicts.count('not_met')}\n" in out
    assert f"无法评估 not assessable: {verdicts.count('not_assessable')}\n" in out
    assert "129个托位（川办发〔2021〕57号 一、总体要求）" in out


def test_siting_prints_every_site_and_what_cannot_be_met(script: Script, tmp_path: Path) -> None:
    out = script("siting")
    plan = summaries(tmp_path)[""]["plan"]
    assert f"{plan['sites_opened']} 处 sites，{plan['cost_yuan'] / 1e4:,.1f} 万元" in out
    assert all(f"  {s['site']} {s['candidate_id']} " in out for s in plan["sites"])
    assert out.count("仍不能满足") == len(plan["unmet"]) > 0


def test_a_study_that_is_only_assessed_has_no_plan_to_print(
    script: Script, sample_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(sample_folder, tmp_path / "town")
    study = tmp_path / "town" / "study.yaml"
    text = study.read_text(encoding="utf-8")
    head, tail = text.split("siting:\n")
    study.write_text(head + "siting: null\n" + tail[tail.index("scenarios:") :], encoding="utf-8")
    assert "siting: null" in script("siting", study)


def test_new_district_prints_what_each_planned_area_owes(script: Script) -> None:
    out = script("new_district")
    assert "规划一号片区（R7）：规划 4,200 人" in out
    assert "进位需68个托位" in out
    assert "“新建居住区按照每千人口不少于10个托位”（川办发〔2021〕57号 二(一)）" in out
    only = script("new_district", "--area", "R8")
    assert "规划二号片区（R8）" in only and "（R7）" not in only


def test_compare_puts_the_scenarios_of_the_sample_side_by_side(
    script: Script, tmp_path: Path
) -> None:
    out = script("compare")
    said = summaries(tmp_path)
    now = [covered(said[s], "elder_care", "now", group="elderly") for s in ("", "slow", "fast")]
    (line,) = (line for line in out.splitlines() if line.startswith("养老服务") and "现状" in line)
    assert [part.split(" 人")[0] for part in line.split("：")[1].split(" | ")] == now
    yuan = [f"{said[s]['plan']['cost_yuan'] / 1e4:,.1f}" for s in ("", "slow", "fast")]
    assert f"cost [10,000 yuan]：{' | '.join(yuan)}" in out
    (chapter,) = tmp_path.glob("data/processed/compare-*/comparison.docx")
    assert str(chapter.relative_to(tmp_path)) in out


def test_deliver_names_every_file_of_the_folder(script: Script, tmp_path: Path) -> None:
    out = script("deliver")
    (folder,) = (path.parent for path in tmp_path.glob("data/processed/*/summary.json"))
    assert str(folder.relative_to(tmp_path)) in out
    for path in folder.iterdir():
        assert path.name in out
    assert all(path.name in out for path in (folder / "sheets").glob("*.pdf"))


@pytest.mark.parametrize("name", JOBS)
def test_a_missing_study_is_told_in_both_languages(
    script: Script, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        script(name, "不存在.yaml")
    told = capsys.readouterr().err
    assert stop.value.code == 2
    assert "发现" in told and "found" in told and "Traceback" not in told


@pytest.mark.parametrize("name", JOBS)
def test_a_script_is_short_and_says_how_it_is_run(name: str) -> None:
    text = (SCRIPTS / f"{name}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 90
    assert f"python scripts/{name}.py scripts/studies/huangpu.yaml" in text


def test_huangpu_is_assessed_and_sited(script: Script, shared_data: Path, tmp_path: Path) -> None:
    study = SCRIPTS / "studies" / "huangpu.yaml"
    out = script("assess", study, "--data", shared_data)
    said = summaries(tmp_path)[""]
    assert f"inside {covered(said, 'nursery', 'now', group='under_3')}" in out
    out = script("siting", study, "--data", shared_data)
    plan = next(one["plan"] for one in every_summary(tmp_path) if one["plan"] is not None)
    assert f"{plan['sites_opened']} 处 sites" in out
    assert f"→ {plan['findings_after']['met']}，" in out
