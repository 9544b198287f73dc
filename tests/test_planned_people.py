"""People of planned areas live there from the year of delivery on: the tiny town of 2026."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from test_tiny_town import BY_HAND as IN_2025

from planning import workflow
from planning.area import RESIDENTIAL
from planning.errors import InputError, StudyError
from planning.result import StudyResult, Town

TOWN = Path(__file__).parent / "tiny_town"
FILES = ("units.geojson", "areas.geojson", "people.asc", "people.prj", "town.osm")
TABLES = ("facilities.csv", "candidates.csv")

BY_HAND = {
    # The tiny town's README, "The year 2026"; the others are as in 2025.
    **IN_2025,
    ("nursery-rate-2025", "T"): ("met", 12, 9, 0, 0),
    ("elder-land", "T"): ("met", 300, Fraction("198.8"), 0, 0),
    ("elder-land", "O"): ("not_met", 0, Fraction("152.8"), Fraction("152.8"), 1528),
    ("nursery-new", "R2"): ("not_met", 0, 13, 13, 1260),
    ("circle-15min", "T"): (
        "not_met",
        Fraction(115, 497),
        Fraction(9, 10),
        Fraction(9, 10) - Fraction(115, 497),
        333,
    ),
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    out = tmp_path_factory.mktemp("out")
    return workflow.run(TOWN / "study.yaml", scenario="opened", out_dir=out)


Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def town(tmp_path: Path) -> Callable[..., Town]:
    """Check the tiny town of 2026 with another study text or other residential areas."""

    def check(*edits: tuple[str, str], areas: dict[str, dict[str, Any]] | None = None) -> Town:
        for name in (*FILES, *TABLES):
            (tmp_path / name).write_bytes((TOWN / name).read_bytes())
        layer = json.loads((TOWN / "areas.geojson").read_text(encoding="utf-8"))
        for feature in layer["features"]:
            feature["properties"] |= (areas or {}).get(feature["properties"]["area_id"], {})
        (tmp_path / "areas.geojson").write_text(json.dumps(layer), encoding="utf-8")
        text = (TOWN / "study.yaml").read_text(encoding="utf-8")
        for old, new in [("year: 2025", "year: 2026"), *edits]:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        return workflow.check(tmp_path / "study.yaml")

    return check


def said(found: Town, words: str) -> bool:
    return any(words in note.en for note in found.notes)


def test_the_residents_of_2026_are_those_of_2025_and_the_planned(
    opened: tuple[StudyResult, Path],
) -> None:
    demand = opened[0].town.demand
    assert demand.total("total") == pytest.approx(728 + 1260, abs=1e-9)
    assert demand.total("elderly") == pytest.approx(182 + 315, abs=1e-9)
    assert demand.of_year[1].endswith(", and those of planned areas")
    assert demand.total("total", demand.is_planned) == pytest.approx(1260, abs=1e-9)
    assert (demand.people_in_source, demand.people_outside, demand.people_gone) == (783, 55, 0)


def test_the_planned_come_on_top_of_those_projected_and_that_is_told(
    town: Callable[..., Town],
) -> None:
    projected = """projection:
  year: 2026
  rate: 10%
  source: 示意 illustrative
