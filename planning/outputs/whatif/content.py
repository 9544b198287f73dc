"""What the page of trying carries: the town as it stands, its streets, its clauses, the plan."""

from __future__ import annotations

from typing import Any

import geopandas as gpd

from planning.outputs.borders import borders_said
from planning.outputs.whatif.clauses_data import clauses_data
from planning.outputs.whatif.ground_data import ground_data
from planning.outputs.whatif.people_data import people_data
from planning.outputs.whatif.places_data import (
    candidates_data,
    facilities_data,
    kinds_data,
    services_data,
)
from planning.outputs.whatif.plan_data import plan_data
from planning.outputs.whatif.streets_data import streets_data
from planning.provenance import attribution
from planning.result import StudyResult, Town
from planning.run_record import ground_digest


def whatif_content(
    result: StudyResult, basemap: gpd.GeoDataFrame, *, with_streets: bool
) -> dict[str, Any]:
    """The content of the page; without its streets a server is to walk for it.

    `basemap` are lines and areas by ``kind``, in any CRS.
    """
    town = result.town
    spec, profile = town.study.network, town.network.profile
    streets = streets_data(town.network, max_snap_m=spec.max_snap_m, island_km=spec.island_km)
    return {
        "study": town.study.name,
        "title": town.area.name,
        "base": town.scenario,
        "ground": ground_digest(town),
        "digest": result.digest,
        "epsg": town.area.epsg,
        "speed_m_s": profile.speed_m_s,
        "traveller": [profile.label_zh, profile.label_en],
        "document": town.profile.standard.document,
        "persons_per_household": _household(town),
        "people": people_data(town),
        "services": services_data(town),
        "facilities": facilities_data(town),
        "kinds": kinds_data(town),
        "candidates": candidates_data(town),
        **clauses_data(town, result.situation, result.findings),
        "streets": streets if with_streets else None,
        "ground_map": ground_data(town.area, basemap),
        "plan": plan_data(result),
        "borders": list(borders_said(town.study.map_review_no)),
        "attribution": attribution(town.sources),
    }


def _household(town: Town) -> float | None:
    """Persons per household of new residential areas, where the study says it."""
    areas = town.study.residential_areas
    said = None if areas is None else areas.persons_per_household
    return None if said is None else float(said.persons)
