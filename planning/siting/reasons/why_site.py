"""Why this site: what it adds to each requirement, with the article."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from planning.siting.need import Amount, Covered, Units
from planning.siting.problem import SitingProblem
from planning.siting.requirement import Requirement
from planning.standards import Situation
from planning.standards.words import figure

Longs = npt.NDArray[np.int64]
Says = tuple[str, str]


def why_site(
    problem: SitingProblem, before: Situation, after: Situation, size: Longs, option: int, row: int
) -> Says:
    """What one site adds: to each requirement, and the people whose nearest it newly is.

    `row` is its number among the plan's sites.
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
    facility = len(before.facilities) + row
    newly = now.covered & ~was.covered & (now.nearest.site == facility)
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
