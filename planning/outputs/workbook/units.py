"""分区县、分街道、分社区: whom every unit has, who is inside the circles, what it meets."""

from __future__ import annotations

from collections import Counter

import numpy as np

from planning.area import UnitLevel
from planning.outputs.bilingual import Says
from planning.outputs.finding_words import VERDICT_WORDS, level_words
from planning.outputs.workbook.table import Cell, Column, Table
from planning.result import StudyResult
from planning.standards import Finding, Verdict
from planning.standards.accounts import Accounts

_STATES: tuple[tuple[str, str], ...] = (("现状", "now"), ("规划后", "after the plan"))
_COUNTED: tuple[Verdict, ...] = ("met", "not_met", "not_assessable")


def units_table(result: StudyResult, level: UnitLevel, *, name: Says) -> Table:
    """All units of a level: people by group, coverage by service, requirements by verdict."""
    accounts = Accounts(result.situation, result.town.profile.readings)
    columns = [
        Column(heading=("编号", "id"), values=level.ids, width=16),
        Column(heading=("名称", "name"), values=level.names, width=22),
        *_above(result, level, accounts),
    ]
    for group in result.situation.demand.people:
        columns.append(
            Column(
                heading=_group(result, group),
                values=accounts.persons(level.level, group),
                form="whole",
                total=True,
            )
        )
    for at, state in enumerate(_STATES[: 1 + (result.plan is not None)]):
        columns += _covered(result, level, at, state)
    for at, state in enumerate(_STATES[: 1 + (result.plan is not None)]):
        columns += _judged(result, level, at, state)
    return Table(
        name=name,
        note=(
            "覆盖率由本表的人数算出；达标数为本研究采用文件中有约束力的要求。"
            "人数由合计的小数四舍五入，各单元之和与上级可差个位。",
            "Shares are computed from the counts of this sheet; requirements are the binding ones "
            "of the study's own document. Counts are rounded, each by itself.",
        ),
        columns=tuple(columns),
        frozen=2,
    )  # fmt: skip


def _above(result: StudyResult, level: UnitLevel, accounts: Accounts) -> list[Column]:
    """The units that each lies in."""
    found = []
    for upper in result.town.area.levels:
        if upper.level == level.level:
            break
        zh, en = level_words(upper.level)
        lies_in = accounts.ancestors(level.level, upper.level)
        names = [upper.names[at] if at >= 0 else "" for at in lies_in.tolist()]
        found.append(Column(heading=(f"所在{zh}", en), values=names, width=16))
    return found


def _group(result: StudyResult, group: str) -> Says:
    study = result.town.study
    (zh, en), (unit_zh, unit_en) = study.labels[group], study.counted_in(group)
    return f"{zh}（{unit_zh}）", f"{en} [{unit_en}]"


def _covered(result: StudyResult, level: UnitLevel, at: int, state: Says) -> list[Column]:
    """People inside each service's circle, and their part of the group."""
    situation = result.situation if at == 0 else result.situation_of("after")
    place, n = result.situation.demand.place[level.level], len(level)
    found = []
    for service, circle in situation.coverage.items():
        spec = result.town.study.services[service]
        people = situation.demand.people[situation.group[service]]
        inside = place >= 0
        everybody = np.bincount(place[inside], weights=people[inside], minlength=n)
        reached = inside & circle.covered
        covered = np.bincount(place[reached], weights=people[reached], minlength=n)
        minutes = f"{spec.limit_min:g}"
        unit_zh, unit_en = result.town.study.counted_in(spec.group)
        zh = f"{spec.label}{minutes}分钟圈内（{unit_zh}，{state[0]}）"
        of_zh = f"{spec.label}应覆盖（{unit_zh}，{state[0]}）"
        shares = [_part(c, p) for c, p in zip(covered, everybody, strict=True)]

        def share(cell: Cell, inside: str = zh, of: str = of_zh) -> str:
            return f'IF({cell(of)}>0,{cell(inside)}/{cell(of)},"")'

        found += [
            Column(
                heading=(of_zh, f"{spec.label}: {unit_en}, {state[1]}"),
                values=everybody.tolist(), form="whole", total=True,
            ),
            Column(
                heading=(zh, f"{spec.label}: {unit_en} within {minutes} min, {state[1]}"),
                values=covered.tolist(), form="whole", total=True,
            ),
            Column(
                heading=(f"{spec.label}覆盖率（{state[0]}）", f"{spec.label}: share, {state[1]}"),
                values=shares, form="share", formula=share, bar=True,
                total=_part(float(covered.sum()), float(everybody.sum())),
            ),
        ]  # fmt: skip
    return found


def _part(some: float, all_of_them: float) -> float | None:
    return some / all_of_them if all_of_them > 0 else None


def _judged(result: StudyResult, level: UnitLevel, at: int, state: Says) -> list[Column]:
    """How many requirements every unit meets, and how many it does not."""
    findings: tuple[Finding, ...] = result.findings
    if at == 1 and result.plan is not None:
        findings = result.plan.findings
    counts: Counter[tuple[str, str]] = Counter(
        (one.unit_id, one.verdict)
        for one in findings
        if one.level == level.level and one.role == "requirement"
    )
    return [
        Column(
            heading=(
                f"{VERDICT_WORDS[verdict][0]}（项，{state[0]}）",
                f"{VERDICT_WORDS[verdict][1]}, {state[1]}",
            ),
            values=[counts[unit_id, verdict] for unit_id in level.ids],
            form="whole",
            total=True,
        )
        for verdict in _COUNTED
    ]
