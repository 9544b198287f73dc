"""All checks of the installation, in their order.

A check imports its library when it is asked: a broken one must break no check but its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from planning.doctor import (
    disk,
    fonts,
    gdal,
    installed,
    interpreter,
    leftovers,
    memory,
    processors,
    projections,
    solver,
    variables,
)
from planning.doctor.verdict import Verdict, Words, judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check by its name; `ask` may raise, which is a fault as well."""

    name: str
    label: Words
    ask: Callable[[], Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A check and what it found."""

    check: Check
    verdict: Verdict


def checks(out: Path) -> tuple[Check, ...]:
    """Every check; those of the disk look at `out`, where results go."""
    asked: tuple[tuple[str, str, Callable[[], Verdict]], ...] = (
        ("python", "Python 版本", interpreter.python_version),
        ("libraries", "所需的库", installed.core_libraries),
        ("extras", "可选部分", installed.extras),
        ("memory", "内存", memory.memory),
        ("proj_variables", "坐标库的变量", projections.proj_variables),
        ("vector_transform", "矢量的坐标转换", projections.vector_transform),
        ("raster_transform", "栅格的坐标转换", projections.raster_transform),
        ("vector_drivers", "矢量格式", gdal.vector_drivers),
        ("raster_drivers", "栅格格式", gdal.raster_drivers),
        ("chinese_font", "中文字体", fonts.chinese_font),
        ("compiled_kernels", "编译", processors.compiled_kernels),
        ("threads", "线程", processors.threads),
        ("solver", "求解器", solver.small_model),
        ("out_folder", "成果目录", partial(disk.out_folder, out)),
        ("temporary_folder", "临时目录", disk.temporary_folder),
        ("path_length", "路径长度", partial(disk.path_length, out)),
        ("leftovers", "中断的运行", partial(leftovers.leftovers, out)),
        ("terminal_text", "终端文字", interpreter.terminal_text),
        ("clock", "时钟", interpreter.clock),
        ("variables", "环境变量", variables.variables),
    )
    return tuple(
        Check(name=name, label=(zh, name.replace("_", " ")), ask=ask) for name, zh, ask in asked
    )


def examine(asked: Iterable[Check]) -> Iterator[Examined]:
    """Ask one check after the other."""
    for check in asked:
        try:
            verdict = check.ask()
        except Exception as error:  # whatever a broken library raises is what is to be told
            verdict = _failed(error)
        yield Examined(check=check, verdict=verdict)


def _failed(error: Exception) -> Verdict:
    said = " ".join(f"{type(error).__name__}: {error}".split())
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    mend = (
        (f"运行 pip install {missing}", f"run pip install {missing}")
        if missing
        else (
            "按上面各项修好后再试；仍如此则重新安装（删去 .venv 后运行 python3 run.py demo）",
            "mend what stands above and try again; where it stays, install anew (remove .venv, "
            "run python3 run.py demo)",
        )
    )
    return judged(
        fault=True,
        found=(f"检查中断：{said}", f"the check broke off: {said}"),
        expected=("检查能做完", "the check to end"),
        to_do=mend,
    )
