"""The Python that runs, the text it can show, and the clock it reads."""

from __future__ import annotations

import locale
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from planning.doctor.requirements import needs, version
from planning.doctor.verdict import Verdict, judged

_DAY_S = 86_400.0
_READABLE = ("utf-8", "utf8", "cp65001", "ansi-x3.4-1968", "us-ascii", "646")
"""UTF-8 by its names, and the C locale's, which says nothing of the terminal."""


def python_version(running: Sequence[int] = sys.version_info[:3]) -> Verdict:
    """Whether this Python is as new as pyproject.toml asks."""
    least = needs().python
    said = ".".join(map(str, running))
    return judged(
        fault=tuple(running) < version(least),
        found=(f"Python {said}（{sys.executable}）", f"Python {said} ({sys.executable})"),
        expected=(f"不低于 {least}", f"at least {least}"),
        to_do=(
            f"安装 Python {least} 或更新的版本，用它运行 run.py",
            f"install Python {least} or newer and run run.py with it",
        ),
    )


def terminal_text() -> Verdict:
    """Whether the Chinese that is printed, always as UTF-8, is what the terminal expects.

    A Windows console takes Python's characters themselves; elsewhere the locale says what bytes are
    read as.
    """
    encoding = locale.getencoding().lower()
    on_console = sys.platform == "win32" and sys.stdout.isatty()
    readable = on_console or encoding.replace("_", "-") in _READABLE
    return judged(
        warning=not readable,
        found=(f"系统文字编码 {encoding}", f"the system reads text as {encoding}"),
        expected=("UTF-8：本程序输出的都是 UTF-8", "UTF-8, in which everything is printed"),
        to_do=(
            "把终端换成 UTF-8：Linux、macOS 上 export LC_ALL=C.UTF-8，Windows 上运行 chcp 65001；"
            "成果文件不受影响",
            "set the terminal to UTF-8: export LC_ALL=C.UTF-8 on Linux and macOS, chcp 65001 on "
            "Windows; results are not affected",
        ),
    )


def clock(now_s: float | None = None, folder: Path = Path(__file__).parents[1]) -> Verdict:
    """Whether it is later than when the program was put here: its youngest file says."""
    now_s = time.time() if now_s is None else now_s
    put_s = max(path.stat().st_mtime for path in folder.rglob("*.py"))
    now, put = (datetime.fromtimestamp(s, UTC).strftime("%Y-%m-%d %H:%M") for s in (now_s, put_s))
    return judged(
        warning=now_s < put_s - _DAY_S,
        found=(f"时钟 {now} UTC", f"the clock says {now} UTC"),
        expected=(
            f"不早于程序文件的 {put} UTC",
            f"not before the program's own files, {put} UTC",
        ),
        to_do=(
            "校准系统时钟：运行记录与成果里的日期取自它，计算结果不受影响",
            "set the clock: dates in records and results come from it, figures do not",
        ),
    )
