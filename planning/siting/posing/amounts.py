"""Amounts: places, beds, land and floor in a unit, and facilities that must be there."""

from __future__ import annotations

import numpy as np

from planning.siting.need import Amount, Need
from planning.siting.posing.ground import Asked
from planning.siting.requirement import NotPosed
from planning.standards import Clause
from planning.standards.asks import (
    Count,
    FloorPer100Households,
    LandPerResident,
    PerThousand,
    Presence,
    Total,
    YearlyAdditions,
)

ByAmount = PerThousand | LandPerResident | FloorPer100Households | Presence | Count | Total


def pose_amount(ask: ByAmount, asked: Asked) -> Need | NotPosed:
    """CAP, LAND, AREA and PRES of STANDARDS §0: what is short, from options in the unit."""
    if asked.clause.operator == "=" and not _is_to_be_there(ask, asked):
        return asked.not_posed("须恰好等于，不靠新增解决", "it must be just so: nothing to add")
    match ask:
        case LandPerResident():
            return asked.amount(ask.which, "elder_land_m2")
        case FloorPer100Households():
            return asked.amount(ask.which, "elder_floor_m2")
        case Presence() | Count():
            return asked.amount(ask.which, "facilities")
        case PerThousand() | Total():
            return asked.amount(ask.which, ask.amount)


def _is_to_be_there(ask: ByAmount, asked: Asked) -> bool:
    """A count that reads "build 100" is a least one, as `findings` holds it."""
    return isinstance(ask, Presence | Count) and asked.clause.operator == "="


def pose_additions(ask: YearlyAdditions, asked: Asked) -> Need | NotPosed:
    """PHASE: what the years of the clause must add, where the year of the study is one of them."""
    year = asked.ground.situation.year
    window = additions_of(ask, asked.clause, year)
    if year is None or window is None or not window[0] <= year <= window[1]:
        return asked.not_posed(
            "须在文件所定年份新增，不在评估年份",
            "to be added in years of the clause, of which the study's is none",
        )
    # What stands was added when it opened itself, whatever is changed of it since.
    ground = asked.ground
    opened = ground.of_facility(ground.situation.facilities.opened_year, absent=year)
    added = (opened >= window[0]) & (opened <= window[1])
    counts = np.where(added, ground.counts_from(ask.which, asked.case.year), -1)
    now = added & ground.counts_now(ask.which, asked.case.year)
    return Amount(short=asked.short, adds=(ground.gains(counts, now, ask.amount, asked.inside),))


def additions_of(ask: YearlyAdditions, clause: Clause, year: int | None) -> tuple[int, int] | None:
    """The first and the last year whose openings a clause adds up, judged in `year`."""
    last = clause.year if clause.when in ("in", "by") else year
    if last is None:
        return None
    return (ask.since or last, last)
