"""Footprints of buildings as offices have them: who lives in which, over how many storeys."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely

from planning.demand import Buildings
from planning.errors import InputError
from planning.inputs.coordinates.datum import bd09_from_wgs84, gcj02_from_wgs84
from planning.inputs.population.buildings import read_buildings
from planning.projection import WGS84, transformer
from planning.study import BuildingsSpec

EPSG = 4544
EAST, NORTH = 500_000.0, 3_386_000.0
LAND = np.array([shapely.box(EAST, NORTH, EAST + 1000, NORTH + 1000)], dtype=object)

Row = tuple[shapely.Geometry, dict[str, Any]]
Read = Callable[..., tuple[Buildings, str]]


def house(x: float, y: float, side: float = 10.0, **says: Any) -> Row:
    """A square by its south-western corner [m from the south-west of the land]."""
    return shapely.box(EAST + x, NORTH + y, EAST + x + side, NORTH + y + side), says


def layer(rows: Sequence[Row], crs: int = EPSG) -> gpd.GeoDataFrame:
    table = [says for _, says in rows]
    columns = {name: [row.get(name) for row in table] for row in table for name in row}
    shapes = [shape for shape, _ in rows]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=EPSG).to_crs(crs)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """What is read of a layer of these rows, and what is said of it, in English."""

    def call(rows: Sequence[Row], *, crs: int = EPSG, **spec: Any) -> tuple[Buildings, str]:
        path = tmp_path / "b.gpkg"
        path.unlink(missing_ok=True)
        layer(rows, crs).to_file(path, driver="GPKG")
        found, notes = read_buildings(
            BuildingsSpec(path="b.gpkg", **spec), path, epsg=EPSG, land=LAND
        )
        return found, " ".join(note.en for note in notes)

    return call


def storeys(found: Buildings) -> list[float]:
    """Storeys from west to east."""
    return found.storeys[np.argsort(found.x_m)].tolist()


# --- storeys and heights --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (6, 6.0), (6.0, 6.0), ("6", 6.0), ("6层", 6.0), ("６F", 6.0), (" 6 f ", 6.0), (5.5, 5.5),
        (1, 1.0), (130, 130.0), (None, math.nan), ("", math.nan), (0, math.nan), ("0", math.nan),
        (-3, math.nan), (9999, math.nan), (131, math.nan), ("六层", math.nan), (0.5, math.nan),
        ("nan", math.nan), ("6/1", math.nan),
    ],
)  # fmt: skip
def test_storeys_as_they_are_written(read: Read, said: object, meant: float) -> None:
    found, told = read([house(0, 0, 层数=said), house(50, 0, 层数=said)])
    assert storeys(found) == pytest.approx([meant, meant], nan_ok=True)
    is_absurd = math.isnan(meant) and said not in (None, "", 0, "0")
    assert ("cannot be and are not used" in told) == is_absurd


def test_what_cannot_be_is_listed_by_value(read: Read) -> None:
    rows = [house(50 * k, 0, floors=n) for k, n in enumerate([9999, -3, 9999, 6, 0, None])]
    found, told = read(rows)
    assert "3 numbers of storeys or heights cannot be and are not used: 9999 2、-3 1" in told
    assert "storeys: 1 recorded; 5 unknown" in told
    assert storeys(found)[3] == 6


def test_a_height_gives_storeys_where_they_are_not_recorded(read: Read) -> None:
    says = [(6, 99.0), (None, 28.0), (9999, "14 m"), (0, 1.5), (None, 0), (None, 9000), (None, -4)]
    rows = [house(50 * k, 0, 层数=n, 建筑高度=h) for k, (n, h) in enumerate(says)]
    found, told = read(rows)
    expected = [6, 10, 5, 1, math.nan, math.nan, math.nan]
    assert storeys(found) == pytest.approx(expected, nan_ok=True)
    assert "1 recorded; 3 by height, 2.8 m each (2.80 m is the recommended" in told
    assert "GB 50096-2011" in told


def test_columns_may_have_any_name(read: Read) -> None:
    columns = {"storeys": "CS", "use": "YT"}
    rows = [house(0, 0, CS=3, YT="住宅"), house(50, 0, CS=4, YT="商业")]
    found, _ = read(rows, columns=columns)
    assert storeys(found) == [3]
    with pytest.raises(InputError, match="found 'hight'"):
        read(rows, columns={"hight": "CS"})
    with pytest.raises(InputError, match=r"\['KK'\]"):
        read(rows, columns={"use": "KK"})


# --- uses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use", "lives"),
    [
        ("住宅", True), ("城镇住宅用地", True), ("商住楼", True), ("居住", True), ("公寓", True),
        ("学生宿舍", True), ("apartments", True), ("Residential", True), ("house", True),
        (None, True), ("", True), ("yes", True), ("未知", True), ("其他", True),
        ("商业", False), ("住院楼", False), ("住宿餐饮", False), ("非住宅", False),
        ("不住人的民房", False), ("办公", False), ("industrial", False), ("no", False),
        ("R2", False), ("greenhouse", False),
    ],
)  # fmt: skip
def test_who_lives_in_a_building_of_a_use(read: Read, use: str | None, lives: bool) -> None:
    found, _ = read([house(0, 0, 用途=use), house(50, 0, 用途="住宅")])
    assert len(found) == 1 + lives


def test_uses_are_told_by_name(read: Read) -> None:
    uses = ["住宅", "住宅", "商住", "商业", "办公", "商业", None, "yes"]
    _, told = read([house(50 * k, 0, 建筑性质=use) for k, use in enumerate(uses)])
    assert "5 buildings house people: 住宅 2、商住 1; of 2 the use is not said, assumed" in told
    assert "3 house nobody: 商业 2、办公 1 (name those that do" in told


def test_a_study_may_name_uses_of_its_own(read: Read) -> None:
    rows = [house(0, 0, use="R2"), house(50, 0, use="其他"), house(100, 0, use="B1")]
    found, told = read(rows, residential=["R2"])
    assert len(found) == 2
    assert "house people: R2 1; of 1 the use is not said" in told


def test_buildings_in_which_nobody_lives_are_refused(read: Read) -> None:
    rows = [house(50 * k, 0, use=use) for k, use in enumerate(["商业", "厂房", "商业"])]
    with pytest.raises(InputError, match="no building with homes; uses 商业 2、厂房 1") as caught:
        read(rows)
    assert "population.buildings.residential" in str(caught.value)


# --- shapes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("crs", [EPSG, 4326, 32648, 3857, 4490])
def test_footprints_are_read_in_any_crs(read: Read, crs: int) -> None:
    found, _ = read([house(0, 0, side=20), house(500, 900, side=30)], crs=crs)
    assert shapely.area(found.footprint).tolist() == pytest.approx([400, 900], rel=1e-6)
    inside = shapely.intersects(found.footprint, shapely.points(found.x_m, found.y_m))
    assert inside.all()


@pytest.mark.parametrize(
    ("coords", "shift"), [("gcj02", gcj02_from_wgs84), ("bd09", bd09_from_wgs84)]
)
@pytest.mark.parametrize("crs", [4326, 32648])
def test_footprints_of_a_map_vendor_are_put_back(
    read: Read, tmp_path: Path, coords: str, shift: Callable[..., Any], crs: int
) -> None:
    """In the vendor's degrees, and in the projection somebody took them for WGS 84 in."""
    true = layer([house(300, 400, side=20), house(500, 900, side=30)]).to_crs(4326)
    shapes = shapely.transform(
        true.geometry.to_numpy(), lambda at: np.column_stack(shift(at[:, 0], at[:, 1]))
    )
    path = tmp_path / "shifted.gpkg"
    gpd.GeoDataFrame(geometry=shapes, crs=4326).to_crs(crs).to_file(path, driver="GPKG")
    spec = BuildingsSpec(path=path.name, coords=coords)
    found, _ = read_buildings(spec, path, epsg=EPSG, land=LAND)
    at = sorted(zip(found.x_m - EAST, found.y_m - NORTH, strict=True))
    np.testing.assert_allclose(at, [(310, 410), (515, 915)], atol=0.01)


