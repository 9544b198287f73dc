"""The slow plain recomputation: a NetworkX graph in which every point splits its edge."""

from itertools import pairwise

import networkx as nx
import numpy as np
import shapely

from planning.network import Snaps, StreetNetwork

Point = tuple[str, int, int]
"""A snapped point's node: ("point", layer, number)."""


def exact_graph(network: StreetNetwork, layers: list[Snaps]) -> nx.Graph:
    """Streets cut at every snapped point, with the program's own integer milliseconds."""
    cuts = [(snaps.to_tail_ms.astype(float), snaps.leg_ms.astype(float)) for snaps in layers]
    return _graph(network, layers, network.ms.astype(float), cuts)


def unrounded_graph(
    network: StreetNetwork, layers: list[Snaps], places: list[tuple[np.ndarray, np.ndarray]]
) -> nx.Graph:
    """The same streets with unrounded times [ms]: ground length / speed, points located anew.

    `places` are the x and y [m] of every layer's points.
    """
    per_m = 1000 / network.profile.speed_m_s
    full = network.length_m * per_m
    cuts = []
    for snaps, (x_m, y_m) in zip(layers, places, strict=True):
        lines = network.lines()[snaps.edge]
        points = shapely.points(x_m, y_m)
        share = shapely.line_locate_point(lines, points, normalized=True)
        cuts.append((share * full[snaps.edge], shapely.distance(lines, points) * per_m))
    return _graph(network, layers, full, cuts)


def _graph(
    network: StreetNetwork,
    layers: list[Snaps],
    full_ms: np.ndarray,
    cuts: list[tuple[np.ndarray, np.ndarray]],
) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(network.n_nodes))
    on_edge: dict[int, list[tuple[float, Point]]] = {}
    for layer, (snaps, (at_ms, leg_ms)) in enumerate(zip(layers, cuts, strict=True)):
        for number in range(len(snaps)):
            point: Point = ("point", layer, number)
            graph.add_node(point)
            if snaps.edge[number] >= 0:
                on_edge.setdefault(int(snaps.edge[number]), []).append((at_ms[number], point))
                _join(graph, ("foot", layer, number), point, leg_ms[number])
    for edge in range(network.n_edges):
        stops = [(0.0, int(network.tail[edge]))]
        stops += [(at, ("foot", *point[1:])) for at, point in sorted(on_edge.get(edge, []))]
        stops += [(float(full_ms[edge]), int(network.head[edge]))]
        for (before, a), (after, b) in pairwise(stops):
            _join(graph, a, b, after - before)
    return graph


def _join(graph: nx.Graph, a: object, b: object, ms: float) -> None:
    """Add an edge; of two parallel streets the shorter counts, and a loop never helps."""
    if a != b:
        known = graph.edges[a, b]["ms"] if graph.has_edge(a, b) else np.inf
        graph.add_edge(a, b, ms=min(ms, known))
