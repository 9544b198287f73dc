"""The recommended plan as the page has it: edits to start from, and what it comes to."""

from __future__ import annotations

from typing import Any

import numpy as np

from planning.buildable import changes_of, modules_of
from planning.outputs.whatif.arrays import packed
from planning.result import StudyResult
from planning.siting import Change, Module, PlannedSite, SitingPlan

FAR_MS = 2**31 - 1
"""The time to where nobody can walk, in the page's arrays."""


def plan_data(result: StudyResult) -> dict[str, Any] | None:
    """Edits (`scenario`), actions that are none (`not_shown`), walks and cost; None without a plan.

    A change that only adds places, beds or floor is a resizing; one that turns a facility into
    another, or shuts it, has no edit of the page and is named.
    """
    plan = result.plan
    if plan is None:
        return None
    modules = {(one.service, one.name): one for one in modules_of(result.town.study)}
    changes = {(one.service, one.name): one for one in changes_of(result.town.study)}
    built = [site for site in plan.sites if site.action == "build"]
    others = [site for site in plan.sites if site.action != "build"]
    grown = [site for site in others if _only_grows(changes.get((site.service, site.module)))]
    return {
        "scenario": {
            "added": [
                _added(number, site, modules[site.service, site.module], plan)
                for number, site in enumerate(built, start=1)
            ],
            "resized": {site.candidate_id: _amounts(site, plan) for site in grown},
        },
        "not_shown": [
            {"id": site.candidate_id, "module": site.module, "action": site.action}
            for site in others
            if site not in grown
        ],
        "yuan": plan.objective_yuan,
        "verdicts": _verdicts(result, plan),
        "ms": {
            service: packed(np.where(one.nearest.site < 0, FAR_MS, one.nearest.ms), "i32")
            for service, one in plan.situation.coverage.items()
        },
    }


def _verdicts(result: StudyResult, plan: SitingPlan) -> list[str]:
    """The verdict with the plan on every finding of the present, in their order."""
    then = {(one.clause_id, one.level, one.unit_id): one.verdict for one in plan.findings}
    return [then[one.clause_id, one.level, one.unit_id] for one in result.findings]


def _added(number: int, site: PlannedSite, module: Module, plan: SitingPlan) -> dict[str, Any]:
    at = site.candidate
    return {
        "id": f"S{number:03}",
        "name": "",
        "service": site.service,
        "kind": site.module,
        "size": round(site.floor_m2 / module.floor_m2_per_unit),
        "x_m": float(plan.candidates.x_m[at]),
        "y_m": float(plan.candidates.y_m[at]),
        "candidate": site.candidate_id,
        "yuan": None,
    }


def _only_grows(change: Change | None) -> bool:
    """Whether a change leaves a facility what it is, only larger."""
    if change is None or change.closes:
        return False
    said = (change.adds, change.drops, change.traits, change.operator)
    return not any(said) and change.grade < 0 and change.tier_min < 0


def _amounts(site: PlannedSite, plan: SitingPlan) -> dict[str, float]:
    """What a facility holds once it has grown, as far as anybody knows."""
    held = {
        name: float(getattr(plan.situation.facilities, name)[site.facility])
        for name in ("places", "beds", "nursing_beds", "floor_m2")
    }
    return {name: value for name, value in held.items() if np.isfinite(value)}
