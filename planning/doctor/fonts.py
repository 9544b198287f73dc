"""The Chinese font of map sheets, reports and pictures."""

from __future__ import annotations

import os
import tempfile
from io import BytesIO
from pathlib import Path

from planning.doctor.verdict import Verdict, judged

_LETTERS = "一老一小设施规划"


def chinese_font() -> Verdict:
    """Whether the font is installed, holds Chinese, and the folder of its cut can be written to."""
    import matplotlib as mpl
    from fontTools.ttLib import TTFont

    from planning.errors import MissingFileError
    from planning.outputs.font_source import font_bytes

    expected = (
        f"含“{_LETTERS}”的字体，缓存目录可写",
        "a font with Chinese letters, a cache folder that can be written to",
    )
    try:
        with TTFont(BytesIO(font_bytes()), lazy=True) as font:
            known = font.getBestCmap()
        lacking = "".join(letter for letter in _LETTERS if ord(letter) not in known)
    except (MissingFileError, OSError) as error:
        lacking, said = _LETTERS, str(error).splitlines()
        found = (said[0], said[-1])
    else:
        found = (f"缺“{lacking}”", f"lacks {lacking}")
    if lacking:
        return judged(
            fault=True,
            found=found,
            expected=expected,
            to_do=(
                "运行 pip install --force-reinstall justmytype-intl-cjk",
                "run pip install --force-reinstall justmytype-intl-cjk",
            ),
        )
    folder = Path(mpl.get_cachedir())
    told = f"Noto Sans SC (justmytype-intl-cjk), {folder}"
    return judged(
        warning=not os.access(folder, os.W_OK) or _is_makeshift(folder),
        found=(told, told),
        expected=expected,
        to_do=(
            "设环境变量 MPLCONFIGDIR 为可写的目录：不然每次运行都重建字体缓存，慢几秒",
            "set the variable MPLCONFIGDIR to a folder that can be written to: else fonts are cut "
            "anew in every run, which takes seconds",
        ),
    )


def _is_makeshift(folder: Path) -> bool:
    """Where matplotlib goes when its own folder cannot be written to: a new one in each run."""
    return folder.parent == Path(tempfile.gettempdir()) and folder.name.startswith("matplotlib-")
