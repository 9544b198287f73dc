"""People to be brought within a limit, or kept within it: COV of STANDARDS §0."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from planning.siting.need import Covered, Need
from planning.siting.posing.ground import Asked
from planning.siting.posing.reaching import pairs, sets_of, today
from planning.siting.requirement import NotPosed
from planning.standards import Walk
from planning.standards.accounts import Reached
from planning.standards.asks import TravelTimeCoverage
from planning.standards.choosing import chosen
from planning.standards.measures.travel_time_coverage import counted_group
from planning.units import whole_persons

Flags = npt.NDArray[np.bool_]

_HALF_PERSON = 0.5


def pose_coverage(ask: TravelTimeCoverage, asked: Asked) -> Need | NotPosed:
    """People of the unit who are outside, and which options would bring each of them inside.

    Each demand point has the limit of its own zone, where the clause sets one by zone.
    """
    if ask.also is not None or (ask.limit_min is None and not ask.limit_by_zone):
        return asked.not_posed(
            "须两类设施同在圈内，或只以米计，选址时尚不按此求解",
            "two kinds within one limit, or metres alone: not posed for siting",
        )
    ground, finding, year = asked.ground, asked.finding, asked.case.year
    situation, mode = ground.situation, "walk" if _rides_on_foot(ask, asked) else ask.mode
    walk = Walk(mode, ask.which.text)
    limits_ms = ground.accounts.limits_ms(
        Reached(walk, ask.limit_min, tuple(ask.limit_by_zone.items()))
    )
    assert limits_ms is not None and finding.required is not None
    farthest_ms = int(np.nanmax(limits_ms, initial=0.0))
    group = counted_group(ask, asked.clause, situation)
    people, inside = situation.demand.people[group], lives_in(asked)
    nearest = situation.walks[walk].nearest
    covered = (nearest.site >= 0) & (nearest.ms <= limits_ms)
    need = math.ceil(finding.required * whole_persons(float(np.sum(people[inside]))))
    from_size, reach = ground.counts_from(ask.which, year), ground.walks_to(mode, farthest_ms)
    strict = ground.accounts.strict_tiers
    sure = chosen(situation.facilities, ask.which, year=year, strict_tiers=strict).sure
    now = today(ground, sure, ground.is_lost(ask.which, year), reach, limits_ms)
    safe = covered & ~now.endangered
    openers = pairs(reach, ground.site, np.flatnonzero(from_size >= 0), limits_ms)
    found = sets_of(openers, now, np.where(inside & ~safe, people, 0.0))
    return Covered(
        # Whole persons are rounded half up: half a person below the need counts as the need.
        short=need - _HALF_PERSON - float(np.sum(people[inside & safe])),
        start=found.start,
        option=found.option,
        people=found.people,
        from_size=np.maximum(from_size, 1),
        today=found.today,
        ends_start=found.ends_start,
        ends=found.ends,
        group=group,
        walk=walk,
        limit_ms=farthest_ms,
        limits_ms=limits_ms if ask.limit_by_zone else None,
    )


def _rides_on_foot(ask: TravelTimeCoverage, asked: Asked) -> bool:
    return ask.mode == "delivery" and asked.ground.accounts.readings["delivery_mode"] == "walk"


def lives_in(asked: Asked) -> Flags:
    """Which demand points live where the clause counts."""
    demand, accounts = asked.ground.situation.demand, asked.ground.accounts
    inside = demand.place[asked.finding.level] == asked.case.place.at
    return np.asarray(inside & accounts.so(asked.case.only) if asked.case.only else inside)
