"""When to stop looking: asked again and again with what is found so far; the best found is kept."""

from __future__ import annotations

import math
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any, NamedTuple

_TINY = sys.float_info.min


def relative_gap(objective: float, bound: float) -> float:
    """|objective − bound| / |objective|: 0 where they meet, inf where either is not known."""
    if not (math.isfinite(objective) and math.isfinite(bound)):
        return math.inf
    return abs(objective - bound) / max(abs(objective), _TINY)


class Sofar(NamedTuple):
    """What a search knows: seconds spent [s], the best objective found and the bound on any.

    NaN or an infinity for an objective or bound that is not there yet.
    """

    seconds: float
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """How far the best found may be from the best there is, relative to the former."""
        return relative_gap(self.objective, self.bound)


Stop = Callable[[Sofar], bool]
"""Asked while a search runs; True ends it with the best found so far."""

Watch = Callable[[Sofar], None]
"""Told while a search runs; what it does changes nothing in the answer."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """Stop once so many seconds are spent [s]; 0 takes what is there without a search."""

    limit_s: float

    def __call__(self, sofar: Sofar) -> bool:
        """Whether the time is up."""
        return sofar.seconds >= self.limit_s


@dataclass(frozen=True, slots=True)
class Gap:
    """Stop once the gap is no more than this part of the objective."""

    relative: float

    def __call__(self, sofar: Sofar) -> bool:
        """Whether the best found is good enough."""
        return sofar.gap <= self.relative


@dataclass(frozen=True, slots=True)
class FirstOf:
    """Stop as soon as any of several would; none of them never stops."""

    stops: tuple[Stop, ...]

    def __call__(self, sofar: Sofar) -> bool:
        """Whether any of them would stop."""
        return any(stop(sofar) for stop in self.stops)


def first_of(*stops: Stop) -> FirstOf:
    """Stop as soon as any of `stops` would."""
    return FirstOf(stops)


NEVER = first_of()
"""Look until it is proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """The stop of a whole search, asked from within a part of it.

    The part began `began_s` seconds into the whole, and its objective x is ``offset + scale · x``
    there. What lies beside the part may be `open_beside` better than it is.
    """

    whole: Stop
    began_s: float
    scale: float = 1.0
    offset: float = 0.0
    open_beside: float = 0.0

    def of_whole(self, sofar: Sofar) -> Sofar:
        """What the part knows, in the seconds and the objective of the whole."""
        return Sofar(
            self.began_s + sofar.seconds,
            self.offset + self.scale * sofar.objective,
            self.offset + self.scale * sofar.bound - self.open_beside,
        )

    def __call__(self, sofar: Sofar) -> bool:
        """Whether the whole would stop here."""
        return self.whole(self.of_whole(sofar))


def seconds_allowed(stop: Stop) -> float:
    """Seconds after which a stop is sure to stop [s], inf where it does not say.

    For solvers that look at their own clock more often than they ask.
    """
    match stop:
        case Seconds():
            return stop.limit_s
        case FirstOf():
            return min(map(seconds_allowed, stop.stops), default=math.inf)
        case PartOf():
            return max(0.0, seconds_allowed(stop.whole) - stop.began_s)
        case _:
            return math.inf


class Interrupted:
    """Stop at the first Ctrl-C, and keep what is found; the second one is Python's own again.

    A context manager, as it lends itself the handler of SIGINT and gives it back; in any thread but
    the main one Python allows nobody to, and it never stops.
    """

    def __init__(self) -> None:
        self._asked = False
        self._before: Any = None

    def __enter__(self) -> Interrupted:
        """Listen from here on, unless it is ignored, as of jobs in the background."""
        self._asked = False
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
            return self
        try:
            self._before = signal.signal(signal.SIGINT, self._ask)
        except ValueError:
            self._before = None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Listen no longer."""
        self._give_back()

    def __call__(self, sofar: Sofar) -> bool:
        """Whether somebody pressed Ctrl-C."""
        del sofar
        return self._asked

    @property
    def is_asked(self) -> bool:
        """Whether somebody pressed Ctrl-C since it began to listen."""
        return self._asked

    def _ask(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._asked = True
        self._give_back()

    def _give_back(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None
