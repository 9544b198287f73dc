"""A clause as its document words it: dated, cited, with units; unknown keys are refused."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from planning.standards.asks import Ask, Exact, Level, Listed, Model, TypedIn, Where

Mark = Literal["spatial-core", "spatial-secondary", "statistical-only", "not-computable"]
Strength = Literal["binding", "near-binding", "aspirational", "soft", "info"]
Operator = Literal[">=", ">", "<=", "<", "="]
When = Literal["standing", "by", "in", "from", "yearly"]
Treatment = Literal["computed", "typed_in", "listed"]

_NEEDS_A_YEAR = ("by", "in", "from")


class Baseline(Model):
    """Where a document says it starts from."""

    value: Exact
    year: int | None = None
    note: str = ""


class Clause(Model):
    """One item of a document.

    `key` names the standard that profiles inherit and replace (STANDARDS B); clauses of one key are
    about one thing. `value` is exact and as printed (a percentage as 55, not 0.55); None means that
    the document prints no figure; `value_from` then names the reading that
    has one, or `set_by` who is to set it. `levels` are where it binds,
    `benchmark_levels` where it is only reported. `repeats` names the clause that says the same, so
    that it is counted once. An item that holds several tests is several clauses, whose ids end in
    ``#`` and a name. `reading` in a file is a text for both `reading_zh` and `reading_en`.
    """

    id: str
    key: str
    article: str
    quote: str
    title_zh: str
    title_en: str
    service: str
    mark: Mark
    strength: Strength
    measure: Ask
    operator: Operator | None = None
    value: Exact | None = None
    value_from: str | None = Field(
        default=None, description="以读法中的数值为准 the figure is that of a reading (A-13)"
    )
    unit: str = ""
    per: str = ""
    levels: tuple[Level, ...] = ()
    benchmark_levels: tuple[Level, ...] = ()
    functional_areas: Literal["reported", "counted"] = Field(
        default="reported",
        description="功能区：仅列示或计入 functional areas are shown, or held to it (A-21)",
    )
    applies: Where = Where()
    when: When = "standing"
    year: int | None = None
    baseline: Baseline | None = None
    set_by: str = ""
    limit_from: Literal["document", "borrowed"] = Field(
        default="document",
        description="时限取自本条或借自他处 whether the clause itself prints the limit (A-9)",
    )
    reading_zh: str
    reading_en: str
    repeats: str | None = None
    document: str | None = None
    weight: Exact = Fraction(1)

    @property
    def item(self) -> str:
        """The id of the item this clause is, or is a part of."""
        return self.id.split("#")[0]

    @property
    def treatment(self) -> Treatment:
        """Whether it is computed from maps and registers, typed in, or only listed."""
        if isinstance(self.measure, Listed):
            return "listed"
        return "typed_in" if isinstance(self.measure, TypedIn) else "computed"

    @property
    def reading(self) -> str:
        """How the words are taken, in both tongues."""
        is_one = self.reading_zh == self.reading_en
        return self.reading_zh if is_one else f"{self.reading_zh}{self.reading_en}"

    @model_validator(mode="before")
    @classmethod
    def _one_reading_for_both(cls, said: Any) -> Any:
        if not isinstance(said, dict) or "reading" not in said:
            return said
        rest = {name: value for name, value in said.items() if name != "reading"}
        return {"reading_zh": said["reading"], "reading_en": said["reading"], **rest}

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        faults = []
        if (self.value is None) != (self.operator is None):
            faults.append("value and operator stand together, or neither does")
        if (self.when in _NEEDS_A_YEAR) != (self.year is not None):
            faults.append(f"a year goes with {', '.join(_NEEDS_A_YEAR)}, and only with these")
        if set(self.levels) & set(self.benchmark_levels):
            faults.append("a level is where it binds or where it is shown, not both")
        if self.repeats is None and not isinstance(self.measure, Listed) and not self.levels:
            faults.append("found no levels, expected where it is judged")
        if faults:
            raise ValueError(f"{self.id}: {'; '.join(faults)}")
        return self


class NewSince(Model):
    """From which day on land granted or permitted makes a residential area new (STANDARDS A-3)."""

    date: datetime.date
    source: str


class Standard(Model):
    """One document: its number, its date, whose clauses it inherits, and its own.

    `outside` marks norms that are none of the documents, for use where a study asks for them;
    `readings` how this document is taken where its words are open, over `readings.yaml`.
    """

    id: str
    short: str
    document: str
    jurisdiction: str
    dated: str
    parent: str | None = None
    outside: bool = False
    new_since: NewSince | None = None
    readings: dict[str, str] = Field(default={})
    clauses: tuple[Clause, ...]

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        ids = [clause.id for clause in self.clauses]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        lost = [c.id for c in self.clauses if c.repeats is not None and c.repeats not in ids]
        if twice or lost:
            raise ValueError(f"{self.id}: ids twice: {twice}; repeats of no clause: {lost}")
        return self

    def clause(self, clause_id: str) -> Clause | None:
        """The clause of that id, or None."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)
