"""A page without a script: words in both languages, of which a box that is ticked shows one."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from importlib.resources import files

from planning.outputs.bilingual import HTML_LANG, Lang, Says, in_lang, said
from planning.outputs.inlining import inert_text, inlined

_SKELETON = """<!DOCTYPE html>
<html lang="{lang}">
<head>
    <meta http-equiv="content-type" content="text/html; charset=UTF-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>{title}</title>
    <link rel="stylesheet" href="{name}.css"/>
</head>
<body>
<input type="checkbox" id="english"{checked}/>
<main>
{body}
</main>
</body>
</html>
"""
_BASE = ("base.css", "tradeoffs.css")
"""The style of all pages, and that of the sections of those without a script."""


def still_page(
    place: str, kind: Says, body: Iterable[str], *, name: str, lang: Lang, css: Sequence[str] = ()
) -> str:
    """The page as HTML, which opens in `lang`; `css` are further sheets of `static/`.

    Raises OutsideReferenceError where it would request anything beyond itself.
    """
    ours = files("planning.outputs") / "static"
    style = "".join((ours / sheet).read_text(encoding="utf-8") for sheet in (*_BASE, *css))
    skeleton = _SKELETON.format(
        lang=HTML_LANG[lang],
        title=html.escape(f"{place} {in_lang(kind, lang)}"),
        name=name,
        checked=" checked" if lang == "en" else "",
        body="\n".join(body),
    )
    return inlined(skeleton, {f"{name}.css": style}, page=f"{name}.html")


def top(place: str, kind: Says, below: str = "") -> str:
    """The head of the page: which place, what is told of it, and the switch of the language."""
    lines = f"<p>{below}</p>" if below else ""
    return (
        f'<header class="top"><div><h1>{inert_text(place)}<span>{said(kind)}</span></h1>{lines}'
        '</div><label for="english"><span class="zh">English</span>'
        '<span class="en">中文</span></label></header>'
    )
