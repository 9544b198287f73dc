"""All facilities of a service by the people who would lose it if that one shut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.access import Coverage
from planning.result import Town

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One facility, by its row, of one service: whom it alone serves within the limit [persons].

    `lost` are those of the service's group, `lost_total` all residents; `nearest_to` those of the
    group within the limit whose nearest it is; `covered` all of the group within the limit today.
    """

    service: str
    facility: int
    lost: float
    lost_total: float
    nearest_to: float
    covered: float


def ranking(town: Town, coverage: Mapping[str, Coverage]) -> tuple[Ranked, ...]:
    """Every open facility of every service, those that most would lose first.

    Exact for one closure at a time: nobody else's nearest or second nearest changes. Who has two
    within the limit loses neither, though both together would be missed: `close` tells that.
    """
    found = []
    for service, spec in town.study.services.items():
        now = coverage[service]
        alone = np.where(now.covered & ~now.backup, now.nearest.site, -1)
        inside = np.where(now.covered, now.nearest.site, -1)
        group, everybody = town.demand.people[spec.group], town.demand.people["total"]
        n = len(town.facilities)
        lost, lost_total = _by_site(alone, group, n), _by_site(alone, everybody, n)
        nearest_to = _by_site(inside, group, n)
        covered = float(np.sum(np.where(now.covered, group, 0.0)))
        offering = np.flatnonzero(town.facilities.offering(frozenset(spec.functions)))
        rows = [
            Ranked(
                service=service,
                facility=row,
                lost=float(lost[row]),
                lost_total=float(lost_total[row]),
                nearest_to=float(nearest_to[row]),
                covered=covered,
            )
            for row in offering.tolist()
        ]
        found += sorted(rows, key=lambda one: (-one.lost, -one.nearest_to, one.facility))
    return tuple(found)


def _by_site(site: npt.NDArray[np.int32], people: Floats, n: int) -> Floats:
    """People of every facility, (n,)."""
    counts = site >= 0
    return np.bincount(site[counts], weights=people[counts], minlength=n).astype(np.float64)
