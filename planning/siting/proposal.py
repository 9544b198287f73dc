"""What is to be audited: a plan as its sizes and years, with all that is asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from planning.siting.highs import Status
from planning.siting.problem import SitingProblem
from planning.siting.requirement import Requirement
from planning.siting.solving import Solution

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is to be audited: sizes (k,) of options, the year in which each opens, what was asked.

    `opened` (k,) is −1 for what does not open, and all −1 where the study names no year. `asked`
    are the requirements of every year, in the order of years; the last is the study's. `shared` is
    what the solver claims of the years, None where there is one; `budgets` [yuan] are theirs.
    """

    problem: SitingProblem
    solution: Solution
    size: Longs
    opened: Longs
    asked: Mapping[int | None, Sequence[Requirement]]
    shared: Solution | None = None
    budgets: Mapping[int, float] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """How the search ended, for the plan and for its years."""
        cut_short = self.shared is not None and self.shared.status is Status.STOPPED
        return Status.STOPPED if cut_short else self.solution.status

    def by(self, year: int | None) -> Longs:
        """The sizes of what is open at the end of a year."""
        return self.size if year is None else np.where(self.opened <= year, self.size, 0)

    def counting(self, one: Requirement, year: int | None) -> Longs:
        """The sizes of what counts for a requirement of a year."""
        if one.window is None or year is None:
            return self.by(year)
        first, last = one.window
        # What stands counts by the year in which it opened itself.
        counts = (self.opened >= first) & (self.opened <= last)
        return np.where(counts | (self.problem.options.facility >= 0), self.by(year), 0)
