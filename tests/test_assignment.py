"""Who gets a place: both rules beside slow plain ones, and what must hold whatever the town."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_array
from streets import GridCity, standing

from planning.access import (
    Assignment,
    CapacityLedger,
    Rule,
    Way,
    assign,
    assignment,
    transport,
)
from planning.access.assignment import _audit
from planning.access.claims import claims, stable_order
from planning.access.flow_tree import NONE, exchange
from planning.access.nearest_first import nearest_first
from planning.access.transport import _entering, _planted, _solve, prove
from planning.errors import AuditError
from planning.travel import Reach, audience, reach

RULES: tuple[Rule, ...] = ("nearest_first", "transport_optimum")
BOTH = pytest.mark.parametrize("rule", RULES)
MANY = settings(max_examples=150, deadline=None, derandomize=True)
FAR = np.iinfo(np.int32).max


class Case(NamedTuple):
    """Times (sites, points) [ms], `FAR` where there is no way; persons and places."""

    ms: list[list[int]]
    people: list[float]
    capacity: list[float]
    limit_ms: int = 900

    @property
    def reach(self) -> Reach:
        table = np.array(self.ms, dtype=np.int64).reshape(len(self.capacity), len(self.people))
        site, demand = np.nonzero(table <= self.limit_ms)
        counts = np.bincount(site, minlength=len(table))
        return Reach(
            start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            demand=demand.astype(np.int32),
            ms=table[site, demand].astype(np.int32),
            limit_ms=self.limit_ms,
            n_demand=len(self.people),
        )

    def assigned(self, rule: Rule, **other: Any) -> Assignment:
        options: dict[str, Any] = {
            "counting": np.ones(len(self.capacity), dtype=bool),
            "limit_ms": self.limit_ms,
            "reachable": np.ones(len(self.people), dtype=bool),
            **other,
        }
        capacity = np.array(self.capacity, dtype=np.float64)
        return assign(self.reach, np.array(self.people), capacity, rule=rule, **options)

    def account(self, rule: Rule, **other: Any) -> CapacityLedger:
        return self.assigned(rule, **other).ledger(np.array(self.people))


@st.composite
def cases(draw: st.DrawFn, *, parts: Sequence[int] = (1, 4, 10)) -> Case:
    """Few sites, few points, many ties; persons and places in whole, quarters or tenths."""
    n, s = draw(st.integers(1, 8)), draw(st.integers(1, 5))
    a_time = st.sampled_from([0, 100, 100, 200, 500, 501, 899, 900, 901, FAR])
    part = draw(st.sampled_from(parts))

    def amounts(count: int, most: int) -> list[float]:
        whole = draw(st.lists(st.integers(0, most), min_size=count, max_size=count))
        return [amount / part for amount in whole]

    return Case(
        ms=draw(st.lists(st.lists(a_time, min_size=n, max_size=n), min_size=s, max_size=s)),
        people=amounts(n, 12),
        capacity=amounts(s, 20),
    )


# --- slow and plain ---


def by_repeated_minimum(case: Case) -> dict[tuple[int, int], Fraction]:
    """Nearest first in rational numbers: look for the least time, over and over again."""
    waiting, free = [Fraction(p) for p in case.people], [Fraction(c) for c in case.capacity]
    taken: dict[tuple[int, int], Fraction] = {}
    while True:
        able = [
            (case.ms[j][i], i, j)
            for j in range(len(free))
            for i in range(len(waiting))
            if case.ms[j][i] <= case.limit_ms and waiting[i] > 0 and free[j] > 0
        ]
        if not able:
            return taken
        _, i, j = min(able)
        taken[i, j] = min(waiting[i], free[j])
        waiting[i] -= taken[i, j]
        free[j] -= taken[i, j]


def by_networkx(case: Case, per_person: int) -> tuple[Fraction, Fraction]:
    """Most people that can be served, and the least person-ms of those plans, in whole parts."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["people", "places"])
    for i, persons in enumerate(case.people):
        graph.add_edge("people", ("point", i), capacity=round(persons * per_person), weight=0)
    for j, places in enumerate(case.capacity):
        graph.add_edge(("site", j), "places", capacity=round(places * per_person), weight=0)
        for i, ms in enumerate(case.ms[j]):
            if ms <= case.limit_ms:
                graph.add_edge(("point", i), ("site", j), weight=ms)
    flow = nx.max_flow_min_cost(graph, "people", "places")
    served = nx.maximum_flow_value(graph, "people", "places")
    assert served == sum(flow["people"].values())
    return Fraction(served, per_person), Fraction(nx.cost_of_flow(graph, flow), per_person)


