"""People in a table of points: all of them counted, where they are, with made outlines."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from test_real_cities import assert_everybody_is_accounted_for, run_study

from planning import workflow
from planning.demand import PopulationCells
from planning.errors import InputError, StudyError
from planning.inputs.coordinates.datum import gcj02_from_wgs84
from planning.inputs.population.point_table import _outlines, read_points
from planning.projection import WGS84, transformer
from planning.sample import write_sample
from planning.study import PopulationSpec

EPSG = 4544
HEADER = "经度,纬度,人口\n"

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=60)


def read(
    folder: Path, text: str, *, name: str = "people.csv", coords: str = "wgs84", **spec: Any
) -> PopulationCells:
    path = folder / name
    path.write_bytes(text.encode(spec.pop("encoding", "utf-8")))
    given = {"path": name, "unit": "persons", "coords": coords, **spec}
    return read_points(PopulationSpec.model_validate(given), path, EPSG)[0]


# --- the count ------------------------------------------------------------------------------


def test_every_row_is_a_point_with_its_people(tmp_path: Path) -> None:
    cells = read(tmp_path, HEADER + "105.01,30.5,120.5\n105.0,30.6,80\n105.02,30.5,0\n")
    lon, lat = transformer(EPSG, WGS84).transform(cells.x_m, cells.y_m)
    np.testing.assert_allclose(lon, [105.0, 105.01], atol=1e-7)
    np.testing.assert_allclose(lat, [30.6, 30.5], atol=1e-7)
    assert cells.people.tolist() == [80, 120.5]
    assert cells.blank == 0


def test_rows_of_one_place_are_one_point(tmp_path: Path) -> None:
    """As households of one building are."""
    rows = ["105.0,30.5,3", "105.0,30.5,4.5", "105.1,30.5,1", "105.0,30.5,2"]
    for order in itertools.permutations(rows):
        cells = read(tmp_path, HEADER + "\n".join(order))
        assert cells.people.tolist() == [9.5, 1]


def test_a_row_without_a_count_is_blank_and_not_empty(tmp_path: Path) -> None:
    cells = read(tmp_path, HEADER + "105.0,30.5,3\n105.1,30.5,\n105.2,30.5,0\n")
    assert (cells.people.tolist(), cells.blank) == ([3], 1)


@pytest.mark.parametrize(
    ("coords", "columns", "row"),
    [
        ("EPSG:4544", "x,y", "500000.0,3375000.0"),
        ("epsg:4544", "x,y", "500000.0,3375000.0"),
        ("cgcs2000", "lon,lat", None),
        ("gcj02", "lon,lat", None),
    ],
)
def test_coordinates_are_what_the_study_says(
    tmp_path: Path, coords: str, columns: str, row: str | None
) -> None:
    lon, lat = transformer(EPSG, WGS84).transform(500000.0, 3375000.0)
    if coords == "gcj02":
        lon, lat = (float(v[0]) for v in gcj02_from_wgs84(np.array([lon]), np.array([lat])))
    text = f"{columns},people\n{row or f'{lon!r},{lat!r}'},7\n"
    cells = read(tmp_path, text, coords=coords)
    assert cells.x_m[0] == pytest.approx(500000.0, abs=0.01)
    assert cells.y_m[0] == pytest.approx(3375000.0, abs=0.01)


def test_columns_may_be_named_and_bytes_be_gbk(tmp_path: Path) -> None:
    cells = read(
        tmp_path, "东,北,户籍\n105.0,30.5,9\n", column="户籍", columns={"x": "东", "y": "北"},
        encoding="gb18030",
    )  # fmt: skip
    assert cells.people.tolist() == [9]


@pytest.mark.parametrize(
    ("row", "en"),
    [
        (",30.5,3", "x = '', y = '30.5', people = '3'"),
        ("105.0,三十,3", "y = '三十'"),
        ("105.0,30.5,-3", "people = '-3'"),
        ("105.0,30.5,inf", "people = 'inf'"),
        ("105.0,30.5,约3", "people = '约3'"),
        ("350123.4,3375000.0,3", "x = '350123.4'"),
        ("30.5,105.0,3", "x = '30.5', y = '105.0'"),
    ],
)
def test_a_row_that_cannot_be_placed_or_counted_is_refused_with_its_number(
    tmp_path: Path, row: str, en: str
) -> None:
    """Nobody is left out: a census that loses rows is no census."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, HEADER + f"105.0,30.5,3\n{row}\n105.1,30.5,2\n{row}\n")
    assert [fault.where.rpartition(" ")[2] for fault in caught.value.faults] == ["3", "5"]
    assert en in caught.value.faults[0].found[1]


