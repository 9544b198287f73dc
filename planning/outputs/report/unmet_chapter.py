"""What cannot be met, why, and the least that would; what no site is asked for."""

from __future__ import annotations

from planning.outputs.bilingual import Says
from planning.outputs.report.paper import Head, Paper
from planning.outputs.report.said import ABSENT, amount, people
from planning.result import StudyResult
from planning.siting import NotPosed, SitingPlan, Unmet
from planning.standards import Clause

MOST_ROWS = 150
"""Requirements that are printed; all of them stand in unmet.csv."""


def write_unmet(paper: Paper, result: StudyResult) -> None:
    """Write the chapter; only where there is a plan."""
    plan = result.plan
    if plan is None:
        return
    paper.part(("不能满足的要求", "What cannot be met"))
    clauses = {clause.id: clause for one in result.town.documents for clause in one.clauses}
    paper.section(("方案之后仍缺", "Short with the plan"))
    _short(paper, plan, clauses)
    paper.section(("不靠选址解决的要求", "Requirements that no site is asked for"))
    _not_posed(paper, plan, clauses)


def _short(paper: Paper, plan: SitingPlan, clauses: dict[str, Clause]) -> None:
    if not plan.unmet:
        paper.say_so(
            ("可由选址满足的要求全部满足。", "Every requirement that sites can meet is met.")
        )
        return
    paper.say_so(
        (
            f"共 {len(plan.unmet):,} 项，仍缺 {people(plan.people_short)} 服务人次（一人可因几项"
            f"要求各计一次），任何方案不会少于 {people(plan.people_short_bound)}。"
            "“最小放宽”以本方案为底，其余不变。",
            f"{len(plan.unmet):,} requirements, {people(plan.people_short)} people left without "
            "(one may count for several); no plan leaves fewer than "
            f"{people(plan.people_short_bound)}. The relaxation is the least, beside the plan.",
        )
    )
    heads = (
        Head(says=("指标", "Indicator"), width=28),
        Head(says=("单元", "Unit"), width=24),
        Head(says=("仍缺", "Short"), width=18, is_figure=True),
        Head(says=("原因", "Why"), width=40),
        Head(says=("最小放宽", "The least that would meet it"), width=50),
    )
    judged = {(f.clause_id, f.level, f.unit_id): f.unit_name for f in plan.findings}
    rows = []
    for one in plan.unmet[:MOST_ROWS]:
        name = judged.get((one.clause_id, one.level, one.unit_id)) or one.unit_id
        rows.append(
            [
                paper.say(_title(clauses, one.clause_id)),
                name,
                paper.say(amount(one.missing, one.unit)),
                paper.say((one.because_zh, one.because_en)),
                paper.say(_relaxed(one)),
            ]
        )
    paper.table(("方案之后仍缺的要求", "Requirements short with the plan"), heads, rows)
    if len(rows) < len(plan.unmet):
        paper.note(
            (
                f"表中为前 {len(rows):,} 项，全部 {len(plan.unmet):,} 项见 unmet.csv。",
                f"The first {len(rows):,}; all {len(plan.unmet):,} stand in unmet.csv.",
            )
        )


def _relaxed(one: Unmet) -> Says:
    """The first of the relaxations, which is the least, with what is not known of it."""
    if not one.relaxations:
        return "没有找到", "None was found"
    way = one.relaxations[0]
    zh, en = way.because_zh, way.because_en
    if not way.suffices:
        zh, en = f"{zh}（必需；是否足够须重新求解）", f"{en} (needed; another run tells if enough)"
    if not way.is_least:
        zh, en = f"{zh}（未证明最省）", f"{en} (not proven the least)"
    return zh, en


def _title(clauses: dict[str, Clause], clause_id: str) -> Says:
    clause = clauses.get(clause_id)
    return (clause_id, clause_id) if clause is None else (clause.title_zh, clause.title_en)


def _not_posed(paper: Paper, plan: SitingPlan, clauses: dict[str, Clause]) -> None:
    """By clause and reason; the units are counted."""
    if not plan.not_posed:
        paper.say_so(("没有。", "None."))
        return
    groups: dict[tuple[str, str], list[NotPosed]] = {}
    for one in plan.not_posed:
        groups.setdefault((one.finding.clause_id, one.because_zh), []).append(one)
    heads = (
        Head(says=("指标", "Indicator"), width=34),
        Head(says=("依据条文", "Clause"), width=30),
        Head(says=("单元数", "Units"), width=12, is_figure=True),
        Head(says=("为什么不能由选址解决", "Why no site can be asked"), width=70),
    )
    rows = []
    for (clause_id, _), some in groups.items():
        found = some[0].finding
        rows.append(
            [
                paper.say(_title(clauses, clause_id)),
                f"{found.document} {found.article}".strip() or ABSENT,
                f"{len(some):,}",
                paper.say((some[0].because_zh, some[0].because_en)),
            ]
        )
    caption = ("未达标而不靠选址解决的要求", "Requirements not met that no site is asked for")
    paper.table(caption, heads, rows)
