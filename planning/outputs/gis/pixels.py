"""Which demand cell each pixel of a raster shows: the source's own grid, or one laid over it.

Minutes are never averaged and never warped: a pixel shows one demand cell, or none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from rasterio import Affine
from rasterio.features import rasterize

from planning.demand import TOTAL, Demand, GridOutlines

_MOST_PIXELS = 4_000_000
_FINEST_M = 1.0
_NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """A raster that shows demand cells.

    `cell` is the row of the demand cell that a pixel shows, shape (rows, columns), −1 where it
    shows none. `transform` leads from (column, row) to `crs`. `is_native` says whether pixels are
    the cells of the population raster themselves; else `unshown` counts the demand cells whose
    centre lies in a pixel that shows another one.
    """

    cell: npt.NDArray[np.int32]
    transform: Affine
    crs: str
    is_native: bool
    unshown: int


def pixels_of(demand: Demand, *, epsg: int) -> Pixels | None:
    """The pixels for the cells of a demand; None where there are no cells."""
    if not len(demand):
        return None
    if isinstance(demand.outline, GridOutlines):
        return _native(demand.outline)
    return _laid_over(demand, epsg)


def _native(outline: GridOutlines) -> Pixels:
    """The window of the source's grid that holds all cells: same pixels, same CRS."""
    top, left = int(outline.row.min()), int(outline.col.min())
    rows, columns = int(outline.row.max()) - top + 1, int(outline.col.max()) - left + 1
    cell = np.full((rows, columns), _NOBODY, dtype=np.int32)
    cell[outline.row - top, outline.col - left] = np.arange(len(outline))
    a, b, c, d, e, f = outline.transform
    return Pixels(
        cell=cell,
        transform=Affine(a, b, a * left + b * top + c, d, e, d * left + e * top + f),
        crs=outline.crs,
        is_native=True,
        unshown=0,
    )


def _laid_over(demand: Demand, epsg: int) -> Pixels:
    """A grid in the metric CRS, its pixels half as wide as the middle one of the cells.

    A pixel shows the cell whose centre lies in it, of several the one with most people; where
    there is none, the cell that covers the middle of the pixel, of several the smallest.
    """
    outlines = np.asarray(demand.outline)
    area_m2 = shapely.area(outlines)
    bounds = shapely.total_bounds(outlines)
    west, south = (min(bounds[at], axis.min()) for at, axis in enumerate((demand.x_m, demand.y_m)))
    east, north = (
        max(bounds[at + 2], axis.max()) for at, axis in enumerate((demand.x_m, demand.y_m))
    )
    extent_m2 = max((east - west) * (north - south), _FINEST_M)
    side_m = max(
        np.floor(np.sqrt(np.median(area_m2)) / 2),
        np.ceil(np.sqrt(extent_m2 / _MOST_PIXELS)),
        _FINEST_M,
    )
    left, top = np.floor(west / side_m) * side_m, np.ceil(north / side_m) * side_m
    columns, rows = int((east - left) // side_m) + 1, int((top - south) // side_m) + 1
    transform = Affine(side_m, 0.0, left, 0.0, -side_m, top)
    order = np.argsort(-area_m2, kind="stable")
    covered = order[area_m2[order] > 0]
    cell = np.full((rows, columns), _NOBODY, dtype=np.int32)
    if len(covered):
        rasterize(
            zip(outlines[covered], covered.tolist(), strict=True), out=cell, transform=transform
        )
    row = np.minimum(((top - demand.y_m) // side_m).astype(np.int64), rows - 1)
    col = np.minimum(((demand.x_m - left) // side_m).astype(np.int64), columns - 1)
    most_first = np.argsort(-demand.people[TOTAL], kind="stable")
    pixel, first = np.unique((row * columns + col)[most_first], return_index=True)
    cell.reshape(-1)[pixel] = most_first[first]
    return Pixels(
        cell=cell,
        transform=transform,
        crs=f"EPSG:{epsg}",
        is_native=False,
        unshown=len(demand) - len(pixel),
    )
