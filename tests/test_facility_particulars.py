"""What a register says of its facilities beside where they are: amounts, who runs them, traits."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
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
from planning.errors import InputError
from planning.facilities import NO, OPERATORS, TRAITS, UNKNOWN, YES, Facilities
from planning.inputs.facility_particulars import read_particulars
from planning.inputs.places import no_facilities, read_facilities
from planning.inputs.vocabulary import our_words
from planning.outputs.gis.geopackage import facilities_layer
from planning.provenance import RowNote
from planning.sample import write_sample
from planning.study import PlacesSpec

X, Y = 500_000.0, 3_386_000.0
BOX = shapely.box(X - 5000, Y - 5000, X + 5000, Y + 5000)
AREA = StudyArea(
    name="x",
    epsg=4544,
    boundary=BOX,
    levels=(
        UnitLevel(
            level="county",
            ids=("C",),
            names=("甲县",),
            parent_ids=(None,),
            geometry=np.array([BOX], dtype=object),
        ),
    ),
    residential=None,
)
HOME, STATION, NURSERY, MEALS = "养老院", "社区养老服务站", "托育机构", "老年助餐点"
BOTH, HOSPITAL = "老幼复合型社区综合体", "医院"
Cells = dict[str, Any]
Read = Callable[..., tuple[Facilities, list[RowNote]]]


def said(facilities: Facilities, field: str) -> list[Any]:
    values = getattr(facilities, field)
    return list(values) if isinstance(values, tuple) else values.tolist()


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a register of these rows; each has a type and a place of its own unless it says so."""

    def reader(*rows: Cells, suffix: str = "csv") -> tuple[Facilities, list[RowNote]]:
        columns = list(
            dict.fromkeys(["编号", "类型", "x", "y", *(name for r in rows for name in r)])
        )
        table = [
            {"编号": f"F{k}", "类型": HOME, "x": X + 10 * k, "y": Y, **row}
            for k, row in enumerate(rows)
        ]
        path = tmp_path / f"facilities.{suffix}"
        if suffix == "csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(table)
        else:
            book = openpyxl.Workbook()
            sheet = book.active
            assert sheet is not None
            sheet.append(columns)
            for row in table:
                sheet.append([row.get(name) for name in columns])
            book.save(path)
        spec = PlacesSpec(path=path.name, coords="EPSG:4544")
        found, remarks = read_facilities(spec, path, AREA, None, counted=frozenset({"nursery"}))
        return found, list(remarks.rows)

    return reader


def same(found: list[Any], expected: list[Any]) -> bool:
    return np.array_equal(np.array(found, float), np.array(expected, float), equal_nan=True)


NAN = float("nan")


# --- the noun -------------------------------------------------------------------------------


def plain(*functions: str, **more: Any) -> Facilities:
    n = len(functions)
    return Facilities(
        ids=tuple(f"F{k}" for k in range(n)),
        names=("",) * n,
        types=("",) * n,
        functions=tuple(frozenset(filter(None, does.split())) for does in functions),
        x_m=np.zeros(n),
        y_m=np.zeros(n),
        places=np.zeros(n),
        elder_land_m2=np.zeros(n),
        floor_m2=np.full(n, 100.0),
        is_open=np.ones(n, dtype=bool),
        place={"county": np.zeros(n, dtype=np.int32)},
        **more,
    )


def test_what_is_left_out_is_unknown_and_nothing_where_there_can_be_none() -> None:
    found = plain("elder_institution", "elder_community", "nursery", "")
    assert same(said(found, "beds"), [NAN, 0, 0, 0])
    assert same(said(found, "nursing_beds"), [NAN, 0, 0, 0])
    assert same(said(found, "elder_floor_m2"), [NAN, NAN, 0, 0])
    assert same(said(found, "far"), [NAN] * 4)
    assert said(found, "operator") == said(found, "hub") == [""] * 4
    for name in ("opened_year", "tier_min", "grade"):
        assert said(found, name) == [-1] * 4
        assert getattr(found, name).dtype == np.int32
    assert not found.is_preparing.any()
    assert tuple(found.traits) == TRAITS
    for values in found.traits.values():
        assert values.tolist() == [UNKNOWN] * 4 and values.dtype == np.int8


