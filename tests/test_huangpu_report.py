"""What `planning check` reports of Huangpu, held against its files opened by other programs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from planning import workflow
from planning.result import Town

STUDY = Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml"


@pytest.fixture(scope="module")
def town(shared_data: Path) -> Town:
    return workflow.check(STUDY, data_dir=shared_data)


@pytest.fixture(scope="module")
def register(shared_data: Path) -> pd.DataFrame:
    return pd.read_excel(
        shared_data / "shanghai_huangpu/study/facilities_gcj02.xlsx", engine="openpyxl"
    )


def test_candidates_in_gbk_and_metres_land_in_the_district(town: Town, shared_data: Path) -> None:
    """By the boundary of OpenStreetMap, which no reader of the study has seen."""
    border = gpd.read_file(shared_data / "shanghai_huangpu/huangpu_boundary_osm.geojson")
    district = shapely.union_all(border.to_crs(town.area.epsg).geometry)
    assert town.candidates is not None
    points = shapely.points(town.candidates.x_m, town.candidates.y_m)
    assert len(points) == 360
    # The modelled units reach a few metres beyond it; another zone or datum is hundreds off.
    assert shapely.distance(district, points).max() < 10
    assert town.area.contains(town.candidates.x_m, town.candidates.y_m).mean() > 0.99


def test_the_report_names_every_file_with_its_digest(
    shared_data: Path, planning_cli: Callable[..., Any]
) -> None:
    done = planning_cli("check", STUDY, "--data", shared_data)
    assert done.code == 0
    for name in (
        "shanghai_huangpu/study/units.gpkg",
        "shanghai_huangpu/huangpu_walk.osm.pbf",
        "shanghai_huangpu/study/population_2020_modelled.tif",
        "census2020_county_age/census2020_county_age.csv",
        "shanghai_huangpu/study/facilities_gcj02.xlsx",
        "shanghai_huangpu/study/candidates_cgcs2000_gbk.csv",
        "shanghai_huangpu/study/residential_areas.geojson",
    ):
        digest = hashlib.sha256((shared_data / name).read_bytes()).hexdigest()
        assert f"{name} [{digest[:10]}]" in done.out


def test_the_report_counts_what_the_register_holds(
    town: Town,
    register: pd.DataFrame,
    shared_data: Path,
    planning_cli: Callable[..., Any],
) -> None:
    out = planning_cli("check", STUDY, "--data", shared_data).out
    is_open = register["状态"] == "运营"
    assert f"{len(register)} 处设施，其中运营 {is_open.sum()} 处" in out
    nursery = register["类型"].isin(["托育机构", "幼儿园托班", "老幼复合型社区综合体"])
    elder = register["类型"].isin(
        ["养老院", "日间照料中心", "社区养老服务综合体", "老幼复合型社区综合体"]
    )
    places = int(register.loc[nursery & is_open, "托位数"].sum())
    assert f"养老服务：范围内运营 {(elder & is_open).sum()} 处，范围外 0 处" in out
    assert (
        f"托育服务：范围内运营 {(nursery & is_open).sum()} 处，范围外 0 处；"
        f"范围内已知托位 {places:,} 个" in out
    )
    rest = register.loc[~nursery & ~elder, "类型"].value_counts()
    listed = "、".join(f"{kind} {count}" for kind, count in rest.items())
    assert f"{rest.sum()} 处的类型不属于任何服务，不计入：{listed}" in out
    assert "按 GB18030 编码读取" in out
    assert "662,030 人" in out


def test_the_official_total_is_held_against_those_counted(town: Town) -> None:
    counted = town.demand.total("total", ~town.demand.is_planned)
    assert town.demand.total("total") > counted + 20_000  # four areas are delivered by 2025
    (note,) = [n.en for n in town.notes if "against the official 662,030" in n.en]
    assert note.startswith(f"{counted - 662_030:+,.1f} people")


def test_what_is_said_of_one_thing_stands_together(town: Town) -> None:
    about = [note.about for note in town.notes]
    assert about == sorted(about, key=about.index)
    assert {"population", "network", "facilities", "candidates", "residential_areas"} <= set(about)


def test_a_long_list_of_rows_is_cut_and_says_so(
    shared_data: Path, tmp_path: Path, planning_cli: Callable[..., Any]
) -> None:
    """All rows are in the JSON, and in data_check.csv of a run."""
    source = shared_data / "shanghai_huangpu/study/facilities_gcj02.xlsx"
    table = pd.read_excel(source, engine="openpyxl", dtype=str)
    table["建筑面积"] = "约" + table["建筑面积"].fillna("0")
    table.to_excel(tmp_path / "about.xlsx", index=False)
    text = STUDY.read_text(encoding="utf-8").replace(
        "shanghai_huangpu/study/facilities_gcj02.xlsx", (tmp_path / "about.xlsx").as_posix()
    )
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    done = planning_cli("check", tmp_path / "study.yaml", "--data", shared_data)
    assert f"改读 repaired {len(table)}" in done.out
    assert f"其余 {len(table) - 60} 行见 data_check.csv 或 --json" in done.out
