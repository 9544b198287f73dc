"""Coverage unit by unit, a table a service, at the level that a reader takes in."""

from __future__ import annotations

from dataclasses import dataclass

from planning.outputs.bilingual import Says
from planning.outputs.comparison.compared import Comparison
from planning.outputs.comparison.coverage_figures import UnitCoverage, service_says
from planning.outputs.finding_words import level_words

_READ = ("street", "community", "county")
"""The first of these that there is: streets are what a district is spoken of by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTable:
    """One service in the units of one level."""

    title: Says
    rows: tuple[UnitCoverage, ...]


def unit_tables(comparison: Comparison) -> tuple[UnitTable, ...]:
    """A table a service; none where there are no units."""
    levels = {one.unit[0] for one in comparison.units}
    level = next((level for level in _READ if level in levels), None)
    if level is None:
        return ()
    zh, en = level_words(level)
    services = dict.fromkeys(one.service for one in comparison.units)
    found = []
    for service in services:
        of_zh, of_en = service_says(comparison.sides, service)
        rows = tuple(
            one for one in comparison.units if (one.unit[0], one.service) == (level, service)
        )
        found.append(UnitTable(title=(f"分{zh}：{of_zh}", f"By {en}: {of_en}"), rows=rows))
    return tuple(found)
