"""Candidates that are to be had only from a year on: the tiny town, one thing changed at a time."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from planning import workflow
from planning.errors import StudyError

TOWN = Path(__file__).parent / "tiny_town"
OWN_PLAN = "候选编号,设施种类,托位,建筑面积,年份\nK1,elder_care,,300,{year}\n"


def town(tmp_path: Path, said: dict[str, str], *, siting: str = "") -> Path:
    """The town whose register says from when on some candidates may be had."""
    folder = tmp_path / "town"
    shutil.copytree(TOWN, folder)
    register = pd.read_csv(folder / "candidates.csv", dtype=str)
    register["可用年份"] = [said.get(name, "") for name in register["候选编号"]]
    register.to_csv(folder / "candidates.csv", index=False)
    study = folder / "study.yaml"
    text = study.read_text(encoding="utf-8")
    assert "siting: {gap: 0.0}" in text
    study.write_text(
        text.replace("siting: {gap: 0.0}", f"siting: {{gap: 0.0{siting}}}"), encoding="utf-8"
    )
    return study


def years_of(study: Path, tmp_path: Path) -> dict[str, int | None]:
    result, _ = workflow.run(study, out_dir=tmp_path / "out")
    assert result.plan is not None
    return {site.candidate_id: site.year for site in result.plan.sites}


def test_what_is_to_be_had_after_the_plan_is_not_built_and_the_reason_says_so(
    tmp_path: Path,
) -> None:
    today = years_of(TOWN / "study.yaml", tmp_path / "today")
    assert "K1" in today
    result, folder = workflow.run(
        town(tmp_path, dict.fromkeys(("K1", "K2"), "2026年6月")), out_dir=tmp_path / "out"
    )
    assert result.plan is not None
    assert not {"K1", "K2"} & {site.candidate_id for site in result.plan.sites}
    told = [one for one in result.plan.unmet if "届时不可用" in one.because_zh]
    assert told and all("not to be had in time" in one.because_en for one in told)
    layer = gpd.read_file(folder / "result.gpkg", layer="candidates_候选点").set_index(
        "candidate_id"
    )
    assert layer.loc["K1", "available_year"] == 2026 and pd.isna(layer.loc["K3", "available_year"])


def test_a_site_opens_no_sooner_than_it_may_be_had(tmp_path: Path) -> None:
    years = ", years: [2024, 2025]"
    assert years_of(town(tmp_path / "a", {}, siting=years), tmp_path / "a")["K1"] == 2024
    study = town(tmp_path / "b", {"K1": "2025"}, siting=years)
    assert years_of(study, tmp_path / "b")["K1"] == 2025


def test_what_is_not_a_year_is_told_and_taken_for_none(tmp_path: Path) -> None:
    study = town(tmp_path, {"K1": "尽快"})
    result, folder = workflow.run(study, out_dir=tmp_path / "out")
    assert result.plan is not None
    assert "K1" in {site.candidate_id for site in result.plan.sites}
    told = (folder / "data_check.csv").read_text(encoding="utf-8-sig")
    assert "尽快" in told


def test_a_required_site_that_comes_too_late_is_refused(tmp_path: Path) -> None:
    study = town(tmp_path, {"K1": "2026"}, siting=", required: [K1]")
    with pytest.raises(StudyError, match="from 2026 on") as refused:
        workflow.run(study, out_dir=tmp_path / "out")
    assert "2026 年起可用" in str(refused.value) and "siting.required" in str(refused.value)


@pytest.mark.parametrize(("year", "fits"), [(2024, False), (2025, True)])
def test_a_picked_plan_waits_as_well(tmp_path: Path, year: int, fits: bool) -> None:
    siting = ", years: [2024, 2025], picked: {path: mine.csv}"
    study = town(tmp_path, {"K1": "2025"}, siting=siting)
    (study.parent / "mine.csv").write_text(OWN_PLAN.format(year=year), encoding="utf-8")
    if fits:
        assert years_of(study, tmp_path) == {"K1": 2025}
        return
    with pytest.raises(StudyError, match="2025 年起可用"):
        workflow.run(study, out_dir=tmp_path / "out")
