"""What the server refuses before anything reads it, and what every answer carries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web_desk import HOST, at_desk, opened

from planning.errors import StudyError
from planning.web.door import Door
from planning.web.guard import MOST_DEEP, Bounds
from planning.web.refusals import ErrorAnswer
from planning.web.subject import subject_of

TOKEN = "a-token-long-enough-0123456789"


@pytest.fixture(scope="module")
def client(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    out = tmp_path_factory.mktemp("guard")
    with opened(sample_folder / "study.yaml", out, bounds=Bounds(body_bytes=20_000)) as one:
        yield one


def refused(answer, status: int) -> dict[str, str]:
    """The one shape of every refusal; no trace of ours in it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text
    error = ErrorAnswer.model_validate(answer.json()).error
    for said in (error.found_zh, error.expected_en, error.to_do_zh, error.to_do_en):
        assert said
    return answer.json()["error"]


def test_every_answer_carries_the_policy(client: TestClient) -> None:
    for path in ("/", "/api/study", "/static/base.css", "/nowhere", "/api/openapi.json"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/").text
    assert "<style" not in page
    assert " style=" not in page
    assert "://" not in page
    assert all('src="/static/' in tag for tag in page.split("<script")[1:])


@pytest.mark.parametrize(
    "host",
    ["evil.com", "evil.com:8765", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8765.evil.com",
     "localhost.evil.com:8765", "10.0.0.1:8765", "", "127.0.0.1:99999999999", "[::1", "@:8765",
     "127.0.0.1:8765, evil.com"],
)  # fmt: skip
def test_foreign_hosts_are_refused(client: TestClient, host: str) -> None:
    refused(client.get("/api/study", headers={"host": host}), 403)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"]
)
def test_own_hosts_are_let_in(client: TestClient, host: str) -> None:
    assert client.get("/api/study", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["http://evil.com", "https://127.0.0.1:8765", "http://localhost:8765", "null",
     "http://127.0.0.1:8766", "http://127.0.0.1:8765.evil.com", "http://127.0.0.1"],
)  # fmt: skip
def test_foreign_origins_are_refused(client: TestClient, origin: str) -> None:
    refused(client.get("/api/study", headers={"origin": origin}), 403)
    refused(client.post("/api/scenarios", json={}, headers={"origin": origin}), 403)


def test_the_own_origin_is_let_in(client: TestClient) -> None:
    assert client.get("/api/study", headers={"origin": f"http://{HOST}"}).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_requests_that_pages_elsewhere_make_are_refused(client: TestClient, site: str) -> None:
    refused(client.get("/api/study", headers={"sec-fetch-site": site}), 403)
    link = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/", headers=link).status_code == 200
    refused(client.get("/", headers={**link, "sec-fetch-dest": "iframe"}), 403)
    refused(client.post("/api/rows", json={}, headers=link), 403)


def test_large_bodies_are_refused_before_they_are_read(client: TestClient) -> None:
    asked = {"places": [], "limit_ms": 1, "pad": "x" * 30_000}
    refused(client.post("/api/rows", json=asked), 413)

    def pieces() -> Iterator[bytes]:
        for _ in range(1_000):
            yield b" " * 1_000

    chunked = client.post(
        "/api/rows", content=pieces(), headers={"content-type": "application/json"}
    )
    refused(chunked, 413)


@pytest.mark.parametrize("length", ["-1", "1e3", "abc", "9" * 400, "²"])
def test_a_length_that_is_none_is_refused(client: TestClient, length: str) -> None:
    headers = {"content-length": length.encode(), "content-type": "application/json"}
    refused(client.post("/api/rows", content=b"", headers=headers), 413)


def test_a_body_with_a_get_is_refused(client: TestClient) -> None:
    refused(client.request("GET", "/api/study", content=b"x"), 413)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_what_a_form_elsewhere_could_send_is_no_json(client: TestClient, kind: str) -> None:
    headers = {"content-type": kind}
    refused(client.post("/api/scenarios", content=b"{}", headers=headers), 415)


