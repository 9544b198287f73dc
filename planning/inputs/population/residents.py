"""Everybody the study plans for: counted, placed, fitted to official totals, parted into groups."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

import numpy as np
import shapely

from planning.area import StudyArea
from planning.demand import TOTAL, Demand, PopulationCells, demand_points, with_groups
from planning.errors import Fault, InputError, fail, raise_all
from planning.inputs.population.counts import check_total, population_path, read_population
from planning.inputs.population.group_tables import with_counted_groups
from planning.inputs.population.groups import group_shares
from planning.inputs.population.land_of_totals import (
    cells_of_totals,
    check_all_placed,
    said_empty,
)
from planning.inputs.population.official_totals import fitted_to, fitting_notes, read_totals
from planning.inputs.population.placing import placed
from planning.inputs.population.projection import projected
from planning.inputs.population.unit_figures import UnitFigures
from planning.network import StreetNetwork
from planning.provenance import Note
from planning.study import Study


def read_residents(
    study: Study, area: StudyArea, paths: dict[str, Path], network: StreetNetwork | None
) -> tuple[Demand, tuple[Note, ...]]:
    """Those the study plans for, projected where it says so, and what had to be assumed.

    Without a network, whose own faults will be told, people are not placed.
    """
    demand, notes = count_residents(study, area, paths, network)
    if study.projection is None:
        return demand, notes
    later, assumed = projected(study, study.projection, area, demand, paths)
    return later, (*notes, *assumed)


def count_residents(
    study: Study, area: StudyArea, paths: dict[str, Path], network: StreetNetwork | None
) -> tuple[Demand, tuple[Note, ...]]:
    """The demand points of the area with all their groups, in the year they were counted."""
    spec = study.population
    totals: UnitFigures | None = None
    if spec.totals is not None:
        totals = read_totals(spec.totals, paths["population.totals"], area)
    cells, name, told = _cells(study, area, paths, totals)
    if network is not None:
        cells, how = placed(spec, cells, area, network, paths.get("population.buildings"))
        told = (*told, *how)
    demand = demand_points(cells, area, year=spec.year)
    empty = frozenset(study.area.empty_units)
    if totals is not None and not spec.has_counts:
        empty |= said_empty(totals, area)
    _check_people(study, area, demand, name, empty)
    check_total(study, demand.total(TOTAL), name)
    if totals is not None:
        counted = demand
        demand, found, notes = fitted_to(totals, area, counted)
        if spec.has_counts:
            notes = (*fitting_notes(totals, area, counted, demand.total(TOTAL)), *notes)
        else:
            check_all_placed(totals, area, found, name)
        told = (*told, *notes)
    shares, notes = group_shares(study, area, demand, paths.get("ages"))
    demand, by_table = with_counted_groups(study, area, with_groups(demand, shares), paths)
    return demand, (*told, *notes, *by_table)


def _cells(
    study: Study, area: StudyArea, paths: dict[str, Path], totals: UnitFigures | None
) -> tuple[PopulationCells, str, tuple[Note, ...]]:
    """The counts, or the land of the totals where there are none; and the name of the file."""
    if study.population.has_counts:
        cells, told = read_population(study.population, paths, area)
        return cells, population_path(study.population, paths).name, told
    assert totals is not None
    path = paths["population.totals"]
    return cells_of_totals(totals, area, path), path.name, ()


def _check_people(
    study: Study, area: StudyArea, demand: Demand, name: str, empty: Container[str]
) -> None:
    if not len(demand):
        raise fail(
            InputError,
            f"population: {name}",
            found=("研究范围内没有人口格网", "no inhabited cell inside the study area"),
            expected=("与研究范围重叠的人口数据", "population that overlaps the area"),
            to_do=("检查两者的坐标系与范围", "check the CRS and extent of both"),
        )
    faults = [
        Fault(
            where="area.empty_units",
            found=(f"没有单元“{unit}”", f"no unit '{unit}'"),
            expected=("单元图层中的编号", "ids of the layer of units"),
            to_do=("改正编号", "mend the id"),
        )
        for unit in study.area.empty_units
        if not any(unit in level.ids for level in area.levels)
    ]
    made = study.area.made_units
    settled = _where_people_are_planned(area)
    for level in area.levels:
        if made is not None and level.level == made.level:
            continue  # nobody was to live in each of them
        held = demand.by_unit(level.level, len(level))
        for at in np.flatnonzero(held == 0):
            if level.ids[at] not in empty and at not in settled[level.level]:
                label = f"{level.names[at]}（{level.ids[at]}）"
                faults.append(
                    Fault(
                        where=f"area.units {level.level}",
                        found=(f"{label}没有居民", f"nobody lives in {label}"),
                        expected=("每个单元都有居民", "residents in every unit"),
                        to_do=(
                            "核对边界与人口数据；确无居民的单元列入 area.empty_units",
                            "check borders and population; list truly empty units in "
                            "area.empty_units",
                        ),
                    )
                )
    raise_all(InputError, faults)


def _where_people_are_planned(area: StudyArea) -> dict[str, set[int]]:
    """By level, the units with a planned residential area: there nobody need live yet."""
    areas = area.residential
    if areas is None:
        return {level.level: set() for level in area.levels}
    middle = shapely.point_on_surface(areas.geometry[areas.by_plan])
    place = area.locate(shapely.get_x(middle), shapely.get_y(middle))
    return {level.level: set(place[level.level].tolist()) for level in area.levels}
