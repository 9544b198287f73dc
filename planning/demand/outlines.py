"""Outlines of raster cells, drawn when somebody asks for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from planning.area import Geometries
from planning.projection import transformer

_CORNERS = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
"""Of a cell, from its upper left: columns right, rows down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridOutlines:
    """The outlines of n cells of a raster; `np.asarray` makes them polygons in the CRS `epsg`.

    Two million polygons take a gigabyte, and few runs look at them all. `row`, `col` place the
    cells, shape (n,); `transform` leads from (col, row) to the raster's `crs` (a, b, c, d, e, f).
    """

    row: npt.NDArray[np.int32]
    col: npt.NDArray[np.int32]
    transform: tuple[float, ...]
    crs: str
    epsg: int

    def __len__(self) -> int:
        return len(self.row)

    def __getitem__(self, rows: Any) -> GridOutlines:
        return replace(self, row=self.row[rows], col=self.col[rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Geometries:
        """Polygons, shape (n,); NumPy's protocol."""
        a, b, c, d, e, f = self.transform
        east = self.col[:, None] + _CORNERS[:, 0]
        south = self.row[:, None] + _CORNERS[:, 1]
        x, y = a * east + b * south + c, d * east + e * south + f
        x_m, y_m = transformer(self.crs, self.epsg).transform(x, y)
        polygons: Geometries = shapely.polygons(np.stack([x_m, y_m], axis=-1))
        return polygons


Outlines = Geometries | GridOutlines
"""Polygons, or what `np.asarray` makes polygons of."""
