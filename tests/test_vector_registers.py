"""Registers out of vector layers and drawings, in the encodings and forms met in China."""

from __future__ import annotations

import shutil
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from registers import read, refused, said

from planning.errors import InputError

LONLAT = np.array([[105.1, 30.5], [105.2, 30.6]])


def layer(shapes: Any = None, epsg: int | None = 4490, **columns: list[Any]) -> gpd.GeoDataFrame:
    shapes = shapely.points(LONLAT) if shapes is None else shapes
    data = columns or {"编号": ["F1", "F2"], "名称": ["白云敬老院", " 㙍𠮷\u3000"]}
    frame = gpd.GeoDataFrame(data, geometry=list(shapes), crs=4490)
    return frame if epsg == 4490 else frame.to_crs(epsg)


@pytest.mark.parametrize("epsg", [4490, 4544])
@pytest.mark.parametrize("suffix", [".gpkg", ".gdb", ".fgb", ".geojson", ".json", ".kml"])
def test_every_vector_format_gives_the_same_register(
    tmp_path: Path, suffix: str, epsg: int
) -> None:
    path = tmp_path / f"设施{suffix}"
    driver = {".gdb": "OpenFileGDB", ".json": "GeoJSON", ".kml": "LIBKML"}.get(suffix)
    frame = layer(epsg=4326 if suffix in (".geojson", ".json", ".kml") else epsg)
    frame.to_file(path, driver=driver)
    sheet = read(path)
    order = np.argsort(sheet.rows["编号"].to_numpy(dtype=str))
    assert sheet.rows["编号"].iloc[order].tolist() == ["F1", "F2"]
    assert sheet.rows["名称"].iloc[order].tolist() == ["白云敬老院", "㙍𠮷"]
    assert sheet.lon is not None and sheet.lat is not None
    np.testing.assert_allclose(np.c_[sheet.lon, sheet.lat][order], LONLAT, atol=1e-7)
    assert sheet.numbers.tolist() == [2, 3]


def test_cells_without_a_value_are_none(tmp_path: Path) -> None:
    path = tmp_path / "f.gpkg"
    layer(编号=["F1", None], 托位数=[3, None], 日期=[pd.Timestamp("2024-05-01"), None]).to_file(
        path
    )
    rows = read(path).rows
    assert rows.iloc[1].tolist() == [None, None, None]
    assert rows["托位数"].iloc[0] == 3


def test_which_layer_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.gpkg"
    layer().to_file(path, layer="养老")
    assert len(read(path)) == 2
    layer(shapely.points(LONLAT[:1]), 编号=["N1"]).to_file(path, layer="托育")
    refused(path, zh="2 个图层", en="2 layers")
    refused(path, sheet="医疗", zh="没有图层“医疗”", en="no layer '医疗'")
    assert read(path, "托育").rows["编号"].tolist() == ["N1"]


def test_styles_beside_a_layer_are_no_choice(tmp_path: Path) -> None:
    path = tmp_path / "f.gpkg"
    layer().to_file(path, layer="养老")
    pyogrio.write_dataframe(pd.DataFrame({"styleQML": ["<qgis/>"]}), path, layer="layer_styles")
    assert len(read(path)) == 2
    assert read(path, "layer_styles").lon is None


def test_polygons_stand_for_a_point_inside(tmp_path: Path) -> None:
    ring = shapely.Polygon([(0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3)])
    parts = shapely.MultiPolygon(
        [shapely.box(105, 30, 105.1, 30.1), shapely.box(106, 30, 106.01, 30.01)]
    )
    shapes = [shapely.affinity.translate(ring, 105, 30), parts]
    layer(shapes).to_file(tmp_path / "f.gpkg")
    sheet = read(tmp_path / "f.gpkg")
    for shape, lon, lat in zip(shapes, sheet.lon, sheet.lat, strict=True):
        assert shape.covers(shapely.Point(lon, lat))
    assert "2 polygons stand for a point inside them" in said(sheet)


