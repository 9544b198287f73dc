"""Measures and units: the worked examples of STANDARDS D, recomputed by hand; exact arithmetic."""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from planning.access import Coverage, coverage
from planning.network import PROFILES, Roads, build_network, snap
from planning.projection import WGS84, transformer
from planning.standards.measures import (
    Measured,
    land_per_resident,
    places_per_1000,
    travel_time_coverage,
)
from planning.travel import audience
from planning.units import hundredths, limit_ms, rational, required_count, whole_persons

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=150)

NEW, BUILT, RATE = Fraction(10), Fraction(8), Fraction(9, 2)
LAND = Fraction(1, 10)

people_counts = st.floats(0, 3e7, allow_nan=False)
rates = st.fractions(min_value=Fraction(1, 100), max_value=100, max_denominator=100)
shares = st.fractions(min_value=0, max_value=1, max_denominator=1000)
areas = st.floats(0, 1e7, allow_nan=False)


def answer(measured: Measured | None) -> Measured:
    assert measured is not None
    return measured


# --- worked examples -----------------------------------------------------------------------------


def test_d_1_new_district_of_12_600_people() -> None:
    met = answer(places_per_1000(people=12_600, places=126, per_1000=NEW))
    assert (met.required, met.gap, met.people_short) == (126, 0, 0)
    short = answer(places_per_1000(people=12_600, places=125, per_1000=NEW))
    assert (short.measured, short.required, short.gap) == (125, 126, 1)
    assert short.people_short == 100
    assert answer(places_per_1000(people=12_600, places=0, per_1000=RATE)).required == 57


def test_d_1_land_of_the_new_district() -> None:
    met = answer(land_per_resident(people=12_600, land_m2=1260.0, m2_per_person=LAND))
    assert (met.required, met.gap) == (1260, 0)
    short = answer(land_per_resident(people=12_600, land_m2=1259.9, m2_per_person=LAND))
    assert short.measured == Fraction(12_599, 10)
    assert short.gap == LAND
    assert short.people_short == 1


@pytest.mark.parametrize(("per_1000", "places"), [(NEW, 44), (BUILT, 35)])
def test_d_4_rounding_up(per_1000: Fraction, places: int) -> None:
    assert answer(places_per_1000(people=4321, places=0, per_1000=per_1000)).required == places


def test_d_4_land_is_not_rounded_up() -> None:
    found = answer(land_per_resident(people=4321, land_m2=0.0, m2_per_person=LAND))
    assert found.required == found.gap == Fraction("432.1")


@pytest.mark.parametrize("people", [0.0, 0.49, 0.49999999999999994])
def test_d_5_nobody_lives_there(people: float) -> None:
    assert places_per_1000(people=people, places=10, per_1000=NEW) is None
    assert places_per_1000(people=people, places=0, per_1000=NEW) is None
    assert land_per_resident(people=people, land_m2=10.0, m2_per_person=LAND) is None
    assert travel_time_coverage(people=people, covered=0.0, goal=Fraction(0)) is None


def test_d_7_new_and_built_parts_are_rounded_each() -> None:
    new = answer(places_per_1000(people=6250, places=0, per_1000=NEW)).required
    built = answer(places_per_1000(people=3140, places=0, per_1000=BUILT)).required
    assert (new, built, new + built) == (63, 26, 89)
    land = answer(land_per_resident(people=6250 + 3140, land_m2=0.0, m2_per_person=LAND))
    assert land.required == 939


ELDERLY = np.array([120.0, 80.0, 50.0])


def walk(cells_m: Sequence[float], *, speed_m_s: float, minutes: float = 15.0) -> Coverage:
    """Cells that stand so far north of a facility, on one straight street of 2 km."""
    n = len(cells_m)
    north = np.array([0.0, 2000.0, *cells_m])
    lon, lat, _ = Geod(ellps="WGS84").fwd(
        np.full(n + 2, 105.0), np.full(n + 2, 30.0), np.zeros(n + 2), north
    )
    network = build_network(
        Roads.from_runs(lon[:2], lat[:2], [[0, 1]], tags={"highway": "footway"}),
        epsg=4544,
        profile=PROFILES["elder"].at_speed(
            speed_m_s, source_zh="STANDARDS A-9", source_en="STANDARDS A-9"
        ),
    )
    x_m, y_m = transformer(WGS84, 4544).transform(lon, lat)
    x_m, y_m = np.asarray(x_m), np.asarray(y_m)
    return coverage(
        network,
        snap(network, x_m[:1], y_m[:1], max_snap_m=1.0, island_km=1),
        audience(network, snap(network, x_m[2:], y_m[2:], max_snap_m=1.0, island_km=1)),
        counting=np.array([True]),
        limit_ms=limit_ms(minutes),
    )


