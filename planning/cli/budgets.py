"""``--frontier [N]`` and ``--budgets A,B``: how many budgets, or which; typer has none such."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand

_FRONTIER = "--frontier"
_BUDGETS = 12
_MOST = 200
_YUAN_PER_WAN = 10_000


class FrontierCommand(TyperCommand):
    """A command whose ``--frontier`` may be followed by a number, and may not."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typer does, with the number it takes where none is given."""
        return super().parse_args(ctx, completed(args))


def completed(args: Sequence[str]) -> list[str]:
    """The arguments with a number behind every ``--frontier``."""
    found: list[str] = []
    for at, arg in enumerate(args):
        found.append(arg)
        if arg == _FRONTIER and not "".join(args[at + 1 : at + 2]).isdecimal():
            found.append(str(_BUDGETS))
    return found


def budgets_of(count: int | None, wan: str | None) -> int | tuple[float, ...] | None:
    """What was asked: so many budgets, these [yuan], or none. Raises StudyError for others."""
    from planning.errors import StudyError, fail

    if wan is not None:
        return _listed(wan)
    if count is not None and not 2 <= count <= _MOST:
        raise fail(
            StudyError,
            _FRONTIER,
            found=(f"{count} 档", f"{count} budgets"),
            expected=(f"2 至 {_MOST} 档", f"2 to {_MOST}"),
            to_do=("改正参数", "mend the option"),
        )
    return count


def _listed(wan: str) -> tuple[float, ...]:
    from planning.errors import StudyError, fail

    try:
        found = tuple(float(part) * _YUAN_PER_WAN for part in wan.split(","))
    except ValueError:
        found = ()
    if not found or not all(0 <= yuan < float("inf") for yuan in found):
        raise fail(
            StudyError,
            "--budgets",
            found=(f"“{wan}”", f"'{wan}'"),
            expected=(
                "逗号分隔的万元数，如 5000,10000",
                "amounts of 10,000 yuan by comma, such as 5000,10000",
            ),
            to_do=("改正参数", "mend the option"),
        )
    return tuple(sorted(set(found)))
