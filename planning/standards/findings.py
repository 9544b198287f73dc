"""What was found of one clause in one unit: the figures, the verdict, the sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from planning.standards.clauses import Clause, Operator
from planning.standards.measures import Outcome, Place, Role
from planning.standards.outcome import NOTHING, Unit, Verdict, gap, held
from planning.standards.profiles import Effective, Via
from planning.standards.words import LEVEL_WORDS, figure

_HUNDREDTH = Fraction(1, 100)
"""A share is printed in per cent."""


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


def finding_of(
    one: Effective,
    place: Place,
    outcome: Outcome,
    verdict: Verdict,
    *,
    profile: str,
    year: int | None,
) -> Finding:
    """A measure's answer as a finding, with the gap and the people it leaves without."""
    clause, measured = one.clause, outcome.measured
    missing = _missing(clause, outcome, verdict)
    short = _people_short(outcome, missing)
    zh, en = _because(clause, place, outcome, verdict, missing, short)
    if any(place.said):
        zh, en = f"{zh}；{place.said[0]}", f"{en}; {place.said[1]}"
    return Finding(
        profile=profile,
        clause_id=clause.id,
        key=clause.key,
        document=clause.document or one.standard.document,
        article=clause.article,
        via=one.via,
        level=place.level,
        unit_id=place.unit_id,
        unit_name=place.name,
        year=year,
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


_TO_BE_THERE = frozenset({"count", "presence", "yearly_additions", "typed_in"})


def sign_of(clause: Clause) -> Operator:
    """How a figure is held: where so many are to be there, as 打造100个 has it, more do no harm."""
    if clause.operator == "=" and clause.measure.kind in _TO_BE_THERE:
        return ">="
    return clause.operator or ">="


def is_part_of_total(clause: Clause, place: Place) -> bool:
    """What a city is to have in all is not asked of each of its counties: only shown there."""
    return (
        clause.measure.kind in ("total", "count", "yearly_additions")
        and place.role in ("benchmark", "indicator")
        and place.level in clause.benchmark_levels
    )


def verdict_of(clause: Clause, place: Place, outcome: Outcome) -> Verdict:
    """No figure, or a background figure alone, gives no verdict (DESIGN §4.7)."""
    if clause.strength == "info" or is_part_of_total(clause, place):
        return "not_assessable"
    if outcome.measured is None or outcome.required is None:
        return "not_assessable"
    return held(outcome.measured, sign_of(clause), outcome.required)


def _missing(clause: Clause, outcome: Outcome, verdict: Verdict) -> Fraction | None:
    if outcome.measured is None or outcome.required is None or verdict == "not_assessable":
        return None
    return NOTHING if verdict == "met" else gap(outcome.measured, sign_of(clause), outcome.required)


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


def _up_to(outcome: Outcome) -> tuple[str, str]:
    """What a gap is where not all is known: the most that can be missing, the least over."""
    if outcome.measured is None or outcome.measured.is_known:
        return "", ""
    return ("至少", "at least ") if _is_too_much(outcome) else ("至多", "at most ")


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
        least_zh, least_en = _up_to(outcome)
        if outcome.unit == "share" and outcome.per_person is not None:
            return f"{zh}，{least_zh}差{short:,}人", f"{en}, {least_en}{short:,} short"
        if outcome.unit == "share":
            points = f"{float(missing * 100):.2f}".rstrip("0").rstrip(".")
            return f"{zh}，{least_zh}差{points}个百分点", f"{en}, {least_en}{points} points off"
        if missing == 0 and clause.operator == "<":
            return f"{zh}，须低于而未低于", f"{en}, to stay below and does not"
        if missing == 0:
            return f"{zh}，须超过而未超过", f"{en}, to be passed and is not"
        amount_zh, amount_en = figure(missing, outcome.unit)
        if _is_too_much(outcome):
            return f"{zh}，{least_zh}超出{amount_zh}", f"{en}, {least_en}{amount_en} too many"
        return f"{zh}，{least_zh}缺{amount_zh}", f"{en}, {least_en}{amount_en} short"
    if outcome.measured is not None and is_part_of_total(clause, place):
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
        if clause.limit_from == "borrowed":
            return (
                f"{zh}；文件未定时限和合格线，时限为借用",
                f"{en}; the document prints neither limit nor pass mark, the limit is borrowed",
            )
        if clause.measure.kind == "travel_time_coverage":
            return f"{zh}；文件未定合格线", f"{en}; the document prints no pass mark"
        return f"{zh}；文件未定数值", f"{en}; the document prints no figure"
    return zh, en
