"""People of residential areas that are sketched by hand: where they live, how many at each place.

The what-if page does the same in JavaScript (``static/whatif/sketching.js``), to the last bit: what
follows is plain arithmetic of doubles, one operation after the other, in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from planning.area import RESIDENTIAL, Geometries, StudyArea
from planning.demand.points import TOTAL, Demand

Floats = npt.NDArray[np.float64]

SQUARE_M = 50.0
"""Side of the squares that people of a sketched area live in the middle of [m]."""
MOST_POINTS = 20_000
"""Squares of all sketched areas of a scenario together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """The `people` of one sketched area [persons], shared out equally over points (n,).

    `at` is its row among the residential areas.
    """

    at: int
    people: float
    x_m: Floats
    y_m: Floats
    outline: Geometries


def sketched_points(outline: Sequence[tuple[float, float]]) -> tuple[Floats, Floats]:
    """Centres of the squares of one grid that lie in an outline, x and y [m], shape (n,) each.

    The grid begins at 0 and goes in steps of `SQUARE_M`. A centre lies inside where a ray to the
    east crosses the outline an odd number of times; an edge counts for ``y`` from its lower end on
    and below its upper one, and where it is crossed east of the centre (half-open). Row by row from
    the south, in each from the west. Where no centre lies inside, the mean of the corners.
    """
    xs, ys = np.array(outline, dtype=np.float64).reshape(-1, 2).T
    before_x, before_y = np.roll(xs, 1), np.roll(ys, 1)
    first, last = math.floor(xs.min() / SQUARE_M), math.floor(xs.max() / SQUARE_M)
    columns = np.arange(first, last + 1) * SQUARE_M + SQUARE_M / 2
    found_x, found_y = [np.empty(0)], [np.empty(0)]
    for row in range(math.floor(ys.min() / SQUARE_M), math.floor(ys.max() / SQUARE_M) + 1):
        y = row * SQUARE_M + SQUARE_M / 2
        met = np.flatnonzero((ys > y) != (before_y > y))
        east = (before_x[met] - xs[met]) * (y - ys[met]) / (before_y[met] - ys[met]) + xs[met]
        beyond = len(east) - np.searchsorted(np.sort(east), columns, side="right")
        inside = columns[beyond % 2 == 1]
        found_x.append(inside)
        found_y.append(np.full(len(inside), y))
    x_m, y_m = np.concatenate(found_x), np.concatenate(found_y)
    return (x_m, y_m) if len(x_m) else (_mean(xs), _mean(ys))


def _mean(values: Floats) -> Floats:
    """The mean, added up from the first to the last, shape (1,)."""
    total = 0.0
    for value in values.tolist():
        total += value
    return np.array([total / len(values)])


def group_shares(demand: Demand) -> dict[str, float]:
    """The share of every group among all people, by which those of sketched areas are parted."""
    everybody = demand.total(TOTAL)
    return {
        group: demand.total(group) / everybody if everybody > 0 else 0.0
        for group in demand.people
        if group != TOTAL
    }


def with_sketched(area: StudyArea, demand: Demand, sketches: Sequence[Sketch]) -> Demand:
    """The demand with the people of sketched areas behind all others, in the order given.

    They belong to the area that they are sketched for, and to the units that they lie in. Who lives
    there already stays, and in the residential area they are in, if any: a sketched area answers
    for its own people.
    """
    shares = group_shares(demand)
    x_m = np.concatenate([sketch.x_m for sketch in sketches])
    y_m = np.concatenate([sketch.y_m for sketch in sketches])
    counts = [len(sketch.x_m) for sketch in sketches]
    each = [sketch.people / n for sketch, n in zip(sketches, counts, strict=True)]
    total = np.repeat(np.array(each, dtype=np.float64), counts)
    people = {TOTAL: total, **{group: total * share for group, share in shares.items()}}
    own = np.repeat(np.array([sketch.at for sketch in sketches], dtype=np.int32), counts)
    place = {**area.locate(x_m, y_m), RESIDENTIAL: own}
    outlines = [np.asarray(demand.outline), *(sketch.outline for sketch in sketches)]
    return replace(
        demand,
        x_m=np.concatenate([demand.x_m, x_m]),
        y_m=np.concatenate([demand.y_m, y_m]),
        people={group: np.concatenate([demand.people[group], people[group]]) for group in people},
        place={
            level: np.concatenate([index, place[level]]) for level, index in demand.place.items()
        },
        outline=np.concatenate(outlines),
        planned=np.concatenate([demand.is_planned, np.ones(len(x_m), dtype=bool)]),
    )


def squares_of(outline: Geometries, x_m: Floats, y_m: Floats) -> Geometries:
    """What is drawn of the points of one outline: their squares, or all of it for a single mean."""
    half_m = SQUARE_M / 2
    if len(x_m) == 1 and (x_m[0] % SQUARE_M != half_m or y_m[0] % SQUARE_M != half_m):
        return outline
    return np.asarray(
        shapely.box(x_m - half_m, y_m - half_m, x_m + half_m, y_m + half_m), dtype=object
    )
