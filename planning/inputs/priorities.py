"""Groups that come first: what a study asks for them beyond the document, as clauses of its own."""

from __future__ import annotations

from collections.abc import Iterator

from planning.standards import Clause, Which
from planning.standards.asks import TravelTimeCoverage
from planning.standards.terms import Level
from planning.study import PrioritySpec, ServiceSpec, Study
from planning.units import rational

DOCUMENT = "本研究设定 set by this study"


def priority_clauses(study: Study, top_level: Level) -> Iterator[Clause]:
    """The floors that the study sets for its priority groups.

    They are judged, posed and audited like any clause. `top_level` is where a floor holds that
    names no level.
    """
    for service_name, service in study.services.items():
        for group, priority in service.priorities.items():
            yield _clause(study, service_name, service, group, priority, top_level)


def _clause(
    study: Study,
    service_name: str,
    service: ServiceSpec,
    group: str,
    priority: PrioritySpec,
    top_level: Level,
) -> Clause:
    label = study.groups[group].label
    return Clause(
        id=f"study/{service_name}/{group}",
        key=f"study_{service_name}_{group}",
        mark="spatial-core",
        article=f"重点人群：{label}",
        quote=priority.source,
        title_zh=f"{label}{service.label}覆盖",
        title_en=f"{service_name} within reach of {group}",
        service=service_name,
        measure=TravelTimeCoverage(
            kind="travel_time_coverage",
            which=Which(does=" | ".join(service.functions)),
            group=group,
            limit_min=rational(service.limit_min),
        ),
        operator=">=",
        value=100 * priority.at_least,
        unit="%",
        per=label,
        levels=priority.levels or (top_level,),
        strength="binding",
        reading_zh=f"未覆盖者每人按 {priority.weight:g} 人计",
        reading_en=f"each left out counts as {priority.weight:g}",
        document=DOCUMENT,
        weight=rational(priority.weight),
    )
