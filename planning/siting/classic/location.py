"""What a location model answers: sites opened, who goes where, an objective and its bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planning.siting.classic.costs import Costs
from planning.siting.highs import Status
from planning.siting.stopping import relative_gap

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


class Shares(NamedTuple):
    """Point i goes to ``site[k]`` with ``share[k]`` of its demand, k in start[i]..start[i + 1]."""

    start: Longs
    site: Ints
    share: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """The answer of a model, with what it was asked for in `objective`, and a `bound` on it.

    `opened` are sites, rising; `site` (n,) is the one each demand point goes to, the nearest opened
    (the one that takes most where `shares` says how a point is divided), −1 where none serves it.
    `uncoverable` are the points that no allowed site could serve. Without a solution `objective` is
    NaN and nothing is opened. `seconds` of wall clock [s]; one `seed` on one thread gives one
    answer unless a clock stops it.
    """

    status: Status
    objective: float
    bound: float
    opened: Longs
    site: Ints
    uncoverable: Longs
    seconds: float
    seed: int
    threads: int
    shares: Shares | None = None

    @property
    def gap(self) -> float:
        """|objective − bound| / |objective|; inf without a solution."""
        return relative_gap(self.objective, self.bound)

    @property
    def served(self) -> Flags:
        """Demand points that go somewhere, shape (n,)."""
        flags: Flags = self.site >= 0
        return flags


def nearest_of(costs: Costs, opened: Flags) -> Ints:
    """The opened site that serves each point for least, the first of equals; −1 where none."""
    best = np.full(costs.n_demand, np.inf)
    site = np.full(costs.n_demand, -1, dtype=np.int32)
    for s in np.flatnonzero(opened):
        pairs = slice(costs.start[s], costs.start[s + 1])
        point, cost = costs.demand[pairs], costs.cost[pairs]
        nearer = (cost < best[point]) | (site[point] < 0)
        best[point[nearer]] = cost[nearer]
        site[point[nearer]] = s
    return site
