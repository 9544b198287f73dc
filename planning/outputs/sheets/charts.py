"""The chart sheets: people without by unit, the curve of Lorenz, what money buys."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from planning.outputs.access_words import access_unit_words, measure_words
from planning.outputs.axes import ticks
from planning.outputs.sheets.border_entries import named_level
from planning.outputs.sheets.colours import ACCENT, BEYOND, INK, LINE, NOWHERE, QUIET
from planning.outputs.sheets.legend import Entry, draw_legend
from planning.outputs.sheets.minutes import account
from planning.outputs.sheets.paper import MARGIN_MM, Paper, cut
from planning.outputs.sheets.sheet import (
    BOTTOM_MM,
    SIDE_WIDTH_MM,
    SIDE_X_MM,
    TOP_MM,
    Sheet,
    begun,
    ended,
    facts_height_mm,
    write_facts,
)
from planning.provision import Access
from planning.result import StudyResult

_MOST_BARS = 40
_WAN = 10_000.0
_AFTER = "#a3195b"


def _plot(paper: Paper, *, left: float) -> Axes:
    axes = paper.axes(
        MARGIN_MM + left, BOTTOM_MM + 16, SIDE_X_MM - MARGIN_MM - left - 14, TOP_MM - BOTTOM_MM - 20
    )
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(QUIET)
    axes.tick_params(colors=QUIET, labelsize=9)
    axes.set_axisbelow(True)
    axes.grid(color=LINE, linewidth=0.6)
    return axes


def _closed(sheet: Sheet, result: StudyResult) -> Sheet:
    top = BOTTOM_MM + facts_height_mm(sheet.paper, result, SIDE_WIDTH_MM)
    write_facts(sheet.paper, result, x=SIDE_X_MM, y=top, width=SIDE_WIDTH_MM)
    return ended(sheet, result)


def _numbers(axes: Axes, most: float, *, on: str) -> None:
    """Round ticks from 0, written out, so that every text is known before it is drawn."""
    values = ticks(most, 6)
    said = [f"{value:,g}" for value in values]
    if on == "x":
        axes.set_xticks(values, said)
    else:
        axes.set_yticks(values, said)


def shortfall_sheet(
    paper: Paper, result: StudyResult, coverage: pd.DataFrame, service: str
) -> Sheet:
    """缺口: people beyond the limit in every unit, the most first; with the plan as a mark."""
    spec, level = result.town.study.services[service], named_level(result)
    sheet = begun(paper, result, ("各单元缺口", "People without, by unit"), subject=spec.label)
    now = account(result, coverage, "now", service)
    rows = now.units(level, spec.limit_min).copy()
    rows["without"] = rows["unserved"] + rows["unreachable"]
    rows = rows.sort_values("without", ascending=False, kind="stable").head(_MOST_BARS)
    axes, y = _plot(paper, left=46), np.arange(len(rows))
    axes.barh(y, rows["unserved"], color=BEYOND, height=0.62)
    axes.barh(
        y, rows["unreachable"], left=rows["unserved"], color=NOWHERE, height=0.62, hatch="////"
    )
    most = max(float(rows["without"].max()), 1.0) * 1.12 if len(rows) else 1.0
    names = [n or i for n, i in zip(rows["unit_name"], rows["unit_id"], strict=True)]
    axes.set_yticks(y, [cut(paper.plain(name), 44, 9) for name in names])
    axes.set(xlim=(0, most), ylim=(max(len(rows), 6) - 0.4, -0.6))
    axes.grid(visible=False, axis="y")
    _numbers(axes, most, on="x")
    for at, without in enumerate(rows["without"]):
        axes.text(
            without + most * 0.008, at, f"{without:,.0f}", va="center", fontsize=8.5, color=INK
        )
    group = paper.say(result.town.study.labels[spec.group])
    unit = paper.say(result.town.study.counted_in(spec.group))
    beyond = (f"超过 {spec.limit_min:g} 分钟", f"beyond {spec.limit_min:g} min")
    nowhere = paper.say(("走不到", "cannot be walked"))
    entries = [
        Entry(kind="area", text=paper.say(beyond), colour=BEYOND),
        Entry(kind="area", text=nowhere, colour=NOWHERE, hatch="////"),
    ]
    if result.plan is not None:
        after = account(result, coverage, "after", service).units(level, spec.limit_min)
        left = (after["unserved"] + after["unreachable"]).to_numpy()
        by_unit = dict(zip(after["unit_id"], left, strict=True))
        x = [by_unit[unit_id] for unit_id in rows["unit_id"]]
        axes.plot(
            x,
            y,
            linestyle="none",
            marker="D",
            markersize=6,
            color=_AFTER,
            mec="white",
            clip_on=False,
            zorder=5,
        )
        entries.append(
            Entry(
                kind="point",
                text=paper.say(("规划后的缺口", "with the plan")),
                colour=_AFTER,
                marker="D",
            )
        )
    total = now.area(spec.limit_min)
    without = float(total["unserved"] + total["unreachable"])
    said = (
        f"{group}中步行 {spec.limit_min:g} 分钟以外",
        f"{group} not within {spec.limit_min:g} min",
    )
    top = paper.text(SIDE_X_MM, TOP_MM, paper.say(said), size=10, width=SIDE_WIDTH_MM)
    top = paper.text(SIDE_X_MM, top, f"{without:,.0f} {unit}", size=24, bold=True) - 4
    draw_legend(paper, entries, x=SIDE_X_MM, y=top, width=SIDE_WIDTH_MM)
    paper.text(
        SIDE_X_MM - 14,
        BOTTOM_MM + 7,
        f"{group}（{unit}）" if paper.lang == "zh" else f"{group} ({unit})",
        size=9,
        colour=QUIET,
        align="right",
    )
    return _closed(sheet, result)


def lorenz_points(
    access: Access, people: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Parts of the people, the least access first, and of all access that they have; from (0, 0).

    Points whose access is unknown are left out, as the Gini coefficient leaves them out.
    """
    known = ~np.isnan(access.amount) & (people > 0)
    order = np.lexsort((people[known], access.amount[known]))
    amount, persons = access.amount[known][order], people[known][order]
    has = np.cumsum(np.r_[0.0, amount * persons])
    who = np.cumsum(np.r_[0.0, persons])
    return who / max(who[-1], 1e-300), has / max(has[-1], 1e-300)


