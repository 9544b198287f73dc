"""A network and the people on it in files, of which a worker reads what its tile needs.

A tile is cut out with a halo: whoever may be met within so many milliseconds is inside. From a
place on an edge the search goes on from node to node, and between two nodes of an edge lie at most
`fastest` metres for each of its milliseconds. So every edge that is met within t ms of some edges
has an end within t · `fastest` metres of the box around these, beside what edges without any time
(shorter than half a millisecond's walk) may add: all of them together, `timeless_m`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.network import IMPASSABLE, RoutingGraph, Snaps, StreetNetwork
from planning.network.parting import part_of

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_NETWORK = tuple(
    f.name for f in fields(StreetNetwork) if f.type in ("Ints", "Longs", "Floats", "Flags")
)
_SNAPS = ("edge", "forward_ms", "backward_ms", "leg_ms", "leg_m", "moved_m", "place")
_NOTHING = np.zeros(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where the files lie, and what is not in them.

    `network` and `demand` are bare of their arrays, which `opened` finds again in the files.
    `fastest` [m/ms] and `timeless_m` [m] bound how far anybody comes; `digest` names the content.
    """

    folder: str
    digest: str
    network: StreetNetwork
    demand: Snaps
    fastest: float
    timeless_m: float

    def opened(self) -> Opened:
        """The arrays as maps of their files."""
        of_network: dict[str, Any] = {name: self._mapped(name) for name in _NETWORK}
        of_demand: dict[str, Any] = {name: self._mapped(f"demand-{name}") for name in _SNAPS}
        return Opened(
            network=replace(self.network, **of_network),
            demand=replace(self.demand, **of_demand),
            box=self._mapped("box"),
            tile=self._mapped("tile"),
        )

    def halo_m(self, ms: int) -> float:
        """How far anybody comes in so many milliseconds [m]."""
        return ms * self.fastest + self.timeless_m

    def _mapped(self, name: str) -> Any:
        return np.load(Path(self.folder) / f"{name}.npy", mmap_mode="r", allow_pickle=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The ground as its files have it.

    `box` (m, 4) is west, south, east, north of every edge [m], `tile` (n,) that of every point.
    """

    network: StreetNetwork
    demand: Snaps
    box: Floats
    tile: npt.NDArray[np.int32]

    def around(self, edges: Longs, halo_m: float) -> Longs:
        """The edges that touch the box around some edges, widened by so much; rising."""
        box = self.box
        west, south = box[edges, :2].min(axis=0) - halo_m
        east, north = box[edges, 2:].max(axis=0) + halo_m
        touches = (
            (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
        )
        return np.flatnonzero(touches)

    def part(self, edges: Longs) -> StreetNetwork:
        """The network of some edges, rising."""
        return part_of(self.network, edges)


def on_part(snaps: Snaps, edges: Longs) -> tuple[Longs, Snaps]:
    """Those of some points that stand on some edges, rising: their rows, and as a part has them."""
    edge = np.asarray(snaps.edge)
    at = np.minimum(np.searchsorted(edges, edge), max(len(edges) - 1, 0))
    stands = (edge >= 0) & (len(edges) > 0)
    stands[stands] = edges[at[stands]] == edge[stands]
    rows = np.flatnonzero(stands)
    part: dict[str, Any] = {name: np.asarray(getattr(snaps, name)[rows]) for name in _SNAPS}
    return rows, replace(snaps, **part | {"edge": at[rows].astype(np.int32)})


def ground_in(
    folder: Path, network: StreetNetwork, demand: Snaps, tile: npt.NDArray[np.int32]
) -> Ground:
    """Write a network, the points on it and their tiles into a folder that all workers see.

    The folder is made, and is nobody else's. Raises OSError.
    """
    arrays = {
        **{name: getattr(network, name) for name in _NETWORK},
        **{f"demand-{name}": getattr(demand, name) for name in _SNAPS},
        "box": _boxes(network),
        "tile": tile,
    }
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    fastest, timeless_m = _fastest(network)
    bare: dict[str, Any] = dict.fromkeys(_SNAPS, _NOTHING)
    return Ground(
        folder=str(folder.resolve()),
        digest=_digest(arrays),
        network=_bare(network),
        demand=replace(demand, **bare),
        fastest=fastest,
        timeless_m=timeless_m,
    )


def _bare(network: StreetNetwork) -> StreetNetwork:
    bare: dict[str, Any] = dict.fromkeys(_NETWORK, _NOTHING)
    nothing: Any = (_NOTHING,) * len(RoutingGraph._fields)
    return replace(
        network,
        **bare,
        routing=RoutingGraph(*nothing),
        compounds=np.zeros(0, dtype=object),
    )


def _boxes(network: StreetNetwork) -> Floats:
    """West, south, east, north of every edge, its whole shape within, (m, 4)."""
    if not network.n_edges:
        return np.zeros((0, 4))
    first = network.shape_start[:-1]
    return np.hstack(
        [np.minimum.reduceat(network.shape_xy, first), np.maximum.reduceat(network.shape_xy, first)]
    )


def _fastest(network: StreetNetwork) -> tuple[float, float]:
    """Most metres from node to node for a millisecond of any edge; metres of those without one."""
    tail, head = network.tail, network.head
    apart = np.hypot(network.x_m[tail] - network.x_m[head], network.y_m[tail] - network.y_m[head])
    ms = np.minimum(network.forward_ms, network.backward_ms)
    timed = (ms > 0) & (ms < IMPASSABLE)
    return (
        float(np.max(apart[timed] / ms[timed], initial=0.0)),
        float(np.sum(apart[ms == 0])),
    )


def snaps_digest(snaps: Snaps) -> str:
    """Changes with where any of some points stands."""
    return _digest({name: getattr(snaps, name) for name in _SNAPS})


def _digest(arrays: dict[str, Any]) -> str:
    found = hashlib.sha256()
    for name, array in arrays.items():
        found.update(json.dumps([name, array.dtype.str, array.shape]).encode())
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()[:32]
