"""A city's own file of clauses with one slip in it: where, what is there, what is meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planning.errors import StudyError
from planning.inputs.documents import read_documents
from planning.inputs.standard_file import chain_of
from planning.inputs.study_file import read_study
from planning.standards import Standard, load_standard, profile_of

FILE = """\
id: hangzhou-2024
short: HZ
document: 杭政办函〔2024〕9号
jurisdiction: 杭州市
dated: "2024-01-01"
new_since: {date: "2024-01-01", source: 文件日期}
readings: {within_percent: "85"}
clauses:
  - id: HZ/1
    key: nursery_rate
    article: 一
    quote: 每千人口拥有托位5个
    title_zh: 托位
    title_en: Places
    service: nursery
    mark: spatial-core
    strength: binding
    measure: {kind: per_thousand, amount: places, which: {does: nursery}}
    operator: ">="
    value: "5"
    unit: 个/千人
    levels: [county]
    applies: {zone: [urban]}
    reading: 读法。
  - id: HZ/2
    key: circle
    article: 二
    quote: 十五分钟
    title_zh: 时间圈
    title_en: Circle
    service: elder_care
    mark: spatial-core
    strength: binding
    measure: {kind: travel_time_coverage, which: {does: nursery}, group: under_3, limit_min: "15"}
    operator: ">="
    value: "90"
    unit: "%"
    levels: [city]
    reading: 读法。