def lorenz_sheet(
    paper: Paper, result: StudyResult, access: pd.DataFrame, service: str, measure: str
) -> Sheet:
    """The Lorenz curve of one measure of access among the service's group, now and after."""
    spec = result.town.study.services[service]
    sheet = begun(paper, result, ("可达性洛伦兹曲线", "Lorenz curve of access"), subject=spec.label)
    axes = _plot(paper, left=22)
    values = np.linspace(0, 1, 6)
    said = [f"{value:.0%}" for value in values]
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.set_xticks(values, said)
    axes.set_yticks(values, said)
    axes.plot([0, 1], [0, 1], color=QUIET, lw=1, ls=(0, (4, 3)))
    people = result.town.demand.people[spec.group]
    entries = [
        Entry(
            kind="line", text=paper.say(("人人相同", "the same for all")), colour=QUIET, style="--"
        )
    ]
    unit = "", ""
    names = {"now": ("现状", "Today"), "after": ("规划后", "With the plan")}
    for state, provided in result.provision.items():
        found = next((a for a in provided.access.get(service, ()) if a.measure == measure), None)
        if found is None:
            continue
        who, has = lorenz_points(found, people)
        colour = ACCENT if state == "now" else _AFTER
        axes.plot(who, has, color=colour, lw=2.2)
        unit, gini = (
            access_unit_words(found.unit),
            _gini(access, state, service, measure, spec.group),
        )
        entries.append(
            Entry(
                kind="line", text=paper.say(names[state]), colour=colour, width=2.2,
                figure=paper.say((f"基尼系数 {gini}", f"Gini {gini}")),
            )
        )  # fmt: skip
    group = paper.say(result.town.study.labels[spec.group])
    zh, en = measure_words(measure)
    what = paper.say((f"{zh}，{unit[0]}", f"{en}, {unit[1]}"))
    y = paper.text(SIDE_X_MM, TOP_MM, what, size=10, width=SIDE_WIDTH_MM)
    y = paper.text(SIDE_X_MM, y, group, size=10, width=SIDE_WIDTH_MM) - 4
    y = draw_legend(paper, entries, x=SIDE_X_MM, y=y, width=SIDE_WIDTH_MM) - 3
    said_of = (
        "曲线离对角线越远，可达性越不均；可达性未知者不计入，计算口径见 docs/access.md。",
        "The farther from the diagonal, the less even. People of unknown access are left out; see "
        "docs/access.md.",
    )
    paper.text(SIDE_X_MM, y, paper.say(said_of), size=8.5, colour=QUIET, width=SIDE_WIDTH_MM)
    words = (f"{group}累计占比（可达性由低到高）", f"part of {group}, the least access first")
    paper.text(SIDE_X_MM - 14, BOTTOM_MM + 7, paper.say(words), size=9, colour=QUIET, align="right")
    paper.text(
        MARGIN_MM,
        TOP_MM + 1.5,
        paper.say(("可达性累计占比", "part of all access")),
        size=9,
        colour=QUIET,
    )
    return _closed(sheet, result)


