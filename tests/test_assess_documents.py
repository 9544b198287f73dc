"""``assess --standards`` and ``--explain``: documents beside a study's own, and how it came."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from planning import workflow
from planning.cli.pairs import joined, pairs
from planning.errors import StudyError
from planning.inputs.documents import read_documents
from planning.inputs.study_file import read_study

Cli = Callable[..., Any]

RATE = "SC-2021-57/1.0/nursery-rate-2025"
CIRCLE = "SC-2021-57/2.3/circle-15min"
OWN_FILE = """
id: mycity-2024
short: {short}
document: 某市方案
jurisdiction: 某市
dated: "2024-01-01"
parent: SC
clauses:
  - id: MY/1
    key: nursery_rate
    article: 一
    quote: 原文
    title_zh: 每千人口托位数
    title_en: Nursery places per 1,000
    service: nursery
    mark: spatial-core
    strength: binding
    measure: {{kind: per_thousand, amount: places, which: {{does: nursery}}}}
    operator: ">="
    value: "{value}"
    unit: 个/千人
    levels: [county]
    reading: 读法。
"""


@pytest.fixture
def study(sample_folder: Path) -> Path:
    return sample_folder / "study.yaml"


@pytest.fixture
def folder(sample_folder: Path, tmp_path: Path) -> Path:
    """The sample, to be changed."""
    return Path(shutil.copytree(sample_folder, tmp_path / "town"))


def own_file(folder: Path, *, short: str = "MY", value: str = "6") -> Path:
    path = folder / "city.yaml"
    path.write_text(OWN_FILE.format(short=short, value=value), encoding="utf-8")
    return path


def summary(out: Path) -> dict[str, Any]:
    (run,) = out.iterdir()
    said: dict[str, Any] = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    return said


def test_the_speed_band_stands_beside_a_file_of_ones_own(folder: Path, tmp_path: Path) -> None:
    """The town is read anew at each speed: beside the same documents, or it were another town."""
    result, _ = workflow.run(
        folder / "study.yaml",
        until="assess",
        speed_band=True,
        documents=(str(own_file(folder)), "GZ"),
        out_dir=tmp_path / "out",
    )
    assert {at.speed_m_s for at in result.speed_band} == {0.8, 1.0, 1.2}
    assert {"MY", "GZ"} < {profile.standard.short for profile in result.town.documents}


# --- which documents, in which order -------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ((), ("SC",)),
        (("GZ", "JS"), ("SC", "GZ", "JS")),
        (("GZ", "SC", "JS"), ("GZ", "SC", "JS")),
        (("jiangsu-2021-75", "JS"), ("SC", "JS")),
        (("SC",), ("SC",)),
    ],
)
def test_documents_are_shown_in_the_order_given(
    study: Path, named: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    profiles, ids = read_documents(read_study(study), [study.parent], named)
    assert profiles[0].standard.short == "SC"
    short = {profile.standard.id: profile.standard.short for profile in profiles}
    assert tuple(short[name] for name in ids) == shown
    assert len(profiles) == len(shown)


def test_those_of_the_run_stand_in_for_those_of_the_study(folder: Path) -> None:
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\nstandards:\n", "\nstandards:\n  beside: [DZ]\n"), "utf-8")
    study = read_study(path)
    assert study.standards.beside == ("DZ",)
    assert read_documents(study, [folder])[1] == ("sichuan-2021-57", "dazhou-2022-19")
    assert read_documents(study, [folder], ["GZ"])[1] == ("sichuan-2021-57", "guizhou-2022-6")


def test_an_unknown_document_is_refused(study: Path) -> None:
    with pytest.raises(StudyError, match="jiangsu-2021-75"):
        read_documents(read_study(study), [study.parent], ["XX"])


def test_two_documents_of_one_short_name_are_refused(folder: Path) -> None:
    own_file(folder, short="JS")
    with pytest.raises(StudyError, match="short"):
        read_documents(read_study(folder / "study.yaml"), [folder], ["JS", "city.yaml"])


# --- a run ---------------------------------------------------------------------------------------


def test_every_document_has_its_scorecard(planning_cli: Cli, study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = planning_cli("assess", study, "--standards", "GZ,SC,JS", "--out", out)
    assert (done.code, done.err) == (0, "")
    heads = re.findall(r"条文体检 findings · (\w+)", done.out)
    assert heads == ["GZ", "SC", "JS"]
    said = summary(out)
    assert [one["short"] for one in said["documents"]] == heads
    for short in heads:
        part = done.out.split(f"findings · {short} ")[1].split("条文体检 findings")[0]
        found = [f for f in said["findings"] if f["profile"] == short]
        required = [f["verdict"] for f in found if f["role"] == "requirement"]
        assert f"达标 met {required.count('met')}，" in part
        assert f"未达标 not met {required.count('not_met')}，" in part
        applying = [f for f in found if f["verdict"] != "not_applicable"]
        indicators = sum(f["role"] == "indicator" for f in applying)
        assert f"指标 indicators {indicators}" in part
        assert f"不适用 do not apply {len(found) - len(applying)}" in part


def test_the_studys_own_document_is_judged_as_without_the_others(
    study: Path, tmp_path: Path
) -> None:
    alone, _ = workflow.run(study, out_dir=tmp_path / "a", until="assess")
    beside, _ = workflow.run(study, out_dir=tmp_path / "b", until="assess", documents=["JS", "SC"])
    assert alone.findings == beside.findings
    assert [len(found) > 0 for found in beside.findings_beside] == [True]
    by_short = {p.standard.short: beside.findings_of(p) for p in beside.town.documents}
    assert list(by_short) == ["JS", "SC"]
    for short, findings in by_short.items():
        assert {finding.profile for finding in findings} == {short}


def test_the_digest_hangs_on_the_documents_and_not_on_where_they_lie(
    folder: Path, tmp_path: Path
) -> None:
    study = folder / "study.yaml"

    def digest(*documents: str) -> str:
        out = tmp_path / "out"
        return workflow.run(study, out_dir=out, until="assess", documents=documents)[0].digest

    own_file(folder)
    elsewhere = Path(shutil.copy(folder / "city.yaml", tmp_path / "moved.yaml"))
    found = [digest(), digest("JS"), digest("GZ", "JS"), digest("JS", "GZ"), digest("city.yaml")]
    assert len(set(found)) == len(found)
    assert digest("SC") == found[0]
    assert digest("jiangsu-2021-75") == found[1]
    assert digest(str(elsewhere)) == found[-1]
    own_file(folder, value="7")
    assert digest("city.yaml") not in found


def test_a_file_is_looked_for_from_where_the_command_is_run(
    planning_cli: Cli, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    done = planning_cli("assess", study, "--standards", "city.yaml", "--out", "out", "--json")
    assert (done.code, done.err) == (0, "")
    said = json.loads(done.out)
    assert [one["short"] for one in said["documents"]] == ["SC", "MY"]
    assert str(tmp_path) not in done.out
    (rate,) = [f for f in said["findings"] if f["clause_id"] == "MY/1" and f["level"] == "county"]
    assert rate["required"] > 0


# --- how it came about ---------------------------------------------------------------------------


def test_a_rate_is_explained_step_by_step(planning_cli: Cli, study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = planning_cli("assess", study, "--out", out, "--explain", RATE, "新禾新城", "--json")
    assert (done.code, done.err) == (0, "")
    said = json.loads(done.out)
    (one,) = said["explained"]
    (finding,) = [f for f in said["findings"] if f["clause_id"] == RATE and f["level"] == "county"]
    steps = [step["zh"] for step in one["steps"]]
    heads = [step.split("：")[0] for step in steps if not step.startswith("·")]
    assert heads[:5] == ["条文", "读法", "适用", "地位", "人口"]
    assert heads[-2:] == ["需要", "结论"]
    assert finding["quote"] in steps[0] and finding["article"] in steps[0]
    assert steps[-1] == f"结论：{finding['because_zh']}"
    listed = [step for step in steps if step.startswith("·")]
    assert sum(Fraction(step.rsplit("：", 1)[1]) for step in listed) == finding["measured"]
    assert one["verdict"] == finding["verdict"]
    assert all(step["en"] for step in one["steps"])
    keys = [source["key"] for source in one["inputs"]]
    assert "population" in keys and "facilities" in keys and "network" not in keys
    assert all(len(source["sha256"]) == 64 for source in one["inputs"])


def test_several_are_explained_on_the_terminal_with_their_inputs(
    planning_cli: Cli, study: Path, tmp_path: Path
) -> None:
    done = planning_cli(
        "assess", study, "--out", tmp_path / "out", "--standards", "JS",
        "--explain", CIRCLE, "C1", "--explain", "JS-2021-75/1.1/nursery-rate", "C1",
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    first, second = done.out.split("依据的数据 inputs")[:2]
    assert CIRCLE in first and "按 SC 考核" in first
    assert "network: " in second and "按 JS 考核" in second
    assert "sha256" in second


def test_every_finding_can_be_explained_and_ends_as_it_was_judged(
    study: Path, tmp_path: Path
) -> None:
    from planning.cli.explained import explained

    result, _ = workflow.run(study, out_dir=tmp_path, until="assess", documents=["CD"])
    for finding in result.findings:
        if finding.unit_id:
            _, again, trail = explained(result, finding.clause_id, finding.unit_id)
            if again.level == finding.level:
                assert again == finding
                assert trail.steps[-1][0] == f"结论：{finding.because_zh}"


@pytest.mark.parametrize(
    ("clause", "unit", "near"),
    [
        ("SC-2021-57/1.0/nursery-rate", "C1", RATE),
        ("elder-land", "C1", "SC-2021-57/2.1/elder-land"),
        (RATE, "新禾", "新禾新城"),
        (RATE, "nowhere", "C1"),
    ],
)
def test_an_unknown_clause_or_unit_is_told_with_what_comes_near(
    planning_cli: Cli, study: Path, tmp_path: Path, clause: str, unit: str, near: str
) -> None:
    done = planning_cli("assess", study, "--out", tmp_path, "--explain", clause, unit)
    assert done.code == 2
    zh, en = done.err.strip().splitlines()
    assert near in zh and near in en
    assert "--explain" in zh and "Traceback" not in done.err


def test_one_value_is_not_two(planning_cli: Cli, study: Path, tmp_path: Path) -> None:
    done = planning_cli("assess", study, "--out", tmp_path, "--explain", RATE)
    assert done.code == 2
    assert "--explain" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ([], ()),
        (["--explain", "a", "b"], (("a", "b"),)),
        (["x", "--explain", "a b", "c", "-q", "--explain", "d", "e"], (("a b", "c"), ("d", "e"))),
    ],
)
def test_pairs_come_apart_as_they_were_given(
    args: list[str], found: tuple[tuple[str, str], ...]
) -> None:
    given = joined(args)
    values = [given[n + 1] for n, name in enumerate(given) if name == "--explain"]
    assert pairs(values) == found
    assert [one for one in given if one in ("x", "-q")] == [
        one for one in args if one in ("x", "-q")
    ]
