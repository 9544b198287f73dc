"""One requirement in one year, and what of a plan counts for it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from planning.siting.need import Amount, Covered, Need, Units
from planning.siting.requirement import Requirement

Longs = npt.NDArray[np.int64]

NOTHING = 1e-6
"""Shortages below this are sums of floats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A requirement of a year; `size` (k,) are the sizes of a plan's options that count for it.

    What opens later, or outside the requirement's years, has size 0 there. `year` is None where
    the study names none.
    """

    requirement: Requirement
    year: int | None
    size: Longs
    _kept: dict[str, float] = field(default_factory=dict, init=False, compare=False)

    @property
    def missing(self) -> float:
        """What the plan leaves short, in the need's own unit; worked out once."""
        if "missing" not in self._kept:
            self._kept["missing"] = self.requirement.need.missing(self.size)
        return self._kept["missing"]

    @property
    def lacking(self) -> Need:
        """The need; of people to be covered only those whom nothing that counts covers."""
        need = self.requirement.need
        return uncovered(need, self.size) if isinstance(need, Covered) else need

    def without(self, rows: Longs) -> Longs:
        """The sizes that count, but for some options, (k,)."""
        size = self.size.copy()
        size[rows] = 0
        return size

    def told(self, missing: float) -> float | None:
        """A shortage in the unit of the finding; None for a share, whose need is another sum.

        A figure that must be passed asks for one step more than its gap.
        """
        finding, need = self.requirement.finding, self.requirement.need
        if isinstance(need, Covered):
            return float(math.ceil(missing - NOTHING))  # whole persons, rounded half up
        if finding.unit == "share" or finding.gap is None:
            return None
        return max(0.0, missing - self.requirement.step)


def uncovered(need: Covered, size: Longs) -> Covered:
    """A need without the people whom sizes (k,) cover already, over the same options."""
    done = need.covered(size)
    sets = np.repeat(np.arange(len(need.people)), np.diff(need.start))
    keep = ~done[sets]
    return unchanged(
        replace(
            need,
            short=need.short - float(np.sum(need.people[done])),
            start=np.concatenate([[0], np.cumsum(np.diff(need.start)[~done])]).astype(np.int64),
            option=need.option[keep],
            people=need.people[~done],
        )
    )


def unchanged(need: Covered) -> Covered:
    """A need of whose sets nothing that stands covers any, whatever is changed."""
    n = len(need.people)
    return replace(
        need,
        today=np.zeros(n, dtype=np.int64),
        ends_start=np.zeros(n + 1, dtype=np.int64),
        ends=np.zeros(0, dtype=np.int64),
    )


def changing(need: Need) -> Iterator[Longs]:
    """The options that change anything of a need, in one or more arrays."""
    match need:
        case Amount():
            yield from (adds.option for adds in need.adds)
        case Units():
            yield from (adds.option for one in need.each for part in one for adds in part.adds)
        case Covered():
            yield need.option
            yield need.ends


def last_of_each(dues: Iterable[Due]) -> tuple[Due, ...]:
    """Of one clause in one unit that is due in several years the last."""
    found = {
        (one.requirement.finding.clause_id, one.requirement.finding.level,
         one.requirement.finding.unit_id): one
        for one in dues
    }  # fmt: skip
    return tuple(found.values())
