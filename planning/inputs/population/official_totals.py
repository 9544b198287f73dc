"""The official population of units, to which counts by cell are fitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from planning.area import StudyArea
from planning.demand import TOTAL, Demand, OfficialTotals, Raked, rake
from planning.inputs.population.unit_figures import unit_figures
from planning.provenance import Note
from planning.study import UnitTable

_KEY = "population.totals"
_SHOWN = 5


def calibrated(
    spec: UnitTable, path: Path, area: StudyArea, demand: Demand
) -> tuple[Demand, tuple[Note, ...]]:
    """The same cells, scaled to the official totals of units at every level the table has.

    Rows of units that are not in the area are passed over. Raises InputError with every fault.
    """
    levels = unit_figures(spec, path, area, key=_KEY, field="people")
    official = [
        OfficialTotals(unit=demand.place[name], people=people) for name, people in levels.items()
    ]
    found = rake(demand.people[TOTAL], official)
    fitted = replace(demand, people={TOTAL: found.people})
    return fitted, tuple(_notes(area, levels, found, demand, fitted))


def _notes(
    area: StudyArea, levels: Mapping[str, np.ndarray], found: Raked, before: Demand, after: Demand
) -> Iterator[Note]:
    count = sum(int(np.sum(~np.isnan(totals))) for totals in levels.values())
    was, now = before.total(TOTAL), after.total(TOTAL)
    yield Note(
        about=_KEY,
        zh=f"人口按 {count} 个单元的官方总数校准：范围内 {was:,.0f} 人校准为 {now:,.0f} 人",
        en=f"people fitted to the official totals of {count} units: {was:,.0f} in the area "
        f"became {now:,.0f}",
    )
    names = list(levels)
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
