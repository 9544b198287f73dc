"""MAXCAP: the sites that draw the most people away from the facilities of others.

Everybody goes to the nearest facility within the limit, ours or a competitor's, and half of those
for whom both are as near to each (C. ReVelle, The maximum capture or "sphere of influence" location
problem: Hotelling revisited on a network, Journal of Regional Science 26 (1986) 343–358). People
are therefore two halves, one that comes where ours is no farther and one that comes where ours is
nearer, and each half is covered or not: a maximal covering problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planning.siting.classic.asked import Effort, amounts
from planning.siting.classic.location import Location
from planning.siting.classic.mclp import mclp
from planning.travel import Reach

Floats = npt.NDArray[np.float64]


def max_capture(
    reach: Reach,
    people: npt.ArrayLike,
    *,
    competitors: Reach,
    limit_ms: int,
    p: int | None = None,
    cost: npt.ArrayLike | None = None,
    budget: float | None = None,
    predefined: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    existing: Reach | None = None,
    effort: Effort | None = None,
) -> Location:
    """The sites to which the most `people` (n,) [persons] come rather than to `competitors`.

    `competitors` and `existing`, facilities of others and of our own that stand, are reaches of the
    same demand; nobody walks longer than `limit_ms` (`<=`). The objective is the people who come to
    the sites, of whom `existing` facilities have none today: either `p` sites at most, or sites of
    `cost` (s,) within a `budget`. `site` (n,) is the nearest of those opened, −1 for whoever goes
    to a competitor or nowhere; `uncoverable` are points that no allowed site could draw.
    """
    weight = amounts("people", people, reach.n_demand) / 2
    theirs, ours = _nearest_ms(competitors, limit_ms), np.full(reach.n_demand, np.inf)
    if existing is not None:
        ours = _nearest_ms(existing, limit_ms)
    come = np.isfinite(ours)
    found = mclp(
        _halves(reach, theirs),
        np.concatenate(
            [np.where(come & (ours <= theirs), 0, weight), np.where(ours < theirs, 0, weight)]
        ),
        limit_ms=limit_ms,
        p=p,
        cost=cost,
        budget=budget,
        predefined=predefined,
        forbidden=forbidden,
        effort=effort,
    )
    n = reach.n_demand
    # Whoever is nearer is no farther: the first half says all of them.
    return replace(found, site=found.site[:n], uncoverable=found.uncoverable[found.uncoverable < n])


def _nearest_ms(reach: Reach, limit_ms: int) -> Floats:
    """How far each demand point is from the nearest of them [ms], inf beyond the limit; (n,)."""
    near = reach.part(slice(None), limit_ms=limit_ms)
    found = np.full(reach.n_demand, np.inf)
    np.minimum.at(found, near.demand, near.ms)
    return found


def _halves(reach: Reach, theirs_ms: Floats) -> Reach:
    """Who is no farther from each site than from a competitor; as n more points, who is nearer."""
    owner = np.repeat(np.arange(reach.n_sites), np.diff(reach.start))
    no_farther = reach.ms <= theirs_ms[reach.demand]
    nearer = reach.ms < theirs_ms[reach.demand]
    site = np.concatenate([owner[no_farther], owner[nearer]])
    demand = np.concatenate([reach.demand[no_farther], reach.demand[nearer] + reach.n_demand])
    ms = np.concatenate([reach.ms[no_farther], reach.ms[nearer]])
    order = np.lexsort((demand, site))
    counts = np.bincount(site, minlength=reach.n_sites)
    return Reach(
        start=np.append(0, np.cumsum(counts)).astype(np.int64),
        demand=demand[order].astype(np.int32),
        ms=ms[order],
        limit_ms=reach.limit_ms,
        n_demand=2 * reach.n_demand,
    )
