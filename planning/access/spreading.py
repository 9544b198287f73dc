"""People of large cells and of units spread over the land they live on.

Where a centre would stand for too many: to the buildings of a cell by their floor area, else along
its streets by their length, else evenly over it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
import shapely

from planning.access.parting import nearest_parts, squares
from planning.area import Geometries, first_containing
from planning.demand import TOTAL, Buildings, PopulationCells, floor_m2, spread_totals
from planning.errors import OurFaultError, fail
from planning.network import StreetNetwork, lined_with_homes

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Kind = Literal["buildings", "streets", "area", "centre"]
"""By what the people of a cell are placed; `centre` leaves them at its middle."""

SPACING_M = 50.0
"""How far apart made points lie where a study does not say [m]; what it changes is measured in
docs/decisions/0017-people-on-land.md."""

_MOST_OVER_AREA = 400
"""Points that stand for one cell where nothing tells where in it people live."""
_GRID_M = 0.001
_ROUNDING = 1e-6
_CONSERVED = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The people of n cells at points, and how those of each cell were placed.

    `cell` (points,) is the cell of each point, rising. `kind` (n,) says by what the people of a
    cell were placed, `weight` (n,) how much there is of it: floor area [m²], length of streets [m]
    or land [m²]; 1 for a centre.
    """

    cells: PopulationCells
    cell: Longs
    kind: tuple[Kind, ...]
    weight: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Points:
    """Places where people of a cell may live, how many they can take, and what is drawn of them."""

    cell: Longs
    x_m: Floats
    y_m: Floats
    weight: Floats
    outline: Geometries


def spread_over_land(
    cells: PopulationCells,
    network: StreetNetwork,
    *,
    wanted: Flags,
    kinds: Sequence[Kind],
    buildings: Buildings | None = None,
    spacing_m: float = SPACING_M,
) -> Spread:
    """The same people at points inside their cell; cells that are not `wanted` keep their centre.

    `kinds` stand in the order of preference, `area` or `centre` last: a cell is placed by the first
    of which it has any, and every cell has land and a centre. A building, or a point of a street,
    belongs to the first cell that touches it. Points of a street are at most `spacing_m` [m] apart.
    Land is cut into squares as wide, wider where there would be more than some 400 of them; a cell
    of four squares or less keeps its centre. The outline of a building is its footprint, that of a
    point of a street the part of the cell nearer to it than to the cell's other points. The people
    of every cell are kept to 1e-9.
    """
    makers: dict[Kind, Callable[[Longs], _Points]] = {
        "buildings": lambda left: _in_buildings(cells, left, buildings),
        "streets": lambda left: _along_streets(cells, left, network, spacing_m),
        "area": lambda left: _over_area(cells, left, spacing_m),
    }
    made: dict[Kind, _Points] = {}
    left, kept = np.flatnonzero(wanted), np.flatnonzero(~wanted)
    for kind in kinds:
        if kind == "centre":
            kept = np.union1d(kept, left)
        elif len(left):
            made[kind] = points = makers[kind](left)
            left = np.setdiff1d(left, points.cell[points.weight > 0])
    made["centre"] = _centres(cells, kept)
    return _shared_out(cells, made)


def _shared_out(cells: PopulationCells, made: Mapping[Kind, _Points]) -> Spread:
    """The people of every cell given to its points by weight."""
    cell = np.concatenate([points.cell for points in made.values()])
    of_kind = np.repeat(np.arange(len(made)), [len(points.cell) for points in made.values()])
    weight = np.concatenate([points.weight for points in made.values()])
    given = spread_totals(
        {TOTAL: cells.people},
        cell.astype(np.int32),
        {kind: np.where(of_kind == k, weight, 0.0) for k, kind in enumerate(made)},
    )
    people = given.people[TOTAL]
    held = _sums(cell, people, len(cells))
    if not np.allclose(held, cells.people, rtol=_CONSERVED, atol=0.0):
        raise _not_conserved(cells, held)
    rows = np.flatnonzero(people > 0)
    rows = rows[np.argsort(cell[rows], kind="stable")]
    outline = np.concatenate([points.outline for points in made.values()])
    return Spread(
        cells=replace(
            cells,
            x_m=np.concatenate([points.x_m for points in made.values()])[rows],
            y_m=np.concatenate([points.y_m for points in made.values()])[rows],
            people=people[rows],
            outline=outline[rows],
            ages=None if cells.ages is None else cells.ages.take(cell[rows]),
        ),
        cell=cell[rows],
        kind=tuple(cast(Kind, kind) for kind in given.used),
        weight=_sums(cell[rows], weight[rows], len(cells)),
    )


