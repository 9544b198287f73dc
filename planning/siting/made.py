"""Candidates made where the user has none. They are assumptions and say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from planning.area import Geometries, StudyArea
from planning.errors import StudyError, fail
from planning.facilities import ASSUMABLE, Candidates
from planning.network import StreetNetwork

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]

MADE: Mapping[str, str] = {
    "streets": "程序生成的街边点（假定） made along the streets (assumed)",
    "grid": "程序生成的网格点（假定） made on a grid (assumed)",
    "seats": "程序生成的驻地点（假定） made at a seat (assumed)",
}
"""What made candidates bear in place of a source class, by where they are made."""

MOST_MADE = 20_000
"""More candidates than this nobody can look through; the spacing is a slip of the pen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spots:
    """Places where a candidate could be made, shape (n,), in the metric CRS [m].

    A spot keeps its id whichever others are left out, so that it bears one id in all scenarios of
    the same area and streets.
    """

    ids: tuple[str, ...]
    x_m: Floats
    y_m: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Longs | Flags) -> Spots:
        """Some of the spots, by number or by flag."""
        kept = np.arange(len(self))[rows]
        return Spots(ids=tuple(self.ids[k] for k in kept), x_m=self.x_m[kept], y_m=self.y_m[kept])


def street_spots(network: StreetNetwork, area: StudyArea) -> Spots:
    """Every junction of the largest connected part in the area, west to east, south to north."""
    inside = np.flatnonzero(area.contains(network.x_m, network.y_m) & (network.component == 0))
    return _numbered(network.x_m[inside], network.y_m[inside])


def grid_spots(area: StudyArea, *, spacing_m: float) -> Spots:
    """Points of a square lattice in the area, which lies fixed to the origin of the CRS.

    Raises `StudyError` before any is made where they would be over `MOST_MADE`.
    """
    expected = shapely.area(area.boundary) / spacing_m**2
    if expected > MOST_MADE:
        raise _too_many(spacing_m, f"约 {expected:,.0f} 个", f"some {expected:,.0f}")
    step = np.unique(
        np.concatenate([_lattice(part, spacing_m) for part in shapely.get_parts(area.boundary)]),
        axis=0,
    )
    x_m, y_m = (step * spacing_m).T
    inside = area.contains(x_m, y_m)
    return _numbered(x_m[inside], y_m[inside])


def _lattice(part: shapely.Geometry, spacing_m: float) -> Longs:
    """Whole numbers of steps east and north, shape (n, 2), of the lattice over one polygon."""
    west, south, east, north = (
        np.array(part.bounds) / spacing_m + np.array([-1, -1, 2, 2])
    ).astype(np.int64)
    steps = np.meshgrid(np.arange(west, east), np.arange(south, north), indexing="ij")
    return np.column_stack([axis.ravel() for axis in steps])


def _numbered(x_m: Floats, y_m: Floats) -> Spots:
    order = np.lexsort((y_m, x_m))
    ids = tuple(f"M{number:05d}" for number in range(1, len(order) + 1))
    return Spots(ids=ids, x_m=x_m[order], y_m=y_m[order])


def on_land(spots: Spots, land: Geometries, *, within_m: float) -> Spots:
    """The spots on allowed land or no farther from it than `within_m`.

    A spot beside the land moves to the nearest point of it; of two that are as near, to the more
    western, then the more southern. The border of the land belongs to it.
    """
    at = shapely.points(spots.x_m, spots.y_m)
    spot, polygon = shapely.STRtree(land).query(at, predicate="dwithin", distance=within_m)
    way = shapely.shortest_line(at[spot], land[polygon])
    x_m, y_m = shapely.get_coordinates(shapely.get_point(way, 1)).T
    order = np.lexsort((y_m, x_m, shapely.length(way), spot))
    first = order[np.r_[True, np.diff(spot[order]) > 0]] if len(order) else order
    ids = tuple(spots.ids[row] for row in spot[first])
    return Spots(ids=ids, x_m=x_m[first], y_m=y_m[first])


def spaced(spots: Spots, *, spacing_m: float) -> Longs:
    """Spots of which no two are within `spacing_m`: the first that is free, and so on.

    Raises `StudyError` where they come to over `MOST_MADE`.
    """
    at = shapely.points(spots.x_m, spots.y_m)
    tree = shapely.STRtree(at)
    free = np.ones(len(spots), dtype=bool)
    chosen: list[int] = []
    for row in range(len(spots)):
        if not free[row]:
            continue
        chosen.append(row)
        if len(chosen) > MOST_MADE:
            raise _too_many(
                spacing_m,
                f"{len(spots):,} 个街口上会有多于 {MOST_MADE:,} 个",
                f"more than {MOST_MADE:,} of {len(spots):,} street junctions as",
            )
        free[tree.query(at[row], predicate="dwithin", distance=spacing_m)] = False
    return np.array(chosen, dtype=np.int64)


def _too_many(spacing_m: float, zh: str, en: str) -> Exception:
    return fail(
        StudyError,
        "made_candidates.spacing_m",
        found=(f"间距 {spacing_m:g} 米，{zh}候选点", f"{spacing_m:g} m, {en} candidates"),
        expected=(f"至多 {MOST_MADE:,} 个候选点", f"at most {MOST_MADE:,} candidates"),
        to_do=("加大间距", "make the spacing wider"),
    )


def wanted_services(
    spots: Spots, listed: Candidates | None, services: frozenset[str], *, apart_m: float
) -> tuple[frozenset[str], ...]:
    """Of `services`, those that no listed candidate within `apart_m` of a spot may host."""
    wanted = [set(services) for _ in range(len(spots))]
    if listed is None or not len(spots):
        return tuple(map(frozenset, wanted))
    at = shapely.points(spots.x_m, spots.y_m)
    for service in sorted(services):
        hosts = np.array([service in hosted for hosted in listed.services], dtype=bool)
        tree = shapely.STRtree(shapely.points(listed.x_m[hosts], listed.y_m[hosts]))
        beside, _ = tree.query(at, predicate="dwithin", distance=apart_m)
        for row in np.unique(beside):
            wanted[row].discard(service)
    return tuple(map(frozenset, wanted))


def candidates_at(
    spots: Spots,
    area: StudyArea,
    *,
    label: str,
    services: tuple[frozenset[str], ...],
    floor_m2: float,
    land_m2: float,
    yuan_per_m2: float,
    fixed_yuan: float,
) -> Candidates:
    """A candidate at every spot; all of it is assumed."""
    n = len(spots)
    return Candidates(
        ids=spots.ids,
        source_classes=(label,) * n,
        services=services,
        x_m=spots.x_m,
        y_m=spots.y_m,
        floor_m2=np.full(n, floor_m2),
        land_m2=np.full(n, land_m2),
        yuan_per_m2=np.full(n, yuan_per_m2),
        fixed_yuan=np.full(n, fixed_yuan),
        assumed=(frozenset(ASSUMABLE),) * n,
        place=area.locate(spots.x_m, spots.y_m),
    )
