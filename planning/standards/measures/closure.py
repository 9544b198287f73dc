"""What is lost when a facility closes."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planning.access import Coverage
from planning.standards.accounts import Accounts
from planning.standards.asks import Closure
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.outcome import Outcome, Range
from planning.standards.situation import Walk
from planning.standards.words import plain, which_words
from planning.units import limit_ms, whole_persons

Floats = npt.NDArray[np.float64]


class _Near(NamedTuple):
    """Of every demand point: the only facility within the limit, and whether there are more."""

    only: npt.NDArray[np.int64]
    """−1 where there is none or more than one."""
    has: npt.NDArray[np.bool_]
    has_two: npt.NDArray[np.bool_]


def judge(ask: Closure, case: Case) -> Outcome:
    """People who have one facility within the limit and no second, by the worst facility to lose.

    Exact for one closure: nobody else's nearest or second nearest changes. Where facilities may
    count, the loss lies between what is lost whichever of them do, and what may be.
    """
    accounts, place = case.accounts, case.place
    persons = case.persons(ask.group)
    case.check_listed(ask.which)
    sure, every = (_near(ask, accounts, at_most=at_most) for at_most in (False, True))
    demand, facilities = accounts.situation.demand, accounts.situation.facilities
    here = (demand.place[place.level] == place.at) & accounts.so(case.only)
    people = np.where(here, demand.people[ask.group], 0.0)
    # Lost whichever of the others count: the one that surely does is the only one that may.
    least = _by_site(np.where(every.only == sure.only, sure.only, -1), people, len(facilities))
    worst = int(np.argmax(least)) if len(least) else -1
    lost = whole_persons(float(least[worst])) if worst >= 0 else 0
    most = persons if accounts.is_partly_listed(ask.which) else _most(sure, every, people)
    found = Range(Fraction(lost), Fraction(max(lost, most)))
    zh, en = _words(ask, found, persons, facilities.names[worst] if lost else "")
    return Outcome(zh=zh, en=en, unit="persons", measured=found, required=case.clause.value)


def _near(ask: Closure, accounts: Accounts, *, at_most: bool) -> _Near:
    """What is within the limit of every demand point, of those that count or of those that may."""
    found = accounts.coverage(Walk("walk", ask.which.text, at_most))
    if found is None:
        raise NotAssessableError("未计算步行时间", "walking times were not worked out")
    return accounts.once(
        ("alone", ask.which.text, ask.limit_min, at_most), lambda: _within(found, ask)
    )


def _within(found: Coverage, ask: Closure) -> _Near:
    limit = limit_ms(ask.limit_min)
    has, has_two = (
        np.asarray((rank.site >= 0) & (rank.ms <= limit)) for rank in (found.nearest, found.second)
    )
    only = np.where(has & ~has_two, found.nearest.site, -1).astype(np.int64)
    return _Near(only=only, has=has, has_two=has_two)


def _by_site(site: npt.NDArray[np.int64], people: Floats, n: int) -> Floats:
    """People of every facility, shape (n,)."""
    counts = site >= 0
    return np.bincount(site[counts], weights=people[counts], minlength=n).astype(np.float64)


def _most(sure: _Near, every: _Near, people: Floats) -> int:
    """The most that the worst closure may take, whole persons.

    Whoever has one that surely counts may lose that one; whoever has none that does may lose any
    that may count, of several it is not looked which.
    """
    n = int(max(sure.only.max(initial=-1), every.only.max(initial=-1))) + 1
    by_sure = _by_site(sure.only, people, n)
    one_that_may = np.where(sure.has, -1, every.only)
    several = float(people[~sure.has & every.has_two].sum())
    by_maybe = _by_site(one_that_may, people, n) + several
    return whole_persons(max(float(some.max(initial=several)) for some in (by_sure, by_maybe)))


def _words(ask: Closure, found: Range, persons: int, worst: str) -> tuple[str, str]:
    what_zh, what_en = which_words(ask.which)
    limit, lost = plain(ask.limit_min), found.low
    if worst:
        zh = f"关停影响最大的一处为{worst}：{persons:,}人中{plain(lost)}人失去{limit}分钟圈"
        en = (
            f"the worst to lose is {worst}: {plain(lost)} of {persons:,} would have none within "
            f"{limit} min"
        )
    else:
        zh = f"关停任一{what_zh}，{limit}分钟圈内无人失去服务"
        en = f"closing any one ({what_en}) leaves nobody without"
    if found.is_known:
        return zh, en
    assert found.high is not None
    zh = zh if worst else f"关停任一{what_zh}，已知无人失去{limit}分钟圈"
    en = en if worst else f"closing any one ({what_en}) is not known to leave anybody without"
    most = plain(found.high)
    return f"{zh}（计入不详的设施至多{most}人）", (
        f"{en} (at most {most} people, with facilities not fully known)"
    )
