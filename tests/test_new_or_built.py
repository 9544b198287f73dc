"""Which clause a residential area answers to (STANDARDS A-3), and whom its row plans."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planning.area import ResidentialAreas, UnitLevel
from planning.errors import InputError
from planning.inputs.residential.areas import read_residential
from planning.provenance import Note
from planning.standards import load_standard, profile_of, standards_in_library
from planning.standards.residential import status_of
from planning.study import HouseholdSize, ResidentialSpec

EPSG = 4544
X, Y = 500_000.0, 3_386_000.0
NEW_SINCE = load_standard("sichuan-2021-57").new_since
assert NEW_SINCE is not None
SICHUAN = NEW_SINCE.date
BOUNDARY = shapely.box(X, Y, X + 10_000, Y + 10_000)
Row = dict[str, Any]
Read = Callable[..., tuple[ResidentialAreas, tuple[Note, ...]]]


def box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def level(name: str, *units: tuple[str, shapely.Geometry]) -> UnitLevel:
    geometry = np.empty(len(units), dtype=object)
    geometry[:] = [shape for _, shape in units]
    return UnitLevel(
        level=name,
        ids=tuple(f"{name}{at}" for at in range(len(units))),
        names=("",) * len(units),
        parent_ids=(None,) * len(units),
        geometry=geometry,
        attributes={"town": tuple(town for town, _ in units)},
    )


PLAIN = (level("county", ("", BOUNDARY)),)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a layer of the rows given, each 100 m square unless it has a geometry."""

    def reader(
        *rows: Row,
        levels: tuple[UnitLevel, ...] = PLAIN,
        spec: ResidentialSpec | None = None,
        epsg: int = EPSG,
    ) -> tuple[ResidentialAreas, tuple[Note, ...]]:
        features = []
        for at, row in enumerate(rows):
            shape = row.pop("geometry", box(200 * at, 0, 200 * at + 100, 100))
            plain = {"area_id": f"A{at}", "status": "built", **row}
            drawn = None if shape is None else json.loads(shapely.to_geojson(shape))
            features.append({"type": "Feature", "properties": plain, "geometry": drawn})
        crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}
        layer = {"type": "FeatureCollection", "crs": crs, "features": features}
        path = tmp_path / "areas.geojson"
        path.write_text(json.dumps(layer), encoding="utf-8")
        notes: list[Note] = []
        areas = read_residential(
            spec or ResidentialSpec(path="areas.geojson"),
            path,
            epsg=EPSG,
            boundary=BOUNDARY,
            levels=levels,
            new_since=SICHUAN,
            tell=notes.append,
        )
        return areas, tuple(notes)

    return reader


def told(notes: tuple[Note, ...]) -> str:
    return "\n".join(note.en for note in notes)


# --- A-3 ---------------------------------------------------------------


def test_the_day_from_which_on_areas_are_new_is_dated_and_cited() -> None:
    """A-3: SC 2021-11-09, the date the document bears."""
    assert date(2021, 11, 9) == SICHUAN
    days = {}
    for name in standards_in_library():
        standard = load_standard(name)
        if standard.new_since is None:
            continue
        assert standard.new_since.source
        days[name] = standard.new_since.date.isoformat()
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", standard.dated):
            assert days[name] == standard.dated
    assert days == {
        "sichuan-2021-57": "2021-11-09",
        "chengdu-yilao": "2023-01-01",  # no date is printed: a parameter
        "dazhou-2022-19": "2022-04-08",
        "guizhou-2022-6": "2022-03-17",
        "jiangsu-2021-75": "2022-01-01",  # no date is printed: a parameter
    }


def test_a_document_that_does_not_say_takes_the_day_of_the_one_above() -> None:
    chengdu, sichuan = load_standard("chengdu-yilao"), load_standard("sichuan-2021-57")
    assert profile_of([chengdu, sichuan]).new_since == chengdu.new_since
    silent = chengdu.model_copy(update={"new_since": None})
    assert profile_of([silent, sichuan]).new_since == sichuan.new_since
    assert profile_of([silent]).new_since is None


