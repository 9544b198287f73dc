"""Figures that a statistics office gives: exact, by clause, unit and year, or refused."""

from __future__ import annotations

import csv
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from planning import workflow
from planning.area import StudyArea, UnitLevel
from planning.errors import InputError, StudyError
from planning.inputs.figures import read_figures
from planning.sample import write_sample
from planning.standards import Figure, Figures
from planning.standards.figures import figure_key
from planning.study import UnitTable

CLAUSE = "CD-YLYX/T1.3/healthy-life"
Cells = dict[str, Any]
Read = Callable[..., tuple[Figures, list[str]]]


def area(*tops: str) -> StudyArea:
    """Counties of these ids, and two streets of the first."""

    def level(name: str, ids: tuple[str, ...], above: str | None) -> UnitLevel:
        return UnitLevel(
            level=name,
            ids=ids,
            names=ids,
            parent_ids=(above,) * len(ids),
            geometry=np.array([shapely.box(0, 0, 1, 1)] * len(ids), dtype=object),
        )

    levels = (level("county", tops, None), level("street", ("S1", "510104001"), tops[0]))
    return StudyArea(
        name="x", epsg=4544, boundary=shapely.box(0, 0, 1, 1), levels=levels, residential=None
    )


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a table of these rows, and what is told of it."""

    def reader(
        *rows: Cells, suffix: str = "csv", tops: tuple[str, ...] = ("C1", "C2"), **spec: Any
    ) -> tuple[Figures, list[str]]:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        path = tmp_path / f"figures.{suffix}"
        if suffix == "csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(rows)
        else:
            book = openpyxl.Workbook()
            sheet = book.active
            assert sheet is not None
            sheet.append(columns)
            for row in rows:
                sheet.append([row.get(name) for name in columns])
            book.save(path)
        table = UnitTable(path=path.name, **spec)
        found, notes = read_figures(table, path, area(*tops))
        return found, [note.en for note in notes]

    return reader


def value(figures: Figures, unit: str = "", *, year: int | None = None) -> Fraction | None:
    found = figures.of(CLAUSE, unit, year=year)
    return None if found is None else found.value


def row(value: object, **more: object) -> Cells:
    return {"条文编号": CLAUSE, "数值": value, **more}


# --- values ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "exact"),
    [
        ("82.3%", Fraction(823, 1000)),
        ("８２．３％", Fraction(823, 1000)),
        ("0.823", Fraction(823, 1000)),
        ("1,234", Fraction(1234)),
        ("5.2万", Fraction(52_000)),
        ("12‰", Fraction(12, 1000)),
        (" 55 ", Fraction(55)),
        ("-0.5%", Fraction(-5, 1000)),
        ("0", Fraction(0)),
        ("1458", Fraction(1458)),
    ],
)
def test_values_are_exact(read: Read, said: str, exact: Fraction) -> None:
    found, told = read(row(said, 来源="统计局"))
    assert value(found) == exact
    assert told == ["1 figures typed in, for 1 clauses or names"]


@pytest.mark.parametrize(
    ("heading", "said", "exact"),
    [
        ("数值（%）", "82.3", Fraction(823, 1000)),
        ("数值(%)", "82.3%", Fraction(823, 1000)),
        ("数值（‰）", "39.9", Fraction(399, 10_000)),
        ("数值（万人）", "2.5", Fraction(25_000)),
    ],
)
def test_headings_say_what_bare_numbers_are(
    read: Read, heading: str, said: str, exact: Fraction
) -> None:
    found, told = read({"指标": CLAUSE, heading: said, "来源": "年鉴"})
    assert value(found) == exact
    assert f"numbers under '{heading}' are in" in told[0]


def test_a_column_of_units_says_it_row_by_row(read: Read) -> None:
    found, _ = read(
        row("82.3", 单位="%", 单元编号="C1"),
        row("12", 单位="万人", 单元编号="C2"),
        row("4.5", 单位="个/千人", 单元编号="S1"),
        row("90%", 单位="%"),
    )
    assert value(found, "C1") == Fraction(823, 1000)
    assert value(found, "C2") == 120_000
    assert value(found, "S1") == Fraction(9, 2)
    assert value(found) == Fraction(9, 10)


def test_numbers_of_a_workbook(read: Read) -> None:
    """What Excel shows as 82.3% is 0.823 in the cell; codes and years are floats."""
    found, _ = read(
        row(0.823, 单元编号=510104001.0, 年份=2024.0), row(1234, 年份=2023), suffix="xlsx"
    )
    assert value(found, "510104001") == Fraction(823, 1000)
    assert value(found, year=2023) == 1234
    listed = found.listed[CLAUSE, "510104001"]
    assert listed == (Figure(value=Fraction(823, 1000), year=2024, source=""),)


@pytest.mark.parametrize("said", ["", "/", "不详", "—"])
def test_a_blank_is_no_figure_and_counted(read: Read, said: str) -> None:
    found, told = read(row(said), row("1", 单元编号="C1"))
    assert value(found) is None and len(found) == 1
    assert "1 rows without a value" in told


# --- where they are found -------------------------------------------------------------------


def test_a_blank_unit_is_the_whole_area(read: Read) -> None:
    two, _ = read(row("1", 单元编号=""), row("2", 单元编号="C1"))
    assert (value(two), value(two, "C1"), value(two, "C2")) == (1, 2, None)
    one, _ = read(row("1", 单元编号=""), tops=("C1",))
    assert (value(one), value(one, "C1"), value(one, "S1")) == (1, 1, None)
    other, _ = read(row("1", 单元编号="C1"), tops=("C1",))
    assert value(other) == value(other, "C1") == 1
    with pytest.raises(InputError, match="C1 twice"):
        read(row("1", 单元编号=""), row("1", 单元编号="C1"), tops=("C1",))


def test_ids_of_the_table_may_differ_and_rows_of_other_units_are_told(read: Read) -> None:
    found, told = read(
        row("1", 单元编号="甲"), row("2", 单元编号="乙"), row("3", 单元编号="乙"), ids={"S1": "甲"}
    )
    assert value(found, "S1") == 1 and len(found) == 1
    assert "2 rows are of no unit of the area and passed over: 乙" in told


def test_keys_may_be_written_wide(read: Read) -> None:
    found, _ = read({"指标名称": "女性劳动参与率 （％）", "数值": "60%"})
    for key in ("女性劳动参与率(%)", "女性劳动参与率（％）"):
        figure = found.of(key, "", year=None)
        assert figure is not None and figure.value == Fraction(3, 5)
    assert found.of("女性劳动参与率", "", year=None) is None


def test_the_year_asked_for_or_the_latest_before_it(read: Read) -> None:
    found, _ = read(row("1", 年份=2020), row("2", 年份="2022年"), row("3", 年份=2025))
    asked = {year: value(found, year=year) for year in (2019, 2020, 2021, 2022, 2024, 2025, 2030)}
    assert asked == {2019: None, 2020: 1, 2021: 1, 2022: 2, 2024: 2, 2025: 3, 2030: 3}
    assert value(found) == 3
    undated, _ = read(row("9"), row("1", 年份=2020))
    assert (value(undated, year=2019), value(undated, year=2020), value(undated)) == (9, 1, 1)


@given(
    st.lists(st.none() | st.integers(2018, 2026), unique=True, max_size=6),
    st.none() | st.integers(2017, 2027),
)
def test_years_against_a_walk_back_year_by_year(years: list[int | None], asked: int | None) -> None:
    listed = tuple(Figure(value=Fraction(year or 0), year=year, source="") for year in years)
    found = Figures(listed={("k", "u"): listed} if listed else {}).of("k", "u", year=asked)
    by_year = {figure.year: figure for figure in listed}
    expected = by_year.get(None)
    for year in range(2018, (asked or 2026) + 1):
        expected = by_year.get(year, expected)
    assert found == expected


def test_none_are_none() -> None:
    assert len(Figures()) == 0 and Figures().of(CLAUSE, "C1", year=2025) is None
    assert figure_key(" 甲　乙 ") == "甲乙"


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([row("很多")], "found value '很多'; expected a number such as 82.3%"),
        ([row("约80%")], "found value '约80%'"),
        ([row("nan")], "found value 'nan'"),
        ([row("1,23")], "found value '1,23'"),
        ([row("1", 年份="去年")], "found year '去年'; expected a year from 1900"),
        ([row("1", 年份="44509")], "found year '44509'"),
        ([{"条文编号": " ", "数值": "1"}], "found no clause and no name of a figure"),
        ([row("1"), row("1")], f"row 3: found {CLAUSE} twice; expected one row each"),
        ([row("1", 年份=2020), row("2", 年份="2020年")], "2020 twice"),
        ([{"指标": CLAUSE, "数值（%）": "0.823"}], "found numbers in % or ‰ of 0.823 at most"),
        ([row("0.823", 单位="%")], "found numbers in % or ‰ of 0.823 at most"),
        ([{"条文编号": CLAUSE, "完成": "1"}], "expected one of ['数值'"),
        ([{"条文": CLAUSE, "数值": "1"}], "expected one of ['条文编号或指标'"),
    ],
)
def test_faults(read: Read, rows: list[Cells], fault: str) -> None:
    with pytest.raises(InputError) as caught:
        read(*rows)
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].where.startswith("standards.figures")
    assert fault in caught.value.faults[0].lines()[1]


def test_every_fault_is_told_at_once(read: Read) -> None:
    with pytest.raises(InputError) as caught:
        read(row("很多", 年份="去年"), row("1"), row("2"))
    assert len(caught.value.faults) == 3


def test_a_column_nobody_knows_is_refused(read: Read) -> None:
    with pytest.raises(InputError, match="expected one of clause, unit, year, value, per, source"):
        read(row("1"), columns={"values": "数值"})


# --- in a study -----------------------------------------------------------------------------


@pytest.fixture
def study(tmp_path: Path) -> Path:
    write_sample(tmp_path)
    path = tmp_path / "study.yaml"
    text = path.read_text(encoding="utf-8")
    line = "  profile: sichuan-2021-57\n"
    assert line in text
    keys = "  figures: {path: 统计填报.csv, columns: {value: 填}, licence: 虚构 invented}\n"
    path.write_text(text.replace(line, line + keys), encoding="utf-8")
    return path


def test_a_study_carries_its_figures(study: Path) -> None:
    table = study.with_name("统计填报.csv")
    table.write_text(
        f"填报表\n条文编号,单元编号,年份,填,来源\n{CLAUSE},,2024,81.52,卫健委\n", "utf-8"
    )
    town = workflow.check(study)
    assert town.figures.of(CLAUSE, "C1", year=2025) == Figure(
        value=Fraction(8152, 100), year=2024, source="卫健委"
    )
    (source,) = [source for source in town.sources if source.key == "standards.figures"]
    assert (source.name, source.licence) == ("统计填报.csv", "虚构 invented")
    assert any(note.about == "standards.figures" for note in town.notes)


def test_faults_of_figures_come_with_those_of_other_inputs(study: Path) -> None:
    study.with_name("统计填报.csv").write_text(f"条文编号,填\n{CLAUSE},若干\n", "utf-8")
    register = study.with_name("facilities.csv")
    text = register.read_text(encoding="utf-8-sig").replace(",养老院,", ",养马场,")
    register.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        workflow.check(study)
    where = " ".join(fault.where for fault in caught.value.faults)
    assert "standards.figures: 统计填报.csv" in where and "facilities: " in where


def test_a_study_without_a_table_has_none(sample_folder: Path) -> None:
    assert len(workflow.check(sample_folder / "study.yaml").figures) == 0


def test_keys_of_the_table_are_checked(study: Path) -> None:
    study.write_text(study.read_text("utf-8").replace("columns: {value", "column: {value"), "utf-8")
    with pytest.raises(StudyError, match="column"):
        workflow.check(study)
