"""Perfect grid cities, where theory knows every travel time (the idea of R5's tests)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import networkx as nx
import numpy as np
import pytest
import shapely
from streets import (
    FAR_MS,
    ONE_WAY,
    STEPS,
    STREET,
    GridCity,
    Plan,
    Tags,
    charging,
    cone,
    node_at,
    seconds,
    standing,
    terrain,
    tilted,
    times_ms,
    with_river,
)

from planning.network import PROFILES, at_nodes
from planning.network.slope import SLOPE_FUNCTIONS
from planning.travel import isochrone
from planning.travel.isochrones import STREET_HALF_WIDTH_M

ANGLES = pytest.mark.parametrize("degrees", [0.0, 30.0, 45.0])
BLOCK_M = 100.0
Crossing = tuple[int, int]
Kind = Callable[[Crossing, Crossing], Tags | None]


def on_streets(rng: np.random.Generator, count: int, side: int) -> np.ndarray:
    """Places beside the middle of blocks, up to 20 m off: city metres x, y, foot x, foot y, leg."""
    block = rng.integers(0, side - 1, count) * BLOCK_M + rng.uniform(30, 70, count)
    street = rng.integers(0, side, count) * BLOCK_M
    off = rng.uniform(-20, 20, count)
    lying = rng.random(count) < 0.5
    return np.column_stack(
        [
            np.where(lying, block, street + off),
            np.where(lying, street + off, block),
            np.where(lying, block, street),
            np.where(lying, street, block),
            np.abs(off),
        ]
    )


def blocks_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Shortest way between two feet on a full grid: over one of the next crossings of each."""

    def ways_out(foot: tuple[float, float]) -> list[tuple[float, float, float]]:
        x, y = foot
        wests = {math.floor(x / BLOCK_M) * BLOCK_M, math.ceil(x / BLOCK_M) * BLOCK_M}
        souths = {math.floor(y / BLOCK_M) * BLOCK_M, math.ceil(y / BLOCK_M) * BLOCK_M}
        return [(u, v, abs(u - x) + abs(v - y)) for u, v in product(wests, souths)]

    round_m = min(
        out + abs(u - s) + abs(v - t) + into
        for (u, v, out), (s, t, into) in product(ways_out(a), ways_out(b))
    )
    same_row = a[1] == b[1] and a[1] % BLOCK_M == 0
    same_column = a[0] == b[0] and a[0] % BLOCK_M == 0
    straight_m = abs(a[0] - b[0]) + abs(a[1] - b[1])
    return min(round_m, straight_m) if same_row or same_column else round_m


@ANGLES
@pytest.mark.parametrize("profile", ["elder", "adult"])
def test_every_walk_is_the_manhattan_distance_and_both_access_legs(
    degrees: float, profile: str
) -> None:
    rng = np.random.default_rng(5)
    city = GridCity(columns=7, rows=7, degrees=degrees)
    network = city.network(profile)
    facilities, homes = on_streets(rng, 20, 7), on_streets(rng, 60, 7)
    found = times_ms(
        network,
        standing(network, city.at(facilities[:, :2])),
        standing(network, city.at(homes[:, :2])),
    )
    theory_m = np.array(
        [
            [f[4] + blocks_m((f[2], f[3]), (h[2], h[3])) + h[4] for h in homes.tolist()]
            for f in facilities.tolist()
        ]
    )
    np.testing.assert_allclose(found / 1_000, theory_m / network.profile.speed_m_s, atol=0.01)


@ANGLES
@pytest.mark.parametrize("blocks", [0, 1, 3, 4])
def test_within_k_blocks_are_the_crossings_of_the_diamond_those_on_its_rim_included(
    degrees: float, blocks: int
) -> None:
    city = GridCity(columns=9, rows=9, degrees=degrees)
    network = city.network("elder")
    middle, everywhere = city.nodes(network, [(4, 4)]), city.nodes(network, city.crossings)
    found = times_ms(network, middle, everywhere, limit_ms=blocks * 100_000)
    assert np.count_nonzero(np.isfinite(found)) == 2 * blocks * (blocks + 1) + 1
    below = times_ms(network, middle, everywhere, limit_ms=blocks * 100_000 - 1)
    assert np.count_nonzero(np.isfinite(below)) == 2 * blocks * (blocks - 1) + (blocks > 0)


