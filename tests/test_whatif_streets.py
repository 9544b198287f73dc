"""The page puts places on streets as the program does, draws what is reached, and finds lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from streets import DENSE_KINDS, SIDE_M, Plan, grounds_of, metric, points
from whatif_page import page_in
from whatif_walks import ISLAND_KM, MAX_SNAP_M, WALKERS, Floats, settle

from planning.network import snap
from planning.outputs.whatif.arrays import packed
from planning.travel.reached import pieces_of_each

_SNAPS = """([x, y]) => Array.from(typedArray(x), (_, i) => {
  const seat = walking.timed.snap(typedArray(x)[i], typedArray(y)[i]);
  const [forward_ms, backward_ms] = !seat ? [0, 0]
    : streets.to_site ? [seat.back_ms, seat.out_ms] : [seat.out_ms, seat.back_ms];
  return seat ? [seat.edge, forward_ms, backward_ms, seat.leg_ms] : [-1, 0, 0, 0];
})"""
_LIES_IN = "([rings, places]) => places.map(([x, y]) => liesIn(rings, x, y))"
_CIRCLE = "([x, y, limit_ms]) => Array.from(walking.circle(x, y, limit_ms))"


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    with page_in(browser, WALKERS) as page:
        yield page


@pytest.mark.parametrize("profile", ["elder", "drive"])
@settings(max_examples=80, deadline=None, derandomize=True)
@given(data=st.data())
def test_places_stand_where_the_program_puts_them(
    page: Any, profile: str, data: st.DataObject
) -> None:
    """On the edge, after as many milliseconds, with the same leg; ties, islands, walls and all."""
    plan, options = data.draw(grounds_of(kinds=DENSE_KINDS))
    network = plan.network(profile, **options)
    middle = st.tuples(*2 * [st.integers(-4, 24).map(lambda k: k * SIDE_M / 20)])
    anywhere = data.draw(st.lists(middle, min_size=1, max_size=25))
    xy = np.concatenate([anywhere, data.draw(points(plan, least=1, most=20))])
    x_m, y_m = metric(xy)
    settle(page, network, np.empty((0, 2)))
    found = page.evaluate(_SNAPS, [packed(x_m, "f64"), packed(y_m, "f64")])
    put = snap(network, x_m, y_m, max_snap_m=MAX_SNAP_M, island_km=ISLAND_KM)
    expected = np.column_stack([put.edge, put.forward_ms, put.backward_ms, put.leg_ms])
    off = ~put.on_network
    expected[off, 1:] = 0
    assert found == expected.tolist()


def test_a_place_as_far_from_two_bends_of_a_street_stands_nearer_its_tail(page: Any) -> None:
    u_turn = Plan(places=[(0, 0), (100, 0), (100, 80), (0, 80)], runs=[[0, 1, 2, 3]])
    network = u_turn.network("elder")
    y_m = np.array([network.shape_xy[:, 1].mean()])
    x_m = metric([(30, 0)])[0]
    settle(page, network, np.empty((0, 2)))
    ((edge, forward_ms, _, _),) = page.evaluate(_SNAPS, [packed(x_m, "f64"), packed(y_m, "f64")])
    assert (edge, forward_ms) == (0, pytest.approx(30_000, abs=60))
    put = snap(network, x_m, y_m, max_snap_m=MAX_SNAP_M, island_km=ISLAND_KM)
    assert forward_ms == put.forward_ms[0]


# --- polygons ---


def ring_of(polygon: shapely.Polygon) -> list[list[float]]:
    parts = shapely.get_parts(polygon).tolist()
    rings = [ring for part in parts for ring in shapely.get_rings(part).tolist()]
    return [shapely.get_coordinates(ring).ravel().tolist() for ring in rings]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    corners=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=9),
    turn=st.sampled_from([(1.0, 0.0), (0.6, 0.8), (0.1234, 0.7)]),
    shares=st.lists(st.tuples(st.integers(0, 8), st.floats(0, 1)), min_size=1, max_size=12),
)
def test_a_place_lies_in_a_polygon_where_shapely_says_so(
    page: Any,
    corners: list[tuple[int, int]],
    turn: tuple[float, float],
    shares: list[tuple[int, float]],
) -> None:
    """Borders too, and places a last bit beside them; polygons with holes and of several parts."""
    hull = shapely.make_valid(shapely.Polygon(corners))
    drawn = [part for part in shapely.get_parts(hull).tolist() if part.geom_type == "Polygon"]
    cos, sin = turn
    flat = shapely.union_all(drawn).difference(shapely.box(2.2, 2.2, 3.1, 2.9))
    polygon = shapely.transform(
        flat, lambda xy: np.column_stack([xy @ [cos, -sin], xy @ [sin, cos]]) * 97.3 + 500_000.1
    )
    if polygon.is_empty or not polygon.is_valid:
        return
    at = shapely.get_coordinates(polygon)
    on_border = np.array([at[k % len(at)] + t * (at[(k + 1) % len(at)] - at[k % len(at)])
                          for k, t in shares])  # fmt: skip
    lattice = np.array([(x, y) for x in range(7) for y in range(7)]) @ np.array(
        [[cos, sin], [-sin, cos]]
    )
    beside = [np.nextafter(on_border, side) for side in (-np.inf, np.inf)]
    places = np.concatenate([at, on_border, *beside, lattice * 97.3 + 500_000.1])
    found = page.evaluate(_LIES_IN, [ring_of(polygon), places.tolist()])
    assert found == shapely.intersects(polygon, shapely.points(places)).tolist()


def test_where_doubles_cannot_tell_the_side_of_a_long_border_whole_numbers_do(page: Any) -> None:
    corners = [(0.1, 0.1), (1_000_000.3, 700_000.7), (1_000_000.3, 0.1), (0.1, 0.1)]
    x = np.random.default_rng(5).uniform(1, 1e6, 300)
    y = 0.1 + (x - 0.1) * (700_000.6 / 1_000_000.2)
    places = np.column_stack([np.tile(x, 3), [*y, *np.nextafter(y, 0), *np.nextafter(y, 1e9)]])
    found = page.evaluate(_LIES_IN, [[np.array(corners).ravel().tolist()], places.tolist()])
    expected = shapely.intersects(shapely.Polygon(corners), shapely.points(places))
    assert found == expected.tolist()
    (x0, y0), (x1, y1) = corners[:2]
    by_doubles = (x0 - places[:, 0]) * (y1 - places[:, 1]) - (y0 - places[:, 1]) * (
        x1 - places[:, 0]
    )
    assert np.count_nonzero((by_doubles <= 0) != expected) > 10, "a case that is too easy"


# --- drawing and clicking ---


@pytest.mark.parametrize("profile", ["elder", "drive"])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data(), limit_ms=st.integers(1_000, 900_000))
def test_the_circle_is_drawn_from_the_pieces_of_street_that_the_program_reaches(
    page: Any, profile: str, data: st.DataObject, limit_ms: int
) -> None:
    plan, options = data.draw(grounds_of(kinds=DENSE_KINDS))
    network = plan.network(profile, **options)
    settle(page, network, np.empty((0, 2)))
    for x, y in np.column_stack(metric(data.draw(points(plan, least=1, most=4)))).tolist():
        site = snap(
            network, np.array([x]), np.array([y]), max_snap_m=MAX_SNAP_M, island_km=ISLAND_KM
        )
        drawn = np.array(page.evaluate(_CIRCLE, [x, y, limit_ms])).reshape(-1, 4)
        reached = pieces_of_each(network, site, limit_ms=limit_ms)[1]
        ours, theirs = (shapely.union_all(lines_of(pieces)) for pieces in (drawn, reached))
        # Streets over one another in part, and times rounded to milliseconds, leave slivers.
        assert shapely.difference(ours, shapely.buffer(theirs, 0.02)).length < 0.02
        assert shapely.difference(theirs, shapely.buffer(ours, 0.02)).length < 0.02


def lines_of(pieces: Floats) -> Any:
    return shapely.linestrings(pieces.reshape(-1, 2, 2))


def test_a_street_is_found_where_it_is_clicked_whether_closed_or_open(page: Any) -> None:
    plan = Plan(
        places=[(0, 0), (100, 0), (200, 0), (100, 90)],
        runs=[[0, 1, 2], [1, 3]],
        tags=[{"highway": "primary"}, {"highway": "footway"}],
    )
    network = plan.network("elder")
    settle(page, network, np.empty((0, 2)))
    (x, *_), (y, *_) = (at.tolist() for at in metric([(103, 50)]))
    for closed in ([], [2]):
        page.evaluate("(closed) => walking.set({ closed: new Set(closed) })", closed)
        found = page.evaluate("([x, y]) => walking.lineAt(x, y, 12)", [x, y])
        assert found == {"line": 2, "edge": 2, "highway": "footway"}
        assert page.evaluate("([x, y]) => walking.lineAt(x, y, 2.5)", [x, y]) is None
    paths = page.evaluate("() => streets.linePath(1).map((path) => Array.from(path))")
    assert paths == [
        network.shape_xy[network.shape_start[e] : network.shape_start[e + 1]].ravel().tolist()
        for e in np.flatnonzero(network.line == 1)
    ]
    assert len(paths) == 2


# --- the nearest of many ---


@settings(max_examples=40, deadline=None, derandomize=True)
@given(table=st.lists(st.lists(st.integers(-1, 5), min_size=4, max_size=4), max_size=6))
def test_the_nearest_site_is_the_least_of_all_rows(page: Any, table: list[list[int]]) -> None:
    """−1 is beyond reach."""
    rows = [
        {"point": [p for p, ms in enumerate(row) if ms >= 0], "ms": [ms for ms in row if ms >= 0]}
        for row in table
    ]
    found = page.evaluate("(rows) => [FAR, ...nearestOf(4, rows)]", rows)
    far = 2**31 - 1
    assert found[0] == far
    assert found[1:] == [min([row[p] for row in table if row[p] >= 0] + [far]) for p in range(4)]
