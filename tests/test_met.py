"""Points met in any order come out in their own, each once, with the shortest time."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.travel.met import meet, nobody_met, take

SIZES = st.sampled_from([1, 63, 64, 65, 4_095, 4_096, 4_097, 300_000])


@settings(max_examples=80, deadline=None, derandomize=True)
@given(data=st.data(), n=SIZES)
def test_points_come_out_as_a_sorted_dictionary_would_give_them(
    data: st.DataObject, n: int
) -> None:
    points = st.integers(0, n - 1) | st.sampled_from([0, n // 2, n - 1])
    pairs = st.lists(st.tuples(points, st.integers(0, 900_000)), max_size=60)
    met = nobody_met(n)
    for calls in data.draw(st.lists(pairs, min_size=1, max_size=3)):
        shortest: dict[int, int] = {}
        for point, ms in calls:
            meet(met, point, ms)
            shortest[point] = min(ms, shortest.get(point, ms))
        out = np.empty(len(calls), dtype=np.int32), np.empty(len(calls), dtype=np.int32)
        count = take(met, *out)
        taken = list(zip(*(part[:count].tolist() for part in out), strict=True))
        assert taken == sorted(shortest.items())
