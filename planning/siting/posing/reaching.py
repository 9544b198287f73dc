"""Who is within reach of what: people that the same options reach, or leave, are one set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planning.siting.posing.ground import Ground
from planning.travel import Reach

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]

_NOTHING = np.zeros(0, dtype=np.int64)


class Pairs(NamedTuple):
    """Who is within the limit of what: demand points and options, (z,) each."""

    point: Longs
    option: Longs


class Today(NamedTuple):
    """Whom only facilities cover that may be changed.

    `endangered` (n,) are the points, `times` (n,) how many such facilities cover each, and `ends`
    the options by which one of them no longer does, or only from a larger size on.
    """

    endangered: Flags
    times: Longs
    ends: Pairs


class Sets(NamedTuple):
    """Sets of people as `Covered` has them, and the first point of each, (g,)."""

    start: Longs
    option: Longs
    ends_start: Longs
    ends: Longs
    today: Longs
    people: Floats
    first: Longs


def pairs(reach: Reach, site: Longs, options: Longs, limits_ms: Floats) -> Pairs:
    """Whom each of some options reaches, each demand point within its own limit (n,) [ms]."""
    taken = reach.take(site[options])
    inside = taken.ms <= limits_ms[taken.demand]
    option = np.repeat(options, np.diff(taken.start))
    return Pairs(taken.demand[inside].astype(np.int64), option[inside])


def today(ground: Ground, sure: Flags, ends: Flags, reach: Reach, limits_ms: Floats) -> Today:
    """Whom a change may leave without: those whom no facility covers that stays as it is.

    `sure` are the facilities that count today, `ends` (k,) the options by which one of them does
    not any more.
    """
    n, n_stands = len(ground.situation.demand), len(ground.situation.facilities)
    lost = np.zeros(n_stands, dtype=bool)
    lost[ground.options.facility[ends]] = True
    if not lost.any():
        nobody = Pairs(_NOTHING, _NOTHING)
        return Today(np.zeros(n, dtype=bool), np.zeros(n, dtype=np.int64), nobody)
    rows = np.arange(n_stands, dtype=np.int64)
    stays = np.zeros(n, dtype=bool)
    stays[pairs(reach, rows, np.flatnonzero(sure & ~lost), limits_ms).point] = True
    leaving = pairs(reach, rows, np.flatnonzero(lost), limits_ms).point
    times = np.bincount(leaving, minlength=n)
    endangered = (times > 0) & ~stays
    ending = pairs(reach, ground.site, np.flatnonzero(ends), limits_ms)
    return Today(endangered, np.where(endangered, times, 0), ending)


def sets_of(
    openers: Pairs, today: Today, people: Floats, *, unit: npt.NDArray[np.int32] | None = None
) -> Sets:
    """Points of the same openers, the same ends and the same unit as one set.

    `people` (n,) [persons] are those to be covered, 0 for all others; with `unit` (n,) a set lies
    in one of them. The sets come in the order of their first points.
    """
    n, asked = len(people), people > 0
    opener_start, opener = _by_point(openers, asked, n)
    end_start, end = _by_point(today.ends, asked & (today.times > 0), n)
    reached = (np.diff(opener_start) > 0) | (np.diff(end_start) > 0)
    merged: dict[tuple[bytes, bytes, int, int], int] = {}
    found: list[tuple[Longs, Longs, int, int]] = []
    weight: list[float] = []
    for point in np.flatnonzero(reached).tolist():
        able = opener[opener_start[point] : opener_start[point + 1]]
        ending = end[end_start[point] : end_start[point + 1]]
        held, home = int(today.times[point]), 0 if unit is None else int(unit[point])
        at = merged.setdefault((able.tobytes(), ending.tobytes(), held, home), len(weight))
        if at == len(weight):
            found.append((able, ending, held, point))
            weight.append(0.0)
        weight[at] += float(people[point])
    return Sets(
        start=_starts([len(able) for able, *_ in found]),
        option=np.concatenate([_NOTHING, *(able for able, *_ in found)]),
        ends_start=_starts([len(ending) for _, ending, *_ in found]),
        ends=np.concatenate([_NOTHING, *(ending for _, ending, *_ in found)]),
        today=np.array([held for *_, held, _ in found], dtype=np.int64),
        people=np.array(weight, dtype=np.float64),
        first=np.array([point for *_, point in found], dtype=np.int64),
    )


def _by_point(found: Pairs, asked: Flags, n: int) -> tuple[Longs, Longs]:
    """The options of each point, rising: starts (n + 1,) and options."""
    keep = asked[found.point]
    point, option = found.point[keep], found.option[keep]
    order = np.lexsort((option, point))
    return _starts(np.bincount(point, minlength=n)), option[order]


def _starts(counts: Sequence[int] | Longs) -> Longs:
    return np.concatenate([[0], np.cumsum(np.asarray(counts, dtype=np.int64))]).astype(np.int64)
