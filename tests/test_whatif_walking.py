"""The page walks as the program does: every row of every site, to the millisecond."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streets import (
    DENSE_KINDS,
    FAR_MS,
    LINE_KINDS,
    Plan,
    at_speed,
    charging,
    grounds_of,
    metric,
    points,
)
from whatif_page import page_in
from whatif_walks import WALKERS, Floats, assert_walks_alike, settle

from planning import workflow
from planning.inputs.roads.osm import read_osm
from planning.network import PROFILES, build_network
from planning.network.closing import without_lines
from planning.units import MS_PER_MIN

STUDY = Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml"
SPEEDS_M_S = (0.8, 1.0, 1.2)
CHARGED = charging("elder", crossing=7.3, elevator=33.7)
"""A walker who waits."""


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    with page_in(browser, WALKERS) as page:
        yield page


def placed(xy: Floats) -> Floats:
    return np.column_stack(metric(xy))


LIMITS = st.lists(st.integers(0, 1_500_000), min_size=1, max_size=2).map(lambda ms: [*ms, FAR_MS])


@pytest.mark.parametrize("kinds", [LINE_KINDS, DENSE_KINDS], ids=["any", "private"])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data(), speed_m_s=st.sampled_from([0.3, 0.83, 1.0, 1.37, 3.0]), limits=LIMITS)
def test_random_towns_at_any_speed_with_streets_closed_and_areas_sketched(
    page: Any, kinds: Any, data: st.DataObject, speed_m_s: float, limits: list[int]
) -> None:
    plan, options = data.draw(grounds_of(kinds=kinds))
    sites = placed(data.draw(points(plan, least=1, most=8)))
    people = placed(data.draw(points(plan, least=1, most=14)))
    sketched = data.draw(st.integers(0, len(people)))
    settle(page, plan.network(CHARGED, **options), people[: len(people) - sketched])
    faster = CHARGED.at_speed(speed_m_s, source_zh="试验", source_en="a test")
    network = plan.network(faster, **options)
    assert_walks_alike(page, network, sites, people, limits, sketched=sketched)
    closed = data.draw(st.sets(st.integers(1, len(plan.runs)), max_size=4))
    part = without_lines(network, closed)
    assert_walks_alike(page, part, sites, people, limits, closed=closed, sketched=sketched)
    assert_walks_alike(page, network, sites, people, limits, sketched=sketched)


@pytest.mark.parametrize("profile", ["wheelchair", "e-bike", "drive"])
@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=st.data(), limits=LIMITS)
def test_wheels_and_deliveries_at_their_own_speed(
    page: Any, profile: str, data: st.DataObject, limits: list[int]
) -> None:
    """One-way streets bind them, and deliveries start at the site."""
    plan, options = data.draw(grounds_of())
    sites = placed(data.draw(points(plan, least=1, most=8)))
    people = placed(data.draw(points(plan, least=1, most=14)))
    network = plan.network(profile, **options)
    settle(page, network, people)
    assert_walks_alike(page, network, sites, people, limits)


def test_wheels_know_no_other_speed(page: Any) -> None:
    plan = Plan(places=[(0, 0), (100, 0)], runs=[[0, 1]])
    settle(page, plan.network("drive"), placed(np.array([[10.0, 5.0]])))
    said = page.evaluate(
        "() => { try { walking.set({ speed_m_s: 9 }); } catch (error) { return error.message; } }"
    )
    assert said is not None and said.startswith("found 9 m/s, expected 2.7")


# --- real cities ---


def test_all_of_huangpu_at_three_speeds_and_with_streets_closed(
    page: Any, shared_data: Path
) -> None:
    town = workflow.check(STUDY, data_dir=shared_data)
    assert town.candidates is not None
    spec = {"max_snap_m": town.study.network.max_snap_m, "island_km": town.study.network.island_km}
    people = np.column_stack([town.demand.x_m, town.demand.y_m])
    sites = np.concatenate(
        [np.column_stack([held.x_m, held.y_m]) for held in (town.facilities, town.candidates)]
    )
    roads, _ = read_osm(shared_data / "shanghai_huangpu/huangpu_walk.osm.pbf")
    limits = [15 * MS_PER_MIN, 30 * MS_PER_MIN]
    settle(page, town.network, people, **spec)
    for speed_m_s in SPEEDS_M_S:
        profile = at_speed("elder", speed_m_s)
        network = build_network(roads, epsg=town.area.epsg, profile=profile)
        assert_walks_alike(page, network, sites, people, limits, **spec)
        closed = set(np.random.default_rng(8).choice(np.unique(network.line), 60).tolist())
        part = without_lines(network, closed)
        assert_walks_alike(page, part, sites[::7], people, limits[:1], closed=closed, **spec)


def test_porto_of_75_000_crossings(page: Any, shared_data: Path) -> None:
    roads, _ = read_osm(shared_data / "porto_portugal_bench/porto_20150606.osm.pbf")
    network = build_network(roads, epsg=32629, profile=PROFILES["elder"])
    draw = np.random.default_rng(4)

    def beside_streets(count: int) -> Floats:
        at = draw.integers(0, network.n_nodes, count)
        near = np.column_stack([network.x_m[at], network.y_m[at]]) + draw.normal(0, 60, (count, 2))
        return np.round(near, 2)

    sites, people = beside_streets(150), beside_streets(20_000)
    settle(page, network, people, max_snap_m=200.0, island_km=1.0)
    for speed_m_s in (0.9, 1.0):
        timed = build_network(roads, epsg=32629, profile=at_speed("elder", speed_m_s))
        limits = [15 * MS_PER_MIN, 60 * MS_PER_MIN]
        assert_walks_alike(page, timed, sites, people, limits, max_snap_m=200.0, island_km=1.0)
