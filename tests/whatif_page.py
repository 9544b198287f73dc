"""Scripts of the page in headless Chromium, apart from the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from browser import chromium_or_skip

from planning.outputs.whatif.modules import joined_script

_END = "})();\n"


def exposing(**names: Sequence[str]) -> str:
    """A script that puts names of modules on `window`, by module: ``walking=["Walking"]``."""
    script = joined_script(*(f"{module}.js" for module in names))
    assert script.endswith(_END)
    shown = ", ".join(name for of_module in names.values() for name in of_module)
    return f"{script.removesuffix(_END)}\nObject.assign(window, {{ {shown} }});\n{_END}"


@contextmanager
def script_page(*scripts: str) -> Iterator[Any]:
    """A blank page (a Playwright page) that has run the scripts; none of its errors passes."""
    with one_browser() as browser, page_in(browser, *scripts) as page:
        yield page


@contextmanager
def one_browser() -> Iterator[Any]:
    """Chromium as Playwright starts it: one at a time in a process."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = chromium_or_skip()
    with sync_api.sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def page_in(browser: Any, *scripts: str) -> Iterator[Any]:
    """A blank page of a browser that has run the scripts; none of its errors passes."""
    page = browser.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    for script in scripts:
        page.add_script_tag(content=script)
    yield page
    page.close()
    assert wrong == []
