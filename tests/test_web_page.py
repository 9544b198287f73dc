"""The page of a server in Chromium: strict policy, a token, walked by either side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from web_desk import Server, server

TOKEN = "a-token-for-the-tests-0123"
PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def served(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    out = tmp_path_factory.mktemp("page")
    with server(sample_folder / "study.yaml", "--out", out, "--token", TOKEN) as one:
        yield one


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that says nothing on its console, and asks nobody but its server."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    yield page
    context.close()
    assert said == []


def figures(page: Page) -> list[str]:
    """The lines of what is covered, once the present is answered."""
    page.get_by_text("比现状").first.wait_for()
    return page.locator("table").first.inner_text().splitlines()


def test_the_token_opens_the_page_and_leaves_the_address(served: Server, page: Page) -> None:
    page.goto(served.url)
    assert figures(page)
    page.wait_for_url(lambda url: "token" not in url)
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert TOKEN not in page.evaluate("document.cookie")
    page.reload()
    assert figures(page)


def test_walked_by_the_server_the_figures_are_those_of_the_page(served: Server, page: Page) -> None:
    page.goto(served.url)
    here = figures(page)
    with page.expect_response("**/api/rows") as rows:
        page.goto(served.url.partition("?")[0] + "?walk=server")
    assert rows.value.ok
    assert figures(page) == here


def test_the_browser_keeps_the_policy(served: Server, browser: Browser) -> None:
    """Whatever gets into the page somehow neither runs nor asks anybody else."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(served.url)
    assert figures(page)
    broken = page.evaluate(
        """() => new Promise((done) => {
          const seen = [];
          document.addEventListener("securitypolicyviolation", (e) => {
            seen.push(e.effectiveDirective);
            if (seen.length === 2) done(seen.sort());
          });
          const picture = document.createElement("img");
          picture.src = "https://elsewhere.invalid/x.png";
          const script = document.createElement("script");
          script.textContent = "window.got_in = true";
          document.body.append(picture, script);
        })"""
    )
    assert broken == ["img-src", "script-src-elem"]
    assert page.evaluate("window.got_in === undefined")
    page.context.close()
