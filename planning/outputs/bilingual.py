"""Words in two languages, of which a document shows one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from planning.errors import InputError, fail
from planning.outputs.inlining import inert_text

Says = tuple[str, str]
"""What is said in (中文, English)."""
Lang = Literal["zh", "en"]
HTML_LANG: Mapping[Lang, str] = {"zh": "zh-CN", "en": "en"}
"""How a page names its language. Without it a browser may choose Japanese shapes of letters."""


def check_lang(lang: str) -> None:
    """Refuse a language that no document is written in, before anything is."""
    if lang not in get_args(Lang):
        raise fail(
            InputError,
            "lang",
            found=(f"“{lang}”", f"'{lang}'"),
            expected=("zh 或 en", "zh or en"),
            to_do=("改用其中之一", "give one of them"),
        )


def in_lang(words: Says, lang: Lang) -> str:
    """The words in one language."""
    return words[0 if lang == "zh" else 1]


def said(words: Says) -> str:
    """Both as HTML for a page without a script, whose style shows one of them."""
    zh, en = map(inert_text, words)
    return f'<span class="zh">{zh}</span><span class="en" lang="en">{en}</span>'
