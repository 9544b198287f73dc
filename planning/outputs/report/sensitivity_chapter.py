"""How far it holds at other speeds, for other money, for other people; where it was asked."""

from __future__ import annotations

from planning.outputs.frames.frontier import gap_of, knee_at
from planning.outputs.frames.robustness import verdict_of
from planning.outputs.frontier_words import beyond_money, headline, how_made
from planning.outputs.report.paper import Head, Paper
from planning.outputs.report.said import gap, minutes, people, share, wan
from planning.result import StudyResult
from planning.siting.frontier import met_of
from planning.siting.regret import Robustness


def write_sensitivity(paper: Paper, result: StudyResult) -> None:
    """Write the chapter; nothing where none of it was asked for."""
    if not (result.speed_band or result.frontier or result.robustness):
        return
    paper.part(("敏感性", "Sensitivity"))
    if result.speed_band:
        paper.section(("步速", "Walking speed"))
        _speeds(paper, result)
    if result.frontier:
        paper.section(("投资与成效", "Money and what it brings"))
        _frontier(paper, result)
    if result.robustness is not None:
        paper.section(("稳健性", "Robustness"))
        _robustness(paper, result.robustness)


def _speeds(paper: Paper, result: StudyResult) -> None:
    study, band = result.town.study, result.town.network.profile.band
    heads = (
        Head(says=("服务", "Service"), width=30),
        Head(says=("时限（分钟）", "Limit (min)"), width=18, is_figure=True),
        Head(says=("步速（米/秒）", "Speed (m/s)"), width=20, is_figure=True),
        Head(says=("人数", "People"), width=20, is_figure=True),
        Head(says=("现状圈内", "Inside today"), width=20, is_figure=True),
        Head(says=("覆盖率", "Share"), width=16, is_figure=True),
    )
    rows = [
        [
            study.services[one.service].label,
            minutes(study.services[one.service].limit_min),
            f"{one.speed_m_s:g}",
            people(one.ledger.people),
            people(one.ledger.covered),
            share(one.ledger.share),
        ]
        for one in result.speed_band
    ]
    paper.table(("不同步速下的现状覆盖", "Coverage today at other speeds"), heads, rows)
    if band is not None:
        paper.note((f"慢、快步速依据：{band.source_zh}", f"Slow and fast: {band.source_en}"))


def _frontier(paper: Paper, result: StudyResult) -> None:
    funded = result.frontier
    paper.say_so(_sentence(headline(funded)))
    beyond = beyond_money(funded)
    if beyond is not None:
        paper.say_so(_sentence(beyond))
    heads = (
        Head(says=("投资上限（万元）", "Budget (10,000 yuan)"), width=24, is_figure=True),
        Head(says=("实际投资（万元）", "Cost (10,000 yuan)"), width=24, is_figure=True),
        Head(says=("处数", "Sites"), width=12, is_figure=True),
        Head(says=("仍缺服务人次", "Left without"), width=22, is_figure=True),
        Head(says=("下界", "Bound"), width=22, is_figure=True),
        Head(says=("差距", "Gap"), width=14, is_figure=True),
        Head(says=("达标要求", "Met"), width=18, is_figure=True),
    )
    knee, rows = knee_at(funded), []
    for at, one in enumerate(funded):
        plan = one.plan
        met, asked = met_of(plan.findings)
        rows.append(
            [
                wan(one.point.budget_yuan) + (paper.say(("（拐点）", " (knee)")) * (at == knee)),
                wan(plan.objective_yuan),
                f"{len({site.candidate for site in plan.sites}):,}",
                people(plan.people_short),
                people(plan.people_short_bound),
                gap(gap_of(one)),
                f"{met:,}／{asked:,}",
            ]
        )
    paper.table(("各档投资的方案", "The plan of each budget"), heads, rows)
    siting = result.town.study.siting
    years = () if siting is None else siting.years
    for words in how_made(funded, result.town.study.standards.year, len(years)):
        paper.note(words)


def _robustness(paper: Paper, found: Robustness) -> None:
    for words in verdict_of(found):
        paper.say_so(_sentence(words))
    worlds = [Head(says=world.label, width=18, is_figure=True) for world in found.worlds]
    heads = (
        Head(says=("方案＼情形", "Plan \\ world"), width=28),
        Head(says=("投资（万元）", "Cost (10,000 yuan)"), width=18, is_figure=True),
        *worlds,
        Head(says=("最坏后悔值", "Worst regret"), width=16, is_figure=True),
    )
    rows = []
    for at, plan in enumerate(found.plans):
        mark = paper.say(("（最稳健）", " (least regretted)")) if at == found.chosen else ""
        rows.append(
            [
                paper.say(plan.label) + mark,
                wan(plan.yuan),
                *(people(outcome.people_short) for outcome in found.outcomes[at]),
                people(float(found.regret[at].max())),
            ]
        )
    caption = ("各方案在各情形下仍缺的服务人次", "People left without by every plan in every world")
    paper.table(caption, heads, rows)


def _sentence(words: tuple[str, str]) -> tuple[str, str]:
    """Words of a page, which end without a stop, as a sentence."""
    zh, en = words
    return zh.rstrip("。") + "。", en.rstrip(".") + "."
