"""The cells of rasters near the study area, read block by block and never resampled."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj.exceptions import ProjError
from rasterio.windows import Window, intersect

from planning.area import StudyArea
from planning.errors import Fault, InputError, OurFaultError, fail, raise_all
from planning.inputs.population.raster_band import CountBand, Grid
from planning.projection import transformer

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

_WHOLE_CELLS = 1 << 24
"""Rasters of no more cells are read whole, to tell how many people live beyond the area."""
_CHUNK_CELLS = 1 << 19
_MARGIN_CELLS = 2
_MARGIN_SHARE = 0.01
"""The window is so much wider than the area's box, whose sides bend on their way to the raster."""
_MOST_CELLS = 1 << 30
"""3,300 km × 3,300 km at 100 m: more over one area, and the raster is no count of people."""
_MOST_INHABITED = 100_000_000
"""Of these so many may be inhabited, which are kept: 3 GB, and twice the cells of Sichuan."""
_LOST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """The bands that tell about the same cells: all residents, and each age.

    `ages` name the age band, 0 … `n_ages` − 1, that a raster counts for; those of one band add up.
    Without `residents` the sum over all ages is.
    """

    residents: CountBand | None
    ages: Sequence[tuple[int, CountBand]]
    n_ages: int

    @property
    def bands(self) -> list[CountBand]:
        """All of them, the one that says where the cells lie first."""
        return [*([] if self.residents is None else [self.residents]), *(b for _, b in self.ages)]

    def read(self, window: Window, *, with_ages: bool) -> tuple[Floats, Floats]:
        """Values of all residents, shape (cells,), and by age, shape (ages, cells); NaN is a gap.

        A sum over all ages has no gaps: a raster that has no value counts nobody.
        """
        alone = self.residents is None
        residents = np.zeros(window.width * window.height)
        if self.residents is not None:
            residents = self.residents.read(window).ravel()
        by_age = np.zeros((self.n_ages, len(residents)))
        if alone or with_ages:
            for at, band in self.ages:
                values = band.read(window).ravel()
                by_age[at] += np.nan_to_num(values) if alone else values
        return (by_age.sum(axis=0) if alone else residents), by_age


@dataclass(frozen=True, slots=True, kw_only=True)
class RasterCells:
    """The inhabited cells near the area, in the order of rows and columns.

    `value` is what the raster says of all residents, shape (n,); `by_age` of the ages, shape
    (ages, n), NaN where it says nothing. `elsewhere` adds up the cells that were read but are not
    near, `unread` counts those that were not read; `astray` adds up the values by age in cells near
    the area where nobody lives.
    """

    row: npt.NDArray[np.int32]
    col: npt.NDArray[np.int32]
    value: Floats
    by_age: Floats
    elsewhere: float
    unread: int
    astray: float

    def __len__(self) -> int:
        return len(self.value)


def read_cells(layers: Layers, area: StudyArea, *, count_elsewhere: bool) -> RasterCells:
    """The cells near the area, chunk by chunk in bounded memory.

    `count_elsewhere` asks to read the others, too, as long as they are not too many. Raises
    InputError where the bands have not the same cells or hold what is no count, OurFaultError
    where somebody was lost on the way.
    """
    first, *others = layers.bands
    _refuse_other_grids(first, others)
    grid = first.grid
    near = _near(first, area)
    read_whole = 1 if layers.residents is not None else len(layers.ages)
    is_small = grid.rows * grid.columns * read_whole <= _WHOLE_CELLS
    extent = Window(0, 0, grid.columns, grid.rows) if count_elsewhere and is_small else near
    place, value, by_age = [], [], []
    counted, elsewhere, astray, kept = [0.0], [0.0], [0.0], 0
    for chunk in _chunks(extent, first.block):
        residents, ages = layers.read(chunk, with_ages=intersect(chunk, near))
        lived = residents > 0
        at, is_near = _places(np.flatnonzero(lived), chunk, near, grid)
        kept += int(np.count_nonzero(is_near))
        _refuse_too_many_inhabited(first.name, kept)
        place.append(at[is_near])
        value.append(residents[lived][is_near])
        by_age.append(ages[:, lived][:, is_near])
        counted.append(float(np.nansum(residents)))
        elsewhere.append(float(np.sum(residents[lived][~is_near])))
        astray.append(float(np.nansum(ages[:, ~lived])))
    order = np.argsort(np.concatenate(place), kind="stable") if place else np.empty(0, dtype=int)
    row, col = np.divmod(np.concatenate([np.empty(0, dtype=np.int64), *place])[order], grid.columns)
    cells = RasterCells(
        row=row.astype(np.int32),
        col=col.astype(np.int32),
        value=np.concatenate([np.empty(0), *value])[order],
        by_age=np.concatenate([np.empty((layers.n_ages, 0)), *by_age], axis=1)[:, order],
        elsewhere=math.fsum(elsewhere),
        unread=grid.rows * grid.columns - extent.width * extent.height,
        astray=math.fsum(astray),
    )
    _check_nobody_lost(first.name, cells, math.fsum(counted))
    return cells


def _places(
    lived: Longs, chunk: Window, near: Window, grid: Grid
) -> tuple[Longs, npt.NDArray[np.bool_]]:
    """The number of cells of a chunk in the whole raster, and whether they are near the area."""
    row, col = np.divmod(lived, chunk.width)
    row, col = row + chunk.row_off, col + chunk.col_off
    is_near = (row >= near.row_off) & (row < near.row_off + near.height)
    is_near &= (col >= near.col_off) & (col < near.col_off + near.width)
    return row * grid.columns + col, is_near