groups:
"""
    found = town(("unit: persons", "unit: persons, year: 2024"), ("groups:\n", projected))
    assert found.demand.total("total") == pytest.approx(728 * 1.1**2 + 1260, rel=1e-9)
    assert said(found, "the 1,260 people of planned areas come on top of those projected")


def test_findings_of_2026(opened: tuple[StudyResult, Path]) -> None:
    found = {
        (f.clause_id.rsplit("/")[-1], f.unit_id): (
            f.verdict,
            f.measured,
            f.required,
            f.gap,
            f.people_short,
        )
        for f in opened[0].findings
        if f.role == "requirement"
    }
    assert found == BY_HAND


def test_findings_say_whom_they_count_and_why_an_area_is_new(
    opened: tuple[StudyResult, Path],
) -> None:
    because = {(f.clause_id.rsplit("/")[-1], f.unit_id): f.because_zh for f in opened[0].findings}
    assert because["elder-land", "T"].startswith("常住人口1,988人（含规划居住区1,260人）×0.1平方米")
    assert because["elder-land", "W"].startswith("常住人口460人×0.1平方米")
    assert because["nursery-new", "R2"].startswith("规划人口1,260人×10/千人")
    assert because["nursery-new", "R2"].endswith("；新建居住区（按状态），2026年交付")
    assert because["nursery-built", "R1"].endswith("；已建成居住区（按状态），2005年交付")


@pytest.mark.parametrize(
    ("service", "group", "by_hand"),
    [
        ("elder_care", "elderly", (497, 115, 312.5, 69.5)),
        ("nursery", "total", (1988, 1610, 100, 278)),
    ],
)
def test_coverage_of_2026(
    opened: tuple[StudyResult, Path],
    service: str,
    group: str,
    by_hand: tuple[float, float, float, float],
) -> None:
    result = opened[0]
    ledger = result.situation.coverage[service].ledger(result.town.demand.people[group])
    found = ledger.people, ledger.covered, ledger.unserved, ledger.unreachable
    assert found == pytest.approx(by_hand, abs=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "elder_care", "nursery"),
    [
        (1031.25, 0, 901.25, 341.25),
        (1150, 150, 1170, 610),
        (1250, -50, 1140.7, 580.7),
        (1250, 150, 1228.1, 668.1),
        (1050, 250, 1170, 210),
        (1150, 250, None, None),
        (1250, 250, None, None),
    ],
)
def test_walks_of_2026(
    opened: tuple[StudyResult, Path],
    x: float,
    y: float,
    elder_care: float | None,
    nursery: float | None,
) -> None:
    demand, coverage = opened[0].town.demand, opened[0].situation.coverage
    away_m = np.hypot(demand.x_m - 500_000 - x, demand.y_m - 3_386_000 - y)
    assert demand.is_planned[away_m.argmin()] and away_m.min() < 0.1
    for service, by_hand in (("elder_care", elder_care), ("nursery", nursery)):
        ms = coverage[service].nearest.ms[away_m.argmin()]
        assert ms == -1 if by_hand is None else ms / 1000 == pytest.approx(by_hand, abs=0.1)


def test_the_plan_of_2026_serves_the_people_who_moved_in(
    opened: tuple[StudyResult, Path],
) -> None:
    result = opened[0]
    assert result.plan is not None
    sites = [(s.candidate_id, s.places, s.floor_m2, s.cost_yuan) for s in result.plan.sites]
    assert sites == [("K1", 0, 400, 500_000), ("K3", 20, 200, 250_000), ("K4", 20, 200, 250_000)]
    after = result.plan.situation.coverage["elder_care"]
    assert after.ledger(result.town.demand.people["elderly"]).covered == pytest.approx(427.5)
    missing = {(u.unit_id, u.unit): u.missing for u in result.plan.unmet}
    assert missing["O", "m2"] == pytest.approx(102.8)


def test_the_run_folder_tells_of_every_area_what_it_is_and_who_is_there(
    opened: tuple[StudyResult, Path],
) -> None:
    folder = opened[1]
    table = pd.read_csv(folder / "residential_areas.csv").set_index("area_id")
    row = table.loc["R2"]
    assert (row["status"], row["status_by"], row["held_to"]) == ("new", "status", "planned")
    assert (row["delivery_year"], row["planned_people"]) == (2026, 1260)
    assert pd.isna(row["households"]) and pd.isna(row["land_date"])
    assert (row["residents"], row["moved_in"]) == pytest.approx((1340, 1260))
    assert table.loc["R1", ["status", "held_to"]].tolist() == ["built", "residents"]
    assert table["moved_in"].sum() == pytest.approx(1260)
    layer = gpd.read_file(folder / "result.gpkg", layer="residential_居住区体检")
    for name in ("status", "status_by", "held_to", "area_id"):
        assert layer[name].tolist() == table.reset_index()[name].tolist()
    assert layer["planned_people"].tolist() == table["planned_people"].tolist()
    assert layer.set_index("area_id").loc["R2", "nursery_new_now"] == "not_met"
    people = gpd.read_file(folder / "result.gpkg", layer="demand_人口格网")
    planned = people["planned_area_id"] == "R2"
    assert people["planned_area_id"].dropna().unique().tolist() == ["R2"]
    assert people.loc[planned, "people"].sum() == pytest.approx(1260)
    assert people.loc[planned].union_all().area == pytest.approx(300 * 400, abs=1)
    total = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["people"]["total"]
    assert total["moved_in"] == pytest.approx(1260) and total["moved_out"] == 0
    assert total["in_area"] == pytest.approx(
        total["in_raster"] - total["outside_area"] + total["moved_in"] - total["moved_out"]
    )


def test_check_prints_the_planned_areas(planning_cli: Callable[..., Any]) -> None:
    done = planning_cli("check", TOWN / "study.yaml", "--scenario", "opened", "--quiet")
    assert done.out == ""
    done = planning_cli("check", TOWN / "study.yaml", "--scenario", "opened")
    assert "规划居住区 planned residential areas: 1" in done.out
    assert "新建居住区（按状态），2026年交付" in done.out
    done = planning_cli("check", TOWN / "study.yaml", "--scenario", "opened", "--json")
    areas = {area["area_id"]: area for area in json.loads(done.out)["residential_areas"]}
    assert areas["R2"]["planned_people"] == 1260 and areas["R1"]["land_date"] is None
    assert areas["R2"]["moved_in"] == pytest.approx(1260)


# --- who lives there when ---------------------------------


@pytest.mark.parametrize(
    ("assessed", "counted", "area", "planned_here"),
    [
        ("2026", None, {}, 1260),  # delivered in the year itself
        ("2025", None, {}, 0),
        ("2027", None, {}, 1260),
        (None, None, {}, 1260),  # no year: all
        (None, None, {"delivery_year": 2090}, 1260),
        ("2026", None, {"delivery_year": None}, 0),  # nobody says when
        (None, None, {"delivery_year": None}, 1260),
        ("2026", "2025", {}, 1260),
        ("2026", "2026", {}, 0),  # the count of 2026 has them
        ("2027", "2026", {}, 0),
        ("2030", "2026", {"delivery_year": 2028}, 1260),
        # Homes that stand are in the count, unless they are younger than it.
        ("2026", None, {"status": "built", "delivery_year": 2024}, 0),
        ("2026", "2020", {"status": "built", "delivery_year": 2024}, 1260),
        ("2026", "2020", {"status": "built", "delivery_year": None}, 0),
    ],
)
def test_planned_people_live_there_once_delivered_and_are_not_counted_twice(
    town: Callable[..., Town],
    assessed: str | None,
    counted: str | None,
    area: dict[str, Any],
    planned_here: int,
) -> None:
    edits = [("  year: 2026\n", f"  year: {assessed}\n" if assessed else "")]
    if counted:
        edits.append(("unit: persons,", f"unit: persons, year: {counted},"))
    found = town(*edits, areas={"R2": area})
    assert found.demand.total("total") == pytest.approx(728 + planned_here)
    assert found.demand.total("total", found.demand.is_planned) == pytest.approx(planned_here)


def test_what_was_assumed_about_the_years_is_told(town: Callable[..., Town]) -> None:
    assert said(town(), "1,260 planned people count as residents")
    assert said(town(), "areas delivered by 2026: 1")
    assert said(town(), "population.year is not given")
    assert said(town(("  year: 2026\n", "")), "no year is given: all")
    later = town(areas={"R2": {"delivery_year": 2027}})
    assert said(later, "planned areas delivered after 2026: 1; their 1,260 planned people are no")
    unknown = town(areas={"R2": {"delivery_year": None}})
    assert said(unknown, "planned areas delivered after 2026 or without a year (1): 1")
    counted = town(("unit: persons,", "unit: persons, year: 2026,"))
    assert said(counted, "their residents are those counted (80), their 1,260 planned people")


def test_an_area_not_delivered_answers_for_its_planned_people_all_the_same() -> None:
    assert IN_2025["nursery-new", "R2"] == BY_HAND["nursery-new", "R2"]


def test_built_after_the_count_without_planned_people_is_told(town: Callable[..., Town]) -> None:
    """R3 stands since 2022 and nobody says for how many: the count of 2020 cannot have them."""
    year = ("unit: persons,", "unit: persons, year: 2020,")
    found = town(year, areas={"R3": {"delivery_year": 2022}})
    assert said(found, "built after people were counted in 2020, without planned people: 1")
    assert not said(town(year), "without planned people: 1")


# --- those who live there already -------------------------


def test_who_lives_inside_stays_and_is_told(town: Callable[..., Town]) -> None:
    found = town()
    assert said(found, "80 people are counted inside these areas: they stay")
    assert found.demand.people_gone == 0


@pytest.mark.parametrize("word", ["否", "no"])
def test_who_does_not_stay_makes_way(town: Callable[..., Town], word: str) -> None:
    found = town(areas={"R2": {"residents_stay": word}})
    demand = found.demand
    assert demand.total("total") == pytest.approx(728 - 80 + 1260)
    assert demand.total("elderly") == pytest.approx((728 - 80 + 1260) / 4)
    assert demand.people_gone == 80
    assert said(found, "80 people counted make way for the planned")
    assert said(found, "783 people in the source, 728 inside the area (6 points), 55 outside")


def test_nobody_leaves_before_the_area_is_delivered(town: Callable[..., Town]) -> None:
    later = {"residents_stay": "no", "delivery_year": 2027}
    assert town(areas={"R2": later}).demand.total("total") == 728


def test_a_word_that_is_neither_yes_nor_no_is_refused(town: Callable[..., Town]) -> None:
    with pytest.raises(InputError, match="row 2: found residents_stay 'maybe'; expected yes or no"):
        town(areas={"R2": {"residents_stay": "maybe"}})


# --- groups among them ------------------------------------

UNDER_3 = (
    "  elderly: {label: 60岁及以上",
    "  under_3: {label: 3岁以下, count: 1, of: 50, source: 测试}\n  elderly: {label: 60岁及以上",
)
LAYER = "residential_areas: {path: areas.geojson, "


def declared(groups: str) -> tuple[str, str]:
    return LAYER, f"{LAYER}groups: {{{groups}}}, "


def test_groups_are_those_of_the_unit_or_declared(town: Callable[..., Town]) -> None:
    young = declared("under_3: {count: 45, of: 1000, source: 同类新区调查}")
    found = town(UNDER_3, young)
    demand = found.demand
    new = demand.is_planned
    assert demand.total("under_3", new) == pytest.approx(1260 * 0.045)
    assert demand.total("under_3", ~new) == pytest.approx(728 * 0.02)
    assert demand.total("elderly", new) == pytest.approx(1260 / 4)
    assert said(found, "elderly 25.0% (as in the unit around)")
    assert said(found, "under_3 4.5% (同类新区调查)")


@pytest.mark.parametrize(
    ("groups", "fault"),
    [
        ("young: {count: 1, of: 2, source: x}", "found 'young'; expected one of groups: elderly"),
        ("elderly: {count: 3, of: 2, source: x}", "found 3 of 2; expected no more than all"),
        ("elderly: {count: 1, of: 2}", r"groups\.elderly\.source: found nothing"),
        ("elderly: {count: 1, of: 2, source: ''}", "expected text, not left blank"),
    ],
)
def test_declared_groups_that_cannot_be(town: Callable[..., Town], groups: str, fault: str) -> None:
    with pytest.raises(StudyError, match=fault):
        town(declared(groups))


# --- households -------------------------------------------


def test_people_by_households(town: Callable[..., Town]) -> None:
    """500 homes of 2.49 persons: 1,245; of the layer's own 2.6: 1,300; stated people go first."""
    size = (LAYER, f"{LAYER}persons_per_household: {{persons: 2.49, source: 七普}}, ")
    of_study = {"R2": {"planned_people": None, "households": 500}}
    found = town(size, areas=of_study)
    assert found.demand.total("total", found.demand.is_planned) == pytest.approx(1245)
    assert said(found, "households × 2.49, in whole persons: 1 areas; that figure is from: 七普")
    of_layer = {"R2": {"planned_people": 0, "households": 500, "户均人口": 2.6}}
    found = town(size, areas=of_layer)
    assert found.demand.total("total", found.demand.is_planned) == pytest.approx(1300)
    assert said(found, "persons per household of the layer, in whole persons: 1 areas")
    stated = {"R2": {"households": 500, "户均人口": 2.6}}
    found = town(size, areas=stated)
    assert found.demand.total("total", found.demand.is_planned) == pytest.approx(1260)
    assert not said(found, "in whole persons")


