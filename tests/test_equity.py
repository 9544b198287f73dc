"""Equity: every measure against people listed one by one; zeros and nulls; by group and unit."""

import math
from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.access import Disparity, disparity, equity
from planning.errors import InputError

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=300)

nan = float("nan")

levels = st.one_of(
    st.just(0.0), st.sampled_from([0.1, 0.1, 0.25, 3.0]), st.floats(1e-3, 1e3), st.just(nan)
)
points = st.lists(st.tuples(levels, st.integers(0, 7)), max_size=9)


def of(rows: list[tuple[float, float]]) -> Disparity:
    """The disparity of points given as (access, people)."""
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 2)
    return disparity(table[:, 0], table[:, 1])


def one_by_one(rows: list[tuple[float, int]]) -> Disparity:
    """Everybody in a queue, ten of each so that there are whole tenths; plain sums over it."""
    queue = sorted(x for x, n in rows for _ in range(10 * n) if not math.isnan(x))
    left_out = float(sum(n for x, n in rows if math.isnan(x)))
    if not queue:
        return Disparity(
            people=0.0, left_out=left_out, mean=None, worst_tenth=None,
            gini=None, palma=None, cv=None, min_max=None,
        )  # fmt: skip
    n, whole = len(queue), math.fsum(queue)
    mean = whole / n
    tenth, four = n // 10, 4 * n // 10
    between_two = math.fsum(abs(a - b) for a in queue for b in queue) / n**2
    spread = math.sqrt(math.fsum((x - mean) ** 2 for x in queue) / n)
    least = math.fsum(queue[:four])
    return Disparity(
        people=n / 10,
        left_out=left_out,
        mean=mean,
        worst_tenth=math.fsum(queue[:tenth]) / tenth,
        gini=between_two / (2 * mean) if whole else None,
        palma=math.fsum(queue[n - tenth :]) / least if least else None,
        cv=spread / mean if whole else None,
        min_max=queue[0] / queue[-1] if whole else None,
    )


def assert_same(found: Disparity, expected: Disparity) -> None:
    for ours, theirs in zip(astuple(found), astuple(expected), strict=True):
        assert ours == (theirs if theirs is None else pytest.approx(theirs, rel=1e-9, abs=1e-12))


@settings(exactly, max_examples=150)
@given(rows=points)
def test_every_measure_equals_that_of_people_one_by_one(rows: list[tuple[float, int]]) -> None:
    assert_same(of(rows), one_by_one(rows))


def test_a_town_by_hand() -> None:
    """Ten people: six without access, three with 1, one with 2.

    Gini: pairs differ by 1 (6·3 + 3·1) or 2 (6·1), twice, over 2 · 10² · 0.5. The best served
    tenth has 2; the worst served four have 0, so there is no Palma ratio.
    """
    found = of([(0.0, 6), (1.0, 3), (2.0, 1)])
    assert found.people == 10
    assert found.mean == pytest.approx(0.5)
    assert found.gini == pytest.approx(2 * (21 + 12) / (2 * 100 * 0.5))
    assert found.palma is None
    assert found.cv == pytest.approx(math.sqrt((6 * 0.25 + 3 * 0.25 + 2.25) / 10) / 0.5)
    assert (found.worst_tenth, found.min_max) == (0, 0)


def test_people_of_the_point_that_straddles_a_tenth_are_divided() -> None:
    """Of 20, two are a tenth: the one with 1 and one of those with 3; eight are four tenths."""
    found = of([(1.0, 1), (3.0, 4), (5.0, 14), (9.0, 1)])
    assert found.worst_tenth == pytest.approx((1 + 3) / 2)
    assert found.palma == pytest.approx((9 + 5) / (1 + 4 * 3 + 3 * 5))


@exactly
@given(rows=points)
def test_of_a_burden_the_worst_tenth_are_those_with_the_most(
    rows: list[tuple[float, int]],
) -> None:
    access, people = np.array([x for x, _ in rows]), np.array([float(n) for _, n in rows])
    plain, burden = disparity(access, people), disparity(access, people, is_burden=True)
    queue = sorted(x for x, n in rows for _ in range(10 * n) if not math.isnan(x))
    tenth = len(queue) // 10
    longest = math.fsum(queue[len(queue) - tenth :]) / tenth if queue else None
    assert_same(burden, replace(plain, worst_tenth=longest))


