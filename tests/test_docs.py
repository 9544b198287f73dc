"""The documentation must not lag behind the code."""

import re
import runpy
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from planning.access import Rule
from planning.inputs.vocabulary import our_words
from planning.network.slope import SLOPE_FUNCTIONS
from planning.siting import classic
from planning.siting.posing import POSERS, UNPOSED
from planning.study import AccessSpec, CapacitySpec, DecaySpec, Measure, Study
from planning.study.provision import DecayName
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


def test_every_formula_that_a_study_can_ask_for_stands_in_the_methods() -> None:
    page = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    names = [*get_args(Measure), *get_args(DecayName), *SLOPE_FUNCTIONS, *get_args(Rule)]
    assert len(names) > 15
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_classic_model_stands_in_its_page() -> None:
    page = (ROOT / "docs" / "siting-models.md").read_text(encoding="utf-8")
    models = [name for name in classic.__all__ if name.islower()]
    assert [name for name in models if f"`{name}(" not in page] == []


def test_the_readme_and_the_first_page_lead_to_every_page() -> None:
    """Pages of one document, or of one decision, are reached by the page above them."""
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}
    for text, prefix in ((README, "docs/"), (index, "")):
        linked = set(re.findall(rf"\]\({prefix}([\w-]+\.md)\)", text))
        assert pages - linked - {"scaling.md"} == set(), prefix or "index"


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
