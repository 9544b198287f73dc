"""GCJ-02, the shifted coordinates of Chinese web maps, back to WGS 84.

The forward shift is the published one; the inverse is a fixed-point iteration, exact to nanometres
after eight steps where one-step inverses are metres off.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY_SQ = 0.006_693_421_622_965_943_23
_STEPS = 8


def gcj02_from_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift WGS 84 [degrees] into GCJ-02."""
    x, y = lon - 105.0, lat - 35.0
    ripple = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + ripple
        + (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
        + (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    )  # fmt: skip
    east = (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + ripple
        + (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
        + (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    )  # fmt: skip
    phi = np.radians(lat)
    bulge = 1.0 - _ECCENTRICITY_SQ * np.sin(phi) ** 2
    metres_north = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQ) / (bulge * np.sqrt(bulge))
    metres_east = _SEMI_MAJOR_M / np.sqrt(bulge) * np.cos(phi)
    return lon + np.degrees(east / metres_east), lat + np.degrees(north / metres_north)


def wgs84_from_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Take the shift of GCJ-02 [degrees] away again."""
    true_lon, true_lat = lon.copy(), lat.copy()
    for _ in range(_STEPS):
        shifted_lon, shifted_lat = gcj02_from_wgs84(true_lon, true_lat)
        true_lon += lon - shifted_lon
        true_lat += lat - shifted_lat
    return true_lon, true_lat
