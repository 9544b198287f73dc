"""The page, the Word chapter, the workbook and the command of a comparison."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from browser import Reader, open_page
from compared_runs import FILES, changed, made_runs, summary
from python_calamine import CalamineWorkbook

from planning.outputs.comparison import Comparison, compare_runs
from planning.outputs.comparison import compared as comparing
from planning.outputs.comparison.ground import Ground, read_ground
from planning.outputs.comparison.map_scene import scenes_of
from planning.outputs.comparison.plain import plain_comparison
from planning.outputs.comparison.run_files import Run
from planning.outputs.comparison.writing import write_comparison

Cli = Callable[..., Any]
HOSTILE = (
    "=1+1</script><img src=x onerror=\"document.body.dataset.hacked='1'\">\x07𠮷\"'&{{7*7}}"
    "很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字"
)


@pytest.fixture(scope="module")
def runs(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return made_runs(sample_folder, tmp_path_factory)


@pytest.fixture(scope="module")
def pair(runs: dict[str, Path]) -> Comparison:
    return compare_runs([runs["base"], runs["slow"]])


@pytest.fixture(scope="module")
def written(pair: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared") / "new" / "folder"
    files = write_comparison(folder, pair)
    assert files == tuple(folder / name for name in FILES)
    return folder


# --- the files ------------------------------------------------------------------------------------


def test_another_speed_is_said_first(pair: Comparison, written: Path) -> None:
    assert pair.caveats[0][0] == "方案一与方案二步行速度不同（米/秒）：1 → 0.8"
    page = (written / "comparison.html").read_text(encoding="utf-8")
    assert page.index("步行速度不同") < page.index("投资与规模")
    text = [one.text for one in docx.Document(str(written / "comparison.docx")).paragraphs]
    first = next(n for n, line in enumerate(text) if "步行速度不同" in line)
    assert first < next(n for n, line in enumerate(text) if "投资与规模" in line)


def test_the_page_asks_for_nothing_and_holds_no_script(written: Path) -> None:
    path = written / "comparison.html"
    seen = Reader(path.read_text(encoding="utf-8"))
    loading = {"src", "href", "srcset", "data", "poster", "action", "onclick", "onerror"}
    assert [t for t in seen.tags if loading & set(t[1])] == []
    assert [t for t in seen.tags if t[0] == "script"] == []
    policies = [t[1]["content"] for t in seen.tags if "content" in t[1] and "http-equiv" in t[1]]
    assert any(p and p.startswith("default-src 'none'") for p in policies)
    opened = open_page(path)
    assert opened.console == []
    assert [url for url in opened.requests if not url.startswith("file:")] == []
    assert opened.dom.count("<svg") >= 3


def test_the_page_and_the_section_say_the_figures(
    pair: Comparison, written: Path, runs: dict[str, Path]
) -> None:
    page = (written / "comparison.html").read_text(encoding="utf-8")
    document = docx.Document(str(written / "comparison.docx"))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    for name in ("base", "slow"):
        cost = f"{summary(runs[name])['plan']['cost_yuan'] / 1e4:,.2f}"
        assert cost in page and cost in cells
    for one in pair.pairs[0].turned:
        if one.turn in ("won", "lost"):
            assert one.other["article"] in page.replace("&#40;", "(")
            assert any(one.other["article"] in cell for cell in cells)
    for one in pair.pairs[0].sites:
        if one.first != "same":
            assert one.key[0] in page and one.key[0] in cells


def test_the_section_looks_like_the_report(written: Path, pair: Comparison) -> None:
    document = docx.Document(str(written / "comparison.docx"))
    heads = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert heads == ["一、方案比选"]
    assert document.styles["Heading 1"].font.size.pt == 16
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    tables = [text for text in captions if text.startswith("表")]
    pictures = [text for text in captions if text.startswith("图")]
    assert len(tables) == len(document.tables)
    scenes = scenes_of(pair, pair.pairs[0])
    assert len(pictures) == len(document.inline_shapes) == len(scenes) >= 2
    assert any("界线仅为示意" in p.text for p in document.paragraphs)


def test_the_workbook_holds_numbers_and_no_formula(written: Path, runs: dict[str, Path]) -> None:
    book = CalamineWorkbook.from_path(str(written / "comparison.xlsx"))
    rows = book.get_sheet_by_name("指标").to_python()
    cost = next(row for row in rows if row[2] == "投资（万元）")
    plans = [summary(runs[name])["plan"]["cost_yuan"] / 1e4 for name in ("base", "slow")]
    assert cost[3:6] == pytest.approx([*plans, plans[1] - plans[0]])
    assert {"比较对象", "分单元", "条文得失", "选址差异"} <= set(book.sheet_names)
    with zipfile.ZipFile(written / "comparison.xlsx") as packed:
        sheets = [n for n in packed.namelist() if n.startswith("xl/worksheets/sheet")]
        assert all(b"<f>" not in packed.read(name) for name in sheets)


def test_the_number_of_the_review_stands_below_the_maps(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    def reviewed(said: dict[str, Any]) -> None:
        said["map_review_no"] = "沪S(2026)001号"

    files = write_comparison(
        tmp_path / "out", compare_runs([changed(runs["base"], tmp_path, reviewed)])
    )
    assert "审图号：沪S&#40;2026)001号" in files[1].read_text(encoding="utf-8")
    lines = [one.text for one in docx.Document(str(files[2])).paragraphs]
    assert any("审图号：沪S(2026)001号" in line for line in lines)


def test_the_same_runs_give_the_same_bytes(pair: Comparison, written: Path, tmp_path: Path) -> None:
    write_comparison(tmp_path, pair)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes(), name
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


def no_sites(said: dict[str, Any]) -> None:
    said["plan"].update(sites=[], sites_opened=0, places=0, cost_yuan=0, years=[])


def one_site(said: dict[str, Any]) -> None:
    said["plan"].update(sites=said["plan"]["sites"][:1], sites_opened=1)


def three_hundred_sites(said: dict[str, Any]) -> None:
    rows = said["plan"]["sites"]
    said["plan"]["sites"] = [
        {**rows[n % len(rows)], "candidate_id": f"N{n}"} for n in range(300)
    ]  # fmt: skip


def nothing_but_totals(said: dict[str, Any]) -> None:
    """No findings, no units below the area, nothing of access or places."""
    said["coverage"] = [row for row in said["coverage"] if row["level"] == "area"]
    said.update(findings=[], access=[], capacity=[])


@pytest.mark.parametrize(
    ("change", "differ"),
    [(no_sites, 15), (one_site, 14), (three_hundred_sites, 315), (nothing_but_totals, 0)],
)
def test_plans_of_any_size_give_all_files(
    runs: dict[str, Path],
    tmp_path: Path,
    change: Callable[[dict[str, Any]], object],
    differ: int,
) -> None:
    def other(said: dict[str, Any]) -> None:
        said["digest"] = "0123456789"
        change(said)

    copy = changed(runs["base"], tmp_path, other)
    for n, folders in enumerate(([runs["base"], copy], [copy])):
        comparison = compare_runs(folders)
        if n == 0:
            sites = comparison.pairs[0].sites
            assert sum(one.first != "same" for one in sites) == differ
        files = write_comparison(tmp_path / f"out{n}", comparison)
        assert len(docx.Document(str(files[2])).tables) >= 2
        _, page = files[1].read_text(encoding="utf-8").split("</head>")
        assert not re.search(r"\b(nan|inf|None)\b", page)


def test_assessments_alone_have_neither_money_nor_sites(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    copy = changed(runs["assess"], tmp_path, lambda said: said.update(digest="0123456789"))
    comparison = compare_runs([runs["assess"], copy])
    assert [one.name for one in comparison.sections] == ["coverage", "equity", "findings"]
    assert [side.name[0] for side in comparison.sides] == ["体检一", "体检二"]
    files = write_comparison(tmp_path / "out", comparison)
    text = [one.text for one in docx.Document(str(files[2])).paragraphs]
    assert not any("投资" in line for line in text)
    assert any("没有一条结论不同" in line for line in text)
    assert "投资与规模" not in files[1].read_text(encoding="utf-8")


def test_hostile_names_stay_text(
    runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hostile(said: dict[str, Any]) -> None:
        said["title"] = said["scenario"] = HOSTILE
        for row in (*said["coverage"], *said["findings"], *said["plan"]["sites"]):
            row["unit_name"] = HOSTILE
        for row in said["plan"]["sites"]:
            row["candidate_id"], row["module"] = f"{HOSTILE}{row['candidate_id']}", HOSTILE
        for row in said["findings"]:
            row["article"] = row["quote"] = row["document"] = HOSTILE
        for spec in said["services"].values():
            spec["label"] = HOSTILE
        said["groups"] = {name: [HOSTILE, HOSTILE] for name in said["groups"]}
        said["licences"] = [HOSTILE]

    def read(run: Run) -> Ground:
        ground = read_ground(run)
        return Ground(epsg=ground.epsg, shapes=ground.shapes, facilities=ground.facilities,
                      names=dict.fromkeys(ground.names, HOSTILE))  # fmt: skip

    monkeypatch.setattr(comparing, "read_ground", read)
    folders = [changed(runs[name], tmp_path / name, hostile) for name in ("base", "slow")]
    files = write_comparison(tmp_path / "out", compare_runs(folders))
    opened = open_page(files[1])
    assert "hacked" not in opened.dataset
    assert opened.console == []
    assert [url for url in opened.requests if not url.startswith("file:")] == []
    assert not [tag for tag in Reader(files[1].read_text(encoding="utf-8")).tags if tag[0] == "img"]
    assert docx.Document(str(files[2])).tables
    cells = CalamineWorkbook.from_path(str(files[0])).get_sheet_by_name("选址差异").to_python()
    assert any(str(cell).startswith("=1+1</script>") for row in cells for cell in row)


# --- the command ----------------------------------------------------------------------------------


def test_the_command_prints_all_and_writes_the_files(
    planning_cli: Cli, runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = planning_cli("compare", runs["base"], runs["slow"], "--out", tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("⚠ 方案一与方案二步行速度不同")
    for name in ("base", "slow"):
        assert f"{summary(runs[name])['plan']['cost_yuan'] / 1e4:,.2f}" in done.out
    for name in FILES:
        assert (tmp_path / name).is_file()


def test_the_command_prints_json_and_writes_beside_the_runs(
    planning_cli: Cli, runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = planning_cli("compare", runs["base"], runs["slow"], "--json")
    assert (done.code, done.err) == (0, "")
    said = json.loads(done.out)
    digests = [summary(runs[name])["digest"] for name in ("base", "slow")]
    folder = Path("data/processed") / f"compare-{digests[0]}-{digests[1]}"
    assert [Path(path).as_posix() for path in said["files"]] == [
        (folder / name).as_posix() for name in FILES
    ]
    comparison = compare_runs([runs["base"], runs["slow"]])
    assert {k: v for k, v in said.items() if k != "files"} == json.loads(
        json.dumps(plain_comparison(comparison))
    )
    quiet = planning_cli("compare", runs["base"], "--quiet", "--out", tmp_path / "alone")
    assert quiet == (0, "", "")


def test_the_command_refuses_with_a_sentence(
    planning_cli: Cli, runs: dict[str, Path], tmp_path: Path
) -> None:
    done = planning_cli("compare", runs["base"], tmp_path)
    assert (done.code, done.out) == (2, "")
    assert f"{tmp_path}：发现 没有 summary.json" in done.err
    done = planning_cli("compare", runs["base"], "--lang", "fr", "--out", tmp_path / "fr")
    assert done.code == 2 and "'zh', 'en'" in done.err
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = planning_cli("compare", runs["base"], "--out", tmp_path / "file" / "below")
    assert done.code == 2 and "不能写入" in done.err
