"""What if a facility were added, closed or moved: the same as reckoning everything anew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streets import GridCity, standing

from planning.travel import WhatIf, audience, nearest, people_within, reach

CITY = GridCity(columns=8, rows=8)
NETWORK = CITY.network()
RNG = np.random.default_rng(20261122)
HOMES = audience(NETWORK, standing(NETWORK, RNG.uniform(0, 700, (60, 2))))
PLACES = standing(NETWORK, RNG.uniform(0, 700, (12, 2)))


def anew(rows: dict[int, int], limit_ms: int) -> tuple[np.ndarray, np.ndarray]:
    """Nearest facility number and time within the limit, from scratch; −1 beyond."""
    numbers = sorted(rows)
    found = nearest(NETWORK, PLACES.take(np.array([rows[n] for n in numbers], dtype=int)), HOMES)
    within = (found.site >= 0) & (found.ms <= limit_ms)
    named = np.array([*numbers, -1])[found.site]
    return np.where(within, named, -1), np.where(within, found.ms, -1)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "remove", "move"]), st.integers(0, 11)), max_size=12
    ),
    st.sampled_from([0, 150_000, 300_000, 900_000]),
)
def test_any_row_of_changes_ends_where_reckoning_anew_ends(
    changes: list[tuple[str, int]], limit_ms: int
) -> None:
    rows = {0: 0, 1: 1, 2: 2}
    state = WhatIf.of(NETWORK, PLACES.take(np.arange(3)), HOMES, limit_ms=limit_ms)
    for what, at in changes:
        if what == "add":
            number = max(rows, default=-1) + 1
            rows[number] = at
            state = state.add(number, PLACES.take(np.array([at])))
        elif rows:
            number = sorted(rows)[at % len(rows)]
            if what == "remove":
                del rows[number]
                state = state.remove(number)
            else:
                rows[number] = at
                state = state.move(number, PLACES.take(np.array([at])))
    site, ms = anew(rows, limit_ms)
    np.testing.assert_array_equal(state.nearest.site, site)
    np.testing.assert_array_equal(state.nearest.ms, ms)


def test_the_state_before_stays_as_it_was() -> None:
    before = WhatIf.of(NETWORK, PLACES.take(np.arange(3)), HOMES, limit_ms=300_000)
    kept = before.keys.copy()
    after = before.remove(1).add(7, PLACES.take(np.array([5])))
    np.testing.assert_array_equal(before.keys, kept)
    assert set(before.rows) == {0, 1, 2} and set(after.rows) == {0, 2, 7}


def test_wrong_changes_are_refused() -> None:
    state = WhatIf.of(NETWORK, PLACES.take(np.arange(3)), HOMES, limit_ms=300_000)
    with pytest.raises(ValueError, match="facility number 1, expected a free one"):
        state.add(1, PLACES.take(np.array([5])))
    with pytest.raises(ValueError, match="found 2 places, expected one"):
        state.add(9, PLACES.take(np.arange(2)))
    with pytest.raises(KeyError):
        state.remove(9)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("limit_ms", [0, 60_000, 400_000])
def test_people_within_are_those_of_each_reach(threads: int, limit_ms: int) -> None:
    people = RNG.uniform(0, 50, HOMES.n_points)
    sites = standing(NETWORK, RNG.uniform(-50, 750, (150, 2)))
    found = people_within(NETWORK, sites, HOMES, people, limit_ms=limit_ms, threads=threads)
    rows = reach(NETWORK, sites, HOMES, limit_ms=limit_ms)
    for s in range(len(sites)):
        assert found[s] == pytest.approx(people[rows.of_site(s)].sum(), abs=1e-4)
    shuffled = np.random.default_rng(1).permutation(len(sites))
    again = people_within(NETWORK, sites.take(shuffled), HOMES, people, limit_ms=limit_ms)
    np.testing.assert_array_equal(again, found[shuffled])
