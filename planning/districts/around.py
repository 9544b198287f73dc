"""What the people of an area change in the clauses on the units they come to.

Of streets and communities what binds; of counties only the rates per 1,000, which are the target
that the area's places count for (STANDARDS D-1), and never stand in for it (A-28).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from planning.area import RESIDENTIAL
from planning.demand import Demand
from planning.districts.arrivals import with_and_without
from planning.districts.obligations import Judged, Says, only
from planning.standards import Clause, Finding, Profile, Situation, evaluate
from planning.standards.words import figure

_LEVELS = ("county", "street", "community")
_BY_AMOUNT = frozenset(
    {"presence", "count", "total", "per_thousand", "land_per_resident", "floor_per_100_households"}
)
"""Measures that look at people and at what stands; the others look at walks, shares or figures."""

Key = tuple[str, str, str]
Changed = tuple[Finding, Says]


def changed_around(
    documents: Sequence[Judged],
    situation: Situation,
    coming: Demand | None,
    at: int,
) -> list[list[Changed]]:
    """For every document, what clauses begin to ask, or ask more of, once people live in area `at`.

    Each finding is with them; the words say what there was without. Of areas whose people are
    counted already, and of those without planned people, nothing changes.
    """
    areas = situation.area.residential
    assert areas is not None
    both = with_and_without(situation.demand, coming, at, stays=bool(areas.stays[at]))
    if both is None:
        return [[] for _ in documents]
    after, before = (replace(situation, demand=demand, coverage={}, walks={}) for demand in both)
    units = set(_units(after, at))
    found = []
    for one in documents:
        profile = only(one.profile, _is_around)
        was = {_key(f): f for f in evaluate(profile, before, one.levels)}
        now = [
            finding
            for finding in evaluate(profile, after, one.levels)
            if (finding.level, finding.unit_id) in units and _is_told(finding, one.profile)
        ]
        found.append(list(_changes(was, now)))
    return found


def _is_around(clause: Clause) -> bool:
    levels = {*clause.levels, *clause.benchmark_levels}
    return clause.measure.kind in _BY_AMOUNT and not levels.isdisjoint(_LEVELS)


def _is_told(finding: Finding, profile: Profile) -> bool:
    if finding.level != "county":
        return finding.role in ("requirement", "goal")
    clause = profile.clause(finding.clause_id)
    is_rate = clause is not None and clause.measure.kind == "per_thousand"
    return is_rate and finding.role != "indicator" and not profile.standard.outside


def _units(situation: Situation, at: int) -> Iterator[tuple[str, str]]:
    """The units that people of the area live in, by level and id."""
    demand = situation.demand
    here = (demand.place[RESIDENTIAL] == at) & demand.is_planned & (demand.people["total"] > 0)
    for name in _LEVELS:
        level = situation.area.level(name)
        if level is not None:
            lives_in = np.unique(demand.place[name][here])
            yield from ((name, level.ids[unit]) for unit in lives_in.tolist() if unit >= 0)


def _key(finding: Finding) -> Key:
    return finding.clause_id, finding.level, finding.unit_id


def _changes(was: dict[Key, Finding], now: Sequence[Finding]) -> Iterator[Changed]:
    for finding in now:
        before = was[_key(finding)]
        if finding.required is None:
            continue
        if before.required is None:
            yield (
                finding,
                (
                    f"入住后始适用（此前：{before.because_zh}）",
                    f"asked once they live there (before: {before.because_en})",
                ),
            )
        elif finding.required > before.required:
            old, new = (
                figure(required, finding.unit) for required in (before.required, finding.required)
            )
            yield (
                finding,
                (
                    f"入住后由{old[0]}增至{new[0]}",
                    f"up from {old[1]} to {new[1]} once they live there",
                ),
            )
