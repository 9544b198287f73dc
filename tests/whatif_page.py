"""Scripts of the page in headless Chromium, apart from the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from browser import chromium_or_skip
from exposed_modules import exposing


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


__all__ = ["exposing", "one_browser", "page_in"]
