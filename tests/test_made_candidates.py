"""Where nobody has listed candidates they are made: spaced, on allowed land, always the same."""

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from streets import EPSG, ORIGIN_M, Plan, metric

from planning.area import StudyArea, UnitLevel
from planning.errors import StudyError
from planning.facilities import ASSUMABLE, Candidates
from planning.siting import made
from planning.siting.made import (
    Spots,
    candidates_at,
    grid_spots,
    on_land,
    spaced,
    street_spots,
    wanted_services,
)

quick = settings(max_examples=60, deadline=None, derandomize=True)
BOTH = frozenset({"elder_care", "nursery"})
whole = st.integers(-12, 12).map(float)
places = st.lists(st.tuples(whole, whole), max_size=30)
boxes = st.lists(st.tuples(whole, whole, st.integers(1, 9), st.integers(1, 9)), max_size=6)


def area(*shapes: shapely.Geometry) -> StudyArea:
    boundary = shapely.union_all(shapes)
    level = UnitLevel(
        level="county", ids=("U",), names=("U",), parent_ids=(None,),
        geometry=np.array([boundary], dtype=object),
    )  # fmt: skip
    return StudyArea(name="a", epsg=EPSG, boundary=boundary, levels=(level,), residential=None)


def spots(at: list[tuple[float, float]]) -> Spots:
    x_m, y_m = np.array(at, dtype=np.float64).reshape(-1, 2).T
    return Spots(ids=tuple(f"P{k}" for k in range(len(at))), x_m=x_m, y_m=y_m)


def land(found: list[tuple[float, float, int, int]]) -> np.ndarray:
    polygons = np.empty(len(found), dtype=object)
    polygons[:] = [shapely.box(x, y, x + w, y + h) for x, y, w, h in found]
    return polygons


def a_candidate_at(x: float, y: float, services: frozenset[str]) -> Candidates:
    return candidates_at(
        spots([(x, y)]), area(shapely.box(-99, -99, 99, 99)), label="listed",
        services=(services,), floor_m2=1, land_m2=0, yuan_per_m2=1, fixed_yuan=1,
    )  # fmt: skip


# --- streets -------------------------------------------------------------------------------------


def crossing() -> Plan:
    """Five junctions of one street, 400 m apart, and a street that touches nothing."""
    at = [(x, 0.0) for x in (0.0, 400.0, 800.0, 1200.0, 1600.0)]
    return Plan(
        places=[*at, (0.0, 300.0), (400.0, 300.0)], runs=[[0, 1], [1, 2], [2, 3], [3, 4], [5, 6]]
    )


def test_street_spots_are_the_junctions_of_the_largest_part_inside_the_area() -> None:
    x0, y0 = ORIGIN_M
    found = street_spots(
        crossing().network(), area(shapely.box(x0 - 9, y0 - 9, x0 + 1_300, y0 + 500))
    )
    wanted_x, wanted_y = metric([(0, 0), (400, 0), (800, 0), (1200, 0)])
    np.testing.assert_allclose(found.x_m, wanted_x, atol=1e-3)
    np.testing.assert_allclose(found.y_m, wanted_y, atol=1e-3)
    assert found.ids == ("M00001", "M00002", "M00003", "M00004")


@quick
@given(places, st.integers(0, 9))
def test_spaced_takes_the_first_that_is_free_as_a_plain_loop_does(
    at: list[tuple[float, float]], spacing: int
) -> None:
    chosen: list[int] = []
    for k, (x, y) in enumerate(at):
        if all(math.dist((x, y), at[one]) > spacing for one in chosen):
            chosen.append(k)
    assert spaced(spots(at), spacing_m=float(spacing)).tolist() == chosen


def test_too_many_on_streets_are_refused_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "MOST_MADE", 3)
    line = spots([(10.0 * k, 0.0) for k in range(9)])
    assert len(spaced(line, spacing_m=30)) == 3
    with pytest.raises(StudyError, match=r"more than 3 of 9 street junctions .* at most 3 cand"):
        spaced(line, spacing_m=10 - 1e-9)


# --- grid ----------------------------------------------------------------------------------------


