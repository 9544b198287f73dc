"""Roads become a street network: edges of one pace each, timed in both directions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from planning.network.climb import climb
from planning.network.geodesy import ground_m
from planning.network.joining import at_grade
from planning.network.parts import connected_parts, parts_by_length
from planning.network.passage import Passage, line_passage, node_passage
from planning.network.profiles import Profile
from planning.network.roads import Flags, Floats, Ints, Longs, Roads, SetAside
from planning.network.routing import IMPASSABLE, RoutingGraph, contract, paces
from planning.network.terrain import Dem
from planning.network.timing import UM_PER_M, US_PER_S, edge_ms
from planning.projection import WGS84, transformer


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetNetwork:
    """Streets for one profile, in the metric CRS `epsg`.

    Node arrays have shape (n,), edge arrays (m,). An edge runs from `tail` to `head` over
    ``shape_xy[shape_start[e]:shape_start[e + 1]]`` [m]; `length_m` is its length on the ground.
    `forward_ms` is the time from tail to head, `backward_ms` back [ms], `IMPASSABLE` where that
    direction is forbidden; flat streets on foot have both alike. Along an edge time is proportional
    to length. Times come from `timing.edge_ms` alone, out of `flat_forward_um` and
    `flat_backward_um`, the way on the flat that takes as long as the slope [micrometres];
    ``speeds_m_s[speed]``, the flat speed of the edge's line [m/s]; and `extra_us`, what crossings,
    lifts and waits cost beside it [microseconds].
    `private` edges serve those inside and are no through-route; `compound` is the walled compound
    an edge lies in, −1 outside, over and under it; `at_grade` edges are on no bridge, in no tunnel
    and on no other layer; `line` is the source's id, `highway` points into `highways`, the values
    of that key. `component` (n,) numbers the connected parts, the longest first.
    `no_height_km` are the kilometres the terrain model does not cover, taken as flat.
    """

    epsg: int
    profile: Profile
    slope: str | None
    x_m: Floats
    y_m: Floats
    tail: Ints
    head: Ints
    length_m: Floats
    forward_ms: Ints
    backward_ms: Ints
    flat_forward_um: Longs
    flat_backward_um: Longs
    extra_us: Longs
    speed: Ints
    speeds_m_s: tuple[float, ...]
    private: Flags
    compound: Ints
    at_grade: Flags
    line: Longs
    highway: Ints
    highways: tuple[str, ...]
    shape_xy: Floats
    shape_start: Longs
    component: Ints
    routing: RoutingGraph
    compounds: npt.NDArray[np.object_]
    no_height_km: float
    set_aside: tuple[SetAside, ...]

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

    def paces(self) -> tuple[Ints, Ints]:
        """Times forward and back [ms], a forbidden direction like the other; see `routing`."""
        return paces(self.forward_ms, self.backward_ms)

    def component_km(self) -> Floats:
        """Kilometres of every connected part, shape (components,)."""
        metres = np.bincount(
            self.component[self.tail], weights=self.length_m, minlength=self.n_components
        )
        return metres / 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paces:
    """What the profile says of every line, shape (lines,)."""

    forward: Flags
    backward: Flags
    private: Flags
    speed_m_s: Floats
    extra_s: Floats
    sloped: Flags
    level: Flags


def build_network(
    roads: Roads,
    *,
    epsg: int,
    profile: Profile,
    dem: Dem | None = None,
    slope: str | None = None,
    closed: Flags | None = None,
    gates: Flags | None = None,
    compounds: npt.NDArray[np.object_] | None = None,
) -> StreetNetwork:
    """Judge the roads for a profile, cut them where they meet, measure and time them.

    Lengths are geodesic (WGS 84), so they do not depend on the projection. Steps are whole
    micrometres, and microseconds of what is charged beside, whose sums do not depend on the order
    of anything; an edge is timed from its sums and rounded once (`timing.edge_ms`), so a walk along
    k edges is off by at most k / 2 ms.
    `slope` names a function of `slope.SLOPE_FUNCTIONS` and needs `dem`; edges are then cut where
    the slope changes too, so that flat terrain gives exactly the flat network. `compounds` are
    walled areas [m]; of the nodes (n,) on their walls nobody passes `closed` ones, and through
    `gates` streets lead inside; see `compounds.wall_in`.

    Raises KeyError for an unknown slope function and ValueError for a slope without terrain.
    """
    if slope is not None and dem is None:
        raise ValueError(f"found slope {slope!r} without a terrain model: give dem too")
    paces, walkable, aside = _judged(roads, profile)
    step_m, no_height_m = _steps_m(walkable), 0.0
    factors = np.ones(len(step_m)), np.ones(len(step_m))
    changes = np.zeros(len(walkable.lon), dtype=bool)
    if dem is not None and slope is not None and walkable.n_lines:
        hill = climb(walkable, step_m, sloped=paces.sloped, level=paces.level, dem=dem, slope=slope)
        walkable, step_m, changes = hill.roads, hill.step_m, hill.changes
        factors, no_height_m = (hill.forward, hill.backward), hill.no_height_m
    x_m, y_m = transformer(WGS84, epsg).transform(walkable.lon, walkable.lat)
    barriers, wait_s = _barriers(walkable, profile)
    if closed is not None:
        barriers[np.flatnonzero(closed)] = _CLOSED
    changes = changes | (barriers != _OPEN) | (wait_s > 0)
    if gates is not None:
        changes[np.flatnonzero(gates)] = True

    first, last = _pieces(walkable, changes)
    line_of = np.searchsorted(walkable.starts, first, side="right") - 1
    length_m = _millionths(step_m, first, last) / UM_PER_M

    keep = length_m > 0
    same_place = _same_place(walkable, first[~keep], last[~keep])
    aside.append(SetAside(reason="zero-length pieces", count=int(np.count_nonzero(~keep))))
    first, last, line_of, length_m = first[keep], last[keep], line_of[keep], length_m[keep]

    flat_forward_um, flat_backward_um = (
        _millionths(step_m * factor, first, last) for factor in factors
    )
    extra_us = _millionths(_extra_s(walkable, paces.extra_s, step_m), first, last)
    at_ends_s = (wait_s[walkable.nodes[first]] + wait_s[walkable.nodes[last]]) / 2
    extra_us += np.rint(at_ends_s * US_PER_S).astype(np.int64)
    speed_m_s = paces.speed_m_s[line_of]
    speeds_m_s, speed = np.unique(speed_m_s, return_inverse=True)
    forward_ms = edge_ms(flat_forward_um, speed_m_s, extra_us)
    backward_ms = edge_ms(flat_backward_um, speed_m_s, extra_us)
    forward_ms = np.where(paces.forward[line_of], forward_ms, IMPASSABLE)
    backward_ms = np.where(paces.backward[line_of], backward_ms, IMPASSABLE)

    sizes = last - first + 1
    shape_start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    at = np.repeat(first - shape_start[:-1], sizes) + np.arange(shape_start[-1])
    corners = walkable.nodes[at]
    shape_xy = np.column_stack([x_m[corners], y_m[corners]])

    ends = same_place[np.concatenate([walkable.nodes[first], walkable.nodes[last]])]
    ground = np.array([at_grade(tags) for tags in walkable.tag_sets], dtype=bool)
    on_ground = ground[walkable.line_tags[line_of]]
    inside = _inside(shape_xy, shape_start, compounds)
    inside[~on_ground] = -1
    private, ends, shut = _shut_gates(
        ends, length_m, paces.private[line_of] | (inside >= 0), barriers, same_place
    )
    aside.append(SetAside(reason="gates that let nobody through", count=shut))
    used, ends = np.unique(ends, return_inverse=True)
    tail, head = ends[: len(first)].astype(np.int32), ends[len(first) :].astype(np.int32)
    at_node = np.empty(len(used), dtype=np.int64)
    at_node[tail], at_node[head] = walkable.nodes[first], walkable.nodes[last]
    streets = {
        "x_m": x_m[at_node],
        "y_m": y_m[at_node],
        "tail": tail,
        "head": head,
        "forward_ms": forward_ms.astype(np.int32),
        "backward_ms": backward_ms.astype(np.int32),
        "private": private,
    }
    highways, highway = np.unique(
        np.array([tags.get("highway", "") for tags in roads.tag_sets] or [""], dtype=str),
        return_inverse=True,
    )
    return StreetNetwork(
        epsg=epsg,
        profile=profile,
        slope=slope,
        **streets,
        routing=contract(**streets, to_site=profile.direction == "to_site"),
        length_m=length_m,
        flat_forward_um=flat_forward_um,
        flat_backward_um=flat_backward_um,
        extra_us=extra_us,
        speed=speed.astype(np.int32),
        speeds_m_s=tuple(speeds_m_s.tolist()),
        compound=inside,
        at_grade=on_ground,
        line=walkable.line_ids[line_of],
        highway=highway[walkable.line_tags[line_of]].astype(np.int32),
        highways=tuple(highways.tolist()),
        shape_xy=shape_xy,
        shape_start=shape_start,
        component=parts_by_length(tail, head, length_m, n_nodes=len(used)),
        compounds=np.empty(0, dtype=object) if compounds is None else compounds,
        no_height_km=no_height_m / 1_000.0,
        set_aside=tuple(entry for entry in (*roads.set_aside, *aside) if entry.count),
    )


def _judged(roads: Roads, profile: Profile) -> tuple[_Paces, Roads, list[SetAside]]:
    """The profile's word on every line, and the lines it may use."""
    closed_to_all = Passage(
        forward=False, backward=False, private=False,
        speed_m_s=profile.speed_m_s, extra_s=0.0, steps=False, level=False,
    )  # fmt: skip
    judged = [line_passage(tags, profile) for tags in roads.tag_sets]
    passages = [found or closed_to_all for found in judged]

    def of_lines(name: str, dtype: type) -> npt.NDArray[Any]:
        return np.array([getattr(p, name) for p in passages], dtype=dtype)[roads.line_tags]

    forward, backward = of_lines("forward", bool), of_lines("backward", bool)
    usable = np.asarray(forward | backward)
    rest = np.flatnonzero(~usable)
    aside = [
        SetAside(
            reason="ways not for this profile",
            count=len(rest),
            examples=tuple(f"way {roads.line_ids[k]}" for k in rest[:5]),
        )
    ]
    paces = _Paces(
        forward=np.asarray(forward[usable]),
        backward=np.asarray(backward[usable]),
        private=np.asarray(of_lines("private", bool)[usable]),
        speed_m_s=np.asarray(of_lines("speed_m_s", float)[usable]),
        extra_s=np.asarray(of_lines("extra_s", float)[usable]),
        sloped=np.asarray(~of_lines("steps", bool)[usable]),
        level=np.asarray(of_lines("level", bool)[usable]),
    )
    return paces, _lines_of(roads, usable), aside


