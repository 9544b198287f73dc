"""What buildings do: the closed list, the words for it, and a register's column of functions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planning import workflow
from planning.errors import InputError, StudyError
from planning.facilities import ELDER_FUNCTIONS
from planning.inputs.facility_functions import serves_the_old_alone
from planning.inputs.vocabulary import our_words
from planning.result import Town
from planning.sample import write_sample
from planning.standards.functions import BuildingFunctions, building_functions

FUNCTIONS = building_functions()
WORDS = our_words()
TYPES: dict[str, list[str]] = WORDS["functions"]


# --- the list and the words -----------------------------------------------------------------


def test_every_function_has_a_word_and_every_word_means_functions_of_the_list() -> None:
    meant = set(chain.from_iterable(TYPES.values()))
    said = {*meant, *WORDS["does"], *WORDS["does_for_old"]}
    assert said == set(FUNCTIONS.ids)
    # Care in full, visits and medical care are things a building does, never what it is.
    assert said - meant == {"full_care", "home_visit", "medical"}


def test_a_type_names_the_broad_function_beside_the_narrow_one() -> None:
    for word, does in TYPES.items():
        assert FUNCTIONS.completed(does) == frozenset(does), word


def test_kinds_of_elder_care_are_one_of_the_two_that_decide_on_land() -> None:
    for function in FUNCTIONS.functions:
        if function.domain == "elder_care" and function.kind_of:
            assert function.kind_of in ELDER_FUNCTIONS
    assert FUNCTIONS.in_domain("elder_care") >= ELDER_FUNCTIONS
    assert not any(function.for_old for function in FUNCTIONS.functions if function.id in OTHERS)


OTHERS = {*FUNCTIONS.in_domain("nursery"), *FUNCTIONS.in_domain("health"), "community_centre"}


@pytest.mark.parametrize(
    ("word", "does"),
    [
        ("护理院", {"elder_institution", "nursing_hospital"}),
        ("日间照料中心", {"elder_community", "day_care"}),
        ("社区养老服务综合体", {"elder_community", "elder_complex", "day_care"}),
        ("综合性养老服务中心", {"elder_community", "comprehensive_centre"}),
        ("敬老院", {"elder_institution", "rural_home"}),
        ("老幼复合型社区综合体", {"elder_community", "nursery"}),
        ("县级综合托育机构", {"nursery", "comprehensive_nursery"}),
        ("市级托育服务综合指导中心", {"nursery_centre"}),
        ("幼儿园", {"kindergarten"}),
        ("老年医院", {"hospital", "geriatric_hospital"}),
    ],
)
def test_what_a_type_does(word: str, does: set[str]) -> None:
    assert set(TYPES[word]) == does


# What the types of a register did before any was a kind of another, and whether the plot counted.
BEFORE = {
    "养老院": ("elder_institution", True),
    "养老机构": ("elder_institution", True),
    "老年公寓": ("elder_institution", True),
    "敬老院": ("elder_institution", True),
    "护理院": ("elder_institution", True),
    "社区养老服务综合体": ("elder_community", True),
    "日间照料中心": ("elder_community", True),
    "社区养老服务中心": ("elder_community", True),
    "社区养老服务站": ("elder_community", True),
    "居家养老服务站": ("elder_community", True),
    "老年助餐点": ("meals", False),
    "托育机构": ("nursery", False),
    "托育园": ("nursery", False),
    "托儿所": ("nursery", False),
    "托育服务机构": ("nursery", False),
    "幼儿园托班": ("nursery", False),
    "社区卫生服务中心": ("health", False),
    "幼儿园": ("kindergarten", False),
    "医院": ("hospital", False),
    "诊所": ("clinic", False),
    "老年活动中心": ("elder_activities", False),
    "社区活动中心": ("community_centre", False),
}


@pytest.mark.parametrize("word", BEFORE)
def test_types_do_what_they_did(word: str) -> None:
    function, counted = BEFORE[word]
    assert function in TYPES[word]
    broad = {*ELDER_FUNCTIONS, "meals", "nursery", "health", "hospital", "clinic"}
    assert {*TYPES[word]} & broad == {function} & broad
    assert bool(serves_the_old_alone([frozenset(TYPES[word])])[0]) == counted


@pytest.mark.parametrize(
    ("does", "alone"),
    [
        ({"elder_community", "day_care", "meals", "elder_activities", "learning_point"}, True),
        ({"elder_institution", "medical", "full_care"}, True),
        ({"elder_institution", "clinic"}, False),
        ({"elder_community", "nursery"}, False),
        ({"elder_community", "playgroup"}, False),  # of a study's own
        ({"meals", "central_kitchen"}, False),
        ({"wellness_base"}, False),
        ({"elder_institution", "wellness_base"}, False),
        (set(), False),
    ],
)
def test_which_plots_are_for_the_old_alone(does: set[str], alone: bool) -> None:
    assert serves_the_old_alone([frozenset(does)]).tolist() == [alone]


@given(st.sets(st.sampled_from([*FUNCTIONS.ids, "playgroup"])))
def test_what_is_completed_stays_so(does: set[str]) -> None:
    once = FUNCTIONS.completed(does)
    assert does <= once and FUNCTIONS.completed(once) == once
    kinds = {found.kind_of for name in does if (found := FUNCTIONS.of_id(name))} - {None}
    assert once - does <= kinds <= once


def test_a_list_that_does_not_close_is_refused() -> None:
    entry = {"id": "a", "zh": "甲", "en": "a", "domain": "hospitals"}
    domains = {"hospitals": {"zh": "医院", "en": "hospitals"}}
    with pytest.raises(ValidationError, match="found an id twice"):
        BuildingFunctions.model_validate({"domains": domains, "functions": [entry, entry]})
    stray = [{**entry, "kind_of": "b"}]
    with pytest.raises(ValidationError, match=r"found kind_of \['b'\]"):
        BuildingFunctions.model_validate({"domains": domains, "functions": stray})


# --- a register's column of functions -------------------------------------------------------


Check = Callable[[dict[str, str]], Town]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Read the sample town with these cells in a column of functions."""
    write_sample(tmp_path)

    def read(cells: dict[str, str]) -> Town:
        path = tmp_path / "facilities.csv"
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        text = io.StringIO()
        writer = csv.DictWriter(text, [*rows[0], *{"服务功能"} - {*rows[0]}])
        writer.writeheader()
        writer.writerows({**row, "服务功能": cells.get(row["编号"], "")} for row in rows)
        path.write_text(text.getvalue(), encoding="utf-8")
        return workflow.check(tmp_path / "study.yaml")

    return read


