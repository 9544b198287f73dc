"""选址方案 and 分年度: every site with its size, cost and reasons, and the sums by year, live."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planning.outputs.bilingual import Says
from planning.outputs.frames.results import smallest_unit
from planning.outputs.goings import site_numbers
from planning.outputs.workbook.table import Cell, Column, Formula, Table
from planning.result import StudyResult
from planning.siting import PlannedSite
from planning.standards import Finding

_WAN = 10_000.0
NAME = ("选址方案", "Sites")
_ACTIONS = {
    "build": ("新建", "build"), "change": ("改造", "change"), "close": ("关停", "close"),
}  # fmt: skip


def newly_inside(result: StudyResult, site: PlannedSite) -> float:
    """People outside the circle of a site's service today to whom it is the nearest one inside.

    Summed over all sites of a service they are all who come inside [persons].
    """
    assert result.plan is not None
    after, before = result.plan.situation, result.situation
    service = site.service
    circle = after.coverage.get(service)
    if circle is None:
        return 0.0
    newly = circle.covered & ~before.coverage[service].covered
    own = newly & (circle.nearest.site == site.facility)
    return float(np.sum(after.demand.people[after.group[service]][own]))


def sites_table(result: StudyResult) -> Table:
    """One line for each facility that the plan builds, changes or closes."""
    plan, area = result.plan, result.town.area
    sites: Sequence[PlannedSite] = () if plan is None else plan.sites
    numbers = {} if plan is None else site_numbers(result)
    services = result.town.study.services
    units = [
        ("", "") if plan is None else smallest_unit(area, plan.candidates, site.candidate)
        for site in sites
    ]
    street = area.level("street")
    streets = [_street(result, site) if street is not None else "" for site in sites]

    def called(key: str) -> str:
        # A kind without a name of its own has that of its service.
        return services[key].label if key in services else key

    def total(cell: Cell) -> str:
        return f"{cell('改造费用（万元）')}+{cell('开办费用（万元）')}"

    columns = (
        Column(heading=("选址编号", "site"), values=[numbers[s.candidate_id] for s in sites]),
        Column(heading=("候选编号", "candidate"), values=[s.candidate_id for s in sites]),
        Column(heading=("街道", "street"), values=streets, width=16),
        Column(heading=("所在单元", "unit"), values=[name for _, name in units], width=20),
        Column(heading=("做法", "action"), values=[_ACTIONS[s.action] for s in sites], width=8),
        Column(
            heading=("服务", "service"),
            values=[called(s.service) for s in sites],
        ),
        Column(heading=("设施种类", "kind"), values=[called(s.module) for s in sites], width=14),
        Column(
            heading=("年度", "year"), values=[s.year for s in sites], form="year", width=8
        ),
        Column(
            heading=("建议规模：建筑面积（平方米）", "floor [m²]"),
            values=[s.floor_m2 for s in sites], form="amount", total=True,
        ),
        Column(
            heading=("托位（个）", "places"), values=[s.places for s in sites], form="whole",
            total=True,
        ),
        Column(
            heading=("床位（张）", "beds"), values=[s.beds for s in sites], form="whole",
            total=True,
        ),
        Column(
            heading=("独立占地（平方米）", "own land [m²]"),
            values=[round(s.land_m2, 2) for s in sites], form="amount", total=True,
        ),
        Column(
            heading=("新增覆盖人口（人）", "people newly inside"),
            values=[0.0 if plan is None else newly_inside(result, s) for s in sites],
            form="whole", bar=True, total=True,
        ),
        Column(
            heading=("改造费用（万元）", "works [10,000 yuan]"),
            values=[s.conversion_yuan / _WAN for s in sites], form="wan", total=True,
        ),
        Column(
            heading=("开办费用（万元）", "opening [10,000 yuan]"),
            values=[s.opening_yuan / _WAN for s in sites], form="wan", total=True,
        ),
        Column(
            heading=("投资（万元）", "cost [10,000 yuan]"),
            values=[s.cost_yuan / _WAN for s in sites], form="wan", formula=total, total=True,
        ),
        Column(
            heading=("依据", "why"), values=[(s.because_zh, s.because_en) for s in sites],
            form="words", width=70,
        ),
        Column(
            heading=("去掉它的后果", "what is lost without it"),
            values=[(s.loss.because_zh, s.loss.because_en) for s in sites], form="words", width=50,
        ),
        Column(
            heading=("最好的替代", "best alternative"),
            values=[_instead(s) for s in sites],
            form="words", width=44,
        ),
    )  # fmt: skip
    return Table(
        name=NAME,
        note=(
            "投资＝改造费用＋开办费用（每处一次）。新增覆盖人口：现状在圈外、规划后以该处为圈内最近设施者。",
            "Cost is works and opening, once a place. People newly inside: outside today, to whom "
            "it is the nearest within the limit.",
        ),
        columns=columns,
        frozen=2,
    )


def _instead(site: PlannedSite) -> Says | None:
    one = site.alternative
    return None if one is None else (one.because_zh, one.because_en)


def _street(result: StudyResult, site: PlannedSite) -> str:
    level = result.town.area.level("street")
    assert level is not None and result.plan is not None
    at = int(result.plan.candidates.place["street"][site.candidate])
    return level.names[at] if at >= 0 else ""


def years_table(result: StudyResult, sites: Table, *, sheet: str) -> Table:
    """What opens in every year and what it costs, out of the `sheet` of sites; what is met then."""
    plan = result.plan
    years = () if plan is None else tuple(one for one in plan.years if one.year is not None)
    budgets = {} if result.town.study.siting is None else result.town.study.siting.budgets_yuan
    year_cells = f"'{sheet}'!" + sites.cells("年度")

    def of_year(heading: str) -> Formula:
        cells = f"'{sheet}'!" + sites.cells(heading)
        return lambda cell: f"SUMIFS({cells},{year_cells},{cell('年度')})"

    def own(year: int | None) -> list[PlannedSite]:
        return [] if plan is None else [site for site in plan.sites if site.year == year]

    columns = (
        Column(heading=("年度", "year"), values=[one.year for one in years], form="year"),
        Column(heading=("新开（处）", "sites"), values=[one.sites for one in years], form="whole",
               total=True),
        Column(
            heading=("投资（万元）", "cost [10,000 yuan]"),
            values=[sum(s.cost_yuan for s in own(one.year)) / _WAN for one in years],
            form="wan", formula=of_year("投资（万元）"), bar=True, total=True,
        ),
        Column(
            heading=("年度预算（万元）", "budget [10,000 yuan]"),
            values=[budgets[one.year] / _WAN if one.year in budgets else None for one in years],
            form="wan",
        ),
        Column(
            heading=("托位（个）", "places"),
            values=[sum(s.places for s in own(one.year)) for one in years],
            form="whole", formula=of_year("托位（个）"), total=True,
        ),
        Column(
            heading=("床位（张）", "beds"),
            values=[sum(s.beds for s in own(one.year)) for one in years],
            form="whole", formula=of_year("床位（张）"), total=True,
        ),
        Column(
            heading=("建筑面积（平方米）", "floor [m²]"),
            values=[sum(s.floor_m2 for s in own(one.year)) for one in years],
            form="amount", formula=of_year("建议规模：建筑面积（平方米）"), total=True,
        ),
        Column(
            heading=("年末仍缺服务人次", "people left without at its end"),
            values=[one.people_short for one in years], form="whole", bar=True,
        ),
        Column(
            heading=("年末达标（项）", "met at its end"),
            values=[_met(one.findings) for one in years], form="whole",
        ),
    )  # fmt: skip
    return Table(
        name=("分年度", "By year"),
        note=(
            "投资、托位、床位、面积由“选址方案”按年度汇总。",
            "Sums by year of the sheet of sites.",
        ),
        columns=columns,
    )


def _met(findings: Sequence[Finding]) -> int:
    return sum(one.verdict == "met" and one.role == "requirement" for one in findings)
