"""Groups that come first: floors that the study sets, judged, posed and audited as clauses."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from planning import workflow
from planning.errors import StudyError
from planning.result import StudyResult
from planning.sample import write_sample

TABLE = """
groups:
  disabled:
    label: 失能老人
    within: elderly
    table: {path: disabled.csv, columns: {id: 单元, people: 人}}
    source: 示意 illustrative
"""
FLOOR = """    group: elderly
    priorities: {disabled: {at_least: FLOOR, weight: WEIGHT, source: 局里的要求}}
"""


def run(folder: Path, *, floor: str, weight: str = "1", levels: str = "") -> StudyResult:
    write_sample(folder)
    (folder / "disabled.csv").write_text("单元,人\nS1,0\nS2,0\nS3,900\n", encoding="utf-8")
    text = (folder / "study.yaml").read_text(encoding="utf-8").replace("\ngroups:\n", TABLE)
    said = FLOOR.replace("FLOOR", floor).replace("WEIGHT", weight + levels)
    text = text.replace("    group: elderly\n", said)
    (folder / "first.yaml").write_text(text, encoding="utf-8")
    return workflow.run(folder / "first.yaml", out_dir=folder / "out")[0]


def test_a_floor_is_judged_by_the_groups_own_people(tmp_path: Path) -> None:
    result = run(tmp_path, floor="0.99")
    (finding,) = [f for f in result.findings if f.clause_id == "study/elder_care/disabled"]
    covered = result.situation.coverage["elder_care"].covered
    people = result.town.demand.people["disabled"]
    plain = Fraction(round(float(people[covered].sum())), round(float(people.sum())))
    assert finding.document.startswith("本研究设定")
    assert finding.level == "county"
    assert finding.measured == plain
    assert finding.required == Fraction(99, 100)
    assert finding.verdict == ("met" if plain >= Fraction(99, 100) else "not_met")


def test_siting_meets_the_floor_or_says_what_is_missing(tmp_path: Path) -> None:
    result = run(tmp_path, floor="1.0", weight="3")
    assert result.plan is not None
    (before,) = [f for f in result.findings if f.clause_id == "study/elder_care/disabled"]
    assert before.verdict == "not_met"
    after = {f.clause_id: f for f in result.plan.findings}["study/elder_care/disabled"]
    assert before.measured is not None and after.measured is not None
    assert after.measured > before.measured
    missing = [u for u in result.plan.unmet if u.clause_id == "study/elder_care/disabled"]
    assert (after.verdict == "met") == (not missing)


def test_who_is_left_out_counts_by_weight(tmp_path: Path) -> None:
    once = run(tmp_path / "a", floor="1.0")
    thrice = run(tmp_path / "b", floor="1.0", weight="3")
    assert once.plan is not None and thrice.plan is not None
    (left,) = [u.missing for u in once.plan.unmet if u.clause_id.startswith("study/")]
    assert left > 100
    twice_more = thrice.plan.people_short - once.plan.people_short
    assert twice_more == pytest.approx(2 * left, abs=2)  # `left` is in whole persons
    assert any("counts as 3" in note.en for note in thrice.town.notes)


def test_a_floor_may_hold_in_every_street(tmp_path: Path) -> None:
    result = run(tmp_path, floor="0.9", levels=", levels: [street]")
    levels = [f.level for f in result.findings if f.clause_id == "study/elder_care/disabled"]
    assert levels == ["street"] * 3
    verdicts = {
        f.unit_id: f.verdict for f in result.findings if f.clause_id == "study/elder_care/disabled"
    }
    assert verdicts["S1"] == verdicts["S2"] == "not_assessable"  # none of them live there


@pytest.mark.parametrize("group", ["elderly", "total", "nobody"])
def test_a_floor_is_for_another_group_that_is_there(tmp_path: Path, group: str) -> None:
    write_sample(tmp_path)
    text = (tmp_path / "study.yaml").read_text(encoding="utf-8")
    said = f"    group: elderly\n    priorities: {{{group}: {{at_least: 1.0, source: 无}}}}\n"
    (tmp_path / "wrong.yaml").write_text(
        text.replace("    group: elderly\n", said), encoding="utf-8"
    )
    with pytest.raises(StudyError, match=f"'{group}'"):
        workflow.check(tmp_path / "wrong.yaml")


def test_a_base_of_registered_people_is_named_wherever_people_are_counted(tmp_path: Path) -> None:
    write_sample(tmp_path)
    text = (tmp_path / "study.yaml").read_text(encoding="utf-8")
    (tmp_path / "registered.yaml").write_text(
        text.replace("  unit: persons ", "  base: registered\n  unit: persons "), encoding="utf-8"
    )
    result, _ = workflow.run(tmp_path / "registered.yaml", out_dir=tmp_path, until="assess")
    said = {f.clause_id.split("/", 1)[1]: f.because_zh for f in result.findings
            if f.level == "county"}  # fmt: skip
    assert said["2.1/elder-land"].startswith("户籍人口46,312人×0.1平方米")
    assert said["1.0/nursery-rate-2025"].startswith("户籍人口46,312人×4.5/千人")
    assert "：户籍60岁及以上8,327人" in said["2.1/age-distribution#elder"]
    assert not any("常住" in f.because_zh for f in result.findings)
    assert any(note.about == "population.base" for note in result.town.notes)
    assert np.isfinite(result.town.demand.total("total"))
