"""Noto Sans SC in two weights, cut to the characters that are drawn, for whatever is drawn."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from planning.outputs.font_source import font_bytes

REPLACED = "□"
"""Stands for a character that the font lacks."""

_WEIGHTS = {"regular": 400, "bold": 700}
_BOLD = 600
_ALWAYS = {chr(code) for code in range(0x20, 0x7F)} | set(f"{REPLACED}…·—–、，。（）：；％√≤≥")


class Fonts:
    """Font files for the letters drawn so far, in `folder`; more letters make new files.

    The variable font of the wheel would be drawn at its thinnest, and Debian's collection with
    Japanese shapes, so that weights are cut out of the one for Simplified Chinese. A cut for some
    hundred characters takes a second, so that those `expected` are in the first.
    """

    def __init__(self, folder: Path, expected: str) -> None:
        self._folder = folder
        self._letters = set(expected) | _ALWAYS
        self._files: dict[str, Path] = {}
        self._cuts = 0
        self._source = font_bytes()
        self._known = self._characters()

    def _characters(self) -> frozenset[str]:
        with self._opened() as font:
            return frozenset(map(chr, font.getBestCmap()))

    def _opened(self) -> TTFont:
        return TTFont(BytesIO(self._source), lazy=True, recalcTimestamp=False)

    def readable(self, text: str) -> str:
        """A text on one line, its control characters gone, unknown ones as □."""
        plain = " ".join(text.split())
        shown = (c for c in plain if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Mn"))
        return "".join(c if c in self._known else REPLACED for c in shown)

    def lacks(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The characters that the font does not have, in their order."""
        drawn = {c for text in texts for c in " ".join(text.split())}
        kinds = ("Cc", "Cf", "Cs", "Mn")
        return tuple(sorted(c for c in drawn - self._known if unicodedata.category(c) not in kinds))

    def set_on(self, figure: Figure) -> None:
        """Give every text of a figure its font file; none is ever read as a formula."""
        texts = [text for text in figure.findobj(Text) if text.get_text()]
        self._cut({c for text in texts for c in text.get_text()} - {"\n"})
        for text in texts:
            weight = text.get_fontweight()
            bold = weight == "bold" or (isinstance(weight, int) and weight >= _BOLD)
            path = self._files["bold" if bold else "regular"]
            text.set_fontproperties(FontProperties(fname=str(path), size=text.get_fontsize()))
            text.set_parse_math(False)

    def _cut(self, letters: set[str]) -> None:
        if letters <= self._letters and self._files:
            return
        self._letters |= letters
        self._cuts += 1
        for name, weight in _WEIGHTS.items():
            # A file of its own each time: matplotlib keeps those it has opened.
            path = self._folder / f"{name}-{self._cuts}.ttf"
            with self._opened() as font:
                _save_cut(font, self._letters, path, weight=weight, name=name)
            self._files[name] = path


def write_font(letters: Iterable[str], path: Path, *, family: str) -> None:
    """Write the regular weight, cut to some letters, as a font of that family name.

    Raises MissingFileError where the wheel that holds it is not installed.
    """
    with TTFont(BytesIO(font_bytes()), lazy=True, recalcTimestamp=False) as font:
        for number in (1, 16):
            font["name"].setName(family, number, 3, 1, 0x409)
        _save_cut(font, set(letters) | _ALWAYS, path, weight=_WEIGHTS["regular"], name="regular")


def _save_cut(font: TTFont, letters: set[str], path: Path, *, weight: int, name: str) -> None:
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(map(ord, letters)))
    cutter.subset(font)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    font["name"].setName(f"NotoSansSC-{name.title()}", 6, 3, 1, 0x409)
    font.save(path)
