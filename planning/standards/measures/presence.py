"""Qualifying facilities in a unit: enough of them, each good enough by itself."""

from __future__ import annotations

from planning.demand import TOTAL
from planning.standards.asks import Count, Presence
from planning.standards.measures.case import Case, NotAssessableError, there
from planning.standards.outcome import Outcome
from planning.standards.words import plain, which_words


def judge(ask: Presence | Count, case: Case) -> Outcome:
    """How many facilities of the unit count, against how many are asked for.

    A single one must have the size, sums do not count (A-17, D-3). Where nobody lives no presence
    is asked for (A-27); a plain count is.
    """
    accounts, place = case.accounts, case.place
    lives = accounts.persons(place.level, TOTAL)[place.at]
    persons = lives if place.planned is None else place.planned
    if ask.kind == "presence" and persons == 0:
        raise NotAssessableError("无居民，不评估", "nobody lives there, not assessed")
    held = case.held(ask.which, "facilities")
    what_zh, what_en = which_words(ask.which)
    there_zh, there_en = there(held, "facilities")
    required = case.clause.value
    if required is None:
        zh, en = f"{what_zh}：{there_zh}", f"{what_en}: {there_en}"
    elif case.clause.strength == "info":
        zh = f"{what_zh}：{there_zh}；文件所载{plain(required)}处"
        en = f"{what_en}: {there_en}; the document tells of {plain(required)}"
    else:
        zh = f"需{what_zh}{plain(required)}处，{there_zh}"
        en = f"{plain(required)} needed ({what_en}); {there_en}"
    if case.clause.when == "in":
        zh, en = f"{case.year}年：{zh}", f"in {case.year}: {en}"
    return Outcome(
        zh=zh, en=en, unit="facilities", measured=held.amount, required=required,
        people=persons if held.amount.low == 0 else 0,
    )  # fmt: skip
