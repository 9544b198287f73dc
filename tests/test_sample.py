"""The invented town: what its README promises, counted again in the files themselves."""

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import pyogrio
import pytest
import rasterio
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Point, Polygon, shape

from planning import workflow
from planning.sample import write_sample

EPSG = 4544
FILES = {
    "README.md",
    "candidates.csv",
    "facilities.csv",
    "population_2025.tif",
    "residential_areas.geojson",
    "roads.osm.pbf",
    "study.yaml",
    "units.gpkg",
}
FACILITY_COLUMNS = (
    "编号,名称,类型,经度,纬度,托位数,床位数,护理型床位数,建筑面积,"
    "占地面积,独立占地,普惠,运营方式,状态,投用年份,容积率,服务功能"
)
FACILITY_TYPES = {
    "养老院",
    "社区养老服务综合体",
    "日间照料中心",
    "老年助餐点",
    "托育机构",
    "幼儿园托班",
    "老幼复合型社区综合体",
    "社区卫生服务中心",
}
CANDIDATE_COLUMNS = (
    "候选编号,来源类别,X坐标,Y坐标,可用建筑面积,地块面积,容积率,"
    "可设服务,改造单价_元每平方米,固定成本_万元,可用年份"
)
CANDIDATE_SOURCES = {
    "新供地块",
    "老旧厂房",
    "社区综合服务设施",
    "国企闲置房屋",
    "商业服务用地",
    "幼儿园",
    "存量闲置用房",
}


@dataclass(frozen=True)
class Roads:
    """The OSM file as it lies there: node places in EPSG:4544 [m], ways as node ids and tags."""

    place: dict[int, tuple[float, float]]
    gates: set[int]
    ways: list[tuple[list[int], dict[str, str]]]
    ids: list[tuple[str, int]]

    def line(self, nodes: list[int]) -> LineString:
        return LineString([self.place[node] for node in nodes])

    def streets(self) -> list[tuple[list[int], dict[str, str]]]:
        return [(n, t) for n, t in self.ways if t.get("highway", "motorway") != "motorway"]

    def tagged(self, **tags: str) -> list[tuple[list[int], dict[str, str]]]:
        return [(n, t) for n, t in self.ways if tags.items() <= t.items()]


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def rows_of(path: Path, encoding: str) -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "made" / "on the way"
    write_sample(folder)
    return folder


@pytest.fixture(scope="module")
def roads(town: Path) -> Roads:
    to_metres = Transformer.from_crs(4326, EPSG, always_xy=True)
    read = Roads({}, set(), [], [])
    for thing in osmium.FileProcessor(str(town / "roads.osm.pbf")):
        read.ids.append((thing.type_str(), thing.id))
        if thing.is_node():
            read.place[thing.id] = to_metres.transform(thing.location.lon, thing.location.lat)
            if thing.tags.get("barrier") == "gate":
                read.gates.add(thing.id)
        else:
            read.ways.append(([node.ref for node in thing.nodes], dict(thing.tags)))
    return read


