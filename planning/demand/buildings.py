"""Buildings in which people live, and the floor they have for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from planning.area import Geometries, Index

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Buildings:
    """Buildings that may house people, in the metric CRS, shape (n,) each.

    `x_m`, `y_m` is a point inside the `footprint`, a polygon; `storeys` is NaN where unknown.
    """

    x_m: Floats
    y_m: Floats
    footprint: Geometries
    storeys: Floats

    def __len__(self) -> int:
        return len(self.x_m)


def floor_m2(buildings: Buildings, cell: Index) -> Floats:
    """Footprint times storeys of each building [m²], shape (n,).

    `cell` (n,) says which of them share one total, −1 for none. A building of unknown height is as
    high as the median of the known ones that share its total; where none is known all count alike.
    """
    unknown = np.isnan(buildings.storeys)
    _, group, size = np.unique(cell, return_inverse=True, return_counts=True)
    # Within a group unknown storeys come last, and the known ones rise.
    rising = buildings.storeys[np.lexsort((buildings.storeys, group))]
    start = np.cumsum(size) - size
    known = np.bincount(group, weights=~unknown, minlength=len(size)).astype(np.int64)
    lower, upper = rising[start + np.maximum(known - 1, 0) // 2], rising[start + known // 2]
    median = np.where(known > 0, (lower + upper) / 2, 1.0)
    storeys = np.where(unknown, median[group], buildings.storeys)
    return np.asarray(shapely.area(buildings.footprint) * storeys)
