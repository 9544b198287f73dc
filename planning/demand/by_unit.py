"""People added up by unit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int32]


def people_by_unit(people: Floats, unit: Index, count: int) -> Floats:
    """Persons of every unit, shape (count,); points in no unit (−1) count for none.

    The order of the points changes no bit: they are added up from the smallest on.
    """
    order = np.argsort(people, kind="stable")
    at = unit[order].astype(np.int64) + 1
    # Of no points at all NumPy counts in integers.
    return np.bincount(at, weights=people[order], minlength=count + 1)[1:].astype(np.float64)
