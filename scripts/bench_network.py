"""Race the walking network against the libraries one would use instead: see docs/benchmarks.md.

That both sides found the same is asserted (exit code 1); times never are. Peers that are not
installed are left out and named: `pip install -e ".[bench]"` brings them.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import networkx as nx
import numba
import numpy as np
import osmium
import osmnx
import shapely
from racing import Duel, Row, duel, machine, named, rewritten, shares, table, timed
from raw_graph import PROFILE, City, city_of, invented_town, lines, side_by_side
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from planning.inputs.roads.osm import read_osm
from planning.network import Roads, Snaps, StreetNetwork, at_nodes, build_network, snap
from planning.network.passage import line_passage
from planning.network.roads import UNTAGGED
from planning.outputs.graph_export import to_networkx
from planning.sample import write_sample
from planning.travel import Reach, isochrones, nearest, people_within, reach
from planning.travel.reached import pieces_of_each

ROOT = Path(__file__).resolve().parents[1]
FACILITIES = 200
ALIKE = 0.98
"""Less intersection over union than this with exact buffers, and the drawings disagree."""
WIDTH_M = 25.0
"""How far isochrones are drawn to both sides of a street, by every side of the race."""


class Size(NamedTuple):
    """How much the races do [count]: repeats, sites by goal, drawings by peer, cells by peer."""

    often: int
    seldom: int
    sites_3: int
    sites_4: int
    sites_5: int
    drawn: int
    by_tutorial: int
    by_shapely: int
    cells: int
    by_tree: int


FULL = Size(12, 3, 5_000, 20_000, 500, 500, 20, 100, 1_000_000, 100_000)
QUICK = Size(3, 1, 500, 2_000, 100, 10, 1, 5, 50_000, 5_000)


class File(NamedTuple):
    """An OSM file and the metric CRS of its place."""

    name: str
    path: Path
    epsg: int


FILES = (
    File("Porto", Path("porto_portugal_bench/porto_20150606.osm.pbf"), 32629),
    File("Huangpu", Path("shanghai_huangpu/huangpu_walk.osm.pbf"), 4549),
)
Found = Iterator[Row | str]
"""Lines of the table and remarks, which say where our time goes."""


# --- goal 1: reading -----------------------------------------------------------------------------


def read_osmnx(file: File, _: Size) -> Found:
    """PBF to network, against OSMnx on an XML file (made before) of the ways we use."""
    roads = _usable(file)
    with tempfile.TemporaryDirectory() as folder:
        xml = Path(folder) / "same.osm"
        _copy_ways(file.path, xml, set(roads.line_ids.tolist()))

        def theirs() -> tuple[nx.MultiDiGraph, nx.MultiDiGraph]:
            raw = osmnx.graph_from_xml(xml, bidirectional=True, retain_all=True, simplify=False)
            return raw, osmnx.simplify_graph(raw)

        done = duel(lambda: _read(file), theirs, 1)
    raw, simple = done.theirs
    nodes, km = len(np.unique(roads.nodes)), _sphere_m(roads).sum() / 1e3
    their_km = sum(metres for *_, metres in raw.edges(data="length")) / 2e3
    plain = replace(
        roads,
        line_tags=np.zeros_like(roads.line_tags),
        node_tags=np.full_like(roads.node_tags, UNTAGGED),
        tag_sets=({"highway": "footway"},),
    )
    links = build_network(plain, epsg=file.epsg, profile=PROFILE).routing
    meet = np.bincount(np.concatenate([links.tail, links.head]), minlength=links.n_junctions)
    rings = np.count_nonzero((links.tail == links.head) & (meet[links.tail] == 2))
    yield done.row(
        1, file.name, "PBF → network", f"{named('osmnx')} graph_from_xml + simplify_graph",
        floor=20, agrees=nodes == len(raw) and math.isclose(km, their_km, rel_tol=1e-6),
        check=f"the same {nodes:,} nodes and {km:,.2f} km (on a sphere) of the same ways; "
        f"junctions without lone rings {links.n_junctions - rings:,}, OSMnx {len(simple):,}",
    )  # fmt: skip
    yield f"1, {file.name}: {shares(lambda: _read(file))}"


def read_pyrosm(file: File, size: Size) -> Found:
    """PBF to network, against pyrosm's walking filter: the ways that both kept are compared."""
    import pyrosm

    def theirs() -> Any:
        return pyrosm.OSM(str(file.path)).get_network("walking", nodes=True)

    done = duel(lambda: _read(file), theirs, size.seldom)
    _, edges = done.theirs
    roads = _usable(file)
    both = np.intersect1d(roads.line_ids, edges["id"])
    km = _sphere_m(roads)[np.isin(roads.line_ids, both)].sum() / 1e3
    their_km = edges["length"][edges["id"].isin(both)].sum() / 1e3
    yield done.row(
        1, file.name, "PBF → network", f"{named('pyrosm')} get_network(walking)",
        floor=3, agrees=math.isclose(km, their_km, rel_tol=1e-4),
        check=f"own filters, {roads.n_lines:,} and {edges['id'].nunique():,} ways; "
        f"on the {len(both):,} in both {km:,.1f} and {their_km:,.1f} km",
    )  # fmt: skip


