"""What the package says it needs: its Python, its libraries, and those of its extras."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PACKAGE = "yilao-planning"

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)\s*(?:\[[^]]*\])?\s*(?:\(?>=\s*(?P<least>[\w.]+))?")
_EXTRA = re.compile(r"""extra\s*==\s*["'](?P<extra>[\w.-]+)["']""")

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Needed:
    """A library, the oldest version that will do ("" for any), and the extra it belongs to."""

    name: str
    least: str
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Needs:
    """The oldest Python that will do, and the libraries."""

    python: str
    libraries: tuple[Needed, ...]


def needs(folder: Path = Path(__file__).parents[2]) -> Needs:
    """What pyproject.toml in `folder` says, or the metadata of the installed package.

    The file goes first: the metadata of an editable installation are as old as its last
    installation. Raises importlib.metadata.PackageNotFoundError where there is neither.
    """
    file = folder / "pyproject.toml"
    if file.is_file():
        project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
        if project.get("name") == PACKAGE:
            extras = project.get("optional-dependencies", {})
            return Needs(
                version_text(project["requires-python"]),
                (
                    *read(project["dependencies"]),
                    *(one for extra, lines in extras.items() for one in read(lines, extra=extra)),
                ),
            )
    told = metadata.metadata(PACKAGE)
    return Needs(
        version_text(told["Requires-Python"] or ""), read(metadata.requires(PACKAGE) or ())
    )


def read(lines: Iterable[str], *, extra: str = "") -> tuple[Needed, ...]:
    """Requirements as pip writes them; of the conditions only `extra ==` and lower bounds count."""
    found = []
    for line in lines:
        text, _, marker = line.partition(";")
        named = _REQUIREMENT.match(text.strip())
        if named is None:
            raise ValueError(f"found the requirement {line!r}, expected a name and a version")
        of = _EXTRA.search(marker)
        found.append(Needed(named["name"], named["least"] or "", of["extra"] if of else extra))
    return tuple(found)


def version_text(specifier: str) -> str:
    """The version in ">=3.11"."""
    found = re.search(r">=\s*([\w.]+)", specifier)
    return found[1] if found else ""


def version(text: str) -> Version:
    """The numbers a version begins with, its zeros at the end gone: "2.10.0rc1" → (2, 10)."""
    numbers: list[int] = []
    for part in text.split("."):
        digits = re.match(r"\d+", part)
        if digits is None:
            break
        numbers.append(int(digits[0]))
        if digits[0] != part:
            break
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