def test_json_that_cannot_be_kept_as_it_is_is_refused(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    for text in (b"{", b'{"a":1,"a":2}', b"[" * (MOST_DEEP + 1) + b"]" * (MOST_DEEP + 1)):
        refused(client.post("/api/rows", content=text, headers=headers), 400)


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/api/study"), ("PUT", "/"), ("PATCH", "/api/scenarios"), ("TRACE", "/api/study"),
     ("OPTIONS", "/api/rows"), ("HEAD", "/api/study"), ("GET", "/api/rows"), ("FOO", "/api/jobs")],
)  # fmt: skip
def test_other_methods_are_refused_with_those_that_are_allowed(
    client: TestClient, method: str, path: str
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"]
    if method != "HEAD":
        refused(answer, 405)


@pytest.mark.parametrize("path", ["/nowhere", "/api", "/api/", "/docs", "/redoc", "/api/rows/"])
def test_unknown_addresses_are_refused(client: TestClient, path: str) -> None:
    refused(client.get(path), 404)


def test_a_websocket_does_not_open(client: TestClient) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/rows"):
        pass


def test_our_own_fault_is_said_without_a_trace(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from planning.web.scenarios import Scenarios

    def broken(self: Scenarios) -> None:
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr(Scenarios, "listed", broken)
    error = refused(client.get("/api/scenarios"), 500)
    assert "secret" not in json.dumps(error)
    assert "a secret of ours" in capfd.readouterr().err


@pytest.fixture(scope="module")
def guarded(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    out = tmp_path_factory.mktemp("token")
    subject = subject_of(sample_folder / "study.yaml", data_dir=None, scenario=None, out_dir=out)
    with at_desk(subject, door=Door.at("127.0.0.1", 8765, token=TOKEN)) as one:
        yield one


def test_without_the_token_nothing_is_given(guarded: TestClient) -> None:
    for path in ("/", "/api/study", "/static/leaflet.js", "/api/openapi.json", "/nowhere"):
        refused(guarded.get(path), 401)
    for wrong in ("", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "é"):
        refused(guarded.get("/", params={"token": wrong}), 401)
        bearer = {"authorization": f"Bearer {wrong}".encode()}
        refused(guarded.get("/api/study", headers=bearer), 401)
        refused(
            guarded.get("/api/study", headers={"cookie": f"planning_8765={wrong}".encode()}), 401
        )


def test_the_token_becomes_a_cookie_and_leaves_the_address(guarded: TestClient) -> None:
    first = guarded.get("/", params={"token": TOKEN})
    assert first.status_code == 200
    assert TOKEN not in first.text
    assert 'content="0;url=/"' in first.text
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert guarded.get("/api/study").status_code == 200  # the client kept the cookie
    guarded.cookies.clear()


def test_programs_give_the_token_as_bearer(guarded: TestClient) -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    assert guarded.get("/api/study", headers=bearer).status_code == 200
    assert guarded.get("/api/study", params={"token": TOKEN}).status_code == 401


def test_bound_elsewhere_a_token_is_made() -> None:
    door = Door.at("0.0.0.0", 8765, token=None)
    assert door.token is not None
    assert len(door.token) >= 32
    assert door.token != Door.at("0.0.0.0", 8765, token=None).token
    assert door.is_ours("192.168.1.5:8765")
    assert door.is_ours("127.0.0.1:8765")
    assert not door.is_ours("evil.com:8765")
    assert not door.is_ours("192.168.1.5.evil.com:8765")


def test_bound_to_one_address_only_that_is_ours() -> None:
    door = Door.at("192.168.1.5", 8765, token=None)
    assert door.token is not None
    assert door.is_ours("192.168.1.5:8765")
    assert not door.is_ours("192.168.1.6:8765")


def test_a_short_token_is_refused() -> None:
    with pytest.raises(StudyError, match="--token"):
        Door.at("0.0.0.0", 8765, token="short")
