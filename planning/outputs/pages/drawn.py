"""A page that our script draws from its content: one HTML file that asks for nothing else."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from planning.outputs.bilingual import HTML_LANG, Lang
from planning.outputs.inlining import inert_json, inlined, one_script

_SKELETON = """<!DOCTYPE html>
<html lang="{lang}">
<head>
    <meta http-equiv="content-type" content="text/html; charset=UTF-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>{title}</title>
    <link rel="stylesheet" href="{name}.css"/>
</head>
<body>
    <noscript>请允许本页运行脚本。</noscript>
    <script type="application/json" id="{name}-content" src="content.json"></script>
    <script src="{name}.js"></script>
</body>
</html>
"""


def drawn_page(
    title: str, content: Mapping[str, Any], *, name: str, scripts: Sequence[str], lang: Lang = "zh"
) -> str:
    """The page as HTML around its content, as JSON that is inert inside HTML.

    `scripts` of `static/` become one, in their order; the style is that of all pages and its own,
    ``{name}.css``; it opens in `lang`.
    Raises OutsideReferenceError where it would request anything beyond itself.
    """
    ours = files("planning.outputs") / "static"
    css = [(ours / sheet).read_text(encoding="utf-8") for sheet in ("base.css", f"{name}.css")]
    assets = {
        f"{name}.css": "".join(css),
        f"{name}.js": one_script((ours / script).read_text(encoding="utf-8") for script in scripts),
        "content.json": inert_json(content),
    }
    skeleton = _SKELETON.format(title=html.escape(title), name=name, lang=HTML_LANG[lang])
    return inlined(skeleton, assets, page=f"{name}.html")
