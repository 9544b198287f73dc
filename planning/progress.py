"""How long work reports itself. The faces draw the bars; the stages only count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Figures = Mapping[str, float | str]
"""What is said, by name, in numbers."""


class Step(Protocol):
    """One running piece of work."""

    def advance(self, amount: float = 1.0) -> None:
        """Say that `amount` more of the announced total is done."""

    def say(self, zh: str, en: str, figures: Figures | None = None) -> None:
        """Say how things stand, in place of what was said before; `figures` for programs."""


class Progress(Protocol):
    """Where the stages announce their work."""

    def step(
        self, name_zh: str, name_en: str, total: float | None = None
    ) -> AbstractContextManager[Step]:
        """Open a step; `total` is its size, or None where nobody knows."""


class _Silent:
    def advance(self, amount: float = 1.0) -> None:
        """Nobody is looking."""

    def say(self, zh: str, en: str, figures: Figures | None = None) -> None:
        """Nobody is listening."""

    @contextmanager
    def step(self, name_zh: str, name_en: str, total: float | None = None) -> Iterator[_Silent]:
        """Do the work without a word."""
        del name_zh, name_en, total
        yield self


def silent() -> Progress:
    """A progress that says nothing: for tests, notebooks and `--quiet`."""
    return _Silent()