@pytest.mark.parametrize(
    ("text", "spec", "en"),
    [
        (HEADER, {}, "no row below the header"),
        ("a,b\n1,2\n", {}, "columns"),
        (HEADER + "105,30,1", {"column": "户籍"}, "户籍"),
        (HEADER + "105,30,1", {"columns": {"people": "人口"}}, "'people'"),
        (HEADER + "105,30,1", {"coords": "火星"}, "'火星'"),
        (HEADER + "105,30,1", {"coords": "EPSG:4610"}, "an old datum"),
        (HEADER + "105,30,1,2", {}, "4 cells"),
    ],
)
def test_tables_that_are_none(tmp_path: Path, text: str, spec: dict[str, Any], en: str) -> None:
    with pytest.raises(InputError, match=en):
        read(tmp_path, text, **spec)


# --- the outlines ---------------------------------------------------------------------------


def lattice(rows: int, columns: int, *, hexagons: bool) -> tuple[np.ndarray, np.ndarray]:
    row, column = (grid.ravel() for grid in np.mgrid[:rows, :columns])
    shift, rise = ((row % 2) / 2, np.sqrt(3) / 2) if hexagons else (0.0, 1.0)
    return 400_000.0 + 100 * (column + shift), 3_375_000.0 + 100 * rise * row


@pytest.mark.parametrize("hexagons", [True, False])
def test_lattices_come_out_whole(hexagons: bool) -> None:
    """Inside, a hexagon or a square of 100 m across; no two overlap."""
    x, y = lattice(9, 11, hexagons=hexagons)
    cells = _outlines(x, y)
    inside = (x > x.min() + 99) & (x < x.max() - 99) & (y > y.min() + 80) & (y < y.max() - 80)
    area = 100**2 * (np.sqrt(3) / 2 if hexagons else 1)
    np.testing.assert_allclose(shapely.area(cells[inside]), area, rtol=1e-4)
    assert shapely.area(cells).max() < 1.7 * area  # at a corner
    assert shapely.union_all(cells).area == pytest.approx(shapely.area(cells).sum(), rel=1e-6)


@exactly
@given(
    st.lists(
        st.tuples(st.integers(0, 3_000), st.integers(0, 3_000)),
        min_size=1,
        max_size=25,
        unique=True,
    )
)
def test_every_outline_is_the_land_nearest_to_its_point(at: list[tuple[int, int]]) -> None:
    """Held against every other point, at places of a grid: its own or none."""
    x, y = 500_000.0 + np.array([a for a, _ in at]), 3_375_000.0 + np.array([b for _, b in at])
    cells = _outlines(x, y)
    assert len(cells) == len(at)
    assert shapely.is_valid(cells).all()
    assert shapely.contains(shapely.buffer(cells, 0.01), shapely.points(x, y)).all()
    gx, gy = (grid.ravel() for grid in np.mgrid[-600:3_600:140, -600:3_600:140])
    gx, gy = gx + 500_000.0, gy + 3_375_000.0
    apart = np.hypot(gx[:, None] - x, gy[:, None] - y)
    held = shapely.intersects(shapely.buffer(cells, -0.01), shapely.points(gx, gy)[:, None])
    assert (apart[held] <= np.repeat(apart.min(axis=1), held.sum(axis=1)) + 0.02).all()
    assert (apart[held] <= 500.01).all()


