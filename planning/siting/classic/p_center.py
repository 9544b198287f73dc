"""P-center: p sites such that the longest walk is as short as can be.

min max_i min_{j open} t_ij  s.t.  Σ y_j ≤ p: a search over the times that occur, each tried by a
set cover (E. Minieka, The m-center problem, SIAM Review 12 (1970) 138–139; S. Elloumi, M. Labbé,
Y. Pochet, A new formulation and resolution method for the p-center problem, 2004).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from planning.siting.classic.asked import Effort, Sites, check_p, sites_of
from planning.siting.classic.costs import Costs, costs_of
from planning.siting.classic.location import Location, nearest_of
from planning.siting.cover import cover_of
from planning.siting.covering import least_cost
from planning.siting.highs import Status
from planning.siting.stopping import Sofar, first_of
from planning.travel import Reach

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


_HALF = 0.5
"""Sites are whole: half a one more than p is more than p, whatever the rounding."""


@dataclass(frozen=True, slots=True)
class _Decided:
    """Stop as soon as it is known whether so many sites are enough."""

    p: float

    def __call__(self, sofar: Sofar) -> bool:
        return sofar.objective < self.p + _HALF or sofar.bound > self.p + _HALF


def p_center(
    costs: Reach | Costs,
    p: int,
    *,
    predefined: tuple[int, ...] = (),
    forbidden: tuple[int, ...] = (),
    effort: Effort | None = None,
) -> Location:
    """At most `p` sites such that the farthest demand point is as near as can be to one of them.

    The objective is its time [ms], or its cost. Infeasible where `p` sites cannot serve everybody
    within what is listed.
    """
    effort = effort or Effort()
    table = costs_of(costs)
    sites = sites_of(table.n_sites, predefined=predefined, forbidden=forbidden)
    check_p(p, sites)
    levels = np.unique(table.cost)
    # Ranks of costs are integers, so that "within" has no rounding.
    rank = np.searchsorted(levels, table.cost).astype(np.int32)
    ranked = Reach(
        start=table.start, demand=table.demand, ms=rank, limit_ms=len(levels),
        n_demand=table.n_demand,
    )  # fmt: skip
    low, high = 0, len(levels) - 1
    # Where nobody asks, what must be open is enough.
    best = None if table.n_demand else sites.must.copy()
    stopped = False
    while low <= high and not stopped:
        # The farthest is tried first: without it nobody could be served at all.
        level = high if best is None else (low + high) // 2
        enough, opened = _enough(ranked, level, p, sites, effort)
        if enough is None:
            stopped = True
        elif enough:
            assert opened is not None
            site = nearest_of(table, opened)
            best = opened
            high = _farthest(ranked, opened, site) - 1
        elif level == len(levels) - 1:
            break
        else:
            low = level + 1
    return _answer(table, levels, low, best, stopped, sites, effort)


def _enough(
    ranked: Reach, level: int, p: int, sites: Sites, effort: Effort
) -> tuple[bool | None, Flags | None]:
    """Whether p sites serve everybody within a level, and which; None where it was stopped."""
    cover = cover_of(ranked, np.ones(ranked.n_demand), limit_ms=level)
    had = cover.times_covered(sites.must) > 0
    rest = cover.narrowed(sites.free, ~had)
    # Who is out of reach of every site, or only within that of a forbidden one.
    if rest.uncoverable:
        return False, None
    left = float(p - sites.must.sum())
    found = least_cost(
        rest,
        cost=np.ones(rest.n_sites),
        need=math.inf,
        stop=first_of(effort.part(scale=math.nan), _Decided(left)),
        seed=effort.seed,
        threads=effort.threads,
    )
    if found.objective < left + _HALF:
        opened = sites.must.copy()
        opened[np.flatnonzero(sites.free)[found.opened]] = True
        return True, opened
    return (False, None) if found.bound > left + _HALF else (None, None)


def _farthest(
    ranked: Reach, opened: Flags, site: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
) -> int:
    """The highest rank of a point to its own site."""
    owner = np.repeat(np.arange(ranked.n_sites), np.diff(ranked.start))
    own = opened[owner] & (site[ranked.demand] == owner)
    return int(ranked.ms[own].max(initial=-1))


def _answer(
    table: Costs,
    levels: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    low: int,
    best: Flags | None,
    stopped: bool,
    sites: Sites,
    effort: Effort,
) -> Location:
    opened = np.zeros(table.n_sites, dtype=bool) if best is None else best
    site = nearest_of(table, opened)
    objective, bound = math.nan, float(levels[low]) if low < len(levels) else math.inf
    if best is not None:
        owner = table.owner
        own = opened[owner] & (site[table.demand] == owner)
        objective = float(table.cost[own].max(initial=0.0))
        bound = min(bound, objective)
    able = np.zeros(table.n_demand, dtype=bool)
    able[table.demand[~sites.never[table.owner]]] = True
    status = Status.STOPPED if stopped else Status.OPTIMAL
    if best is None and not stopped:
        status, bound = Status.INFEASIBLE, math.inf
    return Location(
        status=status,
        objective=objective,
        bound=bound,
        opened=np.flatnonzero(opened),
        site=site,
        uncoverable=np.flatnonzero(~able),
        seconds=effort.seconds,
        seed=effort.seed,
        threads=effort.threads,
    )
