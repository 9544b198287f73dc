"""Who goes where: to the nearest, and by every rule of capacity that a study asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.access import Assignment
from planning.result import State, StudyResult
from planning.standards import Situation

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.integer]

NEAREST = "nearest"
"""Everybody within the limit goes to the nearest, place or no place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """Where the people of one service go by one rule.

    `taken` (z,) persons of demand point ``point[z]`` go to facility ``site[z]`` in ``ms[z]``.
    `capacity` (facilities,) are the places or beds of those that count, NaN where unknown.
    """

    state: State
    service: str
    rule: str
    point: Index
    site: Index
    ms: Index
    taken: Floats
    capacity: Floats

    def load(self, n_facilities: int) -> Floats:
        """Persons at each facility, (facilities,)."""
        load = np.bincount(self.site, weights=self.taken, minlength=n_facilities)
        return load.astype(np.float64)  # of nothing at all NumPy counts in integers


def goings(result: StudyResult) -> Iterator[Going]:
    """To the nearest, and by every rule that the study asks for; now, and with the plan."""
    states: list[State] = ["now"] if result.plan is None else ["now", "after"]
    for state in states:
        provided = result.provision.get(state)
        for service in result.town.study.services:
            yield _to_the_nearest(result, state, service)
            if provided is not None:
                for one in provided.assignments.get(service, ()):
                    yield _assigned(state, service, one)


def _to_the_nearest(result: StudyResult, state: State, service: str) -> Going:
    situation = result.situation_of(state)
    within = situation.coverage[service]
    point = np.flatnonzero(within.covered)
    asking = uptake(result, service) * situation.demand.people[situation.group[service]][point]
    some = asking > 0
    return Going(
        state=state,
        service=service,
        rule=NEAREST,
        point=point[some],
        site=within.nearest.site[point][some],
        ms=within.nearest.ms[point][some],
        taken=asking[some],
        capacity=_capacity(result, situation, service),
    )


def _assigned(state: State, service: str, one: Assignment) -> Going:
    return Going(
        state=state,
        service=service,
        rule=one.rule,
        point=np.repeat(np.arange(len(one.start) - 1), np.diff(one.start)),
        site=one.site,
        ms=one.ms,
        taken=one.taken,
        capacity=one.capacity,
    )


def uptake(result: StudyResult, service: str) -> float:
    """Which part of a service's group asks for a place; 1 where the study does not say."""
    spec = result.town.study.services[service].capacity
    return 1.0 if spec is None else float(spec.uptake)


def _capacity(result: StudyResult, situation: Situation, service: str) -> Floats:
    """Places or beds of the facilities that offer a service; NaN where nobody says or asks."""
    spec = result.town.study.services[service].capacity
    facilities = situation.facilities
    counting = facilities.offering(situation.functions[service])
    if spec is None:
        return np.full(len(facilities), np.nan)
    held = facilities.places if spec.amount == "places" else facilities.beds
    return np.where(counting, held, np.nan)


def site_numbers(result: StudyResult) -> Mapping[str, str]:
    """The number of every planned site, as plan.csv has it, by the id of its candidate."""
    found: dict[str, str] = {}
    for site in () if result.plan is None else result.plan.sites:
        found.setdefault(site.candidate_id, f"S{len(found) + 1:03d}")
    return found


def planned_loads(result: StudyResult, rule: str) -> list[float | None]:
    """Persons of its own service at each of a plan's sites by one rule; None where it is not asked.

    In the order of the plan's sites.
    """
    if result.plan is None:
        return []
    after = len(result.plan.situation.facilities)
    load = {
        one.service: one.load(after)
        for one in goings(result)
        if one.state == "after" and one.rule == rule
    }
    return [
        float(load[site.service][site.facility]) if site.service in load else None
        for site in result.plan.sites
    ]
