"""What a layer says of its units: in a bureau's words, by their names, by their parents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from planning.area import ATTRIBUTES, FORMS, INHERITED, LEVELS, StudyArea, UnitLevel
from planning.errors import InputError
from planning.inputs.areas import read_area
from planning.inputs.unit_attributes import UnitRows, attributes_of, form_in_name
from planning.inputs.vocabulary import our_words
from planning.provenance import Note
from planning.study import Study

Row = dict[str, Any]
Read = Callable[..., tuple[StudyArea, list[str]]]
SQUARE = shapely.box(105.0, 30.0, 105.1, 30.1)
COUNTY: Row = {"id": "C", "level": "county", "name": "甲县"}
STREET: Row = {"id": "S", "level": "street", "parent_id": "C", "name": "乙街道"}


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a layer of the units given, each a square of its own; what was told beside the area."""

    def reader(*rows: Row, columns: dict[str, str] | None = None) -> tuple[StudyArea, list[str]]:
        path = tmp_path / "units.geojson"
        gpd.GeoDataFrame([*rows], geometry=[SQUARE] * len(rows), crs=4326).to_file(path)
        study = Study.model_validate(
            {
                "name": "x", "network": {"path": "r"}, "services": {},
                "population": {"path": "p", "unit": "persons"},
                "area": {"units": {"path": path.name, "columns": columns or {}}},
            }
        )  # fmt: skip
        told: list[Note] = []
        area = read_area(study, {"area.units": path}, new_since=date(2021, 11, 9), tell=told.append)
        return area, [note.en for note in told]

    return reader


def said(area: StudyArea, name: str, level: str = "street") -> tuple[str, ...]:
    units = area.level(level)
    assert units is not None
    return units.attributes[name]


def test_a_layer_that_says_nothing_has_blanks(read: Read) -> None:
    area, told = read({**COUNTY, "name": "甲"}, {**STREET, "name": "乙"})
    for level in area.levels:
        assert {*level.attributes} == {*ATTRIBUTES}
        assert set(level.attributes.values()) == {("",)}
    assert told == []


@pytest.mark.parametrize(
    ("heading", "attribute", "word", "value"),
    [
        ("城乡", "zone", "城镇", "urban"),
        ("zone", "zone", "suburb", "suburb"),
        ("城乡分类", "zone", " 乡村 ", "rural"),
        ("城乡分类代码", "zone", 220, "rural"),
        ("城乡分类代码", "zone", 121.0, "urban"),
        ("片区", "town", "老城区", "old"),
        ("town", "town", "new_town", "new"),
        ("form", "form", "镇", "town"),
        ("建制", "form", "民族乡", "township"),
        ("中心城区", "central", "是", "yes"),
        ("central", "central", True, "yes"),
        ("central", "central", 0, "no"),
        ("涉农", "agricultural", "Ｎ", "no"),
        ("agricultur", "agricultural", "是", "yes"),  # as a Shapefile cuts it off
        ("中心镇", "central_town", "√", "yes"),
        ("central_to", "central_town", "否", "no"),
        ("有条件的镇", "eligible", "否", "no"),
        ("脱贫地区", "poverty", "1", "yes"),
        ("流动人口集聚区", "migrants", "无", "no"),
        ("中心城区", "central", "/", ""),
        ("中心城区", "central", None, ""),
    ],
)
def test_words_of_every_attribute(
    read: Read, heading: str, attribute: str, word: object, value: str
) -> None:
    area, told = read({**STREET, "parent_id": None, "name": "乙", heading: word})
    assert said(area, attribute) == (value,)
    assert told == []


def test_a_column_may_be_named_in_the_study(read: Read) -> None:
    area, _ = read({**STREET, "parent_id": None, "类": "镇"}, columns={"form": "类"})
    assert said(area, "form") == ("town",)
    with pytest.raises(InputError, match="expected one of id, level"):
        read({**STREET, "parent_id": None}, columns={"forms": "类"})


def test_words_nobody_knows_are_blanks_and_told(read: Read) -> None:
    rows = [{**STREET, "parent_id": None, "id": f"S{k}", "zone": w} for k, w in enumerate("江江湖")]
    area, told = read(*rows)
    assert said(area, "zone") == ("", "", "")
    assert "3 units of which the column of zone says a word nobody knows" in told[0]
    assert ": 江 2, 湖 1; known words: urban、城区" in told[0]


def test_a_form_of_another_level_is_none(read: Read) -> None:
    area, told = read({**STREET, "parent_id": None, "name": "乙", "form": "社区"})
    assert said(area, "form") == ("",)
    assert "column of form says a word nobody knows" in told[0]


def test_a_city_has_no_form_and_nothing_is_told(read: Read) -> None:
    area, told = read({"id": "A", "level": "city", "name": "甲市", "form": "市"})
    assert said(area, "form", "city") == ("",)
    assert told == []


# --- by the name ----------------------------------------------------------------------------


