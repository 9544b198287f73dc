"""How long the map takes to open and to repaint: see docs/benchmarks.md.

An invented district of 20,000 cells, the same for the same seed, with streets, buildings, units,
findings and a plan. The page is opened anew in headless Chromium from a file. That it shows what it
was given and asks nobody for anything is asserted (exit code 1); times never are.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from driven_page import DrivenPage, driven_page
from racing import machine, rewritten

from planning.outputs.map.maps import MapContent, MapGroup, MapService, write_map
from planning.outputs.people_classes import round_edges

SEED = 7
CELL_M = 100.0
EAST, NORTH = 640_000.0, 3_455_000.0
EPSG = 4549
SERVICES = {"elder_care": "elderly", "meals": "elderly", "nursery": "under_3"}
SHARES = {"elderly": 0.24, "under_3": 0.02, "aged_80": 0.04}
LOAD_S, REPAINT_MS = 2.0, 20.0
_PAINTED = """
(async () => {
  const slider = document.querySelector('#limit'), found = [];
  const theme = document.querySelector('.leaflet-theme-pane canvas').getContext('2d');
  for (let minutes = 1; minutes <= 30; minutes++) {
    slider.value = minutes;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise(requestAnimationFrame); // the page has asked for this frame before us
    const script = Number(document.body.dataset.paintMs), from = performance.now();
    theme.getImageData(0, 0, 1, 1);
    found.push([script, performance.now() - from]);
  }
  return found;
})()
"""
"""Every minute of the slider: what the script takes, and what is left until pixels can be read."""
_OUR_DOING = "Canvas2D: Multiple readback"
"""Chromium remarks that the bench reads pixels."""


def district(cells: int) -> MapContent:
    """An invented district of so many cells."""
    draw = np.random.default_rng(SEED)
    columns = round(np.sqrt(cells))
    k = np.arange(cells)
    x, y = EAST + CELL_M * (k % columns), NORTH + CELL_M * (k // columns)
    table: dict[str, Any] = {"people": np.round(draw.gamma(1.5, 60, cells), 3)}
    for group, share in SHARES.items():
        table[f"people_{group}"] = np.round(
            table["people"] * share * draw.uniform(0.7, 1.3, cells), 6
        )
    for n, service in enumerate(SERVICES):
        seats = draw.integers(0, cells, 40 + 40 * n)
        far = shapely.STRtree(shapely.points(x[seats], y[seats]))
        near = far.nearest(shapely.points(x, y))
        metres = 1.3 * np.hypot(x - x[seats][near], y - y[seats][near]) + draw.uniform(
            20, 200, cells
        )
        table[f"minutes_now_{service}"] = np.where(draw.random(cells) < 0.01, np.nan, metres / 60)
        table[f"minutes_after_{service}"] = table[f"minutes_now_{service}"] * 0.6
    outlines = shapely.box(x, y, x + CELL_M, y + CELL_M)
    side = CELL_M * columns
    units = _units(side)
    sites = _sites(draw, side)
    people = gpd.GeoDataFrame(table, geometry=outlines, crs=EPSG)
    return MapContent(
        title="虚构的城区", subtitle=("示例", "invented"),
        of_year=("2025 年人口", "people of 2025"),
        groups=tuple(
            MapGroup(
                key=key, label=(key, key),
                edges=tuple(round_edges(table["people" if key == "total" else f"people_{key}"])),
            )
            for key in ("total", *SHARES)
        ),
        services=tuple(
            MapService(key=key, label_zh=key, group=group, limit_min=15)
            for key, group in SERVICES.items()
        ),
        units=units, findings=_findings(draw, units), cells=people,
        facilities=_facilities(draw, side), sites=sites, basemap=_basemap(draw, side),
        attribution=("虚构数据 invented",), notes=(("虚构数据", "invented"),),
        borders=("虚构数据", "invented"),
    )  # fmt: skip


def _units(side: float) -> gpd.GeoDataFrame:
    rows = [("D", "county", "城区", None, shapely.box(EAST, NORTH, EAST + side, NORTH + side))]
    for level, parts in (("street", 4), ("community", 16)):
        step = side / parts
        for i in range(parts * parts):
            x, y = EAST + step * (i % parts), NORTH + step * (i // parts)
            square = shapely.box(x, y, x + step, y + step).segmentize(step / 12)
            rows.append((f"{level}{i}", level, f"{level} {i}", "D", square))
    names = ["unit_id", "level", "name", "parent_id", "geometry"]
    held = {"people": 3_000.0, **{f"people_{group}": 500.0 for group in SHARES}}
    table = pd.DataFrame(rows, columns=names).assign(**held)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=EPSG)


def _findings(draw: np.random.Generator, units: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = [
        {
            "state": state, "clause_id": f"X/{n}", "article": f"第{n}条", "clause_zh": f"条文{n}",
            "clause_en": f"clause {n}", "service": "elder_care", "unit_id": unit, "level": level,
            "verdict": str(draw.choice(["met", "not_met"])), "measured": float(draw.random()),
            "required": 0.9, "gap": 0.1, "unit": "share",
            "because_zh": f"共{draw.integers(1, 9_999):,}人，圈内{draw.integers(1, 9_999):,}人",
            "because_en": f"{draw.integers(1, 9_999):,} people, {draw.integers(1, 9_999):,} within",
        }
        for state in ("now", "after")
        for n in range(1, 4)
        for unit, level in zip(units["unit_id"], units["level"], strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _somewhere(draw: np.random.Generator, n: int, side: float) -> gpd.GeoSeries:
    x, y = draw.uniform(0, side, (2, n))
    return gpd.GeoSeries(gpd.points_from_xy(EAST + x, NORTH + y), crs=EPSG)


def _facilities(draw: np.random.Generator, side: float, n: int = 200) -> gpd.GeoDataFrame:
    table = {
        "facility_id": [f"F{i:03d}" for i in range(n)], "name": [f"设施{i}" for i in range(n)],
        "type": ["日间照料中心"] * n, "services": draw.choice(list(SERVICES), n),
        "places": 0, "floor_m2": 800.0, "elder_land_m2": 0.0, "status": "open",
    }  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=_somewhere(draw, n, side))


def _sites(draw: np.random.Generator, side: float, n: int = 100) -> gpd.GeoDataFrame:
    table = {
        "site": [f"S{i + 1:03d}" for i in range(n)], "candidate_id": [f"C{i}" for i in range(n)],
        "action": "build", "service": draw.choice(list(SERVICES), n), "kind": "日间照料",
        "year": 2026, "unit_name": "street 1", "places": 0, "beds": 0, "floor_m2": 750.0,
        "land_m2": 0.0, "cost_wan": 156.9, "because_zh": "为示例街道增1处", "because_en": "+1",
        "source_class": "存量闲置用房", "assumed": "",
    }  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=_somewhere(draw, n, side))


def _basemap(draw: np.random.Generator, side: float) -> gpd.GeoDataFrame:
    """As many streets as Huangpu has, and as many buildings as a page has room for."""
    at, turn = draw.uniform(0, side, (5_500, 2)), draw.uniform(0, np.pi, 5_500)
    way = np.stack([np.cos(turn), np.sin(turn)], axis=1) * 60
    bends = draw.normal(0, 6, (5_500, 5, 2))
    runs = at[:, None] + way[:, None] * np.arange(-2, 3)[:, None] + bends + [EAST, NORTH]
    kinds = draw.choice(["road_major", "road_minor", "path"], 5_500, p=[0.2, 0.5, 0.3])
    corner = np.array([EAST, NORTH]) + draw.uniform(0, side, (6_000, 2))
    size = draw.uniform(8, 40, (6_000, 2))
    houses = shapely.box(*corner.T, *(corner + size).T)
    river = shapely.LineString(
        [(EAST + side * 0.6, NORTH), (EAST + side * 0.5, NORTH + side)]
    ).buffer(120)
    return gpd.GeoDataFrame(
        {"kind": [*kinds, *["building"] * len(houses), "water"]},
        geometry=[*shapely.linestrings(runs), *houses, river], crs=EPSG,
    )  # fmt: skip


def opened(path: Path) -> tuple[float, DrivenPage]:
    """Seconds from the address to the drawn page, in a browser just begun."""
    with driven_page() as page:
        seconds = page.go(path)
        page.settled()
        return seconds, page


def measured(path: Path, content: MapContent, runs: int) -> tuple[str, list[str]]:
    """The table, and what was wrong."""
    wrong, loads = [], []
    for _ in range(runs):
        seconds, page = opened(path)
        loads.append(seconds)
        if page.requests or page.console:
            wrong.append(f"{page.requests} {page.console}")
    lines = [_line("打开到画完 from opening to drawn", [s * 1e3 for s in loads], LOAD_S * 1e3)]
    for view, said in (
        ("", "步行时间滑块，现状 the slider, now"),
        ("state=compare", "左右对比时 the slider, both states"),
    ):
        with driven_page() as page:
            page.go(path, view)
            page.settled()
            total = round(float(content.cells["people_elderly"].sum()))
            if int(page.dataset["total"]) != total or page.dataset["cells"] != str(
                len(content.cells)
            ):
                wrong.append(f"{page.dataset} != {total}")
            found = page.value(_PAINTED)
            wrong += [said for said in page.console if not said.startswith(_OUR_DOING)]
        lines.append(_line(said, [script for script, _ in found], REPAINT_MS))
        lines.append(_line(f"{said}，连同像素 with pixels", [a + b for a, b in found], None))
    head = "| 什么 what | 中位 median ms | 最大 most ms | 目标 target |\n|---|---|---|---|"
    return "\n".join([head, *lines]), wrong


def _line(said: str, found_ms: list[float], target_ms: float | None) -> str:
    middle = median(found_ms)
    target = "" if target_ms is None else (
        f"**< {target_ms:,.0f} {'met' if middle < target_ms else 'missed'}**"
    )  # fmt: skip
    return f"| {said} | {middle:,.1f} | {max(found_ms):,.1f} | {target} |"


def main() -> int:
    """Run and print the table; 1 where the page shows anything else or asks for anything."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cells", type=int, default=20_000)
    parser.add_argument("--quick", action="store_true", help="seconds: 2,000 cells, opened once")
    parser.add_argument("--runs", type=int, default=5, help="open the page so often")
    parser.add_argument("--keep", type=Path, help="leave the page here")
    parser.add_argument("--write", type=Path, help="page whose table is to be written anew")
    options = parser.parse_args()
    content = district(2_000 if options.quick else options.cells)
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "map.html"
        write_map(path, content)
        rows, wrong = measured(path, content, 1 if options.quick else max(1, options.runs))
        size = path.stat().st_size
    text = "\n".join(
        [
            machine("folium", "shapely"),
            "",
            f"- {len(content.cells):,} 格、{len(content.units)} 个单元、"
            f"{len(content.findings):,} 条结论、{len(content.basemap):,} 条道路与建筑；"
            f"文件 {size / 1e6:.2f} MB；窗口 1366×768",
            f"  {len(content.cells):,} cells, {len(content.units)} units, "
            f"{len(content.findings):,} findings, {len(content.basemap):,} streets and buildings; "
            f"a file of {size / 1e6:.2f} MB, in a window of 1366×768",
            "",
            rows,
        ]
    )
    print(text)
    for said in wrong:
        print(f"✗ {said}", file=sys.stderr)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(rewritten(page, text, name="map"), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
