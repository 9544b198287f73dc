"""Closed streets: the tiny town by hand, NetworkX as the oracle, the present bit for bit."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx_oracle import all_pairs_ms, exact_graph
from scenarios import TOWN, said, what_if, written
from streets import GridCity, Plan, metric, plans, points, times_ms, with_river

from planning import workflow
from planning.errors import StudyError
from planning.judging import coverage_of
from planning.network import IMPASSABLE, RoutingGraph, StreetNetwork, snap
from planning.network.closing import without_lines
from planning.result import Town

STUDY = TOWN / "study.yaml"
HUANGPU = Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml"


def assert_same(one: StreetNetwork, other: StreetNetwork) -> None:
    """Two networks equal in every array, bit for bit, and of the same kinds."""
    parts = [(f.name, getattr(one, f.name), getattr(other, f.name)) for f in fields(StreetNetwork)]
    parts += zip(RoutingGraph._fields, one.routing, other.routing, strict=True)
    for name, a, b in parts:
        if isinstance(a, np.ndarray):
            assert a.dtype == b.dtype, name
            np.testing.assert_array_equal(a, b, err_msg=name)
        elif name != "routing":
            assert a == b, name


# --- nothing closed -------------------------------------------------------------------------


@given(plans())
def test_to_close_nothing_changes_nothing(plan: Plan) -> None:
    network = plan.network()
    assert_same(without_lines(network, ()), network)
    assert_same(without_lines(network, {10**12}), network)


def test_the_tiny_town_without_a_closed_street_is_the_present(tmp_path: Path) -> None:
    now = workflow.check(STUDY)
    tried = workflow.check(STUDY, scenario=what_if(tmp_path, closed_streets=[]))
    assert_same(tried.network, now.network)


# --- against an oracle ----------------------------------------------------------------------


@settings(max_examples=60)
@given(st.data())
def test_walks_without_a_street_are_those_of_a_graph_without_its_edges(data: st.DataObject) -> None:
    """NetworkX forgets the edges of what was built; nodes and times of the others stay."""
    plan = data.draw(plans())
    network = plan.network()
    lines = sorted(set(network.line.tolist()))
    closed = set(data.draw(st.lists(st.sampled_from(lines), max_size=3))) if lines else set()
    left = without_lines(network, closed)
    homes, sites = (data.draw(points(plan, least=1, most=6)) for _ in range(2))
    own, theirs = (snap(left, *metric(xy), max_snap_m=400, island_km=0.3) for xy in (sites, homes))
    graph = exact_graph(left, [own, theirs])
    by_hand = all_pairs_ms(graph, len(sites), len(homes), to_site=True)
    np.testing.assert_array_equal(times_ms(left, own, theirs), by_hand)
    assert edges_of(left) == edges_of(network, but=closed)
    assert_parts(left, network, closed)


def edges_of(network: StreetNetwork, but: set[int] | None = None) -> list[tuple[object, ...]]:
    """Every edge by its line, its times both ways, its length, and where it lies; in order."""
    return [
        (
            int(network.line[e]), int(network.forward_ms[e]), int(network.backward_ms[e]),
            float(network.length_m[e]), bool(network.private[e]), int(network.compound[e]),
            network.shape_xy[network.shape_start[e] : network.shape_start[e + 1]].tobytes(),
        )
        for e in range(network.n_edges)
        if int(network.line[e]) not in (but or ())
    ]  # fmt: skip


def assert_parts(left: StreetNetwork, whole: StreetNetwork, closed: set[int]) -> None:
    """Edges that are left hang together as NetworkX says, the longest part first."""
    kept = [e for e in range(whole.n_edges) if int(whole.line[e]) not in closed]
    graph = nx.Graph((int(whole.tail[e]), int(whole.head[e])) for e in kept)
    parts = list(nx.connected_components(graph))
    part_of = {node: n for n, part in enumerate(parts) for node in part}
    pairs = {
        (part_of[int(whole.tail[e])], int(left.component[left.tail[now]]))
        for now, e in enumerate(kept)
    }
    assert len(pairs) == len(parts) == left.n_components
    assert left.n_nodes == graph.number_of_nodes()
    km = left.component_km()
    assert all(km[:-1] >= km[1:] - 1e-12)


# --- known by theory ------------------------------------------------------------------------


def test_a_bridge_that_is_closed_sends_everybody_over_the_other() -> None:
    """Two bridges, 500 m apart; the columns over the river are lines of their own."""
    city = GridCity(columns=6, rows=4, kind=with_river(1, bridges=(0, 5)))
    network = city.network()
    home, facility = city.nodes(network, [(0, 1)]), city.nodes(network, [(0, 2)])
    direct = times_ms(network, facility, home)[0, 0]
    over = network.line[
        [
            e
            for e in range(network.n_edges)
            if crosses(network, e) and network.shape_xy[network.shape_start[e], 0] < 500_010
        ]
    ]
    left = without_lines(network, set(over.tolist()))
    home, facility = (
        snap(left, *metric([at]), max_snap_m=400, island_km=0.0) for at in ((0, 100), (0, 200))
    )
    round_about = times_ms(left, facility, home)[0, 0]
    assert round_about == pytest.approx(direct + 2 * 500_000, abs=20)


def crosses(network: StreetNetwork, edge: int) -> bool:
    """Whether an edge crosses the river between the second row and the third."""
    y = network.shape_xy[network.shape_start[edge] : network.shape_start[edge + 1], 1]
    return bool(y.min() < 3_386_150 < y.max())


def test_a_one_way_street_is_closed_both_ways() -> None:
    one_way = {"highway": "residential", "oneway": "yes"}
    city = GridCity(columns=3, rows=3, kind=lambda a, b: one_way if a[1] == b[1] else None)
    network = city.network("drive")
    assert (network.backward_ms == IMPASSABLE).any()
    line = int(network.line[0])
    assert line not in without_lines(network, {line}).line


def test_without_any_street_the_network_is_empty() -> None:
    network = GridCity(columns=3, rows=2).network()
    nothing = without_lines(network, set(network.line.tolist()))
    assert (nothing.n_nodes, nothing.n_edges, nothing.n_components) == (0, 0, 0)


# --- the tiny town --------------------------------------------------------------------------


def covered(town: Town, service: str) -> float:
    group = town.study.services[service].group
    return coverage_of(town)[service].ledger(town.demand.people[group]).covered


def test_without_the_street_to_the_south_its_people_stand_nowhere(tmp_path: Path) -> None:
    """CI (line 4) closed: P3 is 330 m from the rest, over 200 m; 40 elderly and 160 people less."""
    town = workflow.check(STUDY, scenario=what_if(tmp_path, closed_streets=[4]))
    assert covered(town, "elder_care") == 115 - 40
    assert covered(town, "nursery") == 560 - 160
    on = town.demand.total("total", town.demand_snaps.on_network)
    assert on == 700 - 160
    assert (town.network.n_edges, town.network.n_components) == (7, 2)


def test_without_the_way_round_the_north_is_cut_off(tmp_path: Path) -> None:
    """B–F–G–H–D (line 2) closed: P2 and P7 beside it are 370 m and 272 m from the rest."""
    town = workflow.check(STUDY, scenario=what_if(tmp_path, closed_streets=[2]))
    assert covered(town, "elder_care") == 115 - 50
    assert town.demand.total("total", town.demand_snaps.on_network) == 700 - 200 - 120


@pytest.mark.parametrize("mode", ["step_free", "delivery", "metres"])
def test_a_street_is_closed_to_every_mode(tmp_path: Path, mode: str) -> None:
    override = {"what_if": {"epsg": 4544, "closed_streets": [4]}, "standards": {"modes": [mode]}}
    town = workflow.check(STUDY, scenario=str(written(tmp_path, override)))
    assert set(town.ways) == {"walk", mode}
    for way in town.ways.values():
        assert way.network.n_edges
        assert 4 not in way.network.line


def refused(path: str) -> dict[str, str]:
    with pytest.raises(StudyError) as error:
        workflow.check(STUDY, scenario=path)
    return said(error.value)


def test_a_line_that_no_network_has_is_refused(tmp_path: Path) -> None:
    found = refused(what_if(tmp_path, closed_streets=[4, 99, -1]))
    assert set(found) == {f"plan.json override.what_if.closed_streets.{n}" for n in (1, 2)}
    assert "no street 99; the id of a line" in found[min(found)]


def test_one_street_is_left_at_least(tmp_path: Path) -> None:
    found = refused(what_if(tmp_path, closed_streets=[1, 2, 3, 4, 5]))
    assert found == {
        "plan.json override.what_if.closed_streets": "every street (walk); one street left at least"
    }


# --- real data ------------------------------------------------------------------------------


def test_huangpu_a_closed_street_is_one_its_network_never_had(
    shared_data: Path, tmp_path: Path
) -> None:
    """The longest lines closed: nobody is nearer than before, and NetworkX walks as long."""
    now = workflow.check(HUANGPU, data_dir=shared_data)
    metres = {
        int(line): float(now.network.length_m[now.network.line == line].sum())
        for line in np.unique(now.network.line)[::40]
    }
    lines = sorted(metres, key=lambda line: -metres[line])[:5]
    path = what_if(tmp_path, closed_streets=lines, epsg=now.area.epsg)
    file = Path(path)
    file.write_text(file.read_text().replace('"tiny"', f'"{now.study.name}"'), encoding="utf-8")
    tried = workflow.check(HUANGPU, data_dir=shared_data, scenario=path)
    assert not np.isin(lines, tried.network.line).any()
    assert edges_of(tried.network) == edges_of(now.network, but=set(lines))
    rows = np.arange(0, len(tried.demand), 40)
    sites = tried.facility_snaps.take(np.arange(6))
    homes = tried.demand_snaps.take(rows)
    by_hand = all_pairs_ms(
        exact_graph(tried.network, [sites, homes]), len(sites), len(homes), to_site=True
    )
    np.testing.assert_array_equal(times_ms(tried.network, sites, homes), by_hand)
