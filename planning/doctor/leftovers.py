"""What interrupted runs left in the folder of results; it is told, never removed."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from planning.doctor.verdict import Verdict, judged

_HALF_WRITTEN = ".*.partial-*"
_STAGES = ".stages"
_MOST_NAMED = 5
_RUNNING_S = 3_600.0
"""What was touched this recently may belong to a run that is going on."""


def leftovers(out: Path) -> Verdict:
    """Results half written, which nothing will use, and stages kept for the next run."""
    half = sorted(path for path in _within(out, _HALF_WRITTEN) if _age_s(path) > _RUNNING_S)
    stages = sorted(_within(out, _STAGES))
    half_bytes, stage_bytes = (sum(map(_size_bytes, paths)) for paths in (half, stages))
    named = ", ".join(path.name for path in half[:_MOST_NAMED])
    named += f" … ({len(half)})" if len(half) > _MOST_NAMED else ""
    kept = f"{stage_bytes / 1e6:.1f} MB"
    told_zh = f"{out}：没有写到一半的成果" if not half else (
        f"{out}：{len(half)} 份写到一半的成果，{half_bytes / 1e6:.1f} MB：{named}"
    )  # fmt: skip
    told_en = f"{out}: no half-written results" if not half else (
        f"{out}: {len(half)} half-written results, {half_bytes / 1e6:.1f} MB: {named}"
    )  # fmt: skip
    return judged(
        warning=bool(half),
        found=(
            told_zh + (f"；留待续算的中间结果 {kept}" if stages else ""),
            told_en + (f"; stages kept for the next run: {kept}" if stages else ""),
        ),
        expected=(
            "没有；中间结果（.stages）可随时删去，删去后从头算",
            "none; stages (.stages) may be removed at any time, the next run begins anew",
        ),
        to_do=(
            "确认没有运行在进行，再删去这些目录",
            "make sure that no run is going on, then remove these folders",
        ),
    )


def _within(out: Path, pattern: str) -> list[Path]:
    with suppress(OSError):
        return [*out.glob(pattern), *out.glob(f"*/{pattern}")]
    return []


def _age_s(path: Path) -> float:
    with suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0


def _size_bytes(path: Path) -> int:
    size = 0
    for file in path.rglob("*") if path.is_dir() else (path,):
        with suppress(OSError):
            size += file.lstat().st_size if not file.is_dir() else 0
    return size
