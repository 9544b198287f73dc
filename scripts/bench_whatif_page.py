"""How long the what-if page takes as a planner feels it: see docs/benchmarks.md.

Huangpu's page in headless Chromium: opened, and a site dragged by the mouse, from the event to the
repainted figures by the page's own marks; the same with the server walking. Then a server on Porto
laid side by side, a site among two hundred. Times are printed, never asserted.
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
import threading
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import numpy as np
import uvicorn
from driven_page import chromium
from exposed_modules import exposing
from playwright.sync_api import Browser, Page, sync_playwright
from racing import machine, rewritten
from raw_graph import invented_town, side_by_side

from planning import workflow
from planning.inputs.roads.osm import read_osm
from planning.network import PROFILES, StreetNetwork, build_network, snap
from planning.sample import write_sample
from planning.travel import audience
from planning.units import MS_PER_MIN
from planning.web.app import application
from planning.web.door import Door
from planning.web.serving import bound
from planning.web.walks import Walks

ROOT = Path(__file__).resolve().parents[1]
SEED = 9
MOVES, STEP_PX = 200, 6.0
PEOPLE, SITES, MINUTES = 50_000, 200, 15
STEP_M = 40.0
MAX_SNAP_M, ISLAND_KM = 200.0, 1.0
PAUSE_MS = 30
OPENED_MS, DRAG_MS, SERVED_MS, LARGE_MS = 2_000.0, 16.0, 50.0, 150.0
_DURATIONS = "performance.getEntriesByName('whatif:drag').map((one) => one.duration)"
_READY = "performance.getEntriesByName('whatif:ready')[0].startTime"

_AMONG = """async ({ places, moves, limit, n }) => {
  const walking = new ServerWalking();
  walking.set({ speed_m_s: null, closed: new Set(), extra: { x: [], y: [] } });
  const all = await walking.rows(places, limit);
  const sites = places.map(([x, y], id) => ({ id, x, y }));
  const questions = new Questions(n, sites, (site) => all[site.id]);
  questions.nearest("all", () => true);
  questions.leaveOut(sites[0]);
  const ms = [], people = new Float64Array(n).fill(1);
  let covered = 0;
  for (const [x, y] of moves) {
    const from = performance.now();
    const [row] = await walking.rows([[x, y]], limit);
    questions.takeIn({ id: 0, x, y }, row);
    const times = questions.nearest("all", () => true);
    covered = 0;
    for (let i = 0; i < n; i++) if (times[i] <= limit) covered += people[i];
    ms.push(performance.now() - from);
  }
  return [ms, covered];
}"""


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


def large_lines(browser: Browser, network: StreetNetwork) -> list[str]:
    """A site dragged among two hundred, on a network that no page carries."""
    draw = np.random.default_rng(SEED)
    homes = _beside_streets(network, draw, PEOPLE)
    places = _beside_streets(network, draw, SITES)
    snaps = snap(network, *homes.T, max_snap_m=MAX_SNAP_M, island_km=ISLAND_KM)
    spec = SimpleNamespace(max_snap_m=MAX_SNAP_M, island_km=ISLAND_KM)
    town: Any = SimpleNamespace(
        network=network,
        demand_snaps=snaps,
        crowd=audience(network, snaps),
        study=SimpleNamespace(network=spec),
    )
    steps = draw.normal(0, STEP_M, (MOVES, 2)).cumsum(axis=0)
    moves = np.round(places[0] + steps, 2)
    script = exposing(server_walking=["ServerWalking"], questions=["Questions"])
    with _walks_served(Walks(town, Path())) as address:
        # The page of measuring has a script that the server's policy knows nothing of.
        context = browser.new_context(bypass_csp=True)
        page = context.new_page()
        page.goto(f"{address}static/base.css")
        page.add_script_tag(content=script)
        given = {"places": places.tolist(), "moves": moves.tolist(), "n": PEOPLE,
                 "limit": MINUTES * MS_PER_MIN}  # fmt: skip
        ms, covered = page.evaluate(_AMONG, given)
        context.close()
    what = (
        f"{network.n_nodes:,} 个节点，{SITES} 处之一，拖动一步 of {SITES} sites, "
        f"{covered:,.0f} of {PEOPLE:,} points covered"
    )
    return [_line(what, ms, LARGE_MS)]


@contextlib.contextmanager
def _walks_served(walks: Walks) -> Iterator[str]:
    """The routes of `planning serve` on walks alone."""
    with bound("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        listening.listen()
        desk: Any = SimpleNamespace(walks=walks)
        app = application(desk, door=Door.at("127.0.0.1", port, token=None))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.should_exit = True
            thread.join()


def _beside_streets(
    network: StreetNetwork, draw: np.random.Generator, count: int
) -> np.ndarray[Any, Any]:
    at = draw.integers(0, network.n_nodes, count)
    near = np.column_stack([network.x_m[at], network.y_m[at]])
    return np.asarray(np.round(near + draw.normal(0, 40, near.shape), 2))


def _line(said: str, found_ms: list[float], target_ms: float) -> str:
    middle, late = median(found_ms), float(np.percentile(found_ms, 95))
    met = "met" if middle < target_ms else "missed"
    return f"| {said} | {middle:,.1f} | {late:,.1f} | **< {target_ms:,.0f} {met}** |"


def main() -> int:
    """Run and print the table."""
    beside = Path(os.environ.get("PLANNING_SHARED_DATA") or ROOT.parent / "shared" / "data")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="the sample and an invented town")
    parser.add_argument("--data", type=Path, default=beside, help="folder of the real extracts")
    parser.add_argument("--copies", type=int, default=10, help="Portos side by side")
    parser.add_argument("--write", type=Path, help="page whose table is to be written anew")
    options = parser.parse_args()
    is_real = not options.quick and (options.data / "porto_portugal_bench").is_dir()
    lines = ["| 什么 what | 中位 median ms | p95 ms | 目标 target |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as player:
        folder = Path(name)
        browser = player.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        if is_real:
            study = ROOT / "scripts/studies/huangpu.yaml"
            lines += page_lines(browser, folder, study, options.data, "chengdu")
            porto = read_osm(options.data / "porto_portugal_bench/porto_20150606.osm.pbf")[0]
            roads, epsg = side_by_side(porto, options.copies), 32629
        else:
            write_sample(folder / "sample")
            lines += page_lines(
                browser, folder, folder / "sample/study.yaml", folder / "sample", "-"
            )
            roads, epsg = invented_town(), 4545
        lines += large_lines(browser, build_network(roads, epsg=epsg, profile=PROFILES["elder"]))
        browser.close()
    text = "\n".join([machine("numba", "numpy"), "", *lines])
    print(text)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(rewritten(page, text, name="whatif-page"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
