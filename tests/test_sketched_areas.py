"""Sketched residential areas: where their people live, by hand, in Python and in the page alike."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scenarios import EPSG, ORIGIN, TOWN, elder, ground_of, outline, said, what_if, written
from whatif_page import exposing, page_in

from planning import workflow
from planning.area import RESIDENTIAL
from planning.demand.sketched import MOST_POINTS, SQUARE_M, sketched_points
from planning.errors import StudyError
from planning.inputs.what_if.laying import laid_over
from planning.judging import coverage_of, findings_of, situation_of
from planning.result import Town
from planning.standards import Finding
from planning.study import WhatIf

STUDY = TOWN / "study.yaml"
Corner = tuple[float, float]

# --- outlines by hand -----------------------------------------------------------------------


def points(*corners: Corner) -> list[Corner]:
    x_m, y_m = sketched_points(corners)
    return list(zip(x_m.tolist(), y_m.tolist(), strict=True))


def test_squares_are_taken_by_their_middles_row_by_row_from_the_south_west() -> None:
    assert points((0, 0), (100, 0), (100, 100), (0, 100)) == [
        (25, 25), (75, 25), (25, 75), (75, 75),
    ]  # fmt: skip


def test_the_grid_is_one_for_all_whatever_the_outline() -> None:
    assert points((-30, 20), (30, 20), (30, 80), (-30, 80)) == [
        (-25, 25), (25, 25), (-25, 75), (25, 75),
    ]  # fmt: skip


def test_the_sense_of_an_outline_and_where_it_begins_change_nothing() -> None:
    corners = [(0.0, 0.0), (310.0, 20.0), (250.0, 240.0), (120.0, 90.0), (30.0, 260.0)]
    for turned in (corners, corners[::-1], corners[2:] + corners[:2]):
        assert points(*turned) == points(*corners)


def test_a_middle_on_the_western_border_is_in_and_on_the_eastern_is_out() -> None:
    """Neighbours share no middle and leave none out: south and west borders count."""
    west = points((25, 25), (75, 25), (75, 75), (25, 75))
    east = points((75, 25), (125, 25), (125, 75), (75, 75))
    north = points((25, 75), (75, 75), (75, 125), (25, 125))
    assert (west, east, north) == ([(25, 25)], [(75, 25)], [(25, 75)])


def test_a_notch_is_left_out() -> None:
    horseshoe = [(0, 0), (150, 0), (150, 150), (100, 150), (100, 50), (50, 50), (50, 150), (0, 150)]
    assert (75, 75) not in points(*horseshoe)
    assert len(points(*horseshoe)) == 9 - 2


def test_an_outline_without_a_middle_has_one_point_at_the_mean_of_its_corners() -> None:
    assert points((1, 1), (10, 1), (1, 10)) == [(4, 4)]


coordinate = st.floats(-2_000, 2_000).map(lambda m: round(m, 2))
fractions_of_m = st.floats(-500, 500, allow_subnormal=False)
on_grid = st.integers(-8, 8).map(lambda n: n * SQUARE_M / 2)
outlines = st.one_of(
    st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=9),
    st.lists(st.tuples(fractions_of_m, fractions_of_m), min_size=3, max_size=6),
    st.lists(st.tuples(on_grid, on_grid), min_size=3, max_size=7),
)


def plainly(corners: list[Corner]) -> list[Corner]:
    """Every square asked one by one, an edge at a time; a slow plain recomputation."""
    span = range(-45, 46)
    middles = [(i * SQUARE_M + 25.0, j * SQUARE_M + 25.0) for j in span for i in span]
    found = []
    for x, y in middles:
        inside = False
        for k, (xk, yk) in enumerate(corners):
            xb, yb = corners[k - 1]
            if (yk > y) != (yb > y) and x < (xb - xk) * (y - yk) / (yb - yk) + xk:
                inside = not inside
        if inside:
            found.append((x, y))
    mean_x, mean_y = 0.0, 0.0
    for x, y in corners:
        mean_x, mean_y = mean_x + x, mean_y + y
    return found or [(mean_x / len(corners), mean_y / len(corners))]


@settings(max_examples=40)
@given(outlines)
def test_rows_at_a_time_are_the_squares_one_by_one(corners: list[Corner]) -> None:
    assert points(*corners) == plainly(corners)


@settings(max_examples=40)
@given(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=9))
def test_middles_are_those_inside_the_polygon(corners: list[Corner]) -> None:
    """By GEOS, where the outline does not cross itself and no middle lies near its border."""
    land = shapely.Polygon(corners)
    if not land.is_valid:
        return
    span = np.arange(-45, 46) * SQUARE_M + 25.0
    x_m, y_m = (axis.ravel() for axis in np.meshgrid(span, span))
    clear = shapely.distance(land.exterior, shapely.points(x_m, y_m)) > 1e-6
    inside = shapely.contains_xy(land, x_m, y_m)
    if inside.any():
        found = set(points(*corners))
        in_it, out_of_it = (
            set(zip(x_m[clear & some].tolist(), y_m[clear & some].tolist(), strict=True))
            for some in (inside, ~inside)
        )
        assert in_it <= found
        assert found.isdisjoint(out_of_it)


# --- the page's own -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """The page's module in Chromium, its function as `window.sketchedPoints`."""
    names = ["sketchedPoints", "MOST_SKETCHED", "SQUARE_M"]
    with page_in(browser, exposing(sketching=names)) as tab:
        yield tab


