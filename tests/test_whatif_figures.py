"""Exact figures in the page: fractions of doubles, whole persons, and how figures are written."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging_page import judging_page
from playwright.sync_api import Browser, Page

from planning.demand import people_by_unit
from planning.outputs.whatif.exact import exact_pair
from planning.standards.outcome import Range, gap, held
from planning.standards.words import percent, plain
from planning.units import hundredths, rational, whole_persons

_WITH = """([name, of]) => import(`http://whatif.test/${name}`).then((here) => of.map((given) => {
  const { ratioOfPair: read, ratioPair: told } = window.fractions;
  return (%s)(given, here, read, told);
}))"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with judging_page(browser) as opened:
        opened.evaluate(
            "() => import('http://whatif.test/fractions.js').then((f) => { window.fractions = f; })"
        )
        yield opened


def _each(page: Page, module: str, does: str, given: list[Any]) -> list[Any]:
    """What a module of the page makes of each."""
    found: list[Any] = page.evaluate(_WITH % does, [module, given])
    return found


def _exact(pair: list[Any]) -> Fraction:
    return Fraction(int(pair[0]), int(pair[1]))


NUMBERS = st.one_of(
    st.floats(0, 1e12, allow_nan=False),
    st.integers(0, 10**9).map(lambda n: n / 100),
    st.integers(0, 10**7).map(lambda n: n / 200),
    st.integers(0, 10**6).map(float),
    st.floats(0, 1e-5),
)
SHARES = st.builds(
    lambda n, d: Fraction(min(n, d), d), st.integers(0, 10**6), st.integers(1, 10**6)
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_doubles_are_the_numbers_that_they_are_and_that_were_written(
    page: Page, numbers: list[float]
) -> None:
    does = """(x, f, read, told) => [f.ratioOfDouble(x), f.ratioAsWritten(x),
      f.ratioHundredths(f.ratioOfDouble(x))].map(told)"""
    found = _each(page, "fractions.js", does, numbers)
    for number, (real, written, land) in zip(numbers, found, strict=True):
        assert _exact(real) == Fraction(number)
        assert _exact(written) == rational(number)
        assert _exact(land) == hundredths(number)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=30))
def test_shares_and_figures_are_written_alike(
    page: Page, pairs: list[tuple[Fraction, Fraction]]
) -> None:
    pairs += [
        (Fraction(n, 2000), Fraction(n + 1, 2000)) for n in range(0, 50, 3)
    ]  # halves of 0.1 %
    pairs += [(Fraction(n, 8) * 1000, Fraction(1)) for n in range(30)]
    does = """([a, b], f, read) => [f.percentSaid(read(a)), f.percentSaid(read(a), read(b)),
      f.plainFigure(read(a)), f.plainFigure({ n: read(a).n * 1000003n, d: read(a).d })]"""
    given_pairs = [[exact_pair(a), exact_pair(b)] for a, b in pairs]
    found = _each(page, "figures.js", does, given_pairs)
    for (a, b), said in zip(pairs, found, strict=True):
        assert said == [percent(a), percent(a, b), plain(a), plain(a * 1000003)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(
        [0.0, 0.5, 0.25, 0.1, 1 / 3, 1.0, 101.5, 1e-9, 2.6 * 1200, 7.4999999999999]
    )), max_size=60)
)  # fmt: skip
def test_people_are_added_up_and_rounded_alike(page: Page, homes: list[tuple[int, float]]) -> None:
    """From the fewest on, halves up, those in no unit nowhere."""
    units = [at - 1 for at, _ in homes]
    people = [n for _, n in homes]
    does = """([units, people], f) => Array.from(new f.Counting({}, { n: people.length,
      groups: { total: Float64Array.from(people) }, place: { street: Int32Array.from(units) },
    }).persons("street", 3, "total"))"""
    [found] = _each(page, "counting.js", does, [[units, people]])
    sums = people_by_unit(np.array(people), np.array(units, dtype=np.int32), 3)
    assert found == [whole_persons(n) for n in sums.tolist()]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.sampled_from([">=", ">", "<=", "<", "="]),
    st.lists(st.sampled_from([Fraction(n, 3) for n in range(5)]), min_size=3, max_size=3),
    st.booleans(),
)
def test_a_verdict_and_what_is_missing_are_the_same(
    page: Page, sign: str, figures: list[Fraction], is_open: bool
) -> None:
    low, high, required = sorted(figures[:2])[0], max(figures[:2]), figures[2]
    measured = Range(low, None if is_open else high)
    does = """([sign, low, high, required], f, read, told) => {
      const outcome = { low: read(low), high: read(high), required: read(required) };
      const verdict = f.heldAgainst(outcome, sign, outcome.required);
      const missing = f.missingOf({ sign }, outcome, verdict);
      return [verdict, told(missing)];
    }"""
    asked = [sign, exact_pair(low), exact_pair(measured.high), exact_pair(required)]
    [(verdict, missing)] = _each(page, "concluding.js", does, [asked])
    assert verdict == held(measured, sign, required)  # type: ignore[arg-type]
    if verdict == "not_met":
        assert _exact(missing) == gap(measured, sign, required)  # type: ignore[arg-type]
    elif verdict == "met":
        assert _exact(missing) == 0
    else:
        assert missing is None
