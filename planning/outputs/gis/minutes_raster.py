"""Minutes to the nearest facility as cloud-optimised GeoTIFFs, and why there are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio

from planning.access import Coverage
from planning.outputs.gis.layer_styles import Range, raster_by_code, raster_by_minutes
from planning.outputs.gis.pixels import Pixels, pixels_of
from planning.result import State, StudyResult
from planning.units import MS_PER_MIN

MINUTES, STATUS = "minutes.tif", "minutes_status.tif"

NOBODY, WALKED, NO_FACILITY, UNREACHABLE = 0, 1, 2, 3
STATUS_WORDS: Mapping[int, tuple[str, str]] = {
    NOBODY: ("此处没有人口格（NoData）", "no demand cell here (NoData)"),
    WALKED: ("走得到，分钟数见 minutes.tif", "a walk is known, its minutes are in minutes.tif"),
    NO_FACILITY: ("全域没有该类设施", "no facility of the service anywhere"),
    UNREACHABLE: (
        "走不到：离路太远，或所在路网块没有设施",
        "no walk: off the streets, or on a part of them without a facility",
    ),
}
"""What the codes of `STATUS` mean, (中文, English)."""

STATE_WORDS: Mapping[State, tuple[str, str]] = {
    "now": ("现状", "now"),
    "after": ("规划后", "after the plan"),
}
_COLOURS = {WALKED: "#6fb0c8", NO_FACILITY: "#f0a35e", UNREACHABLE: "#8a8f94"}
COG = {
    "driver": "COG", "compress": "DEFLATE", "predictor": "YES", "blocksize": 256,
    "overview_resampling": "NEAREST", "num_threads": 1,
}  # fmt: skip


def write_minutes(result: StudyResult, folder: Path) -> Pixels | None:
    """Write ``minutes.tif`` and ``minutes_status.tif``, and how QGIS draws them, into `folder`.

    One band a state and service, in the order now, after. A minute is a float32; NaN is NoData,
    where nobody lives and where nobody can walk, which the status tells apart (`STATUS_WORDS`).
    Returns the pixels, None where there is no demand and nothing is written.
    """
    pixels = pixels_of(result.town.demand, epsg=result.town.area.epsg)
    if pixels is None:
        return None
    services = result.town.study.services
    bands = list(_bands(result))
    minutes = [_shown(pixels, _minutes(within), np.float32(np.nan)) for _, _, within in bands]
    status = [_shown(pixels, _status(within), np.uint8(NOBODY)) for _, _, within in bands]
    _write(folder / MINUTES, pixels, bands, result, minutes, nodata=np.nan, what=_MINUTES_WORDS)
    _write(folder / STATUS, pixels, bands, result, status, nodata=NOBODY, what=_STATUS_WORDS)
    spec = services[bands[0][1]]
    limits = sorted({*spec.bands_min, spec.limit_min})
    _write_style(folder / MINUTES, raster_by_minutes(limits))
    codes = [Range(code, code, STATUS_WORDS[code][0], colour) for code, colour in _COLOURS.items()]
    _write_style(folder / STATUS, raster_by_code(codes))
    return pixels


_Band = tuple[State, str, Coverage]
_MINUTES_WORDS = ("步行分钟", "minutes")
_STATUS_WORDS = ("可达状况", "status")


def _bands(result: StudyResult) -> Iterator[_Band]:
    """State, service and its coverage, in the order of the bands."""
    states: tuple[State, ...] = ("now",) if result.plan is None else ("now", "after")
    for state in states:
        for service, within in result.situation_of(state).coverage.items():
            yield state, service, within


def band_names(result: StudyResult) -> list[str]:
    """What the bands of ``minutes.tif`` are called, in their order."""
    services = result.town.study.services
    return [
        _band_name(state, service, services[service].label, _MINUTES_WORDS)
        for state, service, _ in _bands(result)
    ]


def _band_name(state: State, service: str, label: str, what: tuple[str, str]) -> str:
    zh, en = STATE_WORDS[state]
    return f"{label} {zh} {what[0]} ({service}, {en}, {what[1]})"


def _minutes(within: Coverage) -> npt.NDArray[np.float32]:
    ms = within.nearest.ms
    return np.where(ms < 0, np.nan, ms / MS_PER_MIN).astype(np.float32)


def _status(within: Coverage) -> npt.NDArray[np.uint8]:
    nowhere = np.where(within.reachable, NO_FACILITY, UNREACHABLE)
    return np.where(within.nearest.ms < 0, nowhere, WALKED).astype(np.uint8)


def _shown(
    pixels: Pixels, values: npt.NDArray[np.generic], nothing: np.generic
) -> npt.NDArray[np.generic]:
    """The values of demand cells by pixel; index −1 takes the last, which is `nothing`."""
    return np.append(values, nothing).astype(values.dtype)[pixels.cell]


def _write(
    path: Path, pixels: Pixels, bands: list[_Band], result: StudyResult,
    values: list[npt.NDArray[np.generic]], *, nodata: float, what: tuple[str, str],
) -> None:  # fmt: skip
    rows, columns = pixels.cell.shape
    services = result.town.study.services
    with rasterio.open(
        path, "w", width=columns, height=rows, count=len(bands), dtype=values[0].dtype,
        crs=pixels.crs, transform=pixels.transform, nodata=nodata, **COG,
    ) as raster:  # fmt: skip
        for at, (state, service, _) in enumerate(bands):
            label = services[service].label
            raster.write(values[at], at + 1)
            raster.set_band_description(at + 1, _band_name(state, service, label, what))
            raster.update_tags(at + 1, state=state, service=service, label=label)
        raster.update_tags(digest=result.digest, people=result.town.demand.of_year[0])


def _write_style(raster: Path, qml: str) -> None:
    """QGIS takes the style of that name beside a raster."""
    raster.with_suffix(".qml").write_text(qml, encoding="utf-8")
