"""Groups that a table counts by unit: spread as those they are part of, nobody made or lost."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from planning import workflow
from planning.errors import StudyError
from planning.result import Town
from planning.sample import write_sample

Say = Callable[..., Town]

DISABLED = """
  disabled:
    label: 失能老人
    within: elderly
    table: {path: disabled.csv, columns: {id: 单元, COLUMN: 失能}}
    source: 示意 illustrative
"""


@pytest.fixture
def town(tmp_path: Path) -> Say:
    """The sample town with a table of its disabled old people: (unit, people or share)."""
    write_sample(tmp_path)

    def check(*rows: tuple[str, object], column: str = "people", more: str = "") -> Town:
        lines = ["单元,失能", *(f'{unit},"{people}"' for unit, people in rows)]
        (tmp_path / "disabled.csv").write_text("\n".join(lines) + "\n", encoding="gb18030")
        text = (tmp_path / "study.yaml").read_text(encoding="utf-8")
        groups = "\ngroups:" + DISABLED.replace("COLUMN", column) + more
        (tmp_path / "with.yaml").write_text(text.replace("\ngroups:\n", groups), encoding="utf-8")
        return workflow.check(tmp_path / "with.yaml")

    return check


def by_street(town: Town, group: str) -> np.ndarray:
    at = town.demand.place["street"]
    return np.bincount(at[at >= 0], weights=town.demand.people[group][at >= 0])


def said(town: Town) -> str:
    return " ".join(note.en for note in town.notes if note.about == "groups.disabled.table")


def test_every_street_has_its_figure_spread_as_its_old_people_are(town: Say) -> None:
    found = town(("S1", 300), ("S2", "1,000"), ("S3", 0))
    np.testing.assert_allclose(by_street(found, "disabled"), [300, 1_000, 0], rtol=1e-9, atol=1e-9)
    for street, people in enumerate([300, 1_000, 0]):
        here = found.demand.place["street"] == street
        elderly = found.demand.people["elderly"][here]
        plain = elderly * people / elderly.sum()
        np.testing.assert_allclose(found.demand.people["disabled"][here], plain, rtol=1e-9)
    assert "by the figures of 3 units: 1,300 persons in the area" in said(found)


def test_streets_without_a_figure_take_the_share_of_the_others_and_that_is_told(town: Say) -> None:
    found = town(("S1", 300), ("S3", 600))
    elderly, disabled = by_street(found, "elderly"), by_street(found, "disabled")
    share = 900 / (elderly[0] + elderly[2])
    np.testing.assert_allclose(disabled, [300, elderly[1] * share, 600], rtol=1e-9)
    assert f"{disabled[1]:,.0f} of them in units that the table does not have" in said(found)


def test_rows_of_other_places_are_passed_over_and_told(town: Say) -> None:
    found = town(("S1", 300), ("510100", 7), ("510101", 8))
    assert by_street(found, "disabled")[0] == pytest.approx(300, rel=1e-9)
    assert "2 rows are of no unit of the area and passed over: 510100, 510101" in said(found)


def test_levels_that_contradict_each_other_are_named(town: Say) -> None:
    found = town(("C1", 2_000), ("S1", 300), ("S2", 500), ("S3", 200))
    np.testing.assert_allclose(by_street(found, "disabled"), [300, 500, 200], rtol=1e-9)
    assert "officially 2,000, fitted 1,000" in said(found)


def test_a_county_figure_fills_what_its_streets_leave(town: Say) -> None:
    found = town(("C1", 1_000), ("S1", 300))
    elderly, disabled = by_street(found, "elderly"), by_street(found, "disabled")
    rest = elderly[1:] * 700 / elderly[1:].sum()
    np.testing.assert_allclose(disabled, [300, *rest], rtol=1e-9)


@pytest.mark.parametrize("half", ["0.5", "50%", "50％", "0.50"])
def test_shares_are_of_those_they_are_part_of(town: Say, half: str) -> None:
    found = town(("S1", half), ("S2", "12.5%"), ("S3", 0), column="share")
    elderly = by_street(found, "elderly")
    expected = [float(f * e) for f, e in zip([Fraction(1, 2), Fraction(1, 8), 0], elderly)]  # noqa: B905
    np.testing.assert_allclose(by_street(found, "disabled"), expected, rtol=1e-9, atol=1e-9)


LATER = """
projection:
  year: 2035
  rate: -1%
  group_rates: {elderly: 3%}
  source: 示意 illustrative
"""


def test_in_a_later_year_a_part_goes_as_those_it_is_part_of(town: Say, tmp_path: Path) -> None:
    now = town(("S1", 300), ("S2", 1_000), ("S3", 0), more=ALONE.replace("share", "people"))
    study = tmp_path / "later.yaml"
    text = (tmp_path / "with.yaml").read_text(encoding="utf-8")
    text = text.replace("\nresidential_areas:\n", LATER + "\nresidential_areas:\n")
    study.write_text(text, encoding="utf-8")
    later = workflow.check(study).demand
    counted = {group: people[~later.is_planned] for group, people in later.people.items()}
    for group in ("elderly", "disabled", "alone"):
        np.testing.assert_allclose(counted[group], now.demand.people[group] * 1.03**10, rtol=1e-9)
    np.testing.assert_allclose(counted["total"], now.demand.people["total"] * 0.99**10, rtol=1e-9)


ALONE = """
  alone:
    label: 独居失能老人
    within: disabled
    table: {path: disabled.csv, columns: {id: 单元, share: 失能}}
    source: 示意 illustrative
