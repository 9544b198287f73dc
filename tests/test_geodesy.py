"""Ground lengths against PROJ's geodesics, everywhere a street may be."""

import numpy as np
import pytest
from pyproj import Geod

from planning.network.geodesy import SHORT_M, ground_m

WGS84 = Geod(ellps="WGS84")


@pytest.mark.parametrize("reach_m", [1.0, 30.0, SHORT_M, 1.2 * SHORT_M, 100_000.0])
def test_lengths_are_geodesics_to_a_tenth_of_a_millimetre(reach_m: float) -> None:
    rng = np.random.default_rng(7)
    n = 20_000
    lon, lat = rng.uniform(-179, 179, n), rng.uniform(-88, 88, n)
    lon_b, lat_b, _ = WGS84.fwd(lon, lat, rng.uniform(0, 360, n), rng.uniform(0, reach_m, n))
    _, _, true_m = WGS84.inv(lon, lat, lon_b, lat_b)
    found_m = ground_m(lon, lat, np.asarray(lon_b), np.asarray(lat_b))
    assert np.abs(found_m - true_m).max() < 1e-4


def test_a_place_is_no_distance_from_itself() -> None:
    lon, lat = np.array([121.5, 0.0, -60.0]), np.array([31.2, 0.0, 89.9])
    assert ground_m(lon, lat, lon, lat).tolist() == [0.0, 0.0, 0.0]
