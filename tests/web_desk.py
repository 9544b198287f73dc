"""A server of the sample town for tests: in this process, or in one of its own on the loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import uvicorn
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from planning.progress import silent
from planning.web.app import application
from planning.web.desk import Desk
from planning.web.door import Door
from planning.web.guard import Bounds
from planning.web.jobs import JobBounds
from planning.web.subject import Subject, subject_of
from planning.web.timed_protocol import MOST_HEAD_BYTES, TimedProtocol

HOST = "127.0.0.1:8765"
DOOR = Door.at("127.0.0.1", 8765, token=None)


@contextmanager
def opened(
    path: Path,
    out: Path,
    *,
    door: Door = DOOR,
    bounds: Bounds | None = None,
    job_bounds: JobBounds | None = None,
) -> Iterator[TestClient]:
    """A client of a desk in this process."""
    subject = subject_of(path, data_dir=None, scenario=None, out_dir=out)
    with at_desk(subject, door=door, bounds=bounds, job_bounds=job_bounds) as client:
        yield client


@contextmanager
def at_desk(
    subject: Subject,
    *,
    door: Door = DOOR,
    bounds: Bounds | None = None,
    job_bounds: JobBounds | None = None,
) -> Iterator[TestClient]:
    desk = Desk(subject, progress=silent(), job_bounds=job_bounds)
    try:
        app = application(desk, door=door, bounds=bounds)
        yield TestClient(app, base_url=f"http://{HOST}", raise_server_exceptions=False)
    finally:
        desk.close()


@contextmanager
def on_loopback(app: ASGIApp, listening: socket.socket) -> Iterator[int]:
    """An application on a port of the loopback, in a thread of this process."""
    config = uvicorn.Config(
        app, http=TimedProtocol, ws="none", lifespan="off", log_level="critical",
        h11_max_incomplete_event_size=MOST_HEAD_BYTES, timeout_graceful_shutdown=1,
    )  # fmt: skip
    runs = uvicorn.Server(config)
    listening.listen()
    thread = threading.Thread(target=runs.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        runs.should_exit = True
        thread.join()
        listening.close()


def scenario(name: str = "方案A", *, study: str = "sample", **override: Any) -> dict[str, Any]:
    """A scenario as the page sends it."""
    return {
        "format": "planning-scenario/1",
        "study": study,
        "base": None,
        "ground": "",
        "name": name,
        "override": override,
    }


class Server:
    """`planning serve` in a process of its own."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "planning", "serve", *map(str, arguments), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if "http://" not in line:
            _, said = self.process.communicate()
            raise AssertionError(f"no address: {line}{said}")
        self.url = line.split()[-1]
        self.client = httpx.Client(base_url=self.url.split("?")[0], timeout=120, trust_env=False)

    @property
    def port(self) -> int:
        return int(self.client.base_url.port or 0)

    def kill(self) -> None:
        """As a power cut would."""
        self.client.close()
        self.process.kill()
        self.process.communicate()

    def end(self) -> str:
        """By Ctrl-C; what it said on its error stream."""
        self.client.close()
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=60)
        return said


@contextmanager
def server(*arguments: object) -> Iterator[Server]:
    one = Server(*arguments)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.kill()
