"""Measures and units: the worked examples of STANDARDS D, recomputed by hand; exact arithmetic."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from one_unit import HOME, NURSERY, clause, facilities, judged, situation
from pyproj import Geod

from planning.access import Coverage, Way
from planning.network import PROFILES, Roads, build_network
from planning.projection import WGS84, transformer
from planning.standards import Finding
from planning.standards.clauses import Operator
from planning.standards.measures.land_per_resident import apportioned_m2, required_land_m2
from planning.standards.measures.per_thousand import rate_per_thousand, required_per_thousand
from planning.standards.measures.travel_time_coverage import share_covered
from planning.standards.outcome import Range, gap, held, whole_bound
from planning.standards.terms import Which
from planning.units import hundredths, limit_ms, rational, whole_persons

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=150)

NEW, BUILT, RATE = Fraction(10), Fraction(8), Fraction(9, 2)
LAND = Fraction(1, 10)
NAN = float("nan")

people_counts = st.floats(0, 3e7, allow_nan=False)
rates = st.fractions(min_value=Fraction(1, 100), max_value=100, max_denominator=100)
shares = st.fractions(min_value=0, max_value=1, max_denominator=1000)
areas = st.floats(0, 1e7, allow_nan=False)


def places(people: float, there: float, per_1000: Fraction) -> Finding:
    """So many places for so many people, held against a figure per 1,000."""
    asked = clause(
        {"kind": "per_thousand", "amount": "places", "which": {"does": NURSERY}},
        value=str(per_1000),
    )
    return judged(asked, situation(facilities(NURSERY, places=[there]), [people]))


def land(people: float, there_m2: float, m2_per_person: Fraction) -> Finding:
    """So much elder-care land [m²] for so many people, held against a figure per person."""
    asked = clause({"kind": "land_per_resident", "which": {"does": HOME}}, value=str(m2_per_person))
    return judged(asked, situation(facilities(HOME, elder_land_m2=[there_m2]), [people]))


def circle(covered: float, others: float, goal: Fraction) -> Finding:
    """So many people within 15 minutes and others beyond, held against a goal of the study."""
    which = {"does": NURSERY}
    asked = clause(
        {"kind": "travel_time_coverage", "which": which, "group": "total", "limit_min": "15"}
    )
    held = situation(
        facilities(NURSERY, places=[1.0]),
        [covered, others],
        ms=[900_000, 900_001],
        which=Which.model_validate(which).text,
    )
    return judged(asked, held, goal=goal)


def figures(finding: Finding) -> tuple[object, ...]:
    return finding.verdict, finding.measured, finding.required, finding.gap, finding.people_short


def is_unanswered(finding: Finding) -> bool:
    return figures(finding) == ("not_assessable", None, None, None, None)


def missing(finding: Finding) -> tuple[Fraction, int]:
    """The gap, and the people it leaves without, of a finding that has them."""
    assert finding.gap is not None and finding.people_short is not None
    assert (finding.verdict == "met") == (finding.gap == 0)
    return finding.gap, finding.people_short


# --- worked examples -----------------------------------------------------------------------------


def test_d_1_new_district_of_12_600_people() -> None:
    assert figures(places(12_600, 126, NEW)) == ("met", 126, 126, 0, 0)
    assert figures(places(12_600, 125, NEW)) == ("not_met", 125, 126, 1, 100)
    assert required_per_thousand(persons=12_600, per_1000=RATE) == 57


def test_d_1_land_of_the_new_district() -> None:
    assert figures(land(12_600, 1260.0, LAND)) == ("met", 1260, 1260, 0, 0)
    short = land(12_600, 1259.9, LAND)
    assert figures(short) == ("not_met", Fraction(12_599, 10), 1260, LAND, 1)


@pytest.mark.parametrize(("per_1000", "needed"), [(NEW, 44), (BUILT, 35)])
def test_d_4_rounding_up(per_1000: Fraction, needed: int) -> None:
    assert required_per_thousand(persons=4321, per_1000=per_1000) == needed
    assert places(4321, 0, per_1000).required == needed


def test_d_4_land_is_not_rounded_up() -> None:
    assert required_land_m2(persons=4321, m2_per_person=LAND) == Fraction("432.1")
    found = land(4321, 0.0, LAND)
    assert found.required == found.gap == Fraction("432.1")


@pytest.mark.parametrize("people", [0.0, 0.49, 0.49999999999999994])
def test_d_5_nobody_lives_there(people: float) -> None:
    assert is_unanswered(places(people, 10, NEW))
    assert is_unanswered(places(people, 0, NEW))
    assert is_unanswered(land(people, 10.0, LAND))
    assert is_unanswered(circle(0.0, people, Fraction(0)))
    assert rate_per_thousand(persons=0, amount=Fraction(10)) is None
    assert share_covered(persons=0, covered=0) is None


def test_d_5_half_a_person_is_one() -> None:
    assert places(0.5, 0, NEW).required == 1


def test_d_7_new_and_built_parts_are_rounded_each() -> None:
    new = required_per_thousand(persons=6250, per_1000=NEW)
    built = required_per_thousand(persons=3140, per_1000=BUILT)
    assert (new, built, new + built) == (63, 26, 89)
    assert required_land_m2(persons=6250 + 3140, m2_per_person=LAND) == 939


def test_d_18_land_of_rooms_is_their_floor_over_the_ratio() -> None:
    assert apportioned_m2(floor_m2=1000.0, far=2.5) == 400.0
    assert apportioned_m2(floor_m2=1000.0, far=float("nan")) == 0.0
    assert apportioned_m2(floor_m2=1000.0, far=0.0) == 0.0


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
    way = Way.of(network, x_m[2:], y_m[2:], max_snap_m=1.0, island_km=1)
    return way.coverage(x_m[:1], y_m[:1], counting=np.array([True]), limit_ms=limit_ms(minutes))


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
    assert share_covered(persons=250, covered=whole_persons(ledger.covered)) == share
    found = circle(ledger.covered, ledger.people - ledger.covered, Fraction(9, 10))
    assert found.measured == share
    assert found.gap == max(0, Fraction(9, 10) - share)


def test_d_14_exactly_900_m_is_inside_and_the_next_metre_is_not() -> None:
    within = walk([900.0, 901.0], speed_m_s=1.0)
    assert within.nearest.ms.tolist() == [900_000, 901_000]
    assert within.covered.tolist() == [True, False]


def test_d_14_people_short_of_the_goal() -> None:
    found = circle(200, 50, Fraction(9, 10))
    assert figures(found) == ("not_met", Fraction(4, 5), Fraction(9, 10), Fraction(1, 10), 25)


def test_d_21_a_product_that_floats_round_up() -> None:
    assert math.ceil(0.55 * 100) == 56
    assert whole_bound(rational("0.55") * 100, ">=") == 55
    assert whole_bound(rational(0.55) * 100, ">=") == 55


def test_d_21_a_sum_of_cells_that_floats_round_up() -> None:
    in_order = 0.0
    for _ in range(126_000):
        in_order += 0.1
    assert math.ceil(in_order * 10 / 1000) == 127
    for total in (in_order, float(np.sum(np.full(126_000, 0.1)))):
        assert places(total, 0, NEW).required == 126
    asked = clause(
        {"kind": "per_thousand", "amount": "places", "which": {"does": NURSERY}}, value="10"
    )
    cells = situation(facilities(NURSERY, places=[0.0]), [0.1] * 126_000)
    assert judged(asked, cells).required == 126


def test_d_21_land_at_the_tenth_of_a_square_metre() -> None:
    assert 0.1 * 1001 > 100.1
    found = land(1001, 100.1, rational("0.1"))
    assert figures(found) == ("met", Fraction(1001, 10), Fraction(1001, 10), 0, 0)


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
    count = whole_bound(rate * persons, ">=")
    assert count >= rate * persons > count - 1


# --- every measure -------------------------------------------------------------------------------


@exactly
@given(people=people_counts, there=st.integers(0, 10**6), per_1000=rates)
@example(people=12_600.0, there=126, per_1000=NEW)
def test_places_gap_and_people_short(people: float, there: int, per_1000: Fraction) -> None:
    persons = whole_persons(people)
    found = places(people, there, per_1000)
    if persons == 0:
        assert is_unanswered(found)
        return
    assert found.measured == found.at_most == there
    assert found.required == math.ceil(per_1000 * persons / 1000)
    short, people_short = missing(found)
    assert short == max(0, found.required - there)
    assert 0 <= people_short <= persons
    assert (people_short > 0) == (short > 0)
    assert people_short == min(persons, math.ceil(short * 1000 / per_1000))


@exactly
@given(people=people_counts, land_m2=areas, per_person=rates)
def test_land_gap_and_people_short(people: float, land_m2: float, per_person: Fraction) -> None:
    persons = whole_persons(people)
    found = land(people, land_m2, per_person)
    if persons == 0:
        assert is_unanswered(found)
        return
    there = half_up(land_m2, "0.01")
    assert found.measured == found.at_most == there
    assert found.required == per_person * persons
    short, people_short = missing(found)
    assert short == max(0, found.required - there)
    assert 0 <= people_short <= persons
    assert (people_short > 0) == (short > 0)
    assert people_short == min(persons, math.ceil(short / per_person))


@exactly
@given(people=people_counts, part=st.floats(0, 1), goal=shares)
def test_coverage_gap_and_people_short(people: float, part: float, goal: Fraction) -> None:
    covered, others = people * part, people - people * part
    persons = whole_persons(covered + others)
    found = circle(covered, others, goal)
    if persons == 0:
        assert is_unanswered(found)
        return
    assert found.measured is not None and found.required == goal
    assert 0 <= found.measured <= 1
    assert found.measured == Fraction(min(whole_persons(covered), persons), persons)
    short, people_short = missing(found)
    assert short == max(0, goal - found.measured)
    assert (people_short > 0) == (short > 0)
    within = found.measured * persons
    assert Fraction(within + people_short, persons) >= goal
    assert short == 0 or Fraction(within + people_short - 1, persons) < goal


@exactly
@given(people=st.floats(1, 1e6), there=st.integers(0, 10**4), more=st.integers(0, 100), rate=rates)
def test_more_places_never_widen_the_gap(
    people: float, there: int, more: int, rate: Fraction
) -> None:
    less, wider = places(people, there, rate), places(people, there + more, rate)
    assert missing(wider)[0] <= missing(less)[0]
    assert missing(wider)[1] <= missing(less)[1]
    assert wider.required == less.required


@exactly
@given(people=st.floats(1, 1e6), land_m2=st.floats(0, 1e5), more=st.floats(0, 1e4), rate=rates)
def test_more_land_never_widens_the_gap(
    people: float, land_m2: float, more: float, rate: Fraction
) -> None:
    less, wider = land(people, land_m2, rate), land(people, land_m2 + more, rate)
    assert missing(wider)[0] <= missing(less)[0]
    assert missing(wider)[1] <= missing(less)[1]


@exactly
@given(people=st.floats(1, 1e6), more=st.floats(0, 1e5), there=st.integers(0, 10**4), rate=rates)
def test_more_people_never_need_less(
    people: float, more: float, there: int, rate: Fraction
) -> None:
    for held_against in (places, land):
        few, many = held_against(people, there, rate), held_against(people + more, there, rate)
        assert few.required is not None and many.required is not None
        assert many.required >= few.required
        assert missing(many)[0] >= missing(few)[0]


# --- what is unknown -----------------------------------------------------------------------------

OPERATORS: tuple[Operator, ...] = (">=", ">", "<=", "<", "=")
HOLDS = {
    ">=": lambda there, figure: there >= figure,
    ">": lambda there, figure: there > figure,
    "<=": lambda there, figure: there <= figure,
    "<": lambda there, figure: there < figure,
    "=": lambda there, figure: there == figure,
}


def by_all(possible: list[bool]) -> str:
    """A verdict that all that may be the case agree on, or none."""
    return "met" if all(possible) else "not_assessable" if any(possible) else "not_met"


@exactly
@given(
    low=st.integers(0, 8), more=st.integers(0, 8) | st.none(), figure=st.integers(0, 20),
    operator=st.sampled_from(OPERATORS),
)  # fmt: skip
def test_a_verdict_is_one_that_everything_possible_agrees_on(
    low: int, more: int | None, figure: int, operator: Operator
) -> None:
    """以上 includes the figure, 超过 does not (C-12)."""
    high = None if more is None else low + more
    possible = range(low, 30 if high is None else high + 1)
    found = held(Range(Fraction(low), None if high is None else Fraction(high)), operator,
                 Fraction(figure))  # fmt: skip
    assert found == by_all([HOLDS[operator](there, figure) for there in possible])


@exactly
@given(there=st.integers(0, 20), figure=st.integers(0, 20), operator=st.sampled_from(OPERATORS))
def test_a_gap_is_what_brings_it_to_the_figure(there: int, figure: int, operator: Operator) -> None:
    """Nothing is missing where it is met; 超过 names no least amount, so its gap ends at it."""
    found = gap(Range.exactly(there), operator, Fraction(figure))
    assert found >= 0
    if operator in (">=", "<=", "="):
        assert (found == 0) == HOLDS[operator](there, figure)
    if not HOLDS[operator](there, figure):
        assert figure in (there + found, there - found)


amount = st.integers(0, 5) | st.none()
says = st.sampled_from([1, 0, -1])


@exactly
@given(
    rows=st.lists(st.tuples(amount, says), min_size=1, max_size=2), figure=st.integers(0, 12),
    operator=st.sampled_from(OPERATORS),
)  # fmt: skip
def test_a_register_with_blanks_is_judged_as_every_way_to_fill_them_in(
    rows: list[tuple[int | None, int]], figure: int, operator: Operator
) -> None:
    """Places, and whether they are inclusive, which is asked for; blanks may be anything."""
    asked = clause(
        {
            "kind": "total", "amount": "places",
            "which": {"does": NURSERY, "traits": {"inclusive": True}},
        },
        value=str(figure), operator=operator,
    )  # fmt: skip
    stands = facilities(NURSERY, places=[NAN if n is None else n for n, _ in rows])
    inclusive = np.array([word for _, word in rows], dtype=np.int8)
    found = judged(asked, situation(replace(stands, traits={"inclusive": inclusive}), [100.0]))
    each = [
        [
            n * word
            for n in ([*range(30)] if size is None else [size])
            for word in ([0, 1] if said < 0 else [said])
        ]
        for size, said in rows
    ]
    totals = {sum(sizes) for sizes in itertools.product(*each)}
    assert found.verdict == by_all([HOLDS[operator](there, figure) for there in totals])
    assert found.measured == min(totals)
    is_bounded = all(size is not None or said == 0 for size, said in rows)
    assert found.at_most == (max(totals) if is_bounded else None)
