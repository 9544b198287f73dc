"""``planning standards``: what is in force, one clause, and what a city's own file changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planning.standards import load_standard, standards_in_library

Cli = Callable[..., Any]

CITY = """
id: mycity-2024
short: MY
document: 某市方案
jurisdiction: 某市
dated: "2024-01-01"
parent: SC
clauses:
{clauses}
"""
CLAUSE = """
  - id: {id}
    key: {key}
    article: 一
    quote: 原文
    title_zh: 托位
    title_en: Nursery places
    service: nursery
    mark: spatial-core
    strength: binding
    measure: {{kind: per_thousand, amount: places, which: {{does: nursery}}}}
    unit: 个/千人
    levels: [{level}]
    reading: 读法。
    {more}
"""


def clause(id: str, key: str, level: str, more: str) -> str:
    return CLAUSE.format(id=id, key=key, level=level, more=more)


def city(folder: Path, *clauses: str) -> Path:
    path = folder / "city.yaml"
    path.write_text(CITY.format(clauses="".join(clauses)), encoding="utf-8")
    return path


def value(figure: str) -> str:
    return f'value: "{figure}"\n    operator: ">="'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """One clause that replaces, one that is looser, one null, one at another level, one new."""
    by = "\n    when: by\n    year: 2025"
    return city(
        tmp_path,
        clause(
            "MY/1", "nursery_new", "residential_area", value("12") + "\n    applies: {status: new}"
        ),
        clause("MY/2", "nursery_rate", "province", value("4") + by),
        clause("MY/3", "nursery_built", "residential_area", "set_by: 市卫健委"),
        clause("MY/4", "elder_land", "residential_area", value("1")),
        clause("MY/5", "of_our_own", "street", value("1")),
    )


# --- list ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["CD", "chengdu-yilao"])
def test_what_is_in_force_under_a_document_with_its_origin(planning_cli: Cli, name: str) -> None:
    done = planning_cli("standards", "list", "--profile", name, "--json")
    assert (done.code, done.err) == (0, "")
    said = json.loads(done.out)
    assert said["chain"] == ["chengdu-yilao", "sichuan-2021-57"]
    by_id = {one["id"]: one for one in said["effective"]}
    land = by_id["SC-2021-57/2.1/elder-land"]
    assert (land["via"], land["origin"], land["value"]) == ("inherited", "sichuan-2021-57", "1/10")
    assert by_id["CD-YLYX/T1.4/nursery-rate"]["via"] == "own"
    assert not {one["id"] for one in said["repeats"]} & set(by_id)
    assert not {one["id"] for one in said["replaced"]} & set(by_id)
    assert {one["by"] for one in said["replaced"]} <= set(by_id)


def test_the_list_on_the_terminal_tells_value_level_year_strength_and_origin(
    planning_cli: Cli,
) -> None:
    out = planning_cli("standards", "list", "--profile", "CD").out
    lines = out.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("CD-YLYX/T1.4/nursery-rate"))
    for said in ("≥4.74个/千人", "到2025年", "市（对照区县）", "约束", "每千人拥有量", "CD 本级"):
        assert said in lines[at + 1]
    assert "重复，不另计" in out
    assert "已被替代的上级条文" in out


def test_without_a_profile_documents_are_counted(planning_cli: Cli) -> None:
    out = planning_cli("standards", "list").out
    for name in standards_in_library():
        standard = load_standard(name)
        counted = [c for c in standard.clauses if c.repeats is None]
        assert f"{len(counted)} 条 clauses：计算 computed " in out
        for one in standard.clauses:
            assert f"{one.id}  " in out


def test_the_json_of_the_library_counts_too(planning_cli: Cli) -> None:
    for document in json.loads(planning_cli("standards", "list", "--json").out):
        n = document["counts"]
        assert n["clauses"] == n["computed"] + n["typed_in"] + n["listed"]
        assert n["clauses"] + n["repeats"] == len(document["clauses"])


def test_a_file_at_hand_may_be_listed(
    planning_cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    said = json.loads(planning_cli("standards", "list", "--profile", file.name, "--json").out)
    vias = {one["id"]: one["via"] for one in said["effective"]}
    assert vias["MY/1"] == "own"
    assert vias["SC-2021-57/1.0/nursery-rate-2025"] == "floor"
    assert vias["SC-2021-57/2.1/nursery-built"] == "inherited"


# --- show ----------------------------------------------------------------------------------------


def test_a_clause_is_shown_readably(planning_cli: Cli) -> None:
    out = planning_cli("standards", "show", "SC-2021-57/2.1/elder-land").out
    for said in ("≥0.1平方米/人", "人均用地", "约束 binding", "“", "读法 reading", "川办发"):
        assert said in out


@pytest.mark.parametrize("name", standards_in_library())
def test_every_clause_can_be_shown(planning_cli: Cli, name: str) -> None:
    from planning.cli.clause_lines import clause_lines, print_clause

    standard = load_standard(name)
    for one in standard.clauses:
        assert clause_lines(one).startswith(one.id)
        print_clause(standard, one)


def test_an_unknown_clause_is_told_with_what_comes_near(planning_cli: Cli) -> None:
    done = planning_cli("standards", "show", "SC-2021-57/2.1/elder-lnd")
    assert done.code == 2
    assert "SC-2021-57/2.1/elder-land" in done.err


# --- check ---------------------------------------------------------------------------------------


def test_a_city_file_says_how_it_stands_to_its_parent(planning_cli: Cli, file: Path) -> None:
    done = planning_cli("standards", "check", file, "--json")
    assert (done.code, done.err) == (0, "")
    said = json.loads(done.out)
    pairs = {
        how: [(one["id"], one["of_parent"]) for one in said[how]]
        for how in ("adds", "overrides", "floors", "other_level", "no_value")
    }
    assert pairs == {
        "adds": [("MY/5", None)],
        "overrides": [("MY/1", "SC-2021-57/2.1/nursery-new")],
        "floors": [("MY/2", "SC-2021-57/1.0/nursery-rate-2025")],
        "other_level": [("MY/4", "SC-2021-57/2.1/elder-land")],
        "no_value": [("MY/3", "SC-2021-57/2.1/nursery-built")],
    }
    counted = [c for c in load_standard("sichuan-2021-57").clauses if c.repeats is None]
    spoken_of = {"nursery_new", "nursery_rate", "nursery_built", "elder_land"}
    assert len(said["inherits"]) == len([c for c in counted if c.key not in spoken_of])


def test_the_same_on_the_terminal(planning_cli: Cli, file: Path) -> None:
    out = planning_cli("standards", "check", file).out
    for said in ("新增 adds: 1", "替代上级 overrides: 1", "下限", "无本地数值", "≥10个/千人"):
        assert said in out


def test_every_fault_is_told_at_once_with_its_line(planning_cli: Cli, tmp_path: Path) -> None:
    path = city(
        tmp_path,
        clause("MY/1", "a", "street", value("four")),
        clause("MY/2", "b", "towns", value("4")),
        clause("MY/3", "c", "street", "yeer: 2025").replace("places", "plazes"),
    )
    done = planning_cli("standards", "check", path)
    assert done.code == 2
    lines = path.read_text(encoding="utf-8").splitlines()
    for part in ('value: "four"', "levels: [towns]", "yeer: 2025", "amount: plazes"):
        number = next(n for n, line in enumerate(lines, 1) if part in line)
        assert f"city.yaml:{number} " in done.err, part
    assert done.err.count("✗") == 2 * 4  # each in Chinese and in English
    assert "发现" in done.err and "found" in done.err and "expected" in done.err


def test_an_id_of_the_parent_is_refused(planning_cli: Cli, tmp_path: Path) -> None:
    path = city(tmp_path, clause("SC-2021-57/2.1/elder-land", "elder_land", "county", value("1")))
    done = planning_cli("standards", "check", path)
    assert done.code == 2
    assert "SC-2021-57/2.1/elder-land" in done.err


@pytest.mark.parametrize("name", ["nothing.yaml", "."])
def test_no_file_is_the_users_fault(planning_cli: Cli, name: str) -> None:
    assert planning_cli("standards", "check", name).code == 2
