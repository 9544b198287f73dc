"""result.gpkg opens in QGIS as a map: the styles it carries, and what QGIS makes of them."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as Xml

import pyogrio
import pytest

from planning import workflow
from planning.outputs.gis.layer_styles import by_minutes

ASK_QGIS = """
import json, sys
from qgis.core import QgsApplication, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
found = {}
for name in sys.argv[2:]:
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    of = layer.renderer()
    parts = of.ranges() if hasattr(of, "ranges") else []
    ranges = [(part.lowerValue(), part.upperValue()) for part in parts]
    found[name] = [layer.isValid(), type(of).__name__, ranges, layer.labelsEnabled()]
print("QGIS" + json.dumps(found))
"""


ASK_QGIS_OF_FILES = """
import json, sys
from qgis.core import QgsApplication, QgsRasterLayer, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
found = {}
for path in sys.argv[1:]:
    if path.endswith(".tif"):
        layer = QgsRasterLayer(path, "x")
        of = layer.renderer()
        if hasattr(of, "classes"):
            items = [(one.value, one.label) for one in of.classes()]
        else:
            ramp = of.shader().rasterShaderFunction()
            items = [(one.value, one.label) for one in ramp.colorRampItemList()]
        found[path] = [layer.isValid(), type(of).__name__, items]
    else:
        layer = QgsVectorLayer(path, "x", "ogr")
        first = next(layer.getFeatures())
        found[path] = [layer.isValid(), layer.crs().authid(), [str(first.attributes()[1])]]
print("QGIS" + json.dumps(found))
"""


def asked_of_qgis(script: Path, text: str, *arguments: str) -> dict[str, list]:
    """What QGIS answers; skipped where it is not installed."""
    python = shutil.which("python3", path="/usr/bin")
    able = (
        python is not None
        and not subprocess.run(
            [python, "-c", "import qgis.core"], capture_output=True, check=False, env={}
        ).returncode
    )
    if python is None or not able:
        pytest.skip("QGIS is not installed (Debian package python3-qgis)")
    script.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [python, script.as_posix(), *arguments], capture_output=True, text=True, check=False,
        timeout=120, env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(script.parent)},
    )  # fmt: skip
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("QGIS")]
    found: dict[str, list] = json.loads(line.removeprefix("QGIS"))
    return found


@pytest.fixture(scope="module")
def package(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    _, folder = workflow.run(sample_folder / "study.yaml", out_dir=tmp_path_factory.mktemp("out"))
    return folder / "result.gpkg"


def styles(package: Path) -> dict[str, Xml.Element]:
    with closing(sqlite3.connect(package)) as book:
        rows = book.execute("SELECT f_table_name, styleQML FROM layer_styles").fetchall()
    return {name: Xml.fromstring(re.sub("^<!DOCTYPE[^>]*>", "", qml)) for name, qml in rows}


def test_every_layer_has_a_default_style_that_speaks_of_its_own_fields(package: Path) -> None:
    layers = {name for name, kind in pyogrio.list_layers(package).tolist() if kind is not None}
    found = styles(package)
    assert set(found) == layers
    with closing(sqlite3.connect(package)) as book:
        assert book.execute("SELECT DISTINCT useAsDefault FROM layer_styles").fetchall() == [(1,)]
        (kind,) = book.execute(
            "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
        ).fetchone()
        assert kind == "attributes"
        geometry = dict(book.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
        named = book.execute("SELECT f_table_name, f_geometry_column FROM layer_styles").fetchall()
        assert dict(named) == geometry
    for name, style in found.items():
        fields = set(pyogrio.read_info(package, layer=name)["fields"].tolist())
        renderer = style.find("renderer-v2")
        assert renderer is not None
        if "attr" in renderer.attrib:
            assert renderer.attrib["attr"].strip('"') in fields
        for label in style.iter("text-style"):
            assert label.attrib["fieldName"] in fields


def test_bands_meet_end_to_end_and_leave_nobody_undrawn() -> None:
    qml = by_minutes("m", [5, 10, 15])
    style = Xml.fromstring(qml.split("\n", 1)[1])
    ranges = [(float(r.attrib["lower"]), float(r.attrib["upper"])) for r in style.iter("range")]
    assert ranges[:3] == [(0, 5), (5, 10), (10, 15)] and ranges[3][0] == 15
    assert [r.attrib["label"] for r in style.iter("range")][-1] == "超过 15 分钟"
    assert len(list(style.iter("symbol"))) == 4


def test_qgis_opens_it_styled(package: Path, tmp_path: Path) -> None:
    names = sorted(styles(package))
    found = asked_of_qgis(tmp_path / "ask.py", ASK_QGIS, package.as_posix(), *names)
    assert all(valid for valid, *_ in found.values())
    drawn = {name.split("_")[0]: rest for name, (_, *rest) in found.items()}
    assert drawn["demand"][0] == drawn["isochrones"][0] == "QgsGraduatedSymbolRenderer"
    assert drawn["demand"][1][0][0] == 0 and drawn["demand"][1][-1][1] > 1_000
    assert drawn["plan"] == ["QgsSingleSymbolRenderer", [], True]


def test_qgis_draws_the_rasters_by_class_and_reads_the_shapefiles(
    package: Path, tmp_path: Path
) -> None:
    folder = package.parent
    rasters = [(folder / name).as_posix() for name in ("minutes.tif", "minutes_status.tif")]
    shapefiles = [path.as_posix() for path in (folder / "shapefile_gbk").glob("*.shp")]
    found = asked_of_qgis(tmp_path / "ask.py", ASK_QGIS_OF_FILES, *rasters, *shapefiles)
    assert all(valid for valid, *_ in found.values())
    assert found[rasters[0]][1] == "QgsSingleBandPseudoColorRenderer"
    assert found[rasters[0]][2][0] == [5, "0–5 分钟"]
    assert found[rasters[0]][2][-1][1] == "超过 15 分钟"
    assert [code for code, _ in found[rasters[1]][2]] == [1, 2, 3]
    assert {crs for path, (_, crs, _) in found.items() if path.endswith(".shp")} == {"EPSG:4544"}
    (names,) = [said for path, (_, _, said) in found.items() if "facilities" in path]
    assert names == ["谷雨养老院"]
