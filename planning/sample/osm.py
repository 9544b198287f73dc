"""The town as OSM draws it: streets, walls, water, parks."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import osmium
import shapely
from osmium.io import Header
from osmium.osm import mutable
from shapely.geometry import LineString

from planning.sample.town import (
    COMPOUNDS,
    WRITTEN,
    Point,
    block,
    blocks,
    box,
    hill,
    lake,
    oval,
    river,
    river_line,
    to_degrees,
    walls,
)

# Name, highway, points. Where two of them cross, they meet.
_ROADS = """
禾耕路 tertiary -1310 -960 -1310 1750
谷雨路 secondary -920 -960 -920 1750
石磨街 secondary -530 -960 -530 1750
西岸路 tertiary -140 -960 -140 1750
东岸路 tertiary 0 -960 0 1750
新苗大道 primary 425 -960 425 1750
望丘路 secondary 850 -960 850 1750
晴耕路 tertiary 1275 -960 1275 390
东篱路 tertiary 1700 -960 1700 390
南场路 tertiary -1310 -960 -140 -960
南场东路 tertiary 0 -960 2150 -960
禾桥路 primary -2150 -510 -140 -510
禾桥东路 primary 0 -510 2150 -510
老街 secondary -2150 -60 -140 -60
新苗路 secondary 0 -60 2150 -60
麦浪路 tertiary -1310 390 -140 390
晴川路 tertiary 0 390 2150 390
稻香路 secondary -1310 840 -140 840
稻香东路 secondary 0 840 850 840
北仓路 residential -1310 1300 -140 1300
北苗路 residential 0 1300 850 1300
南墙巷 residential -1310 -960 -1310 -1060 -530 -1060 -530 -960
南苗巷 residential 0 -960 0 -1060 850 -1060 850 -960
坝上村路 residential -1300 -1600 -530 -1600
坝下村路 residential 425 -1600 900 -1600
谷雨路 secondary -920 -1340 -920 -1750
新苗大道 primary 425 -1340 425 -1750
登高路 path 850 610 960 660
登高路 steps 960 660 1050 740
登高路 path 1050 740 1150 715 1215 815 1290 870
登高路 steps 1290 870 1335 760
登高路 path 1335 760 1245 640 1330 520 1275 390
独户村路 residential -1590 650 -1530 650 -1450 650
独户村路 footway -1530 650 -1530 755
独户村路 service -1500 585 -1500 650
东岸步道 footway 0 -60 -10 60 -10 270 0 390
南桥步道 footway -530 -1060 -530 -1110
南桥步道 footway -530 -1330 -530 -1600
"""
# _Ways off the ground: name, highway, what carries them, points. They meet others at their ends.
_CROSSINGS = """
禾桥 primary bridge -140 -510 0 -510
稻香桥 secondary bridge -140 840 0 840
南天桥 footway bridge -530 -1110 -530 -1330
谷雨路 secondary tunnel -920 -960 -920 -1340
新苗大道 primary tunnel 425 -960 425 -1340
"""
_MOTORWAY = (
    ((-2200, -1330), (-1300, -1240), (-500, -1190), (-150, -1180)),
    ((-150, -1180), (10, -1180)),
    ((10, -1180), (500, -1195), (1300, -1260), (2200, -1380)),
)


class _Way(NamedTuple):
    """A way or area: points on the plan [m], OSM tags, and the gate in it, if any."""

    points: tuple[Point, ...]
    tags: dict[str, str]
    gate: Point | None = None


def write_roads(path: Path) -> None:
    """Write all ways as OSM PBF; ways that meet share a node."""
    ways = _streets() + _compound_walls() + _areas()
    number: dict[Point, int] = {}
    for way in ways:
        for x, y in way.points:
            number.setdefault((round(x, 1), round(y, 1)), len(number) + 1)
    gates = {way.gate for way in ways if way.gate}
    header = Header()
    header.set("generator", "planning.sample (invented)")
    common: dict[str, Any] = {"version": 1, "timestamp": WRITTEN}
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        places = to_degrees(number)
        for (point, node), place in zip(number.items(), places, strict=True):
            tags = {"barrier": "gate"} if point in gates else {}
            writer.add_node(mutable.Node(id=node, location=place, tags=tags, **common))
        for way_id, way in enumerate(ways, start=1):
            nodes = [number[round(x, 1), round(y, 1)] for x, y in way.points]
            writer.add_way(mutable.Way(id=way_id, nodes=nodes, tags=way.tags, **common))


def _streets() -> list[_Way]:
    """All ways on the ground, sharing a point wherever two of them meet, then the crossings."""
    ways = _main_streets() + _lanes()
    for _, _, column, row, side, _ in COMPOUNDS:
        ways += _compound_ways(column, row, side)
    network = shapely.unary_union([LineString(way.points) for way in ways])
    corners = shapely.get_coordinates(network).tolist()
    junctions = sorted({(round(x, 1), round(y, 1)) for x, y in corners})
    return [way._replace(points=_joined(way.points, junctions)) for way in ways] + _crossings()


def _main_streets() -> list[_Way]:
    rows = [line.split() for line in _ROADS.strip().splitlines()]
    return [_Way(_points(row[2:]), {"highway": row[1], "name": row[0]}) for row in rows]


def _lanes() -> list[_Way]:
    """What leads through the blocks. Row 5 has none: the motorway runs there."""
    made = {
        "o": ("residential", "residential", "footway"),
        "n": ("residential", "footway"),
        "c": ("pedestrian", "footway", "service"),
        "p": ("residential",),
        "i": ("service",),
    }
    ways = []
    for letter, column, row in blocks():
        if letter == "k":
            ways += _park_paths(column, row)
        elif letter in made and row < 5:
            west, south, east, north = block(column, row)
            kink = (3 * column + 2 * row) % 4
            x = round(west + (0.34 + 0.09 * kink) * (east - west))
            y = round(south + (0.62 - 0.08 * kink) * (north - south))
            across = ((west, y), (x, y + 18), (east, y - 12))
            along = ((x, south), (x + 22, y), (x - 8, north))
            alley = ((west, y - 110), (x - 40, y - 95), (east, y - 120))
            for points, highway in zip((across, along, alley), made[letter], strict=False):
                ways.append(_Way(points, {"highway": highway}))
    return ways


def _park_paths(column: int, row: int) -> list[_Way]:
    """A round walk, and a way in from each of the four streets."""
    west, south, east, north = block(column, row)
    x, y = round((west + east) / 2), round((south + north) / 2)
    ways_in = [
        ((west, y), (x - 150, y)),
        ((x + 150, y), (east, y)),
        ((x, south), (x, y - 120)),
        ((x, y + 120), (x, north)),
    ]
    return [_Way(points, {"highway": "footway"}) for points in (oval(x, y, 150, 120), *ways_in)]


def _compound_ways(column: int, row: int, side: str) -> list[_Way]:
    """The drive from the street to the gate, and the private ways behind it."""
    west, south, east, north = block(column, row)
    x, y = (west + east) / 2, (south + north) / 2
    dx, dy = {"S": (0, -1), "N": (0, 1), "W": (-1, 0), "E": (1, 0)}[side]
    street = (x + dx * (east - west) / 2, y + dy * (north - south) / 2)
    gate, lane = ((street[0] - dx * step, street[1] - dy * step) for step in (45, 105))
    private = {"highway": "service", "access": "private"}
    loop = box(*block(column, row, inset=105))
    return [
        _Way((street, gate), {"highway": "service"}),
        _Way((gate, lane), private, gate),
        _Way(loop, private),
        _Way(((west + 105, y), (east - 105, y)), private),
        _Way(((x, south + 105), (x, north - 105)), private),
    ]


def _crossings() -> list[_Way]:
    """Bridges and underpasses, then the motorway: what only joins others at its ends."""
    ways = []
    for line in _CROSSINGS.strip().splitlines():
        name, highway, carrier, *numbers = line.split()
        layer = "1" if carrier == "bridge" else "-1"
        tags = {"highway": highway, "name": name, carrier: "yes", "layer": layer}
        ways.append(_Way(_points(numbers), tags))
    tags = {"highway": "motorway", "name": "南缘高速", "foot": "no", "oneway": "yes"}
    for points in _MOTORWAY:
        raised = {"bridge": "yes", "layer": "1"} if points == _MOTORWAY[1] else {}
        ways.append(_Way(points, tags | raised))
        back = tuple((x, y + 26) for x, y in reversed(points))
        ways.append(_Way(back, tags | raised))
    return ways


def _compound_walls() -> list[_Way]:
    ways = []
    for _, name, column, row, side, _ in COMPOUNDS:
        gate = _compound_ways(column, row, side)[1].points[0]
        tags = {"barrier": "wall", "landuse": "residential", "name": name}
        ways.append(_Way(_joined(walls(column, row), [gate]), tags))
    return ways


def _areas() -> list[_Way]:
    """Closed ways to draw and to walk round, and the line of the river."""
    ways = [
        _Way(river(), {"natural": "water", "water": "river", "name": "禾水"}),
        _Way(river_line(), {"waterway": "river", "name": "禾水"}),
        _Way(lake(), {"natural": "water", "water": "lake", "name": "新苗湖"}),
        _Way(hill(), {"natural": "wood", "name": "望丘"}),
        _Way(oval(1270, 830, 300, 300), {"leisure": "park", "name": "望丘公园"}),
    ]
    parks = {3: "老城公园", 7: "新苗湖公园"}
    for letter, column, row in blocks():
        if letter == "k":
            tags = {"leisure": "park", "name": parks[column]}
            ways.append(_Way(box(*block(column, row, inset=20)), tags))
        elif letter == "f":
            ways.append(_Way(box(*block(column, row)), {"landuse": "farmland"}))
    return ways


def _joined(points: Sequence[Point], others: Sequence[Point]) -> tuple[Point, ...]:
    """`points` with those of `others` that lie on the line (within 0.5 m) put in their place."""
    near = np.array(others)
    joined = [points[0]]
    for start, end in pairwise(points):
        step = np.subtract(end, start)
        length = float(np.hypot(*step))
        along = (near - start) @ step / length
        off = np.abs((near - start) @ np.array([-step[1], step[0]])) / length
        inner = np.flatnonzero((off < 0.5) & (along > 0.5) & (along < length - 0.5))
        joined += [others[k] for k in inner[np.argsort(along[inner])].tolist()]
        joined.append(end)
    return tuple(joined)


def _points(numbers: Sequence[str]) -> tuple[Point, ...]:
    return tuple((float(x), float(y)) for x, y in zip(numbers[::2], numbers[1::2], strict=True))
