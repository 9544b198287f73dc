"""The search: exact times on the routing graph, in whole milliseconds, bounded by a limit.

A label is ``time << OWNER_BITS | owner``, so that comparing labels compares times first and, at
equal times, the lower owner. Two piles stand for a priority queue (the near-far scheme of Davidson,
Baxter, Garland & Owens 2014, IPDPS, here on one thread): all labels below the band's end are worked
off in any order, then the band moves on. Labels only ever fall, so the result is that of
Dijkstra (1959) whatever the band, and does not depend on the order of anything.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planning.kernels import kernel

OWNER_BITS = 20
MOST_OWNERS = (1 << OWNER_BITS) - 1
UNSEEN = np.int64(np.iinfo(np.int64).max)
"""The label of a junction that was not reached."""

UNBOUNDED_MS = (1 << 30) - 1
"""Farther than anybody walks: below `network.IMPASSABLE` [ms]."""

BAND_MS = 200_000
"""Width of the band [ms]: some four streets. Changes speed only."""

_NEAR, _FAR = 1, 2


@kernel
def workspace(n: int) -> Any:
    """What a search on n junctions writes in: label, touched, near, far and flag, shape (n,)."""
    label = np.full(n, UNSEEN, dtype=np.int64)
    touched = np.empty(n, dtype=np.int32)
    near, far = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    return label, touched, near, far, np.zeros(n, dtype=np.uint8)


@kernel
def _seed(label: Any, touched: Any, count: int, near: Any, n_near: int, node: int, key: int) -> Any:
    """Give a junction a first label and write it down in `near`."""
    if key < label[node]:
        if label[node] == UNSEEN:
            touched[count] = node
            count += 1
            near[n_near] = node
            n_near += 1
        label[node] = key
    return count, n_near


@kernel
def seed_site(
    label: Any, touched: Any, count: int, near: Any, n_near: int,
    tail: int, head: int, to_tail: int, to_head: int, owner: int, limit_ms: int,
) -> Any:  # fmt: skip
    """Seed both ends of the link a site sits on, as far as the street and the limit allow."""
    if to_tail <= limit_ms:
        key = int(to_tail) << OWNER_BITS | owner
        count, n_near = _seed(label, touched, count, near, n_near, tail, key)
    if to_head <= limit_ms:
        key = int(to_head) << OWNER_BITS | owner
        count, n_near = _seed(label, touched, count, near, n_near, head, key)
    return count, n_near


@kernel
def spread(
    arc_start: Any, arcs: Any, label: Any, touched: Any, count: int,
    near: Any, n_near: int, far: Any, flag: Any, limit_ms: int,
) -> int:  # fmt: skip
    """Label everything within the limit from the seeds in `near`; returns how many were touched.

    Workspaces have one entry a junction: `label` UNSEEN, `flag` 0 before and (flags) after. `near`
    is worked off first in, first out, which corrects fewer labels than last in, first out.
    """
    most = ((np.int64(limit_ms) + 1) << OWNER_BITS) - 1
    band = np.int64(BAND_MS) << OWNER_BITS
    band_end = band
    n_far, kept = 0, 0
    for i in range(n_near):
        node = near[i]
        if label[node] < band_end:
            near[kept] = node
            kept += 1
            flag[node] = _NEAR
        else:
            far[n_far] = node
            n_far += 1
            flag[node] = _FAR
    n_near = kept
    size = max(1, len(label))
    while True:
        first, last = 0, n_near % size
        while n_near > 0:
            node = near[first]
            first = first + 1 if first + 1 < size else 0
            n_near -= 1
            flag[node] &= ~_NEAR
            key = label[node]
            for arc in range(arc_start[node], arc_start[node + 1]):
                new = key + (np.int64(arcs[arc, 1]) << OWNER_BITS)
                head = arcs[arc, 0]
                if new < label[head] and new <= most:
                    if label[head] == UNSEEN:
                        touched[count] = head
                        count += 1
                    label[head] = new
                    if new < band_end:
                        if not flag[head] & _NEAR:
                            flag[head] |= _NEAR
                            near[last] = head
                            last = last + 1 if last + 1 < size else 0
                            n_near += 1
                    elif not flag[head] & _FAR:
                        flag[head] |= _FAR
                        far[n_far] = head
                        n_far += 1
        # Whoever fell below the band's end was worked off there; the others wait for the next.
        kept, least = 0, UNSEEN
        for i in range(n_far):
            node = far[i]
            if label[node] < band_end:
                flag[node] &= ~_FAR
            else:
                far[kept] = node
                kept += 1
                least = min(least, label[node])
        if kept == 0:
            return count
        band_end = least + band
        n_far = 0
        for i in range(kept):
            node = far[i]
            if label[node] < band_end:
                flag[node] = _NEAR
                near[n_near] = node
                n_near += 1
            else:
                far[n_far] = node
                n_far += 1
