"""Obligations sheets: the examples of STANDARDS D, the tiny town by hand, plain sums."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from situation_form import Situation as Written
from situation_town import town as made_town

from planning import workflow
from planning.area import RESIDENTIAL
from planning.demand import Demand
from planning.districts import (
    Judged,
    MadeArea,
    Obligation,
    Sheet,
    judged_alone,
    named_areas,
    sheets,
    sheets_of,
    sites_of,
)
from planning.errors import StudyError
from planning.inputs.standard_file import chain_of
from planning.result import StudyResult
from planning.standards import Profile, binding_levels, evaluate, profile_of

TOWN = Path(__file__).parent / "tiny_town"
FIVE = ("SC", "CD", "DZ", "GZ", "JS")


def documents(*names: str) -> list[Profile]:
    return [profile_of(chain_of(name, [])) for name in names]


DOCUMENTS = dict(zip(FIVE, documents(*FIVE), strict=True))


def sheet_of(made: MadeArea, *names: str) -> Sheet:
    return judged_alone(made, [DOCUMENTS[name] for name in names])


def wanted(sheet: Sheet, matter: str, *, basis: str = "area") -> dict[str, Obligation]:
    """By document; of the units around, by the unit as well."""
    return {
        o.finding.profile if basis != "around" else f"{o.finding.profile} {o.finding.unit_name}": o
        for o in sheet.obligations
        if (o.matter, o.basis) == (matter, basis) and o.finding.role != "indicator"
    }


# --- the worked examples -------------------------------------------------------------------------


def test_d1_a_new_district_of_12600_in_sichuan() -> None:
    sheet = sheet_of(MadeArea(people=12_600), "SC")
    assert wanted(sheet, "nursery_places")["SC"].finding.required == 126
    assert wanted(sheet, "elder_land")["SC"].finding.required == 1_260
    county = wanted(sheet, "nursery_places", basis="around")["SC 所在区"].finding
    assert (county.required, county.role) == (57, "benchmark")


def test_d1_one_place_and_a_tenth_of_a_square_metre_short() -> None:
    made = MadeArea(people=12_600, places=125, elder_land_m2=1259.9)
    sheet = sheet_of(made, "SC")
    places = wanted(sheet, "nursery_places")["SC"].finding
    land = wanted(sheet, "elder_land")["SC"].finding
    assert (places.verdict, places.measured, places.gap) == ("not_met", 125, 1)
    assert (land.verdict, land.gap) == ("not_met", Fraction(1, 10))


def test_d1_exactly_enough_is_met_and_the_area_is_provided_for() -> None:
    sheet = sheet_of(MadeArea(people=12_600, places=126, elder_land_m2=1260.0), "SC", "CD", "DZ")
    for matter in ("nursery_places", "elder_land"):
        assert {o.finding.verdict for o in wanted(sheet, matter).values()} == {"met"}
    provided = wanted(sheet, "compliance", basis="delivery")
    assert provided["CD"].finding.verdict == provided["DZ"].finding.verdict == "met"


def test_d2_the_same_district_under_the_other_documents() -> None:
    sheet = sheet_of(MadeArea(people=12_600, households=4_500, communities=3), *FIVE)
    places = wanted(sheet, "nursery_places")
    assert {name: o.finding.required for name, o in places.items()} == {
        "SC": 126, "CD": 126, "DZ": 126, "JS": None,
    }  # fmt: skip
    assert "无本地数值" in places["JS"].finding.because_zh
    assert {name: o.rank for name, o in places.items()} == {
        "SC": "equal", "CD": "equal", "DZ": "equal", "JS": "no_figure",
    }  # fmt: skip
    land = wanted(sheet, "elder_land")
    assert {name: o.finding.required for name, o in land.items()} == dict.fromkeys(
        ("SC", "CD", "DZ"), 1_260
    )
    assert land["CD"].finding.via == "inherited"
    assert wanted(sheet, "elder_rooms")["JS"].finding.required == 900
    assert wanted(sheet, "elder_facility")["GZ"].finding.required == 1
    assert wanted(sheet, "nursery_facility")["GZ"].finding.required == 1


def test_d2_a_new_street_of_chengdu_with_three_communities() -> None:
    sheet = sheet_of(MadeArea(people=12_600, communities=3), "CD")
    around = {
        (o.clause.id, o.finding.unit_name)
        for o in sheet.obligations
        if o.basis == "around" and o.clause.article == "三(六)4"
    }
    home, day_care = "CD-YLYX/3.6.4/new-street-home-3000", "CD-YLYX/3.6.4/new-daycare-750"
    assert around == {(home, "本街道"), *((day_care, f"社区{at}") for at in (1, 2, 3))}


def test_d4_rounding_up_new_and_as_built() -> None:
    new = sheet_of(MadeArea(people=4_321), "SC")
    assert wanted(new, "nursery_places")["SC"].finding.required == 44
    assert wanted(new, "elder_land")["SC"].finding.required == Fraction("432.1")
    built = sheet_of(MadeArea(people=4_321, status="built"), "SC")
    assert wanted(built, "nursery_places")["SC"].finding.required == 35


@pytest.mark.parametrize(("households", "m2"), [(1_250, "250"), (1_249, "249.8")])
def test_d9_rooms_by_households(households: int, m2: str) -> None:
    sheet = sheet_of(MadeArea(people=3_000, households=households), "JS")
    assert wanted(sheet, "elder_rooms")["JS"].finding.required == Fraction(m2)


@pytest.mark.parametrize(("people", "applies"), [(19_999, False), (20_000, True), (50_000, True)])
def test_d6_a_community_of_20000_needs_90_places(people: int, applies: bool) -> None:
    sheet = sheet_of(MadeArea(people=people), "GZ")
    found = wanted(sheet, "nursery_places", basis="around").get("GZ 社区1")
    assert (found is not None) == applies
    if found is not None:
        assert found.finding.required == 90


def test_d5_nobody_is_planned_and_nothing_is_made_of_it() -> None:
    sheet = sheet_of(MadeArea(people=0), *FIVE)
    assert sheet.people == 0
    judged = [o for o in sheet.obligations if o.basis == "area"]
    assert judged
    assert {o.finding.verdict for o in judged} == {"not_assessable"}
    assert not [o for o in sheet.obligations if o.basis == "around"]


def test_without_households_rooms_are_not_assessable() -> None:
    sheet = sheet_of(MadeArea(people=1_000), "JS")
    rooms = wanted(sheet, "elder_rooms")["JS"].finding
    assert (rooms.verdict, rooms.required) == ("not_assessable", None)
    assert "户数未知" in rooms.because_zh


def test_delivery_is_asked_of_the_area_itself() -> None:
    sheet = sheet_of(MadeArea(people=1_000), "GZ", "JS")
    in_time = [o for o in sheet.obligations if o.matter == "delivery"]
    assert {o.clause.id for o in in_time} == {
        f"{name}/four-sync#{kind}"
        for name in ("GZ-2022-6/2.12", "JS-2021-75/1.3")
        for kind in ("elder", "nursery")
    }
    assert {o.finding.level for o in in_time} == {RESIDENTIAL}


# --- plain sums ----------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    people=st.integers(1, 60_000),
    households=st.integers(1, 20_000),
    communities=st.integers(1, 5),
    places=st.integers(0, 700),
    land_m2=st.integers(0, 70_000).map(lambda tenths: tenths / 10),
)
def test_every_amount_is_the_plain_sum(
    people: int, households: int, communities: int, places: int, land_m2: float
) -> None:
    made = MadeArea(
        people=people,
        households=households,
        communities=communities,
        places=places,
        elder_land_m2=land_m2,
    )
    sheet = sheet_of(made, "SC", "JS", "GZ")
    found = wanted(sheet, "nursery_places")["SC"].finding
    need = math.ceil(Fraction(people * 10, 1000))
    assert (found.required, found.gap) == (need, max(0, need - places))
    land = wanted(sheet, "elder_land")["SC"].finding
    assert land.required == Fraction(people, 10)
    assert land.gap == max(Fraction(0), Fraction(people, 10) - Fraction(str(land_m2)))
    assert wanted(sheet, "elder_rooms")["JS"].finding.required == Fraction(households, 5)
    each = [people // communities + (at < people % communities) for at in range(communities)]
    big = {f"GZ 社区{at + 1}" for at, n in enumerate(each) if n >= 20_000}
    assert {n for n in wanted(sheet, "nursery_places", basis="around") if "社区" in n} == big


# --- a situation: what arrives, and what it changes ----------------------------------------------

WRITTEN: dict[str, Any] = {
    "zh": "新区",
    "en": "a new area",
    "document": "GZ",
    "units": [
        {"county": "甲县", "form": "county", "zone": "urban"},
        {"street": "甲街道", "in": "甲县", "form": "street", "zone": "urban"},
        {"community": "甲社区", "in": "甲街道", "form": "neighbourhood", "zone": "urban",
         "people": 9_000},
        {"residential_area": "新区", "in": "甲社区", "status": "new", "planned": 12_600},
    ],
    "stands": [{"at": "甲社区", "does": "nursery", "places": 60}],
}  # fmt: skip


def written(**changes: Any) -> tuple[Any, Judged]:
    situation, profile = made_town(Written.model_validate({**WRITTEN, **changes}))
    levels = binding_levels(profile, {}, situation.year)
    findings = evaluate(profile, situation, levels)
    return situation, Judged(profile=profile, levels=levels, findings=findings)


def coming(people: float) -> Demand:
    """People of the one area, not yet among the residents."""
    zero = np.zeros(1, dtype=np.int32)
    levels = ("county", "street", "community", RESIDENTIAL)
    return Demand(
        x_m=np.zeros(1),
        y_m=np.zeros(1),
        people={"total": np.array([people])},
        place=dict.fromkeys(levels, zero),
        outline=np.empty(1, dtype=object),
        people_in_source=people,
        people_outside=0.0,
    )


@pytest.mark.parametrize(("people", "triggers"), [(10_999, False), (11_000, True)])
def test_a_community_that_grows_over_20000_has_its_90_places_named(
    people: int, triggers: bool
) -> None:
    situation, judged = written()
    (sheet,) = sheets([judged], situation, coming(people))
    found = wanted(sheet, "nursery_places", basis="around").get("GZ 甲社区")
    assert (found is not None) == triggers
    if found is not None:
        assert (found.finding.required, found.finding.measured, found.finding.gap) == (90, 60, 30)
        assert "9,000人，不足20,000人" in found.because[0]


def test_nobody_to_come_changes_nothing_around() -> None:
    situation, judged = written()
    (sheet,) = sheets([judged], situation)
    assert not [o for o in sheet.obligations if o.basis == "around"]
    assert wanted(sheet, "nursery_facility")["GZ"].finding.verdict == "not_met"


def test_a_new_area_without_planned_people_answers_for_its_residents_or_for_nobody() -> None:
    units = [*WRITTEN["units"][:3], {"residential_area": "新区", "in": "甲社区", "status": "new"}]
    situation, judged = written(units=units, document="SC")
    (sheet,) = sheets([judged], situation)
    assert (sheet.by_plan, sheet.people) == (False, 0)
    assert wanted(sheet, "nursery_places")["SC"].finding.verdict == "not_assessable"
    units[3] = {**units[3], "people": 1_234}
    situation, judged = written(units=units, document="SC")
    (sheet,) = sheets([judged], situation)
    assert (sheet.people, wanted(sheet, "nursery_places")["SC"].finding.required) == (1_234, 13)


@pytest.mark.parametrize(("opened", "verdict"), [(2024, "met"), (2025, "not_met")])
def test_what_was_delivered_without_its_nursery_was_not_in_time(opened: int, verdict: str) -> None:
    units = [
        *WRITTEN["units"][:3],
        {**WRITTEN["units"][3], "delivered": 2024},
        # Another area of the county has none: of it nothing is said here.
        {"residential_area": "旁区", "in": "甲社区", "status": "new", "planned": 10,
         "delivered": 2024},
    ]  # fmt: skip
    stands = [{"at": "新区", "does": "nursery", "places": 5, "opened": opened}]
    situation, judged = written(units=units, stands=stands, year=2025)
    sheet = next(one for one in sheets([judged], situation) if one.id == "新区")
    nursery = next(o for o in sheet.obligations if o.clause.id.endswith("four-sync#nursery"))
    assert nursery.finding.verdict == verdict


# --- the tiny town, by hand ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    out = tmp_path_factory.mktemp("out")
    return workflow.run(TOWN / "study.yaml", out_dir=out, until="assess")[0]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    out = tmp_path_factory.mktemp("out")
    return workflow.run(TOWN / "study.yaml", out_dir=out, until="assess", scenario="opened")[0]


def test_the_sheet_of_the_tiny_town(today: StudyResult) -> None:
    (sheet,) = sheets_of(today)
    assert (sheet.id, sheet.name, sheet.people, sheet.households) == ("R2", "东新区", 1_260, -1)
    assert sheet.within[-1] == "东街道"
    found = {
        (o.basis, o.matter, o.finding.unit_id): (o.finding.required, o.finding.measured)
        for o in sheet.obligations
        if o.finding.role == "requirement"
    }
    assert found == {
        ("area", "nursery_places", "R2"): (13, 0),
        ("area", "elder_land", "R2"): (126, 0),
        ("around", "nursery_places", "T"): (9, 12),
        ("around", "elder_land", "O"): (Fraction("152.8"), 0),
    }
    street = wanted(sheet, "elder_land", basis="around")["SC 东街道"]
    assert street.because[0] == "入住后由26.8平方米增至152.8平方米"


def test_who_has_come_is_told_as_who_is_to_come(today: StudyResult, opened: StudyResult) -> None:
    """The same people, in 2025 still to come, in 2026 among the residents."""

    def told(result: StudyResult) -> list[tuple[object, ...]]:
        (sheet,) = sheets_of(result)
        return [
            (o.basis, o.clause.id, o.finding.unit_id, o.finding.required, o.finding.gap, o.because)
            for o in sheet.obligations
        ]

    assert told(today) == told(opened)
    assert sites_of(today) == sites_of(opened)


def test_sites_at_hand_in_the_tiny_town(today: StudyResult) -> None:
    """From R2 nobody is within 900 s of F1 (README), all 1,050 on the network reach F2 and K1."""
    town = today.town
    assert town.candidates is not None
    found = {
        (town.facilities if s.kind == "facility" else town.candidates).ids[s.site]: s
        for s in sites_of(today)
    }
    assert "F1" not in found
    assert "F3" not in found
    f2, k1 = found["F2"], found["K1"]
    assert (f2.is_inside, f2.people_within, f2.status) == (False, 1_050, "open")
    assert f2.distance_m == pytest.approx(1_000 - 910)
    assert f2.share == pytest.approx(1_050 / 1_260)
    assert k1.is_inside
    assert k1.people_within == 1_050
    # K1 stands on DE with a leg of 40; some of R2's people stand just there, with no leg.
    assert k1.nearest_min is not None
    assert k1.mean_min is not None
    assert 40 / 60 <= k1.nearest_min <= k1.mean_min <= 298.2 / 60


def test_the_run_folder_has_both_tables(today: StudyResult, tmp_path: Path) -> None:
    _, folder = workflow.run(TOWN / "study.yaml", out_dir=tmp_path, until="assess")
    table = pd.read_csv(folder / "obligations.csv")
    places = table[(table["matter"] == "nursery_places") & (table["basis"] == "area")]
    assert places["required"].tolist() == [13]
    assert places["because_zh"].str.contains("1,260人×10/千人").all()
    near = pd.read_csv(folder / "area_sites.csv")
    assert set(near["site_id"]) >= {"F2", "K1"}
    assert np.allclose(near.loc[near["site_id"] == "K1", ["lon", "lat"]], [105.0, 30.6], atol=0.1)


# --- asked about ---------------------------------------------------------------------------------


@pytest.fixture
def twins(tmp_path: Path) -> Path:
    """The tiny town with two planned areas of one name."""
    folder = tmp_path / "town"
    shutil.copytree(TOWN, folder)
    areas = json.loads((folder / "areas.geojson").read_text(encoding="utf-8"))
    rows = areas["features"]
    own = next(row for row in rows if row["properties"]["area_id"] == "R2")
    ground = [[[500_400, 3_385_700], [500_540, 3_385_700], [500_540, 3_385_840],
               [500_400, 3_385_840], [500_400, 3_385_700]]]  # fmt: skip
    rows.append({
        "type": "Feature",
        "properties": {**own["properties"], "area_id": "R9", "planned_people": 300},
        "geometry": {"type": "Polygon", "coordinates": ground},
    })  # fmt: skip
    (folder / "areas.geojson").write_text(json.dumps(areas), encoding="utf-8")
    return folder / "study.yaml"


def test_two_areas_of_one_name_have_a_sheet_each(
    twins: Path, tmp_path: Path, planning_cli: Callable[..., Any]
) -> None:
    done = planning_cli("district", twins, "东新区", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert "东新区（R2）" in done.out
    assert "东新区（R9）" in done.out
    one = planning_cli("district", twins, "R9", "--out", tmp_path / "out", "--json")
    rows = json.loads(one.out)["obligations"]
    assert {row["area_id"] for row in rows} == {"R9"}
    assert next(r["required"] for r in rows if r["matter"] == "nursery_places") == 3


@pytest.mark.parametrize(
    ("name", "said"),
    [("东新去", "东新区"), ("北里", "已建成"), ("没有这里", "东新区")],
)
def test_an_area_that_gets_no_sheet_is_refused_before_the_walks(
    name: str, said: str, tmp_path: Path, planning_cli: Callable[..., Any]
) -> None:
    done = planning_cli("district", TOWN / "study.yaml", name, "--out", tmp_path / "out")
    assert done.code == 2
    assert name in done.err
    assert said in done.err
    assert not (tmp_path / "out").exists()


def test_a_study_without_new_areas_says_so() -> None:
    with pytest.raises(StudyError, match="没有规划或新建居住区"):
        named_areas([], None)


@pytest.mark.parametrize("arguments", [(), ("study.yaml", "--people", "1")])
def test_a_study_or_people_but_not_both(
    arguments: tuple[str, ...], planning_cli: Callable[..., Any]
) -> None:
    done = planning_cli("district", *arguments)
    assert done.code == 2
    assert "--people" in done.err


def test_the_quick_question_prints_one_sheet(planning_cli: Callable[..., Any]) -> None:
    done = planning_cli(
        "district", "--people", 12600, "--households", 4500, "--standards", "SC,CD,JS"
    )
    assert done.code == 0, done.err
    for said in (
        "126个托位", "1,260平方米", "900平方米", "SC, CD ＝", "川办发〔2021〕57号 二(一)",
        "规划人口12,600人×10/千人，进位需126个托位", "4,500户×20平方米/百户",
        "12,600 planned people × 10 per 1,000",
    ):  # fmt: skip
        assert said in done.out, said
    assert max(len(line.encode("gb18030", "replace")) for line in done.out.splitlines()) < 300


def test_an_unknown_document_is_refused(planning_cli: Callable[..., Any]) -> None:
    done = planning_cli("district", "--people", 10, "--standards", "XX")
    assert done.code == 2
    assert "XX" in done.err
