"""The invented new town 新禾新城, in the file formats users bring.

For trying the program out and for its tests: small enough to know by heart, and read back by the
same readers as real data. Nothing in it is real. The town is drawn on a straight plan in metres,
x east and y north of its centre, and `_bend` puts that plan on the map (EPSG:4544), so that every
street, wall, person and parcel is moved alike and what touches on the plan touches on the map.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import osmium
import pyogrio
import rasterio
import shapely
from osmium.io import Header
from osmium.osm import mutable
from pyproj import Transformer
from rasterio.features import rasterize
from shapely.geometry import LineString, Polygon, mapping

Point = tuple[float, float]

_EPSG = 4544  # CGCS2000 / 3-degree Gauss-Kruger CM 105E [m]
_CENTRE = (500_000.0, 3_386_627.91)  # lon 105.00, lat 30.60 in _EPSG [m]
_WRITTEN = "2025-01-01T00:00:00Z"  # stands in for "now": the same call gives the same bytes
_CELL = 0.000833333333  # 3 arc-seconds, as WorldPop writes it [degrees]
_SHAPE = (42, 56)  # raster rows, columns
_WEST, _NORTH = 105 - _SHAPE[1] / 2 * _CELL, 30.6 + _SHAPE[0] / 2 * _CELL
_GRID = rasterio.Affine(_CELL, 0, _WEST, 0, -_CELL, _NORTH)
_NODATA = -99999.0

# The plan from north to south, one letter a block. Columns 4 and 5 are the halves of the river.
# o old town, g gated compound, c centre, n new town, e edge of town, k park, p planned,
# i old works, h hill, f farmland, ~ river.
_XS = (-1700, -1310, -920, -530, -140, -70, 0, 425, 850, 1275, 1700)
_YS = (1300, 840, 390, -60, -510, -960, -1300)
_BLOCKS = ("fogo~~nnhh", "fooo~~nghh", "fgck~~nkng", "fooo~~ncpn", "iogo~~gnpp", "iooo~~nnef")
_COMMUNITY = ("1133377799", "1133377799", "1122277799", "4455577799", "4455588888", "6666688888")
# Negative: nobody can live there, and the raster has no data. 0: nobody lives there yet.
_PEOPLE_PER_KM2 = {"o": 10_500, "g": 4_000, "c": 8_500, "n": 5_000, "e": 3_000} | {
    "k": 0,
    "p": 0,
    "i": 0,
    "h": -1,
    "f": -1,
    "~": -1,
}
_COMPOUND_PEOPLE_PER_KM2 = 19_500

_COUNTY = ("C1", "新禾新城")
_STREETS = {"S1": "禾北街道", "S2": "禾南街道", "S3": "禾东街道"}
_COMMUNITIES = ("稻香", "谷仓", "麦浪", "穗安", "石磨", "篱下", "新苗", "晴耕", "望丘")
_SUBURBS = ("篱下", "望丘")
_TOWN = {"S1": "old_town", "S2": "old_town", "S3": "new_town"}

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
# Ways off the ground: name, highway, what carries them, points. They meet others at their ends.
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
_RIVER_Y = tuple(range(-1950, 1951, 150))

# id, name, column and row of the block, side of the gate, year built. No gate: still planned.
_COMPOUNDS = (
    ("R1", "谷仓苑", 2, 0, "S", 2006),
    ("R2", "稻香里", 1, 2, "E", 2009),
    ("R3", "石磨新村", 2, 4, "N", 2003),
    ("R4", "新苗花园", 7, 1, "W", 2019),
    ("R5", "晴耕庭", 6, 4, "N", 2021),
    ("R6", "望丘家园", 9, 2, "S", 2023),
)
# id, name, west, south, east, north on the plan [m], households, people, delivery year
_PLANNED = (
    ("R7", "规划一号片区", 865, -495, 1260, -75, 1500, 4200, 2026),
    ("R8", "规划二号片区", 865, -945, 1685, -525, 2400, 6720, 2027),
)
# People outside the area, and the hamlet no street leads to: plan rectangle [m], persons per km2.
_FRINGE = (
    (-1310, 1300, -140, 1720, 6_000),
    (0, 1300, 850, 1720, 5_000),
    (1700, -510, 2120, 390, 5_000),
    (-1250, -1760, -560, -1480, 5_000),
    (-1600, 570, -1440, 770, 1_500),
)

_FACILITY_COLUMNS = (
    "编号,名称,类型,经度,纬度,托位数,床位数,护理型床位数,建筑面积,"
    "占地面积,独立占地,普惠,运营方式,状态,投用年份"
)
# As the columns, with x and y on the plan [m] in place of 经度 and 纬度.
_FACILITIES = """
F01,谷雨养老院,养老院,-1050,640,0,120,66,4200,620,是,是,公建民营,运营,2012
F02,麦浪社区养老服务综合体,社区养老服务综合体,-410,660,0,24,16,1350,0,否,是,公建民营,运营,2019
F03,谷仓日间照料中心,日间照料中心,-690,255,0,10,0,420,0,否,是,公办,运营,2017
F04,老街老年助餐点,老年助餐点,-800,120,0,0,0,160,0,否,是,公办,运营,2020
F05,谷仓苑托育园,托育机构,-725,1100,30,0,0,380,0,否,是,民办,运营,2021
F06,麦浪幼儿园托班,幼儿园托班,-380,1000,20,0,0,260,0,否,是,公办,运营,2022
F07,禾北社区卫生服务中心,社区卫生服务中心,-600,60,0,20,12,2100,700,是,是,公办,运营,2010
F08,穗安养老院,养老院,-1040,-320,0,80,40,2600,0,否,否,民办,运营,2015
F09,石磨日间照料中心,日间照料中心,-360,-700,0,12,0,460,200,是,是,公建民营,运营,2016
F10,石磨老年助餐点,老年助餐点,-700,-300,0,0,0,150,0,否,是,公办,运营,2021
F11,稻香里托育点,托育机构,-1080,200,10,0,0,140,0,否,否,民办,运营,2020
F12,禾南老幼综合体,老幼复合型社区综合体,-250,-250,40,30,18,1900,0,否,是,公建民营,筹建,2026
F13,新苗幼儿园托班,幼儿园托班,200,620,20,0,0,260,0,否,是,公办,运营,2023
F14,东岸老年助餐点,老年助餐点,150,150,0,0,0,140,0,否,是,民办,运营,2024
F15,禾东社区卫生服务中心,社区卫生服务中心,640,-250,0,24,16,2400,1100,是,是,公办,筹建,2027
"""
_CANDIDATE_COLUMNS = (
    "候选编号,来源类别,X坐标,Y坐标,可用建筑面积,地块面积,容积率,"
    "可设服务,改造单价_元每平方米,固定成本_万元,可用年份"
)
# As the columns, with x and y on the plan [m], east first, in place of X坐标 and Y坐标.
_CANDIDATES = """
K01,新供地块,-1355,1010,3900,2600,1.5,养老|托育,3200,95,2026
K02,老旧厂房,-1270,470,1400,1200,1.2,养老,1600,60,2025
K03,社区综合服务设施,-1080,1080,420,0,,养老|托育,1300,25,2025
K04,国企闲置房屋,-300,520,900,0,,养老|托育,1500,35,2025
K05,商业服务用地,-640,190,600,0,,养老,2400,40,2025
K06,存量闲置用房,-820,560,380,0,,养老|托育,1200,20,2025
K07,存量闲置用房,-1180,110,320,0,,托育,1100,18,2025
K08,幼儿园,-640,1010,260,0,,托育,950,15,2025
K09,社区综合服务设施,-250,1120,350,0,,养老|托育,1350,22,2026
K10,老旧厂房,-1420,-740,1200,1000,1.2,养老|托育,1500,55,2025
K11,国企闲置房屋,-1110,-820,1100,0,,养老|托育,1450,40,2025
K12,社区综合服务设施,-1180,-200,400,0,,养老|托育,1300,24,2025
K13,存量闲置用房,-620,-180,280,0,,托育,1150,16,2025
K14,商业服务用地,-420,-420,750,0,,养老|托育,2500,45,2026
K15,存量闲置用房,-250,-880,300,0,,养老,1200,18,2025
K16,幼儿园,-980,-1010,240,0,,托育,900,15,2025
K17,国企闲置房屋,-300,-600,1300,0,,养老,1550,42,2026
K18,新供地块,1060,180,3600,3000,1.2,养老|托育,3600,100,2026
K19,新供地块,1130,-330,4000,4000,1.0,养老|托育,3800,100,2026
K20,社区综合服务设施,980,-200,650,0,,养老|托育,1800,30,2026
K21,新供地块,1060,-700,3500,3500,1.0,养老|托育,3800,100,2027
K22,新供地块,1540,-790,1800,1500,1.2,托育,4000,80,2027
K23,社区综合服务设施,1420,-640,800,0,,养老|托育,1900,32,2027
K24,存量闲置用房,600,650,360,0,,托育,1400,20,2025
K25,社区综合服务设施,680,560,450,0,,养老|托育,1500,26,2025
K26,存量闲置用房,230,-700,300,0,,托育,1350,18,2025
K27,社区综合服务设施,1490,200,340,0,,养老|托育,1600,24,2026
K28,商业服务用地,560,-180,1600,0,,养老|托育,2800,60,2026
K29,国企闲置房屋,180,1010,850,0,,养老|托育,1700,36,2025
K30,幼儿园,640,-800,300,0,,托育,1000,15,2025
K31,新供地块,1560,-200,2400,2000,1.2,养老,3500,85,2027
"""

_README = """\
# 新禾新城 · Xinhe New Town

