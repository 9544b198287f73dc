"""The land of a situation: units side by side, each with the land of what lies inside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from situation_form import UnitRow

from planning.area import ATTRIBUTES, LEVELS, RESIDENTIAL, ResidentialAreas, StudyArea, UnitLevel

Floats = npt.NDArray[np.float64]

SLOT_M = 100_000.0
"""Units lie this far apart, side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit with its level and the slots on the ground that it takes."""

    row: UnitRow
    level: str
    name: str
    first: int
    last: int

    @property
    def middle_m(self) -> tuple[float, float]:
        """The middle of its own slot, the first."""
        return (self.first + 0.5) * SLOT_M, 0.5 * SLOT_M

    @property
    def ground(self) -> shapely.Polygon:
        """Its land."""
        return shapely.box(self.first * SLOT_M, 0, self.last * SLOT_M, SLOT_M)


def units_of(rows: tuple[UnitRow, ...]) -> Iterator[Unit]:
    """Units with their land: each has a slot of its own, and all those of the units inside it."""
    rows = tuple(one for row in rows for one in _each(row))
    children: dict[str | None, list[UnitRow]] = {}
    for row in rows:
        children.setdefault(row.within, []).append(row)
    unknown = {name for name in children if name is not None} - {_name(row)[1] for row in rows}
    assert not unknown, f"units in units that are not there: {unknown}"

    def placed(row: UnitRow, first: int) -> list[Unit]:
        level, name = _name(row)
        inside: list[Unit] = []
        last = first + 1
        for child in children.get(name, []):
            below = placed(child, last)
            last = below[0].last
            inside += below
        return [Unit(row=row, level=level, name=name, first=first, last=last), *inside]

    at = 0
    for row in children.get(None, []):
        found = placed(row, at)
        at = found[0].last
        yield from found


def _each(row: UnitRow) -> Iterator[UnitRow]:
    level, name = _name(row)
    for number in range(1, row.times + 1):
        yield row.model_copy(update={level: name.replace("#", str(number))})


def _name(row: UnitRow) -> tuple[str, str]:
    named = [(level, getattr(row, level)) for level in (*LEVELS, RESIDENTIAL)]
    (found,) = [(level, name) for level, name in named if name is not None]
    return found


def area_of(units: list[Unit]) -> StudyArea:
    areas = [u for u in units if u.level == RESIDENTIAL]
    levels = [(name, [u for u in units if u.level == name]) for name in LEVELS]
    return StudyArea(
        name="made",
        epsg=4544,
        boundary=shapely.union_all([u.ground for u in units]),
        levels=tuple(_level(name, inside) for name, inside in levels if inside),
        residential=_residential(areas) if areas else None,
    )


def _level(level: str, units: list[Unit]) -> UnitLevel:
    return UnitLevel(
        level=level,
        ids=tuple(u.name for u in units),
        names=tuple(u.name for u in units),
        parent_ids=tuple(u.row.within for u in units),
        geometry=_geometry(units),
        attributes={name: tuple(getattr(u.row, name) for u in units) for name in ATTRIBUTES},
    )


def _geometry(units: list[Unit]) -> npt.NDArray[np.object_]:
    found = np.empty(len(units), dtype=object)
    found[:] = [u.ground for u in units]
    return found


def _residential(areas: list[Unit]) -> ResidentialAreas:
    def whole(name: str) -> npt.NDArray[np.int64]:
        said = [getattr(u.row, name) for u in areas]
        return np.array([-1 if n is None else int(n) for n in said], dtype=np.int64)

    return ResidentialAreas(
        ids=tuple(u.name for u in areas),
        names=tuple(u.name for u in areas),
        status=tuple(u.row.status for u in areas),
        status_by=("status",) * len(areas),
        dated=("",) * len(areas),
        built=np.array(
            [u.row.status == "built" or u.row.planned is None for u in areas], dtype=bool
        ),
        planned_people=whole("planned"),
        households=whole("households"),
        delivery_year=np.array([u.row.delivered for u in areas], dtype=np.int32),
        stays=np.ones(len(areas), dtype=bool),
        geometry=_geometry(areas),
    )


def places_of(at: list[str], units: list[Unit]) -> dict[str, npt.NDArray[np.int32]]:
    """The unit of every row at every level the town has, and its residential area; −1 none."""
    by_name = {u.name: u for u in units}
    assert len(by_name) == len(units), "two units of one name"
    found = {}
    for level in (*LEVELS, RESIDENTIAL):
        ids = [u.name for u in units if u.level == level]
        if not ids and level != RESIDENTIAL:
            continue
        number = {name: n for n, name in enumerate(ids)}
        of_unit = dict.fromkeys(by_name, -1)
        for name in by_name:
            above: str | None = name
            while above is not None and above not in number:
                above = by_name[above].row.within
            of_unit[name] = -1 if above is None else number[above]
        found[level] = np.array([of_unit[name] for name in at], dtype=np.int32)
    return found


def xy_of(rows: list[Any], units: list[Unit]) -> tuple[Floats, Floats]:
    middle = {u.name: u.middle_m for u in units}
    x_m = np.array([middle[row.at][0] + row.x_m for row in rows], dtype=np.float64)
    return x_m, np.array([middle[row.at][1] for row in rows], dtype=np.float64)
