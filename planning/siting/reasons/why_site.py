"""Why this site: what it adds to each requirement, with the article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from planning.siting.need import Amount, Covered, Units
from planning.siting.problem import SitingProblem
from planning.siting.reasons.due import changing
from planning.siting.requirement import Requirement
from planning.standards import Finding, Situation
from planning.standards.words import figure
from planning.units import whole_persons

Longs = npt.NDArray[np.int64]
Says = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """One requirement that a site adds to, and what it adds there."""

    clause_id: str
    document: str
    article: str
    level: str
    unit_id: str
    unit_name: str
    because_zh: str
    because_en: str


def touched_by(problem: SitingProblem, options: Longs) -> dict[int, list[Requirement]]:
    """The requirements that each of some options changes anything of, in their order."""
    found: dict[int, list[Requirement]] = {k: [] for k in options.tolist()}
    for requirement in problem.requirements:
        touched = np.unique(np.concatenate([*changing(requirement.need), options[:0]]))
        for k in np.intersect1d(options, touched).tolist():
            found[k].append(requirement)
    return found


def why_site(
    requirements: Sequence[Requirement],
    before: Situation,
    after: Situation,
    size: Longs,
    option: int,
    row: int,
) -> tuple[Purpose, ...]:
    """What one site adds: to each requirement, and the people whose nearest it newly is.

    `row` is its place among the facilities of `after`.
    """
    found: list[Purpose] = []
    for requirement in requirements:
        match requirement.need:
            case Covered() as need:
                said = _newly(requirement, need, before, after, row)
            case Amount() as need:
                said = _more(requirement, need, size, option)
            case Units() as need:
                said = _whole_units(requirement, need, size, option)
        found += [_purpose(requirement.finding, zh, en) for zh, en in said]
    return tuple(found)


def _purpose(finding: Finding, zh: str, en: str) -> Purpose:
    return Purpose(
        clause_id=finding.clause_id,
        document=finding.document,
        article=finding.article,
        level=finding.level,
        unit_id=finding.unit_id,
        unit_name=finding.unit_name,
        because_zh=zh,
        because_en=en,
    )


def _newly(
    requirement: Requirement, need: Covered, before: Situation, after: Situation, row: int
) -> list[Says]:
    was, now = before.walks[need.walk].nearest, after.walks[need.walk].nearest
    newly = need.within(now) & ~need.within(was) & (now.site == row)
    level = requirement.finding.level
    at = _index(after, requirement)
    newly = newly & (after.demand.place[level] == at)
    people = float(np.sum(after.demand.people[need.group][newly]))
    if people <= 0:
        return []
    zh, en = figure(Fraction(whole_persons(people)), "persons")
    return [
        (
            f"新纳入步行圈{zh}",
            f"{en} newly within the limit",
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
    name = finding.unit_name
    if finding.unit == "share":
        return [
            (f"提高{name}的占比", f"raises the share in {name}"),
        ]
    zh, en = figure(_whole(adds), finding.unit)
    return [(f"为{name}增{zh}", f"+{en} in {name}")]


def _whole(value: float) -> Fraction:
    return Fraction(round(value * 100), 100)


def _whole_units(requirement: Requirement, need: Units, size: Longs, option: int) -> list[Says]:
    """Units that have enough with it and would not without."""
    without = size.copy()
    without[option] = 0
    more = int(need.enough(size).sum() - need.enough(without).sum())
    if more <= 0:
        return []
    finding = requirement.finding
    zh, en = figure(Fraction(more), finding.unit)
    return [
        (
            f"使{finding.unit_name}{zh}达到要求",
            f"brings {en} of {finding.unit_name} up to it",
        )
    ]
