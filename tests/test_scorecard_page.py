"""The scorecard page opens without a network, says what the table says, and runs nothing of it."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from browser import Page, Reader, open_page

from planning import workflow
from planning.outputs.inlining import OutsideReferenceError
from planning.outputs.pages import drawn as drawn_page
from planning.outputs.pages import scorecard as page_maker
from planning.tables import TABLES

DOCUMENTS = ("CD", "SC", "JS")
HOSTILE = "</script><img src=x onerror=\"document.body.dataset.hacked='1'\">{{ 7 * 7 }}\u2028¤1"


@pytest.fixture(scope="module")
def run(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample under three documents, its own in the middle."""
    study, out = sample_folder / "study.yaml", tmp_path_factory.mktemp("out")
    return workflow.run(study, out_dir=out, documents=DOCUMENTS, until="assess")[1]


@pytest.fixture(scope="module")
def content(run: Path) -> dict[str, Any]:
    return content_of((run / "scorecard.html").read_text(encoding="utf-8"))


def content_of(text: str) -> dict[str, Any]:
    found = re.search(r'id="scorecard-content">(.*?)</script>', text, flags=re.DOTALL)
    assert found
    body: dict[str, Any] = json.loads(found[1])
    return body


@pytest.fixture(scope="module")
def table(run: Path) -> list[dict[str, str]]:
    with (run / "scorecard.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def text_at(content: dict[str, Any], at: int) -> str:
    """A text put together again, as the page does it."""
    if at < 0:
        return ""
    pattern, *figures = content["texts"][at].split("|")
    parts = content["patterns"][int(pattern)]
    if not figures:
        return str(parts)
    pieces = parts.split("¤")
    assert len(pieces) == len(figures) + 1
    return "".join(a + b for a, b in zip(pieces, [*figures, ""], strict=True))


# --- the table -----------------------------------------------------------------------------------


def test_the_table_has_its_columns_and_a_line_for_every_finding(
    run: Path, table: list[dict[str, str]]
) -> None:
    assert list(table[0]) == [column.name for column in TABLES["scorecard"]]
    with (run / "findings.csv").open(encoding="utf-8-sig", newline="") as stream:
        findings = list(csv.DictReader(stream))
    same = ("profile", "clause_id", "level", "unit_id", "verdict", "measured", "required", "gap")
    assert Counter(tuple(row[k] for k in same) for row in findings) == Counter(
        tuple(row[k] for k in same) for row in table
    )


def test_documents_stand_in_the_order_given(table: list[dict[str, str]]) -> None:
    assert tuple(dict.fromkeys(row["profile"] for row in table)) == DOCUMENTS


def test_the_strictest_is_marked(table: list[dict[str, str]]) -> None:
    land = [row for row in table if "elder-land" in row["clause_id"] and row["level"] == "county"]
    assert {row["profile"] for row in land} == {"CD", "SC"}
    assert {row["strictest"] for row in land} == {"equal"}
    assert {row["asked"] for row in land} == {"CD ≥0.1平方米/人；SC ≥0.1平方米/人"}
    share = {
        row["profile"]: row["strictest"]
        for row in table
        if row["title"].startswith("护理型") and row["level"] == "county" and row["via"] == "own"
    }
    assert share["SC"] == "less"
    assert share["JS"] == "only"


def test_units_say_where_they_lie(table: list[dict[str, str]]) -> None:
    above = {row["level"]: row["within"].count("▸") + 1 for row in table if row["within"]}
    assert above["street"] == 1
    assert above["community"] == 2


# --- the page, without a browser -----------------------------------------------------------------


def test_nothing_beyond_the_file_is_referred_to(run: Path) -> None:
    seen = Reader((run / "scorecard.html").read_text(encoding="utf-8"))
    loading = {"src", "href", "srcset", "data", "poster", "action"}
    assert [t for t in seen.tags if loading & set(t[1])] == []
    policies = [t[1]["content"] for t in seen.tags if "content" in t[1] and "http-equiv" in t[1]]
    policy = next(p for p in policies if p and p.startswith("default-src"))
    assert policy.startswith("default-src 'none'; script-src 'sha256-")


def test_no_text_is_carried_twice(content: dict[str, Any]) -> None:
    for name in ("texts", "patterns"):
        assert len(set(content[name])) == len(content[name])
    ids = [clause["id"] for clause in content["clauses"]]
    assert len(set(ids)) == len(ids)


def test_the_page_carries_the_sentences_of_the_table(
    content: dict[str, Any], table: list[dict[str, str]]
) -> None:
    columns = content["columns"]
    assert {len(values) for values in columns.values()} == {len(table)}
    for at, row in enumerate(table):
        for name, of in (("current", "current"), ("gap", "shortfall"), ("because", "because_zh")):
            assert text_at(content, columns[f"{name}_zh"][at]) == row[of].removeprefix("'")
        clause = content["clauses"][columns["clause"][at]]
        assert (clause["id"], clause["quote"]) == (row["clause_id"], row["quote"])
        assert content["verdicts"][columns["verdict"][at]] == row["verdict"]


def test_comparisons_point_at_lines_of_one_matter(content: dict[str, Any]) -> None:
    columns = content["columns"]
    for number, groups in enumerate(content["comparisons"]):
        lines = [at for group in groups for at in group]
        assert len({columns["unit"][at] for at in lines}) == 1
        assert len({columns["document"][at] for at in lines}) > 1
        assert {columns["compared"][at] for at in lines} == {number}


@pytest.mark.parametrize(
    "text", ["", "无数字", "12", "常住人口12,345人×4.5/千人", "a¤b 3", "2025—2026"]
)
def test_a_text_taken_apart_comes_together_again(text: str) -> None:
    texts = page_maker._Texts()
    texts.number("7个")
    at = texts.number(text)
    assert texts.number(text) == at
    assert text_at({"texts": texts.texts, "patterns": texts.patterns}, at) == text


def test_many_units_share_their_sentences() -> None:
    texts = page_maker._Texts()
    for people in range(1000):
        texts.number(f"常住人口{people:,}人，现有{people + 1}个托位")
    assert len(texts.patterns) == 1
    assert len(texts.texts) == 1000


def test_an_asset_that_would_ask_the_network_is_refused(content: dict[str, Any]) -> None:
    skeleton = drawn_page._SKELETON.replace("<body>", '<body><img src="a.png">')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawn_page, "_SKELETON", skeleton)
        with pytest.raises(OutsideReferenceError, match=r"scorecard\.html"):
            page_maker.scorecard_page("卡", content)


