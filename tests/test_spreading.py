"""Large cells spread along their streets: the same people, in the same units, closer to doors."""

import numpy as np
import pytest
import shapely
from streets import ORIGIN_M, GridCity

from planning.access import spread_along_streets
from planning.demand import Demand

CITY = GridCity(columns=6, rows=6)
NETWORK = CITY.network()


def cells() -> Demand:
    """Four cells of 250 m, three with streets and one far from any."""
    corners = np.array([(-30, -30), (220, -30), (-30, 220), (5000, 5000)]) + ORIGIN_M
    outline = np.array([shapely.box(x, y, x + 250, y + 250) for x, y in corners.tolist()])
    middle = shapely.get_coordinates(shapely.centroid(outline))
    people = np.array([100.0, 33.3, 7.0, 12.0])
    return Demand(
        x_m=middle[:, 0],
        y_m=middle[:, 1],
        people={"total": people, "elderly": people / 3},
        place={"street": np.array([0, 1, 1, -1], dtype=np.int32)},
        outline=outline,
        people_in_source=152.3,
        people_outside=0.0,
    )


@pytest.mark.parametrize("spacing_m", [10.0, 50.0, 1000.0])
def test_nobody_is_lost_in_any_cell_unit_or_group(spacing_m: float) -> None:
    before = cells()
    after = spread_along_streets(before, NETWORK, spacing_m=spacing_m)
    assert len(after) > len(before)
    for group in before.people:
        assert after.total(group) == pytest.approx(before.total(group), abs=1e-9)
        for unit in (-1, 0, 1):
            assert after.total(group, after.place["street"] == unit) == pytest.approx(
                before.total(group, before.place["street"] == unit), abs=1e-9
            )


def test_points_stand_on_streets_inside_their_cell_and_no_cell_is_left_out() -> None:
    before = cells()
    after = spread_along_streets(before, NETWORK, spacing_m=50.0)
    points = shapely.points(after.x_m, after.y_m)
    streets = shapely.union_all(NETWORK.lines())
    far = after.place["street"] == -1
    assert np.count_nonzero(far) == 1  # the cell without a street keeps its centre
    assert shapely.distance(streets, points[~far]).max() < 1e-6
    assert np.all(shapely.intersects(after.outline, points))


def test_the_parts_of_a_cell_are_the_cell() -> None:
    before = cells()
    after = spread_along_streets(before, NETWORK, spacing_m=50.0)
    assert shapely.area(after.outline).sum() == pytest.approx(shapely.area(before.outline).sum())
    assert shapely.union_all(after.outline).symmetric_difference(
        shapely.union_all(before.outline)
    ).area == pytest.approx(0, abs=1e-3)


def test_a_street_takes_people_by_its_length() -> None:
    after = spread_along_streets(cells(), NETWORK, spacing_m=10.0)
    first = after.place["street"] == 0
    # In the first cell lie streets x = 0, 100, 200 and y = 0, 100, 200, 220 m of each.
    along_x = np.isclose((after.y_m[first] - ORIGIN_M[1] + 50) % 100, 50, atol=1e-3)
    assert after.people["total"][first][along_x].sum() == pytest.approx(50, rel=0.02)
