"""Walks in the page's engine, and the same walks in the program."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
from exposed_modules import exposing

from planning.network import StreetNetwork, snap
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
