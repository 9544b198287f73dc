"""Runs that cannot be compared, or only in part: what is told, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from compared_runs import as_it_is, changed, figures, made_runs

from planning.errors import InputError
from planning.outputs.comparison import compare_runs
from planning.outputs.comparison import compared as comparing
from planning.outputs.comparison.ground import Ground, read_ground
from planning.outputs.comparison.map_scene import scenes_of
from planning.outputs.comparison.run_files import Run
from planning.outputs.comparison.writing import write_comparison


@pytest.fixture(scope="module")
def runs(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return made_runs(sample_folder, tmp_path_factory)


# --- what keeps runs from being comparable --------------------------------------------------------


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


def test_a_run_made_for_publication_is_refused(runs: dict[str, Path], tmp_path: Path) -> None:
    hidden = changed(runs["base"], tmp_path, lambda said: said.update(suppressed_below=5))
    zh, en = refused(runs["slow"], hidden)
    assert "不足 5 人的数字已隐去" in zh and "counts below 5 hidden" in en
    assert "重新运行" not in zh


def test_a_measure_of_another_version_is_called_by_its_name(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    def unknown(said: dict[str, Any]) -> None:
        said["digest"] = "0123456789"
        for row in said["access"]:
            row["measure"], row["unit"] = "k_nearest_many", "steps"

    comparison = compare_runs([changed(runs["base"], tmp_path, unknown)])
    labels = [label for _, label in figures(comparison, "equity")]
    assert any(label.startswith("k_nearest_many：人均（steps）") for label in labels)


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
