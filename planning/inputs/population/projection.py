"""The people of the year a study plans for, made of those of its base year."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from planning.area import StudyArea
from planning.demand import TOTAL, Demand, grown_by_unit
from planning.errors import InputError, fail
from planning.inputs.population.by_cohorts import projected_by_cohorts
from planning.inputs.population.by_counts import rates_between
from planning.inputs.population.group_tables import inner_last
from planning.inputs.population.growth_rates import read_growth_rates
from planning.inputs.population.levels import in_no_unit, level_of, lived_in
from planning.inputs.population.plausible import check_groups
from planning.provenance import Note
from planning.study import ProjectionSpec, RatesSpec, Study

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int32]

METHODS = {
    "rate": ("年均增长率", "one yearly rate"),
    "rates": ("各单元年均增长率", "yearly rates by unit"),
    "counts": ("两个年份人数之间的年均增长率", "the yearly rate between two counts"),
    "cohorts": ("队列要素法（五年一步）", "cohort-component steps of five years"),
}


def projected(
    study: Study, spec: ProjectionSpec, area: StudyArea, demand: Demand, paths: dict[str, Path]
) -> tuple[Demand, tuple[Note, ...]]:
    """The same points with the people of `spec.year`, and what had to be assumed.

    Raises InputError with every fault of the tables, and where a group would outgrow those it is
    part of.
    """
    if spec.cohorts is not None:
        later, notes = projected_by_cohorts(study, spec, area, demand, paths)
        rates: Mapping[str, Floats] = {}
    else:
        unit, rates, notes = _rates(study, spec, area, demand, paths)
        later = grown_by_unit(demand, unit, rates, year=spec.year)
        notes = (*notes, *_on_rates(study, spec, rates))
    later = _with_parts(study, demand, later, rated=rates)
    check_groups(study, area, later)
    return later, (*_summary(study, spec, later), *notes)


def _with_parts(study: Study, before: Demand, later: Demand, *, rated: Container[str]) -> Demand:
    """A group by table that has no rate of its own keeps its share of those it is within."""
    people = dict(later.people)
    for name in inner_last(study.groups):
        if name not in rated:
            whole = study.groups[name].within
            were = before.people[whole]
            none = np.zeros_like(were)
            share = np.divide(before.people[name], were, out=none, where=were > 0)
            people[name] = share * people[whole]
    return replace(later, people=people)


def method_of(spec: ProjectionSpec) -> str:
    """The one method the projection names."""
    return next(name for name in METHODS if getattr(spec, name) not in (None, {}))


# --- by yearly rates ------------------------------------------------------------------------------


def _rates(
    study: Study, spec: ProjectionSpec, area: StudyArea, demand: Demand, paths: dict[str, Path]
) -> tuple[Index, dict[str, Floats], tuple[Note, ...]]:
    """The unit of every point, and the yearly rates of the units by group."""
    if spec.rates is not None:
        return _by_table(spec, spec.rates, area, demand, paths["projection.rates"])
    everywhere = np.zeros(len(demand), dtype=np.int32)
    if spec.counts:
        rates, notes = rates_between(study, spec, demand)
        return everywhere, _arrays(rates, 1), notes
    assert spec.rate is not None  # the study file says so
    return everywhere, _arrays({TOTAL: spec.rate, **spec.group_rates}, 1), ()


def _arrays(rates: Mapping[str, float], units: int) -> dict[str, Floats]:
    return {group: np.full(units, rate) for group, rate in rates.items()}


def _by_table(
    spec: ProjectionSpec, table: RatesSpec, area: StudyArea, demand: Demand, path: Path
) -> tuple[Index, dict[str, Floats], tuple[Note, ...]]:
    level = level_of(area, table.level, "projection.rates.level")
    groups = [group for group in demand.people if group != TOTAL]
    rates, notes = read_growth_rates(
        table,
        path,
        level,
        groups=groups,
        lived_in=lived_in(demand, level, "projection.rates.level"),
    )
    twice = sorted(set(rates) & set(spec.group_rates))
    if twice:
        raise fail(
            InputError,
            "projection.group_rates",
            found=(f"{'、'.join(twice)} 也在表中", f"{', '.join(twice)} in the table as well"),
            expected=("每个人群只有一处增长率", "one rate for each group"),
            to_do=("去掉其一", "take one away"),
        )
    rates |= _arrays(spec.group_rates, len(level))
    notes = (*notes, *in_no_unit(demand, level, "projection.rates"))
    return demand.place[level.level], rates, notes


def _on_rates(study: Study, spec: ProjectionSpec, rates: Mapping[str, Floats]) -> Iterator[Note]:
    """The rates the study itself names, and the groups that have none of their own."""
    own = {TOTAL: spec.rate} if spec.rate is not None else {}
    named = [(study.labels[group], rate) for group, rate in (own | spec.group_rates).items()]
    if named:
        yield Note(
            about="projection",
            zh="年均增长率：" + "，".join(f"{zh} {rate:+.2%}" for (zh, _), rate in named),
            en="a year: " + ", ".join(f"{en} {rate:+.2%}" for (_, en), rate in named),
        )
    parts = [name for name in inner_last(study.groups) if study.groups[name].within != TOTAL]
    rest = [label for group, label in study.labels.items() if group not in (*rates, *parts)]
    if rest:
        yield Note(
            about="projection",
            zh=f"{'、'.join(zh for zh, _ in rest)}没有自己的增长率，占居民的比重不变",
            en=f"{', '.join(en for _, en in rest)}: no rate of their own, the same share of the "
            "residents as before",
        )


# --- what is told of every method -----------------------------------------------------------------


def _summary(study: Study, spec: ProjectionSpec, later: Demand) -> Iterator[Note]:
    """How the people came about, and by group how many they were and are."""
    base = later.base
    assert base is not None
    years = spec.year - base.year
    zh, en = METHODS[method_of(spec)]
    yield Note(
        about="projection",
        zh=f"人口由 {base.year} 年推算到 {spec.year} 年（{years} 年），按{zh}；出处：{spec.source}",
        en=f"people are projected from {base.year} to {spec.year} ({years} years) by {en}; "
        f"source: {spec.source}",
    )
    for group, label in study.labels.items():
        before, after = base.people[group], later.total(group)
        many_zh, many_en = study.counted_in(group)
        how_zh, how_en = change_of(before, after, years=years)
        yield Note(
            about="projection.people",
            zh=f"{label[0]} {before:,.0f} → {after:,.0f} {many_zh}{how_zh}",
            en=f"{label[1]}: {before:,.0f} → {after:,.0f} {many_en}{how_en}",
        )


def change_of(before: float, after: float, *, years: int) -> tuple[str, str]:
    """The change from one count to another in words; "" where there was nobody."""
    if not before > 0:
        return "", ""
    whole = after / before - 1
    rate = math.exp(math.log(after / before) / years) - 1 if after > 0 else math.nan
    yearly = "" if math.isnan(rate) else f"{rate:+.2%}"
    return (
        f"（{whole:+.1%}，年均 {yearly or '—'}）",
        f" ({whole:+.1%}, {yearly or '—'} a year)",
    )
