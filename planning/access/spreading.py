"""Large population cells spread along their streets, where a centre would stand for too many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from planning.demand import Demand
from planning.network import StreetNetwork

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

_GRID_M = 0.001


def spread_along_streets(demand: Demand, network: StreetNetwork, *, spacing_m: float) -> Demand:
    """The same people at points every `spacing_m` [m] along the streets inside their cell.

    Each street of a cell takes people by its length; a cell without a street keeps its centre.
    Units stay those of the cell, and its people add up as before. The outline of a point is the
    part of the cell nearer to it than to the cell's other points.
    """
    places, length_m = _along(network, spacing_m)
    cells: npt.NDArray[np.object_] = np.asarray(demand.outline, dtype=object)
    cell, point = _in_cells(cells, places)
    kept = np.setdiff1d(np.arange(len(demand)), cell)
    total_m = np.bincount(cell, weights=length_m[point], minlength=len(demand))
    rows = np.concatenate([cell, kept])
    share = np.concatenate([length_m[point] / total_m[cell], np.ones(len(kept))])
    x_m = np.concatenate([places[point, 0], demand.x_m[kept]])
    y_m = np.concatenate([places[point, 1], demand.y_m[kept]])
    order = np.argsort(rows, kind="stable")
    rows, share, x_m, y_m = rows[order], share[order], x_m[order], y_m[order]
    return replace(
        demand,
        x_m=x_m,
        y_m=y_m,
        people={group: people[rows] * share for group, people in demand.people.items()},
        place={level: index[rows] for level, index in demand.place.items()},
        ages=None if demand.ages is None else demand.ages.take(rows),
        outline=_parted(demand, cells, rows, x_m, y_m),
    )


def _along(network: StreetNetwork, spacing_m: float) -> tuple[Floats, Floats]:
    """The middles of equal parts of every edge, none longer than the spacing, and their lengths."""
    lines = network.lines()
    planar_m = shapely.length(lines)
    parts = np.maximum(1, np.ceil(planar_m / spacing_m)).astype(np.int64)
    edge = np.repeat(np.arange(len(lines)), parts)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(parts) - parts, parts)
    points = shapely.line_interpolate_point(lines[edge], (nth + 0.5) / parts[edge], normalized=True)
    return shapely.get_coordinates(points), planar_m[edge] / parts[edge]


def _in_cells(cells: npt.NDArray[np.object_], places: Floats) -> tuple[Longs, Longs]:
    """Pairs of cell and place inside it; a place on a border goes to the first cell."""
    point, cell = shapely.STRtree(cells).query(shapely.points(places), predicate="intersects")
    order = np.lexsort((cell, point))
    point, cell = point[order], cell[order]
    first = np.ones(len(point), dtype=bool)
    first[1:] = point[1:] != point[:-1]
    point, cell = point[first], cell[first]
    # Of streets mapped twice over each other one takes the people.
    _, once = np.unique(
        np.rint(places[point] / _GRID_M).astype(np.int64), axis=0, return_index=True
    )
    once.sort()
    return cell[once], point[once]


def _parted(
    demand: Demand, cells: npt.NDArray[np.object_], rows: Longs, x_m: Floats, y_m: Floats
) -> npt.NDArray[np.object_]:
    """Each cell's outline parted among its points: Voronoi cells, cut at the outline.

    Computed about the cell's own middle and on a grid of a millimetre: lattices of points far from
    the origin give GEOS Voronoi cells that cross themselves.
    """
    outline = cells[rows]
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    for begin, end in zip(starts, np.append(starts[1:], len(rows)), strict=True):
        if end - begin > 1:
            cell = rows[begin]
            middle = demand.x_m[cell], demand.y_m[cell]
            xy = np.column_stack([x_m[begin:end], y_m[begin:end]]) - middle
            whole = shapely.transform(cells[cell], lambda at, by=middle: at - by)
            parts = shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=whole, ordered=True)
            pieces = shapely.intersection(
                shapely.make_valid(shapely.get_parts(parts)), whole, grid_size=_GRID_M
            )
            outline[begin:end] = shapely.transform(pieces, lambda at, by=middle: at + by)
    return outline
