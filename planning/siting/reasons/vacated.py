"""A plan without one of its sites: which other candidate would do what is now left undone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.siting.need import Adds, Amount, Covered, Need, Units
from planning.siting.options import Options
from planning.siting.problem import SitingProblem
from planning.siting.reasons.beside import Beside, beside
from planning.siting.reasons.due import NOTHING, Due, changing
from planning.siting.reasons.least import cheapest, cheapest_of, fewest_left
from planning.siting.reasons.made_plan import Plan

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_ROUNDING = 1e-5
"""Sums of floats that differ by less are the same."""

Found = tuple[int, Longs]
"""A candidate of the whole problem, and the sizes (k,) of what it would have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacated:
    """What a plan asks of others once a site is closed.

    `rest` is the problem that is left, over all candidates where the plan opens nothing. `most`
    (d,) is what the plan leaves short of each due, `lost` (d,) what is more without the site.
    `able` (d, j) is the most that each candidate of `rest` could add to a due, `touches` (d, j)
    whether it changes it at all.
    """

    plan: Plan
    rest: Beside
    dues: tuple[Due, ...]
    most: Floats
    lost: Floats
    able: Floats
    touches: Flags


def vacated(plan: Plan, candidate: int, dues: tuple[Due, ...]) -> Vacated:
    """A plan without what it opens in a candidate; `dues` are those for which that counts."""
    own, options = plan.rows_of(candidate), plan.problem.options
    size = plan.size.copy()
    size[own] = 0
    without = [
        Due(requirement=due.requirement, year=due.year, size=due.without(own)) for due in dues
    ]
    free = ~np.isin(options.candidate, [*np.unique(options.candidate[plan.size > 0]).tolist(),
                                        *plan.problem.forbidden])  # fmt: skip
    free &= ~_is_taken(plan.problem, size)[options.candidate]
    rest = beside(plan.problem, size, without, np.flatnonzero(free))
    needs = [one.need for one in rest.problem.requirements]
    most = np.array([due.missing for due in dues])
    n, floor_m2 = len(rest.problem.candidates), rest.problem.candidates.floor_m2
    return Vacated(
        plan=plan,
        rest=rest,
        dues=dues,
        most=most,
        lost=np.array([one.missing for one in without]) - most,
        able=np.array([_able(need, rest.problem.options, floor_m2) for need in needs]).reshape(
            len(needs), n
        ),
        touches=np.array(
            [_touched(need, rest.problem.options, n) for need in needs], dtype=bool
        ).reshape(len(needs), n),
    )


def _is_taken(problem: SitingProblem, size: Longs) -> Flags:
    """Which candidates are barred by another of their alternatives that is open, (candidates,)."""
    groups = problem.alternatives
    if groups is None:
        return np.zeros(len(problem.candidates), dtype=bool)
    used = groups[np.unique(problem.options.candidate[size > 0])]
    return np.asarray((groups >= 0) & np.isin(groups, used))


def as_good(place: Vacated) -> Found | None:
    """The cheapest candidate that leaves nothing shorter than the plan does; None where none can.

    Looked for by rising least cost, and no further than the best found.
    """
    lost = place.lost > NOTHING
    can = np.all(place.able[lost] >= place.lost[lost, None] - _ROUNDING, axis=0)
    least = _least_yuan(place)
    best, found = np.inf, None
    for j in sorted(np.flatnonzero(can).tolist(), key=lambda j: (least[j], j)):
        if least[j] >= best:
            break
        at, left = _of(place, j)
        one = cheapest(left.problem, place.most[at])
        if one is None or one.yuan >= best - _ROUNDING:
            continue
        size = _whole_size(place, left, one.size)
        if all(_missing(place, d, size) <= place.most[d] + _ROUNDING for d in at):
            best, found = one.yuan, (_number(place, j), size)
    return found


def nearly(place: Vacated) -> Found | None:
    """The candidate with which the fewest people are left without, of several the cheapest.

    None where no candidate makes up for anything. Of a clause due in several years only the last
    counts.
    """
    last, prices = _last(place.dues), _prices(place)
    weight = np.array([due.requirement.weight for due in place.dues]) * last
    short = place.most + place.lost
    most = np.minimum(place.able, short[:, None])
    gain = weight @ most
    best, found = (-NOTHING, np.inf), None
    for j in sorted(np.flatnonzero(gain > NOTHING).tolist(), key=lambda j: (-gain[j], j)):
        if -gain[j] > best[0] + _ROUNDING:
            break
        # To do as much as the best it may miss no more than this of all that it could do.
        spare = gain[j] + best[0] + _ROUNDING
        needed = np.where(weight > 0, most[:, j] - spare / np.maximum(weight, NOTHING), 0.0)
        fixed = place.rest.problem.candidates.fixed_yuan[j]
        if fixed + np.max(np.maximum(needed, 0.0) * prices[:, j], initial=0.0) >= best[1]:
            continue
        at, left = _of(place, j, only=last)
        people = fewest_left(left.problem)
        if short[at] @ weight[at] - people.people < -best[0] - _ROUNDING:
            continue
        one = cheapest_of(left.problem, people)
        size = _whole_size(place, left, one.size)
        gained = sum(weight[d] * (short[d] - _missing(place, d, size)) for d in at)
        if -gained < best[0] - _ROUNDING or (-gained <= best[0] and one.yuan < best[1]):
            best, found = (-gained, one.yuan), (_number(place, j), size)
    return found


