"""Looking for a cover by turns: prices while the bound is loose, kicks while it is not."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

from planning.siting.cover import Cover
from planning.siting.cover_bounds import Priced
from planning.siting.cover_hunt import Hunt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STEPS = 20
"""Steps of prices between two looks at the clock."""
ROUNDS, PAIRS_PER_ROUND = 100, 4_000
"""Kicks of the iterated search between two looks at the clock: so many at least, and one for so
many pairs of group and site, for whom it takes a while to begin."""
KICK = 20
ROUGH, FINE = 0.25, 0.02
"""Kicks wait while prices are farther from their best than the first part of the gap; prices wait
while they are nearer than the second, until the search is tired."""


def least_swap(weight: Floats) -> float:
    """A swap that gains no more is rounding, and would go in circles."""
    return 1e-9 * float(weight.sum())


def rounds(core: Cover) -> int:
    """Kicks between two looks at the clock."""
    return max(ROUNDS, len(core.sites.item) // PAIRS_PER_ROUND)


class Turns(ABC):
    """A search that knows its `core`, its `hunt` and its prices, and takes turns with them.

    A proof of a cover costs by the pairs of group and site that prices do not decide: as many as
    `pairs_per_block` are worth one block of kicks.
    """

    pairs_per_block: int
    core: Cover
    hunt: Hunt
    priced: Priced
    _quiet: int

    @property
    def tired(self) -> bool:
        """Whether only a proof can bring news."""
        return self.priced.left == 0 and self._quiet >= self._patience

    @property
    def _patience(self) -> float:
        """So many blocks of kicks in a row without news end it: the dearer the proof the more."""
        never, always = self._decided()
        free = ~never & ~always
        pairs = np.diff(self.core.groups.start)[free].sum()
        return 8 + float(pairs) / self.pairs_per_block

    def turn(self) -> None:
        """A block of prices, of kicks or of both, by what the gap is made of."""
        left, gap = self.priced.left, self.hunt.sofar.gap
        if left > FINE * gap or (left and self._quiet >= self._patience):
            self.price()
        if left <= ROUGH * gap:
            self.kick()

    @abstractmethod
    def price(self) -> None:
        """A block of prices."""

    @abstractmethod
    def kick(self) -> None:
        """A block of kicks."""

    @abstractmethod
    def _decided(self) -> tuple[Flags, Flags]:
        """Sites that are never, and those that are always, in a better cover (s,) each."""
