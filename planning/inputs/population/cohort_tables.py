"""The tables of a cohort-component projection: people, survival, fertility, migration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from planning.demand import STEP_YEARS, AgeRange, Cohorts, FiveYears
from planning.errors import Fault, InputError, raise_all
from planning.inputs.population.tidy_tables import CellError, TidyTable, Wanted, read_tidy
from planning.provenance import Note
from planning.study import CohortsSpec
from planning.units import counted, written

Floats = npt.NDArray[np.float64]

KEY = "projection.cohorts"
_MOTHERS = range(15, 50, STEP_YEARS)
"""First ages of the groups for which demographers give fertility (15–49)."""
_CHILDLESS_BELOW, _CHILDLESS_FROM = 10, 55
"""Beyond these ages nobody bears children: a rate there belongs to other ages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortTables:
    """People of the base year by unit, the five-year periods after it, and what was guessed."""

    start: Cohorts
    periods: tuple[FiveYears, ...]
    notes: tuple[Note, ...]

    def children_per_woman(self) -> tuple[float, float]:
        """The least and the greatest total fertility [children per woman] of any unit and time."""
        totals = [np.sum(p.births_per_woman, axis=-1) * STEP_YEARS for p in self.periods]
        return float(min(map(np.min, totals))), float(max(map(np.max, totals)))


def read_cohorts(
    spec: CohortsSpec,
    paths: dict[str, Path],
    *,
    unit_ids: Sequence[str],
    lived_in: npt.NDArray[np.bool_],
    base_year: int,
    steps: int,
) -> CohortTables:
    """The people of the units named, in their order, and `steps` periods from `base_year` on.

    Every table has the ages of the people's: 0–4, 5–9, … and an open group. Without a column of
    units a table of shares or rates holds for all units, without one of years for all periods;
    people and migrants always have a unit. A unit where nobody lives needs no row. Raises
    InputError with every fault.
    """
    ids = [spec.ids.get(unit, unit) for unit in unit_ids]
    people, survival, fertility, migration = _tables(spec, paths, ids)
    notes = tuple(
        note
        for table in (people, survival, fertility, migration)
        for note in (table.notes if table else ())
    )
    wanted = Wanted(ages=_ages(people), units=ids, lived_in=lived_in)
    faults = [
        *survival.other_ages(wanted),
        *fertility.other_ages(wanted),
        *(migration.other_ages(wanted) if migration else []),
        *_disguised(survival),
        *_disguised(fertility),
    ]
    fertility = _with_the_childless(fertility, wanted.ages)
    start = people.filled(wanted, faults)
    found = []
    for step in range(steps):
        year = base_year + STEP_YEARS * step
        live = survival.filled(wanted, faults, year=year)
        bear = fertility.filled(wanted, faults, year=year)["women"]
        nobody = np.zeros(len(wanted.ages))
        come = {"women": nobody, "men": nobody}
        if migration is not None:
            come = migration.filled(wanted, faults, year=year)
        found.append((live, bear, come))
    # What holds for all periods is missed in each of them, and told once.
    raise_all(InputError, list(dict.fromkeys(faults)))
    return CohortTables(
        start=Cohorts(year=base_year, women=start["women"], men=start["men"]),
        periods=tuple(
            FiveYears(
                women_survive=live["women"],
                men_survive=live["men"],
                births_per_woman=bear,
                boys_per_girl=spec.boys_per_girl,
                women_come=come["women"],
                men_come=come["men"],
            )
            for live, bear, come in found
        ),
        notes=notes,
    )


def _tables(
    spec: CohortsSpec, paths: dict[str, Path], ids: Sequence[str]
) -> tuple[TidyTable, TidyTable, TidyTable, TidyTable | None]:
    """All four tables; their unreadable cells are told together."""
    faults: list[Fault] = []
    people = read_tidy(
        spec.people,
        paths[f"{KEY}.people"],
        f"{KEY}.people",
        unit_ids=ids,
        needed=("id", "sex"),
        optional=(),
        read_cell=_people,
        faults=faults,
    )
    survival = read_tidy(
        spec.survival,
        paths[f"{KEY}.survival"],
        f"{KEY}.survival",
        unit_ids=ids,
        needed=("sex",),
        optional=("id", "from_year"),
        read_cell=_survival,
        faults=faults,
    )
    fertility = read_tidy(
        spec.fertility,
        paths[f"{KEY}.fertility"],
        f"{KEY}.fertility",
        unit_ids=ids,
        needed=(),
        optional=("id", "from_year"),
        read_cell=_births,
        faults=faults,
    )
    migration = None
    if spec.migration is not None:
        migration = read_tidy(
            spec.migration,
            paths[f"{KEY}.migration"],
            f"{KEY}.migration",
            unit_ids=ids,
            needed=("id", "sex"),
            optional=("from_year",),
            read_cell=_migrants,
            faults=faults,
        )
    raise_all(InputError, faults)
    return people, survival, fertility, migration


