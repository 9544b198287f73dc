"""The most that a budget covers, and the least that covers enough: search, bound, fix, prove."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.siting import cover_models
from planning.siting.cover import Cover, needed_groups, useful_sites
from planning.siting.cover_bounds import Priced, price_groups, price_need
from planning.siting.cover_search import Table, afford, cheapest, improve, shake, table_of
from planning.siting.highs import Status, minimise
from planning.siting.stopping import NEVER, PartOf, Sofar, Stop, Watch

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_STEPS = 200
"""Subgradient steps between two looks at the clock."""
_PATIENCE = 60
_ROUNDS = 25
"""Kicks of the iterated search between two looks at the clock."""
_KICK = 3
_QUIET = 8
"""So many blocks of kicks in a row without news end the search, where a proof can still follow."""
_PROVABLE = 400_000
"""More pairs of group and site than this HiGHS is only given when nobody is in a hurry."""
_SURE = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """Sites opened (s,) with their objective (weight covered, or cost) and a bound on any."""

    status: Status
    opened: Flags
    objective: float
    bound: float


class _Hunt:
    """The best found and the bound, in the sense of the whole; asks and tells while it changes."""

    def __init__(self, *, sense: int, grain: float, stop: Stop, watch: Watch | None) -> None:
        self.sense, self.grain = sense, grain
        self._stop, self._watch = stop, watch
        self.began = time.perf_counter()
        self.opened: Flags = np.empty(0, dtype=bool)
        self.objective = sense * math.inf
        self.bound = -sense * math.inf

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    def found(self, opened: Flags, objective: float) -> bool:
        """Take a solution if it is better; whether it was."""
        better = self.sense * (self.objective - objective) > 0
        if better:
            self.opened, self.objective = opened.copy(), objective
        return better

    def proved(self, bound: float) -> None:
        """Take a bound, rounded to what an objective can be, if it is tighter."""
        steps = self.sense * bound / self.grain
        sure = self.sense * self.grain * math.ceil(steps - _SURE * max(1.0, abs(steps)))
        bound = sure if self.grain >= _COARSE else bound
        self.bound = self.sense * max(self.sense * self.bound, self.sense * bound)

    @property
    def over(self) -> bool:
        """Whether nothing better can be."""
        distance = self.sense * (self.objective - self.bound)
        return distance <= _SURE * max(1.0, abs(self.objective))

    def stopped(self) -> bool:
        """Whether to stop here."""
        sofar = Sofar(self.seconds, self.objective, self.bound)
        if self._watch is not None:
            self._watch(sofar)
        return self.over or self._stop(sofar)

    def part(self, *, scale: float = 1.0, offset: float = 0.0) -> PartOf:
        """The stop for a part that begins now."""
        return PartOf(whole=self._stop, began_s=self.seconds, scale=scale, offset=offset)

    def result(self, proven: bool) -> Covering:
        """What is known now."""
        bound = self.bound
        if proven or self.over or self.sense * (self.objective - bound) < 0:
            bound = self.objective
        status = Status.OPTIMAL if bound == self.objective else Status.STOPPED
        return Covering(status=status, opened=self.opened, objective=self.objective, bound=bound)


_COARSE = 1e-3
"""A grain finer than this is none."""


def grain(values: Floats) -> float:
    """What sums of these can differ by at the least: their common divisor where they are whole."""
    if len(values) == 0 or np.any(values != np.rint(values)) or np.abs(values).max() > 2**53:
        return 0.1 * _COARSE
    divisor = int(np.gcd.reduce(np.abs(values).astype(np.int64)))
    return float(divisor) if divisor else 1.0


def most_covered(
    cover: Cover,
    *,
    cost: Floats,
    budget: float,
    stop: Stop = NEVER,
    seed: int = 0,
    threads: int = 1,
    watch: Watch | None = None,
) -> Covering:
    """The sites of at most `budget` together that cover most weight; `cost` (s,) is ≥ 0."""
    useful = useful_sites(cover, cost)
    core = cover.narrowed(useful, cover.weight > 0)
    table = table_of(core, cost[useful], budget)
    hunt = _Hunt(sense=-1, grain=grain(core.weight), stop=stop, watch=watch)
    hunt.found(*improve(table, np.zeros(core.n_sites, dtype=bool), _least(core.weight)))
    hunt.proved(float(core.weight.sum()))
    proven = _hunt_most(hunt, core, table, seed=seed, threads=threads)
    return _widened(hunt.result(proven), useful)


def _least(weight: Floats) -> float:
    """A swap that gains no more is rounding, and would go in circles."""
    return 1e-9 * float(weight.sum())


def _hunt_most(hunt: _Hunt, core: Cover, table: Table, *, seed: int, threads: int) -> bool:
    """Prices and kicks by turns, then HiGHS on the sites that prices leave open."""
    priced = Priced(_first_prices(core, hunt.opened), np.empty(0), 0.0, 0.0, 1.0)
    quiet, turn, least = 0, 0, _least(core.weight)
    while not hunt.stopped():
        if priced.step > 0:
            priced = price_groups(
                table, priced.price.copy(), hunt.objective, _STEPS, priced.step, _PATIENCE
            )
            hunt.proved(priced.bound)
        elif quiet >= _QUIET and (len(core.sites.item) <= _PROVABLE or quiet >= 50 * _QUIET):
            break
        found = shake(table, hunt.opened, _ROUNDS, _KICK, least, math.inf, seed * 1_000_003 + turn)
        quiet = 0 if hunt.found(*found) else quiet + 1
        turn += 1
    else:
        return False
    return _prove_most(hunt, core, table, priced, seed=seed, threads=threads)


def _first_prices(core: Cover, opened: Flags) -> Floats:
    """All of its weight for a group nobody covers, nothing for one that several do."""
    times = core.times_covered(opened)
    part = np.where(times == 0, 1.0, np.where(times == 1, 0.5, 0.1))
    first: Floats = part * core.weight
    return first


def _prove_most(
    hunt: _Hunt, core: Cover, table: Table, priced: Priced, *, seed: int, threads: int
) -> bool:
    reduced = priced.worth - priced.rate * table.cost
    must = hunt.objective + hunt.grain * (1 - 1e-6)
    never = priced.bound + np.minimum(reduced, 0.0) < must
    always = priced.bound - np.maximum(reduced, 0.0) < must
    if np.any(never & always):
        return True
    sure = core.times_covered(always) > 0
    rest = core.narrowed(~never & ~always, ~sure)
    secured = float(core.weight[sure].sum())
    budget = table.budget - float(table.cost[always].sum())
    if budget < 0:
        return True
    free = ~never & ~always
    model = cover_models.most_weight(rest, table.cost[free], budget)
    begin = hunt.opened[free]
    start = None
    if np.all(hunt.opened[always]) and not np.any(hunt.opened[never]):
        start = np.concatenate([begin, rest.times_covered(begin) > 0]).astype(np.float64)
    solved = minimise(
        model,
        stop=hunt.part(scale=-1.0, offset=secured),
        seed=seed,
        threads=threads,
        start=start,
        absolute_gap=0.99 * hunt.grain if hunt.grain >= _COARSE else 1e-6,
        relative_gap=1e-9,
    )
    if solved.found:
        opened = always.copy()
        opened[free] = solved.values[: int(free.sum())] > 0.5
        hunt.found(opened, float(core.weight[core.times_covered(opened) > 0].sum()))
    hunt.proved(max(hunt.objective, secured - solved.bound))
    return solved.status in (Status.OPTIMAL, Status.INFEASIBLE, Status.NOTHING_TO_DO)


def least_cost(
    cover: Cover,
    *,
    cost: Floats,
    need: float,
    stop: Stop = NEVER,
    seed: int = 0,
    threads: int = 1,
    watch: Watch | None = None,
) -> Covering:
    """The cheapest sites that cover groups of weight `need`; inf covers every group.

    `cost` (s,) is ≥ 0. Infeasible where all sites together cover less.
    """
    core, cost_left, useful = _reduced(cover, cost, full=math.isinf(need))
    if math.isinf(need):
        need = float(core.n_groups)
    hunt = _Hunt(sense=1, grain=grain(cost_left), stop=stop, watch=watch)
    table = table_of(core, cost_left, math.inf)
    opened, weight = cheapest(table, np.zeros(core.n_sites, dtype=bool), need)
    if weight < need:
        return Covering(
            status=Status.INFEASIBLE, opened=np.zeros(cover.n_sites, dtype=bool),
            objective=math.nan, bound=math.inf,
        )  # fmt: skip
    hunt.found(opened, float(cost_left[opened].sum()))
    hunt.proved(0.0)
    proven = _hunt_least(hunt, core, table, need, seed=seed, threads=threads)
    return _widened(hunt.result(proven), useful)


def _reduced(cover: Cover, cost: Floats, *, full: bool) -> tuple[Cover, Floats, Flags]:
    """Dominated sites away and, where every group is asked for, groups that follow; until none."""
    useful = useful_sites(cover, cost)
    core = cover.narrowed(useful, np.ones(cover.n_groups, dtype=bool) if full else cover.weight > 0)
    while full:
        core = core.narrowed(np.ones(core.n_sites, dtype=bool), needed_groups(core))
        again = useful_sites(core, cost[useful])
        if again.all():
            core = _counted_once(core)
            break
        core = core.narrowed(again, np.ones(core.n_groups, dtype=bool))
        useful[np.flatnonzero(useful)[~again]] = False
    return core, cost[useful], useful


def _counted_once(core: Cover) -> Cover:
    """Every group weighs one: all of them are asked for."""
    return Cover(
        sites=core.sites, groups=core.groups, weight=np.ones(core.n_groups), group=core.group,
        uncoverable=core.uncoverable,
    )  # fmt: skip


def _hunt_least(
    hunt: _Hunt, core: Cover, table: Table, need: float, *, seed: int, threads: int
) -> bool:
    """Prices and ever smaller budgets by turns, then HiGHS on the sites that prices leave open."""
    priced = Priced(_first_prices(core, hunt.opened), np.empty(0), 0.0, 0.0, 1.0)
    turn, quiet, least = 0, 0, _least(core.weight)
    trial = hunt.opened
    while not hunt.stopped():
        if priced.step > 0:
            priced = price_need(
                table, priced.price.copy(), need, hunt.objective, _STEPS, priced.step, _PATIENCE
            )
            hunt.proved(priced.bound)
        elif quiet >= _QUIET and (len(core.sites.item) <= _PROVABLE or quiet >= 50 * _QUIET):
            break
        smaller = table._replace(budget=hunt.objective - _saving(hunt))
        trial, _ = improve(smaller, afford(smaller, trial), least)
        trial, weight = shake(smaller, trial, _ROUNDS, _KICK, least, need, seed * 1_000_003 + turn)
        turn, quiet = turn + 1, quiet + 1
        if weight >= need:
            trial, _ = cheapest(smaller, trial, need)
            quiet = 0 if hunt.found(trial, float(table.cost[trial].sum())) else quiet
    else:
        return False
    return _prove_least(hunt, core, table, need, priced, seed=seed, threads=threads)


def _saving(hunt: _Hunt) -> float:
    """The least a better solution must save."""
    return hunt.grain if hunt.grain >= _COARSE else 1e-4 * abs(hunt.objective)


def _prove_least(
    hunt: _Hunt, core: Cover, table: Table, need: float, priced: Priced, *, seed: int, threads: int
) -> bool:
    # At the price of the last site a unit of worth costs 1 / rate.
    reduced = table.cost - priced.worth / priced.rate
    must = hunt.objective - hunt.grain * (1 - 1e-6)
    never = priced.bound + np.maximum(reduced, 0.0) > must
    always = priced.bound - np.minimum(reduced, 0.0) > must
    if np.any(never & always):
        return True
    sure = core.times_covered(always) > 0
    free = ~never & ~always
    rest = core.narrowed(free, ~sure)
    left = need - float(core.weight[sure].sum())
    paid = float(table.cost[always].sum())
    if rest.uncoverable - core.uncoverable > core.weight.sum() - need + 1e-9 * need:
        return True
    full = need >= core.weight.sum()
    model = (
        cover_models.full_cover(rest, table.cost[free])
        if full
        else cover_models.least_cost(rest, table.cost[free], left)
    )
    start = None
    if np.all(hunt.opened[always]) and not np.any(hunt.opened[never]):
        begin = hunt.opened[free]
        start = begin.astype(np.float64)
        if not full:
            start = np.concatenate([start, rest.times_covered(begin) > 0])
    solved = minimise(
        model,
        stop=hunt.part(offset=paid),
        seed=seed,
        threads=threads,
        start=start,
        absolute_gap=0.99 * hunt.grain if hunt.grain >= _COARSE else 1e-6,
        relative_gap=1e-9,
    )
    if solved.found:
        opened = always.copy()
        opened[free] = solved.values[: int(free.sum())] > 0.5
        if core.weight[core.times_covered(opened) > 0].sum() >= need * (1 - 1e-12):
            hunt.found(opened, float(table.cost[opened].sum()))
    hunt.proved(min(hunt.objective, paid + solved.bound))
    return solved.status in (Status.OPTIMAL, Status.INFEASIBLE, Status.NOTHING_TO_DO)


def _widened(found: Covering, useful: Flags) -> Covering:
    """Sites numbered as they were before the useless ones went."""
    opened = np.zeros(len(useful), dtype=bool)
    opened[np.flatnonzero(useful)[found.opened]] = True
    return Covering(
        status=found.status, opened=opened, objective=found.objective, bound=found.bound
    )
