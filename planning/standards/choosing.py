"""Which facilities count for a clause: those that surely do, and those that may."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planning.facilities import Facilities
from planning.standards.terms import Amount, Which, does_any_of
from planning.units import rational

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class Chosen(NamedTuple):
    """Facilities that count for sure, and others of which the register does not say enough.

    Shape (n,) each; none is in both.
    """

    sure: Flags
    maybe: Flags


def chosen(
    facilities: Facilities,
    which: Which,
    *,
    year: int | None,
    register: int | None = None,
    strict_tiers: bool = False,
) -> Chosen:
    """The facilities `which` asks for, as they stand in `year`.

    With `strict_tiers` a facility of the 15-minute circle does not count for the 5-minute one, nor
    the other way round.

    One opened later than `year` does not stand yet; one that does not say when it opened may be
    new in any. `register` is the year that the register tells of: in an earlier one, what does not
    say when it opened may not have stood yet, and what is closed since may have.
    """
    n = len(facilities)
    is_past = year is not None and register is not None and year < register
    status = _has_status(facilities, which)
    known = np.ones(n, dtype=bool)
    opened = facilities.opened_year
    if is_past:
        closed = ~facilities.is_open & ~facilities.is_preparing
        known = (opened >= 0) & ~closed
        status = status | (closed & (which.status in ("open", "open_or_preparing")))
    able = _does(facilities, which) & status & _is_named(facilities, which)
    if year is not None:
        able = able & (opened <= year)
    if which.opened_in_year and year is not None:
        able = able & ((opened == year) | (opened < 0))
        known = known & (opened >= 0)
    for trait, wanted in which.traits.items():
        said = facilities.traits[trait]
        able = able & ((said < 0) | ((said == 1) == wanted))
        known = known & (said >= 0)
    if which.operator is not None:
        operator = np.array(facilities.operator, dtype=object)
        able = able & ((operator == "") | (operator == which.operator))
        known = known & (operator != "")
    for least, amount in (
        (which.min_floor_m2, facilities.floor_m2),
        (which.min_places, facilities.places),
    ):
        if least is not None:
            unsaid = np.isnan(amount)
            able = able & (unsaid | _at_least(amount, least))
            known = known & ~unsaid
    if strict_tiers and which.tier_min is not None:
        able = able & ((facilities.tier_min < 0) | (facilities.tier_min == which.tier_min))
        known = known & (facilities.tier_min >= 0)
    if which.min_grade is not None:
        able = able & ((facilities.grade < 0) | (facilities.grade >= which.min_grade))
        known = known & (facilities.grade >= 0)
    return Chosen(sure=able & known, maybe=able & ~known)


def _at_least(amount: Floats, least: Fraction) -> Flags:
    """Which amounts, as they are written, are so much or more; an unsaid one is not."""
    sizes, of = np.unique(amount, return_inverse=True)
    enough = [bool(size == size and rational(size) >= least) for size in sizes.tolist()]
    return np.array(enough, dtype=bool)[of]


def _does(facilities: Facilities, which: Which) -> Flags:
    alternatives = does_any_of(which.does)
    does = {done: any(some <= done for some in alternatives) for done in set(facilities.functions)}
    return np.array([does[done] for done in facilities.functions], dtype=bool)


def _has_status(facilities: Facilities, which: Which) -> Flags:
    match which.status:
        case "open":
            return facilities.is_open
        case "preparing":
            return facilities.is_preparing
        case "open_or_preparing":
            return facilities.is_open | facilities.is_preparing
        case "closed":
            return ~facilities.is_open & ~facilities.is_preparing


def _is_named(facilities: Facilities, which: Which) -> Flags:
    if not which.named:
        return np.ones(len(facilities), dtype=bool)
    return np.array(
        [any(part in name for part in which.named) for name in facilities.names], dtype=bool
    )


def amounts(facilities: Facilities, amount: Amount) -> Floats:
    """The amount of every facility, shape (n,); NaN where the register does not say.

    More nursing beds than beds cannot be: which of the two is wrong nobody says.
    """
    if amount == "facilities":
        return np.ones(len(facilities))
    if amount == "nursing_beds":
        return np.where(facilities.nursing_beds > facilities.beds, np.nan, facilities.nursing_beds)
    found: Floats = getattr(facilities, amount)
    return found


def most(facilities: Facilities, amount: Amount) -> Floats:
    """The most that every facility may have of it, shape (n,); NaN where nothing bounds it.

    As much as the register says; of nursing beds, where it says nothing of them, all its beds.
    """
    each = amounts(facilities, amount)
    if amount != "nursing_beds":
        return each
    return np.where(np.isnan(facilities.nursing_beds), facilities.beds, each)
