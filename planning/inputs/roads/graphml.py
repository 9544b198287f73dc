"""OSMnx graphs, from GraphML or from memory: the edges of both directions become one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from planning.errors import InputError, fail
from planning.inputs.roads.ways import DUPLICATE, OUTSIDE, TOO_SHORT
from planning.network.roads import TAG_KEYS, Floats, Roads, SetAside
from planning.projection import WGS84, transformer

SECOND_DIRECTION = "second direction of a street"
SEVERAL_KINDS = "edges of several highway kinds, judged by the first"
SEVERAL_RULES = "edges of several access rules, judged by the first"

_EXAMPLES = 5
_LARGEST_ID = 2**63 - 1
_LOOKED_AT = 1 << 16
_LONGEST_REASON = 300
_TURNED_ROUND = frozenset({"-1", "reverse", "T"})
_RULES = ("access", "foot", "bicycle", "motor_vehicle", "vehicle")


def read_graphml(path: Path) -> Roads:
    """The roads of a graph that ``osmnx.save_graphml`` wrote."""
    import networkx as nx  # with osmnx 1.5 s to import, and only this format needs them
    import osmnx

    where = f"network: {path.name}"
    _refuse_entities(path, where)
    try:
        graph = osmnx.load_graphml(path, edge_dtypes={"oneway": _oneway})
    except (
        ParseError, AttributeError, LookupError, MemoryError, OSError, OverflowError,
        RecursionError, SyntaxError, TypeError, ValueError, nx.NetworkXException,
        shapely.errors.ShapelyError,
    ) as error:  # fmt: skip
        raise _no_graph(where, f"{type(error).__name__}: {error}") from None
    return roads_of_graph(graph, where=where)


def _refuse_entities(path: Path, where: str) -> None:
    """A DTD may define words that stand for others without end; OSMnx writes none."""
    try:
        with path.open("rb") as file:
            head = file.read(_LOOKED_AT)
    except OSError as error:
        raise _no_graph(where, f"{type(error).__name__}: {error}") from None
    if b"<!DOCTYPE" in head.replace(b"\x00", b"") or b"<graphml" not in head:
        raise _no_graph(where, "DOCTYPE" if b"<graphml" in head else "no <graphml")


def roads_of_graph(graph: Any, *, where: str = "graph") -> Roads:
    """The roads of a NetworkX graph as OSMnx makes them: nodes x and y, edges highway, geometry.

    An edge and its reverse over the same corners are one line; an edge without its reverse is a
    line with the tag oneway=yes, which binds wheels, not walkers. Where OSMnx has merged ways of
    different tags into one edge, the first counts, and such edges are counted by kind.
    """
    places = _places(graph, where)
    try:
        edges = _edges(graph, places)
    except (AttributeError, LookupError, TypeError, ValueError, shapely.GEOSException) as error:
        raise _no_graph(where, f"{type(error).__name__}: {error}") from None
    lines, aside = _lines(edges, places, is_directed=graph.is_directed())
    if not lines:
        raise fail(
            InputError,
            where,
            found=("没有一条可用的边", "not a single usable edge"),
            expected=("带 highway 属性的道路图", "a graph of streets, edges with highway"),
            to_do=("重新下载路网", "download the network again"),
        )
    return _roads(graph, places, lines, aside)


@dataclass(slots=True, kw_only=True)
class _Edge:
    """An edge from node to node by their numbers, over corners in between [degrees], (k, 2)."""

    tail: int
    head: int
    inner: Floats
    data: Mapping[str, Any]
    both_ways: bool = False

    @property
    def key(self) -> tuple[int, int, bytes]:
        """What it has in common with its repetitions."""
        return self.tail, self.head, self.inner.tobytes()

    @property
    def key_back(self) -> tuple[int, int, bytes]:
        """The key of the other direction."""
        return self.head, self.tail, self.inner[::-1].tobytes()

    @property
    def way(self) -> int:
        """The OSM way, the first of several; -1 where the graph does not say."""
        way = _first(self.data.get("osmid"))
        is_id = isinstance(way, (int, np.integer)) and abs(int(way)) <= _LARGEST_ID
        return int(way) if is_id else -1

    @property
    def name(self) -> str:
        """What to call it in a list."""
        return f"way {self.way}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Numbers of the nodes by their name, their place [degrees], and the way into degrees."""

    number: Mapping[Any, int]
    lonlat: Floats
    to_degrees: Callable[[Floats], Floats]


def _places(graph: Any, where: str) -> _Places:
    try:
        crs = CRS.from_user_input(graph.graph["crs"])
        xy = np.array([(data["x"], data["y"]) for _, data in graph.nodes(data=True)], dtype=float)
    except (AttributeError, CRSError, KeyError, TypeError, ValueError) as error:
        raise _no_graph(where, f"{type(error).__name__}: {error}") from None
    if crs.to_epsg() == 4326:
        to_degrees = _as_they_are
    else:

        def to_degrees(points: Floats) -> Floats:
            return np.column_stack(transformer(crs, WGS84).transform(points[:, 0], points[:, 1]))

    number = {node: k for k, node in enumerate(graph.nodes)}
    return _Places(number=number, lonlat=to_degrees(xy.reshape(-1, 2)), to_degrees=to_degrees)


def _as_they_are(points: Floats) -> Floats:
    return points