def test_what_is_given_stays_as_it_is_given() -> None:
    beds, demo = np.array([7.0]), np.array([YES], dtype=np.int8)
    found = plain("elder_institution", beds=beds, traits={"demo": demo})
    assert found.beds is beds and np.isnan(found.nursing_beds).all()
    assert found.traits["demo"] is demo and found.traits["filed"].tolist() == [UNKNOWN]
    with pytest.raises(AssertionError):
        plain("nursery", traits={"exclusive": demo})


def test_facilities_are_joined_field_by_field() -> None:
    one = plain("elder_institution", "nursery", traits={"demo": np.array([1, 0], dtype=np.int8)})
    other = plain("elder_community", hub=("F0",), opened_year=np.array([2021], dtype=np.int32))
    both = one.joined(other)
    assert len(both) == 3 and both.functions == one.functions + other.functions
    assert same(said(both, "beds"), [NAN, 0, 0])
    assert said(both, "hub") == ["", "", "F0"] and said(both, "opened_year") == [-1, -1, 2021]
    assert both.traits["demo"].tolist() == [YES, NO, UNKNOWN]
    assert both.opened_year.dtype == np.int32 and both.traits["demo"].dtype == np.int8
    assert both.is_open.dtype == both.is_preparing.dtype == bool
    assert both.place["county"].tolist() == [0, 0, 0]


def test_a_town_without_facilities_has_all_fields() -> None:
    none = no_facilities(AREA)
    assert len(none) == 0 and none.beds.shape == none.grade.shape == (0,)
    assert len(none.joined(none)) == 0


# --- amounts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "beds", "nursing"),
    [
        ({"类型": HOME, "床位数": 120, "护理型床位数": 66}, 120, 66),
        ({"类型": HOME, "床位数": "１２０张", "护理型床位数": "约66张"}, 120, 66),
        ({"类型": HOME, "床位数": "", "护理型床位数": ""}, NAN, NAN),
        ({"类型": HOME, "床位数": "不详", "护理型床位数": "/"}, NAN, NAN),
        ({"类型": HOME, "床位数": 120, "护理型床位数": ""}, 120, NAN),
        ({"类型": HOME, "床位数": 0, "护理型床位数": ""}, 0, 0),
        ({"类型": HOME, "床位数": "", "护理型床位数": 20}, NAN, 20),
        ({"类型": STATION, "床位数": "", "护理型床位数": ""}, 0, 0),
        ({"类型": STATION, "床位数": 10, "护理型床位数": ""}, 10, NAN),
        ({"类型": STATION, "床位数": "", "护理型床位数": 4}, NAN, 4),
        ({"类型": STATION, "床位数": "", "服务功能": "机构养老"}, NAN, NAN),
        ({"类型": HOSPITAL, "床位数": 800}, 800, NAN),
        ({"类型": NURSERY}, 0, 0),
        ({"类型": HOME}, NAN, NAN),
    ],
)
def test_beds(read: Read, row: Cells, beds: float, nursing: float) -> None:
    found, _ = read(row)
    assert same(said(found, "beds"), [beds]) and same(said(found, "nursing_beds"), [nursing])


@pytest.mark.parametrize("cell", ["若干", "-5", "60-80", "1e999"])
@pytest.mark.parametrize("field", ["床位数", "护理型床位数", "养老建筑面积", "容积率"])
def test_an_amount_nobody_can_read_leaves_its_row_in(read: Read, field: str, cell: str) -> None:
    """A home is not lost for a cell that no clause may ask for."""
    found, rows = read({field: cell, "建筑面积": 900})
    assert len(found) == 1
    (note,) = [row for row in rows if row.done == "doubtful"]
    assert f"'{cell}' cannot be read: unknown" in note.en


