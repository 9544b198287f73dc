"""The town as it is built in: its sums, what may be opened, who would walk there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.facilities import Candidates, Facilities
from planning.siting.built import as_facilities
from planning.siting.need import Adds, Amount
from planning.siting.options import Options
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
"""Who goes to each facility, then to each candidate, by a mode within a limit [ms]."""


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
        stands = self.situation.facilities
        return as_facilities(self.options, self.candidates, stands, rows, size, opened=opened)

    @property
    def site(self) -> Longs:
        """Where each option is among those of `walks_to`, (k,)."""
        new = len(self.situation.facilities) + self.options.candidate
        return np.where(self.options.facility < 0, new, self.options.facility).astype(np.int64)

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

    def counts_now(self, which: Which, year: int | None) -> Flags:
        """Which options change a facility that counts for sure as it stands, (k,)."""
        key = ("now", which.text, year)
        if key not in self._kept:
            stands, strict = self.situation.facilities, self.accounts.strict_tiers
            sure = chosen(stands, which, year=year, strict_tiers=strict).sure
            self._kept[key] = self.of_facility(sure, absent=False)
        return np.asarray(self._kept[key])

    def of_facility(self, values: npt.NDArray[Any], *, absent: Any) -> npt.NDArray[Any]:
        """What of each facility belongs to the options that change it, (k,)."""
        facility = self.options.facility
        found = np.full(len(facility), absent, dtype=values.dtype)
        changed = facility >= 0
        found[changed] = values[facility[changed]]
        return found

    def is_lost(self, which: Which, year: int | None) -> Flags:
        """Which options make a facility that counts one that does not, at some size at least."""
        at_once: Flags = self.counts_from(which, year) == self.options.min_size
        return self.counts_now(which, year) & ~at_once

    def changes_count(self, which: Which, year: int | None) -> bool:
        """Whether anything that may be opened changes which facilities count."""
        newly = (self.counts_from(which, year) >= 0) & ~self.counts_now(which, year)
        return bool((newly | self.is_lost(which, year)).any())

    def quantity(self, kind: Kind) -> tuple[Floats, Floats]:
        """What every option holds of an amount: with each opening, and with each unit of size."""
        if ("quantity", kind) not in self._kept:
            ones = np.ones(len(self.options), dtype=np.int64)
            # What the register does not say is none that is sure.
            one, two = (np.nan_to_num(amounts(self.as_built(n * ones), kind)) for n in (1, 2))
            self._kept["quantity", kind] = (2 * one - two, two - one)
        found: tuple[Floats, Floats] = self._kept["quantity", kind]
        return found

    def adds(
        self, which: Which, kind: Kind, where: Flags, *, year: int | None, times: float = 1.0
    ) -> Adds:
        """What options `where` (k,) add to an amount of the facilities that count, `times` it."""
        counts, now = self.counts_from(which, year), self.counts_now(which, year)
        return self.gains(counts, now, kind, where, times=times)

    def gains(
        self, from_size: Longs, now: Flags, kind: Kind, where: Flags, *, times: float = 1.0
    ) -> Adds:
        """What options `where` (k,) add that count from a size of `from_size` on, −1 never.

        Where a facility counts `now`, what it holds as it stands is taken away.
        """
        per_open, per_unit = self.quantity(kind)
        stands = np.nan_to_num(amounts(self.situation.facilities, kind))
        held = np.where(now, self.of_facility(stands, absent=0.0), 0.0)
        counts, least = from_size >= 0, self.options.min_size
        # At once on opening: the difference. From a larger size on: the loss first, then the whole.
        at_once = counts & (from_size == least)
        own, unit = np.where(counts, per_open, 0.0), np.where(counts, per_unit, 0.0)
        parts = (
            (least, np.where(at_once, own - held, -held), np.where(at_once, unit, 0.0)),
            (from_size, np.where(at_once, 0.0, own), np.where(at_once, 0.0, unit)),
        )
        rows = [np.flatnonzero(where & ((o != 0) | (u != 0))) for _, o, u in parts]
        return Adds(
            option=np.concatenate(rows).astype(np.int64),
            from_size=np.concatenate([c[r] for (c, _, _), r in zip(parts, rows, strict=True)]),
            per_open=times
            * np.concatenate([o[r] for (_, o, _), r in zip(parts, rows, strict=True)]),
            per_unit=times
            * np.concatenate([u[r] for (_, _, u), r in zip(parts, rows, strict=True)]),
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
    def is_most(self) -> bool:
        """Whether the figure is one not to be passed."""
        return self.clause.operator in ("<=", "<")

    @property
    def step(self) -> float:
        """The least step beyond a figure that may not be just reached, else 0."""
        strict = self.clause.operator in (">", "<")
        return _STEPS.get(self.finding.unit, 1.0) if strict else 0.0

    @property
    def short(self) -> float:
        """What is missing, or too much, to the least step beyond a figure that must be passed.

        Below 0 where it is met: so much may be lost.
        """
        finding = self.finding
        assert finding.gap is not None
        gap = finding.gap
        if finding.verdict == "met":
            assert finding.required is not None and finding.measured is not None
            gap = finding.required - finding.measured
            gap = -gap if self.is_most else gap
        return float(gap) + self.step

    def adds(self, which: Which, kind: Kind, *, times: float = 1.0) -> Adds:
        """What options of the unit add to an amount."""
        return self.ground.adds(which, kind, self.inside, year=self.case.year, times=times)

    def amount(self, which: Which, kind: Kind) -> Amount:
        """The gap in an amount, and what adds to it; what takes away, where it is a most."""
        times = -1.0 if self.is_most else 1.0
        return Amount(short=self.short, adds=(self.adds(which, kind, times=times),))

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
