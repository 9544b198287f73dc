"""Places within capacity, access and equity: the tiny town by hand, and what must hold."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from planning import workflow
from planning.access import Assignment
from planning.provision import Access
from planning.result import State, StudyResult

TOWN = Path(__file__).parent / "tiny_town"
NURSERY = (
    "    build: {nursery: {min_floor_m2: 200, floor_m2_per_place: 10, source: 虚构 invented}}\n"
)
ELDER = "    build: {elder_care: {min_floor_m2: 200, source: 虚构 invented}}\n"
CAPACITY = "    capacity: {amount: places, uptake: 0.1, source: 虚构 invented}\n"
MEASURES = "[two_step, enhanced_two_step, three_step, gravity, cumulative, k_nearest]"
ACCESS = f"    access: {{measures: {MEASURES}, k: [1, 2]}}\n"

PEOPLE = {"P1": 100, "P2": 200, "P3": 160, "P4": 80, "P5": 40, "P6": 28, "P7": 120}
WEST, EAST = ("P1", "P2", "P3"), ("P4", "P5", "P6", "P7")
# Seconds from each cell to F2 and to the planned nurseries: README.md, and for K3 (on FG, 260 from
# F, leg 20) and K4 (on DE, 250 from D, leg 100) in the same way.
F2 = {"P1": 1070, "P2": 670, "P3": 870, "P4": 550, "P7": 110}
K3 = {"P1": 940, "P2": 140, "P3": 1340, "P4": 1100, "P7": 520}
K4 = {"P1": 1210, "P2": 1210, "P3": 1010, "P4": 190, "P7": 650}
NOW = [(F2, 12)]
AFTER = [(F2, 12), (K3, 20), (K4, 20)]
STATES: dict[State, list[tuple[dict[str, int], int]]] = {"now": NOW, "after": AFTER}

Run = Callable[..., StudyResult]


def write(folder: Path, nursery: str = "", elder: str = "", rows: str = "") -> Path:
    """The tiny town with lines added to its services and to its register."""
    shutil.copytree(TOWN, folder, dirs_exist_ok=True)
    study = folder / "study.yaml"
    text = study.read_text(encoding="utf-8")
    for line, added in ((NURSERY, nursery), (ELDER, elder)):
        assert text.count(line) == 1
        text = text.replace(line, line + added)
    study.write_text(text, encoding="utf-8")
    register = folder / "facilities.csv"
    register.write_text(register.read_text(encoding="utf-8") + rows, encoding="utf-8")
    return study


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    folder = tmp_path_factory.mktemp("tiny")
    study = write(folder, CAPACITY + ACCESS, elder="    access: {}\n")
    return workflow.run(study, out_dir=folder / "out")


def assess(study: Path, out: Path) -> StudyResult:
    return workflow.run(study, out_dir=out, until="assess")[0]


def assignment(result: StudyResult, state: State, rule: str) -> Assignment:
    (found,) = [a for a in result.provision[state].assignments["nursery"] if a.rule == rule]
    return found


def access(result: StudyResult, state: State, measure: str, service: str = "nursery") -> Access:
    (found,) = [a for a in result.provision[state].access[service] if a.measure == measure]
    return found


def order(result: StudyResult) -> list[str]:
    """The cells in the order of the demand points; no two have as many people."""
    of = {people: cell for cell, people in PEOPLE.items()}
    return [of[round(people)] for people in result.town.demand.people["total"]]


# --- capacity, by hand -------------------------------------------------------------------------
# A tenth ask: P1 10, P2 20, P3 16, P4 8, P7 12 on the streets, P5 4 and P6 2.8 not: 72.8.
# Today P7 is nearest to F2 and takes its 12 places. With the plan, nearest first fills F2 with P7
# (110 s), K3 with P2 (140 s) and 8 of K4's 20 places with P4; P3, who reaches F2 alone, finds it
# full. Shared out, P7 goes to K4 and leaves F2 to 12 of P3: 52 places, all taken.

BY_HAND = {
    # state, rule, unit: people, covered, served, full, unserved, unreachable
    ("now", "nearest_first", "T"): (72.8, 56, 12, 44, 10, 6.8),
    ("now", "nearest_first", "W"): (46, 36, 0, 36, 10, 0),
    ("now", "nearest_first", "O"): (26.8, 20, 12, 8, 0, 6.8),
    ("now", "transport_optimum", "T"): (72.8, 56, 12, 44, 10, 6.8),
    ("after", "nearest_first", "T"): (72.8, 56, 40, 16, 10, 6.8),
    ("after", "nearest_first", "W"): (46, 36, 20, 16, 10, 0),
    ("after", "nearest_first", "O"): (26.8, 20, 20, 0, 0, 6.8),
    ("after", "transport_optimum", "T"): (72.8, 56, 52, 4, 10, 6.8),
    ("after", "transport_optimum", "W"): (46, 36, 32, 4, 10, 0),
    ("after", "transport_optimum", "O"): (26.8, 20, 20, 0, 0, 6.8),
}
LEDGER = ["people", "covered", "served", "full", "unserved", "unreachable"]


@pytest.mark.parametrize("row", BY_HAND)
def test_who_gets_a_place(asked: tuple[StudyResult, Path], row: tuple[str, str, str]) -> None:
    table = pd.read_csv(asked[1] / "capacity.csv").set_index(["state", "rule", "unit_id"])
    found = table.loc[row]
    assert tuple(found[name] for name in LEDGER) == pytest.approx(BY_HAND[row])
    assert found["share"] == pytest.approx(found["served"] / found["people"])
    assert (found["amount"], found["uptake"], found["group"]) == ("places", 0.1, "total")
    assert (found["facilities_unknown"], found["perhaps"]) == (0, 0)


def test_places_stand_where_they_are_taken(asked: tuple[StudyResult, Path]) -> None:
    """K3 stands in the west, F2 and K4 in the east; all of the optimum's places are taken."""
    table = pd.read_csv(asked[1] / "capacity.csv").query("rule == 'transport_optimum'")
    found = {(row.state, row.unit_id): (row.capacity, row.taken) for row in table.itertuples()}
    assert found["now", "O"] == found["now", "T"] == (12, pytest.approx(12))
    assert found["after", "W"] == (20, pytest.approx(20))
    assert found["after", "O"] == (32, pytest.approx(32))


