"""Scenarios as they are saved: named, versioned, bounded, and still there after any kill."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from test_web_guard import refused
from web_desk import opened, scenario

from planning.errors import InputError
from planning.web import scenarios as module
from planning.web.database import Database
from planning.web.refusals import Refused
from planning.web.scenarios import Scenarios

UNKNOWN = "0" * 16


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Scenarios]:
    database = Database(tmp_path / "store")
    yield Scenarios(database)
    database.close()


@pytest.fixture(scope="module")
def client(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with opened(sample_folder / "study.yaml", tmp_path_factory.mktemp("saved")) as one:
        yield one


def saved(client: TestClient, name: str, **override: object) -> dict[str, object]:
    answer = client.post("/api/scenarios", json={"scenario": scenario(name, **override)})
    assert answer.status_code == 201, answer.text
    assert answer.headers["etag"] == '"1"'
    return answer.json()


def test_a_scenario_comes_back_as_it_was_saved(client: TestClient) -> None:
    override = {"services": {"elder_care": {"limit_min": 10}}, "note": "三\u2028<b>&\u0000 0.1"}
    one = saved(client, "来回", **override)
    answer = client.get(f"/api/scenarios/{one['id']}")
    assert answer.json()["scenario"] == scenario("来回", **override)
    assert answer.headers["etag"] == '"1"'
    assert one in client.get("/api/scenarios").json()


def test_a_script_in_a_name_stays_a_name(client: TestClient) -> None:
    name = "<script>alert(1)</script>'; DROP TABLE scenarios;--"
    one = saved(client, name)
    answer = client.get(f"/api/scenarios/{one['id']}")
    assert answer.json()["name"] == name
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["", "   ", "a" * 101, "a\nb", "a\u0000b", "a\u202eb", 5, None, ["a"]]
)
def test_other_names_are_refused(client: TestClient, name: object) -> None:
    bad = {**scenario(), "name": name}
    refused(client.post("/api/scenarios", json={"scenario": bad}), 422)


@pytest.mark.parametrize(
    "change",
    [{"format": "planning-scenario/2"}, {"study": "huangpu"}, {"override": []}, {"override": "x"},
     {"extra": 1}, {"base": 7}, {"ground": "x" * 201}],
)  # fmt: skip
def test_other_files_are_refused(client: TestClient, change: dict[str, object]) -> None:
    refused(client.post("/api/scenarios", json={"scenario": {**scenario("别的"), **change}}), 422)
    assert all(one["name"] != "别的" for one in client.get("/api/scenarios").json())


@pytest.mark.parametrize("missing", ["format", "study", "name", "override"])
def test_what_is_missing_is_named(client: TestClient, missing: str) -> None:
    bad = {key: value for key, value in scenario().items() if key != missing}
    error = refused(client.post("/api/scenarios", json={"scenario": bad}), 422)
    assert error["where"] == f"body.scenario.{missing}"


def test_a_name_is_taken_once(client: TestClient) -> None:
    one, other = saved(client, "同名"), saved(client, "另名")
    refused(client.post("/api/scenarios", json={"scenario": scenario("同名")}), 409)
    body = {"scenario": scenario("同名")}
    put = client.put(f"/api/scenarios/{other['id']}", json=body, headers={"if-match": '"1"'})
    refused(put, 409)
    again = client.put(f"/api/scenarios/{one['id']}", json=body, headers={"if-match": '"1"'})
    assert again.json()["version"] == 2


def test_nobody_saves_over_what_he_has_not_seen(client: TestClient) -> None:
    one = saved(client, "两人")
    path, mine = f"/api/scenarios/{one['id']}", {"scenario": scenario("两人", mine=1)}
    theirs = {"scenario": scenario("两人", theirs=1)}
    assert client.put(path, json=theirs, headers={"if-match": '"1"'}).json()["version"] == 2
    lost = client.put(path, json=mine, headers={"if-match": '"1"'})
    refused(lost, 412)
    assert lost.headers["etag"] == '"2"'
    refused(client.delete(path, headers={"if-match": '"1"'}), 412)
    assert client.get(path).json()["scenario"]["override"] == {"theirs": 1}
    assert client.delete(path, headers={"if-match": '"2"'}).status_code == 204
    refused(client.get(path), 404)


@pytest.mark.parametrize("tag", ["1", "*", '""', '"x"', 'W/"1"', '"1", "2"', '"²"'])
def test_a_version_is_a_number_in_quotes(client: TestClient, tag: str) -> None:
    body = {"scenario": scenario("标签")}
    headers = {"if-match": tag.encode()}
    refused(client.put(f"/api/scenarios/{UNKNOWN}", json=body, headers=headers), 422)


def test_without_a_version_nothing_is_changed(client: TestClient) -> None:
    refused(client.put(f"/api/scenarios/{UNKNOWN}", json={"scenario": scenario()}), 428)
    refused(client.delete(f"/api/scenarios/{UNKNOWN}"), 428)


@pytest.mark.parametrize("id", ["0", "A" * 16, "../../etc", "%2e%2e", "x' OR 1=1"])
def test_other_ids_are_refused(client: TestClient, id: str) -> None:
    answer = client.get(f"/api/scenarios/{id}")
    refused(answer, answer.status_code)
    assert answer.status_code in (404, 422)


def test_unknown_ids_are_said_to_be(client: TestClient) -> None:
    refused(client.get(f"/api/scenarios/{UNKNOWN}"), 404)
    refused(client.delete(f"/api/scenarios/{UNKNOWN}", headers={"if-match": '"1"'}), 404)


def test_one_too_many_and_one_too_large_are_refused(
    kept: Scenarios, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SCENARIOS", 2)
    monkeypatch.setattr(module, "MOST_BYTES", 1_000)
    with pytest.raises(Refused) as refusal:
        kept.add(scenario("大", text="字" * 400))
    assert refusal.value.status == 413
    kept.add(scenario("一"))
    kept.add(scenario("二"))
    with pytest.raises(Refused) as refusal:
        kept.add(scenario("三"))
    assert refusal.value.status == 409
    assert [one.name for one in kept.listed()] == ["一", "二"]


def test_of_many_that_save_over_one_version_one_wins(kept: Scenarios) -> None:
    one = kept.add(scenario("争"))
    won: list[int] = []

    def save(number: int) -> None:
        try:
            kept.change(one.id, scenario("争", number=number), version=1)
            won.append(number)
        except Refused as refusal:
            assert refusal.status == 412

    threads = [threading.Thread(target=save, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert kept.read(one.id)[1]["override"] == {"number": won[0]}


def test_a_second_server_is_turned_away_and_a_later_one_finds_everything(tmp_path: Path) -> None:
    first = Database(tmp_path)
    Scenarios(first).add(scenario("在"))
    with pytest.raises(InputError, match="planning serve"):
        Database(tmp_path)
    first.close()
    second = Database(tmp_path)
    assert [one.name for one in Scenarios(second).listed()] == ["在"]
    second.close()


@pytest.mark.parametrize("content", [b"not a database at all, but text", b"SQLite format 3\0rest"])
def test_a_file_that_is_no_store_is_said_to_be(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "scenarios.sqlite").write_bytes(content)
    with pytest.raises(InputError, match=r"scenarios\.sqlite"):
        Database(tmp_path)
    assert (tmp_path / "scenarios.sqlite").read_bytes() == content


def test_a_store_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "scenarios.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(InputError, match="layout 99"):
        Database(tmp_path)


_SAVES = """
import sys
from pathlib import Path
from planning.web.database import Database
from planning.web.scenarios import Scenarios
kept = Scenarios(Database(Path(sys.argv[1])))
for number in range(10_000):
    saved = kept.add({"name": str(number), "override": {"pad": "x" * 2000}})
    print(saved.name, flush=True)
"""


@pytest.mark.parametrize("after", [1, 7, 23])
def test_a_kill_at_any_time_loses_nothing_that_was_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _SAVES, tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    answered = [process.stdout.readline().strip() for _ in range(after)]
    process.kill()
    answered += process.stdout.read().split()
    process.wait()
    process.stdout.close()
    database = Database(tmp_path)
    kept = Scenarios(database)
    names = {one.name for one in kept.listed()}
    assert set(answered) <= names
    assert len(names) <= len(answered) + 1
    for one in kept.listed():
        assert kept.read(one.id)[1]["override"] == {"pad": "x" * 2000}
    database.close()
