"""Isochrones in every format, read back: shapes, Chinese text, areas, attribution, bytes."""

from __future__ import annotations

import csv
import sqlite3
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import pytest
import shapely
from pyproj import Geod

from planning.errors import InputError
from planning.outputs.gis import isochrone_files
from planning.outputs.gis.isochrone_files import FIELDS, write_isochrones
from planning.provenance import OSM_LICENCE, Source
from planning.travel.drawing import draw_streets

LABELS = {"elder": "居家养老服务", "nursery": '托育 <0–3岁> & "普惠"'}
MINUTES = (5.0, 10.0, 15.0)
SUFFIXES = (".gpkg", ".geojson", ".shp", ".fgb", ".kml", ".csv")
SOURCES = (Source(key="network", name="道路.osm.pbf", sha256="ab" * 32, licence=OSM_LICENCE),)
KML = "{http://www.opengis.net/kml/2.2}"


def blocks(around: int, west_m: float) -> shapely.Geometry:
    """Street blocks of 120 m, `around` in a row, each of which leaves a hole."""
    side_m, south_m = 120.0, 3_450_000.0
    at = np.arange(around + 1) * side_m
    along = [[west_m, south_m + y, west_m + at[-1], south_m + y] for y in at]
    across = [[west_m + x, south_m, west_m + x, south_m + at[-1]] for x in at]
    segments = np.array(along + across)
    return draw_streets(segments, np.array([0, len(segments)]))[0]