def _read(file: File) -> StreetNetwork:
    return build_network(read_osm(file.path)[0], epsg=file.epsg, profile=PROFILE)


def _usable(file: File) -> Roads:
    """The ways we use, private ones too."""
    roads, _ = read_osm(file.path)
    return lines(roads, [line_passage(tags, PROFILE) is not None for tags in roads.tag_sets])


def _copy_ways(source: Path, target: Path, ids: set[int]) -> None:
    """An OSM file of some ways and their nodes."""
    with osmium.BackReferenceWriter(str(target), ref_src=str(source), overwrite=True) as writer:
        for way in osmium.FileProcessor(str(source), osmium.osm.WAY):
            if way.id in ids:
                writer.add(way)


def _sphere_m(roads: Roads) -> Any:
    """Length of every line by the peers' formula, on a sphere [m]."""
    lat, lon = roads.lat[roads.nodes], roads.lon[roads.nodes]
    step_m = np.append(osmnx.distance.great_circle(lat[:-1], lon[:-1], lat[1:], lon[1:]), 0.0)
    step_m[roads.starts[1:] - 1] = 0.0
    return np.add.reduceat(step_m, roads.starts[:-1])


# --- goal 2: the nearest of all ------------------------------------------------------------------


def nearest_scipy(city: City, size: Size) -> Found:
    """The nearest of 200 facilities for all nodes, against one Dijkstra from all of them."""
    rows, csr = city.some(FACILITIES), city.csr
    done = duel(
        lambda: _nearest(city, rows),
        lambda: dijkstra(csr, indices=rows, min_only=True),
        size.often,
    )
    yield done.row(
        2, city.name, f"nearest of {FACILITIES} for {len(city.points):,} nodes",
        f"{named('scipy')} dijkstra(min_only)", floor=8,
        agrees=np.array_equal(done.ours.ms, done.theirs), check="every time, to the millisecond",
    )  # fmt: skip
    yield f"2, {city.name}: {shares(lambda: _nearest(city, rows))}"


def nearest_networkx(city: City, size: Size) -> Found:
    """The same, against networkx."""
    rows, graph = city.some(FACILITIES), city.nx
    done = duel(
        lambda: _nearest(city, rows),
        lambda: nx.multi_source_dijkstra_path_length(graph, set(rows.tolist())),
        size.seldom,
    )
    theirs = [done.theirs[node] for node in range(len(city.points))]
    yield done.row(
        2, city.name, f"nearest of {FACILITIES} for {len(city.points):,} nodes",
        f"{named('networkx')} multi_source_dijkstra", floor=150,
        agrees=np.array_equal(done.ours.ms, theirs), check="every time, to the millisecond",
    )  # fmt: skip


def _nearest(city: City, rows: Any) -> Any:
    return nearest(city.network, city.points.take(rows), city.crowd)


# --- goals 3, 4, 5, 9: who reaches what ----------------------------------------------------------


