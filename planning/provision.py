"""Is there a place for all who ask, and who has how much within reach: one state of the town."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.access import (
    Assignment,
    Butterworth,
    Decay,
    Disparity,
    EndingGaussian,
    Equity,
    Exponential,
    Gaussian,
    Kernel,
    Power,
    Way,
    Zones,
    assign,
    cumulative,
    disparity,
    enhanced_two_step,
    equity,
    gravity,
    mean_of_nearest,
    three_step,
    two_step,
)
from planning.facilities import Facilities
from planning.network import Snaps
from planning.standards import Situation
from planning.study import AccessSpec, DecaySpec, Measure, ServiceSpec, Supply
from planning.travel import Reach
from planning.units import MS_PER_MIN, limit_ms

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int32]

DECAYED: frozenset[Measure] = frozenset({"enhanced_two_step", "three_step", "gravity"})
"""Measures in which a place farther away counts less."""

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "zones": ("until_min", "weights"),
    "gaussian": ("sigma_min",),
    "ending_gaussian": (),
    "exponential": ("tau_min",),
    "power": ("unit_min", "exponent"),
    "butterworth": ("half_min", "exponent"),
    "kernel": (),
}
"""The keys of a decay that each of them takes; all are needed."""

_PER = 1_000
"""Supply is told per so many people, as the documents count it (每千人)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What every demand point has by one measure, shape (n,).

    `amount` is in `unit`, NaN where unknown: minutes where it `is_time`, less of which is better,
    else supply, or supply per 1,000 people. `understated` are points with a site of unknown supply
    in reach: they have at least what `amount` says.
    """

    measure: str
    unit: str
    amount: Floats
    understated: Flags
    is_time: bool = False

    def disparity(self, people: Floats) -> Disparity:
        """How evenly `people` (n,) [persons] have it, all together."""
        return disparity(self.amount, people, is_burden=self.is_time)

    def equity(
        self, people: Mapping[str, Floats], unit: Index, *, n_units: int
    ) -> dict[str, Equity]:
        """How evenly each group of people has it, by unit and between units."""
        return equity(self.amount, people, unit, n_units=n_units, is_burden=self.is_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One state of the town: by service an assignment for each rule, and each measure of access.

    A service is in `assignments`, or in `access`, only where the study asks for it.
    """

    assignments: Mapping[str, tuple[Assignment, ...]]
    access: Mapping[str, tuple[Access, ...]]


def farthest_ms(service: ServiceSpec) -> int:
    """The longest walk that its capacity or access asks about [ms]; 0 where neither is asked."""
    farthest = limit_ms(service.limit_min) if service.capacity is not None else 0
    if service.access is None:
        return farthest
    return max(farthest, _catchment_ms(service, service.access), decay_of(service).limit_ms)


def decay_of(service: ServiceSpec) -> Decay:
    """The decay of a service's access, ending at its limit; zones end where they say.

    Where the study names none it is the Gaussian that ends at the limit, which has no parameter to
    choose: Dai (2010), Health & Place 16(5), 1038-1052. Raises InputError.
    """
    assert service.access is not None
    end_ms = _catchment_ms(service, service.access)
    spec = service.access.decay or DecaySpec(name="ending_gaussian")
    match spec.name:
        case "zones":
            assert spec.until_min is not None and spec.weights is not None
            return Zones(until_ms=tuple(map(limit_ms, spec.until_min)), weights=spec.weights)
        case "gaussian":
            return Gaussian(limit_ms=end_ms, sigma_ms=_ms(spec.sigma_min))
        case "ending_gaussian":
            return EndingGaussian(limit_ms=end_ms)
        case "exponential":
            return Exponential(limit_ms=end_ms, tau_ms=_ms(spec.tau_min))
        case "power":
            assert spec.exponent is not None
            return Power(limit_ms=end_ms, unit_ms=_ms(spec.unit_min), exponent=spec.exponent)
        case "butterworth":
            assert spec.exponent is not None
            return Butterworth(limit_ms=end_ms, half_ms=_ms(spec.half_min), power=spec.exponent)
        case "kernel":
            return Kernel(limit_ms=end_ms)


