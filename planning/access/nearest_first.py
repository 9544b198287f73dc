"""Places given out nearest first: who is nearer to a site that is still free goes before others."""

from __future__ import annotations

from typing import Any

import numpy as np

from planning.access.claims import Claims, Longs, point_of_pairs, stable_order
from planning.kernels import kernel


def nearest_first(claims: Claims) -> Longs:
    """Grains that each pair takes, shape (z,), the pairs worked off by rising time.

    Of equal times the lower point goes first, then the lower site; every pair takes as much as both
    its sides have left. One sort of all pairs and one pass over them.
    """
    # By rising point, then site, the claims are in order already.
    order = stable_order(claims.ms)
    point = point_of_pairs(claims.start)
    taken: Longs = _in_order(order, point, claims.site, claims.people, claims.places)
    return taken


@kernel
def _in_order(order: Any, point: Any, site: Any, people: Any, places: Any) -> Any:
    """Give every pair in its turn what is left on both sides."""
    waiting, free = people.copy(), places.copy()
    taken = np.zeros(len(order), dtype=np.int64)
    for pair in order:
        i, j = point[pair], site[pair]
        amount = min(waiting[i], free[j])
        if amount > 0:
            taken[pair] = amount
            waiting[i] -= amount
            free[j] -= amount
    return taken
