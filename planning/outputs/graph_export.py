"""The street network as a NetworkX graph that OSMnx can route on, draw and save."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from planning.network import IMPASSABLE, StreetNetwork
from planning.projection import WGS84, transformer
from planning.units import MS_PER_S


def to_networkx(network: StreetNetwork) -> Any:
    """A MultiDiGraph in EPSG:4326: nodes x, y [degrees]; edges length [m], travel_time [s].

    Every direction in which an edge may be passed is an edge of its own, with its geometry in that
    direction; `osmid` is the id of the line it was cut from. `oneway` says that the other direction
    is missing, `reversed` that the edge runs against its line, as in OSMnx. `highway` is kept, and
    ``access="private"`` on streets that are no through-route, so that our reader takes the graph
    for the same streets again; slopes and crossings are in `travel_time` alone.
    """
    import networkx as nx  # 0.2 s to import, and only who exports needs it

    to_degrees = transformer(network.epsg, WGS84)
    lon, lat = to_degrees.transform(network.x_m, network.y_m)
    shapes = shapely.transform(network.lines(), to_degrees.transform, interleaved=False)
    graph = nx.MultiDiGraph(crs="epsg:4326", simplified=True, created_with="planning")
    graph.add_nodes_from(
        (node, {"x": x, "y": y})
        for node, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
    )
    tail, head = network.tail.tolist(), network.head.tolist()
    length_m, line = network.length_m.tolist(), network.line.tolist()
    kinds = np.array(network.highways, dtype=object)[network.highway].tolist()
    private = network.private.tolist()
    both = (network.forward_ms < IMPASSABLE) & (network.backward_ms < IMPASSABLE)
    for ms, starts, ends, ways, turned in (
        (network.forward_ms, tail, head, shapes, False),
        (network.backward_ms, head, tail, shapely.reverse(shapes), True),
    ):
        for edge in np.flatnonzero(ms < IMPASSABLE).tolist():
            graph.add_edge(
                starts[edge],
                ends[edge],
                osmid=line[edge],
                highway=kinds[edge],
                **({"access": "private"} if private[edge] else {}),
                length=length_m[edge],
                travel_time=float(ms[edge]) / MS_PER_S,
                oneway=not both[edge],
                reversed=turned,
                geometry=ways[edge],
            )
    return graph
