"""What is lost when a facility closes."""

from __future__ import annotations

import numpy as np

from planning.standards.asks import Closure
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.outcome import Outcome, Range
from planning.standards.situation import Walk
from planning.standards.words import plain, which_words
from planning.units import limit_ms, whole_persons


def judge(ask: Closure, case: Case) -> Outcome:
    """People who have one facility within the limit and no second, by the worst facility to lose.

    Exact for one closure: nobody else's nearest or second nearest changes.
    """
    accounts, place = case.accounts, case.place
    persons = case.persons(ask.group)
    case.check_listed(ask.which)
    found = accounts.coverage(Walk("walk", ask.which.text))
    if found is None:
        raise NotAssessableError("未计算步行时间", "walking times were not worked out")
    most = limit_ms(ask.limit_min)
    demand, facilities = accounts.situation.demand, accounts.situation.facilities
    alone = (found.nearest.site >= 0) & (found.nearest.ms <= most)
    alone &= (found.second.site < 0) | (found.second.ms > most)
    here = alone & (demand.place[place.level] == place.at)
    left = np.bincount(
        found.nearest.site[here], weights=demand.people[ask.group][here], minlength=len(facilities)
    )
    what_zh, what_en = which_words(ask.which)
    if not here.any():
        return Outcome(
            zh=f"关停任一{what_zh}，{plain(ask.limit_min)}分钟圈内无人失去服务",
            en=f"closing any one ({what_en}) leaves nobody without",
            unit="persons", measured=Range.exactly(0), required=case.clause.value,
        )  # fmt: skip
    worst = int(np.argmax(left))
    lost, name = whole_persons(float(left[worst])), facilities.names[worst]
    return Outcome(
        zh=f"关停影响最大的一处为{name}：{persons:,}人中{lost:,}人失去{plain(ask.limit_min)}分钟圈",
        en=f"the worst to lose is {name}: {lost:,} of {persons:,} would have none within "
        f"{plain(ask.limit_min)} min",
        unit="persons",
        measured=Range.exactly(lost),
        required=case.clause.value,
    )
