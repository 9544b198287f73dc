"""The best that could take a site's place, and its price: the rest of the plan as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.siting.built import as_new
from planning.siting.problem import SitingProblem
from planning.siting.reasons.due import NOTHING, Due, last_of_each
from planning.siting.reasons.loss import LostClause, hundredths, lost_clause
from planning.siting.reasons.made_plan import Plan
from planning.siting.reasons.vacated import as_good, nearly, vacated
from planning.standards.words import figure

Longs = npt.NDArray[np.int64]
Says = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """One module as it would be built: places, beds, floor and land [m²]."""

    service: str
    module: str
    places: int
    beds: int
    floor_m2: float
    land_m2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """The best other candidate of those tried in a site's place, the rest of the plan as it is.

    `yuan` is its cost, `extra_yuan` how much more than the site's. It `leaves` nothing shorter than
    the plan does, unless no candidate can: then these, and `people_short` [persons] more than by
    the plan, the fewest there are. `over_budget_yuan` is how far the plan would pass a budget.
    """

    candidate: int
    candidate_id: str
    builds: tuple[Built, ...]
    yuan: float
    extra_yuan: float
    over_budget_yuan: float
    leaves: tuple[LostClause, ...]
    people_short: float
    because_zh: str
    because_en: str


def best_alternative(plan: Plan, candidate: int) -> Alternative | None:
    """The best alternative to all that a plan opens in a candidate.

    It is built in the same year, in a candidate where the plan opens nothing. None where nothing is
    shorter without the site, where the study requires it, or where no other candidate makes up for
    any of it.
    """
    if candidate in plan.problem.required:
        return None
    place = vacated(plan, candidate)
    if not np.any(place.lost > NOTHING):
        return None
    found = as_good(place) or nearly(place)
    return None if found is None else _told(plan, candidate, place.dues, *found)


def _told(
    plan: Plan, instead_of: int, dues: tuple[Due, ...], candidate: int, size: Longs
) -> Alternative:
    """One candidate at sizes (k,) of its options, as it is reported."""
    own, rows = plan.rows_of(instead_of), np.flatnonzero(size > 0)
    yuan = plan.yuan(rows, size)
    extra = yuan - plan.yuan(own, plan.size)
    leaves, people = [], 0.0
    changed = {id(due) for due in plan.changed_by(np.concatenate([own, rows]))}
    for due in (due for due in last_of_each(dues) if id(due) in changed):
        one = lost_clause(due, due.without(own) + size)
        if one is not None:
            leaves.append(one)
            more = due.requirement.need.missing(due.without(own) + size) - due.missing
            people += due.requirement.weight * more
    over = plan.over_budget(instead_of, candidate, extra)
    name = plan.problem.candidates.ids[candidate]
    zh, en = _said(name, extra, over, tuple(leaves), people)
    return Alternative(
        candidate=candidate,
        candidate_id=name,
        builds=_builds(plan.problem, rows, size),
        yuan=yuan,
        extra_yuan=extra,
        over_budget_yuan=over,
        leaves=tuple(leaves),
        people_short=people,
        because_zh=zh,
        because_en=en,
    )


def _builds(problem: SitingProblem, rows: Longs, size: Longs) -> tuple[Built, ...]:
    options = problem.options
    unknown = np.full(len(rows), -1, dtype=np.int64)
    built = as_new(options, problem.candidates, rows, size[rows], opened=unknown)
    return tuple(
        Built(
            service=options.modules[options.module[k]].service,
            module=options.modules[options.module[k]].name,
            places=int(built.places[at]),
            beds=int(built.beds[at]),
            floor_m2=float(built.floor_m2[at]),
            land_m2=float(options.land_per_unit[k] * size[k]),
        )
        for at, k in enumerate(rows.tolist())
    )


def _said(
    name: str, extra_yuan: float, over_yuan: float, leaves: tuple[LostClause, ...], people: float
) -> Says:
    """The alternative in a sentence, (中文, English)."""
    more_zh, more_en = ("多", "more") if extra_yuan >= 0 else ("少", "less")
    money = abs(extra_yuan)
    zh = f"改用{name}，{more_zh}花{money / 10_000:,.2f}万元"
    en = f"{name} instead costs {money:,.0f} yuan {more_en}"
    if over_yuan > 0:
        zh += f"（超出预算{over_yuan / 10_000:,.2f}万元）"
        en += f" ({over_yuan:,.0f} yuan over the budget)"
    if not leaves:
        return f"{zh}，各项要求不差于本方案", f"{en} and leaves nothing shorter than the plan"
    zh += f"，但仍比本方案多缺{people:,.0f}服务人次："
    en += f", but leaves {figure(hundredths(people), 'persons')[1]} more short: "
    return (
        zh + "；".join(one.cited[0] for one in leaves),
        en + "; ".join(one.cited[1] for one in leaves),
    )