def test_more_nursing_beds_than_beds_are_doubted(read: Read) -> None:
    found, rows = read({"床位数": 10, "护理型床位数": 11}, {"床位数": 10, "护理型床位数": 10})
    assert said(found, "nursing_beds") == [11, 10]
    assert [(row.id, row.en) for row in rows] == [
        ("F0", "11 nursing beds among 10 beds cannot be: clauses take them as unknown")
    ]


@pytest.mark.parametrize(
    ("row", "floor"),
    [
        ({"类型": HOME, "建筑面积": 900}, 900),
        ({"类型": HOME, "建筑面积": 900, "养老建筑面积": 600}, 600),
        ({"类型": HOME, "建筑面积": 900, "养老建筑面积": 0}, 0),
        ({"类型": HOME, "建筑面积": ""}, NAN),
        ({"类型": HOME}, NAN),
        ({"类型": "日间照料中心", "建筑面积": 900, "服务功能": "助餐"}, 900),
        ({"类型": BOTH, "建筑面积": 900}, NAN),
        ({"类型": BOTH, "建筑面积": 900, "养老建筑面积": "500平方米"}, 500),
        ({"类型": NURSERY, "建筑面积": 900}, 0),
        ({"类型": MEALS, "建筑面积": 900}, 0),
        ({"类型": "社区卫生服务中心", "建筑面积": 900, "服务功能": "日间照料"}, NAN),
    ],
)
def test_floor_for_elder_care(read: Read, row: Cells, floor: float) -> None:
    found, rows = read(row)
    assert same(said(found, "elder_floor_m2"), [floor])
    assert not [note for note in rows if note.done == "doubtful" and "places" not in note.en]


def test_more_floor_for_the_old_than_there_is_is_doubted(read: Read) -> None:
    _, rows = read({"建筑面积": 900, "养老建筑面积": 901})
    assert [row.en for row in rows] == [
        "901 m2 for elder care of 900 m2 of floor: as it is written"
    ]


@pytest.mark.parametrize(
    ("cell", "far", "doubts"),
    [("1.8", 1.8, 0), ("2.０", 2.0, 0), ("", NAN, 0), ("/", NAN, 0), ("0", NAN, 1), ("高", NAN, 1)],
)
def test_floor_area_ratios(read: Read, cell: str, far: float, doubts: int) -> None:
    found, rows = read({"容积率": cell})
    assert same(said(found, "far"), [far])
    assert sum(row.done == "doubtful" for row in rows) == doubts


# --- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "operator"),
    [
        ("公建民营", "market"),
        ("公办", "government"),
        (" 民办 ", "market"),
        ("政府", "government"),
        ("公办民营", "market"),
        ("", ""),
        ("不详", ""),
    ],
)
def test_who_runs_it(read: Read, cell: str, operator: str) -> None:
    found, rows = read({"运营方式": cell})
    assert said(found, "operator") == [operator] and rows == []


def test_an_operator_nobody_knows_is_unknown_and_told(read: Read) -> None:
    found, rows = read({"运营方式": "甲乙养老服务有限公司"}, {"运营方式": "民办"})
    assert said(found, "operator") == ["", "market"]
    assert [(row.id, row.done, row.en) for row in rows] == [
        ("F0", "doubtful", "运营方式 = '甲乙养老服务有限公司' cannot be read: unknown")
    ]


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("2012", 2012),
        ("２０１２年", 2012),
        ("2012年5月", 2012),
        ("2012/5/1", 2012),
        ("2012-05-01 08:30:00", 2012),
        ("20120501", 2012),
        ("2012年底", 2012),
        ("2012.5", 2012),
        ("2012.0", 2012),
        ("", -1),
        ("0", -1),
        ("—", -1),
    ],
)
def test_when_it_opened(read: Read, cell: str, year: int) -> None:
    found, rows = read({"投用时间": cell})
    assert said(found, "opened_year") == [year] and rows == []


