"""The official population of units, to which counts by cell are fitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from planning.area import StudyArea
from planning.demand import TOTAL, Demand, OfficialTotals, Raked, rake
from planning.inputs.population.unit_figures import UnitFigures, unit_figures
from planning.provenance import Note
from planning.study import UnitTable

_KEY = "population.totals"
_SHOWN = 5


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
    return fitted, found, tuple(_notes(area, totals, found))


def fitted_note(totals: UnitFigures, was: float, now: float) -> Note:
    """How many people fitting to the totals made of those that were counted."""
    return Note(
        about=_KEY,
        zh=f"人口按 {len(totals)} 个单元的官方总数校准：范围内 {was:,.0f} 人校准为 {now:,.0f} 人",
        en=f"people fitted to the official totals of {len(totals)} units: {was:,.0f} in the area "
        f"became {now:,.0f}",
    )


def _notes(area: StudyArea, totals: UnitFigures, found: Raked) -> Iterator[Note]:
    yield from (Note(about=_KEY, zh=zh, en=en) for zh, en in totals.remarks)
    names = list(totals.levels)
    for miss in found.unmet[:_SHOWN]:
        level = area.level(names[miss.level])
        unit = level.names[miss.unit] if level is not None else str(miss.unit)
        yield Note(
            about=_KEY,
            zh=f"{unit}官方 {miss.official:,.0f} 人，校准后 {miss.fitted:,.0f} 人："
            f"{miss.because[0]}",
            en=f"{unit}: officially {miss.official:,.0f}, fitted {miss.fitted:,.0f}: "
            f"{miss.because[1]}",
        )
    if len(found.unmet) > _SHOWN:
        rest = len(found.unmet) - _SHOWN
        yield Note(
            about=_KEY, zh=f"另有 {rest} 个单元未达官方总数", en=f"{rest} more units miss theirs"
        )
    if totals.elsewhere:
        named = [*totals.elsewhere[:_SHOWN], *["…"] * (len(totals.elsewhere) > _SHOWN)]
        yield Note(
            about=_KEY,
            zh=f"表中 {len(totals.elsewhere)} 行不是研究范围的单元，未采用：{'、'.join(named)}",
            en=f"{len(totals.elsewhere)} rows are of no unit of the area and passed over: "
            f"{', '.join(named)}",
        )
