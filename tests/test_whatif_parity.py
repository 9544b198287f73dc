"""A scenario tried in the page and saved is what `planning assess` finds of the file: to the last
person, and of every clause that the page judges to the last fraction."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import shapely
from whatif_page import page_in
from whatif_parity import ANSWER, OPEN, SCRIPT, Stand, covered_persons, same_findings, saved, stand

from planning.outputs.whatif.arrays import unpacked
from planning.outputs.whatif.content import whatif_content

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Case:
    """A study, the page's engine on it, and how the program answers a scenario file."""

    present: Stand
    page: Any
    program: Callable[[str], Stand]
    content: dict[str, Any]


def _case(browser: Any, study: Path, base: str | None, data_dir: Path) -> Iterator[Case]:
    present = stand(study, base, data_dir)
    content = whatif_content(present.result, present.basemap, with_streets=True)
    with page_in(browser, SCRIPT) as page:
        page.evaluate(OPEN, json.dumps(content, allow_nan=False))
        yield Case(present, page, lambda file: stand(study, file, data_dir), content)


@pytest.fixture(scope="module")
def sample(browser: Any, sample_folder: Path) -> Iterator[Case]:
    yield from _case(browser, sample_folder / "study.yaml", None, sample_folder)


@pytest.fixture(scope="module")
def huangpu(browser: Any, shared_data: Path) -> Iterator[Case]:
    yield from _case(browser, ROOT / "scripts/studies/huangpu.yaml", "chengdu", shared_data)


def edits(case: Case, seed: int) -> dict[str, Any]:
    """A scenario that changes some of everything a scenario can."""
    draw = random.Random(seed)
    town = case.present.result.town
    area = town.area.boundary
    ids = list(town.facilities.ids)
    draw.shuffle(ids)
    kinds = case.content["kinds"]

    def place() -> tuple[float, float]:
        west, south, east, north = area.bounds
        while True:
            x, y = round(draw.uniform(west, east), 2), round(draw.uniform(south, north), 2)
            if shapely.contains_xy(area, x, y):
                return x, y

    added = [*in_candidates(case, draw)]
    for number in range(draw.randint(0, 4)):
        kind = draw.choice(kinds)
        sizes = kind["sizes"] or [kind["min"], kind["min"] + draw.randint(0, 5)]
        x, y = place()
        added.append({"id": f"W{number}", "name": "", "service": kind["service"],
                      "kind": kind["name"], "size": draw.choice(sizes), "x_m": x, "y_m": y,
                      "candidate": None, "yuan": None})  # fmt: skip
    lines = sorted({int(line) for line in town.network.line})
    x, y = place()
    outline = [[x, y], [x + 180.0, y + 20.0], [x + 150.0, y + 210.0], [x - 30.0, y + 120.0]]
    inside = shapely.contains(area, shapely.Polygon(outline))
    return {
        "name": f"方案{seed}",
        "added": added,
        "moved": {i: list(place()) for i in ids[: draw.randint(0, 3)]},
        "removed": ids[3 : 3 + draw.randint(0, 4)],
        "resized": {i: {"places": draw.randint(0, 90)} for i in ids[8 : 8 + draw.randint(0, 2)]},
        "closed_streets": draw.sample(lines, draw.randint(0, 5)) if seed % 2 else [],
        "areas": [{"id": "P1", "name": "", "households": draw.randint(20, 900),
                   "persons_per_household": 2.6, "outline": outline}]
        if inside and seed % 3 == 0 else [],
        "limits": {case.content["services"][0]["key"]: draw.choice([5, 10, 20])}
        if seed % 2 == 0 else {},
        "speed_m_s": draw.choice([None, 0.8, 1.2, 0.95]),
    }  # fmt: skip


def in_candidates(case: Case, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Sites in candidates of the register, one each, at sizes that these can host."""
    candidates, kinds = case.content["candidates"], case.content["kinds"]
    x_m, y_m = (unpacked(candidates[axis]) for axis in ("x_m", "y_m"))
    options = unpacked(candidates["options"]).reshape(-1, 4).tolist()
    taken: set[int] = set()
    for at, kind, least, most in draw.sample(options, min(3, len(options))):
        if at not in taken:
            yield {"id": f"C{at}", "name": "", "service": kinds[kind]["service"],
                   "kind": kinds[kind]["name"], "size": draw.randint(least, most),
                   "x_m": round(float(x_m[at]), 2), "y_m": round(float(y_m[at]), 2),
                   "candidate": candidates["ids"][at], "yuan": None}  # fmt: skip
        taken.add(at)


def check(case: Case, scenario: dict[str, Any], folder: Path) -> int:
    """Hold the page's answer against the program's; how many findings were compared."""
    shown = case.page.evaluate(ANSWER, scenario)
    result = case.program(saved(shown["text"], folder)).result
    services = {one.pop("key"): one for one in shown["services"]}
    assert services == covered_persons(result)
    same, wrong = same_findings(shown["findings"], result)
    assert wrong == []
    cost = result.town.added_cost
    if cost is not None:
        assert (shown["unknown"], shown["yuan"]) == (cost.unknown, pytest.approx(cost.yuan))
    return same


def test_the_present_is_the_programs(sample: Case, tmp_path: Path) -> None:
    assert check(sample, {}, tmp_path) > 100


@pytest.mark.parametrize("seed", range(8))
def test_scenarios_of_the_sample_are_the_programs(sample: Case, seed: int, tmp_path: Path) -> None:
    assert check(sample, edits(sample, seed), tmp_path) > 50


def test_the_present_of_huangpu_is_the_programs(huangpu: Case, tmp_path: Path) -> None:
    assert check(huangpu, {}, tmp_path) > 500


@pytest.mark.parametrize("seed", range(5))
def test_scenarios_of_huangpu_are_the_programs(huangpu: Case, seed: int, tmp_path: Path) -> None:
    assert check(huangpu, edits(huangpu, seed), tmp_path) > 100
