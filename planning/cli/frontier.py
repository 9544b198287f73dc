"""What each budget buys, as tables on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.cli.tables import print_table

if TYPE_CHECKING:
    from planning.result import StudyResult
    from planning.siting.frontier import Funded

_MOST_SERVICES = 5
"""So many columns of coverage fit beside the budget on a narrow terminal."""


def print_frontier(result: StudyResult) -> None:
    """A line a budget, the knee marked, and what it comes to; nothing where nobody asked."""
    funded = result.frontier
    if not funded:
        return
    from planning.outputs.frames.frontier import knee_at
    from planning.outputs.frontier_words import beyond_money, headline, how_made, last_step

    knee = knee_at(funded)
    print_table(
        "投资与成效 cost against coverage\n" + " ".join(result.town.demand.of_year),
        [
            "",
            "万元\nbudget",
            "实花\nspent",
            "处\nsites",
            "仍缺人次\nleft",
            "差距\ngap",
            "达标／要求\nmet/asked",
        ],
        [_row(one, "●" if at == knee else "") for at, one in enumerate(funded)],
        figures=6,
    )
    services = list(result.town.study.services)
    for begin in range(0, len(services), _MOST_SERVICES):
        _print_coverage(result, services[begin : begin + _MOST_SERVICES])
    siting = result.town.study.siting
    said = [headline(funded), last_step(funded), beyond_money(funded)]
    said += how_made(funded, result.town.study.standards.year, len(siting.years) if siting else 0)
    for one in said:
        if one is not None:
            print(f"  · {one[0]}\n    {one[1]}")
    if knee >= 0:
        print("  · ● 拐点 the knee")


def _row(one: Funded, mark: str) -> list[str]:
    from planning.outputs.frames.frontier import gap_of
    from planning.siting.frontier import met_of

    plan = one.plan
    met, asked = met_of(plan.findings)
    return [
        mark,
        f"{one.point.budget_yuan / 1e4:,.0f}",
        f"{plan.objective_yuan / 1e4:,.0f}",
        f"{len({site.candidate for site in plan.sites}):,}",
        f"{plan.people_short:,.0f}",
        f"{gap_of(one):.1%}",
        f"{met}/{asked}",
    ]


def _print_coverage(result: StudyResult, services: list[str]) -> None:
    """Who is within the limit of some services, by budget."""
    specs = [result.town.study.services[service] for service in services]
    rows = []
    for one in result.frontier:
        situation = one.plan.situation
        shares = [
            situation.coverage[service].ledger(situation.demand.people[spec.group]).share
            for service, spec in zip(services, specs, strict=True)
        ]
        rows.append(
            [
                f"{one.point.budget_yuan / 1e4:,.0f}",
                *("—" if share is None else f"{share:.1%}" for share in shares),
            ]
        )
    print_table(
        "步行覆盖 walking coverage",
        ["万元\nbudget", *(f"{spec.label[:6]}\n≤ {spec.limit_min:g} min" for spec in specs)],
        rows,
        figures=1 + len(services),
    )
