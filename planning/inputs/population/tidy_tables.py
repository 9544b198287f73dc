"""Tables with one number a row, told apart by unit, first year of a period, sex and age group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planning.demand import AgeRange, age_range
from planning.errors import Fault, InputError, raise_all
from planning.inputs.tables.counts import told_of
from planning.inputs.tables.sheet import Sheet, cell_text
from planning.inputs.tables.sheets import read_sheet
from planning.inputs.vectors import check_columns
from planning.inputs.vocabulary import column_words, meaning, words_of
from planning.provenance import Note
from planning.study import TableSpec
from planning.units import per_of

Floats = npt.NDArray[np.float64]

SEXES = ("women", "men")
_SEX_ZH = {"women": "女", "men": "男"}
_MOST_NAMED = 6
_TO_DO = ("改正后重试", "mend it and run again")


class Place(NamedTuple):
    """Where a number belongs; None where its table does not tell such places apart."""

    year: int | None
    unit: int | None
    sex: str | None
    ages: AgeRange


class CellError(Exception):
    """A cell that cannot be what its column is about."""

    def __init__(self, text: str, expected: tuple[str, str]) -> None:
        super().__init__(text)
        self.text, self.expected = text, expected

    def fault(self, where: str) -> Fault:
        """The fault of the cell's row."""
        found = (f"“{self.text}”", f"'{self.text}'")
        return Fault(where=where, found=found, expected=self.expected, to_do=_TO_DO)


ReadCell = Callable[[str, int | Fraction, AgeRange], float]
"""The number in a cell of text, under a heading in so many (`per_of`), of an age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What tables have to fill: age groups, and units, of which some are lived in."""

    ages: Sequence[AgeRange]
    units: Sequence[str]
    lived_in: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class TidyTable:
    """The numbers of one table; `per` is what its heading says of bare ones (`per_of`).

    `notes` are what was guessed to read it.
    """

    where: str
    per: int | Fraction
    by_year: bool
    by_unit: bool
    by_sex: bool
    numbers: dict[Place, float]
    notes: tuple[Note, ...] = ()

    def filled(
        self, wanted: Wanted, faults: list[Fault], *, year: int | None = None
    ) -> dict[str, Floats]:
        """The numbers of a period by sex, shape (units, ages), or (ages,) where all have the same.

        A table that knows no sexes is that of women. Units where nobody lives have 0 where they
        have no row at all; anything else that is missing is a fault.
        """
        found: dict[str, Floats] = {}
        for sex in SEXES if self.by_sex else SEXES[:1]:
            rows = []
            for unit in range(len(wanted.units)) if self.by_unit else [None]:
                places = [
                    Place(year if self.by_year else None, unit, sex if self.by_sex else None, ages)
                    for ages in wanted.ages
                ]
                row = [self.numbers.get(place, np.nan) for place in places]
                if unit is not None and not wanted.lived_in[unit] and np.isnan(row).all():
                    row = [0.0] * len(row)
                missing = [at for at, n in zip(places, row, strict=True) if np.isnan(n)]
                if missing:
                    faults.append(self._missing(missing, wanted))
                rows.append(row)
            found[sex] = np.array(rows if self.by_unit else rows[0])
        return found

    def other_ages(self, wanted: Wanted) -> list[Fault]:
        """A fault where the table has ages that nobody is asked for."""
        strange = sorted({place.ages for place in self.numbers} - set(wanted.ages), key=str)
        if not strange:
            return []
        listed = "、".join(map(str, strange))
        known = [*map(str, wanted.ages[:2]), "…", str(wanted.ages[-1])]
        return [
            Fault(
                where=self.where,
                found=(f"年龄组 {listed}", f"ages {listed}"),
                expected=(
                    f"与基年人口相同的年龄组 {'、'.join(known)}",
                    f"the ages of the people: {', '.join(known)}",
                ),
                to_do=_TO_DO,
            )
        ]

    def _missing(self, missing: Sequence[Place], wanted: Wanted) -> Fault:
        """The ages one row of the arrays lacks: all of one period, unit and sex."""
        year, unit, sex, _ = missing[0]
        of = [str(year)] if year is not None else []
        of += [wanted.units[unit]] if unit is not None else []
        zh = " ".join([*of, _SEX_ZH[sex]] if sex else of)
        en = " ".join([*of, sex] if sex else of)
        listed = ", ".join(str(place.ages) for place in missing[:_MOST_NAMED])
        listed += ", …" if len(missing) > _MOST_NAMED else ""
        return Fault(
            where=self.where,
            found=(f"{zh} 缺年龄组 {listed}".strip(), f"{en} without ages {listed}".strip()),
            expected=(
                "各单元、时期、性别、年龄组各一行（0 也要写出）",
                "a row for every unit, period, sex and age, with 0 written out",
            ),
            to_do=("补齐后重试", "add them and run again"),
        )


