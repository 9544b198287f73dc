"""Walled compounds: walls cut the streets except at gates, through which those inside leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from planning.network.joining import join, nodes_at, straight_steps
from planning.network.roads import Flags, Floats, Longs, Roads
from planning.projection import WGS84, transformer

GATE_REACH_M = 25.0
"""A gate opens the wall for streets that cross it this near [m]: half the width of a wide road."""

WALL_INSET_M = 5.0
"""A wall stands this far inside the line drawn [m]: land is often drawn to the middle of the street
round it, and that street is nobody's yard."""

ASSUMED = {"highway": "footway", "access": "private"}
"""What a path is that nobody mapped, between a gate and the middle of its compound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """Roads and the walls across them; `compounds` is what lies inside the walls.

    Of the nodes (n,) where streets meet walls `closed` let nobody pass and `gates` those inside.

    `crossings` counts the streets that walls stop, `assumed_paths` the paths put from gates to the
    middle of compounds without a street of their own, `open_compounds` those with neither street
    nor gate, which are taken as not walled.
    """

    roads: Roads
    closed: Flags
    gates: Flags
    compounds: npt.NDArray[np.object_]
    crossings: int
    assumed_paths: int
    open_compounds: int


def wall_in(
    roads: Roads,
    compounds: npt.NDArray[np.object_],
    gates_xy: Floats,
    *,
    epsg: int,
) -> Walls:
    """Wall the compounds, polygons in the metric CRS `epsg`, with `gates_xy` (g, 2) [m] in them.

    A compound with gates can be entered only within `GATE_REACH_M` of one; one without, wherever a
    street crosses its wall, `WALL_INSET_M` inside its border. Bridges and tunnels pass over and
    under.
    """
    compounds = _inside_walls(compounds)
    steps = straight_steps(roads, epsg)
    gates = shapely.points(gates_xy.reshape(-1, 2))
    walls = shapely.boundary(compounds)
    near = shapely.STRtree(gates).query(walls, predicate="dwithin", distance=GATE_REACH_M)
    gates_of = [near[1][near[0] == k] for k in range(len(compounds))]
    within, _ = shapely.STRtree(steps.shapes).query(compounds, predicate="intersects")
    streets = np.bincount(within, minlength=len(compounds))
    paths = [
        (k, gate) for k in np.flatnonzero(streets == 0).tolist() for gate in gates_of[k].tolist()
    ]
    if paths:
        roads = _with_paths(roads, compounds, gates, paths, epsg)
        steps = straight_steps(roads, epsg)
    keep = np.array([streets[k] > 0 or len(gates_of[k]) > 0 for k in range(len(compounds))], bool)
    wall, step = shapely.STRtree(steps.shapes).query(walls[keep], predicate="intersects")
    which, places = _met(shapely.intersection(steps.shapes[step], walls[keep][wall]))
    wall, step = wall[which], step[which]
    roads, node = nodes_at(roads, steps, step, places, epsg=epsg)
    is_gate = np.array(
        [
            not len(of) or shapely.distance(gates[of], shapely.Point(place)).min() <= GATE_REACH_M
            for of, place in zip(
                (gates_of[k] for k in np.flatnonzero(keep)[wall]), places, strict=True
            )
        ],
        dtype=bool,
    )
    closed, open_ = np.zeros((2, len(roads.lon)), dtype=bool)
    closed[node[~is_gate]] = open_[node[is_gate]] = True
    return Walls(
        roads=roads,
        closed=closed,
        gates=open_,
        compounds=compounds[keep],
        crossings=len(np.unique(node[~is_gate])),
        assumed_paths=len(paths),
        open_compounds=int(np.count_nonzero(~keep)),
    )


def _inside_walls(drawn: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """What lies within the walls of compounds as drawn; all of one too narrow to have an inside."""
    inner = shapely.buffer(drawn, -WALL_INSET_M, join_style="mitre")
    return np.asarray(np.where(shapely.is_empty(inner), drawn, inner), dtype=object)


def _met(shared: npt.NDArray[np.object_]) -> tuple[Longs, Floats]:
    """The places where steps cross walls; a step along a wall counts at its ends."""
    points = shapely.extract_unique_points(shared)
    xy, which = shapely.get_coordinates(points, return_index=True)
    return np.asarray(which, dtype=np.int64), xy


def _with_paths(
    roads: Roads,
    compounds: npt.NDArray[np.object_],
    gates: npt.NDArray[np.object_],
    paths: list[tuple[int, int]],
    epsg: int,
) -> Roads:
    """Straight paths from gates to the middle of their compounds, joined to the street outside."""
    middles = sorted({k for k, _ in paths})
    number = {k: i for i, k in enumerate(middles)}
    middle_xy = shapely.get_coordinates(shapely.point_on_surface(compounds[middles]))
    gate_xy = shapely.get_coordinates(gates[[gate for _, gate in paths]])
    xy = np.concatenate([middle_xy, gate_xy])
    lon, lat = transformer(epsg, WGS84).transform(xy[:, 0], xy[:, 1])
    runs = [[len(middles) + i, number[k]] for i, (k, _) in enumerate(paths)]
    added = Roads.from_runs(lon, lat, runs, tags=ASSUMED)
    return join(roads, added, epsg=epsg, tolerance_m=2 * GATE_REACH_M)[0]
