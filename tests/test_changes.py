"""What stands may be enlarged, turned into something else or closed: plans of it, audited."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from one_unit import clause
from test_posing import AREA, HOME, places, standard
from test_siting import CIRCLE, Town, a_town, solved, town_area

from planning.demand import Demand
from planning.errors import StudyError
from planning.facilities import Candidates, Facilities
from planning.siting import Change, Module, SitingProblem, Solution, Status, pose, solve
from planning.siting.built import built, rows_of
from planning.siting.changes import as_changed, changeable
from planning.siting.stopping import Seconds
from planning.standards import Clause, Profile, Situation, Which, evaluate, profile_of
from planning.study import ChangeSpec
from planning.workflow import check, run

thorough = settings(
    derandomize=True, database=None, deadline=None, max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip

ELDER, NURSERY = "elder_community", "nursery"
CLOSE_HOME = Change(
    name="close", service="elder_care", which=Which(does=f"{HOME} | {ELDER}"), closes=True, yuan=1.0
)
TO_NURSERY = Change(
    name="a nursery instead", service="nursery", which=Which(does=f"{HOME} | {ELDER}"),
    adds=frozenset({NURSERY}), drops=frozenset({HOME, ELDER}), sized_in="places", most=20,
    yuan=10.0, yuan_per_unit=1.0,
)  # fmt: skip
MORE_PLACES = Change(
    name="more places", service="nursery", which=Which(does=NURSERY), sized_in="places", most=10,
    floor_m2_per_unit=8.0, yuan_per_unit=100.0,
)  # fmt: skip


# --- what a change makes of a facility -----------------------------------------------------------


def register(n: int, **said: object) -> Facilities:
    every: dict[str, object] = {
        "ids": tuple(f"F{i}" for i in range(n)),
        "names": ("",) * n,
        "types": ("",) * n,
        "functions": (frozenset({HOME}),) * n,
        "x_m": np.zeros(n),
        "y_m": np.zeros(n),
        "places": np.zeros(n),
        "elder_land_m2": np.full(n, 50.0),
        "floor_m2": np.full(n, 300.0),
        "is_open": np.ones(n, dtype=bool),
        "place": places(n, [0] * n),
    }
    return Facilities(**{**every, **said})  # type: ignore[arg-type]


def test_ordinary_beds_become_nursing_beds_and_no_more_than_there_are() -> None:
    beds = Change(
        name="n", service="s", which=Which(does=HOME), sized_in="nursing_beds", yuan_per_unit=1.0
    )
    stands = register(4, beds=np.array([30.0, 10.0, np.nan, 20.0]),
                      nursing_beds=np.array([12.0, 10.0, 0.0, np.nan]))  # fmt: skip
    # Nobody knows how many the third and the fourth could turn.
    assert changeable(stands, beds) == [(0, 18)]
    after = as_changed(stands, np.array([0]), [beds], np.array([18]))
    assert (after.beds[0], after.nursing_beds[0]) == (30.0, 30.0)


def test_what_nobody_knows_stays_unknown() -> None:
    more = Change(name="m", service="s", which=Which(does=HOME), sized_in="beds", most=5)
    after = as_changed(register(1, beds=np.array([np.nan])), np.array([0]), [more], np.array([5]))
    assert np.isnan(after.beds[0]) and np.isnan(after.nursing_beds[0])


def test_a_home_turned_into_a_nursery_is_none_any_more_and_has_no_elder_care_land() -> None:
    after = as_changed(register(1), np.array([0]), [TO_NURSERY], np.array([7]))
    assert after.functions == (frozenset({NURSERY}),)
    assert (after.places[0], after.elder_land_m2[0], after.elder_floor_m2[0]) == (7.0, 0.0, 0.0)


def test_only_those_named_are_changed() -> None:
    assert changeable(register(3), replace(CLOSE_HOME, ids=frozenset({"F1"}))) == [(1, 1)]


def test_what_is_built_follows_what_stands_and_changes_stay_in_their_place() -> None:
    town = a_town(changes=(CLOSE_HOME, MORE_PLACES))
    options, stands = town.problem.options, town.situation.facilities
    used = np.array([0, *np.flatnonzero(options.facility >= 0)])
    size = options.min_size[used]
    after = built(
        options, town.problem.candidates, stands, used, size, opened=np.full(len(used), 2025)
    )
    assert after.ids[: len(stands)] == stands.ids
    assert after.is_open.tolist() == [False, True, True]
    assert after.places[1] == stands.places[1] + 1
    assert rows_of(options, used, len(stands)).tolist() == [2, 0, 1]
    assert after.ids[2] == town.problem.candidates.ids[options.candidate[0]]


# --- the two tables of the specification ---------------------------------------------------------


def city(stands: Facilities, clauses: list[Clause], changes: list[Change], modules: list[Module],
         ) -> tuple[SitingProblem, Situation, Profile]:  # fmt: skip
    demand = Demand(
        x_m=np.array([0.5, 1.5]), y_m=np.array([0.5, 0.5]),
        people={"total": np.array([1000.0, 1000.0])},
        place={"county": np.zeros(2, dtype=np.int32), "street": np.array([0, 1], dtype=np.int32)},
        outline=AREA.levels[1].geometry, people_in_source=2000.0, people_outside=0.0,
    )  # fmt: skip
    candidates = Candidates(
        ids=("C",), source_classes=("",), services=(frozenset({"elder_care"}),), x_m=np.zeros(1),
        y_m=np.zeros(1), floor_m2=np.array([1e6]), land_m2=np.zeros(1), yuan_per_m2=np.ones(1),
        fixed_yuan=np.zeros(1), assumed=(frozenset(),), place=places(1, [0]),
    )  # fmt: skip
    situation = Situation(
        area=AREA, demand=demand, facilities=stands, functions={}, group={}, coverage={}, goals={},
        candidates=candidates, year=2025,
    )  # fmt: skip
    one = standard(clauses[0]).standard
    profile = profile_of([one.model_copy(update={"clauses": tuple(clauses)})])
    problem = pose(
        profile=profile, findings=evaluate(profile, situation), situation=situation,
        candidates=candidates, walks_to=lambda *_: pytest.fail("nobody walks"), modules=modules,
        changes=changes,
    )  # fmt: skip
    return problem, situation, profile


def verdicts(
    problem: SitingProblem, situation: Situation, profile: Profile, solution: Solution
) -> dict[str, tuple[str, Fraction | None]]:
    used = np.flatnonzero(solution.size > 0)
    stands = built(
        problem.options, problem.candidates, situation.facilities, used, solution.size[used],
        opened=np.full(len(used), 2025),
    )  # fmt: skip
    found = evaluate(profile, replace(situation, facilities=stands))
    return {f.clause_id: (f.verdict, f.measured) for f in found if f.unit_id == "K"}


def test_d_11_new_beds_alone_leave_the_nursing_share_short_so_900_are_converted() -> None:
    """26,400 beds, 12,000 of them nursing; 30,000 wanted, 55 % of them nursing."""
    stands = register(
        2, beds=np.array([12_000.0, 14_400.0]), nursing_beds=np.array([12_000.0, 0.0])
    )
    asked = [
        clause({"kind": "total", "amount": "beds", "which": {"does": HOME}}, value="30000"),
        clause(
            {
                "kind": "share_of_capacity", "amount": "beds", "which": {"does": HOME},
                "part_amount": "nursing_beds",
            },
            value="55", id="T/share", key="share",
        ),
    ]  # fmt: skip
    convert = Change(
        name="convert",
        service="elder_care",
        which=Which(does=HOME),
        sized_in="nursing_beds",
        yuan_per_unit=20_000.0,
    )
    home = Module(
        name="home", service="elder_care", functions=frozenset({HOME}), sized_in="beds",
        floor_m2_per_unit=40.0, is_nursing=True, yuan_per_m2=2500.0,
    )  # fmt: skip
    problem, situation, profile = city(stands, asked, [convert], [home])
    solution = solve(problem, stop=lambda: Seconds(20.0))
    assert solution.status is Status.OPTIMAL
    by_name = dict(zip((problem.options.modules[m].name for m in problem.options.module),
                       solution.size.tolist(), strict=True))  # fmt: skip
    assert by_name == {"home": 3600, "convert": 900}
    assert verdicts(problem, situation, profile, solution) == {
        asked[0].id: ("met", Fraction(30_000)),
        asked[1].id: ("met", Fraction(55, 100)),
    }


def test_d_12_of_61_complexes_49_get_a_nursery() -> None:
    """80 % of 61 are 48.8: 49; the cheapest are upgraded, each at its own price."""
    has = 8
    stands = register(
        61,
        functions=tuple(frozenset({ELDER, NURSERY} if i < has else {ELDER}) for i in range(61)),
        places=np.array([10.0 if i < has else 0.0 for i in range(61)]),
    )
    asked = clause(
        {"kind": "share_of_facilities", "which": {"does": ELDER}, "part": {"does": NURSERY}},
        value="80",
    )
    dear, cheap = (
        Change(
            name=name, service="nursery", which=Which(does=ELDER), ids=ids,
            adds=frozenset({NURSERY}), places=10, yuan=yuan,
        )
        for name, ids, yuan in (
            ("dear", frozenset(), 300.0),
            ("cheap", frozenset(stands.ids[20:50]), 100.0),
        )
    )  # fmt: skip
    problem, situation, profile = city(stands, [asked], [dear, cheap], [])
    solution = solve(problem, stop=lambda: Seconds(20.0))
    stage = solution.stage("yuan")
    assert stage is not None and stage.found == 30 * 100.0 + (49 - has - 30) * 300.0
    (found,) = verdicts(problem, situation, profile, solution).values()
    assert found[0] == "met"


def test_what_a_study_may_close_it_closes_only_where_that_mends_something() -> None:
    """Half of the homes are to be public: one of the two others goes, and not the public one."""
    stands = register(3, operator=("government", "market", "market"))
    asked = clause(
        {
            "kind": "share_of_facilities", "which": {"does": HOME},
            "part": {"does": HOME, "operator": "government"},
        },
        value="50",
    )  # fmt: skip
    problem, situation, profile = city(stands, [asked], [CLOSE_HOME], [])
    solution = solve(problem, stop=lambda: Seconds(20.0))
    closed = problem.options.facility[solution.size > 0].tolist()
    assert closed in ([1], [2])
    assert verdicts(problem, situation, profile, solution)[asked.id][0] == "met"


def test_what_is_met_stays_met() -> None:
    """Two homes there must be, and three nurseries: each could only be had for the other."""
    stands = register(3, functions=(frozenset({HOME}), frozenset({HOME}), frozenset({NURSERY})))
    homes = clause({"kind": "count", "which": {"does": HOME}}, value="2", id="T/homes", key="homes")
    nurseries = clause({"kind": "count", "which": {"does": NURSERY}}, value="3")
    problem, *_ = city(stands, [homes, nurseries], [TO_NURSERY], [])
    assert {r.finding.clause_id: r.is_held for r in problem.requirements} == {
        "T/homes": True,
        nurseries.id: False,
    }
    solution = solve(problem, stop=lambda: Seconds(20.0))
    left = solution.stage("people_left")
    assert left is not None and left.found == pytest.approx(2000.0)


# --- walks ---------------------------------------------------------------------------------------


MANY = {900: 4000.0}
"""They live in no residential area: 18 places for them in all, of which 5 are there."""


def claimed(town: Town, size: np.ndarray) -> Solution:
    """A plan that somebody else thought of."""
    return Solution(status=Status.STOPPED, size=size, stages=())


@thorough
@given(data=st.data())
def test_every_plan_that_changes_what_stands_is_what_its_audit_finds(data: st.DataObject) -> None:
    """People whom a home leaves, a home that moves, places that come: all as `evaluate` says."""
    homes = data.draw(st.lists(st.sampled_from([0.0, 400.0, 1200.0, 2400.0]), min_size=1,
                               max_size=3, unique=True))  # fmt: skip
    town = a_town(
        stands=(*((at, "elder_care") for at in homes), (700.0, "nursery")),
        changes=tuple(data.draw(st.permutations([CLOSE_HOME, TO_NURSERY, MORE_PLACES])))[
            : data.draw(st.integers(1, 3))
        ],
        goal=data.draw(st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(9, 10)])),
    )
    options = town.problem.options
    size = np.zeros(len(options), dtype=np.int64)
    for slot in np.unique(options.slot).tolist():
        k = data.draw(st.sampled_from([-1, *np.flatnonzero(options.slot == slot).tolist()]))
        if k >= 0:
            ends = st.sampled_from([int(options.min_size[k]), int(options.max_size[k])])
            size[k] = data.draw(ends)
    floor = np.bincount(options.candidate, weights=options.floor_per_unit * size,
                        minlength=len(town.problem.candidates))  # fmt: skip
    size[(floor > town.problem.candidates.floor_m2)[options.candidate]] = 0
    # The audit walks and judges everything anew, and raises where a requirement says otherwise.
    town.audited(claimed(town, size))


def test_closing_the_only_home_is_asked_of_nobody_who_would_lose_it() -> None:
    """A quarter within the circle is met by the home alone: closed, all of them are left out."""
    town = a_town(changes=(CLOSE_HOME,), goal=Fraction(1, 4))
    circle = next(r for r in town.problem.requirements if r.finding.clause_id == CIRCLE)
    assert circle.is_held and circle.need.missing(np.zeros(len(town.problem.options), int)) == 0
    solution = solved(town.problem)
    assert not (solution.size[town.problem.options.facility >= 0] > 0).any()
    closing = np.flatnonzero(town.problem.options.facility >= 0)
    size = np.zeros(len(town.problem.options), dtype=np.int64)
    size[closing] = 1
    plan = town.audited(claimed(town, size))
    (lost,) = [one for one in plan.unmet if one.clause_id == CIRCLE]
    assert lost.missing > 0 and "given up" in lost.because_en


GROW = Change(
    name="grow", service="elder_care", which=Which(does=f"{HOME} | {ELDER}"), sized_in="m2",
    most=50, floor_m2_per_unit=1.0, yuan_per_unit=1.0,
)  # fmt: skip


@thorough
@given(data=st.data())
def test_the_best_plan_is_clean_and_no_worse_than_any_other(data: st.DataObject) -> None:
    """With all that may be done to a home: what is claimed is what the audit finds."""
    homes = data.draw(st.lists(st.sampled_from([0.0, 400.0, 1200.0, 2400.0]), min_size=1,
                               max_size=3, unique=True))  # fmt: skip
    town = a_town(
        at=(450, 2750), floor=(400, 300), land=(0, 300), price=(1000, 1000),
        stands=(*((at, "elder_care") for at in homes), (700.0, "nursery")),
        changes=(GROW, CLOSE_HOME, TO_NURSERY, MORE_PLACES),
        goal=data.draw(st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(9, 10)])),
    )  # fmt: skip
    solution = solved(town.problem)
    plan = town.audited(solution)
    left = solution.stage("people_left")
    assert left is not None and plan.people_short == pytest.approx(left.found, abs=1e-4)
    options = town.problem.options
    size = np.zeros(len(options), dtype=np.int64)
    for slot in np.unique(options.slot).tolist():
        k = data.draw(st.sampled_from([-1, *np.flatnonzero(options.slot == slot).tolist()]))
        if k >= 0:
            size[k] = data.draw(st.integers(int(options.min_size[k]), int(options.max_size[k])))
    other = sum(r.weight * r.need.missing(size) for r in town.problem.requirements)
    assert left.found <= other + 1e-4


def test_a_plan_with_changes_is_cheapest_among_all_and_clean() -> None:
    """The new area needs a nursery of its own; the rest comes cheaper where one stands."""
    more = replace(MORE_PLACES, yuan_per_unit=1.0)
    costs = [
        town.audited(solved(town.problem)).objective_yuan
        for town in (a_town(changes=changes, people=MANY) for changes in ((), (more,)))
    ]
    assert costs[1] < costs[0]


# --- what a study says ---------------------------------------------------------------------------


def spec(**said: object) -> ChangeSpec:
    return ChangeSpec.model_validate({"which": {"does": HOME}, "source": "示意", **said})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "nothing that changes"),
        ({"close": True, "adds": ["nursery"]}, "close beside other changes"),
        ({"sized_in": "places"}, "without most"),
        ({"adds": ["nursery"], "most": 3}, "most without sized_in"),
        ({"close": True, "yuan": -1}, "greater than or equal to 0"),
        ({"close": True, "which": {"does": "castle"}}, "castle"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(said: dict[str, object], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        spec(**said)


def study_with(tmp_path: Path, changes: str) -> Path:
    """The tiny town, whose services may change what stands, and build nothing."""
    folder = tmp_path / "town"
    shutil.copytree(Path(__file__).parent / "tiny_town", folder)
    study = folder / "study.yaml"
    text = study.read_text(encoding="utf-8")
    assert "  nursery:\n" in text
    study.write_text(
        text.replace("  nursery:\n", f"  nursery:\n    change:\n{changes}", 1), encoding="utf-8"
    )
    return study


def test_a_study_that_may_change_what_stands_does_so_and_says_it(tmp_path: Path) -> None:
    """F2, a nursery of street O, takes in the old as well, where K1 may not be had."""
    said = "      both: {which: {does: nursery}, adds: [elder_community], yuan: 1, source: 示意}\n"
    study = study_with(tmp_path, said)
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("gap: 0.0", "gap: 0.0, forbidden: [K1]", 1), encoding="utf-8")
    result, folder = run(study, out_dir=tmp_path / "out")
    assert result.plan is not None
    changed = [site for site in result.plan.sites if site.action == "change"]
    assert [(site.candidate_id, site.module) for site in changed] == [("F2", "both")]
    written = pd.read_csv(folder / "plan.csv")
    assert set(written["action"]) >= {"change"}
    stands = set(result.town.facilities.ids)
    assert {site.candidate_id for site in changed} <= stands


def test_a_change_that_fits_nothing_is_told(tmp_path: Path) -> None:
    said = "      more: {which: {does: meals}, close: true, source: 示意}\n"
    town = check(study_with(tmp_path, said))
    (note,) = [note for note in town.notes if note.about == "services.nursery.change.more"]
    assert "没有一处" in note.zh and "no facility" in note.en


def test_what_a_change_brings_is_known_where_the_places_of_before_are_not(tmp_path: Path) -> None:
    """The register does not say how many places F2 has; the change adds three."""
    said = (
        "      both: {which: {does: nursery}, adds: [elder_community], places: 3, yuan: 1, "
        "source: 示意}\n"
    )
    study = study_with(tmp_path, said)
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("gap: 0.0", "gap: 0.0, forbidden: [K1]", 1), encoding="utf-8")
    register = next(study.parent.glob("facilities*"))
    said_places = register.read_text(encoding="utf-8")
    assert ",12," in said_places
    register.write_text(said_places.replace(",12,", ",,", 1), encoding="utf-8")
    result, _ = run(study, out_dir=tmp_path / "out")
    assert result.plan is not None and np.isnan(result.town.facilities.places[1])
    (site,) = [site for site in result.plan.sites if site.action == "change"]
    assert site.places == 3


def test_a_change_to_a_facility_that_nobody_lists_is_refused(tmp_path: Path) -> None:
    said = "      more: {which: {does: nursery}, ids: [X9], close: true, source: 示意}\n"
    with pytest.raises(StudyError, match="X9"):
        run(study_with(tmp_path, said), out_dir=tmp_path / "out")


# --- limits by zone ------------------------------------------------------------------------------


@pytest.mark.parametrize("suburb", ["5", "15", "40"])
def test_a_limit_by_the_zone_of_the_home_is_posed_and_audited(suburb: str) -> None:
    """North is urban, South a suburb: each has its own minutes, and the audit walks them anew."""
    county, streets = town_area().levels
    streets = replace(streets, attributes={"zone": ("urban", "suburb")})
    asked = clause(
        {
            "kind": "travel_time_coverage", "which": {"does": ELDER}, "group": "elderly",
            "limit_by_zone": {"urban": "10", "suburb": suburb, "rural": suburb},
        },
        value="90", service="elder_care", unit="%",
    )  # fmt: skip
    town = a_town(
        profile=standard(asked),
        area=replace(town_area(), levels=(county, streets)),
        changes=(CLOSE_HOME,),
    )
    (requirement,) = [r for r in town.problem.requirements if r.finding.level == "county"]
    plan = town.audited(solved(town.problem))
    (after,) = [f for f in plan.findings if f.level == "county"]
    assert requirement.finding.verdict == "not_met"
    # Within 5 minutes of nothing that may be built are those at 1,500 m.
    assert after.verdict == ("not_met" if suburb == "5" else "met")
