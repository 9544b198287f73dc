"""Clauses against a situation: one finding for each clause, unit and year, with its reason.

The same function judges the present, the plan, and the audit of the plan.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile

from planning.area import LEVELS, RESIDENTIAL
from planning.demand import TOTAL
from planning.standards.accounts import Accounts
from planning.standards.clauses import Clause, Operator
from planning.standards.conditions import (
    APPLIES,
    Applies,
    Says,
    applies,
    said_of_smaller_units,
)
from planning.standards.measures import (
    JUDGES,
    ROUNDS,
    Before,
    Case,
    Earlier,
    NotAssessableError,
    Outcome,
    Place,
    Role,
    Trail,
)
from planning.standards.outcome import NOTHING, Unit, Verdict, gap, held, nothing_known
from planning.standards.profiles import Effective, Profile, Via
from planning.standards.situation import Situation
from planning.standards.words import LEVEL_WORDS, figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One clause in one unit in one year; figures exact, in `unit`; None is absent.

    `measured` is what is known for sure, `at_most` what it may be at most: the same where all is
    known, None where nobody can tell. `of_one` is how much in `unit` one in the clause's own unit
    comes to: P / 1000 places for one per 1,000. `profile` names the document under which it is in
    force, `document` the one it is from.
    """

    profile: str
    clause_id: str
    key: str
    document: str
    article: str
    via: Via
    level: str
    unit_id: str
    unit_name: str
    year: int | None
    role: Role
    verdict: Verdict
    measured: Fraction | None
    at_most: Fraction | None
    required: Fraction | None
    gap: Fraction | None
    unit: Unit
    people_short: int | None
    because_zh: str
    because_en: str
    of_one: Fraction = Fraction(1)


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
        for place in run.places(one.clause):
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
        self.levels = levels
        self.accounts = Accounts(situation, profile.readings)
        self._orders = [level.level for level in situation.area.levels] + [RESIDENTIAL]

    def round(
        self, kinds: Collection[str], before: Before
    ) -> dict[int, list[tuple[Finding, Earlier]]]:
        """What clauses of some measures find in all their places, by their number."""
        return {
            number: [self.judge(one, place, before) for place in self.places(one.clause)]
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

    # --- where ---------------------------------------------------------------------------------

    def places(self, clause: Clause) -> Iterator[Place]:
        """Where a clause is to be judged; a nameless place for a level the study ought to have."""
        binding = tuple(self.levels.get(clause.id, self.profile.levels_of(clause)))
        wanted, seen = {*binding, *clause.levels, *clause.benchmark_levels}, False
        for name in self._orders:
            if name in wanted:
                for place in self._units(clause, name, self._role(clause, name in binding)):
                    seen = True
                    yield place
        expected = binding or clause.levels
        for name in expected:
            if not self.accounts.n_units(name) and (not seen or self._is_within(name)):
                seen = True
                role = self._role(clause, name in binding)
                yield Place(level=name, at=-1, unit_id="", name="", role=role)
        if not seen:
            yield Place(
                level=next(iter(expected), ""), at=-1, unit_id="", name="", role="benchmark"
            )

    def _role(self, clause: Clause, binds: bool) -> Role:
        if clause.strength in ("soft", "info") or _asks_nothing(clause):
            return "indicator"
        if not binds:
            return "benchmark"
        return "requirement" if clause.strength == "binding" else "goal"

    def _is_within(self, level: str) -> bool:
        """Whether a level lies below the top of the study: its units could have been given."""
        order = [*LEVELS, RESIDENTIAL]
        top = self.situation.area.levels[0].level
        return top in order and level in order and order.index(level) > order.index(top)

    def _units(self, clause: Clause, name: str, role: Role) -> Iterator[Place]:
        """The units of one level, or the residential areas of the clause's status."""
        area = self.situation.area
        level, areas = area.level(name), area.residential
        if level is not None:
            for at in range(len(level)):
                if clause.applies.names and level.names[at] not in clause.applies.names:
                    continue
                shown = self._shown(clause, name, at, role)
                said = self._town(clause, name, at)
                yield Place(name, at, level.ids[at], level.names[at], shown, said=said)
        elif name == RESIDENTIAL and areas is not None:
            by_plan = areas.by_plan
            for at in range(len(areas)):
                if clause.applies.status in (None, areas.status[at]):
                    households = int(areas.households[at])
                    yield Place(
                        level=RESIDENTIAL,
                        at=at,
                        unit_id=areas.ids[at],
                        name=areas.names[at],
                        role=role,
                        planned=int(areas.planned_people[at]) if by_plan[at] else None,
                        households=households if households >= 0 else None,
                        said=areas.described(at),
                    )

    def _town(self, clause: Clause, level: str, at: int) -> Says:
        """How a unit that does not say whether it is old town or new is taken (A-17)."""
        if clause.applies.town is None or self.accounts.said(level, at)["town"]:
            return "", ""
        return _TOWNS[self.accounts.town(level)[at]]

    def _shown(self, clause: Clause, level: str, at: int, role: Role) -> Role:
        """What is asked of every county is shown of functional areas, not failed (A-21)."""
        asks_each = clause.measure.kind in ("presence", "count") and level == "county"
        if role != "requirement" or not asks_each or clause.functional_areas == "counted":
            return role
        if self.profile.readings["functional_areas"] == "counted":
            return role
        form = self.accounts.attributes(level, at).get("form")
        return "benchmark" if form == "functional_area" else role

    # --- what ----------------------------------------------------------------------------------

    def judge(
        self, one: Effective, place: Place, before: Before, trail: Trail | None = None
    ) -> tuple[Finding, Earlier]:
        """What holds of one clause in one place."""
        clause = one.clause
        if trail is not None:
            trail.say(f"条文：{clause.article}“{clause.quote}”", f"clause: {clause.article}")
            trail.say(f"读法：{clause.reading}", f"reading: {clause.reading}")
        holds = self._nowhere(clause, place) if place.at < 0 else self._applies(clause, place)
        if trail is not None:
            trail.say(*_whether(holds))
        if holds.yes:
            outcome = _outcome(Case(clause, place, self.accounts, before, trail))
            verdict = _verdict(clause, place, outcome)
        else:
            outcome = nothing_known(*holds.why)
            verdict = "not_assessable" if holds.yes is None else "not_applicable"
        finding = self._finding(one, place, outcome, verdict)
        if trail is not None:
            trail.say(f"结论：{finding.because_zh}", f"finding: {finding.because_en}")
        return finding, Earlier(clause, place, verdict, finding.gap)

    def _applies(self, clause: Clause, place: Place) -> Applies:
        if place.level == RESIDENTIAL:
            return APPLIES
        return applies(
            clause.applies,
            self.accounts.attributes(place.level, place.at),
            name=place.name,
            persons=self.accounts.persons(place.level, TOTAL)[place.at],
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

    def _finding(self, one: Effective, place: Place, outcome: Outcome, verdict: Verdict) -> Finding:
        clause, measured = one.clause, outcome.measured
        missing = _missing(clause, outcome, verdict)
        short = _people_short(outcome, missing)
        zh, en = _because(clause, place, outcome, verdict, missing, short)
        if any(place.said):
            zh, en = f"{zh}；{place.said[0]}", f"{en}; {place.said[1]}"
        return Finding(
            profile=self.profile.standard.short,
            clause_id=clause.id,
            key=clause.key,
            document=clause.document or one.standard.document,
            article=clause.article,
            via=one.via,
            level=place.level,
            unit_id=place.unit_id,
            unit_name=place.name,
            year=self.situation.year,
            role=place.role,
            verdict=verdict,
            measured=None if measured is None else measured.low,
            at_most=None if measured is None else measured.high,
            required=outcome.required,
            gap=missing,
            unit=outcome.unit,
            of_one=_HUNDREDTH if outcome.unit == "share" else outcome.of_one,
            people_short=short,
            because_zh=zh,
            because_en=en,
        )


_TOWNS = {
    "": ("", ""),
    "old": ("按居民所在居住区划为旧城区", "old town by the areas its residents live in"),
    "new": ("按居民所在居住区划为新城区", "new town by the areas its residents live in"),
}


def _asks_nothing(clause: Clause) -> bool:
    """No figure is printed, nobody is to set one, and it is no circle to be judged by a goal."""
    no_figure = clause.value is None and not clause.set_by
    return no_figure and clause.measure.kind != "travel_time_coverage"


def _whether(holds: Applies) -> tuple[str, str]:
    """Whether a clause applies, as a step of a trail."""
    if holds.yes:
        return "适用：是", "applies: yes"
    zh, en = ("不详", "not known") if holds.yes is None else ("否", "no")
    return f"适用：{zh}，{holds.why[0]}", f"applies: {en}, {holds.why[1]}"


_HUNDREDTH = Fraction(1, 100)
"""A share is printed in per cent."""


def _outcome(case: Case) -> Outcome:
    try:
        return JUDGES[case.clause.measure.kind](case.clause.measure, case)
    except NotAssessableError as reason:
        return nothing_known(reason.zh, reason.en)


_TO_BE_THERE = frozenset({"count", "presence", "yearly_additions", "typed_in"})


def _sign(clause: Clause) -> Operator:
    """How a figure is held: where so many are to be there, as 打造100个 has it, more do no harm."""
    if clause.operator == "=" and clause.measure.kind in _TO_BE_THERE:
        return ">="
    return clause.operator or ">="


def _is_part_of_total(clause: Clause, place: Place) -> bool:
    """What a city is to have in all is not asked of each of its counties: only shown there."""
    return (
        clause.measure.kind in ("total", "count", "yearly_additions")
        and place.role in ("benchmark", "indicator")
        and place.level in clause.benchmark_levels
    )


def _verdict(clause: Clause, place: Place, outcome: Outcome) -> Verdict:
    """No figure, or a background figure alone, gives no verdict (DESIGN §4.7)."""
    if clause.strength == "info" or _is_part_of_total(clause, place):
        return "not_assessable"
    if outcome.measured is None or outcome.required is None:
        return "not_assessable"
    return held(outcome.measured, _sign(clause), outcome.required)


def _missing(clause: Clause, outcome: Outcome, verdict: Verdict) -> Fraction | None:
    if outcome.measured is None or outcome.required is None or verdict == "not_assessable":
        return None
    return NOTHING if verdict == "met" else gap(outcome.measured, _sign(clause), outcome.required)


def _people_short(outcome: Outcome, missing: Fraction | None) -> int | None:
    if missing is None:
        return None
    if missing == 0 or not outcome.people:
        return 0
    if outcome.per_person is None:
        return outcome.people
    return min(outcome.people, math.ceil(missing / outcome.per_person)) if outcome.per_person else 0


def _is_too_much(outcome: Outcome) -> bool:
    if outcome.measured is None or outcome.required is None:
        return False
    return outcome.measured.low > outcome.required


def _because(
    clause: Clause,
    place: Place,
    outcome: Outcome,
    verdict: Verdict,
    missing: Fraction | None,
    short: int | None,
) -> tuple[str, str]:
    """What was found, and how much is missing."""
    zh, en = outcome.zh, outcome.en
    if verdict == "not_met" and missing is not None:
        if outcome.unit == "share" and outcome.per_person is not None:
            return f"{zh}，差{short:,}人", f"{en}, {short:,} short"
        if outcome.unit == "share":
            points = f"{float(missing * 100):.2f}".rstrip("0").rstrip(".")
            return f"{zh}，差{points}个百分点", f"{en}, {points} points off"
        if missing == 0 and clause.operator == "<":
            return f"{zh}，须低于而未低于", f"{en}, to stay below and does not"
        if missing == 0:
            return f"{zh}，须超过而未超过", f"{en}, to be passed and is not"
        amount_zh, amount_en = figure(missing, outcome.unit)
        if _is_too_much(outcome):
            return f"{zh}，超出{amount_zh}", f"{en}, {amount_en} too many"
        return f"{zh}，缺{amount_zh}", f"{en}, {amount_en} short"
    if outcome.measured is not None and _is_part_of_total(clause, place):
        where_zh, where_en = LEVEL_WORDS[clause.levels[0]]
        return (
            f"{zh}（总量属{where_zh}一级，此处只列其中的数量）",
            f"{en} (a total of {where_en}, here only its part)",
        )
    if outcome.measured is not None and clause.strength == "info":
        return f"{zh}（背景数据，不判达标）", f"{en} (background, not scored)"
    if outcome.measured is not None and outcome.required is None:
        if clause.set_by:
            return (
                f"{zh}；无本地数值，由{clause.set_by}另定",
                f"{en}; no local value, it is set locally",
            )
        if clause.measure.kind == "travel_time_coverage":
            return f"{zh}；文件未定合格线", f"{en}; the document prints no pass mark"
        return f"{zh}；文件未定数值", f"{en}; the document prints no figure"
    return zh, en
