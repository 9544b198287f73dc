"""What is known of some points stands in for the others: the mean of the lowest unit that knows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from planning.area import Index

Floats = npt.NDArray[np.float64]


def filled_by_units(share: Floats, people: Floats, units: Sequence[Index]) -> Floats:
    """`share`, shape (n,), with the mean of the known points of a unit where it is NaN.

    `units` hold the unit of every point at each level, the lowest first, −1 where it lies in none;
    where no unit of a point knows, the mean of all points stands in. Means weigh by `people`
    [persons]. NaN stays where nothing at all is known.
    """
    known = ~np.isnan(share)
    weight = np.where(known, people, 0.0)
    held = np.where(known, people * share, 0.0)
    filled = share.copy()
    for unit in (*units, np.zeros(len(share), dtype=np.int32)):
        blank = np.isnan(filled)
        if not blank.any():
            break
        # The first place is that of −1, in no unit.
        total, part = (np.bincount(unit + 1, weights=by) for by in (weight, held))
        mean = np.divide(part, total, out=np.full(len(total), np.nan), where=total > 0)
        mean[0] = np.nan
        filled[blank] = mean[unit[blank] + 1]
    return filled