**虚构数据，仅供试用和测试。地名、人口、设施、价格均为编造，如有雷同纯属巧合。**
**Invented, for trying out and testing. No place, person, facility or price in it is real.**

| 文件 file | 坐标系 CRS | 内容与字段 what is in it |
|---|---|---|
| `roads.osm.pbf` | EPSG:4326 | 道路、水系、公园、小区围墙，OSM 标签 / OSM tags |
| `population_2025.tif` | EPSG:4326 | 3″ 格网，人/格，−99999 为无数据 / \
persons per cell, −99999 is NoData |
| `units.gpkg` (`units`) | EPSG:4544 | unit_id, level (county, street, community), parent_id, \
name, zone (urban, suburb), town (old_town, new_town) |
| `residential_areas.geojson` | EPSG:4326 | area_id, name, status (built, planned), \
planned_households 户, planned_people 人 (built: 0), delivery_year |
| `facilities.csv` | 经纬度 WGS84 | UTF-8 BOM；建筑面积、占地面积 m²；非独立占地者占地为 0 / \
areas in m²; land is 0 without a plot of its own |
| `candidates.csv` | EPSG:4544 | GB18030；**X坐标为北，Y坐标为东** [m]；可用建筑面积、\
地块面积 m²；改造单价 元/m²；固定成本 万元；容积率空白表示没有地块 / \
X is northing, Y is easting; plot ratio blank: no plot |

