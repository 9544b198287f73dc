"""Connected parts of things that touch each other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planning.network.roads import Floats, Ints


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


def parts_by_length(tail: Ints, head: Ints, length_m: Floats, *, n_nodes: int) -> Ints:
    """The connected part of every node (n,) by edges (m,), the longest first (ties: first node)."""
    part = connected_parts(n_nodes, tail, head)
    metres = np.bincount(part[tail], weights=length_m, minlength=part.max(initial=-1) + 1)
    rank = np.empty(len(metres), dtype=np.int32)
    rank[np.argsort(-metres, kind="stable")] = np.arange(len(metres), dtype=np.int32)
    return rank[part]
