"""Residential areas that a scenario sketches: new, planned for so many people, lived in by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import shapely

from planning.area import Geometries, ResidentialAreas, Status, StatusBy, StudyArea
from planning.demand.sketched import (
    MOST_POINTS,
    Sketch,
    sketched_points,
    squares_of,
)
from planning.inputs.population.planned import year_of
from planning.inputs.what_if.ground import Edits
from planning.study import SketchedArea, Study
from planning.units import whole_persons


def sketches_of(
    edits: Edits, sketched: Sequence[SketchedArea], listed: ResidentialAreas | None
) -> tuple[Sketch, ...]:
    """Where the people of every sketched area live; its row comes after those of the register.

    Faults are noted; where there are any, what is at fault is left out.
    """
    taken = set() if listed is None else set(listed.ids)
    found: list[Sketch] = []
    for n, area in enumerate(sketched):
        if area.id in taken:
            edits.wrong(
                ("areas", n, "id"),
                (f"现有居住区“{area.id}”", f"'{area.id}', an area of the register"),
                ("尚无居住区用的编号", "an id that no area has"),
            )
        if not edits.is_placed or not _is_near(edits, n, area):
            continue
        x_m, y_m = sketched_points(area.outline)
        outside = int(np.sum(~edits.area.contains(x_m, y_m)))
        if outside:
            edits.wrong(
                ("areas", n, "outline"),
                (
                    f"{len(x_m)} 处居民点中 {outside} 处在研究范围以外",
                    f"{outside} of its {len(x_m)} squares outside the study area",
                ),
                ("研究范围以内的边界", "an outline inside it"),
            )
            continue
        people = area.households * _household(edits.study, area)
        outline = squares_of(_polygons([area]), x_m, y_m)
        first = 0 if listed is None else len(listed)
        found.append(Sketch(at=first + n, people=people, x_m=x_m, y_m=y_m, outline=outline))
    _check_many(edits, found)
    return tuple(found)


def _is_near(edits: Edits, n: int, area: SketchedArea) -> bool:
    """Whether all corners lie in the box of the study area: else a fault, and no squares."""
    west, south, east, north = edits.area.boundary.bounds
    beyond = [
        k
        for k, (x, y) in enumerate(area.outline)
        if not (west <= x <= east and south <= y <= north)
    ]
    for k in beyond[:1]:
        x_m, y_m = area.outline[k]
        edits.wrong(
            ("areas", n, "outline", k),
            (
                f"({x_m:,.2f}, {y_m:,.2f})，在研究范围以外",
                f"({x_m:,.2f}, {y_m:,.2f}), outside the study area",
            ),
            ("研究范围以内的角点", "a corner inside it"),
        )
    return not beyond


def _check_many(edits: Edits, sketches: Sequence[Sketch]) -> None:
    many = sum(len(sketch.x_m) for sketch in sketches)
    if many > MOST_POINTS:
        edits.wrong(
            ("areas",),
            (f"50 米方格共 {many:,} 个", f"{many:,} squares of 50 m in all"),
            (f"至多 {MOST_POINTS:,} 个", f"{MOST_POINTS:,} at most"),
        )


def _household(study: Study, area: SketchedArea) -> float:
    """Persons per household: those said, else those of the register."""
    size = area.persons_per_household
    if size is None:
        register = study.residential_areas
        assert register is not None and register.persons_per_household is not None
        size = register.persons_per_household.persons
    return float(size)


def _polygons(sketched: Sequence[SketchedArea]) -> Geometries:
    shapes = np.empty(len(sketched), dtype=object)
    shapes[:] = [shapely.Polygon(area.outline) for area in sketched]
    return cast(Geometries, shapes)


def with_areas(
    study: Study, area: StudyArea, sketched: Sequence[SketchedArea], sketches: Sequence[Sketch]
) -> StudyArea:
    """The study area with the sketched areas behind those of its register."""
    year, n = year_of(study), len(sketched)
    own = ResidentialAreas(
        ids=tuple(one.id for one in sketched),
        names=tuple(one.name or one.id for one in sketched),
        status=cast(tuple[Status, ...], ("new",) * n),
        status_by=cast(tuple[StatusBy, ...], ("status",) * n),
        dated=("",) * n,
        built=np.zeros(n, dtype=bool),
        planned_people=np.array(
            [whole_persons(sketch.people) for sketch in sketches], dtype=np.int64
        ),
        households=np.array([one.households for one in sketched], dtype=np.int64),
        delivery_year=np.full(n, -1 if year is None else year, dtype=np.int32),
        stays=np.ones(n, dtype=bool),
        geometry=_polygons(sketched),
    )
    listed = area.residential
    return replace(area, residential=own if listed is None else listed.joined(own))