def reach_pandana(city: City, size: Size) -> Found:
    """All pairs within 900 and 1,200 m, against pandana.nodes_in_range."""
    rows, peer = city.some(size.sites_3), city.pandana
    for limit_s in (900, 1_200):
        ours = _lister(city, rows, limit_s)
        done = duel(ours, _peer_lister(peer, rows, limit_s), size.seldom)
        yield done.row(
            3, city.name, f"pairs of {len(rows):,} sites within {limit_s:,} m",
            f"{named('pandana')} nodes_in_range", floor=30,
            agrees=_same_pairs(done.ours, rows, *_of_pandana(done.theirs), off_ms=0.5),
            check=f"the same {len(done.ours.ms):,} pairs, times within float32",
        )  # fmt: skip
        yield f"3, {city.name}, {limit_s:,} m: {_search_alone(city, rows, limit_s, done, size)}"


def reach_two_threads(city: City, size: Size) -> Found:
    """Pairs of many sites on two threads, against pandana; and the memory that takes."""
    rows, peer = city.some(size.sites_4), city.pandana
    done = duel(_lister(city, rows, 900, threads=2), _peer_lister(peer, rows, 900), 1)
    agrees = _same_pairs(done.ours, rows, *_of_pandana(done.theirs), off_ms=0.5)
    pairs = len(done.ours.ms)
    memory = "not measured"
    if size is FULL and Path("/proc/self/clear_refs").exists():
        fresh = get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=fresh, max_tasks_per_child=1) as pool:
            # A replaced city is one without the graphs that were made of it here.
            asked = [pool.submit(added_mb, replace(city), rows, of_peer) for of_peer in (0, 1)]
            mb = [answer.result() for answer in asked]
        memory = f"{mb[0]:,.0f} and {mb[1]:,.0f} MB, 1/{mb[1] / mb[0]:.0f} (goal 1/10)"
    yield done.row(
        4, city.name, f"pairs of {len(rows):,} sites within 900 m, 2 threads",
        f"{named('pandana')} nodes_in_range", floor=40, agrees=agrees, alone=False,
        check=f"the same {pairs:,} pairs, times within float32; memory added: {memory}",
    )  # fmt: skip


def reach_networkx(city: City, size: Size) -> Found:
    """Pairs of few sites, against networkx with a cutoff."""
    rows, graph = city.some(size.sites_5), city.nx

    def theirs() -> list[dict[int, float]]:
        search = nx.single_source_dijkstra_path_length
        return [search(graph, row, cutoff=900_000) for row in rows.tolist()]

    done = duel(_lister(city, rows, 900), theirs, size.often)
    node, ms = np.array([pair for found in done.theirs for pair in found.items()]).T
    site = np.repeat(rows, [len(found) for found in done.theirs])
    yield done.row(
        5, city.name, f"pairs of {len(rows):,} sites within 900 m",
        f"{named('networkx')} single_source_dijkstra(cutoff)", floor=35,
        agrees=_same_pairs(done.ours, rows, site, node, ms, off_ms=0),
        check=f"the same {len(done.ours.ms):,} pairs, to the millisecond",
    )  # fmt: skip


def reach_scipy(city: City, size: Size) -> Found:
    """The same, against scipy with a limit; it fills dense rows, so 100 sites at a time."""
    rows, csr = city.some(size.sites_5), city.csr

    def theirs() -> list[Any]:
        found = []
        for begin in range(0, len(rows), 100):
            some = rows[begin : begin + 100]
            ms = dijkstra(csr, indices=some, limit=900_000)
            site, node = np.nonzero(np.isfinite(ms))
            found.append((some[site], node, ms[site, node]))
        return [np.concatenate(parts) for parts in zip(*found, strict=True)]

    done = duel(_lister(city, rows, 900), theirs, size.often)
    yield done.row(
        5, city.name, f"pairs of {len(rows):,} sites within 900 m",
        f"{named('scipy')} dijkstra(limit), pairs taken from its rows", floor=60,
        agrees=_same_pairs(done.ours, rows, *done.theirs, off_ms=0),
        check=f"the same {len(done.ours.ms):,} pairs, to the millisecond",
    )  # fmt: skip
    # By turns, ours begins where scipy's rows of a hundred sites by all nodes fill the caches.
    warm = duel(_lister(city, rows, 900), lambda: None, size.often).took
    yield (
        f"5, {city.name}: ours with nothing between its runs {warm.wall:.3g} s, "
        f"{done.peer_took.wall / warm.wall:.1f} times less than scipy's; "
        f"{_search_alone(city, rows, 900, done, size)}"
    )


