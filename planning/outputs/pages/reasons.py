"""The page of reasons: why each site, what is lost without it, what could take its place, and why
what stays unmet does. One HTML file, opened by double click, made to be read and printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from planning.outputs.bilingual import Lang, in_lang
from planning.outputs.goings import NEAREST, goings, planned_loads, site_numbers
from planning.outputs.pages.drawn import drawn_page
from planning.result import StudyResult
from planning.siting import PlannedSite, SitingPlan
from planning.siting.reasons import Alternative, Loss
from planning.standards import Clause, Finding

_SCRIPTS = (
    "words.js", "dom.js", "reasons_words.js", "reasons_said.js", "reasons_sites.js",
    "reasons_unmet.js", "reasons.js",
)  # fmt: skip


def write_reasons(path: Path, result: StudyResult, *, lang: Lang = "zh") -> None:
    """Write the page of a result with a plan, which opens in `lang`; same result, same bytes.

    Raises OutsideReferenceError where the finished page would request anything beyond itself.
    """
    title = f"{result.town.area.name} {in_lang(('选址理由书', 'reasons for the sites'), lang)}"
    text = reasons_page(title, reasons_content(result), lang=lang)
    path.write_text(text, encoding="utf-8", newline="\n")


def reasons_page(title: str, content: Mapping[str, Any], *, lang: Lang = "zh") -> str:
    """The page as HTML around its content."""
    return drawn_page(title, content, name="reasons", scripts=_SCRIPTS, lang=lang)


def reasons_content(result: StudyResult) -> dict[str, Any]:
    """What the page carries: the plan, its sites, what stays unmet, the clauses they cite."""
    town, plan = result.town, result.plan
    assert plan is not None
    sites, unmet, not_posed = _sites(result, plan), _unmet(plan), _not_posed(plan)
    cited = {row["clause"] for row in (*unmet, *not_posed)} | _cited(plan)
    clauses = {clause.id: clause for one in town.documents for clause in one.clauses}
    documents = {f.clause_id: f.document for f in (*plan.findings, *result.findings)}
    return {
        "title": town.area.name,
        "of_year": town.demand.of_year,
        "year": town.study.standards.year,
        "scenario": town.scenario,
        "digest": result.digest,
        "services": {name: spec.label for name, spec in town.study.services.items()},
        "groups": {name: spec.label for name, spec in town.study.groups.items()},
        "plan": _summary(result, plan, sites),
        "clauses": {
            name: _clause(clauses[name], documents[name])
            for name in sorted(cited)
            if name in clauses
        },
        "sites": sites,
        "unmet": unmet,
        "not_posed": not_posed,
        "licences": sorted({source.licence for source in town.sources}),
    }


def _summary(
    result: StudyResult, plan: SitingPlan, sites: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The plan in figures."""
    siting = result.town.study.siting
    assert siting is not None
    return {
        "status": str(plan.status),
        "objective_yuan": plan.objective_yuan,
        "bound_yuan": plan.bound_yuan,
        "gap": plan.gap,
        "people_short": plan.people_short,
        "people_short_bound": plan.people_short_bound,
        "alternatives_sought": plan.alternatives_sought,
        "is_cost_sought": plan.is_cost_sought,
        "budget_yuan": siting.budget_yuan,
        "sites": len(sites),
        "facilities": len(plan.sites),
        "met": [_met(result.findings), _met(plan.findings)],
        "not_met": [_met(result.findings, "not_met"), _met(plan.findings, "not_met")],
        "years": [
            {
                "year": one.year,
                "sites": one.sites,
                "yuan": one.yuan,
                "people_short": one.people_short,
                "budget_yuan": None if one.year is None else siting.budgets_yuan.get(one.year),
            }
            for one in plan.years
        ],
    }


def _met(findings: Iterable[Finding], verdict: str = "met") -> int:
    return sum(f.role == "requirement" and f.verdict == verdict for f in findings)


def _clause(clause: Clause, document: str) -> dict[str, Any]:
    return {
        "document": document,
        "article": clause.article,
        "quote": clause.quote,
        "title": [clause.title_zh, clause.title_en],
    }


def _cited(plan: SitingPlan) -> set[str]:
    """The clauses that sites are there for, and those that would fall without them."""
    found: set[str] = set()
    for site in plan.sites:
        found |= {one.clause_id for one in site.purposes}
        found |= {one.clause_id for one in site.loss.clauses}
        if site.alternative is not None:
            found |= {one.clause_id for one in site.alternative.leaves}
    return found


