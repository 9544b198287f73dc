"""Everything that came of a study: the noun the writers read."""

from __future__ import annotations

from dataclasses import dataclass

from planning.area import StudyArea
from planning.demand import Demand
from planning.facilities import Candidates, Facilities
from planning.network import Snaps, StreetNetwork
from planning.provenance import Note, Source
from planning.siting import SitingPlan
from planning.standards import Finding, Situation, Standard
from planning.study import Study
from planning.travel import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """All inputs of a study, read, checked, and standing on the network."""

    study: Study
    scenario: str | None
    area: StudyArea
    demand: Demand
    network: StreetNetwork
    facilities: Facilities
    candidates: Candidates | None
    demand_snaps: Snaps
    facility_snaps: Snaps
    candidate_snaps: Snaps | None
    standard: Standard
    sources: tuple[Source, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyResult:
    """A town, how it stands today, and what is recommended.

    `reach` holds the facilities first, then the candidates, within the longest limit. `plan` is
    None where no siting was asked for.
    """

    town: Town
    situation: Situation
    findings: tuple[Finding, ...]
    reach: Reach
    plan: SitingPlan | None
    digest: str
    seconds: dict[str, float]
