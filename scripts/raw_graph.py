"""The streets as the peers see them: raw nodes, and whole milliseconds between neighbours.

We contract streets and snap points to edges; the peers know only nodes. So that both sides have
the same integers, the weights are read from our own edges, cut at every raw node.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from planning.network import PROFILES, Roads, Snaps, StreetNetwork, at_nodes, build_network, snap
from planning.network.passage import line_passage
from planning.network.roads import UNTAGGED
from planning.projection import WGS84, transformer
from planning.travel import Audience, audience

PROFILE = PROFILES["elder"]
"""1 m/s on the flat, so that 900 s are 900 m."""


@dataclass
class City:
    """A network and the graph of its raw nodes.

    Point k of `points` (where it stands on the network) is graph node k at `x`, `y` [m]; segment s
    joins nodes `a` and `b` in `ms`.
    """

    name: str
    network: StreetNetwork
    x: Any
    y: Any
    points: Snaps
    a: Any
    b: Any
    ms: Any

    def some(self, count: int) -> Any:
        """Numbers of some points, drawn evenly, always the same."""
        n = len(self.points)
        return np.sort(np.random.default_rng(1).choice(n, min(count, n), replace=False))

    def __str__(self) -> str:
        return (
            f"{self.name}: {len(self.points):,} raw nodes, {len(self.a):,} segments, "
            f"{self.ms.sum() / 1e6:,.0f} km; contracted by us to "
            f"{self.network.routing.n_junctions:,} junctions"
        )

    @cached_property
    def crowd(self) -> Audience:
        """All nodes as demand points."""
        return audience(self.network, self.points)

    @cached_property
    def csr(self) -> Any:
        """For scipy."""
        n, both = len(self.points), (np.r_[self.a, self.b], np.r_[self.b, self.a])
        return csr_array((np.r_[self.ms, self.ms].astype(float), both), shape=(n, n))

    @cached_property
    def nx(self) -> nx.Graph:
        """For networkx."""
        graph = nx.Graph()
        graph.add_nodes_from(range(len(self.points)))
        steps = zip(self.a.tolist(), self.b.tolist(), self.ms.tolist(), strict=True)
        graph.add_weighted_edges_from(steps)
        return graph

    @cached_property
    def pandana(self) -> Any:
        """For pandana, in seconds; it cuts them off to thousandths, hence half a ms more."""
        import pandana

        ends = pd.Series(self.a), pd.Series(self.b)
        seconds = pd.DataFrame({"s": (self.ms + 0.5) / 1_000})
        return pandana.Network(pd.Series(self.x), pd.Series(self.y), *ends, seconds)

    @cached_property
    def iduedu(self) -> Any:
        """For IduEdu, with its matrix made; no shapes, and milliseconds in both its weights."""
        import iduedu

        both = {"length_meter": self.ms, "time_min": self.ms}
        edges = pd.DataFrame({"u": self.a, "v": self.b, "geometry": None} | both)
        nodes = pd.DataFrame(index=pd.RangeIndex(len(self.points)))
        graph = iduedu.UrbanGraph(nodes, edges, is_multigraph=False, is_directed=False)
        graph.update_adjacency_matrix(weight="length_meter")
        return graph


def public(roads: Roads) -> Roads:
    """The ways that everybody may walk both ways, gates open: what every peer can represent."""
    judged = [line_passage(tags, PROFILE) for tags in roads.tag_sets]
    fit = [bool(p and p.forward and p.backward and not p.private) for p in judged]
    return replace(lines(roads, fit), node_tags=np.full_like(roads.node_tags, UNTAGGED))


def lines(roads: Roads, fit: list[bool]) -> Roads:
    """The lines whose set of tags is fit."""
    keep, sizes = np.array(fit)[roads.line_tags], np.diff(roads.starts)
    return replace(
        roads,
        nodes=roads.nodes[np.repeat(keep, sizes)],
        starts=np.concatenate([[0], np.cumsum(sizes[keep])]),
        line_tags=roads.line_tags[keep],
        line_ids=roads.line_ids[keep],
    )


def city_of(name: str, roads: Roads, epsg: int, *, copies: int = 1) -> City:
    """The public streets of the largest part (of as many as there are copies)."""
    roads = public(roads)
    network = build_network(roads, epsg=epsg, profile=PROFILE)
    raw, to_metric = np.unique(roads.nodes), transformer(WGS84, epsg)
    x, y = to_metric.transform(roads.lon[raw], roads.lat[raw])
    points = snap(network, x, y, max_snap_m=1.0, island_km=0.0)
    # Where two streets lie on each other, a raw node may have found the other one.
    points = points.joined(at_nodes(network, np.arange(network.n_nodes)))
    x, y = np.concatenate([x, network.x_m]), np.concatenate([y, network.y_m])
    whole, _ = network.paces()

    def place_of(edge: Any, ms: Any) -> Any:
        """One number for every place: nodes of the network, then (edge, time)."""
        along = network.n_nodes + (edge.astype(np.int64) << 31 | ms)
        end = np.where(ms == 0, network.tail[edge], network.head[edge])
        return np.where((ms > 0) & (ms < whole[edge]), along, end)

    kept = np.flatnonzero(points.on_network & (points.component(network) < copies))
    place, first = np.unique(place_of(points.edge, points.forward_ms)[kept], return_index=True)
    rank = np.argsort(np.argsort(first))
    points, x, y = (v.take(kept[np.sort(first)]) for v in (points, x, y))
    edges = np.flatnonzero(network.component[network.tail] < copies)
    on = np.concatenate([edges, points.edge, edges])
    ms = np.concatenate([np.zeros(len(edges), np.int64), points.forward_ms, whole[edges]])
    order = np.unique(on.astype(np.int64) << 31 | ms, return_index=True)[1]
    node = rank[np.searchsorted(place, place_of(on, ms)[order])]
    joined = np.diff(on[order]) == 0
    a, b = np.sort(np.column_stack([node[:-1], node[1:]])[joined], axis=1).T
    ms = np.diff(ms[order])[joined]
    # Of parallel streets the shorter, and no loops: scipy would add them up.
    order = np.lexsort((ms, b, a))
    order = order[a[order] != b[order]]
    _, once = np.unique(a[order] * len(points) + b[order], return_index=True)
    a, b, ms = (v[order][once] for v in (a, b, ms))
    assert (ms > 0).all(), "a street of no time, which scipy would not see"
    return City(name=name, network=network, x=x, y=y, points=points, a=a, b=b, ms=ms)


def side_by_side(roads: Roads, copies: int) -> Roads:
    """The same streets several times over, one beside the other: for size, not for likeness."""
    width, height = np.ptp(roads.lon) + 0.01, np.ptp(roads.lat) + 0.01
    across = math.ceil(math.sqrt(copies))
    at = [(k % across * width, k // across * height) for k in range(copies)]
    n, z = len(roads.lon), len(roads.nodes)
    return replace(
        roads,
        lon=np.concatenate([roads.lon + x for x, _ in at]),
        lat=np.concatenate([roads.lat + y for _, y in at]),
        nodes=np.concatenate([roads.nodes + np.int32(k * n) for k in range(copies)]),
        starts=np.r_[0, np.concatenate([roads.starts[1:] + k * z for k in range(copies)])],
        line_tags=np.tile(roads.line_tags, copies),
        node_tags=np.tile(roads.node_tags, copies),
        line_ids=np.tile(roads.line_ids, copies),
    )


def invented_town(blocks: int = 45) -> Roads:
    """Crooked streets on a lattice, two corners between junctions, every ninth street missing."""
    rng, across = np.random.default_rng(4), blocks + 1
    north, east = np.divmod(np.arange(across * across), across)
    node = (north * across + east).reshape(across, across)
    ends = np.concatenate(
        [np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()]),
         np.column_stack([node[:-1].ravel(), node[1:].ravel()])]
    )  # fmt: skip
    ends = ends[rng.random(len(ends)) > 1 / 9]
    corner = len(node) ** 2 + np.arange(2 * len(ends)).reshape(-1, 2)
    at = np.column_stack([east, north]).astype(float)
    between = [at[ends[:, 0]] * (1 - t) + at[ends[:, 1]] * t for t in (1 / 3, 2 / 3)]
    at = np.concatenate([at, np.stack(between, axis=1).reshape(-1, 2)])
    at += rng.normal(0, 0.05, at.shape)
    runs = np.column_stack([ends[:, 0], corner, ends[:, 1]]).tolist()
    tags = {"highway": "residential"}
    return Roads.from_runs(104.0 + at[:, 0] * 0.0012, 30.6 + at[:, 1] * 0.001, runs, tags=tags)
