"""The run folder: complete or absent, the same inputs the same bytes, ledgers that add up."""

import json
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from planning import workflow
from planning.outputs import run_folder
from planning.outputs.inert_csv import write_csv
from planning.sample import write_sample
from planning.tables import TABLES

FILES = {
    "access.csv",
    "area_sites.csv",
    "capacity.csv",
    "coverage.csv",
    "data_check.csv",
    "findings.csv",
    "goings.csv",
    "loads.csv",
    "map.html",
    "metadata.json",
    "minutes.qml",
    "minutes.tif",
    "minutes_status.qml",
    "minutes_status.tif",
    "obligations.csv",
    "parquet",
    "plan.csv",
    "reasons.html",
    "report.docx",
    "reach.npz",
    "residential_areas.csv",
    "scorecard.csv",
    "scorecard.html",
    "record.json",
    "result.gpkg",
    "shapefile_gbk",
    "summary.json",
    "tables.xlsx",
    "unmet.csv",
    "whatif.html",
    "元数据.txt",
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder)
    return folder


@pytest.fixture(scope="module")
def run(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workflow.run(sample / "study.yaml", out_dir=tmp_path_factory.mktemp("out"))[1]


def summary_of(folder: Path) -> dict:
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))


def bytes_of(path: Path) -> dict[str, bytes]:
    """A file, or all files of a folder, by their place in it."""
    files = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
    return {one.relative_to(path).as_posix(): one.read_bytes() for one in files}


def test_every_file_is_there_and_nothing_else(run: Path) -> None:
    assert {path.name for path in run.iterdir()} == FILES
    assert [path.name for path in run.parent.iterdir()] == [run.name]


