"""Every deliverable of runs that ask much of it: no plan, no site, one, 300, no finding, names."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from matplotlib.image import imread
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from ruamel.yaml import YAML

from planning import workflow
from planning.outputs.edition import Edition

TOWN = Path(__file__).parent / "tiny_town"
NAMES = ["../../x", "<script>alert(1)</script>\"'", "𠮷😀街", "长" * 60, "=1+1", "a\\b:c|d?e*"]
DOCUMENT = """
id: mine-2024
short: MY
document: 某发〔2024〕1号
jurisdiction: 某市
dated: "2024-03-01"
new_since: {{date: "2024-03-01", source: 文件所署日期}}
clauses:
  - id: MY/1
    key: elder_count
    article: 一
    quote: 养老服务设施不少于{count}处
    title_zh: 养老服务设施数
    title_en: Elder-care facilities
    service: elder_care
    mark: spatial-core
    strength: binding
    measure: {{kind: count, which: {{does: elder_community}}}}
    operator: ">="
    value: "{count}"
    unit: 处
    levels: [{level}]
    reading_zh: 每处计一。
    reading_en: Each counts one.
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A study to be written, and how many sites its plan has; None where there is no plan."""

    prepare: Callable[[Path], None]
    sites: int | None
    lang: str = "zh"


def edit(folder: Path, *, drop: tuple[str, ...] = (), **keys: Any) -> None:
    study = YAML(typ="safe").load((folder / "study.yaml").read_text(encoding="utf-8"))
    study = {key: value for key, value in (study | keys).items() if key not in drop}
    (folder / "study.yaml").write_text(json.dumps(study, ensure_ascii=False), encoding="utf-8")


def asks(count: int, level: str = "county") -> Callable[[Path], None]:
    """So many facilities of elder care are asked for at a level, and nothing else."""

    def prepare(folder: Path) -> None:
        text = DOCUMENT.format(count=count, level=level)
        (folder / "mine.yaml").write_text(text, encoding="utf-8")
        edit(
            folder, standards={"profile": "mine.yaml", "year": 2025}, drop=("scenarios",),
        )  # fmt: skip

    return prepare


def many(folder: Path) -> None:
    asks(OPEN + 300)(folder)
    made = {
        "on": "grid", "spacing_m": 15, "floor_m2": 300, "land_m2": 0, "yuan_per_m2": 3000,
        "fixed_yuan": 100_000, "services": ["elder_care"], "source": "虚构 invented",
    }  # fmt: skip
    edit(folder, made_candidates=made, drop=("candidates",))


def hostile(folder: Path) -> None:
    """Every name that a user gives is one to stumble over."""
    for table, column in (("units.geojson", "name"), ("areas.geojson", "name")):
        frame = gpd.read_file(folder / table)
        frame[column] = [NAMES[at % len(NAMES)] for at in range(len(frame))]
        frame.to_file(folder / table, driver="GeoJSON")
    for table in ("facilities.csv", "candidates.csv"):
        rows = pd.read_csv(folder / table)
        for name in rows.columns.intersection(["name", "名称"]):
            rows[name] = [NAMES[at % len(NAMES)] for at in range(len(rows))]
        rows.to_csv(folder / table, index=False)
    edit(folder, title=NAMES[1] + NAMES[2], map_review_no="<b>GS(2026)1号")


OPEN = 1
"""Facilities of elder care that are open in the tiny town."""
CASES = {
    "no plan": Case(prepare=lambda folder: edit(folder, siting=None), sites=None),
    "no site": Case(prepare=asks(OPEN), sites=0),
    "one site": Case(prepare=asks(OPEN + 1), sites=1, lang="en"),
    "300 sites": Case(prepare=many, sites=300),
    "no finding": Case(prepare=asks(1, "province"), sites=0),
    "names": Case(prepare=hostile, sites=3),
}


@pytest.fixture(scope="module", params=list(CASES))
def done(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Case, Path]:
    case: Case = CASES[request.param]
    place = tmp_path_factory.mktemp("hard")
    shutil.copytree(TOWN, place / "town")
    case.prepare(place / "town")
    _, folder = workflow.run(
        place / "town" / "study.yaml",
        out_dir=place / "out",
        edition=Edition(lang=case.lang, sheets=True),
    )
    assert {path.name for path in place.iterdir()} == {"town", "out"}
    assert list((place / "out").iterdir()) == [folder]
    return case, folder


def summary(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return found


def content(page: Path, name: str) -> Any:
    text = page.read_text(encoding="utf-8")
    found = re.search(rf'<script[^>]*id="{name}-content"[^>]*>(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_all_have_the_sites_of_the_summary(done: tuple[Case, Path]) -> None:
    case, folder = done
    said = summary(folder)["plan"]
    assert (said is None) == (case.sites is None)
    n = case.sites or 0
    if said is not None:
        assert said["sites_opened"] == n == len({row["site"] for row in said["sites"]})
    sheet = ("选址方案", "Sites")[case.lang == "en"]
    rows = CalamineWorkbook.from_path(folder / "tables.xlsx").get_sheet_by_name(sheet).to_python()
    assert sum(bool(re.fullmatch(r"S\d+", str(row[0]))) for row in rows) == n
    layers = {name for name, _ in pyogrio.list_layers(folder / "result.gpkg")}
    assert ("plan_推荐选址" in layers) == (n > 0)
    if n:
        assert len(pyogrio.read_dataframe(folder / "result.gpkg", layer="plan_推荐选址")) == n
    assert len(content(folder / "map.html", "map")["sites"]) == n
    assert len(pd.read_csv(folder / "plan.csv")) == n
    report = docx.Document(str(folder / "report.docx"))
    cells = {row.cells[0].text for table in report.tables for row in table.rows}
    assert sum(bool(re.fullmatch(r"S\d+", cell)) for cell in cells) == n


def test_every_layer_opens(done: tuple[Case, Path]) -> None:
    _, folder = done
    for name, kind in pyogrio.list_layers(folder / "result.gpkg"):
        layer = pyogrio.read_dataframe(folder / "result.gpkg", layer=name)
        assert len(layer) and (kind is None or layer.geometry.notna().all())


def test_findings_are_as_many_as_the_summary_says(done: tuple[Case, Path]) -> None:
    _, folder = done
    assert len(pd.read_csv(folder / "findings.csv")) == len(summary(folder)["findings"])


def test_every_sheet_is_a_picture_and_a_page(done: tuple[Case, Path]) -> None:
    _, folder = done
    pages = sorted((folder / "sheets").glob("*.pdf"))
    assert len(pages) > 3
    for page in pages:
        assert len(PdfReader(page).pages) == 1
        assert imread(page.with_suffix(".png")).std() > 0.01
        assert re.fullmatch(r"[\w.]+", page.name) and ".." not in page.name


def test_no_name_is_markup_or_formula(done: tuple[Case, Path]) -> None:
    case, folder = done
    for page in folder.glob("*.html"):
        assert "<script>alert" not in page.read_text(encoding="utf-8")
        assert "<b>GS(2026)" not in page.read_text(encoding="utf-8")
    for table in folder.glob("*.csv"):
        cells = pd.read_csv(table, dtype=str, keep_default_na=False).to_numpy().ravel()
        assert not [cell for cell in cells if cell.startswith(("=", "@"))]
    if case is CASES["names"]:
        book = CalamineWorkbook.from_path(folder / "tables.xlsx")
        cells = [str(c) for n in book.sheet_names for r in book.get_sheet_by_name(n).to_python()
                 for c in r]  # fmt: skip
        assert any("../../x" in cell for cell in cells)
        text = "\n".join(p.text for p in docx.Document(str(folder / "report.docx")).paragraphs)
        assert "<script>alert(1)</script>" in text and "<b>GS(2026)1号" in text
