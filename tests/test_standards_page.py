"""docs/standards.md and its pages are what the library says, and their examples are valid."""

import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from ruamel.yaml import YAML

from planning.cli.own_file import relations
from planning.inputs.standard_file import chain_of
from planning.standards import Which, load_standard, profile_of, standards_in_library
from planning.standards.clauses import Baseline, Clause, NewSince, Standard
from planning.standards.readings import questions
from planning.standards.terms import Amount, Trait, Where
from planning.study.services import StandardsSpec

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "standards.md").read_text(encoding="utf-8")
BY_SHORT = {load_standard(name).short: load_standard(name) for name in standards_in_library()}
CLAUSES = [clause for standard in BY_SHORT.values() for clause in standard.clauses]


@pytest.fixture(scope="module")
def written() -> Iterator[dict[str, Any]]:
    """What the script that writes the pages knows."""
    scripts = str(ROOT / "scripts")
    sys.path.insert(0, scripts)
    try:
        yield runpy.run_path(str(ROOT / "scripts" / "write_standards.py"))
    finally:
        sys.path.remove(scripts)


def page_of(short: str) -> str:
    return (ROOT / "docs" / "standards" / f"{short}.md").read_text(encoding="utf-8")


def between(begin: str, end: str) -> str:
    assert PAGE.count(begin) == 1, begin
    return PAGE.split(begin)[1].split(end)[0]


def table(name: str) -> list[list[str]]:
    rows = between(f"<!-- {name}: begin -->", f"<!-- {name}: end -->").strip().splitlines()
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def section(heading: str) -> str:
    return between(f"\n## {heading}", "\n## ")


# --- what is printed ------------------------------------------------------------------------------


def test_the_page_is_what_the_script_writes(written: dict[str, Any]) -> None:
    assert written["page_with_tables"](PAGE) == PAGE


@pytest.mark.parametrize("short", sorted(BY_SHORT))
def test_every_page_of_a_document_is_what_the_script_writes(
    short: str, written: dict[str, Any]
) -> None:
    assert written["document_page"](short) == page_of(short)


def test_there_is_a_page_for_every_document_and_none_besides(written: dict[str, Any]) -> None:
    pages = {path.stem for path in (ROOT / "docs" / "standards").iterdir()}
    assert pages == set(BY_SHORT) == set(written["SHORTS"])


@pytest.mark.parametrize("short", sorted(BY_SHORT))
def test_every_clause_stands_in_its_page_with_its_quote_and_reading(short: str) -> None:
    parts = page_of(short).split("\n### ")[1:]
    assert [part.partition("\n")[0] for part in parts] == [c.id for c in BY_SHORT[short].clauses]
    for part, clause in zip(parts, BY_SHORT[short].clauses, strict=True):
        assert f"> {clause.quote}\n> —— {clause.article}\n" in part
        assert f"reading：{''.join(dict.fromkeys(clause.reading))}\n" in part
        assert clause.title_zh in part and clause.title_en in part and f"`{clause.key}`" in part
        assert ("重复，同于" in part) == (clause.repeats is not None)
        assert clause.repeats is None or f"`{clause.repeats}`" in part


def test_no_page_is_too_large_to_be_read() -> None:
    for path in (ROOT / "docs").rglob("standards*/*.md"):
        assert path.stat().st_size < 300_000, path
    assert len(PAGE.encode()) < 300_000


def test_counts_by_item_are_those_of_the_catalogue() -> None:
    rows = {row[0]: row[4:] for row in table("documents")[2:]}
    (total,) = [counts for name, counts in rows.items() if "total" in name]
    assert [cell.strip("*") for cell in total[:4]] == ["370", "297", "66", "7"]
    five = [
        list(map(int, row))
        for name, row in rows.items()
        if "total" not in name and "[CN]" not in name
    ]
    assert len(five) == 5
    assert [sum(column) for column in zip(*five, strict=True)] == [
        int(cell.strip("*")) for cell in total
    ]
    for short, standard in BY_SHORT.items():
        counts = rows[f"[{short}](standards/{short}.md)"]
        assert int(counts[0]) == len({clause.item for clause in standard.clauses})
        assert int(counts[5]) == len(standard.clauses)
        assert int(counts[6]) == sum(clause.repeats is not None for clause in standard.clauses)


def test_the_readme_gives_the_same_counts() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (total,) = [row[4:8] for row in table("documents") if "total" in row[0]]
    items, computed, typed_in, listed = (cell.strip("*") for cell in total)
    assert f"的 {items} 项逐条在库：{computed} 项由程序计算" in readme
    assert f"{typed_in} 项对照统计填报，{listed} 项仅列示" in readme
    words = " ".join(readme.split())
    assert f"Five documents, {items} items, are in the library" in words
    assert f"{computed} are computed, {typed_in} typed in, {listed} listed" in words


