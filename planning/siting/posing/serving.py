"""Whom services reach: people of a service's group within its limit, and within each minute."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from planning.siting.need import Covered
from planning.siting.posing.ground import Ground
from planning.siting.posing.reaching import pairs, sets_of, today
from planning.siting.served import Served, ServedBy
from planning.units import MS_PER_MIN

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def serving(ground: Ground, *, level: str, by_minute: bool) -> ServedBy:
    """Each service that may be built or changed, as its own limit has it, by units of a level.

    With `by_minute` within every whole minute short of the limit as well.
    """
    situation = ground.situation
    services = [name for name in situation.coverage if _may_change(ground, name)]
    at_limit = {name: situation.coverage[name].limit_ms for name in services}
    return ServedBy(
        level=level,
        at_limit=tuple(_served(ground, name, ms, level) for name, ms in at_limit.items()),
        minutes=tuple(
            _served(ground, name, minute * MS_PER_MIN, level)
            for name, ms in at_limit.items()
            for minute in range(1, math.ceil(ms / MS_PER_MIN))
            if by_minute
        ),
    )


def _may_change(ground: Ground, service: str) -> bool:
    offers, now = _offers(ground, service)
    return bool((offers | now).any())


def _offers(ground: Ground, service: str) -> tuple[Flags, Flags]:
    """Which options offer a service once they are open, and which change what does today; (k,)."""
    functions, options = ground.situation.functions[service], ground.options
    stands = ground.situation.facilities.offering(functions)
    now = ground.of_facility(stands, absent=False).astype(bool)
    return ground.as_built(options.max_size).offering(functions), now


def _served(ground: Ground, service: str, limit_ms: int, level: str) -> Served:
    situation = ground.situation
    demand, coverage = situation.demand, situation.coverage[service]
    people = demand.people[situation.group[service]]
    limits_ms = np.full(len(demand), float(limit_ms))
    reach = ground.walks_to("walk", limit_ms)
    offers, now = _offers(ground, service)
    stands = situation.facilities.offering(situation.functions[service])
    held = today(ground, stands, now & ~offers, reach, limits_ms)
    covered = (coverage.nearest.site >= 0) & (coverage.nearest.ms <= limit_ms)
    safe = covered & ~held.endangered
    unit = demand.place[level]
    openers = pairs(reach, ground.site, np.flatnonzero(offers), limits_ms)
    found = sets_of(openers, held, np.where(safe, 0.0, people), unit=unit)
    # Who lives in no unit of the level is counted as one more.
    n_units = int(unit.max(initial=-1)) + 2
    home = np.where(unit < 0, n_units - 1, unit)
    return Served(
        service=service,
        cover=Covered(
            short=0.0,
            start=found.start,
            option=found.option,
            people=found.people,
            from_size=np.ones(len(ground.options), dtype=np.int64),
            today=found.today,
            ends_start=found.ends_start,
            ends=found.ends,
            limit_ms=limit_ms,
        ),
        unit=home[found.first].astype(np.int64),
        people=_sums(home, people, n_units),
        kept=_sums(home, np.where(safe, people, 0.0), n_units),
    )


def _sums(unit: npt.NDArray[np.int32], people: Floats, n: int) -> Floats:
    return np.bincount(unit, weights=people, minlength=n).astype(np.float64)