def test_the_whole_area_comes_first_and_its_units_add_up(asked: tuple[StudyResult, Path]) -> None:
    table = pd.read_csv(asked[1] / "capacity.csv")
    for _, rows in table.groupby(["state", "rule"], sort=False):
        assert rows["level"].tolist() == ["area", "county", "street", "street"]
        area, streets = rows.iloc[0], rows[rows["level"] == "street"]
        for name in (*LEDGER, "capacity", "taken", "perhaps"):
            assert streets[name].sum() == pytest.approx(area[name]), name
        parts = rows[["served", "full", "unserved", "unreachable"]].sum(axis=1)
        np.testing.assert_allclose(parts, rows["people"], rtol=1e-9)


def test_a_plan_never_serves_fewer(asked: tuple[StudyResult, Path]) -> None:
    result, _ = asked
    for rule in ("nearest_first", "transport_optimum"):
        before, after = (assignment(result, state, rule) for state in ("now", "after"))
        assert after.served.sum() >= before.served.sum()
        assert not np.any(before.covered & ~after.covered)


def test_one_rule_may_be_asked_for_alone(tmp_path: Path) -> None:
    capacity = "    capacity: {amount: places, rule: nearest_first}\n"
    result = assess(write(tmp_path, capacity), tmp_path / "out")
    (found,) = result.provision["now"].assignments["nursery"]
    assert found.rule == "nearest_first"
    assert found.people.sum() == pytest.approx(728)  # everybody asks where no share is said
    assert result.provision["now"].access == {}
    folder = next((tmp_path / "out").iterdir())
    assert (folder / "capacity.csv").is_file() and not (folder / "access.csv").exists()


# --- places that a register does not say -------------------------------------------------------
# F4 stands at (600, 20), on C, leg 20: P1 580, P3 380, P4 660 and P7 620 s away, P2 920.

