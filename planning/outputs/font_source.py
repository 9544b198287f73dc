"""The Chinese font as its wheel brings it: Noto Sans SC, all weights in one file (OFL 1.1)."""

from __future__ import annotations

from importlib.resources import as_file, files
from importlib.util import find_spec

from planning.errors import MissingFileError, fail

_PACKAGE = "justmytype_intl_cjk"
_PATH = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"


def font_bytes() -> bytes:
    """The font file. Raises MissingFileError where the wheel that holds it is not installed."""
    if find_spec(_PACKAGE) is None:
        raise fail(
            MissingFileError,
            "Noto Sans SC",
            found=(f"未安装 {_PACKAGE}", f"{_PACKAGE} is not installed"),
            expected=("图纸所用的中文字体", "the Chinese font of the sheets"),
            to_do=(
                "运行 pip install justmytype-intl-cjk",
                "run pip install justmytype-intl-cjk",
            ),
        )
    with as_file(files(_PACKAGE) / _PATH) as path:
        return path.read_bytes()