IN_PAGE = """(outlines) => outlines.map((outline) => {
  const { x, y } = sketchedPoints(outline);
  return Array.from(x, (_, i) => [x[i], y[i]]);
})"""


def in_page(page: Any, many: list[list[Corner]]) -> list[list[Corner]]:
    found = page.evaluate(IN_PAGE, [[list(map(float, c)) for c in one] for one in many])
    return [[(float(x), float(y)) for x, y in one] for one in found]


@settings(max_examples=30)
@given(many=st.lists(outlines, min_size=1, max_size=6))
def test_the_page_finds_the_same_places_to_the_last_bit(
    page: Any, many: list[list[Corner]]
) -> None:
    assert in_page(page, many) == [points(*corners) for corners in many]


def test_the_page_does_so_with_coordinates_of_a_city(page: Any) -> None:
    rng = np.random.default_rng(8)
    many = []
    for _ in range(200):
        middle = np.array([rng.uniform(4e5, 6e5), rng.uniform(2e6, 5e6)])
        turn = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 12)))
        ring = middle + rng.uniform(20, 900, len(turn))[:, None] * np.c_[np.cos(turn), np.sin(turn)]
        many.append([(round(x, 2), round(y, 2)) for x, y in ring.tolist()])
    assert in_page(page, many) == [points(*corners) for corners in many]


def test_page_and_program_bound_the_same(page: Any) -> None:
    assert page.evaluate("[SQUARE_M, MOST_SKETCHED]") == [SQUARE_M, MOST_POINTS]


# --- in the tiny town -----------------------------------------------------------------------

BLOCK = outline((900, -100), (1000, -100), (1000, 0), (900, 0))
AREA = {"id": "P1", "name": "东片", "households": 100, "persons_per_household": 2.6}


@pytest.fixture(scope="module")
def present() -> Town:
    return workflow.check(STUDY)


def sketched(folder: Path, ring: Any = None, /, **more: Any) -> Town:
    area = {**AREA, "outline": ring or BLOCK}
    return workflow.check(STUDY, scenario=what_if(folder, areas=[area], **more))


def required(town: Town) -> dict[tuple[str, str], Finding]:
    found = findings_of(town, situation_of(town), town.profile)
    return {(f.clause_id.rsplit("/")[-1], f.unit_id): f for f in found if f.role == "requirement"}


def test_its_people_live_there_last_of_all_and_in_groups_like_everybody(
    tmp_path: Path, present: Town
) -> None:
    """260 people on four squares south of DE: 65 each, a quarter elderly, in the street O."""
    demand, was = sketched(tmp_path).demand, present.demand
    n = len(was)
    assert len(demand) == n + 4
    for group, people in demand.people.items():
        np.testing.assert_array_equal(people[:n], was.people[group])
    assert demand.people["total"][n:].tolist() == [65.0] * 4
    assert demand.people["elderly"][n:].tolist() == [16.25] * 4
    places = np.c_[demand.x_m[n:], demand.y_m[n:]] - ORIGIN
    assert places.tolist() == [[925, -75], [975, -75], [925, -25], [975, -25]]
    area = sketched(tmp_path).area
    assert area.residential is not None
    assert area.residential.ids == ("R1", "R2", "R3", "R4", "P1")
    assert set(demand.place[RESIDENTIAL][n:].tolist()) == {4}
    street = area.level("street")
    assert street is not None
    assert {street.ids[at] for at in demand.place["street"][n:].tolist()} == {"O"}
    assert demand.is_planned.tolist() == [False] * n + [True] * 4