UNKNOWN = "F4,河西托育,托育机构,500600,3386020,,120,0,否,运营\n"


def test_places_that_nobody_says_are_counted_and_told(
    tmp_path: Path, planning_cli: Callable[..., tuple[int, str, str]]
) -> None:
    study = write(tmp_path, CAPACITY + ACCESS, rows=UNKNOWN)
    code, out, _ = planning_cli("assess", study, "--out", tmp_path / "out")
    assert code == 0
    folder = next((tmp_path / "out").iterdir())
    table = pd.read_csv(folder / "capacity.csv").query("rule == 'nearest_first'")
    rows = {row["unit_id"]: row for row in table.to_dict("records")}
    assert tuple(rows["T"][name] for name in LEDGER) == pytest.approx((72.8, 66, 12, 44, 10, 6.8))
    # P1, P3 and P4 have no place and live near F4; P2 is too far, P7 has its places.
    assert rows["T"]["perhaps"] == pytest.approx(10 + 16 + 8)
    assert [rows[unit]["facilities_unknown"] for unit in "TWO"] == [1, 1, 0]
    assert "1 facilities do not say their places" in out
    assert "up to 34 of those without a place" in out
    found = pd.read_csv(folder / "access.csv").query(
        "measure == 'two_step' and group == 'total' and between == 'people'"
    )
    least = dict(zip(found["unit_id"], found["understated"], strict=True))
    assert (least["T"], least["W"], least["O"]) == (460, 260, 200)
    assert "460 people live near facilities that do not say their places" in out


# --- access, by hand ---------------------------------------------------------------------------


def within(sites: list[tuple[dict[str, int], int]]) -> list[tuple[dict[str, int], int]]:
    """Those of the cells that are within 900 s of each site."""
    return [({cell: s for cell, s in way.items() if s <= 900}, places) for way, places in sites]


def two_step_by_hand(sites: list[tuple[dict[str, int], int]]) -> dict[str, float]:
    found = dict.fromkeys(PEOPLE, 0.0)
    for way, places in within(sites):
        ratio = places / sum(PEOPLE[cell] for cell in way)
        for cell in way:
            found[cell] += 1000 * ratio
    return found


@pytest.mark.parametrize("state", STATES)
def test_two_steps_by_hand(asked: tuple[StudyResult, Path], state: State) -> None:
    result, _ = asked
    expected = two_step_by_hand(STATES[state])
    found = access(result, state, "two_step")
    assert found.unit == "places/1000 persons"
    by_cell = dict(zip(order(result), found.amount, strict=True))
    assert by_cell == pytest.approx(expected)
    if state == "now":
        assert expected["P7"] == 1000 * 12 / 560  # P2, P3, P4 and P7 share F2
    else:
        assert expected["P7"] == pytest.approx(1000 * (12 / 560 + 20 / 320 + 20 / 200))


@pytest.mark.parametrize("state", STATES)
def test_no_place_is_lost_or_made(asked: tuple[StudyResult, Path], state: State) -> None:
    """Every site has somebody within the limit: all places are shared out, by every catchment."""
    result, _ = asked
    people = result.town.demand.people["total"]
    places = sum(places for _, places in STATES[state])
    for measure in ("two_step", "enhanced_two_step", "three_step"):
        amount = access(result, state, measure).amount
        assert np.dot(amount, people) / 1000 == pytest.approx(places, rel=1e-9)


def test_the_gaussian_that_ends_at_the_limit_is_the_decay_of_a_study_that_names_none(
    asked: tuple[StudyResult, Path],
) -> None:
    """Dai (2010) with t₀ = 900 s, one number at a time."""

    def weight(s: float) -> float:
        return (math.exp(-0.5 * (s / 900) ** 2) - math.exp(-0.5)) / (1 - math.exp(-0.5))

    expected = dict.fromkeys(PEOPLE, 0.0)
    pulled = dict.fromkeys(PEOPLE, 0.0)
    for way, places in within(AFTER):
        potential = sum(PEOPLE[cell] * weight(s) for cell, s in way.items())
        for cell, s in way.items():
            expected[cell] += 1000 * places / potential * weight(s)
            pulled[cell] += places * weight(s)
    result, _ = asked
    for measure, by_hand in (("enhanced_two_step", expected), ("gravity", pulled)):
        by_cell = dict(zip(order(result), access(result, "after", measure).amount, strict=True))
        assert by_cell == pytest.approx(by_hand, rel=1e-3)  # OSM's centimetres
    total = dict(zip(order(result), access(result, "after", "cumulative").amount, strict=True))
    assert total == {"P1": 0, "P2": 32, "P3": 12, "P4": 32, "P5": 0, "P6": 0, "P7": 52}


