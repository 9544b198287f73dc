"""What is still asked for, as sums over options: the nouns the model is made of.

Three kinds, and every clause that sites can meet is one of them: an `Amount` to be added (places,
beds, land, floor, facilities, or one side of a share), `Units` that are each to have enough, and
people to be `Covered`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.siting.options import Options
from planning.standards import Walk

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

NO_WALK = Walk("walk", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adds:
    """What options add to a quantity once they count: shape (a,), an option once at most.

    Option ``option[i]`` counts from a size of ``from_size[i]`` on; then it adds ``per_open[i]``,
    and ``per_unit[i]`` for each unit of its size. Either may be negative: the whole of a share.
    """

    option: Longs
    from_size: Longs
    per_open: Floats
    per_unit: Floats

    def of(self, size: Longs) -> float:
        """What these sizes (k,) add together."""
        own = size[self.option]
        counts = (own > 0) & (own >= self.from_size)
        return float(np.sum(np.where(counts, self.per_open + self.per_unit * own, 0.0)))

    def most(self, options: Options) -> float:
        """What all of them would add at most, those of one candidate within its floor."""
        k = self.option
        alone = self.per_open + self.per_unit * options.max_size[k]
        gain = np.maximum(0.0, np.maximum(alone, self.per_open + self.per_unit * self.from_size))
        _, at = np.unique(options.candidate[k], return_inverse=True)
        together = np.bincount(at, weights=gain)
        # By the floor: the densest of a candidate on all of it, beside what each opening brings.
        density = np.zeros(len(together))
        np.maximum.at(density, at, self.per_unit / options.floor_per_unit[k])
        floor = np.zeros(len(together))
        np.maximum.at(floor, at, options.max_size[k] * options.floor_per_unit[k])
        by_floor = density * floor + np.bincount(at, weights=np.maximum(0.0, self.per_open))
        return float(np.sum(np.minimum(together, by_floor)))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """`short` more of the units in `each` are to have enough: all the amounts of one of them."""

    short: float
    each: tuple[tuple[Amount, ...], ...]

    def missing(self, size: Longs) -> float:
        """How many units these sizes leave short."""
        return max(0.0, self.short - sum(map(float, self.enough(size))))

    def enough(self, size: Longs) -> list[bool]:
        """Which of the units would have enough."""
        return [all(part.missing(size) <= _NOTHING for part in parts) for parts in self.each]

    def most(self, options: Options) -> float:
        """How many units could have enough, each by itself."""
        able = (
            all(part.most(options) >= part.short - _NOTHING for part in parts)
            for parts in self.each
        )
        return float(sum(able))


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """`short` more persons of `group` are to have a facility within `limit_ms` [ms] of `walk`.

    Set g of ``people[g]`` persons is covered once any of ``option[start[g]:start[g + 1]]`` is open
    at its size of `from_size` (by option, (k,)) or more; people whom the same options reach are one
    set.
    """

    short: float
    start: Longs
    option: Longs
    people: Floats
    from_size: Longs
    group: str = ""
    walk: Walk = NO_WALK
    limit_ms: int = 0

    def covered(self, size: Longs) -> npt.NDArray[np.bool_]:
        """Which sets these sizes cover."""
        counts = (size > 0) & (size >= self.from_size)
        hits = np.concatenate([[0], np.cumsum(counts[self.option])])
        return np.asarray(hits[self.start[1:]] > hits[self.start[:-1]])

    def missing(self, size: Longs) -> float:
        """Persons whom these sizes leave short."""
        return max(0.0, self.short - float(np.sum(self.people[self.covered(size)])))

    def most(self, options: Options) -> float:
        """Persons whom all options together would cover."""
        del options
        return float(np.sum(self.people))


Need = Amount | Units | Covered

_NOTHING = 1e-6
"""Amounts are in the hundredth of a m² at least; sums of floats differ by less than this."""