@ANGLES
def test_over_a_river_everybody_walks_by_the_one_bridge(degrees: float) -> None:
    city = GridCity(columns=7, rows=6, degrees=degrees, kind=with_river(2, bridges=[5]))
    network = city.network("elder")
    at = city.nodes(network, city.crossings)
    found_blocks = times_ms(network, at, at) / 100_000

    def theory(a: Crossing, b: Crossing) -> int:
        across = (a[1] <= 2) != (b[1] <= 2)
        sideways = abs(a[0] - 5) + abs(b[0] - 5) if across else abs(a[0] - b[0])
        return sideways + abs(a[1] - b[1])

    expected = [[theory(a, b) for b in city.crossings] for a in city.crossings]
    np.testing.assert_array_equal(found_blocks, expected)


def test_without_a_bridge_nobody_crosses_and_the_city_has_two_parts() -> None:
    city = GridCity(columns=5, rows=6, kind=with_river(1, bridges=[]))
    network = city.network("elder")
    assert network.n_components == 2
    assert network.component_km() == pytest.approx([4 * 4 * 0.1 + 5 * 3 * 0.1, 2 * 0.4 + 5 * 0.1])
    at = city.nodes(network, city.crossings)
    bank = np.array([row <= 1 for _, row in city.crossings])
    np.testing.assert_array_equal(
        np.isfinite(times_ms(network, at, at)), bank[:, None] == bank[None, :]
    )


def test_a_bridge_over_a_street_without_a_common_node_is_no_crossing() -> None:
    plan = Plan(
        places=[(0, 0), (200, 0), (100, -100), (100, 100), (100, 0)],
        runs=[[0, 4, 1], [2, 3]],
        tags=[STREET, {"highway": "footway", "bridge": "yes", "layer": "1"}],
    )
    network = plan.network("elder")
    assert network.n_components == 2
    assert seconds(network, home=(0, 0), facility=(100, 100)) == math.inf


# --- one-way streets ---


def one_way_row(a: Crossing, b: Crossing) -> Tags:
    return ONE_WAY if a[1] == b[1] == 2 else STREET


def test_a_car_against_a_one_way_street_drives_round_the_block_and_a_walker_does_not() -> None:
    city = GridCity(columns=5, rows=5, kind=one_way_row)
    per_block = {name: city.network(name) for name in ("drive", "elder")}
    for name, network in per_block.items():
        west, east = city.nodes(network, [(1, 2)]), city.nodes(network, [(2, 2)])
        block_s = 100 / (25 / 3.6 if name == "drive" else 1.0)
        # A delivery starts at the facility, a walker ends there: the street runs to the east.
        from_west = times_ms(network, west, east)[0, 0] / 1_000
        from_east = times_ms(network, east, west)[0, 0] / 1_000
        assert from_west == pytest.approx(block_s, abs=0.002)
        assert from_east == pytest.approx(block_s * (3 if name == "drive" else 1), abs=0.002)


def test_in_the_middle_of_a_one_way_street_the_neighbour_behind_is_a_round_trip_away() -> None:
    city = GridCity(columns=5, rows=5, kind=one_way_row)
    network = city.network("drive")
    behind, ahead = standing(network, [(120, 200)]), standing(network, [(180, 200)])
    with_traffic = times_ms(network, behind, ahead)[0, 0] / 1_000
    against = times_ms(network, ahead, behind)[0, 0] / 1_000
    assert with_traffic == pytest.approx(60 / (25 / 3.6), abs=0.002)
    # On to the next crossing, round the block, and along the street again.
    assert against == pytest.approx((20 + 300 + 20) / (25 / 3.6), abs=0.005)


def alternating(a: Crossing, b: Crossing) -> Tags:
    """Rows go east and west in turn, columns north and south."""
    lane = a[1] if a[1] == b[1] else a[0]
    return {"highway": "residential", "oneway": "yes" if lane % 2 else "-1"}


@ANGLES
def test_a_whole_pattern_of_one_way_streets_is_driven_as_counted_in_blocks(degrees: float) -> None:
    city = GridCity(columns=6, rows=6, degrees=degrees, kind=alternating)
    streets = nx.DiGraph()
    for (i, j), (u, v) in product(city.crossings, city.crossings):
        if (u, v) in ((i + 1, j), (i, j + 1)):
            lane = j if j == v else i
            streets.add_edge(*(((i, j), (u, v)) if lane % 2 else ((u, v), (i, j))))
    blocks = dict(nx.all_pairs_shortest_path_length(streets))
    expected = [[blocks[a].get(b, np.inf) for b in city.crossings] for a in city.crossings]
    car = city.network("drive")
    at = city.nodes(car, city.crossings)
    block_ms = round(100 / (25 / 3.6) * 1_000)
    np.testing.assert_array_equal(times_ms(car, at, at), np.array(expected) * block_ms)
    walker = city.network("elder")
    at = city.nodes(walker, city.crossings)
    straight = [
        [abs(a[0] - b[0]) + abs(a[1] - b[1]) for b in city.crossings] for a in city.crossings
    ]
    np.testing.assert_array_equal(times_ms(walker, at, at), np.array(straight) * 100_000)