@pytest.mark.parametrize(
    ("planned", "dated", "old_town", "expected"),
    [
        (True, None, False, ("new", "status")),
        (False, None, False, ("built", "status")),
        (False, "2021-11-08", False, ("built", "status")),
        (False, "2021-11-09", False, ("new", "date")),  # on the day itself
        (False, "2023-05-01", False, ("new", "date")),
        (True, "2015-01-01", False, ("new", "status")),  # either makes it new
        (True, "2023-05-01", False, ("new", "status")),
        (None, "2021-11-08", False, ("built", "date")),
        (None, "2021-11-09", False, ("new", "date")),
        # Old town is always held to the lower figure.
        (True, None, True, ("built", "old_town")),
        (True, "2023-05-01", True, ("built", "old_town")),
        (False, "2023-05-01", True, ("built", "old_town")),
        (None, "2023-05-01", True, ("built", "old_town")),
    ],
)
def test_new_or_built(
    planned: bool | None, dated: str | None, old_town: bool, expected: tuple[str, str]
) -> None:
    day = None if dated is None else date.fromisoformat(dated)
    assert status_of(planned=planned, dated=day, old_town=old_town, new_since=SICHUAN) == expected


@pytest.mark.parametrize("status", ["planned", "规划", "在建", "under_construction", "拟建"])
def test_words_of_areas_to_come(read: Read, status: str) -> None:
    areas, _ = read({"status": status, "planned_people": 10})
    assert (areas.status, areas.status_by) == (("new",), ("status",))
    assert not areas.built[0] and areas.by_plan[0]


@pytest.mark.parametrize("status", ["built", "已建成", "建成"])
def test_words_of_areas_that_stand(read: Read, status: str) -> None:
    areas, _ = read({"status": status, "planned_people": 10})
    assert (areas.status, areas.status_by) == (("built",), ("status",))
    assert areas.built[0] and not areas.by_plan[0]


@pytest.mark.parametrize("day", ["2021/11/9", "2021-11-09", 44509, 20211109, "2021年11月9日"])
@pytest.mark.parametrize("column", ["出让日期", "规划许可日期", "land_grant_date", "permit_date"])
def test_dates_as_spreadsheets_give_them(read: Read, column: str, day: Any) -> None:
    areas, _ = read({column: day})
    assert (areas.status[0], areas.status_by[0], areas.dated[0]) == ("new", "date", "2021-11-09")


@pytest.mark.parametrize("day", ["2021/11/8", "2021-11-08", 44508, 20211108, "2021年10月", "2020"])
def test_a_day_before_is_built(read: Read, day: Any) -> None:
    areas, _ = read({"出让日期": day})
    assert (areas.status[0], areas.status_by[0]) == ("built", "status")


def test_the_later_of_grant_and_permit_counts(read: Read) -> None:
    areas, _ = read({"出让日期": "2019-01-01", "规划许可日期": "2022-01-01"})
    assert (areas.status[0], areas.dated[0]) == ("new", "2022-01-01")
    areas, _ = read({"出让日期": "2022-01-01", "规划许可日期": None})
    assert areas.dated[0] == "2022-01-01"


@pytest.mark.parametrize("day", ["2021年11月", "2021", 2021])
def test_a_month_that_may_be_before_is_new_and_told(read: Read, day: Any) -> None:
    areas, notes = read({"出让日期": day, "name": "甲"})
    assert areas.status[0] == "new"
    assert "甲: the date is not known to the day" in told(notes)
    _, notes = read({"出让日期": "2021年12月"})
    assert "not known to the day" not in told(notes)


