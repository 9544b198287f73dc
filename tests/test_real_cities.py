"""Three real cities, from the shared data; skipped where they are not at hand."""

import json
import sqlite3
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from browser import open_page
from networkx_oracle import all_pairs_ms, exact_graph

from planning import workflow
from planning.result import StudyResult

STUDIES = Path(__file__).parent.parent / "scripts" / "studies"


class Run:
    """A finished run and its folder."""

    def __init__(self, result: StudyResult, folder: Path) -> None:
        self.result, self.folder = result, folder
        self.summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))


def run_study(name: str, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp(name)
    return Run(*workflow.run(STUDIES / f"{name}.yaml", data_dir=shared_data, out_dir=out))


@pytest.fixture(scope="module")
def huangpu(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_study("huangpu", shared_data, tmp_path_factory)


@pytest.fixture(scope="module")
def hong_kong(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_study("hongkong-island", shared_data, tmp_path_factory)


@pytest.fixture(scope="module")
def helsinki(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_study("helsinki", shared_data, tmp_path_factory)


def assert_everybody_is_accounted_for(run: Run, people_in_source: float) -> None:
    total = run.summary["people"]["total"]
    assert total["in_raster"] == pytest.approx(people_in_source, abs=1e-3)
    counted = total["in_area"] - total["moved_in"] + total["moved_out"]
    assert counted + total["outside_area"] == pytest.approx(total["in_raster"], abs=1e-6)
    assert total["snapped"] + total["unreachable_from_network"] == pytest.approx(
        total["in_area"], abs=1e-6
    )
    whole = [row for row in run.summary["coverage"] if row["level"] == "area"]
    assert whole
    for row in run.summary["coverage"]:
        parts = row["covered"] + row["unserved"] + row["unreachable"]
        assert parts == pytest.approx(row["people"], abs=1e-6)
    for row in whole:
        if row["group"] == "total":
            assert row["people"] == pytest.approx(total["in_area"], abs=1e-6)


def test_huangpu_accounts_for_every_person_of_the_raster(huangpu: Run) -> None:
    assert_everybody_is_accounted_for(huangpu, 662_030.0)


def test_huangpu_reports_its_components(huangpu: Run) -> None:
    parts = huangpu.summary["network"]["components"]
    network = huangpu.result.town.network
    graph = nx.Graph(zip(network.tail.tolist(), network.head.tolist(), strict=True))
    assert len(parts) == nx.number_connected_components(graph)
    km = [part["km"] for part in parts]
    assert km == sorted(km, reverse=True)
    assert sum(part["km"] for part in parts) == pytest.approx(huangpu.summary["network"]["km"])
    people = sum(part["people"] for part in parts)
    assert people == pytest.approx(huangpu.summary["people"]["total"]["snapped"], abs=1e-6)


def test_huangpu_facilities_lie_where_they_truly_are(huangpu: Run, shared_data: Path) -> None:
    import geopandas as gpd

    facilities = huangpu.result.town.facilities
    true = gpd.read_file(shared_data / "shanghai_huangpu/study/facilities_true_wgs84.geojson")
    true = true.set_index("编号").to_crs(huangpu.result.town.area.epsg)
    where = true.loc[list(facilities.ids)].geometry
    off_m = np.hypot(where.x - facilities.x_m, where.y - facilities.y_m)
    assert off_m.max() < 1.0


def test_huangpu_plan_leaves_only_what_it_names(huangpu: Run) -> None:
    plan = huangpu.result.plan
    assert plan is not None
    assert plan.status == "optimal"
    assert plan.bound_yuan <= plan.objective_yuan
    assert plan.gap <= 0.001
    open_after = {
        (f.clause_id, f.unit_id)
        for f in plan.findings
        if f.role == "requirement" and f.verdict == "not_met"
    }
    assert open_after == {(u.clause_id, u.unit_id) for u in plan.unmet}
    before = sum(
        f.role == "requirement" and f.verdict == "not_met" for f in huangpu.result.findings
    )
    assert len(open_after) < before


def test_huangpu_coverage_equals_networkx_everywhere(huangpu: Run) -> None:
    """The two nearest facilities of every cell, as the run has them, on uncontracted streets."""
    town = huangpu.result.town
    graph = exact_graph(town.network, [town.facility_snaps, town.demand_snaps])
    ms = all_pairs_ms(graph, len(town.facilities), len(town.demand), to_site=True)
    for service, within in huangpu.result.situation.coverage.items():
        functions = frozenset(town.study.services[service].functions)
        offered = np.where(town.facilities.offering(functions)[:, None], ms, np.inf)
        order = np.argsort(offered, axis=0, kind="stable")
        for found, at in ((within.nearest, order[0]), (within.second, order[1])):
            expected = np.take_along_axis(offered, at[None], axis=0)[0]
            np.testing.assert_array_equal(np.where(found.ms < 0, np.inf, found.ms), expected)
            there = np.isfinite(expected)
            np.testing.assert_array_equal(found.site[there], at[there])


def test_huangpu_run_folder_opens_in_the_programs_people_use(huangpu: Run) -> None:
    with sqlite3.connect(huangpu.folder / "result.gpkg") as book:
        layers = [row[0] for row in book.execute("select table_name from gpkg_contents")]
    assert len(layers) == 7 + 1 and "layer_styles" in layers
    findings = pd.read_csv(huangpu.folder / "findings.csv")
    assert len(findings) == len(huangpu.summary["findings"])
    assert (huangpu.folder / "findings.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", ["huangpu", "hong_kong", "helsinki"])
def test_the_map_opens_from_disk_asks_for_nothing_and_says_the_same(
    name: str, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(name)
    page = open_page(run.folder / "map.html", "service=elder_care&state=now")
    assert page.requests == []
    assert page.console == []
    group = run.result.town.study.services["elder_care"].group
    row = next(
        row
        for row in run.summary["coverage"]
        if (row["state"], row["service"], row["limit_min"], row["group"], row["level"])
        == ("now", "elder_care", 15.0, group, "area")
    )
    shown = {key: int(page.dataset[key]) for key in ("covered", "beyond", "unreachable", "total")}
    assert abs(shown["covered"] - row["covered"]) <= 0.5
    assert abs(shown["unreachable"] - row["unreachable"]) <= 0.5
    assert abs(shown["total"] - row["people"]) <= 0.5
    assert shown["covered"] + shown["beyond"] + shown["unreachable"] == shown["total"]


def test_hong_kong_accounts_for_every_person_of_worldpop(hong_kong: Run) -> None:
    assert_everybody_is_accounted_for(hong_kong, 1_277_354.5795)
    assert len(hong_kong.summary["network"]["components"]) == 1
    plan = hong_kong.result.plan
    assert plan is not None
    assert plan.findings != hong_kong.result.findings
    assert not plan.unmet


def test_helsinki_accounts_for_every_person_of_the_grid(helsinki: Run) -> None:
    assert_everybody_is_accounted_for(helsinki, 71_724.0)
    assert helsinki.result.town.area.epsg == 32635
    assert any("missing" in entry.reason for entry in helsinki.result.town.network.set_aside)