# --- hills ---


@ANGLES
@pytest.mark.parametrize("slope", ["tobler", "minetti", "campbell2019"])
def test_on_a_tilted_plane_up_and_down_take_what_the_slope_function_says(
    degrees: float, slope: str
) -> None:
    grade = 0.08
    city = GridCity(columns=5, rows=4, degrees=degrees)
    network = city.network("elder", dem=tilted(grade, degrees=degrees), slope=slope)
    at = city.nodes(network, city.crossings)
    up, down = SLOPE_FUNCTIONS[slope].time_factor([grade, -grade])
    assert up > 1.1
    assert up > down

    def walk_s(facility: Crossing, home: Crossing) -> float:
        east = facility[0] - home[0]
        along_hill = abs(facility[1] - home[1])
        return 100 * (abs(east) * (up if east > 0 else down) + along_hill)

    expected = [[walk_s(a, b) for b in city.crossings] for a in city.crossings]
    np.testing.assert_allclose(times_ms(network, at, at) / 1_000, expected, atol=0.03, rtol=1e-6)
    assert network.no_height_km == 0.0


def test_a_facility_on_the_hill_costs_more_than_one_at_its_foot_and_a_delivery_the_reverse() -> (
    None
):
    city = GridCity(columns=6, rows=2)
    hill = {"dem": tilted(0.1), "slope": "tobler"}
    foot, top = (0.0, 0.0), (500.0, 0.0)
    elder = city.network("elder", **hill)
    climb_s = seconds(elder, home=foot, facility=top)
    descent_s = seconds(elder, home=top, facility=foot)
    assert climb_s == pytest.approx(500 * math.exp(3.5 * 0.1), rel=1e-4)
    assert descent_s == pytest.approx(500, rel=1e-4)
    courier = city.network(replace(PROFILES["elder"], direction="from_site"), **hill)
    assert seconds(courier, home=foot, facility=top) == descent_s
    assert seconds(courier, home=top, facility=foot) == climb_s


def test_midway_up_a_hill_the_walk_is_cut_at_the_right_place() -> None:
    city = GridCity(columns=6, rows=2)
    network = city.network("elder", dem=tilted(0.1), slope="tobler")
    up = math.exp(3.5 * 0.1)
    assert seconds(network, home=(130, 0), facility=(440, 10)) == pytest.approx(
        310 * up + 10, abs=0.02
    )
    assert seconds(network, home=(440, 10), facility=(130, 0)) == pytest.approx(310 + 10, abs=0.02)


def test_over_a_hill_both_ways_are_equally_long() -> None:
    street = Plan(places=[(-400, 0), (0, 0), (400, 0)], runs=[[0, 1, 2]])
    network = street.network("elder", dem=cone(0.1), slope="tobler")
    there = seconds(network, home=(-400, 0), facility=(400, 0))
    back = seconds(network, home=(400, 0), facility=(-400, 0))
    assert there == pytest.approx(400 * math.exp(3.5 * 0.1) + 400, rel=1e-4)
    assert back == pytest.approx(there, abs=0.002)


@ANGLES
@pytest.mark.parametrize("slope", ["tobler", "minetti", "campbell2019"])
def test_a_flat_height_model_gives_exactly_the_flat_answer(degrees: float, slope: str) -> None:
    """Bit for bit, however fine the model is: no street is cut where its slope does not change."""
    city = GridCity(columns=6, rows=5, block_m=87.3, degrees=degrees)
    flat = city.network("adult")
    for cell_m in (25.0, 100.0):
        level = terrain(lambda x, _: x * 0 + 7.5, cell_m=cell_m)
        found = city.network("adult", dem=level, slope=slope)
        for name in ("forward_ms", "backward_ms", "tail", "head", "length_m", "shape_xy"):
            np.testing.assert_array_equal(getattr(found, name), getattr(flat, name), err_msg=name)


