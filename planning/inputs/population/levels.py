"""The level of units a table by unit speaks of, and who lives in them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from planning.area import StudyArea, UnitLevel
from planning.demand import TOTAL, Demand, people_by_unit
from planning.errors import InputError, fail
from planning.provenance import Note


def level_of(area: StudyArea, name: str, key: str) -> UnitLevel:
    """The level a table's `key` names; raises InputError where the area has no such units."""
    level = area.level(name)
    if level is None:
        there = "、".join(found.level for found in area.levels)
        raise fail(
            InputError,
            key,
            found=(f"“{name}”", f"'{name}'"),
            expected=(f"研究范围的层级：{there}", f"a level of the area: {there}"),
            to_do=(f"改正 {key}", f"mend {key}"),
        )
    return level


def lived_in(demand: Demand, level: UnitLevel, key: str) -> npt.NDArray[np.bool_]:
    """In which units people live, shape (units,); raises InputError where in none of them."""
    held = people_by_unit(demand.people[TOTAL], demand.place[level.level], len(level))
    if not held.any():
        raise fail(
            InputError,
            key,
            found=(f"没有居民在 {level.level} 单元内", f"nobody in any unit of {level.level}"),
            expected=("有居民的单元", "units where people live"),
            to_do=("换一个层级", "take another level"),
        )
    return held > 0


def in_no_unit(demand: Demand, level: UnitLevel, about: str) -> Iterator[Note]:
    """Those who live in the area but in no unit of the level go as all units together."""
    people = demand.total(TOTAL, demand.place[level.level] < 0)
    if people > 0:
        yield Note(
            about=about,
            zh=f"{people:,.0f} 人不在任何 {level.level} 单元内，按全部单元合计推算",
            en=f"{people:,.0f} people live in no {level.level}: projected as all of them together",
        )
