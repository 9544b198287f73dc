"""A small table beside a map."""

from __future__ import annotations

from collections.abc import Sequence

from planning.outputs.sheets.colours import INK, QUIET
from planning.outputs.sheets.paper import Paper

ROW_MM = 4.6
Columns = Sequence[tuple[str, float, str]]
"""Heading, width [mm], left or right."""


def draw_table(
    paper: Paper, title: str, columns: Columns, rows: Sequence[Sequence[str]], *,
    x: float, y: float, floor: float, rest: str = "",
) -> int:  # fmt: skip
    """As many rows as stand above `floor` [mm]; how many are left out is told by `rest`, its {n}.

    Returns how many.
    """
    width = sum(column[1] for column in columns)
    y = paper.text(x, y, title, size=11, bold=True, width=width) - 0.8
    y = _row(paper, columns, [column[0] for column in columns], x, y, colour=QUIET)
    paper.rule(x, x + width, y + 0.8, colour=INK)
    room = max(0, int((y - floor) / ROW_MM))
    shown = rows if len(rows) <= room else rows[: max(0, room - 1)]
    for row in shown:
        y = _row(paper, columns, row, x, y)
    left_out = len(rows) - len(shown)
    if left_out:
        paper.text(x, y - 0.4, rest.format(n=left_out), size=7.5, colour=QUIET)
    return left_out


def _row(
    paper: Paper, columns: Columns, cells: Sequence[str], x: float, y: float, *, colour: str = INK
) -> float:
    for (_, width, align), cell in zip(columns, cells, strict=True):
        at = x if align == "left" else x + width - 0.5
        paper.fitted(at, y - 0.4, cell, width - 1.2, size=7.8, colour=colour, align=align)
        x += width
    return y - ROW_MM
