"""Population counts as points with people by group, in exactly one unit per level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from planning.area import Geometries, Index, StudyArea
from planning.demand.ages import AgeBands
from planning.demand.by_unit import people_by_unit
from planning.demand.outlines import Outlines

TOTAL = "total"
"""The group of all residents; every study has it."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationCells:
    """Counts as a source gives them, one row a cell that holds people, in the metric CRS.

    `x_m`, `y_m` are the cell's centre, `people` its count [persons], `outline` its polygon;
    `ages` are parts of one resident [share], NaN where the source does not tell the ages of a cell;
    `blank` counts polygons whose count is absent (a raster's NoData is no such gap). Of a raster
    only what lies near the area is here: `elsewhere` are the people of its other cells [persons],
    `unread` the cells of a large raster that nobody looked at.
    """

    x_m: Floats
    y_m: Floats
    people: Floats
    outline: Outlines
    ages: AgeBands | None = None
    blank: int = 0
    elsewhere: float = 0.0
    unread: int = 0

    def __len__(self) -> int:
        return len(self.people)

    def drawn(self, rows: npt.NDArray[np.int64]) -> Geometries:
        """The outlines of some cells, by their rows."""
        return np.array(self.outline[rows], dtype=object)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseYear:
    """The year people were counted in before they were projected, and all of them by group."""

    year: int
    people: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Demand points inside the area, shape (n,) each.

    `people` holds persons by group, `place` the unit index per level (and residential area).
    `ages` are parts of one resident [share], NaN where the source tells none; once there are groups
    they are done with. `people_in_source` is what was read of the source before the cut at the
    boundary, `people_outside` what of it lies beyond, `people_gone` what makes way for people of
    planned areas [persons]; `unread` counts the cells of a large raster, beyond the area, that were
    not read. Points that stand for people of planned areas, whom no source counts, are `planned`;
    None where there are none. `year` says of which year the people are, None where nobody said;
    `base` from whom they were projected, None where they stand as counted.
    """

    x_m: Floats
    y_m: Floats
    people: Mapping[str, Floats]
    place: Mapping[str, Index]
    outline: Outlines
    people_in_source: float
    people_outside: float
    ages: AgeBands | None = None
    blank: int = 0
    unread: int = 0
    year: int | None = None
    base: BaseYear | None = None
    planned: npt.NDArray[np.bool_] | None = None
    people_gone: float = 0.0

    def __len__(self) -> int:
        return len(self.x_m)

    @property
    def is_planned(self) -> npt.NDArray[np.bool_]:
        """Which points stand for people of planned areas, shape (n,)."""
        return np.zeros(len(self), dtype=bool) if self.planned is None else self.planned

    @property
    def of_year(self) -> tuple[str, str]:
        """Of which year the people are, in words, (中文, English)."""
        if self.year is None:
            zh, en = "人口年份未注明", "people of no stated year"
        elif self.base is None:
            zh, en = f"{self.year} 年人口", f"people of {self.year}"
        else:
            zh = f"{self.year} 年预测人口（基年 {self.base.year}）"
            en = f"people projected to {self.year} from {self.base.year}"
        if self.is_planned.any():
            return f"{zh}，另加规划居住区", f"{en}, and those of planned areas"
        return zh, en

    def total(self, group: str, where: npt.NDArray[np.bool_] | None = None) -> float:
        """Persons of `group`, all or only `where`."""
        people = self.people[group]
        return float(np.sum(people if where is None else np.where(where, people, 0.0)))

    def by_unit(
        self, level: str, units: int, *, group: str = TOTAL,
        where: npt.NDArray[np.bool_] | None = None,
    ) -> Floats:  # fmt: skip
        """Persons of `group` in each of the `units` of a level, all or only `where`."""
        at = self.place[level]
        return people_by_unit(
            self.people[group], at if where is None else np.where(where, at, -1), units
        )


def demand_points(cells: PopulationCells, area: StudyArea, *, year: int | None = None) -> Demand:
    """Cut the cells of a year at the boundary, give each its units; all residents are one group.

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
        ages=None if cells.ages is None else cells.ages.take(inside),
        blank=cells.blank,
        unread=cells.unread,
        people_in_source=float(np.sum(cells.people)) + cells.elsewhere,
        people_outside=float(np.sum(cells.people[~inside])) + cells.elsewhere,
        year=year,
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
    return replace(demand, people={TOTAL: total, **groups}, ages=None)