## 城市概况
- 约 3.4 × 2.6 km，1 个区县、3 个街道、9 个社区；西岸为老城，东岸为新城。
- 人口栅格合计 {total:,} 人，其中范围内 {inside:,} 人，其余住在边界以外。
- 禾水自北向南，只有禾桥、稻香桥两座桥；东北望丘只有一条登山路；南缘高速只可由天桥和两条下穿路通过。
- 已建小区 6 个，各有围墙和一个大门；规划片区 2 个，{planned:,} 人，尚未入住。
- 西部独户村的路不与任何道路相连，村民步行到不了任何设施。
- 现有设施 {facilities} 处，大多在西岸；候选点 {candidates} 处。石磨新村 (R3) 内没有候选点。
- 区县一行的 zone、town 按新城总体填写；各街道、社区按所在地填写。

## The town
- About 3.4 × 2.6 km: 1 county, 3 streets (街道), 9 communities (社区); old town on the west
  bank of the river, new town on the east.
- {total:,} people in the raster, {inside:,} of them inside the area; the others live beyond it.
- Two bridges cross the river. One path climbs the hill in the north-east. The motorway in the
  south is crossed by a footbridge and two underpasses.
- 6 built compounds, walled, with one gate each; 2 planned areas for {planned:,} people, empty yet.
- The lanes of the hamlet in the west join no other street: nobody there can walk to a facility.
- {facilities} facilities, most on the west bank; {candidates} candidates, none inside R3.
- The county's own zone and town describe the plan as a whole; streets and communities their own.
"""


class _Way(NamedTuple):
    """A way or area: points on the plan [m], OSM tags, and the gate in it, if any."""

    points: tuple[Point, ...]
    tags: dict[str, str]
    gate: Point | None = None


def write_sample(folder: Path) -> None:
    """Write the invented town into `folder`, which is made if need be.

    The same call writes the same bytes. Areas are in m2, coordinates as `README.md` there says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    units = _units()
    people = _people()
    _write_roads(folder / "roads.osm.pbf")
    _write_population(folder / "population_2025.tif", people)
    _write_units(folder / "units.gpkg", units)
    _write_residential_areas(folder / "residential_areas.geojson")
    (folder / "facilities.csv").write_bytes(_facilities().encode("utf-8-sig"))
    (folder / "candidates.csv").write_bytes(_candidates().encode("gb18030"))
    (folder / "README.md").write_text(_readme(units, people), encoding="utf-8", newline="\n")
    study = resources.files("planning") / "sample_study.yaml"
    (folder / "study.yaml").write_bytes(study.read_bytes())


