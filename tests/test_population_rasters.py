"""Count rasters of every kind: nobody is lost, gaps are gaps, and only what is near is read."""

from __future__ import annotations

import math
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from population_cells import (
    EPSG,
    LAT,
    LON,
    PLACES,
    Affine,
    area_of,
    demand,
    grid_at,
    people,
    read,
    square,
    turned,
    write,
)
from pyproj import Transformer
from rasterio.enums import ColorInterp

from planning import workflow
from planning.area import StudyArea
from planning.errors import InputError
from planning.inputs.population import raster_window
from planning.inputs.population.counts import read_population
from planning.projection import transformer
from planning.study import PopulationSpec

# --- gaps ----------------------------------------------------------------------------------------

HOLES = np.zeros((20, 20), dtype=bool)
HOLES[3:9, 4:17] = True
TRUE = people()
LIVED = float(TRUE.astype(np.float64)[~HOLES].sum())


@pytest.mark.parametrize("code", [-99999.0, -200.0, -9999.0, 0.0, -3.4028234663852886e38])
def test_a_declared_value_is_a_gap(tmp_path: Path, code: float) -> None:
    path = write(tmp_path / "a.tif", np.where(HOLES, np.float32(code), TRUE), nodata=code)
    assert demand(path).people_in_source == pytest.approx(LIVED, rel=1e-12)


@pytest.mark.parametrize("declared", [None, np.nan, -99999.0])
def test_nan_is_a_gap_whatever_is_declared(tmp_path: Path, declared: float | None) -> None:
    path = write(tmp_path / "a.tif", np.where(HOLES, np.nan, TRUE), nodata=declared)
    assert demand(path).people_in_source == pytest.approx(LIVED, rel=1e-12)


@pytest.mark.parametrize("internal", [True, False])
@pytest.mark.parametrize("nodata", [None, -99999.0])
def test_a_mask_is_a_gap_and_declared_nodata_beside_it(
    tmp_path: Path, internal: bool, nodata: float | None
) -> None:
    """GDAL minds the mask alone; under it half of the holes are only declared."""
    values = np.where(HOLES, 7.0, TRUE).astype(np.float32)
    masked = HOLES.copy()
    if nodata is not None:
        values[3:6][HOLES[3:6]] = nodata
        masked[3:6] = False
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=internal):
        path = write(tmp_path / "a.tif", values, mask=~masked, nodata=nodata)
    assert (tmp_path / "a.tif.msk").exists() != internal
    assert demand(path).people_in_source == pytest.approx(LIVED, rel=1e-12)


@pytest.mark.parametrize("nodata", [None, -99999.0])
def test_an_alpha_band_is_no_second_band_but_a_gap(tmp_path: Path, nodata: float | None) -> None:
    values = np.stack([np.where(HOLES, 7, TRUE), np.where(HOLES, 0, 255)]).astype(np.float32)
    path = write(tmp_path / "a.tif", values, nodata=nodata, ALPHA="YES")
    with rasterio.open(path) as raster:
        assert raster.colorinterp[1] == ColorInterp.alpha
    assert demand(path).people_in_source == pytest.approx(LIVED, rel=1e-12)


@pytest.mark.parametrize(
    ("code", "dtype", "said"),
    [
        (-99999, np.float32, "-99999"),
        (-200, np.float64, "-200"),
        (-2147483647, np.int32, "-2147483647"),
        (-3.4028234663852886e38, np.float32, "-3.4028234663852886e+38"),
        (-0.25, np.float32, "-0.25"),
    ],
)
def test_an_undeclared_code_is_refused_with_the_number_to_declare(
    tmp_path: Path, code: float, dtype: Any, said: str
) -> None:
    path = write(tmp_path / "a.tif", np.where(HOLES, code, TRUE.astype(float)).astype(dtype))
    with pytest.raises(InputError) as stop:
        read(path)
    assert f"gdal_edit.py -a_nodata {said}" in str(stop.value)
    # Who does what is said is understood.
    with rasterio.open(path, "r+") as raster:
        raster.nodata = float(said)
    assert len(read(path)) == np.count_nonzero(~HOLES & (TRUE.astype(dtype) > 0))


