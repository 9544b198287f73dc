"""Streets to be drawn, of which the page has none: near a place, by a line, within a limit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from starlette.testclient import TestClient
from test_web_guard import refused
from web_desk import opened

from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.network import snap
from planning.progress import silent
from planning.result import Town
from planning.travel.reached import pieces_of_each

LIMIT_MS = 600_000


@pytest.fixture(scope="module")
def town(sample_folder: Path) -> Town:
    study = read_study(sample_folder / "study.yaml")
    return read_town(study, sample_folder, scenario=None, progress=silent())[0]


@pytest.fixture(scope="module")
def client(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with opened(sample_folder / "study.yaml", tmp_path_factory.mktemp("streets")) as one:
        yield one


def place_of(town: Town, row: int = 0) -> list[float]:
    return [float(town.facilities.x_m[row]), float(town.facilities.y_m[row])]


def test_the_streets_within_a_limit_are_the_programs(client: TestClient, town: Town) -> None:
    place, spec = place_of(town), town.study.network
    answer = client.post("/api/circle", json={"place": place, "limit_ms": LIMIT_MS})
    found = np.frombuffer(answer.content, "<f8").reshape(-1, 4)
    site = snap(
        town.network, np.array(place[:1]), np.array(place[1:]),
        max_snap_m=spec.max_snap_m, island_km=spec.island_km,
    )  # fmt: skip
    _, pieces = pieces_of_each(town.network, site, limit_ms=LIMIT_MS)
    assert len(found) > 10
    assert np.array_equal(found, pieces)


def test_who_walks_slower_gets_less_far_and_a_closed_street_leads_nowhere(
    client: TestClient, town: Town
) -> None:
    asked = {"place": place_of(town), "limit_ms": LIMIT_MS}

    def metres(**more: object) -> float:
        answer = client.post("/api/circle", json={**asked, **more})
        x0, y0, x1, y1 = np.frombuffer(answer.content, "<f8").reshape(-1, 4).T
        return float(np.hypot(x1 - x0, y1 - y0).sum())

    line = int(town.network.line[town.facility_snaps.edge[0]])
    assert 0 < metres(speed_m_s=0.5) < metres()
    assert metres(closed_streets=[line]) != metres()


def test_nobody_walks_from_the_sea(client: TestClient) -> None:
    answer = client.post("/api/circle", json={"place": [0.0, 0.0], "limit_ms": LIMIT_MS})
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("row", range(3))
def test_the_nearest_street_is_found_and_drawn(client: TestClient, town: Town, row: int) -> None:
    place = place_of(town, row)
    found = client.post("/api/street", json={"place": place, "within_m": 500}).json()
    far = shapely.distance(town.network.lines(), shapely.Point(place))
    nearest = {int(line) for line in town.network.line[far == far.min()]}
    assert found["line"] in nearest
    edges = town.network.lines()[town.network.line == found["line"]]
    assert found["paths"] == [shapely.get_coordinates(edge).ravel().tolist() for edge in edges]


def test_no_street_is_near_the_sea(client: TestClient) -> None:
    answer = client.post("/api/street", json={"place": [0.0, 0.0], "within_m": 500})
    assert answer.json() is None


def test_lines_are_drawn_by_their_ids(client: TestClient, town: Town) -> None:
    lines = [int(town.network.line[0]), 987_654_321_000]
    one, other = client.post("/api/lines", json={"lines": lines}).json()
    assert [one["line"], other["line"]] == lines
    assert len(one["paths"]) == int(np.sum(town.network.line == lines[0]))
    assert other["paths"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("circle", {"place": [1.0], "limit_ms": LIMIT_MS}),
        ("circle", {"place": [1.0, 2.0], "limit_ms": 0}),
        ("street", {"place": [1.0, 2.0], "within_m": 0}),
        ("street", {"place": [1.0, "2"], "within_m": 5}),
        ("lines", {"lines": ["one"]}),
        ("lines", {"lines": list(range(6_000))}),
    ],
)
def test_what_makes_no_sense_is_refused(client: TestClient, path: str, body: object) -> None:
    assert refused(client.post(f"/api/{path}", json=body), 422)
