"""Time and memory from two million cells to demand points: see docs/benchmarks.md.

An invented raster of 100 m with all residents and five age bands, and units of five levels, each
nested in the next. Every run is a process of its own, so that its peak memory is its own. That
nobody is lost, that units are nested and that groups are what the bands say is asserted (exit code
1); times never are.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from racing import machine, peak_mb, rewritten

from planning.demand import Demand, demand_points, with_groups
from planning.inputs.areas import read_area
from planning.inputs.population.counts import read_population
from planning.inputs.population.groups import group_shares
from planning.study import Study

ROOT = Path(__file__).resolve().parents[1]
SIDE, QUICK_SIDE = 1_414, 150
"""Cells along each side of the raster."""
CELL = 1 / 1_200
WEST, NORTH = 103.5, 31.2
AGES = {"0": 0.01, "1-4": 0.04, "5-59": 0.7, "60-79": 0.2, "80+": 0.05}
LEVELS = {"province": 1, "city": 2, "county": 4, "street": 16, "community": 64}
"""Units along each side of the area, by level."""
BORDER_POINTS = 16
"""Points of the border between two communities; larger units have all those of theirs."""
STAGES = {
    "units": ("读单元图层", "read the units"),
    "cells": ("读栅格：全部居民与五个年龄组", "read the raster: all residents and five ages"),
    "points": ("裁到范围，各归五级单元", "cut at the boundary, find the units of five levels"),
    "groups": ("人群：60+、0—2 岁", "groups: 60+ and 0–2"),
    "outlines": (
        "画出全部格子（仅成果图层需要）",
        "draw all cells (only for the layer of results)",
    ),
}
STUDY: dict[str, Any] = {
    "name": "bench",
    "area": {"units": {"path": "units.gpkg"}},
    "network": {"path": "none.osm.pbf"},
    "population": {
        "path": "people.tif",
        "unit": "persons",
        "band": 1,
        "by_age": [{"ages": ages, "band": band} for band, ages in enumerate(AGES, 2)],
    },
    "groups": {
        "elderly": {"label": "60+", "ages": "60+", "source": "invented"},
        "under_3": {"label": "0-2", "ages": "0-2", "source": "invented"},
    },
    "services": {"x": {"label": "x", "limit_min": 15, "functions": ["nursery"]}},
}


def write_city(folder: Path, side: int) -> None:
    """The raster and the units."""
    rng = np.random.default_rng(0)
    parts = np.array([*AGES.values()])[:, None, None] * rng.uniform(0.5, 1.5, (5, side, side))
    people = rng.gamma(2.0, 20.0, (side, side))
    bands = (people * parts / parts.sum(axis=0)).astype(np.float32)
    with rasterio.open(
        folder / "people.tif", "w", driver="GTiff", dtype="float32", count=6, crs="EPSG:4326",
        width=side, height=side, transform=rasterio.Affine(CELL, 0, WEST, 0, -CELL, NORTH),
        tiled=True, blockxsize=256, blockysize=256, compress="deflate", interleave="band",
    ) as raster:  # fmt: skip
        raster.write(bands.sum(axis=0, dtype=np.float64).astype(np.float32), 1)
        raster.write(bands, range(2, 7))
    rows = list(_units(side * CELL))
    frame = gpd.GeoDataFrame(
        {"unit_id": [row[0] for row in rows], "level": [row[1] for row in rows],
         "parent_id": [row[2] for row in rows]},
        geometry=[row[3] for row in rows], crs=4326,
    )  # fmt: skip
    frame.to_file(folder / "units.gpkg")


def _units(degrees: float) -> Iterator[tuple[str, str, str | None, shapely.Polygon]]:
    """Units with winding borders, those of a unit's parts its own."""
    finest = max(LEVELS.values())
    step = 1 / (finest * BORDER_POINTS)
    above: tuple[str, int] | None = None
    for level, count in LEVELS.items():
        for row, col in np.ndindex(count, count):
            box = shapely.box(col / count, row / count, (col + 1) / count, (row + 1) / count)
            winding = shapely.transform(shapely.segmentize(box, step * 1.001), _wound)
            shape = shapely.transform(winding, lambda xy: xy * (degrees, -degrees) + (WEST, NORTH))
            parent = None
            if above is not None:
                name, wide = above
                parent = f"{name}-{row * wide // count}-{col * wide // count}"
            yield f"{level}-{row}-{col}", level, parent, shape
        above = level, count


