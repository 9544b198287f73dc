"""Files as an enemy would make them: every reader ends in a result or in a refusal."""

from __future__ import annotations

import gzip
import json
import random
import re
import sqlite3
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
import xlsxwriter
from fuzz_readers import read_bytes, seeds_of
from fuzz_targets import TARGETS, ods_of, raster_of
from mutating import mutated

from planning.errors import LONGEST_PART, Fault, PlanningError
from planning.inputs.tables import archives, packed_json, workbooks

MOST = 14
"""Changed files a reader, here; `scripts/fuzz_readers.py` has no such bound."""
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TARGETS)
def test_changed_files_lead_to_a_result_or_to_a_refusal(name: str) -> None:
    target, chance = TARGETS[name], random.Random(f"{name} 9")
    seeds = seeds_of(target)
    for seed in seeds:
        read_bytes(target, seed)  # what is not changed is read
    for _ in range(MOST):
        try:
            read_bytes(target, mutated(chance.choice(seeds), chance))
        except PlanningError as error:
            assert_says_what_to_do(error)


def assert_says_what_to_do(error: PlanningError) -> None:
    assert error.faults
    for fault in error.faults:
        for zh, en in (fault.found, fault.expected, fault.to_do):
            assert zh and en
        assert HAN.search(fault.lines()[0]) and fault.to_do[1] in " ".join(str(error).split())


def refused(name: str, path: Path) -> str:
    """The English of a refusal."""
    with pytest.raises(PlanningError) as caught:
        TARGETS[name].read(path)
    assert_says_what_to_do(caught.value)
    return "\n".join(fault.lines()[1] for fault in caught.value.faults)


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def seed(name: str, folder: Path) -> Path:
    return TARGETS[name].seeds[0](folder)


# --- text -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["study", "standard", "words"])
@pytest.mark.parametrize(
    "value",
    ["9" * 6_000, "2021-13-45", "!!int abc", "2001-12-14t21:59:43.10-99:99", "&a {<<: *a}"],
    ids=["long number", "no day", "no number", "no time zone", "merged with itself"],
)
def test_scalars_that_the_parser_stumbles_over(name: str, value: str, tmp_path: Path) -> None:
    text = "%YAML 1.1\n---\n" if "t21" in value else ""
    refused(name, written(tmp_path / "a.yaml", f"{text}name: {value}\n"))


def test_a_yaml_longer_than_anybody_writes(tmp_path: Path) -> None:
    said = refused("study", written(tmp_path / "a.yaml", "#\n" * 300_000 + "name: a\n"))
    assert "600,008 bytes; expected YAML of 524,288 bytes at most" in said


def test_a_thousand_unknown_keys_are_told_of_in_part(tmp_path: Path) -> None:
    """Each was compared with all keys of a schema that was made anew: half a second a key."""
    text = "".join(f"key{k}: 1\n" for k in range(1_000))
    assert refused("study", written(tmp_path / "a.yaml", text)).count("\n") < 100


def test_a_figure_whose_digits_would_fill_the_memory(tmp_path: Path) -> None:
    text = seed("standard", tmp_path).read_text(encoding="utf-8")
    path = written(tmp_path / "b.yaml", text.replace('value: "5"', 'value: "1e1000000000"'))
    assert "b.yaml" in refused("standard", path)


@pytest.mark.parametrize(
    ("text", "en"),
    [
        ("编号,类型," + ",".join("a" * 20_000), "2 rows × 20,002 columns"),
        ("编号,类型\n" + "," * 17_000_000, "17,000,001 columns"),
        ("编号,类型\n" + "\n" * 4_000_001, "4,000,002 lines"),
        ("编号,类型\n" + "1,\n" * 4_000_001, "4,000,002 lines"),
    ],
    ids=["columns of one name", "delimiters", "blank lines", "short rows"],
)
def test_tables_wider_and_longer_than_any(text: str, en: str, tmp_path: Path) -> None:
    said = refused("csv", written(tmp_path / "a.csv", f"{text}\n1\n" if "a,a" in text else text))
    assert en in said or "columns" in said


