"""A silent register does not say that nothing is there; what is asked in town is counted there.

A county of two communities, one in town and one in the country, a kilometre wide each.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import shapely

from planning.area import StudyArea, UnitLevel
from planning.demand import Demand
from planning.facilities import Candidates, Facilities
from planning.standards import (
    Clause,
    Finding,
    Profile,
    Situation,
    Standard,
    binding_levels,
    evaluate,
    load_standard,
    profile_of,
)
from planning.standards.figures import Figure, Figures

COUNTY = np.array([shapely.box(0, 0, 2000, 1000)], dtype=object)
COMMUNITIES = np.array(
    [shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)], dtype=object
)


def clause(measure: dict[str, object], **said: Any) -> Clause:
    """A binding clause of counties."""
    plain: dict[str, Any] = {
        "id": "one", "key": "one", "article": "1", "quote": "…", "title_zh": "一",
        "title_en": "one", "service": "any", "mark": "spatial-core", "strength": "binding",
        "measure": measure, "levels": ["county"], "reading": "as it is",
    }  # fmt: skip
    if "value" in said:
        plain["operator"] = ">="
    return Clause.model_validate(plain | said)


def document(*clauses: Clause, outside: bool = False) -> Profile:
    """What is in force under a document of these clauses."""
    return profile_of(
        [
            Standard(
                id="doc", short="DOC", document="doc", jurisdiction="", dated="", outside=outside,
                clauses=clauses,
            )
        ]
    )  # fmt: skip


def stands(*rows: tuple[str, float], is_open: bool = True, **more: Any) -> Facilities:
    """Facilities: what each does (``a + b``), and how far east it stands [m]."""
    n, x_m = len(rows), np.array([east for _, east in rows], dtype=float)
    blank = {name: np.zeros(n) for name in ("places", "elder_land_m2", "floor_m2")}
    return Facilities(
        ids=tuple(f"F{i}" for i in range(n)), names=tuple(f"F{i}" for i in range(n)),
        types=("",) * n, functions=tuple(frozenset(does.split(" + ")) for does, _ in rows),
        x_m=x_m, y_m=np.full(n, 500.0), is_open=np.full(n, is_open), place=places(x_m),
        **(blank | more),
    )  # fmt: skip


def candidates(*east: float) -> Candidates:
    """Idle premises of 100 m², where they stand [m]."""
    n, x_m = len(east), np.array(east, dtype=float)
    return Candidates(
        ids=tuple(f"C{i}" for i in range(n)), source_classes=("闲置用房",) * n,
        services=(frozenset({"elder_care", "nursery"}),) * n, x_m=x_m, y_m=np.full(n, 500.0),
        floor_m2=np.full(n, 100.0), land_m2=np.zeros(n), yuan_per_m2=np.zeros(n),
        fixed_yuan=np.zeros(n), assumed=(frozenset(),) * n, place=places(x_m),
    )  # fmt: skip


def places(x_m: Any) -> dict[str, Any]:
    return {"county": np.zeros(len(x_m), np.int32), "community": (x_m >= 1000).astype(np.int32)}


def town(facilities: Facilities, zones: tuple[str, str] = ("urban", "rural")) -> Situation:
    """A hundred people in each community."""
    x_m = np.array([500.0, 1500.0])
    area = StudyArea(
        name="a county", epsg=4544, boundary=COUNTY[0], residential=None,
        levels=(
            UnitLevel(level="county", ids=("K",), names=("K",), parent_ids=(None,),
                      geometry=COUNTY),
            UnitLevel(level="community", ids=("U", "R"), names=("U", "R"), parent_ids=("K", "K"),
                      geometry=COMMUNITIES, attributes={"zone": zones}),
        ),
    )  # fmt: skip
    demand = Demand(
        x_m=x_m, y_m=np.full(2, 500.0), people={"total": np.full(2, 100.0)}, place=places(x_m),
        outline=COMMUNITIES, people_in_source=200.0, people_outside=0.0,
    )  # fmt: skip
    return Situation(
        area=area, demand=demand, facilities=facilities, functions={}, group={}, coverage={},
        goals={},
    )  # fmt: skip


def judged(asked: Clause, situation: Situation, *before: Clause) -> Finding:
    """What is found of a clause in the county, after other clauses."""
    found = evaluate(document(*before, asked), situation)
    (mine,) = [f for f in found if f.clause_id == asked.id and f.unit_id == "K"]
    return mine


# --- town and country ----------------------------------------------------------------------------

PREMISES = {"kind": "candidates", "classes": ["idle_premises"]}


@pytest.mark.parametrize(("zone", "n"), [(["urban"], 2), (["rural"], 1), (["urban", "rural"], 3)])
def test_candidates_are_counted_where_the_clause_applies(zone: list[str], n: int) -> None:
    situation = replace(town(stands(("nursery", 500))), candidates=candidates(1, 2, 1001))
    finding = judged(clause(PREMISES, applies={"zone": zone}), situation)
    assert finding.measured == n
    assert finding.because_zh.startswith(f"{n}处候选点，可用建筑面积{100 * n}平方米")


def test_where_nobody_says_what_is_town_nothing_is_counted() -> None:
    situation = replace(
        town(stands(("day_care", 500), ("day_care", 1500)), ("urban", "")),
        candidates=candidates(1, 1001),
    )
    average = {"kind": "average", "amount": "floor_m2", "which": {"does": "day_care"}}
    hub = {"kind": "attached", "which": {"does": "day_care"}, "hub": {"does": "elder_institution"}}
    for measure in (PREMISES, average, hub):
        finding = judged(clause(measure, applies={"zone": ["urban"]}), situation)
        assert (finding.verdict, finding.measured) == ("not_assessable", None)
        assert finding.because_zh.endswith("单元未注明所属类别")


def test_units_that_fall_short_are_those_of_the_unit() -> None:
    """Two counties of one community each: neither is told of what the other lacks."""
    one = replace(town(stands(("day_care", 500))), candidates=candidates(1, 1001))
    level = replace(
        one.area.levels[0], ids=("K", "L"), names=("K", "L"), parent_ids=(None, None),
        geometry=COMMUNITIES, attributes={},
    )  # fmt: skip
    area = replace(one.area, levels=(level, one.area.levels[1]))
    both = {"county": places(np.array([1.0, 1001.0]))["community"]}
    here = {"county": np.zeros(1, np.int32)}
    assert one.candidates is not None
    situation = replace(
        one, area=area,
        demand=replace(one.demand, place=one.demand.place | both),
        facilities=replace(one.facilities, place=one.facilities.place | here),
        candidates=replace(one.candidates, place=one.candidates.place | both),
    )  # fmt: skip
    lacking = clause(
        {"kind": "presence", "which": {"does": "day_care"}}, id="lacking", value="1",
        levels=["community"],
    )  # fmt: skip
    found = evaluate(document(lacking, clause(PREMISES)), situation)
    told = {f.unit_id: f.because_zh for f in found if f.clause_id == "one"}
    assert "缺口单元" not in told["K"]
    assert "1个缺口单元中1个内有此类候选点" in told["L"]


# --- what a register is kept of ------------------------------------------------------------------


def test_a_register_without_anything_closed_does_not_say_what_was_closed() -> None:
    closed = clause(
        {"kind": "count", "which": {"does": "elder_institution", "status": "closed"}}, value="5"
    )
    open_ones = stands(("elder_institution", 1), ("elder_institution", 2))
    assert judged(closed, town(open_ones)).because_zh.startswith("台账不含此类设施")
    shut = replace(open_ones, is_open=np.array([True, False]))
    assert judged(closed, town(shut)).measured == 1


@pytest.mark.parametrize(
    ("rows", "verdict", "measured"),
    [
        (["elder_institution"], "not_assessable", 0),  # no wellness bases are listed at all
        (["elder_institution", "wellness_base"], "not_met", 0),
        (["elder_institution + clinic", "elder_institution"], "met", 1),
    ],
)
def test_kinds_of_which_the_register_lists_none_may_be_there(
    rows: list[str], verdict: str, measured: int
) -> None:
    named = clause(
        {"kind": "count", "which": {"does": "elder_institution | wellness_base", "named": ["F0"]}},
        value="1",
    )
    facilities = stands(*((does, float(i)) for i, does in enumerate(rows)))
    if verdict != "met":
        facilities = replace(facilities, names=("院",) * len(rows))
    finding = judged(named, town(facilities))
    assert (finding.verdict, finding.measured) == (verdict, measured)


def test_two_in_one_is_not_missing_where_one_of_the_two_is_not_listed() -> None:
    both = clause({"kind": "count", "which": {"does": "elder_community + nursery"}}, value="2")
    assert judged(both, town(stands(("elder_community", 1)))).verdict == "not_assessable"
    listed = stands(("elder_community", 1), ("nursery", 2))
    assert judged(both, town(listed)).verdict == "not_met"


def test_what_is_next_door_is_unknown_where_the_register_lists_none_of_the_kind() -> None:
    beside = clause(
        {"kind": "co_location", "which": {"does": "day_care"}, "beside": {"does": "health"},
         "traits": ["clinic"]},
        value="100",
    )  # fmt: skip
    no_clinic = stands(("day_care", 1), traits={"clinic": np.array([0], np.int8)})
    finding = judged(beside, town(no_clinic))
    assert (finding.verdict, finding.measured, finding.at_most) == ("not_assessable", 0, 1)
    far = stands(
        ("day_care", 1), ("health", 500), traits={"clinic": np.array([0, -1], np.int8)}
    )  # fmt: skip
    assert judged(beside, town(far)).verdict == "not_met"


# --- figures, years and roles --------------------------------------------------------------------


def test_what_is_asked_from_a_year_on_is_asked_of_the_year_of_the_study() -> None:
    share = clause(
        {"kind": "typed_in", "figure": "lottery"}, value="55", unit="%", when="from", year=2022,
    )  # fmt: skip
    typed = {
        ("lottery", "K"): tuple(
            Figure(value=Fraction(percent, 100), year=year, source="")
            for year, percent in ((2022, 60), (2025, 50))
        )
    }
    situation = replace(town(stands(("nursery", 1))), figures=Figures(listed=typed))
    assert judged(share, replace(situation, year=2023)).verdict == "met"
    assert judged(share, replace(situation, year=2025)).verdict == "not_met"
    by = share.model_copy(update={"when": "by"})
    assert judged(by, replace(situation, year=2025)).verdict == "met"


def test_more_than_were_to_be_built_is_no_breach() -> None:
    """打造100个农村互助养老示范点: a hundred and one are a hundred."""
    two = stands(("mutual_aid", 1), ("mutual_aid", 2))
    for value, verdict, gap in (("1", "met", 0), ("2", "met", 0), ("3", "not_met", 1)):
        asked = clause({"kind": "count", "which": {"does": "mutual_aid"}}, value=value,
                       operator="=")  # fmt: skip
        finding = judged(asked, town(two))
        assert (finding.verdict, finding.gap) == (verdict, gap)


def test_what_a_document_tells_of_is_not_needed() -> None:
    told = clause({"kind": "count", "which": {"does": "nursery"}}, value="8", strength="info")
    finding = judged(told, town(stands(("nursery", 1))))
    assert finding.verdict == "not_assessable"
    assert finding.because_zh == "托育：现有1处；文件所载8处（背景数据，不判达标）"
    assert "needed" not in finding.because_en


def test_a_norm_outside_the_documents_binds_where_it_is_adopted_and_nowhere_else() -> None:
    asked = clause({"kind": "count", "which": {"does": "nursery"}}, value="1")
    situation = town(stands(("nursery", 1)))
    outside = document(asked, outside=True)
    roles = {}
    for name, adopted in (("as it is", {}), ("adopted", {"one": ["county"]})):
        levels = binding_levels(outside, adopted, None)
        roles[name] = {f.role for f in evaluate(outside, situation, levels)}
    assert roles == {"as it is": {"benchmark"}, "adopted": {"requirement"}}
    assert {f.role for f in evaluate(outside, situation)} == {"benchmark"}
    assert {f.role for f in evaluate(document(asked), situation)} == {"requirement"}


def test_floor_per_1000_people_is_not_rounded_up() -> None:
    asked = clause(
        {"kind": "per_thousand", "amount": "floor_m2", "which": {"does": "nursery"}}, value="1"
    )
    situation = town(stands(("nursery", 1), floor_m2=np.array([0.2])))
    assert judged(asked, situation).required == Fraction(1, 5)
    assert judged(asked, situation).verdict == "met"


# --- inheritance ---------------------------------------------------------------------------------


@pytest.mark.parametrize("city", ["chengdu-yilao", "dazhou-2022-19"])
def test_a_clause_is_replaced_by_one_for_the_same_people(city: str) -> None:
    """An item split by service is replaced half by half."""
    profile = profile_of([load_standard(city), load_standard("sichuan-2021-57")])
    own = {(c.key, c.service) for c in load_standard(city).clauses}
    halves = [
        (gone.clause.service, gone.by.service)
        for gone in profile.replaced
        if (gone.clause.key, gone.clause.service) in own
    ]
    assert halves and all(above == by for above, by in halves)
    nursery = [g for g in profile.replaced if g.clause.id.endswith("age-distribution#nursery")]
    assert [gone.by.service for gone in nursery] == ["nursery"]
