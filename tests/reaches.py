"""Reaches to test with: written as tables, or at random; and what a plain double loop adds up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from planning.access import Decay
from planning.travel import Reach

Floats = npt.NDArray[np.float64]

MIN = 60_000
LIMIT_MS = 30 * MIN
NOT = -1
"""No way within the limit."""

nan = float("nan")


def reach_of(table: Sequence[Sequence[int]], *, n_demand: int, limit_ms: int = LIMIT_MS) -> Reach:
    """The reach whose times [ms] stand in a table, one row a site; NOT is not listed."""
    ms = np.array(table, dtype=np.int32).reshape(len(table), n_demand)
    site, demand = np.nonzero(ms != NOT)
    counts = np.bincount(site, minlength=len(ms))
    return Reach(
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        demand=demand.astype(np.int32),
        ms=ms[site, demand],
        limit_ms=limit_ms,
        n_demand=n_demand,
    )


def weights_of(table: Sequence[Sequence[int]], decay: Decay) -> list[list[float]]:
    """Weights of a table, 0 where there is no way, one number at a time."""
    return [
        [0.0 if ms == NOT else float(decay.weight(np.array([ms]))[0]) for ms in row]
        for row in table
    ]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A table of times [ms], people [persons] and supply."""

    table: list[list[int]]
    people: Floats
    supply: Floats

    @property
    def reach(self) -> Reach:
        return reach_of(self.table, n_demand=len(self.people))


@st.composite
def cases(draw: Callable[..., object], *, unknown: bool = True) -> Case:
    """Random cases: ties, times at the limit, empty sites, points without people, no places."""
    n_sites = draw(st.integers(0, 6))
    n_demand = draw(st.integers(0, 8))
    assert isinstance(n_sites, int) and isinstance(n_demand, int)
    minutes = st.sampled_from([0, 1, 5, 5, 10, 15, 20, 29, 30]).map(lambda m: m * MIN)
    time = st.one_of(st.just(NOT), minutes, st.integers(0, LIMIT_MS))
    persons = st.one_of(st.just(0.0), st.floats(0.001, 1e5), st.integers(1, 500).map(float))
    places = [st.just(0.0), st.floats(0.01, 1e4), st.integers(1, 300).map(float)]
    supply = st.one_of(*places, *([st.just(nan)] if unknown else []))

    def listed(each: st.SearchStrategy[float], n: int) -> Floats:
        return np.array(draw(st.lists(each, min_size=n, max_size=n)), dtype=np.float64)

    return Case(
        table=[listed(time, n_demand).astype(int).tolist() for _ in range(n_sites)],
        people=listed(persons, n_demand),
        supply=listed(supply, n_sites),
    )
