"""The recommendation: what is built where, how large, in which year, and what stays unmet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planning.facilities import Candidates
from planning.siting.highs import Status
from planning.siting.reasons import Alternative, Loss, Purpose, Relaxation
from planning.siting.requirement import NotPosed
from planning.siting.solving import Stage
from planning.standards import Finding, Situation
from planning.standards.outcome import Unit

Action = Literal["build", "change", "close"]
"""What is done: something new is built, what stands is changed, or closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSite:
    """One module opened in one candidate: places, beds, floor and land [m²], cost [yuan].

    Or one change to a facility that stands, whose id `candidate_id` then is: what comes to it.
    `opening_yuan` is the candidate's fixed cost, on its first module only. `year` is when it opens,
    None where the study names no year. `purposes` are the requirements it adds to. `loss` is what
    the plan loses without all that it opens in the candidate, `alternative` what could best take
    the place of all that, None where nothing could. `facility` is its row among the facilities of
    the town with the plan.
    """

    candidate: int
    candidate_id: str
    source_class: str
    service: str
    module: str
    places: int
    beds: int
    nursing_beds: int
    floor_m2: float
    land_m2: float
    conversion_yuan: float
    opening_yuan: float
    year: int | None
    because_zh: str
    because_en: str
    purposes: tuple[Purpose, ...]
    loss: Loss
    alternative: Alternative | None
    action: Action
    facility: int

    @property
    def cost_yuan(self) -> float:
        """All of it [yuan]."""
        return self.conversion_yuan + self.opening_yuan


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A requirement that the plan leaves short: by how much [the finding's unit], and why.

    `relaxations` are what would meet it, the first of them the least.
    """

    clause_id: str
    level: str
    unit_id: str
    missing: float
    unit: Unit
    because_zh: str
    because_en: str
    relaxations: tuple[Relaxation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanYear:
    """One year of a plan: what opens in it, and how things stand at its end.

    `sites` [candidates] and `yuan` [yuan] of the year; `people_short` [persons] are left without by
    all that is due by then; `findings` are the year's own. `year` is None where the study names
    none.
    """

    year: int | None
    sites: int
    yuan: float
    people_short: float
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingPlan:
    """The recommendation, recomputed and audited.

    `objective_yuan` and `bound_yuan` [yuan], `gap` their relative distance; `people_short` and its
    bound [persons], summed over requirements; `stages` what came of each aim. `situation` and
    `findings` are the town with the plan built; `alternatives_sought` is False where it is too
    large to look for an alternative to each site; `candidates` are those of the study, then the
    facilities that it may change; `years` how it comes to be, the last year last.
    `not_posed` are requirements not met that no site
    can be asked to meet.
    """

    status: Status
    objective_yuan: float
    bound_yuan: float
    gap: float
    people_short: float
    people_short_bound: float
    stages: tuple[Stage, ...]
    years: tuple[PlanYear, ...]
    sites: tuple[PlannedSite, ...]
    unmet: tuple[Unmet, ...]
    alternatives_sought: bool
    candidates: Candidates
    situation: Situation
    findings: tuple[Finding, ...]
    not_posed: tuple[NotPosed, ...]

    @property
    def is_cost_sought(self) -> bool:
        """Whether the least cost was an aim, so that bound and gap say something."""
        return not self.stages or any(stage.aim == "yuan" for stage in self.stages)
