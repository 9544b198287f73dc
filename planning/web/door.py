"""Who may come in: under which names the server goes, and with which token."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from planning.errors import StudyError, fail

HTTP_PORT = 80
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LEAST_TOKEN = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The names and addresses under which the server may be asked, and the token that it wants.

    `any_address` is so where it is bound to all addresses of the machine: then any address is its
    own as long as it is written in digits, as no foreign name can be made to point at those
    digits. `token` is None where none is wanted.
    """

    names: frozenset[str]
    any_address: bool
    port: int
    token: str | None

    @classmethod
    def at(cls, host: str, port: int, *, token: str | None) -> Door:
        """The door of a server bound to an address; made fast with a token if not on loopback.

        Raises StudyError for a token that is too short to keep anybody out.
        """
        if token is not None and len(token) < _LEAST_TOKEN:
            raise fail(
                StudyError,
                "--token",
                found=(f"{len(token)} 个字符", f"{len(token)} characters"),
                expected=(f"至少 {_LEAST_TOKEN} 个字符", f"at least {_LEAST_TOKEN}"),
                to_do=("换长的，或不写，由程序生成", "give a longer one, or none: one is made"),
            )
        if is_loopback(host):
            return cls(names=frozenset(_LOOPBACK), any_address=False, port=port, token=token)
        any_address = host in ("", "0.0.0.0", "::")
        names = {name.lower() for name in (*_own_names(any_address), host) if name}
        made = token or secrets.token_urlsafe(24)
        return cls(names=frozenset(names), any_address=any_address, port=port, token=made)

    def is_ours(self, host: str) -> bool:
        """Whether a Host header names this server."""
        name, port = _parted(host)
        if port != self.port:
            return False
        return name in self.names or (self.any_address and _is_address(name))

    def opens_with(self, token: str | None) -> bool:
        """Whether a token is the right one; as long in the answer whatever it is."""
        if self.token is None:
            return True
        return token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    @property
    def cookie(self) -> str:
        """What the token is called as a cookie; browsers share cookies among ports."""
        return f"planning_{self.port}"


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own, which nobody else can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _own_names(any_address: bool) -> Iterator[str]:
    """What this machine is called, and its loopback where that is bound as well."""
    if any_address:
        yield from _LOOPBACK
    yield socket.gethostname()
    yield socket.getfqdn()


def _parted(host: str) -> tuple[str, int]:
    """The name and the port of a Host header; port −1 where it cannot be read."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, str(HTTP_PORT)
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    is_number = port.isascii() and port.isdecimal() and len(port) <= 5
    return name.lower(), int(port) if is_number else -1


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
