"""Streets to test with: plans drawn in metres, grid cities known by theory, random towns.

Places are metres east and north of `ORIGIN_M`, on the middle meridian of the projection, where a
metre on the plane is a metre on the ground to eight digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from hypothesis import strategies as st

from planning.network import (
    PROFILES,
    Dem,
    Profile,
    Roads,
    Snaps,
    StreetNetwork,
    at_nodes,
    build_network,
    snap,
)
from planning.projection import WGS84, transformer
from planning.travel import audience, reach

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Tags = Mapping[str, str]

EPSG = 4544
ORIGIN_M = (500_000.0, 3_386_000.0)

STREET: Tags = {"highway": "residential"}
PRIVATE: Tags = {"highway": "residential", "access": "private"}
ONE_WAY: Tags = {"highway": "residential", "oneway": "yes"}
STEPS: Tags = {"highway": "steps"}
LOCKED: Tags = {"barrier": "gate", "locked": "yes"}
RESIDENTS: Tags = {"barrier": "gate", "access": "private"}


def lonlat(xy: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Degrees of places [m from the origin], shape (n, 2)."""
    at = np.asarray(xy, dtype=np.float64).reshape(-1, 2) + ORIGIN_M
    lon, lat = transformer(EPSG, WGS84).transform(at[:, 0], at[:, 1])
    return np.asarray(lon), np.asarray(lat)


