"""达标情况: units coloured by the part of their requirements that is met."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from planning.outputs.bilingual import Says
from planning.outputs.sheets.border_entries import border_entries
from planning.outputs.sheets.colours import FILL, OPEN, SHARES_MET
from planning.outputs.sheets.ground import areas, draw_names
from planning.outputs.sheets.legend import Entry, draw_legend
from planning.outputs.sheets.map_sheets import closed, floor_mm, one_map
from planning.outputs.sheets.paper import Paper
from planning.outputs.sheets.sheet import SIDE_WIDTH_MM, SIDE_X_MM, TOP_MM, Sheet, begun
from planning.outputs.sheets.side_table import draw_table
from planning.result import State, StudyResult
from planning.standards.words import LEVEL_WORDS

_UP_TO = (0.0, 1 / 3, 2 / 3, 0.999999, 1.0)
_MOST_NAMES = 40
_VERDICTS = ("met", "not_met", "not_assessable")


_TITLES: dict[State, Says] = {
    "now": ("达标情况", "Requirements met"),
    "after": ("规划后达标情况", "Requirements met with the plan"),
}
_SAID: dict[State, Says] = {
    "now": ("{}一级的要求，现状达标", "Requirements of {} met today"),
    "after": ("{}一级的要求，规划后达标", "Requirements of {} met with the plan"),
}


def requirements(
    result: StudyResult, findings: pd.DataFrame, level: str, state: State
) -> pd.DataFrame:
    """What findings.csv says of the requirements of a level, under the study's document."""
    of = (findings["state"] == state) & (findings["profile"] == result.town.profile.standard.short)
    of &= (findings["role"] == "requirement") & (findings["level"] == level)
    return findings[of & findings["verdict"].isin(["met", "not_met", "not_assessable"])]


def judged_levels(result: StudyResult, findings: pd.DataFrame, state: State) -> list[str]:
    """Levels of several units with a requirement that is met or not met."""
    found = []
    for level in result.town.area.levels:
        rows = requirements(result, findings, level.level, state)
        if len(level) > 1 and rows["verdict"].isin(["met", "not_met"]).any():
            found.append(level.level)
    return found


def findings_sheet(
    paper: Paper,
    result: StudyResult,
    basemap: gpd.GeoDataFrame,
    findings: pd.DataFrame,
    level: str,
    state: State,
) -> Sheet:
    """The units of one level, now or with the plan."""
    units = result.town.area.level(level)
    assert units is not None
    words = paper.say(LEVEL_WORDS[level])
    sheet = begun(paper, result, _TITLES[state], subject=words)
    rows = requirements(result, findings, level, state)
    counts = pd.crosstab(rows["unit_id"], rows["verdict"]).reindex(
        index=list(units.ids), columns=list(_VERDICTS), fill_value=0
    )
    met, not_met = counts["met"].to_numpy(), counts["not_met"].to_numpy()
    judged = met + not_met
    share = np.divide(met, judged, out=np.full(len(met), np.nan), where=judged > 0)
    kind = np.searchsorted(_UP_TO, share, side="left")
    at = one_map(paper, result, basemap)
    for one, colour in enumerate(SHARES_MET):
        areas(at, units.geometry[(judged > 0) & (kind == one)], colour, z=3, alpha=FILL)
    areas(at, units.geometry[judged == 0], OPEN, z=3, alpha=FILL, hatch="..")
    if len(units) <= _MOST_NAMES:
        below = [f"{m} / {n}" if n else "—" for m, n in zip(met, judged, strict=True)]
        draw_names(at, result, level, below=below)
    headed = paper.say(_SAID[state]).format(words)
    y = paper.text(SIDE_X_MM, TOP_MM, headed, size=10, width=SIDE_WIDTH_MM)
    y = paper.text(SIDE_X_MM, y, f"{met.sum():,} / {judged.sum():,}", size=26, bold=True) - 1
    unknown = int(counts["not_assessable"].sum())
    said = (
        f"另有 {unknown:,} 项无法评估，不计入",
        f"{unknown:,} more cannot be assessed: not counted",
    )
    y = paper.text(SIDE_X_MM, y, paper.say(said), size=9, width=SIDE_WIDTH_MM) - 4
    entries = [*border_entries(paper, result), *_entries(paper, kind, judged)]
    y = draw_legend(paper, entries, x=SIDE_X_MM, y=y, width=SIDE_WIDTH_MM) - 4
    _clauses(paper, result, rows, y)
    return closed(sheet, at, result, names=len(units) > _MOST_NAMES)


def _entries(paper: Paper, kind: np.ndarray, judged: np.ndarray) -> list[Entry]:
    said = (
        ("无一达标", "none met"), ("至三分之一达标", "up to a third met"),
        ("三分之一至三分之二", "a third to two thirds"), ("超过三分之二", "more than two thirds"),
        ("全部达标", "all met"),
    )  # fmt: skip
    found = []
    for one, (words, colour) in enumerate(zip(said, SHARES_MET, strict=True)):
        n = int(np.sum((judged > 0) & (kind == one)))
        figure = paper.say((f"{n} 个单元", f"{n} units"))
        found.append(Entry(kind="area", text=paper.say(words), colour=colour, figure=figure))
    n = int(np.sum(judged == 0))
    figure = paper.say((f"{n} 个单元", f"{n} units"))
    none = paper.say(("无可评估的要求", "nothing to assess"))
    return [*reversed(found), Entry(kind="area", text=none, colour=OPEN, hatch="..", figure=figure)]


def _clauses(paper: Paper, result: StudyResult, rows: pd.DataFrame, y: float) -> None:
    """Every requirement with the units that meet it."""
    clauses = {clause.id: clause for clause in result.town.profile.clauses}
    lines = []
    for clause_id, of_clause in rows.groupby("clause_id", sort=False):
        verdicts = of_clause["verdict"]
        clause = clauses[str(clause_id)]
        lines.append(
            [
                clause.article,
                paper.say((clause.title_zh, clause.title_en)),
                *(f"{int((verdicts == one).sum())}" for one in _VERDICTS),
            ]
        )
    columns = [
        (paper.say(("条款", "Clause")), 16.0, "left"),
        (paper.say(("要求", "Requirement")), 43.0, "left"),
        (paper.say(("达标", "Met")), 10.0, "right"), (paper.say(("未达标", "Not")), 12.0, "right"),
        (paper.say(("无法评估", "?")), 13.0, "right"),
    ]  # fmt: skip
    draw_table(
        paper, paper.say(("各项要求（单元数）", "By requirement (units)")), columns, lines,
        x=SIDE_X_MM, y=y, floor=floor_mm(paper, result),
        rest=paper.say(("其余 {n} 项见 findings.csv", "{n} more in findings.csv")),
    )  # fmt: skip