def test_names_used_twice_take_time_in_proportion(tmp_path: Path) -> None:
    """Five thousand columns of one name took minutes: each looked through all before it."""
    header = ",".join(["编号", "设施种类", *["a"] * 5_000, "a.7"])
    path = written(tmp_path / "a.csv", f"{header}\nC1,nursery{',1' * 5_001}\n")
    assert TARGETS["picked"].read(path)


def test_a_number_too_large_for_any_float(tmp_path: Path) -> None:
    text = seed("csv", tmp_path).read_text(encoding="utf-8").replace('"30"', f'"{"9" * 4_000}"')
    assert "托位数" in refused("csv", written(tmp_path / "b.csv", text))


def test_what_a_file_says_is_printed_without_commands_to_the_terminal() -> None:
    fault = Fault(
        where="a", found=("\x1b[2J", "\x1b]0;x\x07\x9b"), expected=("", ""), to_do=("", "")
    )
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", "".join(fault.lines()))
    long = Fault(where="a" * 10_000, found=("", ""), expected=("", ""), to_do=("", ""))
    assert all(len(line) < LONGEST_PART + 50 for line in long.lines())


# --- archives and workbooks -----------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ["a" * 300 + ".shp"],
        ["a", "a/b.shp"],
        ["a/b.shp", "a"],
        ["/".join("a" * 3_000)],
        [".", "b.shp"],
    ],
    ids=["long name", "file, then folder", "folder, then file", "deep", "blank"],
)
def test_names_in_archives_that_no_disk_takes(names: list[str], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    assert "a.zip: found a table that cannot be read" in refused("shapefile", tmp_path / "a.zip")


def test_a_member_without_a_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("QQ.shp", "x")
    packed = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(packed.replace(b"QQ.shp", b"\0Q.shp"))
    assert "too long, or blank" in refused("shapefile", tmp_path / "a.zip")


def test_a_crs_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    """As old programs write it: the reading library stumbles over it."""
    layer = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(105, 30)], crs=4326)
    layer.to_file(tmp_path / "a.shp")
    crs = (tmp_path / "a.prj").read_text(encoding="ascii")
    (tmp_path / "a.prj").write_bytes(crs.replace("WGS_1984", "北京54").encode("gb18030"))
    assert "its coordinate system (.prj) cannot be read" in refused("shapefile", tmp_path / "a.shp")


def test_archives_of_very_many_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for k in range(archives.MOST_MEMBERS + 1):
            archive.writestr(f"{k}/a.txt", "")
    assert "10,001 files in the archive" in refused("shapefile", tmp_path / "a.zip")


def test_a_list_of_members_that_begins_before_the_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.shp", "x" * 100)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    at = data.rfind(b"PK\x05\x06") + 16
    data[at : at + 4] = struct.pack("<I", struct.unpack("<I", data[at : at + 4])[0] + 5)
    refused("shapefile", written(tmp_path / "b.zip", bytes(data)))


def test_an_attribute_table_of_records_without_length(tmp_path: Path) -> None:
    """The reader of its encoding went through every byte of it, one by one."""
    with zipfile.ZipFile(seed("shapefile", tmp_path)) as old:
        parts = {name: old.read(name) for name in old.namelist() if not name.endswith(".cpg")}
    table = bytearray(parts["seed.dbf"] + b"\xe4" * 100)
    table[10:12] = b"\x00\x00"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, bytes(table) if name.endswith(".dbf") else data)
    try:
        TARGETS["shapefile"].read(tmp_path / "a.zip")
    except PlanningError as error:
        assert_says_what_to_do(error)


