"""People with a facility within the limit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from planning.access import Coverage
from planning.demand import TOTAL
from planning.standards.asks import Group, Mode, TravelTimeCoverage, Which
from planning.standards.clauses import Clause
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.outcome import Outcome, Range
from planning.standards.situation import Situation, Walk
from planning.standards.words import percent, plain

Flags = npt.NDArray[np.bool_]

_HUNDRED = 100
_MS_PER_M = 1000
"""Metres are walked at 1 m/s."""
_ZONES = {"urban": ("城区", "urban"), "suburb": ("郊区", "suburban"), "rural": ("农村", "rural")}
_MODE_WORDS = {
    "walk": ("", ""),
    "step_free": ("无台阶", " step-free"),
    "delivery": ("配送", " by delivery"),
}


def share_covered(*, persons: int, covered: int) -> Fraction | None:
    """Covered whole persons of all; None where nobody lives (D-5, D-14)."""
    return None if persons == 0 else Fraction(min(covered, persons), persons)


def judge(ask: TravelTimeCoverage, case: Case) -> Outcome:
    """The share of the unit's people within the limit, against the pass mark if there is one.

    The mark is the document's, or the study's own goal, or none: then it is only shown (A-9).
    """
    group = counted_group(ask, case.clause, case.accounts.situation)
    persons = case.persons(group)
    minutes, covered = _covered(ask, case, group)
    share = share_covered(persons=persons, covered=covered)
    assert share is not None
    goal = case.accounts.situation.goals.get(case.clause.id)
    mark = case.clause.value
    required = goal if goal is not None else None if mark is None else mark / _HUNDRED
    zh = f"{minutes[0]}内{covered:,}人，共{persons:,}人，占{percent(share, required)}"
    en = f"{covered:,} of {persons:,} within {minutes[1]}, {percent(share, required)}"
    if group == TOTAL and ask.group != TOTAL:
        zh, en = zh + "（按全体居民计）", en + " (of all residents)"
    metres = _within_metres(ask, case, group)
    if metres is not None and ask.limit_m is not None and ask.limit_min is not None:
        by_m = percent(Fraction(min(metres, persons), persons))
        limit = plain(ask.limit_m)
        zh, en = f"{zh}；{limit}米内{by_m}", f"{en}; {by_m} within {limit} m"
    if required is not None:
        zh, en = f"{zh}；目标{percent(required)}", f"{en}; goal {percent(required)}"
    return Outcome(
        zh=zh, en=en, unit="share", measured=Range.exactly(share), required=required,
        people=persons, per_person=Fraction(1, persons),
    )  # fmt: skip


def counted_group(ask: TravelTimeCoverage, clause: Clause, situation: Situation) -> Group:
    """The group asked for; all residents where the study knows it not and serves all of them."""
    unknown = ask.group not in situation.demand.people
    return TOTAL if unknown and situation.group.get(clause.service) == TOTAL else ask.group


def _covered(ask: TravelTimeCoverage, case: Case, group: str) -> tuple[tuple[str, str], int]:
    """The limit in words, and the whole persons within it."""
    accounts = case.accounts
    if ask.limit_m is not None and ask.limit_min is None and not ask.limit_by_zone:
        metres = _within_metres(ask, case, group)
        if metres is None:
            raise _not_worked_out(ask, case, "metres")
        assert ask.limit_m is not None
        limit = plain(ask.limit_m)
        return (f"{limit}米", f"{limit} m"), metres
    limits = accounts.limits_ms(
        ask.limit_min, {zone: minutes for zone, minutes in ask.limit_by_zone.items()}
    )
    if limits is None:
        raise NotAssessableError("部分居民所在单元未注明城乡", "nobody says the zone of some units")
    mode = _mode(ask, case)
    within = _within(ask, case, ask.which, mode, limits)
    if ask.also is not None:
        within = within & _within(ask, case, ask.also, mode, limits)
    counted = accounts.within(case.place.level, within, group, case.only)[case.place.at]
    means_zh, means_en = _MODE_WORDS[mode]
    if ask.limit_min is None and not ask.limit_by_zone:
        return (f"{means_zh}路网可达（不限时）", f"reach{means_en} at all"), counted
    zones_zh = "、".join(f"{_ZONES[z][0]}{plain(m)}" for z, m in ask.limit_by_zone.items())
    zones_en = ", ".join(f"{_ZONES[z][1]} {plain(m)}" for z, m in ask.limit_by_zone.items())
    zh = zones_zh if ask.limit_min is None else plain(ask.limit_min)
    en = zones_en if ask.limit_min is None else plain(ask.limit_min)
    return (f"{means_zh}{zh}分钟", f"{en} min{means_en}"), counted


def _mode(ask: TravelTimeCoverage, case: Case) -> Mode:
    """Deliveries ride, unless the reading has them walk (A-10)."""
    if ask.mode == "delivery" and case.accounts.readings["delivery_mode"] == "walk":
        return "walk"
    return ask.mode


def _within(
    ask: TravelTimeCoverage, case: Case, which: Which, mode: Mode, limits: npt.NDArray[np.float64]
) -> Flags:
    accounts = case.accounts
    case.check_listed(which)
    found = accounts.coverage(Walk(mode, which.text))
    if found is None:
        raise _not_worked_out(ask, case, mode)
    return np.asarray((found.nearest.site >= 0) & (found.nearest.ms <= limits))


def _within_metres(ask: TravelTimeCoverage, case: Case, group: str) -> int | None:
    if ask.limit_m is None:
        return None
    found: Coverage | None = case.accounts.coverage(Walk("metres", ask.which.text))
    if found is None:
        return None
    near = (found.nearest.site >= 0) & (found.nearest.ms <= float(ask.limit_m) * _MS_PER_M)
    return case.accounts.within(case.place.level, near, group, case.only)[case.place.at]


def _not_worked_out(ask: TravelTimeCoverage, case: Case, mode: str) -> NotAssessableError:
    _, what = _MODE_WORDS.get(mode, ("", f" in {mode}"))
    return NotAssessableError(
        f"未计算该出行方式的时间（standards.modes: [{mode}]）",
        f"travel times{what} were not worked out (standards.modes: [{mode}])",
    )
