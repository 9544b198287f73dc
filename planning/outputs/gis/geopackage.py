"""``result.gpkg``: what a planner opens in QGIS. Layers are named in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from planning.area import RESIDENTIAL
from planning.demand import TOTAL
from planning.facilities import NO, YES
from planning.network import Place, Snaps
from planning.outputs.frames.results import residential_frame
from planning.outputs.gis.isochrone_files import FIXED_DAY, fixed_date
from planning.outputs.gis.layer_styles import styles_of, write_layer_styles
from planning.result import StudyResult, Town
from planning.standards import Finding, Situation
from planning.standards.source_classes import source_classes
from planning.travel import isochrone
from planning.units import MS_PER_MIN, limit_ms


def layers_of(result: StudyResult, plan: pd.DataFrame) -> dict[str, gpd.GeoDataFrame]:
    """The layers of a run by name, in the metric CRS; an empty one is left out."""
    layers = {
        "demand_人口格网": demand_layer(result),
        "facilities_现有设施": facilities_layer(result),
        "candidates_候选点": candidates_layer(result),
        "isochrones_步行等时圈": isochrones_layer(result.town, result.situation.functions),
        "units_单元体检": units_layer(result),
        "residential_居住区体检": residential_layer(result),
        "plan_推荐选址": plan_layer(result, plan),
    }
    return {name: frame for name, frame in layers.items() if len(frame)}


def write_geopackage(
    result: StudyResult, layers: Mapping[str, gpd.GeoDataFrame], path: Path
) -> None:
    """Write the layers of a run; QGIS opens them styled.

    People are drawn by minutes to the first service of the study.
    """
    with fixed_date():
        for name, frame in layers.items():
            frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio", VERSION="1.2")
    service, spec = next(iter(result.town.study.services.items()))
    bands_min = sorted({*spec.bands_min, spec.limit_min})
    styles = styles_of(tuple(layers), minutes=f"minutes_now_{service}", bands_min=bands_min)
    write_layer_styles(path, styles, day=FIXED_DAY)


def states_of(result: StudyResult) -> list[tuple[str, Situation]]:
    """The situations of a run by name: now, and after where there is a plan."""
    after = [("after", result.plan.situation)] if result.plan else []
    return [("now", result.situation), *after]


def demand_layer(result: StudyResult) -> gpd.GeoDataFrame:
    """Population cells with people by group and minutes to each service; empty = unreachable."""
    town = result.town
    columns: dict[str, object] = {
        f"people_{group}" if group != TOTAL else "people": people
        for group, people in town.demand.people.items()
    }
    columns["people_year"] = _year(town, len(town.demand))
    for state, situation in states_of(result):
        for service, within in situation.coverage.items():
            ids = np.array([*situation.facilities.ids, None], dtype=object)
            for name, found in (("", within.nearest), ("second_", within.second)):
                minutes = np.where(found.ms < 0, np.nan, found.ms / MS_PER_MIN)
                columns[f"{name}minutes_{state}_{service}"] = minutes
                columns[f"{name}facility_{state}_{service}"] = ids[found.site]
    columns |= _access_columns(result) | _on_street(town.demand_snaps)
    for level in town.area.levels:
        at = town.demand.place[level.level]
        columns[f"{level.level}_id"] = [level.ids[i] if i >= 0 else None for i in at]
    if town.area.residential is not None:
        own = np.where(town.demand.is_planned, town.demand.place[RESIDENTIAL], -1)
        columns["planned_area_id"] = [town.area.residential.ids[i] if i >= 0 else None for i in own]
    return gpd.GeoDataFrame(columns, geometry=np.asarray(town.demand.outline), crs=town.area.epsg)


def _access_columns(result: StudyResult) -> dict[str, object]:
    """What every cell has, by state, service and measure; empty = unknown."""
    return {
        f"access_{state}_{service}_{access.measure}": access.amount
        for state, provided in result.provision.items()
        for service, measures in provided.access.items()
        for access in measures
    }


def _year(town: Town, rows: int) -> pd.Series:
    """The year of the people as a column; null where nobody stated it."""
    return pd.Series([town.demand.year] * rows, dtype="Int64")


def _on_street(snaps: Snaps) -> dict[str, object]:
    """How each point came to its street or why it has none, how far, and how much farther."""
    names = np.array([place.name.lower() for place in Place], dtype=object)
    return {"street": names[snaps.place], "leg_m": snaps.leg_m, "moved_m": snaps.moved_m}


def facilities_layer(result: StudyResult) -> gpd.GeoDataFrame:
    """Facilities as the register has them, with what they offer."""
    facilities, services = result.town.facilities, result.town.study.services
    return gpd.GeoDataFrame(
        {
            "facility_id": list(facilities.ids),
            "name": list(facilities.names),
            "type": list(facilities.types),
            "services": [
                "|".join(name for name, spec in services.items() if does & set(spec.functions))
                for does in facilities.functions
            ],
            "places": pd.array(np.floor(facilities.places), dtype="Int64"),
            "beds": facilities.beds,
            "nursing_beds": facilities.nursing_beds,
            "elder_land_m2": facilities.elder_land_m2,
            "floor_m2": facilities.floor_m2,
            "elder_floor_m2": facilities.elder_floor_m2,
            "far": facilities.far,
            "status": ["open" if is_open else "not_open" for is_open in facilities.is_open],
            "operator": [word or None for word in facilities.operator],
            "opened_year": _known(facilities.opened_year),
            "tier_min": _known(facilities.tier_min),
            "grade": _known(facilities.grade),
            "hub": [word or None for word in facilities.hub],
            **{name: _yes_or_no(values) for name, values in facilities.traits.items()},
            **_on_street(result.town.facility_snaps),
        },
        geometry=shapely.points(facilities.x_m, facilities.y_m),
        crs=result.town.area.epsg,
    )


def _known(numbers: npt.NDArray[np.int32]) -> pd.Series:
    """Whole numbers as a column; null where nobody says."""
    return pd.Series(numbers, dtype="Int64").mask(numbers < 0)


def _yes_or_no(trait: npt.NDArray[np.int8]) -> list[str | None]:
    """A trait as a column of words; null where nobody says."""
    words = {YES: "yes", NO: "no"}
    return [words.get(int(value)) for value in trait]


def candidates_layer(result: StudyResult) -> gpd.GeoDataFrame:
    """Every candidate, chosen or not: listed or made, and what of it is only assumed."""
    candidates, snaps = result.town.candidates, result.town.candidate_snaps
    if candidates is None or snaps is None:
        return gpd.GeoDataFrame(geometry=[], crs=result.town.area.epsg)
    classes = [source_classes().of_word(word) for word in candidates.source_classes]
    return gpd.GeoDataFrame(
        {
            "candidate_id": list(candidates.ids),
            "source_class": list(candidates.source_classes),
            "premises": [found.premises if found else None for found in classes],
            "services": ["|".join(sorted(services)) for services in candidates.services],
            "floor_m2": candidates.floor_m2,
            "land_m2": candidates.land_m2,
            "yuan_per_m2": candidates.yuan_per_m2,
            "fixed_yuan": candidates.fixed_yuan,
            "available_year": _known(candidates.available_year),
            "made": ["made" if made else "listed" for made in candidates.is_made],
            "assumed": [candidates.assumed_in_words(row) for row in range(len(candidates))],
            **_on_street(snaps),
        },
        geometry=shapely.points(candidates.x_m, candidates.y_m),
        crs=result.town.area.epsg,
    )


def isochrones_layer(
    town: Town, functions: Mapping[str, frozenset[str]], minutes: Sequence[float] | None = None
) -> gpd.GeoDataFrame:
    """Areas within each limit [min] of each service today: to look at, never to count with.

    Without `minutes` the limits are the study's own. Each polygon lies within the next larger one.
    """
    rows: list[dict[str, object]] = []
    for service, spec in town.study.services.items():
        counting = town.facilities.offering(functions[service])
        sites = town.facility_snaps.take(np.flatnonzero(counting))
        for limit in sorted(minutes or {*spec.bands_min, spec.limit_min}):
            shape = isochrone(town.network, sites, limit_ms=limit_ms(limit))
            if not shape.is_empty:
                rows.append(
                    {
                        "service": service,
                        "label": spec.label,
                        "minutes": limit,
                        "speed_m_s": town.network.profile.speed_m_s,
                        "geometry": shape,
                    }
                )
    columns = ["service", "label", "minutes", "speed_m_s", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=town.area.epsg)


def _short(clause_id: str) -> str:
    return clause_id.rsplit("/", 1)[-1].replace("-", "_")


def _verdict_columns(
    result: StudyResult, level: str, ids: tuple[str, ...]
) -> dict[str, list[object]]:
    states: list[tuple[str, tuple[Finding, ...]]] = [("now", result.findings)]
    if result.plan is not None:
        states.append(("after", result.plan.findings))
    columns: dict[str, list[object]] = {}
    for state, findings in states:
        by_place = {(f.clause_id, f.unit_id): f for f in findings if f.level == level}
        for clause in result.town.profile.clauses:
            held = [by_place.get((clause.id, unit)) for unit in ids]
            if any(held):
                name = f"{_short(clause.id)}_{state}"
                columns[name] = [f.verdict if f else None for f in held]
                columns[f"{name}_gap"] = [
                    float(f.gap) if f and f.gap is not None else None for f in held
                ]
    return columns


def units_layer(result: StudyResult) -> gpd.GeoDataFrame:
    """Planning units of every level with people and, by clause, verdict and gap."""
    town = result.town
    frames = []
    for level in town.area.levels:
        people = town.demand.by_unit(level.level, len(level))
        frames.append(
            gpd.GeoDataFrame(
                {
                    "unit_id": list(level.ids),
                    "level": level.level,
                    "parent_id": list(level.parent_ids),
                    "name": list(level.names),
                    "people": people,
                    "people_year": _year(town, len(level)),
                    **_verdict_columns(result, level.level, level.ids),
                },
                geometry=level.geometry,
                crs=town.area.epsg,
            )
        )
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=town.area.epsg)


def residential_layer(result: StudyResult) -> gpd.GeoDataFrame:
    """Residential areas: what they are and why, who is planned and who lives there, verdicts."""
    areas = result.town.area.residential
    if areas is None:
        return gpd.GeoDataFrame(geometry=[], crs=result.town.area.epsg)
    verdicts = pd.DataFrame(_verdict_columns(result, RESIDENTIAL, areas.ids))
    table = pd.concat([residential_frame(result.town), verdicts], axis=1)
    return gpd.GeoDataFrame(table, geometry=areas.geometry, crs=result.town.area.epsg)


def plan_layer(result: StudyResult, plan: pd.DataFrame) -> gpd.GeoDataFrame:
    """Planned sites, a row a service."""
    if result.plan is None or not len(plan):
        return gpd.GeoDataFrame(geometry=[], crs=result.town.area.epsg)
    candidates = result.plan.candidates
    rows = np.array([site.candidate for site in result.plan.sites], dtype=np.int64)
    return gpd.GeoDataFrame(
        plan.drop(columns=["lon", "lat"]),
        geometry=shapely.points(candidates.x_m[rows], candidates.y_m[rows]),
        crs=result.town.area.epsg,
    )
