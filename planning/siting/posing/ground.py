"""The town as it is built in: its sums, what may be opened, who would walk there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.facilities import Candidates, Facilities
from planning.siting.need import Adds, Amount
from planning.siting.options import Options, as_facilities
from planning.siting.requirement import NotPosed
from planning.standards import Clause, Finding, Profile, Situation, Which
from planning.standards.accounts import Accounts
from planning.standards.choosing import amounts, chosen
from planning.standards.measures import Before, Case, Place
from planning.standards.situation import Ground as Mode
from planning.standards.terms import Amount as Kind
from planning.travel import Reach

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

WalksTo = Callable[[Mode, int], Reach]
"""Who goes to each candidate by a mode within a limit [ms], candidate by candidate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A situation, its candidates and options, with everything that is worked out once."""

    profile: Profile
    situation: Situation
    candidates: Candidates
    options: Options
    walks_to: WalksTo
    accounts: Accounts
    _kept: dict[Any, Any] = field(default_factory=dict)

    def as_built(self, size: Longs) -> Facilities:
        """Every option at a size (k,) as a facility opened in the year of the study."""
        rows = np.arange(len(self.options), dtype=np.int64)
        year = -1 if self.situation.year is None else self.situation.year
        opened = np.full(len(rows), year, dtype=np.int64)
        return as_facilities(self.options, self.candidates, rows, size, opened=opened)

    def counts_from(self, which: Which, year: int | None) -> Longs:
        """The smallest size at which each option counts for sure in a year, −1 where at none; (k,).

        It opens in the year of the study, so that for an earlier one it counts nowhere. Asked of
        the same function that says which facilities of the register count (`choosing.chosen`).
        """
        key = ("from", which.text, year)
        if key not in self._kept:
            self._kept[key] = self._counts_from(which, year)
        return np.asarray(self._kept[key])

    def _counts_from(self, which: Which, year: int | None) -> Longs:
        low, high = self.options.min_size.copy(), self.options.max_size.copy()
        if not len(low):
            return low

        def sure(size: Longs) -> Flags:
            built = self.as_built(size)
            strict = self.accounts.strict_tiers
            return chosen(built, which, year=year, strict_tiers=strict).sure

        never = ~sure(high)
        # A larger one counts wherever a smaller does: the least is found by halving.
        while (low < high).any():
            middle = (low + high) // 2
            enough = sure(middle)
            low, high = np.where(enough, low, middle + 1), np.where(enough, middle, high)
        return np.where(never, -1, high)

    def quantity(self, kind: Kind) -> tuple[Floats, Floats]:
        """What every option holds of an amount: with each opening, and with each unit of size."""
        if ("quantity", kind) not in self._kept:
            ones = np.ones(len(self.options), dtype=np.int64)
            one, two = (amounts(self.as_built(n * ones), kind) for n in (1, 2))
            self._kept["quantity", kind] = (2 * one - two, two - one)
        found: tuple[Floats, Floats] = self._kept["quantity", kind]
        return found

    def adds(
        self, which: Which, kind: Kind, where: Flags, *, year: int | None, times: float = 1.0
    ) -> Adds:
        """What options `where` (k,) add to an amount of the facilities that count, `times` it."""
        from_size = self.counts_from(which, year)
        per_open, per_unit = self.quantity(kind)
        holds = (per_open != 0) | (per_unit != 0)
        rows = np.flatnonzero(where & (from_size >= 0) & holds)
        return Adds(
            option=rows.astype(np.int64),
            from_size=from_size[rows],
            per_open=per_open[rows] * times,
            per_unit=per_unit[rows] * times,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One clause not met in one unit, as the measures' posers are asked about it."""

    ground: Ground
    clause: Clause
    finding: Finding
    case: Case

    @property
    def inside(self) -> Flags:
        """Which options stand where the clause counts: in the unit, or in those parts of it."""
        at = self.ground.options.candidate
        return np.asarray(self.case.inside(self.ground.candidates)[at])

    @property
    def short(self) -> float:
        """The finding's gap, and where the figure must be passed the least step beyond it."""
        assert self.finding.gap is not None
        step = _STEPS.get(self.finding.unit, 1.0) if self.clause.operator == ">" else 0.0
        return float(self.finding.gap) + step

    def adds(self, which: Which, kind: Kind, *, times: float = 1.0) -> Adds:
        """What options of the unit add to an amount."""
        return self.ground.adds(which, kind, self.inside, year=self.case.year, times=times)

    def amount(self, which: Which, kind: Kind) -> Amount:
        """The gap in an amount, and what adds to it."""
        return Amount(short=self.short, adds=(self.adds(which, kind),))

    def not_posed(self, zh: str, en: str) -> NotPosed:
        """Why no site is asked to meet it."""
        return NotPosed(finding=self.finding, because_zh=zh, because_en=en)


_STEPS = {"m2": 0.01}
"""The least step of what is counted in anything but whole things."""


def asked(ground: Ground, clause: Clause, finding: Finding) -> Asked:
    """A finding of a clause, with the sums of its unit."""
    level = ground.situation.area.level(finding.level) or ground.situation.area.residential
    assert level is not None
    place = Place(
        level=finding.level,
        at=level.ids.index(finding.unit_id),
        unit_id=finding.unit_id,
        name=finding.unit_name,
        role=finding.role,
    )
    case = Case(clause, place, ground.accounts, Before())
    return Asked(ground=ground, clause=clause, finding=finding, case=case)
