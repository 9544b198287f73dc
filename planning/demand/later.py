"""The same points in a later year: every unit has the people its projection says, by group.

Where in a unit people live is the counts' word and stays as it is; how many live there is the
projection's. Points in no unit go as all units together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planning.demand.ages import AgeBands, AgeRange, people_of
from planning.demand.by_unit import people_by_unit
from planning.demand.growth import grown, yearly_rate
from planning.demand.points import TOTAL, BaseYear, Demand
from planning.errors import OurFaultError, fail

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int32]

_EXACT = 1e-9


def grown_by_unit(demand: Demand, unit: Index, rates: Mapping[str, Floats], *, year: int) -> Demand:
    """The people of `year`, each group grown at its yearly rate in every unit.

    `unit` is the index of the unit of every point, −1 outside all, shape (n,); `rates` [share a
    year] holds the rate of every unit by group, shape (units,), that of all residents among them,
    NaN where nobody lives. A group without rates keeps its share of the residents at every point.
    Raises ValueError where people are of no stated year, or live where no rate is known.
    """
    years = year - _year_of(demand)
    total = demand.people[TOTAL]
    people = {TOTAL: _grown(total, unit, rates[TOTAL], years=years)}
    change = np.divide(people[TOTAL], total, out=np.zeros_like(total), where=total > 0)
    for group, now in demand.people.items():
        if group != TOTAL:
            rate = rates.get(group) if now[unit >= 0].any() else None
            people[group] = now * change if rate is None else _grown(now, unit, rate, years=years)
    for group, rate in rates.items():
        before = people_by_unit(demand.people[group], unit, len(rate))
        after = grown(before, rate, years=years)
        _check_sums(group, people_by_unit(people[group], unit, len(rate)), after)
    return _later(demand, people, year)


def _grown(people: Floats, unit: Index, rate: Floats, *, years: int) -> Floats:
    before = people_by_unit(people, unit, len(rate))
    after = grown(before, rate, years=years)
    if np.isnan(after).any():
        raise ValueError("found people in a unit without a rate, expected a rate")
    together = yearly_rate(before.sum(keepdims=True), after.sum(keepdims=True), years=years)
    # The unit of points in none is −1, which reads the last entry.
    found = grown(people, np.append(rate, together)[unit], years=years)
    if np.isnan(found).any():
        raise ValueError("found people in no unit and nobody in any, expected people in units")
    return found


def aged_by_unit(
    demand: Demand, unit: Index, bands: AgeBands, ages: Mapping[str, AgeRange], *, year: int
) -> Demand:
    """The people of `year`, as many in every unit as `bands` has there, (units, bands) [persons].

    A group of `ages` takes its share of the unit's `bands` at every point; any other group keeps
    its share of the residents. Raises ValueError where `bands` has people and the points nobody.
    """
    total = demand.people[TOTAL]
    after = bands.people.sum(axis=1)
    before = people_by_unit(total, unit, len(bands))
    if np.any((after > 0) & (before <= 0)) or not before.sum() > 0:
        raise ValueError("found projected people in a unit without points, expected points")
    change = np.divide(after, before, out=np.zeros_like(after), where=before > 0)
    change = np.append(change, after.sum() / before.sum())[unit]
    people = {group: now * change for group, now in demand.people.items()}
    for group, asked in ages.items():
        held = people_of(bands, from_age=asked.from_age, below_age=asked.below_age)
        share = np.divide(held, after, out=np.zeros_like(held), where=after > 0)
        people[group] = people[TOTAL] * np.append(share, held.sum() / after.sum())[unit]
        _check_sums(group, people_by_unit(people[group], unit, len(bands)), held)
    _check_sums(TOTAL, people_by_unit(people[TOTAL], unit, len(bands)), after)
    return _later(demand, people, year)


def _year_of(demand: Demand) -> int:
    if demand.year is None:
        raise ValueError("found people of no stated year, expected the year they were counted in")
    return demand.year


def _later(demand: Demand, people: Mapping[str, Floats], year: int) -> Demand:
    base = BaseYear(
        year=_year_of(demand), people={group: demand.total(group) for group in demand.people}
    )
    ordered = {group: people[group] for group in demand.people}
    return replace(demand, people=ordered, year=year, base=base)


def _check_sums(group: str, found: Floats, projected: Floats) -> None:
    """The points of every unit add up to what was projected for it, within 1e-9."""
    off = np.abs(found - projected)
    if np.all(off <= _EXACT * projected):
        return
    at = int(np.argmax(off))
    raise fail(
        OurFaultError,
        f"projection: {group}",
        found=(
            f"第{at + 1}个单元的点合计 {found[at]!r} 人",
            f"points of unit {at} that add up to {found[at]!r}",
        ),
        expected=(f"预测数 {projected[at]!r}", f"the projected {projected[at]!r}"),
        to_do=("报告此错误", "report it"),
    )
