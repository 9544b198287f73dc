"""The benchmark of clauses runs anywhere; judged all together or each by itself is the same."""

import runpy
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.inputs.standard_file import chain_of
from planning.standards import Profile, Situation, evaluate, explain, profile_of
from planning.standards.accounts import Accounts, Reached
from planning.standards.words import percent
from planning.units import whole_persons

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "bench_standards.py"
BEGIN, END = "<!-- standards: begin -->", "<!-- standards: end -->"
CITY: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "bench_city.py"))
DOCUMENTS = ("SC", "GZ", "CD", "JS", "DZ")


@pytest.fixture(scope="module")
def profiles() -> list[Profile]:
    return [profile_of(chain_of(name, [])) for name in DOCUMENTS]


@pytest.fixture(scope="module")
def city(profiles: list[Profile]) -> Situation:
    found: Situation = CITY["invented"](CITY["QUICK"], profiles)
    return found


def test_the_full_city_has_a_thousand_units() -> None:
    assert CITY["FULL"].units == 1_000


def test_the_same_seed_makes_the_same_city(profiles: list[Profile], city: Situation) -> None:
    again: Situation = CITY["invented"](CITY["QUICK"], profiles)
    assert again.facilities.ids == city.facilities.ids
    assert [evaluate(p, again) for p in profiles] == [evaluate(p, city) for p in profiles]


@pytest.mark.parametrize("number", range(len(DOCUMENTS)), ids=DOCUMENTS)
def test_what_is_found_together_is_found_of_each_by_itself(
    number: int, profiles: list[Profile], city: Situation
) -> None:
    profile = profiles[number]
    late = {"candidates", "compliance", "land_needed", "scorecard"}
    kinds = {clause.id: clause.measure.kind for clause in profile.clauses}
    found = [f for f in evaluate(profile, city) if f.unit_id]
    by_itself = [f for f in found if kinds[f.clause_id] not in late]
    some_late = [f for f in found if kinds[f.clause_id] in late][::7]
    assert by_itself and some_late
    for finding in (*by_itself, *some_late):
        again = explain(profile, city, finding.clause_id, finding.unit_id)
        assert again is not None and again[0] == finding


@pytest.mark.parametrize("level", ["city", "county", "street", "community", "residential_area"])
@pytest.mark.parametrize("group", ["total", "elderly", "under_3"])
def test_people_of_units_are_those_of_the_demand(
    level: str, group: str, profiles: list[Profile], city: Situation
) -> None:
    accounts = Accounts(city, profiles[0].readings)
    n = accounts.n_units(level)
    plain = city.demand.by_unit(level, n, group=group).tolist()
    assert accounts.persons(level, group) == [whole_persons(people) for people in plain]
    walk = next(walk for walk in city.walks if walk.mode == "walk")
    near = city.walks[walk].nearest
    within = (near.site >= 0) & (near.ms <= 900_000)
    plain = city.demand.by_unit(level, n, group=group, where=np.asarray(within)).tolist()
    assert within.any() and not within.all()
    assert accounts.within(level, (Reached(walk, Fraction(15)),), group) == [
        whole_persons(people) for people in plain
    ]


@given(st.fractions(0, 2, max_denominator=10**6), st.fractions(0, 2, max_denominator=10**6))
def test_a_share_in_words_is_the_nearest_float_of_its_points(
    share: Fraction, goal: Fraction
) -> None:
    said = percent(share, goal)
    decimals = len(said.rstrip("%").split(".")[1])
    assert said == f"{float(share * 100):.{decimals}f}%"
    if share != goal and decimals < 4:
        assert said != f"{float(goal * 100):.{decimals}f}%"


def test_a_small_city_agrees_and_is_written_to_its_own_place(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    others = "<!-- bench: begin -->\n\nothers\n\n<!-- bench: end -->\n"
    page.write_text(f"{others}{BEGIN}\nold\n{END}\nrest\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, SCRIPT, "--quick", "--runs", "1", "--write", page],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    written = page.read_text(encoding="utf-8")
    assert written.startswith(others) and written.endswith(f"{END}\nrest\n")
    assert "30 units" in written and "old" not in written


def test_the_page_keeps_a_place_for_it() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
