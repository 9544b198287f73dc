"""Order along a Hilbert curve: what is near on the map is near in memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planning.network.roads import Floats, Longs

_BITS = 16


def hilbert_rank(x_m: Floats, y_m: Floats) -> Longs:
    """Position of every point on a Hilbert curve of order 16 over their bounding square, (n,).

    Points in one cell of the curve share a position; a stable sort keeps them in given order.
    """
    n = len(x_m)
    if not n:
        return np.empty(0, dtype=np.int64)
    side_m = max(np.ptp(x_m), np.ptp(y_m), 1e-9)
    last = (1 << _BITS) - 1
    x = np.rint((x_m - x_m.min()) / side_m * last).astype(np.int64)
    y = np.rint((y_m - y_m.min()) / side_m * last).astype(np.int64)
    along: npt.NDArray[np.int64] = np.zeros(n, dtype=np.int64)
    for bit in range(_BITS - 1, -1, -1):
        right, up = (x >> bit) & 1, (y >> bit) & 1
        along = (along << 2) | ((3 * right) ^ up)
        # Turn the quadrant so that the curve goes on where the last one ended.
        flip = (up == 0) & (right == 1)
        x, y = np.where(flip, last - x, x), np.where(flip, last - y, y)
        swap = up == 0
        x, y = np.where(swap, y, x), np.where(swap, x, y)
    return along
