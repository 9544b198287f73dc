"""Scenario files: laid over study and base, accepted wherever a scenario is, refused by key."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Done
from scenarios import EPSG, TOWN, elder, outline, said, what_if, written

from planning import workflow
from planning.errors import StudyError
from planning.inputs.scenario_file import MOST_BYTES, read_scenario_file
from planning.inputs.study_file import read_study
from planning.outputs.whatif.writing import why_none
from planning.run_record import ground_digest, run_digest
from planning.study.what_if import MOST_SITES

STUDY = TOWN / "study.yaml"


def refused(path: Path | str) -> dict[str, str]:
    """What is wrong with a scenario file, by where, in English; both languages say something."""
    with pytest.raises(StudyError) as error:
        read_study(STUDY, str(path))
    assert all(text for fault in error.value.faults for text in (*fault.found, *fault.expected))
    return said(error.value)


# --- what it is laid over -------------------------------------------------------------------


def test_the_file_is_laid_over_its_base_and_the_base_over_the_study(tmp_path: Path) -> None:
    override = {"services": {"elder_care": {"limit_min": 10}}, "network": {"speed_m_s": 0.9}}
    path = written(tmp_path, override, base="opened")
    study, plain = read_study(STUDY, str(path)), read_study(STUDY)
    assert study.standards.year == 2026, "of the base"
    assert study.services["elder_care"].limit_min == 10
    assert study.services["elder_care"].label == plain.services["elder_care"].label
    assert study.network.speed_m_s == 0.9
    assert study.network.max_snap_m == 200
    alone = read_study(STUDY, str(written(tmp_path, override)))
    assert alone.standards.year == 2025


def test_a_file_may_say_over_again_what_its_base_says(tmp_path: Path) -> None:
    path = written(tmp_path, {"standards": {"year": 2030}}, base="opened")
    assert read_study(STUDY, str(path)).standards.year == 2030


@pytest.mark.parametrize(("name", "called"), [("方案A", "方案A"), ("", "plan"), ("  ", "plan")])
def test_a_scenario_is_called_by_its_name_or_its_file(
    tmp_path: Path, name: str, called: str
) -> None:
    path = str(written(tmp_path, {}, name=name))
    assert workflow.check(STUDY, scenario=path).scenario == called


def test_the_same_may_stand_in_the_study_and_in_a_scenario_of_its_own(tmp_path: Path) -> None:
    edits = {"epsg": EPSG, "removed": ["F1"], "added": [elder("W1", 1100, 40)]}
    told = json.dumps({"what_if": edits})
    text = STUDY.read_text(encoding="utf-8")
    (tmp_path / "own.yaml").write_text(f"{text}\nwhat_if: {json.dumps(edits)}\n", encoding="utf-8")
    named = text.replace("  opened: {", f"  tried: {told}\n  opened: {{")
    (tmp_path / "named.yaml").write_text(named, encoding="utf-8")
    by_file = read_study(STUDY, what_if(tmp_path, removed=["F1"], added=[elder("W1", 1100, 40)]))
    assert read_study(tmp_path / "own.yaml").what_if == by_file.what_if
    assert read_study(tmp_path / "named.yaml", "tried").what_if == by_file.what_if
    assert read_study(tmp_path / "named.yaml").what_if is None


def test_faults_of_a_study_name_the_line_of_the_edit(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    edits = f"what_if:\n  epsg: {EPSG}\n  removed: [F1, F1]\n"
    path.write_text(STUDY.read_text(encoding="utf-8") + edits, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        read_study(path)
    (where,) = said(error.value)
    assert where.startswith("own.yaml:") and where.endswith(" what_if.removed.1")


# --- digests and the ground -----------------------------------------------------------------


def digest(scenario: str | None) -> str:
    town = workflow.check(STUDY, scenario=scenario)
    return run_digest(town, until="assess", speed_band=False, budgets=None, robust=False)


def test_every_scenario_has_a_run_folder_of_its_own(tmp_path: Path) -> None:
    found = {digest(None)}
    for x in (100, 101):
        found.add(digest(what_if(tmp_path, added=[elder("W1", x, 10)])))
    found.add(digest(str(written(tmp_path, {}))))
    assert len(found) == 4


@pytest.mark.parametrize("base", [None, "opened"])
def test_the_ground_is_the_same_under_every_file_that_is_laid_over_it(
    tmp_path: Path, base: str | None
) -> None:
    bare = workflow.check(STUDY, scenario=base)
    ground = ground_digest(bare)
    override = {
        "what_if": {"epsg": EPSG, "removed": ["F1"]},
        "services": {"elder_care": {"limit_min": 7}},
        "network": {"speed_m_s": 0.8},
        "standards": {"goals": {"SC-2021-57/2.3/circle-15min": 0.5}},
    }
    path = str(written(tmp_path, override, base=base, ground=ground))
    town = workflow.check(STUDY, scenario=path)
    assert ground_digest(town) == ground
    assert not any("另一份数据" in note.zh for note in town.notes)
    other = workflow.check(STUDY, scenario=str(written(tmp_path, override, base="opened")))
    assert (ground_digest(other) == ground) is (base == "opened")


def test_another_ground_is_a_remark_and_no_refusal(tmp_path: Path) -> None:
    town = workflow.check(STUDY, scenario=str(written(tmp_path, {}, ground="0123456789")))
    (note,) = [note for note in town.notes if note.about == "what_if"]
    assert "plan.json" in note.zh and "made from other data" in note.en


def test_a_page_is_made_of_the_ground_alone(tmp_path: Path) -> None:
    """What is tried in a page is saved over its base: a file that lies between would be lost."""
    assert why_none(workflow.check(STUDY, scenario="opened")) is None
    limit = {"services": {"elder_care": {"limit_min": 7}}}
    tried = workflow.check(STUDY, scenario=str(written(tmp_path, limit, base="opened")))
    assert why_none(tried) is not None


# --- wherever a scenario is accepted --------------------------------------------------------


@pytest.mark.parametrize(
    "command", ["check", "assess", "demand", "close", "district", "run", "site"]
)
def test_every_command_takes_the_file(
    planning_cli: Callable[..., Done], tmp_path: Path, command: str
) -> None:
    override: dict[str, Any] = {"what_if": {"epsg": EPSG, "added": [elder("W1", 1100, 40)]}}
    override["services"] = {"elder_care": {"capacity": {"amount": "beds", "source": "x"}}}
    path = written(tmp_path, override)
    more: list[object] = ["F2"] if command == "close" else []
    if command in ("district", "run", "assess", "site"):
        more += ["--out", tmp_path / "out"]
    if command in ("demand", "check"):
        more += ["--json"]
    done = planning_cli(command, STUDY, *more, "--scenario", path)
    assert done.code == 0, done.err + done.out
    if command == "demand":
        assert "方案A" in done.out
    if command == "check":
        assert "新增设施 1 处" in done.out


def test_the_worlds_of_a_plan_are_those_of_the_base_with_the_file_laid_over(
    tmp_path: Path,
) -> None:
    """The base is no world beside the scenario; each speed is one, edits and all."""
    override = {"what_if": {"epsg": EPSG, "added": [elder("W1", 1100, 40)]}}
    path = str(written(tmp_path, override, base="opened"))
    result, _ = workflow.run(STUDY, scenario=path, robust=True, out_dir=tmp_path / "out")
    assert result.robustness is not None
    assert [world.label[0][:2] for world in result.robustness.worlds] == ["方案", "慢行", "快行"]
    assert result.robustness.left_out == ()


def test_help_says_that_a_file_is_taken(planning_cli: Callable[..., Done]) -> None:
    text = " ".join(planning_cli("run", "--help").out.split())
    assert "JSON" in text and "情景文件" in text


# --- no scenario of this study --------------------------------------------------------------


def test_a_scenario_of_another_study_is_refused(tmp_path: Path) -> None:
    found = refused(written(tmp_path, {}, study="huangpu"))
    (where,) = found
    assert where == "plan.json study"
    assert "'huangpu'" in found[where] and "'tiny'" in found[where]


def test_a_base_that_the_study_does_not_have_is_refused(tmp_path: Path) -> None:
    found = refused(written(tmp_path, {}, base="chengdu"))
    assert found == {"plan.json base": "no scenario 'chengdu'; one of: opened"}


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.json")["none.json"].startswith("no such file")


BROKEN = {
    "empty": ("", "no JSON at 1:1"),
    "cut": ('{"format": "planning-scenario/1", "override": {', "no JSON at 1:48"),
    "list": ("[]", "format: None"),
    "other": ('{"type": "FeatureCollection"}', "format: None"),
    "newer": ('{"format": "planning-scenario/2"}', "format: planning-scenario/2"),
    "twice": ('{"format": "planning-scenario/1", "name": "a", "name": "b"}', "'name' twice"),
    "nan": ('{"format": "planning-scenario/1", "x": NaN}', "NaN, which is no number"),
    "infinite": ('{"format": "planning-scenario/1", "x": -Infinity}', "-Infinity"),
    "deep": ("[" * 100_000, "values nested too deep"),
    "deepish": ('{"a":' * 40 + "1" + "}" * 40, "values nested too deep"),
    "digits": (f'{{"a": {"9" * 5000}}}', "a number of too many digits"),
    "half": ('{"format": "planning-scenario/1", "name": ["\\ud800"]}', "half a Unicode"),
    "large": (" " * (MOST_BYTES + 1), f"over {MOST_BYTES:,}"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_scenario_file_is_refused(tmp_path: Path, case: str) -> None:
    text, found = BROKEN[case]
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    ((where, what),) = refused(path).items()
    assert where == "plan.json"
    assert found in what
    assert "a scenario file" in what


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes('{"format": "方案"}'.encode("gb18030"))
    assert "not UTF-8" in refused(path)["plan.json"]


def test_the_mark_of_windows_at_the_beginning_is_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, {})
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert read_scenario_file(path, study="tiny").name == "方案A"


def test_unknown_keys_are_named_with_the_nearest(tmp_path: Path) -> None:
    path = written(tmp_path, {}, bas=None)
    assert refused(path) == {"plan.json bas": "unknown key 'bas'; 'base'"}
    path = written(tmp_path, {"what_if": {"epsg": EPSG, "add": []}, "servces": {}})
    assert refused(path) == {
        "plan.json override.what_if.add": "unknown key 'add'; 'added'",
        "plan.json override.servces": "unknown key 'servces'; 'services'",
    }


def test_faults_of_the_study_and_of_the_file_come_together(tmp_path: Path) -> None:
    study = tmp_path / "study.yaml"
    text = STUDY.read_text(encoding="utf-8")
    study.write_text(text.replace("siting: {gap: 0.0}", "siting: {gap: -1}"), encoding="utf-8")
    with pytest.raises(StudyError) as error:
        read_study(study, str(written(tmp_path, {}, study="huangpu")))
    assert {where.split(" ")[-1] for where in said(error.value)} == {"siting.gap", "study"}


# --- what an edit may not say ---------------------------------------------------------------

TRIANGLE = outline((0, 0), (300, 0), (0, 300))
AREA = {"id": "P1", "households": 10, "persons_per_household": 2.5, "outline": TRIANGLE}
BAD_EDITS: dict[str, tuple[dict[str, Any], str, str]] = {
    "speed": ({"network": {"speed_m_s": 0}}, "network.speed_m_s", "a number ≥ 0.1"),
    "limit": (
        {"services": {"elder_care": {"limit_min": 0}}},
        "services.elder_care.limit_min",
        "a number above 0",
    ),
    "no service": ({"services": {"elders": {"limit_min": 9}}}, "services.elders.label", "this key"),
    "many": (
        {"added": [elder(f"W{n}", 1, 1) for n in range(10_000)]},
        "what_if.added",
        f"10,000; {MOST_SITES:,} at most",
    ),
    "moved": (
        {"moved": {f"F{n}": [1, 1] for n in range(MOST_SITES + 1)}}, "what_if.moved", "at most"
    ),
    "service": ({"added": [elder("W1", 1, 1, service="x")]}, "what_if.added.0.service", "elder"),
    "kind": (
        {"added": [elder("W1", 1, 1, kind="养老院")]},
        "what_if.added.0.kind",
        "'养老院'; a kind in the build of elder_care: elder_care",
    ),
    "small": (
        {"added": [elder("W1", 1, 1, size=199)]}, "what_if.added.0.size", "199 m²; 200 or more m²"
    ),
    "half a place": ({"added": [elder("W1", 1, 1, size=200.5)]}, "what_if.added.0.size", "a whole"),
    "nowhere": (
        {"added": [{"id": "W1", "service": "elder_care", "kind": "elder_care", "size": 200}]},
        "what_if.added.0",
        "no place; x_m and y_m, or a candidate",
    ),
    "half a place on earth": (
        {"added": [{**elder("W1", 1, 1), "y_m": None}]}, "what_if.added.0", "no place"
    ),
    "far": ({"added": [elder("W1", 1e300, 1)]}, "what_if.added.0.x_m", "a number ≤ 100000000"),
    "id": ({"added": [elder("../W1", 1, 1)]}, "what_if.added.0.id", "Chinese characters"),
    "id twice": (
        {"added": [elder("W1", 1, 1), elder("W1", 2, 1)]}, "what_if.added.1.id", "'W1' twice"
    ),
    "name": (
        {"added": [elder("W1", 1, 1, name="a\nb")]}, "what_if.added.0.name", "one line of text"
    ),
    "long name": (
        {"added": [elder("W1", 1, 1, name="长" * 101)]}, "what_if.added.0.name", "one line of text"
    ),
    "yuan": ({"added": [elder("W1", 1, 1, yuan=-1)]}, "what_if.added.0.yuan", "a number ≥ 0"),
    "gone": (
        {"removed": ["F1"], "moved": {"F1": [1, 1]}}, "what_if.moved.F1", "a facility that is taken"
    ),
    "gone and resized": (
        {"removed": ["F1"], "resized": {"F1": {"places": 1}}}, "what_if.resized.F1", "taken away"
    ),
    "amount": ({"resized": {"F1": {"places": -1}}}, "what_if.resized.F1.places", "a number ≥ 0"),
    "no amount": ({"resized": {"F1": {"rooms": 1}}}, "what_if.resized.F1.rooms", "unknown key"),
    "street": ({"closed_streets": ["A"]}, "what_if.closed_streets.0", "a whole number"),
    "corners": (
        {"areas": [{**AREA, "outline": TRIANGLE[:2]}]}, "what_if.areas.0.outline", "2 corners"
    ),
    "one corner": (
        {"areas": [{**AREA, "outline": [*TRIANGLE[:2], TRIANGLE[0]]}]},
        "what_if.areas.0.outline",
        "2 corners; three corners",
    ),
    "bow tie": (
        {"areas": [{**AREA, "outline": outline((0, 0), (9, 9), (9, 0), (0, 9))}]},
        "what_if.areas.0.outline",
        "crosses itself",
    ),
    "flat": (
        {"areas": [{**AREA, "outline": outline((0, 0), (9, 0), (18, 0))}]},
        "what_if.areas.0.outline",
        "crosses itself",
    ),
    "households": ({"areas": [{**AREA, "households": 0}]}, "what_if.areas.0.households", "≥ 1"),
    "persons": (
        {"areas": [{**AREA, "persons_per_household": None}]},
        "what_if.areas.0.persons_per_household",
        "no persons per household; them, or residential_areas.persons_per_household",
    ),
    "area twice": ({"areas": [AREA, AREA]}, "what_if.areas.1.id", "'P1' twice"),
    "no epsg": ({"epsg": None}, "what_if.epsg", "a whole number"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_EDITS)
def test_an_edit_that_cannot_be_is_refused_with_its_path(tmp_path: Path, case: str) -> None:
    override, where, what = BAD_EDITS[case]
    if not {"network", "services"} & set(override):
        override = {"what_if": {"epsg": EPSG, **override}}
    found = refused(written(tmp_path, override))
    assert what in found[f"plan.json override.{where}"]
    assert all(where.startswith("plan.json override.") for where in found)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    edits = {
        "added": [elder("W1", 1, 1, size=1), elder("W2", 1, 1, kind="x")],
        "removed": ["F1", "F1"],
        "areas": [{**AREA, "outline": TRIANGLE[:2]}],
    }
    assert len(refused(what_if(tmp_path, **edits))) == 4
