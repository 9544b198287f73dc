"""Exclusion zones hold what is in them, on their border, and as near as their buffer."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.siting import Zones

whole = st.integers(-12, 12).map(float)


def zones(*found: tuple[shapely.Geometry, float]) -> Zones:
    geometry = np.empty(len(found), dtype=object)
    geometry[:] = [shape for shape, _ in found]
    return Zones(
        names=tuple(f"Z{k}" for k in range(len(found))),
        geometry=geometry,
        buffer_m=np.array([buffer for _, buffer in found], dtype=np.float64),
    )


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(whole, whole), max_size=20),
    st.lists(st.tuples(whole, whole, st.integers(1, 9), st.integers(0, 6)), max_size=6),
)
def test_the_first_zone_that_is_near_enough_holds_a_point(
    at: list[tuple[float, float]], found: list[tuple[float, float, int, int]]
) -> None:
    wanted = []
    for x, y in at:
        near = [
            k
            for k, (west, south, size, buffer) in enumerate(found)
            if max(west - x, 0, x - west - size) ** 2 + max(south - y, 0, y - south - size) ** 2
            <= buffer**2
        ]
        wanted.append(near[0] if near else -1)
    x_m, y_m = np.array(at, dtype=np.float64).reshape(-1, 2).T
    held = zones(*((shapely.box(x, y, x + s, y + s), float(b)) for x, y, s, b in found))
    assert held.holding(x_m, y_m).tolist() == wanted


def test_border_and_buffer_belong_to_the_zone_and_a_hole_does_not() -> None:
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    x_m, y_m = np.array([(9, 5), (9.001, 5), (3, 4), (4.5, 4.5), (np.nan, np.nan)]).T
    assert zones((ring, 0)).holding(x_m, y_m).tolist() == [0, -1, 0, -1, -1]
    assert zones((ring, 0.5)).holding(*np.array([(9.5, 5), (9.6, 5)]).T).tolist() == [0, -1]