def _gini(access: pd.DataFrame, state: str, service: str, measure: str, group: str) -> str:
    """As access.csv has it for the whole area."""
    of = (access["state"] == state) & (access["service"] == service) & (access["group"] == group)
    of &= (access["measure"] == measure) & (access["level"] == "area")
    value = access.loc[of, "gini"].iloc[0]
    return "—" if pd.isna(value) else f"{value:.3f}"


def frontier_sheet(paper: Paper, result: StudyResult, frontier: pd.DataFrame) -> Sheet:
    """What each budget buys: people left without against money."""
    sheet = begun(paper, result, ("投资与缺口前沿", "What money buys"))
    axes = _plot(paper, left=26)
    yuan, left = frontier["cost_yuan"] / _WAN, frontier["people_short"]
    bound = frontier["people_short_bound"]
    axes.fill_between(yuan, bound, left, color=BEYOND, alpha=0.35, lw=0)
    axes.plot(yuan, left, color=ACCENT, lw=2, marker="o", ms=6, mec="white")
    knee = frontier["knee"] == "yes"
    axes.plot(
        yuan[knee], left[knee], linestyle="none", marker="o", ms=13, mfc="none", mec=_AFTER, mew=2
    )
    x_most, y_most = max(float(yuan.max()), 1.0) * 1.05, max(float(left.max()), 1.0) * 1.08
    axes.set(xlim=(0, x_most), ylim=(0, y_most))
    _numbers(axes, x_most, on="x")
    _numbers(axes, y_most, on="y")
    for x, y, n in zip(yuan, left, frontier["sites"], strict=True):
        axes.annotate(
            paper.say((f"{y:,.0f}（{n} 处）", f"{y:,.0f} ({n} sites)")), (x, y), xytext=(6, 7),
            textcoords="offset points", fontsize=8.5, color=INK,
        )  # fmt: skip
    without = paper.say(("仍缺服务人次", "people left without"))
    distance = paper.say(("与下界的差距", "distance from the bound"))
    entries = [
        Entry(kind="line", text=without, colour=ACCENT, width=2),
        Entry(kind="area", text=distance, colour="#fadfc5"),
    ]
    if knee.any():
        entries.append(
            Entry(kind="point", text=paper.say(("拐点", "knee")), colour="white", edge=_AFTER)
        )
    draw_legend(paper, entries, x=SIDE_X_MM, y=TOP_MM, width=SIDE_WIDTH_MM)
    paper.text(
        SIDE_X_MM - 14,
        BOTTOM_MM + 7,
        paper.say(("投资（万元）", "Cost (10,000 yuan)")),
        size=9,
        colour=QUIET,
        align="right",
    )
    paper.text(
        MARGIN_MM,
        TOP_MM + 1.5,
        paper.say(("仍缺服务人次", "People left without, summed over requirements")),
        size=9,
        colour=QUIET,
    )
    return _closed(sheet, result)
