"""Dates and years as registers and spreadsheets write them."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from planning.inputs.tables.sheet import cell_text

YEARS = range(1900, 2101)
"""Years that anything in a register may be of; others are slips of the pen."""

_DAY_ZERO = date(1899, 12, 30)
"""What spreadsheets count days from; true of every day after February 1900."""
_SERIALS = range(29_221, 73_415)
"""Serial numbers of 1980 to 2100; below, a number of five digits is no date anybody meant."""
_WRITTEN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})(?:月|[-/.月](\d{1,2})[日号]?(?:[T\s].*)?)?"  # any time of day
)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR = re.compile(r"(\d{4})年?(?:[初末底]|[上下]半年|第?[1-4一二三四]季度|Q[1-4])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date as far as it is known: some day from `first` to `last`; `text` in ISO form."""

    first: date
    last: date
    text: str


def read_date(value: object) -> Dated | None:
    """The date in a cell; None where it is blank or 0, for Shapefiles have no null.

    Read are 2021-11-09, 2021/11/9, 2021.11.9, 20211109, 2021年11月9日, a spreadsheet's serial
    number (44509), dates with a time of day, and months and years alone (2021年11月, 2021). Raises
    ValueError for anything else.
    """
    said = _said(value)
    if not said:
        return None
    if said.isdecimal() and int(said) in _SERIALS:
        day = _DAY_ZERO + timedelta(days=int(said))
        return Dated(first=day, last=day, text=day.isoformat())
    if found := _YEAR.fullmatch(said):
        year = _year(found[1])
        return Dated(first=date(year, 1, 1), last=date(year, 12, 31), text=found[1])
    found = _WRITTEN.fullmatch(said) or _PACKED.fullmatch(said)
    if found is None:
        raise ValueError(f"found {said}, expected a date")
    year, month = _year(found[1]), int(found[2])
    if found[3] is not None:
        day = date(year, month, int(found[3]))
        return Dated(first=day, last=day, text=day.isoformat())
    first = date(year, month, 1)
    last = first.replace(day=calendar.monthrange(year, month)[1])
    return Dated(first=first, last=last, text=f"{year}-{month:02d}")


def read_year(value: object) -> int | None:
    """The year in a cell: of a date, or alone (2026, 2026年, 2026年底); None as for dates.

    A serial number is no year: 20250 is a slip of the pen. Raises ValueError.
    """
    said = _said(value)
    if said.isdecimal() and int(said) in _SERIALS:
        raise ValueError(f"found {said}, expected a year")
    dated = read_date(said)
    return None if dated is None else dated.first.year


def _said(value: Any) -> str:
    """The cell as text in half width, "" for blank; a serial number loses its time of day."""
    if pd.isna(value):
        return ""
    if isinstance(value, float) and not value.is_integer():
        if _SERIALS[0] <= value < _SERIALS[-1]:
            return str(int(value))
        # 2021.1 may be January, or October 2021 out of a spreadsheet that drops the zero.
        raise ValueError(f"found {value}, expected a date")
    text = unicodedata.normalize("NFKC", cell_text(value)).strip()
    return "" if text == "0" else text


def _year(text: str) -> int:
    if int(text) not in YEARS:
        raise ValueError(f"found {text}, expected a year from {YEARS[0]} to {YEARS[-1]}")
    return int(text)
