"""pyproject.toml, environment.yml and requirements/ say the same, and nothing stray is tracked."""

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {name: ROOT / "requirements" / f"{name}.txt" for name in ("core", "app", "dev")}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = ("3.11.0", "3.12.0", "3.13.0")
PLATFORMS = (("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt"))
LARGEST_TRACKED_BYTES = 1_000_000


def by_name(lines):
    """Map canonical name to specifier, refusing a name that is written twice."""
    requirements = [Requirement(line) for line in lines]
    names = [canonicalize_name(requirement.name) for requirement in requirements]
    assert len(names) == len(set(names)), "a name is written twice"
    return dict(zip(names, (each.specifier for each in requirements), strict=True))


CORE = by_name(PROJECT["dependencies"])
POSTGIS = by_name(PROJECT["optional-dependencies"]["postgis"])
APP = by_name(PROJECT["optional-dependencies"]["app"])
DOCS = by_name(PROJECT["optional-dependencies"]["docs"])
SCALE = by_name(PROJECT["optional-dependencies"]["scale"])
DEV = by_name(PROJECT["optional-dependencies"]["dev"]) | POSTGIS | APP | DOCS | SCALE


def conda_environment():
    """What environment.yml names: the conda part and the pip part."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    entries = YAML(typ="safe").load(text)["dependencies"]
    conda = [entry for entry in entries if isinstance(entry, str)]
    pip = [name for entry in entries if isinstance(entry, dict) for name in entry["pip"]]
    return conda, pip


def pins(lock):
    """Read the requirements of one lock, line by line."""
    lines = LOCKS[lock].read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_environment_yml_has_the_names_and_bounds_of_pyproject_and_no_others():
    conda, pip = conda_environment()
    named = by_name(conda + pip)
    named.pop("pip")
    python = named.pop("python")
    assert named == CORE | DEV
    assert PROJECT["requires-python"] in str(python).split(",")


def test_environment_yml_takes_geography_from_conda_and_seven_packages_from_pip():
    _, pip = conda_environment()
    assert set(by_name(pip)) == {
        "django-js-lib-leaflet",
        "highspy",
        "justmytype-intl-cjk",
        "osmium",
        "playwright",
        "psycopg",
        "python-calamine",
    }


def test_environment_yml_says_that_conda_has_not_solved_it():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert "NOT TRIED WITH CONDA" in text
    assert "defaults" not in [line.strip(" -") for line in text.splitlines()]


@pytest.mark.parametrize(
    ("lock", "bounds"), [("core", CORE), ("app", CORE | APP), ("dev", CORE | DEV)]
)
def test_every_dependency_is_pinned_within_its_bound(lock, bounds):
    for name, bound in bounds.items():
        versions = [
            specifier.version
            for pin in pins(lock)
            if canonicalize_name(pin.name) == name
            for specifier in pin.specifier
        ]
        assert versions, f"{name} is not pinned in {lock}.txt"
        assert all(version in bound for version in versions), f"{name} {versions} is not {bound}"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_plain_pins_and_says_how_it_is_made(lock):
    text = LOCKS[lock].read_text(encoding="utf-8")
    first_line = text.splitlines()[0]
    assert first_line.startswith("#")
    assert "uv pip compile pyproject.toml" in first_line
    assert "://" not in text
    assert "--index" not in text
    for pin in pins(lock):
        assert [specifier.operator for specifier in pin.specifier] == ["=="]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS, ids=[name for name, _, _ in PLATFORMS])
def test_each_dependency_has_exactly_one_pin_wherever_it_is_installed(python, platform):
    place = {
        "python_full_version": python,
        "python_version": python.rsplit(".", 1)[0],
        "platform_python_implementation": "CPython",
    } | dict(zip(("sys_platform", "platform_system", "os_name"), platform, strict=True))
    chosen = [
        canonicalize_name(pin.name)
        for pin in pins("dev")
        if pin.marker is None or pin.marker.evaluate(place)
    ]
    assert len(chosen) == len(set(chosen))
    assert set(CORE | DEV) <= set(chosen)


def test_every_lock_holds_the_pins_of_the_one_before():
    core, app, dev = ({str(pin) for pin in pins(lock)} for lock in LOCKS)
    assert core < app < dev


def tracked_files():
    """Name the files git tracks here, or skip where that cannot be known."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    top, listing = (
        subprocess.run([git, *arguments], cwd=ROOT, capture_output=True, check=False)
        for arguments in (("rev-parse", "--show-toplevel"), ("ls-files", "-z"))
    )
    if top.returncode or Path(top.stdout.decode().strip()).resolve() != ROOT:
        pytest.skip("this folder is not a git checkout")
    return [ROOT / name for name in listing.stdout.decode().split("\0") if name]


def test_no_uv_lock_and_no_large_file_is_tracked():
    files = [path for path in tracked_files() if path.is_file()]
    assert [path for path in files if path.name == "uv.lock"] == []
    assert [path for path in files if path.stat().st_size > LARGEST_TRACKED_BYTES] == []
