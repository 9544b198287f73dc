"""Whether what ``--explain`` asks about will be judged is known before anything is walked."""

from __future__ import annotations

from pathlib import Path

import pytest

from planning import workflow
from planning.errors import StudyError
from planning.result import StudyResult
from planning.standards.alike import alike
from planning.standards.asked import check_asked

RATE = "SC-2021-57/1.0/nursery-rate-2025"


@pytest.fixture(scope="module")
def result(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    out = tmp_path_factory.mktemp("out")
    documents = ["CD", "JS"]
    study = sample_folder / "study.yaml"
    return workflow.run(study, out_dir=out, until="assess", documents=documents)[0]


def check(result: StudyResult, *asked: tuple[str, str]) -> None:
    town, spec = result.town, result.town.study.standards
    check_asked(asked, town.documents, town.area, adopted=spec.levels, year=spec.year)


def test_what_passes_is_what_was_judged(result: StudyResult) -> None:
    """Every clause of every document against every unit there is, beside the findings."""
    judged: set[tuple[str, str]] = set()
    for findings in (result.findings, *result.findings_beside):
        judged |= {(f.clause_id, name) for f in findings for name in (f.unit_id, f.unit_name)}
    area = result.town.area
    assert area.residential is not None
    units = [*(u for level in area.levels for u in level.ids), *area.residential.ids]
    names = [*(u for level in area.levels for u in level.names), *area.residential.names]
    both = {True: 0, False: 0}
    for clause_id in {c.id for profile in result.town.documents for c in profile.clauses}:
        for unit in {*units, *names}:
            passes = True
            try:
                check(result, (clause_id, unit))
            except StudyError:
                passes = False
            assert passes == ((clause_id, unit) in judged), (clause_id, unit)
            both[passes] += 1
    assert min(both.values()) > 100


def test_everything_that_is_unknown_is_told_at_once_with_what_comes_near(
    result: StudyResult,
) -> None:
    with pytest.raises(StudyError) as caught:
        check(result, ("SC-2021-57/1.0/nursery-rate", "C1"), (RATE, "C1"), (RATE, "新禾"))
    clause, unit = caught.value.faults
    assert clause.where == unit.where == "--explain"
    assert "SC-2021-57/1.0/nursery-rate" in clause.found[1]
    assert all(RATE in said for said in clause.expected)
    assert all("新禾新城" in said and RATE in said for said in unit.expected)


def test_a_clause_that_meets_no_unit_of_the_study_says_so(result: StudyResult) -> None:
    listed = next(c for p in result.town.documents for c in p.clauses if c.treatment == "listed")
    with pytest.raises(StudyError, match="of which this study has none"):
        check(result, (listed.id, "C1"))


def test_nothing_asked_is_nothing_wrong(result: StudyResult) -> None:
    check(result)


@pytest.mark.parametrize(
    ("text", "near"),
    [("land", ["elder-land", "LAND/2"]), ("elder-lnad", ["elder-land"]), ("zzz", []), ("", [])],
)
def test_names_come_near_that_hold_the_text_or_are_written_much_like_it(
    text: str, near: list[str]
) -> None:
    assert alike(text, ["elder-land", "nursery", "LAND/2"]) == near
