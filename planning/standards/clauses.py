"""A clause as its document words it: dated, cited, with units; unknown keys are refused."""

from __future__ import annotations

import datetime
from fractions import Fraction
from importlib import resources
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from ruamel.yaml import YAML

from planning.area import Status
from planning.errors import StudyError, fail
from planning.units import rational

Measure = Literal["places_per_1000", "land_per_resident", "travel_time_coverage"]


def _as_written(value: object) -> Fraction | None:
    return None if value is None else rational(str(value))


Exact = Annotated[Fraction, BeforeValidator(_as_written)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Clause(_Model):
    """One item of a document.

    `value` is exact; None means that the document prints no figure. `levels` are where the clause
    binds, `benchmark_levels` where it is only reported (STANDARDS B). `status` restricts it to new
    or built residential areas (A-3). A clause that a study sets itself names its `document`, the
    `group` that it counts instead of the service's, and as how many its members `weight`.
    """

    id: str
    article: str
    quote: str
    title_zh: str
    title_en: str
    service: str
    measure: Measure
    value: Exact | None
    unit: str
    per: str
    levels: tuple[str, ...]
    benchmark_levels: tuple[str, ...] = ()
    status: Status | None = None
    limit_min: Exact | None = None
    year: int | None = None
    strength: Literal["binding", "near-binding", "aspirational", "soft", "info"]
    reading: str
    document: str | None = None
    group: str | None = None
    weight: Exact = Fraction(1)

    @model_validator(mode="after")
    def _has_its_figures(self) -> Self:
        if self.measure == "travel_time_coverage" and self.limit_min is None:
            raise ValueError(f"{self.id}: found no limit_min, expected minutes; a circle needs one")
        if self.measure != "travel_time_coverage" and self.value is None:
            raise ValueError(f"{self.id}: found no value, expected the figure per person")
        return self


class NewSince(_Model):
    """From which day on land granted or permitted makes a residential area new (STANDARDS A-3)."""

    date: datetime.date
    source: str


class Standard(_Model):
    """One document: its number, its date, and the clauses read from it."""

    id: str
    document: str
    jurisdiction: str
    dated: str
    new_since: NewSince
    clauses: tuple[Clause, ...]

    def clause(self, clause_id: str) -> Clause | None:
        """The clause of that id, or None."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)


def standards_in_library() -> tuple[str, ...]:
    """Ids of the documents in the library, sorted."""
    folder = resources.files("planning.standards") / "library"
    return tuple(
        sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml"))
    )


def standard_text(standard_id: str) -> str:
    """The library file of one document, as it stands."""
    known = standards_in_library()
    if standard_id not in known:
        raise fail(
            StudyError,
            "standards.profile",
            found=(f"“{standard_id}”", f"'{standard_id}'"),
            expected=(f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
            to_do=("改用库中已有的文件", "name a document of the library"),
        )
    file = resources.files("planning.standards") / "library" / f"{standard_id}.yaml"
    return file.read_text(encoding="utf-8")


def load_standard(standard_id: str) -> Standard:
    """Read one document of the library."""
    return Standard.model_validate(YAML(typ="safe", pure=True).load(standard_text(standard_id)))
