"""What is asked of a model, checked before anything is computed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from planning.errors import Fault, InputError, raise_all
from planning.siting.stopping import NEVER, PartOf, Stop, Watch

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to look and who is told: the same for every model.

    `stop` ends the search with the best found; `seed` and `threads` go to HiGHS and to our own
    search, which has one thread.
    """

    stop: Stop = NEVER
    seed: int = 0
    threads: int = 1
    watch: Watch | None = None
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Spent so far [s]."""
        return time.perf_counter() - self.began

    def part(self, *, scale: float = 1.0, offset: float = 0.0) -> PartOf:
        """The stop of a part that begins now."""
        return PartOf(whole=self.stop, began_s=self.seconds, scale=scale, offset=offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """What a site costs (s,), which must be opened and which may not be."""

    cost: Floats
    must: Flags
    never: Flags

    @property
    def free(self) -> Flags:
        """Sites that may be opened or not."""
        flags: Flags = ~self.must & ~self.never
        return flags

    @property
    def paid(self) -> float:
        """What those that must be cost together."""
        return float(self.cost[self.must].sum())


def sites_of(
    n_sites: int,
    *,
    cost: npt.ArrayLike | None = None,
    predefined: Sequence[int] | Longs = (),
    forbidden: Sequence[int] | Longs = (),
) -> Sites:
    """The sites as asked for; costs are 1 unless given. Raises InputError with every fault."""
    costs = np.ones(n_sites) if cost is None else np.asarray(cost, dtype=np.float64)
    faults = _unlike("cost", costs, n_sites) + [
        fault
        for name, listed in (("predefined", predefined), ("forbidden", forbidden))
        for fault in _beyond(name, listed, n_sites)
    ]
    both = sorted(set(map(int, predefined)) & set(map(int, forbidden)))
    if both:
        faults.append(
            _fault("forbidden", f"{both}", ("与 predefined 不重复的点", "sites not predefined"))
        )
    raise_all(InputError, faults)
    must, never = np.zeros(n_sites, dtype=bool), np.zeros(n_sites, dtype=bool)
    must[np.asarray(predefined, dtype=np.int64)] = True
    never[np.asarray(forbidden, dtype=np.int64)] = True
    return Sites(cost=costs, must=must, never=never)


def amounts(name: str, given: npt.ArrayLike | None, n: int) -> Floats:
    """One number ≥ 0 for each of n, 1 unless given. Raises InputError."""
    values = np.ones(n) if given is None else np.asarray(given, dtype=np.float64)
    raise_all(InputError, _unlike(name, values, n))
    return values


def check_p(p: int, sites: Sites) -> None:
    """Raises InputError where the number of sites is below 0 or below those predefined."""
    if p < max(0, int(sites.must.sum())):
        least = int(sites.must.sum())
        raise_all(
            InputError,
            [
                _fault(
                    "p",
                    str(p),
                    (f"至少 {least}（含预定点）", f"at least {least}, those predefined"),
                )
            ],
        )


def check_share(share: float) -> None:
    """Raises InputError where a share is not between 0 and 1."""
    if not 0 <= share <= 1:
        raise_all(InputError, [_fault("share", str(share), ("0 到 1", "between 0 and 1"))])


def _unlike(name: str, values: Floats, n: int) -> list[Fault]:
    if values.shape != (n,):
        return [_fault(name, f"{values.shape}", (f"{n} 个数", f"{n} numbers"))]
    bad = np.flatnonzero(~(values >= 0) | np.isinf(values))
    if len(bad):
        found = f"{name}[{bad[0]}] = {values[bad[0]]}"
        return [_fault(name, found, ("有限且不小于 0 的数", "finite numbers of at least 0"))]
    return []


def _beyond(name: str, listed: Sequence[int] | Longs, n: int) -> list[Fault]:
    bad = [int(s) for s in listed if not 0 <= s < n]
    return [_fault(name, f"{bad}", (f"0 到 {n - 1}", f"sites 0 to {n - 1}"))] if bad else []


def _fault(where: str, found: str, expected: tuple[str, str]) -> Fault:
    return Fault(
        where=where,
        found=(found, found),
        expected=expected,
        to_do=(f"改正 {where}", f"correct {where}"),
    )