@pytest.mark.parametrize(
    ("speed_m_s", "covered", "share"),
    [
        (1.0, [True, True, False], Fraction(80, 100)),
        (0.8, [True, False, False], Fraction(48, 100)),
        (1.25, [True, True, True], Fraction(1)),
    ],
)
def test_d_14_the_15_minute_circle(speed_m_s: float, covered: list[bool], share: Fraction) -> None:
    within = walk([700.0, 900.0, 901.0], speed_m_s=speed_m_s)
    assert within.covered.tolist() == covered
    ledger = within.ledger(ELDERLY)
    found = answer(
        travel_time_coverage(people=ledger.people, covered=ledger.covered, goal=Fraction(9, 10))
    )
    assert found.measured == share
    assert found.gap == max(0, Fraction(9, 10) - share)


def test_d_14_exactly_900_m_is_inside_and_the_next_metre_is_not() -> None:
    within = walk([900.0, 901.0], speed_m_s=1.0)
    assert within.nearest.ms.tolist() == [900_000, 901_000]
    assert within.covered.tolist() == [True, False]


def test_d_14_people_short_of_the_goal() -> None:
    found = answer(travel_time_coverage(people=250, covered=200, goal=Fraction(9, 10)))
    assert (found.required, found.gap, found.people_short) == (
        Fraction(9, 10),
        Fraction(1, 10),
        25,
    )


def test_d_21_a_product_that_floats_round_up() -> None:
    assert math.ceil(0.55 * 100) == 56
    assert required_count(rate=rational("0.55"), persons=100) == 55
    assert required_count(rate=rational(0.55), persons=100) == 55


def test_d_21_a_sum_of_cells_that_floats_round_up() -> None:
    in_order = 0.0
    for _ in range(126_000):
        in_order += 0.1
    assert math.ceil(in_order * 10 / 1000) == 127
    for total in (in_order, float(np.sum(np.full(126_000, 0.1)))):
        assert answer(places_per_1000(people=total, places=0, per_1000=NEW)).required == 126


def test_d_21_land_at_the_tenth_of_a_square_metre() -> None:
    assert 0.1 * 1001 > 100.1
    found = answer(land_per_resident(people=1001, land_m2=100.1, m2_per_person=rational("0.1")))
    assert (found.required, found.gap) == (Fraction(1001, 10), 0)


# --- exact quantities ----------------------------------------------------------------------------


def half_up(value: float, step: str) -> Fraction:
    wide = Context(prec=1200)
    return Fraction(Decimal(value).quantize(Decimal(step), rounding=ROUND_HALF_UP, context=wide))


@exactly
@given(people=people_counts)
@example(people=0.49999999999999994)
@example(people=0.5)
@example(people=1.5)
@example(people=2.5)
@example(people=19_999.6)
@example(people=19_999.4)
@example(people=4503599627370497.0)
def test_whole_persons_are_rounded_half_up(people: float) -> None:
    assert whole_persons(people) == half_up(people, "1")


@exactly
@given(cents=st.integers(0, 10**9), value=areas)
@example(cents=10_010, value=0.005)
@example(cents=0, value=0.00499999999)
@example(cents=0, value=1.115)
@example(cents=0, value=2.675)
def test_land_is_compared_at_hundredths(cents: int, value: float) -> None:
    assert hundredths(cents / 100) == Fraction(cents, 100)
    assert hundredths(value) == half_up(value, "0.01")


@exactly
@given(number=st.decimals(0, 10**6, places=4))
def test_a_number_means_what_is_written(number: Decimal) -> None:
    assert rational(str(number)) == Fraction(number)
    assert rational(float(number)) == Fraction(number)
    assert rational(Fraction(number)) == Fraction(number)


def test_a_number_out_of_an_array_means_the_same() -> None:
    """`np.float64` is a float, and it is what tables and arrays give."""
    assert rational(np.float64(0.55)) == Fraction(11, 20)
    assert limit_ms(np.float64(15.0)) == 900_000


@exactly
@given(minutes=st.fractions(min_value=0, max_value=120, max_denominator=600))
def test_a_limit_never_grows_by_rounding(minutes: Fraction) -> None:
    found = limit_ms(minutes)
    assert found <= minutes * 60_000 < found + 1


