"""How far a circle can reach: the share there can be at most, and the limit that would do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from planning.access import Way
from planning.siting.need import Covered
from planning.siting.posing import Ground, asked
from planning.siting.posing.coverage import lives_in
from planning.siting.reasons.beside import beside
from planning.siting.reasons.due import Due
from planning.siting.reasons.made_plan import Plan
from planning.standards import Situation
from planning.standards.asks import TravelTimeCoverage
from planning.units import whole_persons

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_TENTH_MS = 6_000
"""A tenth of a minute [ms]: limits are told to the tenth."""
_THOUSANDTHS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """What candidates could do for a circle if each that can were opened beside the plan.

    `share` are inside at most, down to the tenth of a per cent; `limit_min` [min], to the tenth, is
    the least limit within which as many live as are asked for, None where not so many can walk.
    """

    share: Fraction
    limit_min: float | None


def circle(
    plan: Plan, due: Due, ground: Ground, after: Situation, ways: Mapping[str, Way]
) -> Circle | None:
    """How far a circle that the plan leaves short could reach.

    None where nobody lives there, and where the limit hangs on the home.
    """
    need, finding = due.requirement.need, due.requirement.finding
    clause = ground.profile.clause(finding.clause_id)
    assert isinstance(need, Covered) and clause is not None and finding.required is not None
    ask = clause.measure
    assert isinstance(ask, TravelTimeCoverage)
    if ask.limit_min is None:
        return None
    of = asked(ground, clause, finding)
    people = np.where(lives_in(of), after.demand.people[need.group], 0.0)
    everybody = whole_persons(float(np.sum(people)))
    if not everybody:
        return None
    ms = _ms(plan, due, need, ground.counts_from(ask.which, of.case.year), after, ways)
    inside = whole_persons(float(np.sum(people[ms <= need.limit_ms])))
    wanted = math.ceil(finding.required * everybody)
    order = np.argsort(ms, kind="stable")
    enough = np.cumsum(people[order]) >= wanted - 0.5
    limit = ms[order][enough][:1]
    return Circle(
        share=Fraction(inside * _THOUSANDTHS // everybody, _THOUSANDTHS),
        limit_min=math.ceil(limit[0] / _TENTH_MS) / 10
        if len(limit) and math.isfinite(limit[0])
        else None,
    )


def _ms(
    plan: Plan,
    due: Due,
    need: Covered,
    from_size: Longs,
    after: Situation,
    ways: Mapping[str, Way],
) -> Floats:
    """The way to the nearest with all that could be opened, (n,) [ms]; inf where there is none."""
    walked = after.walks[need.walk].nearest
    ms = np.where(walked.site >= 0, walked.ms, np.inf)
    options, candidates = plan.problem.options, plan.problem.candidates
    left = beside(plan.problem, plan.size, [due], plan.growing(due.year))
    reached = plan.size[left.rows] + left.problem.options.max_size
    can = (from_size[left.rows] >= 0) & (reached >= from_size[left.rows])
    at = np.unique(options.candidate[left.rows[can]])
    if not len(at):
        return ms
    way = ways[need.walk.mode]
    others = way.coverage(
        candidates.x_m[at], candidates.y_m[at], counting=np.ones(len(at), dtype=bool),
        limit_ms=need.limit_ms,
    ).nearest  # fmt: skip
    return np.minimum(ms, np.where(others.site >= 0, others.ms, np.inf))
