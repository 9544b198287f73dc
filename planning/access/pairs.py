"""The pairs of site and demand point that count, and how much: what every measure adds up over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planning.access.decay import Decay
from planning.errors import Fault, InputError, fail, raise_all
from planning.travel import Reach

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LEAST = 1e-100
"""A weight, or a demand [persons], below this counts as none: dividing by it would lose digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs with a weight above 0, shape (z,), site by site, the points of a site rising.

    The order of sites changes no bit of any sum.
    """

    site: Longs
    demand: Ints
    weight: Floats
    n_sites: int
    n_demand: int

    def by_site(self, values: Floats) -> Floats:
        """Values of pairs (z,) added up for each site, (n_sites,)."""
        # Of nothing at all NumPy counts in integers.
        found = np.bincount(self.site, weights=values, minlength=self.n_sites)
        return found.astype(np.float64)

    def by_demand(self, values: Floats) -> Floats:
        """Values of pairs (z,) added up for each point, from the smallest on, (n_demand,)."""
        order = np.argsort(values)
        found = np.bincount(self.demand[order], weights=values[order], minlength=self.n_demand)
        return found.astype(np.float64)

    @property
    def reaching(self) -> Flags:
        """Which sites are in a pair, (n_sites,)."""
        return _named(self.site, self.n_sites)

    @property
    def reached(self) -> Flags:
        """Which demand points are in a pair, (n_demand,)."""
        return _named(self.demand, self.n_demand)

    def of(self, sites: Flags) -> Pairs:
        """The pairs of some sites only; all keep their numbers."""
        keep = sites[self.site]
        return replace(
            self, site=self.site[keep], demand=self.demand[keep], weight=self.weight[keep]
        )


def _named(numbers: Longs | Ints, n: int) -> Flags:
    named = np.zeros(n, dtype=np.bool_)
    named[numbers] = True
    return named


def pairs(reach: Reach, *, decay: Decay) -> Pairs:
    """The pairs of a reach that weigh anything.

    Raises InputError where the decay goes on beyond the limit of the reach: who is there was never
    asked.
    """
    if decay.limit_ms > reach.limit_ms:
        raise fail(
            InputError,
            "decay.limit_ms",
            found=(f"{decay.limit_ms} 毫秒", f"{decay.limit_ms} ms"),
            expected=(
                f"不超过可达矩阵的上限 {reach.limit_ms} 毫秒",
                f"at most the limit of the reach, {reach.limit_ms} ms",
            ),
            to_do=("以更大的上限计算可达，或减小该值", "reach farther, or make it shorter"),
        )
    weight = decay.weight(np.asarray(reach.ms))
    counts = weight >= LEAST
    return Pairs(
        site=np.repeat(np.arange(reach.n_sites), np.diff(reach.start))[counts],
        demand=np.asarray(reach.demand)[counts],
        weight=weight[counts],
        n_sites=reach.n_sites,
        n_demand=reach.n_demand,
    )


class Supplied(NamedTuple):
    """The pairs of sites whose supply is known, and what is not known."""

    pairs: Pairs
    unknown: Longs
    """sites of unknown supply"""
    understated: Flags
    """demand points with such a site in reach, (n,)"""


def supplied(every: Pairs, supply: Floats) -> Supplied:
    """Sites of unknown supply (NaN) set apart from the others."""
    known = ~np.isnan(supply)
    return Supplied(
        pairs=every.of(known),
        unknown=np.flatnonzero(~known),
        understated=every.of(~known).reached,
    )


def check_supply(supply: Floats, n_sites: int) -> None:
    """Raise InputError unless supply is (n_sites,), each 0 or more, or NaN for unknown."""
    raise_all(InputError, _faults("supply", supply, n_sites, may_be_nan=True))


def check_people(people: Floats, n_demand: int) -> None:
    """Raise InputError unless people are (n_demand,), each finite and 0 or more."""
    raise_all(InputError, _faults("people", people, n_demand, may_be_nan=False))


def _faults(where: str, values: Floats, n: int, *, may_be_nan: bool) -> list[Fault]:
    to_do = ("检查传入的数组", "check the array handed over")
    if values.shape != (n,):
        shape = (f"形状 {values.shape}", f"shape {values.shape}")
        expected = (f"形状 ({n},)", f"shape ({n},)")
        return [Fault(where=where, found=shape, expected=expected, to_do=to_do)]
    good = np.isfinite(values) & (values >= 0)
    if may_be_nan:
        good |= np.isnan(values)
    bad = np.flatnonzero(~good)
    if not len(bad):
        return []
    shown = f"[{bad[0]}] = {values[bad[0]]!r}"
    return [
        Fault(
            where=where,
            found=(f"{len(bad)} 个不可用的值，首个为 {shown}", f"{len(bad)} such as {shown}"),
            expected=(
                "有限且不小于 0" + ("，未知为 NaN" if may_be_nan else ""),
                "finite numbers of 0 or more" + (", NaN for unknown" if may_be_nan else ""),
            ),
            to_do=to_do,
        )
    ]
