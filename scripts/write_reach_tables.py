"""Write the tables of docs/reach.md from the profiles and from real cities.

    python scripts/write_reach_tables.py --data DIR

DIR holds the real data (shanghai_huangpu, portoalegre_r5r). Every number of the page is printed
by this program.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from planning.inputs.roads.osm import read_osm
from planning.inputs.roads.terrain import read_dem
from planning.network import PROFILES, Snaps, StreetNetwork, at_nodes, build_network, snap
from planning.projection import WGS84, transformer
from planning.result import Town
from planning.travel import audience, isochrones, nearest
from planning.units import MS_PER_MIN, MS_PER_S
from planning.workflow import check

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reach.md"
MINUTES = (5, 10, 15)
FAR_MS = np.iinfo(np.int64).max


def profiles_table() -> str:
    """Every profile, its speed and where that comes from."""
    rows = [
        "| profile | 对象 | m/s | 区间 band | 台阶 steps | 出处 source |",
        "|---|---|---|---|---|---|",
    ]
    for name, p in PROFILES.items():
        band = "–" if p.band_m_s is None else f"{p.band_m_s[0]:g}–{p.band_m_s[1]:g}"
        steps = {"always": f"× {p.steps.speed_factor:g}", "never": "不走 never"}.get(
            p.steps.passable, f"有坡道 with a ramp, × {p.steps.speed_factor:g}"
        )
        rows.append(
            f"| `{name}` | {p.label_zh} {p.label_en} | {p.speed_m_s:.3g} | {band} | {steps} "
            f"| {p.source_zh} · {p.source_en} |"
        )
    return "\n".join(rows)


def snapping_table(town: Town) -> str:
    """People of 60 and over covered today: at edges, at nodes, in circles."""
    network, people = town.network, town.demand.people["elderly"]
    functions = frozenset(town.study.services["elder_care"].functions)
    rows = np.flatnonzero(town.facilities.offering(functions))
    sites = town.facility_snaps.take(rows)
    from_xy = np.column_stack([town.demand.x_m, town.demand.y_m])
    to_xy = np.column_stack([town.facilities.x_m[rows], town.facilities.y_m[rows]])
    speed = network.profile.speed_m_s
    edges_ms = _times(network, sites, town.demand_snaps)
    tree = cKDTree(np.column_stack([network.x_m, network.y_m]))
    legs, nodes = zip(*(tree.query(xy) for xy in (from_xy, to_xy)), strict=True)
    bare_ms = _times(network, at_nodes(network, nodes[1]), at_nodes(network, nodes[0]))
    leg_ms = [np.rint(leg / speed * MS_PER_S).astype(np.int64) for leg in legs]
    best = nearest(
        network, at_nodes(network, nodes[1]), audience(network, at_nodes(network, nodes[0]))
    ).site
    with_legs_ms = np.where(
        bare_ms == FAR_MS, FAR_MS, np.minimum(bare_ms, 2**40) + leg_ms[0] + leg_ms[1][best]
    )
    circle_ms = np.rint(cKDTree(to_xy).query(from_xy)[0] / speed * MS_PER_S).astype(np.int64)
    head = [
        "| 分钟 min | 方法 method | 60+ 覆盖 covered | 与边之比 ratio "
        "| 误计 wrongly in | 漏计 wrongly out |",
        "|---|---|---|---|---|---|",
    ]
    for minutes in MINUTES:
        limit = minutes * MS_PER_MIN
        truth = edges_ms <= limit
        for name, ms in (
            ("到边，含接入 **edges, legs walked**", edges_ms),
            ("到节点，不计接入 nodes, no leg", bare_ms),
            ("到节点，直线接入 nodes, straight leg", with_legs_ms),
            ("圆 circle", circle_ms),
        ):
            found = ms <= limit
            counts = [float(people[w].sum()) for w in (found, found & ~truth, truth & ~found)]
            ratio = counts[0] / float(people[truth].sum())
            head.append(
                f"| {minutes} | {name} | {counts[0]:,.0f} | {ratio:.2f} "
                f"| {counts[1]:,.0f} | {counts[2]:,.0f} |"
            )
    return "\n".join(head)


def _times(network: StreetNetwork, sites: Snaps, demand: Snaps) -> np.ndarray:
    ms = nearest(network, sites, audience(network, demand)).ms.astype(np.int64)
    return np.where(ms < 0, FAR_MS, ms)


def slope_table(folder: Path) -> str:
    """Porto Alegre: people within 15 minutes of health care, flat and with its terrain."""
    roads, _ = read_osm(folder / "poa_osm.pbf")
    dem = read_dem(folder / "poa_elevation.tif")
    hexagons = pd.read_csv(folder / "poa_hexgrid.csv")
    epsg = 32722
    x_m, y_m = (
        np.asarray(v) for v in transformer(WGS84, epsg).transform(hexagons["lon"], hexagons["lat"])
    )
    people = hexagons["population"].to_numpy(float)
    clinics = np.flatnonzero(hexagons["healthcare"].to_numpy() > 0)
    rows = [
        "| 坡度 slope | 人 people ≤ 15 min | 与平地之比 ratio | 步行分钟均值 mean minutes "
        "| 无高程 km without height |",
        "|---|---|---|---|---|",
    ]
    flat = None
    for slope in (None, "tobler", "minetti", "campbell2019"):
        network = build_network(
            roads, epsg=epsg, profile=PROFILES["elder"], dem=dem if slope else None, slope=slope
        )
        snaps = snap(network, x_m, y_m, max_snap_m=300, island_km=1)
        found = nearest(network, snaps.take(clinics), audience(network, snaps))
        there = found.ms >= 0
        covered = float(people[there & (found.ms <= 15 * MS_PER_MIN)].sum())
        flat = flat or covered
        minutes = float(np.average(found.ms[there] / MS_PER_MIN, weights=people[there]))
        rows.append(
            f"| {slope or '平地 flat'} | {covered:,.0f} | {covered / flat:.3f} | {minutes:.2f} "
            f"| {network.no_height_km:.1f} |"
        )
    rows.append("")
    rows.append(
        f"{people.sum():,.0f} 人、{len(hexagons):,} 个六边形中心、{len(clinics)} 处医疗点 "
        f"({people.sum():,.0f} people at {len(hexagons):,} hexagon centres, {len(clinics)} places)."
    )
    return "\n".join(rows)


def area_table(town: Town) -> str:
    """How large isochrones are beside the circles that people draw."""
    rows = ["| 分钟 min | 等时圈 isochrone km² | 圆 circle km² | 比 ratio |", "|---|---|---|---|"]
    for minutes in MINUTES:
        drawn = isochrones(town.network, town.facility_snaps, limit_ms=minutes * MS_PER_MIN)
        mean_km2 = float(np.mean(shapely.area(drawn))) / 1e6
        circle_km2 = np.pi * (minutes * 60 * town.network.profile.speed_m_s) ** 2 / 1e6
        rows.append(
            f"| {minutes} | {mean_km2:.3f} | {circle_km2:.3f} | {mean_km2 / circle_km2:.2f} |"
        )
    return "\n".join(rows)


def with_tables(page: str, tables: dict[str, str]) -> str:
    """The page with everything between each pair of markers written anew."""
    for name, table in tables.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, rest = page.split(begin)
        _, after = rest.split(end)
        page = f"{before}{begin}\n\n{table}\n\n{end}{after}"
    return page


def main() -> None:
    """Read the cities, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    data = parser.parse_args().data
    town = check(ROOT / "scripts" / "studies" / "huangpu.yaml", data_dir=data)
    tables = {
        "profiles": profiles_table(),
        "snapping": snapping_table(town),
        "areas": area_table(town),
        "slope": slope_table(data / "portoalegre_r5r"),
    }
    for table in tables.values():
        print(table, end="\n\n")
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")


if __name__ == "__main__":
    main()
