"""What the plans cost and bring: money, sites, years, people newly within the limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from planning.outputs.bilingual import Says
from planning.outputs.comparison.coverage_figures import same_services
from planning.outputs.comparison.figure import Better, Figure, Form, Section, known
from planning.outputs.comparison.finding_figures import same_requirements
from planning.outputs.comparison.sides import Side
from planning.siting.aims import Aim

_WHOLE_AREA = ("area", "")
_COST: Aim = "yuan"


def plan_section(sides: Sequence[Side], one_area: Sequence[bool]) -> Section:
    """Money and size of the plans; a side without a plan has none of it."""

    always, asked_alike = (True,) * len(sides), same_requirements(sides)

    def row(
        says: Says,
        form: Form,
        of: Callable[[Mapping[str, Any]], float | None],
        better: Better = "",
        comparable: tuple[bool, ...] = always,
    ) -> Figure:
        values = tuple(None if side.plan is None else of(side.plan) for side in sides)
        return Figure(says=says, form=form, values=values, comparable=comparable, better=better)

    alike = tuple(a and b for a, b in zip(one_area, same_services(sides), strict=True))
    newly = tuple(newly_covered(side) for side in sides)
    per_person = tuple(cost_per_person(side) for side in sides)
    figures = [
        row(("投资（万元）", "Cost (10,000 yuan)"), "wan", lambda p: float(p["cost_yuan"]), "less"),
        *_by_year(sides),
        row(("选址（处）", "Sites"), "whole", lambda p: p["sites_opened"]),
        row(("新增托位（个）", "Nursery places"), "whole", lambda p: p["places"]),
        row(("新增床位（张）", "Beds"), "whole", lambda p: _sum(p, "beds")),
        row(("建筑面积（平方米）", "Floor (m²)"), "whole", lambda p: p["floor_m2"]),
        row(("独立占地（平方米）", "Land (m²)"), "whole", lambda p: p["land_m2"]),
        Figure(
            says=("新增圈内服务人次", "People newly within a limit, summed over services"),
            form="people", values=newly, comparable=alike, better="more",
        ),
        Figure(
            says=("每新增一圈内人次的投资（元）", "Cost of each of them (yuan)"),
            form="yuan", values=per_person, comparable=alike, better="less",
        ),
        row(("仍缺服务人次", "People left without, summed over requirements"), "people",
            lambda p: float(p["people_short"]), "less", asked_alike),
        row(("其下界（任何方案不少于）", "No plan leaves fewer than"), "people",
            lambda p: None if p["status"] == "picked" else float(p["people_short_bound"]), "",
            asked_alike),
        row(("投资下界（万元）", "No plan as good costs less than (10,000 yuan)"), "wan",
            lambda p: float(p["bound_yuan"]) if is_cost_sought(p) else None),
    ]  # fmt: skip
    notes = (
        (
            "圈内服务人次为各服务的人群在其时限内的人数之和，一人可因几项服务各计一次",
            "People are summed over services, each by its own group and limit: one person may "
            "count for several",
        ),
    )
    title = ("投资与规模", "Cost and size")
    return Section(name="plan", title=title, figures=known(figures), notes=notes)


def _by_year(sides: Sequence[Side]) -> list[Figure]:
    """The money of every year in which any plan opens something, where there are several."""
    spent = [{one["year"]: float(one["yuan"]) for one in (s.plan or {"years": ()})["years"]}
             for s in sides]  # fmt: skip
    years = sorted({year for one in spent for year in one if year is not None})
    if len(years) < 2:
        return []
    return [
        Figure(
            says=(f"其中 {year} 年（万元）", f"of it in {year}"),
            form="wan",
            values=tuple(
                None if side.plan is None else one.get(year, 0.0)
                for side, one in zip(sides, spent, strict=True)
            ),
            comparable=(True,) * len(sides),
        )
        for year in years
    ]


def _sum(plan: Mapping[str, Any], column: str) -> int:
    return sum(int(row[column] or 0) for row in plan["sites"])


def is_cost_sought(plan: Mapping[str, Any]) -> bool:
    """Whether the least cost was an aim, so that the bound says something."""
    aims = [stage.get("aim") for stage in plan["stages"]]
    return plan["status"] != "picked" and (not aims or _COST in aims)


def newly_covered(side: Side) -> float | None:
    """People within a service's limit with the plan and not today, summed over services."""
    if side.plan is None:
        return None
    found = 0.0
    for service in side.run.summary["services"]:
        now = side.coverage(service, "now").get(_WHOLE_AREA)
        after = side.coverage(service, "after").get(_WHOLE_AREA)
        if now is None or after is None:
            return None
        found += after["covered"] - now["covered"]
    return found


def cost_per_person(side: Side) -> float | None:
    """Yuan for each of them; None where nobody is newly within."""
    newly = newly_covered(side)
    if side.plan is None or newly is None or newly < 1:
        return None
    return float(side.plan["cost_yuan"]) / newly


def within_the_gap(base: Side, other: Side) -> tuple[Says, ...]:
    """Differences of two plans that are smaller than what their solvers left open."""
    one, two = base.plan, other.plan
    if one is None or two is None:
        return ()
    said: list[Says] = []
    if (
        is_cost_sought(one)
        and is_cost_sought(two)
        and _overlap(one, two, "cost_yuan", "bound_yuan")
    ):
        apart = abs(two["cost_yuan"] - one["cost_yuan"])
        open_yuan = max(plan["cost_yuan"] - plan["bound_yuan"] for plan in (one, two))
        said.append(
            (
                f"投资相差 {apart / 1e4:,.2f} 万元，在求解差距之内（两方案各自的下界至投资相交，"
                f"最多尚有 {open_yuan / 1e4:,.2f} 万元未定）：不能据此说哪个更省",
                f"The costs differ by {apart:,.0f} yuan, which is within the solver's gap (their "
                f"ranges from bound to cost overlap, up to {open_yuan:,.0f} yuan are open): "
                "neither is shown to be cheaper",
            )
        )  # fmt: skip
    sought = "picked" not in (one["status"], two["status"])
    if sought and _overlap(one, two, "people_short", "people_short_bound"):
        apart = abs(two["people_short"] - one["people_short"])
        said.append(
            (
                f"仍缺服务人次相差 {apart:,.0f}，在求解差距之内：不能据此说哪个更好",
                f"The people left without differ by {apart:,.0f}, which is within the solver's "
                "gap: neither is shown to be better",
            )
        )  # fmt: skip
    return tuple(said)


def _overlap(one: Mapping[str, Any], two: Mapping[str, Any], found: str, bound: str) -> bool:
    """Whether two values differ and the best of each may still be the same."""
    if abs(one[found] - two[found]) < 1:
        return False
    return bool(max(one[bound], two[bound]) <= min(one[found], two[found]))
