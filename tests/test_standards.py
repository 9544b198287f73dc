"""Standards: findings against figures by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import one_unit
import pytest
import shapely

from planning.access import Coverage
from planning.area import RESIDENTIAL, ResidentialAreas, StudyArea, UnitLevel
from planning.demand import Demand
from planning.facilities import Facilities
from planning.standards import (
    Finding,
    Profile,
    Situation,
    Walk,
    binding_levels,
    evaluate,
    load_standard,
    profile_of,
    standards_in_library,
)
from planning.standards.asks import TravelTimeCoverage
from planning.travel import Nearest

# --- a situation made by hand --------------------------------------------------------------------
#
# Four points: 4,321 people in the built area "old" and 8,279 outside it, both in street A;
# 999.5 (1,000 whole persons) in the new area "new" for which 6,250 are planned, in street B;
# street C and the built area "bare" are empty. The county has 13,599.5 people: 13,600.
# Elderly: 120, 80, 50 at 700 s, exactly 900 s and 900.001 s from the nearest home (D-14).

RATE, LAND = "SC-2021-57/1.0/nursery-rate-2025", "SC-2021-57/2.1/elder-land"
LAND_NEW = "SC-2021-57/2.1/elder-land#new-areas"
NEW, BUILT = "SC-2021-57/2.1/nursery-new", "SC-2021-57/2.1/nursery-built"
CIRCLE = "SC-2021-57/2.3/circle-15min"
SIX = (RATE, LAND, LAND_NEW, NEW, BUILT, CIRCLE)
"""Those that hold figures against figures."""
NINETY = {CIRCLE: Fraction(9, 10)}
SICHUAN = profile_of([load_standard("sichuan-2021-57")])


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


def walked(near: Coverage) -> Mapping[Walk, Coverage]:
    """The same walk to what the circle asks for, whether all is known of it or not."""
    clause = SICHUAN.clause(CIRCLE)
    assert clause is not None and isinstance(clause.measure, TravelTimeCoverage)
    which = clause.measure.which.text
    return {Walk("walk", which, at_most): near for at_most in (False, True)}


WITHIN = Coverage(
    limit_ms=60_000,  # the service's own limit; the clause brings its 15 minutes
    nearest=Nearest(site=indices(0, 0, 3), ms=indices(700_000, 900_000, 900_001)),
    second=Nearest(site=indices(-1, -1, -1), ms=indices(-1, -1, -1)),
    reachable=np.ones(3, dtype=bool),
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
    coverage={"elder_care": WITHIN},
    goals={},
    walks=walked(WITHIN),
)


def found(
    situation: Situation = SITUATION,
    levels: Mapping[str, Sequence[str]] | None = None,
    profile: Profile = SICHUAN,
) -> list[Finding]:
    """The findings of the six clauses."""
    return [f for f in evaluate(profile, situation, levels) if f.clause_id in SIX]


def judged(
    clause_id: str,
    unit_id: str,
    *,
    situation: Situation = SITUATION,
    levels: Mapping[str, Sequence[str]] | None = None,
    profile: Profile = SICHUAN,
) -> Finding:
    findings = found(situation, levels, profile)
    (finding,) = [f for f in findings if (f.clause_id, f.unit_id) == (clause_id, unit_id)]
    return finding


def figures(finding: Finding) -> tuple[object, ...]:
    return finding.verdict, finding.measured, finding.required, finding.gap, finding.people_short


def test_places_of_the_county_are_a_benchmark() -> None:
    finding = judged(RATE, "K")
    assert figures(finding) == ("met", 96, 62, 0, 0)
    assert (finding.role, finding.level, finding.unit) == ("benchmark", "county", "places")
    assert finding.because_zh == "常住人口13,600人×4.5/千人，进位需62个托位，现有96个托位"
    assert finding.because_en == (
        "13,600 residents × 4.5 per 1,000, rounded up: 62 places; 96 places there"
    )
    assert (finding.document, finding.article) == ("川办发〔2021〕57号", "一、总体要求")
    assert (finding.profile, finding.via, finding.key) == ("SC", "own", "nursery_rate")
    assert finding.at_most == 96 and finding.year is None
    assert judged(RATE, "K", situation=replace(SITUATION, year=2025)).year == 2025


def test_a_new_area_is_held_against_planned_people() -> None:
    """D-7: 6,250 planned, 62.5 → 63; that 999.5 live there already does not matter."""
    finding = judged(NEW, "new")
    assert figures(finding) == ("not_met", 62, 63, 1, 100)
    assert (finding.role, finding.level) == ("requirement", RESIDENTIAL)
    assert finding.unit_name == "new estate"
    assert finding.because_zh == (
        "规划人口6,250人×10/千人，进位需63个托位，现有62个托位，缺1个托位；"
        "新建居住区（按状态），2025年交付"
    )
    assert finding.because_en == (
        "6,250 planned people × 10 per 1,000, rounded up: 63 places; 62 places there, "
        "1 place short; new by its status, delivered 2025"
    )


def test_a_built_area_is_held_against_the_residents_inside() -> None:
    """D-4: 4,321 residents, 34.568 → 35; the planned people of a built area do not count."""
    finding = judged(BUILT, "old")
    assert figures(finding) == ("not_met", 34, 35, 1, 125)
    assert finding.because_zh == (
        "常住人口4,321人×8/千人，进位需35个托位，现有34个托位，缺1个托位；已建成居住区（按状态）"
    )


def test_each_residential_area_answers_to_the_clause_of_its_status() -> None:
    assert [f.unit_id for f in found() if f.clause_id == NEW] == ["new"]
    assert [f.unit_id for f in found() if f.clause_id == LAND_NEW] == ["new"]
    assert [f.unit_id for f in found() if f.clause_id == BUILT] == ["bare", "old"]


def test_a_rate_over_all_and_a_rate_in_each_area_are_never_merged() -> None:
    """A-28: the county has more than its 4.5 per 1,000, and no area has its 10 or 8."""
    assert judged(RATE, "K").verdict == "met"
    assert judged(NEW, "new").verdict == judged(BUILT, "old").verdict == "not_met"
    everywhere = replace(FACILITIES, places=np.array([0.0, 500.0, 63.0, 35.0, 7.0]))
    many = replace(DEMAND, people={**DEMAND.people, "total": np.array([4321.0, 1e6, 999.5])})
    dense = replace(SITUATION, demand=many, facilities=everywhere)
    assert judged(RATE, "K", situation=dense).verdict == "not_met"
    assert judged(NEW, "new", situation=dense).verdict == "met"
    assert judged(BUILT, "old", situation=dense).verdict == "met"


@pytest.mark.parametrize(("clause_id", "unit_id"), [(BUILT, "bare"), (LAND, "C"), (CIRCLE, "C")])
def test_where_nobody_lives_nothing_is_assessed(clause_id: str, unit_id: str) -> None:
    situation = replace(SITUATION, goals=NINETY)
    finding = judged(clause_id, unit_id, situation=situation)
    assert figures(finding) == ("not_assessable", None, None, None, None)
    assert finding.at_most is None
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
        "12,600 residents × 0.1 m²: 1,260 m² needed; 1,259.9 m² of plots there, 0.1 m² short"
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


def test_land_by_the_elderly_alone_where_a_study_reads_it_so() -> None:
    """A-1: 250 of 60 and over, 25 m²; the sentence says whom it counts."""
    reading = profile_of([SICHUAN.standard], said={"land_denominator": "elderly"})
    finding = judged(LAND, "K", profile=reading)
    assert figures(finding) == ("met", Fraction(13_599, 10), 25, 0, 0)
    assert finding.because_zh.startswith("60岁及以上250人×0.1平方米，需25平方米")


def test_land_apportioned_to_rooms_is_shown_and_counts_where_a_study_reads_it_so() -> None:
    """A-2: 0.25 m² of rooms at a ratio of 2.5 are the 0.1 m² that street A lacks."""
    more = replace(
        FACILITIES,
        elder_land_m2=np.array([1259.9, 9000.0, 0.0, 100.0, 50.0]),
        functions=(*FACILITIES.functions[:2], frozenset({"elder_community"}),
                   *FACILITIES.functions[3:]),
        elder_floor_m2=np.array([0.0, 0.0, 0.25, 0.0, 0.0]),
        far=np.array([1.0, 1.0, 2.5, np.nan, 1.0]),
    )  # fmt: skip
    situation = replace(SITUATION, facilities=more)
    strict = judged(LAND, "A", situation=situation)
    assert figures(strict) == ("not_met", Fraction(12_599, 10), 1260, Fraction(1, 10), 1)
    assert "另按容积率分摊0.1平方米（不计）" in strict.because_zh
    both = profile_of([SICHUAN.standard], said={"land_account": "apportioned"})
    assert figures(judged(LAND, "A", situation=situation, profile=both)) == (
        "met", 1260, 1260, 0, 0,
    )  # fmt: skip
    unknown = replace(situation, facilities=replace(more, far=np.full(5, np.nan)))
    assert judged(LAND, "A", situation=unknown, profile=both) == judged(LAND, "A")


# --- what a register does not say ----------------------------------------------------------------


def known(places: Sequence[float], land_m2: Sequence[float]) -> Situation:
    return replace(
        SITUATION,
        facilities=replace(
            FACILITIES, places=np.array(places), elder_land_m2=np.array(land_m2)
        ),
    )  # fmt: skip


NAN = float("nan")


def test_an_unknown_that_might_tip_the_scales_gives_no_verdict() -> None:
    situation = known([0.0, 500.0, NAN, 34.0, 7.0], [NAN, 9000.0, 0.0, 100.0, 50.0])
    places, land = judged(NEW, "new", situation=situation), judged(LAND, "A", situation=situation)
    assert figures(places) == ("not_assessable", 0, 63, None, None)
    assert figures(land) == ("not_assessable", 0, 1260, None, None)
    assert places.at_most is land.at_most is None
    assert "已知0个托位，另有1处不详" in places.because_zh
    assert "0 m² of plots known, of 1 more facilities it is not" in land.because_en


def test_an_unknown_that_tips_nothing_leaves_the_verdict() -> None:
    """62 places of 13,600 people are there without what the crèche may have besides."""
    situation = known([0.0, 500.0, NAN, 62.0, 7.0], [0.0, 9000.0, 0.0, 100.0, NAN])
    rate = judged(RATE, "K", situation=situation)
    assert figures(rate) == ("met", 62, 62, 0, 0)
    assert rate.at_most is None
    assert judged(LAND, "B", situation=situation).verdict == "met"  # the club is no home


def test_land_of_a_closed_home_and_places_of_one_are_nobodys_question() -> None:
    situation = known([0.0, NAN, 62.0, 34.0, 7.0], [1259.9, NAN, 0.0, 100.0, 50.0])
    assert found(situation) == found()


def test_a_register_of_no_nurseries_says_nothing_about_them() -> None:
    homes = replace(FACILITIES, functions=(frozenset({"elder_institution"}),) * 5)
    situation = replace(SITUATION, facilities=homes)
    finding = judged(NEW, "new", situation=situation)
    assert figures(finding) == ("not_assessable", None, None, None, None)
    assert finding.because_zh.startswith("台账不含此类设施（托育）")
    closed = replace(FACILITIES, is_open=np.zeros(5, dtype=bool))  # it lists them, all shut
    assert figures(judged(NEW, "new", situation=replace(SITUATION, facilities=closed))) == (
        "not_met", 0, 63, 63, 6250,
    )  # fmt: skip


def test_a_study_without_a_register_is_of_a_town_in_which_nothing_stands_yet() -> None:
    nothing = one_unit.facilities("nursery", places=[])
    nowhere = {name: indices() for name in FACILITIES.place}
    town = replace(SITUATION, facilities=replace(nothing, place=nowhere))
    assert judged(NEW, "new", situation=town).verdict == "not_assessable"
    town = replace(town, absent=frozenset({"nursery"}))
    assert figures(judged(NEW, "new", situation=town)) == ("not_met", 0, 63, 63, 6250)
    assert judged(LAND, "K", situation=town).verdict == "not_assessable"


@pytest.mark.parametrize(
    ("operator", "there", "zh", "en"),
    [
        (">=", 4, "缺1个托位", "1 place short"),
        (">", 5, "须超过而未超过", "to be passed and is not"),
        ("<=", 6, "超出1个托位", "1 place too many"),
        ("<", 5, "须低于而未低于", "to stay below and does not"),
        ("=", 4, "缺1个托位", "1 place short"),
        ("=", 6, "超出1个托位", "1 place too many"),
    ],
)
def test_what_is_wrong_is_said_in_its_own_direction(
    operator: str, there: int, zh: str, en: str
) -> None:
    asked = one_unit.clause(
        {"kind": "total", "amount": "places", "which": {"does": "nursery"}},
        value="5",
        operator=operator,
    )
    stands = one_unit.facilities("nursery", places=[there])
    finding = one_unit.judged(asked, one_unit.situation(stands, [100.0]))
    assert finding.verdict == "not_met"
    assert finding.because_zh.endswith(f"，{zh}") and finding.because_en.endswith(f", {en}")


def test_who_is_without_in_a_new_area_are_its_planned_people() -> None:
    """Guizhou asks for both kinds in a new area; a nursery stands in "new", no elder care does."""
    guizhou = profile_of([load_standard("guizhou-2022-6")])
    by_id = {
        f.clause_id.split("#")[-1]: f
        for f in evaluate(guizhou, SITUATION)
        if f.key == "new_areas_required"
    }
    assert {f.unit_id for f in by_id.values()} == {"new"}
    assert figures(by_id["nursery"]) == ("met", 1, 1, 0, 0)
    assert figures(by_id["elder"]) == ("not_met", 0, 1, 1, 6250)


# --- the circle ----------------------------------------------------------------------------------


def test_without_a_printed_goal_the_circle_is_measured_and_not_judged() -> None:
    finding = judged(CIRCLE, "K")
    assert figures(finding) == ("not_assessable", Fraction(4, 5), None, None, None)
    assert (finding.unit, finding.role) == ("share", "requirement")
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


def test_a_circle_that_nobody_walked_is_not_assessable() -> None:
    finding = judged(CIRCLE, "K", situation=replace(SITUATION, walks={}))
    assert figures(finding) == ("not_assessable", None, None, None, None)
    assert "were not worked out" in finding.because_en


def test_a_group_that_the_study_does_not_know_is_not_assessable() -> None:
    """Unless the service is for all residents: then they are counted, and it is said."""
    nobody = replace(SITUATION, demand=replace(DEMAND, people={"total": DEMAND.people["total"]}))
    finding = judged(CIRCLE, "K", situation=nobody)
    assert figures(finding) == ("not_assessable", None, None, None, None)
    assert "groups.elderly" in finding.because_en
    everybody = judged(CIRCLE, "K", situation=replace(nobody, group={"elder_care": "total"}))
    assert everybody.measured == Fraction(12_600, 13_600)
    assert "（按全体居民计）" in everybody.because_zh


# --- where, and in what order --------------------------------------------------------------------


def test_roles_are_those_of_the_document() -> None:
    roles = {(f.clause_id, f.unit_id): f.role for f in found()}
    assert roles == {
        (RATE, "K"): "benchmark",
        (LAND, "K"): "requirement",
        (LAND, "A"): "requirement",
        (LAND, "B"): "requirement",
        (LAND, "C"): "requirement",
        (LAND_NEW, "new"): "requirement",
        (NEW, "new"): "requirement",
        (BUILT, "bare"): "requirement",
        (BUILT, "old"): "requirement",
        (CIRCLE, "K"): "requirement",
        (CIRCLE, "A"): "benchmark",
        (CIRCLE, "B"): "benchmark",
        (CIRCLE, "C"): "benchmark",
    }


def test_what_is_soft_or_asks_for_no_figure_is_an_indicator() -> None:
    for finding in evaluate(SICHUAN, SITUATION):
        clause = SICHUAN.clause(finding.clause_id)
        assert clause is not None
        soft = clause.strength in ("soft", "info")
        is_circle = clause.measure.kind == "travel_time_coverage"
        asks = clause.limit_from == "document" if is_circle else clause.value is not None
        assert (finding.role == "indicator") == (soft or not asks), clause.id


def test_a_circle_that_borrows_its_minutes_is_counted_only_where_a_study_sets_a_goal() -> None:
    name = "SC-2021-57/2.4/priority-residents"
    assert {f.role for f in evaluate(SICHUAN, SITUATION) if f.clause_id == name} == {"indicator"}
    aimed = replace(SITUATION, goals={name: Fraction(9, 10)})
    assert {f.role for f in evaluate(SICHUAN, aimed) if f.clause_id == name} == {"requirement"}


def test_a_limit_is_borrowed_exactly_where_the_quote_prints_no_minutes() -> None:
    circles = [
        clause
        for name in standards_in_library()
        for clause in load_standard(name).clauses
        if clause.measure.kind == "travel_time_coverage" and not load_standard(name).outside
    ]
    printed = ("１５分钟", "15分钟", "一刻钟", "覆盖率", "可及性")
    assert len(circles) > 20
    for clause in circles:
        if clause.measure.limit_min is None and not clause.measure.limit_by_zone:
            continue
        prints = any(word in clause.quote for word in printed)
        assert prints == (clause.limit_from == "document"), (clause.id, clause.quote)


def test_findings_stand_in_the_order_of_clauses_levels_and_units() -> None:
    assert [(f.clause_id, f.unit_id) for f in found()] == [
        (RATE, "K"),
        (LAND, "K"), (LAND, "A"), (LAND, "B"), (LAND, "C"),
        (LAND_NEW, "new"),
        (NEW, "new"),
        (BUILT, "bare"), (BUILT, "old"),
        (CIRCLE, "K"), (CIRCLE, "A"), (CIRCLE, "B"), (CIRCLE, "C"),
    ]  # fmt: skip
    ids = [clause.id for clause in SICHUAN.clauses]
    at = [ids.index(f.clause_id) for f in evaluate(SICHUAN, SITUATION)]
    assert at == sorted(at)


def test_every_clause_is_found_about_somewhere() -> None:
    """Nothing is dropped: a clause that meets no unit says so."""
    assert {f.clause_id for f in evaluate(SICHUAN, SITUATION)} == {c.id for c in SICHUAN.clauses}


def test_a_study_adopts_the_target_of_a_parent() -> None:
    adopted = judged(RATE, "K", levels={RATE: ("county",)})
    shown = judged(RATE, "K")
    assert adopted.role == "requirement"
    assert adopted == replace(shown, role="requirement")
    at_street = judged(RATE, "A", levels={RATE: ("street",)})
    assert at_street.role == "requirement" and at_street.required == 57


def test_a_clause_set_aside_is_still_shown() -> None:
    aside = found(levels={LAND: (), NEW: ()})
    assert {f.role for f in aside if f.clause_id in (LAND, NEW)} == {"benchmark"}
    plain = [replace(f, role="benchmark") for f in found()]
    assert [replace(f, role="benchmark") for f in aside] == plain


def test_an_override_of_one_clause_leaves_the_others() -> None:
    changed = found(levels={RATE: ("county",)})
    others = [f for f in found() if f.clause_id != RATE]
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
    findings = found(situation)
    absent = {f.clause_id: f for f in findings if f.unit_id == ""}
    assert set(absent) == {RATE, LAND_NEW, NEW, BUILT}
    for finding in absent.values():
        assert figures(finding) == ("not_assessable", None, None, None, None)
        assert finding.because_zh == "研究中没有该层级的单元，无法评估"
        assert finding.because_en == "the study has no units of this level"
    assert absent[RATE].level == "province" and absent[NEW].level == RESIDENTIAL
    assert [(f.clause_id, f.role) for f in findings if f.unit_id == "Z"] == [
        (LAND, "benchmark"),
        (CIRCLE, "benchmark"),
    ]


def test_residential_areas_of_another_status_only_are_no_gap() -> None:
    """A study with built areas alone: what is asked of new ones does not apply to it."""
    assert AREA.residential is not None
    built = replace(AREA.residential, status=("built", "built", "built"))
    findings = found(replace(SITUATION, area=replace(AREA, residential=built)))
    (new,) = [f for f in findings if f.clause_id == NEW]
    assert (new.unit_id, new.verdict, new.level) == ("", "not_applicable", RESIDENTIAL)


def test_land_of_a_new_area_is_held_against_planned_people_too() -> None:
    """A-1, D-1: planned population for areas not yet built: 6,250 · 0.1; none stands there."""
    finding = judged(LAND_NEW, "new")
    assert figures(finding) == ("not_met", 0, 625, 625, 6250)
    assert finding.because_zh == (
        "规划人口6,250人×0.1平方米，需625平方米，现有独立占地0平方米，缺625平方米；"
        "新建居住区（按状态），2025年交付"
    )
    adopted = judged(LAND, "new", levels={LAND: (RESIDENTIAL,)})
    assert figures(adopted) == figures(finding)
    assert judged(LAND, "old", levels={LAND: (RESIDENTIAL,)}).required == Fraction(4321, 10)


def test_evaluate_gives_the_same_findings_again() -> None:
    assert evaluate(SICHUAN, SITUATION) == evaluate(SICHUAN, SITUATION)


def test_a_target_of_a_later_year_is_only_shown() -> None:
    early = binding_levels(SICHUAN, {RATE: ("county",)}, 2024)
    due = binding_levels(SICHUAN, {RATE: ("county",)}, 2025)
    assert early[RATE] == () and due[RATE] == ("county",)
    assert early[LAND] == due[LAND] == ("county", "street")
    assert binding_levels(SICHUAN, {}, None)[RATE] == ("province",)
    (finding,) = [f for f in found(levels=early) if f.clause_id == RATE]
    assert (finding.role, finding.unit_id) == ("benchmark", "K")
