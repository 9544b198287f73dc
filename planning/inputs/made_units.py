"""Units made where no boundaries exist: hexagons, or the land nearest to each seat (Voronoi)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely

from planning.access import nearest_parts
from planning.area import INHERITED, LEVELS, Geometries, UnitLevel
from planning.errors import InputError, fail
from planning.inputs.seats import read_seats
from planning.provenance import Tell
from planning.study import MadeUnits

_MOST_HEXAGONS = 500_000
"""More are no planning units, and fill the memory."""
_SLIVER_M2 = 1e-6
"""Less land than this is what rounding leaves along a shared border."""


def made_level(
    spec: MadeUnits,
    above: Sequence[UnitLevel],
    *,
    epsg: int,
    seats_path: Path | None,
    tell: Tell,
) -> UnitLevel:
    """A level below the lowest one given; every made unit lies in exactly one unit above it.

    Cells are cut along the borders above them, so that children add up to their parents. Hexagons
    lie on a lattice fixed to the origin of the CRS: the same place always falls into the same one.
    """
    lowest = above[-1]
    if LEVELS.index(spec.level) <= LEVELS.index(lowest.level):
        raise fail(
            InputError,
            "area.made_units.level",
            found=(
                f"“{spec.level}”不低于“{lowest.level}”",
                f"'{spec.level}', not below '{lowest.level}'",
            ),
            expected=(
                "低于现有单元的层级",
                "a level below that of the units",
            ),
            to_do=("改用更低的层级", "name a lower level"),
        )
    if seats_path is None:
        assert spec.hexagon_m is not None
        ids, names, cells = _hexagons(shapely.union_all(lowest.geometry), spec.hexagon_m)
    else:
        ids, names, cells = _around_seats(spec, seats_path, lowest, epsg, tell)
    cell, parent = shapely.STRtree(lowest.geometry).query(cells, predicate="intersects")
    pieces = shapely.intersection(cells[cell], lowest.geometry[parent])
    kept = shapely.area(pieces) > _SLIVER_M2
    cell, parent, pieces = cell[kept], parent[kept], pieces[kept]
    parts = np.bincount(cell, minlength=len(cells))
    of_parts = [
        f"-{lowest.ids[p]}" if parts[c] > 1 else "" for c, p in zip(cell, parent, strict=True)
    ]
    made = [ids[c] + part for c, part in zip(cell.tolist(), of_parts, strict=True)]
    order = sorted(range(len(made)), key=made.__getitem__)
    return UnitLevel(
        level=spec.level,
        ids=tuple(made[k] for k in order),
        names=tuple(f"{names[cell[k]]}（自动划分 made）" for k in order),
        parent_ids=tuple(lowest.ids[parent[k]] for k in order),
        geometry=pieces[order],
        attributes={
            name: tuple(lowest.attributes[name][parent[k]] for k in order) for name in INHERITED
        },
    )


def _hexagons(
    boundary: shapely.Geometry, width_m: float
) -> tuple[list[str], list[str], Geometries]:
    """Hexagons `width_m` across flats that touch the boundary's inside, west to east by rows."""
    west, south, east, north = boundary.bounds
    rise_m = width_m * np.sqrt(3) / 2
    expected = (north - south) / rise_m * (east - west) / width_m
    if expected > _MOST_HEXAGONS:
        raise fail(
            InputError,
            "area.made_units.hexagon_m",
            found=(
                f"{width_m:g} 米，约 {expected:,.0f} 个六边形",
                f"{width_m:g} m, some {expected:,.0f} hexagons",
            ),
            expected=(f"至多 {_MOST_HEXAGONS:,} 个", f"at most {_MOST_HEXAGONS:,}"),
            to_do=("加大六边形", "make them wider"),
        )
    rows = np.arange(np.floor(south / rise_m) - 1, np.ceil(north / rise_m) + 2)
    columns = np.arange(np.floor(west / width_m) - 1, np.ceil(east / width_m) + 2)
    row, column_ = (grid.ravel() for grid in np.meshgrid(rows, columns, indexing="ij"))
    middle = np.column_stack([(column_ + (row % 2) / 2) * width_m, row * rise_m])
    turn = np.radians(30 + 60 * np.arange(6))
    corner = width_m / np.sqrt(3) * np.column_stack([np.cos(turn), np.sin(turn)])
    cells = shapely.polygons(middle[:, None, :] + corner[None, :, :])
    shapely.prepare(boundary)
    cells = cells[shapely.intersects(boundary, cells)]
    ids = [f"H{number:05}" for number in range(1, len(cells) + 1)]
    return ids, ids, cells


def _around_seats(
    spec: MadeUnits, path: Path, lowest: UnitLevel, epsg: int, tell: Tell
) -> tuple[list[str], list[str], Geometries]:
    """For each seat the land that is nearer to it than to any other, as the crow flies."""
    assert spec.seats is not None
    ids, names, points = read_seats(spec.seats, path, "area.made_units.seats", epsg=epsg, tell=tell)
    return ids, names, nearest_parts(shapely.union_all(lowest.geometry), points)
