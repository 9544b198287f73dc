"""Whether results and temporary files find room, and whether their Chinese names can be written."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from planning.doctor.verdict import Verdict, Words, judged

LEAST_BYTES = 100_000_000
"""The results of a district, without sheets."""
ENOUGH_BYTES = 2_000_000_000
"""Several runs of a district with their sheets, or the temporary files of a city."""
_NAME = "规划检查-一老一小"
_LONGEST_RESULT = 90
"""Characters of the longest path within the results: the run's folder, and a file below it."""
_WINDOWS_PATH = 260


def out_folder(out: Path) -> Verdict:
    """Whether results may be written to `out`, which need not be there yet."""
    return _writable(_standing(out), out)


def temporary_folder() -> Verdict:
    """The same of the folder for temporary files."""
    try:
        folder = Path(tempfile.gettempdir())
    except OSError as error:
        return judged(
            fault=True,
            found=(f"没有可写的临时目录（{error}）", f"no temporary folder ({error})"),
            expected=_EXPECTED,
            to_do=("设 TMPDIR 为可写的目录", "set TMPDIR to a folder that can be written to"),
        )
    return _writable(folder, folder)


_EXPECTED: Words = (
    f"可写，容许中文文件名，空余不少于 {ENOUGH_BYTES / 1e9:.0f} GB",
    f"writable, Chinese file names, at least {ENOUGH_BYTES / 1e9:.0f} GB free",
)


def path_length(out: Path, *, windows: bool = sys.platform == "win32") -> Verdict:
    """Whether paths of results stay below the length that Windows programs can open."""
    length = len(str(out.resolve())) + 1 + _LONGEST_RESULT
    return judged(
        warning=windows and length > _WINDOWS_PATH,
        found=(f"成果路径最长约 {length} 字符", f"paths of results of up to {length} characters"),
        expected=(
            f"Windows 上不超过 {_WINDOWS_PATH}",
            f"at most {_WINDOWS_PATH} on Windows",
        ),
        to_do=("用短些的 --out，如 D:\\out", "give a shorter --out, such as D:\\out"),
    )


def _standing(folder: Path) -> Path:
    """The folder, or the closest above it that is there."""
    folder = folder.absolute()
    return next((each for each in (folder, *folder.parents) if each.exists()), folder)


def _writable(folder: Path, meant: Path) -> Verdict:
    try:
        _write_and_read(folder)
    except UnicodeError as error:
        return judged(
            fault=True,
            found=(f"{meant}：写不了中文文件名（{error}）", f"{meant}: no Chinese names ({error})"),
            expected=_EXPECTED,
            to_do=("设环境变量 PYTHONUTF8=1", "set the variable PYTHONUTF8=1"),
        )
    except OSError as error:
        reason = f"{type(error).__name__}: {error.strerror or error}"
        return judged(
            fault=True,
            found=(f"{meant} 写不了（{reason}）", f"{meant} cannot be written to ({reason})"),
            expected=_EXPECTED,
            to_do=(
                "换一个可写、有空余的目录：成果用 --out，临时文件用环境变量 TMPDIR",
                "choose a folder that is writable and has room: --out for results, the variable "
                "TMPDIR for temporary files",
            ),
        )
    free = shutil.disk_usage(folder).free
    return judged(
        fault=free < LEAST_BYTES,
        warning=free < ENOUGH_BYTES,
        found=(f"{meant}，空余 {free / 1e9:.1f} GB", f"{meant}, {free / 1e9:.1f} GB free"),
        expected=_EXPECTED,
        to_do=(
            "清理磁盘，或换目录：成果用 --out，临时文件用环境变量 TMPDIR",
            "make room, or choose another folder: --out for results, TMPDIR for temporary files",
        ),
    )


def _write_and_read(folder: Path) -> None:
    """Write a file of a Chinese name, find it again by it, and take it away."""
    text = _NAME * 1000
    with tempfile.TemporaryDirectory(prefix=".planning-doctor-", dir=folder) as kept:
        (Path(kept) / _NAME).write_text(text, encoding="utf-8")
        (found,) = (path.name for path in Path(kept).iterdir())
        # macOS gives names back with their accents apart; Chinese has none.
        if found != _NAME or (Path(kept) / found).read_text(encoding="utf-8") != text:
            raise OSError(f"wrote {_NAME!r}, read {found!r} back")
