"""What a closure does, as tables that are written by themselves, without a run folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from planning.closing import Closure, Loss, MorePeople, NextSite, PlacesLost, Ranked, Turned
from planning.outputs.frames.results import frame_of
from planning.result import Town
from planning.standards import Finding


def closing_frames(town: Town, closure: Closure) -> Mapping[str, pd.DataFrame]:
    """Who loses what, where they can go, which clauses turn; by the name of the table."""
    return {
        "closure": frame_of("closure", [_loss(town, one) for one in closure.losses]),
        "closure_sites": frame_of("closure_sites", _sites(town, closure)),
        "closure_findings": frame_of(
            "closure_findings",
            [_turned(town, one) for _, found in closure.turned for one in found],
        ),
    }


def ranking_frame(town: Town, ranked: Sequence[Ranked]) -> pd.DataFrame:
    """A row for each service and open facility, the worst to lose first."""
    return frame_of("closure_ranking", [_ranked(town, one) for one in ranked])


def _loss(town: Town, one: Loss) -> dict[str, object]:
    limit_min = town.study.services[one.service].limit_min
    return {**asdict(one), "limit_min": limit_min, "people_year": town.demand.year}


def _sites(town: Town, closure: Closure) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [_next(town, one) for one in closure.next_sites]
    for lost in closure.places:
        rows += [_gain(town, lost, one) for one in lost.gains]
    return rows


def _facility(town: Town, row: int) -> dict[str, object]:
    facilities = town.facilities
    return {"facility_id": facilities.ids[row], "facility_name": facilities.names[row]}


def _next(town: Town, one: NextSite) -> dict[str, object]:
    return {
        **_facility(town, one.facility),
        "service": one.service,
        "by": "nearest",
        "people": one.people,
        "added_mean_min": one.added_mean_min,
        "added_worst_min": one.added_worst_min,
    }


def _gain(town: Town, lost: PlacesLost, one: MorePeople) -> dict[str, object]:
    return {
        **_facility(town, one.facility),
        "service": lost.service,
        "by": lost.rule,
        "people": one.more,
    }


def _turned(town: Town, one: Turned) -> dict[str, object]:
    old, new = one.before, one.after
    clause = next(
        clause
        for profile in town.documents
        if profile.standard.short == new.profile
        and (clause := profile.clause(new.clause_id)) is not None
    )
    return {
        "way": one.way,
        "profile": new.profile,
        "clause_id": new.clause_id,
        "title": clause.title_zh,
        "role": new.role,
        "level": new.level,
        "unit_id": new.unit_id,
        "unit_name": new.unit_name,
        "verdict_before": old.verdict,
        "verdict": new.verdict,
        "measured_before": _figure(old, "measured"),
        "measured": _figure(new, "measured"),
        "required": _figure(new, "required"),
        "gap_before": _figure(old, "gap"),
        "gap": _figure(new, "gap"),
        "unit": new.unit,
        "people_short_before": old.people_short,
        "people_short": new.people_short,
        "document": new.document,
        "article": new.article,
        "quote": clause.quote,
        "because_zh": new.because_zh,
        "because_en": new.because_en,
    }


def _figure(finding: Finding, name: str) -> float | None:
    value = getattr(finding, name)
    return None if value is None else float(value)


def _ranked(town: Town, one: Ranked) -> dict[str, object]:
    spec, facilities = town.study.services[one.service], town.facilities
    return {
        **_facility(town, one.facility),
        "service": one.service,
        "limit_min": spec.limit_min,
        "group": spec.group,
        "lost": one.lost,
        "share": one.lost / one.covered if one.covered > 0 else None,
        "lost_total": one.lost_total,
        "nearest_to": one.nearest_to,
        "people_year": town.demand.year,
        "places": facilities.places[one.facility],
        "beds": facilities.beds[one.facility],
    }


def places_rows(lost: Sequence[PlacesLost]) -> list[dict[str, object]]:
    """Places gone and who has one, as JSON says them."""
    return [{k: v for k, v in asdict(one).items() if k != "gains"} for one in lost]
