"""What the documents want of residential areas, read off the findings: no second arithmetic.

Clauses on areas are findings already. Those on delivery 四同步 and on provided areas 达标 speak of
all areas of a county: the same evaluator judges them of each area by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from planning.area import RESIDENTIAL
from planning.districts.matters import MATTERS, Matter, matter_of
from planning.standards import Clause, Finding, Profile, Situation, evaluate
from planning.standards.asks import Compliance, OnTime
from planning.standards.scorecard import Rank, Row, rank, row_key, scorecard, strictest

Says = tuple[str, str]

Basis = Literal["area", "delivery", "around"]
"""Judged of the area; of all areas of a county, and here of this one alone; or of the street or
community that its people come to."""

_ORDER: Mapping[Basis, int] = {"area": 0, "delivery": 1, "around": 2}
_MATTER_ORDER = {matter: at for at, matter in enumerate(MATTERS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A document, where its clauses bind in the study, and what was found of them."""

    profile: Profile
    levels: Mapping[str, Sequence[str]]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One clause that wants something of an area.

    `row` holds the finding, with its exact figures, and the clause; `rank` says where it stands
    among what several documents want. `because` tells, of a clause on the units around, what the
    people of the area change.
    """

    basis: Basis
    matter: Matter
    row: Row
    rank: Rank
    because: Says = ("", "")

    @property
    def finding(self) -> Finding:
        """What was found."""
        return self.row.finding

    @property
    def clause(self) -> Clause:
        """What was asked."""
        return self.row.clause


def only(profile: Profile, wanted: Callable[[Clause], bool]) -> Profile:
    """The same document with some of its clauses."""
    return replace(profile, effective=tuple(e for e in profile.effective if wanted(e.clause)))


def of_areas(one: Judged, situation: Situation) -> dict[str, list[tuple[Basis, Finding]]]:
    """What one document wants of every residential area, by the area's id."""
    found: dict[str, list[tuple[Basis, Finding]]] = {}
    by_basis: tuple[tuple[Basis, Iterable[Finding]], ...] = (
        ("area", one.findings),
        ("delivery", _by_itself(one, situation)),
    )
    for basis, findings in by_basis:
        for finding in findings:
            if finding.level == RESIDENTIAL and finding.verdict != "not_applicable":
                found.setdefault(finding.unit_id, []).append((basis, finding))
    return found


def _by_itself(one: Judged, situation: Situation) -> list[Finding]:
    """Clauses on all areas of a county that bind somewhere, of each area by itself.

    Each kind is judged alone, for a provided area is one that meets the clauses on areas (A-19),
    not one that was provided in time as well.
    """
    return [finding for kind in (OnTime, Compliance) for finding in _of_kind(one, situation, kind)]


def _of_kind(
    one: Judged, situation: Situation, kind: type[OnTime | Compliance]
) -> Iterator[Finding]:
    asked = {
        clause.id
        for clause in one.profile.clauses
        if isinstance(clause.measure, kind)
        and one.levels.get(clause.id)
        and RESIDENTIAL not in one.levels[clause.id]
    }
    if asked:
        profile = only(one.profile, lambda clause: clause.id in asked or _is_on_areas(clause))
        levels = {**one.levels, **dict.fromkeys(asked, (RESIDENTIAL,))}
        for finding in evaluate(profile, situation, levels):
            if finding.clause_id in asked:
                yield finding


def _is_on_areas(clause: Clause) -> bool:
    is_about_all = isinstance(clause.measure, OnTime | Compliance)
    return not is_about_all and RESIDENTIAL in clause.levels


def obligations(
    cards: Sequence[tuple[Profile, Sequence[tuple[Basis, Finding, Says]]]],
) -> tuple[Obligation, ...]:
    """What several documents want of one area, by basis, matter and, of one matter, most first.

    Between equals in the order of the documents. Norms outside the documents ask nothing of
    anybody and are not compared.
    """
    rows = [scorecard([f for _, f, _ in found], profile) for profile, found in cards]
    said = {
        (f.profile, f.clause_id, f.level, f.unit_id): (basis, says)
        for _, found in cards
        for basis, f, says in found
    }
    asking = [some for (one, _), some in zip(cards, rows, strict=True) if not one.standard.outside]
    compared = {row_key(row): c for c in strictest(asking) for row in c.rows}
    found = [
        Obligation(
            basis=said[row_key(row)][0],
            matter=matter_of(row.clause),
            row=row,
            rank=rank(row, compared.get(row_key(row))),
            because=said[row_key(row)][1],
        )
        for some in rows
        for row in some
    ]
    return tuple(sorted(found, key=_place))


def _place(one: Obligation) -> tuple[int, int, str, int]:
    asks_less = one.rank in ("less", "no_figure") or one.finding.role in ("benchmark", "indicator")
    unit = one.finding.unit_id if one.basis == "around" else ""
    return _ORDER[one.basis], _MATTER_ORDER[one.matter], unit, asks_less