def reach_iduedu(city: City, size: Size) -> Found:
    """The same, against IduEdu: its table of all nodes by sites, on one thread as ours."""
    import iduedu

    rows, graph = city.some(size.sites_5), city.iduedu
    within: Any = {"weight": "length_meter", "cutoff": 900_000, "max_workers": 1}

    def theirs(sites: Any) -> list[Any]:
        every = range(len(city.points))
        # Asked from all nodes to the sites it searches from the sites, having fewer of them, and
        # has a column for every site; the other way round it has one for every node.
        table = iduedu.od_matrix(graph, origins_nodes=every, destination_nodes=sites, **within)
        columns = [table[site].array for site in sites]
        node = [column.sp_index.indices for column in columns]
        ms = np.concatenate([column.sp_values for column in columns])
        return [np.repeat(sites, [len(found) for found in node]), np.concatenate(node), ms]

    theirs(rows[:1])  # compiles
    done = duel(_lister(city, rows, 900), lambda: theirs(rows), size.seldom)
    yield done.row(
        5, city.name, f"pairs of {len(rows):,} sites within 900 m",
        f"{named('iduedu')} od_matrix(cutoff), pairs taken from its table", floor=None,
        agrees=_same_pairs(done.ours, rows, *done.theirs, off_ms=0),
        check=f"the same {len(done.ours.ms):,} pairs, to the millisecond",
    )  # fmt: skip
    # It stops where it has found all it was asked for, so a node that hardly any site reaches.
    to = [np.bincount(done.ours.demand, minlength=len(city.points)).argmin()]

    def alone() -> Any:
        search = iduedu.dijkstra_parallel
        return search(graph, source_nodes=rows, target_nodes=to, output="distances", **within)

    wall = min(timed(alone)[1] for _ in range(size.seldom)).wall
    yield (
        f"5, {city.name}: IduEdu's search alone, its table a single column, "
        f"{wall / done.peer_took.wall:.0%} of its time, {wall / done.took.wall:.0f} × ours"
    )


def two_threads(city: City, size: Size) -> Found:
    """Two threads against one, judged only where two cores were free before and after."""
    rows, free = city.some(size.sites_4), _two_cores()
    done = duel(_lister(city, rows, 900, threads=2), _lister(city, rows, 900), size.seldom)
    free = min(free, _two_cores())
    yield done.row(
        9, city.name, f"pairs of {len(rows):,} sites within 900 m, 2 threads", "ours, 1 thread",
        alone=False, floor=1.5 if free > 1.8 else None,
        agrees=all(np.array_equal(getattr(done.ours, k), getattr(done.theirs, k))
                   for k in ("start", "demand", "ms")),
        check=f"bit for bit; two plain loops gained {free:.2f}"
        + ("" if free > 1.8 else ", so no second core was free: not judged"),
    )  # fmt: skip


def _lister(city: City, rows: Any, limit_s: int, threads: int = 1) -> Callable[[], Reach]:
    sites = rows if isinstance(rows, Snaps) else city.points.take(rows)
    crowd, limit_ms = city.crowd, limit_s * 1_000
    return lambda: reach(city.network, sites, crowd, limit_ms=limit_ms, threads=threads)


def _search_alone(city: City, rows: Any, limit_s: int, done: Duel, size: Size) -> str:
    """How much of the time goes without anybody to list, and which functions take it."""
    nobody = replace(city, points=city.points.take(np.empty(0, dtype=np.int64)))
    alone = duel(_lister(nobody, city.points.take(rows), limit_s), lambda: None, size.often).took
    return (
        f"the search alone, nobody to list, {alone.wall / done.took.wall:.0%} of it; "
        f"{1e9 * done.took.wall / len(done.ours.ms):.0f} ns a pair; "
        f"{shares(_lister(city, rows, limit_s))}"
    )


def _peer_lister(peer: Any, rows: Any, limit_s: int) -> Callable[[], Any]:
    return lambda: peer.nodes_in_range(rows, limit_s)


