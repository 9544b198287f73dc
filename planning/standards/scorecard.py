"""The scorecard 现状 / 目标 / 缺口 / 达标情况 / 依据条文, and the strictest of several documents.

Pure: findings and the profile they were judged by become lines to be read (SC-2021-57/7.22).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from planning.area import LEVELS, RESIDENTIAL
from planning.standards.clauses import Clause
from planning.standards.findings import Finding
from planning.standards.printed import ABSENT, Says, apart, asks_a_figure, in_unit, target_words
from planning.standards.profiles import Profile, asked
from planning.standards.words import figure, plain

_RANK = {name: rank for rank, name in enumerate((*LEVELS, RESIDENTIAL))}
_ROLES = ("requirement", "goal", "benchmark", "indicator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One clause in one unit, to be read.

    `current` and `target` are in the unit that the document prints, (中文, English); the amounts
    they come to in the unit stand in `current_amount` and `target_amount`, "" where these are the
    same. The exact figures are those of `finding`. A dash is written where there is no figure.
    """

    finding: Finding
    clause: Clause
    current: Says
    current_amount: Says
    target: Says
    target_amount: Says
    gap: Says


def scorecard(findings: Iterable[Finding], profile: Profile) -> tuple[Row, ...]:
    """The lines of one document: by level (top down), unit (by its id) and clause (in order)."""
    clauses = {clause.id: clause for clause in profile.clauses}
    rows = [_row(finding, clauses[finding.clause_id]) for finding in findings]
    return tuple(sorted(rows, key=_place))


def _place(row: Row) -> tuple[int, str]:
    return _RANK.get(row.finding.level, len(_RANK)), row.finding.unit_id


def _row(finding: Finding, clause: Clause) -> Row:
    return Row(
        finding=finding,
        clause=clause,
        current=_current(finding, clause),
        current_amount=_amount(finding.measured, finding),
        target=_target(finding, clause),
        target_amount=_amount(finding.required, finding),
        gap=_gap(finding, clause),
    )


def _current(finding: Finding, clause: Clause) -> Says:
    """What there is, between bounds where not all of it is known."""
    if finding.measured is None:
        return ABSENT
    wanted = None if finding.required is None else finding.required / finding.of_one
    least = apart(finding.measured / finding.of_one, wanted)
    zh, en = in_unit(least, clause.unit)
    if finding.at_most is None:
        return f"至少{zh}", f"at least {en}"
    if finding.at_most > finding.measured:
        return in_unit(f"{least}–{apart(finding.at_most / finding.of_one, wanted)}", clause.unit)
    return zh, en


def _target(finding: Finding, clause: Clause) -> Says:
    """What the document asks for, or the study where the document prints no figure."""
    if asks_a_figure(clause) or finding.required is None or clause.value is not None:
        return target_words(clause)
    zh, en = in_unit(plain(finding.required / finding.of_one), clause.unit)
    return f"≥{zh}（本研究设定）", f"≥{en} (set by this study)"


def _amount(value: Fraction | None, finding: Finding) -> Says:
    """The amount behind a rate, such as 57 places behind 4.5 per 1,000; "" where there is none."""
    if value is None or finding.of_one == 1 or finding.unit == "share":
        return "", ""
    return figure(value, finding.unit)


def _gap(finding: Finding, clause: Clause) -> Says:
    """What is missing or too much, in the unit of the finding; points between shares."""
    missing = finding.gap
    if missing is None:
        return ABSENT
    if missing == 0:
        if finding.verdict == "met":
            return "0", "0"
        is_most = clause.operator == "<"
        return ("须低于", "to stay below") if is_most else ("须超过", "to be passed")
    if finding.unit == "share":
        points = apart(missing * 100, Fraction(0))
        return f"{points}个百分点", f"{points} points"
    if finding.unit == "figure":
        zh, en = in_unit(plain(missing), clause.unit)
    else:
        zh, en = figure(missing, finding.unit)
    there, wanted = finding.measured, finding.required
    is_over = there is not None and wanted is not None and there > wanted
    too_much = is_over or clause.operator in ("<=", "<")
    return (f"超出{zh}", f"{en} too many") if too_much else (zh, en)


