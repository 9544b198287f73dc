"""A plan without one of its sites: which other candidate would do what is now left undone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planning.siting.need import Covered
from planning.siting.problem import SitingProblem
from planning.siting.reasons.ability import able
from planning.siting.reasons.beside import Beside, beside
from planning.siting.reasons.due import NOTHING, Due
from planning.siting.reasons.least import cheapest, cheapest_of, fewest_left
from planning.siting.reasons.made_plan import Plan

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_ROUNDING = 1e-5
"""Sums of floats that differ by less are the same."""

_TRIES, _LEAST_TRIES = 3_000, 5
"""How many candidates are tried for all sites of a plan, and for one at least: each is a problem of
its own, so that of a plan of many sites fewer are tried for each."""

Found = tuple[int, Longs]
"""A candidate, and the sizes (k,) of what it would have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacated:
    """What a plan asks of others once a site is closed.

    `own` are the options closed, `size` (k,) the rest of the plan, `free` (f,) the candidates where
    it opens nothing, something may be, and that change anything of what is lost. `dues` are those
    for which the site counts, `rows` (d,) their numbers among those of the plan; `most` (d,) is
    what the plan leaves short of each, `lost` (d,) what is more without the site; `tries` is how
    many candidates are looked at, `kept` the dues without the site as far as they were worked out.
    """

    plan: Plan
    own: Longs
    size: Longs
    free: Longs
    dues: tuple[Due, ...]
    rows: Longs
    most: Floats
    lost: Floats
    tries: int
    kept: dict[int, Due]

    def able(self, d: Longs) -> Floats:
        """No less than what each that is free could do about dues d (e,), (e, f)."""
        found = self.plan.able[np.ix_(self.rows[d], self.free)]
        options, floor_m2 = self.plan.problem.options, self.plan.problem.candidates.floor_m2
        for at, one in enumerate(d.tolist()):
            need = self.left(one).requirement.need if one in self.kept else None
            if isinstance(need, Covered):
                found[at] = able(need, options, floor_m2)[self.free]
        return found

    def left(self, d: int) -> Due:
        """A due without the site; of people only those whom nothing else covers."""
        if d not in self.kept:
            self.kept[d] = _without(self.dues[d], self.own)
        return self.kept[d]


