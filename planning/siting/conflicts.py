"""Options of one candidate whose floors do not fit together: of each set at most one is opened.

The row that shares a candidate's floor says as much of whole options; of parts of options these
rows say more, and a bound from the linear model needs them. Maximal cliques of pairs that conflict,
after A. Atamtürk, G. L. Nemhauser, M. W. P. Savelsbergh, Conflict graphs in solving integer
programming problems, European Journal of Operational Research 121 (2000) 40–55.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from planning.siting.options import Options

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


def conflicts(options: Options, floor_m2: Floats) -> Iterator[Longs]:
    """Sets of options of which two do not fit on the floor [m²] of their candidate, of more slots.

    `floor_m2` has that of every candidate. An option is taken at its smallest.
    """
    least_m2 = options.floor_per_unit * options.min_size
    order = np.argsort(options.candidate, kind="stable")
    counts = np.bincount(options.candidate, minlength=len(floor_m2))
    ends = np.cumsum(counts)
    for first, end, floor in zip(ends - counts, ends, floor_m2.tolist(), strict=True):
        own = order[first:end]
        # What passes the floor by less than this is taken to fit, as it is by the model.
        spare = _FITS * max(1.0, floor)
        for which in _cliques(least_m2[own], options.slot[own], floor + spare):
            yield own[which]


_FITS = 1e-6


def _cliques(least_m2: Floats, slot: npt.NDArray[np.int32], floor: float) -> Iterator[Longs]:
    """The options that are each larger than half; then those too large for one slot's from x up."""
    large = np.flatnonzero(least_m2 > floor / 2)
    if len(np.unique(slot[large])) > 1:
        yield large
    for one in np.unique(slot):
        own = slot == one
        seen = 0
        for x in np.unique(least_m2[own & (least_m2 <= floor / 2)]).tolist():
            beside = ~own & (least_m2 > floor - x)
            if beside.sum() > seen:
                seen = int(beside.sum())
                yield np.flatnonzero(beside | (own & (least_m2 >= x)))
