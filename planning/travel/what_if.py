"""What if: one facility more, fewer or elsewhere, and only what it touches is reckoned anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from planning.network import Snaps, StreetNetwork
from planning.network.roads import Ints, Longs
from planning.travel.nearest import Nearest
from planning.travel.places import Audience
from planning.travel.reach import reach
from planning.travel.search import MOST_OWNERS, OWNER_BITS, UNSEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Facilities and the nearest of them for every demand point, within `limit_ms`.

    `rows` holds for each facility, by its number, the points it reaches and the times [ms];
    `keys` (n,) the label of the nearest, see `search`. Nothing is changed in place: every step
    gives a new state, and the old one stays good for comparison.
    """

    network: StreetNetwork
    crowd: Audience
    limit_ms: int
    rows: Mapping[int, tuple[Ints, Ints]]
    keys: Longs

    @classmethod
    def of(cls, network: StreetNetwork, sites: Snaps, crowd: Audience, *, limit_ms: int) -> WhatIf:
        """The state with facilities numbered as in `sites`."""
        state = cls(
            network=network,
            crowd=crowd,
            limit_ms=limit_ms,
            rows=MappingProxyType({}),
            keys=np.full(crowd.n_points, UNSEEN, dtype=np.int64),
        )
        found = reach(network, sites, crowd, limit_ms=limit_ms)
        rows = {
            s: (found.demand[found.start[s] : found.start[s + 1]],
                found.ms[found.start[s] : found.start[s + 1]])
            for s in range(len(sites))
        }  # fmt: skip
        keys = state.keys.copy()
        for number, row in rows.items():
            _lower(keys, number, row)
        return replace(state, rows=MappingProxyType(rows), keys=keys)

    @property
    def nearest(self) -> Nearest:
        """The nearest facility of every point within the limit, and its time; −1 beyond."""
        return Nearest.of(self.keys)

    def add(self, number: int, site: Snaps) -> WhatIf:
        """One facility more: one bounded search, and a minimum.

        Raises ValueError where the number is taken or `site` is not one place.
        """
        if number in self.rows or not 0 <= number < MOST_OWNERS:
            raise ValueError(f"found facility number {number}, expected a free one from 0")
        if len(site) != 1:
            raise ValueError(f"found {len(site)} places, expected one")
        found = reach(self.network, site, self.crowd, limit_ms=self.limit_ms, threads=1)
        row = (found.demand, found.ms)
        keys = self.keys.copy()
        _lower(keys, number, row)
        return replace(self, rows=MappingProxyType({**self.rows, number: row}), keys=keys)

    def remove(self, number: int) -> WhatIf:
        """One facility fewer: only the points it served look for their next nearest.

        Raises KeyError where there is no such facility.
        """
        points, _ = self.rows[number]
        rows = {other: row for other, row in self.rows.items() if other != number}
        keys = self.keys.copy()
        served = np.zeros(len(keys), dtype=bool)
        served[points] = keys[points] & MOST_OWNERS == number
        keys[served] = UNSEEN
        for other, (theirs, ms) in rows.items():
            again = served[theirs]
            if again.any():
                _lower(keys, other, (theirs[again], ms[again]))
        return replace(self, rows=MappingProxyType(rows), keys=keys)

    def move(self, number: int, site: Snaps) -> WhatIf:
        """One facility elsewhere, under the same number."""
        return self.remove(number).add(number, site)


def _lower(keys: Longs, number: int, row: tuple[Ints, Ints]) -> None:
    """Let a facility serve the points of its row that it is nearer to."""
    points, ms = row
    keys[points] = np.minimum(keys[points], ms.astype(np.int64) << OWNER_BITS | number)
