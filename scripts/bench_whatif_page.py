"""How long the what-if page takes as a planner feels it: see docs/benchmarks.md.

Huangpu's page in headless Chromium: opened, and a site dragged by the mouse, from the event to the
repainted figures by the page's own marks; the same with the server walking. Times are printed,
never asserted. What a server takes on a large network is told by bench_serve.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np
from driven_page import chromium
from playwright.sync_api import Browser, Page, sync_playwright
from racing import machine, rewritten

from planning import workflow
from planning.sample import write_sample

ROOT = Path(__file__).resolve().parents[1]
SEED = 9
MOVES, STEP_PX = 200, 6.0
PAUSE_MS = 30
OPENED_MS, DRAG_MS, SERVED_MS = 2_000.0, 16.0, 50.0
_DURATIONS = "performance.getEntriesByName('whatif:drag').map((one) => one.duration)"
_READY = "performance.getEntriesByName('whatif:ready')[0].startTime"


def page_lines(browser: Browser, folder: Path, study: Path, data: Path, base: str) -> list[str]:
    """Lines of the table for one study: its page from a file, then with the server walking."""
    scenario = None if base == "-" else base
    _, run = workflow.run(study, data_dir=data, scenario=scenario, out_dir=folder, until="assess")
    page = run / "whatif.html"
    size = f"{page.stat().st_size / 1e6:.1f} MB"
    ready = [_opened(browser, page.as_uri())[1] for _ in range(5)]
    lines = [_line(f"打开文件，{size} opened from a file", ready, OPENED_MS)]
    lines.append(
        _line("拖动一步，页内 a move, in the page", _dragged(browser, page.as_uri()), DRAG_MS)
    )
    with _served(run) as address:
        served = _dragged(browser, f"{address}?walk=server")
        lines.append(_line("拖动一步，经服务器 a move, through the server", served, SERVED_MS))
    return lines


def _opened(browser: Browser, address: str) -> tuple[Page, float]:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(address)
    page.wait_for_selector('body[data-ready="1"]', timeout=120_000)
    return page, float(page.evaluate(_READY))


def _dragged(browser: Browser, address: str) -> list[float]:
    """A facility led about by the mouse: times from event to repainted figures [ms]."""
    page, _ = _opened(browser, address)
    draw = random.Random(SEED)
    box = page.locator(".leaflet-marker-icon").nth(3).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for _ in range(MOVES):
        x, y = x + draw.gauss(0, STEP_PX), y + draw.gauss(0, STEP_PX)
        page.mouse.move(x, y)
        page.wait_for_timeout(PAUSE_MS)
    page.mouse.up()
    found: list[float] = page.evaluate(_DURATIONS)
    page.close()
    return found


@contextlib.contextmanager
def _served(run: Path) -> Iterator[str]:
    """`planning serve` on a run folder, ended by its own process."""
    command = [sys.executable, "-m", "planning", "serve", str(run), "--port", "0", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            said = next(line for line in server.stdout if "http://" in line)
            yield re.findall(r"http://\S+", said)[0]
        finally:
            server.terminate()


def _line(said: str, found_ms: list[float], target_ms: float) -> str:
    middle, late = median(found_ms), float(np.percentile(found_ms, 95))
    met = "met" if middle < target_ms else "missed"
    return f"| {said} | {middle:,.1f} | {late:,.1f} | **< {target_ms:,.0f} {met}** |"


def main() -> int:
    """Run and print the table."""
    beside = Path(os.environ.get("PLANNING_SHARED_DATA") or ROOT.parent / "shared" / "data")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="the sample town")
    parser.add_argument("--data", type=Path, default=beside, help="folder of the real extracts")
    parser.add_argument("--write", type=Path, help="page whose table is to be written anew")
    options = parser.parse_args()
    is_real = not options.quick and (options.data / "shanghai_huangpu").is_dir()
    lines = ["| 什么 what | 中位 median ms | p95 ms | 目标 target |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as player:
        folder = Path(name)
        browser = player.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        if is_real:
            study = ROOT / "scripts/studies/huangpu.yaml"
            lines += page_lines(browser, folder, study, options.data, "chengdu")
        else:
            write_sample(folder / "sample")
            lines += page_lines(
                browser, folder, folder / "sample/study.yaml", folder / "sample", "-"
            )
        browser.close()
    text = "\n".join([machine("numba", "numpy"), "", *lines])
    print(text)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(rewritten(page, text, name="whatif-page"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
