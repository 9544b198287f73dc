"""Official totals as the only source: the land whose people each of them counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from planning.area import Geometries, StudyArea, first_containing, only_polygons
from planning.demand import PopulationCells, Raked
from planning.errors import Fault, InputError, fail, raise_all
from planning.inputs.population.unit_figures import UnitFigures

Floats = npt.NDArray[np.float64]

_BETWEEN_M = 20.0
"""Land no wider than this between units is what borders drawn apart leave, and nobody's home."""
_ROUNDING = 1e-9


def cells_of_totals(totals: UnitFigures, area: StudyArea, path: Path) -> PopulationCells:
    """Every unit with a total, without the units inside it that have one of their own.

    What their totals leave of its own lives on the land they leave; where they leave no people or
    no land there is no cell. Finer levels come first, so that a place on a border falls to them.
    """
    land: list[shapely.Geometry] = []
    people: list[float] = []
    inner = np.empty(0, dtype=object)
    inner_people = np.empty(0)
    for level in reversed(area.levels):
        if level.level not in totals.levels:
            continue
        rows = np.flatnonzero(~np.isnan(totals.levels[level.level]))
        official = totals.levels[level.level][rows]
        shapes = only_polygons(shapely.intersection(level.geometry[rows], area.boundary))
        inside = shapely.point_on_surface(inner)
        of = first_containing(shapes, shapely.get_x(inside), shapely.get_y(inside))
        for at, (shape, total) in enumerate(zip(shapes, official.tolist(), strict=True)):
            rest = total - float(np.sum(inner_people[of == at]))
            left = _without(shape, inner[of == at])
            if rest > _ROUNDING * total and not left.is_empty:
                land.append(left)
                people.append(rest)
        inner = np.concatenate([shapes, inner[of < 0]])
        inner_people = np.concatenate([official, inner_people[of < 0]])
    if not people:
        raise fail(
            InputError,
            f"population.totals: {path.name}",
            found=("没有一个人（全部为 0）", "nobody (all of them 0)"),
            expected=("大于 0 的官方人口", "totals above 0"),
            to_do=("检查人数字段", "check the column of people"),
        )
    outline = np.array(land, dtype=object)
    middle = shapely.point_on_surface(outline)
    return PopulationCells(
        x_m=shapely.get_x(middle),
        y_m=shapely.get_y(middle),
        people=np.array(people),
        outline=outline,
    )


def said_empty(totals: UnitFigures, area: StudyArea) -> frozenset[str]:
    """Units of which the totals say that nobody lives there: their own, or that of a unit above."""
    empty: set[str] = set()
    for level in area.levels:
        people = totals.levels.get(level.level, np.full(len(level), np.nan))
        for unit, above, total in zip(level.ids, level.parent_ids, people, strict=True):
            if total == 0 or (np.isnan(total) and above in empty):
                empty.add(unit)
    return frozenset(empty)


def check_all_placed(totals: UnitFigures, area: StudyArea, found: Raked, name: str) -> None:
    """Refuse totals whose people have no land: the unit lies under others of its level."""
    levels = [area.level(level) for level in totals.levels]
    raise_all(
        InputError,
        [
            Fault(
                where=f"population.totals: {name}",
                found=(
                    f"{level.names[miss.unit]}有 {miss.official:,.0f} 人，却没有自己的用地",
                    f"{miss.official:,.0f} people of {level.names[miss.unit]}, which has no land "
                    "of its own",
                ),
                expected=("互不重叠的单元", "units that do not lie over each other"),
                to_do=("检查单元界线", "check the borders of the units"),
            )
            for miss in found.unmet
            for level in [levels[miss.level]]
            if level is not None and miss.reason in ("no_cell", "all_zero")
        ],
    )


def _without(shape: shapely.Geometry, inner: Geometries) -> shapely.Geometry:
    """The land of a unit outside others, without the gaps between their borders and its own."""
    if not len(inner):
        return shape
    left = shapely.difference(shape, shapely.union_all(inner))
    half_m = _BETWEEN_M / 2
    wide = left.buffer(-half_m, join_style="mitre").buffer(half_m, join_style="mitre")
    return only_polygons(np.array([left.intersection(wide)], dtype=object))[0]
