"""The walks of the server are those of the program, to the millisecond, whoever else asks."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import numpy as np
import pytest
from starlette.testclient import TestClient
from test_web_guard import refused
from web_desk import opened, scenario, server

from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.network import snap
from planning.progress import silent
from planning.result import Town
from planning.travel import audience, reach

LIMIT_MS = 700_000
Rows = list[tuple[list[int], list[int]]]


def unpacked(body: bytes) -> Rows:
    """By the letter of docs/serve.md, with nothing of ours."""
    (count,), at, rows = struct.unpack_from("<I", body), 4, []
    for _ in range(count):
        (size,) = struct.unpack_from("<I", body, at)
        points = struct.unpack_from(f"<{size}i", body, at + 4)
        ms = struct.unpack_from(f"<{size}i", body, at + 4 + 4 * size)
        at += 4 + 8 * size
        rows.append((list(points), list(ms)))
    assert at == len(body)
    return rows


def town_of(folder: Path, name: str | None = None) -> Town:
    study = read_study(folder / "study.yaml", name)
    return read_town(study, folder, scenario=name, progress=silent())[0]


def expected(town: Town, places: list[tuple[float, float]], extra: list[list[float]]) -> Rows:
    """A town read with the change in its study, its people and `extra` placed anew."""
    spec = town.study.network
    at, more = np.array(places), np.array(extra).reshape(-1, 2)

    def snapped(x_m, y_m):
        return snap(town.network, x_m, y_m, max_snap_m=spec.max_snap_m, island_km=spec.island_km)

    people = snapped(np.r_[town.demand.x_m, more[:, 0]], np.r_[town.demand.y_m, more[:, 1]])
    found = reach(
        town.network, snapped(at[:, 0], at[:, 1]), audience(town.network, people),
        limit_ms=LIMIT_MS,
    )  # fmt: skip
    return [
        (found.demand[a:b].tolist(), found.ms[a:b].tolist())
        for a, b in zip(found.start[:-1], found.start[1:], strict=True)
    ]


@pytest.fixture(scope="module")
def town(sample_folder: Path) -> Town:
    return town_of(sample_folder)


@pytest.fixture(scope="module")
def places(town: Town) -> list[tuple[float, float]]:
    """Facilities, places off the streets, one far away."""
    stands = town.facilities
    rng = np.random.default_rng(7)
    shaken = rng.uniform(-120, 120, (8, 2))
    x_m = [*stands.x_m[:8].tolist(), *(stands.x_m[:8] + shaken[:, 0]).tolist(), 0.0]
    y_m = [*stands.y_m[:8].tolist(), *(stands.y_m[:8] + shaken[:, 1]).tolist(), 0.0]
    return list(zip(x_m, y_m, strict=True))


@pytest.fixture(scope="module")
def client(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with opened(sample_folder / "study.yaml", tmp_path_factory.mktemp("walks")) as one:
        yield one


def asked(client: TestClient | httpx.Client, places: object, **more: object) -> Rows:
    answer = client.post("/api/rows", json={"places": places, "limit_ms": LIMIT_MS, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/octet-stream"
    return unpacked(answer.content)


def test_rows_are_those_of_the_program(client: TestClient, town: Town, places: list) -> None:
    rows = asked(client, places)
    assert rows == expected(town, places, [])
    assert rows[-1] == ([], [])
    assert sum(len(points) for points, _ in rows) > 100


def test_no_place_is_no_row(client: TestClient) -> None:
    assert asked(client, []) == []


@pytest.mark.parametrize("speed_m_s", [0.83, 1, 1.37])
def test_at_another_speed_they_are_those_of_a_study_that_sets_it(
    client: TestClient, sample_folder: Path, tmp_path: Path, places: list, speed_m_s: float
) -> None:
    other = changed(sample_folder, tmp_path, network={"speed_m_s": speed_m_s})
    assert asked(client, places, speed_m_s=speed_m_s) == expected(other, places, [])


def test_with_streets_closed_they_are_those_of_a_scenario_that_closes_them(
    client: TestClient, sample_folder: Path, tmp_path: Path, town: Town, places: list
) -> None:
    # The streets on which facilities stand.
    lines = np.unique(town.network.line[town.facility_snaps.edge[:4]]).tolist()
    what_if = {"epsg": town.area.epsg, "closed_streets": lines}
    other = changed(sample_folder, tmp_path, what_if=what_if, network={"speed_m_s": 1.1})
    rows = asked(client, places, closed_streets=lines[::-1], speed_m_s=1.1)
    assert rows == expected(other, places, [])
    assert rows != asked(client, places, speed_m_s=1.1)


def test_people_of_sketched_areas_come_last(client: TestClient, town: Town, places: list) -> None:
    extra = [[x + 40.0, y - 30.0] for x, y in places]
    assert asked(client, places, extra=extra) == expected(town, places, extra)
    assert asked(client, places) == expected(town, places, [])


def changed(folder: Path, tmp_path: Path, **override: object) -> Town:
    """The town with a scenario file laid over its study."""
    path = tmp_path / "over.json"
    path.write_text(json.dumps(scenario(**override)), encoding="utf-8")
    return town_of(folder, str(path))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"speed_m_s": 0}, "body.speed_m_s"),
        ({"speed_m_s": -1.0}, "body.speed_m_s"),
        ({"speed_m_s": "1"}, "body.speed_m_s"),
        ({"speed_m_s": True}, "body.speed_m_s"),
        ({"limit_ms": 0}, "body.limit_ms"),
        ({"limit_ms": 9e9}, "body.limit_ms"),
        ({"limit_ms": 1.5}, "body.limit_ms"),
        ({"places": [[1.0]]}, "body.places.0"),
        ({"places": [[1.0, 2.0, 3.0]]}, "body.places.0"),
        ({"places": [["1", 2]]}, "body.places.0.0"),
        ({"places": [[1e300, 2.0]]}, "body.places.0.0"),
        ({"places": [[0.0, 0.0]] * 501}, "body.places"),
        ({"places": {}}, "body.places"),
        ({"closed_streets": [2**53]}, "body.closed_streets.0"),
        ({"closed_streets": [1.5]}, "body.closed_streets.0"),
        ({"closed_streets": list(range(5_001))}, "body.closed_streets"),
        ({"extra": [[0.0, 0.0]] * 20_001}, "body.extra"),
        ({"other": 1}, "body.other"),
    ],
)
def test_what_cannot_be_walked_is_refused_where_it_stands(
    client: TestClient, change: dict[str, object], where: str
) -> None:
    body = {"places": [[0.0, 0.0]], "limit_ms": 1_000, **change}
    assert refused(client.post("/api/rows", json=body), 422)["where"] == where


def test_twenty_clients_at_once_get_each_their_own(
    sample_folder: Path, tmp_path: Path, town: Town, places: list
) -> None:
    """Different speeds, streets and people, all at the same time, against each alone."""
    lines = np.unique(town.network.line).tolist()
    questions = [
        {
            "places": places[n % 5 :],
            "speed_m_s": 0.8 + 0.1 * (n % 4),
            "closed_streets": lines[n % 3 : n % 3 + 2 * (n % 2)],
            "extra": [list(place) for place in places[: n % 6]],
        }
        for n in range(20)
    ]
    with server(sample_folder / "study.yaml", "--out", tmp_path) as one:
        alone = [asked(one.client, **question) for question in questions]

        def ask(n: int) -> list[Rows]:
            with httpx.Client(base_url=one.client.base_url, timeout=120, trust_env=False) as own:
                order = [(n + k) % 20 for k in range(10)]
                return [asked(own, **questions[k]) for k in order]

        with ThreadPoolExecutor(20) as pool:
            together = list(pool.map(ask, range(20)))
    for n, answers in enumerate(together):
        assert answers == [alone[(n + k) % 20] for k in range(10)]
