"""The Chinese font of the sheets for pictures that a user draws with matplotlib, in a notebook."""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager

from planning.outputs.sheets.fonts import write_font

_FAMILY = "Planning Noto Sans SC"
_FILE = "planning-noto-sans-sc-1.ttf"


def use_chinese_font(folder: Path | None = None) -> str:
    """Let matplotlib write Chinese from now on; returns the name of the font family.

    Without it, matplotlib draws a box for every Chinese letter where its font has none. The letters
    of GB 2312 are cut out of the font once, which takes some seconds, and kept in `folder`, which
    is matplotlib's cache by default; what else a text holds is drawn in matplotlib's own font.
    Raises MissingFileError where the font is not installed.
    """
    if _FAMILY not in {font.name for font in font_manager.fontManager.ttflist}:
        font_manager.fontManager.addfont(_font_in(folder or Path(mpl.get_cachedir())))
    mpl.rcParams["font.family"] = [_FAMILY, "DejaVu Sans"]
    mpl.rcParams["axes.unicode_minus"] = False
    return _FAMILY


def _font_in(folder: Path) -> str:
    path = folder / _FILE
    if not path.is_file():
        aside = path.with_name(f"{_FILE}.{os.getpid()}")
        write_font(_letters(), aside, family=_FAMILY)
        aside.replace(path)
    return str(path)


def _letters() -> set[str]:
    """Latin letters with their accents, and what GB 2312 holds."""
    latin = {chr(code) for code in range(0x20, 0x180)}
    pairs = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return latin | {pair.decode("gb2312", errors="ignore") for pair in pairs} - {""}
