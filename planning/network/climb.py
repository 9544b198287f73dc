"""What terrain does to the pace: streets are cut where their slope changes, and only there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planning.network.roads import UNTAGGED, Flags, Floats, Longs, Roads
from planning.network.slope import SLOPE_FUNCTIONS
from planning.network.terrain import Dem


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """Roads with nodes where the slope changes, and what every step costs beside the flat.

    Step arrays have shape (positions − 1,), from each position in ``roads.nodes`` to the next:
    `step_m` its length, `forward` and `backward` the factors on its flat time. `changes` (n,) marks
    the nodes at which a factor changes. `no_height_m` are the metres without a height.
    """

    roads: Roads
    step_m: Floats
    forward: Floats
    backward: Floats
    changes: Flags
    no_height_m: float


def climb(
    roads: Roads, step_m: Floats, *, sloped: Flags, level: Flags, dem: Dem, slope: str
) -> Climb:
    """Walk the terrain along every line, in steps no longer than a cell of it.

    `sloped` (lines,) are those whose pace depends on the slope, `level` those (bridges, tunnels)
    on which the ground's heights do not hold. Flat terrain gives the roads back as they were.
    """
    fine, parent, share = _densified(roads, step_m, dem.spacing_m)
    line = np.repeat(np.arange(roads.n_lines), np.diff(fine.starts))
    ends = np.append(share[1:], 0.0)
    ends[ends == 0.0] = 1.0
    length_m = np.append(step_m, 0.0)[parent] * (ends - share)
    height_m = dem.at(fine.lon, fine.lat)[fine.nodes]
    until_m = np.concatenate([[0.0], np.cumsum(length_m)])[:-1]
    height_m = _bridged(height_m, until_m, fine, level)
    rise_m = np.append(np.diff(height_m), 0.0)
    grade = np.divide(rise_m, length_m, out=np.zeros(len(rise_m)), where=length_m > 0)
    unknown = np.isnan(grade)
    grade = np.where(sloped[line] & ~unknown, grade, 0.0)
    factor = SLOPE_FUNCTIONS[slope].time_factor
    forward, backward = factor(grade), factor(-grade)
    # A node stays where it was before, or where the pace changes.
    begins = np.zeros(len(fine.nodes), dtype=bool)
    begins[fine.starts[:-1]] = True
    turns = np.ones(len(fine.nodes), dtype=bool)
    turns[1:] = (forward[1:] != forward[:-1]) | (backward[1:] != backward[:-1])
    turns &= ~begins
    kept = np.flatnonzero(turns | (share == 0.0))
    changes = np.zeros(len(fine.lon), dtype=bool)
    changes[fine.nodes[turns]] = True
    share, parent = share[kept], parent[kept]
    ends = np.append(share[1:], 0.0)
    ends[ends == 0.0] = 1.0
    return Climb(
        roads=replace(
            fine, nodes=fine.nodes[kept], starts=np.searchsorted(kept, fine.starts).astype(np.int64)
        ),
        step_m=(np.append(step_m, 0.0)[parent] * (ends - share))[:-1],
        forward=forward[kept][:-1],
        backward=backward[kept][:-1],
        changes=changes,
        no_height_m=float(np.sum(length_m[unknown])),
    )


def _densified(roads: Roads, step_m: Floats, spacing_m: float) -> tuple[Roads, Longs, Floats]:
    """Nodes so close that no step is longer than the spacing.

    Beside the roads, for every position the old position its step began at, and at which share.
    """
    parts = np.maximum(1, np.ceil(step_m / spacing_m)).astype(np.int64)
    parts = np.append(parts, 1)[: len(roads.nodes)]
    begin = np.concatenate([[0], np.cumsum(parts)])
    parent = np.repeat(np.arange(len(parts)), parts)
    share = (np.arange(begin[-1]) - begin[parent]) / parts[parent]
    between = share > 0
    here, there = roads.nodes[parent[between]], roads.nodes[parent[between] + 1]
    lon = roads.lon[here] + share[between] * (roads.lon[there] - roads.lon[here])
    lat = roads.lat[here] + share[between] * (roads.lat[there] - roads.lat[here])
    nodes = roads.nodes[parent]
    nodes[between] = len(roads.lon) + np.arange(len(lon), dtype=np.int32)
    fine = replace(
        roads,
        lon=np.concatenate([roads.lon, lon]),
        lat=np.concatenate([roads.lat, lat]),
        nodes=nodes,
        starts=begin[roads.starts],
        node_tags=np.concatenate([roads.node_tags, np.full(len(lon), UNTAGGED, dtype=np.int32)]),
    )
    return fine, parent, share


def _bridged(height_m: Floats, until_m: Floats, roads: Roads, level: Flags) -> Floats:
    """Heights along the lines; on bridges and in tunnels the ground's do not hold, so the ends'."""
    begin, end = roads.starts[:-1], roads.starts[1:] - 1
    line = np.repeat(np.arange(roads.n_lines), np.diff(roads.starts))
    line_m = (until_m[end] - until_m[begin])[line]
    walked_m = until_m - until_m[begin][line]
    share = np.divide(walked_m, line_m, out=np.zeros(len(line_m)), where=line_m > 0)
    straight = height_m[begin][line] * (1 - share) + height_m[end][line] * share
    return np.where(level[line], straight, height_m)
