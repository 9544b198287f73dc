"""A clause as its document words it: dated, cited, with units; unknown keys are refused."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from planning.standards.asks import Ask, Listed, TypedIn
from planning.standards.readings import questions
from planning.standards.terms import Exact, Level, Model, Where

Mark = Literal["spatial-core", "spatial-secondary", "statistical-only", "not-computable"]
Strength = Literal["binding", "near-binding", "aspirational", "soft", "info"]
Operator = Literal[">=", ">", "<=", "<", "="]
When = Literal["standing", "by", "in", "from", "yearly"]
Treatment = Literal["computed", "typed_in", "listed"]

_NEEDS_A_YEAR = ("by", "in", "from")


def _as_text(value: object) -> object:
    """A date or a number that nobody put in quotes, as it stands."""
    is_plain = isinstance(value, datetime.date | int | float) and not isinstance(value, bool)
    return str(value) if is_plain else value


Text = Annotated[str, BeforeValidator(_as_text)]
"""Text, or what YAML takes for a date or a number where it stands without quotes."""


class Slip(NamedTuple):
    """What is wrong `at` a place of a model; the words are (中文, English)."""

    at: tuple[int | str, ...]
    found: tuple[str, str]
    expected: tuple[str, str]


class UnfitError(ValueError):
    """What may not stand together in one clause or one document, every slip of it."""

    def __init__(self, name: str, *slips: Slip) -> None:
        self.slips = slips
        said = "; ".join(f"found {one.found[1]}, expected {one.expected[1]}" for one in slips)
        super().__init__(f"{name}: {said}")


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
    def reading(self) -> tuple[str, str]:
        """How the words are taken (中文, English)."""
        return self.reading_zh, self.reading_en

    @model_validator(mode="before")
    @classmethod
    def _one_reading_for_both(cls, said: Any) -> Any:
        if not isinstance(said, dict) or "reading" not in said:
            return said
        rest = {name: value for name, value in said.items() if name != "reading"}
        return {"reading_zh": said["reading"], "reading_en": said["reading"], **rest}

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        slips = [*self._figure_slips(), *self._place_slips()]
        if slips:
            raise UnfitError(self.id, *slips)
        return self

    def _figure_slips(self) -> Iterator[Slip]:
        """What is wrong with the figure and its year."""
        if (self.value is None) != (self.operator is None):
            has, lacks = ("value", "operator")[:: 1 if self.operator is None else -1]
            yield Slip(
                (has,),
                (f"只有 {has}，没有 {lacks}", f"{has} without {lacks}"),
                ("value 与 operator 同有，或同无（文件没有数值）", "both, or neither (no figure)"),
            )
        if self.value is not None and self.value < 0:
            yield Slip(
                ("value",),
                (f"“{self.value}”", f"'{self.value}'"),
                ("不小于 0 的数", "a number, 0 or more"),
            )
        figures = [name for name, question in questions().items() if not question.choices]
        if self.value_from is not None and self.value_from not in figures:
            zh, en = "、".join(figures), ", ".join(figures)
            yield Slip(
                ("value_from",),
                (f"“{self.value_from}”", f"'{self.value_from}'"),
                (f"有数值的读法：{zh}", f"a reading that is a figure: {en}"),
            )
        if (self.when in _NEEDS_A_YEAR) != (self.year is not None):
            year_zh, year_en = ("没有 year", "no year") if self.year is None else ("year", "a year")
            yield Slip(
                ("when",) if self.year is None else ("year",),
                (f"when: {self.when}，{year_zh}", f"when: {self.when}, with {year_en}"),
                ("by、in、from 有 year，其余没有", "a year with by, in and from, and only these"),
            )

    def _place_slips(self) -> Iterator[Slip]:
        """What is wrong with where it holds."""
        if both := [level for level in self.levels if level in self.benchmark_levels]:
            yield Slip(
                ("benchmark_levels",),
                (f"{'、'.join(both)} 也在 levels 中", f"{', '.join(both)}, in levels too"),
                ("一个层级或约束或对照", "a level where it binds or where it is shown"),
            )
        if self.repeats is None and not isinstance(self.measure, Listed) and not self.levels:
            yield Slip(
                ("levels",), ("没有层级", "no levels"), ("在哪些层级评判", "where it is judged")
            )


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
    dated: Text
    parent: str | None = None
    outside: bool = False
    new_since: NewSince | None = None
    readings: dict[str, Text] = Field(default={})
    clauses: tuple[Clause, ...]

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        ids = [clause.id for clause in self.clauses]
        slips = [*_ids_twice(ids), *_repeats_of_none(self.clauses, ids)]
        if slips:
            raise UnfitError(self.id, *slips)
        return self

    def clause(self, clause_id: str) -> Clause | None:
        """The clause of that id, or None."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)


def _ids_twice(ids: list[str]) -> Iterator[Slip]:
    """Clauses that bear the id of one above them."""
    seen: Counter[str] = Counter()
    for n, name in enumerate(ids):
        seen[name] += 1
        if seen[name] > 1:
            yield Slip(
                ("clauses", n, "id"),
                (f"又一条“{name}”", f"'{name}' again"),
                ("每条各自的编号", "an id of its own for each clause"),
            )


def _repeats_of_none(clauses: tuple[Clause, ...], ids: list[str]) -> Iterator[Slip]:
    """Clauses that repeat one that is not there."""
    for n, clause in enumerate(clauses):
        if clause.repeats is not None and clause.repeats not in ids:
            yield Slip(
                ("clauses", n, "repeats"),
                (f"“{clause.repeats}”", f"'{clause.repeats}'"),
                ("本文件另一条的编号", "the id of another clause of this file"),
            )