"""

Read = Callable[[str], Standard]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str) -> Standard:
        (tmp_path / "hz.yaml").write_text(text, encoding="utf-8")
        return chain_of("hz.yaml", [tmp_path])[0]

    return read


def test_the_file_itself_is_well(read: Read) -> None:
    assert [clause.id for clause in read(FILE).clauses] == ["HZ/1", "HZ/2"]


@pytest.mark.parametrize(
    ("old", "new", "dated"),
    [
        ('dated: "2024-01-01"', "dated: 2024-01-01", "2024-01-01"),
        ('dated: "2024-01-01"', "dated: 2024", "2024"),
        ('{within_percent: "85"}', "{within_percent: 85}", "2024-01-01"),
        ('value: "5"', "value: 5.0", "2024-01-01"),
    ],
)
def test_dates_and_numbers_may_stand_without_quotes(
    read: Read, old: str, new: str, dated: str
) -> None:
    found = read(FILE.replace(old, new))
    assert (found.dated, found.clauses[0].value) == (dated, 5)
    assert profile_of([found]).readings.figure("within_percent") == 85


SLIPS: dict[str, tuple[str, str, str, str, str]] = {
    # what is written, what is written instead, where, found, expected
    "a key": ("title_en: Places", "titel_en: Places", "clauses.0.titel_en",
              "unknown key 'titel_en'", "'title_en'"),
    "a key of a measure": ("amount: places", "ammount: places", "clauses.0.measure.ammount",
                           "unknown key 'ammount'", "'amount'"),
    "a key of a choice": ("which: {does: nursery}}\n    operator", "which: {dose: nursery}}\n"
                          "    operator", "clauses.0.measure.which.dose",
                          "unknown key 'dose'", "'does'"),
    "a key that is missing": ("    article: 一\n", "", "clauses.0.article", "nothing",
                              "this key, which must be there"),
    "a measure": ("kind: per_thousand", "kind: per_tousand", "clauses.0.measure",
                  "a measure 'per_tousand'", "'per_thousand'"),
    "a measure of no kind": ("kind: per_thousand, ", "", "clauses.0.measure",
                             "a measure without its kind", "a measure, such as"),
    "a function": ("does: nursery}}\n    operator", "does: nurseries}}\n    operator",
                   "clauses.0.measure.which.does", "'nurseries'", "'nursery'"),
    "a unit beside the figure": ('value: "90"', 'value: "90%"', "clauses.1.value", "'90%'",
                                 "a number without unit or per cent sign"),
    "a unit beside the limit": ('limit_min: "15"', 'limit_min: "15 min"',
                                "clauses.1.measure.limit_min", "'15 min'", "a number without"),
    "a figure below nothing": ('value: "5"', 'value: "-5"', "clauses.0.value", "'-5'",
                               "a number, 0 or more"),
    "a null figure": ('value: "5"', "value: null", "clauses.0.operator",
                      "operator without value", "both, or neither"),
    "a figure without its sign": ('    operator: ">="\n    value: "5"', '    value: "5"',
                                  "clauses.0.value", "value without operator", "both, or neither"),
    "a sign": ('operator: ">="\n    value: "5"', 'operator: "≥"\n    value: "5"',
               "clauses.0.operator", "'≥'", "'>='"),
    "a level in Chinese": ("[county]", "[区县]", "clauses.0.levels.0", "'区县'", "'county'"),
    "a level that is none": ("[county]", "[district]", "clauses.0.levels.0", "'district'",
                             "one of 'province', 'city', 'county'"),
    "one level without brackets": ("[county]", "county", "clauses.0.levels", "'county'",
                                   "a list, such as"),
    "a strength in Chinese": ("strength: binding\n    measure: {kind: per", "strength: 约束\n"
                              "    measure: {kind: per", "clauses.0.strength", "'约束'",
                              "'binding'"),
    "a condition in Chinese": ("[urban]", "[城区]", "clauses.0.applies.zone.0", "'城区'",
                               "'urban'"),
    "a trait in Chinese": ("does: nursery}}\n    operator",
                           "does: nursery, traits: {inclusive: 是}}}\n    operator",
                           "clauses.0.measure.which.traits.inclusive", "'是'", "true"),
    "a year that nothing goes with": ("levels: [county]", "levels: [county]\n    year: 2025",
                                      "clauses.0.year", "when: standing, with a year",
                                      "a year with by, in and from"),
    "no year": ("levels: [county]", "levels: [county]\n    when: by", "clauses.0.when",
                "when: by, with no year", "a year with by, in and from"),
    "a reading without a figure": ('    operator: ">="\n    value: "5"',
                                   "    value_from: within_percnt", "clauses.0.value_from",
                                   "'within_percnt'", "a reading that is a figure: "),
    "a reading of words": ('    operator: ">="\n    value: "5"', "    value_from: land_account",
                           "clauses.0.value_from", "'land_account'", "a reading that is a figure"),
    "an id twice": ("id: HZ/2", "id: HZ/1", "clauses.1.id", "'HZ/1' again", "an id of its own"),
    "a repeat of none": ("levels: [city]", "levels: [city]\n    repeats: HZ/9",
                         "clauses.1.repeats", "'HZ/9'", "the id of another clause"),
    "a date in Chinese": ('{date: "2024-01-01"', "{date: 2024年1月", "new_since.date",
                          "'2024年1月'", "a date such as 2024-03-01"),
    "no clauses": (FILE[FILE.index("clauses:"):], "clauses:\n", "clauses", "a blank", "a list"),
}  # fmt: skip


@pytest.mark.parametrize("case", SLIPS)
def test_a_slip_is_told_with_its_line_what_is_there_and_what_is_meant(
    read: Read, case: str
) -> None:
    old, new, where, found, expected = SLIPS[case]
    assert FILE.count(old) >= 1
    text = FILE.replace(old, new, 1)
    with pytest.raises(StudyError) as caught:
        read(text)
    fault = next(f for f in caught.value.faults if f.where.endswith(f" {where}"))
    assert fault.found[1].startswith(found)
    assert fault.expected[1].startswith(expected)
    for zh, en in (fault.found, fault.expected, fault.to_do):
        assert zh and en and "Input should" not in zh + en
    line = int(fault.where.split(":")[1].split()[0])
    near = text.splitlines()[line - 1]
    keys = [part for part in where.split(".") if not part.isdigit()]
    assert any(key in near for key in keys) or "- id:" in near


SYNTAX: dict[str, tuple[bytes, str]] = {
    "a tab": (FILE.replace("    key: n", "\tkey: n").encode(), "blanks in place of the tab"),
    "a per cent sign": (FILE.replace('"%"', "%").encode(), "put the value in quotes"),
    "a sign of its own": (FILE.replace('">="', ">=", 1).encode(), "put the value in quotes"),
    "a colon": (FILE.replace("quote: 每", "quote: 目标: 每").encode(), "put the value in quotes"),
    "an open quotation mark": (
        FILE.replace("quote: 每", 'quote: "每').encode(), "one above that line has no fellow",
    ),
    "GBK": (FILE.encode("gbk"), "save it as UTF-8"),
    "a key twice": (FILE.replace("key: circle", "key: a\n    key: b").encode(), "once"),
}  # fmt: skip


@pytest.mark.parametrize("case", SYNTAX)
def test_a_slip_of_syntax_says_what_to_do(tmp_path: Path, case: str) -> None:
    content, to_do = SYNTAX[case]
    (tmp_path / "hz.yaml").write_bytes(content)
    with pytest.raises(StudyError) as caught:
        chain_of("hz.yaml", [tmp_path])
    (fault,) = caught.value.faults
    assert fault.where.startswith("hz.yaml")
    assert to_do in fault.to_do[1] and fault.to_do[0]


def bomb() -> str:
    """Nine aliases of nine of nine …: 9¹⁰ values in ten lines."""
    first, *rest = "abcdefghij"
    lines = [f"{first}: &{first} [{','.join('x' * 9)}]"]
    for one, above in zip(rest, "abcdefghi", strict=True):
        lines.append(f"{one}: &{one} [{','.join([f'*{above}'] * 9)}]")
    return "\n".join([*lines, "clauses: *j", ""])


@pytest.mark.parametrize("text", [bomb(), f"id: {'[' * 2000}{']' * 2000}\n"])
def test_aliases_that_multiply_and_values_too_deep_are_refused(read: Read, text: str) -> None:
    with pytest.raises(StudyError, match="without aliases"):
        read(text)


def test_an_alias_that_is_used_twice_is_what_it_stands_for(read: Read) -> None:
    text = FILE.replace("levels: [county]", "levels: &all [county]").replace("[city]", "*all")
    assert [clause.levels for clause in read(text).clauses] == [("county",), ("county",)]


# --- names of documents --------------------------------------------------------------------------


def test_a_parent_that_nobody_knows_is_told_under_the_child(read: Read) -> None:
    with pytest.raises(StudyError) as caught:
        read(FILE.replace("new_since", "parent: ZJ\nnew_since"))
    (fault,) = caught.value.faults
    assert fault.where == "hangzhou-2024.parent"
    assert "JS (jiangsu-2021-75)" in fault.expected[1]


@pytest.mark.parametrize(
    ("profile", "beside", "named", "where"),
    [
        ("XX", "[]", (), "standards.profile"),
        ("SC", "[XX]", (), "standards.beside"),
        ("SC", "[]", ("XX",), "--standards"),
        ("SC", "[]", ("nothing.yaml",), "--standards"),
    ],
)
def test_a_document_that_nobody_knows_is_told_under_what_names_it(
    sample_folder: Path, tmp_path: Path, profile: str, beside: str, named: tuple[str, ...],
    where: str,
) -> None:  # fmt: skip
    text = (sample_folder / "study.yaml").read_text(encoding="utf-8")
    changed = f"profile: {profile}\n  beside: {beside}"
    path = tmp_path / "study.yaml"
    path.write_text(text.replace("profile: sichuan-2021-57", changed), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_documents(read_study(path), [tmp_path], named)
    assert [fault.where for fault in caught.value.faults] == [where]


def test_a_short_name_written_otherwise_is_told_the_nearest() -> None:
    with pytest.raises(StudyError, match="such as jiangsu-2021-75"):
        chain_of("jiangsu-2021", [])


def test_two_documents_of_one_id_are_refused(sample_folder: Path, tmp_path: Path) -> None:
    """One of them would be lost: the findings of both bear the same id."""
    (tmp_path / "hz.yaml").write_text(
        FILE.replace("hangzhou-2024", "jiangsu-2021-75"), encoding="utf-8"
    )
    study = read_study(sample_folder / "study.yaml")
    with pytest.raises(StudyError, match="for two documents"):
        read_documents(study, [tmp_path], ["JS", "hz.yaml"])
    profiles, _ = read_documents(study, [tmp_path], ["JS", "jiangsu-2021-75"])
    assert [p.standard for p in profiles][1:] == [load_standard("jiangsu-2021-75")]
