"""One HTML file that asks the network for nothing: every asset in its place, the rest refused."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from planning.errors import OurFaultError, fail


class OutsideReferenceError(OurFaultError):
    """The page would ask the network for something: our own fault, never the user's."""


def inert_json(content: Any) -> str:
    """Content as JSON that is inert inside HTML."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def inert_text(text: str) -> str:
    """Text as HTML shows it, which neither a browser nor `inlined` takes for anything else."""
    escaped = html.escape(text)
    for mark in "=(@":
        escaped = escaped.replace(mark, f"&#{ord(mark)};")
    return escaped


def one_script(texts: Iterable[str]) -> str:
    """Our files as one script that leaves the page nothing but what it puts on `window`."""
    body = "\n".join(texts)
    return f'(function () {{\n"use strict";\n\n{body}}})();\n'


_LINK = r'<script([^>]*?)\s+src="([^"]+)"></script>|<link rel="stylesheet" href="([^"]+)"/>'
_REQUESTS = {
    "css": r"""@import|url\(\s*["']?(?!data:|\#)[^)]*""",
    "js": r"\b(?:fetch|import|importScripts)\s*\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon"
    r"|sourceMappingURL",
    "html": r"\b(?:src|srcset|href|data|poster|action|background)\s*=[^>\s]*|@import|url\(",
}


def inlined(
    skeleton: str, assets: Mapping[str, str], *, page: str, pictures_from: Sequence[str] = ()
) -> str:
    """Put every asset in place of its link, and refuse whatever a browser would still request.

    `page` is what the file is called. `pictures_from` are hosts that its script may ask for
    pictures, none unless the user wants so. Raises OutsideReferenceError.
    """

    def fill(match: re.Match[str]) -> str:
        name = match[2] or match[3]
        tag, attributes = ("script", match[1]) if match[2] else ("style", "")
        if name not in assets:
            raise _outside(name, page)
        _refuse(name.rpartition(".")[2], assets[name], page)
        # In a script or a style this is the same text; to the HTML reader it no longer ends it.
        return f"<{tag}{attributes}>{assets[name].replace(f'</{tag}', f'<{chr(92)}/{tag}')}</{tag}>"

    # The title is the only text of the user's in the skeleton, and it is escaped.
    _refuse("html", re.sub(f"<title>.*?</title>|{_LINK}", "", skeleton, flags=re.DOTALL), page)
    whole = re.sub(_LINK, fill, skeleton)
    charset = 'charset=UTF-8" />'
    return whole.replace(charset, f"{charset}\n    {_policy(whole, pictures_from)}", 1)


def _policy(page: str, pictures_from: Sequence[str]) -> str:
    """A policy by digest: only these very scripts run, nothing but those pictures is requested."""
    bodies = re.findall(r"<script(?![^>]*json)[^>]*>(.*?)</script>", page, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(b.encode()).digest()).decode() for b in bodies]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    pictures = " ".join(("data:", *pictures_from))
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src {pictures}"
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>'


def _refuse(kind: str, text: str, page: str) -> None:
    found = re.search(_REQUESTS[kind], text) if kind in _REQUESTS else None
    if found:
        raise _outside(found[0][:200], page)


def _outside(what: str, page: str) -> Exception:
    return fail(
        OutsideReferenceError,
        page,
        found=(f"页面以外的引用 {what}", f"a reference beyond the page: {what}"),
        expected=("离线单文件", "one file that needs no network"),
        to_do=("把资源列入该页的 assets", "list it among the assets of the page"),
    )