def worst_first(rows: Iterable[Row]) -> list[Row]:
    """What is not met, what is asked most firmly and leaves most people without first."""

    def order(row: Row) -> tuple[int, int, Fraction]:
        found = row.finding
        share = Fraction(0)
        if found.gap is not None and found.required:
            share = found.gap / found.required
        return _ROLES.index(found.role), -(found.people_short or 0), -share

    return sorted((row for row in rows if row.finding.verdict == "not_met"), key=order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What several documents ask of one unit in one matter, and which of them asks most.

    `strictest` are the lines that ask most, several where they ask the same; `others` ask less;
    `without_figure` are those whose document prints none. Each in the order of the documents.
    """

    key: str
    level: str
    unit_id: str
    unit_name: str
    strictest: tuple[Row, ...]
    others: tuple[Row, ...]
    without_figure: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every line compared."""
        return (*self.strictest, *self.others, *self.without_figure)


Rank = Literal["", "only", "equal", "less", "no_figure"]
"""Where a line stands among what several documents ask; "" where only one does."""


def row_key(row: Row) -> tuple[str, str, str, str]:
    """What tells a line from every other."""
    found = row.finding
    return found.profile, found.clause_id, found.level, found.unit_id


def rank(row: Row, found: Comparison | None) -> Rank:
    """Where a line stands in its comparison; "" where there is none."""
    if found is None:
        return ""
    if row_key(row) in map(row_key, found.without_figure):
        return "no_figure"
    if row_key(row) not in map(row_key, found.strictest):
        return "less"
    asking = {one.finding.profile for one in found.strictest}
    return "only" if asking == {row.finding.profile} else "equal"


def strictest(cards: Sequence[Sequence[Row]]) -> tuple[Comparison, ...]:
    """Which document asks most, for every matter that several of them ask of the same unit.

    Compared are clauses of one key whose measure, unit of measure and conditions are the same, at
    one level, and that all set a least (≥, >, =) or all a most (≤, <). A clause that does not apply
    to the unit asks nothing of it, nor does an indicator with a figure. The sign counts between
    equal figures: more than 5 asks for more than 5 or more.
    """
    groups: dict[tuple[str, ...], list[Row]] = {}
    for card in cards:
        for row in card:
            if row.finding.unit_id and row.finding.verdict != "not_applicable":
                groups.setdefault(_matter(row), []).append(row)
    found = (c for rows in groups.values() for c in _compared(rows))
    return tuple(found)


def _matter(row: Row) -> tuple[str, ...]:
    """What must be alike for two clauses to be held against each other."""
    clause, finding = row.clause, row.finding
    return (
        clause.key,
        finding.level,
        finding.unit_id,
        clause.unit,
        clause.measure.model_dump_json(),
        clause.applies.model_dump_json(),
    )


def _compared(rows: Sequence[Row]) -> Iterable[Comparison]:
    silent = [row for row in rows if not asks_a_figure(row.clause)]
    asking = [r for r in rows if asks_a_figure(r.clause) and r.finding.role != "indicator"]
    for is_least in (True, False):
        ranked = [r for r in asking if (r.clause.operator in (">=", ">", "=")) == is_least]
        documents = {row.finding.profile for row in (*ranked, *silent)}
        if not ranked or len(documents) < 2:
            continue
        most = max(asked(row.clause) for row in ranked)
        finding = rows[0].finding
        yield Comparison(
            key=rows[0].clause.key,
            level=finding.level,
            unit_id=finding.unit_id,
            unit_name=finding.unit_name,
            strictest=tuple(row for row in ranked if asked(row.clause) == most),
            others=tuple(row for row in ranked if asked(row.clause) != most),
            without_figure=tuple(silent),
        )
