"""What is in force somewhere: a document over the one it inherits (STANDARDS B)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from planning.standards.clauses import Clause, NewSince, Standard
from planning.standards.readings import Readings
from planning.standards.terms import Level

Via = Literal["own", "inherited", "floor", "parent_level"]

VIA_WORDS: Mapping[Via, tuple[str, str]] = {
    "own": ("本级", "own"),
    "inherited": ("沿用上级", "inherited"),
    "floor": ("上级下限（本级较宽）", "kept as a floor, the own one is looser"),
    "parent_level": ("上级总体目标（对照）", "the parent's own level, a benchmark here"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """A clause in force: which document it is from, and how it came to be in force."""

    clause: Clause
    standard: Standard
    via: Via


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A parent's clause that a child's stands in for."""

    clause: Clause
    standard: Standard
    by: Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything in force under one document, its own clauses last in each parent's order.

    `chain` runs from the document itself up to the root; `repeats` are clauses that say again what
    another says, and are not counted.
    """

    chain: tuple[Standard, ...]
    effective: tuple[Effective, ...]
    replaced: tuple[Replaced, ...]
    repeats: tuple[Clause, ...]
    readings: Readings
    _by_id: Mapping[str, Clause] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {clause.id: clause for clause in reversed(self.clauses)}
        object.__setattr__(self, "_by_id", by_id)

    @property
    def standard(self) -> Standard:
        """The document itself."""
        return self.chain[0]

    @property
    def new_since(self) -> NewSince | None:
        """From when on an area is new: the document's own day, else its parent's (A-3)."""
        return next((s.new_since for s in self.chain if s.new_since is not None), None)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses in force."""
        return tuple(one.clause for one in self.effective)

    def clause(self, clause_id: str) -> Clause | None:
        """The clause in force of that id, or None."""
        return self._by_id.get(clause_id)

    def levels_of(self, clause: Clause) -> tuple[Level, ...]:
        """Where a clause binds by itself: a norm outside the documents only where it is adopted."""
        is_outside = self.standard.outside and self.standard.clause(clause.id) is not None
        return () if is_outside else clause.levels


def profile_of(
    chain: Sequence[Standard],
    *,
    said: Mapping[str, str] | None = None,
) -> Profile:
    """The clauses in force under ``chain[0]``, which inherits ``chain[1]``, and so on.

    A child's clause replaces the parent's of the same key. The parent's stays where the child is
    silent or has no local value (null), as a floor where the child is looser, and at its own level
    where the two speak of different levels. `said` answers questions of reading over the documents.
    """
    *above, own = [*reversed(chain)]
    effective = [
        _first(clause, above[0] if above else own) for clause in _counted((above or [own])[0])
    ]
    replaced: list[Replaced] = []
    for child in [*above[1:], own] if above else []:
        effective, gone = _merged(effective, child)
        replaced += gone
    readings = Readings.of(*(s.readings for s in reversed(chain)), said or {})
    kept = tuple(
        Effective(
            clause=_with_figure(e.clause, readings),
            standard=e.standard,
            via=e.via if e.standard is not own else "own",
        )
        for e in effective
    )
    return Profile(
        chain=tuple(chain),
        effective=kept,
        replaced=tuple(replaced),
        repeats=tuple(c for c in own.clauses if c.repeats is not None),
        readings=readings,
    )


def with_clauses(profile: Profile, extra: Sequence[Clause]) -> Profile:
    """The same with clauses of the study's own behind the document's."""
    own = [Effective(clause=clause, standard=profile.standard, via="own") for clause in extra]
    return replace(profile, effective=(*profile.effective, *own))


def _with_figure(clause: Clause, readings: Readings) -> Clause:
    """A word of degree, such as 基本建成, with the figure it is taken for (A-13)."""
    if clause.value_from is None:
        return clause
    figure = readings.figure(clause.value_from)
    return clause.model_copy(update={"value": figure, "operator": ">="})


def _counted(standard: Standard) -> list[Clause]:
    return [clause for clause in standard.clauses if clause.repeats is None]


def _first(clause: Clause, standard: Standard) -> Effective:
    return Effective(clause=clause, standard=standard, via="inherited")


def _merged(
    inherited: Sequence[Effective], child: Standard
) -> tuple[list[Effective], list[Replaced]]:
    own: dict[str, list[Clause]] = {}
    for clause in _counted(child):
        own.setdefault(clause.key, []).append(clause)
    kept: list[Effective] = []
    replaced: list[Replaced] = []
    for above in inherited:
        by = _of_service(own.get(above.clause.key, []), above.clause)
        via = _stays(above.clause, by)
        if via is None:
            replaced.append(Replaced(clause=above.clause, standard=above.standard, by=by[0]))
        else:
            kept.append(Effective(clause=above.clause, standard=above.standard, via=via))
    added = [Effective(clause=c, standard=child, via="own") for c in _counted(child)]
    return [*kept, *added], replaced


def _of_service(own: Sequence[Clause], above: Clause) -> Sequence[Clause]:
    """Those for the same people where there are any: the nursery half of an item is no elder's."""
    return [clause for clause in own if clause.service == above.service] or own


def _stays(above: Clause, own: Sequence[Clause]) -> Via | None:
    """How a parent's clause stays beside a child's of the same key; None where it is replaced."""
    if not own or (above.value is not None and all(_is_null(above, c) for c in own)):
        return "inherited"
    if not any(set(above.levels) & set(c.levels) for c in own) and above.value is not None:
        return "parent_level"
    if any(is_looser(c, above) for c in own) and not any(_is_as_strict(c, above) for c in own):
        return "floor"
    return None


def _is_null(above: Clause, clause: Clause) -> bool:
    """No local value: the child names the standard and prints no figure for it."""
    return clause.measure.kind == above.measure.kind and clause.value is None


def is_looser(clause: Clause, other: Clause) -> bool:
    """Whether a clause asks for less than another of the same measure, less firmly, or later."""
    if clause.measure.kind != other.measure.kind:
        return False
    if _STRENGTHS.index(clause.strength) > _STRENGTHS.index(other.strength):
        return True
    if clause.value is None or other.value is None or _is_most(clause) != _is_most(other):
        return False
    less = asked(clause) < asked(other)
    later = clause.value == other.value and (clause.year or 0) > (other.year or 0) > 0
    return less or later


def _is_most(clause: Clause) -> bool:
    return clause.operator in ("<=", "<")


def asked(clause: Clause) -> tuple[Fraction, bool]:
    """What a clause with a figure asks for: the more, the more; over 5 is more than 5 or more."""
    assert clause.value is not None
    figure = -clause.value if _is_most(clause) else clause.value
    return figure, clause.operator in (">", "<")


_STRENGTHS = ("binding", "near-binding", "aspirational", "soft", "info")


def _is_as_strict(clause: Clause, other: Clause) -> bool:
    return clause.measure.kind == other.measure.kind and not is_looser(clause, other)
