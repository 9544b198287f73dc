"""The table of figures that a statistics office gives, a row each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from planning.area import StudyArea
from planning.errors import Fault, InputError, raise_all
from planning.inputs.shortened import shortened
from planning.inputs.tables.counts import told_of
from planning.inputs.tables.dates import YEARS, read_year
from planning.inputs.tables.sheet import Sheet, cell_text
from planning.inputs.tables.sheets import read_sheet
from planning.inputs.vectors import check_columns, column_name
from planning.inputs.vocabulary import column_words, meaning
from planning.provenance import Note
from planning.standards.figures import Figure, Figures, figure_key
from planning.study import UnitTable
from planning.units import per_of, plain_digits, written

KEY = "standards.figures"
_NEEDED = ("clause", "value")
_SIGNS = ("%", "‰", "万")
_A_NUMBER = ("数，如 82.3%、0.823、1,234、5.2万", "a number such as 82.3%, 0.823, 1,234 or 5.2万")
_A_YEAR = (f"{YEARS[0]}—{YEARS[-1]} 的年份", f"a year from {YEARS[0]} to {YEARS[-1]}")


def read_figures(spec: UnitTable, path: Path, area: StudyArea) -> tuple[Figures, tuple[Note, ...]]:
    """The figures of the whole area and of its units, and what was passed over.

    A blank unit is the whole area, which is the same as its only unit where its highest level has
    one. A blank figure is none; rows of other units are passed over. Bare numbers under a heading
    or beside a unit in %, ‰ or 万 are so many of these.

    Raises:
        InputError: with every row whose clause is blank, whose year or value cannot be read, or
            that says a thing a second time; and where all shares in % are 1 at most.
    """
    sheet = read_sheet(path, KEY, sheet=spec.sheet)
    rows = _Rows.of(sheet, spec, path.name)
    top = area.levels[0]
    whole = top.ids[0] if len(top) == 1 else ""
    unit_of = {spec.ids.get(unit, unit): unit for level in area.levels for unit in level.ids}
    listed: dict[tuple[str, str], list[Figure]] = {}
    elsewhere: list[str] = []
    blanks = 0
    for row in range(len(sheet)):
        said = rows.text("unit", row)
        # A number that was once saved with decimals: 310101001.0.
        unit = unit_of.get(said, unit_of.get(said.removesuffix(".0"))) if said else whole
        if unit is None:
            elsewhere.append(said)
        elif meaning("cells", rows.text("value", row)) == "blank" or not rows.text("value", row):
            blanks += 1
        elif (figure := rows.figure(row)) is not None:
            key = figure_key(rows.text("clause", row))
            if any(figure.year == other.year for other in listed.get((key, unit), ())):
                rows.twice(row, key, unit, figure.year)
            listed.setdefault((key, unit), []).append(figure)
    rows.refuse_disguised()
    raise_all(InputError, rows.faults)
    figures = Figures(listed={place: tuple(found) for place, found in listed.items()}, whole=whole)
    return figures, tuple(_notes(figures, sheet, rows.headings["value"], blanks, elsewhere))


@dataclass(slots=True, kw_only=True)
class _Rows:
    """The cells of the table by our fields; what is wrong with them is collected."""

    sheet: Sheet
    where: str
    headings: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    in_parts: list[Fraction] = field(default_factory=list)

    @classmethod
    def of(cls, sheet: Sheet, spec: UnitTable, name: str) -> _Rows:
        words = column_words("figures")
        check_columns(spec.columns, words, KEY)
        named = {
            of: column_name(
                sheet.rows, known, spec.columns.get(of), where=KEY, needed=of in _NEEDED
            )
            for of, known in words.items()
        }
        headings = {of: heading for of, heading in named.items() if heading is not None}
        return cls(sheet=sheet, where=f"{KEY}: {name}", headings=headings)

    def text(self, of: str, row: int) -> str:
        """A cell as text; "" where there is no such column."""
        heading = self.headings.get(of)
        return "" if heading is None else cell_text(self.sheet.rows[heading].iloc[row])

    def figure(self, row: int) -> Figure | None:
        """The figure of a row; None where something of it is at fault."""
        before = len(self.faults)
        if not figure_key(self.text("clause", row)):
            self.fault(row, ("没有条文编号或指标", "no clause and no name of a figure"), _CLAUSE)
        year, value = self._year(row), self._value(row)
        if len(self.faults) > before or value is None:
            return None
        return Figure(value=value, year=year, source=self.text("source", row))

    def _year(self, row: int) -> int | None:
        said = self.text("year", row)
        if meaning("cells", said) == "blank":
            return None
        try:
            return read_year(said.removesuffix(".0"))
        except ValueError:
            self.fault(row, (f"年份“{said}”", f"year '{said}'"), _A_YEAR)
            return None

    def _value(self, row: int) -> Fraction | None:
        """The value of a row, which has one; bare numbers are so many of what is said beside."""
        said = plain_digits(self.text("value", row))
        unit = self.text("per", row)
        per = per_of(unit) if per_of(unit) != 1 else per_of(self.headings["value"])
        try:
            value = written(said, per=per)
        except ValueError:
            self.fault(row, (f"数值“{said}”", f"value '{said}'"), _A_NUMBER)
            return None
        if per > 1 and not said.endswith(_SIGNS):
            self.in_parts.append(abs(value * per))
        return value

    def refuse_disguised(self) -> None:
        """Shares of 1 where per cent are said: a hundredfold too small, if they were believed."""
        if self.in_parts and 0 < max(self.in_parts) <= 1:
            most = float(max(self.in_parts))
            self.faults.append(
                Fault(
                    where=self.where,
                    found=(
                        f"以 % 或 ‰ 计的数，最大的只有 {most:g}",
                        f"numbers in % or ‰ of {most:g} at most",
                    ),
                    expected=("与所写单位一致的数", "numbers that are what is said of them"),
                    to_do=(
                        "单元格写成 0.9%（‰），或去掉字段名、单位中的符号",
                        "write the cells as 0.9% (‰), or take the sign away",
                    ),
                )
            )

    def twice(self, row: int, key: str, unit: str, year: int | None) -> None:
        """A row that says what one above it says."""
        of = " ".join(filter(None, (key, unit, str(year or ""))))
        self.fault(row, (f"{of} 重复", f"{of} twice"), ("每项一行", "one row each"))

    def fault(self, row: int, found: tuple[str, str], expected: tuple[str, str]) -> None:
        """Note what is wrong with a row."""
        number = self.sheet.numbers[row]
        self.faults.append(
            Fault(
                where=f"{self.where} 第{number}行 row {number}",
                found=found,
                expected=expected,
                to_do=("改正后重试", "mend it and run again"),
            )
        )


_CLAUSE = ("条文编号或指标名称", "the id of a clause, or the name of a figure")


def _notes(
    figures: Figures, sheet: Sheet, heading: str, blanks: int, elsewhere: list[str]
) -> Iterator[Note]:
    """How many figures there are, what was guessed to read them, what was passed over."""
    for zh, en in (*sheet.guesses, *told_of(heading)):
        yield Note(about=KEY, zh=zh, en=en)
    names = {key for key, _ in figures.listed}
    yield Note(
        about=KEY,
        zh=f"统计填报值 {len(figures)} 条，{len(names)} 项条文或指标",
        en=f"{len(figures)} figures typed in, for {len(names)} clauses or names",
    )
    unsourced = sum(not f.source for found in figures.listed.values() for f in found)
    if unsourced:
        yield Note(
            about=KEY,
            zh=f"{unsourced} 条统计填报值没有写明来源",
            en=f"{unsourced} of the figures do not say where they are from",
        )
    if blanks:
        yield Note(
            about=KEY, zh=f"{blanks} 行没有数值，未采用", en=f"{blanks} rows without a value"
        )
    if elsewhere:
        units = Counter(elsewhere)
        yield Note(
            about=KEY,
            zh=f"{units.total()} 行不是研究范围的单元，未采用：{'、'.join(shortened([*units]))}",
            en=f"{units.total()} rows are of no unit of the area and passed over: "
            f"{', '.join(shortened([*units]))}",
        )
