"""LSCP: the cheapest sites that cover everybody, or a share of the people.

min Σ f_j y_j  s.t.  Σ_{j: t_ij ≤ T} y_j ≥ 1 for all i  (C. Toregas, R. Swain, C. ReVelle,
L. Bergman, The location of emergency service facilities, Operations Research 19 (1971)). With a
share α: Σ a_i z_i ≥ α Σ a_i  with  z_i ≤ Σ y_j  (M. S. Daskin, S. H. Owen, Two new location
covering problems: the partial p-center problem and the partial set covering problem, Geographical
Analysis 31 (1999)).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planning.siting.classic.asked import Effort, amounts, check_share, sites_of
from planning.siting.classic.costs import Costs
from planning.siting.classic.location import Location, nearest_of
from planning.siting.cover import cover_of
from planning.siting.covering import least_cost
from planning.siting.highs import Status
from planning.travel import Reach


def lscp(
    reach: Reach,
    *,
    limit_ms: int,
    share: float = 1.0,
    people: npt.ArrayLike | None = None,
    cost: npt.ArrayLike | None = None,
    predefined: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    effort: Effort | None = None,
) -> Location:
    """The cheapest sites such that everybody is within `limit_ms` (`<=`) of one.

    With `share` below 1 only points of that share of `people` (n,) [persons] need be; where it is 1
    points without people need it too. `cost` (s,) is 1 unless given: then sites are counted. The
    objective is the cost of all sites opened, `predefined` ones with them. Infeasible where
    `uncoverable` points leave too few.
    """
    effort = effort or Effort()
    sites = sites_of(reach.n_sites, cost=cost, predefined=predefined, forbidden=forbidden)
    check_share(share)
    weight = amounts("people", people, reach.n_demand)
    cover = cover_of(reach, weight, limit_ms=limit_ms)
    had = cover.times_covered(sites.must) > 0
    rest = cover.narrowed(sites.free, ~had)
    covered = np.zeros(reach.n_demand, dtype=bool)
    covered[cover.group >= 0] = had[cover.group[cover.group >= 0]]
    lost = np.flatnonzero((rest.group < 0) & ~covered)
    need = math.inf if share == 1.0 else share * float(weight.sum()) - float(weight[covered].sum())
    found = least_cost(
        rest,
        cost=sites.cost[sites.free],
        need=need,
        stop=effort.part(offset=sites.paid),
        seed=effort.seed,
        threads=effort.threads,
        watch=effort.watch,
    )
    if share == 1.0 and len(lost):
        found = replace(found, status=Status.INFEASIBLE, objective=math.nan, bound=math.inf)
    opened = sites.must.copy()
    opened[np.flatnonzero(sites.free)[found.opened]] = True
    if found.status == Status.INFEASIBLE:
        opened[:] = False
    return Location(
        status=found.status,
        objective=sites.paid + found.objective,
        bound=sites.paid + found.bound,
        opened=np.flatnonzero(opened),
        site=nearest_of(Costs.of_reach(reach, limit_ms=limit_ms), opened),
        uncoverable=lost,
        seconds=effort.seconds,
        seed=effort.seed,
        threads=effort.threads,
    )
