"""Dates and years as registers and spreadsheets write them, and what is none."""

import datetime
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.inputs.tables.dates import read_date, read_year

NINTH = date(2021, 11, 9)
A_DAY = [
    "2021-11-09",
    "2021/11/9",
    "2021.11.9",
    "2021年11月9日",
    "2021年11月9号",
    "２０２１年１１月９日",
    " 2021-11-09 ",
    "20211109",
    20211109,
    20211109.0,
    44509,
    44509.0,
    "44509",
    44509.75,  # with a time of day
    np.int64(44509),
    np.float64(44509.75),
    "2021-11-09T08:30:00+08:00",
    "2021/11/9 0:00",
    NINTH,
    datetime.datetime(2021, 11, 9, 23, 59),
    pd.Timestamp("2021-11-09", tz="Asia/Shanghai"),
    np.datetime64("2021-11-09"),
]


@pytest.mark.parametrize("cell", A_DAY, ids=repr)
def test_a_day_is_read_however_it_is_written(cell: object) -> None:
    found = read_date(cell)
    assert found is not None
    assert (found.first, found.last, found.text) == (NINTH, NINTH, "2021-11-09")


@pytest.mark.parametrize(
    ("cell", "first", "last", "text"),
    [
        ("2021年11月", date(2021, 11, 1), date(2021, 11, 30), "2021-11"),
        ("2021-11", date(2021, 11, 1), date(2021, 11, 30), "2021-11"),
        ("2024年2月", date(2024, 2, 1), date(2024, 2, 29), "2024-02"),
        ("2021年", date(2021, 1, 1), date(2021, 12, 31), "2021"),
        (2021, date(2021, 1, 1), date(2021, 12, 31), "2021"),
        ("2021年底", date(2021, 1, 1), date(2021, 12, 31), "2021"),
    ],
)
def test_what_is_not_known_to_the_day_is_a_span(
    cell: object, first: date, last: date, text: str
) -> None:
    found = read_date(cell)
    assert found is not None
    assert (found.first, found.last, found.text) == (first, last, text)


@pytest.mark.parametrize("cell", [None, "", " ", np.nan, pd.NaT, pd.NA, 0, "0", 0.0])
def test_nothing_is_no_date(cell: object) -> None:
    assert read_date(cell) is None
    assert read_year(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "2021-13-01", "2021-02-29", "2021年11月31日", "20211301", 202111091, "9/11/2021", "11-09",
        "明年", "待定", "二〇二一年", 20250, "20250", 250, 44509.75e3, -44509, np.inf, "1821-11-09",
        2021.1,  # January, or an October that lost its zero
    ],
    ids=repr,
)  # fmt: skip
def test_what_nobody_can_read_is_refused(cell: object) -> None:
    with pytest.raises(ValueError, match=r"found|month|day"):
        read_date(cell)


@pytest.mark.parametrize(
    "cell",
    [2026, 2026.0, "2026", "2026年", "2026年底", "2026年三季度", "2026Q3", "2026年6月",
     "2026-06-30", 20260630, pd.Timestamp("2026-06-30")],
    ids=repr,
)  # fmt: skip
def test_a_year_is_read_alone_or_out_of_a_date(cell: object) -> None:
    assert read_year(cell) == 2026


@pytest.mark.parametrize("cell", [20250, "20250", 44509, 202, 3026, 2026.5, "明年", -2026])
def test_a_number_that_is_no_year_is_refused_though_it_may_be_a_serial_date(cell: object) -> None:
    with pytest.raises(ValueError, match="found"):
        read_year(cell)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(day=st.dates(date(1980, 1, 1), date(2099, 12, 31)))
def test_every_way_to_write_a_day_means_that_day(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    written = [
        day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}", serial,
        f"{day.year}年{day.month}月{day.day}日", pd.Timestamp(day), np.datetime64(day),
    ]  # fmt: skip
    for cell in written:
        found = read_date(cell)
        assert found is not None and found.first == found.last == day, cell
    assert read_year(f"{day.year}年{day.month}月") == day.year


def test_serial_numbers_are_those_of_spreadsheets() -> None:
    """1 January 2000 is 36526 in Excel and in Calc."""
    found = read_date(36526)
    assert found is not None and found.first == date(2000, 1, 1)
