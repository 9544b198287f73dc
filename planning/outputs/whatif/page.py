"""The page whatif.html: one file that asks the network for nothing."""

from __future__ import annotations

import html
from importlib.resources import files

from planning.outputs.bilingual import HTML_LANG, Lang
from planning.outputs.inlining import inlined
from planning.outputs.leaflet import leaflet_script, leaflet_style
from planning.outputs.whatif.modules import joined_script

ENTRY = "main.js"
"""The module that starts the page of a file."""

_SKELETON = """<!DOCTYPE html>
<html lang="{lang}">
<head>
    <meta http-equiv="content-type" content="text/html; charset=UTF-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>{title}</title>
    <link rel="stylesheet" href="whatif.css"/>
    <script src="leaflet.js"></script>
    <script type="application/json" id="whatif-content" src="content.json"></script>
</head>
<body>
<noscript>请允许本页运行脚本。This page needs its script.</noscript>
<script src="whatif.js"></script>
</body>
</html>
"""


def whatif_page(title: str, payload: str, *, lang: Lang = "zh") -> str:
    """The page as HTML; the same payload gives the same text.

    Parameters
    ----------
    title
        What the browser's tab says.
    payload
        The content as JSON that is inert inside HTML (`inlining.inert_json`).
    lang
        Language in which the page opens.

    Raises
    ------
    OutsideReferenceError
        When the finished page would request anything beyond itself.
    """
    skeleton = _SKELETON.format(lang=HTML_LANG[lang], title=html.escape(title))
    assets = {
        "leaflet.js": leaflet_script(),
        "whatif.css": _style(),
        "whatif.js": joined_script(ENTRY),
        "content.json": payload,
    }
    return inlined(skeleton, assets, page="whatif.html")


def _style() -> str:
    """Leaflet's style and ours."""
    ours = files("planning.outputs") / "static"
    return leaflet_style() + "".join(
        (ours / name).read_text(encoding="utf-8") for name in ("base.css", "whatif/whatif.css")
    )