def _of(place: Vacated, j: int, only: Flags | None = None) -> tuple[list[int], Beside]:
    """What one candidate of the rest is asked for: the dues it touches, by number."""
    problem = place.rest.problem
    touched = place.touches[:, j] if only is None else place.touches[:, j] & only
    at = np.flatnonzero(touched).tolist()
    nothing = np.zeros(len(problem.options), dtype=np.int64)
    dues = [
        Due(requirement=problem.requirements[d], year=place.dues[d].year, size=nothing) for d in at
    ]
    rows = np.flatnonzero(problem.options.candidate == j)
    return at, beside(problem, nothing, dues, rows)


def _whole_size(place: Vacated, left: Beside, size: Longs) -> Longs:
    """Sizes of one candidate's options as sizes of all options, (k,)."""
    found = np.zeros(len(place.plan.problem.options), dtype=np.int64)
    found[place.rest.rows[left.rows]] = size
    return found


def _missing(place: Vacated, d: int, size: Longs) -> float:
    """What a due is short of with other options in the site's place."""
    due = place.dues[d]
    gone = (place.plan.size > 0) & (place.rest.size == 0)
    return due.requirement.need.missing(np.where(gone, 0, due.size) + size)


def _number(place: Vacated, j: int) -> int:
    """A candidate of the rest as one of the whole problem."""
    row = np.flatnonzero(place.rest.problem.options.candidate == j)[0]
    return int(place.plan.problem.options.candidate[place.rest.rows[row]])


def _last(dues: tuple[Due, ...]) -> Flags:
    """Which dues are the last of their clause and unit, (d,)."""
    found = {}
    for at, due in enumerate(dues):
        finding = due.requirement.finding
        found[finding.clause_id, finding.level, finding.unit_id] = at
    return np.isin(np.arange(len(dues)), list(found.values()))


def _least_yuan(place: Vacated) -> Floats:
    """What each candidate of the rest costs at least if it does all that is lost, (j,) [yuan].

    Its opening, its cheapest option, and of each amount at least the price of what is lost of it.
    """
    problem = place.rest.problem
    options, n = problem.options, len(problem.candidates)
    least = np.full(n, np.inf)
    np.minimum.at(least, options.candidate, options.yuan_per_unit * options.min_size)
    lost = np.where(place.lost > NOTHING, place.lost, 0.0)
    by_price = np.max(lost[:, None] * _prices(place), axis=0, initial=0.0)
    return np.asarray(np.maximum(least, by_price) + problem.candidates.fixed_yuan)


def _prices(place: Vacated) -> Floats:
    """The least that a unit of each due costs in each candidate, (d, j) [yuan]; 0 if not known."""
    problem = place.rest.problem
    n = len(problem.candidates)
    found = np.zeros((len(place.dues), n))
    for d, one in enumerate(problem.requirements):
        if isinstance(one.need, Amount) and len(one.need.adds) == 1:
            price = _price(one.need.adds[0], problem.options, n)
            found[d] = np.where(np.isfinite(price), price, 0.0)
    return found


def _price(adds: Adds, options: Options, n: int) -> Floats:
    """The least that one unit of an amount costs in each candidate, (n,) [yuan]."""
    k = adds.option
    found = np.full(n, np.inf)
    for size in (np.maximum(adds.from_size, options.min_size[k]), options.max_size[k]):
        gain = adds.per_open + adds.per_unit * size
        adding = gain > 0
        price = options.yuan_per_unit[k][adding] * size[adding] / gain[adding]
        np.minimum.at(found, options.candidate[k][adding], price)
    return found


def _able(need: Need, options: Options, floor_m2: Floats) -> Floats:
    """The most that each candidate could add to a need from nothing, (n,)."""
    n = len(floor_m2)
    match need:
        case Amount():
            return sum((_most(adds, options, floor_m2) for adds in need.adds), np.zeros(n))
        case Units():
            return np.where(_touched(need, options, n), float(len(need.each)), 0.0)
        case Covered():
            sets = np.repeat(np.arange(len(need.people)), np.diff(need.start))
            pairs = np.unique(np.stack([options.candidate[need.option], sets]), axis=1)
            people = np.bincount(pairs[0], weights=need.people[pairs[1]], minlength=n)
            return people.astype(np.float64)


def _most(adds: Adds, options: Options, floor_m2: Floats) -> Floats:
    """No less than what the options of each candidate add together, (n,)."""
    k, n = adds.option, len(floor_m2)
    ends = (np.maximum(adds.from_size, options.min_size[k]), options.max_size[k])
    gains = [adds.per_open + adds.per_unit * size for size in ends]
    gain = np.maximum(0.0, np.maximum(*gains))
    # Of one slot at most one is opened.
    slot, first, at = np.unique(options.slot[k], return_index=True, return_inverse=True)
    best = np.zeros(len(slot))
    np.maximum.at(best, at, gain)
    by_slot = np.bincount(options.candidate[k[first]], weights=best, minlength=n)
    # The densest on all of the floor, beside what each opening brings.
    density = np.zeros(n)
    np.maximum.at(density, options.candidate[k], adds.per_unit / options.floor_per_unit[k])
    opening = np.zeros(len(slot))
    np.maximum.at(opening, at, np.maximum(0.0, adds.per_open))
    openings = np.bincount(options.candidate[k[first]], weights=opening, minlength=n)
    return np.minimum(by_slot, density * floor_m2 + openings)


def _touched(need: Need, options: Options, n: int) -> Flags:
    """Which candidates change anything of a need, (n,)."""
    found = np.zeros(n, dtype=bool)
    for option in changing(need):
        found[options.candidate[option]] = True
    return found