def test_buildings_elsewhere_are_left_out_or_refused(read: Read) -> None:
    found, told = read([house(0, 0), house(5000, 0), house(-70, 0)])
    assert len(found) == 1
    assert "left out: 2 on land without people" in told
    with pytest.raises(InputError, match="2 buildings, none of them on land that has people"):
        read([house(5000, 0), house(-70, 0)])


def test_a_building_drawn_twice_counts_once_and_the_row_that_says_more_stays(read: Read) -> None:
    rows = [house(0, 0), house(0, 0, 层数=6), house(0, 0, 层数=None), house(50, 0, 层数=2)]
    backwards = shapely.Polygon(rows[0][0].exterior.coords[::-1])
    found, told = read([*rows, (backwards, {"层数": 4})])
    assert storeys(found) == [6, 2]
    assert "3 drawn twice" in told
    assert "drawn over another" not in told


def test_of_shops_and_homes_in_one_footprint_the_homes_stay(read: Read) -> None:
    rows = [house(0, 0, 用途="商业", 层数=9), house(0, 0, 用途="住宅", 层数=6)]
    for given in (rows, rows[::-1]):
        found, told = read(given)
        assert storeys(found) == [6]
        assert "1 house nobody: 商业 1" in told


def test_footprints_of_drawings_have_heights(read: Read) -> None:
    flat, tall = house(0, 0), (shapely.force_3d(house(50, 0)[0], 12.0), {})
    found, told = read([flat, tall, (shapely.force_3d(tall[0], 15.0), {})])
    assert not shapely.has_z(found.footprint).any()
    assert "1 drawn twice" in told