def test_they_walk_and_their_area_answers_for_them(tmp_path: Path, present: Town) -> None:
    """From DE: leg + (x − 900) + 600 + 150 + 20 to F1: 870, 920, 820, 870; to F2 less than 500.

    New: 26 m² and 2.6 → 3 places wanted, none there. All of the town: 988 people, 98.8 m².
    """
    town = sketched(tmp_path)
    covered = coverage_of(town)
    elderly, everybody = (town.demand.people[group] for group in ("elderly", "total"))
    assert covered["elder_care"].ledger(elderly).covered == 115 + 3 * 16.25
    assert covered["nursery"].ledger(everybody).covered == 560 + 260
    now, was = required(town), required(present)
    assert (now["nursery-new", "P1"].required, now["nursery-new", "P1"].verdict) == (3, "not_met")
    assert now["elder-land#new-areas", "P1"].required == 26
    assert now["elder-land", "T"].required == pytest.approx(98.8)
    for unit in ("R1", "R2", "R3", "R4"):
        for key in was.keys() & {("nursery-new", unit), ("nursery-built", unit)}:
            assert now[key] == was[key]


def test_a_facility_inside_serves_it(tmp_path: Path) -> None:
    """F1 moved there, and a nursery of 20 places added."""
    nursery = {"service": "nursery", "kind": "nursery", "size": 20}
    x, y = BLOCK[0]
    town = sketched(
        tmp_path,
        added=[{"id": "W1", **nursery, "x_m": x + 50, "y_m": y + 50}],
        moved={"F1": [x + 40, y + 40]},
    )
    now = required(town)
    assert (now["nursery-new", "P1"].measured, now["nursery-new", "P1"].verdict) == (20, "met")
    assert (now["elder-land#new-areas", "P1"].measured) == 300


def test_a_facility_that_stands_inside_counts_for_it_too(tmp_path: Path) -> None:
    """F2 stands in R3, which comes first where areas overlap; F1 in no other."""
    around = outline((100, -50), (200, -50), (200, 50), (100, 50))
    assert required(sketched(tmp_path, around))["elder-land#new-areas", "P1"].measured == 300
    river = outline((850, 150), (940, 150), (940, 250), (850, 250))
    assert required(sketched(tmp_path, river))["nursery-new", "P1"].measured == 0


def test_who_lives_there_already_stays_and_counts_for_the_units(
    tmp_path: Path, present: Town
) -> None:
    around = outline((1100, 0), (1250, 0), (1250, 150), (1100, 150))
    town = sketched(tmp_path, around)
    n = len(present.demand)
    np.testing.assert_array_equal(
        town.demand.place[RESIDENTIAL][:n], present.demand.place[RESIDENTIAL]
    )
    assert town.demand.total("total") == 728 + 260


def test_several_areas_come_in_their_order(tmp_path: Path, present: Town) -> None:
    other = outline((100, 100), (200, 100), (200, 200), (100, 200))
    areas = [
        {**AREA, "id": "B", "outline": BLOCK},
        {**AREA, "id": "A", "outline": other, "households": 10},
    ]
    town = workflow.check(STUDY, scenario=what_if(tmp_path, areas=areas))
    n = len(present.demand)
    assert town.area.residential is not None
    assert town.area.residential.ids[-2:] == ("B", "A")
    assert town.demand.people["total"][n:].tolist() == [65.0] * 4 + [6.5] * 4


