"""p-median by exchange, and its Lagrangian bound.

A pair that is not listed costs `FAR`, more than any plan of listed ones.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.kernels import kernel

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]

_KEEP = 0.7
_BETTER = 1e-7
_SHORT = 1e-4


class Near(NamedTuple):
    """Pairs twice: by site, and by point with the cheapest first; `far` is what no pair costs.

    `must` (s,) are opened in every plan; `p` sites are opened in all.
    """

    site_start: Longs
    point: Ints
    cost: Floats
    point_start: Longs
    site: Ints
    cost_of_site: Floats
    far: float
    must: npt.NDArray[np.bool_]
    p: int


class Dual(NamedTuple):
    """The best multipliers (n,), their bound, each site's saving ≤ 0 (s,), and the next step."""

    price: Floats
    bound: float
    saving: Floats
    step: float


@kernel
def nearest_two(near: Any, opened: Any, first: Any, d1: Any, d2: Any) -> float:
    """Writes each point's first site, its cost and the second's; all costs together."""
    total = 0.0
    for i in range(len(near.point_start) - 1):
        first[i], d1[i], d2[i] = -1, near.far, near.far
        for at in range(near.point_start[i], near.point_start[i + 1]):
            if opened[near.site[at]]:
                if first[i] < 0:
                    first[i], d1[i] = near.site[at], near.cost_of_site[at]
                else:
                    d2[i] = near.cost_of_site[at]
                    break
        total += d1[i]
    return total


@kernel
def exchange(near: Any, opened: Any, least: float) -> Any:
    """Fill up greedily, then exchange one site for another while it saves more than `least`.

    R. A. Whitaker, A fast algorithm for the greedy interchange for large-scale clustering and
    median location problems, INFOR 21 (1983) 95–108. Sites opened and what they cost.
    """
    n, m = len(near.site_start) - 1, len(near.point_start) - 1
    opened = opened.copy()
    first = np.empty(m, dtype=np.int64)
    d1, d2 = np.empty(m), np.empty(m)
    total = nearest_two(near, opened, first, d1, d2)
    while opened.sum() < min(near.p, n):
        best, best_gain = -1, -1.0
        for s in range(n):
            if opened[s]:
                continue
            gain = 0.0
            for at in range(near.site_start[s], near.site_start[s + 1]):
                gain += max(d1[near.point[at]] - near.cost[at], 0.0)
            if gain > best_gain:
                best, best_gain = s, gain
        opened[best] = True
        total = nearest_two(near, opened, first, d1, d2)
    loss, extra = np.zeros(n), np.zeros(n)
    quiet, s = 0, -1
    loss[:] = 0.0
    for i in range(m):
        if first[i] >= 0:
            loss[first[i]] += d2[i] - d1[i]
    while quiet < n:
        s = (s + 1) % n
        quiet += 1
        if opened[s]:
            continue
        gain = 0.0
        extra[:] = 0.0
        for at in range(near.site_start[s], near.site_start[s + 1]):
            i = near.point[at]
            if near.cost[at] < d1[i]:
                gain += d1[i] - near.cost[at]
                if first[i] >= 0:
                    extra[first[i]] += d2[i] - d1[i]
            elif near.cost[at] < d2[i] and first[i] >= 0:
                extra[first[i]] += d2[i] - near.cost[at]
        out, out_loss = -1, gain - least
        for t in range(n):
            if opened[t] and not near.must[t] and loss[t] - extra[t] < out_loss:
                out, out_loss = t, loss[t] - extra[t]
        if out >= 0:
            opened[out], opened[s] = False, True
            total = nearest_two(near, opened, first, d1, d2)
            loss[:] = 0.0
            for i in range(m):
                if first[i] >= 0:
                    loss[first[i]] += d2[i] - d1[i]
            quiet = 0
    return opened, total


@kernel
def savings(near: Any, price: Any) -> Any:
    """What each site saves at these prices: Σ min(0, cost − price), shape (s,)."""
    n = len(near.site_start) - 1
    saving = np.zeros(n)
    for s in range(n):
        total = 0.0
        for at in range(near.site_start[s], near.site_start[s + 1]):
            total += min(near.cost[at] - price[near.point[at]], 0.0)
        saving[s] = total
    return saving


@kernel
def most_saving(near: Any, saving: Any) -> Any:
    """The p sites that save most, those that must be first."""
    chosen = near.must.copy()
    left = near.p - chosen.sum()
    for s in np.argsort(saving, kind="mergesort"):
        if left <= 0:
            break
        if not chosen[s] and saving[s] <= 0:
            chosen[s] = True
            left -= 1
    return chosen


@kernel
def price_points(near: Any, price: Any, best_known: float, steps: int, step: float) -> Any:
    """Subgradient steps on the rows "every point goes to one site" towards the highest bound.

    G. Cornuéjols, M. L. Fisher, G. L. Nemhauser, Location of bank accounts to optimize float,
    Management Science 23 (1977) 789–810. Also gives the cheapest plan that exchanging from the
    sites chosen on the way has found.
    """
    m = len(price)
    best_price, best_bound = price.copy(), -np.inf
    best_saving = savings(near, price)
    direction = np.zeros(m)
    least = 1e-9 * best_known
    best_opened, best_total = exchange(near, near.must, least)
    tired = 0
    for k in range(steps):
        saving = savings(near, price)
        chosen = most_saving(near, saving)
        bound = price.sum() + saving[chosen].sum()
        if not bound > best_bound + _BETTER * abs(best_bound):
            tired += 1
        else:
            tired = 0
        if bound > best_bound:
            best_bound = bound
            best_price[:], best_saving[:] = price, saving
            if k % 16 == 0:
                opened, total = exchange(near, chosen, least)
                if total < best_total:
                    best_opened, best_total = opened, total
        if tired >= 30:
            tired, step = 0, 0.5 * step
            price[:] = best_price
            direction[:] = 0.0
            saving = savings(near, price)
            chosen = most_saving(near, saving)
            bound = best_bound
        goal = min(best_known, best_total)
        if step < _SHORT or bound >= goal:
            step = 0.0
            break
        slope = np.ones(m)
        for s in range(len(saving)):
            if chosen[s]:
                for at in range(near.site_start[s], near.site_start[s + 1]):
                    if near.cost[at] < price[near.point[at]]:
                        slope[near.point[at]] -= 1.0
        direction = _KEEP * direction + (1 - _KEEP) * slope
        square = (direction * direction).sum()
        if square == 0:
            step = 0.0
            break
        price += step * max(goal - bound, _BETTER * abs(bound)) / square * direction
    return Dual(best_price, best_bound, best_saving, step), best_opened, best_total
