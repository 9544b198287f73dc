"""Downloading a place: OSMnx itself runs, only the servers are played here."""

from __future__ import annotations

import copy
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import osmnx
import pytest
import requests

from planning.errors import InputError
from planning.inputs.roads.fetch import Fetched, fetch_place
from planning.inputs.roads.graphml import read_graphml
from planning.provenance import OSM_LICENCE

Get = Callable[..., requests.Response]

PLACE = {
    "place_id": 1,
    "display_name": "黄浦区, 上海市, 中国",
    "importance": 0.6,
    "lat": "31.22",
    "lon": "121.48",
    "boundingbox": ["31.215", "31.225", "121.475", "121.485"],
    "geojson": {
        "type": "Polygon",
        "coordinates": [
            [
                [121.475, 31.215],
                [121.485, 31.215],
                [121.485, 31.225],
                [121.475, 31.225],
                [121.475, 31.215],
            ]
        ],
    },
}
NODES = {1: (121.478, 31.22), 2: (121.48, 31.22), 3: (121.482, 31.221), 4: (121.48, 31.222)}
NODES |= {5: (121.481, 31.2225), 6: (121.4815, 31.222), 7: (121.482, 31.2215)}
WAYS = [
    (11, [1, 2, 3], {"highway": "residential", "oneway": "yes", "surface": "asphalt"}),
    (12, [2, 4], {"highway": "steps", "ramp:wheelchair": "yes", "access": "private"}),
    (13, [4, 5, 6, 7], {"highway": "footway"}),
]
ANSWER = {
    "elements": [
        *({"type": "node", "id": n, "lon": x, "lat": y} for n, (x, y) in NODES.items()),
        *({"type": "way", "id": w, "nodes": n, "tags": tags} for w, n, tags in WAYS),
    ]
}
ANSWER["elements"][5]["tags"] = {"barrier": "gate", "note": "x"}


class Servers:
    """Nominatim and Overpass: what they answer, and what they were asked."""

    def __init__(self) -> None:
        self.place: Any = [PLACE]
        self.answer: Any = copy.deepcopy(ANSWER)
        self.status = 200
        self.asked: list[str] = []

    def get(self, url: str, **_: Any) -> requests.Response:
        return self._respond(url, self.place)

    def post(self, url: str, data: dict[str, str], **_: Any) -> requests.Response:
        self.asked.append(data["data"])
        return self._respond(url, self.answer)

    def _respond(self, url: str, content: Any) -> requests.Response:
        if isinstance(content, Exception):
            raise content
        response = requests.Response()
        response.url, response.status_code = url, self.status
        response._content = content if isinstance(content, bytes) else json.dumps(content).encode()
        return response


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    played = Servers()
    monkeypatch.setattr(requests, "get", played.get)
    monkeypatch.setattr(requests, "post", played.post)
    monkeypatch.setattr(socket, "gethostbyname", lambda _: "127.0.0.1")
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(osmnx.settings, "overpass_rate_limit", False)
    return played


def refusal(call: Callable[[], object], *english: str) -> str:
    with pytest.raises(InputError) as caught:
        call()
    assert len(caught.value.faults) == 1
    zh, en = caught.value.faults[0].lines()
    assert "发现" in zh and "应为" in zh and "；请" in zh
    assert all(word in en for word in english), en
    return zh


def test_a_place_becomes_a_graph_that_is_read(servers: Servers, tmp_path: Path) -> None:
    out = tmp_path / "raw" / "huangpu.graphml"
    fetched = fetch_place("上海市黄浦区", out)
    assert isinstance(fetched, Fetched)
    assert (fetched.path, fetched.place) == (out, "黄浦区, 上海市, 中国")
    assert fetched.licence == OSM_LICENCE
    assert (fetched.nodes, fetched.edges) == (6, 8)
    assert fetched.area_km2 == pytest.approx(14.3, abs=0.1)
    roads = read_graphml(out)
    tags = [roads.tag_sets[k] for k in roads.line_tags]
    assert sorted(roads.line_ids.tolist()) == [11, 11, 12, 13, 13]
    assert [len(roads.nodes), len(roads.lon)] == [11, 7], "a bend stays a bend, a gate a node"
    assert {"highway": "residential", "oneway": "yes"} in tags
    assert {"highway": "steps", "ramp:wheelchair": "yes", "access": "private"} in tags
    assert {"barrier": "gate"} in roads.tag_sets
    assert list(out.parent.iterdir()) == [out], "and nothing else lies about"


