"""Old Chinese datums, which PROJ takes for WGS 84 without a word: refused, not read 100 m off."""

from __future__ import annotations

from pyproj import CRS

from planning.errors import InputError, fail

_OLD = ("beijing", "xian")


def refuse_old_datum(crs: CRS, where: str) -> None:
    """Refuse Beijing 1954 and Xi'an 1980: their parameters are not public, so PROJ shifts nothing.

    What is in them would stand some 100 m beside the streets.
    """
    datum = crs.datum.name if crs.datum is not None else ""
    if any(name in datum.lower() for name in _OLD):
        raise fail(
            InputError,
            where,
            found=(f"旧坐标系（{datum}）", f"an old datum ({datum})"),
            expected=("CGCS2000 或 WGS 84", "CGCS2000 or WGS 84"),
            to_do=(
                "由测绘部门转换到 CGCS2000（如 EPSG:4490）后重新导出",
                "have it transformed to CGCS2000 (such as EPSG:4490) by the surveyors, and export "
                "it again",
            ),
        )
