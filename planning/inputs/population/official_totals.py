"""The official population of units, to which counts by cell are fitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from planning.area import StudyArea
from planning.demand import TOTAL, Demand, OfficialTotals, Raked, people_by_unit, rake
from planning.inputs.population.unit_figures import UnitFigures, figure_notes, unit_figures
from planning.inputs.shortened import shortened
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


def fitting_notes(
    totals: UnitFigures, area: StudyArea, counted: Demand, now: float
) -> Iterator[Note]:
    """How many people fitting to the totals made of those `counted`, and whom no total counts."""
    was = counted.total(TOTAL)
    yield Note(
        about=_KEY,
        zh=f"人口按 {len(totals)} 个单元的官方总数校准：范围内 {was:,.0f} 人校准为 {now:,.0f} 人",
        en=f"people fitted to the official totals of {len(totals)} units: {was:,.0f} in the area "
        f"became {now:,.0f}",
    )
    for name, people in totals.levels.items():
        level = area.level(name)
        assert level is not None
        held = people_by_unit(counted.people[TOTAL], counted.place[name], len(level))
        without = np.flatnonzero(np.isnan(people) & (held > 0))
        if len(without):
            named = shortened([level.names[at] for at in without])
            yield Note(
                about=_KEY,
                zh=f"{len(without)} 个有居民的 {name} 单元没有官方总数（{'、'.join(named)}）："
                f"其中 {held[without].sum():,.0f} 人只随上级的总数增减，没有上级总数的不变",
                en=f"units of level {name} where people live but without a total: {len(without)} "
                f"({', '.join(named)}); {held[without].sum():,.0f} people there change with totals "
                "above them alone, or not at all",
            )