def test_same_inputs_give_the_same_bytes(run: Path, sample: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    shutil.copytree(sample, moved)
    again = workflow.run(moved / "study.yaml", out_dir=tmp_path / "out")[1]
    assert again.name == run.name
    for name in sorted(FILES - {"record.json"}):
        assert bytes_of(again / name) == bytes_of(run / name), name
    one, two = (json.loads((f / "record.json").read_text("utf-8")) for f in (run, again))
    of_the_place = {"seconds": 0, "made_from": None, "peak_memory_bytes": 0}
    assert one | of_the_place == two | of_the_place
    assert one["made_from"]["scenario"] is None
    assert one["peak_memory_bytes"] > 50_000_000
    assert set(one["seconds"]) == {"read", "walk", "judge", "propose", "access", "write"}


def test_another_speed_is_another_digest(run: Path, sample: Path, tmp_path: Path) -> None:
    slow = workflow.run(sample / "study.yaml", scenario="slow", out_dir=tmp_path)[1]
    assert slow.name != run.name
    base, late = summary_of(run), summary_of(slow)
    assert late["walking"]["speed_m_s"] == 0.8
    for a, b in zip(base["coverage"], late["coverage"], strict=True):
        if a["state"] == "now":
            assert b["covered"] <= a["covered"]


def test_order_of_rows_in_the_registers_changes_no_figure(
    run: Path, sample: Path, tmp_path: Path
) -> None:
    turned = tmp_path / "turned"
    shutil.copytree(sample, turned)
    for name, encoding in (("facilities.csv", "utf-8-sig"), ("candidates.csv", "gb18030")):
        head, *rows = (turned / name).read_text(encoding=encoding).splitlines()
        (turned / name).write_text("\n".join([head, *reversed(rows)]) + "\n", encoding=encoding)
    other = workflow.run(turned / "study.yaml", out_dir=tmp_path / "out")[1]
    assert other.name != run.name
    tables = ("findings", "coverage", "capacity", "access", "plan", "unmet", "obligations")
    tables += ("area_sites",)
    for name in (*(f"{table}.csv" for table in tables), "result.gpkg"):
        assert bytes_of(other / name) == bytes_of(run / name), name
    assert {**summary_of(other), "digest": ""} == {**summary_of(run), "digest": ""}


BESIDES = {
    "speed_band",
    *(name for name in TABLES if name.startswith(("closure", "frontier", "robustness"))),
}
"""Tables that are written only where they are asked for."""


@pytest.mark.parametrize("table", sorted(set(TABLES) - BESIDES))
def test_tables_have_the_columns_that_were_promised(run: Path, table: str) -> None:
    path = run / f"{table}.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert list(pd.read_csv(path).columns) == [column.name for column in TABLES[table]]


def test_summary_says_what_the_tables_say(run: Path) -> None:
    summary = summary_of(run)
    for table in ("findings", "coverage"):
        frame = pd.read_csv(run / f"{table}.csv")
        assert len(frame) == len(summary[table])
        for name in ("gap", "covered", "people"):
            if name in frame:
                held = [row[name] for row in summary[table] if row[name] is not None]
                assert frame[name].dropna().tolist() == pytest.approx(held, rel=1e-12)
    plan = pd.read_csv(run / "plan.csv")
    assert summary["plan"]["cost_yuan"] == pytest.approx(plan["cost_yuan"].sum())
    assert summary["plan"]["objective_yuan"] == pytest.approx(plan["cost_yuan"].sum())
    assert summary["plan"]["places"] == plan["places"].sum()
    assert summary["plan"]["sites_opened"] == plan["candidate_id"].nunique()
    assert summary["plan"]["bound_yuan"] <= summary["plan"]["objective_yuan"]


def test_ledgers_add_up_and_units_add_up_to_the_area(run: Path) -> None:
    coverage = pd.read_csv(run / "coverage.csv")
    parts = coverage["covered"] + coverage["unserved"] + coverage["unreachable"]
    np.testing.assert_allclose(parts, coverage["people"], atol=1e-6)
    keys = ["state", "service", "limit_min", "group"]
    whole = coverage[coverage["level"] == "area"].set_index(keys)
    for level in ("county", "street", "community"):
        added = coverage[coverage["level"] == level].groupby(keys)[["people", "covered"]].sum()
        np.testing.assert_allclose(added, whole.loc[added.index, ["people", "covered"]], atol=1e-6)


def test_more_minutes_cover_no_fewer(run: Path) -> None:
    coverage = pd.read_csv(run / "coverage.csv")
    keys = ["state", "service", "group", "level", "unit_id"]
    for _, rows in coverage.sort_values("limit_min").groupby(keys):
        assert rows["covered"].is_monotonic_increasing


def test_plan_never_lowers_coverage(run: Path) -> None:
    coverage = pd.read_csv(run / "coverage.csv")
    keys = ["service", "limit_min", "group", "level", "unit_id"]
    now = coverage[coverage["state"] == "now"].set_index(keys)["covered"]
    after = coverage[coverage["state"] == "after"].set_index(keys)["covered"]
    assert len(now) == len(after) > 0
    assert (after >= now - 1e-9).all()


def test_geopackage_opens_with_layers_a_planner_understands(run: Path) -> None:
    listed = gpd.list_layers(run / "result.gpkg")
    assert listed[listed["geometry_type"].isna()]["name"].tolist() == ["layer_styles"]
    layers = set(listed[listed["geometry_type"].notna()]["name"])
    assert layers == {
        "demand_人口格网",
        "facilities_现有设施",
        "candidates_候选点",
        "isochrones_步行等时圈",
        "units_单元体检",
        "residential_居住区体检",
        "plan_推荐选址",
    }
    demand = gpd.read_file(run / "result.gpkg", layer="demand_人口格网")
    summary = summary_of(run)
    assert demand.crs.to_epsg() == summary["epsg"] == 4544
    assert demand["people"].sum() == pytest.approx(summary["people"]["total"]["in_area"])
    off = demand["street"].isin(["too_far", "walled_in"])
    assert demand["leg_m"].isna().equals(off)
    assert demand.loc[off, "minutes_now_elder_care"].isna().all()
    assert (demand["street"] == "moved").equals(demand["moved_m"] > 0)
    assert (demand["street"] == "moved").any()
    minutes = demand["minutes_now_elder_care"]
    covered = demand.loc[minutes <= 15, "people_elderly"].sum()
    row = next(
        r
        for r in summary["coverage"]
        if (r["state"], r["service"], r["limit_min"], r["group"], r["level"])
        == ("now", "elder_care", 15.0, "elderly", "area")
    )
    assert covered == pytest.approx(row["covered"])


def test_reach_holds_what_the_document_says(run: Path) -> None:
    reach = np.load(run / "reach.npz")
    demand = gpd.read_file(run / "result.gpkg", layer="demand_人口格网")
    facilities = gpd.read_file(run / "result.gpkg", layer="facilities_现有设施")
    assert list(reach["sites"][: int(reach["facilities"])]) == list(facilities["facility_id"])
    candidates = gpd.read_file(run / "result.gpkg", layer="candidates_候选点")
    assert list(reach["sites"][int(reach["facilities"]) :]) == list(candidates["candidate_id"])
    assert len(reach["start"]) == len(reach["sites"]) + 1
    assert reach["ms"].max() <= reach["limit_ms"] == 900_000
    best = np.full(len(demand), np.inf)
    for site in np.flatnonzero(facilities["status"] == "open"):
        if "elder_care" in facilities["services"][site]:
            row = slice(reach["start"][site], reach["start"][site + 1])
            np.minimum.at(best, reach["demand"][row], reach["ms"][row] / 60_000)
    minutes = demand["minutes_now_elder_care"].where(demand["minutes_now_elder_care"] <= 15)
    np.testing.assert_allclose(np.where(np.isfinite(best), best, np.nan), minutes)


def test_nothing_is_left_behind_when_writing_fails(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(run_folder, "write_map", broken)
    with pytest.raises(OSError, match="disk full"):
        workflow.run(sample / "study.yaml", out_dir=tmp_path / "out")
    # What took long to find is kept for the next run, and is not taken for a result.
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".stages"]


def test_names_that_excel_would_compute_are_inert(tmp_path: Path) -> None:
    frame = pd.DataFrame({"name": ["=1+1", "@x", "-3", "+4", "普通", None]}, dtype="object")
    write_csv(frame, tmp_path / "x.csv")
    text = (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[1:5] == ["'=1+1", "'@x", "'-3", "'+4"]
    assert "普通" in text
