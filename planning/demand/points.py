"""Population counts as points with people by group, in exactly one unit per level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

    `people` holds persons by group, `place` the unit index per level (and residential area);
    `people_in_source` is what the source held before the cut at the boundary, by group [persons].
    """

    x_m: Floats
    y_m: Floats
    people: Mapping[str, Floats]
    place: Mapping[str, Index]
    outline: Geometries
    people_in_source: Mapping[str, float]
    blank: int = 0

    def __len__(self) -> int:
        return len(self.x_m)

    def total(self, group: str, where: npt.NDArray[np.bool_] | None = None) -> float:
        """Persons of `group`, all or only `where`."""
        people = self.people[group]
        return float(np.sum(people if where is None else np.where(where, people, 0.0)))


def demand_points(
    cells: PopulationCells, area: StudyArea, shares: Mapping[str, Fraction]
) -> Demand:
    """Cut the cells at the boundary, give each its units, and split people into groups.

    A cell belongs to the area, and to a unit, by its centre; counts are never resampled
    (DESIGN §4.4). `shares` is the part of all residents that belongs to each group.
    """
    inside = area.contains(cells.x_m, cells.y_m)
    x_m, y_m, people = cells.x_m[inside], cells.y_m[inside], cells.people[inside]
    groups = {TOTAL: Fraction(1), **shares}
    in_source = float(np.sum(cells.people))
    return Demand(
        x_m=x_m,
        y_m=y_m,
        people={group: people * float(share) for group, share in groups.items()},
        place=area.locate(x_m, y_m),
        outline=cells.outline[inside],
        blank=cells.blank,
        people_in_source={group: in_source * float(share) for group, share in groups.items()},
    )
