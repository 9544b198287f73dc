"""What the search runs on: junctions joined by links, seen from the facility outward.

Streets between two junctions are contracted to one link; every place on them is kept as a pair of
times from the link's tail, so nothing is lost (BENCHMARKS, part 1: 4.8 times fewer nodes in Porto).

A private street is there twice: once for those who leave the facility's compound, once for those
who arrive at the person's own. The search may go from the first to public streets and from these to
the second, never back: residents walk through their gate, and nobody walks through a compound.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planning.kernels import kernel
from planning.network.hilbert import hilbert_rank
from planning.network.roads import Flags, Floats, Ints, Longs

IMPASSABLE = 1 << 30
"""The time of a direction nobody may take [ms]: twelve days, so that sums stay far from it."""


HEAD, MS, SLOT = range(3)
"""Columns of `RoutingGraph.arcs`."""


class RoutingGraph(NamedTuple):
    """Links (k,) between junctions (j,) in Hilbert order, in the direction the search spreads.

    `out_ms` is what the search pays from `tail` to `head`, `back_ms` the other way [ms], so for
    walks to the facility these are the times of walking head to tail and tail to head. `twin` is
    the arriving copy of a private link, −1 elsewhere. `arcs` (a, 3) hold `HEAD`, `MS` and, as
    `SLOT`, ``2 * link + side`` (side 0 leaves the link's tail, −1 joins copies of one junction),
    those of junction v in rows ``arc_start[v]:arc_start[v + 1]``.

    Per edge (m,): its `edge_link`, whether it lies `edge_flipped` on it, and what the search pays
    from the link's tail to the edge's near end (`edge_out_ms`) and back (`edge_back_ms`). Edges of
    link l in their order are ``link_edges[link_start[l]:link_start[l + 1]]``.
    """

    tail: Ints
    head: Ints
    out_ms: Ints
    back_ms: Ints
    twin: Ints
    arc_start: Longs
    arcs: Ints
    edge_link: Ints
    edge_flipped: Flags
    edge_out_ms: Ints
    edge_back_ms: Ints
    link_start: Longs
    link_edges: Ints

    @property
    def n_junctions(self) -> int:
        """Number of junctions, copies included."""
        return len(self.arc_start) - 1

    @property
    def n_links(self) -> int:
        """Number of links, twins included."""
        return len(self.tail)


def paces(forward_ms: Ints, backward_ms: Ints) -> tuple[Ints, Ints]:
    """Times forward and back [ms]; a forbidden direction counts like the other, to keep order.

    Places on a one-way street are told apart by these times, whichever way it runs.
    """
    return (
        np.where(forward_ms < IMPASSABLE, forward_ms, backward_ms),
        np.where(backward_ms < IMPASSABLE, backward_ms, forward_ms),
    )


def contract(
    *,
    x_m: Floats,
    y_m: Floats,
    tail: Ints,
    head: Ints,
    forward_ms: Ints,
    backward_ms: Ints,
    private: Flags,
    to_site: bool,
) -> RoutingGraph:
    """The routing graph of nodes (n,) and edges (m,), see `StreetNetwork`.

    `to_site` says that people travel to the facility; else the facility's people travel to them.
    """
    nodes, edges = len(x_m), len(tail)
    rank = np.argsort(hilbert_rank(x_m, y_m), kind="stable")
    start, at_node = _incidence(tail, head, nodes)
    forward_ok, backward_ok = forward_ms < IMPASSABLE, backward_ms < IMPASSABLE
    chain_start, chain_edges, flipped, ends = _chains(
        rank, start, at_node, tail, head, forward_ok, backward_ok, private
    )
    chain_of = np.empty(edges, dtype=np.int32)
    chain_of[chain_edges] = np.repeat(np.arange(len(ends), dtype=np.int32), np.diff(chain_start))
    # Along the chain, up is from its tail to its head.
    forward, backward = (pace.astype(np.int64) for pace in paces(forward_ms, backward_ms))
    up = np.where(flipped, backward[chain_edges], forward[chain_edges])
    down = np.where(flipped, forward[chain_edges], backward[chain_edges])
    first = chain_edges[chain_start[:-1]]
    up_ok = np.where(flipped[chain_start[:-1]], backward_ok[first], forward_ok[first])
    down_ok = np.where(flipped[chain_start[:-1]], forward_ok[first], backward_ok[first])
    up_before, up_ms = _along(up, chain_start)
    down_before, down_ms = _along(down, chain_start)
    if to_site:
        up, up_before, up_ms, up_ok, down, down_before, down_ms, down_ok = (
            down, down_before, down_ms, down_ok, up, up_before, up_ms, up_ok,
        )  # fmt: skip
    # From here on up is where the search spreads: from the link's tail to its head.
    edge_out, edge_back = np.empty(edges, dtype=np.int32), np.empty(edges, dtype=np.int32)
    edge_flipped = np.empty(edges, dtype=bool)
    edge_out[chain_edges], edge_back[chain_edges] = up_before, down_before
    edge_flipped[chain_edges] = flipped
    behind = private[first]
    leave, public, arrive = _copies(rank, nodes, ends, behind)
    link_tail, link_head, twin = _links(ends, behind, leave, public, arrive)
    out_ms = np.where(up_ok, up_ms, IMPASSABLE).astype(np.int32)
    back_ms = np.where(down_ok, down_ms, IMPASSABLE).astype(np.int32)
    out_ms = np.concatenate([out_ms, out_ms[behind]])
    back_ms = np.concatenate([back_ms, back_ms[behind]])
    joints = _joints(leave, public, arrive)
    n_junctions = 1 + max(int(leave.max(initial=-1)), int(public.max(initial=-1)),
                          int(arrive.max(initial=-1)))  # fmt: skip
    arc_start, arcs = _arcs(link_tail, link_head, out_ms, back_ms, joints, n_junctions)
    return RoutingGraph(
        tail=link_tail,
        head=link_head,
        out_ms=out_ms,
        back_ms=back_ms,
        twin=twin,
        arc_start=arc_start,
        arcs=arcs,
        edge_link=chain_of,
        edge_flipped=edge_flipped,
        edge_out_ms=edge_out,
        edge_back_ms=edge_back,
        link_start=chain_start,
        link_edges=chain_edges,
    )


def _incidence(tail: Ints, head: Ints, nodes: int) -> tuple[Longs, Longs]:
    """CSR from nodes to ``2 * edge + end`` (end 0 is the edge's tail)."""
    leaves = np.column_stack([tail, head]).ravel()
    order = np.argsort(leaves, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(leaves, minlength=nodes))])
    return start.astype(np.int64), order.astype(np.int64)


