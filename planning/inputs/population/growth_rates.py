"""A table of yearly growth by unit, in the words and signs of yearbooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from planning.area import UnitLevel
from planning.demand import RATE, TOTAL, rate_of
from planning.errors import Fault, InputError, raise_all
from planning.inputs.tables.sheet import Sheet, cell_text
from planning.inputs.tables.sheets import read_sheet
from planning.inputs.vectors import check_columns
from planning.inputs.vocabulary import column_words
from planning.provenance import Note
from planning.study import RatesSpec
from planning.units import per_of

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_KEY = "projection.rates"
_SIGNS = ("%", "％", "‰")
_TINY = 0.001
"""Rates under a % heading that all stay below 0.1 % a year are taken for shares in disguise."""


def read_growth_rates(
    spec: RatesSpec, path: Path, level: UnitLevel, *, groups: Sequence[str], lived_in: Flags
) -> tuple[dict[str, Floats], tuple[Note, ...]]:
    """The yearly rates [share a year] of the units of a level by group, (units,) each, and notes.

    A bare number is a share of 1 (0.012 = 1.2 %), under a heading in % or ‰ so many of these; a
    cell with a sign of its own (1.2%) is what it says. Groups have a column where `spec.columns`
    names one. Rows of other units are passed over; a unit where nobody lives needs no row and has
    NaN. Raises InputError with every fault: a unit that is absent or there twice, a cell that is
    no rate, a column under % whose numbers look like shares.
    """
    sheet = read_sheet(path, _KEY, sheet=spec.sheet)
    where = f"{_KEY}: {path.name}"
    columns = _columns(spec, sheet, where, groups)
    ids = [cell_text(value) for value in sheet.rows[columns.pop("id")]]
    rows, faults = _rows(spec, sheet, where, ids, level, lived_in)
    rates = {
        group: _rates(where, column, sheet, rows, len(level), faults)
        for group, column in columns.items()
    }
    raise_all(InputError, faults)
    guessed = [Note(about=_KEY, zh=zh, en=en) for zh, en in sheet.guesses]
    return rates, (*guessed, *_notes(columns, rates, level, passed_over=len(ids) - len(rows)))


def _columns(spec: RatesSpec, sheet: Sheet, where: str, groups: Sequence[str]) -> dict[str, str]:
    """The table's column of ids, and by group that of rates, all residents first."""
    words = column_words("rates")
    check_columns(spec.columns, [*words, *groups], _KEY)
    found: dict[str, str] = {}
    faults = []
    for field, group in (("id", "id"), ("rate", TOTAL), *((g, g) for g in groups)):
        chosen = spec.columns.get(field)
        if chosen is None and field in groups:
            continue
        names = [chosen] if chosen else words[field]
        there = next((name for name in names if name in sheet.rows.columns), None)
        if there is None:
            known = "、".join(names)
            listed = "、".join(map(str, sheet.rows.columns))
            faults.append(
                Fault(
                    where=f"{where} {field}",
                    found=(f"字段 {listed}", f"columns {listed}"),
                    expected=(f"其中之一：{known}", f"one of {known}"),
                    to_do=("在 projection.rates.columns 中指明", "name it under columns"),
                )
            )
        else:
            found[group] = there
    raise_all(InputError, faults)
    return found


def _rows(
    spec: RatesSpec, sheet: Sheet, where: str, ids: list[str], level: UnitLevel, lived_in: Flags
) -> tuple[dict[int, int], list[Fault]]:
    """The row of every unit that has one, by the unit's index."""
    place = {spec.ids.get(unit, unit): at for at, unit in enumerate(level.ids)}
    rows: dict[int, int] = {}
    faults = []
    for row, said in enumerate(ids):
        if said not in place:
            continue
        if place[said] in rows:
            faults.append(_fault(_at(where, sheet, row), f"单元 {said} 重复", f"unit {said} twice"))
        rows[place[said]] = row
    for at in np.flatnonzero(lived_in).tolist():
        if at not in rows:
            unit, name = level.ids[at], level.names[at]
            said = spec.ids.get(unit, unit)
            faults.append(
                _fault(where, f"没有 {name}（{said}）", f"no unit {said}, where people live")
            )
    return rows, faults


def _rates(
    where: str, column: str, sheet: Sheet, rows: Mapping[int, int], count: int, faults: list[Fault]
) -> Floats:
    """One column of rates, as its heading and its cells say."""
    per = per_of(column)
    rates = np.full(count, np.nan)
    bare = []
    for at, row in rows.items():
        said = cell_text(sheet.rows[column].iloc[row])
        try:
            rates[at] = rate_of(said, per=per)
        except ValueError:
            found = (f"{column}=“{said}”", f"{column} = '{said}'")
            faults.append(_fault(_at(where, sheet, row), *found))
        if not said.endswith(_SIGNS):
            bare.append(rates[at])
    if per > 1 and bare and 0 < np.nanmax(np.abs([*bare, 0.0])) < _TINY:
        most = np.nanmax(np.abs(bare)) * per
        faults.append(
            Fault(
                where=f"{where} {column}",
                found=(
                    f"字段名带百分号，而最大的数只有 {most:g}",
                    f"a heading in per cent over numbers of {most:g} at most",
                ),
                expected=("百分数，如 1.2", "numbers of per cent such as 1.2"),
                to_do=(
                    "单元格写成 1.2%，或去掉字段名中的百分号",
                    "write the cells as 1.2%, or take the sign from the heading",
                ),
            )
        )
    return rates


def _at(where: str, sheet: Sheet, row: int) -> str:
    return f"{where} 第{sheet.numbers[row]}行 row {sheet.numbers[row]}"


def _fault(where: str, zh: str, en: str) -> Fault:
    return Fault(
        where=where,
        found=(zh, en),
        expected=(f"每个有人的单元一行，{RATE[0]}", f"a row for every unit with people, {RATE[1]}"),
        to_do=("改正后重试", "mend it and run again"),
    )


def _notes(
    columns: Mapping[str, str],
    rates: Mapping[str, Floats],
    level: UnitLevel,
    *,
    passed_over: int,
) -> Iterable[Note]:
    for group, column in columns.items():
        known = np.flatnonzero(~np.isnan(rates[group])).tolist()
        low = min(known, key=lambda at: rates[group][at])
        high = max(known, key=lambda at: rates[group][at])
        lowest, highest = (f"{rates[group][at]:+.2%}" for at in (low, high))
        yield Note(
            about=_KEY,
            zh=f"“{column}”有 {len(known)} 个单元，年均 {lowest}（{level.names[low]}）"
            f"至 {highest}（{level.names[high]}）",
            en=f"'{column}' has {len(known)} units, from {lowest} ({level.names[low]}) "
            f"to {highest} a year ({level.names[high]})",
        )
    if passed_over:
        yield Note(
            about=_KEY,
            zh=f"{passed_over} 行不是研究范围内的 {level.level} 单元，未采用",
            en=f"{passed_over} rows are no {level.level} of the area: passed over",
        )
