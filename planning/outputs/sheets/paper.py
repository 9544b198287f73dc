"""A sheet of A3 paper on its side, measured in millimetres from the lower left corner."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from planning.outputs.bilingual import Lang, Says, in_lang
from planning.outputs.sheets.colours import INK, LINE
from planning.outputs.sheets.fonts import Fonts

WIDTH_MM, HEIGHT_MM = 420.0, 297.0
MARGIN_MM = 12.0
_MM_PER_INCH = 25.4
_MM_PER_POINT = _MM_PER_INCH / 72
_WIDE = ("W", "F", "A")
_NARROW = 0.56
"""Width of a letter of the West in the size of the font; those of China fill a square."""


class Paper:
    """One figure with one axes over all of it in millimetres, on which everything is placed."""

    def __init__(self, fonts: Fonts, lang: Lang) -> None:
        self.fonts, self.lang = fonts, lang
        self.figure = Figure(figsize=(WIDTH_MM / _MM_PER_INCH, HEIGHT_MM / _MM_PER_INCH))
        self.page: Axes = self.figure.add_axes((0, 0, 1, 1))
        self.page.set(xlim=(0, WIDTH_MM), ylim=(0, HEIGHT_MM))
        self.page.axis("off")
        self.lacking: set[str] = set()

    def say(self, words: Says) -> str:
        """The words of the sheet's language."""
        return in_lang(words, self.lang)

    def plain(self, text: str) -> str:
        """A text as the font can draw it; what it lacks is remembered for the footer."""
        self.lacking.update(self.fonts.lacks([text]))
        return self.fonts.readable(text)

    def text(
        self, x: float, y: float, text: str, *, size: float = 9, colour: str = INK,
        bold: bool = False, align: str = "left", width: float | None = None,
    ) -> float:  # fmt: skip
        """Write from the top line at `y` down, in lines of `width` [mm]; returns where it ends."""
        plain = self.plain(text)
        lines = [plain] if width is None else wrapped(plain, width, size)
        for at, line in enumerate(lines):
            self.page.text(
                x, y - at * line_mm(size), line, fontsize=size, color=colour, ha=align, va="top",
                fontweight="bold" if bold else "normal", parse_math=False,
            )  # fmt: skip
        return y - len(lines) * line_mm(size)

    def fitted(
        self, x: float, y: float, text: str, width: float, *, size: float = 8, colour: str = INK,
        bold: bool = False, align: str = "left",
    ) -> None:  # fmt: skip
        """Write on one line, cut with an ellipsis where it is longer than `width` [mm]."""
        self.text(
            x, y, cut(self.plain(text), width, size), size=size, colour=colour, bold=bold,
            align=align,
        )  # fmt: skip

    def rule(self, x0: float, x1: float, y: float, *, colour: str = LINE) -> None:
        """A thin line across."""
        self.page.add_line(Line2D([x0, x1], [y, y], color=colour, linewidth=0.6))

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes in a rectangle of the paper [mm]."""
        return self.figure.add_axes(
            (x / WIDTH_MM, y / HEIGHT_MM, width / WIDTH_MM, height / HEIGHT_MM)
        )


def line_mm(size: float) -> float:
    """From one line to the next [mm]."""
    return size * _MM_PER_POINT * 1.42


def width_mm(text: str, size: float) -> float:
    """About how wide a text is [mm]."""
    ems = sum(1.0 if unicodedata.east_asian_width(c) in _WIDE else _NARROW for c in text)
    return ems * size * _MM_PER_POINT


def cut(text: str, width: float, size: float) -> str:
    """A text no wider than `width` [mm]."""
    if width_mm(text, size) <= width:
        return text
    while text and width_mm(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text}…"


def wrapped(text: str, width: float, size: float) -> Sequence[str]:
    """A text in lines no wider than `width` [mm]; Western words stay whole where they can."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width_mm((line + piece).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = ""
        while width_mm(piece, size) > width and len(piece) > 1:
            fits = next(
                n
                for n in range(len(piece) - 1, 0, -1)
                if n == 1 or width_mm(piece[:n], size) <= width
            )
            lines.append(piece[:fits])
            piece = piece[fits:]
        line += piece.lstrip() if not line else piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> list[str]:
    """Single wide letters, and Western words with the space after them."""
    found: list[str] = []
    for c in text:
        wide = unicodedata.east_asian_width(c) in _WIDE
        before = found[-1] if found else ""
        closing = c in "，。、；：）》”％"
        joins = (
            before
            and not before.endswith(" ")
            and (closing or (not wide and unicodedata.east_asian_width(before[-1]) not in _WIDE))
        )
        if joins:
            found[-1] += c
        else:
            found.append(c)
    return found