@pytest.fixture(scope="module")
def units(town: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(town / "units.gpkg", layer="units").set_index("unit_id")


@pytest.fixture(scope="module")
def areas(town: Path) -> gpd.GeoDataFrame:
    features = json.loads((town / "residential_areas.geojson").read_text("utf-8"))["features"]
    rows = [feature["properties"] for feature in features]
    geometry = [shape(feature["geometry"]) for feature in features]
    return gpd.GeoDataFrame(rows, geometry=geometry, crs=4326).set_index("area_id").to_crs(EPSG)


@pytest.fixture(scope="module")
def people(town: Path) -> gpd.GeoDataFrame:
    """Cell centres with their persons; cells without data are absent."""
    with rasterio.open(town / "population_2025.tif") as raster:
        counts = raster.read(1, masked=True)
        rows, columns = np.nonzero(~np.ma.getmaskarray(counts))
        lon, lat = raster.xy(rows, columns)
    persons = counts.data[rows, columns].astype(float)
    centres = gpd.points_from_xy(lon, lat, crs=4326)
    return gpd.GeoDataFrame({"persons": persons}, geometry=centres).to_crs(EPSG)


@pytest.fixture(scope="module")
def candidates(town: Path) -> gpd.GeoDataFrame:
    rows = rows_of(town / "candidates.csv", "gb18030")
    points = [Point(float(row["Y坐标"]), float(row["X坐标"])) for row in rows]
    return gpd.GeoDataFrame(rows, geometry=points, crs=EPSG).set_index("候选编号")


def persons_in(people: gpd.GeoDataFrame, place: Polygon) -> float:
    return float(people.persons[people.within(place)].sum())


def test_the_same_call_writes_the_same_bytes(town: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "other")
    write_sample(tmp_path / "other")  # over itself: nothing of the first time is left
    assert set(digests(town)) == FILES
    assert digests(tmp_path / "other") == digests(town)


def test_writing_leaves_the_gdal_clock_as_it_was(tmp_path: Path) -> None:
    option = "OGR_CURRENT_DATE"
    before = pyogrio.get_gdal_config_option(option)
    pyogrio.set_gdal_config_options({option: "1999-09-09T00:00:00Z"})
    try:
        write_sample(tmp_path)
        assert pyogrio.get_gdal_config_option(option) == "1999-09-09T00:00:00Z"
    finally:
        pyogrio.set_gdal_config_options({option: before})


def test_units_tile_the_county(units: gpd.GeoDataFrame) -> None:
    assert units.crs.to_epsg() == EPSG
    levels = units.groupby("level").size().to_dict()
    assert levels == {"county": 1, "street": 3, "community": 9}
    assert units.geom_type.eq("Polygon").all() and units.is_valid.all()
    assert set(units.zone) == {"urban", "suburb"}
    assert set(units.town) == {"old_town", "new_town"}
    assert (units.central["C1"], units.agri["C1"]) == ("yes", "no")
    assert units.drop(index="C1")[["central", "agri"]].isna().all(axis=None)
    for unit, parts in units.groupby("parent_id"):
        whole = units.geometry[unit]
        assert len(parts) == 3
        assert parts.area.sum() == pytest.approx(whole.area, abs=1e-6)  # no overlap
        assert parts.union_all().symmetric_difference(whole).area < 1e-6  # no gap
    assert units.parent_id.isna().to_dict() == {unit: unit == "C1" for unit in units.index}


def test_population_is_counted_in_native_cells(town: Path, people: gpd.GeoDataFrame) -> None:
    with rasterio.open(town / "population_2025.tif") as raster:
        assert (raster.crs.to_epsg(), raster.nodata) == (4326, -99999.0)
        assert raster.dtypes == ("float32",)
        assert raster.res == pytest.approx((1 / 1200, 1 / 1200), rel=1e-8)
        assert raster.compression.value == "DEFLATE"
        assert raster.tags()["UNIT"] == "persons per cell" and "invented" in raster.tags()["NOTE"]
        cells = raster.read(1)
    assert people.persons.sum() == pytest.approx(cells[cells != -99999].sum(dtype=float))
    assert people.persons.min() == 0  # nobody there yet: a count, and not NoData
    assert len(people) < 0.5 * cells.size


def test_every_unit_has_people_and_some_live_outside(
    units: gpd.GeoDataFrame, people: gpd.GeoDataFrame
) -> None:
    persons = {unit: persons_in(people, place) for unit, place in units.geometry.items()}
    assert min(persons.values()) > 1000
    assert 44_000 < persons["C1"] < 47_000
    assert people.persons.sum() > persons["C1"] + 4000
    assert persons["S1"] + persons["S2"] > persons["S3"]


def test_readme_says_what_is_in_the_files(
    town: Path, units: gpd.GeoDataFrame, people: gpd.GeoDataFrame
) -> None:
    text = (town / "README.md").read_text("utf-8")
    assert "invented, for trying out and testing" in text.lower() and "虚构" in text
    assert all(name in text for name in FILES - {"README.md", "study.yaml"})
    assert f"{round(people.persons.sum()):,} people in the raster" in text
    assert f"{round(persons_in(people, units.geometry['C1'])):,} of them inside" in text


def test_nobody_lives_on_water_hill_or_motorway(roads: Roads, people: gpd.GeoDataFrame) -> None:
    wet = [Polygon(roads.line(nodes)) for nodes, _ in roads.tagged(natural="water")]
    steep = [Polygon(roads.line(nodes)) for nodes, _ in roads.tagged(natural="wood")]
    assert (len(wet), len(steep)) == (2, 1)
    assert not people.within(shapely.unary_union(wet + steep).buffer(-15)).any()
    for nodes, tags in roads.tagged(highway="motorway"):
        assert tags["foot"] == "no"
        assert people.distance(roads.line(nodes))[people.persons > 0].min() > 25


def test_osm_file_is_sorted_and_refers_to_its_own_nodes(roads: Roads) -> None:
    assert roads.ids == sorted(roads.ids) and min(number for _, number in roads.ids) == 1
    assert {node for nodes, _ in roads.ways for node in nodes} == set(roads.place)
    assert {tags["highway"] for _, tags in roads.streets()} >= {
        *("primary", "secondary", "tertiary", "residential"),
        *("footway", "path", "steps", "pedestrian", "service"),
    }
    assert {tags["name"] for _, tags in roads.tagged(leisure="park")} >= {"望丘公园", "老城公园"}


def test_only_two_bridges_cross_the_river(roads: Roads) -> None:
    river = Polygon(roads.line(roads.tagged(water="river")[0][0]))
    over = [tags for nodes, tags in roads.streets() if roads.line(nodes).intersects(river)]
    assert sorted(tags["name"] for tags in over) == ["禾桥", "稻香桥"]
    assert all(tags["bridge"] == "yes" and tags["layer"] == "1" for tags in over)


def test_the_footbridge_shares_no_node_with_the_motorway(roads: Roads) -> None:
    [(bridge, _)] = roads.tagged(highway="footway", bridge="yes")
    motorway = roads.tagged(highway="motorway")
    assert all(roads.line(bridge).crosses(roads.line(nodes)) for nodes, _ in motorway[:2])
    on_it = {node for nodes, _ in motorway for node in nodes}
    assert not on_it & {node for nodes, _ in roads.streets() for node in nodes}


def test_streets_meet_in_shared_nodes(roads: Roads) -> None:
    """Where two ways on the ground cross, both have the node; the hamlet alone is apart."""
    graph = nx.Graph()
    for nodes, _ in roads.streets():
        nx.add_path(graph, nodes)
    sizes = sorted(len(part) for part in nx.connected_components(graph))
    assert len(sizes) == 2 and sizes[0] <= 8 and sizes[1] > 300
    ground = [n for n, t in roads.streets() if "bridge" not in t and "tunnel" not in t]
    for k, one in enumerate(ground):
        for other in ground[:k]:
            apart = not set(one) & set(other)
            assert not (apart and roads.line(one).intersects(roads.line(other)))


def test_hamlet_has_people_whom_no_street_reaches(
    roads: Roads, units: gpd.GeoDataFrame, people: gpd.GeoDataFrame
) -> None:
    lanes = [roads.line(n) for n, t in roads.streets() if t.get("name") == "独户村路"]
    rest = [roads.line(n) for n, t in roads.streets() if t.get("name") != "独户村路"]
    near = people.distance(shapely.union_all(lanes)) < 100
    assert len(lanes) == 3
    assert 10 < people.persons[near].sum() < 100
    assert shapely.union_all(lanes).distance(shapely.union_all(rest)) > 100
    assert people[near].within(units.geometry["C1"]).all()


def test_each_compound_has_one_gate_and_no_other_way_in(roads: Roads) -> None:
    walls = roads.tagged(barrier="wall", landuse="residential")
    assert len(walls) == 6 and len(roads.gates) == 6
    for wall, _ in walls:
        [gate] = roads.gates & set(wall)
        assert wall[0] == wall[-1]
        ring = roads.line(wall)
        touching = [(n, t) for n, t in roads.streets() if roads.line(n).intersects(ring)]
        assert len(touching) == 2 and all(gate in nodes for nodes, _ in touching)
        inside = [t for n, t in roads.streets() if Polygon(ring).covers(roads.line(n))]
        assert all((t["highway"], t["access"]) == ("service", "private") for t in inside)
        assert len(inside) == 4


def test_residential_areas(
    areas: gpd.GeoDataFrame, people: gpd.GeoDataFrame, units: gpd.GeoDataFrame
) -> None:
    built, planned = areas[areas.status == "built"], areas[areas.status == "planned"]
    assert (len(built), len(planned), len(areas)) == (6, 2, 8)
    assert not built.planned_people.any() and not built.planned_households.any()
    columns = ["planned_households", "planned_people", "delivery_year"]
    assert planned[columns].to_numpy().tolist() == [[1500, 4200, 2026], [2400, 6720, 2027]]
    assert planned.within(units.geometry["S3"]).all()
    assert [persons_in(people, place) for place in planned.geometry] == [0, 0]
    for place in built.geometry:
        assert 5_000 < persons_in(people, place) / place.area * 1e6 < 25_000


def test_facilities(town: Path, units: gpd.GeoDataFrame) -> None:
    assert (town / "facilities.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = rows_of(town / "facilities.csv", "utf-8-sig")
    assert ",".join(rows[0]) == FACILITY_COLUMNS and len(rows) == 15
    assert {row["类型"] for row in rows} == FACILITY_TYPES
    assert all((row["占地面积"] != "0") == (row["独立占地"] == "是") for row in rows)
    assert [row["状态"] for row in rows].count("筹建") == 2
    assert all(row["独立占地"] == "否" for row in rows if row["容积率"])
    lon, lat = ([float(row[name]) for row in rows] for name in ("经度", "纬度"))
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat, crs=4326)).to_crs(EPSG)
    assert points.within(units.geometry["C1"]).all()
    assert points.within(units.geometry["S3"]).sum() == 3