def _ages(people: TidyTable) -> list[AgeRange]:
    """The age groups of the people: five years each from 0, the last one open."""
    ages = sorted({place.ages for place in people.numbers}, key=lambda a: (a.from_age, str(a)))
    wanted = [
        AgeRange(from_age=first, below_age=first + STEP_YEARS)
        for first in range(0, STEP_YEARS * (len(ages) - 1), STEP_YEARS)
    ]
    wanted.append(AgeRange(from_age=STEP_YEARS * len(wanted), below_age=None))
    if ages != wanted or len(ages) <= _MOTHERS.stop // STEP_YEARS:
        listed = "、".join(map(str, ages))
        raise InputError(
            Fault(
                where=people.where,
                found=(f"年龄组 {listed}", f"ages {listed}")
                if ages
                else ("没有研究范围内的单元", "no unit of the area"),
                expected=(
                    "首尾相接的五岁组 0-4、5-9、…，最后为开口组，如 85+（50+ 或更高）",
                    "groups of five years 0-4, 5-9, … and an open one such as 85+ (50+ or higher)",
                ),
                to_do=("改正后重试", "mend them and run again"),
            )
        )
    return ages


def _with_the_childless(fertility: TidyTable, ages: Sequence[AgeRange]) -> TidyTable:
    """The table with 0 for the ages that fertility is not given for."""
    numbers = dict(fertility.numbers)
    for place in fertility.numbers:
        for other in ages:
            if other.from_age not in _MOTHERS:
                numbers.setdefault(place._replace(ages=other), 0.0)
    return replace(fertility, numbers=numbers)


def _disguised(table: TidyTable) -> list[Fault]:
    """Shares of 1 under a heading of % or ‰: a hundredfold too small, if they were believed."""
    most = table.per * max(table.numbers.values(), default=0.0)
    if table.per == 1 or most > 1 or most == 0:
        return []
    return [
        Fault(
            where=table.where,
            found=(
                f"字段名带 % 或 ‰，而最大的数只有 {most:g}",
                f"a heading in % or ‰ over numbers of {most:g} at most",
            ),
            expected=("与字段名一致的数", "numbers that are what the heading says"),
            to_do=("改正字段名或数值", "mend the heading, or the numbers"),
        )
    ]


# --- one cell -------------------------------------------------------------------------------------


def _part(text: str, per: int | Fraction) -> float:
    try:
        return float(written(text, per=per))
    except ValueError:
        return np.nan


def _people(text: str, per: int | Fraction, _ages: AgeRange) -> float:
    number = counted(text, per=per)
    if not number >= 0:
        raise CellError(text, ("不小于 0 的人数（无人写 0）", "people ≥ 0, with 0 written out"))
    return number


def _migrants(text: str, per: int | Fraction, _ages: AgeRange) -> float:
    number = counted(text, per=per)
    if np.isnan(number):
        raise CellError(text, ("五年净迁入人数，迁出为负", "net migrants of five years"))
    return number


def _survival(text: str, per: int | Fraction, _ages: AgeRange) -> float:
    share = _part(text, per)
    if not 0 <= share <= 1:
        raise CellError(text, ("0 至 1（0%—100%）的存活率", "a share from 0 to 1 (0% to 100%)"))
    return share


def _births(text: str, per: int | Fraction, ages: AgeRange) -> float:
    rate = _part(text, per)
    if not 0 <= rate <= 1:
        raise CellError(
            text,
            (
                "每名妇女每年生育 0—1 个，或以“生育率（‰）”为字段名",
                "0 to 1 births per woman and year, or a heading in ‰",
            ),
        )
    if rate > 0 and not _CHILDLESS_BELOW <= ages.from_age < _CHILDLESS_FROM:
        raise CellError(
            f"{ages}: {text}",
            (
                f"{_CHILDLESS_BELOW} 岁以下、{_CHILDLESS_FROM} 岁及以上为 0",
                f"no births below {_CHILDLESS_BELOW} or from {_CHILDLESS_FROM} years",
            ),
        )
    return rate
