"""A census by unit alone: its people live on the land of their units, down to the finest total."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely

from planning import workflow
from planning.area import StudyArea, UnitLevel
from planning.errors import InputError, StudyError
from planning.inputs.population.land_of_totals import cells_of_totals, said_empty
from planning.inputs.population.unit_figures import UnitFigures
from planning.result import Town
from planning.sample import write_sample

NAN = float("nan")
COMMUNITIES = [f"Q{number}" for number in range(1, 10)]
PEOPLE = [4000, 5200.5, 3100, 6100, 2500, 1800, 7000, 900, 4400]


# --- which land a total counts ----------------------------------------------------------------


def area_of(**levels: dict[str, tuple[shapely.Geometry, str | None]]) -> StudyArea:
    """Units by level: id, shape and parent."""
    made = tuple(
        UnitLevel(
            level=level,
            ids=tuple(units),
            names=tuple(units),
            parent_ids=tuple(parent for _, parent in units.values()),
            geometry=np.array([shape for shape, _ in units.values()], dtype=object),
        )
        for level, units in levels.items()
    )
    return StudyArea(
        name="", epsg=4544, boundary=made[0].geometry[0], levels=made, residential=None
    )


AREA = area_of(
    county={"C": (shapely.box(0, 0, 1000, 1000), None)},
    street={
        "S": (shapely.box(0, 0, 500, 1000), "C"),
        "T": (shapely.box(500, 0, 1000, 1000), "C"),
    },
    community={
        "S1": (shapely.box(0, 0, 500, 400), "S"),
        "S2": (shapely.box(0, 400, 500, 1000), "S"),
        "T1": (shapely.box(500, 0, 1000, 400), "T"),
    },
)


def land(area: StudyArea = AREA, **people: float) -> list[tuple[float, float]]:
    """People and area [m²] of every cell the totals make."""
    levels = {
        level.level: np.array([people.get(unit, NAN) for unit in level.ids])
        for level in area.levels
        if set(level.ids) & set(people)
    }
    cells = cells_of_totals(UnitFigures(levels=levels, elsewhere=()), area, Path("t.csv"))
    found = zip(cells.people.tolist(), shapely.area(cells.outline).tolist(), strict=True)
    return sorted((people, round(m2)) for people, m2 in found)


def test_the_finest_totals_place_their_people() -> None:
    assert land(C=100, S=60, T=40, S1=10, S2=50) == [(10, 200_000), (40, 500_000), (50, 300_000)]


def test_the_rest_of_a_unit_lives_outside_the_units_inside_it_that_have_a_total() -> None:
    assert land(S=60, S1=10) == [(10, 200_000), (50, 300_000)]
    assert land(C=100, S1=10) == [(10, 200_000), (90, 800_000)]
    assert land(C=100, T=40, S1=10) == [(10, 200_000), (40, 500_000), (50, 300_000)]
    assert land(C=100) == [(100, 1_000_000)]


def test_totals_that_leave_nobody_or_no_land_make_no_cell() -> None:
    assert land(S=60, S1=10, S2=50) == [(10, 200_000), (50, 300_000)]
    assert land(S=60, S1=60) == [(60, 200_000)]
    assert land(S=50, S1=60) == [(60, 200_000)]  # a contradiction: fitting tells it
    assert land(S=99, S1=10, S2=50) == [(10, 200_000), (50, 300_000)]  # the 39 have no land
    assert land(S=60, S1=0) == [(60, 300_000)]


def test_borders_drawn_apart_leave_no_land_to_live_on() -> None:
    """Communities 6 m off the borders of their street; then one of them 40 m off the next."""
    street = {"S": (shapely.box(0, 0, 500, 1000), None)}
    north = {"S1": (shapely.box(6, 6, 494, 400), "S")}
    south = {"S2": (shapely.box(6, 412, 494, 994), "S")}
    close = area_of(street=street, community={**north, **south})
    assert land(close, S=80, S1=10, S2=50) == [(10, 488 * 394), (50, 488 * 582)]
    south["S2"] = (shapely.box(6, 440, 494, 994), "S")
    apart = area_of(street=street, community={**north, **south})
    ten, twenty, fifty = land(apart, S=80, S1=10, S2=50)
    assert (ten[0], fifty[0]) == (10, 50)
    assert twenty == (20, pytest.approx(500 * 40, rel=0.1))


def test_nobody_at_all_is_refused() -> None:
    with pytest.raises(InputError, match=r"population\.totals: t\.csv: found nobody"):
        land(S=0, S1=0)


def test_units_said_to_be_empty() -> None:
    totals = UnitFigures(
        levels={"street": np.array([0.0, 5.0]), "community": np.array([NAN, 3.0, 0.0])},
        elsewhere=(),
    )
    assert said_empty(totals, AREA) == {"S", "S1", "T1"}


# --- studies --------------------------------------------------------------------------------

Say = Callable[..., Town]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_sample(tmp_path)
    return tmp_path


@pytest.fixture
def town(folder: Path) -> Say:
    """The sample town with a table of totals as its only word on people, and lines of its own."""

    def check(rows: dict[str, object], *lines: str, area: str = "") -> Town:
        table = ["行政区划代码,常住人口", *(f"{unit},{people}" for unit, people in rows.items())]
        (folder / "totals.csv").write_text("\n".join(table) + "\n", encoding="gb18030")
        return study(folder, "totals: {path: totals.csv}", *lines, area=area)

    return check


def study(folder: Path, *lines: str, area: str = "") -> Town:
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    begin, end = text.index("\npopulation:\n"), text.index("\ngroups:\n")
    block = "".join(f"\n  {line}" for line in ("unit: persons", *lines))
    changed = f"{text[:begin]}\npopulation:{block}{text[end:]}"
    if area:
        changed = changed.replace("\narea:\n", f"\narea:\n  {area}\n")
    (folder / "changed.yaml").write_text(changed, encoding="utf-8")
    return workflow.check(folder / "changed.yaml")


def people_of(town: Town, level: str) -> np.ndarray:
    at = town.demand.place[level]
    return np.bincount(at[at >= 0], weights=town.demand.people["total"][at >= 0])


def said(town: Town, about: str = "population") -> str:
    return " ".join(note.en for note in town.notes if note.about.startswith(about))


def test_a_census_by_community_is_all_a_study_needs(town: Say) -> None:
    found = town(dict(zip(COMMUNITIES, PEOPLE, strict=True)))
    np.testing.assert_allclose(people_of(found, "community"), PEOPLE, rtol=1e-9)
    np.testing.assert_allclose(
        people_of(found, "street"), np.sum(np.reshape(PEOPLE, (3, 3)), axis=1), rtol=1e-9
    )
    assert found.demand.total("elderly") == pytest.approx(sum(PEOPLE) * 0.1798)
    assert found.demand.people_outside == 0
    assert "9 population units stand at" in said(found)
    assert "9 units, 35,000 people, by length of streets" in said(found)
    assert "fitted" not in said(found)
    assert "population.totals" in {source.key for source in found.sources}
    assert "population" not in {source.key for source in found.sources}


def test_nested_totals_are_met_together_and_the_rest_is_placed(town: Say) -> None:
    """County, two streets, one community: the rest of each has the land that is left."""
    found = town({"C1": 50_000, "S1": 20_000, "S2": 9_000, "Q1": 7_000})
    streets, communities = people_of(found, "street"), people_of(found, "community")
    np.testing.assert_allclose(streets, [20_000, 9_000, 21_000], rtol=1e-9)
    assert communities[0] == pytest.approx(7_000, rel=1e-9)
    assert communities.sum() == pytest.approx(50_000, rel=1e-9)
    assert np.all(communities > 0)


def test_totals_that_contradict_each_other_are_named_and_the_finer_hold(town: Say) -> None:
    rows = dict(zip(COMMUNITIES, PEOPLE, strict=True))
    found = town({**rows, "S1": 10_000})
    np.testing.assert_allclose(people_of(found, "community"), PEOPLE, rtol=1e-9)
    assert "officially 10,000, fitted 12,3" in said(found)


def test_rows_of_other_places_are_passed_over_and_told(town: Say) -> None:
    found = town({"C1": 40_000, "510100": 20_937_757, "Q77": 5})
    assert found.demand.total("total") == pytest.approx(40_000, rel=1e-9)
    assert "2 rows are of no unit of the area and passed over: 510100, Q77" in said(found)


def test_a_unit_without_a_total_of_any_level_is_refused(town: Say) -> None:
    rows = dict(zip(COMMUNITIES, PEOPLE, strict=True))
    del rows["Q4"]
    with pytest.raises(InputError, match="nobody lives in 穗安社区") as caught:
        town(rows)
    assert len(caught.value.faults) == 1


def test_a_total_of_0_says_that_nobody_lives_there(town: Say) -> None:
    found = town({**dict(zip(COMMUNITIES, PEOPLE, strict=True)), "Q4": 0})
    assert people_of(found, "community")[3] == 0
    assert found.demand.total("total") == pytest.approx(sum(PEOPLE) - PEOPLE[3])
    # Of a whole street: its communities need no totals.
    found = town({"C1": 40_000, "S2": 0})
    assert people_of(found, "street")[1] == 0
    assert found.demand.total("total") == pytest.approx(40_000)
    with pytest.raises(InputError, match=r"totals\.csv: found nobody"):
        town({"C1": 0})


@pytest.mark.parametrize("value", [-5, "约2万", "", "inf"])
def test_people_that_are_no_number(town: Say, value: object) -> None:
    with pytest.raises(InputError, match=r"population\.totals: totals\.csv .* row 2") as caught:
        town({"Q1": value, "C1": 5})
    assert len(caught.value.faults) == 1


def test_ids_that_a_spreadsheet_turned_into_numbers(folder: Path) -> None:
    """310101001.0 is 310101001, in a cell, in text, and in the layer of units."""
    units = gpd.read_file(folder / "units.gpkg")
    number = {unit: 310101000.0 + at for at, unit in enumerate(units["unit_id"])}
    units["parent_id"] = units["parent_id"].map(number)
    units["unit_id"] = units["unit_id"].map(number)
    assert units["unit_id"].dtype == float
    units.to_file(folder / "units.gpkg", layer="units", driver="GPKG")
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["行政区划代码", "常住人口"])
    for unit, people in zip(COMMUNITIES, PEOPLE, strict=True):
        name: object = number[unit] if unit != "Q1" else f"{number[unit]}"
        book.active.append([name, people])
    book.save(folder / "totals.xlsx")
    found = study(folder, "totals: {path: totals.xlsx}")
    np.testing.assert_allclose(people_of(found, "community"), PEOPLE, rtol=1e-9)


def test_a_unit_under_another_of_its_level_has_no_land_for_its_people(
    folder: Path, town: Say
) -> None:
    units = gpd.read_file(folder / "units.gpkg")
    below = units[units["unit_id"] == "Q4"].assign(unit_id="Q4b", name="重叠社区")
    both = gpd.GeoDataFrame(
        gpd.pd.concat([units, below], ignore_index=True), crs=units.crs, geometry="geometry"
    )
    both.to_file(folder / "units.gpkg", layer="units", driver="GPKG")
    rows = {**dict(zip(COMMUNITIES, PEOPLE, strict=True)), "Q4b": 123}
    with pytest.raises(InputError, match="重叠社区"):
        town(rows)
    with pytest.raises(InputError, match="123 people of 重叠社区, which has no land of its own"):
        town(rows, area="empty_units: [Q4b]")


def test_the_order_of_rows_changes_no_byte(town: Say) -> None:
    rows = {**dict(zip(COMMUNITIES, PEOPLE, strict=True)), "C1": 35_000.5}
    one, two = town(rows).demand, town(dict(reversed(rows.items()))).demand
    assert one.x_m.tobytes() == two.x_m.tobytes()
    assert one.people["total"].tobytes() == two.people["total"].tobytes()


def test_people_need_a_source(folder: Path) -> None:
    with pytest.raises(StudyError, match="found neither path nor totals"):
        study(folder, "year: 2025")


def test_a_column_needs_its_layer(folder: Path) -> None:
    with pytest.raises(StudyError, match="found layer, column without path"):
        study(folder, "totals: {path: t.csv}", "column: pop", "layer: a")


def test_buildings_and_over_contradict_each_other(folder: Path) -> None:
    with pytest.raises(StudyError, match="found both buildings and over"):
        study(folder, "totals: {path: t.csv}", "buildings: {path: b.gpkg}", "over: area")


def test_official_total_is_held_against_the_totals(town: Say) -> None:
    rows = dict(zip(COMMUNITIES, PEOPLE, strict=True))
    with pytest.raises(InputError, match="about the official 350,000"):
        town(rows, "official_total: 350000")


def test_a_census_is_spread_over_area_where_the_study_says_so(town: Say) -> None:
    rows = dict(zip(COMMUNITIES, PEOPLE, strict=True))
    found = town(rows, "over: area", "spread_m: 100")
    np.testing.assert_allclose(people_of(found, "community"), PEOPLE, rtol=1e-9)
    room = shapely.area(found.demand.outline) / found.demand.people["total"]
    for community in range(9):
        assert np.ptp(room[found.demand.place["community"] == community]) < 1e-3
    assert "9 units, 35,000 people, by land" in said(found)
