"""Connected parts of things that touch each other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planning.network.roads import Ints


def connected_parts(n: int, one: npt.NDArray[np.integer], other: npt.NDArray[np.integer]) -> Ints:
    """The part each of n things is in, shape (n,), where ``one[k]`` touches ``other[k]``.

    Parts are numbered by their first thing.
    """
    # Only here: it is slow to import, and a network that was kept does without.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    touching = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(n, n))
    _, part = connected_components(touching, directed=False)
    return np.asarray(part, dtype=np.int32)
