"""Every plan in every world, as tables and in sentences."""

from __future__ import annotations

import pandas as pd

from planning.outputs.axes import in_millions
from planning.outputs.bilingual import Says
from planning.outputs.frames.results import frame_of
from planning.result import StudyResult
from planning.siting.regret import Contender, Robustness, World

_NOBODY = 0.5


def robustness_frame(result: StudyResult) -> pd.DataFrame:
    """A row for each plan × world; empty where nobody asked."""
    found = result.robustness
    if found is None:
        return frame_of("robustness", [])
    regret, chosen = found.regret, found.chosen
    rows: list[dict[str, object]] = []
    for p, plan in enumerate(found.plans):
        for w, world in enumerate(found.worlds):
            outcome = found.outcomes[p][w]
            rows.append(
                {
                    "plan": key_of(plan),
                    "world": key_of(world),
                    "people_short": outcome.people_short,
                    "regret": float(regret[p, w]),
                    "people_short_bound": world.bound,
                    "worst_regret": float(regret[p].max()),
                    "chosen": "yes" if p == chosen else "no",
                    "cost_yuan": plan.yuan,
                    "sites": plan.sites,
                    "requirements_met": outcome.met,
                    "requirements": outcome.asked,
                }
            )
    return frame_of("robustness", rows)


def robustness_coverage_frame(result: StudyResult) -> pd.DataFrame:
    """A row for each plan × world × service; empty where nobody asked."""
    found, services = result.robustness, result.town.study.services
    if found is None:
        return frame_of("robustness_coverage", [])
    return frame_of(
        "robustness_coverage",
        [
            {
                "plan": key_of(plan),
                "world": key_of(world),
                "service": service,
                "group": services[service].group,
                "people": ledger.people,
                "covered": ledger.covered,
                "share": ledger.share,
            }
            for plan, row in zip(found.plans, found.outcomes, strict=True)
            for world, outcome in zip(found.worlds, row, strict=True)
            for service, ledger in outcome.coverage.items()
        ],
    )


def key_of(one: World | Contender) -> str:
    """What a world is called in tables: own, all, or the name of its scenario or speed."""
    return one.kind if one.kind in ("own", "all") else one.name


def verdict_of(found: Robustness) -> tuple[Says, ...]:
    """Which plan is least regretted, what it costs beside the study's, how good any could be."""
    worst, chosen = found.regret.max(axis=1), found.chosen
    best, own = found.plans[chosen], found.plans[0]
    said: list[Says] = []
    if worst[0] < _NOBODY:
        said.append(
            (
                "本研究的方案在各种情形下都不比别的方案多缺：不必另选",
                "In every world the study's own plan leaves no more than any other: keep it",
            )
        )
    elif chosen == 0:
        said.append(
            (
                f"本研究的方案最稳健：最坏情形也只比当地最好的方案多缺 {worst[0]:,.0f} 服务人次",
                f"The study's own plan is the least regretted: {worst[0]:,.0f} people at worst",
            )
        )
    else:
        more = (best.yuan - own.yuan) / 1e4
        said.append(
            (
                f"最稳健的是“{best.label[0]}”的方案：最坏情形多缺 {worst[chosen]:,.0f} 服务人次，"
                f"本研究的方案最坏多缺 {worst[0]:,.0f}；"
                + (f"多花 {more:,.0f} 万元" if more >= 0 else f"少花 {-more:,.0f} 万元"),
                f"Least regretted is the plan for {best.label[1]}: {worst[chosen]:,.0f} people at "
                f"worst, where the study's own has {worst[0]:,.0f}; it costs "
                f"{in_millions(abs(more) * 1e4)} {'more' if more >= 0 else 'less'}",
            )
        )
    if found.regret_bound >= _NOBODY:
        said.append(
            (
                f"对照这里各情形的最好方案，任何方案的最大后悔值都不低于 {found.regret_bound:,.0f}",
                f"Held against the best plan here in each world, no plan's largest regret is below "
                f"{found.regret_bound:,.0f}",
            )
        )
    said.append(
        (
            "后悔值：在某种情形下，一个方案比那里最好的方案多缺的服务人次；投资不计入，另列",
            "Regret is what a plan leaves in a world beyond the best of the plans there; money is "
            "not in it and stands beside",
        )
    )
    said += [
        (f"情景 {name} 不在其列：{zh}", f"Scenario {name} is left out: it {en}")
        for name, (zh, en) in found.left_out
    ]
    return tuple(said)
