"""Progress on the terminal: what is being done, how far it is, how long it will take."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planning.progress import Figures, Progress


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator[Progress]:
    """Bars with time left on stderr, drawn on a terminal only."""
    from planning.progress import silent

    if quiet or not sys.stderr.isatty():
        yield silent()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    bars = Bars(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("剩余 left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )

    class Step:
        def __init__(self, task: Any, name: str) -> None:
            self.task, self.name = task, name

        def advance(self, amount: float = 1.0) -> None:
            bars.advance(self.task, amount)

        def say(self, zh: str, en: str, figures: Figures | None = None) -> None:
            del figures
            bars.update(self.task, description=f"{self.name} · {zh} {en}")

    class Shown:
        @contextmanager
        def step(self, name_zh: str, name_en: str, total: float | None = None) -> Iterator[Step]:
            name = f"{name_zh} {name_en}"
            task = bars.add_task(name, total=total)
            try:
                yield Step(task, name)
            finally:
                bars.update(task, completed=total or 1, total=total or 1)

    with bars:
        yield Shown()
