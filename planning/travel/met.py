"""The points that one site reaches, met in any order and given back in their own, each once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import intrinsic

from planning.kernels import kernel
from planning.network import IMPASSABLE

_SIX, _ONE, _LOW = np.uint64(6), np.uint64(1), np.uint64(63)


def _count_trailing_zeros(_typing: Any, _bits: Any) -> Any:
    def machine_code(context: Any, builder: Any, _signature: Any, words: Any) -> Any:
        return builder.cttz(words[0], context.get_constant(types.boolean, True))

    return types.uint64(types.uint64), machine_code


_lowest_bit: Any = intrinsic(_count_trailing_zeros)
"""The place of the lowest bit that is set in a 64-bit word."""


class Met(NamedTuple):
    """Times of n points [ms], `IMPASSABLE` of those not met, and two levels of marks.

    Bit b of ``mark[w]`` stands for point ``64 * w + b``, bit w of ``full[v]`` for a word of `mark`
    that is not empty: so the points met are found in their order without looking at the others.
    """

    ms: Any
    mark: Any
    full: Any


@kernel
def nobody_met(n: int) -> Any:
    """For n points, none of them met."""
    words = (n >> 6) + 1
    return Met(
        np.full(n, IMPASSABLE, dtype=np.int32),
        np.zeros(words, dtype=np.uint64),
        np.zeros((words >> 6) + 1, dtype=np.uint64),
    )


@kernel
def meet(met: Any, point: int, ms: int) -> None:
    """Meet a point, perhaps not for the first time: the shorter time counts."""
    at = np.uint64(point)
    word = at >> _SIX
    met.ms[at] = min(met.ms[at], np.int32(ms))
    met.mark[word] |= _ONE << (at & _LOW)
    met.full[word >> _SIX] |= _ONE << (word & _LOW)


@kernel
def take(met: Any, points: Any, times: Any) -> Any:
    """Write the points met down, rising, with their times, and forget them; how many."""
    n = np.uint64(0)
    for block in range(np.uint64(len(met.full))):
        words, met.full[block] = met.full[block], np.uint64(0)
        while words:
            word = block << _SIX | _lowest_bit(words)
            words &= words - _ONE
            bits, met.mark[word] = met.mark[word], np.uint64(0)
            while bits:
                point = word << _SIX | _lowest_bit(bits)
                bits &= bits - _ONE
                points[n], times[n] = point, met.ms[point]
                met.ms[point] = IMPASSABLE
                n += _ONE
    return n
