"""Classes of people by cell, the same on the map and on the sheets."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def round_edges(people: npt.NDArray[np.float64]) -> list[float]:
    """Round upper ends of classes with about as many cells each, rising; a class more lies above.

    `people` [persons], shape (cells,); cells without people belong to no class.
    """
    some = people[people > 0]
    if not len(some):
        return []
    found: list[float] = []
    for value in np.quantile(some, (0.2, 0.4, 0.6, 0.8, 0.95)):
        power = 10.0 ** np.floor(np.log10(value))
        edge = float(np.round(value / power, 0 if value / power >= 2 else 1) * power)
        edge = float(f"{edge:.3g}")
        if not found or edge > found[-1]:
            found.append(edge)
    return found
