"""Traps of formats and coordinates met in China: where each is tested, and those tested here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio
import rasterio.warp
from pyproj import Geod
from registers import refused

from planning import workflow
from planning.errors import InputError
from planning.inputs.tables.delimited_text import MOST_TEXT_BYTES
from planning.inputs.vectors import is_metric, metric_epsg
from planning.projection import WGS84, transformer
from planning.result import Town
from planning.sample import write_sample

TESTS = Path(__file__).parent

TRAPS = {
    "counts that are warped to another CRS lose people": [
        "test_reading_traps.py::test_counts_are_the_same_in_every_crs",
        "test_bad_input.py::test_population_polygons_give_the_same_people",
        "test_real_cities.py::test_hong_kong_accounts_for_every_person_of_worldpop",
    ],
    "NoData is not zero, NaN no number": [
        "test_bad_input.py::test_nan_as_nodata_gives_the_same_people",
        "test_bad_input.py::test_undeclared_nan_is_a_gap_as_well",
    ],
    "a second band is dropped": ["test_bad_input.py::test_a_second_band_is_not_dropped_silently"],
    "UTF-8 Shapefiles tear names at the tenth byte": [
        "test_vector_registers.py::test_names_torn_at_ten_bytes"
    ],
    "GBK lacks rare characters": [
        "test_vector_registers.py::test_rare_characters_in_gb18030",
        "test_sheets.py::test_encodings_of_text",
        "test_isochrone_files.py::test_shapefile_turns_to_utf8_where_gbk_lacks_a_letter",
    ],
    "a .dbf without .cpg and language byte is mojibake": [
        "test_vector_registers.py::test_text_of_a_shapefile",
        "test_reading_traps.py::test_names_of_units_in_a_gbk_shapefile_without_cpg",
    ],
    "a .cpg lies": ["test_vector_registers.py::test_a_cpg_that_lies"],
    "CSV of Excel is GB18030, ours needs a BOM": [
        "test_sheets.py::test_encodings_of_text",
        "test_results.py::test_tables_have_the_columns_that_were_promised",
    ],
    "Excel leaves the delimiters of blank cells away": [
        "test_sheets.py::test_blank_cells_that_excel_leaves_away_are_told",
        "test_sheets.py::test_rows_of_too_many_cells_are_all_named",
        "test_sheets.py::test_a_header_of_more_cells_than_any_row_is_at_fault",
    ],
    "GeoJSON in CGCS2000 or in metres": [
        "test_vector_registers.py::test_geojson_in_cgcs2000_and_projected",
        "test_isochrone_files.py::test_geojson_is_as_rfc_7946_wants_it",
    ],
    "styles are listed as a layer": [
        "test_vector_registers.py::test_styles_beside_a_layer_are_no_choice"
    ],
    "a file geodatabase": [
        "test_vector_registers.py::test_every_vector_format_gives_the_same_register"
    ],
    "inverses of GCJ-02 and BD-09 are off by metres": [
        "test_datum.py::test_twenty_thousand_places_come_back_to_a_micrometre",
        "test_datum.py::test_any_place_comes_back_to_a_micrometre",
    ],
    "forward shifts differ between libraries": [
        "test_datum.py::test_the_pairs_of_eviltransform",
        "test_datum.py::test_the_examples_of_coordtransform",
    ],
    "the rectangle of the vendors includes Seoul": [
        "test_datum.py::test_the_rectangle_of_the_vendors_is_not_china"
    ],
    "nobody says in which coordinates a register is": [
        "test_detection.py::test_what_is_told_is_right_however_few_the_rows",
        "test_positions.py::test_few_rows_that_tell_nothing_are_refused",
        "test_positions.py::test_huangpus_registers_are_told_without_a_word",
    ],
    "codes of Gauss-Krüger zones, with and without the zone in the easting": [
        "test_coordinates.py::test_zones_of_three_degrees_have_the_codes_of_epsg",
        "test_coordinates.py::test_a_zone_in_the_easting_leaves_one_reading",
        "test_reading_traps.py::test_a_zone_in_the_easting_is_refused_or_found_out",
    ],
    "PROJ gives the northing first": [
        "test_reading_traps.py::test_eastings_come_first_in_every_zone",
        "test_positions.py::test_huangpus_registers_are_told_without_a_word",
    ],
    "CGCS2000 degrees are WGS 84 degrees": [
        "test_coordinates.py::test_degrees_of_cgcs2000_are_degrees_of_wgs84",
        "test_positions.py::test_cgcs2000_degrees_are_wgs84_degrees",
    ],
    "old datums are taken for WGS 84": [
        "test_bad_input.py::test_old_datums_are_refused_everywhere",
        "test_vector_registers.py::test_old_datums",
    ],
    "UTM is no Gauss-Krüger, Web Mercator no metre": [
        "test_reading_traps.py::test_the_metric_crs_of_a_place_in_china_is_its_gauss_kruger_zone",
        "test_reading_traps.py::test_web_mercator_is_no_metric_crs",
        "test_bad_input.py::test_a_crs_that_is_not_metric",
    ],
    "a workbook of a million rows, or of one cell at the end of the world": [
        "test_sheets.py::test_a_large_workbook",
        "test_sheets.py::test_a_cell_at_the_end_of_the_world",
        "test_reading_traps.py::test_a_sheet_of_more_cells_than_a_pc_holds",
        "test_reading_traps.py::test_a_text_longer_than_a_pc_holds",
    ],
    "zip bombs": [
        "test_sheets.py::test_a_bomb_is_refused_before_it_goes_off",
        "test_sheets.py::test_an_opendocument_sheet_that_repeats_itself",
        "test_vector_registers.py::test_a_zip_that_is_a_bomb",
    ],
    "formulas and markup in names": [
        "test_inert_names.py::test_no_cell_of_any_table_is_computed",
        "test_inert_names.py::test_the_map_shows_them_as_text_and_runs_nothing",
        "test_isochrone_files.py::test_csv_opens_in_excel_and_computes_nothing",
        "test_map.py::test_hostile_text_stays_text",
    ],
    "coordinates exchanged in some rows": [
        "test_positions.py::test_every_planted_fault_is_found_and_nothing_else_is_touched"
    ],
}


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_has_its_tests(trap: str) -> None:
    for named in TRAPS[trap]:
        file, _, test = named.partition("::")
        text = (TESTS / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {test}\(", text, flags=re.MULTILINE), named


# --- rasters --------------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Path) -> Path:
    write_sample(tmp_path)
    return tmp_path


def counted(town: Path, epsg: int, *, by: int) -> tuple[Town, float]:
    """The town with random people in cells of another CRS that cover it; how many they are."""
    path = town / "population_2025.tif"
    with rasterio.open(path) as source:
        west, south, east, north = rasterio.warp.transform_bounds(source.crs, epsg, *source.bounds)
    transform = rasterio.Affine((east - west) / by, 0, west, 0, (south - north) / by, north)
    people = np.random.default_rng(epsg).gamma(0.5, 40.0, (by, by)).astype(np.float32)
    people[0, 0] = -9999
    with rasterio.open(
        path, "w", driver="GTiff", width=by, height=by, count=1, dtype="float32", nodata=-9999,
        crs=f"EPSG:{epsg}", transform=transform,
    ) as target:  # fmt: skip
        target.write(people, 1)
    whole = float(people.astype(np.float64).sum() + 9999)
    return workflow.check(town / "study.yaml"), whole


@pytest.mark.parametrize("epsg", [4326, 4490, 4544, 4525, 32648, 3857])
def test_counts_are_the_same_in_every_crs(town: Path, epsg: int) -> None:
    """Resampled to the study's metres bilinear loses a quarter of them."""
    found, whole = counted(town, epsg, by=97)
    demand = found.demand
    assert demand.people_in_source == pytest.approx(whole, rel=1e-9)
    assert demand.total("total") + demand.people_outside == pytest.approx(whole, rel=1e-9)


