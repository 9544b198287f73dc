"""Nothing of the package unpickles, and no run asks the network: proved, not promised."""

from __future__ import annotations

import ast
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import planning

PACKAGE = Path(planning.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
UNPICKLE = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
RUN_TEXT = {"eval", "exec", "compile", "__import__"}
READ_PICKLES = {"read_pickle", "read_gpickle", "to_pickle", "read_hdf"}


def unpickling(tree: ast.AST) -> list[str]:
    """Whatever in a module could take a pickle apart, or run a text."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names if name.name.split(".")[0] in UNPICKLE]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in UNPICKLE:
            found.append(str(node.module))
        elif isinstance(node, ast.Attribute) and node.attr in READ_PICKLES:
            found.append(node.attr)
        elif isinstance(node, ast.Name) and node.id in RUN_TEXT:
            found.append(node.id)
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            value = node.value
            if not (isinstance(value, ast.Constant) and value.value is False):
                found.append("allow_pickle")
        elif isinstance(node, ast.Call) and _is_parser(node) and not _is_tame(node):
            found.append("YAML")
    return found


def _is_parser(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "YAML"


def _is_tame(call: ast.Call) -> bool:
    """Whether a parser of YAML makes nothing but plain values."""
    kinds = [k.value.value for k in call.keywords
             if k.arg == "typ" and isinstance(k.value, ast.Constant)]  # fmt: skip
    return kinds in (["rt"], ["safe"])


def test_no_module_unpickles_or_runs_a_text() -> None:
    found = {
        str(path.relative_to(PACKAGE)): names
        for path in SOURCES
        if (names := unpickling(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == {}
    assert len(SOURCES) > 300


@pytest.mark.parametrize(
    "text",
    ["import pickle", "from joblib import load", "np.load(f, allow_pickle=True)", "eval('1')",
     "pd.read_pickle(f)", "YAML(typ='unsafe')", "YAML()", "import shelve as s"],
)  # fmt: skip
def test_the_search_finds_what_it_looks_for(text: str) -> None:
    assert unpickling(ast.parse(text))


# --- network --------------------------------------------------------------------------------

# The kernel ends the process that connects a socket, whoever does: Python, curl in GDAL, PROJ or
# osmium. An audit hook would see Python's alone. (urllib3 opens one when it is imported, to see
# whether there is IPv6, and connects it to nothing.)
WITHOUT_NETWORK = """
import ctypes, struct, sys
CONNECT, MACHINE = {connect}, {machine}
def step(code, jump_true, jump_false, k):
    return struct.pack("HBBI", code, jump_true, jump_false, k)
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000
program = b"".join([
    step(LOAD, 0, 0, 4), step(EQUAL, 0, 2, MACHINE),
    step(LOAD, 0, 0, 0), step(EQUAL, 1, 0, CONNECT),
    step(RETURN, 0, 0, ALLOW), step(RETURN, 0, 0, KILL),
])
steps = ctypes.create_string_buffer(program, len(program))
class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]
libc = ctypes.CDLL(None, use_errno=True)
whole = Filter(len(program) // 8, ctypes.addressof(steps))
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(whole), 0, 0):
    sys.exit(77)
