"""Cell counts fitted to the official totals of units at several levels at once.

Iterative proportional fitting: W. E. Deming, F. F. Stephan, On a least squares adjustment of a
sampled frequency table when the expected marginal totals are known, Annals of Mathematical
Statistics 11 (1940) 427–444. Within every unit the cells keep their ratios as far as the totals of
other units allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Rounds in which no cell changes by more than this part go nowhere: rounding alone does as much.
_AT_REST = 1e-13


Reason = Literal["no_cell", "all_zero", "contradicts", "unsettled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialTotals:
    """The official totals of one level.

    `unit` is the index of the unit of every cell, −1 outside, shape (n,); `people` the total of
    every unit [persons], NaN where none is published, shape (units,).
    """

    unit: npt.NDArray[np.int32] | Ints
    people: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """An official total that the fitted cells miss: its level and unit by index, and why.

    `no_cell`: no cell lies in the unit; `all_zero`: those that do are uninhabited; `contradicts`:
    totals of units inside it say otherwise; `unsettled`: totals of units that cross it were not met
    with it, be it that they cannot be or that the rounds ended.
    """

    level: int
    unit: int
    official: float
    fitted: float
    reason: Reason
    because: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raked:
    """Fitted counts, shape (n,) [persons], and how well they meet the official totals.

    `greatest_miss` is, by level, the greatest |fitted − official| / official; 1 where a unit with
    a total has nobody to carry it. `converged` says that every unit with inhabited cells is met.
    """

    people: Floats
    rounds: int
    greatest_miss: tuple[float, ...]
    converged: bool
    unmet: tuple[Unmet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """One level as the fitting sees it, with groups of cells that share all their units.

    `official` has NaN where nobody is there to carry a total. `inside` adds up the official units
    of lower levels wholly inside each unit; `rest_unit` leaves their groups out (−1), and `rest`
    is what the unit's total leaves for the others.
    """

    unit: Ints
    official: Floats
    inside: Floats
    rest_unit: Ints
    rest: Floats


def rake(
    people: Floats,
    levels: Sequence[OfficialTotals],
    *,
    tolerance: float = 1e-9,
    most_rounds: int = 10_000,
) -> Raked:
    """Scale `people`, shape (n,) [persons], until every official total is met to `tolerance`.

    `levels` run top down. Zero stays zero, and cells outside all units keep their counts. Counts
    that meet all totals already come back as they are, in 0 rounds. Where totals contradict each
    other the lower level holds, and the upper one is in `unmet`. The order of the cells changes no
    bit of the result. Raises ValueError for arrays that do not fit together.
    """
    _check(people, levels)
    units = [np.asarray(level.unit, dtype=np.int64) for level in levels]
    # Cells alike in value and in every unit are interchangeable, so this order is one and the same
    # whatever order they come in; sums run along it.
    order = np.lexsort((people, *units))
    counts = people[order]
    # Cells of the same units always share their factor: the fitting runs on groups of them.
    group, first = _groups([unit[order] for unit in units], len(people))
    held = _sums(group, counts, len(first))
    of_group = [unit[order][first] for unit in units]
    carried = [_carried(held, of, level) for of, level in zip(of_group, levels, strict=True)]
    fit = [_level(held, of_group, carried, at=at) for at in range(len(levels))]
    factor, rounds = _fit(held, fit, tolerance=tolerance, most_rounds=most_rounds)
    fitted = np.empty(len(people))
    fitted[order] = counts * factor[group]
    unmet, misses = _unmet(held, held * factor, levels, fit, tolerance=tolerance)
    return Raked(
        people=fitted,
        rounds=rounds,
        greatest_miss=misses,
        converged=all(miss.reason in ("no_cell", "all_zero") for miss in unmet),
        unmet=unmet,
    )


def _check(people: Floats, levels: Sequence[OfficialTotals]) -> None:
    if not np.all(np.isfinite(people) & (people >= 0)):
        raise ValueError("found absent or negative people, expected finite counts ≥ 0")
    for at, level in enumerate(levels):
        if level.unit.shape != people.shape:
            raise ValueError(f"level {at}: found units {level.unit.shape}, expected {people.shape}")
        if len(level.unit) and not -1 <= level.unit.min() <= level.unit.max() < len(level.people):
            raise ValueError(f"level {at}: found a unit without a place in its totals")
        if np.any(level.people < 0) or np.any(np.isinf(level.people)):
            raise ValueError(f"level {at}: found totals below 0 or infinite, expected ≥ 0 or NaN")


def _groups(units: Sequence[Ints], n: int) -> tuple[Ints, Ints]:
    """The group of every cell, in order, and the first cell of every group."""
    starts = np.zeros(n, dtype=bool)
    starts[:1] = True
    for unit in units:
        starts[1:] |= unit[1:] != unit[:-1]
    return np.cumsum(starts) - 1, np.flatnonzero(starts)


def _sums(unit: Ints, people: Floats, n: int) -> Floats:
    """Persons by unit, added in the order they come; −1 counts for none."""
    # Of no cells at all NumPy counts in integers.
    return np.bincount(unit + 1, weights=people, minlength=n + 1)[1:].astype(np.float64)


def _carried(held: Floats, unit: Ints, level: OfficialTotals) -> Floats:
    """The totals that somebody is there to carry; NaN for the others."""
    return np.where(_sums(unit, held, len(level.people)) > 0, level.people, np.nan)


def _level(
    held: Floats,
    unit: Sequence[Ints],
    carried: Sequence[Floats],
    *,
    at: int,
) -> _Level:
    """What is left of a level's totals once the official units wholly inside them have theirs.

    To ask for what is left is the same as to ask for the totals, since those units are met too; but
    it is done in one round, where fitting parent and children by turns closes in the slower the
    more of the parent the children fill. A unit across a border stays with the turns.
    """
    official = carried[at]
    n = len(official)
    inside = np.zeros(n)
    spoken_for = np.zeros(len(held), dtype=bool)
    for child, totals in zip(unit[at + 1 :], carried[at + 1 :], strict=True):
        real = (child >= 0) & (held > 0)
        low = np.full(len(totals), n, dtype=np.int64)
        high = np.full(len(totals), -1, dtype=np.int64)
        np.minimum.at(low, child[real], unit[at][real])
        np.maximum.at(high, child[real], unit[at][real])
        taken = np.zeros(len(totals), dtype=bool)
        taken[child[real & spoken_for]] = True
        whole = (low == high) & ~np.isnan(totals) & ~taken
        inside += _sums(low[whole], totals[whole], n)
        spoken_for[child >= 0] |= whole[child[child >= 0]]
    return _Level(
        unit=unit[at],
        official=official,
        inside=inside,
        rest_unit=np.where(spoken_for, -1, unit[at]),
        rest=np.maximum(official - inside, 0.0),
    )


def _fit(
    held: Floats, levels: Sequence[_Level], *, tolerance: float, most_rounds: int
) -> tuple[Floats, int]:
    """The factor of every group and the rounds it took."""
    factor = np.ones(len(held))
    for rounds in range(most_rounds):
        fitted = held * factor
        if all(
            bool(np.all(_miss(level.official, level.unit, fitted) <= tolerance)) for level in levels
        ):
            return factor, rounds
        before = factor
        for level in levels:
            n = len(level.rest)
            total = _sums(level.rest_unit, held * factor, n)
            known = ~np.isnan(level.rest) & (total > 0)
            change = np.ones(n + 1)
            change[:n][known] = level.rest[known] / total[known]
            factor = factor * change[level.rest_unit]
        if np.all(np.abs(factor - before) <= _AT_REST * before):
            return factor, rounds + 1
    return factor, most_rounds


def _miss(official: Floats, unit: Ints, fitted: Floats) -> Floats:
    """|fitted − official| / official by unit; 0 where there is no total."""
    off = np.abs(_sums(unit, fitted, len(official)) - official)
    relative = np.divide(off, official, out=np.full(len(off), np.inf), where=official > 0)
    return np.where(np.isnan(official) | (off == 0), 0.0, relative)


def _unmet(
    held: Floats,
    fitted: Floats,
    totals: Sequence[OfficialTotals],
    levels: Sequence[_Level],
    *,
    tolerance: float,
) -> tuple[tuple[Unmet, ...], tuple[float, ...]]:
    """Every total that is missed, with the reason; and the greatest miss by level."""
    unmet, misses = [], []
    for at, (total, level) in enumerate(zip(totals, levels, strict=True)):
        miss = _miss(total.people, level.unit, fitted)
        misses.append(float(miss.max(initial=0.0)))
        sums = _sums(level.unit, fitted, len(miss))
        for unit in np.flatnonzero(miss > tolerance).tolist():
            reason, because = _reason(held, level, unit, tolerance)
            unmet.append(
                Unmet(
                    level=at,
                    unit=unit,
                    official=float(total.people[unit]),
                    fitted=float(sums[unit]),
                    reason=reason,
                    because=because,
                )
            )
    return tuple(unmet), tuple(misses)


def _reason(
    held: Floats, level: _Level, unit: int, tolerance: float
) -> tuple[Reason, tuple[str, str]]:
    if not np.any(level.unit == unit):
        return "no_cell", ("单元内没有人口格", "no population cell lies in the unit")
    if np.isnan(level.official[unit]):
        return "all_zero", ("单元内的人口格全部为 0", "every population cell of the unit is empty")
    official, inside = float(level.official[unit]), float(level.inside[unit])
    full = not np.any(held[level.rest_unit == unit] > 0)
    too_many = (inside - official) / official if official else inside
    if too_many > tolerance or (full and too_many < -tolerance):
        return "contradicts", (
            f"下级单元（有人口格者）官方数合计 {inside:,.0f}，本单元官方数 {official:,.0f}",
            f"inhabited units inside it add up to {inside:,.0f}, its own total is {official:,.0f}",
        )
    return "unsettled", (
        "与之交叉的单元的官方数未能同时满足（各轮已无变化，或已到轮数上限）",
        "totals of units that cross it were not met with it when the rounds stood still or ended",
    )
