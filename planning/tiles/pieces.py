"""Points are shared out among tiles: each belongs to exactly one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planning.area import Index

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

MOST_POINTS = 100_000
"""Points of one tile: more of a county are cut again, so that no worker has all the work."""


def pieces(
    x_m: Floats, y_m: Floats, county: Index | None = None, *, most: int = MOST_POINTS
) -> Index:
    """The tile of every point, shape (n,), from 0 without a gap.

    Points of one `county` (n,), −1 outside all, lie together; those of a county with more than
    `most` points are cut across their longer side, again and again, into as few tiles of one size
    as have no more. Of points on the line of a cut the first go to the first side, so that the same
    points give the same tiles.
    """
    tile = np.full(len(x_m), -1, dtype=np.int32)
    key = np.zeros(len(x_m), dtype=np.int64) if county is None else np.asarray(county, np.int64)
    done = 0
    for one in np.unique(key):
        rows = np.flatnonzero(key == one)
        for part in _cut(rows, x_m, y_m, -(-len(rows) // most)):
            tile[part] = done
            done += 1
    return tile


def _cut(rows: Longs, x_m: Floats, y_m: Floats, parts: int) -> list[Longs]:
    """The rows in so many parts of one size."""
    if parts == 1:
        return [rows]
    along = x_m[rows] if np.ptp(x_m[rows]) >= np.ptp(y_m[rows]) else y_m[rows]
    order = rows[np.argsort(along, kind="stable")]
    first = parts // 2
    at = len(rows) * first // parts
    return [
        *_cut(np.sort(order[:at]), x_m, y_m, first),
        *_cut(np.sort(order[at:]), x_m, y_m, parts - first),
    ]
