"""Results as tables, in the columns that `planning.tables` promises."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from planning.area import RESIDENTIAL, StudyArea
from planning.facilities import Candidates
from planning.outputs.goings import NEAREST, planned_loads, site_numbers
from planning.projection import WGS84, transformer
from planning.result import StudyResult, Town
from planning.siting import PlannedSite, Unmet
from planning.standards import Finding, Situation
from planning.tables import TABLES
from planning.units import limit_ms


def _states(result: StudyResult) -> list[tuple[str, Situation, tuple[Finding, ...]]]:
    states = [("now", result.situation, result.findings)]
    if result.plan is not None:
        states.append(("after", result.plan.situation, result.plan.findings))
    return states


def frame_of(table: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows as the columns of a table that `planning.tables` promises, each of its own type."""
    columns = TABLES[table]
    frame = pd.DataFrame(rows, columns=[column.name for column in columns])
    dtypes = {"text": "object", "integer": "Int64", "number": "float64"}
    return frame.astype({column.name: dtypes[column.kind] for column in columns})


def findings_frame(result: StudyResult) -> pd.DataFrame:
    """Every finding, now and after the plan."""
    rows: list[dict[str, object]] = []
    town = result.town
    quotes = {c.id: c.quote for one in (town.profile, *town.beside) for c in one.clauses}
    states = [(state, findings) for state, _, findings in _states(result)]
    for state, findings in [*states, *(("now", found) for found in result.findings_beside)]:
        for f in findings:
            rows.append(
                {
                    "state": state,
                    "profile": f.profile,
                    "clause_id": f.clause_id,
                    "via": f.via,
                    "document": f.document,
                    "article": f.article,
                    "quote": quotes[f.clause_id],
                    "level": f.level,
                    "unit_id": f.unit_id,
                    "unit_name": f.unit_name,
                    "year": f.year,
                    "role": f.role,
                    "verdict": f.verdict,
                    "measured": None if f.measured is None else float(f.measured),
                    "at_most": None if f.at_most is None else float(f.at_most),
                    "required": None if f.required is None else float(f.required),
                    "gap": None if f.gap is None else float(f.gap),
                    "unit": f.unit,
                    "people_short": f.people_short,
                    "people_year": result.town.demand.year,
                    "because_zh": f.because_zh,
                    "because_en": f.because_en,
                }
            )
    return frame_of("findings", rows)


def coverage_frame(result: StudyResult) -> pd.DataFrame:
    """A row for each state × service × limit × group × unit; the whole area comes first."""
    town = result.town
    everywhere = np.ones(len(town.demand), dtype=bool)
    places = [("area", town.study.name, town.area.name, everywhere)]
    for level in town.area.levels:
        at = town.demand.place[level.level]
        for i in range(len(level)):
            places.append((level.level, level.ids[i], level.names[i], at == i))
    rows: list[dict[str, object]] = []
    for state, situation, _ in _states(result):
        for service, spec in town.study.services.items():
            for minutes in sorted({*spec.bands_min, spec.limit_min}):
                within = replace(situation.coverage[service], limit_ms=limit_ms(minutes))
                for group, people in town.demand.people.items():
                    for level_name, unit_id, unit_name, where in places:
                        ledger = within.ledger(people, where)
                        rows.append(
                            {
                                "state": state,
                                "service": service,
                                "limit_min": minutes,
                                "group": group,
                                "level": level_name,
                                "unit_id": unit_id,
                                "unit_name": unit_name,
                                "people": ledger.people,
                                "people_year": town.demand.year,
                                "covered": ledger.covered,
                                "share": ledger.share,
                                "backup": ledger.backup,
                                "unserved": ledger.unserved,
                                "unreachable": ledger.unreachable,
                            }
                        )
    return frame_of("coverage", rows)


def speed_band_frame(result: StudyResult) -> pd.DataFrame:
    """Today's coverage at several walking speeds; empty where it was not asked for."""
    services = result.town.study.services
    return frame_of(
        "speed_band",
        [
            {
                "service": row.service,
                "limit_min": services[row.service].limit_min,
                "group": services[row.service].group,
                "speed_m_s": row.speed_m_s,
                "people": row.ledger.people,
                "people_year": result.town.demand.year,
                "covered": row.ledger.covered,
                "share": row.ledger.share,
            }
            for row in result.speed_band
        ],
    )


