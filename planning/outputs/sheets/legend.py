"""The key of a map: points, then lines, then areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from planning.outputs.bilingual import Says
from planning.outputs.sheets.colours import BORDER, FILL, INK, QUIET
from planning.outputs.sheets.paper import Paper

Kind = Literal["point", "line", "area"]
_ORDER: tuple[Kind, ...] = ("point", "line", "area")
_ROW_MM = 5.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the key; `figure` is printed at its right."""

    kind: Kind
    text: str
    colour: str
    figure: str = ""
    marker: str = "o"
    edge: str = "none"
    hatch: str | None = None
    width: float = 1.0
    style: str = "-"


def draw_legend(
    paper: Paper, entries: Sequence[Entry], *, x: float, y: float, width: float,
    title: Says = ("图例", "Legend"), figures: Says = ("", ""),
) -> float:  # fmt: skip
    """The key from `y` down, `figures` over its figures; returns where it ends [mm]."""
    paper.text(x + width, y - 0.6, paper.say(figures), size=8.5, colour=QUIET, align="right")
    y = paper.text(x, y, paper.say(title), size=11, bold=True) - 1.5
    for kind in _ORDER:
        for entry in (one for one in entries if one.kind == kind):
            _symbol(paper, entry, x, y - _ROW_MM / 2 + 0.4)
            room = width - 11 - (30 if entry.figure else 0)
            paper.fitted(x + 11, y - 0.5, entry.text, room, size=8.5)
            if entry.figure:
                paper.text(x + width, y - 0.5, entry.figure, size=8.5, colour=QUIET, align="right")
            y -= _ROW_MM
    return y


def _symbol(paper: Paper, entry: Entry, x: float, y: float) -> None:
    page = paper.page
    if entry.kind == "point":
        page.add_line(
            Line2D(
                [x + 4], [y], linestyle="none", marker=entry.marker, markersize=7,
                markerfacecolor=entry.colour,
                markeredgecolor=INK if entry.edge == "none" else entry.edge, markeredgewidth=0.8,
            )
        )  # fmt: skip
    elif entry.kind == "line":
        page.add_line(
            Line2D([x, x + 8], [y, y], color=entry.colour, lw=entry.width, ls=entry.style)
        )
    else:
        page.add_patch(
            Rectangle(
                (x, y - 1.8), 8, 3.6, facecolor=entry.colour, edgecolor=BORDER, linewidth=0.3,
                hatch=entry.hatch, alpha=FILL,
            )
        )  # fmt: skip
