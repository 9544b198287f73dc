"""What the map shows, taken from a result."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planning.outputs.geopackage import demand_layer, facilities_layer, states_of
from planning.outputs.maps import MapContent, MapService
from planning.provenance import OSM_LICENCE
from planning.result import StudyResult

_VIEW_MARGIN_M = 400.0


def map_content(
    result: StudyResult, findings: pd.DataFrame, plan: pd.DataFrame, basemap: gpd.GeoDataFrame
) -> MapContent:
    """Cells with people and minutes, units with findings, facilities, planned sites, streets."""
    town = result.town
    groups = town.study.labels
    clauses = {clause.id: clause for clause in town.profile.clauses}
    sites, speed_m_s = _sites(plan), town.network.profile.speed_m_s
    # A plan that opens nothing leaves everything as it is: there is no second state to show.
    own = findings[findings["profile"] == town.profile.standard.short]
    shown = own if len(sites) else own[own["state"] == "now"]
    shown = shown[_is_drawn(shown)].reset_index(drop=True)
    shown["clause_zh"] = [clauses[c].title_zh for c in shown["clause_id"]]
    shown["service"] = [clauses[c].service for c in shown["clause_id"]]
    return MapContent(
        title=town.area.name,
        subtitle=f"{town.profile.standard.document} · 步速 {speed_m_s:g} 米/秒",
        of_year=town.demand.of_year,
        services=tuple(
            MapService(
                key=name,
                label_zh=spec.label,
                group_label_zh=groups[spec.group][0],
                group_label_en=groups[spec.group][1],
                limit_min=spec.limit_min,
            )
            for name, spec in town.study.services.items()
        ),
        units=_units(result),
        findings=shown,
        cells=_cells(result),
        facilities=facilities_layer(result).to_crs(4326),
        sites=sites,
        basemap=_basemap(result, basemap),
        attribution=tuple(
            dict.fromkeys([OSM_LICENCE, *sorted({source.licence for source in town.sources})])
        ),
        notes=tuple((note.zh, note.en) for note in town.notes),
    )


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
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=area.epsg).to_crs(4326)


def _cells(result: StudyResult) -> gpd.GeoDataFrame:
    """Each service counts its own people, in the classes of the coverage table."""
    cells = demand_layer(result)
    for service, spec in result.town.study.services.items():
        cells[f"people_{service}"] = result.town.demand.people[spec.group]
        for state, situation in states_of(result):
            within, column = situation.coverage[service], f"minutes_{state}_{service}"
            nowhere_to_go = within.reachable & (within.nearest.ms < 0)
            cells[column] = np.where(nowhere_to_go, np.inf, cells[column])
    return cells


def _sites(plan: pd.DataFrame) -> gpd.GeoDataFrame:
    sites = pd.DataFrame(
        {
            "candidate_id": plan["candidate_id"],
            "service": plan["service"],
            "places": plan["places"],
            "floor_m2": plan["floor_m2"],
            "land_m2": plan["land_m2"],
            "cost_wan": plan["cost_yuan"] / 10_000,
            "because_zh": plan["because_zh"],
            "source_class": plan["source_class"],
            "assumed": plan["assumed"],
        }
    )
    points = gpd.points_from_xy(plan["lon"], plan["lat"])
    return gpd.GeoDataFrame(sites, geometry=points, crs=4326)


def _basemap(result: StudyResult, basemap: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Streets, water and green around the area: the file may hold a whole city."""
    area = result.town.area
    around = gpd.GeoSeries([shapely.buffer(area.boundary, _VIEW_MARGIN_M)], crs=area.epsg)
    west, south, east, north = around.to_crs(4326).total_bounds
    return basemap.cx[west:east, south:north].reset_index(drop=True)
