"""The pages about the documents must not lag behind the library, and their example must hold."""

import json
import re
import runpy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from planning.area import ATTRIBUTES
from planning.cli import app
from planning.errors import StudyError
from planning.inputs.standard_file import chain_of
from planning.standards import Clause, Profile, Standard, load_standard, profile_of
from planning.standards.library import standards_in_library
from planning.standards.measures import JUDGES
from planning.standards.readings import questions
from planning.study.services import StandardsSpec

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "standards.md").read_text(encoding="utf-8")
WRITER: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "write_standards.py"))
PAGES: dict[Path, str] = WRITER["pages"]()
EXAMPLE = re.search(r"<!-- example: begin -->\s+```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("path", PAGES, ids=[path.name for path in PAGES])
def test_every_page_is_as_the_library_has_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == PAGES[path], (
        "the page lags behind: run python scripts/write_standards.py"
    )


def test_there_is_a_page_for_every_document_and_none_besides() -> None:
    shorts = {load_standard(name).short for name in standards_in_library()}
    assert {path.stem for path in (ROOT / "docs" / "standards").iterdir()} == shorts


@pytest.mark.parametrize("name", standards_in_library())
def test_every_clause_stands_on_the_page_with_its_words(name: str) -> None:
    standard = load_standard(name)
    page = PAGES[ROOT / "docs" / "standards" / f"{standard.short}.md"]
    for clause in standard.clauses:
        (row,) = re.findall(rf"^\| `{re.escape(clause.id)}` \|.*$", page, re.MULTILINE)
        assert len(re.findall(r"(?<!\\)\|", row)) == 11, row
        assert " ".join(clause.quote.split()).replace("|", "\\|") in row
        value = clause.value
        if value is not None and value.denominator == 1 and clause.measure.kind != "cost":
            assert f"{value.numerator:,}" in row


def test_the_whole_catalogue_is_counted() -> None:
    total = next(line for line in PAGE.splitlines() if "five documents" in line and "|" in line)
    assert [cell.strip() for cell in total.split("|")[5:9]] == ["370", "297", "66", "7"]


def test_every_measure_reading_and_attribute_has_its_row() -> None:
    for name in (*JUDGES, *questions(), *ATTRIBUTES):
        assert f"| `{name}` |" in PAGE, name


def test_formulas_stand_where_measures_have_them() -> None:
    rows = {line.split("`")[1]: line for line in PAGE.splitlines() if line.startswith("| `")}
    assert "ceil(per_1000 · P / 1000)" in rows["per_thousand"]
    assert "required_land_m2" in rows["land_per_resident"]
    assert "apportioned_m2" in rows["land_per_resident"]
    assert "share_covered" in rows["travel_time_coverage"]
    assert "required_units" in rows["share_of_units"]


@pytest.mark.parametrize("model", [Standard, Clause])
def test_every_key_of_a_file_is_explained(model: type[Standard | Clause]) -> None:
    _, own = PAGE.split("<!-- example: end -->")
    for key in model.model_fields:
        assert re.search(rf"^\|[^|]*`{key}`[^|]*\|", own, re.MULTILINE), key


# --- what is in force, against STANDARDS B ------------------------------------------------------

IN_FORCE = {
    "nursery_rate": ("≥4.74个/千人", "≥4.5个/千人"),
    "nursery_new": ("≥10个/千人", "≥10个/千人"),
    "nursery_built": ("≥8个/千人", "≥8个/千人"),
    "elder_land": ("≥0.1平方米/人（沿用上级）", "≥0.1平方米/人"),
    "circle_15min": ("15分钟", "15分钟"),
    "nursing_bed_share": ("≥60%", "≥55%"),
    "new_area_compliance": ("100%", "≥80%"),
    "lottery_55": ("（沿用上级）", "≥55%（2022年起）"),
    "beds_total": ("–", "≥30,000张"),
    "inclusive_beds": ("≥55%", "–"),
    "meal_delivery": ("城区15、郊区30", "–"),
}


@pytest.mark.parametrize("key", IN_FORCE)
def test_what_is_in_force_is_what_the_specification_has(key: str) -> None:
    _, rest = PAGE.split("<!-- effective: begin -->")
    effective, _ = rest.split("<!-- effective: end -->")
    row = next(line for line in effective.splitlines() if line.startswith(f"| `{key}` |"))
    chengdu, dazhou = (cell.strip() for cell in row.split("|")[4:6])
    assert IN_FORCE[key][0] in chengdu and IN_FORCE[key][1] in dazhou


# --- the example --------------------------------------------------------------------------------


@pytest.fixture
def example(tmp_path: Path) -> Path:
    assert EXAMPLE is not None
    path = tmp_path / "明城.yaml"
    path.write_text(EXAMPLE[1], encoding="utf-8")
    return path


@pytest.fixture
def mingcheng(example: Path) -> Profile:
    return profile_of(chain_of(example.name, [example.parent]))


def test_the_example_inherits_replaces_and_adds(mingcheng: Profile) -> None:
    via = {one.clause.id: one.via for one in mingcheng.effective}
    assert via["MC-2024-8/1/nursery-rate"] == "own"
    assert via["SC-2021-57/1.0/nursery-rate-2025"] == "parent_level"
    assert via["SC-2021-57/2.1/elder-land"] == "inherited"
    rate, rooms = (mingcheng.clause(f"MC-2024-8/{name}") for name in ("1/nursery-rate", "2/rooms"))
    assert rate is not None and rate.value == Fraction(5)
    assert rooms is not None and rooms.value is None
    assert mingcheng.readings.figure("adjacent_m") == 300
    assert mingcheng.new_since is not None and mingcheng.new_since.date.year == 2024


def test_the_example_is_checked_by_the_program(example: Path) -> None:
    done = CliRunner().invoke(app, ["standards", "check", str(example), "--json"])
    assert done.exit_code == 0, done.output
    assert "MC-2024-8/2/street-home" in json.dumps(json.loads(done.stdout))


def test_a_slip_in_the_example_is_told_with_its_line(example: Path) -> None:
    text = example.read_text(encoding="utf-8").replace("does: elder_complex", "does: elder_komplex")
    example.write_text(text, encoding="utf-8")
    line = 1 + text[: text.index("elder_komplex")].count("\n")
    with pytest.raises(StudyError, match="elder_komplex") as error:
        chain_of(example.name, [example.parent])
    assert f"明城.yaml:{line}" in str(error.value)


def test_links_of_the_pages_lead_somewhere() -> None:
    for path, page in PAGES.items():
        for target in re.findall(r"\]\(([^)#]+)\)", page):
            assert (path.parent / target).exists(), (path, target)


# --- the study's page ---------------------------------------------------------------------------

STUDY = (ROOT / "docs" / "study.md").read_text(encoding="utf-8")


def test_every_key_of_standards_is_explained() -> None:
    _, own = STUDY.split("### 条文 Documents")
    own, _ = own.split("### 统计填报值")
    for key in StandardsSpec.model_fields:
        assert f"| `{key}` |" in own, key
    for mode in ("step_free", "delivery", "metres"):
        assert f"`{mode}`" in own


def test_the_example_of_a_study_is_a_valid_one() -> None:
    found = re.search(r"```yaml\n(standards:\n.*?)```", STUDY, re.DOTALL)
    assert found is not None
    spec = StandardsSpec.model_validate(YAML(typ="safe", pure=True).load(found[1])["standards"])
    profiles = [
        profile_of(chain_of(n, []), said=spec.readings) for n in (spec.profile, *spec.beside)
    ]
    ids = {clause.id for profile in profiles for clause in profile.clauses}
    assert spec.goals and spec.levels and {*spec.goals, *spec.levels} <= ids


def test_the_readme_counts_what_the_library_holds() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "370 项逐条在库：297 项由程序计算，66 项对照统计填报，7 项仅列示" in readme
