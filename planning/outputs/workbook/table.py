"""One sheet of the workbook: headed columns of values and formulas, frozen, formatted, inert."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook

from planning.outputs.bilingual import Lang, Says, in_lang

Form = Literal["text", "words", "whole", "amount", "share", "wan", "year", "index"]

_NUMBERS: dict[Form, str] = {
    "text": "@",
    "words": "@",
    "whole": "#,##0",
    "amount": "#,##0.##",
    "share": "0.0%",
    "wan": "#,##0.0",
    "year": "0",
    "index": "0.000",
}
_COMPUTED = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""Excel would compute a cell that is typed so: such text is marked as text."""
_FONT, _INK, _LINE, _HEAD = "微软雅黑", "#1F2A33", "#D5D5CC", "#1F6890"
_HEADER_ROW = 2
_MOST_LETTERS = 32_767
"""Excel holds no longer text in one cell."""


class Cell(Protocol):
    """A row of a table as a formula sees it: the address of its cell under a Chinese heading."""

    def __call__(self, heading: str) -> str:
        """The address."""
        ...


Formula = Callable[[Cell], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading (中文, English), a value a row, and how these are shown.

    A value of words is a pair as well where it is said in both languages.
    With `formula` each cell computes itself from the others of its row, `values` being what comes
    out. `bar` draws a data bar; `total` adds the sum below, or, where it is a value, the formula
    over the sums, of which it is what comes out. `forms` has the form of every row, where they
    differ.
    """

    heading: Says
    values: Sequence[object]
    form: Form = "text"
    width: float = 12.0
    formula: Formula | None = None
    bar: bool = False
    total: bool | float | None = False
    forms: Sequence[Form] = ()

    def form_of(self, row: int) -> Form:
        """How the value of a row is shown, rows counted from 0."""
        return self.forms[row] if self.forms else self.form


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet: its name and what it says, (中文, English); the first `frozen` columns stay."""

    name: Says
    note: Says
    columns: tuple[Column, ...]
    frozen: int = 1

    @property
    def n_rows(self) -> int:
        """How many rows it has."""
        return len(self.columns[0].values)

    def cells(self, heading: str) -> str:
        """All cells of a column, by its Chinese heading, as formulas of other sheets name them."""
        at = next(n for n, one in enumerate(self.columns) if one.heading[0] == heading)
        letter, first = xl_col_to_name(at), _HEADER_ROW + 2
        return f"${letter}${first}:${letter}${first + max(1, self.n_rows) - 1}"


def _cells_of(table: Table, row: int) -> Cell:
    letters = {one.heading[0]: xl_col_to_name(n) for n, one in enumerate(table.columns)}
    return lambda heading: f"{letters[heading]}{row + 1}"


@dataclass(slots=True)
class Look:
    """The formats of one workbook, made once each."""

    book: Workbook
    _made: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def of(self, form: Form, *, strong: bool = False, inert: bool = False) -> Any:
        """How a value is shown."""
        key = (form, strong, inert)
        if key not in self._made:
            self._made[key] = self.book.add_format(
                {
                    "font_name": _FONT, "font_size": 10, "font_color": _INK, "bold": strong,
                    "num_format": _NUMBERS[form], "valign": "top", "text_wrap": form == "words",
                    "border": 1, "border_color": _LINE, "quote_prefix": inert,
                }
            )  # fmt: skip
        return self._made[key]

    def heading(self) -> Any:
        """The row of headings."""
        return self._once(
            "heading",
            {"bold": True, "font_color": "#FFFFFF", "bg_color": _HEAD, "text_wrap": True,
             "valign": "vcenter", "align": "center", "border": 1, "border_color": _LINE},
        )  # fmt: skip

    def title(self) -> Any:
        """The first line."""
        return self._once("title", {"bold": True, "font_size": 14})

    def note(self) -> Any:
        """The line below it."""
        return self._once("note", {"font_size": 9, "font_color": "#5B6670"})

    def _once(self, name: str, what: dict[str, Any]) -> Any:
        if (name,) not in self._made:
            plain = {"font_name": _FONT, "font_size": 10, "font_color": _INK}
            self._made[name,] = self.book.add_format({**plain, **what})
        return self._made[name,]


def _said(table: Table, lang: Lang) -> Table:
    """A table whose values are in one language."""

    def one(value: object) -> object:
        return in_lang(value, lang) if isinstance(value, tuple) else value

    return replace(
        table, columns=tuple(replace(c, values=[one(v) for v in c.values]) for c in table.columns)
    )


def write_table(look: Look, table: Table, *, title: str, lang: Lang) -> None:
    """Add the sheet of a table in one language; an empty one says that it is."""
    table = _said(table, lang)
    sheet = look.book.add_worksheet(in_lang(table.name, lang))
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, f"{title}　{in_lang(table.name, lang)}", look.title())
    sheet.write_string(1, 0, in_lang(table.note, lang), look.note())
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(_HEADER_ROW, at, in_lang(column.heading, lang), look.heading())
        _write_column(look, sheet, table, at)
    for row in range(table.n_rows):
        sheet.set_row(_HEADER_ROW + 1 + row, _LINE_POINTS * _lines(table, row))
    sheet.set_row(0, 24)
    sheet.set_row(_HEADER_ROW, 32)
    sheet.freeze_panes(_HEADER_ROW + 1, table.frozen)
    last = _HEADER_ROW + table.n_rows
    if table.n_rows and any(column.total is not False for column in table.columns):
        sheet.write_string(
            last + 1, 0, in_lang(("合计", "total"), lang), look.of("text", strong=True)
        )
    if table.n_rows:
        sheet.autofilter(_HEADER_ROW, 0, last, len(table.columns) - 1)
    else:
        sheet.write_string(_HEADER_ROW + 1, 0, in_lang(("无", "none"), lang), look.of("text"))
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.set_footer("&C&P / &N")


