"""What is still asked for, as sums over options: the nouns the model is made of.

Three kinds, and every clause that sites can meet is one of them: an `Amount` to be added (places,
beds, land, floor, facilities, or one side of a share), `Units` that are each to have enough, and
people to be `Covered`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.siting.options import Options
from planning.standards import Walk
from planning.travel import Nearest

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NO_WALK = Walk("walk", "")
_UNSAID: Any = None
"""Stands for the default of a field: nothing that stands is changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adds:
    """What options add to a quantity once they count: shape (a,).

    Option ``option[i]`` counts from a size of ``from_size[i]`` on; then it adds ``per_open[i]``,
    and ``per_unit[i]`` for each unit of its size. Either may be negative: the whole of a share, or
    what a facility that stands loses by a change. An option may come twice: what it takes away as
    soon as it is opened, and what it brings from a larger size on.
    """

    option: Longs
    from_size: Longs
    per_open: Floats
    per_unit: Floats

    def of(self, size: Longs) -> float:
        """What these sizes (k,) add together."""
        return float(np.sum(self.each(size)))

    def most(self, options: Options) -> float:
        """What all of them would add at most, those of one candidate within its floor."""
        k, at = np.unique(self.option, return_inverse=True)
        first, last = options.max_size[k].copy(), np.zeros(len(k), dtype=np.int64)
        np.minimum.at(first, at, self.from_size)
        np.maximum.at(last, at, self.from_size)
        gain = np.zeros(len(k))
        for size in (first, last, options.max_size[k]):
            alone = np.bincount(at, weights=self._each(size[at]), minlength=len(k))
            gain = np.maximum(gain, alone)
        # Of one slot one is opened.
        slots, of_slot = np.unique(options.slot[k], return_inverse=True)
        by_slot = np.zeros(len(slots))
        np.maximum.at(by_slot, of_slot, gain)
        home = np.zeros(len(slots), dtype=np.int64)
        home[of_slot] = options.candidate[k]
        candidates, where = np.unique(home, return_inverse=True)
        together = np.bincount(where, weights=by_slot, minlength=len(candidates))
        within = self._within_floor(options, candidates)
        return float(np.sum(np.minimum(together, within)))

    def least(self, options: Options) -> float:
        """The most that all of them would take away, below 0."""
        if (self.per_open >= 0).all() and (self.per_unit >= 0).all():
            return 0.0
        turned = replace(self, per_open=-self.per_open, per_unit=-self.per_unit)
        return -turned.most(options)

    def each(self, size: Longs) -> Floats:
        """What each addition comes to, (a,), at these sizes (k,)."""
        return self._each(size[self.option])

    def _each(self, own: Longs) -> Floats:
        """What each addition comes to, (a,), at the size `own` (a,) of its option."""
        counts = (own > 0) & (own >= self.from_size)
        return np.where(counts, self.per_open + self.per_unit * own, 0.0)

    def _within_floor(self, options: Options, candidates: Longs) -> Floats:
        """The densest of each candidate on all of its floor, beside what each opening brings."""
        k = self.option
        at = np.searchsorted(candidates, options.candidate[k])
        density, floor = np.zeros(len(candidates)), np.zeros(len(candidates))
        takes_floor = options.floor_per_unit[k] > 0
        rows = np.flatnonzero(takes_floor)
        np.maximum.at(density, at[rows], self.per_unit[rows] / options.floor_per_unit[k[rows]])
        np.maximum.at(floor, at[rows], options.max_size[k[rows]] * options.floor_per_unit[k[rows]])
        opening = np.bincount(at, weights=np.maximum(0.0, self.per_open), minlength=len(candidates))
        within = density * floor + opening
        within[at[~takes_floor]] = np.inf
        return within


