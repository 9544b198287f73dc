"""Why a requirement stays unmet: nothing that could serve, too little of it, or the search."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planning.siting.highs import Status
from planning.siting.need import Adds, Amount, Covered, Need, Units
from planning.siting.problem import SitingProblem
from planning.siting.requirement import Requirement

Says = tuple[str, str]

_NOTHING = 1e-6


def why_not(
    problem: SitingProblem,
    requirement: Requirement,
    status: Status,
    *,
    budget_yuan: float | None,
) -> Says:
    """Why a requirement stays short: nothing that could serve, too little of it, or the search.

    `budget_yuan` is what may be spent in all [yuan], None where nobody sets it.
    """
    need = requirement.need
    if len(problem.options) and not requirement.is_buildable:
        return (
            "没有一种可建的设施（services.*.build）符合该条的要求，如功能、单处规模、公立或等级",
            "no kind of facility that may be built (services.*.build) is what the clause asks for",
        )
    if requirement.is_held:
        return (
            "现状达标，为满足其他要求而失去",
            "it is met today, and given up for other requirements",
        )
    most = need.most(problem.options)
    if most <= _NOTHING:
        return _why_nothing(problem, requirement)
    if most < need.short - _NOTHING:
        return (
            f"全部候选点用足也只能增加{most:,.0f}，需要{need.short:,.0f}",
            f"all candidates at their largest add {most:,.0f}, {need.short:,.0f} needed",
        )
    barred = np.isin(problem.options.candidate, list(problem.forbidden))
    left = only(need, ~barred).most(problem.options) if barred.any() else most
    if left < need.short - _NOTHING:
        return (
            f"除不得选和届时不可用的以外，候选点用足也只能增加{left:,.0f}，需要{need.short:,.0f}",
            f"all candidates at their largest, but for those forbidden or not to be had in time, "
            f"add {left:,.0f}, {need.short:,.0f} needed",
        )
    if budget_yuan is not None:
        return (
            f"受预算{budget_yuan / 10_000:,.0f}万元和候选点面积所限",
            f"the budget of {budget_yuan:,.0f} yuan and the floor there is do not suffice",
        )
    if status is Status.STOPPED:
        return (
            "求解到时停止，可能仍有办法；可加大 siting.time_limit_s",
            "the search was cut short, there may be a way; raise siting.time_limit_s",
        )
    return (
        "候选点的面积须在多项要求之间分配，无法同时满足",
        "candidates' floor has to be shared between requirements",
    )


def only(need: Need, keep: npt.NDArray[np.bool_]) -> Need:
    """A need to which only some options add, `keep` (k,)."""
    match need:
        case Amount():
            return _amount(need, keep)
        case Units():
            each = tuple(tuple(_amount(part, keep) for part in parts) for parts in need.each)
            return Units(short=need.short, each=each)
        case Covered():
            sets = np.repeat(np.arange(len(need.people)), np.diff(need.start))
            reached = np.zeros(len(need.people), dtype=bool)
            reached[sets[keep[need.option]]] = True
            return replace(need, people=np.where(reached, need.people, 0.0))


def _amount(need: Amount, keep: npt.NDArray[np.bool_]) -> Amount:
    return replace(
        need,
        adds=tuple(
            Adds(
                option=adds.option[keep[adds.option]],
                from_size=adds.from_size[keep[adds.option]],
                per_open=adds.per_open[keep[adds.option]],
                per_unit=adds.per_unit[keep[adds.option]],
            )
            for adds in need.adds
        ),
    )


def _why_nothing(problem: SitingProblem, requirement: Requirement) -> Says:
    """Why no candidate can add anything to a requirement."""
    name, service = requirement.finding.unit_name, requirement.service
    if isinstance(requirement.need, Covered) and service in problem.options.service:
        return "候选点的步行圈内没有尚未覆盖的居民", "no candidate reaches anybody who is left out"
    if requirement.finding.unit == "m2":
        zh, en = f"{name}没有带独立用地的候选点", f"no candidate of {name} can host it"
        return zh, en + " on land of its own"
    return f"{name}没有可设该服务的候选点", f"no candidate of {name} can host it"
