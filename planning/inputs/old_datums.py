"""Old Chinese datums, which PROJ takes for WGS 84 without a word: refused, not read 100 m off."""

from __future__ import annotations

from pyproj import CRS
from pyproj.transformer import TransformerGroup

from planning.errors import InputError, fail
from planning.projection import WGS84

_OLD = ("beijing", "xian", "xi'an", "北京", "西安")
_OLD_AXES_M = (6_378_245.0, 6_378_140.0)
"""Half the major axis of the ellipsoids of Krassovsky (Beijing 54) and IAG 1975 (Xi'an 80) [m]."""
_NO_SHIFT = "Ballpark"
"""What PROJ calls an operation that leaves degrees as they are."""


def refuse_old_datum(crs: CRS, where: str) -> None:
    """Refuse Beijing 1954 and Xi'an 1980, by name or by ellipsoid, without parameters of their own.

    Theirs are not public, so PROJ shifts nothing, or by those of another region: what is in them
    would stand some 100 m beside the streets. A CRS that brings parameters (TOWGS84) is believed.
    """
    datum = crs.datum.name if crs.datum is not None else ""
    if _has_parameters(crs):
        return
    if any(name in datum.lower() for name in _OLD) or _is_on_an_old_ellipsoid(crs):
        raise fail(
            InputError,
            where,
            found=(f"旧坐标系（{datum}）", f"an old datum ({datum})"),
            expected=(
                "CGCS2000 或 WGS 84，或自带转换参数（TOWGS84）的坐标系",
                "CGCS2000 or WGS 84, or a CRS with parameters of its own (TOWGS84)",
            ),
            to_do=(
                "由测绘部门转换到 CGCS2000（如 EPSG:4490）后重新导出",
                "have it transformed to CGCS2000 (such as EPSG:4490) by the surveyors, and export "
                "it again",
            ),
        )


def _has_parameters(crs: CRS) -> bool:
    """Whether it says how it lies to WGS 84; zeros say nothing."""
    way = crs.coordinate_operation if crs.is_bound else None
    return way is not None and any(way.towgs84)


def _is_on_an_old_ellipsoid(crs: CRS) -> bool:
    """Whether it lies on an ellipsoid of theirs under a datum of which PROJ knows no shift."""
    if crs.ellipsoid is None or crs.ellipsoid.semi_major_metre not in _OLD_AXES_M:
        return False
    ways = TransformerGroup(crs, WGS84, always_xy=True).transformers
    return crs.is_bound or not ways or _NO_SHIFT in ways[0].description