def test_the_nearest_are_looked_for_however_far(asked: tuple[StudyResult, Path]) -> None:
    """P1 walks 1,070 s to F2, beyond the limit of 900; P5 and P6 cannot walk there at all."""
    result, _ = asked
    one, two = (access(result, "after", f"k_nearest_{k}") for k in (1, 2))
    assert (one.unit, one.is_time) == ("min", True)
    for found, k in ((one, 1), (two, 2)):
        for cell, minutes in zip(order(result), found.amount, strict=True):
            seconds = sorted(way[cell] for way, _ in AFTER if cell in way)[:k]
            if seconds:
                assert 60 * minutes == pytest.approx(sum(seconds) / k, abs=0.1)
            else:
                assert math.isnan(minutes)
    assert np.isnan(access(result, "now", "k_nearest_2").amount).all()  # there is but one


def test_evenness_by_hand(asked: tuple[StudyResult, Path]) -> None:
    """728 people have 12 places; the worst tenth, 72.8, are P5 and P6 (68) or P1, with nothing."""
    table = pd.read_csv(asked[1] / "access.csv").query("state == 'now' and service == 'nursery'")
    rows = table.query("measure == 'two_step' and group == 'total'")
    (whole,) = rows.query("level == 'area'").to_dict("records")
    assert whole["mean"] == pytest.approx(1000 * 12 / 728)
    assert (whole["worst_tenth"], whole["min_max"], whole["left_out"]) == (0, 0, 0)
    # 168 have nothing and 560 the same: F(1 − F) over the one step, to the mean.
    assert whole["gini"] == pytest.approx(168 / 728)
    # The best tenth to the worst four tenths: 72.8 shares to 291.2 − 168 of them.
    assert whole["palma"] == pytest.approx(72.8 / (291.2 - 168))
    means = rows.query("level == 'street' and between == 'people'").set_index("unit_id")["mean"]
    west, east = 1000 * 12 / 560 * 360 / 460, 1000 * 12 / 560 * 200 / 268
    assert (means["W"], means["O"]) == pytest.approx((west, east))
    (between,) = rows.query("level == 'street' and between == 'units'").to_dict("records")
    assert between["min_max"] == pytest.approx(east / west)
    assert between["mean"] == pytest.approx(whole["mean"])


def test_of_walks_the_worst_tenth_are_the_longest(asked: tuple[StudyResult, Path]) -> None:
    """The 66 with the longest way to F2 are all of P1."""
    table = pd.read_csv(asked[1] / "access.csv").query("state == 'now' and level == 'area'")
    (row,) = table.query("measure == 'k_nearest_1' and service == 'nursery' and group == 'total'"
                         ).to_dict("records")  # fmt: skip
    assert (row["people"], row["left_out"]) == (660, 68)
    assert row["worst_tenth"] == pytest.approx(1070 / 60, rel=1e-3)
    on_foot = sum(PEOPLE[cell] * seconds for cell, seconds in F2.items())
    assert row["mean"] == pytest.approx(on_foot / 660 / 60, rel=1e-3)


def test_everybody_is_measured_or_left_out(asked: tuple[StudyResult, Path]) -> None:
    result, folder = asked
    table = pd.read_csv(folder / "access.csv")
    for group, people in result.town.demand.people.items():
        mine = table[table["group"] == group]
        for part in (mine[mine["level"] == "area"], mine[mine["between"] == "units"]):
            known = part["people"] + part["left_out"]
            np.testing.assert_allclose(known, people.sum(), rtol=1e-9)