def test_the_worst_tenth_of_a_burden_divides_its_point_too() -> None:
    """Of 20, two are a tenth: the one with 9 and one of those with 5; by unit as for all."""
    access, people = np.array([1.0, 3.0, 5.0, 9.0]), np.array([1.0, 4.0, 14.0, 1.0])
    unit = np.zeros(4, dtype=np.int32)
    found = equity(access, {"all": people}, unit, n_units=1, is_burden=True)["all"]
    assert found.whole.worst_tenth == found.by_unit[0].worst_tenth == pytest.approx(7)


# --- zeros and nulls -----------------------------------------------------------------------------


@exactly
@given(
    level=st.floats(1e-6, 1e6),
    people=st.lists(st.floats(0.01, 1e5), min_size=1, max_size=9),
)
def test_where_all_have_the_same_nothing_differs(level: float, people: list[float]) -> None:
    found = of([(level, each) for each in people])
    assert (found.mean, found.worst_tenth) == (level, level)
    assert (found.gini, found.cv, found.min_max) == (0, 0, 1)
    assert found.palma == pytest.approx(0.25)


@exactly
@given(others=st.integers(1, 1000))
def test_where_one_person_has_everything_gini_is_all_but_one(others: int) -> None:
    found = of([(0.0, others), (7.0, 1)])
    assert found.gini == pytest.approx(1 - 1 / (others + 1))
    assert found.cv == pytest.approx(math.sqrt(others))
    assert found.min_max == 0


def test_one_person_alone_is_equal_to_everybody() -> None:
    found = of([(7.0, 1)])
    assert (found.mean, found.worst_tenth, found.gini, found.cv, found.min_max) == (7, 7, 0, 0, 1)


@pytest.mark.parametrize("rows", [[], [(3.0, 0.0)], [(0.0, 0.0), (nan, 0.0)]])
def test_nobody_is_neither_equal_nor_unequal(rows: list[tuple[float, float]]) -> None:
    assert astuple(of(rows)) == (0.0, 0.0, None, None, None, None, None, None)


def test_where_nobody_has_any_access_there_is_a_mean_and_no_ratio() -> None:
    assert astuple(of([(0.0, 5), (0.0, 7)])) == (12.0, 0.0, 0.0, 0.0, None, None, None, None)


def test_a_point_without_people_changes_nothing() -> None:
    rows = [(0.5, 10.0), (2.0, 4.0)]
    assert of([*rows, (0.0, 0.0), (99.0, 0.0), (nan, 0.0)]) == of(rows)


def test_people_of_unknown_access_are_left_out_and_counted() -> None:
    rows = [(0.5, 10.0), (2.0, 4.0)]
    assert of([(nan, 3.0), *rows]) == replace(of(rows), left_out=3.0)


# --- what must not matter ------------------------------------------------------------------------


