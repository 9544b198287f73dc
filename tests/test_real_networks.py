"""Streets of three real cities: the kernel against NetworkX and SciPy; skipped without the data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from networkx_oracle import all_pairs_ms, exact_graph, unrounded_graph
from pyproj import Geod
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from streets import charging, times_ms

from planning.inputs.roads.osm import read_osm
from planning.network import (
    IMPASSABLE,
    PROFILES,
    Profile,
    Roads,
    Snaps,
    StreetNetwork,
    at_nodes,
    build_network,
    snap,
)
from planning.travel import audience, nearest, nearest_k

CITIES = {
    "huangpu": ("shanghai_huangpu/huangpu_walk.osm.pbf", 4549),
    "helsinki": ("helsinki/helsinki_center_20190421.osm.pbf", 3879),
    "porto alegre": ("portoalegre_r5r/poa_osm.pbf", 31982),
}
WALKING_KM = {"huangpu": 702, "helsinki": 83, "porto alegre": 1_819}
"""As pyrosm counts them by its own rules, from the README of each data set."""

FACILITIES, HOMES = 12, 2_000
QUARTER_HOUR_MS = 900_000


@dataclass(frozen=True)
class City:
    """Roads as read, and points scattered over their bounding box."""

    name: str
    roads: Roads
    epsg: int

    def network(self, profile: Profile) -> StreetNetwork:
        return build_network(self.roads, epsg=self.epsg, profile=profile)

    def scattered(self, network: StreetNetwork, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Places [m] up to 80 m from some node, so that they stand where people live."""
        rng = np.random.default_rng(count)
        node = rng.integers(0, network.n_nodes, count)
        x_m, y_m = rng.uniform(-80, 80, (2, count))
        return network.x_m[node] + x_m, network.y_m[node] + y_m


def read_city(name: str, shared_data: Path) -> City:
    path, epsg = CITIES[name]
    if not (shared_data / path).is_file():
        pytest.skip(f"no real data: {shared_data / path} is not there")
    roads, _ = read_osm(shared_data / path)
    return City(name, roads, epsg)


@pytest.fixture(scope="module", params=CITIES)
def city(request: pytest.FixtureRequest, shared_data: Path) -> City:
    return read_city(request.param, shared_data)


def placed(city: City, network: StreetNetwork) -> tuple[Snaps, Snaps]:
    sites = snap(network, *city.scattered(network, FACILITIES), max_snap_m=200, island_km=1)
    demand = snap(network, *city.scattered(network, HOMES), max_snap_m=200, island_km=1)
    assert sites.on_network.sum() >= FACILITIES - 2
    assert demand.on_network.mean() > 0.95
    return sites, demand


@pytest.mark.parametrize("profile", ["elder", "drive"])
def test_every_time_is_that_of_networkx_to_the_millisecond(city: City, profile: str) -> None:
    network = city.network(PROFILES[profile])
    sites, demand = placed(city, network)
    to_site = PROFILES[profile].direction == "to_site"
    expected = all_pairs_ms(
        exact_graph(network, [sites, demand]), len(sites), len(demand), to_site=to_site
    )
    assert np.isfinite(expected).mean() > 0.5
    np.testing.assert_array_equal(times_ms(network, sites, demand), expected)
    near = np.where(expected <= QUARTER_HOUR_MS, expected, np.inf)
    found = times_ms(network, sites, demand, limit_ms=QUARTER_HOUR_MS, max_memory_bytes=1)
    np.testing.assert_array_equal(found, near)

    crowd = audience(network, demand)
    order = np.argsort(expected, axis=0, kind="stable").T
    ms = np.take_along_axis(expected.T, order, axis=1)
    reachable = np.isfinite(ms)
    one, three = nearest(network, sites, crowd), nearest_k(network, sites, crowd, k=3)
    np.testing.assert_array_equal(one.site, np.where(reachable[:, 0], order[:, 0], -1))
    np.testing.assert_array_equal(three.site, np.where(reachable, order, -1)[:, :3])
    np.testing.assert_array_equal(three.ms, np.where(reachable, ms, -1)[:, :3])


def on_the_level_at_one_pace() -> Profile:
    """An elderly walker to whom steps are street and lifts cost nothing: length / speed."""
    elder = charging("elder", elevator=0.0)
    return replace(elder, steps=replace(elder.steps, speed_factor=1.0))


