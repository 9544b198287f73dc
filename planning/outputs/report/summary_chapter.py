"""The summary, on one page: asked, found, planned, spent, proven, left."""

from __future__ import annotations

from collections import Counter

from planning.outputs.bilingual import Says
from planning.outputs.finding_words import VERDICT_WORDS
from planning.outputs.report.paper import Head, Paper
from planning.outputs.report.said import (
    STATUS_WORDS,
    gap,
    inside,
    minutes,
    money,
    people,
    share,
    tally,
)
from planning.result import StudyResult
from planning.siting import SitingPlan, Status

_MOST_NAMED = 3  # clauses, for the page has no room for more


def write_summary(paper: Paper, result: StudyResult) -> None:
    """Write the first page."""
    paper.part(("摘要", "Summary"))
    paper.say_so(_asked(result))
    _circles(paper, result)
    _tallies(paper, result)
    if result.plan is None:
        paper.say_so(
            (
                "本次只作体检，未求选址方案。",
                "This is an assessment only: no sites were looked for.",
            )
        )
        return
    paper.say_so(planned(result.plan))
    paper.say_so(_left(result, result.plan))


def _asked(result: StudyResult) -> Says:
    """The question: where, against what, for whom, in which year."""
    town = result.town
    names = [profile.standard.document for profile in town.documents]
    year = town.study.standards.year
    of_zh, of_en = town.demand.of_year
    at_zh = "评估年份未指定" if year is None else f"评估年份 {year} 年"
    at_en = (
        "no year of assessment was named" if year is None else f"the year of assessment is {year}"
    )
    scenario = "" if town.scenario is None else f"，情景 {town.scenario}"
    scenario_en = "" if town.scenario is None else f", scenario {town.scenario}"
    quoted = "、".join(_quoted(name) for name in names)
    return (
        f"对照{quoted}，检查范围内的设施现状{'，并求选址方案' if result.plan else ''}"
        f"（{of_zh}，{at_zh}{scenario}）。",
        f"The facilities of the area are held against {', '.join(names)}"
        f"{', and sites are sought' if result.plan else ''} ({of_en}; {at_en}{scenario_en}).",
    )


def _quoted(document: str) -> str:
    """A title in title marks; a number (川办发〔2021〕57号) takes none."""
    return document if "〔" in document or "《" in document else f"《{document}》"


def _circles(paper: Paper, result: StudyResult) -> None:
    study = result.town.study
    heads = [
        Head(says=("服务", "Service"), width=22),
        Head(says=("时限", "Limit"), width=17),
        Head(says=("人群", "Group"), width=27),
        Head(says=("人数", "People"), width=19, is_figure=True),
        Head(says=("现状圈内", "Inside today"), width=20, is_figure=True),
        Head(says=("覆盖率", "Share"), width=16, is_figure=True),
    ]
    if result.plan is not None:
        heads += [
            Head(says=("规划圈内", "With the plan"), width=20, is_figure=True),
            Head(says=("覆盖率", "Share"), width=16, is_figure=True),
        ]
    rows = []
    for name, spec in study.services.items():
        now = inside(result, name, "now")
        row = [
            spec.label,
            minutes(spec.limit_min) + paper.say((" 分钟", " min")),
            paper.say(study.labels[spec.group]),
            people(now.people),
            people(now.covered),
            share(now.share),
        ]
        if result.plan is not None:
            after = inside(result, name, "after")
            row += [people(after.covered), share(after.share)]
        rows.append(row)
    paper.table(("步行圈内人口", "People within the walking limit"), heads, rows, is_large=True)


