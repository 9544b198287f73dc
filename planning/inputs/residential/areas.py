"""Residential areas from a vector layer, each under the clause it answers to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from planning.area import Geometries, ResidentialAreas, UnitLevel, first_containing
from planning.inputs.residential.remarks import residential_notes
from planning.inputs.residential.rows import KEY, read_rows
from planning.inputs.vectors import read_polygons
from planning.provenance import Tell
from planning.standards.residential import status_of
from planning.study import ResidentialSpec


def read_residential(
    spec: ResidentialSpec,
    path: Path,
    *,
    epsg: int,
    boundary: shapely.Geometry,
    levels: Sequence[UnitLevel],
    new_since: date,
    tell: Tell,
) -> ResidentialAreas:
    """The areas that meet the boundary, in the order of their ids; what is assumed of them is told.

    Rows that lie elsewhere are counted and not looked at. An area is old town where its row says
    so, or, where that is silent, the smallest unit that says anything. Raises InputError with every
    fault.
    """
    frame = read_polygons(path, KEY, layer=spec.layer, tell=tell).to_crs(epsg)
    shapes = frame.geometry.to_numpy()
    shapely.prepare(boundary)
    near = shapely.intersects(boundary, shapes) | shapely.is_empty(shapes)
    said = read_rows(frame, spec, np.flatnonzero(near).tolist(), new_since=new_since)
    said = tuple(sorted(said, key=lambda area: area.id))
    geometry = shapes[[area.row for area in said]]
    is_old = _in_old_town(levels, boundary, geometry)
    status = [
        status_of(
            planned=area.planned,
            dated=None if area.dated is None else area.dated.last,
            old_town=area.town == "old" or (area.town != "new" and bool(around)),
            new_since=new_since,
        )
        for area, around in zip(said, is_old, strict=True)
    ]
    areas = ResidentialAreas(
        ids=tuple(area.id for area in said),
        names=tuple(area.name for area in said),
        status=tuple(found for found, _ in status),
        status_by=tuple(by for _, by in status),
        dated=tuple("" if area.dated is None else area.dated.text for area in said),
        built=np.array([area.built for area in said], dtype=bool),
        planned_people=np.array([area.people for area in said], dtype=np.int64),
        households=np.array([area.households for area in said], dtype=np.int64),
        delivery_year=np.array([area.year for area in said], dtype=np.int32),
        stays=np.array([area.stays for area in said], dtype=bool),
        geometry=geometry,
        elsewhere=int(np.sum(~near)),
    )
    for note in residential_notes(spec, said, areas, new_since=new_since):
        tell(note)
    return areas


def _in_old_town(
    levels: Sequence[UnitLevel], boundary: shapely.Geometry, geometry: Geometries
) -> npt.NDArray[np.bool_]:
    """Whether the smallest unit around each area that says anything of its town says old."""
    inside = geometry.copy()
    beyond = ~shapely.covers(boundary, geometry)
    inside[beyond] = shapely.intersection(geometry[beyond], boundary)
    middle = shapely.point_on_surface(inside)
    x_m, y_m = shapely.get_x(middle), shapely.get_y(middle)
    is_old = np.zeros(len(geometry), dtype=bool)
    still = np.ones(len(geometry), dtype=bool)
    for level in reversed(levels):
        town = np.array([*level.attributes["town"], ""])
        said = town[first_containing(level.geometry, x_m, y_m)]
        is_old |= still & (said == "old")
        still &= said == ""
    return is_old