def test_a_walk_of_fifteen_minutes_is_within_a_second_of_unrounded_lengths(
    city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    network = city.network(on_the_level_at_one_pace())
    sites, demand = placed(city, network)
    places = [city.scattered(network, count) for count in (FACILITIES, HOMES)]
    graph = unrounded_graph(network, [sites, demand], places)
    expected = all_pairs_ms(graph, len(sites), len(demand), to_site=True)
    found = times_ms(network, sites, demand)
    np.testing.assert_array_equal(np.isfinite(found), np.isfinite(expected))
    walks = expected <= QUARTER_HOUR_MS
    assert walks.sum() > 50
    off_ms = np.abs(found[walks] - expected[walks]).max()
    with capsys.disabled():
        print(f"\n{city.name}: {walks.sum()} walks within 15 min, at most {off_ms:.1f} ms off")
    assert off_ms < 1_000


@pytest.mark.parametrize("profile", ["adult", "e-bike"])
def test_times_between_nodes_are_those_of_scipy(city: City, profile: str) -> None:
    network = city.network(PROFILES[profile])
    rng = np.random.default_rng(2)
    from_nodes = rng.choice(network.n_nodes, 6, replace=False)
    sites, everywhere = (
        at_nodes(network, nodes) for nodes in (from_nodes, np.arange(network.n_nodes))
    )
    np.testing.assert_array_equal(
        times_ms(network, sites, everywhere), by_scipy(network, sites, everywhere)
    )


def by_scipy(network: StreetNetwork, sites: Snaps, demand: Snaps) -> np.ndarray:
    """Times between points at nodes [ms], over three copies of every node: a plain layered graph.

    Copies 0, 1 and 2: in the facility's compound, in public, in the person's own compound.
    """
    n = network.n_nodes
    to_site = network.profile.direction == "to_site"
    tails, heads, weights = [], [], []
    for a, b, ms in (
        (network.tail, network.head, network.forward_ms),
        (network.head, network.tail, network.backward_ms),
    ):
        near, far = (b, a) if to_site else (a, b)
        for copy in range(3):
            ok = (ms < IMPASSABLE) & (network.private == (copy != 1))
            tails.append(near[ok] + copy * n)
            heads.append(far[ok] + copy * n)
            weights.append(ms[ok])
    for copy in (0, 1):
        tails.append(np.arange(n) + copy * n)
        heads.append(np.arange(n) + (copy + 1) * n)
        weights.append(np.zeros(n, dtype=np.int64))
    tail, head, ms = (np.concatenate(parts).astype(np.int64) for parts in (tails, heads, weights))
    # Of parallel streets the fastest; SciPy would add them up. A step of no time, which it would
    # take for no street, is a quarter of a millisecond: the few on a way never make up one.
    order = np.lexsort((ms, head, tail))
    first = np.unique(tail[order] * (3 * n) + head[order], return_index=True)[1]
    tail, head, ms = (part[order][first] for part in (tail, head, ms))
    graph = coo_array((np.where(ms == 0, 0.25, ms), (tail, head)), shape=(3 * n, 3 * n)).tocsr()

    def nodes_of(snaps: Snaps) -> np.ndarray:
        at_tail = snaps.forward_ms == 0
        return np.where(at_tail, network.tail[snaps.edge], network.head[snaps.edge])

    start = nodes_of(sites) + np.where(network.private[sites.edge], 0, n)
    far = dijkstra(graph, indices=start)
    node = nodes_of(demand)
    behind = network.private[demand.edge]
    public = far[:, node + n]
    own = np.minimum(far[:, node], far[:, node + 2 * n])
    return np.floor(np.where(behind, own, public))


def test_kilometres_and_parts_are_those_of_the_data(city: City) -> None:
    network = city.network(PROFILES["elder"])
    km = network.length_m.sum() / 1_000
    assert km == pytest.approx(WALKING_KM[city.name], rel=0.2)
    assert network.component_km().sum() == pytest.approx(km)
    assert np.all(np.diff(network.component_km()) <= 0)
    parts = nx.Graph(zip(network.tail.tolist(), network.head.tolist(), strict=True))
    assert network.n_components == nx.number_connected_components(parts)
    assert network.component_km()[0] > 0.8 * km


def test_the_lines_of_huangpu_make_703_km_in_74_parts_as_osmnx_counts_them(
    shared_data: Path,
) -> None:
    roads = read_city("huangpu", shared_data).roads
    here, there = roads.nodes[:-1], roads.nodes[1:]
    same_line = np.ones(len(here), dtype=bool)
    same_line[roads.starts[1:-1] - 1] = False
    here, there = here[same_line], there[same_line]
    parts = nx.Graph(zip(here.tolist(), there.tolist(), strict=True))
    assert nx.number_connected_components(parts) == 74
    ground = Geod(ellps="WGS84")
    _, _, step_m = ground.inv(roads.lon[here], roads.lat[here], roads.lon[there], roads.lat[there])
    assert step_m.sum() / 1_000 == pytest.approx(703, rel=0.005)
