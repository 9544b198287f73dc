"""The slow plain recomputation: a NetworkX graph in which every point splits its edge.

It is put together the way a person walks, from the door to the facility, while the program searches
from the facility outward on contracted streets.
"""

from itertools import pairwise

import networkx as nx
import numpy as np
import shapely

from planning.network import IMPASSABLE, Snaps, StreetNetwork

OWN, PUBLIC, THEIRS = 0, 1, 2
"""Where a walk is: still in one's own compound, in public, already in the facility's."""


def exact_graph(network: StreetNetwork, layers: list[Snaps]) -> nx.DiGraph:
    """Streets cut at every snapped point, with the program's own integer milliseconds."""
    forward, backward = (pace.astype(float) for pace in network.paces())
    cuts = [
        (s.forward_ms.astype(float), s.backward_ms.astype(float), s.leg_ms.astype(float))
        for s in layers
    ]
    return _graph(network, layers, forward, backward, cuts)


def unrounded_graph(
    network: StreetNetwork, layers: list[Snaps], places: list[tuple[np.ndarray, np.ndarray]]
) -> nx.DiGraph:
    """The same flat streets with unrounded times [ms]: ground length / speed, points located anew.

    `places` are the x and y [m] of every layer's points.
    """
    per_m = 1000 / network.profile.speed_m_s
    full = network.length_m * per_m
    cuts = []
    for snaps, (x_m, y_m) in zip(layers, places, strict=True):
        lines = network.lines()[snaps.edge]
        points = shapely.points(x_m, y_m)
        along = shapely.line_locate_point(lines, points, normalized=True) * full[snaps.edge]
        cuts.append((along, along, shapely.distance(lines, points) * per_m))
    return _graph(network, layers, full, full, cuts)


def all_pairs_ms(graph: nx.DiGraph, sites: int, demand: int, *, to_site: bool) -> np.ndarray:
    """Times between points of layer 0 and layer 1 [ms], shape (sites, demand), inf: no way.

    A point is two nodes, ("from", layer, number) and ("to", layer, number): nobody walks through.
    """
    found = np.full((sites, demand), np.inf)
    here, there = ("to", "from") if to_site else ("from", "to")
    if to_site:
        graph = graph.reverse(copy=False)
    for s in range(sites):
        if (here, 0, s) not in graph:
            continue
        far = nx.single_source_dijkstra_path_length(graph, (here, 0, s), weight="ms")
        for d in range(demand):
            found[s, d] = far.get((there, 1, d), np.inf)
    return found


def _graph(
    network: StreetNetwork,
    layers: list[Snaps],
    forward: np.ndarray,
    backward: np.ndarray,
    cuts: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> nx.DiGraph:
    graph = nx.DiGraph()
    on_edge: dict[int, list[tuple[float, float, object]]] = {}
    for layer, (snaps, (at, back, leg_ms)) in enumerate(zip(layers, cuts, strict=True)):
        for number in np.flatnonzero(snaps.edge >= 0).tolist():
            foot = ("foot", layer, number)
            on_edge.setdefault(int(snaps.edge[number]), []).append((at[number], back[number], foot))
            # Whoever starts is in OWN, whoever arrives may be in any phase.
            _add(graph, ("from", layer, number), (foot, OWN), leg_ms[number])
            for phase in (OWN, PUBLIC, THEIRS):
                _add(graph, (foot, phase), ("to", layer, number), leg_ms[number])
    for edge in range(network.n_edges):
        stops = [(0.0, 0.0, int(network.tail[edge]))]
        stops += sorted(on_edge.get(edge, []), key=lambda stop: stop[:2])
        stops += [(float(forward[edge]), float(backward[edge]), int(network.head[edge]))]
        phases = (OWN, THEIRS) if network.private[edge] else (PUBLIC,)
        for (up, down, a), (up_next, down_next, b) in pairwise(stops):
            # Two points at one spot are at one spot, whichever way the street runs.
            together = (up, down) == (up_next, down_next)
            for phase in phases:
                if together or network.forward_ms[edge] < IMPASSABLE:
                    _add(graph, (a, phase), (b, phase), up_next - up)
                if together or network.backward_ms[edge] < IMPASSABLE:
                    _add(graph, (b, phase), (a, phase), down_next - down)
    for place in {node[0] for node in graph if len(node) == 2}:
        _add(graph, (place, OWN), (place, PUBLIC), 0.0)
        _add(graph, (place, PUBLIC), (place, THEIRS), 0.0)
    return graph


def _add(graph: nx.DiGraph, a: object, b: object, ms: float) -> None:
    """Add a step; of two parallel streets the shorter counts, and a loop never helps."""
    if a != b:
        known = graph.edges[a, b]["ms"] if graph.has_edge(a, b) else np.inf
        graph.add_edge(a, b, ms=min(ms, known))
