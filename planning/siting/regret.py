"""Regret: what a plan leaves in a world beyond the best of the plans there, and the least worst.

P. Kouvelis, G. Yu, Robust Discrete Optimization and Its Applications, Kluwer 1997 (absolute
deviation); D. Serra, V. Marianov, The p-median problem in a changing network: the case of
Barcelona, Location Science 6 (1998) 383–394; I. Averbakh, O. Berman, Minimax regret p-center
location on a network with demand uncertainty, Location Science 5 (1997) 247–254.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from planning.access import Ledger
from planning.siting.highs import Model, Status, minimise
from planning.siting.model import SitingModel, model_of
from planning.siting.objectives import people_left, yuan
from planning.siting.problem import SitingProblem
from planning.siting.stopping import Stop

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Says = tuple[str, str]

WorldKind = Literal["own", "scenario", "speed", "all"]
"""The study as it is, a scenario of its people, another walking speed; all of them together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One way things may turn out. `bound` [persons]: no plan leaves fewer there; NaN unknown."""

    kind: WorldKind
    name: str
    label: Says
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A plan made for one world, or for all: what it costs [yuan], how its search ended."""

    kind: WorldKind
    name: str
    label: Says
    yuan: float
    sites: int
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One plan in one world, by the evaluator: people left without, requirements met of those
    that are met or not, and coverage by service.
    """

    people_short: float
    met: int
    asked: int
    coverage: Mapping[str, Ledger]


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """Every plan in every world: ``outcomes[p][w]``; `left_out` are scenarios that are no world.

    `regret_bound` [persons] is what no plan's largest regret is below, held against the best of the
    plans in each world; NaN where none was sought.
    """

    worlds: tuple[World, ...]
    plans: tuple[Contender, ...]
    outcomes: tuple[tuple[Outcome, ...], ...]
    left_out: tuple[tuple[str, Says], ...]
    regret_bound: float

    @property
    def left(self) -> Floats:
        """People left without, (plans, worlds) [persons]."""
        return np.array([[one.people_short for one in row] for row in self.outcomes])

    @property
    def regret(self) -> Floats:
        """(plans, worlds) [persons], see `regrets`."""
        return regrets(self.left)

    @property
    def chosen(self) -> int:
        """The plan of least worst regret, see `least_worst`."""
        return least_worst(self.left, [plan.yuan for plan in self.plans])


def regrets(left: Floats) -> Floats:
    """What each plan leaves in each world beyond the best plan there, (plans, worlds)."""
    beyond: Floats = left - left.min(axis=0, keepdims=True)
    return beyond


def least_worst(left: Floats, yuan: Sequence[float]) -> int:
    """The plan whose largest regret is least; of several (to half a person) the cheapest."""
    worst = regrets(left).max(axis=1)
    tied = np.flatnonzero(worst <= worst.min() + _HALF_A_PERSON)
    return int(min(tied.tolist(), key=lambda p: (yuan[p], p)))


_HALF_A_PERSON = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastRegret:
    """A plan made for all worlds: sizes (k,), its largest regret, and the bound below that.

    No sizes, and NaN, where none was found.
    """

    size: Longs | None
    regret: float
    bound: float
    status: Status


def least_regret(
    problems: Sequence[SitingProblem],
    *,
    best: Sequence[float],
    stop: Callable[[], Stop],
    relative_gap: float = 0.0,
    seed: int = 0,
    start: Longs | None = None,
) -> LeastRegret:
    """Sizes whose largest regret is least, then those that cost least.

    `problems` have the same options, each what one world asks; `best` [persons] is what the best
    plan at hand leaves in each. A plan that leaves less than that somewhere regrets nothing there.
    `start` (k,) are the sizes of a plan to begin from.
    """
    asked = tuple(one for problem in problems for one in problem.requirements)
    model = model_of(replace(problems[0], requirements=asked))
    lp = _with_worst(model, problems, best)
    values = _completed(model, lp, problems, best, start) if start is not None else None
    worst = np.zeros(lp.n_columns)
    worst[-1] = 1.0
    cost = np.append(yuan(model), 0.0)
    found = minimise(
        replace(lp, cost=worst),
        stop=stop(),
        seed=seed,
        start=values if values is not None and lp.allows(values) else None,
        relative_gap=relative_gap,
    )
    if not found.found:
        return LeastRegret(size=None, regret=np.nan, bound=np.nan, status=found.status)
    held = replace(lp, cost=cost, upper=np.append(lp.upper[:-1], found.objective + _HELD))
    cheapest = minimise(held, stop=stop(), seed=seed, start=found.values, relative_gap=relative_gap)
    size = model.sizes(cheapest.values[:-1])
    regret = max(0.0, float(np.max(_left(problems, size) - np.asarray(best))))
    proven = {found.status, cheapest.status} == {Status.OPTIMAL}
    return LeastRegret(
        size=size,
        regret=regret,
        bound=max(0.0, min(found.bound, regret)),
        status=Status.OPTIMAL if proven else Status.STOPPED,
    )


_HELD = 1e-6
"""How much the regret may lose to sums of floats while the cost is made small."""


def _with_worst(
    model: SitingModel, problems: Sequence[SitingProblem], best: Sequence[float]
) -> Model:
    """The model with one more column, the largest regret, and a row a world that keeps it so."""
    lp, weight = model.model, people_left(model)
    n = lp.n_columns
    ends = np.cumsum([0, *(len(problem.requirements) for problem in problems)])
    columns = [model.short[a:b] for a, b in itertools.pairwise(ends.tolist())]
    lengths = [len(own) + 1 for own in columns]
    return replace(
        lp,
        cost=np.append(lp.cost, 0.0),
        lower=np.append(lp.lower, 0.0),
        upper=np.append(lp.upper, np.inf),
        whole=np.append(lp.whole, False),
        start=np.concatenate([lp.start, lp.start[-1] + np.cumsum(lengths)]),
        column=np.concatenate([lp.column, *(np.append(own, n) for own in columns)]),
        value=np.concatenate([lp.value, *(np.append(weight[own], -1.0) for own in columns)]),
        row_lower=np.append(lp.row_lower, np.full(len(best), -np.inf)),
        row_upper=np.append(lp.row_upper, np.asarray(best, dtype=np.float64)),
    )


def _completed(
    model: SitingModel,
    lp: Model,
    problems: Sequence[SitingProblem],
    best: Sequence[float],
    size: Longs,
) -> Floats:
    worst = max(0.0, float(np.max(_left(problems, size) - np.asarray(best))))
    return np.append(model.completed(size), min(worst, lp.upper[-1]))


def _left(problems: Sequence[SitingProblem], size: Longs) -> Floats:
    """People left without in each world, (worlds,)."""
    return np.array(
        [sum(one.weight * one.need.missing(size) for one in p.requirements) for p in problems]
    )
