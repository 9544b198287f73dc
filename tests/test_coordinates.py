"""The readings of two columns of numbers: there and back, what magnitudes allow, swapped rows."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from planning.inputs.coordinates.reading import (
    BD09_DEGREES,
    GCJ02_DEGREES,
    WGS84_DEGREES,
    Reading,
    plausible,
    six_degree,
    swapped_rows,
    three_degree,
    utm,
)
from planning.network.geodesy import ground_m

DEGREES = (WGS84_DEGREES, GCJ02_DEGREES, BD09_DEGREES)
METRES = (
    *(three_degree(zone, prefixed=carries) for zone in range(25, 46) for carries in (False, True)),
    *(six_degree(zone) for zone in range(13, 24)),
    *(utm(zone) for zone in range(43, 54)),
)
EVERY = [way for one in (*DEGREES, *METRES) for way in (one, one.exchanged())]
IDS = [f"{one.name}{' swapped' if one.swapped else ''}" for one in EVERY]

SHANGHAI = (121.45, 31.19, 121.51, 31.25)
AREA = shapely.box(*SHANGHAI)


def meridian_of(reading: Reading) -> float:
    """Longitude in the middle of a reading's zone; of China for degrees."""
    if reading.crs is None:
        return 105.0
    return float(CRS.from_epsg(reading.crs).to_json_dict()["conversion"]["parameters"][1]["value"])


