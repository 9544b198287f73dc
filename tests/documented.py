"""What the documents must name, enumerated from the program; and what of it a page does not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import typer
from command_reference import words
from error_reference import classes
from pydantic import BaseModel
from study_reference import keys

from planning.cli import app
from planning.errors import PlanningError
from planning.standards import Standard
from planning.study import Study

DOCS = Path(__file__).resolve().parents[1] / "docs"
Row = tuple[str, str]
"""A section, "" for the whole page, and what leads a row or a heading of it."""


def page(name: str) -> str:
    """A page as it is written."""
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def missing(named: Iterable[Row], text: str) -> list[Row]:
    """Which of these have no row of their own in their section of the page."""
    sections = {"": text}
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        head = part.partition("\n")[0]
        sections[head if head.startswith("planning") else head.rpartition(" ")[2]] = part
    return [
        (section, word)
        for section, word in named
        if f"\n| `{word}`" not in sections.get(section, "")
    ]


def undocumented_keys(study: type[BaseModel] = Study) -> list[Row]:
    """Keys of a study that the reference has not."""
    return missing(keys(study), page("reference/study-file"))


def undocumented_words(commands: typer.Typer = app) -> list[Row]:
    """Options and arguments that the reference has not."""
    return missing(words(commands), page("reference/commands"))


def undocumented_errors(base: type[PlanningError] = PlanningError) -> list[Row]:
    """Classes of errors that the reference has not."""
    return missing((("Classes", one.__name__) for one in classes(base)), page("reference/errors"))


def undocumented_measures(kinds: Iterable[str]) -> list[Row]:
    """Measures that the page of standards has no row for."""
    return missing((("", kind) for kind in kinds), page("standards"))


def undocumented_clauses(standard: Standard) -> list[str]:
    """Clauses that the page of their document has no heading for."""
    headings = page(f"standards/{standard.short}").splitlines()
    return [one.id for one in standard.clauses if f"### {one.id}" not in headings]