def test_candidates_are_written_the_surveyors_way(town: Path, units: gpd.GeoDataFrame) -> None:
    rows = rows_of(town / "candidates.csv", "gb18030")
    assert ",".join(rows[0]) == CANDIDATE_COLUMNS and len(rows) == 31
    assert {row["来源类别"] for row in rows} == CANDIDATE_SOURCES
    for row in rows:
        north, east = float(row["X坐标"]), float(row["Y坐标"])
        assert 3_385_000 < north < 3_388_500 and 498_000 < east < 502_000
        assert units.geometry["C1"].covers(Point(east, north))
        land, floor = float(row["地块面积"]), float(row["可用建筑面积"])
        has_plot = row["来源类别"] in {"新供地块", "老旧厂房"}
        assert 1000 <= land <= 4000 if has_plot else (land, row["容积率"]) == (0, "")
        assert floor <= land * float(row["容积率"]) + 1e-6 if has_plot else floor >= 200
        assert floor <= 4000 and set(row["可设服务"].split("|")) <= {"养老", "托育"}
        assert 900 <= float(row["改造单价_元每平方米"]) <= 4000
        assert 15 <= float(row["固定成本_万元"]) <= 100


def test_nursery_rooms_are_to_be_had_in_all_areas_but_one(
    areas: gpd.GeoDataFrame, candidates: gpd.GeoDataFrame, people: gpd.GeoDataFrame
) -> None:
    """8 places per 1,000 inhabitants, 10 per 1,000 planned; 10 m2 of floor a place."""
    nursery = candidates[candidates["可设服务"].str.contains("托育")]
    short = set()
    for key, area in areas.iterrows():
        persons = persons_in(people, area.geometry)
        needed = persons * 0.008 + area.planned_people * 0.010
        floor = nursery.loc[nursery.within(area.geometry), "可用建筑面积"].astype(float).sum()
        if floor < 10 * needed:
            short.add(key)
    assert short == {"R3"}
    assert not candidates.within(areas.geometry["R3"]).any()