# --- in a browser --------------------------------------------------------------------------------


def opened(run: Path, view: str = "") -> Page:
    page = open_page(run / "scorecard.html", view)
    assert page.dataset["ready"] == "1", page.console
    assert page.console == []
    assert page.requests == []
    return page


def counted(table: list[dict[str, str]], level: str, document: str | None) -> Counter[str]:
    roles = ("requirement", "goal", "benchmark")
    return Counter(
        row["verdict"]
        for row in table
        if row["level"] == level and row["role"] in roles and document in (None, row["profile"])
    )


@pytest.mark.parametrize(
    ("document", "level"), [("CD", "county"), ("SC", "residential_area"), ("all", "street")]
)
def test_the_page_counts_as_the_table_does(
    run: Path, table: list[dict[str, str]], document: str, level: str
) -> None:
    seen = opened(run, f"document={document}&level={level}").dataset
    want = counted(table, level, None if document == "all" else document)
    assert (seen["document"], seen["level"]) == (document, level)
    keys = ("met", "notMet", "notAssessable", "notApplicable")
    verdicts = ("met", "not_met", "not_assessable", "not_applicable")
    assert [int(seen[key]) for key in keys] == [want[verdict] for verdict in verdicts]
    assert int(seen["rows"]) == sum(want[v] for v in verdicts[:3])


