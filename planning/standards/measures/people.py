"""How many people of a group, and how their number changes."""

from __future__ import annotations

from fractions import Fraction

from planning.standards.asks import People
from planning.standards.measures.case import Case
from planning.standards.outcome import Outcome, Range
from planning.standards.words import percent


def yearly_growth(*, before: float, after: float, years: int) -> float | None:
    """``(after / before)^(1 / years) − 1``; None without people or years before."""
    if before <= 0 or years <= 0:
        return None
    return float((after / before) ** (1 / years) - 1)


def judge(ask: People, case: Case) -> Outcome:
    """The people of the unit in the study's year; for the whole area also how they grow."""
    persons = case.persons(ask.group)
    demand = case.accounts.situation.demand
    who_zh, who_en = case.who(ask.group, persons)
    zh, en = f"{demand.of_year[0]}：{who_zh}", f"{demand.of_year[1]}: {who_en}"
    if ask.group != "total":
        of = case.accounts.persons(case.place.level)[case.place.at]
        share = percent(Fraction(persons, of)) if of else "–"
        zh, en = f"{zh}，占{share}", f"{en}, {share}"
    base = demand.base
    if base is not None and demand.year is not None and ask.group in base.people:
        rate = yearly_growth(
            before=base.people[ask.group],
            after=case.accounts.all_of(ask.group),
            years=demand.year - base.year,
        )
        if rate is not None:
            zh, en = f"{zh}；全区年均变化{rate:+.2%}", f"{en}; {rate:+.2%} a year in the whole area"
    printed = case.clause.value
    if printed is not None:
        zh = f"{zh}；文件所印{int(printed):,}人"
        en = f"{en}; the document prints {int(printed):,}"
    return Outcome(zh=zh, en=en, unit="persons", measured=Range.exactly(persons), required=printed)