@pytest.mark.parametrize(
    ("size", "fault"),
    [
        ("{persons: 2.49}", "found nothing; expected this key"),
        ("{persons: 0, source: 七普}", "expected a number above 0"),
        ("{persons: 249, source: 七普}", "expected a number ≤ 20"),
        ("{persons: two, source: 七普}", "found 'two'"),
    ],
)
def test_persons_per_household_needs_a_figure_and_a_source(
    town: Callable[..., Town], size: str, fault: str
) -> None:
    with pytest.raises(StudyError, match=fault):
        town((LAYER, f"{LAYER}persons_per_household: {size}, "))


def test_households_alone_are_no_people(town: Callable[..., Town]) -> None:
    with pytest.raises(InputError, match=r"R2 .*found a new area without planned people"):
        town(areas={"R2": {"planned_people": None, "households": 500}})


# --- units ------------------------------------------------


def test_a_unit_where_people_are_only_planned_is_no_fault(
    tmp_path: Path, town: Callable[..., Town]
) -> None:
    """O without P4, P5, P6 and P7 has nobody counted, but R2 lies in it; W would be refused."""
    people = (TOWN / "people.asc").read_text(encoding="utf-8")

    def emptied(*counts: str) -> str:
        head, rows = people.split("NODATA_value -9999\n")
        cells = [[c if c not in counts else "-9999" for c in r.split()] for r in rows.splitlines()]
        return head + "NODATA_value -9999\n" + "\n".join(map(" ".join, cells)) + "\n"

    town()
    study = tmp_path / "study.yaml"
    (tmp_path / "people.asc").write_text(emptied("80", "40", "28", "120"), encoding="utf-8")
    found = workflow.check(study)
    assert found.demand.by_unit("street", 2).tolist() == pytest.approx([1260, 460])
    (tmp_path / "people.asc").write_text(emptied("100", "200", "160"), encoding="utf-8")
    with pytest.raises(InputError, match="nobody lives in 西街道"):
        workflow.check(study)


