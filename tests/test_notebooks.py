"""The lessons: a pair has the same cells, runs cell by cell, and agrees with its run folder."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

import planning

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
PAGES = sorted(FOLDER.glob("*.py"))
LARGEST_BYTES = 300_000
NAMES = [
    "01_first_hour",
    "02_your_own_data",
    "03_circles_and_coverage",
    "04_standards_and_your_city",
    "05_siting_and_frontiers",
    "06_new_district",
]


@dataclass
class Lesson:
    """A notebook after its last cell: its variables, what it printed, its tables, its pictures."""

    names: dict[str, Any] = field(default_factory=dict)
    printed: str = ""
    tables: list[str] = field(default_factory=list)
    pictures: int = 0

    def summary(self, folder: str) -> dict[str, Any]:
        """The summary of the run whose folder has that name in the notebook."""
        text = (self.names[folder] / "summary.json").read_text(encoding="utf-8")
        said: dict[str, Any] = json.loads(text)
        return said


@pytest.fixture(scope="session")
def font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the font of the pictures, in place of the user's cache."""
    folder = tmp_path_factory.mktemp("font")
    with mpl.rc_context():
        planning.use_chinese_font(folder)
    return folder


@pytest.fixture
def plain_pictures(font: Path) -> Iterator[None]:
    """No window, and matplotlib's settings back as they were."""
    import matplotlib.pyplot as plt

    before = mpl.get_backend()
    with mpl.rc_context():
        plt.switch_backend("agg")
        yield
    plt.close("all")
    plt.switch_backend(before)


@pytest.fixture
def lesson(
    plain_pictures: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Callable[[str], Lesson]:
    """A notebook run as Jupyter would: the cells in order, the last expression of each shown."""
    import matplotlib.pyplot as plt

    def run(name: str) -> Lesson:
        done = Lesson()
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        monkeypatch.setattr(plt, "show", lambda: _draw(done))
        book = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
        for cell in book["cells"]:
            if cell["cell_type"] == "code":
                _run_cell("".join(cell["source"]), done)
        assert not plt.get_fignums(), "every picture is shown"
        done.printed = capsys.readouterr().out
        return done

    return run


def _run_cell(source: str, done: Lesson) -> None:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec", dont_inherit=True), done.names)
    if isinstance(last, ast.Expr):
        shown = eval(
            compile(ast.Expression(last.value), "cell", "eval", dont_inherit=True), done.names
        )
        if hasattr(shown, "_repr_html_"):
            done.tables.append(shown._repr_html_())


def _draw(done: Lesson) -> None:
    """Draw it whole: a letter that the font lacks is a warning, and so an error."""
    import matplotlib.pyplot as plt

    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
        done.pictures += 1
    plt.close("all")


def area_row(said: dict[str, Any], service: str, state: str, group: str) -> dict[str, Any]:
    (row,) = (
        row
        for row in said["coverage"]
        if (row["level"], row["limit_min"]) == ("area", 15)
        and (row["service"], row["state"], row["group"]) == (service, state, group)
    )
    return dict(row)


def test_the_lessons_are_those_of_the_readme() -> None:
    assert [page.stem for page in PAGES] == NAMES
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\| `(\d\d_\w+)` \|", readme) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_pair_has_the_same_cells_and_no_outputs(name: str) -> None:
    written = runpy.run_path(str(FOLDER.parent / "scripts" / "write_notebooks.py"))
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    assert text == written["notebook_of"](FOLDER / f"{name}.py")
    assert len(text.encode()) < LARGEST_BYTES
    cells = json.loads(text)["cells"]
    assert all(cell["outputs"] == [] for cell in cells if cell["cell_type"] == "code")
    assert cells[0]["cell_type"] == "markdown" and "*" in "".join(cells[0]["source"])


@pytest.mark.parametrize("name", NAMES)
def test_only_what_is_public_is_used(name: str) -> None:
    """`planning` and its stages, by the names they export."""
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("planning"):
            module = __import__(str(node.module), fromlist=["__all__"])
            exported = getattr(module, "__all__", None) or [n for n in vars(module) if n[0] != "_"]
            assert {alias.name for alias in node.names} <= set(exported)
        if isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_"), node.attr
            if isinstance(node.value, ast.Name) and node.value.id == "planning":
                assert node.attr in __import__("planning").__all__


def test_the_font_is_cut_once_and_has_the_letters_of_a_report(
    font: Path, plain_pictures: None
) -> None:
    import matplotlib.pyplot as plt

    (file,) = font.iterdir()
    before = file.stat().st_mtime_ns
    family = planning.use_chinese_font(font)
    assert file.stat().st_mtime_ns == before
    assert mpl.rcParams["font.family"][0] == family
    figure = plt.figure()
    figure.text(0, 0.5, "禾北街道：≤ 15 分钟，−3 m²（①“养老”）★ Español")
    figure.canvas.draw()


def test_a_page_runs_as_a_plain_script(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(FOLDER / "02_your_own_data.py")],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=tmp_path,
        env={
            **os.environ,
            "MPLBACKEND": "agg",
            "MPLCONFIGDIR": str(tmp_path),
            "PYTHONIOENCODING": "utf-8",
        },
    )
    assert done.returncode == 0, done.stderr
    assert "采用 13 处" in done.stdout


