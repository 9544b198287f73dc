"""The lines of a scorecard, and the strictest of several documents, against a slow plain search."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.standards import Clause, Finding, Standard, profile_of
from planning.standards.scorecard import Comparison, Row, scorecard, strictest, worst_first

NURSERIES = {"kind": "per_thousand", "amount": "places", "which": {"does": "nursery"}}
SHARE = {
    "kind": "share_of_capacity",
    "amount": "beds",
    "which": {"does": "elder_institution"},
    "part_amount": "nursing_beds",
}


def clause(name: str, **said: Any) -> Clause:
    plain = {
        "id": name, "key": "nursery_rate", "article": "一", "quote": "每千人口托位数",
        "title_zh": "托位", "title_en": "places", "service": "nursery", "mark": "spatial-core",
        "strength": "binding", "measure": NURSERIES, "unit": "个/千人", "levels": ["county"],
        "reading": "。",
    }  # fmt: skip
    plain |= said
    if plain.get("value") is not None:
        plain.setdefault("operator", ">=")
    return Clause.model_validate(plain)


def finding(of: Clause, profile: str = "A", **said: Any) -> Finding:
    plain: dict[str, Any] = {
        "profile": profile, "clause_id": of.id, "key": of.key, "document": profile,
        "article": of.article, "via": "own", "level": "county", "unit_id": "C1",
        "unit_name": "甲县",
        "year": 2025, "role": "requirement", "verdict": "not_assessable", "measured": None,
        "at_most": None, "required": None, "gap": None, "unit": "places", "people_short": None,
        "because_zh": "", "because_en": "",
    }  # fmt: skip
    return Finding(**(plain | said))


def card(short: str, *pairs: tuple[Clause, dict[str, Any]]) -> tuple[Row, ...]:
    standard = Standard(
        id=short, short=short, document=short, jurisdiction="", dated="",
        clauses=tuple({of.id: of for of, _ in pairs}.values()),
    )  # fmt: skip
    findings = [finding(of, short, **said) for of, said in pairs]
    return scorecard(findings, profile_of([standard]))


def only(of: Clause, **said: Any) -> Row:
    (row,) = card("A", (of, said))
    return row


def known(value: str | int) -> dict[str, Fraction]:
    return {"measured": Fraction(value), "at_most": Fraction(value)}


# --- lines ---------------------------------------------------------------------------------------


def test_a_rate_is_said_in_the_unit_printed_and_beside_it_in_places() -> None:
    row = only(
        clause("A/1", value="4.5"), **known(41), required=Fraction(57), gap=Fraction(16),
        verdict="not_met", of_one=Fraction(12_600, 1000),
    )  # fmt: skip
    assert row.current == ("3.25个/千人", "3.25 per 1,000")
    assert row.current_amount == ("41个托位", "41 places")
    assert row.target == ("≥4.5个/千人", "≥4.5 per 1,000")
    assert row.target_amount == ("57个托位", "57 places")
    assert row.gap == ("16个托位", "16 places")
    assert (row.finding.measured, row.finding.required) == (41, 57)


def test_a_share_misses_points_and_needs_no_amount_beside_it() -> None:
    of = clause("A/1", measure=SHARE, unit="%", value="55")
    row = only(
        of, measured=Fraction(9, 20), at_most=Fraction(9, 20), required=Fraction(11, 20),
        gap=Fraction(1, 10), unit="share", of_one=Fraction(1, 100), verdict="not_met",
    )  # fmt: skip
    assert (row.current[0], row.target[0], row.gap[0]) == ("45%", "≥55%", "10个百分点")
    assert row.current_amount == row.target_amount == ("", "")


def test_a_rate_that_just_misses_does_not_read_as_reached() -> None:
    people = 1_000_003
    row = only(
        clause("A/1", value="4.5"), **known(4500), required=Fraction(4501), gap=Fraction(1),
        of_one=Fraction(people, 1000), verdict="not_met",
    )  # fmt: skip
    assert row.current[0] != "4.5个/千人"
    assert Fraction(row.current[0].removesuffix("个/千人")) < Fraction(9, 2)


@pytest.mark.parametrize(
    ("at_most", "said"),
    [(None, "至少40张"), (Fraction(60), "40–60张"), (Fraction(40), "40张")],
)
def test_what_is_not_all_known_is_said_between_bounds(at_most: Fraction | None, said: str) -> None:
    row = only(clause("A/1", unit="张"), measured=Fraction(40), at_most=at_most, unit="beds")
    assert row.current[0] == said


def test_absent_is_a_dash_and_never_nought() -> None:
    row = only(clause("A/1"))
    assert row.current == row.target == row.gap == ("—", "—")


def test_nothing_missing_is_nought_and_a_figure_to_be_passed_says_so() -> None:
    met = only(clause("A/1", value="1"), gap=Fraction(0), verdict="met")
    tie = only(clause("A/1", value="1", operator=">"), gap=Fraction(0), verdict="not_met")
    assert (met.gap[0], tie.gap[0]) == ("0", "须超过")


def test_too_much_is_said_to_be_too_much() -> None:
    of = clause("A/1", value="40", operator="<=", unit="张")
    row = only(of, **known(50), gap=Fraction(10), unit="beds", verdict="not_met")
    assert (row.target[0], row.gap[0]) == ("≤40张", "超出10张床位")


def test_a_goal_of_the_study_is_not_passed_off_as_the_documents() -> None:
    of = clause("A/1", unit="%")
    row = only(of, required=Fraction(9, 10), unit="share", of_one=Fraction(1, 100))
    assert row.target[0] == "≥90%（本研究设定）"


def test_the_rate_of_a_subsidy_is_no_target() -> None:
    ask = {"kind": "cost", "amount": "places", "which": {"does": "nursery"}}
    row = only(clause("A/1", measure=ask, unit="元", value="10000"), **known(50_000), unit="yuan")
    assert row.target[0] == "—"
    assert row.current[0] == "50,000元"


def test_no_cell_begins_as_a_formula() -> None:
    row = only(clause("A/1", value="3", operator="=", unit="级"), unit="levels")
    assert row.target[0] == "3级"


def test_lines_go_by_level_then_unit_then_clause() -> None:
    one, two = clause("A/1"), clause("A/2")
    places = [("community", "X1"), ("county", "C2"), ("residential_area", "R1"), ("county", "C1")]
    rows = card("A", *[(of, {"level": at, "unit_id": u}) for of in (one, two) for at, u in places])
    assert [(r.finding.level, r.finding.unit_id, r.clause.id) for r in rows] == [
        (at, unit, name)
        for at, unit in [("county", "C1"), ("county", "C2"), ("community", "X1"),
                         ("residential_area", "R1")]
        for name in ("A/1", "A/2")
    ]  # fmt: skip


def test_the_worst_are_required_and_leave_most_people_without() -> None:
    of = clause("A/1", value="1")
    said = [
        {"unit_id": "1", "verdict": "met", "people_short": 0},
        {"unit_id": "2", "verdict": "not_met", "people_short": 5},
        {"unit_id": "3", "verdict": "not_met", "people_short": 900, "role": "benchmark"},
        {"unit_id": "4", "verdict": "not_met", "people_short": 80},
        {"unit_id": "5", "verdict": "not_applicable"},
    ]
    rows = card("A", *[(of, one) for one in said])
    assert [row.finding.unit_id for row in worst_first(rows)] == ["4", "2", "3"]


# --- the strictest -------------------------------------------------------------------------------


def compared(*cards: tuple[Row, ...]) -> Comparison:
    (one,) = strictest(cards)
    return one


def profiles(rows: tuple[Row, ...]) -> list[str]:
    return [row.finding.profile for row in rows]


def test_the_largest_least_is_the_strictest_and_null_asks_nothing() -> None:
    found = compared(
        card("SC", (clause("SC/1", value="4.5"), {})),
        card("CD", (clause("CD/1", value="4.74"), {})),
        card("JS", (clause("JS/1", set_by="设区市"), {})),
    )
    assert profiles(found.strictest) == ["CD"]
    assert profiles(found.others) == ["SC"]
    assert profiles(found.without_figure) == ["JS"]


def test_the_smallest_most_is_the_strictest() -> None:
    found = compared(
        card("A", (clause("A/1", value="40", operator="<="), {})),
        card("B", (clause("B/1", value="30", operator="<="), {})),
        card("C", (clause("C/1", value="30", operator="<"), {})),
    )
    assert profiles(found.strictest) == ["C"]


def test_more_than_asks_for_more_than_or_more() -> None:
    found = compared(
        card("A", (clause("A/1", value="60"), {})),
        card("B", (clause("B/1", value="60", operator=">"), {})),
    )
    assert (profiles(found.strictest), profiles(found.others)) == (["B"], ["A"])


def test_those_that_ask_the_same_are_all_the_strictest() -> None:
    a, b = clause("A/1", value="10"), clause("B/1", value="10.0")
    found = compared(card("A", (a, {})), card("B", (b, {})))
    assert (profiles(found.strictest), found.others) == (["A", "B"], ())


@pytest.mark.parametrize(
    "unlike",
    [
        {"measure": {**NURSERIES, "group": "under_3"}},
        {"measure": {"kind": "typed_in"}},
        {"unit": "%"},
        {"key": "nursery_new"},
        {"applies": {"town": "old"}},
        {"operator": "<="},
    ],
)
def test_what_is_not_alike_is_never_compared(unlike: dict[str, Any]) -> None:
    one = card("A", (clause("A/1", value="4"), {}))
    assert strictest([one, card("B", (clause("B/1", value="5"), {}))])
    assert strictest([one, card("B", (clause("B/1", value="5", **unlike), {}))]) == ()


@pytest.mark.parametrize(
    "unlike",
    [{"level": "street"}, {"unit_id": "C2"}, {"verdict": "not_applicable"}, {"role": "indicator"}],
)
def test_another_place_or_one_that_is_not_asked_is_never_compared(unlike: dict[str, Any]) -> None:
    one = card("A", (clause("A/1", value="4"), {}))
    assert strictest([one, card("B", (clause("B/1", value="5"), unlike))]) == ()


def test_one_document_alone_has_no_strictest() -> None:
    early, late = clause("A/1", value="2.18"), clause("A/2", value="4.5")
    assert strictest([card("A", (early, {}), (late, {}))]) == ()


def test_all_silent_is_no_comparison() -> None:
    assert strictest([card("A", (clause("A/1"), {})), card("B", (clause("B/1"), {}))]) == ()


figures = st.one_of(st.none(), st.integers(0, 4).map(lambda n: str(n / 2)))
asks = st.tuples(figures, st.sampled_from([">=", ">", "<=", "<", "="]), st.sampled_from("uv"))


@settings(derandomize=True, database=None, deadline=None, max_examples=120)
@given(st.lists(asks, min_size=1, max_size=6))
def test_the_strictest_is_what_a_plain_search_finds(
    said: list[tuple[str | None, str, str]],
) -> None:
    """One clause a document: who satisfies the strictest satisfies every other."""
    rows = []
    for number, (value, operator, unit_id) in enumerate(said):
        asked = {} if value is None else {"value": value, "operator": operator}
        rows.append(card(f"D{number}", (clause(f"D{number}/1", **asked), {"unit_id": unit_id})))
    found = strictest(rows)
    tried = [Fraction(n, 8) for n in range(-8, 41)]

    def holds(row: Row, x: Fraction) -> bool:
        wanted = row.clause.value
        assert wanted is not None
        return {
            ">=": x >= wanted, "=": x >= wanted, ">": x > wanted, "<=": x <= wanted,
            "<": x < wanted,
        }[str(row.clause.operator)]  # fmt: skip

    for one in found:
        top = one.strictest[0]
        for row in (*one.strictest, *one.others):
            assert all(holds(row, x) for x in tried if holds(top, x))
        for row in one.others:
            assert any(holds(row, x) and not holds(top, x) for x in tried)
    for unit in "uv":
        here = [(v, op) for v, op, at in said if at == unit]
        silent = sum(v is None for v, _ in here)
        for signs in ((">=", ">", "="), ("<=", "<")):
            n = sum(v is not None and op in signs for v, op in here)
            mine = [
                c for c in found
                if c.unit_id == unit and c.strictest[0].clause.operator in signs
            ]  # fmt: skip
            assert len(mine) == (n > 0 and n + silent > 1)
            for c in mine:
                assert len(c.strictest) + len(c.others) == n
                assert len(c.without_figure) == silent
