"""Importing the package does one thing only: it shuns a foreign PROJ database."""

import os
import subprocess
import sys
from pathlib import Path


def run_python(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_foreign_proj_database_does_not_break_rasters(tmp_path: Path) -> None:
    (tmp_path / "proj.db").write_bytes(b"not a database")
    code = (
        "import planning, os; from rasterio.crs import CRS; "
        "print(CRS.from_epsg(4549).to_epsg(), os.environ.get('PROJ_DATA'))"
    )
    foreign = str(tmp_path)
    assert run_python(code, PROJ_DATA=foreign, PROJ_LIB=foreign) == "4549 None"


def test_importing_the_package_loads_no_reader() -> None:
    code = "import planning, sys; print([m for m in ('rasterio', 'numba') if m in sys.modules])"
    assert run_python(code) == "[]"