def does(town: Town, facility: str) -> set[str]:
    return set(town.facilities.functions[town.facilities.ids.index(facility)])


def told(town: Town) -> list[str]:
    return [note.en for note in town.notes if "column of functions" in note.en]


@pytest.mark.parametrize(
    "cell",
    [
        "全托、日托、居家探访、医疗服务",
        "全托，日托，居家探访服务，医疗",
        "全托|日托|居家探访|医疗服务等",
        " 全托/日托；居家探访;医疗服务。",
        "全托 日托　居家探访 医疗服务",
        "全托＋日托＋居家探访＋医疗服务",
        "全托,日托,居家探访,医疗服务等服务",
        "全托、日托、居家探访、医疗 等",
    ],
)
def test_functions_are_parted_as_offices_part_them(check: Check, cell: str) -> None:
    found = check({"F01": cell})
    assert told(found) == []
    assert does(found, "F01") == {
        "elder_institution", "elder_community", "full_care", "day_care", "home_visit", "medical",
    }  # fmt: skip


def test_a_column_adds_to_what_the_type_does(check: Check) -> None:
    found = check({"F02": "助餐、老年学习点", "F05": "养老", "F07": "日间照料", "F04": "/"})
    assert told(found) == []
    assert does(found, "F02") == {
        "elder_community", "elder_complex", "day_care", "meals", "learning_point",
    }  # fmt: skip
    assert does(found, "F05") == {"nursery", "elder_community"}
    assert does(found, "F07") == {"health", "day_care", "elder_community"}
    assert does(found, "F04") == {"meals"}


def test_words_of_both_mean_children_in_a_nursery(check: Check) -> None:
    found = check({"F05": "全日托、半日托、计时托", "F03": "全日托", "F12": "日托", "F07": "日托"})
    assert does(found, "F05") == {"nursery"}
    assert does(found, "F03") == {"elder_community", "day_care", "full_care"}
    assert does(found, "F12") == {"elder_community", "nursery", "day_care"}
    assert does(found, "F07") == {"health"}
    (note,) = told(found)
    assert ": 3 (半日托 1, 计时托 1, 日托 1)" in note


def test_unknown_words_are_told_and_change_nothing(check: Check) -> None:
    found = check({"F01": "养花、下棋", "F02": "养花", "F04": "日间照料中心 摄影"})
    (note,) = told(found)
    assert ": 3 (养花 2, 下棋 1, 摄影 1)" in note
    assert does(found, "F01") == {"elder_institution"}
    assert does(found, "F04") == {"meals", "elder_community", "day_care"}


def test_a_nursery_in_a_home_takes_its_plot_out_of_the_account(check: Check) -> None:
    """F01 stands on 620 m2 of its own, as elder care in full only while it serves the old alone."""
    land = [
        check({"F01": cell}).facilities.elder_land_m2[0]
        for cell in ("", "助餐、老年活动", "托育", "摄影")
    ]
    assert land == [620, 620, 0, 620]


def test_a_service_may_ask_for_any_function_of_the_list(check: Check, tmp_path: Path) -> None:
    check({})
    study = tmp_path / "study.yaml"
    text = study.read_text(encoding="utf-8")
    plain = "functions: [elder_institution, elder_community]"
    assert plain in text
    study.write_text(
        text.replace(plain, "functions: [elder_community, home_visit]"), encoding="utf-8"
    )
    asked = ("elder_community", "home_visit")
    assert workflow.check(study).study.services["elder_care"].functions == asked
    study.write_text(text.replace(plain, "functions: [home_visits]"), encoding="utf-8")
    with pytest.raises(StudyError, match=r"found 'home_visits'; expected one of .*home_visit,"):
        workflow.check(study)


def test_an_unknown_type_is_refused_with_those_like_it(check: Check, tmp_path: Path) -> None:
    check({})
    path = tmp_path / "facilities.csv"
    text = path.read_text(encoding="utf-8").replace(",日间照料中心,", ",日间照护中心,")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        workflow.check(tmp_path / "study.yaml")
    fault = caught.value.faults[0]
    assert fault.found[0] == "类型“日间照护中心”"
    assert "日间照料中心" in fault.expected[0] and len(fault.expected[0]) < 120