def vacated(plan: Plan, candidate: int) -> Vacated:
    """A plan without all that it opens in a candidate."""
    own, problem = plan.rows_of(candidate), plan.problem
    rows = plan.counting(own)
    size = plan.size.copy()
    size[own] = 0
    opened = len(np.unique(problem.options.candidate[plan.size > 0]))
    dues = tuple(plan.dues[at] for at in rows.tolist())
    most, lost, left = plan.missing[rows], np.zeros(len(rows)), {}
    for d in np.flatnonzero(plan.changes[rows, candidate]).tolist():
        left[d] = _without(dues[d], own)
        lost[d] = left[d].missing - most[d]
    helps = plan.changes[rows[lost > NOTHING]].any(axis=0)
    free = _free(problem, plan.size, size) & problem.candidates.is_available(_year(plan, own))
    return Vacated(
        plan=plan,
        own=own,
        size=size,
        free=np.flatnonzero(free & helps),
        dues=dues,
        rows=rows,
        most=most,
        lost=lost,
        tries=max(_LEAST_TRIES, _TRIES // opened),
        kept=left,
    )


def _year(plan: Plan, own: Longs) -> int | None:
    """The year in which a site opens."""
    year = int(plan.opened[own[0]])
    return None if year < 0 else year


def _without(due: Due, own: Longs) -> Due:
    size = due.without(own)
    if not isinstance(due.requirement.need, Covered):
        return Due(requirement=due.requirement, year=due.year, size=size)
    alone = Due(requirement=due.requirement, year=due.year, size=size)
    requirement = replace(due.requirement, need=alone.lacking)
    return Due(requirement=requirement, year=due.year, size=np.zeros_like(size))


def _free(problem: SitingProblem, plan: Longs, rest: Longs) -> Flags:
    """The candidates that may be opened beside the rest, (candidates,)."""
    at = problem.options.candidate
    free = np.zeros(len(problem.candidates), dtype=bool)
    free[at[problem.options.facility < 0]] = True
    free[at[plan > 0]] = False
    free[list(problem.forbidden)] = False
    groups = problem.alternatives
    if groups is not None:
        free &= (groups < 0) | ~np.isin(groups, groups[at[rest > 0]])
    return free


def as_good(place: Vacated) -> Found | None:
    """The cheapest candidate that leaves nothing shorter than the plan does; None where none can.

    Looked for by rising least cost, and no further than the best found, in `place.tries` candidates
    at most.
    """
    lost = np.flatnonzero(place.lost > NOTHING)
    able = place.able(lost)
    can = np.flatnonzero(np.all(able >= place.lost[lost, None] - _ROUNDING, axis=0))
    least = _least_yuan(place)
    best, found = np.inf, None
    for f in sorted(can.tolist(), key=lambda f: (least[f], f))[: place.tries]:
        if least[f] >= best:
            break
        j = int(place.free[f])
        at, left = _of(place, j)
        one = cheapest(left.problem, place.most[at])
        if one is None or one.yuan >= best - _ROUNDING:
            continue
        size = _whole_size(left, one.size)
        if all(_missing(place, d, size) <= place.most[d] + _ROUNDING for d in at):
            best, found = one.yuan, (j, size)
    return found


def nearly(place: Vacated) -> Found | None:
    """The candidate with which the fewest people are left without, of several the cheapest.

    None where no candidate makes up for anything. Of a clause due in several years only the last
    counts. Tried are the candidates that could do most at all, `place.tries` at most.
    """
    last = _last(place.dues)
    weight = np.array([due.requirement.weight for due in place.dues]) * last
    short = place.most + place.lost
    some = np.flatnonzero((weight > 0) & (short > NOTHING))
    most, prices = np.minimum(place.able(some), short[some, None]), _prices(place, some)
    gain = weight[some] @ most
    best, found = (-NOTHING, np.inf), None
    can = sorted(np.flatnonzero(gain > NOTHING).tolist(), key=lambda f: (-gain[f], f))
    for f in can[: place.tries]:
        if -gain[f] > best[0] + _ROUNDING:
            break
        j = int(place.free[f])
        # To do as much as the best it may miss no more than this of all that it could do.
        spare = gain[f] + best[0] + _ROUNDING
        needed = np.maximum(0.0, most[:, f] - spare / np.maximum(weight[some], NOTHING))
        fixed = place.plan.problem.candidates.fixed_yuan[j]
        if fixed + np.max(needed * prices[:, f], initial=0.0) >= best[1]:
            continue
        at, left = _of(place, j, only=last)
        people = fewest_left(left.problem)
        if short[at] @ weight[at] - people.people < -best[0] - _ROUNDING:
            continue
        one = cheapest_of(left.problem, people)
        size = _whole_size(left, one.size)
        gained = sum(weight[d] * (short[d] - _missing(place, d, size)) for d in at)
        if -gained < best[0] - _ROUNDING or (-gained <= best[0] and one.yuan < best[1]):
            best, found = (-gained, one.yuan), (j, size)
    return found


def _of(place: Vacated, j: int, only: Flags | None = None) -> tuple[list[int], Beside]:
    """What one candidate is asked for: the dues it changes anything of, by number."""
    changed = place.plan.changes[place.rows, j]
    changed = changed if only is None else changed & only
    at = np.flatnonzero(changed).tolist()
    problem = place.plan.problem
    rows = np.flatnonzero(problem.options.candidate == j)
    return at, beside(problem, place.size, [place.left(d) for d in at], rows)


def _whole_size(left: Beside, size: Longs) -> Longs:
    """Sizes of one candidate's options as sizes of all options, (k,)."""
    found = np.zeros(len(left.size), dtype=np.int64)
    found[left.rows] = size
    return found


def _missing(place: Vacated, d: int, size: Longs) -> float:
    """What a due is short of with other options (k,) in the site's place."""
    due = place.dues[d]
    return due.requirement.need.missing(due.without(place.own) + size)


def _last(dues: tuple[Due, ...]) -> Flags:
    """Which dues are the last of their clause and unit, (d,)."""
    found = {}
    for at, due in enumerate(dues):
        finding = due.requirement.finding
        found[finding.clause_id, finding.level, finding.unit_id] = at
    return np.isin(np.arange(len(dues)), list(found.values()))


def _least_yuan(place: Vacated) -> Floats:
    """What each that is free costs at least if it does all that is lost, (f,) [yuan].

    Its opening, its cheapest option, and of each amount at least the price of what is lost of it.
    """
    problem = place.plan.problem
    options, least = problem.options, np.full(len(problem.candidates), np.inf)
    own = options.yuan_fixed + options.yuan_per_unit * options.min_size
    np.minimum.at(least, options.candidate, own)
    lost = np.flatnonzero(place.lost > NOTHING)
    by_price = np.max(place.lost[lost, None] * _prices(place, lost), axis=0, initial=0.0)
    opening = problem.candidates.fixed_yuan[place.free]
    return np.asarray(np.maximum(least[place.free], by_price) + opening)


def _prices(place: Vacated, d: Longs) -> Floats:
    """The least that a unit of dues d (e,) costs in each that is free, (e, f) [yuan]."""
    return np.asarray(place.plan.prices[np.ix_(place.rows[d], place.free)])
