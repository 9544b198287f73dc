"""A run folder for publication: what can be shown without small counts of people, and no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from planning.outputs.bilingual import Lang
from planning.outputs.cards import cards_of, scorecard_frame
from planning.outputs.frames.results import coverage_frame, findings_frame, plan_frame, unmet_frame
from planning.outputs.gis import write_gis, write_gis_metadata
from planning.outputs.inert_csv import write_csv
from planning.outputs.pages.scorecard import write_scorecard
from planning.outputs.plain_rows import plain_rows
from planning.outputs.privacy.published_findings import published_words
from planning.outputs.privacy.suppression import Suppression
from planning.outputs.reach_file import write_reach
from planning.outputs.run_words import said_of
from planning.outputs.what_if_counts import what_if_counts
from planning.progress import Progress
from planning.provenance import RunRecord
from planning.result import StudyResult

LEFT_OUT = (
    "access", "area_sites", "capacity", "data_check", "frontier", "goings", "loads", "map.html",
    "obligations", "reasons.html", "report.docx", "residential_areas", "robustness", "sheets",
    "speed_band", "tables.xlsx", "tradeoffs.html", "whatif.html",
)  # fmt: skip
"""Deliverables that cannot be suppressed yet, and so are not written."""


def write_published(
    result: StudyResult,
    folder: Path,
    *,
    below: int,
    record: RunRecord,
    progress: Progress,
    lang: Lang = "zh",
) -> None:
    """Write into `folder` what may be published where counts `below` so many people are not.

    Tables and layers show what is hidden as empty, never as 0; deliverables that cannot be
    suppressed are not written, and the metadata name them.
    """
    coverage, plan, unmet = coverage_frame(result), plan_frame(result), unmet_frame(result)
    with progress.step("写出可公布的成果", "writing what may be published", 3) as step:
        suppression = Suppression(result=result, coverage=coverage, below=below)
        shown = suppression.published_result()
        cards = cards_of(shown)
        tables = {
            "findings": findings_frame(shown),
            "scorecard": scorecard_frame(shown, cards),
            "coverage": suppression.published_coverage,
            "plan": suppression.published_plan(plan),
            "unmet": suppression.published_unmet(unmet),
        }
        step.advance()
        for name, frame in tables.items():
            write_csv(frame, folder / f"{name}.csv")
        write_scorecard(folder / "scorecard.html", shown, cards, lang=lang)
        write_reach(result, folder / "reach.npz")
        said = published_summary(shown, tables, below=below)
        text = json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False)
        (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
        step.advance()
        gis = write_gis(shown, tables["plan"], folder, published=suppression.published_layers)
        remarks = [
            note
            for note in result.town.notes
            if published_words((note.zh, note.en), below) == (note.zh, note.en)
        ]
        write_gis_metadata(
            shown,
            gis,
            folder,
            record=record,
            lang=lang,
            left_out=[_what_is_left_out(below)],
            remarks=remarks,
        )
        step.advance()


def published_summary(
    result: StudyResult, tables: dict[str, pd.DataFrame], *, below: int
) -> dict[str, Any]:
    """What ``summary.json`` says of a run that is published: the tables, and how it was done."""
    town = result.town
    return {
        "study": town.study.name,
        "title": town.area.name,
        "scenario": town.scenario,
        "digest": result.digest,
        "suppressed_below": below,
        "what_if": what_if_counts(town),
        "epsg": town.area.epsg,
        "documents": [
            {"id": p.standard.id, "short": p.standard.short, "document": p.standard.document}
            for p in town.documents
        ],
        **said_of(town),
        "walking": town.network.profile.record(),
        "people_year": town.demand.year,
        "coverage": plain_rows(tables["coverage"]),
        "findings": plain_rows(tables["findings"]),
        "plan": None if result.plan is None else _plan(result, tables),
        "licences": sorted({source.licence for source in town.sources}),
    }


def _plan(result: StudyResult, tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """The plan without people left short: a sum of what is withheld."""
    assert result.plan is not None
    sites = tables["plan"]
    return {
        "status": str(result.plan.status),
        "objective_yuan": result.plan.objective_yuan,
        "bound_yuan": result.plan.bound_yuan,
        "gap": result.plan.gap,
        "sites_opened": int(sites["site"].nunique()),
        "places": int(sites["places"].sum()),
        "land_m2": float(sites["land_m2"].sum()),
        "floor_m2": float(sites["floor_m2"].sum()),
        "cost_yuan": float(sites["cost_yuan"].sum()),
        "sites": plain_rows(sites),
        "unmet": plain_rows(tables["unmet"]),
    }


def _what_is_left_out(below: int) -> tuple[str, str]:
    names = ", ".join(LEFT_OUT)
    return (
        f"不足 {below} 人的数字不公布（--suppress-below {below}），并另隐去可由合计推出它们的数字，"
        "空白即隐去或没有数据；"
        f"尚不能隐去小数的成果未写出：{names}",
        f"counts below {below} people are not published (--suppress-below {below}), nor those that "
        f"would give them away: empty is hidden or absent; not written, as it cannot be suppressed "
        f"yet: {names}",
    )
