"""Which scenarios this server computes: those that name no file of its machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planning.errors import Fault
from planning.web.refusals import Refused

_WHOLE = ("what_if",)
_KEYS = {
    "network": ("speed_m_s",),
    "siting": (
        "aims", "budget_yuan", "budgets_yuan", "forbidden", "gap", "required", "seed",
        "time_limit_s", "years",
    ),
}  # fmt: skip
"""What may be set besides; other keys of a study may name files."""
_OF_SERVICES = ("limit_min",)


def check_computable(scenario: Mapping[str, Any]) -> None:
    """Raise `Refused` (422) for an override that sets anything but the above."""
    faults = [
        Fault(
            where=f"scenario.override.{key}",
            found=("本服务不计算的改动", "a change that this server does not compute"),
            expected=(
                "what_if、services.*.limit_min、network.speed_m_s、siting 的预算与时限",
                "what_if, services.*.limit_min, network.speed_m_s, budgets and limits of siting",
            ),
            to_do=(
                "其他改动请用 planning run --scenario 文件",
                "for other changes use `planning run --scenario FILE`",
            ),
        )
        for key in _others(scenario["override"])
    ]
    if faults:
        raise Refused(422, *faults)


def _others(override: Mapping[str, Any]) -> Iterator[str]:
    for key, change in override.items():
        if key in _WHOLE:
            continue
        if key == "services" and isinstance(change, dict):
            for service, of in change.items():
                yield from _beyond(f"services.{service}", of, _OF_SERVICES)
        else:
            yield from _beyond(key, change, _KEYS.get(key, ()))


def _beyond(where: str, change: object, known: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(change, dict) or not known:
        yield where
        return
    yield from (f"{where}.{key}" for key in change if key not in known)
