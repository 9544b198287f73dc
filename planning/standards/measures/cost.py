"""What a subsidy comes to."""

from __future__ import annotations

from planning.standards.asks import Cost
from planning.standards.measures.case import Case, NotAssessableError, there
from planning.standards.outcome import Outcome, Range
from planning.standards.words import plain, which_words


def judge(ask: Cost, case: Case) -> Outcome:
    """Yuan for each of an amount × the amount; shown, for nothing is asked of it."""
    held, rate = case.held(ask.which, ask.amount), case.clause.value
    if rate is None:
        raise NotAssessableError("文件未定金额", "the document prints no sum")
    low, high = held.amount
    what_zh, what_en = which_words(ask.which)
    there_zh, there_en = there(held, ask.amount)
    return Outcome(
        zh=f"{what_zh}：{there_zh}×{plain(rate)}元＝{plain(low * rate)}元",
        en=f"{what_en}: {there_en} × {plain(rate)} yuan = {plain(low * rate)} yuan",
        unit="yuan",
        measured=Range(low * rate, None if high is None else high * rate),
    )
