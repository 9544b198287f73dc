"""A web server on the loopback that can break off, go on, change its files, and lie."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


@dataclass
class Served:
    """What one address answers.

    `breaks_after` are how many bytes each of the next answers gives before it breaks off.
    """

    body: bytes
    version: str = '"1"'
    breaks_after: list[int] = field(default_factory=list)
    kind: str = "application/octet-stream"
    ranges: str = "yes"
    """"yes"; "ignored": always whole; "wrong": goes on at another byte."""
    says_length: bool = True


@dataclass
class Site:
    """A server's address, what it serves by path, and what it was asked."""

    url: str
    files: dict[str, Served] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Site]:
    """A server of its own thread, which ends with the block."""
    site = Site(url="")

    class Handler(_Answer):
        served = site

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Answer(BaseHTTPRequestHandler):
    served: Site

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with the file of that path, from the byte that is asked for."""
        asked_for = self.headers.get("Range")
        self.served.asked.append((unquote(self.path), asked_for))
        one = self.served.files.get(urlsplit(self.path).path)
        if one is None:
            self.send_error(404)
            return
        start = 0
        if asked_for and one.ranges != "ignored" and self.headers.get("If-Range") == one.version:
            start = int(asked_for.removeprefix("bytes=").rstrip("-"))
            if start >= len(one.body):
                self.send_error(416)
                return
            start -= one.ranges == "wrong"
        self._send(one, start)

    def _send(self, one: Served, start: int) -> None:
        body = one.body[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(one.body) - 1}/{len(one.body)}")
        if one.version:
            self.send_header("ETag", one.version)
        self.send_header("Content-Type", one.kind)
        if one.says_length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: one.breaks_after.pop(0)] if one.breaks_after else body)
        self.close_connection = True
