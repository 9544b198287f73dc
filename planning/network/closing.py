"""Streets closed to everybody, taken out of a network that is cut and timed already."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from planning.network.graph import StreetNetwork
from planning.network.parting import part_of


def without_lines(network: StreetNetwork, lines: Collection[int]) -> StreetNetwork:
    """The network without any edge of `lines`, ids of the source as `StreetNetwork.line` has them.

    All other edges keep their order, their shapes and their times, as streets were cut where they
    met the closed ones; nodes without an edge are left out, parts are numbered anew. An id that the
    network does not have closes nothing.
    """
    closed = np.fromiter(lines, dtype=np.int64, count=len(lines))
    return part_of(network, np.flatnonzero(~np.isin(network.line, closed)))
