"""Facilities of a scenario: the tiny town by hand, the plan rebuilt as a scenario, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenarios import EPSG, ORIGIN, TOWN, at, elder, ground_of, outline, said, what_if, written

from planning import workflow
from planning.buildable import modules_of
from planning.errors import StudyError
from planning.facilities import Facilities
from planning.inputs.what_if.laying import laid_over
from planning.judging import coverage_of, findings_of, situation_of
from planning.network import snap
from planning.outputs.what_if_counts import what_if_counts
from planning.result import Town
from planning.siting.options import sizes_of
from planning.standards import Finding
from planning.study import WhatIf
from planning.study.what_if import MOST_SIZE

STUDY = TOWN / "study.yaml"


def town_with(folder: Path, **edits: Any) -> Town:
    """The tiny town with these edits."""
    return workflow.check(STUDY, scenario=what_if(folder, **edits))


@cache
def present() -> Town:
    return workflow.check(STUDY)


def covered(town: Town, service: str = "elder_care", group: str = "elderly") -> float:
    return coverage_of(town)[service].ledger(town.demand.people[group]).covered


def findings(town: Town) -> dict[tuple[str, str], Finding]:
    """What is required, by clause and unit."""
    found = findings_of(town, situation_of(town), town.profile)
    return {(f.clause_id.rsplit("/")[-1], f.unit_id): f for f in found if f.role == "requirement"}


def row_of(facilities: Facilities, name: str) -> int:
    return facilities.ids.index(name)


# --- by hand (README.md of the tiny town) ---------------------------------------------------


def test_a_day_care_in_the_east_covers_the_east(tmp_path: Path) -> None:
    """Where K1 is: P4 in 180 s and P7 in 540 s come to P1, P2, P3."""
    town = town_with(tmp_path, added=[elder("W1", 1100, 40)])
    assert covered(present()) == 115
    assert covered(town) == 115 + 20 + 30
    site = town.facilities.take(np.array([len(town.facilities) - 1]))
    assert (site.ids, site.names, site.floor_m2[0]) == (("W1",), ("W1",), 200)
    assert site.functions == (frozenset({"elder_institution", "elder_community"}),)
    assert (site.elder_land_m2[0], site.opened_year[0], bool(site.is_open[0])) == (0, 2025, True)
    assert town.area.levels[1].ids[site.place["street"][0]] == "O"
    assert what_if_counts(town) == {
        "added": 1, "moved": 0, "removed": 0, "resized": 0, "closed_streets": 0, "areas": 0,
        "yuan": 0.0, "yuan_unknown": 1,
    }  # fmt: skip


def test_in_a_candidate_it_has_the_land_and_the_price_of_it(tmp_path: Path) -> None:
    """All of K1: 400 m² on 50 m², 100,000 + 400 × 1,000 yuan; nothing is left of it."""
    site = elder("W1", 1100, 40, size=400, candidate="K1", name="东日照")
    town = town_with(tmp_path, added=[site])
    row = row_of(town.facilities, "W1")
    assert town.facilities.names[row] == "东日照"
    assert town.facilities.types[row] == "新供地块"
    assert town.facilities.elder_land_m2[row] == 50
    assert town.added_cost is not None
    assert (town.added_cost.yuan, town.added_cost.unknown) == (500_000, 0)
    assert findings(town)["elder-land", "O"].measured == 50
    assert town.candidates is not None
    assert (town.candidates.floor_m2[0], town.candidates.land_m2[0]) == (0, 0)


def test_what_a_site_leaves_of_its_candidate_is_still_there_to_be_used(tmp_path: Path) -> None:
    site = {"service": "elder_care", "kind": "elder_care", "size": 300, "candidate": "K1"}
    town = town_with(tmp_path, added=[{"id": "W1", **site}])
    assert town.candidates is not None
    assert town.candidates.floor_m2.tolist()[:2] == [100, 1000]
    assert town.candidates.land_m2[0] == 12.5
    assert town.candidates.fixed_yuan.tolist()[:2] == [0, 10_000]


def test_two_sites_open_one_candidate_once(tmp_path: Path) -> None:
    kind = {"service": "elder_care", "kind": "elder_care", "size": 400, "candidate": "K2"}
    free = elder("W3", 1100, 40, yuan=123)
    town = town_with(tmp_path, added=[{"id": "W1", **kind}, {"id": "W2", **kind}, free])
    assert town.added_cost is not None
    assert town.added_cost.yuan == 10_000 + 2 * 400 * 500 + 123


def test_a_facility_moved_is_walked_to_where_it_is_then(tmp_path: Path) -> None:
    """F1 at (1100, −20): P4 160 s, P7 520 s, P3 880 s; P2 1,080 s and P1 1,080 s are too far."""
    town = town_with(tmp_path, moved={"F1": list(at(1100, -20).values())})
    assert covered(town) == 40 + 20 + 30
    now = findings(town)
    assert (now["elder-land", "W"].verdict, now["elder-land", "O"].verdict) == ("not_met", "met")


@pytest.mark.parametrize(("gone", "clause"), [("F2", "nursery-rate-2025"), ("F1", "elder-land")])
def test_what_is_taken_away_is_not_there_and_its_clauses_are_judged(
    tmp_path: Path, gone: str, clause: str
) -> None:
    town = town_with(tmp_path, removed=[gone])
    found = findings(town)[clause, "T"]
    assert (found.verdict, found.measured) == ("not_met", 0)
    assert gone not in town.facilities.ids
    assert covered(town, "nursery", "total") == (0 if gone == "F2" else 560)
    assert covered(town) == (0 if gone == "F1" else 115)


def test_a_size_that_is_said_counts_and_nothing_else_changes(tmp_path: Path) -> None:
    town = town_with(tmp_path, resized={"F2": {"places": 3}})
    assert findings(town)["nursery-rate-2025", "T"].measured == 3
    assert findings(town)["nursery-rate-2025", "T"].verdict == "not_met"
    was, now = present().facilities, town.facilities
    assert now.places.tolist() == [0, 3, 0]
    for kept in ("floor_m2", "beds", "nursing_beds", "elder_land_m2", "x_m"):
        np.testing.assert_array_equal(getattr(now, kept), getattr(was, kept))


def test_limits_and_speed_are_ordinary_keys(tmp_path: Path) -> None:
    """Within 10 min P1 alone; at 2 m/s everybody connected is within 15."""
    ten = {"services": {"elder_care": {"limit_min": 10}}}
    town = workflow.check(STUDY, scenario=str(written(tmp_path, ten)))
    assert covered(town) == 25
    fast = workflow.check(STUDY, scenario=str(written(tmp_path, {"network": {"speed_m_s": 2}})))
    assert covered(fast) == 165


# --- the plan, built as a scenario ----------------------------------------------------------


def test_the_plan_as_a_scenario_has_the_findings_that_the_plan_promises(tmp_path: Path) -> None:
    result, _ = workflow.run(STUDY, out_dir=tmp_path / "out")
    assert result.plan is not None
    sites = [
        {
            "id": f"W{n}",
            "service": site.service,
            "kind": site.module,
            "size": site.places or int(site.floor_m2),
            "candidate": site.candidate_id,
        }
        for n, site in enumerate(result.plan.sites)
    ]
    town = town_with(tmp_path, added=sites)
    promised = {
        (f.clause_id.rsplit("/")[-1], f.unit_id): f
        for f in result.plan.findings
        if f.role == "requirement"
    }
    assert findings(town) == promised
    assert town.added_cost is not None
    assert town.added_cost.yuan == result.plan.objective_yuan


# --- nothing that is not said changes -------------------------------------------------------


def same(one: Town, other: Town) -> bool:
    """Whether two towns have the same facilities, coverage and findings."""
    return one.facilities.ids == other.facilities.ids and str(findings(one)) == str(findings(other))


def test_a_scenario_without_edits_is_the_present(tmp_path: Path) -> None:
    town = town_with(tmp_path)
    assert same(town, present())
    for service, coverage in coverage_of(present()).items():
        np.testing.assert_array_equal(coverage.nearest.ms, coverage_of(town)[service].nearest.ms)
    assert town.absent == frozenset() and town.added_cost is None


def test_to_move_a_facility_to_where_it_is_changes_nothing(tmp_path: Path) -> None:
    stands = present().facilities
    here = {"F1": [stands.x_m[0], stands.y_m[0]]}
    assert same(town_with(tmp_path, moved=here), present())


def tried(**edits: Any) -> Town:
    """The tiny town with edits, walks aside without a file being read."""
    town = present()
    study = town.study.model_copy(update={"what_if": WhatIf(epsg=EPSG, **edits)})
    ground = laid_over(study, ground_of(town))
    snaps = snap(
        town.network, ground.facilities.x_m, ground.facilities.y_m, max_snap_m=200, island_km=1.0
    )
    return replace(town, facilities=ground.facilities, facility_snaps=snaps, absent=ground.absent)


PLACES = st.tuples(st.integers(-90, 1790), st.integers(-590, 890))


@given(st.lists(PLACES, max_size=6), PLACES)
def test_one_more_site_never_lowers_coverage(
    before: list[tuple[int, int]], more: tuple[int, int]
) -> None:
    sites = [elder(f"W{n}", x, y) for n, (x, y) in enumerate([*before, more])]
    fewer, all_of_them = tried(added=sites[:-1]), tried(added=sites)
    for group in ("elderly", "total"):
        assert covered(all_of_them, group=group) >= covered(fewer, group=group)
    was, now = (coverage_of(town)["elder_care"].covered for town in (fewer, all_of_them))
    assert not (was & ~now).any()


@given(st.permutations(["F1", "F2", "F3"]), st.integers(0, 3))
def test_whatever_is_taken_away_the_others_keep_their_place(order: list[str], many: int) -> None:
    gone = order[:many]
    town = tried(removed=gone)
    was = present().facilities
    kept = [name for name in was.ids if name not in gone]
    assert list(town.facilities.ids) == kept
    for name in kept:
        old, new = row_of(was, name), row_of(town.facilities, name)
        assert town.facilities.places[new] == was.places[old]
        assert town.facilities.place["street"][new] == was.place["street"][old]


# --- what cannot be -------------------------------------------------------------------------


def refused(folder: Path, **edits: Any) -> dict[str, str]:
    with pytest.raises(StudyError) as error:
        town_with(folder, **edits)
    return said(error.value)


IN_K1 = {"service": "elder_care", "kind": "elder_care", "size": 400, "candidate": "K1"}
BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "removed": ({"removed": ["F9"]}, "removed.0", "no facility 'F9'"),
    "moved": ({"moved": {"F9": list(ORIGIN)}}, "moved.F9", "no facility 'F9'"),
    "resized": ({"resized": {"f1": {"beds": 1}}}, "resized.f1", "such as F1"),
    "id": ({"added": [elder("F1", 1100, 40)]}, "added.0.id", "'F1', a facility that stands"),
    "outside": (
        {"added": [elder("W1", 9_000, 40)]},
        "added.0",
        "(509,000.00, 3,386,040.00), outside the study area; a place inside it",
    ),
    "moved outside": ({"moved": {"F1": [0, 0]}}, "moved.F1", "outside the study area"),
    "candidate": ({"added": [{"id": "W1", **IN_K1, "candidate": "K9"}]}, "added.0.candidate", "K1"),
    "not hosted": (
        {"added": [{"id": "W1", **IN_K1, "candidate": "K3"}]},
        "added.0.candidate",
        "one that may not host elder_care; one that may (this hosts nursery), or no candidate",
    ),
    "too large": (
        {"added": [{"id": "W1", **IN_K1, "size": 401}]},
        "added.0.size",
        "401 m²; 200 to 400 m²",
    ),
    "too much": (
        {"added": [{"id": "W1", **IN_K1, "size": 250}, {"id": "W2", **IN_K1, "size": 250}]},
        "added.1.size",
        "500 m² in all in candidate K1; 400 m² at most",
    ),
    "elsewhere": (
        {"added": [{"id": "W1", **IN_K1, **at(1100, 41)}]},
        "added.0",
        "m from candidate K1",
    ),
    "nursing": (
        {"resized": {"F1": {"beds": 2, "nursing_beds": 3}}},
        "resized.F1",
        "3 nursing beds of 2",
    ),
    "epsg": ({"epsg": 4326, "removed": ["F9"]}, "epsg", "EPSG:4326; EPSG:4544, the study's"),
}


@pytest.mark.parametrize("case", BAD)
def test_an_edit_that_the_town_does_not_allow_is_refused(tmp_path: Path, case: str) -> None:
    edits, where, what = BAD[case]
    assert what in refused(tmp_path, **edits)[f"plan.json override.what_if.{where}"]


def test_all_that_is_wrong_with_the_edits_is_told_at_once(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        added=[elder("F1", 9_000, 40), elder("W2", 0, 0)],
        removed=["F8", "F9"],
        moved={"F1": [0, 0]},
        closed_streets=[77],
    )
    assert len(found) == 6


def test_the_centimetre_that_a_page_rounds_to_is_no_fault(tmp_path: Path) -> None:
    """The site stands where the candidate does, not at the rounded place."""
    site = {"id": "W1", **IN_K1, "x_m": 501_100.004, "y_m": 3_386_040.005}
    town = town_with(tmp_path, added=[site])
    assert town.candidates is not None
    assert town.facilities.x_m[-1] == town.candidates.x_m[0]
    assert town.facilities.y_m[-1] == town.candidates.y_m[0]


def test_its_own_price_in_a_candidate_is_told_not_to_count(tmp_path: Path) -> None:
    town = town_with(tmp_path, added=[{"id": "W1", **IN_K1, "yuan": 1}])
    assert any("their own yuan is not used" in note.en for note in town.notes)
    assert town.added_cost is not None
    assert town.added_cost.yuan == 500_000


# --- names of strangers ---------------------------------------------------------------------

MARKUP = "<img src=x onerror=alert(1)>"


def test_names_of_a_scenario_are_text_in_every_output(tmp_path: Path) -> None:
    """No markup in a page as it is written, no formula in a table."""
    ring = outline((900, -100), (1000, -100), (1000, 0), (900, 0))
    area = {"id": "P1", "name": "=1+1", "households": 1, "persons_per_household": 2}
    edits = {
        "epsg": EPSG,
        "added": [elder("W1", 1100, 40, name=MARKUP)],
        "areas": [{**area, "outline": ring}],
    }
    path = written(tmp_path, {"what_if": edits}, name=f"=A1{MARKUP}")
    _, folder = workflow.run(STUDY, scenario=str(path), out_dir=tmp_path / "out", until="assess")
    pages = list(folder.glob("*.html"))
    assert pages
    for page in pages:
        assert MARKUP not in page.read_text(encoding="utf-8"), page.name
    areas = (folder / "residential_areas.csv").read_text(encoding="utf-8-sig")
    assert "=1+1" in areas and ",=1+1" not in areas


# --- real data ------------------------------------------------------------------------------

HUANGPU = Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml"


def test_huangpu_walks_of_a_scenario_are_those_to_its_facilities(
    shared_data: Path, tmp_path: Path
) -> None:
    now = workflow.check(HUANGPU, data_dir=shared_data, scenario="chengdu")
    assert now.candidates is not None
    study = now.study
    service = next(iter(study.services))
    (module, *_) = [one for one in modules_of(study) if one.service == service]
    size = sizes_of(module, module.floor_m2_per_unit * MOST_SIZE)[0][0]
    at_hosts = [j for j, hosts in enumerate(now.candidates.services) if service in hosts][:3]
    sites = [
        {
            "id": f"W{j}", "service": service, "kind": module.name, "size": size,
            "x_m": round(float(now.candidates.x_m[j]), 2),
            "y_m": round(float(now.candidates.y_m[j]), 2),
        }
        for j in at_hosts
    ]  # fmt: skip
    gone = [now.facilities.ids[0]]
    path = written(
        tmp_path,
        {"what_if": {"epsg": now.area.epsg, "added": sites, "removed": gone}},
        study=study.name,
        base="chengdu",
    )
    tried = workflow.check(HUANGPU, data_dir=shared_data, scenario=str(path))
    assert len(tried.facilities) == len(now.facilities) + len(sites) - 1
    by_hand = replace(
        now,
        facilities=tried.facilities,
        facility_snaps=snap(
            now.network,
            np.r_[now.facilities.x_m[1:], [site["x_m"] for site in sites]],
            np.r_[now.facilities.y_m[1:], [site["y_m"] for site in sites]],
            max_snap_m=study.network.max_snap_m,
            island_km=study.network.island_km,
        ),
    )
    for name, coverage in coverage_of(tried).items():
        np.testing.assert_array_equal(coverage.nearest.ms, coverage_of(by_hand)[name].nearest.ms)
