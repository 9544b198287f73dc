"""Totals of units, such as a census by community, spread over the points inside them.

Every point takes of its unit by its weight: the volume of a building, the length of a street, the
area of a cell. Weights say where in the unit people live; how many live there is the total's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadTotals:
    """People at points, and how they came there.

    `people` holds persons by group, shape (n,) each; NaN in units whose total is absent, 0 outside
    all units. `used` names the weight of every unit, None where it has none; `unplaced` lists, by
    index, units with people in a total but no weight to place them by.
    """

    people: Mapping[str, Floats]
    used: tuple[str | None, ...]
    unplaced: tuple[int, ...]


def spread_totals(
    totals: Mapping[str, Floats],
    unit: npt.NDArray[np.int32],
    weights: Mapping[str, Floats],
) -> SpreadTotals:
    """Give the points of every unit its totals, by the first kind of weight that unit has.

    `totals` holds persons by group, shape (units,) each, NaN where absent; `unit` the index of the
    unit of every point, −1 outside, shape (n,); `weights` the kinds of weight in the order of
    preference, shape (n,) each, of any unit of measure. A unit has a kind if its points' sum is
    above 0; a point whose weight is NaN is not known to have any and takes none. All groups of a
    unit go by the same weight, and each total is kept to 1e-9. Raises ValueError for arrays that
    do not fit together.
    """
    count = _check(totals, unit, weights)
    index = np.asarray(unit, dtype=np.int64)
    used: list[str | None] = [None] * count
    # One place more than there are units, without any weight: −1 reads it.
    has_none = np.ones(count + 1, dtype=bool)
    share = np.zeros(len(index))
    for kind, given in weights.items():
        weight = np.where(np.isnan(given), 0.0, given)
        total = np.bincount(index + 1, weights=weight, minlength=count + 1)[1:]
        first = has_none & (np.append(total, 0.0) > 0)
        has_none &= ~first
        share[first[index]] = weight[first[index]] / total[index[first[index]]]
        for at in np.flatnonzero(first).tolist():
            used[at] = kind
    has_people = np.any([people > 0 for people in totals.values()], axis=0)
    return SpreadTotals(
        people={group: share * np.append(people, 0.0)[index] for group, people in totals.items()},
        used=tuple(used),
        unplaced=tuple(np.flatnonzero(has_none[:-1] & has_people).tolist()),
    )


def _check(
    totals: Mapping[str, Floats], unit: npt.NDArray[np.int32], weights: Mapping[str, Floats]
) -> int:
    """The number of units, where everything fits together."""
    counts = {len(people) for people in totals.values()}
    if len(counts) != 1:
        raise ValueError(f"found totals of {sorted(counts)} units, expected one number of units")
    count = counts.pop()
    if len(unit) and not -1 <= unit.min() <= unit.max() < count:
        raise ValueError("found a point in a unit that has no place in the totals")
    for group, people in totals.items():
        if np.any(people < 0) or np.any(np.isinf(people)):
            raise ValueError(f"{group}: found totals below 0 or infinite, expected ≥ 0 or NaN")
    for kind, weight in weights.items():
        if weight.shape != unit.shape:
            raise ValueError(f"{kind}: found weights {weight.shape}, expected {unit.shape}")
        if np.any(weight < 0) or np.any(np.isinf(weight)):
            raise ValueError(f"{kind}: found weights below 0 or infinite, expected ≥ 0 or NaN")
    return count
