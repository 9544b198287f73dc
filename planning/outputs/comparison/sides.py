"""What stands beside what: a run as it is today, or with its plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planning.errors import InputError, fail
from planning.outputs.bilingual import Says
from planning.outputs.comparison.run_files import Row, Run, State

UnitKey = tuple[str, str]
"""Level and id of a unit."""
FindingKey = tuple[str, str, str]
"""Clause, level and id of a unit."""
_NUMERALS = "一二三四五六七八九十"
_AREA = "area"
_SHORT = 12
_TODAY: Says = ("现状", "Today")
_PLANNED: Says = ("规划后", "With the plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One column of the comparison: a run in one state, and what it is called there."""

    run: Run
    state: State
    name: Says

    @property
    def head(self) -> Says:
        """The name as a heading has it: with the scenario, where that is short."""
        scenario = self.run.scenario
        if scenario is None or len(scenario) > _SHORT or self.name in (_TODAY, _PLANNED):
            return self.name
        return f"{self.name[0]}（{scenario}）", f"{self.name[1]} ({scenario})"

    @property
    def plan(self) -> Mapping[str, Any] | None:
        """The plan that makes this side what it is; None for a town as it stands today."""
        return self.run.plan if self.state == "after" else None

    def findings(self) -> dict[FindingKey, Row]:
        """What was found by the document in force, by clause and unit."""
        profile = self.run.summary["profile"]
        return {
            (row["clause_id"], row["level"], row["unit_id"]): row
            for row in self.run.rows("findings", self.state)
            if row["profile"] == profile
        }

    def coverage(self, service: str, state: State | None = None) -> dict[UnitKey, Row]:
        """Whom a service reaches within its own limit, of its own group, by unit.

        ``("area", "")`` is the whole area. Empty where the run does not have the service.
        """
        spec = self.run.summary["services"].get(service)
        if spec is None:
            return {}
        asked = (service, spec["group"], float(spec["limit_min"]))
        return {
            unit_of(row): row
            for row in self.run.rows("coverage", state or self.state)
            if (row["service"], row["group"], float(row["limit_min"])) == asked
        }


def unit_of(row: Row) -> UnitKey:
    """Level and id of the unit a row is about; the whole area has no id of its own."""
    return row["level"], "" if row["level"] == _AREA else row["unit_id"]


def sides_of(runs: Sequence[Run], base: Run) -> tuple[Side, ...]:
    """One run: before and after its plan. More: each with its plan, where it has one, `base` first.

    Raises InputError for one run that has no plan.
    """
    if len(runs) == 1:
        if base.plan is None:
            raise fail(
                InputError,
                str(base.folder),
                found=("一份只作体检、没有方案的成果", "one run without a plan"),
                expected=(
                    "一份有方案的成果（前后对比），或两份及以上",
                    "one run with a plan, for before and after, or two runs and more",
                ),
                to_do=(
                    "用 planning run 求方案，或再给一个成果目录",
                    "use `planning run`, or name another run folder",
                ),
            )
        return (
            Side(run=base, state="now", name=_TODAY),
            Side(run=base, state="after", name=_PLANNED),
        )
    ordered = [base, *(run for run in runs if run is not base)]
    return tuple(
        Side(run=run, state="now" if run.plan is None else "after", name=_named(at, run))
        for at, run in enumerate(ordered)
    )


def _named(at: int, run: Run) -> Says:
    """方案一 and so on; a run without a plan is only an assessment."""
    number = _NUMERALS[at] if at < len(_NUMERALS) else str(at + 1)
    if run.plan is None:
        return f"体检{number}", f"Assessment {at + 1}"
    return f"方案{number}", f"Plan {at + 1}"


def is_before_and_after(sides: Sequence[Side]) -> bool:
    """Whether it is one run, before and after its plan."""
    return len(sides) == 2 and sides[0].run is sides[1].run


def units_in_order(sides: Sequence[Side]) -> dict[UnitKey, str]:
    """Every unit that has coverage on any side, with its name, in the order of the tables."""
    return {
        unit_of(row): row["unit_name"] or row["unit_id"]
        for side in reversed(sides)
        for row in side.run.summary["coverage"]
        if row["level"] != _AREA
    }
