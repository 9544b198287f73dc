"""Races between us and a peer: timed by turns in one process, agreement said, put in a table.

The least of several times counts, wall and CPU (all threads) each for itself. The ratio is the
worse for us of the two: on busy cores a short call finds a free moment and a long one does not,
which flatters the faster side by the wall clock, and only by it.
"""

from __future__ import annotations

import cProfile
import os
import platform
import pstats
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

Call = Callable[[], Any]


class Took(NamedTuple):
    """Seconds of wall clock and of CPU."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{_digits(self.wall)} ({_digits(self.cpu)})"


class Row(NamedTuple):
    """One line of the table; `floor` is what the ratio is to reach, and counts where `judged`."""

    goal: int
    on: str
    what: str
    peer: str
    ours: Took
    theirs: Took
    floor: float | None
    agrees: bool
    check: str
    alone: bool = True
    """Whether both sides ran on one thread in this process, so that CPU seconds compare too."""
    judged: bool = True

    @property
    def ratio(self) -> float:
        """How many times longer the peer took, the worse of wall and CPU."""
        wall = self.theirs.wall / self.ours.wall
        return min(wall, self.theirs.cpu / self.ours.cpu) if self.alone else wall

    def __str__(self) -> str:
        floor = "–"
        if self.floor is not None:
            met = "met" if self.ratio >= self.floor else "missed"
            floor = f"**≥ {self.floor:g} {met}**" if self.judged else f"(≥ {self.floor:g} {met})"
        return (
            f"| {self.goal} | {self.on} | {self.what} | {self.peer} | {self.ours} | {self.theirs} "
            f"| {_digits(self.ratio)} | {floor} | {'✓' if self.agrees else '✗'} {self.check} |"
        )


class Duel(NamedTuple):
    """What both sides found and how long they took."""

    ours: Any
    theirs: Any
    took: Took
    peer_took: Took

    def row(
        self, goal: int, on: str, what: str, peer: str, *, floor: float | None, agrees: bool,
        check: str, done: float = 1.0, alone: bool = True,
    ) -> Row:  # fmt: skip
        """The line of the table; the time of a peer that did a part (`done`) is scaled."""
        scaled = Took(self.peer_took.wall / done, self.peer_took.cpu / done)
        part = "" if done == 1.0 else f"; peer ran {done:.1%}, scaled"
        return Row(
            goal, on, what, peer, self.took, scaled, floor, bool(agrees), check + part, alone
        )


def duel(ours: Call, theirs: Call, repeats: int) -> Duel:
    """Both sides by turns; our first call, which loads compiled code, does not count."""
    ours()
    times: list[tuple[Took, Took]] = []
    for _ in range(max(1, repeats)):
        found, took = timed(ours)
        peer_found, peer_took = timed(theirs)
        times.append((took, peer_took))
    least = [Took(*map(min, zip(*side, strict=True))) for side in zip(*times, strict=True)]
    return Duel(found, peer_found, *least)


def timed(call: Call) -> tuple[Any, Took]:
    """What a call gives and what it takes."""
    wall, cpu = time.perf_counter(), _cpu_s()
    found = call()
    return found, Took(time.perf_counter() - wall, _cpu_s() - cpu)


def _cpu_s() -> float:
    """CPU seconds of this process and of those it waited for."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def shares(call: Call) -> str:
    """Functions by their own share of the time; compiled code counts for its Python caller."""
    profile = cProfile.Profile()
    profile.runcall(call)
    stats: Any = pstats.Stats(profile)
    own = sorted(((entry[2], where) for where, entry in stats.stats.items()), reverse=True)
    return ", ".join(
        f"`{name if file == '~' else f'{Path(file).stem}.{name}'}` {seconds / stats.total_tt:.0%}"
        for seconds, (file, _, name) in own[:4]
        if seconds > 0.03 * stats.total_tt
    )


def peak_mb() -> float:
    """Most memory this process has held [MB]; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak: float = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def table(rows: Sequence[Row]) -> str:
    """The races in Markdown, by goal."""
    head = "| goal | on | what | peer | ours s (CPU) | peer s (CPU) | ratio | floor | agreement |"
    lines = map(str, sorted(rows, key=lambda row: row.goal))
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *lines])


def machine(*packages: str) -> str:
    """What it ran on."""
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, " + ", ".join(map(named, packages))
    )


def named(package: str) -> str:
    """A package with its version; empty where it is not installed."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""


def rewritten(page: str, text: str, *, name: str = "bench") -> str:
    """The page with everything between the two markers of that name written anew."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    return f"{page.split(begin)[0]}{begin}\n\n{text}\n\n{end}{page.split(end)[1]}"


def _digits(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if value >= 99.95 else f"{value:.3g}"