# --- the plan and the map ------------------------------------------------------------------


def _bend(point: Point) -> Point:
    """The plan point [m] as easting, northing in EPSG:4544 [m]: a town is no chessboard."""
    x, y = point
    east = _CENTRE[0] + x + 45 * math.sin(y / 520 + 0.4) + 22 * math.sin((x + y) / 310) + 0.03 * y
    north = (
        _CENTRE[1] + y + 38 * math.sin(x / 600 - 0.5) + 18 * math.sin((x - 2 * y) / 420) - 0.02 * x
    )
    return round(east, 2), round(north, 2)


@cache
def _to_wgs84() -> Transformer:
    return Transformer.from_crs(_EPSG, 4326, always_xy=True)


def _to_degrees(points: Iterable[Point]) -> list[Point]:
    """Plan points [m] as lon, lat [degrees], to the seven decimals OSM keeps."""
    east, north = zip(*map(_bend, points), strict=True)
    lon, lat = _to_wgs84().transform(east, north)
    return [(round(x, 7), round(y, 7)) for x, y in zip(lon, lat, strict=True)]


def _box(west: float, south: float, east: float, north: float) -> tuple[Point, ...]:
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def _block(column: int, row: int, inset: float = 0) -> tuple[float, float, float, float]:
    """West, south, east, north of a block on the plan, drawn in by `inset` [m]."""
    west, east, north, south = _XS[column], _XS[column + 1], _YS[row], _YS[row + 1]
    return west + inset, south + inset, east - inset, north - inset


def _blocks() -> Iterator[tuple[str, int, int]]:
    for row, letters in enumerate(_BLOCKS):
        for column, letter in enumerate(letters):
            yield letter, column, row


def _oval(x: float, y: float, half_x: float, half_y: float) -> tuple[Point, ...]:
    turns = [2 * math.pi * k / 16 for k in (*range(16), 0)]
    return tuple((round(x + half_x * math.cos(t)), round(y + half_y * math.sin(t))) for t in turns)


