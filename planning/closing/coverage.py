"""Who is outside a service's circle once some facilities are shut, and how far the next one is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.access import Coverage
from planning.result import Town
from planning.standards import Situation
from planning.units import MS_PER_MIN

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One service, one group, one place: persons before and after.

    ``covered_before == covered_after + lost``. Of the `lost`, `no_way` can walk to no facility that
    remains; the others walk `added_mean_min` longer to the next, at worst `added_worst_min` [min],
    None where there are none. `farther` are those still inside who walk longer than before.
    """

    service: str
    group: str
    level: str
    unit_id: str
    unit_name: str
    people: float
    covered_before: float
    covered_after: float
    lost: float
    no_way: float
    added_mean_min: float | None
    added_worst_min: float | None
    farther: float
    farther_mean_min: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSite:
    """A facility that remains, and the people newly outside whose nearest it now is [persons].

    `facility` is its row; the walks to it are longer than before by so much [min].
    """

    service: str
    facility: int
    people: float
    added_mean_min: float
    added_worst_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moves:
    """What changes for every demand point, (n,); `added_ms` is 0 where it has nowhere to go."""

    before: Flags
    after: Flags
    lost: Flags
    can_walk: Flags
    farther: Flags
    added_ms: npt.NDArray[np.int64]
    next_site: npt.NDArray[np.int32]


def _moves(before: Coverage, after: Coverage) -> _Moves:
    can_walk = after.nearest.site >= 0
    had = before.nearest.site >= 0
    added = after.nearest.ms.astype(np.int64) - before.nearest.ms
    added_ms = np.where(can_walk & had, added, 0)
    return _Moves(
        before=before.covered,
        after=after.covered,
        lost=before.covered & ~after.covered,
        can_walk=can_walk,
        farther=after.covered & (added_ms > 0),
        added_ms=added_ms,
        next_site=after.nearest.site,
    )


def losses(town: Town, before: Situation, after: Situation) -> Iterator[Loss]:
    """A row for each service × group × unit, the whole area first."""
    demand = town.demand
    everywhere = np.ones(len(demand), dtype=bool)
    places = [("area", town.study.name, town.area.name, everywhere)]
    for level in town.area.levels:
        lives_in = demand.place[level.level]
        for at, (unit_id, name) in enumerate(zip(level.ids, level.names, strict=True)):
            places.append((level.level, unit_id, name, lives_in == at))
    for service in town.study.services:
        moves = _moves(before.coverage[service], after.coverage[service])
        for group, people in demand.people.items():
            for level_name, unit_id, unit_name, where in places:
                here = np.where(where, people, 0.0)
                yield _loss(moves, here, service, group, (level_name, unit_id, unit_name))


def _loss(
    moves: _Moves, people: Floats, service: str, group: str, place: tuple[str, str, str]
) -> Loss:
    level, unit_id, unit_name = place

    def persons(who: Flags) -> float:
        return float(np.sum(np.where(who, people, 0.0)))

    lost_mean, lost_worst = _added(moves, people, moves.lost & moves.can_walk)
    farther_mean, _ = _added(moves, people, moves.farther)
    return Loss(
        service=service,
        group=group,
        level=level,
        unit_id=unit_id,
        unit_name=unit_name,
        people=float(np.sum(people)),
        covered_before=persons(moves.before),
        covered_after=persons(moves.after),
        lost=persons(moves.lost),
        no_way=persons(moves.lost & ~moves.can_walk),
        added_mean_min=lost_mean,
        added_worst_min=lost_worst,
        farther=persons(moves.farther),
        farther_mean_min=farther_mean,
    )


def _added(moves: _Moves, people: Floats, who: Flags) -> tuple[float | None, float | None]:
    """Mean by people and the longest of what walks grow by [min]; None where nobody is meant."""
    meant = who & (people > 0)
    if not meant.any():
        return None, None
    added, weight = moves.added_ms[meant] / MS_PER_MIN, people[meant]
    return float(np.dot(added, weight) / np.sum(weight)), float(np.max(added))


def next_sites(town: Town, before: Situation, after: Situation) -> Iterator[NextSite]:
    """Where those newly outside would have to walk, of each service's own group; most first."""
    for service, spec in town.study.services.items():
        moves = _moves(before.coverage[service], after.coverage[service])
        people = town.demand.people[spec.group]
        meant = moves.lost & moves.can_walk & (people > 0)
        found = []
        for site in np.unique(moves.next_site[meant]).tolist():
            there = meant & (moves.next_site == site)
            mean, worst = _added(moves, people, there)
            assert mean is not None and worst is not None
            found.append(
                NextSite(
                    service=service,
                    facility=site,
                    people=float(np.sum(np.where(there, people, 0.0))),
                    added_mean_min=mean,
                    added_worst_min=worst,
                )
            )
        yield from sorted(found, key=lambda one: (-one.people, one.facility))
