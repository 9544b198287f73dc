"""The least that does: a problem solved with its shortages held, or with the fewest left."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planning.siting.blocks import held
from planning.siting.highs import Status, minimise
from planning.siting.model import SitingModel, model_of
from planning.siting.objectives import people_left, yuan
from planning.siting.problem import SitingProblem
from planning.siting.stopping import NEVER, Stop

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """Sizes (k,) that do, what they cost [yuan], and whether nothing cheaper does."""

    size: Longs
    yuan: float
    is_proven: bool


def cheapest(problem: SitingProblem, most: Floats, *, stop: Stop = NEVER) -> Least | None:
    """The cheapest sizes that leave no requirement shorter than `most` (r,); None where none do.

    Also None where `stop` came before any was found.
    """
    model = model_of(problem)
    return _least(model, np.maximum(0.0, most) + _SLACK, yuan(model), stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fewest:
    """Sizes (k,) that leave the fewest `people` [persons, weighted] without, at any cost."""

    size: Longs
    people: float


def fewest_left(problem: SitingProblem) -> Fewest:
    """The sizes that leave the fewest people without."""
    model = model_of(problem)
    found = minimise(replace(model.model, cost=people_left(model)))
    size = model.sizes(found.values)
    return Fewest(
        size=size,
        people=sum(one.weight * one.need.missing(size) for one in problem.requirements),
    )


def cheapest_of(problem: SitingProblem, fewest: Fewest) -> Least:
    """The cheapest sizes among those that leave as few."""
    model = model_of(problem)
    people = people_left(model)
    values = model.completed(fewest.size)
    lp = replace(held(model.model, people, float(people @ values)), cost=yuan(model))
    # Sums of floats may put it beyond a limit by more than HiGHS allows: then it is what there is.
    found = minimise(lp, start=values if lp.allows(values) else None)
    size = model.sizes(found.values) if found.found else fewest.size
    spent = float(lp.cost @ model.completed(size))
    return Least(size=size, yuan=spent, is_proven=found.status is not Status.STOPPED)


def _least(model: SitingModel, most: Floats, cost: Floats, stop: Stop) -> Least | None:
    lp = model.model
    upper = lp.upper.copy()
    upper[model.short] = most
    found = minimise(replace(lp, cost=cost, upper=upper), stop=stop)
    if not found.found:
        return None
    size = model.sizes(found.values)
    spent = float(cost @ model.completed(size))
    return Least(size=size, yuan=spent, is_proven=found.status is not Status.STOPPED)
