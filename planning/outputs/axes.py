"""Axes of a picture: values to places on it, round ticks, and how large numbers are written."""

from __future__ import annotations

import math
from dataclasses import dataclass

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_WAN = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """A plot inside a picture of `width` × `height`, with margins, from 0 to the largest values."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    x_most: float
    y_most: float

    def x(self, value: float) -> float:
        """How far from the left a value stands."""
        span = self.width - self.left - self.right
        return self.left + span * (value / self.x_most if self.x_most > 0 else 0.0)

    def y(self, value: float) -> float:
        """How far from the top a value stands."""
        span = self.height - self.top - self.bottom
        return self.top + span * (1.0 - (value / self.y_most if self.y_most > 0 else 0.0))

    @property
    def floor(self) -> float:
        """Where 0 is, from the top."""
        return self.y(0.0)


def ticks(most: float, n: int) -> list[float]:
    """Round values from 0 up to the largest, about `n` of them."""
    if most <= 0:
        return [0.0]
    power = 10.0 ** math.floor(math.log10(most / n))
    step = next(m * power for m in _ROUND if m * power * n >= most * (1 - 1e-9))
    return [at * step for at in range(math.floor(most / step + 1e-9) + 1)]


def in_wan(value: float) -> str:
    """A number as Chinese readers like it: 12,000 is 1.2万."""
    return f"{round(value / _WAN, 2):,g}万" if abs(value) >= _WAN else f"{round(value):,}"


def in_millions(yuan: float) -> str:
    """Money [yuan] as English readers say it: 75,000,000 is 75 million yuan."""
    return f"{round(yuan / 1e6, 1):,g} million yuan"


def in_thousands(value: float) -> str:
    """The same for English readers: 12,000 is 12k."""
    return f"{round(value / 1000, 1):,g}k" if abs(value) >= _WAN else f"{round(value):,}"
