"""点位表: the proposed sites as a table, beside the map, and on sheets of its own if need be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from planning.outputs.sheets.paper import MARGIN_MM, WIDTH_MM, Paper
from planning.outputs.sheets.sheet import BOTTOM_MM, TOP_MM, Sheet, begun, ended
from planning.outputs.sheets.side_table import ROW_MM, Columns, draw_table
from planning.result import StudyResult

_WAN = 10_000.0
_BLOCKS, _BLOCK_MM = 3, 128.0
_REST = ("其余 {n} 行见点位表和 plan.csv", "{n} more rows in the list of sites")


def draw_beside(
    paper: Paper, result: StudyResult, plan: pd.DataFrame, *, y: float, floor: float
) -> bool:
    """The list from `y` down to `floor` [mm]; whether all of it fits."""
    title = paper.say(
        ("点位表（规模：托位、床位，其余平方米）", "Sites (size: p places, b beds, else m²)")
    )
    rows = _rows(paper, result, plan)
    columns = _columns(paper, (8.0, 30.0, 24.0, 12.0, 9.0, 11.0))
    from_x = WIDTH_MM - MARGIN_MM - sum(column[1] for column in columns)
    left_out = draw_table(
        paper, title, columns, rows, x=from_x, y=y, floor=floor, rest=paper.say(_REST)
    )
    return left_out == 0


def list_sheets(
    paper: Callable[[], Paper], result: StudyResult, plan: pd.DataFrame
) -> Iterator[Sheet]:
    """Every row of the plan, three blocks a sheet."""
    block = int((TOP_MM - BOTTOM_MM - 14) / ROW_MM) - 2
    page = block * _BLOCKS
    for first in range(0, len(plan), page):
        one = paper()
        sheet = begun(one, result, ("点位表", "List of sites"))
        rows = _rows(one, result, plan.iloc[first : first + page])
        for column in range(0, len(rows), block):
            draw_table(
                one, one.say(("规模：托位、床位，其余平方米", "Size: p places, b beds, else m²")),
                _columns(one, (10.0, 36.0, 42.0, 14.0, 12.0, 12.0)), rows[column : column + block],
                x=MARGIN_MM + column // block * (_BLOCK_MM + 5), y=TOP_MM, floor=BOTTOM_MM,
            )  # fmt: skip
        yield ended(sheet, result)


def _columns(paper: Paper, widths: tuple[float, ...]) -> Columns:
    heads = (
        ("编号", "No"), ("所在单元", "Unit"), ("内容", "What"), ("规模", "Size"), ("年份", "Year"),
        ("万元", "10k"),
    )  # fmt: skip
    aligned = ("left", "left", "left", "right", "right", "right")
    said = [paper.say(head) for head in heads]
    return list(zip(said, widths, aligned, strict=True))


def _rows(paper: Paper, result: StudyResult, plan: pd.DataFrame) -> list[list[str]]:
    """As plan.csv has them."""
    found = []
    for _, row in plan.iterrows():
        label, module = result.town.study.services[row["service"]].label, row["module"]
        found.append(
            [
                row["site"].removeprefix("S").lstrip("0"),
                row["unit_name"] or row["unit_id"],
                label if module == row["service"] else f"{label}·{module}",
                _size(paper, row),
                "" if pd.isna(row["year"]) else f"{row['year']}",
                f"{row['cost_yuan'] / _WAN:,.0f}",
            ]
        )
    return found


def _size(paper: Paper, row: pd.Series) -> str:
    if row["places"]:
        return paper.say((f"{row['places']}托", f"{row['places']}p"))
    if row["beds"]:
        return paper.say((f"{row['beds']}床", f"{row['beds']}b"))
    return f"{row['floor_m2']:,.0f}"
