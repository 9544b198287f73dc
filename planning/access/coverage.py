"""Coverage: every person is served, unserved or unreachable, and the three add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.travel import Nearest

Flags = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Persons of one group in one place; ``people == covered + unserved + unreachable``.

    `backup` are those of the covered who have a second site within the limit too.
    """

    people: float
    covered: float
    backup: float
    unserved: float
    unreachable: float

    @property
    def share(self) -> float | None:
        """Covered part of all people; None where nobody lives."""
        return self.covered / self.people if self.people > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Demand points against the sites of one service: the nearest, and the next nearest.

    Within is `<=`: a walk of exactly `limit_ms` is inside (以内 includes). Unserved people could
    walk to a site but not in time; unreachable ones are off the network or on a part of it without
    a site. Where no site stands at all, everybody on the network is unserved.
    """

    limit_ms: int
    nearest: Nearest
    second: Nearest
    reachable: Flags

    @property
    def covered(self) -> Flags:
        """Which demand points are within the limit."""
        return self._within(self.nearest)

    @property
    def backup(self) -> Flags:
        """Which demand points have two sites within the limit."""
        return self._within(self.second)

    def _within(self, found: Nearest) -> Flags:
        return (found.site >= 0) & (found.ms <= self.limit_ms)

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
            backup=persons(self.backup),
            unserved=persons(self.reachable & ~self.covered),
            unreachable=persons(~self.reachable),
        )


def by_two_nearest(found: Nearest, rows: Longs, *, on_network: Flags, limit_ms: int) -> Coverage:
    """Coverage by the two nearest of some sites, shape (n, 2), which are `rows` of all of them.

    The site numbers of the result refer to all. `on_network` says which demand points stand on a
    street, shape (n,).
    """
    number = np.append(rows, -1).astype(np.int32)
    first, second = (
        Nearest(site=number[found.site[:, i]], ms=found.ms[:, i].copy()) for i in range(2)
    )
    return Coverage(
        limit_ms=limit_ms,
        nearest=first,
        second=second,
        reachable=first.site >= 0 if len(rows) else on_network,
    )
