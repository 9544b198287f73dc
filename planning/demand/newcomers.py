"""People of planned residential areas as demand: no source counts them, for no house stands yet.

Each area is cut into squares, and each square takes people by its land, as a cell of a population
grid would; it belongs to its units by a point inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import shapely

from planning.area import RESIDENTIAL, Geometries, ResidentialAreas, StudyArea
from planning.demand.points import TOTAL, Demand

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SQUARE_M = 100.0
"""Side of the squares [m], about the cell of the usual population grids."""
_POLYGON = 2


def newcomers(area: StudyArea, areas: ResidentialAreas, who: Flags) -> Demand:
    """The planned people of the areas `who`, shape (areas,), as demand of one group.

    People of an area are spread evenly over its land; those on land beyond the boundary are in
    `people_outside`. Points belong to the area they are planned for, also where areas overlap.
    """
    shapely.prepare(area.boundary)
    squares: list[Geometries] = [np.empty(0, dtype=object)]
    people, own = [np.empty(0)], [np.empty(0, dtype=np.int32)]
    for at in np.flatnonzero(who):
        whole = areas.geometry[at]
        land = whole
        if not shapely.covers(area.boundary, whole):
            land = shapely.intersection(whole, area.boundary)
        pieces = _squares(land)
        here = areas.planned_people[at] * (shapely.area(land) / shapely.area(whole))
        land_m2 = shapely.area(pieces)
        squares.append(pieces)
        people.append(here * land_m2 / land_m2.sum())
        own.append(np.full(len(pieces), at, dtype=np.int32))
    outline, persons = np.concatenate(squares), np.concatenate(people)
    inside = shapely.point_on_surface(outline)
    x_m, y_m = shapely.get_x(inside), shapely.get_y(inside)
    planned = float(areas.planned_people[who].sum())
    return Demand(
        x_m=x_m,
        y_m=y_m,
        people={TOTAL: persons},
        place={**area.locate(x_m, y_m), RESIDENTIAL: np.concatenate(own)},
        outline=outline,
        people_in_source=planned,
        people_outside=planned - float(np.sum(persons)),
    )


def _squares(land: shapely.Geometry) -> Geometries:
    """The parts of the land that lie in each square of one grid for all; none where it is empty."""
    if shapely.area(land) == 0:
        return np.empty(0, dtype=object)
    west, south, east, north = np.array(shapely.bounds(land)) / SQUARE_M
    columns = np.arange(np.floor(west), np.ceil(east)) * SQUARE_M
    rows = np.arange(np.floor(south), np.ceil(north)) * SQUARE_M
    x_m, y_m = (axis.ravel() for axis in np.meshgrid(columns, rows, indexing="ij"))
    boxes = shapely.box(x_m, y_m, x_m + SQUARE_M, y_m + SQUARE_M)
    shapely.prepare(land)
    pieces = shapely.intersection(boxes[shapely.intersects(land, boxes)], land)
    # Where a square also touches the land elsewhere, its part holds lines and points as well.
    parts, of = shapely.get_parts(pieces, return_index=True)
    is_land = (shapely.get_dimensions(parts) == _POLYGON) & (shapely.area(parts) > 0)
    _, piece = np.unique(of[is_land], return_inverse=True)
    return np.asarray(shapely.multipolygons(parts[is_land], indices=piece), dtype=object)


def shares_of(
    area: StudyArea, counted: Demand, planned: Demand, declared: Mapping[str, Fraction]
) -> dict[str, Floats]:
    """The share of every group among the planned people of each point, shape (n,).

    It is the declared one, else that of the people counted in the smallest unit around where they
    are at least as many as the planned, for a handful of villagers does not tell the ages of a new
    town; else that of all who are counted.
    """
    everybody = counted.total(TOTAL)
    shares = {
        group: np.full(len(planned), counted.total(group) / everybody)
        for group in counted.people
        if group != TOTAL
    }
    still = np.ones(len(planned), dtype=bool)
    for level in reversed(area.levels):
        at = planned.place[level.level]
        there, coming = (d.by_unit(level.level, len(level)) for d in (counted, planned))
        like = still & np.append((there > 0) & (there >= coming), False)[at]
        for group, share in shares.items():
            held = counted.by_unit(level.level, len(level), group=group)
            share[like] = held[at[like]] / there[at[like]]
        still &= ~like
    of_all = {group: np.full(len(planned), float(part)) for group, part in declared.items()}
    return {**shares, **of_all}


def moved_in(counted: Demand, planned: Demand, goes: Flags) -> Demand:
    """Both together, the planned last; of the counted points those in `goes`, (n,), make way.

    Both have the same groups and levels.
    """
    stay = np.flatnonzero(~goes)
    return Demand(
        x_m=np.concatenate([counted.x_m[stay], planned.x_m]),
        y_m=np.concatenate([counted.y_m[stay], planned.y_m]),
        people={
            group: np.concatenate([people[stay], planned.people[group]])
            for group, people in counted.people.items()
        },
        place={
            level: np.concatenate([index[stay], planned.place[level]])
            for level, index in counted.place.items()
        },
        outline=np.concatenate([np.asarray(counted.outline[stay]), np.asarray(planned.outline)]),
        people_in_source=counted.people_in_source,
        people_outside=counted.people_outside,
        blank=counted.blank,
        unread=counted.unread,
        year=counted.year,
        base=counted.base,
        planned=np.arange(len(stay) + len(planned)) >= len(stay),
        people_gone=counted.total(TOTAL, goes),
    )