@MANY
@given(cases())
def test_nearest_first_is_what_repeated_looking_for_the_least_time_gives(case: Case) -> None:
    found, expected = case.assigned("nearest_first"), by_repeated_minimum(case)
    listed = {
        (i, int(found.site[k])): found.taken[k]
        for i in range(len(case.people))
        for k in range(found.start[i], found.start[i + 1])
    }
    # What is left of tenths in binary numbers is no part of a person.
    for pair in listed.keys() | expected.keys():
        assert listed.get(pair, 0.0) == pytest.approx(float(expected.get(pair, 0)), abs=1e-12)


@MANY
@given(cases())
def test_the_transport_optimum_is_that_of_networkx(case: Case) -> None:
    found = case.assigned("transport_optimum")
    served, person_ms = by_networkx(case, per_person=20)
    assert found.served.sum() == pytest.approx(float(served), rel=1e-9)
    assert found.person_ms == pytest.approx(float(person_ms), rel=1e-9)


@pytest.mark.parametrize("ratio", [0.2, 0.9, 1.0, 1.5])
@pytest.mark.parametrize("levels", [3, 900_000])
def test_the_transport_optimum_of_a_town_is_that_of_a_linear_programme(
    ratio: float, levels: int
) -> None:
    """So many pairs that they are looked at in parts; with times all different, or in steps."""
    rng = np.random.default_rng(int(ratio * 10))
    n, s = 400, 20
    step = 900_000 // levels
    far = np.hypot(*(rng.random((s, 1, 2)) - rng.random((1, n, 2))).transpose(2, 0, 1))
    ms = np.where(far < 0.35, (far / 0.35 * 900_000).astype(np.int64) // step * step, FAR)
    people, places = rng.exponential(5.0, n), rng.exponential(1.0, s)
    case = Case(ms.tolist(), people.tolist(), [], 900_000)
    case = case._replace(capacity=(places / places.sum() * people.sum() * ratio).tolist())
    found = case.assigned("transport_optimum")
    served, person_ms = by_linear_programme(case)
    assert len(case.reach.ms) > 1_000
    assert found.served.sum() == pytest.approx(served, rel=1e-7)
    assert found.person_ms == pytest.approx(person_ms, rel=1e-6)


def by_linear_programme(case: Case) -> tuple[float, float]:
    """Two solves: most people, then least time with that many; pairs by site."""
    site, point = np.nonzero(np.array(case.ms) <= case.limit_ms)
    ms, pairs = np.array(case.ms)[site, point], np.arange(len(site))
    limits = coo_array(
        (np.ones(2 * len(pairs)), (np.r_[point, len(case.people) + site], np.r_[pairs, pairs])),
        shape=(len(case.people) + len(case.capacity), len(pairs)),
    ).tocsr()
    most = np.r_[case.people, case.capacity]
    first = linprog(-np.ones(len(pairs)), A_ub=limits, b_ub=most)
    second = linprog(
        ms / 1e6, A_ub=limits, b_ub=most, A_eq=np.ones((1, len(pairs))), b_eq=[-first.fun]
    )
    assert first.status == second.status == 0
    return float(-first.fun), float(second.fun * 1e6)


@pytest.mark.parametrize("top", [1, 1 << 16, 900_000, FAR])
def test_the_order_by_time_is_the_stable_one(top: int) -> None:
    keys = np.random.default_rng(top).integers(0, top, 3_000).astype(np.int32)
    keys[1_000:2_000] = keys[:1_000]
    np.testing.assert_array_equal(stable_order(keys), np.argsort(keys, kind="stable"))


@MANY
@given(cases(parts=(1,)))
def test_after_every_exchange_the_tree_is_whole_and_strongly_feasible(case: Case) -> None:
    """Prices and depths as counted from the root; no site gets nothing from its parent."""
    people, capacity = np.array(case.people), np.array(case.capacity)
    asked = claims(case.reach, np.ones(len(case.reach.ms), dtype=bool), people, capacity)
    n, s, penalty = len(people), len(capacity), len(capacity) * 900 + 1
    tree, turn, tail = _planted(asked, nearest_first(asked), penalty), 0, 0
    while tail != NONE:
        kept = np.zeros(n + s, dtype=np.int64)
        for node in range(n + s):
            above, price, depth = node, 0, 0
            while above != n + s:
                price += tree.cost[above] if above >= n else -tree.cost[above]
                depth, above = depth + 1, tree.parent[above]
                assert depth <= n + s, "a cycle"
            if node >= n:
                assert (tree.price[node], tree.depth[node]) == (price, depth)
                assert tree.flow[node] > 0 or asked.places[node - n] == 0
            for end, sign in ((node, 1), (tree.parent[node], -1)):
                if end < n + s:
                    kept[end] += sign * (tree.flow[node] if node < n else -tree.flow[node])
        assert np.all(tree.flow[: n + s] >= 0)
        np.testing.assert_array_equal(kept, np.r_[asked.people, -asked.places])
        turn, tail, head, cost = _entering(asked, tree, penalty, turn)
        if tail != NONE:
            exchange(tree, tail, head, cost)


# --- what must hold ---


@BOTH
@MANY
@given(case=cases())
def test_the_account_adds_up_and_nobody_is_served_beyond_limit_or_capacity(
    case: Case, rule: Rule
) -> None:
    found, account = case.assigned(rule), case.account(rule)
    total = sum(case.people)
    parts = account.served + account.full + account.unserved + account.unreachable
    assert parts == pytest.approx(total, rel=1e-12) and account.people == pytest.approx(total)
    assert min(account.served, account.full, account.unserved, account.unreachable) >= 0
    assert account.served == pytest.approx(found.taken.sum(), rel=1e-12)
    assert account.served <= min(sum(case.capacity), account.covered) * (1 + 1e-12)
    assert np.all(found.load <= found.capacity * (1 + 1e-12)) and np.all(found.ms <= case.limit_ms)
    is_covered = (np.array(case.ms) <= case.limit_ms).any(axis=0)
    assert account.covered == pytest.approx(sum(np.array(case.people)[is_covered]), rel=1e-12)


@MANY
@given(cases())
def test_the_optimum_serves_no_fewer_and_of_as_many_walks_no_farther(case: Case) -> None:
    first, best = (case.assigned(rule) for rule in RULES)
    assert best.served.sum() >= first.served.sum() * (1 - 1e-12)
    if best.served.sum() <= first.served.sum() * (1 + 1e-12):
        assert best.person_ms <= first.person_ms * (1 + 1e-9)


@BOTH
@MANY
@given(case=cases())
def test_with_places_for_all_everybody_covered_is_served_at_the_nearest(
    case: Case, rule: Rule
) -> None:
    found = case._replace(capacity=[np.inf] * len(case.capacity)).assigned(rule)
    people, nearest = np.array(case.people), np.array(case.ms).min(axis=0)
    within = nearest <= case.limit_ms
    np.testing.assert_array_equal(found.served, np.where(within, people, 0.0))
    assert found.person_ms == pytest.approx(float(people[within] @ nearest[within]))


@BOTH
@MANY
@given(case=cases(), data=st.data())
def test_one_more_place_or_site_or_more_time_never_serves_fewer(
    rule: Rule, case: Case, data: st.DataObject
) -> None:
    """Of the nearest first too, as of stable matchings (Gale & Sotomayor 1985)."""
    served = case.account(rule).served
    j = data.draw(st.integers(0, len(case.capacity) - 1))
    more = [c + (1.0 if k == j else 0.0) for k, c in enumerate(case.capacity)]
    open_sites = np.arange(len(case.capacity)) != j
    less_ms = data.draw(st.sampled_from([0, 100, 499, 500, 899]))
    assert served <= case._replace(capacity=more).account(rule).served * (1 + 1e-12)
    assert case.account(rule, counting=open_sites).served <= served * (1 + 1e-12)
    assert case.account(rule, limit_ms=less_ms).served <= served * (1 + 1e-12)


@MANY
@given(case=cases(), data=st.data())
def test_the_order_of_points_and_sites_does_not_change_what_the_optimum_is(
    case: Case, data: st.DataObject
) -> None:
    points = data.draw(st.permutations(range(len(case.people))))
    sites = data.draw(st.permutations(range(len(case.capacity))))
    other = Case(
        ms=[[case.ms[j][i] for i in points] for j in sites],
        people=[case.people[i] for i in points],
        capacity=[case.capacity[j] for j in sites],
    ).assigned("transport_optimum")
    found = case.assigned("transport_optimum")
    assert other.served.sum() == pytest.approx(found.served.sum(), rel=1e-12)
    assert other.person_ms == pytest.approx(found.person_ms, rel=1e-12)


@BOTH
def test_people_of_all_sizes_are_neither_lost_nor_made(rule: Rule) -> None:
    """Less than a grain of a person beside ten million others, less than a grain of a place."""
    people = [1e7, 1e-6, 0.1, 1 / 3, 2.5e6, 1e-15]
    found = Case([[1] * 6, [2] * 6], people, [1.2e7, np.inf]).assigned(rule)
    np.testing.assert_array_equal(found.served, people)
    assert found.load.sum() == pytest.approx(sum(people), rel=1e-12)
    assert Case([[1] * 6], people, [1e-15]).assigned(rule).load[0] <= 1e-15


# --- a town to check by hand ---

TOWN = Case(
    ms=[[100, 200, 900, 901], [FAR, 300, FAR, 901], [50, FAR, FAR, FAR]],
    people=[10.0, 10.0, 5.0, 2.0],
    capacity=[12.0, 4.0, np.nan],
    limit_ms=900,
)


def test_the_nearer_go_first_and_the_places_run_out() -> None:
    """Point 0 (100 ms) fills 10 of 12; point 1 gets the other 2, and 4 at the second site."""
    found = TOWN.assigned("nearest_first")
    np.testing.assert_array_equal(found.start, [0, 1, 3, 3, 3])
    np.testing.assert_array_equal(found.site, [0, 0, 1])
    np.testing.assert_array_equal(found.taken, [10.0, 2.0, 4.0])
    np.testing.assert_array_equal(found.ms, [100, 200, 300])
    np.testing.assert_array_equal(found.load, [12.0, 4.0, 0.0])
    assert found.person_ms == 10 * 100 + 2 * 200 + 4 * 300


@BOTH
def test_a_site_of_unknown_capacity_is_left_out_and_told(rule: Rule) -> None:
    """The third site would have places for point 0 alone, all of whom have one already."""
    found = TOWN.assigned(rule)
    account = found.ledger(np.array(TOWN.people))
    np.testing.assert_array_equal(found.unknown, [False, False, True])
    assert (account.served, account.full, account.unserved) == (16.0, 9.0, 2.0)
    assert account.perhaps == 0.0
    none = TOWN._replace(capacity=[0.0, 0.0, np.nan]).account(rule)
    assert (none.served, none.full, none.perhaps) == (0.0, 25.0, 10.0)


@BOTH
def test_only_near_an_unknown_site_is_not_full_but_perhaps_served(rule: Rule) -> None:
    account = Case([[100, 100], [FAR, 100]], [3.0, 4.0], [np.nan, 1.0]).account(rule)
    assert account == CapacityLedger(
        people=7.0, served=1.0, full=3.0, unserved=3.0, unreachable=0.0, perhaps=6.0
    )


@BOTH
def test_an_unknown_site_beyond_the_limit_gives_no_hope(rule: Rule) -> None:
    case = Case([[100, 100], [600, 500]], [3.0, 4.0], [1.0, np.nan])
    assert case.account(rule, limit_ms=500).perhaps == case.account(rule).perhaps - 2.0 == 4.0


@BOTH
def test_no_place_is_not_no_site(rule: Rule) -> None:
    """0 places: everybody within the limit finds them taken. Not counting: there is no site."""
    nothing = Case([[900, 901]], [3.0, 4.0], [0.0])
    account = nothing.account(rule, reachable=np.array([True, True]))
    assert (account.served, account.full, account.unserved) == (0.0, 3.0, 4.0)
    assert account.share == 0.0 and account.covered_share == pytest.approx(3 / 7)
    uncounted = nothing.account(rule, counting=np.array([False]))
    assert (uncounted.full, uncounted.unserved) == (0.0, 7.0)


@BOTH
def test_a_walk_of_exactly_the_limit_is_inside(rule: Rule) -> None:
    case = Case([[900, 500, 501]], [1.0, 1.0, 1.0], [9.0])
    assert case.account(rule).served == 3.0
    assert case.account(rule, limit_ms=500).served == 1.0


@BOTH
def test_whoever_cannot_walk_anywhere_is_unreachable(rule: Rule) -> None:
    case = Case([[1, FAR, FAR]], [1.0, 2.0, 4.0], [9.0])
    account = case.account(rule, reachable=np.array([True, True, False]))
    assert (account.served, account.unserved, account.unreachable) == (1.0, 2.0, 4.0)


def test_a_point_nearer_to_the_only_place_of_another_gives_way_at_the_optimum() -> None:
    """Nearest first: A takes the only place B could have. The optimum sends A to its second."""
    case = Case([[100, 200], [800, FAR]], [1.0, 1.0], [1.0, 1.0])
    first, best = (case.assigned(rule) for rule in RULES)
    np.testing.assert_array_equal(first.served, [1.0, 0.0])
    np.testing.assert_array_equal(best.served, [1.0, 1.0])
    np.testing.assert_array_equal(best.site, [1, 0])


def test_of_equal_times_the_lower_point_then_the_lower_site_goes_first() -> None:
    case = Case([[100, 100], [100, 100]], [3.0, 3.0], [2.0, 2.0])
    found = case.assigned("nearest_first")
    np.testing.assert_array_equal(found.site, [0, 1, 1])
    np.testing.assert_array_equal(found.taken, [2.0, 1.0, 1.0])


def test_the_account_of_a_part_of_the_people_and_of_a_part_of_the_town() -> None:
    found = TOWN.assigned("nearest_first")
    half = found.ledger(np.array([5.0, 5.0, 0.0, 0.0]))
    assert (half.people, half.served, half.full) == (10.0, 8.0, 2.0)
    east = found.ledger(np.array(TOWN.people), np.array([False, True, True, False]))
    assert (east.people, east.served, east.full) == (15.0, 6.0, 9.0)
    nobody = found.ledger(np.zeros(4))
    assert nobody.share is None and nobody.covered_share is None
    with pytest.raises(ValueError, match="more people than were assigned"):
        found.ledger(np.array([11.0, 0.0, 0.0, 0.0]))


@BOTH
def test_no_people_no_sites_no_pairs(rule: Rule) -> None:
    assert Case([], [], []).account(rule).people == 0.0
    assert Case([], [2.0], []).account(rule).unserved == 2.0
    assert Case([[]], [], [3.0]).assigned(rule).load.tolist() == [0.0]
    assert Case([[1]], [0.0], [3.0]).account(rule).served == 0.0


# --- on streets ---


@BOTH
@pytest.mark.parametrize("seed", range(4))
def test_beside_plain_coverage_of_the_same_streets(rule: Rule, seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = GridCity(columns=8, rows=8).network()
    homes = standing(network, rng.uniform(-400, 1_100, (80, 2)))
    sites = standing(network, rng.uniform(0, 700, (9, 2)))
    crowd, people = audience(network, homes), rng.uniform(0, 20, 80)
    counting = rng.random(9) < 0.8
    way = Way(network=network, demand=homes, crowd=crowd)
    plain = way.coverage_by(sites, counting=counting, limit_ms=300_000)
    found = assign(
        reach(network, sites, crowd, limit_ms=600_000),
        people,
        rng.uniform(0, 60, 9),
        rule=rule,
        counting=counting,
        limit_ms=300_000,
        reachable=plain.reachable,
    )
    beside, account = plain.ledger(people), found.ledger(people)
    np.testing.assert_array_equal(found.covered, plain.covered)
    assert account.covered == pytest.approx(beside.covered, rel=1e-12)
    assert account.unserved == beside.unserved and account.unreachable == beside.unreachable
    assert account.unreachable > 0 and account.full > 0
    assert found.load[~counting].sum() == 0.0


# --- what is refused, and what is found out ---


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"counting": np.ones(2, dtype=bool)}, "found shapes"),
        ({"limit_ms": 901}, "limit of 901 ms, expected 900 or less"),
        ({"rule": "gravity"}, "found rule 'gravity', expected nearest_first or transport_optimum"),
        ({"reachable": np.zeros(4, dtype=bool)}, "not reachable"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        TOWN.assigned(**{"rule": "nearest_first", **wrong})


@pytest.mark.parametrize("people", [-1.0, np.nan, np.inf])
def test_people_are_numbers_and_places_no_fewer_than_none(people: float) -> None:
    with pytest.raises(ValueError, match=r"found people .*; found capacities below 0"):
        Case([[1, 1]], [people, 1.0], [-1.0]).assigned("nearest_first")


@pytest.mark.parametrize(
    ("broken", "change"),
    [
        ("pairs", {"site": np.array([0, 0, 2], dtype=np.int32)}),
        ("pairs", {"start": np.array([0, 1, 1, 1, 3])}),
        ("pairs", {"site": np.array([0, 0, 0], dtype=np.int32)}),
        ("limit", {"ms": np.array([100, 200, 299], dtype=np.int32)}),
        ("limit", {"limit_ms": 299}),
        ("people", {"people": np.array([9.0, 10.0, 5.0, 2.0])}),
        ("people", {"taken": np.array([12.0, 0.0, 4.0])}),
        ("capacity", {"capacity": np.array([11.9, 4.0, np.nan])}),
        ("capacity", {"capacity": np.array([12.0, np.nan, np.nan])}),
        ("sums", {"taken": np.array([9.0, 2.0, 4.0])}),
        ("sums", {"load": np.array([11.0, 4.0, 0.0])}),
        ("sums", {"served": np.array([10.0, 5.0, 0.0, 0.0])}),
        ("free", {"capacity": np.array([13.0, 4.0, np.nan])}),
        ("ledger", {"covered": np.array([True, True, True, True]), "reachable": np.zeros(4, bool)}),
    ],
)
def test_the_audit_finds_what_is_wrong(broken: str, change: dict[str, Any]) -> None:
    found = TOWN.assigned("nearest_first")
    _audit(found, TOWN.reach)
    with pytest.raises(AuditError, match=f"wrong: .*{broken}"):
        _audit(replace(found, **change), TOWN.reach)


def test_the_proof_holds_for_the_optimum_alone() -> None:
    """Feasible plans that serve fewer, or walk farther, have no prices to prove them."""
    case = Case([[100, 200, 300], [800, FAR, 400]], [1.0, 1.0, 1.0], [1.0, 1.0])
    asked = claims(case.reach, case.reach.ms <= 900, np.ones(3), np.ones(2))
    penalty = 2 * 800 + 1
    best, price = _solve(asked, nearest_first(asked), penalty)
    prove(asked, best, price, penalty)
    one = asked.people[0]
    for wrong in ([one, 0, 0, 0, 0], [0, one, 0, 0, 0], [0, 0, 0, one, 0], [0, one, one, 0, 0]):
        with pytest.raises(AuditError, match=r"broken: .*(served|time|price)"):
            prove(asked, np.array(wrong), price, penalty)
    for feasible, said in ((best * 2, "people, places"), (-best, "taken")):
        with pytest.raises(AuditError, match=said):
            prove(asked, feasible, price, penalty)
    with pytest.raises(AuditError, match=r"broken: .*(time|served|price)"):
        prove(asked, best, price + 1, penalty)


def test_no_answer_goes_unproved_and_no_assignment_unaudited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = Case([[100, 200], [800, FAR]], [1.0, 1.0], [1.0, 1.0])
    with monkeypatch.context() as patch:
        patch.setattr(transport, "_solve", lambda _, first, __: (first, np.zeros(2, np.int64)))
        with pytest.raises(AuditError, match=r"conditions of an optimum broken: .*served"):
            case.assigned("transport_optimum")
    nobody = {"nearest_first": lambda asked: np.zeros_like(asked.ms, dtype=np.int64)}
    monkeypatch.setattr(assignment, "_RULES", nobody)
    with pytest.raises(AuditError, match=r"wrong: free"):
        case.assigned("nearest_first")
