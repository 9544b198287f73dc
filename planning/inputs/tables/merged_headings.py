"""Headings in several rows: 人口 merged over 户籍 and 常住, whose names are in the row below."""

from __future__ import annotations

from collections.abc import Sequence

from planning.inputs.tables.dates import YEARS
from planning.units import written

_BLANK = ("", None)


def lower_names(heading: Sequence[object], below: Sequence[object]) -> list[object] | None:
    """The heading with the names of the row below it under merged cells; None if it has none.

    A merged cell is one followed by blanks. The row below goes on with the heading where it says
    nothing under any other cell, so that it is about no place and no unit, and names or years under
    the merged ones.
    """
    width = max(len(heading), len(below))
    top, under = ([*row, *[""] * (width - len(row))] for row in (heading, below))
    merged = [
        cell in _BLANK or (at + 1 < width and top[at + 1] in _BLANK) for at, cell in enumerate(top)
    ]
    named = [at for at, cell in enumerate(under) if cell not in _BLANK]
    goes_on = (
        any(top[at] in _BLANK for at in named)
        and all(merged[at] and _is_name(under[at]) for at in named)
        and not all(merged)
    )
    if not goes_on:
        return None
    return [
        lower if at in named else upper
        for at, (upper, lower) in enumerate(zip(top, under, strict=True))
    ]


def _is_name(cell: object) -> bool:
    """Whether a cell is text or a year, and no figure."""
    try:
        number = written(str(cell))
    except ValueError:
        return True
    return number in YEARS
