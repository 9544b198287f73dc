"""Shares of one amount in another: both sides grow with what is built."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from planning.facilities import Candidates, Facilities
from planning.siting.need import Adds, Amount, Need
from planning.siting.posing.ground import Asked
from planning.siting.requirement import NotPosed
from planning.standards.asks import CoLocation, ShareOfCapacity, ShareOfFacilities
from planning.standards.measures.share_of_capacity import whole_of

Flags = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]

_HUNDRED = 100


def pose_share_of_capacity(ask: ShareOfCapacity, asked: Asked) -> Need | NotPosed:
    """SHARE of STANDARDS §0: ``Σ part ≥ α · Σ whole``, or ``≤`` where it is a most."""
    which = whole_of(ask, asked.case)
    part_kind = ask.part_amount or ask.amount
    whole = asked.case.held(which, ask.amount).amount.low
    part = asked.case.held(ask.part or which, part_kind).amount.low
    sides = (asked.adds(ask.part or which, part_kind), asked.adds(which, ask.amount))
    return _balance(asked, part, whole, *sides)


def pose_share_of_facilities(ask: ShareOfFacilities, asked: Asked) -> Need | NotPosed:
    """The same, counted by facility: those that are both kinds, of those that are the first."""
    sure, _ = asked.case.chosen(ask.which)
    also, _ = asked.case.chosen(ask.part)
    inside = asked.case.inside()
    whole, part = int((inside & sure).sum()), int((inside & sure & also).sum())
    year, ground = asked.case.year, asked.ground
    both = _both(ground.counts_from(ask.which, year), ground.counts_from(ask.part, year))
    both_now = ground.counts_now(ask.which, year) & ground.counts_now(ask.part, year)
    of_part = ground.gains(both, both_now, "facilities", asked.inside)
    return _balance(
        asked, Fraction(part), Fraction(whole), of_part, asked.adds(ask.which, "facilities")
    )


def _both(one: Longs, other: Longs) -> Longs:
    """From which size on an option is both; −1 where it never is."""
    return np.where((one >= 0) & (other >= 0), np.maximum(one, other), -1)


def pose_co_location(ask: CoLocation, asked: Asked) -> Need | NotPosed:
    """COLO: new facilities beside one of the other kind raise the share, all others lower it."""
    if ask.traits:
        return asked.not_posed(
            "由机构自身条件决定，不靠选址解决", "it hangs on what a facility has of its own"
        )
    if asked.ground.changes_count(ask.beside, asked.case.year):
        return asked.not_posed(
            "相邻的两类设施都可新建或改变，程序尚不联合安排",
            "both of the neighbours could be built or changed, which is not planned together",
        )
    whole, _ = asked.case.chosen(ask.which)
    beside, _ = asked.case.chosen(ask.beside)
    near_m = ask.within_m or asked.ground.accounts.readings.figure("adjacent_m")
    facilities, candidates = asked.ground.situation.facilities, asked.ground.candidates
    there = whole & asked.case.inside()
    is_near = _within_m(facilities, facilities, beside, float(near_m))
    options_near = _within_m(candidates, facilities, beside, float(near_m))
    part = asked.ground.adds(
        ask.which,
        "facilities",
        asked.inside & options_near[asked.ground.options.candidate],
        year=asked.case.year,
    )
    now = Fraction(int((there & is_near).sum())), Fraction(int(there.sum()))
    return _balance(asked, *now, part, asked.adds(ask.which, "facilities"))


def _within_m(
    places: Facilities | Candidates, others: Facilities, which: Flags, near_m: float
) -> Flags:
    """Which places have one of the others within so many metres, straight from door to door."""
    rows = np.flatnonzero(which)
    if not len(rows) or not len(places):
        return np.zeros(len(places), dtype=bool)
    # Only here: a run that asks for no neighbours does without.
    from scipy.spatial import cKDTree

    tree = cKDTree(np.stack([others.x_m[rows], others.y_m[rows]], axis=1))
    distance_m, _ = tree.query(np.stack([places.x_m, places.y_m], axis=1))
    return np.asarray(distance_m <= near_m)


def _balance(
    asked: Asked, part: Fraction, whole: Fraction, of_part: Adds, of_whole: Adds
) -> Need | NotPosed:
    """``100 · part − value · whole`` must reach 0, or must not pass it where it is a most.

    In hundredths of the percentage, so that whole things stay whole numbers.
    """
    value, operator = asked.clause.value, asked.clause.operator
    if value is None or operator == "=":
        return asked.not_posed("须恰好等于，不靠新增解决", "it must be just so: nothing to add")
    sign = -1 if operator in ("<=", "<") else 1
    short = sign * (value * whole - _HUNDRED * part)
    step = Fraction(1, value.denominator) if operator in (">", "<") else Fraction(0)
    return Amount(
        short=float(short + step),
        adds=(_times(of_part, sign * _HUNDRED), _times(of_whole, -sign * float(value))),
    )


def _times(adds: Adds, by: float) -> Adds:
    return replace(adds, per_open=adds.per_open * by, per_unit=adds.per_unit * by)
