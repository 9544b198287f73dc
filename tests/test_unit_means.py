"""What is known stands in for what is not; points find their units, millions of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.area import first_containing
from planning.demand import AgeBands, GridOutlines, filled_by_units, people_of, share_of
from planning.errors import InputError
from planning.projection import transformer

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=150)


# --- means of units ------------------------------------------------------------------------------


@st.composite
def points(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    n = draw(st.integers(0, 25))
    shares = st.one_of(st.just(math.nan), st.floats(0, 1))
    share = np.array(draw(st.lists(shares, min_size=n, max_size=n)))
    people = np.array(draw(st.lists(st.floats(0, 1e4), min_size=n, max_size=n)))
    units = [
        np.array(draw(st.lists(st.integers(-1, most), min_size=n, max_size=n)), dtype=np.int32)
        for most in (5, 1)
    ]
    return share, people, units


@exactly
@given(case=points())
def test_the_lowest_unit_that_knows_stands_in(
    case: tuple[np.ndarray, np.ndarray, list[np.ndarray]],
) -> None:
    share, people, units = case
    found = filled_by_units(share, people, units)
    for at, known in enumerate(share.tolist()):
        expected = known
        for unit in (*units, np.zeros(len(share))):
            there = (unit == unit[at]) & (unit >= 0) & ~np.isnan(share)
            weight = math.fsum(people[there])
            if math.isnan(expected) and weight > 0:
                expected = math.fsum(people[there] * share[there]) / weight
        assert found[at] == pytest.approx(expected, rel=1e-12, nan_ok=True)


# --- bands that are not all told -----------------------------------------------------------------


def test_an_unknown_band_may_not_be_touched_and_the_others_may() -> None:
    bands = AgeBands(
        from_age=(0, 1, 5, 60), people=np.array([[1, 4, np.nan, 20], [2, 8, np.nan, np.nan]])
    )
    np.testing.assert_array_equal(people_of(bands, from_age=60, below_age=None), [20, np.nan])
    np.testing.assert_array_equal(people_of(bands, from_age=0, below_age=3), [3, 6])
    for from_age, below_age in ((0, None), (59, None), (5, 6), (3, 6)):
        with pytest.raises(InputError, match="no data of the ages 5-59"):
            people_of(bands, from_age=from_age, below_age=below_age)
    with pytest.raises(InputError, match="没有数据"):
        share_of(bands, from_age=0, below_age=6)
    assert share_of(bands, from_age=0, below_age=3) == (None, None)


def test_bands_of_nobody_are_not_unknown() -> None:
    bands = AgeBands(from_age=(0, 60), people=np.empty((0, 2)))
    assert people_of(bands, from_age=60, below_age=None).tolist() == []


def test_taken_rows_are_the_rows() -> None:
    bands = AgeBands(from_age=(0, 60), people=np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    assert bands.take(np.array([2, 0])).people.tolist() == [[5, 6], [1, 2]]
    assert bands.take(np.array([False, True, False])).people.tolist() == [[3, 4]]
    assert [str(ages) for ages in bands.ages()] == ["0-59", "60+"]


# --- points in units -----------------------------------------------------------------------------


def by_tree(polygons: np.ndarray, x_m: np.ndarray, y_m: np.ndarray) -> np.ndarray:
    """The first polygon that GEOS finds for each point, all pairs asked."""
    touch = shapely.intersects(polygons[:, None], shapely.points(x_m, y_m)[None, :])
    return np.where(touch.any(axis=0), touch.argmax(axis=0), -1)


corner = st.integers(0, 12)
boxes = st.builds(
    lambda x, y, w, h: shapely.box(x, y, x + w, y + h),
    corner, corner, st.integers(1, 6), st.integers(1, 6),
)  # fmt: skip
triangles = st.lists(st.tuples(corner, corner), min_size=3, max_size=3, unique=True).map(
    lambda ring: shapely.Polygon(ring)
)
with_hole = boxes.map(lambda box: box.difference(shapely.centroid(box).buffer(0.5)))
shapes = st.one_of(boxes, triangles, with_hole, st.just(shapely.Polygon()))


@exactly
@given(
    polygons=st.lists(shapes, min_size=1, max_size=8),
    at=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=60),
)
def test_points_find_the_first_of_their_polygons(
    polygons: list[shapely.Polygon], at: list[tuple[int, int]]
) -> None:
    """Points on a lattice, so that many lie on borders and corners."""
    x_m, y_m = np.array(at, dtype=float).reshape(-1, 2).T / 2
    layer = np.array(polygons, dtype=object)
    expected = by_tree(layer, x_m, y_m) if at else np.empty(0)
    np.testing.assert_array_equal(first_containing(layer, x_m, y_m), expected)


def test_points_nowhere_are_in_no_unit() -> None:
    layer = np.array([shapely.box(0, 0, 1, 1)], dtype=object)
    x_m, y_m = np.array([np.nan, np.inf, 0.5, 0.5]), np.array([0.5, 0.5, np.nan, 0.5])
    assert first_containing(layer, x_m, y_m).tolist() == [-1, -1, -1, 0]
    assert first_containing(np.empty(0, dtype=object), x_m, y_m).tolist() == [-1] * 4


# --- outlines ------------------------------------------------------------------------------------


def test_outlines_of_cells_are_drawn_when_asked_for() -> None:
    grid = GridOutlines(
        row=np.array([0, 3], dtype=np.int32), col=np.array([0, 2], dtype=np.int32),
        transform=(0.001, 0, 104.0, 0, -0.001, 30.0), crs="EPSG:4326", epsg=4544,
    )  # fmt: skip
    polygons = np.asarray(grid)
    assert len(grid) == len(polygons) == 2
    back = shapely.transform(
        polygons, lambda xy: np.column_stack(transformer(4544, 4326).transform(*xy.T))
    )
    expected = [
        shapely.box(104, 29.999, 104.001, 30),
        shapely.box(104.002, 29.996, 104.003, 29.997),
    ]
    for found, box in zip(back, expected, strict=True):
        assert found.symmetric_difference(box).area < 1e-12
    some = np.asarray(grid[np.array([False, True])])
    assert shapely.equals(some, polygons[1:]).all()
    assert shapely.area(grid).tolist() == shapely.area(polygons).tolist()
