"""Parts of a polygon: together they are the polygon, and each lies about its own point."""

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.access.parting import nearest_parts, squares

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=60)

EAST, NORTH = 500_000.0, 3_386_000.0
SHAPES = {
    "square": shapely.box(0, 0, 800, 800),
    "bent": shapely.Polygon([(0, 0), (800, 0), (800, 90), (90, 90), (90, 800), (0, 800)]),
    "holed": shapely.box(0, 0, 800, 800).difference(shapely.box(200, 100, 700, 640)),
    "apart": shapely.union(shapely.box(0, 0, 300, 300), shapely.box(500, 450, 800, 800)),
}


def moved(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda at: at + np.array([EAST, NORTH]))


def assert_parts_make_the_whole(parts: npt.NDArray[np.object_], whole: shapely.Geometry) -> None:
    assert np.all(shapely.is_valid(parts))
    assert set(shapely.get_type_id(parts)) <= {3, 6}
    assert shapely.area(parts).sum() == pytest.approx(whole.area, rel=1e-9)
    parts = parts[~shapely.is_empty(parts)]
    assert shapely.union_all(parts, grid_size=1e-6).area == pytest.approx(whole.area, rel=1e-6)


places = st.lists(
    st.tuples(st.integers(-2, 18), st.integers(-2, 18)), min_size=1, max_size=60, unique=True
)


@exactly
@given(
    at=places,
    step=st.sampled_from([50.0, 47.3, 100 / 3]),
    shape=st.sampled_from(sorted(SHAPES)),
    noise=st.sampled_from([0.0, 1e-9, 1e-3, 7.0]),
)
def test_every_place_belongs_to_its_nearest_point(
    at: list[tuple[int, int]], step: float, shape: str, noise: float
) -> None:
    """Points on a lattice, in one line, alone, and anywhere; against the plain distances."""
    rng = np.random.default_rng(len(at))
    xy = np.array(at) * step + rng.uniform(-noise, noise, (len(at), 2)) + np.array([EAST, NORTH])
    whole = moved(SHAPES[shape])
    parts = nearest_parts(whole, xy)
    assert_parts_make_the_whole(parts, whole)
    tried = rng.uniform(0, 800, (300, 2)) + np.array([EAST, NORTH])
    tried = tried[shapely.contains_xy(whole, tried[:, 0], tried[:, 1])]
    away_m = np.hypot(*(tried[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    nearest = np.argmin(away_m, axis=1)
    off_m = shapely.distance(parts[nearest], shapely.points(tried))
    assert off_m.max(initial=0.0) < 1e-4


def test_two_points_at_one_place_have_the_same_part() -> None:
    xy = np.array([(100.0, 100.0), (100.0, 100.0), (700.0, 100.0)])
    one, two, three = nearest_parts(SHAPES["square"], xy)
    assert one.equals(two)
    assert one.area == pytest.approx(320_000)
    assert three.area == pytest.approx(320_000)


@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("side_m", [40.0, 97.3, 5000.0])
def test_squares_make_the_whole_and_have_a_place_each(shape: str, side_m: float) -> None:
    whole = moved(SHAPES[shape])
    pieces, at = squares(whole, side_m=side_m)
    assert_parts_make_the_whole(pieces, whole)
    assert shapely.area(pieces).max() <= side_m**2 * (1 + 1e-9)
    assert np.all(shapely.intersects(pieces, shapely.points(at)))


def test_a_whole_square_has_its_middle_on_a_lattice_that_does_not_depend_on_the_polygon() -> None:
    pieces, at = squares(shapely.box(130, 80, 620, 510), side_m=100.0)
    full = shapely.area(pieces) == 10_000
    assert np.count_nonzero(full) == 16
    assert np.all(at[full] % 100 == 50)
    again, _ = squares(shapely.box(100, 0, 700, 600), side_m=100.0)
    assert {shapely.normalize(piece).wkt for piece in pieces[full]} <= {
        shapely.normalize(piece).wkt for piece in again
    }
