"""A socket, a desk, a door: the server from its start to Ctrl-C."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from planning.errors import InputError, fail
from planning.progress import Progress
from planning.web.app import application
from planning.web.desk import Desk
from planning.web.door import Door
from planning.web.subject import Subject
from planning.web.timed_protocol import MOST_HEAD_BYTES, TimedProtocol

_BACKLOG = 128
_IDLE_S = 15
_FAREWELL_S = 5


def bound(host: str, port: int) -> socket.socket:
    """A socket at an address, port 0 for any that is free. Raises InputError where it is taken."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, proto)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
        except OSError:
            made.close()
            raise
    except (OSError, OverflowError) as error:
        raise fail(
            InputError,
            f"--host {host} --port {port}",
            found=(f"不能使用的地址（{error}）", f"an address that cannot be used ({error})"),
            expected=("本机的地址和空闲的端口", "an address of this machine and a free port"),
            to_do=("换一个 --port，如 0（任一空闲端口）", "give another --port, such as 0"),
        ) from None
    return made


def serve(
    subject: Subject,
    *,
    host: str,
    port: int,
    token: str | None,
    progress: Progress,
    tell: Callable[[str], None],
) -> None:
    """Serve until Ctrl-C; `tell` is told the address to open, with the token where one is wanted.

    Raises InputError for an address that is taken, or for whatever is wrong with the study.
    """
    with bound(host, port) as listening:
        port = listening.getsockname()[1]
        door = Door.at(host, port, token=token)
        desk = Desk(subject, progress=progress)
        try:
            listening.listen(_BACKLOG)  # who comes at once waits, and is not turned away
            tell(address(host, port, door.token))
            config = uvicorn.Config(
                application(desk, door=door),
                http=TimedProtocol,
                ws="none",
                lifespan="off",
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=_BACKLOG,
                h11_max_incomplete_event_size=MOST_HEAD_BYTES,
                timeout_keep_alive=_IDLE_S,
                timeout_graceful_shutdown=_FAREWELL_S,
            )
            with suppress(KeyboardInterrupt):  # that is how it ends
                uvicorn.Server(config).run(sockets=[listening])
        finally:
            desk.close()


def address(host: str, port: int, token: str | None) -> str:
    """What to type into a browser."""
    named = socket.gethostname() if host in ("", "0.0.0.0", "::") else host
    shown = f"[{named}]" if ":" in named else named
    return f"http://{shown}:{port}/" + ("" if token is None else f"?token={token}")
