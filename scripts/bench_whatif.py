"""How long the what-if page takes to answer: see docs/benchmarks.md.

Its walking engine alone, in headless Chromium: people beside the streets of a city, a site that is
dragged over it. That every row is the program's own to the millisecond is asserted (exit code 1);
times never are.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from driven_page import DrivenPage, driven_page
from exposed_modules import exposing
from racing import machine, rewritten
from raw_graph import invented_town, side_by_side

from planning.inputs.roads.osm import read_osm
from planning.network import PROFILES, Roads, StreetNetwork, build_network, snap
from planning.outputs.inlining import inert_json
from planning.outputs.whatif.arrays import packed
from planning.outputs.whatif.streets_data import streets_data
from planning.travel import audience, reach
from planning.units import MS_PER_MIN

ROOT = Path(__file__).resolve().parents[1]
SEED = 9
MOVES, STEP_M = 200, 40.0
PEOPLE = 20_000
MAX_SNAP_M, ISLAND_KM = 200.0, 1.0
MINUTES = (15, 30)
HUANGPU_MS, LARGE_MS = 3.0, 10.0

_READY = """
const content = JSON.parse(document.querySelector("#content").textContent);
const marks = [performance.now()];
const streets = new Streets(content.streets);
marks.push(performance.now());
const people = { x_m: typedArray(content.x), y_m: typedArray(content.y) };
const walking = new Walking(streets, people);
marks.push(performance.now());
Object.assign(window, { walking, marks });
document.body.dataset.ready = "1";
"""
_DRAGGED = """
((moves, limit) => {
  const often = 5, rows = [], ms = [];
  for (const [x, y] of moves) {
    const from = performance.now();
    for (let k = 1; k < often; k++) walking.row(x, y, limit);
    rows.push(walking.row(x, y, limit));
    ms.push((performance.now() - from) / often); // the clock ticks in tenths of a millisecond
  }
  return [ms, rows.map((row) => [[...row.point].join(" "), [...row.ms].join(" ")])];
})
"""
_SPEEDS = """
((speeds) => speeds.map((speed_m_s) => {
  const from = performance.now();
  walking.set({ speed_m_s });
  return performance.now() - from;
}))
"""
_CLOSED = """
((lines) => lines.map((line) => {
  const from = performance.now();
  walking.set({ closed: new Set([line]) });
  return performance.now() - from;
}))
"""
_CIRCLES = """
((moves, limit) => moves.map(([x, y]) => {
  const from = performance.now();
  walking.circle(x, y, limit);
  return performance.now() - from;
}))
"""


class City(NamedTuple):
    """Streets to be dragged over, and the target of a row of fifteen minutes [ms]."""

    name: str
    roads: Roads
    epsg: int
    target_ms: float


def cities(data: Path, *, quick: bool) -> Iterator[City]:
    """Huangpu, Porto and two Portos; an invented town where there are no data, or little time."""
    huangpu = data / "shanghai_huangpu/huangpu_walk.osm.pbf"
    porto = data / "porto_portugal_bench/porto_20150606.osm.pbf"
    if quick or not (huangpu.exists() and porto.exists()):
        yield City("虚构的城 invented town", invented_town(), 4545, HUANGPU_MS)
        return
    yield City("黄浦 Huangpu", read_osm(huangpu)[0], 4549, HUANGPU_MS)
    roads = read_osm(porto)[0]
    yield City("波尔图 Porto", roads, 32629, LARGE_MS)
    yield City("两个波尔图 Porto twice", side_by_side(roads, 2), 32629, LARGE_MS)


def rows_of(city: City) -> tuple[list[str], list[str]]:
    """Lines of the table for one city, and what was wrong."""
    network = build_network(city.roads, epsg=city.epsg, profile=PROFILES["elder"])
    draw = np.random.default_rng(SEED)
    people = _beside_streets(network, draw, PEOPLE)
    moves = _dragged(network, draw)
    content = {
        "streets": streets_data(network, max_snap_m=MAX_SNAP_M, island_km=ISLAND_KM),
        "x": packed(people[:, 0], "f64"),
        "y": packed(people[:, 1], "f64"),
    }
    text = inert_json(content)
    lines = [
        f"| **{city.name}**：{network.n_nodes:,} 个节点 nodes，{len(text) / 1e6:.1f} MB | | | |"
    ]
    wrong = []
    with tempfile.TemporaryDirectory() as folder, driven_page() as page:
        path = Path(folder) / "walking.html"
        path.write_text(_page(text), encoding="utf-8")
        page.go(path)
        marks = page.value("marks")
        lines.append(_line("解码 the streets unpacked", [marks[1] - marks[0]]))
        lines.append(_line(f"{PEOPLE:,} 点上路 points put on streets", [marks[2] - marks[1]]))
        for minutes in MINUTES:
            limit_ms = minutes * MS_PER_MIN
            found_ms, rows = _asked(page, _DRAGGED, moves.tolist(), limit_ms)
            target = city.target_ms if minutes == MINUTES[0] else None
            lines.append(_line(f"拖动一步，{minutes} 分钟 a move, {minutes} min", found_ms, target))
            if rows != _of_program(network, moves, people, limit_ms):
                wrong.append(f"{city.name}: rows of {minutes} min differ from planning.travel")
        circles_ms = _asked(page, _CIRCLES, moves.tolist(), MINUTES[0] * MS_PER_MIN)
        lines.append(_line("画出可达街道 the streets within, 15 min", circles_ms))
        lines.append(_line("换步速 another speed", _asked(page, _SPEEDS, [0.8, 1.2] * 10)))
        shut = draw.choice(np.unique(network.line), 20).tolist()
        lines.append(_line("封闭一条道路 a street closed", _asked(page, _CLOSED, shut)))
        wrong += page.console + page.requests
    return lines, wrong


def _page(content: str) -> str:
    script = exposing(walking=["Walking"], streets=["Streets"], arrays=["typedArray"])
    return (
        '<!doctype html><meta charset="utf-8"/><body>'
        f'<script type="application/json" id="content">{content}</script>'
        f"<script>{script}</script><script>{{{_READY}}}</script></body>"
    )


def _asked(page: DrivenPage, function: str, *given: Any) -> Any:
    return page.value(f"{function}({', '.join(map(inert_json, given))})")


def _beside_streets(
    network: StreetNetwork, draw: np.random.Generator, count: int
) -> npt.NDArray[np.float64]:
    at = draw.integers(0, network.n_nodes, count)
    near = np.column_stack([network.x_m[at], network.y_m[at]])
    return np.asarray(np.round(near + draw.normal(0, 40, near.shape), 2))


def _dragged(network: StreetNetwork, draw: np.random.Generator) -> npt.NDArray[np.float64]:
    """Where a hand leads a site: steps of some metres, begun anew in ten places of the city."""
    starts = _beside_streets(network, draw, 10)
    steps = draw.normal(0, STEP_M, (10, MOVES // 10, 2)).cumsum(axis=1)
    return np.asarray(np.round((starts[:, None] + steps).reshape(-1, 2), 2))


def _of_program(
    network: StreetNetwork,
    moves: npt.NDArray[np.float64],
    people: npt.NDArray[np.float64],
    limit_ms: int,
) -> list[list[str]]:
    sites, homes = (
        snap(network, *xy.T, max_snap_m=MAX_SNAP_M, island_km=ISLAND_KM) for xy in (moves, people)
    )
    found = reach(network, sites, audience(network, homes), limit_ms=limit_ms)
    return [
        [" ".join(map(str, array[found.start[s] : found.start[s + 1]].tolist()))
         for array in (found.demand, found.ms)]
        for s in range(found.n_sites)
    ]  # fmt: skip


def _line(said: str, found_ms: list[float], target_ms: float | None = None) -> str:
    middle, late = median(found_ms), float(np.percentile(found_ms, 95))
    target = "" if target_ms is None else (
        f"**< {target_ms:,.0f} {'met' if middle < target_ms else 'missed'}**"
    )  # fmt: skip
    p95 = f"{late:,.2f}" if len(found_ms) > 1 else ""
    return f"| {said} | {middle:,.2f} | {p95} | {target} |"


def main() -> int:
    """Run and print the table; 1 where a row is not the program's."""
    beside = Path(os.environ.get("PLANNING_SHARED_DATA") or ROOT.parent / "shared" / "data")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="seconds: an invented town")
    parser.add_argument("--data", type=Path, default=beside, help="folder of the real extracts")
    parser.add_argument("--write", type=Path, help="page whose table is to be written anew")
    options = parser.parse_args()
    lines = ["| 什么 what | 中位 median ms | p95 ms | 目标 target |", "|---|---|---|---|"]
    faults = []
    for city in cities(options.data, quick=options.quick):
        found, wrong = rows_of(city)
        lines += found
        faults += wrong
    text = "\n".join([machine("numba", "numpy"), "", *lines])
    print(text)
    for said in faults:
        print(f"✗ {said}", file=sys.stderr)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(rewritten(page, text, name="walks"), encoding="utf-8")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