def test_every_road_is_asked_for_unless_walking_is_enough(servers: Servers, tmp_path: Path) -> None:
    fetch_place("x", tmp_path / "all.graphml")
    fetch_place("x", tmp_path / "walk.graphml", network_type="walk")
    every, walk = servers.asked
    assert 'way["highway"](poly' in every.replace("'", '"')
    assert "motor" in walk and "access" in walk
    roads = read_graphml(tmp_path / "walk.graphml")
    assert all("oneway" not in roads.tag_sets[k] for k in roads.line_tags)


def test_the_buffer_widens_what_is_asked_for(servers: Servers, tmp_path: Path) -> None:
    near = fetch_place("x", tmp_path / "near.graphml", buffer_m=0)
    far = fetch_place("x", tmp_path / "far.graphml", buffer_m=3000)
    assert near.area_km2 == pytest.approx(0.952 * 1.109, rel=0.01)
    assert far.area_km2 > 9 * near.area_km2


def test_settings_and_folder_are_left_as_they_were(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = [name for name in vars(osmnx.settings) if not name.startswith("_")]
    before = {name: getattr(osmnx.settings, name) for name in names}
    resolve = socket.getaddrinfo
    fetch_place("x", tmp_path / "x.graphml")
    servers.answer = OSError("down")
    refusal(lambda: fetch_place("x", tmp_path / "y.graphml"))
    assert {name: getattr(osmnx.settings, name) for name in names} == before
    assert socket.getaddrinfo is resolve
    assert [path.name for path in tmp_path.iterdir()] == ["x.graphml"]


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ConnectionError("HTTPSConnectionPool(host=…): Max retries exceeded"),
        requests.exceptions.Timeout("timed out"),
        requests.exceptions.ProxyError("no proxy"),
        socket.gaierror(-2, "Name or service not known"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize(
    ("server", "host"),
    [("place", "nominatim.openstreetmap.org"), ("answer", "overpass-api.de")],
)
def test_without_network_it_says_what_to_do(
    servers: Servers, tmp_path: Path, server: str, host: str, error: Exception
) -> None:
    setattr(servers, server, error)
    out = tmp_path / "x.graphml"
    zh = refusal(
        lambda: fetch_place("上海市黄浦区", out),
        f"network: {host}: found it cannot be reached",
        type(error).__name__,
        "on a computer that is online",
        "data/raw",
    )
    assert "无法连接" in zh and "data/raw" in zh
    assert not out.exists()


def test_an_answer_that_broke_off_is_not_taken_for_the_whole(
    servers: Servers, tmp_path: Path
) -> None:
    servers.answer["remark"] = "runtime error: Query timed out"
    out = tmp_path / "x.graphml"
    refusal(lambda: fetch_place("x", out), "broke off", "smaller place")
    assert not out.exists()


NO_PLACE: dict[str, Any] = {
    "nothing by that name": [],
    "a point": [{**PLACE, "geojson": {"type": "Point", "coordinates": [121.48, 31.22]}}],
    "a page of a proxy": b"<html>login</html>",
    "another thing": {"error": "no"},
}


@pytest.mark.parametrize("case", NO_PLACE)
def test_a_place_that_is_not_found(case: str, servers: Servers, tmp_path: Path) -> None:
    servers.place = NO_PLACE[case]
    refusal(
        lambda: fetch_place("黄埔", tmp_path / "x.graphml"),
        "place: 黄埔",
        "no boundary by that name",
        "in full",
    )


@pytest.mark.parametrize(
    "answer", [{"elements": []}, {}, b"<html>" + b"too many requests " * 99], ids=str
)
def test_an_answer_without_streets(answer: Any, servers: Servers, tmp_path: Path) -> None:
    servers.answer = answer
    zh = refusal(lambda: fetch_place("x", tmp_path / "x.graphml"), "no street from the server")
    assert len(zh) < 500


def test_a_place_too_large_for_public_servers(servers: Servers, tmp_path: Path) -> None:
    wide = {"type": "Polygon", "coordinates": [[[120, 30], [122, 30], [122, 32], [120, 30]]]}
    servers.place = [{**PLACE, "geojson": wide}]
    refusal(
        lambda: fetch_place("江苏", tmp_path / "x.graphml"), "km²", "at most 2,500", "Geofabrik"
    )
    assert servers.asked == []


def test_where_the_graph_may_be_written(servers: Servers, tmp_path: Path) -> None:
    refusal(lambda: fetch_place("x", tmp_path / "x.osm.pbf"), "ending in '.pbf'", ".graphml")
    out = tmp_path / "x.graphml"
    out.write_text("mine")
    refusal(lambda: fetch_place("x", out), "exists already")
    assert out.read_text() == "mine"
    fetch_place("x", out, overwrite=True)
    assert read_graphml(out).n_lines == 5
    (tmp_path / "file").write_text("")
    refusal(lambda: fetch_place("x", tmp_path / "file" / "x.graphml"), "it cannot be written")
