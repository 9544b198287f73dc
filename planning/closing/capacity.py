"""Which places are lost when facilities shut, and where the people can still get one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planning.access import Assignment, Rule
from planning.provision import provision
from planning.result import Town
from planning.standards import Situation
from planning.units import limit_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class MorePeople:
    """A facility that remains, by its row, and who has a place there besides [persons]."""

    facility: int
    more: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesLost:
    """One service by one rule: places or beds gone, and who has one before and after [persons].

    `capacity` is what the shut facilities say they have, `unknown` how many of them do not say.
    `gains` are the facilities that take in more people, the most first; which of several equally
    good ones does is one solution of many where the rule is the transport optimum.
    """

    service: str
    amount: str
    rule: Rule
    capacity: float
    unknown: int
    asking: float
    served_before: float
    served_after: float
    gains: tuple[MorePeople, ...]


def places_lost(
    town: Town, before: Situation, after: Situation, rows: Sequence[int]
) -> Iterator[PlacesLost]:
    """A row for each service that asks for capacity and each of its rules; none where none does."""
    services = {
        name: spec.model_copy(update={"access": None})
        for name, spec in town.study.services.items()
        if spec.capacity is not None
    }
    if not services:
        return
    farthest = max(limit_ms(spec.limit_min) for spec in services.values())
    way, sites = town.ways["walk"], town.facility_snaps
    walked = way.reach(sites, limit_ms=farthest)
    was, will = (
        provision(services, situation, way, sites=sites, reach=walked)
        for situation in (before, after)
    )
    for name, spec in services.items():
        assert spec.capacity is not None
        pairs = zip(was.assignments[name], will.assignments[name], strict=True)
        for old, new in pairs:
            yield _lost(name, spec.capacity.amount, old, new, rows)


def _lost(
    service: str, amount: str, old: Assignment, new: Assignment, rows: Sequence[int]
) -> PlacesLost:
    gone = np.zeros(len(old.capacity), dtype=bool)
    gone[list(rows)] = True
    more = np.where(gone, 0.0, new.load - old.load)
    gains = [MorePeople(facility=int(at), more=float(more[at])) for at in np.flatnonzero(more > 0)]
    return PlacesLost(
        service=service,
        amount=amount,
        rule=old.rule,
        capacity=float(np.nansum(old.capacity[gone])),
        unknown=int(np.sum(old.unknown & gone)),
        asking=float(np.sum(old.people)),
        served_before=float(np.sum(old.served)),
        served_after=float(np.sum(new.served)),
        gains=tuple(sorted(gains, key=lambda one: (-one.more, one.facility))),
    )