NAMES = {
    ("street", "禾北街道"): "street",
    ("street", "禾北街道办事处"): "street",
    ("street", "福洪镇"): "town",
    ("street", "大关桥乡"): "township",
    ("street", "桃坪羌族乡"): "township",
    ("street", "街道口"): "",
    ("street", "镇"): "",
    ("street", "Southside"): "",
    ("community", "稻香社区"): "neighbourhood",
    ("community", "石磨新村社区"): "neighbourhood",
    ("community", "曹家巷居委会"): "neighbourhood",
    ("community", "三江村"): "village",
    ("community", "三江村村民委员会"): "village",
    ("community", "望丘镇"): "",
    ("county", "金堂县"): "county",
    ("county", "峨边彝族自治县"): "county",
    ("county", "鄂温克族自治旗"): "county",
    ("county", "邛崃市"): "county_city",
    ("county", "金牛区"): "district",
    ("county", "四川天府新区"): "functional_area",
    ("county", "东部新区"): "functional_area",
    ("county", "成都高新区"): "functional_area",
    ("county", "达州东部经开区"): "functional_area",
    ("county", "达州经济技术开发区"): "functional_area",
    ("county", "高新区"): "functional_area",
    ("county", "浦东新区"): "district",
    ("county", "天津市滨海新区"): "district",
    ("city", "成都市"): "",
    ("province", "四川省"): "",
}


@pytest.mark.parametrize(("level", "name"), NAMES)
def test_names_end_in_a_form(level: str, name: str) -> None:
    assert form_in_name(name, level) == NAMES[level, name]
    assert form_in_name(f"{name}　", level) == NAMES[level, name]  # a blank that nobody sees


def test_forms_by_name_are_told_once_and_give_way_to_a_column(read: Read) -> None:
    rows = [COUNTY, STREET, {**STREET, "id": "T", "name": "丙镇"}]
    area, told = read(*rows)
    assert (said(area, "form", "county"), said(area, "form")) == (("county",), ("street", "town"))
    assert sum("the form of 3 units" in note for note in told) == 1
    with_column = [{**row, "form": form} for row, form in zip(rows, ("县", "镇", ""), strict=True)]
    area, told = read(*with_column)
    assert said(area, "form") == ("town", "town")
    assert sum("the form of 1 units" in note for note in told) == 1


def test_a_boundary_alone_has_the_form_of_its_name(tmp_path: Path) -> None:
    study = Study.model_validate(
        {
            "name": "x", "network": {"path": "r"}, "services": {},
            "population": {"path": "p", "unit": "persons"},
            "area": {"box": [105.0, 30.0, 105.1, 30.1], "level": "county", "name": "黄浦区"},
        }
    )  # fmt: skip
    area = read_area(study, {}, new_since=date(2021, 11, 9), tell=[].append)
    assert said(area, "form", "county") == ("district",)


# --- by the parent --------------------------------------------------------------------------


def test_a_blank_takes_what_the_unit_above_says(read: Read) -> None:
    community = {"level": "community", "parent_id": "S"}
    words = ("zone", "town", "central", "agricultural", "poverty", "migrants", "eligible")
    full = dict(zip(words, ("郊区", "旧城区", "是", "否", "是", "是", "是"), strict=True))
    area, told = read(
        {**community, "id": "Q1", "zone": "城区", "central": "否"},
        {**community, "id": "Q2", "zone": "不详", "town": "江南"},
        {**STREET, "central": ""},
        {**COUNTY, **full},
    )
    assert said(area, "zone", "community") == ("urban", "suburb")
    assert said(area, "town", "community") == ("old", "old")
    assert said(area, "central", "community") == ("no", "yes")
    assert said(area, "agricultural", "community") == ("no", "no")
    assert said(area, "poverty", "county") == ("yes",)
    for own in ("poverty", "migrants", "eligible"):
        assert said(area, own, "community") == ("", "")
    assert sum("column of town" in note for note in told) == 1


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.integers(0, 8), st.sampled_from(["", "城区", "农村", "月"])
        ),
        min_size=1,
        max_size=9,
    )
)
def test_what_is_inherited_is_that_of_the_nearest_above_who_says(
    units: list[tuple[int, int, str]],
) -> None:
    """Against a walk up the parents of every unit, one at a time."""
    ids = [f"U{k}" for k in range(len(units))]
    levels = [LEVELS[at + 1] for at, _, _ in units]
    parents = [
        ids[up] if up < len(units) and units[up][0] < at else "" for at, up, _ in units
    ]  # a parent stands above
    rows = UnitRows(ids=tuple(ids), names=tuple(ids), levels=tuple(levels), parents=tuple(parents))
    found = attributes_of(rows, {"zone": tuple(word for _, _, word in units)})
    means = {"城区": "urban", "农村": "rural"}
    for k in range(len(units)):
        at = k
        while means.get(units[at][2]) is None and parents[at]:
            at = ids.index(parents[at])
        assert found.values["zone"][k] == means.get(units[at][2], "")


# --- the noun and the words -----------------------------------------------------------------


def test_a_level_refuses_attributes_and_values_that_are_none() -> None:
    unit: Row = {
        "level": "county", "ids": ("C",), "names": ("甲",), "parent_ids": (None,),
        "geometry": [SQUARE],
    }  # fmt: skip
    assert UnitLevel(**unit, attributes={"zone": ("rural",)}).attributes["zone"] == ("rural",)
    for wrong in ({"zones": ("urban",)}, {"zone": ("农村",)}, {"zone": ()}):
        with pytest.raises(AssertionError):
            UnitLevel(**unit, attributes=wrong)


def test_words_mean_values_of_their_attribute() -> None:
    words = our_words()
    for name, values in ATTRIBUTES.items():
        assert name in words["columns"]["units"]
        assert {*words[name if name in words else "flag"]} == {*values}
    assert {*words["form_in_name"]} == {form for forms in FORMS.values() for form in forms}
    assert {*INHERITED} < {*ATTRIBUTES}


@pytest.mark.parametrize("section", ["zone", "town", "form", "flag"])
def test_a_word_has_one_meaning(section: str) -> None:
    listed = [word for words in our_words()[section].values() for word in words]
    assert len(listed) == len(set(listed))