def test_without_capacity_facilities_are_shared_out(asked: tuple[StudyResult, Path]) -> None:
    """F1 is within 900 s of 115 of the old: one facility for them."""
    result, _ = asked
    found = access(result, "now", "two_step", "elder_care")
    assert found.unit == "facilities/1000 persons"
    cells = dict(zip(order(result), found.amount, strict=True))
    assert cells == pytest.approx({cell: 1000 / 115 if cell in WEST else 0.0 for cell in PEOPLE})
    assert "elder_care" not in result.provision["now"].assignments


def test_a_wider_catchment_walks_farther(tmp_path: Path) -> None:
    """Within 20 minutes P1 (1,070 s) shares F2 as well."""
    study = write(tmp_path, "    access: {amount: places, limit_min: 20, measures: [two_step]}\n")
    result = assess(study, tmp_path / "out")
    cells = dict(zip(order(result), access(result, "now", "two_step").amount, strict=True))
    shares = dict.fromkeys(F2, 1000 * 12 / 660)
    assert cells == pytest.approx(dict.fromkeys(PEOPLE, 0.0) | shares)
    assert result.reach.limit_ms == 20 * 60_000


def test_zones_weigh_by_where_they_end(tmp_path: Path) -> None:
    """Weights 1 to 600 s and ½ to 1,200 s: beyond the service's own limit."""
    decay = "{name: zones, until_min: [10, 20], weights: [1, 0.5], source: 虚构 invented}"
    measures = "measures: [enhanced_two_step], amount: places"
    study = write(tmp_path, f"    access: {{{measures}, decay: {decay}}}\n")
    result = assess(study, tmp_path / "out")
    weights = {"P1": 0.5, "P2": 0.5, "P3": 0.5, "P4": 1.0, "P7": 1.0}
    potential = sum(PEOPLE[cell] * weight for cell, weight in weights.items())
    found = access(result, "now", "enhanced_two_step").amount
    cells = dict(zip(order(result), found, strict=True))
    expected = {cell: 1000 * 12 / potential * weight for cell, weight in weights.items()}
    assert cells == pytest.approx(dict.fromkeys(PEOPLE, 0.0) | expected)


# --- what is written, and where ----------------------------------------------------------------


def test_cells_on_the_map_have_what_the_study_found(asked: tuple[StudyResult, Path]) -> None:
    result, folder = asked
    cells = gpd.read_file(folder / "result.gpkg", layer="demand_人口格网")
    for state in STATES:
        for found in result.provision[state].access["nursery"]:
            column = cells[f"access_{state}_nursery_{found.measure}"]
            np.testing.assert_array_equal(column.to_numpy(dtype=float), found.amount)


def test_summary_has_the_rows_of_the_tables(asked: tuple[StudyResult, Path]) -> None:
    said = pd.read_json(asked[1] / "summary.json", typ="series")
    for name in ("capacity", "access"):
        table = pd.read_csv(asked[1] / f"{name}.csv")
        assert len(said[name]) == len(table)
        assert list(said[name][0]) == list(table.columns)


def test_the_terminal_shows_both_states(
    tmp_path: Path, planning_cli: Callable[..., tuple[int, str, str]]
) -> None:
    study = write(tmp_path, CAPACITY + ACCESS)
    _, out, _ = planning_cli("run", study, "--out", tmp_path / "out")
    capacity = out.split("有没有位子")[1].split("可达性与公平")[0]
    assert [line.split()[-1] for line in capacity.splitlines() if "托育服务" in line] == [
        "16.5%", "16.5%", "54.9%", "71.4%",
    ]  # fmt: skip
    assert "规划后" in capacity and "shared out" in capacity
    table = out.split("可达性与公平")[1].split("条文体检")[0]
    assert "托位/千人" in table and "mean time to the 2" in table
    # P5 and P6 walk to no nursery; nobody walks to two of them before there are two.
    assert "nursery (now) k_nearest_1: 68 people cannot walk" in out
    assert "nursery (now) k_nearest_2: 728 people cannot walk" in out


