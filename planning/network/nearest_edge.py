"""The nearest street of a point: segments of edges in square cells, looked up ring by ring."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planning.kernels import kernel
from planning.network.graph import StreetNetwork
from planning.network.roads import Flags, Floats, Ints, Longs

CELL_M = 100.0
"""Side of the cells in which segments are looked up [m]; changes speed only."""


class Found(NamedTuple):
    """Nearest edges: `edge` (−1 none), `share` of its planar length, `leg_m`, shape (n,) each."""

    edge: Ints
    share: Floats
    leg_m: Floats


class EdgeCells(NamedTuple):
    """Segments (s,) by the square cells that they touch: those of cell c in
    ``start[c]:start[c + 1]``; `edge_m` are the planar lengths of all edges."""

    xy: Floats
    segment_edge: Ints
    before_m: Floats
    edge_m: Floats
    start: Longs
    low_x: float
    low_y: float
    columns: int
    rows: int


def edge_cells(network: StreetNetwork, allowed: Flags) -> EdgeCells | None:
    """The segments of the allowed edges; None where there are none."""
    if not allowed.any():
        return None
    segment_edge, xy, before_m, edge_m = _segments(network)
    keep = allowed[segment_edge]
    segment_edge, xy, before_m = segment_edge[keep], xy[keep], before_m[keep]
    low = xy.reshape(-1, 2).min(axis=0)
    columns, rows = (np.ptp(xy.reshape(-1, 2), axis=0) // CELL_M).astype(np.int64) + 1
    start, inside = _binned(xy, low[0], low[1], columns, rows)
    return EdgeCells(
        xy=xy[inside], segment_edge=segment_edge[inside], before_m=before_m[inside], edge_m=edge_m,
        start=start, low_x=low[0], low_y=low[1], columns=int(columns), rows=int(rows),
    )  # fmt: skip


def nearest_edges(
    network: StreetNetwork,
    cells: EdgeCells | None,
    x_m: Floats,
    y_m: Floats,
    zone: Ints,
    max_snap_m: float,
) -> Found:
    """The nearest edge in the cells of the point's own zone, exactly."""
    n = len(x_m)
    if not n or cells is None:
        return Found(edge=np.full(n, -1, np.int32), share=np.zeros(n), leg_m=np.full(n, np.nan))
    edge, share, leg_m = _look_up(
        np.where(np.isfinite(x_m), x_m, np.inf), np.where(np.isfinite(y_m), y_m, np.inf), zone,
        cells.xy, cells.segment_edge, cells.before_m,
        network.compound, network.private, cells.edge_m, cells.start,
        cells.low_x, cells.low_y, cells.columns, cells.rows, max_snap_m,
    )  # fmt: skip
    return Found(edge=edge, share=share, leg_m=leg_m)


def _segments(network: StreetNetwork) -> tuple[Ints, Floats, Floats, Floats]:
    """Straight pieces (z,) of all edges: whose, x0 y0 x1 y1, metres before; planar lengths (m,)."""
    begin = np.ones(len(network.shape_xy), dtype=bool)
    begin[network.shape_start[1:] - 1] = False
    at = np.flatnonzero(begin)
    edge = np.repeat(np.arange(network.n_edges, dtype=np.int32), np.diff(network.shape_start) - 1)
    xy = np.column_stack([network.shape_xy[at], network.shape_xy[at + 1]])
    before_m, edge_m = _along_edges(edge, xy, network.n_edges)
    return edge, xy, before_m, edge_m


@kernel
def _along_edges(edge: Any, xy: Any, n_edges: int) -> Any:
    """Metres before each segment on its edge, and of every edge, summed from its tail on.

    By itself, edge by edge and with no more than a root: what stands elsewhere in the network
    changes no bit, and the page (static/whatif/snapping.js) finds the same.
    """
    before_m, edge_m = np.empty(len(xy)), np.zeros(n_edges)
    for i in range(len(xy)):
        dx, dy = xy[i, 2] - xy[i, 0], xy[i, 3] - xy[i, 1]
        before_m[i] = edge_m[edge[i]]
        edge_m[edge[i]] += np.sqrt(dx * dx + dy * dy)
    return before_m, edge_m


