"""Calibration: cell counts fitted to official totals at several levels, against a plain oracle."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planning.demand import OfficialTotals, Raked, rake

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=100)

Floats = npt.NDArray[np.float64]
NONE = float("nan")


def level(unit: Sequence[int], people: Sequence[float]) -> OfficialTotals:
    return OfficialTotals(
        unit=np.array(unit, dtype=np.int32), people=np.array(people, dtype=np.float64)
    )


def raked(people: Sequence[float], *levels: OfficialTotals) -> Raked:
    return rake(np.array(people, dtype=np.float64), levels)


def said(found: Raked) -> list[tuple[int, int, str]]:
    return [(miss.level, miss.unit, miss.reason) for miss in found.unmet]


# --- by hand -------------------------------------------------------------------------------------


def test_one_level_by_hand() -> None:
    """Unit 0 holds 10 + 30 and should hold 80: factor 2. Unit 1 has no total, −1 is outside."""
    found = raked([10, 30, 7, 5], level([0, 0, 1, -1], [80, NONE]))
    assert found.people.tolist() == [20, 60, 7, 5]
    assert (found.rounds, found.converged, found.unmet) == (1, True, ())
    assert found.greatest_miss == (0.0,)


def test_a_parent_with_one_child_known() -> None:
    """The city has 100, its first street 40: the rest, 10 + 20 people, shares 60."""
    found = raked([1, 3, 10, 20], level([0] * 4, [100]), level([0, 0, 1, 1], [40, NONE]))
    assert found.people == pytest.approx([10, 30, 20, 40], rel=1e-12)
    assert found.converged and found.rounds == 1


def test_children_that_leave_next_to_nothing_take_no_more_rounds() -> None:
    """By turns alone this would close in by a factor of 0.9999 a round."""
    found = raked([1, 3], level([0, 0], [100_000]), level([0, 1], [99_990, NONE]))
    assert found.people == pytest.approx([99_990, 10], rel=1e-12)
    assert found.converged and found.rounds == 1


def test_children_that_leave_nobody_empty_the_rest() -> None:
    found = raked([1, 3], level([0, 0], [100]), level([0, 1], [100, NONE]))
    assert found.people.tolist() == [100, 0]
    assert found.converged


def test_a_unit_across_a_border_is_fitted_by_turns() -> None:
    """Counties 0 and 1 hold two cells each; street 0 holds a cell of either: 2 × 2, all 25."""
    counties = level([0, 0, 1, 1], [50, 50])
    streets = level([0, 1, 0, 1], [50, 50])
    found = raked([10, 30, 20, 60], counties, streets)
    assert found.converged
    # Deming & Stephan keep the cross ratio 10·60 / (30·20) = 1, so that all are alike.
    assert found.people == pytest.approx([25, 25, 25, 25], rel=1e-9)


def test_a_unit_without_a_cell_is_named() -> None:
    found = raked([10, 30], level([0, 0], [80, 55]))
    assert found.people.tolist() == [20, 60]
    assert said(found) == [(0, 1, "no_cell")]
    assert found.converged and found.greatest_miss == (1.0,)
    assert (found.unmet[0].official, found.unmet[0].fitted) == (55, 0)


def test_a_unit_of_empty_cells_is_named() -> None:
    found = raked([10, 0, 0], level([0, 1, 1], [20, 5]))
    assert found.people.tolist() == [20, 0, 0]
    assert said(found) == [(0, 1, "all_zero")]
    assert found.converged


def test_a_total_of_zero_empties_a_unit() -> None:
    found = raked([10, 4], level([0, 1], [0, 4]))
    assert found.people.tolist() == [0, 4]
    assert found.converged and found.greatest_miss == (0.0,)


def test_children_that_contradict_their_parent() -> None:
    """40 + 50 is not 100: the streets hold, the city is named with both figures."""
    found = raked([1, 1], level([0, 0], [100]), level([0, 1], [40, 50]))
    assert found.people.tolist() == [40, 50]
    assert said(found) == [(0, 0, "contradicts")]
    assert not found.converged
    assert found.greatest_miss == pytest.approx((0.1, 0.0))
    assert found.unmet[0].because[1] == (
        "inhabited units inside it add up to 90, its own total is 100"
    )
    assert found.rounds <= 2


def test_children_above_their_parent_though_they_do_not_fill_it() -> None:
    found = raked([1, 1, 1], level([0, 0, 0], [80]), level([0, 1, -1], [40, 50]))
    assert found.people.tolist() == [40, 50, 0]
    assert said(found) == [(0, 0, "contradicts")]


def test_a_child_without_a_cell_leaves_its_parent_short_of_it() -> None:
    found = raked([1, 1], level([0, 0], [100]), level([0, 1], [40, 50, 10]))
    assert said(found) == [(0, 0, "contradicts"), (1, 2, "no_cell")]


def test_crossing_totals_that_cannot_be_met_end() -> None:
    """Both counties hold one street's cells alone, yet their sums differ: 60 against 100."""
    found = raked([1, 1, 1, 1], level([0, 0, 1, 1], [50, 50]), level([0, 1, 0, 1], [30, 30]))
    assert not found.converged
    assert {reason for _, _, reason in said(found)} == {"unsettled"}
    assert found.rounds < 100


