"""A study as it stands, in memory: read, walked and judged, with a plan that was made before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd

from planning.inputs.remarks import with_remarks
from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.judging import findings_of, situation_of
from planning.outputs.cards import cards_of
from planning.outputs.run_summary import summary
from planning.outputs.run_tables import tables_of
from planning.progress import Progress
from planning.proposing import audited, propose
from planning.result import StudyResult
from planning.run_record import run_digest
from planning.study import Study, TableSpec


def standing(
    study_path: Path,
    *,
    data_dir: Path,
    scenario: str | None,
    plan_table: Path | None = None,
    progress: Progress,
) -> tuple[StudyResult, gpd.GeoDataFrame]:
    """What `planning assess` finds, nothing written, and the base map of its streets.

    `plan_table` is the plan.csv of a run: its rows are built again and audited, not sought.
    """
    study = _with_plan(read_study(study_path, scenario), plan_table)
    town, basemap = read_town(study, data_dir, scenario=scenario, progress=progress)
    town = with_remarks(town)
    found = town.ways["walk"].reach(town.sites, limit_ms=town.longest_ms, progress=progress)
    situation = situation_of(town)
    findings = findings_of(town, situation, town.profile)
    beside = tuple(findings_of(town, situation, one) for one in town.beside)
    plan = None
    if town.picked is not None:
        proposal = propose(town, situation, findings, found, progress)
        plan = audited(town, situation, proposal)
    result = StudyResult(
        town=town,
        situation=situation,
        findings=findings,
        findings_beside=beside,
        reach=found,
        speed_band=(),
        plan=plan,
        provision={},
        digest=run_digest(town, until="assess", speed_band=False, budgets=None, robust=False),
        seconds={},
    )
    return result, basemap


def figures_of(result: StudyResult) -> dict[str, Any]:
    """Every figure of a result by the keys of `summary.json`."""
    return summary(result, tables_of(result, cards_of(result)))


def _with_plan(study: Study, plan_table: Path | None) -> Study:
    """The study with a plan to be built again in place of any that it names; none where None."""
    if study.siting is None:
        return study
    picked = None if plan_table is None else TableSpec(path=str(plan_table.resolve()))
    siting = study.siting.model_copy(update={"picked": picked})
    return study.model_copy(update={"siting": siting})