def _lines_of(roads: Roads, keep: Flags) -> Roads:
    """Some lines of the roads; nodes stay as they are."""
    sizes = np.diff(roads.starts)
    return replace(
        roads,
        nodes=roads.nodes[np.repeat(keep, sizes)],
        starts=np.concatenate([[0], np.cumsum(sizes[keep])]).astype(np.int64),
        line_tags=roads.line_tags[keep],
        line_ids=roads.line_ids[keep],
    )


_OPEN, _RESIDENTS, _CLOSED = 0, 1, 2


def _barriers(roads: Roads, profile: Profile) -> tuple[npt.NDArray[np.int8], Floats]:
    """Whether each node lets people through, and what passing it costs [s], shape (n,)."""
    codes = {"open": _OPEN, "residents": _RESIDENTS, "closed": _CLOSED}
    judged = [node_passage(tags, profile) for tags in roads.tag_sets]
    code = np.array([codes[passage] for passage, _ in judged] + [_OPEN], dtype=np.int8)
    extra_s = np.array([extra for _, extra in judged] + [0.0])
    return code[roads.node_tags], extra_s[roads.node_tags]


def _pieces(roads: Roads, cuts: Flags) -> tuple[Longs, Longs]:
    """Positions in `roads.nodes` where every piece begins and ends: at shared nodes and `cuts`."""
    uses = np.bincount(roads.nodes, minlength=len(roads.lon))
    is_cut = (uses[roads.nodes] > 1) | cuts[roads.nodes]
    is_cut[roads.starts[:-1]] = True
    is_cut[roads.starts[1:] - 1] = True
    at = np.flatnonzero(is_cut)
    line_of = np.searchsorted(roads.starts, at, side="right") - 1
    same_line = line_of[1:] == line_of[:-1]
    return at[:-1][same_line], at[1:][same_line]


