"""Small towns to site in, and what trying every set of sites finds."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from reaches import NOT, reach_of

from planning.travel import Reach

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
LIMIT_MS = 10


@dataclass(frozen=True, kw_only=True)
class Town:
    """Times [ms] of sites × points, people, what sites cost and how many each has room for."""

    ms: npt.NDArray[np.int64]
    people: Floats
    cost: Floats
    capacity: Floats
    must: list[int]
    never: list[int]
    p: int

    @property
    def reach(self) -> Reach:
        return reach_of(self.ms.tolist(), n_demand=len(self.people), limit_ms=30)

    @property
    def near(self) -> Flags:
        """Whether a site covers a point."""
        flags: Flags = (self.ms != NOT) & (self.ms <= LIMIT_MS)
        return flags

    def plans(self, *, most: int | None = None) -> Iterator[list[int]]:
        """Every allowed set of sites, of `most` at most."""
        free = [s for s in range(len(self.ms)) if s not in {*self.must, *self.never}]
        top = len(free) if most is None else min(len(free), most - len(self.must))
        for count in range(top + 1):
            for chosen in itertools.combinations(free, count):
                yield sorted([*self.must, *chosen])

    def best(self, value: Callable[[list[int]], float], *, most: int | None = None) -> float:
        """The least value of any plan."""
        return min(map(value, self.plans(most=most)), default=float("inf"))


@st.composite
def towns(draw: st.DrawFn, *, sites: int = 6, points: int = 7) -> Town:
    """Ties, times at the limit, points nobody reaches, points without people, sites for free."""
    n, m = draw(st.integers(1, sites)), draw(st.integers(0, points))
    time = st.sampled_from([NOT, NOT, 0, 3, 5, 9, 10, 10, 11, 20, 30])
    people = st.one_of(st.just(0.0), st.integers(1, 9).map(float), st.floats(0.1, 9.0))
    # In quarters: sums are exact, and no cost is so small that a sum swallows it.
    quarters = st.integers(0, 20).map(lambda n: n / 4)
    cost = st.one_of(st.just(1.0), st.integers(0, 5).map(float), quarters)
    listed = draw(st.lists(st.integers(0, n - 1), max_size=2, unique=True))
    half = draw(st.integers(0, len(listed)))
    return Town(
        ms=np.array(
            draw(st.lists(st.lists(time, min_size=m, max_size=m), min_size=n, max_size=n)),
            dtype=np.int64,
        ).reshape(n, m),
        people=np.array(draw(st.lists(people, min_size=m, max_size=m)), dtype=float),
        cost=np.array(draw(st.lists(cost, min_size=n, max_size=n)), dtype=float),
        capacity=np.array(
            draw(st.lists(st.integers(0, 15).map(float), min_size=n, max_size=n)), dtype=float
        ),
        must=listed[:half],
        never=listed[half:],
        p=half + draw(st.integers(0, n + 1)),
    )