def _river() -> tuple[Point, ...]:
    """The water's edge: up the east bank and down the west, never the same width twice."""
    east = [(-24 + 7 * (k % 3 - 1), y) for k, y in enumerate(_RIVER_Y)]
    west = [(-114 - 6 * (k % 4 - 2), y) for k, y in enumerate(_RIVER_Y)]
    return (*east, *reversed(west), east[0])


def _verges() -> tuple[Point, ...]:
    """The strip the motorway runs in. Points every 200 m, so that it bends as the streets do."""
    north = [(x, -1085) for x in range(-2200, 2201, 200)]
    return (*north, *((x, -1460) for x, _ in reversed(north)), north[0])


def _hill() -> tuple[Point, ...]:
    return _oval(1290, 850, 385, 410)


# --- streets -------------------------------------------------------------------------------


def _points(numbers: Sequence[str]) -> tuple[Point, ...]:
    return tuple((float(x), float(y)) for x, y in zip(numbers[::2], numbers[1::2], strict=True))


def _main_streets() -> list[_Way]:
    rows = [line.split() for line in _ROADS.strip().splitlines()]
    return [_Way(_points(row[2:]), {"highway": row[1], "name": row[0]}) for row in rows]


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
    for letter, column, row in _blocks():
        if letter == "k":
            ways += _park_paths(column, row)
        elif letter in made and row < 5:
            west, south, east, north = _block(column, row)
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
    west, south, east, north = _block(column, row)
    x, y = round((west + east) / 2), round((south + north) / 2)
    ways_in = [
        ((west, y), (x - 150, y)),
        ((x + 150, y), (east, y)),
        ((x, south), (x, y - 120)),
        ((x, y + 120), (x, north)),
    ]
    return [_Way(points, {"highway": "footway"}) for points in (_oval(x, y, 150, 120), *ways_in)]


def _compound_ways(column: int, row: int, side: str) -> list[_Way]:
    """The drive from the street to the gate, and the private ways behind it."""
    west, south, east, north = _block(column, row)
    x, y = (west + east) / 2, (south + north) / 2
    dx, dy = {"S": (0, -1), "N": (0, 1), "W": (-1, 0), "E": (1, 0)}[side]
    street = (x + dx * (east - west) / 2, y + dy * (north - south) / 2)
    gate, lane = ((street[0] - dx * step, street[1] - dy * step) for step in (45, 105))
    private = {"highway": "service", "access": "private"}
    loop = _box(*_block(column, row, inset=105))
    return [
        _Way((street, gate), {"highway": "service"}),
        _Way((gate, lane), private, gate),
        _Way(loop, private),
        _Way(((west + 105, y), (east - 105, y)), private),
        _Way(((x, south + 105), (x, north - 105)), private),
    ]


def _areas() -> list[_Way]:
    """Closed ways to draw and to walk round, and the line of the river."""
    ways = [
        _Way(_river(), {"natural": "water", "water": "river", "name": "禾水"}),
        _Way(tuple((-70, y) for y in _RIVER_Y), {"waterway": "river", "name": "禾水"}),
        _Way(_oval(638, 165, 110, 78), {"natural": "water", "water": "lake", "name": "新苗湖"}),
        _Way(_hill(), {"natural": "wood", "name": "望丘"}),
        _Way(_oval(1270, 830, 300, 300), {"leisure": "park", "name": "望丘公园"}),
    ]
    parks = {3: "老城公园", 7: "新苗湖公园"}
    for letter, column, row in _blocks():
        if letter == "k":
            tags = {"leisure": "park", "name": parks[column]}
            ways.append(_Way(_box(*_block(column, row, inset=20)), tags))
        elif letter == "f":
            ways.append(_Way(_box(*_block(column, row)), {"landuse": "farmland"}))
    return ways


