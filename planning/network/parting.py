"""Some of the edges of a network, as a network of their own."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from planning.network.graph import StreetNetwork
from planning.network.parts import parts_by_length
from planning.network.roads import Longs
from planning.network.routing import contract

_OF_NODES = ("x_m", "y_m", "component")
_OF_THE_WHOLE = ("shape_xy", "shape_start", "compounds", "speeds_m_s")


def part_of(network: StreetNetwork, edges: Longs) -> StreetNetwork:
    """The network of some edges, rising, shape (e,).

    They keep their order, their shapes and their times; nodes without an edge are left out, and
    connected parts are numbered anew. Only the rows asked for are read, so that the arrays of
    `network` may lie in files.
    """
    own: dict[str, Any] = {
        field.name: np.asarray(value[edges])
        for field in fields(network)
        if field.name not in (*_OF_NODES, *_OF_THE_WHOLE)
        and isinstance(value := getattr(network, field.name), np.ndarray)
    }
    used, ends = np.unique(np.concatenate([own["tail"], own["head"]]), return_inverse=True)
    tail, head = (part.astype(np.int32) for part in np.split(ends, 2))
    begin = np.asarray(network.shape_start[edges], dtype=np.int64)
    sizes = np.asarray(network.shape_start[edges + 1], dtype=np.int64) - begin
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    corners = np.arange(start[-1]) + np.repeat(begin - start[:-1], sizes)
    streets = {
        "x_m": np.asarray(network.x_m[used]),
        "y_m": np.asarray(network.y_m[used]),
        "tail": tail,
        "head": head,
        "forward_ms": own["forward_ms"],
        "backward_ms": own["backward_ms"],
        "private": own["private"],
    }
    return replace(
        network,
        **own | streets,
        shape_xy=np.asarray(network.shape_xy[corners]),
        shape_start=start,
        component=parts_by_length(tail, head, own["length_m"], n_nodes=len(used)),
        routing=contract(**streets, to_site=network.profile.direction == "to_site"),
    )
