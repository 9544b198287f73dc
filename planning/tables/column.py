"""A column of a table: name, type, unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table; `unit` is "" where there is none."""

    name: str
    kind: Literal["text", "integer", "number"]
    unit: str
    zh: str
    en: str


Row = tuple[str, Literal["text", "integer", "number"], str, str, str]
"""Name, kind, unit, meaning in Chinese and in English."""

PEOPLE_YEAR: Row = (
    "people_year",
    "integer",
    "",
    "人数所属年份；未注明为空",
    "year of the people; empty where nobody stated it",
)


def columns(*rows: Row) -> tuple[Column, ...]:
    """The columns of a table from their rows."""
    return tuple(Column(name=n, kind=k, unit=u, zh=zh, en=en) for n, k, u, zh, en in rows)
