"""docs/access.md names every measure that there is, and only files that exist."""

import inspect
import re
from dataclasses import fields
from pathlib import Path

import pytest

from planning import access
from planning.access import Disparity

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
MODULES = ("catchment", "decay", "equity", "gravity", "k_nearest")

HOMES = {f"planning.access.{module}" for module in MODULES}


def is_measure(name: str) -> bool:
    """A verb, or a decay by name."""
    found = getattr(access, name)
    if getattr(found, "__module__", "") not in HOMES or found is access.Decay:
        return False
    return inspect.isfunction(found) or hasattr(found, "weight")


MEASURES = sorted(filter(is_measure, access.__all__))


def test_there_are_measures_to_look_for() -> None:
    assert len(MEASURES) == 17


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_stands_in_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("field", [f.name for f in fields(Disparity)][1:])
def test_every_measure_of_equity_stands_in_the_page(field: str) -> None:
    assert field == "mean" or f"`{field}`" in PAGE


def test_every_paper_named_in_the_code_is_among_the_references() -> None:
    references = PAGE.rpartition("References")[2]
    for module in MODULES:
        text = (ROOT / "planning" / "access" / f"{module}.py").read_text(encoding="utf-8")
        for author, year in re.findall(
            r"([A-Z]\w+)(?:, \w+)?(?: & \w+)?(?: et al\.)? \((\d{4})\)", text
        ):
            assert re.search(rf"{author}\b.*\({year}\)", references), (author, year)


def test_files_named_in_the_page_exist() -> None:
    named = re.findall(r"`((?:tests|planning|docs|scripts)/[\w./-]+)`", PAGE)
    assert named
    for path in named:
        assert (ROOT / path).exists(), path
