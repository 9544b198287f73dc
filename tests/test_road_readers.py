"""Road readers: the same roads whatever the format, and every gap counted by name."""

from __future__ import annotations

import bz2
import gzip
import json
import math
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osmium.osm import mutable
from pyproj import Geod

from planning.errors import InputError, OurFaultError
from planning.inputs.roads import osm, roads_layer
from planning.inputs.roads.basemap import basemap_of
from planning.inputs.roads.graphml import read_graphml, roads_of_graph
from planning.inputs.roads.osm import read_osm
from planning.inputs.roads.overpass import read_overpass
from planning.network import PROFILES, build_network
from planning.network.passage import line_passage
from planning.network.roads import TAG_KEYS, Roads
from planning.outputs.graph_export import to_networkx

Place = tuple[float, float]
WGS84 = Geod(ellps="WGS84")
STREET = {"highway": "residential"}
SQUARE = {1: (121.0, 31.0), 2: (121.001, 31.0), 3: (121.001, 31.001), 4: (121.0, 31.001)}


class Way:
    """A way of a made-up file."""

    def __init__(self, way: int, nodes: Sequence[int], **tags: str) -> None:
        self.id, self.nodes = way, list(nodes)
        self.tags = {key.replace("__", ":"): value for key, value in tags.items()}


def xml(
    places: Mapping[int, Place],
    ways: Sequence[Way],
    at_nodes: Mapping[int, Mapping[str, str]] | None = None,
    *,
    ways_first: bool = False,
) -> str:
    """An OSM file as text."""

    def tagged(tags: Mapping[str, str]) -> str:
        return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())

    tags = at_nodes or {}
    nodes = [
        f'<node id="{n}" lon="{lon:.7f}" lat="{lat:.7f}">{tagged(tags.get(n, {}))}</node>'
        for n, (lon, lat) in places.items()
    ]
    lines = [
        f'<way id="{w.id}">'
        + "".join(f'<nd ref="{n}"/>' for n in w.nodes)
        + f"{tagged(w.tags)}</way>"
        for w in ways
    ]
    return "\n".join(
        ['<osm version="0.6">', *(lines + nodes if ways_first else nodes + lines), "</osm>"]
    )


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Roads]:
    """Write a made-up OSM file and read it."""

    def call(*arguments: Any, **options: Any) -> Roads:
        path = tmp_path / "town.osm"
        path.write_text(xml(*arguments, **options), encoding="utf-8")
        return read_osm(path)[0]

    return call


def lines_of(roads: Roads) -> list[tuple[int, tuple[tuple[str, str], ...], tuple[Place, ...]]]:
    """Every line as id, tags and corners: what two readers have to agree on."""
    found = []
    for k in range(roads.n_lines):
        run = roads.nodes[roads.starts[k] : roads.starts[k + 1]]
        corners = tuple(zip(roads.lon[run].tolist(), roads.lat[run].tolist(), strict=True))
        tags = tuple(sorted(roads.tag_sets[roads.line_tags[k]].items()))
        found.append((int(roads.line_ids[k]), tags, corners))
    return found


def kilometres(roads: Roads) -> float:
    return sum(WGS84.line_length(*zip(*c, strict=True)) for _, _, c in lines_of(roads)) / 1e3


def aside(roads: Roads) -> dict[str, int]:
    return {found.reason: found.count for found in roads.set_aside}


def assert_same(one: Roads, other: Roads) -> None:
    for name in Roads.__dataclass_fields__:
        a, b = getattr(one, name), getattr(other, name)
        if isinstance(a, np.ndarray):
            np.testing.assert_array_equal(a, b, err_msg=name)
        else:
            assert a == b, name


def refusal(call: Callable[[], object], *english: str) -> str:
    """The one fault of a refusal, in two languages, naming what is expected and what to do."""
    with pytest.raises(InputError) as caught:
        call()
    assert len(caught.value.faults) == 1
    zh, en = caught.value.faults[0].lines()
    assert "发现" in zh and "应为" in zh and "；请" in zh
    assert all(word in en for word in english), en
    assert "Traceback" not in zh + en
    return en


# --- OSM files: what the reader makes of them -------------------------------------------------


def plain_lines(
    places: Mapping[int, Place], ways: Sequence[Way]
) -> list[tuple[int, tuple[tuple[str, str], ...], tuple[Place, ...]]]:
    """The rules once more, slowly: cut at gaps, merge repetitions, take duplicates once."""
    seen_ids: set[int] = set()
    seen_lines: set[tuple[Any, ...]] = set()
    found = []
    for way in sorted(ways, key=lambda w: w.id):
        if "highway" not in way.tags or way.id in seen_ids:
            continue
        seen_ids.add(way.id)
        runs: list[list[int]] = [[]]
        for node in way.nodes:
            lon, lat = places.get(node, (math.nan, math.nan))
            if not (abs(lon) <= 180 and abs(lat) <= 90):
                runs.append([])
            elif not runs[-1] or runs[-1][-1] != node:
                runs[-1].append(node)
        tags = tuple(sorted((k, v) for k, v in way.tags.items() if k in TAG_KEYS))
        for run in runs:
            line = tuple(run)
            if not {"oneway", "junction"} & way.tags.keys():
                line = min(line, line[::-1])
            if len(run) > 1 and (tags, line) not in seen_lines:
                seen_lines.add((tags, line))
                found.append((way.id, tags, tuple(places[node] for node in run)))
    return found


@st.composite
def towns(draw: st.DrawFn) -> tuple[dict[int, Place], list[Way]]:
    """Small files with every fault: gaps, places outside the world, repetitions, duplicates."""
    degrees = st.integers(-200, 200).map(lambda d: d * 0.9123)
    names = st.integers(1, 9)
    places = draw(st.dictionaries(names, st.tuples(degrees, degrees), max_size=9))
    tags = st.sampled_from(
        [STREET, {"highway": "footway", "oneway": "yes"}, {"highway": "path", "name": "x"}, {}]
    )
    ways = draw(
        st.lists(
            st.builds(
                lambda way, nodes, found: Way(way, nodes, **found),
                st.integers(1, 12),
                st.lists(names, max_size=7),
                tags,
            ),
            max_size=8,
        )
    )
    rounded = {n: (round(x, 7), round(y, 7)) for n, (x, y) in places.items()}
    return rounded, ways


