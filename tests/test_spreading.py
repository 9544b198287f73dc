"""Large cells spread over their land: the same people, in the same cell, closer to doors."""

import math

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from streets import ORIGIN_M, GridCity, Plan, metric

from planning.access import Kind, Spread, spread_over_land
from planning.demand import Buildings, PopulationCells, floor_m2
from planning.errors import OurFaultError
from planning.network import StreetNetwork, lined_with_homes

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=60)

CITY = GridCity(columns=6, rows=6)
NETWORK = CITY.network()
STREETS: tuple[Kind, ...] = ("streets", "area")
EVERYTHING: tuple[Kind, ...] = ("buildings", "streets", "area")

Box = tuple[float, float, float, float]


def cells_of(boxes: list[Box], people: list[float]) -> PopulationCells:
    """Cells by their corners [m from the origin]."""
    x, y = ORIGIN_M
    outline = np.array([shapely.box(w + x, s + y, e + x, n + y) for w, s, e, n in boxes])
    middle = shapely.get_coordinates(shapely.centroid(outline))
    return PopulationCells(
        x_m=middle[:, 0], y_m=middle[:, 1], people=np.array(people), outline=outline, blank=2
    )


def cells() -> PopulationCells:
    """Four cells of 250 m, three with streets and one far from any."""
    corners = [(-30, -30), (220, -30), (-30, 220), (5000, 5000)]
    return cells_of([(x, y, x + 250, y + 250) for x, y in corners], [100.0, 33.3, 7.0, 12.0])


def buildings_at(rows: list[tuple[float, float, float, float]]) -> Buildings:
    """Squares by middle [m from the origin], side [m] and storeys."""
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    x_m, y_m = metric(table[:, :2])
    half = table[:, 2] / 2
    return Buildings(
        x_m=x_m,
        y_m=y_m,
        footprint=shapely.box(x_m - half, y_m - half, x_m + half, y_m + half),
        storeys=table[:, 3],
    )


def spread(
    found: PopulationCells,
    *,
    kinds: tuple[Kind, ...] = STREETS,
    network: StreetNetwork = NETWORK,
    buildings: Buildings | None = None,
    spacing_m: float = 50.0,
    wanted: list[bool] | None = None,
) -> Spread:
    return spread_over_land(
        found,
        network,
        wanted=np.array([True] * len(found) if wanted is None else wanted, dtype=bool),
        kinds=kinds,
        buildings=buildings,
        spacing_m=spacing_m,
    )


def people_by_cell(found: Spread, n: int) -> npt.NDArray[np.float64]:
    return np.bincount(found.cell, weights=found.cells.people, minlength=n)


# --- nobody is lost -------------------------------------------------------------------------


@pytest.mark.parametrize("spacing_m", [10.0, 50.0, 1000.0])
@pytest.mark.parametrize("kinds", [STREETS, ("area",)])
def test_every_cell_keeps_its_people(spacing_m: float, kinds: tuple[Kind, ...]) -> None:
    before = cells()
    after = spread(before, kinds=kinds, spacing_m=spacing_m)
    np.testing.assert_allclose(people_by_cell(after, 4), before.people, rtol=1e-12)
    assert np.all(after.cells.people > 0)
    assert after.cells.blank == 2


homes = st.tuples(
    st.integers(-2, 60).map(lambda k: k * 10.0 + 1),
    st.integers(-2, 60).map(lambda k: k * 10.0 + 2),
    st.sampled_from([4.0, 9.0, 20.0]),
    st.sampled_from([math.nan, 1.0, 6.0, 33.0]),
)


@exactly
@given(
    people=st.lists(st.floats(1e-3, 1e6), min_size=4, max_size=4),
    rows=st.lists(homes, min_size=1, max_size=12),
    spacing_m=st.sampled_from([20.0, 75.0, 400.0]),
)
def test_every_cell_keeps_its_people_whatever_stands_there(
    people: list[float], rows: list[tuple[float, float, float, float]], spacing_m: float
) -> None:
    corners = [(-30, -30), (220, -30), (-30, 220), (5000, 5000)]
    before = cells_of([(x, y, x + 250, y + 250) for x, y in corners], people)
    after = spread(before, kinds=EVERYTHING, buildings=buildings_at(rows), spacing_m=spacing_m)
    np.testing.assert_allclose(people_by_cell(after, 4), before.people, rtol=1e-9)
    points = shapely.points(after.cells.x_m, after.cells.y_m)
    assert np.all(shapely.intersects(before.outline[after.cell], points))
    assert np.all(np.diff(after.cell) >= 0)