def _of_pandana(frame: Any) -> tuple[Any, Any, Any]:
    return frame["source"].to_numpy(), frame["destination"].to_numpy(), frame["s"] * 1_000.0


def _same_pairs(ours: Reach, rows: Any, site: Any, node: Any, ms: Any, *, off_ms: float) -> bool:
    """Whether a peer's pairs, in any order, are ours, with times no farther off than said."""
    order = np.lexsort((node, site))
    return (
        np.array_equal(site[order], np.repeat(rows, np.diff(ours.start)))
        and np.array_equal(node[order], ours.demand)
        and np.allclose(np.asarray(ms)[order], ours.ms, rtol=0, atol=off_ms)
    )


def added_mb(city: City, rows: Any, of_peer: int) -> float:
    """Peak memory that listing the pairs adds to what stood before, in a fresh process [MB]."""
    if of_peer:
        call = _peer_lister(city.pandana, rows, 900)
    else:
        call = _lister(city, rows, 900, threads=2)
        _lister(city, rows[:10], 900)()
    # From here on the peak counts from what is in use now: proc(5).
    Path("/proc/self/clear_refs").write_text("5")
    before = _peak_kb()
    call()
    return (_peak_kb() - before) / 1_024


def _peak_kb() -> int:
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])


@numba.njit(nogil=True)
def _spin(times: int) -> int:
    bits = 1
    for _ in range(times):
        bits ^= (bits << 13) & 0xFFFFFFFF
        bits ^= bits >> 17
    return bits


def _two_cores() -> float:
    """What two loops that share nothing gain from two threads: 2 where two cores are free."""
    _spin(1)
    with ThreadPoolExecutor(2) as pool:
        one = min(timed(lambda: _spin(10**8))[1].wall for _ in range(3))
        two = min(timed(lambda: list(pool.map(_spin, [10**8] * 2)))[1].wall for _ in range(3))
    return 2 * one / two


# --- goal 6: people within reach of everywhere ---------------------------------------------------


def people_pandana(city: City, size: Size) -> Found:
    """People within reach of every node, against pandana.aggregate; both on all cores."""
    every, peer = np.arange(len(city.points)), city.pandana
    people = np.random.default_rng(5).integers(0, 50, len(every)).astype(float)
    peer.set(every, people, name="people")
    for limit_s, floor in ((900, 15), (1_200, 25)):
        ours = _counter(city, people, limit_s)
        done = duel(ours, _peer_counter(peer, limit_s), size.seldom)
        off = np.abs(done.ours - done.theirs.to_numpy()) / np.maximum(done.ours, 1.0)
        yield done.row(
            6, city.name, f"people within {limit_s:,} m of all {len(every):,} nodes, all cores",
            f"{named('pandana')} aggregate(sum, flat)", floor=floor, agrees=off.max() <= 1e-6,
            check="every sum within one millionth",
        )  # fmt: skip


def _counter(city: City, people: Any, limit_s: int) -> Callable[[], Any]:
    network, points, crowd, ms = city.network, city.points, city.crowd, limit_s * 1_000
    return lambda: people_within(network, points, crowd, people, limit_ms=ms)


def _peer_counter(peer: Any, limit_s: int) -> Callable[[], Any]:
    return lambda: peer.aggregate(limit_s, type="sum", decay="flat", name="people")


# --- goal 7: polygons ----------------------------------------------------------------------------


def isochrones_osmnx(city: City, size: Size) -> Found:
    """Polygons of 900 m, against OSMnx's tutorial: ego_graph, node and edge buffers, union."""
    nodes, sites = _at_junctions(city, size.drawn)
    graph = osmnx.project_graph(to_networkx(city.network), to_crs=city.network.epsg)
    part = nodes[: size.by_tutorial].tolist()

    def ours() -> Any:
        return isochrones(city.network, sites, limit_ms=900_000, cell_m=10.0)

    done = duel(ours, lambda: [_tutorial(graph, node) for node in part], 1)
    exact = [_buffered(pieces, 16) for pieces in _pieces(city, sites)[: size.by_shapely]]
    like, theirs = _likeness(done.ours, exact), _likeness(done.theirs, exact)
    yield done.row(
        7, city.name, f"{len(nodes)} isochrones of 900 m, lattice 10 m",
        f"{named('osmnx')} tutorial, node and edge buffers", floor=120, agrees=like >= ALIKE,
        check=f"IoU with exact buffers {like:.4f} (goal 0.99), the tutorial's {theirs:.3f}",
        done=len(part) / len(nodes),
    )  # fmt: skip
    yield f"7, {city.name}, 10 m: {shares(ours)}"