def test_elder_care_land_is_to_be_had_in_all_streets_but_one(
    town: Path,
    units: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    people: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
) -> None:
    """0.1 m2 a head, today's people and the planned ones; only plots of one's own count."""
    rows = rows_of(town / "facilities.csv", "utf-8-sig")
    lon, lat = ([float(row[name]) for row in rows] for name in ("经度", "纬度"))
    standing = gpd.GeoSeries(gpd.points_from_xy(lon, lat, crs=4326)).to_crs(EPSG)
    land = np.array([float(r["占地面积"]) * (r["类型"] != "社区卫生服务中心") for r in rows])
    plots = candidates[candidates["可设服务"].str.contains("养老")]
    enough = {}
    for unit, place in units.geometry[units.level != "community"].items():
        planned = areas.planned_people[areas.within(place)].sum()
        needed = 0.1 * (persons_in(people, place) + planned)
        today = land[standing.within(place)].sum()
        offered = plots.loc[plots.within(place), "地块面积"].astype(float).sum()
        assert today < needed
        enough[unit] = bool(today + offered >= needed)
    assert enough == {"C1": True, "S1": True, "S2": False, "S3": True}


def test_streets_go_on_beyond_the_boundary(roads: Roads, units: gpd.GeoDataFrame) -> None:
    county = units.geometry["C1"]
    beyond = [
        county.distance(Point(roads.place[n[k]])) for n, _ in roads.streets() for k in (0, -1)
    ]
    assert sum(distance >= 380 for distance in beyond) >= 12


