"""The study area as ground to stand on: which degrees lie in it, or how near it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from planning.inputs.vectors import metric_epsg
from planning.projection import WGS84, transformer

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The study area on its metric plane, for asking which degrees lie in it."""

    boundary: shapely.Geometry
    epsg: int

    @classmethod
    def of(cls, area: shapely.Geometry, *, epsg: int) -> Ground:
        """From a boundary in any CRS; degrees are laid on the metric plane of the place."""
        crs = CRS.from_epsg(epsg)
        metric = epsg
        if not crs.is_projected:
            middle = area.centroid
            metric = metric_epsg(middle.x, middle.y)
            area = _moved(area, epsg, metric)
        shapely.prepare(area)
        return cls(boundary=area, epsg=metric)

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north [degrees]."""
        west, south, east, north = _moved(self.boundary, self.epsg, WGS84).bounds
        return west, south, east, north

    def holds(self, lon: Floats, lat: Floats, *, within_m: float = 0.0) -> Flags:
        """Which places lie in the area or at most `within_m` [m] from it, shape (n,)."""
        x_m, y_m = np.full(lon.shape, np.inf), np.full(lon.shape, np.inf)
        known = np.isfinite(lon) & np.isfinite(lat)
        x_m[known], y_m[known] = transformer(WGS84, self.epsg).transform(lon[known], lat[known])
        inside: Flags = np.isfinite(x_m) & np.isfinite(y_m)
        points = shapely.points(x_m[inside], y_m[inside])
        inside[inside] = shapely.dwithin(self.boundary, points, within_m)
        return inside


def _moved(area: shapely.Geometry, source: int, target: int) -> shapely.Geometry:
    way = transformer(source, target)
    return shapely.transform(area, lambda xy: np.column_stack(way.transform(xy[:, 0], xy[:, 1])))
