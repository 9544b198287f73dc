"""Scenarios laid over real towns: what the page says is live is what planning says, exactly."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from edited_towns import Times, laid, some_edits, some_place
from judging_page import Judged, differences, judging_page
from playwright.sync_api import Browser, Page

from planning.area import RESIDENTIAL
from planning.buildable import modules_of
from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.judging import levels_of, situation_of
from planning.outputs.whatif.choices_data import Choices
from planning.outputs.whatif.judged_data import judged_data
from planning.outputs.whatif.liveness import FACILITIES
from planning.progress import silent
from planning.result import Town
from planning.siting.options import sizes_of
from planning.standards import Clause, Finding, Profile, Situation, evaluate
from planning.standards.profiles import with_clauses

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("SC", "GZ", "JS", "DZ", "CD")
SEEDS = (0, 2, 3, 5)  # every third, from 2 on, has areas
OF_AREAS = Clause.model_validate(
    {
        "id": "TEST/1", "key": "test", "article": "第一条", "quote": "……", "title_zh": "小区托位",
        "title_en": "places in areas", "service": "nursery", "mark": "spatial-core",
        "strength": "binding", "reading": "如文", "operator": ">=", "value": "4.5",
        "measure": {"kind": "per_thousand", "amount": "places", "group": "under_3",
                    "which": {"does": "nursery"}},
        "levels": ["residential_area", "street"],
    }
)  # fmt: skip
"""It counts who lives in a residential area, not who is planned: no document asks for that."""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with judging_page(browser) as opened:
        yield opened


@dataclass
class Edited:
    """A town and its edits; what comes of them is made once for all documents."""

    town: Town
    times: Times = field(default_factory=Times)
    made: dict[str, tuple[Mapping[str, Any], Town, Situation]] = field(default_factory=dict)

    def with_edits(self, seed: int) -> tuple[Mapping[str, Any], Town, Situation]:
        if str(seed) not in self.made:
            edits = some_edits(self.town, random.Random(seed), areas=seed % 3 == 2)
            town = laid(self.town, edits)
            self.made[str(seed)] = edits, town, situation_of(town)
        return self.made[str(seed)]


def _town(study: Path, data: Path, scenario: str | None) -> Edited:
    town, _ = read_town(
        read_study(study, scenario), data, scenario=scenario, progress=silent(),
        documents=DOCUMENTS,
    )  # fmt: skip
    return Edited(town)


@pytest.fixture(scope="module")
def huangpu(shared_data: Path) -> Edited:
    return _town(ROOT / "scripts/studies/huangpu.yaml", shared_data, "chengdu")


@pytest.fixture(scope="module")
def sample(sample_folder: Path) -> Edited:
    return _town(sample_folder / "study.yaml", sample_folder, None)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_huangpu_edited_is_judged_alike(page: Page, huangpu: Edited, document: str) -> None:
    _judged_alike(page, huangpu, document)


def test_how_much_the_page_still_stands_for_is_as_its_documentation_says(huangpu: Edited) -> None:
    text = (ROOT / "docs" / "whatif.md").read_text(encoding="utf-8")
    told = [line for line in text.splitlines() if line[:5] in {f"| {d} " for d in DOCUMENTS}]
    assert told == [_row_of_the_table(huangpu.town, document) for document in DOCUMENTS]


def _row_of_the_table(town: Town, document: str) -> str:
    """Findings in all, computed, not moved by facilities, neither, binding ones among these."""
    profile = next(p for p in town.documents if p.standard.short == document)
    levels, present = levels_of(town, profile), situation_of(town)
    findings, choices = evaluate(profile, present, levels), Choices()
    judged = judged_data(
        profile, present, levels, findings, choices, modules_of(town.study), drawn_year=None
    )
    live, stale = (np.array(judged["findings"][name]) for name in ("live", "stale"))
    left = (live == 0) & ((stale & FACILITIES) != 0)
    still = (live == 0) & ~left
    clauses = {one.id: one.strength for one in profile.clauses}
    asked = [findings[at] for at in np.flatnonzero(left) if findings[at].role == "requirement"]
    binding = sum(clauses[one.clause_id] == "binding" for one in asked)
    counts = (len(findings), live.sum(), still.sum(), left.sum(), binding)
    return f"| {document} | " + " | ".join(f"{n:,}" for n in counts) + " |"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_sample_edited_is_judged_alike(page: Page, sample: Edited, document: str) -> None:
    _judged_alike(page, sample, document)


@pytest.mark.parametrize("document", ["SC", "CD"])
def test_a_first_facility_of_its_kind_makes_its_clauses_assessable(
    page: Page, sample: Edited, document: str
) -> None:
    """A register without nurseries says nothing of them, until one is added."""
    town = sample.town
    rows = np.flatnonzero(~town.facilities.doing(frozenset({"nursery"})))
    few = replace(
        town, facilities=town.facilities.take(rows), facility_snaps=town.facility_snaps.take(rows)
    )
    profile = next(p for p in few.documents if p.standard.short == document)
    levels, present, times = levels_of(few, profile), situation_of(few), Times()
    judged = Judged.begin(page, profile, present, levels, modules_of(few.study))
    assert _differences(judged.judge(present, times.of(few)), judged.findings, judged) == []
    kind = next(k for k in modules_of(few.study) if "nursery" in k.functions)
    x_m, y_m = some_place(few, random.Random(1))
    edits = {
        "added": [{"id": "W1", "name": "", "service": kind.service, "kind": kind.name,
                   "size": sizes_of(kind, 1e6)[0][0], "x_m": x_m, "y_m": y_m}],
        "removed": [], "moved": {}, "resized": {}, "areas": [],
    }  # fmt: skip
    there = laid(few, edits)
    situation = situation_of(there)
    real = evaluate(profile, situation, levels)
    found = judged.judge(situation, times.of(there), **_world(few, there, edits))
    assert _differences(found, real, judged) == []
    known = [sum(one.measured is not None for one in some) for some in (judged.findings, real)]
    assert known[1] > known[0]


def _judged_alike(page: Page, edited: Edited, document: str) -> None:
    """The present, some scenarios one after the other, each with a site dragged, the present."""
    town = edited.town
    profile = next(p for p in town.documents if p.standard.short == document)
    profile = with_clauses(profile, (OF_AREAS,))
    levels, present = levels_of(town, profile), situation_of(town)
    judged = Judged.begin(
        page, profile, present, levels, modules_of(town.study), persons_per_household=2.5
    )
    ms = edited.times.of(town)
    found = judged.judge(present, ms)
    assert all(one["live"] for one in found)
    assert _differences(found, judged.findings, judged) == []
    wrong: list[str] = []
    for seed in SEEDS:
        edits, there, situation = edited.with_edits(seed)
        real = evaluate(profile, situation, levels)
        world = _world(town, there, edits)
        found = judged.judge(_before_areas(town, situation), edited.times.of(there), **world)
        wrong += [f"{seed}: {text}" for text in _differences(found, real, judged)]
        wrong += [f"{seed}, dragged: {text}"
                  for text in _dragged(judged, edited, there, edits, profile, levels)]  # fmt: skip
    found = judged.judge(present, ms)
    wrong += [f"again: {text}" for text in _differences(found, judged.findings, judged)]
    assert wrong == []


def _dragged(
    judged: Judged, edited: Edited, town: Town, edits: Mapping[str, Any], profile: Profile,
    levels: Mapping[str, Sequence[str]],
) -> list[str]:  # fmt: skip
    """Some of its facilities somewhere else, one by one, with nothing else told to the page."""
    luck, wrong = random.Random(str(edits)), []
    for _ in range(3 if len(town.facilities) else 0):
        at = luck.randrange(len(town.facilities))
        town = _with_one_moved(town, at, *some_place(edited.town, luck))
        situation = situation_of(town)
        found = judged.judge(
            _before_areas(edited.town, situation), edited.times.of(town), dragged=at,
            **_world(edited.town, town, edits),
        )  # fmt: skip
        wrong += _differences(found, evaluate(profile, situation, levels), judged)
    return wrong


def _with_one_moved(town: Town, at: int, x_m: float, y_m: float) -> Town:
    stands = town.facilities
    xs, ys = stands.x_m.copy(), stands.y_m.copy()
    xs[at], ys[at] = x_m, y_m
    place = {level: index.copy() for level, index in stands.place.items()}
    for level, unit in town.area.locate(xs[at : at + 1], ys[at : at + 1]).items():
        place[level][at] = unit[0]
    stands = replace(stands, x_m=xs, y_m=ys, place=place)
    return replace(town, facilities=stands, facility_snaps=town.ways["walk"].sites(xs, ys))


def _world(present: Town, town: Town, edits: Mapping[str, Any]) -> dict[str, Any]:
    """The edits as the page's scenario has them, and whence its facilities come."""
    rows = {name: row for row, name in enumerate(present.facilities.ids)}
    kinds = {(kind.service, kind.name): at for at, kind in enumerate(modules_of(present.study))}
    own = {site["id"]: kinds[site["service"], site["kind"]] for site in edits["added"]}
    ids = town.facilities.ids
    return {
        **edits,
        "rows": [rows.get(name, -1) for name in ids],
        "kinds": [own.get(name, -1) for name in ids],
    }


