"""Counts by cell are fitted to official totals by unit; what cannot be met is said."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from planning import workflow
from planning.result import Town
from planning.sample import write_sample

Say = Callable[..., Town]


@pytest.fixture
def town(tmp_path: Path) -> Say:
    """The sample town with a table of official totals: (unit, people)."""
    write_sample(tmp_path)

    def check(*rows: tuple[str, object]) -> Town:
        lines = ["行政区划代码,常住人口", *(f"{unit},{people}" for unit, people in rows)]
        (tmp_path / "totals.csv").write_text("\n".join(lines) + "\n", encoding="gb18030")
        text = (tmp_path / "study.yaml").read_text(encoding="utf-8")
        totals = "\npopulation:\n  totals: {path: totals.csv}\n"
        (tmp_path / "fitted.yaml").write_text(
            text.replace("\npopulation:\n", totals), encoding="utf-8"
        )
        return workflow.check(tmp_path / "fitted.yaml")

    return check


def people_of(town: Town, level: str) -> np.ndarray:
    at = town.demand.place[level]
    return np.bincount(at[at >= 0], weights=town.demand.people["total"][at >= 0])


def said(town: Town) -> str:
    return " ".join(note.en for note in town.notes if note.about == "population.totals")


def test_streets_have_their_official_people_and_cells_keep_their_ratios(town: Say) -> None:
    plain = town(("S1", 18_000))  # one street only: the others stay as they are
    fitted = town(("S1", 20_000), ("S2", 10_000), ("S3", 16_000))
    np.testing.assert_allclose(people_of(fitted, "street"), [20_000, 10_000, 16_000], rtol=1e-9)
    assert people_of(plain, "street")[0] == pytest.approx(18_000, rel=1e-9)
    here = fitted.demand.place["street"] == 1
    ratio = fitted.demand.people["total"][here] / plain.demand.people["total"][here]
    assert np.ptp(ratio) < 1e-9
    share = fitted.demand.people["elderly"] / fitted.demand.people["total"]
    assert np.ptp(share) < 1e-12
    assert "fitted to the official totals of 3 units" in said(fitted)
    assert "without a total" not in said(fitted)
    assert "units of level street where people live but without a total: 2" in said(plain)


def test_nested_levels_are_met_together(town: Say) -> None:
    found = town(("C1", 46_000), ("S1", 20_000), ("S2", 10_000))
    np.testing.assert_allclose(people_of(found, "street"), [20_000, 10_000, 16_000], rtol=1e-9)
    assert people_of(found, "county")[0] == pytest.approx(46_000, rel=1e-9)


def test_totals_that_contradict_each_other_are_named(town: Say) -> None:
    found = town(("C1", 50_000), ("S1", 20_000), ("S2", 10_000), ("S3", 16_000))
    np.testing.assert_allclose(people_of(found, "street"), [20_000, 10_000, 16_000], rtol=1e-9)
    assert "officially 50,000, fitted 46,000" in said(found)


def test_units_of_other_places_are_passed_over(town: Say) -> None:
    found = town(("510100", 20_937_757), ("S1", 20_000))
    assert people_of(found, "street")[0] == pytest.approx(20_000, rel=1e-9)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("S1", 100), ("S1", 200)], "row 3: found unit S1 twice"),
        ([("S1", "约2万")], "row 2: found '约2万'"),
        ([("S1", -5)], "row 2: found '-5'"),
        ([("X9", 5)], "found no unit of the area"),
    ],
)
def test_totals_that_cannot_be_used(town: Say, rows: list[tuple[str, object]], found: str) -> None:
    with pytest.raises(ValueError, match=r"population\.totals") as caught:
        town(*rows)
    assert found in str(caught.value)


def test_huangpus_raster_is_fitted_to_its_census(shared_data: Path, tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml").read_text("utf-8")
    census = "census2020_county_age/census2020_county_age.csv"
    totals = f"\npopulation:\n  totals: {{path: {census}, columns: {{people: pop_total}}}}\n"
    study = tmp_path / "fitted.yaml"
    study.write_text(text.replace("\npopulation:\n", totals), encoding="utf-8")
    demand = workflow.check(study, data_dir=shared_data).demand
    counted = ~demand.is_planned  # people of areas planned since come on top of the census
    assert demand.total("total", counted) == pytest.approx(662_030, rel=1e-9)
    assert demand.total("elderly", counted) == pytest.approx(176_127, rel=1e-9)
    assert demand.total("under_3", counted) == pytest.approx(9_496.5, rel=1e-9)


def in_a_table(tmp_path: Path, table: str, population: str, groups: str = "") -> Town:
    """The sample town with a table t.csv under `population` or `groups`."""
    write_sample(tmp_path)
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    text = (tmp_path / "study.yaml").read_text(encoding="utf-8")
    text = text.replace("\npopulation:\n", f"\npopulation:\n{population}")
    text = text.replace("\ngroups:\n", f"\ngroups:\n{groups}")
    (tmp_path / "table.yaml").write_text(text, encoding="utf-8")
    return workflow.check(tmp_path / "table.yaml")


def test_ids_of_units_that_are_none_are_refused(tmp_path: Path) -> None:
    table = "编号,常住人口\n甲街道,20000\nC1,46000\n"
    with pytest.raises(ValueError, match=r"population.totals.ids: found no unit S9"):
        in_a_table(tmp_path, table, "  totals: {path: t.csv, ids: {S9: 甲街道}}\n")


def test_totals_in_ten_thousands_are_as_many(tmp_path: Path) -> None:
    table = "编号,常住人口（万人）\nS1,2\nS2,1.0\nS3,1.6万\n"
    town = in_a_table(tmp_path, table, "  totals: {path: t.csv}\n")
    np.testing.assert_allclose(people_of(town, "street"), [20_000, 10_000, 16_000], rtol=1e-9)
    assert "numbers under '常住人口（万人）' are in tens of thousands" in said(town)


OF_THE_POOR = """  poor:
    label: 低收入
    table: {path: t.csv, columns: {share: 占比（‰）}}
    source: 虚构 invented
"""


def test_shares_are_as_their_heading_says(tmp_path: Path) -> None:
    town = in_a_table(tmp_path, "编号,占比（‰）\nC1,5\n", "", OF_THE_POOR)
    poor, total = town.demand.people["poor"].sum(), town.demand.people["total"].sum()
    assert poor / total == pytest.approx(0.005, rel=0.05)


def test_shares_of_one_under_a_heading_in_per_mille_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a heading in % or ‰ over numbers of"):
        in_a_table(tmp_path, "编号,占比（‰）\nC1,0.9\n", "", OF_THE_POOR)
