"""The most that a budget covers, and the least that covers enough, of any cover."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from planning.siting.cover import Cover, needed_groups, useful_sites
from planning.siting.cover_hunt import Covering, Hunt, grain
from planning.siting.cover_least import Least
from planning.siting.cover_most import Most
from planning.siting.cover_search import cheapest, table_of
from planning.siting.cover_swaps import improve
from planning.siting.cover_turns import least_swap
from planning.siting.highs import Status
from planning.siting.stopping import NEVER, Stop, Watch

__all__ = ["Covering", "grain", "least_cost", "most_covered"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


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
    begin = improve(table, np.zeros(core.n_sites, dtype=bool), least_swap(core.weight))
    hunt = Hunt(sense=-1, grain=grain(core.weight), stop=stop, watch=watch)
    most = Most(core, table, hunt, begin=begin, seed=seed, threads=threads)
    return _searched(most).widened(useful)


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
    none = np.zeros(core.n_sites, dtype=bool)
    opened, weight = cheapest(table_of(core, cost_left, math.inf), none, need)
    if weight < need:
        return Covering(
            status=Status.INFEASIBLE, opened=np.zeros(cover.n_sites, dtype=bool),
            objective=math.nan, bound=math.inf,
        )  # fmt: skip
    least = Least(
        core, cost_left, need, begin=opened, seed=seed, threads=threads, stop=stop, watch=watch
    )
    return _searched(least).widened(useful)


def _searched(search: Most | Least) -> Covering:
    """Turns until one may stop or is tired; then a proof."""
    while not search.hunt.stopped():
        if search.tired:
            return search.hunt.result(search.prove())
        search.turn()
    return search.hunt.result(proven=False)


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
