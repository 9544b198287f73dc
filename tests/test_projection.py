"""People of another year: Chengdu's two projections, growth in general, cohorts against a loop."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.demand import Cohorts, FiveYears, between, grown, people_of, project, yearly_rate
from planning.errors import InputError
from planning.units import whole_persons

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=100)

Floats = npt.NDArray[np.float64]


def array(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


# --- growth --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [(3_764_100, 4_648_000, 4.31), (560_000, 600_000, 1.39)],
    ids=["Chengdu 60+, 2020 to 2025", "Chengdu under three, 2020 to 2025"],
)
def test_chengdu_reaches_the_totals_it_prints(before: int, after: int, percent: float) -> None:
    """CD-YLYX/1.2: 376.41万 → 464.8万 of 60+, 56万 → 60万 under three."""
    rate = yearly_rate(array(before), array(after), years=5)
    assert round(100 * rate[0], 2) == percent
    reached = grown(array(before), rate, years=5)
    assert whole_persons(reached[0]) == after
    assert reached == pytest.approx([after], rel=1e-14)
    ends = [
        between(array(before), array(after), first_year=2020, last_year=2025, year=year)[0]
        for year in (2020, 2025)
    ]
    assert ends == [before, after]


def test_years_between_by_hand() -> None:
    """100 → 400 in two years doubles each year; nobody → 40 gains 20 a year."""
    found = between(
        array(100, 0, 40), array(400, 40, 0), first_year=2020, last_year=2022, year=2021
    )
    assert found == pytest.approx([200, 20, 20])


def test_growth_by_unit_and_group() -> None:
    people = np.array([[100.0, 10.0], [200.0, 0.0]])
    found = grown(people, array(0.1, -0.5), years=2)
    assert found == pytest.approx(np.array([[121.0, 12.1], [50.0, 0.0]]))


def test_an_unknown_rate_gives_no_number() -> None:
    rate = yearly_rate(array(0, 10), array(5, 20), years=1)
    assert np.isnan(rate[0]) and rate[1] == 1
    found = grown(array(0, 10), array(np.nan, np.nan), years=3)
    assert found[0] == 0 and np.isnan(found[1])


@pytest.mark.parametrize("year", [2019, 2026])
def test_nobody_counted_a_year_outside(year: int) -> None:
    with pytest.raises(InputError, match="from 2020 to 2025"):
        between(array(1), array(2), first_year=2020, last_year=2025, year=year)


def test_growth_refuses_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="rising years"):
        between(array(1), array(2), first_year=2020, last_year=2020, year=2020)
    with pytest.raises(ValueError, match="more than 0"):
        yearly_rate(array(1), array(2), years=0)
    with pytest.raises(ValueError, match="everybody leaving"):
        grown(array(1), array(-1), years=2)
    with pytest.raises(ValueError, match="negative people"):
        grown(array(-1), array(0.1), years=2)


# A rate close to −1 has lost digits of 1 + rate: no unit shrinks to a ten-thousandth.
people_counts = st.floats(1e4, 1e8)


@exactly
@given(before=people_counts, after=people_counts, years=st.integers(1, 30))
def test_the_implied_rate_leads_there_and_back(before: float, after: float, years: int) -> None:
    rate = yearly_rate(array(before), array(after), years=years)
    assert grown(array(before), rate, years=years) == pytest.approx([after], rel=1e-10)
    assert grown(array(after), rate, years=-years) == pytest.approx([before], rel=1e-10)


@exactly
@given(first=st.floats(0, 1e8), last=st.floats(0, 1e8), years=st.integers(1, 30), data=st.data())
def test_years_between_lie_between(
    first: float, last: float, years: int, data: st.DataObject
) -> None:
    def at(year: int) -> float:
        found = between(array(first), array(last), first_year=0, last_year=years, year=year)
        return float(found[0])

    assert (at(0), at(years)) == (first, last)
    year = data.draw(st.integers(0, years))
    low, high = sorted((first, last))
    assert low * (1 - 1e-12) <= at(year) <= high * (1 + 1e-12)
    if first >= 1 and last >= 1:
        rate = yearly_rate(array(first), array(last), years=years)
        assert at(year) == pytest.approx(grown(array(first), rate, years=year)[0], rel=1e-9)


# --- cohorts -------------------------------------------------------------------------------------


def quiet(ages: int) -> FiveYears:
    """Five years in which nobody is born, dies or moves."""
    return FiveYears(
        women_survive=np.ones(ages),
        men_survive=np.ones(ages),
        births_per_woman=np.zeros(ages),
        boys_per_girl=1.0,
        women_come=np.zeros(ages),
        men_come=np.zeros(ages),
    )


TOWN = Cohorts(
    year=2020, women=np.array([[100.0, 80.0, 60.0]]), men=np.array([[100.0, 90.0, 50.0]])
)


def test_one_step_by_hand() -> None:
    """Ages 0–4, 5–9, 10+.

    Women with half the migrants: 105, 80, 50. Survivors: 105·0.95 = 99.75 aged 5–9 and
    (80 + 50)·0.8 = 104 aged 10+. Exposed: (80 + 99.75)/2 = 89.875 and (50 + 104)/2 = 77. Births in
    five years: 5·(0.1·89.875 + 0.02·77) = 52.6375; girls 52.6375/2.5 = 21.055, boys 31.5825, of
    whom 0.9 and 0.8 live: 18.9495 and 25.266. Then the other half of the migrants.
    """
    period = FiveYears(
        women_survive=array(0.9, 0.95, 0.8),
        men_survive=array(0.8, 0.9, 0.7),
        births_per_woman=array(0, 0.1, 0.02),
        boys_per_girl=1.5,
        women_come=array(10, 0, -20),
        men_come=array(0, 20, 0),
    )
    start, end = project(TOWN, [period])
    assert start is TOWN
    assert end.year == 2025
    assert end.women[0] == pytest.approx([18.9495 + 5, 99.75, 104 - 10])
    # Men: 100, 90 + 10, 50; 100·0.9 = 90, then 10 more; (100 + 50)·0.7 = 105.
    assert end.men[0] == pytest.approx([25.266, 90 + 10, 105])


def test_ages_shift_and_the_open_group_gathers() -> None:
    _, first, second, third = project(TOWN, [quiet(3)] * 3)
    assert first.women.tolist() == [[0, 100, 140]]
    assert second.women.tolist() == [[0, 0, 240]]
    assert third.women.tolist() == [[0, 0, 240]]
    assert third.men.tolist() == [[0, 0, 240]]


def test_a_life_table_that_stands_still_stays() -> None:
    """A stationary population: births replace deaths, so that every group keeps its size.

    ₅L = 490, 450, T₁₀ = 600 of l₀ = 100 a year: 500 births in five years, 490/500 live to be 0–4,
    450/490 go on, and 600/(450 + 600) are in 10+. One sex; 500 births of 450 exposed are 2/9 a
    year from ages 5–9, since those stay 450.
    """
    life = array(490 / 500, 450 / 490, 600 / 1050)
    period = replace(
        quiet(3),
        women_survive=life,
        births_per_woman=array(0, 500 / 5 / 450, 0),
        boys_per_girl=0.0,
    )
    women = np.array([[490.0, 450.0, 600.0]])
    end = project(Cohorts(year=0, women=women, men=np.zeros((1, 3))), [period] * 4)[-1]
    assert end.women == pytest.approx(women)
    assert end.men.tolist() == [[0, 0, 0]]


def test_cohorts_answer_for_ages() -> None:
    ages = 18
    start = Cohorts(year=2020, women=np.full((2, ages), 10.0), men=np.full((2, ages), 5.0))
    bands = project(start, [quiet(ages)])[-1].bands()
    assert bands.from_age[-1] == 85
    # Everybody who was 55 or older, twelve groups below them; nobody is under three.
    assert people_of(bands, from_age=60, below_age=None).tolist() == [15 * 7, 15 * 7]
    assert people_of(bands, from_age=0, below_age=3).tolist() == [0, 0]
    assert people_of(start.bands(), from_age=0, below_age=3).tolist() == [9, 9]


def test_more_leaving_than_there_are_is_told() -> None:
    with pytest.raises(InputError) as stop:
        project(TOWN, [replace(quiet(3), men_come=array(-300, 0, -400))])
    assert [fault.where for fault in stop.value.faults] == [
        "migration 2020, unit 0, men from age 0",
        "migration 2020, unit 0, men from age 10",
    ]
    with pytest.raises(InputError, match="migration 2025, unit 0, women from age 0"):
        project(TOWN, [replace(quiet(3), women_come=array(-30, 0, 0))])


@pytest.mark.parametrize(
    "change",
    [
        {"women_survive": array(1.1, 1, 1)},
        {"men_survive": array(np.nan, 1, 1)},
        {"births_per_woman": array(-0.1, 0, 0)},
        {"boys_per_girl": -1.0},
        {"women_come": array(np.nan, 0, 0)},
    ],
)
def test_rates_must_be_rates(change: dict[str, Floats]) -> None:
    with pytest.raises(ValueError, match="expected"):
        replace(quiet(3), **change)


def test_cohorts_must_be_counts_of_one_shape() -> None:
    with pytest.raises(ValueError, match="twice"):
        Cohorts(year=0, women=np.ones((1, 3)), men=np.ones((1, 2)))
    with pytest.raises(ValueError, match="negative"):
        Cohorts(year=0, women=-np.ones((1, 3)), men=np.ones((1, 3)))


numbers = st.integers(0, 10_000).map(float)


@st.composite
def lives(draw: st.DrawFn) -> tuple[Cohorts, list[FiveYears]]:
    ages, n = draw(st.integers(2, 6)), draw(st.integers(1, 3))

    def drawn(values: st.SearchStrategy[float], *shape: int) -> Floats:
        size = int(np.prod(shape))
        return np.array(draw(st.lists(values, min_size=size, max_size=size))).reshape(shape)

    shares = st.integers(0, 1000).map(lambda k: k / 1000)
    start = Cohorts(year=2020, women=drawn(numbers, n, ages), men=drawn(numbers, n, ages))
    shape = draw(st.sampled_from([(ages,), (n, ages)]))
    periods = [
        FiveYears(
            women_survive=drawn(shares, *shape),
            men_survive=drawn(shares, *shape),
            births_per_woman=drawn(shares, *shape) / 4,
            boys_per_girl=draw(st.integers(80, 130)) / 100,
            women_come=drawn(numbers, *shape),
            men_come=drawn(numbers, *shape),
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    return start, periods


def plain_step(
    women: list[Fraction], men: list[Fraction], period: FiveYears, unit: int
) -> tuple[list[Fraction], list[Fraction]]:
    """One unit, one step, group by group, in exact fractions."""

    def row(values: Floats) -> list[Fraction]:
        picked = values if values.ndim == 1 else values[unit]
        return [Fraction(value) for value in picked.tolist()]

    live_w, live_m = row(period.women_survive), row(period.men_survive)
    come_w, come_m = row(period.women_come), row(period.men_come)
    bear = row(period.births_per_woman)
    ages = len(women)
    here_w = [women[age] + come_w[age] / 2 for age in range(ages)]
    here_m = [men[age] + come_m[age] / 2 for age in range(ages)]
    next_w, next_m = [Fraction(0)] * ages, [Fraction(0)] * ages
    for age in range(ages):
        into = min(age + 1, ages - 1)
        next_w[into] += here_w[age] * live_w[into]
        next_m[into] += here_m[age] * live_m[into]
    births = sum(5 * bear[age] * (here_w[age] + next_w[age]) / 2 for age in range(ages))
    boys_per_girl = Fraction(period.boys_per_girl)
    next_w[0] = births / (1 + boys_per_girl) * live_w[0]
    next_m[0] = births * boys_per_girl / (1 + boys_per_girl) * live_m[0]
    return (
        [next_w[age] + come_w[age] / 2 for age in range(ages)],
        [next_m[age] + come_m[age] / 2 for age in range(ages)],
    )


@exactly
@given(life=lives())
def test_cohorts_as_a_plain_loop_has_them(life: tuple[Cohorts, list[FiveYears]]) -> None:
    start, periods = life
    found = project(start, periods)
    assert [each.year for each in found] == [2020 + 5 * step for step in range(len(periods) + 1)]
    for unit in range(len(start.women)):
        women = [Fraction(value) for value in start.women[unit].tolist()]
        men = [Fraction(value) for value in start.men[unit].tolist()]
        for period, reached in zip(periods, found[1:], strict=True):
            women, men = plain_step(women, men, period, unit)
            assert reached.women[unit] == pytest.approx([float(n) for n in women], rel=1e-12)
            assert reached.men[unit] == pytest.approx([float(n) for n in men], rel=1e-12)


@exactly
@given(life=lives(), steps=st.integers(0, 8))
def test_without_births_deaths_and_moves_nobody_is_lost(
    life: tuple[Cohorts, list[FiveYears]], steps: int
) -> None:
    start, _ = life
    end = project(start, [quiet(start.women.shape[1])] * steps)[-1]
    for before, after in ((start.women, end.women), (start.men, end.men)):
        assert (before.sum(axis=1) == after.sum(axis=1)).all()
        assert (after[:, : min(steps, after.shape[1] - 1)] == 0).all()


@exactly
@given(life=lives())
def test_a_unit_is_projected_by_itself(life: tuple[Cohorts, list[FiveYears]]) -> None:
    start, periods = life
    alone = Cohorts(year=start.year, women=start.women[:1], men=start.men[:1])
    own = [
        replace(
            each,
            **{
                name: getattr(each, name)[:1]
                for name in (
                    "women_survive", "men_survive", "births_per_woman", "women_come", "men_come",
                )
                if getattr(each, name).ndim == 2
            },
        )
        for each in periods
    ]  # fmt: skip
    assert project(alone, own)[-1].women[0] == pytest.approx(
        project(start, periods)[-1].women[0], rel=1e-14
    )
