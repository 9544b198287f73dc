"""The page whatif.html in Chromium, used as a planner uses it: pointer, fingers, keys, files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Download, Page

from planning.outputs.whatif.arrays import unpacked

DESK = (1366, 768)
PHONE = (390, 844)


@dataclass
class Hands:
    """One page and what it said and asked for; both must stay empty."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @classmethod
    def on(cls, browser: Browser, path: Path, size: tuple[int, int] = DESK) -> Hands:
        """Open the page and wait until it is ready."""
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            has_touch=size == PHONE,
            accept_downloads=True,
        )
        page = context.new_page()
        hands = cls(page)
        page.on("console", lambda message: hands.said.append(message.text))
        page.on("pageerror", lambda error: hands.said.append(str(error)))
        page.on("request", lambda request: hands.asked.append(request.url))
        page.goto(path.resolve().as_uri())
        page.wait_for_selector("body[data-ready='1']", timeout=60_000)
        return hands

    def leave(self) -> None:
        """Close the page, which must not have said a word nor asked for anything but itself."""
        own = ("blob:", "data:")
        beyond = [url for url in self.asked[1:] if not url.startswith(own)]
        self.page.context.close()
        assert (self.said, beyond) == ([], [])

    # ---- what the page says ------------------------------------------------------------------

    @cached_property
    def content(self) -> dict[str, Any]:
        text = self.page.locator("#whatif-content").text_content()
        found: dict[str, Any] = json.loads(text or "")
        return found

    @property
    def covered(self) -> int:
        """The headline: people within the limit."""
        return _whole(self.page.inner_text("[data-figure=covered]"))

    def people(self, group: str) -> int:
        return _whole(self.page.inner_text(f"[data-covered={group}]").split("\n")[0].split("%")[0])

    @property
    def cost(self) -> float:
        """[万元]"""
        return float(self.page.inner_text("[data-figure=cost]").replace(",", ""))

    @property
    def tally(self) -> dict[str, int]:
        cells = self.page.locator("[data-tally]").all()
        return {str(one.get_attribute("data-tally")): _whole(one.inner_text()) for one in cells}

    @property
    def edits(self) -> list[str]:
        rows = self.page.locator(".edits li").all()
        return [" ".join(row.inner_text().split()).removesuffix(" ×") for row in rows]

    @property
    def notes(self) -> str:
        return self.page.inner_text(".notes-board")

    def marks(self, letter: str) -> list[str]:
        found = self.page.locator(f"[data-mark^='{letter}']").all()
        return [str(one.get_attribute("data-mark")) for one in found]

    # ---- hands -------------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """Click the button of a key."""
        self.page.click(f"[data-key='{key}']")
        self.settle()

    def type(self, key: str, text: str) -> None:
        """Type into the field of a key, and leave it."""
        self.page.fill(f"[data-key='{key}']", text)
        self.page.press(f"[data-key='{key}']", "Enter")
        self.settle()

    def settle(self) -> None:
        """Wait until what was asked of the engine has been painted."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        # No function of the page's: the policy lets nothing be evaluated there.
        self.page.wait_for_selector("body:not([data-busy])")

    def pixel(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Where a place lies on the screen, from two facilities whose marks do."""
        ids = self.content["facilities"]["ids"]
        x, y = (unpacked(self.content["facilities"][name]) for name in ("x_m", "y_m"))
        seen = [(ids.index(one), *self.centre(one)) for one in self.marks("F")]
        (a, ax, ay), (b, bx, _) = min(seen, key=lambda one: one[1]), max(seen, key=lambda s: s[1])
        scale = (bx - ax) / (x[b] - x[a])
        return ax + (x_m - x[a]) * scale, ay - (y_m - y[a]) * scale

    def centre(self, mark: str) -> tuple[float, float]:
        """The middle of a mark on the screen."""
        box = self.page.locator(f"[data-mark='{mark}']").bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def click(self, x: float, y: float) -> None:
        self.page.mouse.click(x, y)
        self.settle()

    def drag(self, mark: str, x: float, y: float, *, free: bool = True, drop: bool = True) -> None:
        """Drag a mark to a point of the screen; `free` holds Alt, so that it snaps to nothing."""
        mouse, keys = self.page.mouse, self.page.keyboard
        mouse.move(*self.centre(mark))
        mouse.down()
        if free:
            keys.down("Alt")
        mouse.move(x, y, steps=8)
        self.settle()
        if drop:
            mouse.up()
        if free:
            keys.up("Alt")
        self.settle()

    def add(self, x: float, y: float) -> str:
        """Add a site at a point of the screen; returns its id."""
        before = set(self.marks("W"))
        self.press("tool:add")
        self.page.keyboard.down("Alt")
        self.click(x, y)
        self.page.keyboard.up("Alt")
        self.press("tool:select")
        (new,) = set(self.marks("W")) - before
        return new

    # ---- files -------------------------------------------------------------------------------

    def saved(self, item: str, folder: Path) -> Path:
        """What the file menu saves."""
        with self.page.expect_download() as waiting:
            self.press("file")
            self.page.click(f"[data-key='file:{item}']")
        download: Download = waiting.value
        path = folder / download.suggested_filename
        download.save_as(path)
        return path

    def open(self, path: Path) -> None:
        """Open a scenario file."""
        self.page.set_input_files("#scenario-file", path)
        self.page.wait_for_timeout(100)
        self.settle()


def _whole(text: str) -> int:
    return int(re.sub(r"[^\d]", "", text))
