"""What is in reach, however many share it: gravity and cumulative opportunities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.access.decay import Decay, Step
from planning.access.pairs import Flags, Floats, Longs, check_supply, pairs, supplied
from planning.travel import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunities:
    """How much supply every demand point has in reach; nobody else's use of it counts.

    `access` (n,) [supply, weighed by time]: 0 where no site of known supply is in reach, never
    NaN. `understated` (n,) are points with a site of unknown supply in reach: they have at least
    what `access` says. `idle` are the sites of known supply that reach no point, `unknown` those of
    unknown supply. Nothing is conserved: every point counts the same places.
    """

    access: Floats
    understated: Flags
    idle: Longs
    unknown: Longs


def gravity(reach: Reach, supply: Floats, *, decay: Decay) -> Opportunities:
    """A_i = Σ_j S_j f(t_ij); `supply` (s,) [places, beds …], NaN where unknown.

    Hansen (1959), Journal of the American Institute of Planners 25(2), 73-76, with `Power`:
    A_1 = S_2 / T_12^x + S_3 / T_13^x + … Raises InputError.
    """
    check_supply(supply, reach.n_sites)
    every = pairs(reach, decay=decay)
    known = supplied(every, supply)
    near = known.pairs
    return Opportunities(
        access=near.by_demand(supply[near.site] * near.weight),
        understated=known.understated,
        idle=np.flatnonzero(~np.isnan(supply) & ~every.reaching),
        unknown=known.unknown,
    )


def cumulative(reach: Reach, supply: Floats, *, limit_ms: int) -> Opportunities:
    """The supply within `limit_ms`, added up; with a supply of 1 everywhere, how many sites.

    Wachs & Kumagai (1973), Socio-Economic Planning Sciences 7(5), 437-456. Raises InputError.
    """
    return gravity(reach, supply, decay=Step(limit_ms=limit_ms))
