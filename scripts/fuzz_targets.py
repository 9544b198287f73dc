"""The readers of the product as targets of fuzzing, each with small valid files to begin with.

A target takes the path of a file and ends in a result or a `PlanningError`; anything else is a
hole. Seeds are made here, never copied from anybody's data.
"""

from __future__ import annotations

import functools
import gzip
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import osmium
import pandas as pd
import rasterio
import shapely
from pyproj import CRS

from planning.area import StudyArea
from planning.inputs.own_words import read_words
from planning.inputs.picked_plan import read_picked_plan
from planning.inputs.places import read_facilities
from planning.inputs.population.age_table import read_age_table
from planning.inputs.population.raster_band import count_band, open_raster
from planning.inputs.population.raster_window import Layers, read_cells
from planning.inputs.roads.graphml import read_graphml
from planning.inputs.roads.osm import read_osm
from planning.inputs.roads.overpass import read_overpass
from planning.inputs.roads.roads_layer import read_roads_layer
from planning.inputs.roads.terrain import read_dem
from planning.inputs.scenario_file import read_scenario_file
from planning.inputs.standard_file import standard_of_file
from planning.inputs.study_file import read_study
from planning.inputs.tables.sheets import read_sheet
from planning.inputs.vectors import read_polygons
from planning.provenance import Note
from planning.study import PlacesSpec, Study, TableSpec

