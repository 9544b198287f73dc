"""How long `planning serve` takes to answer a dragged site: see docs/benchmarks.md.

Porto's streets several times over, people beside them, 200 sites; one of them is dragged, and asked
for over HTTP on the loopback as the page asks. That every row is the program's own to the
millisecond is asserted (exit code 1); times never are.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import httpx2 as httpx
import numpy as np
import uvicorn
from fastapi import FastAPI
from racing import machine, rewritten
from raw_graph import invented_town, side_by_side

from planning.inputs.roads.osm import read_osm
from planning.network import PROFILES, StreetNetwork, build_network, snap
from planning.travel import audience, reach
from planning.units import MS_PER_MIN
from planning.web.door import Door
from planning.web.guard import Guard
from planning.web.serving import bound
from planning.web.timed_protocol import TimedProtocol
from planning.web.town_routes import town_routes
from planning.web.walks import Walks

EPSG, SEED = 3763, 9
SITES, MOVES, STEP_M = 200, 100, 40.0
MAX_SNAP_M, ISLAND_KM = 200.0, 1.0
LIMIT_MS = 15 * MS_PER_MIN
SPEED_M_S = 0.9
TARGET_MS = 150


def town_on(network: StreetNetwork, people: int) -> Any:
    """As much of a town as walks need: people beside streets, drawn with a fixed seed."""
    rng = np.random.default_rng(SEED)
    at = rng.integers(0, network.n_nodes, people)
    x_m = network.x_m[at] + rng.uniform(-60, 60, people)
    y_m = network.y_m[at] + rng.uniform(-60, 60, people)
    snaps = snap(network, x_m, y_m, max_snap_m=MAX_SNAP_M, island_km=ISLAND_KM)
    spec = SimpleNamespace(max_snap_m=MAX_SNAP_M, island_km=ISLAND_KM)
    return SimpleNamespace(
        study=SimpleNamespace(network=spec),
        network=network,
        demand=SimpleNamespace(x_m=x_m, y_m=y_m),
        demand_snaps=snaps,
        crowd=audience(network, snaps),
    )


def served(walks: Walks) -> tuple[uvicorn.Server, threading.Thread, str]:
    """The routes of a town behind the door, on the loopback, in a thread."""
    listening = bound("127.0.0.1", 0)
    listening.listen()
    port = listening.getsockname()[1]
    app = FastAPI()
    app.include_router(town_routes(SimpleNamespace(walks=walks)))  # type: ignore[arg-type]
    door = Door.at("127.0.0.1", port, token=None)
    config = uvicorn.Config(
        Guard(app, door=door), http=TimedProtocol, ws="none", lifespan="off", log_level="warning"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    return server, thread, f"http://127.0.0.1:{port}"


def asked(client: httpx.Client, places: list[list[float]], **more: Any) -> tuple[float, bytes]:
    """How long an answer takes [ms], and the answer."""
    begin = time.perf_counter()
    answer = client.post("/api/rows", json={"places": places, "limit_ms": LIMIT_MS, **more})
    answer.raise_for_status()
    return (time.perf_counter() - begin) * 1_000, answer.content


def measured(town: Any, client: httpx.Client) -> tuple[list[str], bool]:
    """Lines of the table, and whether every row is the program's own."""
    network: StreetNetwork = town.network
    rng = np.random.default_rng(SEED + 1)
    at = rng.integers(0, network.n_nodes, SITES)
    sites = np.column_stack([network.x_m[at], network.y_m[at]])
    asked(client, sites.tolist())  # the first request makes ready what all others share
    opening, _ = asked(client, sites.tolist())
    steps = np.cumsum(rng.normal(0.0, STEP_M, (MOVES, 2)), axis=0)
    moves = sites[0] + steps
    times, same = [], True
    for x, y in moves.tolist():
        ms, body = asked(client, [[x, y]])
        times.append(ms)
        same &= body[4:] == _expected(town, x, y)
    middle, late = median(times), float(np.percentile(times, 95))
    met = f"**< {TARGET_MS} {'met' if middle < TARGET_MS else 'missed'}**"
    speed = _changed(client, moves, speed_m_s=SPEED_M_S)
    closed = _changed(client, moves, closed_streets=[int(network.line[0])])
    return [
        f"| {SITES} 处设施一次问完 all {SITES} sites at once | {opening:,.0f} | |",
        f"| 拖动一步，中位 a dragged site, median | {middle:,.1f} | {met} |",
        f"| 拖动一步，p95 a dragged site, p95 | {late:,.1f} | |",
        _line("换步速 another speed", *speed),
        _line("封一条路 a street closed", *closed),
    ], same


def _line(said: str, first_ms: float, then_ms: float) -> str:
    return f"| {said}，第一次 / 之后 first / then | {first_ms:,.0f} / {then_ms:,.1f} | |"


def _changed(client: httpx.Client, moves: Any, **change: Any) -> tuple[float, float]:
    """The first answer on changed streets, and the median of those after it [ms]."""
    first, *others = (asked(client, [move], **change)[0] for move in moves[:30].tolist())
    return first, median(others)


def _expected(town: Any, x: float, y: float) -> bytes:
    site = snap(
        town.network, np.array([x]), np.array([y]), max_snap_m=MAX_SNAP_M, island_km=ISLAND_KM
    )
    found = reach(town.network, site, town.crowd, limit_ms=LIMIT_MS, threads=1)
    count = np.array([len(found.demand)], "<u4").tobytes()
    return count + found.demand.astype("<i4").tobytes() + found.ms.astype("<i4").tobytes()


def main() -> None:
    """Measure, and say where."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    shared = os.environ.get("PLANNING_SHARED_DATA", "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(shared))
    parser.add_argument("--quick", action="store_true", help="seconds: an invented town")
    parser.add_argument("--copies", type=int, default=10, help="Porto so many times over")
    parser.add_argument("--people", type=int, default=200_000, help="people beside the streets")
    parser.add_argument("--write", type=Path, help="page whose table is to be written anew")
    options = parser.parse_args()
    if options.quick:
        roads = invented_town()
    else:
        porto = options.data / "porto_portugal_bench" / "porto_20150606.osm.pbf"
        roads = side_by_side(read_osm(porto)[0], options.copies)
    network = build_network(roads, epsg=EPSG, profile=PROFILES["elder"])
    town = town_on(network, options.people)
    server, thread, url = served(Walks(town, options.data))
    try:
        with httpx.Client(base_url=url, timeout=600, trust_env=False) as client:
            lines, same = measured(town, client)
    finally:
        server.should_exit = True
        thread.join()
    size = f"{network.n_nodes:,} 个节点 nodes，{network.n_edges:,} 条边 edges"
    people = f"{options.people:,} 个人口点 points of people"
    head = [
        machine("numba", "numpy"),
        "",
        f"| {size}，{people} | ms | 目标 target |",
        "|---|---|---|",
    ]
    text = "\n".join([*head, *lines])
    print(text)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(rewritten(page, text, name="serve"), encoding="utf-8")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
