"""A comparison as JSON says it: for `--json`, and for whoever reads it with a program."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from planning.outputs.comparison.compared import Comparison, Pair
from planning.outputs.comparison.figure import Figure, Section
from planning.outputs.comparison.site_changes import SiteChange
from planning.outputs.comparison.turned import Turned


def plain_comparison(comparison: Comparison) -> dict[str, Any]:
    """Sides, caveats, figures with differences, and each pair's findings and sites."""
    return {
        "sides": [
            {
                "name": list(side.name),
                "folder": str(side.run.folder),
                "study": side.run.summary["study"],
                "scenario": side.run.scenario,
                "digest": side.run.digest,
                "state": side.state,
            }
            for side in comparison.sides
        ],
        "caveats": [list(caveat) for caveat in comparison.caveats],
        "sections": {section.name: _figures(section) for section in comparison.sections},
        "groups": _figures(comparison.groups),
        "units": [
            {
                "level": one.unit[0],
                "unit_id": one.unit[1],
                "unit_name": one.name,
                "service": one.service,
                "share": list(one.share.values),
                "covered": list(one.covered.values),
                "covered_difference": _differences(one.covered),
            }
            for one in comparison.units
        ],
        "pairs": [_pair(pair) for pair in comparison.pairs],
    }


def _figures(section: Section) -> list[dict[str, Any]]:
    return [
        {
            "subject": list(one.subject),
            "label": list(one.says),
            "form": one.form,
            "values": list(one.values),
            "differences": _differences(one),
            "beside": list(one.beside),
        }
        for one in section.figures
    ]


def _differences(figure: Figure) -> list[float | None]:
    return [figure.difference(at) for at in range(len(figure.values))]


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "base": list(pair.base.name),
        "other": list(pair.other.name),
        "remarks": [list(remark) for remark in pair.remarks],
        "findings": [_turned(one) for one in pair.turned],
        "clauses_only_base": list(pair.clauses_base),
        "clauses_only_other": list(pair.clauses_other),
        "sites": [_site(one) for one in pair.sites],
    }


def _turned(one: Turned) -> dict[str, Any]:
    clause, level, unit = one.key
    return {
        "turn": one.turn,
        "clause_id": clause,
        "level": level,
        "unit_id": unit,
        "unit_name": one.other["unit_name"],
        "role": one.other["role"],
        "document": one.other["document"],
        "article": one.other["article"],
        "verdict_base": one.base["verdict"],
        "verdict": one.other["verdict"],
        "gap_base": one.base["gap"],
        "gap": one.other["gap"],
        "unit": one.other["unit"],
    }


def _site(one: SiteChange) -> dict[str, Any]:
    candidate, lon, lat = one.key
    return {
        "changes": list(one.changes),
        "candidate_id": candidate,
        "lon": lon,
        "lat": lat,
        "unit_name": one.unit_name,
        "base": None if one.base is None else asdict(one.base),
        "other": None if one.other is None else asdict(one.other),
    }
