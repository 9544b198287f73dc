"""The map sheets of how things stand: coverage by service, people by group."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from planning.outputs.people_classes import round_edges
from planning.outputs.sheets.border_entries import border_entries, named_level
from planning.outputs.sheets.colours import FILL, INK, PEOPLE
from planning.outputs.sheets.ground import (
    Ground,
    areas,
    draw_borders,
    draw_names,
    draw_north_and_scale,
    ground,
)
from planning.outputs.sheets.legend import Entry, draw_legend
from planning.outputs.sheets.minutes import (
    account,
    draw_facilities,
    draw_minutes,
    minute_entries,
    per_cent,
)
from planning.outputs.sheets.paper import MARGIN_MM, Paper
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
from planning.outputs.sheets.side_table import draw_table
from planning.result import StudyResult

Outlines = npt.NDArray[np.object_]


def one_map(paper: Paper, result: StudyResult, basemap: gpd.GeoDataFrame) -> Ground:
    """The ground of a sheet with one map and a column beside it."""
    return ground(
        paper, result, basemap, x=MARGIN_MM, y=BOTTOM_MM, width=SIDE_X_MM - MARGIN_MM - 6,
        height=TOP_MM - BOTTOM_MM,
    )  # fmt: skip


def floor_mm(paper: Paper, result: StudyResult) -> float:
    """Above the sources at the foot of the column."""
    return BOTTOM_MM + facts_height_mm(paper, result, SIDE_WIDTH_MM) + 3


def closed(sheet: Sheet, at: Ground, result: StudyResult, *, names: bool = True) -> Sheet:
    """Borders, names, north and scale, the sources and the footer."""
    draw_borders(at, result)
    if names:
        draw_names(at, result, named_level(result))
    draw_north_and_scale(at)
    top = floor_mm(sheet.paper, result) - 3
    write_facts(sheet.paper, result, x=SIDE_X_MM, y=top, width=SIDE_WIDTH_MM)
    return ended(sheet, result)


def coverage_sheet(
    paper: Paper, result: StudyResult, basemap: gpd.GeoDataFrame, coverage: pd.DataFrame,
    outlines: Outlines, service: str,
) -> Sheet:  # fmt: skip
    """现状覆盖: minutes to the nearest facility today."""
    spec, town = result.town.study.services[service], result.town
    sheet = begun(paper, result, ("现状覆盖", "Coverage today"), subject=spec.label)
    found = account(result, coverage, "now", service)
    at = one_map(paper, result, basemap)
    draw_minutes(at, result, result.situation.coverage[service], service, outlines)
    draw_facilities(at, result, service)
    group = paper.say(town.study.labels[spec.group])
    row = found.area(spec.limit_min)
    whom = paper.say((f"{group}，步行", f"{group}, within"))
    minutes = paper.say((f"{spec.limit_min:g} 分钟以内", f"{spec.limit_min:g} min"))
    y = paper.text(SIDE_X_MM, TOP_MM, f"{whom} {minutes}", size=10, width=SIDE_WIDTH_MM)
    y = paper.text(SIDE_X_MM, y, per_cent(row["share"]), size=26, bold=True) - 1
    said = (
        f"{row['covered']:,.0f} / {row['people']:,.0f} {town.study.counted_in(spec.group)[0]}",
        f"{row['covered']:,.0f} of {row['people']:,.0f} {town.study.counted_in(spec.group)[1]}",
    )
    y = paper.text(SIDE_X_MM, y, paper.say(said), size=9) - 4
    entries = [
        Entry(kind="point", text=paper.say(("现有设施", "Facilities today")), colour=INK),
        *border_entries(paper, result),
        *minute_entries(paper, result, found, service),
    ]
    y = draw_legend(
        paper,
        entries,
        x=SIDE_X_MM,
        y=y,
        width=SIDE_WIDTH_MM,
        figures=("累计人数", "people, summed up"),
    )
    y -= 4
    units = found.units(named_level(result), spec.limit_min).sort_values("share", kind="stable")
    rows = [
        [
            u["unit_name"] or u["unit_id"],
            f"{u['people']:,.0f}",
            f"{u['covered']:,.0f}",
            per_cent(u["share"]),
        ]
        for _, u in units.iterrows()
    ]
    if rows:
        columns = [
            (paper.say(("单元", "Unit")), 40.0, "left"),
            (paper.say(("人数", "People")), 18.0, "right"),
            (paper.say(("圈内", "Inside")), 18.0, "right"),
            (paper.say(("覆盖率", "Share")), 18.0, "right"),
        ]  # fmt: skip
        draw_table(
            paper, paper.say(("各单元覆盖率，由低到高", "By unit, the lowest first")), columns,
            rows, x=SIDE_X_MM, y=y, floor=floor_mm(paper, result),
            rest=paper.say(("其余 {n} 个见 coverage.csv", "{n} more in coverage.csv")),
        )  # fmt: skip
    return closed(sheet, at, result)


def people_sheet(
    paper: Paper, result: StudyResult, basemap: gpd.GeoDataFrame, outlines: Outlines, group: str
) -> Sheet:
    """人口分布: people of a group by cell."""
    town = result.town
    label, people = paper.say(town.study.labels[group]), town.demand.people[group]
    unit = paper.say(town.study.counted_in(group))
    sheet = begun(paper, result, ("人口分布", "Where people live"), subject=label)
    at = one_map(paper, result, basemap)
    edges = round_edges(people)
    kind = np.searchsorted(edges, people, side="left")
    colours = [
        PEOPLE[round(k * (len(PEOPLE) - 1) / max(1, len(edges)))] for k in range(len(edges) + 1)
    ]
    for one, colour in enumerate(colours):
        areas(at, outlines[(kind == one) & (people > 0)], colour, z=3, alpha=FILL)
    y = paper.text(SIDE_X_MM, TOP_MM, label, size=10, width=SIDE_WIDTH_MM)
    y = paper.text(SIDE_X_MM, y, f"{town.demand.total(group):,.0f} {unit}", size=24, bold=True) - 4
    said = [
        paper.say((f"每格不超过 {edge:g} {unit}", f"a cell: up to {edge:g} {unit}"))
        for edge in edges
    ]
    last = f"{edges[-1]:g}" if edges else "0"
    said.append(paper.say((f"每格超过 {last} {unit}", f"a cell: more than {last} {unit}")))
    entries = [Entry(kind="area", text=t, colour=c) for t, c in zip(said, colours, strict=True)]
    entries = [*border_entries(paper, result), *entries]
    y = draw_legend(paper, entries, x=SIDE_X_MM, y=y, width=SIDE_WIDTH_MM) - 4
    level = town.area.level(named_level(result))
    if level is not None:
        by_unit = town.demand.by_unit(level.level, len(level), group=group)
        order = np.argsort(-by_unit, kind="stable")
        rows = [[level.names[i] or level.ids[i], f"{by_unit[i]:,.0f}"] for i in order]
        columns = [(paper.say(("单元", "Unit")), 64.0, "left"), (unit, 30.0, "right")]
        draw_table(
            paper, paper.say(("各单元人数", "By unit")), columns, rows, x=SIDE_X_MM, y=y,
            floor=floor_mm(paper, result),
            rest=paper.say(("其余 {n} 个见 result.gpkg", "{n} more in result.gpkg")),
        )  # fmt: skip
    return closed(sheet, at, result)
