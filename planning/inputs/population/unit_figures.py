"""Figures of units out of a table: one row a unit, at one level or at several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from planning.area import StudyArea
from planning.demand import Raked
from planning.errors import Fault, InputError, fail, raise_all
from planning.inputs.shortened import shortened
from planning.inputs.tables.counts import told_of
from planning.inputs.tables.sheet import Remark, Sheet, cell_text
from planning.inputs.tables.sheets import read_sheet
from planning.inputs.vectors import check_columns, column_name
from planning.inputs.vocabulary import column_words
from planning.provenance import Note
from planning.study import UnitTable
from planning.units import counted, per_of, written

Floats = npt.NDArray[np.float64]
Field = Literal["people", "share"]

_SHOWN = 5
_MOST = {"people": np.inf, "share": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFigures:
    """Figures of units, NaN where a unit has none.

    `levels` holds shape (units,) by level, top down, only those of which some unit has a figure;
    `elsewhere` the ids of rows that are no unit of the area; `remarks` what was guessed to read it.
    """

    levels: Mapping[str, Floats]
    elsewhere: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()

    def __len__(self) -> int:
        return sum(int(np.sum(~np.isnan(figures))) for figures in self.levels.values())


def unit_figures(
    spec: UnitTable, path: Path, area: StudyArea, *, key: str, field: Field
) -> UnitFigures:
    """The figure of every unit of the area that the table has.

    `field` is people [count] or a share of them, written 0.235 or 23.5%; bare numbers under a
    heading in 万, % or ‰ are so many of these.

    Raises:
        InputError: with every row whose unit stands twice or whose figure is absent or impossible,
            or where shares of one stand under a heading in %.
    """
    _check_ids(spec, area, key)
    sheet = read_sheet(path, key, sheet=spec.sheet)
    ids, heading = (
        _texts(sheet, _heading(sheet, spec, "id", key)),
        _heading(sheet, spec, field, key),
    )
    texts = _texts(sheet, heading)
    place = {
        spec.ids.get(unit, unit): (level.level, at)
        for level in area.levels
        for at, unit in enumerate(level.ids)
    }
    found = {level.level: np.full(len(level), np.nan) for level in area.levels}
    faults, seen, elsewhere = [], set(), []
    for row, said in enumerate(ids):
        # A number that was once saved with decimals: 310101001.0.
        unit = said if said in place else said.removesuffix(".0")
        if unit not in place:
            elsewhere.append(said)
            continue
        where = f"{key}: {path.name} 第{sheet.numbers[row]}行 row {sheet.numbers[row]}"
        figure = _figure(texts[row], heading, field)
        if unit in seen:
            faults.append(_fault(where, f"单元 {unit} 重复", f"unit {unit} twice", field))
        if not 0 <= figure <= _MOST[field] or np.isinf(figure):
            faults.append(_fault(where, f"“{texts[row]}”", f"'{texts[row]}'", field))
        seen.add(unit)
        level_name, at = place[unit]
        found[level_name][at] = figure
    if not seen:
        where = f"{key}: {path.name}"
        faults.append(_fault(where, "没有研究范围内的单元", "no unit of the area", field))
    raise_all(InputError, faults)
    if field == "share":
        _refuse_disguised(heading, texts, f"{key}: {path.name}")
    return UnitFigures(
        levels={name: of for name, of in found.items() if not np.all(np.isnan(of))},
        elsewhere=tuple(elsewhere),
        remarks=(*sheet.guesses, *told_of(heading)),
    )


def _check_ids(spec: UnitTable, area: StudyArea, key: str) -> None:
    """The units that `ids` gives other ids are units of the area."""
    units = {unit for level in area.levels for unit in level.ids}
    unknown = [unit for unit in spec.ids if unit not in units]
    if unknown:
        named = "、".join(shortened(unknown))
        raise fail(
            InputError,
            f"{key}.ids",
            found=(f"没有单元 {named}", f"no unit {named}"),
            expected=(
                "单元图层中的编号：表中的编号",
                "ids of the layer of units: those of the table",
            ),
            to_do=("改正研究文件", "mend the study file"),
        )


def _heading(sheet: Sheet, spec: UnitTable, field: str, key: str) -> str:
    words = column_words("totals")
    check_columns(spec.columns, words, key)
    name = column_name(sheet.rows, words[field], spec.columns.get(field), where=key)
    assert name is not None  # as it is needed
    return name


def _texts(sheet: Sheet, heading: str) -> list[str]:
    return [cell_text(value) for value in sheet.rows[heading]]


def _figure(text: str, heading: str, field: Field) -> float:
    """The number of a cell; NaN if it is none, as a per cent is no number of people."""
    per = per_of(heading)
    if field == "people":
        return counted(text, per=per)
    try:
        return float(written(text, per=per))
    except ValueError:
        return np.nan


def _refuse_disguised(heading: str, texts: list[str], where: str) -> None:
    """Shares of one under a heading in % or ‰: a hundredfold too small, if they were believed."""
    bare = [number for number in map(counted, texts) if not np.isnan(number)]
    if per_of(heading) == 1 or not bare or not 0 < max(bare) <= 1:
        return
    raise_all(
        InputError,
        [
            Fault(
                where=f"{where} {heading}",
                found=(
                    f"字段名带 % 或 ‰，而最大的数只有 {max(bare):g}",
                    f"a heading in % or ‰ over numbers of {max(bare):g} at most",
                ),
                expected=("与字段名一致的数", "numbers that are what the heading says"),
                to_do=(
                    "单元格写成 0.9%（‰），或去掉字段名中的符号",
                    "write the cells as 0.9% (‰), or take the sign from the heading",
                ),
            )
        ],
    )


def _fault(where: str, zh: str, en: str, field: Field) -> Fault:
    expected = {
        "people": ("每个单元一行，数值不小于 0", "one row a unit, with a figure ≥ 0"),
        "share": ("每个单元一行，0 到 1 或百分数", "one row a unit, from 0 to 1 or in percent"),
    }
    return Fault(
        where=where,
        found=(zh, en),
        expected=expected[field],
        to_do=("改正后重试", "mend it and run again"),
    )


def figure_notes(
    area: StudyArea, figures: UnitFigures, found: Raked, *, key: str, label: str = ""
) -> Iterator[Note]:
    """What reading a table had to guess, which of its figures are missed, which rows passed over.

    `label` names what is counted where that is not all residents.
    """
    yield from (Note(about=key, zh=zh, en=en) for zh, en in figures.remarks)
    of = f"{label}：" if label else ""
    names = list(figures.levels)
    for miss in found.unmet[:_SHOWN]:
        level = area.level(names[miss.level])
        unit = level.names[miss.unit] if level is not None else str(miss.unit)
        yield Note(
            about=key,
            zh=f"{of}{unit}官方 {miss.official:,.0f}，校准后 {miss.fitted:,.0f}：{miss.because[0]}",
            en=f"{unit}: officially {miss.official:,.0f}, fitted {miss.fitted:,.0f}: "
            f"{miss.because[1]}",
        )
    if len(found.unmet) > _SHOWN:
        rest = len(found.unmet) - _SHOWN
        yield Note(
            about=key,
            zh=f"{of}另有 {rest} 个单元未达官方数字",
            en=f"{rest} more units miss theirs",
        )
    if figures.elsewhere:
        named = shortened(figures.elsewhere)
        yield Note(
            about=key,
            zh=f"{of}表中 {len(figures.elsewhere)} 行不是研究范围的单元，未采用："
            f"{'、'.join(named)}",
            en=f"{len(figures.elsewhere)} rows are of no unit of the area and passed over: "
            f"{', '.join(named)}",
        )
