"""A census table of people by unit and age band, in the words of yearbooks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from planning.demand import AgeBands, AgeRange, age_range
from planning.errors import Fault, InputError, raise_all
from planning.inputs.tables.counts import counts_of
from planning.inputs.tables.sheet import Remark, cell_text
from planning.inputs.tables.sheets import read_sheet
from planning.inputs.vocabulary import column_words

Floats = npt.NDArray[np.float64]

_KEY = "ages"
_AGE_COLUMN = re.compile(r"age_(\d+)(?:_(\d+)|(p))?")


_AMONG = re.compile(r"^[#＃]?\s*(?:其中)?\s*[:：]?\s*")
"""What yearbooks write before a band that is part of the one before."""
Band = tuple[str, str | None]
"""The column of a band, and that of the older people in it who are another band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeTable:
    """The rows that were asked for, in the order asked; n units.

    `bands` holds people by age band, shape (n, bands) [persons]; `remarks` what was guessed.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    bands: AgeBands
    remarks: tuple[Remark, ...] = ()


def read_age_table(path: Path, *, unit_ids: Sequence[str], sheet: str | None = None) -> AgeTable:
    """The age bands of the units named, from a CSV (UTF-8 or GB18030) or a sheet of a workbook.

    Columns are known by their names: age_0, age_1_4, …, age_85p or 0岁, 1-4岁, …, 85岁及以上, an
    id and perhaps a name and a total. The finest bands that follow one another are read; columns
    that add several of them up (age_0_14, age_60p) are left alone, and so are rows of other units.
    60岁及以上 and, of these, 65岁及以上 are read as 60-64 and 65+.
    Raises InputError with every fault: a unit that is absent or there twice, a count that is no
    number ≥ 0, bands that leave a gap or overlap, bands that do not add up to the total.
    """
    where = f"{_KEY}: {path.name}"
    table = read_sheet(path, _KEY, sheet=sheet)
    raw, numbers = table.rows, table.numbers
    columns = list(raw.columns)
    id_column, name_column, total_column = (
        next((word for word in words if word in columns), None)
        for words in (column_words(_KEY)[field] for field in ("id", "name", "total"))
    )
    if id_column is None:
        raise _no_id(where, columns)
    bands = _bands(where, columns)
    rows, faults = _rows(where, [cell_text(value) for value in raw[id_column]], unit_ids)
    chosen = raw.iloc[rows]
    read = [name for band in bands.values() for name in band if name is not None]
    read += [] if total_column is None else [total_column]
    shown = [int(numbers[row]) for row in rows]
    counts = {name: _counts(where, chosen[name], shown, faults) for name in dict.fromkeys(read)}
    people = np.column_stack(
        [_parted(where, band, counts, shown, faults) for band in bands.values()]
    )
    if total_column is not None:
        _check_sums(where, shown, people, counts[total_column], faults)
    raise_all(InputError, faults)
    names = unit_ids if name_column is None else [cell_text(value) for value in chosen[name_column]]
    return AgeTable(
        ids=tuple(unit_ids),
        names=tuple(name or unit for name, unit in zip(names, unit_ids, strict=True)),
        bands=AgeBands(from_age=tuple(ages.from_age for ages in bands), people=people),
        remarks=table.guesses,
    )


def _bands(where: str, columns: Sequence[str]) -> dict[AgeRange, Band]:
    """The finest chain of bands from age 0 to an open one, and the column of each."""
    named: dict[AgeRange, str] = {}
    for column in columns:
        ages = _ages(column)
        if ages in named:
            raise _unclear(
                where, f"{named[ages]} 与 {column} 重复", f"{named[ages]} twice: {column}"
            )
        if ages is not None:
            named[ages] = column

    # Later ones win: a column of its own goes before the difference of two.
    bands = {**_between(named), **{ages: (column, None) for ages, column in named.items()}}

    @cache
    def longest(age: int) -> tuple[AgeRange, ...]:
        """The most bands that lead from an age to the open end; () where none do."""
        found: tuple[AgeRange, ...] = ()
        for ages in bands:
            if ages.from_age == age:
                rest = () if ages.below_age is None else longest(ages.below_age)
                if (rest or ages.below_age is None) and len(rest) >= len(found):
                    found = (ages, *rest)
        return found

    chain = longest(0)
    if not chain:
        zh, en = "、".join(map(str, named)), ", ".join(map(str, named))
        raise _unclear(
            where,
            f"年龄组 {zh or '（无）'} 有缺口，不能从 0 岁连到最高的开口组",
            f"bands {en or '(none)'} with a gap: they do not lead from age 0 to an open band",
        )
    bounds = {ages.from_age for ages in chain} | {None}
    for ages, column in named.items():
        if ages.from_age not in bounds or ages.below_age not in bounds:
            raise _unclear(
                where,
                f"字段“{column}”与其他年龄组交叠",
                f"column '{column}' overlapping other bands",
            )
    return {ages: bands[ages] for ages in chain}


def _between(named: Mapping[AgeRange, str]) -> dict[AgeRange, Band]:
    """Bands between two open ones, 60-64 of 60+ and, in it, 65+, that have no column."""
    open_bands = sorted((a for a in named if a.below_age is None), key=lambda a: a.from_age)
    found = {
        AgeRange(from_age=low.from_age, below_age=high.from_age): (named[low], named[high])
        for low, high in pairwise(open_bands)
    }
    return {ages: band for ages, band in found.items() if ages not in named}


def _ages(column: str) -> AgeRange | None:
    """The ages a column is about; None where its name speaks of something else."""
    if found := _AGE_COLUMN.fullmatch(column.lower()):
        first, last, is_open = found.groups()
        column = f"{first}+" if is_open else f"{first}-{last or first}"
    elif "岁" not in column:
        return None
    try:
        return age_range(_AMONG.sub("", column))
    except InputError:
        return None


def _rows(where: str, ids: list[str], unit_ids: Sequence[str]) -> tuple[list[int], list[Fault]]:
    """The row of every unit asked for, as far as there is exactly one."""
    row_of = {name: row for row, name in enumerate(ids)}
    times = Counter(ids)
    faults = []
    for unit in unit_ids:
        if times[unit] != 1:
            found = (
                (f"编号 {unit} 出现 {times[unit]} 次", f"id {unit} {times[unit]} times")
                if times[unit]
                else (f"没有单元 {unit}", f"no unit {unit}")
            )
            faults.append(_fault(where, found, ("每个单元一行", "one row for every unit")))
    return [row_of[unit] for unit in unit_ids if unit in row_of], faults


def _counts(where: str, said: pd.Series, rows: list[int], faults: list[Fault]) -> Floats:
    """One column of counts [persons]; a blank is a fault, for absent is not nobody."""
    texts = [cell_text(value) for value in said]
    values = counts_of(texts)
    for at in np.flatnonzero(~(np.isfinite(values) & (values >= 0))):
        found = (f"{said.name}=“{texts[at]}”", f"{said.name} = '{texts[at]}'")
        faults.append(
            _fault(
                _at(where, rows[at]),
                found,
                ("不小于 0 的人数（无人写 0）", "persons ≥ 0, with 0 written out"),
            )
        )
    return values


def _parted(
    where: str, band: Band, counts: Mapping[str, Floats], rows: list[int], faults: list[Fault]
) -> Floats:
    """People of a band, shape (n,): those of its column without those of an older one in it."""
    column, older = band
    if older is None:
        return counts[column]
    people = counts[column] - counts[older]
    for at in np.flatnonzero(people < 0):
        found = (
            f"{older} {counts[older][at]:,.0f} 人，多于 {column} {counts[column][at]:,.0f} 人",
            f"{counts[older][at]:,.0f} of {older}, more than the {counts[column][at]:,.0f} of "
            f"{column}",
        )
        expected = ("年长者含在年轻的开口组内", "the older among those of the wider band")
        faults.append(_fault(_at(where, rows[at]), found, expected))
    return people


def _check_sums(
    where: str, rows: list[int], people: Floats, total: Floats, faults: list[Fault]
) -> None:
    """The bands of every row add up to its total, on whole persons."""
    sums = people.sum(axis=1)
    for at in np.flatnonzero(np.abs(sums - total) >= 0.5):
        found = (f"各年龄组合计 {sums[at]:,.0f}", f"bands that add up to {sums[at]:,.0f}")
        stated = (f"等于总人口 {total[at]:,.0f}", f"the stated total of {total[at]:,.0f}")
        faults.append(_fault(_at(where, rows[at]), found, stated))


def _at(where: str, number: int) -> str:
    """The row as a spreadsheet numbers it."""
    return f"{where} 第{number}行 row {number}"


def _fault(where: str, found: tuple[str, str], expected: tuple[str, str]) -> Fault:
    to_do = ("改正后重试", "mend it and run again")
    return Fault(where=where, found=found, expected=expected, to_do=to_do)


def _unclear(where: str, zh: str, en: str) -> InputError:
    expected = (
        "首尾相接的年龄组，如 age_0、age_1_4、…、age_85p 或 0岁、1-4岁、…、85岁及以上",
        "bands that follow one another, as age_0, age_1_4, …, age_85p",
    )
    return InputError(_fault(where, (zh, en), expected))


def _no_id(where: str, columns: Sequence[str]) -> InputError:
    there, words = "、".join(columns), "、".join(column_words(_KEY)["id"])
    found = (f"没有编号字段（表中：{there}）", f"no column of ids (there: {there})")
    return InputError(_fault(where, found, (words, words)))