def beside(meridian: float, n: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Places in the latitudes of China, within three degrees of a meridian."""
    rng = np.random.default_rng(seed)
    return meridian + rng.uniform(-3, 3, n), rng.uniform(3.8, 53.6, n)


def in_shanghai(n: int, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    west, south, east, north = SHANGHAI
    return rng.uniform(west, east, n), rng.uniform(south, north, n)


def words(readings: tuple[Reading, ...]) -> set[str]:
    return {one.name + ("/yx" if one.swapped else "") for one in readings}


@pytest.mark.parametrize("reading", EVERY, ids=IDS)
def test_every_reading_there_and_back_to_less_than_a_centimetre(reading: Reading) -> None:
    lon, lat = beside(meridian_of(reading), 2_000)
    x, y = reading.from_wgs84(lon, lat)
    assert ground_m(lon, lat, *reading.to_wgs84(x, y)).max() < 0.01
    assert reading.allows(x, y).all()


@given(reading=st.sampled_from(EVERY), aside=st.floats(-3.0, 3.0), lat=st.floats(3.8, 53.6))
def test_any_place_there_and_back(reading: Reading, aside: float, lat: float) -> None:
    here = np.array([meridian_of(reading) + aside]), np.array([lat])
    assert ground_m(*here, *reading.to_wgs84(*reading.from_wgs84(*here)))[0] < 0.01


def test_there_and_back_again_and_again_does_not_wander() -> None:
    lon, lat = in_shanghai(100)
    far_lon, far_lat = lon, lat
    for _ in range(20):
        for one in (GCJ02_DEGREES, BD09_DEGREES, three_degree(40, prefixed=True), utm(51)):
            far_lon, far_lat = one.to_wgs84(*one.from_wgs84(far_lon, far_lat))
    assert ground_m(lon, lat, far_lon, far_lat).max() < 0.01


@pytest.mark.parametrize("zone", range(25, 46))
def test_zones_of_three_degrees_have_the_codes_of_epsg(zone: int) -> None:
    plain, carries = three_degree(zone, prefixed=False), three_degree(zone, prefixed=True)
    assert CRS(plain.name).name == f"CGCS2000 / 3-degree Gauss-Kruger CM {3 * zone}E"
    assert CRS(carries.name).name == f"CGCS2000 / 3-degree Gauss-Kruger zone {zone}"
    lon, lat = beside(3 * zone, 10)
    easting, northing = plain.from_wgs84(lon, lat)
    with_zone, same = carries.from_wgs84(lon, lat)
    assert with_zone == pytest.approx(easting + zone * 1e6, abs=1e-6)
    assert same == pytest.approx(northing, abs=1e-6)


@pytest.mark.parametrize("zone", range(13, 24))
def test_zones_of_six_degrees_are_those_of_three_but_for_the_zone_carried(zone: int) -> None:
    carries = six_degree(zone)
    assert CRS(carries.name).name == f"CGCS2000 / Gauss-Kruger zone {zone}"
    lon, lat = beside(6 * zone - 3, 10)
    with_zone, northing = carries.from_wgs84(lon, lat)
    plain = Reading(name="", zh="", en="", crs=4489 + zone)
    assert CRS.from_epsg(plain.crs).name == f"CGCS2000 / Gauss-Kruger CM {6 * zone - 3}E"
    for one in (plain, three_degree(2 * zone - 1, prefixed=False)):
        easting, same = one.from_wgs84(lon, lat)
        assert with_zone == pytest.approx(easting + zone * 1e6, abs=1e-6)
        assert same == pytest.approx(northing, abs=1e-6)


def test_degrees_of_cgcs2000_are_degrees_of_wgs84() -> None:
    lon, lat = in_shanghai(10)
    assert Reading(name="", zh="", en="", crs=4490).from_wgs84(lon, lat)[0] == pytest.approx(lon)


def test_outside_the_rectangle_of_the_vendors_degrees_are_left_alone() -> None:
    lon, lat = np.array([-51.2, 2.35]), np.array([-30.0, 48.9])
    for one in (GCJ02_DEGREES, BD09_DEGREES):
        assert np.array_equal(one.to_wgs84(lon, lat), [lon, lat])
        assert np.array_equal(one.from_wgs84(lon, lat), [lon, lat])


@pytest.mark.parametrize("reading", EVERY, ids=IDS)
def test_what_is_no_place_is_nan_and_the_rows_beside_it_are_not(reading: Reading) -> None:
    good_x, good_y = reading.from_wgs84(*beside(meridian_of(reading), 1))
    odd = [1e9, -1e9, 1e300, np.nan, np.inf, -np.inf]
    x = np.concatenate([odd, good_x, np.repeat(good_x, len(odd))])
    y = np.concatenate([np.repeat(good_y, len(odd)), good_y, odd])
    lon, lat = reading.to_wgs84(x, y)
    assert np.flatnonzero(np.isfinite(lon) & np.isfinite(lat)).tolist() == [len(odd)]
    assert np.isnan(lon).sum() == np.isnan(lat).sum() == 2 * len(odd)
    assert not reading.allows(x, y)[np.arange(len(x)) != len(odd)].any()


def test_zero_is_a_place_in_degrees_but_of_no_vendor() -> None:
    zero = np.zeros(1), np.zeros(1)
    assert np.ravel(WGS84_DEGREES.to_wgs84(*zero)).tolist() == [0.0, 0.0]
    assert words(plausible(*zero)) == {"wgs84", "wgs84/yx"}


def test_nothing_is_plausible_without_numbers() -> None:
    assert plausible(np.empty(0), np.empty(0)) == ()
    assert plausible(np.array([np.nan, 121.5]), np.array([31.2, np.nan])) == ()
    assert plausible(np.array([1e9]), np.array([1e9])) == ()


def test_degrees_tell_their_order_east_of_the_ninetieth_meridian() -> None:
    lon, lat = in_shanghai(4)
    assert words(plausible(lon, lat)) == {"wgs84", "gcj02", "bd09"}
    assert words(plausible(lat, lon)) == {"wgs84/yx", "gcj02/yx", "bd09/yx"}
    urumqi = np.array([87.6]), np.array([43.8])
    assert {"wgs84", "gcj02", "wgs84/yx"} <= words(plausible(*urumqi))


def test_a_zone_in_the_easting_leaves_one_reading() -> None:
    lon, lat = in_shanghai(4)
    for reading in (three_degree(40, prefixed=True), six_degree(21)):
        x, y = reading.from_wgs84(lon, lat)
        assert words(plausible(x, y)) == {reading.name}
        assert words(plausible(y, x)) == {f"{reading.name}/yx"}


def test_metres_without_a_zone_are_plausible_in_every_zone_until_the_place_is_known() -> None:
    x, y = three_degree(40, prefixed=False).from_wgs84(*in_shanghai(4))
    assert words(plausible(x, y)) == {f"EPSG:{4509 + zone}" for zone in range(25, 46)}
    here = words(plausible(y, x, bounds=SHANGHAI))
    assert here == {f"EPSG:{code}/yx" for code in (4548, 4549, 4550, 4551, 32650, 32651)}


def test_outside_china_no_vendor_shifts() -> None:
    lon, lat = np.array([-51.2]), np.array([-30.0])
    bounds = (-51.3, -30.2, -51.1, -29.9)
    assert words(plausible(lon, lat, bounds=bounds)) == {"wgs84", "wgs84/yx"}
    x, y = utm(22, south=True).from_wgs84(lon, lat)
    assert "EPSG:32722" in words(plausible(x, y, bounds=bounds))


def test_one_row_in_another_unit_does_not_make_it_plausible() -> None:
    lon, lat = in_shanghai(30)
    lon[0], lat[0] = 641_478.05, 3_458_890.77
    assert words(plausible(lon, lat)) == {"wgs84", "gcj02", "bd09"}


@pytest.mark.parametrize(
    "reading",
    [*DEGREES, three_degree(40, prefixed=False), three_degree(40, prefixed=True).exchanged()],
    ids=lambda one: one.name,
)
def test_rows_with_their_numbers_exchanged_are_found(reading: Reading) -> None:
    x, y = reading.from_wgs84(*in_shanghai(12))
    x[3], y[3] = y[3], x[3]
    x[7] = np.nan
    elsewhere_x, elsewhere_y = reading.from_wgs84(np.array([120.2]), np.array([30.3]))
    x[8], y[8] = elsewhere_x[0], elsewhere_y[0]
    x[9] = 0.0
    assert np.flatnonzero(swapped_rows(x, y, reading.to_wgs84, area=AREA, epsg=4326)).tolist() == [
        3
    ]
    assert not swapped_rows(x, y, reading.to_wgs84, area=shapely.box(0, 0, 1, 1), epsg=4326).any()


def test_an_area_in_metres_is_the_same_area() -> None:
    metric = three_degree(40, prefixed=False)
    corners = np.array(AREA.exterior.coords)
    area = shapely.Polygon(np.column_stack(metric.from_wgs84(corners[:, 0], corners[:, 1])))
    lon, lat = in_shanghai(6)
    lon[2], lat[2] = lat[2], lon[2]
    rows = swapped_rows(lon, lat, WGS84_DEGREES.to_wgs84, area=area, epsg=4549)
    assert np.flatnonzero(rows).tolist() == [2]


def test_readings_name_themselves_in_both_languages() -> None:
    assert GCJ02_DEGREES.in_words[0] == "GCJ-02 经纬度（高德、腾讯）"
    zh, en = three_degree(40, prefixed=False).exchanged().in_words
    assert zh == "CGCS2000 三度带第 40 带（中央经线 120°E，EPSG:4549），x 列为纵坐标（北）"
    assert en.endswith("EPSG:4549), northing in x")
