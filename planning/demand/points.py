"""Population counts as points with people by group, in exactly one unit per level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from planning.area import Geometries, Index, StudyArea

TOTAL = "total"
"""The group of all residents; every study has it."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationCells:
    """Counts as a source gives them, one row a cell that holds people, in the metric CRS.

    `x_m`, `y_m` are the cell's centre, `people` its count [persons], `outline` its polygon;
    `blank` counts polygons whose count is absent (a raster's NoData is no such gap).
    """

    x_m: Floats
    y_m: Floats
    people: Floats
    outline: Geometries
    blank: int = 0

    def __len__(self) -> int:
        return len(self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Demand points inside the area, shape (n,) each.

    `people` holds persons by group, `place` the unit index per level (and residential area).
    `people_in_source` is what the source held before the cut at the boundary, `people_outside` what
    of it lies beyond [persons].
    """

    x_m: Floats
    y_m: Floats
    people: Mapping[str, Floats]
    place: Mapping[str, Index]
    outline: Geometries
    people_in_source: float
    people_outside: float
    blank: int = 0

    def __len__(self) -> int:
        return len(self.x_m)

    def total(self, group: str, where: npt.NDArray[np.bool_] | None = None) -> float:
        """Persons of `group`, all or only `where`."""
        people = self.people[group]
        return float(np.sum(people if where is None else np.where(where, people, 0.0)))


def demand_points(cells: PopulationCells, area: StudyArea) -> Demand:
    """Cut the cells at the boundary and give each its units; all residents are one group.

    A cell belongs to the area, and to a unit, by its centre; counts are never resampled
    (DESIGN §4.4).
    """
    inside = area.contains(cells.x_m, cells.y_m)
    x_m, y_m = cells.x_m[inside], cells.y_m[inside]
    return Demand(
        x_m=x_m,
        y_m=y_m,
        people={TOTAL: cells.people[inside]},
        place=area.locate(x_m, y_m),
        outline=cells.outline[inside],
        blank=cells.blank,
        people_in_source=float(np.sum(cells.people)),
        people_outside=float(np.sum(cells.people[~inside])),
    )


def with_groups(demand: Demand, shares: Mapping[str, Fraction | Floats]) -> Demand:
    """The same people with groups: the part of each point's residents that belongs to them.

    A share is one for all points, or an array of shape (n,).
    """
    total = demand.people[TOTAL]
    groups = {
        group: total * (float(share) if isinstance(share, Fraction) else share)
        for group, share in shares.items()
    }
    return replace(demand, people={TOTAL: total, **groups})
