"""A plan as its reasons look at it: sizes, years, money, and all that is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.siting.need import Covered, Need
from planning.siting.options import Options
from planning.siting.problem import SitingProblem
from planning.siting.reasons.ability import able, prices
from planning.siting.reasons.due import Due, changing

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


_MOST_PAIRS = 200_000_000
"""Options by set of people whom they reach, in the circles of each site: beyond, none is sought."""

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan, and what is asked of it.

    `size` (k,) by option, `opened` (k,) the years, −1 for none, `dues` what is asked in every year,
    `budgets` [yuan] of years.
    """

    problem: SitingProblem
    size: Longs
    opened: Longs
    dues: tuple[Due, ...]
    budgets: Mapping[int, float]
    _kept: dict[str, Any] = field(default_factory=dict, init=False, compare=False)

    @property
    def changes(self) -> Flags:
        """Which candidates change anything of each due, (d, candidates)."""
        return np.asarray(self._once("changes", self._changes))

    @property
    def able(self) -> Floats:
        """No less than what each candidate could add to each due, (d, candidates).

        To amounts from nothing, to people `Covered` beside the plan.
        """
        return np.asarray(self._once("able", lambda: self._by_due(able)))

    @property
    def prices(self) -> Floats:
        """The least that a unit of each due costs in each candidate, (d, candidates) [yuan].

        0 where it is not known.
        """
        return np.asarray(self._once("prices", lambda: self._by_due(prices)))

    @property
    def is_searchable(self) -> bool:
        """Whether alternatives to its sites can be looked for in reasonable time.

        Of every circle that a site is in, all people are gone through for that site.
        """
        pairs = np.array(
            [
                len(need.option) if isinstance(need, Covered) else 0
                for need in (due.requirement.need for due in self.dues)
            ]
        )
        opened = np.unique(self.problem.options.candidate[self.size > 0])
        return int(pairs @ self.changes[:, opened].sum(axis=1)) <= _MOST_PAIRS

    @property
    def missing(self) -> Floats:
        """What the plan leaves short of each due, (d,)."""
        return np.asarray(self._once("missing", lambda: np.array([d.missing for d in self.dues])))

    def counting(self, rows: Longs) -> Longs:
        """The dues for which any of the options `rows` counts, by number, rising."""
        alike: dict[int, list[int]] = self._once("alike", self._alike)
        found = [at for at in alike.values() if self.dues[at[0]].size[rows].any()]
        return np.sort(np.array([at for some in found for at in some], dtype=np.int64))

    def _alike(self) -> dict[int, list[int]]:
        """The dues by the array of the sizes that count for them: a year has one for most."""
        found: dict[int, list[int]] = {}
        for at, due in enumerate(self.dues):
            found.setdefault(id(due.size), []).append(at)
        return found

    def _changes(self) -> Flags:
        n = len(self.problem.candidates)
        found = np.zeros((len(self.dues), n), dtype=bool)
        for row, due in zip(found, self.dues, strict=True):
            for rows in changing(due.requirement.need):
                row[self.problem.options.candidate[rows]] = True
        return found

    def _by_due(self, of: Callable[[Need, Options, Floats], Floats]) -> Floats:
        options, floor_m2 = self.problem.options, self.problem.candidates.floor_m2
        rows = [of(due.lacking, options, floor_m2) for due in self.dues]
        return np.array(rows).reshape(len(self.dues), len(floor_m2))

    def _once(self, name: str, find: Callable[[], Any]) -> Any:
        if name not in self._kept:
            self._kept[name] = find()
        return self._kept[name]

    def touched(self, candidate: int) -> tuple[Due, ...]:
        """The dues that a candidate changes anything of."""
        rows = np.flatnonzero(self.changes[:, candidate])
        return tuple(self.dues[at] for at in rows.tolist())

    def changed_by(self, rows: Longs) -> tuple[Due, ...]:
        """The dues that any of the options `rows` changes anything of."""
        start, due = self._once("by_option", self._by_option)
        found = [due[start[k] : start[k + 1]] for k in rows.tolist()]
        return tuple(self.dues[d] for d in np.unique(np.concatenate([due[:0], *found])).tolist())

    def _by_option(self) -> tuple[Longs, Longs]:
        """The dues that each option changes anything of, ``due[start[k]:start[k + 1]]`` of k."""
        own = [
            np.unique(np.concatenate(list(changing(due.requirement.need)) or [_NONE]))
            for due in self.dues
        ]
        option = np.concatenate([_NONE, *own])
        due = np.repeat(np.arange(len(own)), [len(rows) for rows in own])
        counts = np.bincount(option, minlength=len(self.problem.options))
        return np.append(0, np.cumsum(counts)), due[np.argsort(option, kind="stable")]

    def rows_of(self, candidate: int) -> Longs:
        """The options that the plan opens in a candidate."""
        return np.flatnonzero((self.problem.options.candidate == candidate) & (self.size > 0))

    def growing(self, year: int | None) -> Longs:
        """The options that may still be opened or enlarged for a year.

        Those of every candidate that is not closed by the study, not yet to be had, nor open since
        an earlier year.
        """
        problem, at = self.problem, self.problem.options.candidate
        used = self.size > 0
        earlier = np.zeros_like(used) if year is None else used & (self.opened != year)
        free = ~np.isin(at, [*problem.forbidden, *np.unique(at[earlier]).tolist()])
        free &= (problem.options.facility < 0) & problem.candidates.is_available(year)[at]
        groups = problem.alternatives
        if groups is not None:
            of_open = np.isin(groups, groups[at[used]]) & (groups >= 0)
            free &= used | ~of_open[at] | np.isin(at, at[used])
        return np.flatnonzero(free)

    @property
    def is_paid(self) -> bool:
        """Whether anybody set a budget."""
        return bool(self.problem.budgets or self.budgets)

    def unspent(self, year: int | None) -> float | None:
        """What of the budgets is left for what opens in a year [yuan]; None where there is none.

        Of several the least.
        """
        used = self.size > 0
        at = self.problem.options.candidate
        left = []
        for budget in self.problem.budgets:
            paid = used if budget.candidates is None else used & np.isin(at, budget.candidates)
            left.append(budget.yuan - self.yuan(np.flatnonzero(paid), self.size))
        if year is not None and year in self.budgets:
            spent = self.yuan(np.flatnonzero(used & (self.opened == year)), self.size)
            left.append(self.budgets[year] - spent)
        return min(left, default=None)

    def yuan(self, rows: Longs, size: Longs) -> float:
        """What options cost at these sizes (k,), with the opening of their candidates [yuan]."""
        options = self.problem.options
        fixed = self.problem.candidates.fixed_yuan[np.unique(options.candidate[rows])]
        own = options.yuan_fixed[rows] * (size[rows] > 0) + options.yuan_per_unit[rows] * size[rows]
        return float(np.sum(fixed) + np.sum(own))

    def over_budget(self, out: int, into: int, extra_yuan: float) -> float:
        """How far it would pass the budget it passes most, paying for another candidate [yuan]."""
        used = self.size > 0
        at = self.problem.options.candidate
        over = [0.0]
        for budget in self.problem.budgets:
            paid = np.arange(len(self.problem.candidates))
            paid = paid if budget.candidates is None else budget.candidates
            if into in paid:
                own = 0.0 if out in paid else self.yuan(self.rows_of(out), self.size)
                spent = self.yuan(np.flatnonzero(used & np.isin(at, paid)), self.size)
                over.append(spent + own + extra_yuan - budget.yuan)
        year = int(self.opened[self.rows_of(out)[0]])
        if year in self.budgets:
            spent = self.yuan(np.flatnonzero(used & (self.opened == year)), self.size)
            over.append(spent + extra_yuan - self.budgets[year])
        return max(over)
