"""A study's own words for columns, types, statuses and services: over ours, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planning import workflow
from planning.errors import InputError, PlanningError, StudyError
from planning.inputs.own_words import read_words
from planning.inputs.vocabulary import BY_MEANING, in_force, meaning, our_words, vocabulary
from planning.provenance import Note
from planning.result import Town
from planning.sample import write_sample
from planning.study import Study

OURS = our_words()


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """The sample town, whose study names a file of words."""
    write_sample(tmp_path)
    study = tmp_path / "study.yaml"
    text = study.read_text(encoding="utf-8")
    study.write_text(text + "vocabulary: {path: words.yaml}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def check(town: Path) -> Callable[[str], Town]:
    """Read the study with these words."""

    def read(words: str) -> Town:
        (town / "words.yaml").write_text(words, encoding="utf-8")
        return workflow.check(town / "study.yaml")

    return read


def register(town: Path, name: str, old: str, new: str) -> None:
    encoding = "gb18030" if name == "candidates.csv" else "utf-8-sig"
    text = (town / name).read_text(encoding=encoding)
    assert old in text
    (town / name).write_text(text.replace(old, new), encoding=encoding)


def of_words(notes: tuple[Note, ...]) -> list[str]:
    return [note.en for note in notes if note.about == "vocabulary"]


# --- what they do ---------------------------------------------------------------------------


def test_no_words_change_nothing(town: Path, check: Callable[[str], Town]) -> None:
    assert of_words(check("{}").notes) == []
    assert vocabulary() is OURS


def test_words_of_every_section_are_read(town: Path, check: Callable[[str], Town]) -> None:
    """The registers speak otherwise in all they say, and are read as before."""
    before = check("{}")
    register(town, "facilities.csv", "托位数", "核定婴幼儿数")
    register(town, "facilities.csv", "编号,名称,类型", "代号,称谓,属性")
    register(town, "facilities.csv", "运营,", "正常开放,")
    register(town, "facilities.csv", ",养老院,", ",颐养院,")
    register(town, "facilities.csv", ",是,", ",√,")
    register(town, "candidates.csv", "养老|托育", "康养|托育")
    layer = (town / "residential_areas.geojson").read_text(encoding="utf-8")
    layer = layer.replace('"status"', '"进度"').replace('"planned"', '"拟建"')
    (town / "residential_areas.geojson").write_text(layer, encoding="utf-8")
    after = check(
        """
        columns:
          facilities: {places: [核定婴幼儿数], id: [代号], name: [称谓], type: [属性]}
          residential: {status: [进度]}
        functions: {颐养院: [elder_institution]}
        status: {open: [正常开放]}
        residential_status: {planned: [拟建]}
        services: {康养: elder_care}
        flag: {"yes": [√]}
        """
    )
    assert after.facilities.functions == before.facilities.functions
    assert after.facilities.names == before.facilities.names
    for name in ("places", "elder_land_m2", "is_open"):
        one, other = getattr(after.facilities, name), getattr(before.facilities, name)
        np.testing.assert_array_equal(one, other)
    assert after.candidates is not None and before.candidates is not None
    assert after.candidates.services == before.candidates.services
    assert after.area.residential is not None and before.area.residential is not None
    assert after.area.residential.status == before.area.residential.status
    assert of_words(after.notes) == []  # none of them was ours
    assert vocabulary() is OURS  # and they are forgotten when the study is read


def test_own_words_find_the_header_below_a_title(town: Path, check: Callable[[str], Town]) -> None:
    before = check("{}")
    lines = (town / "facilities.csv").read_text(encoding="utf-8-sig").splitlines()
    header = "代号,称谓,属性,东,北,托,床,护,建,占,独,普,营,状,年,容,能"
    text = "\n".join(["某区一老一小设施台账", header, *lines[1:]])
    (town / "facilities.csv").write_text(text, encoding="utf-8-sig")
    after = check(
        """
        columns:
          facilities:
            {id: [代号], name: [称谓], type: [属性], x: [东], y: [北], places: [托], land_m2: [占],
             floor_m2: [建], independent: [独], status: [状]}
        """
    )
    assert after.facilities.names == before.facilities.names
    np.testing.assert_array_equal(after.facilities.places, before.facilities.places)


def test_a_word_of_ours_may_mean_something_else_and_is_told(
    town: Path, check: Callable[[str], Town]
) -> None:
    register(town, "facilities.csv", "筹建,", "歇业,")
    assert not any(of_words(check("{}").notes))
    found = check(
        """
        status: {preparing: [歇业]}
        functions: {老年助餐点: [elder_community]}
        columns: {facilities: {land_m2: [建筑面积], floor_m2: [占地面积]}}
        """
    )
    assert of_words(found.notes) == [
        "columns.facilities: '建筑面积' is read as land_m2, in our own words it is floor_m2",
        "columns.facilities: '占地面积' is read as floor_m2, in our own words it is land_m2",
        "functions: '老年助餐点' is read as elder_community, in our own words it is meals",
        "status: '歇业' is read as preparing, in our own words it is closed",
    ]
    does = dict(zip(found.facilities.ids, found.facilities.functions, strict=True))
    assert does["F04"] == {"elder_community"}
    floor = dict(zip(found.facilities.ids, found.facilities.floor_m2.tolist(), strict=True))
    assert floor["F01"] == 620


def test_a_study_says_the_last_word_on_a_type(town: Path, check: Callable[[str], Town]) -> None:
    study = town / "study.yaml"
    text = study.read_text(encoding="utf-8")
    text = text.replace("path: facilities.csv", "path: facilities.csv\n  types: {老年助餐点: []}")
    study.write_text(text, encoding="utf-8")
    found = check("functions: {老年助餐点: [elder_community]}")
    does = dict(zip(found.facilities.ids, found.facilities.functions, strict=True))
    assert does["F04"] == frozenset()


def test_a_function_of_the_words_may_be_a_service(town: Path, check: Callable[[str], Town]) -> None:
    study = town / "study.yaml"
    text = study.read_text(encoding="utf-8")
    text = text.replace("functions: [nursery]", "functions: [nursery, playgroup]")
    study.write_text(text, encoding="utf-8")
    register(town, "facilities.csv", ",托育机构,", ",亲子园,")
    does = check("functions: {亲子园: [playgroup]}").facilities.functions
    assert frozenset({"playgroup"}) in does
    with pytest.raises(StudyError, match=r"services\.nursery\.functions: found 'playgroup'"):
        check("functions: {亲子园: [play]}")


def test_the_file_of_words_is_an_input_of_the_run(town: Path, check: Callable[[str], Town]) -> None:
    (one,) = [s for s in check("{}").sources if s.key == "vocabulary"]
    (other,) = [s for s in check("flag: {}").sources if s.key == "vocabulary"]
    assert (one.name, one.licence) == ("words.yaml", "自备词表 the study's own words")
    assert one.sha256 != other.sha256


def test_our_own_file_is_words_of_a_study(town: Path, check: Callable[[str], Town]) -> None:
    """The format is ours: what we ship can be copied and changed."""
    import planning.inputs

    ours = Path(planning.inputs.__file__).with_name("vocabulary.yaml").read_text(encoding="utf-8")
    assert of_words(check(ours).notes) == []
    assert {*BY_MEANING, "columns", "functions", "services"} == set(OURS)


def test_the_example_of_the_documentation_is_read(town: Path, check: Callable[[str], Town]) -> None:
    page = (Path(__file__).parents[1] / "docs" / "study.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(# words\.yaml\n.*?)```", page, flags=re.DOTALL)
    register(town, "facilities.csv", "托位数", "核定婴幼儿数")
    assert of_words(check(example).notes) == []


def test_words_in_force_end_where_they_are_to_end() -> None:
    assert meaning("status", "快了") is None
    with in_force({**OURS, "status": {"open": ["快了"]}}):
        assert meaning("status", "快了") == "open"
    assert meaning("status", "快了") is None


# --- what is refused ------------------------------------------------------------------------

FAULTS = {
    "a section nobody knows": ("状态: {open: [在办]}", ":1 状态: found '状态'; expected one of"),
    "a table nobody knows": ("columns: {roads: {id: [路]}}", "columns.roads: found 'roads'"),
    "a field nobody knows": (
        "columns:\n  facilities:\n    plaecs: [托位]",
        "words.yaml:3 columns.facilities.plaecs: found 'plaecs'; expected one of id",
    ),
    "a status nobody knows": ("status: {shut: [关门]}", "status.shut: found 'shut'"),
    "a word of two statuses": (
        "status: {open: [暂停], closed: [暂停]}",
        "status.closed: found '暂停', which is open; expected one meaning for each word",
    ),
    "a word of two columns": (
        "columns: {facilities: {id: [代码], name: [代码]}}",
        "columns.facilities.name: found '代码', which is id",
    ),
    "a word without brackets": (
        "status: {open: 在办}",
        "status.open: found '在办'; expected words",
    ),
    "a blank word": ('status: {open: [" "]}', "status.open: found ' '; expected text"),
    "true": ("flag: {yes: [true]}", "flag.yes: found 'True'; expected text"),
    "no service": ("services: {康养: elder}", "services.康养: found service 'elder'; expected one"),
    "a list of services": ("services: {康养: [elder_care]}", "services.康养: found service '["),
    "functions without brackets": (
        "functions: {颐养院: elder_institution}",
        "functions.颐养院: found 'elder_institution'; expected words in brackets",
    ),
    "nothing below a section": ("status:", "status: found 'None'; expected keys with values"),
    "a section that is a list": ("status: [open]", "status: found '['open']'; expected keys"),
    "a table that is a word": ("columns: {facilities: 编号}", "columns.facilities: found '编号'"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_words_that_are_none(check: Callable[[str], Town], case: str) -> None:
    words, expected = FAULTS[case]
    with pytest.raises(InputError) as caught:
        check(words)
    (fault,) = caught.value.faults
    assert fault.where.startswith("vocabulary: words.yaml")
    assert expected in fault.lines()[1]


def test_every_fault_of_the_words_is_told_at_once(check: Callable[[str], Town]) -> None:
    with pytest.raises(InputError) as caught:
        check("status: {shut: [关门], open: 在办}\nservices: {康养: elder}\n状态: {}")
    assert [fault.where.rpartition(" ")[2] for fault in caught.value.faults] == [
        "状态", "status.shut", "status.open", "services.康养",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "en"),
    [
        (b"status: [", "a YAML fault"),
        (b"status: {}\nstatus: {}", "a YAML fault"),
        (b"- status", "no mapping at the top"),
        (b"", "no mapping at the top"),
        ("status: {open: [营业中]}".encode("gb18030"), "a YAML fault"),
    ],
)
def test_files_that_are_no_words(town: Path, content: bytes, en: str) -> None:
    (town / "words.yaml").write_bytes(content)
    with pytest.raises(PlanningError, match=en):
        workflow.check(town / "study.yaml")


def test_a_file_that_is_not_there(town: Path) -> None:
    with pytest.raises(PlanningError, match=r"vocabulary: words\.yaml: found no such file"):
        workflow.check(town / "study.yaml")


def test_words_are_read_for_the_study_alone(town: Path) -> None:
    """A service may be named by a word of the file if the study has it."""
    (town / "words.yaml").write_text("services: {书屋: reading}", encoding="utf-8")
    minimal = {
        "name": "x", "area": {"box": [0, 0, 1, 1]}, "network": {"path": "r"},
        "population": {"path": "p", "unit": "persons"}, "vocabulary": {"path": "words.yaml"},
    }  # fmt: skip
    reading = {"label": "阅览", "limit_min": 15, "functions": ["community_centre"]}
    paths = {"vocabulary": town / "words.yaml"}
    study = Study.model_validate({**minimal, "services": {"reading": reading}})
    words, notes = read_words(study, paths)
    assert (words["services"]["书屋"], notes) == ("reading", ())
    with pytest.raises(InputError, match="service 'reading'"):
        read_words(Study.model_validate({**minimal, "services": {}}), paths)


def test_the_sample_register_has_no_words_but_ours(town: Path) -> None:
    table = pd.read_csv(town / "facilities.csv", encoding="utf-8-sig", dtype=str)
    assert set(table["类型"]) <= set(OURS["functions"])
