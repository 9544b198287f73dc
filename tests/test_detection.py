"""Which coordinates a register is in: told by area and streets, and never guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planning.inputs.coordinates.detected import FAR_M, Detection
from planning.inputs.coordinates.detection import detect
from planning.inputs.coordinates.ground import Ground
from planning.inputs.coordinates.reading import (
    BD09_DEGREES,
    GCJ02_DEGREES,
    WGS84_DEGREES,
    Reading,
    six_degree,
    swapped_rows,
    three_degree,
    utm,
)
from planning.inputs.roads.osm import read_osm
from planning.network import PROFILES, StreetNetwork, build_network, snap
from planning.network.geodesy import ground_m
from planning.projection import WGS84, transformer

DEGREES = (WGS84_DEGREES, GCJ02_DEGREES, BD09_DEGREES)
NAMES = [one.name for one in DEGREES]


@dataclass(frozen=True, kw_only=True)
class Streets:
    """Streets of a town, its area [degrees], and places to put facilities."""

    network: StreetNetwork
    area: shapely.Geometry

    def distance_m(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        x_m, y_m = transformer(WGS84, self.network.epsg).transform(lon, lat)
        return snap(self.network, x_m, y_m, max_snap_m=1_000.0, island_km=0.0).leg_m

    def beside(self, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Places 5 to 40 m beside streets, in the area, longitude and latitude."""
        rng = np.random.default_rng(seed)
        lines, length_m = self.network.lines(), self.network.length_m
        some = rng.choice(len(lines), 8 * n, p=length_m / length_m.sum())
        at, aside_m = rng.uniform(0.0, 0.98, 8 * n), rng.uniform(5, 40, 8 * n)
        here, next_ = (
            shapely.get_coordinates(
                shapely.line_interpolate_point(lines[some], share, normalized=True)
            )
            for share in (at, at + 0.02)
        )
        along = (next_ - here) / np.maximum(np.hypot(*(next_ - here).T), 1e-9)[:, np.newaxis]
        side = aside_m * rng.choice([-1, 1], 8 * n)
        x_m, y_m = here[:, 0] - along[:, 1] * side, here[:, 1] + along[:, 0] * side
        lon, lat = transformer(self.network.epsg, WGS84).transform(x_m, y_m)
        inside = np.flatnonzero(shapely.intersects_xy(self.area, lon, lat))[:n]
        assert len(inside) == n
        return np.asarray(lon)[inside], np.asarray(lat)[inside]

    def told(self, x: np.ndarray, y: np.ndarray) -> Detection:
        return detect(x, y, area=self.area, epsg=WGS84, distance_m=self.distance_m)


def streets_of(path: Path, area: shapely.Geometry, epsg: int) -> Streets:
    roads, _ = read_osm(path)
    network = build_network(roads, epsg=epsg, profile=PROFILES["elder"])
    return Streets(network=network, area=area)