def _walls() -> list[_Way]:
    ways = []
    for _, name, column, row, side, _ in _COMPOUNDS:
        gate = _compound_ways(column, row, side)[1].points[0]
        tags = {"barrier": "wall", "landuse": "residential", "name": name}
        ways.append(_Way(_joined(_box(*_block(column, row, inset=45)), [gate]), tags))
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


def _streets() -> list[_Way]:
    """All ways on the ground, sharing a point wherever two of them meet, then the crossings."""
    ways = _main_streets() + _lanes()
    for _, _, column, row, side, _ in _COMPOUNDS:
        ways += _compound_ways(column, row, side)
    network = shapely.unary_union([LineString(way.points) for way in ways])
    corners = shapely.get_coordinates(network).tolist()
    junctions = sorted({(round(x, 1), round(y, 1)) for x, y in corners})
    return [way._replace(points=_joined(way.points, junctions)) for way in ways] + _crossings()


# --- files ---------------------------------------------------------------------------------


def _write_roads(path: Path) -> None:
    ways = _streets() + _walls() + _areas()
    number: dict[Point, int] = {}
    for way in ways:
        for x, y in way.points:
            number.setdefault((round(x, 1), round(y, 1)), len(number) + 1)
    gates = {way.gate for way in ways if way.gate}
    header = Header()
    header.set("generator", "planning.sample (invented)")
    common: dict[str, Any] = {"version": 1, "timestamp": _WRITTEN}
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        places = _to_degrees(number)
        for (point, node), place in zip(number.items(), places, strict=True):
            tags = {"barrier": "gate"} if point in gates else {}
            writer.add_node(mutable.Node(id=node, location=place, tags=tags, **common))
        for way_id, way in enumerate(ways, start=1):
            nodes = [number[round(x, 1), round(y, 1)] for x, y in way.points]
            writer.add_way(mutable.Way(id=way_id, nodes=nodes, tags=way.tags, **common))


def _rasterized(shapes: Iterable[tuple[Polygon, float]], fill: float) -> npt.NDArray[np.float64]:
    """What lies under the centre of each cell; of shapes that overlap, the last one."""
    found = rasterize(shapes, out_shape=_SHAPE, transform=_GRID, fill=fill, dtype="float64")
    return np.asarray(found)


def _people() -> npt.NDArray[np.float32]:
    """Persons per cell; `_NODATA` on water, hill and farmland, 0 where nobody lives yet."""
    shapes = [(_box(*edges), density) for *edges, density in _FRINGE[:-1]]
    for letter, column, row in _blocks():
        shapes.append((_box(*_block(column, row)), _PEOPLE_PER_KM2[letter]))
    for _, _, column, row, _, _ in _COMPOUNDS:
        shapes.append((_box(*_block(column, row, inset=45)), _COMPOUND_PEOPLE_PER_KM2))
    *hamlet, few = _FRINGE[-1]
    shapes += [(_box(*hamlet), few), (_oval(638, 165, 110, 78), -1), (_river(), -1)]
    shapes.append((_verges(), -1))
    density = _rasterized([(Polygon(_to_degrees(ring)), value) for ring, value in shapes], -1)
    cell_km2 = (_CELL * 111.2) ** 2 * math.cos(math.radians(30.6))
    uneven = 0.7 + 0.6 * np.random.default_rng(2025).random(_SHAPE)
    people = np.where(density < 0, _NODATA, np.round(density * cell_km2 * uneven, 2))
    return people.astype(np.float32)


def _write_population(path: Path, people: npt.NDArray[np.float32]) -> None:
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:4326"}
    profile |= {"height": _SHAPE[0], "width": _SHAPE[1], "transform": _GRID}
    profile |= {"nodata": _NODATA, "compress": "deflate"}
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(people, 1)
        raster.update_tags(NOTE="invented, for trying out and testing", UNIT="persons per cell")