@kernel
def _passes_through(
    node: int, start: Any, at_node: Any, forward_ok: Any, backward_ok: Any, private: Any
) -> bool:
    """Whether nothing changes at a node: two different edges, alike for whoever comes along."""
    if start[node + 1] - start[node] != 2:
        return False
    a, b = at_node[start[node]], at_node[start[node] + 1]
    if a >> 1 == b >> 1 or private[a >> 1] != private[b >> 1]:
        return False
    into = backward_ok[a >> 1] if a & 1 == 0 else forward_ok[a >> 1]
    out_of = forward_ok[a >> 1] if a & 1 == 0 else backward_ok[a >> 1]
    onward = forward_ok[b >> 1] if b & 1 == 0 else backward_ok[b >> 1]
    against = backward_ok[b >> 1] if b & 1 == 0 else forward_ok[b >> 1]
    return bool(into == onward and out_of == against)


@kernel
def _chains(
    rank: Any, start: Any, at_node: Any, tail: Any, head: Any,
    forward_ok: Any, backward_ok: Any, private: Any,
) -> Any:  # fmt: skip
    """Edges in chains between junctions; a ring without a junction starts at its first node."""
    m, n = len(tail), len(start) - 1
    inner = np.empty(n, dtype=np.bool_)
    for node in range(n):
        inner[node] = _passes_through(node, start, at_node, forward_ok, backward_ok, private)
    used = np.zeros(m, dtype=np.bool_)
    edges, flipped = np.empty(m, dtype=np.int32), np.empty(m, dtype=np.bool_)
    chain_start = np.zeros(m + 1, dtype=np.int64)
    ends = np.empty((m, 2), dtype=np.int32)
    chains, filled = 0, 0
    for rings in range(2):
        for node in rank:
            if inner[node] and rings == 0:
                continue
            for i in range(start[node], start[node + 1]):
                half = at_node[i]
                if used[half >> 1]:
                    continue
                ends[chains, 0] = node
                while True:
                    edge = half >> 1
                    used[edge] = True
                    edges[filled], flipped[filled] = edge, half & 1 == 1
                    filled += 1
                    at = head[edge] if half & 1 == 0 else tail[edge]
                    if not inner[at] or at == node:
                        break
                    half = at_node[start[at]]
                    if half >> 1 == edge:
                        half = at_node[start[at] + 1]
                ends[chains, 1] = at
                chains += 1
                chain_start[chains] = filled
    return chain_start[: chains + 1].copy(), edges, flipped, ends[:chains].copy()


