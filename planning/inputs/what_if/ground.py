"""The present that edits are laid over, and where in a study an edit stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from planning.area import StudyArea
from planning.demand import Demand
from planning.errors import Fault
from planning.facilities import Candidates, Facilities
from planning.network import StreetNetwork
from planning.provenance import Note
from planning.result import AddedCost
from planning.study import Study

KEY = "what_if"
TO_DO = ("改正推演内容", "mend the scenario")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What stands and who lives where, as the files say, or with a scenario laid over it.

    `networks` are the streets by mode of travel, walking among them; `absent` functions that only
    facilities had which are taken away; `cost` what added sites cost, None where none is added;
    `notes` what the scenario changes.
    """

    area: StudyArea
    demand: Demand
    networks: Mapping[str, StreetNetwork]
    facilities: Facilities
    candidates: Candidates | None
    absent: frozenset[str] = frozenset()
    cost: AddedCost | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Collects what is wrong with the edits of a study, all of which is told together.

    `is_placed` says that coordinates are of the study's own CRS: of others nothing can be said.
    """

    study: Study
    area: StudyArea
    is_placed: bool
    faults: list[Fault] = field(default_factory=list)

    def wrong(
        self, loc: tuple[str | int, ...], found: tuple[str, str], expected: tuple[str, str]
    ) -> None:
        """Note a fault of a place below `what_if`."""
        laid = self.study.laid_over
        of_file = laid is not None and KEY in laid.under
        path = ".".join(map(str, (*(("override",) if of_file else ()), KEY, *loc)))
        where = f"{laid.file} {path}" if laid is not None and of_file else path
        self.faults.append(Fault(where=where, found=found, expected=expected, to_do=TO_DO))

    def check_inside(self, loc: tuple[str | int, ...], x_m: float, y_m: float) -> None:
        """Note a place that lies outside the study area."""
        if self.is_placed and not self.area.contains(np.array([x_m]), np.array([y_m]))[0]:
            self.wrong(
                loc,
                (
                    f"({x_m:,.2f}, {y_m:,.2f})，在研究范围以外",
                    f"({x_m:,.2f}, {y_m:,.2f}), outside the study area",
                ),
                ("研究范围以内的坐标", "a place inside it"),
            )
