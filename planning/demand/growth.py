"""People of another year: a constant yearly rate, and the years between two counts.

The rate of a document that prints two totals is the one that leads from one to the other: Chengdu's
60+ of 2020 and 2025 imply (464.8 / 376.41)^(1/5) − 1 = 4.31 % a year (STANDARDS 2.3,
CD-YLYX/1.2/elderly-2025).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planning.errors import InputError, fail

Floats = npt.NDArray[np.float64]


def yearly_rate(before: Floats, after: Floats, *, years: float) -> Floats:
    """The yearly rate [share a year] that leads from `before` to `after` [persons] in `years`.

    Any shape; NaN where nobody was there before, for no rate leads away from nobody.
    """
    if years <= 0:
        raise ValueError(f"found {years} years, expected more than 0")
    _check(before, after)
    ratio = np.divide(after, before, out=np.full_like(before, np.nan), where=before > 0)
    return np.asarray(ratio ** (1 / years) - 1, dtype=np.float64)


def grown(people: Floats, rate: Floats, *, years: float) -> Floats:
    """`people` · (1 + rate)^years [persons].

    `people` has shape (units,) or (units, groups), `rate` [share a year] (units,) or one for every
    entry of `people`. Negative `years` look back. Nobody stays nobody, whatever the rate; where
    the rate is unknown (NaN) so are the others. Raises ValueError for a rate of −1 or less.
    """
    _check(people)
    if np.any(rate <= -1):
        raise ValueError("found a yearly rate of -1 or less, expected more than everybody leaving")
    factor = np.asarray((1 + rate) ** years, dtype=np.float64)
    if people.ndim > factor.ndim:
        factor = factor.reshape(factor.shape + (1,) * (people.ndim - factor.ndim))
    return np.where(people == 0, 0.0, people * factor)


def between(first: Floats, last: Floats, *, first_year: int, last_year: int, year: int) -> Floats:
    """People of a year between two counts [persons], the counts themselves at either end.

    They grow at one yearly rate. Where nobody was there, or is left, no rate leads from one count
    to the other, and they change by the same number every year. `first` and `last` have one shape.
    Raises InputError for a year outside, which nobody counted.
    """
    _check(first, last)
    if last_year <= first_year:
        raise ValueError(f"found counts of {first_year} and {last_year}, expected rising years")
    if not first_year <= year <= last_year:
        raise fail(
            InputError,
            f"year {year}",
            found=(f"{year} 年", f"the year {year}"),
            expected=(f"{first_year}—{last_year} 年之间", f"one from {first_year} to {last_year}"),
            to_do=("改年份，或提供覆盖该年的数据", "change it, or bring counts that reach it"),
        )
    part = (year - first_year) / (last_year - first_year)
    # A power of 1 and a power of 0 are exact, so both ends come back bit for bit.
    steady = first ** (1 - part) * last**part
    even = first * (1 - part) + last * part
    return np.where((first > 0) & (last > 0), steady, even)


def _check(*counts: Floats) -> None:
    for people in counts:
        if not np.all(np.isfinite(people) & (people >= 0)):
            raise ValueError("found absent or negative people, expected finite counts ≥ 0")
