"""Links to files of the repository that are no pages: on the site their path is said instead.

On GitHub they lead to the file; a site on paper or on another disk has none to lead to. One that
leads nowhere stays as it is, and is warned of.
"""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

_LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\((\.\./[^)#\s]+)\)")


def _said(app: Sphinx, page: str, source: list[str]) -> None:
    """Rewrite the links of a page that leave the pages."""
    pages = Path(app.srcdir).resolve()
    folder = (pages / page).parent

    def path_instead(link: re.Match[str]) -> str:
        target = (folder / link[2]).resolve()
        if target.is_relative_to(pages) or not target.exists():
            return link[0]
        return f"{link[1]} (`{target.relative_to(pages.parent).as_posix()}`)"

    source[0] = _LINK.sub(path_instead, source[0])


def setup(app: Sphinx) -> dict[str, object]:
    """Rewrite every page as it is read."""
    app.connect("source-read", _said)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
