"""The plan: what it comes to, year by year, every site, and why."""

from __future__ import annotations

from planning.outputs.bilingual import Says
from planning.outputs.report.paper import Head, Paper
from planning.outputs.report.said import ABSENT, people, tally, wan
from planning.outputs.report.site_cards import (
    MOST_CARDS,
    Site,
    builds,
    most_needed,
    sites_of,
    size,
    write_card,
)
from planning.outputs.report.summary_chapter import planned
from planning.result import StudyResult
from planning.siting import SitingPlan


def write_plan(paper: Paper, result: StudyResult) -> None:
    """Write the chapter; a sentence where there is no plan, or one without sites."""
    paper.part(("推荐方案", "The plan"))
    plan = result.plan
    if plan is None:
        paper.say_so(
            (
                "本次只作体检，未求选址方案；需要方案时对同一研究执行 planning run。",
                "No sites were looked for. `planning run` on the same study does so.",
            )
        )
        return
    paper.say_so(planned(plan))
    sites = sites_of(result)
    if not sites:
        return
    paper.section(("总表", "Overview"))
    _overview(paper, result, sites)
    paper.section(("分年实施", "By year"))
    _years(paper, result, plan)
    paper.section(("逐处说明", "Site by site"))
    shown = most_needed(sites, MOST_CARDS)
    if len(shown) < len(sites):
        paper.say_so(_only_some(len(shown), len(sites)))
    clauses = {clause.id: clause for one in result.town.documents for clause in one.clauses}
    for site in shown:
        # A page a site, so that each can be handed on by itself.
        write_card(paper, result, site, clauses, new_page=site is not shown[0])


def _only_some(n_shown: int, n_sites: int) -> Says:
    return (
        f"方案共 {n_sites:,} 处，这里逐处说明去掉后失去步行圈人数最多的 {n_shown:,} 处"
        "（人数相同者看不再达标的条文多少），其余见总表与 reasons.html。",
        f"Of the {n_sites:,} sites these are the {n_shown:,} without which most people lose a "
        "circle (of equals, most clauses fall); the others stand in the overview and in "
        "reasons.html.",
    )


def _overview(paper: Paper, result: StudyResult, sites: list[Site]) -> None:
    heads = (
        Head(says=("编号", "Site"), width=12),
        Head(says=("位置", "Where"), width=34),
        Head(says=("建什么", "What"), width=28),
        Head(says=("规模", "Size"), width=40),
        Head(says=("投资（万元）", "Cost (10,000 yuan)"), width=18, is_figure=True),
        Head(says=("年度", "Year"), width=12),
        Head(says=("去掉失去步行圈（人）", "Lose the circle without it"), width=20, is_figure=True),
    )
    rows = [
        [
            site.number if at == 0 else "",
            f"{' ▸ '.join(site.path)} {site.first.candidate_id}".strip() if at == 0 else "",
            paper.say(builds(result, module)),
            paper.say(size(module)) or ABSENT,
            wan(module.cost_yuan),
            ABSENT if module.year is None else str(module.year),
            people(site.lost_people) if at == 0 else "",
        ]
        for site in sites
        for at, module in enumerate(site.modules)
    ]
    total = sum(site.cost_yuan for site in sites)
    rows.append([paper.say(("合计", "All")), "", "", "", wan(total), "", ""])
    paper.table(("选址方案总表", "The sites of the plan"), heads, rows)
    paper.note(
        (
            "“去掉失去步行圈”为关掉该处全部设施、其余不动时不再有步行圈的人次；各处不能相加。",
            "Lose the circle: people over services, were all of the site closed and the rest left "
            "as it is; not to be added up.",
        )
    )


def _years(paper: Paper, result: StudyResult, plan: SitingPlan) -> None:
    siting = result.town.study.siting
    budgets = {} if siting is None else siting.budgets_yuan
    heads = (
        Head(says=("年度", "Year"), width=16),
        Head(says=("新开（处）", "Opens"), width=16, is_figure=True),
        Head(says=("投资（万元）", "Cost (10,000 yuan)"), width=22, is_figure=True),
        Head(says=("年度预算（万元）", "Budget (10,000 yuan)"), width=22, is_figure=True),
        Head(says=("年末仍缺服务人次", "Left without at its end"), width=24, is_figure=True),
        Head(says=("年末达标／未达标要求", "Met / not met at its end"), width=26, is_figure=True),
    )
    rows = []
    for one in plan.years:
        counts = tally(one.findings)
        budget = None if one.year is None else budgets.get(one.year)
        rows.append(
            [
                paper.say(("不分年", "All at once")) if one.year is None else str(one.year),
                f"{one.sites:,}",
                wan(one.yuan),
                ABSENT if budget is None else wan(budget),
                people(one.people_short),
                f"{counts['met']:,}／{counts['not_met']:,}",
            ]
        )
    paper.table(("分年实施", "The plan by year"), heads, rows)
    if siting is not None and siting.budget_yuan is not None:
        total = wan(siting.budget_yuan)
        paper.note((f"投资上限合计 {total} 万元。", f"At most {total} × 10,000 yuan in all."))