# --- Shapefiles -----------------------------------------------------------------------------


def test_names_of_units_in_a_gbk_shapefile_without_cpg(town: Path) -> None:
    before = workflow.check(town / "study.yaml")
    units = gpd.read_file(town / "units.gpkg")
    units.to_file(town / "units.shp", encoding="GBK")
    (town / "units.cpg").unlink()
    table = bytearray((town / "units.dbf").read_bytes())
    table[29] = 0
    (town / "units.dbf").write_bytes(table)
    study = town / "study.yaml"
    text = study.read_text(encoding="utf-8").replace("path: units.gpkg", "path: units.shp")
    study.write_text(text, encoding="utf-8")
    after = workflow.check(study)
    assert [level.names for level in after.area.levels] == [
        level.names for level in before.area.levels
    ]


# --- coordinates ----------------------------------------------------------------------------


@pytest.mark.parametrize("zone", range(25, 46))
def test_eastings_come_first_in_every_zone(zone: int) -> None:
    """PROJ would give the northing first for these codes."""
    lon = 3.0 * zone
    for code, false_m in ((4509 + zone, 500_000.0), (4488 + zone, 500_000.0 + zone * 1_000_000.0)):
        east, north = transformer(WGS84, code).transform(lon, 30.0)
        assert east == pytest.approx(false_m, abs=0.01)
        assert 3_319_000 < north < 3_321_000


