"""A PostgreSQL server with PostGIS for tests: in a folder of its own, on a socket of its own.

It runs as a user who is not root, listens on no network, and is ended by its own process id.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
_START_S = 60
_STOP_S = 20
_NOT_ROOT = "postgres"
_GUARDED = "guarded"
PASSWORD = "zhe-shi-kouling"
"""Of the user `guarded`, the only one who has to say one."""
_PEOPLE = f"""
local all {_GUARDED} scram-sha-256
local all all trust
"""
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "20",
    "shared_buffers": "32MB",
    "jit": "off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server: `socket` is the folder of its socket, `planner` its superuser."""

    socket: Path

    def connect(self, **told: Any) -> Any:
        """A connection of the superuser, who may do everything."""
        import psycopg

        at = {"host": str(self.socket), "user": "planner", "dbname": "postgres"}
        return psycopg.connect(**{**at, **told}, autocommit=True, connect_timeout=10)

    def run(self, *statements: str) -> None:
        """Statements one after another, each at once."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement)

    def address(self, table: str, *, user: str = "planner", **asked: str) -> str:
        """How a study names a table of this server."""
        more = "".join(f"&{name}={value}" for name, value in asked.items())
        host = quote(str(self.socket), safe="")
        return f"postgis://{user}@{host}/postgres?table={table}{more}"


def _wanting() -> str:
    """What is not there that a server needs; empty where all is."""
    if find_spec("psycopg") is None:
        return "no psycopg: the extra postgis is not installed"
    if not _BINARIES:
        return "no PostgreSQL server: there is no /usr/lib/postgresql/*/bin/initdb"
    control = Path("/usr/share/postgresql", _BINARIES[-1].parts[4], "extension/postgis.control")
    if not control.is_file():
        return f"no PostGIS: there is no {control}"
    if os.geteuid() == 0 and _NOT_ROOT not in {user.pw_name for user in _people()}:
        return f"root cannot run a server, and there is no user {_NOT_ROOT}"
    return ""


def _people() -> list[Any]:
    import pwd  # there is none on Windows, nor a server for these tests

    return pwd.getpwall()


@contextmanager
def running_server() -> Iterator[Server]:
    """A new server with PostGIS; it is stopped and its folder removed whatever happens."""
    if wanting := _wanting():
        if os.environ.get("PLANNING_REQUIRE_POSTGIS"):
            pytest.fail(wanting)
        pytest.skip(wanting)
    binaries = _BINARIES[-1].parent
    who: dict[str, Any] = {}
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    if os.geteuid() == 0:
        (group,) = (user.pw_gid for user in _people() if user.pw_name == _NOT_ROOT)
        who = {"user": _NOT_ROOT, "group": group, "extra_groups": []}
        shutil.chown(folder, _NOT_ROOT)
    folder.chmod(0o755)
    process: subprocess.Popen[bytes] | None = None
    try:
        data, log = folder / "data", folder / "log"
        made = subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "planner", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            cwd="/", capture_output=True, text=True, timeout=_START_S, check=False, **who,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        (data / "pg_hba.conf").write_text(_PEOPLE)
        told = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-k", folder, *told],
                cwd="/", stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, **who,
            )  # fmt: skip
        server = Server(socket=folder)
        _wait(server, process, log)
        server.run(
            "CREATE EXTENSION postgis",
            f"CREATE ROLE {_GUARDED} LOGIN PASSWORD '{PASSWORD}'",
            "CREATE ROLE stranger LOGIN",
        )
        yield server
    finally:
        if process is not None:
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    end = time.monotonic() + _START_S
    while True:
        with suppress(psycopg.OperationalError), server.connect():
            return
        assert process.poll() is None and time.monotonic() < end, log.read_text(errors="replace")
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # closes connections and shuts down
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)  # the children are told too, as by SIGKILL they are not
        process.wait(_STOP_S)
