"""Runs side by side: every figure is one of the run folders, whichever way round."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from compared_runs import as_it_is, changed, figures, made_runs, summary

from planning.outputs.comparison import Comparison, compare_runs
from planning.outputs.comparison.writing import write_comparison


@pytest.fixture(scope="module")
def runs(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return made_runs(sample_folder, tmp_path_factory)


@pytest.fixture(scope="module")
def pair(runs: dict[str, Path]) -> Comparison:
    return compare_runs([runs["base"], runs["slow"]])


# --- every figure is one of the folders -----------------------------------------------------------


def test_money_and_size_are_those_of_the_summaries(pair: Comparison, runs: dict[str, Path]) -> None:
    plans = [summary(runs[name])["plan"] for name in ("base", "slow")]
    found = figures(pair, "plan")
    for label, key in (
        ("投资（万元）", "cost_yuan"),
        ("选址（处）", "sites_opened"),
        ("新增托位（个）", "places"),
        ("建筑面积（平方米）", "floor_m2"),
        ("独立占地（平方米）", "land_m2"),
        ("仍缺服务人次", "people_short"),
        ("投资下界（万元）", "bound_yuan"),
    ):
        one = found["", label]
        assert one.values == tuple(plan[key] for plan in plans), label
        assert one.difference(0) is None
        assert one.difference(1) == plans[1][key] - plans[0][key]
    newly = []
    for name in ("base", "slow"):
        said = summary(runs[name])
        rows = {
            (r["state"], r["service"]): r["covered"]
            for r in said["coverage"]
            if r["level"] == "area"
            and r["limit_min"] == said["services"][r["service"]]["limit_min"]
            and r["group"] == said["services"][r["service"]]["group"]
        }
        newly.append(sum(rows["after", s] - rows["now", s] for s in said["services"]))
    assert found["", "新增圈内服务人次"].values == pytest.approx(newly)
    each = found["", "每新增一圈内人次的投资（元）"].values
    assert each == pytest.approx([p["cost_yuan"] / n for p, n in zip(plans, newly, strict=True)])


def test_coverage_by_unit_is_that_of_the_csv(pair: Comparison, runs: dict[str, Path]) -> None:
    said = summary(runs["base"])
    tables = [pd.read_csv(runs[name] / "coverage.csv") for name in ("base", "slow")]
    own = [(name, one["group"], one["limit_min"]) for name, one in said["services"].items()]
    units = {(one.unit, one.service): one for one in pair.units}
    seen = 0
    for service, group, limit in own:
        for at, table in enumerate(tables):
            rows = table[
                (table["state"] == "after") & (table["service"] == service)
                & (table["group"] == group) & (table["limit_min"] == limit)
                & (table["level"] != "area")
            ]  # fmt: skip
            for row in rows.itertuples():
                one = units[(row.level, row.unit_id), service]
                assert one.name == row.unit_name
                assert one.covered.values[at] == pytest.approx(row.covered)
                assert one.share.values[at] == pytest.approx(row.share)
                seen += 1
    assert seen == 2 * len(pair.units) > 0


def test_counts_of_requirements_are_those_of_the_summaries(
    pair: Comparison, runs: dict[str, Path]
) -> None:
    after = [summary(runs[name])["plan"]["findings_after"] for name in ("base", "slow")]
    labels = {"met": "达标", "not_met": "未达标", "not_assessable": "无法评估",
              "not_applicable": "不适用"}  # fmt: skip
    found = figures(pair, "findings")
    for verdict, label in labels.items():
        assert found["", f"要求：{label}（条）"].values == tuple(one[verdict] for one in after)


def test_findings_won_and_lost_add_up_to_the_counts(
    pair: Comparison, runs: dict[str, Path]
) -> None:
    base, slow = (
        pd.read_csv(runs[name] / "findings.csv").query("state == 'after'")
        for name in ("base", "slow")
    )
    key = ["clause_id", "level", "unit_id"]
    both = base.merge(slow, on=key, suffixes=("_base", ""))
    assert len(both) == len(base) == len(slow)
    won = both.query("verdict_base == 'not_met' and verdict == 'met'")
    lost = both.query("verdict_base == 'met' and verdict == 'not_met'")
    turned = {turn: {one.key for one in pair.pairs[0].turned if one.turn == turn}
              for turn in ("won", "lost", "unknown")}  # fmt: skip
    assert turned["won"] == set(won[key].itertuples(index=False, name=None))
    assert turned["lost"] == set(lost[key].itertuples(index=False, name=None))
    assert turned["lost"] and not turned["unknown"]
    for one in pair.pairs[0].turned:
        row = both[(both[key] == list(one.key)).all(axis=1)].iloc[0]
        assert one.other["article"] == row["article"] and one.other["quote"] == row["quote"]


def test_sites_that_differ_are_those_of_the_plans(pair: Comparison, runs: dict[str, Path]) -> None:
    base, slow = (pd.read_csv(runs[name] / "plan.csv") for name in ("base", "slow"))
    mine, theirs = set(base["candidate_id"]), set(slow["candidate_id"])
    of = {
        change: {one.key[0] for one in pair.pairs[0].sites if one.first == change}
        for change in ("only_base", "only_other")
    }
    assert of["only_base"] == mine - theirs
    assert of["only_other"] == theirs - mine
    assert {one.key[0] for one in pair.pairs[0].sites} == mine | theirs
    for one in pair.pairs[0].sites:
        for use, plan in ((one.base, base), (one.other, slow)):
            rows = plan[plan["candidate_id"] == one.key[0]]
            if use is None:
                assert len(rows) == 0
                continue
            assert use.floor_m2 == pytest.approx(rows["floor_m2"].sum())
            assert use.cost_yuan == pytest.approx(rows["cost_yuan"].sum())
            assert (use.places, use.beds) == (rows["places"].sum(), rows["beds"].sum())


def test_gini_is_that_of_access_csv(pair: Comparison, runs: dict[str, Path]) -> None:
    found = [one for (_, label), one in figures(pair, "equity").items()
             if label == "两步移动搜寻（2SFCA）：基尼系数"]  # fmt: skip
    said = summary(runs["base"])
    for one, service in zip(found, said["services"], strict=True):
        for at, name in enumerate(("base", "slow")):
            rows = pd.read_csv(runs[name] / "access.csv").query(
                "state == 'after' and measure == 'two_step' and level == 'area'"
            )
            group = said["services"][service]["group"]
            row = rows[(rows["service"] == service) & (rows["group"] == group)].iloc[0]
            assert one.values[at] == pytest.approx(row["gini"])


# --- facts that hold whichever way round ----------------------------------------------------------


def test_what_is_won_one_way_is_lost_the_other(pair: Comparison, runs: dict[str, Path]) -> None:
    back = compare_runs([runs["base"], runs["slow"]], base=runs["slow"])
    assert [side.run.digest for side in back.sides] == [
        side.run.digest for side in reversed(pair.sides)
    ]
    turned = Counter((one.turn, one.key) for one in pair.pairs[0].turned)
    opposite = {"won": "lost", "lost": "won", "wider": "narrower", "narrower": "wider",
                "known": "unknown", "unknown": "known", "other": "other"}  # fmt: skip
    assert Counter((opposite[one.turn], one.key) for one in back.pairs[0].turned) == turned
    for one, other in zip(
        (f for s in pair.sections for f in s.figures),
        (f for s in back.sections for f in s.figures),
        strict=True,
    ):
        assert one.values == other.values[::-1]
        if (difference := one.difference(1)) is not None:
            assert other.difference(1) == pytest.approx(-difference)


def test_a_run_and_its_copy_do_not_differ(runs: dict[str, Path], tmp_path: Path) -> None:
    copy = changed(runs["base"], tmp_path, as_it_is)
    same = compare_runs([runs["base"], copy])
    assert [caveat[0] for caveat in same.caveats] == ["方案一与方案二是同一次运行的两份"]
    assert same.pairs[0].turned == ()
    assert {one.first for one in same.pairs[0].sites} == {"same"}
    assert same.pairs[0].remarks == ()
    for section in (*same.sections, same.groups):
        assert all(one.difference(1) in (0, None) for one in section.figures)


def test_one_run_is_compared_with_itself_before_its_plan(runs: dict[str, Path]) -> None:
    alone = compare_runs([runs["base"]])
    assert [side.state for side in alone.sides] == ["now", "after"]
    said = summary(runs["base"])
    won = [one for one in alone.pairs[0].turned if one.turn == "won" and one.is_binding]
    before, after = said["plan"]["findings_before"], said["plan"]["findings_after"]
    lost = [one for one in alone.pairs[0].turned if one.turn == "lost" and one.is_binding]
    assert len(won) - len(lost) == after["met"] - before["met"] > 0
    assert {one.first for one in alone.pairs[0].sites} == {"only_other"}
    assert len(alone.pairs[0].sites) == said["plan"]["sites_opened"]
    assert alone.caveats == ()


def test_three_runs_have_two_pairs(runs: dict[str, Path], tmp_path: Path) -> None:
    three = compare_runs([runs["base"], runs["slow"], runs["assess"]])
    assert [len(figures(three, "plan")["", "投资（万元）"].values)] == [3]
    assert [pair.other.run.folder for pair in three.pairs] == [runs["slow"], runs["assess"]]
    assert any("没有方案" in zh for zh, _ in three.caveats)
    files = write_comparison(tmp_path / "three", three, lang="en")
    assert all(path.stat().st_size > 5_000 for path in files)
