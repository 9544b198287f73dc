"""An option that takes two values and may be given several times, which typer has not of itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand

_BETWEEN = "\x1f"
_OPTION = "--explain"


class PairCommand(TyperCommand):
    """A command whose ``--explain A B`` is read as one value, which `pairs` takes apart again."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typer does, with both values as one."""
        return super().parse_args(ctx, joined(args))


def joined(args: Sequence[str]) -> list[str]:
    """The arguments with the two values behind every option joined; fewer stay as they are."""
    found: list[str] = []
    rest = list(args)
    while rest:
        name = rest.pop(0)
        found.append(name)
        if name == _OPTION and len(rest) >= 2:
            found.append(_BETWEEN.join((rest.pop(0), rest.pop(0))))
    return found


def pairs(values: Sequence[str] | None) -> tuple[tuple[str, str], ...]:
    """The pairs that were given. Raises StudyError where one value is missing."""
    from planning.errors import StudyError, fail

    found = []
    for value in values or ():
        first, between, second = value.partition(_BETWEEN)
        if not between:
            raise fail(
                StudyError,
                _OPTION,
                found=(f"只有一个值“{value}”", f"one value, '{value}'"),
                expected=("条文编号和单元两个值", "two, the id of a clause and a unit"),
                to_do=("补上单元的编号或名称", "add the id or the name of the unit"),
            )
        found.append((first, second))
    return tuple(found)