def _sums(of: Longs, values: Floats, n: int) -> Floats:
    # Of nothing at all NumPy counts in integers.
    return np.bincount(of, weights=values, minlength=n).astype(np.float64)


def _centres(cells: PopulationCells, chosen: Longs) -> _Points:
    return _Points(
        cell=chosen,
        x_m=cells.x_m[chosen],
        y_m=cells.y_m[chosen],
        weight=np.ones(len(chosen)),
        outline=cells.drawn(chosen),
    )


def _in_buildings(cells: PopulationCells, chosen: Longs, buildings: Buildings | None) -> _Points:
    """Every building at its own place."""
    assert buildings is not None
    at = first_containing(cells.drawn(chosen), buildings.x_m, buildings.y_m)
    weight, inside = floor_m2(buildings, at), at >= 0
    return _Points(
        cell=chosen[at[inside]],
        x_m=buildings.x_m[inside],
        y_m=buildings.y_m[inside],
        weight=weight[inside],
        outline=buildings.footprint[inside],
    )


def _along_streets(
    cells: PopulationCells, chosen: Longs, network: StreetNetwork, spacing_m: float
) -> _Points:
    """The middles of equal parts of every street with homes, none longer than the spacing."""
    lines = network.lines()[lined_with_homes(network)]
    planar_m = shapely.length(lines)
    parts = np.maximum(1, np.ceil(planar_m / spacing_m - _ROUNDING)).astype(np.int64)
    edge = np.repeat(np.arange(len(lines)), parts)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(parts) - parts, parts)
    points = shapely.line_interpolate_point(lines[edge], (nth + 0.5) / parts[edge], normalized=True)
    xy, length_m = shapely.get_coordinates(points), planar_m[edge] / parts[edge]
    at = first_containing(cells.drawn(chosen), xy[:, 0], xy[:, 1])
    # Of streets mapped twice over each other one takes the people.
    inside = np.flatnonzero(at >= 0)
    _, once = np.unique(np.rint(xy[inside] / _GRID_M).astype(np.int64), axis=0, return_index=True)
    kept = inside[np.sort(once)]
    kept = kept[np.argsort(at[kept], kind="stable")]
    cell = chosen[at[kept]]
    outline = cells.drawn(cell)
    bounds = np.append(np.flatnonzero(np.diff(cell, prepend=-1)), len(cell))
    for begin, end in pairwise(bounds.tolist()):
        if end - begin > 1:
            outline[begin:end] = nearest_parts(outline[begin], xy[kept[begin:end]])
    return _Points(
        cell=cell,
        x_m=xy[kept, 0],
        y_m=xy[kept, 1],
        weight=length_m[kept],
        outline=outline,
    )


def _over_area(cells: PopulationCells, chosen: Longs, spacing_m: float) -> _Points:
    """Squares over each cell, its centre where it is too small for them; by the area of pieces."""
    of, xy, pieces = [], [], []
    for cell in chosen.tolist():
        whole = cells.drawn(np.array([cell]))
        found = whole, np.array([[cells.x_m[cell], cells.y_m[cell]]])
        if whole[0].area > (2 * spacing_m) ** 2:
            side_m = max(spacing_m, float(np.sqrt(whole[0].area / _MOST_OVER_AREA)))
            found = squares(whole[0], side_m=side_m)
        pieces.append(found[0])
        xy.append(found[1])
        of.append(np.full(len(found[0]), cell, dtype=np.int64))
    outline, places = np.concatenate(pieces), np.concatenate(xy)
    return _Points(
        cell=np.concatenate(of),
        x_m=places[:, 0],
        y_m=places[:, 1],
        weight=np.asarray(shapely.area(outline)),
        outline=outline,
    )


def _not_conserved(cells: PopulationCells, held: Floats) -> Exception:
    worst = int(np.argmax(np.abs(held - cells.people)))
    return fail(
        OurFaultError,
        f"population [{worst}]",
        found=(f"分摊后 {held[worst]!r} 人", f"{held[worst]!r} people after spreading"),
        expected=(f"原有 {cells.people[worst]!r} 人", f"the {cells.people[worst]!r} there were"),
        to_do=("报告此问题并附上数据", "report this together with the data"),
    )
