"""Planned roads and links by hand join the streets that are there; walls open at gates only."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from streets import (
    EPSG,
    ORIGIN_M,
    PRIVATE,
    STREET,
    Plan,
    lonlat,
    seconds,
    standing,
    times_ms,
)

from planning.network import PROFILES, Roads, StreetNetwork, build_network
from planning.network.compounds import GATE_REACH_M, WALL_INSET_M, wall_in
from planning.network.joining import join
from planning.network.roads import SetAside

STREET_ALONG_X = Plan(places=[(0, 0), (1000, 0)], runs=[[0, 1]])


def built(roads: Roads) -> StreetNetwork:
    return build_network(roads, epsg=EPSG, profile=PROFILES["elder"])


def planned(*lines: list[tuple[float, float]], tags: dict[str, str] | None = None) -> Roads:
    places = [place for line in lines for place in line]
    at = np.cumsum([0, *map(len, lines)])
    runs = [list(range(a, b)) for a, b in pairwise(at.tolist())]
    return Roads.from_runs(*lonlat(places), runs, tags=tags or dict(STREET))


def test_an_end_that_stops_short_is_led_on_to_the_street() -> None:
    roads, done = join(
        STREET_ALONG_X.roads(), planned([(400, 15), (400, 500)]), epsg=EPSG, tolerance_m=20
    )
    network = built(roads)
    assert (done.ends.tolist(), done.crossings, done.loose) == ([1], 0, ())
    assert network.n_components == 1
    assert seconds(network, home=(400, 500), facility=(0, 0)) == pytest.approx(900, abs=0.01)


def test_an_end_beyond_the_tolerance_stays_loose_and_is_named() -> None:
    roads, done = join(
        STREET_ALONG_X.roads(), planned([(400, 25), (400, 500)]), epsg=EPSG, tolerance_m=20
    )
    assert (done.ends.tolist(), done.loose) == ([0], (1,))
    assert built(roads).n_components == 2


def test_lines_that_cross_meet_at_grade() -> None:
    roads, done = join(
        STREET_ALONG_X.roads(), planned([(500, -300), (500, 300)]), epsg=EPSG, tolerance_m=20
    )
    assert (done.ends.tolist(), done.crossings) == ([0], 1)
    network = built(roads)
    assert seconds(network, home=(500, 300), facility=(0, 0)) == pytest.approx(800, abs=0.01)


@pytest.mark.parametrize("tags", [{"bridge": "yes"}, {"tunnel": "yes"}, {"layer": "1"}])
def test_a_planned_bridge_or_tunnel_does_not_meet_what_it_crosses(tags: dict[str, str]) -> None:
    roads, done = join(
        STREET_ALONG_X.roads(),
        planned([(500, -300), (500, 300)], tags={**STREET, **tags}),
        epsg=EPSG,
        tolerance_m=20,
    )
    assert done.crossings == 0
    assert built(roads).n_components == 2


def test_ends_are_counted_line_by_line() -> None:
    added = planned(
        [(100, 5), (100, 300)], [(200, 400), (200, 300)], [(300, 0), (350, 80), (400, 19)]
    )
    _, done = join(STREET_ALONG_X.roads(), added, epsg=EPSG, tolerance_m=20)
    assert done.ends.tolist() == [1, 0, 2]


def test_what_planned_roads_set_aside_is_told_once_with_them() -> None:
    left_out = SetAside(reason="lines without length", count=2)
    added = replace(planned([(400, 0), (400, 500)]), set_aside=(left_out,))
    roads, _ = join(STREET_ALONG_X.roads(), added, epsg=EPSG, tolerance_m=20)
    assert roads.set_aside == ()


def test_planned_lines_meet_each_other_where_they_cross() -> None:
    added = planned([(300, 0), (300, 400)], [(100, 200), (700, 200)])
    roads, done = join(STREET_ALONG_X.roads(), added, epsg=EPSG, tolerance_m=20)
    network = built(roads)
    assert done.loose == ()
    assert network.n_components == 1
    assert seconds(network, home=(700, 200), facility=(0, 0)) == pytest.approx(900, abs=0.01)


def test_joining_at_a_corner_takes_the_corner() -> None:
    corner = Plan(places=[(0, 0), (500, 0), (500, 500)], runs=[[0, 1, 2]])
    roads, _ = join(corner.roads(), planned([(500, 0), (900, 0)]), epsg=EPSG, tolerance_m=20)
    network = built(roads)
    assert network.n_nodes == 4
    assert seconds(network, home=(900, 0), facility=(0, 0)) == pytest.approx(900, abs=0.01)


def test_streets_that_were_there_keep_their_length() -> None:
    before = built(STREET_ALONG_X.roads())
    roads, _ = join(
        STREET_ALONG_X.roads(), planned([(333, -300), (341, 300)]), epsg=EPSG, tolerance_m=20
    )
    after = built(roads)
    added_m = np.hypot(8, 600)
    assert after.length_m.sum() == pytest.approx(before.length_m.sum() + added_m, abs=1e-3)
    assert seconds(after, home=(0, 0), facility=(1000, 0)) == pytest.approx(1000, abs=0.01)


# --- walls and gates ---

BLOCK = shapely.box(ORIGIN_M[0] + 200, ORIGIN_M[1] + 100, ORIGIN_M[0] + 600, ORIGIN_M[1] + 500)
AROUND_AND_THROUGH = Plan(
    places=[(400, 0), (400, 300), (400, 600), (800, 0), (800, 600)],
    runs=[[0, 1, 2], [0, 3, 4, 2]],
)
"""A street through the block from south to north, and a detour round its east side."""


def walled(plan: Plan, gates: list[tuple[float, float]]) -> tuple[StreetNetwork, int, int]:
    xy = np.array(gates, dtype=float).reshape(-1, 2) + ORIGIN_M
    walls = wall_in(plan.roads(), np.array([BLOCK]), xy, epsg=EPSG)
    network = build_network(
        walls.roads,
        epsg=EPSG,
        profile=PROFILES["elder"],
        closed=walls.closed,
        gates=walls.gates,
        compounds=walls.compounds,
    )
    return network, walls.crossings, walls.assumed_paths


def test_nobody_walks_through_a_compound_that_has_two_gates() -> None:
    network, crossings, _ = walled(AROUND_AND_THROUGH, [(400, 100), (400, 500)])
    assert crossings == 0
    assert seconds(network, home=(400, 0), facility=(400, 600)) == pytest.approx(1400, abs=0.05)


def test_those_inside_leave_through_the_gate_and_not_through_the_wall() -> None:
    network, crossings, _ = walled(AROUND_AND_THROUGH, [(400, 500)])
    assert crossings == 1
    assert seconds(network, home=(400, 150), facility=(400, 0)) == pytest.approx(
        350 + 100 + 1400, abs=0.05
    )


def test_without_gates_every_street_that_crosses_the_wall_is_one() -> None:
    network, crossings, _ = walled(AROUND_AND_THROUGH, [])
    assert crossings == 0
    assert seconds(network, home=(400, 150), facility=(400, 0)) == pytest.approx(150, abs=0.05)


@pytest.mark.parametrize("tags", [{"bridge": "yes"}, {"tunnel": "yes"}, {"layer": "1"}])
def test_who_passes_over_or_under_a_compound_is_not_inside_it(tags: dict[str, str]) -> None:
    """Neither for walls nor as a private street: the overpass stays a public way."""
    over = replace(AROUND_AND_THROUGH, tags=[{**STREET, **tags}, STREET])
    network, crossings, _ = walled(over, [(400, 100)])
    assert crossings == 0
    through = np.isclose(network.length_m, 600, atol=0.01)
    assert network.compound[through].tolist() == [-1]
    assert not network.private[through].any()
    assert seconds(network, home=(400, 0), facility=(400, 600)) == pytest.approx(600, abs=0.05)
    # A home inside does not stand on it, but on the path assumed from the gate.
    home = standing(network, [(410, 250)])
    assert network.compound[home.edge[0]] == 0
    assert network.private[home.edge[0]]


def test_streets_along_the_line_drawn_round_a_compound_are_not_inside_it() -> None:
    """Land is often drawn to the middle of the streets round it, never quite as they are mapped."""
    ring = [(200, 102), (398, 98), (602, 103), (598, 501), (399, 497), (201, 503)]
    plan = Plan(
        places=[*ring, (400, 300), (200, 0), (600, 0)],
        runs=[[0, 1, 2, 3, 4, 5, 0], [1, 6, 4], [7, 0], [8, 2]],
    )
    network, crossings, _ = walled(plan, [])
    assert crossings == 0
    round_it = pytest.approx(102 + 198 + 204 + 103, abs=2)
    assert seconds(network, home=(200, 0), facility=(600, 0)) == round_it
    inside_m = network.length_m[network.compound == 0].sum()
    assert inside_m == pytest.approx(400 - 2 * WALL_INSET_M, abs=3)
    assert not network.private[network.compound < 0].any()


def test_a_compound_too_narrow_for_an_inset_is_walled_as_drawn() -> None:
    x, y = ORIGIN_M
    lane = shapely.box(x + 396, y + 100, x + 404, y + 500)
    walls = wall_in(AROUND_AND_THROUGH.roads(), np.array([lane]), np.empty((0, 2)), epsg=EPSG)
    assert walls.compounds[0].area == pytest.approx(8 * 400)


def test_a_street_through_a_gate_is_private_from_the_wall_on() -> None:
    """Not as a whole, nor not at all, by where its middle lies."""
    network, _, _ = walled(AROUND_AND_THROUGH, [(400, 100), (400, 500)])
    inside_m = network.length_m[network.compound == 0].sum()
    assert inside_m == pytest.approx(400 - 2 * WALL_INSET_M, abs=0.01)
    np.testing.assert_array_equal(network.private, network.compound == 0)
    # 60 m south of the wall one stands on the street outside, with no wall to go round.
    assert seconds(network, home=(405, 45), facility=(400, 0)) == pytest.approx(50, abs=0.01)


def test_a_gate_counts_only_near_the_street() -> None:
    far = 400 + GATE_REACH_M + 1
    network, crossings, _ = walled(AROUND_AND_THROUGH, [(far, 100), (400, 500)])
    assert crossings == 1
    assert seconds(network, home=(400, 150), facility=(400, 0)) == pytest.approx(1850, abs=0.05)


def test_a_compound_without_streets_gets_paths_from_its_gates_to_the_middle() -> None:
    outside = Plan(places=[(0, 90), (800, 90)], runs=[[0, 1]])
    network, _, paths = walled(outside, [(400, 100)])
    assert paths == 1
    home = standing(network, [(400, 250)])
    assert network.private[home.edge[0]]
    found = times_ms(network, standing(network, [(400, 90)]), home)
    assert found[0, 0] == pytest.approx(160_000, abs=200)


def test_a_compound_with_neither_street_nor_gate_is_taken_as_open() -> None:
    outside = Plan(places=[(0, 90), (800, 90)], runs=[[0, 1]])
    walls = wall_in(outside.roads(), np.array([BLOCK]), np.empty((0, 2)), epsg=EPSG)
    assert (len(walls.compounds), walls.open_compounds) == (0, 1)


def test_private_streets_stay_private_when_roads_are_planned_through() -> None:
    inside = Plan(places=[(0, 0), (500, 0), (1000, 0)], runs=[[0, 1], [1, 2]], tags=[PRIVATE] * 2)
    roads, _ = join(inside.roads(), planned([(500, -200), (500, 200)]), epsg=EPSG, tolerance_m=5)
    network = built(roads)
    assert network.length_m[network.private].sum() == pytest.approx(1000, abs=0.01)