def test_first_hour(lesson: Callable[[str], Lesson]) -> None:
    done = lesson("01_first_hour")
    said = done.summary("run_folder")
    plan = said["plan"]
    assert done.pictures == 2 and len(done.tables) == 3
    assert (
        f"共 {plan['sites_opened']} 处 sites，{plan['cost_yuan'] / 1e4:,.1f} 万元" in done.printed
    )
    before = plan["findings_before"]
    assert f"达标 met {before['met']}，未达标 not met {before['not_met']}，" in done.printed
    row = area_row(said, "elder_care", "after", "elderly")
    assert f"{row['covered']:,.0f}</td>" in done.tables[0]
    assert done.names["shares"].loc["养老服务", "规划后"] == pytest.approx(100 * row["share"])
    assert "129个托位" in done.tables[1]
    assert "map.html" in done.printed


def test_your_own_data(lesson: Callable[[str], Lesson]) -> None:
    done = lesson("02_your_own_data")
    assert done.pictures == 1
    assert "无法判定坐标系" in done.printed, "which is refused"
    assert "未知的键“limit_minutes”" in done.printed
    town = done.names["town"]
    assert f"台账 16 行，采用 {len(town.facilities)} 处" in done.printed
    left_out = sum(note.done == "rejected" for note in town.row_notes)
    assert len(town.facilities) == 16 - left_out == 13
    assert all(note.zh in done.tables[-1] for note in town.row_notes if '"' not in note.zh)


def test_circles_and_coverage(lesson: Callable[[str], Lesson]) -> None:
    done = lesson("03_circles_and_coverage")
    said = done.summary("run_folder")
    assert done.pictures == 3
    row = area_row(said, "elder_care", "now", "elderly")
    assert f"沿路 on foot：{row['covered']:,.0f} 人" in done.printed
    assert done.names["in_circle"] > row["covered"]
    band = done.names["band"].set_index(["service", "speed_m_s"])["share"]
    assert band["养老服务", 1.0] == pytest.approx(row["share"])
    assert band["养老服务", 0.8] < row["share"] < band["养老服务", 1.2]
    served = {
        (r["service"], r["rule"]): r["served"] for r in said["capacity"] if r["level"] == "area"
    }
    assert f"{served['elder_care', 'transport_optimum']:,.0f}</td>" in done.tables[-1]


def test_standards_and_your_city(lesson: Callable[[str], Lesson]) -> None:
    done = lesson("04_standards_and_your_city")
    assert done.pictures == 1
    assert "新建居住区按照每千人口不少于10个托位" in done.printed
    findings = done.summary("run_folder")["findings"]
    required = [f for f in findings if f["role"] == "requirement" and f["profile"] == "SC"]
    met = [f["verdict"] for f in required].count("met")
    assert done.names["counts"].loc["SC", "达标 met"] == met
    assert done.names["counts"].loc["SC"].sum() == len(required)
    own = done.names["card"].set_index(["profile", "unit_name"])["shortfall"]
    assert own["SC", "规划一号片区"] == "42个托位"
    assert own["MY", "规划一号片区"] == "51个托位", "4,200 people × 12 per 1,000, rounded up"
    assert "clauses.0.quote" in done.printed


def test_siting_and_frontiers(lesson: Callable[[str], Lesson]) -> None:
    done = lesson("05_siting_and_frontiers")
    plan = done.summary("run_folder")["plan"]
    assert done.pictures == 2
    assert f"{plan['sites_opened']} 处 sites，{plan['cost_yuan'] / 1e4:,.1f} 万元" in done.printed
    assert f"差距 gap：{plan['gap']:.2%}" in done.printed
    frontier = done.names["frontier"]
    assert frontier["cost_yuan"].iloc[-1] == plan["cost_yuan"]
    assert frontier["people_short"].is_monotonic_decreasing
    assert (frontier["knee"] == "yes").sum() == 1
    assert (done.names["robust"]["regret"] >= 0).all()
    assert all(row["because_zh"] in "".join(done.tables) for row in plan["unmet"])
    slow = done.summary("slow_folder")["plan"]
    assert f"{slow['cost_yuan']:,.0f}</td>" in done.tables[-1]
    assert "comparison.docx" in done.printed


def test_new_district(lesson: Callable[[str], Lesson]) -> None:
    done = lesson("06_new_district")
    assert done.pictures == 1
    assert "126" in done.tables[0] and "1,260" in done.tables[0]
    owed = done.names["owed"].set_index(["area_id", "matter"])["required"]
    assert owed["R9", "nursery_places"] == 56, "5,600 people × 10 per 1,000"
    assert owed["R9", "elder_land"] == 560
    unmet = [row for row in done.summary("sited")["plan"]["unmet"] if row["unit_id"] == "R9"]
    assert f"planned areas: {len(unmet)}" in done.printed and unmet
