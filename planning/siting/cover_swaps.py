"""Sites exchanged one for another, again and again from a little disturbed: without a bound.

M. G. C. Resende, R. F. Werneck, A fast swap-based local search procedure for location problems,
Annals of Operations Research 150 (2007) 205–230.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.kernels import kernel
from planning.siting.cover_search import (
    chosen,
    close_site,
    covered,
    fill,
    open_site,
    shed,
    spent,
    table_within,
)

Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Queue(NamedTuple):
    """Sites that wait, first come first served: a ring in which nobody waits twice.

    ``ends`` is where the first stands and how many there are.
    """

    ring: Longs
    waits: Flags
    ends: Longs


@kernel
def queue_of(n: int, everybody: bool) -> Any:
    """The queue of n sites, in which all of them wait by number, or none."""
    ends = np.zeros(2, dtype=np.int64)
    ends[1] = n if everybody else 0
    return Queue(np.arange(n), np.full(n, everybody), ends)


@kernel
def _next(queue: Any) -> int:
    """Who waits longest, and waits no more; −1 where nobody does."""
    if queue.ends[1] == 0:
        return -1
    s = queue.ring[queue.ends[0]]
    queue.ends[0] = (queue.ends[0] + 1) % len(queue.ring)
    queue.ends[1] -= 1
    queue.waits[s] = False
    return int(s)


@kernel
def swap(table: Any, choice: Any, spent_so_far: float, least: float, queue: Any) -> float:
    """Exchange one open site for one closed as long as it covers more than `least` more.

    `least` is to be more than sums of weights are rounded by, or it may go in circles. The closed
    sites in the queue are tried in turn, each against the open site whose loss is least; what both
    cover is no loss. What fits beside all is opened. Whoever shares groups with a site exchanged
    is tried (again); when nobody waits any more, the site of most gain. Returns what is spent.
    """
    shared = np.zeros(len(table.cost))
    while True:
        s = _next(queue)
        last = s < 0
        if last:
            s = _most_gain(choice)
        if s < 0 or choice.opened[s] or choice.gain[s] <= 0:
            if last:
                return spent_so_far
            continue
        if spent_so_far + table.cost[s] <= table.budget:
            open_site(table, choice, s)
            _wake(table, choice, s, queue)
            spent_so_far += table.cost[s]
            continue
        out = _exchange(table, choice, s, spent_so_far, least, shared)
        if out >= 0:
            close_site(table, choice, out)
            open_site(table, choice, s)
            _wake(table, choice, out, queue)
            _wake(table, choice, s, queue)
            spent_so_far += table.cost[s] - table.cost[out]
        elif last:
            return spent_so_far


@kernel
def _exchange(
    table: Any, choice: Any, s: int, spent_so_far: float, least: float, shared: Any
) -> int:
    """The open site that is best closed for s to open, −1 where none is worth it.

    The first of equals. `shared` (s,) is zeros, and is again.
    """
    for at in range(table.group_start[s], table.group_start[s + 1]):
        g = table.group_of[at]
        if choice.times[g] == 1:
            shared[choice.last[g]] += table.weight[g]
    out, out_loss = -1, choice.gain[s] - least
    for k in range(choice.n_open[0]):
        t = choice.listed[k]
        loss = choice.loss[t] - shared[t]
        shared[t] = 0.0
        if spent_so_far - table.cost[t] + table.cost[s] > table.budget:
            continue
        if loss < out_loss or (loss == out_loss and t < out):
            out, out_loss = t, loss
    return int(out)


@kernel
def _wake(table: Any, choice: Any, site: int, queue: Any) -> None:
    """Every closed site that shares groups with this one waits."""
    for at in range(table.group_start[site], table.group_start[site + 1]):
        g = table.group_of[at]
        for k in range(table.site_start[g], table.site_start[g + 1]):
            s = table.site_of[k]
            if not queue.waits[s] and not choice.opened[s]:
                queue.waits[s] = True
                queue.ring[(queue.ends[0] + queue.ends[1]) % len(queue.ring)] = s
                queue.ends[1] += 1


@kernel
def _most_gain(choice: Any) -> int:
    """The closed site that would add most, the first of equals; −1 where none adds anything."""
    best, most = -1, 0.0
    for s in range(len(choice.gain)):
        if not choice.opened[s] and choice.gain[s] > most:
            best, most = s, choice.gain[s]
    return best


@kernel
def improve(table: Any, opened: Any, least: float) -> Any:
    """The choice filled up and swapped until no swap helps: sites opened and the weight covered."""
    choice = chosen(table, opened)
    money = fill(table, choice, spent(table, choice))
    money = swap(table, choice, money, least, queue_of(len(table.cost), True))
    fill(table, choice, money)
    return choice.opened, covered(table, choice)


@kernel
def path(table: Any, budgets: Any, opened: Any, at: int, least: float) -> Any:
    """Choices for budgets that rise, each from the one beside it, beginning with `opened` at one.

    Upwards what else fits is opened, downwards what loses least per cost is closed; then swaps
    around what changed. Sites opened, shape (k, s), and the weights that they cover (k,).
    """
    choices = np.zeros((len(budgets), len(opened)), dtype=np.bool_)
    weights = np.zeros(len(budgets))
    choice, queue = chosen(table, opened), queue_of(len(opened), False)
    for k in range(at, len(budgets)):
        _moved(table, budgets[k], choice, queue, least)
        choices[k] = choice.opened
        weights[k] = covered(table, choice)
    if at > 0:
        choice = chosen(table, choices[at])
    for k in range(at - 1, -1, -1):
        _moved(table, budgets[k], choice, queue, least)
        choices[k] = choice.opened
        weights[k] = covered(table, choice)
    return choices, weights


@kernel
def _moved(table: Any, budget: float, choice: Any, queue: Any, least: float) -> None:
    """The choice within another budget."""
    before = choice.opened.copy()
    within = table_within(table, budget)
    money = fill(within, choice, shed(within, choice, spent(within, choice)))
    for s in range(len(before)):
        if choice.opened[s] != before[s]:
            _wake(within, choice, s, queue)
    fill(within, choice, swap(within, choice, money, least, queue))


@kernel
def shake(
    table: Any, opened: Any, rounds: int, kick: int, least: float, enough: float, seed: int
) -> Any:
    """Iterated search: exchange a few neighbours at random, fill up, swap; keep what is no worse.

    Ends after so many rounds, or as soon as `enough` weight is covered. Up to `kick` sites, more
    often few, that share groups with a random open one, or with one that does, are exchanged, and
    only who is near is tried again: a round takes as long in a large city as in a small one.
    Returns the sites opened and the weight they cover (H. R. Lourenço, O. C. Martin, T. Stützle,
    Iterated local search, 2003).
    """
    np.random.seed(seed)
    choice, queue = chosen(table, opened), queue_of(len(table.cost), False)
    best, money = opened.copy(), spent(table, choice)
    best_weight = choice.held[0]
    for _ in range(rounds):
        if choice.n_open[0] == 0 or best_weight >= enough:
            break
        middle = choice.listed[np.random.randint(choice.n_open[0])]
        for _ in range(1 + int(kick * np.random.random() ** 2)):
            s = _neighbour(table, _neighbour(table, middle))
            if choice.opened[s]:
                close_site(table, choice, s)
                money -= table.cost[s]
            elif money + table.cost[s] <= table.budget:
                open_site(table, choice, s)
                money += table.cost[s]
            _wake(table, choice, s, queue)
        money = swap(table, choice, fill(table, choice, money), least, queue)
        if choice.held[0] >= best_weight:
            best_weight = choice.held[0]
            best[:] = choice.opened
        else:
            money = _back_to(table, choice, best)
    _back_to(table, choice, best)
    return best, covered(table, choice)


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