"""
MACHINES = {"x86_64": (42, 0xC000003E), "aarch64": (203, 0xC00000B7)}
KILLED = -31


def without_network(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run Python in a process that ends with SIGSYS if anything in it connects."""
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        pytest.skip("seccomp is of Linux; the numbers of its calls are known for two machines")
    connect, machine = MACHINES[platform.machine()]
    before = WITHOUT_NETWORK.format(connect=connect, machine=machine)
    done = subprocess.run(
        [sys.executable, "-c", before + code, *map(str, arguments)],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    if done.returncode == 77:
        pytest.skip("this kernel lets no process forbid itself sockets")
    return done


def test_connections_are_forbidden_indeed() -> None:
    asked = "import socket; socket.create_connection(('127.0.0.1', 9))"
    assert without_network(asked).returncode == KILLED
    assert without_network("print('well')").stdout == "well\n"


def test_curl_in_gdal_is_forbidden_too() -> None:
    opened = "rasterio.open('/vsicurl/http://127.0.0.1:9/a.tif')"
    code = f"import rasterio\ntry: {opened}\nexcept Exception: pass"
    assert without_network(code).returncode == KILLED


def test_the_sample_study_runs_from_end_to_end_without_the_network(
    sample_folder: Path, tmp_path: Path
) -> None:
    code = (
        "from planning.cli import main\n"
        "sys.argv = ['planning', 'run', sys.argv[1], '--out', sys.argv[2], '-q']\n"
        "main()\n"
    )
    done = without_network(code, sample_folder / "study.yaml", tmp_path / "out")
    assert done.returncode == 0, done.stderr[-2_000:]
    assert list((tmp_path / "out").rglob("summary.json"))


LAYER = (
    '{{"type":"FeatureCollection","crs":{crs},"features":[{{"type":"Feature","properties":{{}},'
    '"geometry":{{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}}}]}}'
)
READ = (
    "from pathlib import Path\n"
    "sys.path.insert(0, sys.argv[1])\n"
    "from fuzz_targets import TARGETS\n"
    "from planning.errors import PlanningError\n"
    "try: TARGETS[sys.argv[2]].read(Path(sys.argv[3]))\n"
    "except PlanningError: pass\n"
    "print('read')\n"
)
URL = "http://127.0.0.1:9/a"
ASKS = {
    "geojson": [
        LAYER.format(crs=f'{{"type":"link","properties":{{"href":"{URL}"}}}}'),
        LAYER.format(crs=f'{{"type":"URL","properties":{{"url":"{URL}"}}}}'),
        LAYER.format(crs=f'{{"type":"name","properties":{{"name":"{URL}"}}}}'),
    ],
    "gml": [
        f"<OGRWFSDataSource><URL>{URL}</URL></OGRWFSDataSource>",
        f'<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" '
        f'xmlns:gml="http://www.opengis.net/gml" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="http://ogr.maptools.org/ {URL}.xsd"><gml:featureMember><ogr:a>'
        f'<gml:Point srsName="{URL}"><gml:pos>1 2</gml:pos></gml:Point></ogr:a></gml:featureMember>'
        f"</ogr:FeatureCollection>",
    ],
    "kml": [
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>{URL}</href>'
        f"</Link></NetworkLink><Placemark><Point><coordinates>0,0</coordinates></Point></Placemark>"
        f"</Document></kml>"
    ],
    "geotiff": [f"<GDAL_WMS><Service name='TMS'><ServerUrl>{URL}</ServerUrl></Service></GDAL_WMS>"],
    "osm": [f'<!DOCTYPE x [<!ENTITY a SYSTEM "{URL}">]><osm version="0.6">&a;</osm>'],
    "graphml": [f'<!DOCTYPE x [<!ENTITY a SYSTEM "{URL}">]><graphml>&a;</graphml>'],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"), [(n, text) for n, texts in ASKS.items() for text in texts]
)
def test_files_that_name_servers_are_read_without_asking_them(
    name: str, text: str, tmp_path: Path
) -> None:
    suffix = {"geotiff": ".tif"}.get(name, f".{name}")
    path = tmp_path / f"a{suffix}"
    path.write_text(text, encoding="utf-8")
    scripts = Path(__file__).resolve().parents[1] / "scripts"
    done = without_network(READ, scripts, name, path)
    assert (done.returncode, done.stdout) == (0, "read\n"), done.stderr[-2_000:]


@pytest.mark.parametrize(
    "path", ["http://127.0.0.1:9/a.geojson", "/vsicurl/http://127.0.0.1:9/a.geojson"]
)
def test_an_address_is_no_path_of_a_study(path: str, sample_folder: Path, tmp_path: Path) -> None:
    text = (sample_folder / "study.yaml").read_text(encoding="utf-8")
    assert "path: facilities.csv" in text
    study = tmp_path / "study.yaml"
    study.write_text(text.replace("path: facilities.csv", f"path: {path}"), encoding="utf-8")
    code = (
        "from planning.cli import main\n"
        "sys.argv = ['planning', 'check', sys.argv[1], '--data', sys.argv[2]]\nmain()\n"
    )
    done = without_network(code, study, sample_folder)
    assert done.returncode == 2, done.stderr[-2_000:]
    assert "no such file" in done.stderr or "an address not understood" in done.stderr
