"""Everybody covered by k sites, and LSCP-B: as many as the fewest sites allow covered twice.

k-coverage: min Σ f_j y_j  s.t.  Σ_{j: t_ij ≤ T} y_j ≥ k for all i. LSCP-B has a second stage:
max Σ a_i u_i  s.t.  Σ_{j: t_ij ≤ T} y_j − u_i ≥ 1,  Σ f_j y_j ≤ the least cost  (M. S. Daskin,
E. L. Stern, A hierarchical objective set covering model for emergency medical service vehicle
deployment, Transportation Science 15 (1981); K. Hogan, C. ReVelle, Concepts and applications of
backup coverage, Management Science 32 (1986)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planning.siting.classic.asked import Effort, Sites, amounts, sites_of
from planning.siting.classic.costs import Costs
from planning.siting.classic.location import Location, nearest_of
from planning.siting.classic.lscp import lscp
from planning.siting.cover import Cover, cover_of
from planning.siting.highs import FREE, Model, Solved, Status, minimise
from planning.travel import Reach

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


def k_coverage(
    reach: Reach,
    k: int,
    *,
    limit_ms: int,
    cost: npt.ArrayLike | None = None,
    predefined: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    effort: Effort | None = None,
) -> Location:
    """The cheapest sites such that everybody is within `limit_ms` (`<=`) of `k` of them.

    `uncoverable` are points with fewer than `k` allowed sites; with any of those it is infeasible.
    """
    effort = effort or Effort()
    sites = sites_of(reach.n_sites, cost=cost, predefined=predefined, forbidden=forbidden)
    allowed = cover_of(reach, np.ones(reach.n_demand), limit_ms=limit_ms)
    times = np.zeros(reach.n_demand, dtype=np.int64)
    times[allowed.group >= 0] = allowed.times_covered(~sites.never)[
        allowed.group[allowed.group >= 0]
    ]
    lost = np.flatnonzero(times < k)
    model = replace(
        _rows(allowed, sites), row_lower=np.full(allowed.n_groups, float(k)), cost=sites.cost
    )
    solved = minimise(
        model, stop=effort.part(), seed=effort.seed, threads=effort.threads, watch=effort.watch
    )
    if k > 0 and len(lost):
        solved = replace(
            solved, status=Status.INFEASIBLE, objective=np.nan, bound=np.inf,
            values=np.full(model.n_columns, np.nan),
        )  # fmt: skip
    return _answer(reach, limit_ms, solved, lost, effort)


def lscpb(
    reach: Reach,
    *,
    limit_ms: int,
    people: npt.ArrayLike | None = None,
    cost: npt.ArrayLike | None = None,
    predefined: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    effort: Effort | None = None,
) -> Location:
    """Everybody covered by the cheapest sites, and of those the ones that cover most twice.

    The objective is the `people` (n,) [persons], or points where none are given, within `limit_ms`
    (`<=`) of two sites. Optimal only where the least cost is proven too.
    """
    effort = effort or Effort()
    sites = sites_of(reach.n_sites, cost=cost, predefined=predefined, forbidden=forbidden)
    weight = amounts("people", people, reach.n_demand)
    first = lscp(
        reach, limit_ms=limit_ms, cost=cost, predefined=predefined, forbidden=forbidden,
        effort=replace(effort, watch=None, stop=effort.part()),
    )  # fmt: skip
    if not len(first.opened) and first.status != Status.OPTIMAL:
        return first
    cover = cover_of(reach, weight, limit_ms=limit_ms)
    model = _backed_up(cover, sites, first.objective)
    start = np.zeros(model.n_columns)
    start[first.opened] = 1.0
    times = cover.times_covered(start[: cover.n_sites] > 0)
    start[cover.n_sites :] = times > 1
    solved = minimise(
        model, stop=effort.part(scale=-1.0), seed=effort.seed, threads=effort.threads,
        start=start,
    )  # fmt: skip
    found = _answer(reach, limit_ms, solved, first.uncoverable, effort)
    status = solved.status if first.status == Status.OPTIMAL else Status.STOPPED
    return replace(found, status=status, objective=-solved.objective, bound=-solved.bound)


def _rows(cover: Cover, sites: Sites) -> Model:
    """One column a site, one row a group: sites that cover it; nothing asked yet."""
    return Model(
        cost=np.zeros(cover.n_sites),
        lower=sites.must.astype(np.float64),
        upper=(~sites.never).astype(np.float64),
        whole=np.ones(cover.n_sites, dtype=bool),
        start=cover.sites.start,
        column=cover.sites.item,
        value=np.ones(len(cover.sites.item)),
        row_lower=np.zeros(cover.n_groups),
        row_upper=np.full(cover.n_groups, FREE),
    )


def _backed_up(cover: Cover, sites: Sites, cost: float) -> Model:
    """Sites and, behind them, whether a group is covered twice; a last row for the cost."""
    n, g = cover.n_sites, cover.n_groups
    start = cover.sites.start + np.arange(g + 1)
    heads = np.zeros(start[-1], dtype=bool)
    heads[start[:-1]] = True
    column = np.empty(len(heads), dtype=np.int64)
    column[heads], column[~heads] = n + np.arange(g), cover.sites.item
    plain = _rows(cover, sites)
    return Model(
        cost=np.concatenate([np.zeros(n), -cover.weight]),
        lower=np.concatenate([plain.lower, np.zeros(g)]),
        upper=np.concatenate([plain.upper, np.ones(g)]),
        whole=np.arange(n + g) < n + g,
        start=np.append(start, start[-1] + n),
        column=np.concatenate([column, np.arange(n)]),
        value=np.concatenate([np.where(heads, -1.0, 1.0), sites.cost]),
        row_lower=np.append(np.ones(g), -FREE),
        row_upper=np.append(np.full(g, FREE), cost * (1 + 1e-12)),
    )


def _answer(reach: Reach, limit_ms: int, solved: Solved, lost: Longs, effort: Effort) -> Location:
    opened = np.zeros(reach.n_sites, dtype=bool)
    if solved.found:
        opened = solved.values[: reach.n_sites] > 0.5
    return Location(
        status=solved.status,
        objective=solved.objective,
        bound=solved.bound,
        opened=np.flatnonzero(opened),
        site=nearest_of(Costs.of_reach(reach, limit_ms=limit_ms), opened),
        uncoverable=lost,
        seconds=effort.seconds,
        seed=effort.seed,
        threads=effort.threads,
    )