def test_a_tower_on_its_podium_counts_and_is_told(read: Read) -> None:
    rows = [house(0, 0, side=60, 层数=3), house(20, 20, side=20, 层数=30), house(60, 0, side=9)]
    found, told = read(rows)
    assert len(found) == 3
    assert "2 buildings are drawn over another" in told


def test_shapes_without_area_are_left_out_and_told(read: Read) -> None:
    corners = [(0, 0), (20, 20), (20, 0), (0, 20)]
    tie = shapely.Polygon([(EAST + 300 + x, NORTH + y) for x, y in corners])
    line = shapely.Polygon([(EAST, NORTH), (EAST + 9, NORTH), (EAST, NORTH)])
    found, told = read([house(0, 0), (tie, {}), (line, {}), (None, {})])
    assert len(found) == 2
    assert sorted(shapely.area(found.footprint).tolist()) == pytest.approx([100, 200])
    assert "2 shapes without area" in told


def test_points_are_no_footprints(read: Read) -> None:
    with pytest.raises(InputError, match="found no polygon; geometry of type Point"):
        read([(shapely.Point(EAST + 1, NORTH + 1), {"层数": 6})])


def test_the_order_of_rows_changes_nothing(read: Read) -> None:
    rng = np.random.default_rng(7)
    rows = [
        house(float(x), float(y), 层数=int(n), use=["住宅", None, "商业"][int(n) % 3])
        for x, y, n in rng.integers(1, 900, (40, 3)) % (900, 900, 40)
    ]
    rows += rows[:5]
    (one, told), (two, told_again) = read(rows), read(rows[::-1])
    assert told == told_again
    assert one.x_m.tobytes() == two.x_m.tobytes()
    assert one.storeys.tobytes() == two.storeys.tobytes()
    assert np.all(shapely.equals_exact(one.footprint, two.footprint))


# --- OpenStreetMap --------------------------------------------------------------------------


def write_osm(path: Path, houses: Sequence[tuple[float, float, dict[str, str]]]) -> None:
    """Squares of 10 m with tags, and one with a yard cut out of it as a relation."""
    path.unlink(missing_ok=True)
    writer = osmium.SimpleWriter(str(path))
    to_degrees = transformer(EPSG, WGS84)

    def ring(x: float, y: float, side: float, first: int) -> list[int]:
        for k, (east, north) in enumerate([(0, 0), (side, 0), (side, side), (0, side)]):
            at = to_degrees.transform(EAST + x + east, NORTH + y + north)
            writer.add_node(osmium.osm.mutable.Node(id=first + k, location=at))
        return [first, first + 1, first + 2, first + 3, first]

    ways = [
        osmium.osm.mutable.Way(id=k + 1, nodes=ring(x, y, 10, 10 * k + 1), tags=tags)
        for k, (x, y, tags) in enumerate(houses)
    ]
    ways.append(osmium.osm.mutable.Way(id=901, nodes=ring(500, 500, 40, 9011), tags={}))
    ways.append(osmium.osm.mutable.Way(id=902, nodes=ring(510, 510, 20, 9021), tags={}))
    for way in ways:
        writer.add_way(way)
    writer.add_relation(
        osmium.osm.mutable.Relation(
            id=1,
            members=[("w", 901, "outer"), ("w", 902, "inner")],
            tags={"type": "multipolygon", "building": "apartments", "building:levels": "4"},
        )
    )
    writer.close()


def test_buildings_of_openstreetmap(tmp_path: Path) -> None:
    path = tmp_path / "town.osm.pbf"
    houses = [
        (0.0, 0.0, {"building": "house", "building:levels": "2"}),
        (50.0, 0.0, {"building": "yes", "height": "28 m"}),
        (100.0, 0.0, {"building": "school"}),
        (150.0, 0.0, {"leisure": "park"}),
    ]
    write_osm(path, houses)
    found, notes = read_buildings(BuildingsSpec(path=path.name), path, epsg=EPSG, land=LAND)
    assert storeys(found) == pytest.approx([2, 10, 4])
    assert sorted(shapely.area(found.footprint)) == pytest.approx([100, 100, 1200], rel=1e-3)
    told = " ".join(note.en for note in notes)
    assert "3 buildings house people: apartments 1、house 1; of 1" in told
    assert "1 house nobody: school 1" in told


def test_openstreetmap_without_buildings_or_damaged(tmp_path: Path, sample_folder: Path) -> None:
    spec = BuildingsSpec(path="x")
    with pytest.raises(InputError, match="not one building"):
        read_buildings(spec, sample_folder / "roads.osm.pbf", epsg=EPSG, land=LAND)
    path = tmp_path / "half.osm.pbf"
    path.write_bytes((sample_folder / "roads.osm.pbf").read_bytes()[:900])
    with pytest.raises(InputError, match="a damaged file or no OSM"):
        read_buildings(spec, path, epsg=EPSG, land=LAND)