@pytest.mark.parametrize("cell", ["明年", "1812", "2012.13", "41030", "2012-2015"])
def test_years_that_are_none(read: Read, cell: str) -> None:
    found, rows = read({"开业年份": cell})
    assert said(found, "opened_year") == [-1]
    assert [row.en for row in rows] == [f"开业年份 = '{cell}' cannot be read: unknown"]


def test_cells_of_a_workbook(read: Read) -> None:
    found, rows = read(
        {"开业日期": date(2012, 5, 1), "等级": 3, "普惠": True, "生活圈": 15, "床位数": 20.0},
        {"开业日期": datetime(2019, 1, 2, 8, 30), "等级": 3.0, "普惠": 0, "生活圈": 10.0},
        {"开业日期": 2021, "等级": None, "普惠": None, "生活圈": None, "床位数": "二十"},
        suffix="xlsx",
    )
    assert said(found, "opened_year") == [2012, 2019, 2021]
    assert said(found, "grade") == [3, 3, -1]
    assert said(found, "tier_min") == [15, 10, -1]
    assert found.traits["inclusive"].tolist() == [YES, NO, UNKNOWN]
    assert [row.id for row in rows] == ["F2"]


@pytest.mark.parametrize(
    ("cell", "tier"),
    [
        ("5", 5), ("５分钟", 5), ("五分钟生活圈", 5), ("10分钟生活圈", 10), ("十五分钟", 15),
        ("一刻钟生活圈", 15), ("", -1), ("0", -1), ("无法确定", None), ("30分钟", None),
    ],
)  # fmt: skip
def test_life_circles(read: Read, cell: str, tier: int | None) -> None:
    found, rows = read({"生活圈层级": cell})
    assert said(found, "tier_min") == [-1 if tier is None else tier]
    assert len(rows) == (tier is None)


@pytest.mark.parametrize(
    ("cell", "grade"),
    [
        ("二级", 2), ("2.0", 2), ("五星", 5), ("五星级", 5), ("5", 5), ("５", 5), ("三级甲等", 3),
        ("三甲", 3), ("二乙", 2), ("Ⅲ级", 3), ("AAAA", 4), ("4A", 4), ("未评级", 0), ("无", 0),
        ("0", -1), ("", -1), ("/", -1), ("省级", None), ("6", None), ("2.5", None), ("甲等", None),
    ],
)  # fmt: skip
def test_grades(read: Read, cell: str, grade: int | None) -> None:
    """三级 of a hospital, and 五星 of a home, in one column; 0 is said to have none."""
    found, rows = read({"等级": cell})
    assert said(found, "grade") == [-1 if grade is None else grade]
    assert len(rows) == (grade is None)


def test_hubs_stand_in_the_register(read: Read) -> None:
    found, rows = read(
        {"上级机构编号": ""},
        {"上级机构编号": "F0"},
        {"上级机构编号": "F9"},
        {"上级机构编号": "F3"},
        {"上级机构编号": "/"},
    )
    assert said(found, "hub") == ["", "F0", "", "", ""]
    assert [(row.id, row.done) for row in rows] == [("F2", "doubtful"), ("F3", "doubtful")]


def test_a_hub_that_is_left_out_runs_nobody(read: Read) -> None:
    lost = {"编号": "H", "x": "", "上级机构编号": ""}
    found, rows = read(lost, {"上级机构编号": "H"}, {"上级机构编号": "F1"}, {}, {})
    assert dict(zip(found.ids, found.hub, strict=True)) == {
        "F1": "",
        "F2": "F1",
        "F3": "",
        "F4": "",
    }
    assert [(row.id, row.done) for row in rows] == [("H", "rejected")]


