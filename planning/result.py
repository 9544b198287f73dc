"""Everything that came of a study: the noun the writers read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from planning.access import Ledger, Way
from planning.area import StudyArea
from planning.demand import Demand
from planning.facilities import Candidates, Facilities
from planning.network import Snaps, StreetNetwork
from planning.provenance import Note, RowNote, Source
from planning.provision import Provision, farthest_ms
from planning.siting import SitingPlan
from planning.siting.frontier import Funded
from planning.siting.picked import PickedSite
from planning.siting.regret import Robustness
from planning.standards import Figures, Finding, Profile, Situation
from planning.standards.asks import TravelTimeCoverage
from planning.study import Study
from planning.travel import Audience, Reach
from planning.units import limit_ms

State = Literal["now", "after"]
"""How the town stands today, or with the plan built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedCost:
    """What the sites of a scenario cost [yuan], beside those of which nobody says (`unknown`)."""

    yuan: float
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """All inputs of a study, read, checked, and standing on the network.

    `profile` is what holds, `beside` are documents it is held against as well, `shown` the ids of
    all of them in the order in which they are shown; `ways` the modes of
    travel, walking among them. `crowd` is the demand made ready for searches, from `demand_snaps`;
    `figures` are those that a statistics office gives, none where the study names no table;
    `row_notes` are the remarks on single rows of registers; `picked` the rows of a plan made by
    hand, None where one is to be sought. A hypothetical present (`study.what_if`) is laid over all
    of it: `absent` are functions that only facilities did which it takes away, `added_cost` what
    its sites cost, None where it adds none.
    """

    study: Study
    scenario: str | None
    area: StudyArea
    demand: Demand
    network: StreetNetwork
    facilities: Facilities
    candidates: Candidates | None
    demand_snaps: Snaps
    crowd: Audience
    facility_snaps: Snaps
    candidate_snaps: Snaps | None
    profile: Profile
    beside: tuple[Profile, ...]
    ways: Mapping[str, Way]
    figures: Figures
    sources: tuple[Source, ...]
    notes: tuple[Note, ...]
    row_notes: tuple[RowNote, ...]
    shown: tuple[str, ...] = ()
    picked: tuple[PickedSite, ...] | None = None
    absent: frozenset[str] = frozenset()
    added_cost: AddedCost | None = None

    @property
    def documents(self) -> tuple[Profile, ...]:
        """Every document the town is held against, in the order in which they are shown."""
        order = {name: rank for rank, name in enumerate(self.shown)}
        documents = (self.profile, *self.beside)
        return tuple(sorted(documents, key=lambda p: order.get(p.standard.id, -1)))

    @property
    def sites(self) -> Snaps:
        """Where the facilities stand, then the candidates: the rows of the walking reach."""
        if self.candidate_snaps is None:
            return self.facility_snaps
        return self.facility_snaps.joined(self.candidate_snaps)

    @property
    def longest_ms(self) -> int:
        """The longest walk that any service, access or clause asks about [ms]."""
        limits = [service.limit_min for service in self.study.services.values()]
        asked = [clause.measure for clause in self.profile.clauses]
        limits += [
            float(ask.limit_min)
            for ask in asked
            if isinstance(ask, TravelTimeCoverage) and ask.mode == "walk" and ask.limit_min
        ]
        return max(*map(limit_ms, limits), *map(farthest_ms, self.study.services.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Whom a study plans for, under one scenario: the people as counted, and as projected.

    `later` is None where the study projects nobody.
    """

    study: Study
    scenario: str | None
    area: StudyArea
    counted: Demand
    later: Demand | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSpeed:
    """How many people one service covers today at one walking speed."""

    service: str
    speed_m_s: float
    ledger: Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyResult:
    """A town, how it stands today, and what is recommended.

    `speed_band` holds today's coverage at the slow, the study's and the fast walking speed; empty
    where it was not asked for.
    `frontier` is what each of several budgets buys, from the smallest up, empty likewise;
    `robustness` every plan in every world, None likewise.
    `resumed` are the stages that an interrupted run had kept, `asides` what only who waits for this
    run ought to know.
    `reach` holds the facilities first, then the candidates, within the longest limit. `plan` is
    None where no siting was asked for. `provision` is who gets a place and who has how much, now
    and, with a plan, after; empty where no service asks.
    """

    town: Town
    situation: Situation
    findings: tuple[Finding, ...]
    findings_beside: tuple[tuple[Finding, ...], ...]
    reach: Reach
    speed_band: tuple[AtSpeed, ...]
    plan: SitingPlan | None
    provision: Mapping[State, Provision]
    digest: str
    seconds: dict[str, float]
    frontier: tuple[Funded, ...] = ()
    robustness: Robustness | None = None
    resumed: tuple[str, ...] = ()
    asides: tuple[Note, ...] = ()

    def findings_of(self, profile: Profile) -> tuple[Finding, ...]:
        """What was found of one of the town's documents, as things stand."""
        documents = (self.town.profile, *self.town.beside)
        found = (self.findings, *self.findings_beside)
        at = next(n for n, one in enumerate(documents) if one.standard.id == profile.standard.id)
        return found[at]

    def situation_of(self, state: State) -> Situation:
        """What is so today, or with the plan."""
        if state == "now":
            return self.situation
        assert self.plan is not None
        return self.plan.situation
