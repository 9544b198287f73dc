"""People to be brought within a limit: COV of STANDARDS §0."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.siting.need import Covered, Need
from planning.siting.posing.ground import Asked
from planning.siting.requirement import NotPosed
from planning.standards import Walk
from planning.standards.asks import TravelTimeCoverage
from planning.standards.choosing import chosen
from planning.standards.measures.travel_time_coverage import counted_group
from planning.travel import Reach
from planning.units import limit_ms, whole_persons

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]

_HALF_PERSON = 0.5


def pose_coverage(ask: TravelTimeCoverage, asked: Asked) -> Need | NotPosed:
    """People of the unit who are outside, and which options would bring each of them inside."""
    if ask.limit_min is None or ask.also is not None:
        return asked.not_posed(
            "时限分区或须两类设施同在圈内，选址时尚不按此求解",
            "limits by zone, or two kinds within one limit: not posed for siting",
        )
    ground, finding = asked.ground, asked.finding
    situation = ground.situation
    mode = "walk" if _rides_on_foot(ask, asked) else ask.mode
    walk, limit = Walk(mode, ask.which.text), limit_ms(float(ask.limit_min))
    group = counted_group(ask, asked.clause, situation)
    people = situation.demand.people[group]
    inside = _lives_in(asked)
    covered = replace(situation.walks[walk], limit_ms=limit).covered
    assert finding.required is not None
    need = math.ceil(finding.required * whole_persons(float(np.sum(people[inside]))))
    from_size = ground.counts_from(ask.which, asked.case.year)
    reach = ground.walks_to(mode, limit)
    today = _today(ask, asked, reach)
    safe = covered & ~today.endangered
    # Whole persons are rounded half up: half a person below the need counts as the need.
    short = need - _HALF_PERSON - float(np.sum(people[inside & safe]))
    weight = np.where(inside & ~safe, people, 0.0)
    openers = _pairs(reach, ground.site, np.flatnonzero(from_size >= 0))
    return Covered(
        short=short,
        from_size=np.maximum(from_size, 1),
        group=group,
        walk=walk,
        limit_ms=limit,
        **covering_sets(openers, today.ends, today.times, weight),
    )


class Pairs(NamedTuple):
    """Who is within the limit of what: demand points and options, (z,) each."""

    point: Longs
    option: Longs


class _Today(NamedTuple):
    """Whom facilities cover that may be changed, and nobody else: which options end it.

    `endangered` (n,) are the points, `times` (n,) how many such facilities cover each, and `ends`
    the options by which one of them no longer does, or only from a larger size on.
    """

    endangered: Flags
    times: Longs
    ends: Pairs


def _today(ask: TravelTimeCoverage, asked: Asked, reach: Reach) -> _Today:
    """Whom a change may leave without: those whom no facility covers that stays as it is."""
    ground, year = asked.ground, asked.case.year
    stands, n = ground.situation.facilities, len(asked.ground.situation.demand)
    ends = ground.is_lost(ask.which, year)
    lost = np.zeros(len(stands), dtype=bool)
    lost[ground.options.facility[ends]] = True
    if not lost.any():
        nobody = Pairs(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        return _Today(np.zeros(n, dtype=bool), np.zeros(n, dtype=np.int64), nobody)
    strict = ground.accounts.strict_tiers
    sure = chosen(stands, ask.which, year=year, strict_tiers=strict).sure
    stays = np.zeros(n, dtype=bool)
    stays[reach.take(np.flatnonzero(sure & ~lost)).demand] = True
    times = np.bincount(reach.take(np.flatnonzero(lost)).demand, minlength=n)
    endangered = (times > 0) & ~stays
    ending = _pairs(reach, ground.site, np.flatnonzero(ends))
    return _Today(endangered, np.where(endangered, times, 0), ending)


def _pairs(reach: Reach, site: Longs, options: Longs) -> Pairs:
    """Whom each of some options reaches."""
    taken = reach.take(site[options])
    return Pairs(taken.demand.astype(np.int64), np.repeat(options, np.diff(taken.start)))


def _rides_on_foot(ask: TravelTimeCoverage, asked: Asked) -> bool:
    return ask.mode == "delivery" and asked.ground.accounts.readings["delivery_mode"] == "walk"


def _lives_in(asked: Asked) -> Flags:
    """Which demand points live where the clause counts."""
    demand, accounts = asked.ground.situation.demand, asked.ground.accounts
    inside = demand.place[asked.finding.level] == asked.case.place.at
    return np.asarray(inside & accounts.so(asked.case.only) if asked.case.only else inside)


def covering_sets(
    openers: Pairs, ends: Pairs, times: Longs, people: Floats
) -> Mapping[str, npt.NDArray[Any]]:
    """Points of the same openers and the same ends as one set: the arrays of `Covered`.

    `people` (n,) [persons] are those to be covered, 0 for all others; `times` (n,) how many of
    today's facilities cover each until they end. The sets come in the order of their first points.
    """
    n = len(people)
    asked = people > 0
    opener_start, opener = _by_point(openers, asked, n)
    end_start, end = _by_point(ends, asked & (times > 0), n)
    reached = (np.diff(opener_start) > 0) | (np.diff(end_start) > 0)
    merged: dict[tuple[bytes, bytes, int], int] = {}
    members: list[tuple[Longs, Longs, int]] = []
    weight: list[float] = []
    for point in np.flatnonzero(reached).tolist():
        able = opener[opener_start[point] : opener_start[point + 1]]
        ending = end[end_start[point] : end_start[point + 1]]
        held = int(times[point])
        at = merged.setdefault((able.tobytes(), ending.tobytes(), held), len(weight))
        if at == len(weight):
            members.append((able, ending, held))
            weight.append(0.0)
        weight[at] += float(people[point])
    return {
        "start": _starts([len(able) for able, _, _ in members]),
        "option": np.concatenate([np.zeros(0, dtype=np.int64), *(m[0] for m in members)]),
        "ends_start": _starts([len(ending) for _, ending, _ in members]),
        "ends": np.concatenate([np.zeros(0, dtype=np.int64), *(m[1] for m in members)]),
        "today": np.array([held for _, _, held in members], dtype=np.int64),
        "people": np.array(weight, dtype=np.float64),
    }


def _by_point(pairs: Pairs, asked: Flags, n: int) -> tuple[Longs, Longs]:
    """The options of each point, rising: starts (n + 1,) and options."""
    keep = asked[pairs.point]
    point, option = pairs.point[keep], pairs.option[keep]
    order = np.lexsort((option, point))
    return _starts(np.bincount(point, minlength=n)), option[order]


def _starts(counts: Sequence[int] | Longs) -> Longs:
    return np.concatenate([[0], np.cumsum(np.asarray(counts, dtype=np.int64))]).astype(np.int64)