def test_a_long_text_that_many_cells_share(tmp_path: Path) -> None:
    """A megabyte is kept once, and numbered by a thousand cells: a gigabyte of memory."""
    with xlsxwriter.Workbook(tmp_path / "seed.xlsx") as book:
        sheet = book.add_worksheet()
        for row in range(1_000):
            sheet.write_row(row, 0, ["a", "x" * 32_767])
    with (
        zipfile.ZipFile(tmp_path / "seed.xlsx") as old,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sharedStrings.xml"):
                data = data.replace(b"x" * 32_767, b"x" * 1_000_000)
            new.writestr(name, data)
    assert "more than 512 MiB of text in all" in refused("xlsx", tmp_path / "a.xlsx")


def test_tags_that_are_never_closed_take_time_in_proportion() -> None:
    part = workbooks._scanned(iter([b'<row r="1">' + b"<c" * 300_000 + b'"e"<f>']))
    assert part.errors == []


@pytest.mark.parametrize("repeated", [4_000_000, 4_000_000_000])
def test_cells_that_are_repeated_without_end(repeated: int, tmp_path: Path) -> None:
    cell = (
        f'<table:table-cell office:value-type="float" office:value="1" '
        f'table:number-columns-repeated="{repeated}"><text:p>1</text:p></table:table-cell>'
    )
    rows = f'<table:table-row table:number-rows-repeated="{repeated}">{cell}</table:table-row>'
    refused("ods", ods_of(tmp_path / "a.ods", rows))


# --- layers ---------------------------------------------------------------------------------

VRT = (
    "<OGRVRTDataSource><OGRVRTLayer name='seed'><SrcDataSource>{}</SrcDataSource></OGRVRTLayer>"
    "</OGRVRTDataSource>"
)


@pytest.mark.parametrize("name", ["geojson", "gpkg", "flatgeobuf", "kml", "gml", "dxf"])
def test_a_virtual_layer_under_any_name(name: str, tmp_path: Path) -> None:
    """GDAL opens it, whatever it is called, and reads a file of which no record tells."""
    (tmp_path / "other").mkdir()
    other = seed("geojson", tmp_path / "other")
    refused(name, written(tmp_path / f"a{TARGETS[name].suffix}", VRT.format(other)))


def test_a_geojson_that_is_a_command(tmp_path: Path) -> None:
    other = seed("geojson", tmp_path)
    line = f"gdal vector pipeline ! read {other} ! reproject --dst-crs=EPSG:4326"
    text = json.dumps({"type": "gdal_streamed_alg", "command_line": line})
    assert "gdal_streamed_alg" in refused("geojson", written(tmp_path / "a.geojson", text))


@pytest.mark.parametrize(
    "crs",
    ['{"type": "link", "properties": {"href": "http://127.0.0.1:9/a"}}',
     '{"properties": {"x": {}, "url": "http://127.0.0.1:9/a"}, "type": "URL"}',
     '{"type": "\\u006cink", "properties": {"href": "http://127.0.0.1:9/a"}}',
     '{"type": "link"' + " " * 40_000 + "}"],
    ids=["link", "url", "escaped", "long"],
)  # fmt: skip
def test_a_crs_that_is_to_be_fetched(crs: str, tmp_path: Path) -> None:
    """GDAL asks the server that a GeoJSON names."""
    features = json.loads(seed("geojson", tmp_path).read_text(encoding="utf-8"))["features"]
    text = f'{{"type": "FeatureCollection", "crs": {crs}, "features": {json.dumps(features)}}}'
    refused("geojson", written(tmp_path / "a.geojson", text))


@pytest.mark.parametrize("name", ["kml", "gml", "graphml"])
def test_entities_that_multiply_and_that_lead_outside(name: str, tmp_path: Path) -> None:
    text = seed(name, tmp_path).read_text(encoding="utf-8")
    dtd = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
    assert "?>" in text
    path = written(tmp_path / f"a{TARGETS[name].suffix}", text.replace("?>", f"?>{dtd}", 1))
    refused(name, path)


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz"])
def test_entities_in_an_osm_file(suffix: str, tmp_path: Path) -> None:
    text = seed("osm", tmp_path).read_text(encoding="utf-8")
    text = text.replace("?>", '?><!DOCTYPE x [<!ENTITY a "residential">]>', 1)
    data = text.replace('v="residential"', 'v="&a;"').encode()
    path = written(tmp_path / f"a{suffix}", gzip.compress(data) if suffix.endswith("gz") else data)
    refused("osm", path)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW v AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) "
        "SELECT i FROM c",
        "ALTER TABLE seed ADD COLUMN z TEXT GENERATED ALWAYS AS (hex(zeroblob(400000000))) VIRTUAL",
        "CREATE TABLE t (a)",
    ],
    ids=["a view without end", "a computed column", "a plain table"],
)
def test_queries_in_a_geopackage(sql: str, tmp_path: Path) -> None:
    path = seed("gpkg", tmp_path)
    with sqlite3.connect(path) as db:
        db.execute(sql)
    db.close()
    if "CREATE TABLE" in sql:
        assert len(TARGETS["gpkg"].read(path)) == 2  # type: ignore[arg-type]
    else:
        assert "a layer of the kind its name says" in refused("gpkg", path)


