"""What holds of findings, sites and figures of any two sides, whatever they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from planning.outputs.comparison.figure import Figure, shown, shown_difference
from planning.outputs.comparison.plan_figures import within_the_gap
from planning.outputs.comparison.run_files import Run
from planning.outputs.comparison.shared import Shared
from planning.outputs.comparison.sides import Side
from planning.outputs.comparison.site_changes import site_changes
from planning.outputs.comparison.turned import clauses_of_one, turned_findings

VERDICTS = ("met", "not_met", "not_assessable", "not_applicable")
OPPOSITE = {
    "won": "lost", "lost": "won", "wider": "narrower", "narrower": "wider",
    "only_base": "only_other", "only_other": "only_base",
}  # fmt: skip
SHARED = Shared(units=frozenset(), moved=frozenset(), only_base=(), only_other=())

findings = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["street", "county"]),
              st.sampled_from(["1", "2", "3"])),
    st.tuples(st.sampled_from(VERDICTS), st.sampled_from(["requirement", "goal"]),
              st.one_of(st.none(), st.integers(0, 3))),
)  # fmt: skip
sites = st.dictionaries(
    st.sampled_from(["c1", "c2", "c3", "c4"]),
    st.tuples(st.sampled_from(["nursery", "elder_care"]), st.integers(1, 3),
              st.sampled_from([2024, 2025])),
)  # fmt: skip


def side(findings: dict[Any, Any] | None = None, plan: dict[str, Any] | None = None) -> Side:
    rows = [
        {"state": "after", "profile": "SC", "clause_id": clause, "level": level, "unit_id": unit,
         "unit_name": unit, "verdict": verdict, "role": role, "gap": gap}
        for (clause, level, unit), (verdict, role, gap) in (findings or {}).items()
    ]  # fmt: skip
    summary = {"profile": "SC", "findings": rows, "plan": plan}
    run = Run(folder=Path("run"), summary=summary, sources={}, versions={})
    return Side(run=run, state="after", name=("方案", "Plan"))


def planned(of: dict[str, tuple[str, int, int]]) -> Side:
    rows = [
        {"action": "build", "candidate_id": name, "unit_name": "单元", "service": service,
         "module": service, "year": year, "places": size, "beds": 0, "floor_m2": 10.0 * size,
         "cost_yuan": 100.0 * size, "lon": 104.0, "lat": 30.0}
        for name, (service, size, year) in of.items()
    ]  # fmt: skip
    return side(plan={"sites": rows})


@given(findings, findings)
def test_turns_are_opposite_the_other_way(one: dict[Any, Any], two: dict[Any, Any]) -> None:
    there = {t.key: t for t in turned_findings(side(one), side(two), SHARED)}
    back = {t.key: t for t in turned_findings(side(two), side(one), SHARED)}
    assert there.keys() == back.keys() <= one.keys() & two.keys()
    for key, turned in there.items():
        if turned.turn in OPPOSITE:
            assert back[key].turn == OPPOSITE[turned.turn]
        else:
            assert back[key].turn not in OPPOSITE
        assert turned.is_binding == back[key].is_binding
    alone = clauses_of_one(side(one), side(two))
    assert alone == clauses_of_one(side(two), side(one))[::-1]


@given(findings)
def test_nothing_turns_against_itself(one: dict[Any, Any]) -> None:
    assert turned_findings(side(one), side(one), SHARED) == ()
    assert clauses_of_one(side(one), side(one)) == ((), ())


@given(findings, findings)
def test_won_less_lost_is_the_difference_of_those_met(
    one: dict[Any, Any], two: dict[Any, Any]
) -> None:
    """Of what is known on both sides; what cannot be told on one is neither won nor lost."""
    turned = turned_findings(side(one), side(two), SHARED)
    known = [
        key for key in one.keys() & two.keys()
        if {one[key][0], two[key][0]} <= {"met", "not_met"}
    ]  # fmt: skip
    met = [sum(of[key][0] == "met" for key in known) for of in (one, two)]
    won, lost = (sum(t.turn == turn for t in turned) for turn in ("won", "lost"))
    assert won - lost == met[1] - met[0]


@given(findings, findings)
def test_units_whose_borders_moved_turn_nothing(one: dict[Any, Any], two: dict[Any, Any]) -> None:
    moved = Shared(units=frozenset(), moved=frozenset({("street", "1")}), only_base=(),
                   only_other=())  # fmt: skip
    turned = turned_findings(side(one), side(two), moved)
    assert all(found.key[1:] != ("street", "1") for found in turned)


@given(sites, sites)
def test_sites_differ_the_same_both_ways(one: dict[Any, Any], two: dict[Any, Any]) -> None:
    there = {s.key[0]: s for s in site_changes(planned(one), planned(two))}
    back = {s.key[0]: s for s in site_changes(planned(two), planned(one))}
    assert there.keys() == back.keys() == one.keys() | two.keys()
    for name, change in there.items():
        assert back[name].changes == tuple(OPPOSITE.get(c, c) for c in change.changes)
        assert (change.changes == ("same",)) == (one.get(name) == two.get(name))
        if name in one and name in two:
            differs = [one[name][at] != two[name][at] for at in range(3)]
            expected = ("service", "size", "year")
            found = tuple(c for c, is_so in zip(expected, differs, strict=True) if is_so)
            assert change.changes == (found or ("same",))


costs = st.tuples(st.integers(0, 50), st.integers(0, 10))


@given(costs, costs)
def test_a_cost_is_within_the_gap_where_the_best_may_be_the_same(
    one: tuple[int, int], two: tuple[int, int]
) -> None:
    def plan(cost: int, gap: int, **more: object) -> Side:
        found = {
            "status": "optimal", "stages": [], "cost_yuan": 1e4 * cost,
            "bound_yuan": 1e4 * max(0, cost - gap), "people_short": 0.0, "people_short_bound": 0.0,
        }  # fmt: skip
        return side(plan=found | more)

    said = within_the_gap(plan(*one), plan(*two))
    ranges = [set(range(max(0, cost - gap), cost + 1)) for cost, gap in (one, two)]
    assert bool(said) == (one[0] != two[0] and bool(ranges[0] & ranges[1]))
    assert within_the_gap(plan(*two), plan(*one)) == said
    assert within_the_gap(plan(*one, status="picked"), plan(*two)) == ()
    no_cost = [{"aim": "uncovered"}]
    assert within_the_gap(plan(*one, stages=no_cost), plan(*two)) == ()


@given(st.floats(-1e9, 1e9), st.sampled_from(["whole", "wan", "share", "amount", "index"]))
def test_a_difference_has_its_sign_or_is_nothing(value: float, form: Any) -> None:
    text = shown_difference(form, value)
    assert text == "0" or text[0] == ("+" if value > 0 else "−")
    assert "-" not in text
    figure = Figure(says=("一", "one"), form=form, values=(0.0, value), comparable=(True, True),
                    better="more")  # fmt: skip
    assert (figure.sign(1) == "") == (text == "0")
    assert shown(form, None) == "—"