def _edges(graph: Any, places: _Places) -> list[_Edge]:
    """All edges; a geometry that runs from head to tail is turned round."""
    found = []
    for u, v, data in graph.edges(data=True):
        tail, head = places.number[u], places.number[v]
        corners = np.empty((0, 2))
        if data.get("geometry") is not None:
            corners = places.to_degrees(shapely.get_coordinates(data["geometry"]))
            ends = places.lonlat[[head, tail]]
            if tail != head and np.array_equal(corners[[0, -1]], ends):
                corners = corners[::-1]
        found.append(_Edge(tail=tail, head=head, inner=corners[1:-1], data=data))
    return found


def _lines(
    edges: Iterable[_Edge], places: _Places, *, is_directed: bool
) -> tuple[list[_Edge], list[SetAside]]:
    """One edge for each line, and what was left out.

    Of two directions the one stays in which OSM has the way: `reversed` is false there, and tags
    such as conveying=forward mean that direction.
    """
    inside = _in_world(places.lonlat)
    lines: dict[tuple[int, int, bytes], _Edge] = {}
    left: dict[str, list[str]] = {r: [] for r in (SECOND_DIRECTION, DUPLICATE, TOO_SHORT, OUTSIDE)}
    for edge in edges:
        edge.both_ways = not is_directed
        if not (inside[edge.tail] and inside[edge.head] and _in_world(edge.inner).all()):
            left[OUTSIDE].append(edge.name)
        elif edge.tail == edge.head and not len(edge.inner):
            left[TOO_SHORT].append(edge.name)
        elif edge.key in lines:
            left[DUPLICATE].append(edge.name)
        elif edge.key_back in lines:
            other = lines[edge.key_back]
            left[DUPLICATE if other.both_ways else SECOND_DIRECTION].append(edge.name)
            other.both_ways = True
            if other.data.get("reversed") is True and edge.data.get("reversed") is False:
                other.tail, other.head = edge.tail, edge.head
                other.inner, other.data = edge.inner, edge.data
        else:
            lines[edge.key] = edge
    return list(lines.values()), [
        SetAside(reason=reason, count=len(names), examples=tuple(names[:_EXAMPLES]))
        for reason, names in left.items()
        if names
    ]


def _in_world(lonlat: Floats) -> npt.NDArray[np.bool_]:
    """Whether each place is one, shape (n,); NaN and what a projection cannot turn back is not."""
    return (np.abs(lonlat[:, 0]) <= 180.0) & (np.abs(lonlat[:, 1]) <= 90.0)


def _roads(graph: Any, places: _Places, lines: list[_Edge], aside: list[SetAside]) -> Roads:
    """Lines numbered over nodes; the corners in between belong to one line each."""
    lonlat = np.concatenate([places.lonlat, *(line.inner for line in lines)])
    runs, count = [], len(places.lonlat)
    for line in lines:
        until = count + len(line.inner)
        runs.append([line.tail, *range(count, until), line.head])
        count = until
    at_nodes = ((places.number[node], _tags(data)) for node, data in graph.nodes(data=True))
    several = [
        _several(SEVERAL_KINDS, lines, ("highway",)),
        _several(SEVERAL_RULES, lines, _RULES),
    ]
    return Roads.from_runs(
        lonlat[:, 0],
        lonlat[:, 1],
        runs,
        tags=[_line_tags(line) for line in lines],
        node_tags={node: tags for node, tags in at_nodes if tags},
        line_ids=[line.way for line in lines],
        set_aside=(*aside, *(found for found in several if found.count)),
    )


def _line_tags(line: _Edge) -> dict[str, str]:
    """Tags of a line, oneway=yes where the graph has it in one direction only.

    OSMnx writes oneway as True or False; a word is OSM's own (`all_oneway`) and stays, but OSMnx
    has turned the way round where it was "-1".
    """
    tags = _tags(line.data)
    said = tags.pop("oneway", "no" if line.both_ways else "yes")
    if said in _TURNED_ROUND:
        said = "yes"
    return tags if said == "no" else {**tags, "oneway": said}


def _oneway(text: str | bool) -> str | bool:
    """Read oneway as OSMnx writes it, True or False, or as OSM does where OSMnx was told to."""
    return {"True": True, "False": False}.get(str(text), text)


def _tags(data: Mapping[str, Any]) -> dict[str, str]:
    """OSM tags of a node or an edge, of several values the first."""
    found = {key: _first(data[key]) for key in TAG_KEYS if key in data}
    return {key: value for key, value in found.items() if isinstance(value, str) and value}


def _several(reason: str, lines: list[_Edge], keys: Iterable[str]) -> SetAside:
    """The lines that hold a list under one of the keys."""
    names = [line.name for line in lines if any(isinstance(line.data.get(k), list) for k in keys)]
    return SetAside(reason=reason, count=len(names), examples=tuple(names[:_EXAMPLES]))


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _no_graph(where: str, why: str) -> Exception:
    why = why[:_LONGEST_REASON]
    return fail(
        InputError,
        where,
        found=(f"不是 OSMnx 的路网图（{why}）", f"no graph of OSMnx ({why})"),
        expected=(
            "osmnx.save_graphml 的文件：节点有 x、y，图有 crs",
            "a file of osmnx.save_graphml: nodes with x and y, the graph with its crs",
        ),
        to_do=("用 OSMnx 重新下载并保存", "download it again with OSMnx and save it"),
    )
