"""New residential areas: which of them are provided for, and in time."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from planning.area import RESIDENTIAL, ResidentialAreas
from planning.standards.asks import Compliance, OnTime
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.measures.share_of_units import required_units
from planning.standards.outcome import Outcome, Range
from planning.standards.words import percent, plain, which_words


def judge(ask: Compliance, case: Case) -> Outcome:
    """How many areas meet every clause that binds them, counted by area (A-19, D-19)."""
    areas, rows = _areas(case, ask.status)
    by_area = {
        row: [
            e.verdict for e in case.before.of_place(RESIDENTIAL, row)
            if e.place.role == "requirement" and e.clause.service in ask.services
            and e.verdict != "not_applicable"
        ]
        for row in rows
    }  # fmt: skip
    if not any(by_area.values()):
        raise NotAssessableError(
            "没有对居住区的定量条文", "no clause with a figure binds the areas"
        )
    met = sum(set(said) == {"met"} for said in by_area.values())
    lost = sum("not_met" in said for said in by_area.values())
    names = [areas.names[row] for row in rows if "not_met" in by_area[row]]
    if case.trail is not None and names:
        case.trail.say(f"未达标：{'、'.join(names)}", f"not met: {', '.join(names)}")
    return _of_areas(case, len(rows), met, len(rows) - lost, "达标", "meet every clause on areas")


def judge_on_time(ask: OnTime, case: Case) -> Outcome:
    """How many delivered areas had their facility when they were delivered (四同步).

    Of areas that are built and do not say when they were delivered nobody knows.
    """
    areas, rows = _areas(case, "new")
    situation = case.accounts.situation
    year = situation.year
    case.check_listed(ask.which)
    undated = sum(bool(areas.built[row] and areas.delivery_year[row] < 0) for row in rows)
    rows = [
        row for row in rows
        if areas.delivery_year[row] >= 0 and (year is None or areas.delivery_year[row] <= year)
    ]  # fmt: skip
    if not rows:
        raise NotAssessableError("没有已交付的新建居住区", "no new area has been delivered")
    facilities = situation.facilities
    sure, maybe = case.chosen(ask.which)
    met = most = 0
    for row in rows:
        inside = facilities.place[RESIDENTIAL] == row
        in_time = facilities.opened_year <= areas.delivery_year[row]
        known = facilities.opened_year >= 0
        met += bool(np.any(inside & sure & known & in_time))
        most += bool(np.any(inside & (sure | maybe) & (~known | in_time)))
    if case.accounts.is_partly_listed(ask.which):
        most = len(rows)
    what_zh, what_en = which_words(ask.which)
    zh, en = f"交付时已有{what_zh}", f"had it at delivery ({what_en})"
    if undated:
        zh, en = f"{zh}（{undated}个未注明交付年份）", f"{en} ({undated} do not say when)"
    return _of_areas(case, len(rows) + undated, met, most + undated, zh, en)


def _areas(case: Case, status: str) -> tuple[ResidentialAreas, list[int]]:
    """The residential areas of a status in the unit. Raises NotAssessableError where none."""
    areas = case.accounts.situation.area.residential
    if areas is None:
        raise NotAssessableError("研究未给出居住区", "the study gives no residential areas")
    if case.place.level == RESIDENTIAL:
        inside = [case.place.at]
    else:
        above = case.accounts.ancestors(RESIDENTIAL, case.place.level)
        inside = np.flatnonzero(above == case.place.at).tolist()
    rows = [row for row in inside if areas.status[row] == status]
    if not rows:
        raise NotAssessableError("没有此类居住区", "there are no such residential areas")
    return areas, rows


def _of_areas(case: Case, n: int, low: int, high: int, zh: str, en: str) -> Outcome:
    said = f"{low}" if low == high else f"{low}—{high}"
    zh, en = f"{n}个居住区中{said}个{zh}", f"{said} of {n} residential areas {en}"
    found = Range(Fraction(low), Fraction(high))
    value = case.clause.value
    if value is None:
        share = percent(Fraction(low, n))
        return Outcome(
            zh=f"{zh}，占{share}", en=f"{en}, {share}", unit="areas", measured=found,
            of_one=Fraction(n, 100),
        )  # fmt: skip
    required = required_units(units=n, percent=value, operator=case.clause.operator)
    assert required is not None
    return Outcome(
        zh=f"{zh}；{plain(value)}%即需{required}个",
        en=f"{en}; {plain(value)} % is {required}",
        unit="areas",
        measured=found,
        required=Fraction(required),
        of_one=Fraction(n, 100),
    )
