"""The same points in a later year: units have what was projected for them, places keep theirs."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.demand import (
    TOTAL,
    AgeBands,
    AgeRange,
    Demand,
    aged_by_unit,
    grown_by_unit,
    people_by_unit,
)
from planning.demand import later as later_years
from planning.errors import OurFaultError

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=150)

Floats = npt.NDArray[np.float64]


def demand(year: int | None = 2020, **people: list[float]) -> Demand:
    n = len(people[TOTAL])
    return Demand(
        x_m=np.arange(n, dtype=np.float64),
        y_m=np.zeros(n),
        people={group: np.array(counts, dtype=np.float64) for group, counts in people.items()},
        place={},
        outline=np.empty(n, dtype=object),
        people_in_source=0.0,
        people_outside=0.0,
        year=year,
    )


def units(*at: int) -> npt.NDArray[np.int32]:
    return np.array(at, dtype=np.int32)


# --- by rates ---------------------------------------------------------------------------------


def test_growth_by_hand() -> None:
    """Two years: unit 0 at 10 % (·1.21), unit 1 at −50 % (·0.25); 60+ double each year in both.

    Units hold 100 and 100; 121 + 25 = 146 of 200, so the 40 outside become 40·0.73 = 29.2.
    """
    now = demand(total=[60, 40, 100, 40], old=[6, 4, 10, 4], young=[30, 0, 10, 20])
    rates = {TOTAL: np.array([0.1, -0.5]), "old": np.array([1.0, 1.0])}
    later = grown_by_unit(now, units(0, 0, 1, -1), rates, year=2022)
    assert later.people[TOTAL] == pytest.approx([72.6, 48.4, 25, 29.2])
    assert later.people["old"] == pytest.approx([24, 16, 40, 16])
    # The young have no rate: half, none, a tenth, half of the residents, as before.
    assert later.people["young"] == pytest.approx([36.3, 0, 2.5, 14.6])
    assert (later.year, later.base and later.base.year) == (2022, 2020)
    assert later.base is not None
    assert later.base.people == {TOTAL: 240, "old": 24, "young": 60}
    assert list(later.people) == list(now.people)
    assert now.people[TOTAL].tolist() == [60, 40, 100, 40] and now.base is None


def test_a_unit_where_nobody_lives_needs_no_rate() -> None:
    later = grown_by_unit(
        demand(total=[10, 0]), units(0, 1), {TOTAL: np.array([0.1, np.nan])}, year=2021
    )
    assert later.people[TOTAL] == pytest.approx([11, 0])


def test_a_group_found_in_no_unit_keeps_its_share_outside() -> None:
    now = demand(total=[10, 10], old=[0, 5])
    rates = {TOTAL: np.array([0.1]), "old": np.array([0.5])}
    later = grown_by_unit(now, units(0, -1), rates, year=2021)
    assert later.people["old"] == pytest.approx([0, 5.5])


def test_growth_refuses_what_it_cannot_know() -> None:
    now = demand(total=[10, 10])
    with pytest.raises(ValueError, match="without a rate"):
        grown_by_unit(now, units(0, 1), {TOTAL: np.array([0.1, np.nan])}, year=2021)
    with pytest.raises(ValueError, match="nobody in any"):
        grown_by_unit(now, units(-1, -1), {TOTAL: np.array([0.1])}, year=2021)
    with pytest.raises(ValueError, match="no stated year"):
        grown_by_unit(demand(None, total=[1]), units(0), {TOTAL: np.array([0.1])}, year=2021)


def test_points_that_miss_what_was_projected_are_our_own_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(later_years, "_grown", lambda people, *_, **__: people)
    with pytest.raises(OurFaultError, match=r"found points of unit 0 that add up to .*10\.0"):
        grown_by_unit(demand(total=[10]), units(0), {TOTAL: np.array([1e-8])}, year=2021)


@st.composite
def towns(draw: st.DrawFn) -> tuple[Demand, npt.NDArray[np.int32], int]:
    """Points in some of up to four units or in none, with a group that is part of all."""
    n, count = draw(st.integers(1, 12)), draw(st.integers(1, 4))
    total = draw(st.lists(st.integers(0, 50), min_size=n, max_size=n))
    old = [draw(st.integers(0, people)) for people in total]
    at = draw(st.lists(st.integers(-1, count - 1), min_size=n, max_size=n))
    at[0], total[0] = 0, total[0] + 1  # somebody lives in a unit
    held = demand(total=[p / 7 for p in total], old=[p / 7 for p in old])
    return held, units(*at), count


@exactly
@given(town=towns(), data=st.data())
def test_growth_as_a_plain_loop_has_it(
    town: tuple[Demand, npt.NDArray[np.int32], int], data: st.DataObject
) -> None:
    now, unit, count = town
    rate = [data.draw(st.integers(-50, 100)) / 100 for _ in range(count)]
    years = data.draw(st.integers(1, 10))
    later = grown_by_unit(now, unit, {TOTAL: np.array(rate)}, year=2020 + years)
    before, after = [0.0] * count, [0.0] * count
    for people, at in zip(now.people[TOTAL].tolist(), unit.tolist(), strict=True):
        if at >= 0:
            before[at] += people
            after[at] += people * (1 + rate[at]) ** years
    mean = sum(after) / sum(before)
    for point, at in enumerate(unit.tolist()):
        factor = mean if at < 0 else (1 + rate[at]) ** years
        for group, people in now.people.items():
            assert later.people[group][point] == pytest.approx(people[point] * factor, rel=1e-9)
    assert people_by_unit(later.people[TOTAL], unit, count) == pytest.approx(after, rel=1e-9)


# --- by ages ----------------------------------------------------------------------------------


def bands(*rows: list[float]) -> AgeBands:
    return AgeBands(from_age=(0, 20, 60), people=np.array(rows, dtype=np.float64))


OLD = {"old": AgeRange(from_age=60, below_age=None)}


def test_ages_by_hand() -> None:
    """Unit 0 goes from 100 to 150 of whom 60 are old, unit 1 from 50 to 50 of whom none is.

    Together 150 → 200 with 60 old: the 30 in no unit become 40, of whom 0.3 are old.
    """
    now = demand(total=[60, 40, 50, 30], old=[1, 1, 1, 1], rest=[30, 0, 50, 3])
    later = aged_by_unit(now, units(0, 0, 1, -1), bands([30, 60, 60], [10, 40, 0]), OLD, year=2025)
    assert later.people[TOTAL] == pytest.approx([90, 60, 50, 40])
    assert later.people["old"] == pytest.approx([36, 24, 0, 12])
    assert later.people["rest"] == pytest.approx([45, 0, 50, 4])


def test_ages_refuse_people_without_a_place() -> None:
    now = demand(total=[10, 0])
    with pytest.raises(ValueError, match="without points"):
        aged_by_unit(now, units(0, 1), bands([1, 1, 1], [1, 0, 0]), {}, year=2025)


@exactly
@given(town=towns(), data=st.data())
def test_units_have_their_ages_and_places_keep_their_ratio(
    town: tuple[Demand, npt.NDArray[np.int32], int], data: st.DataObject
) -> None:
    now, unit, count = town
    held = people_by_unit(now.people[TOTAL], unit, count)
    rows = [
        [data.draw(st.integers(1, 90)) if held[at] > 0 else 0 for _ in range(3)]
        for at in range(count)
    ]
    later = aged_by_unit(now, unit, bands(*rows), OLD, year=2025)
    for at, row in enumerate(rows):
        here = unit == at
        assert later.total(TOTAL, here) == pytest.approx(sum(row), rel=1e-9)
        assert later.total("old", here) == pytest.approx(row[2], rel=1e-9)
        share = now.people[TOTAL][here] / max(held[at], 1e-300)
        assert later.people[TOTAL][here] == pytest.approx(share * sum(row), rel=1e-9)
    # Outside: as all units together, in exact fractions.
    everybody, old = sum(map(sum, rows)), sum(row[2] for row in rows)
    for point in np.flatnonzero(unit < 0):
        change = everybody / sum(map(Fraction, held.tolist()))
        people = Fraction(now.people[TOTAL][point]) * change
        assert later.people[TOTAL][point] == pytest.approx(float(people), rel=1e-9)
        assert later.people["old"][point] == pytest.approx(
            float(people * Fraction(old, everybody)), rel=1e-9
        )


@exactly
@given(town=towns(), data=st.data())
def test_the_order_of_the_points_changes_no_bit(
    town: tuple[Demand, npt.NDArray[np.int32], int], data: st.DataObject
) -> None:
    now, unit, count = town
    order = np.array(data.draw(st.permutations(range(len(now)))))
    turned = demand(**{g: people[order].tolist() for g, people in now.people.items()})
    rates = {TOTAL: np.linspace(-0.1, 0.1, count)}
    one = grown_by_unit(now, unit, rates, year=2030)
    other = grown_by_unit(turned, unit[order], rates, year=2030)
    for group in now.people:
        assert other.people[group].tolist() == one.people[group][order].tolist()


# --- in words ---------------------------------------------------------------------------------


def test_of_which_year_people_are() -> None:
    now = demand(total=[1])
    assert demand(None, total=[1]).of_year == ("人口年份未注明", "people of no stated year")
    assert now.of_year == ("2020 年人口", "people of 2020")
    later = grown_by_unit(now, units(0), {TOTAL: np.array([0.0])}, year=2035)
    assert later.of_year == (
        "2035 年预测人口（基年 2020）",
        "people projected to 2035 from 2020",
    )
