"""What one check of the installation found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Result = Literal["ok", "warning", "fault"]
Words = tuple[str, str]
"""The same in Chinese and in English."""

NOTHING: Words = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found, what was expected, and what to do: empty where there is nothing to do.

    A warning lets the program work, slower or with something missing; a fault does not.
    """

    result: Result
    found: Words
    expected: Words
    to_do: Words = NOTHING

    def __post_init__(self) -> None:
        """Raises ValueError where something is wrong and nothing is said to do about it."""
        if (self.result == "ok") != (self.to_do == NOTHING):
            raise ValueError(f"{self.result} with to_do {self.to_do!r}")


def judged(
    *, fault: bool = False, warning: bool = False, found: Words, expected: Words, to_do: Words
) -> Verdict:
    """A verdict of two questions; `to_do` is left out where neither is answered by yes."""
    result: Result = "fault" if fault else "warning" if warning else "ok"
    mended = NOTHING if result == "ok" else to_do
    return Verdict(result=result, found=found, expected=expected, to_do=mended)
