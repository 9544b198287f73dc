"""Candidates made along the streets where the user has none. They are assumptions and say so."""

from __future__ import annotations

import numpy as np
import shapely

from planning.area import StudyArea
from planning.facilities import Candidates
from planning.network import StreetNetwork

MADE = "程序生成的街边点（假定） made along the streets (assumed)"


def streetside_candidates(
    network: StreetNetwork,
    area: StudyArea,
    *,
    spacing_m: float,
    floor_m2: float,
    yuan_per_m2: float,
    fixed_yuan: float,
    services: frozenset[str],
) -> Candidates:
    """Street junctions of the largest connected part inside the area, none nearer than `spacing_m`.

    Greedy from west to east, then south to north, so that the same streets give the same points.
    """
    inside = area.contains(network.x_m, network.y_m) & (network.component == 0)
    nodes = np.flatnonzero(inside)
    nodes = nodes[np.lexsort((network.y_m[nodes], network.x_m[nodes]))]
    place = shapely.points(network.x_m[nodes], network.y_m[nodes])
    beside, near = shapely.STRtree(place).query(place, predicate="dwithin", distance=spacing_m)
    start = np.searchsorted(beside, np.arange(len(nodes) + 1))
    free = np.ones(len(nodes), dtype=bool)
    chosen: list[int] = []
    for at in range(len(nodes)):
        if free[at]:
            chosen.append(at)
            free[near[start[at] : start[at + 1]]] = False
    n = len(chosen)
    x_m, y_m = network.x_m[nodes[chosen]], network.y_m[nodes[chosen]]
    return Candidates(
        ids=tuple(f"M{number:04d}" for number in range(1, n + 1)),
        source_classes=(MADE,) * n,
        services=(services,) * n,
        x_m=x_m,
        y_m=y_m,
        floor_m2=np.full(n, floor_m2),
        land_m2=np.zeros(n),
        yuan_per_m2=np.full(n, yuan_per_m2),
        fixed_yuan=np.full(n, fixed_yuan),
        place=area.locate(x_m, y_m),
    )
