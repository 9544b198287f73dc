"""Totals of units spread over their points: conserved, by the first weight a unit has."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.demand import SpreadTotals, spread_totals

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=150)

Floats = npt.NDArray[np.float64]
NONE = math.nan


def arrays(columns: Mapping[str, Sequence[float]]) -> dict[str, Floats]:
    return {name: np.array(values, dtype=np.float64) for name, values in columns.items()}


def spread(
    totals: Mapping[str, Sequence[float]],
    unit: Sequence[int],
    weights: Mapping[str, Sequence[float]],
) -> SpreadTotals:
    return spread_totals(arrays(totals), np.array(unit, dtype=np.int32), arrays(weights))


def test_by_hand() -> None:
    """Community 0 has buildings of 300 and 100 m³, community 1 only streets, of 20 and 80 m."""
    found = spread(
        {"total": [1000, 50], "60+": [200, 10]},
        [0, 0, 1, 1, -1],
        {"volume_m3": [300, 100, 0, NONE, 7], "street_m": [1, 1, 20, 80, 7]},
    )
    assert found.people["total"].tolist() == [750, 250, 10, 40, 0]
    assert found.people["60+"].tolist() == [150, 50, 2, 8, 0]
    assert found.used == ("volume_m3", "street_m")
    assert found.unplaced == ()


def test_units_without_a_weight_are_named() -> None:
    """Unit 1 has points without weight, 2 no point at all, 3 nobody to place; 4 is unknown."""
    found = spread(
        {"total": [5, 6, 7, 0, NONE], "60+": [1, NONE, 0, 0, NONE]},
        [0, 1, 1],
        {"area_m2": [2, 0, NONE]},
    )
    assert found.people["total"].tolist() == [5, 0, 0]
    assert found.used == ("area_m2", None, None, None, None)
    assert found.unplaced == (1, 2)


def test_a_total_of_one_group_places_a_unit_among_the_unplaced() -> None:
    assert spread({"total": [NONE], "60+": [3]}, [0], {"area_m2": [0]}).unplaced == (0,)


def test_an_absent_total_is_no_number_at_its_points() -> None:
    found = spread({"total": [NONE, 4]}, [0, 1], {"area_m2": [1, 1]})
    assert math.isnan(found.people["total"][0])
    assert found.people["total"][1] == 4


def test_no_points_and_no_weights() -> None:
    assert spread({"total": [4]}, [], {"area_m2": []}).unplaced == (0,)
    found = spread({"total": [4]}, [0], {})
    assert (found.unplaced, found.people["total"].tolist()) == ((0,), [0])
    assert spread({"total": []}, [-1], {"area_m2": [1]}).people["total"].tolist() == [0]


@pytest.mark.parametrize(
    ("totals", "unit", "weights", "why"),
    [
        ({}, [0], {"a": [1]}, "one number of units"),
        ({"t": [1], "u": [1, 2]}, [0], {"a": [1]}, "one number of units"),
        ({"t": [1]}, [1], {"a": [1]}, "no place"),
        ({"t": [1]}, [-2], {"a": [1]}, "no place"),
        ({"t": [-1]}, [0], {"a": [1]}, "t: found totals below 0"),
        ({"t": [math.inf]}, [0], {"a": [1]}, "infinite"),
        ({"t": [1]}, [0], {"a": [1, 2]}, "a: found weights \\(2,\\)"),
        ({"t": [1]}, [0], {"a": [-1]}, "a: found weights below 0"),
        ({"t": [1]}, [0], {"a": [math.inf]}, "infinite"),
    ],
)
def test_arrays_must_fit_together(
    totals: Mapping[str, Sequence[float]],
    unit: Sequence[int],
    weights: Mapping[str, Sequence[float]],
    why: str,
) -> None:
    with pytest.raises(ValueError, match=why):
        spread(totals, unit, weights)


Town = tuple[dict[str, list[float]], list[int], dict[str, list[float]]]
weight_values = st.one_of(st.just(0.0), st.just(NONE), st.floats(1e-6, 1e9))
total_values = st.one_of(st.just(NONE), st.just(0.0), st.floats(0, 1e7))


@st.composite
def towns(draw: st.DrawFn) -> Town:
    count, n = draw(st.integers(1, 5)), draw(st.integers(0, 15))

    def columns(
        names: Sequence[str], values: st.SearchStrategy[float], size: int
    ) -> dict[str, list[float]]:
        return {name: draw(st.lists(values, min_size=size, max_size=size)) for name in names}

    return (
        columns(("total", "60+", "0-2"), total_values, count),
        draw(st.lists(st.integers(-1, count - 1), min_size=n, max_size=n)),
        columns(("volume_m3", "street_m", "area_m2"), weight_values, n),
    )


def plainly(town: Town) -> tuple[dict[str, list[float]], list[str | None]]:
    """Unit by unit and point by point."""
    totals, unit, weights = town
    people = {group: [0.0] * len(unit) for group in totals}
    used: list[str | None] = []
    for at in range(len(totals["total"])):
        inside = [point for point, of in enumerate(unit) if of == at]
        used.append(None)
        for kind, weight in weights.items():
            known = {point: weight[point] for point in inside if weight[point] > 0}
            if known:
                used[-1] = kind
                for group, total in totals.items():
                    for point in inside:
                        part = known.get(point, 0.0) / math.fsum(known.values())
                        people[group][point] = total[at] * part
                break
        else:
            for group, total in totals.items():
                for point in inside:
                    people[group][point] = total[at] * 0.0
    return people, used


@exactly
@given(town=towns())
def test_points_get_what_a_plain_loop_gives(town: Town) -> None:
    found = spread(*town)
    people, used = plainly(town)
    assert found.used == tuple(used)
    for group, expected in people.items():
        assert found.people[group] == pytest.approx(expected, rel=1e-12, nan_ok=True)


@exactly
@given(town=towns())
def test_every_total_is_kept_or_its_unit_named(town: Town) -> None:
    totals, unit, _ = town
    found = spread(*town)
    of = np.array(unit)
    for group, by_unit in totals.items():
        for at, total in enumerate(by_unit):
            placed = float(found.people[group][of == at].sum())
            if found.used[at] is None:
                assert placed == 0 or math.isnan(total)
                assert total == 0 or math.isnan(total) or at in found.unplaced
            else:
                assert at not in found.unplaced
                assert placed == pytest.approx(total, rel=1e-9, nan_ok=True)
    assert (found.people["total"][of == -1] == 0).all()


@exactly
@given(town=towns(), factor=st.sampled_from([0.5, 2.0, 1024.0]))
def test_the_unit_of_a_weight_is_nothing(town: Town, factor: float) -> None:
    totals, unit, weights = town
    scaled = {kind: [value * factor for value in values] for kind, values in weights.items()}
    found, same = spread(totals, unit, weights), spread(totals, unit, scaled)
    assert found.used == same.used
    for group in totals:
        assert found.people[group].tobytes() == same.people[group].tobytes()
