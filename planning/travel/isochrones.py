"""Isochrones: polygons for people to look at. Coverage is never read from them (DESIGN §4.1)."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.ops import substring

from planning.network import Snaps, StreetNetwork
from planning.travel.reach import node_labels_ms

STREET_HALF_WIDTH_M = 25.0
"""How far the drawing reaches to both sides of a street that is walked [m]."""


def isochrone(network: StreetNetwork, sites: Snaps, *, limit_ms: int) -> shapely.Geometry:
    """Streets within `limit_ms` of the nearest site, drawn `STREET_HALF_WIDTH_M` to both sides.

    Edges reached in part are cut where the time runs out, from both ends; holes are kept. Empty
    where no site stands on the network.
    """
    pieces = _reached_pieces(network, sites, limit_ms)
    if not pieces:
        return shapely.MultiPolygon()
    drawn = shapely.buffer(np.array(pieces, dtype=object), STREET_HALF_WIDTH_M, quad_segs=4)
    return shapely.union_all(drawn)


def _reached_pieces(network: StreetNetwork, sites: Snaps, limit_ms: int) -> list[shapely.Geometry]:
    lines = network.lines()
    label = node_labels_ms(network, sites, limit_ms=limit_ms)
    left_tail = np.where(label[network.tail] >= 0, limit_ms - label[network.tail], 0)
    left_head = np.where(label[network.head] >= 0, limit_ms - label[network.head], 0)
    whole = left_tail + left_head >= network.ms
    whole &= (label[network.tail] >= 0) | (label[network.head] >= 0)
    pieces = list(lines[whole])
    for edge in np.flatnonzero(~whole & (left_tail > 0)):
        pieces.append(
            substring(lines[edge], 0.0, left_tail[edge] / network.ms[edge], normalized=True)
        )
    for edge in np.flatnonzero(~whole & (left_head > 0)):
        share = 1.0 - left_head[edge] / network.ms[edge]
        pieces.append(substring(lines[edge], share, 1.0, normalized=True))
    # A site's own edge may be too long to reach either end: the piece around the site counts.
    for site in np.flatnonzero(sites.on_network):
        edge = sites.edge[site]
        left = limit_ms - int(sites.leg_ms[site])
        if left > 0 and network.ms[edge] > 0:
            at = sites.to_tail_ms[site] / network.ms[edge]
            span = left / network.ms[edge]
            pieces.append(
                substring(lines[edge], max(0.0, at - span), min(1.0, at + span), normalized=True)
            )
    return pieces
