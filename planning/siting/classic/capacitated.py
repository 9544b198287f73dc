"""Sites that take only so much: one model, four questions.

x_ij is the share of point i that goes to site j, y_j whether the site is open:
Σ_i d_i x_ij ≤ K_j y_j,  x_ij ≤ y_j  (for capacities K, demand d), and

- least cost of sites, everybody served within the limit (J. R. Current, J. E. Storbeck, Capacitated
  covering models, Environment and Planning B 15 (1988) 153–163);
- most people served by p sites (the same paper);
- least walking to p sites (capacitated p-median: J. M. Mulvey, M. P. Beck, Solving capacitated
  clustering problems, European Journal of Operational Research 18 (1984) 339–348);
- least cost of sites and transport (warehouse location: J. E. Beasley, An algorithm for solving
  large capacitated warehouse location problems, the same journal 33 (1988)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.siting.classic.asked import Effort, Sites, amounts, check_p, sites_of
from planning.siting.classic.costs import Costs, costs_of
from planning.siting.classic.location import Location, Shares
from planning.siting.highs import FREE, Model, Solved, Status, minimise
from planning.travel import Reach

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


def capacitated_lscp(
    reach: Reach,
    people: npt.ArrayLike,
    capacity: npt.ArrayLike,
    *,
    limit_ms: int,
    cost: npt.ArrayLike | None = None,
    predefined: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    single: bool = False,
    effort: Effort | None = None,
) -> Location:
    """The cheapest sites with places for all `people` (n,) [persons] within `limit_ms` (`<=`).

    `capacity` (s,) [persons]; with `single` all of a point go to one site. Infeasible where places
    or sites within the limit do not suffice.
    """
    near = Costs.of_reach(reach, limit_ms=limit_ms)
    sites = sites_of(reach.n_sites, cost=cost, predefined=predefined, forbidden=forbidden)
    task = _Task(
        pairs=near, sites=sites, demand=amounts("people", people, near.n_demand),
        capacity=amounts("capacity", capacity, near.n_sites), opening=sites.cost,
        going=np.zeros(len(near.cost)), everybody=True, single=single,
    )  # fmt: skip
    return _solved(task, effort or Effort())


def capacitated_mclp(
    reach: Reach,
    people: npt.ArrayLike,
    capacity: npt.ArrayLike,
    *,
    limit_ms: int,
    p: int,
    predefined: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    single: bool = False,
    effort: Effort | None = None,
) -> Location:
    """At most `p` sites that give most `people` (n,) a place of `capacity` (s,) within `limit_ms`.

    The objective is the people served [persons].
    """
    near = Costs.of_reach(reach, limit_ms=limit_ms)
    sites = sites_of(reach.n_sites, predefined=predefined, forbidden=forbidden)
    check_p(p, sites)
    demand = amounts("people", people, near.n_demand)
    task = _Task(
        pairs=near, sites=sites, demand=demand,
        capacity=amounts("capacity", capacity, near.n_sites), opening=np.zeros(near.n_sites),
        going=-demand[near.demand], everybody=False, single=single, p=p, sense=-1.0,
    )  # fmt: skip
    return _solved(task, effort or Effort())


def capacitated_p_median(
    costs: Reach | Costs,
    people: npt.ArrayLike,
    capacity: npt.ArrayLike,
    p: int,
    *,
    predefined: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    single: bool = True,
    effort: Effort | None = None,
) -> Location:
    """At most `p` sites with places for all `people` (n,), all of whom together walk least.

    The objective is Σ people · cost: person-ms of a reach. With `single` all of a point go to one
    site, as is usual.
    """
    table = costs_of(costs)
    sites = sites_of(table.n_sites, predefined=predefined, forbidden=forbidden)
    check_p(p, sites)
    demand = amounts("people", people, table.n_demand)
    task = _Task(
        pairs=table, sites=sites, demand=demand,
        capacity=amounts("capacity", capacity, table.n_sites), opening=np.zeros(table.n_sites),
        going=table.cost * demand[table.demand], everybody=True, single=single, p=p,
    )  # fmt: skip
    return _solved(task, effort or Effort())


def facility_location(
    costs: Reach | Costs,
    opening: npt.ArrayLike,
    *,
    demand: npt.ArrayLike | None = None,
    capacity: npt.ArrayLike | None = None,
    predefined: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    single: bool = False,
    effort: Effort | None = None,
) -> Location:
    """The sites of least cost, `opening` (s,) and that of serving every point together.

    A pair's cost is that of serving all of a point. With `capacity` (s,) sites take so much of
    `demand` (n,); without one they take everybody.
    """
    table = costs_of(costs)
    sites = sites_of(table.n_sites, cost=opening, predefined=predefined, forbidden=forbidden)
    asked = amounts("demand", demand, table.n_demand)
    task = _Task(
        pairs=table, sites=sites, demand=asked,
        capacity=None if capacity is None else amounts("capacity", capacity, table.n_sites),
        opening=sites.cost, going=table.cost, everybody=True, single=single,
    )  # fmt: skip
    return _solved(task, effort or Effort())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What distinguishes the four: costs of opening (s,) and of going (z,), and what is asked."""

    pairs: Costs
    sites: Sites
    demand: Floats
    capacity: Floats | None
    opening: Floats
    going: Floats
    everybody: bool
    single: bool
    p: int | None = None
    sense: float = 1.0