@pytest.mark.parametrize(
    ("key", "cd", "dz"),
    [
        (
            "nursery_rate",
            "≥4.74个/千人（到2025年） · 本级 own",
            "≥4.5个/千人（到2025年） · 本级 own",
        ),
        ("elder_land", "≥0.1平方米/人 · 沿用上级 inherited", "≥0.1平方米/人 · 本级 own"),
        ("nursing_bed_share", "≥60%（到2025年） · 本级 own", "≥55%（到2025年） · 本级 own"),
        ("street_complex", "≥1处（街道，到2025年）", "≥1个（街道，到2022年）"),
        ("new_area_compliance", "100%（到2025年）", "≥80%（到2022年）"),
        ("lottery_55", "≥55%（到2022年） · 沿用上级 inherited", "≥55%（2022年起） · 本级 own"),
        ("rural_three_tier", "3级 · 沿用上级 inherited", "3级 · 本级 own"),
        ("meal_delivery", "城区15分钟 郊区30分钟", "–"),
        ("beds_total", "–", "≥30,000张（到2025年） · 本级 own"),
    ],
)
def test_what_is_in_force_in_chengdu_and_dazhou_is_that_of_the_catalogue(
    key: str, cd: str, dz: str
) -> None:
    """STANDARDS B, as it is printed there."""
    (row,) = [row for row in table("inheritance") if row[0].strip("| ") == f"`{key}`"]
    assert cd in row[2]
    assert dz in row[3]


def test_every_matter_shown_is_a_key_of_the_library(written: dict[str, Any]) -> None:
    assert set(written["MATTERS"]) <= {clause.key for clause in CLAUSES}


# --- what is said of the keys ---------------------------------------------------------------------


def test_every_measure_is_said_in_both_languages(written: dict[str, Any]) -> None:
    kinds = list(written["_asks"]())
    assert list(written["MEANINGS"]) == kinds
    assert [row[0].strip("| `") for row in table("measures")[2:]] == kinds


def test_every_key_of_a_measure_is_explained(written: dict[str, Any]) -> None:
    said = re.findall(r"`(\w+)`", " ".join(firsts(section("七、"))))
    for kind, ask in written["_asks"]().items():
        for name in ask.model_fields:
            assert name == "kind" or name in said, (kind, name)


@pytest.mark.parametrize(
    ("heading", "model"), [("六、", Where), ("八、", Which), ("九、", Standard), ("九、", Clause)]
)
def test_every_key_of_a_file_is_explained(heading: str, model: Any) -> None:
    text = f"{PAGE}\n## ".split(f"\n## {heading}")[1].split("\n## ")[0]
    said = re.findall(r"`(\w+)`", " ".join(firsts(text)))
    for name in model.model_fields:
        assert name in said, name


def firsts(text: str) -> list[str]:
    """The first cells of the tables of a section."""
    return [line.split(" | ")[0] for line in text.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("model", [Where, Which, Clause])
def test_every_word_that_a_key_may_have_is_named(model: Any) -> None:
    for name, field in model.model_fields.items():
        for word in words_of(field.annotation):
            assert f"`{word}`" in PAGE, (name, word)
    for word in (
        *get_args(Amount),
        *get_args(Trait),
        *Baseline.model_fields,
        *NewSince.model_fields,
    ):
        assert f"`{word}`" in PAGE, word


def words_of(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [word for word in get_args(annotation) if isinstance(word, str)]
    return [word for inner in get_args(annotation) for word in words_of(inner)]


def test_every_reading_stands_with_its_default() -> None:
    rows = {row[0].strip("| `"): row for row in table("readings")[2:]}
    assert list(rows) == list(questions())
    for name, question in questions().items():
        assert rows[name][3] == f"`{question.default}`"


# --- the examples ---------------------------------------------------------------------------------


def test_the_file_of_the_example_is_valid_and_does_what_its_remarks_say(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(# my-city\.yaml\n.*?)```", PAGE, flags=re.DOTALL)
    (tmp_path / "my-city.yaml").write_text(text, encoding="utf-8")
    profile = profile_of(chain_of("my-city.yaml", [tmp_path]))
    found = {
        how: [(own.key, None if above is None else above.id) for own, above in pairs]
        for how, pairs in relations(profile).items()
        if how != "inherits" and pairs
    }
    assert found == {
        "other_level": [("nursery_rate", "SC-2021-57/1.0/nursery-rate-2025")],
        "floors": [
            ("nursery_new", "SC-2021-57/2.1/nursery-new"),
            ("circle_15min", "SC-2021-57/2.3/circle-15min"),
        ],
        "adds": [("inclusive_places", None)],
    }
    circle = profile.clause("MY-2024-1/2.2/circle")
    assert circle is not None and circle.value == 85


def test_the_study_of_the_example_is_valid_and_names_clauses_that_are_there() -> None:
    (text,) = re.findall(r"```yaml\n(standards:\n.*?)```", PAGE, flags=re.DOTALL)
    spec = StandardsSpec.model_validate(YAML(typ="safe", pure=True).load(text)["standards"])
    assert spec.profile == "my-city.yaml"
    named = {*spec.goals, *spec.levels}
    assert all(f"  - id: {name} " in PAGE or name in {c.id for c in CLAUSES} for name in named)
    assert set(spec.readings) <= set(questions())