def test_a_header_that_counts_more_features_than_there_are(tmp_path: Path) -> None:
    path = seed("gpkg", tmp_path)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE gpkg_ogr_contents SET feature_count = 2000000000")
    db.close()
    assert "2,000,000,000 features" in refused("gpkg", path)


# --- streets --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("['residential', 'service']", "[" * 100_000 + "]" * 100_000),
        ("[11, 12]", "[" + "-" * 100_000 + "1]"),
        ("[11, 12]", "9" * 30),
        ("LINESTRING (104.0 30.6, 104.005 30.601, 104.01 30.6)", "GARBAGE (("),
        ("104.0<", "1e400<"),
    ],
    ids=["nested", "signs", "a way of 30 digits", "no geometry", "nowhere"],
)
def test_values_of_a_graph(old: str, new: str, tmp_path: Path) -> None:
    text = seed("graphml", tmp_path).read_text(encoding="utf-8")
    assert old in text
    try:
        TARGETS["graphml"].read(written(tmp_path / "a.graphml", text.replace(old, new)))
    except PlanningError as error:
        assert_says_what_to_do(error)
        assert len(str(error)) < 2_000


@pytest.mark.parametrize("name", ["overpass_gz", "overpass_places"])
def test_a_packed_answer_is_not_unpacked_beyond_measure(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed_json, "MOST_BYTES", 1 << 20)
    data = gzip.compress(b'{"elements": [' + b" " * (1 << 21) + b"]}")
    assert "a zip bomb" in refused(name, written(tmp_path / "a.json.gz", data))


@pytest.mark.parametrize(
    "element",
    [
        {"type": "node", "id": None, "lon": 1, "lat": 1, "tags": {"amenity": "kindergarten"}},
        {"type": "node", "id": 1, "lon": 1, "lat": 1, "tags": {"amenity": 5}},
    ],
)
def test_places_whose_ids_and_tags_are_none(element: object, tmp_path: Path) -> None:
    refused("overpass_places", written(tmp_path / "a.json", json.dumps({"elements": [element]})))


def varint(number: int) -> bytes:
    said = b""
    while number > 0x7F:
        said, number = said + bytes([number & 0x7F | 0x80]), number >> 7
    return said + bytes([number])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def blob(kind: bytes, block: bytes) -> bytes:
    body = varint(2 << 3) + varint(len(block)) + field(3, zlib.compress(block, 9))
    header = field(1, kind) + varint(3 << 3) + varint(len(body))
    return struct.pack(">I", len(header)) + header + body