def test_what_is_no_place_is_listed_by_row(tmp_path: Path) -> None:
    shapes = [
        shapely.Point(105, 30),
        shapely.MultiPoint([(105, 30)]),
        None,
        shapely.Point(),
        shapely.MultiPoint([(105, 30), (106, 30)]),
        shapely.LineString([(105, 30), (106, 30)]),
    ]
    path = tmp_path / "f.gpkg"
    layer(shapes, 编号=list("abcdef")).to_file(path)
    where = refused(path, zh="2 个点合为一个要素", en="geometry of type LineString")
    assert [at.rpartition(" ")[2] for at in where] == ["4", "5", "6", "7"]


@pytest.mark.parametrize("epsg", [4214, 4610])
def test_old_datums(tmp_path: Path, epsg: int) -> None:
    layer().set_crs(epsg, allow_override=True).to_file(tmp_path / "f.gpkg")
    refused(tmp_path / "f.gpkg", zh="旧坐标系", en="an old datum")


@pytest.mark.parametrize(
    "name", ["f.gpkg", "f.shp", "f.kml", "f.fgb", "f.geojson", "f.json", "f.dxf"]
)
@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b'{"type": "Featu', b"[]", b"PK\x03\x04"])
def test_files_that_are_no_layer(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    refused(tmp_path / name, zh="", en="")


def test_a_point_that_is_no_number(tmp_path: Path) -> None:
    path = tmp_path / "f.gpkg"
    layer([shapely.Point(105, 30), shapely.Point(105, np.inf)]).to_file(path)
    where = refused(path, zh="坐标不是数字", en="coordinates that are no numbers")
    assert where == ["facilities: f.gpkg 第3行 row 3"]
    ring = shapely.Polygon([(105, 30), (106, np.inf), (106, 31)])
    layer([shapely.Point(105, 30), ring]).to_file(path)
    refused(path, zh="第2个要素的坐标不是数字", en="no numbers in feature 2")


def test_geojson_in_cgcs2000_and_projected(tmp_path: Path) -> None:
    """As GIS write it here, though the standard knows WGS 84 alone."""
    for name, epsg in (("f.geojson", 4490), ("g.geojson", 4544)):
        layer(epsg=epsg).to_file(tmp_path / name)
        sheet = read(tmp_path / name)
        np.testing.assert_allclose(np.c_[sheet.lon, sheet.lat], LONLAT, atol=1e-7)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # what GDAL has to say of such files
@pytest.mark.parametrize(
    "name", ["f.gpkg", "f.geojson", "f.kml", "f.fgb", "f.dxf", "f.dbf", "f.shp"]
)
def test_layers_cut_short(tmp_path: Path, name: str) -> None:
    """Whatever is left, it is refused or read, and nothing else happens."""
    path = tmp_path / name
    if name == "f.dxf":
        path.write_text(drawing(), encoding="gb18030")
    elif name.startswith("f.shp") or name == "f.dbf":
        shapefile(tmp_path / "f.shp", "GBK", cpg=False)
    else:
        layer(epsg=4326).to_file(path, driver="LIBKML" if name == "f.kml" else None)
    whole = path.read_bytes()
    for tenth in range(1, 10):
        path.write_bytes(whole[: len(whole) * tenth // 10])
        with suppress(InputError):
            assert len(read(tmp_path / "f.shp" if name == "f.dbf" else path)) <= 2


# --- Shapefiles -----------------------------------------------------------------------------


def shapefile(path: Path, encoding: str, *, cpg: bool, byte: int = 0, **columns: list[Any]) -> Path:
    columns = columns or {"编号": ["F1", "F2"], "机构类": ["敬老院", "日间照料中心"]}
    layer(**columns).to_file(path, encoding=encoding)
    if not cpg:
        path.with_suffix(".cpg").unlink()
    table = path.with_suffix(".dbf")
    data = bytearray(table.read_bytes())
    data[29] = byte
    table.write_bytes(bytes(data))
    return path


@pytest.mark.parametrize(
    ("encoding", "cpg", "byte", "remark"),
    [
        ("UTF-8", True, 0, ""),
        ("GBK", True, 0, ""),
        ("GB18030", True, 0x4D, ""),
        ("UTF-8", False, 0, "read as UTF-8"),
        ("GBK", False, 0, "read as GB18030"),
        ("GBK", False, 0x57, "read as GB18030"),
        ("GBK", False, 0x4D, ""),
    ],
)
def test_text_of_a_shapefile(
    tmp_path: Path, encoding: str, cpg: bool, byte: int, remark: str
) -> None:
    path = shapefile(tmp_path / "f.shp", encoding, cpg=cpg, byte=byte)
    sheet = read(path)
    assert sheet.rows.columns.tolist() == ["编号", "机构类"]
    assert sheet.rows["机构类"].tolist() == ["敬老院", "日间照料中心"]
    assert remark in said(sheet) if remark else said(sheet) == ""


def test_a_cpg_that_lies(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "f.shp", "GBK", cpg=True)
    path.with_suffix(".cpg").write_text("UTF-8")
    sheet = read(path)
    assert sheet.rows["机构类"].tolist() == ["敬老院", "日间照料中心"]
    assert "not in its declared encoding; read as GB18030" in said(sheet)


@pytest.mark.parametrize("cpg", [True, False])
def test_names_torn_at_ten_bytes(tmp_path: Path, cpg: bool) -> None:
    columns = {"编号": ["F1", "F2"], "机构类型": ["敬老院", "日间照料中心"]}
    as_ascii = {"编号": columns["编号"], "A" * 10: columns["机构类型"]}
    torn = shapefile(tmp_path / "f.shp", "UTF-8", cpg=cpg, **as_ascii)
    table = torn.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(b"A" * 10, "机构类型".encode()[:10], 1))
    refused(torn, zh="字段名“机构类…”在第 10 字节处被截断", en="torn at byte 10")
    whole = shapefile(tmp_path / "g.shp", "GBK", cpg=cpg, **columns)
    assert read(whole).rows["机构类型"].tolist() == ["敬老院", "日间照料中心"]


def test_rare_characters_in_gb18030(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "f.shp", "GB18030", cpg=False, byte=0x4D, 名称=["㙍", "𠮷"])
    assert read(path).rows["名称"].tolist() == ["㙍", "𠮷"]


def test_a_shapefile_of_ascii_needs_no_guess(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "f.shp", "UTF-8", cpg=False, id=["a", "b"])
    assert read(path).remarks == ()


def test_a_shapefile_without_a_crs(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "f.shp", "UTF-8", cpg=True)
    path.with_suffix(".prj").unlink()
    refused(path, zh="没有坐标系", en="no CRS")


# --- archives -------------------------------------------------------------------------------


def zipped(path: Path, *files: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            for part in sorted(file.rglob("*")) if file.is_dir() else [file]:
                archive.write(part, str(part.relative_to(file.parent)))
    return path


def test_layers_in_a_zip(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "设施.shp", "GBK", cpg=True)
    parts = [shp.with_suffix(s) for s in (".shp", ".shx", ".dbf", ".prj", ".cpg")]
    (tmp_path / "说明.txt").write_text("说明")
    sheet = read(zipped(tmp_path / "a.zip", *parts, tmp_path / "说明.txt"))
    assert sheet.rows["机构类"].tolist() == ["敬老院", "日间照料中心"]
    assert "设施.shp out of the archive" in said(sheet)
    layer().to_file(tmp_path / "f.gdb", driver="OpenFileGDB")
    assert read(zipped(tmp_path / "b.zip", tmp_path / "f.gdb")).rows["编号"].tolist() == [
        "F1",
        "F2",
    ]
    layer().to_file(tmp_path / "f.gpkg")
    assert len(read(zipped(tmp_path / "c.zip", tmp_path / "f.gpkg"))) == 2
    refused(
        zipped(tmp_path / "d.zip", tmp_path / "f.gpkg", *parts),
        zh="压缩包内有 2 个表或图层",
        en="2 tables or layers in the archive",
    )
    refused(zipped(tmp_path / "e.zip"), zh="压缩包内有 0 个", en="0 tables or layers")


def test_names_in_a_zip_of_windows(tmp_path: Path) -> None:
    """Windows writes GBK and does not say so."""
    path = tmp_path / "a.zip"
    name = "养老设施.csv".encode("gbk")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x" * len(name), "编号,名称\n1,甲\n")
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    sheet = read(path)
    assert sheet.rows["名称"].tolist() == ["甲"]
    assert "养老设施.csv out of the archive" in said(sheet)


@pytest.mark.parametrize("name", ["../f.csv", "/etc/f.csv", "..\\f.csv", "C:\\f.csv"])
def test_a_zip_that_leads_out(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, "编号,名称\n1,甲\n")
    refused(tmp_path / "a.zip", zh="越界", en="leads out of the archive")


def test_a_zip_that_is_a_bomb(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("f.csv", b"a,b\n" + b"0" * (100 << 20))
    refused(tmp_path / "a.zip", zh="压缩炸弹", en="a zip bomb")


def test_a_kmz(tmp_path: Path) -> None:
    layer(epsg=4326).to_file(tmp_path / "doc.kml", driver="LIBKML")
    shutil.move(zipped(tmp_path / "f.zip", tmp_path / "doc.kml"), tmp_path / "f.kmz")
    assert read(tmp_path / "f.kmz").rows["编号"].tolist() == ["F1", "F2"]


# --- drawings -------------------------------------------------------------------------------


def drawing(*, places: bool = True) -> str:
    """A DXF with a point, a block inserted with an attribute, a text and a line."""
    pairs: list[tuple[int, Any]] = [
        (0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1015"),
        (9, "$DWGCODEPAGE"), (3, "ANSI_936"), (0, "ENDSEC"),
        (0, "SECTION"), (2, "BLOCKS"), (0, "BLOCK"), (8, "0"), (2, "养老"), (70, 2),
        (10, 0), (20, 0), (30, 0), (3, "养老"), (1, ""),
        (0, "CIRCLE"), (8, "0"), (10, 0), (20, 0), (30, 0), (40, 5), (0, "ENDBLK"), (8, "0"),
        (0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES"),
    ]  # fmt: skip
    if places:
        pairs += [
            (0, "POINT"), (5, "A1"), (100, "AcDbEntity"), (8, "养老设施"), (100, "AcDbPoint"),
            (10, 400100.5), (20, 3300200.25), (30, 0),
            (0, "INSERT"), (5, "A2"), (100, "AcDbEntity"), (8, "养老设施"),
            (100, "AcDbBlockReference"), (66, 1), (2, "养老"), (10, 400200), (20, 3300300), (30, 0),
            (0, "ATTRIB"), (5, "A3"), (100, "AcDbEntity"), (8, "0"), (100, "AcDbText"),
            (10, 0), (20, 0), (30, 0), (40, 2), (1, "白云\\U+517B老院"), (100, "AcDbAttribute"),
            (2, "名称"), (70, 0), (0, "SEQEND"), (5, "A4"), (8, "0"),
        ]  # fmt: skip
    pairs += [
        (0, "TEXT"), (5, "A5"), (100, "AcDbEntity"), (8, "注记"), (100, "AcDbText"), (10, 1),
        (20, 1), (30, 0), (40, 2), (1, "说明"), (0, "LINE"), (5, "A6"), (100, "AcDbEntity"),
        (8, "道路"), (100, "AcDbLine"), (10, 0), (20, 0), (30, 0), (11, 9), (21, 9), (31, 0),
        (0, "ENDSEC"), (0, "EOF"),
    ]  # fmt: skip
    return "".join(f"{code}\n{value}\n" for code, value in pairs)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_points_and_blocks_of_a_drawing(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "图.dxf"
    path.write_text(drawing(), encoding=encoding)
    sheet = read(path)
    assert sheet.lon is None and sheet.lat is None
    assert sheet.rows["Layer"].tolist() == ["养老设施", "养老设施"]
    assert sheet.rows["BlockName"].tolist() == [None, "养老"]
    assert sheet.rows["名称"].tolist() == [None, "白云养老院"]
    assert sheet.rows["x"].tolist() == [400100.5, 400200.0]
    assert sheet.rows["y"].tolist() == [3300200.25, 3300300.0]
    assert "a DXF has no CRS" in said(sheet) and "2 entities" in said(sheet)


def test_a_drawing_without_places(tmp_path: Path) -> None:
    (tmp_path / "f.dxf").write_text(drawing(places=False), encoding="gb18030")
    refused(tmp_path / "f.dxf", zh="没有点，也没有插入的块", en="neither points nor inserted")
    (tmp_path / "g.dxf").write_bytes(b"AutoCAD Binary DXF\r\n\x1a\x00")
    refused(tmp_path / "g.dxf", zh="二进制 DXF", en="a binary DXF")