def test_scale_and_offset_of_the_tags_are_applied_and_told(tmp_path: Path) -> None:
    stored = np.arange(400, dtype=np.int16).reshape(20, 20)
    path = write(tmp_path / "a.tif", stored, nodata=399)
    with rasterio.open(path, "r+") as raster:
        raster.scales, raster.offsets = (0.25,), (3.0,)
    spec = PopulationSpec(path=path.name, unit="persons")
    cells, notes = read_population(spec, {"population": path}, square())
    assert cells.people.sum() == sum(0.25 * value + 3 for value in range(399))
    assert any("value × 0.25 + 3" in note.en for note in notes)


@pytest.mark.parametrize(
    "dtype", ["uint8", "int16", "uint16", "int32", "uint32", "int64", "float64"]
)
def test_types(tmp_path: Path, dtype: str) -> None:
    values = (people() % 60).astype(dtype)
    assert read(write(tmp_path / "a.tif", values)).people.sum() == values.astype(float).sum()


# --- where the cells lie ---------------------------------------------------------------------


def plainly(path: Path, area: StudyArea) -> tuple[float, float, set[tuple[float, float]]]:
    """People in the source, people inside, and where those are, cell by cell."""
    with rasterio.open(path) as source:
        values, transform, crs = source.read(1).astype(float), source.transform, source.crs
        gap = source.nodata
    row, column = np.nonzero((values != gap) & (values > 0))
    x = transform.a * (column + 0.5) + transform.b * (row + 0.5) + transform.c
    y = transform.d * (column + 0.5) + transform.e * (row + 0.5) + transform.f
    x_m, y_m = transformer(crs.to_wkt(), EPSG).transform(x, y)
    counts = values[row, column]
    inside = shapely.intersects(area.boundary, shapely.points(x_m, y_m))
    places = {*zip(x_m[inside].round(4).tolist(), y_m[inside].round(4).tolist(), strict=True)}
    return math.fsum(counts), math.fsum(counts[inside]), places


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("whole", [True, False])
def test_cells_lie_where_they_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, whole: bool
) -> None:
    """Against one cell after another, in any CRS; the window never cuts off a cell inside."""
    if not whole:
        monkeypatch.setattr(raster_window, "_WHOLE_CELLS", 0)
    crs, transform = grid_at(place)
    path = write(tmp_path / "a.tif", people(), crs=crs, transform=transform)
    for area in (square(400.0), square(250.0, 500, -700), square(5_000.0), square(130.0, 930, 880)):
        total, inside, places = plainly(path, area)
        found = demand(path, area)
        assert found.total("total") == pytest.approx(inside, rel=1e-9)
        assert {
            *zip(found.x_m.round(4).tolist(), found.y_m.round(4).tolist(), strict=True)
        } == places
        assert found.total("total") + found.people_outside == pytest.approx(
            found.people_in_source, rel=1e-9
        )
        if whole:
            assert found.unread == 0
            assert found.people_in_source == pytest.approx(total, rel=1e-9)
        else:
            assert found.people_in_source <= total * (1 + 1e-12)
        middle = shapely.centroid(np.asarray(found.outline))
        np.testing.assert_allclose(shapely.get_x(middle), found.x_m, atol=0.01)
        np.testing.assert_allclose(shapely.get_y(middle), found.y_m, atol=0.01)