@pytest.mark.parametrize(
    ("minutes", "ms"),
    [(15.0, 900_000), (0.1, 6000), (Fraction(1, 3), 20_000), (0, 0), (4.35, 261_000)],
)
def test_limits_in_milliseconds(minutes: float | Fraction, ms: int) -> None:
    assert limit_ms(minutes) == ms


@exactly
@given(rate=rates, persons=st.integers(0, 10**8))
def test_a_required_count_is_the_least_that_is_enough(rate: Fraction, persons: int) -> None:
    count = required_count(rate=rate, persons=persons)
    assert count >= rate * persons > count - 1


# --- every measure -------------------------------------------------------------------------------


@exactly
@given(people=people_counts, places=st.integers(0, 10**6), per_1000=rates)
def test_places_gap_and_people_short(people: float, places: int, per_1000: Fraction) -> None:
    persons = whole_persons(people)
    found = places_per_1000(people=people, places=places, per_1000=per_1000)
    if persons == 0:
        assert found is None
        return
    found = answer(found)
    assert found.measured == places
    assert found.required == math.ceil(per_1000 * persons / 1000)
    assert found.gap == max(0, found.required - found.measured)
    assert 0 <= found.people_short <= persons
    assert (found.people_short > 0) == (found.gap > 0)


@exactly
@given(people=people_counts, land_m2=areas, per_person=rates)
def test_land_gap_and_people_short(people: float, land_m2: float, per_person: Fraction) -> None:
    persons = whole_persons(people)
    found = land_per_resident(people=people, land_m2=land_m2, m2_per_person=per_person)
    if persons == 0:
        assert found is None
        return
    found = answer(found)
    assert found.measured == half_up(land_m2, "0.01")
    assert found.required == per_person * persons
    assert found.gap == max(0, found.required - found.measured)
    assert 0 <= found.people_short <= persons
    assert (found.people_short > 0) == (found.gap > 0)


@exactly
@given(people=people_counts, part=st.floats(0, 1), goal=shares)
def test_coverage_gap_and_people_short(people: float, part: float, goal: Fraction) -> None:
    persons = whole_persons(people)
    found = travel_time_coverage(people=people, covered=people * part, goal=goal)
    if persons == 0:
        assert found is None
        return
    found = answer(found)
    assert 0 <= found.measured <= 1
    assert found.measured == Fraction(whole_persons(people * part), persons)
    assert found.gap == max(0, goal - found.measured)
    assert (found.people_short > 0) == (found.gap > 0)
    covered = found.measured * persons
    assert Fraction(covered + found.people_short, persons) >= goal
    assert found.gap == 0 or Fraction(covered + found.people_short - 1, persons) < goal


@exactly
@given(people=st.floats(1, 1e6), places=st.integers(0, 10**4), more=st.integers(0, 100), rate=rates)
def test_more_places_never_widen_the_gap(
    people: float, places: int, more: int, rate: Fraction
) -> None:
    less = answer(places_per_1000(people=people, places=places, per_1000=rate))
    wider = answer(places_per_1000(people=people, places=places + more, per_1000=rate))
    assert wider.gap <= less.gap
    assert wider.people_short <= less.people_short
    assert wider.required == less.required


@exactly
@given(people=st.floats(1, 1e6), land_m2=st.floats(0, 1e5), more=st.floats(0, 1e4), rate=rates)
def test_more_land_never_widens_the_gap(
    people: float, land_m2: float, more: float, rate: Fraction
) -> None:
    less = answer(land_per_resident(people=people, land_m2=land_m2, m2_per_person=rate))
    wider = answer(land_per_resident(people=people, land_m2=land_m2 + more, m2_per_person=rate))
    assert wider.gap <= less.gap
    assert wider.people_short <= less.people_short


@exactly
@given(people=st.floats(1, 1e6), more=st.floats(0, 1e5), places=st.integers(0, 10**4), rate=rates)
def test_more_people_never_need_less(
    people: float, more: float, places: int, rate: Fraction
) -> None:
    few = answer(places_per_1000(people=people, places=places, per_1000=rate))
    many = answer(places_per_1000(people=people + more, places=places, per_1000=rate))
    assert many.required >= few.required
    assert many.gap >= few.gap
    few = answer(land_per_resident(people=people, land_m2=float(places), m2_per_person=rate))
    many = answer(
        land_per_resident(people=people + more, land_m2=float(places), m2_per_person=rate)
    )
    assert many.required >= few.required
    assert many.gap >= few.gap
