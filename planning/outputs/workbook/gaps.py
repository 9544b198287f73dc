"""缺口清单: every requirement that is not met today, whom it concerns, and what the plan leaves."""

from __future__ import annotations

from planning.outputs.bilingual import Says
from planning.outputs.cards import Cards
from planning.outputs.finding_words import VERDICT_WORDS, level_words
from planning.outputs.workbook.table import Column, Table
from planning.result import StudyResult
from planning.siting import Unmet
from planning.standards import Finding
from planning.standards.words import UNIT_WORDS


def gaps_table(result: StudyResult, cards: Cards) -> Table:
    """One line for each requirement of the study's own document that is not met in a unit."""
    plan = result.plan
    rows = [
        row
        for profile, card in cards.cards
        if profile.standard.id == result.town.profile.standard.id
        for row in card
        if row.finding.role == "requirement" and row.finding.verdict == "not_met"
    ]
    after = (
        {}
        if plan is None
        else {(one.clause_id, one.level, one.unit_id): one for one in plan.findings}
    )
    unmet = (
        {} if plan is None else {(one.clause_id, one.level, one.unit_id): one for one in plan.unmet}
    )
    keys = [(r.finding.clause_id, r.finding.level, r.finding.unit_id) for r in rows]
    left = [unmet.get(key) for key in keys]
    of_plan = (
        ()
        if plan is None
        else (
            Column(
                heading=("规划后", "after the plan"),
                values=[VERDICT_WORDS[after[key].verdict] if key in after else "" for key in keys],
                width=9,
            ),
            Column(
                heading=("规划后仍缺", "still missing"),
                values=[None if one is None else one.missing for one in left],
                form="amount",
            ),
            Column(
                heading=("原因", "because"),
                values=["" if one is None else (one.because_zh, one.because_en) for one in left],
                form="words",
                width=40,
            ),
            Column(
                heading=("最小的放宽", "the least that would meet it"),
                values=[_least(one) for one in left],
                form="words",
                width=40,
            ),
        )
    )
    found = [row.finding for row in rows]
    columns = (
        Column(heading=("单元", "unit"), values=[f.unit_name for f in found], width=20),
        Column(heading=("指标", "indicator"), form="words", width=26,
               values=[(r.clause.title_zh, r.clause.title_en) for r in rows]),
        Column(heading=("单元层级", "level"), values=[level_words(f.level) for f in found],
               width=12),
        Column(heading=("现状", "there"), values=[r.current for r in rows], form="words",
               width=16),
        Column(heading=("目标", "asked"), values=[r.target for r in rows], form="words",
               width=16),
        Column(heading=("缺口", "missing"), values=[r.gap for r in rows], form="words",
               width=16),
        Column(heading=("缺口数值", "missing, as a number"),
               values=[None if f.gap is None else float(f.gap) for f in found], form="amount"),
        Column(heading=("量纲", "unit"),
               values=[_unit(f) for f in found], width=8),
        Column(heading=("涉及人数（人）", "people concerned"),
               values=[f.people_short for f in found], form="whole", bar=True),
        *of_plan,
        Column(heading=("理由", "worked out"), values=[(f.because_zh, f.because_en) for f in found],
               form="words", width=60),
        Column(heading=("依据条文", "article"), values=[f"{f.document} {f.article}" for f in found],
               form="words", width=26),
        Column(heading=("条文编号", "clause id"), values=[f.clause_id for f in found], width=30),
    )  # fmt: skip
    return Table(
        name=("缺口清单", "Gaps"),
        note=(
            "本研究采用文件中有约束力、现状未达标的要求。",
            "Binding requirements of the study's own document that are not met today.",
        ),
        columns=columns,
    )


def _unit(finding: Finding) -> Says:
    zh, en = UNIT_WORDS[finding.unit]
    return zh or "占比", en or "share"


def _least(unmet: Unmet | None) -> Says | None:
    """The first way of asking less that would do."""
    if unmet is None or not unmet.relaxations:
        return None
    one = unmet.relaxations[0]
    return one.because_zh, one.because_en