def _along(ms: Longs, chain_start: Longs) -> tuple[Longs, Longs]:
    """Time from the chain's tail to the begin of each edge, and of the whole chain [ms]."""
    until = np.concatenate([[0], np.cumsum(ms)])
    begin = until[chain_start[:-1]]
    before = until[:-1] - np.repeat(begin, np.diff(chain_start))
    return before, until[chain_start[1:]] - begin


def _copies(rank: Longs, nodes: int, ends: Ints, private: Flags) -> tuple[Ints, Ints, Ints]:
    """Numbers of every junction's copies: leaving, public, arriving; −1 where there is none."""
    kinds = np.zeros((nodes, 3), dtype=bool)
    kinds[ends[~private].ravel(), 1] = True
    behind = ends[private].ravel()
    kinds[behind, 0] = kinds[behind, 2] = True
    number = np.full((nodes, 3), -1, dtype=np.int32)
    in_order = kinds[rank]
    numbered = np.full(in_order.shape, -1, dtype=np.int32)
    numbered[in_order] = np.arange(np.count_nonzero(in_order), dtype=np.int32)
    number[rank] = numbered
    return number[:, 0].copy(), number[:, 1].copy(), number[:, 2].copy()


def _links(
    ends: Ints, private: Flags, leave: Ints, public: Ints, arrive: Ints
) -> tuple[Ints, Ints, Ints]:
    """Tails, heads and twins: all chains first, then the arriving copies of the private ones."""
    near = np.where(private, leave[ends[:, 0]], public[ends[:, 0]])
    far = np.where(private, leave[ends[:, 1]], public[ends[:, 1]])
    twin = np.full(len(ends), -1, dtype=np.int32)
    twin[private] = len(ends) + np.arange(np.count_nonzero(private), dtype=np.int32)
    none = np.full(np.count_nonzero(private), -1, dtype=np.int32)
    return (
        np.concatenate([near, arrive[ends[private, 0]]]).astype(np.int32),
        np.concatenate([far, arrive[ends[private, 1]]]).astype(np.int32),
        np.concatenate([twin, none]),
    )


def _joints(leave: Ints, public: Ints, arrive: Ints) -> Ints:
    """Steps of no time from copy to copy, (·, 2): leaving to public, public to arriving."""
    gate = (leave >= 0) & (public >= 0)
    out = np.column_stack([leave[gate], public[gate]])
    into = np.column_stack([public[gate], arrive[gate]])
    return np.concatenate([out, into]).astype(np.int32)


def _arcs(
    tail: Ints, head: Ints, out_ms: Ints, back_ms: Ints, joints: Ints, n_junctions: int
) -> tuple[Longs, Ints]:
    """All steps sorted by the junction they leave; forbidden ones too, which no limit lets pass.

    They are kept because a point at the very end of a one-way street is met at the junction.
    """
    link = np.arange(len(tail), dtype=np.int32)
    leaves = np.concatenate([tail, head, joints[:, 0]])
    arcs = np.concatenate(
        [
            np.column_stack([head, out_ms, 2 * link]),
            np.column_stack([tail, back_ms, 2 * link + 1]),
            np.column_stack(
                [joints[:, 1], np.zeros(len(joints), np.int32), np.full(len(joints), -1, np.int32)]
            ),
        ]
    )
    order = np.argsort(leaves, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(leaves, minlength=n_junctions))])
    return start.astype(np.int64), np.ascontiguousarray(arcs[order], dtype=np.int32)