def test_three_levels_skip_one_that_is_not_published() -> None:
    """The city 100 = village 10 + the rest; the street between them has no total."""
    found = raked(
        [1, 1, 1],
        level([0] * 3, [100]),
        level([0, 0, 1], [NONE, NONE]),
        level([0, 1, -1], [10, NONE]),
    )
    assert found.people == pytest.approx([10, 45, 45])


def test_three_levels_count_nobody_twice() -> None:
    """The city 100: street 40, of it the village 10; the city's rest is 60, not 50."""
    found = raked(
        [1, 1, 1], level([0, 0, 0], [100]), level([0, 0, 1], [40, NONE]), level([0, -1, -1], [10])
    )
    assert found.people == pytest.approx([10, 30, 60])
    assert found.converged and found.rounds == 1


def test_fractions_of_people_are_no_contradiction() -> None:
    """0.1 + 0.2 is not 0.3 to a computer."""
    found = raked([1, 1], level([0, 0], [0.3]), level([0, 1], [0.1, 0.2]))
    assert found.converged and not found.unmet


def test_no_cells_and_no_levels() -> None:
    assert raked([], level([], [5])).unmet[0].reason == "no_cell"
    assert raked([1, 2]).people.tolist() == [1, 2]


@pytest.mark.parametrize("people", [[-1.0], [np.nan], [np.inf]])
def test_people_must_be_counts(people: list[float]) -> None:
    with pytest.raises(ValueError, match="people"):
        raked(people, level([0], [1]))