def isochrones_shapely(city: City, size: Size) -> Found:
    """The same, against shapely: our street pieces (found before), each buffered, then joined."""
    nodes, sites = _at_junctions(city, size.drawn)
    pieces = _pieces(city, sites)[: size.by_shapely]

    def ours() -> Any:
        return isochrones(city.network, sites, limit_ms=900_000)

    done = duel(ours, lambda: [_buffered(each, 8) for each in pieces], 1)
    like = _likeness(done.ours, [_buffered(each, 16) for each in pieces])
    yield done.row(
        7, city.name, f"{len(nodes)} isochrones of 900 m, lattice 5 m",
        f"{named('shapely')} buffer(quad_segs=8) + union_all", floor=8, agrees=like >= ALIKE,
        check=f"IoU with exact buffers {like:.4f} (goal 0.997)", done=len(pieces) / len(nodes),
    )  # fmt: skip
    yield f"7, {city.name}, 5 m: {shares(ours)}"


def _at_junctions(city: City, count: int) -> tuple[Any, Snaps]:
    """Sites that are nodes of the network too, as the tutorial wants them."""
    nodes = np.flatnonzero(city.network.component == 0)
    some = np.random.default_rng(2).choice(nodes, min(count, len(nodes)), replace=False)
    return some, at_nodes(city.network, some)


def _tutorial(graph: nx.MultiDiGraph, node: int) -> Any:
    """`make_iso_polys` of OSMnx's notebook 13, for one time and one width of nodes and edges."""
    inside = nx.ego_graph(graph, node, radius=900.0, distance="travel_time")
    nodes = shapely.points([(data["x"], data["y"]) for _, data in inside.nodes(data=True)])
    edges = [graph.get_edge_data(a, b)[0]["geometry"] for a, b in inside.edges()]
    return shapely.union_all([*shapely.buffer(nodes, WIDTH_M), *shapely.buffer(edges, WIDTH_M)])


def _pieces(city: City, sites: Snaps) -> list[Any]:
    """The street within 900 m of each site, cut at the exact end, as straight lines."""
    start, pieces = pieces_of_each(city.network, sites, limit_ms=900_000)
    return np.split(shapely.linestrings(pieces.reshape(-1, 2, 2)), start[1:-1])


def _buffered(pieces: Any, quad_segs: int) -> Any:
    return shapely.union_all(shapely.buffer(pieces, WIDTH_M, quad_segs=quad_segs))


def _likeness(drawn: Any, exact: Any) -> float:
    """Mean intersection over union of those polygons that both have."""
    n = min(len(drawn), len(exact))
    both = shapely.area(shapely.intersection(drawn[:n], exact[:n]))
    return float((both / shapely.area(shapely.union(drawn[:n], exact[:n]))).mean())


# --- goal 8: snapping ----------------------------------------------------------------------------


def snap_strtree(city: City, size: Size) -> Found:
    """Cells to their nearest edge, against shapely's tree (built before) and place on the line."""
    x, y = _cells(city, size.cells)
    edges, points = city.network.lines(), shapely.points(x[: size.by_tree], y[: size.by_tree])
    tree = shapely.STRtree(edges)
    tree.nearest(points[0])

    def theirs() -> Any:
        (_, edge), off_m = tree.query_nearest(points, all_matches=False, return_distance=True)
        return off_m, shapely.line_locate_point(edges[edge], points)

    done = duel(lambda: _snapped(city, x, y), theirs, size.seldom)
    off_m = np.abs(done.ours.leg_m[: len(points)] - done.theirs[0]).max()
    yield done.row(
        8, city.name, f"{len(x):,} cells to the nearest edge",
        f"{named('shapely')} query_nearest + line_locate_point", floor=12, agrees=off_m <= 1e-6,
        check="distances within 1e-6 m", done=len(points) / len(x),
    )  # fmt: skip
    yield f"8, {city.name}: {shares(lambda: _snapped(city, x, y))}"