def _sites(result: StudyResult, plan: SitingPlan) -> list[dict[str, Any]]:
    """A card for each candidate in which anything opens, with all that opens there."""
    nearest, optimum = planned_loads(result, NEAREST), planned_loads(result, "transport_optimum")
    numbers, held = site_numbers(result), _held(result, plan)
    cards: dict[str, dict[str, Any]] = {}
    for at, site in enumerate(plan.sites):
        if site.candidate_id not in cards:
            cards[site.candidate_id] = _card(result, site, numbers)
        card = cards[site.candidate_id]
        card["cost_yuan"] += site.cost_yuan
        card["opening_yuan"] += site.opening_yuan
        card["builds"].append(
            {
                "service": site.service,
                "module": site.module,
                "places": site.places,
                "beds": site.beds,
                "floor_m2": site.floor_m2,
                "land_m2": round(site.land_m2, 2),
                "yuan": site.conversion_yuan,
                "nearest": nearest[at],
                "optimum": optimum[at],
                "capacity": held[at],
            }
        )
        card["purposes"] += [
            {"clause": one.clause_id, "article": one.article, "unit": one.unit_name,
             "said": [one.because_zh, one.because_en]}
            for one in site.purposes
        ]  # fmt: skip
    return list(cards.values())


def _held(result: StudyResult, plan: SitingPlan) -> list[float | None]:
    """The places or beds of each of a plan's sites, for the service it is built for."""
    of = {
        one.service: one.capacity
        for one in goings(result)
        if one.state == "after" and one.rule == NEAREST
    }
    found = [float(of[site.service][site.facility]) for site in plan.sites]
    return [None if np.isnan(one) else one for one in found]


def _card(result: StudyResult, site: PlannedSite, numbers: Mapping[str, str]) -> dict[str, Any]:
    assert result.plan is not None and result.town.study.siting is not None
    candidates, siting = result.plan.candidates, result.town.study.siting
    return {
        "site": numbers[site.candidate_id],
        "candidate": site.candidate_id,
        "source_class": site.source_class,
        "assumed": candidates.assumed_in_words(site.candidate),
        "path": list(_path(result, site.candidate)),
        "action": site.action,
        "required": site.candidate_id in siting.required,
        "year": site.year,
        "cost_yuan": 0.0,
        "opening_yuan": 0.0,
        "builds": [],
        "purposes": [],
        "loss": _loss(site.loss),
        "alternative": None if site.alternative is None else _alternative(site.alternative),
    }


def _path(result: StudyResult, candidate: int) -> Iterator[str]:
    """The units a candidate lies in, the largest first."""
    assert result.plan is not None
    for level in result.town.area.levels:
        at = int(result.plan.candidates.place[level.level][candidate])
        if at >= 0:
            yield level.names[at] or level.ids[at]


def _loss(loss: Loss) -> dict[str, Any]:
    return {
        "lost_people": sum(one.people for one in loss.people),
        "lost_clauses": sum(one.falls for one in loss.clauses),
        "people": [asdict(one) for one in loss.people],
        "clauses": [
            {"clause": one.clause_id, "article": one.article, "falls": one.falls,
             "said": [one.because_zh, one.because_en]}
            for one in loss.clauses
        ],
    }  # fmt: skip


def _alternative(other: Alternative) -> dict[str, Any]:
    return {
        "candidate": other.candidate_id,
        "builds": [asdict(one) | {"land_m2": round(one.land_m2, 2)} for one in other.builds],
        "yuan": other.yuan,
        "extra_yuan": other.extra_yuan,
        "over_budget_yuan": other.over_budget_yuan,
        "people_short": other.people_short,
        "leaves": [
            {"clause": one.clause_id, "article": one.article,
             "said": [one.because_zh, one.because_en]}
            for one in other.leaves
        ],
    }  # fmt: skip


def _unmet(plan: SitingPlan) -> list[dict[str, Any]]:
    judged = {(f.clause_id, f.level, f.unit_id): f for f in plan.findings}
    return [
        {
            "clause": one.clause_id,
            "level": one.level,
            "unit": judged[one.clause_id, one.level, one.unit_id].unit_name,
            "missing": one.missing,
            "amount": one.unit,
            "found": [judged[one.clause_id, one.level, one.unit_id].because_zh,
                      judged[one.clause_id, one.level, one.unit_id].because_en],
            "because": [one.because_zh, one.because_en],
            "relaxations": [
                {"kind": way.kind, "suffices": way.suffices, "is_least": way.is_least,
                 "amount": way.amount, "unit": way.unit,
                 "said": [way.because_zh, way.because_en]}
                for way in one.relaxations
            ],
        }
        for one in plan.unmet
    ]  # fmt: skip


def _not_posed(plan: SitingPlan) -> list[dict[str, Any]]:
    return [
        {
            "clause": one.finding.clause_id,
            "level": one.finding.level,
            "unit": one.finding.unit_name,
            "missing": None if one.finding.gap is None else float(one.finding.gap),
            "amount": one.finding.unit,
            "found": [one.finding.because_zh, one.finding.because_en],
            "because": [one.because_zh, one.because_en],
        }
        for one in plan.not_posed
    ]
