"""The run folder: complete or absent. Written aside under another name, then renamed."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import numpy as np
import pandas as pd

from planning.demand import TOTAL
from planning.districts import sheets_of, sites_of
from planning.errors import InputError, fail
from planning.outputs.bilingual import Lang
from planning.outputs.cards import cards_of, scorecard_frame
from planning.outputs.edition import Edition
from planning.outputs.frames.district import area_sites_frame, obligations_frame
from planning.outputs.frames.frontier import frontier_coverage_frame, frontier_frame
from planning.outputs.frames.loads import goings_frame, loads_frame
from planning.outputs.frames.provision import access_frame, capacity_frame
from planning.outputs.frames.results import (
    coverage_frame,
    data_check_frame,
    findings_frame,
    plan_frame,
    residential_frame,
    speed_band_frame,
    unmet_frame,
)
from planning.outputs.frames.robustness import robustness_coverage_frame, robustness_frame
from planning.outputs.gis import write_gis, write_gis_metadata
from planning.outputs.inert_csv import write_csv as _write_csv
from planning.outputs.map.content import map_content
from planning.outputs.map.maps import write_map
from planning.outputs.pages.reasons import write_reasons
from planning.outputs.pages.scorecard import write_scorecard
from planning.outputs.pages.tradeoffs import write_tradeoffs
from planning.outputs.plain_rows import plain_rows
from planning.outputs.privacy.publishing import write_published
from planning.outputs.reach_file import write_reach
from planning.outputs.report import write_report
from planning.outputs.run_words import said_of
from planning.outputs.workbook import write_workbook
from planning.progress import Progress
from planning.provenance import RunRecord
from planning.result import StudyResult
from planning.standards import Verdict


def check_out_dir(out_dir: Path) -> None:
    """Refuse a place where no run folder can be made, before the work rather than after it."""
    for place in (out_dir, *out_dir.parents):
        if place.exists():
            if place.is_dir() and os.access(place, os.W_OK):
                return
            raise fail(
                InputError,
                f"--out {out_dir}",
                found=(f"{place} 是文件或不可写", f"{place} is a file, or may not be written"),
                expected=("可写的文件夹", "a folder that may be written"),
                to_do=("换一个 --out", "give another --out"),
            )


def write_run(
    result: StudyResult,
    basemap: gpd.GeoDataFrame,
    out_dir: Path,
    *,
    record: RunRecord,
    progress: Progress,
    edition: Edition,
) -> Path:
    """Write every deliverable below `out_dir`; returns ``out_dir/<study>-<digest>``.

    The name ends in what tells the `edition` from the usual one.
    An older run of the same digest is moved aside and then removed, or put back where the new one
    cannot take its place; a failed write leaves nothing.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    folder = out_dir / f"{result.town.study.name}-{result.digest}{edition.suffix}"
    aside = out_dir / f".{folder.name}.partial-{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        begin = time.perf_counter()
        if edition.suppress_below is None:
            _write_all(result, basemap, aside, record, progress, edition)
        else:
            write_published(
                result, aside, below=edition.suppress_below, record=record, progress=progress,
                lang=edition.lang,
            )  # fmt: skip
        seconds = {**result.seconds, "write": round(time.perf_counter() - begin, 3)}
        _write_json(asdict(replace(record, seconds=seconds)), aside / "record.json")
        if folder.exists():
            old = out_dir / f".{folder.name}.old-{os.getpid()}"
            folder.rename(old)
            try:
                aside.rename(folder)
            except OSError:
                old.rename(folder)
                raise
            shutil.rmtree(old)
        else:
            aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return folder