def _units() -> gpd.GeoDataFrame:
    """County, streets and communities; a larger unit is the union of the smaller, exactly."""
    parts: dict[str, list[Polygon]] = {}
    for _, column, row in _blocks():
        block = Polygon([_bend(point) for point in _box(*_block(column, row))])
        community = _COMMUNITY[row][column]
        for unit in (_COUNTY[0], _street_of(community), f"Q{community}"):
            parts.setdefault(unit, []).append(block)
    rows: list[tuple[str, str, str | None, str, str, str]]
    rows = [(_COUNTY[0], "county", None, _COUNTY[1], "urban", "new_town")]
    for street, name in _STREETS.items():
        rows.append((street, "street", _COUNTY[0], name, "urban", _TOWN[street]))
    for number, name in enumerate(_COMMUNITIES, start=1):
        street = _street_of(str(number))
        zone = "suburb" if name in _SUBURBS else "urban"
        rows.append((f"Q{number}", "community", street, f"{name}社区", zone, _TOWN[street]))
    columns = ("unit_id", "level", "parent_id", "name", "zone", "town")
    return gpd.GeoDataFrame(
        dict(zip(columns, zip(*rows, strict=True), strict=True)),
        geometry=[shapely.unary_union(parts[row[0]]) for row in rows],
        crs=_EPSG,
    )


def _street_of(community: str) -> str:
    return f"S{(int(community) + 2) // 3}"


def _write_units(path: Path, units: gpd.GeoDataFrame) -> None:
    path.unlink(missing_ok=True)  # GDAL would add to an old file, and keep its history
    option = "OGR_CURRENT_DATE"
    before = pyogrio.get_gdal_config_option(option)
    pyogrio.set_gdal_config_options({option: _WRITTEN})
    try:
        units.to_file(path, layer="units", driver="GPKG", engine="pyogrio")
    finally:
        pyogrio.set_gdal_config_options({option: before})


def _write_residential_areas(path: Path) -> None:
    rows: list[tuple[tuple[object, ...], tuple[Point, ...]]] = [
        ((key, name, "built", 0, 0, year), _box(*_block(column, row, inset=45)))
        for key, name, column, row, _, year in _COMPOUNDS
    ]
    for key, name, west, south, east, north, *numbers in _PLANNED:
        rows.append(((key, name, "planned", *numbers), _box(west, south, east, north)))
    columns = ["area_id", "name", "status"]
    columns += ["planned_households", "planned_people", "delivery_year"]
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(columns, values, strict=True)),
            "geometry": mapping(Polygon(_to_degrees(ring))),
        }
        for values, ring in rows
    ]
    collection = {"type": "FeatureCollection", "name": "residential_areas", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False, indent=1), "utf-8", newline="\n")


def _table(header: str, rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([header.split(","), *rows])
    return text.getvalue()


def _facilities() -> str:
    rows: list[list[object]] = []
    for line in _FACILITIES.split():
        key, name, kind, x, y, *rest = line.split(",")
        lon, lat = _to_degrees([(float(x), float(y))])[0]
        rows.append([key, name, kind, f"{lon:.6f}", f"{lat:.6f}", *rest])
    return _table(_FACILITY_COLUMNS, rows)


def _candidates() -> str:
    rows: list[list[object]] = []
    for line in _CANDIDATES.split():
        key, source, x, y, *rest = line.split(",")
        east, north = _bend((float(x), float(y)))
        rows.append([key, source, f"{north:.2f}", f"{east:.2f}", *rest])
    return _table(_CANDIDATE_COLUMNS, rows)


def _readme(units: gpd.GeoDataFrame, people: npt.NDArray[np.float32]) -> str:
    county = units.to_crs(4326).geometry.iloc[0]
    counted = np.where(people == _NODATA, 0, people).astype(float)
    inside = _rasterized([(county, 1)], 0) == 1
    return _README.format(
        total=round(counted.sum()),
        inside=round(counted[inside].sum()),
        planned=sum(area[7] for area in _PLANNED),
        facilities=len(_FACILITIES.split()),
        candidates=len(_CANDIDATES.split()),
    )
