"""Chinese that was broken into lines is joined without a blank, as it is written."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

_SIGN = r"[\u2014\u2018-\u201d\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_BREAK = re.compile(rf"(?<={_SIGN})\n(?={_SIGN})")
_KEPT = (nodes.literal_block, nodes.literal, nodes.math, nodes.math_block, nodes.raw)


def _join(_app: Sphinx, page: nodes.document) -> None:
    """Take the line breaks between two Chinese signs out of the text of a page."""
    for block in page.findall(nodes.TextElement):
        if isinstance(block, _KEPT):
            continue
        for at, text in enumerate(block.children):
            if not isinstance(text, nodes.Text):
                continue
            before = block.children[at - 1].astext()[-1:] if at else ""
            after = block.children[at + 1].astext()[:1] if at + 1 < len(block.children) else ""
            whole = _BREAK.sub("", before + text.astext() + after)
            joined = whole[len(before) : len(whole) - len(after)]
            if joined != text.astext():
                block.replace(text, nodes.Text(joined))


def setup(app: Sphinx) -> dict[str, object]:
    """Mend every page once it has been read."""
    app.connect("doctree-read", _join)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
