"""Sites opened and closed one by one, by what they gain and lose, without a bound.

Gains and losses of all sites are kept up to date group by group, so a site is never looked at twice
for the same news (M. Minoux, Accelerated greedy algorithms, 1978, with exact instead of lazy
gains).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.kernels import kernel
from planning.siting.cover import Cover

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Table(NamedTuple):
    """A cover as kernels read it, with what a site costs and what all may cost together."""

    site_start: Longs
    site_of: npt.NDArray[np.int32]
    group_start: Longs
    group_of: npt.NDArray[np.int32]
    weight: Floats
    cost: Floats
    budget: float


def table_of(cover: Cover, cost: Floats, budget: float) -> Table:
    """The cover for kernels; costs (s,) are not below 0."""
    return Table(
        cover.sites.start, cover.sites.item, cover.groups.start, cover.groups.item,
        cover.weight, cost, budget,
    )  # fmt: skip


@kernel
def table_within(table: Any, budget: float) -> Any:
    """The table with another budget."""
    return Table(
        table.site_start, table.site_of, table.group_start, table.group_of,
        table.weight, table.cost, budget,
    )  # fmt: skip


class Chosen(NamedTuple):
    """A choice of sites under way.

    `times` (g,) is how many open sites cover a group and `last` (g,) the sum of their numbers: the
    number itself where there is one. `gain` (s,) is what a closed site would add, `loss` (s,) what
    an open one holds alone. ``listed[:n_open[0]]`` are the open sites in any order, `place` (s,) is
    where each of them stands. `held` is the weight covered, as openings and closings add up.
    """

    opened: Flags
    times: npt.NDArray[np.int32]
    last: Longs
    gain: Floats
    loss: Floats
    listed: Longs
    place: Longs
    n_open: Longs
    held: Floats


@kernel
def chosen(table: Any, opened: Any) -> Any:
    """The choice of these sites."""
    n = len(table.cost)
    choice = Chosen(
        np.zeros(n, dtype=np.bool_),
        np.zeros(len(table.weight), dtype=np.int32),
        np.zeros(len(table.weight), dtype=np.int64),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.zeros(1),
    )
    for s in range(n):
        for at in range(table.group_start[s], table.group_start[s + 1]):
            choice.gain[s] += table.weight[table.group_of[at]]
    for s in range(n):
        if opened[s]:
            open_site(table, choice, s)
    return choice


@kernel
def open_site(table: Any, choice: Any, site: int) -> None:
    """Open a site that is closed."""
    choice.opened[site] = True
    choice.held[0] += choice.gain[site]
    choice.listed[choice.n_open[0]] = site
    choice.place[site] = choice.n_open[0]
    choice.n_open[0] += 1
    for at in range(table.group_start[site], table.group_start[site + 1]):
        g = table.group_of[at]
        if choice.times[g] == 0:
            for k in range(table.site_start[g], table.site_start[g + 1]):
                choice.gain[table.site_of[k]] -= table.weight[g]
            choice.loss[site] += table.weight[g]
        elif choice.times[g] == 1:
            choice.loss[choice.last[g]] -= table.weight[g]
        choice.times[g] += 1
        choice.last[g] += site


@kernel
def close_site(table: Any, choice: Any, site: int) -> None:
    """Close a site that is open."""
    choice.opened[site] = False
    choice.held[0] -= choice.loss[site]
    choice.n_open[0] -= 1
    moved = choice.listed[choice.n_open[0]]
    choice.listed[choice.place[site]] = moved
    choice.place[moved] = choice.place[site]
    for at in range(table.group_start[site], table.group_start[site + 1]):
        g = table.group_of[at]
        choice.times[g] -= 1
        choice.last[g] -= site
        if choice.times[g] == 0:
            for k in range(table.site_start[g], table.site_start[g + 1]):
                choice.gain[table.site_of[k]] += table.weight[g]
            choice.loss[site] -= table.weight[g]
        elif choice.times[g] == 1:
            choice.loss[choice.last[g]] += table.weight[g]


@kernel
def covered(table: Any, choice: Any) -> float:
    """The weight covered, in the order of groups."""
    total = 0.0
    for g in range(len(table.weight)):
        if choice.times[g] > 0:
            total += table.weight[g]
    return total


@kernel
def spent(table: Any, choice: Any) -> float:
    """What the open sites cost."""
    total = 0.0
    for s in range(len(table.cost)):
        if choice.opened[s]:
            total += table.cost[s]
    return total


@kernel
def fill(table: Any, choice: Any, spent_so_far: float) -> float:
    """Open the site of most gain per cost that the budget still allows, again and again.

    Returns what is then spent. The first of equals; a site that adds nothing stays closed.
    """
    while True:
        best, best_rate = -1, 0.0
        for s in range(len(table.cost)):
            if choice.opened[s] or choice.gain[s] <= 0:
                continue
            if spent_so_far + table.cost[s] > table.budget:
                continue
            rate = choice.gain[s] / table.cost[s] if table.cost[s] > 0 else np.inf
            if rate > best_rate:
                best, best_rate = s, rate
        if best < 0:
            return spent_so_far
        open_site(table, choice, best)
        spent_so_far += table.cost[best]


@kernel
def cheapest(table: Any, opened: Any, need: float) -> Any:
    """Sites opened until `need` is covered, then those closed that it can do without.

    Opens the most gain per cost, of what is still needed; closes the dearest first, the last of
    equals. The budget is not looked at. Sites opened, and the weight that they cover.
    """
    choice = chosen(table, opened)
    n, weight = len(table.cost), covered(table, choice)
    while weight < need:
        best, best_rate = -1, 0.0
        for s in range(n):
            if choice.opened[s] or choice.gain[s] <= 0:
                continue
            helps = min(choice.gain[s], need - weight)
            rate = helps / table.cost[s] if table.cost[s] > 0 else np.inf
            if rate > best_rate:
                best, best_rate = s, rate
        if best < 0:
            break
        weight += choice.gain[best]
        open_site(table, choice, best)
    weight = covered(table, choice)
    while True:
        out = -1
        for s in range(n):
            spare = choice.opened[s] and weight - choice.loss[s] >= need and table.cost[s] > 0
            if spare and (out < 0 or table.cost[s] >= table.cost[out]):
                out = s
        if out < 0:
            return choice.opened, weight
        close_site(table, choice, out)
        weight = covered(table, choice)


@kernel
def afford(table: Any, opened: Any) -> Any:
    """Sites closed, those of least loss per cost first, until the budget allows the rest."""
    choice = chosen(table, opened)
    shed(table, choice, spent(table, choice))
    return choice.opened


@kernel
def shed(table: Any, choice: Any, money: float) -> float:
    """Close sites, those of least loss per cost first, until the budget allows what is spent."""
    while money > table.budget:
        out, out_rate = -1, np.inf
        for s in range(len(table.cost)):
            if choice.opened[s] and table.cost[s] > 0:
                rate = max(choice.loss[s], 0.0) / table.cost[s]
                if rate < out_rate:
                    out, out_rate = s, rate
        close_site(table, choice, out)
        money = spent(table, choice)
    return money
