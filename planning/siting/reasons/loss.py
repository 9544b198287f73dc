"""What would be lost without a site: people who lose the circle, clauses that are met no longer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from planning.access import Coverage, Way
from planning.siting.built import rows_of
from planning.siting.need import Covered
from planning.siting.reasons.due import NOTHING, Due
from planning.siting.reasons.made_plan import Plan
from planning.standards import Situation
from planning.standards.outcome import Unit
from planning.standards.words import figure, group_words
from planning.units import MS_PER_MIN, whole_persons

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Says = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPeople:
    """People [persons] of `group` whom only this site has within `limit_min` [min] on foot."""

    service: str
    group: str
    limit_min: float
    people: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LostClause:
    """A requirement that is shorter without the site: `missing` with it, `without` it, in `unit`.

    Both None where the unit is a share. `falls` where the plan meets it and would no longer.
    """

    clause_id: str
    document: str
    article: str
    level: str
    unit_id: str
    unit_name: str
    year: int | None
    missing: float | None
    without: float | None
    unit: str
    falls: bool
    because_zh: str
    because_en: str

    @property
    def cited(self) -> Says:
        """The same behind its article, (中文, English)."""
        return f"{self.article}：{self.because_zh}", f"{self.article}: {self.because_en}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What a plan loses with one site: nobody and nothing where both are empty."""

    people: tuple[LostPeople, ...]
    clauses: tuple[LostClause, ...]
    because_zh: str
    because_en: str


def losses(plan: Plan, before: Situation, after: Situation, way: Way) -> dict[int, Loss]:
    """The loss of every site of a plan, by row of its candidate.

    A site is all that opens in one candidate, or the change to one facility, without which it is
    as it was. `after` is the town with the plan built.
    """
    options = plan.problem.options
    used = np.flatnonzero(plan.size > 0)
    people = lost_people(
        options.candidate[used], rows_of(options, used, len(before.facilities)), before, after, way
    )
    return {
        j: _loss(people[j], tuple(shorter(plan.touched(j), plan.rows_of(j))))
        for j in np.unique(options.candidate[used]).tolist()
    }


def lost_people(
    candidate: npt.NDArray[np.integer], row: Longs, before: Situation, after: Situation, way: Way
) -> dict[int, tuple[LostPeople, ...]]:
    """Who would be outside each service's circle without a site, by row of its candidate.

    `candidate` (s,) is that of each facility of the plan, `row` (s,) where it is among those of
    `after`. Services nobody loses are left out.
    """
    found: dict[int, list[LostPeople]] = {int(j): [] for j in np.unique(candidate)}
    for service in after.coverage:
        group = after.group[service]
        owner = _owner(service, candidate, row, before, after)
        within = _by_site(service, owner, after, way)
        alone = within.covered & ~within.backup
        site = owner[within.nearest.site[alone]]
        own = site >= 0
        people = after.demand.people[group][alone][own]
        lost = np.bincount(site[own], weights=people)
        for j in np.flatnonzero(lost > 0).tolist():
            one = LostPeople(
                service=service,
                group=group,
                limit_min=within.limit_ms / MS_PER_MIN,
                people=float(lost[j]),
            )
            found[j].append(one)
    return {j: tuple(some) for j, some in found.items()}


def _owner(
    service: str,
    candidate: npt.NDArray[np.integer],
    row: Longs,
    before: Situation,
    after: Situation,
) -> Longs:
    """The candidate without which a facility would not offer a service, (facilities,); −1 none.

    What stands is closed by nobody: without its change it is as it was.
    """
    functions = after.functions[service]
    offered = before.facilities.offering(functions)
    owner = np.full(len(after.facilities), -1, dtype=np.int64)
    owner[row] = candidate
    owner[np.flatnonzero(offered)] = -1
    return np.where(after.facilities.offering(functions), owner, -1)


def _by_site(service: str, owner: Longs, after: Situation, way: Way) -> Coverage:
    """Who walks to a service, the facilities of one site counting once: they close together."""
    facilities, known = after.facilities, after.coverage[service]
    planned = np.flatnonzero(owner >= 0)
    _, first = np.unique(owner[planned], return_index=True)
    if len(first) == len(planned):
        return known
    counting = facilities.offering(after.functions[service])
    counting[planned] = False
    counting[planned[first]] = True
    return way.coverage(facilities.x_m, facilities.y_m, counting=counting, limit_ms=known.limit_ms)


def shorter(dues: Sequence[Due], rows: Longs) -> Iterator[LostClause]:
    """The requirements that are shorter without some options of the plan.

    Of a clause due in several years the last in which it falls, or else the last that is shorter.
    """
    found: dict[tuple[str, str, str], LostClause] = {}
    for due in dues:
        if not due.size[rows].any():
            continue
        one = lost_clause(due, due.without(rows))
        if one is None:
            continue
        key = (one.clause_id, one.level, one.unit_id)
        if key not in found or one.falls or not found[key].falls:
            found[key] = one
    yield from found.values()


def lost_clause(due: Due, size: Longs) -> LostClause | None:
    """A requirement as other sizes (k,) leave it; None where it is no shorter than by the plan."""
    was, now = due.missing, due.requirement.need.missing(size)
    if now <= was + NOTHING:
        return None
    finding = due.requirement.finding
    falls = was <= NOTHING
    unit: Unit = "persons" if isinstance(due.requirement.need, Covered) else finding.unit
    zh, en = _said(finding.unit_name, due.told(was), due.told(now), unit, falls)
    return LostClause(
        clause_id=finding.clause_id,
        document=finding.document,
        article=finding.article,
        level=finding.level,
        unit_id=finding.unit_id,
        unit_name=finding.unit_name,
        year=due.year,
        missing=due.told(was),
        without=due.told(now),
        unit=unit,
        falls=falls,
        because_zh=zh,
        because_en=en,
    )


def _said(name: str, was: float | None, now: float | None, unit: Unit, falls: bool) -> Says:
    if was is None or now is None:
        if falls:
            return f"{name}由达标变为不达标", f"{name} no longer meets it"
        return f"{name}离要求更远", f"{name} is farther from it"
    zh, en = figure(hundredths(now), unit)
    if falls:
        return f"{name}由达标变为缺{zh}", f"{name} no longer meets it, {en} short"
    was_zh, was_en = figure(hundredths(was), unit)
    return f"{name}由缺{was_zh}变为缺{zh}", f"{name} is {en} short instead of {was_en}"


def hundredths(value: float) -> Fraction:
    """A sum of floats as sentences say it."""
    return Fraction(round(value * 100), 100)


def _loss(people: tuple[LostPeople, ...], clauses: tuple[LostClause, ...]) -> Loss:
    said: list[Says] = []
    for one in people:
        minutes = f"{one.limit_min:g}"
        zh, en = group_words(one.group)
        count = f"{whole_persons(one.people):,}"
        said.append(
            (
                f"{zh}{count}人失去{minutes}分钟步行圈",
                f"1 of the {en} loses the {minutes} min circle"
                if count == "1"
                else f"{count} {en} lose the {minutes} min circle",
            )
        )
    said += [one.cited for one in clauses]
    if not said:
        said = [("各项要求与步行圈都不变", "no requirement and nobody's circle changes")]
    return Loss(
        people=people,
        clauses=clauses,
        because_zh="；".join(zh for zh, _ in said),
        because_en="; ".join(en for _, en in said),
    )
