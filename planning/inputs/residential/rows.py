"""The rows of a layer of residential areas, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal, TypeVar

import geopandas as gpd
import numpy as np

from planning.errors import Fault, InputError, raise_all
from planning.inputs.tables.dates import YEARS, Dated, read_date, read_year
from planning.inputs.tables.sheet import cell_text
from planning.inputs.vectors import check_columns, column_name
from planning.inputs.vocabulary import column_words, meaning, words_of
from planning.study import ResidentialSpec
from planning.units import per_of, plain_digits, whole_persons, written

Read = TypeVar("Read")
Says = tuple[str, str]
"""The same in Chinese and in English."""

KEY = "residential_areas"
_MEND = ("改正后重试", "mend it and run again")
_A_YEAR = (f"{YEARS[0]}—{YEARS[-1]} 的年份", f"a year from {YEARS[0]} to {YEARS[-1]}")
_DATES = ("land_grant_date", "permit_date")
_A_DATE = ("日期，如 2021-11-09", "a date such as 2021-11-09")
_NAME_BYTES = 10
"""So long are column names of Shapefiles; in GB18030 five characters."""
_NUMERAL = re.compile(r"\d+(?:\.\d+)?万?")
_MOST = 10_000_000
"""More people or households than any residential area has."""
_A_NUMBER = (f"0 至 {_MOST:,} 的数", f"a number from 0 to {_MOST:,}")
_PEOPLE = ("planned_people", "households", "persons_per_household")
_NOBODY_PLANNED = (
    ("新建居住区没有规划人口", "a new area without planned people"),
    ("不少于 1 人的规划人口", "at least one planned person"),
    (
        "补填规划人口，或户数及户均人口（列，或 residential_areas.persons_per_household）",
        "fill in planned_people, or households and persons per household (a column, or "
        "residential_areas.persons_per_household)",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow:
    """What one row says.

    `planned` says whether it is planned or under construction, None where there is no status, and
    `built` whether homes stand. `dated` is the later of grant and permit; `town` is "old", "new",
    "" or a word nobody knows. `people`, `households` and `year` are −1 where nobody says;
    `by_households` names whose persons per household made the people, None where they are stated.
    """

    row: int
    id: str
    name: str
    planned: bool | None
    built: bool
    dated: Dated | None
    town: str
    people: int
    households: int
    by_households: Literal["column", "study"] | None
    year: int
    stays: bool


def read_rows(
    frame: gpd.GeoDataFrame, spec: ResidentialSpec, rows: Sequence[int], *, new_since: date
) -> tuple[AreaRow, ...]:
    """The rows asked for, numbered from 0. Raises InputError with every fault of theirs."""
    cells = _Cells.of(frame, spec)
    found = tuple(_row(cells, spec, row, new_since) for row in rows)
    seen: set[str] = set()
    for area in found:
        if not area.id or area.id in seen:
            cells.fault(
                area.row,
                ("编号为空或重复", "an id that is empty or stands twice"),
                ("唯一编号", "one id an area"),
                ("改正编号", "mend the id"),
            )
        seen.add(area.id)
    raise_all(InputError, cells.in_order())
    return found


def _row(cells: _Cells, spec: ResidentialSpec, row: int, new_since: date) -> AreaRow:
    if cells.shapes[row].is_empty:
        cells.fault(
            row,
            ("没有几何（空面）", "an empty polygon"),
            ("有面积的面", "a polygon with an area"),
        )
    dates = [cells.read(name, row, read_date, _A_DATE) for name in _DATES]
    dated = max((found for found in dates if found), key=lambda found: found.last, default=None)
    status, town = _status(cells, row, dated), cells.text("town", row)
    planned = None if status is None else status == "planned"
    is_recent = dated is not None and dated.last >= new_since
    built = not planned if planned is not None else not is_recent
    households = cells.number("households", row, _whole)
    people, by_households = _people(cells, spec, row, households)
    if people < 1 and not built and cells.unread.isdisjoint((row, name) for name in _PEOPLE):
        cells.fault(row, *_NOBODY_PLANNED)
    year = cells.read("delivery_year", row, read_year, _A_YEAR)
    return AreaRow(
        row=row,
        id=cells.ids[row],
        name=cells.text("name", row) or cells.ids[row],
        planned=planned,
        built=built,
        dated=dated,
        town="old" if status == "old_town" else meaning("town", town) or town,
        people=people,
        households=-1 if households is None else households,
        by_households=by_households,
        year=-1 if year is None else year,
        stays=_stays(cells, row),
    )


def _status(cells: _Cells, row: int, dated: Dated | None) -> str | None:
    """planned, built or old_town; None where a date stands in for it."""
    word = cells.text("status", row)
    status = meaning("residential_status", word)
    if status is None and (word or dated is None):
        cells.fault(
            row,
            (f"状态“{word}”", f"status '{word}'"),
            (words_of("residential_status"), words_of("residential_status")),
            (
                "改正状态；没有状态的须有土地出让或规划许可日期",
                "mend it; without a status give the date of the land's grant or permit",
            ),
        )
    return status


def _people(
    cells: _Cells, spec: ResidentialSpec, row: int, households: int | None
) -> tuple[int, Literal["column", "study"] | None]:
    """Planned people, −1 where nobody says; stated, or by households and whose figure of them."""
    stated = cells.number("planned_people", row, _number)
    size = cells.number("persons_per_household", row, _number)
    if stated or not households:
        return -1 if stated is None else whole_persons(stated), None
    if size:
        return whole_persons(households * size), "column"
    if spec.persons_per_household is not None:
        return whole_persons(households * spec.persons_per_household.persons), "study"
    return -1 if stated is None else whole_persons(stated), None


def _stays(cells: _Cells, row: int) -> bool:
    """Whether people counted inside stay; they do where nobody says."""
    word = cells.text("residents_stay", row)
    said = meaning("flag", word)
    if word and said is None:
        found = (f"保留现状人口“{word}”", f"residents_stay '{word}'")
        cells.fault(row, found, ("是 或 否", "yes or no"))
    return said != "no"


def _number(value: object, heading: str) -> Fraction | None:
    """A number ≥ 0 as it is written, with 人 or 户 behind it or not; None for a blank.

    Bare numbers under a heading in 万 are so many of these.
    """
    text = plain_digits(cell_text(value))
    text = text.removesuffix("人").removesuffix("户").strip()
    if not text:
        return None
    if not _NUMERAL.fullmatch(text) or (number := written(text, per=per_of(heading))) > _MOST:
        raise ValueError(f"found {text}, expected {_A_NUMBER[1]}")
    return number


def _whole(value: object, heading: str) -> int | None:
    number = _number(value, heading)
    if number is not None and number.denominator != 1:
        raise ValueError(f"found {number}, expected a whole number")
    return None if number is None else int(number)


def _refuse_cut_names(frame: gpd.GeoDataFrame, absent: Sequence[str]) -> None:
    """A column of ours whose name a Shapefile cut off must not be missed without a word."""
    faults = []
    for name in absent:
        for word in column_words("residential")[name]:
            cut = word.encode("gb18030")[:_NAME_BYTES].decode("gb18030", "ignore")
            if cut != word and cut in frame.columns:
                columns = f"residential_areas.columns: {{{name}: {cut}}}"
                faults.append(
                    Fault(
                        where=KEY,
                        found=(
                            f"字段“{cut}”，疑为“{word}”被 Shapefile 截断",
                            f"a column '{cut}', perhaps '{word}' cut off by a Shapefile",
                        ),
                        expected=(f"“{word}”", f"'{word}'"),
                        to_do=(f"改名，或写 {columns}", f"rename it, or say {columns}"),
                    )
                )
    raise_all(InputError, faults)


@dataclass(slots=True, kw_only=True)
class _Cells:
    """The cells of a layer by our fields; what is `unread` is a fault of its row."""

    columns: dict[str, np.ndarray | None]
    headings: dict[str, str]
    ids: list[str]
    shapes: np.ndarray
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    unread: set[tuple[int, str]] = field(default_factory=set)

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame, spec: ResidentialSpec) -> _Cells:
        words = column_words("residential")
        check_columns(spec.columns, words, KEY)
        named = {
            name: column_name(frame, known, spec.columns.get(name), where=KEY, needed=name == "id")
            for name, known in words.items()
        }
        headings = {name: heading for name, heading in named.items() if heading is not None}
        columns = {
            name: None if heading is None else np.asarray(frame[heading].to_numpy())
            for name, heading in named.items()
        }
        _refuse_cut_names(frame, [name for name, values in columns.items() if values is None])
        if all(columns[name] is None for name in ("status", *_DATES)):
            # Raises: nothing says new or built.
            column_name(frame, words["status"], None, where=KEY)
        ids = columns["id"]
        assert ids is not None
        return cls(
            columns=columns,
            headings=headings,
            ids=[cell_text(value) for value in ids],
            shapes=frame.geometry.to_numpy(),
        )

    def text(self, name: str, row: int) -> str:
        """A cell as text; "" where there is no such column."""
        values = self.columns[name]
        return "" if values is None else cell_text(values[row])

    def read(
        self, name: str, row: int, reader: Callable[[object], Read | None], expected: Says
    ) -> Read | None:
        """A cell as `reader` gives it; None where there is no such column, or it is at fault."""
        values = self.columns[name]
        if values is None:
            return None
        try:
            return reader(values[row])
        except ValueError:
            said = cell_text(values[row])
            zh = next(word for word in column_words("residential")[name] if not word.isascii())
            self.fault(row, (f"{zh}“{said}”", f"{name} '{said}'"), expected)
            self.unread.add((row, name))
            return None

    def number(
        self, name: str, row: int, reader: Callable[[object, str], Read | None]
    ) -> Read | None:
        """A number as `reader` gives it, which is told the heading, as it may say 万."""
        return self.read(name, row, lambda value: reader(value, self.headings[name]), _A_NUMBER)

    def fault(self, row: int, found: Says, expected: Says, to_do: Says = _MEND) -> None:
        """Note what is wrong with a row."""
        where = f"{KEY} {self.ids[row]} 第{row + 1}行 row {row + 1}"
        self.faults.append((row, Fault(where=where, found=found, expected=expected, to_do=to_do)))

    def in_order(self) -> list[Fault]:
        """All faults, by row."""
        return [fault for _, fault in sorted(self.faults, key=lambda found: found[0])]
