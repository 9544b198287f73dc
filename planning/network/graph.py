"""Road lines become a street network: edges between junctions, geometry kept, arcs as CSR."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod, Transformer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planning.network.walking import WalkProfile
from planning.units import MS_PER_S

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]

_WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadLines:
    """Walkable lines as a reader gives them.

    `lon`, `lat` [degrees, WGS 84] of every node used, in the order of their ids; line k runs over
    ``nodes[starts[k]:starts[k + 1]]``. `private` marks lines for residents only. `set_aside`
    counts what the reader left out, by reason, so that nothing goes silently.
    """

    lon: Floats
    lat: Floats
    nodes: Ints
    starts: Offsets
    private: npt.NDArray[np.bool_]
    set_aside: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetNetwork:
    """An undirected walking network in the metric CRS `epsg`.

    Node arrays have shape (n,), edge arrays (m,). An edge runs from `tail` to `head` over
    ``shape_xy[shape_start[e]:shape_start[e + 1]]`` [m]; `length_m` is its length on the ground,
    `ms` its walking time [ms], rounded once. `component` numbers the connected parts, the longest
    first. `arc_start` (n + 1,), `arc_head`, `arc_ms`, `arc_edge` (2 m,) are the CSR of both
    directions.
    """

    epsg: int
    profile: WalkProfile
    x_m: Floats
    y_m: Floats
    tail: Ints
    head: Ints
    length_m: Floats
    ms: Ints
    private: npt.NDArray[np.bool_]
    shape_xy: Floats
    shape_start: Offsets
    component: Ints
    arc_start: Offsets
    arc_head: Ints
    arc_ms: Ints
    arc_edge: Ints
    set_aside: tuple[tuple[str, int], ...]

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.x_m)

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return len(self.tail)

    @property
    def n_components(self) -> int:
        """Number of connected parts."""
        return int(self.component.max(initial=-1)) + 1

    def lines(self) -> npt.NDArray[np.object_]:
        """Every edge as a LineString, shape (m,)."""
        sizes = np.diff(self.shape_start)
        lines: npt.NDArray[np.object_] = shapely.linestrings(
            self.shape_xy, indices=np.repeat(np.arange(self.n_edges), sizes)
        )
        return lines

    def component_km(self) -> Floats:
        """Kilometres of every connected part, shape (components,)."""
        metres = np.bincount(
            self.component[self.tail], weights=self.length_m, minlength=self.n_components
        )
        return metres / 1_000.0


def build_network(lines: RoadLines, *, epsg: int, profile: WalkProfile) -> StreetNetwork:
    """Cut lines at every node they share, measure them on the ellipsoid, label what is connected.

    Lengths are geodesic (WGS 84), not planar, so that they do not depend on the projection; an
    edge's time is rounded to whole milliseconds once, which over a 15-minute walk of some hundred
    edges stays far below one second.
    """
    to_metric = Transformer.from_crs(4326, epsg, always_xy=True)
    x_m, y_m = (np.asarray(v) for v in to_metric.transform(lines.lon, lines.lat))
    first, last = _pieces(lines)
    step_m = _steps_m(lines)
    until = np.concatenate([[0.0], np.cumsum(step_m)])
    length_m = until[last] - until[first]
    keep = length_m > 0
    same_place = _same_place(lines, first[~keep], last[~keep])
    dropped = int(np.count_nonzero(~keep))
    first, last, length_m = first[keep], last[keep], length_m[keep]

    sizes = last - first + 1
    shape_start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    at = np.repeat(first - shape_start[:-1], sizes) + np.arange(shape_start[-1])
    corners = lines.nodes[at]
    line_of = np.searchsorted(lines.starts, first, side="right") - 1

    used, ends = np.unique(
        same_place[np.concatenate([lines.nodes[first], lines.nodes[last]])], return_inverse=True
    )
    tail, head = ends[: len(first)].astype(np.int32), ends[len(first) :].astype(np.int32)
    ms = np.rint(length_m / profile.speed_m_s * MS_PER_S).astype(np.int32)
    arcs = _arcs(tail, head, ms, n_nodes=len(used))
    return StreetNetwork(
        epsg=epsg,
        profile=profile,
        x_m=x_m[used],
        y_m=y_m[used],
        tail=tail,
        head=head,
        length_m=length_m,
        ms=ms,
        private=lines.private[line_of],
        shape_xy=np.column_stack([x_m[corners], y_m[corners]]),
        shape_start=shape_start,
        component=_components(tail, head, length_m, n_nodes=len(used)),
        arc_start=arcs[0],
        arc_head=arcs[1],
        arc_ms=arcs[2],
        arc_edge=arcs[3],
        set_aside=(*lines.set_aside, ("zero-length pieces", dropped)),
    )


def _pieces(lines: RoadLines) -> tuple[Offsets, Offsets]:
    """Positions in `lines.nodes` where every piece between two junctions begins and ends."""
    uses = np.bincount(lines.nodes, minlength=len(lines.lon))
    is_junction = uses[lines.nodes] > 1
    is_junction[lines.starts[:-1]] = True
    is_junction[lines.starts[1:] - 1] = True
    at = np.flatnonzero(is_junction)
    line_of = np.searchsorted(lines.starts, at, side="right") - 1
    same_line = line_of[1:] == line_of[:-1]
    return at[:-1][same_line], at[1:][same_line]


def _same_place(lines: RoadLines, first: Offsets, last: Offsets) -> Offsets:
    """For each node the one that stands for it: pieces of no length join their ends."""
    n, ends = len(lines.lon), (lines.nodes[first], lines.nodes[last])
    links = coo_array((np.ones(len(first), dtype=np.int8), ends), shape=(n, n))
    _, label = connected_components(links, directed=False)
    _, standing_for = np.unique(label, return_index=True)
    return np.asarray(standing_for[label], dtype=np.int64)


def _steps_m(lines: RoadLines) -> Floats:
    """Ground length from each position in `lines.nodes` to the next [m]; 0 between lines."""
    a, b = lines.nodes[:-1], lines.nodes[1:]
    _, _, step_m = _WGS84.inv(lines.lon[a], lines.lat[a], lines.lon[b], lines.lat[b])
    step_m = np.asarray(step_m, dtype=np.float64)
    step_m[lines.starts[1:-1] - 1] = 0.0
    return step_m


def _arcs(tail: Ints, head: Ints, ms: Ints, *, n_nodes: int) -> tuple[Offsets, Ints, Ints, Ints]:
    """Both directions of every edge, sorted by the node they leave."""
    leaves = np.concatenate([tail, head])
    order = np.argsort(leaves, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(leaves, minlength=n_nodes))])
    edge = np.arange(len(tail), dtype=np.int32)
    return (
        start.astype(np.int64),
        np.concatenate([head, tail])[order],
        np.concatenate([ms, ms])[order],
        np.concatenate([edge, edge])[order],
    )


def _components(tail: Ints, head: Ints, length_m: Floats, *, n_nodes: int) -> Ints:
    """Connected parts, numbered by falling length (ties: by first node)."""
    links = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(n_nodes, n_nodes))
    count, label = connected_components(links, directed=False)
    metres = np.bincount(label[tail], weights=length_m, minlength=count)
    rank = np.empty(count, dtype=np.int32)
    rank[np.argsort(-metres, kind="stable")] = np.arange(count, dtype=np.int32)
    return np.asarray(rank[label], dtype=np.int32)