def _tallies(paper: Paper, result: StudyResult) -> None:
    """Requirements by verdict, today and with the plan."""
    states = [(("现状", "Today"), tally(result.findings))]
    if result.plan is not None:
        states.append((("规划后", "With the plan"), tally(result.plan.findings)))
    heads = [Head(says=("要求（条文×单元）", "Requirements (clause × unit)"), width=26)]
    heads += [Head(says=words, width=14, is_figure=True) for words in VERDICT_WORDS.values()]
    rows = [
        [paper.say(words), *(f"{counts[verdict]:,}" for verdict in VERDICT_WORDS)]
        for words, counts in states
    ]
    # The plan answers to one document; what stands beside it has its own section in the findings.
    is_one = len(result.town.documents) == 1
    of = "" if is_one else result.town.profile.standard.document
    caption = (
        f"要求达标情况（{of}）" if of else "要求达标情况",
        f"Requirements by verdict ({of})" if of else "Requirements by verdict",
    )
    paper.table(caption, heads, rows, is_large=True)


def planned(plan: SitingPlan) -> Says:
    """What the plan builds, what it costs, and how good it is known to be."""
    if not plan.sites:
        how_zh, how_en = STATUS_WORDS[plan.status]
        return f"方案不新设任何点位（{how_zh}）。", f"The plan opens no site ({how_en})."
    candidates = len({site.candidate_id for site in plan.sites})
    places, beds = (sum(getattr(s, name) for s in plan.sites) for name in ("places", "beds"))
    floor, cost = (sum(getattr(s, name) for s in plan.sites) for name in ("floor_m2", "cost_yuan"))
    cost_zh, cost_en = money(cost)
    proof_zh, proof_en = _proof(plan)
    return (
        f"方案选址 {candidates:,} 处，增托位 {places:,} 个、床位 {beds:,} 张、"
        f"建筑面积 {floor:,.0f} 平方米，投资 {cost_zh}；{proof_zh}。",
        f"The plan has {candidates:,} sites: {places:,} nursery places, {beds:,} beds and "
        f"{floor:,.0f} m² of floor more, for {cost_en}; {proof_en}.",
    )


def _proof(plan: SitingPlan) -> Says:
    if plan.status is Status.PICKED:
        return STATUS_WORDS[plan.status]
    how_zh, how_en = STATUS_WORDS[plan.status]
    if not plan.is_cost_sought:
        return f"求解{how_zh}，投资不是目标", f"{how_en}; cost was no aim"
    low_zh, low_en = money(plan.bound_yuan)
    return (
        f"投资下界 {low_zh}，差距 {gap(plan.gap)}，{how_zh}",
        f"no plan as good costs less than {low_en}, a gap of {gap(plan.gap)}: {how_en}",
    )


def _left(result: StudyResult, plan: SitingPlan) -> Says:
    """What no plan of these candidates brings."""
    zh, en = "可由选址满足的要求全部满足", "Every requirement that sites can meet is met"
    if plan.unmet:
        least = people(plan.people_short_bound)
        mainly_zh, mainly_en = _mainly(result, plan)
        zh = (
            f"仍有 {len(plan.unmet):,} 项要求不能满足，缺 {people(plan.people_short)} 服务人次"
            f"（任何方案不少于 {least}），{mainly_zh}"
        )
        en = (
            f"{len(plan.unmet):,} requirements stay short, {people(plan.people_short)} left "
            f"without (no plan leaves fewer than {least}), {mainly_en}"
        )
    if plan.not_posed:
        zh = f"{zh}；另有 {len(plan.not_posed):,} 项未达标要求不靠选址解决"
        en = f"{en}; {len(plan.not_posed):,} more are not met and no site is asked for them"
    return f"{zh}。", f"{en}."


def _mainly(result: StudyResult, plan: SitingPlan) -> Says:
    """The clauses that most of what stays short answers to."""
    titles = {
        clause.id: (clause.title_zh, clause.title_en)
        for profile in result.town.documents
        for clause in profile.clauses
    }
    counts = Counter(one.clause_id for one in plan.unmet)
    first = [(titles.get(key, (key, key)), n) for key, n in counts.most_common(_MOST_NAMED)]
    zh = "、".join(f"{title[0]} {n:,} 项" for title, n in first)
    en = ", ".join(f"{title[1]} ({n:,})" for title, n in first)
    if len(counts) > _MOST_NAMED:
        return f"主要是{zh}", f"mostly {en}"
    return f"即{zh}", f"namely {en}"
