"""A page in headless Chromium that is clicked, dragged and asked: over a pipe, no library needed.

Chromium speaks its DevTools protocol over file descriptors 3 and 4, messages apart by a zero byte.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

HEADLESS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
"""Chromium without a window, errands of its own, or a network."""
_PATIENCE_S = 60.0


def chromium() -> str | None:
    """Where Chromium is; None where it is not installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@dataclass(slots=True)
class DrivenPage:
    """One page. `requests` are all addresses it asked for, `console` all that went wrong or was
    said; both grow while the page lives.
    """

    _to: BinaryIO
    _from: int
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    _session: str | None = None
    _number: int = 0
    _heard: bytes = b""

    def ask(self, method: str, **given: Any) -> dict[str, Any]:
        """One command of the protocol, and its answer."""
        self._number += 1
        said: dict[str, Any] = {"id": self._number, "method": method, "params": given}
        if self._session:
            said["sessionId"] = self._session
        self._to.write(json.dumps(said).encode() + b"\0")
        self._to.flush()
        while True:
            heard = self._hear()
            if heard.get("id") == self._number:
                if "error" in heard:
                    raise RuntimeError(f"{method}: {heard['error']}")
                result: dict[str, Any] = heard["result"]
                return result

    def attach(self, width: int, height: int) -> None:
        """Begin to listen to a page of this size [px]."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def go(self, path: Path, view: str = "") -> float:
        """Open a file at `#view`; returns the seconds until its script says that it is ready."""
        begin = time.perf_counter()
        address = path.resolve().as_uri()
        self.ask("Page.navigate", url="about:blank")  # the same file anew, whatever the view
        self.ask("Page.navigate", url=f"{address}#{view}" if view else address)
        self.wait("document.body && document.body.dataset.ready === '1'")
        return time.perf_counter() - begin

    def wait(self, condition: str) -> None:
        """Until a condition holds; an error after a minute."""
        end = time.monotonic() + _PATIENCE_S
        while not self.value(f"Boolean({condition})"):
            if time.monotonic() > end:
                raise TimeoutError(f"{condition}; console: {self.console}")
            time.sleep(0.01)

    def value(self, expression: str) -> Any:
        """What an expression is in the page, after its promise if it is one."""
        found = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"])
        return found["result"].get("value")

    def settled(self) -> None:
        """Until what was asked for has been drawn."""
        frame = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        self.value(f"{frame}.then(() => 1)")

    def click(self, x: float, y: float) -> None:
        """A click of the left button at a place of the page [px]."""
        self.drag((x, y), (x, y))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """The left button pressed here, released there [px]."""
        (x, y), (u, v) = start, end
        self._mouse("mouseMoved", x, y)
        self._mouse("mousePressed", x, y, button="left", buttons=1, clickCount=1)
        if start != end:
            for part in (0.3, 0.7, 1.0):
                self._mouse(
                    "mouseMoved", x + part * (u - x), y + part * (v - y), button="left", buttons=1
                )
        self._mouse("mouseReleased", u, v, button="left", clickCount=1)
        self.settled()

    def _mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def press(self, *keys: str) -> None:
        """Keys by their names, one after another."""
        codes = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39}
        codes |= {"ArrowDown": 40, "Tab": 9}
        for key in keys:
            for kind in ("keyDown", "keyUp"):
                self.ask(
                    "Input.dispatchKeyEvent", type=kind, key=key, code=key,
                    windowsVirtualKeyCode=codes.get(key, 0),
                    **({"text": "\r"} if key == "Enter" and kind == "keyDown" else {}),
                )  # fmt: skip
        self.settled()

    def type(self, text: str) -> None:
        """Text into what has the focus."""
        self.ask("Input.insertText", text=text)
        self.settled()

    def middle(self, selector: str) -> tuple[float, float]:
        """The middle of the first element that a selector finds [px]."""
        found = self.value(
            f"(() => {{ const b = document.querySelector({json.dumps(selector)})"
            ".getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        return float(found[0]), float(found[1])

    def screenshot(self) -> bytes:
        """The page as PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    @property
    def dataset(self) -> dict[str, str]:
        """The figures that the page says in the dataset of its body."""
        found: dict[str, str] = self.value("Object.assign({}, document.body.dataset)")
        return found

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._heard:
            more = os.read(self._from, 1 << 16)
            if not more:
                raise RuntimeError("Chromium has gone")
            self._heard += more
        said, _, self._heard = self._heard.partition(b"\0")
        heard: dict[str, Any] = json.loads(said)
        self._note(heard.get("method", ""), heard.get("params", {}))
        return heard

    def _note(self, event: str, said: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            address = said["request"]["url"]
            if not address.startswith(("data:", "file:", "about:")) or said["type"] != "Document":
                self.requests.append(address)
        elif event == "Runtime.consoleAPICalled":
            self.console.append(str([one.get("value") for one in said["args"]]))
        elif event == "Runtime.exceptionThrown":
            self.console.append(str(said["exceptionDetails"]))
        elif event == "Log.entryAdded":
            self.console.append(said["entry"]["text"])


@contextmanager
def driven_page(*, width: int = 1366, height: int = 768) -> Iterator[DrivenPage]:
    """A page in a browser of its own, which ends with it; FileNotFoundError without Chromium."""
    program = chromium()
    if program is None:
        raise FileNotFoundError("no Chromium on the path")
    to_browser, our_end = os.pipe()
    heard, from_browser = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [
                sys.executable, "-c", _AT_3_AND_4, str(to_browser), str(from_browser), program,
                *HEADLESS, "--hide-scrollbars", "--remote-debugging-pipe",
                f"--user-data-dir={folder}",
            ],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        with os.fdopen(our_end, "wb") as out:
            page = DrivenPage(out, heard)
            try:
                page.attach(width, height)
                yield page
            finally:
                process.terminate()
                process.wait(timeout=20)
                os.close(heard)


_AT_3_AND_4 = """
import fcntl, os, sys
aside = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 100) for end in sys.argv[1:3]]
os.dup2(aside[0], 3); os.dup2(aside[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The protocol's descriptors are fixed; a small program puts ours there and becomes Chromium."""