def _solved(task: _Task, effort: Effort) -> Location:
    pairs = task.pairs
    allowed = ~task.sites.never
    able = np.zeros(pairs.n_demand, dtype=bool)
    able[pairs.demand[allowed[pairs.owner]]] = True
    solved = minimise(
        _model(task), stop=effort.part(scale=task.sense), seed=effort.seed,
        threads=effort.threads, watch=effort.watch, relative_gap=1e-9,
    )  # fmt: skip
    opened, site, shares = _read(task, solved)
    return Location(
        status=Status.OPTIMAL if solved.status == Status.NOTHING_TO_DO else solved.status,
        objective=task.sense * solved.objective + 0.0,
        bound=task.sense * solved.bound + 0.0,
        opened=opened,
        site=site,
        uncoverable=np.flatnonzero(~able),
        seconds=effort.seconds,
        seed=effort.seed,
        threads=effort.threads,
        shares=shares,
    )


def _model(task: _Task) -> Model:
    """Sites, then pairs; rows: points, capacities, pairs to sites, number of sites."""
    pairs, n = task.pairs, task.pairs.n_sites
    z, m = len(pairs.cost), pairs.n_demand
    owner, pair = pairs.owner.astype(np.int64), n + np.arange(len(pairs.cost))
    # Row of every entry, its column and value; sorted into CSR at the end.
    rows = [pairs.demand.astype(np.int64), m + owner, m + n + np.arange(z), m + n + np.arange(z)]
    columns = [pair, pair, pair, owner]
    demand = task.demand[pairs.demand]
    limited = task.capacity is not None
    values = [np.ones(z), demand if limited else np.zeros(z), np.ones(z), -np.ones(z)]
    rows.append(m + np.arange(n))
    columns.append(np.arange(n))
    values.append(-task.capacity if task.capacity is not None else np.zeros(n))
    rows.append(np.full(n, m + n + z))
    columns.append(np.arange(n))
    values.append(np.ones(n))
    row = np.concatenate(rows)
    order = np.argsort(row, kind="stable")
    most = FREE if task.p is None else float(task.p)
    everyone = np.ones(m) if task.everybody else np.full(m, -FREE)
    return Model(
        cost=np.concatenate([task.opening, task.going]),
        lower=np.concatenate([task.sites.must.astype(np.float64), np.zeros(z)]),
        upper=np.concatenate([(~task.sites.never).astype(np.float64), np.ones(z)]),
        whole=(np.arange(n + z) < n) | task.single,
        start=np.concatenate([[0], np.cumsum(np.bincount(row, minlength=m + n + z + 1))]),
        column=np.concatenate(columns)[order],
        value=np.concatenate(values)[order],
        row_lower=np.concatenate([everyone, np.full(n + z + 1, -FREE)]),
        row_upper=np.concatenate([np.ones(m), np.zeros(n + z), [most]]),
    )


def _read(task: _Task, solved: Solved) -> tuple[Longs, npt.NDArray[np.int32], Shares | None]:
    """Sites opened, where most of each point goes, and the shares."""
    pairs, n = task.pairs, task.pairs.n_sites
    site = np.full(pairs.n_demand, -1, dtype=np.int32)
    if not solved.found:
        return np.empty(0, dtype=np.int64), site, None
    opened = np.flatnonzero(solved.values[:n] > 0.5)
    share = solved.values[n:]
    used = np.flatnonzero(share > _NOTHING)
    order = used[np.lexsort((pairs.owner[used], pairs.demand[used]))]
    by_size = used[np.lexsort((pairs.owner[used], -share[used], pairs.demand[used]))]
    point, first = np.unique(pairs.demand[by_size], return_index=True)
    site[point] = pairs.owner[by_size[first]]
    counts = np.bincount(pairs.demand[order], minlength=pairs.n_demand)
    shares = Shares(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), pairs.owner[order], share[order]
    )
    return opened, site, shares


_NOTHING = 1e-7
"""A share below this is none."""
