"""What each candidate could do for a need at most, and what a unit of it costs there at least."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planning.siting.need import Adds, Amount, Covered, Need, Units
from planning.siting.options import Options
from planning.siting.reasons.due import changing

Floats = npt.NDArray[np.float64]


def able(need: Need, options: Options, floor_m2: Floats) -> Floats:
    """No less than what each candidate could add to a need from nothing, (candidates,)."""
    n = len(floor_m2)
    match need:
        case Amount():
            return sum((_most(adds, options, floor_m2) for adds in need.adds), np.zeros(n))
        case Units():
            found = np.zeros(n)
            for option in changing(need):
                found[options.candidate[option]] = float(len(need.each))
            return found
        case Covered():
            sets = np.repeat(np.arange(len(need.people)), np.diff(need.start))
            pairs = np.unique(np.stack([options.candidate[need.option], sets]), axis=1)
            people = np.bincount(pairs[0], weights=need.people[pairs[1]], minlength=n)
            return people.astype(np.float64)


def _most(adds: Adds, options: Options, floor_m2: Floats) -> Floats:
    """No less than what the options of each candidate add together, (candidates,)."""
    adds, n = _of_new(adds, options), len(floor_m2)
    k = adds.option
    ends = (np.maximum(adds.from_size, options.min_size[k]), options.max_size[k])
    gains = [adds.per_open + adds.per_unit * size for size in ends]
    gain = np.maximum(0.0, np.maximum(*gains))
    # Of one slot at most one is opened.
    slot, first, at = np.unique(options.slot[k], return_index=True, return_inverse=True)
    best, opening = np.zeros(len(slot)), np.zeros(len(slot))
    np.maximum.at(best, at, gain)
    np.maximum.at(opening, at, np.maximum(0.0, adds.per_open))
    candidate = options.candidate[k[first]]
    by_slot = np.bincount(candidate, weights=best, minlength=n)
    # The densest on all of the floor, beside what each opening brings.
    density = np.zeros(n)
    np.maximum.at(density, options.candidate[k], adds.per_unit / options.floor_per_unit[k])
    openings = np.bincount(candidate, weights=opening, minlength=n)
    # What stands has no floor of its own to build on.
    floor = np.where(np.isfinite(floor_m2), floor_m2, 0.0)
    return np.minimum(by_slot, density * floor + openings)


def prices(need: Need, options: Options, floor_m2: Floats) -> Floats:
    """The least that one unit of an amount costs in each candidate, (candidates,) [yuan].

    0 where it cannot be told, or where a candidate adds nothing.
    """
    n = len(floor_m2)
    if not isinstance(need, Amount) or len(need.adds) != 1:
        return np.zeros(n)
    adds = _of_new(need.adds[0], options)
    k = adds.option
    found = np.full(n, np.inf)
    for size in (np.maximum(adds.from_size, options.min_size[k]), options.max_size[k]):
        gain = adds.per_open + adds.per_unit * size
        adding = gain > 0
        price = options.yuan_per_unit[k][adding] * size[adding] / gain[adding]
        np.minimum.at(found, options.candidate[k][adding], price)
    return np.where(np.isfinite(found), found, 0.0)


def _of_new(adds: Adds, options: Options) -> Adds:
    """What is added by what is built; changes to what stands are the plan's own."""
    new = options.facility[adds.option] < 0
    return Adds(
        option=adds.option[new],
        from_size=adds.from_size[new],
        per_open=adds.per_open[new],
        per_unit=adds.per_unit[new],
    )
