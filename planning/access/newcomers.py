"""Where people of planned areas will stand: along the streets there are, or are planned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planning.access.spreading import spread_over_land
from planning.demand import TOTAL, Demand, PopulationCells
from planning.network import StreetNetwork

SPACING_M = 40.0
"""How far apart the people of a planned area stand along the streets inside it [m]."""


def along_streets(planned: Demand, network: StreetNetwork) -> Demand:
    """The people of every square along its streets, where it has any, else at a point in it."""
    squares = PopulationCells(
        x_m=planned.x_m,
        y_m=planned.y_m,
        people=planned.people[TOTAL],
        outline=np.asarray(planned.outline),
    )
    spread = spread_over_land(
        squares,
        network,
        wanted=np.ones(len(squares), dtype=bool),
        kinds=("streets", "centre"),
        spacing_m=SPACING_M,
    )
    points, of = spread.cells, spread.cell
    part = points.people / squares.people[of]
    return replace(
        planned,
        x_m=points.x_m,
        y_m=points.y_m,
        people={group: people[of] * part for group, people in planned.people.items()},
        place={level: index[of] for level, index in planned.place.items()},
        outline=points.outline,
    )