def test_a_lone_point_has_an_outline() -> None:
    (cell,) = _outlines(np.array([5e5]), np.array([3e6]))
    assert cell.area == pytest.approx(np.pi * 500**2, rel=0.01)


# --- a study of them ------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """The sample town whose raster is a table of the middles of its cells."""
    write_sample(tmp_path)
    with rasterio.open(tmp_path / "population_2025.tif") as source:
        people, hole = source.read(1), source.read_masks(1) == 0
        row, column = np.nonzero(~hole)
        x, y = source.xy(row, column)
        lon, lat = transformer(source.crs.to_epsg(), WGS84).transform(np.array(x), np.array(y))
    rows = [
        f"{a!r},{b!r},{n!r}"
        for a, b, n in zip(
            lon.tolist(), lat.tolist(), people[row, column].astype(float).tolist(), strict=True
        )
    ]
    (tmp_path / "people.csv").write_text("\n".join(["lon,lat,people", *rows]), encoding="utf-8")
    study = tmp_path / "study.yaml"
    text = study.read_text(encoding="utf-8").replace(
        "path: population_2025.tif", "path: people.csv\n  coords: wgs84"
    )
    study.write_text(text, encoding="utf-8")
    return tmp_path


def test_a_raster_and_the_table_of_its_cells_are_the_same_people(
    town: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("raster")
    write_sample(other)
    one, two = (workflow.check(folder / "study.yaml") for folder in (town, other))
    assert one.demand.people_in_source == pytest.approx(two.demand.people_in_source, rel=1e-9)
    for name, people in two.demand.people.items():
        assert one.demand.total(name) == pytest.approx(float(people.sum()), rel=1e-9)
    assert len(one.demand) == len(two.demand)
    assert any("outlines: they are made" in note.en for note in one.notes)
    assert not any("outlines: they are made" in note.en for note in two.notes)


@pytest.mark.parametrize(
    ("old", "new", "en"),
    [
        ("\n  coords: wgs84\n  unit", "\n  unit", "population.coords: found nothing; expected"),
        ("people.csv\n", "population_2025.tif\n", "population.coords: found 'wgs84'; expected"),
    ],
)
def test_coords_belong_to_tables_and_only_to_them(town: Path, old: str, new: str, en: str) -> None:
    study = town / "study.yaml"
    text = study.read_text(encoding="utf-8")
    assert text.count(old) == 1
    study.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(StudyError, match=en):
        workflow.check(study)


def test_a_column_of_densities_is_refused(town: Path) -> None:
    table, study = town / "people.csv", town / "study.yaml"
    table.write_text(table.read_text().replace("people", "人口密度", 1), encoding="utf-8")
    text = study.read_text(encoding="utf-8").replace(
        "unit: persons", "unit: persons\n  column: 人口密度"
    )
    study.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="densities, not counts"):
        workflow.check(study)


def test_a_run_of_points_draws_them(town: Path, tmp_path: Path) -> None:
    result, folder = workflow.run(town / "study.yaml", until="assess", out_dir=tmp_path / "out")
    assert (folder / "map.html").is_file()
    ledger = result.situation.coverage["elder_care"].ledger(result.town.demand.people["elderly"])
    assert ledger.people > 0


def test_hexagons_of_porto_alegre_hold_all_their_people(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """1,227 cells of H3 as a table, on real streets with real hills."""
    run = run_study("porto-alegre", shared_data, tmp_path_factory)
    assert_everybody_is_accounted_for(run, 812_935.0)
    town = run.result.town
    hospitals = [k for k, does in enumerate(town.facilities.functions) if "hospital" in does]
    assert len(town.facilities) == 15
    assert [town.facilities.ids[k] for k in hospitals] == [
        "moinhos_de_vento_hospital",
        "santa_casa_hospital",
    ]
    assert any("speed depends on slope" in note.en for note in town.notes)
    # Hexagons of resolution 9 cover about 0.105 km² each.
    km2 = shapely.area(np.asarray(town.demand.outline)) / 1e6
    assert np.median(km2) == pytest.approx(0.105, rel=0.2)
    assert km2.max() < 0.2