def test_what_nobody_asks_for_is_not_worked_out(tmp_path: Path) -> None:
    folders, digests = [], set()
    for name, added in {
        "plain": "",
        "all": CAPACITY,
        "one": CAPACITY.replace("uptake", "rule: nearest_first, uptake"),
        "less": CAPACITY.replace("0.1", "0.09"),
        "access": "    access: {}\n",
        "far": "    access: {limit_min: 20}\n",
    }.items():
        study = write(tmp_path / name, added)
        result, folder = workflow.run(study, out_dir=tmp_path / "out", until="assess")
        folders.append(folder)
        digests.add(result.digest)
        if name == "plain":
            assert result.provision == {} and "access" not in result.seconds
            assert not {"capacity.csv", "access.csv"} & {p.name for p in folder.iterdir()}
    assert len(digests) == len(folders) == 6


# --- the sample town: more facilities, kept apart and shared -----------------------------------


@pytest.fixture(scope="module")
def sample(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    return workflow.run(sample_folder / "study.yaml", out_dir=tmp_path_factory.mktemp("out"))[0]


def test_only_what_is_open_and_offers_the_service_is_shared_out(sample: StudyResult) -> None:
    """2SFCA once more by loops over the walks that the run wrote down; F12 is being prepared."""
    town, walks = sample.town, sample.reach
    children = town.demand.people["under_3"]
    open_ = town.facilities.offering(frozenset({"nursery"}))
    assert not open_[town.facilities.ids.index("F12")]
    expected = np.zeros(len(children))
    for site in np.flatnonzero(open_):
        pairs = slice(walks.start[site], walks.start[site + 1])
        near = walks.demand[pairs][walks.ms[pairs] <= 15 * 60_000]
        for point in near:
            expected[point] += 1000 * town.facilities.places[site] / children[near].sum()
    np.testing.assert_allclose(access(sample, "now", "two_step").amount, expected, rtol=1e-9)


def test_more_sites_never_leave_anybody_with_less(sample: StudyResult) -> None:
    """Of 2SFCA and E2SFCA: a new site takes nothing from the ratio of another."""
    for service, measure in (
        ("nursery", "two_step"), ("nursery", "enhanced_two_step"), ("elder_care", "two_step"),
    ):  # fmt: skip
        before, after = (
            access(sample, state, measure, service).amount for state in ("now", "after")
        )
        assert np.all(after >= before * (1 - 1e-12))
    assert np.any(access(sample, "after", "two_step").amount > 0)


def test_planned_sites_for_the_old_bring_no_beds(sample: StudyResult) -> None:
    """Those newly covered find no bed: nobody more is served, and they are `full`."""
    for before, after in zip(
        sample.provision["now"].assignments["elder_care"],
        sample.provision["after"].assignments["elder_care"],
        strict=True,
    ):
        was, now = before.ledger(before.people), after.ledger(after.people)
        assert now.served == pytest.approx(was.served)
        assert now.covered > was.covered


@pytest.mark.parametrize("service", ["elder_care", "nursery"])
def test_sharing_out_serves_no_fewer_and_a_plan_no_fewer(sample: StudyResult, service: str) -> None:
    found = [
        [one.ledger(one.people) for one in sample.provision[state].assignments[service]]
        for state in ("now", "after")
    ]
    for nearest, shared in found:
        assert shared.served >= nearest.served * (1 - 1e-9)
        assert replace(shared, served=0, full=0, perhaps=0) == replace(
            nearest, served=0, full=0, perhaps=0
        )
    for before, after in zip(*found, strict=True):
        assert after.served >= before.served * (1 - 1e-9)


def test_plain_coverage_stands_beside(sample: StudyResult) -> None:
    """Where every facility says its places, served and full are those whom the coverage covers."""
    for state in ("now", "after"):
        situation = sample.situation_of(state)
        for service, assignments in sample.provision[state].assignments.items():
            for one in assignments:
                plain = situation.coverage[service].ledger(one.people)
                mine = one.ledger(one.people)
                assert mine.covered == pytest.approx(plain.covered, rel=1e-12)
                assert mine.unserved == pytest.approx(plain.unserved, rel=1e-12)
                assert mine.unreachable == plain.unreachable
