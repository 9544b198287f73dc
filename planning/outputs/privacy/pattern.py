"""Which numbers of additive tables are not shown, so that no small one is, nor follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from planning.outputs.privacy.determined import Equation, determined

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def is_small(values: Floats, below: int) -> Flags:
    """Which counts are of somebody, but of fewer than `below` [persons]; 0 tells of nobody."""
    return np.asarray((values > 0) & (values < below))


def hidden_numbers(
    values: Floats,
    published: Flags,
    equations: Sequence[Equation],
    *,
    below: int,
    weight: npt.NDArray[np.int64] | None = None,
) -> Flags:
    """Which of n numbers [persons] are not to be shown, shape (n,).

    Those that are small; those that nobody publishes anyway; and as many others as it takes for no
    small number to follow from the rest through the `equations`: of the numbers that give one away,
    the one of least `weight`, then the smallest. Zeros are shown. The same numbers give the same
    pattern.
    """
    small = is_small(values, below)
    hidden = small | ~published
    weights = np.zeros(len(values), dtype=np.int64) if weight is None else weight

    def hide_one(telling: Iterable[int]) -> None:
        shown = [at for at in telling if not hidden[at] and values[at] > 0]
        hidden[min(shown, key=lambda at: (weights[at], values[at], at))] = True

    while True:
        for equation in equations:
            missing = [at for at in equation if hidden[at]]
            if len(missing) == 1 and small[missing[0]]:
                hide_one(equation)
        exposed = {at: by for at, by in determined(equations, hidden).items() if small[at]}
        if not exposed:
            return hidden
        for by in (exposed[at] for at in sorted(exposed)):
            # One that was hidden for the number before may do for this one too.
            if not any(hidden[at] for at in by):
                hide_one(by)
