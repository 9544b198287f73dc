"""Hostile geometry in layers: whatever is mended is told, all else is refused by feature."""

from __future__ import annotations

import shutil
import sqlite3
import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from conftest import Done
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from planning import workflow
from planning.errors import InputError
from planning.inputs.mending import mended
from planning.inputs.postgis.table_copy import LayerCrs, write_copy
from planning.inputs.vectors import read_layer, read_polygons
from planning.provenance import Note

TINY = Path(__file__).parent / "tiny_town"
SQUARE = shapely.box(0, 0, 4, 4)
BOW_TIE = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
SPIKE = shapely.from_wkt("POLYGON ((0 0, 4 0, 4 4, 2 4, 2 6, 2 4, 0 4, 0 0))")
TWICE = shapely.from_wkt("MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((1 0, 3 0, 3 2, 1 2, 1 0)))")
FLAT = shapely.from_wkt("POLYGON ((0 0, 4 0, 0 0, 0 0))")
NOWHERE = shapely.from_wkt("POLYGON ((0 0, 4 0, 4 inf, 0 0))")


def written(path: Path, *shapes: Any) -> Path:
    gpd.GeoDataFrame({"a": range(len(shapes))}, geometry=list(shapes), crs=4544).to_file(path)
    return path


class Layer:
    """A layer as it is read, and what was told of it."""

    def __init__(self, path: Path, read: Callable[..., Any] = read_polygons) -> None:
        told: list[Note] = []
        self.shapes = read(path, "area.units", tell=told.append).geometry.to_numpy()
        self.zh = [note.zh for note in told]
        self.en = [note.en for note in told]
        assert {note.about for note in told} <= {"area.units"}


def refused(path: Path, read: Callable[..., Any] = read_polygons) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        Layer(path, read)
    (fault,) = caught.value.faults
    assert fault.where == f"area.units: {path.name}"
    return fault.found


@pytest.mark.parametrize(
    ("shape", "area"),
    [(BOW_TIE, 2), (SPIKE, 16), (TWICE, 6)],
    ids=["bow-tie", "spike", "overlapping parts"],
)
def test_a_polygon_that_is_mended_is_told(tmp_path: Path, shape: Any, area: float) -> None:
    layer = Layer(written(tmp_path / "a.gpkg", SQUARE, shape))
    assert layer.zh == ["第2个要素的面无效（自相交、毛刺等），已修正"]
    assert layer.en == ["invalid polygons (crossing themselves, spikes) were mended: feature 2"]
    assert layer.shapes[0].equals(SQUARE)
    assert layer.shapes[1].is_valid
    assert layer.shapes[1].area == pytest.approx(area)
    assert layer.shapes[1].geom_type in ("Polygon", "MultiPolygon")


def test_of_many_the_first_are_named(tmp_path: Path) -> None:
    layer = Layer(written(tmp_path / "a.gpkg", SQUARE, *[BOW_TIE] * 8))
    assert layer.zh == ["第2、3、4、5、6个等 8 个要素的面无效（自相交、毛刺等），已修正"]
    assert layer.en[0].endswith("were mended: features 2, 3, 4, 5, 6 and 3 more")


def test_nothing_is_told_of_a_layer_without_fault(tmp_path: Path) -> None:
    assert Layer(written(tmp_path / "a.gpkg", SQUARE, SQUARE)).zh == []


@pytest.mark.parametrize(
    ("shape", "zh", "en"),
    [
        (None, "第2个要素没有几何", "no geometry in feature 2"),
        (shapely.Polygon(), "第2个要素没有几何", "no geometry in feature 2"),
        (shapely.MultiPolygon(), "第2个要素没有几何", "no geometry in feature 2"),
        (FLAT, "第2个要素没有面积", "no area in feature 2"),
        (NOWHERE, "第2个要素的坐标不是数字", "no numbers in feature 2"),
        (shapely.GeometryCollection([SQUARE, shapely.Point(1, 1)]), "几何类型 GeometryCollection",
         "geometry of type GeometryCollection"),
        (shapely.Point(1, 1), "几何类型 Point", "geometry of type Point"),
    ],
    ids=["null", "empty", "empty parts", "flat", "infinite", "collection", "point"],
)  # fmt: skip
def test_what_is_no_polygon_is_refused(tmp_path: Path, shape: Any, zh: str, en: str) -> None:
    found = refused(written(tmp_path / "a.gpkg", SQUARE, shape))
    assert zh in found[0] and en in found[1]


