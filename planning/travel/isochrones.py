"""Isochrones: polygons for people to look at. Coverage is never read from them (DESIGN §4.1)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from planning.network import Snaps, StreetNetwork
from planning.travel.drawing import draw_streets
from planning.travel.reached import pieces_of_all, pieces_of_each

STREET_HALF_WIDTH_M = 25.0
"""How far the drawing reaches to both sides of a street that is walked [m]."""

CELL_M = 5.0
"""Fineness of the drawing [m]; see `drawing` for how close it comes to true buffers."""


def isochrone(network: StreetNetwork, sites: Snaps, *, limit_ms: int) -> shapely.Geometry:
    """Streets within `limit_ms` of the nearest site, drawn `STREET_HALF_WIDTH_M` to both sides.

    Edges reached in part are cut where the time runs out, from both ends; holes are kept. Empty
    where no site stands on the network. In the network's metric CRS.
    """
    pieces = pieces_of_all(network, sites, limit_ms=limit_ms)
    start = np.array([0, len(pieces)], dtype=np.int64)
    drawn = draw_streets(pieces, start, half_width_m=STREET_HALF_WIDTH_M, cell_m=CELL_M)
    return drawn[0]


def isochrones(
    network: StreetNetwork,
    sites: Snaps,
    *,
    limit_ms: int,
    cell_m: float = CELL_M,
    threads: int = 1,
) -> npt.NDArray[np.object_]:
    """The isochrone of each site by itself, shape (sites,); thousands at once."""
    start, pieces = pieces_of_each(network, sites, limit_ms=limit_ms)
    return draw_streets(
        pieces, start, half_width_m=STREET_HALF_WIDTH_M, cell_m=cell_m, threads=threads
    )