@pytest.mark.parametrize("place", ["Mollweide", "Web Mercator"])
def test_the_window_of_a_province_bends_with_its_projection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The sides of a box of 1,800 km bulge by 37 km on their way to the raster."""
    monkeypatch.setattr(raster_window, "_WHOLE_CELLS", 0)
    crs, _ = grid_at(place)
    x, y = transformer(4326, crs).transform(LON, LAT)
    transform = turned(0.0, 4_000.0, x - 2e6, y + 2e6)
    path = write(tmp_path / "a.tif", people(1, (1000, 1000)), crs=crs, transform=transform)
    area = square(900_000.0)
    _, inside, places = plainly(path, area)
    found = demand(path, area)
    assert len(found) == len(places) > 40_000
    assert found.total("total") == pytest.approx(inside, rel=1e-9)
    assert found.unread > 0


@settings(derandomize=True, database=None, deadline=None, max_examples=30)
@given(
    place=st.sampled_from(sorted(PLACES)),
    seed=st.integers(0, 10**6),
    half_m=st.floats(20, 3_000),
    east_m=st.floats(-2_000, 2_000),
    north_m=st.floats(-2_000, 2_000),
    block=st.sampled_from([None, 16, 32]),
    chunk=st.sampled_from([40, 400, 1 << 19]),
)
def test_neither_storage_nor_chunks_nor_the_window_change_a_bit(
    tmp_path_factory: pytest.TempPathFactory,
    place: str, seed: int, half_m: float, east_m: float, north_m: float,
    block: int | None, chunk: int,
) -> None:  # fmt: skip
    crs, transform = grid_at(place)
    values = np.where(
        np.random.default_rng(seed).random((70, 90)) < 0.5, -1, people(seed, (70, 90))
    )
    tiles = {"tiled": True, "blockxsize": block, "blockysize": block} if block else {}
    folder = tmp_path_factory.mktemp("r")
    stored = write(folder / "a.tif", values, crs=crs, transform=transform, nodata=-1, **tiles)
    plain = write(folder / "b.tif", values, crs=crs, transform=transform, nodata=-1)
    area = square(half_m, east_m, north_m)
    expected = demand(plain, area)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raster_window, "_CHUNK_CELLS", chunk)
        same = demand(stored, area)
        patch.setattr(raster_window, "_WHOLE_CELLS", 0)
        near = demand(stored, area)
    for found in (same, near):
        np.testing.assert_array_equal(found.people["total"], expected.people["total"])
        np.testing.assert_array_equal(found.x_m, expected.x_m)
        np.testing.assert_array_equal(found.y_m, expected.y_m)
    lived = values[values > 0].astype(float)
    assert same.people_in_source == pytest.approx(float(lived.sum()), rel=1e-12)
    assert 0 <= near.unread <= 70 * 90
    assert near.people_in_source <= same.people_in_source * (1 + 1e-12)


def test_an_area_beside_the_raster_holds_nobody_and_says_where_they_are(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", people())
    found = demand(path, square(east_m=90_000))
    assert len(found) == 0
    assert found.people_outside == pytest.approx(float(people().astype(float).sum()), rel=1e-12)


# --- giants --------------------------------------------------------------------------------------


def sparse(path: Path, columns: int, rows: int, **profile: Any) -> Path:
    """A raster with a header and nothing else."""
    cell = 0.0008333
    transform = Affine(cell, 0, LON - cell * columns / 2, 0, -cell, LAT + cell * rows / 2)
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", count=1, crs="EPSG:4326", transform=transform,
        nodata=-99999, width=columns, height=rows, SPARSE_OK=True, **profile,
    ):  # fmt: skip
        pass
    return path


TILED = {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate"}


def test_of_a_giant_only_what_is_near_is_read(tmp_path: Path) -> None:
    """A billion and more cells in a file of some kilobytes, one block of them inhabited."""
    path = sparse(tmp_path / "a.tif", 40_000, 40_000, **TILED)
    with rasterio.open(path, "r+") as raster:
        row, column = raster.index(LON, LAT)
        raster.write(people(), 1, window=((row - 10, row + 10), (column - 10, column + 10)))
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    found = demand(path, square(5_000.0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.total("total") == pytest.approx(float(people().astype(float).sum()), rel=1e-9)
    assert found.unread > 1.5e9
    assert peak < 64 << 20


def test_what_was_not_read_is_told(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = workflow.check(sample_folder / "study.yaml")
    monkeypatch.setattr(raster_window, "_WHOLE_CELLS", 0)
    near = workflow.check(sample_folder / "study.yaml")
    assert near.demand.unread > 0 == whole.demand.unread
    assert near.demand.total("total") == whole.demand.total("total")
    said = f"{near.demand.unread:,} other cells are not in that source's sum"
    assert any(said in note.en for note in near.notes)
    assert not any("not in that source's sum" in note.en for note in whole.notes)


def test_an_empty_giant_holds_nobody_near(tmp_path: Path) -> None:
    found = demand(sparse(tmp_path / "a.tif", 40_000, 40_000, **TILED))
    assert len(found) == 0 and found.unread > 1.5e9


def test_a_row_of_a_billion_cells_is_refused_unread(tmp_path: Path) -> None:
    resource: Any = pytest.importorskip("resource")
    path = sparse(tmp_path / "a.tif", 10**9, 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match="gdal_translate -co TILED=YES"):
        read(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10  # [KB]


def test_more_cells_over_the_area_than_people_could_need_are_refused(tmp_path: Path) -> None:
    path = sparse(tmp_path / "a.tif", 60_000, 60_000, **TILED)
    with pytest.raises(InputError, match="cells over the study area"):
        read(path, square(2_000_000.0))


# --- what is no raster of counts -----------------------------------------------------------------


def test_several_bands_are_refused_until_one_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.stack([people(0), people(1), people(2)]))
    with pytest.raises(InputError, match="found 3 bands"):
        read(path)
    assert read(path, band=2).people.sum() == people(1).astype(float).sum()
    with pytest.raises(InputError, match="no band 4 of data"):
        read(path, band=4)


def test_complex_numbers_are_no_people(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="complex numbers"):
        read(write(tmp_path / "a.tif", people().astype(np.complex64)))


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")  # as we write it
def test_a_raster_without_a_place_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", people(), transform=Affine.identity())
    with pytest.raises(InputError, match="a raster without a place"):
        read(path)


def test_a_raster_cut_off_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", people(0, (400, 400)))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match="a raster that cannot be read"):
        read(path, square(60_000.0))


def test_beijing_1954_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", people(), crs="EPSG:4214")
    with pytest.raises(InputError, match="an old datum"):
        read(path)


def test_files_read_along_are_told(tmp_path: Path) -> None:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False):
        path = write(tmp_path / "a.tif", people(), mask=~HOLES)
    spec = PopulationSpec(path=path.name, unit="persons")
    _, notes = read_population(spec, {"population": path}, square())
    assert any(note.en.endswith("do not hold: a.tif.msk") for note in notes)


# --- real ----------------------------------------------------------------------------------------


def test_nobody_of_worldpop_hong_kong_is_lost(shared_data: Path) -> None:
    """1,277,354.58 people in 3,646 cells, as the raster's own sum has them."""
    path = shared_data / "hongkong_island" / "worldpop2020_hk_island.tif"
    with rasterio.open(path) as source:
        values = source.read(1, masked=True).astype(float).compressed()
    x, y = Transformer.from_crs(4326, EPSG, always_xy=True).transform(114.2, 22.25)
    area = area_of(shapely.box(x - 30_000, y - 30_000, x + 30_000, y + 30_000))
    found = demand(path, area, official_total=1_196_000)
    assert found.people_in_source == pytest.approx(values.sum(), rel=1e-12)
    assert found.people_in_source == pytest.approx(1_277_354.58, abs=0.01)
    assert len(found) == np.count_nonzero(values > 0) == 3_646
    np.testing.assert_array_equal(found.people["total"], values[values > 0])