def _steps_m(roads: Roads) -> Floats:
    """Ground length from each position in `roads.nodes` to the next [m]; 0 between lines."""
    here, there = roads.nodes[:-1], roads.nodes[1:]
    lon, lat = roads.lon, roads.lat
    # Always measured from the western, then southern end: a line and its reverse are equally long.
    swap = (lon[here] > lon[there]) | ((lon[here] == lon[there]) & (lat[here] > lat[there]))
    a, b = np.where(swap, there, here), np.where(swap, here, there)
    step_m = ground_m(lon[a], lat[a], lon[b], lat[b])
    step_m[roads.starts[1:-1] - 1] = 0.0
    return step_m


def _extra_s(roads: Roads, of_lines_s: Floats, step_m: Floats) -> Floats:
    """What every step's line costs beside its length (crossings, lifts), spread along it [s]."""
    line_m = _millionths(step_m, roads.starts[:-1], roads.starts[1:] - 1) / UM_PER_M
    s_per_m = np.divide(of_lines_s, line_m, out=np.zeros(len(line_m)), where=line_m > 0)
    return np.asarray(step_m * np.repeat(s_per_m, np.diff(roads.starts))[:-1])


def _millionths(steps: Floats, first: Longs, last: Longs) -> Longs:
    """Sum of the steps of every piece in whole millionths: exact in any order."""
    until = np.concatenate([[0], np.cumsum(np.rint(steps * UM_PER_M).astype(np.int64))])
    return np.asarray(until[last] - until[first], dtype=np.int64)