def _ms(minutes: float | None) -> float:
    assert minutes is not None
    return minutes * MS_PER_MIN


def _catchment_ms(service: ServiceSpec, spec: AccessSpec) -> int:
    return limit_ms(service.limit_min if spec.limit_min is None else spec.limit_min)


def provision(
    services: Mapping[str, ServiceSpec],
    situation: Situation,
    way: Way,
    *,
    sites: Snaps,
    reach: Reach,
) -> Provision:
    """Capacity and access of every service that asks for them.

    `sites` is where the facilities of the situation stand, `reach` who walks to each of them,
    within the `farthest_ms` of all services at least.
    """
    return Provision(
        assignments={
            name: _assignments(name, service, situation, reach)
            for name, service in services.items()
            if service.capacity is not None
        },
        access={
            name: tuple(_access(name, service, situation, way, sites, reach))
            for name, service in services.items()
            if service.access is not None
        },
    )


def _assignments(
    name: str, service: ServiceSpec, situation: Situation, reach: Reach
) -> tuple[Assignment, ...]:
    """Those who ask on the places there are, by each rule."""
    spec, facilities = service.capacity, situation.facilities
    assert spec is not None
    return tuple(
        assign(
            reach,
            situation.demand.people[service.group] * float(spec.uptake),
            _supply(facilities, spec.amount),
            rule=rule,
            counting=facilities.offering(situation.functions[name]),
            limit_ms=limit_ms(service.limit_min),
            reachable=situation.coverage[name].reachable,
        )
        for rule in spec.rules
    )


def _access(
    name: str,
    service: ServiceSpec,
    situation: Situation,
    way: Way,
    sites: Snaps,
    reach: Reach,
) -> Iterator[Access]:
    """Every measure asked for, each once; everybody of the service's group is in the sharing."""
    spec, facilities = service.access, situation.facilities
    assert spec is not None
    rows = np.flatnonzero(facilities.offering(situation.functions[name]))
    near, people = reach.take(rows), situation.demand.people[service.group]
    supply = _supply(facilities, service.supply)[rows]
    for measure in dict.fromkeys(spec.measures):
        if measure == "k_nearest":
            yield from _nearest(way, sites.take(rows), spec)
        else:
            yield _shared(measure, near, people, supply, service)


def _shared(
    measure: Measure, near: Reach, people: Floats, supply: Floats, service: ServiceSpec
) -> Access:
    """One measure of supply within reach."""
    assert service.access is not None
    limit, decay = _catchment_ms(service, service.access), decay_of(service)
    if measure in ("gravity", "cumulative"):
        found = (
            gravity(near, supply, decay=decay)
            if measure == "gravity"
            else cumulative(near, supply, limit_ms=limit)
        )
        return Access(
            measure=measure,
            unit=service.supply,
            amount=found.access,
            understated=found.understated,
        )
    if measure == "two_step":
        shared = two_step(near, people, supply, limit_ms=limit)
    elif measure == "enhanced_two_step":
        shared = enhanced_two_step(near, people, supply, decay=decay)
    else:
        shared = three_step(near, people, supply, decay=decay)
    return Access(
        measure=measure,
        unit=f"{service.supply}/1000 persons",
        amount=shared.access * _PER,
        understated=shared.understated,
    )


def _nearest(way: Way, sites: Snaps, spec: AccessSpec) -> Iterator[Access]:
    """Mean time to the k nearest, however far; NaN for whoever can walk to fewer."""
    found = way.nearest_k(sites, k=max(spec.k))
    for k in dict.fromkeys(spec.k):
        yield Access(
            measure=f"k_nearest_{k}",
            unit="min",
            amount=mean_of_nearest(found, k=k) / MS_PER_MIN,
            understated=np.zeros(len(found.ms), dtype=bool),
            is_time=True,
        )


def _supply(facilities: Facilities, amount: Supply) -> Floats:
    """What every facility has of it, (facilities,); NaN where its register does not say."""
    if amount == "facilities":
        return np.ones(len(facilities))
    return facilities.places if amount == "places" else facilities.beds
