"""Scenarios side by side: what each costs, whom it covers, which requirements it meets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Figures = Mapping[str, Any]
_COVERAGE = (
    "service", "limit_min", "group", "level", "unit_id", "unit_name", "people", "covered", "share"
)  # fmt: skip
_FINDING = (
    "profile", "clause_id", "article", "document", "level", "unit_id", "unit_name", "role",
    "verdict", "measured", "at_most", "required", "gap", "unit", "people_short", "because_zh",
    "because_en",
)  # fmt: skip
_VERDICTS = ("met", "not_met", "not_assessable")
_WHOLE = "area"


def outlined(summary: Figures) -> dict[str, Any]:
    """Of the figures of `summary.json` those that scenarios are told by: rows by state."""
    states = ("now",) if summary["plan"] is None else ("now", "after")
    return {
        "study": summary["study"],
        "scenario": summary["scenario"],
        "digest": summary["digest"],
        "services": summary["services"],
        "what_if": summary["what_if"],
        "plan_yuan": None if summary["plan"] is None else summary["plan"]["cost_yuan"],
        "notes": summary["notes"],
        **{state: _state(summary, state) for state in states},
    }


def _state(summary: Figures, state: str) -> dict[str, Any]:
    profile = summary["profile"]
    findings = [
        {name: row[name] for name in _FINDING}
        for row in summary["findings"]
        if row["state"] == state and row["profile"] == profile
    ]
    return {
        "coverage": [
            {name: row[name] for name in _COVERAGE}
            for row in summary["coverage"]
            if row["state"] == state
        ],
        "findings": findings,
        "requirements": counted(findings),
    }


def counted(findings: list[dict[str, Any]]) -> dict[str, int]:
    """Requirements by verdict."""
    asked = [row["verdict"] for row in findings if row["role"] == "requirement"]
    return {verdict: asked.count(verdict) for verdict in _VERDICTS}


def column(
    name: str,
    figures: Figures,
    *,
    services: Figures,
    yuan: float | None,
    base: Figures,
) -> dict[str, Any]:
    """One of those compared: `figures` in one state, beside `base`, the present [yuan].

    Coverage of the whole area, of each of the `services` within its own limit.
    """
    verdicts = {_key(row): row["verdict"] for row in base["findings"]}
    turned = [
        {**{key: row[key] for key in ("clause_id", "article", "level", "unit_id", "unit_name")},
         "before": verdicts[_key(row)], "after": row["verdict"]}
        for row in figures["findings"]
        if _key(row) in verdicts and verdicts[_key(row)] != row["verdict"]
    ]  # fmt: skip
    return {
        "name": name,
        "yuan": yuan,
        "coverage": [
            row
            for row in figures["coverage"]
            if row["level"] == _WHOLE and row["limit_min"] == services[row["service"]]["limit_min"]
        ],
        "requirements": figures["requirements"],
        "turned": turned,
    }


def _key(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return row["clause_id"], row["level"], row["unit_id"], row["role"]
