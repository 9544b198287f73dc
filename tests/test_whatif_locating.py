"""Points found in units by the page: as `StudyArea.locate` finds them, borders and holes too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from judging_page import judging_page
from playwright.sync_api import Browser, Page

from planning.area import StudyArea, UnitLevel, first_containing
from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.outputs.whatif.units_data import units_data
from planning.progress import silent

ROOT = Path(__file__).parents[1]
Floats = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with judging_page(browser) as opened:
        yield opened


def _found(page: Page, area: StudyArea, x_m: Floats, y_m: Floats) -> Mapping[str, list[int]]:
    """The units of points by level, as the page finds them."""
    page.evaluate("units => window.locate(units)", units_data(area))
    points = np.column_stack([x_m, y_m]).tolist()
    found: list[dict[str, int]] = page.evaluate("points => window.unitsAt(points)", points)
    return {level: [one[level] for one in found] for level in found[0]}


def _area(*shapes: shapely.Geometry) -> StudyArea:
    whole = np.array(shapes, dtype=object)
    n = len(whole)
    names = tuple(f"U{at}" for at in range(n))
    level = UnitLevel(
        level="street", ids=names, names=names, parent_ids=(None,) * n, geometry=whole
    )
    return StudyArea(
        name="", epsg=4549, boundary=shapely.union_all(whole), levels=(level,), residential=None
    )


def _alike(page: Page, area: StudyArea, x_m: Floats, y_m: Floats) -> None:
    found = _found(page, area, x_m, y_m)
    for level, units in area.locate(x_m, y_m).items():
        if level in found:
            assert found[level] == units.tolist(), level


def test_huangpu_is_parted_alike(page: Page, shared_data: Path) -> None:
    """Its units and areas: points anywhere, every corner, and points on every border."""
    study = read_study(ROOT / "scripts/studies/huangpu.yaml", None)
    town, _ = read_town(study, shared_data, scenario=None, progress=silent())
    west, south, east, north = town.area.boundary.bounds
    luck = np.random.default_rng(8)
    x_m, y_m = luck.uniform(west, east, 20_000), luck.uniform(south, north, 20_000)
    shapes = np.concatenate([level.geometry for level in town.area.levels])
    corners = shapely.get_coordinates(shapes)
    middles = (corners[:-1] + corners[1:]) / 2
    x_m = np.concatenate([np.round(x_m, 2), corners[:, 0], middles[:, 0]])
    y_m = np.concatenate([np.round(y_m, 2), corners[:, 1], middles[:, 1]])
    _alike(page, town.area, x_m, y_m)


@st.composite
def shapes(draw: st.DrawFn) -> shapely.Geometry:
    """Polygons on a coarse grid, with holes and in parts, so that borders meet points often."""
    box = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 6), st.integers(1, 6)).map(
        lambda b: shapely.box(b[0], b[1], b[0] + b[2], b[1] + b[3])
    )
    slant = st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=5, unique=True
    ).map(lambda points: shapely.MultiPoint(points).convex_hull)
    some = draw(st.lists(st.one_of(box, slant), min_size=1, max_size=3))
    gone = draw(st.lists(st.one_of(box, slant), max_size=2))
    left = shapely.difference(shapely.union_all(some), shapely.union_all(gone))
    parts = [part for part in shapely.get_parts(left) if part.geom_type == "Polygon"]
    return shapely.multipolygons(parts) if parts else shapely.Polygon()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(shapes(), min_size=1, max_size=4), st.sampled_from([1.0, 0.1, 1 / 3]))
def test_random_units_with_holes_are_parted_alike(
    page: Page, made: list[shapely.Geometry], scale: float
) -> None:
    """Every point of a grid twice as fine as that of the corners, moved off where it starts."""
    area = _area(*(shapely.transform(one, lambda xy: xy * scale + 455_000.1) for one in made))
    x, y = np.meshgrid(np.arange(-1, 30) / 2, np.arange(-1, 30) / 2)
    _alike(page, area, x.ravel() * scale + 455_000.1, y.ravel() * scale + 455_000.1)


def test_an_outline_lies_in_one_unit_or_in_none(page: Page) -> None:
    west, east = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    hollow = shapely.difference(west, shapely.box(4, 4, 6, 6))
    page.evaluate("units => window.locate(units)", units_data(_area(hollow, east)))

    def unit(*corners: tuple[float, float]) -> Any:
        return page.evaluate("outline => window.holding(outline)", list(map(list, corners)))

    assert unit((1, 1), (3, 1), (3, 3)) == {"street": 0}
    assert unit((12, 1), (13, 1), (13, 3)) == {"street": 1}
    assert unit((8, 1), (12, 1), (12, 3)) == {"street": None}  # in both
    assert unit((3, 3), (7, 3), (7, 7), (3, 7)) == {"street": None}  # about the hole
    assert unit((4.5, 4.5), (5.5, 4.5), (5, 5.5)) == {"street": -1}  # in the hole, in no unit
    assert unit((18, 5), (30, 5), (30, 6)) == {"street": None}  # beyond


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=7, unique=True)
)
def test_points_lie_in_a_drawn_outline_as_in_a_polygon(
    page: Page, corners: list[tuple[int, int]]
) -> None:
    outline = shapely.Polygon(corners)
    if not outline.is_valid:
        return
    x, y = np.meshgrid(np.arange(-1, 20) / 2, np.arange(-1, 20) / 2)
    points = np.column_stack([x.ravel(), y.ravel()]).tolist()
    said = page.evaluate("([outline, points]) => window.touching(outline, points)",
                         [list(map(list, corners)), points])  # fmt: skip
    shape = np.array([outline], dtype=object)
    assert said == (first_containing(shape, x.ravel(), y.ravel()) == 0).tolist()
