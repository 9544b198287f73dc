"""Where the rows of a register are: in the coordinates declared, or in those that were detected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from planning.area import StudyArea
from planning.errors import InputError, fail
from planning.inputs.coordinates.detected import Detection
from planning.inputs.coordinates.detection import detect
from planning.inputs.coordinates.displacement import DistanceTo
from planning.inputs.coordinates.reading import (
    BD09_DEGREES,
    GCJ02_DEGREES,
    WGS84_DEGREES,
    Reading,
    Way,
    swapped_rows,
)
from planning.inputs.old_datums import refuse_old_datum
from planning.inputs.tables.register import MOST_REJECTED, Register
from planning.inputs.tables.rows import Rows
from planning.projection import WGS84, transformer
from planning.provenance import Note
from planning.study import PlacesSpec

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

AUTO = "auto"
_ANOTHER_TOWN_KM = 50.0
DECLARED = {
    "wgs84": WGS84_DEGREES,
    "cgcs2000": WGS84_DEGREES,
    "gcj02": GCJ02_DEGREES,
    "bd09": BD09_DEGREES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """Places in the metric CRS of the area [m], shape (n,), and what was found about them."""

    x_m: Floats
    y_m: Floats
    notes: tuple[Note, ...]


def datum_word(coords: str) -> str:
    """What a study says of coordinates as a key of `DECLARED`, if it is one: GCJ-02 is gcj02."""
    return coords.lower().replace("-", "")


def positions(
    table: Register, spec: PlacesSpec, area: StudyArea, rows: Rows, distance_m: DistanceTo | None
) -> Positions:
    """The places of all rows; raises every fault the table has.

    Under `coords: auto` they are detected by the area and by `distance_m` to the nearest street
    (None: no streets are known, and nothing can be told); what cannot be told is refused. Rows
    that lie in the area only if their two numbers are exchanged are exchanged, and told.
    Of a layer the places of its geometry count, unless the study names columns; map vendors'
    degrees in it, which no CRS can say, are declared.
    """
    x, y = table.number("x", least=-np.inf), table.number("y", least=-np.inf)
    said = datum_word(spec.coords)
    notes: tuple[Note, ...] = ()
    if table.placed and said not in DECLARED:
        if said != AUTO:
            crs_named(spec.coords, table.where, (AUTO, *DECLARED))
            notes = (_passed_over(table, spec.coords),)
        said = "wgs84"  # a layer says its CRS, and its geometry was read in it
    if said == AUTO:
        table.check()
        found = detect(x, y, area=area.boundary, epsg=area.epsg, distance_m=distance_m or _nowhere)
        if found.reading is None:
            raise _cannot_tell(table, found)
        notes = tuple(_told(table, found))
        to_wgs84, to_metric = _ways(found.reading, area)
    elif said in DECLARED:
        _check_degrees(table, x, y)
        to_wgs84, to_metric = _ways(DECLARED[said], area)
    else:
        crs = crs_named(spec.coords, table.where, (AUTO, *DECLARED))
        table.check()
        to_wgs84 = transformer(crs, WGS84).transform
        to_metric = transformer(crs, area.epsg).transform
    wrong = swapped_rows(x, y, to_wgs84, area=area.boundary, epsg=area.epsg)
    for row in np.flatnonzero(wrong).tolist():
        rows.repair(
            row,
            f"两列坐标对调（{x[row]:.10g}，{y[row]:.10g}），已换回",
            f"its two coordinates stand in each other's column ({x[row]:.10g}, {y[row]:.10g})",
        )
    x, y = np.where(wrong, y, x), np.where(wrong, x, y)
    x_m, y_m = (np.asarray(axis) for axis in to_metric(x, y))
    _leave_out_no_place(table, x, y, np.isfinite(x_m) & np.isfinite(y_m))
    _leave_out_other_towns(table, area, x_m, y_m)
    return Positions(x_m=x_m, y_m=y_m, notes=notes)


def _passed_over(table: Register, coords: str) -> Note:
    return Note(
        about=table.kind,
        zh=f"图层自带坐标系，coords: {coords} 未采用",
        en=f"the layer says its own CRS: coords: {coords} is passed over",
    )


def _ways(reading: Reading, area: StudyArea) -> tuple[Way, Way]:
    """From the columns, read so, to degrees and to the metric CRS of the area."""

    def to_metric(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        x_m, y_m = transformer(WGS84, area.epsg).transform(*reading.to_wgs84(x, y))
        return x_m, y_m

    return reading.to_wgs84, to_metric


def _leave_out_no_place(table: Register, x: Floats, y: Floats, is_place: Flags) -> None:
    """Reject rows whose numbers are no place in the CRS, as degrees among metres may be."""
    for row in np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ~is_place).tolist():
        table.reject(
            row,
            f"坐标 ({x[row]:.10g}, {y[row]:.10g})",
            f"coordinates ({x[row]:.10g}, {y[row]:.10g})",
            "coords 所述坐标系内的位置",
            "a place in the CRS that coords says",
        )
    table.check()


def _leave_out_other_towns(table: Register, area: StudyArea, x_m: Floats, y_m: Floats) -> None:
    """Reject rows so far from the area that they belong to another register.

    Where they are many it is not the rows that are wrong, and whoever holds the layers against each
    other says so.
    """
    placed = np.isfinite(x_m) & np.isfinite(y_m)
    away_km = np.zeros(len(x_m))
    points = shapely.points(x_m[placed], y_m[placed])
    away_km[placed] = shapely.distance(area.boundary, points) / 1_000.0
    far = np.flatnonzero(away_km > _ANOTHER_TOWN_KM)
    if len(far) > MOST_REJECTED * len(x_m):
        return
    for row in far.tolist():
        table.reject(
            row,
            f"距研究范围 {away_km[row]:,.0f} 公里",
            f"a place {away_km[row]:,.0f} km from the area",
            f"研究范围及其周边 {_ANOTHER_TOWN_KM:g} 公里以内",
            f"one within {_ANOTHER_TOWN_KM:g} km of it",
        )
    table.check()


def _nowhere(lon: Floats, lat: Floats) -> Floats:
    return np.full(np.broadcast(lon, lat).shape, np.inf)


def _check_degrees(table: Register, x: Floats, y: Floats) -> None:
    """Degrees lie on the globe, in either order; raises every fault of the table."""
    finite = np.isfinite(x) & np.isfinite(y)
    small, large = np.minimum(np.abs(x), np.abs(y)), np.maximum(np.abs(x), np.abs(y))
    for row in np.flatnonzero(finite & ((large > 180) | (small > 90))).tolist():
        table.reject(
            row,
            f"坐标 ({x[row]:g}, {y[row]:g})",
            f"coordinates ({x[row]:g}, {y[row]:g})",
            "经度、纬度（度）；投影坐标请在 coords 中写 EPSG 号",
            "longitude, latitude [degrees]; name an EPSG under coords if projected",
        )
    table.check()


def _told(table: Register, found: Detection) -> Iterator[Note]:
    assert found.reading is not None
    zh, en = found.reading.in_words
    yield Note(
        about=table.kind,
        zh=f"坐标判为{zh}（把握 {found.confidence:.1%}）：{found.why[0]}",
        en=f"coordinates taken for {en} (confidence {found.confidence:.1%}): {found.why[1]}",
    )
    for doubt in found.doubts:
        yield Note(about=table.kind, zh=doubt[0], en=doubt[1])


def _cannot_tell(table: Register, found: Detection) -> InputError:
    names: list[Reading] = [hypothesis.reading for hypothesis in found.rivals]
    zh = "、".join(reading.in_words[0] for reading in names) or "无"
    en = ", ".join(reading.in_words[1] for reading in names) or "none"
    error = fail(
        InputError,
        f"{table.where} coords",
        found=(
            f"无法判定坐标系（可能：{zh}）：{found.why[0]}",
            f"coordinates that cannot be told (candidates: {en}): {found.why[1]}",
        ),
        expected=(
            "coords 中写明 wgs84、gcj02、bd09、cgcs2000 或 EPSG:nnnn",
            "wgs84, gcj02, bd09, cgcs2000 or EPSG:nnnn under coords",
        ),
        to_do=("向数据提供方核实后写入 coords", "ask who sent it, and write it under coords"),
    )
    assert isinstance(error, InputError)
    return error


def crs_named(coords: str, where: str, words: Iterable[str]) -> CRS:
    """The CRS that `coords` names, where it is none of the `words` that name no CRS."""
    try:
        crs = CRS.from_user_input(coords)
    except CRSError:
        raise fail(
            InputError,
            f"{where} coords",
            found=(f"“{coords}”", f"'{coords}'"),
            expected=(
                f"{'、'.join(words)} 或 EPSG:nnnn",
                f"{', '.join(words)} or EPSG:nnnn",
            ),
            to_do=("改正 coords", "mend coords"),
        ) from None
    refuse_old_datum(crs, f"{where} coords")
    return crs
