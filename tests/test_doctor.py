"""`planning doctor`: every check passes here, and finds its fault where one is made."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

import pytest

from planning.doctor import (
    Verdict,
    cgroups,
    checks,
    disk,
    examine,
    fonts,
    gdal,
    installed,
    interpreter,
    leftovers,
    memory,
    processors,
    projections,
    requirements,
    solver,
    variables,
)
from planning.doctor.examination import Check
from planning.doctor.telling import lines, plain, summary

GB = 10**9
NAMES = [check.name for check in checks(Path())]


def doctor(
    *arguments: object, limit: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The command in a fresh interpreter, under changed variables or limits."""
    return subprocess.run(
        [sys.executable, "-m", "planning", "doctor", *map(str, arguments)],
        env=os.environ | environment,
        preexec_fn=limit,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, str]]:
    return {one["name"]: one for one in json.loads(done.stdout)["checks"]}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """The examination of this installation, which runs the tests and so is none the worse."""
    return doctor("--json", "--out", tmp_path_factory.mktemp("out") / "not" / "there")


@pytest.mark.parametrize("name", NAMES)
def test_each_check_finds_no_fault_here(sound: subprocess.CompletedProcess[str], name: str) -> None:
    found = told(sound)[name]
    # A small machine may be warned of its memory; what a test machine sets is not ours to judge.
    allowed = ("ok", "warning") if name in ("memory", "threads", "variables") else ("ok",)
    assert found["result"] in allowed, found
    assert found["found_zh"] and found["found_en"] and found["expected_zh"]


def test_the_command_ends_with_nothing_wrong(sound: subprocess.CompletedProcess[str]) -> None:
    assert sound.returncode == 0
    assert [*told(sound)] == NAMES and len(set(NAMES)) == len(NAMES)
    assert json.loads(sound.stdout)["result"] in ("ok", "warning")


# Python, libraries, extras


def test_an_old_python_is_a_fault() -> None:
    found = interpreter.python_version((3, 10, 14))
    assert found.result == "fault" and "3.10.14" in found.found[0] and "3.11" in found.expected[0]
    assert interpreter.python_version((3, 11, 0)).result == "ok"


def without(*names: str, **versions: str) -> Callable[[str], str]:
    """Metadata in which some libraries are missing, or of another version."""

    def version(name: str) -> str:
        if name in names:
            raise metadata.PackageNotFoundError(name)
        return versions.get(name) or metadata.version(name)

    return version


def test_a_library_that_is_missing_or_too_old_is_named() -> None:
    found = installed.core_libraries(without("shapely", numpy="1.26.4"))
    assert found.result == "fault"
    assert "缺 shapely" in found.found[0] and "numpy 1.26.4 too old" in found.found[1]
    assert '"shapely>=2.1"' in found.to_do[0] and '"numpy>=2.2"' in found.to_do[1]
    assert "pandas" not in found.to_do[0]


def test_an_extra_may_be_absent_but_not_there_in_part() -> None:
    absent = installed.extras(without("fastapi", "uvicorn"))
    assert absent.result == "ok" and "app 没有" in absent.found[0]
    half = installed.extras(without("uvicorn"))
    assert half.result == "warning" and "缺 uvicorn" in half.found[0]
    assert "yilao-planning[app]" in half.to_do[1]


def test_every_extra_of_the_package_is_told_or_is_for_developers() -> None:
    extras = {one.extra for one in requirements.needs().libraries} - {""}
    assert extras - set(installed.EXTRAS) <= {"dev", "docs", "bench", "bench-idu"}


def test_requirements_are_the_same_from_the_project_and_as_pip_writes_them() -> None:
    from packaging.requirements import Requirement

    needs = requirements.needs()
    for one in needs.libraries:
        assert one.least, one
    pip = [
        f"{one.name}>={one.least}{f'; extra == {one.extra!r}' if one.extra else ''}"
        for one in needs.libraries
    ]
    assert requirements.read(pip) == needs.libraries
    assert [Requirement(line).name for line in pip] == [one.name for one in needs.libraries]


def test_the_metadata_serve_where_there_is_no_project_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ['psycopg[binary]>=3.2; extra == "postgis"', "numpy (>=2.2)"]
    monkeypatch.setattr(metadata, "metadata", lambda _: {"Requires-Python": ">=3.11"})
    monkeypatch.setattr(metadata, "requires", lambda _: lines)
    needs = requirements.needs(tmp_path)
    assert needs.python == "3.11"
    assert [(one.name, one.least, one.extra) for one in needs.libraries] == [
        ("psycopg", "3.2", "postgis"),
        ("numpy", "2.2", ""),
    ]


