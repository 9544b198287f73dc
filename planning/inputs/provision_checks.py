"""What capacity and access of a service may not say, found before any file is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planning.errors import Fault, InputError
from planning.facilities import ELDER_FUNCTIONS
from planning.inputs.projection_checks import Wrong
from planning.provision import DECAYED, PARAMETERS, decay_of
from planning.standards.functions import building_functions
from planning.study import DecaySpec, ServiceSpec, Study

_HAS: Mapping[str, frozenset[str]] = {
    "places": frozenset({"nursery"}),
    "beds": ELDER_FUNCTIONS,
}
"""Functions of buildings whose register says so many of it, or that it does not know."""


def provision_faults(study: Study, wrong: Wrong) -> Iterator[Fault]:
    """Every contradiction within the capacity and access of services."""
    for name, service in study.services.items():
        yield from _amount_faults(name, service, wrong)
        yield from _uptake_faults(name, service, wrong)
        yield from _decay_faults(name, service, wrong)


def _amount_faults(name: str, service: ServiceSpec, wrong: Wrong) -> Iterator[Fault]:
    """Places are those of nurseries, beds those of elder care: of others nobody says how many."""
    for key, spec in (("capacity", service.capacity), ("access", service.access)):
        if spec is None or spec.amount is None or spec.amount == "facilities":
            continue
        having, asked = _HAS[spec.amount], set(service.functions)
        # A misspelt function is a fault of its own, and would make another here.
        if not having & asked and asked <= set(building_functions().ids):
            does, either = ", ".join(service.functions), sorted(having)
            yield wrong(
                ("services", name, key, "amount"),
                (
                    f"“{spec.amount}”而服务的功能为 {does}",
                    f"'{spec.amount}' of buildings that do {does}",
                ),
                (
                    f"功能中有 {' 或 '.join(either)}",
                    f"{' or '.join(either)} among the service's functions",
                ),
            )


def _uptake_faults(name: str, service: ServiceSpec, wrong: Wrong) -> Iterator[Fault]:
    """A share that somebody assumed says who."""
    spec = service.capacity
    if spec is not None and spec.uptake != 1 and not spec.source:
        share = f"{float(spec.uptake):g}"
        yield wrong(
            ("services", name, "capacity", "uptake"),
            (f"{share} 而没有 source", f"{share} without a source"),
            ("该比例的出处 source", "a source, where the share comes from"),
        )


def _decay_faults(name: str, service: ServiceSpec, wrong: Wrong) -> Iterator[Fault]:
    """A decay is used, has all its parameters and no others, with their source."""
    if service.access is None or service.access.decay is None:
        return
    spec, loc = service.access.decay, ("services", name, "access", "decay")
    if not DECAYED & set(service.access.measures):
        used = sorted(DECAYED)
        yield wrong(
            loc,
            ("没有用到它的指标", "a decay that no measure uses"),
            (f"measures 中有 {'、'.join(used)} 之一", f"one of {', '.join(used)} in measures"),
        )
    given, needed = _given(spec), PARAMETERS[spec.name]
    if set(given) != set(needed):
        yield wrong(
            loc,
            (
                f"{spec.name} 与 {'、'.join(given) or '没有参数'}",
                f"{spec.name} with {', '.join(given) or 'no parameter'}",
            ),
            ("、".join(needed) or "没有参数", ", ".join(needed) or "no parameter"),
        )
        return
    if needed and not spec.source:
        yield wrong(
            loc,
            ("参数而没有 source", "parameters without a source"),
            ("参数的出处 source", "a source, where the parameters come from"),
        )
    try:
        decay_of(service)
    except InputError as error:
        for fault in error.faults:
            key = fault.where.removeprefix("decay.").replace("_ms", "_min")
            said = str(getattr(spec, key, service.access.limit_min or service.limit_min))
            yield wrong((*loc, key), (said, said), fault.expected)


def _given(spec: DecaySpec) -> list[str]:
    """The parameters that are written, in the order of the keys."""
    every = dict.fromkeys(key for keys in PARAMETERS.values() for key in keys)
    return [key for key in every if getattr(spec, key) is not None]
