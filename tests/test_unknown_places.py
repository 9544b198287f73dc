"""A nursery that does not say its places stays: people walk to it, its unit cannot be assessed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning import workflow
from planning.result import StudyResult, Town
from planning.sample import write_sample
from planning.standards import Finding, evaluate

RATE = "SC-2021-57/1.0/nursery-rate-2025"
NEW = "SC-2021-57/2.1/nursery-new"
BUILT = "SC-2021-57/2.1/nursery-built"

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=60)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    write_sample(tmp_path)
    return tmp_path


def write(town: Path, column: str, said: str, ids: Sequence[str] = ()) -> None:
    """Write the same into a column of the register, in all rows or in those of some ids."""
    file = town / "facilities.csv"
    table = pd.read_csv(file, dtype=str, encoding="utf-8-sig")
    table.loc[table["编号"].isin(ids or table["编号"]), column] = said
    table.to_csv(file, index=False, encoding="utf-8-sig")


def blank(town: Path, column: str, ids: Sequence[str] = ()) -> None:
    write(town, column, "", ids)


def places(found: Town) -> dict[str, float]:
    return dict(zip(found.facilities.ids, found.facilities.places.tolist(), strict=True))


def of_clause(findings: Sequence[Finding], clause: str) -> dict[str, Finding]:
    return {f.unit_id: f for f in findings if f.clause_id == clause}


# --- reading --------------------------------------------------------------------------------


def test_a_nursery_without_places_stays_and_is_doubtful(town: Path) -> None:
    before = workflow.check(town / "study.yaml")
    blank(town, "托位数", ["F05", "F08"])  # a nursery, and a home for the old
    after = workflow.check(town / "study.yaml")
    assert after.facilities.ids == before.facilities.ids
    assert places(after) | {"F05": 0.0} == places(before) | {"F05": 0.0}
    assert np.isnan(places(after)["F05"])
    assert places(after)["F08"] == 0
    (note,) = after.row_notes
    assert (note.row, note.id, note.done) == (6, "F05", "doubtful")
    assert (note.zh, note.en) == ("没有托位数，按未知计", "it does not say its places: unknown")
    assert any("1 nurseries of unknown places" in note.en for note in after.notes)


def test_a_register_without_the_column_has_nurseries_of_unknown_places(town: Path) -> None:
    file = town / "facilities.csv"
    table = pd.read_csv(file, dtype=str, encoding="utf-8-sig").drop(columns="托位数")
    table.to_csv(file, index=False, encoding="utf-8-sig")
    found = workflow.check(town / "study.yaml")
    is_nursery = np.array(["nursery" in does for does in found.facilities.functions])
    np.testing.assert_array_equal(np.isnan(found.facilities.places), is_nursery)
    assert len(found.row_notes) == is_nursery.sum() == 5


def test_no_places_at_all_are_none_and_not_unknown(town: Path) -> None:
    file = town / "facilities.csv"
    text = file.read_text(encoding="utf-8-sig")
    file.write_text(text.replace(",30,0,0,380,", ",0,0,0,380,"), encoding="utf-8-sig")
    found = workflow.check(town / "study.yaml")
    assert places(found)["F05"] == 0
    assert found.row_notes == ()


@pytest.mark.parametrize("said", ["/", "—", " 不详 ", "N/A"])
def test_a_cell_that_says_nothing_is_blank_and_told(town: Path, said: str) -> None:
    write(town, "托位数", said, ["F05", "F08"])
    found = workflow.check(town / "study.yaml")
    assert np.isnan(places(found)["F05"])
    assert places(found)["F08"] == 0
    told = [(note.id, note.done) for note in found.row_notes]
    assert told == [("F05", "repaired"), ("F05", "doubtful"), ("F08", "repaired")]
    assert found.row_notes[0].en == f"'{said.strip()}' counts as a blank"


def test_a_cell_that_cannot_be_read_is_no_blank(town: Path) -> None:
    write(town, "托位数", "若干", ["F05"])
    (note,) = workflow.check(town / "study.yaml").row_notes
    assert (note.id, note.done) == ("F05", "rejected")


def test_what_a_study_counts_as_a_nursery_has_unknown_places_too(town: Path) -> None:
    """The study's own type and function: a blank is no zero there either."""
    study = town / "study.yaml"
    text = study.read_text(encoding="utf-8").replace(
        "  coords: wgs84\n  licence: 虚构数据 invented\ncandidates",
        "  coords: wgs84\n  types: {亲子园: [playgroup]}\n  licence: 虚构数据 invented\ncandidates",
    )
    text = text.replace("functions: [nursery]", "functions: [nursery, playgroup]")
    study.write_text(text, encoding="utf-8")
    file = town / "facilities.csv"
    text = file.read_text(encoding="utf-8-sig").replace("石磨老年助餐点,老年助餐点", "园,亲子园")
    file.write_text(text, encoding="utf-8-sig")
    assert places(workflow.check(study))["F10"] == 0
    blank(town, "托位数", ["F10"])
    assert np.isnan(places(workflow.check(study))["F10"])


# --- judging --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    """The sample town as it is, where every nursery says its places."""
    folder = tmp_path_factory.mktemp("known")
    write_sample(folder)
    study = folder / "study.yaml"
    return workflow.run(study, until="assess", out_dir=folder / "out")[0]


