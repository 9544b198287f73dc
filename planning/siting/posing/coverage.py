"""People to be brought within a limit: COV of STANDARDS §0."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planning.siting.need import Covered, Need
from planning.siting.posing.ground import Asked
from planning.siting.requirement import NotPosed
from planning.standards import Walk
from planning.standards.asks import TravelTimeCoverage
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
    inside = lives_in(asked)
    covered = replace(situation.walks[walk], limit_ms=limit).covered
    assert finding.required is not None
    need = math.ceil(finding.required * whole_persons(float(np.sum(people[inside]))))
    # Whole persons are rounded half up: half a person below the need counts as the need.
    short = need - _HALF_PERSON - float(np.sum(people[inside & covered]))
    from_size = ground.counts_from(ask.which, asked.case.year)
    rows = np.flatnonzero(from_size >= 0)
    start, option, weight = covering_sets(
        ground.walks_to(mode, limit),
        rows,
        ground.options.candidate[rows],
        np.where(inside & ~covered, people, 0.0),
    )
    return Covered(
        short=short,
        start=start,
        option=option,
        people=weight,
        from_size=np.maximum(from_size, 1),
        group=group,
        walk=walk,
        limit_ms=limit,
    )


def _rides_on_foot(ask: TravelTimeCoverage, asked: Asked) -> bool:
    return ask.mode == "delivery" and asked.ground.accounts.readings["delivery_mode"] == "walk"


def lives_in(asked: Asked) -> Flags:
    """Which demand points live where the clause counts."""
    demand, accounts = asked.ground.situation.demand, asked.ground.accounts
    inside = demand.place[asked.finding.level] == asked.case.place.at
    return np.asarray(inside & accounts.so(asked.case.only) if asked.case.only else inside)


def covering_sets(
    reach: Reach, options: Longs, candidate: npt.NDArray[np.int32], people: Floats
) -> tuple[Longs, Longs, Floats]:
    """Which options cover each set of people: starts (g + 1,), options (z,), persons (g,).

    ``options[i]`` stands in ``candidate[i]``, a row of `reach`; `people` (n,) [persons] are those
    to be covered, 0 for all others. Points that the same options reach are one set; the sets come
    in the order of their first points.
    """
    rows = [reach.of_site(int(j)) for j in candidate]
    point = np.concatenate([np.zeros(0, dtype=np.int64), *rows]).astype(np.int64)
    option = np.repeat(options, [len(row) for row in rows]).astype(np.int64)
    keep = people[point] > 0
    point, option = point[keep], option[keep]
    order = np.lexsort((option, point))
    point, option = point[order], option[order]
    first = np.flatnonzero(np.diff(point, prepend=-1))
    bounds = np.append(first, len(point))
    merged: dict[bytes, int] = {}
    starts, members = [0], []
    weight: list[float] = []
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        able = option[begin:end]
        at = merged.setdefault(able.tobytes(), len(weight))
        if at == len(weight):
            starts.append(starts[-1] + len(able))
            members.append(able)
            weight.append(0.0)
        weight[at] += float(people[point[begin]])
    return (
        np.array(starts, dtype=np.int64),
        np.concatenate([np.zeros(0, dtype=np.int64), *members]),
        np.array(weight, dtype=np.float64),
    )