def _wound(xy: Any) -> Any:
    """The unit square with everything inside it bent, its own sides left straight."""
    x, y = xy.T
    bend = 0.004 * np.sin(np.pi * x) * np.sin(np.pi * y)
    return np.column_stack([x + bend * np.sin(97 * y), y + bend * np.sin(89 * x)])


def run(folder: Path) -> dict[str, Any]:
    """One run in this process: seconds by stage, what came of it, and the memory."""
    study = Study.model_validate(STUDY)
    paths = {key: folder / given.path for key, given in study.inputs().items()}
    before = peak_mb()
    seconds: dict[str, float] = {}
    with _timed(seconds, "units"):
        area = read_area(study, paths, new_since=date(2021, 11, 9), tell=[].append)
    with _timed(seconds, "cells"):
        cells, _ = read_population(study.population, paths, area)
    with _timed(seconds, "points"):
        points = demand_points(cells, area)
    with _timed(seconds, "groups"):
        shares, _ = group_shares(study, area, points, None)
        demand = with_groups(points, shares)
    peak = peak_mb()
    with _timed(seconds, "outlines"):
        np.asarray(demand.outline)
    return {
        "seconds": seconds,
        "cells": len(cells),
        "points": len(demand),
        "units": {level.level: len(level) for level in area.levels},
        "peak_mb": peak,
        "before_mb": before,
        "with_outlines_mb": peak_mb(),
        "wrong": [*_wrong(demand, area, folder)],
    }


def _wrong(demand: Demand, area: Any, folder: Path) -> Iterator[str]:
    """What does not add up, against the raster's own sums and the nesting of the units."""
    with rasterio.open(folder / "people.tif") as source:
        total, *ages = (math.fsum(source.read(band).ravel().tolist()) for band in range(1, 7))
    for group, expected in (
        ("total", total), ("elderly", ages[3] + ages[4]), ("under_3", ages[0] + ages[1] / 2)
    ):  # fmt: skip
        # The raster keeps all residents in 32 bits, so ages are parts of a rounded sum.
        if not math.isclose(
            demand.total(group), expected, rel_tol=1e-9 if group == "total" else 1e-6
        ):
            yield f"{group}: {demand.total(group)!r}, expected {expected!r}"
    for upper, lower in zip(area.levels, area.levels[1:], strict=False):
        parent = np.array([upper.ids.index(name) for name in lower.parent_ids])
        if not np.array_equal(parent[demand.place[lower.level]], demand.place[upper.level]):
            yield f"{lower.level} beyond its {upper.level}"


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - begin


def table(runs: list[dict[str, Any]]) -> str:
    """The least of the runs by stage, and the largest memory."""
    first = runs[0]
    least = {name: min(done["seconds"][name] for done in runs) for name in STAGES}
    lines = [f"| {zh} {en} | {least[name]:.2f} |" for name, (zh, en) in STAGES.items()]
    units = ", ".join(f"{count:,} {level}" for level, count in first["units"].items())
    peak, outlines = (max(done[key] for done in runs) for key in ("peak_mb", "with_outlines_mb"))
    return "\n".join(
        [
            f"- {first['cells']:,} 格，{first['points']:,} 个需求点；单元 {units}",
            f"  {first['cells']:,} cells, {first['points']:,} demand points; units: {units}",
            f"- 内存峰值 peak memory {peak:,.0f} MB（读数据之前 before any file "
            f"{min(done['before_mb'] for done in runs):,.0f} MB；画出全部格子 with all cells drawn "
            f"{outlines:,.0f} MB）",
            "",
            "| 步骤 stage | s |",
            "|---|---|",
            *lines,
            f"| 合计（不含画格子） all but the drawing | "
            f"{sum(least.values()) - least['outlines']:.2f} |",
        ]
    )


def main() -> int:
    """Run and print the table; 1 where something does not add up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="seconds: a small city")
    parser.add_argument("--runs", type=int, default=3, help="the least time of so many processes")
    parser.add_argument("--write", type=Path, help="page whose table is to be written anew")
    options = parser.parse_args()
    fresh = get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, mp_context=fresh, max_tasks_per_child=1) as pool,
    ):
        side = QUICK_SIDE if options.quick else SIDE
        pool.submit(write_city, Path(folder), side).result()
        runs = [pool.submit(run, Path(folder)).result() for _ in range(max(1, options.runs))]
    text = "\n".join([machine("numpy", "shapely", "rasterio", "pyproj"), "", table(runs)])
    print(text)
    for wrong in runs[0]["wrong"]:
        print(f"✗ {wrong}", file=sys.stderr)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(rewritten(page, text, name="demand"), encoding="utf-8")
    return 1 if any(done["wrong"] for done in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
