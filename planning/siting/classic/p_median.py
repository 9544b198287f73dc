"""p-median: p sites such that all together walk least.

min Σ a_i t_ij x_ij  s.t.  Σ_j x_ij = 1,  x_ij ≤ y_j,  Σ y_j = p  (S. L. Hakimi, Optimum locations
of switching centers, Operations Research 12 (1964) 450–459; C. S. ReVelle, R. W. Swain, Central
facilities location, Geographical Analysis 2 (1970) 30–42).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planning.siting.classic.asked import Effort, amounts, check_p, sites_of
from planning.siting.classic.costs import Costs, costs_of
from planning.siting.classic.location import Location, nearest_of
from planning.siting.covering import grain
from planning.siting.highs import FREE, Model, Status, minimise
from planning.siting.median_search import Dual, Near, exchange, price_points
from planning.siting.stopping import Sofar
from planning.travel import Reach

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_STEPS = 100
"""Subgradient steps between two looks at the clock."""
_FINE = 1e-9
"""Sums of costs that are not whole numbers are told apart to this part of them."""


class _Known(NamedTuple):
    """The best plan so far, what it costs, and the prices with their bound."""

    opened: Flags
    total: float
    dual: Dual
    stopped: bool


def p_median(
    costs: Reach | Costs,
    people: npt.ArrayLike | None,
    p: int,
    *,
    predefined: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    effort: Effort | None = None,
) -> Location:
    """`p` sites such that `people` (n,) [persons], 1 a point if None, have least cost together.

    The objective is Σ people · cost: person-ms of a reach. Every point is served, also those
    without people; infeasible where p sites cannot. Of fewer sites than p all are opened.
    """
    effort = effort or Effort()
    table = costs_of(costs)
    sites = sites_of(table.n_sites, predefined=predefined, forbidden=forbidden)
    check_p(p, sites)
    weighted = table.weighted(amounts("people", people, table.n_demand))
    allowed = np.flatnonzero(~sites.never)
    near = _near(weighted, allowed, sites.must[allowed], p)
    known = _known(near, effort)
    unit = max(grain(weighted.cost), _FINE * max(1.0, known.total))
    status, opened, bound = _proven(near, known, unit, effort)
    return _answer(table, weighted, allowed, status, opened, bound, effort)


def _near(costs: Costs, allowed: Longs, must: Flags, p: int) -> Near:
    """The pairs of the sites allowed, renumbered, both ways."""
    keep = np.isin(costs.owner, allowed)
    site = np.searchsorted(allowed, costs.owner[keep]).astype(np.int32)
    point, cost = costs.demand[keep], costs.cost[keep]
    by_point = np.lexsort((site, cost, point))
    dearest = np.zeros(costs.n_demand)
    np.maximum.at(dearest, point, cost)
    return Near(
        site_start=_starts(site, len(allowed)),
        point=point,
        cost=cost,
        point_start=_starts(point, costs.n_demand),
        site=site[by_point],
        cost_of_site=cost[by_point],
        far=1.0 + float(dearest.sum()),
        must=must,
        p=min(p, len(allowed)),
    )


def _starts(owner: npt.NDArray[np.int32], n: int) -> Longs:
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=n))]).astype(np.int64)


def _known(near: Near, effort: Effort) -> _Known:
    """Exchange and prices by turns, until prices move no more."""
    opened, total = exchange(near, near.must, 1e-12 * near.far)
    first = np.zeros(len(near.point_start) - 1)
    served = near.point_start[1:] > near.point_start[:-1]
    first[served] = near.cost_of_site[near.point_start[:-1][served]]
    dual = Dual(first, -math.inf, np.zeros(len(near.must)), 1.0)
    while True:
        dual, found, cost = price_points(near, dual.price.copy(), total, _STEPS, dual.step)
        if cost < total:
            opened, total = found, cost
        sofar = Sofar(effort.seconds, total if total < near.far else math.nan, dual.bound)
        if effort.watch is not None:
            effort.watch(sofar)
        if effort.stop(sofar):
            return _Known(opened, total, dual, True)
        if dual.step <= 0:
            return _Known(opened, total, dual, False)


def _proven(
    near: Near, known: _Known, unit: float, effort: Effort
) -> tuple[Status, Flags | None, float]:
    """How it ended, the best plan and its bound, after HiGHS had what prices leave open."""
    feasible = known.total < near.far
    best = known.opened if feasible else None
    if feasible and known.dual.bound > known.total - unit * (1 - 1e-6):
        return Status.OPTIMAL, best, known.total
    if known.stopped:
        return Status.STOPPED, best, known.dual.bound
    left = _left(near, known, known.total - 0.999 * unit if feasible else math.inf)
    if left is None:
        if feasible:
            return Status.OPTIMAL, best, known.total
        return Status.INFEASIBLE, None, math.inf
    model, constant = left
    solved = minimise(
        model,
        stop=effort.part(offset=constant),
        seed=effort.seed,
        threads=effort.threads,
        absolute_gap=max(1e-6, 0.5 * unit),
    )
    bound = max(known.dual.bound, constant + solved.bound)
    if solved.found:
        opened = solved.values[: len(near.must)] > 0.5
        opened, total = exchange(near, opened, 1e-12 * near.far)
        if total < known.total:
            best = opened
            known = known._replace(total=total)
    if solved.status == Status.STOPPED:
        return Status.STOPPED, best, min(bound, known.total)
    return (Status.OPTIMAL, best, known.total) if best is not None else (
        Status.INFEASIBLE, None, math.inf,
    )  # fmt: skip


def _left(near: Near, known: _Known, goal: float) -> tuple[Model, float] | None:
    """What may still be in a plan no dearer than `goal`, as a model and a constant.

    Costs by rising radius, one column for each at which a point is not yet served (S. Elloumi,
    A tighter formulation of the p-median problem, Journal of Combinatorial Optimization 19 (2010)).
    A pair stays where the bound with it, Lagrangian reduced costs added, is no more than `goal`.
    None where a point has no pair left.
    """
    bound, saving = known.dual.bound, known.dual.saving
    free = np.sort(saving[~near.must])
    some = near.p - int(near.must.sum())
    last_in = min(free[some - 1], 0.0) if 0 < some <= len(free) else 0.0
    first_out = min(free[some], 0.0) if some < len(free) else 0.0
    dearer = np.where(near.must, 0.0, np.maximum(saving - (last_in if some else -math.inf), 0.0))
    dropped = np.where(near.must, math.inf, np.maximum(first_out - saving, 0.0))
    point = np.repeat(np.arange(len(near.point_start) - 1), np.diff(near.point_start))
    over = np.maximum(near.cost_of_site - known.dual.price[point], 0.0)
    keep = bound + over + dearer[near.site] <= goal
    if np.isinf(goal):
        keep[:] = True
    point, site, cost = point[keep], near.site[keep], near.cost_of_site[keep]
    if len(np.unique(point)) < len(near.point_start) - 1 or some < 0:
        return None
    model = _by_radius(point, site, cost, near)
    lower = np.zeros(model.n_columns)
    lower[: len(saving)] = near.must | (bound + np.where(near.must, 0, dropped) > goal)
    upper = np.ones(model.n_columns)
    upper[: len(saving)] = ~((bound + dearer > goal) & ~near.must)
    if np.any(lower > upper):
        return None
    begins = np.flatnonzero(np.diff(point, prepend=-1))
    model = Model(
        cost=model.cost, lower=lower, upper=upper, whole=model.whole, start=model.start,
        column=model.column, value=model.value, row_lower=model.row_lower,
        row_upper=model.row_upper,
    )  # fmt: skip
    return model, float(cost[begins].sum())


def _by_radius(point: Longs, site: npt.NDArray[np.int32], cost: Floats, near: Near) -> Model:
    """Rows "served within this radius, or beyond it": one for each radius of each point."""
    n_sites = len(near.must)
    new = np.diff(point, prepend=-1) != 0
    wider = new | (np.diff(cost, prepend=-1.0) != 0)
    row = np.cumsum(wider) - 1
    n_rows = int(row[-1]) + 1 if len(row) else 0
    row_point, row_cost = point[wider], cost[wider]
    first = np.diff(row_point, prepend=-1) != 0
    last = np.append(first[1:], True) if n_rows else first
    beyond = n_sites + np.cumsum(~last) - 1
    rows = np.arange(n_rows)
    in_row = np.concatenate([row, rows[~last], rows[~first], np.full(n_sites, n_rows)])
    column = np.concatenate([site, beyond[~last], beyond[rows[~first] - 1], np.arange(n_sites)])
    value = np.concatenate(
        [np.ones(len(row)), np.ones(int((~last).sum())), -np.ones(int((~first).sum())),
         np.ones(n_sites)]
    )  # fmt: skip
    order = np.argsort(in_row, kind="stable")
    n = n_sites + int((~last).sum())
    step = np.zeros(n)
    step[beyond[~last]] = row_cost[rows[~last] + 1] - row_cost[~last]
    return Model(
        cost=step,
        lower=np.zeros(n),
        upper=np.ones(n),
        whole=np.arange(n) < n_sites,
        start=np.concatenate([[0], np.cumsum(np.bincount(in_row, minlength=n_rows + 1))]),
        column=column[order],
        value=value[order],
        row_lower=np.append(first.astype(np.float64), -FREE),
        row_upper=np.append(np.full(n_rows, FREE), float(near.p)),
    )


def _answer(
    table: Costs, weighted: Costs, allowed: Longs, status: Status, opened: Flags | None,
    bound: float, effort: Effort,
) -> Location:  # fmt: skip
    everywhere = np.zeros(table.n_sites, dtype=bool)
    if opened is not None:
        everywhere[allowed[opened]] = True
    site = nearest_of(table, everywhere)
    own = everywhere[table.owner] & (site[table.demand] == table.owner)
    able = np.zeros(table.n_demand, dtype=bool)
    able[table.demand[np.isin(table.owner, allowed)]] = True
    objective = math.nan if opened is None else float(weighted.cost[own].sum())
    return Location(
        status=status,
        objective=objective,
        bound=bound if opened is None else min(bound, objective),
        opened=np.flatnonzero(everywhere),
        site=site,
        uncoverable=np.flatnonzero(~able),
        seconds=effort.seconds,
        seed=effort.seed,
        threads=effort.threads,
    )
