"""Why this site, and why a requirement stays unmet: in figures, with the article."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from planning.siting.highs import Status
from planning.siting.need import Amount, Covered, Units
from planning.siting.problem import SitingProblem
from planning.siting.requirement import Requirement
from planning.standards import Situation
from planning.standards.words import figure

Longs = npt.NDArray[np.int64]
Says = tuple[str, str]

_NOTHING = 1e-6


def why_site(
    problem: SitingProblem, before: Situation, after: Situation, size: Longs, option: int, row: int
) -> Says:
    """What one site adds: to each requirement, and the people whose nearest it newly is.

    `row` is its place among the facilities of `after`.
    """
    said: list[Says] = []
    for requirement in problem.requirements:
        match requirement.need:
            case Covered() as need:
                said += _newly(requirement, need, before, after, row)
            case Amount() as need:
                said += _more(requirement, need, size, option)
            case Units() as need:
                said += _whole_units(requirement, need, size, option)
    return "；".join(zh for zh, _ in said), "; ".join(en for _, en in said)


def _newly(
    requirement: Requirement, need: Covered, before: Situation, after: Situation, row: int
) -> list[Says]:
    was = replace(before.walks[need.walk], limit_ms=need.limit_ms)
    now = replace(after.walks[need.walk], limit_ms=need.limit_ms)
    newly = now.covered & ~was.covered & (now.nearest.site == row)
    level = requirement.finding.level
    at = _index(after, requirement)
    newly = newly & (after.demand.place[level] == at)
    people = float(np.sum(after.demand.people[need.group][newly]))
    if people <= 0:
        return []
    article = requirement.finding.article
    return [
        (
            f"{article}：新纳入步行圈{people:,.0f}人",
            f"{article}: {people:,.0f} people newly within the limit",
        )
    ]


def _index(situation: Situation, requirement: Requirement) -> int:
    level = situation.area.level(requirement.finding.level) or situation.area.residential
    assert level is not None
    return level.ids.index(requirement.finding.unit_id)


def _more(requirement: Requirement, need: Amount, size: Longs, option: int) -> list[Says]:
    alone = np.zeros_like(size)
    alone[option] = size[option]
    adds = need.adds[0].of(alone)
    if adds <= 0:
        return []
    finding = requirement.finding
    article, name = finding.article, finding.unit_name
    if finding.unit == "share":
        return [
            (f"{article}：提高{name}的占比", f"{article}: raises the share in {name}"),
        ]
    zh, en = figure(_whole(adds), finding.unit)
    return [(f"{article}：为{name}增{zh}", f"{article}: +{en} in {name}")]


def _whole(value: float) -> Fraction:
    return Fraction(round(value * 100), 100)


def _whole_units(requirement: Requirement, need: Units, size: Longs, option: int) -> list[Says]:
    """Units that have enough with it and would not without."""
    without = size.copy()
    without[option] = 0
    more = sum(need.enough(size)) - sum(need.enough(without))
    if more <= 0:
        return []
    finding = requirement.finding
    zh, en = figure(Fraction(more), finding.unit)
    return [
        (
            f"{finding.article}：使{finding.unit_name}{zh}达到要求",
            f"{finding.article}: brings {en} of {finding.unit_name} up to it",
        )
    ]


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


def _why_nothing(problem: SitingProblem, requirement: Requirement) -> Says:
    """Why no candidate can add anything to a requirement."""
    name, service = requirement.finding.unit_name, requirement.service
    if isinstance(requirement.need, Covered) and service in problem.options.service:
        return "候选点的步行圈内没有尚未覆盖的居民", "no candidate reaches anybody who is left out"
    if requirement.finding.unit == "m2":
        zh, en = f"{name}没有带独立用地的候选点", f"no candidate of {name} can host it"
        return zh, en + " on land of its own"
    return f"{name}没有可设该服务的候选点", f"no candidate of {name} can host it"