def _write_all(
    result: StudyResult,
    basemap: gpd.GeoDataFrame,
    folder: Path,
    record: RunRecord,
    progress: Progress,
    edition: Edition,
) -> None:
    lang = edition.lang
    with progress.step("写出成果", "writing the deliverables", 4) as step:
        findings, coverage = findings_frame(result), coverage_frame(result)
        plan, unmet = plan_frame(result), unmet_frame(result)
        _write_csv(findings, folder / "findings.csv")
        cards = cards_of(result)
        _write_csv(scorecard_frame(result, cards), folder / "scorecard.csv")
        _write_csv(coverage, folder / "coverage.csv")
        _write_csv(loads_frame(result), folder / "loads.csv")
        _write_csv(goings_frame(result), folder / "goings.csv")
        provided = {"capacity": capacity_frame(result), "access": access_frame(result)}
        for name, frame in provided.items():
            if len(frame):
                _write_csv(frame, folder / f"{name}.csv")
        if result.speed_band:
            _write_csv(speed_band_frame(result), folder / "speed_band.csv")
        tradeoffs = _tradeoffs(result)
        for name, frame in tradeoffs.items():
            _write_csv(frame, folder / f"{name}.csv")
        _write_csv(plan, folder / "plan.csv")
        _write_csv(unmet, folder / "unmet.csv")
        _write_csv(data_check_frame(result.town), folder / "data_check.csv")
        if result.town.area.residential is not None:
            _write_csv(residential_frame(result.town), folder / "residential_areas.csv")
            _write_csv(obligations_frame(sheets_of(result)), folder / "obligations.csv")
            _write_csv(area_sites_frame(result.town, sites_of(result)), folder / "area_sites.csv")
        said = summary(result, findings, coverage, plan, unmet)
        said |= {name: plain_rows(frame) for name, frame in provided.items()}
        if tradeoffs:
            said["plan"] |= {name: plain_rows(frame) for name, frame in tradeoffs.items()}
        _write_json(said, folder / "summary.json")
        step.advance()
        write_reach(result, folder / "reach.npz")
        step.advance()
        gis = write_gis(result, plan, folder)
        step.advance()
        write_workbook(folder / "tables.xlsx", result, lang=lang)
        write_scorecard(folder / "scorecard.html", result, cards, lang=lang)
        if tradeoffs:
            write_tradeoffs(folder / "tradeoffs.html", result, lang=lang)
        if result.plan is not None:
            write_reasons(folder / "reasons.html", result, lang=lang)
        shown = map_content(
            result, findings, plan, basemap, lang=lang, tianditu_key=edition.tianditu_key
        )
        write_map(folder / "map.html", shown)
        step.advance()
    figures = _write_sheets(result, basemap, folder, progress, lang) if edition.sheets else {}
    write_report(folder / "report.docx", result, record=record, figures=figures, lang=lang)
    write_gis_metadata(result, gis, folder, record=record, lang=lang)


def _write_sheets(
    result: StudyResult, basemap: gpd.GeoDataFrame, folder: Path, progress: Progress, lang: Lang
) -> dict[str, Path]:
    """The map sheets; their pictures by title, as they stand in the report."""
    # Drawing libraries take a second to load, which other commands need not wait for.
    from planning.outputs.sheets import write_sheets

    with progress.step("绘制图集", "drawing the map sheets"):
        written = write_sheets(folder / "sheets", result, basemap, lang=lang)
    pngs = [path for path in written if path.suffix == ".png"]
    return {path.stem.split("_", 1)[1].replace("_", " "): path for path in pngs}


def _tradeoffs(result: StudyResult) -> dict[str, pd.DataFrame]:
    """The tables of what was asked for beside the plan."""
    frames: dict[str, pd.DataFrame] = {}
    if result.frontier:
        frames |= {
            "frontier": frontier_frame(result),
            "frontier_coverage": frontier_coverage_frame(result),
        }
    if result.robustness is not None:
        frames |= {
            "robustness": robustness_frame(result),
            "robustness_coverage": robustness_coverage_frame(result),
        }
    return frames


def write_tables(frames: Mapping[str, pd.DataFrame], folder: Path) -> tuple[Path, ...]:
    """Tables by themselves, ``<name>.csv`` each, in a folder that is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, frame in frames.items():
        paths.append(folder / f"{name}.csv")
        _write_csv(frame, paths[-1])
    return tuple(paths)


def _write_json(content: Any, path: Path) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def summary(
    result: StudyResult,
    findings: pd.DataFrame,
    coverage: pd.DataFrame,
    plan: pd.DataFrame,
    unmet: pd.DataFrame,
) -> dict[str, Any]:
    """The run in one JSON: people, network, coverage, findings, plan, notes."""
    town = result.town
    return {
        "study": town.study.name,
        "title": town.area.name,
        "scenario": town.scenario,
        "digest": result.digest,
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
        "coverage": plain_rows(coverage),
        "findings": plain_rows(findings),
        "plan": _plan(result, plan, unmet),
        "notes": [asdict(note) for note in town.notes],
        "licences": sorted({source.licence for source in town.sources}),
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


def _plan(result: StudyResult, plan: pd.DataFrame, unmet: pd.DataFrame) -> dict[str, Any] | None:
    found = result.plan
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
        "unmet": plain_rows(unmet),
    }


def _verdicts(findings: Any) -> dict[str, int]:
    """Requirements by verdict; benchmarks are not counted."""
    binding = [f.verdict for f in findings if f.role == "requirement"]
    return {verdict: binding.count(verdict) for verdict in get_args(Verdict)}