def _same_place(roads: Roads, first: Longs, last: Longs) -> Longs:
    """For each node the one that stands for it: pieces of no length join their ends."""
    if not len(first):
        return np.arange(len(roads.lon), dtype=np.int64)
    part = connected_parts(len(roads.lon), roads.nodes[first], roads.nodes[last])
    _, standing_for = np.unique(part, return_index=True)
    return np.asarray(standing_for[part], dtype=np.int64)


def _inside(
    shape_xy: Floats, shape_start: Longs, compounds: npt.NDArray[np.object_] | None
) -> Ints:
    """The compound each edge lies in, by the middle of its middle step; −1 outside all."""
    inside = np.full(len(shape_start) - 1, -1, dtype=np.int32)
    if compounds is None or not len(compounds) or not len(inside):
        return inside
    middle = (shape_start[:-1] + shape_start[1:] - 2) // 2
    at = (shape_xy[middle] + shape_xy[middle + 1]) / 2
    edge, which = shapely.STRtree(compounds).query(shapely.points(at), predicate="intersects")
    # A later compound never takes an edge from an earlier one.
    inside[edge[::-1]] = which[::-1]
    return inside


def _shut_gates(
    ends: Longs,
    length_m: Floats,
    private: Flags,
    gates: npt.NDArray[np.int8],
    same_place: Longs,
) -> tuple[Flags, Longs, int]:
    """Close what is closed, and make private what lies behind gates for residents.

    `ends` are the nodes of all tails, then of all heads. A closed node is taken apart: its streets
    end there. A gate for residents is taken apart too, unless it joins parts that nothing else
    joins: of those that meet at such gates the longest is public, the others are compounds, their
    streets private, their gates passable.
    """
    m = len(length_m)
    worst = np.zeros(len(gates), dtype=np.int8)
    np.maximum.at(worst, same_place, gates)
    at_gate = np.flatnonzero(worst[ends] != _OPEN)
    if not len(at_gate):
        return private, ends, 0
    for_residents = worst[ends[at_gate]] == _RESIDENTS
    apart = ends.copy()
    apart[at_gate] = len(gates) + np.arange(len(at_gate))
    joined = apart.copy()
    joined[at_gate[for_residents]] = ends[at_gate[for_residents]]
    part, whole = (_parts(nodes, length_m) for nodes in (apart, joined))
    # Of what is one with its gates open, the longest part (the lowest number) is public; the other
    # parts that touch a gate for residents lie behind it.
    public = np.full(whole.max() + 1, len(gates) + m, dtype=np.int64)
    np.minimum.at(public, whole[:m], part[:m])
    part_of = part[at_gate]
    is_behind = for_residents & (part_of != public[whole[at_gate]])
    private = private | np.isin(part[:m], part_of[is_behind])
    # Such a gate opens only between different parts.
    node = ends[at_gate]
    least = np.full(len(gates), np.iinfo(np.int32).max, dtype=np.int64)
    most = np.full(len(gates), -1, dtype=np.int64)
    np.minimum.at(least, node, part_of)
    np.maximum.at(most, node, part_of)
    opens = for_residents & (least[node] != most[node])
    apart[at_gate[opens]] = node[opens]
    return private, apart, len(np.unique(node[~opens]))


def _parts(ends: Longs, length_m: Floats) -> Ints:
    """The connected part of every edge's tail, then of every head, the longest first."""
    _, dense = np.unique(ends, return_inverse=True)
    tail, head = np.split(dense.astype(np.int32), 2)
    return parts_by_length(tail, head, length_m, n_nodes=int(dense.max()) + 1)[dense]