@pytest.mark.parametrize(
    ("unit", "total", "why"),
    [
        ([0, 0], [1], "expected \\(1,\\)"),
        ([1], [1], "without a place"),
        ([-2], [1], "without a place"),
        ([0], [-1], "below 0"),
        ([0], [np.inf], "infinite"),
    ],
)
def test_levels_must_fit_the_cells(unit: list[int], total: list[float], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        raked([1], level(unit, total))


def test_arguments_are_left_alone() -> None:
    people = np.array([1.0, 2.0])
    rake(people, [level([0, 0], [9])])
    assert people.tolist() == [1.0, 2.0]


# --- any town ------------------------------------------------------------------------------------

counts = st.one_of(st.just(0.0), st.floats(1e-3, 1e4))


@dataclass(frozen=True)
class Town:
    """Cells with streets nested in counties, and what people truly live there."""

    people: Floats
    street: npt.NDArray[np.int32]
    county: npt.NDArray[np.int32]
    true: Floats


@st.composite
def towns(draw: st.DrawFn) -> Town:
    n = draw(st.integers(1, 12))
    streets = draw(st.integers(1, 5))
    of_street = draw(st.lists(st.integers(0, 2), min_size=streets, max_size=streets))
    street = np.array(draw(st.lists(st.integers(-1, streets - 1), min_size=n, max_size=n)))
    county = np.where(street >= 0, np.array(of_street)[street], -1)
    people = np.array(draw(st.lists(counts, min_size=n, max_size=n)))
    more = np.array(draw(st.lists(st.floats(0.1, 10), min_size=n, max_size=n)))
    return Town(people, street.astype(np.int32), county.astype(np.int32), people * more)


def totals(unit: npt.NDArray[np.int32], people: Floats, n: int) -> Floats:
    return np.array([people[unit == at].sum() for at in range(n)])


def published(town: Town, known: Sequence[bool]) -> tuple[OfficialTotals, OfficialTotals]:
    street = np.where(known, totals(town.street, town.true, 5), NONE)
    return (
        OfficialTotals(unit=town.county, people=totals(town.county, town.true, 3)),
        OfficialTotals(unit=town.street, people=street),
    )


def by_turns(people: Floats, levels: Sequence[OfficialTotals], *, rounds: int) -> Floats | None:
    """Every unit in its turn, over and over, as Deming & Stephan print it; None if unsettled."""
    cells = people.tolist()
    for _ in range(rounds):
        worst = 0.0
        for each in levels:
            for unit, official in enumerate(each.people.tolist()):
                held = [at for at, of in enumerate(each.unit.tolist()) if of == unit]
                total = sum(cells[at] for at in held)
                if official != official or total == 0:
                    continue
                worst = max(worst, abs(total - official) / official if official else 0.0)
                for at in held:
                    cells[at] *= official / total
        if worst < 1e-12:
            return np.array(cells)
    return None


@exactly
@given(town=towns())
def test_one_level_is_met_in_one_round_and_keeps_ratios(town: Town) -> None:
    official = totals(town.street, town.true, 5)
    found = rake(town.people, [OfficialTotals(unit=town.street, people=official)])
    assert found.converged and found.rounds <= 1
    assert totals(town.street, found.people, 5) == pytest.approx(official, rel=1e-9)
    for unit in range(5):
        held = (town.street == unit) & (town.people > 0)
        ratios = found.people[held] / town.people[held]
        assert ratios == pytest.approx(np.full(held.sum(), ratios[:1].sum()), rel=1e-9)
    outside = town.street < 0
    assert (found.people[outside] == town.people[outside]).all()


@exactly
@given(town=towns(), known=st.lists(st.booleans(), min_size=5, max_size=5))
def test_nested_totals_of_a_true_town_are_met(town: Town, known: list[bool]) -> None:
    levels = published(town, known)
    found = rake(town.people, levels)
    assert found.converged and found.rounds <= 1
    assert not [miss for miss in found.unmet if miss.reason != "no_cell"]
    for each in levels:
        fitted = totals(each.unit, found.people, len(each.people))
        is_known = ~np.isnan(each.people)
        assert fitted[is_known] == pytest.approx(each.people[is_known], rel=1e-8)
    assert (found.people >= 0).all()
    assert (found.people[town.people == 0] == 0).all()


@exactly
@given(town=towns(), known=st.lists(st.booleans(), min_size=5, max_size=5))
def test_the_fit_is_the_one_that_turns_end_in(town: Town, known: list[bool]) -> None:
    levels = published(town, known)
    slow = by_turns(town.people, levels, rounds=2000)
    assume(slow is not None)
    assert rake(town.people, levels).people == pytest.approx(slow, rel=1e-6, abs=1e-9)


@exactly
@given(town=towns(), other=st.lists(st.integers(-1, 2), min_size=12, max_size=12))
def test_crossing_levels_end_where_turns_end(town: Town, other: list[int]) -> None:
    crossing = np.array(other[: len(town.people)], dtype=np.int32)
    levels = [
        OfficialTotals(unit=town.street, people=totals(town.street, town.true, 5)),
        OfficialTotals(unit=crossing, people=totals(crossing, town.true, 3)),
    ]
    slow = by_turns(town.people, levels, rounds=500)
    assume(slow is not None)
    found = rake(town.people, levels)
    assert found.converged
    assert found.people == pytest.approx(slow, rel=1e-6, abs=1e-6)


@exactly
@given(town=towns(), known=st.lists(st.booleans(), min_size=5, max_size=5))
def test_fitting_again_changes_nothing(town: Town, known: list[bool]) -> None:
    levels = published(town, known)
    once = rake(town.people, levels)
    twice = rake(once.people, levels)
    assert twice.rounds == 0
    assert twice.people.tobytes() == once.people.tobytes()


@exactly
@given(
    town=towns(),
    street=st.lists(st.one_of(st.just(NONE), counts), min_size=5, max_size=5),
    county=st.lists(st.one_of(st.just(NONE), counts), min_size=3, max_size=3),
    shuffle=st.randoms(use_true_random=False),
)
def test_any_totals_end_and_the_order_of_cells_is_nothing(
    town: Town, street: list[float], county: list[float], shuffle: object
) -> None:
    order = list(range(len(town.people)))
    shuffle.shuffle(order)  # type: ignore[attr-defined]
    levels = [level(town.county.tolist(), county), level(town.street.tolist(), street)]
    moved = [level(each.unit[order].tolist(), each.people.tolist()) for each in levels]
    found = rake(town.people, levels)
    assert found.rounds <= 2
    assert rake(town.people[order], moved).people.tobytes() == found.people[order].tobytes()
    assert (found.people >= 0).all() and np.isfinite(found.people).all()
    # Whatever is missed is said, and the lowest level is always met where somebody lives.
    missed = {(miss.level, miss.unit) for miss in found.unmet}
    for at, each in enumerate(levels):
        fitted = totals(each.unit, found.people, len(each.people))
        for unit, official in enumerate(each.people.tolist()):
            is_met = official != official or fitted[unit] == pytest.approx(official, rel=1e-8)
            assert is_met or (at, unit) in missed
    assert all(miss.reason in ("no_cell", "all_zero") for miss in found.unmet if miss.level == 1)
    assert all(miss.reason != "unsettled" for miss in found.unmet)
