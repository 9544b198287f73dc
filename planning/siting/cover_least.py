"""The least cost that covers enough: ever smaller budgets, a bound, and a proof."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from planning.siting import cover_models
from planning.siting.cover import Cover
from planning.siting.cover_bounds import Priced, first_priced, first_walk, price_groups
from planning.siting.cover_hunt import COARSE, Hunt, grain
from planning.siting.cover_search import afford, cheapest, table_of
from planning.siting.cover_swaps import improve, shake
from planning.siting.cover_turns import KICK, STEPS, Turns, least_swap, rounds
from planning.siting.highs import Status, minimise
from planning.siting.stopping import Stop, Watch

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Least(Turns):
    """The cheapest sites of a core that cover groups of weight `need`, looked for by turns."""

    pairs_per_block = 1_024
    """HiGHS proves a cover of little cost sooner than one of much weight."""

    def __init__(
        self, core: Cover, cost: Floats, need: float, *, begin: Flags, seed: int, threads: int,
        stop: Stop, watch: Watch | None = None,
    ) -> None:  # fmt: skip
        self.core, self.need = core, need
        self.table = table_of(core, cost, math.inf)
        self.hunt = Hunt(sense=1, grain=grain(cost), stop=stop, watch=watch)
        self._seed, self._threads = seed, threads
        self._least = least_swap(core.weight)
        self._quiet = self._turn = 0
        self.hunt.found(begin, float(cost[begin].sum()))
        self.hunt.proved(0.0)
        self._trial = begin
        self._walk = first_walk(begin, core.times_covered(begin))
        self.priced: Priced = first_priced(self.table, self._walk.share, need)

    def price(self) -> None:
        """A block of prices."""
        self.priced = price_groups(
            self.table, self._walk, self.priced, self.need, self.hunt.objective, STEPS
        )
        self.hunt.proved(self.priced.bound)

    def kick(self) -> None:
        """A block of kicks within a budget smaller than the best found."""
        smaller = self.table._replace(budget=self.hunt.objective - self._saving)
        trial = self._trial
        if float(self.table.cost[trial].sum()) > smaller.budget:
            trial, _ = improve(smaller, afford(smaller, trial), self._least)
        trial, weight = shake(
            smaller, trial, rounds(self.core), KICK, self._least, self.need,
            self._seed * 1_000_003 + self._turn,
        )  # fmt: skip
        self._trial = trial
        self._turn, self._quiet = self._turn + 1, self._quiet + 1
        if weight >= self.need:
            self._trial, _ = cheapest(smaller, trial, self.need)
            if self.hunt.found(self._trial, float(self.table.cost[self._trial].sum())):
                self._quiet = 0

    @property
    def _saving(self) -> float:
        """The least a better solution must save."""
        hunt = self.hunt
        return hunt.grain if hunt.grain >= COARSE else 1e-4 * abs(hunt.objective)

    def _decided(self) -> tuple[Flags, Flags]:
        """Sites (s,) that nothing better opens, and those that everything better does."""
        priced, must = self.priced, self.hunt.objective - self.hunt.step
        # At the price of the last site a unit of worth costs 1 / rate.
        reduced = self.table.cost - priced.worth / priced.rate
        return (
            priced.bound + np.maximum(reduced, 0.0) > must,
            priced.bound - np.minimum(reduced, 0.0) > must,
        )

    def prove(self) -> bool:
        """HiGHS on the sites that prices leave open; whether that proves the best found."""
        hunt, core, table, need = self.hunt, self.core, self.table, self.need
        never, always = self._decided()
        if np.any(never & always):
            return True
        sure = core.times_covered(always) > 0
        free = ~never & ~always
        rest = core.narrowed(free, ~sure)
        paid = float(table.cost[always].sum())
        if rest.uncoverable - core.uncoverable > core.weight.sum() - need + 1e-9 * need:
            return True
        full = need >= core.weight.sum()
        model = (
            cover_models.full_cover(rest, table.cost[free])
            if full
            else cover_models.least_cost(
                rest, table.cost[free], need - float(core.weight[sure].sum())
            )
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
            seed=self._seed,
            threads=self._threads,
            start=start,
            absolute_gap=hunt.absolute_gap,
            relative_gap=1e-9,
        )
        if solved.found:
            opened = always.copy()
            opened[free] = solved.values[: int(free.sum())] > 0.5
            if core.weight[core.times_covered(opened) > 0].sum() >= need * (1 - 1e-12):
                hunt.found(opened, float(table.cost[opened].sum()))
        hunt.proved(min(hunt.objective, paid + solved.bound))
        return solved.status in (Status.OPTIMAL, Status.INFEASIBLE, Status.NOTHING_TO_DO)
