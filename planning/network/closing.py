"""Streets closed to everybody, taken out of a network that is cut and timed already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any

import numpy as np

from planning.network.graph import StreetNetwork
from planning.network.parts import parts_by_length
from planning.network.routing import contract

_OF_NODES = ("x_m", "y_m", "component")
_OF_THE_WHOLE = ("shape_xy", "shape_start", "compounds", "speeds_m_s")


def without_lines(network: StreetNetwork, lines: Collection[int]) -> StreetNetwork:
    """The network without any edge of `lines`, ids of the source as `StreetNetwork.line` has them.

    All other edges keep their order, their shapes and their times, as streets were cut where they
    met the closed ones; nodes without an edge are left out, parts are numbered anew. An id that the
    network does not have closes nothing.
    """
    closed = np.fromiter(lines, dtype=np.int64, count=len(lines))
    keep = ~np.isin(network.line, closed)
    edges: dict[str, Any] = {
        field.name: value[keep]
        for field in fields(network)
        if field.name not in (*_OF_NODES, *_OF_THE_WHOLE)
        and isinstance(value := getattr(network, field.name), np.ndarray)
    }
    used, ends = np.unique(np.concatenate([edges["tail"], edges["head"]]), return_inverse=True)
    tail, head = (part.astype(np.int32) for part in np.split(ends, 2))
    sizes = np.diff(network.shape_start)
    streets = {
        "x_m": network.x_m[used],
        "y_m": network.y_m[used],
        "tail": tail,
        "head": head,
        "forward_ms": edges["forward_ms"],
        "backward_ms": edges["backward_ms"],
        "private": edges["private"],
    }
    return replace(
        network,
        **edges | streets,
        shape_xy=network.shape_xy[np.repeat(keep, sizes)],
        shape_start=np.concatenate([[0], np.cumsum(sizes[keep])]).astype(np.int64),
        component=parts_by_length(tail, head, edges["length_m"], n_nodes=len(used)),
        routing=contract(**streets, to_site=network.profile.direction == "to_site"),
    )
