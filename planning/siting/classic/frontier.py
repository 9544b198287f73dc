"""How many people each of several budgets covers at most: the frontier of the MCLP.

max Σ a_i z_i  s.t.  Σ c_j y_j ≤ B  for every B asked for (R. Church, C. ReVelle, The maximal
covering location problem, Papers of the Regional Science Association 32 (1974) 101–118, figure 3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy.typing as npt

from planning.errors import InputError, fail
from planning.siting.classic.asked import Effort, sites_of
from planning.siting.classic.location import Location
from planning.siting.classic.mclp import asked_of, left_of
from planning.siting.cover_frontier import most_covered_by
from planning.travel import Reach


def coverage_frontier(
    reach: Reach,
    people: npt.ArrayLike,
    *,
    limit_ms: int,
    p: Sequence[int] = (),
    cost: npt.ArrayLike | None = None,
    budgets: Sequence[float] = (),
    predefined: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    existing: Reach | None = None,
    effort: Effort | None = None,
) -> tuple[Location, ...]:
    """What `mclp` answers for each number of sites `p`, or for sites of `cost` each of `budgets`.

    In the order asked. Every point has a bound of its own; neither objectives nor bounds fall where
    the budget rises. The stop of `effort` is asked for each point, its watch told of the one whose
    gap is widest; `seconds` are those of all points together.
    """
    effort = effort or Effort()
    sites = sites_of(reach.n_sites, cost=cost, predefined=predefined, forbidden=forbidden)
    if bool(len(p)) == bool(len(budgets)) or (len(p) and cost is not None):
        found = f"{len(p)} p, {len(budgets)} budgets"
        raise fail(
            InputError,
            "p / budgets",
            found=(found, found),
            expected=("只给 p，或者给 cost 与 budgets", "p alone, or a cost with its budgets"),
            to_do=("二者择一", "give one of them"),
        )
    left = [left_of(sites, one, None, None) for one in p]
    left += [left_of(sites, None, cost, one) for one in budgets]
    asked = asked_of(reach, people, limit_ms=limit_ms, sites=sites, existing=existing)
    found_by = most_covered_by(
        asked.rest,
        cost=sites.cost[sites.free],
        budgets=left,
        stop=effort.part(offset=asked.secured),
        seed=effort.seed,
        threads=effort.threads,
        watch=effort.watch,
    )
    return tuple(asked.answered(found, effort) for found in found_by)
