"""Supply shared out among all who reach it: the floating catchment areas.

They are one sum over pairs of site j and demand point i, with weights v of the pair:

    V_j = Σ_i P_i v_ij        persons who weigh on the site
    A_i = Σ_j S_j / V_j · v_ij      supply per person

so that ``Σ_i P_i A_i = Σ_j S_j`` over the sites with V_j > 0, whatever the weights: no supply is
lost or made. The methods differ in v alone. Times are those of the way to the site, t_ij, in both
steps; the way back is never asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum

import numpy as np

from planning.access.decay import Decay, Step
from planning.access.pairs import (
    LEAST,
    Flags,
    Floats,
    Longs,
    Pairs,
    Supplied,
    check_people,
    check_supply,
    pairs,
    supplied,
)
from planning.errors import OurFaultError, fail
from planning.travel import Reach

_CONSERVED = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Catchments:
    """What every demand point has of the supply, and what became of every site.

    `access` (n,) [supply per person]: 0 where no site of known supply is in reach, never NaN.
    `reached` (n,) tells such a 0 from that of sites without a place. `understated` (n,) are points
    with a site of unknown supply in reach: they have at least what `access` says.
    `potential` (s,) [persons] is the demand that weighs on a site, and `ratio` (s,) the supply of
    each of these persons; NaN where the supply is unknown, and the ratio also where nobody comes.
    `idle` are the sites of known supply that nobody comes to, `unknown` those of unknown supply;
    all others share out `supply` in total, and ``sum(access * people) == supply`` to 1e-9.
    `choosing` (s,) [persons], of 3SFCA only, are those who choose a site: over all sites, the
    people of the points that are `reached`.
    """

    access: Floats
    reached: Flags
    understated: Flags
    potential: Floats
    ratio: Floats
    idle: Longs
    unknown: Longs
    supply: float
    choosing: Floats | None = None


def two_step(reach: Reach, people: Floats, supply: Floats, *, limit_ms: int) -> Catchments:
    """2SFCA: everybody within the limit [ms] counts in full, ``v_ij = 1`` where ``t_ij ≤ t₀``.

    `people` (n,) [persons]; `supply` (s,) [places, beds …], NaN where unknown.
    Step 1, R_j = S_j / Σ P_k over the k within t₀ of j; step 2, A_i = Σ R_j over the j within t₀
    of i: Luo & Wang (2003), Environment and Planning B 30(6), 865-884. Raises InputError.
    """
    return enhanced_two_step(reach, people, supply, decay=Step(limit_ms=limit_ms))


def enhanced_two_step(reach: Reach, people: Floats, supply: Floats, *, decay: Decay) -> Catchments:
    """E2SFCA: people and ratios weigh less the farther they are, ``v_ij = W(t_ij)``.

    `people` (n,) [persons]; `supply` (s,) [places, beds …], NaN where unknown.
    Step 1, R_j = S_j / Σ P_k W(t_kj); step 2, A_i = Σ R_j W(t_ij): Luo & Qi (2009), Health & Place
    15(4), 1100-1107, with `Zones`. With a continuous decay it is the gravity model with
    competition of Joseph & Bantock (1982), Social Science & Medicine 16(1), 85-90.
    Raises InputError.
    """
    known = _asked(reach, people, supply, decay=decay)
    return _shared(known, known.pairs, people, supply)


def three_step(reach: Reach, people: Floats, supply: Floats, *, decay: Decay) -> Catchments:
    """3SFCA: a person divides between the sites in reach first, ``v_ij = G_ij W(t_ij)``.

    `people` (n,) [persons]; `supply` (s,) [places, beds …], NaN where unknown.
    Step 1, the selection weight G_ij = W(t_ij) / Σ_k W(t_ik); step 2,
    R_j = S_j / Σ G_kj P_k W(t_kj); step 3, A_i = Σ G_ij R_j W(t_ij): Wan, Zou & Sternberg (2012),
    International Journal of Geographical Information Science 26(6), 1073-1089. Beside the supply,
    people are conserved: Σ_j G_ij = 1 for whoever has a choice (`choosing`). A site without places
    is chosen as any other; one of unknown supply is not there to choose. Raises InputError.
    """
    known = _asked(reach, people, supply, decay=decay)
    near = known.pairs
    selection = near.weight / near.by_demand(near.weight)[near.demand]
    found = _shared(known, replace(near, weight=selection * near.weight), people, supply)
    choosing = near.by_site(people[near.demand] * selection)
    return replace(found, choosing=_of_known(choosing, supply))


def _asked(reach: Reach, people: Floats, supply: Floats, *, decay: Decay) -> Supplied:
    check_people(people, reach.n_demand)
    check_supply(supply, reach.n_sites)
    return supplied(pairs(reach, decay=decay), supply)


def _shared(known: Supplied, near: Pairs, people: Floats, supply: Floats) -> Catchments:
    """The supply of every site shared out by the weights v of `near`."""
    potential = near.by_site(people[near.demand] * near.weight)
    serving = potential >= LEAST
    ratio = np.full(len(supply), np.nan)
    ratio[serving] = supply[serving] / potential[serving]
    given = np.where(serving, ratio, 0.0)
    found = Catchments(
        access=near.by_demand(given[near.site] * near.weight),
        reached=near.reached,
        understated=known.understated,
        potential=_of_known(potential, supply),
        ratio=ratio,
        idle=np.setdiff1d(np.flatnonzero(~serving), known.unknown),
        unknown=known.unknown,
        supply=fsum(supply[serving]),
    )
    _refuse_lost_supply(found, people)
    return found


def _of_known(values: Floats, supply: Floats) -> Floats:
    return np.where(np.isnan(supply), np.nan, values)


def _refuse_lost_supply(found: Catchments, people: Floats) -> None:
    given = fsum(found.access * people)
    if abs(given - found.supply) > _CONSERVED * found.supply:
        raise fail(
            OurFaultError,
            "catchments",
            found=(f"分给居民 {given!r}", f"{given!r} given to people"),
            expected=(f"供给合计 {found.supply!r}", f"the supply of {found.supply!r}"),
            to_do=("报告此问题并附上数据", "report this together with the data"),
        )