def test_a_zone_in_the_easting_is_refused_or_found_out(
    town: Path, planning_cli: Callable[..., object]
) -> None:
    """EPSG:4544 says 499 203; the register says 35 499 203, which is EPSG:4523."""
    before = workflow.check(town / "study.yaml").candidates
    file, study = town / "candidates.csv", town / "study.yaml"
    table = pd.read_csv(file, dtype=str, encoding="gb18030")
    table["Y坐标"] = "35" + table["Y坐标"]
    table.to_csv(file, index=False, encoding="gb18030")
    with pytest.raises(InputError, match=r"no candidate within 300 m .* \(auto: it is found out\)"):
        workflow.check(study)
    text = study.read_text(encoding="utf-8")
    for coords in ("auto", "EPSG:4523"):
        study.write_text(text.replace("coords: EPSG:4544", f"coords: {coords}"), encoding="utf-8")
        after = workflow.check(study).candidates
        assert before is not None and after is not None
        np.testing.assert_allclose(after.x_m, before.x_m, atol=1e-3)


@pytest.mark.parametrize("lat", [18.2, 30.0, 53.5])
def test_the_metric_crs_of_a_place_in_china_is_its_gauss_kruger_zone(lat: float) -> None:
    """Within 1.5° of its meridian, where lengths are true to 0.04 %; UTM would be off by as much
    in the middle of its zones."""
    geod = Geod(ellps="GRS80")
    for lon in np.arange(74.0, 135.0, 0.7):
        code = metric_epsg(lon, lat)
        assert code == 4509 + round(lon / 3)
        assert is_metric(code, lon, lat)
        x, y = transformer(WGS84, code).transform([lon, lon + 0.01], [lat, lat])
        true_m = geod.inv(lon, lat, lon + 0.01, lat)[2]
        assert np.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(true_m, rel=4e-4)


@pytest.mark.parametrize(("lon", "lat", "code"), [(-51.2, -30.0, 32722), (24.9, 60.2, 32635)])
def test_elsewhere_it_is_utm(lon: float, lat: float, code: int) -> None:
    assert metric_epsg(lon, lat) == code


def test_web_mercator_is_no_metric_crs() -> None:
    assert not is_metric(3857, 121.5, 31.2)  # a third more area
    assert is_metric(32651, 121.5, 31.2)


# --- what a PC holds ------------------------------------------------------------------------


def test_a_sheet_of_more_cells_than_a_pc_holds(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["编号", "名称"])
    book.active["Q1000000"] = "x"
    book.save(tmp_path / "f.xlsx")
    refused(tmp_path / "f.xlsx", zh="1000000 行 × 17 列", en="1000000 rows × 17 columns")


def test_a_text_longer_than_a_pc_holds(tmp_path: Path) -> None:
    with (tmp_path / "f.csv").open("wb") as file:
        file.truncate(MOST_TEXT_BYTES + (1 << 20))
    refused(tmp_path / "f.csv", zh="129 MiB", en="129 MiB")
