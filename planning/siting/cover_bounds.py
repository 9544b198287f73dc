"""How much a budget can cover at most, and how little can cover enough: Lagrangian bounds."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.kernels import kernel

Floats = npt.NDArray[np.float64]


_LOOK = 20
"""Steps between two looks at the bound."""
_NEAR = 1e-6
"""A bound and what parts of sites cover that are nearer than this part are the same."""
_MUCH, _SOME, _LONG = 0.2, 0.8, 0.36
"""Begin anew where the distance fell to `_MUCH`, to `_SOME` and rises, or after a `_LONG` part of
all steps (D. Applegate et al., Practical large-scale linear programming, 2021, section 3)."""
_HALVINGS = 50


class Walk(NamedTuple):
    """Where steps of prices are, and have been since they began anew; they write it.

    `share` (g,) of its weight that a group is priced at, `part` (s,) of each site that is bought;
    their sums since, and where they began anew. `state` is how much longer the steps of parts are,
    the steps since and in all, and the distance when they began anew and at the last look.
    """

    share: Floats
    part: Floats
    sum_share: Floats
    sum_part: Floats
    from_share: Floats
    from_part: Floats
    state: Floats


class Priced(NamedTuple):
    """The best prices found: `price` (g,) of covering a group, and the bound that they prove.

    `worth` (s,) is what the groups of a site are worth at these prices; `rate` is the worth per
    cost of the site bought in part, so that ``worth − rate · cost`` is what a site is worth more.
    `left` is the part of the bound by which it may still be off the linear one, 0 where going on
    is of no use.
    """

    price: Floats
    worth: Floats
    bound: float
    rate: float
    left: float


@kernel
def worths(table: Any, price: Any) -> Any:
    """What the groups of each site are worth."""
    worth = np.zeros(len(table.cost))
    for s in range(len(table.cost)):
        # Four sums side by side: one alone waits for itself.
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        at, end = table.group_start[s], table.group_start[s + 1]
        while at + 3 < end:
            a += price[table.group_of[at]]
            b += price[table.group_of[at + 1]]
            c += price[table.group_of[at + 2]]
            d += price[table.group_of[at + 3]]
            at += 4
        while at < end:
            a += price[table.group_of[at]]
            at += 1
        worth[s] = (a + b) + (c + d)
    return worth


@kernel
def rates(table: Any, worth: Any) -> Any:
    """Worth per cost: inf for what costs nothing, 0 for what is worth nothing."""
    rate = np.zeros(len(worth))
    for s in range(len(worth)):
        if worth[s] > 0:
            rate[s] = worth[s] / table.cost[s] if table.cost[s] > 0 else np.inf
    return rate


@kernel
def buy(table: Any, worth: Any, budget: float) -> Any:
    """The most worth that a budget buys, the last site in part, and the rate of that one.

    The rate is 0 where the budget buys everything.
    """
    left, total = budget, 0.0
    rate = rates(table, worth)
    for s in np.argsort(-rate, kind="mergesort"):
        if worth[s] <= 0:
            break
        if table.cost[s] > left:
            return total + left / table.cost[s] * worth[s], rate[s]
        total += worth[s]
        left -= table.cost[s]
    return total, 0.0


@kernel
def earn(table: Any, worth: Any, target: float) -> Any:
    """The least cost that earns `target` worth, the last site in part, and the rate of that one.

    inf where all sites together earn less.
    """
    left, total, last = target, 0.0, np.inf
    rate = rates(table, worth)
    for s in np.argsort(-rate, kind="mergesort"):
        if left <= 0:
            return total, last
        if worth[s] <= 0:
            break
        amount = min(1.0, left / worth[s])
        total += amount * table.cost[s]
        left -= amount * worth[s]
        last = rate[s]
    return (total if left <= 1e-9 * max(1.0, target) else np.inf), last


@kernel
def most_at(table: Any, price: Any, worth: Any, budget: float) -> Any:
    """No choice within `budget` covers more, and the rate of the site bought in part.

    With prices u between 0 and the weights w that is Σ (w − u) + the most worth Σ u of its groups
    that the budget buys (R. L. Church, C. ReVelle, The maximal covering location problem, 1974;
    R. D. Galvão, C. ReVelle, A Lagrangean heuristic for the maximal covering location problem,
    European Journal of Operational Research 88 (1996)).
    """
    bought, rate = buy(table, worth, budget)
    return bought + (table.weight - price).sum(), rate


@kernel
def least_for(table: Any, price: Any, worth: Any, need: float) -> Any:
    """No choice that covers `need` costs less, and the rate of the site bought in part.

    By the same prices: of the worth Σ u all but Σ w − need must be bought.
    """
    spare = max(table.weight.sum() - need, 0.0)
    return earn(table, worth, price.sum() - spare)


_LEAN, _COUNT, _TAKEN, _FIRST, _BEFORE = range(5)


def first_walk(opened: npt.NDArray[np.bool_], times: npt.NDArray[np.integer]) -> Walk:
    """Where to begin: all of its weight for a group nobody covers, little where several do.

    `times` (g,) is how many of the sites opened (s,) cover a group.
    """
    share = np.where(times == 0, 1.0, np.where(times == 1, 0.5, 0.1))
    part = opened.astype(np.float64)
    state = np.array([1.0, 0.0, 0.0, np.inf, np.inf])
    return Walk(share, part, 0.0 * share, 0.0 * part, share.copy(), part.copy(), state)


def gone_on(walk: Walk) -> Walk:
    """A copy that begins anew from where the walk is."""
    share, part = walk.share.copy(), walk.part.copy()
    state = np.array([walk.state[_LEAN], 0.0, 0.0, np.inf, np.inf])
    return Walk(share, part, 0.0 * share, 0.0 * part, share.copy(), part.copy(), state)


@kernel
def first_priced(table: Any, share: Any, need: float) -> Any:
    """What these shares (g,) of their weights prove of groups; `need` as in `price_groups`."""
    price = share * table.weight
    worth = worths(table, price)
    if need > 0:
        bound, rate = least_for(table, price, worth, need)
    else:
        bound, rate = most_at(table, price, worth, table.budget)
    return Priced(price, worth, bound, rate, 1.0)


@kernel
def price_groups(
    table: Any, walk: Any, begin: Any, need: float, best_known: float, steps: int
) -> Any:
    """Steps of prices and of parts of sites by turns, towards the linear bound on what is covered.

    min over prices, max over parts of  Σ w (1 − u) + Σ w u Σ parts, prices u per weight in [0, 1],
    parts in [0, 1] within the budget: both meet at the linear relaxation of the cover. Steps are
    measured by rows and columns (T. Pock, A. Chambolle, Diagonal preconditioning for first order
    primal-dual algorithms, 2011) and begin anew from their mean when it is nearer (Applegate et
    al., 2021). Every price proves a bound, wherever the steps are.

    With a `need` above 0 the bound is the least cost that covers it, and the budget is that bound
    as it rises: Newton's way up the concave curve of what a budget covers. Ends where the bound
    meets `best_known`.
    """
    sizes = np.maximum(1.0, np.diff(table.site_start).astype(np.float64))
    whole = np.maximum(worths(table, table.weight), 1e-300)
    price, worth, bound, rate = begin.price.copy(), begin.worth.copy(), begin.bound, begin.rate
    left, state = begin.left, walk.state
    for step in range(1, steps + 1):
        budget = bound if need > 0 else table.budget
        _step(table, walk, sizes, whole, budget)
        if state[_COUNT] % _LOOK and step < steps:
            continue
        nearest, at_mean = np.inf, False
        for mean in (False, True):
            share = walk.sum_share / state[_COUNT] if mean else walk.share
            part = walk.sum_part / state[_COUNT] if mean else walk.part
            asked = share * table.weight
            gives = worths(table, asked)
            proven, proven_rate = most_at(table, asked, gives, budget)
            distance = max(proven - _covers(table, part), 0.0)
            if distance < nearest:
                nearest, at_mean = distance, mean
            if need > 0:
                proven, proven_rate = least_for(table, asked, gives, need)
            if (proven > bound) if need > 0 else (proven < bound):
                bound, rate = proven, proven_rate
                price[:], worth[:] = asked, gives
        left = nearest / max(rate * budget if need > 0 else bound, 1e-300)
        over = bound >= best_known if need > 0 else bound <= best_known
        if over or left <= _NEAR or not np.isfinite(rate):
            left = 0.0
            break
        _anew(table, walk, nearest, at_mean, sizes, whole)
    return Priced(price, worth, bound, rate, left)


@kernel
def _anew(table: Any, walk: Any, nearest: float, at_mean: bool, sizes: Any, whole: Any) -> None:
    """Begin anew from the nearer of mean and last where it is time to."""
    state = walk.state
    rises = nearest > state[_BEFORE]
    state[_BEFORE] = nearest
    fell = nearest <= _MUCH * state[_FIRST] or (nearest <= _SOME * state[_FIRST] and rises)
    if not fell and state[_COUNT] < _LONG * state[_TAKEN]:
        return
    if at_mean:
        walk.share[:] = walk.sum_share / state[_COUNT]
        walk.part[:] = walk.sum_part / state[_COUNT]
    # The ratio of both ways gone, halfway (in logarithms) from what it was.
    of_share = (table.weight * sizes * (walk.share - walk.from_share) ** 2).sum()
    of_part = (whole * (walk.part - walk.from_part) ** 2).sum()
    if of_share > 0 and of_part > 0:
        state[_LEAN] = np.sqrt(state[_LEAN] * np.sqrt(of_part / of_share))
    walk.from_share[:], walk.from_part[:] = walk.share, walk.part
    walk.sum_share[:], walk.sum_part[:] = 0.0, 0.0
    state[_COUNT], state[_FIRST], state[_BEFORE] = 0, nearest, np.inf


@kernel
def _step(table: Any, walk: Any, sizes: Any, whole: Any, budget: float) -> None:
    """One step of the parts, and one of the prices from where the parts are going."""
    share, part, lean = walk.share, walk.part, walk.state[_LEAN]
    ahead = part + lean / whole * worths(table, share * table.weight)
    _afforded(table, ahead, lean / whole * table.cost, budget)
    for s in range(len(part)):
        ahead[s], part[s] = 2 * ahead[s] - part[s], ahead[s]
        walk.sum_part[s] += part[s]
    for g in range(len(share)):
        times = 0.0
        for at in range(table.site_start[g], table.site_start[g + 1]):
            times += ahead[table.site_of[at]]
        share[g] = min(max(share[g] - (times - 1) / (lean * sizes[g]), 0.0), 1.0)
        walk.sum_share[g] += share[g]
    walk.state[_COUNT] += 1
    walk.state[_TAKEN] += 1


@kernel
def _afforded(table: Any, part: Any, slope: Any, budget: float) -> None:
    """The nearest parts in [0, 1] within the budget: `part − λ slope` for the least λ that does."""
    low, high = 0.0, 0.0
    total = 0.0
    for s in range(len(part)):
        total += table.cost[s] * min(max(part[s], 0.0), 1.0)
        if slope[s] > 0:
            high = max(high, part[s] / slope[s])
    if total <= budget:
        high = 0.0
    for _ in range(_HALVINGS if high > 0 else 0):
        middle = 0.5 * (low + high)
        total = 0.0
        for s in range(len(part)):
            total += table.cost[s] * min(max(part[s] - middle * slope[s], 0.0), 1.0)
        if total > budget:
            low = middle
        else:
            high = middle
    for s in range(len(part)):
        part[s] = min(max(part[s] - high * slope[s], 0.0), 1.0)


@kernel
def _covers(table: Any, part: Any) -> float:
    """The weight that parts of sites cover: a group as far as its parts add up to 1."""
    total = 0.0
    for g in range(len(table.weight)):
        times = 0.0
        for at in range(table.site_start[g], table.site_start[g + 1]):
            times += part[table.site_of[at]]
        total += table.weight[g] * min(times, 1.0)
    return total
