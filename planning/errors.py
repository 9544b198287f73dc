"""What goes wrong, said so that a planner can act on it: found, expected, what to do; 中英 both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

_UNSEEN = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - set(map(ord, "\t\n\r")))
"""Control characters: what a file says is printed in terminals, which would obey them."""
LONGEST_PART = 2_000
"""Each part of a fault is cut there [characters]: what is quoted in it may be a whole file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, in both languages.

    `where` names the place (a file, a key with its line); every other field is (中文, English).
    """

    where: str
    found: tuple[str, str]
    expected: tuple[str, str]
    to_do: tuple[str, str]

    def lines(self) -> list[str]:
        """The fault as two lines, Chinese first; libraries' line breaks are folded."""
        zh, en = (
            [_shown(part) for part in (self.where, *of_one)]
            for of_one in zip(self.found, self.expected, self.to_do, strict=True)
        )
        return [
            " ".join(f"{zh[0]}：发现 {zh[1]}；应为 {zh[2]}；请{zh[3]}。".split()),
            " ".join(f"{en[0]}: found {en[1]}; expected {en[2]}; {en[3]}.".split()),
        ]


def _shown(part: str) -> str:
    """A part as it is printed: without controls, and cut where it is too long."""
    seen = part.translate(_UNSEEN)
    return seen if len(seen) <= LONGEST_PART else f"{seen[:LONGEST_PART]}…"


class PlanningError(Exception):
    """Anything this package raises on purpose; carries every fault found at once."""

    def __init__(self, *faults: Fault) -> None:
        self.faults: tuple[Fault, ...] = faults
        super().__init__("\n".join(line for fault in faults for line in fault.lines()))


class InputError(PlanningError, ValueError):
    """A file or table the user gave cannot be used."""


class MissingFileError(InputError, FileNotFoundError):
    """A file the study names does not exist."""


class StudyError(PlanningError, ValueError):
    """The study file itself is at fault."""


class ShortageError(PlanningError):
    """The machine has not the room, the memory or the right that the work takes."""


class OurFaultError(PlanningError, RuntimeError):
    """Nothing the user can mend: the program itself is wrong."""


class AuditError(OurFaultError):
    """A plan recomputed from scratch differs from what the solver claimed."""


class SolverError(OurFaultError):
    """The solver ended in a way that a feasible, bounded model cannot end."""


_Kind = TypeVar("_Kind", bound=PlanningError)


def fail(
    kind: type[_Kind],
    where: str,
    *,
    found: tuple[str, str],
    expected: tuple[str, str],
    to_do: tuple[str, str],
) -> _Kind:
    """One error with one fault, ready to raise."""
    return kind(Fault(where=where, found=found, expected=expected, to_do=to_do))


def raise_all(kind: type[PlanningError], faults: Sequence[Fault]) -> None:
    """Raise `kind` with every fault, or nothing where there is none."""
    if faults:
        raise kind(*faults)
