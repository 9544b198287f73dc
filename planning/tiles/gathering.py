"""The reach of all sites, put together from that of batches as it comes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.travel import BYTES_PER_PAIR, Reach

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


class Gathered:
    """Batches of sites, rows of all of them, whose reach comes in any order.

    Once all that came takes more than `max_memory_bytes`, it goes to unnamed temporary files, and
    the reach is read from such.
    """

    def __init__(
        self, batches: Sequence[Longs], n_sites: int, max_memory_bytes: int | None
    ) -> None:
        self._batches, self._most = batches, max_memory_bytes
        self._count = np.zeros(n_sites, dtype=np.int64)
        self._pairs: dict[int, tuple[Ints, Ints]] = {}
        self._held_bytes = 0

    def take(self, batch: int, count: Longs, demand: Ints, ms: Ints) -> None:
        """What came of a batch: how many each site reaches, whom, and when [ms]."""
        self._count[self._batches[batch]] = count
        self._held_bytes += BYTES_PER_PAIR * len(ms)
        self._pairs[batch] = demand, ms
        if self._is_over(self._held_bytes):
            for number, pairs in self._pairs.items():
                if not isinstance(pairs[0], np.memmap) and len(pairs[0]):
                    self._pairs[number] = self._in_file(pairs[0]), self._in_file(pairs[1])

    def reach(self, *, limit_ms: int, n_demand: int) -> Reach:
        """All of it, sites in their order."""
        start = np.concatenate([[0], np.cumsum(self._count)]).astype(np.int64)
        demand, ms = self._room(int(start[-1])), self._room(int(start[-1]))
        for number, rows in enumerate(self._batches):
            own = self._count[rows]
            at = np.arange(own.sum()) + np.repeat(start[rows] - (np.cumsum(own) - own), own)
            demand[at], ms[at] = self._pairs.pop(number)
        return Reach(start=start, demand=demand, ms=ms, limit_ms=limit_ms, n_demand=n_demand)

    def _is_over(self, n_bytes: int) -> bool:
        return self._most is not None and n_bytes > self._most

    def _room(self, n: int) -> Any:
        # Both arrays, beside the batches that they are filled from.
        if n and self._is_over(2 * BYTES_PER_PAIR * n):
            return self._mapped(n)
        return np.empty(n, dtype=np.int32)

    def _in_file(self, values: Ints) -> Any:
        kept = self._mapped(len(values))
        kept[:] = values
        return kept

    def _mapped(self, n: int) -> Any:
        with tempfile.TemporaryFile() as file:
            # The map keeps the unnamed file alive after it is closed.
            return np.memmap(file, dtype=np.int32, mode="w+", shape=(n,))