@pytest.mark.parametrize("shape", [None, shapely.Point(), shapely.Point(1, np.nan)])
def test_points_without_a_place_are_refused(tmp_path: Path, shape: Any) -> None:
    """An empty point would vanish, and every point after it would move up a row."""
    path = written(tmp_path / "a.gpkg", shapely.Point(1, 2), shape, shapely.Point(3, 4))
    assert "feature 2" in refused(path, read_layer)[1]


@settings(deadline=None, max_examples=60)
@given(ring=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=9))
def test_mending_keeps_what_a_ring_encloses(ring: list[tuple[int, int]]) -> None:
    """Every place around which the ring winds an odd number of times stays inside: an oracle."""
    frame = gpd.GeoDataFrame(geometry=[shapely.Polygon(ring)], crs=4544)
    told: list[Note] = []
    try:
        (shape,) = mended(frame, "a", about="a", tell=told.append).geometry
    except InputError:
        return
    assert shape.is_valid
    corners = [*ring, ring[0]]
    for x in np.arange(0.37, 6, 1.0):
        for y in np.arange(0.41, 6, 1.0):
            crossings = 0
            for (x1, y1), (x2, y2) in pairwise(corners):
                if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                    crossings += 1
            if crossings % 2:
                assert shape.distance(shapely.Point(x, y)) < 1e-9


def test_heights_are_left_out_and_told(tmp_path: Path) -> None:
    layer = Layer(written(tmp_path / "a.gpkg", shapely.force_3d(SQUARE, 7.0), SQUARE))
    assert not shapely.has_z(layer.shapes).any()
    assert layer.shapes[0].equals(SQUARE)
    assert layer.en == ["heights (Z) of its geometry are not used"]


def test_a_bow_tie_with_heights(tmp_path: Path) -> None:
    layer = Layer(written(tmp_path / "a.gpkg", shapely.force_3d(BOW_TIE, 5)))
    assert layer.shapes[0].area == pytest.approx(2)
    assert len(layer.en) == 2


def as_blob(path: Path, wkb: bytes, kind: str, *, measured: int = 0) -> Path:
    """A GeoPackage of one geometry in any WKB, the layer declared to be of it."""
    crs = LayerCrs(name="EPSG:4544", srid=4544, epsg=4544, wkt=CRS.from_epsg(4544).to_wkt())
    copy = write_copy(path.parent / "copy", name="a", columns=["a"], crs=crs, rows=[(1, wkb)])
    db = sqlite3.connect(copy.path)
    told = (kind, measured)
    db.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = ?, z = 0, m = ?", told)
    db.commit()
    db.close()
    return copy.path.rename(path)


def wkb_ring(kind: int, places: list[tuple[float, ...]]) -> bytes:
    return struct.pack("<BII", 1, kind, len(places)) + b"".join(
        struct.pack(f"<{len(place)}d", *place) for place in places
    )


ARC = wkb_ring(8, [(0, 0), (1, 1), (2, 0), (1, -1), (0, 0)])
ROUND = struct.pack("<BII", 1, 10, 1) + ARC


@pytest.mark.parametrize(
    ("wkb", "kind"),
    [(ROUND, "CURVEPOLYGON"), (struct.pack("<BII", 1, 12, 1) + ROUND, "MULTISURFACE")],
    ids=["curve polygon", "multi surface"],
)
def test_arcs_are_drawn_straight_and_told(tmp_path: Path, wkb: bytes, kind: str) -> None:
    layer = Layer(as_blob(tmp_path / "a.gpkg", wkb, kind))
    assert layer.en == ["arcs are read as chains of straight pieces"]
    assert layer.shapes[0].area == pytest.approx(np.pi, rel=2e-3)


