"""The town as it stands, ready to be held against the clauses."""

from __future__ import annotations

from planning.access import Coverage
from planning.result import Town
from planning.standards import (
    Clause,
    Finding,
    Profile,
    Situation,
    binding_levels,
    evaluate,
    walks,
)
from planning.units import limit_ms


def situation_of(town: Town) -> Situation:
    """What is so today: who is covered, what is there, which walks the clauses ask about."""
    services, year = town.study.services, town.study.standards.year
    functions = {name: frozenset(s.functions) for name, s in services.items()}
    return Situation(
        area=town.area,
        demand=town.demand,
        facilities=town.facilities,
        functions=functions,
        group={name: s.group for name, s in services.items()},
        coverage=coverage_of(town),
        goals=town.study.standards.goals,
        base=town.study.population.base,
        candidates=town.candidates,
        figures=town.figures,
        walks=walks(
            _clauses(town),
            town.facilities,
            town.ways,
            year=year,
            strict_tiers=town.profile.readings["tiers"] == "strict",
        ),
        year=year,
        absent=town.absent.union(*([] if town.study.facilities else functions.values())),
    )


def coverage_of(town: Town) -> dict[str, Coverage]:
    """Who walks to each service's nearest facility of today within its limit."""
    return {
        name: town.ways["walk"].coverage_by(
            town.facility_snaps,
            counting=town.facilities.offering(frozenset(service.functions)),
            limit_ms=limit_ms(service.limit_min),
        )
        for name, service in town.study.services.items()
    }


def findings_of(town: Town, situation: Situation, profile: Profile) -> tuple[Finding, ...]:
    """What a document finds of a situation of the town, at the levels that the study adopts."""
    return evaluate(profile, situation, levels_of(town, profile))


def levels_of(town: Town, profile: Profile) -> dict[str, tuple[str, ...]]:
    """At which levels of the town each clause of a document is judged."""
    spec = town.study.standards
    return binding_levels(profile, spec.levels, spec.year)


def _clauses(town: Town) -> list[Clause]:
    """The clauses of every document the town is held against."""
    return [clause for profile in (town.profile, *town.beside) for clause in profile.clauses]
