"""What the map shows, taken from a result."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planning.demand import TOTAL
from planning.network.roads import Floats
from planning.outputs.bilingual import Lang
from planning.outputs.borders import borders_said
from planning.outputs.gis.geopackage import demand_layer, facilities_layer, states_of
from planning.outputs.map.maps import MapContent, MapGroup, MapService
from planning.outputs.people_classes import round_edges
from planning.provenance import attribution
from planning.result import StudyResult

_VIEW_MARGIN_M = 400.0


def map_content(
    result: StudyResult,
    findings: pd.DataFrame,
    plan: pd.DataFrame,
    basemap: gpd.GeoDataFrame,
    *,
    lang: Lang = "zh",
    tianditu_key: str | None = None,
) -> MapContent:
    """Cells with people and minutes, units with findings, facilities, planned sites, streets.

    `lang` is the language in which the page opens, `tianditu_key` the user's own key where Tianditu
    tiles are wanted.
    """
    town = result.town
    services, speed = town.study.services, f"{town.network.profile.speed_m_s:g}"
    sites = _sites(result, plan)
    shown = _findings(result, findings, is_planned=bool(len(sites)))
    document = town.profile.standard.document
    return MapContent(
        title=town.area.name,
        subtitle=(f"{document} · 步速 {speed} 米/秒", f"{document} · walking {speed} m/s"),
        of_year=town.demand.of_year,
        groups=_groups(result),
        services=tuple(
            MapService(key=name, label_zh=spec.label, group=spec.group, limit_min=spec.limit_min)
            for name, spec in services.items()
        ),
        units=_units(result),
        findings=shown,
        cells=_cells(result),
        facilities=facilities_layer(result).to_crs(4326),
        sites=sites,
        basemap=_basemap(result, basemap),
        attribution=tuple(attribution(town.sources)),
        notes=tuple((note.zh, note.en) for note in town.notes),
        lang=lang,
        borders=borders_said(town.study.map_review_no),
        tianditu_key=tianditu_key,
    )


def _groups(result: StudyResult) -> tuple[MapGroup, ...]:
    study, demand = result.town.study, result.town.demand
    return tuple(
        MapGroup(
            key=key,
            label=label,
            counted_in=study.counted_in(key),
            edges=tuple(round_edges(demand.people[key])),
        )
        for key, label in study.labels.items()
    )


def _findings(result: StudyResult, findings: pd.DataFrame, *, is_planned: bool) -> pd.DataFrame:
    """Those of the study's own document that a map can show."""
    profile = result.town.profile
    clauses = {clause.id: clause for clause in profile.clauses}
    own = findings[findings["profile"] == profile.standard.short]
    # A plan that opens nothing leaves everything as it is: there is no second state to show.
    shown = own if is_planned else own[own["state"] == "now"]
    shown = shown[_is_drawn(shown)].reset_index(drop=True)
    shown["clause_zh"] = [clauses[c].title_zh for c in shown["clause_id"]]
    shown["clause_en"] = [clauses[c].title_en for c in shown["clause_id"]]
    shown["service"] = [clauses[c].service for c in shown["clause_id"]]
    return shown


def _is_drawn(findings: pd.DataFrame) -> pd.Series:
    """What a map can show of clauses: units that exist, judged by something that is asked."""
    asked = findings["role"].isin(["requirement", "goal", "benchmark"])
    return asked & (findings["verdict"] != "not_applicable") & (findings["unit_id"] != "")


def _units(result: StudyResult) -> gpd.GeoDataFrame:
    area = result.town.area
    frames = [
        gpd.GeoDataFrame(
            {
                "unit_id": list(level.ids),
                "level": level.level,
                "name": list(level.names),
                "parent_id": list(level.parent_ids),
                **_people_of(result, level.level, len(level)),
            },
            geometry=level.geometry,
            crs=area.epsg,
        )
        for level in area.levels
    ]
    if area.residential is not None:
        frames.append(
            gpd.GeoDataFrame(
                {
                    "unit_id": list(area.residential.ids),
                    "level": "residential_area",
                    "name": list(area.residential.names),
                    "parent_id": None,
                },
                geometry=area.residential.geometry,
                crs=area.epsg,
            )
        )
    units = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=area.epsg)
    return units.to_crs(4326)


def _people_of(result: StudyResult, level: str, units: int) -> dict[str, Floats]:
    """The people of each group in the units of a level, under the names of the cells' columns."""
    demand = result.town.demand
    return {
        "people" if group == TOTAL else f"people_{group}": demand.by_unit(level, units, group=group)
        for group in result.town.study.labels
    }


def _cells(result: StudyResult) -> gpd.GeoDataFrame:
    """Minutes in the classes of the coverage table."""
    cells = demand_layer(result)
    for service in result.town.study.services:
        for state, situation in states_of(result):
            within, column = situation.coverage[service], f"minutes_{state}_{service}"
            nowhere_to_go = within.reachable & (within.nearest.ms < 0)
            cells[column] = np.where(nowhere_to_go, np.inf, cells[column])
    return cells


_AS_PLANNED = (
    "site", "candidate_id", "action", "service", "year", "unit_name", "places", "beds", "floor_m2",
    "land_m2", "because_zh", "because_en", "source_class", "assumed",
)  # fmt: skip


def _sites(result: StudyResult, plan: pd.DataFrame) -> gpd.GeoDataFrame:
    services = result.town.study.services
    # A kind without a name of its own has that of its service.
    kinds = [services[m].label if m in services else m for m in plan["module"]]
    sites = plan[list(_AS_PLANNED)].assign(kind=kinds, cost_wan=plan["cost_yuan"] / 10_000)
    points = gpd.points_from_xy(plan["lon"], plan["lat"])
    return gpd.GeoDataFrame(sites, geometry=points, crs=4326)


def _basemap(result: StudyResult, basemap: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Streets, water and green around the area: the file may hold a whole city."""
    area = result.town.area
    around = gpd.GeoSeries([shapely.buffer(area.boundary, _VIEW_MARGIN_M)], crs=area.epsg)
    west, south, east, north = around.to_crs(4326).total_bounds
    return basemap.cx[west:east, south:north].reset_index(drop=True)
