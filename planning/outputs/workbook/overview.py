"""指标总表: every clause in force, in how many units it is met, now and after the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from planning.outputs.bilingual import Says
from planning.outputs.cards import Cards
from planning.outputs.finding_words import ROLE_WORDS, level_words
from planning.outputs.workbook.table import Cell, Column, Table
from planning.result import StudyResult
from planning.standards import Finding
from planning.standards.scorecard import Row


@dataclass(slots=True)
class _Line:
    """One clause at one level of units, of one document."""

    first: Row
    now: list[Finding] = field(default_factory=list)
    after: list[Finding] = field(default_factory=list)

    @property
    def is_alone(self) -> bool:
        """Whether there is one unit, whose figures stand for themselves."""
        return len(self.now) == 1


def overview_table(result: StudyResult, cards: Cards) -> Table:
    """One line for each clause at each level, of every document."""
    lines = _lines(result, cards)

    columns = (
        Column(heading=("文件", "document"), values=[one.first.finding.profile for one in lines],
               width=7),
        Column(heading=("指标", "indicator"), values=[_title(one.first) for one in lines],
               width=26, form="words"),
        Column(heading=("约束", "role"),
               values=[ROLE_WORDS[one.first.finding.role] for one in lines], width=8),
        Column(heading=("单元层级", "level"),
               values=[level_words(one.first.finding.level) for one in lines], width=9),
        Column(heading=("单元（个）", "units"), values=[len(one.now) for one in lines],
               form="whole", width=8),
        Column(heading=("无法评估（个）", "cannot be assessed"),
               values=[_count(one.now, "not_assessable") for one in lines], form="whole"),
        *_met([one.now for one in lines], ("现状", "now")),
        *([] if result.plan is None
          else _met([one.after for one in lines], ("规划后", "after the plan"))),
        Column(heading=("现状", "there"), form="words", width=18,
               values=[one.first.current if one.is_alone else "" for one in lines]),
        Column(heading=("目标", "asked"), form="words", width=18,
               values=[one.first.target if one.is_alone else "" for one in lines]),
        Column(heading=("缺口", "missing"), form="words", width=18,
               values=[one.first.gap if one.is_alone else "" for one in lines]),
        Column(heading=("依据条文", "article"), form="words", width=26,
               values=[f"{one.first.finding.document} {one.first.finding.article}"
                       for one in lines]),
        Column(heading=("原文", "quote"), form="words", width=60,
               values=[one.first.clause.quote for one in lines]),
        Column(heading=("条文编号", "clause id"), width=30,
               values=[one.first.finding.clause_id for one in lines]),
    )  # fmt: skip
    return Table(
        name=("指标总表", "Indicators"),
        note=(
            "一行一条条文、一个层级。达标率只计能评估的单元；只有一个单元的列出现状、目标、缺口，其余见“缺口清单”。",
            "A line a clause and level. Shares are of units that can be assessed; figures where "
            "there is one unit, others among the gaps.",
        ),
        columns=columns,
        frozen=2,
    )


def _title(row: Row) -> Says:
    return row.clause.title_zh, row.clause.title_en


def _count(found: Sequence[Finding], verdict: str) -> int:
    return sum(one.verdict == verdict for one in found)


def _met(lines: Sequence[Sequence[Finding]], state: Says) -> list[Column]:
    """Units that meet it, that do not, and the part of both: blank where none is assessed."""
    met_zh, not_zh = f"{state[0]}达标（个）", f"{state[0]}未达标（个）"
    met = [_count(found, "met") if found else None for found in lines]
    failed = [_count(found, "not_met") if found else None for found in lines]
    parts = [
        m / (m + f) if m is not None and f is not None and m + f else None
        for m, f in zip(met, failed, strict=True)
    ]

    def part(cell: Cell) -> str:
        both = f"({cell(met_zh)}+{cell(not_zh)})"
        return f'IF({both}>0,{cell(met_zh)}/{both},"")'

    return [
        Column(heading=(met_zh, f"met {state[1]}"), values=met, form="whole"),
        Column(heading=(not_zh, f"not met {state[1]}"), values=failed, form="whole"),
        Column(heading=(f"{state[0]}达标率", f"share met {state[1]}"), values=parts, form="share",
               formula=part, bar=True),
    ]  # fmt: skip


def _lines(result: StudyResult, cards: Cards) -> list[_Line]:
    found: dict[tuple[str, str, str], _Line] = {}
    for _, card in cards.cards:
        for row in card:
            one = row.finding
            if one.verdict == "not_applicable":
                continue
            key = (one.profile, one.clause_id, one.level)
            found.setdefault(key, _Line(first=row)).now.append(one)
    planned = () if result.plan is None else result.plan.findings
    for one in planned:
        line = found.get((one.profile, one.clause_id, one.level))
        if line is not None and one.verdict != "not_applicable":
            line.after.append(one)
    order = list(ROLE_WORDS)
    return sorted(found.values(), key=lambda one: order.index(one.first.finding.role))
