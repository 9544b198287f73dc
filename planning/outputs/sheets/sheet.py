"""What every sheet carries: its name, its sources, its year and run, and the word on borders."""

from __future__ import annotations

from dataclasses import dataclass

from pyproj import CRS

from planning.outputs.bilingual import Says
from planning.outputs.borders import borders_said
from planning.outputs.sheets.colours import INK, QUIET
from planning.outputs.sheets.paper import (
    HEIGHT_MM,
    MARGIN_MM,
    WIDTH_MM,
    Paper,
    line_mm,
    wrapped,
)
from planning.result import StudyResult

SIDE_X_MM, SIDE_WIDTH_MM = 314.0, WIDTH_MM - 314.0 - MARGIN_MM
TOP_MM = HEIGHT_MM - 32.0
BOTTOM_MM = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A drawn sheet: `name` for its files, `title` as printed; `is_cut` where its list went on."""

    name: str
    title: str
    paper: Paper
    is_cut: bool = False


def begun(paper: Paper, result: StudyResult, title: Says, *, subject: str = "") -> Sheet:
    """A sheet with its title, its subtitle and its footer."""
    town = result.town
    said = paper.say(title) + (f" · {subject}" if subject else "")
    paper.fitted(MARGIN_MM, HEIGHT_MM - 9, said, 300, size=22, bold=True)
    paper.fitted(MARGIN_MM, HEIGHT_MM - 21, town.area.name, 300, size=12, colour=QUIET)
    held = f"{paper.say(('依据', 'Held against'))} {town.profile.standard.document}"
    paper.fitted(
        WIDTH_MM - MARGIN_MM, HEIGHT_MM - 13, held, 105, size=9, colour=QUIET, align="right"
    )
    whom = paper.say(town.demand.of_year)
    if town.scenario:
        whom += paper.say((f"；情景 {town.scenario}", f"; scenario {town.scenario}"))
    paper.fitted(
        WIDTH_MM - MARGIN_MM, HEIGHT_MM - 21, whom, 105, size=9, colour=QUIET, align="right"
    )
    paper.rule(MARGIN_MM, WIDTH_MM - MARGIN_MM, HEIGHT_MM - 28, colour=INK)
    return Sheet(name=said, title=paper.plain(said), paper=paper)


def ended(sheet: Sheet, result: StudyResult) -> Sheet:
    """The footer; last, for it names the characters that could not be drawn."""
    paper = sheet.paper
    paper.rule(MARGIN_MM, WIDTH_MM - MARGIN_MM, 15)
    paper.text(
        MARGIN_MM,
        12.5,
        paper.say(borders_said(result.town.study.map_review_no)),
        size=8,
        colour=QUIET,
    )
    run = paper.say((f"运行编号 {result.digest}", f"Run {result.digest}"))
    paper.text(WIDTH_MM - MARGIN_MM, 12.5, run, size=8, colour=QUIET, align="right")
    if paper.lacking:
        codes = " ".join(f"U+{ord(c):04X}" for c in sorted(paper.lacking)[:12])
        said = paper.say(
            (f"字体缺少以下字符，以 □ 代替：{codes}", f"The font lacks, shown as □: {codes}")
        )
        paper.fitted(MARGIN_MM, 8, said, 380, size=7, colour=QUIET)
    return sheet


def facts(result: StudyResult, paper: Paper) -> list[str]:
    """The coordinate system, the speed, the years and the sources, a line each."""
    town = result.town
    speed, crs = town.network.profile.speed_m_s, CRS.from_epsg(town.area.epsg)
    lines = [
        paper.say(
            (f"坐标系 EPSG:{town.area.epsg}（{crs.name}）", f"EPSG:{town.area.epsg}, {crs.name}")
        ),
        paper.say((f"步行速度 {speed:g} 米/秒", f"Walking speed {speed:g} m/s")),
    ]
    year = town.study.standards.year
    if year is not None:
        lines.append(paper.say((f"评估年份 {year}", f"Assessed for {year}")))
    lines.append(paper.say(("人口：", "People: ")) + paper.say(town.demand.of_year))
    dated = sorted(
        {one.licence + (f"（{one.vintage}）" if one.vintage else "") for one in town.sources}
    )
    lines.append(paper.say(("数据来源：", "Sources: ")) + "；".join(dated))
    return lines


def write_facts(paper: Paper, result: StudyResult, *, x: float, y: float, width: float) -> float:
    """Those lines below one another; returns where they end."""
    for line in facts(result, paper):
        y = paper.text(x, y, line, size=7.5, colour=QUIET, width=width) - 0.6
    return y


def facts_height_mm(paper: Paper, result: StudyResult, width: float) -> float:
    """How much room they take."""
    rows = sum(len(wrapped(paper.plain(line), width, 7.5)) for line in facts(result, paper))
    return rows * line_mm(7.5) + 0.6 * len(facts(result, paper))
