"""What if facilities shut: the tiny town by hand, plain sums, the town read anew without them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from situation_town import TableWay

from planning import workflow
from planning.area import UnitLevel
from planning.closing import Closure, Loss, close, named_facilities, ranking
from planning.closing.closure import without
from planning.closing.coverage import losses, next_sites
from planning.errors import StudyError
from planning.facilities import Facilities
from planning.judging import coverage_of
from planning.result import StudyResult, Town
from planning.standards import Finding

TOWN = Path(__file__).parent / "tiny_town"
HUANGPU = Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml"


@pytest.fixture(scope="module")
def tiny() -> Town:
    return workflow.check(TOWN / "study.yaml")


def whole(closure: Closure, service: str, group: str) -> Loss:
    (found,) = [
        one
        for one in closure.losses
        if (one.service, one.group, one.level) == (service, group, "area")
    ]
    return found


def ways(closure: Closure) -> dict[tuple[str, str], str]:
    """What requirements turn, by clause and unit."""
    return {
        (one.after.clause_id.rsplit("/")[-1], one.after.unit_id): one.way
        for _, found in closure.turned
        for one in found
        if one.after.role == "requirement"
    }


# --- the tiny town, by hand ----------------------------------------------------------------------


def test_the_only_day_care_shuts(tiny: Town) -> None:
    """F1 covers 115 elderly (README); F3 is only being prepared, so nothing remains."""
    closure = close(tiny, named_facilities(["西日照"], tiny.facilities))
    lost = whole(closure, "elder_care", "elderly")
    assert (lost.covered_before, lost.covered_after, lost.lost, lost.no_way) == (115, 0, 115, 115)
    assert (lost.added_mean_min, lost.added_worst_min, lost.farther) == (None, None, 0)
    assert closure.next_sites == ()
    assert whole(closure, "nursery", "total").lost == 0
    assert ways(closure) == {
        ("elder-land", "T"): "lost",
        ("elder-land", "W"): "lost",
        ("circle-15min", "T"): "wider",
    }
    gaps = {
        one.after.unit_id: (one.before.gap, one.after.gap)
        for one in closure.turned[0][1]
        if one.after.clause_id.endswith("elder-land") and one.after.role == "requirement"
    }
    assert gaps == {"T": (0, pytest.approx(72.8)), "W": (0, 46)}


def test_the_only_nursery_shuts(tiny: Town) -> None:
    closure = close(tiny, named_facilities(["F2"], tiny.facilities))
    lost = whole(closure, "nursery", "total")
    assert (lost.people, lost.covered_before, lost.lost) == (728, 560, 560)
    assert ways(closure) == {("nursery-rate-2025", "T"): "lost", ("nursery-built", "R3"): "lost"}
    by_street = {
        one.unit_id: one.lost
        for one in closure.losses
        if (one.service, one.group, one.level) == ("nursery", "total", "street")
    }
    assert by_street == {"W": 360, "O": 200}


def test_what_is_not_open_is_not_missed(tiny: Town) -> None:
    closure = close(tiny, named_facilities(["F3"], tiny.facilities))
    assert closure.idle == closure.closed == (2,)
    assert all(one.lost == one.farther == 0 for one in closure.losses)
    assert ways(closure) == {}


def test_everything_shuts(tiny: Town) -> None:
    closure = close(tiny, range(len(tiny.facilities)))
    for one in closure.losses:
        assert (one.covered_after, one.lost) == (0, one.covered_before)
    assert "better" not in ways(closure).values()


def test_those_shut_stay_in_the_register_as_closed(tiny: Town) -> None:
    shut = without(tiny.facilities, [0, 2])
    assert shut.ids == tiny.facilities.ids
    assert shut.is_open.tolist() == [False, True, False]
    assert not shut.is_preparing.any()
    assert tiny.facilities.is_open[0]


def test_nothing_shut_changes_nothing(tiny: Town) -> None:
    closure = close(tiny, ())
    assert [found for _, found in closure.turned] == [()]
    assert all(one.lost == one.farther == 0 for one in closure.losses)


# --- plain sums over walks written down ----------------------------------------------------------

NEVER = 10**9


def _town(people: list[float], unit: list[int], n_sites: int) -> Town:
    """As much of a town as the sums look at."""
    level = UnitLevel(
        level="street", ids=("A", "B"), names=("甲", "乙"), parent_ids=(None, None),
        geometry=np.array([None, None], dtype=object),
    )  # fmt: skip
    total = np.array(people)
    demand = SimpleNamespace(
        people={"total": total, "elderly": total / 4},
        place={"street": np.array(unit, dtype=np.int32)},
        __len__=lambda: len(people),
    )
    service = SimpleNamespace(group="elderly", functions=("day_care",), limit_min=15)
    ids = tuple(f"F{at}" for at in range(n_sites))
    return cast(
        Town,
        SimpleNamespace(
            demand=_Sized(demand, len(people)),
            area=SimpleNamespace(name="甲", levels=(level,)),
            study=SimpleNamespace(name="x", services={"elder_care": service}),
            facilities=Facilities(
                ids=ids, names=ids, types=("",) * n_sites,
                functions=(frozenset({"day_care"}),) * n_sites,
                x_m=np.zeros(n_sites), y_m=np.zeros(n_sites), places=np.zeros(n_sites),
                elder_land_m2=np.zeros(n_sites), floor_m2=np.zeros(n_sites),
                is_open=np.ones(n_sites, dtype=bool), place={},
            ),
        ),
    )  # fmt: skip


class _Sized:
    def __init__(self, held: Any, n: int) -> None:
        self.people, self.place, self._n = held.people, held.place, n

    def __len__(self) -> int:
        return self._n


@st.composite
def walks(draw: st.DrawFn) -> tuple[Any, ...]:
    n, sites = draw(st.integers(1, 8)), draw(st.integers(1, 5))
    minutes = st.sampled_from([-1, 0, 5, 14, 15, 16, 30])
    ms = draw(st.lists(st.lists(minutes, min_size=sites, max_size=sites), min_size=n, max_size=n))
    people = draw(st.lists(st.integers(0, 40).map(float), min_size=n, max_size=n))
    unit = draw(st.lists(st.integers(-1, 1), min_size=n, max_size=n))
    shut = draw(st.sets(st.integers(0, sites - 1)))
    return np.array(ms), people, unit, sorted(shut)


def coverage_by(ms: Any, counting: Any) -> Any:
    x = np.zeros(len(counting))
    way = TableWay(ms=np.where(ms < 0, -1, ms * 60_000))
    return way.coverage(x, x, counting=counting, limit_ms=15 * 60_000)


def nearest(row: list[int], open_sites: list[int]) -> int:
    """Minutes to the nearest; NEVER where there is none."""
    return min((row[s] for s in open_sites if row[s] >= 0), default=NEVER)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(walks())
def test_losses_are_the_plain_sums(made: tuple[Any, ...]) -> None:
    ms, people, unit, shut = made
    sites = list(range(ms.shape[1]))
    left = [s for s in sites if s not in shut]
    town = _town(people, unit, len(sites))
    before, after = (
        SimpleNamespace(coverage={"elder_care": coverage_by(ms, np.isin(sites, some))})
        for some in (sites, left)
    )
    for one in losses(town, cast(Any, before), cast(Any, after)):
        rows = [
            i
            for i in range(len(people))
            if one.level == "area" or unit[i] == "AB".index(one.unit_id)
        ]
        part = 1.0 if one.group == "total" else 0.25
        was = {i: nearest(ms[i].tolist(), sites) for i in rows}
        now = {i: nearest(ms[i].tolist(), left) for i in rows}
        lost = [i for i in rows if was[i] <= 15 < now[i]]
        walkers = [i for i in lost if now[i] < NEVER and people[i] > 0]
        farther = [i for i in rows if now[i] <= 15 and now[i] > was[i]]
        assert one.people == part * sum(people[i] for i in rows)
        assert one.covered_before == part * sum(people[i] for i in rows if was[i] <= 15)
        assert one.lost == one.covered_before - one.covered_after
        assert one.lost == part * sum(people[i] for i in lost)
        assert one.no_way == part * sum(people[i] for i in lost if now[i] == NEVER)
        assert one.farther == part * sum(people[i] for i in farther)
        added = [(now[i] - was[i], people[i]) for i in walkers]
        if not added:
            assert one.added_mean_min is one.added_worst_min is None
        else:
            assert one.added_worst_min == max(m for m, _ in added)
            mean = sum(m * p for m, p in added) / sum(p for _, p in added)
            assert one.added_mean_min == pytest.approx(mean)
    gone = whole_of(losses(town, cast(Any, before), cast(Any, after)))
    there = list(next_sites(town, cast(Any, before), cast(Any, after)))
    assert sum(one.people for one in there) == pytest.approx(gone.lost - gone.no_way)
    assert not {one.facility for one in there} & set(shut)


def whole_of(found: Any) -> Loss:
    return next(one for one in found if (one.group, one.level) == ("elderly", "area"))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(walks())
def test_the_ranking_is_each_closure_by_itself(made: tuple[Any, ...]) -> None:
    ms, people, unit, _ = made
    sites = list(range(ms.shape[1]))
    town = _town(people, unit, len(sites))
    full = np.ones(len(sites), dtype=bool)
    ranked = ranking(town, {"elder_care": coverage_by(ms, full)})
    assert [one.lost for one in ranked] == sorted((o.lost for o in ranked), reverse=True)
    assert {one.facility for one in ranked} == set(sites)
    for one in ranked:
        left = [s for s in sites if s != one.facility]
        lost = [
            i
            for i in range(len(people))
            if nearest(ms[i].tolist(), sites) <= 15 < nearest(ms[i].tolist(), left)
        ]
        assert one.lost == 0.25 * sum(people[i] for i in lost)
        assert one.lost_total == sum(people[i] for i in lost)


# --- the sample, read anew -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(sample_folder: Path) -> Town:
    return workflow.check(sample_folder / "study.yaml")


def test_each_closure_of_the_sample_loses_what_the_ranking_says(sample: Town) -> None:
    """The streets are walked again without each."""
    now = coverage_of(sample)
    ranked = ranking(sample, now)
    assert len(ranked) >= 9
    for one in ranked:
        shut = replace(sample, facilities=without(sample.facilities, [one.facility]))
        people = sample.demand.people[sample.study.services[one.service].group]
        before = now[one.service].ledger(people).covered
        after = coverage_of(shut)[one.service].ledger(people).covered
        assert one.lost == pytest.approx(before - after, abs=1e-6)


@pytest.fixture(scope="module")
def read_anew(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    """The sample whose register says that F08 and F11 are closed."""
    folder = tmp_path_factory.mktemp("anew")
    shutil.copytree(sample_folder, folder / "town")
    file = folder / "town" / "facilities.csv"
    table = pd.read_csv(file, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    table.loc[table["编号"].isin(["F08", "F11"]), "状态"] = "关停"
    table.to_csv(file, index=False, encoding="utf-8-sig")
    return workflow.run(folder / "town" / "study.yaml", out_dir=folder / "out", until="assess")[0]


def test_a_closure_is_the_town_read_without_them(sample: Town, read_anew: StudyResult) -> None:
    rows = named_facilities(["F08", "F11"], sample.facilities)
    closure = close(sample, rows)
    for one in closure.losses:
        if one.level == "area":
            covered = read_anew.situation.coverage[one.service]
            people = read_anew.town.demand.people[one.group]
            assert one.covered_after == covered.ledger(people).covered
    told = {_key(one.after): one.after for _, found in closure.turned for one in found}
    anew = {_key(finding): finding for finding in read_anew.findings}
    assert told
    assert all(_figures(anew[key]) == _figures(finding) for key, finding in told.items())
    for lost in closure.places:
        assignments = read_anew.provision["now"].assignments[lost.service]
        (same,) = [a for a in assignments if a.rule == lost.rule]
        assert lost.served_after == pytest.approx(float(same.served.sum()))
        assert lost.served_after <= lost.served_before
        assert all(gain.facility not in rows for gain in lost.gains)
    gone = {(p.service, p.rule): p.capacity for p in closure.places}
    beds = float(sample.facilities.beds[rows[0]])
    assert gone["elder_care", "nearest_first"] == gone["elder_care", "transport_optimum"] == beds
    assert gone["nursery", "nearest_first"] == float(sample.facilities.places[rows[1]])


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.clause_id, finding.level, finding.unit_id


def _figures(finding: Finding) -> tuple[object, ...]:
    return finding.verdict, finding.measured, finding.required, finding.gap, finding.because_zh


# --- asked about ---------------------------------------------------------------------------------


def test_unknown_facilities_are_refused_with_near_names(planning_cli: Callable[..., Any]) -> None:
    done = planning_cli("close", TOWN / "study.yaml", "西日照料", "F9")
    assert done.code == 2
    for said in ("没有设施“西日照料”", "西日照", "没有设施“F9”", "no facility 'F9'"):
        assert said in done.err


def test_two_facilities_of_one_name_are_told_apart_by_id(tiny: Town) -> None:
    twins = replace(tiny.facilities, names=("日照", "河畔托育", "日照"))
    with pytest.raises(StudyError, match=r"2 处设施同名“日照”.*F1、F3"):
        named_facilities(["日照"], twins)
    assert named_facilities(["F3", "河畔托育", "F3"], twins) == (1, 2)


def test_the_closure_is_printed_and_written(
    tmp_path: Path, planning_cli: Callable[..., Any]
) -> None:
    done = planning_cli("close", TOWN / "study.yaml", "F1", "F3", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    for said in ("西日照（F1）", "现状未运营", "115→0", "达标→未达标", "二(一)", "缺72.8平方米"):
        assert said in done.out, said
    table = pd.read_csv(tmp_path / "out" / "closure.csv")
    own = table[(table["level"] == "area") & (table["group"] == "elderly")]
    assert own.set_index("service")["lost"].to_dict() == {"elder_care": 115, "nursery": 0}
    findings = pd.read_csv(tmp_path / "out" / "closure_findings.csv")
    assert set(findings["way"]) >= {"lost", "wider"}
    assert (tmp_path / "out" / "closure_sites.csv").exists()


def test_the_ranking_is_printed_and_said_as_json(planning_cli: Callable[..., Any]) -> None:
    done = planning_cli("close", TOWN / "study.yaml")
    assert done.code == 0, done.err
    assert "西日照（F1）" in done.out
    said = json.loads(planning_cli("close", TOWN / "study.yaml", "--json").out)
    rows = {row["facility_id"]: row for row in said["closure_ranking"]}
    assert set(rows) == {"F1", "F2"}
    assert (rows["F1"]["lost"], rows["F2"]["lost"], rows["F2"]["share"]) == (115, 560, 1.0)


def test_a_closure_as_json(planning_cli: Callable[..., Any]) -> None:
    said = json.loads(planning_cli("close", TOWN / "study.yaml", "F1", "--json").out)
    assert said["closed"] == [{"id": "F1", "name": "西日照", "open": True}]
    assert {row["way"] for row in said["closure_findings"]} >= {"lost", "wider"}


# --- a real district -----------------------------------------------------------------------------


def test_huangpu_its_worst_facility_by_the_streets(shared_data: Path) -> None:
    town, ranked = workflow.rank_closures(HUANGPU, data_dir=shared_data)
    worst = next(one for one in ranked if one.lost > 0)
    closure = close(town, [worst.facility])
    lost = whole(closure, worst.service, town.study.services[worst.service].group)
    assert lost.lost == pytest.approx(worst.lost)
    assert lost.lost + lost.covered_after == pytest.approx(lost.covered_before)
    streets = [
        one.lost for one in closure.losses
        if (one.service, one.group, one.level) == (lost.service, lost.group, "street")
    ]  # fmt: skip
    assert sum(streets) == pytest.approx(lost.lost)
