"""The best found and the bound on any, while both are looked for."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.siting.highs import Status
from planning.siting.stopping import PartOf, Sofar, Stop, Watch

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SURE = 1e-7
COARSE = 1e-3
"""A grain finer than this is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """Sites opened (s,) with their objective (weight covered, or cost) and a bound on any."""

    status: Status
    opened: Flags
    objective: float
    bound: float

    def widened(self, useful: Flags) -> Covering:
        """Sites numbered as they were before those not useful (s,) went."""
        opened = np.zeros(len(useful), dtype=bool)
        opened[np.flatnonzero(useful)[self.opened]] = True
        return Covering(
            status=self.status, opened=opened, objective=self.objective, bound=self.bound
        )


class Hunt:
    """The best found and the bound, in the sense of the whole; asks and tells while it changes.

    `sense` is 1 where less is better, −1 where more is; `grain` is what objectives differ by.
    """

    def __init__(self, *, sense: int, grain: float, stop: Stop, watch: Watch | None = None) -> None:
        self.sense, self.grain = sense, grain
        self._stop, self._watch = stop, watch
        self.began = time.perf_counter()
        self.opened: Flags = np.empty(0, dtype=bool)
        self.objective = sense * math.inf
        self.bound = -sense * math.inf

    @property
    def seconds(self) -> float:
        """Spent so far [s]."""
        return time.perf_counter() - self.began

    def found(self, opened: Flags, objective: float) -> bool:
        """Take a solution if it is better; whether it was."""
        better = self.sense * (self.objective - objective) > 0
        if better:
            self.opened, self.objective = opened.copy(), objective
        return better

    def proved(self, bound: float) -> None:
        """Take a bound, rounded to what an objective can be, if it is tighter."""
        steps = self.sense * bound / self.grain
        if self.grain >= COARSE and math.isfinite(steps):
            bound = self.sense * self.grain * math.ceil(steps - SURE * max(1.0, abs(steps)))
        self.bound = self.sense * max(self.sense * self.bound, self.sense * bound)

    @property
    def sofar(self) -> Sofar:
        """What is known now."""
        return Sofar(self.seconds, self.objective, self.bound)

    @property
    def over(self) -> bool:
        """Whether nothing better can be."""
        distance = self.sense * (self.objective - self.bound)
        return distance <= SURE * max(1.0, abs(self.objective))

    @property
    def step(self) -> float:
        """The least a better solution must be better by; as good as nothing without a grain."""
        return self.grain * (1 - 1e-6) if self.grain >= COARSE else 0.0

    @property
    def absolute_gap(self) -> float:
        """Two bounds that are nearer are one."""
        return 0.99 * self.grain if self.grain >= COARSE else 1e-6

    def stopped(self) -> bool:
        """Whether to stop here."""
        if self._watch is not None:
            self._watch(self.sofar)
        return self.over or self._stop(self.sofar)

    def part(self, *, scale: float = 1.0, offset: float = 0.0) -> PartOf:
        """The stop for a part that begins now."""
        return PartOf(whole=self._stop, began_s=self.seconds, scale=scale, offset=offset)

    def result(self, proven: bool) -> Covering:
        """What is known now."""
        bound = self.bound
        if proven or self.over or self.sense * (self.objective - bound) < 0:
            bound = self.objective
        status = Status.OPTIMAL if bound == self.objective else Status.STOPPED
        return Covering(status=status, opened=self.opened, objective=self.objective, bound=bound)


def grain(values: Floats) -> float:
    """What sums of these can differ by at the least: their common divisor where they are whole."""
    if len(values) == 0 or np.any(values != np.rint(values)) or np.abs(values).max() > 2**53:
        return 0.1 * COARSE
    divisor = int(np.gcd.reduce(np.abs(values).astype(np.int64)))
    return float(divisor) if divisor else 1.0