_LINE_POINTS, _MOST_LINES = 14.5, 12
"""Height of a line of text [pt], and how many a row shows at most; all of it stays in the cell."""


def _lines(table: Table, row: int) -> int:
    """How many lines the longest text of a row takes: not every program finds out by itself."""
    most = 1
    for column in table.columns:
        text = column.values[row]
        if column.form == "words" and isinstance(text, str):
            letters = sum(2 if ord(letter) > _LAST_NARROW else 1 for letter in text)
            most = max(most, -int(-letters // (column.width - 1)))
    return min(most, _MOST_LINES)


_LAST_NARROW = 0x2E7F
"""Letters beyond it, Chinese ones, are as wide as two figures."""


def _write_column(look: Look, sheet: Any, table: Table, at: int) -> None:
    column, first = table.columns[at], _HEADER_ROW + 1
    for row, value in enumerate(column.values, start=first):
        if column.formula is not None:
            formula = "=" + column.formula(_cells_of(table, row))
            sheet.write_formula(row, at, formula, look.of(column.form), _plain(value))
        else:
            _write_cell(look, sheet, row, at, value, column.form_of(row - first))
    last = first + table.n_rows - 1
    if column.bar and table.n_rows:
        bar: dict[str, Any] = {"type": "data_bar", "bar_solid": True, "bar_color": "#9CC7D8"}
        if column.form == "share":
            bar |= {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
        sheet.conditional_format(first, at, last, at, bar)
    if column.total is False or not table.n_rows:
        return
    letter = xl_col_to_name(at)
    known = [value for value in map(_plain, column.values) if not isinstance(value, str)]
    formula = f"=SUBTOTAL(9,{letter}{first + 1}:{letter}{last + 1})"
    total: str | float = sum(known)
    if column.total is not True and column.formula is not None:
        formula, total = "=" + column.formula(_cells_of(table, last + 1)), _plain(column.total)
    sheet.write_formula(last + 1, at, formula, look.of(column.form, strong=True), total)


def _write_cell(look: Look, sheet: Any, row: int, at: int, value: object, form: Form) -> None:
    plain = _plain(value)
    if plain == "":
        sheet.write_blank(row, at, None, look.of(form))
    elif isinstance(plain, str):
        inert = plain.startswith(_COMPUTED)
        sheet.write_string(row, at, plain[:_MOST_LETTERS], look.of(form, inert=inert))
    else:
        sheet.write_number(row, at, plain, look.of(form))


def _plain(value: object) -> str | float:
    """A value as a cell holds it: "" for what is not known."""
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    return int(number) if number.is_integer() else number
