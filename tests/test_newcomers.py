"""Planned people on the ground: by land, each in its own area, nobody lost and nobody twice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from streets import GridCity

from planning.area import RESIDENTIAL, ResidentialAreas, StudyArea, UnitLevel
from planning.demand import Demand, moved_in, newcomers, shares_of, with_groups
from planning.demand.newcomers import SQUARE_M
from planning.inputs.population.planned import along_streets

SOME = settings(max_examples=60, deadline=None, derandomize=True)
NETWORK = GridCity(columns=6, rows=6).network()
X, Y = 500_000.0, 3_386_000.0


def box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def shapes(*found: shapely.Geometry) -> np.ndarray:
    held = np.empty(len(found), dtype=object)
    held[:] = found
    return held


def areas_of(*geometry: shapely.Geometry, people: list[int]) -> ResidentialAreas:
    n = len(geometry)
    return ResidentialAreas(
        ids=tuple(f"N{at}" for at in range(n)),
        names=tuple(f"N{at}" for at in range(n)),
        status=("new",) * n,
        status_by=("status",) * n,
        dated=("",) * n,
        built=np.zeros(n, dtype=bool),
        planned_people=np.array(people),
        households=np.full(n, -1),
        delivery_year=np.full(n, -1, dtype=np.int32),
        stays=np.ones(n, dtype=bool),
        geometry=shapes(*geometry),
    )


def level(name: str, *geometry: shapely.Geometry) -> UnitLevel:
    n = len(geometry)
    return UnitLevel(
        level=name,
        ids=tuple(f"{name}{at}" for at in range(n)),
        names=("",) * n,
        parent_ids=(None,) * n,
        geometry=shapes(*geometry),
    )


def study_area(areas: ResidentialAreas, *levels: UnitLevel) -> StudyArea:
    """10 by 10 km, a county in two streets unless told otherwise."""
    whole = box(0, 0, 10_000, 10_000)
    streets = level("street", box(0, 0, 5000, 10_000), box(5000, 0, 10_000, 10_000))
    return StudyArea(
        name="area",
        epsg=4544,
        boundary=whole,
        levels=levels or (level("county", whole), streets),
        residential=areas,
    )


def planned(*geometry: shapely.Geometry, people: list[int]) -> Demand:
    areas = areas_of(*geometry, people=people)
    return newcomers(study_area(areas), areas, np.ones(len(areas), dtype=bool))


@st.composite
def lands(draw: st.DrawFn) -> shapely.Geometry:
    """Any land: several triangles, holes and specks, perhaps across the boundary."""
    corner = st.tuples(st.integers(-500, 1500), st.integers(-500, 1500))
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        ring = draw(st.lists(corner, min_size=3, max_size=3, unique=True))
        triangle = shapely.Polygon([(X + x, Y + y) for x, y in ring])
        if triangle.area > 1:
            parts.append(triangle)
    land = shapely.union_all(parts or [box(3, 3, 4, 4)])
    hole = draw(corner)
    cut = shapely.difference(land, box(hole[0], hole[1], hole[0] + 150, hole[1] + 150))
    return cut if cut.area > 1 else land


@SOME
@given(land=st.lists(lands(), min_size=1, max_size=3), data=st.data())
def test_nobody_is_lost_and_everybody_stands_on_the_land_of_their_area(
    land: list[shapely.Geometry], data: st.DataObject
) -> None:
    """Totals are kept to 1e-9, by area, inside the boundary by its share of the land."""
    count = st.integers(1, 50_000)
    people = data.draw(st.lists(count, min_size=len(land), max_size=len(land)))
    found = planned(*land, people=people)
    before = found.total("total") + found.people_outside
    assert before == pytest.approx(sum(people), rel=1e-9)
    boundary = box(0, 0, 10_000, 10_000)
    held = found.by_unit(RESIDENTIAL, len(land))
    for at, shape in enumerate(land):
        inside = shapely.intersection(shape, boundary).area / shape.area
        assert held[at] == pytest.approx(people[at] * inside, rel=1e-9, abs=1e-9)
        own = found.place[RESIDENTIAL] == at
        points = shapely.points(found.x_m[own], found.y_m[own])
        assert np.all(shapely.distance(points, shape) < 1e-6)
        assert np.all(shapely.distance(points, boundary) < 1e-6)
        # The squares are the land inside, each once, and people are as dense everywhere.
        parts = found.outline[own]
        assert shapely.area(parts).sum() == pytest.approx(inside * shape.area, rel=1e-9)
        dense = found.people["total"][own] / shapely.area(parts)
        np.testing.assert_allclose(dense, people[at] / shape.area, rtol=1e-6)
    spread = along_streets(found, NETWORK)
    np.testing.assert_allclose(spread.by_unit(RESIDENTIAL, len(land)), held, atol=1e-9)


def test_squares_are_those_of_one_grid() -> None:
    """By hand: 250 by 100 m from (50, 50) on is six parts, which take people by their land."""
    found = planned(box(50, 50, 300, 150), people=[1000])
    order = np.lexsort((found.y_m, found.x_m))
    assert found.people["total"][order].tolist() == pytest.approx([100, 100, 200, 200, 200, 200])
    assert found.x_m[order] - X == pytest.approx([75, 75, 150, 150, 250, 250])
    assert found.y_m[order] - Y == pytest.approx([75, 125] * 3)


@pytest.mark.parametrize("side_m", [0.5, 10, SQUARE_M])
def test_an_area_smaller_than_a_square_is_one_point_inside(side_m: float) -> None:
    found = planned(box(0, 0, side_m, side_m), people=[77])
    assert len(found) == 1 and found.people["total"].tolist() == [77]
    assert box(0, 0, side_m, side_m).contains(shapely.Point(found.x_m[0], found.y_m[0]))


def test_people_beyond_the_boundary_are_not_residents() -> None:
    found = planned(box(-300, 0, 100, 100), people=[1000])
    assert found.total("total") == pytest.approx(250)
    assert found.people_outside == pytest.approx(750)
    touching = planned(box(-300, 0, 0, 100), people=[1000])
    assert len(touching) == 0 and touching.people_outside == 1000
    assert len(along_streets(touching, NETWORK)) == 0


def test_where_areas_overlap_each_keeps_its_people() -> None:
    found = planned(box(0, 0, 200, 200), box(0, 0, 200, 200), people=[300, 700])
    assert found.by_unit(RESIDENTIAL, 2).tolist() == pytest.approx([300, 700])
    spread = along_streets(found, NETWORK)
    assert spread.by_unit(RESIDENTIAL, 2).tolist() == pytest.approx([300, 700])


def test_only_those_who_come_are_there() -> None:
    areas = areas_of(box(0, 0, 100, 100), box(200, 0, 300, 100), people=[300, 700])
    found = newcomers(study_area(areas), areas, np.array([False, True]))
    assert found.by_unit(RESIDENTIAL, 2).tolist() == [0, 700]
    nobody = newcomers(study_area(areas), areas, np.array([False, False]))
    assert len(nobody) == 0 and nobody.people_in_source == 0


def test_an_area_across_two_streets_is_parted_by_land() -> None:
    found = planned(box(4900, 0, 5300, 100), people=[400])
    assert found.by_unit("street", 2).tolist() == pytest.approx([100, 300])
    assert found.by_unit("county", 1).tolist() == pytest.approx([400])


# --- together with those counted ---------------------------------------


def counted(*people: float, elderly: list[float], area: StudyArea, at: list[float]) -> Demand:
    """People at places `at` metres east, 50 m north of the corner."""
    x_m, y_m = X + np.array(at), np.full(len(at), Y + 50.0)
    return Demand(
        x_m=x_m,
        y_m=y_m,
        people={"total": np.array(people), "elderly": np.array(elderly)},
        place=area.locate(x_m, y_m),
        outline=shapes(*shapely.points(x_m, y_m)),
        people_in_source=float(sum(people)) + 9,
        people_outside=9.0,
    )


AREAS = areas_of(box(100, 0, 200, 100), people=[100])
AREA = study_area(AREAS)


def elderly_share(here: float, street: float, rest: float, people: int = 100) -> float:
    """Share of elderly in N0, whose community has `here` people, of whom half are elderly."""
    communities = level("community", box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000))
    areas = replace(AREAS, planned_people=np.array([people]))
    area = study_area(areas, *AREA.levels, communities)
    known = counted(
        here, street, rest, elderly=[here / 2, street / 4, 0.0], area=area, at=[500, 1500, 6000]
    )
    found = newcomers(area, areas, np.array([True]))
    (share,) = np.unique(shares_of(area, known, found, {})["elderly"])
    return float(share)


@pytest.mark.parametrize(
    ("here", "street", "rest", "expected"),
    [
        (100, 100, 800, Fraction(1, 2)),  # as many as are planned: the community tells
        (99, 301, 600, Fraction(99 * 2 + 301, 4 * 400)),  # one fewer: the street
        (0, 100, 900, Fraction(1, 4)),
        (10, 20, 970, Fraction(10 * 2 + 20, 4 * 1000)),  # the county
        (10, 20, 30, Fraction(10 * 2 + 20, 4 * 60)),  # fewer than planned anywhere: all
    ],
)
def test_groups_are_those_of_the_smallest_unit_that_is_not_outnumbered(
    here: float, street: float, rest: float, expected: Fraction
) -> None:
    assert elderly_share(here, street, rest) == pytest.approx(float(expected), rel=1e-12)


def test_a_declared_share_goes_before_that_of_any_unit() -> None:
    known = counted(500, elderly=[250], area=AREA, at=[500])
    found = newcomers(AREA, AREAS, np.array([True]))
    shares = shares_of(AREA, known, found, {"elderly": Fraction(1, 20)})
    assert with_groups(found, shares).total("elderly") == pytest.approx(5)


def test_all_live_together_and_nobody_is_counted_twice() -> None:
    known = counted(500, 60, elderly=[100, 20], area=AREA, at=[500, 150])
    found = newcomers(AREA, AREAS, np.array([True]))
    found = with_groups(found, shares_of(AREA, known, found, {}))
    both = moved_in(known, found, np.array([False, False]))
    assert both.total("total") == pytest.approx(660) and both.people_gone == 0
    assert both.total("elderly") == pytest.approx(120 + 100 * 120 / 560)
    assert both.total("total", both.is_planned) == pytest.approx(100)
    assert (both.people_in_source, both.people_outside) == (569, 9)
    assert both.by_unit(RESIDENTIAL, 1).tolist() == pytest.approx([160])
    gone = moved_in(known, found, np.array([False, True]))
    assert gone.total("total") == pytest.approx(600) and gone.people_gone == 60
    assert len(gone) == len(both) - 1
    for one in (both, gone):
        assert len(one.outline) == len(one.is_planned) == len(one.place["county"]) == len(one)
    assert not known.is_planned.any()
