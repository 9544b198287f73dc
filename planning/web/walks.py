"""Who walks to a place, for a page that is too small for the network: rows of points and times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from planning.inputs.catalogue import locate_inputs
from planning.inputs.roads.streets import read_streets
from planning.network import Snapper, Snaps, StreetNetwork
from planning.network.closing import without_lines
from planning.network.retimed import retimed
from planning.progress import silent
from planning.result import Town
from planning.travel import Audience, audience, reach
from planning.travel.reached import pieces_of_each
from planning.web.made_once import MadeOnce

MOST_NETWORKS = 4
"""Networks of other speeds or with streets closed that are kept, the last used."""
MOST_CROWDS = 32
"""People with those of sketched areas that are kept, the last used."""
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Streets:
    """Which streets people walk on, and how fast: the lines closed rising, the speed [m/s]."""

    speed_m_s: float
    closed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ground:
    """A network made ready: places find their street, people stand on theirs."""

    network: StreetNetwork
    snapper: Snapper
    people: Snaps
    crowd: Audience


class _Drawn(NamedTuple):
    """The edges as lines, a tree to find them by a place, and their order by the source's line."""

    lines: npt.NDArray[np.object_]
    tree: shapely.STRtree
    order: npt.NDArray[np.intp]
    by_line: npt.NDArray[np.int64]


class Walks:
    """The walks of one town; any number of threads may ask at once."""

    def __init__(self, town: Town, data_dir: Path) -> None:
        self._town, self._data_dir = town, data_dir
        self._usual = Streets(speed_m_s=town.network.profile.speed_m_s)
        own = _Ground(town.network, _snapper(town, town.network), town.demand_snaps, town.crowd)
        self._own = own
        self._networks: MadeOnce[Streets, _Ground] = MadeOnce(MOST_NETWORKS)
        self._crowds: MadeOnce[tuple[Streets, bytes], _Ground] = MadeOnce(MOST_CROWDS)

    @property
    def usual_m_s(self) -> float:
        """The speed of the study [m/s]."""
        return self._usual.speed_m_s

    def rows(
        self, places: Sequence[Place], *, limit_ms: int, streets: Streets, extra: Sequence[Place]
    ) -> bytes:
        """Who walks to each place within the limit [ms], as `packed_rows` has it.

        `extra` are points of sketched areas [m]: they come behind the town's.
        """
        ground = self._ground(streets, extra)
        at = np.array(places, dtype=np.float64).reshape(-1, 2)
        sites = ground.snapper.snap(at[:, 0], at[:, 1])
        found = reach(ground.network, sites, ground.crowd, limit_ms=limit_ms, threads=1)
        return packed_rows(found.start, found.demand, found.ms)

    def circle(self, place: Place, *, limit_ms: int, streets: Streets) -> bytes:
        """Pieces of street within the limit [ms] of a place: x0, y0, x1, y1, … [m], f64."""
        ground = self._ground(streets, ())
        site = ground.snapper.snap(np.array([place[0]]), np.array([place[1]]))
        _, pieces = pieces_of_each(ground.network, site, limit_ms=limit_ms)
        return pieces.astype("<f8").tobytes()

    def street_at(self, place: Place, *, within_m: float) -> int | None:
        """The line of the street nearest to a place, closed or not; None beyond so many metres."""
        found = self._drawn.tree.query_nearest(
            shapely.Point(place), max_distance=within_m, all_matches=False
        )
        return int(self._town.network.line[found[0]]) if len(found) else None

    def paths(self, line: int) -> list[list[float]]:
        """The pieces of a line, each x, y, x, y, … [m]; none of one that is not there."""
        drawn = self._drawn
        first, last = np.searchsorted(drawn.by_line, [line, line + 1])
        shapes = drawn.lines[drawn.order[first:last]]
        return [shapely.get_coordinates(shape).ravel().tolist() for shape in shapes]

    @cached_property
    def _drawn(self) -> _Drawn:
        network = self._town.network
        lines, order = network.lines(), np.argsort(network.line, kind="stable")
        return _Drawn(lines, shapely.STRtree(lines), order, network.line[order])

    def _ground(self, streets: Streets, extra: Sequence[Place]) -> _Ground:
        ground = self._own
        if streets != self._usual:
            ground = self._networks.get(streets, lambda: self._made(streets))
        if not extra:
            return ground
        points = np.array(extra, dtype=np.float64).reshape(-1, 2)
        return self._crowds.get((streets, points.tobytes()), lambda: _with(ground, points))

    def _made(self, streets: Streets) -> _Ground:
        town = self._town
        network = _network(town, self._data_dir, streets)
        snapper = _snapper(town, network)
        people = snapper.snap(town.demand.x_m, town.demand.y_m)
        return _Ground(network, snapper, people, audience(network, people))


def _with(ground: _Ground, extra: npt.NDArray[np.float64]) -> _Ground:
    """The same streets with more people on them."""
    people = ground.people.joined(ground.snapper.snap(extra[:, 0], extra[:, 1]))
    return replace(ground, people=people, crowd=audience(ground.network, people))


def _snapper(town: Town, network: StreetNetwork) -> Snapper:
    spec = town.study.network
    return Snapper(network, max_snap_m=spec.max_snap_m, island_km=spec.island_km)


def _network(town: Town, data_dir: Path, streets: Streets) -> StreetNetwork:
    """The town's streets at another speed, or without those that are closed."""
    network = town.network
    if streets.speed_m_s != network.profile.speed_m_s:
        at_speed = retimed(network, streets.speed_m_s)
        network = at_speed or _read_at_speed(town, data_dir, streets.speed_m_s)
    return without_lines(network, streets.closed) if streets.closed else network


def _read_at_speed(town: Town, data_dir: Path, speed_m_s: float) -> StreetNetwork:
    """As `planning assess` builds it where the study sets this speed [m/s]."""
    spec = town.study.network.model_copy(update={"speed_m_s": speed_m_s})
    study = town.study.model_copy(update={"network": spec})
    with locate_inputs(study, data_dir, silent(), keys=("network",)) as located:
        return read_streets(study, located.paths, epsg=town.area.epsg).network


def packed_rows(
    start: npt.NDArray[np.int64], points: npt.NDArray[np.int32], ms: npt.NDArray[np.int32]
) -> bytes:
    """Rows as little-endian bytes.

    How many places (u32); of each its count (u32), its points (i32, rising), its times (i32) [ms].
    """
    parts = [np.uint32(len(start) - 1).astype("<u4").tobytes()]
    for begin, end in pairwise(start):
        parts.append(np.uint32(end - begin).astype("<u4").tobytes())
        parts.append(points[begin:end].astype("<i4").tobytes())
        parts.append(ms[begin:end].astype("<i4").tobytes())
    return b"".join(parts)
