"""Which site opens in which year: those of a plan, laid over the years that ask for them.

A plan is made for the last year, when everything is due; what stands stays, so that whatever an
earlier year asks for the last one asks for too, but for what is to open in a year of its own. The
years then share the sites out: a problem of the same kind, in which every site may open in any of
them, and all that opens in one candidate opens together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planning.area import Index
from planning.siting.need import Adds, Amount, Covered, Need, Units
from planning.siting.options import Options
from planning.siting.problem import Budget, SitingProblem
from planning.siting.requirement import Requirement
from planning.siting.solving import Solution

Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def with_pooled(
    problem: SitingProblem, by_year: Mapping[int | None, Sequence[Requirement]]
) -> SitingProblem:
    """The problem of the last year, which has room for what every year is to add by itself.

    Years that each ask for additions of one kind in one unit ask for all of them together: they
    are told by what adds to them, since the clauses of years are of different keys (STANDARDS
    D-17). Of several that ask for it in one year the one that asks most counts.
    """
    pooled: dict[_Added, dict[int, Requirement]] = {}
    for asked in by_year.values():
        for one in asked:
            if one.window is None or _is_long(one) or not isinstance(one.need, Amount):
                continue
            years = pooled.setdefault(_added(one, one.need), {})
            most = years.get(one.window[0])
            if most is None or most.need.short < one.need.short:
                years[one.window[0]] = one
    kept = [one for one in problem.requirements if one.window is None or _is_long(one)]
    together = (_together(tuple(years.values())) for years in pooled.values())
    return replace(problem, requirements=(*kept, *together))


_Added = tuple[str, str, bytes]


def _added(one: Requirement, need: Amount) -> _Added:
    """What adds to a requirement, and where: the same for additions of one kind in one unit."""
    arrays = (
        array.tobytes()
        for adds in need.adds
        for array in (adds.option, adds.from_size, adds.per_open, adds.per_unit)
    )
    return one.finding.level, one.finding.unit_id, b"".join(arrays)


def _is_long(one: Requirement) -> bool:
    return one.window is not None and one.window[0] < one.window[1]


def _together(asked: Sequence[Requirement]) -> Requirement:
    last = asked[-1]
    assert isinstance(last.need, Amount)
    short = sum(one.need.short for one in asked)
    return replace(last, need=replace(last.need, short=short), window=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """The problem of the years, and what its options are: ``used[u]`` in each of the years."""

    problem: SitingProblem
    years: tuple[int, ...]
    used: Longs

    def years_of(self, size: Longs, n_options: int) -> Longs:
        """The year in which each option of the plan opens, (n_options,); −1 where in none."""
        opened = size.reshape(len(self.used), len(self.years)) > 0
        found = np.full(n_options, -1, dtype=np.int64)
        some = opened.any(axis=1)
        found[self.used[some]] = np.array(self.years)[opened[some].argmax(axis=1)]
        return found


def settled(
    phases: Phases, shared: Solution, candidate: Index, size: Longs, *, may_wait: bool
) -> tuple[Longs, Solution]:
    """The year in which each option of a plan opens, (k,), −1 in none, and what is claimed of it.

    `candidate` and `size` (k,) are those of the plan. What no year asks for opens with what else
    opens in its candidate, or in the last year, where it `may_wait`. What that leaves short is
    claimed of the years, whatever the search had found.
    """
    found = phases.years_of(shared.size, len(size))
    if may_wait:
        opens = np.full(int(candidate.max(initial=-1)) + 1, phases.years[-1], dtype=np.int64)
        some = found >= 0
        opens[candidate[some]] = found[some]
        found = np.where((size > 0) & ~some, opens[candidate], found)
    each = np.arange(len(phases.used)) * len(phases.years)
    own = found[phases.used]
    full = np.zeros(len(shared.size), dtype=np.int64)
    opened = np.flatnonzero(own >= 0)
    full[each[opened] + np.searchsorted(phases.years, own[opened])] = size[phases.used[opened]]
    left = sum(one.weight * one.need.missing(full) for one in phases.problem.requirements)
    stages = tuple(
        replace(stage, found=left, bound=min(stage.bound, left))
        if stage.aim == "people_left"
        else stage
        for stage in shared.stages
    )
    return found, replace(shared, size=full, stages=stages)


def phases_of(
    problem: SitingProblem,
    size: Longs,
    by_year: Mapping[int, Sequence[Requirement]],
    budgets: Mapping[int, float],
) -> Phases:
    """What each year asks of the sites of a plan, `size` (k,), and what it may spend [yuan].

    `by_year` are the requirements of every year, in the order of years.
    """
    years = tuple(by_year)
    used = np.flatnonzero(size > 0).astype(np.int64)
    n = len(years)
    at, ju = np.unique(problem.options.candidate[used], return_inverse=True)
    each = np.repeat(np.arange(len(used)), n)
    when = np.tile(np.arange(n), len(used))
    rows = used[each]
    options = problem.options
    spread = Options(
        modules=options.modules,
        candidate=(ju[each] * n + when).astype(np.int32),
        module=options.module[rows],
        slot=np.arange(len(rows), dtype=np.int32),
        min_size=size[rows],
        max_size=size[rows],
        floor_per_unit=options.floor_per_unit[rows],
        land_per_unit=options.land_per_unit[rows],
        yuan_per_unit=options.yuan_per_unit[rows],
        yuan_fixed=options.yuan_fixed[rows],
        facility=options.facility[rows],
    )
    number = np.full(len(options), -1, dtype=np.int64)
    number[used] = np.arange(len(used))
    asked = tuple(
        replace(one, need=_spread(one.need, size, number, _counting(one, options, years, t)))
        for t, year in enumerate(years)
        for one in by_year[year]
    )
    return Phases(
        problem=SitingProblem(
            candidates=problem.candidates.take(np.repeat(at, n).astype(np.int64)),
            options=spread,
            requirements=asked,
            required=tuple(
                int(row) * n for row in np.flatnonzero(np.isin(at, list(problem.required)))
            ),
            forbidden=tuple(
                row * n + t
                for t, year in enumerate(years)
                for row in np.flatnonzero(~problem.candidates.is_available(year)[at]).tolist()
            ),
            alternatives=np.repeat(np.arange(len(at)), n).astype(np.int32),
            budgets=tuple(
                Budget(yuan=yuan, candidates=np.arange(len(at)) * n + years.index(year))
                for year, yuan in budgets.items()
            ),
        ),
        years=years,
        used=used,
    )


def _counting(one: Requirement, options: Options, years: tuple[int, ...], t: int) -> Flags:
    """Whether each option, opened in each of the years, counts for what year `t` asks; (k, n).

    What stands counts by the year in which it opened itself, whenever it is changed.
    """
    first, last = one.window or (years[0], years[t])
    when = np.array(years)
    passed = np.arange(len(years)) <= t
    counts = passed & (when >= first) & (when <= last)
    return np.where(options.facility[:, None] >= 0, passed, counts)


def _spread(need: Need, size: Longs, number: Longs, counting: Flags) -> Need:
    """The same need over the options of a plan, each in all of the years that count."""
    match need:
        case Amount():
            return _spread_amount(need, size, number, counting)
        case Units():
            each = tuple(
                tuple(_spread_amount(part, size, number, counting) for part in parts)
                for parts in need.each
            )
            return Units(short=need.short, each=each)
        case Covered():
            return _spread_cover(need, size, number, counting)


def _spread_amount(need: Amount, size: Longs, number: Longs, counting: Flags) -> Amount:
    adds = tuple(_spread_adds(adds, size, number, counting) for adds in need.adds)
    return Amount(short=need.short, adds=adds)


def _spread_adds(adds: Adds, size: Longs, number: Longs, counting: Flags) -> Adds:
    own = size[adds.option]
    rows = np.flatnonzero((own > 0) & (own >= adds.from_size))
    each, option = _in_years(adds.option[rows], number, counting)
    return Adds(
        option=option,
        from_size=np.ones(len(each), dtype=np.int64),
        per_open=adds.per_open[rows[each]],
        per_unit=adds.per_unit[rows[each]],
    )


def _in_years(option: Longs, number: Longs, counting: Flags) -> tuple[Longs, Longs]:
    """Options of a plan in every year that counts: the row of each, and its number there."""
    each, when = np.nonzero(counting[option])
    return each.astype(np.int64), number[option[each]] * counting.shape[1] + when


def _spread_cover(need: Covered, size: Longs, number: Longs, counting: Flags) -> Covered:
    opens = (size[need.option] > 0) & (size[need.option] >= need.from_size[need.option])
    start, option = _spread_lists(need.start, need.option, opens, number, counting)
    changed = size[need.ends] > 0
    ends_start, ends = _spread_lists(need.ends_start, need.ends, changed, number, counting)
    n_options = int(number.max(initial=-1) + 1) * counting.shape[1]
    return replace(
        need,
        start=start,
        option=option,
        ends_start=ends_start,
        ends=ends,
        from_size=np.ones(n_options, dtype=np.int64),
    )


def _spread_lists(
    start: Longs, option: Longs, keep: Flags, number: Longs, counting: Flags
) -> tuple[Longs, Longs]:
    """The lists of options of every set, of those to keep, in every year that counts."""
    n = len(start) - 1
    sets = np.repeat(np.arange(n), np.diff(start))[keep]
    each, spread = _in_years(option[keep], number, counting)
    counts = np.bincount(sets[each], minlength=n)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), spread
