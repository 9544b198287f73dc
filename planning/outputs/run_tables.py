"""The tables of a run by the names of their files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from planning.districts import sheets_of, sites_of
from planning.outputs.cards import Cards, scorecard_frame
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
from planning.outputs.inert_csv import write_csv
from planning.result import StudyResult


def tables_of(result: StudyResult, cards: Cards) -> dict[str, pd.DataFrame]:
    """Every table that a result has something for, in the columns of `planning.tables`."""
    town = result.town
    tables = {
        "findings": findings_frame(result),
        "scorecard": scorecard_frame(result, cards),
        "coverage": coverage_frame(result),
        "loads": loads_frame(result),
        "goings": goings_frame(result),
        "plan": plan_frame(result),
        "unmet": unmet_frame(result),
        "data_check": data_check_frame(town),
    }
    provided = {"capacity": capacity_frame(result), "access": access_frame(result)}
    tables |= {name: frame for name, frame in provided.items() if len(frame)}
    if result.speed_band:
        tables["speed_band"] = speed_band_frame(result)
    if town.area.residential is not None:
        tables["residential_areas"] = residential_frame(town)
        tables["obligations"] = obligations_frame(sheets_of(result))
        tables["area_sites"] = area_sites_frame(town, sites_of(result))
    if result.frontier:
        tables["frontier"] = frontier_frame(result)
        tables["frontier_coverage"] = frontier_coverage_frame(result)
    if result.robustness is not None:
        tables["robustness"] = robustness_frame(result)
        tables["robustness_coverage"] = robustness_coverage_frame(result)
    return tables


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> tuple[Path, ...]:
    """Write ``<name>.csv`` each, into a folder that is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in tables.items():
        paths.append(folder / f"{name}.csv")
        write_csv(table, paths[-1])
    return tuple(paths)
