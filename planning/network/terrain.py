"""The height of the ground, between the cells of an elevation model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from planning.projection import WGS84, transformer

Floats = npt.NDArray[np.float64]
Affine = tuple[float, float, float, float, float, float]

_WGS84 = Geod(ellps="WGS84")
_ROUNDING = 1e-6
"""Parts of a cell by which a place on the outermost centres may seem to lie beyond them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dem:
    """A digital elevation model: heights at the centres of cells.

    `heights_m` [m], shape (rows, columns), at least two of each; NaN where nothing is known.
    `affine` (a, b, c, d, e, f) leads from the corner of a cell to `crs`: x = a·column + b·row + c,
    y = d·column + e·row + f. `crs` is anything PROJ reads: an EPSG code as text or WKT.
    """

    heights_m: Floats
    affine: Affine
    crs: str

    def __post_init__(self) -> None:
        """Own the heights: nobody changes them afterwards."""
        heights_m = np.array(self.heights_m, dtype=np.float64)
        if heights_m.ndim != 2 or min(heights_m.shape) < 2:
            raise ValueError(f"found heights of shape {heights_m.shape}; expected at least (2, 2)")
        a, b, _, d, e, _ = self.affine
        if not a * e - b * d:
            raise ValueError(f"found cells without area in the affine {self.affine}")
        heights_m.flags.writeable = False
        object.__setattr__(self, "heights_m", heights_m)

    @property
    def spacing_m(self) -> float:
        """Side of a cell in the middle of the model [m]; where it is no square, of one as large."""
        rows, columns = self.heights_m.shape
        row, column = rows / 2, columns / 2
        x, y = self._place(np.array([column, column + 1, column]), np.array([row, row, row + 1]))
        lon, lat = transformer(self.crs, WGS84).transform(x, y)
        _, _, side_m = _WGS84.inv(lon[[0, 0]], lat[[0, 0]], lon[1:], lat[1:])
        return float(np.sqrt(np.prod(side_m)))

    def at(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
        """Heights [m] at places [degrees, WGS 84], shape as given; NaN where not known.

        Bilinear between the four cell centres around a place. A place outside the outermost
        centres, or with a gap among its four, has no height: better none than an invented one.
        """
        x, y = transformer(WGS84, self.crs).transform(
            np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        )
        known = np.isfinite(x) & np.isfinite(y)
        column, row = self._cell(np.where(known, x, np.nan), np.where(known, y, np.nan))
        rows, columns = self.heights_m.shape
        inside = (np.abs(column - (columns - 1) / 2) <= (columns - 1) / 2 + _ROUNDING) & (
            np.abs(row - (rows - 1) / 2) <= (rows - 1) / 2 + _ROUNDING
        )
        column = np.clip(np.where(inside, column, 0.0), 0.0, columns - 1)
        row = np.clip(np.where(inside, row, 0.0), 0.0, rows - 1)
        # On the last row or column of centres the cell before it is the one that is cut through.
        west = np.minimum(column.astype(np.int64), columns - 2)
        north = np.minimum(row.astype(np.int64), rows - 2)
        east_share, south_share = column - west, row - north
        h = self.heights_m
        upper = h[north, west] * (1 - east_share) + h[north, west + 1] * east_share
        lower = h[north + 1, west] * (1 - east_share) + h[north + 1, west + 1] * east_share
        height_m = upper * (1 - south_share) + lower * south_share
        return np.asarray(np.where(inside, height_m, np.nan))

    def _place(self, column: Floats, row: Floats) -> tuple[Floats, Floats]:
        """Where a place in cells, counted from the outer corner, is in the CRS of the model."""
        a, b, c, d, e, f = self.affine
        return a * column + b * row + c, d * column + e * row + f

    def _cell(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Column and row of a place in the CRS of the model, counted from the first centre."""
        a, b, c, d, e, f = self.affine
        area = a * e - b * d
        column = (e * (x - c) - b * (y - f)) / area
        row = (a * (y - f) - d * (x - c)) / area
        return column - 0.5, row - 0.5
