"""The official population of units, to which counts by cell are fitted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planning.area import StudyArea
from planning.demand import TOTAL, Demand, OfficialTotals, Raked, rake
from planning.inputs.population.unit_figures import UnitFigures, figure_notes, unit_figures
from planning.provenance import Note
from planning.study import UnitTable

_KEY = "population.totals"


def read_totals(spec: UnitTable, path: Path, area: StudyArea) -> UnitFigures:
    """The totals of the units of the area [persons]; raises as `unit_figures` does."""
    return unit_figures(spec, path, area, key=_KEY, field="people")


def fitted_to(
    totals: UnitFigures, area: StudyArea, demand: Demand
) -> tuple[Demand, Raked, tuple[Note, ...]]:
    """The same points, scaled to the totals of every level; and which totals they miss."""
    official = [
        OfficialTotals(unit=demand.place[name], people=people)
        for name, people in totals.levels.items()
    ]
    found = rake(demand.people[TOTAL], official)
    fitted = replace(demand, people={TOTAL: found.people})
    return fitted, found, tuple(figure_notes(area, totals, found, key=_KEY))


def fitted_note(totals: UnitFigures, was: float, now: float) -> Note:
    """How many people fitting to the totals made of those that were counted."""
    return Note(
        about=_KEY,
        zh=f"人口按 {len(totals)} 个单元的官方总数校准：范围内 {was:,.0f} 人校准为 {now:,.0f} 人",
        en=f"people fitted to the official totals of {len(totals)} units: {was:,.0f} in the area "
        f"became {now:,.0f}",
    )
