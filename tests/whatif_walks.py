"""Walks in the page's engine, and the same walks in the program."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from whatif_page import exposing

from planning.network import StreetNetwork, snap
from planning.network.parts import connected_parts
from planning.network.routing import contract
from planning.outputs.whatif.arrays import packed
from planning.outputs.whatif.streets_data import streets_data
from planning.travel import Reach, audience, reach

Floats = npt.NDArray[np.float64]

WALKERS = exposing(
    walking=["Walking"], streets=["Streets"], arrays=["typedArray"], rings=["liesIn"],
    nearest=["FAR", "lowered", "nearestOf"],
)  # fmt: skip
MAX_SNAP_M, ISLAND_KM = 400.0, 0.3

_SETTLE = """([streets, x, y]) => {
  window.streets = new Streets(streets);
  window.walking = new Walking(window.streets, { x_m: typedArray(x), y_m: typedArray(y) });
}"""
_ROWS = """([set, sites, limits]) => {
  const { x, y, closed, ...more } = set;
  walking.set({ ...more, closed: new Set(closed), extra: { x: typedArray(x), y: typedArray(y) } });
  const text = (rows) => rows.map(({ point, ms }) => [point.join(" "), ms.join(" ")]);
  return [walking.on_network.join(""), limits.map((limit) => text(walking.rows(sites, limit)))];
}"""


def settle(
    page: Any, network: StreetNetwork, people: Floats,
    *, max_snap_m: float = MAX_SNAP_M, island_km: float = ISLAND_KM,
) -> None:  # fmt: skip
    """Put streets and people (n, 2) [m] into the page."""
    data = streets_data(network, max_snap_m=max_snap_m, island_km=island_km)
    page.evaluate(_SETTLE, [data, packed(people[:, 0], "f64"), packed(people[:, 1], "f64")])


def assert_walks_alike(
    page: Any, network: StreetNetwork, sites: Floats, people: Floats, limits: Collection[int],
    *, closed: Collection[int] = (), sketched: int = 0,
    max_snap_m: float = MAX_SNAP_M, island_km: float = ISLAND_KM,
) -> None:  # fmt: skip
    """Every row of the page, settled before, is that of the program to the millisecond.

    `network` has the speed and the streets that the page is to take; `closed` are the lines it
    lacks. The last `sketched` of the `people` are told to the page as points of sketched areas.
    """
    n = len(people) - sketched
    told = {
        "speed_m_s": network.profile.speed_m_s,
        "closed": list(closed),
        "x": packed(people[n:, 0], "f64"),
        "y": packed(people[n:, 1], "f64"),
    }
    on_network, found = page.evaluate(_ROWS, [told, sites.tolist(), list(limits)])
    snaps = [
        snap(network, *points.T, max_snap_m=max_snap_m, island_km=island_km)
        for points in (sites, people)
    ]
    assert on_network == "".join(map(str, snaps[1].on_network.astype(int)))
    crowd = audience(network, snaps[1])
    for limit, rows in zip(limits, found, strict=True):
        assert rows == _as_text(reach(network, snaps[0], crowd, limit_ms=limit))


def _as_text(walks: Reach) -> list[list[str]]:
    return [
        [" ".join(map(str, array[walks.start[s] : walks.start[s + 1]].tolist())) for array in
         (walks.demand, walks.ms)]
        for s in range(walks.n_sites)
    ]  # fmt: skip


def without(network: StreetNetwork, lines: Collection[int]) -> StreetNetwork:
    """The network without some lines, put together anew edge by edge; parts numbered anew."""
    keep = [e for e in range(network.n_edges) if network.line[e] not in lines]
    of_edges = {
        f.name: getattr(network, f.name)[keep]
        for f in fields(network)
        if isinstance(getattr(network, f.name), np.ndarray)
        and f.name not in ("x_m", "y_m", "component", "shape_xy", "shape_start", "compounds")
    }
    shapes = [network.shape_xy[network.shape_start[e] : network.shape_start[e + 1]] for e in keep]
    streets = {
        name: of_edges.get(name, getattr(network, name))
        for name in ("x_m", "y_m", "tail", "head", "forward_ms", "backward_ms", "private")
    }
    return replace(
        network,
        **of_edges,
        shape_xy=np.concatenate([np.empty((0, 2)), *shapes]),
        shape_start=np.cumsum([0, *map(len, shapes)]).astype(np.int64),
        component=_components(of_edges, network.n_nodes),
        routing=contract(**streets, to_site=network.profile.direction == "to_site"),
    )


def _components(of_edges: dict[str, Any], n_nodes: int) -> npt.NDArray[np.int32]:
    """The longest part first, of equally long ones that of the first node."""
    part = connected_parts(n_nodes, of_edges["tail"], of_edges["head"])
    metres = dict.fromkeys(part.tolist(), 0.0)
    for tail, length_m in zip(of_edges["tail"], of_edges["length_m"].tolist(), strict=True):
        metres[int(part[tail])] += length_m
    rank = sorted(metres, key=lambda k: (-metres[k], k))
    return np.array([rank.index(k) for k in part.tolist()], dtype=np.int32)