@settings(
    max_examples=150,
    deadline=None,  # files are written and read: a busy machine is no fault
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(town=towns())
def test_the_reader_equals_the_slow_plain_rules(
    town: tuple[dict[int, Place], list[Way]], tmp_path: Path
) -> None:
    places, ways = town
    path = tmp_path / "town.osm"
    path.write_text(xml(places, ways), encoding="utf-8")
    expected = plain_lines(places, ways)
    if not expected:
        refusal(lambda: read_osm(path), "not a single usable road")
        return
    roads, shapes = read_osm(path)
    assert lines_of(roads) == expected
    assert len(basemap_of(roads, shapes)) == roads.n_lines
    path.write_text(xml(places, ways, ways_first=True), encoding="utf-8")
    assert_same(read_osm(path)[0], roads)


@pytest.mark.parametrize(
    "name",
    [
        "helsinki/helsinki_center_20190421.osm.pbf",
        "shanghai_huangpu/huangpu_walk.osm.pbf",
        "portoalegre_r5r/poa_osm.pbf",
    ],
)
def test_a_real_city_equals_the_slow_plain_rules(name: str, shared_data: Path) -> None:
    places, ways = {}, []
    for thing in osmium.FileProcessor(str(shared_data / name)):
        if thing.is_node():
            places[thing.id] = (thing.location.lon, thing.location.lat)
        elif thing.is_way():
            ways.append(Way(thing.id, [n.ref for n in thing.nodes]))
            ways[-1].tags = {tag.k: tag.v for tag in thing.tags}
    roads, _ = read_osm(shared_data / name)
    assert lines_of(roads) == plain_lines(places, ways)


def test_only_tags_that_somebody_looks_at_are_kept(read: Callable[..., Roads]) -> None:
    way = Way(7, [1, 2, 3], highway="footway", name="晴川路", surface="gravel", oneway__foot="yes")
    roads = read(SQUARE, [way], {2: {"barrier": "gate", "note": "x"}, 4: {"barrier": "wall"}})
    assert roads.tag_sets == (
        {"highway": "footway", "oneway:foot": "yes"},
        {"barrier": "gate"},
    )
    assert roads.line_tags.tolist() == [0]
    assert roads.node_tags.tolist() == [-1, 1, -1]
    assert roads.line_ids.tolist() == [7]


def test_any_word_survives(read: Callable[..., Roads]) -> None:
    odd = "a \"b\" & <nd ref='1'/> c=d,e%20%\n甲 </way>"
    way = Way(1, [1, 2], highway="footway", access=odd, foot="", note='<way id="2">')
    assert read(SQUARE, [way]).tag_sets == ({"highway": "footway", "access": odd, "foot": ""},)


def test_the_size_of_a_block_changes_nothing(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shared_data / "helsinki" / "helsinki_center_20190421.osm.pbf"
    whole, basemap = read_osm(path)
    for size in (5_000, 99_991):
        monkeypatch.setattr(osm, "_BLOCK_BYTES", size)
        again, basemap_again = read_osm(path)
        assert_same(again, whole)
        assert basemap_again.equals(basemap)


@pytest.mark.parametrize(
    "line",
    [
        b"w1 v3 dV Thighway=path Nn1x1y2,n2x1y3",
        b"w1 Nn1x1y2,n2x1y3 Thighway=path",
        b"n1 Tbarrier=gate",
        b"n1 x1 y2 Tbarrier=gate",
        b"r1 T Mn1@",
    ],
)
def test_opl_laid_out_otherwise_is_noticed(line: bytes) -> None:
    with pytest.raises(OurFaultError, match="not met before"):
        osm._Gathered().take(line)


def test_roads_of_every_kind_are_kept_whoever_may_use_them(read: Callable[..., Roads]) -> None:
    ways = [
        Way(1, [1, 2], highway="motorway"),
        Way(2, [2, 3], highway="construction"),
        Way(3, [1, 2, 3, 4, 1], highway="pedestrian", area="yes"),
        Way(4, [3, 4], railway="rail"),
    ]
    roads = read(SQUARE, ways)
    assert roads.line_ids.tolist() == [1, 2, 3]
    assert roads.set_aside == ()


def test_a_way_is_cut_where_nodes_are_missing(read: Callable[..., Roads]) -> None:
    roads = read(SQUARE, [Way(5, [1, 2, 99, 3, 4, 98], **STREET), Way(6, [97, 1], **STREET)])
    assert [corners for _, _, corners in lines_of(roads)] == [
        (SQUARE[1], SQUARE[2]),
        (SQUARE[3], SQUARE[4]),
    ]
    missing, short = roads.set_aside
    assert (missing.reason, missing.count) == ("nodes missing from the file", 3)
    assert missing.examples == ("way 5", "way 6")
    assert (short.reason, short.examples) == ("ways with fewer than two usable nodes", ("way 6",))


def test_places_outside_the_world_are_cut_out_and_counted(read: Callable[..., Roads]) -> None:
    places = {**SQUARE, 5: (121.0, 95.0), 6: (190.0, 31.0)}
    roads = read(places, [Way(1, [1, 2, 5, 6, 3, 4], **STREET)])
    assert roads.n_lines == 2
    assert aside(roads) == {"coordinates outside the world": 2}
    assert roads.set_aside[0].examples == ("way 1",)


def test_duplicate_ways_are_taken_once(read: Callable[..., Roads]) -> None:
    ways = [
        Way(1, [1, 2, 3], highway="residential", name="甲"),
        Way(2, [1, 2, 3], highway="residential", name="乙"),
        Way(3, [3, 2, 1], **STREET),
        Way(4, [1, 2, 3], highway="footway"),
        Way(5, [1, 3], highway="service", oneway="yes"),
        Way(6, [3, 1], highway="service", oneway="yes"),
        Way(7, [1, 3], highway="service", oneway="yes"),
        Way(4, [3, 4], highway="path"),
    ]
    roads = read(SQUARE, ways)
    assert roads.line_ids.tolist() == [1, 4, 5, 6]
    assert aside(roads) == {"way ids used twice": 1, "duplicate ways": 3}
    assert roads.set_aside[-1].examples == ("way 2", "way 3", "way 7")


def test_ways_of_one_node_and_of_none(read: Callable[..., Roads]) -> None:
    ways = [Way(1, [1, 2], **STREET), Way(2, [3], **STREET), Way(3, [4, 4], **STREET)]
    roads = read(SQUARE, [*ways, Way(4, [], **STREET)])
    assert roads.n_lines == 1
    assert aside(roads) == {"ways with fewer than two usable nodes": 3}


def test_loops_and_edges_without_length_stay_for_the_network_to_judge(
    read: Callable[..., Roads],
) -> None:
    places = {**SQUARE, 5: SQUARE[1]}
    ways = [Way(1, [1, 2, 3, 1], **STREET), Way(2, [1, 5], **STREET), Way(3, [5, 4], **STREET)]
    roads = read(places, ways)
    assert [len(c) for _, _, c in lines_of(roads)] == [4, 2, 2]
    assert len(roads.lon) == 5, "two nodes at one place are two nodes"
    network = build_network(roads, epsg=4549, profile=PROFILES["adult"])
    assert network.length_m.min() > 0
    assert network.length_m.sum() / 1e3 == pytest.approx(kilometres(roads), abs=1e-6)


def test_nodes_may_stand_after_the_ways_and_have_negative_ids(read: Callable[..., Roads]) -> None:
    drawn = {-1: SQUARE[1], -2: SQUARE[2], 3: SQUARE[3]}
    way = Way(-5, [-1, -2, 3], **STREET)
    for ways_first in (False, True):
        roads = read(drawn, [way], ways_first=ways_first)
        assert roads.set_aside == ()
        assert lines_of(roads) == [(-5, (("highway", "residential"),), tuple(SQUARE.values())[:3])]


def test_the_order_of_the_file_changes_nothing(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "helsinki" / "helsinki_center_20190421.osm.pbf"
    things = list(_mutable(source))
    random.Random(3).shuffle(things)
    path = tmp_path / "shuffled.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in sorted(things, key=lambda t: isinstance(t, mutable.Way)):
            writer.add(thing)
    assert_same(read_osm(path)[0], read_osm(source)[0])


def _mutable(path: Path) -> list[Any]:
    found = []
    for thing in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY):
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_way():
            nodes = [node.ref for node in thing.nodes]
            found.append(mutable.Way(id=thing.id, nodes=nodes, tags=tags))
        else:
            place = (thing.location.lon, thing.location.lat)
            found.append(mutable.Node(id=thing.id, location=place, tags=tags))
    return found


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf"])
def test_every_suffix_osmium_knows(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"town{suffix}"
    with osmium.SimpleWriter(str(path)) as writer:
        for node, place in SQUARE.items():
            writer.add_node(mutable.Node(id=node, location=place))
        writer.add_way(mutable.Way(id=1, nodes=[1, 2, 3], tags=STREET))
    assert read_osm(path)[0].n_lines == 1


def test_the_basemap_draws_streets_by_class_and_what_lies_between_them(tmp_path: Path) -> None:
    path = tmp_path / "town.osm"
    ring = [1, 2, 3, 4, 1]
    ways = [
        Way(1, [1, 3], highway="primary"),
        Way(2, [2, 4], highway="steps"),
        Way(3, [1, 2], highway="service"),
        Way(4, ring, natural="water"),
        Way(5, ring, leisure="park"),
        Way(6, ring, building="yes"),
        Way(7, [1, 2, 99, 3, 4], waterway="river"),
        Way(8, ring, amenity="school"),
        Way(9, [1], building="yes"),
    ]
    path.write_text(xml(SQUARE, ways), encoding="utf-8")
    basemap = basemap_of(*read_osm(path))
    assert basemap.crs.to_epsg() == 4326
    drawn = Counter(zip(basemap.kind, basemap.geometry.geom_type, strict=True))
    assert drawn == {
        ("road_major", "LineString"): 1,
        ("path", "LineString"): 1,
        ("road_minor", "LineString"): 1,
        ("water", "Polygon"): 1,
        ("green", "Polygon"): 1,
        ("building", "Polygon"): 1,
        ("water", "LineString"): 2,
    }
    assert shapely.is_valid(basemap.geometry.to_numpy()).all()


@pytest.mark.parametrize("suffix", [".osm", ".osm.pbf"])
def test_a_way_of_a_million_nodes(suffix: str, tmp_path: Path) -> None:
    n = 1_000_000
    path = tmp_path / f"long{suffix}"
    with osmium.SimpleWriter(str(path)) as writer:
        for node in range(1, n + 1):
            writer.add_node(mutable.Node(id=node, location=(100 + node * 1e-5, 30.0)))
        writer.add_way(mutable.Way(id=1, nodes=range(1, n + 1), tags=STREET))
    begin = time.process_time()
    roads, _ = read_osm(path)
    assert time.process_time() - begin < 30
    assert (roads.n_lines, len(roads.nodes)) == (1, n)
    assert roads.lon[roads.nodes[-1]] == pytest.approx(110.0, abs=1e-7)


# --- OSM files that cannot be used ------------------------------------------------------------


def test_a_truncated_pbf(shared_data: Path, tmp_path: Path) -> None:
    whole = (shared_data / "helsinki" / "helsinki_center_20190421.osm.pbf").read_bytes()
    path = tmp_path / "half.osm.pbf"
    for share in (0.02, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        refusal(lambda: read_osm(path), "half.osm.pbf", "damaged", "download or export it again")


def test_a_pbf_with_a_hole_in_it(shared_data: Path, tmp_path: Path) -> None:
    whole = bytearray((shared_data / "helsinki" / "helsinki_center_20190421.osm.pbf").read_bytes())
    whole[len(whole) // 2 : len(whole) // 2 + 500] = bytes(500)
    path = tmp_path / "hole.osm.pbf"
    path.write_bytes(whole)
    refusal(lambda: read_osm(path), "damaged")


BROKEN_FILES: dict[str, tuple[str, bytes, str]] = {
    "an empty PBF": (".osm.pbf", b"", "damaged"),
    "an empty XML": (".osm", b"", "damaged"),
    "no OSM at all": (".osm.pbf", b"\x89PNG\r\n" * 50, "damaged"),
    "a page of a server": (".osm", b"<html><body>504</body></html>", "damaged"),
    "a broken tag": (".osm", b'<osm version="0.6"><node id="1" lat="3', "damaged"),
    "a tag that is not closed": (".osm", b'<osm version="0.6"><way id="1"></osm>', "damaged"),
    "an old version": (".osm", b'<osm version="0.5"></osm>', "damaged"),
    "a latitude in words": (
        ".osm",
        b'<osm version="0.6"><node id="1" lat="north" lon="1"/></osm>',
        "north",
    ),
    "a latitude of a thousand": (
        ".osm",
        b'<osm version="0.6"><node id="1" lat="1000" lon="1"/></osm>',
        "1000",
    ),
    "half a gzip": (".osm.gz", gzip.compress(b'<osm version="0.6"></osm>')[:-9], "damaged"),
    "half a bzip2": (".osm.bz2", bz2.compress(b'<osm version="0.6"></osm>')[:-9], "damaged"),
    "nothing in it": (".osm", b'<osm version="0.6"></osm>', "not a single usable road"),
    "a suffix nobody knows": (".road", b"", "damaged"),
}


@pytest.mark.parametrize("case", BROKEN_FILES)
def test_a_file_that_is_no_osm(case: str, tmp_path: Path) -> None:
    suffix, content, word = BROKEN_FILES[case]
    path = tmp_path / f"roads{suffix}"
    path.write_bytes(content)
    refusal(lambda: read_osm(path), path.name, word)


def test_ways_without_their_nodes_say_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "ways.osm"
    path.write_text(xml({}, [Way(1, [1, 2, 3], **STREET)]), encoding="utf-8")
    refusal(lambda: read_osm(path), "it lacks 3 nodes", "ways with their nodes")


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    refusal(lambda: read_osm(tmp_path / "none.osm"), "none.osm")


def test_a_full_disk_is_a_refusal_not_the_end_of_the_process(shared_data: Path) -> None:
    """Osmium aborts when a writer that failed is destroyed; ours is not."""
    pytest.importorskip("resource")
    script = """
import resource, sys
from pathlib import Path
from planning.errors import InputError
from planning.inputs.roads.osm import read_osm
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    read_osm(Path(sys.argv[1]))
except InputError as error:
    print(error)
"""
    path = shared_data / "shanghai_huangpu" / "huangpu_walk.osm.pbf"
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "a temporary file that failed" in done.stdout
    assert "TMPDIR" in done.stdout
    assert "terminate" not in done.stderr


# --- Overpass ---------------------------------------------------------------------------------


@pytest.fixture
def answer(tmp_path: Path) -> Callable[..., Path]:
    """Write an answer of Overpass."""

    def write(elements: list[Any], **more: Any) -> Path:
        path = tmp_path / "answer.json"
        path.write_text(json.dumps({"version": 0.6, "elements": elements, **more}))
        return path

    return write


def node(number: int, place: Place, **tags: str) -> dict[str, Any]:
    return {"type": "node", "id": number, "lon": place[0], "lat": place[1], "tags": tags}


def test_huangpu_from_overpass_equals_huangpu_from_pbf(shared_data: Path) -> None:
    folder = shared_data / "shanghai_huangpu"
    from_json, json_basemap = read_overpass(folder / "huangpu_walk_overpass.json.gz")
    from_pbf, pbf_basemap = read_osm(folder / "huangpu_walk.osm.pbf")
    assert_same(from_json, from_pbf)
    assert json_basemap.equals(pbf_basemap)
    assert from_pbf.n_lines == 5_477
    assert len(from_pbf.lon) == 21_367
    assert kilometres(from_json) == pytest.approx(703, abs=1)


def test_ways_may_carry_their_corners(shared_data: Path, answer: Callable[..., Path]) -> None:
    """`out geom` gives what `out body; >; out skel;` gives; without node ids, places are nodes."""
    source = shared_data / "shanghai_huangpu" / "huangpu_walk_overpass.json.gz"
    with gzip.open(source, "rt", encoding="utf-8") as file:
        elements = json.load(file)["elements"]
    places = {e["id"]: {"lon": e["lon"], "lat": e["lat"]} for e in elements if e["type"] == "node"}
    ways = [e for e in elements if e["type"] == "way"]
    bare, _ = read_overpass(source)
    with_corners = [{**way, "geometry": [places[n] for n in way["nodes"]]} for way in ways]
    roads, _ = read_overpass(answer(with_corners))
    assert lines_of(roads) == lines_of(bare)
    assert [len(np.unique(r.nodes)) for r in (roads, bare)] == [len(bare.lon)] * 2
    nameless = [{k: v for k, v in way.items() if k != "nodes"} for way in with_corners]
    assert lines_of(read_overpass(answer(nameless))[0]) == lines_of(bare)


def test_a_corner_the_answer_leaves_out_is_missing(answer: Callable[..., Path]) -> None:
    """`out geom(box)` writes null for corners outside the box."""
    corners = [{"lon": x, "lat": y} for x, y in SQUARE.values()]
    way = {"type": "way", "id": 1, "nodes": [1, 2, 9, 3, 4], "tags": STREET}
    way["geometry"] = [*corners[:2], None, *corners[2:]]
    roads, _ = read_overpass(answer([way]))
    assert roads.n_lines == 2
    assert aside(roads) == {"nodes missing from the file": 1}


def test_gates_of_an_answer(answer: Callable[..., Path]) -> None:
    way = {"type": "way", "id": 1, "nodes": [1, 2], "tags": STREET}
    nodes = [node(1, SQUARE[1]), node(2, SQUARE[2], barrier="gate", note="x")]
    roads, _ = read_overpass(answer([way, *nodes]))
    assert roads.tag_sets == (STREET, {"barrier": "gate"})
    assert roads.node_tags.tolist() == [-1, 1]


def test_an_answer_that_broke_off(answer: Callable[..., Path]) -> None:
    path = answer([node(1, SQUARE[1])], remark='runtime error: Query timed out in "query"')
    refusal(lambda: read_overpass(path), "broke off", "Query timed out", "smaller area")


WAY_1 = {"type": "way", "id": 1, "nodes": [1, 2], "tags": STREET}
NO_ANSWERS: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"<osm></osm>",
    "half of one": b'{"elements": [{"type": "node"',
    "half a gzip": gzip.compress(b'{"elements": []}')[:-6],
    "a list": b"[]",
    "GeoJSON": b'{"type": "FeatureCollection", "features": []}',
    "elements that are none": b'{"elements": {"a": 1}}',
    "elements that are words": b'{"elements": ["a"]}',
    "no type": b'{"elements": [{"id": 1}]}',
    "a node without a place": b'{"elements": [{"type": "node", "id": 1}]}',
    "a latitude in words": json.dumps({"elements": [{**node(1, (0, 0)), "lat": "x"}]}).encode(),
    "an id in words": json.dumps({"elements": [{**WAY_1, "id": "w1"}]}).encode(),
    "an id beyond 64 bits": json.dumps({"elements": [{**WAY_1, "id": 2**70}]}).encode(),
    "more nodes than corners": json.dumps(
        {"elements": [{**WAY_1, "geometry": [{"lon": 1, "lat": 1}]}]}
    ).encode(),
    "tags that are a list": json.dumps({"elements": [{**WAY_1, "tags": ["highway"]}]}).encode(),
}


@pytest.mark.parametrize("case", NO_ANSWERS)
def test_json_that_is_no_answer(case: str, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_bytes(NO_ANSWERS[case])
    refusal(lambda: read_overpass(path), "answer.json", "no JSON answer of Overpass")


def test_an_answer_without_roads(answer: Callable[..., Path]) -> None:
    refusal(lambda: read_overpass(answer([])), "not a single usable road")
    refusal(lambda: read_overpass(answer([WAY_1])), "it lacks 2 nodes")


# --- OSMnx graphs -----------------------------------------------------------------------------


def graph_of(*edges: tuple[int, int, dict[str, Any]], **graph: Any) -> nx.MultiDiGraph:
    made = nx.MultiDiGraph(**{"crs": "epsg:4326", **graph})
    made.add_nodes_from((n, {"x": x, "y": y}) for n, (x, y) in SQUARE.items())
    made.add_edges_from((u, v, {"osmid": 1, **STREET, **data}) for u, v, data in edges)
    return made


def test_both_directions_are_one_line_and_one_alone_is_oneway() -> None:
    roads = roads_of_graph(
        graph_of(
            (1, 2, {"oneway": False, "reversed": False}),
            (2, 1, {"oneway": False, "reversed": True}),
            (2, 3, {"oneway": True, "osmid": 5, "reversed": False}),
        )
    )
    assert [roads.tag_sets[k] for k in roads.line_tags] == [STREET, {**STREET, "oneway": "yes"}]
    assert roads.line_ids.tolist() == [1, 5]
    assert aside(roads) == {"second direction of a street": 1}
    assert len(roads.lon) == 4


def test_a_line_runs_as_osm_has_it_whichever_edge_comes_first() -> None:
    bent = shapely.LineString([SQUARE[1], (121.0005, 31.002), SQUARE[2]])
    there = (1, 2, {"geometry": bent, "reversed": False, "conveying": "forward"})
    back = (2, 1, {"geometry": bent.reverse(), "reversed": True, "conveying": "forward"})
    for edges in ((there, back), (back, there)):
        roads = roads_of_graph(graph_of(*edges))
        assert lines_of(roads) == [
            (1, (("conveying", "forward"), ("highway", "residential")), tuple(bent.coords))
        ]


def test_two_streets_between_the_same_junctions_stay_two() -> None:
    north = shapely.LineString([SQUARE[1], (121.0005, 31.001), SQUARE[2]])
    south = shapely.LineString([SQUARE[1], (121.0005, 30.999), SQUARE[2]])
    edges = [(1, 2, {"geometry": g}) for g in (north, south, north)]
    edges += [(2, 1, {"geometry": north.reverse()}), (1, 2, {})]
    roads = roads_of_graph(graph_of(*edges))
    assert roads.n_lines == 3
    assert aside(roads) == {"second direction of a street": 1, "duplicate ways": 1}
    assert Counter("oneway" in roads.tag_sets[k] for k in roads.line_tags) == {True: 2, False: 1}


def test_loops() -> None:
    ring = shapely.LineString([SQUARE[1], SQUARE[2], SQUARE[3], SQUARE[1]])
    roads = roads_of_graph(graph_of((1, 1, {"geometry": ring}), (1, 1, {}), (1, 2, {})))
    assert [len(corners) for *_, corners in lines_of(roads)] == [4, 2]
    assert aside(roads) == {"ways with fewer than two usable nodes": 1}


def test_an_undirected_graph_has_both_directions() -> None:
    roads = roads_of_graph(graph_of((1, 2, {}), (2, 3, {})).to_undirected())
    assert roads.n_lines == 2
    assert roads.tag_sets == (STREET,)


def test_merged_edges_are_judged_by_the_first_kind_and_counted() -> None:
    several = {"highway": ["footway", "steps"], "access": ["yes", "private"], "osmid": [8, 9]}
    roads = roads_of_graph(graph_of((1, 2, several), (2, 1, several), (2, 3, {})))
    assert roads.tag_sets[roads.line_tags[0]] == {"highway": "footway", "access": "yes"}
    assert roads.line_ids.tolist() == [8, 1]
    by_reason = {found.reason: found for found in roads.set_aside}
    kinds = by_reason["edges of several highway kinds, judged by the first"]
    assert (kinds.count, kinds.examples) == (1, ("way 8",))
    assert by_reason["edges of several access rules, judged by the first"].count == 1


@pytest.mark.parametrize(
    ("said", "tags"),
    [("yes", {"oneway": "yes"}), ("-1", {"oneway": "yes"}), ("no", {}), ("reversible", None)],
)
def test_a_graph_may_keep_the_words_of_osm(said: str, tags: dict[str, str] | None) -> None:
    """OSMnx's `all_oneway`: every way once, with its own oneway; it has turned -1 round."""
    roads = roads_of_graph(graph_of((1, 2, {"oneway": said})))
    expected = {"oneway": said} if tags is None else tags
    assert roads.tag_sets == ({**STREET, **expected},)


def test_a_file_may_keep_the_words_of_osm(tmp_path: Path) -> None:
    import osmnx

    path = tmp_path / "words.graphml"
    osmnx.save_graphml(graph_of((1, 2, {"oneway": "no"}), (2, 3, {"oneway": True})), path)
    roads = read_graphml(path)
    assert [roads.tag_sets[k] for k in roads.line_tags] == [STREET, {**STREET, "oneway": "yes"}]


def test_gates_of_a_graph() -> None:
    graph = graph_of((1, 2, {}), (2, 3, {}))
    graph.nodes[2]["barrier"] = "gate"
    graph.nodes[2]["street_count"] = 2
    roads = roads_of_graph(graph)
    assert roads.tag_sets[roads.node_tags[1]] == {"barrier": "gate"}


def test_a_projected_graph_is_read_in_degrees() -> None:
    import osmnx

    bent = shapely.LineString([SQUARE[1], (121.0005, 31.002), SQUARE[2]])
    graph = graph_of((1, 2, {"geometry": bent}), (2, 3, {}))
    projected = roads_of_graph(osmnx.project_graph(graph, to_crs="EPSG:4549"))
    plain = roads_of_graph(graph)
    np.testing.assert_allclose(projected.lon, plain.lon, atol=1e-9)
    np.testing.assert_allclose(projected.lat, plain.lat, atol=1e-9)
    assert kilometres(projected) == pytest.approx(kilometres(plain), rel=1e-8)


def test_hong_kong_keeps_its_one_way_streets(shared_data: Path) -> None:
    path = shared_data / "hongkong_island" / "hk_island_drive_osmnx.graphml"
    roads = read_graphml(path)
    oneway = Counter(roads.tag_sets[k].get("oneway") for k in roads.line_tags)
    assert oneway == {"yes": 3_227, None: 1_205}
    assert oneway["yes"] + 2 * oneway[None] == 5_637, "every edge of the file is accounted for"
    assert aside(roads)["second direction of a street"] == 1_205
    assert kilometres(roads) == pytest.approx(509, abs=1)


def test_graph_to_roads_to_network_to_graph_keeps_the_kilometres(shared_data: Path) -> None:
    import osmnx

    graph = osmnx.load_graphml(shared_data / "hongkong_island" / "hk_island_drive_osmnx.graphml")
    roads = roads_of_graph(graph)
    network = build_network(roads, epsg=32650, profile=PROFILES["adult"])
    again = to_networkx(network)
    km = sum(data["length"] for *_, data in again.edges(data=True)) / 2e3
    walkable = sum(
        WGS84.line_length(*zip(*corners, strict=True)) / 1e3
        for _, tags, corners in lines_of(roads)
        if line_passage(dict(tags), PROFILES["adult"])
    )
    assert km == pytest.approx(walkable, rel=1e-7)
    assert km > 400


def test_a_network_goes_to_networkx_and_comes_back_the_same(shared_data: Path) -> None:
    roads, _ = read_osm(shared_data / "shanghai_huangpu" / "huangpu_walk.osm.pbf")
    network = build_network(roads, epsg=4549, profile=PROFILES["elder"])
    again = build_network(
        roads_of_graph(to_networkx(network)), epsg=4549, profile=PROFILES["elder"]
    )
    # Two ways over the very same nodes are one street in a graph.
    shapes = shapely.to_wkb(shapely.normalize(shapely.set_precision(network.lines(), 0.001)))
    _, once = np.unique(shapes, return_index=True)
    assert len(network.length_m) - len(once) < 20
    assert again.length_m.sum() == pytest.approx(network.length_m[once].sum(), rel=1e-6)
    assert again.n_components == network.n_components


def test_an_exported_graph_is_one_of_osmnx(tmp_path: Path) -> None:
    import osmnx

    ring = shapely.LineString([SQUARE[1], (120.9, 31.002), (121.0005, 31.002), SQUARE[1]])
    ends = [(1, 2, {}), (2, 1, {}), (2, 3, {"highway": "footway"}), (1, 1, {"geometry": ring})]
    network = build_network(roads_of_graph(graph_of(*ends)), epsg=4549, profile=PROFILES["adult"])
    graph = to_networkx(network)
    osmnx.save_graphml(graph, tmp_path / "again.graphml")
    loaded = osmnx.load_graphml(tmp_path / "again.graphml")
    nodes, edges = osmnx.graph_to_gdfs(loaded)
    assert edges.crs.to_epsg() == 4326
    assert len(nodes) == network.n_nodes
    assert len(edges) == 2 * network.n_edges
    for u, v, data in loaded.edges(data=True):
        assert data["travel_time"] == pytest.approx(data["length"] / 1.3, abs=0.001)
        first, *_, last = data["geometry"].coords
        for node_id, corner in ((u, first), (v, last)):
            place = loaded.nodes[node_id]
            assert corner == pytest.approx((place["x"], place["y"]), abs=1e-12)
    route = osmnx.routing.shortest_path(loaded, 0, len(nodes) - 1, weight="travel_time")
    assert route is not None


def test_a_street_closed_in_one_direction_is_exported_in_the_other() -> None:
    edge = (1, 2, {"conveying": "forward", "highway": "steps"})
    network = build_network(
        roads_of_graph(graph_of(edge, (2, 3, {}))), epsg=4549, profile=PROFILES["adult"]
    )
    assert sorted(data["oneway"] for *_, data in to_networkx(network).edges(data=True)) == [
        False,
        False,
        True,
    ]


def _spoilt(change: Callable[[nx.MultiDiGraph], None]) -> nx.MultiDiGraph:
    graph = graph_of((1, 2, {}), (2, 3, {}))
    change(graph)
    return graph


BAD_GRAPHS: dict[str, Callable[[nx.MultiDiGraph], None]] = {
    "without a crs": lambda graph: graph.graph.pop("crs"),
    "with a crs that is none": lambda graph: graph.graph.update(crs="here"),
    "a node without a place": lambda graph: graph.nodes[1].pop("x"),
    "a node named but never placed": lambda graph: graph.add_edge(1, 99),
    "a place in words": lambda graph: graph.nodes[1].update(x="east"),
    "a geometry in words": lambda graph: graph.edges[1, 2, 0].update(geometry="LINESTRING"),
}


@pytest.mark.parametrize("case", BAD_GRAPHS)
def test_a_graph_that_is_none_of_osmnx(case: str) -> None:
    graph = _spoilt(BAD_GRAPHS[case])
    refusal(lambda: roads_of_graph(graph), "no graph of OSMnx")


def test_an_edge_outside_the_world_is_counted() -> None:
    graph = graph_of((1, 2, {}), (2, 3, {}))
    graph.nodes[3]["y"] = 95.0
    assert aside(roads_of_graph(graph)) == {"coordinates outside the world": 1}


def test_a_graph_without_edges() -> None:
    refusal(lambda: roads_of_graph(graph_of()), "not a single usable edge")
    refusal(lambda: roads_of_graph(nx.MultiDiGraph(crs="epsg:4326")), "not a single usable edge")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<graphml>",
        b"not XML",
        b'<?xml version="1.0"?><osm version="0.6"></osm>',
        b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"></graphml>',
        b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">'
        b'<node id="a"/><node id="b"/><edge source="a" target="b"/></graph></graphml>',
        b"\xff\xfe\x00broken",
    ],
    ids=["empty", "not closed", "no XML", "OSM XML", "no graph", "no OSMnx", "no text"],
)
def test_a_file_that_is_no_graphml(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "roads.graphml"
    path.write_bytes(content)
    refusal(lambda: read_graphml(path), "roads.graphml", "no graph of OSMnx")


def test_a_graphml_cut_off(shared_data: Path, tmp_path: Path) -> None:
    whole = (shared_data / "hongkong_island" / "hk_island_drive_osmnx.graphml").read_bytes()
    path = tmp_path / "half.graphml"
    path.write_bytes(whole[: len(whole) // 2])
    refusal(lambda: read_graphml(path), "half.graphml", "no graph of OSMnx")


# --- layers of planned roads ------------------------------------------------------------------


def layer(tmp_path: Path, shapes: Sequence[Any], name: str = "plan.gpkg", **columns: Any) -> Path:
    """Write a layer in EPSG:4490."""
    path = tmp_path / name
    frame = gpd.GeoDataFrame(
        {"row": range(len(shapes)), **columns}, geometry=list(shapes), crs=4490
    )
    frame.to_file(path)
    return path


read_roads_layer = partial(roads_layer.read_roads_layer, tell=[].append)


def line(*places: Place) -> shapely.LineString:
    return shapely.LineString(places)


@pytest.mark.parametrize("name", ["plan.gpkg", "plan.shp", "plan.geojson"])
def test_a_layer_of_planned_roads(name: str, tmp_path: Path) -> None:
    shapes = [line(SQUARE[1], SQUARE[2]), line(SQUARE[2], SQUARE[3], SQUARE[4])]
    path = layer(tmp_path, shapes, name, highway=["primary", None], oneway=["yes", None])
    roads = read_roads_layer(path)
    assert [found[1:] for found in lines_of(roads)] == [
        ((("highway", "primary"), ("oneway", "yes")), (SQUARE[1], SQUARE[2])),
        ((("highway", "residential"),), (SQUARE[2], SQUARE[3], SQUARE[4])),
    ]
    assert roads.line_ids.tolist() == [1, 2]
    assert len(roads.lon) == 4, "they share a node"
    assert roads.set_aside == ()


def test_a_layer_in_metres_lies_where_it_lies(tmp_path: Path) -> None:
    shapes = [line(SQUARE[1], SQUARE[2]), line(SQUARE[2], SQUARE[3])]
    for epsg in (4549, 4528, 3857):
        path = tmp_path / f"plan{epsg}.gpkg"
        gpd.GeoDataFrame(geometry=shapes, crs=4326).to_crs(epsg).to_file(path)
        roads = read_roads_layer(path)
        np.testing.assert_allclose(roads.lon[roads.nodes], [121.0, 121.001, 121.001, 121.001])
        np.testing.assert_allclose(roads.lat[roads.nodes], [31.0, 31.0, 31.0, 31.001])
        assert len(roads.lon) == 3


def test_lines_meet_at_ends_not_where_they_cross(tmp_path: Path) -> None:
    middle = (121.0005, 31.0005)
    shapes = [
        line(SQUARE[1], middle, SQUARE[3]),
        line(SQUARE[2], middle, SQUARE[4]),  # crosses at a corner of both: a bridge, perhaps
        line(SQUARE[3], (121.002, 31.002)),  # end on end
        line(middle, (121.0005, 31.0)),  # end on a corner of two others: joins all three
    ]
    crossing = read_roads_layer(layer(tmp_path, shapes[:3], "three.gpkg"))
    assert len(crossing.lon) == 7
    assert len(read_roads_layer(layer(tmp_path, shapes, "four.gpkg")).lon) == 7
    ring = read_roads_layer(layer(tmp_path, [line(*SQUARE.values(), SQUARE[1])], "ring.gpkg"))
    assert ring.nodes[0] == ring.nodes[-1]


def test_lines_of_several_parts_and_heights(tmp_path: Path) -> None:
    two = shapely.MultiLineString([[SQUARE[1], SQUARE[2]], [SQUARE[3], SQUARE[4]]])
    high = shapely.LineString([(*SQUARE[2], 4.0), (*SQUARE[3], 9.0)])
    roads = read_roads_layer(layer(tmp_path, [two, shapely.force_3d(two).geoms[0], high]))
    assert roads.line_ids.tolist() == [1, 1, 2, 3]
    assert len(roads.lon) == 4


def test_lines_without_use_are_counted(tmp_path: Path) -> None:
    with np.errstate(invalid="ignore"):
        nowhere = shapely.linestrings([SQUARE[1], (np.nan, 31.0)], handle_nan="allow")
    shapes = [
        line(SQUARE[1], SQUARE[2]),
        None,
        shapely.LineString(),
        line(SQUARE[1], SQUARE[1]),
        nowhere,
        line(SQUARE[1], (121.0, 95.0)),
        shapely.MultiLineString([[SQUARE[3], SQUARE[4]], [SQUARE[3], SQUARE[3]]]),
    ]
    roads = read_roads_layer(layer(tmp_path, shapes))
    assert roads.line_ids.tolist() == [1, 7]
    assert {found.reason: (found.count, found.examples) for found in roads.set_aside} == {
        "lines without geometry": (2, ("line 2", "line 3")),
        "lines with coordinates that are no numbers": (1, ("line 5",)),
        "coordinates outside the world": (1, ("line 6",)),
        "lines without length": (2, ("line 4", "line 7")),
    }


def test_words_of_designers_and_of_geofabrik(tmp_path: Path) -> None:
    shapes = [line(SQUARE[1], (121.0, 31.0 + k / 1000)) for k in range(1, 6)]
    path = layer(
        tmp_path,
        shapes,
        道路等级=["主干路", "支路", "人行道", "track_grade2", "living_street"],
        oneway=["B", "F", "T", "是", "-1"],
        bridge=["T", "F", None, "yes", "viaduct"],
        tunnel=[True, False, False, False, False],
        layer=[1.0, 0.0, -1.0, np.nan, 2.0],
        foot=["no", None, "designated", "1", "private"],
    )
    roads = read_roads_layer(path)
    assert [roads.tag_sets[k] for k in roads.line_tags] == [
        {"highway": "primary", "oneway": "no", "bridge": "yes", "tunnel": "yes", "layer": "1"}
        | {"foot": "no"},
        {"highway": "tertiary", "oneway": "yes", "bridge": "no", "tunnel": "no", "layer": "0"},
        {"highway": "footway", "oneway": "-1", "tunnel": "no", "layer": "-1"}
        | {"foot": "designated"},
        {"highway": "track", "oneway": "yes", "bridge": "yes", "tunnel": "no", "foot": "yes"},
        {"highway": "living_street", "oneway": "-1", "bridge": "viaduct", "tunnel": "no"}
        | {"layer": "2", "foot": "private"},
    ]


def test_columns_may_have_any_name(tmp_path: Path) -> None:
    path = layer(tmp_path, [line(SQUARE[1], SQUARE[2])], klasse=["次干路"], highway=["motorway"])
    roads = read_roads_layer(path, columns={"highway": "klasse"})
    assert roads.tag_sets == ({"highway": "secondary"},)
    refusal(lambda: read_roads_layer(path, columns={"highway": "clas"}), "columns", "clas")
    refusal(lambda: read_roads_layer(path, columns={"speed": "klasse"}), "'speed'", "highway")


def test_the_names_of_merged_layers_are_no_levels(tmp_path: Path) -> None:
    """QGIS, merging layers, writes their names into a column called layer."""
    path = layer(tmp_path, [line(SQUARE[1], SQUARE[2])] * 2, layer=["规划路", "1"])
    assert read_roads_layer(path).tag_sets == (STREET,)
    with pytest.raises(InputError, match="unknown values 规划路"):
        read_roads_layer(path, columns={"layer": "layer"})


def test_words_nobody_understands_are_named_all_at_once(tmp_path: Path) -> None:
    path = layer(
        tmp_path, [line(SQUARE[1], SQUARE[2])] * 2, highway=["甲级", "primary"], oneway=["左", "右"]
    )
    with pytest.raises(InputError) as caught:
        read_roads_layer(path)
    english = [fault.lines()[1] for fault in caught.value.faults]
    assert len(english) == 2
    assert "highway: found unknown values 甲级" in english[0]
    assert "oneway: found unknown values 右、左" in english[1]


@pytest.mark.parametrize(
    "shapes",
    [
        [shapely.Point(SQUARE[1])],
        [shapely.box(121, 31, 122, 32)],
        [line(SQUARE[1], SQUARE[2]), shapely.Point(SQUARE[1])],
    ],
    ids=["points", "polygons", "a point among lines"],
)
def test_a_layer_that_is_not_of_lines(shapes: list[Any], tmp_path: Path) -> None:
    refusal(lambda: read_roads_layer(layer(tmp_path, shapes)), "geometry of type", "lines")


def test_a_layer_without_a_crs(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        gpd.GeoDataFrame(geometry=[line(SQUARE[1], SQUARE[2])]).to_file(path)
    refusal(lambda: read_roads_layer(path), "no CRS")


@pytest.mark.parametrize("epsg", [2345, 2437, 4214, 4610])
def test_a_layer_in_an_old_datum(epsg: int, tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    gpd.GeoDataFrame(geometry=[line(SQUARE[1], SQUARE[2])], crs=epsg).to_file(path)
    refusal(lambda: read_roads_layer(path), "old datum", "CGCS2000")


def test_a_layer_with_nothing_of_use(tmp_path: Path) -> None:
    path = layer(tmp_path, [line(SQUARE[1], SQUARE[1])])
    refusal(lambda: read_roads_layer(path), "not a single usable line")


def test_a_layer_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    path.write_bytes(b"")
    refusal(lambda: read_roads_layer(path), "it cannot be read")
    path = layer(tmp_path, [line(SQUARE[1], SQUARE[2])], "good.gpkg")
    refusal(lambda: read_roads_layer(path, layer="other"), "no layer 'other'")