@exactly
@given(rows=points, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_points_changes_no_bit(rows: list[tuple[float, int]], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(rows))
    uneven = [(x, n * 0.1) for x, n in rows]
    assert of(uneven) == of([uneven[i] for i in order])


@exactly
@given(rows=points, factor=st.floats(0.01, 100))
def test_ratios_do_not_depend_on_the_unit_of_access(
    rows: list[tuple[float, int]], factor: float
) -> None:
    one, two = of(rows), of([(x * factor, n) for x, n in rows])
    for measure in ("gini", "palma", "cv", "min_max"):
        before, after = getattr(one, measure), getattr(two, measure)
        assert after == (before if before is None else pytest.approx(before, rel=1e-9, abs=1e-12))


@exactly
@given(rows=points)
def test_a_point_may_be_written_as_two(rows: list[tuple[float, int]]) -> None:
    halves = [(x, n / 2) for x, n in rows for _ in range(2)]
    assert_same(of(halves), of(rows))


@exactly
@given(rows=st.lists(st.tuples(st.floats(0.01, 100), st.floats(0.1, 100)), min_size=2, max_size=8))
def test_from_the_best_to_the_worst_served_is_never_less_equal(
    rows: list[tuple[float, float]],
) -> None:
    rows = sorted(rows)
    (low, few), (high, many) = rows[0], rows[-1]
    # A gift too small to turn the order round.
    gift = (high - low) / 4 * min(few, many)
    after = of([(low + gift / few, few), *rows[1:-1], (high - gift / many, many)])
    before = of(rows)
    assert before.gini is not None and after.gini is not None
    assert before.cv is not None and after.cv is not None
    assert after.gini <= before.gini + 1e-12
    assert after.cv <= before.cv + 1e-12


@exactly
@given(rows=points)
def test_measures_stay_in_their_bounds(rows: list[tuple[float, int]]) -> None:
    found = of(rows)
    assert found.gini is None or 0 <= found.gini < 1
    assert found.min_max is None or 0 <= found.min_max <= 1
    assert found.cv is None or found.cv >= 0
    assert found.palma is None or found.palma >= 0.25 - 1e-12
    if found.mean is not None and found.worst_tenth is not None:
        assert found.worst_tenth <= found.mean


# --- by group and by unit ------------------------------------------------------------------------


@exactly
@given(
    rows=st.lists(
        st.tuples(levels, st.integers(0, 7), st.integers(0, 7), st.integers(-1, 3)), max_size=12
    )
)
def test_by_group_and_unit_equals_each_asked_alone(
    rows: list[tuple[float, int, int, int]],
) -> None:
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 4)
    access, unit = table[:, 0], table[:, 3].astype(np.int32)
    groups = {"elderly": table[:, 1], "infants": table[:, 2]}
    found = equity(access, groups, unit, n_units=4)
    assert list(found) == ["elderly", "infants"]
    for group, people in groups.items():
        mine = found[group]
        assert mine.whole == disparity(access, people)
        assert len(mine.by_unit) == 4
        for u, each in enumerate(mine.by_unit):
            assert each == disparity(access[unit == u], people[unit == u])
        assert mine.in_no_unit == people[unit == -1].sum()
        everybody = mine.in_no_unit + sum(each.people + each.left_out for each in mine.by_unit)
        assert everybody == mine.whole.people + mine.whole.left_out
        means = [(each.mean, each.people) for each in mine.by_unit if each.mean is not None]
        assert mine.between_units == of(means)


def test_units_alike_on_average_may_differ_within() -> None:
    access = np.array([0.0, 2.0, 1.0, 1.0])
    units = np.array([0, 0, 1, 1], dtype=np.int32)
    found = equity(access, {"all": np.full(4, 10.0)}, units, n_units=2)["all"]
    assert found.between_units.gini == 0
    assert found.between_units.min_max == 1
    assert [each.gini for each in found.by_unit] == [0.5, 0]
    assert found.whole.gini == 0.375


def test_a_unit_without_people_has_no_measure_and_does_not_count_between_units() -> None:
    found = equity(
        np.array([1.0, 3.0]), {"all": np.array([5.0, 0.0])}, np.array([0, 2], np.int32), n_units=3
    )["all"]
    assert [each.mean for each in found.by_unit] == [1, None, None]
    assert found.between_units.people == 5
    assert found.between_units.min_max == 1


@pytest.mark.parametrize(
    ("access", "people", "unit"),
    [
        ([1.0, -1.0], [1.0, 1.0], [0, 0]),
        ([1.0, math.inf], [1.0, 1.0], [0, 0]),
        ([1.0, 1.0], [1.0, -1.0], [0, 0]),
        ([1.0, 1.0], [1.0, nan], [0, 0]),
        ([1.0, 1.0], [1.0], [0, 0]),
        ([1.0, 1.0], [1.0, 1.0], [0]),
        ([1.0, 1.0], [1.0, 1.0], [0, 2]),
        ([1.0, 1.0], [1.0, 1.0], [-2, 0]),
    ],
)
def test_arrays_that_cannot_be_are_refused(
    access: list[float], people: list[float], unit: list[int]
) -> None:
    with pytest.raises(InputError):
        equity(
            np.array(access), {"all": np.array(people)}, np.array(unit, dtype=np.int32), n_units=2
        )
