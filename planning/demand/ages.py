"""People by age band, and how many of them fall in an age range such as 60+ or under three.

Ages are completed years. A band holds its people evenly over its years, so that a range which cuts
a band takes the part of its years: under three is age 0 and half of the ages 1–4 (STANDARDS A-8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import isnan, lcm

import numpy as np
import numpy.typing as npt

from planning.errors import InputError, PlanningError, fail

Floats = npt.NDArray[np.float64]

_DASHES = str.maketrans("–—－~～至", "------")
_CLOSED = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?岁?")
# 以上 includes the number (Civil Code art. 1259).
_OPEN = re.compile(r"(\d{1,3})(?:\+|岁\+|岁及以上|岁以上)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRange:
    """Completed ages from `from_age` to below `below_age` [years]; None has no upper end."""

    from_age: int
    below_age: int | None

    def __post_init__(self) -> None:
        if self.from_age < 0 or (self.below_age is not None and self.below_age <= self.from_age):
            raise ValueError(f"no ages lie from {self.from_age} to below {self.below_age}")

    def __str__(self) -> str:
        if self.below_age is None:
            return f"{self.from_age}+"
        last = self.below_age - 1
        return str(last) if last == self.from_age else f"{self.from_age}-{last}"


def age_range(text: str) -> AgeRange:
    """The ages a user writes: "0-2" (completed ages, both included), "3", "60+", "85岁及以上".

    "3岁以下" is refused: the law reads it with age 3, the documents without (STANDARDS A-8).
    """
    said = "".join(text.split()).translate(_DASHES)
    if found := _OPEN.fullmatch(said):
        return AgeRange(from_age=int(found[1]), below_age=None)
    found = _CLOSED.fullmatch(said)
    if found is not None and int(found[2] or found[1]) >= int(found[1]):
        return AgeRange(from_age=int(found[1]), below_age=int(found[2] or found[1]) + 1)
    raise fail(
        InputError,
        "ages",
        found=(f"“{text}”", f"'{text}'"),
        expected=("周岁范围，如 0-2（含两端）或 60+", "completed ages, as 0-2 (both in) or 60+"),
        to_do=("改写年龄范围", "write the ages so"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeBands:
    """People of n units or cells by age band.

    `from_age` is the first completed age of every band [years], from 0 upwards, the last band
    open; `people` has shape (n, bands) [persons], NaN where the source does not tell. A band of
    which nothing is told in any row is unknown: no range may touch it.
    """

    from_age: tuple[int, ...]
    people: Floats

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.from_age, self.from_age[1:], strict=False))
        if not self.from_age or self.from_age[0] != 0 or not rising:
            raise ValueError(f"found bands from {self.from_age}, expected 0 and rising ages")
        # A copy of our own, so that nobody else's array is made read-only; millions of cells are
        # handed over read-only instead.
        people = np.asarray(self.people, dtype=np.float64)
        people = people.copy() if people.flags.writeable else people
        if people.ndim != 2 or people.shape[1] != len(self.from_age):
            raise ValueError(f"found people {people.shape}, expected (n, {len(self.from_age)})")
        if np.any(people < 0) or np.any(np.isinf(people)):
            raise ValueError("found negative or infinite people, expected counts ≥ 0 or NaN")
        people.setflags(write=False)
        object.__setattr__(self, "people", people)

    def __len__(self) -> int:
        return len(self.people)

    def take(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> AgeBands:
        """The bands of some rows."""
        people = self.people[rows]
        people.setflags(write=False)
        return AgeBands(from_age=self.from_age, people=people)

    def ages(self) -> tuple[AgeRange, ...]:
        """The ages of every band."""
        ends = (*self.from_age[1:], None)
        return tuple(
            AgeRange(from_age=first, below_age=end)
            for first, end in zip(self.from_age, ends, strict=True)
        )


def people_of(bands: AgeBands, *, from_age: int, below_age: int | None) -> Floats:
    """Persons aged `from_age` to below `below_age` [completed years], shape (n,).

    A band that the range cuts gives the part of its years. Whole counts are added as whole numbers
    and divided once, so that nothing is lost. NaN where a band of the range is not told. Raises
    InputError where a bound lies inside the open band, for nobody knows how its people are spread
    over its years, and where the range touches an unknown band.
    """
    parts = _parts(bands, AgeRange(from_age=from_age, below_age=below_age))
    whole = lcm(*(part.denominator for part in parts))
    weights = np.array([int(part * whole) for part in parts], dtype=np.float64)
    # Columns one by one: `@` may use BLAS, which adds in an order that depends on the machine.
    persons = np.zeros(len(bands))
    for band in np.flatnonzero(weights):
        persons += bands.people[:, band] * weights[band]
    return persons / whole


def share_of(
    bands: AgeBands, *, from_age: int, below_age: int | None
) -> tuple[Fraction | None, ...]:
    """The part of each unit's people in that range, exact; None where nobody lives or is told of.

    Raises as `people_of` does.
    """
    parts = _parts(bands, AgeRange(from_age=from_age, below_age=below_age))
    shares: list[Fraction | None] = []
    for row in bands.people.tolist():
        if any(map(isnan, row)):
            shares.append(None)
            continue
        counts = [Fraction(count) for count in row]
        total = sum(counts)
        held = sum(count * part for count, part in zip(counts, parts, strict=True))
        shares.append(Fraction(held, total) if total else None)
    return tuple(shares)


def _parts(bands: AgeBands, ages: AgeRange) -> list[Fraction]:
    """Of every band, the part of its years that lies in the range."""
    oldest = bands.from_age[-1]
    if ages.from_age > oldest or (ages.below_age is not None and ages.below_age > oldest):
        raise _inside_open_band(ages, oldest)
    below = ages.below_age
    parts = []
    for first, end in zip(bands.from_age, bands.from_age[1:], strict=False):
        years = min(end, end if below is None else below) - max(first, ages.from_age)
        parts.append(Fraction(max(0, years), end - first))
    parts.append(Fraction(below is None))
    untold = np.isnan(bands.people).all(axis=0) & (len(bands) > 0)
    unknown = [str(bands.ages()[at]) for at in np.flatnonzero(untold) if parts[at]]
    if unknown:
        raise _unknown_bands(ages, unknown)
    return parts


def _unknown_bands(ages: AgeRange, unknown: list[str]) -> PlanningError:
    return fail(
        InputError,
        f"ages {ages}",
        found=(
            f"年龄组 {'、'.join(unknown)} 没有数据",
            f"no data of the ages {', '.join(unknown)}",
        ),
        expected=(f"覆盖 {ages} 岁的年龄组", f"bands that cover the ages {ages}"),
        to_do=(
            "补充这些年龄组，或改用已有的年龄",
            "add those bands, or ask for ages that are there",
        ),
    )


def _inside_open_band(ages: AgeRange, oldest: int) -> PlanningError:
    return fail(
        InputError,
        f"ages {ages}",
        found=(
            f"界限落在最高的开口年龄组“{oldest}岁及以上”之内，组内分布未知",
            f"a bound inside the open band {oldest}+, whose people nobody can part by age",
        ),
        expected=(f"不高于 {oldest} 岁的界限", f"bounds of {oldest} years at most"),
        to_do=(
            f"改用 {oldest}+ 或更低的界限，或提供年龄分得更细的表",
            f"ask for {oldest}+ or lower bounds, or bring a table with finer bands of the old",
        ),
    )