EPSG = 4544
SQUARE = shapely.box(398_000, 3_387_000, 402_000, 3_391_000)
Make = Callable[[Path], Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A reader: `read` takes a file whose name ends in `suffix`, `seeds` write valid ones.

    `has_python` says that most of it is Python, so that following its branches helps.
    """

    suffix: str
    read: Callable[[Path], object]
    seeds: Sequence[Make]
    has_python: bool = False


def _told(_: Note) -> None:
    """Remarks are of no interest here."""


@functools.cache
def _area() -> StudyArea:
    return StudyArea(name="fuzz", boundary=SQUARE, epsg=EPSG, levels=(), residential=None)


@functools.cache
def _study() -> Study:
    return Study.model_validate(_STUDY)


# --- readers --------------------------------------------------------------------------------


def _register(path: Path) -> object:
    spec = PlacesSpec(path=path.name, coords=f"EPSG:{EPSG}")
    return read_facilities(spec, path, _area(), None, counted=frozenset())


def _sheet(path: Path) -> object:
    return read_sheet(path, "facilities", sheet=None)


def _ages(path: Path) -> object:
    return read_age_table(path, unit_ids=["W", "O"])


def _picked(path: Path) -> object:
    return read_picked_plan(TableSpec(path=path.name), path)


def _polygons(path: Path) -> object:
    return read_polygons(path, "area.units", tell=_told)


def _roads(path: Path) -> object:
    return read_roads_layer(path, tell=_told)


def _people(path: Path) -> object:
    with open_raster(path, "population") as source:
        layers = Layers(residents=count_band(source, None, "population"), ages=[], n_ages=0)
        return read_cells(layers, _area(), count_elsewhere=True)


def _ascii_people(path: Path) -> object:
    path.with_suffix(".prj").write_text(CRS.from_epsg(4326).to_wkt("WKT1_ESRI"), encoding="utf-8")
    return _people(path)


def _words(path: Path) -> object:
    return read_words(_study(), {"vocabulary": path})


def _scenario(path: Path) -> object:
    return read_scenario_file(path, study="fuzz")


# --- seeds ----------------------------------------------------------------------------------

_STUDY: dict[str, Any] = {
    "name": "fuzz",
    "title": "小镇",
    "area": {"units": {"path": "units.geojson"}},
    "network": {"path": "town.osm", "max_snap_m": 200},
    "population": {"path": "people.tif", "unit": "persons"},
    "groups": {"elderly": {"label": "老年人", "count": 1, "of": 4, "source": "虚构 invented"}},
    "facilities": {"path": "facilities.csv", "coords": f"EPSG:{EPSG}"},
    "standards": {"year": 2025, "goals": {"SC-2021-57/2.3/circle-15min": 0.9}},
    "services": {
        "elder_care": {
            "label": "养老", "group": "elderly", "limit_min": 15, "functions": ["elder_community"],
        },
    },
    "siting": None,
    "scenarios": {"opened": {"standards": {"year": 2026}}},
}  # fmt: skip
_STANDARD = """\
id: own-2024
short: 自备
document: 自备导则
jurisdiction: 某市
dated: "2024-01-01"
new_since: {date: "2024-01-01", source: 文件日期}
clauses:
  - id: own/1
    key: nursery_rate
    article: 一
    quote: 每千人口拥有托位5个
    title_zh: 托位
    title_en: Places
    service: nursery
    mark: spatial-core
    strength: binding
    measure: {kind: per_thousand, amount: places, which: {does: nursery}}
    operator: ">="
    value: "5"
    unit: 个/千人
    levels: [county]
    applies: {zone: [urban]}
    reading: 读法。
"""
_WORDS = "functions:\n  颐养院: [elder_institution]\nstatus:\n  open: [营业]\n"
_SCENARIO = {
    "format": "planning-scenario/1",
    "study": "fuzz",
    "name": "试",
    "override": {"standards": {"year": 2026}},
}
_HEADER = ("编号", "名称", "类型", "状态", "托位数", "建筑面积", "占地面积", "x", "y")
_ROWS = (
    ("F1", "东苑", "托育机构", "运营", 30, 400.5, 600, 400_000.0, 3_389_000.0),
    ("F2", "西苑", "养老机构", "关停", "", "1,200", 0, 400_500.0, 3_389_200.0),
)


def _text(name: str, text: str, encoding: str = "utf-8") -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(text.encode(encoding))
        return path

    return make


def _csv(delimiter: str = ",") -> str:
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in (_HEADER, *_ROWS)]
    return "\r\n".join(lines) + "\r\n"


def _as_yaml(study: Mapping[str, Any]) -> str:
    """JSON with its top level apart: YAML as far as a reader is concerned."""
    return "".join(f"{k}: {json.dumps(v, ensure_ascii=False)}\n" for k, v in study.items())


def _xlsx(folder: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (_HEADER, *_ROWS):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.save(folder / "seed.xlsx")
    return folder / "seed.xlsx"


_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_ODS_CELLS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content \
xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" \
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" \
xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>\
<table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body>\
</office:document-content>"""


def ods_of(path: Path, rows: str) -> Path:
    """An OpenDocument sheet of rows in XML."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS_CELLS.format(rows=rows))
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{_MANIFEST}"/>',
        )
    return path


def _ods(folder: Path) -> Path:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{''.join(cell.format(c) for c in row)}</table:table-row>"
        for row in (_HEADER, *_ROWS)
    )
    return ods_of(folder / "seed.ods", rows)


def _squares() -> gpd.GeoDataFrame:
    west, east = shapely.box(399_000, 3_388_000, 400_000, 3_390_000), SQUARE
    return gpd.GeoDataFrame(
        {"unit_id": ["W", "O"], "level": ["street", "street"], "people": [900.0, 600.0]},
        geometry=[west, east],
        crs=EPSG,
    )


def _points() -> gpd.GeoDataFrame:
    table = pd.DataFrame([row[:5] for row in _ROWS], columns=list(_HEADER[:5])).astype(str)
    points = gpd.points_from_xy([row[-2] for row in _ROWS], [row[-1] for row in _ROWS])
    return gpd.GeoDataFrame(table, geometry=points, crs=EPSG)


def _lines() -> gpd.GeoDataFrame:
    lines = [
        shapely.LineString([(399_000, 3_389_000), (401_000, 3_389_000)]),
        shapely.LineString([(400_000, 3_388_000), (400_000, 3_389_000), (400_000, 3_390_000)]),
    ]
    return gpd.GeoDataFrame({"highway": ["residential", "支路"]}, geometry=lines, crs=EPSG)


def _layer(
    name: str, frame: Callable[[], gpd.GeoDataFrame], crs: int | None = None, **how: str
) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.unlink(missing_ok=True)
        written = frame()
        (written if crs is None else written.to_crs(crs)).to_file(path, **how)
        return path

    return make


def _zipped_shapefile(folder: Path) -> Path:
    inside = folder / "shape"
    inside.mkdir(exist_ok=True)
    _squares().to_file(inside / "seed.shp")
    path = folder / "seed.zip"
    # Stored, not deflated: a changed byte is one of the layer, not of the packing.
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(inside.iterdir()):
            archive.write(file, file.name)
    return path


_DXF = """0
SECTION
2
ENTITIES
0
POINT
5
1F
100
AcDbEntity
8
托育
100
AcDbPoint
10
400000.0
20
3389000.0
30
0.0
0
ENDSEC
0
EOF
"""
_OSM_XML = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
<node id="1" lon="104.0" lat="30.6"/><node id="2" lon="104.01" lat="30.6"/>
<node id="3" lon="104.0" lat="30.61"><tag k="amenity" v="kindergarten"/></node>
<node id="4" lon="104.002" lat="30.61"><tag k="barrier" v="gate"/></node>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
<way id="2"><nd ref="2"/><nd ref="4"/><nd ref="3"/><nd ref="2"/><tag k="building" v="yes"/></way>
<way id="3"><nd ref="2"/><nd ref="4"/><nd ref="1"/><tag k="highway" v="footway"/></way>
<way id="4"><nd ref="2"/><nd ref="4"/><nd ref="3"/><nd ref="2"/></way>
<relation id="1"><member type="way" ref="4" role="outer"/><tag k="type" v="multipolygon"/>\
<tag k="natural" v="water"/></relation>
</osm>
"""
_ANSWER = {
    "elements": [
        {"type": "node", "id": 1, "lon": 104.0, "lat": 30.6},
        {"type": "node", "id": 2, "lon": 104.01, "lat": 30.6},
        {"type": "node", "id": 3, "lon": 104.0, "lat": 30.7, "tags": {"amenity": "kindergarten"}},
        {"type": "way", "id": 1, "nodes": [1, 2], "tags": {"highway": "residential"}},
        {"type": "way", "id": 2, "nodes": [1, 2, 3, 1], "tags": {"leisure": "park"}},
        {
            "type": "relation", "id": 1, "tags": {"type": "multipolygon", "natural": "water"},
            "members": [{"type": "way", "ref": 2, "role": "outer"}],
        },
    ]
}  # fmt: skip
_GRAPHML = """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="graph" attr.name="crs" attr.type="string"/>
<key id="d1" for="node" attr.name="x" attr.type="string"/>
<key id="d2" for="node" attr.name="y" attr.type="string"/>
<key id="d3" for="edge" attr.name="highway" attr.type="string"/>
<key id="d4" for="edge" attr.name="osmid" attr.type="string"/>
<key id="d5" for="edge" attr.name="geometry" attr.type="string"/>
<key id="d6" for="edge" attr.name="oneway" attr.type="string"/>
<graph edgedefault="directed"><data key="d0">epsg:4326</data>
<node id="1"><data key="d1">104.0</data><data key="d2">30.6</data></node>
<node id="2"><data key="d1">104.01</data><data key="d2">30.6</data></node>
<edge source="1" target="2"><data key="d3">['residential', 'service']</data>
<data key="d4">[11, 12]</data><data key="d6">False</data>
<data key="d5">LINESTRING (104.0 30.6, 104.005 30.601, 104.01 30.6)</data></edge>
<edge source="2" target="1"><data key="d3">residential</data><data key="d4">11</data>
<data key="d6">True</data></edge></graph></graphml>
"""


def _pbf(folder: Path) -> Path:
    source, path = folder / "seed.osm", folder / "seed.osm.pbf"
    source.write_text(_OSM_XML, encoding="utf-8")
    # Blobs as they are, not deflated: a changed byte is one of the data.
    packed = osmium.io.File(str(path), "pbf,pbf_compression=none")
    with osmium.SimpleWriter(packed, overwrite=True) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    return path


def _packed(name: str, text: str) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
        return path

    return make


def raster_of(path: Path, cells: Any, **options: Any) -> Path:
    """A raster over the square of the targets."""
    rows, columns = cells.shape
    west, south, east, north = SQUARE.bounds
    wide, high = (east - west) / columns, (north - south) / rows
    transform = rasterio.Affine(wide, 0.0, west, 0.0, -high, north)
    made = {"driver": "GTiff", "count": 1, "dtype": cells.dtype, "crs": f"EPSG:{EPSG}", **options}
    with rasterio.open(
        path, "w", height=rows, width=columns, transform=transform, **made
    ) as target:
        target.write(cells, 1)
    return path


def _tif(**options: Any) -> Make:
    def make(folder: Path) -> Path:
        cells = np.arange(64, dtype=np.float32).reshape(8, 8)
        return raster_of(folder / "seed.tif", cells, nodata=-9999.0, **options)

    return make


_ASC = "ncols 4\nnrows 4\nxllcorner 103.9\nyllcorner 30.5\ncellsize 0.05\nNODATA_value -9999\n" + (
    "1 2 3 -9999\n" * 4
)
_AGES = "编号,名称,0-4岁,5-64岁,65岁及以上,合计\nW,西,10,80,10,100\nO,东,5,50,20,75\n"
_PICKED = "编号,设施种类,年份,托位数\nC1,nursery,2026,30\n"

TARGETS: dict[str, Target] = {
    "study": Target(
        suffix=".yaml", read=read_study, seeds=[_text("seed.yaml", _as_yaml(_STUDY))],
        has_python=True,
    ),
    "standard": Target(
        suffix=".yaml", read=standard_of_file, seeds=[_text("seed.yaml", _STANDARD)],
        has_python=True,
    ),
    "words": Target(
        suffix=".yaml", read=_words, seeds=[_text("seed.yaml", _WORDS)], has_python=True
    ),
    "scenario": Target(
        suffix=".json", read=_scenario,
        seeds=[_text("seed.json", json.dumps(_SCENARIO, ensure_ascii=False))], has_python=True,
    ),
    "csv": Target(
        suffix=".csv", read=_register, has_python=True,
        seeds=[_text("seed.csv", _csv()), _text("seed2.csv", _csv(";"), "gb18030"),
               _text("seed3.csv", _csv("\t"), "utf-16")],
    ),
    "ages": Target(
        suffix=".csv", read=_ages, seeds=[_text("seed.csv", _AGES)], has_python=True
    ),
    "picked": Target(
        suffix=".csv", read=_picked, seeds=[_text("seed.csv", _PICKED)], has_python=True
    ),
    "xlsx": Target(suffix=".xlsx", read=_sheet, seeds=[_xlsx], has_python=True),
    "ods": Target(suffix=".ods", read=_sheet, seeds=[_ods], has_python=True),
    "geojson": Target(
        suffix=".geojson", read=_polygons, seeds=[_layer("seed.geojson", _squares, 4326)]
    ),
    "places": Target(
        suffix=".geojson", read=_register, seeds=[_layer("seed.geojson", _points, 4326)]
    ),
    "gpkg": Target(suffix=".gpkg", read=_polygons, seeds=[_layer("seed.gpkg", _squares)]),
    "shapefile": Target(suffix=".zip", read=_polygons, seeds=[_zipped_shapefile]),
    "flatgeobuf": Target(suffix=".fgb", read=_polygons, seeds=[_layer("seed.fgb", _squares)]),
    "kml": Target(
        suffix=".kml", read=_polygons, seeds=[_layer("seed.kml", _squares, 4326, driver="KML")]
    ),
    "gml": Target(suffix=".gml", read=_polygons, seeds=[_layer("seed.gml", _squares)]),
    "dxf": Target(suffix=".dxf", read=_sheet, seeds=[_text("seed.dxf", _DXF)]),
    "roads_layer": Target(
        suffix=".geojson", read=_roads, seeds=[_layer("seed.geojson", _lines, 4326)]
    ),
    "osm": Target(
        suffix=".osm", read=read_osm, seeds=[_text("seed.osm", _OSM_XML)],
    ),
    "osm_gz": Target(
        suffix=".osm.gz", read=read_osm, seeds=[_packed("seed.osm.gz", _OSM_XML)],
    ),
    "pbf": Target(suffix=".osm.pbf", read=read_osm, seeds=[_pbf]),
    "osm_places": Target(suffix=".osm", read=_sheet, seeds=[_text("seed.osm", _OSM_XML)]),
    "overpass": Target(
        suffix=".json", read=read_overpass, has_python=True,
        seeds=[_text("seed.json", json.dumps(_ANSWER))],
    ),
    "overpass_gz": Target(
        suffix=".json.gz", read=read_overpass, has_python=True,
        seeds=[_packed("seed.json.gz", json.dumps(_ANSWER))],
    ),
    "overpass_places": Target(
        suffix=".json", read=_sheet, has_python=True,
        seeds=[_text("seed.json", json.dumps(_ANSWER))],
    ),
    "graphml": Target(
        suffix=".graphml", read=read_graphml, has_python=True,
        seeds=[_text("seed.graphml", _GRAPHML)],
    ),
    "geotiff": Target(
        suffix=".tif", read=_people,
        seeds=[_tif(), _tif(compress="deflate", tiled=True, blockxsize=16, blockysize=16)],
    ),
    "ascii_grid": Target(suffix=".asc", read=_ascii_people, seeds=[_text("seed.asc", _ASC)]),
    "dem": Target(suffix=".tif", read=read_dem, seeds=[_tif(), _tif(compress="lzw")]),
}  # fmt: skip
