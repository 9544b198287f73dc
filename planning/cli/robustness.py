"""Every plan in every world, as a matrix on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.cli.tables import print_table

if TYPE_CHECKING:
    from planning.result import StudyResult


def print_robustness(result: StudyResult) -> None:
    """A line a plan, a column a world: people left without, and the regret below."""
    found = result.robustness
    if found is None:
        return
    from planning.outputs.robustness_frames import verdict_of

    regret, chosen = found.regret, found.chosen
    rows = []
    for p, plan in enumerate(found.plans):
        name = "\n".join(dict.fromkeys(plan.label))
        cells = [
            f"{outcome.people_short:,.0f}\n+{regret[p, w]:,.0f}"
            for w, outcome in enumerate(found.outcomes[p])
        ]
        worst = f"{regret[p].max():,.0f}"
        rows.append(["●" if p == chosen else "", name, f"{plan.yuan / 1e4:,.0f}", *cells, worst])
    print_table(
        "稳健性 robustness：仍缺服务人次，+后悔值 people left without, +regret",
        [
            "",
            "方案\nplan for",
            "万元\ncost",
            *("\n".join(dict.fromkeys(world.label)) for world in found.worlds),
            "最坏\nworst",
        ],
        rows,
        figures=2 + len(found.worlds),
    )
    for zh, en in verdict_of(found):
        print(f"  · {zh}\n    {en}")