def test_people_live_near_a_street(
    roads: Roads, units: gpd.GeoDataFrame, people: gpd.GeoDataFrame
) -> None:
    here = people[people.within(units.geometry["C1"]) & (people.persons > 0)]
    streets = shapely.union_all([roads.line(nodes) for nodes, _ in roads.streets()])
    assert here.distance(streets).max() < 200


def test_the_registers_say_what_clauses_ask_about(town: Path) -> None:
    """Beds, floor, operators, years, functions of the facilities; forms and flags of the units."""
    read = workflow.check(town / "study.yaml")
    found = dict(zip(read.facilities.ids, range(len(read.facilities)), strict=True))
    assert read.facilities.beds.sum() == 120 + 24 + 10 + 20 + 80 + 12 + 30 + 24
    assert read.facilities.nursing_beds[found["F01"]] == 66
    assert read.facilities.elder_floor_m2[found["F02"]] == 1350
    assert np.isnan(read.facilities.elder_floor_m2[found["F12"]])
    assert read.facilities.far[found["F02"]] == 2.4 and np.isnan(read.facilities.far[found["F01"]])
    assert set(read.facilities.operator) == {"government", "market"}
    assert read.facilities.opened_year[found["F15"]] == 2027
    assert {"elder_complex", "day_care", "meals", "home_visit"} < read.facilities.functions[
        found["F02"]
    ]
    assert np.bincount(read.facilities.traits["inclusive"]).tolist() == [2, 13]
    for level, form in (("street", "street"), ("community", "neighbourhood")):
        units = read.area.level(level)
        assert units is not None and set(units.attributes["form"]) == {form}
        assert set(units.attributes["central"]) == {"yes"}
        assert set(units.attributes["agricultural"]) == {"no"}
    assert read.row_notes == ()
