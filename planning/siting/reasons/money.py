"""The cheapest way to meet one requirement beside a plan, with the candidates there are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planning.siting.reasons.beside import Beside, beside
from planning.siting.reasons.due import NOTHING, Due, changing
from planning.siting.reasons.least import Least, cheapest
from planning.siting.reasons.made_plan import Plan
from planning.siting.stopping import NEVER, Stop

Longs = npt.NDArray[np.int64]


def cheapest_beside(plan: Plan, due: Due, *, stop: Stop = NEVER) -> Least | None:
    """The least that may be spent on top of a plan so that one requirement is met.

    What the plan opens stays, and may be larger; nothing else that is asked for in that year
    becomes shorter. None where the candidates do not suffice, or `stop` came first. Only options
    that add to the requirement are looked at.
    """
    left, dues = asked_beside(plan, due)
    target = left.problem.requirements[0].need
    if not len(left.rows) or target.most(left.problem.options) < target.short - NOTHING:
        return None
    most = np.array([0.0, *(one.missing for one in dues[1:])])
    found = cheapest(left.problem, most, stop=stop)
    if found is None or due.requirement.need.missing(left.counting(due, found.size)) > NOTHING:
        return None
    return found


def asked_beside(plan: Plan, due: Due) -> tuple[Beside, list[Due]]:
    """What could be added for one requirement, and for which others it changes anything.

    The requirement itself comes first.
    """
    of_need = np.zeros(len(plan.problem.options), dtype=bool)
    for rows in changing(due.requirement.need):
        of_need[rows] = True
    free = plan.growing(due.year)
    rows = free[of_need[free]]
    others = [
        one
        for one in plan.changed_by(rows)
        if one.year == due.year and one.requirement is not due.requirement
    ]
    dues = [due, *others]
    return beside(plan.problem, plan.size, dues, rows), dues