def test_a_verdict_may_be_chosen_alone(run: Path, table: list[dict[str, str]]) -> None:
    seen = opened(run, "document=CD&level=street&verdict=not_met").dataset
    want = counted(table, "street", "CD")["not_met"]
    assert int(seen["rows"]) == int(seen["cells"]) == want > 0


def test_the_strictest_may_be_chosen_alone(run: Path, table: list[dict[str, str]]) -> None:
    seen = opened(run, "document=all&level=county&only=strictest").dataset
    strict = [r for r in table if r["level"] == "county" and r["strictest"] in ("only", "equal")]
    assert int(seen["rows"]) == len(strict) > 0


def test_one_unit_is_a_card_and_several_a_matrix(run: Path) -> None:
    assert opened(run, "document=SC&level=county").dataset["cells"] == "0"
    assert int(opened(run, "document=SC&level=street").dataset["cells"]) > 0


def test_a_line_shows_quote_article_origin_and_sentence(
    run: Path, table: list[dict[str, str]]
) -> None:
    row = next(
        r for r in table
        if r["profile"] == "CD" and r["level"] == "street" and r["via"] == "inherited"
        and r["verdict"] == "not_met"
    )  # fmt: skip
    view = f"document=CD&level=street&unit={row['unit_id']}&clause={row['clause_id']}"
    page = opened(run, view)
    assert page.dataset["clause"] == row["clause_id"]
    detail = page.dom[page.dom.index('<aside class="detail') :]
    for said in (row["quote"], row["document"], row["article"], row["because_zh"], "沿用上级"):
        assert said in detail
    assert "各文件对同一事项的要求" in detail


def test_the_page_speaks_english(run: Path) -> None:
    dom = opened(run, "document=SC&level=county&lang=en").dom
    assert "Scorecard" in dom
    assert "Not met" in dom
    assert "per 1,000" in dom


def test_hostile_text_stays_text(content: dict[str, Any], tmp_path: Path) -> None:
    bad = json.loads(json.dumps(content))
    bad["title"] = HOSTILE
    for unit in bad["units"]:
        unit["name"] = HOSTILE
    for clause in bad["clauses"]:
        clause["quote"] = clause["reading"] = HOSTILE
        clause["title"] = [HOSTILE, HOSTILE]
    bad["patterns"] = [HOSTILE for _ in bad["patterns"]]
    text = page_maker.scorecard_page(HOSTILE, bad)
    assert content_of(text)["title"] == HOSTILE
    (tmp_path / "scorecard.html").write_text(text, encoding="utf-8")
    seen = opened(tmp_path, "document=all&level=street")
    assert "hacked" not in seen.dataset
    assert "{{ 7 * 7 }}" in seen.dom


def test_five_documents_and_a_hundred_communities_are_one_small_page(
    content: dict[str, Any], tmp_path: Path
) -> None:
    many = json.loads(json.dumps(content))
    columns = many["columns"]
    at = [n for n, unit in enumerate(columns["unit"]) if many["units"][unit]["level"] == "street"]
    first = columns["unit"][at[0]]
    of_one = [n for n in at if columns["unit"][n] == first]
    for copy in range(100):
        many["units"].append({"id": f"U{copy}", "level": "street", "name": f"第{copy}街", "in": []})
        for n in of_one:
            for values in columns.values():
                values.append(values[n])
            columns["unit"][-1] = len(many["units"]) - 1
            columns["compared"][-1] = -1
            columns["rank"][-1] = 0
    text = page_maker.scorecard_page("卡", many)
    assert len(text.encode()) < 2_000_000
    (tmp_path / "scorecard.html").write_text(text, encoding="utf-8")
    assert int(opened(tmp_path, "document=all&level=street").dataset["cells"]) > 100