def metric(xy: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Coordinates x and y [m] of places [m from the origin]."""
    at = np.asarray(xy, dtype=np.float64).reshape(-1, 2) + ORIGIN_M
    return at[:, 0].copy(), at[:, 1].copy()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A drawing of streets: places [m], lines over them, one set of tags each."""

    places: Sequence[tuple[float, float]]
    runs: Sequence[Sequence[int]]
    tags: Sequence[Tags] | Tags = field(default_factory=lambda: STREET)
    node_tags: Mapping[int, Tags] = field(default_factory=dict)

    @property
    def tags_of_runs(self) -> list[Tags]:
        """One set of tags for each run."""
        return [self.tags] * len(self.runs) if isinstance(self.tags, Mapping) else list(self.tags)

    def roads(self) -> Roads:
        return Roads.from_runs(
            *lonlat(self.places), self.runs, tags=self.tags, node_tags=self.node_tags
        )

    def network(self, profile: str | Profile = "elder", **options: Any) -> StreetNetwork:
        traveller = PROFILES[profile] if isinstance(profile, str) else profile
        return build_network(self.roads(), epsg=EPSG, profile=traveller, **options)


def standing(network: StreetNetwork, xy: npt.ArrayLike, *, max_snap_m: float = 200.0) -> Snaps:
    """Points [m from the origin] on their nearest street, islands counting as streets."""
    return snap(network, *metric(xy), max_snap_m=max_snap_m, island_km=0)


def node_at(network: StreetNetwork, xy: tuple[float, float]) -> int:
    """The number of the node at a place [m from the origin]."""
    ((x,), (y,)) = metric(xy)
    away_m = np.hypot(network.x_m - x, network.y_m - y)
    assert away_m.min() < 0.001, f"no node at {xy}"
    return int(np.argmin(away_m))


FAR_MS = 1_000_000_000
"""A limit that nobody feels [ms]."""


def times_ms(
    network: StreetNetwork, sites: Snaps, demand: Snaps, *, limit_ms: int = FAR_MS, **options: Any
) -> Floats:
    """All times as a table (sites, demand) [ms], inf where there is no way within the limit."""
    found = reach(network, sites, audience(network, demand), limit_ms=limit_ms, **options)
    table = np.full((len(sites), len(demand)), np.inf)
    for site in range(len(sites)):
        row = slice(found.start[site], found.start[site + 1])
        assert np.all(np.diff(found.demand[row]) > 0), "points rise and none is listed twice"
        table[site, found.demand[row]] = found.ms[row]
    return table


def seconds(
    network: StreetNetwork, *, home: tuple[float, float], facility: tuple[float, float]
) -> float:
    """Time from a home to a facility, both [m from the origin], in the profile's direction [s]."""
    ms = times_ms(network, standing(network, facility), standing(network, home))
    return float(ms[0, 0] / 1_000)


# --- grid cities, whose times are known by theory ---


@dataclass(frozen=True, kw_only=True)
class GridCity:
    """Streets every `block_m` [m], turned by `degrees` about the origin: R5's perfect grid.

    `kind(a, b)` is the set of tags of the block between neighbouring crossings a and b, each
    (column, row) with a before b, or None where there is no street.
    """

    columns: int
    rows: int
    block_m: float = 100.0
    degrees: float = 0.0
    kind: Callable[[tuple[int, int], tuple[int, int]], Tags | None] = lambda *_: STREET

    @property
    def crossings(self) -> list[tuple[int, int]]:
        """All crossings as (column, row), row by row."""
        return [(i, j) for j in range(self.rows) for i in range(self.columns)]

    def at(self, city_m: npt.ArrayLike) -> Floats:
        """Places [m from the origin] of city coordinates [m], along its columns and rows."""
        x, y = np.asarray(city_m, dtype=np.float64).reshape(-1, 2).T
        cos, sin = math.cos(math.radians(self.degrees)), math.sin(math.radians(self.degrees))
        return np.column_stack([x * cos - y * sin, x * sin + y * cos])

    def plan(self) -> Plan:
        """One line a street, broken where its kind changes."""
        places = self.at(np.array(self.crossings) * self.block_m)
        lanes = [
            *([(i, j) for i in range(self.columns)] for j in range(self.rows)),
            *([(i, j) for j in range(self.rows)] for i in range(self.columns)),
        ]
        runs: list[list[int]] = []
        tags: list[Tags] = []
        for lane in lanes:
            before: Tags | None = None
            for a, b in pairwise(lane):
                now = self.kind(a, b)
                if now is not None and now == before:
                    runs[-1].append(self._number(b))
                elif now is not None:
                    runs.append([self._number(a), self._number(b)])
                    tags.append(now)
                before = now
        return Plan(places=[(x, y) for x, y in places.tolist()], runs=runs, tags=tags)

    def network(self, profile: str | Profile = "elder", **options: Any) -> StreetNetwork:
        return self.plan().network(profile, **options)

    def nodes(self, network: StreetNetwork, crossings: Iterable[tuple[int, int]]) -> Snaps:
        """Points standing on crossings."""
        places = self.at(np.array(list(crossings), dtype=np.float64) * self.block_m)
        numbers = [node_at(network, (x, y)) for x, y in places.tolist()]
        return at_nodes(network, np.array(numbers, dtype=np.int64))

    def _number(self, crossing: tuple[int, int]) -> int:
        return crossing[0] + self.columns * crossing[1]


def with_river(row: int, *, bridges: Sequence[int]) -> Callable[[Any, Any], Tags | None]:
    """A river between `row` and the next, crossed by the columns of `bridges` alone."""

    def kind(a: tuple[int, int], b: tuple[int, int]) -> Tags | None:
        over = a[1] == row and b[1] == row + 1
        return None if over and a[0] not in bridges else STREET

    return kind


def terrain(
    height_m: Callable[[Floats, Floats], Floats],
    *,
    west_m: float = -3_000.0,
    east_m: float = 3_000.0,
    south_m: float = -3_000.0,
    north_m: float = 3_000.0,
    cell_m: float = 25.0,
) -> Dem:
    """A height model with cell centres on whole multiples of the cell; between them it is bilinear.

    `height_m` takes metres east and north of the origin.
    """
    x = np.arange(west_m, east_m + cell_m / 2, cell_m)
    y = np.arange(north_m, south_m - cell_m / 2, -cell_m)
    corner = (ORIGIN_M[0] + west_m - cell_m / 2, ORIGIN_M[1] + north_m + cell_m / 2)
    return Dem(
        heights_m=np.asarray(height_m(*np.meshgrid(x, y)), dtype=np.float64),
        affine=(cell_m, 0.0, corner[0], 0.0, -cell_m, corner[1]),
        crs=f"EPSG:{EPSG}",
    )


def tilted(grade: float, *, degrees: float = 0.0, **extent: float) -> Dem:
    """A plane that rises by `grade` [1] in a direction, counted from east to north [degrees]."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return terrain(lambda x, y: 100.0 + grade * (x * cos + y * sin), **extent)


def cone(grade: float, *, top_m: tuple[float, float] = (0.0, 0.0), **extent: float) -> Dem:
    """A hill that falls by `grade` [1] to all sides."""
    return terrain(
        lambda x, y: 500.0 - grade * np.hypot(x - top_m[0], y - top_m[1]),
        **extent,
    )


# --- random towns ---

LINE_KINDS: tuple[Tags, ...] = (
    STREET,
    STREET,
    ONE_WAY,
    {"highway": "residential", "oneway": "-1"},
    {"highway": "primary", "oneway": "yes", "oneway:bicycle": "no"},
    PRIVATE,
    {"highway": "service", "access": "private", "oneway": "yes"},
    {"highway": "residential", "access": "destination"},
    STEPS,
    {"highway": "steps", "ramp:wheelchair": "yes"},
    {"highway": "steps", "conveying": "forward"},
    {"highway": "footway", "footway": "crossing", "crossing": "traffic_signals"},
    {"highway": "footway"},
    {"highway": "cycleway"},
    {"highway": "tertiary", "maxspeed": "30", "bridge": "yes"},
    {"highway": "elevator"},
    {"highway": "motorway"},
)
NODE_KINDS: tuple[Tags, ...] = (
    RESIDENTS,
    LOCKED,
    {"barrier": "lift_gate"},
    {"barrier": "bollard"},
    {"highway": "traffic_signals"},
    {"highway": "elevator"},
)
DENSE_KINDS: tuple[Tags, ...] = (STREET, ONE_WAY, PRIVATE, {**PRIVATE, "oneway": "-1"})
"""Kinds that nearly everybody may use, so that towns stay connected and private streets matter."""

SIDE_M = 1_500


class Town(NamedTuple):
    """A network, facilities and homes."""

    network: StreetNetwork
    sites: Snaps
    demand: Snaps


def _places(count: int, *, apart: bool) -> st.SearchStrategy[list[tuple[float, float]]]:
    """Anywhere, or on a coarse lattice, where streets lie on each other and nodes coincide."""
    anywhere = st.tuples(st.integers(0, SIDE_M), st.integers(0, SIDE_M))
    step = SIDE_M // 5
    lattice = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(
        lambda at: (at[0] * step, at[1] * step)
    )
    either = st.sampled_from([anywhere] if apart else [anywhere, anywhere, lattice]).flatmap(
        lambda kind: st.lists(kind, min_size=count, max_size=count, unique=apart)
    )
    return either.map(lambda places: [(float(x), float(y)) for x, y in places])


@st.composite
def plans(
    draw: st.DrawFn,
    *,
    kinds: Sequence[Tags] = LINE_KINDS,
    node_kinds: Sequence[Tags] = NODE_KINDS,
    apart: bool = False,
) -> Plan:
    """Random bent streets: parallel, doubled, looping, unconnected, of no length.

    `apart`: no two nodes at one place.
    """
    count = draw(st.integers(3, 14))
    run = st.lists(st.integers(0, count - 1), min_size=2, max_size=5)
    runs = draw(st.lists(run, min_size=2, max_size=14))
    twice = draw(st.lists(st.sampled_from(runs), max_size=2))
    runs = runs + [list(again) for again in twice]
    tags = draw(st.lists(st.sampled_from(kinds), min_size=len(runs), max_size=len(runs)))
    node_tags: dict[int, Tags] = {}
    if node_kinds:
        tagged = st.dictionaries(
            st.integers(0, count - 1), st.sampled_from(node_kinds), max_size=count // 3
        )
        node_tags = draw(st.just({}) | tagged)
    return Plan(places=draw(_places(count, apart=apart)), runs=runs, tags=tags, node_tags=node_tags)


@st.composite
def points(draw: st.DrawFn, plan: Plan, *, least: int, most: int) -> Floats:
    """Homes or facilities [m from the origin]: beside streets, or on a node of the plan."""
    anywhere = st.tuples(st.floats(0, SIDE_M), st.floats(0, SIDE_M))
    somewhere = st.one_of(anywhere, anywhere, st.sampled_from(list(plan.places)))
    return np.array(draw(st.lists(somewhere, min_size=least, max_size=most))).reshape(-1, 2)


@st.composite
def walls(draw: st.DrawFn) -> npt.NDArray[np.object_]:
    """One or two walled compounds."""
    corner = st.integers(0, SIDE_M)
    boxes = draw(
        st.lists(
            st.tuples(corner, corner, st.integers(100, 900), st.integers(100, 900)),
            min_size=1,
            max_size=2,
        )
    )
    return np.array(
        [
            shapely.box(
                ORIGIN_M[0] + x, ORIGIN_M[1] + y, ORIGIN_M[0] + x + wide, ORIGIN_M[1] + y + high
            )
            for x, y, wide, high in boxes
        ],
        dtype=object,
    )


@st.composite
def towns(
    draw: st.DrawFn,
    *,
    profile: str | Profile = "elder",
    kinds: Sequence[Tags] = LINE_KINDS,
    node_kinds: Sequence[Tags] = NODE_KINDS,
    hills: bool = True,
    compounds: bool = True,
) -> Town:
    """A random plan built for a profile, now and then on a hill or with compounds, and points."""
    grounds = grounds_of(kinds=kinds, node_kinds=node_kinds, hills=hills, compounds=compounds)
    plan, options = draw(grounds)
    network = plan.network(profile, **options)
    sites = _snapped(network, draw(points(plan, least=2, most=10)))
    demand = _snapped(network, draw(points(plan, least=2, most=14)))
    return Town(network, sites, demand)


@st.composite
def grounds_of(
    draw: st.DrawFn,
    *,
    kinds: Sequence[Tags] = LINE_KINDS,
    node_kinds: Sequence[Tags] = NODE_KINDS,
    hills: bool = True,
    compounds: bool = True,
) -> tuple[Plan, dict[str, Any]]:
    """A random plan, and options of its network: now and then a hill, or walled compounds."""
    plan = draw(plans(kinds=kinds, node_kinds=node_kinds))
    options: dict[str, Any] = {}
    if hills and draw(st.integers(0, 3)) == 0:
        top_m = (draw(st.integers(0, SIDE_M)), draw(st.integers(0, SIDE_M)))
        options["dem"] = cone(0.12, top_m=top_m, cell_m=300.0)
        options["slope"] = draw(st.sampled_from(["tobler", "minetti"]))
    if compounds and draw(st.integers(0, 3)) == 0:
        options["compounds"] = draw(walls())
        options["closed"] = np.array(draw(_some(len(plan.places))))
    return plan, options


def _some(count: int) -> st.SearchStrategy[list[bool]]:
    return st.lists(st.sampled_from([False, False, False, True]), min_size=count, max_size=count)


def _snapped(network: StreetNetwork, xy: Floats) -> Snaps:
    return snap(network, *metric(xy), max_snap_m=400, island_km=0.3)


def at_speed(profile: str, speed_m_s: float) -> Profile:
    """A profile at another speed [m/s]."""
    return PROFILES[profile].at_speed(speed_m_s, source_zh="试验", source_en="a test")


def charging(profile: str, **figures_s: float) -> Profile:
    """A profile whose `crossing`, `signal` or `elevator` costs so many seconds."""
    traveller = PROFILES[profile]
    return replace(
        traveller,
        **{name: replace(getattr(traveller, name), value=s) for name, s in figures_s.items()},
    )