@kernel
def _cells_of(xy: Any, i: int, low_x: float, low_y: float) -> tuple[int, int, int, int]:
    """Columns and rows of the box around a segment."""
    x0, x1 = min(xy[i, 0], xy[i, 2]), max(xy[i, 0], xy[i, 2])
    y0, y1 = min(xy[i, 1], xy[i, 3]), max(xy[i, 1], xy[i, 3])
    return (
        int((x0 - low_x) // CELL_M), int((x1 - low_x) // CELL_M),
        int((y0 - low_y) // CELL_M), int((y1 - low_y) // CELL_M),
    )  # fmt: skip


@kernel
def _crosses(xy: Any, i: int, west: float, south: float) -> bool:
    """Whether a segment may touch a cell: its corners do not all lie on one side of the line."""
    dx, dy = xy[i, 2] - xy[i, 0], xy[i, 3] - xy[i, 1]
    a = dx * (south - xy[i, 1]) - dy * (west - xy[i, 0])
    b, c = dx * CELL_M, dy * CELL_M
    least = min(a, a + b, a - c, a + b - c)
    most = max(a, a + b, a - c, a + b - c)
    slack = 1e-6 * (abs(dx) + abs(dy)) * CELL_M
    return bool(least <= slack and most >= -slack)


@kernel
def _binned(xy: Any, low_x: float, low_y: float, columns: int, rows: int) -> Any:
    """CSR from cells to the segments that touch them, rising."""
    counts = np.zeros(columns * rows + 1, dtype=np.int64)
    for fill in range(2):
        if fill == 1:
            start = np.cumsum(counts)
            inside = np.empty(start[-1], dtype=np.int64)
            at = start.copy()
        for i in range(len(xy)):
            west, east, south, north = _cells_of(xy, i, low_x, low_y)
            for row in range(south, north + 1):
                for column in range(west, east + 1):
                    if _crosses(xy, i, low_x + column * CELL_M, low_y + row * CELL_M):
                        cell = row * columns + column
                        if fill == 0:
                            counts[cell + 1] += 1
                        else:
                            inside[at[cell]] = i
                            at[cell] += 1
    return start, inside


@kernel
def _goes_before(e: int, along_m: float, best_edge: int, best_m: float, private: Any) -> bool:
    """Of places equally near: public before private, then the first edge, then nearest its tail."""
    if best_edge < 0:
        return True
    if private[e] != private[best_edge]:
        return bool(private[e] < private[best_edge])
    return bool(e < best_edge or (e == best_edge and along_m < best_m))


@kernel
def _look_up(
    x_m: Any, y_m: Any, zone: Any, xy: Any, segment_edge: Any, before_m: Any,
    compound: Any, private: Any, edge_m: Any,
    start: Any, low_x: float, low_y: float, columns: int, rows: int, max_m: float,
) -> Any:  # fmt: skip
    """Rings of cells around each point, until nothing nearer can follow."""
    n = len(x_m)
    edge = np.full(n, -1, dtype=np.int32)
    share = np.zeros(n)
    leg_m = np.full(n, np.nan)
    rings = int(max_m // CELL_M) + 2
    for i in range(n):
        x, y = x_m[i], y_m[i]
        if not (low_x - max_m <= x <= low_x + columns * CELL_M + max_m) or not (
            low_y - max_m <= y <= low_y + rows * CELL_M + max_m
        ):
            continue
        column, row = int((x - low_x) // CELL_M), int((y - low_y) // CELL_M)
        off_x, off_y = x - low_x - column * CELL_M, y - low_y - row * CELL_M
        inner_m = min(min(off_x, CELL_M - off_x), min(off_y, CELL_M - off_y))
        best2, best_edge, best_m = max_m * max_m, -1, 0.0
        for ring in range(rings):
            # All that lies within `seen_m` was met in the rings before.
            seen_m = (ring - 1) * CELL_M + inner_m
            if ring > 0 and best2 < seen_m * seen_m:
                break
            for r in range(max(0, row - ring), min(rows - 1, row + ring) + 1):
                stride = 1 if abs(r - row) == ring else max(1, 2 * ring)
                for c in range(column - ring, column + ring + 1, stride):
                    if c < 0 or c >= columns:
                        continue
                    for s in range(start[r * columns + c], start[r * columns + c + 1]):
                        e = segment_edge[s]
                        if compound[e] != zone[i]:
                            continue
                        dx, dy = xy[s, 2] - xy[s, 0], xy[s, 3] - xy[s, 1]
                        px, py = x - xy[s, 0], y - xy[s, 1]
                        long2 = dx * dx + dy * dy
                        t = 0.0
                        if long2 > 0.0:
                            t = min(1.0, max(0.0, (px * dx + py * dy) / long2))
                        # From the corner itself where it is the nearest place, so that edges
                        # that share it are exactly equally near.
                        qx, qy = px - t * dx, py - t * dy
                        if t == 1.0:
                            qx, qy = x - xy[s, 2], y - xy[s, 3]
                        d2 = qx * qx + qy * qy
                        if d2 > best2:
                            continue
                        along_m = before_m[s] + t * np.sqrt(long2)
                        if d2 < best2 or _goes_before(e, along_m, best_edge, best_m, private):
                            best2, best_edge, best_m = d2, e, along_m
        if best_edge >= 0:
            edge[i], leg_m[i] = best_edge, np.sqrt(best2)
            if edge_m[best_edge] > 0.0:
                share[i] = min(1.0, best_m / edge_m[best_edge])
    return edge, share, leg_m