def test_measures_are_passed_over(tmp_path: Path) -> None:
    ring = [(0, 0, 9), (4, 0, 9), (4, 4, 9), (0, 4, 9), (0, 0, 9)]
    wkb = struct.pack("<BII", 1, 2003, 1) + wkb_ring(0, ring)[5:]
    layer = Layer(as_blob(tmp_path / "a.gpkg", wkb, "POLYGON", measured=1))
    assert layer.shapes[0].equals(SQUARE)
    assert layer.en == ["measures (M) of its geometry are not used"]


def test_triangles_and_damaged_geometry_are_refused(tmp_path: Path) -> None:
    triangle = struct.pack("<BII", 1, 17, 1) + shapely.to_wkb(FLAT)[9:]
    assert "it cannot be read" in refused(as_blob(tmp_path / "a.gpkg", triangle, "GEOMETRY"))[1]


def test_a_million_corners(tmp_path: Path) -> None:
    turn = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    ring = np.c_[np.cos(turn), np.sin(turn)] * 1e4 + 5e5
    layer = Layer(written(tmp_path / "a.gpkg", shapely.Polygon(ring)))
    assert layer.en == []
    assert shapely.get_num_coordinates(layer.shapes[0]) == 1_000_001


# --- through a study ------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "town")
    return tmp_path / "town"


def units(town: Path, change: Callable[[np.ndarray], None]) -> Path:
    frame = gpd.read_file(town / "units.geojson")
    shapes = frame.geometry.to_numpy().copy()
    change(shapes)
    frame = frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs))
    frame.to_file(town / "units.gpkg")
    study = town / "study.yaml"
    text = study.read_text(encoding="utf-8").replace("units.geojson", "units.gpkg")
    study.write_text(text, encoding="utf-8")
    return study


def test_a_mended_unit_is_told_by_check(town: Path, planning_cli: Callable[..., Done]) -> None:
    def spiked(shapes: np.ndarray) -> None:
        """The street of the west, with a spike that runs out and back."""
        ring = shapely.get_coordinates(shapes[1]).tolist()
        x, y = ring[0]
        shapes[1] = shapely.force_3d(shapely.Polygon([*ring[:-1], (x, y), (x - 50, y), (x, y)]), 3)

    study = units(town, spiked)
    done = planning_cli("check", study)
    assert done.code == 0, done.err
    assert "第2个要素的面无效（自相交、毛刺等），已修正" in done.out
    assert "高程（Z）未使用" in done.out
    plain = workflow.check(TINY / "study.yaml")
    ours = workflow.check(study)
    for group, people in plain.demand.people.items():
        np.testing.assert_allclose(ours.demand.people[group], people)


def test_an_empty_unit_is_refused_by_check(town: Path, planning_cli: Callable[..., Done]) -> None:
    def emptied(shapes: np.ndarray) -> None:
        shapes[2] = shapely.Polygon()

    done = planning_cli("check", units(town, emptied))
    assert done.code == 2
    assert "area.units: units.gpkg：发现 第3个要素没有几何" in done.err


def test_parents_that_are_numbers_with_gaps(town: Path) -> None:
    """Whole numbers beside a blank come as 510104.0, which is the unit 510104 all the same."""
    frame = gpd.read_file(town / "units.geojson")
    frame["unit_id"] = [510104, 510104001, 510104002]
    frame["parent_id"] = [np.nan, 510104.0, 510104.0]
    frame.to_file(town / "units.gpkg")
    study = town / "study.yaml"
    text = study.read_text(encoding="utf-8").replace("units.geojson", "units.gpkg")
    study.write_text(text.replace("[county]", "[county]"), encoding="utf-8")
    county, streets = workflow.check(study).area.levels
    assert county.ids == ("510104",)
    assert streets.parent_ids == ("510104", "510104")