def _near(band: CountBand, area: StudyArea) -> Window:
    """The window with all cells whose centres lie in the area, and a margin; perhaps empty."""
    grid = band.grid
    try:
        box = transformer(area.epsg, grid.crs).transform_bounds(*area.boundary.bounds)
    except ProjError as error:
        raise fail(
            InputError,
            band.name,
            found=(f"坐标系无法转换（{error}）", f"a CRS that cannot be transformed ({error})"),
            expected=("EPSG 或 ESRI 登记的坐标系", "a CRS of EPSG or ESRI"),
            to_do=("重新定义投影", "define it anew"),
        ) from None
    west, south, east, north = box
    if not np.all(np.isfinite(box)) or west > east:
        # The area crosses the seam of the raster's CRS: no box holds it.
        _refuse_too_many(band.name, grid.columns * grid.rows)
        return Window(0, 0, grid.columns, grid.rows)
    corners = np.array([west, west, east, east]), np.array([south, north, south, north])
    column, row = grid.column_row(*corners)
    if not np.all(np.isfinite((column, row))):
        raise _no_grid(band.name, grid)
    left, right = _widened(column, grid.columns)
    top, bottom = _widened(row, grid.rows)
    _refuse_too_many(band.name, (right - left) * (bottom - top))
    return Window(left, top, right - left, bottom - top)


def _no_grid(name: str, grid: Grid) -> Exception:
    return fail(
        InputError,
        name,
        found=(f"无法定位的格网 {grid}", f"a grid that lies nowhere: {grid}"),
        expected=("左上角与像元大小都是有限的数", "a corner and a cell size that are numbers"),
        to_do=("重新导出", "export it again"),
    )


def _widened(at: Floats, count: int) -> tuple[int, int]:
    """First and last + 1 of the columns or rows, with a margin, of those there are."""
    margin = _MARGIN_CELLS + _MARGIN_SHARE * float(np.ptp(at))
    first, end = math.floor(at.min() - margin), math.ceil(at.max() + margin)
    first = min(max(first, 0), count)
    return first, min(max(end, first), count)


def _chunks(extent: Window, block: tuple[int, int]) -> Iterator[Window]:
    """Windows that cover the extent, along the blocks in which the raster is stored."""
    high, wide = block
    bottom, right = extent.row_off + extent.height, extent.col_off + extent.width
    is_narrow = high * extent.width <= _CHUNK_CELLS
    across = right if is_narrow else wide * max(1, _CHUNK_CELLS // (high * wide))
    down = high * max(1, _CHUNK_CELLS // (high * max(1, min(across, extent.width))))
    for top, below in _cut(extent.row_off, bottom, down):
        for left, end in _cut(extent.col_off, right, across):
            yield Window(left, top, end - left, below - top)


def _cut(first: int, end: int, step: int) -> Iterator[tuple[int, int]]:
    """From first to end in pieces, cut at multiples of a step."""
    while first < end:
        cut = min(end, (first // step + 1) * step)
        yield first, cut
        first = cut


def _refuse_too_many(name: str, cells: int) -> None:
    if cells > _MOST_CELLS:
        raise fail(
            InputError,
            name,
            found=(f"研究范围内有 {cells:,} 个像元", f"{cells:,} cells over the study area"),
            expected=(f"不超过 {_MOST_CELLS:,} 个", f"{_MOST_CELLS:,} at most"),
            to_do=(
                "改用像元较大的产品，或核对坐标系",
                "take a product of larger cells, or check the CRS",
            ),
        )


def _refuse_too_many_inhabited(name: str, cells: int) -> None:
    if cells > _MOST_INHABITED:
        raise fail(
            InputError,
            name,
            found=(
                f"研究范围内有人的像元超过 {_MOST_INHABITED:,} 个",
                f"more than {_MOST_INHABITED:,} inhabited cells over the study area",
            ),
            expected=(f"不超过 {_MOST_INHABITED:,} 个", f"{_MOST_INHABITED:,} at most"),
            to_do=("改用像元较大的产品", "take a product of larger cells"),
        )


def _refuse_other_grids(first: CountBand, others: Sequence[CountBand]) -> None:
    raise_all(
        InputError,
        [
            Fault(
                where=other.name,
                found=(f"格网 {other.grid}", f"a grid of {other.grid}"),
                expected=(
                    f"与 {first.name} 相同的格网：{first.grid}",
                    f"the grid of {first.name}: {first.grid}",
                ),
                to_do=(
                    "换用同一产品、同一范围的栅格（人数不可重采样）",
                    "take rasters of one product and extent (counts must not be resampled)",
                ),
            )
            for other in others
            if not other.grid.has_cells_of(first.grid)
        ],
    )


def _check_nobody_lost(name: str, cells: RasterCells, counted: float) -> None:
    """What is kept and what is elsewhere is what was read (DESIGN §4.4)."""
    kept = math.fsum(cells.value) + cells.elsewhere
    if abs(kept - counted) > _LOST * counted:
        raise fail(
            OurFaultError,
            name,
            found=(f"读出 {counted!r}，留下 {kept!r}", f"{counted!r} read, {kept!r} kept"),
            expected=("一人不少", "nobody lost"),
            to_do=("请报告这个错误", "please report it"),
        )
