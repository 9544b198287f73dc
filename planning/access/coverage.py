"""Coverage: every person is served, unserved or unreachable, and the three add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.network import Snaps, StreetNetwork
from planning.travel import Nearest, nearest

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Persons of one group in one place; ``people == covered + unserved + unreachable``."""

    people: float
    covered: float
    unserved: float
    unreachable: float

    @property
    def share(self) -> float | None:
        """Covered part of all people; None where nobody lives."""
        return self.covered / self.people if self.people > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Demand points against the sites of one service.

    Within is `<=`: a walk of exactly `limit_ms` is inside (以内 includes). Unserved people could
    walk to a site but not in time; unreachable ones are off the network or on a part of it without
    a site. Where no site stands at all, everybody on the network is unserved.
    """

    limit_ms: int
    nearest: Nearest
    reachable: Flags

    @property
    def covered(self) -> Flags:
        """Which demand points are within the limit."""
        return (self.nearest.site >= 0) & (self.nearest.ms <= self.limit_ms)

    def ledger(self, people: npt.NDArray[np.float64], where: Flags | None = None) -> Ledger:
        """The account of `people` (persons by demand point), all of them or only `where`.

        Sums run over all points in one order with zeros for the others, so that more covered
        points can never give a smaller sum by rounding.
        """
        everywhere = np.ones(len(people), dtype=bool) if where is None else where

        def persons(who: Flags) -> float:
            return float(np.sum(np.where(who & everywhere, people, 0.0)))

        return Ledger(
            people=persons(everywhere),
            covered=persons(self.covered),
            unserved=persons(self.reachable & ~self.covered),
            unreachable=persons(~self.reachable),
        )


def coverage(
    network: StreetNetwork, sites: Snaps, demand: Snaps, *, counting: Flags, limit_ms: int
) -> Coverage:
    """Coverage of demand points by the nearest of the sites that are `counting`, shape (sites,).

    The site numbers of the result refer to all of `sites`.
    """
    rows = np.flatnonzero(counting & sites.on_network)
    found = nearest(network, sites.take(rows), demand)
    number = np.append(rows, -1).astype(np.int32)
    return Coverage(
        limit_ms=limit_ms,
        nearest=Nearest(site=number[found.site], ms=found.ms),
        reachable=found.site >= 0 if len(rows) else demand.on_network,
    )
