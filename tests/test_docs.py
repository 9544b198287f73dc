"""The documentation must not lag behind the code."""

import re
import runpy
from pathlib import Path

import pytest
from pydantic import BaseModel

from planning.inputs.vocabulary import our_words
from planning.siting.posing import POSERS, UNPOSED
from planning.study import AccessSpec, CapacitySpec, DecaySpec, Study
from planning.tables import TABLES

ROOT = Path(__file__).parent.parent
RESULTS = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
STUDY = (ROOT / "docs" / "study.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_column_stands_in_results_as_the_contract_has_it() -> None:
    written = runpy.run_path(str(ROOT / "scripts" / "write_column_tables.py"))
    assert written["page_with_tables"](RESULTS) == RESULTS
    for columns in TABLES.values():
        for column in columns:
            assert f"| `{column.name}` |" in RESULTS


@pytest.mark.parametrize("key", sorted(Study.model_fields))
def test_every_key_of_a_study_has_its_row(key: str) -> None:
    assert f"| `{key}` |" in STUDY


@pytest.mark.parametrize("spec", [CapacitySpec, AccessSpec, DecaySpec])
def test_every_key_of_places_and_access_stands_in_its_section(spec: type[BaseModel]) -> None:
    (section,) = re.findall(r"### 位子与可达性.*?(?=\n测量坐标)", STUDY, flags=re.DOTALL)
    table = [line for line in section.splitlines() if line.startswith("| `")]
    for key in spec.model_fields:
        assert any(f"{key}`" in row for row in table), key


SECTIONS = {"facilities": "设施台账", "units": "规划单元", "figures": "统计填报值"}


@pytest.mark.parametrize("table", SECTIONS)
def test_every_column_of_a_table_stands_in_its_section(table: str) -> None:
    """By our name for it, behind a heading that is read."""
    (section,) = re.findall(
        rf"### {SECTIONS[table]}.*?(?=\n### |\n测量坐标)", STUDY, flags=re.DOTALL
    )
    rows = [line.split(" | ")[0] for line in section.splitlines() if line.startswith("| ")]
    written = {name: head for head, name in re.findall(r"(\w+) `(\w+)`", " ".join(rows))}
    for name, words in our_words()["columns"][table].items():
        assert written[name] in words, name


def test_every_measure_is_posed_or_the_page_says_why_not() -> None:
    page = (ROOT / "docs" / "siting.md").read_text(encoding="utf-8")
    posed, unposed = page.split("| 量度 measure | 为什么 why |")
    for kind in (*POSERS, "compliance"):
        assert f"`{kind}`" in posed, kind
    for kind, (zh, en) in UNPOSED.items():
        assert f"| `{kind}` | {zh} {en} |" in unposed


def test_readme_names_every_command() -> None:
    from planning.cli import app

    for command in app.registered_commands:
        assert command.callback is not None
        assert f"`planning {command.callback.__name__}" in README


PAGES = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", ["README.md", *PAGES])
def test_links_and_paths_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target
    for path in re.findall(r"`((?:scripts|planning|docs)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
