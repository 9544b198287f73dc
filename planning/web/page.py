"""What the browser gets: the page, its modules, its style, its content."""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
import threading
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from planning.errors import Fault
from planning.outputs.bilingual import HTML_LANG
from planning.outputs.leaflet import leaflet_script, leaflet_style
from planning.outputs.whatif.modules import module_text
from planning.web.refusals import Refused, refused

_MODULE = re.compile(r"[A-Za-z][\w-]*\.js", flags=re.ASCII)
_STYLES = {"base.css": "", "whatif.css": "whatif/", "desk.css": "whatif/"}
ENTRY = "served.js"
"""The module that starts the page of a server."""
_TYPES = {"js": "text/javascript", "css": "text/css"}

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/leaflet.css">
<link rel="stylesheet" href="/static/base.css">
<link rel="stylesheet" href="/static/whatif.css">
<link rel="stylesheet" href="/static/desk.css">
<script src="/static/leaflet.js"></script>
<script type="module" src="/static/{entry}"></script>
</head>
<body>
<noscript>请允许本页运行脚本。This page needs its script.</noscript>
</body>
</html>
"""


def page_html(title: str) -> str:
    """The page: no script and no style of its own, all of it comes from ``/static/``."""
    return _PAGE.format(lang=HTML_LANG["zh"], title=html.escape(title), entry=ENTRY)


def files_html(title: str, why: Fault, files: Sequence[str]) -> str:
    """The page where nothing can be tried: why, and the deliverables."""
    said = "".join(f"<p>{html.escape(line)}</p>\n" for line in why.lines())
    listed = "".join(
        f'<li><a href="/files/{quote(name)}">{html.escape(name)}</a></li>\n' for name in files
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{HTML_LANG["zh"]}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n"
        '<link rel="icon" href="data:,">\n<link rel="stylesheet" href="/static/base.css">\n'
        f"</head>\n<body>\n<h1>{html.escape(title)}</h1>\n{said}<ul>\n{listed}</ul>\n"
        "</body>\n</html>\n"
    )


def static_file(name: str) -> bytes:
    """A file below ``/static/``: a module, a style, Leaflet. Raises `Refused` (404)."""
    ours = files("planning.outputs") / "static"
    try:
        if name == "leaflet.js":
            return leaflet_script().encode()
        if name == "leaflet.css":
            return leaflet_style().encode()
        if name in _STYLES:
            return (ours / f"{_STYLES[name]}{name}").read_bytes()
        if _MODULE.fullmatch(name):
            return module_text(name).encode()
    except FileNotFoundError:
        pass
    raise _unknown()


def static_type(name: str) -> str:
    """The content type of a file below ``/static/``."""
    return _TYPES[name.rpartition(".")[2]]


class Kept:
    """Something that is made at the first request and then kept, whole and packed."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._kept: tuple[bytes, str] | None = None

    def packed(self) -> tuple[bytes, str]:
        """Its JSON, packed by gzip, and its digest."""
        with self._lock:
            if self._kept is None:
                text = json.dumps(
                    self._make(), ensure_ascii=False, allow_nan=False, separators=(",", ":")
                ).encode()
                self._kept = gzip.compress(text, compresslevel=6, mtime=0), digest_of_bytes(text)
            return self._kept

    def answer(self, request: Request) -> Response:
        """The content, unless the client has it already; packed where it may be."""
        packed, digest = self.packed()
        headers = {"etag": f'"{digest}"', "cache-control": "no-cache", "vary": "accept-encoding"}
        if has_it(request, digest):
            return Response(status_code=304, headers=headers)
        if _takes_gzip(request.headers.get("accept-encoding", "")):
            headers["content-encoding"] = "gzip"
            return Response(packed, headers=headers, media_type="application/json")
        return Response(gzip.decompress(packed), headers=headers, media_type="application/json")


def digest_of_bytes(content: bytes) -> str:
    """What an ETag says of some content."""
    return hashlib.sha256(content).hexdigest()[:32]


def has_it(request: Request, digest: str) -> bool:
    """Whether a client says that it has this very content."""
    known = request.headers.get("if-none-match", "")
    return any(tag.strip().removeprefix("W/") == f'"{digest}"' for tag in known.split(","))


def _takes_gzip(accepted: str) -> bool:
    """Whether gzip is among the encodings, and not with the weight nought."""
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return re.fullmatch(r"\s*q=0(\.0*)?\s*", weight) is None
    return False


def _unknown() -> Refused:
    return refused(
        404,
        "static",
        found=("没有这个文件", "no such file"),
        expected=("页面所用的文件", "a file of the page"),
        to_do=("重新打开页面", "open the page again"),
    )
