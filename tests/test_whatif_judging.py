"""The clauses judged in the page: the same findings as `evaluate`, to the last fraction."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from judging_page import FAR_MS, Judged, against, judging_page
from playwright.sync_api import Browser, Page
from situation_form import Situation, situations
from situation_town import TableWay, homes_of, town, ways

import planning.standards as standards
from planning.access import Way
from planning.facilities import Facilities
from planning.siting.built import given_up
from planning.standards import binding_levels, evaluate, walks

TOWNS = [(f"{file}:{line}", one) for file, line, one in situations() if one.units]
PARTS = 8
Rows = npt.NDArray[np.int64]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with judging_page(browser) as opened:
        yield opened


@pytest.mark.parametrize("part", range(PARTS))
def test_towns_that_a_planner_can_read_are_judged_alike(page: Page, part: int) -> None:
    """As they stand, and once facilities are gone, larger, smaller, and in other units."""
    wrong: list[str] = []
    for name, said in TOWNS[part::PARTS]:
        here, profile = town(said)
        levels = binding_levels(profile, said.adopted, said.year)
        judged = Judged.begin(page, profile, here, levels)
        ms = _times(said, len(here.demand))
        there = range(len(here.facilities))
        found = judged.judge(here, _named(ms, there))
        wrong += [f"{name} {text}" for text in against(found, judged.findings)]
        edited, rows = _edited(here, random.Random(name))
        edited = replace(edited, walks=_walks(said, profile, edited.facilities, rows))
        mine = judged.judge(edited, _named(ms, rows), rows=rows.tolist(), removed=["some"])
        real = evaluate(profile, edited, levels)
        wrong += [f"{name}, edited: {text}" for text in against(mine, real)]
        again = judged.judge(here, _named(ms, there))
        wrong += [f"{name}, again: {text}" for text in against(again, judged.findings)]
        assert all(one["live"] for one in again)
    assert wrong == []


def _edited(here: standards.Situation, luck: random.Random) -> tuple[standards.Situation, Rows]:
    """Some facilities gone, some of other sizes, some in another's unit; and the rows that stay."""
    stands = here.facilities
    rows = np.array([at for at in range(len(stands)) if luck.random() < 0.8], dtype=np.int64)
    kept = stands.take(rows)
    sizes: dict[str, Any] = {}
    for name in ("places", "beds", "nursing_beds", "floor_m2"):
        amount = getattr(kept, name).copy()
        for at in range(len(kept)):
            if luck.random() < 0.3:
                amount[at] = luck.choice([0, 1, 8, 40, 100, 749.9, 750, 2000])
        sizes[name] = amount
    place = {level: index.copy() for level, index in kept.place.items()}
    for at in range(len(kept)):
        if luck.random() < 0.3:
            other = luck.randrange(len(stands))
            for level, index in place.items():
                index[at] = stands.place[level][other]
    edited = replace(kept, **sizes, place=place)
    absent = here.absent | given_up(stands, edited)
    return replace(here, facilities=edited, absent=absent), rows


def _times(said: Situation, n: int) -> npt.NDArray[np.int64]:
    """Walking times of a situation (homes, sites); none where it says nothing of walks."""
    way = dict(ways(said, homes_of(said))).get("walk")
    return np.full((n, len(said.stands)), -1) if way is None else way.ms


def _named(ms: npt.NDArray[np.int64], rows: Rows | range) -> dict[str, npt.NDArray[np.int32]]:
    if not len(ms):
        return {str(row): np.zeros(0, dtype=np.int32) for row in rows}
    far = np.where(ms < 0, FAR_MS, ms).astype(np.int32)
    return {str(row): far[:, min(row, ms.shape[1] - 1)] for row in rows}


def _walks(
    said: Situation, profile: standards.Profile, facilities: Facilities, rows: Rows
) -> Mapping[Any, Any]:
    """The same walks to those that stay."""
    some = {
        mode: TableWay(ms=way.ms[:, rows]) for mode, way in dict(ways(said, homes_of(said))).items()
    }
    return walks(
        profile.clauses,
        facilities,
        cast(Mapping[str, Way], some),
        year=said.year,
        strict_tiers=profile.readings["tiers"] == "strict",
    )
