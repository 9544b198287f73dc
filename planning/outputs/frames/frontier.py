"""What each budget buys, as tables; every figure is the audit's, none the solver's."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from planning.outputs.frames.results import frame_of
from planning.result import StudyResult
from planning.siting.frontier import Funded, knee_of, met_of


def frontier_frame(result: StudyResult) -> pd.DataFrame:
    """A row for each budget, from the smallest up; empty where nobody asked."""
    funded = result.frontier
    knee = knee_at(funded)
    rows: list[dict[str, object]] = []
    for at, one in enumerate(funded):
        plan, before = one.plan, funded[max(0, at - 1)].plan
        met, asked = met_of(plan.findings)
        more_yuan = plan.objective_yuan - before.objective_yuan
        fewer = before.people_short - plan.people_short
        rows.append(
            {
                "budget_yuan": one.point.budget_yuan,
                "cost_yuan": plan.objective_yuan,
                "sites": len({site.candidate for site in plan.sites}),
                "people_short": plan.people_short,
                "people_short_bound": plan.people_short_bound,
                "gap": gap_of(one),
                "status": str(plan.status),
                "fewer": funded[0].plan.people_short - plan.people_short,
                "fewer_per_wan": fewer / more_yuan * 1e4 if more_yuan > 0 else None,
                "requirements_met": met,
                "requirements": asked,
                "knee": "yes" if at == knee else "no",
                "candidates": " ".join(dict.fromkeys(site.candidate_id for site in plan.sites)),
            }
        )
    return frame_of("frontier", rows)


def frontier_coverage_frame(result: StudyResult) -> pd.DataFrame:
    """A row for each budget × service: who is within the limit of the service's group."""
    rows: list[dict[str, object]] = []
    for one in result.frontier:
        for service, spec in result.town.study.services.items():
            situation = one.plan.situation
            ledger = situation.coverage[service].ledger(situation.demand.people[spec.group])
            rows.append(
                {
                    "budget_yuan": one.point.budget_yuan,
                    "service": service,
                    "limit_min": spec.limit_min,
                    "group": spec.group,
                    "people": ledger.people,
                    "people_year": result.town.demand.year,
                    "covered": ledger.covered,
                    "share": ledger.share,
                }
            )
    return frame_of("frontier_coverage", rows)


def knee_at(funded: Sequence[Funded]) -> int:
    """The budget after which money brings clearly less, −1 where there is none."""
    plans = [one.plan for one in funded]
    return knee_of([p.objective_yuan for p in plans], [p.people_short for p in plans])


def gap_of(one: Funded) -> float:
    """How far the bound of a budget is from what its plan leaves, relative to that."""
    left = one.plan.people_short
    return (left - one.plan.people_short_bound) / left if left > 0 else 0.0