@pytest.mark.parametrize(
    ("older", "newer"), [("2.9", "2.10"), ("1.4", "1.4.3"), ("4.60", "4.61.0"), ("0.9rc1", "1")]
)
def test_versions_are_ordered_as_numbers(older: str, newer: str) -> None:
    assert requirements.version(older) < requirements.version(newer)
    assert requirements.version("2.0") == requirements.version("2")


# PROJ and GDAL


def test_a_foreign_proj_variable_is_told_and_does_no_harm() -> None:
    done = doctor("--json", PROJ_DATA="/nonsense", PROJ_LIB="/nonsense")
    found = told(done)
    assert done.returncode == 0
    assert found["proj_variables"]["result"] == "warning"
    assert "PROJ_LIB=/nonsense" in found["proj_variables"]["found_zh"]
    assert found["raster_transform"]["result"] == found["vector_transform"]["result"] == "ok"


def test_a_wrong_database_within_the_environment_is_a_fault(tmp_path: Path) -> None:
    """The package trusts what lies below sys.prefix: here a database of something else."""
    (tmp_path / "proj.db").write_bytes(b"not a database")
    code = (
        f"import sys; sys.prefix = {str(tmp_path)!r}\n"
        "from planning.doctor.projections import raster_transform, proj_variables\n"
        "print(proj_variables().result, raster_transform().result, *raster_transform().found)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PROJ_DATA": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.startswith("ok fault"), done.stdout
    assert "proj.db 不是坐标库" in done.stdout


def test_a_transform_that_is_off_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the database is of another version and a parameter has changed."""
    east, north = projections.OSGB_METRES
    monkeypatch.setattr(projections, "OSGB_METRES", (east + 0.1, north))
    for check in (projections.vector_transform, projections.raster_transform):
        found = check()
        assert found.result == "fault" and "0.1" in found.found[0]


def test_a_pyproj_without_its_database_is_a_fault(tmp_path: Path) -> None:
    code = (
        "import pyproj.datadir; "
        f"pyproj.datadir.get_data_dir = lambda: {str(tmp_path)!r}; import pyproj; "
        "pyproj.Transformer.from_crs = lambda *a, **k: "
        "(_ for _ in ()).throw(pyproj.exceptions.CRSError('no database')); "
        "from planning.doctor.projections import vector_transform as check; "
        "print(check().result, check().found[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.startswith("fault") and f"no {tmp_path / 'proj.db'}" in done.stdout


def test_a_driver_taken_away_is_a_fault_and_its_variable_is_named() -> None:
    done = doctor("--json", GDAL_SKIP="GPKG,GTiff")
    found = told(done)
    assert done.returncode == 2
    assert "GPKG (rw)" in found["vector_drivers"]["found_zh"]
    assert found["raster_drivers"]["result"] == "fault"
    assert found["variables"]["result"] == "warning"
    assert "GDAL_SKIP" in found["variables"]["to_do_en"]


def test_a_driver_that_only_reads_does_not_do_for_writing() -> None:
    every = dict.fromkeys(gdal.VECTOR_DRIVERS, "raw")
    assert gdal.vector_drivers(every).result == "ok"
    found = gdal.vector_drivers(every | {"GPKG": "r"})
    assert found.result == "fault" and "GPKG" in found.found[0]
    assert gdal.raster_drivers({"PNG": "Portable Network Graphics"}).result == "fault"


# Fonts, kernels, threads, solver


def test_a_missing_font_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planning.outputs.font_source._PACKAGE", "no_such_font_package")
    found = fonts.chinese_font()
    assert found.result == "fault" and "no_such_font_package" in found.found[1]
    assert "pip install" in found.to_do[0]


def test_a_font_without_chinese_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib as mpl

    latin = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    monkeypatch.setattr("planning.outputs.font_source.font_bytes", latin.read_bytes)
    found = fonts.chinese_font()
    assert found.result == "fault" and "一老一小" in found.found[0]


def test_a_home_that_cannot_be_written_to_makes_the_font_cache_makeshift() -> None:
    environment = {name: os.environ[name] for name in os.environ if name != "MPLCONFIGDIR"}
    code = "from planning.doctor.fonts import chinese_font as check; print(check().result)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment | {"HOME": "/proc", "XDG_CACHE_HOME": "/proc", "XDG_CONFIG_HOME": "/proc"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == "warning", done.stderr


def test_kernels_that_nowhere_can_be_kept_are_a_fault(tmp_path: Path) -> None:
    """A program folder and a home that cannot be written to; the way out that is told works."""
    code = (
        "from planning import kernels; from pathlib import Path; "
        "kernels._folder = lambda: Path('/proc/none'); "
        "from planning.doctor import processors; "
        # Not even beside its own source, which is the first place that numba tries by itself.
        "import numba.core.caching as c; "
        "shut = lambda self: (_ for _ in ()).throw(OSError()); "
        "[setattr(getattr(c, n), 'ensure_cache_path', shut) for n in dir(c) if 'InTree' in n]; "
        "found = processors.compiled_kernels(); print(found.result, *found.to_do)"
    )

    def asked(**environment: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | environment,
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout

    nowhere = asked(HOME="/proc", XDG_CACHE_HOME="/proc")
    assert nowhere.startswith("fault") and "XDG_CACHE_HOME" in nowhere
    assert asked(HOME="/proc", XDG_CACHE_HOME=str(tmp_path)).startswith("ok")


def test_numba_switched_off_is_a_warning() -> None:
    found = told(doctor("--json", NUMBA_DISABLE_JIT="1"))
    assert found["compiled_kernels"]["result"] == "warning"
    assert found["variables"]["result"] == "warning"


def test_as_many_threads_as_processors_that_may_be_used() -> None:
    import numba

    started = numba.get_num_threads()
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert processors.threads(quota=64.0).result == ("ok" if started == usable else "warning")
    if started > 1:
        squeezed = processors.threads(quota=0.5)
        assert squeezed.result == "warning" and "NUMBA_NUM_THREADS=1" in squeezed.to_do[0]


def test_a_solver_that_answers_wrongly_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from planning.siting import highs

    assert solver.small_model().result == "ok"
    right = highs.minimise
    monkeypatch.setattr(highs, "minimise", lambda model: replace(right(model), objective=8.0))
    found = solver.small_model()
    assert found.result == "fault" and "highspy" in found.to_do[0]


# Memory, disk, leftovers


@pytest.mark.parametrize(
    ("sizes", "result"),
    [
        ({"machine": 16 * GB, "container": 8 * GB, "process": 8 * GB}, "ok"),
        ({"machine": 16 * GB, "container": 2 * GB, "process": 8 * GB}, "warning"),
        ({"machine": 16 * GB, "container": 8 * GB, "process": 2 * GB}, "fault"),
        ({"machine": 16 * GB, "container": 8 * GB, "process": 3 * GB}, "warning"),
        ({"machine": GB // 2, "container": 8 * GB, "process": 8 * GB}, "fault"),
    ],
)
def test_the_least_of_the_limits_of_memory_counts(sizes: Mapping[str, int], result: str) -> None:
    assert memory.memory(**sizes).result == result


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of this kind")
def test_a_limit_of_the_process_is_seen() -> None:
    import resource

    code = "from planning.doctor.memory import memory; print(memory().result, memory().found[1])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (GB // 2, GB // 2)),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.startswith("fault") and "ulimit -v) 0.5 GB" in done.stdout


def test_limits_of_containers_are_read_in_both_versions(tmp_path: Path) -> None:
    second, first, own = tmp_path / "2", tmp_path / "1", tmp_path / "own"
    (second / "a" / "b").mkdir(parents=True)
    (second / "a" / "cpu.max").write_text("150000 100000\n")
    (second / "a" / "b" / "cpu.max").write_text("max 100000\n")
    (second / "a" / "b" / "memory.max").write_text("max\n")
    (second / "a" / "memory.max").write_text("3000000000\n")
    own.write_text("0::/a/b\n")
    assert cgroups.processors(second, own) == 1.5
    assert cgroups.memory_bytes(second, own) == 3 * GB
    (first / "cpu" / "job").mkdir(parents=True)
    (first / "memory").mkdir()
    (first / "cpu" / "job" / "cpu.cfs_quota_us").write_text("50000\n")
    (first / "cpu" / "job" / "cpu.cfs_period_us").write_text("100000\n")
    (first / "memory" / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    own.write_text("3:cpuacct,cpu:/job\n2:memory:/job\n")
    assert cgroups.processors(first, own) == 0.5
    assert cgroups.memory_bytes(first, own) is None
    assert cgroups.processors(tmp_path / "none", tmp_path / "none") is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of this kind")
def test_folders_that_take_no_more_bytes_are_faults(tmp_path: Path) -> None:
    import resource

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    done = doctor("--json", "--out", tmp_path, limit=full, MPLCONFIGDIR=str(tmp_path))
    found = told(done)
    assert done.returncode == 2
    assert found["out_folder"]["result"] == found["temporary_folder"]["result"] == "fault"
    assert "--out" in found["out_folder"]["to_do_zh"]


def test_a_disk_almost_full_is_seen(tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    small = [mount or "mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if mount is None or subprocess.run(small, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk")
    try:
        found = disk.out_folder(place / "later" / "out")
        assert found.result == "fault" and "0.0 GB" in found.found[0]
        assert not list(place.iterdir()), "the check leaves nothing behind"
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_folder_that_is_a_file_or_cannot_be_written_to_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert disk.out_folder(tmp_path / "file" / "out").result == "fault"
    assert disk.out_folder(Path("/proc/none")).result == "fault"


def test_names_that_are_ascii_only_are_a_fault(tmp_path: Path) -> None:
    done = doctor("--json", "--out", tmp_path, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert done.returncode == 2
    found = told(done)["out_folder"]
    assert found["result"] == "fault" and "PYTHONUTF8=1" in found["to_do_zh"]


def test_a_long_path_is_told_on_windows_only(tmp_path: Path) -> None:
    long = tmp_path / ("长" * 100) / ("路" * 100)
    assert disk.path_length(long, windows=True).result == "warning"
    assert disk.path_length(long, windows=False).result == "ok"
    assert disk.path_length(Path("/out"), windows=True).result == "ok"


def test_the_longest_result_is_no_longer_than_is_reckoned_with() -> None:
    """File names of docs/results.md, behind a run folder's name."""
    import re

    page = (Path(__file__).parents[1] / "docs" / "results.md").read_text(encoding="utf-8")
    names = re.findall(r"`([\w/.-]+\.\w{2,8})`", page)
    assert names
    assert max(map(len, names)) + 50 <= disk._LONGEST_RESULT


def test_half_written_results_are_told_and_left_alone(tmp_path: Path) -> None:
    assert leftovers.leftovers(tmp_path / "none").result == "ok"
    half = tmp_path / ".huangpu-deba389f50.partial-4711"
    stages = tmp_path / ".stages" / "ab12"
    for folder in (half, stages):
        folder.mkdir(parents=True)
        (folder / "data.bin").write_bytes(b"0" * 2_000_000)
    running = leftovers.leftovers(tmp_path)
    assert running.result == "ok" and "2.0 MB" in running.found[0], "a run may be going on"
    old = time.time() - 10_000
    os.utime(half, (old, old))
    found = leftovers.leftovers(tmp_path)
    assert found.result == "warning"
    assert half.name in found.found[0] and "2.0 MB" in found.found[1]
    assert (half / "data.bin").is_file() and (stages / "data.bin").is_file()


# Text, clock, variables


@pytest.mark.parametrize(
    ("encoding", "result"), [("UTF-8", "ok"), ("ANSI_X3.4-1968", "ok"), ("GBK", "warning")]
)
def test_a_terminal_of_another_encoding_is_told(
    monkeypatch: pytest.MonkeyPatch, encoding: str, result: str
) -> None:
    monkeypatch.setattr("locale.getencoding", lambda: encoding)
    assert interpreter.terminal_text().result == result


def test_chinese_is_printed_whatever_the_stream_was_set_to(tmp_path: Path) -> None:
    done = doctor("--out", tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 0 and "✓ 所需的库 libraries" in done.stdout


def test_a_clock_before_the_programs_own_files_is_told(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text("")
    put_s = file.stat().st_mtime
    assert interpreter.clock(put_s - 3 * 86_400, tmp_path).result == "warning"
    assert interpreter.clock(put_s, tmp_path).result == "ok"


def test_variables_are_told_but_secrets_are_not() -> None:
    found = variables.variables(
        {
            "OMP_NUM_THREADS": "1\x1b[31m",
            "TIANDITU_KEY": "s3cret",
            "GDAL_HTTP_USERPWD": "a:b",
            "EDITOR": "vi",
        }
    )
    assert found.result == "ok" and "OMP_NUM_THREADS=1" in found.found[0]
    assert not any(word in found.found[0] for word in ("s3cret", "a:b", "EDITOR", "\x1b"))
    assert variables.variables({"NUMBA_DISABLE_JIT": "1"}).result == "warning"
    assert variables.variables({"NUMBA_DISABLE_JIT": "0"}).result == "ok"


# What is told


def test_a_check_that_breaks_off_is_a_fault_and_the_next_goes_on() -> None:
    def broken() -> Verdict:
        raise ModuleNotFoundError("No module named 'rasterio'", name="rasterio")

    def torn() -> Verdict:
        raise OSError("libgdal.so: undefined symbol\nsecond line")

    fine = Verdict(result="ok", found=("好", "good"), expected=("好", "good"))
    asked = [
        Check(name=name, label=(name, name), ask=ask)
        for name, ask in (("a", broken), ("b", torn), ("c", lambda: fine))
    ]
    first, second, third = examined = list(examine(asked))
    assert [one.verdict.result for one in examined] == ["fault", "fault", "ok"]
    assert "pip install rasterio" in first.verdict.to_do[0]
    assert "undefined symbol second line" in second.verdict.found[1]
    assert lines(third) == ["✓ c c：好", "  good"]
    assert summary(examined) == "2 处错误 faults，0 处提醒 warnings，1 项正常 fine"
    assert plain(examined)["result"] == "fault"


def test_a_verdict_that_is_not_ok_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="to_do"):
        Verdict(result="fault", found=("坏", "bad"), expected=("好", "good"))


def test_the_page_has_every_check() -> None:
    page = (Path(__file__).parents[1] / "docs" / "doctor.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"| `{name}` |" in page, name
