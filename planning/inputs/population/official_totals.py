"""The official population of units, to which counts by cell are fitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from planning.area import StudyArea
from planning.demand import TOTAL, Demand, OfficialTotals, Raked, rake
from planning.errors import Fault, InputError, raise_all
from planning.inputs.tables.sheet import cell_text
from planning.inputs.tables.sheets import read_sheet
from planning.inputs.vectors import check_columns, column
from planning.inputs.vocabulary import column_words
from planning.provenance import Note
from planning.study import TotalsSpec

_KEY = "population.totals"
_SHOWN = 5


def calibrated(
    spec: TotalsSpec, path: Path, area: StudyArea, demand: Demand
) -> tuple[Demand, tuple[Note, ...]]:
    """The same cells, scaled to the official totals of units at every level the table has.

    Rows of units that are not in the area are passed over. Raises InputError with every fault.
    """
    levels = _totals(spec, path, area)
    official = [
        OfficialTotals(unit=demand.place[name], people=people) for name, people in levels.items()
    ]
    found = rake(demand.people[TOTAL], official)
    fitted = replace(demand, people={TOTAL: found.people})
    return fitted, tuple(_notes(area, levels, found, demand, fitted))


def _totals(spec: TotalsSpec, path: Path, area: StudyArea) -> dict[str, np.ndarray]:
    """Official people of every unit by level, top down, NaN where the table has none."""
    sheet = read_sheet(path, _KEY, sheet=spec.sheet)
    words = column_words("totals")
    check_columns(spec.columns, words, _KEY)
    said = [
        column(sheet.rows, words[field], spec.columns.get(field), where=_KEY)
        for field in ("id", "people")
    ]
    ids, texts = ([cell_text(value) for value in found] for found in said if found is not None)
    people = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(dtype=float)
    place = {unit: (level.level, at) for level in area.levels for at, unit in enumerate(level.ids)}
    found = {level.level: np.full(len(level), np.nan) for level in area.levels}
    faults, seen = [], set()
    for row, unit in enumerate(ids):
        if unit not in place:
            continue
        where = f"{_KEY}: {path.name} 第{sheet.numbers[row]}行 row {sheet.numbers[row]}"
        if unit in seen:
            faults.append(_fault(where, f"单元 {unit} 重复", f"unit {unit} twice"))
        if not (np.isfinite(people[row]) and people[row] >= 0):
            faults.append(_fault(where, f"人数“{texts[row]}”", f"people '{texts[row]}'"))
        seen.add(unit)
        level_name, at = place[unit]
        found[level_name][at] = people[row]
    if not seen:
        faults.append(_fault(f"{_KEY}: {path.name}", "没有研究范围内的单元", "no unit of the area"))
    raise_all(InputError, faults)
    return {name: totals for name, totals in found.items() if not np.all(np.isnan(totals))}


def _fault(where: str, zh: str, en: str) -> Fault:
    return Fault(
        where=where,
        found=(zh, en),
        expected=("每个单元一行，人数不小于 0", "one row a unit, with people ≥ 0"),
        to_do=("改正后重试", "mend it and run again"),
    )


def _notes(
    area: StudyArea, levels: dict[str, np.ndarray], found: Raked, before: Demand, after: Demand
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
