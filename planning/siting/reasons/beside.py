"""What is still asked for beside a plan, and what may still be opened or enlarged there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planning.siting.need import Adds, Amount, Covered, Need, Units
from planning.siting.options import Options
from planning.siting.problem import SitingProblem
from planning.siting.reasons.due import NOTHING, Due, unchanged

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The problem that is left once a plan stands.

    Option u of `problem` is ``rows[u]`` of the whole; its size comes on top of what the plan gives
    it. Candidates have the floor that is left, and cost nothing to open where they are open. A
    requirement for each due, in their order, with what is still short of it.
    """

    problem: SitingProblem
    rows: Longs
    size: Longs

    def joined(self, more: Longs) -> Longs:
        """The sizes (k,) of the plan with `more` (rows,) on top."""
        size = self.size.copy()
        size[self.rows] += more
        return size

    def counting(self, due: Due, more: Longs) -> Longs:
        """The sizes (k,) that count for a requirement, with `more` (rows,) on top."""
        size = due.size.copy()
        size[self.rows] += more
        return size


def beside(problem: SitingProblem, size: Longs, dues: Sequence[Due], rows: Longs) -> Beside:
    """What is left of a problem beside a plan of `size` (k,), by options `rows` alone.

    Rows whose slot the plan uses otherwise, or that have no floor left, are left out. What opens of
    the rows must count for every due; budgets and required candidates are not looked at.
    """
    options = problem.options
    floor = problem.candidates.floor_m2 - np.bincount(
        options.candidate, weights=options.floor_per_unit * size, minlength=len(problem.candidates)
    )
    # What stands stays as the plan has it: only what is new may still come.
    rows = rows[(_is_free(options, size) & (options.facility < 0))[rows]]
    room = np.floor(floor[options.candidate[rows]] / options.floor_per_unit[rows] + _ROUNDING)
    least = np.where(size[rows] > 0, 1, options.min_size[rows])
    most = np.minimum(options.max_size[rows] - size[rows], room.astype(np.int64))
    fits = most >= least
    rows, least, most = rows[fits], least[fits], most[fits]
    at, candidate = np.unique(options.candidate[rows].astype(np.int64), return_inverse=True)
    is_open = np.isin(at, options.candidate[size > 0])
    candidates = problem.candidates.take(at)
    number = np.full(len(options), -1, dtype=np.int64)
    number[rows] = np.arange(len(rows))
    return Beside(
        problem=SitingProblem(
            candidates=replace(
                candidates,
                floor_m2=floor[at],
                fixed_yuan=np.where(is_open, 0.0, candidates.fixed_yuan),
            ),
            options=Options(
                modules=options.modules,
                candidate=candidate.astype(np.int32),
                module=options.module[rows],
                slot=options.slot[rows],
                min_size=least,
                max_size=most,
                floor_per_unit=options.floor_per_unit[rows],
                land_per_unit=options.land_per_unit[rows],
                yuan_per_unit=options.yuan_per_unit[rows],
            ),
            requirements=tuple(
                replace(due.requirement, need=_left(due.requirement.need, due.size, number))
                for due in dues
            ),
            alternatives=_groups(problem, at, is_open),
        ),
        rows=rows,
        size=size,
    )


def _is_free(options: Options, size: Longs) -> npt.NDArray[np.bool_]:
    """Which options the plan has, or could have beside what it has: no other of their slot."""
    used = np.full(int(options.slot.max(initial=-1)) + 1, -1, dtype=np.int64)
    has = np.flatnonzero(size > 0)
    used[options.slot[has]] = has
    other = used[options.slot]
    return np.asarray((other < 0) | (other == np.arange(len(options))))


def _groups(
    problem: SitingProblem, at: Longs, is_open: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int32] | None:
    """The alternatives of these candidates; what is open is no longer to be chosen among them."""
    if problem.alternatives is None:
        return None
    return np.where(is_open, -1, problem.alternatives[at]).astype(np.int32)


def _left(need: Need, size: Longs, number: Longs) -> Need:
    """A need as it is left by what counts of a plan, over options by their new `number`."""
    match need:
        case Amount():
            return _amount(need, size, number)
        case Units():
            enough = need.enough(size)
            each = [parts for parts, has in zip(need.each, enough, strict=True) if not has]
            # A unit to which nothing can be added never has enough.
            able = (_lacking(parts, size, number) for parts in each if _any(parts, number))
            return Units(short=need.short - float(enough.sum()), each=tuple(able))
        case Covered():
            return _covered(need, size, number)


def _any(parts: Sequence[Amount], number: Longs) -> bool:
    """Whether any option that is left adds to any of the parts."""
    return any((number[adds.option] >= 0).any() for part in parts for adds in part.adds)


def _lacking(parts: Sequence[Amount], size: Longs, number: Longs) -> tuple[Amount, ...]:
    left = (_amount(part, size, number) for part in parts)
    return tuple(part for part in left if part.short > NOTHING)


def _amount(need: Amount, size: Longs, number: Longs) -> Amount:
    return Amount(
        short=need.short - need.of(size),
        adds=tuple(_adds(adds, size, number) for adds in need.adds),
    )


def _adds(adds: Adds, size: Longs, number: Longs) -> Adds:
    """What more of an option adds: where it counts already, only by the unit."""
    keep = number[adds.option] >= 0
    option, from_size = adds.option[keep], adds.from_size[keep]
    per_open, per_unit = adds.per_open[keep], adds.per_unit[keep]
    own = size[option]
    counts = (own > 0) & (own >= from_size)
    return Adds(
        option=number[option],
        from_size=np.where(counts, 1, np.maximum(1, from_size - own)),
        per_open=np.where(counts, 0.0, per_open + per_unit * own),
        per_unit=per_unit,
    )


def _covered(need: Covered, size: Longs, number: Longs) -> Covered:
    """The sets that nobody covers yet, and who could."""
    done = need.covered(size)
    sets = np.repeat(np.arange(len(need.people)), np.diff(need.start))
    keep = ~done[sets] & (number[need.option] >= 0)
    kept, at = np.unique(sets[keep], return_inverse=True)
    counts = np.bincount(at, minlength=len(kept))
    rows = np.flatnonzero(number >= 0)
    return unchanged(
        replace(
            need,
            short=need.short - float(np.sum(need.people[done])),
            start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            option=number[need.option[keep]],
            people=need.people[kept],
            from_size=np.maximum(1, need.from_size[rows] - size[rows]),
        )
    )
