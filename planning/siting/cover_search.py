"""Sites chosen one by one and exchanged one for another: greedy and swaps, without a bound.

Gains and losses of all sites are kept up to date group by group, so a site is never looked at twice
for the same news (M. Minoux, Accelerated greedy algorithms, 1978, with exact instead of lazy gains;
M. G. C. Resende, R. F. Werneck, A fast swap-based local search procedure for location problems,
Annals of Operations Research 150 (2007) 205–230).
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


class Chosen(NamedTuple):
    """A choice of sites under way.

    `times` (g,) is how many open sites cover a group and `last` (g,) the sum of their numbers: the
    number itself where there is one. `gain` (s,) is what a closed site would add, `loss` (s,) what
    an open one holds alone.
    """

    opened: Flags
    times: npt.NDArray[np.int32]
    last: Longs
    gain: Floats
    loss: Floats


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
def swap(table: Any, choice: Any, spent_so_far: float, least: float) -> float:
    """Exchange one open site for one closed as long as it covers more than `least` more.

    `least` is to be more than sums of weights are rounded by, or it may go in circles.
    Closed sites are tried by number, round and round, each against the open site whose loss is
    least; what both cover is no loss. What fits beside all is opened. Returns what is spent.
    """
    n = len(table.cost)
    shared = np.zeros(n)
    quiet, s = 0, 0
    while quiet < n:
        s = (s + 1) % n
        quiet += 1
        if choice.opened[s] or choice.gain[s] <= 0:
            continue
        if spent_so_far + table.cost[s] <= table.budget:
            open_site(table, choice, s)
            spent_so_far += table.cost[s]
            quiet = 0
            continue
        for at in range(table.group_start[s], table.group_start[s + 1]):
            g = table.group_of[at]
            if choice.times[g] == 1:
                shared[choice.last[g]] += table.weight[g]
        out, out_loss = -1, choice.gain[s] - least
        for t in range(n):
            if not choice.opened[t]:
                continue
            loss = choice.loss[t] - shared[t]
            shared[t] = 0.0
            if loss < out_loss and spent_so_far - table.cost[t] + table.cost[s] <= table.budget:
                out, out_loss = t, loss
        if out >= 0:
            close_site(table, choice, out)
            open_site(table, choice, s)
            spent_so_far += table.cost[s] - table.cost[out]
            quiet = 0
    return spent_so_far


@kernel
def improve(table: Any, opened: Any, least: float) -> Any:
    """The choice filled up and swapped until no swap helps: sites opened and the weight covered."""
    choice = chosen(table, opened)
    money = fill(table, choice, spent(table, choice))
    money = swap(table, choice, money, least)
    fill(table, choice, money)
    return choice.opened, covered(table, choice)


@kernel
def shake(
    table: Any, opened: Any, rounds: int, kick: int, least: float, enough: float, seed: int
) -> Any:
    """Iterated search: exchange a few neighbours at random, fill up, swap; keep what is no worse.

    Ends after so many rounds, or as soon as `enough` weight is covered. The neighbours share groups
    with a random open site. Returns the sites opened and the weight they cover
    (H. R. Lourenço, O. C. Martin, T. Stützle, Iterated local search, 2003).
    """
    np.random.seed(seed)
    choice = chosen(table, opened)
    best, best_weight = opened.copy(), covered(table, choice)
    money = spent(table, choice)
    open_now = np.flatnonzero(best)
    for _ in range(rounds):
        if len(open_now) == 0 or best_weight >= enough:
            break
        middle = open_now[np.random.randint(len(open_now))]
        for _ in range(kick):
            s = _neighbour(table, _neighbour(table, middle))
            if choice.opened[s]:
                close_site(table, choice, s)
                money -= table.cost[s]
            elif money + table.cost[s] <= table.budget:
                open_site(table, choice, s)
                money += table.cost[s]
        money = swap(table, choice, fill(table, choice, money), least)
        weight = covered(table, choice)
        if weight >= best_weight:
            best_weight = weight
            best[:] = choice.opened
            open_now = np.flatnonzero(best)
        else:
            money = _back_to(table, choice, best)
    return best, best_weight


@kernel
def _neighbour(table: Any, site: int) -> int:
    """A site that shares a random group with this one; itself where it covers nobody."""
    length = table.group_start[site + 1] - table.group_start[site]
    if length == 0:
        return site
    g = table.group_of[table.group_start[site] + np.random.randint(length)]
    length = table.site_start[g + 1] - table.site_start[g]
    return int(table.site_of[table.site_start[g] + np.random.randint(length)])


@kernel
def _back_to(table: Any, choice: Any, opened: Any) -> float:
    """Undo what differs from `opened`; what is then spent."""
    for s in range(len(opened)):
        if choice.opened[s] and not opened[s]:
            close_site(table, choice, s)
    for s in range(len(opened)):
        if opened[s] and not choice.opened[s]:
            open_site(table, choice, s)
    return spent(table, choice)


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
    money = spent(table, choice)
    while money > table.budget:
        out, out_rate = -1, np.inf
        for s in range(len(table.cost)):
            if choice.opened[s] and table.cost[s] > 0:
                rate = max(choice.loss[s], 0.0) / table.cost[s]
                if rate < out_rate:
                    out, out_rate = s, rate
        close_site(table, choice, out)
        money = spent(table, choice)
    return choice.opened
