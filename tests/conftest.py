"""What several tests need: the sample town, the shared real data, the command line in-process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

# A machine that is busy must not fail a test.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parents[1]


class Done(NamedTuple):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented town and its study.yaml, written once a worker: read it, never change it."""
    from planning.sample import write_sample

    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Networks are kept in a folder of these tests, never in the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANNING_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Where the real data lie: PLANNING_SHARED_DATA, else ../shared/data beside the repository."""
    named = os.environ.get("PLANNING_SHARED_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is no folder; set PLANNING_SHARED_DATA to where it is")
    return folder


@pytest.fixture
def planning_cli(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """`planning ARGUMENTS` in this process; captures what C libraries print as well."""
    from planning.cli import main

    def call(*arguments: object) -> Done:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["planning", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capfd.readouterr()
        return Done(int(stop.value.code or 0), out, err)

    return call


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium as Playwright drives it, started once a worker: two at a time it does not do."""
    from whatif_page import one_browser

    with one_browser() as found:
        yield found
