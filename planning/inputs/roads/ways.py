"""OSM ways as any source gives them become roads; what cannot be used is counted by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.errors import InputError, fail
from planning.network.roads import (
    TAG_KEYS,
    UNTAGGED,
    Flags,
    Floats,
    Ints,
    Longs,
    Roads,
    SetAside,
)

Tags = tuple[tuple[str, str], ...]
"""Tags of a thing in the order of `TAG_KEYS`, so that equal tags are equal tuples."""

MISSING = "nodes missing from the file"
OUTSIDE = "coordinates outside the world"
ID_TWICE = "way ids used twice"
TOO_SHORT = "ways with fewer than two usable nodes"
DUPLICATE = "duplicate ways"

_EXAMPLES = 5
_DIRECTED = frozenset({"oneway", "oneway:bicycle", "oneway:foot", "junction", "conveying"})
_DIRECTED_HIGHWAYS = frozenset({"motorway", "motorway_link"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Road ways before anything is checked.

    Way k has `ids[k]`, the tags ``tag_sets[tags[k]]``, and runs over ``refs[starts[k]:starts[k +
    1]]``, node ids, at `lon`, `lat` [degrees], shape (p,), NaN where the source lacks the node.
    `node_tags` holds the tags of nodes by their id; nodes of no road may stand there too.
    """

    ids: Longs
    tags: Ints
    tag_sets: Sequence[Tags]
    starts: Longs
    refs: Longs
    lon: Floats
    lat: Floats
    node_tags: Mapping[int, Tags]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Ways cut into whole lines: `way` (k,) is the row of the way, positions as in `Ways`."""

    way: Longs
    starts: Longs
    at: Longs


def roads_of_ways(ways: Ways, *, where: str) -> Roads:
    """Roads of OSM ways, in the order of their ids; refuses a source without a single road.

    A way is cut where a node is missing or lies outside the world, repeated consecutive nodes are
    one, and of ways with the same id, or the same tags over the same nodes, the first stays.
    """
    order = np.argsort(ways.ids, kind="stable")
    again = np.zeros(len(order), dtype=bool)
    again[1:] = np.diff(ways.ids[order]) == 0
    aside = [_of_ways(ID_TWICE, ways.ids[order[again]])]
    lines, lost = _cut(ways, order[~again])
    aside += lost
    if not len(lines.way):
        raise _no_road(where, aside)
    lines, twice = _each_once(ways, lines)
    aside.append(twice)
    ids, nodes = np.unique(ways.refs[lines.at], return_inverse=True)
    first = np.empty(len(ids), dtype=np.int64)
    first[nodes[::-1]] = np.arange(len(nodes))[::-1]  # of equal places the last one set stays
    tag_sets, line_tags, node_tags = _number_tags(ways, ways.tags[lines.way], ids)
    return Roads(
        lon=ways.lon[lines.at[first]],
        lat=ways.lat[lines.at[first]],
        nodes=nodes.astype(np.int32),
        starts=lines.starts,
        line_tags=line_tags,
        node_tags=node_tags,
        tag_sets=tag_sets,
        line_ids=ways.ids[lines.way],
        set_aside=tuple(found for found in aside if found.count),
    )


def _cut(ways: Ways, rows: Longs) -> tuple[_Lines, list[SetAside]]:
    """The lines of some ways, and what had to be left out of them."""
    sizes = np.diff(ways.starts)[rows]
    way = np.repeat(rows, sizes)
    at = spread(ways.starts[rows], sizes)
    lon, lat, refs = ways.lon[at], ways.lat[at], ways.refs[at]
    missing = np.isnan(lon)
    outside = ~missing & ((np.abs(lon) > 180.0) | (np.abs(lat) > 90.0))
    kept, starts = whole_runs(way, ~missing & ~outside, like_the_one_before(refs))
    lines = _Lines(way=way[kept[starts[:-1]]], starts=starts, at=at[kept])
    return lines, [
        _of_nodes(MISSING, refs[missing], ways.ids[way[missing]]),
        _of_nodes(OUTSIDE, refs[outside], ways.ids[way[outside]]),
        _of_ways(TOO_SHORT, ways.ids[rows[~np.isin(rows, lines.way)]]),
    ]


def whole_runs(of: Longs, usable: Flags, repeats: Flags) -> tuple[Longs, Longs]:
    """Cut the corners of things, shape (p,), where one is not usable.

    `of` says to which thing a corner belongs; `repeats` marks those at the place of the corner
    before, which are left out. Returns the positions of the corners that stay, and where each run
    of two or more begins among them, shape (runs + 1,).
    """
    follows = np.zeros(len(of), dtype=bool)
    follows[1:] = (of[1:] == of[:-1]) & usable[1:] & usable[:-1]
    kept = np.flatnonzero(usable & ~(follows & repeats))
    run = np.cumsum(~follows[kept]) - 1
    length = np.bincount(run)
    whole = length > 1
    starts = np.concatenate([[0], np.cumsum(length[whole])])
    return kept[whole[run]], starts.astype(np.int64)


def like_the_one_before(corners: npt.NDArray[np.generic]) -> Flags:
    """Which corners, (p,) names or (p, 2) coordinates, repeat the one before, shape (p,)."""
    repeats = np.zeros(len(corners), dtype=bool)
    same = corners[1:] == corners[:-1]
    repeats[1:] = same if same.ndim == 1 else same.all(axis=1)
    return repeats


def _each_once(ways: Ways, lines: _Lines) -> tuple[_Lines, SetAside]:
    """Lines without those that repeat an earlier one of the same tags, in either direction.

    Backwards counts as the same only where no tag depends on the direction.
    """
    refs, starts = ways.refs[lines.at], lines.starts
    tags = ways.tags[lines.way]
    first, last = refs[starts[:-1]], refs[starts[1:] - 1]
    # Alike in these four may be the same; products overflow harmlessly, and ties are looked at.
    alike = np.minimum(first, last) * 1_000_003 + np.maximum(first, last)
    alike = (alike * 1_000_003 + np.diff(starts)) * 1_000_003 + tags
    _, group, size = np.unique(alike, return_inverse=True, return_counts=True)
    kept = np.ones(len(tags), dtype=bool)
    seen: set[tuple[int, bytes]] = set()
    for k in np.flatnonzero(size[group] > 1).tolist():
        run, tag = refs[starts[k] : starts[k + 1]], int(tags[k])
        name = run.tobytes()
        if not _is_directed(ways.tag_sets[tag]):
            name = min(name, run[::-1].tobytes())
        kept[k] = (tag, name) not in seen
        seen.add((tag, name))
    sizes = np.diff(starts)
    return (
        _Lines(
            way=lines.way[kept],
            starts=np.concatenate([[0], np.cumsum(sizes[kept])]).astype(np.int64),
            at=lines.at[np.repeat(kept, sizes)],
        ),
        _of_ways(DUPLICATE, ways.ids[lines.way[~kept]]),
    )


def _is_directed(tags: Tags) -> bool:
    return any(
        key in _DIRECTED or (key == "highway" and value in _DIRECTED_HIGHWAYS)
        for key, value in tags
    )


def _number_tags(
    ways: Ways, of_line: Ints, ids: Longs
) -> tuple[tuple[dict[str, str], ...], Ints, Ints]:
    """Tag sets numbered as they first appear, along the lines and then along the nodes."""
    used, first, old = np.unique(of_line, return_index=True, return_inverse=True)
    appears = np.argsort(first)
    rank = np.empty(len(used), dtype=np.int32)
    rank[appears] = np.arange(len(used), dtype=np.int32)
    number = {ways.tag_sets[tag]: k for k, tag in enumerate(used[appears].tolist())}
    of_node = np.full(len(ids), UNTAGGED, dtype=np.int32)
    tagged = np.array(sorted(ways.node_tags), dtype=np.int64)
    at = np.searchsorted(ids, tagged)
    at[at == len(ids)] = 0
    for row in np.flatnonzero(ids[at] == tagged).tolist():
        found = ways.node_tags[int(tagged[row])]
        of_node[at[row]] = number.setdefault(found, len(number))
    return tuple(dict(found) for found in number), rank[old], of_node


def known_tags(tags: Mapping[str, str]) -> Tags:
    """Those of some tags that somebody looks at."""
    return tuple([(key, tags[key]) for key in TAG_KEYS if key in tags])


def spread(first: Longs, sizes: Longs) -> Longs:
    """All positions of ranges that begin at `first` and are `sizes` long, one after another."""
    until = np.cumsum(sizes)
    return np.repeat(first - until + sizes, sizes) + np.arange(sizes.sum(), dtype=np.int64)


def _of_ways(reason: str, ids: Longs) -> SetAside:
    return SetAside(reason=reason, count=len(ids), examples=_names(ids))


def _of_nodes(reason: str, refs: Longs, ids: Longs) -> SetAside:
    """Nodes are counted, the ways that lack them are named."""
    return SetAside(reason=reason, count=len(np.unique(refs)), examples=_names(ids))


def _names(ids: npt.NDArray[np.int64]) -> tuple[str, ...]:
    return tuple(f"way {way}" for way in np.unique(ids)[:_EXAMPLES].tolist())


def _no_road(where: str, aside: Sequence[SetAside]) -> InputError:
    """The refusal of a source without a road, saying whether nodes are what it lacks."""
    lost = sum(found.count for found in aside if found.reason == MISSING)
    zh, en = "没有一条可用的道路", "not a single usable road"
    if lost:
        zh, en = f"{zh}（缺 {lost:,} 个节点的坐标）", f"{en} (it lacks {lost:,} nodes)"
    error = fail(
        InputError,
        where,
        found=(zh, en),
        expected=(
            "带 highway 标签的道路及其节点",
            "ways tagged highway=* together with their nodes",
        ),
        to_do=(
            "重新导出，包含道路与节点（Overpass：out body; >; out skel;）",
            "export ways with their nodes (Overpass: out body; >; out skel;)",
        ),
    )
    assert isinstance(error, InputError)
    return error
