"""Who does the work of the tiles: this process, or workers elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Done = TypeVar("Done")


class Pool(Protocol):
    """Does one job for many tasks, in any order and as often as it must; jobs change nothing."""

    def each(
        self, job: Callable[[Task], Done], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, tuple[float, Done]]]:
        """The number of each task, the seconds it took and what came of it, as they are done."""
        ...


class Here:
    """This process, one task after the other."""

    def each(
        self, job: Callable[[Task], Done], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, tuple[float, Done]]]:
        """The number of each task, the seconds it took and what came of it, in order."""
        for number, task in enumerate(tasks):
            yield number, timed(job, task)


def timed(job: Callable[[Task], Done], task: Task) -> tuple[float, Done]:
    """The seconds that a task took, and what came of it."""
    begin = time.perf_counter()
    done = job(task)
    return time.perf_counter() - begin, done
