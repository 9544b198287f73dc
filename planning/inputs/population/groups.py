"""Groups of residents: fixed shares, or ages out of a census table by unit."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from planning.area import StudyArea
from planning.demand import TOTAL, AgeBands, Demand, age_range, share_of
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

    By ages every point takes the shares of its unit; where it lies in no unit of the table's level,
    or the table has nobody there, those of all units together.
    """
    shares: dict[str, Fraction | Floats] = {
        name: rational(group.count) / group.of
        for name, group in study.groups.items()
        if group.count is not None and group.of is not None
    }
    by_age = {name: group.ages for name, group in study.groups.items() if group.ages is not None}
    if study.ages is None or ages_path is None or not by_age:
        return shares, ()
    table = _table(study.ages, area, ages_path)
    at = demand.place[study.ages.level]
    known = np.append(table.bands.people.sum(axis=1) > 0, False)[at]
    together = AgeBands(
        from_age=table.bands.from_age, people=table.bands.people.sum(axis=0, keepdims=True)
    )
    for name, said in by_age.items():
        ages = age_range(said)
        (mean,) = share_of(together, from_age=ages.from_age, below_age=ages.below_age)
        if mean is None:
            raise _nobody(ages_path)
        found = share_of(table.bands, from_age=ages.from_age, below_age=ages.below_age)
        of_unit = [float(mean if share is None else share) for share in found]
        # at = −1, in no unit, finds the last entry.
        shares[name] = np.array([*of_unit, float(mean)])[at]
    people = demand.total(TOTAL, ~known)
    note = Note(
        about="ages",
        zh=f"{people:,.0f} 人所在处没有年龄数据（{study.ages.level}），按全部单元合计的构成",
        en=f"{people:,.0f} people live where no {study.ages.level} has ages: as in all together",
    )
    return shares, (note,) if people else ()


def _table(spec: AgesSpec, area: StudyArea, path: Path) -> AgeTable:
    level = level_of(area, spec.level, "ages.level")
    ids = [spec.ids.get(unit, unit) for unit in level.ids]
    return read_age_table(path, unit_ids=ids, sheet=spec.sheet)


def _nobody(path: Path) -> InputError:
    error = fail(
        InputError,
        f"ages: {path.name}",
        found=("研究范围各单元均无人", "nobody in any unit of the area"),
        expected=("各单元分年龄组的人数", "people by age band of every unit"),
        to_do=("核对 ages.level 与 ages.ids", "check ages.level and ages.ids"),
    )
    assert isinstance(error, InputError)
    return error