@pytest.mark.parametrize(
    ("heading", "trait", "cell", "value"),
    [
        ("普惠", "inclusive", "是", YES),
        ("是否普惠", "inclusive", "否", NO),
        ("普惠", "inclusive", "普惠型", YES),
        ("普惠", "inclusive", "非普惠", NO),
        ("示范", "demo", "省级示范", YES),
        ("备案", "filed", "已备案", YES),
        ("备案", "filed", "尚未备案", NO),
        ("在用", "in_use", "闲置", NO),
        ("使用情况", "in_use", "正常使用", YES),
        ("使用情况", "in_use", "未投入使用", NO),
        ("消防达标", "fire_safe", "不合格", NO),
        ("消防达标", "fire_safe", "合格", YES),
        ("内设医务室", "clinic", "护理站", YES),
        ("内设医务室", "clinic", "无", NO),
        ("签约医疗机构", "medical_contract", "已签约", YES),
        ("县级直管", "county_run", "√", YES),
        ("综合医院", "general_hospital", "专科医院", NO),
        ("公立", "public", "Ｙ", YES),
        ("公立", "public", "民营", NO),
        ("老年医学科", "geriatric_department", "未设置", NO),
        ("健康管理员", "health_manager", "已配备", YES),
        ("标准化", "standardised", "1", YES),
        ("改造提升", "upgraded", "已完成改造", YES),
        ("改造提升", "upgraded", "没有改造", NO),
        ("普惠", "inclusive", "", UNKNOWN),
        ("普惠", "inclusive", " 不详 ", UNKNOWN),
        ("普惠", "inclusive", "市场化", None),
        ("签约医疗机构", "medical_contract", "甲医院", None),
        ("示范", "demo", "2", None),
    ],
)
def test_traits(read: Read, heading: str, trait: str, cell: str, value: int | None) -> None:
    found, rows = read({heading: cell})
    assert found.traits[trait].tolist() == [UNKNOWN if value is None else value]
    others = [values for name, values in found.traits.items() if name != trait]
    assert all((values == UNKNOWN).all() for values in others)
    assert len(rows) == (value is None)


@given(st.lists(st.text(max_size=6), min_size=1, max_size=4))
def test_no_word_makes_a_trait_of_nothing(cells: list[str]) -> None:
    """Whatever a cell says: known and not told, or unknown, and told unless it is blank."""
    table = _Cells(cells)
    found = read_particulars(table, [str(k) for k in range(len(cells))])  # type: ignore[arg-type]
    for row, cell in enumerate(cells):
        doubts = {heading for at, heading in table.doubted if at == row}
        for trait, values in found.traits.items():
            assert values[row] in (YES, NO, UNKNOWN)
            assert (trait in doubts) <= (values[row] == UNKNOWN)
            assert values[row] != UNKNOWN or trait in doubts or _is_blank(cell)
        assert found.operator[row] in ("", *OPERATORS)
        assert found.grade[row] in range(-1, 6) and found.tier_min[row] in (-1, 5, 10, 15)


class _Cells:
    """A register of which every column says the same."""

    def __init__(self, cells: list[str]) -> None:
        self.cells, self.doubted = cells, list[tuple[int, str]]()

    def __len__(self) -> int:
        return len(self.cells)

    def text(self, _field: str) -> list[str]:
        return self.cells

    def heading(self, field: str) -> str:
        return field

    def doubt(self, _row: int, _zh: str, _en: str) -> None:
        pass

    def doubt_cell(self, row: int, name: str, _said: str) -> None:
        self.doubted.append((row, name))


def _is_blank(cell: str) -> bool:
    import unicodedata

    plain = unicodedata.normalize("NFKC", cell).strip()
    return not plain or not {cell, plain}.isdisjoint(our_words()["cells"]["blank"])


# --- status, and all of it together ---------------------------------------------------------


