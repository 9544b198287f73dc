"""People by age and cell: which band each raster or column counts for, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from planning.demand import AgeBands, AgeRange, age_range
from planning.errors import Fault, InputError, fail, raise_all
from planning.provenance import Note
from planning.study import AgeCells

Floats = npt.NDArray[np.float64]

KEY = "population.by_age"
_FARTHEST_FROM_RESIDENTS = 2.0
_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeLayout:
    """The ages that a source tells of, rising, and which of them every entry counts for."""

    told: tuple[AgeRange, ...]
    of_entry: tuple[int, ...]

    def bands(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """First ages of bands from 0 to an open one, and which of them are told."""
        from_age, known, next_age = [], [], 0
        for ages in self.told:
            if ages.from_age > next_age:
                from_age.append(next_age)
            known.append(len(from_age))
            from_age.append(ages.from_age)
            if ages.below_age is None:
                return tuple(from_age), tuple(known)
            next_age = ages.below_age
        return (*from_age, next_age), tuple(known)

    @property
    def is_complete(self) -> bool:
        """Whether every age is told."""
        from_age, known = self.bands()
        return len(from_age) == len(known)

    def __str__(self) -> str:
        shown = [*map(str, self.told)]
        return ", ".join(shown if len(shown) <= _SHOWN else [*shown[:3], "…", shown[-1]])


def age_layout(entries: Sequence[AgeCells], *, has_residents: bool) -> AgeLayout:
    """Which ages the entries count; those of the same ages add up, such as women and men.

    Raises InputError with every fault: words that are no ages, bands that overlap, and, where no
    other source counts the residents, ages that nobody counts.
    """
    faults: list[Fault] = []
    ages: list[AgeRange] = []
    for at, entry in enumerate(entries):
        try:
            ages.append(age_range(entry.ages or ""))
        except InputError as error:
            (fault,) = error.faults
            faults.append(_fault(f"{KEY}.{at}", fault.found, fault.expected))
    raise_all(InputError, faults)
    told = sorted(set(ages), key=lambda one: (one.from_age, one.below_age or np.inf))
    for one, other in pairwise(told):
        if one.below_age is None or one.below_age > other.from_age:
            found = (f"{one} 与 {other} 交叠", f"{one} and {other}, which overlap")
            faults.append(_fault(KEY, found, ("互不交叠的年龄组", "bands that do not overlap")))
    raise_all(InputError, faults)
    layout = AgeLayout(told=tuple(told), of_entry=tuple(told.index(one) for one in ages))
    if not has_residents and not layout.is_complete:
        found = (f"只有 {layout} 岁", f"only the ages {layout}")
        expected = (
            "从 0 岁到开口年龄组、首尾相接（没有 population.path 时居民数由此相加）",
            "bands from 0 to an open one without a gap, for the residents are their sum where "
            "population.path is absent",
        )
        raise InputError(_fault(KEY, found, expected))
    return layout


def parts_by_age(
    layout: AgeLayout, by_age: Floats, people: Floats, *, name: str
) -> tuple[AgeBands, tuple[Note, ...]]:
    """What part of a cell's residents is of each age, and what had to be assumed.

    `by_age` are the people of the ages told, shape (ages, n) [persons], NaN where a cell has none;
    `people` the residents of the cells, shape (n,) [persons]. Where all ages are told the parts are
    of their own sum, so that they hold whatever another source counts; else they are parts of the
    residents, and of the sum where that is more. Cells without ages are NaN. Raises InputError
    where both sources cannot be about the same people.
    """
    sums = by_age.sum(axis=0)
    known = ~np.isnan(sums)
    told, residents = float(np.sum(sums[known])), float(np.sum(people[known]))
    _refuse_contradiction(layout, told, residents, name)
    of = sums if layout.is_complete else np.maximum(sums, people)
    from_age, at = layout.bands()
    # One age after another in memory, for so they are read.
    parts = np.full((len(from_age), len(people)), np.nan)
    for band, of_age in zip(at, by_age, strict=True):
        np.divide(of_age, of, out=parts[band], where=of > 0)
    parts.setflags(write=False)
    bands = AgeBands(from_age=from_age, people=parts.T)
    notes = [
        Note(
            about=KEY,
            zh=f"分年龄人口 {len(at)} 组（{layout}），所读格网内合计 {told:,.0f} 人，"
            f"同处居民 {residents:,.0f} 人",
            en=f"people by age in {len(at)} bands ({layout}): {told:,.0f} in the cells read, where "
            f"{residents:,.0f} residents are",
        )
    ]
    over = known & (sums > people)
    if over.any() and not layout.is_complete:
        excess = float(np.sum(sums[over] - people[over]))
        notes.append(
            Note(
                about=KEY,
                zh=f"{int(over.sum()):,} 格分年龄人数超过居民数（多 {excess:,.1f} 人），"
                "按居民数为限折减",
                en=f"{int(over.sum()):,} cells tell of more people by age than residents "
                f"({excess:,.1f} more): scaled down to the residents",
            )
        )
    return bands, tuple(notes)


def _refuse_contradiction(layout: AgeLayout, told: float, residents: float, name: str) -> None:
    """All ages are about as many as the residents, and some ages no more than they."""
    most = _FARTHEST_FROM_RESIDENTS if layout.is_complete else 1.0
    is_few = layout.is_complete and told * _FARTHEST_FROM_RESIDENTS < residents
    if told > most * residents or is_few:
        raise fail(
            InputError,
            f"{KEY}: {name}",
            found=(
                f"分年龄合计 {told:,.0f} 人，同处居民 {residents:,.0f} 人",
                f"{told:,.0f} people by age, {residents:,.0f} residents in the same cells",
            ),
            expected=(
                ("接近居民总数", "about as many as the residents")
                if layout.is_complete
                else ("不多于居民总数", "no more than the residents")
            ),
            to_do=(
                "检查两者是否同一产品、年份与单位，是否重复列出",
                "check that both are of one product, year and unit, and that none is listed twice",
            ),
        )


def _fault(where: str, found: tuple[str, str], expected: tuple[str, str]) -> Fault:
    return Fault(where=where, found=found, expected=expected, to_do=("改正", "mend it"))
