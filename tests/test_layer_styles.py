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
from planning.outputs.layer_styles import by_minutes

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
    python = shutil.which("python3", path="/usr/bin")
    script = tmp_path / "ask.py"
    script.write_text(ASK_QGIS, encoding="utf-8")
    names = sorted(styles(package))
    command = [python or "", script.as_posix(), package.as_posix(), *names]
    able = (
        python is not None
        and not subprocess.run(
            [python, "-c", "import qgis.core"], capture_output=True, check=False, env={}
        ).returncode
    )
    if not able:
        pytest.skip("QGIS is not installed (Debian package python3-qgis)")
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
    )  # fmt: skip
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("QGIS")]
    found = json.loads(line.removeprefix("QGIS"))
    assert all(valid for valid, *_ in found.values())
    drawn = {name.split("_")[0]: rest for name, (_, *rest) in found.items()}
    assert drawn["demand"][0] == drawn["isochrones"][0] == "QgsGraduatedSymbolRenderer"
    assert drawn["demand"][1][0][0] == 0 and drawn["demand"][1][-1][1] > 1_000
    assert drawn["plan"] == ["QgsSingleSymbolRenderer", [], True]
