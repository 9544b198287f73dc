"""What every request passes before anything reads it, and what every answer carries."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from planning.inputs.strict_json import NotJsonError, strict_json
from planning.web.door import Door
from planning.web.refusals import OUR_FAULT, Refused, answer, refused

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing inline, nothing evaluated, nothing from elsewhere, and in nobody's frame."""
_ALWAYS = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
MOST_DEEP = 64
"""How deep lists and objects may stand in each other in a body."""
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_TOKEN = "token"
_GOES_ON = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>planning serve</title>'
    '<link rel="icon" href="data:,"><meta http-equiv="refresh" content="0;url=/">'
    '<a href="/">进入 Enter</a></html>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of anything one request may take."""

    body_bytes: int = 4 << 20
    body_s: float = 20.0
    """until the whole body is there [s]"""


class Guard:
    """An application behind its door: hosts, origins, token, bodies, headers, and no traces."""

    def __init__(self, app: ASGIApp, *, door: Door, bounds: Bounds | None = None) -> None:
        self.app, self.door, self.bounds = app, door, bounds or Bounds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            # A websocket is closed before it opens: nothing here speaks that.
            await (self.app(scope, receive, send) if scope["type"] == "lifespan" else _shut(send))
            return
        sending = _Sending(send)
        try:
            home = self._admit(scope)
            if home is not None:
                await home(scope, receive, sending)
                return
            body = await self._body(scope, receive)
            await self.app(scope, _replayed(body, receive), sending)
        except Refused as refusal:
            refusal.headers.setdefault("connection", "close")  # what is left of the body stays out
            if not sending.began:
                await answer(refusal)(scope, receive, sending)
        except Exception:
            traceback.print_exc(file=sys.stderr)
            if not sending.began:
                await answer(Refused(500, OUR_FAULT))(scope, receive, sending)

    def _admit(self, scope: Scope) -> Response | None:
        """Refuse whom the door keeps out; a first visit by token goes on without it."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.door.is_ours(hosts[0]):
            raise _foreign("Host", ", ".join(hosts))
        origins = headers.getlist("origin")
        if any(origin != f"http://{hosts[0]}" for origin in origins):
            raise _foreign("Origin", ", ".join(origins))
        site = headers.get("sec-fetch-site", "none")
        if site not in ("none", "same-origin") and not _is_visit(scope, headers):
            raise _foreign("Sec-Fetch-Site", site)
        return self._by_token(scope, headers)

    def _by_token(self, scope: Scope, headers: Headers) -> Response | None:
        door = self.door
        given = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get(_TOKEN)
        if given is not None and scope["path"] == "/" and scope["method"] == "GET":
            if not door.opens_with(given):
                raise _no_token()
            # The token leaves the address bar and what a copied address gives away. A page that
            # goes on by itself, not a redirect: of that, opened from a message or another page,
            # the browser would keep back the cookie.
            home = HTMLResponse(_GOES_ON)
            if door.token is not None:
                home.set_cookie(door.cookie, door.token, httponly=True, samesite="strict")
            return home
        if not any(door.opens_with(token) for token in _tokens(headers, door.cookie)):
            raise _no_token()
        return None

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body, refused as soon as it is too large or too slow; JSON or nothing."""
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        most = self.bounds.body_bytes if scope["method"] in _WITH_BODY else 0
        if not (length.isascii() and length.isdecimal()) or int(length[:20]) > most:
            raise _too_large(most)
        body = bytearray()
        try:
            async with asyncio.timeout(self.bounds.body_s):
                while True:
                    message = await receive()
                    body += message.get("body", b"")
                    if len(body) > most:
                        raise _too_large(most)
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            raise _too_slow(self.bounds.body_s) from None
        if scope["method"] in _WITH_BODY and body:
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise _not_json(kind)
            try:
                strict_json(bytes(body), most_deep=MOST_DEEP)
            except NotJsonError as error:
                raise _no_json(error.found) from None
        return bytes(body)


class _Sending:
    """`send` with what every answer carries."""

    def __init__(self, send: Send) -> None:
        self._send, self.began = send, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.began = True
            headers = MutableHeaders(scope=message)
            for name, value in _ALWAYS.items():
                headers.setdefault(name, value)
        await self._send(message)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A body that was read, for whoever reads it next; then what the client does, its going."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _shut(send: Send) -> None:
    await send({"type": "websocket.close", "code": 1008})


def _is_visit(scope: Scope, headers: Headers) -> bool:
    """Whether somebody opens the page by a link from elsewhere, which tells that page nothing."""
    return (
        scope["method"] == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _tokens(headers: Headers, cookie: str) -> Iterator[str | None]:
    """The tokens of a request: of its cookie, of a program; None last, where none is wanted."""
    try:
        held = SimpleCookie(headers.get("cookie", "")).get(cookie)
    except CookieError:
        held = None
    if held is not None:
        yield held.value
    kind, _, bearer = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        yield bearer.strip()
    yield None


def _foreign(header: str, said: str) -> Refused:
    return refused(
        403,
        header,
        found=(f"“{said[:200]}”", f"'{said[:200]}'"),
        expected=("本服务自己的地址", "this server's own address"),
        to_do=("用终端中给出的地址打开", "open the address that the terminal gives"),
    )


def _no_token() -> Refused:
    return refused(
        401,
        "token",
        found=("没有口令，或口令不对", "no token, or a wrong one"),
        expected=("启动时给出的口令", "the token given at the start"),
        to_do=(
            "用终端中给出的完整地址打开；程序则用 Authorization: Bearer",
            "open the whole address that the terminal gives; programs say Authorization: Bearer",
        ),
        headers={"www-authenticate": "Bearer"},
    )


def _too_large(most: int) -> Refused:
    return refused(
        413,
        "body",
        found=(f"超过 {most:,} 字节的请求", f"a body of more than {most:,} bytes"),
        expected=(f"至多 {most:,} 字节", f"at most {most:,} bytes"),
        to_do=("缩小请求", "send less"),
    )


def _too_slow(limit_s: float) -> Refused:
    return refused(
        408,
        "body",
        found=(f"{limit_s:g} 秒内没有发完的请求", f"a body not sent within {limit_s:g} s"),
        expected=("完整的请求", "a whole request"),
        to_do=("重试", "try again"),
    )


def _no_json(why: tuple[str, str]) -> Refused:
    zh, en = why
    return refused(
        400,
        "body",
        found=(f"不是合格的 JSON（{zh}）", f"no sound JSON ({en})"),
        expected=("UTF-8 编码的 JSON", "JSON in UTF-8"),
        to_do=("改正请求", "mend the request"),
    )


def _not_json(kind: str) -> Refused:
    return refused(
        415,
        "Content-Type",
        found=(f"“{kind[:100]}”", f"'{kind[:100]}'"),
        expected=("application/json", "application/json"),
        to_do=("以 JSON 发送", "send JSON"),
    )
