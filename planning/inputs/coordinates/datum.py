"""GCJ-02 and BD-09, the shifted degrees of Chinese web maps, from WGS 84 and back.

Amap, Tencent and every licensed map of mainland China draw in GCJ-02, up to 0.7 km beside WGS 84;
Baidu shifts GCJ-02 once more into BD-09, up to 1.5 km in all. The forward shifts are the published
ones; the inverses are fixed-point iterations, exact to nanometres after eight steps where one-step
inverses are metres off. Degrees of CGCS2000 are degrees of WGS 84 to a decimetre.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CHINA_DEGREES = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of where vendors shift, as published; see `in_china_rectangle`."""

_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY_SQ = 0.006_693_421_622_965_943_23
_BAIDU_TURN = np.pi * 3000.0 / 180.0
_BAIDU_EAST, _BAIDU_NORTH = 0.0065, 0.006
_STEPS = 8


def in_china_rectangle(lon: Floats, lat: Floats) -> Flags:
    """Whether places lie in the rectangle within which the published code of the vendors shifts.

    It is a rectangle, not China: Seoul, Taipei, Hanoi, Bangkok, Kathmandu, Ulaanbaatar and
    Manila lie in it, where the vendors' own maps are not (or not all) shifted. A place outside it
    is in no shifted coordinates; of a place inside it the rectangle says nothing.
    """
    west, south, east, north = CHINA_DEGREES
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def gcj02_from_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift WGS 84 [degrees] into GCJ-02; wherever it is, inside the rectangle or not."""
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
    return _undone(gcj02_from_wgs84, lon, lat)


def bd09_from_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift GCJ-02 [degrees] into BD-09."""
    radius = np.hypot(lon, lat) + 0.000_02 * np.sin(lat * _BAIDU_TURN)
    angle = np.arctan2(lat, lon) + 0.000_003 * np.cos(lon * _BAIDU_TURN)
    return radius * np.cos(angle) + _BAIDU_EAST, radius * np.sin(angle) + _BAIDU_NORTH


def gcj02_from_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Take Baidu's shift on top of GCJ-02 [degrees] away again."""
    return _undone(bd09_from_gcj02, lon, lat)


def bd09_from_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift WGS 84 [degrees] into BD-09."""
    return bd09_from_gcj02(*gcj02_from_wgs84(lon, lat))


def wgs84_from_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Take both shifts of BD-09 [degrees] away again."""
    return wgs84_from_gcj02(*gcj02_from_bd09(lon, lat))


def _undone(
    shift: Callable[[Floats, Floats], tuple[Floats, Floats]], lon: Floats, lat: Floats
) -> tuple[Floats, Floats]:
    """The places that `shift` moves to the given ones: what it misses by is taken off, again."""
    true_lon, true_lat = lon.copy(), lat.copy()
    for _ in range(_STEPS):
        shifted_lon, shifted_lat = shift(true_lon, true_lat)
        true_lon += lon - shifted_lon
        true_lat += lat - shifted_lat
    return true_lon, true_lat
