"""The walking kernel against NetworkX on split edges, and what must hold for any streets."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx_oracle import exact_graph

from planning.access import coverage
from planning.network import PROFILES, RoadLines, StreetNetwork, build_network, snap
from planning.network.snapping import Snaps
from planning.travel import nearest, reach

EPSG = 4544
ORIGIN_M = (500_000.0, 3_386_000.0)
DEGREES_PER_M = (1 / 95_900.0, 1 / 110_900.0)


@st.composite
def towns(draw: st.DrawFn) -> tuple[StreetNetwork, np.ndarray, np.ndarray]:
    """A random multigraph of bent streets, some parallel, some loops, some unconnected."""
    count = draw(st.integers(3, 14))
    coordinate = st.integers(0, 1500)
    places = draw(
        st.lists(st.tuples(coordinate, coordinate), min_size=count, max_size=count, unique=True)
    )
    runs = draw(
        st.lists(
            st.lists(st.integers(0, count - 1), min_size=2, max_size=5).filter(
                lambda run: all(a != b for a, b in pairwise(run))
            ),
            min_size=2,
            max_size=12,
        )
    )
    points = draw(st.lists(st.tuples(coordinate, coordinate), min_size=4, max_size=25))
    xy = np.array(places, dtype=float)
    network = build_network(
        RoadLines(
            lon=105 + xy[:, 0] * DEGREES_PER_M[0],
            lat=30.6 + xy[:, 1] * DEGREES_PER_M[1],
            nodes=np.concatenate([np.array(run, dtype=np.int32) for run in runs]),
            starts=np.cumsum([0, *map(len, runs)]).astype(np.int64),
            private=np.zeros(len(runs), dtype=bool),
            set_aside=(),
        ),
        epsg=EPSG,
        profile=PROFILES["elder"],
    )
    at = np.array(points, dtype=float)
    base_x, base_y = network.x_m.min(), network.y_m.min()
    return network, base_x + at[:, 0], base_y + at[:, 1]


def snapped(
    town: tuple[StreetNetwork, np.ndarray, np.ndarray],
) -> tuple[StreetNetwork, Snaps, Snaps]:
    network, x_m, y_m = town
    half = len(x_m) // 2
    sites = snap(network, x_m[:half], y_m[:half], max_snap_m=400)
    demand = snap(network, x_m[half:], y_m[half:], max_snap_m=400)
    return network, sites, demand


def oracle_ms(network: StreetNetwork, sites: Snaps, demand: Snaps) -> np.ndarray:
    """All pairs [ms], inf where not connected."""
    graph = exact_graph(network, [sites, demand])
    found = np.full((len(sites), len(demand)), np.inf)
    for s in range(len(sites)):
        far = nx.single_source_dijkstra_path_length(graph, ("point", 0, s), weight="ms")
        for d in range(len(demand)):
            if sites.edge[s] >= 0 and demand.edge[d] >= 0:
                found[s, d] = far.get(("point", 1, d), np.inf)
    return found


@settings(max_examples=150, deadline=None, derandomize=True)
@given(towns(), st.integers(0, 2_500_000))
def test_reach_equals_networkx_to_the_millisecond(
    town: tuple[StreetNetwork, np.ndarray, np.ndarray], limit_ms: int
) -> None:
    network, sites, demand = snapped(town)
    expected = oracle_ms(network, sites, demand)
    found = reach(network, sites, demand, limit_ms=limit_ms)
    dense = np.full(expected.shape, np.inf)
    for s in range(len(sites)):
        row = slice(found.start[s], found.start[s + 1])
        dense[s, found.demand[row]] = found.ms[row]
        assert np.all(np.diff(found.demand[row]) > 0)
    within = np.where(expected <= limit_ms, expected, np.inf)
    np.testing.assert_array_equal(dense, within)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(towns())
def test_nearest_equals_networkx_and_ties_go_to_the_first_site(
    town: tuple[StreetNetwork, np.ndarray, np.ndarray],
) -> None:
    network, sites, demand = snapped(town)
    expected = oracle_ms(network, sites, demand)
    found = nearest(network, sites, demand)
    best = expected.min(axis=0)
    np.testing.assert_array_equal(np.where(found.ms < 0, np.inf, found.ms), best)
    first = np.where(np.isfinite(best), expected.argmin(axis=0), -1)
    np.testing.assert_array_equal(found.site, first)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(towns(), st.integers(0, 900_000), st.integers(0, 600_000))
def test_more_time_and_more_sites_never_lose_anybody(
    town: tuple[StreetNetwork, np.ndarray, np.ndarray], limit_ms: int, more_ms: int
) -> None:
    network, sites, demand = snapped(town)
    everything = np.ones(len(sites), dtype=bool)
    fewer = everything.copy()
    fewer[-1:] = False

    def covered(counting: np.ndarray, limit: int) -> np.ndarray:
        return coverage(network, sites, demand, counting=counting, limit_ms=limit).covered

    base = covered(everything, limit_ms)
    assert np.all(covered(everything, limit_ms + more_ms) >= base)
    assert np.all(base >= covered(fewer, limit_ms))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(towns(), st.integers(0, 1_500_000))
def test_every_person_stands_in_exactly_one_account(
    town: tuple[StreetNetwork, np.ndarray, np.ndarray], limit_ms: int
) -> None:
    network, sites, demand = snapped(town)
    people = np.arange(len(demand)) + 0.3
    found = coverage(
        network, sites, demand, counting=np.ones(len(sites), dtype=bool), limit_ms=limit_ms
    )
    ledger = found.ledger(people)
    assert ledger.covered + ledger.unserved + ledger.unreachable == pytest.approx(
        ledger.people, abs=1e-9
    )
    assert ledger.people == pytest.approx(people.sum())
    assert np.all(found.covered <= found.reachable)


def straight_street() -> StreetNetwork:
    """One street of three pieces whose times are made up: 400, 0 and 500 seconds."""
    lines = RoadLines(
        lon=np.array([105.0, 105.004, 105.0045, 105.01]),
        lat=np.full(4, 30.6),
        nodes=np.array([0, 1, 1, 2, 2, 3], dtype=np.int32),
        starts=np.array([0, 2, 4, 6]),
        private=np.zeros(3, dtype=bool),
        set_aside=(),
    )
    return build_network(lines, epsg=EPSG, profile=PROFILES["elder"])


def test_a_walk_of_exactly_the_limit_is_inside() -> None:
    network = straight_street()
    site = snap(network, network.x_m[:1], network.y_m[:1], max_snap_m=1)
    demand = snap(network, network.x_m, network.y_m, max_snap_m=1)
    exact = int(network.ms.sum())
    at_limit = reach(network, site, demand, limit_ms=exact)
    just_below = reach(network, site, demand, limit_ms=exact - 1)
    assert list(at_limit.demand) == [0, 1, 2, 3]
    assert at_limit.ms[-1] == exact
    assert list(just_below.demand) == [0, 1, 2]


def test_the_middle_of_a_long_edge_is_reached_from_a_site_on_it() -> None:
    network = straight_street()
    middle = (network.x_m[[2]] + network.x_m[[3]]) / 2, network.y_m[[2]]
    site = snap(network, *middle, max_snap_m=5)
    beside = snap(network, middle[0] + 30, middle[1], max_snap_m=5)
    found = reach(network, site, beside, limit_ms=31_000)
    assert list(found.demand) == [0]
    assert found.ms[0] == pytest.approx(30_000, abs=300)


def test_rounding_of_edges_stays_below_a_second_in_fifteen_minutes() -> None:
    """Even a walk over 900 edges of a metre each is off by less than half a millisecond an edge."""
    lines = RoadLines(
        lon=105 + np.arange(901) * 1.0 * DEGREES_PER_M[0],
        lat=np.full(901, 30.6),
        nodes=np.repeat(np.arange(901), 2)[1:-1].astype(np.int32),
        starts=np.arange(0, 1801, 2),
        private=np.zeros(900, dtype=bool),
        set_aside=(),
    )
    network = build_network(lines, epsg=EPSG, profile=PROFILES["elder"])
    assert network.n_edges == 900
    unrounded_s = network.length_m.sum() / network.profile.speed_m_s
    assert abs(network.ms.sum() / 1000 - unrounded_s) < 1.0


def test_order_of_sites_changes_nothing() -> None:
    rng = np.random.default_rng(7)
    network = straight_street()
    x_m = rng.uniform(network.x_m.min(), network.x_m.max(), 40)
    y_m = network.y_m[0] + rng.uniform(-80, 80, 40)
    demand = snap(network, x_m, y_m, max_snap_m=100)
    order = rng.permutation(15)
    sites = snap(network, x_m[:15], y_m[:15], max_snap_m=100)
    shuffled = sites.take(order)
    a = nearest(network, sites, demand)
    b = nearest(network, shuffled, demand)
    np.testing.assert_array_equal(a.ms, b.ms)
    one = reach(network, sites, demand, limit_ms=300_000)
    two = reach(network, shuffled, demand, limit_ms=300_000)
    for position, site in enumerate(order):
        np.testing.assert_array_equal(one.of_site(int(site)), two.of_site(position))


def test_part_of_a_reach_is_the_reach_of_the_part() -> None:
    network = straight_street()
    x_m = np.linspace(network.x_m.min(), network.x_m.max(), 30)
    snaps = snap(network, x_m, np.full(30, network.y_m[0]), max_snap_m=50)
    whole = reach(network, snaps, snaps, limit_ms=600_000)
    part = whole.part(slice(10, 20), limit_ms=200_000)
    direct = reach(network, snaps.take(np.arange(10, 20)), snaps, limit_ms=200_000)
    np.testing.assert_array_equal(part.start, direct.start)
    np.testing.assert_array_equal(part.demand, direct.demand)
    np.testing.assert_array_equal(part.ms, direct.ms)
    assert part.limit_ms == 200_000


def test_nodes_at_one_place_joined_by_a_piece_of_no_length_stay_joined() -> None:
    lines = RoadLines(
        lon=np.array([105.0, 105.002, 105.002, 105.004]),
        lat=np.full(4, 30.6),
        nodes=np.array([0, 1, 1, 2, 2, 3], dtype=np.int32),
        starts=np.array([0, 2, 4, 6]),
        private=np.zeros(3, dtype=bool),
        set_aside=(),
    )
    network = build_network(lines, epsg=EPSG, profile=PROFILES["elder"])
    assert (network.n_edges, network.n_nodes, network.n_components) == (2, 3, 1)
    assert network.set_aside == (("zero-length pieces", 1),)
