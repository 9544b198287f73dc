"""The most that a budget covers: search, bound, fix, prove."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from planning.siting import cover_models
from planning.siting.cover import Cover
from planning.siting.cover_bounds import (
    Priced,
    Walk,
    first_walk,
    gone_on,
    most_at,
    price_groups,
    worths,
)
from planning.siting.cover_hunt import Hunt
from planning.siting.cover_search import Table
from planning.siting.cover_swaps import improve, shake
from planning.siting.cover_turns import KICK, STEPS, Turns, least_swap, rounds
from planning.siting.highs import Status, minimise

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Most(Turns):
    """The sites of a core that cover most within a budget, looked for by turns.

    `hunt` takes what is found; `begin` are sites within the budget and the weight that they cover.
    """

    pairs_per_block = 128

    def __init__(
        self,
        core: Cover,
        table: Table,
        hunt: Hunt,
        *,
        begin: tuple[Flags, float],
        seed: int,
        threads: int,
    ) -> None:
        self.core, self.table, self.hunt = core, table, hunt
        self._seed, self._threads = seed, threads
        self._least = least_swap(core.weight)
        self._quiet = self._turn = 0
        hunt.found(*begin)
        hunt.proved(float(core.weight.sum()))
        worth = worths(table, core.weight)
        bound, rate = most_at(table, core.weight, worth, table.budget)
        self.priced = Priced(core.weight, worth, bound, rate, 1.0)
        self._walk: Walk | None = None
        self.walked = False

    def begin_afresh(self) -> None:
        """Greedy and swaps from no site at all."""
        none = np.zeros(self.core.n_sites, dtype=bool)
        self.hunt.found(*improve(self.table, none, self._least))

    def price(self) -> None:
        """A block of prices."""
        hunt = self.hunt
        if self._walk is None:
            self._walk = first_walk(hunt.opened, self.core.times_covered(hunt.opened))
        self.priced = price_groups(self.table, self._walk, self.priced, 0.0, hunt.objective, STEPS)
        hunt.proved(self.priced.bound)
        self.walked = True

    def kick(self) -> None:
        """A block of kicks."""
        found = shake(
            self.table, self.hunt.opened, rounds(self.core), KICK, self._least, math.inf,
            self._seed * 1_000_003 + self._turn,
        )  # fmt: skip
        self._quiet = 0 if self.hunt.found(*found) else self._quiet + 1
        self._turn += 1

    def learn(self, price: Floats, worth: Floats, other: Most) -> None:
        """Prices (g,) and what sites are worth by them (s,), where they prove more.

        Where it has taken no steps of its own yet, it goes on from where the other is.
        """
        bound, rate = most_at(self.table, price, worth, self.table.budget)
        mine = self.priced
        if bound < mine.bound:
            if not self.walked and other._walk is not None:
                self._walk = gone_on(other._walk)
            # What parts cover is what it was, so they are nearer by as much.
            left = max(mine.left - (mine.bound - bound) / max(bound, 1e-300), 1e-9)
            self.priced = Priced(price, worth, bound, rate, left)
            self.hunt.proved(bound)

    def _decided(self) -> tuple[Flags, Flags]:
        """Sites (s,) that nothing better opens, and those that everything better does."""
        priced, must = self.priced, self.hunt.objective + self.hunt.step
        reduced = priced.worth - priced.rate * self.table.cost
        return (
            priced.bound + np.minimum(reduced, 0.0) < must,
            priced.bound - np.maximum(reduced, 0.0) < must,
        )

    def prove(self) -> bool:
        """HiGHS on the sites that prices leave open; whether that proves the best found."""
        hunt, core, table = self.hunt, self.core, self.table
        never, always = self._decided()
        budget = table.budget - float(table.cost[always].sum())
        if np.any(never & always) or budget < 0:
            return True
        sure = core.times_covered(always) > 0
        free = ~never & ~always
        rest = core.narrowed(free, ~sure)
        secured = float(core.weight[sure].sum())
        begin = hunt.opened[free]
        start = None
        if np.all(hunt.opened[always]) and not np.any(hunt.opened[never]):
            start = np.concatenate([begin, rest.times_covered(begin) > 0]).astype(np.float64)
        solved = minimise(
            cover_models.most_weight(rest, table.cost[free], budget),
            stop=hunt.part(scale=-1.0, offset=secured),
            seed=self._seed,
            threads=self._threads,
            start=start,
            absolute_gap=hunt.absolute_gap,
            relative_gap=1e-9,
        )
        if solved.found:
            opened = always.copy()
            opened[free] = solved.values[: int(free.sum())] > 0.5
            hunt.found(opened, float(core.weight[core.times_covered(opened) > 0].sum()))
        hunt.proved(max(hunt.objective, secured - solved.bound))
        return solved.status in (Status.OPTIMAL, Status.INFEASIBLE, Status.NOTHING_TO_DO)
