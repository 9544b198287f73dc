"""Who does the work of the tiles: this process, or workers elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Done = TypeVar("Done")


class Pool(Protocol):
    """Does one job for many tasks, in any order and as often as it must; jobs change nothing."""

    def each(
        self, job: Callable[[Task], Done], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Done]]:
        """What came of each task, with its number, as they are done."""
        ...


class Here:
    """This process, one task after the other."""

    def each(
        self, job: Callable[[Task], Done], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Done]]:
        """What came of each task, with its number, in order."""
        for number, task in enumerate(tasks):
            yield number, job(task)
