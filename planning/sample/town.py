"""The plan of the invented town 新禾新城, and how the plan lies on the map.

The town is drawn on a straight plan in metres, x east and y north of its centre; `bend` puts that
plan on the map (EPSG:4544), so that every street, wall, person and parcel is moved alike and what
touches on the plan touches on the map.
"""

import math
from collections.abc import Iterable, Iterator

from planning.projection import WGS84, transformer

Point = tuple[float, float]  # on the plan, easting and northing, or lon and lat

EPSG = 4544  # CGCS2000 / 3-degree Gauss-Kruger CM 105E [m]
_CENTRE = (500_000.0, 3_386_627.91)  # lon 105.00, lat 30.60 in EPSG [m]
WRITTEN = "2025-01-01T00:00:00Z"  # stands in for "now": the same call gives the same bytes

# The plan from north to south, one letter a block. Columns 4 and 5 are the halves of the river.
# o old town, g gated compound, c centre, n new town, e edge of town, k park, p planned,
# i old works, h hill, f farmland, ~ river.
_XS = (-1700, -1310, -920, -530, -140, -70, 0, 425, 850, 1275, 1700)
_YS = (1300, 840, 390, -60, -510, -960, -1300)
_BLOCKS = ("fogo~~nnhh", "fooo~~nghh", "fgck~~nkng", "fooo~~ncpn", "iogo~~gnpp", "iooo~~nnef")

_RIVER_Y = tuple(range(-1950, 1951, 150))  # y where the banks bend, south to north [m]

# id, name, column and row of the block, side of the gate, year built. No gate: still planned.
COMPOUNDS = (
    ("R1", "谷仓苑", 2, 0, "S", 2006),
    ("R2", "稻香里", 1, 2, "E", 2009),
    ("R3", "石磨新村", 2, 4, "N", 2003),
    ("R4", "新苗花园", 7, 1, "W", 2019),
    ("R5", "晴耕庭", 6, 4, "N", 2021),
    ("R6", "望丘家园", 9, 2, "S", 2023),
)
# id, name, west, south, east, north on the plan [m], households, people, delivery year
PLANNED = (
    ("R7", "规划一号片区", 865, -495, 1260, -75, 1500, 4200, 2026),
    ("R8", "规划二号片区", 865, -945, 1685, -525, 2400, 6720, 2027),
)


def bend(point: Point) -> Point:
    """The plan point [m] as easting, northing in EPSG:4544 [m]: a town is no chessboard."""
    x, y = point
    east = _CENTRE[0] + x + 45 * math.sin(y / 520 + 0.4) + 22 * math.sin((x + y) / 310) + 0.03 * y
    north = (
        _CENTRE[1] + y + 38 * math.sin(x / 600 - 0.5) + 18 * math.sin((x - 2 * y) / 420) - 0.02 * x
    )
    return round(east, 2), round(north, 2)


def to_degrees(points: Iterable[Point]) -> list[Point]:
    """Plan points [m] as lon, lat [degrees], to the seven decimals OSM keeps."""
    east, north = zip(*map(bend, points), strict=True)
    lon, lat = transformer(EPSG, WGS84).transform(east, north)
    return [(round(x, 7), round(y, 7)) for x, y in zip(lon, lat, strict=True)]


def box(west: float, south: float, east: float, north: float) -> tuple[Point, ...]:
    """The closed outline of a rectangle."""
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def block(column: int, row: int, inset: float = 0) -> tuple[float, float, float, float]:
    """West, south, east, north of a block on the plan, drawn in by `inset` [m]."""
    west, east, north, south = _XS[column], _XS[column + 1], _YS[row], _YS[row + 1]
    return west + inset, south + inset, east - inset, north - inset


def blocks() -> Iterator[tuple[str, int, int]]:
    """Letter, column and row of every block, from the north-west corner."""
    for row, letters in enumerate(_BLOCKS):
        for column, letter in enumerate(letters):
            yield letter, column, row


def walls(column: int, row: int) -> tuple[Point, ...]:
    """The wall round the compound in a block, 45 m in from the middle of the streets."""
    return box(*block(column, row, inset=45))


def oval(x: float, y: float, half_x: float, half_y: float) -> tuple[Point, ...]:
    """The closed outline of an oval of 16 corners."""
    turns = [2 * math.pi * k / 16 for k in (*range(16), 0)]
    return tuple((round(x + half_x * math.cos(t)), round(y + half_y * math.sin(t))) for t in turns)


def river() -> tuple[Point, ...]:
    """The water's edge: up the east bank and down the west, never the same width twice."""
    east = [(-24 + 7 * (k % 3 - 1), y) for k, y in enumerate(_RIVER_Y)]
    west = [(-114 - 6 * (k % 4 - 2), y) for k, y in enumerate(_RIVER_Y)]
    return (*east, *reversed(west), east[0])


def river_line() -> tuple[Point, ...]:
    """The middle of the river, south to north."""
    return tuple((-70, y) for y in _RIVER_Y)


def lake() -> tuple[Point, ...]:
    """The shore of 新苗湖."""
    return oval(638, 165, 110, 78)


def hill() -> tuple[Point, ...]:
    """The foot of 望丘."""
    return oval(1290, 850, 385, 410)


def verges() -> tuple[Point, ...]:
    """The strip the motorway runs in. Points every 200 m, so that it bends as the streets do."""
    north = [(x, -1085) for x in range(-2200, 2201, 200)]
    return (*north, *((x, -1460) for x, _ in reversed(north)), north[0])
