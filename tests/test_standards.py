"""Standards: the library against the documents themselves, findings against figures by hand."""

import json
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pydantic import ValidationError
from ruamel.yaml import YAML

from planning.access import Coverage
from planning.area import RESIDENTIAL, ResidentialAreas, StudyArea, UnitLevel
from planning.demand import Demand
from planning.errors import StudyError
from planning.facilities import Facilities
from planning.standards import (
    Clause,
    Finding,
    Situation,
    Standard,
    binding_levels,
    evaluate,
    load_standard,
    standards_in_library,
)
from planning.standards.clauses import standard_text
from planning.travel import Nearest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
SEEDS = Path(os.environ.get("PLANNING_SHARED_SEEDS", SHARED / "seeds"))
ITEMS = SEEDS.parent / "standards" / "standards_items.json"

LIBRARY = standards_in_library()


def written(standard_id: str) -> dict[str, Any]:
    """A document of the library as it is written, before it is checked."""
    plain: dict[str, Any] = YAML(typ="safe", pure=True).load(standard_text(standard_id))
    return plain


def squeezed(text: str) -> str:
    """Without page marks, spaces and the difference of full and half width."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[—–]\s*\d+\s*[—–]", "", text)
    return re.sub(r"\s+", "", text)


# --- the library ---------------------------------------------------------------------------------


def test_sichuan_is_in_the_library() -> None:
    assert "sichuan-2021-57" in LIBRARY
    assert list(LIBRARY) == sorted(LIBRARY)


@pytest.mark.parametrize("standard_id", LIBRARY)
def test_every_document_loads(standard_id: str) -> None:
    standard = load_standard(standard_id)
    assert standard.id == standard_id
    assert len(standard.clauses) == len(written(standard_id)["clauses"]) > 0
    for clause in standard.clauses:
        assert standard.clause(clause.id) is clause
        assert clause.quote and clause.article and clause.reading
        assert clause.levels
        assert not set(clause.levels) & set(clause.benchmark_levels)
    assert standard.clause("no such clause") is None


def test_clause_ids_are_unique_in_all_documents() -> None:
    ids = [clause.id for name in LIBRARY for clause in load_standard(name).clauses]
    assert len(ids) == len(set(ids))


def test_a_document_that_is_not_there_is_refused_with_what_there_is() -> None:
    with pytest.raises(StudyError, match="sichuan-2021-57"):
        load_standard("sichuan-1999-1")


@pytest.mark.parametrize("key", ["goal", "limit_minutes", "levels_benchmark"])
def test_an_unknown_key_is_refused(key: str) -> None:
    plain = written("sichuan-2021-57")
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Standard.model_validate({**plain, key: "1"})
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Clause.model_validate({**plain["clauses"][0], key: "1"})


@pytest.mark.parametrize(
    ("clause_id", "change"),
    [
        ("SC-2021-57/1.0/nursery-rate-2025", {"value": None}),
        ("SC-2021-57/2.1/elder-land", {"value": None}),
        ("SC-2021-57/2.3/circle-15min", {"limit_min": None}),
        ("SC-2021-57/2.1/elder-land", {"measure": "places_per_elder"}),
        ("SC-2021-57/2.1/elder-land", {"strength": "strong"}),
        ("SC-2021-57/2.1/nursery-new", {"status": "old"}),
        ("SC-2021-57/2.1/nursery-new", {"value": "ten"}),
    ],
)
def test_a_clause_without_its_figures_is_refused(clause_id: str, change: dict[str, Any]) -> None:
    found = next(c for c in written("sichuan-2021-57")["clauses"] if c["id"] == clause_id)
    assert Clause.model_validate(found).id == clause_id
    with pytest.raises(ValidationError):
        Clause.model_validate({**found, **change})


def test_figures_are_kept_as_printed() -> None:
    standard = load_standard("sichuan-2021-57")
    figures = {clause.id: (clause.value, clause.limit_min) for clause in standard.clauses}
    assert figures == {
        RATE: (Fraction(9, 2), None),
        LAND: (Fraction(1, 10), None),
        NEW: (Fraction(10), None),
        BUILT: (Fraction(8), None),
        CIRCLE: (None, Fraction(15)),
    }


# --- the documents -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seeds() -> list[str]:
    files = sorted(SEEDS.glob("*.txt"))
    if not files:
        pytest.skip(f"no seed texts in {SEEDS}; set PLANNING_SHARED_SEEDS to their folder")
    return [squeezed(file.read_text(encoding="utf-8")) for file in files]


@pytest.fixture(scope="module")
def items() -> Mapping[str, Mapping[str, str]]:
    if not ITEMS.is_file():
        pytest.skip(f"no {ITEMS}; set PLANNING_SHARED_SEEDS to the seeds beside it")
    return {item["id"]: item for item in json.loads(ITEMS.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("standard_id", LIBRARY)
def test_every_quote_stands_in_its_document(standard_id: str, seeds: list[str]) -> None:
    standard = load_standard(standard_id)
    name = squeezed(standard.document)
    own = min((text for text in seeds if name in text), key=lambda text: text.index(name))
    assert squeezed(standard.jurisdiction) in own
    missing = [c.id for c in standard.clauses if squeezed(c.quote) not in own]
    assert missing == []


@pytest.mark.parametrize("standard_id", LIBRARY)
def test_every_figure_is_the_one_of_the_catalogue(
    standard_id: str, items: Mapping[str, Mapping[str, str]]
) -> None:
    standard = load_standard(standard_id)
    for clause in standard.clauses:
        item = items[clause.id]
        figure = Fraction(item["value"])
        if clause.measure == "travel_time_coverage":
            assert item["unit"] == "minutes" and clause.limit_min == figure, clause.id
        else:
            assert clause.value == figure, clause.id
        year = re.match(r"\d{4}", item["target_year"])
        assert clause.year == (int(year.group()) if year else None), clause.id
        assert clause.strength == item["strength"], clause.id
        assert squeezed(clause.quote) == squeezed(item["quote"]), clause.id
        assert squeezed(clause.article) == squeezed(item["article"]), clause.id
        assert squeezed(standard.document) == squeezed(item["document"]), clause.id


# --- a situation made by hand --------------------------------------------------------------------
#
# Four points: 4,321 people in the built area "old" and 8,279 outside it, both in street A;
# 999.5 (1,000 whole persons) in the new area "new" for which 6,250 are planned, in street B;
# street C and the built area "bare" are empty. The county has 13,599.5 people: 13,600.
# Elderly: 120, 80, 50 at 700 s, exactly 900 s and 900.001 s from the nearest home (D-14).

RATE, LAND = "SC-2021-57/1.0/nursery-rate-2025", "SC-2021-57/2.1/elder-land"
NEW, BUILT = "SC-2021-57/2.1/nursery-new", "SC-2021-57/2.1/nursery-built"
CIRCLE = "SC-2021-57/2.3/circle-15min"
NINETY = {CIRCLE: Fraction(9, 10)}
SICHUAN = load_standard("sichuan-2021-57")


def boxes(n: int) -> np.ndarray:
    found = np.empty(n, dtype=object)
    found[:] = [shapely.box(i, 0, i + 1, 1) for i in range(n)]
    return found


def level(name: str, *ids: str) -> UnitLevel:
    n = len(ids)
    return UnitLevel(
        level=name,
        ids=ids,
        names=tuple(f"{unit_id} town" for unit_id in ids),
        parent_ids=(None,) * n,
        geometry=boxes(n),
    )


def indices(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int32)


AREA = StudyArea(
    name="by hand",
    epsg=4544,
    boundary=shapely.box(0, 0, 3, 1),
    levels=(level("county", "K"), level("street", "A", "B", "C")),
    residential=ResidentialAreas(
        ids=("bare", "new", "old"),
        names=("bare land", "new estate", "old estate"),
        status=("built", "new", "built"),
        status_by=("status", "status", "status"),
        dated=("", "", ""),
        built=np.array([True, False, True]),
        planned_people=np.array([5000, 6250, 9999]),
        households=np.array([-1, -1, -1]),
        delivery_year=indices(-1, 2025, -1),
        stays=np.ones(3, dtype=bool),
        geometry=boxes(3),
    ),
)
DEMAND = Demand(
    x_m=np.zeros(3),
    y_m=np.zeros(3),
    people={
        "total": np.array([4321.0, 8279.0, 999.5]),
        "elderly": np.array([120.0, 80.0, 50.0]),
    },
    place={
        "county": indices(0, 0, 0),
        "street": indices(0, 0, 1),
        RESIDENTIAL: indices(2, -1, 1),
    },
    outline=boxes(3),
    people_in_source=13_599.5,
    people_outside=0.0,
)
FACILITIES = Facilities(
    ids=("home", "shut", "crèche", "complex", "club"),
    names=("home", "shut", "crèche", "complex", "club"),
    types=("",) * 5,
    functions=(
        frozenset({"elder_institution"}),
        frozenset({"nursery", "elder_institution"}),
        frozenset({"nursery"}),
        frozenset({"nursery", "elder_community"}),
        frozenset({"meals"}),
    ),
    x_m=np.zeros(5),
    y_m=np.zeros(5),
    places=np.array([0.0, 500.0, 62.0, 34.0, 7.0]),
    elder_land_m2=np.array([1259.9, 9000.0, 0.0, 100.0, 50.0]),
    floor_m2=np.zeros(5),
    is_open=np.array([True, False, True, True, True]),
    place={
        "county": indices(0, 0, 0, 0, 0),
        "street": indices(0, 0, 0, 1, 2),
        RESIDENTIAL: indices(-1, 1, 1, 2, 1),
    },
)
SITUATION = Situation(
    area=AREA,
    demand=DEMAND,
    facilities=FACILITIES,
    functions={
        "elder_care": frozenset({"elder_institution", "elder_community"}),
        "nursery": frozenset({"nursery"}),
    },
    group={"elder_care": "elderly", "nursery": "total"},
    coverage={
        "elder_care": Coverage(
            limit_ms=60_000,  # the service's own limit; the clause brings its 15 minutes
            nearest=Nearest(site=indices(0, 0, 3), ms=indices(700_000, 900_000, 900_001)),
            second=Nearest(site=indices(-1, -1, -1), ms=indices(-1, -1, -1)),
            reachable=np.ones(3, dtype=bool),
        )
    },
    goals={},
)


def judged(
    clause_id: str,
    unit_id: str,
    *,
    situation: Situation = SITUATION,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> Finding:
    found = [
        f
        for f in evaluate(SICHUAN, situation, levels)
        if (f.clause_id, f.unit_id) == (clause_id, unit_id)
    ]
    assert len(found) == 1
    return found[0]


def figures(finding: Finding) -> tuple[object, ...]:
    return finding.verdict, finding.measured, finding.required, finding.gap, finding.people_short


def test_places_of_the_county_are_a_benchmark() -> None:
    finding = judged(RATE, "K")
    assert figures(finding) == ("met", 96, 62, 0, 0)
    assert (finding.role, finding.level, finding.unit) == ("benchmark", "county", "places")
    assert finding.because_zh == "常住人口13,600人×4.5/千人，进位需62个托位，现有96个"
    assert finding.because_en == (
        "13,600 residents × 4.5 per 1,000, rounded up: 62 places; 96 there"
    )
    assert (finding.document, finding.article) == ("川办发〔2021〕57号", "一、总体要求")


def test_a_new_area_is_held_against_planned_people() -> None:
    """D-7: 6,250 planned, 62.5 → 63; that 999.5 live there already does not matter."""
    finding = judged(NEW, "new")
    assert figures(finding) == ("not_met", 62, 63, 1, 100)
    assert (finding.role, finding.level) == ("requirement", RESIDENTIAL)
    assert finding.unit_name == "new estate"
    assert finding.because_zh == (
        "规划人口6,250人×10/千人，进位需63个托位，现有62个，缺1个；新建居住区（按状态），2025年交付"
    )
    assert finding.because_en == (
        "6,250 planned people × 10 per 1,000, rounded up: 63 places; 62 there, 1 places short; "
        "new by its status, delivered 2025"
    )


def test_a_built_area_is_held_against_the_residents_inside() -> None:
    """D-4: 4,321 residents, 34.568 → 35; the planned people of a built area do not count."""
    finding = judged(BUILT, "old")
    assert figures(finding) == ("not_met", 34, 35, 1, 125)
    assert finding.because_zh == (
        "常住人口4,321人×8/千人，进位需35个托位，现有34个，缺1个；已建成居住区（按状态）"
    )


def test_each_residential_area_answers_to_the_clause_of_its_status() -> None:
    findings = evaluate(SICHUAN, SITUATION)
    assert [f.unit_id for f in findings if f.clause_id == NEW] == ["new"]
    assert [f.unit_id for f in findings if f.clause_id == BUILT] == ["bare", "old"]


@pytest.mark.parametrize(("clause_id", "unit_id"), [(BUILT, "bare"), (LAND, "C"), (CIRCLE, "C")])
def test_where_nobody_lives_nothing_is_assessed(clause_id: str, unit_id: str) -> None:
    situation = replace(SITUATION, goals=NINETY)
    finding = judged(clause_id, unit_id, situation=situation)
    assert figures(finding) == ("not_assessable", None, None, None, None)
    assert finding.because_zh.split("；")[0] == "无居民，不评估"
    assert finding.because_en.split("; ")[0] == "nobody lives there, not assessed"


def test_land_fails_by_a_tenth_of_a_square_metre() -> None:
    """D-1: 12,600 people need 1,260 m²; 1,259.9 fail by 0.1; closed homes do not count."""
    finding = judged(LAND, "A")
    assert figures(finding) == (
        "not_met", Fraction(12_599, 10), Fraction(1260), Fraction(1, 10), 1,
    )  # fmt: skip
    assert (finding.role, finding.unit) == ("requirement", "m2")
    assert finding.because_zh == (
        "常住人口12,600人×0.1平方米，需1,260平方米，现有独立占地1,259.9平方米，缺0.1平方米"
    )
    assert finding.because_en == (
        "12,600 residents × 0.1 m²: 1,260 m² needed; independent plots 1,259.9 m², 0.1 m² short"
    )


def test_land_that_is_just_enough_is_met() -> None:
    """999.5 people are 1,000 whole persons: 100 m², and 100 m² stand there."""
    finding = judged(LAND, "B")
    assert figures(finding) == ("met", 100, 100, 0, 0)
    assert finding.because_zh == "常住人口1,000人×0.1平方米，需100平方米，现有独立占地100平方米"


def test_the_county_total_is_judged_on_its_own_whole_persons() -> None:
    finding = judged(LAND, "K")
    assert figures(finding) == (
        "not_met", Fraction(13_599, 10), Fraction(1360), Fraction(1, 10), 1,
    )  # fmt: skip


def test_without_a_printed_goal_the_circle_is_measured_and_not_judged() -> None:
    finding = judged(CIRCLE, "K")
    assert figures(finding) == ("not_assessable", Fraction(4, 5), None, None, None)
    assert finding.unit == "share"
    assert finding.because_zh == "15分钟内200人，共250人，占80.0%；文件未定合格线"
    assert finding.because_en == (
        "200 of 250 within 15 min, 80.0%; the document prints no pass mark"
    )


def test_with_a_goal_of_the_study_the_circle_is_judged() -> None:
    situation = replace(SITUATION, goals=NINETY)
    finding = judged(CIRCLE, "K", situation=situation)
    assert figures(finding) == ("not_met", Fraction(4, 5), Fraction(9, 10), Fraction(1, 10), 25)
    assert finding.because_zh == "15分钟内200人，共250人，占80.0%；目标90.0%，差25人"
    assert finding.because_en == "200 of 250 within 15 min, 80.0%; goal 90.0%, 25 short"
    assert judged(CIRCLE, "A", situation=situation).verdict == "met"
    assert judged(CIRCLE, "B", situation=situation).people_short == 45


def test_a_goal_just_reached_is_met() -> None:
    finding = judged(CIRCLE, "K", situation=replace(SITUATION, goals={CIRCLE: Fraction(4, 5)}))
    assert figures(finding) == ("met", Fraction(4, 5), Fraction(4, 5), 0, 0)


def test_roles_are_those_of_the_document() -> None:
    roles = {(f.clause_id, f.unit_id): f.role for f in evaluate(SICHUAN, SITUATION)}
    assert roles == {
        (RATE, "K"): "benchmark",
        (LAND, "K"): "requirement",
        (LAND, "A"): "requirement",
        (LAND, "B"): "requirement",
        (LAND, "C"): "requirement",
        (NEW, "new"): "requirement",
        (BUILT, "bare"): "requirement",
        (BUILT, "old"): "requirement",
        (CIRCLE, "K"): "requirement",
        (CIRCLE, "A"): "benchmark",
        (CIRCLE, "B"): "benchmark",
        (CIRCLE, "C"): "benchmark",
    }


def test_findings_stand_in_the_order_of_clauses_levels_and_units() -> None:
    assert [(f.clause_id, f.unit_id) for f in evaluate(SICHUAN, SITUATION)] == [
        (RATE, "K"),
        (LAND, "K"), (LAND, "A"), (LAND, "B"), (LAND, "C"),
        (NEW, "new"),
        (BUILT, "bare"), (BUILT, "old"),
        (CIRCLE, "K"), (CIRCLE, "A"), (CIRCLE, "B"), (CIRCLE, "C"),
    ]  # fmt: skip


def test_a_study_adopts_the_target_of_a_parent() -> None:
    adopted = judged(RATE, "K", levels={RATE: ("county",)})
    shown = judged(RATE, "K")
    assert adopted.role == "requirement"
    assert adopted == replace(shown, role="requirement")
    at_street = judged(RATE, "A", levels={RATE: ("street",)})
    assert (at_street.role, at_street.required) == ("requirement", 57)


def test_a_clause_set_aside_is_still_shown() -> None:
    aside = evaluate(SICHUAN, SITUATION, {LAND: (), NEW: ()})
    assert {f.role for f in aside if f.clause_id in (LAND, NEW)} == {"benchmark"}
    plain = [replace(f, role="benchmark") for f in evaluate(SICHUAN, SITUATION)]
    assert [replace(f, role="benchmark") for f in aside] == plain


def test_an_override_of_one_clause_leaves_the_others() -> None:
    changed = evaluate(SICHUAN, SITUATION, {RATE: ("county",)})
    others = [f for f in evaluate(SICHUAN, SITUATION) if f.clause_id != RATE]
    assert [f for f in changed if f.clause_id != RATE] == others


def test_a_level_that_the_study_does_not_have_is_not_assessable() -> None:
    situation = replace(
        SITUATION, area=replace(AREA, levels=(level("community", "Z"),), residential=None)
    )
    situation = replace(
        situation,
        demand=replace(DEMAND, place={"community": indices(0, 0, 0)}),
        facilities=replace(FACILITIES, place={"community": indices(0, 0, 0, 0, 0)}),
    )
    findings = evaluate(SICHUAN, situation)
    absent = {f.clause_id: f for f in findings if f.unit_id == ""}
    assert set(absent) == {RATE, NEW, BUILT}
    for finding in absent.values():
        assert figures(finding) == ("not_assessable", None, None, None, None)
        assert finding.because_zh == "研究中没有该层级的单元，无法评估"
        assert finding.because_en == "the study has no units of this level"
    assert absent[RATE].level == "province" and absent[NEW].level == RESIDENTIAL
    assert [(f.clause_id, f.role) for f in findings if f.unit_id == "Z"] == [
        (LAND, "benchmark"),
        (CIRCLE, "benchmark"),
    ]


def test_land_of_a_new_area_is_held_against_planned_people_too() -> None:
    """A-1: residents of all ages, planned population for areas not yet built: 6,250 · 0.1."""
    finding = judged(LAND, "new", levels={LAND: (RESIDENTIAL,)})
    assert finding.required == 625
    assert judged(LAND, "old", levels={LAND: (RESIDENTIAL,)}).required == Fraction(4321, 10)


def test_evaluate_gives_the_same_findings_again() -> None:
    assert evaluate(SICHUAN, SITUATION) == evaluate(SICHUAN, SITUATION)


def test_a_target_of_a_later_year_is_only_shown() -> None:
    early = binding_levels(SICHUAN, {RATE: ("county",)}, 2024)
    due = binding_levels(SICHUAN, {RATE: ("county",)}, 2025)
    assert early[RATE] == () and due[RATE] == ("county",)
    assert early[LAND] == due[LAND] == ("county", "street")
    assert binding_levels(SICHUAN, {}, None)[RATE] == ("province",)
    (finding,) = [f for f in evaluate(SICHUAN, SITUATION, early) if f.clause_id == RATE]
    assert (finding.role, finding.unit_id) == ("benchmark", "K")
