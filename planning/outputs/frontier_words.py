"""What a frontier says, in sentences: the same on the terminal and on the page."""

from __future__ import annotations

from collections.abc import Sequence

from planning.outputs.axes import in_millions
from planning.outputs.bilingual import Says
from planning.outputs.frames.frontier import knee_at
from planning.siting.frontier import Funded


def headline(funded: Sequence[Funded]) -> Says:
    """What the first money brings and what the last does, (中文, English)."""
    first, last = funded[0].plan, funded[-1].plan
    solvable = first.people_short - last.people_short
    if first.people_short <= 0:
        return (
            "没有仍缺的服务人次：现状已满足全部可由选址满足的要求",
            "Nobody is left without: every requirement that sites can meet is met",
        )
    if solvable <= 0:
        return (
            f"这些投资都不能减少仍缺的 {first.people_short:,.0f} 服务人次",
            f"None of these budgets helps any of the {first.people_short:,.0f} left without",
        )
    knee = knee_at(funded)
    if knee < 0:
        each = solvable / max(1.0, last.objective_yuan - first.objective_yuan) * 1e4
        return (
            f"没有明显拐点：每万元约解决 {each:,.1f} 服务人次，前后相近",
            f"No knee: each million yuan helps about {each * 100:,.0f} people, first and last",
        )
    at = funded[knee].plan
    early = first.people_short - at.people_short
    rest_yuan = last.objective_yuan - at.objective_yuan
    return (
        f"头 {at.objective_yuan / 1e4:,.0f} 万元解决 {early:,.0f} 服务人次"
        f"（能解决的 {early / solvable:.0%}），"
        f"其后 {rest_yuan / 1e4:,.0f} 万元只解决 {solvable - early:,.0f}",
        f"The first {in_millions(at.objective_yuan)} help {early:,.0f} people "
        f"({early / solvable:.0%} of those who can be helped), the next {in_millions(rest_yuan)} "
        f"only {solvable - early:,.0f}",
    )


def last_step(funded: Sequence[Funded]) -> Says | None:
    """What the last step of money brings by itself; None where there is no such step."""
    if len(funded) < 3:
        return None
    before, last = funded[-2].plan, funded[-1].plan
    yuan = last.objective_yuan - before.objective_yuan
    people = before.people_short - last.people_short
    if yuan <= 0:
        return None
    per, first = people / yuan * 1e4, _first_rate(funded)
    return (
        f"最后 {yuan / 1e4:,.0f} 万元解决 {people:,.0f} 服务人次，"
        f"每万元 {per:,.1f}（最初 {first:,.1f}）",
        f"The last {in_millions(yuan)} help {people:,.0f} people, {per * 100:,.0f} by a million "
        f"({first * 100:,.0f} at first)",
    )


def beyond_money(funded: Sequence[Funded]) -> Says | None:
    """What no money on these candidates helps; None where everybody can be helped."""
    left, bound = funded[-1].plan.people_short, funded[-1].plan.people_short_bound
    if left <= 0 or bound <= 0:
        return None
    return (
        f"至少 {bound:,.0f} 服务人次，照这些候选点花到最后一档也解决不了：要另找候选点，或不靠选址",
        f"At least {bound:,.0f} cannot be helped by the largest budget on these candidates: "
        "look for other candidates, or beyond sites",
    )


def how_made(funded: Sequence[Funded], year: int | None, n_years: int) -> tuple[Says, ...]:
    """How to read it: what is counted, what is left aside, how exact it is."""
    worst = max((one.point.gap for one in funded), default=0.0)
    said = [
        (
            "每一档都是该投资内仍缺服务人次最少、其次花钱最少的方案，用与体检相同的评估器逐档复核；"
            "圆点为算得，连线只示走势",
            "Each budget has the plan that leaves fewest without, then costs least; every one is "
            "audited by the evaluator of the findings. Dots are computed, lines lead the eye",
        ),
        (
            f"仍缺服务人次按要求合计，一人可因几项要求各计一次；与下界的差距至多 {worst:.2%}",
            "People left without are summed over requirements, one person may count for several; "
            f"no point is farther than {worst:.2%} from its bound",
        ),
    ]
    if n_years > 1:
        said.append(
            (
                f"研究分 {n_years} 年实施；这里按末年 {year} 的要求、全部在末年建成来算，"
                "不计各年投资上限",
                f"The study has {n_years} years; this is the problem of the last, {year}, all "
                "built by then, whatever each year may spend",
            )
        )
    return tuple(said)


def _first_rate(funded: Sequence[Funded]) -> float:
    """People helped by 10,000 yuan over the first step that spends any."""
    first = funded[0].plan
    for one in funded[1:]:
        yuan = one.plan.objective_yuan - first.objective_yuan
        if yuan > 0:
            return (first.people_short - one.plan.people_short) / yuan * 1e4
    return 0.0
