"""Work shared among threads: kernels hold no lock while they run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Thing = TypeVar("Thing")
Found = TypeVar("Found")


def in_threads(
    work: Callable[[Thing], Found], things: Iterable[Thing], *, threads: int
) -> Iterator[Found]:
    """What `work` makes of each thing, in their order; one thread is the caller's own."""
    if threads == 1:
        yield from map(work, things)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, things)
