"""Most people served, then least walking: the transport problem, solved exactly in whole numbers.

The primal network simplex (Dantzig 1951; Ahuja, Magnanti & Orlin 1993, *Network Flows*, ch. 11) on
a `flow_tree`: people go to sites at the time of the pair, or unserved to the root at a penalty. It
starts from the answer of nearest first, whose pairs are a forest.

A penalty of the number of sites times the longest time, and 1 ms more, puts people before time
exactly: if more could be served, then by a chain of moves that passes every site once at most,
which costs no more than that number of longest times and saves one penalty.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planning.access.claims import Claims, Longs, point_of_pairs
from planning.access.flow_tree import NONE, bare_root, exchange, hang
from planning.access.nearest_first import nearest_first
from planning.errors import AuditError, fail
from planning.kernels import kernel

_LOOK = 1_000
"""Pairs that are looked at before the best of them enters; changes speed, and which of several
equally good plans is found."""


def transport_optimum(claims: Claims) -> Longs:
    """Grains that each pair takes, shape (z,): most served, and of such plans least grain-ms.

    What is served and the sum of times are unique; where several plans have both, one of them,
    always the same for the same claims. The proof is checked before the answer is given: raises
    AuditError where the prices found do not show it to be best.
    """
    penalty = len(claims.places) * int(claims.ms.max(initial=0)) + 1
    taken, price = _solve(claims, nearest_first(claims), penalty)
    prove(claims, taken, price, penalty)
    return np.asarray(taken)


def prove(claims: Claims, taken: Longs, price: Longs, penalty: int) -> None:
    """Raise AuditError unless `taken` (z,) is feasible and `price` (s,) [ms] proves it optimal.

    Complementary slackness in whole numbers, a price being what a place is worth. With
    ``u_i = min(penalty, ms_ij + price_j)`` over the sites of point i, a plan is optimal if every
    pair that takes people costs ``u_i``, people are unserved only where ``u_i`` is the penalty, and
    of places with a price none is free.
    """
    point = point_of_pairs(claims.start)
    cost = claims.ms + price[claims.site]
    least = np.full(len(claims.people), penalty, dtype=np.int64)
    np.minimum.at(least, point, cost)
    used = np.flatnonzero(taken)
    waiting, free = claims.people.copy(), claims.places.copy()
    np.subtract.at(waiting, point[used], taken[used])
    np.subtract.at(free, claims.site[used], taken[used])
    wrong = {
        "taken": np.any(taken < 0),
        "people": np.any(waiting < 0),
        "places": np.any(free < 0),
        "price": np.any(price < 0) or np.any(free[price > 0]),
        "time": np.any(cost[used] != least[point[used]]),
        "served": np.any(least[waiting > 0] != penalty),
    }
    broken = ", ".join(name for name, is_wrong in wrong.items() if is_wrong)
    if broken:
        raise fail(
            AuditError,
            "transport_optimum / 最优性",
            found=(f"条件不成立：{broken}", f"conditions of an optimum broken: {broken}"),
            expected=("全部成立", "all of them to hold"),
            to_do=("把研究文件发给我们", "send us the study, this is our fault"),
        )


@kernel
def _solve(claims: Any, taken: Any, penalty: int) -> Any:
    """The optimum from a forest of pairs: what each pair takes, and the price of each site."""
    n, s = len(claims.people), len(claims.places)
    tree, turn = _planted(claims, taken, penalty), 0
    while True:
        turn, tail, head, cost = _entering(claims, tree, penalty, turn)
        if tail == NONE:
            break
        exchange(tree, tail, head, cost)
    best = np.zeros(len(taken), dtype=np.int64)
    for node in range(n + s):
        above = tree.parent[node]
        if above < n + s and tree.flow[node] > 0:
            i, j = (node, above - n) if node < n else (above, node - n)
            begin, end = claims.start[i], claims.start[i + 1]
            best[begin + np.searchsorted(claims.site[begin:end], j)] = tree.flow[node]
    return best, -tree.price[n : n + s]


@kernel
def _entering(claims: Any, tree: Any, penalty: int, turn: int) -> Any:
    """The next turn, and the arc that saves most of those looked at; from `NONE` if none saves.

    Turns go round: every point with its pairs and its way to the root, then every site.
    """
    start, site, ms = claims.start, claims.site, claims.ms
    parent, arc_cost, price = tree.parent, tree.cost, tree.price
    n, root = tree.n_points, len(price) - 1
    least, tail, head, cost = np.int64(0), NONE, NONE, np.int64(0)
    looked = 0
    for _ in range(root):
        if turn < n:
            own = price[parent[turn]] - arc_cost[turn]
            if own + penalty < least:
                least, tail, head, cost = own + penalty, turn, root, np.int64(penalty)
            for pair in range(start[turn], start[turn + 1]):
                added = own + ms[pair] - price[n + site[pair]]
                if added < least:
                    least, tail, head, cost = added, turn, n + site[pair], np.int64(ms[pair])
            looked += start[turn + 1] - start[turn]
        elif -price[turn] < least:
            least, tail, head, cost = -price[turn], root, turn, np.int64(0)
        looked += 1
        turn = turn + 1 if turn + 1 < root else 0
        if looked >= _LOOK and tail != NONE:
            break
    return turn, tail, head, cost


class _Used(NamedTuple):
    """Pairs that take people, each with its `point`, as a list by site: `first` and `after`."""

    point: Any
    first: Any
    after: Any


@kernel
def _planted(claims: Any, taken: Any, penalty: int) -> Any:
    """The first tree: pairs that take people, every component of them hung on the root.

    Nearest first leaves people waiting, or places free, at one node of a component at most. Where
    it leaves none, a point hangs on the root by an arc without a flow.
    """
    n, s = len(claims.people), len(claims.places)
    tree, root = bare_root(n, s), n + s
    waiting, free = claims.people.copy(), claims.places.copy()
    used = _Used(
        np.empty(len(taken), dtype=np.int32),
        np.full(s, NONE, dtype=np.int64),
        np.empty(len(taken), dtype=np.int64),
    )
    for i in range(n):
        for pair in range(claims.start[i], claims.start[i + 1]):
            if taken[pair] > 0:
                j = claims.site[pair]
                waiting[i] -= taken[pair]
                free[j] -= taken[pair]
                used.point[pair], used.after[pair], used.first[j] = i, used.first[j], pair
    queue = np.empty(n + s, dtype=np.int32)
    for j in range(s):
        if free[j] > 0 or used.first[j] == NONE:
            hang(tree, n + j, root, 0, free[j])
            _grow(claims, taken, used, tree, n + j, queue)
    for is_rest in range(2):
        for i in range(n):
            if tree.parent[i] == NONE and (waiting[i] > 0 or is_rest):
                hang(tree, i, root, penalty, waiting[i])
                _grow(claims, taken, used, tree, i, queue)
    return tree


@kernel
def _grow(claims: Any, taken: Any, used: Any, tree: Any, start: int, queue: Any) -> None:
    """Hang everything on the tree that pairs taking people connect with one of its nodes."""
    n, done, known = tree.n_points, 0, 1
    queue[0] = start
    while done < known:
        node = queue[done]
        done += 1
        begin = claims.start[node] if node < n else used.first[node - n]
        end = claims.start[node + 1] if node < n else NONE
        pair = begin
        while pair != end:
            other = n + claims.site[pair] if node < n else used.point[pair]
            if taken[pair] > 0 and tree.parent[other] == NONE:
                hang(tree, other, node, claims.ms[pair], taken[pair])
                queue[known] = other
                known += 1
            pair = pair + 1 if node < n else used.after[pair]