def test_people_that_were_lost_on_the_way_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from planning.access import spreading

    truly = spreading.spread_totals

    def careless(*given: object) -> object:
        found = truly(*given)  # type: ignore[arg-type]
        for people in found.people.values():
            people[0] *= 1 + 1e-7
        return found

    monkeypatch.setattr(spreading, "spread_totals", careless)
    with pytest.raises(OurFaultError, match="people after spreading"):
        spread(cells())


# --- along streets --------------------------------------------------------------------------


def test_points_stand_on_streets_inside_their_cell_and_a_cell_without_has_its_land() -> None:
    before = cells()
    after = spread(before)
    assert after.kind == ("streets", "streets", "streets", "area")
    points = shapely.points(after.cells.x_m, after.cells.y_m)
    streets = shapely.union_all(NETWORK.lines())
    far = after.cell == 3
    assert np.count_nonzero(far) == 25  # squares of 50 m over 250 m
    assert shapely.distance(streets, points[~far]).max() < 1e-6
    assert np.all(shapely.intersects(after.cells.outline, points))


def test_the_parts_of_a_cell_are_the_cell() -> None:
    before = cells()
    after = spread(before)
    assert shapely.area(after.cells.outline).sum() == pytest.approx(
        shapely.area(before.outline).sum()
    )
    assert shapely.union_all(after.cells.outline).symmetric_difference(
        shapely.union_all(before.outline)
    ).area == pytest.approx(0, abs=1e-3)


def test_a_street_takes_people_by_its_length() -> None:
    after = spread(cells(), spacing_m=10.0)
    first = after.cell == 0
    # In the first cell lie streets x = 0, 100, 200 and y = 0, 100, 200, 220 m of each.
    along_x = np.isclose((after.cells.y_m[first] - ORIGIN_M[1] + 50) % 100, 50, atol=1e-3)
    assert after.cells.people[first][along_x].sum() == pytest.approx(50, rel=0.02)
    assert after.weight[0] == pytest.approx(6 * 220, rel=0.02)


PLACES = [(0, 0), (100, 0), (100, 100), (0, 100), (50, 50), (150, 50)]


@pytest.mark.parametrize(
    ("tags", "houses"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "living_street"}, True),
        ({"highway": "service"}, True),
        ({"highway": "unclassified"}, True),
        ({"highway": "pedestrian"}, True),
        ({"highway": "tertiary"}, True),
        ({"highway": "secondary"}, True),
        ({"highway": "residential", "access": "private"}, True),
        ({"highway": "primary"}, False),
        ({"highway": "trunk"}, False),
        ({"highway": "tertiary_link"}, False),
        ({"highway": "footway"}, False),
        ({"highway": "path"}, False),
        ({"highway": "steps"}, False),
        ({"highway": "residential", "bridge": "yes"}, False),
        ({"highway": "secondary", "tunnel": "yes"}, False),
        ({"highway": "service", "layer": "-1"}, False),
    ],
)
def test_who_lives_along_a_street_of_a_class(tags: dict[str, str], houses: bool) -> None:
    network = Plan(places=PLACES[:2], runs=[[0, 1]], tags=tags).network()
    assert lined_with_homes(network).tolist() == [houses]
    after = spread(cells_of([(-10, -40, 110, 60)], [5.0]), network=network)
    assert after.kind == (("streets",) if houses else ("area",))


def test_a_street_mapped_twice_takes_no_more_than_once() -> None:
    twice = Plan(places=[*PLACES[:3], *PLACES[:2]], runs=[[0, 1], [1, 2], [3, 4]]).network()
    after = spread(cells_of([(-10, -10, 110, 110)], [6.0]), network=twice)
    assert after.weight[0] == pytest.approx(200)
    assert np.ptp(after.cells.people) < 1e-9


# --- over buildings -------------------------------------------------------------------------


def test_by_hand() -> None:
    """Cell 0: 10 × 10 m of 6 storeys, 20 × 20 m of 1; cell 1: a hut; cell 2: only streets."""
    rows = [(20, 20, 10, 6), (60, 60, 20, 1), (300, 0, 4, 1), (9000, 9000, 50, 9)]
    before = cells()
    after = spread(before, kinds=EVERYTHING, buildings=buildings_at(rows))
    assert after.kind == ("buildings", "buildings", "streets", "area")
    first = after.cell == 0
    assert after.cells.people[first].tolist() == pytest.approx([60, 40])
    assert after.cells.x_m[first].tolist() == [20 + ORIGIN_M[0], 60 + ORIGIN_M[0]]
    assert after.weight[:2].tolist() == pytest.approx([1000, 16])
    assert shapely.area(after.cells.outline[first]).tolist() == pytest.approx([100, 400])


