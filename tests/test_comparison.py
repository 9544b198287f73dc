"""Runs side by side: every figure is one of the run folders, in every file that is written."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pandas as pd
import pytest
from browser import Reader, open_page
from python_calamine import CalamineWorkbook

from planning import workflow
from planning.errors import InputError
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
FILES = ("comparison.xlsx", "comparison.html", "comparison.docx")


@pytest.fixture(scope="module")
def runs(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample as it stands, walked slowly, and without a plan."""
    study, out = sample_folder / "study.yaml", tmp_path_factory.mktemp("runs")
    return {
        "base": workflow.run(study, out_dir=out)[1],
        "slow": workflow.run(study, out_dir=out, scenario="slow")[1],
        "assess": workflow.run(study, out_dir=out, until="assess")[1],
    }


@pytest.fixture(scope="module")
def pair(runs: dict[str, Path]) -> Comparison:
    return compare_runs([runs["base"], runs["slow"]])


@pytest.fixture(scope="module")
def written(pair: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared") / "new" / "folder"
    files = write_comparison(folder, pair)
    assert files == tuple(folder / name for name in FILES)
    return folder


def summary(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    return found


def changed(run: Path, folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A copy of a run whose summary is changed in place."""
    copy = folder / run.name
    shutil.copytree(run, copy)
    said = summary(run)
    change(said)
    text = json.dumps(said, ensure_ascii=False)
    (copy / "summary.json").write_text(text, encoding="utf-8")
    return copy


def as_it_is(_: dict[str, Any]) -> None:
    """No change."""


def figures(comparison: Comparison, section: str) -> dict[tuple[str, str], Any]:
    """The figures of a section by subject and label, in Chinese."""
    found = next(one for one in comparison.sections if one.name == section)
    return {(one.subject[0], one.says[0]): one for one in found.figures}


# --- every figure is one of the folders -----------------------------------------------------------


def test_money_and_size_are_those_of_the_summaries(pair: Comparison, runs: dict[str, Path]) -> None:
    plans = [summary(runs[name])["plan"] for name in ("base", "slow")]
    found = figures(pair, "plan")
    for label, key in (
        ("投资（万元）", "cost_yuan"),
        ("选址（处）", "sites_opened"),
        ("新增托位（个）", "places"),
        ("建筑面积（平方米）", "floor_m2"),
        ("独立占地（平方米）", "land_m2"),
        ("仍缺服务人次", "people_short"),
        ("投资下界（万元）", "bound_yuan"),
    ):
        one = found["", label]
        assert one.values == tuple(plan[key] for plan in plans), label
        assert one.difference(0) is None
        assert one.difference(1) == plans[1][key] - plans[0][key]
    newly = []
    for name in ("base", "slow"):
        said = summary(runs[name])
        rows = {
            (r["state"], r["service"]): r["covered"]
            for r in said["coverage"]
            if r["level"] == "area"
            and r["limit_min"] == said["services"][r["service"]]["limit_min"]
            and r["group"] == said["services"][r["service"]]["group"]
        }
        newly.append(sum(rows["after", s] - rows["now", s] for s in said["services"]))
    assert found["", "新增圈内服务人次"].values == pytest.approx(newly)
    each = found["", "每新增一圈内人次的投资（元）"].values
    assert each == pytest.approx([p["cost_yuan"] / n for p, n in zip(plans, newly, strict=True)])


def test_coverage_by_unit_is_that_of_the_csv(pair: Comparison, runs: dict[str, Path]) -> None:
    said = summary(runs["base"])
    tables = [pd.read_csv(runs[name] / "coverage.csv") for name in ("base", "slow")]
    own = [(name, one["group"], one["limit_min"]) for name, one in said["services"].items()]
    units = {(one.unit, one.service): one for one in pair.units}
    seen = 0
    for service, group, limit in own:
        for at, table in enumerate(tables):
            rows = table[
                (table["state"] == "after") & (table["service"] == service)
                & (table["group"] == group) & (table["limit_min"] == limit)
                & (table["level"] != "area")
            ]  # fmt: skip
            for row in rows.itertuples():
                one = units[(row.level, row.unit_id), service]
                assert one.name == row.unit_name
                assert one.covered.values[at] == pytest.approx(row.covered)
                assert one.share.values[at] == pytest.approx(row.share)
                seen += 1
    assert seen == 2 * len(pair.units) > 0


def test_counts_of_requirements_are_those_of_the_summaries(
    pair: Comparison, runs: dict[str, Path]
) -> None:
    after = [summary(runs[name])["plan"]["findings_after"] for name in ("base", "slow")]
    labels = {"met": "达标", "not_met": "未达标", "not_assessable": "无法评估",
              "not_applicable": "不适用"}  # fmt: skip
    found = figures(pair, "findings")
    for verdict, label in labels.items():
        assert found["", f"要求：{label}（条）"].values == tuple(one[verdict] for one in after)


def test_findings_won_and_lost_add_up_to_the_counts(
    pair: Comparison, runs: dict[str, Path]
) -> None:
    base, slow = (
        pd.read_csv(runs[name] / "findings.csv").query("state == 'after'")
        for name in ("base", "slow")
    )
    key = ["clause_id", "level", "unit_id"]
    both = base.merge(slow, on=key, suffixes=("_base", ""))
    assert len(both) == len(base) == len(slow)
    won = both.query("verdict_base == 'not_met' and verdict == 'met'")
    lost = both.query("verdict_base == 'met' and verdict == 'not_met'")
    turned = {turn: {one.key for one in pair.pairs[0].turned if one.turn == turn}
              for turn in ("won", "lost", "unknown")}  # fmt: skip
    assert turned["won"] == set(won[key].itertuples(index=False, name=None))
    assert turned["lost"] == set(lost[key].itertuples(index=False, name=None))
    assert turned["lost"] and not turned["unknown"]
    for one in pair.pairs[0].turned:
        row = both[(both[key] == list(one.key)).all(axis=1)].iloc[0]
        assert one.other["article"] == row["article"] and one.other["quote"] == row["quote"]


def test_sites_that_differ_are_those_of_the_plans(pair: Comparison, runs: dict[str, Path]) -> None:
    base, slow = (pd.read_csv(runs[name] / "plan.csv") for name in ("base", "slow"))
    mine, theirs = set(base["candidate_id"]), set(slow["candidate_id"])
    of = {
        change: {one.key[0] for one in pair.pairs[0].sites if one.first == change}
        for change in ("only_base", "only_other")
    }
    assert of["only_base"] == mine - theirs
    assert of["only_other"] == theirs - mine
    assert {one.key[0] for one in pair.pairs[0].sites} == mine | theirs
    for one in pair.pairs[0].sites:
        for use, plan in ((one.base, base), (one.other, slow)):
            rows = plan[plan["candidate_id"] == one.key[0]]
            if use is None:
                assert len(rows) == 0
                continue
            assert use.floor_m2 == pytest.approx(rows["floor_m2"].sum())
            assert use.cost_yuan == pytest.approx(rows["cost_yuan"].sum())
            assert (use.places, use.beds) == (rows["places"].sum(), rows["beds"].sum())


def test_gini_is_that_of_access_csv(pair: Comparison, runs: dict[str, Path]) -> None:
    found = [one for (_, label), one in figures(pair, "equity").items()
             if label == "两步移动搜寻（2SFCA）：基尼系数"]  # fmt: skip
    said = summary(runs["base"])
    for one, service in zip(found, said["services"], strict=True):
        for at, name in enumerate(("base", "slow")):
            rows = pd.read_csv(runs[name] / "access.csv").query(
                "state == 'after' and measure == 'two_step' and level == 'area'"
            )
            group = said["services"][service]["group"]
            row = rows[(rows["service"] == service) & (rows["group"] == group)].iloc[0]
            assert one.values[at] == pytest.approx(row["gini"])


# --- facts that hold whichever way round ----------------------------------------------------------


def test_what_is_won_one_way_is_lost_the_other(pair: Comparison, runs: dict[str, Path]) -> None:
    back = compare_runs([runs["base"], runs["slow"]], base=runs["slow"])
    assert [side.run.digest for side in back.sides] == [
        side.run.digest for side in reversed(pair.sides)
    ]
    turned = Counter((one.turn, one.key) for one in pair.pairs[0].turned)
    opposite = {"won": "lost", "lost": "won", "wider": "narrower", "narrower": "wider",
                "known": "unknown", "unknown": "known", "other": "other"}  # fmt: skip
    assert Counter((opposite[one.turn], one.key) for one in back.pairs[0].turned) == turned
    for one, other in zip(
        (f for s in pair.sections for f in s.figures),
        (f for s in back.sections for f in s.figures),
        strict=True,
    ):
        assert one.values == other.values[::-1]
        if (difference := one.difference(1)) is not None:
            assert other.difference(1) == pytest.approx(-difference)


def test_a_run_and_its_copy_do_not_differ(runs: dict[str, Path], tmp_path: Path) -> None:
    copy = changed(runs["base"], tmp_path, as_it_is)
    same = compare_runs([runs["base"], copy])
    assert [caveat[0] for caveat in same.caveats] == ["方案一与方案二是同一次运行的两份"]
    assert same.pairs[0].turned == ()
    assert {one.first for one in same.pairs[0].sites} == {"same"}
    assert same.pairs[0].remarks == ()
    for section in (*same.sections, same.groups):
        assert all(one.difference(1) in (0, None) for one in section.figures)


def test_one_run_is_compared_with_itself_before_its_plan(runs: dict[str, Path]) -> None:
    alone = compare_runs([runs["base"]])
    assert [side.state for side in alone.sides] == ["now", "after"]
    said = summary(runs["base"])
    won = [one for one in alone.pairs[0].turned if one.turn == "won" and one.is_binding]
    before, after = said["plan"]["findings_before"], said["plan"]["findings_after"]
    lost = [one for one in alone.pairs[0].turned if one.turn == "lost" and one.is_binding]
    assert len(won) - len(lost) == after["met"] - before["met"] > 0
    assert {one.first for one in alone.pairs[0].sites} == {"only_other"}
    assert len(alone.pairs[0].sites) == said["plan"]["sites_opened"]
    assert alone.caveats == ()


def test_three_runs_have_two_pairs(runs: dict[str, Path], tmp_path: Path) -> None:
    three = compare_runs([runs["base"], runs["slow"], runs["assess"]])
    assert [len(figures(three, "plan")["", "投资（万元）"].values)] == [3]
    assert [pair.other.run.folder for pair in three.pairs] == [runs["slow"], runs["assess"]]
    assert any("没有方案" in zh for zh, _ in three.caveats)
    files = write_comparison(tmp_path / "three", three, lang="en")
    assert all(path.stat().st_size > 5_000 for path in files)


# --- what keeps runs from being comparable --------------------------------------------------------


def test_another_speed_is_said_first(pair: Comparison, written: Path) -> None:
    assert pair.caveats[0][0] == "方案一与方案二步行速度不同（米/秒）：1 → 0.8"
    page = (written / "comparison.html").read_text(encoding="utf-8")
    assert page.index("步行速度不同") < page.index("投资与规模")
    text = [one.text for one in docx.Document(str(written / "comparison.docx")).paragraphs]
    first = next(n for n, line in enumerate(text) if "步行速度不同" in line)
    assert first < next(n for n, line in enumerate(text) if "投资与规模" in line)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.update(people_year=2030), "人口年份不同：2025 → 2030"),
        (lambda s: s["people"]["total"].update(in_area=1.0), "人口不同（人）：46,312 → 1"),
        (lambda s: s.update(profile="XX", findings=[]), "按不同的文件考核"),
        (lambda s: s["services"]["nursery"].update(limit_min=10.0), "服务“托育服务”不同"),
        (lambda s: [f.update(year=2031) for f in s["findings"]], "评估年份不同：2025 → 2031"),
        (lambda s: s.update(study="other"), "属于不同的研究：sample → other"),
        (
            lambda s: [f.update(required=0.5) for f in s["findings"] if f["unit"] == "share"],
            "合格线不同",
        ),
    ],
)
def test_premises_that_differ_are_told(
    runs: dict[str, Path], tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    def other(of: dict[str, Any]) -> None:
        of["digest"] = "0123456789"
        change(of)

    comparison = compare_runs([runs["base"], changed(runs["base"], tmp_path, other)])
    assert any(said in zh for zh, _ in comparison.caveats), comparison.caveats
    assert all(re.search("[A-Za-z]{3}", en) for _, en in comparison.caveats)


def test_inputs_of_other_digests_are_named(runs: dict[str, Path], tmp_path: Path) -> None:
    copy = changed(runs["base"], tmp_path, lambda said: said.update(digest="0123456789"))
    record = json.loads((copy / "record.json").read_text(encoding="utf-8"))
    record["sources"][1]["sha256"] = "0" * 64
    (copy / "record.json").write_text(json.dumps(record), encoding="utf-8")
    caveats = compare_runs([runs["base"], copy]).caveats
    assert [zh for zh, _ in caveats] == ["方案一与方案二输入文件不同：network"]


def test_units_of_one_side_only_are_told_and_totals_have_no_difference(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    def without_a_street(said: dict[str, Any]) -> None:
        said["digest"] = "0123456789"
        said["coverage"] = [row for row in said["coverage"] if row["unit_id"] != "S1"]

    comparison = compare_runs([runs["base"], changed(runs["base"], tmp_path, without_a_street)])
    assert any("只有前者有的单元（1）：S1" in zh for zh, _ in comparison.caveats)
    assert any("范围不同" in zh for zh, _ in comparison.caveats)
    assert all(one.difference(1) is None for one in figures(comparison, "coverage").values())
    for one in comparison.units:
        assert (one.covered.difference(1) is None) == (one.unit == ("street", "S1"))


def test_a_unit_whose_borders_moved_is_not_compared(
    runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shapely

    copy = changed(runs["base"], tmp_path, lambda said: said.update(digest="0123456789"))

    def read(run: Run) -> Ground:
        ground = read_ground(run)
        if run.folder == copy:
            shapes = dict(ground.shapes)
            shapes["street", "S2"] = shapely.transform(shapes["street", "S2"], lambda xy: xy + 80)
            return Ground(epsg=ground.epsg, shapes=shapes, names=ground.names,
                          facilities=ground.facilities)  # fmt: skip
        return ground

    monkeypatch.setattr(comparing, "read_ground", read)
    comparison = compare_runs([runs["base"], copy])
    assert any("编号相同而界线不同的单元（1）：S2" in zh for zh, _ in comparison.caveats)
    assert comparison.pairs[0].shared.moved == {("street", "S2")}


def test_a_difference_within_the_gap_is_said_to_be(runs: dict[str, Path], tmp_path: Path) -> None:
    def dearer(said: dict[str, Any]) -> None:
        said["digest"] = "0123456789"
        said["plan"]["cost_yuan"] += 50_000
        said["plan"]["bound_yuan"] -= 10_000

    copy = changed(runs["base"], tmp_path, dearer)
    (remark,) = compare_runs([runs["base"], copy]).pairs[0].remarks
    assert remark[0].startswith("投资相差 5.00 万元，在求解差距之内")
    slow = compare_runs([runs["base"], runs["slow"]])
    assert slow.pairs[0].remarks == ()


# --- refusals -------------------------------------------------------------------------------------


def refused(*folders: Path, base: Path | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        compare_runs(list(folders), base=base)
    lines = str(caught.value).splitlines()
    for zh, en in zip(lines[::2], lines[1::2], strict=True):
        assert "：发现 " in zh and "；应为 " in zh and "；请" in zh
        assert ": found " in en and "; expected " in en
    return lines


def test_folders_that_are_no_runs_are_refused_all_at_once(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    lines = refused(runs["base"], tmp_path, tmp_path / "nowhere", runs["base"])
    assert len(lines) == 6
    assert "没有 summary.json" in lines[2]
    assert "同一个成果目录给了两次" in lines[0]
    assert "没有方案的成果" in refused(runs["assess"])[0]
    assert "不在所给的成果目录之中" in refused(runs["base"], runs["slow"], base=tmp_path)[0]
    assert "没有成果目录" in refused()[0]


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"study": "sample"}', '{"digest": NaN}'])
def test_a_summary_that_is_none_is_refused(
    runs: dict[str, Path], tmp_path: Path, content: str
) -> None:
    (tmp_path / "summary.json").write_text(content, encoding="utf-8")
    assert str(tmp_path) in refused(runs["base"], tmp_path)[0]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda s: [row.pop("article") for row in s["findings"]], "findings.article"),
        (lambda s: [row.update(covered="12") for row in s["coverage"]], "coverage.covered"),
        (lambda s: s.pop("services"), "services"),
        (lambda s: s["plan"].pop("bound_yuan"), "plan.bound_yuan"),
        (lambda s: s["plan"]["sites"][0].pop("lon"), "plan.sites.lon"),
        (lambda s: s.update(plan=[1]), "plan"),
        (lambda s: s["coverage"].append("row"), "coverage"),
        (lambda s: s["services"].update(nursery={"label": "x"}), "services.nursery"),
        (lambda s: s["walking"].pop("speed_m_s"), "walking.speed_m_s"),
    ],
)
def test_an_older_layout_is_refused_by_what_it_lacks(
    runs: dict[str, Path], tmp_path: Path, change: Callable[[dict[str, Any]], object], named: str
) -> None:
    zh, en = refused(runs["slow"], changed(runs["base"], tmp_path, change))
    assert named in zh and named in en
    assert "重新运行该研究" in zh


def test_runs_without_a_common_unit_are_refused(runs: dict[str, Path], tmp_path: Path) -> None:
    def elsewhere(said: dict[str, Any]) -> None:
        said["study"] = "elsewhere"
        for row in said["coverage"]:
            row["unit_name"] = f"别处{row['unit_name']}"

    zh, _ = refused(runs["base"], changed(runs["base"], tmp_path / "a", elsewhere))
    assert "没有一个相同的单元" in zh
    other = changed(runs["base"], tmp_path / "b", lambda said: said.update(epsg=4549))
    assert "投影 EPSG:4549" in refused(runs["base"], other)[0]


def test_a_folder_without_its_geopackage_has_no_maps_but_all_else(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    copies = []
    for name in ("base", "slow"):
        copies.append(changed(runs[name], tmp_path / name, as_it_is))
        (copies[-1] / "result.gpkg").unlink()
    bare = compare_runs(copies)
    assert scenes_of(bare, bare.pairs[0]) == ()
    files = write_comparison(tmp_path / "out", bare)
    assert "<svg" not in files[1].read_text(encoding="utf-8")
    (copies[0] / "result.gpkg").write_bytes(b"no geopackage")
    assert "读不出图层" in refused(*copies)[0]


# --- the files ------------------------------------------------------------------------------------


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
    assert done.code == 2 and "zh 或 en" in done.err
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = planning_cli("compare", runs["base"], "--out", tmp_path / "file" / "below")
    assert done.code == 2 and "不能写入" in done.err
