"""Planned streets and links by hand are joined to the streets that are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from planning.network.parts import connected_parts
from planning.network.roads import UNTAGGED, Floats, Ints, Longs, Roads
from planning.projection import WGS84, transformer

SAME_PLACE_M = 0.05
"""Nearer than this two places are one [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What joining did: ends joined, crossings made, and the ids of lines that touch nothing.

    `ends` (added lines,) are 0, 1 or 2 for each line.
    """

    ends: Longs
    crossings: int
    loose: tuple[int, ...]


def at_grade(tags: Mapping[str, str]) -> bool:
    """Whether a line with these tags meets others where it crosses them."""
    return (
        tags.get("bridge", "no") == "no"
        and tags.get("tunnel", "no") == "no"
        and tags.get("layer", "0") in ("0", "")
    )


def together(roads: Roads, added: Roads) -> Roads:
    """Both networks side by side, not joined anywhere; what `added` set aside stays with it."""
    offset = len(roads.tag_sets)
    tagged = np.where(added.node_tags >= 0, added.node_tags + offset, UNTAGGED)
    return Roads(
        lon=np.concatenate([roads.lon, added.lon]),
        lat=np.concatenate([roads.lat, added.lat]),
        nodes=np.concatenate([roads.nodes, added.nodes + np.int32(len(roads.lon))]),
        starts=np.concatenate([roads.starts, added.starts[1:] + roads.starts[-1]]),
        line_tags=np.concatenate([roads.line_tags, added.line_tags + np.int32(offset)]),
        node_tags=np.concatenate([roads.node_tags, tagged.astype(np.int32)]),
        tag_sets=(*roads.tag_sets, *added.tag_sets),
        line_ids=np.concatenate([roads.line_ids, added.line_ids]),
        set_aside=roads.set_aside,
    )


def join(roads: Roads, added: Roads, *, epsg: int, tolerance_m: float) -> tuple[Roads, Joined]:
    """Add lines; their ends join the nearest street within `tolerance_m`, and crossings are made.

    An end that stops short is led on to the nearest place of that street by a straight line with
    its own tags. Lines cross at grade unless either is a bridge, a tunnel or on another layer.
    Works in the metric CRS `epsg`.
    """
    first_line = roads.n_lines
    both = together(roads, added)
    steps = straight_steps(both, epsg)
    own, other, met = _crossings(steps, first_line)
    ends, end_line, target, joint = _loose_ends(both, steps, epsg, first_line, tolerance_m)
    # Every meeting puts a node on each line, or takes the corner that is there.
    places = np.concatenate([met, met, joint])
    both, node = nodes_at(both, steps, np.concatenate([own, other, target]), places, epsg=epsg)
    k = len(met)
    near = np.hypot(*(_metres(both, ends, epsg) - joint).T) <= SAME_PLACE_M
    merged = (
        np.concatenate([node[:k], ends[near]]),
        np.concatenate([node[k : 2 * k], node[2 * k :][near]]),
    )
    both = _led_on(both, ends[~near], node[2 * k :][~near], end_line[~near])
    both = replace(both, nodes=_merged(both, *merged))
    return both, Joined(
        ends=np.bincount(end_line - first_line, minlength=added.n_lines),
        crossings=k,
        loose=_loose(both, first_line, added.n_lines),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StraightSteps:
    """Straight steps of all lines at grade (z,): where they begin, whose, LineStrings [m]."""

    at: Longs
    line: Longs
    shapes: npt.NDArray[np.object_]


def straight_steps(roads: Roads, epsg: int) -> StraightSteps:
    """The steps of all lines that are neither bridge nor tunnel, in the metric CRS."""
    begins = np.ones(len(roads.nodes), dtype=bool)
    begins[roads.starts[1:] - 1] = False
    at = np.flatnonzero(begins)
    line = np.searchsorted(roads.starts, at, side="right") - 1
    level = np.array([at_grade(tags) for tags in roads.tag_sets], dtype=bool)
    keep = level[roads.line_tags[line]]
    at, line = at[keep], line[keep]
    xy = _metres(roads, roads.nodes, epsg)
    shapes = shapely.linestrings(np.stack([xy[at], xy[at + 1]], axis=1))
    return StraightSteps(at=at, line=line, shapes=shapes)


def nodes_at(
    roads: Roads, steps: StraightSteps, which: Longs, places: Floats, *, epsg: int
) -> tuple[Roads, Longs]:
    """Nodes on the steps `which` at `places` [m]: the corner that is there, or a new one.

    Returns the roads with the new nodes and the node of every place.
    """
    x0, y0, x1, y1 = shapely.get_coordinates(steps.shapes[which]).reshape(-1, 4).T
    at = steps.at[which]
    to_begin = np.hypot(places[:, 0] - x0, places[:, 1] - y0)
    to_end = np.hypot(places[:, 0] - x1, places[:, 1] - y1)
    new = np.minimum(to_begin, to_end) > SAME_PLACE_M
    node = roads.nodes[at + (to_end < to_begin)].astype(np.int64)
    node[new] = len(roads.lon) + np.arange(np.count_nonzero(new))
    lon, lat = transformer(epsg, WGS84).transform(places[new, 0], places[new, 1])
    order = np.lexsort((to_begin[new], at[new]))
    position = at[new][order]
    more = np.bincount(
        np.searchsorted(roads.starts, position, side="right") - 1, minlength=roads.n_lines
    )
    more_nodes = replace(
        roads,
        lon=np.concatenate([roads.lon, lon]),
        lat=np.concatenate([roads.lat, lat]),
        nodes=np.insert(roads.nodes, position + 1, node[new][order]).astype(np.int32),
        starts=roads.starts + np.concatenate([[0], np.cumsum(more)]),
        node_tags=np.concatenate([roads.node_tags, np.full(len(lon), UNTAGGED, dtype=np.int32)]),
    )
    return more_nodes, node


def _metres(roads: Roads, nodes: npt.NDArray[np.integer], epsg: int) -> Floats:
    to_metric = transformer(WGS84, epsg)
    return np.column_stack(to_metric.transform(roads.lon[nodes], roads.lat[nodes]))


def _crossings(steps: StraightSteps, first_line: int) -> tuple[Longs, Longs, Floats]:
    """Pairs of steps that cross, at least one of an added line, and where [m]."""
    shapes = steps.shapes
    mine = np.flatnonzero(steps.line >= first_line)
    hit, other = shapely.STRtree(shapes).query(shapes[mine], predicate="intersects")
    own = mine[hit]
    # Each pair once; lines that share a node there already do no harm, a line with itself neither.
    keep = ((steps.line[other] < first_line) | (other > own)) & (
        (steps.line[own] != steps.line[other]) | (np.abs(steps.at[own] - steps.at[other]) > 1)
    )
    own, other = own[keep], other[keep]
    place = shapely.intersection(shapes[own], shapes[other])
    points = shapely.get_type_id(place) == shapely.GeometryType.POINT
    return own[points], other[points], shapely.get_coordinates(place[points])


def _loose_ends(
    roads: Roads, steps: StraightSteps, epsg: int, first_line: int, tolerance_m: float
) -> tuple[Longs, Longs, Longs, Floats]:
    """Ends of added lines near a street that was there: node, line, the step it joins, where."""
    lines = np.arange(first_line, roads.n_lines)
    ends = np.concatenate(
        [roads.nodes[roads.starts[lines]], roads.nodes[roads.starts[lines + 1] - 1]]
    )
    ends, first = np.unique(ends, return_index=True)
    line = np.concatenate([lines, lines])[first]
    there = np.flatnonzero(steps.line < first_line)
    shapes = steps.shapes[there]
    points = shapely.points(_metres(roads, ends, epsg))
    who, step = shapely.STRtree(shapes).query_nearest(
        points, max_distance=tolerance_m, all_matches=False
    )
    joint = shapely.line_interpolate_point(
        shapes[step], shapely.line_locate_point(shapes[step], points[who])
    )
    return (
        ends[who].astype(np.int64), line[who], there[step],
        shapely.get_coordinates(joint).reshape(-1, 2),
    )  # fmt: skip


def _led_on(roads: Roads, ends: Longs, joints: Longs, line: Longs) -> Roads:
    """Straight lines from ends to where they join, tagged like the lines they lead on."""
    return replace(
        roads,
        nodes=np.concatenate([roads.nodes, np.column_stack([ends, joints]).ravel()]).astype(
            np.int32
        ),
        starts=np.concatenate([roads.starts, roads.starts[-1] + 2 * np.arange(1, len(ends) + 1)]),
        line_tags=np.concatenate([roads.line_tags, roads.line_tags[line]]),
        line_ids=np.concatenate([roads.line_ids, roads.line_ids[line]]),
    )


def _merged(roads: Roads, one: Longs, other: Longs) -> Ints:
    """Lines with each pair of nodes made one."""
    part = connected_parts(len(roads.lon), one, other)
    _, standing_for = np.unique(part, return_index=True)
    return np.asarray(standing_for[part][roads.nodes], dtype=np.int32)


def _loose(roads: Roads, first_line: int, added: int) -> tuple[int, ...]:
    """Ids of added lines that are connected with none of the lines that were there."""
    line = np.repeat(np.arange(roads.n_lines), np.diff(roads.starts))
    part = connected_parts(roads.n_lines + len(roads.lon), line, roads.n_lines + roads.nodes)
    lines = np.arange(first_line, first_line + added)
    loose = lines[~np.isin(part[lines], part[:first_line])]
    return tuple(roads.line_ids[loose].tolist())
