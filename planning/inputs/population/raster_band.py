"""One band of a population raster: where its cells lie, and their values, gaps told from zeros."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import CRS
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.io import DatasetReader
from rasterio.windows import Window

from planning.errors import InputError, PlanningError, fail
from planning.inputs.raster_crs import known_crs
from planning.inputs.raster_source import BROKEN, open_source

Floats = npt.NDArray[np.float64]

_MOST_BLOCK_BYTES = 1 << 29
"""A block, such as the strip of an untiled raster, is decoded whole; larger ones are refused."""
_SAME_PLACE_CELLS = 0.01
"""Rasters whose corners lie this near to each other [cells] have the same cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where the cells of a raster lie.

    `transform` (a, b, c, d, e, f) leads from (column, row), counted from the outer corner of the
    first cell, to x = a·column + b·row + c and y = d·column + e·row + f of the CRS.
    """

    crs: CRS
    transform: tuple[float, ...]
    rows: int
    columns: int

    def xy(self, column: npt.NDArray[Any], row: npt.NDArray[Any]) -> tuple[Floats, Floats]:
        """Places in the CRS."""
        a, b, c, d, e, f = self.transform
        return a * column + b * row + c, d * column + e * row + f

    def column_row(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """The way back."""
        a, b, c, d, e, f = self.transform
        x, y, size = x - c, y - f, a * e - b * d
        return (e * x - b * y) / size, (a * y - d * x) / size

    def has_cells_of(self, other: Grid) -> bool:
        """Whether both have the same cells, but for the rounding of their corners."""
        if (self.rows, self.columns) != (other.rows, other.columns) or self.crs != other.crs:
            return False
        column = np.array([0.0, 0.0, self.columns, self.columns])
        row = np.array([0.0, self.rows, 0.0, self.rows])
        there = np.array(self.column_row(*other.xy(column, row)))
        return bool(np.all(np.abs(there - (column, row)) < _SAME_PLACE_CELLS))

    def __str__(self) -> str:
        a, b, c, d, e, f = self.transform
        return (
            f"{self.columns:,} × {self.rows:,} @ {c:.10g}, {f:.10g} / {math.hypot(a, d):.10g}, "
            f"{math.hypot(b, e):.10g}; {self.crs.name}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CountBand:
    """A band of an open raster, its values scaled as its tags say."""

    source: DatasetReader
    band: int
    grid: Grid
    name: str

    @property
    def scale(self) -> float:
        """What a value is multiplied by."""
        return float(self.source.scales[self.band - 1])

    @property
    def offset(self) -> float:
        """What is added to a value then."""
        return float(self.source.offsets[self.band - 1])

    @property
    def block(self) -> tuple[int, int]:
        """Rows and columns of what is decoded at a time."""
        rows, columns = self.source.block_shapes[self.band - 1]
        return int(rows), int(columns)

    def read(self, window: Window) -> Floats:
        """Values of a window, shape (rows, columns), NaN where the raster has none.

        Raises InputError for negative and infinite values.
        """
        with _refusing_broken(self.name):
            raw = self.source.read(self.band, window=window)
            holes = self._holes(raw, window)
        values: Floats = raw.astype(np.float64)
        if (self.scale, self.offset) != (1.0, 0.0):
            values = values * self.scale + self.offset
        values[holes] = np.nan
        refuse_impossible(self.name, values, raw)
        return values

    def _holes(self, raw: npt.NDArray[np.generic], window: Window) -> npt.NDArray[np.bool_]:
        """Where there is no value, by whichever way the raster has of saying so.

        GDAL minds one of them and forgets the others: a mask hides what NoData is declared, and
        declared NoData hides an alpha band.
        """
        holes = np.isnan(raw) if raw.dtype.kind == "f" else np.zeros(raw.shape, dtype=bool)
        declared = self.source.nodatavals[self.band - 1]
        if declared is not None:
            with np.errstate(over="ignore"):
                holes |= raw == (raw.dtype.type(declared) if raw.dtype.kind == "f" else declared)
        flags = self.source.mask_flag_enums[self.band - 1]
        if MaskFlags.per_dataset in flags:
            holes |= self.source.read_masks(self.band, window=window) == 0
        for at, meaning in enumerate(self.source.colorinterp, 1):
            if meaning == ColorInterp.alpha and MaskFlags.alpha not in flags:
                holes |= self.source.read(at, window=window) == 0
        return holes


@contextmanager
def open_raster(path: Path, key: str) -> Iterator[DatasetReader]:
    """A raster, open while the block runs. Raises InputError where GDAL cannot read it."""
    with _refusing_broken(f"{key}: {path.name}"):
        source = open_source(path, f"{key}: {path.name}")
    # What is damaged may be found out only where it is looked at.
    with source, _refusing_broken(f"{key}: {path.name}"):
        yield source


def count_band(source: DatasetReader, band: int | None, key: str) -> CountBand:
    """A band of a raster; without a number its only one. Raises InputError where it is no good."""
    name = f"{key}: {Path(source.name).name}"
    number = _number(source, band, name)
    _refuse_giant_blocks(source, number, name)
    return CountBand(source=source, band=number, grid=_grid(source, name), name=name)


def refuse_impossible(
    name: str, values: npt.NDArray[np.floating], stored: npt.NDArray[np.generic] | None = None
) -> None:
    """No cell holds an infinity of people, or less than nobody; NaN is a gap.

    `stored` are the values as they stand in the file, where they differ.
    """
    if np.isinf(values).any():
        raise fail(
            InputError,
            name,
            found=("无穷大的人数（inf）", "an infinity of people (inf)"),
            expected=("有限的人数，空值登记为 NoData", "finite counts, gaps declared as NoData"),
            to_do=("把这些像元设为 NoData", "declare those cells as NoData"),
        )
    if (values < 0).any():
        at = np.nanargmin(values)
        low = repr((values if stored is None else stored).ravel()[at].item()).removesuffix(".0")
        raise fail(
            InputError,
            name,
            found=(f"负的人数（最小 {low}）", f"negative people (lowest {low})"),
            expected=("人数 ≥ 0，空值登记为 NoData", "counts ≥ 0, gaps declared as NoData"),
            to_do=(
                f"把 {low} 设为栅格的 NoData（gdal_edit.py -a_nodata {low}）",
                f"declare {low} as NoData of the raster (gdal_edit.py -a_nodata {low})",
            ),
        )


def _number(source: DatasetReader, band: int | None, name: str) -> int:
    """The band asked for, or the only one that is no alpha."""
    kinds = enumerate(source.colorinterp, 1)
    numbers = [at for at, meaning in kinds if meaning != ColorInterp.alpha]
    if band is None and len(numbers) == 1:
        band = numbers[0]
    if band is None or band not in numbers:
        raise fail(
            InputError,
            name,
            found=(
                (f"{len(numbers)} 个波段", f"{len(numbers)} bands")
                if band is None
                else (f"没有数据波段 {band}", f"no band {band} of data")
            ),
            expected=(
                f"指明全部居民所在的波段（1 至 {source.count}）",
                f"one band, all residents per cell (1 to {source.count})",
            ),
            to_do=("在研究文件中写明 band", "name it under `band` in the study"),
        )
    if source.dtypes[band - 1].startswith("complex"):
        raise fail(
            InputError,
            name,
            found=("复数像元", "complex numbers"),
            expected=("整数或浮点人数", "whole numbers or floats"),
            to_do=("重新导出", "export it again"),
        )
    return band


def _grid(source: DatasetReader, name: str) -> Grid:
    crs = known_crs(source, name)
    if source.transform.is_identity or source.transform.is_degenerate:
        raise fail(
            InputError,
            name,
            found=("栅格没有定位（仿射变换）", "a raster without a place (no transform)"),
            expected=("写有左上角与像元大小的栅格", "a raster with its corner and cell size"),
            to_do=("重新导出，或附上 .tfw 文件", "export it again, or give its .tfw file"),
        )
    transform = tuple(source.transform)[:6]
    return Grid(crs=crs, transform=transform, rows=source.height, columns=source.width)


def _refuse_giant_blocks(source: DatasetReader, band: int, name: str) -> None:
    rows, columns = source.block_shapes[band - 1]
    n_bytes = rows * columns * np.dtype(source.dtypes[band - 1]).itemsize
    if n_bytes > _MOST_BLOCK_BYTES:
        size = f"{columns:,} × {rows:,}"
        raise fail(
            InputError,
            name,
            found=(
                f"存储块 {size} 像元，读一格就要 {n_bytes >> 20:,} MB",
                f"blocks of {size} cells: {n_bytes >> 20:,} MB to read a single one",
            ),
            expected=(
                f"每块不超过 {_MOST_BLOCK_BYTES >> 20} MB 的分块栅格",
                f"a tiled raster with blocks of {_MOST_BLOCK_BYTES >> 20} MB at most",
            ),
            to_do=(
                "先裁剪，或用 gdal_translate -co TILED=YES -co COMPRESS=DEFLATE 转存",
                "clip it, or convert it (gdal_translate -co TILED=YES -co COMPRESS=DEFLATE)",
            ),
        )


@contextmanager
def _refusing_broken(name: str) -> Iterator[None]:
    try:
        yield
    except PlanningError:
        raise
    except BROKEN as error:
        raise _broken(name, error) from None


def _broken(name: str, error: Exception) -> PlanningError:
    return fail(
        InputError,
        name,
        found=(f"无法读取的栅格（{error}）", f"a raster that cannot be read ({error})"),
        expected=("GeoTIFF 等人口计数栅格", "a raster of counts such as a GeoTIFF"),
        to_do=("重新下载或导出", "download or export it again"),
    )
