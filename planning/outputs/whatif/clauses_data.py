"""All that the page must know to judge the clauses: units, choices of facilities, findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from planning.buildable import modules_of
from planning.judging import levels_of
from planning.outputs.whatif.choices_data import Choices, choices_data
from planning.outputs.whatif.judged_data import judged_data
from planning.outputs.whatif.units_data import units_data
from planning.result import Town
from planning.standards import Finding, Situation


def clauses_data(town: Town, situation: Situation, findings: Sequence[Finding]) -> dict[str, Any]:
    """``units``, ``choices`` and ``judged`` of the page's content.

    `situation` is the present, `findings` what its document in force has found of it.
    """
    study, choices, kinds = town.study, Choices(), modules_of(town.study)
    year = study.standards.year if study.projection is None else study.projection.year
    judged = judged_data(
        town.profile,
        situation,
        levels_of(town, town.profile),
        findings,
        choices,
        kinds,
        drawn_year=year,
    )
    return {
        "units": units_data(town.area),
        "choices": choices_data(
            choices,
            situation.facilities,
            kinds,
            year=situation.year,
            strict_tiers=town.profile.readings["tiers"] == "strict",
        ),
        "judged": judged,
    }