def test_a_building_on_a_border_belongs_to_one_cell() -> None:
    boxes = [(0.0, 0.0, 100.0, 100.0), (100.0, 0.0, 200.0, 100.0)]
    rows = [(100, 50, 10, 1), (150, 50, 10, 1)]
    after = spread(cells_of(boxes, [8, 9]), kinds=EVERYTHING, buildings=buildings_at(rows))
    assert after.cell.tolist() == [0, 1]
    assert after.cells.people.tolist() == [8, 9]


def test_unknown_storeys_are_the_median_of_the_known_of_the_same_cell() -> None:
    rows = [(1, 1, 2, 3), (5, 1, 2, 5), (9, 1, 2, 100), (13, 1, 2, math.nan), (50, 1, 2, math.nan)]
    buildings = buildings_at(rows)
    assert floor_m2(buildings, np.array([0, 0, 0, 0, 1])).tolist() == pytest.approx(
        [12, 20, 400, 20, 4]
    )
    assert floor_m2(buildings, np.array([0, 0, 1, 0, 1])).tolist() == pytest.approx(
        [12, 20, 400, 16, 400]
    )


@exactly
@given(
    rows=st.lists(homes, min_size=1, max_size=12),
    of=st.lists(st.integers(-1, 3), min_size=12, max_size=12),
)
def test_floor_is_what_a_plain_loop_gives(
    rows: list[tuple[float, float, float, float]], of: list[int]
) -> None:
    of = of[: len(rows)]
    expected = []
    for (_, _, side, storeys), at in zip(rows, of, strict=True):
        alike = [r[3] for r, other in zip(rows, of, strict=True) if other == at]
        known = [s for s in alike if not math.isnan(s)]
        middle = float(np.median(known)) if known else 1.0
        expected.append(side * side * (middle if math.isnan(storeys) else storeys))
    found = floor_m2(buildings_at(rows), np.array(of, dtype=np.int32))
    assert found.tolist() == pytest.approx(expected)


# --- over land ------------------------------------------------------------------------------


def test_over_land_everybody_has_the_same_room() -> None:
    shape = shapely.Polygon([(0, 0), (400, 0), (400, 100), (100, 100), (100, 500), (0, 500)])
    moved = shapely.transform(shape, lambda at: at + ORIGIN_M)
    inside = moved.representative_point()
    before = PopulationCells(
        x_m=np.array([inside.x]),
        y_m=np.array([inside.y]),
        people=np.array([800.0]),
        outline=np.array([moved]),
    )
    after = spread(before, kinds=("area",), spacing_m=20.0)
    assert after.weight[0] == pytest.approx(shape.area, rel=1e-6)
    room = shapely.area(after.cells.outline) / after.cells.people
    assert room == pytest.approx(np.full(len(room), 100.0), rel=1e-6)
    assert shapely.union_all(after.cells.outline).area == pytest.approx(shape.area, rel=1e-6)


def test_a_small_cell_has_its_centre_and_a_large_one_no_more_points_than_it_needs() -> None:
    boxes = [(0.0, 0.0, 100.0, 100.0), (0.0, 0.0, 20_000.0, 20_000.0)]
    after = spread(cells_of(boxes, [1.0, 1.0]), kinds=("area",), spacing_m=50.0)
    assert after.cells.x_m[after.cell == 0].tolist() == [50 + ORIGIN_M[0]]
    assert 350 <= np.count_nonzero(after.cell == 1) <= 450


def test_cells_that_nobody_asked_for_keep_their_centre() -> None:
    before = cells()
    after = spread(before, wanted=[True, False, True, False])
    assert after.kind == ("streets", "centre", "streets", "centre")
    assert after.cells.x_m[after.cell == 1].tolist() == [before.x_m[1]]
    assert after.cells.people[after.cell == 3].tolist() == [12.0]


def test_an_empty_source_stays_empty() -> None:
    none = cells_of([], [])
    after = spread(
        PopulationCells(x_m=np.empty(0), y_m=np.empty(0), people=np.empty(0), outline=none.outline),
        kinds=("area",),
    )
    assert len(after.cells) == 0 and after.kind == ()


def test_the_order_of_buildings_moves_nobody() -> None:
    rows = [(20, 20, 10, 6), (60, 60, 20, 1), (61, 10, 7, math.nan), (30, 90, 9, 11)]
    one = spread(cells(), kinds=EVERYTHING, buildings=buildings_at(rows))
    two = spread(cells(), kinds=EVERYTHING, buildings=buildings_at(rows[::-1]))

    def held(found: Spread) -> list[tuple[float, float]]:
        here = found.cell == 0
        x_m, people = found.cells.x_m[here].tolist(), found.cells.people[here].tolist()
        return sorted(zip(x_m, people, strict=True))

    assert len(held(one)) == 4
    np.testing.assert_allclose(held(one), held(two), rtol=1e-12)
