"""A scenario made by hand in the page, saved, and given to `planning assess`: the same figures."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from test_whatif_view import bridges, somewhere
from whatif_hands import Hands
from whatif_sample import sample_page

from planning.units import whole_persons

VERDICTS = {"达标": "met", "未达标": "not_met", "无法评估": "not_assessable"}


@pytest.fixture
def hands(browser: Browser, tmp_path: Path) -> Iterator[Hands]:
    opened = Hands.on(browser, sample_page(tmp_path))
    yield opened
    opened.leave()


def one_of_everything(hands: Hands) -> None:
    """Everything that a planner can change, changed."""
    site = hands.add(*somewhere(hands))
    hands.add(*somewhere(hands, 0.55, 0.4))
    hands.drag(site, *somewhere(hands, 0.66, 0.58))
    stands = hands.marks("F")
    hands.drag(stands[0], *somewhere(hands, 0.35, 0.5))
    hands.press("tool:remove")
    hands.click(*hands.centre(stands[1]))
    hands.press("service:nursery")
    hands.press("tool:resize")
    hands.click(*hands.centre(hands.marks("F")[0]))
    hands.type("card:places:number", "120")
    hands.press("service:elder_care")
    hands.press("tool:road")
    hands.click(*bridges(hands)[0])
    hands.press("tool:area")
    hands.type("area:name", "东园")
    hands.type("area:households", "300")
    hands.type("area:persons", "2.6")
    for right, down in [(0.6, 0.3), (0.68, 0.3), (0.68, 0.42)]:
        hands.click(*somewhere(hands, right, down))
    hands.press("area:finish")
    hands.type("limit:number", "12")
    hands.type("speed:number", "0.9")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_what_the_page_shows_is_what_assess_finds_of_the_saved_file(
    hands: Hands, sample_folder: Path, tmp_path: Path, planning_cli: Callable[..., Any]
) -> None:
    one_of_everything(hands)
    kinds = Counter(edit.split(" ")[0] for edit in hands.edits)
    assert len(kinds) >= 8, kinds
    shown = hands.saved("table", tmp_path)
    scenario = hands.saved("save", tmp_path)
    done = planning_cli(
        "assess", sample_folder / "study.yaml", "--scenario", scenario, "--out", tmp_path, "--quiet"
    )
    assert done.code == 0, done.err
    (run,) = (path.parent for path in tmp_path.glob("*/coverage.csv"))
    found = table(run / "coverage.csv")
    with shown.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    people = rows[1 : rows.index([])]
    services = {one["label"]: one["key"] for one in hands.content["services"]}
    groups = {said[0]: key for key, said in hands.content["people"]["labels"].items()}
    assert len(people) == len(services) * len(groups)
    for label, limit, group, _, everybody, _, covered, *_ in people:
        (row,) = (
            one for one in found
            if (one["service"], one["group"], one["level"], float(one["limit_min"]))
            == (services[label], groups[group], "area", float(limit))
        )  # fmt: skip
        assert int(everybody) == whole_persons(float(row["people"]))
        assert int(covered) == whole_persons(float(row["covered"]))
    findings = rows[rows.index([]) + 2 :]
    findings = findings[: findings.index([])]
    shown_live = Counter(
        (article, unit, VERDICTS[verdict])
        for article, _, unit, _, verdict, *_, not_live in findings
        if not not_live
    )
    true = Counter(
        (o["article"], o["unit_name"], o["verdict"]) for o in table(run / "findings.csv")
    )
    assert shown_live.total() > 30
    assert shown_live - true == Counter()
