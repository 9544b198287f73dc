"""Which study a scenario script is about: the one named on the command line, else the sample."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from planning.errors import PlanningError
from planning.sample import write_sample

SAMPLE = Path("data/raw/sample")


def parser(about: str | None) -> argparse.ArgumentParser:
    """The arguments that every scenario script takes; `about` is its docstring."""
    asked = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument(
        "study", nargs="?", type=Path, help="研究文件，不写则用示例新城 the sample town by default"
    )
    asked.add_argument("--data", type=Path, help="数据目录 where its files are")
    asked.add_argument(
        "--scenario",
        help="情景，或情景文件（JSON） a scenario of the study, or a scenario file (JSON)",
    )
    asked.add_argument(
        "--out", type=Path, default=Path("data/processed"), help="成果写到哪里 where results go"
    )
    return asked


def study_of(asked: argparse.Namespace) -> Path:
    """The study that was named; where none was, that of the sample, written to data/raw/sample."""
    if asked.study is not None:
        return Path(asked.study)
    write_sample(SAMPLE)
    return SAMPLE / "study.yaml"


def told(job: Callable[[], None]) -> None:
    """Do a job; a fault in data or arguments is told in its two languages, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        job()
    except PlanningError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
