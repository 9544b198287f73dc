"""`planning demand` and every other output say whose people they speak of, and of which year."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from planning import workflow
from planning.result import StudyResult

Cli = Callable[..., Any]

ROOT = Path(__file__).parents[1]
CHENGDU = ROOT / "scripts" / "studies" / "chengdu-growth.yaml"


def changed(sample: Path, folder: Path, **changes: Any) -> Path:
    """The sample's study with some of its keys changed, in another folder."""
    yaml = YAML(typ="safe", pure=True)
    study = yaml.load(sample / "study.yaml")
    yaml.dump(study | changes, folder / "study.yaml")
    return folder / "study.yaml"


# --- planning demand --------------------------------------------------------------------------


def test_scenarios_stand_side_by_side(
    planning_cli: Cli, sample_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = planning_cli(
        "demand", CHENGDU, "--data", sample_folder, "--scenario", "halfway", "--scenario", "onward"
    )
    assert (done.code, done.err) == (0, "")
    assert max(map(len, done.out.split("\n本研究 study\n")[0].splitlines())) <= 80
    rows = [line.split() for line in done.out.splitlines()]
    assert ["全域", "area", "基年", "base", "2020", "46,312", "8,327", "1,237"] in rows
    assert ["本研究", "study", "2025", "51,437", "10,282", "1,325"] in rows
    assert ["halfway", "2023", "49,322", "9,450", "1,289"] in rows
    # 464.8/376.41, 60/56, and the totals 464.8/0.1999 to 376.41/0.1798.
    assert ["增减", "change", "+11.1%", "+23.5%", "+7.1%"] in rows
    for name in ("禾北街道", "禾南街道", "禾东街道"):
        assert sum(row[:1] == [name] for row in rows) == 1


def test_it_says_that_planned_people_are_not_among_them(
    planning_cli: Cli, sample_folder: Path, tmp_path: Path
) -> None:
    with_areas = changed(sample_folder, tmp_path)
    said = "without the people of planned residential areas"
    assert said in planning_cli("demand", with_areas, "--data", sample_folder).out
    assert said not in planning_cli("demand", CHENGDU, "--data", sample_folder).out


def test_chengdus_own_figures_year_by_year(planning_cli: Cli, sample_folder: Path) -> None:
    done = planning_cli("demand", CHENGDU, "--data", sample_folder)
    rows = [line.split() for line in done.out.splitlines()]
    assert ["2020", "*", "3,764,100", "17.98%", "560,000", "20,934,928"] in rows
    assert ["2025", "*", "4,648,000", "19.99%", "600,000", "23,251,626"] in rows
    for year in (2021, 2022, 2023, 2024):
        part = (year - 2020) / 5
        old = 3_764_100 * (46_480 / 37_641) ** part
        total = 3_764_100 / 0.1798 * (46_480 / 0.1999 / (37_641 / 0.1798)) ** part
        young = 560_000 * (60 / 56) ** part
        wanted = [f"{old:,.0f}", f"{old / total:.2%}", f"{young:,.0f}", f"{total:,.0f}"]
        assert [str(year), *wanted] in rows
    assert ["年均", "a", "year", "+4.31%", "+1.39%", "+2.12%"] in rows
    assert "other scenarios (--scenario): halfway, onward" in done.out


def test_the_same_for_machines(planning_cli: Cli, sample_folder: Path) -> None:
    done = planning_cli(
        "demand", CHENGDU, "--data", sample_folder, "--scenario", "onward", "--json"
    )
    assert (done.code, done.err) == (0, "")
    said = json.loads(done.out)
    own, onward = said["outlooks"]
    assert (own["scenario"], onward["scenario"]) == (None, "onward")
    assert [(one["base_year"], one["year"], one["method"]) for one in (own, onward)] == [
        (2020, 2025, "counts"),
        (2020, 2030, "counts"),
    ]
    for one in (own, onward):
        frame = pd.DataFrame(one["people"])
        for column in ("base", "projected"):
            sums = frame.pivot_table(index="group", columns="level", values=column, aggfunc="sum")
            for level in ("county", "street", "community"):
                np.testing.assert_allclose(sums[level], sums["area"], rtol=1e-12)
        area = frame[frame["level"] == "area"].set_index("group")
        growth = (46_480 / 37_641) ** ((one["year"] - 2020) / 5)
        old = area.loc["elderly"]
        assert old["projected"] / old["base"] == pytest.approx(growth, rel=1e-12)
        assert (area.loc["elderly", "label"], area.loc["total", "label"]) == (
            "60岁及以上",
            "全体居民",
        )


def test_people_need_neither_streets_nor_places(
    planning_cli: Cli, sample_folder: Path, tmp_path: Path
) -> None:
    for name in ("units.gpkg", "population_2025.tif", "study.yaml"):
        shutil.copy(sample_folder / name, tmp_path / name)
    done = planning_cli("demand", tmp_path / "study.yaml")
    assert done.code == 0
    assert "no projection: people as counted" in done.out
    (tmp_path / "population_2025.tif").unlink()
    done = planning_cli("demand", tmp_path / "study.yaml")
    assert done.code == 2
    assert "population_2025.tif" in done.err and "roads" not in done.err


def test_quiet_and_unknown_scenarios(planning_cli: Cli, sample_folder: Path) -> None:
    assert planning_cli("demand", CHENGDU, "--data", sample_folder, "--quiet") == (0, "", "")
    done = planning_cli("demand", CHENGDU, "--data", sample_folder, "--scenario", "x")
    assert done.code == 2
    assert "expected one of: halfway, onward" in done.err


def test_a_scenario_may_count_otherwise_but_not_elsewhere(
    planning_cli: Cli, sample_folder: Path, tmp_path: Path
) -> None:
    young = {"label": "3岁以下", "count": 1, "of": 10, "source": "s"}
    box = [104.99, 30.59, 105.01, 30.61]
    study = changed(
        sample_folder,
        tmp_path,
        scenarios={
            "more": {
                "groups": {"under_3": young},
                "projection": {"year": 2026, "source": "s", "rate": "1%"},
            },
            "there": {"area": {"units": None, "box": box}},
        },
    )
    done = planning_cli("demand", study, "--data", sample_folder, "--scenario", "more")
    rows = [line.split() for line in done.out.splitlines()]
    assert ["全域", "area", "基年", "base", "2025", "46,312", "8,327", "1,158"] in rows
    assert ["基年", "base", "2025", "46,312", "8,327", "4,631"] in rows
    assert ["more", "2026", "46,775", "8,410", "4,677"] in rows
    done = planning_cli("demand", study, "--data", sample_folder, "--scenario", "there")
    assert done.code == 2
    assert "found another area, or other units" in done.err


def test_many_groups_stand_under_one_another(
    planning_cli: Cli, sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    groups = {
        f"g{n}": {"label": f"第{n}类人群", "count": n, "of": 10, "source": "s"} for n in range(1, 9)
    }
    yaml = YAML(typ="safe", pure=True)
    services = yaml.load(sample_folder / "study.yaml")["services"]
    for spec in services.values():
        spec["group"] = "g1"
    study = changed(sample_folder, tmp_path, groups=groups, services=services)
    done = planning_cli("demand", study, "--data", sample_folder)
    assert done.code == 0
    assert "…" not in done.out
    for n in range(1, 9):
        assert f"第{n}类人群" in done.out and f"{46_311.80992 * n / 10:,.0f}" in done.out


# --- a whole run ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    """The sample assessed with Chengdu's growth, carried on to 2030."""
    out = tmp_path_factory.mktemp("out")
    return workflow.run(
        CHENGDU, data_dir=sample_folder, scenario="onward", until="assess", out_dir=out
    )


def test_every_table_says_of_which_year_its_people_are(run: tuple[StudyResult, Path]) -> None:
    _, folder = run
    for name in ("findings.csv", "coverage.csv"):
        assert set(pd.read_csv(folder / name)["people_year"]) == {2030}
    for layer in ("demand_人口格网", "units_单元体检"):
        assert set(gpd.read_file(folder / "result.gpkg", layer=layer)["people_year"]) == {2030}
    said = json.loads((folder / "summary.json").read_text("utf-8"))
    assert (said["people_year"], said["base_year"]) == (2030, 2020)
    old = said["people"]["elderly"]
    assert old["in_area"] / old["in_area_base"] == pytest.approx((46_480 / 37_641) ** 2, rel=1e-9)
    whole = pd.read_csv(folder / "coverage.csv").query("level == 'area' and group == 'elderly'")
    np.testing.assert_allclose(whole["people"], old["in_area"], rtol=1e-9)


def test_the_map_says_it_in_both_languages(run: tuple[StudyResult, Path]) -> None:
    page = (run[1] / "map.html").read_text("utf-8")
    assert '"of_year":["2030 年预测人口（基年 2020）","people projected to 2030 from 2020"]' in page


def test_the_notes_say_how_and_from_when(run: tuple[StudyResult, Path]) -> None:
    said = "\n".join(note.en for note in run[0].town.notes)
    assert "54,004 people in the source of 2020" in said
    assert "people are projected from 2020 to 2030 (10 years)" in said
    assert "60岁及以上: 8,327 → 12,697 people (+52.5%, +4.31% a year)" in said
    assert "the assessment is of 2025, with people projected to 2030 from 2020" in said


def test_the_terminal_says_it_over_every_table(
    planning_cli: Cli, sample_folder: Path, tmp_path: Path
) -> None:
    done = planning_cli("run", CHENGDU, "--data", sample_folder, "--out", tmp_path)
    assert done.code == 0
    of_year = "2025 年预测人口（基年 2020） people projected to 2025 from 2020"
    assert len(re.findall(re.escape(of_year), done.out)) == 3
    (folder,) = tmp_path.iterdir()
    compared = planning_cli("compare", folder, "--out", tmp_path / "compared")
    assert re.search(r"人口年份.*2025", compared.out)


def test_an_official_total_is_held_against_the_people_as_counted(
    sample_folder: Path, tmp_path: Path
) -> None:
    population = {
        "path": "population_2025.tif", "unit": "persons", "year": 2020, "official_total": 46_000,
    }  # fmt: skip
    projection = {"year": 2060, "source": "s", "rate": "3%"}
    study = changed(sample_folder, tmp_path, population=population, projection=projection)
    town = workflow.check(study, data_dir=sample_folder)
    said = "\n".join(note.en for note in town.notes)
    assert "+311.8 people in the area against the official 46,000" in said


def test_nothing_is_said_where_assessment_and_people_are_of_one_year(
    sample_folder: Path,
) -> None:
    town = workflow.check(sample_folder / "study.yaml")
    assert town.demand.of_year == ("2025 年人口", "people of 2025")
    assert not [note for note in town.notes if "the assessment is of" in note.en]


def test_another_table_of_rates_is_another_run(sample_folder: Path, tmp_path: Path) -> None:
    """Its digest is part of the run's, its licence among the credits."""
    table = tmp_path / "rates.csv"
    rates = {"path": str(table), "level": "county", "licence": "some bureau"}
    projection = {"year": 2030, "source": "s", "rates": rates}
    study = changed(sample_folder, tmp_path, projection=projection)
    digests = set()
    for rate in ("1%", "1.5%"):
        table.write_text(f"unit_id,rate\nC1,{rate}\n", encoding="utf-8")
        result, _ = workflow.run(
            study, data_dir=sample_folder, until="assess", out_dir=tmp_path / "out"
        )
        digests.add(result.digest)
        source = next(s for s in result.town.sources if s.key == "projection.rates")
        assert source.licence == "some bureau"
    assert len(digests) == 2