def plan_frame(result: StudyResult) -> pd.DataFrame:
    """Every planned site; empty where nothing was to be sited."""
    plan, area = result.plan, result.town.area
    if plan is None:
        return frame_of("plan", [])
    candidates = plan.candidates
    lon, lat = transformer(area.epsg, WGS84).transform(candidates.x_m, candidates.y_m)
    rows: list[dict[str, object]] = []
    numbers = site_numbers(result)
    nearest, optimum = planned_loads(result, NEAREST), planned_loads(result, "transport_optimum")
    for at, site in enumerate(plan.sites):
        number = numbers[site.candidate_id]
        unit_id, unit_name = smallest_unit(area, candidates, site.candidate)
        rows.append(
            {
                "site": number,
                "action": site.action,
                "candidate_id": site.candidate_id,
                "source_class": site.source_class,
                "assumed": candidates.assumed_in_words(site.candidate),
                "unit_id": unit_id,
                "unit_name": unit_name,
                "service": site.service,
                "module": site.module,
                "year": site.year,
                "places": site.places,
                "beds": site.beds,
                "nursing_beds": site.nursing_beds,
                "floor_m2": site.floor_m2,
                "land_m2": round(site.land_m2, 2),
                "conversion_yuan": site.conversion_yuan,
                "opening_yuan": site.opening_yuan,
                "cost_yuan": site.cost_yuan,
                "lon": round(float(lon[site.candidate]), 7),
                "lat": round(float(lat[site.candidate]), 7),
                "goes_nearest": nearest[at],
                "goes_optimum": optimum[at],
                "because_zh": site.because_zh,
                "because_en": site.because_en,
                **_reasons(site),
            }
        )
    return frame_of("plan", rows)


def _reasons(site: PlannedSite) -> dict[str, object]:
    """What is lost without a site and what could take its place, all modules of it together."""
    other = site.alternative
    found: dict[str, object] = {
        "lost_people": sum(one.people for one in site.loss.people),
        "lost_clauses": sum(one.falls for one in site.loss.clauses),
        "lost_zh": site.loss.because_zh,
        "lost_en": site.loss.because_en,
    }
    if other is not None:
        found |= {
            "alternative_id": other.candidate_id,
            "alternative_extra_yuan": other.extra_yuan,
            "alternative_leaves": len(other.leaves),
            "alternative_zh": other.because_zh,
            "alternative_en": other.because_en,
        }
    return found


def smallest_unit(area: StudyArea, candidates: Candidates, candidate: int) -> tuple[str, str]:
    """Id and name of the smallest unit in which a candidate stands; "" where in none."""
    for level in reversed(area.levels):
        at = int(candidates.place[level.level][candidate])
        if at >= 0:
            return level.ids[at], level.names[at]
    return "", ""


def unmet_frame(result: StudyResult) -> pd.DataFrame:
    """Requirements the plan leaves short, and those that no site can be asked to meet."""
    plan = result.plan
    if plan is None:
        return frame_of("unmet", [])
    posed: list[dict[str, object]] = [_unmet_row(one) for one in plan.unmet]
    others: list[dict[str, object]] = [
        {
            "clause_id": one.finding.clause_id,
            "level": one.finding.level,
            "unit_id": one.finding.unit_id,
            "missing": None if one.finding.gap is None else float(one.finding.gap),
            "unit": one.finding.unit,
            "posed": "no",
            "because_zh": one.because_zh,
            "because_en": one.because_en,
        }
        for one in plan.not_posed
    ]
    return frame_of("unmet", [*posed, *others])


def _unmet_row(one: Unmet) -> dict[str, object]:
    """A requirement left short, with the least that would meet it."""
    row: dict[str, object] = {**asdict(one), "posed": "yes"}
    row.pop("relaxations")
    for first in one.relaxations[:1]:
        row |= {
            "relaxation": first.kind,
            "relax_by": first.amount,
            "relax_unit": first.unit,
            "suffices": "yes" if first.suffices else "no",
            "relax_zh": first.because_zh,
            "relax_en": first.because_en,
        }
    return row


def data_check_frame(town: Town) -> pd.DataFrame:
    """Every row of a register that was rejected, repaired or is doubtful, and why."""
    return frame_of("data_check", [asdict(note) for note in town.row_notes])


def residential_frame(town: Town) -> pd.DataFrame:
    """Every residential area: which clause it answers to and why, who is planned, who is there."""
    areas, demand = town.area.residential, town.demand
    if areas is None:
        return frame_of("residential_areas", [])
    residents = demand.by_unit(RESIDENTIAL, len(areas))
    moved_in = demand.by_unit(RESIDENTIAL, len(areas), where=demand.is_planned)
    return frame_of(
        "residential_areas",
        [
            {
                "area_id": areas.ids[at],
                "name": areas.names[at],
                "status": areas.status[at],
                "status_by": areas.status_by[at],
                "land_date": areas.dated[at] or None,
                "delivery_year": _known(areas.delivery_year[at]),
                "households": _known(areas.households[at]),
                "planned_people": _known(areas.planned_people[at]),
                "held_to": "planned" if by_plan else "residents",
                "residents": residents[at],
                "moved_in": moved_in[at],
            }
            for at, by_plan in enumerate(areas.by_plan)
        ],
    )


def _known(value: np.signedinteger) -> int | None:
    """A whole number, None where it is −1."""
    return int(value) if value >= 0 else None
