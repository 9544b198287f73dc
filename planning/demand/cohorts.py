"""Cohort-component projection by five-year age groups and sex.

S. H. Preston, P. Heuveline, M. Guillot, Demography: Measuring and Modeling Population Processes,
Blackwell 2001, chapter 6. Every group survives into the next, women bear children at the rates of
their age, and migrants come half at the beginning of the five years and half at their end. The
rates are the user's; nothing here is assumed about them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.demand.ages import AgeBands
from planning.errors import Fault, InputError, raise_all

Floats = npt.NDArray[np.float64]

STEP_YEARS = 5
"""Years of one step, and of every age group but the open one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohorts:
    """Women and men by age group 0–4, 5–9, …, the last open; shape (n, ages) each [persons]."""

    year: int
    women: Floats
    men: Floats

    def __post_init__(self) -> None:
        if self.women.ndim != 2 or self.women.shape != self.men.shape or self.women.shape[1] < 2:
            raise ValueError(
                f"found women {self.women.shape} and men {self.men.shape}, expected (n, ages) twice"
            )
        for people in (self.women, self.men):
            if not np.all(np.isfinite(people) & (people >= 0)):
                raise ValueError("found absent or negative people, expected finite counts ≥ 0")

    def bands(self) -> AgeBands:
        """Both sexes by age band, to ask for 60+ or under three."""
        ages = self.women.shape[1]
        return AgeBands(
            from_age=tuple(range(0, STEP_YEARS * ages, STEP_YEARS)), people=self.women + self.men
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FiveYears:
    """What happens in five years; every array has shape (ages,) or, by unit, (n, ages).

    `women_survive`, `men_survive` [share]: entry i the part that lives on INTO group i from the
    group below, ₅Lₓ/₅Lₓ₋₅ of a life table; entry 0 the part of the newborn, ₅L₀/(5·l₀); the last
    entry the part of the two oldest groups together that is in the open one, T₈₅/T₈₀ for 85+.
    `births_per_woman` [births per woman and year] by the age of the mother. `boys_per_girl` at
    birth [ratio], as 1.113. `women_come`, `men_come` [persons in five years]: net migrants by
    their age group when they come, negative where more leave.
    """

    women_survive: Floats
    men_survive: Floats
    births_per_woman: Floats
    boys_per_girl: float
    women_come: Floats
    men_come: Floats

    def __post_init__(self) -> None:
        for name in ("women_survive", "men_survive"):
            shares = getattr(self, name)
            if not np.all((shares >= 0) & (shares <= 1)):
                raise ValueError(f"{name}: expected shares from 0 to 1")
        if not np.all(np.isfinite(self.births_per_woman) & (self.births_per_woman >= 0)):
            raise ValueError("births_per_woman: expected finite rates ≥ 0")
        if not (np.isfinite(self.boys_per_girl) and self.boys_per_girl >= 0):
            raise ValueError("boys_per_girl: expected a finite ratio ≥ 0")
        if not np.all(np.isfinite(self.women_come)) or not np.all(np.isfinite(self.men_come)):
            raise ValueError("women_come, men_come: expected finite numbers")


def project(
    start: Cohorts, periods: Sequence[FiveYears], *, units: Sequence[str] | None = None
) -> tuple[Cohorts, ...]:
    """`start` and what becomes of it after every period of five years; len(periods) + 1 cohorts.

    Raises InputError, with every unit, age and sex, where more people leave than are there; `units`
    are its words for them, their numbers from 0 where none are given.
    """
    names = units or [str(unit) for unit in range(len(start.women))]
    found = [start]
    for period in periods:
        found.append(_after_five_years(found[-1], period, names))
    return tuple(found)


def _after_five_years(now: Cohorts, period: FiveYears, names: Sequence[str]) -> Cohorts:
    """One step. Half of the migrants share in the deaths and births of the period, half do not."""
    half_women, half_men = period.women_come / 2, period.men_come / 2
    women, men = now.women + half_women, now.men + half_men
    _refuse_negative(now.year, names, women=women, men=men)
    next_women, next_men = (
        _survivors(women, period.women_survive),
        _survivors(men, period.men_survive),
    )
    # Women are exposed as they stand between the arrivals: the mean of both ends of the period.
    exposed = (women + next_women) / 2
    births = STEP_YEARS * np.sum(period.births_per_woman * exposed, axis=1)
    girls = births / (1 + period.boys_per_girl)
    next_women[:, 0] = girls * period.women_survive[..., 0]
    next_men[:, 0] = (births - girls) * period.men_survive[..., 0]
    next_women, next_men = next_women + half_women, next_men + half_men
    _refuse_negative(now.year + STEP_YEARS, names, women=next_women, men=next_men)
    return Cohorts(year=now.year + STEP_YEARS, women=next_women, men=next_men)


def _survivors(people: Floats, survive: Floats) -> Floats:
    """Those still alive, each a group further; nobody yet in the youngest."""
    below = np.zeros_like(people)
    below[:, 1:] = people[:, :-1]
    # The open group receives the group below it and keeps its own survivors.
    below[:, -1] += people[:, -1]
    return below * survive


def _refuse_negative(year: int, names: Sequence[str], *, women: Floats, men: Floats) -> None:
    faults = []
    for sex_zh, sex_en, people in (("女", "women", women), ("男", "men", men)):
        for unit, group in np.argwhere(people < 0).tolist():
            age, left = STEP_YEARS * group, people[unit, group]
            faults.append(
                Fault(
                    where=f"migration {year}, unit {names[unit]}, {sex_en} from age {age}",
                    found=(
                        f"净迁出多于现有{sex_zh}性人数（余 {left:,.1f}）",
                        f"more people leaving than there are ({left:,.1f} left)",
                    ),
                    expected=("迁移后人数不小于 0", "0 people or more after migration"),
                    to_do=("减小净迁出", "let fewer leave"),
                )
            )
    raise_all(InputError, faults)
