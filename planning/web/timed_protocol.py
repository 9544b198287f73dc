"""HTTP as uvicorn speaks it, for clients that come to the point: slow heads and deaf ears end."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from planning.errors import Fault
from planning.web.refusals import error_content

HEAD_S = 10.0
"""Until the whole head of a request is there [s]."""
DEAF_S = 60.0
"""That a client may leave an answer standing before it takes more of it [s]."""
MOST_HEAD_BYTES = 16 << 10
MOST_CONNECTIONS = 256

_BROKEN = Fault(
    where="HTTP",
    found=("读不懂的请求", "a request that cannot be read"),
    expected=(
        f"HTTP/1.1，请求头至多 {MOST_HEAD_BYTES:,} 字节",
        f"HTTP/1.1 with a head of at most {MOST_HEAD_BYTES:,} bytes",
    ),
    to_do=("改正请求", "mend the request"),
)
_FULL = Fault(
    where="HTTP",
    found=(f"{MOST_CONNECTIONS} 个连接已占满", f"all of {MOST_CONNECTIONS} connections in use"),
    expected=("空闲的连接", "a free one"),
    to_do=("稍后重试", "try again in a while"),
)


class TimedProtocol(H11Protocol):
    """One connection.

    uvicorn bounds how long a connection lies idle after an answer, but neither how long the first
    byte of a request may be ahead of the end of its head, nor how long an answer may lie unread.
    """

    head_s = HEAD_S
    deaf_s = DEAF_S
    most_connections = MOST_CONNECTIONS
    _head: asyncio.TimerHandle | None = None
    _deaf: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head; turn away whom there is no room for."""
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            self._refuse(503, b"Service Unavailable", _FULL)
        else:
            self._watch_head()

    def data_received(self, data: bytes) -> None:
        """Read on, and wait no longer where a head is whole."""
        super().data_received(data)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        super().connection_lost(exc)
        for timer in (self._head, self._deaf):
            if timer is not None:
                timer.cancel()

    def pause_writing(self) -> None:
        """Begin to wait for a client that does not read."""
        super().pause_writing()
        self._deaf = self.loop.call_later(self.deaf_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Write on."""
        super().resume_writing()
        if self._deaf is not None:
            self._deaf.cancel()
            self._deaf = None

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP in the shape of every refusal."""
        del msg
        self._refuse(400, b"Bad Request", _BROKEN)

    def _refuse(self, status: int, reason: bytes, fault: Fault) -> None:
        body = json.dumps(error_content([fault]), ensure_ascii=False).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"connection", b"close"),
        ]
        events: list[Any] = [
            h11.Response(status_code=status, headers=headers, reason=reason),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ]
        with suppress(h11.LocalProtocolError):  # in the middle of an answer: no more to be said
            for event in events:
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch_head(self) -> None:
        """Wait while no request is whole as far as its head, or its answer is out before its end.

        The rest of a body that nobody wants any more must come to an end as well.
        """
        waits = self.conn.their_state is h11.IDLE or self.conn.our_state is h11.DONE
        if waits and self._head is None:
            self._head = self.loop.call_later(self.head_s, self._too_late)
        elif not waits and self._head is not None:
            self._head.cancel()
            self._head = None

    def _too_late(self) -> None:
        # Between requests uvicorn's own clock for idle connections is the one that counts.
        if self.timeout_keep_alive_task is None:
            self.transport.abort()
        self._head = None
