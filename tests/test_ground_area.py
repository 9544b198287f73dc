"""Declared densities: the true area on the ground, whatever the projection does to areas."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from population_cells import PLACES, demand, grid_at, people, read, square, write
from pyproj import CRS, Geod, Transformer

from planning import workflow
from planning.errors import InputError
from planning.inputs.population.counts import read_population
from planning.inputs.population.ground_area import cell_areas_m2, polygon_areas_m2
from planning.inputs.population.raster_band import Grid
from planning.sample import write_sample
from planning.study import PopulationSpec

WGS84 = Geod(ellps="WGS84")


def between_parallels_m2(south: float, north: float, width: float) -> float:
    """Area of the WGS 84 ellipsoid between two parallels and two meridians [degrees], exact.

    b²/2 · Δλ · [sin φ / (1 − e² sin² φ) + ln((1 + e sin φ) / (1 − e sin φ)) / 2e].
    """
    e = math.sqrt(WGS84.es)

    def below(latitude: float) -> float:
        sine = math.sin(math.radians(latitude))
        return sine / (1 - WGS84.es * sine**2) + math.log((1 + e * sine) / (1 - e * sine)) / (2 * e)

    return WGS84.b**2 / 2 * math.radians(width) * (below(north) - below(south))


def geodesic_m2(grid: Grid, row: int, col: int, steps: int = 50) -> float:
    """Area within the outline of a cell, its sides followed in small geodesic steps."""
    along = np.linspace(0, 1, steps, endpoint=False)
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    ring = [
        (col + x + (x2 - x) * t, row + y + (y2 - y) * t)
        for (x, y), (x2, y2) in pairwise(corners)
        for t in along
    ]
    x, y = grid.xy(*np.array(ring).T)
    lon, lat = Transformer.from_crs(grid.crs, 4326, always_xy=True).transform(x, y)
    return abs(WGS84.polygon_area_perimeter(lon, lat)[0])


@pytest.mark.parametrize("latitude", [-60.0, 0.0, 18.0, 30.6, 53.5])
@pytest.mark.parametrize("cell", [1 / 1200, 1 / 120, 1.0])
def test_cells_of_degrees_are_exact(latitude: float, cell: float) -> None:
    grid = Grid(
        crs=CRS(4326), transform=(cell, 0, 100, 0, -cell, latitude + 5 * cell), rows=10, columns=10
    )
    row, col = np.arange(10, dtype=np.int32), np.arange(10, dtype=np.int32)[::-1]
    expected = [
        between_parallels_m2(latitude + (4 - r) * cell, latitude + (5 - r) * cell, cell)
        for r in range(10)
    ]
    np.testing.assert_allclose(cell_areas_m2(grid, row, col), expected, rtol=1e-9)


@pytest.mark.parametrize("place", PLACES)
def test_cells_of_any_projection_have_their_geodesic_area(place: str) -> None:
    crs, transform = grid_at(place)
    grid = Grid(crs=CRS(crs), transform=tuple(transform)[:6], rows=20, columns=20)
    row, col = np.array([0, 7, 19], dtype=np.int32), np.array([3, 19, 0], dtype=np.int32)
    expected = [geodesic_m2(grid, r, c) for r, c in zip(row.tolist(), col.tolist(), strict=True)]
    # PROJ's geodesic areas are good to some 0.1 m², as it says.
    np.testing.assert_allclose(cell_areas_m2(grid, row, col), expected, rtol=2e-5)


def test_what_projections_do_to_areas_is_seen() -> None:
    """Web Mercator at 30° N stretches areas by a third, UTM shrinks them a little."""
    for place, low, high in (("Web Mercator", 0.74, 0.76), ("UTM", 0.997, 1.003)):
        crs, transform = grid_at(place)
        grid = Grid(crs=CRS(crs), transform=tuple(transform)[:6], rows=20, columns=20)
        (area_m2,) = cell_areas_m2(grid, np.array([9], np.int32), np.array([9], np.int32))
        assert low < area_m2 / 100**2 < high
        assert area_m2 != pytest.approx(100**2, rel=1e-5)


def test_polygons_have_their_geodesic_area_holes_left_out() -> None:
    outer = shapely.box(108.0, 30.0, 108.01, 30.01)
    inner = shapely.box(108.002, 30.002, 108.004, 30.004)
    shapes = np.array([outer, outer.difference(inner)])
    whole = between_parallels_m2(30.0, 30.01, 0.01)
    hole = between_parallels_m2(30.002, 30.004, 0.002)
    np.testing.assert_allclose(
        polygon_areas_m2(shapes, CRS(4490)), [whole, whole - hole], rtol=1e-5
    )


# --- in a study ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "m2"), [("persons_per_km2", 1e6), ("persons_per_ha", 1e4)])
@pytest.mark.parametrize("place", ["degrees", "Mollweide", "Web Mercator"])
def test_a_declared_density_times_its_area_is_a_count(
    tmp_path: Path, unit: str, m2: float, place: str
) -> None:
    crs, transform = grid_at(place)
    path = write(tmp_path / "density.tif", people(), crs=crs, transform=transform, nodata=-1)
    grid = Grid(crs=CRS(crs), transform=tuple(transform)[:6], rows=20, columns=20)
    row, col = np.divmod(np.arange(400, dtype=np.int32), 20)
    density = people().astype(float).ravel()
    found = read(path, unit=unit)
    np.testing.assert_allclose(found.people, density * cell_areas_m2(grid, row, col) / m2)
    assert demand(path, unit=unit).total("total") == pytest.approx(float(found.people.sum()))


def test_an_undeclared_density_is_refused_as_ever(tmp_path: Path) -> None:
    path = write(tmp_path / "density.tif", people())
    with pytest.raises(InputError, match=r"population\.unit: persons_per_km2"):
        read(path)
    path = write(tmp_path / "a.tif", people() * 100)
    with pytest.raises(InputError, match="read as counts they give"):
        read(path)


def test_the_wrong_unit_of_a_density_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", people() * 50)
    assert read(path, unit="persons_per_km2").people.sum() > 0
    with pytest.raises(InputError, match=r"read as persons_per_ha; expected 20,000 at most"):
        read(path, unit="persons_per_ha")


def test_densities_of_polygons(tmp_path: Path) -> None:
    cells = [shapely.box(x, 30.0, x + 0.005, 30.005) for x in (107.99, 107.995, 108.0)]
    frame = gpd.GeoDataFrame({"d": [1000.0, 0.0, 3000.0]}, geometry=cells, crs=4326)
    frame.to_file(tmp_path / "a.gpkg")
    spec = PopulationSpec(path="a.gpkg", unit="persons_per_km2", column="d")
    found, _ = read_population(spec, {"population": tmp_path / "a.gpkg"}, square())
    km2 = between_parallels_m2(30.0, 30.005, 0.005) / 1e6
    np.testing.assert_allclose(found.people, [1000 * km2, 3000 * km2], rtol=1e-5)


def test_a_density_that_contradicts_the_official_total_is_refused(tmp_path: Path) -> None:
    """The sample's counts taken for densities per km² are too few by a hundred."""
    write_sample(tmp_path)
    study = tmp_path / "study.yaml"
    text = study.read_text(encoding="utf-8")
    study.write_text(
        text.replace("unit: persons ", "official_total: 47000\n  unit: persons_per_km2 "),
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="expected about the official 47,000"):
        workflow.check(study)


def test_a_study_says_what_became_of_densities(tmp_path: Path) -> None:
    write_sample(tmp_path)
    study = tmp_path / "study.yaml"
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("unit: persons ", "unit: persons_per_km2 "), encoding="utf-8")
    notes: list[Any] = [note.en for note in workflow.check(study).notes]
    assert any("densities (persons_per_km2) times the true area" in note for note in notes)
