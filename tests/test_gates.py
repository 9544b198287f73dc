"""Gates, private streets and walls: who walks through, who only home, and who not at all."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from streets import (
    LOCKED,
    ORIGIN_M,
    PRIVATE,
    RESIDENTS,
    STREET,
    Plan,
    Tags,
    metric,
    seconds,
    standing,
    times_ms,
)

from planning.access import Way
from planning.network import PROFILES, Place, StreetNetwork, snap
from planning.travel import audience, nearest

Place2 = tuple[float, float]


def short_cut(tags: Tags) -> Plan:
    """From west to east 300 m straight over a street with these tags, or 1 300 m around it."""
    return Plan(
        places=[(0, 0), (300, 0), (0, 500), (300, 500), (-400, 0), (700, 0)],
        runs=[[0, 1], [0, 2, 3, 1], [4, 0], [1, 5]],
        tags=[tags, STREET, STREET, STREET],
    )


def middles_y(network: StreetNetwork) -> np.ndarray:
    """How far north the middle of each edge is [m from the origin]."""
    middles = shapely.line_interpolate_point(network.lines(), 0.5, normalized=True)
    return np.asarray(shapely.get_y(middles)) - ORIGIN_M[1]


def shut_count(network: StreetNetwork) -> int:
    """How many gates the network says let nobody through."""
    told = {aside.reason: aside.count for aside in network.set_aside}
    return told.get("gates that let nobody through", 0)


# --- access=private ---


@pytest.mark.parametrize(
    ("home", "facility"), [((-10, 0), (310, 0)), ((310, 0), (-10, 0))], ids=["east", "west"]
)
def test_nobody_takes_a_short_cut_through_a_private_street(home: Place2, facility: Place2) -> None:
    walk = {"home": home, "facility": facility}
    assert seconds(short_cut(STREET).network(), **walk) == pytest.approx(300 + 20)
    assert seconds(short_cut(PRIVATE).network(), **walk) == pytest.approx(1_300 + 20)


@pytest.mark.parametrize(
    ("home", "facility", "walk_s"),
    [
        ((100, 5), (-100, 0), 205),
        ((100, 5), (500, 0), 405),
        ((-100, 0), (100, 5), 205),
        ((500, 0), (100, 5), 405),
        ((50, 0), (250, 5), 205),
        ((250, 5), (50, 0), 205),
    ],
    ids=[
        "from inside to the west",
        "from inside to the east",
        "from the west to a facility inside",
        "from the east to a facility inside",
        "both inside",
        "both inside, back",
    ],
)
@pytest.mark.parametrize("direction", ["to_site", "from_site"])
def test_a_private_street_serves_those_inside_through_either_end(
    home: Place2, facility: Place2, walk_s: float, direction: str
) -> None:
    profile = replace(PROFILES["elder"], direction=direction)
    network = short_cut(PRIVATE).network(profile)
    assert seconds(network, home=home, facility=facility) == pytest.approx(walk_s, abs=0.002)


def row_of_compounds() -> Plan:
    """Private streets of 100 m between public ones of 100 m, all in a row, and 800 m around."""
    places = [(100.0 * k, 0.0) for k in range(6)]
    return Plan(
        places=[*places, (0, 150), (500, 150)],
        runs=[[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [0, 6, 7, 5]],
        tags=[STREET, PRIVATE, STREET, PRIVATE, STREET, STREET],
    )


def test_from_one_compound_to_another_people_walk_out_of_theirs_and_into_the_other() -> None:
    network = row_of_compounds().network()
    assert seconds(network, home=(150, 0), facility=(350, 0)) == pytest.approx(200)
    assert seconds(network, home=(350, 0), facility=(150, 0)) == pytest.approx(200)


def test_from_one_compound_to_another_nobody_walks_through_a_third() -> None:
    plan = row_of_compounds()
    middle_private = replace(
        plan,
        places=[*plan.places, (600, 0), (700, 0)],
        runs=[*plan.runs, [5, 8], [8, 9]],
        tags=[*plan.tags_of_runs, PRIVATE, STREET],
    )
    network = middle_private.network()
    inside_first, inside_third = (150.0, 0.0), (550.0, 0.0)
    # 150 m back west, 150 + 500 + 150 m around, 50 m into the third: 350 m straight are shut.
    around = pytest.approx(150 + 800 + 50)
    assert seconds(network, home=inside_first, facility=inside_third) == around
    assert seconds(network, home=inside_third, facility=inside_first) == around
    # Whoever lives in the one between walks out to both.
    assert seconds(network, home=(350, 0), facility=inside_third) == pytest.approx(200)


def test_a_facility_where_a_private_street_meets_a_public_one_is_on_both() -> None:
    network = row_of_compounds().network()
    assert seconds(network, home=(150, 0), facility=(200, 0)) == pytest.approx(50)
    assert seconds(network, home=(250, 0), facility=(200, 0)) == pytest.approx(50)


@pytest.mark.parametrize("private_first", [True, False])
def test_whoever_stands_at_the_corner_of_a_private_street_stands_in_public(
    private_first: bool,
) -> None:
    """Three streets are equally near: the order of lines must not open the compound to all."""
    runs, tags = [[0, 1], [0, 2, 3, 1], [4, 0], [1, 5]], [PRIVATE, STREET, STREET, STREET]
    order = [0, 1, 2, 3] if private_first else [1, 2, 3, 0]
    network = Plan(
        places=[(0, 0), (300, 0), (0, 500), (300, 500), (0, -100), (400, 0)],
        runs=[runs[k] for k in order],
        tags=[tags[k] for k in order],
    ).network()
    around = pytest.approx(50 + 1_300 + 10)
    assert seconds(network, home=(350, 0), facility=(-10, 0)) == around
    assert seconds(network, home=(-10, 0), facility=(350, 0)) == around


def test_people_behind_a_private_street_without_public_access_still_reach_each_other() -> None:
    plan = Plan(places=[(0, 0), (100, 0), (200, 0)], runs=[[0, 1], [1, 2]], tags=PRIVATE)
    assert seconds(plan.network(), home=(20, 0), facility=(170, 0)) == pytest.approx(150)


def test_nearest_and_coverage_know_of_private_streets() -> None:
    network = short_cut(PRIVATE).network()
    facilities = standing(network, [(-20, 0), (700, 0)])
    homes = standing(network, [(310, 0), (200, 0), (280, 0)])
    crowd = audience(network, homes)
    found = nearest(network, facilities, crowd)
    # East of the short cut the second is nearer than the 1 330 m to the first around it.
    assert list(found.site) == [1, 0, 0]
    assert list(found.ms) == [390_000, 220_000, 300_000]
    both = np.ones(2, dtype=bool)
    within = Way(network=network, demand=homes, crowd=crowd).coverage_by(
        facilities, counting=both, limit_ms=300_000
    )
    assert list(within.covered) == [False, True, True]


# --- gates on nodes ---


def with_gate(tags: Tags) -> Plan:
    """A straight street with a gate in its middle and a way of 1 100 m round it."""
    return Plan(
        places=[(-200, 0), (0, 0), (200, 0), (200, 350), (-200, 350)],
        runs=[[0, 1, 2], [2, 3, 4, 0]],
        node_tags={1: tags},
    )


@pytest.mark.parametrize("tags", [LOCKED, RESIDENTS], ids=["locked", "for residents"])
def test_a_gate_in_the_middle_of_open_streets_lets_nobody_through_and_is_counted(
    tags: Tags,
) -> None:
    network = with_gate(tags).network()
    assert shut_count(network) == 1
    assert not network.private.any()
    around = pytest.approx(190 + 1_100 + 190)
    assert seconds(network, home=(-10, 0), facility=(10, 0)) == around
    assert seconds(network, home=(10, 0), facility=(-10, 0)) == around


def test_an_open_gate_is_no_gate() -> None:
    network = with_gate({"barrier": "gate"}).network()
    assert shut_count(network) == 0
    assert network.n_edges == 2
    assert seconds(network, home=(-10, 0), facility=(10, 0)) == pytest.approx(20)


def gated_compound(gate: Tags) -> Plan:
    """A public street 0-1-2, off it a gate at 3, behind it a small ring of streets 4-5-6."""
    return Plan(
        places=[(-500, 0), (0, 0), (500, 0), (0, 50), (0, 100), (100, 150), (-100, 150)],
        runs=[[0, 1, 2], [1, 3, 4], [4, 5, 6, 4]],
        node_tags={3: gate},
    )


def test_behind_a_gate_for_residents_streets_are_private_and_the_gate_opens_for_them() -> None:
    network = gated_compound(RESIDENTS).network()
    assert shut_count(network) == 0
    assert network.n_components == 1
    middle_y = middles_y(network)
    np.testing.assert_array_equal(network.private, middle_y > 50)
    inside, outside = (0.0, 80.0), (400.0, 0.0)
    assert seconds(network, home=inside, facility=outside) == pytest.approx(480)
    assert seconds(network, home=outside, facility=inside) == pytest.approx(480)


def test_behind_a_locked_gate_nobody_comes_out() -> None:
    network = gated_compound(LOCKED).network()
    assert shut_count(network) == 1
    assert network.n_components == 2
    assert seconds(network, home=(0, 80), facility=(400, 0)) == math.inf
    assert seconds(network, home=(0, 80), facility=(50, 125)) < math.inf


def two_gates() -> Plan:
    """A compound between two public streets that meet only far to the west, a gate at each."""
    return Plan(
        places=[(0, 0), (0, 50), (0, 150), (0, 200), (-900, 0), (-900, 200), (300, 100), (0, 100)],
        runs=[[4, 0], [5, 3], [4, 5], [0, 1, 7, 2, 3], [7, 6]],
        node_tags={1: RESIDENTS, 2: RESIDENTS},
    )


def test_a_compound_with_two_gates_is_no_through_route_but_its_people_use_both() -> None:
    network = two_gates().network()
    assert shut_count(network) == 0
    south, north = (-100.0, 0.0), (-100.0, 200.0)
    assert seconds(network, home=south, facility=north) == pytest.approx(800 + 200 + 800)
    assert seconds(network, home=north, facility=south) == pytest.approx(800 + 200 + 800)
    inside = (200.0, 100.0)
    assert seconds(network, home=inside, facility=south) == pytest.approx(200 + 100 + 100)
    assert seconds(network, home=inside, facility=north) == pytest.approx(200 + 100 + 100)
    assert seconds(network, home=north, facility=inside) == pytest.approx(200 + 100 + 100)


def test_a_gate_on_the_smaller_bank_does_not_make_that_bank_one_compound() -> None:
    """What lies before the gate stays public, though the other bank of the river is larger."""
    bank = short_cut(PRIVATE)
    bank = replace(
        bank,
        places=[*bank.places, (-400, 50), (-400, 100)],
        runs=[*bank.runs, [4, 6, 7]],
        tags=[*bank.tags_of_runs, STREET],
        node_tags={6: RESIDENTS},
    )
    both_banks = replace(
        bank,
        places=[*bank.places, (0, 5_000), (9_000, 5_000)],
        runs=[*bank.runs, [8, 9]],
        tags=[*bank.tags_of_runs, STREET],
    )
    alone, beside = bank.network(), both_banks.network()
    walk = {"home": (-10, 0), "facility": (310, 0)}
    assert seconds(alone, **walk) == pytest.approx(1_300 + 20)
    assert seconds(beside, **walk) == pytest.approx(1_300 + 20)
    np.testing.assert_array_equal(beside.private[: alone.n_edges], alone.private)


def test_a_bollard_stops_cars_and_not_walkers() -> None:
    plan = with_gate({"barrier": "bollard"})
    assert shut_count(plan.network("elder")) == 0
    assert shut_count(plan.network("drive")) == 1


# --- walls ---


def test_a_wall_node_ends_the_streets_that_meet_there() -> None:
    plan = Plan(
        places=[(0, 0), (100, 0), (200, 0), (100, 100)], runs=[[0, 1, 2], [1, 3]], tags=STREET
    )
    network = plan.network(closed=np.array([False, True, False, False]))
    assert network.n_components == 3
    assert shut_count(network) == 1
    for home, facility in (((50, 0), (150, 0)), ((150, 0), (100, 50)), ((100, 50), (50, 0))):
        assert seconds(network, home=home, facility=facility) == math.inf


def test_a_wall_closes_even_a_gate_for_residents() -> None:
    plan = gated_compound(RESIDENTS)
    closed = np.zeros(len(plan.places), dtype=bool)
    closed[3] = True
    network = plan.network(closed=closed)
    assert seconds(network, home=(0, 80), facility=(400, 0)) == math.inf


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(
        ORIGIN_M[0] + west, ORIGIN_M[1] + south, ORIGIN_M[0] + east, ORIGIN_M[1] + north
    )


def walled(compounds: list[shapely.Polygon]) -> StreetNetwork:
    """A public street along y = 0 and a lane from it into the compound, through the gate at y=50.

    Both ends of the wall crossing are nodes, as a reader of walls makes them.
    """
    plan = Plan(
        places=[(-500, 0), (0, 0), (500, 0), (0, 50), (0, 150), (150, 150)],
        runs=[[0, 1, 2], [1, 3], [3, 4, 5]],
    )
    return plan.network(compounds=np.array(compounds, dtype=object))


COMPOUND = box(-200, 20, 200, 250)


def test_streets_inside_a_compound_are_private_and_know_it() -> None:
    network = walled([COMPOUND])
    middle_y = middles_y(network)
    np.testing.assert_array_equal(network.compound, np.where(middle_y > 20, 0, -1))
    np.testing.assert_array_equal(network.private, network.compound >= 0)


def test_people_inside_a_compound_stand_on_its_streets_though_one_outside_is_nearer() -> None:
    network = walled([COMPOUND])
    inside = snap(network, *metric([(-150, 30)]), max_snap_m=500, island_km=1)
    assert list(inside.place) == [Place.NEAREST]
    assert network.compound[inside.edge[0]] == 0
    assert inside.leg_m[0] == pytest.approx(150)
    without_walls = snap(walled([]), *metric([(-150, 30)]), max_snap_m=500, island_km=1)
    assert without_walls.leg_m[0] == pytest.approx(30)


def test_people_outside_a_compound_never_stand_on_its_streets() -> None:
    network = walled([COMPOUND])
    outside = snap(network, *metric([(210, 150)]), max_snap_m=500, island_km=1)
    assert network.compound[outside.edge[0]] == -1
    assert outside.leg_m[0] == pytest.approx(150)
    without_walls = snap(walled([]), *metric([(210, 150)]), max_snap_m=500, island_km=1)
    assert without_walls.leg_m[0] == pytest.approx(60)


def test_people_in_a_compound_without_streets_are_walled_in_and_reach_nothing() -> None:
    empty = box(250, 20, 400, 100)
    network = walled([COMPOUND, empty])
    lost = snap(network, *metric([(300, 30), (450, 30)]), max_snap_m=500, island_km=1)
    assert list(lost.place) == [Place.WALLED_IN, Place.NEAREST]
    assert list(lost.edge >= 0) == [False, True]
    assert np.isnan(lost.leg_m[0])
    facility = standing(network, [(300, 0)])
    assert list(np.isfinite(times_ms(network, facility, lost))[0]) == [False, True]


def test_where_compounds_overlap_streets_and_people_belong_to_the_first() -> None:
    first, second = box(-200, 20, 100, 250), box(-100, 20, 200, 250)
    network = walled([first, second])
    lane = network.compound[np.argmax(network.length_m * (network.compound >= 0))]
    assert lane == 0
    person = snap(network, *metric([(50, 100)]), max_snap_m=500, island_km=1)
    assert network.compound[person.edge[0]] == 0
    # Only in the second: its one street belongs to the first, so there is none.
    assert list(snap(network, *metric([(150, 100)]), max_snap_m=500, island_km=1).place) == [
        Place.WALLED_IN
    ]


def test_a_walk_out_of_a_compound_goes_through_its_gate() -> None:
    network = walled([COMPOUND])
    assert seconds(network, home=(150, 145), facility=(400, 0)) == pytest.approx(
        5 + 150 + 150 + 400, abs=0.01
    )
    assert shapely.contains_xy(COMPOUND, *(v[0] for v in metric([(150, 145)])))
