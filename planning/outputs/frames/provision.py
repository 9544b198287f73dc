"""Who gets a place, and how evenly places lie, as tables; empty where no study asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from planning.access import Assignment, Disparity
from planning.demand import Demand
from planning.outputs.frames.results import frame_of
from planning.provision import Access
from planning.result import State, StudyResult
from planning.standards import Situation

Flags = npt.NDArray[np.bool_]
Place = tuple[str, str, str]
"""Level, id and name of a unit."""


def capacity_frame(result: StudyResult) -> pd.DataFrame:
    """A row for each state × service × rule × unit; the whole area comes first."""
    rows: list[dict[str, object]] = []
    for state, provided in result.provision.items():
        for service, assignments in provided.assignments.items():
            for assignment in assignments:
                rows += _ledgers(result, state, service, assignment)
    return frame_of("capacity", rows)


def _ledgers(
    result: StudyResult, state: State, service: str, assignment: Assignment
) -> Iterator[dict[str, object]]:
    """The account of one assignment, everywhere and by unit."""
    town, situation = result.town, result.situation_of(state)
    spec = town.study.services[service]
    assert spec.capacity is not None
    for (level, unit_id, unit_name), where, inside in _places(result, situation):
        ledger = assignment.ledger(assignment.people, where)
        covered = situation.coverage[service].ledger(assignment.people, where).covered
        yield {
            "state": state,
            "service": service,
            "limit_min": spec.limit_min,
            "rule": assignment.rule,
            "amount": spec.capacity.amount,
            "group": spec.group,
            "uptake": float(spec.capacity.uptake),
            "level": level,
            "unit_id": unit_id,
            "unit_name": unit_name,
            "people": ledger.people,
            "people_year": town.demand.year,
            "covered": covered,
            "served": ledger.served,
            "full": ledger.full,
            "unserved": ledger.unserved,
            "unreachable": ledger.unreachable,
            "share": ledger.share,
            "perhaps": ledger.perhaps,
            "facilities_unknown": int(np.sum(assignment.unknown & inside)),
            "capacity": float(np.nansum(assignment.capacity[inside])),
            "taken": float(np.sum(assignment.load[inside])),
        }


def _places(
    result: StudyResult, situation: Situation
) -> Iterator[tuple[Place, Flags | None, Flags]]:
    """Every unit: which demand points lie there (None: all), and which facilities."""
    town, facilities = result.town, situation.facilities
    everywhere = np.ones(len(facilities), dtype=bool)
    yield ("area", town.study.name, town.area.name), None, everywhere
    for level in town.area.levels:
        lives, stands = town.demand.place[level.level], facilities.place[level.level]
        for i, (unit_id, name) in enumerate(zip(level.ids, level.names, strict=True)):
            yield (level.level, unit_id, name), lives == i, stands == i


def access_frame(result: StudyResult) -> pd.DataFrame:
    """A row for each state × service × measure × group × unit, and one between units a level."""
    rows: list[dict[str, object]] = []
    for state, provided in result.provision.items():
        for service, measures in provided.access.items():
            for access in measures:
                head = {
                    "state": state,
                    "service": service,
                    "measure": access.measure,
                    "unit": access.unit,
                    "people_year": result.town.demand.year,
                }
                rows += [head | row for row in _disparities(result, access)]
    return frame_of("access", rows)


def _disparities(result: StudyResult, access: Access) -> Iterator[dict[str, object]]:
    """How evenly one measure lies, for every group: everywhere, by unit, between units."""
    town = result.town
    demand, title = town.demand, ("area", town.study.name, town.area.name)
    for group, people in demand.people.items():
        less = float(np.sum(people[access.understated]))
        yield _row(group, "people", title, access.disparity(people), less)
    for level in town.area.levels:
        at = demand.place[level.level]
        less_of = _understated(demand, access, level.level, len(level))
        for group, found in access.equity(demand.people, at, n_units=len(level)).items():
            units = zip(level.ids, level.names, found.by_unit, less_of[group], strict=True)
            for unit_id, name, disparity, fewer in units:
                yield _row(group, "people", (level.level, unit_id, name), disparity, float(fewer))
            unknown = sum(disparity.left_out for disparity in found.by_unit)
            between = replace(found.between_units, left_out=unknown)
            less = float(np.sum(less_of[group]))
            yield _row(group, "units", (level.level, "", ""), between, less)


def _understated(
    demand: Demand, access: Access, level: str, units: int
) -> dict[str, npt.NDArray[np.float64]]:
    """By group, the people of each unit who have at least what is said."""
    return {
        group: demand.by_unit(level, units, group=group, where=access.understated)
        for group in demand.people
    }


def _row(
    group: str, between: str, place: Place, found: Disparity, understated: float
) -> dict[str, object]:
    level, unit_id, unit_name = place
    return {
        "group": group,
        "between": between,
        "level": level,
        "unit_id": unit_id,
        "unit_name": unit_name,
        "understated": understated,
        **asdict(found),
    }
