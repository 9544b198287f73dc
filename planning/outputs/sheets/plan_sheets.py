"""选址方案 and 前后对比: what is proposed, and what it does to the walks."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from planning.outputs.sheets.border_entries import border_entries, named_level
from planning.outputs.sheets.colours import INK, QUIET, SERVICES
from planning.outputs.sheets.ground import (
    Ground,
    draw_borders,
    draw_label,
    draw_names,
    draw_north_and_scale,
    draw_points,
    ground,
)
from planning.outputs.sheets.legend import Entry, draw_legend
from planning.outputs.sheets.map_sheets import Outlines, closed, floor_mm, one_map
from planning.outputs.sheets.minutes import (
    account,
    draw_facilities,
    draw_minutes,
    minute_entries,
    per_cent,
)
from planning.outputs.sheets.paper import MARGIN_MM, WIDTH_MM, Paper
from planning.outputs.sheets.sheet import (
    SIDE_WIDTH_MM,
    SIDE_X_MM,
    TOP_MM,
    Sheet,
    begun,
    ended,
    write_facts,
)
from planning.outputs.sheets.site_list import draw_beside
from planning.result import State, StudyResult

_MARKERS = ("D", "s", "^", "v", "P", "h")
_MANY, _MOST_NUMBERS = 160, 600
"""So many sites have smaller marks and numbers, and beyond so many only the list has numbers."""
_WAN = 10_000.0


def plan_sheet(
    paper: Paper, result: StudyResult, basemap: gpd.GeoDataFrame, plan: pd.DataFrame
) -> Sheet:
    """Every proposed site with its number, by service and year; a list beside the map."""
    sheet = begun(paper, result, ("选址方案", "Proposed sites"))
    at = one_map(paper, result, basemap)
    facilities = result.town.facilities
    here = facilities.is_open
    draw_points(
        at, facilities.x_m[here], facilities.y_m[here], colour="white", edge=QUIET, size=4, z=8
    )
    entries = _draw_sites(at, result, plan)
    y = paper.text(SIDE_X_MM, TOP_MM, paper.say(("方案", "The plan")), size=10)
    n = plan["site"].nunique()
    y = paper.text(SIDE_X_MM, y, paper.say((f"{n:,} 处", f"{n:,} sites")), size=26, bold=True) - 1
    yuan = float(plan["cost_yuan"].sum())
    said = (f"投资 {yuan / _WAN:,.0f} 万元", f"Cost {yuan:,.0f} yuan")
    y = paper.text(SIDE_X_MM, y, paper.say(said), size=9) - 4
    today = Entry(
        kind="point", text=paper.say(("现有设施", "Facilities today")), colour="white", edge=QUIET
    )
    entries = [*entries, today, *border_entries(paper, result)]
    y = draw_legend(paper, entries, x=SIDE_X_MM, y=y, width=SIDE_WIDTH_MM) - 4
    fits = draw_beside(paper, result, plan, y=y, floor=floor_mm(paper, result))
    return replace(closed(sheet, at, result), is_cut=not fits)


def _draw_sites(at: Ground, result: StudyResult, plan: pd.DataFrame) -> list[Entry]:
    """Marks by service, the lighter the later they open; the entries of the key."""
    assert result.plan is not None
    paper, candidates = at.paper, result.plan.candidates
    rows = np.array([site.candidate for site in result.plan.sites], dtype=np.int64)
    x_m, y_m = candidates.x_m[rows], candidates.y_m[rows]
    services = list(result.town.study.services)
    entries = []
    first = plan.drop_duplicates("site")
    crowded = len(first) > _MANY
    years = sorted({int(year) for year in plan["year"].dropna()})
    groups = plan.assign(year=plan["year"].fillna(0)).groupby(["service", "year"], sort=True)
    for (service, when), of in groups:
        year = int(str(when))
        kind = services.index(str(service)) % len(_MARKERS)
        colour = SERVICES[kind]
        fill = _tint(colour, years.index(year) if year else 0, len(years))
        pick = of.index.to_numpy()
        draw_points(
            at,
            x_m[pick],
            y_m[pick],
            colour=fill,
            edge=colour,
            marker=_MARKERS[kind],
            size=(4.5 if crowded else 8) * (1 - kind / 8),
        )
        label = result.town.study.services[str(service)].label
        in_year = paper.say((f"，{year} 年", f", {year}")) if year else ""
        n = of["candidate_id"].nunique()
        entries.append(
            Entry(
                kind="point", text=f"{label}{in_year}", colour=fill, edge=colour,
                marker=_MARKERS[kind], figure=paper.say((f"{n} 处", f"{n} sites")),
            )
        )  # fmt: skip
    if len(first) <= _MOST_NUMBERS:
        for row, number in zip(first.index, first["site"], strict=True):
            short = number.removeprefix("S").lstrip("0")
            draw_label(at, x_m[row], y_m[row], short, size=4.5 if crowded else 6.5)
    return entries


def _tint(colour: str, rank: int, n: int) -> str:
    """The colour of the first year; later years are lighter."""
    if n <= 1:
        return colour
    part = 0.75 * rank / (n - 1)
    rgb = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(v + (255 - v) * part):02x}" for v in rgb)


def comparison_sheet(
    paper: Paper, result: StudyResult, basemap: gpd.GeoDataFrame, coverage: pd.DataFrame,
    outlines: Outlines, service: str,
) -> Sheet:  # fmt: skip
    """Two maps at one scale and in one key: today, and with the plan."""
    spec = result.town.study.services[service]
    sheet = begun(paper, result, ("前后对比", "Before and after"), subject=spec.label)
    states: tuple[tuple[State, str], ...] = (
        ("now", paper.say(("现状", "Today"))), ("after", paper.say(("规划后", "With the plan"))),
    )  # fmt: skip
    width = (WIDTH_MM - 2 * MARGIN_MM - 6) / 2
    foot = 74.0
    group = paper.say(result.town.study.labels[spec.group])
    unit = paper.say(result.town.study.counted_in(spec.group))
    for column, (state, name) in enumerate(states):
        x = MARGIN_MM + column * (width + 6)
        row = account(result, coverage, state, service).area(spec.limit_min)
        said = paper.say(
            (
                f"{name}：{group} {spec.limit_min:g} 分钟覆盖 {per_cent(row['share'])}"
                f"（{row['covered']:,.0f} {unit}）",
                f"{name}: {per_cent(row['share'])} of {group} within {spec.limit_min:g} min "
                f"({row['covered']:,.0f} {unit})",
            )
        )
        paper.fitted(x, TOP_MM + 1.5, said, width, size=12, bold=True)
        at = ground(paper, result, basemap, x=x, y=foot, width=width, height=TOP_MM - 7 - foot)
        draw_minutes(at, result, result.situation_of(state).coverage[service], service, outlines)
        draw_facilities(at, result, service)
        if state == "after":
            _draw_service_sites(at, result, service)
        draw_borders(at, result)
        draw_names(at, result, named_level(result))
        draw_north_and_scale(at)
    _foot(paper, result, coverage, service, foot)
    return ended(sheet, result)


def _foot(
    paper: Paper,
    result: StudyResult,
    coverage: pd.DataFrame,
    service: str,
    top: float,
) -> None:
    """The key, both states' figures and the sources below the maps."""
    y, third = top - 3, 92.0
    colour = SERVICES[list(result.town.study.services).index(service) % len(SERVICES)]
    entries = [
        Entry(kind="point", text=paper.say(("现有设施", "Facilities today")), colour=INK),
        Entry(
            kind="point", text=paper.say(("规划点", "Proposed sites")), colour=colour, marker="D"
        ),
        *border_entries(paper, result)[:1],
    ]
    now, after = (account(result, coverage, s, service) for s in ("now", "after"))
    draw_legend(paper, entries, x=MARGIN_MM, y=y, width=50)
    before = minute_entries(paper, result, now, service)
    later = minute_entries(paper, result, after, service)
    for x, name, some in (
        (70.0, ("现状", "Today"), before), (70.0 + third + 8, ("规划后", "With the plan"), later),
    ):  # fmt: skip
        draw_legend(
            paper,
            some,
            x=x,
            y=y,
            width=third,
            title=name,
            figures=("累计人数", "people, summed up"),
        )
    x = 70.0 + 2 * (third + 8) + 4
    write_facts(paper, result, x=x, y=y, width=WIDTH_MM - MARGIN_MM - x)


def _draw_service_sites(at: Ground, result: StudyResult, service: str) -> None:
    assert result.plan is not None
    candidates = result.plan.candidates
    rows = [site.candidate for site in result.plan.sites if site.service == service]
    kind = list(result.town.study.services).index(service) % len(SERVICES)
    draw_points(
        at, candidates.x_m[rows], candidates.y_m[rows], colour=SERVICES[kind], marker="D", size=6
    )