def snap_ckdtree(city: City, size: Size) -> Found:
    """Cells to their nearest edge, against the nearest raw NODE, which is farther away."""
    x, y = _cells(city, size.cells)
    nodes, cells = np.unique(city.network.shape_xy, axis=0), np.column_stack([x, y])
    done = duel(lambda: _snapped(city, x, y), lambda: cKDTree(nodes).query(cells), size.seldom)
    more_m = done.theirs[0] - done.ours.leg_m
    yield done.row(
        8, city.name, f"{len(x):,} cells to the nearest edge",
        f"{named('scipy')} cKDTree, nearest node", floor=1, agrees=more_m.min() >= -1e-6,
        check=f"no node is nearer than the edge, on average it is {more_m.mean():.1f} m farther",
    )  # fmt: skip


def _cells(city: City, count: int) -> tuple[Any, Any]:
    """Places within 1 km of a street, drawn evenly over the box of the network."""
    corners, rng, found = city.network.shape_xy, np.random.default_rng(3), np.empty((0, 2))
    while len(found) < count:
        more = rng.uniform(corners.min(axis=0), corners.max(axis=0), (count, 2))
        found = np.concatenate([found, more[_snapped(city, *more.T).on_network]])
    return found[:count, 0].copy(), found[:count, 1].copy()


def _snapped(city: City, x: Any, y: Any) -> Snaps:
    return snap(city.network, x, y, max_snap_m=1_000.0, island_km=0.0)


# --- goal 10: the first answer -------------------------------------------------------------------


def first_answer(file: File, size: Size) -> Found:
    """A fresh process with the network kept from a run before, against one without."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", FIRST_ANSWER, str(file.path), str(file.epsg)]
        # Compiled modules are kept, wherever Python is told not to.
        env = os.environ | {"PYTHONPYCACHEPREFIX": folder}
        env.pop("PYTHONDONTWRITEBYTECODE", None)

        def ask(cache: str) -> bytes:
            return subprocess.check_output(command, env=env | {"PLANNING_CACHE": cache})

        ask(folder)
        done = duel(lambda: ask(folder), lambda: ask(""), size.seldom)
        command = [sys.executable, "-c", LIBRARIES_ALONE]
        alone = min(timed(lambda: ask(folder))[1] for _ in range(size.seldom))
    yield done.row(
        10, file.name, "fresh process: import, network, one reach; the network kept before",
        "ours, reading and building anew", alone=False, floor=None, agrees=done.ours == done.theirs,
        check=f"the same answer; 2 s {'met' if done.took.wall < 2 else '**missed**'}",
    )  # fmt: skip
    yield (
        f"10, {file.name}: importing the libraries alone, and numba's first call of a function "
        f"that does nothing, {alone.wall / done.took.wall:.0%} of it"
    )


LIBRARIES_ALONE = """
import geopandas
import numba
import pydantic
import pyogrio
import rasterio
numba.njit(lambda: None)()
"""

FIRST_ANSWER = """
import os
import sys
from pathlib import Path
import numpy as np
import planning.workflow
from planning.inputs.roads.basemap import basemap_of
from planning.inputs.roads.network_cache import load_streets, save_streets
from planning.inputs.roads.osm import read_osm
from planning.network import PROFILES, at_nodes, build_network
from planning.travel import audience, reach
profile = PROFILES["elder"]
kept = load_streets("bench", profile)
if kept is None:
    roads, shapes = read_osm(Path(sys.argv[1]))
    network = build_network(roads, epsg=int(sys.argv[2]), profile=profile)
    save_streets("bench", network, basemap_of(roads, shapes), ())
else:
    network = kept[0]