def test_the_household_of_the_register_is_the_default(tmp_path: Path) -> None:
    size = {"persons": 2.5, "source": "x"}
    override = {
        "residential_areas": {"persons_per_household": size},
        "what_if": {
            "epsg": EPSG,
            "areas": [{"id": "P1", "households": 100, "outline": BLOCK}],
        },
    }
    town = workflow.check(STUDY, scenario=str(written(tmp_path, override)))
    assert town.demand.total("total") == 728 + 250


def test_without_a_register_of_areas_a_sketched_one_is_the_only(tmp_path: Path) -> None:
    areas = [{**AREA, "outline": BLOCK}]
    override = {"residential_areas": None, "what_if": {"epsg": EPSG, "areas": areas}}
    town = workflow.check(STUDY, scenario=str(written(tmp_path, override)))
    assert town.area.residential is not None
    assert town.area.residential.ids == ("P1",)
    assert required(town)["nursery-new", "P1"].required == 3


def test_people_who_came_before_stay_planned(tmp_path: Path) -> None:
    """In 2026 R2 is delivered: its 1,260 and the sketched 260 are both planned."""
    areas = [{**AREA, "outline": BLOCK}]
    override = {"what_if": {"epsg": EPSG, "areas": areas}}
    town = workflow.check(STUDY, scenario=str(written(tmp_path, override, base="opened")))
    assert town.demand.total("total", town.demand.is_planned) == 1260 + 260


def test_a_plan_is_made_for_them(tmp_path: Path) -> None:
    areas = [{**AREA, "outline": BLOCK}]
    result, folder = workflow.run(
        STUDY, scenario=what_if(tmp_path, areas=areas, added=[elder("W1", 1100, 40)]),
        out_dir=tmp_path / "out",
    )  # fmt: skip
    assert result.plan is not None
    assert {"nursery-new"} <= {f.clause_id.rsplit("/")[-1] for f in result.plan.findings}
    text = (folder / "summary.json").read_text(encoding="utf-8")
    assert '"areas": 1' in text and '"yuan_unknown": 1' in text
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    (source,) = [one for one in record["sources"] if one["key"] == "scenario"]
    held = (tmp_path / "plan.json").read_bytes()
    assert (source["name"], source["sha256"]) == ("plan.json", hashlib.sha256(held).hexdigest())


# --- what cannot be -------------------------------------------------------------------------


def refused(folder: Path, **area: Any) -> dict[str, str]:
    with pytest.raises(StudyError) as error:
        workflow.check(STUDY, scenario=what_if(folder, areas=[{**AREA, "outline": BLOCK, **area}]))
    return said(error.value)


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "id": ({"id": "R1"}, "areas.0.id", "'R1', an area of the register"),
    "outside": (
        {"outline": outline((0, 0), (0, 9_000), (9_000, 0))},
        "areas.0.outline.1",
        "outside the study area",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_an_area_that_cannot_be_is_refused(tmp_path: Path, case: str) -> None:
    area, where, what = BAD[case]
    assert what in refused(tmp_path, **area)[f"plan.json override.what_if.{where}"]


def test_nobody_lives_beyond_the_border(tmp_path: Path, present: Town) -> None:
    """Corners inside are not enough: a lake in the middle of the area is none of it."""
    lake = shapely.box(ORIGIN[0] + 910, ORIGIN[1] - 90, ORIGIN[0] + 990, ORIGIN[1] - 60)
    ground = ground_of(present)
    holed = replace(ground.area, boundary=ground.area.boundary - lake)
    area = {**AREA, "outline": BLOCK}
    edits = WhatIf.model_validate({"epsg": EPSG, "areas": [area]})
    study = present.study.model_copy(update={"what_if": edits})
    with pytest.raises(StudyError) as error:
        laid_over(study, replace(ground, area=holed))
    assert said(error.value) == {
        "what_if.areas.0.outline": "2 of its 4 squares outside the study area; an outline inside it"
    }


def test_no_more_squares_than_a_page_can_hold(tmp_path: Path) -> None:
    town = outline((-99, -599), (1799, -599), (1799, 899), (-99, 899))
    areas = [{**AREA, "id": f"P{n}", "outline": town} for n in range(20)]
    with pytest.raises(StudyError) as error:
        workflow.check(STUDY, scenario=what_if(tmp_path, areas=areas))
    assert f"{MOST_POINTS:,} at most" in said(error.value)["plan.json override.what_if.areas"]
