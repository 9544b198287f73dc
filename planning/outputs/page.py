"""The page of the map: one HTML file that asks the network for nothing.

folium lays it out; Leaflet is read from its installed wheel; our script and style lie in `static/`.
Everything is inlined, and a page that would still request anything is refused.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import branca.element
import folium
import folium.template

from planning.errors import PlanningError, fail


class OutsideReferenceError(PlanningError, RuntimeError):
    """The page would ask the network for something: our own fault, never the user's."""


def offline_page(title: str, payload: str) -> str:
    """The page as HTML; the same payload gives the same text.

    Parameters
    ----------
    title
        What the browser's tab says.
    payload
        The content as JSON that is inert inside HTML.

    Raises
    ------
    OutsideReferenceError
        When the finished page would request anything beyond itself.
    """
    return _inline(_skeleton(title), _assets(payload))


class _Page(branca.element.MacroElement):
    """Our script, style and content as links; `_inline` fills them in.

    The content never passes through here: branca compiles what a macro returns as a template once
    more, and a place called {{ … }} would be run.
    """

    _template = folium.template.Template("""
        {% macro header(this, kwargs) %}<link rel="stylesheet" href="map.css"/>
        <script src="map.js"></script>{% endmacro %}
        {% macro html(this, kwargs) %}<script type="application/json" id="map-content"
        src="content.json"></script><noscript>请允许本页运行脚本。</noscript>{% endmacro %}
        {% macro script(this, kwargs) %}planningMap({{ this._parent.get_name() }});{% endmacro %}
    """)


def _skeleton(title: str) -> str:
    """The page as folium lays it out, its assets still links."""
    study = folium.Map(
        location=[0, 0],
        tiles=None,
        prefer_canvas=True,
        control_scale=False,
        attribution_control=False,  # its text is HTML and carries a flag; the page has its own
        zoom_snap=0.25,
        zoom_delta=0.5,
    )
    study._id = "study"  # branca draws a random one; the same content must give the same bytes
    # On the instance: folium's own add_js_link changes the list of the class, for every later map.
    study.default_js = [("leaflet", "leaflet.js")]
    study.default_css = [("leaflet_css", "leaflet.css")]
    page: Any = _Page
    study.add_child(page())
    root: Any = study.get_root()
    root.title = html.escape(title)
    # Chinese shapes of the characters: without the language a browser may choose Japanese ones.
    return str(root.render()).replace("<html>", '<html lang="zh-CN">', 1)


_SCRIPTS = ("words.js", "content.js", "drawing.js", "panel.js", "cards.js", "map.js")


def _assets(payload: str) -> dict[str, str]:
    """Text of every asset by the name it has in the skeleton."""
    leaflet = files("js_lib_leaflet") / "static" / "js_lib_leaflet"
    ours = files("planning.outputs") / "static"
    script = (leaflet / "leaflet.js").read_text(encoding="utf-8")
    return {
        "leaflet.js": re.sub(r"//# sourceMappingURL=.*", "", script),
        "leaflet.css": _with_images(leaflet, (leaflet / "leaflet.css").read_text(encoding="utf-8")),
        "map.js": _one_script((ours / name).read_text(encoding="utf-8") for name in _SCRIPTS),
        "map.css": (ours / "map.css").read_text(encoding="utf-8"),
        "content.json": payload,
    }


def _one_script(texts: Iterable[str]) -> str:
    """Our files as one script that leaves nothing but `planningMap` to the page."""
    body = "\n".join(texts)
    return f'(function () {{\n"use strict";\n\n{body}}})();\n'


def _with_images(folder: Traversable, css: str) -> str:
    def embed(match: re.Match[str]) -> str:
        picture = base64.b64encode((folder / match[1]).read_bytes()).decode()
        return f"url(data:image/png;base64,{picture})"

    return re.sub(r"url\((images/[\w-]+\.png)\)", embed, css)


_LINK = r'<script([^>]*?)\s+src="([^"]+)"></script>|<link rel="stylesheet" href="([^"]+)"/>'
_REQUESTS = {
    "css": r"""@import|url\(\s*["']?(?!data:|\#)[^)]*""",
    "js": r"\b(?:fetch|import|importScripts)\s*\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon"
    r"|sourceMappingURL",
    "html": r"\b(?:src|srcset|href|data|poster|action|background)\s*=[^>\s]*|@import|url\(",
}


def _inline(skeleton: str, assets: dict[str, str]) -> str:
    """Put every asset in place of its link, and refuse whatever a browser would still request."""

    def fill(match: re.Match[str]) -> str:
        name = match[2] or match[3]
        tag, attributes = ("script", match[1]) if match[2] else ("style", "")
        if name not in assets:
            raise _outside(name)
        _refuse(name.rpartition(".")[2], assets[name])
        # In a script or a style this is the same text; to the HTML reader it no longer ends it.
        return f"<{tag}{attributes}>{assets[name].replace(f'</{tag}', f'<{chr(92)}/{tag}')}</{tag}>"

    # The title is the only text of the user's in the skeleton, and it is escaped.
    _refuse("html", re.sub(f"<title>.*?</title>|{_LINK}", "", skeleton, flags=re.DOTALL))
    page = re.sub(_LINK, fill, skeleton)
    charset = 'charset=UTF-8" />'
    return page.replace(charset, f"{charset}\n    {_policy(page)}", 1)


def _policy(page: str) -> str:
    """A policy by digest: only these very scripts run, and nothing may be requested."""
    bodies = re.findall(r"<script(?![^>]*json)[^>]*>(.*?)</script>", page, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(b.encode()).digest()).decode() for b in bodies]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    policy = f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:"
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>'


def _refuse(kind: str, text: str) -> None:
    found = re.search(_REQUESTS[kind], text) if kind in _REQUESTS else None
    if found:
        raise _outside(found[0][:200])


def _outside(what: str) -> PlanningError:
    return fail(
        OutsideReferenceError,
        "map.html",
        found=(f"页面以外的引用 {what}", f"a reference beyond the page: {what}"),
        expected=("离线单文件", "one file that needs no network"),
        to_do=("把资源内嵌到 planning/outputs/page.py", "inline it in planning/outputs/page.py"),
    )
