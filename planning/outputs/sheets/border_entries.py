"""What every map's key holds of lines: borders and streets."""

from __future__ import annotations

from planning.outputs.sheets.colours import BORDER, INK, ROADS
from planning.outputs.sheets.legend import Entry
from planning.outputs.sheets.paper import Paper
from planning.result import StudyResult
from planning.standards.words import LEVEL_WORDS

_STYLES = (("--", 0.6), ("-", 1.0))


def border_entries(paper: Paper, result: StudyResult) -> list[Entry]:
    """The area's border, those of the units drawn, and streets."""
    found = [
        Entry(
            kind="line", text=paper.say(("研究范围", "Study area")), colour=INK, width=1.6,
        )
    ]  # fmt: skip
    levels = result.town.area.levels[-2:]
    for depth, level in enumerate(reversed(levels)):
        style, width = _STYLES[depth]
        zh, en = LEVEL_WORDS[level.level]
        said = paper.say((f"{zh}界", f"Borders of {en}"))
        found.insert(1, Entry(kind="line", text=said, colour=BORDER, width=width, style=style))
    streets = paper.say(("道路", "Streets"))
    return [*found, Entry(kind="line", text=streets, colour=ROADS["road_major"][0], width=0.9)]


def named_level(result: StudyResult) -> str:
    """The level whose names are written on a map: streets, else the smallest there is."""
    levels = [level.level for level in result.town.area.levels]
    return "street" if "street" in levels else levels[-1] if levels else ""