def test_status_and_date_that_contradict_each_other_are_told(read: Read) -> None:
    areas, notes = read(
        {"status": "规划", "planned_people": 10, "出让日期": "2015-06-30", "name": "甲"},
        {"status": "已建成", "出让日期": "2022-06-30", "name": "乙"},
        {"status": "规划", "planned_people": 10, "出让日期": "2022-06-30", "name": "丙"},
        {"status": "已建成", "出让日期": "2015-06-30", "name": "丁"},
    )
    assert areas.status == ("new", "new", "new", "built")
    assert "甲: planned by status, yet of land before 2021-11-09: new, by status" in told(notes)
    assert "乙: built by status, yet of land of 2021-11-09 or later: new, by date" in told(notes)
    assert "丙" not in told(notes) and "丁" not in told(notes)


def test_a_date_stands_in_for_a_status(read: Read) -> None:
    areas, _ = read(
        {"status": None, "出让日期": "2022-01-01", "planned_people": 10},
        {"status": "", "出让日期": "2015-01-01"},
    )
    assert areas.status == ("new", "built") and areas.status_by == ("date", "date")
    assert areas.built.tolist() == [False, True]
    assert areas.described(0)[0] == "新建居住区（出让或许可2022-01-01）"


def test_new_homes_that_stand_answer_for_residents_unless_people_are_planned(read: Read) -> None:
    areas, _ = read(
        {"出让日期": "2022-01-01"},
        {"出让日期": "2022-01-01", "planned_people": 3000},
    )
    assert areas.status == ("new", "new") and areas.built.all()
    assert areas.by_plan.tolist() == [False, True]


# --- the old town ------------------------------------------------------

STREETS = level("street", ("old", box(0, 0, 5000, 10_000)), ("new", box(5000, 0, 1e4, 1e4)))
WEST, EAST = box(100, 100, 200, 200), box(6100, 100, 6200, 200)
NEW = {"status": "planned", "planned_people": 10}


def test_old_town_by_the_unit_around(read: Read) -> None:
    areas, notes = read(
        {**NEW, "geometry": WEST, "name": "甲"},
        {**NEW, "geometry": EAST},
        {"geometry": WEST},
        levels=(*PLAIN, STREETS),
    )
    assert areas.status == ("built", "new", "built")
    assert areas.status_by == ("old_town", "status", "old_town")
    assert areas.by_plan.tolist() == [True, True, False]
    assert "甲: planned, but in the old town" in told(notes)
    assert areas.described(0)[0] == "旧城区居住区"


def test_the_word_of_the_area_goes_before_that_of_the_unit(read: Read) -> None:
    areas, _ = read(
        {**NEW, "geometry": WEST, "片区": "新城区"},
        {**NEW, "geometry": EAST, "片区": "老城区"},
        {"geometry": EAST, "status": "old_town"},
        levels=(*PLAIN, STREETS),
    )
    assert areas.status_by == ("status", "old_town", "old_town")


def test_the_smallest_unit_that_says_anything_decides(read: Read) -> None:
    silent = level("community", ("", box(0, 0, 5000, 5000)), ("new", box(0, 5000, 5000, 1e4)))
    areas, _ = read(
        {**NEW, "geometry": WEST},
        {**NEW, "geometry": box(100, 6000, 200, 6100)},
        levels=(*PLAIN, STREETS, silent),
    )
    assert areas.status_by == ("old_town", "status")


def test_a_word_nobody_knows_decides_nothing_and_is_told(read: Read) -> None:
    areas, notes = read({**NEW, "geometry": WEST, "town": "江南"}, levels=(*PLAIN, STREETS))
    assert areas.status_by == ("old_town",)
    assert "'江南' in the column of town says neither old nor new" in told(notes)


def test_the_part_inside_says_in_which_unit_an_area_lies(read: Read) -> None:
    areas, _ = read({**NEW, "geometry": box(-9000, 0, 100, 100)}, levels=(*PLAIN, STREETS))
    assert areas.status_by == ("old_town",)


# --- people and households ---------------------------------------------

SPEC = ResidentialSpec(
    path="areas.geojson", persons_per_household=HouseholdSize(persons="2.49", source="七普")
)


