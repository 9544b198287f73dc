"""The kernel against NetworkX on split edges, and what must hold for any streets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx_oracle import all_pairs_ms, exact_graph
from reaches import Case, cases, reach_of
from streets import (
    DENSE_KINDS,
    EPSG,
    FAR_MS,
    ONE_WAY,
    ORIGIN_M,
    PRIVATE,
    STREET,
    GridCity,
    Plan,
    Town,
    node_at,
    standing,
    tilted,
    times_ms,
    towns,
)

from planning.network import PROFILES, StreetNetwork, at_nodes, snap
from planning.travel import audience, forecast, nearest, nearest_k, reach
from planning.travel.search import MOST_OWNERS

EVERY_PROFILE = pytest.mark.parametrize("profile", PROFILES)


def by_networkx(town: Town) -> np.ndarray:
    """All pairs [ms], inf where not connected."""
    network, sites, demand = town
    to_site = network.profile.direction == "to_site"
    graph = exact_graph(network, [sites, demand])
    return all_pairs_ms(graph, len(sites), len(demand), to_site=to_site)


def assert_everything_equals_networkx(town: Town, limit_ms: int) -> None:
    network, sites, demand = town
    expected = by_networkx(town)
    crowd = audience(network, demand)
    # Some pair exactly at the limit, and one just beyond it.
    known = np.sort(expected[np.isfinite(expected)]).astype(int)
    limits = {limit_ms, FAR_MS, *known[len(known) // 2 :][:1], *(known[len(known) // 3 :][:1] - 1)}
    for limit in limits:
        within = np.where(expected <= limit, expected, np.inf)
        found = times_ms(network, sites, demand, limit_ms=int(limit))
        np.testing.assert_array_equal(found, within)

    order = np.argsort(expected, axis=0, kind="stable").T
    by_time = np.take_along_axis(expected.T, order, axis=1)
    one = nearest(network, sites, crowd)
    np.testing.assert_array_equal(np.where(one.ms < 0, np.inf, one.ms), by_time[:, 0])
    np.testing.assert_array_equal(
        one.site, np.where(np.isfinite(by_time[:, 0]), order[:, 0], -1), "ties go to the first site"
    )
    for k in (1, 3, len(sites) + 2):
        several = nearest_k(network, sites, crowd, k=k)
        shown = min(k, len(sites))
        ms = np.where(several.ms < 0, np.inf, several.ms)
        np.testing.assert_array_equal(ms[:, :shown], by_time[:, :shown])
        first = np.where(np.isfinite(by_time), order, -1)[:, :shown]
        np.testing.assert_array_equal(several.site[:, :shown], first)
        assert np.all(several.site[:, shown:] == -1)


@EVERY_PROFILE
@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data(), limit_ms=st.integers(0, 2_500_000))
def test_reach_and_nearest_equal_networkx_to_the_millisecond(
    profile: str, data: st.DataObject, limit_ms: int
) -> None:
    assert_everything_equals_networkx(data.draw(towns(profile=profile)), limit_ms)


@pytest.mark.parametrize("profile", ["elder", "drive"])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data(), limit_ms=st.integers(0, 2_500_000))
def test_private_and_one_way_streets_everywhere_equal_networkx_too(
    profile: str, data: st.DataObject, limit_ms: int
) -> None:
    town = data.draw(towns(profile=profile, kinds=DENSE_KINDS))
    assert_everything_equals_networkx(town, limit_ms)


def straight_street() -> StreetNetwork:
    """One street of three pieces, 400, 50 and 550 m, for people who walk 1 m/s."""
    places = [(0.0, 0.0), (400.0, 0.0), (450.0, 0.0), (1000.0, 0.0)]
    return Plan(places=places, runs=[[0, 1], [1, 2], [2, 3]]).network("elder")


def test_a_walk_of_exactly_the_limit_is_inside() -> None:
    network = straight_street()
    ends = standing(network, [(0, 0), (400, 0), (450, 0), (1000, 0)])
    crowd = audience(network, ends)
    at_limit = reach(network, ends.take(np.array([0])), crowd, limit_ms=1_000_000)
    just_below = reach(network, ends.take(np.array([0])), crowd, limit_ms=999_999)
    assert list(at_limit.demand) == [0, 1, 2, 3]
    assert list(at_limit.ms) == [0, 400_000, 450_000, 1_000_000]
    assert list(just_below.demand) == [0, 1, 2]


def test_an_access_leg_of_exactly_the_limit_is_inside() -> None:
    network = straight_street()
    facility, home = standing(network, [(200, 0)]), standing(network, [(200, 60)])
    assert times_ms(network, facility, home, limit_ms=60_000)[0, 0] == 60_000
    assert times_ms(network, home, facility, limit_ms=60_000)[0, 0] == 60_000
    assert times_ms(network, facility, home, limit_ms=59_999)[0, 0] == np.inf
    assert times_ms(network, home, facility, limit_ms=59_999)[0, 0] == np.inf


def test_neighbours_in_the_middle_of_a_long_street_walk_the_direct_piece() -> None:
    network = straight_street()
    facility, home = standing(network, [(725, 0)]), standing(network, [(755, 0)])
    assert times_ms(network, facility, home, limit_ms=31_000)[0, 0] == pytest.approx(30_000, abs=1)


def test_the_middle_of_a_long_street_may_be_too_far_though_both_its_ends_are_reached() -> None:
    ring = Plan(
        places=[(0, 0), (0, 500), (1000, 500), (1000, 0)], runs=[[0, 1], [1, 2], [2, 3], [3, 0]]
    )
    network = ring.network("elder")
    facility, homes = standing(network, [(500, 0)]), standing(network, [(0, 500), (500, 500)])
    assert list(times_ms(network, facility, homes, limit_ms=1_100_000)[0] < np.inf) == [True, False]


@pytest.mark.parametrize("profile", [p for p in PROFILES.values() if p.means == "foot"])
def test_rounding_stays_below_a_second_in_fifteen_minutes(profile: object) -> None:
    """Even where every edge is a metre and all are rounded to the same side."""
    assert isinstance(profile, type(PROFILES["elder"]))
    edges = int(900 * profile.speed_m_s)
    east_m = np.arange(edges + 1) * 1.0
    plan = Plan(places=[(x, 0.0) for x in east_m.tolist()], runs=[[k, k + 1] for k in range(edges)])
    network = plan.network(profile)
    assert network.n_edges == edges
    unrounded_ms = network.length_m / profile.speed_m_s * 1_000
    assert np.abs(network.forward_ms - unrounded_ms).max() <= 0.501
    ends = standing(network, [(0, 0), (east_m[-1], 0)])
    walk_ms = times_ms(network, ends, ends)[0, 1]
    assert walk_ms == pytest.approx(edges / profile.speed_m_s * 1_000, abs=1_000)


def test_a_street_of_no_length_joins_what_stands_at_one_place() -> None:
    plan = Plan(places=[(0, 0), (200, 0), (200, 0), (400, 0)], runs=[[0, 1], [1, 2], [2, 3]])
    network = plan.network("elder")
    assert (network.n_edges, network.n_nodes, network.n_components) == (2, 3, 1)
    assert [(a.reason, a.count) for a in network.set_aside] == [("zero-length pieces", 1)]
    ends = standing(network, [(0, 0), (400, 0)])
    assert times_ms(network, ends, ends)[0, 1] == 400_000


@settings(derandomize=True, database=None, deadline=None)
@given(case=cases(), data=st.data())
def test_some_sites_of_a_reach_are_the_rows_of_its_table(case: Case, data: st.DataObject) -> None:
    """In any order, even twice; those that reach nobody too."""
    n = len(case.table)
    rows = data.draw(st.lists(st.integers(0, n - 1), max_size=8)) if n else []
    found = case.reach.take(np.array(rows, dtype=np.int64))
    expected = reach_of([case.table[row] for row in rows], n_demand=len(case.people))
    assert (found.limit_ms, found.n_demand) == (expected.limit_ms, expected.n_demand)
    for name in ("start", "demand", "ms"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
        assert getattr(found, name).dtype == getattr(expected, name).dtype


def test_part_of_a_reach_is_the_reach_of_the_part() -> None:
    network = straight_street()
    snaps = standing(network, np.column_stack([np.linspace(0, 1000, 30), np.zeros(30)]))
    crowd = audience(network, snaps)
    whole = reach(network, snaps, crowd, limit_ms=600_000)
    part = whole.part(slice(10, 20), limit_ms=200_000)
    direct = reach(network, snaps.take(np.arange(10, 20)), crowd, limit_ms=200_000)
    np.testing.assert_array_equal(part.start, direct.start)
    np.testing.assert_array_equal(part.demand, direct.demand)
    np.testing.assert_array_equal(part.ms, direct.ms)
    assert part.limit_ms == 200_000
    assert list(part.of_site(0)) == list(direct.demand[: direct.start[1]])


def test_whoever_stands_nowhere_reaches_nobody_and_is_reached_by_nobody() -> None:
    network = straight_street()
    snaps = standing(network, [(500, 0), (500, 5_000)])
    table = times_ms(network, snaps, snaps)
    assert list(table.ravel() < np.inf) == [True, False, False, False]
    found = nearest(network, snaps, audience(network, snaps))
    assert list(found.site) == [0, -1]
    assert list(found.ms) == [0, -1]


def test_a_hill_without_a_street_that_may_be_used_is_an_empty_network() -> None:
    plan = Plan(places=[(0, 0), (100, 0)], runs=[[0, 1]], tags={"highway": "motorway"})
    nowhere = plan.network("elder", dem=tilted(0.1), slope="tobler")
    assert (nowhere.n_nodes, nowhere.n_edges, nowhere.no_height_km) == (0, 0, 0.0)


@pytest.mark.parametrize("profile", ["elder", "drive"])
def test_without_streets_or_sites_or_people_the_answer_is_empty_and_not_an_error(
    profile: str,
) -> None:
    footpath_and_motorway = Plan(
        places=[(0, 0), (100, 0)],
        runs=[[0, 1]],
        tags={"highway": "motorway" if profile == "elder" else "footway"},
    )
    nowhere = footpath_and_motorway.network(profile)
    assert (nowhere.n_nodes, nowhere.n_edges, nowhere.n_components) == (0, 0, 0)
    lost = standing(nowhere, [(0, 0), (50, 0)])
    network = Plan(places=[(0, 0), (100, 0)], runs=[[0, 1]]).network(profile)
    here = standing(network, [(0, 0), (50, 0)])
    nobody = here.take(np.empty(0, dtype=np.int64))
    for streets, sites, demand in (
        (nowhere, lost, lost),
        (network, nobody, here),
        (network, here, nobody),
        (network, nobody, nobody),
    ):
        crowd = audience(streets, demand)
        assert np.all(np.isinf(times_ms(streets, sites, demand)))
        assert forecast(streets, sites, crowd, limit_ms=FAR_MS).pairs == 0
        assert list(nearest(streets, sites, crowd).site) == [-1] * len(demand)
        assert nearest_k(streets, sites, crowd, k=2).site.shape == (len(demand), 2)
        to_file = reach(streets, sites, crowd, limit_ms=FAR_MS, max_memory_bytes=0)
        assert (to_file.n_sites, len(to_file.demand)) == (len(sites), 0)


def test_people_on_a_private_street_are_listed_once_though_they_are_searched_twice() -> None:
    plan = Plan(
        places=[(0, 0), (300, 0), (300, 200), (0, 200)],
        runs=[[0, 1], [1, 2], [2, 3], [3, 0]],
        tags=[STREET, PRIVATE, PRIVATE, STREET],
    )
    network = plan.network("elder")
    homes = standing(network, [(300, 50), (250, 200), (100, 0), (300, 150)])
    crowd = audience(network, homes)
    assert len(crowd.point) == 7
    found = reach(network, homes, crowd, limit_ms=FAR_MS)
    assert list(np.diff(found.start)) == [4, 4, 4, 4]
    assert list(found.demand) == [0, 1, 2, 3] * 4


def test_more_sites_than_a_label_can_name_are_refused_and_not_mixed_up() -> None:
    network = straight_street()
    sites = standing(network, [(0, 0)]).take(np.zeros(MOST_OWNERS + 1, dtype=np.int64))
    crowd = audience(network, sites.take(np.array([0])))
    for ask in (
        lambda: nearest(network, sites, crowd),
        lambda: nearest_k(network, sites, crowd, k=2),
    ):
        with pytest.raises(ValueError, match=str(MOST_OWNERS)):
            ask()


# --- a city large enough for several blocks of sites ---


def mixed_kind(a: tuple[int, int], b: tuple[int, int]) -> dict[str, str]:
    if (a[0] + 2 * a[1]) % 11 == 0:
        return dict(PRIVATE)
    return dict(ONE_WAY) if a[0] == b[0] and a[0] % 2 else dict(STREET)


@pytest.fixture(scope="module", params=["elder", "drive"])
def city(request: pytest.FixtureRequest) -> Town:
    rng = np.random.default_rng(11)
    grid = GridCity(columns=40, rows=40, block_m=90.0, degrees=20.0, kind=mixed_kind)
    network = grid.network(request.param)
    low, high = network.x_m.min() - 50, network.x_m.max() + 50
    below, above = network.y_m.min() - 50, network.y_m.max() + 50

    def scattered(count: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.uniform(low, high, count), rng.uniform(below, above, count)

    return Town(
        network,
        snap(network, *scattered(700), max_snap_m=300, island_km=1),
        snap(network, *scattered(2_500), max_snap_m=300, island_km=1),
    )


@pytest.mark.parametrize("options", [{"threads": 2}, {"threads": 3}, {"max_memory_bytes": 1}])
def test_threads_and_files_change_nothing_bit_for_bit(city: Town, options: dict[str, int]) -> None:
    network, sites, demand = city
    crowd = audience(network, demand)
    alone = reach(network, sites, crowd, limit_ms=600_000, threads=1)
    assert len(alone.demand) > 10_000
    found = reach(network, sites, crowd, limit_ms=600_000, **options)
    for name in ("start", "demand", "ms"):
        one, other = getattr(alone, name), getattr(found, name)
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    assert isinstance(found.ms, np.memmap) == ("max_memory_bytes" in options)
    part = found.part(slice(5, 9), limit_ms=300_000)
    np.testing.assert_array_equal(part.ms, alone.part(slice(5, 9), limit_ms=300_000).ms)


def test_a_site_is_reached_alike_alone_and_among_seven_hundred(city: Town) -> None:
    network, sites, demand = city
    crowd = audience(network, demand)
    together = reach(network, sites, crowd, limit_ms=400_000)
    for site in range(0, 700, 37):
        alone = reach(network, sites.take(np.array([site])), crowd, limit_ms=400_000)
        row = slice(together.start[site], together.start[site + 1])
        np.testing.assert_array_equal(alone.demand, together.demand[row])
        np.testing.assert_array_equal(alone.ms, together.ms[row])


def test_the_order_of_sites_and_of_people_changes_nothing(city: Town) -> None:
    network, sites, demand = city
    rng = np.random.default_rng(3)
    table = times_ms(network, sites, demand, limit_ms=500_000)
    by_site, by_point = rng.permutation(len(sites)), rng.permutation(len(demand))
    shuffled = times_ms(network, sites.take(by_site), demand.take(by_point), limit_ms=500_000)
    np.testing.assert_array_equal(shuffled, table[by_site][:, by_point])
    one = nearest(network, sites, audience(network, demand))
    other = nearest(network, sites.take(by_site), audience(network, demand.take(by_point)))
    np.testing.assert_array_equal(other.ms, one.ms[by_point])


def test_the_forecast_is_within_a_fifth_of_the_truth(city: Town) -> None:
    network, sites, demand = city
    crowd = audience(network, demand)
    pairs = len(reach(network, sites, crowd, limit_ms=600_000).demand)
    told = forecast(network, sites, crowd, limit_ms=600_000)
    assert told.pairs == pytest.approx(pairs, rel=0.2)
    assert told.n_bytes >= 8 * told.pairs
    few = sites.take(np.arange(40))
    exact = len(reach(network, few, crowd, limit_ms=600_000).demand)
    assert forecast(network, few, crowd, limit_ms=600_000).pairs == exact


def test_points_at_nodes_and_points_beside_streets_can_be_asked_together(city: Town) -> None:
    network, sites, _ = city
    corner = node_at(network, (0.0, 0.0))
    at_corner = at_nodes(network, np.array([corner]))
    beside = snap(network, network.x_m[[corner]], network.y_m[[corner]], max_snap_m=1, island_km=1)
    both = at_corner.joined(beside)
    assert len(both) == 2
    table = times_ms(network, sites, both, limit_ms=FAR_MS)
    np.testing.assert_array_equal(table[:, 0], table[:, 1])
    assert (EPSG, ORIGIN_M[0]) == (network.epsg, pytest.approx(network.x_m[corner]))