"""


def test_a_group_within_a_group_whatever_the_order(town: Say) -> None:
    found = town(("S1", "0.5"), ("S2", "0.1"), ("S3", "0.2"), column="share", more=ALONE)
    np.testing.assert_allclose(
        by_street(found, "alone"),
        by_street(found, "elderly") * np.square([0.5, 0.1, 0.2]),
        rtol=1e-9,
    )


def test_households_are_counted_and_no_service_is_for_them(town: Say, tmp_path: Path) -> None:
    households = DISABLED.replace("disabled:", "homes:").replace(
        "within: elderly", "unit: households"
    )
    found = town(("S1", 300), more=households.replace("COLUMN", "people"))
    told = [note.zh for note in found.notes if note.about == "groups.homes.table"]
    assert any(zh.endswith("户") for zh in told)
    text = (tmp_path / "with.yaml").read_text(encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(
        text.replace("group: under_3", "group: homes"), encoding="utf-8"
    )
    with pytest.raises(StudyError, match="'homes'"):
        workflow.check(tmp_path / "wrong.yaml")


@pytest.mark.parametrize(
    ("rows", "column", "found"),
    [
        ([("S1", 100), ("S1", 200)], "people", "row 3: found unit S1 twice"),
        ([("S1", "不详")], "people", "row 2: found '不详'"),
        ([("S1", -1)], "people", "row 2: found '-1'"),
        ([("S1", "inf")], "people", "row 2: found 'inf'"),
        ([("S1", "1,5")], "people", "row 2: found '1,5'"),
        ([("S1", "12,3456")], "people", "row 2: found '12,3456'"),
        ([("S1", "50%")], "people", "row 2: found '50%'"),
        ([("S1", "1.2")], "share", "row 2: found '1.2'"),
        ([("S1", "120%")], "share", "row 2: found '120%'"),
        ([("X1", 5)], "people", "found no unit of the area"),
        ([("S1", 90_000)], "people", "found 90,000 in 禾北街道"),
    ],
)
def test_tables_that_cannot_be_used(
    town: Say, rows: list[tuple[str, object]], column: str, found: str
) -> None:
    with pytest.raises(ValueError, match=r"groups\.disabled\.table") as caught:
        town(*rows, column=column)
    assert found in str(caught.value)


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        ("within: elderly", "within: disabled", "'disabled'"),
        ("within: elderly", "within: nobody", "'nobody'"),
        ("COLUMN: 失能", "id: 单元", "columns with \\[\\]"),
        ("COLUMN: 失能", "people: 失能, share: 失能", "columns with \\['people', 'share'\\]"),
        ("    within: elderly\n", "    count: 1\n    of: 2\n", "count, of, table"),
    ],
)
def test_a_study_that_says_it_wrong(tmp_path: Path, was: str, now: str, found: str) -> None:
    write_sample(tmp_path)
    (tmp_path / "disabled.csv").write_text("单元,失能\nS1,1\n", encoding="utf-8")
    text = (tmp_path / "study.yaml").read_text(encoding="utf-8")
    said = DISABLED.replace(was, now).replace("{id: 单元, id: 单元}", "{id: 单元}")
    said = said.replace("COLUMN", "people")
    (tmp_path / "wrong.yaml").write_text(
        text.replace("\ngroups:\n", "\ngroups:" + said), encoding="utf-8"
    )
    with pytest.raises(StudyError, match=found):
        workflow.check(tmp_path / "wrong.yaml")


def test_a_circle_of_groups_is_refused(tmp_path: Path) -> None:
    write_sample(tmp_path)
    (tmp_path / "disabled.csv").write_text("单元,失能\nS1,1\n", encoding="utf-8")
    text = (tmp_path / "study.yaml").read_text(encoding="utf-8")
    circle = (
        DISABLED.replace("within: elderly", "within: alone").replace("COLUMN", "people") + ALONE
    )
    (tmp_path / "wrong.yaml").write_text(
        text.replace("\ngroups:\n", "\ngroups:" + circle), encoding="utf-8"
    )
    with pytest.raises(StudyError, match="no circle"):
        workflow.check(tmp_path / "wrong.yaml")


def test_huangpus_households_are_those_of_the_census(shared_data: Path, tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml").read_text("utf-8")
    homes = """
groups:
  households:
    label: 家庭户
    unit: households
    table:
      path: census2020_county_age/census2020_county_age.csv
      columns: {people: households}
    source: 2020年第七次全国人口普查
"""
    study = tmp_path / "households.yaml"
    study.write_text(text.replace("\ngroups:\n", homes), encoding="utf-8")
    demand = workflow.check(study, data_dir=shared_data).demand
    census = shared_data / "census2020_county_age" / "census2020_county_age.csv"
    (line,) = [at for at in census.read_text("utf-8-sig").splitlines() if at.startswith("310101")]
    heads = census.read_text("utf-8-sig").splitlines()[0].split(",")
    said = float(line.split(",")[heads.index("households")])
    assert demand.total("households", ~demand.is_planned) == pytest.approx(said, rel=1e-9)
