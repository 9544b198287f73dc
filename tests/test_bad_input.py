"""Bad input: one clear message in two languages, exit code 2, and nothing left behind.

Every test takes the sample town and changes ONE thing. What is refused says found, expected, and
what to do, first in Chinese, then in English; what is not refused is tested as such.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import osmium
import pytest
import rasterio
import rasterio.features
import shapely

Change = Callable[["Town"], None]
Refuse = Callable[..., list[tuple[str, str]]]

ZH = re.compile(r"✗ (?P<where>.+?)：发现 (?P<found>.+)；应为 (?P<expected>.+)；请(?P<to_do>.+)。")
EN = re.compile(r"✗ (?P<where>.+?): found (?P<found>.+); expected (?P<expected>.+); .+\.")
ENGLISH_PROSE = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){2,}")
HAN = re.compile(r"[\u4e00-\u9fff]")
SHEETS = {"facilities.csv": "utf-8-sig", "candidates.csv": "gb18030"}
RASTER = "population_2025.tif"
SHIFT = 10.0  # [degrees] to the east: another province


class Town:
    """A copy of the sample town that a test may spoil."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.study = folder / "study.yaml"

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def edit(self, old: str, new: str) -> None:
        """Replace one piece of the study's text."""
        text = self.study.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the study"
        self.study.write_text(text.replace(old, new), encoding="utf-8")

    def drop(self, key: str) -> None:
        """Take a top-level key and all below it out of the study."""
        text = self.study.read_text(encoding="utf-8")
        left, count = re.subn(rf"(?m)^{key}:.*\n(?:[ #].*\n)*", "", text)
        assert count == 1, key
        self.study.write_text(left, encoding="utf-8")

    def rows(self, name: str) -> list[list[str]]:
        """A CSV as Excel shows it: row 1, the header, is the first of the list."""
        with (self / name).open(encoding=SHEETS[name], newline="") as file:
            return list(csv.reader(file))

    def write_rows(self, name: str, rows: Iterable[list[str]]) -> None:
        with (self / name).open("w", encoding=SHEETS[name], newline="") as file:
            csv.writer(file).writerows(rows)

    def cell(self, name: str, row: int, column: str, value: str) -> None:
        """Write a cell; `row` as Excel shows it."""
        rows = self.rows(name)
        rows[row - 1][rows[0].index(column)] = value
        self.write_rows(name, rows)

    def without_column(self, name: str, column: str) -> None:
        rows = self.rows(name)
        at = rows[0].index(column)
        self.write_rows(name, [[*row[:at], *row[at + 1 :]] for row in rows])

    def raster(
        self,
        change: Callable[[Any, Any], Any] = lambda people, _: people,
        tags: dict[str, str] | None = None,
        **profile: Any,
    ) -> None:
        """Rewrite the raster: `change` gets its values and its NoData mask."""
        with rasterio.open(self / RASTER) as old:
            people, hole, now = old.read(1), old.read_masks(1) == 0, old.profile
            people = change(people, hole)
        with rasterio.open(self / RASTER, "w", **{**now, **profile}) as new:
            new.write(people.astype(now["dtype"]), 1)
            new.update_tags(**(tags or {}))

    def layer(self, name: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> None:
        """Rewrite a vector layer."""
        frame = change(gpd.read_file(self / name))
        (self / name).unlink()
        if name.endswith(".gpkg"):
            frame.to_file(self / name, layer="units", driver="GPKG")
        else:
            frame.to_file(self / name, driver="GeoJSON")

    def roads(self, keep: Callable[[Any], bool] = lambda _: True, east: float = 0.0) -> None:
        """Rewrite the network with some of its things, moved `east` [degrees]."""
        written = self / "new.osm.pbf"
        with osmium.SimpleWriter(str(written)) as writer:
            for thing in osmium.FileProcessor(str(self / "roads.osm.pbf")):
                if not keep(thing):
                    continue
                if thing.is_node():
                    where = thing.location
                    thing = thing.replace(location=(where.lon + east, where.lat))
                writer.add(thing)
        written.replace(self / "roads.osm.pbf")

    def population_polygons(self, column: str = "residents", crs: int | None = 4326) -> None:
        """The raster's cells as polygons; the study asks for its column `residents`."""
        with rasterio.open(self / RASTER) as source:
            people, grid = source.read(1, masked=True), source.transform
        rows, cols = np.nonzero(people.filled(0) > 0)
        west, north = grid.c + cols * grid.a, grid.f + rows * grid.e
        cells = shapely.box(west, north + grid.e, west + grid.a, north)
        frame = gpd.GeoDataFrame({column: people.data[rows, cols]}, geometry=cells, crs=crs)
        frame.to_file(self / "people.gpkg", layer="people", driver="GPKG")
        self.edit(f"path: {RASTER}", "path: people.gpkg\n  column: residents")


@pytest.fixture
def town(sample_folder: Path, tmp_path: Path) -> Town:
    return Town(Path(shutil.copytree(sample_folder, tmp_path / "town")))


@pytest.fixture
def refuse(town: Town, tmp_path: Path, planning_cli: Callable[..., Any]) -> Refuse:
    """Run the study; see that it is refused properly; return the faults as (中文, English)."""

    def call(*options: object, command: str = "run") -> list[tuple[str, str]]:
        out = tmp_path / "out"
        options = (*options, "--out", out) if command != "check" else options
        done = planning_cli(command, town.study, *options)
        said = f"exit {done.code}: " + "\n".join(done.err.splitlines()[-6:])
        assert done.code == 2, said
        assert "Traceback" not in done.out + done.err, said
        assert done.out == ""
        assert not out.exists() or not list(out.iterdir()), "a run folder is left behind"
        lines = done.err.splitlines()
        assert lines and len(lines) % 2 == 0, said
        faults = list(zip(lines[::2], lines[1::2], strict=True))
        for zh, en in faults:
            chinese, english = ZH.fullmatch(zh), EN.fullmatch(en)
            assert chinese and english, said
            assert chinese["where"] == english["where"]
            assert HAN.search(chinese["to_do"]), said
            assert not ENGLISH_PROSE.search(re.sub("（.*?）", "", chinese["expected"])), said
        return faults

    return call


@pytest.fixture
def check(town: Town) -> Callable[..., Any]:
    """Read the town, which must be accepted."""
    from planning import workflow

    return lambda scenario=None: workflow.check(town.study, scenario=scenario)


def only(faults: list[tuple[str, str]], *, zh: str, en: str) -> None:
    """There is one fault, and it says this."""
    assert len(faults) == 1, faults
    assert zh in faults[0][0], faults
    assert en in faults[0][1], faults


# --- a missing file -------------------------------------------------------------------------

INPUTS = {
    "area.units": "units.gpkg",
    "network": "roads.osm.pbf",
    "population": RASTER,
    "facilities": "facilities.csv",
    "candidates": "candidates.csv",
    "residential_areas": "residential_areas.geojson",
}


@pytest.mark.parametrize("key", INPUTS)
def test_a_missing_file_is_named(town: Town, refuse: Refuse, key: str) -> None:
    (town / INPUTS[key]).unlink()
    where = f"{key}: {INPUTS[key]}"
    only(refuse(), zh=f"{where}：发现 没有这个文件", en=f"{where}: found no such file")


def test_every_missing_file_is_named_at_once(town: Town, refuse: Refuse) -> None:
    for name in INPUTS.values():
        (town / name).unlink()
    found = [en.split(": found")[0].removeprefix("✗ ") for _, en in refuse()]
    assert found == [f"{key}: {name}" for key, name in INPUTS.items()]


def test_a_missing_study_is_named(town: Town, refuse: Refuse) -> None:
    town.study.unlink()
    only(refuse(), zh="没有这个文件", en="study.yaml: found no such file")


def test_a_folder_is_no_study(town: Town, refuse: Refuse) -> None:
    town.study = town.folder
    only(refuse(), zh="应为 研究文件（YAML）", en="expected a study file (YAML)")


def test_a_missing_data_folder_is_named(town: Town, refuse: Refuse) -> None:
    faults = refuse("--data", town / "nowhere")
    assert len(faults) == len(INPUTS)
    assert all(str(town / "nowhere") in zh and str(town / "nowhere") in en for zh, en in faults)


# --- the population raster ------------------------------------------------------------------


def _square_km_of_cell() -> float:
    return 0.000833333333**2 * 111.32**2 * np.cos(np.radians(30.6))


def _as_text(town: Town) -> None:
    (town / RASTER).write_text("这不是栅格 no raster", encoding="utf-8")


def _as_nothing(town: Town) -> None:
    (town / RASTER).write_bytes(b"")


def _truncated(town: Town) -> None:
    whole = (town / RASTER).read_bytes()
    (town / RASTER).write_bytes(whole[: len(whole) // 2])


def _named_density(town: Town) -> None:
    (town / RASTER).rename(town / "population_density.tif")
    town.edit(RASTER, "population_density.tif")


def _elsewhere(town: Town) -> None:
    with rasterio.open(town / RASTER) as source:
        grid = source.transform
    town.raster(transform=rasterio.Affine(*grid[:2], grid.c + SHIFT, *grid[3:6]))


BAD_RASTERS: dict[str, tuple[Change, str, str]] = {
    "all zero": (
        lambda town: town.raster(lambda people, hole: np.where(hole, people, 0)),
        "没有一个人（全部为空或 0）",
        "nobody (all empty or 0)",
    ),
    "all NoData": (
        lambda town: town.raster(lambda people, _: np.full_like(people, -99999)),
        "没有一个人（全部为空或 0）",
        "nobody (all empty or 0)",
    ),
    "all NaN": (
        lambda town: town.raster(lambda people, _: np.full_like(people, np.nan)),
        "没有一个人（全部为空或 0）",
        "nobody (all empty or 0)",
    ),
    "text": (_as_text, "无法读取的栅格", "a raster that cannot be read"),
    "no bytes": (_as_nothing, "无法读取的栅格", "a raster that cannot be read"),
    "truncated": (_truncated, "无法读取的栅格", "a raster that cannot be read"),
    "densities by their values": (
        lambda town: town.raster(
            lambda people, hole: np.where(hole, people, people / _square_km_of_cell())
        ),
        "密度而非人数",
        "densities, not counts",
    ),
    "densities by their tag": (
        lambda town: town.raster(tags={"units": "persons per km2"}),
        "密度而非人数（标签或文件名写明为密度）",
        "densities, not counts (its name or tags say density)",
    ),
    "densities by their name": (
        _named_density,
        "密度而非人数（标签或文件名写明为密度）",
        "densities, not counts (its name or tags say density)",
    ),
    "no CRS": (
        lambda town: town.raster(crs=None),
        "栅格没有坐标系",
        "a raster without a CRS",
    ),
    "negative, not declared as NoData": (
        lambda town: town.raster(nodata=None),
        "负的人数（最小 -99999）",
        "negative people (lowest -99999)",
    ),
    "infinite": (
        lambda town: town.raster(
            lambda people, hole: np.where(people == people[~hole].max(), np.inf, people)
        ),
        "inf",
        "inf",
    ),
    "wholly outside": (
        _elsewhere,
        "研究范围内没有人口格网",
        "no inhabited cell inside the study area",
    ),
    "far from the official total": (
        lambda town: town.edit("unit: persons ", "official_total: 150000\n  unit: persons "),
        "应为 接近官方总数 150,000",
        "expected about the official 150,000",
    ),
}


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")  # as we write it
@pytest.mark.parametrize("case", BAD_RASTERS)
def test_a_raster_that_cannot_be_used(town: Town, refuse: Refuse, case: str) -> None:
    change, zh, en = BAD_RASTERS[case]
    change(town)
    faults = refuse()
    only(faults, zh=zh, en=en)
    assert faults[0][1].startswith("✗ population: population")


def test_nan_as_nodata_gives_the_same_people(town: Town, check: Callable[..., Any]) -> None:
    before = check()
    town.raster(lambda people, hole: np.where(hole, np.nan, people), nodata=np.nan)
    after = check()
    assert after.demand.people_in_source == before.demand.people_in_source
    assert after.demand.total("total") == before.demand.total("total") > 46_000
    assert len(after.demand) == len(before.demand)


def test_undeclared_nan_is_a_gap_as_well(town: Town, check: Callable[..., Any]) -> None:
    before = check()
    town.raster(lambda people, hole: np.where(hole, np.nan, people), nodata=None)
    assert check().demand.total("total") == before.demand.total("total") > 46_000


def test_a_second_band_is_not_dropped_silently(town: Town, planning_cli: Any) -> None:
    with rasterio.open(town / RASTER) as old:
        people, profile = old.read(1), {**old.profile, "count": 2}
    with rasterio.open(town / RASTER, "w", **profile) as new:
        new.write(np.stack([people, people]))
    done = planning_cli("check", town.study)
    assert done.code in (0, 2)
    assert "波段" in done.out + done.err
    assert " band" in done.out + done.err


# --- population as polygons -----------------------------------------------------------------


def test_population_polygons_give_the_same_people(town: Town, check: Callable[..., Any]) -> None:
    before = check()
    town.population_polygons()
    after = check()
    assert after.demand.total("total") == pytest.approx(before.demand.total("total"), rel=1e-9)
    assert len(after.demand) == len(before.demand)


def test_population_polygons_without_their_column(town: Town, refuse: Refuse) -> None:
    town.population_polygons(column="pop2025")
    faults = refuse()
    only(faults, zh="应为 人数字段“residents”", en="expected a column of persons 'residents'")
    assert "pop2025" in faults[0][0] and "pop2025" in faults[0][1]


@pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning")  # as we write it
def test_population_polygons_without_a_crs(town: Town, refuse: Refuse) -> None:
    town.population_polygons(crs=None)
    only(refuse(), zh="people.gpkg：发现 没有坐标系", en="people.gpkg: found no CRS")


@pytest.mark.parametrize(
    ("spoil", "zh", "en"),
    [
        (lambda people: people.astype(str) + " 左右", "不是数字", "no numbers"),
        (lambda people: people.where(people.index != 7, -4), "负的人数（最小 -4）", "lowest -4"),
        (lambda people: people / _square_km_of_cell(), "密度而非人数", "densities, not counts"),
        (lambda people: people * 0, "没有一个人", "nobody"),
    ],
    ids=["text", "negative", "densities", "zero"],
)
def test_population_polygons_with_wrong_values(
    town: Town, refuse: Refuse, spoil: Any, zh: str, en: str
) -> None:
    town.population_polygons()
    frame = gpd.read_file(town / "people.gpkg")
    frame["residents"] = spoil(frame["residents"])
    frame.to_file(town / "people.gpkg", layer="people", driver="GPKG")
    only(refuse(), zh=zh, en=en)


def test_a_layer_that_is_not_in_the_file(town: Town, refuse: Refuse) -> None:
    town.population_polygons()
    town.edit("column: residents", "column: residents\n  layer: gone")
    only(refuse(), zh="people.gpkg：发现 没有图层“gone”", en="people.gpkg: found no layer 'gone'")


# --- the network ----------------------------------------------------------------------------

HAMLET = "独户村路"


def _only_hamlet(town: Town) -> None:
    town.roads(lambda thing: thing.is_node() or thing.tags.get("name") == HAMLET)


def _half_a_pbf(town: Town) -> None:
    whole = (town / "roads.osm.pbf").read_bytes()
    (town / "roads.osm.pbf").write_bytes(whole[: len(whole) // 2])


def _bytes_as_roads(content: bytes, name: str = "roads.osm.pbf") -> Change:
    def change(town: Town) -> None:
        (town / name).write_bytes(content)
        if name != "roads.osm.pbf":
            town.edit("path: roads.osm.pbf", f"path: {name}")

    return change


BAD_ROADS: dict[str, tuple[Change, str, str]] = {
    "truncated": (_half_a_pbf, "OSM", "OSM"),
    "text": (_bytes_as_roads("这不是路网 no network".encode()), "OSM", "OSM"),
    "no bytes": (_bytes_as_roads(b""), "roads.osm.pbf", "roads.osm.pbf"),
    "XML that ends too early": (
        _bytes_as_roads(b"<osm version='0.6'><node", "r.osm"),
        "OSM",
        "OSM",
    ),
    "no GraphML": (
        _bytes_as_roads(b"<graphml><gr", "r.graphml"),
        "不是 OSMnx 的路网图",
        "a file of osmnx.save_graphml",
    ),
    "a format we do not read": (
        _bytes_as_roads(b"{}", "r.dwg"),
        "无法识别的路网格式",
        "a network of an unknown format; expected .osm.pbf or .pbf",
    ),
    "no GeoJSON": (_bytes_as_roads(b"{}", "r.geojson"), "无法读取", "it cannot be read"),
    "no answer of Overpass": (_bytes_as_roads(b"{}", "r.json"), "Overpass", "Overpass"),
    "no ways": (
        lambda town: town.roads(lambda thing: thing.is_node()),
        "没有一条可用的道路",
        "ways tagged highway=*",
    ),
    "ways without their nodes": (
        lambda town: town.roads(lambda thing: thing.is_way()),
        "没有一条可用的道路",
        "ways tagged highway=*",
    ),
    "a motorway and nothing else": (
        lambda town: town.roads(
            lambda thing: thing.is_node() or thing.tags.get("highway") == "motorway"
        ),
        "没有“老年人”可用的道路",
        "no way that 'elder' may use",
    ),
    "elsewhere": (
        lambda town: town.roads(east=SHIFT),
        "没有居民在任何道路的 300 米以内",
        "no inhabitant within 300 m of any street",
    ),
}


@pytest.mark.parametrize("case", BAD_ROADS)
def test_a_network_that_cannot_be_used(town: Town, refuse: Refuse, case: str) -> None:
    change, zh, en = BAD_ROADS[case]
    change(town)
    faults = refuse()
    only(faults, zh=zh, en=en)
    assert faults[0][1].startswith("✗ network: r")


def test_a_network_of_one_island_blames_the_network(town: Town, refuse: Refuse) -> None:
    _only_hamlet(town)
    only(refuse(), zh="换用完整的路网", en="take a complete network")


def test_an_area_on_an_island_without_facility_or_candidate(town: Town, refuse: Refuse) -> None:
    town.drop("residential_areas")  # they would lie outside
    town.edit(
        "  units:\n    path: units.gpkg\n    licence: 虚构数据 invented\n",
        "  box: [104.9834, 30.6045, 104.9854, 30.6075]\n",
    )
    # Else the island is too short to count as a part of its own, and its people are moved off it.
    town.edit("  profile: elder ", "  island_km: 0\n  profile: elder ")
    only(
        refuse(),
        zh="路网分为 2 块，居民所在的块上没有任何设施或候选点",
        en="2 separate parts, none with both inhabitants and a facility or candidate",
    )


# --- layers that do not overlap, CRS that are missing ---------------------------------------


def _facilities_elsewhere(town: Town) -> None:
    header, *rows = town.rows("facilities.csv")
    at = header.index("经度")
    moved = [[*row[:at], str(float(row[at]) + SHIFT), *row[at + 1 :]] for row in rows]
    town.write_rows("facilities.csv", [header, *moved])


def _moved(frame: gpd.GeoDataFrame, metres: float) -> gpd.GeoDataFrame:
    return frame.set_geometry(frame.translate(metres, 0))


NO_OVERLAP: dict[str, tuple[Change, str, str]] = {
    "units": (
        lambda town: town.layer("units.gpkg", lambda frame: _moved(frame, 50_000)),
        "研究范围内没有人口格网",
        "population: population_2025.tif: found no inhabited cell inside the study area",
    ),
    "facilities": (
        _facilities_elsewhere,
        "没有设施在任何道路的 300 米以内",
        "facilities: found no facility within 300 m of any street",
    ),
    "candidates, in another zone": (
        lambda town: town.edit("coords: EPSG:4544", "coords: EPSG:4543"),
        "没有候选点在任何道路的 300 米以内",
        "candidates: found no candidate within 300 m of any street",
    ),
    "residential areas": (
        lambda town: town.layer("residential_areas.geojson", lambda frame: _moved(frame, SHIFT)),
        "研究范围",
        "residential_areas",
    ),
}


@pytest.mark.parametrize("layer", NO_OVERLAP)
def test_layers_that_do_not_overlap(town: Town, refuse: Refuse, layer: str) -> None:
    change, zh, en = NO_OVERLAP[layer]
    change(town)
    faults = refuse()
    assert any(zh in chinese and en in english for chinese, english in faults), faults


@pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning")  # as we write it
@pytest.mark.parametrize("suffix", [".gpkg", ".shp"])
def test_units_without_a_crs(town: Town, refuse: Refuse, suffix: str) -> None:
    frame = gpd.read_file(town / "units.gpkg").set_crs(None, allow_override=True)
    (town / "units.gpkg").unlink()
    frame.to_file(town / f"units{suffix}")
    town.edit("path: units.gpkg", f"path: units{suffix}")
    where = f"area.units: units{suffix}"
    only(refuse(), zh=f"{where}：发现 没有坐标系", en=f"{where}: found no CRS")


def test_residential_areas_without_a_crs(town: Town, refuse: Refuse) -> None:
    frame = gpd.read_file(town / "residential_areas.geojson")
    frame[["area_id", "name", "status", "geometry"]].to_file(town / "areas.shp")
    (town / "areas.prj").unlink()
    town.edit("path: residential_areas.geojson", "path: areas.shp")
    only(refuse(), zh="areas.shp：发现 没有坐标系", en="areas.shp: found no CRS")


def _in_an_old_datum(town: Town, name: str) -> None:
    if name == RASTER:
        town.raster(crs="EPSG:4214")
    elif name == "facilities.csv":
        town.edit("coords: wgs84", "coords: EPSG:4610")
    else:
        frame = gpd.read_file(town / "residential_areas.geojson")[
            ["area_id", "name", "status", "geometry"]
        ]
        frame.to_crs(4610).to_file(town / "areas.shp")
        town.edit("path: residential_areas.geojson", "path: areas.shp")


@pytest.mark.parametrize(
    ("name", "datum"),
    [(RASTER, "Beijing 1954"), ("facilities.csv", "Xian 1980"), ("areas.shp", "Xian 1980")],
)
def test_old_datums_are_refused_everywhere(
    town: Town, refuse: Refuse, name: str, datum: str
) -> None:
    """PROJ would take them for WGS 84, some 100 m off, and say nothing."""
    _in_an_old_datum(town, name)
    only(refuse(), zh="旧坐标系", en=f"found an old datum ({datum})")


@pytest.mark.parametrize(
    ("epsg", "found"), [("4326", "EPSG:4326"), ("2263", "EPSG:2263"), ("999999", "EPSG:999999")]
)
def test_a_crs_that_is_not_metric(town: Town, refuse: Refuse, epsg: str, found: str) -> None:
    town.edit("area:\n", f"area:\n  epsg: {epsg}\n")
    only(refuse(), zh=f"area.epsg：发现 {found}", en=f"area.epsg: found {found}")


# --- candidates and facilities: nothing there -----------------------------------------------


def test_a_table_of_no_candidates(town: Town, refuse: Refuse) -> None:
    town.write_rows("candidates.csv", town.rows("candidates.csv")[:1])
    only(refuse(), zh="没有一个候选点", en="candidates: found not one candidate")


def test_a_study_without_candidates(town: Town, refuse: Refuse) -> None:
    town.drop("candidates")
    only(refuse(), zh="没有一个候选点", en="candidates: found not one candidate")
    only(refuse(command="check"), zh="没有一个候选点", en="found not one candidate")


@pytest.mark.parametrize("how", ["assess", "siting: null"])
def test_without_candidates_one_can_still_assess(
    town: Town, planning_cli: Any, tmp_path: Path, how: str
) -> None:
    town.drop("candidates")
    if how != "assess":
        town.drop("siting")
        with town.study.open("a", encoding="utf-8") as file:
            file.write("siting: null\n")
    command = "assess" if how == "assess" else "run"
    done = planning_cli(command, town.study, "--out", tmp_path / "out", "--json")
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert said["plan"] is None
    assert {row["state"] for row in said["coverage"]} == {"now"}


def test_a_town_without_facilities_is_no_fault(
    town: Town, check: Callable[..., Any], planning_cli: Any, tmp_path: Path
) -> None:
    town.write_rows("facilities.csv", town.rows("facilities.csv")[:1])
    assert "there is no facility today" in [note.en for note in check().notes]
    done = planning_cli("assess", town.study, "--out", tmp_path / "out", "--json")
    assert done.code == 0, done.err
    covered = [row["covered"] for row in json.loads(done.out)["coverage"]]
    assert covered and set(covered) == {0}


# --- units and residential areas ------------------------------------------------------------


def _empty(*names: str) -> Change:
    def change(town: Town) -> None:
        units = gpd.read_file(town / "units.gpkg").to_crs(4326)
        shapes = units.geometry[units["name"].isin(names)]
        with rasterio.open(town / RASTER) as source:
            inside = rasterio.features.geometry_mask(
                shapes, source.shape, source.transform, all_touched=True, invert=True
            )
        town.raster(lambda people, hole: np.where(inside & ~hole, 0, people))

    return change


def test_a_unit_without_people(town: Town, refuse: Refuse) -> None:
    _empty("穗安社区")(town)
    faults = refuse()
    only(faults, zh="没有居民", en="nobody lives in 穗安社区")
    assert "area.empty_units" in faults[0][0] and "area.empty_units" in faults[0][1]


def test_every_unit_without_people_is_named(town: Town, refuse: Refuse) -> None:
    _empty("穗安社区", "石磨社区")(town)
    found = [zh for zh, _ in refuse()]
    assert len(found) == 2
    assert "穗安社区" in found[0] and "石磨社区" in found[1]


def test_a_unit_listed_as_empty_is_accepted(town: Town, check: Callable[..., Any]) -> None:
    units = gpd.read_file(town / "units.gpkg").set_index("name")["unit_id"]
    _empty("穗安社区")(town)
    town.edit("area:\n", f"area:\n  empty_units: [{units['穗安社区']}]\n")
    assert 40_000 < check().demand.total("total") < 46_000


def test_an_empty_unit_that_does_not_exist(town: Town, refuse: Refuse) -> None:
    town.edit("area:\n", "area:\n  empty_units: [C1-S9-X]\n")
    only(refuse(), zh="C1-S9-X", en="C1-S9-X")


def _unit(row: int, column: str, value: Any) -> Change:
    """Change one unit; `row` counts the features from 1."""

    def spoil(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        frame.loc[row - 1, column] = value
        return frame

    return lambda town: town.layer("units.gpkg", spoil)


BAD_UNITS: dict[str, tuple[Change, str, str]] = {
    "an id twice": (
        lambda town: town.layer(
            "units.gpkg", lambda f: f.assign(unit_id=[*f["unit_id"][:-1], f["unit_id"].iloc[-2]])
        ),
        "为空或重复",
        "row 13: found id 'Q8' empty or twice",
    ),
    "no id": (_unit(13, "unit_id", ""), "编号“”为空或重复", "row 13: found id '' empty or twice"),
    "an unknown level": (
        _unit(13, "level", "village"),
        "层级“village”；应为 以下之一：province、省、",
        "row 13: found level 'village'",
    ),
    "an unknown parent": (
        _unit(13, "parent_id", "S9"),
        "上级“S9”不在图层中",
        "row 13: found parent 'S9' is not in the layer",
    ),
    "a parent of its own level": (
        _unit(13, "parent_id", "Q1"),
        "上级“Q1”的层级 community 不高于 community",
        "row 13: found parent 'Q1' of level community, not above community",
    ),
    "its own parent": (
        _unit(13, "parent_id", "Q9"),
        "上级“Q9”的层级",
        "expected a unit of a higher level",
    ),
    "no column of levels": (
        lambda town: town.layer("units.gpkg", lambda f: f.drop(columns="level")),
        "应为 其中之一",
        "expected one of ['level', '层级']",
    ),
    "a column that is not there": (
        lambda town: town.edit(
            "path: units.gpkg\n", "path: units.gpkg\n    columns: {name: 单元名}\n"
        ),
        "其中之一：['单元名']",
        "expected one of ['单元名']",
    ),
    "a column for a field that is not ours": (
        lambda town: town.edit(
            "path: units.gpkg\n", "path: units.gpkg\n    columns: {nmae: name}\n"
        ),
        "nmae",
        "nmae",
    ),
    "no feature": (
        lambda town: town.layer("units.gpkg", lambda f: f.iloc[:0]),
        "没有任何要素",
        "no feature",
    ),
}


@pytest.mark.parametrize("case", BAD_UNITS)
def test_units_that_cannot_be_used(town: Town, refuse: Refuse, case: str) -> None:
    change, zh, en = BAD_UNITS[case]
    change(town)
    only(refuse(), zh=zh, en=en)


def test_every_fault_of_the_units_is_listed(town: Town, refuse: Refuse) -> None:
    _unit(13, "parent_id", "S9")(town)
    _unit(12, "level", "village")(town)
    english = "\n".join(en for _, en in refuse())
    assert "row 12: found level 'village'" in english
    assert "row 13: found parent 'S9'" in english


@pytest.mark.parametrize(
    ("key", "name"),
    [("area.units", "units.gpkg"), ("residential_areas", "residential_areas.geojson")],
)
def test_areas_that_are_points(town: Town, refuse: Refuse, key: str, name: str) -> None:
    town.layer(name, lambda frame: frame.set_geometry(frame.representative_point()))
    faults = refuse()
    assert faults[0][1].startswith(f"✗ {key}"), faults
    assert "Point" in faults[0][0] and "Point" in faults[0][1]


def _area(column: str, value: Any, *, row: int) -> Change:
    """Change one residential area; `row` counts the features from 1."""

    def change(town: Town) -> None:
        path = town / "residential_areas.geojson"
        areas = json.loads(path.read_text(encoding="utf-8"))
        areas["features"][row - 1]["properties"][column] = value
        path.write_text(json.dumps(areas, ensure_ascii=False), encoding="utf-8")

    return change


@pytest.mark.parametrize("people", [0, None])
def test_a_new_area_without_planned_people(town: Town, refuse: Refuse, people: Any) -> None:
    _area("planned_people", people, row=7)(town)
    only(
        refuse(),
        zh="residential_areas R7 第7行 row 7：发现 新建居住区没有规划人口",
        en="residential_areas R7 第7行 row 7: found a new area without planned people",
    )


def test_every_fault_of_the_residential_areas_is_listed(town: Town, refuse: Refuse) -> None:
    _area("planned_people", 0, row=7)(town)
    _area("status", "dreamt", row=2)(town)
    _area("area_id", "R3", row=4)(town)
    faults = refuse()
    assert len(faults) == 3
    assert "R2 第2行 row 2：发现 状态“dreamt”" in faults[0][0]
    assert "stands twice" in faults[1][1]
    assert "R7" in faults[2][0]


# --- registers ------------------------------------------------------------------------------

FACILITY_WORDS: dict[str, tuple[int, str, str, str]] = {
    "unknown type": (4, "类型", "养马场", "'养马场'"),
    "unknown status": (11, "状态", "快了", "'快了'"),
    "neither yes nor no": (11, "独立占地", "也许", "'也许'"),
}
FACILITY_ROWS: dict[str, tuple[int, str, str, str]] = {
    "a longitude that is no number": (6, "经度", "东经105度", "经度 = '东经105度'"),
    "a blank latitude": (7, "纬度", "", "纬度 = ''"),
    "projected coordinates as wgs84": (8, "经度", "499203.5", "coordinates (49920"),
    "an infinite longitude": (8, "经度", "inf", "inf"),
    "an id twice": (9, "编号", "F01", "id 'F01' empty or twice"),
    "no id": (9, "编号", " ", "id '' empty or twice"),
    "negative places": (10, "托位数", "-3", "托位数 = '-3'"),
    "a comma that parts no thousands": (10, "托位数", "3,5", "托位数 = '3,5'"),
    "infinite land": (10, "占地面积", "inf", "占地面积 = 'inf'"),
    "another town": (12, "经度", "108.9", "km from the area"),
    "no type": (5, "类型", "", "no type, expected the type"),
}


@pytest.mark.parametrize("case", FACILITY_WORDS)
def test_a_word_nobody_has_explained_is_named_by_its_row(
    town: Town, refuse: Refuse, case: str
) -> None:
    row, column, value, found = FACILITY_WORDS[case]
    town.cell("facilities.csv", row, column, value)
    faults = refuse()
    only(faults, zh=f"第{row}行 row {row}：发现 ", en=f"row {row}: found ")
    assert found in faults[0][1], faults


def test_a_word_of_many_rows_is_told_once(town: Town, refuse: Refuse) -> None:
    for row in (4, 6, 11):
        town.cell("facilities.csv", row, "状态", "拟建")
    faults = refuse()
    only(faults, zh="第4行 row 4：发现 状态=“拟建”，第 6、11 行也是", en="in rows 6、11 too")
    assert "vocabulary" in faults[0][1]


def left_out(found: Any, table: str, row: int) -> str:
    """What is said of the one row that is left out."""
    (note,) = found.row_notes
    assert (note.table, note.row, note.done) == (table, row, "rejected")
    return str(note.en)


def test_a_facility_entered_twice_is_doubtful(town: Town, check: Callable[..., Any]) -> None:
    """Under another id: the same type in the same place counts twice, and somebody is to look."""
    header, *rows = town.rows("facilities.csv")
    town.write_rows("facilities.csv", [header, *rows, ["F99", *rows[0][1:]]])
    (note,) = check().row_notes
    assert (note.row, note.id, note.done) == (len(rows) + 2, "F99", "doubtful")
    assert "in the place of row 2" in note.en


@pytest.mark.parametrize("case", FACILITY_ROWS)
def test_a_facility_that_cannot_be_read_is_left_out_and_told(
    town: Town, check: Callable[..., Any], case: str
) -> None:
    row, column, value, found = FACILITY_ROWS[case]
    before = check()
    town.cell("facilities.csv", row, column, value)
    after = check()
    assert found in left_out(after, "facilities", row)
    name = before.facilities.ids[row - 2]
    assert after.facilities.ids == tuple(i for i in before.facilities.ids if i != name)


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("约80", 80),
        ("80个", 80),
        ("８０", 80),
        ("约 80 个左右", 80),
        ("1,080", 1_080),
        ("80余个", 80),
    ],
)
def test_numbers_as_clerks_write_them_are_read_and_told(
    town: Town, check: Callable[..., Any], said: str, counts: int
) -> None:
    town.cell("facilities.csv", 10, "托位数", said)
    found = check()
    assert found.facilities.places[8] == counts
    (note,) = found.row_notes
    assert (note.row, note.done) == (10, "repaired")
    assert note.en == f"'{said}' counts as {counts}"


def test_a_register_of_which_a_fifth_cannot_be_read_is_refused(
    town: Town, check: Callable[..., Any], refuse: Refuse
) -> None:
    for row in (4, 5, 6):
        town.cell("facilities.csv", row, "经度", "?")
    assert [note.row for note in check().row_notes] == [4, 5, 6]
    town.cell("facilities.csv", 7, "经度", "?")
    assert len(refuse()) == 4


@pytest.mark.parametrize(("said", "land_m2"), [("620.5", 620.5), ("", np.nan), (" 620 ", 620.0)])
def test_land_may_have_a_fraction_or_be_unknown(
    town: Town, check: Callable[..., Any], said: str, land_m2: float
) -> None:
    town.cell("facilities.csv", 2, "占地面积", said)
    facilities = check().facilities
    assert facilities.ids[0] == "F01"
    np.testing.assert_equal(facilities.elder_land_m2[0], land_m2)


def test_land_that_is_unknown_is_no_fail_and_no_pass(
    town: Town, check: Callable[..., Any], planning_cli: Any, tmp_path: Path
) -> None:
    town.cell("facilities.csv", 2, "占地面积", "")
    assert any("独立占地未知" in note.zh for note in check().notes)
    done = planning_cli("assess", town.study, "--out", tmp_path / "out", "--json")
    findings = json.loads(done.out)["findings"]
    land = {f["unit_id"]: f for f in findings if f["clause_id"].endswith("/elder-land")}
    county = land["C1"]
    assert county["verdict"] == "not_assessable"
    assert (county["required"], county["gap"]) == (4631.2, None)  # 0.1 m² for 46,312 people
    assert (county["measured"], county["at_most"]) == (200.0, None)  # of 820 without F01's 620
    assert "已知独立占地" in county["because_zh"] and "另有1处不详" in county["because_zh"]


def test_every_facility_at_fault_is_listed(town: Town, refuse: Refuse) -> None:
    for row, column, value in (
        (4, "类型", "养马场"),
        (6, "经度", "东经105度"),
        (9, "编号", "F01"),
        (10, "托位数", "-3"),
    ):
        town.cell("facilities.csv", row, column, value)
    rows = [int(re.findall(r" row (\d+):", en)[0]) for _, en in refuse()]
    assert sorted(rows) == [4, 6, 9, 10]


def test_latitude_before_longitude_is_put_right_in_every_row(
    town: Town, check: Callable[..., Any]
) -> None:
    before = check()
    header, *rows = town.rows("facilities.csv")
    header[3], header[4] = header[4], header[3]
    town.write_rows("facilities.csv", [header, *rows])
    after = check()
    np.testing.assert_array_equal(after.facilities.x_m, before.facilities.x_m)
    assert [(note.row, note.done) for note in after.row_notes] == [
        (row, "repaired") for row in range(2, 17)
    ]


def test_x_taken_for_east_is_put_right_in_every_row(town: Town, check: Callable[..., Any]) -> None:
    before = check()
    town.edit("columns: {x: Y坐标, y: X坐标}", "columns: {x: X坐标, y: Y坐标}")
    after = check()
    np.testing.assert_array_equal(after.candidates.x_m, before.candidates.x_m)
    told = [note for note in after.row_notes if note.table == "candidates"]
    assert len(told) == len(after.candidates) and {note.done for note in told} == {"repaired"}


CANDIDATE_WORDS: dict[str, tuple[int, str, str, str]] = {
    "unknown service": (5, "可设服务", "养老|殡葬", "'殡葬'"),
}
CANDIDATE_ROWS: dict[str, tuple[int, str, str, str]] = {
    "negative floor": (6, "可用建筑面积", "-1", "可用建筑面积 = '-1'"),
    "no price": (7, "改造单价_元每平方米", "面议", "改造单价_元每平方米 = '面议'"),
    "an infinite cost": (7, "固定成本_万元", "inf", "固定成本_万元 = 'inf'"),
    "an infinite easting": (7, "Y坐标", "inf", "inf"),
    "an id twice": (32, "候选编号", "K01", "id 'K01' empty or twice"),
    "no service": (5, "可设服务", "", "no service, expected what it may host"),
}


@pytest.mark.parametrize("case", CANDIDATE_ROWS)
def test_a_candidate_that_cannot_be_read_is_left_out_and_told(
    town: Town, check: Callable[..., Any], case: str
) -> None:
    row, column, value, found = CANDIDATE_ROWS[case]
    before = check()
    town.cell("candidates.csv", row, column, value)
    after = check()
    assert found in left_out(after, "candidates", row)
    assert len(after.candidates) == len(before.candidates) - 1


@pytest.mark.parametrize("case", CANDIDATE_WORDS)
def test_a_candidate_of_unknown_words_is_named_by_its_row(
    town: Town, refuse: Refuse, case: str
) -> None:
    row, column, value, found = CANDIDATE_WORDS[case]
    town.cell("candidates.csv", row, column, value)
    faults = refuse()
    only(faults, zh=f"第{row}行 row {row}：发现 ", en=f"row {row}: found ")
    assert found in faults[0][1], faults


def test_faults_of_two_tables_are_listed_together(town: Town, refuse: Refuse) -> None:
    town.cell("facilities.csv", 4, "类型", "养马场")
    town.cell("candidates.csv", 5, "可设服务", "殡葬")
    faults = refuse()
    assert [en.split(":")[0] for _, en in faults] == ["✗ facilities", "✗ candidates"]


@pytest.mark.parametrize("blank", [[], [""] * 15], ids=["empty line", "line of commas"])
def test_rows_are_numbered_as_excel_shows_them(
    town: Town, refuse: Refuse, blank: list[str]
) -> None:
    town.cell("facilities.csv", 4, "类型", "养马场")
    rows = town.rows("facilities.csv")
    town.write_rows("facilities.csv", [*rows[:2], blank, *rows[2:]])
    only(refuse(), zh="第5行 row 5：发现 类型“养马场”", en="row 5: found type '养马场'")


def _as_excel(town: Town, blank_row: int | None = None) -> None:
    """The facilities as a workbook whose numbers are text, as bureaus send it."""
    book = openpyxl.Workbook()
    for row in town.rows("facilities.csv"):
        book.active.append(row)
    if blank_row is not None:
        book.active.insert_rows(blank_row)
    book.save(town / "facilities.xlsx")
    town.edit("path: facilities.csv", "path: facilities.xlsx")


def test_numbers_written_as_text_in_excel_are_numbers(
    town: Town, check: Callable[..., Any]
) -> None:
    before = check().facilities
    _as_excel(town)
    after = check().facilities
    assert after.ids == before.ids
    assert after.places.tolist() == before.places.tolist()
    assert after.x_m.tolist() == before.x_m.tolist()


def test_rows_of_a_workbook_are_numbered_as_excel_shows_them(town: Town, refuse: Refuse) -> None:
    town.cell("facilities.csv", 4, "类型", "养马场")
    _as_excel(town, blank_row=3)
    only(refuse(), zh="第5行 row 5：发现 类型“养马场”", en="row 5: found type '养马场'")


def test_a_sheet_that_is_not_there(town: Town, refuse: Refuse) -> None:
    _as_excel(town)
    town.edit("path: facilities.xlsx", "path: facilities.xlsx\n  sheet: 台账")
    only(refuse(), zh="facilities.xlsx：发现 无法读取的表", en="a table that cannot be read")


def test_a_workbook_that_is_none(town: Town, refuse: Refuse) -> None:
    (town / "facilities.csv").rename(town / "facilities.xlsx")
    town.edit("path: facilities.csv", "path: facilities.xlsx")
    only(refuse(), zh="facilities.xlsx：发现 无法读取的表", en="a table that cannot be read")


@pytest.mark.parametrize("column", ["编号", "类型", "经度", "纬度"])
def test_facilities_without_a_column(town: Town, refuse: Refuse, column: str) -> None:
    town.without_column("facilities.csv", column)
    only(refuse(), zh="facilities.csv：发现 缺少字段", en="facilities.csv: found no column for")


@pytest.mark.parametrize("column", ["候选编号", "可用建筑面积", "可设服务", "改造单价_元每平方米"])
def test_candidates_without_a_column(town: Town, refuse: Refuse, column: str) -> None:
    town.without_column("candidates.csv", column)
    only(refuse(), zh="candidates.csv：发现 缺少字段", en="candidates.csv: found no column for")


def test_a_named_column_that_is_not_there(town: Town, refuse: Refuse) -> None:
    town.edit("columns: {x: Y坐标, y: X坐标}", "columns: {x: 东坐标, y: X坐标}")
    only(refuse(), zh="没有字段“东坐标”", en="no column '东坐标'")


def test_a_column_named_for_a_field_that_is_not_ours(town: Town, refuse: Refuse) -> None:
    town.edit("path: facilities.csv", "path: facilities.csv\n  columns: {plaecs: 托位数}")
    only(refuse(), zh="plaecs", en="plaecs")


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\xff\xfe\x81"], ids=["no bytes", "blank lines", "no text"]
)
def test_a_table_that_is_none(town: Town, refuse: Refuse, content: bytes) -> None:
    (town / "facilities.csv").write_bytes(content)
    only(refuse(), zh="facilities.csv：发现 无法读取的表", en="a table that cannot be read")


def test_a_row_with_more_cells_than_the_header(town: Town, refuse: Refuse) -> None:
    header, first, second, *rows = town.rows("facilities.csv")
    town.write_rows("facilities.csv", [header, first, [*second, "备注"], *rows])
    only(refuse(), zh="facilities.csv", en="facilities.csv")


@pytest.mark.parametrize("coords", ["unknown", "bd90", "EPSG:1", "''"])
def test_coordinates_of_an_unknown_kind(town: Town, refuse: Refuse, coords: str) -> None:
    town.edit("coords: wgs84", f"coords: {coords}")
    only(
        refuse(),
        zh="应为 auto、wgs84",
        en="expected auto, wgs84, cgcs2000, gcj02, bd09 or EPSG:nnnn",
    )


# --- the study file -------------------------------------------------------------------------

BAD_STUDY: dict[str, tuple[str, str, str, str]] = {
    "a misspelt key": ("max_snap_m", "max_snap", "未知的键“max_snap”", "'max_snap_m'"),
    "goals that name no clause": (
        "SC-2021-57/2.3/circle-15min: 0.9",
        "SC-2021-57/2.3/circle: 0.9",
        "条文“SC-2021-57/2.3/circle”",
        "standards.goals: found clause 'SC-2021-57/2.3/circle'",
    ),
    "levels that name no clause": (
        "SC-2021-57/1.0/nursery-rate-2025: [county]",
        "SC-2021-57/1.0/nursery: [county]",
        "条文“SC-2021-57/1.0/nursery”",
        "standards.levels: found clause 'SC-2021-57/1.0/nursery'",
    ),
    "a level that is none": ("[county]", "[conty]", "conty", "conty"),
    "a document that is not in the library": (
        "profile: sichuan-2021-57",
        "profile: sichuan",
        "DZ（dazhou-2022-19）、GZ（guizhou-2022-6）、JS（jiangsu-2021-75）",
        "standards.profile: found 'sichuan'; expected one of CD (chengdu-yilao), DZ (dazhou-",
    ),
    "a group that is not defined": (
        "group: elderly",
        "group: eldery",
        "以下之一：total、elderly、under_3",
        "services.elder_care.group: found 'eldery'; expected one of total, elderly, under_3",
    ),
    "a function nothing has": (
        "functions: [nursery]",
        "functions: [nusery]",
        "nusery",
        "nusery",
    ),
    "a service the clauses ask for": (
        "  elder_care:\n    label",
        "  elder:\n    label",
        "没有服务“elder_care”",
        "no service 'elder_care'",
    ),
    "a group larger than everybody": ("of: 10000", "of: 1000", "1798", "1798"),
    "a group that is called total": (
        "groups:\n",
        "groups:\n  total: {label: 全部, count: 1, of: 2, source: x}\n",
        "groups.total",
        "groups.total: found",
    ),
    "a goal above one": ("circle-15min: 0.9", "circle-15min: 90", "90", "90"),
    "a speed of 0": ("profile: elder", "speed_m_s: 0", "speed_m_s", "speed_m_s: found '0"),
    "a negative speed": ("profile: elder", "speed_m_s: -1", "speed_m_s", "speed_m_s: found '-1"),
    "a speed that is no number": (
        "profile: elder",
        "speed_m_s: .nan",
        "speed_m_s",
        "speed_m_s: found 'nan'",
    ),
    "an infinite speed": ("profile: elder", "speed_m_s: .inf", "speed_m_s", "found 'inf'"),
    "a speed in words": ("profile: elder", "speed_m_s: 慢", "“慢”", "speed_m_s: found '慢'"),
    "a speed that is yes": ("profile: elder", "speed_m_s: true", "speed_m_s", "found 'true'"),
    "a speed nobody walks at": ("profile: elder", "speed_m_s: 0.000001", "speed_m_s", "speed_m_s"),
    "a limit of 0": (
        "group: under_3\n    limit_min: 15",
        "group: under_3\n    limit_min: 0",
        "services.nursery.limit_min",
        "services.nursery.limit_min: found '0'",
    ),
    "a limit of ages": (
        "group: under_3\n    limit_min: 15",
        "group: under_3\n    limit_min: 1.0e+99",
        "services.nursery.limit_min",
        "services.nursery.limit_min",
    ),
    "a unit that is none": ("unit: persons ", "unit: persons_per_mu ", "persons_per_mu", "per_mu"),
    "a name that leaves the folder": (
        "name: sample",
        "name: ../sample",
        "../sample",
        "name: found",
    ),
    "half a person": ("count: 25\n", "count: 25.5\n", "25.5", "groups.under_3.count: found '25.5'"),
}


@pytest.mark.parametrize("case", BAD_STUDY)
def test_a_study_that_cannot_be_used(town: Town, refuse: Refuse, case: str) -> None:
    old, new, zh, en = BAD_STUDY[case]
    town.edit(old, new)
    only(refuse(), zh=zh, en=en)


def test_a_study_that_assesses_alone_may_leave_a_service_out(
    town: Town, check: Callable[..., Any]
) -> None:
    """What is asked of the town is found in its register, whatever is to be sited."""
    town.edit("siting:\n  time_limit_s: 60\n  gap: 0.001\n  seed: 0\n", "siting: null\n")
    town.edit("  elder_care:\n    label", "  elder:\n    label")
    assert "elder_care" not in check().study.services


def test_a_number_in_quotes_is_that_number(town: Town, check: Callable[..., Any]) -> None:
    town.edit("profile: elder", "speed_m_s: '0.8'")
    assert check().network.profile.speed_m_s == 0.8


BROKEN_YAML: dict[str, tuple[bytes, str]] = {
    "no mapping": (b"- name\n- area\n", "no mapping at the top"),
    "a word": (b"sample\n", "no mapping at the top"),
    "nothing": (b"", "no mapping at the top"),
    "a key twice": (b"name: a\nname: b\n", "study.yaml line 2: found a YAML fault"),
    "a tab": (b"name: a\narea:\n\tbox: 1\n", "study.yaml line 3: found a YAML fault"),
    "an open bracket": (b"name: [a\n", "found a YAML fault"),
    "GBK": ("name: a\ntitle: 新禾新城\n".encode("gb18030"), "expected YAML 1.2 in UTF-8"),
    "a control character": (b"name: a\x07\n", "found a YAML fault"),
    "UTF-16": ("name: a\n".encode("utf-16"), "expected YAML 1.2 in UTF-8"),
}


@pytest.mark.parametrize("case", BROKEN_YAML)
def test_a_study_that_is_no_yaml(town: Town, refuse: Refuse, case: str) -> None:
    content, en = BROKEN_YAML[case]
    town.study.write_bytes(content)
    only(refuse(), zh="study.yaml", en=en)


def test_a_scenario_that_does_not_exist(town: Town, refuse: Refuse) -> None:
    faults = refuse("--scenario", "sloww")
    only(faults, zh="没有情景“sloww”；应为 以下之一：slow, fast", en="one of: slow, fast")


def test_a_misspelt_key_in_a_scenario(town: Town, refuse: Refuse) -> None:
    town.edit("{speed_m_s: 0.8}", "{speed: 0.8}")
    line = town.study.read_text(encoding="utf-8").splitlines().index("scenarios:") + 2
    faults = refuse("--scenario", "slow")
    only(faults, zh="未知的键“speed”；应为 “speed_m_s”", en="unknown key 'speed'")
    assert f"study.yaml:{line} " in faults[0][1]


def test_a_misspelt_key_in_a_scenario_nobody_asked_for(town: Town, refuse: Refuse) -> None:
    town.edit("{speed_m_s: 0.8}", "{speed: 0.8}")
    only(refuse(), zh="未知的键“speed”", en="unknown key 'speed'")


@pytest.mark.parametrize("scenarios", ["[slow]", "{slow: 0.8}", "{slow: null}", "slow"])
def test_scenarios_that_are_no_overrides(town: Town, refuse: Refuse, scenarios: str) -> None:
    town.drop("scenarios")
    with town.study.open("a", encoding="utf-8") as file:
        file.write(f"scenarios: {scenarios}\n")
    faults = refuse("--scenario", "slow")
    only(faults, zh="scenarios", en="scenarios")


# --- the area as a box or a boundary --------------------------------------------------------


def _box(town: Town, west: object, south: object, east: object, north: object) -> None:
    town.edit(
        "  units:\n    path: units.gpkg\n    licence: 虚构数据 invented\n",
        f"  box: [{west}, {south}, {east}, {north}]\n",
    )


def test_a_box_is_an_area(town: Town, check: Callable[..., Any]) -> None:
    _box(town, 104.98, 30.59, 105.02, 30.61)
    assert 30_000 < check().demand.total("total") < 54_000


@pytest.mark.parametrize(
    "corners", [(105.02, 30.59, 104.98, 30.61), (104.98, 30.61, 105.02, 30.59)]
)
def test_the_corners_of_a_box_may_stand_in_any_order(
    town: Town, check: Callable[..., Any], corners: tuple[float, ...]
) -> None:
    _box(town, *corners)
    area = check().area
    town.edit(f"box: {list(corners)}", "box: [104.98, 30.59, 105.02, 30.61]")
    assert shapely.equals(area.boundary, check().area.boundary)
    assert 8.4e6 < area.boundary.area < 8.6e6


@pytest.mark.parametrize(
    "corners",
    [
        (105.0, 30.59, 105.0, 30.61),
        (".nan", 30.59, 105.02, 30.61),
        (104.98, 30.59, ".inf", 30.61),
        (498_000, 3_385_000, 502_000, 3_388_000),
        (30.59, 104.98, 30.61, 105.02),
    ],
    ids=["no width", "NaN", "infinite", "metres", "latitude first"],
)
def test_a_box_that_is_none(town: Town, refuse: Refuse, corners: Any) -> None:
    _box(town, *corners)
    faults = refuse()
    assert len(faults) == 1, faults
    assert re.search(r"area\.box[.\d]*: found", faults[0][1]), faults


def test_two_areas_at_once(town: Town, refuse: Refuse) -> None:
    town.edit("area:\n", "area:\n  box: [104.98, 30.59, 105.02, 30.61]\n")
    only(refuse(), zh="units、box；应为", en="area: found units, box; expected exactly one")


def test_no_area_at_all(town: Town, refuse: Refuse) -> None:
    town.edit("  units:\n    path: units.gpkg\n    licence: 虚构数据 invented\n", "  name: 新禾\n")
    only(refuse(), zh="发现 无；应为", en="area: found none; expected exactly one")


def test_a_level_of_the_box_that_is_none(town: Town, refuse: Refuse) -> None:
    _box(town, 104.98, 30.59, 105.02, 30.61)
    town.edit("area:\n", "area:\n  level: conty\n")
    only(refuse(), zh="conty", en="conty")


# --- where the results go -------------------------------------------------------------------


def test_out_is_a_file(town: Town, planning_cli: Any, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    done = planning_cli("run", town.study, "--out", tmp_path / "out")
    assert done.code == 2, done.err
    assert done.out == ""
    zh, en = done.err.splitlines()
    assert ZH.fullmatch(zh) and str(tmp_path / "out") in zh
    assert EN.fullmatch(en) and str(tmp_path / "out") in en
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_out_may_not_be_written(town: Town, planning_cli: Any, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    done = planning_cli("run", town.study, "--out", locked / "out")
    assert done.code == 2, done.err
    zh, en = done.err.splitlines()
    assert ZH.fullmatch(zh) and EN.fullmatch(en)
    assert list(locked.iterdir()) == []


def test_a_refused_run_leaves_the_last_one_alone(
    town: Town, refuse: Refuse, planning_cli: Any, tmp_path: Path
) -> None:
    done = planning_cli("assess", town.study, "--out", tmp_path / "kept")
    assert done.code == 0, done.err
    before = sorted(tmp_path.glob("kept/**/*"))
    town.edit("max_snap_m", "max_snap")
    assert planning_cli("assess", town.study, "--out", tmp_path / "kept").code == 2
    assert sorted(tmp_path.glob("kept/**/*")) == before != []
