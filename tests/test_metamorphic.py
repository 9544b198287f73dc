"""What must hold for any streets, whatever the right answer is: monotone, symmetric, invariant."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from streets import (
    DENSE_KINDS,
    LOCKED,
    ONE_WAY,
    PRIVATE,
    RESIDENTS,
    STEPS,
    STREET,
    GridCity,
    Plan,
    Tags,
    Town,
    at_speed,
    metric,
    node_at,
    plans,
    points,
    standing,
    times_ms,
    towns,
)

from planning.access import Way
from planning.network import IMPASSABLE, Snaps, StreetNetwork, at_nodes
from planning.network.hilbert import hilbert_rank
from planning.network.routing import paces
from planning.travel import audience, isochrone, isochrones, nearest, nearest_k, reach

SOME = settings(max_examples=30, deadline=None, derandomize=True)
WALKED: tuple[Tags, ...] = (STREET, STEPS, {"highway": "footway"})
PROFILE = pytest.mark.parametrize("profile", ["elder", "drive"])


def shuffled(count: int) -> st.SearchStrategy[list[int]]:
    return st.permutations(range(count))


# --- coverage ---


@SOME
@given(
    town=towns(kinds=DENSE_KINDS),
    limit_ms=st.integers(0, 900_000),
    more_ms=st.integers(0, 600_000),
    data=st.data(),
)
def test_more_time_and_more_facilities_never_lose_anybody(
    town: Town, limit_ms: int, more_ms: int, data: st.DataObject
) -> None:
    network, sites, demand = town
    way = Way(network=network, demand=demand, crowd=audience(network, demand))
    people = np.arange(len(demand)) + 0.1

    def covered(counting: np.ndarray, limit: int) -> tuple[np.ndarray, float]:
        found = way.coverage_by(sites, counting=counting, limit_ms=limit)
        return found.covered, found.ledger(people).covered

    some = np.array(data.draw(st.lists(st.booleans(), min_size=len(sites), max_size=len(sites))))
    one_more = some.copy()
    one_more[data.draw(st.integers(0, len(sites) - 1))] = True
    base, base_people = covered(some, limit_ms)
    for counting, limit in ((some, limit_ms + more_ms), (one_more, limit_ms)):
        who, how_many = covered(counting, limit)
        assert np.all(who >= base)
        assert how_many >= base_people


@SOME
@given(town=towns(), limit_ms=st.integers(0, 1_500_000), data=st.data())
def test_every_person_stands_in_exactly_one_account(
    town: Town, limit_ms: int, data: st.DataObject
) -> None:
    network, sites, demand = town
    counting = np.array(
        data.draw(st.lists(st.booleans(), min_size=len(sites), max_size=len(sites)))
    )
    people = np.arange(len(demand)) + 0.3
    way = Way(network=network, demand=demand, crowd=audience(network, demand))
    found = way.coverage_by(sites, counting=counting, limit_ms=limit_ms)
    ledger = found.ledger(people)
    parts = ledger.covered + ledger.unserved + ledger.unreachable
    assert parts == pytest.approx(ledger.people, abs=1e-9)
    assert ledger.people == pytest.approx(people.sum())
    assert np.all(found.covered <= found.reachable)
    assert np.all(counting[found.nearest.site[found.covered]])


@SOME
@given(town=towns(kinds=DENSE_KINDS), limit_ms=st.integers(0, 900_000))
def test_nearest_and_reach_and_the_k_nearest_tell_the_same_story(town: Town, limit_ms: int) -> None:
    network, sites, demand = town
    crowd = audience(network, demand)
    one, three = nearest(network, sites, crowd), nearest_k(network, sites, crowd, k=3)
    np.testing.assert_array_equal(three.site[:, 0], one.site)
    np.testing.assert_array_equal(three.ms[:, 0], one.ms)
    table = times_ms(network, sites, demand, limit_ms=limit_ms)
    within = (one.site >= 0) & (one.ms <= limit_ms)
    np.testing.assert_array_equal(table.min(axis=0) < np.inf, within)
    np.testing.assert_array_equal(table.min(axis=0)[within], one.ms[within])
    np.testing.assert_array_equal(table.argmin(axis=0)[within], one.site[within])
    wider = times_ms(network, sites, demand, limit_ms=2 * limit_ms + 1)
    np.testing.assert_array_equal(table, np.where(wider <= limit_ms, wider, np.inf))


# --- the same town described otherwise ---


class Twins:
    """One town drawn twice, and points on both, without those that stand between two streets."""

    def __init__(self, data: st.DataObject, plan: Plan, other: Plan, profile: str) -> None:
        self.networks = plan.network(profile), other.network(profile)
        xy = np.concatenate([data.draw(points(plan, least=2, most=12)) for _ in range(2)])
        near = self.networks[0].n_edges > 0
        self.xy = xy[_beside_one_street(self.networks[0], xy)] if near else xy[:0]

    def tables(self) -> tuple[np.ndarray, np.ndarray]:
        """Times of all pairs [ms] by both networks."""
        one, other = (
            times_ms(network, snaps, snaps)
            for network in self.networks
            for snaps in [standing(network, self.xy)]
        )
        return one, other


def _beside_one_street(network: StreetNetwork, xy: np.ndarray) -> np.ndarray:
    """Which points have one nearest place on one edge, by far more than rounding."""
    corners = [shapely.get_coordinates(line) for line in network.lines()]
    edge = np.repeat(np.arange(network.n_edges), [len(line) - 1 for line in corners])
    steps = shapely.linestrings([step for line in corners for step in pairwise(line)])
    step_m = shapely.length(steps)
    until_m = np.cumsum(step_m) - step_m
    at = shapely.points(*metric(xy))[:, None]
    away_m = shapely.distance(steps[None, :], at)
    along_m = until_m + shapely.line_locate_point(steps[None, :], at)
    near = away_m < away_m.min(axis=1, keepdims=True) + 0.01
    one = [
        len(set(edge[row])) == 1 and np.ptp(where[row]) < 0.05
        for row, where in zip(near, along_m, strict=True)
    ]
    return np.array(one, dtype=bool)


@PROFILE
@SOME
@given(data=st.data())
def test_the_numbers_of_nodes_change_nothing(profile: str, data: st.DataObject) -> None:
    plan = data.draw(plans(apart=True))
    number = data.draw(shuffled(len(plan.places)))
    renumbered = replace(
        plan,
        places=[plan.places[number.index(k)] for k in range(len(number))],
        runs=[[number[node] for node in run] for run in plan.runs],
        node_tags={number[node]: tags for node, tags in plan.node_tags.items()},
    )
    one, other = Twins(data, plan, renumbered, profile).tables()
    np.testing.assert_array_equal(one, other)


@PROFILE
@SOME
@given(data=st.data())
def test_the_order_of_lines_changes_nothing(profile: str, data: st.DataObject) -> None:
    plan = data.draw(plans(apart=True))
    order = data.draw(shuffled(len(plan.runs)))
    tags = plan.tags_of_runs
    reordered = replace(plan, runs=[plan.runs[k] for k in order], tags=[tags[k] for k in order])
    one, other = Twins(data, plan, reordered, profile).tables()
    np.testing.assert_array_equal(one, other)


TURNED = {"yes": "-1", "-1": "yes"}


@PROFILE
@SOME
@given(data=st.data())
def test_the_direction_in_which_a_street_was_drawn_changes_nothing(
    profile: str, data: st.DataObject
) -> None:
    """Exactly between nodes; where a foot is rounded from the other end, by a millisecond each."""
    kinds = data.draw(st.sampled_from([DENSE_KINDS, (STREET, ONE_WAY)]))
    plan = data.draw(plans(kinds=kinds, apart=True))
    turn = [data.draw(st.booleans()) for _ in plan.runs]
    turned = replace(
        plan,
        runs=[list(run)[::-1] if t else run for run, t in zip(plan.runs, turn, strict=True)],
        tags=[
            {k: TURNED[v] if t and k == "oneway" else v for k, v in tags.items()}
            for tags, t in zip(plan.tags_of_runs, turn, strict=True)
        ],
    )
    twins = Twins(data, plan, turned, profile)
    one, other = twins.tables()
    np.testing.assert_allclose(other, one, rtol=0, atol=2)
    public = all(tags.get("access") != "private" for tags in plan.tags_of_runs)
    if public and not plan.node_tags:
        nodes = [k for k in range(len(plan.places)) if on_street(twins.networks[0], plan, k)]
        one, other = (between_nodes(network, plan, nodes) for network in twins.networks)
        np.testing.assert_array_equal(one, other)


def on_street(network: StreetNetwork, plan: Plan, node: int) -> bool:
    """Whether a place of the plan is a node of the network."""
    ((x,), (y,)) = metric(plan.places[node])
    return bool(np.any(np.hypot(network.x_m - x, network.y_m - y) < 1e-3))


def between_nodes(network: StreetNetwork, plan: Plan, nodes: list[int]) -> np.ndarray:
    """Times between some nodes of a plan [ms]."""
    at = at_nodes(network, np.array([node_at(network, plan.places[k]) for k in nodes], np.int64))
    return times_ms(network, at, at)


@PROFILE
@SOME
@given(data=st.data())
def test_cutting_a_street_in_two_moves_no_time_by_more_than_its_rounding(
    profile: str, data: st.DataObject
) -> None:
    """Without lifts: what a node costs is spread over the edges that meet there."""
    plan = data.draw(plans(kinds=DENSE_KINDS, node_kinds=(LOCKED, RESIDENTS), apart=True))
    long = [k for k, run in enumerate(plan.runs) if len(run) > 2]
    if not long:
        return
    which = data.draw(st.sampled_from(long))
    run, tags = plan.runs[which], plan.tags_of_runs
    at = data.draw(st.integers(1, len(run) - 2))
    cut = replace(
        plan,
        runs=[*plan.runs[:which], run[: at + 1], run[at:], *plan.runs[which + 1 :]],
        tags=[*tags[:which], tags[which], *tags[which:]],
    )
    twins = Twins(data, plan, cut, profile)
    one, other = twins.tables()
    if twins.networks[0].n_edges == twins.networks[1].n_edges:
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(other, one, rtol=0, atol=3)


@PROFILE
@SOME
@given(data=st.data())
def test_more_nodes_on_straight_pieces_move_no_time_by_more_than_rounding(
    profile: str, data: st.DataObject
) -> None:
    plan = data.draw(plans(kinds=DENSE_KINDS, node_kinds=(LOCKED, RESIDENTS), apart=True))
    places, runs = list(plan.places), []
    for run in plan.runs:
        finer = [run[0]]
        for a, b in pairwise(run):
            if a != b:
                finer.append(len(places))
                (ax, ay), (bx, by) = plan.places[a], plan.places[b]
                places.append((0.7 * ax + 0.3 * bx, 0.7 * ay + 0.3 * by))
            finer.append(b)
        runs.append(finer)
    twins = Twins(data, plan, replace(plan, places=places, runs=runs), profile)
    one, other = twins.tables()
    np.testing.assert_allclose(other, one, rtol=0, atol=1 + twins.networks[0].n_edges)


@SOME
@given(town=towns(), data=st.data())
def test_the_order_of_facilities_and_of_people_changes_nothing(
    town: Town, data: st.DataObject
) -> None:
    network, sites, demand = town
    by_site = np.array(data.draw(shuffled(len(sites))))
    by_point = np.array(data.draw(shuffled(len(demand))))
    table = times_ms(network, sites, demand)
    moved = times_ms(network, sites.take(by_site), demand.take(by_point))
    np.testing.assert_array_equal(moved, table[by_site][:, by_point])


@PROFILE
@SOME
@given(data=st.data())
def test_a_street_far_away_changes_nothing(profile: str, data: st.DataObject) -> None:
    plan = data.draw(plans(apart=True, node_kinds=()))
    last = len(plan.places)
    beside = replace(
        plan,
        places=[*plan.places, (40_000.0, 0.0), (49_000.0, 9_000.0)],
        runs=[[last, last + 1], *plan.runs],
        tags=[STREET, *plan.tags_of_runs],
    )
    one, other = Twins(data, plan, beside, profile).tables()
    np.testing.assert_array_equal(one, other)


@PROFILE
@SOME
@given(data=st.data())
def test_one_more_street_never_makes_a_walk_longer(profile: str, data: st.DataObject) -> None:
    """Between places that stay inside or outside: who lives where only private streets meet may
    walk through them, and no longer once a public street gets there (`snap`).
    """
    plan = data.draw(plans(kinds=DENSE_KINDS, node_kinds=(), apart=True))
    number = st.integers(0, len(plan.places) - 1)
    ends = data.draw(st.lists(number, min_size=2, max_size=2, unique=True))
    more = replace(plan, runs=[*plan.runs, ends], tags=[*plan.tags_of_runs, STREET])
    before, after = plan.network(profile), more.network(profile)
    both = [
        node
        for node in range(len(plan.places))
        if on_street(before, plan, node)
        and is_inside(before, plan, node) == is_inside(after, plan, node)
    ]
    one, other = (between_nodes(network, plan, both) for network in (before, after))
    # The new street may cut two others, which rounds each once more.
    assert np.all(other <= one + 2)


def is_inside(network: StreetNetwork, plan: Plan, node: int) -> bool:
    """Whether only private streets meet at a place of the plan."""
    at = at_nodes(network, np.array([node_at(network, plan.places[node])]))
    return bool(network.private[at.edge[0]])


# --- time itself ---


@SOME
@given(town=towns(kinds=(*WALKED, PRIVATE), hills=False))
def test_on_the_flat_there_and_back_take_equally_long_on_foot(town: Town) -> None:
    network, sites, demand = town
    there, back = times_ms(network, sites, demand), times_ms(network, demand, sites)
    np.testing.assert_array_equal(there, back.T)


@PROFILE
@SOME
@given(data=st.data())
def test_no_detour_is_shorter_than_the_way(profile: str, data: st.DataObject) -> None:
    town = data.draw(towns(profile=profile, kinds=(*WALKED, ONE_WAY), node_kinds=()))
    network, a, c = town
    b = c.take(np.arange(len(c))[::-1])
    via = times_ms(network, a, b)[:, :, None], times_ms(network, b, c)[None, :, :]
    if network.profile.direction == "to_site":
        via = times_ms(network, b, a).T[:, :, None], times_ms(network, c, b).T[None, :, :]
        direct = times_ms(network, c, a).T
    else:
        direct = times_ms(network, a, c)
    # Passing by costs nobody the access leg of the place in between.
    walks = via[0] + via[1] - 2.0 * b.leg_ms[None, :, None]
    if not network.private.any():
        assert np.all(direct <= walks.min(axis=1))


@SOME
@given(data=st.data())
def test_twice_the_speed_is_half_the_time(data: st.DataObject) -> None:
    """But for lifts and gates that take a while, whatever the speed."""
    plan = data.draw(plans(kinds=(*WALKED, PRIVATE), node_kinds=(LOCKED, RESIDENTS)))
    xy = data.draw(points(plan, least=2, most=15))
    slow, fast = (plan.network(at_speed("elder", speed)) for speed in (0.9, 1.8))
    at = standing(slow, xy), standing(fast, xy)
    np.testing.assert_array_equal(at[0].edge, at[1].edge)
    one, other = times_ms(slow, at[0], at[0]), times_ms(fast, at[1], at[1])
    np.testing.assert_allclose(2 * other, one, rtol=0, atol=1.5 * (slow.n_edges + 4))


# --- drawings ---


@PROFILE
@settings(max_examples=15, deadline=None, derandomize=True)
@given(data=st.data(), limit_ms=st.integers(0, 400_000), more_ms=st.integers(0, 400_000))
def test_isochrones_are_valid_nested_in_time_and_each_lies_in_that_of_all(
    profile: str, data: st.DataObject, limit_ms: int, more_ms: int
) -> None:
    network, sites, _ = data.draw(towns(profile=profile))
    together = isochrone(network, sites, limit_ms=limit_ms)
    each = isochrones(network, sites, limit_ms=limit_ms)
    longer = isochrone(network, sites, limit_ms=limit_ms + more_ms)
    drawn = [together, longer, *each]
    assert all(shapely.is_valid(shape) for shape in drawn)
    assert shapely.difference(together, longer).area < 0.01
    assert shapely.difference(shapely.union_all(each), together).area < 0.01
    # Whoever gets to the next corner gets a drawing.
    corners = at_nodes(network, np.arange(network.n_nodes))
    gets_on = times_ms(network, sites, corners, limit_ms=limit_ms) < np.inf
    gets_on &= times_ms(network, sites, corners, limit_ms=limit_ms) > sites.leg_ms[:, None]
    assert not np.any(shapely.is_empty(each) & gets_on.any(axis=1))


# --- how it is stored ---


@PROFILE
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_every_edge_lies_on_exactly_one_link_and_links_take_as_long_as_their_edges(
    profile: str, data: st.DataObject
) -> None:
    network = data.draw(towns(profile=profile)).network
    graph = network.routing
    np.testing.assert_array_equal(np.sort(graph.link_edges), np.arange(network.n_edges))
    n_chains = len(graph.link_start) - 1
    assert graph.n_links == n_chains + np.count_nonzero(graph.twin >= 0)
    forward, backward = network.paces()
    to_site = network.profile.direction == "to_site"
    whole_out, whole_back = paces(graph.out_ms, graph.back_ms)
    for link in range(n_chains):
        edges = graph.link_edges[graph.link_start[link] : graph.link_start[link + 1]]
        assert np.all(graph.edge_link[edges] == link)
        assert len(set(network.private[edges].tolist())) == 1
        flipped = graph.edge_flipped[edges]
        up = np.where(flipped, backward[edges], forward[edges])
        down = np.where(flipped, forward[edges], backward[edges])
        out, back = (down, up) if to_site else (up, down)
        assert (whole_out[link], whole_back[link]) == (out.sum(), back.sum())
        np.testing.assert_array_equal(graph.edge_out_ms[edges], np.cumsum(out) - out)
        np.testing.assert_array_equal(graph.edge_back_ms[edges], np.cumsum(back) - back)
        ends = np.where(flipped, network.head[edges], network.tail[edges])
        goes_to = np.where(flipped, network.tail[edges], network.head[edges])
        np.testing.assert_array_equal(goes_to[:-1], ends[1:])
        opens = network.forward_ms[edges] < IMPASSABLE, network.backward_ms[edges] < IMPASSABLE
        up_open = np.where(flipped, opens[1], opens[0])
        assert np.all(up_open == up_open[0])
        if graph.twin[link] >= 0:
            twin = graph.twin[link]
            assert network.private[edges[0]]
            assert (graph.out_ms[twin], graph.back_ms[twin]) == (
                graph.out_ms[link],
                graph.back_ms[link],
            )
            assert {graph.tail[twin], graph.head[twin]}.isdisjoint(
                {graph.tail[link], graph.head[link]}
            )


def test_corners_and_nodes_between_two_streets_are_no_junctions() -> None:
    bent = Plan(
        places=[(0, 0), (100, 0), (100, 100), (200, 100)], runs=[[0, 1], [2, 1], [2, 3]]
    ).network("elder")
    assert (bent.n_nodes, bent.n_edges) == (4, 3)
    assert (bent.routing.n_junctions, bent.routing.n_links) == (2, 1)
    assert bent.routing.out_ms.tolist() == [300_000]
    grid = GridCity(columns=3, rows=3).network("elder")
    # The four corners are contracted; the streets past them are one link each.
    assert (grid.n_nodes, grid.n_edges) == (9, 8 + 4)
    assert (grid.routing.n_junctions, grid.routing.n_links) == (5, 8)


@pytest.mark.parametrize("side", [2, 4, 16, 256])
def test_neighbours_on_the_hilbert_curve_are_neighbours_on_the_map(side: int) -> None:
    y, x = np.divmod(np.arange(side * side), side)
    rank = hilbert_rank(x * 10.0 + 500_000, y * 10.0 - 3)
    assert len(np.unique(rank)) == side * side
    order = np.argsort(rank)
    steps = np.abs(np.diff(x[order])) + np.abs(np.diff(y[order]))
    np.testing.assert_array_equal(steps, 1)


def test_the_hilbert_order_of_nowhere_and_of_one_place() -> None:
    assert len(hilbert_rank(np.empty(0), np.empty(0))) == 0
    assert len(set(hilbert_rank(np.full(3, 7.0), np.full(3, 9.0)).tolist())) == 1


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_and_blocks_change_nothing_in_a_town_of_private_one_way_streets(
    threads: int,
) -> None:
    rng = np.random.default_rng(4)
    city = GridCity(
        columns=20,
        rows=20,
        kind=lambda a, b: DENSE_KINDS[(3 * a[0] + 5 * b[1] + a[1]) % len(DENSE_KINDS)],
    )
    network = city.network("drive")
    sites = standing(network, rng.uniform(0, 1_900, (530, 2)))
    crowd = audience(network, standing(network, rng.uniform(0, 1_900, (300, 2))))
    found = reach(network, sites, crowd, limit_ms=200_000, threads=threads)
    halves: list[Snaps] = [sites.take(np.arange(0, 265)), sites.take(np.arange(265, 530))]
    parts = [reach(network, half, crowd, limit_ms=200_000, threads=1) for half in halves]
    np.testing.assert_array_equal(found.ms, np.concatenate([part.ms for part in parts]))
    np.testing.assert_array_equal(found.demand, np.concatenate([part.demand for part in parts]))
    assert node_at(network, (0.0, 0.0)) >= 0
    assert len(found.ms) > 10_000
