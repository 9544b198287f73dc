"""Where points stand on the network: the nearest street, exactly, and never silently elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from streets import (
    DENSE_KINDS,
    ONE_WAY,
    ORIGIN_M,
    SIDE_M,
    STREET,
    Plan,
    Tags,
    metric,
    plans,
    points,
    standing,
)

from planning.network import Place, Snaps, StreetNetwork, at_nodes, snap

SLACK_M = 1e-9
"""What floating point may do to a distance between coordinates of some million metres [m]."""


def assert_agrees_with_shapely(network: StreetNetwork, xy: np.ndarray, max_snap_m: float) -> Snaps:
    """Against STRtree.query_nearest over the same lines."""
    x_m, y_m = metric(xy)
    found = snap(network, x_m, y_m, max_snap_m=max_snap_m, island_km=0)
    lines, at = network.lines(), shapely.points(x_m, y_m)
    (point, edge), away_m = shapely.STRtree(lines).query_nearest(at, return_distance=True)
    nearest_m = np.full(len(at), np.inf)
    np.minimum.at(nearest_m, point, away_m)
    on = found.on_network
    assert np.all(nearest_m[on] <= max_snap_m + SLACK_M)
    assert np.all(nearest_m[~on] >= max_snap_m - SLACK_M)
    assert np.all(found.place[~on] == Place.TOO_FAR)
    assert np.all(np.isnan(found.leg_m[~on]))
    np.testing.assert_allclose(found.leg_m[on], nearest_m[on], rtol=0, atol=SLACK_M)
    # The edge is one of those that are as near.
    on_edge_m = shapely.distance(lines[found.edge[on]], at[on])
    np.testing.assert_allclose(on_edge_m, nearest_m[on], rtol=0, atol=SLACK_M)
    alone = np.bincount(point, minlength=len(at)) == 1
    only = np.zeros(len(at), dtype=np.int64)
    only[point] = edge
    clear = on & alone & ~_other_edges_touch(lines, at, nearest_m)
    np.testing.assert_array_equal(found.edge[clear], only[clear])
    # The foot is at that distance too; its time is rounded to the millisecond.
    forward = network.paces()[0][found.edge[on]]
    share = np.divide(found.forward_ms[on], forward, out=np.zeros(len(forward)), where=forward > 0)
    feet = shapely.line_interpolate_point(lines[found.edge[on]], share, normalized=True)
    step_m = shapely.length(lines[found.edge[on]]) / np.maximum(forward, 1)
    assert np.all(shapely.distance(feet, at[on]) <= nearest_m[on] + 0.5 * step_m + 1e-6)
    return found


def _other_edges_touch(lines: np.ndarray, at: np.ndarray, nearest_m: np.ndarray) -> np.ndarray:
    """Where another edge is as near but for rounding, such as the next one at a corner."""
    disc = shapely.STRtree(lines).query(at, predicate="dwithin", distance=nearest_m + SLACK_M)
    return np.bincount(disc[0], minlength=len(at)) > 1


@settings(max_examples=80, deadline=None, derandomize=True)
@given(data=st.data(), max_snap_m=st.sampled_from([0.0, 7.5, 100.0, 400.0, 3_000.0]))
def test_the_distance_and_the_edge_are_those_of_shapely(
    data: st.DataObject, max_snap_m: float
) -> None:
    plan = data.draw(plans(kinds=DENSE_KINDS))
    around = st.tuples(st.floats(-900, SIDE_M + 900), st.floats(-900, SIDE_M + 900))
    outside = np.array(data.draw(st.lists(around, max_size=6))).reshape(-1, 2)
    xy = np.concatenate([data.draw(points(plan, least=1, most=20)), outside])
    network = plan.network()
    if network.n_edges:
        assert_agrees_with_shapely(network, xy, max_snap_m)


@pytest.mark.parametrize("spread_m", [30.0, 800.0, 20_000.0], ids=["dense", "town", "sparse"])
@pytest.mark.parametrize("max_snap_m", [50.0, 2_500.0])
def test_thousands_of_points_on_bent_streets_short_and_long(
    spread_m: float, max_snap_m: float
) -> None:
    rng = np.random.default_rng(int(spread_m))
    corners = np.cumsum(rng.normal(0, spread_m, (40, 12, 2)), axis=1) + rng.uniform(
        0, 4 * spread_m, (40, 1, 2)
    )
    plan = Plan(
        places=[(x, y) for x, y in corners.reshape(-1, 2).tolist()],
        runs=[list(range(12 * k, 12 * k + 12)) for k in range(40)],
    )
    network = plan.network()
    low, high = corners.reshape(-1, 2).min(axis=0), corners.reshape(-1, 2).max(axis=0)
    xy = rng.uniform(low - 1_000, high + 1_000, (300, 2))
    found = assert_agrees_with_shapely(network, xy, max_snap_m)
    assert 0 < np.count_nonzero(found.on_network) <= 300


def crossroads() -> StreetNetwork:
    """Two streets of 200 m, west to east and south to north, both cut where they meet."""
    plan = Plan(
        places=[(0, 0), (100, 0), (200, 0), (100, -100), (100, 100)], runs=[[0, 1, 2], [3, 1, 4]]
    )
    return plan.network()


def test_of_two_streets_equally_near_it_is_the_one_that_stands_first() -> None:
    plan = Plan(places=[(0, 0), (100, 0)], runs=[[0, 1], [1, 0], [0, 1]])
    assert list(standing(plan.network(), [(30, 5), (100, 9), (0, 0)]).edge) == [0, 0, 0]
    opposite = Plan(places=[(0, 0), (100, 0), (0, 8), (100, 8)], runs=[[2, 3], [0, 1]])
    network = opposite.network()
    between = np.array([network.y_m.min() + network.y_m.max()]) / 2
    found = snap(network, np.array([ORIGIN_M[0] + 50]), between, max_snap_m=50, island_km=0)
    assert list(found.edge) == [0]


def fan(count: int, *, inward: list[bool], tags: list[Tags]) -> StreetNetwork:
    """Streets from one corner to the west, drawn away from it or towards it."""
    angles = np.radians(np.linspace(110, 250, count))
    ends = 100 * np.column_stack([np.cos(angles), np.sin(angles)]) + 0.123
    runs = [[k, 0] if into else [0, k] for k, into in enumerate(inward, start=1)]
    return Plan(places=[(0.123, 0.123), *map(tuple, ends.tolist())], runs=runs, tags=tags).network()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    inward=st.lists(st.booleans(), min_size=4, max_size=4),
    xy=st.lists(st.tuples(st.floats(30, 70), st.floats(-9, 9)), min_size=1, max_size=9),
)
def test_at_a_corner_of_streets_it_is_the_first_however_they_were_drawn(
    inward: list[bool], xy: list[tuple[float, float]]
) -> None:
    found = standing(fan(4, inward=inward, tags=[STREET] * 4), xy)
    assert list(found.edge) == [0] * len(xy)


def test_the_maximum_distance_is_inclusive() -> None:
    network = Plan(places=[(0, 0), (100, 0)], runs=[[0, 1]]).network()
    # Straight beyond a node, where the distance is exact.
    end = [int(np.argmax(network.x_m))]
    at = network.x_m[end] + 64.0, network.y_m[end]
    assert list(snap(network, *at, max_snap_m=64.0, island_km=1).place) == [Place.NEAREST]
    assert list(snap(network, *at, max_snap_m=64.0, island_km=1).leg_ms) == [64_000]
    assert list(snap(network, *at, max_snap_m=63.999_999, island_km=1).place) == [Place.TOO_FAR]


@pytest.mark.parametrize(
    "place", [(np.nan, 0.0), (0.0, np.nan), (np.inf, 0.0), (0.0, -np.inf), (np.nan, np.inf)]
)
def test_a_coordinate_that_is_no_number_is_too_far_and_harms_nobody_else(
    place: tuple[float, float],
) -> None:
    network = crossroads()
    found = standing(network, [(50, 3), place, (100, 60)])
    assert list(found.place) == [Place.NEAREST, Place.TOO_FAR, Place.NEAREST]
    assert found.edge[1] == -1
    assert np.isnan(found.leg_m[1])
    assert list(found.leg_ms) == [3_000, 0, 0]


def test_points_on_the_other_side_of_the_earth_are_too_far() -> None:
    found = standing(crossroads(), [(1e7, 0), (-1e15, 1e15), (1e300, 0), (0, -1e4)])
    assert list(found.place) == [Place.TOO_FAR] * 4


def test_both_ends_of_a_street_and_the_share_of_the_way_are_exact() -> None:
    network = Plan(places=[(0, 0), (100, 0), (100, 300)], runs=[[0, 1, 2]]).network()
    assert list(network.forward_ms) == [400_000]
    on_line = standing(network, [(0, 0), (-7, 0), (50, 0), (100, 0), (100, 100), (100, 300)])
    assert list(on_line.forward_ms) == [0, 0, 50_000, 100_000, 200_000, 400_000]
    assert list(on_line.leg_ms) == [0, 7_000, 0, 0, 0, 0]
    np.testing.assert_array_equal(on_line.forward_ms, on_line.backward_ms)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_from_the_tail_and_on_to_the_head_adds_up_to_the_street_both_ways(
    data: st.DataObject,
) -> None:
    plan = data.draw(plans())
    network = plan.network("drive")
    found = standing(network, data.draw(points(plan, least=1, most=20)))
    forward, backward = network.paces()
    on = found.on_network
    edge = found.edge[on]
    for foot, whole in (
        (found.forward_ms[on], forward[edge]),
        (found.backward_ms[on], backward[edge]),
    ):
        assert np.all((foot >= 0) & (foot <= whole))
    leg_ms = found.leg_m[on] / network.profile.speed_m_s * 1_000
    assert np.all(np.abs(found.leg_ms[on] - leg_ms) <= 0.5)
    assert not found.forward_ms[~on].any()
    assert not found.leg_ms[~on].any()


def test_a_one_way_street_tells_places_apart_by_time_though_one_direction_is_shut() -> None:
    network = Plan(places=[(0, 0), (250, 0)], runs=[[0, 1]], tags=ONE_WAY).network("drive")
    found = standing(network, [(50, 0), (200, 0)])
    assert list(found.forward_ms) == [7_200, 28_800]
    assert list(found.backward_ms) == [7_200, 28_800]


def test_points_at_nodes_stand_where_snapping_to_their_coordinates_puts_them() -> None:
    network = crossroads()
    nodes = np.arange(network.n_nodes)
    at, found = (
        at_nodes(network, nodes),
        snap(network, network.x_m, network.y_m, max_snap_m=1, island_km=0),
    )
    for one in (at, found):
        tail = one.forward_ms == 0
        stands_on = np.where(tail, network.tail[one.edge], network.head[one.edge])
        np.testing.assert_array_equal(stands_on, nodes)
        assert not one.leg_ms.any()


def test_the_order_of_points_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    network = crossroads()
    xy = rng.uniform(-150, 350, (400, 2))
    order = rng.permutation(400)
    one, other = standing(network, xy).take(order), standing(network, xy[order])
    for name in ("edge", "forward_ms", "backward_ms", "leg_ms", "leg_m", "moved_m", "place"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_very_long_street_is_found_from_beside_its_middle() -> None:
    network = Plan(places=[(0, 0), (60_000, 45_000)], runs=[[0, 1]]).network()
    middle = np.array([(30_000.0, 22_500.0)]) + np.array([-0.6, 0.8]) * 90
    found = snap(network, *metric(middle), max_snap_m=100, island_km=1)
    assert found.leg_m[0] == pytest.approx(90, abs=0.5)
    assert found.forward_ms[0] / network.forward_ms[0] == pytest.approx(0.5, abs=1e-4)


def test_hundreds_of_streets_in_one_cell_and_the_nearest_is_found() -> None:
    count = 600
    places = [(x, y) for k in range(count) for x, y in ((0.0, 0.1 * k), (60.0, 0.1 * k))]
    network = Plan(places=places, runs=[[2 * k, 2 * k + 1] for k in range(count)]).network()
    found = standing(network, [(30, 0.1 * k + 0.02) for k in range(count)])
    np.testing.assert_array_equal(found.edge, np.arange(count))
    np.testing.assert_allclose(found.leg_m, 0.02, atol=1e-4)


# --- islands ---


def mainland_and_island(island_m: float) -> StreetNetwork:
    """A street of 3 km, and 100 m north of it one that leads nowhere."""
    return Plan(
        places=[(0, 0), (3_000, 0), (1_000, 100), (1_000 + island_m, 100)], runs=[[0, 1], [2, 3]]
    ).network()


def test_people_beside_an_island_walk_to_the_larger_network_and_the_longer_leg_is_told() -> None:
    network = mainland_and_island(400)
    x_m, y_m = metric([(1_200, 90), (1_200, 20), (1_200, 140)])
    found = snap(network, x_m, y_m, max_snap_m=200, island_km=1)
    assert list(found.place) == [Place.MOVED, Place.NEAREST, Place.MOVED]
    assert list(found.edge) == [0, 0, 0]
    assert found.leg_m == pytest.approx([90, 20, 140])
    assert found.moved_m == pytest.approx([80, 0, 100])
    assert list(found.leg_ms) == [90_000, 20_000, 140_000]


def test_people_on_an_island_with_nothing_else_within_reach_stay_and_are_told_so() -> None:
    found = snap(mainland_and_island(400), *metric([(1_200, 110)]), max_snap_m=50, island_km=1)
    assert list(found.place) == [Place.ISLAND]
    assert list(found.edge) == [1]
    assert found.leg_m == pytest.approx([10])
    assert list(found.moved_m) == [0]


def test_a_part_of_a_kilometre_is_no_island_and_the_limit_can_be_set() -> None:
    at = metric([(1_200, 90)])
    assert list(snap(mainland_and_island(1_001), *at, max_snap_m=200, island_km=1).place) == [
        Place.NEAREST
    ]
    assert list(snap(mainland_and_island(999), *at, max_snap_m=200, island_km=1).place) == [
        Place.MOVED
    ]
    small = mainland_and_island(400)
    assert list(snap(small, *at, max_snap_m=200, island_km=0.3).place) == [Place.NEAREST]
    assert list(snap(small, *at, max_snap_m=200, island_km=0).edge) == [1]


def test_the_largest_part_is_never_an_island_however_small() -> None:
    network = Plan(places=[(0, 0), (80, 0), (0, 50), (20, 50)], runs=[[2, 3], [0, 1]]).network()
    found = snap(network, *metric([(40, 1), (10, 49)]), max_snap_m=100, island_km=1)
    assert list(found.place) == [Place.NEAREST, Place.MOVED]
    assert network.component[network.tail[found.edge]].tolist() == [0, 0]
    assert found.component(network).tolist() == [0, 0]


def test_without_any_street_everybody_is_too_far() -> None:
    network = Plan(places=[(0, 0), (9, 0)], runs=[[0, 1]], tags={"highway": "motorway"}).network()
    found = snap(network, *metric([(0, 0), (5, 5)]), max_snap_m=1_000, island_km=1)
    assert list(found.place) == [Place.TOO_FAR, Place.TOO_FAR]
    assert list(found.component(network)) == [-1, -1]
    assert len(snap(network, np.empty(0), np.empty(0), max_snap_m=1, island_km=1)) == 0


def test_joined_and_taken_points_are_what_they_were() -> None:
    network = Plan(places=[(0, 0), (100, 0)], runs=[[0, 1]], tags=STREET).network()
    one, other = standing(network, [(10, 1), (20, 2)]), standing(network, [(30, 3), (0, 900)])
    both = one.joined(other)
    assert list(both.forward_ms) == [10_000, 20_000, 30_000, 0]
    assert list(both.on_network) == [True, True, True, False]
    assert list(both.take(np.array([2, 0])).leg_ms) == [3_000, 1_000]
