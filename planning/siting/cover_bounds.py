"""How much a budget can cover at most, and how little can cover enough: Lagrangian bounds."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.kernels import kernel

Floats = npt.NDArray[np.float64]


_KEEP = 0.7
"""How much of the last direction stays in the next."""
_BETTER = 1e-6
"""A bound that is better by less than this part is no news."""
_SHORT = 1e-4
"""Steps shorter than this no longer move the bound."""


class Priced(NamedTuple):
    """The best prices found: `price` (g,) of covering a group, and the bound that they prove.

    `worth` (s,) is what the groups of a site are worth at these prices; `rate` is the worth per
    cost of the site bought in part, so that ``worth − rate · cost`` is what a site is worth more.
    `step` is where to go on from, 0 where going on is of no use.
    """

    price: Floats
    worth: Floats
    bound: float
    rate: float
    step: float


@kernel
def worths(table: Any, price: Any) -> Any:
    """What the groups of each site are worth."""
    worth = np.zeros(len(table.cost))
    for s in range(len(table.cost)):
        total = 0.0
        for at in range(table.group_start[s], table.group_start[s + 1]):
            total += price[table.group_of[at]]
        worth[s] = total
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
def buy(table: Any, worth: Any, amount: Any) -> Any:
    """The most worth that the budget buys, the last site in part, and the rate of that one.

    Writes how much of each (s,); the rate is 0 where the budget buys everything.
    """
    left, total = table.budget, 0.0
    rate = rates(table, worth)
    amount[:] = 0.0
    for s in np.argsort(-rate, kind="mergesort"):
        if worth[s] <= 0:
            break
        if table.cost[s] > left:
            amount[s] = left / table.cost[s]
            return total + amount[s] * worth[s], rate[s]
        amount[s] = 1.0
        total += worth[s]
        left -= table.cost[s]
    return total, 0.0


@kernel
def price_groups(
    table: Any, price: Any, best_known: float, steps: int, step: float, patience: int
) -> Any:
    """Subgradient steps from `price` (g,) towards the least bound.

    With prices u between 0 and the weights w, no choice within the budget covers more than
    Σ (w − u) + the most worth Σ u of its groups that the budget buys (R. L. Church, C. ReVelle, The
    maximal covering location problem, 1974; R. D. Galvão, C. ReVelle, A Lagrangean heuristic for
    the maximal covering location problem, European Journal of Operational Research 88 (1996)).
    Directions are deflected (P. M. Camerini, L. Fratta, F. Maffioli, 1975); `step` halves after
    `patience` steps without a better bound.
    """
    best_price, best_bound, best_rate = price.copy(), np.inf, 0.0
    worth = worths(table, price)
    best_worth, amount = worth.copy(), np.zeros(len(table.cost))
    direction = np.zeros(len(price))
    tired = 0
    for _ in range(steps):
        bound, rate = buy(table, worth, amount)
        bound += table.weight.sum() - price.sum()
        tired = 0 if bound < best_bound - _BETTER * abs(best_bound) else tired + 1
        if bound < best_bound:
            best_bound, best_rate = bound, rate
            best_price[:], best_worth[:] = price, worth
        if tired >= patience:
            tired, step = 0, 0.5 * step
            price[:], worth[:] = best_price, best_worth
            direction[:] = 0.0
            buy(table, worth, amount)
            bound = best_bound
        if step < _SHORT or bound <= best_known:
            step = 0.0
            break
        square = _turn(table, amount, direction)
        if square == 0:
            step = 0.0
            break
        _walk(
            table, price, direction, step * max(bound - best_known, _BETTER * abs(bound)) / square
        )
        worth = worths(table, price)
    return Priced(best_price, best_worth, best_bound, best_rate, step)


@kernel
def _turn(table: Any, amount: Any, direction: Any) -> float:
    """Turn the direction towards the slope of these sites; its length, squared.

    Prices are measured by their weights, or one heavy group would take a thousand steps.
    """
    slope = np.full(len(direction), -1.0)
    for s in range(len(amount)):
        if amount[s] > 0:
            for at in range(table.group_start[s], table.group_start[s + 1]):
                slope[table.group_of[at]] += amount[s]
    square = 0.0
    for g in range(len(direction)):
        direction[g] = _KEEP * direction[g] + (1 - _KEEP) * slope[g]
        square += table.weight[g] * direction[g] * direction[g]
    return square


@kernel
def _walk(table: Any, price: Any, direction: Any, length: float) -> None:
    """A step down the slope, between 0 and the weights."""
    for g in range(len(price)):
        down = length * table.weight[g] * direction[g]
        price[g] = min(max(price[g] - down, 0.0), table.weight[g])


@kernel
def earn(table: Any, worth: Any, target: float, amount: Any) -> Any:
    """The least cost that earns `target` worth, the last site in part, and the rate of that one.

    Writes how much of each (s,); inf where all sites together earn less.
    """
    left, total, last = target, 0.0, np.inf
    rate = rates(table, worth)
    amount[:] = 0.0
    for s in np.argsort(-rate, kind="mergesort"):
        if left <= 0:
            return total, last
        if worth[s] <= 0:
            break
        amount[s] = min(1.0, left / worth[s])
        total += amount[s] * table.cost[s]
        left -= amount[s] * worth[s]
        last = rate[s]
    return (total if left <= 1e-9 * max(1.0, target) else np.inf), last


@kernel
def price_need(
    table: Any, price: Any, need: float, best_known: float, steps: int, step: float, patience: int
) -> Any:
    """Subgradient steps from `price` (g,) towards the highest bound on the cost of covering `need`.

    With prices u between 0 and the weights w, sites opened cover no more than Σ (w − u) + the worth
    Σ u of their groups, so that whoever covers `need` has bought Σ u − (Σ w − need) of worth: at no
    less than the cheapest rate. It is the Lagrangian of `price_groups` read the other way round,
    with the budget as the unknown.
    """
    spare = max(table.weight.sum() - need, 0.0)
    best_price, best_bound, best_rate = price.copy(), -np.inf, np.inf
    worth = worths(table, price)
    best_worth, amount = worth.copy(), np.zeros(len(table.cost))
    direction = np.zeros(len(price))
    tired = 0
    for _ in range(steps):
        bound, rate = earn(table, worth, price.sum() - spare, amount)
        tired = 0 if bound > best_bound + _BETTER * abs(best_bound) else tired + 1
        if bound > best_bound:
            best_bound, best_rate = bound, rate
            best_price[:], best_worth[:] = price, worth
        if tired >= patience:
            tired, step = 0, 0.5 * step
            price[:], worth[:] = best_price, best_worth
            direction[:] = 0.0
            bound, rate = earn(table, worth, price.sum() - spare, amount)
        if step < _SHORT or bound >= best_known:
            step = 0.0
            break
        square = _turn(table, amount, direction)
        if square == 0 or not np.isfinite(rate):
            step = 0.0
            break
        missing = max(best_known - bound, _BETTER * abs(bound))
        _walk(table, price, direction, step * missing * rate / square)
        worth = worths(table, price)
    return Priced(best_price, best_worth, best_bound, best_rate, step)
