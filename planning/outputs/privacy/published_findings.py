"""Findings as they may be published where small counts of people are not: which figures stay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from planning.area import RESIDENTIAL
from planning.outputs.privacy.coverage_sums import Unit
from planning.standards import Finding

_OF_FACILITIES = frozenset(
    {
        "presence", "count", "total", "yearly_additions", "share_of_units", "share_of_capacity",
        "share_of_facilities", "hierarchy", "co_location", "attached", "candidates", "compliance",
        "on_time", "completeness", "scorecard", "typed_in", "budget", "listed",
    }
)  # fmt: skip
"""Measures that count facilities, units or clauses: of people they speak in words only."""
_BY_PEOPLE = frozenset({"per_thousand", "land_per_resident", "land_needed"})
"""Measures whose figures are a multiple of the people of the unit."""
_NAMES_PEOPLE = re.compile(
    r"人|户|名|people|person|resident|child|household|elderly", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")


def withheld(below: int) -> tuple[str, str]:
    """What stands in place of a sentence with figures of people, (中文, English)."""
    return (
        f"涉及人数的说明不公布（不足{below}人的数字须隐去）",
        f"sentences about people are withheld (counts below {below} are not published)",
    )


def published_words(words: tuple[str, str], below: int) -> tuple[str, str]:
    """A sentence (中文, English), withheld where it has figures and names people."""
    has_figures = any(_DIGIT.search(one) for one in words)
    names_people = any(_NAMES_PEOPLE.search(one) for one in words)
    return withheld(below) if has_figures and names_people else words


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFindings:
    """What decides whether the figures of a finding stay.

    `kinds` are the measures by clause id; `closed` the units with a count of people that is hidden;
    `shares` what the coverage table shows, share and people by unit.
    """

    below: int
    kinds: Mapping[str, str]
    closed: frozenset[Unit]
    shares: Mapping[Unit, Sequence[tuple[float, float]]]

    def of(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """The findings with the verdicts they have, and with the figures that may stand."""
        return tuple(map(self._published, findings))

    def _published(self, found: Finding) -> Finding:
        kind = self.kinds[found.clause_id]
        if kind in _OF_FACILITIES:
            zh, en = published_words((found.because_zh, found.because_en), self.below)
        else:
            no_figure = not any(map(_DIGIT.search, (found.because_zh, found.because_en)))
            said = found.because_zh, found.because_en
            zh, en = said if no_figure else withheld(self.below)
        plain = replace(found, people_short=None, because_zh=zh, because_en=en)
        if self._may_stand(found, kind):
            return plain
        # A share that is asked for is a policy's, and tells of nobody.
        required = found.required if found.unit == "share" else None
        return replace(plain, measured=None, at_most=None, required=required, gap=None)

    def _may_stand(self, found: Finding, kind: str) -> bool:
        unit = found.level, found.unit_id
        if found.level == RESIDENTIAL:
            return kind in _OF_FACILITIES
        if kind in _OF_FACILITIES:
            return True
        if unit in self.closed:
            return False
        if kind in _BY_PEOPLE:
            return True
        if kind == "people":
            figures = (found.measured, found.at_most, found.gap)
            return all(one is None or not 0 < one < self.below for one in figures)
        return kind == "travel_time_coverage" and self._is_shown(
            found.measured, found.at_most, unit
        )

    def _is_shown(self, measured: Fraction | None, at_most: Fraction | None, unit: Unit) -> bool:
        """Whether the coverage table shows that share of that unit anyway, to the person."""
        if measured is None or at_most != measured:
            return False
        return any(
            abs(float(measured) - share) * people < 1 for share, people in self.shares.get(unit, ())
        )