def test_people_outside_every_area_belong_to_none(opened: tuple[StudyResult, Path]) -> None:
    """A-3: P3, P5 and P6 live in no residential area; neither 10 nor 8 asks about them."""
    town = opened[0].town
    at, people = town.demand.place[RESIDENTIAL], town.demand.people["total"]
    assert sorted(people[at == -1].tolist()) == [28, 40, 160]
    asked = {
        f.unit_id for f in opened[0].findings if f.clause_id.endswith(("nursery-new", "-built"))
    }
    assert asked == {"R1", "R2", "R3", "R4"}
    of_areas = town.demand.by_unit(RESIDENTIAL, 4)
    assert of_areas.sum() + 28 + 40 + 160 == pytest.approx(town.demand.total("total"))


@pytest.mark.parametrize(
    ("unit", "properties", "clause", "required", "because"),
    [
        # 1,260 × 8 / 1,000 = 10.08: in the old town, but planned people all the same.
        ("R2", {"town": "旧城区"}, "nursery-built", 11, "规划人口1,260人×8/千人"),
        # 120 × 10 / 1,000 = 1.2: new by its land, lived in, and no plan says for how many.
        ("R3", {"出让日期": "2022-03-01"}, "nursery-new", 2, "常住人口120人×10/千人"),
        # 300 × 10 / 1,000 = 3: a plan does.
        (
            "R3",
            {"出让日期": "2022-03-01", "planned_people": 300},
            "nursery-new",
            3,
            "规划人口300人×10/千人",
        ),
    ],
)
def test_each_area_answers_to_its_clause_for_its_people(
    town: Callable[..., Town],
    tmp_path: Path,
    unit: str,
    properties: dict[str, Any],
    clause: str,
    required: int,
    because: str,
) -> None:
    town(areas={unit: properties})
    study, out = tmp_path / "study.yaml", tmp_path / "out"
    result, _ = workflow.run(study, until="assess", out_dir=out)
    inside = [f for f in result.findings if f.unit_id == unit and f.level == RESIDENTIAL]
    (finding,) = [f for f in inside if f.clause_id.rsplit("/")[-1].startswith("nursery")]
    assert finding.clause_id.endswith(clause)
    assert finding.required == required
    assert finding.because_zh.startswith(because)