@pytest.mark.parametrize(
    ("row", "people"),
    [
        ({"planned_people": 12_600}, 12_600),  # D-1
        ({"planned_people": "12,600人"}, 12_600),
        ({"planned_people": "1.26万人"}, 12_600),
        ({"规划人口（万人）": 1.26}, 12_600),
        ({"planned_people": 999.5}, 1000),  # half up
        ({"planned_people": 3304, "户数": 9999}, 3304),  # stated people go first
        ({"户数": 1327}, 3304),  # 3,304.23
        ({"户数": "1327户", "planned_people": 0}, 3304),
        ({"户数": 50}, 125),  # 124.5
        ({"户数": 100, "户均人口": 1.005}, 101),  # 100.5, and 100.49999999999999 in floats
        ({"户数": 1500, "户均人口": "2.8"}, 4200),
    ],
)
def test_planned_people(read: Read, row: Row, people: int) -> None:
    areas, _ = read({"status": "planned", **row}, spec=SPEC)
    assert areas.planned_people.tolist() == [people]


def test_households_are_kept_and_absent_is_no_number(read: Read) -> None:
    areas, _ = read({"户数": 1327, "交付年份": 2026}, {"户数": None}, {"planned_people": 0})
    assert areas.households.tolist() == [1327, -1, -1]
    assert areas.planned_people.tolist() == [-1, -1, 0]
    assert areas.delivery_year.tolist() == [2026, -1, -1]


