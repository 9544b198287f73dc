"""What two columns of numbers may mean: degrees in three datums, metres in many zones, two orders.

=====================  =====================================================================
degrees                WGS 84 (CGCS2000 is the same to a decimetre), GCJ-02, BD-09
CGCS2000, 3-degree     zones 25…45, central meridian 3 · zone: EPSG 4509 + zone, easting about
                       500 000; EPSG 4488 + zone where the easting carries the zone (40 644 882)
CGCS2000, 6-degree     zones 13…23, central meridian 6 · zone − 3: EPSG 4478 + zone with the zone
                       in the easting. Without it (EPSG 4489 + zone) they are the very projection
                       of the 3-degree zone 2 · zone − 1, so that one reading stands for both
UTM                    the zones of the place and beside it, EPSG 326zz, 327zz in the south
=====================  =====================================================================

Every one with x as the easting, or the surveyor's way with x as the northing (纵坐标).

Xi'an 80 and Beijing 54 metres look like CGCS2000 metres and are read as such: their parameters are
not public. What is in them stands some 100 m beside its streets; see `detection`. Local systems
of cities and Web Mercator are not among the readings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from planning.inputs.coordinates.datum import (
    bd09_from_wgs84,
    gcj02_from_wgs84,
    in_china_rectangle,
    wgs84_from_bd09,
    wgs84_from_gcj02,
)
from planning.inputs.coordinates.ground import Ground
from planning.projection import WGS84, transformer

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Shift = Literal["gcj02", "bd09"]
Way = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""From two columns to two others, shape (n,) each; not finite for what has no place there."""

GROWN_M = 1_500.0
"""How far beyond the area a row still counts as in it [m]: BD-09 read as WGS 84 is this far off."""

_FALSE_EASTING_M = 500_000.0
_ZONE_M = 1_000_000.0
_MOST_ASIDE_M = 400_000.0
_MOST_DEGREES_ASIDE = 4.5
_CHINA_NORTHINGS_M = (300_000.0, 6_200_000.0)
_UTM_NORTHINGS_M = (0.0, 10_000_000.0)
_FEWEST = 0.1