# --- a real district ---------------------------------------------------

HUANGPU = Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml"


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
def test_huangpu_has_the_planned_people_of_each_year(
    shared_data: Path, tmp_path: Path, year: int
) -> None:
    """On top of the census of 2020; by the old town of its units three of four answer to 8."""
    study = tmp_path / "huangpu.yaml"
    text = HUANGPU.read_text(encoding="utf-8")
    study.write_text(text.replace("  year: 2025\n", f"  year: {year}\n"), encoding="utf-8")
    found = workflow.check(study, data_dir=shared_data)
    layer = shared_data / "shanghai_huangpu" / "study" / "residential_areas.geojson"
    rows = [f["properties"] for f in json.loads(layer.read_text(encoding="utf-8"))["features"]]
    due = {row["area_id"]: row for row in rows if row["status"] == "planned"}
    here = {
        name: row["planned_people"] if row["delivery_year"] <= year else 0
        for name, row in due.items()
    }
    assert sum(here.values()) == {2022: 0, 2023: 13_687, 2024: 18_480, 2025: 24_605}[year]
    areas, demand = found.area.residential, found.demand
    assert areas is not None
    moved_in = demand.by_unit(RESIDENTIAL, len(areas), where=demand.is_planned)
    assert {
        name: people for name, people in zip(areas.ids, moved_in, strict=True) if name in due
    } == pytest.approx(here, rel=1e-9)
    assert moved_in.sum() == pytest.approx(sum(here.values()), rel=1e-9)
    assert demand.total("total") - moved_in.sum() == pytest.approx(660_783.39, abs=0.01)
    held = {name: areas.status_by[areas.ids.index(name)] for name in due}
    assert held == {"N001": "old_town", "N002": "status", "N003": "old_town", "N004": "old_town"}
    assert areas.by_plan.sum() == 4