FAULTS: dict[str, tuple[Row, str]] = {
    "no people": ({"status": "规划"}, "a new area without planned people"),
    "no people of a new date": (
        {"status": None, "出让日期": "2022-01-01"},
        "a new area without planned people",
    ),
    "0 households": ({"status": "规划", "户数": 0}, "a new area without planned people"),
    "less than one person": ({"status": "规划", "planned_people": 0.4}, "without planned people"),
    "negative people": ({"status": "规划", "planned_people": -10}, "planned_people '-10'"),
    "words for people": ({"status": "规划", "planned_people": "三千"}, "planned_people '三千'"),
    "a fraction": ({"status": "规划", "planned_people": "1/0"}, "planned_people '1/0'"),
    "an infinity": ({"status": "规划", "planned_people": "inf"}, "planned_people 'inf'"),
    "more than anybody": ({"status": "规划", "planned_people": 1e15}, "planned_people '10000"),
    "half a household": ({"户数": 10.5}, "households '10.5'"),
    "a year of five digits": ({"delivery_year": 20250}, "delivery_year '20250'"),
    "a year that never was": ({"delivery_year": "明年"}, "delivery_year '明年'"),
    "a day that never was": ({"出让日期": "2021-02-30x"}, "land_grant_date '2021-02-30x'"),
    "a status nobody knows": ({"status": "dreamt"}, "status 'dreamt'; expected planned"),
    "neither status nor date": ({"status": None, "出让日期": None}, "status ''"),
    "no id": ({"area_id": None}, "an id that is empty or stands twice"),
    "an empty polygon": ({"geometry": shapely.Polygon()}, "no geometry in feature 2"),
    "no geometry": ({"geometry": None}, "no geometry in feature 2"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_cannot_be_is_refused_with_its_row(read: Read, case: str) -> None:
    row, fault = FAULTS[case]
    with pytest.raises(InputError) as caught:
        read({}, dict(row))
    assert len(caught.value.faults) == 1, caught.value
    assert fault in str(caught.value)
    if "geometry" not in row:
        assert "row 2" in str(caught.value)


def test_all_faults_are_listed_by_row(read: Read) -> None:
    with pytest.raises(InputError) as caught:
        read(
            {"status": "规划", "planned_people": "三千", "delivery_year": 20250},
            {"area_id": "B", "status": "dreamt"},
            {"area_id": "B"},
        )
    where = [fault.where.rsplit(" ", 1)[-1] for fault in caught.value.faults]
    assert where == ["1", "1", "2", "3"]


def test_a_layer_that_says_nothing_about_new_or_built(read: Read, tmp_path: Path) -> None:
    read({})
    layer = gpd.read_file(tmp_path / "areas.geojson").drop(columns="status")
    layer.to_file(tmp_path / "bare.gpkg")
    with pytest.raises(InputError, match=r"expected one of .*'status'"):
        read_residential(
            ResidentialSpec(path=""), tmp_path / "bare.gpkg", epsg=EPSG, boundary=BOUNDARY,
            levels=PLAIN, new_since=SICHUAN, tell=[].append,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("cut", "whole"), [("保留现状人", "保留现状人口"), ("planned_pe", "planned_people")]
)
def test_a_name_that_a_shapefile_cut_off_is_refused_until_the_study_names_it(
    read: Read, cut: str, whole: str
) -> None:
    with pytest.raises(InputError, match=f"a column '{cut}', perhaps '{whole}' cut off") as caught:
        read({cut: None})
    field = caught.value.faults[0].to_do[1].rsplit("{", 1)[1].split(":")[0]
    named = ResidentialSpec(path="areas.geojson", columns={field: cut})
    areas, _ = read({cut: None}, spec=named)
    assert len(areas) == 1


# --- where they lie ----------------------------------------------------


def test_areas_elsewhere_are_counted_and_not_looked_at(read: Read) -> None:
    areas, _ = read({}, {"status": "dreamt", "geometry": box(50_000, 0, 50_100, 100)})
    assert (len(areas), areas.elsewhere) == (1, 1)
    areas, _ = read({"status": "dreamt", "geometry": box(50_000, 0, 50_100, 100)})
    assert (len(areas), areas.elsewhere) == (0, 1)


def test_several_parts_are_one_area(read: Read) -> None:
    parts = shapely.union_all([box(0, 0, 100, 100), box(300, 300, 400, 400)])
    areas, notes = read({"geometry": parts})
    assert areas.geometry[0].area == pytest.approx(20_000) and not told(notes)


def test_areas_that_overlap_are_told_and_neighbours_are_not(read: Read) -> None:
    _, notes = read(
        {"geometry": box(0, 0, 100, 100), "name": "甲"},
        {"geometry": box(60, 0, 160, 100), "name": "乙"},
        {"geometry": box(10, 10, 20, 20), "name": "丙"},
        {"geometry": box(160, 0, 260, 100)},  # a neighbour
        {"geometry": box(259.5, 0, 360, 100)},  # drawn by hand
    )
    assert "areas that overlap: 2, most of all 甲 and 丙 (100% of the smaller)" in told(notes)


def test_thousands_of_areas_keep_their_rows(read: Read) -> None:
    many = 3000
    corners = [(10 * (at % 900), 10 * (at // 900)) for at in range(many)]
    rows = [
        {
            "area_id": f"{many - at:05d}",
            "status": "规划",
            "planned_people": at + 1,
            "geometry": box(west, south, west + 9, south + 9),
        }
        for at, (west, south) in enumerate(corners)
    ]
    areas, notes = read(*rows)
    assert list(areas.ids) == sorted(areas.ids) and len(areas) == many
    assert areas.planned_people.tolist() == list(range(many, 0, -1))
    assert not told(notes)


def test_the_order_of_rows_changes_nothing(read: Read) -> None:
    rows = [
        {"area_id": name, "status": "规划", "planned_people": 10 * at + 10, "geometry": shape}
        for at, (name, shape) in enumerate([("C", WEST), ("A", EAST), ("B", box(0, 0, 50, 50))])
    ]
    one, _ = read(*(dict(row) for row in rows))
    other, _ = read(*(dict(row) for row in reversed(rows)))
    assert one.ids == other.ids == ("A", "B", "C")
    np.testing.assert_array_equal(one.planned_people, other.planned_people)
    assert all(a.equals(b) for a, b in zip(one.geometry, other.geometry, strict=True))
