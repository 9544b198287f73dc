"""Words in two languages on a page without a script, of which its style shows one."""

from __future__ import annotations

from planning.outputs.inlining import inert_text

Says = tuple[str, str]


def said(words: Says) -> str:
    """Words (中文, English) as HTML."""
    zh, en = map(inert_text, words)
    return f'<span class="zh">{zh}</span><span class="en" lang="en">{en}</span>'
