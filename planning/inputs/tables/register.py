"""A register as a table with our field names; it collects every fault before it raises.

A row with a cell nobody can read is left out and told, as long as few are: a register of which a
fifth cannot be read has a wrong column or a wrong unit, and is refused as a whole. So is one that
uses words nobody has explained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from planning.errors import Fault, InputError, raise_all
from planning.inputs.shortened import shortened
from planning.inputs.tables.sheet import Remark, cell_text
from planning.inputs.tables.sheets import Sheet, read_sheet
from planning.inputs.vocabulary import column_words, meaning, words_of
from planning.study import PlacesSpec
from planning.units import plain_digits

Floats = npt.NDArray[np.float64]

MOST_REJECTED = 0.2
"""With a larger share of rows rejected the register is refused."""
_LON, _LAT = "（几何）经度", "（几何）纬度"
_SHOWN = 12
_SAME_DEGREES = 5e-5
"""Coordinates this near to those of the geometry say the same place, some 5 m."""
_UNITS = {"fixed_wan": r"万元?", "yuan_per_m2": r"元(?:/(?:平方米|平米|m2|㎡))?"}
"""Units behind a number that change nothing in the columns of sums of money."""
_UNIT = r"个|张|处|人|平方米|平米|m2|㎡"


@cache
def _number(unit: str) -> re.Pattern[str]:
    """A number with the words that clerks put around one; NFKC made m² of ㎡ and 1 of １."""
    return re.compile(
        rf"(?:约|大约|近|≈|~)?\s*([+-]?\d+(?:\.\d+)?)\s*余?\s*(?:{unit})?(?:左右|余)?"
    )


class Register:
    """One table of places; rows are numbered as a spreadsheet shows them, the header is row 1."""

    def __init__(self, path: Path, spec: PlacesSpec, kind: str, *, needed: tuple[str, ...]) -> None:
        self.kind = kind
        self.where = f"{kind}: {path.name}"
        self.faults: list[Fault] = []
        self.rejected: dict[int, Fault] = {}
        self.doubted: dict[int, list[tuple[str, str]]] = {}
        sheet = read_sheet(path, kind, sheet=spec.sheet)
        self.repaired: dict[int, list[tuple[str, str]]] = {
            row: [(f"缺少末尾 {cells} 格，按空白读取", f"lacks its last {cells} cells: blank")]
            for row, cells in sheet.short.items()
        }
        self.placed = sheet.lon is not None and not {"x", "y"} & set(spec.columns)
        self._rows = sheet.numbers
        self._raw = raw = _with_places(sheet)
        self._names = {
            field: spec.columns.get(field) or next((w for w in known if w in raw.columns), None)
            for field, known in column_words(kind).items()
        }
        self.remarks = sheet.remarks
        if self.placed:
            said = [raw[name] for name in (self._names["x"], self._names["y"]) if name is not None]
            self.remarks += _other_places(said, raw)
            self._names |= {"x": _LON, "y": _LAT}
        self._check_columns(spec, needed)
        if not sheet.is_ours:
            self.remarks += _not_read([*map(str, sheet.rows.columns)], self._names)

    def __len__(self) -> int:
        return len(self._raw)

    @property
    def numbers(self) -> list[int]:
        """The number of every row, as a spreadsheet shows it."""
        return [int(number) for number in self._rows]

    def has(self, field: str) -> bool:
        """Whether the table has a column for the field."""
        return self._names[field] is not None

    def heading(self, field: str) -> str:
        """What the table calls a field; our own name where it has no column for it."""
        return self._names[field] or field

    def text(self, field: str, default: str = "") -> list[str]:
        """A column as text without surrounding blanks; `default` where there is no such column."""
        name = self._names[field]
        if name is None:
            return [default] * len(self)
        return [cell_text(value) for value in self._raw[name]]

    def blank(self, field: str) -> list[bool]:
        """Which cells of a column are blank, or say that they say nothing; all without a column."""
        return [not word or meaning("cells", word) == "blank" for word in self.text(field)]

    def number(self, field: str, default: float | None = None, *, least: float = 0.0) -> Floats:
        """A column of finite numbers ≥ `least`; a blank is `default`, and rejects its row without.

        A number with words around it (“约60个”) or in full width is read, and told; what is none
        rejects its row and is NaN.
        """
        return self._numbers(field, default, least, self._reject_number)

    def figure(self, field: str, *, least: float = 0.0) -> Floats:
        """A column of numbers that no row is left out for: NaN where it is blank or unreadable.

        Numbers are read as `number` reads them; what is none is told as doubtful.
        """
        return self._numbers(field, np.nan, least, self._doubt_number)

    def _numbers(
        self,
        field: str,
        default: float | None,
        least: float,
        refuse: Callable[[int, str, str, float], None],
    ) -> Floats:
        """A column as numbers; `refuse` is told each that is none, which is NaN."""
        name = self._names[field]
        if name is None:
            return np.full(len(self), np.nan if default is None else default)
        words = self.text(field)
        if default is not None:
            words = [self._or_blank(row, word) for row, word in enumerate(words)]
        form = _number(_UNITS.get(field, _UNIT))
        said = [self._plain_number(row, word, form) for row, word in enumerate(words)]
        numbers = pd.to_numeric(pd.Series(said, dtype=object), errors="coerce")
        values = numbers.to_numpy(dtype=np.float64, copy=True)
        blank = np.array([not word for word in said], dtype=bool) & (default is not None)
        values[blank] = np.nan if default is None else default
        for row in np.flatnonzero(~blank & ~((values >= least) & np.isfinite(values))):
            refuse(int(row), name, said[row], least)
            values[row] = np.nan
        return values

    def _reject_number(self, row: int, name: str, said: str, least: float) -> None:
        bound = f" ≥ {least:g}" if np.isfinite(least) else ""
        self.reject(
            row, f"{name}=“{said}”", f"{name} = '{said}'", f"数字{bound}", f"a number{bound}"
        )

    def _doubt_number(self, row: int, name: str, said: str, _least: float) -> None:
        self.doubt_cell(row, name, said)

    def _plain_number(self, row: int, said: str, form: re.Pattern[str]) -> str:
        """The number in a cell that says more than a number, as it stands where it does not."""
        plain = form.fullmatch(plain_digits(said))
        if plain is None or plain[1] == said:
            return said
        self._tell(row, f"“{said}”按 {plain[1]} 计", f"'{said}' counts as {plain[1]}")
        return plain[1]

    def _or_blank(self, row: int, said: str) -> str:
        """A cell of a number, blank where it says that it says nothing."""
        if meaning("cells", said) != "blank":
            return said
        self._tell(row, f"“{said}”按空白计", f"'{said}' counts as a blank")
        return ""

    def _tell(self, row: int, zh: str, en: str) -> None:
        """Note that a cell is read otherwise than it stands, once."""
        if (zh, en) not in self.repaired.setdefault(row, []):
            self.repaired[row].append((zh, en))

    def known(self, field: str, section: str, default: str) -> list[str]:
        """A column of register words translated by a section of the vocabulary.

        A blank is `default`, which may be "" for unknown.
        """
        found = []
        strange: dict[str, list[int]] = {}
        for row, said in enumerate(self.text(field, default)):
            word = said or default
            means = meaning(section, word)
            if means is None and word:
                strange.setdefault(word, []).append(row)
            found.append(means or "")
        for word, rows in strange.items():
            self._fault_of_word(str(self._names[field]), word, rows, section)
        return found

    def _fault_of_word(self, name: str, word: str, rows: list[int], section: str) -> None:
        """A word that nobody knows, once, with the rows below the first that have it too."""
        listed = words_of(section)
        rest = [str(self._rows[row]) for row in rows[1:]]
        others = "、".join(shortened(rest, most=_SHOWN))
        self.fault(
            rows[0],
            f"{name}=“{word}”" + (f"，第 {others} 行也是" if rest else ""),
            f"{name} = '{word}'" + (f", in rows {others} too" if rest else ""),
            f"{listed}；或在自备词表（vocabulary）的 {section} 一节写明“{word}”的意思",
            f"{listed}; or say in words of your own (vocabulary) under {section} what it means",
        )

    def ids(self) -> list[str]:
        """The column of ids; a row without one, or with that of a row above, is rejected."""
        found = self.text("id")
        seen: set[str] = set()
        for row, name in enumerate(found):
            if not name or name in seen:
                self.reject(
                    row, f"编号“{name}”为空或重复", f"id '{name}' empty or twice",
                    "唯一编号", "one id a row",
                )  # fmt: skip
            seen.add(name)
        return found

    def fault(self, row: int, zh: str, en: str, expected_zh: str, expected_en: str) -> None:
        """Note a fault of one row (0 = the first below the header), which refuses the register."""
        self.faults.append(self._of_row(row, zh, en, expected_zh, expected_en))

    def reject(self, row: int, zh: str, en: str, expected_zh: str, expected_en: str) -> None:
        """Leave a row out, for the first reason that is found."""
        self.rejected.setdefault(row, self._of_row(row, zh, en, expected_zh, expected_en))

    def doubt(self, row: int, zh: str, en: str) -> None:
        """Note that a row counts, and that somebody ought to look at it."""
        self.doubted.setdefault(row, []).append((zh, en))

    def doubt_cell(self, row: int, name: str, said: str) -> None:
        """Note that a cell cannot be read, and that what it is about is unknown."""
        zh, en = f"{name}=“{said}”无法识别，按未知计", f"{name} = '{said}' cannot be read: unknown"
        self.doubt(row, zh, en)

    def check(self) -> None:
        """Raise everything that was found: faults, or too many rejected rows."""
        many = len(self.rejected) > MOST_REJECTED * len(self)
        if self.faults or many:
            raise_all(InputError, [*self.faults, *self.rejected.values()])

    def _of_row(self, row: int, zh: str, en: str, expected_zh: str, expected_en: str) -> Fault:
        number = self._rows[row]
        return self._fault(f" 第{number}行 row {number}", zh, en, expected_zh, expected_en)

    def _check_columns(self, spec: PlacesSpec, needed: tuple[str, ...]) -> None:
        """The columns a study names are there, and those that are needed."""
        there = "、".join(map(str, self._raw.columns))
        fields = "、".join(self._names)
        for field in spec.columns:
            if field not in self._names:
                zh, en = f"columns 中的“{field}”", f"'{field}' under columns"
                self._note(zh, en, fields, fields)
        for field, name in self._names.items():
            if name is not None and name not in self._raw.columns:
                zh, en = f"没有字段“{name}”", f"no column '{name}'"
                self._note(zh, en, there, there)
            elif name is None and field in needed:
                known = "、".join(column_words(self.kind)[field])
                zh, en = (
                    f"缺少字段 {field}（表中：{there}）",
                    f"no column for {field} (there: {there})",
                )
                self._note(zh, en, known, known)
        self.check()

    def _note(self, zh: str, en: str, expected_zh: str, expected_en: str) -> None:
        self.faults.append(self._fault("", zh, en, expected_zh, expected_en))

    def _fault(self, at: str, zh: str, en: str, expected_zh: str, expected_en: str) -> Fault:
        return Fault(
            where=self.where + at,
            found=(zh, en),
            expected=(expected_zh, expected_en),
            to_do=("改正后重试", "mend it and run again"),
        )


def _with_places(sheet: Sheet) -> pd.DataFrame:
    """The rows with the places of their geometry, where they have one, as columns of their own."""
    if sheet.lon is None or sheet.lat is None:
        return sheet.rows
    return sheet.rows.assign(**{_LON: sheet.lon, _LAT: sheet.lat})


def _not_read(columns: list[str], names: Mapping[str, str | None]) -> tuple[Remark, ...]:
    """The columns that are none of our fields: one of them may be, under a name nobody knows."""
    rest = [name for name in columns if name not in names.values()]
    if not rest:
        return ()
    named = "、".join(shortened(rest, most=_SHOWN))
    return ((f"未采用的字段：{named}", f"columns that are not used: {named}"),)


def _other_places(said: list[pd.Series], rows: pd.DataFrame) -> tuple[Remark, ...]:
    """That columns of coordinates beside the geometry of a layer say other places."""
    away = [
        np.abs(pd.to_numeric(column, errors="coerce") - rows[own].astype(np.float64))
        for column, own in zip(said, (_LON, _LAT), strict=False)
    ]
    many = int(np.sum(np.any(np.array(away) > _SAME_DEGREES, axis=0))) if away else 0
    if not many:
        return ()
    named = "、".join(str(column.name) for column in said)
    return (
        (
            f"{many} 行的几何与坐标字段（{named}）位置不同：以几何为准；"
            "以字段为准时在 columns 中写明 x、y",
            f"{many} rows whose geometry and columns ({named}) say other places: the geometry "
            "counts, or the columns where the study names them as x and y",
        ),
    )
