"""GCJ-02 and BD-09 against published pairs, and there and back again all over China."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.inputs.coordinates.datum import (
    bd09_from_gcj02,
    bd09_from_wgs84,
    gcj02_from_bd09,
    gcj02_from_wgs84,
    in_china_rectangle,
    wgs84_from_bd09,
    wgs84_from_gcj02,
)
from planning.network.geodesy import ground_m

WEST, SOUTH, EAST, NORTH = 73.5, 3.8, 135.1, 53.6
"""China with its islands."""


def point(lon: float, lat: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([lon]), np.array([lat])


def over_china(n: int, seed: int = 20) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(WEST, EAST, n), rng.uniform(SOUTH, NORTH, n)


# The examples in the README of wandergis/coordtransform, which many libraries repeat.
def test_the_examples_of_coordtransform() -> None:
    shifted = gcj02_from_wgs84(*point(116.404, 39.915))
    assert np.ravel(shifted) == pytest.approx([116.41024449916938, 39.91640428150164], abs=1e-12)
    baidu = bd09_from_gcj02(*point(116.404, 39.915))
    assert np.ravel(baidu) == pytest.approx([116.41036949371029, 39.92133699351021], abs=1e-12)


# The test set of eviltransform (Shanghai, Shenzhen, Beijing), whose ellipsoid is 1.2 cm another.
@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_the_pairs_of_eviltransform(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert ground_m(*gcj02_from_wgs84(*point(*wgs84)), *point(*gcj02))[0] < 0.02
    assert ground_m(*wgs84_from_gcj02(*point(*gcj02)), *point(*wgs84))[0] < 0.02


def test_sizes_of_the_shifts_all_over_china() -> None:
    lon, lat = over_china(200_000)
    gcj02_m = ground_m(lon, lat, *gcj02_from_wgs84(lon, lat))
    bd09_m = ground_m(lon, lat, *bd09_from_wgs84(lon, lat))
    assert 690 < gcj02_m.max() < 720
    assert 1_500 < bd09_m.max() < 1_530
    assert bd09_m.min() > 250


def test_twenty_thousand_places_come_back_to_a_micrometre() -> None:
    lon, lat = over_china(20_000)
    gcj02, bd09 = gcj02_from_wgs84(lon, lat), bd09_from_wgs84(lon, lat)
    assert ground_m(lon, lat, *wgs84_from_gcj02(*gcj02)).max() < 1e-6
    assert ground_m(lon, lat, *wgs84_from_bd09(*bd09)).max() < 1e-6
    assert ground_m(*gcj02, *gcj02_from_bd09(*bd09)).max() < 1e-6
    assert ground_m(*gcj02, *gcj02_from_wgs84(*wgs84_from_gcj02(*gcj02))).max() < 1e-6
    assert ground_m(*bd09, *bd09_from_wgs84(*wgs84_from_bd09(*bd09))).max() < 1e-6


@given(lon=st.floats(WEST, EAST), lat=st.floats(SOUTH, NORTH))
def test_any_place_comes_back_to_a_micrometre(lon: float, lat: float) -> None:
    here = point(lon, lat)
    assert ground_m(*here, *wgs84_from_gcj02(*gcj02_from_wgs84(*here)))[0] < 1e-6
    assert ground_m(*here, *wgs84_from_bd09(*bd09_from_wgs84(*here)))[0] < 1e-6


def test_arguments_are_left_as_they_are() -> None:
    lon, lat = over_china(3)
    kept = lon.copy(), lat.copy()
    wgs84_from_bd09(lon, lat)
    assert (lon == kept[0]).all()
    assert (lat == kept[1]).all()


def test_the_rectangle_of_the_vendors_is_not_china() -> None:
    places = {
        "Shanghai": (121.47, 31.23, True),
        "Kashgar": (75.99, 39.47, True),
        "Seoul": (126.98, 37.57, True),
        "Hanoi": (105.85, 21.03, True),
        "Tokyo": (139.69, 35.68, False),
        "Singapore": (103.82, 1.35, True),
        "Porto Alegre": (-51.2, -30.03, False),
    }
    lon, lat, inside = (np.array(column) for column in zip(*places.values(), strict=True))
    assert in_china_rectangle(lon, lat).tolist() == inside.tolist()
    assert not in_china_rectangle(*point(np.nan, np.nan))[0]