@quick
@given(boxes.filter(bool), st.integers(1, 4))
def test_the_grid_is_every_multiple_of_the_spacing_in_the_area(
    found: list[tuple[float, float, int, int]], spacing: int
) -> None:
    here = area(*land(found))
    steps = range(-30 // spacing, 30 // spacing + 1)
    at = [(i * spacing, j * spacing) for i, j in itertools.product(steps, steps)]
    wanted = [xy for xy in at if here.boundary.intersects(shapely.Point(xy))]
    grid = grid_spots(here, spacing_m=float(spacing))
    assert list(zip(grid.x_m.tolist(), grid.y_m.tolist(), strict=True)) == wanted
    assert grid.ids == tuple(f"M{k:05d}" for k in range(1, len(wanted) + 1))


def test_the_grid_does_not_move_with_the_area() -> None:
    small = grid_spots(area(shapely.box(105, 95, 1_205, 995)), spacing_m=100)
    large = grid_spots(area(shapely.box(-3_000, -500, 1_777, 2_000)), spacing_m=100)
    inside = {
        (x, y)
        for x, y in zip(large.x_m, large.y_m, strict=True)
        if 105 <= x <= 1_205 and 95 <= y <= 995
    }
    assert set(zip(small.x_m, small.y_m, strict=True)) == inside
    assert len(small) == 11 * 9


def test_a_metre_over_a_city_is_refused_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(made, "_lattice", lambda *_: pytest.fail("a lattice was made"))
    with pytest.raises(
        StudyError, match=r"1 m, some 20,000,000 candidates; expected at most 20,000"
    ):
        grid_spots(area(shapely.box(0, 0, 4_000, 5_000)), spacing_m=1)


# --- land use ------------------------------------------------------------------------------------


@quick
@given(places, boxes, st.integers(0, 4), st.randoms(use_true_random=False))
def test_on_land_agrees_with_looking_at_every_polygon(
    at: list[tuple[float, float]],
    found: list[tuple[float, float, int, int]],
    within: int,
    shuffle: "random.Random",  # noqa: F821
) -> None:
    wanted = {}
    for k, (x, y) in enumerate(at):
        near = []
        for west, south, w, h in found:
            there = (min(max(x, west), west + w), min(max(y, south), south + h))
            near.append((math.dist((x, y), there), *there))
        if near and min(near)[0] <= within:
            wanted[f"P{k}"] = min(near)[1:]
    shuffle.shuffle(found)
    kept = on_land(spots(at), land(found), within_m=float(within))
    assert kept.ids == tuple(wanted)
    assert list(zip(kept.x_m.tolist(), kept.y_m.tolist(), strict=True)) == list(wanted.values())


def test_a_hole_is_no_land_and_its_border_is() -> None:
    ring = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(3, 3), (7, 3), (7, 7), (3, 7)]])
    kept = on_land(spots([(5, 5), (3, 5), (1, 1), (10, 4), (11, 4)]), np.array([ring]), within_m=0)
    assert kept.ids == ("P1", "P2", "P3")


@pytest.mark.parametrize("turned", [False, True])
def test_between_two_parcels_as_near_the_western_and_then_the_southern_is_taken(
    turned: bool,
) -> None:
    west, south, north = (-9, -1, 6, 2), (-1, -9, 2, 6), (-1, 3, 2, 6)
    for near, taken in (([west, south, north], (-3, 0)), ([north, south], (0, -3))):
        found = near[::-1] if turned else near
        kept = on_land(spots([(0, 0)]), land(found), within_m=3)
        assert (kept.x_m.tolist(), kept.y_m.tolist()) == ([taken[0]], [taken[1]])


# --- beside listed candidates --------------------------------------------------------------------


@quick
@given(places, places, st.lists(st.sampled_from(sorted(BOTH)), min_size=30, max_size=30))
def test_a_spot_is_wanted_for_what_no_listed_candidate_near_may_host(
    at: list[tuple[float, float]], listed: list[tuple[float, float]], hosts: list[str]
) -> None:
    register = None
    for (x, y), service in zip(listed, hosts, strict=False):
        one = a_candidate_at(x, y, frozenset({service}))
        register = one if register is None else register.joined(one)
    wanted = [
        {
            s
            for s in BOTH
            if not any(h == s and math.dist(p, q) <= 5 for q, h in zip(listed, hosts, strict=False))
        }
        for p in at
    ]
    assert [set(w) for w in wanted_services(spots(at), register, BOTH, apart_m=5)] == wanted


def test_all_of_a_made_candidate_is_assumed_and_joined_ones_keep_their_own() -> None:
    here = a_candidate_at(0, 0, BOTH)
    assert here.assumed == (frozenset(ASSUMABLE),)
    assert here.is_made.tolist() == [True]
    assert here.assumed_in_words(0) == "|".join(ASSUMABLE)
    both = here.joined(a_candidate_at(1, 1, frozenset({"nursery"})))
    assert len(both) == 2
    assert both.services == (BOTH, frozenset({"nursery"}))
    assert both.x_m.tolist() == [0, 1]
    assert both.place["county"].tolist() == [0, 0]
