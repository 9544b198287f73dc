"""Chengdu's table of 23 districts recomputed (STANDARDS E, D-13): rates, totals, shortfalls."""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest
from situation_form import Situation, StandsRow, UnitRow
from situation_town import town

from planning.standards import Finding, evaluate, load_standard
from planning.standards.measures.per_thousand import rate_per_thousand

KEY, TOTAL = "district_places", "CD-YLYX/T2.24/total"
SICHUAN_RATE, CITY_RATE = "SC-2021-57/1.0/nursery-rate-2025", "CD-YLYX/T1.4/nursery-rate"
TEN_THOUSAND = 10_000


class District(NamedTuple):
    """A row: people in 2025, places, and the rate as it is printed."""

    clause_id: str
    name: str
    people: int
    places: int
    printed: Fraction

    @property
    def rate(self) -> Fraction:
        found = rate_per_thousand(persons=self.people, amount=Fraction(self.places))
        assert found is not None
        return found


def districts() -> list[District]:
    """The rows as the library has them: places as values, people and rates in the readings."""
    found = []
    for clause in load_standard("chengdu-yilao").clauses:
        if clause.key == KEY:
            people = re.search(r"人口为([\d.]+)万人", clause.reading_zh)
            rate = re.search(r"表列每千人([\d.]+)个", clause.reading_zh)
            assert people and rate and clause.value is not None and clause.value.denominator == 1
            persons = Fraction(people[1]) * TEN_THOUSAND
            assert persons.denominator == 1
            found.append(
                District(clause.id, clause.applies.names[0], int(persons), int(clause.value),
                         Fraction(rate[1]))
            )  # fmt: skip
    return found


DISTRICTS = districts()
PEOPLE, PLACES = sum(d.people for d in DISTRICTS), sum(d.places for d in DISTRICTS)


def rounded(value: Fraction, decimals: int) -> Fraction:
    """Half up."""
    scale = 10**decimals
    return Fraction(int(value * scale + Fraction(1, 2)), scale)


def judged(*, less: int = 0) -> dict[tuple[str, str], Finding]:
    """Every finding of 2025, each district with its places, or `less` than that."""
    situation = Situation(
        zh="", en="", document="CD", year=2025,
        units=(
            UnitRow(city="成都市"),
            *(UnitRow(county=d.name, people=d.people, **{"in": "成都市"}) for d in DISTRICTS),
        ),
        stands=tuple(
            StandsRow(at=d.name, does="nursery", places=d.places - less) for d in DISTRICTS
        ),
    )  # fmt: skip
    here, profile = town(situation)
    return {(f.clause_id, f.unit_id): f for f in evaluate(profile, here)}


def test_the_table_has_its_rows_and_adds_up() -> None:
    assert len(DISTRICTS) == len({d.name for d in DISTRICTS}) == 23
    assert PEOPLE == Fraction("2310.12") * TEN_THOUSAND == 23_101_200
    assert PLACES == 109_511
    total = load_standard("chengdu-yilao").clause(TOTAL)
    assert total is not None and total.value == PLACES


def test_the_rate_of_the_city_is_the_printed_one() -> None:
    rate = rate_per_thousand(persons=PEOPLE, amount=Fraction(PLACES))
    assert rate is not None
    assert rounded(rate, 2) == Fraction("4.74") and rounded(rate, 4) == Fraction("4.7405")
    printed = load_standard("chengdu-yilao").clause(CITY_RATE)
    assert printed is not None and printed.value == Fraction("4.74")


def test_one_printed_rate_is_not_what_its_row_gives() -> None:
    wrong = [d for d in DISTRICTS if rounded(d.rate, 2) != d.printed]
    assert [(d.name, d.printed, rounded(d.rate, 2)) for d in wrong] == [
        ("温江区", Fraction("4.50"), Fraction("4.49"))
    ]
    assert rounded(wrong[0].rate, 4) == Fraction("4.4856")


def test_every_district_meets_its_row_and_the_city_its_total() -> None:
    found = judged()
    for d in DISTRICTS:
        own = found[d.clause_id, d.name]
        assert (own.verdict, own.measured, own.required, own.gap, own.role) == (
            "met", d.places, d.places, 0, "requirement",
        )  # fmt: skip
    city = found[TOTAL, "成都市"]
    assert (city.verdict, city.measured, city.required, city.gap) == ("met", PLACES, PLACES, 0)
    rate = found[CITY_RATE, "成都市"]
    assert (rate.verdict, rate.measured, rate.required) == ("met", PLACES, 109_500)


def test_one_place_less_falls_short_by_one_everywhere() -> None:
    found = judged(less=1)
    assert {(found[d.clause_id, d.name].verdict, found[d.clause_id, d.name].gap)
            for d in DISTRICTS} == {("not_met", 1)}  # fmt: skip
    city = found[TOTAL, "成都市"]
    assert (city.verdict, city.gap) == ("not_met", 23)


def test_four_districts_are_planned_below_the_provinces_rate() -> None:
    """A-6: shown beside them, never failed, for the 4.5 is the province's."""
    every = judged()
    found = {d.name: every[SICHUAN_RATE, d.name] for d in DISTRICTS}
    assert {f.role for f in found.values()} == {"benchmark"}
    short = {name: f.gap for name, f in found.items() if f.verdict == "not_met"}
    assert short == {"金牛区": 26, "温江区": 18, "武侯区": 1, "郫都区": 1}
    assert {f.verdict for name, f in found.items() if name not in short} == {"met"}
    needed = {name: found[name].required for name in short}
    assert needed == {"金牛区": 5807, "温江区": 5568, "武侯区": 5850, "郫都区": 6485}


def test_the_catalogue_has_the_same_table(shared_data: Path) -> None:
    path = shared_data.parent / "standards" / "chengdu_targets.csv"
    if not path.is_file():
        pytest.skip(f"no {path}: set PLANNING_SHARED_DATA to the data beside it")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [
        (row["name"], Fraction(row["pop_2025_10k"]) * TEN_THOUSAND, int(row["places_2025"]),
         Fraction(row["rate_per_1000"]), Fraction(row["recomputed_rate"]), row["ok"])
        for row in rows
    ] == [
        (d.name, d.people, d.places, d.printed, rounded(d.rate, 4),
         "yes" if rounded(d.rate, 2) == d.printed else "no")
        for d in DISTRICTS
    ]  # fmt: skip
