"""A page as headless Chromium sees it: what its scripts made of it, and all it asked for."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from driven_page import HEADLESS, chromium

_OPTIONS = (
    *HEADLESS,
    "--virtual-time-budget=6000",
    "--window-size=1366,768",
    "--enable-logging=stderr",
    "--dump-dom",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page after its scripts have run.

    `dom` is the document as HTML, `dataset` that of its body by the names JavaScript uses
    (`notMet`), `requests` every address the page asked for, `console` every line its console said.
    """

    dom: str
    dataset: dict[str, str]
    requests: list[str]
    console: list[str]


class Reader(HTMLParser):
    """What a browser sees: tags with attributes, and the text of each script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.bodies: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style"):
            kind = "json" if self.tags[-1][1].get("type") else self.tags[-1][0]
            self.bodies.append((kind, data))


def open_page(path: Path, view: str = "") -> Page:
    """Open a file in Chromium at `#view`, with every request logged and no network.

    Without Chromium the test is skipped, or fails where PLANNING_REQUIRE_BROWSER=1.
    """
    program = chromium_or_skip()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "net.json"
        run = subprocess.run(
            [
                program,
                *_OPTIONS,
                f"--log-net-log={log}",
                f"--user-data-dir={folder}/profile",
                f"{path.resolve().as_uri()}#{view}",
            ],
            capture_output=True,
            check=True,
            timeout=120,
        )
        requests = _requests_of_the_page(log)
    dom = run.stdout.decode()
    return Page(
        dom=dom,
        dataset=_dataset(dom),
        requests=requests,
        console=[line for line in run.stderr.decode().splitlines() if "CONSOLE" in line],
    )


def chromium_or_skip() -> str:
    """Where Chromium is; without it the test is skipped, or fails where it is required."""
    if found := chromium():
        return found
    if os.environ.get("PLANNING_REQUIRE_BROWSER") == "1":
        pytest.fail("PLANNING_REQUIRE_BROWSER=1, but no Chromium is on the path")
    pytest.skip("no Chromium on the path")


def _requests_of_the_page(log: Path) -> list[str]:
    """Addresses in Chromium's network log; its own errands start at `not an origin`."""
    events = [x for x in log.read_text(encoding="utf-8").splitlines() if '"initiator":"' in x]
    return [
        found[1]
        for event in events
        if '"initiator":"not an origin"' not in event
        and (found := re.search(r'"url":"([^"]+)"', event))
    ]


def _dataset(dom: str) -> dict[str, str]:
    body = next(attributes for tag, attributes in Reader(dom).tags if tag == "body")
    return {
        re.sub(r"-([a-z])", lambda m: m[1].upper(), name.removeprefix("data-")): value or ""
        for name, value in body.items()
        if name.startswith("data-")
    }
