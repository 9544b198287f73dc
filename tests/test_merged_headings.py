"""Headings in several rows, as yearbooks print them; the wrong column must not be taken."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from registers import said

from planning.inputs.tables.merged_headings import lower_names
from planning.inputs.tables.sheet import Sheet
from planning.inputs.tables.sheets import read_sheet

PEOPLE = [
    ["编号", "人口", "", "备注"],
    ["", "户籍人口", "常住人口", ""],
    ["W", 400, 500, "甲"],
    ["O", 100, 228, ""],
]


def as_csv(folder: Path, rows: list[list[Any]]) -> Path:
    path = folder / "t.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n", encoding="utf-8")
    return path


def as_workbook(folder: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([cell if cell != "" else None for cell in row])
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def read(path: Path) -> Sheet:
    return read_sheet(path, "totals", sheet=None)


@pytest.mark.parametrize("write", [as_csv, as_workbook])
def test_merged_cells_take_their_names_from_the_row_below(tmp_path: Path, write: Any) -> None:
    sheet = read(write(tmp_path, [["各街道人口"], *PEOPLE]))
    assert sheet.rows.columns.tolist() == ["编号", "户籍人口", "常住人口", "备注"]
    assert [str(int(n)) for n in sheet.rows["常住人口"]] == ["500", "228"]
    assert sheet.numbers.tolist() == [4, 5]
    assert "header in row 2, below titles" in said(sheet)
    assert "a header in rows 2 to 3" in said(sheet)


def test_known_words_may_all_stand_in_the_lower_row(tmp_path: Path) -> None:
    rows = [["编号", "坐标", "", "类型"], ["", "经度", "纬度", ""], ["F1", 105.1, 30.5, "养老院"]]
    sheet = read_sheet(as_csv(tmp_path, rows), "facilities", sheet=None)
    assert sheet.rows.columns.tolist() == ["编号", "经度", "纬度", "类型"]


def test_years_are_names_and_three_rows_one_heading(tmp_path: Path) -> None:
    rows = [
        ["编号", "人口", "", "", ""],
        ["", 2010, "", 2020, ""],
        ["", "男", "女", "男性人数", "女性人数"],
        ["W", 1, 2, 3, 4],
    ]
    sheet = read(as_workbook(tmp_path, rows))
    assert sheet.rows.columns.tolist() == ["编号", "男", "女", "男性人数", "女性人数"]
    assert len(sheet) == 1


@pytest.mark.parametrize(
    "below",
    [
        ["W", "西街", "x", ""],  # a row of its own, with an id
        ["", 400, 500, ""],  # figures, and nobody says of what
        ["", "户籍人口", "", ""],  # nothing under the blank
        ["", "", "", "甲"],
    ],
)
def test_what_is_no_heading_stays_a_row(below: list[Any]) -> None:
    assert lower_names(PEOPLE[0], below) is None


def test_a_title_is_no_merged_heading() -> None:
    assert lower_names(["各街道人口", "", ""], ["编号", "户籍", "常住"]) is None
