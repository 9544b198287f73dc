"""MCLP: the sites that cover the most people, so many of them or within a budget.

max Σ a_i z_i  s.t.  z_i ≤ Σ_{j: t_ij ≤ T} y_j,  Σ c_j y_j ≤ B  (R. Church, C. ReVelle, The maximal
covering location problem, Papers of the Regional Science Association 32 (1974) 101–118).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.errors import InputError, fail
from planning.siting.classic.asked import Effort, Sites, amounts, check_p, sites_of
from planning.siting.classic.costs import Costs
from planning.siting.classic.location import Location, nearest_of
from planning.siting.cover import Cover, cover_of
from planning.siting.cover_hunt import Covering
from planning.siting.covering import most_covered
from planning.travel import Reach

Longs = npt.NDArray[np.int64]


def mclp(
    reach: Reach,
    people: npt.ArrayLike,
    *,
    limit_ms: int,
    p: int | None = None,
    cost: npt.ArrayLike | None = None,
    budget: float | None = None,
    predefined: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    existing: Reach | None = None,
    effort: Effort | None = None,
) -> Location:
    """The sites within whose `limit_ms` (`<=`) the most `people` (n,) [persons] live.

    Either `p` sites at most, or sites of `cost` (s,) within a `budget`; `predefined` ones are among
    them. Whoever is within the limit of an `existing` facility (its own reach of the same demand)
    is served without us and counts for nobody's gain. The objective is the people covered.
    """
    effort = effort or Effort()
    sites = sites_of(reach.n_sites, cost=cost, predefined=predefined, forbidden=forbidden)
    left = left_of(sites, p, cost, budget)
    asked = asked_of(reach, people, limit_ms=limit_ms, sites=sites, existing=existing)
    found = most_covered(
        asked.rest,
        cost=sites.cost[sites.free],
        budget=left,
        stop=effort.part(offset=asked.secured),
        seed=effort.seed,
        threads=effort.threads,
        watch=effort.watch,
    )
    return asked.answered(found, effort)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is left to cover by whom, beside the people `secured` by sites that must be open."""

    sites: Sites
    rest: Cover
    secured: float
    near: Costs
    uncoverable: Longs

    def answered(self, found: Covering, effort: Effort) -> Location:
        """What is found of the rest, as the answer to all that was asked."""
        opened = self.sites.must.copy()
        opened[np.flatnonzero(self.sites.free)[found.opened]] = True
        return Location(
            status=found.status,
            objective=self.secured + found.objective,
            bound=self.secured + found.bound,
            opened=np.flatnonzero(opened),
            site=nearest_of(self.near, opened),
            uncoverable=self.uncoverable,
            seconds=effort.seconds,
            seed=effort.seed,
            threads=effort.threads,
        )


def asked_of(
    reach: Reach,
    people: npt.ArrayLike,
    *,
    limit_ms: int,
    sites: Sites,
    existing: Reach | None,
) -> Asked:
    """The cover that sites which must be open and `existing` facilities leave."""
    weight = amounts("people", people, reach.n_demand)
    if existing is not None:
        near = existing.part(slice(None), limit_ms=limit_ms).demand
        weight = weight.copy()
        weight[near] = 0.0
    cover = cover_of(reach, weight, limit_ms=limit_ms)
    had = cover.times_covered(sites.must) > 0
    reachable = np.zeros(reach.n_demand, dtype=bool)
    known = cover.group >= 0
    reachable[known] = cover.times_covered(~sites.never)[cover.group[known]] > 0
    return Asked(
        sites=sites,
        rest=cover.narrowed(sites.free, ~had),
        secured=float(cover.weight[had].sum()),
        near=Costs.of_reach(reach, limit_ms=limit_ms),
        uncoverable=np.flatnonzero(~reachable),
    )


def left_of(sites: Sites, p: int | None, cost: npt.ArrayLike | None, budget: float | None) -> float:
    """What the predefined sites leave of the number or the budget."""
    if (p is None) == (budget is None) or (p is not None and cost is not None):
        raise fail(
            InputError,
            "p / budget",
            found=(f"p={p}, budget={budget}", f"p={p}, budget={budget}"),
            expected=("只给 p，或者给 cost 与 budget", "p alone, or a cost with its budget"),
            to_do=("二者择一", "give one of them"),
        )
    if p is not None:
        check_p(p, sites)
        return float(p - sites.must.sum())
    assert budget is not None
    if not budget >= sites.paid:
        raise fail(
            InputError,
            "budget",
            found=(str(budget), str(budget)),
            expected=(
                f"至少 {sites.paid}（预定点的费用）",
                f"at least {sites.paid}, those predefined",
            ),
            to_do=("提高预算", "raise the budget"),
        )
    return float(budget) - sites.paid
