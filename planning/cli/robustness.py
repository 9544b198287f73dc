"""Every plan in every world, as a matrix on the terminal."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from planning.cli.tables import print_table

if TYPE_CHECKING:
    from planning.result import StudyResult
    from planning.siting.regret import Robustness

_MOST_WORLDS = 4
_MOST_LETTERS = 10
"""What fits side by side on a narrow terminal."""


def print_robustness(result: StudyResult) -> None:
    """A line a plan, a column a world: people left without, and the regret below."""
    found = result.robustness
    if found is None:
        return
    from planning.outputs.frames.robustness import verdict_of

    for begin in range(0, len(found.worlds), _MOST_WORLDS):
        _print_worlds(found, range(begin, min(begin + _MOST_WORLDS, len(found.worlds))))
    for zh, en in verdict_of(found):
        print(f"  · {zh}\n    {en}")


def _print_worlds(found: Robustness, worlds: range) -> None:
    regret, chosen = found.regret, found.chosen
    rows = []
    for p, plan in enumerate(found.plans):
        cells = [f"{found.outcomes[p][w].people_short:,.0f}\n+{regret[p, w]:,.0f}" for w in worlds]
        worst = f"{regret[p].max():,.0f}"
        mark = "●" if p == chosen else ""
        rows.append([mark, _folded(plan.label), f"{plan.yuan / 1e4:,.0f}", *cells, worst])
    print_table(
        "稳健性 robustness：仍缺服务人次，下为后悔值 people left, regret below",
        [
            "",
            "方案\nplan for",
            "万元\ncost",
            *(_folded(found.worlds[w].label) for w in worlds),
            "最坏\nworst",
        ],
        rows,
        figures=2 + len(worlds),
    )


def _folded(label: tuple[str, str]) -> str:
    """A label in both languages, in lines that are short enough."""
    return "\n".join(line for text in dict.fromkeys(label) for line in wrap(text, _MOST_LETTERS))
