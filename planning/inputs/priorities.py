"""Groups that come first: what a study asks for them beyond the document, as clauses of its own."""

from __future__ import annotations

from collections.abc import Iterator

from planning.standards import Clause, Standard
from planning.study import PrioritySpec, ServiceSpec, Study
from planning.units import rational

DOCUMENT = "本研究设定 set by this study"


def with_priorities(standard: Standard, study: Study, top_level: str) -> Standard:
    """The document with the floors that the study sets for its priority groups.

    They are judged, posed and audited like any clause. `top_level` is where a floor holds that
    names no level.
    """
    own = tuple(_clauses(study, top_level))
    return standard.model_copy(update={"clauses": (*standard.clauses, *own)})


def _clauses(study: Study, top_level: str) -> Iterator[Clause]:
    for service_name, service in study.services.items():
        for group, priority in service.priorities.items():
            yield _clause(study, service_name, service, group, priority, top_level)


def _clause(
    study: Study,
    service_name: str,
    service: ServiceSpec,
    group: str,
    priority: PrioritySpec,
    top_level: str,
) -> Clause:
    label = study.groups[group].label
    return Clause(
        id=f"study/{service_name}/{group}",
        article=f"重点人群：{label}",
        quote=priority.source,
        title_zh=f"{label}{service.label}覆盖",
        title_en=f"{service_name} within reach of {group}",
        service=service_name,
        measure="travel_time_coverage",
        value=priority.at_least,
        unit="比例",
        per=label,
        levels=priority.levels or (top_level,),
        limit_min=rational(service.limit_min),
        strength="binding",
        reading=f"未覆盖者每人按 {priority.weight:g} 人计 "
        f"each left out counts as {priority.weight:g}",
        document=DOCUMENT,
        group=group,
        weight=rational(priority.weight),
    )
