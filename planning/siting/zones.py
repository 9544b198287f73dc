"""Land on which nothing may be sited: water, hazards, red lines, and what lies around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from planning.area import Geometries, Index

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """Exclusion zones, shape (z,): polygons in the metric CRS and how far around they reach [m].

    A zone's border belongs to it, and so does a point exactly `buffer_m` away.
    """

    names: tuple[str, ...]
    geometry: Geometries
    buffer_m: Floats

    def __len__(self) -> int:
        return len(self.names)

    def holding(self, x_m: Floats, y_m: Floats) -> Index:
        """The first zone that holds each point, shape (n,); −1 where none, and for no place."""
        found = np.full(len(x_m), len(self), dtype=np.int32)
        placed = np.flatnonzero(np.isfinite(x_m) & np.isfinite(y_m))
        if len(self) and len(placed):
            zone, point = shapely.STRtree(shapely.points(x_m[placed], y_m[placed])).query(
                self.geometry, predicate="dwithin", distance=self.buffer_m
            )
            np.minimum.at(found, placed[point], zone.astype(np.int32))
        found[found == len(self)] = -1
        return found
