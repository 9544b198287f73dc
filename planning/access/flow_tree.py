"""A spanning tree that people flow along, and how one arc of it is exchanged for another.

Nodes are points 0…n−1, sites n…n+s−1 and the root n+s. Points send their people to sites, or to the
root, which sends empty places to sites: an arc leaves a point or enters a site. The tree is kept
strongly feasible: a node that gets nothing over the arc from its parent is no site. So exchanges
cannot go round in circles, whatever the ties (Cunningham 1976, Math. Programming 11, 105-116).

Only sites and the root have prices and depths of their own, those of a point follow from its
parent: hundreds of points hang on a site, and most have nothing below them to change with it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planning.kernels import kernel

NONE = -1


class Tree(NamedTuple):
    """The arc between each node and its `parent` has a `cost` [ms] and a `flow` [grains].

    `price` [ms]: an arc of the tree that leaves a and enters b has ``price[b] = price[a] + cost``,
    and the root's is 0. `first`, `after` and `before` are lists of children: of sites, and of those
    points that have children themselves.
    """

    parent: Any
    cost: Any
    flow: Any
    price: Any
    depth: Any
    first: Any
    after: Any
    before: Any
    n_points: int


@kernel
def bare_root(n_points: int, n_sites: int) -> Any:
    """A tree of nothing but its root; every other node still has the parent `NONE`."""
    n = n_points + n_sites + 1
    return Tree(
        np.full(n, NONE, dtype=np.int32),
        np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.int32),
        np.full(n, NONE, dtype=np.int32),
        np.full(n, NONE, dtype=np.int32),
        np.full(n, NONE, dtype=np.int32),
        n_points,
    )


@kernel
def hang(tree: Any, node: int, above: int, cost: int, flow: int) -> None:
    """Hang a new node on one of the tree."""
    tree.parent[node], tree.cost[node], tree.flow[node] = above, cost, flow
    if node >= tree.n_points:
        tree.price[node] = _price_of(tree, above) + cost
        tree.depth[node] = _depth_of(tree, above) + 1
        _list(tree, node)


@kernel
def exchange(tree: Any, tail: int, head: int, cost: int) -> None:
    """Send as much as can be over a new arc and round the tree; an arc that ran dry leaves it."""
    n, parent, flow = tree.n_points, tree.parent, tree.flow
    added = cost + _price_of(tree, tail) - _price_of(tree, head)
    amount, leaving, by_tail = np.int64(1 << 62), NONE, False
    up, down = tail, head
    while up != down:
        if _depth_of(tree, up) >= _depth_of(tree, down):
            if up < n and flow[up] < amount:
                amount, leaving, by_tail = flow[up], up, True
            up = parent[up]
        else:
            # Of several arcs that run dry the last one along the cycle: Cunningham's rule.
            if down >= n and flow[down] <= amount:
                amount, leaving, by_tail = flow[down], down, False
            down = parent[down]
    _send(tree, tail, up, -amount)
    _send(tree, head, up, amount)
    if by_tail:
        _rehang(tree, tail, leaving, head, cost, amount)
        _shift(tree, tail, -added)
    else:
        _rehang(tree, head, leaving, tail, cost, amount)
        _shift(tree, head, added)


@kernel
def _send(tree: Any, node: int, top: int, amount: Any) -> None:
    """Send an amount from a node up to one above it, over arcs in or against their direction."""
    while node != top:
        tree.flow[node] += amount if node < tree.n_points else -amount
        node = tree.parent[node]


@kernel
def _price_of(tree: Any, node: int) -> Any:
    if node < tree.n_points:
        return tree.price[tree.parent[node]] - tree.cost[node]
    return tree.price[node]


@kernel
def _depth_of(tree: Any, node: int) -> Any:
    return tree.depth[tree.parent[node]] + 1 if node < tree.n_points else tree.depth[node]


@kernel
def _rehang(tree: Any, node: int, last: int, above: int, cost: int, flow: Any) -> None:
    """Cut `last` from its parent and hang what was below it on `above`, by `node`."""
    while True:
        old_above, old_cost, old_flow = tree.parent[node], tree.cost[node], tree.flow[node]
        if _is_listed(tree, node):
            _unlist(tree, node)
        tree.parent[node], tree.cost[node], tree.flow[node] = above, cost, flow
        if _is_listed(tree, node):
            _list(tree, node)
        if node == last:
            return
        node, above, cost, flow = old_above, node, old_cost, old_flow


@kernel
def _is_listed(tree: Any, node: int) -> bool:
    return bool(node >= tree.n_points or tree.first[node] != NONE)


@kernel
def _list(tree: Any, node: int) -> None:
    """Put a node on its parent's list, and a point that gets a first child on its own parent's."""
    while True:
        above = tree.parent[node]
        other = tree.first[above]
        tree.after[node], tree.before[node], tree.first[above] = other, NONE, node
        if other != NONE:
            tree.before[other] = node
        if other != NONE or above >= tree.n_points:
            return
        node = above


@kernel
def _unlist(tree: Any, node: int) -> None:
    """Take a node off its parent's list, and a point that loses its last child off its parent's."""
    while True:
        above, before, after = tree.parent[node], tree.before[node], tree.after[node]
        if before == NONE:
            tree.first[above] = after
        else:
            tree.after[before] = after
        if after != NONE:
            tree.before[after] = before
        if tree.first[above] != NONE or above >= tree.n_points:
            return
        node = above


@kernel
def _shift(tree: Any, top: int, by: Any) -> None:
    """Change the prices of a subtree that hangs elsewhere now, and its depths."""
    node = top
    while True:
        if node >= tree.n_points:
            tree.price[node] += by
            tree.depth[node] = _depth_of(tree, tree.parent[node]) + 1
        if tree.first[node] != NONE:
            node = tree.first[node]
            continue
        while node != top and tree.after[node] == NONE:
            node = tree.parent[node]
        if node == top:
            return
        node = tree.after[node]
