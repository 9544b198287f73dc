"""Streets along which people live, judged by their class and by whether they lie on the ground."""

from __future__ import annotations

import numpy as np

from planning.network.graph import StreetNetwork
from planning.network.roads import Flags

# Key:highway. From the street at the door up to 次干路, which houses stand along as well; left out
# are what carries cars through (primary, trunk, motorway, every link) and footways, paths and
# steps, which run through parks and once more beside streets. Other sets were tried on a census:
# docs/decisions/0017-people-on-land.md.
LINED_WITH_HOMES = frozenset({
    "residential", "living_street", "unclassified", "service", "pedestrian", "road", "tertiary",
    "secondary",
})  # fmt: skip


def lined_with_homes(network: StreetNetwork) -> Flags:
    """Which edges house people, shape (m,): of a class that does, on no bridge, in no tunnel."""
    of_class = np.array([name in LINED_WITH_HOMES for name in network.highways], dtype=bool)
    return of_class[network.highway] & network.at_grade