def read_tidy(
    spec: TableSpec,
    path: Path,
    key: str,
    *,
    unit_ids: Sequence[str],
    needed: Sequence[str],
    optional: Sequence[str],
    read_cell: ReadCell,
    faults: list[Fault],
) -> TidyTable:
    """The table of a key of the study, whose last part is the field of its numbers.

    `needed` and `optional` list, of id, from_year and sex, what the table must and may tell apart.
    Rows of other units are passed over. Faults of cells are added to `faults`. Raises InputError
    where columns are missing.
    """
    where, field = f"{key}: {path.name}", key.rpartition(".")[2]
    sheet = read_sheet(path, key, sheet=spec.sheet)
    columns = _columns(spec, where, sheet, [*needed, "age", field], optional)
    said = {name: [cell_text(cell) for cell in sheet.rows[of]] for name, of in columns.items()}
    place_of = {unit: at for at, unit in enumerate(unit_ids)}
    per = per_of(columns[field])
    numbers: dict[Place, float] = {}
    passed_over = 0
    for row, text in enumerate(said[field]):
        if "id" in said and said["id"][row] not in place_of:
            passed_over += 1
            continue
        at = f"{where} 第{sheet.numbers[row]}行 row {sheet.numbers[row]}"
        try:
            place = Place(
                _year(said["from_year"][row]) if "from_year" in said else None,
                place_of[said["id"][row]] if "id" in said else None,
                _sex(said["sex"][row]) if "sex" in said else None,
                _ages(said["age"][row]),
            )
            if place in numbers:
                raise CellError(
                    " ".join(said[name][row] for name in said if name != field),
                    ("每项只有一行", "one row each"),
                )
            numbers[place] = read_cell(text, per, place.ages)
        except CellError as error:
            faults.append(error.fault(at))
    return TidyTable(
        where=where,
        per=per,
        by_year="from_year" in said,
        by_unit="id" in said,
        by_sex="sex" in said,
        numbers=numbers,
        notes=tuple(_notes(key, sheet, columns[field], passed_over)),
    )


def _notes(key: str, sheet: Sheet, heading: str, passed_over: int) -> Iterator[Note]:
    """What was guessed to read a table, and how many of its rows are of other units."""
    for zh, en in (*sheet.guesses, *told_of(heading)):
        yield Note(about=key, zh=zh, en=en)
    if passed_over:
        yield Note(
            about=key,
            zh=f"{passed_over} 行不是研究范围内的单元，未采用",
            en=f"{passed_over} rows are of no unit of the area: passed over",
        )


def _columns(
    spec: TableSpec, where: str, sheet: Sheet, needed: Sequence[str], optional: Sequence[str]
) -> dict[str, str]:
    """The column of every field the table has; those it needs are there."""
    words = column_words("cohorts")
    check_columns(spec.columns, [*needed, *optional], where)
    found, faults = {}, []
    for name in (*needed, *optional):
        chosen = spec.columns.get(name)
        names = [chosen] if chosen else words[name]
        column = next((c for c in names if c in sheet.rows.columns), None)
        if column is not None:
            found[name] = column
        elif chosen or name in needed:
            known, listed = "、".join(names), "、".join(map(str, sheet.rows.columns))
            faults.append(
                Fault(
                    where=f"{where} {name}",
                    found=(f"字段 {listed}", f"columns {listed}"),
                    expected=(f"其中之一：{known}", f"one of {known}"),
                    to_do=("在 columns 中指明", "name it under columns"),
                )
            )
    raise_all(InputError, faults)
    return found


def _year(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise CellError(text, ("五年的首年，如 2020", "the first of five years")) from None


def _sex(text: str) -> str:
    found = meaning("sex", text)
    if found is None:
        raise CellError(text, (words_of("sex"), words_of("sex")))
    return found


def _ages(text: str) -> AgeRange:
    try:
        return age_range(text)
    except InputError:
        raise CellError(
            text,
            (
                "五岁组，如 0-4、85+（Excel 会把 5-9 变成日期：写作 5-9岁）",
                "five years of age as 0-4 or 85+ (Excel makes a date of 5-9: write 5-9岁)",
            ),
        ) from None
