"""The page of the map: one HTML file that asks the network for nothing.

folium lays it out; Leaflet is read from its installed wheel; our script and style lie in `static/`.
`inlining` puts everything in its place, and refuses a page that would still request anything.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import branca.element
import folium
import folium.template

from planning.outputs.bilingual import HTML_LANG, Lang
from planning.outputs.inlining import inlined, one_script
from planning.outputs.leaflet import leaflet_script, leaflet_style


def offline_page(title: str, payload: str, *, lang: Lang, pictures_from: Sequence[str] = ()) -> str:
    """The page as HTML; the same payload gives the same text.

    Parameters
    ----------
    title
        What the browser's tab says.
    payload
        The content as JSON that is inert inside HTML.
    lang
        Language in which the page opens.
    pictures_from
        Hosts (https://…) that the page may ask for pictures; none unless a user wants map tiles.

    Raises
    ------
    OutsideReferenceError
        When the finished page would request anything beyond itself.
    """
    return inlined(
        _skeleton(title, lang), _assets(payload), page="map.html", pictures_from=pictures_from
    )


class _Page(branca.element.MacroElement):
    """Our script, style and content as links; `inlined` fills them in.

    The content never passes through here: branca compiles what a macro returns as a template once
    more, and a place called {{ … }} would be run.
    """

    _template = folium.template.Template("""
        {% macro header(this, kwargs) %}<link rel="stylesheet" href="map.css"/>
        <script src="map.js"></script>{% endmacro %}
        {% macro html(this, kwargs) %}<script type="application/json" id="map-content"
        src="content.json"></script><noscript>请允许本页运行脚本。
        This page needs its script.</noscript>{% endmacro %}
        {% macro script(this, kwargs) %}planningMap({{ this._parent.get_name() }});{% endmacro %}
    """)


def _skeleton(title: str, lang: Lang) -> str:
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
    return str(root.render()).replace("<html>", f'<html lang="{HTML_LANG[lang]}">', 1)


_SCRIPTS = (
    "words.js", "map_words.js", "verdicts.js", "dom.js", "content.js", "drawing.js", "marks.js",
    "compare.js", "glance.js", "controls.js", "panel.js", "cards.js", "search.js", "map.js",
)  # fmt: skip


def _assets(payload: str) -> dict[str, str]:
    """Text of every asset by the name it has in the skeleton."""
    ours = files("planning.outputs") / "static"
    return {
        "leaflet.js": leaflet_script(),
        "leaflet.css": leaflet_style(),
        "map.js": one_script((ours / name).read_text(encoding="utf-8") for name in _SCRIPTS),
        "map.css": "".join(
            (ours / name).read_text(encoding="utf-8") for name in ("base.css", "map.css")
        ),
        "content.json": payload,
    }