def test_where_the_height_model_ends_streets_are_flat_and_their_kilometres_are_told() -> None:
    city = GridCity(columns=9, rows=2)
    network = city.network("elder", dem=tilted(0.1, east_m=400.0), slope="tobler")
    assert network.no_height_km == pytest.approx(2 * 0.4 + 4 * 0.1, abs=0.001)
    up = math.exp(3.5 * 0.1)
    assert seconds(network, home=(0, 0), facility=(400, 0)) == pytest.approx(400 * up, abs=0.02)
    assert seconds(network, home=(400, 0), facility=(800, 0)) == pytest.approx(400, abs=0.02)


def test_a_bridge_over_a_valley_is_level() -> None:
    valley = terrain(lambda x, _: np.abs(x) * 0.3)
    places = [(-100.0, 0.0), (0.0, 0.0), (100.0, 0.0)]
    road = Plan(places=places, runs=[[0, 1, 2]])
    bridge = replace(road, tags={**STREET, "bridge": "yes"})
    ends = {"home": places[0], "facility": places[2]}
    down, up = SLOPE_FUNCTIONS["tobler"].time_factor([-0.3, 0.3])
    below = seconds(road.network("elder", dem=valley, slope="tobler"), **ends)
    above = seconds(bridge.network("elder", dem=valley, slope="tobler"), **ends)
    assert below == pytest.approx(100 * (down + up), abs=0.02)
    assert above == pytest.approx(200, abs=0.02)


# --- steps and crossings ---


def with_one_block(tags: Tags) -> Kind:
    """All streets but the block in the middle of the bottom row."""
    return lambda a, b: tags if (a, b) == ((2, 0), (3, 0)) else STREET


ACROSS = {"home": (200.0, 0.0), "facility": (300.0, 0.0)}


@pytest.mark.parametrize(
    ("profile", "metres"),
    [("elder", 100 / 0.6), ("adult", 100 / 0.6), ("stroller", 300), ("wheelchair", 300)],
)
def test_steps_slow_walkers_and_send_wheels_round_the_block(profile: str, metres: float) -> None:
    network = GridCity(columns=6, rows=3, kind=with_one_block(STEPS)).network(profile)
    speed = PROFILES[profile].speed_m_s
    assert seconds(network, **ACROSS) == pytest.approx(metres / speed, abs=0.003)


def test_a_ramp_lets_the_wheelchair_up() -> None:
    kind = with_one_block({**STEPS, "ramp:wheelchair": "yes"})
    network = GridCity(columns=6, rows=3, kind=kind).network("wheelchair")
    assert seconds(network, **ACROSS) == pytest.approx(100 / 0.6 / 0.79, abs=0.003)


def test_on_steps_the_slope_is_not_charged_again() -> None:
    city = GridCity(columns=6, rows=2, kind=lambda a, b: STEPS if a[1] == b[1] == 0 else STREET)
    network = city.network("elder", dem=tilted(0.1), slope="tobler")
    assert seconds(network, **ACROSS) == pytest.approx(100 / 0.6, abs=0.01)


@pytest.mark.parametrize("cost_s", [0.0, 20.0, 250.0])
@pytest.mark.parametrize("signals", [True, False])
def test_a_crossing_costs_what_the_study_says_unless_walking_round_is_shorter(
    cost_s: float, signals: bool
) -> None:
    tags = {"highway": "footway", "footway": "crossing"}
    if signals:
        tags["crossing"] = "traffic_signals"
    city = GridCity(columns=6, rows=3, kind=with_one_block(tags))
    charged = {"signal" if signals else "crossing": cost_s}
    profile = charging("elder", **charged)
    assert seconds(city.network(profile), **ACROSS) == pytest.approx(min(100 + cost_s, 300))


def test_a_crossing_is_charged_once_though_streets_meet_on_it() -> None:
    crossing = {"highway": "footway", "footway": "crossing"}
    plan = Plan(
        places=[(0, 0), (10, 0), (20, 0), (30, 0), (20, 50)],
        runs=[[0, 1, 2, 3], [2, 4]],
        tags=[crossing, STREET],
    )
    network = plan.network(charging("elder", crossing=30.0))
    assert network.n_edges == 3
    assert seconds(network, home=(0, 0), facility=(30, 0)) == pytest.approx(60.0)
    assert seconds(network, home=(20, 50), facility=(30, 0)) == pytest.approx(50 + 10 + 10)


