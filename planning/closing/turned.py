"""Findings that a closure turns, or whose gap it changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from planning.standards import Finding

Way = Literal["lost", "wider", "open", "better"]
"""Met before and not met now; missing more than before; known before or now and not at the other
time; met now or missing less."""

_ORDER: dict[Way, int] = {"lost": 0, "wider": 1, "open": 2, "better": 3}
_ROLES = ("requirement", "goal", "benchmark", "indicator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """One clause in one unit, before and after."""

    way: Way
    before: Finding
    after: Finding


def turned(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[Turned, ...]:
    """What changes among the findings of one document, the worst and the most firmly asked first.

    Both hold the same clauses and units. What is met by less than before, or has no figure to be
    held to, is no change.
    """
    now = {_key(finding): finding for finding in after}
    found = []
    for old in before:
        new = now[_key(old)]
        way = _way(old, new)
        if way is not None:
            found.append(Turned(way=way, before=old, after=new))
    return tuple(sorted(found, key=lambda one: (_ROLES.index(one.after.role), _ORDER[one.way])))


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.clause_id, finding.level, finding.unit_id


def _way(old: Finding, new: Finding) -> Way | None:
    if old.verdict != new.verdict:
        if old.verdict == "met" and new.verdict == "not_met":
            return "lost"
        return "better" if (old.verdict, new.verdict) == ("not_met", "met") else "open"
    if old.gap is None or new.gap is None or old.gap == new.gap:
        return None
    return "wider" if new.gap > old.gap else "better"
