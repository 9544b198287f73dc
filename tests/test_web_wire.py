"""A hostile client on the wire: whatever it sends, a clean refusal, and others are answered."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2 as httpx
import pytest
from web_desk import on_loopback, scenario, server

from planning.progress import silent
from planning.web.app import application
from planning.web.desk import Desk
from planning.web.door import Door
from planning.web.guard import Bounds
from planning.web.serving import bound
from planning.web.subject import subject_of
from planning.web.timed_protocol import TimedProtocol

PATIENCE_S = 60.0


class Wire:
    """A connection that says just what it is told to."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)

    def head(self, line: str, *more: str) -> bytes:
        return "\r\n".join((line, f"Host: 127.0.0.1:{self.port}", *more, "", "")).encode("latin-1")

    def say(self, text: bytes) -> None:
        self.socket.sendall(text)

    def rest(self) -> bytes:
        """Everything until the other side closes."""
        found = bytearray()
        try:
            while piece := self.socket.recv(65_536):
                found += piece
        except ConnectionResetError:
            pass
        finally:
            self.socket.close()
        return bytes(found)


@pytest.fixture(scope="module")
def port(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    out = tmp_path_factory.mktemp("wire")
    (out / "secret.txt").write_text("secret", encoding="utf-8")
    subject = subject_of(sample_folder / "study.yaml", data_dir=None, scenario=None, out_dir=out)
    desk = Desk(subject, progress=silent())
    listening = bound("127.0.0.1", 0)
    door = Door.at("127.0.0.1", listening.getsockname()[1], token=None)
    app = application(desk, door=door, bounds=Bounds(body_bytes=100_000, body_s=1.0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TimedProtocol, "head_s", 1.0)
        patch.setattr(TimedProtocol, "deaf_s", 1.0)
        patch.setattr(TimedProtocol, "most_connections", 40)
        with on_loopback(app, listening) as number:
            yield number
    desk.close()


@pytest.fixture(autouse=True)
def lives_on(port: int) -> Iterator[None]:
    """After each of these, somebody else is answered."""
    yield
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as other:
        assert other.get("/api/study").status_code == 200


def refused(answer: bytes, status: int) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), answer[:300]
    assert b"nosniff" in head.lower()
    error = json.loads(body)["error"]
    assert error["found_zh"]
    assert error["to_do_en"]


@pytest.mark.parametrize(
    "path",
    ["/files/../secret.txt", "/files/../../../../etc/passwd", "/files/./secret.txt",
     "/files//etc/passwd", "/../secret.txt", "/static/../app.py", "/static/..%2f..%2fapp.py",
     "/files/..\\secret.txt", "/files/%00", "/jobs/0000000000000000/files/../../secret.txt"],
)  # fmt: skip
def test_paths_just_as_they_are_written_lead_nowhere(port: int, path: str) -> None:
    wire = Wire(port)
    wire.say(wire.head(f"GET {path} HTTP/1.1", "Connection: close"))
    answer = wire.rest()
    assert b"root:" not in answer
    assert b"\r\nsecret" not in answer
    refused(answer, 404)


@pytest.mark.parametrize(
    "text",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\r\n\r\n\r\nhello\r\n\r\n",
     b"GET / HTTP/9.9\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
     b"POST /api/rows HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
     b"POST /api/rows HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_http_is_refused(port: int, text: bytes) -> None:
    wire = Wire(port)
    with suppress(ConnectionError):  # refused before it was all said
        wire.say(text)
    answer = wire.rest()
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")


def test_no_http_is_said_to_be_none(port: int) -> None:
    wire = Wire(port)
    wire.say(b"hello\r\n\r\n")
    refused(wire.rest(), 400)


def test_a_head_that_never_ends_is_cut_off(port: int) -> None:
    wires = [Wire(port) for _ in range(10)]
    for wire in wires:
        wire.say(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    assert [wire.rest() for wire in wires] == [b""] * 10


def test_a_client_that_says_nothing_is_cut_off(port: int) -> None:
    assert Wire(port).rest() == b""


def test_a_second_head_that_never_ends_is_cut_off(port: int) -> None:
    wire = Wire(port)
    wire.say(wire.head("GET /api/study HTTP/1.1"))
    assert wire.socket.recv(65_536).startswith(b"HTTP/1.1 200")
    wire.say(b"GET / HTTP/1.1\r\n")
    assert b"HTTP/1.1" not in wire.rest()


def test_a_body_that_never_ends_is_refused(port: int) -> None:
    wire = Wire(port)
    kind = "Content-Type: application/json"
    wire.say(wire.head("POST /api/rows HTTP/1.1", kind, "Content-Length: 50") + b"{")
    refused(wire.rest(), 408)


def test_a_body_in_endless_pieces_is_refused(port: int) -> None:
    wire = Wire(port)
    kind = "Content-Type: application/json"
    wire.say(wire.head("POST /api/rows HTTP/1.1", kind, "Transfer-Encoding: chunked"))
    with suppress(ConnectionError):
        for _ in range(1_000):
            wire.say(b"400\r\n" + b" " * 1_024 + b"\r\n")
    answer = wire.rest()
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413")


def test_an_announced_flood_is_refused_before_it_is_sent(port: int) -> None:
    wire = Wire(port)
    kind = "Content-Type: application/json"
    wire.say(wire.head("POST /api/rows HTTP/1.1", kind, "Content-Length: 99999999999"))
    refused(wire.rest(), 413)


def test_a_client_that_does_not_read_is_cut_off(port: int, tmp_path: Path) -> None:
    """Answers of some megabytes that nobody takes: the connection goes, no matter how many."""
    wire = Wire(port)
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    asked = wire.head("GET /static/leaflet.js HTTP/1.1")
    try:
        while True:
            wire.say(asked * 50)
    except (ConnectionError, TimeoutError) as ended:
        assert not isinstance(ended, TimeoutError)
    wire.socket.close()


def test_more_connections_than_there_is_room_for_are_turned_away(port: int) -> None:
    wires = [Wire(port) for _ in range(60)]
    answers = [wire.rest() for wire in wires]
    full = [answer for answer in answers if answer]
    assert len(full) >= 20
    for answer in full:
        refused(answer, 503)


def test_an_upgrade_is_not_made(port: int) -> None:
    wire = Wire(port)
    wire.say(
        wire.head("GET /api/study HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade, close")
    )
    assert not wire.rest().startswith(b"HTTP/1.1 101")


# --- the command ---


def test_kill_loses_no_saved_scenario_and_a_later_server_has_them(
    sample_folder: Path, tmp_path: Path
) -> None:
    study = sample_folder / "study.yaml"
    with server(study, "--out", tmp_path) as first:
        assert first.url == f"http://127.0.0.1:{first.port}/"
        kept = [
            first.client.post("/api/scenarios", json={"scenario": scenario(f"第{n}个")}).json()
            for n in range(5)
        ]
        again = subprocess.run(
            [sys.executable, "-m", "planning", "serve", study, "--out", tmp_path, "--port", "0"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert again.returncode == 2
        assert "另一个 planning serve 正在使用" in again.stderr
        first.kill()
    with server(study, "--out", tmp_path) as second:
        assert sorted(second.client.get("/api/scenarios").json(), key=str) == sorted(kept, key=str)
        assert "Traceback" not in second.end()
        assert second.process.returncode == 0


def test_bound_elsewhere_the_address_has_a_token_that_is_wanted(
    sample_folder: Path, tmp_path: Path
) -> None:
    with server(sample_folder / "study.yaml", "--out", tmp_path, "--host", "0.0.0.0") as one:
        token = one.url.partition("?token=")[2]
        assert len(token) >= 32
        local = f"http://127.0.0.1:{one.port}"
        with httpx.Client(base_url=local, timeout=PATIENCE_S, trust_env=False) as client:
            assert client.get("/api/study").status_code == 401
            assert client.get("/", params={"token": token}).status_code == 200
            assert client.get("/api/study").status_code == 200


def test_an_address_that_is_taken_is_said_to_be(sample_folder: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [sys.executable, "-m", "planning", "serve", sample_folder / "study.yaml", "--out",
             tmp_path, "--port", str(taken.getsockname()[1])],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_extra_the_command_says_what_to_install(
    sample_folder: Path, tmp_path: Path
) -> None:
    for missing in ("fastapi", "uvicorn"):
        code = (
            f"import sys; sys.modules['{missing}'] = None; "
            f"sys.argv = ['planning', 'serve', {str(sample_folder / 'study.yaml')!r}]; "
            "from planning.cli import main; main()"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert done.returncode == 2
        assert 'pip install "yilao-planning[app]"' in done.stderr
        assert "没有网页服务所需的库" in done.stderr