@pytest.mark.parametrize("whole", [True, False])
def test_a_signal_costs_a_driver_the_same_whether_or_not_the_street_is_broken_there(
    whole: bool,
) -> None:
    plan = Plan(
        places=[(0, 0), (500, 0), (1000, 0)],
        runs=[[0, 1, 2]] if whole else [[0, 1], [1, 2]],
        node_tags={1: {"highway": "traffic_signals"}},
    )
    network = plan.network(charging("drive", signal=30.0))
    expected = pytest.approx(1000 / (25 / 3.6) + 30, abs=0.002)
    assert seconds(network, home=(0, 0), facility=(1000, 0)) == expected
    assert seconds(network, home=(1000, 0), facility=(0, 0)) == expected


@pytest.mark.parametrize("whole", [True, False])
def test_a_lift_costs_a_walker_the_same_whether_or_not_the_way_is_broken_there(
    whole: bool,
) -> None:
    plan = Plan(
        places=[(0, 0), (50, 0), (100, 0)],
        runs=[[0, 1, 2]] if whole else [[0, 1], [1, 2]],
        node_tags={1: {"highway": "elevator"}},
    )
    network = plan.network(charging("elder", elevator=110.0))
    assert seconds(network, home=(0, 0), facility=(100, 0)) == pytest.approx(100 + 110)


# --- nodes and drawings ---


def test_points_at_nodes_have_no_access_leg_and_stand_on_their_crossing() -> None:
    city = GridCity(columns=4, rows=3)
    network = city.network("elder")
    nodes = np.arange(network.n_nodes)
    at = at_nodes(network, nodes)
    assert not at.leg_ms.any()
    assert not at.leg_m.any()
    assert np.all((network.tail[at.edge] == nodes) | (network.head[at.edge] == nodes))
    away_m = np.abs(network.x_m[:, None] - network.x_m) + np.abs(network.y_m[:, None] - network.y_m)
    np.testing.assert_allclose(times_ms(network, at, at), away_m * 1_000, atol=1)
    corner = node_at(network, (300.0, 200.0))
    assert times_ms(network, at.take(np.array([corner])), at)[0, corner] == 0


def diamond_m2(blocks: int) -> float:
    """Area of the streets within k blocks of a crossing, drawn with round ends.

    4 k² blocks of street are reached. Where four arms meet they overlap in a square; at the rim
    two arms meet at a right angle and the disc fills a quarter, and the four tips end in half one.
    """
    width = 2 * STREET_HALF_WIDTH_M
    disc = math.pi * STREET_HALF_WIDTH_M**2
    inner, rim = 2 * blocks * (blocks - 1) + 1, 4 * (blocks - 1)
    ribbons = 4 * blocks**2 * BLOCK_M * width
    return ribbons - inner * width**2 + rim * (disc / 4 - width**2 / 4) + 4 * disc / 2


@ANGLES
@pytest.mark.parametrize("blocks", [1, 4, 7])
def test_the_isochrone_of_a_grid_is_the_diamond_of_theory(degrees: float, blocks: int) -> None:
    city = GridCity(columns=17, rows=17, degrees=degrees)
    network = city.network("elder")
    middle = city.nodes(network, [(8, 8)])
    drawn = isochrone(network, middle, limit_ms=blocks * 100_000)
    walk_m = blocks * BLOCK_M
    assert drawn.is_valid
    assert drawn.area == pytest.approx(diamond_m2(blocks), rel=0.01)
    (whole,) = shapely.get_parts(drawn)
    assert shapely.get_num_interior_rings(whole) == 2 * blocks * (blocks - 1)
    tips = city.at(800 + walk_m * np.array([(1, 0), (0, 1), (-1, 0), (0, -1)]))
    tips += [network.x_m.min(), network.y_m.min()] - city_corner(city)
    diamond = shapely.buffer(shapely.Polygon(tips), STREET_HALF_WIDTH_M + 3)
    assert shapely.covers(diamond, drawn)
    circle_m2 = math.pi * (walk_m + STREET_HALF_WIDTH_M) ** 2
    assert drawn.area < 0.9 * circle_m2
    assert times_ms(network, middle, middle, limit_ms=FAR_MS)[0, 0] == 0


def city_corner(city: GridCity) -> np.ndarray:
    """The lowest coordinates of a city [m from the origin]."""
    return city.at(np.array(city.crossings) * BLOCK_M).min(axis=0)
