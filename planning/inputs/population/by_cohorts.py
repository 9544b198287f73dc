"""People projected by age and sex: the tables of the user, five years at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from planning.area import StudyArea, UnitLevel
from planning.demand import (
    STEP_YEARS,
    TOTAL,
    AgeRange,
    Cohorts,
    Demand,
    age_range,
    aged_by_unit,
    between,
    people_by_unit,
    people_of,
    project,
)
from planning.errors import Fault, InputError, raise_all
from planning.inputs.population.cohort_tables import KEY, CohortTables, read_cohorts
from planning.inputs.population.levels import in_no_unit, level_of, lived_in
from planning.provenance import Note
from planning.study import CohortsSpec, ProjectionSpec, Study

Floats = npt.NDArray[np.float64]

_FARTHEST = 2.0
"""A table whose people are twice or half those of the study is one of other people, or in 万."""
_AGREE = 0.001


def projected_by_cohorts(
    study: Study, spec: ProjectionSpec, area: StudyArea, demand: Demand, paths: dict[str, Path]
) -> tuple[Demand, tuple[Note, ...]]:
    """Every unit with the people the tables lead to, groups of `ages` with their share there.

    A year that is no multiple of five from the base year lies between two steps, every sex and age
    going from one to the other at a yearly rate (`between`).
    """
    assert spec.cohorts is not None and demand.year is not None  # the study file says so
    level = level_of(area, spec.cohorts.level, f"{KEY}.level")
    steps = -(-(spec.year - demand.year) // STEP_YEARS)
    tables = read_cohorts(
        spec.cohorts,
        paths,
        unit_ids=level.ids,
        lived_in=lived_in(demand, level, f"{KEY}.level"),
        base_year=demand.year,
        steps=steps,
    )
    _check_start(demand, level, tables.start)
    reached = project(tables.start, tables.periods, units=level.ids)
    bands = _in_year(reached, spec.year).bands()
    ages = {name: age_range(g.ages) for name, g in study.groups.items() if g.ages is not None}
    later = aged_by_unit(demand, demand.place[level.level], bands, ages, year=spec.year)
    notes = [
        *tables.notes,
        *_on_start(study, demand, level, tables.start, ages),
        *_on_tables(spec.cohorts, tables, spec.year),
        *in_no_unit(demand, level, KEY),
    ]
    return later, tuple(notes)


def _in_year(reached: tuple[Cohorts, ...], year: int) -> Cohorts:
    """The people of a year, one of the steps or between two of them."""
    at = next(step for step, after in enumerate(reached) if after.year >= year)
    first, last = reached[max(at - 1, 0)], reached[at]
    if last.year == year:
        return last
    span = {"first_year": first.year, "last_year": last.year, "year": year}
    return Cohorts(
        year=year,
        women=between(first.women, last.women, **span),
        men=between(first.men, last.men, **span),
    )


def _check_start(demand: Demand, level: UnitLevel, start: Cohorts) -> None:
    """The table's people are about those of the study, unit by unit."""
    held = people_by_unit(demand.people[TOTAL], demand.place[level.level], len(level))
    told = (start.women + start.men).sum(axis=1)
    faults = []
    for at in np.flatnonzero((held > 0) | (told > 0)).tolist():
        if not held[at] / _FARTHEST < told[at] < held[at] * _FARTHEST:
            faults.append(
                Fault(
                    where=f"{KEY}.people",
                    found=(
                        f"{level.names[at]}（{level.ids[at]}）{told[at]:,.0f} 人",
                        f"{told[at]:,.0f} people in {level.ids[at]}",
                    ),
                    expected=(
                        f"接近人口数据的 {held[at]:,.0f} 人（{demand.year} 年）",
                        f"about the {held[at]:,.0f} of the population ({demand.year})",
                    ),
                    to_do=(
                        "核对年份、编号与单位（人，不是万人）；或用 population.totals 校准人口数据",
                        "check year, ids and unit (persons, not 万); or fit the population to "
                        "population.totals",
                    ),
                )
            )
    raise_all(InputError, faults)


def _on_start(
    study: Study, demand: Demand, level: UnitLevel, start: Cohorts, ages: dict[str, AgeRange]
) -> Iterator[Note]:
    """Where table and population differ in the base year, part of the change is no growth."""
    bands, unit = start.bands(), demand.place[level.level]
    told = {TOTAL: bands.people.sum(axis=1)} | {
        name: people_of(bands, from_age=a.from_age, below_age=a.below_age)
        for name, a in ages.items()
    }
    for name, people in told.items():
        held = people_by_unit(demand.people[name], unit, len(level))
        off = np.abs(people - held)
        if np.all(off <= _AGREE * held):
            continue
        worst, (zh, en) = int(np.argmax(off)), study.labels[name]
        more = people.sum() - held.sum()
        yield Note(
            about=f"{KEY}.people",
            zh=f"{demand.year} 年{zh}：队列表 {people.sum():,.0f} 人，研究 {held.sum():,.0f} 人，"
            f"相差最多的是{level.names[worst]}（{people[worst]:,.0f} 与 {held[worst]:,.0f}）；"
            f"推算以队列表为准，合计增减中有 {more:+,.0f} 人是两者之差",
            en=f"{en} in {demand.year}: {people.sum():,.0f} in the cohort table, "
            f"{held.sum():,.0f} in the study, farthest apart in {level.names[worst]} "
            f"({people[worst]:,.0f} and {held[worst]:,.0f}); the table leads, so that {more:+,.0f} "
            "of the change is their difference",
        )
    rest = [zh for name, (zh, _) in study.labels.items() if name not in told]
    if rest:
        yield Note(
            about=KEY,
            zh=f"{'、'.join(rest)}没有 ages，占居民的比重不变",
            en=f"{', '.join(rest)}: without ages, the same share of the residents as before",
        )


def _on_tables(spec: CohortsSpec, tables: CohortTables, year: int) -> Iterator[Note]:
    low, high = tables.children_per_woman()
    said = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f}–{high:.2f}"
    yield Note(
        about=f"{KEY}.fertility",
        zh=f"总和生育率 {said}，出生性别比 {spec.boys_per_girl:g}",
        en=f"total fertility {said}, {spec.boys_per_girl:g} boys a girl",
    )
    if spec.migration is None:
        yield Note(
            about=KEY,
            zh="没有迁移表：按无人迁入迁出推算",
            en="no table of migration: nobody comes or leaves",
        )
    past = (year - tables.start.year) % STEP_YEARS
    if past:
        zh = f"{year} 年在两步之间：{year - past} 年与 {year - past + STEP_YEARS} 年"
        yield Note(
            about=KEY,
            zh=f"{zh}之间各年龄组按固定年率内插",
            en=f"{year} lies between the steps of {year - past} and {year - past + STEP_YEARS}: "
            "every age goes from one to the other at a yearly rate",
        )