nodes = at_nodes(network, np.arange(network.n_nodes))
crowd = audience(network, nodes)
found = reach(network, nodes.take(np.arange(20)), crowd, limit_ms=900_000, threads=1)
print(len(found.ms), found.ms.sum(), flush=True)
os._exit(0)  # what Python tidies up at its end comes after the answer
"""


# --- who races whom, and the report --------------------------------------------------------------


@dataclass
class Bench:
    """What there is to race on."""

    size: Size
    cities: list[City]
    files: list[File]


ON_FILES = (read_osmnx, read_pyrosm, first_answer)
ON_CITIES = (
    nearest_scipy, nearest_networkx, reach_pandana, reach_networkx, reach_scipy, reach_iduedu,
    people_pandana, isochrones_osmnx, isochrones_shapely, snap_strtree, snap_ckdtree,
)  # fmt: skip
ON_THE_FIRST_CITY = (reach_two_threads, two_threads)
TOO_SLOW_FOR_QUICK = (first_answer,)
OPTIONAL = {
    "pandana": (reach_pandana, reach_two_threads, people_pandana),
    "pyrosm": (read_pyrosm,),
    "iduedu": (reach_iduedu,),
}


def raced(bench: Bench, only: str) -> tuple[list[Row], list[str]]:
    """Every race whose name contains `only`: lines of the table and remarks."""
    rows, remarks = [], []
    absent: tuple[Any, ...] = ()
    for peer, races in OPTIONAL.items():
        if not named(peer):
            remarks.append(f"{peer} is not installed: its races are left out")
            absent += races
    todo: list[tuple[Any, Any]] = [(race, file) for file in bench.files for race in ON_FILES]
    todo += [(race, city) for city in bench.cities for race in ON_CITIES]
    todo += [(race, bench.cities[0]) for race in ON_THE_FIRST_CITY]
    for race, on in todo:
        left_out = race in absent or (bench.size is QUICK and race in TOO_SLOW_FOR_QUICK)
        if left_out or only not in race.__name__:
            continue
        print(f"{race.__name__}, {on.name} …", file=sys.stderr, flush=True)
        for found in race(on, bench.size):
            if isinstance(found, Row):
                found = found._replace(judged=bench.size is FULL and on.name == FILES[0].name)
                rows.append(found)
            else:
                remarks.append(found)
            print(found, file=sys.stderr, flush=True)
    return rows, remarks


def prepared(data: Path, *, quick: bool, tile: int) -> Bench:
    """The files and networks there are; without data the sample and an invented town."""
    files = [file._replace(path=data / file.path) for file in FILES]
    files = [file for file in files if file.path.exists() and not (quick and file == files[0])]
    cities = [city_of(file.name, read_osm(file.path)[0], file.epsg) for file in files]
    if quick or not files:
        cities.insert(0, city_of("invented town", invented_town(), 4545))
    if tile > 1 and files:
        name = f"{files[0].name} {tile} times, synthetic"
        roads = side_by_side(read_osm(files[0].path)[0], tile)
        cities.append(city_of(name, roads, files[0].epsg, copies=tile))
    if not files:
        folder = Path(tempfile.mkdtemp())
        write_sample(folder)
        files = [File("sample town", folder / "roads.osm.pbf", 4545)]
    return Bench(size=QUICK if quick else FULL, cities=cities, files=files)


def main() -> int:
    """Race and print the table; 1 where anybody disagreed."""
    beside = Path(os.environ.get("PLANNING_SHARED_DATA") or ROOT.parent / "shared" / "data")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="under a minute: small networks")
    parser.add_argument("--data", type=Path, default=beside, help="folder of the real extracts")
    parser.add_argument("--only", default="", help="races whose name contains this")
    parser.add_argument("--tile", type=int, default=1, help="the first city so many times, too")
    parser.add_argument("--write", type=Path, help="page whose table is to be written anew")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    # Compiled peers print to stdout, where the table shall stand alone.
    stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    bench = prepared(options.data, quick=options.quick, tile=options.tile)
    rows, remarks = raced(bench, options.only)
    text = "\n\n".join(
        [
            machine("numba", "numpy", "osmium"),
            "\n".join(f"- {city}" for city in bench.cities),
            table(rows),
            "\n".join(f"- {remark}" for remark in remarks),
        ]
    )
    print(text, file=stdout, flush=True)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(rewritten(page, text), encoding="utf-8")
    return 0 if all(row.agrees for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
