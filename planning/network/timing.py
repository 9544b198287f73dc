"""What walking an edge costs, in a formula that any program can repeat to the bit.

Lengths, and what is charged beside them, are whole millionths; the speed is a double. So the time
of an edge is made by one division, one sum, one division and one rounding, all of IEEE doubles, and
the page that tries other speeds (planning/outputs/static/whatif/walking.js) finds the same.
"""

from __future__ import annotations

import numpy as np

from planning.network.roads import Floats, Longs

UM_PER_M = 1_000_000
US_PER_S = 1_000_000
_US_PER_MS = 1_000


def edge_ms(flat_um: Longs, speed_m_s: Floats, extra_us: Longs) -> Longs:
    """Times of edges [ms], shape (m,): ``floor((flat_um / speed + extra_us) / 1000 + 0.5)``.

    `flat_um` is the flat way that takes as long [micrometres], `extra_us` what crossings, lifts and
    waits cost beside it [microseconds], both whole. Rounded once: off by at most half a
    millisecond.
    """
    exact_us = flat_um / speed_m_s + extra_us
    return np.floor(exact_us / _US_PER_MS + 0.5).astype(np.int64)
