"""Figures from the statistics office, and shares of children enrolled."""

from __future__ import annotations

from fractions import Fraction

from planning.standards.asks import Budget, Enrolment, Listed, TypedIn
from planning.standards.measures.case import Case, NotAssessableError, there
from planning.standards.outcome import Outcome, Range
from planning.standards.words import percent, plain

_HUNDRED = 100


def judge(ask: TypedIn | Budget, case: Case) -> Outcome:
    """The figure that was typed in, in the clause's own unit, against the clause's."""
    found, source = _typed(ask.figure or case.clause.id, case)
    unit = case.clause.unit
    is_share = unit == "%"
    if is_share and found > 1:
        raise NotAssessableError(
            f"填报{plain(found)}，即{percent(found)}，超过100%：是否漏写百分号",
            f"{plain(found)} typed in, which is {percent(found)}: perhaps its % is missing",
        )
    said = percent(found) if is_share else f"{plain(found)}{unit}"
    zh, en = f"填报{said}（{source}）", f"{said} typed in ({source})"
    required = case.clause.value
    if required is not None and is_share:
        required = required / _HUNDRED
    if required is not None:
        mark = percent(required) if is_share else f"{plain(required)}{unit}"
        zh, en = f"{zh}；标准{mark}", f"{en}; the standard is {mark}"
    return Outcome(
        zh=zh, en=en, unit="share" if is_share else "figure", measured=Range.exactly(found),
        required=required,
    )  # fmt: skip


def judge_enrolment(ask: Enrolment, case: Case) -> Outcome:
    """Children enrolled over children under 3, and what the places would hold (D-22)."""
    children = case.persons("under_3")
    enrolled, source = _typed(ask.figure, case)
    if enrolled.denominator != 1 or enrolled > children:
        raise NotAssessableError(
            f"填报在托{plain(enrolled)}人，3岁以下{children:,}人：应填人数，不填比例，且不多于此数",
            f"{plain(enrolled)} enrolled of {children:,} children typed in: a number of children "
            "is expected, no share, and no more than there are",
        )
    share = enrolled / children
    places = case.held(ask.which, "places")
    there_zh, there_en = there(places, "places")
    required = None if case.clause.value is None else case.clause.value / _HUNDRED
    said = percent(share, required)
    zh = f"在托{plain(enrolled)}人（{source}），3岁以下{children:,}人，入托率{said}；{there_zh}"
    en = f"{plain(enrolled)} of {children:,} children enrolled ({source}): {said}; {there_en}"
    if required is not None:
        zh, en = f"{zh}；标准{percent(required)}", f"{en}; the standard is {percent(required)}"
    return Outcome(
        zh=zh, en=en, unit="share", measured=Range.exactly(share), required=required,
        people=children, per_person=Fraction(1, children),
    )  # fmt: skip


def judge_listed(_ask: Listed, _case: Case) -> Outcome:
    """Nothing to compute."""
    raise NotAssessableError(
        "文件或程序性要求，仅列示", "a document or a process: listed, not scored"
    )


def _typed(figure: str, case: Case) -> tuple[Fraction, str]:
    """The figure of the unit, and where it is from."""
    situation = case.accounts.situation
    found = situation.figures.of(figure, case.place.unit_id, year=_year(case))
    if found is None:
        raise NotAssessableError(
            f"待填报（standards.figures：{figure}）",
            f"to be typed in (standards.figures: {figure})",
        )
    said = [str(found.year)] if found.year is not None else []
    source = "，".join([*said, *([found.source] if found.source else [])])
    return found.value, source or "未注明来源 no source"


def _year(case: Case) -> int | None:
    """Of which year the figure is: of a milestone that is past its own, else the study's (A-23)."""
    due, now = case.clause.year, case.accounts.situation.year
    if due is None or now is None:
        return due or now
    return due if case.clause.when == "in" else min(due, now) if case.clause.when == "by" else now
