"""What each budget buys, as a table on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.cli.tables import print_table

if TYPE_CHECKING:
    from planning.result import StudyResult
    from planning.siting.frontier import Funded


def print_frontier(result: StudyResult) -> None:
    """A line a budget, the knee marked, and what it comes to; nothing where nobody asked."""
    funded = result.frontier
    if not funded:
        return
    from planning.outputs.frontier_frames import knee_at
    from planning.outputs.frontier_words import beyond_money, headline, how_made, last_step

    services, knee = result.town.study.services, knee_at(funded)
    print_table(
        "投资与成效 cost against coverage\n" + " ".join(result.town.demand.of_year),
        [
            "",
            "万元\nbudget",
            "实花\nspent",
            "处\nsites",
            "仍缺人次\nleft",
            "差距\ngap",
            "达标\nmet",
            *(f"{spec.label[:6]}\ncovered" for spec in services.values()),
        ],
        [_row(result, one, "●" if at == knee else "") for at, one in enumerate(funded)],
        figures=6 + len(services),
    )
    siting = result.town.study.siting
    years = siting.years if siting else ()
    said = [headline(funded), last_step(funded), beyond_money(funded)]
    said += how_made(funded, result.town.study.standards.year, len(years))
    for one in said:
        if one is not None:
            print(f"  · {one[0]}\n    {one[1]}")
    if knee >= 0:
        print("  · ● 拐点 the knee")


def _row(result: StudyResult, one: Funded, mark: str) -> list[str]:
    from planning.outputs.frontier_frames import gap_of
    from planning.siting.frontier import met_of

    plan = one.plan
    met, asked = met_of(plan.findings)
    shares = []
    for service, spec in result.town.study.services.items():
        people = plan.situation.demand.people[spec.group]
        share = plan.situation.coverage[service].ledger(people).share
        shares.append("—" if share is None else f"{share:.1%}")
    return [
        mark,
        f"{one.point.budget_yuan / 1e4:,.0f}",
        f"{plan.objective_yuan / 1e4:,.0f}",
        f"{len({site.candidate for site in plan.sites}):,}",
        f"{plan.people_short:,.0f}",
        f"{gap_of(one):.1%}",
        f"{met}/{asked}",
        *shares,
    ]