HEADER = blob(b"OSMHeader", field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes"))


def test_a_pbf_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    strings = field(1, field(1, b"") + field(1, b"highway") + field(1, b"path"))
    way = varint(1 << 3) + varint(1) + field(2, b"\x01") + field(3, b"\x02")
    refs = field(8, b"\x02\x01" * (1 << 23))
    data = HEADER + blob(b"OSMData", strings + field(2, field(3, way + refs))) * 6
    said = refused("pbf", written(tmp_path / "a.osm.pbf", data))
    assert "it unpacks to more than 64 MiB: a bomb" in said


def test_a_gz_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    node = b'<node id="1" lon="1" lat="1"><tag k="highway" v="crossing"/></node>' * 1_100_000
    data = gzip.compress(b'<osm version="0.6">' + node)
    assert "a bomb" in refused("osm_gz", written(tmp_path / "a.osm.gz", data))


@pytest.mark.parametrize("packed", [False, True])
def test_a_nul_byte_in_a_tag_of_a_pbf(packed: bool, tmp_path: Path) -> None:
    """osmium read on beyond its memory, which ended the process two times in three."""
    data = seed("pbf", tmp_path).read_bytes()
    assert data.count(b"multipolygon") == 1
    if packed:
        strings = b"".join(field(1, text) for text in (b"", b"type", b"multipo\x00\x01\x00\x00n"))
        data = HEADER + blob(b"OSMData", field(1, strings))
    else:
        data = data.replace(b"multipolygon", b"multipo\x00\x01\x00\x00n")
    assert "NUL bytes in text" in refused("pbf", written(tmp_path / "a.osm.pbf", data))


# --- rasters --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["geotiff", "dem"])
@pytest.mark.parametrize(
    "text",
    [
        '<VRTDataset rasterXSize="20" rasterYSize="20"><SRS>EPSG:4326</SRS><VRTRasterBand '
        'dataType="Float32" band="1"><SimpleSource><SourceFilename>/vsicurl/http://127.0.0.1:9/a.tif'
        "</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>",
        '<GDAL_WMS><Service name="TMS"><ServerUrl>http://127.0.0.1:9/a</ServerUrl></Service></GDAL_WMS>',
        '{"stac_version": "1.0.0", "type": "Feature"}',
    ],
    ids=["VRT", "WMS", "STAC"],
)
def test_a_raster_whose_cells_lie_elsewhere(name: str, text: str, tmp_path: Path) -> None:
    said = refused(name, written(tmp_path / "a.tif", text))
    assert "whose data may lie elsewhere" in said


def test_a_raster_of_more_inhabited_cells_than_memory_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planning.inputs.population.raster_window._MOST_INHABITED", 63)
    path = raster_of(tmp_path / "a.tif", np.ones((8, 8), dtype=np.uint8))
    assert "more than 63 inhabited cells" in refused("geotiff", path)
    raster_of(tmp_path / "b.tif", np.eye(8, dtype=np.uint8))
    TARGETS["geotiff"].read(tmp_path / "b.tif")


@pytest.mark.parametrize("cell", ["nan", "1e-320", "inf"])
def test_a_grid_that_lies_nowhere(cell: str, tmp_path: Path) -> None:
    text = seed("ascii_grid", tmp_path).read_text(encoding="utf-8")
    path = written(tmp_path / "a.asc", text.replace("cellsize 0.05", f"cellsize {cell}"))
    try:
        TARGETS["ascii_grid"].read(path)
    except PlanningError as error:
        assert_says_what_to_do(error)


# --- the campaign itself --------------------------------------------------------------------


def test_the_campaign_keeps_what_ends_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import fuzz_readers

    died = [sys.executable, "-c", "import os; os.abort()"]
    run: Callable[..., None] = fuzz_readers._run

    def instead(command: list[str], scratch: Path, seconds: float) -> None:
        (scratch / "current").write_bytes(b"what did it")
        run(died, scratch, seconds)

    monkeypatch.setattr(fuzz_readers, "_run", instead)
    argv = ["fuzz_readers", "--minutes", "0.009", "--reader", "osm", "--corpus", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", argv)
    assert fuzz_readers.main() == 1
    kept = [path for path in (tmp_path / "osm" / "crashes").iterdir() if not path.suffix]
    assert [path.read_bytes() for path in kept] == [b"what did it"]
    assert re.match(r"[1-9]\d* crashes; what did it", capsys.readouterr().out.splitlines()[-1])
