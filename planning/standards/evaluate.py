"""Clauses against a situation: one finding for each clause, unit and year, with its reason.

The same function judges the present, the plan, and the audit of the plan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile

from planning.demand import TOTAL
from planning.standards.accounts import Accounts
from planning.standards.asides import asides, role_words
from planning.standards.clauses import Clause
from planning.standards.conditions import (
    Applies,
    applies,
    said_of_smaller_units,
)
from planning.standards.findings import Finding, finding_of, verdict_of
from planning.standards.measures import (
    JUDGES,
    ROUNDS,
    Before,
    Case,
    Earlier,
    NotAssessableError,
    Outcome,
    Place,
    Trail,
)
from planning.standards.outcome import nothing_known
from planning.standards.places import Places
from planning.standards.profiles import Effective, Profile
from planning.standards.situation import Situation


def binding_levels(
    profile: Profile, adopted: Mapping[str, Sequence[str]], year: int | None
) -> dict[str, tuple[str, ...]]:
    """Where each clause binds in `year`, by clause id.

    `adopted` replaces the document's own levels; a norm outside the documents has none. A target of
    a later year binds nowhere yet and is only shown; without a year every clause binds.
    """
    return {
        clause.id: ()
        if year is not None and clause.year is not None and clause.year > year
        else tuple(adopted.get(clause.id, profile.levels_of(clause)))
        for clause in profile.clauses
    }


def evaluate(
    profile: Profile, situation: Situation, levels: Mapping[str, Sequence[str]] | None = None
) -> tuple[Finding, ...]:
    """Findings of every clause in force, in the order of clauses, levels (top down) and units.

    `levels` replaces, by clause id, where a clause binds: a study adopts a parent's target, or sets
    a clause aside; where the document has it bind, it is still shown.
    """
    run = _Run(profile, situation, levels or {})
    found: dict[int, list[Finding]] = {}
    before = Before()
    for kinds in ROUNDS:
        judged = run.round(kinds, before)
        found |= {number: [finding for finding, _ in some] for number, some in judged.items()}
        before.add(earlier for some in judged.values() for _, earlier in some)
    return tuple(finding for number in sorted(found) for finding in found[number])


def explain(
    profile: Profile,
    situation: Situation,
    clause_id: str,
    unit_id: str,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Finding, Trail] | None:
    """One finding again, with every step that led to it; None where there is no such finding.

    It is judged anew by what judged it before.
    """
    run = _Run(profile, situation, levels or {})
    for one in profile.effective:
        if one.clause.id != clause_id:
            continue
        for place in run.places.of(one.clause):
            if place.unit_id == unit_id or place.name == unit_id:
                trail = Trail()
                finding, _ = run.judge(one, place, run.before(one.clause), trail)
                return finding, trail
    return None


class _Run:
    """One evaluation: a profile, a situation, and the sums they share."""

    def __init__(
        self, profile: Profile, situation: Situation, levels: Mapping[str, Sequence[str]]
    ) -> None:
        self.profile = profile
        self.situation = situation
        self.accounts = Accounts(situation, profile.readings)
        self.places = Places(profile, self.accounts, levels)

    def round(
        self, kinds: Collection[str], before: Before
    ) -> dict[int, list[tuple[Finding, Earlier]]]:
        """What clauses of some measures find in all their places, by their number."""
        return {
            number: [self.judge(one, place, before) for place in self.places.of(one.clause)]
            for number, one in enumerate(self.profile.effective)
            if one.clause.measure.kind in kinds
        }

    def before(self, clause: Clause) -> Before:
        """What the rounds before a clause's own find."""
        before = Before()
        for kinds in takewhile(lambda kinds: clause.measure.kind not in kinds, ROUNDS):
            judged = self.round(kinds, before)
            before.add(earlier for some in judged.values() for _, earlier in some)
        return before

    def judge(
        self, one: Effective, place: Place, before: Before, trail: Trail | None = None
    ) -> tuple[Finding, Earlier]:
        """What holds of one clause in one place."""
        clause = one.clause
        if trail is not None:
            trail.say(f"条文：{clause.article}“{clause.quote}”", f"clause: {clause.article}")
            trail.say(f"读法：{clause.reading_zh}", f"reading: {clause.reading_en}")
        holds = self._nowhere(clause, place) if place.at < 0 else self._applies(clause, place)
        if trail is not None:
            trail.say(*_whether(holds))
            zh, en = role_words(place.role)
            trail.say(f"地位：{zh}", f"role: {en}")
        if holds.yes:
            outcome = _outcome(Case(clause, place, self.accounts, before, trail))
            verdict = verdict_of(clause, place, outcome)
            if outcome.measured is not None:
                more = asides(clause, place, self.accounts, trail)
                place = place._replace(said=_joined(place.said, more))
        else:
            outcome = nothing_known(*holds.why)
            verdict = "not_assessable" if holds.yes is None else "not_applicable"
        finding = finding_of(
            one,
            place,
            outcome,
            verdict,
            profile=self.profile.standard.short,
            year=self.situation.year,
        )
        if trail is not None:
            trail.say(f"结论：{finding.because_zh}", f"finding: {finding.because_en}")
        return finding, Earlier(clause, place, verdict, finding.gap)

    def _applies(self, clause: Clause, place: Place) -> Applies:
        persons = self.accounts.persons(place.level, TOTAL)[place.at]
        return applies(
            clause.applies,
            self.accounts.attributes(place.level, place.at),
            name=place.name,
            persons=persons if place.planned is None else place.planned,
            but=said_of_smaller_units(place.level),
        )

    def _nowhere(self, clause: Clause, place: Place) -> Applies:
        """Why a clause meets no unit: there are none of the level, or none that it is about."""
        if clause.treatment == "listed":
            return Applies(
                None, ("文件或程序性要求，仅列示", "a document or a process: listed, not scored")
            )
        if not self.accounts.n_units(place.level):
            return Applies(
                None, ("研究中没有该层级的单元，无法评估", "the study has no units of this level")
            )
        names = clause.applies.names
        if names:
            return Applies(
                False, (f"研究范围内没有{'、'.join(names)}", "the study does not hold that unit")
            )
        return Applies(False, ("研究范围内没有此类居住区", "there are no such residential areas"))


def _whether(holds: Applies) -> tuple[str, str]:
    """Whether a clause applies, as a step of a trail."""
    if holds.yes:
        return "适用：是", "applies: yes"
    zh, en = ("不详", "not known") if holds.yes is None else ("否", "no")
    return f"适用：{zh}，{holds.why[0]}", f"applies: {en}, {holds.why[1]}"


def _joined(one: tuple[str, str], other: tuple[str, str]) -> tuple[str, str]:
    return "；".join(filter(None, (one[0], other[0]))), "; ".join(filter(None, (one[1], other[1])))


def _outcome(case: Case) -> Outcome:
    try:
        return JUDGES[case.clause.measure.kind](case.clause.measure, case)
    except NotAssessableError as reason:
        return nothing_known(reason.zh, reason.en)