def test_what_is_being_built_is_neither_open_nor_closed(read: Read) -> None:
    found, _ = read(*({"状态": word} for word in ("运营", "筹建", "建设中", "关停", "")))
    assert said(found, "is_open") == [True, False, False, False, True]
    assert said(found, "is_preparing") == [False, True, True, False, False]


def test_fields_follow_their_rows_into_the_order_of_ids(read: Read) -> None:
    last = {
        "床位数": 1,
        "容积率": 1,
        "等级": 1,
        "投用年份": 2001,
        "普惠": "是",
        "上级机构编号": "A",
    }
    first = {
        "床位数": 2,
        "容积率": 2,
        "等级": 2,
        "投用年份": 2002,
        "普惠": "否",
        "运营方式": "公办",
    }
    found, _ = read(
        {"编号": "Z", **last},
        {"编号": "M", "x": ""},  # left out: nobody knows where it is
        *({"编号": f"B{k}"} for k in range(4)),
        {"编号": "A", **first},
    )
    assert found.ids == ("A", "B0", "B1", "B2", "B3", "Z")
    for field, ends in (
        ("beds", (2, 1)), ("far", (2, 1)), ("grade", (2, 1)), ("opened_year", (2002, 2001)),
        ("hub", ("", "A")), ("operator", ("government", "")),
    ):  # fmt: skip
        assert (said(found, field)[0], said(found, field)[-1]) == ends
    assert found.traits["inclusive"].tolist() == [NO, *[UNKNOWN] * 4, YES]


def test_a_register_without_these_columns_says_nothing_of_them(read: Read) -> None:
    found, rows = read({}, {"类型": NURSERY, "托位数": 30})
    silent = plain("elder_institution", "nursery")
    for name in ("beds", "nursing_beds", "far", "operator", "opened_year", "tier_min", "grade"):
        assert said(found, name) == pytest.approx(said(silent, name), nan_ok=True), name
    assert all((values == UNKNOWN).all() for values in found.traits.values())
    assert rows == []


def test_unknown_types_are_refused_still(read: Read) -> None:
    with pytest.raises(InputError, match="养马场"):
        read({"类型": "养马场", "等级": "五星"})


def test_the_geopackage_shows_what_the_register_says(tmp_path: Path) -> None:
    write_sample(tmp_path)
    study = tmp_path / "study.yaml"
    result, _ = workflow.run(study, until="assess", out_dir=tmp_path / "out")
    layer = facilities_layer(result).set_index("facility_id")
    home, mixed = layer.loc["F01"], layer.loc["F12"]
    assert (home["beds"], home["nursing_beds"], home["inclusive"]) == (120, 66, "yes")
    assert (home["operator"], home["opened_year"]) == ("market", 2012)
    assert layer.loc["F08", "inclusive"] == "no"
    assert np.isnan(mixed["elder_floor_m2"]) and mixed["status"] == "not_open"
    silent = replace(result.town.facilities, traits=None, operator=None, opened_year=None)
    nothing = facilities_layer(replace(result, town=replace(result.town, facilities=silent)))
    assert nothing["inclusive"].isna().all() and nothing["operator"].isna().all()
    assert nothing["opened_year"].isna().all()


def test_words_are_of_the_fields_that_facilities_have() -> None:
    words = our_words()
    assert {*words["operator"]} == {*OPERATORS}
    assert {*words["trait"]} - {"denied"} == {*TRAITS} <= {*words["columns"]["facilities"]}
    assert {*words["trait_lacking"]} <= {*TRAITS}
    assert [*words["tier_min"]] == ["5", "10", "15"]
    assert [*words["grade"]] == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize("table", ["facilities", "units"])
def test_a_heading_belongs_to_one_field(table: str) -> None:
    listed = [word for words in our_words()["columns"][table].values() for word in words]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("section", ["operator", "tier_min", "grade", "does", "does_for_old"])
def test_a_word_has_one_meaning(section: str) -> None:
    listed = [word for words in our_words()[section].values() for word in words]
    assert len(listed) == len(set(listed))