def joined(adds: Sequence[Adds]) -> Adds:
    """Several additions, one after the other."""
    longs = {
        name: np.concatenate([np.zeros(0, dtype=np.int64), *(getattr(one, name) for one in adds)])
        for name in ("option", "from_size")
    }
    floats = {
        name: np.concatenate([np.zeros(0), *(getattr(one, name) for one in adds)])
        for name in ("per_open", "per_unit")
    }
    return Adds(**longs, **floats)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """`short` more of a quantity, in the unit of what is counted: the sum of all `adds`.

    Of a share there are two: what adds to the part, and what the whole takes away.
    """

    short: float
    adds: tuple[Adds, ...]

    def missing(self, size: Longs) -> float:
        """What these sizes leave short."""
        return max(0.0, self.short - self.of(size))

    def of(self, size: Longs) -> float:
        """What these sizes add."""
        return sum(adds.of(size) for adds in self.adds)

    def most(self, options: Options) -> float:
        """The most that could be added."""
        return sum(adds.most(options) for adds in self.adds)

    def worst(self, options: Options) -> float:
        """The most that could be short, by what is opened elsewhere."""
        return self.short - sum(adds.least(options) for adds in self.adds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """`short` more of the units in `each` are to have enough: all the amounts of one of them."""

    short: float
    each: tuple[tuple[Amount, ...], ...]
    _all: Adds = field(init=False, repr=False, compare=False)
    """What adds to any part of any unit, one after the other: a town may have thousands."""
    _part: Longs = field(init=False, repr=False, compare=False)
    """The part, of all, that each of these adds to."""

    def __post_init__(self) -> None:
        parts = [part for parts in self.each for part in parts]
        adds = [adds for part in parts for adds in part.adds]
        object.__setattr__(self, "_all", joined(adds))
        own = [sum(len(adds.option) for adds in part.adds) for part in parts]
        object.__setattr__(self, "_part", np.repeat(np.arange(len(parts)), own))

    def missing(self, size: Longs) -> float:
        """How many units these sizes leave short."""
        return max(0.0, self.short - float(np.sum(self.enough(size))))

    def enough(self, size: Longs) -> Flags:
        """Which of the units would have enough."""
        unit = np.repeat(np.arange(len(self.each)), [len(parts) for parts in self.each])
        short = np.array([part.short for parts in self.each for part in parts])
        has = np.bincount(self._part, weights=self._all.each(size), minlength=len(unit))
        lacking = np.bincount(unit[short - has > _NOTHING], minlength=len(self.each))
        return np.asarray(lacking == 0)

    def most(self, options: Options) -> float:
        """How many units could have enough, each by itself."""
        return float(np.sum(self.able(options)))

    def able(self, options: Options) -> Flags:
        """Which of the units could have enough, were all else left aside."""
        return np.array(
            [
                all(part.most(options) >= part.short - _NOTHING for part in parts)
                for parts in self.each
            ],
            dtype=bool,
        )

    def worst(self, options: Options) -> float:
        """How many units could be short."""
        lost = sum(any(part.worst(options) > _NOTHING for part in parts) for parts in self.each)
        return self.short - len(self.each) + lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """`short` more persons of `group` are to have a facility within `limit_ms` [ms] of `walk`.

    Set g of ``people[g]`` persons is covered once any of ``option[start[g]:start[g + 1]]`` is open
    at its size of `from_size` (by option, (k,)) or more; people whom the same options reach are one
    set. ``today[g]`` facilities that stand cover it, each until one of its options among
    ``ends[ends_start[g]:ends_start[g + 1]]`` is opened, of which one at most is a facility. Where
    the limit hangs on the home, `limits_ms` (n,) has that of every demand point, and `limit_ms` is
    the longest.
    """

    short: float
    start: Longs
    option: Longs
    people: Floats
    from_size: Longs
    today: Longs = _UNSAID
    ends_start: Longs = _UNSAID
    ends: Longs = _UNSAID
    group: str = ""
    walk: Walk = NO_WALK
    limit_ms: int = 0
    limits_ms: Floats | None = None

    def within(self, nearest: Nearest) -> Flags:
        """Which demand points have their nearest within the limit, (n,)."""
        limit = self.limit_ms if self.limits_ms is None else self.limits_ms
        return np.asarray((nearest.site >= 0) & (nearest.ms <= limit))

    def __post_init__(self) -> None:
        lengths = {"today": len(self.people), "ends_start": len(self.people) + 1, "ends": 0}
        for name, n in lengths.items():
            if getattr(self, name) is _UNSAID:
                object.__setattr__(self, name, np.zeros(n, dtype=np.int64))

    def covered(self, size: Longs) -> Flags:
        """Which sets these sizes cover."""
        counts = (size > 0) & (size >= self.from_size)
        hits = _sums(counts[self.option], self.start)
        ended = _sums((size > 0)[self.ends], self.ends_start)
        return np.asarray(hits + self.today - ended > 0)

    def missing(self, size: Longs) -> float:
        """Persons whom these sizes leave short."""
        return max(0.0, self.short - float(np.sum(self.people[self.covered(size)])))

    def most(self, options: Options) -> float:
        """Persons whom all options together would cover."""
        del options
        return float(np.sum(self.people))

    def worst(self, options: Options) -> float:
        """Persons who could be short, were every facility changed that may be."""
        del options
        return self.short


def _sums(flags: Flags, start: Longs) -> Longs:
    """How many flags are set in each run ``start[g]:start[g + 1]``."""
    sums = np.concatenate([[0], np.cumsum(flags)])
    return np.asarray(sums[start[1:]] - sums[start[:-1]], dtype=np.int64)


Need = Amount | Units | Covered

_NOTHING = 1e-6
"""Amounts are in the hundredth of a m² at least; sums of floats differ by less than this."""
