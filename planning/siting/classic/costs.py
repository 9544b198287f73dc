"""What it costs to serve a demand point from a site: a reach, or a table of one's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.travel import Reach

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Sites × demand points as CSR: site s serves ``demand[start[s]:start[s + 1]]`` (rising).

    `cost` (z,) of each pair in one unit; a pair not listed cannot be.
    """

    start: Longs
    demand: Ints
    cost: Floats
    n_demand: int

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.start) - 1

    @property
    def owner(self) -> Ints:
        """The site of every pair."""
        return np.repeat(np.arange(self.n_sites, dtype=np.int32), np.diff(self.start))

    @staticmethod
    def of_reach(reach: Reach, *, limit_ms: int | None = None) -> Costs:
        """The times of a reach [ms], those within `limit_ms` (`<=`) only."""
        limit = reach.limit_ms if limit_ms is None else limit_ms
        near = reach.part(slice(None), limit_ms=limit)
        return Costs(
            start=near.start,
            demand=near.demand,
            cost=near.ms.astype(np.float64),
            n_demand=near.n_demand,
        )

    @staticmethod
    def of_table(table: npt.ArrayLike) -> Costs:
        """A table of sites × demand points; NaN and inf are pairs that cannot be."""
        dense = np.asarray(table, dtype=np.float64)
        site, demand = np.nonzero(np.isfinite(dense))
        counts = np.bincount(site, minlength=len(dense))
        return Costs(
            start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            demand=demand.astype(np.int32),
            cost=dense[site, demand],
            n_demand=dense.shape[1],
        )

    def weighted(self, weight: Floats) -> Costs:
        """Costs times the weight of the demand point."""
        return Costs(
            start=self.start,
            demand=self.demand,
            cost=self.cost * weight[self.demand],
            n_demand=self.n_demand,
        )


def costs_of(given: Reach | Costs) -> Costs:
    """A reach as costs [ms]; costs as they are."""
    return given if isinstance(given, Costs) else Costs.of_reach(given)
