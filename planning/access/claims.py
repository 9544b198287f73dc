"""Who may take a place where: pairs of demand point and site, people and places in whole grains."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.kernels import kernel
from planning.travel import Reach

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

_BITS = 60
"""All people together are less than 2**60 grains, so that sums fit 64 bits."""


class Claims(NamedTuple):
    """Pairs of point and site, by point: point i may go to ``site[start[i]:start[i + 1]]``.

    Sites of a point rise; `ms` [ms] is the time of each. `people` (n,) and `places` (s,) are whole
    grains, a grain being the same part of a person for all: the finest power of two of which all
    people are less than 2⁶⁰. Sums of grains are exact, whatever their order.
    """

    start: Longs
    site: Ints
    ms: Ints
    people: Longs
    places: Longs


def claims(reach: Reach, pairs: Flags, people: Floats, capacity: Floats) -> Claims:
    """The claims of `people` (n,) [persons] on `capacity` (s,) [places] over those `pairs` (z,).

    People are rounded up to grains and places down: no site ever gets more than it has, and the
    fewer than n + s grains lost are less than 1e-11 of all people for a million points. A site that
    has room for all people has it in grains too; one without a place is in no pair.
    """
    total = math.fsum(people)
    shift = _BITS - math.frexp(total)[1] if total > 0 else 0
    grains = np.ceil(np.ldexp(people, shift)).astype(np.int64)
    roomy = capacity >= total
    places = np.floor(np.ldexp(np.where(roomy, 0.0, capacity), shift)).astype(np.int64)
    places[roomy] = grains.sum()
    owner = np.repeat(np.arange(reach.n_sites, dtype=np.int32), np.diff(reach.start))
    taking = np.flatnonzero(pairs & (places > 0)[owner] & (grains > 0)[reach.demand])
    # A reach lists sites rising, and a stable order keeps them so within every point.
    taking = taking[stable_order(reach.demand[taking])]
    counts = np.bincount(reach.demand[taking], minlength=reach.n_demand)
    return Claims(
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        site=owner[taking],
        ms=np.asarray(reach.ms[taking]),
        people=grains,
        places=places,
    )


def point_of_pairs(start: Longs) -> Ints:
    """The demand point of every pair."""
    return np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start))


@kernel
def stable_order(keys: Any) -> Any:
    """The order of numbers ≥ 0, equal ones as they stand: a radix sort, 16 bits at a time."""
    order = np.arange(len(keys))
    for shift in range(0, 32, 16):
        begin = np.zeros((1 << 16) + 1, dtype=np.int64)
        for key in keys:
            begin[(key >> shift & 0xFFFF) + 1] += 1
        begin = np.cumsum(begin)
        sorted_so_far = np.empty_like(order)
        for row in order:
            digit = keys[row] >> shift & 0xFFFF
            sorted_so_far[begin[digit]] = row
            begin[digit] += 1
        order = sorted_so_far
    return order
