"""Findings that differ between two sides: won, lost, and what can be told on one side only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from planning.outputs.comparison.run_files import Row
from planning.outputs.comparison.shared import Shared
from planning.outputs.comparison.sides import FindingKey, Side

Turn = Literal["won", "lost", "unknown", "known", "other", "wider", "narrower"]
"""Not met → met, met → not met, → not assessable, not assessable → met or not met, anything else
that changes; not met on both sides and missing more, or less."""

TURNS: tuple[Turn, ...] = ("won", "lost", "unknown", "known", "other", "wider", "narrower")
_TELLS = ("met", "not_met")
_NOISE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """One clause in one unit, as the base has it and as the other side has it."""

    turn: Turn
    base: Row
    other: Row

    @property
    def key(self) -> FindingKey:
        """Clause, level and id of the unit."""
        return self.other["clause_id"], self.other["level"], self.other["unit_id"]

    @property
    def is_binding(self) -> bool:
        """Whether it is a requirement on both sides: goals and benchmarks bind nobody."""
        return bool(self.base["role"] == self.other["role"] == "requirement")


def turned_findings(base: Side, other: Side, shared: Shared) -> tuple[Turned, ...]:
    """What differs, requirements first, in the order of `TURNS` and then of the findings."""
    before, after = base.findings(), other.findings()
    found = [
        Turned(turn=turn, base=row, other=after[key])
        for key, row in before.items()
        if key in after
        and (key[1], key[2]) not in shared.moved
        and (turn := _turn(row, after[key])) is not None
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_binding, TURNS.index(one.turn))))


def clauses_of_one(base: Side, other: Side) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Clauses that only the base has findings of, and those that only the other has."""
    one, two = (_clauses(side.findings()) for side in (base, other))
    return tuple(sorted(one - two)), tuple(sorted(two - one))


def _clauses(findings: Mapping[FindingKey, Row]) -> set[str]:
    return {clause for clause, _, _ in findings}


def _turn(base: Row, other: Row) -> Turn | None:
    """How one finding differs; None where it does not."""
    was, now = base["verdict"], other["verdict"]
    if was == now:
        return _gap_turn(base["gap"], other["gap"]) if was == "not_met" else None
    if was in _TELLS and now in _TELLS:
        return "won" if now == "met" else "lost"
    if was in _TELLS and now == "not_assessable":
        return "unknown"
    return "known" if was == "not_assessable" and now in _TELLS else "other"


def _gap_turn(was: float | None, now: float | None) -> Turn | None:
    if was is None or now is None or abs(now - was) <= _NOISE * max(1.0, abs(was), abs(now)):
        return None
    return "wider" if now > was else "narrower"


def counted(turned: Iterable[Turned], *, binding: bool) -> dict[Turn, int]:
    """How many turned each way, of requirements or of all else."""
    kinds = [one.turn for one in turned if one.is_binding == binding]
    return {turn: kinds.count(turn) for turn in TURNS}
