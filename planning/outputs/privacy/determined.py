"""Which hidden numbers follow from the ones that are shown: exact linear algebra, no tolerance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Equation = Mapping[int, int]
"""A sum that everybody knows to be zero: the coefficient of every number in it, by its index."""

_PRIME = (1 << 61) - 1
"""Fractions are counted modulo this prime: sums of ±1 never come near it."""


def determined(
    equations: Sequence[Equation], hidden: npt.NDArray[np.bool_]
) -> dict[int, frozenset[int]]:
    """The hidden numbers that the equations leave no choice for, and by which numbers shown.

    A number is determined where some combination of the equations holds it and no other hidden one:
    where its row of the reduced echelon form over the hidden numbers has a single hidden entry. The
    other entries of that row are the numbers shown that give it away.
    """
    solved: dict[int, dict[int, int]] = {}
    holders: dict[int, set[int]] = {}
    for equation in sorted(equations, key=lambda one: int(hidden[list(one)].sum())):
        row = {at: coefficient % _PRIME for at, coefficient in equation.items()}
        for at in [one for one in row if one in solved]:
            _subtract(row, solved[at], row[at])
        open_ones = [at for at in row if hidden[at]]
        if not open_ones:
            continue
        pivot = min(open_ones, key=lambda at: (len(holders.get(at, ())), at))
        scale = pow(row[pivot], -1, _PRIME)
        row = {at: coefficient * scale % _PRIME for at, coefficient in row.items()}
        for owner in holders.pop(pivot, set()):
            older = solved[owner]
            _subtract(older, row, older[pivot])
            for at in open_ones:
                held = holders.setdefault(at, set())
                if at in older:
                    held.add(owner)
                else:
                    held.discard(owner)
        holders.pop(pivot, None)
        solved[pivot] = row
        for at in open_ones:
            if at != pivot:
                holders.setdefault(at, set()).add(pivot)
    return {
        pivot: frozenset(row) - {pivot}
        for pivot, row in solved.items()
        if not any(hidden[at] for at in row if at != pivot)
    }


def _subtract(row: dict[int, int], other: Mapping[int, int], factor: int) -> None:
    """Take `factor` times another row out of one, in place."""
    for at, coefficient in other.items():
        left = (row.get(at, 0) - factor * coefficient) % _PRIME
        if left:
            row[at] = left
        else:
            row.pop(at, None)
