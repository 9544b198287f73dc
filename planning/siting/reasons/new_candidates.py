"""How many more candidates, of what floor and land, a requirement would be met by."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from planning.facilities import Candidates
from planning.siting.modules import Module
from planning.siting.need import Amount
from planning.siting.options import Options, options_of
from planning.siting.posing import POSERS, Ground, WalksTo, asked, asked_for
from planning.standards import Finding, Situation
from planning.standards.accounts import Accounts
from planning.standards.measures import NotAssessableError
from planning.travel import Reach

Floats = npt.NDArray[np.float64]

_ROOM_M2 = 1e6
"""Floor that no size is short of: a square kilometre."""
_NOTHING = 1e-6
_HUNDREDTHS = 100
"""Land is told to the hundredth of a m²."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """So many candidates more, each hosting one `module` on so much floor and own land [m²]."""

    module: Module
    count: int
    floor_m2: float
    land_m2: float


def wanted(
    ground: Ground, finding: Finding, missing: float, modules: Sequence[Module]
) -> Wanted | None:
    """The least floor in new candidates of the unit that adds `missing` to a requirement.

    Of all modules that count for the clause; None where none does, or where what they add cannot be
    told from one building. The clause is posed anew for the building thought of, so that what
    counts is what counts for every candidate.
    """
    found = [*_by_floor(ground, finding, missing, modules)]
    if not found and finding.unit == "m2":
        found = [*_by_land(ground, finding, missing, modules)]
    return min(found, key=lambda one: (one.count * one.floor_m2, one.count), default=None)


def least_that_counts(ground: Ground, finding: Finding, modules: Sequence[Module]) -> Wanted | None:
    """The least building of the unit that counts for a clause at all; None where none would."""
    clause = ground.profile.clause(finding.clause_id)
    assert clause is not None
    candidates = _thought_of(ground, finding, modules, _ROOM_M2, 0.0)
    options = options_of(candidates, modules)
    there = replace(ground, candidates=candidates, options=options, _kept={})
    year = asked(ground, clause, finding).case.year
    best: Wanted | None = None
    for which in asked_for(clause.measure):
        sizes = np.maximum(there.counts_from(which, year), options.min_size)
        counts = there.counts_from(which, year) >= 0
        for k in np.flatnonzero(counts).tolist():
            floor_m2 = float(sizes[k] * options.floor_per_unit[k])
            if best is None or floor_m2 < best.floor_m2:
                module = modules[options.module[k]]
                best = Wanted(module=module, count=1, floor_m2=floor_m2, land_m2=0.0)
    return best


def nobody_walks(situation: Situation, n_candidates: int) -> WalksTo:
    """Places that nobody reaches: enough for clauses that do not ask who walks where."""
    nobody = Reach(
        start=np.zeros(len(situation.facilities) + n_candidates + 1, dtype=np.int64),
        demand=np.zeros(0, dtype=np.int32),
        ms=np.zeros(0, dtype=np.int32),
        limit_ms=0,
        n_demand=len(situation.demand),
    )
    return lambda *_: nobody


def _by_floor(
    ground: Ground, finding: Finding, missing: float, modules: Sequence[Module]
) -> Iterator[Wanted]:
    """What each module would need, in a building with room for any size and no land of its own."""
    posed = _posed(ground, finding, modules, floor_m2=_ROOM_M2, land_m2=0.0)
    if posed is None:
        return
    need, options = posed
    for k in range(len(options)):
        low, high = int(options.min_size[k]), int(options.max_size[k])
        each = max(_adds(need, k, low), _adds(need, k, high))
        if each <= _NOTHING:
            continue
        count = max(1, math.ceil(missing / each - _NOTHING))
        size = _least_size(need, k, low, high, missing / count)
        yield Wanted(
            module=modules[options.module[k]],
            count=count,
            floor_m2=size * float(options.floor_per_unit[k]),
            land_m2=0.0,
        )


def _by_land(
    ground: Ground, finding: Finding, missing: float, modules: Sequence[Module]
) -> Iterator[Wanted]:
    """What each module would need, at its smallest, on all of a plot of its own."""
    land_m2 = math.ceil(missing * _HUNDREDTHS - _NOTHING) / _HUNDREDTHS
    for module in modules:
        room = options_of(_thought_of(ground, finding, [module], _ROOM_M2, 0.0), [module])
        if not len(room):
            continue
        floor_m2 = float((room.min_size * room.floor_per_unit).min())
        posed = _posed(ground, finding, [module], floor_m2=floor_m2, land_m2=land_m2)
        if posed is None:
            continue
        need, options = posed
        added = (_adds(need, k, int(options.max_size[k])) for k in range(len(options)))
        if any(adds >= missing - _NOTHING for adds in added):
            yield Wanted(module=module, count=1, floor_m2=floor_m2, land_m2=land_m2)


def _posed(
    ground: Ground,
    finding: Finding,
    modules: Sequence[Module],
    *,
    floor_m2: float,
    land_m2: float,
) -> tuple[Amount, Options] | None:
    """What modules in a building thought of would add to a clause; None where it is no amount."""
    candidates = _thought_of(ground, finding, modules, floor_m2, land_m2)
    options = options_of(candidates, modules)
    clause = ground.profile.clause(finding.clause_id)
    assert clause is not None
    # Sums about candidates are kept with the accounts, and these are others.
    accounts = Accounts(ground.situation, ground.profile.readings)
    there = replace(
        ground,
        candidates=candidates,
        options=options,
        walks_to=nobody_walks(ground.situation, 1),
        accounts=accounts,
        _kept={},
    )
    try:
        need = POSERS[clause.measure.kind](clause.measure, asked(there, clause, finding))
    except NotAssessableError:
        return None
    return (need, options) if isinstance(need, Amount) else None


def _adds(need: Amount, k: int, size: int) -> float:
    """What option `k` adds at a size, alone."""
    most = max((int(adds.option.max(initial=k)) for adds in need.adds), default=k)
    sizes = np.zeros(most + 1, dtype=np.int64)
    sizes[k] = size
    return need.of(sizes)


def _least_size(need: Amount, k: int, low: int, high: int, missing: float) -> int:
    """The least size that adds so much: what is added grows with the size, or never does."""
    if _adds(need, k, low) >= missing - _NOTHING:
        return low
    while low < high:
        middle = (low + high) // 2
        enough = _adds(need, k, middle) >= missing - _NOTHING
        low, high = (low, middle) if enough else (middle + 1, high)
    return high


def _thought_of(
    ground: Ground, finding: Finding, modules: Sequence[Module], floor_m2: float, land_m2: float
) -> Candidates:
    """A candidate in the unit, free for every service."""
    x_m, y_m = _in_unit(ground, finding)
    return Candidates(
        ids=("",),
        source_classes=("",),
        services=(frozenset(module.service for module in modules),),
        x_m=x_m,
        y_m=y_m,
        floor_m2=np.array([floor_m2]),
        land_m2=np.array([land_m2]),
        yuan_per_m2=np.zeros(1),
        fixed_yuan=np.zeros(1),
        assumed=(frozenset(),),
        place=ground.situation.area.locate(x_m, y_m),
    )


def _in_unit(ground: Ground, finding: Finding) -> tuple[Floats, Floats]:
    """Where somebody of the unit lives, if possible where the clause counts; else inside it."""
    clause = ground.profile.clause(finding.clause_id)
    assert clause is not None
    area, demand = ground.situation.area, ground.situation.demand
    case = asked(ground, clause, finding).case
    inside = demand.place[finding.level] == case.place.at
    sure = inside & ground.accounts.so(case.only) if case.only else inside
    for living in (sure, inside):
        if living.any():
            row = [int(np.argmax(living))]
            return demand.x_m[row], demand.y_m[row]
    level = area.level(finding.level) or area.residential
    assert level is not None
    point = shapely.get_coordinates(shapely.point_on_surface(level.geometry[case.place.at]))
    return point[:, 0], point[:, 1]
