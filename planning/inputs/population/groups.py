"""Groups of residents: fixed shares, ages of each cell, or ages of a census table by unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from planning.area import StudyArea
from planning.demand import (
    TOTAL,
    AgeBands,
    AgeRange,
    Demand,
    age_range,
    filled_by_units,
    people_of,
    share_of,
)
from planning.errors import InputError, fail
from planning.inputs.population.age_table import AgeTable, read_age_table
from planning.inputs.population.levels import level_of
from planning.provenance import Note
from planning.study import AgesSpec, Study
from planning.units import rational

Floats = npt.NDArray[np.float64]


def group_shares(
    study: Study, area: StudyArea, demand: Demand, ages_path: Path | None
) -> tuple[dict[str, Fraction | Floats], tuple[Note, ...]]:
    """The share of each group among the residents of every point, and what had to be assumed.

    Ages come from the cells themselves where population.by_age tells them, else from the census
    table by unit.
    """
    shares: dict[str, Fraction | Floats] = {
        name: rational(group.count) / group.of
        for name, group in study.groups.items()
        if group.count is not None and group.of is not None
    }
    by_age = {
        name: age_range(group.ages)
        for name, group in study.groups.items()
        if group.ages is not None
    }
    notes: list[Note] = []
    if demand.ages is not None and by_age:
        of_cells, told = _of_cells(study, area, demand, demand.ages, by_age)
        shares.update(of_cells)
        notes += told
        by_age = {name: ages for name, ages in by_age.items() if name not in of_cells}
        if study.ages is not None:
            notes.append(_two_sources(study, of_cells, by_age))
    if by_age and ages_path is not None:
        of_units, told = _of_units(study, area, demand, ages_path, by_age)
        shares.update(of_units)
        notes += told
    return shares, tuple(notes)


def _of_cells(
    study: Study,
    area: StudyArea,
    demand: Demand,
    bands: AgeBands,
    wanted: Mapping[str, AgeRange],
) -> tuple[dict[str, Floats], tuple[Note, ...]]:
    """Shares by the ages of each cell; those the cells do not tell are left to the table, if any.

    A cell without ages takes the mean of its lowest unit where some cell has them, else of all.
    """
    people = demand.people[TOTAL]
    units = [demand.place[level.level] for level in reversed(area.levels)]
    shares = {}
    blank = np.zeros(len(demand), dtype=bool)
    for name, ages in wanted.items():
        try:
            part = people_of(bands, from_age=ages.from_age, below_age=ages.below_age)
        except InputError:
            if study.ages is None:
                raise
            continue
        blank |= np.isnan(part)
        filled = filled_by_units(part, people, units)
        if np.isnan(filled).any():
            raise _nobody("population.by_age", "各格均无年龄数据", "ages in no cell of the area")
        # Parts that add up to 1 may do so but for rounding.
        shares[name] = np.minimum(filled, 1.0)
    notes = [_counted(study, shares, people)] if shares else []
    if blank.any():
        notes.append(_untold(int(blank.sum()), demand.total(TOTAL, blank)))
    return shares, tuple(notes)


def _counted(study: Study, shares: Mapping[str, Floats], people: Floats) -> Note:
    """How many belong to each group by the ages of the cells."""
    whole = float(np.sum(people))
    held = {study.groups[name].label: float(np.sum(people * part)) for name, part in shares.items()}
    said = [f"{label} {count:,.0f} ({count / whole:.2%})" for label, count in held.items()]
    return Note(
        about="population.by_age",
        zh=f"按各格的年龄，范围内{'、'.join(said)}",
        en=f"by the ages of the cells, inside the area: {', '.join(said)}",
    )


def _untold(cells: int, people: float) -> Note:
    return Note(
        about="population.by_age",
        zh=f"{cells:,} 格（{people:,.0f} 人）没有年龄数据，按所在最低一级单元其余各格的"
        "平均构成，该单元也没有时按上级或全部",
        en=f"{cells:,} cells ({people:,.0f} people) tell no ages: as the other cells of "
        "their lowest unit on average, or of a higher one where none there tells them",
    )


def _two_sources(study: Study, of_cells: Iterable[str], of_table: Iterable[str]) -> Note:
    """Cells go before the table: the table would only repeat one share all over a unit."""
    labels = ["、".join(study.groups[n].label for n in names) for names in (of_cells, of_table)]
    cells, table = (named or "—" for named in labels)
    return Note(
        about="ages",
        zh=f"年龄有两个来源：population.by_age 用于 {cells}，年龄表用于 {table}",
        en=f"ages have two sources: population.by_age for {cells}, the table for {table}",
    )


def _of_units(
    study: Study,
    area: StudyArea,
    demand: Demand,
    path: Path,
    wanted: Mapping[str, AgeRange],
) -> tuple[dict[str, Floats], tuple[Note, ...]]:
    """Shares by the census table: every point takes those of its unit.

    Where a point lies in no unit of the table's level, or the table has nobody there, it takes
    those of all units together.
    """
    assert study.ages is not None
    table = _table(study.ages, area, path)
    at = demand.place[study.ages.level]
    known = np.append(table.bands.people.sum(axis=1) > 0, False)[at]
    together = AgeBands(
        from_age=table.bands.from_age, people=table.bands.people.sum(axis=0, keepdims=True)
    )
    shares = {}
    for name, ages in wanted.items():
        (mean,) = share_of(together, from_age=ages.from_age, below_age=ages.below_age)
        if mean is None:
            raise _nobody(
                f"ages: {path.name}", "研究范围各单元均无人", "nobody in any unit of the area"
            )
        found = share_of(table.bands, from_age=ages.from_age, below_age=ages.below_age)
        of_unit = [float(mean if share is None else share) for share in found]
        # at = −1, in no unit, finds the last entry.
        shares[name] = np.array([*of_unit, float(mean)])[at]
    guessed = tuple(Note(about="ages", zh=zh, en=en) for zh, en in table.remarks)
    people = demand.total(TOTAL, ~known)
    note = Note(
        about="ages",
        zh=f"{people:,.0f} 人所在处没有年龄数据（{study.ages.level}），按全部单元合计的构成",
        en=f"{people:,.0f} people live where no {study.ages.level} has ages: as in all together",
    )
    return shares, (*guessed, note) if people else guessed


def _table(spec: AgesSpec, area: StudyArea, path: Path) -> AgeTable:
    level = level_of(area, spec.level, "ages.level")
    ids = [spec.ids.get(unit, unit) for unit in level.ids]
    return read_age_table(path, unit_ids=ids, sheet=spec.sheet)


def _nobody(where: str, zh: str, en: str) -> InputError:
    error = fail(
        InputError,
        where,
        found=(zh, en),
        expected=("研究范围内分年龄组的人数", "people by age band in the study area"),
        to_do=(
            "核对年龄数据的范围；年龄表还须核对 ages.level 与 ages.ids",
            "check what area the ages are of; for a table ages.level and ages.ids, too",
        ),
    )
    assert isinstance(error, InputError)
    return error