_UNSHIFT = {"gcj02": wgs84_from_gcj02, "bd09": wgs84_from_bd09}
_SHIFT = {"gcj02": gcj02_from_wgs84, "bd09": bd09_from_wgs84}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One meaning of two columns.

    `name` is the word a study writes under `coords`. `crs` is the EPSG code of metres, None for
    degrees; `shift` what a map vendor did to degrees. `swapped` columns hold the latitude or the
    northing in x. `easting_0_m` is the easting of the central meridian [m].
    """

    name: str
    zh: str
    en: str
    crs: int | None = None
    shift: Shift | None = None
    swapped: bool = False
    easting_0_m: float = _FALSE_EASTING_M
    northings_m: tuple[float, float] = _CHINA_NORTHINGS_M

    @property
    def in_words(self) -> tuple[str, str]:
        """The reading with its order of columns, 中文 and English."""
        if self.crs is None:
            order = ("x 列为纬度", "latitude in x") if self.swapped else ("", "")
        elif self.swapped:
            order = ("x 列为纵坐标（北）", "northing in x")
        else:
            order = ("x 列为横坐标（东）", "easting in x")
        return (
            "，".join(filter(None, (self.zh, order[0]))),
            ", ".join(filter(None, (self.en, order[1]))),
        )

    def exchanged(self) -> Reading:
        """The same with the two columns the other way round."""
        return replace(self, swapped=not self.swapped)

    def to_wgs84(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Longitude and latitude [degrees WGS 84], shape (n,); NaN for what has no place in it.

        Outside the rectangle of China no vendor shifts, so there degrees are left as they are.
        """
        east, north = self._east_north(x, y)
        ok = self._exists(east, north)
        lon, lat = np.where(ok, east, np.nan), np.where(ok, north, np.nan)
        if self.crs is not None:
            lon[ok], lat[ok] = transformer(self.crs, WGS84).transform(east[ok], north[ok])
        elif self.shift is not None:
            rows = in_china_rectangle(lon, lat)
            lon[rows], lat[rows] = _UNSHIFT[self.shift](lon[rows], lat[rows])
        ok &= np.isfinite(lon) & np.isfinite(lat)
        return np.where(ok, lon, np.nan), np.where(ok, lat, np.nan)

    def from_wgs84(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """The columns x and y that say these places, shape (n,); the inverse of `to_wgs84`."""
        east, north = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
        if self.crs is not None:
            moved = transformer(WGS84, self.crs).transform(east, north)
            east, north = (np.asarray(column, dtype=np.float64) for column in moved)
        elif self.shift is not None:
            rows = in_china_rectangle(east, north)
            east[rows], north[rows] = _SHIFT[self.shift](east[rows], north[rows])
        return (north, east) if self.swapped else (east, north)

    def allows(self, x: Floats, y: Floats) -> Flags:
        """Which rows have the magnitudes of this reading, shape (n,)."""
        east, north = self._east_north(x, y)
        if self.shift is not None:
            return in_china_rectangle(east, north)
        if self.crs is None:
            return self._exists(east, north)
        low, high = self.northings_m
        aside = np.abs(east - self.easting_0_m)
        return (aside <= _MOST_ASIDE_M) & (north >= low) & (north <= high)

    def _east_north(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        return (y, x) if self.swapped else (x, y)

    def _exists(self, east: Floats, north: Floats) -> Flags:
        """Which rows are numbers the projection is made for: NaN, inf, a billion are not."""
        if self.crs is None:
            return (np.abs(east) <= 180.0) & (np.abs(north) <= 90.0)
        aside = np.abs(east - self.easting_0_m)
        return (aside <= _ZONE_M) & (np.abs(north) <= _UTM_NORTHINGS_M[1])


WGS84_DEGREES = Reading(
    name="wgs84", zh="WGS 84 或 CGCS2000 经纬度", en="degrees of WGS 84 or CGCS2000"
)
GCJ02_DEGREES = Reading(
    name="gcj02", zh="GCJ-02 经纬度（高德、腾讯）", en="degrees of GCJ-02 (Amap, Tencent)",
    shift="gcj02",
)  # fmt: skip
BD09_DEGREES = Reading(
    name="bd09", zh="BD-09 经纬度（百度）", en="degrees of BD-09 (Baidu)", shift="bd09"
)


def three_degree(zone: int, *, prefixed: bool) -> Reading:
    """CGCS2000 / 3-degree Gauss-Krüger, zone 25…45; `prefixed` eastings carry the zone."""
    return _gauss_kruger(3, zone, 3 * zone, (4488 if prefixed else 4509) + zone, prefixed)


def six_degree(zone: int) -> Reading:
    """CGCS2000 / 6-degree Gauss-Krüger, zone 13…23, with the zone in the easting.

    Without the zone in the easting it is `three_degree(2 * zone - 1, prefixed=False)`.
    """
    return _gauss_kruger(6, zone, 6 * zone - 3, 4478 + zone, True)


def utm(zone: int, *, south: bool = False) -> Reading:
    """WGS 84 / UTM, zone 1…60."""
    epsg = (32700 if south else 32600) + zone
    half = "S" if south else "N"
    return Reading(
        name=f"EPSG:{epsg}", zh=f"UTM {zone}{half}（EPSG:{epsg}）",
        en=f"UTM {zone}{half} (EPSG:{epsg})", crs=epsg, northings_m=_UTM_NORTHINGS_M,
    )  # fmt: skip


def _gauss_kruger(width: int, zone: int, meridian: int, epsg: int, prefixed: bool) -> Reading:
    carried = ("，横坐标带带号", ", the zone in the easting") if prefixed else ("", "")
    words = {3: "三", 6: "六"}
    return Reading(
        name=f"EPSG:{epsg}",
        zh=f"CGCS2000 {words[width]}度带第 {zone} 带（中央经线 {meridian}°E{carried[0]}，"
        f"EPSG:{epsg}）",
        en=f"CGCS2000 {width}-degree Gauss-Krüger, zone {zone} (central meridian {meridian}°E"
        f"{carried[1]}, EPSG:{epsg})",
        crs=epsg,
        easting_0_m=_FALSE_EASTING_M + (zone * _ZONE_M if prefixed else 0.0),
    )


def plausible(
    x: Floats, y: Floats, *, bounds: tuple[float, float, float, float] | None = None
) -> tuple[Reading, ...]:
    """The readings that the magnitudes of at least a tenth of the rows allow.

    `bounds` (west, south, east, north [degrees]) of the place leave out the zones that are not its
    own, the vendors' shifts where it lies outside their rectangle, and add its UTM zones.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    said = int(np.count_nonzero(np.isfinite(x) & np.isfinite(y)))
    if not said:
        return ()
    both_ways = [way for one in _readings(bounds) for way in (one, one.exchanged())]
    return tuple(
        one for one in both_ways if np.count_nonzero(one.allows(x, y)) >= max(1, _FEWEST * said)
    )


def _readings(bounds: tuple[float, float, float, float] | None) -> list[Reading]:
    """Every reading there is at a place, columns in the plain order."""
    west, south, east, north = bounds or (-180.0, -90.0, 180.0, 90.0)
    degrees = [WGS84_DEGREES]
    corners = in_china_rectangle(np.array([west, east]), np.array([south, north]))
    if bounds is None or corners.any():
        degrees += [GCJ02_DEGREES, BD09_DEGREES]
    low, high = west - _MOST_DEGREES_ASIDE, east + _MOST_DEGREES_ASIDE
    in_three = [zone for zone in range(25, 46) if low <= 3 * zone <= high]
    in_six = [zone for zone in range(13, 24) if low <= 6 * zone - 3 <= high]
    metres = [
        three_degree(zone, prefixed=carries) for carries in (False, True) for zone in in_three
    ]
    metres += [six_degree(zone) for zone in in_six]
    if bounds is not None:
        in_utm = [zone for zone in range(1, 61) if low <= 6 * zone - 183 <= high]
        metres += [utm(zone, south=south < 0) for zone in in_utm]
    return degrees + metres


def swapped_rows(
    x: Floats,
    y: Floats,
    to_wgs84: Way,
    *,
    area: shapely.Geometry,
    epsg: int = WGS84,
    grown_m: float = GROWN_M,
) -> Flags:
    """Rows that lie in the area, grown by `grown_m`, only if their two numbers are exchanged.

    Shape (n,). `to_wgs84` leads from x and y to degrees; `area` is in the CRS `epsg`.
    """
    ground = Ground.of(area, epsg=epsg)
    as_said = ground.holds(*to_wgs84(x, y), within_m=grown_m)
    otherwise = ground.holds(*to_wgs84(y, x), within_m=grown_m)
    return otherwise & ~as_said
