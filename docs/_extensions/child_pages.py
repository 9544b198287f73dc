"""Which pages come under which: conf.py says it, so that the pages stay plain on GitHub too.

`child_pages` maps a page to groups of pages, (caption, names or patterns); each becomes a table of
contents at the end of that page, seen in the sidebar alone. A pattern that no page fits is left
out: a page may be written later. A page stands in the first group that it fits; a star stops at a
slash.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from sphinx.application import Sphinx


def _trees(app: Sphinx, page: str, source: list[str]) -> None:
    """Add the tables of contents of a page to its text, as it is read."""
    left = sorted(set(app.env.found_docs) - {page})
    for caption, names in app.config.child_pages.get(page, ()):
        listed = [one for name in names for one in left if _fits(one, name)]
        left = [one for one in left if one not in listed]
        if listed:
            said = f":caption: {caption}\n" if caption else ""
            paths = "\n".join(f"/{one}" for one in listed)
            source[0] += f"\n\n```{{toctree}}\n:hidden:\n:maxdepth: 1\n{said}\n{paths}\n```\n"


def _fits(page: str, name: str) -> bool:
    return page.count("/") == name.count("/") and fnmatchcase(page, name)


def setup(app: Sphinx) -> dict[str, object]:
    """Register the value and what reads it."""
    app.add_config_value("child_pages", {}, "env")
    app.connect("source-read", _trees)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
