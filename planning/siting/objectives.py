"""What each aim costs by column of the model, and what it comes to beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from planning.siting.aims import Aim
from planning.siting.model import SitingModel
from planning.siting.problem import SitingProblem

Floats = npt.NDArray[np.float64]


def people_left(model: SitingModel) -> Floats:
    """Costs by column: people left without [persons]."""
    cost = np.zeros(len(model.model.cost))
    cost[model.short] = [requirement.weight for requirement in model.problem.requirements]
    return cost


def yuan(model: SitingModel) -> Floats:
    """Costs by column: what is spent [yuan]."""
    cost = np.zeros(len(model.model.cost))
    cost[model.candidate] = model.problem.candidates.fixed_yuan
    cost[model.opened] = model.problem.options.yuan_fixed
    cost[model.size] = model.problem.options.yuan_per_unit
    return cost


def uncovered(model: SitingModel) -> Floats:
    """Costs by column: persons outside the limits of services, but for a constant."""
    cost = np.zeros(len(model.model.cost))
    served = model.problem.served
    at_limit = () if served is None else served.at_limit
    for one, columns in zip(at_limit, model.served[: len(at_limit)], strict=True):
        cost[columns] = -one.cover.people
    return cost


def person_minutes(model: SitingModel) -> Floats:
    """Costs by column: minutes walked, the limit for who is outside, but for a constant."""
    cost = np.zeros(len(model.model.cost))
    served = model.problem.served
    if served is not None:
        by_minute = model.served[len(served.at_limit) :]
        for one, columns in zip(served.minutes, by_minute, strict=True):
            cost[columns] = -one.cover.people
    return cost


def worst_unit(model: SitingModel) -> Floats:
    """Costs by column: the largest part of a unit's people whom a service leaves outside."""
    cost = np.zeros(len(model.model.cost))
    cost[model.worst] = 1.0
    return cost


def sites(model: SitingModel) -> Floats:
    """Costs by column: how many candidates are opened."""
    cost = np.zeros(len(model.model.cost))
    cost[model.candidate] = 1.0
    return cost


_COSTS: Mapping[Aim, Callable[[SitingModel], Floats]] = {
    "people_left": people_left,
    "yuan": yuan,
    "uncovered": uncovered,
    "person_minutes": person_minutes,
    "worst_unit": worst_unit,
    "sites": sites,
}


def cost_of(aim: Aim, model: SitingModel) -> Floats:
    """What an aim costs by column, but for its constant."""
    return _COSTS[aim](model)


def constant_of(aim: Aim, problem: SitingProblem) -> float:
    """What an aim comes to beside what its columns cost: all people, less those surely reached."""
    served = problem.served
    if served is None:
        return 0.0
    if aim == "uncovered":
        return sum(float((one.people - one.kept).sum()) for one in served.at_limit)
    if aim == "person_minutes":
        begun = sum(float(one.people.sum()) for one in served.at_limit)
        return begun + sum(float((one.people - one.kept).sum()) for one in served.minutes)
    return 0.0
