"""Obligations of new districts and the sites at hand, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from planning.districts import AreaSite, Obligation, Sheet
from planning.outputs.frames.results import frame_of
from planning.projection import WGS84, transformer
from planning.result import Town


def obligations_frame(sheets: Sequence[Sheet]) -> pd.DataFrame:
    """A row for each area and clause that wants something of it, in the order of the sheets."""
    return frame_of(
        "obligations", [_line(sheet, one) for sheet in sheets for one in sheet.obligations]
    )


def _line(sheet: Sheet, one: Obligation) -> dict[str, object]:
    found, clause = one.finding, one.clause
    return {
        "area_id": sheet.id,
        "area_name": sheet.name,
        "people": sheet.people,
        "households": _known(sheet.households),
        "basis": one.basis,
        "matter": one.matter,
        "profile": found.profile,
        "clause_id": found.clause_id,
        "title": clause.title_zh,
        "role": found.role,
        "via": found.via,
        "level": found.level,
        "unit_id": found.unit_id,
        "unit_name": found.unit_name,
        "target": one.row.target[0],
        "required": _figure(found.required),
        "measured": _figure(found.measured),
        "at_most": _figure(found.at_most),
        "gap": _figure(found.gap),
        "unit": found.unit,
        "verdict": found.verdict,
        "strictest": one.rank,
        "due_year": clause.year,
        "delivery_year": _known(sheet.delivered),
        "document": found.document,
        "article": found.article,
        "quote": clause.quote,
        "because_zh": found.because_zh,
        "because_en": found.because_en,
        "change_zh": one.because[0],
        "change_en": one.because[1],
    }


def _known(value: int) -> int | None:
    return value if value >= 0 else None


def _figure(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def area_sites_frame(town: Town, sites: Sequence[AreaSite]) -> pd.DataFrame:
    """A row for each area and site at hand for it."""
    return frame_of("area_sites", [_site(town, one) for one in sites])


def _site(town: Town, one: AreaSite) -> dict[str, object]:
    areas = town.area.residential
    assert areas is not None
    own = _of_facility(town, one.site) if one.kind == "facility" else _of_candidate(town, one.site)
    x_m, y_m = own.pop("x_m"), own.pop("y_m")
    lon, lat = transformer(town.area.epsg, WGS84).transform(x_m, y_m)
    return {
        "area_id": areas.ids[one.area],
        "area_name": areas.names[one.area],
        "kind": one.kind,
        "status": one.status,
        "inside": "yes" if one.is_inside else "no",
        "distance_m": round(one.distance_m, 1),
        "limit_min": one.limit_min,
        "people_within": one.people_within,
        "share": one.share,
        "nearest_min": one.nearest_min,
        "mean_min": one.mean_min,
        "lon": round(float(lon), 7),
        "lat": round(float(lat), 7),
        **own,
    }


def _of_facility(town: Town, at: int) -> dict[str, object]:
    facilities = town.facilities
    offers = [
        name
        for name, service in town.study.services.items()
        if facilities.functions[at] & set(service.functions)
    ]
    return {
        "site_id": facilities.ids[at],
        "name": facilities.names[at],
        "services": "|".join(offers),
        "places": facilities.places[at],
        "beds": facilities.beds[at],
        "floor_m2": facilities.floor_m2[at],
        "land_m2": facilities.elder_land_m2[at],
        "assumed": "",
        "x_m": facilities.x_m[at],
        "y_m": facilities.y_m[at],
    }


def _of_candidate(town: Town, at: int) -> dict[str, object]:
    candidates = town.candidates
    assert candidates is not None
    return {
        "site_id": candidates.ids[at],
        "name": candidates.source_classes[at],
        "services": "|".join(sorted(candidates.services[at])),
        "places": None,
        "beds": None,
        "floor_m2": candidates.floor_m2[at],
        "land_m2": candidates.land_m2[at],
        "assumed": candidates.assumed_in_words(at),
        "x_m": candidates.x_m[at],
        "y_m": candidates.y_m[at],
    }
