"""Whom services reach, beside what clauses ask: what aims of coverage, travel and equity count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.siting.need import Covered

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Who of a service's group is within a limit, by the units of one level.

    `cover` are the sets of people whom something that may be opened brings inside, or leaves
    outside; set g lives in unit ``unit[g]``. Of ``people[u]`` persons of a unit ``kept[u]`` are
    within the limit whatever is opened. The last of the units is that of who lives in none.
    """

    service: str
    cover: Covered
    unit: Longs
    people: Floats
    kept: Floats

    def without(self, size: Longs) -> Floats:
        """Persons of each unit whom these sizes (k,) leave outside, (u,)."""
        inside = np.where(self.cover.covered(size), self.cover.people, 0.0)
        reached = np.bincount(self.unit, weights=inside, minlength=len(self.people))
        return np.asarray(self.people - self.kept - reached)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedBy:
    """What the aims of a problem count: each service at its limit, and at every minute before it.

    `at_limit` has one for each service, `minutes` one for each service and each whole minute short
    of its limit: who walks m minutes or more is outside m − 1 of them. `level` names the units.
    """

    level: str
    at_limit: tuple[Served, ...]
    minutes: tuple[Served, ...]

    def uncovered(self, size: Longs) -> float:
        """Persons outside the limit, summed over services."""
        return float(sum(one.without(size).sum() for one in self.at_limit))

    def person_minutes(self, size: Longs) -> float:
        """Minutes begun on the way to the nearest, the limit for who is outside: persons × min."""
        everybody = sum(float(one.people.sum()) for one in self.at_limit)
        return everybody + float(sum(one.without(size).sum() for one in self.minutes))

    def worst_unit(self, size: Longs) -> float:
        """The largest part of a unit's people who are outside, of all units and services [0–1]."""
        worst = 0.0
        for one in self.at_limit:
            lived_in = np.flatnonzero(one.people[:-1] > 0)
            share = one.without(size)[lived_in] / one.people[lived_in]
            worst = max(worst, float(share.max(initial=0.0)))
        return worst