def _before_areas(present: Town, situation: Situation) -> Situation:
    """Facilities as the page's engine has them: in no area that is drawn."""
    n = 0 if present.area.residential is None else len(present.area.residential)
    facilities = situation.facilities
    at = facilities.place[RESIDENTIAL]
    place = {**facilities.place, RESIDENTIAL: np.where(at >= n, -1, at)}
    return replace(situation, facilities=replace(facilities, place=place))


def _differences(
    found: Sequence[Mapping[str, Any]], expected: Sequence[Finding], judged: Judged
) -> list[str]:
    """What differs of what is live, by clause and unit: areas that are drawn come last here."""
    units = judged.content["units"]
    mine = {_key(one, units): one for one in found}
    assert len(mine) == len(found)
    real = {(one.clause_id, one.level, one.unit_id): one for one in expected}
    untold = [key for key in real if key not in mine]
    others = {judged.content["judged"]["clauses"][n]["id"]
              for n in judged.content["judged"]["templates"]["others"]}  # fmt: skip
    wrong = [f"{key} is missing" for key in untold if key[0] not in others]
    for key, one in mine.items():
        if not one["live"]:
            continue
        if key not in real:
            wrong.append(f"{key} should not be there")
        else:
            wrong += [f"{key} {text}" for text in differences(one, real[key])]
    return wrong


def _key(found: Mapping[str, Any], units: Mapping[str, Any]) -> tuple[str, str, str]:
    unit = found.get("area")
    if unit is None:
        unit = units[found["level"]]["ids"][found["at"]] if found["at"] >= 0 else ""
    return found["id"], found["level"], unit