def everywhere(distance_m: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Streets at the same distance from every place."""
    return lambda lon, _: np.full(len(lon), distance_m)


@pytest.fixture(scope="module")
def sample(sample_folder: Path) -> Streets:
    units = gpd.read_file(sample_folder / "units.gpkg").to_crs(WGS84)
    return streets_of(sample_folder / "roads.osm.pbf", units.geometry.union_all(), 4544)


@pytest.fixture(scope="module")
def huangpu(shared_data: Path) -> Streets:
    folder = shared_data / "shanghai_huangpu"
    area = gpd.read_file(folder / "huangpu_boundary_osm.geojson").geometry.union_all()
    return streets_of(folder / "huangpu_walk.osm.pbf", area, 4549)


@pytest.fixture(scope="module")
def xihu(shared_data: Path) -> Streets:
    area = shapely.box(120.0444, 30.2341, 120.1698, 30.3251)
    return streets_of(shared_data / "hangzhou_xihu" / "hangzhou_xihu_drive.osm.pbf", area, 4549)


@pytest.fixture(scope="module")
def porto_alegre(shared_data: Path) -> Streets:
    area = shapely.box(-51.2664, -30.1133, -51.1322, -29.9876)
    return streets_of(shared_data / "portoalegre_r5r" / "poa_osm.pbf", area, 32722)


@pytest.mark.parametrize("swapped", [False, True], ids=["lon-lat", "lat-lon"])
@pytest.mark.parametrize("reading", DEGREES, ids=NAMES)
def test_a_hundred_rows_beside_streets_are_told(
    sample: Streets, reading: Reading, swapped: bool
) -> None:
    said = reading.exchanged() if swapped else reading
    found = sample.told(*said.from_wgs84(*sample.beside(100, seed=1)))
    assert found.reading == said
    assert found.verdict == "streets"
    assert found.confidence >= 0.99
    assert found.hypotheses[0].reading == said
    assert {one.reading.name for one in found.hypotheses} == set(NAMES)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("reading", DEGREES, ids=NAMES)
def test_four_rows_of_degrees_are_never_told(sample: Streets, reading: Reading, n: int) -> None:
    for seed in range(5):
        found = sample.told(*reading.from_wgs84(*sample.beside(n, seed=seed)))
        assert (found.reading, found.verdict, found.confidence) == (None, "close", 0.0)
        assert f"{n} 行坐标分不清" in found.why[0]
        assert f"{n} rows do not tell" in found.why[1]
        assert "it takes 5 to tell" in found.why[1]


@pytest.mark.parametrize("n", [5, 10, 30])
@pytest.mark.parametrize("reading", DEGREES, ids=NAMES)
def test_what_is_told_is_right_however_few_the_rows(
    sample: Streets, reading: Reading, n: int
) -> None:
    told = [
        sample.told(*reading.from_wgs84(*sample.beside(n, seed=seed))).reading for seed in range(12)
    ]
    assert set(told) <= {None, reading}
    if n == 30:
        assert told.count(reading) >= 10


@pytest.mark.parametrize("n", [1, 3, 30])
@pytest.mark.parametrize(
    "reading",
    [
        three_degree(35, prefixed=False),
        three_degree(35, prefixed=True),
        six_degree(18),
        three_degree(34, prefixed=False),
        utm(48),
    ],
    ids=lambda one: one.name,
)
def test_metres_are_told_by_the_area_alone_or_are_close(
    sample: Streets, reading: Reading, n: int
) -> None:
    for said in (reading, reading.exchanged()):
        found = sample.told(*said.from_wgs84(*sample.beside(n, seed=n)))
        if len(found.rivals) == 1:
            assert (found.reading, found.verdict) == (said, "area")
            assert found.confidence == 1.0
        else:
            assert found.reading in ((said,) if n == 30 else (None,))


def test_utm_and_gauss_kruger_on_one_meridian_are_rivals(sample: Streets) -> None:
    said = utm(48)
    found = sample.told(*said.from_wgs84(*sample.beside(30, seed=8)))
    assert {one.reading.name for one in found.rivals} == {"EPSG:32648", "EPSG:4544"}


def test_order_of_rows_and_of_other_rows_does_not_matter(sample: Streets) -> None:
    x, y = GCJ02_DEGREES.from_wgs84(*sample.beside(60, seed=4))
    mixed = np.random.default_rng(4).permutation(60)
    one, other = sample.told(x, y), sample.told(x[mixed], y[mixed])
    assert one == other


def test_bad_rows_do_not_upset_it(sample: Streets) -> None:
    x, y = GCJ02_DEGREES.from_wgs84(*sample.beside(60, seed=6))
    x[:4], y[:4] = y[:4].copy(), x[:4].copy()
    x[4:8] = [np.nan, np.inf, 0.0, 1e9]
    y[8:10] = [1e9, -np.inf]
    x[10:14], y[10:14] = 121.47, 31.23
    found = sample.told(x, y)
    assert found.reading == GCJ02_DEGREES
    best = found.hypotheses[0]
    assert (best.rows, best.inside) == (57, 46)
    rows = swapped_rows(x, y, found.reading.to_wgs84, area=sample.area, epsg=WGS84)
    assert np.flatnonzero(rows).tolist() == [0, 1, 2, 3]


def test_a_register_swapped_by_half_is_not_told(sample: Streets) -> None:
    x, y = sample.beside(60, seed=6)
    x[:30], y[:30] = y[:30].copy(), x[:30].copy()
    assert sample.told(x, y).verdict == "close"


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([], []),
        ([np.nan, 104.99], [30.6, np.inf]),
        ([0.0, 0.0], [0.0, 0.0]),
        ([1e9, -1e9], [1e9, 1e9]),
        ([121.47] * 9, [31.23] * 9),
        ([-1_200.0, 350.0], [800.0, -90.0]),
    ],
    ids=["nothing", "halves", "zeros", "billions", "another city", "a local system"],
)
def test_what_lies_in_the_area_under_no_reading_is_nowhere(
    sample: Streets, x: list[float], y: list[float]
) -> None:
    found = sample.told(np.array(x), np.array(y))
    assert (found.reading, found.verdict, found.doubts) == (None, "nowhere", ())


def test_streets_that_are_silent_tell_nothing(sample: Streets) -> None:
    x, y = sample.beside(50, seed=2)
    for answer in (np.nan, np.inf, 0.0):
        found = detect(x, y, area=sample.area, distance_m=everywhere(answer))
        assert (found.reading, found.verdict) == (None, "close")
        assert not any("nan" in word or "inf" in word for word in found.why)


def test_rows_far_from_every_street_are_in_doubt(sample: Streets) -> None:
    reading = three_degree(35, prefixed=True)
    x, y = reading.from_wgs84(*sample.beside(40, seed=2))
    found = detect(x, y, area=sample.area, distance_m=everywhere(FAR_M + 20))
    assert found.reading == reading
    assert any("超过 60 米" in zh and "above 60 m" in en for zh, en in found.doubts)
    assert any("西安 80" in zh for zh, _ in found.doubts)


def test_few_rows_in_the_area_are_in_doubt(sample: Streets) -> None:
    reading = three_degree(35, prefixed=True)
    lon, lat = sample.beside(20, seed=2)
    lon[:15] += 0.5
    found = sample.told(*reading.from_wgs84(lon, lat))
    assert found.reading == reading
    assert found.confidence == 0.25
    assert found.doubts[0][1] == "only 5 of 20 rows lie in or near the area"


def test_xian_80_stands_beside_its_streets_and_is_mostly_in_doubt(huangpu: Streets) -> None:
    reading = three_degree(40, prefixed=False)
    x, y = reading.from_wgs84(*huangpu.beside(100, seed=11))
    assert huangpu.told(x, y).doubts == ()
    doubted = 0
    for turn in np.arange(8) * np.pi / 4:
        found = huangpu.told(x + 100 * np.cos(turn), y + 100 * np.sin(turn))
        assert found.reading == reading
        doubted += any("Xi'an 80" in en for _, en in found.doubts)
    assert doubted >= 6


def test_the_register_of_huangpu_is_gcj02_and_its_places_are_true(
    huangpu: Streets, shared_data: Path
) -> None:
    study = shared_data / "shanghai_huangpu" / "study"
    said = pd.read_excel(study / "facilities_gcj02.xlsx", engine="calamine")
    x, y = said["经度"].to_numpy(dtype=float), said["纬度"].to_numpy(dtype=float)
    found = huangpu.told(x, y)
    assert found.reading == GCJ02_DEGREES
    assert found.doubts == ()
    truth = gpd.read_file(study / "facilities_true_wgs84.geojson").set_index("编号")
    true = truth.geometry.loc[said["编号"]]
    lon, lat = found.reading.to_wgs84(x, y)
    assert ground_m(lon, lat, true.x.to_numpy(), true.y.to_numpy()).max() < 1.0
    as_wgs84, as_bd09 = (
        huangpu.told(*one.from_wgs84(lon, lat)).reading for one in (WGS84_DEGREES, BD09_DEGREES)
    )
    assert (as_wgs84, as_bd09) == (WGS84_DEGREES, BD09_DEGREES)


def test_the_register_with_faults_is_gcj02_and_its_swapped_row_is_found(
    huangpu: Streets, shared_data: Path
) -> None:
    path = shared_data / "shanghai_huangpu" / "study" / "facilities_gcj02_dirty.xlsx"
    said = pd.read_excel(path, engine="calamine")
    x, y = (pd.to_numeric(said[name], errors="coerce").to_numpy() for name in ("经度", "纬度"))
    found = huangpu.told(x, y)
    assert found.reading == GCJ02_DEGREES
    rows = swapped_rows(x, y, found.reading.to_wgs84, area=huangpu.area, epsg=WGS84)
    assert [(x[row] < 90, y[row] > 90) for row in np.flatnonzero(rows)] == [(True, True)]
    assert huangpu.told(y, x).reading == GCJ02_DEGREES.exchanged()


def test_the_candidates_of_huangpu_are_metres_the_surveyors_way(
    huangpu: Streets, shared_data: Path
) -> None:
    path = shared_data / "shanghai_huangpu" / "study" / "candidates_cgcs2000_gbk.csv"
    said = pd.read_csv(path, encoding="gbk")
    x, y = said["X坐标"].to_numpy(), said["Y坐标"].to_numpy()
    found = huangpu.told(x, y)
    assert (found.reading, found.verdict) == (three_degree(40, prefixed=False).exchanged(), "area")
    assert found.confidence == 1.0
    assert found.doubts == ()
    lon, lat = found.reading.to_wgs84(x, y)
    ground = Ground.of(huangpu.area, epsg=WGS84)
    assert ground.holds(lon, lat).sum() >= 359
    assert ground.holds(lon, lat, within_m=20.0).all()
    one_row = huangpu.told(x[:1], y[:1])
    assert one_row.reading == found.reading


@pytest.mark.parametrize("reading", DEGREES, ids=NAMES)
@pytest.mark.parametrize("town", ["huangpu", "xihu"])
def test_synthetic_registers_of_real_towns(
    town: str, reading: Reading, request: pytest.FixtureRequest
) -> None:
    streets: Streets = request.getfixturevalue(town)
    assert streets.told(*reading.from_wgs84(*streets.beside(200, seed=1))).reading == reading
    for n in (3, 10):
        for seed in range(4):
            x, y = reading.from_wgs84(*streets.beside(n, seed=seed))
            assert streets.told(x, y).reading in ((None,) if n == 3 else (None, reading))


@pytest.mark.parametrize("reading", DEGREES, ids=NAMES)
def test_real_facilities_on_a_sparse_network_are_told_right_or_not_at_all(
    xihu: Streets, shared_data: Path, reading: Reading
) -> None:
    """The network has streets for cars only: half of the facilities are 70 m from any."""
    path = shared_data / "hangzhou_xihu" / "hangzhou_osm_facilities.geojson"
    all_of_them = gpd.read_file(path)
    care = ["kindergarten", "social_facility", "hospital", "clinic"]
    for some in (all_of_them, all_of_them[all_of_them["amenity"].isin(care)]):
        middle = some.to_crs(4549).centroid.to_crs(WGS84)
        lon, lat = middle.x.to_numpy(), middle.y.to_numpy()
        here = shapely.intersects_xy(xihu.area, lon, lat)
        found = xihu.told(*reading.from_wgs84(lon[here], lat[here]))
        assert found.reading in (None, reading)
    if reading == WGS84_DEGREES:
        assert found.reading == reading


@pytest.mark.parametrize("n", [1, 3, 30])
def test_outside_china_degrees_have_one_reading(porto_alegre: Streets, n: int) -> None:
    lon, lat = porto_alegre.beside(n, seed=n)
    for said in (WGS84_DEGREES, utm(22, south=True)):
        for way in (said, said.exchanged()):
            found = porto_alegre.told(*way.from_wgs84(lon, lat))
            assert (found.reading, found.verdict) == (way, "area")
            assert not {"gcj02", "bd09"} & {one.reading.name for one in found.hypotheses}
