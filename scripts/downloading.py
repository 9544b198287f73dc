"""One file from the web: written aside, resumed where it broke off, whole or not at all.

Proxies are those of the environment (http_proxy, https_proxy, no_proxy), as urllib reads them.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, build_opener

from planning.errors import InputError, fail

_CHUNK_BYTES = 1 << 20
_AGENT = "yilao-planning fetch_data.py"
_GONE = (404, 410)
_PARTIAL, _NOT_THERE = 206, 416

Tell = Callable[[str], None]


class _ElsewhereError(Exception):
    """A server was asked to go on at one byte and went on at another."""


def part_of(path: Path) -> Path:
    """Where a file is written until it is whole."""
    return path.with_name(path.name + ".part")


def download(urls: Sequence[str], path: Path, *, timeout_s: float, tell: Tell) -> Path:
    """Fetch the first of `urls` that is there; returns the whole file, still aside.

    What an interrupted download left is continued where the server says that the file is still the
    same; else it is fetched anew. Raises InputError with what to do; what came so far is kept.
    """
    part = part_of(path)
    part.parent.mkdir(parents=True, exist_ok=True)
    gone: list[str] = []
    for url in urls:
        try:
            _download(url, part, timeout_s=timeout_s, tell=tell)
        except HTTPError as error:
            error.close()
            if error.code not in _GONE:
                raise _refused(url, f"HTTP {error.code}") from None
            gone.append(url)
        else:
            return part
    raise _refused(", ".join(gone), "HTTP 404")


def forget(part: Path) -> None:
    """Remove what was written aside."""
    for path in (part, _state_of(part)):
        with suppress(FileNotFoundError):
            path.unlink()


def _state_of(part: Path) -> Path:
    """Beside the part: its address, and the server's word by which it knows the version."""
    return part.with_name(part.name + ".from")


def _download(url: str, part: Path, *, timeout_s: float, tell: Tell) -> None:
    have, version = _kept(url, part)
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": version}
    try:
        with build_opener().open(Request(url, headers=headers), timeout=timeout_s) as response:
            whole = _write(response, url, part, have=have, tell=tell)
    except _ElsewhereError:
        forget(part)
        return _download(url, part, timeout_s=timeout_s, tell=tell)
    except HTTPError as error:
        if error.code != _NOT_THERE or not have:
            raise
        error.close()
        forget(part)
        return _download(url, part, timeout_s=timeout_s, tell=tell)
    except URLError as error:
        raise _unreachable(url, error) from None
    except (OSError, http.client.HTTPException):
        raise _broke_off(url, part, None) from None
    if whole is not None and part.stat().st_size != whole:
        raise _broke_off(url, part, whole)
    _state_of(part).unlink(missing_ok=True)
    return None


def _kept(url: str, part: Path) -> tuple[int, str]:
    """How many bytes lie there and of which version; 0 where that is not known."""
    try:
        address, version = _state_of(part).read_text(encoding="utf-8").splitlines()
        have = part.stat().st_size
    except (OSError, ValueError):
        forget(part)
        return 0, ""
    if address != url:
        forget(part)
        return 0, ""
    return have, version


def _write(
    response: http.client.HTTPResponse, url: str, part: Path, *, have: int, tell: Tell
) -> int | None:
    """The body after what there is; returns how large the whole file is [bytes], if that is said.

    An answer that starts anew, because the file has changed, is written from the beginning.
    """
    start = have if response.status == _PARTIAL else 0
    if start and not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        raise _ElsewhereError
    _check_head(response, url)
    version = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
    if version and not version.startswith("W/"):
        _state_of(part).write_text(f"{url}\n{version}", encoding="utf-8")
    else:
        _state_of(part).unlink(missing_ok=True)
    length = response.headers.get("Content-Length")
    whole = start + int(length) if length and length.isdigit() else None
    if start:
        tell(f"接着下载 resuming at {start:,} bytes")
    with part.open("r+b" if start else "wb") as stream:
        stream.seek(start)
        stream.truncate()
        while chunk := response.read(_CHUNK_BYTES):
            stream.write(chunk)
    return whole


def _check_head(response: http.client.HTTPResponse, url: str) -> None:
    """Refuse what is surely not the file, or whose end could not be told."""
    if response.headers.get_content_type() == "text/html":
        raise _refused(url, "一个网页（网络的登录页？）a web page (the login of a network?)")
    chunked = response.headers.get("Transfer-Encoding", "").lower() == "chunked"
    if not chunked and not response.headers.get("Content-Length", "").isdigit():
        raise _refused(url, "没有说明长度 no length")


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _unreachable(url: str, error: URLError) -> Exception:
    why = type(error.reason).__name__ if isinstance(error.reason, Exception) else error.reason
    return fail(
        InputError,
        f"network: {_host(url)}",
        found=(f"无法连接（{why}）", f"it cannot be reached ({why})"),
        expected=("能访问该服务器的网络", "a network from which this server can be reached"),
        to_do=(
            "在能上网的电脑上运行，或设置 https_proxy，或用浏览器下载后放到登记册所写的位置",
            "run it on a computer that is online, or set https_proxy, or download the file with a "
            "browser and put it where the register says",
        ),
    )


def _refused(url: str, what: str) -> Exception:
    return fail(
        InputError,
        url,
        found=(what, what),
        expected=("该文件", "the file"),
        to_do=(
            "到发布者网站核对地址，改正登记册中的 url；或稍后再试",
            "see the publisher's site, mend the url in the register; or try again later",
        ),
    )


def _broke_off(url: str, part: Path, whole: int | None) -> Exception:
    have = part.stat().st_size if part.exists() else 0
    all_zh = f"，共 {whole:,} 字节" if whole is not None else ""
    all_en = f" of {whole:,}" if whole is not None else ""
    return fail(
        InputError,
        url,
        found=(f"下载中断，得到 {have:,} 字节{all_zh}", f"broken off after {have:,}{all_en} bytes"),
        expected=("整个文件", "the whole file"),
        to_do=("再运行一次，会接着下载", "run it again: it goes on from there"),
    )
