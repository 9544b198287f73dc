"""Every plan in every world, as a part of the page: a matrix whose colour is the regret."""

from __future__ import annotations

import math

from planning.outputs.bilingual import Says, said
from planning.outputs.frames.robustness import verdict_of
from planning.siting.regret import Contender, Robustness

_STEPS = 6


def robustness_section(found: Robustness) -> str:
    """The matrix, the plan of least worst regret marked, and what it says."""
    first, *rest = verdict_of(found)
    corner = said(("方案＼情形", "Plan \\ world"))
    heads = [
        ("投资（万元）", "Cost (10,000 yuan)"),
        *(world.label for world in found.worlds),
        ("最坏后悔值", "Worst regret"),
    ]
    head = f"<th>{corner}</th>" + "".join(f"<th>{said(one)}</th>" for one in heads)
    rows = "".join(_row(found, p) for p in range(len(found.plans)))
    hint: Says = (
        "每格：这一行的方案在这一列的情形下仍缺的服务人次，下方为后悔值和达标数；颜色越深越后悔，"
        "蓝线处的方案正为该情形而做",
        "In each cell: people left without by the plan of the row in the world of the column, and "
        "the regret and the requirements met below; the darker the worse, underlined: made for it",
    )
    notes = "".join(f'<p class="also">{said(one)}</p>' for one in rest)
    return (
        f'<section class="sheet"><h2 class="lead">{said(first)}</h2>{notes}'
        f'<p class="hint gap">{said(hint)}</p><div class="scroll"><table class="worlds">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _row(found: Robustness, p: int) -> str:
    plan, regret, chosen = found.plans[p], found.regret, p == found.chosen
    mark = f" <b>{said(('最稳健', 'least worst'))}</b>" if chosen else ""
    largest = float(regret.max())
    cells = []
    for w, outcome in enumerate(found.outcomes[p]):
        beyond = float(regret[p, w])
        own = plan.kind == found.worlds[w].kind and plan.name == found.worlds[w].name
        kinds = f"heat h{_shade(beyond, largest)}" + (" own" if own else "")
        cells.append(
            f'<td class="{kinds}">{outcome.people_short:,.0f}'
            f"<small>+{beyond:,.0f} · {outcome.met}／{outcome.asked}</small></td>"
        )
    return (
        f"<tr{' class=chosen' if chosen else ''}><th>{said(_plan(plan))}{mark}</th>"
        f"<td>{plan.yuan / 1e4:,.0f}<small>{said((f'{plan.sites} 处', f'{plan.sites} sites'))}"
        f"</small></td>{''.join(cells)}<td>{regret[p].max():,.0f}</td></tr>"
    )


def _shade(beyond: float, largest: float) -> int:
    """From 0, nothing to regret, to the darkest."""
    return 0 if largest <= 0 or beyond < 1 else max(1, math.ceil(_STEPS * beyond / largest))


def _plan(plan: Contender) -> Says:
    zh, en = plan.label
    return f"{zh}的方案", f"for {en}"
