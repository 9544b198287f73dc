"""Editions of a run folder: in English beside the Chinese one, with what the study states."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from ruamel.yaml import YAML

from planning import workflow
from planning.errors import InputError
from planning.outputs.edition import Edition
from planning.result import StudyResult
from planning.study.files import Input

TOWN = Path(__file__).parent / "tiny_town"
CITING = {"article", "quote", "why", "what is lost without it", "best alternative"}
"""Columns of the workbook that cite the articles of clauses."""
CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path, Path]:
    """The tiny town, reviewed and dated, in both languages below one folder."""
    place = tmp_path_factory.mktemp("editions")
    shutil.copytree(TOWN, place / "town")
    study = YAML(typ="safe").load((TOWN / "study.yaml").read_text(encoding="utf-8"))
    study |= {"map_review_no": "沪S(2026)001号"}
    study["population"]["vintage"] = 2020
    study["facilities"]["vintage"] = "2024-11"
    (place / "town" / "study.yaml").write_text(json.dumps(study), encoding="utf-8")
    of_town = place / "town" / "study.yaml"
    result, zh = workflow.run(of_town, out_dir=place / "out")
    english = Edition(lang="en", sheets=True)
    return result, zh, workflow.run(of_town, out_dir=place / "out", edition=english)[1]


def test_a_language_that_nothing_is_written_in_is_refused() -> None:
    with pytest.raises(InputError, match="zh 或 en"):
        Edition(lang="fr")  # type: ignore[arg-type]


def test_both_editions_stand_beside_each_other(written: tuple[StudyResult, Path, Path]) -> None:
    result, zh, en = written
    assert zh.name == f"tiny-{result.digest}" and en.name == f"{zh.name}-en"
    assert zh.is_dir() and en.is_dir()
    for table in [*sorted(zh.glob("*.csv")), zh / "summary.json"]:
        assert table.read_bytes() == (en / table.name).read_bytes()


def test_pages_open_in_their_language(written: tuple[StudyResult, Path, Path]) -> None:
    for folder, code in zip(written[1:], ("zh-CN", "en"), strict=True):
        for page in ("scorecard.html", "reasons.html"):
            text = (folder / page).read_text(encoding="utf-8")
            assert f'<html lang="{code}">' in text


def test_english_tables_have_chinese_only_in_names(
    written: tuple[StudyResult, Path, Path],
) -> None:
    result, _, en = written
    study = result.town.study
    named = {spec.label for spec in study.services.values()}
    named |= {group.label for group in study.groups.values()}
    named |= {result.town.area.name}
    residential = result.town.area.residential
    assert residential is not None
    levels = [*result.town.area.levels, residential]
    named |= {name for level in levels for name in level.names}
    book = CalamineWorkbook.from_path(en / "tables.xlsx")
    assert book.sheet_names[0] == "Indicators"
    for sheet in book.sheet_names[:-1]:
        rows = book.get_sheet_by_name(sheet).to_python()
        quoted = [at for at, head in enumerate(rows[2]) if head in CITING]
        for row in rows:
            for at, cell in enumerate(row):
                text = str(cell)
                for name in sorted(named, key=len, reverse=True):
                    text = text.replace(name, "")
                assert at in quoted or not CHINESE.search(text), (sheet, cell)


def test_the_report_is_in_english(written: tuple[StudyResult, Path, Path]) -> None:
    report = docx.Document(str(written[2] / "report.docx"))
    assert report.core_properties.language == "en"
    headings = [p.text for p in report.paragraphs if p.style.name.startswith("Heading")]
    assert headings and not any(CHINESE.search(text.split("〔")[0]) for text in headings[:3])


def test_review_number_and_vintages_are_printed(
    written: tuple[StudyResult, Path, Path],
) -> None:
    _, zh, en = written
    for folder in (zh, en):
        report = docx.Document(str(folder / "report.docx"))
        assert any("沪S(2026)001号" in p.text for p in report.paragraphs)
        cells = [cell.text for table in report.tables for row in table.rows for cell in row.cells]
        assert "2020" in cells and "2024-11" in cells
        book = CalamineWorkbook.from_path(folder / "tables.xlsx")
        about = book.get_sheet_by_name(book.sheet_names[-1])
        said = " ".join(str(cell) for row in about.to_python() for cell in row)
        assert "沪S(2026)001号" in said and "（2024-11）" in said
    for page in (en / "sheets").glob("*.pdf"):
        assert "沪S(2026)001号" in "".join(PdfReader(page).pages[0].extract_text().split())


@pytest.mark.parametrize(
    ("given", "want"),
    [(2020, "2020"), (dt.date(2024, 11, 1), "2024-11-01"), ("2024年11月", "2024年11月")],
)
def test_a_vintage_is_kept_as_it_was_written(given: object, want: str) -> None:
    assert Input.model_validate({"path": "x", "vintage": given}).vintage == want


@pytest.mark.parametrize("given", [True, 2020.5, ["2020"]])
def test_what_is_no_vintage_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="vintage"):
        Input.model_validate({"path": "x", "vintage": given})