def judged(known: StudyResult, says: np.ndarray) -> dict[tuple[str, str], Finding]:
    situation = replace(
        known.situation, facilities=replace(known.town.facilities, places=says.astype(float))
    )
    findings = evaluate(known.town.profile, situation, known.town.study.standards.levels)
    return {(f.clause_id, f.unit_id): f for f in findings if f.clause_id in (RATE, NEW, BUILT)}


@exactly
@given(data=st.data())
def test_a_verdict_stands_whatever_the_unknown_places_are(
    known: StudyResult, data: st.DataObject
) -> None:
    """Met with nothing in them is met; not met with any number in them is not met; else neither."""
    n = len(known.town.facilities)
    says = np.array(data.draw(st.lists(st.integers(0, 60), min_size=n, max_size=n)), dtype=float)
    unsaid = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    found = judged(known, np.where(unsaid, np.nan, says))
    none, any_number = (judged(known, np.where(unsaid, fill, says)) for fill in (0, 1_000_000))
    for key, finding in found.items():
        least, most = none[key].verdict, any_number[key].verdict
        assert finding.verdict == (least if least == most else "not_assessable"), key
        assert finding.measured == none[key].measured
        assert finding.required == none[key].required
        assert finding.at_most in (None, finding.measured)
        if finding.verdict == "not_assessable" and least != most:
            assert (finding.at_most, finding.gap, finding.people_short) == (None, None, None)


def test_the_sentence_says_how_many_are_unknown(known: StudyResult) -> None:
    says = known.town.facilities.places.copy()
    at = known.town.facilities.ids.index
    says[[at("F05"), at("F06")]] = np.nan
    county = judged(known, says)[RATE, "C1"]
    # 30 places of F11 and F13 stay known; F12 is not open.
    assert (county.verdict, county.measured) == ("not_assessable", Fraction(30))
    assert county.because_zh.endswith("进位需209个托位，已知30个托位，另有2处不详")
    assert county.because_en.endswith("209 places; 30 places known, of 2 more facilities it is not")
    says[at("F11")] = 10_000
    enough = judged(known, says)[RATE, "C1"]
    assert (enough.verdict, enough.gap) == ("met", 0)
    assert enough.because_zh.endswith("已知10,020个托位，另有2处不详")


def test_walks_do_not_ask_for_places(town: Path, tmp_path: Path) -> None:
    before, _ = workflow.run(town / "study.yaml", until="assess", out_dir=tmp_path / "a")
    blank(town, "托位数")
    after, _ = workflow.run(town / "study.yaml", until="assess", out_dir=tmp_path / "b")
    for service, within in before.situation.coverage.items():
        np.testing.assert_array_equal(
            within.nearest.ms, after.situation.coverage[service].nearest.ms
        )


# --- siting and the outputs -----------------------------------------------------------------


@pytest.fixture(scope="module")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    """The sample town of which no nursery says its places, with its plan."""
    folder = tmp_path_factory.mktemp("unknown")
    write_sample(folder)
    blank(folder, "托位数")
    return workflow.run(folder / "study.yaml", out_dir=folder / "out")


def test_nothing_is_planned_where_nobody_knows_what_is_missing(
    unknown: tuple[StudyResult, Path],
) -> None:
    result, _ = unknown
    assert result.plan is not None
    open_ends = {
        (f.clause_id, f.unit_id): f.unit_name
        for f in result.findings
        if f.verdict == "not_assessable" and f.clause_id in (RATE, NEW, BUILT)
        and "处不详" in f.because_zh
    }  # fmt: skip
    assert (RATE, "C1") in open_ends
    assert not {(u.clause_id, u.unit_id) for u in result.plan.unmet} & open_ends.keys()
    reasons = [why for site in result.plan.sites for why in site.because_zh.split("；")]
    for_places = [why for why in reasons if "个托位" in why]
    assert for_places  # areas without any nursery still need theirs
    assert not any(f"为{name}增" in why for name in open_ends.values() for why in for_places)
    after = of_clause(result.plan.findings, RATE)["C1"]
    assert after.verdict in ("met", "not_assessable")


def test_unknown_places_are_empty_in_every_table(unknown: tuple[StudyResult, Path]) -> None:
    _, folder = unknown
    layer = gpd.read_file(folder / "result.gpkg", layer="facilities_现有设施")
    is_nursery = layer["services"].str.contains("nursery")
    np.testing.assert_array_equal(layer["places"].isna(), is_nursery)
    assert (layer.loc[~is_nursery, "places"] == 0).all()
    with (folder / "data_check.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["done"] for row in rows] == ["doubtful"] * int(is_nursery.sum())
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    county = next(
        f
        for f in summary["findings"]
        if (f["state"], f["clause_id"], f["unit_id"]) == ("now", RATE, "C1")
    )
    assert (county["measured"], county["at_most"], county["gap"]) == (0, None, None)
    assert county["required"] == 209  # 46,312 × 4.5 / 1,000
    for path in ("findings.csv", "data_check.csv", "summary.json", "map.html"):
        text = (folder / path).read_text(encoding="utf-8")
        assert "nan个" not in text and "NaN个" not in text


def test_the_terminal_says_that_nothing_is_planned_for_them(
    town: Path, tmp_path: Path, planning_cli: Callable[..., Any]
) -> None:
    blank(town, "托位数")
    done = planning_cli("site", town / "study.yaml", "--out", tmp_path / "out")
    assert done.code == 0
    assert "条要求无法评估（见 findings.csv），方案没有为它们安排" in done.out
    assert "requirements cannot be assessed: nothing is planned for them" in done.out
