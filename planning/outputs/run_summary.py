"""``summary.json``: every figure of a run, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, get_args

import numpy as np
import pandas as pd

from planning.demand import TOTAL
from planning.outputs.plain_rows import plain_rows
from planning.outputs.run_words import said_of
from planning.outputs.what_if_counts import what_if_counts
from planning.result import StudyResult
from planning.standards import Verdict

_BESIDE_THE_PLAN = ("frontier", "frontier_coverage", "robustness", "robustness_coverage")
"""Tables of what was asked for beside the plan: they are part of it."""


def summary(result: StudyResult, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """The run in one JSON, with the rows of its `tables` (`tables_of`)."""
    town = result.town
    return {
        "study": town.study.name,
        "title": town.area.name,
        "scenario": town.scenario,
        "digest": result.digest,
        "what_if": what_if_counts(town),
        "epsg": town.area.epsg,
        "documents": [
            {"id": p.standard.id, "short": p.standard.short, "document": p.standard.document}
            for p in town.documents
        ],
        **said_of(town),
        "walking": town.network.profile.record(),
        "people_year": town.demand.year,
        "base_year": None if town.demand.base is None else town.demand.base.year,
        "people": _people(result),
        "network": _network(result),
        "coverage": plain_rows(tables["coverage"]),
        "findings": plain_rows(tables["findings"]),
        "plan": _plan(result, tables),
        "notes": [asdict(note) for note in town.notes],
        "licences": sorted({source.licence for source in town.sources}),
        "capacity": plain_rows(tables["capacity"]) if "capacity" in tables else [],
        "access": plain_rows(tables["access"]) if "access" in tables else [],
    }


def _people(result: StudyResult) -> dict[str, dict[str, float]]:
    town = result.town
    on = town.demand_snaps.on_network
    demand = town.demand
    held = {
        group: {
            "in_area": demand.total(group),
            "snapped": demand.total(group, on),
            "unreachable_from_network": demand.total(group, ~on),
        }
        for group in demand.people
    }
    if demand.base is not None:
        for group, people in demand.base.people.items():
            held[group] |= {"in_area_base": people}
    held[TOTAL] |= {
        "in_raster": demand.people_in_source,
        "outside_area": demand.people_outside,
        "moved_in": demand.total(TOTAL, demand.is_planned),
        "moved_out": demand.people_gone,
    }
    return held


def _network(result: StudyResult) -> dict[str, Any]:
    town = result.town
    network = town.network
    part = town.demand_snaps.component(network)
    km = network.component_km()
    people = np.bincount(
        part[part >= 0], weights=town.demand.people["total"][part >= 0], minlength=len(km)
    )
    nodes = np.bincount(network.component, minlength=len(km))
    return {
        "nodes": network.n_nodes,
        "edges": network.n_edges,
        "km": float(km.sum()),
        "components": [
            {"component": i, "nodes": int(nodes[i]), "km": float(km[i]), "people": float(people[i])}
            for i in range(len(km))
        ],
        "left_out": {entry.reason: entry.count for entry in network.set_aside},
    }


def _plan(result: StudyResult, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any] | None:
    found, plan = result.plan, tables["plan"]
    if found is None:
        return None
    return {
        "status": str(found.status),
        "objective_yuan": found.objective_yuan,
        "bound_yuan": found.bound_yuan,
        "gap": found.gap,
        "people_short": found.people_short,
        "people_short_bound": found.people_short_bound,
        "stages": [
            {
                "aim": stage.aim,
                "found": stage.found,
                "bound": stage.bound,
                "gap": stage.gap,
                "status": str(stage.status),
            }
            for stage in found.stages
        ],
        "years": [
            {
                "year": year.year,
                "sites": year.sites,
                "yuan": year.yuan,
                "people_short": year.people_short,
                "findings": _verdicts(year.findings),
            }
            for year in found.years
        ],
        "sites_opened": int(plan["site"].nunique()),
        "places": int(plan["places"].sum()),
        "land_m2": float(plan["land_m2"].sum()),
        "elder_land_m2": float(np.nansum(found.situation.facilities.elder_land_m2))
        - float(np.nansum(result.situation.facilities.elder_land_m2)),
        "floor_m2": float(plan["floor_m2"].sum()),
        "cost_yuan": float(plan["cost_yuan"].sum()),
        "findings_before": _verdicts(result.findings),
        "findings_after": _verdicts(found.findings),
        "requirements_not_posed": len(found.not_posed),
        "sites": plain_rows(plan),
        "unmet": plain_rows(tables["unmet"]),
        **{name: plain_rows(tables[name]) for name in _BESIDE_THE_PLAN if name in tables},
    }


def _verdicts(findings: Any) -> dict[str, int]:
    """Requirements by verdict; benchmarks are not counted."""
    binding = [f.verdict for f in findings if f.role == "requirement"]
    return {verdict: binding.count(verdict) for verdict in get_args(Verdict)}
