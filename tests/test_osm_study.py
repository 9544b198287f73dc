"""A study whose facilities are all of OpenStreetMap: the real amenities of Hangzhou."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest

from planning import workflow
from planning.inputs.tables.sheets import read_sheet
from planning.projection import WGS84, transformer
from planning.result import StudyResult, Town

BOX = (120.0444, 30.2341, 120.1698, 30.3251)  # of the streets [degrees]
AMENITIES = "hangzhou_amenities_20240813.osm.pbf"


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "hangzhou_xihu"


@pytest.fixture(scope="module")
def study(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Streets and facilities are real; nobody has counted the people by cell: 50 in each."""
    made = tmp_path_factory.mktemp("xihu")
    west, south, east, north = BOX
    places = [(x, y) for y in np.arange(south, north, 0.003) for x in np.arange(west, east, 0.003)]
    rows = [f"{x:.5f},{y:.5f},50" for x, y in places]
    (made / "people.csv").write_text("\n".join(["lon,lat,people", *rows]), encoding="utf-8")
    (made / "study.yaml").write_text(
        f"""
        name: xihu
        area: {{box: [{west}, {south}, {east}, {north}], level: county, name: 西湖}}
        network: {{path: {(folder / "hangzhou_xihu_drive.osm.pbf").as_posix()}}}
        population: {{path: people.csv, unit: persons, coords: wgs84, licence: 虚构 invented}}
        facilities: {{path: {(folder / AMENITIES).as_posix()}}}
        standards: {{levels: {{SC-2021-57/1.0/nursery-rate-2025: [county]}}}}
        services:
          elder_care: {{label: 养老, limit_min: 15, functions: [elder_institution]}}
          nursery: {{label: 托育, limit_min: 15, functions: [nursery]}}
        siting: null
        """,
        encoding="utf-8",
    )
    return made / "study.yaml"


@pytest.fixture(scope="module")
def town(study: Path) -> Town:
    return workflow.check(study)


@pytest.fixture(scope="module")
def result(study: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    return workflow.run(study, out_dir=tmp_path_factory.mktemp("out"))


def test_every_place_is_a_facility_or_told_why_not(town: Town, folder: Path) -> None:
    """Of 944 places 18 lie over 50 km away, for the prefecture is larger than any town."""
    sheet = read_sheet(folder / AMENITIES, "facilities", sheet=None)
    assert Counter(sheet.rows["amenity"])["kindergarten"] == 468
    assert (sheet.rows["social_facility:for"] == "senior").sum() == 60
    away = {note.id: note.en for note in town.row_notes if note.done == "rejected"}
    assert all("km from the area" in why for why in away.values())
    assert sorted([*town.facilities.ids, *away]) == sorted(sheet.rows["编号"])
    distance_km = _distance_km(town, sheet.lon, sheet.lat)
    assert set(away) == set(sheet.rows["编号"][distance_km > 50])
    kept = Counter(town.facilities.types)
    for kind, count in Counter(sheet.rows["类型"]).items():
        assert kept[kind] == count - sum(sheet.rows["类型"][sheet.rows["编号"].isin(away)] == kind)


def _distance_km(town: Town, lon: Any, lat: Any) -> np.ndarray:
    x, y = transformer(WGS84, town.area.epsg).transform(lon, lat)
    west, south, east, north = town.area.boundary.bounds
    return np.hypot(x - np.clip(x, west, east), y - np.clip(y, south, north)) / 1000


def test_they_stand_where_another_extraction_has_them(town: Town, folder: Path) -> None:
    other = gpd.read_file(folder / "hangzhou_osm_facilities.geojson")
    other["id"] = other["osm_type"] + "/" + other["osm_id"].astype(str)
    other = other[other["osm_type"] == "node"].set_index("id").to_crs(town.area.epsg)
    nodes = [k for k, name in enumerate(town.facilities.ids) if name in other.index]
    assert len(nodes) > 50
    at = other.loc[[town.facilities.ids[k] for k in nodes]].geometry
    apart_m = np.hypot(town.facilities.x_m[nodes] - at.x, town.facilities.y_m[nodes] - at.y)
    assert apart_m.max() < 0.05


def test_nurseries_say_no_places_and_kindergartens_have_none(town: Town) -> None:
    """OSM has no capacity for any of them; a kindergarten alone is no nursery."""
    types = np.array(town.facilities.types, dtype=object)
    np.testing.assert_array_equal(np.isnan(town.facilities.places), types == "托育机构")
    doubtful = [note.id for note in town.row_notes if note.done == "doubtful"]
    assert sorted(doubtful) == sorted(np.array(town.facilities.ids)[types == "托育机构"])
    assert len(doubtful) == 5


def test_the_report_says_what_counts_for_what(
    study: Path, town: Town, planning_cli: Callable[..., Any]
) -> None:
    done = planning_cli("check", study)
    assert done.code == 0
    assert "OSM 设施：幼儿园 468、医院 325、养老院 62" in done.out
    inside = town.area.contains(town.facilities.x_m, town.facilities.y_m)
    homes = np.array(["elder_institution" in does for does in town.facilities.functions])
    assert (homes & inside).any()
    assert (
        f"养老：范围内运营 {(homes & inside).sum()} 处，范围外 {(homes & ~inside).sum()} 处"
        in done.out
    )
    assert "托育：范围内运营 0 处，范围外 5 处；范围内已知托位 0 个" in done.out
    assert "处的类型不属于任何服务，不计入：幼儿园 465、" in done.out
    assert "剔除 rejected 18，存疑 doubtful 5" in done.out


def test_the_study_runs(result: tuple[StudyResult, Path]) -> None:
    found, folder = result
    ledger = found.situation.coverage["elder_care"].ledger(found.town.demand.people["total"])
    assert 0 < ledger.covered < ledger.people
    layer = gpd.read_file(folder / "result.gpkg", layer="facilities_现有设施")
    assert len(layer) == 926
    assert layer["places"].isna().sum() == 5


@pytest.mark.parametrize(
    ("capacity", "places"), [("60", "60"), (" 60 ", "60"), ("yes", ""), ("20-30", ""), ("-5", "")]
)
def test_a_capacity_that_is_no_number_is_unknown(
    tmp_path: Path, capacity: str, places: str
) -> None:
    """The tag is free text: its nursery is no reason to be left out."""
    (tmp_path / "f.osm").write_text(
        '<osm version="0.6"><node id="9" lon="105.5" lat="30.5"><tag k="amenity" v="childcare"/>'
        f'<tag k="capacity" v="{capacity}"/></node></osm>',
        encoding="utf-8",
    )
    assert read_sheet(tmp_path / "f.osm", "f", sheet=None).rows["托位数"].tolist() == [places]