@pytest.fixture(scope="module")
def frame() -> gpd.GeoDataFrame:
    rows = [
        {
            "service": service,
            "label": label,
            "minutes": minutes,
            "speed_m_s": 1.0,
            "geometry": blocks(int(minutes) // 3, west_m),
        }
        for west_m, (service, label) in zip((500_000.0, 503_000.0), LABELS.items(), strict=True)
        for minutes in MINUTES
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=4549)


@pytest.fixture(scope="module")
def folder(frame: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("files") / "等时圈"
    write_isochrones(frame, home, sources=SOURCES)
    return home


def read_kml(path: Path) -> gpd.GeoDataFrame:
    """KML by its own words, not by the driver's reading of them."""
    rows = []
    for mark in ElementTree.parse(path).iter(f"{KML}Placemark"):
        row: dict[str, object] = {
            data.get("name", ""): data.findtext(f"{KML}value") for data in mark.iter(f"{KML}Data")
        }
        polygons = []
        for polygon in mark.iter(f"{KML}Polygon"):
            rings = [
                [tuple(map(float, pair.split(","))) for pair in str(each.text).split()]
                for each in polygon.iter(f"{KML}coordinates")
            ]
            polygons.append(shapely.Polygon(rings[0], rings[1:]))
        rows.append({**row, "geometry": shapely.MultiPolygon(polygons)})
    found = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)
    return found.astype({"minutes": float, "speed_m_s": float, "area_km2": float})


def read_back(folder: Path, suffix: str) -> gpd.GeoDataFrame:
    path = folder / f"isochrones{suffix}"
    if suffix == ".csv":
        table = pd.read_csv(path, encoding="utf-8-sig")
        shapes = shapely.from_wkt(table["wkt"])
        return gpd.GeoDataFrame(table, geometry=shapes, crs=table["crs"].iloc[0])
    if suffix == ".kml":
        return read_kml(path)
    layer = "isochrones" if suffix == ".gpkg" else None
    return gpd.read_file(path, layer=layer)


def geodesic_km2(frame: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    geod = Geod(ellps="GRS80")
    degrees = frame.to_crs(4326).geometry
    return np.array([abs(geod.geometry_area_perimeter(each)[0]) / 1e6 for each in degrees])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_reads_back_whole(folder: Path, frame: gpd.GeoDataFrame, suffix: str) -> None:
    found = read_back(folder, suffix).sort_values(["service", "minutes"], ignore_index=True)
    assert set(FIELDS) <= set(found.columns)
    assert found["label"].tolist() == [LABELS[service] for service in found["service"]]
    assert found["minutes"].tolist() == list(MINUTES) * 2
    assert found.geometry.is_valid.all()
    assert found["area_km2"].to_numpy() == pytest.approx(frame.area.to_numpy() / 1e6, abs=1e-6)
    assert geodesic_km2(found) == pytest.approx(found["area_km2"].to_numpy(), rel=1e-3)
    assert set(found["crs"]) == {found.crs.to_string()}
    holes = [
        sum(len(part.interiors) for part in getattr(shape, "geoms", [shape]))
        for shape in found.geometry
    ]
    assert holes == [(int(minutes) // 3) ** 2 for minutes in found["minutes"]]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_smaller_limits_lie_in_larger_ones_in_every_format(folder: Path, suffix: str) -> None:
    metric = read_back(folder, suffix).to_crs(4549).sort_values("minutes")
    for _, bands in metric.groupby("service"):
        shapes = bands.geometry.to_numpy()
        lost_m2 = shapely.area(shapely.difference(shapes[:-1], shapes[1:]))
        border_m = shapely.length(shapes[:-1])
        assert (lost_m2 <= 0.02 * border_m).all(), "more than the 1 cm to which degrees are written"


def test_geopackage_holds_both_coordinate_systems_and_where_it_comes_from(folder: Path) -> None:
    path = folder / "isochrones.gpkg"
    assert [name for name, _ in pyogrio.list_layers(path)] == ["isochrones", "isochrones_wgs84"]
    assert gpd.read_file(path, layer="isochrones").crs.to_epsg() == 4549
    degrees = gpd.read_file(path, layer="isochrones_wgs84")
    assert degrees.crs.to_epsg() == 4326
    assert set(degrees["crs"]) == {"EPSG:4326"}
    with sqlite3.connect(path) as database:
        stored = database.execute("SELECT description FROM gpkg_contents").fetchall()
    database.close()
    assert len(stored) == 2
    assert all(OSM_LICENCE in text and "ab" * 32 in text for (text,) in stored)


def test_geojson_is_as_rfc_7946_wants_it(folder: Path) -> None:
    text = (folder / "isochrones.geojson").read_text(encoding="utf-8")
    assert '"crs": {' not in text
    assert LABELS["elder"] in text
    for shape in read_back(folder, ".geojson").geometry:
        for part in shape.geoms:
            assert part.exterior.is_ccw
            assert not any(hole.is_ccw for hole in part.interiors)


def test_shapefile_is_gbk_with_short_names_and_says_what_they_mean(folder: Path) -> None:
    assert all(name.isascii() and len(name) <= 10 for name in FIELDS)
    assert (folder / "isochrones.cpg").read_text() == "GBK"
    assert LABELS["elder"].encode("gbk") in (folder / "isochrones.dbf").read_bytes()
    table = (folder / "isochrones.fields.txt").read_text(encoding="utf-8-sig")
    assert all(name in table and zh in table for name, (zh, _) in FIELDS.items())
    assert OSM_LICENCE in table


def test_shapefile_turns_to_utf8_where_gbk_lacks_a_letter(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    foreign = frame.assign(label="São João 养老")
    write_isochrones(foreign, tmp_path / "a.shp")
    assert (tmp_path / "a.cpg").read_text() == "UTF-8"
    assert set(gpd.read_file(tmp_path / "a.shp")["label"]) == {"São João 养老"}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_attribution_travels_with_every_format(folder: Path, suffix: str) -> None:
    place = folder / f"isochrones{'.fields.txt' if suffix == '.shp' else suffix}"
    assert OSM_LICENCE.encode() in place.read_bytes()


def test_kml_has_names_to_read_and_larger_limits_below(folder: Path) -> None:
    root = ElementTree.parse(folder / "isochrones.kml").getroot()
    folders = [each.findtext(f"{KML}name") for each in root.iter(f"{KML}Folder")]
    assert folders == list(LABELS.values())
    names = [mark.findtext(f"{KML}name") for mark in root.iter(f"{KML}Placemark")]
    assert names[:3] == [f"{LABELS['elder']} {minutes} 分钟" for minutes in (15, 10, 5)]
    styles = {f"#{style.get('id')}" for style in root.iter(f"{KML}Style")}
    assert {mark.findtext(f"{KML}styleUrl") for mark in root.iter(f"{KML}Placemark")} == styles
    assert set(pyogrio.read_dataframe(folder / "isochrones.kml", layer=folders[0])["Name"]) == {
        f"{LABELS['elder']} {minutes:g} 分钟" for minutes in MINUTES
    }


def test_csv_opens_in_excel_and_computes_nothing(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    write_isochrones(frame.assign(label="=1+1"), tmp_path / "a.csv", sources=SOURCES)
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    csv.field_size_limit(sys.maxsize)
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert {row["label"] for row in rows} == {"'=1+1"}
    assert {row["licence"] for row in rows} == {OSM_LICENCE}


def test_the_same_isochrones_give_the_same_bytes(
    folder: Path, frame: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.sleep(1.1)  # so that a stamp of the second of writing would show
    again = write_isochrones(frame, tmp_path / "again", sources=SOURCES)
    assert [path.name for path in again] == sorted(path.name for path in folder.iterdir())
    for path in again:
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_suffix_gives_one_format_and_upper_case_is_the_same(
    frame: gpd.GeoDataFrame, tmp_path: Path, suffix: str
) -> None:
    written = write_isochrones(frame, tmp_path / "new" / f"圈{suffix.upper()}")
    beside = {".cpg", ".dbf", ".prj", ".shx", ".txt"} if suffix == ".shp" else set()
    assert {path.suffix for path in written} == {suffix} | beside
    assert {path.name.split(".")[0] for path in written} == {"圈"}
    assert set(written) == set((tmp_path / "new").iterdir())


def test_no_isochrones_give_files_without_rows(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    write_isochrones(frame.iloc[:0], tmp_path)
    for suffix in (".gpkg", ".geojson", ".shp", ".fgb", ".csv"):
        assert len(pyogrio.read_dataframe(tmp_path / f"isochrones{suffix}", layer=0)) == 0


@pytest.mark.parametrize("name", ["a.xlsx", "a.tif", "a.geojson.zip"])
def test_an_unknown_suffix_is_refused_with_the_list(
    frame: gpd.GeoDataFrame, tmp_path: Path, name: str
) -> None:
    with pytest.raises(InputError) as refusal:
        write_isochrones(frame, tmp_path / name)
    assert all(suffix in str(refusal.value) for suffix in SUFFIXES)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_older_files_as_they_were(
    frame: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_isochrones(frame, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setitem(isochrone_files._WRITERS, ".csv", full)
        with pytest.raises(OSError, match="no space"):
            write_isochrones(frame.iloc[:1], tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_that_cannot_be_replaced_leaves_all_as_they_were(
    frame: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_isochrones(frame, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    rename = Path.rename

    def held_open(path: Path, target: Path) -> Path:
        if path.parent.name == "fresh" and path.suffix == ".kml":
            raise PermissionError(13, "held open")
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", held_open)
        with pytest.raises(InputError, match=r"isochrones\.kml"):
            write_isochrones(frame.iloc[:1], tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_of_that_name_is_not_removed(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    (tmp_path / "isochrones.kml").mkdir()
    with pytest.raises(InputError, match=r"isochrones\.kml"):
        write_isochrones(frame, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["isochrones.kml"]


def test_an_index_of_the_older_shapefile_goes_with_it(
    frame: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    (tmp_path / "a.qix").write_bytes(b"of other shapes")
    (tmp_path / "note.txt").write_text("mine")
    write_isochrones(frame, tmp_path / "a.shp")
    assert not (tmp_path / "a.qix").exists()
    assert (tmp_path / "note.txt").read_text() == "mine"


def test_frames_that_are_no_isochrones_are_refused(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    hollow = frame.copy()
    hollow.geometry = [shapely.MultiPolygon(), *frame.geometry[1:]]
    for wrong in (frame.drop(columns="label"), frame.to_crs(4326), hollow):
        with pytest.raises(ValueError, match="isochrone"):
            write_isochrones(wrong, tmp_path / "a.gpkg")
    assert list(tmp_path.iterdir()) == []
