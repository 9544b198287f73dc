"""The travel times that clauses ask about: worked out once for each choice of facilities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from planning.access import Coverage, Way
from planning.facilities import Facilities
from planning.standards.asks import Closure, ShareOfUnits, TravelTimeCoverage
from planning.standards.choosing import chosen
from planning.standards.clauses import Clause
from planning.standards.profiles import Profile
from planning.standards.situation import Ground, Situation, Walk
from planning.standards.terms import Which

_FAR_MS = 2**31 - 1


def asked(clauses: Iterable[Clause]) -> Mapping[Walk, Which]:
    """Every mode and choice of facilities that a clause asks about, in order."""
    return {
        Walk(mode, which.text): which for clause in clauses for mode, which in _of(clause)
    }  # fmt: skip


def _of(clause: Clause) -> Iterator[tuple[Ground, Which]]:
    ask = clause.measure
    if isinstance(ask, Closure):
        yield "walk", ask.which
    elif isinstance(ask, ShareOfUnits) and ask.which.functions == {"regional_centre"}:
        yield "walk", ask.which  # one reading of 60 % of townships asks who reaches one
    elif isinstance(ask, TravelTimeCoverage):
        for which in (ask.which, ask.also):
            if which is not None:
                yield ask.mode, which
                yield "walk", which
                if ask.limit_m is not None:
                    yield "metres", which


def walks(
    clauses: Iterable[Clause],
    facilities: Facilities,
    ways: Mapping[str, Way],
    *,
    year: int | None,
    strict_tiers: bool,
) -> Mapping[Walk, Coverage]:
    """Travel times for every question that `ways` can answer, by its mode.

    To the facilities that count for sure, and where others may count, to all of these as well.
    Questions about the same facilities share one search.
    """
    found: dict[Walk, Coverage] = {}
    kept: dict[tuple[str, bytes], Coverage] = {}
    for walk, which in asked(clauses).items():
        way = ways.get(walk.mode)
        if way is None:
            continue
        sure, maybe = chosen(facilities, which, year=year, strict_tiers=strict_tiers)
        for at_most, counting in ((False, sure), (True, sure | maybe)):
            key = (walk.mode, np.packbits(counting).tobytes())
            if key not in kept:
                kept[key] = way.coverage(
                    facilities.x_m, facilities.y_m, counting=counting, limit_ms=_FAR_MS
                )
            found[walk._replace(at_most=at_most)] = kept[key]
    return found


def in_year(
    situation: Situation, profile: Profile, ways: Mapping[str, Way], year: int | None
) -> Situation:
    """The same town as it stands in another year: what opens later is not walked to."""
    walked = walks(
        profile.clauses,
        situation.facilities,
        ways,
        year=year,
        strict_tiers=profile.readings["tiers"] == "strict",
    )
    return replace(situation, year=year, walks=walked)
