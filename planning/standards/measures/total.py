"""An amount added up over a unit, all of it or what a year adds."""

from __future__ import annotations

import numpy as np

from planning.standards.accounts import Held
from planning.standards.asks import Total, YearlyAdditions
from planning.standards.choosing import amounts
from planning.standards.measures.case import Case, NotAssessableError, there
from planning.standards.outcome import Outcome, Range
from planning.standards.words import AMOUNT_UNITS, amount_words, which_words
from planning.units import hundredths


def judge(ask: Total, case: Case) -> Outcome:
    """The sum of the unit against a figure (D-6, D-11)."""
    return _against(case, ask, case.held(ask.which, ask.amount), "")


def judge_additions(ask: YearlyAdditions, case: Case) -> Outcome:
    """What was opened in the clause's year, or since `since`, against a figure (A-5, D-17).

    A year that brings too little is not made good by the next. Facilities that do not say when they
    opened may have been among them.
    """
    clause, situation = case.clause, case.accounts.situation
    last = clause.year if clause.when in ("in", "by") else situation.year
    if last is None:
        raise NotAssessableError(
            "未定评估年份（standards.year）", "no year is given (standards.year)"
        )
    first = ask.since or last
    case.held(ask.which, ask.amount)
    facilities = situation.facilities
    sure, maybe = case.chosen(ask.which)
    inside = case.inside()
    opened, each = facilities.opened_year, amounts(facilities, ask.amount)
    within = (opened >= first) & (opened <= last)
    known = inside & sure & within & ~np.isnan(each)
    open_question = inside & (
        ((sure | maybe) & (opened < 0)) | (maybe & within) | (sure & within & np.isnan(each))
    )
    low = hundredths(float(np.sum(each[known])))
    high = None
    if not np.isnan(each[open_question]).any():
        high = low + hundredths(float(np.sum(each[open_question])))
    held = Held(
        amount=Range(low, high), facilities=int(known.sum()), unclear=int(open_question.sum())
    )
    years = f"{first}" if first == last else f"{first}—{last}"
    return _against(case, ask, held, f"{years}年新增")


def _against(case: Case, ask: Total | YearlyAdditions, held: Held, period: str) -> Outcome:
    what_zh, what_en = which_words(ask.which)
    there_zh, there_en = there(held, ask.amount)
    required = case.clause.value
    zh, en = (
        f"{period}{what_zh}：{there_zh}",
        f"{what_en}{' ' + period[:-3] if period else ''}: {there_en}",
    )
    if required is not None:
        need_zh, need_en = amount_words(ask.amount, required)
        is_told = case.clause.strength == "info"
        zh = f"{zh}；{'文件所载' if is_told else '需'}{need_zh}"
        en = f"{en}; {need_en} {'told of by the document' if is_told else 'required'}"
    return Outcome(
        zh=zh, en=en, unit=AMOUNT_UNITS[ask.amount], measured=held.amount, required=required
    )
